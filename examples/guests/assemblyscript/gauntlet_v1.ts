// The native namespace of the sandbox, "gauntlet_v1". Written by examples/guests/bindings.ts from the table of host calls; do not edit.
// Every call answers an error number, 0 for success. Calls that fill a buffer write the size of the whole answer to the parameter after its
// length, and the answer only if all of it fits; http_body alone gives what there is, like a read.
// The compiler takes the name of the namespace from the name of this file.
// @ts-nocheck: the types are those of AssemblyScript.

export enum Errno {
  Success = 0,
  Acces = 2,
  Addrnotavail = 4,
  Badf = 8,
  Canceled = 11,
  Connaborted = 13,
  Connrefused = 14,
  Connreset = 15,
  Dquot = 19,
  Fault = 21,
  Hostunreach = 23,
  Ilseq = 25,
  Inval = 28,
  Io = 29,
  Mfile = 33,
  Msgsize = 35,
  Netunreach = 40,
  Noent = 44,
  Overflow = 61,
  Proto = 65,
  Timedout = 73,
  Notcapable = 76,
}

export function errnoName(errno: Errno): string {
  switch (errno) {
    case Errno.Success:
      return 'success'
    case Errno.Acces:
      return 'acces'
    case Errno.Addrnotavail:
      return 'addrnotavail'
    case Errno.Badf:
      return 'badf'
    case Errno.Canceled:
      return 'canceled'
    case Errno.Connaborted:
      return 'connaborted'
    case Errno.Connrefused:
      return 'connrefused'
    case Errno.Connreset:
      return 'connreset'
    case Errno.Dquot:
      return 'dquot'
    case Errno.Fault:
      return 'fault'
    case Errno.Hostunreach:
      return 'hostunreach'
    case Errno.Ilseq:
      return 'ilseq'
    case Errno.Inval:
      return 'inval'
    case Errno.Io:
      return 'io'
    case Errno.Mfile:
      return 'mfile'
    case Errno.Msgsize:
      return 'msgsize'
    case Errno.Netunreach:
      return 'netunreach'
    case Errno.Noent:
      return 'noent'
    case Errno.Overflow:
      return 'overflow'
    case Errno.Proto:
      return 'proto'
    case Errno.Timedout:
      return 'timedout'
    case Errno.Notcapable:
      return 'notcapable'
  }
  return 'unknown'
}

export enum LogLevel {
  Debug = 0,
  Info = 1,
  Warning = 2,
  Error = 3,
}

export enum MetricKind {
  Counter = 0,
  Gauge = 1,
  Histogram = 2,
}

export enum ResultStatus {
  Ok = 0,
  Warning = 1,
  Critical = 2,
  Unknown = 3,
}

export enum Hash {
  Sha256 = 0,
  Sha384 = 1,
  Sha512 = 2,
}

export enum RecordType {
  A = 0,
  AAAA = 1,
  CNAME = 2,
  MX = 3,
  NS = 4,
  PTR = 5,
  SOA = 6,
  SRV = 7,
  TXT = 8,
  CAA = 9,
}

/** Makes an HTTP request and waits for the head of the response. Headers are lines "name: value", each ended by a line feed. A timeout of 0 is the policy’s. */
export declare function http_request(
  method: usize,
  methodLen: usize,
  url: usize,
  urlLen: usize,
  headers: usize,
  headersLen: usize,
  body: usize,
  bodyLen: usize,
  timeoutMs: u32,
  response: usize,
): Errno

/** Tells the status code of a response. */
export declare function http_status(fd: u32, status: usize): Errno

/** Writes the headers of a response as lines "name: value". */
export declare function http_headers(fd: u32, buf: usize, bufLen: usize, bufused: usize): Errno

/** Reads on in the body of a response, decompressed; 0 bytes are its end. */
export declare function http_body(fd: u32, buf: usize, bufLen: usize, bufused: usize): Errno

/** Closes a response, read to its end or not. */
export declare function http_close(fd: u32): Errno

/** Asks the resolver; writes one record a line in the text form of zone files. */
export declare function dns_resolve(
  name: usize,
  nameLen: usize,
  recordType: RecordType,
  buf: usize,
  bufLen: usize,
  bufused: usize,
): Errno

/** Opens a TCP connection and tells how long the handshake took, name resolution left out. The socket serves sock_send, sock_recv, fd_read, fd_write and poll_oneoff. */
export declare function tcp_connect(
  host: usize,
  hostLen: usize,
  port: u32,
  timeoutMs: u32,
  elapsedNs: usize,
  socket: usize,
): Errno

/** Makes a TLS handshake, sends nothing, and tells validity period and trust of the certificate; one that is expired or not trusted is told, not refused. */
export declare function tls_certificate(host: usize, hostLen: usize, port: u32, timeoutMs: u32, certificate: usize): Errno

/** Reads a value; `noent` if there is none. */
export declare function kv_get(key: usize, keyLen: usize, buf: usize, bufLen: usize, bufused: usize): Errno

/** Writes a value. */
export declare function kv_set(key: usize, keyLen: usize, value: usize, valueLen: usize): Errno

/** Removes a value; `noent` if there is none. */
export declare function kv_delete(key: usize, keyLen: usize): Errno

/** Lists the keys with a prefix in code-point order, each ended by a NUL; `overflow` if they are more than 16 MiB. */
export declare function kv_keys(prefix: usize, prefixLen: usize, buf: usize, bufLen: usize, bufused: usize): Errno

/** Writes a line to the log of the embedder. */
export declare function log_write(level: LogLevel, message: usize, messageLen: usize): Errno

/** Records one value of a metric. */
export declare function metric_record(
  kind: MetricKind,
  name: usize,
  nameLen: usize,
  value: f64,
  unit: usize,
  unitLen: usize,
): Errno

/** Reports what a probe found out; NaN is no value. The last report of a call counts. */
export declare function result_report(
  status: ResultStatus,
  value: f64,
  unit: usize,
  unitLen: usize,
  message: usize,
  messageLen: usize,
): Errno

/** Adds a named duration to the report. */
export declare function result_timing(name: usize, nameLen: usize, nanoseconds: u64): Errno

/** Hashes bytes. */
export declare function crypto_hash(
  algorithm: Hash,
  data: usize,
  dataLen: usize,
  digest: usize,
  digestLen: usize,
  digestused: usize,
): Errno

/** Opens a key of the embedder’s by name. The key itself never enters the guest. */
export declare function crypto_key(name: usize, nameLen: usize, key: usize): Errno

/** Signs bytes with a key: the algorithm is the key’s. */
export declare function crypto_sign(
  fd: u32,
  data: usize,
  dataLen: usize,
  signature: usize,
  signatureLen: usize,
  signatureused: usize,
): Errno

/** Verifies a signature: 1 if it is good, 0 if not. */
export declare function crypto_verify(
  fd: u32,
  data: usize,
  dataLen: usize,
  signature: usize,
  signatureLen: usize,
  valid: usize,
): Errno

/** Gives a key back. */
export declare function crypto_close(fd: u32): Errno

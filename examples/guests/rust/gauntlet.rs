// The native namespace of the sandbox, "gauntlet_v1". Written by examples/guests/bindings.ts from the table of host calls; do not edit.
// Every call answers an error number, 0 for success. Calls that fill a buffer write the size of the whole answer to the parameter after its
// length, and the answer only if all of it fits; http_body alone gives what there is, like a read.
#![allow(dead_code)]

pub type Result<T> = core::result::Result<T, Errno>;

#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Errno(pub u32);

impl Errno {
    pub const SUCCESS: Errno = Errno(0);
    pub const ACCES: Errno = Errno(2);
    pub const ADDRNOTAVAIL: Errno = Errno(4);
    pub const BADF: Errno = Errno(8);
    pub const CANCELED: Errno = Errno(11);
    pub const CONNABORTED: Errno = Errno(13);
    pub const CONNREFUSED: Errno = Errno(14);
    pub const CONNRESET: Errno = Errno(15);
    pub const DQUOT: Errno = Errno(19);
    pub const FAULT: Errno = Errno(21);
    pub const HOSTUNREACH: Errno = Errno(23);
    pub const ILSEQ: Errno = Errno(25);
    pub const INVAL: Errno = Errno(28);
    pub const IO: Errno = Errno(29);
    pub const MFILE: Errno = Errno(33);
    pub const MSGSIZE: Errno = Errno(35);
    pub const NETUNREACH: Errno = Errno(40);
    pub const NOENT: Errno = Errno(44);
    pub const OVERFLOW: Errno = Errno(61);
    pub const PROTO: Errno = Errno(65);
    pub const TIMEDOUT: Errno = Errno(73);
    pub const NOTCAPABLE: Errno = Errno(76);

    pub fn name(self) -> &'static str {
        match self {
            Errno::SUCCESS => "success",
            Errno::ACCES => "acces",
            Errno::ADDRNOTAVAIL => "addrnotavail",
            Errno::BADF => "badf",
            Errno::CANCELED => "canceled",
            Errno::CONNABORTED => "connaborted",
            Errno::CONNREFUSED => "connrefused",
            Errno::CONNRESET => "connreset",
            Errno::DQUOT => "dquot",
            Errno::FAULT => "fault",
            Errno::HOSTUNREACH => "hostunreach",
            Errno::ILSEQ => "ilseq",
            Errno::INVAL => "inval",
            Errno::IO => "io",
            Errno::MFILE => "mfile",
            Errno::MSGSIZE => "msgsize",
            Errno::NETUNREACH => "netunreach",
            Errno::NOENT => "noent",
            Errno::OVERFLOW => "overflow",
            Errno::PROTO => "proto",
            Errno::TIMEDOUT => "timedout",
            Errno::NOTCAPABLE => "notcapable",
            _ => "unknown",
        }
    }
}

impl core::fmt::Debug for Errno {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str(self.name())
    }
}

#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    Debug = 0,
    Info = 1,
    Warning = 2,
    Error = 3,
}

#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    Counter = 0,
    Gauge = 1,
    Histogram = 2,
}

#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultStatus {
    Ok = 0,
    Warning = 1,
    Critical = 2,
    Unknown = 3,
}

#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    Sha256 = 0,
    Sha384 = 1,
    Sha512 = 2,
}

#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordType {
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

/// Times in seconds since the epoch.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Certificate {
    pub not_before: u64,
    pub not_after: u64,
    pub authorized: u32,
    padding: u32,
}

fn check(errno: u32) -> Result<()> {
    if errno == 0 { Ok(()) } else { Err(Errno(errno)) }
}

/// Makes an HTTP request and waits for the head of the response. Headers are lines "name: value", each ended by a line feed. A timeout of 0 is the policy’s.
pub fn http_request(method: &str, url: &str, headers: &str, body: &[u8], timeout_ms: u32) -> Result<u32> {
    let mut response = 0u32;
    check(unsafe { raw::http_request(method.as_ptr(), method.len(), url.as_ptr(), url.len(), headers.as_ptr(), headers.len(), body.as_ptr(), body.len(), timeout_ms, &mut response) })?;
    Ok(response)
}

/// Tells the status code of a response.
pub fn http_status(fd: u32) -> Result<u32> {
    let mut status = 0u32;
    check(unsafe { raw::http_status(fd, &mut status) })?;
    Ok(status)
}

/// Writes the headers of a response as lines "name: value".
pub fn http_headers(fd: u32, buf: &mut [u8]) -> Result<u32> {
    let mut bufused = 0u32;
    check(unsafe { raw::http_headers(fd, buf.as_mut_ptr(), buf.len(), &mut bufused) })?;
    Ok(bufused)
}

/// Reads on in the body of a response, decompressed; 0 bytes are its end.
pub fn http_body(fd: u32, buf: &mut [u8]) -> Result<u32> {
    let mut bufused = 0u32;
    check(unsafe { raw::http_body(fd, buf.as_mut_ptr(), buf.len(), &mut bufused) })?;
    Ok(bufused)
}

/// Closes a response, read to its end or not.
pub fn http_close(fd: u32) -> Result<()> {
    check(unsafe { raw::http_close(fd) })
}

/// Asks the resolver; writes one record a line in the text form of zone files.
pub fn dns_resolve(name: &str, record_type: RecordType, buf: &mut [u8]) -> Result<u32> {
    let mut bufused = 0u32;
    check(unsafe { raw::dns_resolve(name.as_ptr(), name.len(), record_type, buf.as_mut_ptr(), buf.len(), &mut bufused) })?;
    Ok(bufused)
}

/// Opens a TCP connection and tells how long the handshake took, name resolution left out. The socket serves sock_send, sock_recv, fd_read, fd_write and poll_oneoff.
pub fn tcp_connect(host: &str, port: u32, timeout_ms: u32) -> Result<(u64, u32)> {
    let mut elapsed_ns = 0u64;
    let mut socket = 0u32;
    check(unsafe { raw::tcp_connect(host.as_ptr(), host.len(), port, timeout_ms, &mut elapsed_ns, &mut socket) })?;
    Ok((elapsed_ns, socket))
}

/// Makes a TLS handshake, sends nothing, and tells validity period and trust of the certificate; one that is expired or not trusted is told, not refused.
pub fn tls_certificate(host: &str, port: u32, timeout_ms: u32) -> Result<Certificate> {
    let mut certificate = Certificate::default();
    check(unsafe { raw::tls_certificate(host.as_ptr(), host.len(), port, timeout_ms, &mut certificate) })?;
    Ok(certificate)
}

/// Reads a value; `noent` if there is none.
pub fn kv_get(key: &str, buf: &mut [u8]) -> Result<u32> {
    let mut bufused = 0u32;
    check(unsafe { raw::kv_get(key.as_ptr(), key.len(), buf.as_mut_ptr(), buf.len(), &mut bufused) })?;
    Ok(bufused)
}

/// Writes a value.
pub fn kv_set(key: &str, value: &[u8]) -> Result<()> {
    check(unsafe { raw::kv_set(key.as_ptr(), key.len(), value.as_ptr(), value.len()) })
}

/// Removes a value; `noent` if there is none.
pub fn kv_delete(key: &str) -> Result<()> {
    check(unsafe { raw::kv_delete(key.as_ptr(), key.len()) })
}

/// Lists the keys with a prefix in code-point order, each ended by a NUL; `overflow` if they are more than 16 MiB.
pub fn kv_keys(prefix: &str, buf: &mut [u8]) -> Result<u32> {
    let mut bufused = 0u32;
    check(unsafe { raw::kv_keys(prefix.as_ptr(), prefix.len(), buf.as_mut_ptr(), buf.len(), &mut bufused) })?;
    Ok(bufused)
}

/// Writes a line to the log of the embedder.
pub fn log_write(level: LogLevel, message: &str) -> Result<()> {
    check(unsafe { raw::log_write(level, message.as_ptr(), message.len()) })
}

/// Records one value of a metric.
pub fn metric_record(kind: MetricKind, name: &str, value: f64, unit: &str) -> Result<()> {
    check(unsafe { raw::metric_record(kind, name.as_ptr(), name.len(), value, unit.as_ptr(), unit.len()) })
}

/// Reports what a probe found out; NaN is no value. The last report of a call counts.
pub fn result_report(status: ResultStatus, value: f64, unit: &str, message: &str) -> Result<()> {
    check(unsafe { raw::result_report(status, value, unit.as_ptr(), unit.len(), message.as_ptr(), message.len()) })
}

/// Adds a named duration to the report.
pub fn result_timing(name: &str, nanoseconds: u64) -> Result<()> {
    check(unsafe { raw::result_timing(name.as_ptr(), name.len(), nanoseconds) })
}

/// Hashes bytes.
pub fn crypto_hash(algorithm: Hash, data: &[u8], digest: &mut [u8]) -> Result<u32> {
    let mut digestused = 0u32;
    check(unsafe { raw::crypto_hash(algorithm, data.as_ptr(), data.len(), digest.as_mut_ptr(), digest.len(), &mut digestused) })?;
    Ok(digestused)
}

/// Opens a key of the embedder’s by name. The key itself never enters the guest.
pub fn crypto_key(name: &str) -> Result<u32> {
    let mut key = 0u32;
    check(unsafe { raw::crypto_key(name.as_ptr(), name.len(), &mut key) })?;
    Ok(key)
}

/// Signs bytes with a key: the algorithm is the key’s.
pub fn crypto_sign(fd: u32, data: &[u8], signature: &mut [u8]) -> Result<u32> {
    let mut signatureused = 0u32;
    check(unsafe { raw::crypto_sign(fd, data.as_ptr(), data.len(), signature.as_mut_ptr(), signature.len(), &mut signatureused) })?;
    Ok(signatureused)
}

/// Verifies a signature: 1 if it is good, 0 if not.
pub fn crypto_verify(fd: u32, data: &[u8], signature: &[u8]) -> Result<u32> {
    let mut valid = 0u32;
    check(unsafe { raw::crypto_verify(fd, data.as_ptr(), data.len(), signature.as_ptr(), signature.len(), &mut valid) })?;
    Ok(valid)
}

/// Gives a key back.
pub fn crypto_close(fd: u32) -> Result<()> {
    check(unsafe { raw::crypto_close(fd) })
}

pub mod raw {
    use super::*;

    #[link(wasm_import_module = "gauntlet_v1")]
    extern "C" {
        pub fn http_request(
            method: *const u8,
            method_len: usize,
            url: *const u8,
            url_len: usize,
            headers: *const u8,
            headers_len: usize,
            body: *const u8,
            body_len: usize,
            timeout_ms: u32,
            response: *mut u32,
        ) -> u32;
        pub fn http_status(
            fd: u32,
            status: *mut u32,
        ) -> u32;
        pub fn http_headers(
            fd: u32,
            buf: *mut u8,
            buf_len: usize,
            bufused: *mut u32,
        ) -> u32;
        pub fn http_body(
            fd: u32,
            buf: *mut u8,
            buf_len: usize,
            bufused: *mut u32,
        ) -> u32;
        pub fn http_close(
            fd: u32,
        ) -> u32;
        pub fn dns_resolve(
            name: *const u8,
            name_len: usize,
            record_type: RecordType,
            buf: *mut u8,
            buf_len: usize,
            bufused: *mut u32,
        ) -> u32;
        pub fn tcp_connect(
            host: *const u8,
            host_len: usize,
            port: u32,
            timeout_ms: u32,
            elapsed_ns: *mut u64,
            socket: *mut u32,
        ) -> u32;
        pub fn tls_certificate(
            host: *const u8,
            host_len: usize,
            port: u32,
            timeout_ms: u32,
            certificate: *mut Certificate,
        ) -> u32;
        pub fn kv_get(
            key: *const u8,
            key_len: usize,
            buf: *mut u8,
            buf_len: usize,
            bufused: *mut u32,
        ) -> u32;
        pub fn kv_set(
            key: *const u8,
            key_len: usize,
            value: *const u8,
            value_len: usize,
        ) -> u32;
        pub fn kv_delete(
            key: *const u8,
            key_len: usize,
        ) -> u32;
        pub fn kv_keys(
            prefix: *const u8,
            prefix_len: usize,
            buf: *mut u8,
            buf_len: usize,
            bufused: *mut u32,
        ) -> u32;
        pub fn log_write(
            level: LogLevel,
            message: *const u8,
            message_len: usize,
        ) -> u32;
        pub fn metric_record(
            kind: MetricKind,
            name: *const u8,
            name_len: usize,
            value: f64,
            unit: *const u8,
            unit_len: usize,
        ) -> u32;
        pub fn result_report(
            status: ResultStatus,
            value: f64,
            unit: *const u8,
            unit_len: usize,
            message: *const u8,
            message_len: usize,
        ) -> u32;
        pub fn result_timing(
            name: *const u8,
            name_len: usize,
            nanoseconds: u64,
        ) -> u32;
        pub fn crypto_hash(
            algorithm: Hash,
            data: *const u8,
            data_len: usize,
            digest: *mut u8,
            digest_len: usize,
            digestused: *mut u32,
        ) -> u32;
        pub fn crypto_key(
            name: *const u8,
            name_len: usize,
            key: *mut u32,
        ) -> u32;
        pub fn crypto_sign(
            fd: u32,
            data: *const u8,
            data_len: usize,
            signature: *mut u8,
            signature_len: usize,
            signatureused: *mut u32,
        ) -> u32;
        pub fn crypto_verify(
            fd: u32,
            data: *const u8,
            data_len: usize,
            signature: *const u8,
            signature_len: usize,
            valid: *mut u32,
        ) -> u32;
        pub fn crypto_close(
            fd: u32,
        ) -> u32;
    }
}

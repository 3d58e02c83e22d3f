// The native namespace of the sandbox, "gauntlet_v1". Written by examples/guests/bindings.ts from the table of host calls; do not edit.
// Every call answers an error number, 0 for success. Calls that fill a buffer write the size of the whole answer to the parameter after its
// length, and the answer only if all of it fits; http_body alone gives what there is, like a read.

// Package gauntlet is the native namespace of the sandbox.
package gauntlet

import "structs"

// Errno is the answer of every call, and an error unless it is 0.
type Errno uint32

const (
	ErrnoSuccess      Errno = 0
	ErrnoAcces        Errno = 2
	ErrnoAddrnotavail Errno = 4
	ErrnoBadf         Errno = 8
	ErrnoCanceled     Errno = 11
	ErrnoConnaborted  Errno = 13
	ErrnoConnrefused  Errno = 14
	ErrnoConnreset    Errno = 15
	ErrnoDquot        Errno = 19
	ErrnoFault        Errno = 21
	ErrnoHostunreach  Errno = 23
	ErrnoIlseq        Errno = 25
	ErrnoInval        Errno = 28
	ErrnoIo           Errno = 29
	ErrnoMfile        Errno = 33
	ErrnoMsgsize      Errno = 35
	ErrnoNetunreach   Errno = 40
	ErrnoNoent        Errno = 44
	ErrnoOverflow     Errno = 61
	ErrnoProto        Errno = 65
	ErrnoTimedout     Errno = 73
	ErrnoNotcapable   Errno = 76
)

func (errno Errno) Error() string {
	switch errno {
	case ErrnoSuccess:
		return "success"
	case ErrnoAcces:
		return "acces"
	case ErrnoAddrnotavail:
		return "addrnotavail"
	case ErrnoBadf:
		return "badf"
	case ErrnoCanceled:
		return "canceled"
	case ErrnoConnaborted:
		return "connaborted"
	case ErrnoConnrefused:
		return "connrefused"
	case ErrnoConnreset:
		return "connreset"
	case ErrnoDquot:
		return "dquot"
	case ErrnoFault:
		return "fault"
	case ErrnoHostunreach:
		return "hostunreach"
	case ErrnoIlseq:
		return "ilseq"
	case ErrnoInval:
		return "inval"
	case ErrnoIo:
		return "io"
	case ErrnoMfile:
		return "mfile"
	case ErrnoMsgsize:
		return "msgsize"
	case ErrnoNetunreach:
		return "netunreach"
	case ErrnoNoent:
		return "noent"
	case ErrnoOverflow:
		return "overflow"
	case ErrnoProto:
		return "proto"
	case ErrnoTimedout:
		return "timedout"
	case ErrnoNotcapable:
		return "notcapable"
	}
	return "unknown"
}

type LogLevel uint32

const (
	LogLevelDebug   LogLevel = 0
	LogLevelInfo    LogLevel = 1
	LogLevelWarning LogLevel = 2
	LogLevelError   LogLevel = 3
)

type MetricKind uint32

const (
	MetricKindCounter   MetricKind = 0
	MetricKindGauge     MetricKind = 1
	MetricKindHistogram MetricKind = 2
)

type ResultStatus uint32

const (
	ResultStatusOk       ResultStatus = 0
	ResultStatusWarning  ResultStatus = 1
	ResultStatusCritical ResultStatus = 2
	ResultStatusUnknown  ResultStatus = 3
)

type Hash uint32

const (
	HashSha256 Hash = 0
	HashSha384 Hash = 1
	HashSha512 Hash = 2
)

type RecordType uint32

const (
	RecordTypeA     RecordType = 0
	RecordTypeAAAA  RecordType = 1
	RecordTypeCNAME RecordType = 2
	RecordTypeMX    RecordType = 3
	RecordTypeNS    RecordType = 4
	RecordTypePTR   RecordType = 5
	RecordTypeSOA   RecordType = 6
	RecordTypeSRV   RecordType = 7
	RecordTypeTXT   RecordType = 8
	RecordTypeCAA   RecordType = 9
)

// Certificate has times in seconds since the epoch.
type Certificate struct {
	_          structs.HostLayout
	NotBefore  uint64
	NotAfter   uint64
	Authorized uint32
	_          uint32
}

// HTTPRequest: Makes an HTTP request and waits for the head of the response. Headers are lines "name: value", each ended by a line feed. A timeout of 0 is the policy’s.
//
//go:wasmimport gauntlet_v1 http_request
//go:noescape
func HTTPRequest(method string, url string, headers string, body *byte, bodyLen uint32, timeoutMs uint32, response *uint32) Errno

// HTTPStatus: Tells the status code of a response.
//
//go:wasmimport gauntlet_v1 http_status
//go:noescape
func HTTPStatus(fd uint32, status *uint32) Errno

// HTTPHeaders: Writes the headers of a response as lines "name: value".
//
//go:wasmimport gauntlet_v1 http_headers
//go:noescape
func HTTPHeaders(fd uint32, buf *byte, bufLen uint32, bufused *uint32) Errno

// HTTPBody: Reads on in the body of a response, decompressed; 0 bytes are its end.
//
//go:wasmimport gauntlet_v1 http_body
//go:noescape
func HTTPBody(fd uint32, buf *byte, bufLen uint32, bufused *uint32) Errno

// HTTPClose: Closes a response, read to its end or not.
//
//go:wasmimport gauntlet_v1 http_close
//go:noescape
func HTTPClose(fd uint32) Errno

// DNSResolve: Asks the resolver; writes one record a line in the text form of zone files.
//
//go:wasmimport gauntlet_v1 dns_resolve
//go:noescape
func DNSResolve(name string, recordType RecordType, buf *byte, bufLen uint32, bufused *uint32) Errno

// TCPConnect: Opens a TCP connection and tells how long the handshake took, name resolution left out. The socket serves sock_send, sock_recv, fd_read, fd_write and poll_oneoff.
//
//go:wasmimport gauntlet_v1 tcp_connect
//go:noescape
func TCPConnect(host string, port uint32, timeoutMs uint32, elapsedNs *uint64, socket *uint32) Errno

// TLSCertificate: Makes a TLS handshake, sends nothing, and tells validity period and trust of the certificate; one that is expired or not trusted is told, not refused.
//
//go:wasmimport gauntlet_v1 tls_certificate
//go:noescape
func TLSCertificate(host string, port uint32, timeoutMs uint32, certificate *Certificate) Errno

// KVGet: Reads a value; `noent` if there is none.
//
//go:wasmimport gauntlet_v1 kv_get
//go:noescape
func KVGet(key string, buf *byte, bufLen uint32, bufused *uint32) Errno

// KVSet: Writes a value.
//
//go:wasmimport gauntlet_v1 kv_set
//go:noescape
func KVSet(key string, value *byte, valueLen uint32) Errno

// KVDelete: Removes a value; `noent` if there is none.
//
//go:wasmimport gauntlet_v1 kv_delete
//go:noescape
func KVDelete(key string) Errno

// KVKeys: Lists the keys with a prefix in code-point order, each ended by a NUL; `overflow` if they are more than 16 MiB.
//
//go:wasmimport gauntlet_v1 kv_keys
//go:noescape
func KVKeys(prefix string, buf *byte, bufLen uint32, bufused *uint32) Errno

// LogWrite: Writes a line to the log of the embedder.
//
//go:wasmimport gauntlet_v1 log_write
//go:noescape
func LogWrite(level LogLevel, message string) Errno

// MetricRecord: Records one value of a metric.
//
//go:wasmimport gauntlet_v1 metric_record
//go:noescape
func MetricRecord(kind MetricKind, name string, value float64, unit string) Errno

// ResultReport: Reports what a probe found out; NaN is no value. The last report of a call counts.
//
//go:wasmimport gauntlet_v1 result_report
//go:noescape
func ResultReport(status ResultStatus, value float64, unit string, message string) Errno

// ResultTiming: Adds a named duration to the report.
//
//go:wasmimport gauntlet_v1 result_timing
//go:noescape
func ResultTiming(name string, nanoseconds uint64) Errno

// CryptoHash: Hashes bytes.
//
//go:wasmimport gauntlet_v1 crypto_hash
//go:noescape
func CryptoHash(algorithm Hash, data *byte, dataLen uint32, digest *byte, digestLen uint32, digestused *uint32) Errno

// CryptoKey: Opens a key of the embedder’s by name. The key itself never enters the guest.
//
//go:wasmimport gauntlet_v1 crypto_key
//go:noescape
func CryptoKey(name string, key *uint32) Errno

// CryptoSign: Signs bytes with a key: the algorithm is the key’s.
//
//go:wasmimport gauntlet_v1 crypto_sign
//go:noescape
func CryptoSign(fd uint32, data *byte, dataLen uint32, signature *byte, signatureLen uint32, signatureused *uint32) Errno

// CryptoVerify: Verifies a signature: 1 if it is good, 0 if not.
//
//go:wasmimport gauntlet_v1 crypto_verify
//go:noescape
func CryptoVerify(fd uint32, data *byte, dataLen uint32, signature *byte, signatureLen uint32, valid *uint32) Errno

// CryptoClose: Gives a key back.
//
//go:wasmimport gauntlet_v1 crypto_close
//go:noescape
func CryptoClose(fd uint32) Errno

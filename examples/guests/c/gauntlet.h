/* The native namespace of the sandbox, "gauntlet_v1". Written by examples/guests/bindings.ts from the table of host calls; do not edit.
   Every call answers an error number, 0 for success. Calls that fill a buffer write the size of the whole answer to the parameter after its
   length, and the answer only if all of it fits; http_body alone gives what there is, like a read. */
#ifndef GAUNTLET_H
#define GAUNTLET_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GAUNTLET_IMPORT(name) __attribute__((__import_module__("gauntlet_v1"), __import_name__(#name)))

/* A text as the two parameters that a call takes for it. */
#define GAUNTLET_TEXT(text) (text), strlen(text)

/* A socket is a descriptor of WASI too: read, write and close take it. */
typedef uint32_t gauntlet_handle;

typedef enum {
  GAUNTLET_ERRNO_SUCCESS = 0,
  GAUNTLET_ERRNO_ACCES = 2,
  GAUNTLET_ERRNO_ADDRNOTAVAIL = 4,
  GAUNTLET_ERRNO_BADF = 8,
  GAUNTLET_ERRNO_CANCELED = 11,
  GAUNTLET_ERRNO_CONNABORTED = 13,
  GAUNTLET_ERRNO_CONNREFUSED = 14,
  GAUNTLET_ERRNO_CONNRESET = 15,
  GAUNTLET_ERRNO_DQUOT = 19,
  GAUNTLET_ERRNO_FAULT = 21,
  GAUNTLET_ERRNO_HOSTUNREACH = 23,
  GAUNTLET_ERRNO_ILSEQ = 25,
  GAUNTLET_ERRNO_INVAL = 28,
  GAUNTLET_ERRNO_IO = 29,
  GAUNTLET_ERRNO_MFILE = 33,
  GAUNTLET_ERRNO_MSGSIZE = 35,
  GAUNTLET_ERRNO_NETUNREACH = 40,
  GAUNTLET_ERRNO_NOENT = 44,
  GAUNTLET_ERRNO_OVERFLOW = 61,
  GAUNTLET_ERRNO_PROTO = 65,
  GAUNTLET_ERRNO_TIMEDOUT = 73,
  GAUNTLET_ERRNO_NOTCAPABLE = 76,
} gauntlet_errno;

static inline const char *gauntlet_errno_name(gauntlet_errno error) {
  switch (error) {
    case GAUNTLET_ERRNO_SUCCESS: return "success";
    case GAUNTLET_ERRNO_ACCES: return "acces";
    case GAUNTLET_ERRNO_ADDRNOTAVAIL: return "addrnotavail";
    case GAUNTLET_ERRNO_BADF: return "badf";
    case GAUNTLET_ERRNO_CANCELED: return "canceled";
    case GAUNTLET_ERRNO_CONNABORTED: return "connaborted";
    case GAUNTLET_ERRNO_CONNREFUSED: return "connrefused";
    case GAUNTLET_ERRNO_CONNRESET: return "connreset";
    case GAUNTLET_ERRNO_DQUOT: return "dquot";
    case GAUNTLET_ERRNO_FAULT: return "fault";
    case GAUNTLET_ERRNO_HOSTUNREACH: return "hostunreach";
    case GAUNTLET_ERRNO_ILSEQ: return "ilseq";
    case GAUNTLET_ERRNO_INVAL: return "inval";
    case GAUNTLET_ERRNO_IO: return "io";
    case GAUNTLET_ERRNO_MFILE: return "mfile";
    case GAUNTLET_ERRNO_MSGSIZE: return "msgsize";
    case GAUNTLET_ERRNO_NETUNREACH: return "netunreach";
    case GAUNTLET_ERRNO_NOENT: return "noent";
    case GAUNTLET_ERRNO_OVERFLOW: return "overflow";
    case GAUNTLET_ERRNO_PROTO: return "proto";
    case GAUNTLET_ERRNO_TIMEDOUT: return "timedout";
    case GAUNTLET_ERRNO_NOTCAPABLE: return "notcapable";
  }
  return "unknown";
}

typedef enum {
  GAUNTLET_LOG_LEVEL_DEBUG = 0,
  GAUNTLET_LOG_LEVEL_INFO = 1,
  GAUNTLET_LOG_LEVEL_WARNING = 2,
  GAUNTLET_LOG_LEVEL_ERROR = 3,
} gauntlet_log_level;

typedef enum {
  GAUNTLET_METRIC_KIND_COUNTER = 0,
  GAUNTLET_METRIC_KIND_GAUGE = 1,
  GAUNTLET_METRIC_KIND_HISTOGRAM = 2,
} gauntlet_metric_kind;

typedef enum {
  GAUNTLET_RESULT_STATUS_OK = 0,
  GAUNTLET_RESULT_STATUS_WARNING = 1,
  GAUNTLET_RESULT_STATUS_CRITICAL = 2,
  GAUNTLET_RESULT_STATUS_UNKNOWN = 3,
} gauntlet_result_status;

typedef enum {
  GAUNTLET_HASH_SHA_256 = 0,
  GAUNTLET_HASH_SHA_384 = 1,
  GAUNTLET_HASH_SHA_512 = 2,
} gauntlet_hash;

typedef enum {
  GAUNTLET_RECORD_TYPE_A = 0,
  GAUNTLET_RECORD_TYPE_AAAA = 1,
  GAUNTLET_RECORD_TYPE_CNAME = 2,
  GAUNTLET_RECORD_TYPE_MX = 3,
  GAUNTLET_RECORD_TYPE_NS = 4,
  GAUNTLET_RECORD_TYPE_PTR = 5,
  GAUNTLET_RECORD_TYPE_SOA = 6,
  GAUNTLET_RECORD_TYPE_SRV = 7,
  GAUNTLET_RECORD_TYPE_TXT = 8,
  GAUNTLET_RECORD_TYPE_CAA = 9,
} gauntlet_record_type;

/* Times in seconds since the epoch. */
typedef struct {
  uint64_t not_before;
  uint64_t not_after;
  uint32_t authorized;
  uint32_t padding;
} gauntlet_certificate;

/* Makes an HTTP request and waits for the head of the response. Headers are lines "name: value", each ended by a line feed. A timeout of 0 is the policy’s. */
GAUNTLET_IMPORT(http_request)
gauntlet_errno gauntlet_http_request(
    const char *method,
    size_t method_len,
    const char *url,
    size_t url_len,
    const char *headers,
    size_t headers_len,
    const void *body,
    size_t body_len,
    uint32_t timeout_ms,
    gauntlet_handle *response);

/* Tells the status code of a response. */
GAUNTLET_IMPORT(http_status)
gauntlet_errno gauntlet_http_status(
    gauntlet_handle fd,
    uint32_t *status);

/* Writes the headers of a response as lines "name: value". */
GAUNTLET_IMPORT(http_headers)
gauntlet_errno gauntlet_http_headers(
    gauntlet_handle fd,
    void *buf,
    size_t buf_len,
    uint32_t *bufused);

/* Reads on in the body of a response, decompressed; 0 bytes are its end. */
GAUNTLET_IMPORT(http_body)
gauntlet_errno gauntlet_http_body(
    gauntlet_handle fd,
    void *buf,
    size_t buf_len,
    uint32_t *bufused);

/* Closes a response, read to its end or not. */
GAUNTLET_IMPORT(http_close)
gauntlet_errno gauntlet_http_close(
    gauntlet_handle fd);

/* Asks the resolver; writes one record a line in the text form of zone files. */
GAUNTLET_IMPORT(dns_resolve)
gauntlet_errno gauntlet_dns_resolve(
    const char *name,
    size_t name_len,
    gauntlet_record_type type,
    void *buf,
    size_t buf_len,
    uint32_t *bufused);

/* Opens a TCP connection and tells how long the handshake took, name resolution left out. The socket serves sock_send, sock_recv, fd_read, fd_write and poll_oneoff. */
GAUNTLET_IMPORT(tcp_connect)
gauntlet_errno gauntlet_tcp_connect(
    const char *host,
    size_t host_len,
    uint32_t port,
    uint32_t timeout_ms,
    uint64_t *elapsed_ns,
    gauntlet_handle *socket);

/* Makes a TLS handshake, sends nothing, and tells validity period and trust of the certificate; one that is expired or not trusted is told, not refused. */
GAUNTLET_IMPORT(tls_certificate)
gauntlet_errno gauntlet_tls_certificate(
    const char *host,
    size_t host_len,
    uint32_t port,
    uint32_t timeout_ms,
    gauntlet_certificate *certificate);

/* Reads a value; `noent` if there is none. */
GAUNTLET_IMPORT(kv_get)
gauntlet_errno gauntlet_kv_get(
    const char *key,
    size_t key_len,
    void *buf,
    size_t buf_len,
    uint32_t *bufused);

/* Writes a value. */
GAUNTLET_IMPORT(kv_set)
gauntlet_errno gauntlet_kv_set(
    const char *key,
    size_t key_len,
    const void *value,
    size_t value_len);

/* Removes a value; `noent` if there is none. */
GAUNTLET_IMPORT(kv_delete)
gauntlet_errno gauntlet_kv_delete(
    const char *key,
    size_t key_len);

/* Lists the keys with a prefix in code-point order, each ended by a NUL; `overflow` if they are more than 16 MiB. */
GAUNTLET_IMPORT(kv_keys)
gauntlet_errno gauntlet_kv_keys(
    const char *prefix,
    size_t prefix_len,
    void *buf,
    size_t buf_len,
    uint32_t *bufused);

/* Writes a line to the log of the embedder. */
GAUNTLET_IMPORT(log_write)
gauntlet_errno gauntlet_log_write(
    gauntlet_log_level level,
    const char *message,
    size_t message_len);

/* Records one value of a metric. */
GAUNTLET_IMPORT(metric_record)
gauntlet_errno gauntlet_metric_record(
    gauntlet_metric_kind kind,
    const char *name,
    size_t name_len,
    double value,
    const char *unit,
    size_t unit_len);

/* Reports what a probe found out; NaN is no value. The last report of a call counts. */
GAUNTLET_IMPORT(result_report)
gauntlet_errno gauntlet_result_report(
    gauntlet_result_status status,
    double value,
    const char *unit,
    size_t unit_len,
    const char *message,
    size_t message_len);

/* Adds a named duration to the report. */
GAUNTLET_IMPORT(result_timing)
gauntlet_errno gauntlet_result_timing(
    const char *name,
    size_t name_len,
    uint64_t nanoseconds);

/* Hashes bytes. */
GAUNTLET_IMPORT(crypto_hash)
gauntlet_errno gauntlet_crypto_hash(
    gauntlet_hash algorithm,
    const void *data,
    size_t data_len,
    void *digest,
    size_t digest_len,
    uint32_t *digestused);

/* Opens a key of the embedder’s by name. The key itself never enters the guest. */
GAUNTLET_IMPORT(crypto_key)
gauntlet_errno gauntlet_crypto_key(
    const char *name,
    size_t name_len,
    gauntlet_handle *key);

/* Signs bytes with a key: the algorithm is the key’s. */
GAUNTLET_IMPORT(crypto_sign)
gauntlet_errno gauntlet_crypto_sign(
    gauntlet_handle fd,
    const void *data,
    size_t data_len,
    void *signature,
    size_t signature_len,
    uint32_t *signatureused);

/* Verifies a signature: 1 if it is good, 0 if not. */
GAUNTLET_IMPORT(crypto_verify)
gauntlet_errno gauntlet_crypto_verify(
    gauntlet_handle fd,
    const void *data,
    size_t data_len,
    const void *signature,
    size_t signature_len,
    uint32_t *valid);

/* Gives a key back. */
GAUNTLET_IMPORT(crypto_close)
gauntlet_errno gauntlet_crypto_close(
    gauntlet_handle fd);

#ifdef __cplusplus
}
#endif

#endif

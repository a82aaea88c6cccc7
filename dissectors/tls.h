/*
 * TLS handshakes: the events it makes and the fields they bear. Rules: RFC 6101 (SSL 3.0), RFC 2246, RFC 4346, RFC 5246, RFC 8446, RFC 6066 (SNI),
 * RFC 7301 (ALPN), RFC 5077 (tickets), RFC 5246 E.2 (SSLv2 hello).
 */
#ifndef DISSECTORS_TLS_H
#define DISSECTORS_TLS_H

#include "flow/dissector.h"

extern const struct dissector tls_dissector;

extern const struct kind tls_client_hello;
extern const struct kind tls_server_hello;
extern const struct kind tls_certificate;
extern const struct kind tls_certificate_request;
extern const struct kind tls_alert;
extern const struct kind tls_finished;

/*
 * Internal: application data began to flow from this side; once a side. Before TLS 1.3 that is its first record of application data. In TLS 1.3,
 * and where the version is not known, the handshake has the same outside: the server's flight is the first turn (what the client sends before it is
 * early data and no answer to anything), the client's Finished is in the second, the server's tickets are in the third. So a side's data is the
 * first record of a later turn, or more than 16 KiB in the second or third. Records as short as an alert do not count.
 */
extern const struct kind tls_data;

extern const struct field tls_record_version;
extern const struct field tls_version;
extern const struct field tls_sni;
extern const struct field tls_alpn;             /* list */
extern const struct field tls_ciphers;          /* list */
extern const struct field tls_cipher;
extern const struct field tls_session_resumed;  /* of a server hello, where it tells; else of the server's `finished` (resumption by ticket) */
extern const struct field tls_session_id;       /* hex; internal */
extern const struct field tls_hello_retry;      /* "hello_retry": true in a server hello that is a HelloRetryRequest (RFC 8446 4.1.4) */
extern const struct field tls_certificates;     /* list of records */
extern const struct field tls_alert_level;      /* "warning" or "fatal"; absent when encrypted */
extern const struct field tls_alert_name;       /* "alert": IANA name; absent when encrypted */
extern const struct field tls_from;             /* "client" or "server" */

#endif

/* TLS handshakes: the events it makes and the fields they bear. Rules: RFC 2246, RFC 4346, RFC 5246, RFC 8446, RFC 6066 (SNI), RFC 7301 (ALPN), RFC 5246 E.2 (SSLv2 hello). */
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
extern const struct kind tls_data;   /* internal */

extern const struct field tls_record_version;
extern const struct field tls_version;
extern const struct field tls_sni;
extern const struct field tls_alpn;             /* list */
extern const struct field tls_ciphers;          /* list */
extern const struct field tls_cipher;
extern const struct field tls_session_resumed;
extern const struct field tls_session_id;       /* hex; internal */
extern const struct field tls_certificates;     /* list of records */
extern const struct field tls_alert_level;      /* "warning" or "fatal"; absent when encrypted */
extern const struct field tls_alert_name;       /* "alert": IANA name; absent when encrypted */
extern const struct field tls_from;             /* "client" or "server" */

#endif

/* TLS handshakes. */
#include "dissectors/tls.h"

const struct kind tls_client_hello = { .proto = "tls", .name = "client-hello" };
const struct kind tls_server_hello = { .proto = "tls", .name = "server-hello" };
const struct kind tls_certificate = { .proto = "tls", .name = "certificate" };
const struct kind tls_certificate_request = { .proto = "tls", .name = "certificate-request" };
const struct kind tls_alert = { .proto = "tls", .name = "alert" };
const struct kind tls_finished = { .proto = "tls", .name = "finished" };
const struct kind tls_data = { .proto = "tls", .name = "data", .internal = true };

const struct field tls_record_version = { "record_version" };
const struct field tls_version = { "version" };
const struct field tls_sni = { "sni" };
const struct field tls_alpn = { "alpn" };
const struct field tls_ciphers = { "ciphers" };
const struct field tls_cipher = { "cipher" };
const struct field tls_session_resumed = { "session_resumed" };
const struct field tls_session_id = { "session_id" };
const struct field tls_certificates = { "certificates" };
const struct field tls_alert_level = { "alert_level" };
const struct field tls_alert_name = { "alert" };
const struct field tls_from = { "from" };

static const struct kind *const kinds[] = { &tls_client_hello, &tls_server_hello, &tls_certificate, &tls_certificate_request, &tls_alert, &tls_finished, &tls_data, NULL };

const struct dissector tls_dissector = {
	.name = "tls",
	.standards = "RFC 2246, RFC 4346, RFC 5246, RFC 8446, RFC 6066 (SNI), RFC 7301 (ALPN), RFC 5246 E.2 (SSLv2 hello)",
	.kinds = kinds,
};

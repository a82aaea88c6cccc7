/* Kerberos: that credentials were used. */
#include "dissectors/kerberos.h"

const struct kind kerberos_as_request = { .proto = "kerberos", .name = "as-request", .internal = true };
const struct kind kerberos_as_reply = { .proto = "kerberos", .name = "as-reply", .internal = true };
const struct kind kerberos_tgs_request = { .proto = "kerberos", .name = "tgs-request", .internal = true };
const struct kind kerberos_tgs_reply = { .proto = "kerberos", .name = "tgs-reply", .internal = true };
const struct kind kerberos_error = { .proto = "kerberos", .name = "error", .internal = true };

const struct field kerberos_realm = { "realm" };
const struct field kerberos_error_code = { "error_code" };

static const struct kind *const kinds[] = { &kerberos_as_request, &kerberos_as_reply, &kerberos_tgs_request, &kerberos_tgs_reply, &kerberos_error, NULL };

const struct dissector kerberos_dissector = {
	.name = "kerberos",
	.standards = "RFC 4120",
	.kinds = kinds,
};

/* SIP over UDP and TCP. */
#include "dissectors/sip.h"

const struct kind sip_request = { .proto = "sip", .name = "request" };
const struct kind sip_response = { .proto = "sip", .name = "response" };

const struct field sip_method = { "method" };
const struct field sip_uri = { "uri" };
const struct field sip_status = { "status" };
const struct field sip_reason = { "reason" };
const struct field sip_from = { "from" };
const struct field sip_to = { "to" };
const struct field sip_contact = { "contact" };
const struct field sip_call_id = { "call_id" };
const struct field sip_cseq = { "cseq" };
const struct field sip_user_agent = { "user_agent" };
const struct field sip_server = { "server" };
const struct field sip_expires = { "expires" };
const struct field sip_authenticate = { "authenticate" };
const struct field sip_transport = { "transport" };
const struct field sip_diagnostics = { "diagnostics" };
const struct field sip_sts_uri = { "sts_uri" };

static const struct kind *const kinds[] = { &sip_request, &sip_response, NULL };

const struct dissector sip_dissector = {
	.name = "sip",
	.standards = "RFC 3261, [MS-SIPRE], [MS-SIPAE]",
	.kinds = kinds,
};

/* DNS over UDP and TCP. */
#include "dissectors/dns.h"

const struct kind dns_query = { .proto = "dns", .name = "query" };
const struct kind dns_response = { .proto = "dns", .name = "response" };

const struct field dns_id = { "id" };
const struct field dns_transport = { "transport" };
const struct field dns_qname = { "qname" };
const struct field dns_qtype = { "qtype" };
const struct field dns_questions = { "questions" };
const struct field dns_rcode = { "rcode" };
const struct field dns_truncated = { "truncated" };
const struct field dns_answers = { "answers" };
const struct field dns_authority = { "authority" };
const struct field dns_additional = { "additional" };
const struct field dns_name = { "name" };
const struct field dns_type = { "type" };
const struct field dns_ttl = { "ttl" };
const struct field dns_address = { "address" };
const struct field dns_target = { "target" };
const struct field dns_priority = { "priority" };
const struct field dns_weight = { "weight" };
const struct field dns_port = { "port" };
const struct field dns_data = { "data" };

static const struct kind *const kinds[] = { &dns_query, &dns_response, NULL };

const struct dissector dns_dissector = {
	.name = "dns",
	.standards = "RFC 1035, RFC 2782 (SRV), RFC 3596 (AAAA), RFC 6891 (EDNS)",
	.kinds = kinds,
};

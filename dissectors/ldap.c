/* LDAP over TCP and connectionless LDAP. */
#include "dissectors/ldap.h"

const struct kind ldap_bind_request = { .proto = "ldap", .name = "bind-request" };
const struct kind ldap_bind_response = { .proto = "ldap", .name = "bind-response" };
const struct kind ldap_search_request = { .proto = "ldap", .name = "search-request" };
const struct kind ldap_search_entry = { .proto = "ldap", .name = "search-entry" };
const struct kind ldap_search_done = { .proto = "ldap", .name = "search-done" };
const struct kind cldap_bind_request = { .proto = "cldap", .name = "bind-request" };
const struct kind cldap_bind_response = { .proto = "cldap", .name = "bind-response" };
const struct kind cldap_search_request = { .proto = "cldap", .name = "search-request" };
const struct kind cldap_search_entry = { .proto = "cldap", .name = "search-entry" };
const struct kind cldap_search_done = { .proto = "cldap", .name = "search-done" };

const struct field ldap_message_id = { "message_id" };
const struct field ldap_base = { "base" };
const struct field ldap_scope = { "scope" };
const struct field ldap_filter = { "filter" };
const struct field ldap_attributes = { "attributes" };
const struct field ldap_result_code = { "result_code" };
const struct field ldap_dn = { "dn" };
const struct field ldap_mechanism = { "mechanism" };
const struct field ldap_certificates = { "certificates" };
const struct field ldap_netlogon = { "netlogon" };
const struct field ldap_opcode = { "opcode" };
const struct field ldap_flags = { "flags" };
const struct field ldap_forest = { "forest" };
const struct field ldap_domain = { "domain" };
const struct field ldap_host = { "host" };
const struct field ldap_netbios_domain = { "netbios_domain" };
const struct field ldap_netbios_host = { "netbios_host" };
const struct field ldap_user = { "user" };
const struct field ldap_dc_site = { "dc_site" };
const struct field ldap_client_site = { "client_site" };
const struct field ldap_nt_version = { "nt_version" };

static const struct kind *const kinds[] = { &ldap_bind_request, &ldap_bind_response, &ldap_search_request, &ldap_search_entry, &ldap_search_done, NULL };

const struct dissector ldap_dissector = {
	.name = "ldap",
	.standards = "RFC 4511, RFC 4515 (filters), [MS-ADTS] 6.3.1 and 6.3.3 (netlogon)",
	.kinds = kinds,
};

const struct dissector cldap_dissector = {
	.name = "cldap",
	.standards = "RFC 4511, RFC 4515 (filters), [MS-ADTS] 6.3.1 and 6.3.3 (netlogon)",
	.kinds = kinds,
};

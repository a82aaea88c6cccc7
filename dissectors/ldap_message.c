/* One LDAPMessage. Rules: RFC 4511 4.1.1 (envelope), 4.2 (bind), 4.5 (search); [MS-ADTS] 5.1.1.1.3 (Sicily), 6.3.3 (Netlogon). */
#include "dissectors/ldap_message.h"

#include "dissectors/certificate.h"
#include "dissectors/ldap.h"
#include "dissectors/ldap_filter.h"
#include "dissectors/netlogon.h"

/* protocolOp */
enum {
	BIND_REQUEST = 0x60, BIND_RESPONSE = 0x61, UNBIND_REQUEST = 0x42, SEARCH_REQUEST = 0x63, SEARCH_ENTRY = 0x64, SEARCH_DONE = 0x65,
	MODIFY_REQUEST = 0x66, MODIFY_RESPONSE = 0x67, ADD_REQUEST = 0x68, ADD_RESPONSE = 0x69, DELETE_REQUEST = 0x4a, DELETE_RESPONSE = 0x6b,
	RENAME_REQUEST = 0x6c, RENAME_RESPONSE = 0x6d, COMPARE_REQUEST = 0x6e, COMPARE_RESPONSE = 0x6f, ABANDON_REQUEST = 0x50,
	SEARCH_REFERENCE = 0x73, EXTENDED_REQUEST = 0x77, EXTENDED_RESPONSE = 0x78, INTERMEDIATE_RESPONSE = 0x79,
};

/* AuthenticationChoice; the last three are Microsoft's. */
enum { AUTH_SIMPLE = 0x80, AUTH_SASL = 0xa3, AUTH_SICILY_DISCOVERY = 0x89, AUTH_SICILY_NEGOTIATE = 0x8a, AUTH_SICILY_RESPONSE = 0x8b };

enum { MESSAGE_ID_OCTETS_MAX = 5 };     /* 2^31 - 1 takes 4; a needless zero in front is let pass */

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

/* Opens the next element, which must have this tag. Where it ends early `ret` reads what there is, and `c` fails. */
static bool open_element(struct cursor *c, uint8_t tag, struct cursor *ret)
{
	struct ber element;

	*ret = cursor_over(span_of(c->end, 0));
	if (ber_peek(c) != tag) {
		c->failed = true;
		return false;
	}
	ber_next(c, &element);
	*ret = cursor_over(element.content);
	return true;
}

/* The bind's name and its credentials are passed over: they never leave here. */
static bool read_bind_request(struct cursor *c, struct record *r)
{
	struct span name, mechanism;
	struct cursor sasl;
	uint64_t version;

	if (!ber_number(c, BER_INTEGER, &version) || !ber_expect(c, BER_OCTETS, &name))
		return false;
	switch (ber_peek(c)) {
	case AUTH_SIMPLE:
		put_string(r, &ldap_mechanism, "simple");
		return true;
	case AUTH_SASL:
		open_element(c, AUTH_SASL, &sasl);
		if (!ber_expect(&sasl, BER_OCTETS, &mechanism))
			return false;
		put_text(r, &ldap_mechanism, mechanism);
		return cursor_ok(c);
	case AUTH_SICILY_DISCOVERY: case AUTH_SICILY_NEGOTIATE: case AUTH_SICILY_RESPONSE:
		put_string(r, &ldap_mechanism, "sicily");
		return true;
	default:
		return false;
	}
}

/* LDAPResult, as far as anybody asks. */
static bool read_result(struct cursor *c, struct record *r)
{
	uint64_t code;

	if (!ber_number(c, BER_ENUMERATED, &code))
		return false;
	put_number(r, &ldap_result_code, code);
	return true;
}

static bool put_scope(struct record *r, uint64_t scope)
{
	static const char *const names[] = { "base", "one", "sub", "subordinate" };     /* the last: draft-sermersheim-ldap-subordinate-scope */

	if (scope < sizeof names / sizeof names[0])
		put_string(r, &ldap_scope, names[scope]);
	return scope < sizeof names / sizeof names[0];
}

static bool put_filter(struct cursor *c, struct record *r)
{
	struct text filter = text_start(4 * cursor_left(c) + 1);
	bool whole = ldap_filter_read(c, &filter);

	if (whole)
		put_text(r, &ldap_filter, span_of(text_string(&filter), filter.len));
	text_free(&filter);
	return whole;
}

static bool put_wanted(struct cursor *c, struct record *r)
{
	struct record *list;
	struct cursor names;
	struct span name;

	if (!open_element(c, BER_SEQUENCE, &names))
		return false;
	if (cursor_left(&names) == 0)
		return cursor_ok(c);
	list = put_list(r, &ldap_attributes);
	while (cursor_left(&names)) {
		if (!ber_expect(&names, BER_OCTETS, &name))
			return false;
		put_text(list, NULL, name);
	}
	return cursor_ok(c);
}

static bool read_search_request(struct cursor *c, struct record *r)
{
	struct span base, types_only;
	uint64_t scope, dereference, size_limit, time_limit;

	if (!ber_expect(c, BER_OCTETS, &base))
		return false;
	put_text(r, &ldap_base, base);
	if (!ber_number(c, BER_ENUMERATED, &scope) || !put_scope(r, scope))
		return false;
	return ber_number(c, BER_ENUMERATED, &dereference) && ber_number(c, BER_INTEGER, &size_limit) && ber_number(c, BER_INTEGER, &time_limit) &&
		ber_expect(c, BER_BOOLEAN, &types_only) && put_filter(c, r) && put_wanted(c, r);
}

/* "cACertificate;binary" is cACertificate: options do not change what it is (RFC 4512 2.5). */
static bool is_attribute(struct span type, const char *name)
{
	const uint8_t *option = type.len ? memchr(type.data, ';', type.len) : NULL;

	return span_is_nocase(option ? span_of(type.data, (size_t)(option - type.data)) : type, name);
}

/* What the values of an entry's attributes add to its event. Lists are made when there is something for them. */
struct findings {
	struct record *names, *certificates;
	bool has_netlogon;
	bool cut;                       /* the rest of the entry is not there: no list of attributes, it would not be whole */
};

static bool read_value(struct span type, struct span value, struct record *r, struct findings *found)
{
	if (is_attribute(type, "cACertificate") || is_attribute(type, "userCertificate")) {
		/* AD keeps one zero octet where no certificate was published yet. */
		if (value.len == 0 || value.data[0] != BER_SEQUENCE)
			return true;
		if (!found->certificates)
			found->certificates = put_list(r, &ldap_certificates);
		certificate_put(found->certificates, value);
	} else if (is_attribute(type, "netlogon") && !found->has_netlogon) {
		found->has_netlogon = true;
		return netlogon_put(put_record(r, &ldap_netlogon), value);
	}
	return true;
}

static bool read_attribute(struct cursor *attribute, struct record *r, struct findings *found)
{
	struct span type, value;
	struct cursor values;

	if (!ber_expect(attribute, BER_OCTETS, &type))
		return false;
	if (!found->names && !found->cut)
		found->names = put_list(r, &ldap_attributes);
	if (found->names)
		put_text(found->names, NULL, type);
	if (!open_element(attribute, BER_SET, &values))
		return false;
	while (cursor_left(&values))
		if (!ber_expect(&values, BER_OCTETS, &value) || !read_value(type, value, r, found))
			return false;
	return cursor_ok(attribute);
}

static bool read_entry(struct cursor *c, struct record *r, bool cut)
{
	struct cursor attributes, attribute;
	struct findings found = { .cut = cut };
	struct span dn;

	if (!ber_expect(c, BER_OCTETS, &dn))
		return false;
	put_text(r, &ldap_dn, dn);
	if (!open_element(c, BER_SEQUENCE, &attributes))
		return false;
	while (cursor_left(&attributes))
		if (!open_element(&attributes, BER_SEQUENCE, &attribute) || !read_attribute(&attribute, r, &found))
			return false;
	return cursor_ok(c) && cursor_ok(&attributes);
}

static bool read_search_entry(struct cursor *c, struct record *r)
{
	return read_entry(c, r, false);
}

static const struct operation {
	uint8_t tag;
	const struct kind *ldap, *cldap;        /* NULL: no event */
	bool (*read)(struct cursor *c, struct record *r);
} operations[] = {
	{ BIND_REQUEST, &ldap_bind_request, &cldap_bind_request, read_bind_request },
	{ BIND_RESPONSE, &ldap_bind_response, &cldap_bind_response, read_result },
	{ SEARCH_REQUEST, &ldap_search_request, &cldap_search_request, read_search_request },
	{ SEARCH_ENTRY, &ldap_search_entry, &cldap_search_entry, read_search_entry },
	{ SEARCH_DONE, &ldap_search_done, &cldap_search_done, read_result },
	{ .tag = UNBIND_REQUEST }, { .tag = MODIFY_REQUEST }, { .tag = MODIFY_RESPONSE }, { .tag = ADD_REQUEST }, { .tag = ADD_RESPONSE },
	{ .tag = DELETE_REQUEST }, { .tag = DELETE_RESPONSE }, { .tag = RENAME_REQUEST }, { .tag = RENAME_RESPONSE }, { .tag = COMPARE_REQUEST },
	{ .tag = COMPARE_RESPONSE }, { .tag = ABANDON_REQUEST }, { .tag = SEARCH_REFERENCE }, { .tag = EXTENDED_REQUEST },
	{ .tag = EXTENDED_RESPONSE }, { .tag = INTERMEDIATE_RESPONSE },
};

static const struct operation *operation_of(uint8_t tag)
{
	for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++)
		if (operations[i].tag == tag)
			return &operations[i];
	return NULL;
}

enum ber_answer ldap_message_measure(struct span s, uint64_t *ret_total)
{
	struct cursor c = cursor_over(s);
	size_t header;
	enum ber_answer answer = s.len && s.data[0] != BER_SEQUENCE ? BER_BAD : ber_measure(s, &header, ret_total);
	uint8_t tag, id_octets;

	if (answer != BER_WHOLE)
		return answer;
	if (*ret_total > LDAP_MESSAGE_MAX)
		return BER_BAD;
	cursor_skip(&c, header);
	tag = cursor_u8(&c);
	id_octets = cursor_u8(&c);
	if (cursor_ok(&c) && (tag != BER_INTEGER || id_octets == 0 || id_octets > MESSAGE_ID_OCTETS_MAX))
		return BER_BAD;
	cursor_skip(&c, id_octets);
	tag = cursor_u8(&c);
	if (*ret_total < cursor_offset(&c))
		return BER_BAD;
	if (!cursor_ok(&c))
		return BER_MORE;
	return operation_of(tag) ? BER_WHOLE : BER_BAD;
}

static void read_operation(const struct operation *o, struct cursor *c, uint64_t id, bool connectionless, struct emit *to)
{
	struct event *e = emit_begin(to, connectionless ? o->cldap : o->ldap);
	struct cursor content;

	put_number(&e->fields, &ldap_message_id, id);
	open_element(c, o->tag, &content);
	if (!o->read(&content, &e->fields) || !cursor_ok(c))
		emit_malformed(to, e, "operation is cut short or not as RFC 4511 has it");
	emit_end(to, e);
}

bool ldap_message_read(struct cursor *c, bool connectionless, struct emit *to)
{
	const struct operation *o;
	struct cursor message;
	uint64_t id;

	if (!open_element(c, BER_SEQUENCE, &message) || !ber_number(&message, BER_INTEGER, &id) || !(o = operation_of(ber_peek(&message)))) {
		emit_malformed(to, NULL, "no LDAPMessage");
		return false;
	}
	if (o->read)
		read_operation(o, &message, id, connectionless, to);
	return cursor_ok(c);
}

void ldap_message_read_head(struct span head, struct emit *to, enum side side, uint64_t from, uint64_t until)
{
	struct cursor c = cursor_over(head), message, content;
	const struct operation *o;
	struct event *e;
	uint64_t id;

	if (!open_element(&c, BER_SEQUENCE, &message) || !ber_number(&message, BER_INTEGER, &id) || !(o = operation_of(ber_peek(&message))) || !o->read)
		return;
	e = emit_begin(to, o->ldap);
	put_number(&e->fields, &ldap_message_id, id);
	open_element(&message, o->tag, &content);
	if (o->tag == SEARCH_ENTRY)
		read_entry(&content, &e->fields, true);
	else
		o->read(&content, &e->fields);
	emit_range(to, e, side, from, until);
	emit_end(to, e);
}

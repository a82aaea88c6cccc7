/*
 * DHCP for IPv4: what a client asks and what servers and relays answer, with the options a phone's sign-in depends on.
 * RFC 2131, RFC 2132, RFC 3396 (long options), RFC 3046 (82), [MS-DHCPE] 2.2.9; names in dhcp_names.c, Lync's use of option 43 in dhcp_uc.c.
 *
 *      op htype hlen hops | xid | secs flags | ciaddr | yiaddr | siaddr | giaddr | chaddr (16) | sname (64) | file (128) | 63 82 53 63 | options
 *
 * An option is a code, a length and a value; 0 pads, 255 ends. Option 52 says that file and sname hold options too. BOOTP, which has no option 53, makes no event.
 */
#include "dissectors/dhcp.h"
#include "dissectors/dhcp_parts.h"

#include <stdlib.h>

#include "base/memory.h"

enum {
	OP_REQUEST = 1, OP_REPLY = 2,
	CHADDR_LEN = 16, SNAME_LEN = 64, FILE_LEN = 128,
	PORT_SERVER = 67, PORT_CLIENT = 68,
	CODES = 256,
	VALUE_MAX = 255,
};

enum {
	OPTION_PAD = 0, OPTION_VENDOR_SPECIFIC = 43, OPTION_OVERLOAD = 52, OPTION_TYPE = 53, OPTION_VENDOR_CLASS = 60, OPTION_SIP_SERVERS = 120,
	OPTION_CONTINUED = 250, OPTION_END = 255,
};

enum { OVERLOAD_FILE = 1, OVERLOAD_SNAME = 2 };

static const uint32_t magic_cookie = 0x63825363;

const struct kind dhcp_discover = { .proto = "dhcp", .name = "discover" };
const struct kind dhcp_offer = { .proto = "dhcp", .name = "offer" };
const struct kind dhcp_request = { .proto = "dhcp", .name = "request" };
const struct kind dhcp_ack = { .proto = "dhcp", .name = "ack" };
const struct kind dhcp_nak = { .proto = "dhcp", .name = "nak" };
const struct kind dhcp_inform = { .proto = "dhcp", .name = "inform" };
const struct kind dhcp_release = { .proto = "dhcp", .name = "release" };
const struct kind dhcp_decline = { .proto = "dhcp", .name = "decline" };

const struct field dhcp_xid = { "xid" };
const struct field dhcp_client_mac = { "client_mac" };
const struct field dhcp_ciaddr = { "ciaddr" };
const struct field dhcp_yiaddr = { "yiaddr" };
const struct field dhcp_giaddr = { "giaddr" };
const struct field dhcp_server_id = { "server_id" };
const struct field dhcp_lease_time = { "lease_time" };
const struct field dhcp_hostname = { "hostname" };
const struct field dhcp_vendor_class = { "vendor_class" };
const struct field dhcp_client_id = { "client_id" };
const struct field dhcp_relay_agent = { "relay_agent" };
const struct field dhcp_subnet_mask = { "subnet_mask" };
const struct field dhcp_param_list = { "param_list" };
const struct field dhcp_domain_name = { "domain_name" };
const struct field dhcp_domain_search = { "domain_search" };
const struct field dhcp_dns_servers = { "dns_servers" };
const struct field dhcp_ntp_servers = { "ntp_servers" };
const struct field dhcp_routers = { "routers" };
const struct field dhcp_requested_ip = { "requested_ip" };
const struct field dhcp_vendor_specific = { "vendor_specific" };
const struct field dhcp_uc = { "uc" };
const struct field dhcp_uc_identifier = { "identifier" };
const struct field dhcp_uc_scheme = { "scheme" };
const struct field dhcp_uc_fqdn = { "fqdn" };
const struct field dhcp_uc_port = { "port" };
const struct field dhcp_uc_path = { "path" };
const struct field dhcp_vlan_id = { "vlan_id" };
const struct field dhcp_sip_servers = { "sip_servers" };
const struct field dhcp_sip_encoding = { "sip_encoding" };

/* ---- collecting the options ---- */

struct option {
	uint8_t code;
	struct span value;
};

/* All values, those of one code one after the other (RFC 3396 section 7), in one block no longer than the message. */
struct options {
	uint8_t *octets;
	size_t begin[CODES], len[CODES];
	uint8_t first_len[CODES];       /* of the first instance */
	bool present[CODES];
	bool torn;                      /* an option runs past the end of its field: */
	uint8_t torn_code;
};

struct message {
	uint8_t op, hlen;
	uint32_t xid, cookie;
	struct addr ciaddr, yiaddr, giaddr;
	struct span chaddr, sname, file, options;
};

static bool option_next(struct cursor *c, struct option *ret)
{
	do {
		if (!cursor_left(c))
			return false;
		ret->code = cursor_u8(c);
	} while (ret->code == OPTION_PAD);
	if (ret->code == OPTION_END)
		return false;
	ret->value = cursor_take(c, cursor_u8(c));
	return cursor_ok(c);
}

static void option_count(struct options *o, const struct option *option)
{
	if (!o->present[option->code])
		o->first_len[option->code] = (uint8_t)option->value.len;
	o->present[option->code] = true;
	o->len[option->code] += option->value.len;
}

static void option_join(struct options *o, const struct option *option)
{
	if (option->value.len)
		memcpy(o->octets + o->begin[option->code] + o->len[option->code], option->value.data, option->value.len);
	o->len[option->code] += option->value.len;
}

/*
 * Calls `use` for the options of one field. Microsoft's servers split a value not as RFC 3396 says but continue a full option in options 250
 * right behind it ([MS-DHCPE] 2.2.9).
 */
static void field_each(struct options *o, struct span field, void (*use)(struct options *, const struct option *))
{
	struct cursor c = cursor_over(field);
	struct option option, before = { OPTION_PAD, { NULL, 0 } };

	while (option_next(&c, &option)) {
		if (option.code == OPTION_CONTINUED && before.value.len == VALUE_MAX)
			option.code = before.code;
		use(o, &option);
		before = option;
	}
	if (!cursor_ok(&c)) {
		o->torn = true;
		o->torn_code = option.code;
	}
}

/* RFC 3396 section 7: options, then file, then sname. */
static void message_each(struct options *o, const struct message *m, unsigned overload, void (*use)(struct options *, const struct option *))
{
	field_each(o, m->options, use);
	if (overload & OVERLOAD_FILE)
		field_each(o, m->file, use);
	if (overload & OVERLOAD_SNAME)
		field_each(o, m->sname, use);
}

/* RFC 2131 section 4.1: only the options field itself can say that others are options too. */
static unsigned overload_of(const struct message *m)
{
	struct cursor c = cursor_over(m->options);
	struct option option;

	while (option_next(&c, &option))
		if (option.code == OPTION_OVERLOAD && option.value.len == 1)
			return option.value.data[0];
	return 0;
}

static struct options options_collect(const struct message *m)
{
	struct options o = { 0 };
	unsigned overload = overload_of(m);
	size_t total = 0;

	message_each(&o, m, overload, option_count);
	for (unsigned code = 0; code < CODES; code++) {
		o.begin[code] = total;
		total += o.len[code];
		o.len[code] = 0;
	}
	o.octets = memory_get(total);
	message_each(&o, m, overload, option_join);
	return o;
}

static struct span options_value(const struct options *o, uint8_t code)
{
	return span_of(o->octets + o->begin[code], o->len[code]);
}

/* ---- options that are alike ---- */

static void bad_length(struct emit *to, struct event *e, uint8_t code)
{
	emit_malformed(to, e, arena_printf(e->fields.arena, "option %u: bad length", code));
}

static void put_one_address(struct emit *to, struct event *e, const struct field *f, uint8_t code, struct span value)
{
	if (value.len == 4)
		put_addr(&e->fields, f, addr_from(value));
	else
		bad_length(to, e, code);
}

void dhcp_put_addresses(struct emit *to, struct event *e, const struct field *f, uint8_t code, struct span value)
{
	struct cursor c = cursor_over(value);
	struct record *list = cursor_left(&c) >= 4 ? put_list(&e->fields, f) : NULL;

	while (cursor_left(&c) >= 4)
		put_addr(list, NULL, addr_from(cursor_take(&c, 4)));
	if (!list || cursor_left(&c))
		bad_length(to, e, code);
}

static void put_seconds(struct emit *to, struct event *e, const struct field *f, uint8_t code, struct span value)
{
	struct cursor c = cursor_over(value);

	if (value.len == 4)
		put_number(&e->fields, f, cursor_be32(&c));
	else
		bad_length(to, e, code);
}

static void put_codes(struct emit *to, struct event *e, const struct field *f, uint8_t code, struct span value)
{
	struct record *list;

	if (value.len == 0) {
		bad_length(to, e, code);
		return;
	}
	list = put_list(&e->fields, f);
	for (size_t i = 0; i < value.len; i++)
		put_number(list, NULL, value.data[i]);
}

static void put_sent_text(struct emit *to, struct event *e, const struct field *f, uint8_t code, struct span value)
{
	if (value.len)
		put_text(&e->fields, f, value);
	else
		bad_length(to, e, code);
}

static void put_sent_name(struct emit *to, struct event *e, const struct field *f, uint8_t code, struct span value)
{
	if (value.len)
		put_name(&e->fields, f, value);
	else
		bad_length(to, e, code);
}

static void put_sent_octets(struct emit *to, struct event *e, const struct field *f, uint8_t code, struct span value)
{
	if (value.len)
		put_octets(&e->fields, f, value);
	else
		bad_length(to, e, code);
}

static const struct plain {
	uint8_t code;
	bool fixed;     /* of fixed length: where it comes again, the first stands */
	const struct field *field;
	void (*put)(struct emit *to, struct event *e, const struct field *f, uint8_t code, struct span value);
} plains[] = {
	{ 54, true, &dhcp_server_id, put_one_address },
	{ 51, true, &dhcp_lease_time, put_seconds },
	{ 50, true, &dhcp_requested_ip, put_one_address },
	{ 1, true, &dhcp_subnet_mask, put_one_address },
	{ 12, false, &dhcp_hostname, put_sent_text },
	{ OPTION_VENDOR_CLASS, false, &dhcp_vendor_class, put_sent_text },
	{ 61, false, &dhcp_client_id, put_sent_octets },
	{ 82, false, &dhcp_relay_agent, put_sent_octets },
	{ 55, false, &dhcp_param_list, put_codes },
	{ 15, false, &dhcp_domain_name, put_sent_name },
	{ 119, false, &dhcp_domain_search, dhcp_put_search_list },
	{ 6, false, &dhcp_dns_servers, dhcp_put_addresses },
	{ 42, false, &dhcp_ntp_servers, dhcp_put_addresses },
	{ 3, false, &dhcp_routers, dhcp_put_addresses },
	{ OPTION_VENDOR_SPECIFIC, false, &dhcp_vendor_specific, put_sent_octets },
};

/* ---- the message ---- */

static const struct kind *const kinds_by_type[] = {
	NULL, &dhcp_discover, &dhcp_offer, &dhcp_request, &dhcp_decline, &dhcp_ack, &dhcp_nak, &dhcp_release, &dhcp_inform,
};

static bool message_read(struct span octets, struct message *ret)
{
	struct cursor c = cursor_over(octets);

	ret->op = cursor_u8(&c);
	cursor_skip(&c, 1);
	ret->hlen = cursor_u8(&c);
	cursor_skip(&c, 1);             /* hops */
	ret->xid = cursor_be32(&c);
	cursor_skip(&c, 4);             /* secs, flags */
	ret->ciaddr = addr_from(cursor_take(&c, 4));
	ret->yiaddr = addr_from(cursor_take(&c, 4));
	cursor_skip(&c, 4);             /* siaddr */
	ret->giaddr = addr_from(cursor_take(&c, 4));
	ret->chaddr = cursor_take(&c, CHADDR_LEN);
	ret->sname = cursor_take(&c, SNAME_LEN);
	ret->file = cursor_take(&c, FILE_LEN);
	if (!cursor_ok(&c))
		return false;
	ret->cookie = cursor_be32(&c);
	ret->options = cursor_rest(&c);
	return true;
}

static void put_set_addr(struct event *e, const struct field *f, const struct addr *a)
{
	if (addr_is_set(a))
		put_addr(&e->fields, f, *a);
}

static void header_put(struct event *e, const struct message *m)
{
	struct mac mac;

	put_hex(&e->fields, &dhcp_xid, m->xid, 8);
	/* Whatever the hardware says it is: Wi-Fi calls itself IEEE 802, Windows' dial-in server Hyperchannel. */
	if (m->hlen == sizeof mac.octet) {
		memcpy(mac.octet, m->chaddr.data, sizeof mac.octet);
		put_mac(&e->fields, &dhcp_client_mac, mac);
	}
	put_set_addr(e, &dhcp_ciaddr, &m->ciaddr);
	put_set_addr(e, &dhcp_yiaddr, &m->yiaddr);
	put_set_addr(e, &dhcp_giaddr, &m->giaddr);
}

static void options_put(struct emit *to, struct event *e, const struct options *o, bool reply)
{
	for (size_t i = 0; i < sizeof plains / sizeof plains[0]; i++) {
		const struct plain *p = &plains[i];
		struct span value = options_value(o, p->code);

		if (o->present[p->code])
			p->put(to, e, p->field, p->code, p->fixed ? span_part(value, 0, o->first_len[p->code]) : value);
	}
	if (o->len[OPTION_VENDOR_SPECIFIC])
		dhcp_put_uc(to, e, options_value(o, OPTION_VENDOR_SPECIFIC), options_value(o, OPTION_VENDOR_CLASS), reply);
	if (o->present[OPTION_SIP_SERVERS])
		dhcp_put_sip_servers(to, e, options_value(o, OPTION_SIP_SERVERS));
}

static void torn_report(struct emit *to, struct event *e, const struct options *o)
{
	if (o->torn)
		emit_malformed(to, e, arena_printf(e->fields.arena, "option %u: runs past the end", o->torn_code));
}

/* Without option 53 this is BOOTP, unless the message ends before it could come. */
static void dhcp_message(struct emit *to, const struct message *m, const struct options *o)
{
	struct span type = options_value(o, OPTION_TYPE);
	struct event *e;

	if (!o->present[OPTION_TYPE]) {
		if (o->torn)
			emit_malformed(to, NULL, "options run past the end");
		return;
	}
	if (o->first_len[OPTION_TYPE] != 1) {
		emit_malformed(to, NULL, "option 53: bad length");
		return;
	}
	if (type.data[0] >= sizeof kinds_by_type / sizeof kinds_by_type[0] || !kinds_by_type[type.data[0]]) {
		emit_counted(to, "message of another type");
		return;
	}
	e = emit_begin(to, kinds_by_type[type.data[0]]);
	header_put(e, m);
	options_put(to, e, o, m->op == OP_REPLY);
	if (m->op != OP_REQUEST && m->op != OP_REPLY)
		emit_malformed(to, e, "neither request nor reply");
	torn_report(to, e, o);
	emit_end(to, e);
}

static void dhcp_datagram(struct span octets, struct emit *to)
{
	struct message m;
	struct options o;

	if (!message_read(octets, &m)) {
		emit_malformed(to, NULL, "shorter than its header");
		return;
	}
	if (m.cookie != magic_cookie)
		return;
	o = options_collect(&m);
	dhcp_message(to, &m, &o);
	free(o.octets);
}

/* ---- the descriptor ---- */

static const struct kind *const kinds[] = { &dhcp_discover, &dhcp_offer, &dhcp_request, &dhcp_ack, &dhcp_nak, &dhcp_inform, &dhcp_release, &dhcp_decline, NULL };
static const uint16_t ports[] = { PORT_SERVER, PORT_CLIENT, 0 };

const struct dissector dhcp_dissector = {
	.name = "dhcp",
	.standards = "RFC 2131, RFC 2132, RFC 3361 (120), RFC 3396 (long options), RFC 3397 (119), RFC 3046 (82), [MS-DHCPE]",
	.kinds = kinds,
	.udp_ports = ports,
	.datagram = dhcp_datagram,
};

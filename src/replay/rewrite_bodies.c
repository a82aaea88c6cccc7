/* Addresses that stand inside messages: ARP, LLDP, DHCP, DNS, neighbour discovery. */
#include "replay/rewrite_parts.h"

enum { MAC_OCTETS = 6, ETHER = 1 /* hardware type, RFC 826 */ };

void rewrite_mac(struct rewrite *w, size_t at)
{
	struct span there = span_part(draft_span(&w->d), at, MAC_OCTETS);
	struct mac m;

	if (there.len < MAC_OCTETS)
		return;
	memcpy(m.octet, there.data, MAC_OCTETS);
	if (rules_mac(w->rules, &m))
		draft_change(&w->d, at, span_of(m.octet, MAC_OCTETS));
}

void rewrite_addr(struct rewrite *w, size_t at, unsigned family)
{
	struct addr a = addr_from(span_part(draft_span(&w->d), at, family == 4 ? 4 : 16));

	if (a.family == family && rules_addr(w->rules, &a))
		draft_change(&w->d, at, span_of(a.octet, family == 4 ? 4 : 16));
}

/*
 *      0               2               4       5       6            8       14      18      24
 *      hardware type | protocol type | 6 | 4 | operation | sender MAC | IP | target MAC | IP
 */
void rewrite_arp(struct rewrite *w, size_t at)
{
	struct cursor c = draft_cursor(&w->d, at);
	uint16_t hardware = cursor_be16(&c), protocol = cursor_be16(&c);
	uint8_t hardware_len = cursor_u8(&c), protocol_len = cursor_u8(&c);

	if (!cursor_ok(&c) || hardware != ETHER || protocol != 0x0800 || hardware_len != MAC_OCTETS || protocol_len != 4)
		return;
	rewrite_mac(w, at + 8);
	rewrite_addr(w, at + 14, 4);
	rewrite_mac(w, at + 18);
	rewrite_addr(w, at + 24, 4);
}

/* TLVs of IEEE 802.1AB 8.4: seven bits type, nine bits length. Chassis ids of subtype 4 and port ids of subtype 3 are MAC addresses (8.5.2, 8.5.3). */
void rewrite_lldp(struct rewrite *w, size_t at)
{
	enum { CHASSIS = 1, CHASSIS_MAC = 4, PORT = 2, PORT_MAC = 3 };
	struct cursor c = draft_cursor(&w->d, at);

	while (cursor_left(&c) >= 2) {
		uint16_t head = cursor_be16(&c);
		size_t value_at = at + cursor_offset(&c);
		struct cursor value = cursor_over(cursor_take(&c, head & 0x1ff));
		uint8_t subtype = cursor_u8(&value);

		if (!cursor_ok(&c) || head >> 9 == 0)
			return;
		if (cursor_left(&value) == MAC_OCTETS && ((head >> 9 == CHASSIS && subtype == CHASSIS_MAC) || (head >> 9 == PORT && subtype == PORT_MAC)))
			rewrite_mac(w, value_at + 1);
	}
}

/* ---- DHCP (RFC 2131 section 2, RFC 2132) ---- */

enum {
	DHCP_HTYPE = 1, DHCP_CIADDR = 12, DHCP_YIADDR = 16, DHCP_SIADDR = 20, DHCP_GIADDR = 24, DHCP_CHADDR = 28, DHCP_COOKIE = 236,
	OPT_PAD = 0, OPT_ROUTERS = 3, OPT_DNS = 6, OPT_NTP = 42, OPT_REQUESTED = 50, OPT_SERVER = 54, OPT_CLIENT = 61, OPT_SIP = 120,
	OPT_END = 255,
};

static void rewrite_dhcp_option(struct rewrite *w, uint8_t code, size_t at, struct span value)
{
	switch (code) {
	case OPT_ROUTERS:
	case OPT_DNS:
	case OPT_NTP:
	case OPT_REQUESTED:
	case OPT_SERVER:
		for (size_t i = 0; i + 4 <= value.len; i += 4)
			rewrite_addr(w, at + i, 4);
		break;
	case OPT_SIP:           /* RFC 3361 3.2: encoding 1 is addresses */
		for (size_t i = 1; value.len && value.data[0] == 1 && i + 4 <= value.len; i += 4)
			rewrite_addr(w, at + i, 4);
		break;
	case OPT_CLIENT:
		if (value.len == 1 + MAC_OCTETS && value.data[0] == ETHER)
			rewrite_mac(w, at + 1);
		break;
	default:
		break;
	}
}

void rewrite_dhcp(struct rewrite *w, size_t at, size_t until)
{
	struct cursor c = cursor_over(span_part(draft_span(&w->d), at, until - at));
	bool ether;

	cursor_skip(&c, DHCP_HTYPE);
	ether = cursor_u8(&c) == ETHER && cursor_u8(&c) == MAC_OCTETS;
	cursor_skip(&c, DHCP_COOKIE - cursor_offset(&c));
	if (cursor_be32(&c) != 0x63825363)
		return;
	if (ether)
		rewrite_mac(w, at + DHCP_CHADDR);
	for (size_t field = DHCP_CIADDR; field <= DHCP_GIADDR; field += 4)
		rewrite_addr(w, at + field, 4);
	while (cursor_left(&c)) {
		uint8_t code = cursor_u8(&c), len = code == OPT_PAD || code == OPT_END ? 0 : cursor_u8(&c);
		size_t value_at = at + cursor_offset(&c);
		struct span value = cursor_take(&c, len);

		if (!cursor_ok(&c) || code == OPT_END)
			return;
		rewrite_dhcp_option(w, code, value_at, value);
	}
}

/* ---- DNS (RFC 1035 section 4) ---- */

enum { DNS_LABEL_MAX = 63, DNS_POINTER = 0xc0, DNS_RECORDS_MAX = 1024, DNS_A = 1, DNS_AAAA = 28, DNS_IN = 1 };

/* Labels up to the empty one, or to a pointer (4.1.4). */
static void pass_name(struct cursor *c)
{
	uint8_t len;

	while ((len = cursor_u8(c)) != 0 && len <= DNS_LABEL_MAX)
		cursor_skip(c, len);
	if (len > DNS_LABEL_MAX)
		cursor_skip(c, (len & DNS_POINTER) == DNS_POINTER ? 1 : SIZE_MAX);
}

void rewrite_dns(struct rewrite *w, size_t at, size_t until)
{
	struct cursor c = cursor_over(span_part(draft_span(&w->d), at, until - at));
	unsigned questions, records;

	cursor_skip(&c, 4);
	questions = cursor_be16(&c);
	records = cursor_be16(&c);
	records += cursor_be16(&c);
	records += cursor_be16(&c);
	for (; questions && cursor_ok(&c); questions--) {
		pass_name(&c);
		cursor_skip(&c, 4);
	}
	for (unsigned n = 0; n < records && n < DNS_RECORDS_MAX; n++) {
		uint16_t type, class, len;
		size_t value;

		pass_name(&c);
		type = cursor_be16(&c);
		class = cursor_be16(&c);
		cursor_skip(&c, 4);
		len = cursor_be16(&c);
		value = at + cursor_offset(&c);
		cursor_skip(&c, len);
		if (!cursor_ok(&c))
			return;
		if (class == DNS_IN && type == DNS_A && len == 4)
			rewrite_addr(w, value, 4);
		else if (class == DNS_IN && type == DNS_AAAA && len == 16)
			rewrite_addr(w, value, 6);
	}
}

/* ---- neighbour discovery (RFC 4861 section 4, RFC 8106 section 5.1) ---- */

enum { ND_ROUTER_SOLICIT = 133, ND_ROUTER = 134, ND_SOLICIT = 135, ND_NEIGHBOUR = 136, ND_REDIRECT = 137 };
enum { ND_SOURCE_LINK = 1, ND_TARGET_LINK = 2, ND_PREFIX = 3, ND_DNS = 25 };

static void rewrite_nd_option(struct rewrite *w, uint8_t type, size_t at, size_t len)
{
	if ((type == ND_SOURCE_LINK || type == ND_TARGET_LINK) && len == 8)
		rewrite_mac(w, at + 2);
	else if (type == ND_PREFIX && len == 32)
		rewrite_addr(w, at + 16, 6);
	else if (type == ND_DNS)
		for (size_t i = 8; i + 16 <= len; i += 16)
			rewrite_addr(w, at + i, 6);
}

/* Octets of a message before its options; 0 where it is none of these. */
static size_t nd_header(uint8_t type)
{
	switch (type) {
	case ND_ROUTER_SOLICIT: return 8;
	case ND_ROUTER: return 16;
	case ND_SOLICIT:
	case ND_NEIGHBOUR: return 24;
	case ND_REDIRECT: return 40;
	default: return 0;
	}
}

void rewrite_neighbour(struct rewrite *w, size_t at, size_t until, uint8_t type)
{
	size_t header = nd_header(type);
	struct cursor c = cursor_over(span_part(draft_span(&w->d), at, until - at));

	cursor_skip(&c, header);
	if (!header || !cursor_ok(&c))
		return;
	for (size_t target = 8; type >= ND_SOLICIT && target < header; target += 16)
		rewrite_addr(w, at + target, 6);
	while (cursor_left(&c) >= 2) {
		size_t option = cursor_offset(&c);
		uint8_t kind = cursor_u8(&c), len = cursor_u8(&c);

		cursor_skip(&c, len ? (size_t)len * 8 - 2 : 0);
		if (!len || !cursor_ok(&c))
			return;
		rewrite_nd_option(w, kind, at + option, (size_t)len * 8);
	}
}

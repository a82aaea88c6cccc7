/*
 * Tunnels over UDP, found by their ports: VXLAN (RFC 7348) and its generic extension, GENEVE (RFC 8926), GTP-U (3GPP TS 29.281), L2TP version 2
 * (RFC 2661), Teredo (RFC 4380), CAPWAP data (RFC 5415), GRE (RFC 8086) and MPLS (RFC 7510) in UDP, TZSP. Any client may happen to use such a port,
 * so each header must look like the tunnel's, to the bits that are reserved; what does not stays a plain datagram.
 */
#include "packet/decap_parts.h"

/* Servers whose clients must not be mistaken for tunnels: DNS, DHCP, Kerberos, NTP, LDAP. */
static bool is_service(uint16_t port)
{
	return port == 53 || port == 67 || port == 68 || port == 88 || port == 123 || port == 389;
}

static enum header header_of_port(uint16_t port)
{
	switch (port) {
	case 1701: return HEADER_L2TP;
	case 2152: return HEADER_GTP;
	case 3544: return HEADER_TEREDO;
	case 4500: return HEADER_ESP_IN_UDP;
	case 4754: return HEADER_GRE_IN_UDP;
	case 4789: return HEADER_VXLAN;
	case 4790: return HEADER_VXLAN_GPE;
	case 5247: return HEADER_CAPWAP;
	case 6081: return HEADER_GENEVE;
	case 6635: return HEADER_MPLS_IN_UDP;
	case 8472: return HEADER_VXLAN;
	case 37008: return HEADER_TZSP;
	default: return HEADER_NONE;
	}
}

enum header next_of_ports(uint16_t src, uint16_t dst)
{
	enum { PORT_MIN = 1701 };
	enum header next;

	if ((src < PORT_MIN && dst < PORT_MIN) || is_service(src) || is_service(dst))
		return HEADER_NONE;
	next = header_of_port(dst);
	return next != HEADER_NONE ? next : header_of_port(src);
}

static enum header ip_by_version(const struct walk *w)
{
	switch (walk_peek(w) >> 4) {
	case 4: return HEADER_IPV4;
	case 6: return HEADER_IPV6;
	default: return HEADER_NONE;
	}
}

/* ---- VXLAN, GENEVE ---- */

/* Flags (0x08: there is a network identifier; 0x80 and the next octets: a group policy; 0x04: the generic extension), 24 bits, identifier (24),
 * reserved. */
enum header read_vxlan(struct walk *w)
{
	enum { IDENTIFIED = 0x08, POLICY = 0x80, POLICY_BITS = 0x40, EXTENDED = 0x04 };
	struct cursor c = w->c;
	uint8_t flags = cursor_u8(&c), reserved;

	cursor_skip(&c, 6);
	reserved = cursor_u8(&c);
	if (!cursor_ok(&c) || reserved)
		return HEADER_NONE;
	if (flags == (IDENTIFIED | EXTENDED))
		return HEADER_VXLAN_GPE;
	w->c = c;
	return (flags & ~(POLICY | POLICY_BITS)) == IDENTIFIED ? HEADER_ETHERNET : HEADER_NONE;
}

/* The last octet of the first word names what follows (draft-ietf-nvo3-vxlan-gpe). Flag 0x04 says that it does, but not all set it; 0 is plain
 * VXLAN. */
enum header read_vxlan_gpe(struct walk *w)
{
	enum { IDENTIFIED = 0x08, VERSION_BITS = 0x30, UNUSED = 0xc0 };
	uint8_t flags = cursor_u8(&w->c), next, reserved;

	cursor_skip(&w->c, 2);
	next = cursor_u8(&w->c);
	cursor_skip(&w->c, 3);
	reserved = cursor_u8(&w->c);
	if (!cursor_ok(&w->c) || (flags & (IDENTIFIED | VERSION_BITS | UNUSED)) != IDENTIFIED || reserved)
		return HEADER_NONE;
	switch (next) {
	case 0:
	case 3: return HEADER_ETHERNET;
	case 1: return HEADER_IPV4;
	case 2: return HEADER_IPV6;
	case 4: return HEADER_NSH;
	case 5: return HEADER_MPLS;
	default: return HEADER_NONE;
	}
}

/* Version (2 bits), length of the options in words (6), flags (2), reserved (6), type (16), identifier (24), reserved (8), options. */
enum header read_geneve(struct walk *w)
{
	uint8_t first = cursor_u8(&w->c), flags = cursor_u8(&w->c), reserved;
	uint16_t type = cursor_be16(&w->c);

	cursor_skip(&w->c, 3);
	reserved = cursor_u8(&w->c);
	cursor_skip(&w->c, (first & 63u) * 4);
	if (!cursor_ok(&w->c) || first >> 6 || (flags & 63) || reserved)
		return HEADER_NONE;
	return next_of_type(w, type);
}

/* ---- GTP-U ---- */

/* Each: length in words, content, type of the next in the last octet. */
static bool skip_gtp_extensions(struct walk *w, uint8_t next)
{
	while (next && cursor_ok(&w->c)) {
		uint8_t words = cursor_u8(&w->c);

		if (!words)
			return false;
		cursor_skip(&w->c, words * 4u - 2);
		next = cursor_u8(&w->c);
	}
	return cursor_ok(&w->c);
}

/* Flags, type, length, tunnel; then, if any of three flags is set, sequence, N-PDU number and the type of the first extension. */
enum header read_gtp(struct walk *w)
{
	enum { VERSION_TYPE = 0xf8, VERSION_1 = 0x30, OPTIONAL = 7, EXTENSIONS = 4, USER_DATA = 255 };
	uint8_t flags = cursor_u8(&w->c), type = cursor_u8(&w->c), next = 0;
	uint16_t len = cursor_be16(&w->c);

	cursor_skip(&w->c, 4);
	if ((flags & VERSION_TYPE) != VERSION_1 || type != USER_DATA || len > walk_wire_left(w))
		return HEADER_NONE;
	if (flags & OPTIONAL) {
		cursor_skip(&w->c, 3);
		next = cursor_u8(&w->c);
	}
	if ((flags & EXTENSIONS) && !skip_gtp_extensions(w, next))
		return HEADER_NONE;
	return cursor_ok(&w->c) ? ip_by_version(w) : HEADER_NONE;
}

/* ---- L2TP, Teredo, CAPWAP ---- */

/* Flags and version, then as the flags say: length; tunnel and session; sequence numbers; an offset and that many octets. */
enum header read_l2tp(struct walk *w)
{
	enum { CONTROL = 0x8000, LENGTH = 0x4000, SEQUENCE = 0x0800, OFFSET = 0x0200, RESERVED = 0x34f0, VERSION = 15 };
	uint16_t flags = cursor_be16(&w->c);

	if (!cursor_ok(&w->c) || (flags & (CONTROL | RESERVED)))
		return HEADER_NONE;
	if ((flags & VERSION) == 3)
		return walk_skipped(w, "L2TPv3");
	if ((flags & VERSION) != 2)
		return HEADER_NONE;
	cursor_skip(&w->c, flags & LENGTH ? 6 : 4);
	if (flags & SEQUENCE)
		cursor_skip(&w->c, 4);
	if (flags & OFFSET)
		cursor_skip(&w->c, cursor_be16(&w->c));
	return cursor_ok(&w->c) ? HEADER_PPP : HEADER_NONE;
}

static bool is_whole_ipv6(const struct walk *w)
{
	struct cursor c = w->c;
	uint32_t first = cursor_be32(&c);

	return first >> 28 == 6 && cursor_be16(&c) + 40u <= walk_wire_left(w);
}

/* In front of the packet may stand an authentication (0001, lengths, octets, nonce of 8, confirmation) and an origin (0000, port, address). */
enum header read_teredo(struct walk *w)
{
	if (walk_peek(w) == 0 && cursor_left(&w->c) >= 2 && w->c.at[1] == 1) {
		size_t id, auth;

		cursor_skip(&w->c, 2);
		id = cursor_u8(&w->c);
		auth = cursor_u8(&w->c);
		cursor_skip(&w->c, id + auth + 9);
	}
	if (walk_peek(w) == 0)
		cursor_skip(&w->c, 8);
	return cursor_ok(&w->c) && is_whole_ipv6(w) ? HEADER_IPV6 : HEADER_NONE;
}

/* The octets of frame control are the wrong way round from some access points: data frames show which. */
static enum header wlan_order(const struct walk *w)
{
	struct cursor c = w->c;
	uint8_t first = cursor_u8(&c), second = cursor_u8(&c);

	return (first & 15) != 8 && (second & 15) == 8 ? HEADER_WLAN_SWAPPED : HEADER_WLAN;
}

/*
 * Version and type (4 bits each: 1 is DTLS), length of the header in words (5), radio (5), kind of radio (5), flags (9), fragment numbers. The flags
 * read here: T native frame, F fragment, K keep-alive.
 */
enum header read_capwap(struct walk *w)
{
	enum { NATIVE = 0x100, FRAGMENT = 0x80, KEEP_ALIVE = 0x08, RADIO_802_11 = 1, FIXED = 8 };
	uint8_t preamble = cursor_u8(&w->c);
	uint32_t word = cursor_be24(&w->c);
	size_t len = (word >> 19) * 4;

	if (!cursor_ok(&w->c) || preamble >> 4 || (word & KEEP_ALIVE))
		return HEADER_NONE;
	if (preamble & 15)
		return walk_skipped(w, "CAPWAP with DTLS");
	if (word & FRAGMENT)
		return walk_skipped(w, "fragments of CAPWAP");
	if (len < FIXED || !walk_skip(w, len - 4))
		return HEADER_NONE;
	if (!(word & NATIVE))
		return HEADER_ETHERNET;
	return (word >> 9 & 31) == RADIO_802_11 ? wlan_order(w) : walk_skipped(w, "CAPWAP of another radio");
}

/* ---- the rest ---- */

enum header read_gre_in_udp(struct walk *w)
{
	enum { RESERVED = 0x0fff };
	struct cursor c = w->c;

	return !(cursor_be16(&c) & RESERVED) && cursor_be16(&c) >= TYPE_MIN ? HEADER_GRE : HEADER_NONE;
}

enum header read_mpls_in_udp(struct walk *w)
{
	return cursor_left(&w->c) >= 4 ? HEADER_MPLS : HEADER_NONE;
}

/* Four zero octets are IKE, one octet is a keep-alive (RFC 3948). */
enum header read_esp_in_udp(struct walk *w)
{
	uint32_t spi = cursor_be32(&w->c);

	return cursor_ok(&w->c) && spi ? walk_skipped(w, "ESP") : HEADER_NONE;
}

/* How some switches mirror: version 1, type (0: a received packet), what it holds (1: Ethernet), fields of a tag, a length and octets; tag 1 ends
 * them, 0 pads. */
enum header read_tzsp(struct walk *w)
{
	enum { TAG_PADDING = 0, TAG_END = 1, HOLDS_ETHERNET = 1, TYPE_RECEIVED = 0 };
	uint8_t version = cursor_u8(&w->c), type = cursor_u8(&w->c), tag;
	uint16_t holds = cursor_be16(&w->c);

	if (!cursor_ok(&w->c) || version != 1 || type != TYPE_RECEIVED || holds != HOLDS_ETHERNET)
		return HEADER_NONE;
	do {
		tag = cursor_u8(&w->c);
		if (tag != TAG_END && tag != TAG_PADDING)
			cursor_skip(&w->c, cursor_u8(&w->c));
	} while (tag != TAG_END && cursor_ok(&w->c));
	return cursor_ok(&w->c) ? HEADER_ETHERNET : HEADER_NONE;
}

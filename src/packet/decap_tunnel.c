/*
 * Tunnels right over IP: GRE version 0 with all its options (RFC 2784, 2890, 1701), its Ethernet uses (NVGRE, RFC 7637), version 1 (PPTP, RFC 2637),
 * ERSPAN I, II and III (draft-foschiano-erspan), WCCP, EtherIP (RFC 3378); and NSH (RFC 8300), which others carry.
 */
#include "packet/decap_parts.h"

enum { GRE_CHECKSUM = 0x8000, GRE_ROUTING = 0x4000, GRE_KEY = 0x2000, GRE_SEQUENCE = 0x1000, GRE_ACK = 0x0080, GRE_VERSION = 7 };

/* Aruba's access points carry 802.11 frames to their controller under types of their own: 0x8200, 0x8210 ... 0x8370. */
static bool is_aruba(uint16_t type)
{
	enum { ARUBA_FIRST = 0x8200, ARUBA_LAST = 0x8370 };

	return type >= ARUBA_FIRST && type <= ARUBA_LAST && type % 16 == 0;
}

/* Source routes: address family, offset, length, and that many octets; an empty one ends them (RFC 1701). */
static bool skip_routes(struct walk *w)
{
	uint8_t len;

	do {
		cursor_skip(&w->c, 3);
		len = cursor_u8(&w->c);
		cursor_skip(&w->c, len);
	} while (len && cursor_ok(&w->c));
	return cursor_ok(&w->c);
}

static bool skip_gre_options(struct walk *w, uint16_t flags)
{
	if (flags & (GRE_CHECKSUM | GRE_ROUTING))
		cursor_skip(&w->c, 4);
	if (flags & GRE_KEY)
		cursor_skip(&w->c, 4);
	if (flags & GRE_SEQUENCE)
		cursor_skip(&w->c, 4);
	if (flags & GRE_ROUTING)
		return skip_routes(w);
	return cursor_ok(&w->c);
}

/* Without a sequence number it is type I, which has no header of its own. */
static enum header next_of_gre(struct walk *w, uint16_t flags, uint16_t type)
{
	switch (type) {
	case TYPE_ERSPAN: return flags & GRE_SEQUENCE ? HEADER_ERSPAN_2 : HEADER_ERSPAN_1;
	case TYPE_ERSPAN_3: return HEADER_ERSPAN_3;
	case TYPE_WCCP: return HEADER_WCCP;
	default: return is_aruba(type) ? HEADER_WLAN : next_of_type(w, type);
	}
}

/* PPTP: the key's two halves are the payload's length and the call; no length, no payload. */
static enum header read_gre_1(struct walk *w, uint16_t flags)
{
	uint16_t len = cursor_be16(&w->c);

	cursor_skip(&w->c, 2);
	if (flags & GRE_SEQUENCE)
		cursor_skip(&w->c, 4);
	if (flags & GRE_ACK)
		cursor_skip(&w->c, 4);
	if (!cursor_ok(&w->c))
		return walk_short(w);
	if (!len || !(flags & GRE_SEQUENCE))
		return HEADER_NONE;
	walk_limit(w, len);
	return HEADER_PPP;
}

enum header read_gre(struct walk *w)
{
	uint16_t flags = cursor_be16(&w->c), type = cursor_be16(&w->c);

	if (!cursor_ok(&w->c))
		return walk_short(w);
	if ((flags & GRE_VERSION) == 1)
		return read_gre_1(w, flags);
	if (flags & GRE_VERSION)
		return walk_malformed(w);
	return skip_gre_options(w, flags) ? next_of_gre(w, flags, type) : walk_short(w);
}

enum header read_erspan_1(struct walk *w)
{
	(void)w;
	return HEADER_ETHERNET;
}

/* Version (4 bits), VLAN (12), class of service, encapsulation, truncated, session (16), index (32). Some send type III under this number. */
enum header read_erspan_2(struct walk *w)
{
	if (walk_peek(w) >> 4 == 2)
		return HEADER_ERSPAN_3;
	return walk_skip(w, 8) ? HEADER_ETHERNET : walk_short(w);
}

/* The last word of the fixed twelve octets says what follows (FT: 0 Ethernet, 2 IP) and whether eight octets come in front of it (O). */
enum header read_erspan_3(struct walk *w)
{
	uint16_t last;

	cursor_skip(&w->c, 10);
	last = cursor_be16(&w->c);
	if (last & 1)
		cursor_skip(&w->c, 8);
	if (!cursor_ok(&w->c))
		return walk_short(w);
	return (last >> 10 & 31) == 2 ? HEADER_IP : HEADER_ETHERNET;
}

/* Version 2 puts four octets in front of the packet, version 1 nothing: then the packet's own first octet shows (draft-mclaggan-wccp-v2rev1). */
enum header read_wccp(struct walk *w)
{
	if (walk_peek(w) >> 4 == 4)
		return HEADER_IPV4;
	return walk_skip(w, 4) ? HEADER_IP : walk_short(w);
}

enum header read_etherip(struct walk *w)
{
	return walk_skip(w, 2) ? HEADER_ETHERNET : walk_short(w);
}

/* Version, flags, time to live, length in words (16 bits); kind of metadata; what follows; the path; metadata. */
enum header read_nsh(struct walk *w)
{
	enum { FIXED = 4, WORDS_MIN = 2 };
	uint16_t first = cursor_be16(&w->c);
	size_t words = first & 63;
	uint8_t next;

	cursor_skip(&w->c, 1);
	next = cursor_u8(&w->c);
	if (cursor_ok(&w->c) && words < WORDS_MIN)
		return walk_malformed(w);
	if (!walk_skip(w, words * 4 - FIXED))
		return walk_short(w);
	switch (next) {
	case 1: return HEADER_IPV4;
	case 2: return HEADER_IPV6;
	case 3: return HEADER_ETHERNET;
	case 5: return HEADER_MPLS;
	default: return HEADER_NONE;
	}
}

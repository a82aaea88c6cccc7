/* Serial lines and label switching: PPP (RFC 1661, 1662), PPPoE (RFC 2516), Cisco HDLC, MPLS (RFC 3032) with Ethernet pseudowires (RFC 4448). */
#include "packet/decap_parts.h"

enum { HDLC_ALL = 0xff, HDLC_UI = 0x03, CISCO_UNICAST = 0x0f, CISCO_MULTICAST = 0x8f };

/* PPP protocol numbers (IANA). */
enum {
	PPP_IPV4 = 0x0021, PPP_VJ_COMPRESSED = 0x002d, PPP_VJ_UNCOMPRESSED = 0x002f, PPP_BRIDGED = 0x0031, PPP_MULTILINK = 0x003d, PPP_IPV6 = 0x0057,
	PPP_COMPRESSED = 0x00fd, PPP_MPLS = 0x0281, PPP_MPLS_MULTICAST = 0x0283,
};

/* ---- PPP ---- */

static enum header next_of_ppp(struct walk *w, uint16_t protocol)
{
	switch (protocol) {
	case PPP_IPV4: return HEADER_IPV4;
	case PPP_IPV6: return HEADER_IPV6;
	case PPP_MPLS:
	case PPP_MPLS_MULTICAST: return HEADER_MPLS;
	case PPP_VJ_COMPRESSED:
	case PPP_VJ_UNCOMPRESSED: return walk_skipped(w, "compressed TCP headers");
	case PPP_BRIDGED: return walk_skipped(w, "bridged PPP");
	case PPP_MULTILINK: return walk_skipped(w, "multilink PPP");
	case PPP_COMPRESSED: return walk_skipped(w, "compressed PPP");
	default: return HEADER_NONE;
	}
}

/* One octet where it is odd: the first octet of the long form is always even (RFC 1661 section 2). */
static enum header read_ppp_protocol(struct walk *w)
{
	uint16_t protocol = cursor_u8(&w->c);

	if (!(protocol & 1))
		protocol = (uint16_t)(protocol << 8 | cursor_u8(&w->c));
	return cursor_ok(&w->c) ? next_of_ppp(w, protocol) : walk_short(w);
}

/* Address and control may be left out; a Cisco address says that this is Cisco HDLC instead (LINKTYPE_PPP_HDLC). */
enum header read_ppp(struct walk *w)
{
	uint8_t first = walk_peek(w);

	if (first == CISCO_UNICAST || first == CISCO_MULTICAST)
		return HEADER_C_HDLC;
	if (first == HDLC_ALL)
		cursor_skip(&w->c, 2);
	return read_ppp_protocol(w);
}

enum header read_ppp_direction(struct walk *w)
{
	return walk_skip(w, 1) ? HEADER_PPP : walk_short(w);
}

/* Linux's pppd writes the direction in the place of the address. */
enum header read_ppp_pppd(struct walk *w)
{
	cursor_skip(&w->c, 1);
	if (walk_peek(w) == HDLC_UI)
		cursor_skip(&w->c, 1);
	return read_ppp_protocol(w);
}

enum header read_pppoe(struct walk *w)
{
	enum { VERSION_TYPE = 0x11, CODE_SESSION = 0 };
	uint8_t version = cursor_u8(&w->c), code = cursor_u8(&w->c);
	uint16_t len;

	cursor_skip(&w->c, 2);
	len = cursor_be16(&w->c);
	if (!cursor_ok(&w->c))
		return walk_short(w);
	if (version != VERSION_TYPE)
		return walk_malformed(w);
	if (code != CODE_SESSION)
		return HEADER_NONE;
	walk_limit(w, len);
	return read_ppp_protocol(w);
}

enum header read_c_hdlc(struct walk *w)
{
	uint16_t type;

	cursor_skip(&w->c, 2);
	type = cursor_be16(&w->c);
	return cursor_ok(&w->c) ? next_of_type(w, type) : walk_short(w);
}

/* ---- MPLS ---- */

static uint16_t type_at(const struct walk *w, size_t offset)
{
	struct cursor c = w->c;

	cursor_skip(&c, offset);
	return cursor_be16(&c);
}

/* Whether a frame whose type or length stands at `offset` may begin in front of it. */
static bool frame_likely(const struct walk *w, size_t offset)
{
	uint16_t type = type_at(w, offset);

	switch (type) {
	case TYPE_IPV4:
	case TYPE_IPV6:
	case TYPE_ARP:
	case TYPE_LLDP:
	case TYPE_VLAN:
	case TYPE_VLAN_AD:
	case TYPE_VLAN_9100:
	case TYPE_MPLS:
	case TYPE_PPPOE: return true;
	default: return type && type < TYPE_MIN && type + offset + 2 <= walk_wire_left(w);
	}
}

static bool ip_likely(const struct walk *w)
{
	uint8_t first = walk_peek(w);

	if (first >> 4 == 4)
		return (first & 15) >= 5 && type_at(w, 2) <= walk_wire_left(w);
	return first >> 4 == 6 && type_at(w, 4) + 40u <= walk_wire_left(w);
}

/* Nothing says what labels carry. IP shows by its first half octet (RFC 4928 section 3), and so does a control word, which is 0 there
 * (RFC 4385); but a frame without one may begin with any octet, and then only its type tells. */
static enum header behind_labels(struct walk *w)
{
	enum { TYPE_AT = 12, CONTROL_WORD = 4 };
	uint8_t version = walk_peek(w) >> 4;

	if (ip_likely(w))
		return HEADER_IP;
	if (version == 0 && frame_likely(w, CONTROL_WORD + TYPE_AT))
		return walk_skip(w, CONTROL_WORD) ? HEADER_ETHERNET : walk_short(w);
	if (frame_likely(w, TYPE_AT))
		return HEADER_ETHERNET;
	if (version == 4 || version == 6)
		return HEADER_IP;
	return cursor_left(&w->c) ? walk_skipped(w, "MPLS payload") : HEADER_NONE;
}

enum header read_mpls(struct walk *w)
{
	enum { BOTTOM = 0x100 };
	uint32_t label = cursor_be32(&w->c);

	if (!cursor_ok(&w->c))
		return walk_short(w);
	return label & BOTTOM ? behind_labels(w) : HEADER_MPLS;
}

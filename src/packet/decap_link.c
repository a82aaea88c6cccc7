/*
 * Link layers with an Ethernet type in them: Ethernet (IEEE 802.3), its tags (802.1Q, 802.1ad, 802.1ah, 802.1BR and relatives), LLC and SNAP (802.2,
 * RFC 1042), Linux cooked captures, BSD loopback; and the headers that capture systems put in front (tcpdump.org/linktypes).
 */
#include "packet/decap_parts.h"

#include "packet/link.h"

enum { VLAN_MASK = 0xfff };

enum { LLC_UI = 0x03, SAP_SNAP = 0xaa, SAP_IP = 0x06, OUI_RFC1042 = 0x000000, OUI_BRIDGE_TUNNEL = 0x0000f8 };

/* ---- Ethernet types ---- */

enum header next_of_type(struct walk *w, uint16_t ether_type)
{
	switch (ether_type) {
	case TYPE_IPV4: return HEADER_IPV4;
	case TYPE_IPV6: return HEADER_IPV6;
	case TYPE_VLAN:
	case TYPE_VLAN_AD:
	case TYPE_VLAN_9100:
	case TYPE_VLAN_9200: return HEADER_VLAN;
	case TYPE_MPLS:
	case TYPE_MPLS_MULTICAST: return HEADER_MPLS;
	case TYPE_PPPOE: return HEADER_PPPOE;
	case TYPE_PPP: return HEADER_PPP;
	case TYPE_ETHERNET: return HEADER_ETHERNET;
	case TYPE_NSH: return HEADER_NSH;
	case TYPE_VNTAG: return HEADER_VNTAG;
	case TYPE_ETAG: return HEADER_ETAG;
	case TYPE_CISCO_META: return HEADER_CISCO_META;
	case TYPE_ITAG: return HEADER_ITAG;
	case TYPE_MACSEC: return walk_skipped(w, "MACsec");
	default: return HEADER_NONE;
	}
}

static enum header next_by_length(struct walk *w, uint16_t len)
{
	if (len && len <= walk_wire_left(w))
		walk_limit(w, len);
	w->l->ether_type = 0;
	w->l->ether_payload = span_of(w->c.at, cursor_left(&w->c));
	return HEADER_LLC;
}

enum header next_in_frame(struct walk *w, uint16_t type)
{
	if (type < TYPE_MIN)
		return next_by_length(w, type);
	w->l->ether_type = type;
	w->l->ether_payload = span_of(w->c.at, cursor_left(&w->c));
	return next_of_type(w, type);
}

/* ---- Ethernet and its tags ---- */

/* A frame inside a tunnel: what was read of the packet around it, but for `outer`, is not about this one. */
static void forget_outside(struct layers *l)
{
	*l = (struct layers){ .has_outer = l->has_outer, .outer_src = l->outer_src, .outer_dst = l->outer_dst };
}

enum header read_ethernet(struct walk *w)
{
	struct layers *l = w->l;
	struct mac dst = walk_mac(&w->c), src = walk_mac(&w->c);
	uint16_t type = cursor_be16(&w->c);

	if (!cursor_ok(&w->c))
		return walk_short(w);
	if (l->has_outer || l->src.family)
		forget_outside(l);
	if (!l->has_outer) {
		l->has_outer = true;
		l->outer_src = src;
		l->outer_dst = dst;
	}
	l->has_ether = true;
	l->ether_src = src;
	l->ether_dst = dst;
	return next_in_frame(w, type);
}

enum header read_vlan(struct walk *w)
{
	uint16_t control = cursor_be16(&w->c), type = cursor_be16(&w->c);

	if (!cursor_ok(&w->c))
		return walk_short(w);
	if (w->l->vlan_count == VLANS_MAX)
		return walk_skipped(w, "VLAN tags nested too deep");
	w->l->vlans[w->l->vlan_count++] = control & VLAN_MASK;
	return next_in_frame(w, type);
}

static enum header read_tag(struct walk *w, size_t len)
{
	uint16_t type;

	cursor_skip(&w->c, len);
	type = cursor_be16(&w->c);
	return cursor_ok(&w->c) ? next_in_frame(w, type) : walk_short(w);
}

/* Cisco VN-Tag: direction, destination and source virtual interface. */
enum header read_vntag(struct walk *w)
{
	return read_tag(w, 4);
}

/* IEEE 802.1BR E-Tag. */
enum header read_etag(struct walk *w)
{
	return read_tag(w, 6);
}

/* Cisco metadata: version, length, option, security group. */
enum header read_cisco_meta(struct walk *w)
{
	return read_tag(w, 6);
}

/* IEEE 802.1ah service instance tag: flags and a number; the customer's frame follows. */
enum header read_itag(struct walk *w)
{
	return walk_skip(w, 4) ? HEADER_ETHERNET : walk_short(w);
}

static enum header read_snap(struct walk *w)
{
	uint32_t oui = cursor_be24(&w->c);
	uint16_t type = cursor_be16(&w->c);

	if (!cursor_ok(&w->c))
		return walk_short(w);
	if ((oui != OUI_RFC1042 && oui != OUI_BRIDGE_TUNNEL) || type < TYPE_MIN)
		return HEADER_NONE;
	return next_in_frame(w, type);
}

/* Frames of other protocols (CDP, spanning tree) stay in ether_payload. */
enum header read_llc(struct walk *w)
{
	uint8_t dsap = cursor_u8(&w->c), ssap = cursor_u8(&w->c), control = cursor_u8(&w->c);

	if (!cursor_ok(&w->c))
		return HEADER_NONE;
	if (dsap == SAP_SNAP && ssap == SAP_SNAP && control == LLC_UI)
		return read_snap(w);
	return dsap == SAP_IP && ssap == SAP_IP && control == LLC_UI ? HEADER_IPV4 : HEADER_NONE;
}

/* ---- cooked and loopback ---- */

/* Linux's own numbers below 0x600 that are not lengths: 1 Novell's frames without LLC, 4 frames with LLC. */
static enum header next_of_cooked(struct walk *w, uint16_t protocol)
{
	enum { SLL_LLC = 4 };

	if (protocol >= TYPE_MIN)
		return next_in_frame(w, protocol);
	return protocol == SLL_LLC ? next_by_length(w, 0) : HEADER_NONE;
}

/* Packet type, kind of device, length of the address (16 bits each), the address (8 octets), protocol. */
enum header read_sll(struct walk *w)
{
	uint16_t protocol;

	cursor_skip(&w->c, 14);
	protocol = cursor_be16(&w->c);
	return cursor_ok(&w->c) ? next_of_cooked(w, protocol) : walk_short(w);
}

/* Protocol, reserved (16 bits each), interface (32), kind of device (16), packet type, length of the address (8 each), the address (8 octets). */
enum header read_sll2(struct walk *w)
{
	uint16_t protocol = cursor_be16(&w->c);

	cursor_skip(&w->c, 18);
	return cursor_ok(&w->c) ? next_of_cooked(w, protocol) : walk_short(w);
}

/* Address families by the numbers of the systems that have this header: 10 is IPv6 on Linux, 23 Windows, 24 NetBSD, OpenBSD, 28 FreeBSD, 30 macOS. */
static enum header next_of_family(struct walk *w, uint32_t family)
{
	switch (family) {
	case 2: return HEADER_IPV4;
	case 10:
	case 23:
	case 24:
	case 28:
	case 30: return HEADER_IPV6;
	default: return cursor_ok(&w->c) ? HEADER_NONE : walk_short(w);
	}
}

/* The family is in the byte order of the machine that captured: a small number shows which. Some write an Ethernet type into the last two octets. */
enum header read_null(struct walk *w)
{
	uint32_t family = cursor_be32(&w->c);

	if ((family & 0xffff) >= TYPE_MIN)
		return next_of_type(w, (uint16_t)family);
	return next_of_family(w, family > 0xffff ? __builtin_bswap32(family) : family);
}

enum header read_loop(struct walk *w)
{
	return next_of_family(w, cursor_be32(&w->c));
}

/* ---- what capture systems put in front ---- */

/* IEEE 802.3br: the preamble and the delimiter, which says whether a whole frame follows or a part of one. */
enum header read_mpacket(struct walk *w)
{
	enum { WHOLE_FRAME = 0xd5 };
	uint8_t delimiter;

	cursor_skip(&w->c, 7);
	delimiter = cursor_u8(&w->c);
	if (!cursor_ok(&w->c))
		return walk_short(w);
	return delimiter == WHOLE_FRAME ? HEADER_ETHERNET : walk_skipped(w, "parts of Ethernet frames");
}

/* macOS: the length of this header, a kind of record, and the DLT_ of what follows, all little-endian. */
enum header read_pktap(struct walk *w)
{
	enum { PKTAP_MIN = 12 };
	uint32_t len = cursor_le32(&w->c), dlt;

	cursor_skip(&w->c, 4);
	dlt = cursor_le32(&w->c);
	if (cursor_ok(&w->c) && len < PKTAP_MIN)
		return walk_malformed(w);
	if (!walk_skip(w, len - PKTAP_MIN))
		return walk_short(w);
	return next_of_link(w, (uint16_t)dlt);
}

/* Per-Packet Information: version and flags (8 bits each), the length of all of it (16), the link type of what follows (32), fields. */
enum header read_ppi(struct walk *w)
{
	enum { PPI_MIN = 8 };
	uint16_t len;
	uint32_t dlt;

	cursor_skip(&w->c, 2);
	len = cursor_le16(&w->c);
	dlt = cursor_le32(&w->c);
	if (cursor_ok(&w->c) && len < PPI_MIN)
		return walk_malformed(w);
	if (!walk_skip(w, (size_t)len - PPI_MIN))
		return walk_short(w);
	return next_of_link(w, (uint16_t)dlt);
}

/* Linux netfilter: family, version, group, then attributes of length, type and value, padded to 32 bits, in the byte order of the machine. */
enum header read_nflog(struct walk *w)
{
	enum { ATTRIBUTE_PAYLOAD = 9, ATTRIBUTE_HEADER = 4, TYPE_MASK = 0x3fff };

	cursor_skip(&w->c, 4);
	for (;;) {
		uint16_t len = cursor_le16(&w->c), type = cursor_le16(&w->c) & TYPE_MASK;

		if (!cursor_ok(&w->c))
			return walk_short(w);
		if (len < ATTRIBUTE_HEADER)
			return walk_malformed(w);
		len = (uint16_t)(len - ATTRIBUTE_HEADER);
		if (type == ATTRIBUTE_PAYLOAD) {
			walk_limit(w, len);
			return HEADER_IP;
		}
		cursor_skip(&w->c, (len + 3u) & ~3u);
	}
}

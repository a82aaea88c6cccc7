/*
 * IPv4 (RFC 791), IPv6 with its extension headers (RFC 8200), AH (RFC 4302), UDP (RFC 768), TCP (RFC 9293). Checksums are not looked at: offload
 * leaves them wrong.
 */
#include "packet/decap_parts.h"

/* ---- what comes behind IP ---- */

static enum header header_of_protocol(struct walk *w, uint8_t protocol)
{
	switch (protocol) {
	case PROTOCOL_TCP: return HEADER_TCP;
	case PROTOCOL_UDP: return HEADER_UDP;
	case PROTOCOL_IPV4: return HEADER_IPV4;
	case PROTOCOL_IPV6: return HEADER_IPV6;
	case PROTOCOL_GRE: return HEADER_GRE;
	case PROTOCOL_AH: return HEADER_AH;
	case PROTOCOL_ETHERIP: return HEADER_ETHERIP;
	case PROTOCOL_MPLS: return HEADER_MPLS;
	case PROTOCOL_ETHERNET: return HEADER_ETHERNET;
	case PROTOCOL_ESP: return walk_skipped(w, "ESP");
	case PROTOCOL_IPCOMP: return walk_skipped(w, "IPComp");
	case PROTOCOL_L2TP: return walk_skipped(w, "L2TPv3");
	default: return HEADER_NONE;
	}
}

static enum header extension_header(uint8_t protocol)
{
	switch (protocol) {
	case PROTOCOL_HOPOPT:
	case PROTOCOL_ROUTING:
	case PROTOCOL_DESTINATION:
	case PROTOCOL_MOBILITY:
	case PROTOCOL_HIP:
	case PROTOCOL_SHIM6: return HEADER_IPV6_OPTIONS;
	case PROTOCOL_FRAGMENT: return HEADER_IPV6_FRAGMENT;
	default: return HEADER_NONE;
	}
}

enum header next_of_protocol(struct walk *w, uint8_t protocol)
{
	enum header extension = w->l->src.family == 6 ? extension_header(protocol) : HEADER_NONE;

	w->l->ip_protocol = protocol;
	w->l->ip_payload = span_of(w->c.at, cursor_left(&w->c));
	return extension != HEADER_NONE ? extension : header_of_protocol(w, protocol);
}

static enum header fragment_found(struct walk *w, uint32_t id, uint32_t offset, bool more)
{
	struct layers *l = w->l;

	l->is_fragment = true;
	l->more_fragments = more;
	l->fragment_id = id;
	l->fragment_offset = offset;
	l->payload_len = (uint32_t)walk_wire_left(w);
	return HEADER_NONE;
}

/* ---- IPv4 ---- */

/* An IP header inside another: the transport of the packet around it is not this one's. */
static void forget_transport(struct layers *l)
{
	l->is_fragment = l->more_fragments = false;
	l->transport = TRANSPORT_NONE;
	l->src_port = l->dst_port = 0;
	l->payload = (struct span){ 0 };
	l->payload_len = 0;
}

enum header read_ip(struct walk *w)
{
	uint8_t version = walk_peek(w) >> 4;

	if (version == 4)
		return HEADER_IPV4;
	if (version == 6)
		return HEADER_IPV6;
	return cursor_left(&w->c) ? walk_malformed(w) : walk_short(w);
}

/* The datagram that begins at `begin` has `len` octets on the wire. A length that is more than the wire had is wrong; what is there is read. */
static void datagram_bounds(struct walk *w, const uint8_t *begin, size_t len)
{
	size_t header = (size_t)(w->c.at - begin);

	if (!walk_limit(w, len - header))
		w->counters->malformed++;
	w->l->ip = span_of(begin, header + cursor_left(&w->c));
}

static enum header ipv4_options(struct walk *w, const uint8_t *begin, size_t header, uint16_t total, uint16_t flags, uint16_t id)
{
	enum { MORE = 0x2000, OFFSET = 0x1fff, FIXED = 20 };

	if (header < FIXED || (total && total < header))
		return walk_malformed(w);
	if (!walk_skip(w, header - FIXED))
		return walk_short(w);
	/* Offload that cuts a large segment later leaves the length 0. */
	datagram_bounds(w, begin, total ? total : header + walk_wire_left(w));
	if (flags & (MORE | OFFSET)) {
		w->l->ip_payload = span_of(w->c.at, cursor_left(&w->c));
		return fragment_found(w, id, (uint32_t)(flags & OFFSET) * 8, flags & MORE);
	}
	return next_of_protocol(w, w->l->ip_protocol);
}

enum header read_ipv4(struct walk *w)
{
	struct layers *l = w->l;
	const uint8_t *begin = w->c.at;
	uint8_t first = cursor_u8(&w->c), ttl, protocol;
	uint16_t total, id, flags;
	struct span src, dst;

	cursor_skip(&w->c, 1);
	total = cursor_be16(&w->c);
	id = cursor_be16(&w->c);
	flags = cursor_be16(&w->c);
	ttl = cursor_u8(&w->c);
	protocol = cursor_u8(&w->c);
	cursor_skip(&w->c, 2);
	src = cursor_take(&w->c, 4);
	dst = cursor_take(&w->c, 4);
	if (!cursor_ok(&w->c))
		return walk_short(w);
	if (first >> 4 != 4)
		return walk_malformed(w);
	forget_transport(l);
	l->src = addr_v4(src.data);
	l->dst = addr_v4(dst.data);
	l->ttl = ttl;
	l->ip_protocol = protocol;
	return ipv4_options(w, begin, (size_t)(first & 15) * 4, total, flags, id);
}

/* ---- IPv6 ---- */

enum header read_ipv6(struct walk *w)
{
	enum { FIXED = 40 };
	struct layers *l = w->l;
	const uint8_t *begin = w->c.at;
	uint32_t first = cursor_be32(&w->c);
	uint16_t len = cursor_be16(&w->c);
	uint8_t protocol = cursor_u8(&w->c), ttl = cursor_u8(&w->c);
	struct span src = cursor_take(&w->c, 16), dst = cursor_take(&w->c, 16);

	if (!cursor_ok(&w->c))
		return walk_short(w);
	if (first >> 28 != 6)
		return walk_malformed(w);
	forget_transport(l);
	l->src = addr_v6(src.data);
	l->dst = addr_v6(dst.data);
	l->ttl = ttl;
	/* 0 is a jumbogram (RFC 2675) or offload */
	datagram_bounds(w, begin, FIXED + (len ? len : walk_wire_left(w)));
	return next_of_protocol(w, protocol);
}

/* Next header, length in units of eight octets without the first (RFC 8200 section 4.3). */
enum header read_ipv6_options(struct walk *w)
{
	uint8_t next = cursor_u8(&w->c), len = cursor_u8(&w->c);

	cursor_skip(&w->c, (size_t)len * 8 + 6);
	return cursor_ok(&w->c) ? next_of_protocol(w, next) : walk_short(w);
}

/* Next header, reserved, offset and M, identification. Offset 0 without more is no fragment at all (RFC 6946). */
enum header read_ipv6_fragment(struct walk *w)
{
	uint8_t next = cursor_u8(&w->c);
	uint16_t offset;
	uint32_t id;

	cursor_skip(&w->c, 1);
	offset = cursor_be16(&w->c);
	id = cursor_be32(&w->c);
	if (!cursor_ok(&w->c))
		return walk_short(w);
	if ((offset & ~6) == 0)
		return next_of_protocol(w, next);
	w->l->ip_protocol = next;
	w->l->ip_payload = span_of(w->c.at, cursor_left(&w->c));
	return fragment_found(w, id, offset & ~7u, offset & 1);
}

/* Next header, length in units of four octets without the first two (RFC 4302 section 2.2). */
enum header read_ah(struct walk *w)
{
	uint8_t next = cursor_u8(&w->c), len = cursor_u8(&w->c);

	cursor_skip(&w->c, (size_t)len * 4 + 6);
	return cursor_ok(&w->c) ? next_of_protocol(w, next) : walk_short(w);
}

/* ---- transport ---- */

static void transport_found(struct walk *w, enum transport transport, uint16_t src, uint16_t dst)
{
	struct layers *l = w->l;

	l->transport = transport;
	l->src_port = src;
	l->dst_port = dst;
	l->payload = span_of(w->c.at, cursor_left(&w->c));
	l->payload_len = (uint32_t)walk_wire_left(w);
}

enum header read_udp(struct walk *w)
{
	enum { FIXED = 8 };
	uint16_t src = cursor_be16(&w->c), dst = cursor_be16(&w->c), len = cursor_be16(&w->c);

	cursor_skip(&w->c, 2);
	if (!cursor_ok(&w->c))
		return walk_short(w);
	if (len && len < FIXED)
		return walk_malformed(w);
	if (len && !walk_limit(w, len - FIXED))
		w->counters->malformed++;
	transport_found(w, TRANSPORT_UDP, src, dst);
	return next_of_ports(src, dst);
}

/* The fields up to the flags are enough where the snap length cuts the header. */
enum header read_tcp(struct walk *w)
{
	enum { FIXED = 20, FLAGS_END = 14 };
	struct layers *l = w->l;
	uint16_t src = cursor_be16(&w->c), dst = cursor_be16(&w->c), offset;
	uint32_t seq = cursor_be32(&w->c), ack = cursor_be32(&w->c);
	size_t header, rest, there, wire;

	offset = cursor_be16(&w->c);
	if (!cursor_ok(&w->c))
		return walk_short(w);
	header = (size_t)(offset >> 12) * 4;
	rest = header - FLAGS_END;
	there = cursor_left(&w->c);
	wire = walk_wire_left(w);
	if (header < FIXED || rest > wire)
		return walk_malformed(w);
	cursor_skip(&w->c, rest < there ? rest : there);
	w->missing = wire - (rest > there ? rest : there);
	l->tcp_flags = (uint8_t)offset;
	l->tcp_seq = seq;
	l->tcp_ack = ack;
	transport_found(w, TRANSPORT_TCP, src, dst);
	return HEADER_NONE;
}

/*
 * IPv4 (RFC 791), IPv6 (RFC 8200) and what their transports cover with a checksum that their addresses enter: TCP (RFC 9293 3.1), UDP (RFC 768) and
 * ICMPv6 (RFC 4443 2.3); ICMP (RFC 792) has one without them.
 */
#include "replay/rewrite_parts.h"

enum { PROTO_HOP_BY_HOP = 0, PROTO_ICMP = 1, PROTO_TCP = 6, PROTO_UDP = 17, PROTO_ROUTING = 43, PROTO_FRAGMENT = 44, PROTO_AH = 51, PROTO_ICMPV6 = 58,
	PROTO_DESTINATION = 60 };
enum { EXTENSIONS_MAX = 16 };

/* One IP packet of a frame. */
struct ip {
	unsigned family;
	size_t at, src_at, dst_at;
	size_t transport_at, until;     /* `until`: where it ends on the wire, which may be behind the end of the frame */
	uint8_t protocol;
	bool fragment, first;           /* of several; the first of them, or the whole packet */
	bool routed;                    /* the destination is not the last one: not the one of the pseudo header (RFC 8200 8.1) */
	bool returned;
	bool summed, pseudo;            /* the transport's checksum is open; the addresses enter it */
};

static struct span addr_span(const struct rewrite *w, const struct ip *ip, size_t at)
{
	return span_part(draft_span(&w->d), at, ip->family == 4 ? 4 : 16);
}

/* ---- headers ---- */

static bool read_ipv4(const struct rewrite *w, size_t at, struct ip *ret)
{
	struct cursor c = draft_cursor(&w->d, at);
	size_t header = (size_t)(cursor_u8(&c) & 0xf) * 4, total;
	uint16_t fragment;

	cursor_skip(&c, 1);
	total = cursor_be16(&c);
	cursor_skip(&c, 2);
	fragment = cursor_be16(&c);
	cursor_skip(&c, 1);
	ret->protocol = cursor_u8(&c);
	cursor_skip(&c, 10);
	if (!cursor_ok(&c) || header < 20)
		return false;
	/* 0: the capturing system cut it only later (segmentation offload). */
	ret->until = total ? at + total : w->d.len;
	ret->src_at = at + 12;
	ret->dst_at = at + 16;
	ret->transport_at = at + header;
	ret->fragment = fragment & 0x3fff;
	ret->first = !(fragment & 0x1fff);
	return ret->until >= ret->transport_at;
}

/* Where the transport begins. False where that is not there. */
static bool pass_extensions(const struct rewrite *w, struct ip *ip)
{
	struct cursor c = draft_cursor(&w->d, ip->transport_at);

	for (unsigned left = EXTENSIONS_MAX; left; left--) {
		size_t start = cursor_offset(&c), len;
		uint8_t next, units;

		if (ip->protocol != PROTO_HOP_BY_HOP && ip->protocol != PROTO_ROUTING && ip->protocol != PROTO_FRAGMENT && ip->protocol != PROTO_AH
		    && ip->protocol != PROTO_DESTINATION) {
			ip->transport_at += start;
			return true;
		}
		next = cursor_u8(&c);
		units = cursor_u8(&c);
		len = ip->protocol == PROTO_FRAGMENT ? 8 : ip->protocol == PROTO_AH ? (size_t)(units + 2) * 4 : (size_t)(units + 1) * 8;
		if (ip->protocol == PROTO_FRAGMENT) {
			uint16_t fragment = cursor_be16(&c);

			ip->fragment = fragment & 0xfff9;
			ip->first = !(fragment & 0xfff8);
		} else if (ip->protocol == PROTO_ROUTING) {
			cursor_skip(&c, 1);
			ip->routed |= cursor_u8(&c) != 0;
		}
		cursor_skip(&c, start + len - cursor_offset(&c));
		ip->protocol = next;
		if (!cursor_ok(&c))
			return false;
	}
	return false;
}

static bool read_ipv6(const struct rewrite *w, size_t at, struct ip *ret)
{
	struct cursor c = draft_cursor(&w->d, at);
	size_t len;

	cursor_skip(&c, 4);
	len = cursor_be16(&c);
	ret->protocol = cursor_u8(&c);
	cursor_skip(&c, 33);
	if (!cursor_ok(&c))
		return false;
	ret->until = len ? at + 40 + len : w->d.len;
	ret->src_at = at + 8;
	ret->dst_at = at + 24;
	ret->transport_at = at + 40;
	ret->first = true;
	/* Addresses are changed also where the transport cannot be reached. */
	if (!pass_extensions(w, ret))
		ret->first = false;
	return true;
}

/* ---- checksums ---- */

static struct checksum pseudo_header(const struct rewrite *w, const struct ip *ip)
{
	struct checksum sum = { 0 };
	size_t len = ip->until - ip->transport_at;

	if (!ip->pseudo)
		return sum;
	checksum_add(&sum, addr_span(w, ip, ip->src_at));
	checksum_add(&sum, addr_span(w, ip, ip->dst_at));
	sum.sum += (len >> 16) + (len & 0xffff) + ip->protocol;
	return sum;
}

/* UDP: a field of zero says that there is none. */
static bool is_without(const struct rewrite *w, const struct ip *ip, size_t field)
{
	struct cursor c = draft_cursor(&w->d, field);

	return ip->protocol == PROTO_UDP && cursor_be16(&c) == 0;
}

static void open_transport(struct rewrite *w, struct ip *ip)
{
	size_t field = ip->transport_at;

	if (!ip->first)
		return;
	switch (ip->protocol) {
	case PROTO_TCP: field += 16; break;
	case PROTO_UDP: field += 6; break;
	case PROTO_ICMP:
	case PROTO_ICMPV6: field += 2; break;
	default: return;
	}
	if (field + 2 > ip->until || is_without(w, ip, field))
		return;
	ip->pseudo = ip->protocol != PROTO_ICMP;
	ip->summed = draft_open(&w->d, (struct draft_sum){ .from = ip->transport_at, .until = ip->until, .field = field, .never_zero = ip->protocol == PROTO_UDP });
}

/* Only of a whole packet can be told what is right. What an ICMP error returns stays as it was returned. */
static void close_transport(struct rewrite *w, const struct ip *ip)
{
	if (!ip->summed)
		return;
	if (w->rules->fix_checksums && !ip->fragment && !ip->returned && !ip->routed && ip->until <= w->d.len)
		draft_close_anew(&w->d, pseudo_header(w, ip));
	else
		draft_close(&w->d);
}

static bool open_header(struct rewrite *w, const struct ip *ip)
{
	return ip->family == 4
		&& draft_open(&w->d, (struct draft_sum){ .from = ip->at, .until = ip->transport_at, .field = ip->at + 10 });
}

static void close_header(struct rewrite *w, const struct ip *ip)
{
	if (w->rules->fix_checksums && !ip->returned && ip->transport_at <= w->d.len)
		draft_close_anew(&w->d, (struct checksum){ 0 });
	else
		draft_close(&w->d);
}

/* ---- what is inside ---- */

/* An address of the header, which the transport's checksum covers too. */
static void rewrite_end(struct rewrite *w, const struct ip *ip, size_t at, bool in_pseudo)
{
	struct span there = addr_span(w, ip, at);
	uint8_t before[16];

	memcpy(before, there.data, there.len);
	rewrite_addr(w, at, ip->family);
	if (ip->summed && ip->pseudo && in_pseudo)
		draft_elsewhere(&w->d, span_of(before, there.len), there);
}

static void rewrite_icmp(struct rewrite *w, const struct ip *ip, size_t until)
{
	enum { UNREACHABLE = 3, QUENCH = 4, REDIRECT = 5, EXCEEDED = 11, PARAMETER = 12 };
	struct cursor c = draft_cursor(&w->d, ip->transport_at);
	uint8_t type = cursor_u8(&c);

	if (until < ip->transport_at + 8 || ip->returned)
		return;
	if (type == REDIRECT)
		rewrite_addr(w, ip->transport_at + 4, 4);
	if (type == UNREACHABLE || type == QUENCH || type == REDIRECT || type == EXCEEDED || type == PARAMETER)
		rewrite_ip(w, ip->transport_at + 8, true);
}

static void rewrite_icmpv6(struct rewrite *w, const struct ip *ip, size_t until)
{
	enum { ERRORS_FIRST = 1, ERRORS_LAST = 4 };
	struct cursor c = draft_cursor(&w->d, ip->transport_at);
	uint8_t type = cursor_u8(&c);

	if (until < ip->transport_at + 8 || ip->returned)
		return;
	if (type >= ERRORS_FIRST && type <= ERRORS_LAST)
		rewrite_ip(w, ip->transport_at + 8, true);
	else
		rewrite_neighbour(w, ip->transport_at, until, type);
}

static void rewrite_udp(struct rewrite *w, const struct ip *ip, size_t until)
{
	enum { DNS = 53, DHCP_SERVER = 67, DHCP_CLIENT = 68 };
	struct cursor c = draft_cursor(&w->d, ip->transport_at);
	uint16_t src = cursor_be16(&c), dst = cursor_be16(&c);

	if (until < ip->transport_at + 8)
		return;
	if (src == DHCP_SERVER || src == DHCP_CLIENT || dst == DHCP_SERVER || dst == DHCP_CLIENT)
		rewrite_dhcp(w, ip->transport_at + 8, until);
	else if (src == DNS || dst == DNS)
		rewrite_dns(w, ip->transport_at + 8, until);
}

static void rewrite_payload(struct rewrite *w, const struct ip *ip)
{
	size_t until = ip->until < w->d.len ? ip->until : w->d.len;

	if (!ip->first)
		return;
	if (ip->protocol == PROTO_ICMP && ip->family == 4)
		rewrite_icmp(w, ip, until);
	else if (ip->protocol == PROTO_ICMPV6 && ip->family == 6)
		rewrite_icmpv6(w, ip, until);
	else if (ip->protocol == PROTO_UDP)
		rewrite_udp(w, ip, until);
}

void rewrite_ip(struct rewrite *w, size_t at, bool returned)
{
	struct cursor c = draft_cursor(&w->d, at);
	uint8_t version = cursor_u8(&c) >> 4;
	struct ip ip = { .family = version, .at = at, .returned = returned };
	bool header;

	if (version == 4 ? !read_ipv4(w, at, &ip) : version == 6 ? !read_ipv6(w, at, &ip) : true)
		return;
	if (!returned) {
		w->src = addr_from(addr_span(w, &ip, ip.src_at));
		w->dst = addr_from(addr_span(w, &ip, ip.dst_at));
	}
	header = open_header(w, &ip);
	open_transport(w, &ip);
	rewrite_end(w, &ip, ip.src_at, true);
	rewrite_end(w, &ip, ip.dst_at, !ip.routed);
	rewrite_payload(w, &ip);
	close_transport(w, &ip);
	if (header)
		close_header(w, &ip);
}

/*
 * ICMP errors (RFC 792, RFC 4443 section 3):
 *
 *      type | code | checksum (2) | 4 octets by type | IP header of the packet in question | at least its first 8 octets
 */
#include "flow/quoted.h"

enum { PROTOCOL_ICMP = 1, PROTOCOL_TCP = 6, PROTOCOL_UDP = 17, PROTOCOL_ICMPV6 = 58 };
enum { ICMP_UNREACHABLE = 3, ICMP_QUENCH = 4, ICMP_REDIRECT = 5, ICMP_EXCEEDED = 11, ICMP_PARAMETER = 12 };
enum { ICMPV6_ERROR_FIRST = 1, ICMPV6_ERROR_LAST = 4 };
enum { IPV4_MIN = 20, IPV6_HEADER = 40 };

static bool is_error(const struct layers *l, uint8_t type)
{
	if (l->ip_protocol == PROTOCOL_ICMPV6)
		return type >= ICMPV6_ERROR_FIRST && type <= ICMPV6_ERROR_LAST;
	return type == ICMP_UNREACHABLE || type == ICMP_QUENCH || type == ICMP_REDIRECT || type == ICMP_EXCEEDED || type == ICMP_PARAMETER;
}

/* Passes over the quoted IP header. */
static uint8_t read_protocol(struct cursor *c, bool v6)
{
	uint8_t first = cursor_u8(c), protocol;
	unsigned len = (first & 15u) * 4;

	cursor_skip(c, v6 ? 5 : 8);
	protocol = cursor_u8(c);
	cursor_skip(c, v6 ? IPV6_HEADER - 7 : IPV4_MIN - 10);
	if (!v6)
		cursor_skip(c, len > IPV4_MIN ? len - IPV4_MIN : 0);
	return protocol;
}

bool quoted_read(const struct layers *l, enum transport *ret_transport, uint16_t ret_ports[2])
{
	struct cursor c = cursor_over(l->ip_payload);
	uint8_t type, protocol;

	if (!l->src.family || l->transport != TRANSPORT_NONE || l->ip_protocol != (l->src.family == 6 ? PROTOCOL_ICMPV6 : PROTOCOL_ICMP))
		return false;
	type = cursor_u8(&c);
	cursor_skip(&c, 7);
	protocol = read_protocol(&c, l->src.family == 6);
	ret_ports[0] = cursor_be16(&c);
	ret_ports[1] = cursor_be16(&c);
	*ret_transport = protocol == PROTOCOL_TCP ? TRANSPORT_TCP : TRANSPORT_UDP;
	return cursor_ok(&c) && is_error(l, type) && (protocol == PROTOCOL_TCP || protocol == PROTOCOL_UDP);
}

#include "packet/glance.h"

#include "packet/decap_parts.h"
#include "packet/link.h"

enum {
	ETHERNET = 14, TAG = 4, IPV4 = 20, UDP = 8, TCP = 20,
	PLAIN = 0x45,                   /* version 4, header of five words */
	FRAGMENTED = 0x3fff,            /* more fragments, or an offset */
};

static uint16_t big(const uint8_t *at)
{
	return (uint16_t)((unsigned)at[0] << 8 | at[1]);
}

static bool is_tag(uint16_t type)
{
	return type == TYPE_VLAN || type == TYPE_VLAN_AD || type == TYPE_VLAN_9100 || type == TYPE_VLAN_9200;
}

/* `left` octets of the datagram are behind the IP header. */
static bool plain_udp(struct cursor *c, size_t left)
{
	struct span h = cursor_take(c, UDP);
	uint16_t len;

	if (!h.len)
		return false;
	len = big(h.data + 4);
	return (!len || (len >= UDP && len <= left)) && next_of_ports(big(h.data), big(h.data + 2)) == HEADER_NONE;
}

static bool plain_tcp(struct cursor *c, size_t left)
{
	struct span h = cursor_take(c, TCP);

	return h.len && h.data[12] >> 4 >= TCP / 4 && (size_t)(h.data[12] >> 4) * 4 <= left;
}

static bool plain_ipv4(struct cursor *c, size_t wire_left, struct glance *ret)
{
	struct span ip = cursor_take(c, IPV4), ports;
	size_t total;
	struct cursor look = *c;

	if (!ip.len || ip.data[0] != PLAIN || big(ip.data + 6) & FRAGMENTED)
		return false;
	total = big(ip.data + 2);
	ports = cursor_take(&look, sizeof ret->ports);
	if (total < IPV4 || total > wire_left || !ports.len)
		return false;
	memcpy(ret->addresses, ip.data + 12, sizeof ret->addresses);
	memcpy(ret->ports, ports.data, sizeof ret->ports);
	ret->protocol = ip.data[9];
	if (ret->protocol == PROTOCOL_UDP)
		return total >= IPV4 + UDP && plain_udp(c, total - IPV4);
	return ret->protocol == PROTOCOL_TCP && plain_tcp(c, total - IPV4);
}

bool glance_at(const struct packet *p, struct glance *ret)
{
	struct cursor c = cursor_over(p->data);
	struct span ethernet = cursor_take(&c, ETHERNET);
	size_t header = ETHERNET;
	uint16_t type;

	if (p->link_type != LINK_ETHERNET || !ethernet.len)
		return false;
	*ret = (struct glance){ .protocol = 0 };
	memcpy(ret->macs, ethernet.data, sizeof ret->macs);
	type = big(ethernet.data + 12);
	for (; is_tag(type) && header < ETHERNET + 2 * TAG; header += TAG) {
		struct span tag = cursor_take(&c, TAG);

		if (!tag.len)
			return false;
		type = big(tag.data + 2);
	}
	return type == TYPE_IPV4 && plain_ipv4(&c, p->wire_len - header, ret);
}

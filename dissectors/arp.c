/*
 * ARP over Ethernet for IPv4: who has which address. RFC 826; RFC 5227 (a probe's sender has no address yet, 0.0.0.0; an announcement's sender and
 * target are one).
 *
 *      hardware | protocol | hlen plen | operation | sender MAC | sender address | target MAC | target address
 */
#include "dissectors/arp.h"

enum { HARDWARE_ETHERNET = 1, HARDWARE_IEEE802 = 6, PROTOCOL_IPV4 = 0x0800, MAC_LEN = 6, IPV4_LEN = 4, REQUEST = 1, REPLY = 2 };

const struct kind arp_request = { .proto = "arp", .name = "request", .internal = true };
const struct kind arp_reply = { .proto = "arp", .name = "reply", .internal = true };

const struct field arp_sender_mac = { "sender_mac" };
const struct field arp_sender_addr = { "sender_addr" };
const struct field arp_target_mac = { "target_mac" };
const struct field arp_target_addr = { "target_addr" };

static const struct kind *const kinds[] = { &arp_request, &arp_reply, NULL };
static const uint16_t ether_types[] = { 0x0806, 0 };

/* Other hardware and other protocols have ARP too; they say nothing about a phone. Nor do RARP and InARP, which use the same form. */
static bool header_fits(struct cursor *c, unsigned *ret_operation)
{
	uint16_t hardware = cursor_be16(c), protocol = cursor_be16(c);
	uint8_t hlen = cursor_u8(c), plen = cursor_u8(c);

	*ret_operation = cursor_be16(c);
	return cursor_ok(c) && (hardware == HARDWARE_ETHERNET || hardware == HARDWARE_IEEE802) && protocol == PROTOCOL_IPV4 && hlen == MAC_LEN &&
		plen == IPV4_LEN && (*ret_operation == REQUEST || *ret_operation == REPLY);
}

static void put_pair(struct cursor *c, struct record *r, const struct field *mac_field, const struct field *addr_field)
{
	struct span mac = cursor_take(c, MAC_LEN), addr = cursor_take(c, IPV4_LEN);
	struct mac m;

	if (!cursor_ok(c))
		return;
	memcpy(m.octet, mac.data, MAC_LEN);
	put_mac(r, mac_field, m);
	put_addr(r, addr_field, addr_v4(addr.data));
}

static void read_packet(struct span octets, struct emit *to)
{
	struct cursor c = cursor_over(octets);
	unsigned operation;
	struct event *e;

	if (!header_fits(&c, &operation))
		return;
	e = emit_begin(to, operation == REQUEST ? &arp_request : &arp_reply);
	put_pair(&c, &e->fields, &arp_sender_mac, &arp_sender_addr);
	put_pair(&c, &e->fields, &arp_target_mac, &arp_target_addr);
	if (!cursor_ok(&c))
		emit_malformed(to, e, "shorter than its addresses");
	emit_end(to, e);
}

const struct dissector arp_dissector = {
	.name = "arp",
	.standards = "RFC 826, RFC 5227",
	.kinds = kinds,
	.ether_types = ether_types,
	.datagram = read_packet,
};

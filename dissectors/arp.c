/* ARP: who has which address. */
#include "dissectors/arp.h"

const struct kind arp_request = { .proto = "arp", .name = "request", .internal = true };
const struct kind arp_reply = { .proto = "arp", .name = "reply", .internal = true };

const struct field arp_sender_mac = { "sender_mac" };
const struct field arp_sender_addr = { "sender_addr" };
const struct field arp_target_mac = { "target_mac" };
const struct field arp_target_addr = { "target_addr" };

static const struct kind *const kinds[] = { &arp_request, &arp_reply, NULL };

const struct dissector arp_dissector = {
	.name = "arp",
	.standards = "RFC 826, RFC 5227",
	.kinds = kinds,
};

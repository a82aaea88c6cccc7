/* Cisco Discovery Protocol: the voice VLAN of a port. */
#include "dissectors/cdp.h"

const struct kind cdp_advertisement = { .proto = "cdp", .name = "advertisement", .internal = true };

const struct field cdp_device_id = { "device_id" };
const struct field cdp_port_id = { "port_id" };
const struct field cdp_voice_vlan = { "voice_vlan" };
const struct field cdp_platform = { "platform" };
const struct field cdp_software = { "software" };

static const struct kind *const kinds[] = { &cdp_advertisement, NULL };

const struct dissector cdp_dissector = {
	.name = "cdp",
	.standards = "Cisco Discovery Protocol version 2 as Wireshark packet-cdp.c reads it",
	.kinds = kinds,
};

/* LLDP and LLDP-MED. */
#include "dissectors/lldp.h"

const struct kind lldp_advertisement = { .proto = "lldp", .name = "advertisement" };

const struct field lldp_chassis_id = { "chassis_id" };
const struct field lldp_port_id = { "port_id" };
const struct field lldp_ttl = { "ttl" };
const struct field lldp_system_name = { "system_name" };
const struct field lldp_med_policies = { "med_policies" };
const struct field lldp_application = { "application" };
const struct field lldp_vlan = { "vlan" };
const struct field lldp_tagged = { "tagged" };
const struct field lldp_priority = { "priority" };
const struct field lldp_dscp = { "dscp" };
const struct field lldp_inventory = { "inventory" };
const struct field lldp_firmware = { "firmware" };
const struct field lldp_software = { "software" };
const struct field lldp_manufacturer = { "manufacturer" };
const struct field lldp_model = { "model" };
const struct field lldp_serial = { "serial" };

static const struct kind *const kinds[] = { &lldp_advertisement, NULL };

const struct dissector lldp_dissector = {
	.name = "lldp",
	.standards = "IEEE 802.1AB-2016, ANSI/TIA-1057",
	.kinds = kinds,
};

/* LLDP and LLDP-MED: the events it makes and the fields they bear. Rules: IEEE 802.1AB-2016, ANSI/TIA-1057. */
#ifndef DISSECTORS_LLDP_H
#define DISSECTORS_LLDP_H

#include "flow/dissector.h"

extern const struct dissector lldp_dissector;

extern const struct kind lldp_advertisement;

extern const struct field lldp_chassis_id;
extern const struct field lldp_port_id;
extern const struct field lldp_ttl;             /* seconds */
extern const struct field lldp_system_name;
extern const struct field lldp_med_policies;    /* list of records */
extern const struct field lldp_application;     /* of a policy: "voice"; a number where TIA-1057 has no name */
extern const struct field lldp_vlan;            /* of a policy */
extern const struct field lldp_tagged;          /* of a policy */
extern const struct field lldp_priority;        /* of a policy */
extern const struct field lldp_dscp;            /* of a policy */
extern const struct field lldp_inventory;       /* record */
extern const struct field lldp_firmware;        /* of the inventory */
extern const struct field lldp_software;        /* of the inventory */
extern const struct field lldp_manufacturer;    /* of the inventory */
extern const struct field lldp_model;           /* of the inventory */
extern const struct field lldp_serial;          /* of the inventory */

#endif

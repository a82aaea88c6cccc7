/* Cisco Discovery Protocol: the voice VLAN of a port: the events it makes and the fields they bear. Rules: Cisco Discovery Protocol version 2 as Wireshark packet-cdp.c reads it. */
#ifndef DISSECTORS_CDP_H
#define DISSECTORS_CDP_H

#include "flow/dissector.h"

extern const struct dissector cdp_dissector;

extern const struct kind cdp_advertisement;   /* internal */

extern const struct field cdp_device_id;
extern const struct field cdp_port_id;
extern const struct field cdp_voice_vlan;
extern const struct field cdp_platform;
extern const struct field cdp_software;

#endif

/*
 * From link layer to transport: Ethernet, 802.1Q/802.1ad, Linux cooked v1 and v2, raw IP, BSD loopback, PPP(oE), MPLS, GRE, ERSPAN I/II/III,
 * VXLAN, GENEVE, IPv4, IPv6 with extension headers, UDP, TCP. Header by header with a cursor; nesting is bounded.
 */
#ifndef PACKET_DECAP_H
#define PACKET_DECAP_H

#include "packet/packet.h"

/* Why a packet gave no layers, or not all: counters by name, for the user. */
struct decap_counters {
	uint64_t malformed;             /* a header contradicts itself or the octets that are there */
	uint64_t skipped;               /* a link type or encapsulation that is not opened */
	char skipped_what[128];         /* names of the first few kinds: "LINKTYPE_IEEE802_11, ESP" */
};

/* Whether packets of this LINKTYPE_ number are opened at all. */
bool decap_opens(uint16_t link_type);

/* Fills *ret from `p`. False where there is not even a link layer to speak of (counted). Layers that are missing stay unset. */
bool decap_packet(const struct packet *p, struct layers *ret, struct decap_counters *counters);

/* Reads UDP or TCP from ret->ip_payload with ret->ip_protocol: for a datagram put together from fragments. Tunnels inside are opened too. */
bool decap_transport(const struct packet *p, struct layers *ret, struct decap_counters *counters);

#endif

/* The two ends of a flow as its events print them. */
#ifndef FLOW_PATH_H
#define FLOW_PATH_H

#include "flow/dissector.h"
#include "packet/packet.h"

/* What the packets of one direction bear around IP; of the latest one. */
struct way {
	bool seen, has_outer, has_ether;
	uint8_t vlan_count;
	struct mac outer_src, outer_dst, ether_src, ether_dst;
	uint16_t vlans[VLANS_MAX];
};

struct path {
	uint64_t number;                /* of the flow */
	enum transport transport;
	uint8_t time_digits;
	struct endpoint ends[2];        /* by enum side */
	struct way ways[2];             /* by the side that sends */
};

void path_learn(struct path *p, enum side from, const struct packet *packet, const struct layers *l);

/* Layers as a packet of side `from` has them, without octets. Of a side that was never seen: the other's, turned round. */
void path_layers(const struct path *p, enum side from, struct layers *ret);

#endif

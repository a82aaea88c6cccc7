#include "flow/path.h"

#include <string.h>

void path_learn(struct path *p, enum side from, const struct packet *packet, const struct layers *l)
{
	struct way *w = &p->ways[from];

	p->time_digits = packet->time_digits;
	w->seen = true;
	w->has_outer = l->has_outer;
	w->has_ether = l->has_ether;
	w->outer_src = l->outer_src;
	w->outer_dst = l->outer_dst;
	w->ether_src = l->ether_src;
	w->ether_dst = l->ether_dst;
	w->vlan_count = l->vlan_count;
	memcpy(w->vlans, l->vlans, sizeof w->vlans);
}

void path_layers(const struct path *p, enum side from, struct layers *ret)
{
	bool turned = !p->ways[from].seen;
	const struct way *w = &p->ways[turned ? side_other(from) : from];

	*ret = (struct layers){ .has_outer = w->has_outer, .has_ether = w->has_ether, .vlan_count = w->vlan_count, .transport = p->transport };
	ret->outer_src = turned ? w->outer_dst : w->outer_src;
	ret->outer_dst = turned ? w->outer_src : w->outer_dst;
	ret->ether_src = turned ? w->ether_dst : w->ether_src;
	ret->ether_dst = turned ? w->ether_src : w->ether_dst;
	memcpy(ret->vlans, w->vlans, sizeof ret->vlans);
	ret->src = p->ends[from].addr;
	ret->src_port = p->ends[from].port;
	ret->dst = p->ends[side_other(from)].addr;
	ret->dst_port = p->ends[side_other(from)].port;
}

/* What is to be changed in frames, as the command line says it. Every complaint is one line on stderr that names the option. */
#ifndef REPLAY_RULES_H
#define REPLAY_RULES_H

#include "base/addr.h"

struct mac_rule {
	struct mac from, to;
};

/* Addresses of one network become addresses of another; what stands behind the prefix stays. A single address is a network of all its bits. */
struct net_rule {
	struct addr from, to;
	unsigned bits;
};

enum vlan_what {
	VLAN_SET,               /* the outermost tag gets the id; a frame without one gets a tag */
	VLAN_STRIP,             /* all tags go */
	VLAN_PUSH,              /* one more tag before the others */
};

struct vlan_rule {
	enum vlan_what what;
	uint16_t id;
};

/* Zeroed: nothing is changed. */
struct rules {
	struct mac_rule *macs;
	struct net_rule *nets;          /* the longest prefix first */
	struct vlan_rule *vlans;        /* in the order in which they are done */
	size_t mac_count, net_count, vlan_count;
	bool fix_checksums;             /* compute them anew, whether they were right or not */
};

bool rules_map_mac(struct rules *r, const char *text);  /* "A=B" */
bool rules_map_ip(struct rules *r, const char *text);   /* "A=B" */
bool rules_map_net(struct rules *r, const char *text);  /* "A/n=B/n" */
bool rules_vlan(struct rules *r, const char *what, const char *id);     /* `id` only for "set" and "push" */
bool rules_vlan_takes_id(const char *what);             /* whether this word of --vlan has an id behind it */
bool rules_any(const struct rules *r);
void rules_free(struct rules *r);

/* Puts what the rules make of the address into *a. Answers whether one applies. An address is mapped once: with A=B and B=A two change places. */
bool rules_mac(const struct rules *r, struct mac *a);
bool rules_addr(const struct rules *r, struct addr *a);

#endif

/*
 * Exchanges that nobody reads: calls, other devices' traffic. Most packets of a span port are of such a one; what was found out about it once is known
 * here for its next packets, by its addresses and ports.
 *
 * A place a packet may be in is taken by whoever comes last: nothing is lost but time. What is said here is true until `version` changes (versions.h: whom anybody
 * is interested in), until a flow between these ends begins (unread_forget), and, where a flow is named, while that flow is the same.
 */
#ifndef FLOW_UNREAD_H
#define FLOW_UNREAD_H

#include "packet/glance.h"

struct flow;
struct unread;

struct unread_place {
	struct glance glance;
	uint64_t version;               /* plus 1; 0: nobody */
	struct flow *flow;              /* that does not want these packets, or NULL */
	uint64_t flow_number, fill;     /* 64 octets: one line of the processor's cache */
};

struct unread *unread_new(void);
void unread_free(struct unread *u);

/* What is known of packets with these ends; NULL if nothing. */
struct unread_place *unread_find(struct unread *u, const struct glance *g, uint64_t version);
/* Nobody reads packets with these ends. */
void unread_add(struct unread *u, const struct glance *g, uint64_t version, struct flow *flow, uint64_t flow_number);
/* A flow begins: in either direction nothing is known any more. */
void unread_forget(struct unread *u, const struct layers *l);

#endif

/*
 * nDPI's label for flows that no port and no dissector knows, and an account of what else a followed phone does. The only file that knows
 * nDPI. A label is a hint: it may choose which dissector tries a flow, it never supports a verdict (nDPI guesses by port).
 */
#ifndef FLOW_CLASSIFY_H
#define FLOW_CLASSIFY_H

#include "flow/dissector.h"
#include "packet/packet.h"

struct classify;        /* one detection module, about 8 MiB; not for several threads */
struct classify_flow;   /* what nDPI keeps of one flow: 0.7 to 3 KiB */

struct classify *classify_new(size_t max_flows);
void classify_free(struct classify *c);

/* NULL where there are `max_flows` already. */
struct classify_flow *classify_flow_new(struct classify *c);
void classify_flow_free(struct classify *c, struct classify_flow *f);

/* Shows one packet of the flow to nDPI. Answers its label ("TLS", "RTP", ...), or NULL while it has none by inspection. *ret_final: no more packets needed. */
const char *classify_packet(struct classify *c, struct classify_flow *f, const struct packet *p, const struct layers *l, bool *ret_final);

/* The dissector for a label over this transport, or NULL. */
const struct dissector *classify_dissector(const char *label, enum transport transport);

#endif

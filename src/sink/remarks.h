/*
 * The packets that are kept of sign-ins, as one capture of them is written: each once, whoever's it is, in the order in which they were captured, and
 * with what is to be said of it: the verdict on the first packet of a sign-in, a finding on every packet that shows it. A finding that no packet here
 * shows is said on the first packet, too.
 */
#ifndef SINK_REMARKS_H
#define SINK_REMARKS_H

#include "base/list.h"
#include "verdict/report.h"

/* Something said of a packet. */
struct remark {
	size_t packet;                  /* its place in `packets` */
	size_t number;                  /* in the order in which they were made */
	const char *text;               /* valid UTF-8 of printable characters and line feeds, REMARK_MAX octets at most */
};

/* What an option of pcapng takes: its length has 16 bits. */
enum { REMARK_MAX = 65535 };

/* A zeroed one is empty. */
struct remarks {
	struct arena arena;
	LIST_OF(const struct packet_report *) packets;  /* by file, then by number */
	LIST_OF(struct remark) remarks;                 /* by packet, then by number */
};

void remarks_add_packets(struct remarks *r, const struct attempt_report *a);

/* All packets are there: puts them in order. Nothing is added to them afterwards. */
void remarks_order_packets(struct remarks *r);

void remarks_of_attempt(struct remarks *r, const struct phone_report *p, const struct attempt_report *a);
void remarks_order(struct remarks *r);

/* The remarks on a packet; *ret_count of them. */
const struct remark *remarks_on(const struct remarks *r, size_t packet, size_t *ret_count);

/* Calls `each` for all packets: those of a file in its order, those of several by time (packet/source.h). */
void remarks_each(const struct remarks *r, void (*each)(void *user, size_t packet), void *user);

/* Text from outside as it may stand in a comment: at most `max` octets, cut between characters. Good as long as `arena` is. */
const char *remark_text(struct arena *arena, const char *text, size_t max);

void remarks_free(struct remarks *r);

#endif

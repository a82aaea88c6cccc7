/*
 * Network interfaces as a source (source.h): AF_PACKET rings through libpcap, several interfaces merged by time. Frames count per interface.
 *
 * The ring's blocks come to us after 10 ms at the latest, so that nobody has to ask for every packet by itself; time stamps are the kernel's, in
 * nanoseconds. After source_open_live no privilege is needed any more: an interface that went away and came back is bound to the same socket again.
 */
#ifndef PACKET_SOURCE_LIVE_H
#define PACKET_SOURCE_LIVE_H

#include "packet/source.h"

enum {
	LIVE_INTERFACES = 16,                   /* at most */
	LIVE_BLOCK_MS = 10,                     /* a packet waits so long in a block that does not fill */
	LIVE_HOLD_MS = 25,                      /* behind that moment no packet older than it is still to come from any interface */
	LIVE_SNAP_MAX = 262144,
};

struct live_options {
	char *const *interfaces;                /* names; they must last as long as the source */
	unsigned count;
	const char *filter;                     /* pcap-filter(7), or NULL; means what it means of files */
	bool promiscuous;
	size_t ring;                            /* octets of each interface's ring */
	unsigned snap;                          /* octets kept of a packet */
	uint64_t numbers[LIVE_INTERFACES];      /* of the last frame before, of each; 0 at the start */
	bool some;                              /* good enough where only some of the interfaces are there */
};

/* The counters of the kernel are read with source_live_watch; none of them runs over. */
struct live_counters {
	uint64_t kernel_packets;                /* that the filter let through, lost ones among them */
	uint64_t kernel_dropped;                /* the ring was full */
	uint64_t interface_dropped;             /* the interface had no room (missed, FIFO) */
	uint64_t gone;                          /* times that the interface went away */
};

/* NULL after a logged line for each interface that cannot be opened, or where the filter is wrong. */
struct source *source_open_live(const struct live_options *options);

/* To be called every 100 ms or so: reads counters, says what became of an interface and binds it again. Packets lost so far are in
 * capture_info.dropped. True where an interface that was missing from the start is there now: it takes another source_open_live. */
bool source_live_watch(struct source *s);
const struct live_counters *source_live_counters(const struct source *s, unsigned interface);

/* After SOURCE_WAIT: every packet up to that moment was given. False where packets still wait for those of another interface. */
bool source_live_quiet(const struct source *s, int64_t *ret_until_ns);

/* What was captured until now is still given, then SOURCE_END; 500 ms later at the latest. */
void source_live_drain(struct source *s);

#endif

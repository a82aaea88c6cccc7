/*
 * When each packet of a timeline is due, and waiting for that moment. The schedule is absolute: it counts from its start, so that being late once delays
 * nothing that comes after, and errors do not add up. The one place that reads a clock for packets' sake; the clock is CLOCK_MONOTONIC.
 */
#ifndef PACKET_PACE_H
#define PACKET_PACE_H

#include <stdbool.h>
#include <stdint.h>

enum pace_mode {
	PACE_ORIGINAL,          /* as the packets' times say; `rate` times as fast */
	PACE_PACKETS,           /* `rate` packets a second */
	PACE_BITS,              /* `rate` million bits a second, of the octets that are told */
	PACE_TOP,               /* without waiting */
};

struct pace_options {
	enum pace_mode mode;
	double rate;            /* above 0; PACE_ORIGINAL: 1 is the original speed */
};

/* Private but for `options`. */
struct pace {
	struct pace_options options;
	bool begun;
	int64_t start_ns;               /* of the clock */
	int64_t first_ns;               /* packet time of the first packet */
	int64_t due_ns;                 /* of the packet asked for last */
	uint64_t packets, octets;       /* before the one asked for next */
	int64_t margin_ns;              /* how long before the moment it wakes up, as late as the system is */
};

/* Nothing runs yet: the first pace_due begins. */
struct pace pace_start(struct pace_options options);

/* From here on this process runs before all that share the processors in turns (SCHED_RR), so that it is awake when a packet is due, however busy the machine is.
 * False, and errno tells why, where it may not. */
bool pace_realtime(void);

/* When the next packet is due, in nanoseconds after the start: `at_ns` is its time, `octets` its length. Never before the one before it: a packet whose
 * time is earlier is due at once. */
int64_t pace_due(struct pace *p, int64_t at_ns, uint64_t octets);

/* Nanoseconds since the start; 0 before it. */
int64_t pace_now(const struct pace *p);

/* The packet time that it is by the schedule. Only of PACE_ORIGINAL; else that of the first packet. */
int64_t pace_packet_time(const struct pace *p);

/* Waits until `due_ns` after the start, at most `patience_ns`, and not beyond a signal. True once that moment has come: sleeps until shortly before it, then
 * looks at the clock without end, at most 200 us. */
bool pace_wait(struct pace *p, int64_t due_ns, int64_t patience_ns);

#endif

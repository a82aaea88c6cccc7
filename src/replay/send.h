/*
 * Sends Ethernet frames on an interface, as they are, through a packet socket (packet(7)): many in one call of the system where many are due. Frames that the
 * interface cannot take are not sent and noted, never cut.
 */
#ifndef REPLAY_SEND_H
#define REPLAY_SEND_H

#include <signal.h>

#include "replay/interface.h"
#include "replay/left_out.h"
#include "replay/spread.h"

struct sender_counters {
	uint64_t packets, octets;       /* sent */
	uint64_t full;                  /* times that a frame had to be tried again because a queue was full */
	struct left_out left_out[LEFT_WHYS];
	struct spread late;             /* ns from when a frame was due until it was given to the system */
};

struct sender;

/* NULL after one logged line: the right to do so is missing, the interface is down or takes no Ethernet frames. `send_cut`: also frames that the snap length
 * cut, as far as they are there. Once *stop is set, nothing waits any more for a queue that is full. */
struct sender *sender_new(const struct interface *i, bool send_cut, const volatile sig_atomic_t *stop);

/* Whether frames of this length and shape go through the interface: its MTU counts what stands behind the Ethernet header and one 802.1Q tag. */
bool sender_fits(const struct interface *i, struct span frame);

/* Takes a frame that is due; its octets are copied. It is sent with the next ones, at the latest when sender_flush is called.
 * False after one logged line: nothing can be sent any more. */
bool sender_take(struct sender *s, const struct packet *p, int64_t due_ns);
bool sender_flush(struct sender *s);

/* The clock that `due_ns` is of: lateness is measured against it from here on. */
void sender_clock(struct sender *s, int64_t (*now)(void *user), void *user);

const struct sender_counters *sender_counters(const struct sender *s);
void sender_free(struct sender *s);

#endif

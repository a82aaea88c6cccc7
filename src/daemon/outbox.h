/*
 * Reports that wait for the writer: bounded, so that a disk that is slow or full never stops the capture. A newer report of an attempt takes the place
 * of an older one that still waits; where there is no room the oldest of attempts that go on is given up first, then the oldest of all.
 *
 * A report stays here until the writer says that it is stored. What it could not store is sent again, first one by one, a second apart; a writer that
 * died gets nothing more, its successor gets all of it.
 */
#ifndef DAEMON_OUTBOX_H
#define DAEMON_OUTBOX_H

#include "daemon/message.h"

struct outbox_counters {
	uint64_t reports;               /* put in */
	uint64_t stored;
	uint64_t lost;                  /* given up for want of room, or because the writer cannot store them at all; newer ones of the same attempt apart */
	uint64_t refused;               /* answers "not now" */
	size_t octets, most;            /* that wait now, and at most so far */
};

struct outbox;

struct outbox *outbox_new(size_t max);
void outbox_report(struct outbox *o, const struct phone_report *phone, const struct attempt_report *a);

/* The socket to the writer, which does not block; -1: there is none now. Closes the one before. */
void outbox_connect(struct outbox *o, int fd);
int outbox_descriptor(const struct outbox *o);

/* Other messages: sent as they are if there is room, else left out (false). Not while a writer is missing. */
struct octets *outbox_message(struct outbox *o);

/* Sends and receives what can be without waiting. `now_ns` is monotonic. False where the writer is gone (the descriptor is closed then). */
bool outbox_run(struct outbox *o, int64_t now_ns);
bool outbox_wants_to_send(const struct outbox *o);
bool outbox_is_empty(const struct outbox *o);
const struct outbox_counters *outbox_counters(const struct outbox *o);
void outbox_free(struct outbox *o);

#endif

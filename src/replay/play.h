/*
 * Playing a tape: its packets, those that are wanted, one after the other, changed by rules, each when it is due, to an outlet: a wire, a file, or the
 * pipeline. Rounds follow each other without a gap: the first packet of a round has the time of the last one of the round before.
 */
#ifndef REPLAY_PLAY_H
#define REPLAY_PLAY_H

#include <signal.h>

#include "packet/pace.h"
#include "replay/rewrite.h"
#include "replay/selection.h"
#include "replay/tape.h"

/* Where packets go. */
struct outlet {
	void *user;
	/* A packet that is due, in nanoseconds after the start; good during the call. False after one logged line: nothing more is taken. */
	bool (*take)(void *user, const struct packet *p, int64_t due_ns);
	/* What was taken goes out now. False as above. May be NULL. */
	bool (*flush)(void *user);
	/* Called with `idle_user` some times a second. `packet_ns` is the packet time that it is, where that is known: no packet before it comes. May be NULL. */
	void (*idle)(void *user, bool known, int64_t packet_ns);
	void *idle_user;
};

struct play_options {
	const struct mac *phones;       /* only their packets; count 0: everybody's */
	size_t phone_count;
	bool has_start, has_until;
	int64_t start_ns, until_ns;     /* packets from start on, and before until */
	bool has_limit;
	uint64_t limit;                 /* packets, of all rounds together */
	uint64_t rounds;                /* 0: without end */
	struct rules rules;
	struct pace_options pace;
	bool new_time;
	int64_t new_start_ns;           /* the first packet gets this time, the others keep their distance */
	const volatile sig_atomic_t *stop;      /* once it is set, playing ends */
};

enum play_end {
	PLAY_DONE,
	PLAY_STOPPED,           /* by *stop */
	PLAY_REFUSED,           /* the outlet takes nothing more */
	PLAY_BROKE_OFF,         /* the tape could not be read on */
};

struct play_result {
	enum play_end end;
	uint64_t packets;       /* given to the outlet */
	uint64_t rounds;        /* begun */
	int64_t elapsed_ns;     /* from when the first packet was due until the end */
	struct rewrite_counters rewrite;
};

struct play;

/* NULL after a logged line. `options` and the tape must last as long. */
struct play *play_new(const struct play_options *options, struct tape *tape);
struct play_result play_run(struct play *p, const struct outlet *outlet);

/* Nanoseconds since the start. `p` is a struct play. */
int64_t play_now(void *p);

/* As far as it is: for progress. */
const struct play_result *play_so_far(const struct play *p);
void play_free(struct play *p);

#endif

/*
 * The octets of one TCP connection, in order, and the dissector that reads them.
 *
 * Segments may come in any order, overlap and repeat: the octets that came first stay. Behind a hole they wait until it fills, or until it is
 * known that nothing will: then it becomes a gap. All offsets are of the stream: the first octet behind the SYN is 0; where the capture began later,
 * the first that is known of.
 *
 * A hole becomes a gap
 *   - when the other side acknowledged its octets 20 ms ago (it got them, the capture did not; mirrors reorder by some ms),
 *   - when it has been there for 2 s and the other side was not heard of since (one-way captures),
 *   - when what waits behind it exceeds the bounds, or the connection or the capture ends.
 */
#ifndef FLOW_STREAM_H
#define FLOW_STREAM_H

#include "flow/pieces.h"
#include "flow/reporter.h"

enum gap_reason { GAP_HOLE, GAP_SNAP, GAP_START, GAP_ONE_WAY, GAP_FORGOTTEN };

struct chooser;
struct stream;

/* What all streams share; zeroed but for the first members. */
struct streams {
	struct reporter *report;
	size_t side_max;                /* octets that may wait, one side */
	struct budget budget;           /* and over all */
	/* A gap of the stream whose user is `user`. */
	void (*gap)(void *user, enum side side, uint64_t missing, enum gap_reason reason, const struct arrival *arrival);
	/* The stream was given up for want of memory: it can be freed. */
	void (*given_up)(void *user);

	struct stream *oldest, *youngest;       /* that are not over, by last use */
	struct stream *holes;           /* that have a hole whose time may come, as they were opened */
	struct stream **holes_end;
	size_t hole_count;
	int64_t next_check_ns;          /* when a hole may become a gap by time */
};

void streams_start(struct streams *ss);

/* Turns into gaps the holes whose time has come. streams_quiet: there are none yet. */
static inline bool streams_quiet(const struct streams *ss, int64_t now_ns) { return now_ns < ss->next_check_ns; }
void streams_tick(struct streams *ss, int64_t now_ns);

/* The frame behind the oldest hole that is younger than 2 s: what is read when it fills is of this frame or a later one. UINT64_MAX without one. */
frame_ref streams_young_hole(const struct streams *ss, int64_t now_ns);

/* `by_port` is tried first; NULL: only what is recognised. `markers`: only dissectors that show markers. `path` and `user` outlive the stream. */
struct stream *stream_new(struct streams *ss, const struct path *path, const struct dissector *by_port, bool markers, void *user);

/* Frees it, telling the dissector of no end: call stream_abort before, unless it is over. */
void stream_free(struct stream *s);

/* Side `side` began before the capture: where its messages begin is not known. Before its first segment. */
void stream_began_before(struct stream *s, enum side side);

void stream_segment(struct stream *s, enum side side, uint64_t from, struct span octets, uint64_t wire_len, const struct arrival *arrival);
void stream_fin(struct stream *s, enum side side, uint64_t at, const struct arrival *arrival);
/* The other side has acknowledged all octets of `side` before `until`; or, with 0, shown that it is there. */
void stream_acked(struct stream *s, enum side side, uint64_t until, const struct arrival *arrival);
/* Every dissector may read it from now on. */
void stream_lift_markers(struct stream *s);
/* nDPI's label names this dissector: it gets the stream if no other has it. */
void stream_label(struct stream *s, const struct dissector *d);

/* Reset: holes become gaps, and what is waited for will never come. But what was on its way already may still be read. */
void stream_reset(struct stream *s, const struct arrival *arrival);

/* The same for good: forgotten, or the end of the capture. */
void stream_abort(struct stream *s, const struct arrival *arrival);

bool stream_is_undecided(const struct stream *s);       /* no dissector had it yet */
bool stream_was_read(const struct stream *s);           /* a dissector has it, or has read a part */
bool stream_was_given_up(const struct stream *s);       /* it is over for want of memory: what comes later is missing */
bool stream_is_over(const struct stream *s);            /* nothing more to learn: it can be freed */

#endif

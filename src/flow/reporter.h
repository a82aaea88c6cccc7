/*
 * What emit_* of dissector.h are made of: events in the making, their frames, the order in which they are handed on, and what was malformed.
 *
 * Events of one packet are collected and handed on when it is done (reporter_release), so that a receiver is never called from within a
 * dissector. They wait longer while a stream has a young hole: what is read behind the hole then still comes in packet order.
 */
#ifndef FLOW_REPORTER_H
#define FLOW_REPORTER_H

#include "base/arena.h"
#include "flow/flow.h"
#include "flow/origins.h"
#include "flow/path.h"

struct oddities;

struct reporter {
	struct flows_user user;
	struct arena arena;             /* of the events that wait */
	struct draft *first, *last;     /* in packet order */
	size_t waiting;
	frame_ref handed;               /* the highest frame handed on */
	frame_ref now;                  /* of the packet being read */
	int64_t now_ns;
	const frame_ref *frames;        /* of the packet being read, where it was put together from several */
	unsigned frame_count;
	bool named;                     /* an event bears the frame of the packet being read */
	struct oddities *oddities;
	uint64_t malformed, counted;
};

/* An event in the making. */
struct draft {
	struct event event;             /* first: emit_begin answers its address */
	struct draft *next;
	bool ranged;                    /* emit_range was called */
	enum side side;
	uint64_t from, until;
};

/* One call of a dissector; on the caller's stack. */
struct emit {
	struct reporter *report;
	const struct dissector *dissector;
	struct arrival arrival;
	uint8_t time_digits;
	uint64_t flow;
	struct layers *layers;          /* of a stream: empty until asked for, then `own` of whoever made it */
	/* datagrams */
	const frame_ref *frames;
	unsigned frame_count;
	/* streams */
	const struct path *path;        /* NULL for datagrams */
	enum side side;
	uint64_t offset;
	struct draft *first, *last;     /* events that ended, not settled yet */
};

void reporter_start(struct reporter *r, const struct flows_user *user);
void reporter_free(struct reporter *r);

/* The events of one call on a datagram go into the queue. */
void emit_settle_datagram(struct emit *to);

/* The same of a stream. The frames are those of the octets of the range given to emit_range, else of `from` to `until`; `origins` has one for each
 * side. `end`: the frame that ended the side, or NULL. */
void emit_settle_stream(struct emit *to, const struct origins *const origins[2], uint64_t from, uint64_t until, const struct arrival *end);

/* An event of TCP itself: begun here, fields put by the caller, handed to reporter_add. Its src is always the client. */
struct event *reporter_begin_tcp(struct reporter *r, const struct kind *kind, const struct path *path, frame_ref frame, int64_t at_ns);
void reporter_add_tcp(struct reporter *r, struct event *e);

/* Hands on what waits, up to frame `before` (not itself). */
void reporter_release(struct reporter *r, frame_ref before);

uint64_t reporter_malformed_of(const struct reporter *r, unsigned file);
void reporter_each_oddity(const struct reporter *r, void (*each)(void *, const char *, const char *, uint64_t), void *user);

#endif

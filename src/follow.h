/*
 * Follows phones through packets as they come: the pipeline, the trail and the judge as one. What `analyze` tells at the end of a file, this tells
 * while time goes on: `capture`, `watch` and `replay --into` feed it from another source and listen to it with other sinks.
 *
 * Packet time is the only clock. A source that can be silent says with follow_tick how late it is; then what waits for silence (a question that
 * nobody answers, a connection that nobody accepts) is told without another packet. The same packets give the same reports at any speed; once
 * follow_finish was called they are those of `analyze`, as far as nothing had to be forgotten for want of room.
 */
#ifndef FOLLOW_H
#define FOLLOW_H

#include "pipeline.h"
#include "trail/phone.h"
#include "verdict/judge.h"

enum { FOLLOW_MEMORY = 32 << 20 };

struct follow_options {
	const struct mac *phones;               /* --phone; count 0: whoever shows a marker */
	size_t phone_count;
	bool all_clients;
	struct judge_options judge;             /* keep_events, tell_story as the sink needs them */
	size_t evidence_octets;                 /* of packets kept of one attempt; 0: none */
	size_t memory;                          /* octets of events and packets that wait, and as many again of what is remembered; 0: FOLLOW_MEMORY */
	void *user;
	/* An attempt is new or is not what it was when it was told before (`id` says which it is). `a->going_on` until it has ended. Both are good
	 * during the call only. Called from follow_packet, follow_tick and follow_finish. */
	void (*report)(void *user, const struct phone_report *phone, const struct attempt_report *a);
	/* Every event of a followed phone at once, before it is judged; may be NULL. */
	void (*event)(void *user, const struct phone *phone, const struct event *e);
};

struct follow;

/* NULL after one logged line where an option is wrong. `options` and what it points to must last as long as the follow. */
struct follow *follow_new(const struct follow_options *options);

void follow_packet(struct follow *f, const struct packet *packet);

/* It is `now_ns` of packet time, and no packet before that is still to come. Cheap where nothing is due: meant for every 20 ms or so. */
void follow_tick(struct follow *f, int64_t now_ns);

/* Packets between these two moments were lost before they came here: by a kernel, an interface, a queue. Attempts that overlap bear capture-gap. */
void follow_lost(struct follow *f, int64_t from_ns, int64_t until_ns, uint64_t packets);

/* The capture ends: tells what is left to tell. `captures` are its inputs, as for judge_report; count 0 where there is none to name. */
void follow_finish(struct follow *f, const struct capture_info *const *captures, size_t count);

const struct pipeline *follow_pipeline(const struct follow *f);

/* Octets that it may take at most with these options, all tables full: what `dialtone check` prints. */
size_t follow_bound(const struct follow_options *options);

/* Phones that are followed now, attempts so far, how often one was told; phones and attempts that were forgotten for want of room. */
struct follow_counters { uint64_t phones, attempts, told, phones_forgotten, attempts_forgotten; };
struct follow_counters follow_counters(const struct follow *f);

void follow_free(struct follow *f);

#endif

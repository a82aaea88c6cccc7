#include "follow.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/moment.h"

/* A verdict is worth a look when the phone pauses, and once a second while it does not. */
#define PAUSE_NS (NS_PER_S / 50)
#define PATIENCE_NS NS_PER_S

/* How often time is looked at. */
#define TICK_NS (NS_PER_S / 50)

/* All else that is bounded by numbers, full: see PIPELINE_* and the limits in trail/phone.h. */
enum { OTHER_MEMORY = 124 << 20 };

struct follow {
	const struct follow_options *options;
	struct pipeline *pipeline;
	struct trail *trail;
	struct judge *judge;
	int64_t now_ns, tick_ns;
};

static void follow_event(void *user, const struct event *e)
{
	struct follow *f = user;
	const struct phone *p;

	trail_event(f->trail, e);
	if (!f->options->event)
		return;
	p = trail_phone_of(f->trail, e);
	if (p)
		f->options->event(f->options->user, p, e);
}

static enum interest follow_interest(void *user, const struct layers *l)
{
	struct follow *f = user;

	return trail_interest(f->trail, l);
}

static void follow_evidence(void *user, const struct seen *s)
{
	struct follow *f = user;

	trail_packet(f->trail, s);
}

static void follow_fragment(void *user, const struct packet *p)
{
	struct follow *f = user;

	trail_fragment(f->trail, p);
}

static size_t memory_of(const struct follow_options *o)
{
	return o->memory ? o->memory : FOLLOW_MEMORY;
}

struct follow *follow_new(const struct follow_options *options)
{
	struct follow *f = memory_get(sizeof *f);
	const struct judge_live live = { options->report, options->user, memory_of(options) };
	const bool keep = options->evidence_octets > 0;
	struct flows_user user = { .user = f, .interest = follow_interest, .event = follow_event, .packet = keep ? follow_evidence : NULL,
		.fragment = keep ? follow_fragment : NULL };

	f->options = options;
	f->judge = judge_new(&options->judge, &live);
	if (!f->judge) {
		free(f);
		return NULL;
	}
	f->trail = trail_new(&(struct trail_options){ .phones = options->phones, .phone_count = options->phone_count, .all_clients = options->all_clients,
		.octets = memory_of(options), .evidence_octets = options->evidence_octets, .attempt = judge_attempt, .user = f->judge });
	user.versions = trail_versions(f->trail);
	f->pipeline = pipeline_new(&user);
	f->now_ns = f->tick_ns = INT64_MIN;
	return f;
}

static void tick(struct follow *f, int64_t now_ns)
{
	f->tick_ns = now_ns + TICK_NS;
	trail_tick(f->trail, now_ns);
	trail_look(f->trail, now_ns, PAUSE_NS, PATIENCE_NS, judge_look, f->judge);
	judge_tick(f->judge, now_ns);
}

void follow_packet(struct follow *f, const struct packet *packet)
{
	if (packet->at_ns > f->now_ns)
		f->now_ns = packet->at_ns;
	if (f->now_ns >= f->tick_ns)
		tick(f, f->now_ns);
	pipeline_packet(f->pipeline, packet);
}

void follow_tick(struct follow *f, int64_t now_ns)
{
	if (now_ns <= f->now_ns)
		return;
	f->now_ns = now_ns;
	pipeline_tick(f->pipeline, now_ns);
	if (now_ns >= f->tick_ns)
		tick(f, now_ns);
}

void follow_lost(struct follow *f, int64_t from_ns, int64_t until_ns, uint64_t packets)
{
	judge_lost(f->judge, from_ns, until_ns, packets);
}

void follow_finish(struct follow *f, const struct capture_info *const *captures, size_t count)
{
	pipeline_finish(f->pipeline);
	trail_finish(f->trail);
	judge_finish(f->judge, captures, count);
}

const struct pipeline *follow_pipeline(const struct follow *f)
{
	return f->pipeline;
}

size_t follow_bound(const struct follow_options *options)
{
	return OTHER_MEMORY + 2 * memory_of(options);
}

struct follow_counters follow_counters(const struct follow *f)
{
	const struct judge_counters *j = judge_counters(f->judge);

	return (struct follow_counters){ .phones = trail_phones(f->trail), .attempts = j->attempts, .told = j->told, .phones_forgotten = trail_forgotten(f->trail),
		.attempts_forgotten = j->forgotten };
}

void follow_free(struct follow *f)
{
	if (!f)
		return;
	pipeline_free(f->pipeline);
	trail_free(f->trail);
	judge_free(f->judge);
	free(f);
}

#include "replay/play.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/moment.h"

#define PATIENCE_NS (100 * NS_PER_MS)   /* how long nobody else is heard while a packet is waited for */

enum { PACKETS_BETWEEN = 256 };         /* the same where none is waited for */

struct play {
	const struct play_options *options;
	const struct outlet *outlet;
	struct tape *tape;
	struct selection *selection;
	struct rewriter *rewriter;      /* NULL without rules */
	struct pace pace;
	struct play_result result;

	/* Times of rounds: what is added to a packet's. */
	int64_t shift_ns, new_shift_ns;
	int64_t last_ns;                /* the latest time so far, shifted */
	bool any, round_any;            /* a packet was played; in this round */
};

/* ---- which packets ---- */

static bool is_wanted(const struct play *p, const struct packet *packet)
{
	const struct play_options *o = p->options;

	return (!o->has_start || packet->at_ns >= o->start_ns) && (!o->has_until || packet->at_ns < o->until_ns)
		&& (!p->selection || selection_has(p->selection, packet->frame));
}

static bool is_full(const struct play *p)
{
	return p->options->has_limit && p->result.packets >= p->options->limit;
}

/* ---- time ---- */

static int64_t time_of(struct play *p, const struct packet *packet)
{
	int64_t at;

	if (!p->round_any)
		p->shift_ns = p->any ? p->last_ns - packet->at_ns : 0;
	p->round_any = true;
	at = packet->at_ns + p->shift_ns;
	if (!p->any) {
		p->last_ns = at;
		p->new_shift_ns = p->options->new_time ? p->options->new_start_ns - at : 0;
	}
	p->any = true;
	if (at > p->last_ns)
		p->last_ns = at;
	return at;
}

/* ---- waiting ---- */

static void idle(struct play *p, int64_t next_ns)
{
	int64_t now = pace_packet_time(&p->pace);

	p->result.elapsed_ns = pace_now(&p->pace);
	if (p->outlet->idle)
		p->outlet->idle(p->outlet->idle_user, p->any && p->options->pace.mode == PACE_ORIGINAL, (now < next_ns ? now : next_ns) + p->new_shift_ns);
}

static bool flush(struct play *p)
{
	if (!p->outlet->flush || p->outlet->flush(p->outlet->user))
		return true;
	p->result.end = PLAY_REFUSED;
	return false;
}

/* False where playing ends instead. */
static bool wait_for(struct play *p, int64_t due_ns, int64_t next_ns)
{
	while (!*p->options->stop && !pace_wait(&p->pace, due_ns, PATIENCE_NS))
		idle(p, next_ns);
	if (*p->options->stop)
		p->result.end = PLAY_STOPPED;
	return !*p->options->stop;
}

static bool give(struct play *p, const struct packet *packet, int64_t due_ns)
{
	if (p->outlet->take(p->outlet->user, packet, due_ns)) {
		p->result.packets++;
		return true;
	}
	p->result.end = PLAY_REFUSED;
	return false;
}

/* A packet that was waited for goes out at once; those that are late go together. */
static bool play_packet(struct play *p, const struct packet *packet)
{
	int64_t at = time_of(p, packet), due;
	struct packet changed = p->rewriter ? rewriter_packet(p->rewriter, packet) : *packet;

	due = pace_due(&p->pace, at, changed.wire_len);
	changed.at_ns = p->options->new_time ? at + p->new_shift_ns : packet->at_ns;
	if (p->options->pace.mode == PACE_TOP || pace_now(&p->pace) >= due)
		return give(p, &changed, due);
	return flush(p) && wait_for(p, due, at) && give(p, &changed, due) && flush(p);
}

/* ---- rounds ---- */

static bool play_round(struct play *p)
{
	enum source_answer answer = SOURCE_END;
	struct packet packet;
	unsigned count = 0;

	p->round_any = false;
	p->result.rounds++;
	while (!is_full(p) && (answer = tape_next(p->tape, &packet)) == SOURCE_PACKET) {
		if (++count % PACKETS_BETWEEN == 0)
			idle(p, p->last_ns);
		if (*p->options->stop) {
			p->result.end = PLAY_STOPPED;
			return false;
		}
		if (is_wanted(p, &packet) && !play_packet(p, &packet))
			return false;
	}
	if (answer == SOURCE_ERROR)
		p->result.end = PLAY_BROKE_OFF;
	return answer != SOURCE_ERROR;
}

/* A round without packets would be followed by others just as empty. */
static bool goes_on(struct play *p)
{
	if (is_full(p) || !p->round_any || (p->options->rounds && p->result.rounds >= p->options->rounds))
		return false;
	if (tape_rewind(p->tape))
		return true;
	p->result.end = PLAY_BROKE_OFF;
	return false;
}

struct play_result play_run(struct play *p, const struct outlet *outlet)
{
	p->outlet = outlet;
	while (play_round(p) && goes_on(p))
		;
	if (p->result.end != PLAY_REFUSED)
		flush(p);
	p->result.elapsed_ns = pace_now(&p->pace);
	if (p->rewriter)
		p->result.rewrite = *rewriter_counters(p->rewriter);
	return p->result;
}

struct play *play_new(const struct play_options *options, struct tape *tape)
{
	struct play *p = memory_get(sizeof *p);

	p->options = options;
	p->tape = tape;
	p->pace = pace_start(options->pace);
	if (rules_any(&options->rules))
		p->rewriter = rewriter_new(&options->rules);
	if (options->phone_count && !(p->selection = selection_make(tape, options->phones, options->phone_count))) {
		play_free(p);
		return NULL;
	}
	return p;
}

int64_t play_now(void *play)
{
	const struct play *p = play;

	return pace_now(&p->pace);
}

const struct play_result *play_so_far(const struct play *p)
{
	return &p->result;
}

void play_free(struct play *p)
{
	if (!p)
		return;
	selection_free(p->selection);
	rewriter_free(p->rewriter);
	free(p);
}

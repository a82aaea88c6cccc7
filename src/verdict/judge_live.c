/* The live judge: again and again, as events come, as time passes, as others tell something. */
#include <string.h>

#include "base/moment.h"
#include "verdict/judge_parts.h"

/* A verdict may change with silence for so long: what waits longest is a session's first minute and a connection that TCP gives up. */
#define SETTLED_NS (200 * NS_PER_S)

/* What comes after so much silence is another sign-in (contract section 3): a fault is none before, the phone may still get past it. */
#define FINAL_NS (120 * NS_PER_S)

/* Of one phone of a live judge: a phone that boots again and again must not push out all others. */
enum { TRIALS_MAX = 32 };

/* Time says something new the later the less often: a phone that was silent for a minute may be looked at every four seconds. */
static void plan(struct judge *j, struct trial *t)
{
	int64_t age = j->now_ns - t->report->end_ns, step = age / 16 > NS_PER_S ? age / 16 : NS_PER_S;

	t->judge_ns = age < SETTLED_NS && trial_position(t) + 1 == t->phone->count ? j->now_ns + step : INT64_MAX;
	if (t->judge_ns < j->due_ns)
		j->due_ns = t->judge_ns;
}

static void tell(struct judge *j, struct trial *t, bool always)
{
	const struct attempt_report *only = t->report;
	uint64_t digest;

	publish_identity(t->phone, j->options.firmware);
	digest = publish_digest(&t->phone->report, t->report);
	if (!always && digest == t->told)
		return;
	t->told = digest;
	t->phone->report.attempts = &only;
	t->phone->report.attempt_count = 1;
	j->counters.told++;
	j->live.report(j->live.user, &t->phone->report, t->report);
}

/* What a verdict found of the domain outlives it. */
static void keep_domain(struct trial *t, const char *domain, const char *source)
{
	if (t->sip_domain && domain && strcmp(t->sip_domain, domain) == 0)
		t->sip_domain = domain;
	else if (t->sip_domain)
		t->sip_domain = arena_copy(t->arena, t->sip_domain, strlen(t->sip_domain));
	if (t->sip_domain_source && source && strcmp(t->sip_domain_source, source) == 0)
		t->sip_domain_source = source;
	else if (t->sip_domain_source)
		t->sip_domain_source = arena_copy(t->arena, t->sip_domain_source, strlen(t->sip_domain_source));
}

static void forget_parts(struct attempt_report *r)
{
	r->story = NULL;
	r->events = NULL;
	r->packets = NULL;
	r->story_count = r->event_count = r->packet_count = 0;
	r->verdict_only = true;
}

static void judge_live(struct judge *j, struct trial *t, const struct ending *e, bool always)
{
	const char *domain = t->sip_domain, *source = t->sip_domain_source;
	size_t before = t->own.used;

	trial_settle(j, t, e->end_ns, e->cut_short, e->dropped);
	trial_remember_names(t);
	trial_remember_chains(j, t);
	trial_choose(j, t, &j->scratch);
	trial_judge(j, t, &j->scratch);
	if (!t->report->going_on || j->now_ns - t->report->end_ns >= FINAL_NS)
		trial_gather_faults(j, t);
	keep_domain(t, domain, source);
	tell(j, t, always);
	forget_parts(t->report);
	plan(j, t);
	j->octets += t->own.used - before;
	arena_reset(&j->scratch);
	t->model = NULL;
}

static struct ending now(const struct judge *j)
{
	return (struct ending){ .end_ns = j->now_ns };
}

/* The phone's other attempts may have got a successor, or rules by a firmware that was told only now. */
static void judge_siblings(struct judge *j, const struct trial *t, const struct ending *e)
{
	struct suspect *s = t->phone;

	for (size_t i = 0; i < s->count; i++)
		if (s->trials[i] != t)
			judge_live(j, s->trials[i], e, false);
}

/* What may be forgotten: not the attempt that was gathered just now. */
static void bound(struct judge *j, const struct trial *t)
{
	while (t->phone->count > TRIALS_MAX)
		trial_forget(j, t->phone->trials[0]);
	while (j->octets > j->live.octets && j->oldest != t && j->oldest->phone->trials[0] != t)
		trial_forget(j, j->oldest);
}

void judge_gather_live(struct judge *j, const struct attempt *a, bool going_on)
{
	struct suspect *s = suspect_of(j, a->phone);
	struct trial *t = trial_find(s, a->number);
	struct ending e;

	site_tidy(&j->site);
	suspect_update(s, a->phone);
	if (a->end_ns > j->now_ns)
		j->now_ns = a->end_ns;
	if (t)
		trial_take_out(j, t);
	else
		t = trial_add(j, s, a->number);
	trial_put_youngest(j, t);
	trial_gather(j, t, a, going_on);
	trial_gather_parts(j, t, a, &j->scratch);
	bound(j, t);
	site_learn(&j->site, t->facts, s->report.mac);
	e = now(j);
	judge_live(j, t, &e, true);
	judge_siblings(j, t, &e);
}

void judge_look(void *judge, const struct attempt *a)
{
	judge_gather_live(judge, a, true);
}

/* So many verdicts at most for one tick: the capture goes on. */
enum { SWEEP_STEP = 64 };

/* Since the last sweep something was learned that others' verdicts may rest on. */
static void sweep(struct judge *j)
{
	struct ending e = now(j);

	if (!j->sweep && j->swept != j->site.changes) {
		j->swept = j->site.changes;
		j->sweep = j->oldest;
	}
	for (unsigned n = 0; j->sweep && n < SWEEP_STEP; n++) {
		struct trial *t = j->sweep;

		j->sweep = t->younger;
		judge_live(j, t, &e, false);
	}
}

static void judge_aged(struct judge *j)
{
	struct ending e = now(j);

	if (j->now_ns < j->due_ns)
		return;
	j->due_ns = INT64_MAX;
	for (struct trial *t = j->youngest, *older; t; t = older) {
		older = t->older;
		if (t->judge_ns <= j->now_ns)
			judge_live(j, t, &e, false);
		else if (t->judge_ns < j->due_ns)
			j->due_ns = t->judge_ns;
	}
}

void judge_tick(struct judge *j, int64_t now_ns)
{
	if (now_ns > j->now_ns)
		j->now_ns = now_ns;
	site_tidy(&j->site);
	judge_aged(j);
	sweep(j);
}

/* What lies between the ends of both; a clock that was set back puts the later one first. */
static void widen(struct loss *l, const struct loss *by)
{
	l->from_ns = by->from_ns < l->from_ns ? by->from_ns : l->from_ns;
	l->until_ns = by->until_ns > l->until_ns ? by->until_ns : l->until_ns;
	l->packets += by->packets;
}

void judge_lost(struct judge *j, int64_t from_ns, int64_t until_ns, uint64_t packets)
{
	const struct loss loss = { from_ns < until_ns ? from_ns : until_ns, from_ns < until_ns ? until_ns : from_ns, packets };
	const size_t max = sizeof j->losses / sizeof j->losses[0];
	struct loss *last = j->loss_count ? &j->losses[j->loss_count - 1] : NULL;

	/* One long loss says no less than many within it. */
	if (last && loss.from_ns - last->until_ns < NS_PER_S && last->from_ns - loss.until_ns < NS_PER_S) {
		widen(last, &loss);
		return;
	}
	/* None may be forgotten, or an accusation could rest on what was lost then: the two oldest become one. */
	if (j->loss_count == max) {
		widen(&j->losses[1], &j->losses[0]);
		memmove(j->losses, j->losses + 1, --j->loss_count * sizeof *j->losses);
	}
	j->losses[j->loss_count++] = loss;
}

void judge_finish(struct judge *j, const struct capture_info *const *captures, size_t capture_count)
{
	struct ending e = ending_of(captures, capture_count);

	if (!capture_count)
		e.end_ns = j->now_ns;
	site_tidy(&j->site);
	/* Twice: what the first round finds of faults is known to the second. */
	for (int round = 0; round < 2; round++)
		for (struct suspect *s = j->first; s; s = s->next)
			for (size_t i = 0; i < s->count; i++)
				judge_live(j, s->trials[i], &e, false);
}

const struct judge_counters *judge_counters(const struct judge *j)
{
	return &j->counters;
}

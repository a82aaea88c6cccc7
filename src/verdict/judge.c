#include "verdict/judge.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/spill.h"
#include "base/table.h"
#include "verdict/judge_parts.h"
#include "verdict/policy.h"

const char *const judge_policies[] = { "ocs-strict", "ocs-suffix", "lync-desktop", "lpe-pre-cu7", "lpe-cu7", "3pip", NULL };

/* Phones that are found again by their address; beyond them one that comes back is reported twice. A live judge forgets them then. */
enum { PHONES_MAX = 1 << 16, LIVE_PHONES_MAX = 8192 };

static bool policy_by_options(struct judge *j)
{
	if (j->options.policy && !(j->policy = policy_find(j->options.policy))) {
		log_error("--policy %s: there is no such policy (ocs-strict, ocs-suffix, lync-desktop, lpe-pre-cu7, lpe-cu7, 3pip)", j->options.policy);
		return false;
	}
	if (!j->policy && j->options.firmware && !(j->policy = policy_of_firmware(j->options.firmware))) {
		log_error("--firmware %s: this is no version of a phone (like 4.0.7577.4444)", j->options.firmware);
		return false;
	}
	return true;
}

void judge_attempt(void *judge, const struct attempt *a)
{
	struct judge *j = judge;
	struct suspect *s;
	struct trial *t;

	if (j->is_live) {
		judge_gather_live(j, a, false);
		return;
	}
	s = suspect_of(j, a->phone);
	suspect_update(s, a->phone);
	t = trial_add(j, s, a->number);
	trial_gather(j, t, a, false);
	trial_gather_parts(j, t, a, &j->arena);
}

/* ---- attempts that have ended, at the end of a capture ---- */


struct ending ending_of(const struct capture_info *const *captures, size_t count)
{
	struct ending e = { .end_ns = INT64_MIN };

	for (size_t i = 0; i < count; i++) {
		if (captures[i]->packets && captures[i]->last_ns > e.end_ns)
			e.end_ns = captures[i]->last_ns;
		e.cut_short |= captures[i]->cut_short;
		e.dropped += captures[i]->dropped;
	}
	return e;
}

static void for_all(struct judge *j, void (*each)(struct judge *j, struct trial *t, const struct ending *e), const struct ending *e)
{
	for (struct suspect *s = j->first; s; s = s->next) {
		spill_look(s);
		for (size_t i = 0; i < s->count; i++) {
			spill_look(s->trials[i]);
			spill_look(s->trials[i]->facts);
			each(j, s->trials[i], e);
		}
	}
}

static void settle_at_end(struct judge *j, struct trial *t, const struct ending *e)
{
	trial_settle(j, t, e->end_ns, e->cut_short, e->dropped);
	site_learn(&j->site, t->facts, t->phone->report.mac);
}

static void judge_at_end(struct judge *j, struct trial *t, const struct ending *e)
{
	(void)e;
	trial_remember_names(t);
	trial_remember_chains(j, t);
	trial_choose(j, t, &j->arena);
	trial_judge(j, t, &j->arena);
	trial_gather_faults(j, t);
}

/* Once more with what the others met: a phone that works from its cache beside one that failed. */
static void judge_again(struct judge *j, struct trial *t, const struct ending *e)
{
	(void)e;
	if (!j->site.faults.count || t->report->outcome != OUTCOME_SIGNED_IN || t->report->method != METHOD_CACHED)
		return;
	spill_look(t->model);
	trial_judge(j, t, &j->arena);
}

/* To sort them, none needs to be looked at. */
struct rank {
	uint64_t number;
	const struct phone_report *report;
};

static int by_number(const void *a, const void *b)
{
	const struct rank *one = a, *two = b;

	return (one->number > two->number) - (one->number < two->number);
}

static void report_phone(struct judge *j, struct suspect *s)
{
	const struct attempt_report **attempts = arena_get(&j->index, (s->count + 1) * sizeof *attempts);

	for (size_t i = 0; i < s->count; i++) {
		spill_look(s->trials[i]);
		attempts[i] = s->trials[i]->report;
	}
	s->report.attempts = attempts;
	s->report.attempt_count = s->count;
	publish_identity(s, j->options.firmware);
}

/* By first appearance. */
static void report_phones(struct judge *j)
{
	struct rank *order = memory_get((j->count + 1) * sizeof *order);
	const struct phone_report **phones = arena_get(&j->arena, (j->count + 1) * sizeof *phones);
	size_t n = 0;

	for (struct suspect *s = j->first; s; s = s->next) {
		spill_look(s);
		report_phone(j, s);
		order[n++] = (struct rank){ s->number, &s->report };
	}
	qsort(order, n, sizeof *order, by_number);
	for (size_t i = 0; i < n; i++)
		phones[i] = order[i].report;
	free(order);
	j->report.phones = phones;
	j->report.phone_count = n;
}

const struct report *judge_report(struct judge *j, const struct capture_info *const *captures, size_t capture_count)
{
	struct ending e = ending_of(captures, capture_count);

	for_all(j, settle_at_end, &e);
	for_all(j, judge_at_end, &e);
	for_all(j, judge_again, &e);
	report_phones(j);
	j->report.captures = captures;
	j->report.capture_count = capture_count;
	return &j->report;
}

/* ---- beginning and end ---- */

/* As names are everywhere else: lower case, without the trailing dot. */
static const char *plain_name(struct arena *a, const char *name)
{
	size_t len = name ? strlen(name) : 0;
	char *plain = len ? arena_copy(a, name, name[len - 1] == '.' ? len - 1 : len) : NULL;

	for (char *c = plain; c && *c; c++)
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 'a' - 'A' : *c);
	return plain;
}

struct judge *judge_new(const struct judge_options *options, const struct judge_live *live)
{
	struct judge *j = memory_get(sizeof *j);

	j->options = *options;
	j->is_live = live;
	j->arena.spills = j->index.spills = !live;
	j->options.sip_domain = plain_name(&j->arena, options->sip_domain);
	if (live)
		j->live = *live;
	j->due_ns = INT64_MAX;
	j->by_mac = table_new(sizeof(struct mac), sizeof(struct suspect *), live ? LIVE_PHONES_MAX : PHONES_MAX, suspect_forget, j);
	if (!policy_by_options(j)) {
		judge_free(j);
		return NULL;
	}
	return j;
}

void judge_free(struct judge *j)
{
	table_free(j->by_mac);
	for (struct suspect *s = j->first, *next; s; s = next) {
		spill_look(s);
		next = s->next;
		for (size_t i = 0; j->is_live && i < s->count; i++)
			trial_free(s->trials[i]);
		free(s->trials);
		if (j->is_live)
			free(s);
	}
	site_free(&j->site);
	arena_free(&j->scratch);
	arena_free(&j->index);
	arena_free(&j->arena);
	free(j);
}

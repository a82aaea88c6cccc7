#include "verdict/judge.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/moment.h"
#include "base/spill.h"
#include "base/table.h"
#include "verdict/evaluate.h"
#include "verdict/evidence.h"
#include "verdict/gather.h"
#include "verdict/judge_parts.h"
#include "verdict/model.h"
#include "verdict/policy.h"
#include "verdict/story.h"

/* Packets that were lost, of any device. */
struct loss {
	int64_t from_ns, until_ns;
	uint64_t packets;
};

struct judge {
	struct arena arena;             /* the report of judge_report and all that it points to */
	struct arena scratch;           /* of one verdict of a live judge */
	struct judge_options options;
	struct judge_live live;
	bool is_live;
	const struct policy *policy;    /* of --policy or --firmware; NULL */
	struct suspect *first, *last;
	size_t count;
	struct table *by_mac;           /* struct mac -> struct suspect *: a phone that the trail forgot and that came back */
	struct site site;
	struct report report;

	/* of a live judge */
	struct trial *oldest, *youngest;
	struct trial *sweep;            /* what others met is told up to here: from here to the youngest is to do; NULL: all done */
	uint64_t swept;                 /* site.changes when the last sweep began */
	int64_t now_ns, due_ns;         /* when time alone makes the next one another */
	size_t octets;
	struct loss losses[64];
	size_t loss_count;
	struct judge_counters counters;
};

const char *const judge_policies[] = { "ocs-strict", "ocs-suffix", "lync-desktop", "lpe-pre-cu7", "lpe-cu7", "3pip", NULL };

/* Phones that are found again by their address; beyond them one that comes back is reported twice. A live judge forgets them then. */
enum { PHONES_MAX = 1 << 16, LIVE_PHONES_MAX = 8192 };

/* Of one phone of a live judge: a phone that boots again and again must not push out all others. */
enum { TRIALS_MAX = 32 };

/* A verdict may change with silence for so long: what waits longest is a session's first minute and a connection that TCP gives up. */
#define SETTLED_NS (200 * NS_PER_S)

/* What comes after so much silence is another sign-in (contract section 3): a fault is none before, the phone may still get past it. */
#define FINAL_NS (120 * NS_PER_S)

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

/* ---- phones ---- */

static void forget_trial(struct judge *j, struct trial *t);

static void forget_suspect(void *user, void *entry)
{
	struct judge *j = user;
	struct suspect *s = *(struct suspect **)entry;

	if (!j->is_live)
		return;
	while (s->count)
		forget_trial(j, s->trials[0]);
	*(s->before ? &s->before->next : &j->first) = s->next;
	*(s->next ? &s->next->before : &j->last) = s->before;
	arena_free(&s->gone.arena);
	free(s->trials);
	free(s);
	j->count--;
}

static struct suspect *suspect_of(struct judge *j, const struct phone *p)
{
	struct suspect **known = table_find(j->by_mac, &p->mac), *s;

	if (known) {
		table_touch(j->by_mac, known);
		return *known;
	}
	s = j->is_live ? memory_get(sizeof *s) : arena_get(&j->arena, sizeof *s);
	known = table_add(j->by_mac, &p->mac);
	*known = s;
	s->report.mac = p->mac;
	s->report.vendor = p->vendor;
	s->number = p->number;
	s->before = j->last;
	*(j->last ? &j->last->next : &j->first) = s;
	j->last = s;
	j->count++;
	return s;
}

static void update_addresses(struct suspect *s, const struct phone *p)
{
	memcpy(s->addresses, p->addresses, sizeof s->addresses);
	memcpy(s->vlans, p->vlans, sizeof s->vlans);
	s->report.addresses = (struct addr_list){ s->addresses, p->address_count };
	s->report.vlans = s->vlans;
	s->report.vlan_count = p->vlan_count;
}

/* ---- attempts ---- */

/* Among the youngest is the one that is looked for, if it is there at all. */
static struct trial *trial_find(const struct suspect *s, uint64_t number)
{
	for (size_t i = s->count; i--;)
		if (s->trials[i]->number == number)
			return s->trials[i];
	return NULL;
}

static struct trial *trial_add(struct judge *j, struct suspect *s, uint64_t number)
{
	struct trial *t = j->is_live ? memory_get(sizeof *t) : arena_get(&j->arena, sizeof *t);

	if (s->count == s->room) {
		s->room = s->room ? 2 * s->room : 2;
		s->trials = memory_resize(s->trials, s->room, sizeof(struct trial *));
	}
	s->trials[s->count++] = t;
	t->phone = s;
	t->number = number;
	t->arena = j->is_live ? &t->own : &j->arena;
	j->counters.attempts++;
	return t;
}

static void take_out(struct judge *j, struct trial *t)
{
	if (j->sweep == t)
		j->sweep = t->younger;
	*(t->older ? &t->older->younger : &j->oldest) = t->younger;
	*(t->younger ? &t->younger->older : &j->youngest) = t->older;
	t->older = t->younger = NULL;
}

static void put_youngest(struct judge *j, struct trial *t)
{
	t->older = j->youngest;
	*(j->youngest ? &j->youngest->younger : &j->oldest) = t;
	j->youngest = t;
}

/* What a phone learned is remembered when the attempt is forgotten, so that the next one is judged as if it were not. */
static void write_history(struct suspect *s, const struct trial *t)
{
	struct history before = s->gone, *h = &s->gone;
	const struct facts *f = t->facts;
	struct arena *a = &h->arena;
	const char *posted = f->posted_versions.count ? f->posted_versions.at[f->posted_versions.count - 1] : before.posted;

#define KEEP(text) ((text) ? arena_printf(a, "%s", (text)) : NULL)
	*h = (struct history){ 0 };
	h->firmware = KEEP(t->own_firmware ? t->own_firmware : before.firmware);
	h->firmware_source = KEEP(t->own_firmware ? f->firmware_source : before.firmware_source);
	h->model = KEEP(f->model ? f->model : before.model);
	h->domain = KEEP(t->sip_domain ? t->sip_domain : before.domain);
	h->domain_source = KEEP(t->sip_domain ? t->sip_domain_source : before.domain_source);
	h->posted = KEEP(posted);
	for (size_t i = f->bindings.count; i-- > 0 && h->remembered.count < FACTS_REMEMBERED_MAX;) {
		struct binding *b = LIST_ADD(a, &h->remembered);

		*b = f->bindings.at[i];
		b->name = KEEP(b->name);
	}
	for (size_t i = 0; i < f->remembered.count && h->remembered.count < FACTS_REMEMBERED_MAX; i++) {
		struct binding *b = LIST_ADD(a, &h->remembered);

		*b = f->remembered.at[i];
		b->name = KEEP(b->name);
	}
#undef KEEP
	arena_free(&before.arena);
}

/* Of one phone the first one goes first: what it learned then stands in its history. */
static void forget_trial(struct judge *j, struct trial *t)
{
	struct suspect *s = t->phone;

	t = s->trials[0];
	write_history(s, t);
	take_out(j, t);
	memmove(s->trials, s->trials + 1, --s->count * sizeof(struct trial *));
	j->octets -= t->own.used;
	j->counters.forgotten++;
	arena_free(&t->own);
	free(t);
}

/* An attempt that was told keeps its name, though what is learned late may lie before what was its first event. */
static void gather(struct judge *j, struct trial *t, const struct attempt *a, bool going_on)
{
	int64_t start_ns = t->told ? t->report.start_ns : a->start_ns;

	j->octets -= t->own.used;
	arena_free(&t->own);
	t->facts = facts_gather(a, t->arena);
	t->own_firmware = t->facts->firmware;
	t->sip_domain = t->sip_domain_source = NULL;
	t->ended_by_capture = a->capture_ended || going_on;
	t->report = (struct attempt_report){ .id = publish_id(t->arena, a->phone->mac, start_ns), .start_ns = start_ns, .end_ns = a->end_ns, .going_on = going_on };
	j->octets += t->own.used;
}

/* What the report bears beside the verdict. What a live judge tells is good during one call: so long the attempt lasts anyway. */
static void gather_parts(struct judge *j, struct trial *t, const struct attempt *a, struct arena *arena)
{
	if (j->options.tell_story)
		t->report.story = story_tell(a, arena, &t->report.story_count);
	if (j->options.keep_events && j->is_live)
		publish_events(&t->report, (const struct event *const *)a->events, a);
	else if (j->options.keep_events)
		publish_events(&t->report, publish_copy(arena, a), a);
	if (j->is_live)
		evidence_lend(a, arena, &t->report);
	else
		evidence_report(a, arena, &t->report);
}

/* ---- what an attempt is judged by, beside its own packets ---- */

static size_t position_of(const struct trial *t)
{
	size_t at = 0;

	while (t->phone->trials[at] != t)
		at++;
	return at;
}

static uint64_t lost_between(const struct judge *j, int64_t from_ns, int64_t until_ns)
{
	uint64_t lost = 0;

	for (size_t i = 0; i < j->loss_count; i++)
		if (j->losses[i].from_ns <= until_ns && j->losses[i].until_ns >= from_ns)
			lost += j->losses[i].packets;
	return lost;
}

/* Until when it was watched, and how it ended. */
static void settle(struct judge *j, struct trial *t, int64_t end_ns, bool cut_short, uint64_t dropped)
{
	size_t at = position_of(t);
	bool followed = at + 1 < t->phone->count;
	int64_t until_ns = followed ? t->phone->trials[at + 1]->report.start_ns : end_ns;

	t->facts->restarted = followed && !(t->ended_by_capture && !t->report.going_on);
	t->facts->file_cut_short = cut_short && !followed;
	t->facts->dropped = dropped + lost_between(j, t->report.start_ns, until_ns);
	facts_settle(t->facts, until_ns);
}

static void remember(struct trial *t, const struct binding *b)
{
	struct facts *f = t->facts;

	for (size_t i = 0; i < f->remembered.count; i++)
		if (addr_equal(&f->remembered.at[i].address, &b->address) && strcasecmp(f->remembered.at[i].name, b->name) == 0)
			return;
	if (f->remembered.count < FACTS_REMEMBERED_MAX) {
		struct binding *kept = LIST_ADD(t->arena, &f->remembered);

		*kept = *b;
		kept->name = arena_copy(t->arena, b->name, strlen(b->name));
	}
}

/* What the phone learned before it may still know; the newest answers first where there are too many. */
static void remember_names(struct trial *t)
{
	const struct suspect *s = t->phone;
	size_t at = position_of(t);
	const struct facts *before = at ? s->trials[at - 1]->facts : NULL;

	for (size_t i = before ? before->bindings.count : 0; i-- > 0;)
		remember(t, &before->bindings.at[i]);
	for (size_t i = 0; before && i < before->remembered.count; i++)
		remember(t, &before->remembered.at[i]);
	for (size_t i = 0; !before && i < s->gone.remembered.count; i++)
		remember(t, &s->gone.remembered.at[i]);
}

static void remember_chains(struct judge *j, struct trial *t)
{
	for (size_t i = 0; i < t->facts->connections.count; i++) {
		struct connection *c = &t->facts->connections.at[i];
		const struct site_chain *known;

		if (!c->resumed || (c->chain.count && !c->certificate_from_memory))
			continue;
		/* Each time anew: what was lent before may be gone (site_tidy). */
		known = site_chain_before(&j->site, &c->server, c->start_ns);
		c->chain = known ? known->chain : (certificate_set){ 0 };
		c->certificate_from_memory = known;
	}
}

/* What the same phone told earlier. */
static void remember_words(struct trial *t)
{
	const struct suspect *s = t->phone;

	t->facts->earlier_domain = s->gone.domain;
	t->facts->posted_before = s->gone.posted;
	for (size_t i = 0; s->trials[i] != t; i++) {
		const struct facts *f = s->trials[i]->facts;

		if (s->trials[i]->sip_domain)
			t->facts->earlier_domain = s->trials[i]->sip_domain;
		if (f->posted_versions.count)
			t->facts->posted_before = f->posted_versions.at[f->posted_versions.count - 1];
	}
}

/* ---- one verdict ---- */

static void choose(struct judge *j, struct trial *t, struct arena *arena)
{
	remember_words(t);
	client_choose(t, j->policy, j->options.firmware);
	t->model = model_run(t->facts, t->policy, j->options.sip_domain, arena);
	t->sip_domain = t->model->sip_domain;
	t->sip_domain_source = t->model->sip_domain_source;
}

static void judge_trial(struct judge *j, struct trial *t, struct arena *arena)
{
	struct evaluation e;

	evaluate(t->model, &j->site, t->phone->report.mac, arena, &e);
	publish_verdict(arena, t, &e);
}

static void gather_faults(struct judge *j, struct trial *t)
{
	for (size_t i = 0; i < t->report.finding_count; i++) {
		const struct finding_report *f = &t->report.findings[i];

		if (f->severity == SEVERITY_ERROR)
			site_fault(&j->site, &(struct site_fault){ f->rule->code, f->subject, t->phone->report.mac, t->model->sip_domain, t->facts->dns_domain });
	}
}

/* ---- attempts that have ended, at the end of a capture ---- */

struct ending {
	int64_t end_ns;
	bool cut_short;
	uint64_t dropped;
};

static struct ending ending_of(const struct capture_info *const *captures, size_t count)
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
	for (struct suspect *s = j->first; s; s = s->next)
		for (size_t i = 0; i < s->count; i++) {
			each(j, s->trials[i], e);
			spill_pass();
		}
}

static void settle_at_end(struct judge *j, struct trial *t, const struct ending *e)
{
	settle(j, t, e->end_ns, e->cut_short, e->dropped);
	site_learn(&j->site, t->facts, t->phone->report.mac);
}

static void judge_at_end(struct judge *j, struct trial *t, const struct ending *e)
{
	(void)e;
	remember_names(t);
	remember_chains(j, t);
	choose(j, t, &j->arena);
	judge_trial(j, t, &j->arena);
	gather_faults(j, t);
}

/* Once more with what the others met: a phone that works from its cache beside one that failed. */
static void judge_again(struct judge *j, struct trial *t, const struct ending *e)
{
	(void)e;
	if (j->site.faults.count && t->report.outcome == OUTCOME_SIGNED_IN && t->report.method == METHOD_CACHED)
		judge_trial(j, t, &j->arena);
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
	const struct attempt_report **attempts = arena_get(&j->arena, (s->count + 1) * sizeof *attempts);

	for (size_t i = 0; i < s->count; i++)
		attempts[i] = &s->trials[i]->report;
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
		report_phone(j, s);
		order[n++] = (struct rank){ s->number, &s->report };
		spill_pass();
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

/* ---- live ---- */

/* Time says something new the later the less often: a phone that was silent for a minute may be looked at every four seconds. */
static void plan(struct judge *j, struct trial *t)
{
	int64_t age = j->now_ns - t->report.end_ns, step = age / 16 > NS_PER_S ? age / 16 : NS_PER_S;

	t->judge_ns = age < SETTLED_NS && position_of(t) + 1 == t->phone->count ? j->now_ns + step : INT64_MAX;
	if (t->judge_ns < j->due_ns)
		j->due_ns = t->judge_ns;
}

static void tell(struct judge *j, struct trial *t, bool always)
{
	const struct attempt_report *only = &t->report;
	uint64_t digest;

	publish_identity(t->phone, j->options.firmware);
	digest = publish_digest(&t->phone->report, &t->report);
	if (!always && digest == t->told)
		return;
	t->told = digest;
	t->phone->report.attempts = &only;
	t->phone->report.attempt_count = 1;
	j->counters.told++;
	j->live.report(j->live.user, &t->phone->report, &t->report);
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

	settle(j, t, e->end_ns, e->cut_short, e->dropped);
	remember_names(t);
	remember_chains(j, t);
	choose(j, t, &j->scratch);
	judge_trial(j, t, &j->scratch);
	if (!t->report.going_on || j->now_ns - t->report.end_ns >= FINAL_NS)
		gather_faults(j, t);
	keep_domain(t, domain, source);
	tell(j, t, always);
	forget_parts(&t->report);
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
		forget_trial(j, t->phone->trials[0]);
	while (j->octets > j->live.octets && j->oldest != t && j->oldest->phone->trials[0] != t)
		forget_trial(j, j->oldest);
}

static void look(struct judge *j, const struct attempt *a, bool going_on)
{
	struct suspect *s = suspect_of(j, a->phone);
	struct trial *t = trial_find(s, a->number);
	struct ending e;

	site_tidy(&j->site);
	update_addresses(s, a->phone);
	if (a->end_ns > j->now_ns)
		j->now_ns = a->end_ns;
	if (t)
		take_out(j, t);
	else
		t = trial_add(j, s, a->number);
	put_youngest(j, t);
	gather(j, t, a, going_on);
	gather_parts(j, t, a, &j->scratch);
	bound(j, t);
	site_learn(&j->site, t->facts, s->report.mac);
	e = now(j);
	judge_live(j, t, &e, true);
	judge_siblings(j, t, &e);
}

void judge_look(void *judge, const struct attempt *a)
{
	look(judge, a, true);
}

void judge_attempt(void *judge, const struct attempt *a)
{
	struct judge *j = judge;
	struct suspect *s;
	struct trial *t;

	if (j->is_live) {
		look(j, a, false);
		return;
	}
	s = suspect_of(j, a->phone);
	update_addresses(s, a->phone);
	t = trial_add(j, s, a->number);
	gather(j, t, a, false);
	gather_parts(j, t, a, &j->arena);
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

void judge_lost(struct judge *j, int64_t from_ns, int64_t until_ns, uint64_t packets)
{
	const size_t max = sizeof j->losses / sizeof j->losses[0];
	struct loss *last = j->loss_count ? &j->losses[j->loss_count - 1] : NULL;

	/* One long loss says no less than many within it. */
	if (last && from_ns - last->until_ns < NS_PER_S) {
		last->until_ns = until_ns;
		last->packets += packets;
		return;
	}
	/* None may be forgotten, or an accusation could rest on what was lost then: the two oldest become one. */
	if (j->loss_count == max) {
		j->losses[1].from_ns = j->losses[0].from_ns;
		j->losses[1].packets += j->losses[0].packets;
		memmove(j->losses, j->losses + 1, --j->loss_count * sizeof *j->losses);
	}
	j->losses[j->loss_count++] = (struct loss){ from_ns, until_ns, packets };
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

/* ---- beginning and end ---- */

struct judge *judge_new(const struct judge_options *options, const struct judge_live *live)
{
	struct judge *j = memory_get(sizeof *j);

	j->options = *options;
	j->is_live = live;
	j->arena.spills = !live;
	if (live)
		j->live = *live;
	j->due_ns = INT64_MAX;
	j->by_mac = table_new(sizeof(struct mac), sizeof(struct suspect *), live ? LIVE_PHONES_MAX : PHONES_MAX, forget_suspect, j);
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
		next = s->next;
		for (size_t i = 0; j->is_live && i < s->count; i++)
			free(s->trials[i]);
		free(s->trials);
		if (j->is_live)
			free(s);
		spill_pass();
	}
	site_free(&j->site);
	arena_free(&j->scratch);
	arena_free(&j->arena);
	free(j);
}

/* One verdict: what an attempt is judged by beside its own packets, the model, the evaluation. */
#include <string.h>
#include <strings.h>

#include "base/spill.h"
#include "verdict/gather.h"
#include "verdict/judge_parts.h"
#include "verdict/model.h"

size_t trial_position(const struct trial *t)
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
void trial_settle(struct judge *j, struct trial *t, int64_t end_ns, bool cut_short, uint64_t dropped)
{
	size_t at = trial_position(t);
	bool followed = at + 1 < t->phone->count;
	int64_t until_ns = followed ? t->phone->trials[at + 1]->start_ns : end_ns;

	t->facts->restarted = followed && !(t->ended_by_capture && !t->report->going_on);
	t->facts->file_cut_short = cut_short && !followed;
	t->facts->dropped = dropped + lost_between(j, t->start_ns, until_ns);
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
void trial_remember_names(struct trial *t)
{
	const struct suspect *s = t->phone;
	size_t at = trial_position(t);
	const struct facts *before = at ? s->trials[at - 1]->facts : NULL;

	spill_look(before);
	for (size_t i = before ? before->bindings.count : 0; i-- > 0;)
		remember(t, &before->bindings.at[i]);
	for (size_t i = 0; before && i < before->remembered.count; i++)
		remember(t, &before->remembered.at[i]);
	for (size_t i = 0; !before && i < s->gone.remembered.count; i++)
		remember(t, &s->gone.remembered.at[i]);
}

void trial_remember_chains(struct judge *j, struct trial *t)
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
	const char *domain = NULL, *posted = NULL;

	for (size_t i = trial_position(t); i-- && (!domain || (s->posted && !posted));) {
		spill_look(s->trials[i]);
		if (!domain)
			domain = s->trials[i]->sip_domain;
		if (!posted)
			posted = s->trials[i]->posted;
	}
	t->facts->earlier_domain = domain ? domain : s->gone.domain;
	t->facts->posted_before = posted ? posted : s->gone.posted;
}

/* ---- one verdict ---- */

void trial_choose(struct judge *j, struct trial *t, struct arena *arena)
{
	remember_words(t);
	client_choose(t, j->policy, j->options.firmware);
	t->model = model_run(t->facts, t->policy, j->options.sip_domain, arena);
	t->sip_domain = t->model->sip_domain;
	t->sip_domain_source = t->model->sip_domain_source;
}

void trial_judge(struct judge *j, struct trial *t, struct arena *arena)
{
	struct evaluation e;

	evaluate(t->model, &j->site, t->phone->report.mac, arena, &e);
	publish_verdict(arena, t, &e);
}

void trial_gather_faults(struct judge *j, struct trial *t)
{
	for (size_t i = 0; i < t->report->finding_count; i++) {
		const struct finding_report *f = &t->report->findings[i];

		if (f->severity == SEVERITY_ERROR)
			site_fault(&j->site, &(struct site_fault){ f->rule->code, f->subject, t->phone->report.mac, t->model->sip_domain, t->facts->dns_domain });
	}
}

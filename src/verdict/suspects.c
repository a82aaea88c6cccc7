/* Who is judged: phones and their attempts, and what is remembered of those that a live judge forgot. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/spill.h"
#include "base/table.h"
#include "verdict/evidence.h"
#include "verdict/gather.h"
#include "verdict/judge_parts.h"
#include "verdict/story.h"

void suspect_forget(void *user, void *entry)
{
	struct judge *j = user;
	struct suspect *s = *(struct suspect **)entry;

	if (!j->is_live)
		return;
	while (s->count)
		trial_forget(j, s->trials[0]);
	*(s->before ? &s->before->next : &j->first) = s->next;
	*(s->next ? &s->next->before : &j->last) = s->before;
	arena_free(&s->gone.arena);
	free(s->trials);
	free(s);
	j->count--;
}

struct suspect *suspect_of(struct judge *j, const struct phone *p)
{
	struct suspect **known = table_find(j->by_mac, &p->mac), *s;

	if (known) {
		table_touch(j->by_mac, known);
		spill_look(*known);
		return *known;
	}
	s = j->is_live ? memory_get(sizeof *s) : arena_get(&j->index, sizeof *s);
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

void suspect_update(struct suspect *s, const struct phone *p)
{
	memcpy(s->addresses, p->addresses, sizeof s->addresses);
	memcpy(s->vlans, p->vlans, sizeof s->vlans);
	s->report.addresses = (struct addr_list){ s->addresses, p->address_count };
	s->report.vlans = s->vlans;
	s->report.vlan_count = p->vlan_count;
}

/* ---- attempts ---- */

/* Among the youngest is the one that is looked for, if it is there at all. */
struct trial *trial_find(const struct suspect *s, uint64_t number)
{
	for (size_t i = s->count; i--;)
		if (s->trials[i]->number == number)
			return s->trials[i];
	return NULL;
}

struct trial *trial_add(struct judge *j, struct suspect *s, uint64_t number)
{
	struct trial *t = j->is_live ? memory_get(sizeof *t) : arena_get(&j->index, sizeof *t);

	t->report = j->is_live ? memory_get(sizeof *t->report) : arena_get(&j->arena, sizeof *t->report);

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

void trial_free(struct trial *t)
{
	arena_free(&t->own);
	free(t->report);
	free(t);
}

void trial_take_out(struct judge *j, struct trial *t)
{
	if (j->sweep == t)
		j->sweep = t->younger;
	*(t->older ? &t->older->younger : &j->oldest) = t->younger;
	*(t->younger ? &t->younger->older : &j->youngest) = t->older;
	t->older = t->younger = NULL;
}

void trial_put_youngest(struct judge *j, struct trial *t)
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
	const char *posted = t->posted ? t->posted : before.posted;

#define KEEP(text) ((text) ? arena_printf(a, "%s", (text)) : NULL)
	*h = (struct history){ 0 };
	h->firmware = KEEP(t->own_firmware ? t->own_firmware : before.firmware);
	h->firmware_source = KEEP(t->own_firmware ? t->own_source : before.firmware_source);
	h->model = KEEP(t->own_model ? t->own_model : before.model);
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
void trial_forget(struct judge *j, struct trial *t)
{
	struct suspect *s = t->phone;

	t = s->trials[0];
	write_history(s, t);
	trial_take_out(j, t);
	memmove(s->trials, s->trials + 1, --s->count * sizeof(struct trial *));
	j->octets -= t->own.used;
	j->counters.forgotten++;
	trial_free(t);
}

/* An attempt that was told keeps its name, though what is learned late may lie before what was its first event. */
void trial_gather(struct judge *j, struct trial *t, const struct attempt *a, bool going_on)
{
	int64_t start_ns = t->told ? t->start_ns : a->start_ns;

	j->octets -= t->own.used;
	arena_free(&t->own);
	t->facts = facts_gather(a, t->arena);
	t->start_ns = start_ns;
	t->began_ns = a->start_ns;
	t->own_firmware = t->facts->firmware;
	t->own_source = t->facts->firmware_source;
	t->own_model = t->facts->model;
	t->posted = t->facts->posted_versions.count ? t->facts->posted_versions.at[t->facts->posted_versions.count - 1] : NULL;
	t->sip_domain = t->sip_domain_source = NULL;
	t->phone->told_firmware |= t->own_firmware != NULL;
	t->phone->posted |= t->posted != NULL;
	t->ended_by_capture = a->capture_ended || going_on;
	*t->report = (struct attempt_report){ .id = publish_id(t->arena, a->phone->mac, start_ns), .start_ns = start_ns, .end_ns = a->end_ns, .going_on = going_on };
	j->octets += t->own.used;
}

/* What the report bears beside the verdict. What a live judge tells is good during one call: so long the attempt lasts anyway. */
void trial_gather_parts(struct judge *j, struct trial *t, const struct attempt *a, struct arena *arena)
{
	if (j->options.tell_story)
		t->report->story = story_tell(a, arena, &t->report->story_count);
	if (j->options.keep_events && j->is_live)
		publish_events(t->report, (const struct event *const *)a->events, a);
	else if (j->options.keep_events)
		publish_events(t->report, publish_copy(arena, a), a);
	if (j->is_live)
		evidence_lend(a, arena, t->report);
	else
		evidence_report(a, arena, t->report);
}

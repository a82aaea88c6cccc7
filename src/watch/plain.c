#include "watch/plain.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/moment.h"
#include "base/table.h"
#include "base/text.h"
#include "sink/page.h"
#include "sink/words.h"

/* What was printed of a phone's sign-in. */
struct printed {
	char id[64];
	uint64_t change;
	size_t story;
	enum step_state steps[STEP_COUNT];
	enum outcome outcome;
	char cause[64];                 /* its code; "" without. A rule that the catalogue does not have is another at each telling */
	bool said, over;
};

struct plain {
	struct page page;
	struct table *phones;           /* struct mac -> struct printed */
	uint64_t changes, lost;
};

struct plain *plain_new(FILE *out, bool utf8)
{
	struct plain *p = memory_get(sizeof *p);
	const struct text_style style = { .width = 80, .utf8 = utf8 };

	p->page = page_start(out, &style);
	p->phones = table_new(sizeof(struct mac), sizeof(struct printed), BOARD_PHONES_MAX, NULL, NULL);
	return p;
}

void plain_free(struct plain *p)
{
	if (!p)
		return;
	page_end(&p->page);
	table_free(p->phones);
	free(p);
}

static void line(struct plain *p, int64_t at_ns, struct mac phone, const char *text)
{
	char time[MOMENT_TEXT], mac[MAC_TEXT];

	fprintf(p->page.out, "%s %s %s\n", moment_format(at_ns, 3, time), mac_format(phone, mac), page_safe(&p->page, text));
}

static void story(struct plain *p, const struct board_phone *b, struct printed *d, struct arena *a)
{
	for (; d->story < b->attempt.story_count; d->story++) {
		const struct story_line *l = &b->attempt.story[d->story];

		line(p, l->at_ns, b->phone.mac, arena_printf(a, "%s -> %s: %s", l->from, l->to, l->text));
	}
}

static void steps(struct plain *p, const struct board_phone *b, struct printed *d, struct arena *a)
{
	for (enum step s = 0; s < STEP_COUNT; s++) {
		const struct step_report *r = &b->attempt.steps[s];

		if (r->state == d->steps[s])
			continue;
		d->steps[s] = r->state;
		line(p, b->attempt.end_ns, b->phone.mac, arena_printf(a, "step %s: %s%s%s", step_name(s), step_state_name(r->state),
			r->detail ? ", " : "", r->detail ? r->detail : ""));
	}
}

static void verdict(struct plain *p, const struct board_phone *b, struct printed *d, int64_t now_ns, struct arena *a)
{
	const struct attempt_report *r = &b->attempt;
	const char *cause = r->cause ? r->cause->rule->code : "";
	bool over = !r->going_on;

	if (d->said && d->outcome == r->outcome && strncmp(d->cause, cause, sizeof d->cause - 1) == 0 && d->over == over)
		return;
	if (!d->said && r->going_on && r->outcome == OUTCOME_UNFINISHED)
		return;
	d->said = true;
	d->outcome = r->outcome;
	snprintf(d->cause, sizeof d->cause, "%s", cause);
	d->over = over;
	line(p, now_ns, b->phone.mac, arena_printf(a, "%s: %s%s%s%s", over ? "verdict" : "verdict so far", words_verdict(a, r),
		*cause ? " (" : "", cause, *cause ? ")" : ""));
	if (over && r->cause && *r->cause->fix)
		line(p, now_ns, b->phone.mac, arena_printf(a, "fix: %s", r->cause->fix));
}

static struct printed *printed_of(struct plain *p, const struct board_phone *b)
{
	struct printed *d = table_find(p->phones, &b->phone.mac);

	if (!d)
		d = table_add(p->phones, &b->phone.mac);
	table_touch(p->phones, d);
	if (strcmp(d->id, b->attempt.id) != 0) {
		*d = (struct printed){ .change = 0 };
		snprintf(d->id, sizeof d->id, "%s", b->attempt.id);
	}
	return d;
}

void plain_show(struct plain *p, const struct board *b)
{
	if (b->lost > p->lost)
		fprintf(p->page.out, "%llu packets were lost: what rests on absence is not told\n", (unsigned long long)(b->lost - p->lost));
	p->lost = b->lost;
	if (b->changes == p->changes)
		return;
	p->changes = b->changes;
	for (size_t i = 0; i < b->count; i++) {
		struct printed *d = printed_of(p, b->phones[i]);
		struct arena a = { 0 };

		if (d->change == b->phones[i]->change)
			continue;
		d->change = b->phones[i]->change;
		story(p, b->phones[i], d, &a);
		steps(p, b->phones[i], d, &a);
		verdict(p, b->phones[i], d, b->now_ns, &a);
		arena_free(&a);
		arena_reset(&p->page.scratch);
	}
	fflush(p->page.out);
}

#include "watch/board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/moment.h"
#include "base/text.h"
#include "verdict/report_copy.h"

static void phone_free(struct board_phone *p)
{
	arena_free(&p->verdict);
	arena_free(&p->parts);
	free(p);
}

/* Whoever was told of least lately gives its place. */
static void make_room(struct board *b)
{
	size_t oldest = 0;

	if (b->count < BOARD_PHONES_MAX)
		return;
	for (size_t i = 1; i < b->count; i++)
		if (b->phones[i]->change < b->phones[oldest]->change)
			oldest = i;
	phone_free(b->phones[oldest]);
	memmove(b->phones + oldest, b->phones + oldest + 1, (--b->count - oldest) * sizeof(struct board_phone *));
}

static struct board_phone *phone_add(struct board *b)
{
	make_room(b);
	if (!b->phones)
		b->phones = memory_get(BOARD_PHONES_MAX * sizeof(struct board_phone *));
	return b->phones[b->count++] = memory_get(sizeof(struct board_phone));
}

struct board_phone *board_find(const struct board *b, struct mac m)
{
	for (size_t i = 0; i < b->count; i++)
		if (mac_equal(b->phones[i]->phone.mac, m))
			return b->phones[i];
	return NULL;
}

/* The sign-in before this one is told once more when it has ended: the newer one stays. */
static bool is_older(const struct board_phone *p, const struct attempt_report *a)
{
	return p->attempt.id && a->start_ns < p->attempt.start_ns;
}

void board_tell(struct board *b, const struct phone_report *phone, const struct attempt_report *a, const char *stored)
{
	struct board_phone *p = board_find(b, phone->mac);
	struct arena verdict = { 0 }, parts = { 0 };
	struct attempt_report now;
	bool another;

	b->changes++;
	if (!p)
		p = phone_add(b);
	if (is_older(p, a))
		return;
	another = !p->attempt.id || strcmp(p->attempt.id, a->id) != 0;
	p->phone = phone_report_copy(&verdict, phone);
	now = attempt_report_copy(&verdict, a);
	if (a->verdict_only && !another) {
		now.story = p->attempt.story;
		now.story_count = p->attempt.story_count;
		now.packets = p->attempt.packets;
		now.packet_count = p->attempt.packet_count;
	} else {
		attempt_parts_copy(&parts, a, &now);
		arena_free(&p->parts);
		p->parts = parts;
	}
	arena_free(&p->verdict);
	p->verdict = verdict;
	p->attempt = now;
	p->sign_ins += another;
	p->change = b->changes;
	snprintf(p->stored, sizeof p->stored, "%s", stored ? stored : "");
}

void board_free(struct board *b)
{
	for (size_t i = 0; i < b->count; i++)
		phone_free(b->phones[i]);
	free(b->phones);
	*b = (struct board){ 0 };
}

void board_copy(const struct board *b, struct board *to)
{
	*to = *b;
	to->phones = NULL;
	to->count = 0;
	for (size_t i = 0; i < b->count; i++) {
		board_tell(to, &b->phones[i]->phone, &b->phones[i]->attempt, b->phones[i]->stored);
		to->phones[i]->sign_ins = b->phones[i]->sign_ins;
		to->phones[i]->change = b->phones[i]->change;
	}
	to->changes = b->changes;
}

const struct story_line *board_latest(const struct board_phone *p)
{
	return p->attempt.story_count ? &p->attempt.story[p->attempt.story_count - 1] : NULL;
}

enum step board_running(const struct board_phone *p)
{
	const struct attempt_report *a = &p->attempt;
	enum step next = STEP_VLAN;

	if (!a->going_on || a->outcome == OUTCOME_SIGNED_IN || a->outcome == OUTCOME_FAILED)
		return STEP_NONE;
	/* What the phone talks about now; switch and update go on beside all else. */
	for (size_t i = a->story_count; i--;)
		if (a->story[i].step != STEP_NONE && a->story[i].step != STEP_UPDATE && a->story[i].step != STEP_VLAN)
			return a->story[i].step;
	for (enum step s = 0; s < STEP_COUNT; s++)
		if (a->steps[s].state != STATE_NOT_SEEN)
			next = s + 1;
	return next < STEP_COUNT ? next : STEP_NONE;
}

bool board_is_decided(const struct board *b, const struct board_phone *p)
{
	const struct attempt_report *a = &p->attempt;

	if (!a->going_on)
		return a->outcome != OUTCOME_UNFINISHED || b->ended;
	if (a->outcome == OUTCOME_SIGNED_IN)
		return a->steps[STEP_REGISTER].has_time && moment_span(a->steps[STEP_REGISTER].start_ns, b->now_ns) >= BOARD_STANDS_NS;
	return a->outcome == OUTCOME_FAILED && moment_span(a->end_ns, b->now_ns) >= BOARD_FAILED_NS;
}

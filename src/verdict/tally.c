#include "verdict/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static struct tally_row *row_of(struct tally *t, const struct attempt_report *a)
{
	const struct rule *cause = a->cause ? a->cause->rule : NULL;

	for (size_t i = 0; i < t->row_count; i++)
		if (t->rows[i].outcome == a->outcome && t->rows[i].cause == cause)
			return &t->rows[i];
	if (t->row_count == t->room) {
		t->room = t->room ? 2 * t->room : 16;
		t->rows = memory_resize(t->rows, t->room, sizeof *t->rows);
	}
	t->rows[t->row_count] = (struct tally_row){ .cause = cause, .outcome = a->outcome };
	return &t->rows[t->row_count++];
}

void tally_add(struct tally *t, const struct phone_report *phone)
{
	for (size_t i = 0; i < phone->attempt_count; i++) {
		attempt_report_look(phone->attempts[i]);
		row_of(t, phone->attempts[i])->sign_ins++;
		t->sign_ins++;
	}
	if (phone->attempt_count == 0)
		return;
	row_of(t, phone->attempts[phone->attempt_count - 1])->phones++;
	t->phones++;
	t->phones_failed += phone->attempts[phone->attempt_count - 1]->outcome == OUTCOME_FAILED;
}

static int order_of(enum outcome o)
{
	static const int orders[] = { [OUTCOME_FAILED] = 0, [OUTCOME_UNFINISHED] = 1, [OUTCOME_UNKNOWN] = 2, [OUTCOME_SIGNED_IN] = 3 };

	return orders[o];
}

/* The code comes last: the same numbers give the same order. */
static int compare(const void *left, const void *right)
{
	const struct tally_row *a = left, *b = right;

	if (a->outcome != b->outcome)
		return order_of(a->outcome) - order_of(b->outcome);
	if (a->phones != b->phones)
		return a->phones > b->phones ? -1 : 1;
	if (a->sign_ins != b->sign_ins)
		return a->sign_ins > b->sign_ins ? -1 : 1;
	return strcmp(a->cause ? a->cause->code : "", b->cause ? b->cause->code : "");
}

void tally_rank(struct tally *t)
{
	if (t->row_count)
		qsort(t->rows, t->row_count, sizeof *t->rows, compare);
}

struct tally tally_of(const struct report *r)
{
	struct tally t = { 0 };

	for (size_t i = 0; i < r->phone_count; i++) {
		phone_report_look(r->phones[i]);
		tally_add(&t, r->phones[i]);
	}
	tally_rank(&t);
	return t;
}

void tally_free(struct tally *t)
{
	free(t->rows);
	*t = (struct tally){ 0 };
}

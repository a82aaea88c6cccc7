/* The sign-in as a ladder: a lane for each who took part, a message a row. */
#include <stdio.h>
#include <string.h>

#include "sink/words.h"
#include "watch/view_parts.h"

/* In the order in which a phone meets them. */
static const char *const lanes[] = { "phone", "switch", "dhcp", "dns", "ntp", "dc", "web", "sip" };

enum { LANES = sizeof lanes / sizeof lanes[0], TIME = 10, LANE_LEAST = 6, LANE_MOST = 12, TEXT_LEAST = 30 };

static int lane_of(const char *name)
{
	for (int i = 0; i < LANES; i++)
		if (strcmp(lanes[i], name) == 0)
			return i;
	return 0;
}

struct ladder {
	struct canvas *canvas;
	unsigned column[LANES];         /* 0: took no part */
	unsigned end;                   /* where the words begin */
};

static void lay_out(struct ladder *l, const struct attempt_report *a, struct box at)
{
	bool used[LANES] = { true };
	unsigned count = 0, wide, column = at.column + TIME + 2;

	for (size_t i = 0; i < a->story_count; i++)
		used[lane_of(a->story[i].from)] = used[lane_of(a->story[i].to)] = true;
	for (int i = 0; i < LANES; i++)
		count += used[i];
	wide = at.columns > TIME + TEXT_LEAST ? (at.columns - TIME - TEXT_LEAST) / count : LANE_LEAST;
	wide = wide < LANE_LEAST ? LANE_LEAST : wide > LANE_MOST ? LANE_MOST : wide;
	for (int i = 0; i < LANES; i++) {
		if (!used[i])
			continue;
		l->column[i] = column;
		column += wide;
	}
	l->end = column - wide + 3;
}

static void heads(const struct ladder *l, unsigned row)
{
	for (int i = 0; i < LANES; i++)
		if (l->column[i])
			canvas_put(l->canvas, row, l->column[i] - (unsigned)strlen(lanes[i]) / 2, LANE_LEAST + 1, INK_STRONG, lanes[i]);
}

static void arrow(const struct ladder *l, unsigned row, unsigned from, unsigned to, enum ink ink)
{
	unsigned left = from < to ? from : to, right = from < to ? to : from;

	for (unsigned i = left + 1; i < right; i++)
		canvas_put(l->canvas, row, i, 1, ink, canvas_choose(l->canvas, "\u2500", "-"));
	if (from < to)
		canvas_put(l->canvas, row, right - 1, 1, ink, canvas_choose(l->canvas, "\u25b6", ">"));
	else
		canvas_put(l->canvas, row, left + 1, 1, ink, canvas_choose(l->canvas, "\u25c0", "<"));
}

/* Whether the message is what shows why it failed. */
static bool shows_cause(const struct attempt_report *a, const struct story_line *s)
{
	for (size_t i = 0; a->cause && i < a->cause->frames.count; i++)
		if (a->cause->frames.at[i] == s->frame)
			return true;
	return false;
}

static void message(const struct ladder *l, const struct attempt_report *a, const struct story_line *s, unsigned row, struct box at)
{
	struct arena scratch = { 0 };
	enum ink ink = shows_cause(a, s) ? INK_BAD : INK_PLAIN;
	unsigned from = l->column[lane_of(s->from)], to = l->column[lane_of(s->to)];
	const char *after = words_after(&scratch, a->start_ns, s->at_ns);

	canvas_put(l->canvas, row, at.column + TIME - 1 - (unsigned)strlen(after), TIME, INK_FAINT, after);
	for (int i = 0; i < LANES; i++)
		if (l->column[i])
			canvas_upright(l->canvas, row, l->column[i], 1);
	arrow(l, row, from, to, ink);
	canvas_put(l->canvas, row, l->end, at.column + at.columns - l->end, ink, s->text);
	arena_free(&scratch);
}

void view_ladder(struct view *v, const struct board_phone *p, struct canvas *c, struct box at)
{
	struct ladder l = { .canvas = c };
	unsigned rows = at.rows - 2, count = (unsigned)p->attempt.story_count;
	char mac[MAC_TEXT];

	v->reach = count > rows ? count - rows : 0;
	if (v->at_end || v->scroll > v->reach)
		v->scroll = v->reach;
	lay_out(&l, &p->attempt, at);
	canvas_put(c, at.row, at.column, at.columns, INK_STRONG, mac_format(p->phone.mac, mac));
	if (p->attempt.cause)
		canvas_put(c, at.row, at.column + MAC_TEXT + 1, at.columns - MAC_TEXT - 1, INK_BAD, p->attempt.cause->rule->code);
	heads(&l, at.row + 1);
	for (unsigned i = 0; i < rows && v->scroll + i < count; i++)
		message(&l, &p->attempt, &p->attempt.story[v->scroll + i], at.row + 2 + i, at);
}

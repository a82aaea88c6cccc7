#include "watch/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/moment.h"
#include "sink/words.h"
#include "watch/view_parts.h"

enum { LIST_NARROW = 27, LIST_WIDE = 40, WIDE = 120, TITLE_ROWS = 1, VERDICT_ROWS = 3 };

/* ---- which phones ---- */

static bool has_text(const char *where, const char *what)
{
	return where && strcasestr(where, what);
}

static bool passes(const struct view *v, const struct board_phone *p)
{
	char mac[MAC_TEXT];

	if (!v->filter[0])
		return true;
	return has_text(mac_format(p->phone.mac, mac), v->filter) || has_text(p->phone.vendor, v->filter) || has_text(p->phone.model, v->filter) ||
		has_text(p->phone.sip_domain, v->filter) || has_text(outcome_name(p->attempt.outcome), v->filter) ||
		(p->attempt.cause && has_text(p->attempt.cause->rule->code, v->filter));
}

/* The first of them, or the one so many further from the chosen one. */
static const struct board_phone *phone_at(const struct view *v, const struct board *b, int step)
{
	const struct board_phone *first = NULL, *last = NULL, *before = NULL;
	bool found = false;

	for (size_t i = 0; i < b->count; i++) {
		const struct board_phone *p = b->phones[i];

		if (!passes(v, p))
			continue;
		first = first ? first : p;
		if (found && step > 0)
			return p;
		if (v->has_chosen && mac_equal(p->phone.mac, v->chosen)) {
			if (step <= 0)
				return step && before ? before : p;
			found = true;
		}
		before = last = p;
	}
	return found ? last : first;
}

const struct board_phone *view_chosen(const struct view *v, const struct board *b)
{
	return phone_at(v, b, 0);
}

static void choose(struct view *v, const struct board_phone *p)
{
	if (!p)
		return;
	v->has_chosen = true;
	v->chosen = p->phone.mac;
}

static void choose_end(struct view *v, const struct board *b, bool last)
{
	const struct board_phone *p = NULL;

	for (size_t i = 0; i < b->count; i++)
		if (passes(v, b->phones[i]) && (last || !p))
			p = b->phones[i];
	choose(v, p);
}

/* ---- keys ---- */

static void enter(struct view *v, enum view_mode mode)
{
	v->mode = v->mode == mode ? VIEW_PHONES : mode;
	v->scroll = 0;
	v->at_end = v->mode == VIEW_LADDER;
}

static void type(struct view *v, enum press key, char character)
{
	size_t len = strlen(v->filter);

	if (key == PRESS_CHARACTER && len + 1 < sizeof v->filter) {
		v->filter[len] = character;
		v->filter[len + 1] = '\0';
	} else if (key == PRESS_BACKSPACE && len) {
		v->filter[len - 1] = '\0';
	} else if (key == PRESS_ESCAPE) {
		v->filter[0] = '\0';
	}
	if (key == PRESS_ENTER || key == PRESS_ESCAPE)
		v->typing = false;
}

static void scroll(struct view *v, enum press key)
{
	unsigned step = key == PRESS_PAGE_UP || key == PRESS_PAGE_DOWN ? 10 : 1;

	if (key == PRESS_HOME)
		v->scroll = 0;
	else if (key == PRESS_END)
		v->scroll = v->reach;
	else if (key == PRESS_UP || key == PRESS_PAGE_UP)
		v->scroll -= v->scroll < step ? v->scroll : step;
	else
		v->scroll += step;
	if (v->scroll > v->reach)
		v->scroll = v->reach;
	v->at_end = v->mode == VIEW_LADDER && v->scroll == v->reach;
}

static void move(struct view *v, const struct board *b, enum press key)
{
	choose(v, view_chosen(v, b));
	if (v->mode != VIEW_PHONES)
		scroll(v, key);
	else if (key == PRESS_HOME || key == PRESS_END)
		choose_end(v, b, key == PRESS_END);
	else
		choose(v, phone_at(v, b, key == PRESS_UP || key == PRESS_PAGE_UP ? -1 : 1));
}

static void explain(struct view *v, const struct board *b)
{
	const struct board_phone *p = view_chosen(v, b);

	if (!p || !p->attempt.finding_count) {
		snprintf(v->note, sizeof v->note, "Nothing was found wrong so far.");
		return;
	}
	if (v->mode == VIEW_EXPLAIN && ++v->finding < p->attempt.finding_count) {
		v->scroll = 0;
		return;
	}
	v->finding = 0;
	enter(v, VIEW_EXPLAIN);
}

static enum wish press_character(struct view *v, const struct board *b, char character)
{
	switch (character) {
	case 'q': return WISH_QUIT;
	case 'x': return WISH_EXPORT;
	case 'p': return WISH_PAUSE;
	case 'e': explain(v, b); break;
	case '?': case 'h': enter(v, VIEW_HELP); break;
	case '/': v->typing = true; v->mode = VIEW_PHONES; break;
	case 'j': move(v, b, PRESS_DOWN); break;
	case 'k': move(v, b, PRESS_UP); break;
	case ' ': move(v, b, PRESS_PAGE_DOWN); break;
	default: break;
	}
	return WISH_NOTHING;
}

enum wish view_press(struct view *v, const struct board *b, enum press key, char character)
{
	if (key == PRESS_NONE || key == PRESS_RESIZE)
		return WISH_NOTHING;
	v->note[0] = '\0';
	if (v->typing) {
		type(v, key, character);
	} else if (key == PRESS_CHARACTER) {
		return press_character(v, b, character);
	} else if (key == PRESS_ENTER) {
		if (view_chosen(v, b))
			enter(v, VIEW_LADDER);
	} else if (key == PRESS_ESCAPE || key == PRESS_BACKSPACE) {
		if (v->mode == VIEW_PHONES)
			v->filter[0] = '\0';
		enter(v, VIEW_PHONES);
		v->mode = VIEW_PHONES;
	} else {
		move(v, b, key);
	}
	return WISH_NOTHING;
}

/* ---- the frame around ---- */

const char *view_span(struct arena *a, int64_t span_ns)
{
	int64_t s = span_ns > 0 ? span_ns / INT64_C(1000000000) : 0;

	if (s < 100)
		return arena_printf(a, "%" PRId64 "s", s);
	if (s < 100 * 60)
		return arena_printf(a, "%" PRId64 "m", s / 60);
	return s < 48 * 3600 ? arena_printf(a, "%" PRId64 "h", s / 3600) : arena_printf(a, "%" PRId64 "d", s / 86400);
}

static void title(const struct view *v, const struct board *b, struct canvas *c)
{
	struct arena a = { 0 };
	const char *lost = b->lost || b->gone ? arena_printf(&a, "%" PRIu64 " lost%s", b->lost, b->gone ? ", interface was gone" : "") : "none lost";
	const char *right = arena_printf(&a, "%s%" PRIu64 " packets, %s", v->paused ? "paused  " : b->ended ? "ended  " : "", b->packets, lost);
	unsigned width = (unsigned)strlen(right), from = c->columns > width + 1 ? c->columns - width - 1 : 0;

	canvas_put(c, 0, 1, 8, INK_STRONG, "dialtone");
	canvas_put(c, 0, 11, from > 13 ? from - 13 : 0, b->trouble[0] ? INK_CAUTION : INK_PLAIN, b->trouble[0] ? b->trouble : b->about);
	canvas_put(c, 0, from, width, b->lost || b->gone || v->paused ? INK_CAUTION : INK_FAINT, right);
	arena_free(&a);
}

static void keys(const struct view *v, struct canvas *c)
{
	struct arena a = { 0 };
	unsigned row = c->rows - 1;

	if (v->typing)
		canvas_put(c, row, 1, c->columns - 2, INK_STRONG, arena_printf(&a, "filter: %s_   (enter keeps it, escape drops it)", v->filter));
	else if (v->note[0])
		canvas_put(c, row, 1, c->columns - 2, INK_STRONG, v->note);
	else if (v->mode == VIEW_PHONES)
		canvas_put(c, row, 1, c->columns - 2, INK_FAINT, canvas_choose(c,
			"\u2191\u2193 phone  enter ladder  e explain  x export  / filter  p pause  ? help  q quit",
			"j/k phone  enter ladder  e explain  x export  / filter  p pause  ? help  q quit"));
	else
		canvas_put(c, row, 1, c->columns - 2, INK_FAINT, canvas_choose(c, "\u2191\u2193 scroll  escape back  e next finding  p pause  q quit",
			"up/down scroll  escape back  e next finding  p pause  q quit"));
	arena_free(&a);
}

/* ---- the list of phones ---- */

const char *view_mark(const struct canvas *c, const struct board *b, const struct board_phone *p)
{
	switch (p->attempt.outcome) {
	case OUTCOME_SIGNED_IN: return canvas_choose(c, "\u2713", "+");
	case OUTCOME_FAILED: return canvas_choose(c, "\u2717", "x");
	default: return p->attempt.going_on && !b->ended ? canvas_choose(c, "\u2026", ".") : "?";
	}
}

enum ink view_ink(const struct board *b, const struct board_phone *p)
{
	(void)b;
	switch (p->attempt.outcome) {
	case OUTCOME_SIGNED_IN: return INK_GOOD;
	case OUTCOME_FAILED: return INK_BAD;
	case OUTCOME_UNKNOWN: return INK_CAUTION;
	default: return INK_PLAIN;
	}
}

/* Where it is, in a word. */
static const char *state_word(const struct board_phone *p)
{
	enum step running = board_running(p);

	if (p->attempt.outcome == OUTCOME_SIGNED_IN)
		return "signed in";
	if (p->attempt.cause)
		return step_name(p->attempt.cause->step);
	return running != STEP_NONE ? step_name(running) : outcome_name(p->attempt.outcome);
}

static void list_row(const struct view *v, const struct board *b, const struct board_phone *p, struct canvas *c, unsigned row, unsigned width)
{
	struct arena a = { 0 };
	char mac[MAC_TEXT];
	bool wide = width >= LIST_WIDE;
	unsigned name = wide ? 17 : 8;
	const char *span = view_span(&a, moment_span(p->attempt.end_ns, b->now_ns));

	mac_format(p->phone.mac, mac);
	canvas_put(c, row, 1, 1, view_ink(b, p), view_mark(c, b, p));
	canvas_put(c, row, 3, name, INK_STRONG, wide ? mac : mac + 9);
	canvas_put(c, row, 4 + name, width - name - 6 - (unsigned)strlen(span), view_ink(b, p), state_word(p));
	canvas_put(c, row, width - 1 - (unsigned)strlen(span), 5, INK_FAINT, span);
	if (view_chosen(v, b) == p)
		canvas_choose_row(c, row, 0, width);
	arena_free(&a);
}

static void list(const struct view *v, const struct board *b, struct canvas *c, unsigned width, unsigned rows)
{
	const struct board_phone *chosen = view_chosen(v, b);
	unsigned shown = 0, at = 0, skip;

	for (size_t i = 0; i < b->count; i++) {
		at = b->phones[i] == chosen ? shown : at;
		shown += passes(v, b->phones[i]);
	}
	skip = at < rows ? 0 : at + 1 - rows;
	for (size_t i = 0, n = 0; i < b->count; i++) {
		if (!passes(v, b->phones[i]))
			continue;
		if (n >= skip && n - skip < rows)
			list_row(v, b, b->phones[i], c, TITLE_ROWS + (unsigned)(n - skip), width);
		n++;
	}
	if (!shown)
		canvas_wrap(c, TITLE_ROWS + 1, 1, width - 2, rows - 1, INK_FAINT, b->count ? "No phone matches the filter." : "No phone so far. A sign-in shows as soon as one begins.");
}

/* ---- all of it ---- */

static void main_view(const struct view *v, const struct board *b, struct canvas *c)
{
	unsigned width = c->columns >= WIDE ? LIST_WIDE : LIST_NARROW, body = c->rows - TITLE_ROWS - VERDICT_ROWS - 2;
	const struct board_phone *p = view_chosen(v, b);

	list(v, b, c, width, body);
	canvas_upright(c, TITLE_ROWS, width, body);
	if (p) {
		view_phone(b, p, c, (struct box){ TITLE_ROWS, width + 2, body, c->columns - width - 3 });
		view_verdict(b, p, c, (struct box){ c->rows - 1 - VERDICT_ROWS, 1, VERDICT_ROWS, c->columns - 2 });
	}
	canvas_rule(c, c->rows - 2 - VERDICT_ROWS, 0, c->columns);
}

enum { ROWS_LEAST = 16, COLUMNS_LEAST = 60 };

void view_draw(struct view *v, const struct board *b, struct canvas *c)
{
	const struct board_phone *p = view_chosen(v, b);
	struct box body = { 2, 1, c->rows > 3 ? c->rows - 4 : 0, c->columns > 2 ? c->columns - 2 : 0 };

	if (c->rows < ROWS_LEAST || c->columns < COLUMNS_LEAST) {
		canvas_wrap(c, 0, 0, c->columns, c->rows, INK_PLAIN, "dialtone watch needs a terminal of 60 by 16 at least.");
		return;
	}
	title(v, b, c);
	if (v->mode == VIEW_HELP)
		view_help(v, c, body);
	else if (v->mode == VIEW_LADDER && p)
		view_ladder(v, p, c, body);
	else if (v->mode == VIEW_EXPLAIN && p)
		view_explain(v, p, c, body);
	else
		main_view(v, b, c);
	keys(v, c);
}

/* The chosen phone: who it is, its steps as a checklist, the servers it was told of, the newest messages, and the verdict as it stands. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/moment.h"
#include "sink/words.h"
#include "watch/view_parts.h"


enum { NAME_COLUMNS = 13, TIME_COLUMNS = 8 };

/* ---- who ---- */

static void who(const struct board_phone *p, struct canvas *c, struct box at)
{
	struct arena a = { 0 };
	char mac[MAC_TEXT], address[ADDR_TEXT];
	const struct addr_list *addresses = &p->phone.addresses;
	const char *device = words_device(&a, &p->phone);
	unsigned used = canvas_put(c, at.row, at.column, at.columns, INK_STRONG, mac_format(p->phone.mac, mac));

	canvas_put(c, at.row, at.column + used + 1, at.columns - used - 1, INK_PLAIN, arena_printf(&a, " %s%s%s%s%s", device ? device : "",
		addresses->count ? "  " : "", addresses->count ? addr_format(&addresses->at[addresses->count - 1], address) : "",
		p->phone.vlan_count ? arena_printf(&a, "  VLAN %u", p->phone.vlans[p->phone.vlan_count - 1]) : "",
		p->sign_ins > 1 ? arena_printf(&a, "  (sign-in %u)", p->sign_ins) : ""));
	arena_free(&a);
}

/* ---- steps ---- */

struct mark { const char *utf8, *ascii, *word; enum ink ink; };

static struct mark mark_of(const struct board_phone *p, enum step s)
{
	static const struct mark marks[] = {
		[STATE_NOT_SEEN] = { "\u00b7", " ", "", INK_FAINT }, [STATE_OK] = { "\u2713", "+", "ok", INK_GOOD },
		[STATE_WARNING] = { "!", "!", "warning", INK_CAUTION }, [STATE_FAILED] = { "\u2717", "x", "failed", INK_BAD },
		[STATE_SKIPPED] = { "\u2212", "-", "skipped", INK_FAINT },
	};
	static const struct mark running = { "\u25b8", ">", "running", INK_STRONG };
	enum step_state state = p->attempt.steps[s].state;

	return s == board_running(p) && state != STATE_FAILED ? running : marks[state];
}

/* Of a step that runs the time since it began, of one that is over how long it took. */
static const char *step_time(struct arena *a, const struct board *b, const struct board_phone *p, enum step s)
{
	const struct step_report *r = &p->attempt.steps[s];

	if (s == board_running(p))
		return words_duration(a, moment_span(r->has_time ? r->start_ns : p->attempt.end_ns, b->now_ns));
	return r->has_time ? words_duration(a, moment_span(r->start_ns, r->end_ns)) : "";
}

static const char *step_detail(const struct board_phone *p, enum step s)
{
	const struct step_report *r = &p->attempt.steps[s];
	const struct story_line *latest = board_latest(p);

	for (size_t i = 0; i < p->attempt.finding_count; i++)
		if (p->attempt.findings[i].step == s && p->attempt.findings[i].severity != SEVERITY_INFO && !(r->detail && r->state == STATE_OK))
			return p->attempt.findings[i].rule->code;
	if (s == board_running(p) && latest && latest->step == s)
		return latest->text;
	if (r->state == STATE_SKIPPED)
		return "kept from an earlier sign-in";
	return r->detail ? r->detail : "";
}

static void step_row(const struct board *b, const struct board_phone *p, enum step s, struct canvas *c, struct box at)
{
	struct arena a = { 0 };
	struct mark m = mark_of(p, s);
	const char *time = step_time(&a, b, p, s);
	unsigned behind = 2 + NAME_COLUMNS + TIME_COLUMNS + 2;

	canvas_put(c, at.row, at.column, 1, m.ink, canvas_choose(c, m.utf8, m.ascii));
	canvas_put(c, at.row, at.column + 2, NAME_COLUMNS, m.ink == INK_GOOD ? INK_PLAIN : m.ink, step_name(s));
	canvas_put(c, at.row, at.column + 2 + NAME_COLUMNS + TIME_COLUMNS - (unsigned)strlen(time), TIME_COLUMNS, INK_FAINT, time);
	canvas_put(c, at.row, at.column + behind, at.columns - behind, m.ink == INK_GOOD || m.ink == INK_STRONG ? INK_PLAIN : m.ink, step_detail(p, s));
	arena_free(&a);
}

/* ---- servers ---- */

static const char *result_words(enum candidate_result r)
{
	static const char *const words[] = {
		[RESULT_NOT_TRIED] = "not tried", [RESULT_SIGNED_IN] = "signed in", [RESULT_NAME_SKIPPED] = "passed over", [RESULT_UNRESOLVED] = "no address",
		[RESULT_REFUSED] = "refused", [RESULT_TIMEOUT] = "no answer", [RESULT_TLS_FAILED] = "TLS failed", [RESULT_CLOSED] = "closed",
	};

	return words[r];
}

static enum ink result_ink(enum candidate_result r)
{
	return r == RESULT_SIGNED_IN ? INK_GOOD : r == RESULT_NOT_TRIED ? INK_FAINT : r == RESULT_UNRESOLVED ? INK_PLAIN : INK_BAD;
}

static void server_row(const struct candidate_report *d, struct canvas *c, unsigned row, struct box at)
{
	unsigned name = at.columns - 25;
	bool trusted = d->naming != NAMING_NO_MATCH;

	canvas_put(c, row, at.column, name, INK_PLAIN, d->server);
	canvas_put(c, row, at.column + name + 1, 12, trusted ? INK_PLAIN : INK_BAD, trusted ? "trusted" : "not trusted");
	canvas_put(c, row, at.column + name + 14, 11, result_ink(d->result), result_words(d->result));
}

/* What became of it says more of some than of others. */
static unsigned rank(const struct candidate_report *d)
{
	return d->result == RESULT_SIGNED_IN ? 0 : d->dialled ? 1 : d->result == RESULT_NAME_SKIPPED ? 2 : d->result == RESULT_NOT_TRIED ? 3 : 4;
}

/* As many as there is room for, those first that say most; the last row says how many more there are. */
static unsigned servers(const struct board_phone *p, struct canvas *c, struct box at)
{
	struct arena a = { 0 };
	size_t count = p->attempt.candidate_count, shown = count <= at.rows ? count : at.rows - 1;
	unsigned row = at.row;

	for (unsigned wanted = 0; wanted <= 4; wanted++)
		for (size_t i = 0; i < count && row < at.row + shown; i++)
			if (rank(&p->attempt.candidates[i]) == wanted)
				server_row(&p->attempt.candidates[i], c, row++, at);
	if (shown < count)
		canvas_put(c, at.row + (unsigned)shown, at.column, at.columns, INK_FAINT, arena_printf(&a, "and %zu more servers", count - shown));
	arena_free(&a);
	return (unsigned)shown + (shown < count);
}

/* ---- the newest messages ---- */

static void event_row(const struct board_phone *p, const struct story_line *l, struct canvas *c, unsigned row, struct box at)
{
	struct arena a = { 0 };
	unsigned used;

	used = canvas_put(c, row, at.column, 9, INK_FAINT, words_after(&a, p->attempt.start_ns, l->at_ns));
	used = used < 9 ? 9 : used;
	used += canvas_put(c, row, at.column + used + 1, at.columns - used - 1, INK_PLAIN,
		arena_printf(&a, "%s %s %s", l->from, canvas_choose(c, "\u2192", "->"), l->to)) + 1;
	canvas_put(c, row, at.column + used + 1, at.columns > used ? at.columns - used - 1 : 0, INK_PLAIN, l->text);
	arena_free(&a);
}

static void newest(const struct board_phone *p, struct canvas *c, struct box at)
{
	size_t count = p->attempt.story_count, shown = count < at.rows ? count : at.rows;

	for (size_t i = 0; i < shown; i++)
		event_row(p, &p->attempt.story[count - shown + i], c, at.row + (unsigned)i, at);
}

/* ---- all of it ---- */

void view_phone(const struct board *b, const struct board_phone *p, struct canvas *c, struct box at)
{
	unsigned row = at.row, end = at.row + at.rows, steps = STEP_COUNT, room, used;

	who(p, c, at);
	row++;
	if (row + steps > end)
		steps = end - row;
	for (enum step s = 0; s < steps; s++)
		step_row(b, p, s, c, (struct box){ row++, at.column, 1, at.columns });
	if (row + 2 >= end)
		return;
	room = end - row - 1;
	canvas_rule(c, row++, at.column, at.columns);
	used = servers(p, c, (struct box){ row, at.column, room > 4 ? room / 2 : room - 1, at.columns });
	row += used;
	if (used && row + 4 < end)
		canvas_rule(c, row++, at.column, at.columns);
	if (row < end)
		newest(p, c, (struct box){ row, at.column, end - row, at.columns });
}

/* ---- the verdict as it stands ---- */

/* What has yet to happen before the verdict stays. */
static const char *waits_for(struct arena *a, const struct board *b, const struct board_phone *p)
{
	const struct attempt_report *r = &p->attempt;
	const struct story_line *latest = board_latest(p);
	enum step running = board_running(p);

	if (b->ended || !r->going_on)
		return "The sign-in is over.";
	if (board_is_decided(b, p))
		return "Nothing more is waited for.";
	if (r->outcome == OUTCOME_SIGNED_IN)
		return arena_printf(a, "The session stands for %s; after 10 s it counts.", view_span(a, moment_span(r->steps[STEP_REGISTER].start_ns, b->now_ns)));
	if (r->outcome == OUTCOME_FAILED)
		return arena_printf(a, "The phone may try again: silent for %s, after 30 s it has given up.", view_span(a, moment_span(r->end_ns, b->now_ns)));
	return arena_printf(a, "At %s%s%s%s", running != STEP_NONE ? step_name(running) : "its end", latest ? "; last, " : "",
		latest ? arena_printf(a, "%s ago: %s %s %s: ", view_span(a, moment_span(latest->at_ns, b->now_ns)), latest->from, "to", latest->to) : "", latest ? latest->text : "");
}

static const char *verdict_now(struct arena *a, const struct board_phone *p)
{
	const struct attempt_report *r = &p->attempt;

	if (r->going_on && (r->outcome == OUTCOME_UNFINISHED || r->outcome == OUTCOME_UNKNOWN))
		return r->outcome == OUTCOME_UNKNOWN ? "No verdict so far: packets are missing." : "No verdict so far.";
	return words_verdict(a, r);
}

void view_verdict(const struct board *b, const struct board_phone *p, struct canvas *c, struct box at)
{
	struct arena a = { 0 };
	const struct attempt_report *r = &p->attempt;
	const char *sure = r->cause ? arena_printf(&a, "%s, %s. ", r->cause->rule->code, grade_name(r->cause->grade)) : "";
	unsigned used;

	canvas_put(c, at.row, at.column, 1, view_ink(b, p), view_mark(c, b, p));
	used = canvas_wrap(c, at.row, at.column + 2, at.columns - 2, at.rows - 1, view_ink(b, p), verdict_now(&a, p));
	canvas_wrap(c, at.row + used, at.column + 2, at.columns - 2, at.rows - used, INK_PLAIN, arena_printf(&a, "%s%s", sure, waits_for(&a, b, p)));
	arena_free(&a);
}

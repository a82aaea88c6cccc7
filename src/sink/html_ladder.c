/*
 * The sign-in message by message, as a ladder: a line down for everybody who takes part, an arrow for each message. It is a table with a drawing in
 * each row, so that it breaks over sheets, becomes narrow, can be linked to line by line, and is read aloud as what it says.
 */
#include <string.h>

#include "base/moment.h"
#include "sink/evidence.h"
#include "sink/html_parts.h"
#include "sink/words.h"

enum { LANES = 8, PAUSE_S = 3 };

static const struct lane { const char *name, *title; bool always; } lanes[LANES] = {
	{ "phone", "phone", true }, { "switch", "switch", false }, { "dhcp", "DHCP", true }, { "ntp", "NTP", false }, { "dns", "DNS", true },
	{ "dc", "DC", true }, { "web", "web", true }, { "sip", "SIP", true },
};

struct ladder {
	const struct attempt_report *attempt;
	unsigned place[LANES];          /* of a lane among those that are drawn, from 1; 0: not drawn */
	unsigned count;
	size_t broke_behind;            /* the story's line, from 1; 0: nowhere */
};

static unsigned lane_of(const char *name)
{
	for (unsigned i = 0; i < LANES; i++)
		if (strcmp(lanes[i].name, name) == 0)
			return i;
	return LANES;
}

static bool is_used(const struct attempt_report *a, unsigned lane)
{
	for (size_t i = 0; i < a->story_count; i++)
		if (lane_of(a->story[i].from) == lane || lane_of(a->story[i].to) == lane)
			return true;
	return false;
}

/* Behind the last message that shows the cause; where none does, behind the last one of its step. */
static size_t place_of_break(const struct attempt_report *a)
{
	size_t shown = 0, of_step = 0;

	if (!a->cause)
		return 0;
	for (size_t i = 0; i < a->story_count; i++) {
		if (frames_have(&a->cause->frames, a->story[i].frame))
			shown = i + 1;
		if (a->story[i].step == a->cause->step)
			of_step = i + 1;
	}
	return shown ? shown : of_step ? of_step : a->story_count;
}

static struct ladder ladder_of(const struct attempt_report *a)
{
	struct ladder l = { .attempt = a, .broke_behind = place_of_break(a) };

	for (unsigned i = 0; i < LANES; i++)
		if (lanes[i].always || is_used(a, i))
			l.place[i] = ++l.count;
	return l;
}

/* A lane's place across, in thousandths of the width. */
static unsigned across(const struct ladder *l, unsigned lane)
{
	return (2 * l->place[lane] - 1) * 1000 / (2 * l->count);
}

static void put_across(struct html *h, const char *attribute, unsigned thousandths)
{
	html_putf(h, " %s=\"%u.%u%%\"", attribute, thousandths / 10, thousandths % 10);
}

/* ---- the head: names of the lanes, and the lines that every row repeats ---- */

static void define_lanes(struct html *h, const struct ladder *l)
{
	html_putf(h, "<defs><g id=\"lanes-p%zus%zu\">", h->phone, h->attempt);
	for (unsigned i = 0; i < LANES; i++)
		if (l->place[i]) {
			html_put(h, "<line class=\"lane\" y1=\"0\" y2=\"100%\"");
			put_across(h, "x1", across(l, i));
			put_across(h, "x2", across(l, i));
			html_put(h, "/>");
		}
	html_put(h, "</g>");
	for (unsigned hit = 0; hit < 2; hit++)
		html_putf(h, "<marker id=\"tip%s-p%zus%zu\" viewBox=\"0 0 8 8\" refX=\"7.5\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" "
			"orient=\"auto\"><path class=\"head%s\" d=\"M0 0L8 4L0 8z\"/></marker>", hit ? "-hit" : "", h->phone, h->attempt, hit ? "-hit" : "");
	html_put(h, "</defs>");
}

static void head(struct html *h, const struct ladder *l)
{
	html_put(h, "<thead><tr><th scope=\"col\" class=\"after num\">after</th><th scope=\"col\" class=\"cell picture\"><span class=\"unseen\">frame, from whom to whom</span>"
		"<svg aria-hidden=\"true\">");
	define_lanes(h, l);
	for (unsigned i = 0; i < LANES; i++)
		if (l->place[i]) {
			html_put(h, "<text y=\"70%\"");
			put_across(h, "x", across(l, i));
			html_putf(h, ">%s</text>", lanes[i].title);
		}
	html_put(h, "</svg></th><th scope=\"col\" class=\"said\">what was said</th></tr></thead>\n");
}

/* ---- rows ---- */

static void draw_lanes(struct html *h)
{
	html_putf(h, "<use href=\"#lanes-p%zus%zu\"/>", h->phone, h->attempt);
}

static void draw_arrow(struct html *h, const struct ladder *l, const struct story_line *line, bool hit)
{
	unsigned from = lane_of(line->from), to = lane_of(line->to);
	char frame[FRAME_TEXT];

	if (from == LANES || to == LANES || from == to)
		return;
	html_put(h, "<line class=\"arrow\" y1=\"60%\" y2=\"60%\"");
	put_across(h, "x1", across(l, from));
	put_across(h, "x2", across(l, to));
	html_putf(h, " marker-end=\"url(#tip%s-p%zus%zu)\"/><text y=\"60%%\" dy=\"-5\"", hit ? "-hit" : "", h->phone, h->attempt);
	put_across(h, "x", (across(l, from) + across(l, to)) / 2);
	html_putf(h, ">%s</text>", frame_format(line->frame, h->several_files, frame));
}

/* A lane's title; what is no lane is told as it is. */
static void put_party(struct html *h, const char *name)
{
	unsigned lane = lane_of(name);

	html_text(h, lane == LANES ? name : lanes[lane].title);
}

static void put_parties(struct html *h, const struct story_line *line)
{
	bool drawn = lane_of(line->from) != LANES && lane_of(line->to) != LANES;
	char frame[FRAME_TEXT];

	html_putf(h, "<span class=\"%s\">frame %s, ", drawn ? "unseen" : "faint", frame_format(line->frame, h->several_files, frame));
	put_party(h, line->from);
	html_put(h, " to ");
	put_party(h, line->to);
	html_put(h, "</span>");
}

/* The first line about a frame is what links to the frame lead to. */
static void start_row(struct html *h, const struct attempt_report *a, size_t i, bool hit)
{
	frame_ref f = a->story[i].frame;
	bool first = true;

	for (size_t k = 0; k < i && first; k++)
		first = a->story[k].frame != f;
	html_put(h, "<tr");
	if (first)
		html_putf(h, " id=\"p%zus%zuf%u-%llu\"", h->phone, h->attempt, frame_file(f), (unsigned long long)frame_number(f));
	html_put(h, hit ? " class=\"hit\">" : ">");
}

static void row(struct html *h, const struct ladder *l, size_t i)
{
	const struct attempt_report *a = l->attempt;
	const struct story_line *line = &a->story[i];
	bool hit = a->cause && frames_have(&a->cause->frames, line->frame);

	start_row(h, a, i, hit);
	html_putf(h, "<td class=\"num\">%s</td><td class=\"cell\">", words_after(&h->scratch, a->start_ns, line->at_ns));
	put_parties(h, line);
	html_put(h, "<svg aria-hidden=\"true\">");
	draw_lanes(h);
	draw_arrow(h, l, line, hit);
	html_put(h, "</svg></td><td class=\"said\">");
	html_name(h, line->text);
	html_put(h, "</td></tr>\n");
}

static void pause_row(struct html *h, int64_t span_ns)
{
	html_put(h, "<tr class=\"pause\"><td class=\"num\"></td><td class=\"cell\"><svg aria-hidden=\"true\">");
	draw_lanes(h);
	html_putf(h, "</svg></td><td class=\"said\">%s later</td></tr>\n", words_duration(&h->scratch, span_ns));
}

static void break_row(struct html *h, const struct ladder *l)
{
	html_put(h, "<tr class=\"broke-here\"><td class=\"num\"></td><td class=\"cell\"><svg aria-hidden=\"true\">");
	draw_lanes(h);
	html_put(h, "<svg y=\"50%\" overflow=\"visible\"");
	put_across(h, "x", across(l, 0));
	html_putf(h, "><path class=\"cross\" d=\"M-6-6L6 6M6-6L-6 6\"/></svg></svg></td><td class=\"said\">Here it broke: %s</td></tr>\n",
		words_step(l->attempt->cause->step));
}

void html_ladder(struct html *h, const struct attempt_report *a)
{
	struct ladder l = ladder_of(a);

	if (a->story_count == 0)
		return;
	html_put(h, "<section class=\"part\">");
	html_heading(h, "Message by message");
	html_put(h, "<table class=\"ladder\">\n");
	head(h, &l);
	html_put(h, "<tbody>\n");
	for (size_t i = 0; i < a->story_count; i++) {
		if (i && moment_span(a->story[i - 1].at_ns, a->story[i].at_ns) >= PAUSE_S * NS_PER_S)
			pause_row(h, moment_span(a->story[i - 1].at_ns, a->story[i].at_ns));
		row(h, &l, i);
		if (i + 1 == l.broke_behind)
			break_row(h, &l);
	}
	html_put(h, "</tbody></table></section>\n");
}

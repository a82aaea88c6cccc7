/* One finding told in full, and the help. Both are texts that scroll. */
#include <stdio.h>
#include <string.h>

#include "sink/words.h"
#include "watch/view_parts.h"

/* A text that is written on a canvas as high as it needs, and shown through a window. */
struct sheet {
	struct canvas canvas;
	unsigned row;
};

enum { SHEET_ROWS = 200, LABEL = 12 };

static void heading(struct sheet *s, enum ink ink, const char *text)
{
	s->row += canvas_wrap(&s->canvas, s->row, 0, s->canvas.columns, SHEET_ROWS - s->row, ink, text) + 1;
}

static void labelled(struct sheet *s, const char *label, const char *text)
{
	unsigned used;

	if (!text || !*text || s->row + 2 >= SHEET_ROWS)
		return;
	canvas_put(&s->canvas, s->row, 0, LABEL, INK_FAINT, label);
	used = canvas_wrap(&s->canvas, s->row, LABEL, s->canvas.columns - LABEL, SHEET_ROWS - s->row, INK_PLAIN, text);
	s->row += used + 1;
}

static void show(struct sheet *s, struct view *v, struct canvas *c, struct box at)
{
	s->row = s->row < SHEET_ROWS ? s->row : SHEET_ROWS;
	v->reach = s->row > at.rows ? s->row - at.rows : 0;
	if (v->scroll > v->reach)
		v->scroll = v->reach;
	for (unsigned i = 0; i < at.rows && v->scroll + i < s->row; i++)
		memcpy(c->cells + (size_t)(at.row + i) * c->columns + at.column, s->canvas.cells + (size_t)(v->scroll + i) * s->canvas.columns,
			s->canvas.columns * sizeof *c->cells);
	canvas_free(&s->canvas);
}

static struct sheet sheet_start(const struct canvas *c, struct box at)
{
	struct sheet s = { 0 };

	canvas_clear(&s.canvas, SHEET_ROWS, at.columns, c->utf8);
	return s;
}

void view_explain(struct view *v, const struct board_phone *p, struct canvas *c, struct box at)
{
	struct sheet s = sheet_start(c, at);
	struct arena a = { 0 };
	const struct finding_report *f;

	if (!p->attempt.finding_count) {
		heading(&s, INK_PLAIN, "Nothing was found wrong so far.");
		show(&s, v, c, at);
		return;
	}
	if (v->finding >= p->attempt.finding_count)
		v->finding = 0;
	f = &p->attempt.findings[v->finding];
	heading(&s, f->severity == SEVERITY_ERROR ? INK_BAD : f->severity == SEVERITY_WARNING ? INK_CAUTION : INK_STRONG,
		arena_printf(&a, "%s%s%s   (%s, %u of %zu)", f->rule->code, *f->subject ? ": " : "", f->subject, severity_name(f->severity), v->finding + 1, p->attempt.finding_count));
	labelled(&s, "here", f->message);
	labelled(&s, "how sure", words_grade(f->grade));
	labelled(&s, "frames", words_frames(&a, &f->frames, 8, false));
	labelled(&s, "fix", f->fix);
	labelled(&s, "it means", f->rule->meaning);
	labelled(&s, "on the wire", f->rule->wire);
	labelled(&s, "then", f->rule->next);
	labelled(&s, "in general", f->rule->fix);
	labelled(&s, "source", f->rule->source);
	show(&s, v, c, at);
	arena_free(&a);
}

void view_help(struct view *v, struct canvas *c, struct box at)
{
	struct sheet s = sheet_start(c, at);

	heading(&s, INK_STRONG, "Keys");
	labelled(&s, "up, down", "another phone; in the other views, scroll (also j and k, page up and down, home and end)");
	labelled(&s, "enter", "the phone's messages as a ladder; again, or escape: back");
	labelled(&s, "e", "what the finding means and how to repair it; again: the next finding");
	labelled(&s, "x", "write the phone's packets into a pcapng file, with the findings as comments");
	labelled(&s, "/", "only phones in which this text occurs: address, maker, domain, outcome, cause");
	labelled(&s, "p", "hold the picture; watching goes on");
	labelled(&s, "q", "end");
	heading(&s, INK_STRONG, "Marks");
	labelled(&s, canvas_choose(c, "\u2713", "+"), "came through");
	labelled(&s, "!", "came through, but something is wrong with it");
	labelled(&s, canvas_choose(c, "\u2717", "x"), "failed, and the phone did not get past it");
	labelled(&s, canvas_choose(c, "\u25b8", ">"), "what the phone is at now, with the time since it began");
	labelled(&s, canvas_choose(c, "\u2212", "-"), "skipped: the phone has it from an earlier sign-in");
	labelled(&s, canvas_choose(c, "\u00b7", "blank"), "not seen so far");
	show(&s, v, c, at);
}

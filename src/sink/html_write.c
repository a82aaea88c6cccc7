#include <stdarg.h>
#include <string.h>

#include "base/safe.h"
#include "base/text.h"
#include "sink/html_parts.h"
#include "sink/words.h"

void html_put(struct html *h, const char *markup)
{
	fputs(markup, h->out);
}

void html_putf(struct html *h, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(h->out, format, args);
	va_end(args);
}

/* ---- what is not our own ---- */

static void put_octet(struct html *h, char c)
{
	switch (c) {
	case '<': html_put(h, "&lt;"); return;
	case '>': html_put(h, "&gt;"); return;
	case '&': html_put(h, "&amp;"); return;
	case '"': html_put(h, "&quot;"); return;
	case '\'': html_put(h, "&#39;"); return;
	default: putc(c, h->out);
	}
}

/* First what cannot be shown becomes \x1b, so that what is left is valid UTF-8 without controls; then what is markup loses its meaning. */
static void put_text(struct html *h, const char *text, bool breaks)
{
	struct text t = text_start(SIZE_MAX / 2);
	const char *shown;

	safe_add(&t, text, true);
	shown = text_string(&t);
	for (const char *p = shown; *p; p++) {
		put_octet(h, *p);
		if (breaks && *p == '.' && p > shown && p[1] && p[1] != ' ')
			html_put(h, "<wbr/>");
	}
	text_free(&t);
}

void html_text(struct html *h, const char *text)
{
	put_text(h, text, false);
}

void html_name(struct html *h, const char *text)
{
	put_text(h, text, true);
}

/* ---- pieces ---- */

void html_cell(struct html *h, const char *label, const char *text)
{
	html_putf(h, "<td data-label=\"%s\">", label);
	html_text(h, text);
	html_put(h, "</td>");
}

void html_heading(struct html *h, const char *words)
{
	html_putf(h, "<h%u>%s</h%u>\n", h->level, words, h->level);
}

static bool is_told(const struct attempt_report *a, frame_ref f)
{
	for (size_t i = 0; i < a->story_count; i++)
		if (a->story[i].frame == f)
			return true;
	return false;
}

/* To the frame's line in the ladder, where it has one. */
void html_frame_link(struct html *h, const struct attempt_report *a, frame_ref f)
{
	char name[FRAME_TEXT];

	frame_format(f, h->several_files, name);
	if (is_told(a, f))
		html_putf(h, "<a href=\"#p%zus%zuf%u-%llu\">%s</a>", h->phone, h->attempt, frame_file(f), (unsigned long long)frame_number(f), name);
	else
		html_put(h, name);
}

void html_frames(struct html *h, const struct attempt_report *a, const struct frame_list *frames, size_t runs_max)
{
	if (frames->count && frames->count <= runs_max)
		for (size_t i = 0; i < frames->count; i++) {
			html_put(h, i ? ", " : "");
			html_frame_link(h, a, frames->at[i]);
		}
	else if (frames->count)
		html_text(h, words_frames(&h->scratch, frames, runs_max, h->several_files));
}

static const char *mark_shape(enum outcome o)
{
	switch (o) {
	case OUTCOME_FAILED: return "<path d=\"M8 8l8 8M16 8l-8 8\"/>";
	case OUTCOME_SIGNED_IN: return "<path d=\"M7 12.5l3.5 3.5 6.5-8\"/>";
	case OUTCOME_UNFINISHED: return "<path d=\"M7 12h.01M12 12h.01M17 12h.01\"/>";
	case OUTCOME_UNKNOWN: break;
	}
	return "<path d=\"M9 9.3a3 3 0 1 1 4.3 2.7c-.9.5-1.3 1-1.3 2M12 17.2h.01\"/>";
}

void html_mark(struct html *h, enum outcome o)
{
	html_putf(h, "<svg class=\"mark\" viewBox=\"0 0 24 24\" aria-hidden=\"true\"><circle cx=\"12\" cy=\"12\" r=\"11\"/>%s</svg>\n", mark_shape(o));
}

const char *html_tone(const struct attempt_report *a)
{
	switch (a->outcome) {
	case OUTCOME_FAILED: return "failed";
	case OUTCOME_SIGNED_IN: return words_count(a, SEVERITY_WARNING) ? "caution" : "fine";
	case OUTCOME_UNFINISHED:
	case OUTCOME_UNKNOWN: break;
	}
	return "caution";
}

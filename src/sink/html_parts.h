/*
 * Pieces of the page. Everything that is not the program's own goes through html_text, which makes it harmless in text and in an attribute's
 * quotes; html_put and html_putf take only the program's own words and numbers.
 */
#ifndef SINK_HTML_PARTS_H
#define SINK_HTML_PARTS_H

#include <stdio.h>

#include "base/arena.h"
#include "sink/html.h"

struct html {
	FILE *out;
	const struct report *report;
	const struct html_options *options;
	bool several_files;
	struct arena scratch;           /* reset behind every phone */
	size_t phone, attempt;          /* the one that is told, from 1: its part of the page's anchors */
	unsigned level;                 /* of the headings of its parts: h2 to h4 */
};

/* ---- html_write.c ---- */
void html_put(struct html *h, const char *markup);
void html_putf(struct html *h, const char *format, ...) __attribute__((format(printf, 2, 3)));
void html_text(struct html *h, const char *text);
void html_name(struct html *h, const char *text);       /* a name that may go on in another line behind its dots */
void html_cell(struct html *h, const char *label, const char *text);    /* <td>; the label stands before it where columns do not fit */
void html_heading(struct html *h, const char *words);   /* of a part of a sign-in */
void html_frames(struct html *h, const struct attempt_report *a, const struct frame_list *frames, size_t runs_max);
void html_frame_link(struct html *h, const struct attempt_report *a, frame_ref f);
void html_mark(struct html *h, enum outcome o);         /* its sign in a circle */
const char *html_tone(const struct attempt_report *a);  /* class of what has its colour */

/* ---- parts of a sign-in, each with its heading; nothing where there is nothing to tell ---- */
void html_attempt(struct html *h, const struct phone_report *phone, const struct attempt_report *a);
void html_headline(struct html *h, const struct attempt_report *a);      /* how it ended, in a few words; and the sentence below them */
void html_lead(struct html *h, const struct attempt_report *a);
void html_track(struct html *h, const struct attempt_report *a);
void html_steps(struct html *h, const struct attempt_report *a);
void html_candidates(struct html *h, const struct phone_report *phone, const struct attempt_report *a);
void html_certificates(struct html *h, const struct attempt_report *a);
void html_cause(struct html *h, const struct attempt_report *a);
void html_other_findings(struct html *h, const struct attempt_report *a);
void html_ladder(struct html *h, const struct attempt_report *a);

/* ---- html_index.c ---- */
void html_index(struct html *h);        /* phones by cause; links to them unless it is only a summary */

#endif

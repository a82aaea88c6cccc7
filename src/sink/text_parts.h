/* Pieces of the report for a person: the words for values, and the tables. */
#ifndef SINK_TEXT_PARTS_H
#define SINK_TEXT_PARTS_H

#include "sink/page.h"

enum { TEXT_INDENT = 2, TEXT_GUTTER = 14 };     /* where labels begin, and what stands behind them */

/* The texts live in the page's scratch. */
const char *text_frames(struct page *p, const struct frame_list *frames, bool several_files);  /* 2-5, 8, 9; or 2-57 (12) */
const char *text_addresses(struct page *p, const struct addr_list *addresses);

enum ink text_outcome_ink(const struct attempt_report *a);                        /* good, bad, or something between */

/* A label in the margin: text put or a paragraph begun behind it stands in the gutter's column. */
void text_label(struct page *p, const char *label);

/* `brief`: a line for each step. */
void text_steps(struct page *p, const struct attempt_report *a, bool several_files, bool brief);
void text_candidates(struct page *p, const struct phone_report *phone, const struct attempt_report *a);

/* The messages that show a finding, each with its time and who said it, only the first few if `brief`; frames of which nothing was told are listed behind. */
void text_evidence(struct page *p, const struct attempt_report *a, const struct finding_report *f, bool several_files, bool brief);
void text_story(struct page *p, const struct attempt_report *a, bool several_files);

#endif

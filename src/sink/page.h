/*
 * Text for a person to read: wrapped to a width, in aligned columns, coloured where that is wanted.
 *
 * Whatever text is put on a page, only the page acts on the terminal: characters that have no shape of their own are shown as \x1b or \u202e,
 * and a page that is not UTF-8 shows every character beyond ASCII so.
 */
#ifndef SINK_PAGE_H
#define SINK_PAGE_H

#include <stddef.h>

#include "base/arena.h"
#include "sink/sink.h"

enum ink { INK_PLAIN, INK_STRONG, INK_GOOD, INK_CAUTION, INK_BAD, INK_FAINT };

struct page {
	FILE *out;
	struct text_style style;
	unsigned column;                /* columns written on the line so far */
	struct arena scratch;
};

struct page page_start(FILE *out, const struct text_style *style);
void page_end(struct page *p);

/* The text as it may be shown: good until the page ends. */
char *page_safe(struct page *p, const char *text);

/* One of two texts: the first on a UTF-8 page. Both are the program's own. */
const char *page_choose(const struct page *p, const char *utf8, const char *ascii);

/* Text in the middle of a line, not wrapped. */
void page_put(struct page *p, enum ink ink, const char *text);

/* Blanks up to `column`; one where the line is longer already. */
void page_tab(struct page *p, unsigned column);

/* Text from where the line is to its end; what does not fit goes on in lines that begin at `indent`. */
void page_paragraph(struct page *p, unsigned indent, enum ink ink, const char *text);

/* Text from where the line is to its end; what does not fit is left out and an ellipsis says so. Ends the line. */
void page_brief(struct page *p, enum ink ink, const char *text);

void page_line(struct page *p);         /* ends the line */

struct page_column {
	const char *title;              /* NULL for a column without one */
	bool right;                     /* aligned at its right end: numbers */
	unsigned least;                 /* may become as narrow as this, its text wrapping; 0: never narrower than its text */
	bool brief;                     /* what does not fit is left out instead, and an ellipsis says so */
};

struct page_cell {
	const char *text;               /* NULL for an empty one */
	enum ink ink;
	const char *below;              /* goes on in a line of its own; NULL for nothing */
};

/* Rows in aligned columns, `cells` row by row; titles above them if any column has one. */
void page_grid(struct page *p, unsigned indent, const struct page_column *columns, size_t column_count, const struct page_cell *cells, size_t row_count);

#endif

/*
 * What a screen shows, before any terminal: rows of cells with a character and an ink. Views draw on it, screen.c puts it on a terminal, tests read it
 * as text. Whatever text is put on it, a cell holds a character that has a shape: others are shown as \x1b, as everywhere in the program.
 */
#ifndef WATCH_CANVAS_H
#define WATCH_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sink/page.h"

struct cell {
	uint32_t character;             /* 0: the right half of a wide one */
	uint8_t ink;                    /* enum ink */
	bool chosen;                    /* the line that keys act on */
};

struct canvas {
	unsigned rows, columns;
	bool utf8;
	struct cell *cells;             /* row by row */
};

/* Blank, of this size. Cells that were there are given back. */
void canvas_clear(struct canvas *c, unsigned rows, unsigned columns, bool utf8);
void canvas_free(struct canvas *c);

/* Text from `column` on, in at most `width` columns; what does not fit is left out and ends in an ellipsis. Answers the columns it took. */
unsigned canvas_put(struct canvas *c, unsigned row, unsigned column, unsigned width, enum ink ink, const char *text);

/* Text in lines of at most `width`, broken between words, in at most `rows` rows. Answers the rows it took; the last one ends in an ellipsis where there was more. */
unsigned canvas_wrap(struct canvas *c, unsigned row, unsigned column, unsigned width, unsigned rows, enum ink ink, const char *text);

/* One of two texts of the program's own: the first where the terminal has UTF-8. */
const char *canvas_choose(const struct canvas *c, const char *utf8, const char *ascii);

void canvas_rule(struct canvas *c, unsigned row, unsigned column, unsigned width);      /* a thin line */
void canvas_upright(struct canvas *c, unsigned row, unsigned column, unsigned rows);
void canvas_choose_row(struct canvas *c, unsigned row, unsigned column, unsigned width);

/* A row as UTF-8 without the blanks at its end. Free it. */
char *canvas_row(const struct canvas *c, unsigned row);

#endif

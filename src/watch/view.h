/*
 * What the screen shows of a board, and what keys do: pure, no terminal, no clock. The same board and view draw the same canvas.
 */
#ifndef WATCH_VIEW_H
#define WATCH_VIEW_H

#include "watch/board.h"
#include "watch/canvas.h"

enum view_mode { VIEW_PHONES, VIEW_LADDER, VIEW_EXPLAIN, VIEW_HELP };

struct view {
	enum view_mode mode;
	bool has_chosen;
	struct mac chosen;              /* by address: phones come and go */
	bool at_end;                    /* the ladder shows the newest messages */
	unsigned scroll;                /* lines that are above the screen */
	unsigned reach;                 /* how far it can be scrolled, as far as the last drawing knows */
	unsigned finding;               /* which one is explained */
	bool typing, paused;            /* a filter is typed; the board stands still */
	char filter[64];
	char note[160];                 /* of the program to the user; the next key takes it away */
};

enum press {
	PRESS_NONE, PRESS_UP, PRESS_DOWN, PRESS_PAGE_UP, PRESS_PAGE_DOWN, PRESS_HOME, PRESS_END, PRESS_ENTER, PRESS_ESCAPE, PRESS_BACKSPACE, PRESS_RESIZE,
	PRESS_CHARACTER,
};

enum wish { WISH_NOTHING, WISH_QUIT, WISH_EXPORT, WISH_PAUSE };

/* What the key does: changes the view, or is a wish that only the program can grant. `character` of PRESS_CHARACTER. */
enum wish view_press(struct view *v, const struct board *b, enum press key, char character);

/* The phone that is chosen: the first one that the filter lets through where none is. NULL without a phone. */
const struct board_phone *view_chosen(const struct view *v, const struct board *b);

/* Draws everything. The canvas has its size already. */
void view_draw(struct view *v, const struct board *b, struct canvas *c);

#endif

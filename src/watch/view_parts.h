/* Pieces of the views. */
#ifndef WATCH_VIEW_PARTS_H
#define WATCH_VIEW_PARTS_H

#include "watch/view.h"

/* A window of the canvas. */
struct box { unsigned row, column, rows, columns; };

void view_ladder(struct view *v, const struct board_phone *p, struct canvas *c, struct box at);
void view_explain(struct view *v, const struct board_phone *p, struct canvas *c, struct box at);
void view_help(struct view *v, struct canvas *c, struct box at);
void view_phone(const struct board *b, const struct board_phone *p, struct canvas *c, struct box at);

/* What the verdict is by now, how sure, and what it waits for; `rows` at least 2. */
void view_verdict(const struct board *b, const struct board_phone *p, struct canvas *c, struct box at);

/* A span as short as can be: "12s", "3m", "2h". */
const char *view_span(struct arena *a, int64_t span_ns);

/* One mark for an outcome so far; never the only sign. */
const char *view_mark(const struct canvas *c, const struct board *b, const struct board_phone *p);
enum ink view_ink(const struct board *b, const struct board_phone *p);

#endif

/*
 * A canvas on a terminal, and keys from it. The only file that knows curses. One screen at a time.
 */
#ifndef WATCH_SCREEN_H
#define WATCH_SCREEN_H

#include "watch/canvas.h"
#include "watch/view.h"

/* Takes the terminal over, and stderr, whose lines are kept for screen_close. False where it cannot show a screen (no terminal, TERM=dumb). */
bool screen_open(void);

/* Its size now. */
void screen_size(unsigned *ret_rows, unsigned *ret_columns);
bool screen_has_utf8(void);

/* Shows the canvas; only what is another than before is sent. */
void screen_show(const struct canvas *c, bool colour);

/* The next key; PRESS_NONE where none was pressed. */
enum press screen_key(char *ret_character);

/* Gives the terminal back as it was; what was logged meanwhile is written now. Good to be called twice, and from an exit handler. */
void screen_close(void);

#endif

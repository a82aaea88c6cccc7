/* The board as lines with a time, for a log or a pipe: each message, each step that is another, each verdict. */
#ifndef WATCH_PLAIN_H
#define WATCH_PLAIN_H

#include <stdio.h>

#include "watch/board.h"

struct plain;

struct plain *plain_new(FILE *out, bool utf8);        /* characters beyond ASCII as they are, or as \x1b and \u200b */

/* Prints what is new since the last call. */
void plain_show(struct plain *p, const struct board *b);
void plain_free(struct plain *p);

#endif

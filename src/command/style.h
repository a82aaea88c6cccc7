/* How standard output wants text for a person: colour, width, and which characters it can show. */
#ifndef COMMAND_STYLE_H
#define COMMAND_STYLE_H

#include "sink/sink.h"

enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

/* "auto", "always" or "never"; false after a complaint. */
bool style_parse_when(const char *text, enum when *ret);

/* WHEN_AUTO colours a terminal, unless NO_COLOR is set (no-color.org) or the terminal is dumb. The width is the terminal's, within reason; 80 elsewhere. */
struct text_style style_of_output(enum when colour);

#endif

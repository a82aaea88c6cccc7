/*
 * What of a text from packets may be shown: a name or a comment could carry escape sequences that steer a terminal, or characters that turn the
 * direction of the text behind them (Unicode Technical Report 36, section 2.5) and so make a report say what it does not say.
 */
#ifndef BASE_SAFE_H
#define BASE_SAFE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/text.h"

/* The character that a valid UTF-8 sequence (base/text.h, utf8_length) encodes. */
uint32_t safe_character(struct span sequence);

/* False for controls (C0, DEL, C1), line and paragraph separators, and everything that has no shape of its own but changes what stands around it. */
bool safe_is_printable(uint32_t character);

/* The text as it may be shown, put behind `t`: what is not printable (or, without `utf8`, not ASCII) as \x1b or \u202e, invalid octets as \xff. */
void safe_add(struct text *t, const char *text, bool utf8);

#endif

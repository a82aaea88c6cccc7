/*
 * A growing text with a maximum that must be given: what does not fit is left out and remembered, never written past the end.
 * Octets from packets become valid UTF-8 here, once, so that no sink has to ask again.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cursor.h"

struct text {
	char *data;             /* NUL-terminated once anything was added */
	size_t len, room, max;
	bool cut;               /* something did not fit */
};

/* An empty text that never holds more than `max` octets: where something does not fit, what fits of it is its last, and no character of UTF-8 is cut. */
struct text text_start(size_t max);
void text_free(struct text *t);
void text_clear(struct text *t);
const char *text_string(const struct text *t);          /* never NULL */

void text_add(struct text *t, const char *more);
void text_add_octet(struct text *t, char c);
void text_add_span(struct text *t, struct span s);
void text_addf(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_add_hex(struct text *t, struct span s);       /* lower case, nothing between */

/* Octets as text: what is valid UTF-8 stays, every other octet becomes \xhh (contract section 2, "Forms"). */
void text_add_printable(struct text *t, struct span s);

/* Whether the text begins so, ASCII letters in either case; no text does not. */
bool text_starts(const char *text, const char *with);

/* The length of the valid UTF-8 sequence that `s` begins with, 0 if there is none. */
size_t utf8_length(struct span s);

#endif

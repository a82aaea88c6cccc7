/*
 * Writes JSON (RFC 8259) into a growing text: objects, lists and values in the order they come; commas are its own business.
 * Faster than building a tree first, which is what a line for each of a million events needs.
 *
 * Any text gives valid JSON: octets that are not UTF-8 become \xhh (contract section 2, "Forms"), and characters that could steer a terminal
 * (controls, bidirectional overrides) are escaped, so that a line may be looked at without harm.
 */
#ifndef SINK_WRITER_H
#define SINK_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/addr.h"

struct writer {
	char *data;
	size_t len, room;
	bool comma;                     /* something stands before, in the same object or list */
	bool has_second;                /* `second` and `second_text` hold the second written last: packets of one second are many */
	int64_t second;
	char second_text[24];
};

/* A zeroed struct writer is an empty one. */
void writer_clear(struct writer *w);
void writer_free(struct writer *w);

void writer_open(struct writer *w, char bracket);   /* '{' or '[' */
void writer_close(struct writer *w, char bracket);  /* '}' or ']' */
void writer_key(struct writer *w, const char *name);

void writer_text(struct writer *w, const char *text, size_t len);
void writer_string(struct writer *w, const char *text);             /* NUL-terminated; null for NULL */
void writer_number(struct writer *w, uint64_t n);
void writer_signed(struct writer *w, int64_t n);
void writer_hex(struct writer *w, uint64_t n, unsigned digits);     /* a text: 0x0000002a */
void writer_real(struct writer *w, double v, unsigned decimals);    /* finite */
void writer_truth(struct writer *w, bool v);
void writer_null(struct writer *w);
void writer_time(struct writer *w, int64_t at_ns, unsigned digits); /* RFC 3339 */
void writer_mac(struct writer *w, struct mac m);
void writer_addr(struct writer *w, const struct addr *a);
void writer_endpoint(struct writer *w, const struct endpoint *e);   /* 10.0.0.1:53, [fe80::1]:53 */

/* Ends the text with a newline, writes it out and clears it. Whether it was written shows in ferror(out). */
void writer_line(struct writer *w, FILE *out);

/* Writes out what there is so far; the text goes on. */
void writer_part(struct writer *w, FILE *out);

/* The text, NUL-terminated; good until the next call. */
const char *writer_result(struct writer *w);

#endif

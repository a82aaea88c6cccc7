/*
 * A stand-in for the flow layer: gives a dissector octets as the flow layer would, and keeps the events it reports.
 * It implements emit_*; a test that uses it never links flow.c.
 */
#ifndef TESTS_UNIT_FAKE_EMIT_H
#define TESTS_UNIT_FAKE_EMIT_H


#include "flow/dissector.h"

struct emit {
	struct arena arena;
	struct layers layers;
	int64_t at_ns;
	bool cut;
	uint64_t offset;
	struct event *events[4096];
	size_t count;
	size_t malformed, counted;
	const char *last_reason;
};

void fake_reset(struct emit *to);
void fake_datagram(const struct dissector *d, struct emit *to, const void *octets, size_t len);

/* A whole conversation: pieces of both sides in order. Each piece is given `step` octets at a time (0: whole). A piece without octets is a hole
 * of `len` octets, and of unknown length if that is 0. */
struct piece { enum side from; const void *octets; size_t len; };
void fake_stream(const struct dissector *d, struct emit *to, const struct piece *pieces, size_t count, size_t step);

/* All events as one text, a line each, for comparing: "proto kind {name: value, ...}". Free it. */
char *fake_print(const struct emit *to);

#endif

/*
 * A frame that is being changed: octets that may be written, and the checksums that cover them. Whoever changes octets need not know which checksums
 * those are: each that is open when they change notes the difference, and is corrected when it is closed.
 *
 * Checksums nest (a header inside an ICMP message inside a datagram): they are closed in the opposite order of opening, and what closing writes is a
 * change like any other for those that are still open.
 */
#ifndef REPLAY_DRAFT_H
#define REPLAY_DRAFT_H

#include "replay/checksum.h"

enum { DRAFT_SUMS = 8 };

/* One checksum field, and what it covers: octets [from, until), of which some may not be there. */
struct draft_sum {
	size_t from, until, field;
	uint64_t was, is;               /* sums of the words that changed */
	bool never_zero;                /* of UDP: zero says that there is none (RFC 768) */
};

struct draft {
	uint8_t *octets;
	size_t len;
	struct draft_sum sums[DRAFT_SUMS];
	unsigned sum_count;
	bool changed;
};

static inline struct span draft_span(const struct draft *d)
{
	return span_of(d->octets, d->len);
}

/* What lies from `at` on, or nothing. */
static inline struct cursor draft_cursor(const struct draft *d, size_t at)
{
	return cursor_over(span_part(draft_span(d), at, d->len));
}

/* Puts `with` in the place of what stands at `at`. Nothing where that does not lie within the frame. */
void draft_change(struct draft *d, size_t at, struct span with);

/* Opens a checksum. False, and nothing is open, where its field is not there or there are DRAFT_SUMS already. */
bool draft_open(struct draft *d, struct draft_sum sum);

/* Tells the checksum opened last of words that it covers and that lie elsewhere (a pseudo header): `was` becomes `is`. */
void draft_elsewhere(struct draft *d, struct span was, struct span is);

/* Closes the checksum opened last: corrected for what changed. */
void draft_close(struct draft *d);

/* Closes it with the value that is right for all it covers; `pseudo` is the sum of what lies elsewhere. All of it must be there. */
void draft_close_anew(struct draft *d, struct checksum pseudo);

#endif

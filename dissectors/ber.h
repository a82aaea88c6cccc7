/*
 * BER as LDAP uses it (RFC 4511 5.1): tags of one octet, definite lengths in the short form or in a long form of 1 to 4 octets, which need not
 * be the shortest (Windows always sends 84 00 00 00 nn).
 */
#ifndef DISSECTORS_BER_H
#define DISSECTORS_BER_H

#include "base/cursor.h"

enum { BER_BOOLEAN = 0x01, BER_INTEGER = 0x02, BER_OCTETS = 0x04, BER_ENUMERATED = 0x0a, BER_SEQUENCE = 0x30, BER_SET = 0x31 };

struct ber {
	uint8_t tag;
	struct span content;
};

enum ber_answer { BER_WHOLE, BER_MORE, BER_BAD };

/* How long the element is that `s` begins with, tag and length octets included. BER_MORE while `s` is too short to tell. */
enum ber_answer ber_measure(struct span s, size_t *ret_header, uint64_t *ret_total);

/* The next element. False, and the cursor fails, where there is no whole one; ret then has the tag, and what there is of the content. */
bool ber_next(struct cursor *c, struct ber *ret);

/* The next element, which must have this tag. False, and the cursor fails, where it has not. */
bool ber_expect(struct cursor *c, uint8_t tag, struct span *ret);

/* The next element as a number from 0 to 2^63 - 1, which must have this tag. */
bool ber_number(struct cursor *c, uint8_t tag, uint64_t *ret);

/* The tag of the next element, 0 at the end. Reads nothing. */
uint8_t ber_peek(const struct cursor *c);

#endif

/* The Internet checksum (RFC 1071), and how it follows a change of what it covers (RFC 1624). */
#ifndef REPLAY_CHECKSUM_H
#define REPLAY_CHECKSUM_H

#include "base/cursor.h"

/* The sum of the 16-bit words of all spans added so far, as if they were one. Zeroed: of nothing. */
struct checksum {
	uint64_t sum;
	bool odd;               /* an odd number of octets was added */
};

void checksum_add(struct checksum *c, struct span s);

/* The sum in 16 bits, carries added in (RFC 1071 section 1). */
uint16_t checksum_fold(uint64_t sum);

/* What a checksum field over these octets holds, the field itself taken as zero. */
uint16_t checksum_field(const struct checksum *c);

/* What a field that held `before` holds once words with the sum `was` have become words with the sum `is` (RFC 1624 section 3, equation 3). A right
 * checksum stays right, a wrong one stays wrong by as much. */
uint16_t checksum_follow(uint16_t before, uint64_t was, uint64_t is);

#endif

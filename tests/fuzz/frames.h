/*
 * Packets as octets, for a fuzzer to change: one octet for the link type, one for the options, then packets, each
 *
 *     +--------+------+-----------------+----------+
 *     | 0xf7   | time | length, 16 bits | octets   |
 *     +--------+------+-----------------+----------+
 *
 * time: its low six bits say how long after the one before (0: at once, else 2^n microseconds / 4, so up to two days), bit 6 that the snap length cut
 * the packet, bit 7 that time runs backwards. A packet that is longer than what is left ends there.
 */
#ifndef TESTS_FUZZ_FRAMES_H
#define TESTS_FUZZ_FRAMES_H

#include "packet/packet.h"

enum { FRAME_MARK = 0xf7, FRAME_HEADER = 4, FRAME_TIME = 0x3f, FRAME_SNAPPED = 0x40, FRAME_BACKWARDS = 0x80, FRAMES_MAX = 512, FRAMES_START = 2 };

struct frames {
	struct cursor at;
	uint8_t options;
	struct packet packet;           /* the current one */
};

/* The link type's number in the table; the generator of the corpus needs it. */
unsigned frames_link(uint16_t link_type);

void frames_begin(struct frames *f, struct span octets);
bool frames_next(struct frames *f);

#endif

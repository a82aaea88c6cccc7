/*
 * How a quantity is spread: counts in classes that get wider with the value, so that any number of values takes the same room and a percentile is right
 * to 1/32 of itself. Smallest and largest are exact.
 */
#ifndef REPLAY_SPREAD_H
#define REPLAY_SPREAD_H

#include <stdint.h>

enum { SPREAD_FINE_BITS = 5, SPREAD_CLASSES = (64 - SPREAD_FINE_BITS + 1) << SPREAD_FINE_BITS };

/* Zeroed: without values. */
struct spread {
	uint64_t count, min, max;
	uint64_t classes[SPREAD_CLASSES];
};

void spread_add(struct spread *s, uint64_t value);

/* The value that `part` (0 to 1) of the values do not exceed; 0 without values. */
uint64_t spread_at(const struct spread *s, double part);

#endif

#include "replay/spread.h"

enum { FINE = 1 << SPREAD_FINE_BITS };

/* Below FINE each value has its class; above, each power of two has FINE of them. */
static unsigned class_of(uint64_t value)
{
	unsigned power;

	if (value < FINE)
		return (unsigned)value;
	power = 63U - (unsigned)__builtin_clzll(value) - SPREAD_FINE_BITS;
	return (power + 1) * FINE + (unsigned)((value >> power) - FINE);
}

/* The largest value of a class. */
static uint64_t top_of(unsigned class)
{
	unsigned power;

	if (class < FINE)
		return class;
	power = class / FINE - 1;
	return (((uint64_t)(class % FINE) + FINE + 1) << power) - 1;
}

void spread_add(struct spread *s, uint64_t value)
{
	if (!s->count++)
		s->min = s->max = value;
	if (value < s->min)
		s->min = value;
	if (value > s->max)
		s->max = value;
	s->classes[class_of(value)]++;
}

uint64_t spread_at(const struct spread *s, double part)
{
	double wanted = part * (double)s->count;
	uint64_t below = 0, top;
	unsigned class = 0;

	if (!s->count)
		return 0;
	for (; class < SPREAD_CLASSES - 1; class++) {
		below += s->classes[class];
		if (below && (double)below >= wanted)
			break;
	}
	top = top_of(class);
	return top > s->max ? s->max : top < s->min ? s->min : top;
}

/* Where something stands in the captures. */
#ifndef TRAIL_PLACE_H
#define TRAIL_PLACE_H

#include "packet/packet.h"

struct place {
	frame_ref frame;
	int64_t at_ns;
};

/* Frames of one file have its order; between files only time tells. */
static inline bool place_before(struct place a, struct place b)
{
	return frame_file(a.frame) == frame_file(b.frame) ? a.frame < b.frame : a.at_ns < b.at_ns;
}

#endif

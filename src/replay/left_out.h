/* Frames that are not sent, and why: counted, and the first of them by number. */
#ifndef REPLAY_LEFT_OUT_H
#define REPLAY_LEFT_OUT_H

#include "packet/packet.h"

enum left_out_why {
	LEFT_TOO_LONG,          /* for the interface's MTU */
	LEFT_CUT,               /* by the snap length */
	LEFT_TOO_SHORT,         /* for an Ethernet header */
	LEFT_FAILED,            /* the system would not send it */
	LEFT_WHYS,
};

enum { LEFT_RUNS = 24 };

/* Zeroed: none. */
struct left_out {
	uint64_t count;
	struct { frame_ref first, last; } runs[LEFT_RUNS];
	unsigned run_count;
	uint64_t unnamed;               /* frames that are in none of the runs */
};

void left_out_add(struct left_out *l, frame_ref f);

/* "17, 20-25, 40 and 12 more"; with several files "1:17, 2:20-2:25". */
enum { LEFT_TEXT = 1024 };
const char *left_out_format(const struct left_out *l, bool several_files, char out[LEFT_TEXT]);

#endif

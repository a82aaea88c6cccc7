/*
 * What is known now of the phones that are watched: of each its latest sign-in, as it was told last. A feed (feed.h) keeps it, views show it.
 *
 * Bounded: 1024 phones; the one that was not told of for longest goes first.
 */
#ifndef WATCH_BOARD_H
#define WATCH_BOARD_H

#include "base/arena.h"
#include "verdict/report.h"

enum { BOARD_PHONES_MAX = 1024 };

struct board_phone {
	struct phone_report phone;
	struct attempt_report attempt;          /* with story and packets where the feed has them */
	struct arena verdict, parts;            /* what the two point to */
	char stored[32];                        /* how `dialtone show` finds it; "" where it is in no store */
	unsigned sign_ins;                      /* attempts of this phone so far */
	uint64_t change;                        /* of board.changes, when it was told last */
};

struct board {
	struct board_phone **phones;            /* by first appearance */
	size_t count;
	uint64_t changes;                       /* rises with everything that is told */
	int64_t now_ns;                         /* packet time, or the clock of the store's machine */
	uint64_t packets, lost, gone;           /* read; lost before they came here; times that an interface went away */
	bool ended;                             /* nothing more comes */
	char trouble[200];                      /* what is wrong with the feed now; "" nothing */
	char about[200];                        /* what is watched: "eth1", "phone.pcap, 4 times as fast" */
};

/* Takes over what a follow or the store tells. */
void board_tell(struct board *b, const struct phone_report *phone, const struct attempt_report *a, const char *stored);

/* The phone of this address; NULL without one. */
struct board_phone *board_find(const struct board *b, struct mac m);
void board_free(struct board *b);

/* A copy that stays as it is, in `to`, an empty one. */
void board_copy(const struct board *b, struct board *to);

/* The story line that was told last; NULL without a story. */
const struct story_line *board_latest(const struct board_phone *p);

/* The step that the sign-in is at: the one after the last that came through. STEP_NONE once all is said (it is signed in, or has ended). */
enum step board_running(const struct board_phone *p);

/* Whether the verdict will stay: of an attempt that has ended, or that nothing was heard of for so long that what comes next is another sign-in. A
 * session that stood for `BOARD_STANDS_NS` counts, too, and a failure `BOARD_FAILED_NS` after the phone's last message. */
bool board_is_decided(const struct board *b, const struct board_phone *p);
#define BOARD_STANDS_NS (10 * INT64_C(1000000000))
#define BOARD_FAILED_NS (30 * INT64_C(1000000000))

#endif

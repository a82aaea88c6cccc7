/*
 * What keeps a board: packets of an interface or of a capture, followed here; or the store that a daemon writes.
 */
#ifndef WATCH_FEED_H
#define WATCH_FEED_H

#include "follow.h"
#include "watch/board.h"

enum feed_state { FEED_GOES_ON, FEED_ENDED, FEED_TROUBLE };

struct feed {
	const struct feed_type *type;
};

struct feed_type {
	/* Takes what is there, at most some milliseconds' worth, and no more once the board changed: no verdict gives its place to the next one unseen.
	 * FEED_TROUBLE after a logged line. */
	enum feed_state (*run)(struct feed *f);
	/* Run again once `fd` can be read (-1: there is none), at the latest after so many milliseconds. */
	void (*wait)(const struct feed *f, int *ret_fd, int *ret_timeout_ms);
	void (*close)(struct feed *f);
};

/* Follows what comes from `source` (live or paced; taken over). `options` last as long as the feed; its callbacks are the feed's own. */
struct feed *feed_follow(struct board *b, struct source *source, bool is_live, struct follow_options *options);

/* Reads the store at `path` again and again: every phone of which something was stored in the last day. NULL after a logged line. */
struct feed *feed_store(struct board *b, const char *path, const struct mac *phones, size_t phone_count);

enum feed_state feed_run(struct feed *f);
void feed_wait(const struct feed *f, int *ret_fd, int *ret_timeout_ms);
void feed_close(struct feed *f);

#endif

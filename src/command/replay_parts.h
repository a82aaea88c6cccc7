/* What the two halves of `dialtone replay` share: the command line, and what is done with it. */
#ifndef COMMAND_REPLAY_PARTS_H
#define COMMAND_REPLAY_PARTS_H

#include "command/options.h"
#include "replay/outlet.h"

struct replay {
	struct play_options play;
	struct phone_list phones;
	const char *interface, *write, *into, *attempt, *db, *filter, *start_at, *until;
	struct follow_options follow;
	bool yes_really, send_cut, preload, realtime, stats, paced;

	/* once it is opened */
	struct interface to;
	struct sender *sender;
	struct capture_out *capture;
	struct into *store;
	struct mac *followed;           /* the phones as they are called after --map-mac */
	struct tape *tape;
	struct play *player;
	struct outlet outlet;
	struct wire wire;
	bool several_files, progress;
	int64_t told_ns;                /* when progress was told last */
};

/* Reads the options into a struct replay that holds what is usual. 0 to go on, 1 help was given, -1 after a complaint. */
int replay_options(int argc, char **argv, struct replay *r);

#endif

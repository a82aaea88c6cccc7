/*
 * What is left of a process that a packet was too much for: that packet. The handler of the signal that ends the process copies it into memory that the
 * supervisor sees; until then it costs nothing.
 */
#ifndef DAEMON_BREAKDOWN_H
#define DAEMON_BREAKDOWN_H

#include "daemon/control.h"

/* From now on. The handlers have a stack of their own: a stack that ran over is survived as far as that. */
bool breakdown_watch(struct shared *shared);
void breakdown_hold(const struct packet *p);    /* good until breakdown_release */
void breakdown_release(void);

/* In the supervisor: writes the packet, if there is one, as a capture file of one packet into `folder`, and forgets it. The file's name into ret_path;
 * false where there is none, or it cannot be written (*ret_path is then empty, or the name). */
enum { CRASH_PATH = 512, CRASH_FILES = 32 /* at most, a day */ };
bool breakdown_save(struct shared *shared, const char *folder, int64_t now_ns, char ret_path[CRASH_PATH]);

#endif

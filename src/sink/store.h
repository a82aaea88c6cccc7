/*
 * The SQLite store, written: phones and their sign-ins, the packets that show them, the daemon's life and what it counts. store_read.h reads it;
 * schema.sql says what is where; nothing else knows SQLite.
 *
 * What is promised
 *  - Each call is one transaction; so is all between store_begin and store_commit. It is stored whole or not at all.
 *  - What was committed survives the end of the program at any moment (kill -9 too). A failure of power takes at most what was stored since the last
 *    store_run_alive, or, where there is no daemon, since the system wrote its buffers out (Linux: half a minute); behind store_close all is safe. It
 *    never takes less than a whole transaction and never changes the order (WAL, synchronous = NORMAL): the database stays sound.
 *  - Readers are never waited for, and never wait. While one reads for long, the -wal file beside the database grows.
 *  - One writer at a time. Another waits for its turn (store_patience), then answers STORE_BUSY: nothing was stored, the same call may come again.
 *  - No room: STORE_FULL, and the database is as it was before the transaction. The same call may come again; once there is room it succeeds.
 */
#ifndef SINK_STORE_H
#define SINK_STORE_H

#include "verdict/report.h"

/* Where the daemon keeps its store, and where the commands that read it look. */
#define STORE_PATH "/var/lib/dialtone/dialtone.db"

/* Everything but STORE_DONE was logged: once, until a transaction succeeds or fails for another reason. */
enum store_result {
	STORE_DONE,
	STORE_BUSY,             /* another program is writing, or (store_run_begin) another daemon lives from this store */
	STORE_FULL,             /* no room on the disk, or a quota is used up */
	STORE_BROKEN,           /* it may not be written, it is damaged, the disk fails: another try is of no use before somebody looks at it */
};

struct store;

/* Opens or makes the database, brings its schema forward. NULL after one logged line: not a database, a newer schema, locked for too long, no room. */
struct store *store_open(const char *path);
void store_close(struct store *s);      /* undoes a transaction that was begun; NULL is allowed */

/* How long a call waits for another writer; 5000 ms unless told. */
void store_patience(struct store *s, unsigned ms);

/* Several calls as one transaction, which is many times faster. After a call that failed nothing of it is kept: those that follow answer the same,
 * store_commit too, and all of it is to be stored again. store_commit ends it in any case. */
enum store_result store_begin(struct store *s);
enum store_result store_commit(struct store *s);

/* The files that were analysed, by name and size, in the order by which frames number them. Called before store_attempt: frames then know their capture;
 * without it they bear only their numbers. Called again once more is known of them (malformed messages), it brings that forward. */
enum store_result store_captures(struct store *s, const struct capture_info *const *captures, size_t count);

/* The same for interfaces, of the run that was begun. Called again, with the same names in the same order, it brings their figures forward. */
enum store_result store_interfaces(struct store *s, const struct capture_info *const *captures, size_t count);

/* Stores one attempt and its phone. An attempt is known by its phone's MAC and its start: storing it again replaces it, and writes only what is not as
 * it was. One that is `going_on` can be read at any moment as it was stored last; if the daemon's life ends before it was stored as ended, readers
 * show it as interrupted. */
enum store_result store_attempt(struct store *s, const struct phone_report *phone, const struct attempt_report *a);

/* ---- for the daemon; all moments are of the machine's clock ---- */

/* A daemon begins: `pid` is the process whose life it is. Those that were killed before are marked so. STORE_BUSY where another one lives. Attempts,
 * interfaces, counters and losses that are stored from here on belong to this run. */
enum store_result store_run_begin(struct store *s, int64_t pid, const char *version, int64_t now_ns);
enum store_result store_run_alive(struct store *s, int64_t now_ns);     /* every few seconds: the last sign of life. Syncs, unless in a batch */
enum store_result store_run_end(struct store *s, int64_t now_ns);       /* stopped as it should be */

/* A counter's value now: "kernel-drops" of "eth1". `part` is NULL for the whole. */
enum store_result store_counter(struct store *s, const char *name, const char *part, uint64_t value, int64_t now_ns);

/* Packets that were lost between two moments of packet time. */
enum store_result store_loss(struct store *s, const char *part, int64_t from_ns, int64_t until_ns, uint64_t packets);

/* Retention, a step at a time: deletes at most `budget` attempts, oldest first, that ended more than `keep_ns` before `now_ns` or that keep the store
 * over `keep_octets` (0: no such limit each), never one of this run that is going on; then gives room back to the disk where much is free. Meant for
 * a few attempts every second. *ret_more (may be NULL): there is more to delete. Room that is free in the database does not count. */
enum store_result store_trim(struct store *s, int64_t keep_ns, uint64_t keep_octets, int64_t now_ns, unsigned budget, bool *ret_more);

#endif

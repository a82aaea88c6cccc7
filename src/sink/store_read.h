/*
 * The SQLite store, read: what store.h wrote, as the values that every sink prints.
 *
 * It is opened read-only, works while the daemon writes, and sees at each call what was committed last. A copy of a database may be read from a medium
 * that cannot be written, without the -wal and -shm files beside it; one of an older schema is read as if it had been brought forward, and stays as it is.
 *
 * A database is input like any other: what is not as store.h would have written it (an unknown word, text that is not UTF-8, a list that is none) is one
 * logged line that names it, and the call fails. Everything that is returned lives in the arena of the call.
 */
#ifndef SINK_STORE_READ_H
#define SINK_STORE_READ_H

#include "verdict/report.h"

struct store_reader;

/* NULL after one logged line. `now_ns` is the machine's clock: whether a daemon on another machine lives can only be told by its last sign of life. */
struct store_reader *store_reader_open(const char *path, int64_t now_ns);
void store_reader_now(struct store_reader *r, int64_t now_ns);  /* for one that stays open */
void store_reader_close(struct store_reader *r);                /* NULL is allowed */

/* Whether anything was stored since the last call; true the first time. A few microseconds: may be asked many times a second. */
bool store_reader_changed(struct store_reader *r);

/* ---- which attempts there are ---- */

/* One attempt in a list. */
struct store_entry {
	int64_t id;                     /* the number by which it is asked for */
	int64_t change;                 /* rises with every storing of anything: the greatest seen is what `changed_after` takes */
	struct mac mac;
	const char *name;               /* its id in reports */
	int64_t start_ns, end_ns;
	bool going_on;                  /* and followed by a daemon that lives; */
	bool interrupted;               /* whose daemon was ended while it was going on */
	enum method method;
	enum outcome outcome;
	enum step broke_at;             /* STEP_NONE unless it failed */
	const char *cause;              /* a finding's code, or NULL */
	const char *vendor, *model, *sip_domain;        /* NULL while unknown */
	uint64_t packets;               /* kept as evidence */
};

/* All that is given must hold. A zeroed one lets all attempts through. */
struct store_filter {
	const struct mac *phones;
	size_t phone_count;
	bool has_since, has_until, has_outcome;
	int64_t since_ns, until_ns;     /* it began at or after, and before */
	enum outcome outcome;
	const char *cause;              /* a finding's code; NULL for any */
	const char *text;               /* somewhere in it: names, servers, findings, the story; either case of ASCII letters. NULL for any */
	int64_t changed_after;          /* 0: all */
	size_t limit;                   /* the latest so many; 0: all */
};

/* Oldest first. */
bool store_read_list(struct store_reader *r, const struct store_filter *filter, struct arena *arena, const struct store_entry **ret, size_t *ret_count);

/* The attempt that somebody means: "17" (its number), "last", the MAC address of a phone (its last), or how a name begins, if but one begins so.
 * False after one logged line. */
bool store_read_find(struct store_reader *r, const char *words, int64_t *ret_id);

/* ---- one attempt ---- */

/* A report about this attempt alone: its captures, its phone as it was known then, and everything that is said of it; its packets if they are wanted.
 * Its events are not read: they have become JSON. One that was interrupted says so in cannot_show. *ret is NULL where there is no such attempt. */
bool store_read_attempt(struct store_reader *r, int64_t id, bool with_packets, struct arena *arena, const struct report **ret);

/* ---- the whole ---- */

enum run_state {
	RUN_ALIVE,
	RUN_STOPPED,                    /* as it should be */
	RUN_KILLED,                     /* its process is no more, and it did not stop */
	RUN_SILENT,                     /* on another machine, or before it was started again: no sign of life for a minute */
};

struct store_counter_value {
	const char *name, *part;        /* "" for the whole */
	uint64_t value;
	int64_t at_ns;
};

struct store_status {
	bool has_run;                   /* the latest life of a daemon; else only files were analysed */
	enum run_state state;
	int64_t pid, start_ns, alive_ns, end_ns;        /* end_ns only if it was stopped or killed */
	const char *version;
	const struct capture_info *interfaces;
	size_t interface_count;
	const struct store_counter_value *counters;     /* by name */
	size_t counter_count;
	uint64_t losses, packets_lost;  /* of that run */
	int64_t last_loss_ns;           /* 0 without */
	uint64_t attempts, going_on, interrupted, phones;
	uint64_t outcomes[OUTCOME_UNFINISHED + 1];      /* of those that are over */
	int64_t oldest_ns, newest_ns;   /* when the first and the last began; only where there are attempts */
	uint64_t octets, octets_free;   /* of the database; free for what is stored next */
};

bool store_read_status(struct store_reader *r, struct arena *arena, struct store_status *ret);

#endif

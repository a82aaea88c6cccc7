/* What the files that read the store share; only they include it. */
#ifndef SINK_STORE_READ_PARTS_H
#define SINK_STORE_READ_PARTS_H

#include <sqlite3.h>

#include "sink/store_read.h"

/* Statements that are kept prepared: the program has fewer. */
enum { READING_KEPT = 48 };

struct store_reader {
	sqlite3 *db;
	char *path;
	int64_t now_ns;
	int64_t data_version;           /* of the last store_reader_changed; 0 before */
	bool failed;                    /* in this call; the reason was logged */
	int64_t attempt;                /* that is being read, for what is logged */
	sqlite3_stmt *kept[READING_KEPT];
	unsigned kept_count;
};

/* ---- errors: the first of a call is logged ---- */

void reading_fail(struct store_reader *r);                               /* SQLite's own */
void reading_damaged(struct store_reader *r, const char *what);          /* "a step's state" is not what it could be */

/* A call is a transaction: what it reads belongs together. Answers whether nothing failed. */
void reading_enter(struct store_reader *r);
bool reading_leave(struct store_reader *r);

/* ---- statements ---- */

/* A statement with up to one number and one text bound; NULL where it cannot be had. Finish it with reading_end. It is prepared once and kept, for a
 * sign-in asks the same many times; one that is made anew for each call is not. */
sqlite3_stmt *reading_ask(struct store_reader *r, const char *sql, int64_t number, const char *text);
sqlite3_stmt *reading_ask_once(struct store_reader *r, const char *sql, int64_t number, const char *text);
bool reading_row(struct store_reader *r, sqlite3_stmt *s);              /* the next row; false at the end, and once anything failed */
void reading_end(struct store_reader *r, sqlite3_stmt *s);
int64_t reading_number(struct store_reader *r, const char *sql, int64_t number);        /* the one value of a statement; 0 without */

/* ---- columns; each has to be what it should be ---- */

int64_t column_integer(struct store_reader *r, sqlite3_stmt *s, int column);
int64_t column_between(struct store_reader *r, sqlite3_stmt *s, int column, int64_t least, int64_t most, const char *what);
bool column_is_null(sqlite3_stmt *s, int column);
const char *column_text(struct store_reader *r, sqlite3_stmt *s, int column, struct arena *arena);          /* never NULL */
const char *column_text_if(struct store_reader *r, sqlite3_stmt *s, int column, struct arena *arena);       /* NULL for NULL */
struct mac column_mac(struct store_reader *r, sqlite3_stmt *s, int column);

/* The place of the column's text among `count` words; damaged where it is none of them. */
unsigned column_word(struct store_reader *r, sqlite3_stmt *s, int column, const char *const *words, unsigned count, const char *what);
enum step column_step(struct store_reader *r, sqlite3_stmt *s, int column);    /* STEP_NONE for NULL */
enum outcome column_outcome(struct store_reader *r, sqlite3_stmt *s, int column);
enum method column_method(struct store_reader *r, sqlite3_stmt *s, int column);

/* ---- shared readings ---- */

/* Whether the run is over: its state, with what is known of its process. */
enum run_state reading_run_state(struct store_reader *r, int64_t run);

/* The columns of READ_CAPTURE. */
#define READ_CAPTURE "file, link_type, packets, bytes, first_ns, last_ns, malformed, cut_short, time_digits, snapped, backwards, dropped"
void read_capture(struct store_reader *r, sqlite3_stmt *s, struct arena *arena, struct capture_info *ret);

#endif

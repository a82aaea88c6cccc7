/* What the files of the store share; only they include it. */
#ifndef SINK_STORE_PARTS_H
#define SINK_STORE_PARTS_H

#include <sqlite3.h>

#include "sink/store.h"
#include "sink/store_statements.h"
#include "sink/writer.h"

/* Messages and lines of the story in one row; the views of schema.sql know it too. */
enum { STORE_PART = 32 };

struct store {
	sqlite3 *db;
	char *path;
	sqlite3_stmt *statements[SQL_COUNT];
	enum store_result result;       /* of the transaction: the first thing that went wrong */
	enum store_result said;         /* what was logged last and is not over */
	bool batch;                     /* between store_begin and store_commit */
	sqlite3_int64 *captures;        /* row ids, in the order by which frames number them */
	size_t capture_count;
	bool interfaces;                /* what they are */
	bool captures_are_new;          /* added in this transaction: their rows are gone if it is undone */
	int64_t run;                    /* row id of this daemon's life; 0 without */
	int64_t change;                 /* attempt.change of this transaction; 0 before one was asked for */
	int64_t attempt;                /* row id of the one being written, */
	bool attempt_is_known;          /* which was there before */
	struct writer json, frames;     /* texts of the row being written */
};

/* ---- errors ---- */

const char *store_reason(sqlite3 *db, int code);
enum store_result store_result_of(sqlite3 *db, int code);
void store_fail(struct store *s, int code);
void store_fail_words(struct store *s, enum store_result result, const char *words);

/* ---- schema ---- */

/* False after one logged line: not ours, or newer. *ret_version is 0 for an empty database. */
bool store_schema_version(sqlite3 *db, const char *path, int64_t *ret_version);
bool store_schema_is_current(int64_t version);

/* Brings it forward within a transaction of its own. False after one logged line. */
bool store_schema_migrate(sqlite3 *db, const char *path);

/* ---- one statement ---- */

/* The values of one statement, first to last. Texts must stay as they are until row_run. */
struct row {
	struct store *store;
	enum statement which;
	int at;
};

struct row row_start(struct store *s, enum statement which);
void put_text_value(struct row *r, const char *text);           /* NULL for NULL; octets that are not UTF-8 become \xhh */
void put_text_or_empty(struct row *r, const char *text);        /* for columns that are never NULL */
void put_json(struct row *r, struct writer *w);                 /* what was written */
void put_integer(struct row *r, int64_t n);
void put_integer_if(struct row *r, bool known, int64_t n);      /* else NULL */
void put_octet_string(struct row *r, struct span octets);

/* Runs the statement; its first row's first column, if it has one, into ret (may be NULL). Nothing is done once the transaction has failed. */
void row_run(struct row *r, int64_t *ret);
void run_statement(struct store *s, enum statement which);

/* ---- transactions ---- */

void store_enter(struct store *s);              /* begins one, unless in a batch */
enum store_result store_leave(struct store *s); /* and ends it; what has failed is undone at once */

#endif

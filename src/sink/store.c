/*
 * The SQLite store: opening, errors, statements and transactions. store_attempt.c writes sign-ins, store_run.c what the daemon tells of itself,
 * store_trim.c deletes what is old.
 *
 * After a failed call of SQLite nothing more is tried until the transaction ends: the first reason is the one that is logged.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "sink/store_parts.h"

enum { PATIENCE_MS = 5000 };

/* ---- errors ---- */

const char *store_reason(sqlite3 *db, int code)
{
	int system = sqlite3_system_errno(db);

	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_PROTOCOL:   /* others kept taking the locks of the -shm file before us */
	case SQLITE_LOCKED: return "another program has locked it for too long";
	case SQLITE_FULL: return "there is no room left on the disk";
	case SQLITE_NOTADB: return "this is not a database";
	case SQLITE_CORRUPT: return "the database is damaged";
	case SQLITE_READONLY: return "it may not be written";
	case SQLITE_CANTOPEN: return system ? strerror(system) : "it cannot be opened";
	case SQLITE_IOERR:
		if (system == ENOSPC)
			return "there is no room left on the disk";
		return system ? strerror(system) : sqlite3_errmsg(db);
	default: return sqlite3_errmsg(db);
	}
}

/* No room for the -shm file or a sorter comes as an error of input or output. */
enum store_result store_result_of(sqlite3 *db, int code)
{
	int system = sqlite3_system_errno(db);

	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW: return STORE_DONE;
	case SQLITE_BUSY:
	case SQLITE_PROTOCOL:
	case SQLITE_LOCKED: return STORE_BUSY;
	case SQLITE_FULL: return STORE_FULL;
	case SQLITE_IOERR: return system == ENOSPC || system == EDQUOT ? STORE_FULL : STORE_BROKEN;
	default: return STORE_BROKEN;
	}
}

void store_fail_words(struct store *s, enum store_result result, const char *words)
{
	if (s->result == STORE_DONE) {
		if (s->said != result)
			log_error("%s: %s", s->path, words);
		s->result = s->said = result;
	}
}

void store_fail(struct store *s, int code)
{
	if ((code & 0xff) == SQLITE_NOMEM)
		memory_exhausted();
	store_fail_words(s, store_result_of(s->db, code), store_reason(s->db, code));
}

/* ---- one statement ---- */

struct row row_start(struct store *s, enum statement which)
{
	return (struct row){ s, which, 0 };
}

static void check(struct store *s, int code)
{
	if (code != SQLITE_OK)
		store_fail(s, code);
}

static bool is_ascii(struct span s)
{
	uint8_t all = 0;

	for (size_t i = 0; i < s.len; i++)
		all |= s.data[i];
	return all < 0x80;
}

static bool is_utf8(struct span s)
{
	size_t n;

	while (s.len && (n = s.data[0] < 0x80 ? 1 : utf8_length(s)) != 0)
		s = span_part(s, n, s.len);
	return s.len == 0;
}

void put_text_value(struct row *r, const char *text)
{
	sqlite3_stmt *statement = r->store->statements[r->which];
	struct span octets = span_of(text, text ? strlen(text) : 0);
	struct text made;

	if (is_ascii(octets) || is_utf8(octets)) {
		check(r->store, sqlite3_bind_text64(statement, ++r->at, text, octets.len, SQLITE_STATIC, SQLITE_UTF8));
		return;
	}
	made = text_start(4 * octets.len);
	text_add_printable(&made, octets);
	check(r->store, sqlite3_bind_text64(statement, ++r->at, text_string(&made), made.len, SQLITE_TRANSIENT, SQLITE_UTF8));
	text_free(&made);
}

void put_text_or_empty(struct row *r, const char *text)
{
	put_text_value(r, text ? text : "");
}

void put_json(struct row *r, struct writer *w)
{
	const char *text = writer_result(w);

	check(r->store, sqlite3_bind_text64(r->store->statements[r->which], ++r->at, text, w->len, SQLITE_STATIC, SQLITE_UTF8));
}

void put_integer(struct row *r, int64_t n)
{
	check(r->store, sqlite3_bind_int64(r->store->statements[r->which], ++r->at, n));
}

void put_integer_if(struct row *r, bool known, int64_t n)
{
	if (known)
		put_integer(r, n);
	else
		check(r->store, sqlite3_bind_null(r->store->statements[r->which], ++r->at));
}

/* No octets at all are an empty blob, not NULL. */
void put_octet_string(struct row *r, struct span octets)
{
	check(r->store, sqlite3_bind_blob64(r->store->statements[r->which], ++r->at, octets.len ? (const void *)octets.data : "", octets.len, SQLITE_STATIC));
}

void row_run(struct row *r, int64_t *ret)
{
	struct store *s = r->store;
	sqlite3_stmt *statement = s->statements[r->which];
	int code;

	if (s->result == STORE_DONE) {
		code = sqlite3_step(statement);
		if (code == SQLITE_ROW && ret)
			*ret = sqlite3_column_int64(statement, 0);
		else if (code != SQLITE_DONE && code != SQLITE_ROW)
			store_fail(s, code);
	}
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
}

void run_statement(struct store *s, enum statement which)
{
	struct row r = row_start(s, which);

	row_run(&r, NULL);
}

/* ---- transactions ---- */

static void begin(struct store *s)
{
	s->result = STORE_DONE;
	s->change = 0;
	s->captures_are_new = false;
	run_statement(s, SQL_BEGIN);
}

/* Row ids of what was undone are not kept: they would come again for something else. */
static void undo(struct store *s)
{
	if (s->captures_are_new)
		s->capture_count = 0;
	if (!sqlite3_get_autocommit(s->db)) {
		sqlite3_step(s->statements[SQL_ROLLBACK]);
		sqlite3_reset(s->statements[SQL_ROLLBACK]);
	}
}

static enum store_result end(struct store *s)
{
	run_statement(s, SQL_COMMIT);
	if (s->result == STORE_DONE)
		s->said = STORE_DONE;
	else
		undo(s);
	return s->result;
}

void store_enter(struct store *s)
{
	if (!s->batch)
		begin(s);
}

enum store_result store_leave(struct store *s)
{
	if (!s->batch)
		return end(s);
	if (s->result != STORE_DONE)
		undo(s);
	return s->result;
}

enum store_result store_begin(struct store *s)
{
	s->batch = true;
	begin(s);
	return s->result;
}

enum store_result store_commit(struct store *s)
{
	s->batch = false;
	return end(s);
}

/* ---- opening ---- */

static bool execute(struct store *s, const char *text)
{
	int code = sqlite3_exec(s->db, text, NULL, NULL, NULL);

	if (code != SQLITE_OK)
		store_fail(s, code);
	return code == SQLITE_OK;
}

/*
 * Pages of 8 KiB and a checkpoint every 16 MB instead of every 4: what changes again and again is then written to the database once instead of four
 * times. Both were measured with tests/bench/store-rate. A new database can give room back in steps; an older one keeps what it has and uses it again.
 *
 * A file system that cannot do WAL keeps its own journal, which is as safe; readers then have to wait.
 */
static bool prepare(struct store *s)
{
	int64_t version;

	if (!store_schema_version(s->db, s->path, &version))
		return false;
	if (version == 0 && !execute(s, "PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL"))
		return false;
	if (!execute(s, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; "
		"PRAGMA wal_autocheckpoint = 2000; PRAGMA journal_size_limit = 33554432; PRAGMA cache_size = -8192"))
		return false;
	if (!store_schema_is_current(version) && !store_schema_migrate(s->db, s->path))
		return false;
	for (enum statement i = 0; i < SQL_COUNT; i++) {
		int code = sqlite3_prepare_v3(s->db, store_sql[i], -1, SQLITE_PREPARE_PERSISTENT, &s->statements[i], NULL);

		if (code != SQLITE_OK)
			store_fail(s, code);
	}
	return s->result == STORE_DONE;
}

struct store *store_open(const char *path)
{
	struct store *s = memory_get(sizeof *s);
	int code;

	s->path = memory_copy(path, strlen(path));
	code = sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOMUTEX, NULL);
	if (s->db)
		store_patience(s, PATIENCE_MS);
	if (code != SQLITE_OK)
		store_fail(s, code);
	else if (prepare(s))
		return s;
	store_close(s);
	return NULL;
}

void store_patience(struct store *s, unsigned ms)
{
	sqlite3_busy_timeout(s->db, (int)ms);
}

void store_close(struct store *s)
{
	if (!s)
		return;
	for (enum statement i = 0; i < SQL_COUNT; i++)
		sqlite3_finalize(s->statements[i]);
	sqlite3_close(s->db);
	writer_free(&s->json);
	writer_free(&s->frames);
	free(s->captures);
	free(s->path);
	free(s);
}

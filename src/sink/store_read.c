/*
 * Opens the store to be read, and reads values. What is read was perhaps written by somebody else: tables must be tables (a view or a virtual table
 * could go on for ever), and no function runs that the schema brings along.
 */
#include "sink/store_read_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/moment.h"
#include "base/process.h"
#include "base/text.h"
#include "sink/store_parts.h"

/* A text or blob of more is refused; a database of an older schema is brought forward in memory, if it is not larger than this. */
enum { PATIENCE_MS = 5000, VALUE_OCTETS = 64 << 20, COPY_OCTETS = 1 << 30 };

/* Without a sign of life for so long a daemon is taken for dead, where nothing else tells. It gives one every few seconds. */
#define SILENT_NS (60 * NS_PER_S)

/* ---- errors ---- */

void reading_fail(struct store_reader *r)
{
	if (!r->failed)
		log_error("%s: %s", r->path, store_reason(r->db, sqlite3_extended_errcode(r->db)));
	r->failed = true;
}

void reading_damaged(struct store_reader *r, const char *what)
{
	if (!r->failed && r->attempt)
		log_error("%s: sign-in %" PRId64 ": the database is damaged: %s", r->path, r->attempt, what);
	else if (!r->failed)
		log_error("%s: the database is damaged: %s", r->path, what);
	r->failed = true;
}

static bool execute(struct store_reader *r, const char *sql)
{
	if (sqlite3_exec(r->db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	reading_fail(r);
	return false;
}

void reading_enter(struct store_reader *r)
{
	r->failed = false;
	r->attempt = 0;
	execute(r, "BEGIN");
}

bool reading_leave(struct store_reader *r)
{
	if (!sqlite3_get_autocommit(r->db))
		sqlite3_exec(r->db, "COMMIT", NULL, NULL, NULL);
	return !r->failed;
}

/* ---- statements ---- */

static sqlite3_stmt *prepare(struct store_reader *r, const char *sql, unsigned flags)
{
	sqlite3_stmt *s = NULL;

	if (sqlite3_prepare_v3(r->db, sql, -1, flags, &s, NULL) != SQLITE_OK)
		reading_fail(r);
	return s;
}

/* One that is being stepped through is prepared a second time. */
static sqlite3_stmt *kept_statement(struct store_reader *r, const char *sql)
{
	for (unsigned i = 0; i < r->kept_count; i++)
		if (!sqlite3_stmt_busy(r->kept[i]) && strcmp(sqlite3_sql(r->kept[i]), sql) == 0)
			return r->kept[i];
	return NULL;
}

static void keep(struct store_reader *r, sqlite3_stmt *s)
{
	if (s && r->kept_count < READING_KEPT)
		r->kept[r->kept_count++] = s;
}

static sqlite3_stmt *bind(struct store_reader *r, sqlite3_stmt *s, int64_t number, const char *text)
{
	if (s && ((sqlite3_bind_parameter_count(s) > 0 && !text && sqlite3_bind_int64(s, 1, number) != SQLITE_OK)
	    || (text && sqlite3_bind_text(s, 1, text, -1, SQLITE_TRANSIENT) != SQLITE_OK)))
		reading_fail(r);
	return s;
}

sqlite3_stmt *reading_ask(struct store_reader *r, const char *sql, int64_t number, const char *text)
{
	sqlite3_stmt *s;

	if (r->failed)
		return NULL;
	s = kept_statement(r, sql);
	if (!s) {
		s = prepare(r, sql, SQLITE_PREPARE_PERSISTENT);
		keep(r, s);
	}
	return bind(r, s, number, text);
}

sqlite3_stmt *reading_ask_once(struct store_reader *r, const char *sql, int64_t number, const char *text)
{
	return r->failed ? NULL : bind(r, prepare(r, sql, 0), number, text);
}

bool reading_row(struct store_reader *r, sqlite3_stmt *s)
{
	int code;

	if (r->failed || !s)
		return false;
	code = sqlite3_step(s);
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		reading_fail(r);
	return code == SQLITE_ROW;
}

void reading_end(struct store_reader *r, sqlite3_stmt *s)
{
	for (unsigned i = 0; s && i < r->kept_count; i++)
		if (r->kept[i] == s) {
			sqlite3_reset(s);
			sqlite3_clear_bindings(s);
			return;
		}
	sqlite3_finalize(s);
}

static void close_database(struct store_reader *r)
{
	while (r->kept_count)
		sqlite3_finalize(r->kept[--r->kept_count]);
	sqlite3_close(r->db);
	r->db = NULL;
}

int64_t reading_number(struct store_reader *r, const char *sql, int64_t number)
{
	sqlite3_stmt *s = reading_ask(r, sql, number, NULL);
	int64_t value = reading_row(r, s) ? sqlite3_column_int64(s, 0) : 0;

	reading_end(r, s);
	return value;
}

/* ---- columns ---- */

bool column_is_null(sqlite3_stmt *s, int column)
{
	return sqlite3_column_type(s, column) == SQLITE_NULL;
}

int64_t column_integer(struct store_reader *r, sqlite3_stmt *s, int column)
{
	if (sqlite3_column_type(s, column) == SQLITE_INTEGER)
		return sqlite3_column_int64(s, column);
	reading_damaged(r, sqlite3_column_name(s, column));
	return 0;
}

int64_t column_between(struct store_reader *r, sqlite3_stmt *s, int column, int64_t least, int64_t most, const char *what)
{
	int64_t n = column_integer(r, s, column);

	if (n >= least && n <= most)
		return n;
	reading_damaged(r, what);
	return least;
}

static bool is_text(struct span s)
{
	size_t n = 1;

	while (s.len && s.data[0] != '\0' && (n = utf8_length(s)) != 0)
		s = span_part(s, n, s.len);
	return s.len == 0;
}

const char *column_text_if(struct store_reader *r, sqlite3_stmt *s, int column, struct arena *arena)
{
	const void *text = sqlite3_column_text(s, column);
	size_t len = (size_t)sqlite3_column_bytes(s, column);

	if (column_is_null(s, column))
		return NULL;
	if (sqlite3_column_type(s, column) == SQLITE_TEXT && text && is_text(span_of(text, len)))
		return arena_copy(arena, text, len);
	reading_damaged(r, sqlite3_column_name(s, column));
	return NULL;
}

const char *column_text(struct store_reader *r, sqlite3_stmt *s, int column, struct arena *arena)
{
	const char *text = column_text_if(r, s, column, arena);

	if (text)
		return text;
	reading_damaged(r, sqlite3_column_name(s, column));
	return "";
}

struct mac column_mac(struct store_reader *r, sqlite3_stmt *s, int column)
{
	const char *text = (const char *)sqlite3_column_text(s, column);
	struct mac m = { { 0 } };

	if (!text || !mac_parse(text, &m))
		reading_damaged(r, "a MAC address");
	return m;
}

unsigned column_word(struct store_reader *r, sqlite3_stmt *s, int column, const char *const *words, unsigned count, const char *what)
{
	const char *text = (const char *)sqlite3_column_text(s, column);

	for (unsigned i = 0; text && i < count; i++)
		if (strcmp(words[i], text) == 0)
			return i;
	reading_damaged(r, what);
	return 0;
}

enum step column_step(struct store_reader *r, sqlite3_stmt *s, int column)
{
	const char *words[STEP_COUNT];

	if (column_is_null(s, column))
		return STEP_NONE;
	for (enum step i = 0; i < STEP_COUNT; i++)
		words[i] = step_name(i);
	return (enum step)column_word(r, s, column, words, STEP_COUNT, "a step");
}

enum outcome column_outcome(struct store_reader *r, sqlite3_stmt *s, int column)
{
	const char *words[OUTCOME_UNFINISHED + 1];

	for (enum outcome i = 0; i <= OUTCOME_UNFINISHED; i++)
		words[i] = outcome_name(i);
	return (enum outcome)column_word(r, s, column, words, OUTCOME_UNFINISHED + 1, "an outcome");
}

enum method column_method(struct store_reader *r, sqlite3_stmt *s, int column)
{
	const char *words[METHOD_CACHED + 1];

	for (enum method i = 0; i <= METHOD_CACHED; i++)
		words[i] = method_name(i);
	return (enum method)column_word(r, s, column, words, METHOD_CACHED + 1, "a method");
}

/* ---- shared readings ---- */

static enum run_state state_of(struct store_reader *r, int64_t pid, const char *process, int64_t alive_ns)
{
	switch (process_find(pid, process)) {
	case PROCESS_ALIVE: return RUN_ALIVE;
	case PROCESS_GONE: return RUN_KILLED;
	case PROCESS_UNKNOWN: break;
	}
	return moment_span(alive_ns, r->now_ns) > SILENT_NS ? RUN_SILENT : RUN_ALIVE;
}

enum run_state reading_run_state(struct store_reader *r, int64_t run)
{
	sqlite3_stmt *s = reading_ask(r, "SELECT pid, process, alive_ns, end_ns, clean FROM run WHERE id = ?", run, NULL);
	enum run_state state = RUN_KILLED;
	const char *process;

	if (reading_row(r, s)) {
		process = (const char *)sqlite3_column_text(s, 1);
		if (!column_is_null(s, 3))
			state = sqlite3_column_int(s, 4) ? RUN_STOPPED : RUN_KILLED;
		else
			state = state_of(r, column_integer(r, s, 0), process ? process : "", column_integer(r, s, 2));
	}
	reading_end(r, s);
	return state;
}

void read_capture(struct store_reader *r, sqlite3_stmt *s, struct arena *arena, struct capture_info *ret)
{
	*ret = (struct capture_info){
		.file = column_text(r, s, 0, arena),
		.packets = (uint64_t)column_between(r, s, 2, 0, INT64_MAX, "packets of a capture"),
		.bytes = (uint64_t)column_between(r, s, 3, 0, INT64_MAX, "octets of a capture"),
		.malformed = (uint64_t)column_between(r, s, 6, 0, INT64_MAX, "malformed messages of a capture"),
		.cut_short = column_between(r, s, 7, 0, 1, "cut_short") == 1,
		.time_digits = (uint8_t)column_between(r, s, 8, 0, 9, "digits of a capture's time"),
		.snapped = (uint64_t)column_between(r, s, 9, 0, INT64_MAX, "snapped"),
		.backwards = (uint64_t)column_between(r, s, 10, 0, INT64_MAX, "backwards"),
		.dropped = (uint64_t)column_between(r, s, 11, 0, INT64_MAX, "dropped"),
	};
	snprintf(ret->link_type, sizeof ret->link_type, "%s", column_text(r, s, 1, arena));
	if (ret->packets) {
		ret->first_ns = column_integer(r, s, 4);
		ret->last_ns = column_integer(r, s, 5);
	}
}

/* ---- opening ---- */

/* Everything that is asked for, as it has to be: a table of its own. */
static bool has_tables(struct store_reader *r)
{
	static const char question[] =
		"SELECT count(*) FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE TABLE%' AND name IN ('capture', 'phone', 'phone_address', "
		"'phone_vlan', 'attempt', 'step', 'candidate', 'finding', 'certificate', 'event_part', 'story_part', 'cannot_show', 'packet', 'run', 'counter', "
		"'loss', 'change')";

	if (reading_number(r, question, 0) == 17)
		return true;
	reading_damaged(r, "tables are missing");
	return false;
}

static void make_careful(sqlite3 *db)
{
	sqlite3_busy_timeout(db, PATIENCE_MS);
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, VALUE_OCTETS);
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_exec(db, "PRAGMA cell_size_check = ON", NULL, NULL, NULL);
}

/* Opens it, and looks whether it can be read. SQLite's code; `db` is there even so. */
static int open_as(struct store_reader *r, const char *name, int flags)
{
	int code;

	close_database(r);
	code = sqlite3_open_v2(name, &r->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOMUTEX | flags, NULL);
	if (code != SQLITE_OK)
		return code;
	make_careful(r->db);
	return sqlite3_exec(r->db, "SELECT count(*) FROM sqlite_master", NULL, NULL, NULL);
}

/* The path as a URI (RFC 3986) that promises SQLite that nobody writes to the file. */
static int open_immutable(struct store_reader *r)
{
	struct text uri = text_start(4 * PATH_MAX), wal = text_start(PATH_MAX + 8);
	struct stat st;
	int code;

	text_add(&uri, "file:");
	for (const char *c = r->path; *c; c++) {
		if (strchr("?#%", *c))
			text_addf(&uri, "%%%02x", (unsigned)(unsigned char)*c);
		else
			text_add_octet(&uri, *c);
	}
	text_add(&uri, "?immutable=1");
	text_addf(&wal, "%s-wal", r->path);
	code = open_as(r, text_string(&uri), SQLITE_OPEN_URI);
	if (code == SQLITE_OK && stat(text_string(&wal), &st) == 0 && st.st_size > 0)
		log_warning("%s: cannot be read where nothing can be written: what was stored last is missing", text_string(&wal));
	text_free(&uri);
	text_free(&wal);
	return code;
}

static bool open_file(struct store_reader *r)
{
	int code;

	if (access(r->path, R_OK) != 0) {
		log_error("%s: %s", r->path, strerror(errno));
		return false;
	}
	code = open_as(r, r->path, 0);
	if ((code & 0xff) == SQLITE_CANTOPEN || (code & 0xff) == SQLITE_READONLY)
		code = open_immutable(r);
	if (code != SQLITE_OK)
		reading_fail(r);
	return code == SQLITE_OK;
}

/* A copy in memory, which then is brought forward. The original stays as it is: only who writes to it changes it. */
static bool copy_and_migrate(struct store_reader *r)
{
	sqlite3 *copy = NULL;
	sqlite3_backup *backup;
	bool good;

	if (reading_number(r, "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'", 0) != 0)
		reading_damaged(r, "it has triggers");
	if (reading_number(r, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", 0) > COPY_OCTETS) {
		log_error("%s: was made by an older dialtone and is large: store something in it (dialtone analyze --db), which brings it forward", r->path);
		return false;
	}
	if (r->failed || sqlite3_open(":memory:", &copy) != SQLITE_OK)
		return false;
	backup = sqlite3_backup_init(copy, "main", r->db, "main");
	good = backup && sqlite3_backup_step(backup, -1) == SQLITE_DONE;
	sqlite3_backup_finish(backup);
	if (!good) {
		log_error("%s: %s", r->path, sqlite3_errmsg(copy));
		sqlite3_close(copy);
		return false;
	}
	close_database(r);
	r->db = copy;
	make_careful(copy);
	return store_schema_migrate(copy, r->path);
}

static bool prepare_to_read(struct store_reader *r)
{
	int64_t version;

	if (!store_schema_version(r->db, r->path, &version))
		return false;
	if (version == 0) {
		log_error("%s: nothing has been stored in it", r->path);
		return false;
	}
	return (store_schema_is_current(version) || copy_and_migrate(r)) && has_tables(r);
}

struct store_reader *store_reader_open(const char *path, int64_t now_ns)
{
	struct store_reader *r = memory_get(sizeof *r);

	r->path = memory_copy(path, strlen(path));
	r->now_ns = now_ns;
	if (open_file(r) && prepare_to_read(r))
		return r;
	store_reader_close(r);
	return NULL;
}

void store_reader_now(struct store_reader *r, int64_t now_ns)
{
	r->now_ns = now_ns;
}

void store_reader_close(struct store_reader *r)
{
	if (!r)
		return;
	close_database(r);
	free(r->path);
	free(r);
}

bool store_reader_changed(struct store_reader *r)
{
	int64_t version;
	bool changed;

	r->failed = false;
	version = reading_number(r, "PRAGMA data_version", 0);
	changed = version != r->data_version;
	r->data_version = version;
	return changed;
}

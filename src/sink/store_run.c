/* What was captured, and the life of the daemon: its runs, what it counts, what was lost. */
#include <stdlib.h>

#include "base/memory.h"
#include "base/process.h"
#include "sink/store_parts.h"

/* ---- captures ---- */

static void put_figures(struct row *r, const struct capture_info *c)
{
	put_integer(r, (int64_t)c->packets);
	put_integer(r, (int64_t)c->bytes);
	put_integer_if(r, c->packets, c->first_ns);
	put_integer_if(r, c->packets, c->last_ns);
	put_integer(r, (int64_t)c->malformed);
	put_integer(r, c->cut_short);
	put_integer(r, c->time_digits);
	put_integer(r, (int64_t)c->snapped);
	put_integer(r, (int64_t)c->backwards);
	put_integer(r, (int64_t)c->dropped);
}

static int64_t find_file(struct store *s, const struct capture_info *c)
{
	struct row r = row_start(s, SQL_FIND_CAPTURE);
	int64_t id = 0;

	put_text_value(&r, c->file);
	put_integer(&r, (int64_t)c->packets);
	put_integer(&r, (int64_t)c->bytes);
	put_integer_if(&r, c->packets, c->first_ns);
	row_run(&r, &id);
	return id;
}

static void set_figures(struct store *s, int64_t id, const struct capture_info *c)
{
	struct row r = row_start(s, SQL_SET_INTERFACE);

	put_text_value(&r, c->link_type);
	put_figures(&r, c);
	put_integer(&r, id);
	row_run(&r, NULL);
}

static int64_t add_file(struct store *s, const struct capture_info *c)
{
	struct row r = row_start(s, SQL_ADD_CAPTURE);
	int64_t id = find_file(s, c);

	if (id) {
		set_figures(s, id, c);
		return id;
	}
	put_text_value(&r, c->file);
	put_text_value(&r, c->link_type);
	put_figures(&r, c);
	row_run(&r, NULL);
	return sqlite3_last_insert_rowid(s->db);
}

static int64_t add_interface(struct store *s, const struct capture_info *c)
{
	struct row r = row_start(s, SQL_ADD_INTERFACE);
	int64_t id = 0;

	put_text_value(&r, c->file);
	put_integer_if(&r, s->run, s->run);
	row_run(&r, &id);
	return id;
}

enum store_result store_captures(struct store *s, const struct capture_info *const *captures, size_t count)
{
	store_enter(s);
	s->captures = memory_resize(s->captures, count + 1, sizeof *s->captures);
	for (size_t i = 0; i < count; i++)
		s->captures[i] = add_file(s, captures[i]);
	s->interfaces = false;
	s->captures_are_new = true;
	s->capture_count = count;
	return store_leave(s);
}

enum store_result store_interfaces(struct store *s, const struct capture_info *const *captures, size_t count)
{
	bool again = s->interfaces && s->capture_count == count;

	store_enter(s);
	s->captures = memory_resize(s->captures, count + 1, sizeof *s->captures);
	for (size_t i = 0; i < count; i++) {
		if (!again)
			s->captures[i] = add_interface(s, captures[i]);
		set_figures(s, s->captures[i], captures[i]);
	}
	s->interfaces = true;
	s->captures_are_new = s->captures_are_new || !again;
	s->capture_count = count;
	return store_leave(s);
}

/* ---- the daemon's life ---- */

/* Another daemon that lives from this store, though not this same process that begins anew. */
static bool other_lives(struct store *s, int64_t pid)
{
	sqlite3_stmt *find = s->statements[SQL_FIND_RUN];
	bool lives = false;

	if (s->result != STORE_DONE)
		return false;
	if (sqlite3_step(find) == SQLITE_ROW && sqlite3_column_type(find, 1) == SQLITE_TEXT)
		lives = sqlite3_column_int64(find, 0) != pid
			&& process_find(sqlite3_column_int64(find, 0), (const char *)sqlite3_column_text(find, 1)) == PROCESS_ALIVE;
	sqlite3_reset(find);
	return lives;
}

enum store_result store_run_begin(struct store *s, int64_t pid, const char *version, int64_t now_ns)
{
	struct row r = row_start(s, SQL_ADD_RUN);
	char identity[PROCESS_TEXT];
	int64_t run = 0;
	enum store_result result;

	store_enter(s);
	if (other_lives(s, pid))
		store_fail_words(s, STORE_BUSY, "another dialtone capture is running and keeps its sign-ins there");
	run_statement(s, SQL_BURY_RUN);
	put_integer(&r, pid);
	put_text_value(&r, process_identity(pid, identity));
	put_text_value(&r, version);
	put_integer(&r, now_ns);
	put_integer(&r, now_ns);
	row_run(&r, &run);
	result = store_leave(s);
	if (result == STORE_DONE) {
		s->run = run;
		s->capture_count = 0;
	}
	return result;
}

static enum store_result sign_of_life(struct store *s, enum statement which, int64_t now_ns)
{
	struct row r = row_start(s, which);

	store_enter(s);
	put_integer(&r, now_ns);
	put_integer(&r, s->run);
	row_run(&r, NULL);
	return store_leave(s);
}

/* With FULL the -wal file is synced behind the transaction, and what stands in it before is safe as well. It cannot be changed within a transaction. */
enum store_result store_run_alive(struct store *s, int64_t now_ns)
{
	enum store_result result;

	if (!s->batch)
		sqlite3_exec(s->db, "PRAGMA synchronous = FULL", NULL, NULL, NULL);
	result = sign_of_life(s, SQL_RUN_ALIVE, now_ns);
	if (!s->batch)
		sqlite3_exec(s->db, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
	return result;
}

enum store_result store_run_end(struct store *s, int64_t now_ns)
{
	return sign_of_life(s, SQL_RUN_END, now_ns);
}

enum store_result store_counter(struct store *s, const char *name, const char *part, uint64_t value, int64_t now_ns)
{
	struct row r = row_start(s, SQL_PUT_COUNTER);

	store_enter(s);
	put_integer(&r, s->run);
	put_text_value(&r, name);
	put_text_or_empty(&r, part);
	put_integer(&r, (int64_t)value);
	put_integer(&r, now_ns);
	row_run(&r, NULL);
	return store_leave(s);
}

enum store_result store_loss(struct store *s, const char *part, int64_t from_ns, int64_t until_ns, uint64_t packets)
{
	struct row r = row_start(s, SQL_ADD_LOSS);

	store_enter(s);
	put_integer(&r, s->run);
	put_text_or_empty(&r, part);
	put_integer(&r, from_ns);
	put_integer(&r, until_ns);
	put_integer(&r, (int64_t)packets);
	row_run(&r, NULL);
	return store_leave(s);
}

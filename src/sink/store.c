/*
 * The SQLite store. schema.sql says what is where; here each attempt is written in one transaction, the rows of an earlier analysis of the same
 * attempt removed first. Statements are prepared once.
 *
 * After a failed call of SQLite nothing more is tried until the transaction ends: the first reason is the one that is logged.
 */
#include "sink/store.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "sink/json_parts.h"
#include "sink/store_statements.h"

/* "dial": tells the store from other programs' databases (PRAGMA application_id). */
enum { APPLICATION_ID = 0x6469616c, BUSY_MS = 5000 };

/* migrations[n] brings schema n to n + 1. */
static const char *const migrations[] = {
#include "sink/schema.inc"
};
enum { SCHEMA_VERSION = sizeof migrations / sizeof migrations[0] };

struct store {
	sqlite3 *db;
	char *path;
	sqlite3_stmt *statements[SQL_COUNT];
	bool failed;                    /* in this transaction; the reason was logged */
	sqlite3_int64 *captures;        /* row ids by the order of the files */
	size_t capture_count;
	sqlite3_int64 attempt;          /* row id of the one being written */
	struct writer json;
};

/* ---- errors ---- */

static const char *reason_of(sqlite3 *db, int code)
{
	int system = sqlite3_system_errno(db);

	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED: return "another program has locked it for more than 5 seconds";
	case SQLITE_FULL: return "there is no room left on the disk";
	case SQLITE_NOTADB: return "this is not a database";
	case SQLITE_READONLY: return "it may not be written";
	case SQLITE_CANTOPEN: return system ? strerror(system) : "it cannot be opened";
	case SQLITE_IOERR: return system ? strerror(system) : sqlite3_errmsg(db);
	default: return sqlite3_errmsg(db);
	}
}

static bool fail(struct store *s, int code)
{
	if (!s->failed)
		log_error("%s: %s", s->path, reason_of(s->db, code));
	s->failed = true;
	return false;
}

/* ---- binding and running ---- */

/* The values of one statement, first to last. */
struct row {
	struct store *store;
	enum statement which;
	int at;
};

static struct row row_start(struct store *s, enum statement which)
{
	return (struct row){ s, which, 0 };
}

static void check(struct store *s, int code)
{
	if (code != SQLITE_OK)
		fail(s, code);
}

static void put_text_value(struct row *r, const char *text)
{
	check(r->store, sqlite3_bind_text(r->store->statements[r->which], ++r->at, text, -1, SQLITE_TRANSIENT));
}

/* For columns that are never NULL. */
static void put_text_or_empty(struct row *r, const char *text)
{
	put_text_value(r, text ? text : "");
}

static void put_integer(struct row *r, int64_t n)
{
	check(r->store, sqlite3_bind_int64(r->store->statements[r->which], ++r->at, n));
}

static void put_integer_if(struct row *r, bool known, int64_t n)
{
	if (known)
		put_integer(r, n);
	else
		check(r->store, sqlite3_bind_null(r->store->statements[r->which], ++r->at));
}

static void put_attempt_and_position(struct row *r, size_t position)
{
	put_integer(r, r->store->attempt);
	put_integer(r, (int64_t)position);
}

/* Runs the statement; its first row's first column, if it has one, into ret. */
static void row_run(struct row *r, sqlite3_int64 *ret)
{
	struct store *s = r->store;
	sqlite3_stmt *statement = s->statements[r->which];
	int code;

	if (!s->failed) {
		code = sqlite3_step(statement);
		if (code == SQLITE_ROW && ret)
			*ret = sqlite3_column_int64(statement, 0);
		else if (code != SQLITE_DONE && code != SQLITE_ROW)
			fail(s, code);
	}
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
}

static void run(struct store *s, enum statement which)
{
	struct row r = row_start(s, which);

	row_run(&r, NULL);
}

static void begin(struct store *s)
{
	s->failed = false;
	run(s, SQL_BEGIN);
}

/* True where everything since begin is stored; else it is as if nothing had been. */
static bool end(struct store *s)
{
	run(s, SQL_COMMIT);
	if (!s->failed)
		return true;
	if (!sqlite3_get_autocommit(s->db)) {
		sqlite3_step(s->statements[SQL_ROLLBACK]);
		sqlite3_reset(s->statements[SQL_ROLLBACK]);
	}
	return false;
}

/* ---- opening ---- */

static bool execute(struct store *s, const char *text)
{
	int code = sqlite3_exec(s->db, text, NULL, NULL, NULL);

	return code == SQLITE_OK || fail(s, code);
}

/* The number that a statement gives. */
static bool ask(struct store *s, const char *text, int64_t *ret)
{
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(s->db, text, -1, &statement, NULL);

	if (code == SQLITE_OK)
		code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		*ret = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return code == SQLITE_ROW || fail(s, code);
}

static bool is_ours(struct store *s, int64_t *ret_version)
{
	int64_t tables, application;

	if (!ask(s, "SELECT count(*) FROM sqlite_master", &tables) || !ask(s, "PRAGMA application_id", &application)
	    || !ask(s, "PRAGMA user_version", ret_version))
		return false;
	if (tables == 0 && *ret_version == 0 && (application == 0 || application == APPLICATION_ID))
		return true;
	if (application != APPLICATION_ID) {
		log_error("%s: this is the database of another program", s->path);
		return false;
	}
	if (*ret_version > SCHEMA_VERSION) {
		log_error("%s: made by a newer dialtone (its schema is %" PRId64 ", this program knows %d)", s->path, *ret_version, SCHEMA_VERSION);
		return false;
	}
	return true;
}

/* Looks once more under the lock: another dialtone may have made the tables meanwhile. */
static bool migrate(struct store *s)
{
	char version_sql[96];
	int64_t version = SCHEMA_VERSION;
	bool good = execute(s, "BEGIN IMMEDIATE") && is_ours(s, &version);

	for (int64_t v = version; good && v < SCHEMA_VERSION; v++) {
		snprintf(version_sql, sizeof version_sql, "PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION_ID, (int)v + 1);
		good = execute(s, migrations[v]) && execute(s, version_sql);
	}
	if (good)
		good = execute(s, "COMMIT");
	if (!good && !sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return good;
}

static bool prepare(struct store *s)
{
	int64_t version;

	/* WAL: readers go on while an attempt is written. A file system that cannot do it keeps its own journal, which is as safe. */
	if (!is_ours(s, &version) || !execute(s, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON"))
		return false;
	if (version < SCHEMA_VERSION && !migrate(s))
		return false;
	for (enum statement i = 0; i < SQL_COUNT; i++) {
		int code = sqlite3_prepare_v3(s->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &s->statements[i], NULL);

		if (code != SQLITE_OK)
			return fail(s, code);
	}
	return true;
}

struct store *store_open(const char *path)
{
	struct store *s = memory_get(sizeof *s);
	int code;

	s->path = memory_copy(path, strlen(path));
	code = sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXRESCODE, NULL);
	if (code == SQLITE_OK)
		sqlite3_busy_timeout(s->db, BUSY_MS);
	else
		fail(s, code);
	if (code == SQLITE_OK && prepare(s))
		return s;
	store_close(s);
	return NULL;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	for (enum statement i = 0; i < SQL_COUNT; i++)
		sqlite3_finalize(s->statements[i]);
	sqlite3_close(s->db);
	writer_free(&s->json);
	free(s->captures);
	free(s->path);
	free(s);
}

/* ---- captures ---- */

static sqlite3_int64 add_capture(struct store *s, const struct capture_info *c)
{
	struct row add = row_start(s, SQL_ADD_CAPTURE), find = row_start(s, SQL_FIND_CAPTURE);
	sqlite3_int64 id = 0;

	put_text_value(&find, c->file);
	put_integer(&find, (int64_t)c->packets);
	put_integer(&find, (int64_t)c->bytes);
	put_integer_if(&find, c->packets, c->first_ns);
	row_run(&find, &id);
	if (id || s->failed)
		return id;
	put_text_value(&add, c->file);
	put_text_value(&add, c->link_type);
	put_integer(&add, (int64_t)c->packets);
	put_integer(&add, (int64_t)c->bytes);
	put_integer_if(&add, c->packets, c->first_ns);
	put_integer_if(&add, c->packets, c->last_ns);
	put_integer(&add, (int64_t)c->malformed);
	put_integer(&add, c->cut_short);
	row_run(&add, NULL);
	return sqlite3_last_insert_rowid(s->db);
}

bool store_captures(struct store *s, const struct capture_info *const *captures, size_t count)
{
	begin(s);
	s->captures = memory_resize(s->captures, count + 1, sizeof *s->captures);
	for (size_t i = 0; i < count; i++)
		s->captures[i] = add_capture(s, captures[i]);
	s->capture_count = count;
	if (end(s))
		return true;
	s->capture_count = 0;
	return false;
}

/* ---- the parts of an attempt ---- */

static void add_frame(struct store *s, const char *part, size_t position, frame_ref f)
{
	struct row r = row_start(s, SQL_ADD_FRAME);
	bool known = frame_file(f) < s->capture_count;

	put_integer(&r, s->attempt);
	put_text_value(&r, part);
	put_integer(&r, (int64_t)position);
	put_integer_if(&r, known, known ? s->captures[frame_file(f)] : 0);
	put_integer(&r, (int64_t)frame_number(f));
	row_run(&r, NULL);
}

static void add_frames(struct store *s, const char *part, size_t position, const struct frame_list *frames)
{
	for (size_t i = 0; i < frames->count; i++)
		add_frame(s, part, position, frames->at[i]);
}

static void add_step(struct store *s, enum step step, const struct step_report *report)
{
	struct row r = row_start(s, SQL_ADD_STEP);

	put_attempt_and_position(&r, step);
	put_text_value(&r, step_name(step));
	put_text_value(&r, step_state_name(report->state));
	put_integer_if(&r, report->has_time, report->start_ns);
	put_integer_if(&r, report->has_time, report->end_ns);
	put_text_value(&r, report->detail);
	row_run(&r, NULL);
	add_frames(s, "step", step, &report->frames);
}

static const char *addresses_json(struct store *s, const struct addr_list *addresses)
{
	writer_clear(&s->json);
	writer_open(&s->json, '[');
	for (size_t i = 0; i < addresses->count; i++)
		writer_addr(&s->json, &addresses->at[i]);
	writer_close(&s->json, ']');
	return writer_result(&s->json);
}

static const char *texts_json(struct store *s, const struct text_list *texts)
{
	writer_clear(&s->json);
	writer_open(&s->json, '[');
	for (size_t i = 0; i < texts->count; i++)
		writer_string(&s->json, texts->at[i]);
	writer_close(&s->json, ']');
	return writer_result(&s->json);
}

static void add_candidate(struct store *s, size_t position, const struct candidate_report *c)
{
	struct row r = row_start(s, SQL_ADD_CANDIDATE);

	put_attempt_and_position(&r, position);
	put_text_value(&r, candidate_source_name(c->source));
	put_text_value(&r, c->query);
	put_text_or_empty(&r, c->server);
	put_integer_if(&r, c->port, c->port);
	put_text_value(&r, addresses_json(s, &c->addresses));
	put_text_value(&r, naming_name(c->naming));
	put_text_value(&r, c->matched_domain);
	put_integer(&r, c->dialled);
	put_text_value(&r, candidate_result_name(c->result));
	row_run(&r, NULL);
	add_frames(s, "candidate", position, &c->frames);
}

static void add_finding(struct store *s, size_t position, const struct finding_report *f)
{
	struct row r = row_start(s, SQL_ADD_FINDING);

	put_attempt_and_position(&r, position);
	put_text_value(&r, f->rule->code);
	put_text_value(&r, severity_name(f->severity));
	put_text_value(&r, step_name(f->step));
	put_text_or_empty(&r, f->subject);
	put_text_or_empty(&r, f->message);
	put_text_or_empty(&r, f->fix);
	put_text_value(&r, grade_name(f->grade));
	put_text_or_empty(&r, f->rule->source);
	row_run(&r, NULL);
	add_frames(s, "finding", position, &f->frames);
}

static void add_certificate(struct store *s, size_t position, const struct certificate_report *c)
{
	struct row r = row_start(s, SQL_ADD_CERTIFICATE);

	put_attempt_and_position(&r, position);
	put_text_or_empty(&r, c->server);
	put_text_value(&r, c->wanted);
	put_text_value(&r, c->subject);
	put_text_value(&r, c->issuer);
	put_text_value(&r, texts_json(s, &c->san));
	put_integer(&r, c->not_before_ns);
	put_integer(&r, c->not_after_ns);
	put_text_value(&r, c->signature_algorithm);
	put_text_value(&r, c->key);
	put_text_value(&r, c->sha256);
	row_run(&r, NULL);
	add_frames(s, "certificate", position, &c->frames);
}

static void add_event(struct store *s, size_t position, const struct event *e, bool several_files)
{
	struct row r = row_start(s, SQL_ADD_EVENT);

	writer_clear(&s->json);
	json_put_event(&s->json, e, NULL, several_files);
	put_attempt_and_position(&r, position);
	put_integer(&r, e->at_ns);
	put_text_value(&r, e->kind->proto);
	put_text_value(&r, e->kind->name);
	put_text_value(&r, writer_result(&s->json));
	row_run(&r, NULL);
	if (e->frames)
		add_frames(s, "event", position, &(struct frame_list){ e->frames, e->frame_count });
	else
		add_frame(s, "event", position, e->frame);
}

static void add_story(struct store *s, size_t position, const struct story_line *l)
{
	struct row r = row_start(s, SQL_ADD_STORY);

	put_attempt_and_position(&r, position);
	put_integer(&r, l->at_ns);
	put_text_value(&r, step_name(l->step));
	put_text_or_empty(&r, l->from);
	put_text_or_empty(&r, l->to);
	put_text_or_empty(&r, l->text);
	row_run(&r, NULL);
	add_frame(s, "story", position, l->frame);
}

static void add_cannot_show(struct store *s, size_t position, const char *text)
{
	struct row r = row_start(s, SQL_ADD_CANNOT_SHOW);

	put_attempt_and_position(&r, position);
	put_text_value(&r, text);
	row_run(&r, NULL);
}

static void add_parts(struct store *s, const struct attempt_report *a, bool several_files)
{
	for (enum step step = 0; step < STEP_COUNT; step++)
		add_step(s, step, &a->steps[step]);
	for (size_t i = 0; i < a->candidate_count; i++)
		add_candidate(s, i, &a->candidates[i]);
	for (size_t i = 0; i < a->finding_count; i++)
		add_finding(s, i, &a->findings[i]);
	for (size_t i = 0; i < a->certificate_count; i++)
		add_certificate(s, i, &a->certificates[i]);
	for (size_t i = 0; i < a->event_count; i++)
		if (!a->events[i]->kind->internal)
			add_event(s, i, a->events[i], several_files);
	for (size_t i = 0; i < a->story_count; i++)
		add_story(s, i, &a->story[i]);
	for (size_t i = 0; i < a->cannot_show.count; i++)
		add_cannot_show(s, i, a->cannot_show.at[i]);
}

/* ---- phone and attempt ---- */

static void add_phone(struct store *s, const struct phone_report *phone, const struct attempt_report *a, const char *mac)
{
	struct row r = row_start(s, SQL_ADD_PHONE);
	char address[ADDR_TEXT];

	put_text_value(&r, mac);
	put_text_value(&r, phone->vendor);
	put_text_value(&r, phone->model);
	put_text_value(&r, phone->firmware);
	put_text_value(&r, phone->firmware_source);
	put_text_value(&r, phone->sip_domain);
	put_text_value(&r, phone->sip_domain_source);
	put_integer(&r, a->start_ns);
	put_integer(&r, a->end_ns);
	row_run(&r, NULL);
	for (size_t i = 0; i < phone->addresses.count; i++) {
		r = row_start(s, SQL_ADD_ADDRESS);
		put_text_value(&r, mac);
		put_text_value(&r, addr_format(&phone->addresses.at[i], address));
		row_run(&r, NULL);
	}
	for (size_t i = 0; i < phone->vlan_count; i++) {
		r = row_start(s, SQL_ADD_VLAN);
		put_text_value(&r, mac);
		put_integer(&r, phone->vlans[i]);
		row_run(&r, NULL);
	}
}

static void add_attempt(struct store *s, const struct attempt_report *a, const char *mac)
{
	struct row drop = row_start(s, SQL_DROP_ATTEMPT), r = row_start(s, SQL_ADD_ATTEMPT);

	put_text_value(&drop, mac);
	put_integer(&drop, a->start_ns);
	row_run(&drop, NULL);
	put_text_value(&r, mac);
	put_text_or_empty(&r, a->id);
	put_integer(&r, a->start_ns);
	put_integer(&r, a->end_ns);
	put_text_value(&r, method_name(a->method));
	put_text_or_empty(&r, a->policy);
	put_text_value(&r, policy_source_name(a->policy_source));
	put_text_value(&r, outcome_name(a->outcome));
	put_text_value(&r, a->cause ? step_name(a->cause->step) : NULL);
	put_text_value(&r, a->cause ? a->cause->rule->code : NULL);
	put_integer(&r, (int64_t)a->events_left_out);
	row_run(&r, NULL);
	s->attempt = sqlite3_last_insert_rowid(s->db);
}

bool store_attempt(struct store *s, const struct phone_report *phone, const struct attempt_report *a, bool several_files)
{
	char mac[MAC_TEXT];

	mac_format(phone->mac, mac);
	begin(s);
	add_phone(s, phone, a, mac);
	add_attempt(s, a, mac);
	add_parts(s, a, several_files);
	return end(s);
}

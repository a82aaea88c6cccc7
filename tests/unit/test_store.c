/* The store: what is put in can be asked for, nothing doubles, and what goes wrong is said. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "sink/store.h"
#include "tests/unit/sample_report.h"
#include "trail/event.h"

static char folder[] = "/tmp/dialtone-store-XXXXXX";
static char path[64], said_path[64];

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof path, "%s/test.db", folder);
	snprintf(said_path, sizeof said_path, "%s/stderr", folder);
	return 0;
}

static int empty_folder(void **state)
{
	static const char *const names[] = { "test.db", "test.db-wal", "test.db-shm", "test.db-journal", "stderr" };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char name[96];

		snprintf(name, sizeof name, "%s/%s", folder, names[i]);
		unlink(name);
	}
	return 0;
}

static int remove_folder(void **state)
{
	empty_folder(state);
	return rmdir(folder);
}

/* ---- asking ---- */

/* The first column of the first row, as text. */
static const char *ask(const char *sql)
{
	static char out[4096];
	sqlite3 *db;
	sqlite3_stmt *statement = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	snprintf(out, sizeof out, "%s", sqlite3_column_text(statement, 0) ? (const char *)sqlite3_column_text(statement, 0) : "(null)");
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return out;
}

static void tell(const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void check(const char *sql, const char *answer)
{
	const char *got = ask(sql);

	if (strcmp(got, answer) != 0)
		fail_msg("%s: %s, not %s", sql, got, answer);
}

/* ---- what is said on stderr ---- */

static int stderr_kept;

static void listen_start(void)
{
	int to = open(said_path, O_CREAT | O_TRUNC | O_RDWR, 0600);

	fflush(stderr);
	stderr_kept = dup(STDERR_FILENO);
	dup2(to, STDERR_FILENO);
	close(to);
}

/* One line that begins "dialtone: PATH: " and goes on with `words`. */
static void listen_end(const char *words)
{
	char said[1024], wanted[256];
	FILE *in;

	fflush(stderr);
	dup2(stderr_kept, STDERR_FILENO);
	close(stderr_kept);
	in = fopen(said_path, "r");
	said[fread(said, 1, sizeof said - 1, in)] = '\0';
	fclose(in);
	snprintf(wanted, sizeof wanted, "dialtone: %s: %s\n", path, words);
	assert_string_equal(said, wanted);
}

/* ---- storing ---- */

/* A copy of the broken sample's attempt with two messages, one of which was reassembled. */
static const struct attempt_report *attempt_with_events(struct arena *a)
{
	static const struct kind response = { "dns", "response", false }, gap = { "tcp", "gap", true };
	static const struct field qname = { "qname" };
	static const frame_ref frames[] = { 61, 63 };
	static struct attempt_report copy;
	static const struct event *list[3];
	struct event *e[3];

	for (size_t i = 0; i < 3; i++) {
		e[i] = arena_get(a, sizeof *e[i]);
		e[i]->kind = i == 1 ? &gap : &response;
		e[i]->frame = i ? 67 : 63;
		e[i]->at_ns = INT64_C(1700000000000000000) + (int64_t)i;
		e[i]->fields.arena = a;
		put_string(&e[i]->fields, &qname, "sip.contoso.com");
		list[i] = e[i];
	}
	e[0]->frames = frames;
	e[0]->frame_count = 2;
	copy = *sample_broken()->phones[0]->attempts[0];
	copy.events = list;
	copy.event_count = 3;
	return &copy;
}

static void store_all(const struct report *r)
{
	struct store *s = store_open(path);

	assert_non_null(s);
	assert_true(store_captures(s, r->captures, r->capture_count));
	for (size_t i = 0; i < r->phone_count; i++)
		for (size_t k = 0; k < r->phones[i]->attempt_count; k++)
			assert_true(store_attempt(s, r->phones[i], r->phones[i]->attempts[k], r->capture_count > 1));
	store_close(s);
}

static void test_values(void **state)
{
	(void)state;
	store_all(sample_broken());
	check("PRAGMA journal_mode", "wal");
	check("PRAGMA user_version", "1");
	check("PRAGMA integrity_check", "ok");
	check("SELECT count(*) FROM pragma_foreign_key_check", "0");
	check("SELECT mac || ' ' || vendor || ' ' || sip_domain FROM phone", "00:04:f2:aa:bb:01 Polycom contoso.com");
	check("SELECT firmware FROM phone", "(null)");
	check("SELECT address FROM phone_address", "10.20.30.41");
	check("SELECT vlan FROM phone_vlan", "200");
	check("SELECT outcome || ' ' || broke_at || ' ' || cause || ' ' || method FROM attempt", "failed naming strict-name pin");
	check("SELECT end_ns - start_ns FROM attempt", "4512000000");
	check("SELECT group_concat(step || '=' || state, ' ') FROM (SELECT * FROM step WHERE state <> 'ok' ORDER BY position)",
		"update=warning naming=failed connect=not-seen tls=not-seen register=not-seen exchange=not-seen");
	check("SELECT start_ns FROM step WHERE step = 'connect'", "(null)");
	check("SELECT server || ' ' || addresses || ' ' || naming || ' ' || dialled FROM candidate WHERE position = 0",
		"pool01.corp.contoso.local [\"10.20.0.15\"] no-match 0");
	check("SELECT severity || ' ' || grade || ' ' || step FROM finding WHERE code = 'strict-name'", "error strong naming");
	check("SELECT group_concat(number) FROM frame WHERE part = 'finding' AND position = 0", "61,63,64,67");
	check("SELECT file FROM frame JOIN capture ON capture.id = frame.capture WHERE part = 'finding' LIMIT 1", "phone.pcap");
	check("SELECT sender || '>' || receiver FROM story WHERE position = 3", "dns>phone");
	check("SELECT count(*) FROM cannot_show", "1");
	check("SELECT start || ' ' || seconds || ' ' || cause FROM sign_in", "2023-11-14 22:13:20 4.512 strict-name");
}

static void test_evidence(void **state)
{
	const struct report *r = sample_broken();
	struct arena a = { 0 };
	struct store *s = store_open(path);

	(void)state;
	assert_true(store_captures(s, r->captures, r->capture_count));
	assert_true(store_attempt(s, r->phones[0], attempt_with_events(&a), false));
	store_close(s);
	arena_free(&a);
	check("SELECT count(*) FROM event", "2");
	check("SELECT group_concat(frame) FROM (SELECT frame FROM evidence WHERE code = 'strict-name' ORDER BY frame)", "61,63,67");
	check("SELECT json_extract(json, '$.qname') FROM evidence WHERE frame = 67", "sip.contoso.com");
	check("SELECT json_extract(json, '$.frames[0]') FROM event WHERE position = 0", "61");
}

static void test_twice(void **state)
{
	static const char *const tables[] = {
		"capture", "phone", "phone_address", "phone_vlan", "attempt", "step", "candidate", "finding", "certificate", "event", "story", "cannot_show", "frame",
	};
	char sql[128], once[32];

	(void)state;
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
		snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", tables[i]);
		empty_folder(state);
		store_all(sample_broken());
		store_all(sample_signed_in());
		snprintf(once, sizeof once, "%s", ask(sql));
		store_all(sample_broken());
		store_all(sample_signed_in());
		check(sql, once);
	}
	check("SELECT count(*) FROM attempt", "2");
}

/* What a later capture does not show is not forgotten; what it shows newly is kept. */
static void test_phone_grows(void **state)
{
	struct phone_report phone = *sample_broken()->phones[0];
	struct store *s = store_open(path);

	(void)state;
	phone.firmware = "4.0.7577.4444";
	phone.firmware_source = "update";
	assert_true(store_attempt(s, &phone, phone.attempts[0], false));
	phone.firmware = phone.firmware_source = phone.vendor = NULL;
	phone.model = "CX600";
	assert_true(store_attempt(s, &phone, phone.attempts[0], false));
	store_close(s);
	check("SELECT vendor || ' ' || model || ' ' || firmware || ' ' || firmware_source FROM phone", "Polycom CX600 4.0.7577.4444 update");
	check("SELECT count(*) FROM frame WHERE capture IS NOT NULL", "0");
}

static void test_hostile(void **state)
{
	(void)state;
	store_all(sample_hostile());
	check("PRAGMA integrity_check", "ok");
	check("SELECT group_concat(file || ':' || number) FROM frame JOIN capture ON capture.id = capture WHERE part = 'finding'",
		"phone.pcap:7,a\033[31m.pcap:9");
}

/* ---- what goes wrong ---- */

static void write_file(const char *text)
{
	FILE *out = fopen(path, "w");

	fputs(text, out);
	fclose(out);
}

static void check_refused(const char *words)
{
	listen_start();
	if (store_open(path))
		fail_msg("%s: opened", words);
	listen_end(words);
}

static void test_refused(void **state)
{
	(void)state;
	write_file("This is a letter, not a database, and it is long enough to be told from one by its first octets.\n");
	check_refused("this is not a database");
	empty_folder(state);
	tell("CREATE TABLE recipe (name TEXT)");
	check_refused("this is the database of another program");
	check("SELECT count(*) FROM sqlite_master", "1");
	empty_folder(state);
	store_all(sample_empty());
	tell("PRAGMA user_version = 7");
	check_refused("made by a newer dialtone (its schema is 7, this program knows 1)");
	empty_folder(state);
	assert_int_equal(mkdir(path, 0700), 0);
	listen_start();
	assert_null(store_open(path));
	listen_end("Is a directory");
	rmdir(path);
}

static void test_locked(void **state)
{
	const struct report *r = sample_broken();
	struct store *s = store_open(path);
	sqlite3 *other;

	(void)state;
	assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	listen_start();
	assert_false(store_attempt(s, r->phones[0], r->phones[0]->attempts[0], false));
	listen_end("another program has locked it for more than 5 seconds");
	sqlite3_exec(other, "COMMIT", NULL, NULL, NULL);
	sqlite3_close(other);
	assert_true(store_attempt(s, r->phones[0], r->phones[0]->attempts[0], false));
	store_close(s);
}

/* The C library's pwrite, in whose place these stand for SQLite too, on a disk that can fill up. */
static bool disk_full;

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at)
{
	if (disk_full) {
		errno = ENOSPC;
		return -1;
	}
	return syscall(SYS_pwrite64, fd, data, size, at);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at)
{
	return pwrite64(fd, data, size, at);
}

/* The attempt that was there stays whole. */
static void test_full(void **state)
{
	const struct report *r = sample_broken();
	struct attempt_report changed = *r->phones[0]->attempts[0];
	struct store *s;

	(void)state;
	store_all(r);
	changed.outcome = OUTCOME_UNKNOWN;
	s = store_open(path);
	listen_start();
	disk_full = true;
	assert_false(store_attempt(s, r->phones[0], &changed, false));
	disk_full = false;
	listen_end("there is no room left on the disk");
	check("PRAGMA integrity_check", "ok");
	check("SELECT group_concat(outcome) FROM attempt", "failed");
	assert_true(store_attempt(s, r->phones[0], &changed, false));
	store_close(s);
	check("SELECT group_concat(outcome) FROM attempt", "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_values, empty_folder),
		cmocka_unit_test_setup(test_evidence, empty_folder),
		cmocka_unit_test_setup(test_twice, empty_folder),
		cmocka_unit_test_setup(test_phone_grows, empty_folder),
		cmocka_unit_test_setup(test_hostile, empty_folder),
		cmocka_unit_test_setup(test_refused, empty_folder),
		cmocka_unit_test_setup(test_locked, empty_folder),
		cmocka_unit_test_setup(test_full, empty_folder),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

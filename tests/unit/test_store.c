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
#include "tests/unit/store_expect.h"
#include "trail/event.h"

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
	struct store *s = store_open(store_path);

	assert_non_null(s);
	assert_int_equal(store_captures(s, r->captures, r->capture_count), STORE_DONE);
	for (size_t i = 0; i < r->phone_count; i++)
		for (size_t k = 0; k < r->phones[i]->attempt_count; k++)
			assert_int_equal(store_attempt(s, r->phones[i], r->phones[i]->attempts[k]), STORE_DONE);
	store_close(s);
}

static void test_values(void **state)
{
	(void)state;
	store_all(sample_broken());
	store_check("PRAGMA journal_mode", "wal");
	store_check("PRAGMA user_version", "2");
	store_check("PRAGMA integrity_check", "ok");
	store_check("SELECT count(*) FROM pragma_foreign_key_check", "0");
	store_check("SELECT mac || ' ' || vendor || ' ' || sip_domain FROM phone", "00:04:f2:aa:bb:01 Polycom contoso.com");
	store_check("SELECT firmware FROM phone", "(null)");
	store_check("SELECT address FROM phone_address", "10.20.30.41");
	store_check("SELECT vlan FROM phone_vlan", "200");
	store_check("SELECT outcome || ' ' || broke_at || ' ' || cause || ' ' || method FROM attempt", "failed naming strict-name pin");
	store_check("SELECT end_ns - start_ns FROM attempt", "4512000000");
	store_check("SELECT group_concat(step || '=' || state, ' ') FROM (SELECT * FROM step WHERE state <> 'ok' ORDER BY position)",
		"update=warning naming=failed connect=not-seen tls=not-seen register=not-seen exchange=not-seen");
	store_check("SELECT start_ns FROM step WHERE step = 'connect'", "(null)");
	store_check("SELECT server || ' ' || addresses || ' ' || naming || ' ' || dialled FROM candidate WHERE position = 0",
		"pool01.corp.contoso.local [\"10.20.0.15\"] no-match 0");
	store_check("SELECT severity || ' ' || grade || ' ' || step FROM finding WHERE code = 'strict-name'", "error strong naming");
	store_check("SELECT group_concat(number) FROM frame WHERE part = 'finding' AND position = 0", "61,63,64,67");
	store_check("SELECT file FROM frame JOIN capture ON capture.id = frame.capture WHERE part = 'finding' LIMIT 1", "phone.pcap");
	store_check("SELECT sender || '>' || receiver FROM story WHERE position = 3", "dns>phone");
	store_check("SELECT count(*) FROM cannot_show", "1");
	store_check("SELECT start || ' ' || seconds || ' ' || cause FROM sign_in", "2023-11-14 22:13:20 4.512 strict-name");
}

static void test_evidence(void **state)
{
	const struct report *r = sample_broken();
	struct arena a = { 0 };
	struct store *s = store_open(store_path);

	(void)state;
	assert_int_equal(store_captures(s, r->captures, r->capture_count), STORE_DONE);
	assert_int_equal(store_attempt(s, r->phones[0], attempt_with_events(&a)), STORE_DONE);
	store_close(s);
	arena_free(&a);
	store_check("SELECT count(*) FROM event", "2");
	store_check("SELECT group_concat(frame) FROM (SELECT frame FROM evidence WHERE code = 'strict-name' ORDER BY frame)", "61,63,67");
	store_check("SELECT json_extract(json, '$.qname') FROM evidence WHERE frame = 67", "sip.contoso.com");
	store_check("SELECT json_extract(json, '$.frames[0]') FROM event WHERE position = 0", "61");
}

static void test_twice(void **state)
{
	static const char *const tables[] = {
		"capture", "phone", "phone_address", "phone_vlan", "attempt", "step", "candidate", "finding", "certificate", "event_part", "story_part",
		"cannot_show", "frame", "packet",
	};
	char sql[128], once[32];

	(void)state;
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
		snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", tables[i]);
		store_empty_folder(state);
		store_all(sample_broken());
		store_all(sample_signed_in());
		snprintf(once, sizeof once, "%s", store_ask(sql));
		store_all(sample_broken());
		store_all(sample_signed_in());
		store_check(sql, once);
	}
	store_check("SELECT count(*) FROM attempt", "2");
}

/* What a later capture does not show is not forgotten; what it shows newly is kept. */
static void test_phone_grows(void **state)
{
	struct phone_report phone = *sample_broken()->phones[0];
	struct store *s = store_open(store_path);

	(void)state;
	phone.firmware = "4.0.7577.4444";
	phone.firmware_source = "update";
	assert_int_equal(store_attempt(s, &phone, phone.attempts[0]), STORE_DONE);
	phone.firmware = phone.firmware_source = phone.vendor = NULL;
	phone.model = "CX600";
	assert_int_equal(store_attempt(s, &phone, phone.attempts[0]), STORE_DONE);
	store_close(s);
	store_check("SELECT vendor || ' ' || model || ' ' || firmware || ' ' || firmware_source FROM phone", "Polycom CX600 4.0.7577.4444 update");
	store_check("SELECT count(*) FROM frame WHERE capture IS NOT NULL", "0");
}

static void test_hostile(void **state)
{
	(void)state;
	store_all(sample_hostile());
	store_check("PRAGMA integrity_check", "ok");
	store_check("SELECT group_concat(shown) FROM (SELECT file || ':' || number AS shown FROM frame JOIN capture ON capture.id = capture "
		"WHERE part = 'finding' ORDER BY number)",
		"phone.pcap:7,a\033[31m.pcap:9");
}

/* ---- what goes wrong ---- */

static void write_file(const char *text)
{
	FILE *out = fopen(store_path, "w");

	fputs(text, out);
	fclose(out);
}

static void check_refused(const char *words)
{
	store_listen();
	if (store_open(store_path))
		fail_msg("%s: opened", words);
	store_heard(words);
}

static void test_refused(void **state)
{
	(void)state;
	write_file("This is a letter, not a database, and it is long enough to be told from one by its first octets.\n");
	check_refused("this is not a database");
	store_empty_folder(state);
	store_tell("CREATE TABLE recipe (name TEXT)");
	check_refused("this is the database of another program");
	store_check("SELECT count(*) FROM sqlite_master", "1");
	store_empty_folder(state);
	store_all(sample_empty());
	store_tell("PRAGMA user_version = 7");
	check_refused("made by a newer dialtone (its schema is 7, this program knows 2)");
	store_empty_folder(state);
	assert_int_equal(mkdir(store_path, 0700), 0);
	store_listen();
	assert_null(store_open(store_path));
	store_heard("Is a directory");
	rmdir(store_path);
}

static void test_locked(void **state)
{
	const struct report *r = sample_broken();
	struct store *s = store_open(store_path);
	sqlite3 *other;

	(void)state;
	store_patience(s, 50);
	assert_int_equal(sqlite3_open(store_path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	store_listen();
	assert_int_equal(store_attempt(s, r->phones[0], r->phones[0]->attempts[0]), STORE_BUSY);
	store_heard("another program has locked it for too long");
	sqlite3_exec(other, "COMMIT", NULL, NULL, NULL);
	sqlite3_close(other);
	assert_int_equal(store_attempt(s, r->phones[0], r->phones[0]->attempts[0]), STORE_DONE);
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
	s = store_open(store_path);
	store_listen();
	disk_full = true;
	assert_int_equal(store_attempt(s, r->phones[0], &changed), STORE_FULL);
	disk_full = false;
	store_heard("there is no room left on the disk");
	store_check("PRAGMA integrity_check", "ok");
	store_check("SELECT group_concat(outcome) FROM attempt", "failed");
	assert_int_equal(store_attempt(s, r->phones[0], &changed), STORE_DONE);
	store_close(s);
	store_check("SELECT group_concat(outcome) FROM attempt", "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_values, store_empty_folder),
		cmocka_unit_test_setup(test_evidence, store_empty_folder),
		cmocka_unit_test_setup(test_twice, store_empty_folder),
		cmocka_unit_test_setup(test_phone_grows, store_empty_folder),
		cmocka_unit_test_setup(test_hostile, store_empty_folder),
		cmocka_unit_test_setup(test_refused, store_empty_folder),
		cmocka_unit_test_setup(test_locked, store_empty_folder),
		cmocka_unit_test_setup(test_full, store_empty_folder),
	};

	return cmocka_run_group_tests(tests, store_make_folder, store_remove_folder);
}

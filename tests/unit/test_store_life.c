/* The store over time: brought forward from schema 1, an attempt that grows, batches, the daemon's life, retention, room that comes and goes. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/memory.h"
#include "base/moment.h"
#include "base/process.h"
#include "sink/store_parts.h"
#include "sink/store_read.h"
#include "tests/unit/sample_report.h"
#include "tests/unit/store_expect.h"
#include "trail/event.h"

/* ---- schema 1 ---- */

static char *read_file(const char *name)
{
	const char *source = getenv("srcdir");
	char path[512], *text = memory_get(1 << 20);
	FILE *in;

	snprintf(path, sizeof path, "%s/tests/unit/data/%s", source ? source : ".", name);
	in = fopen(path, "r");
	if (!in)
		fail_msg("%s: cannot be read", path);
	text[fread(text, 1, (1 << 20) - 1, in)] = '\0';
	fclose(in);
	return text;
}

static void make_schema_1(void)
{
	char *text = read_file("schema_1.sql");

	store_tell(text);
	free(text);
}

static char *answer_of(const char *sql)
{
	const char *answer = store_ask(sql);

	return memory_copy(answer, strlen(answer));
}

/* What is asked of the old database has the same answer from the new one. */
static void test_schema_1(void **state)
{
	static const char *const questions[] = {
		"SELECT count(*) || ' ' || sum(number) || ' ' || sum(capture) FROM (SELECT DISTINCT * FROM frame)",
		"SELECT count(*) || ' ' || sum(number) FROM frame WHERE attempt = 2 AND part = 'event'",
		"SELECT count(*) || ' ' || sum((at_ns % 1000003)) || ' ' || max(json) FROM event",
		"SELECT count(*) || ' ' || sum((at_ns % 1000003)) || ' ' || sum(length(text)) || max(sender || receiver) FROM story",
		"SELECT count(*) || ' ' || sum(capture) || ' ' || sum(frame) || ' ' || min(json) FROM evidence",
		"SELECT group_concat(outcome || start) FROM sign_in",
		"SELECT group_concat(code || message || severity) FROM finding",
	};
	char *before[sizeof questions / sizeof questions[0]];

	make_schema_1();
	for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++)
		before[i] = answer_of(questions[i]);
	store_close(store_open(store_path));
	for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
		store_check(questions[i], before[i]);
		free(before[i]);
	}
	store_check("PRAGMA user_version", "2");
	store_check("PRAGMA integrity_check", "ok");
	store_check("SELECT count(*) FROM pragma_foreign_key_check", "0");
	store_check("SELECT group_concat(captures, ' ') FROM attempt", "[1] [2,3,4] [5]");
	store_check("SELECT code FROM finding JOIN attempt ON attempt.id = attempt AND cause_finding = position WHERE attempt = 2", "strict-name");
	store_check("SELECT frames FROM step WHERE attempt = 2 AND step = 'lease'", "[\"1:3\",\"1:4\",\"1:5\",\"1:6\"]");
	store_empty_folder(state);
}

/* What is brought forward has to be tables: this view would go on for ever. */
static void test_schema_1_endless(void **state)
{
	(void)state;
	make_schema_1();
	store_tell("DROP VIEW evidence; DROP TABLE event; CREATE VIEW event AS WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
		"SELECT 1 AS attempt, x AS position, 1 AS at_ns, 'dns' AS proto, 'query' AS kind, '{}' AS json FROM n");
	store_listen();
	assert_null(store_open(store_path));
	store_heard("the database is damaged: tables are missing");
	store_listen();
	assert_null(store_reader_open(store_path, 0));
	store_heard("the database is damaged: tables are missing");
	store_check("PRAGMA user_version", "1");
}

/* A database that was brought forward is what a new one is: tables, columns, indexes, views. */
static void test_same_schema(void **state)
{
	static const char question[] =
		"SELECT group_concat(word, char(10)) FROM (SELECT m.type || ' ' || m.name || ' ' || coalesce(i.cid || i.name || ' ' || i.type || i.\"notnull\" "
		"|| coalesce(i.dflt_value, '-') || i.pk, '') || iif(m.type = 'view', m.sql, '') AS word "
		"FROM sqlite_master AS m LEFT JOIN pragma_table_xinfo(m.name) AS i ORDER BY m.type, m.name, i.cid)";
	char *made;

	store_close(store_open(store_path));
	made = answer_of(question);
	store_empty_folder(state);
	make_schema_1();
	store_close(store_open(store_path));
	assert_string_equal(store_ask(question), made);
	free(made);
}

/* ---- an attempt that grows ---- */

enum { EVENTS = 100, PACKETS = 40 };

static const struct kind response = { "dns", "response", false };

struct growing {
	struct arena arena;
	const struct event *events[EVENTS];
	struct story_line lines[EVENTS];
	struct packet_report packets[PACKETS];
	struct attempt_report attempt;
};

static void grow_start(struct growing *g)
{
	*g = (struct growing){ .attempt = *sample_broken()->phones[0]->attempts[0] };
	for (unsigned i = 0; i < EVENTS; i++) {
		struct event *e = arena_get(&g->arena, sizeof *e);

		e->kind = &response;
		e->frame = i + 1;
		e->at_ns = g->attempt.start_ns + i;
		g->events[i] = e;
		g->lines[i] = (struct story_line){ e->at_ns, e->frame, STEP_DISCOVERY, "dns", "phone", arena_printf(&g->arena, "line %u", i) };
	}
	for (unsigned i = 0; i < PACKETS; i++)
		g->packets[i] = (struct packet_report){ i + 1, g->attempt.start_ns + i, 1, 6, 500, span_of(arena_printf(&g->arena, "packet %u", i), 9) };
	g->attempt.events = g->events;
	g->attempt.story = g->lines;
	g->attempt.packets = g->packets;
	g->attempt.going_on = true;
}

static void store_grown(struct store *s, struct growing *g, size_t events, size_t packets)
{
	g->attempt.event_count = g->attempt.story_count = events;
	g->attempt.packet_count = packets;
	assert_int_equal(store_attempt(s, sample_broken()->phones[0], &g->attempt), STORE_DONE);
}

static void check_grown(size_t events, size_t packets)
{
	char wanted[64];

	snprintf(wanted, sizeof wanted, "%zu %zu %zu", events, events, packets);
	store_check("SELECT (SELECT count(*) FROM event) || ' ' || (SELECT count(*) FROM story) || ' ' || (SELECT count(*) FROM packet)", wanted);
	store_check("SELECT count(*) FROM attempt", "1");
}

static void test_grows(void **state)
{
	static const size_t sizes[] = { 1, 31, 32, 33, 64, 100, 100, 65, 64, 63, 0, 5 };
	struct growing *g = memory_get(sizeof *g);
	struct store *s = store_open(store_path);
	struct phone_report phone = *sample_broken()->phones[0];

	(void)state;
	grow_start(g);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		store_grown(s, g, sizes[i], sizes[i] * PACKETS / EVENTS);
		check_grown(sizes[i], sizes[i] * PACKETS / EVENTS);
	}
	store_grown(s, g, EVENTS, PACKETS);
	store_check("SELECT count(*) FROM (SELECT position, frames, text FROM story) WHERE text = 'line ' || position AND frames = '[' || (position + 1) || ']'", "100");
	store_check("SELECT count(*) FROM packet WHERE substr(octets, 1, length('packet ' || position)) = CAST('packet ' || position AS BLOB) AND number = position + 1 "
		"AND wire_length = 500 AND typeof(octets) = 'blob'", "40");
	store_check("SELECT going_on FROM attempt", "1");
	g->attempt.going_on = false;
	g->attempt.candidate_count = 1;
	g->attempt.finding_count = 0;
	g->attempt.cause = NULL;
	phone.attempts = (const struct attempt_report *const[]){ &g->attempt };
	assert_int_equal(store_attempt(s, &phone, &g->attempt), STORE_DONE);
	store_check("SELECT going_on || ' ' || (SELECT count(*) FROM candidate) || ' ' || (SELECT count(*) FROM finding) FROM attempt", "0 1 0");
	store_check("PRAGMA integrity_check", "ok");
	store_close(s);
	arena_free(&g->arena);
	free(g);
}

/* A new message of an attempt writes its own row and the attempt's, not those that are as they were. */
static void test_only_what_is_new(void **state)
{
	struct growing *g = memory_get(sizeof *g);
	struct store *s = store_open(store_path);

	(void)state;
	grow_start(g);
	store_grown(s, g, EVENTS - 1, PACKETS);
	store_tell("CREATE TABLE written (what TEXT);"
		"CREATE TRIGGER e1 AFTER UPDATE ON event_part BEGIN INSERT INTO written VALUES ('event ' || new.part); END;"
		"CREATE TRIGGER e2 AFTER UPDATE ON story_part BEGIN INSERT INTO written VALUES ('story ' || new.part); END;"
		"CREATE TRIGGER e3 AFTER UPDATE ON packet BEGIN INSERT INTO written VALUES ('packet ' || new.position); END;"
		"CREATE TRIGGER e4 AFTER UPDATE ON step BEGIN INSERT INTO written VALUES ('step ' || new.step); END;"
		"CREATE TRIGGER e5 AFTER UPDATE ON finding BEGIN INSERT INTO written VALUES ('finding'); END;"
		"CREATE TRIGGER e6 AFTER UPDATE ON candidate BEGIN INSERT INTO written VALUES ('candidate'); END");
	g->attempt.steps[STEP_TLS].state = STATE_OK;
	store_grown(s, g, EVENTS, PACKETS);
	store_check("SELECT group_concat(what, ', ') FROM written", "step tls, event 3, story 3");
	store_close(s);
	arena_free(&g->arena);
	free(g);
}

/* Whoever polls asks for what is greater than what was seen. */
static void test_change(void **state)
{
	struct store *s = store_open(store_path);
	const struct phone_report *one = sample_broken()->phones[0], *other = sample_signed_in()->phones[0];

	(void)state;
	assert_int_equal(store_attempt(s, one, one->attempts[0]), STORE_DONE);
	assert_int_equal(store_attempt(s, other, other->attempts[0]), STORE_DONE);
	store_check("SELECT group_concat(change) FROM (SELECT change FROM attempt ORDER BY id)", "1,2");
	assert_int_equal(store_attempt(s, one, one->attempts[0]), STORE_DONE);
	store_check("SELECT group_concat(change) FROM (SELECT change FROM attempt ORDER BY id)", "3,2");
	store_begin(s);
	assert_int_equal(store_attempt(s, one, one->attempts[0]), STORE_DONE);
	assert_int_equal(store_attempt(s, other, other->attempts[0]), STORE_DONE);
	assert_int_equal(store_commit(s), STORE_DONE);
	store_check("SELECT group_concat(change) FROM (SELECT change FROM attempt ORDER BY id)", "4,4");
	store_close(s);
}

/* ---- batches ---- */

static void test_batch(void **state)
{
	const struct phone_report *one = sample_broken()->phones[0], *other = sample_signed_in()->phones[0];
	struct store *s = store_open(store_path);

	(void)state;
	assert_int_equal(store_begin(s), STORE_DONE);
	assert_int_equal(store_attempt(s, one, one->attempts[0]), STORE_DONE);
	store_check("SELECT count(*) FROM attempt", "0");
	assert_int_equal(store_attempt(s, other, other->attempts[0]), STORE_DONE);
	assert_int_equal(store_commit(s), STORE_DONE);
	store_check("SELECT count(*) FROM attempt", "2");
	store_begin(s);
	store_close(s);
	store_check("PRAGMA integrity_check", "ok");
}

/* At most so many pages: what a disk that is full is to SQLite. */
static void limit(struct store *s, unsigned pages)
{
	char words[64];

	snprintf(words, sizeof words, "PRAGMA max_page_count = %u", pages);
	assert_int_equal(sqlite3_exec(s->db, words, NULL, NULL, NULL), SQLITE_OK);
}

/* No room in the middle of a batch: nothing of it is kept, and all of it can come again. */
static void test_batch_full(void **state)
{
	struct growing *g = memory_get(sizeof *g);
	const struct phone_report *one = sample_signed_in()->phones[0], *big = sample_broken()->phones[0];
	struct store *s = store_open(store_path);

	(void)state;
	grow_start(g);
	for (unsigned i = 0; i < PACKETS; i++)
		g->packets[i].data = span_of(arena_get(&g->arena, 65536), 65536);
	g->attempt.packet_count = PACKETS;
	limit(s, 60);
	store_listen();
	assert_int_equal(store_begin(s), STORE_DONE);
	assert_int_equal(store_attempt(s, one, one->attempts[0]), STORE_DONE);
	assert_int_equal(store_attempt(s, big, &g->attempt), STORE_FULL);
	assert_int_equal(store_attempt(s, one, one->attempts[0]), STORE_FULL);
	assert_int_equal(store_commit(s), STORE_FULL);
	assert_int_equal(store_attempt(s, big, &g->attempt), STORE_FULL);
	store_heard("there is no room left on the disk");
	store_check("SELECT count(*) FROM attempt", "0");
	store_check("PRAGMA integrity_check", "ok");
	assert_int_equal(store_attempt(s, one, one->attempts[0]), STORE_DONE);
	limit(s, 100000);
	assert_int_equal(store_attempt(s, big, &g->attempt), STORE_DONE);
	store_check("SELECT count(*) FROM attempt", "2");
	store_close(s);
	arena_free(&g->arena);
	free(g);
}

/* A reader that holds a transaction open neither waits nor is waited for, and sees what was there when it began. */
static void test_long_reader(void **state)
{
	const struct phone_report *one = sample_broken()->phones[0], *other = sample_signed_in()->phones[0];
	struct store *s = store_open(store_path);
	sqlite3_stmt *count;
	sqlite3 *reader;

	(void)state;
	assert_int_equal(store_attempt(s, one, one->attempts[0]), STORE_DONE);
	assert_int_equal(sqlite3_open_v2(store_path, &reader, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM attempt", NULL, NULL, NULL), SQLITE_OK);
	store_patience(s, 0);
	for (unsigned i = 0; i < 300; i++)
		assert_int_equal(store_attempt(s, other, other->attempts[0]), STORE_DONE);
	assert_int_equal(sqlite3_prepare_v2(reader, "SELECT count(*) FROM attempt", -1, &count, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(count), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(count, 0), 1);
	sqlite3_finalize(count);
	sqlite3_close(reader);
	store_check("SELECT count(*) FROM attempt", "2");
	store_close(s);
}

/* ---- the daemon's life ---- */

#define NOW INT64_C(1790000000000000000)

static void test_run(void **state)
{
	struct capture_info eth1 = { .file = "eth1", .link_type = "EN10MB", .packets = 10, .bytes = 1000, .first_ns = NOW, .last_ns = NOW + 5, .time_digits = 9 };
	struct capture_info eth2 = { .file = "eth2", .link_type = "EN10MB" };
	const struct capture_info *const both[] = { &eth1, &eth2 };
	const struct phone_report *phone = sample_broken()->phones[0];
	struct attempt_report a = *phone->attempts[0];
	struct store *s = store_open(store_path);

	(void)state;
	a.going_on = true;
	assert_int_equal(store_run_begin(s, getpid(), "0.1.0", NOW), STORE_DONE);
	assert_int_equal(store_interfaces(s, both, 2), STORE_DONE);
	eth1.packets = 20;
	assert_int_equal(store_interfaces(s, both, 2), STORE_DONE);
	store_check("SELECT group_concat(file || packets || kind || run || coalesce(first_ns, '-')) FROM capture", "eth120interface11790000000000000000,eth20interface1-");
	assert_int_equal(store_attempt(s, phone, &a), STORE_DONE);
	store_check("SELECT run || captures || (SELECT frames FROM finding WHERE position = 1) FROM attempt", "1[1,2][\"1:63\"]");
	assert_int_equal(store_counter(s, "kernel-drops", "eth1", 3, NOW), STORE_DONE);
	assert_int_equal(store_counter(s, "kernel-drops", "eth1", 7, NOW + 1), STORE_DONE);
	assert_int_equal(store_counter(s, "packets", NULL, UINT64_C(1) << 40, NOW + 1), STORE_DONE);
	store_check("SELECT group_concat(name || part || value || '@' || (at_ns - start_ns)) FROM counter JOIN run ON run.id = run",
		"kernel-dropseth17@1,packets1099511627776@1");
	assert_int_equal(store_loss(s, "eth1", NOW, NOW + 9, 55), STORE_DONE);
	store_check("SELECT part || packets || (until_ns - from_ns) FROM loss", "eth1559");
	assert_int_equal(store_run_alive(s, NOW + 10), STORE_DONE);
	store_check("SELECT (alive_ns - start_ns) || coalesce(end_ns, ' lives ') || version FROM run", "10 lives 0.1.0");
	store_close(s);
	s = store_open(store_path);
	assert_int_equal(store_run_begin(s, getpid(), "0.1.1", NOW + 100), STORE_DONE);
	store_check("SELECT (end_ns - start_ns) || ' ' || clean FROM run WHERE id = 1", "10 0");
	assert_int_equal(store_run_end(s, NOW + 200), STORE_DONE);
	store_check("SELECT (end_ns - start_ns) || ' ' || clean FROM run WHERE id = 2", "100 1");
	store_check("SELECT run || going_on FROM attempt", "11");
	store_close(s);
}

static void test_two_daemons(void **state)
{
	struct store *s = store_open(store_path), *t = store_open(store_path);
	pid_t child = fork();
	int status;

	(void)state;
	if (child == 0) {
		pause();
		_exit(0);
	}
	assert_int_equal(store_run_begin(s, child, "0.1.0", NOW), STORE_DONE);
	store_listen();
	assert_int_equal(store_run_begin(t, getpid(), "0.1.0", NOW), STORE_BUSY);
	store_heard("another dialtone capture is running and keeps its sign-ins there");
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	assert_int_equal(store_run_begin(t, getpid(), "0.1.0", NOW), STORE_DONE);
	store_close(s);
	store_close(t);
}

static void test_process(void **state)
{
	char mine[PROCESS_TEXT], other[PROCESS_TEXT];
	pid_t child = fork();
	int status;

	(void)state;
	if (child == 0) {
		pause();
		_exit(0);
	}
	assert_true(strlen(process_identity(getpid(), mine)) > 36);
	assert_int_equal(process_find(getpid(), mine), PROCESS_ALIVE);
	process_identity(child, other);
	assert_int_equal(process_find(child, other), PROCESS_ALIVE);
	kill(child, SIGKILL);
	while (process_find(child, other) == PROCESS_ALIVE)
		usleep(1000);
	assert_int_equal(process_find(child, other), PROCESS_GONE);
	waitpid(child, &status, 0);
	assert_int_equal(process_find(child, other), PROCESS_GONE);
	strcat(mine, "1");
	assert_int_equal(process_find(getpid(), mine), PROCESS_GONE);
	assert_int_equal(process_find(getpid(), "another-boot 17"), PROCESS_UNKNOWN);
	assert_int_equal(process_find(-1, mine), PROCESS_UNKNOWN);
	assert_int_equal(process_find(getpid(), ""), PROCESS_UNKNOWN);
}

/* ---- retention ---- */

/* Attempts at hours 1 to `count`, each another phone's. */
static void store_hours(struct store *s, unsigned count, size_t octets)
{
	struct growing *g = memory_get(sizeof *g);

	grow_start(g);
	g->attempt.going_on = false;
	g->attempt.packet_count = octets ? 1 : 0;
	g->packets[0].data = span_of(arena_get(&g->arena, octets + 1), octets);
	for (unsigned i = 1; i <= count; i++) {
		struct phone_report phone = *sample_broken()->phones[0];

		phone.mac.octet[4] = (uint8_t)(i >> 8);
		phone.mac.octet[5] = (uint8_t)i;
		g->attempt.start_ns = i * 3600 * NS_PER_S;
		g->attempt.end_ns = g->attempt.start_ns + 60 * NS_PER_S;
		assert_int_equal(store_attempt(s, &phone, &g->attempt), STORE_DONE);
	}
	arena_free(&g->arena);
	free(g);
}

static void test_trim_by_age(void **state)
{
	struct store *s = store_open(store_path);
	bool more;

	(void)state;
	store_hours(s, 10, 0);
	assert_int_equal(store_trim(s, 0, 0, 11 * 3600 * NS_PER_S, 5, &more), STORE_DONE);
	assert_false(more);
	store_check("SELECT count(*) FROM attempt", "10");
	assert_int_equal(store_trim(s, 4 * 3600 * NS_PER_S, 0, 11 * 3600 * NS_PER_S, 5, &more), STORE_DONE);
	assert_true(more);
	store_check("SELECT count(*) || ' ' || (min(start_ns) / 3600000000000) FROM attempt", "5 6");
	assert_int_equal(store_trim(s, 4 * 3600 * NS_PER_S, 0, 11 * 3600 * NS_PER_S, 5, &more), STORE_DONE);
	assert_false(more);
	store_check("SELECT count(*) || ' ' || (min(start_ns) / 3600000000000) FROM attempt", "4 7");
	store_check("SELECT count(*) FROM phone", "4");
	store_check("SELECT count(DISTINCT attempt) FROM step", "4");
	store_check("SELECT count(*) FROM pragma_foreign_key_check", "0");
	store_close(s);
}

static uint64_t octets_used(void)
{
	return strtoull(store_ask("SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size"), NULL, 10);
}

static void test_trim_by_size(void **state)
{
	struct store *s = store_open(store_path);
	uint64_t before, after;
	bool more = true;

	(void)state;
	store_hours(s, 200, 60000);
	before = strtoull(store_ask("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"), NULL, 10);
	assert_true(before > 12000000);
	for (unsigned i = 0; more; i++) {
		assert_true(i < 40);
		assert_int_equal(store_trim(s, 0, 4000000, 0, 10, &more), STORE_DONE);
	}
	assert_true(octets_used() <= 4000000 && octets_used() > 3500000);
	store_check("SELECT max(start_ns) / 3600000000000 FROM attempt", "200");
	store_check("SELECT max(start_ns) / 3600000000000 - min(start_ns) / 3600000000000 + 1 - count(*) FROM attempt", "0");
	for (unsigned i = 0; i < 10; i++)
		assert_int_equal(store_trim(s, 0, 4000000, 0, 10, &more), STORE_DONE);
	after = strtoull(store_ask("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"), NULL, 10);
	assert_true(after < before / 2);
	store_check("PRAGMA integrity_check", "ok");
	store_close(s);
}

/* One that is going on stays, however old; one that an earlier daemon did not end goes. */
static void test_trim_spares(void **state)
{
	struct phone_report phone = *sample_broken()->phones[0];
	struct attempt_report a = *phone.attempts[0];
	struct store *s = store_open(store_path);

	(void)state;
	a.going_on = true;
	assert_int_equal(store_run_begin(s, getpid(), "0.1.0", NOW), STORE_DONE);
	assert_int_equal(store_attempt(s, &phone, &a), STORE_DONE);
	assert_int_equal(store_run_begin(s, getpid(), "0.1.0", NOW), STORE_DONE);
	phone.mac.octet[5]++;
	assert_int_equal(store_attempt(s, &phone, &a), STORE_DONE);
	assert_int_equal(store_trim(s, 1, 1, NOW, 100, NULL), STORE_DONE);
	store_check("SELECT group_concat(mac) FROM attempt", "00:04:f2:aa:bb:02");
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_schema_1, store_empty_folder),
		cmocka_unit_test_setup(test_schema_1_endless, store_empty_folder),
		cmocka_unit_test_setup(test_same_schema, store_empty_folder),
		cmocka_unit_test_setup(test_grows, store_empty_folder),
		cmocka_unit_test_setup(test_only_what_is_new, store_empty_folder),
		cmocka_unit_test_setup(test_change, store_empty_folder),
		cmocka_unit_test_setup(test_batch, store_empty_folder),
		cmocka_unit_test_setup(test_batch_full, store_empty_folder),
		cmocka_unit_test_setup(test_long_reader, store_empty_folder),
		cmocka_unit_test_setup(test_run, store_empty_folder),
		cmocka_unit_test_setup(test_two_daemons, store_empty_folder),
		cmocka_unit_test(test_process),
		cmocka_unit_test_setup(test_trim_by_age, store_empty_folder),
		cmocka_unit_test_setup(test_trim_by_size, store_empty_folder),
		cmocka_unit_test_setup(test_trim_spares, store_empty_folder),
	};

	return cmocka_run_group_tests(tests, store_make_folder, store_remove_folder);
}

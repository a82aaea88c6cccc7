/* The store read back: what is printed of a report that was stored is what is printed of the report; lists, names, what has changed. */
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

#include "base/memory.h"
#include "base/moment.h"
#include "sink/sink.h"
#include "sink/store.h"
#include "sink/store_read.h"
#include "tests/unit/sample_report.h"
#include "tests/unit/store_expect.h"

#define NOW INT64_C(1790000000000000000)

static void store_report(const struct report *r)
{
	struct store *s = store_open(store_path);

	assert_non_null(s);
	assert_int_equal(store_captures(s, r->captures, r->capture_count), STORE_DONE);
	for (size_t i = 0; i < r->phone_count; i++)
		for (size_t k = 0; k < r->phones[i]->attempt_count; k++)
			assert_int_equal(store_attempt(s, r->phones[i], r->phones[i]->attempts[k]), STORE_DONE);
	store_close(s);
}

/* ---- the same is printed ---- */

static char *printed_json(const struct report *r)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	json_report(out, r);
	fclose(out);
	return text;
}

static char *printed_text(const struct report *r, bool utf8)
{
	struct text_style style = { .width = 100, .utf8 = utf8, .story = true };
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	text_report(out, r, &style);
	fclose(out);
	return text;
}

static void check_same(const struct report *one, const struct report *other)
{
	char *a = printed_json(one), *b = printed_json(other);

	assert_string_equal(b, a);
	free(a);
	free(b);
	for (int utf8 = 0; utf8 < 2; utf8++) {
		a = printed_text(one, utf8);
		b = printed_text(other, utf8);
		assert_string_equal(b, a);
		free(a);
		free(b);
	}
}

static const struct report *read_one(const char *words, struct arena *arena)
{
	struct store_reader *r = store_reader_open(store_path, NOW);
	const struct report *report = NULL;
	int64_t id;

	assert_non_null(r);
	assert_true(store_read_find(r, words, &id));
	assert_true(store_read_attempt(r, id, true, arena, &report));
	assert_non_null(report);
	store_reader_close(r);
	return report;
}

static void test_samples(void **state)
{
	const struct report *(*const samples[])(void) = { sample_broken, sample_signed_in, sample_hostile };
	struct arena arena = { 0 };

	for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
		store_empty_folder(state);
		store_report(samples[i]());
		check_same(samples[i](), read_one("last", &arena));
	}
	arena_free(&arena);
}

/* What is not known stays unknown, and what is at the ends of what can be said comes back. */
static void test_extremes(void **state)
{
	struct certificate_report certificate = { .server = "", .not_before_ns = INT64_MIN, .not_after_ns = INT64_MAX };
	struct packet_report packets[] = {
		{ frame_of(0, (UINT64_C(1) << 44) - 1), INT64_MIN, UINT16_MAX, 9, UINT32_MAX, span_of("a\0b", 3) }, { frame_of(0, 1), INT64_MAX, 0, 0, 0, { 0 } },
	};
	struct attempt_report a = {
		.id = "", .start_ns = INT64_MIN, .end_ns = INT64_MAX, .policy = "", .certificates = &certificate, .certificate_count = 1,
		.packets = packets, .packet_count = 2, .events_left_out = INT64_MAX, .packets_left_out = INT64_MAX,
	};
	const struct attempt_report *attempts[] = { &a };
	struct phone_report phone = { .attempts = attempts, .attempt_count = 1 };
	const struct phone_report *phones[] = { &phone };
	const struct report report = { NULL, 0, phones, 1 }, *other;
	struct arena arena = { 0 };

	(void)state;
	store_report(&report);
	other = read_one("last", &arena);
	check_same(&report, other);
	assert_int_equal(other->phones[0]->attempts[0]->packet_count, 2);
	assert_memory_equal(&other->phones[0]->attempts[0]->packets[0].data.data[0], "a\0b", 3);
	for (size_t i = 0; i < 2; i++) {
		const struct packet_report *p = &other->phones[0]->attempts[0]->packets[i];

		assert_true(p->frame == packets[i].frame && p->at_ns == packets[i].at_ns && p->link_type == packets[i].link_type);
		assert_true(p->time_digits == packets[i].time_digits && p->wire_len == packets[i].wire_len && p->data.len == packets[i].data.len);
	}
	assert_true(other->phones[0]->attempts[0]->packets_left_out == INT64_MAX);
	arena_free(&arena);
}

/* A phone is told as it was known when that sign-in was stored. */
static void test_phone_then(void **state)
{
	struct phone_report phone = *sample_broken()->phones[0];
	struct attempt_report later = *phone.attempts[0];
	struct store *s = store_open(store_path);
	struct arena arena = { 0 };
	struct addr moved = { 4, { 10, 9, 9, 9 } };

	(void)state;
	assert_int_equal(store_attempt(s, &phone, phone.attempts[0]), STORE_DONE);
	later.start_ns += 3600 * NS_PER_S;
	later.id = "later";
	phone.firmware = "4.0.7577.4444";
	phone.addresses = (struct addr_list){ &moved, 1 };
	assert_int_equal(store_attempt(s, &phone, &later), STORE_DONE);
	store_close(s);
	assert_null(read_one("1", &arena)->phones[0]->firmware);
	assert_true(addr_equal(&read_one("1", &arena)->phones[0]->addresses.at[0], &sample_broken()->phones[0]->addresses.at[0]));
	assert_string_equal(read_one("later", &arena)->phones[0]->firmware, "4.0.7577.4444");
	assert_true(addr_equal(&read_one("late", &arena)->phones[0]->addresses.at[0], &moved));
	assert_int_equal(read_one("00:04:f2:aa:bb:01", &arena)->phones[0]->addresses.count, 1);
	arena_free(&arena);
}

/* ---- lists ---- */

static void expect_list(struct store_reader *r, const struct store_filter *filter, const char *names)
{
	struct arena arena = { 0 };
	const struct store_entry *entries;
	char got[256] = "";
	size_t count;

	assert_true(store_read_list(r, filter, &arena, &entries, &count));
	for (size_t i = 0; i < count; i++)
		snprintf(got + strlen(got), sizeof got - strlen(got), "%s%.12s", i ? " " : "", entries[i].name);
	arena_free(&arena);
	assert_string_equal(got, names);
}

#define BROKEN "0004f2aabb01"
#define GOOD "0004f2aabb02"
#define HOSTILE "0004f2aabb03"

static void test_list(void **state)
{
	const int64_t start = sample_broken()->phones[0]->attempts[0]->start_ns;
	const struct mac good = sample_signed_in()->phones[0]->mac;
	struct store_reader *r;

	(void)state;
	store_report(sample_broken());
	store_report(sample_signed_in());
	store_report(sample_hostile());
	r = store_reader_open(store_path, NOW);
	expect_list(r, &(struct store_filter){ 0 }, BROKEN " " GOOD " " HOSTILE);
	expect_list(r, &(struct store_filter){ .limit = 2 }, GOOD " " HOSTILE);
	expect_list(r, &(struct store_filter){ .phones = &good, .phone_count = 1 }, GOOD);
	expect_list(r, &(struct store_filter){ .has_outcome = true, .outcome = OUTCOME_FAILED }, BROKEN);
	expect_list(r, &(struct store_filter){ .cause = "strict-name" }, BROKEN);
	expect_list(r, &(struct store_filter){ .cause = "strict-name", .text = "POOL01" }, BROKEN);
	expect_list(r, &(struct store_filter){ .cause = "lease-none" }, "");
	expect_list(r, &(struct store_filter){ .text = "Fabrikam Root" }, GOOD);
	expect_list(r, &(struct store_filter){ .text = "offers 10.20.30.41" }, BROKEN);
	expect_list(r, &(struct store_filter){ .text = "' OR 1 --" }, "");
	expect_list(r, &(struct store_filter){ .has_since = true, .since_ns = start, .has_until = true, .until_ns = start + 1 }, BROKEN " " GOOD " " HOSTILE);
	expect_list(r, &(struct store_filter){ .has_since = true, .since_ns = start + 1 }, "");
	expect_list(r, &(struct store_filter){ .has_until = true, .until_ns = start }, "");
	expect_list(r, &(struct store_filter){ .changed_after = 2 }, HOSTILE);
	store_reader_close(r);
}

static void test_changed(void **state)
{
	const struct phone_report *phone = sample_broken()->phones[0];
	struct store *s = store_open(store_path);
	struct store_reader *r;

	(void)state;
	assert_int_equal(store_attempt(s, phone, phone->attempts[0]), STORE_DONE);
	r = store_reader_open(store_path, NOW);
	assert_true(store_reader_changed(r));
	assert_false(store_reader_changed(r));
	expect_list(r, &(struct store_filter){ 0 }, BROKEN);
	assert_false(store_reader_changed(r));
	store_begin(s);
	assert_int_equal(store_attempt(s, phone, phone->attempts[0]), STORE_DONE);
	assert_false(store_reader_changed(r));
	store_commit(s);
	assert_true(store_reader_changed(r));
	assert_false(store_reader_changed(r));
	expect_list(r, &(struct store_filter){ .changed_after = 1 }, BROKEN);
	store_reader_close(r);
	store_close(s);
}

/* ---- killed while writing ---- */

/* Stores for ever, and says on the pipe how many were stored. */
static void write_until_killed(int out, unsigned first)
{
	struct phone_report phone = *sample_broken()->phones[0];
	struct attempt_report a = *phone.attempts[0];
	struct store *s = store_open(store_path);

	for (unsigned n = first;; n++) {
		a.start_ns = n * NS_PER_S;
		a.end_ns = a.start_ns + 1;
		if (store_attempt(s, &phone, &a) != STORE_DONE || write(out, &n, sizeof n) != sizeof n)
			_exit(1);
		if (n % 8 == 0)
			store_trim(s, 0, 4000000, 0, 4, NULL);
	}
}

/* Whatever had been answered is there, and all of it is whole. */
static void test_killed(void **state)
{
	unsigned last = 0;
	char question[160];

	(void)state;
	for (unsigned round = 0; round < 30; round++) {
		int ends[2];
		pid_t child;

		assert_int_equal(pipe(ends), 0);
		child = fork();
		if (child == 0)
			write_until_killed(ends[1], last + 1);
		close(ends[1]);
		assert_int_equal(read(ends[0], &last, sizeof last), sizeof last);
		usleep(round * 1700 % 20000);
		kill(child, SIGKILL);
		while (read(ends[0], &last, sizeof last) == sizeof last)
			;
		close(ends[0]);
		waitpid(child, NULL, 0);
		store_check("PRAGMA integrity_check", "ok");
		snprintf(question, sizeof question, "SELECT max(start_ns) >= %u * 1000000000 AND max(start_ns) <= %u * 1000000000 FROM attempt", last, last + 1);
		store_check(question, "1");
		store_check("SELECT max(start_ns) / 1000000000 - min(start_ns) / 1000000000 + 1 - count(*) FROM attempt", "0");
		store_check("SELECT count(*) FROM attempt WHERE (SELECT count(*) FROM step WHERE attempt = id) <> 13 "
			"OR (SELECT count(*) FROM finding WHERE attempt = id) <> 2 OR (SELECT count(*) FROM story WHERE attempt = id) <> 4", "0");
	}
	assert_true(last > 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_samples, store_empty_folder),
		cmocka_unit_test_setup(test_extremes, store_empty_folder),
		cmocka_unit_test_setup(test_phone_then, store_empty_folder),
		cmocka_unit_test_setup(test_list, store_empty_folder),
		cmocka_unit_test_setup(test_changed, store_empty_folder),
		cmocka_unit_test_setup(test_killed, store_empty_folder),
	};

	return cmocka_run_group_tests(tests, store_make_folder, store_remove_folder);
}

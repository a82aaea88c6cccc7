/* Reports that wait for the writer: none doubles, none blocks, none is lost that there is room for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/moment.h"
#include "daemon/outbox.h"
#include "tests/unit/sample_report.h"

static int ends[2];
static uint8_t seen[1 << 22];
static size_t seen_len;

static struct outbox *start(size_t max)
{
	struct outbox *o = outbox_new(max);

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	outbox_connect(o, ends[0]);
	seen_len = 0;
	return o;
}

static void stop(struct outbox *o)
{
	outbox_free(o);
	close(ends[1]);
}

/* The attempt number `n`, in the version `version`. */
static void put(struct outbox *o, unsigned n, int64_t version, bool going_on, bool verdict_only)
{
	struct attempt_report a = *sample_broken()->phones[0]->attempts[0];

	a.start_ns = n;
	a.end_ns = version;
	a.going_on = going_on;
	a.verdict_only = verdict_only;
	outbox_report(o, sample_broken()->phones[0], &a);
}

/* Reads what came; the attempts that came whole, as "start:end" in order. Their numbers into `numbers`. */
static const char *receive(uint64_t *numbers)
{
	static char text[4096];
	struct incoming *in = incoming_new();
	enum message_kind kind;
	struct span body;
	size_t used = 0, len = 0, size;
	ssize_t n;

	text[0] = '\0';
	while ((n = read(ends[1], seen + seen_len, sizeof seen - seen_len)) > 0)
		seen_len += (size_t)n;
	while (message_next(span_of(seen + used, seen_len - used), &kind, &body, &size) == 1) {
		if (incoming_message(in, kind, body) == INCOMING_WHOLE) {
			len += (size_t)snprintf(text + len, sizeof text - len, "%s%lld:%lld", len ? " " : "", (long long)incoming_attempt(in)->start_ns,
				(long long)incoming_attempt(in)->end_ns);
			*numbers++ = incoming_number(in);
		}
		used += size;
	}
	memmove(seen, seen + used, seen_len - used);
	seen_len -= used;
	incoming_free(in);
	return text;
}

static void reply(uint64_t number, bool stored, bool hopeless)
{
	struct octets o = { 0 };

	message_put_answer(&o, number, stored, hopeless);
	assert_int_equal(write(ends[1], o.data, o.len), o.len);
	octets_free(&o);
}

static void stored_reports_are_forgotten(void **state)
{
	struct outbox *o = start(1 << 20);
	uint64_t numbers[100];

	(void)state;
	put(o, 1, 1, false, false);
	put(o, 2, 1, false, false);
	assert_true(outbox_run(o, 0));
	assert_string_equal(receive(numbers), "1:1 2:1");
	assert_false(outbox_is_empty(o));
	reply(numbers[0], true, false);
	reply(numbers[1], true, false);
	assert_true(outbox_run(o, 0));
	assert_true(outbox_is_empty(o));
	assert_int_equal(outbox_counters(o)->stored, 2);
	assert_int_equal(outbox_counters(o)->octets, 0);
	stop(o);
}

static void newer_ones_replace_older_ones(void **state)
{
	struct outbox *o = start(1 << 20);
	uint64_t numbers[100];

	(void)state;
	put(o, 1, 1, true, false);
	put(o, 2, 1, true, false);
	put(o, 1, 2, true, false);
	put(o, 1, 3, false, true);      /* the events came with 1:2, which has to come, too */
	put(o, 1, 4, false, true);
	put(o, 2, 2, false, false);
	assert_true(outbox_run(o, 0));
	assert_string_equal(receive(numbers), "1:2 1:4 2:2");
	assert_int_equal(outbox_counters(o)->lost, 0);
	stop(o);
}

/* "Not now": one at a time, a second apart, until it is taken. */
static void a_store_without_room(void **state)
{
	struct outbox *o = start(1 << 20);
	uint64_t numbers[100];

	(void)state;
	for (unsigned n = 1; n <= 3; n++)
		put(o, n, 1, false, false);
	outbox_run(o, 0);
	assert_string_equal(receive(numbers), "1:1 2:1 3:1");
	for (unsigned i = 0; i < 3; i++)
		reply(numbers[i], false, false);
	outbox_run(o, 0);
	outbox_run(o, NS_PER_S / 2);
	assert_string_equal(receive(numbers), "");
	outbox_run(o, NS_PER_S);
	assert_string_equal(receive(numbers), "1:1");
	reply(numbers[0], false, false);
	put(o, 1, 2, false, false);
	outbox_run(o, NS_PER_S);
	outbox_run(o, 2 * NS_PER_S);
	assert_string_equal(receive(numbers), "2:1");
	reply(numbers[0], true, false);
	outbox_run(o, 2 * NS_PER_S);
	assert_string_equal(receive(numbers), "3:1 1:2");
	assert_int_equal(outbox_counters(o)->refused, 4);
	stop(o);
}

static void a_report_that_nobody_can_store(void **state)
{
	struct outbox *o = start(1 << 20);
	uint64_t numbers[100];

	(void)state;
	put(o, 1, 1, false, false);
	outbox_run(o, 0);
	receive(numbers);
	reply(numbers[0], false, true);
	outbox_run(o, 0);
	assert_true(outbox_is_empty(o));
	assert_int_equal(outbox_counters(o)->lost, 1);
	stop(o);
}

/* A full queue gives up what goes on before what has ended, and the oldest first; nothing blocks. */
static void a_full_queue(void **state)
{
	struct outbox *o = outbox_new(64 * 1024);
	uint64_t numbers[1000], before;

	(void)state;
	for (unsigned n = 1; n <= 5; n++)
		put(o, n, 1, n == 2, false);
	before = outbox_counters(o)->lost;
	assert_int_equal(before, 0);
	for (unsigned n = 6; outbox_counters(o)->lost == 0; n++)
		put(o, n, 1, false, false);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	outbox_connect(o, ends[0]);
	seen_len = 0;
	outbox_run(o, 0);
	assert_memory_equal(receive(numbers), "1:1 3:1 4:1", 11);
	for (unsigned n = 100; n < 1000; n++) {
		put(o, n, 1, false, false);
		assert_in_range(outbox_counters(o)->octets, 1, 64 * 1024);
	}
	stop(o);
}

/* Who comes after a writer that died gets everything that was not stored. */
static void another_writer(void **state)
{
	struct outbox *o = start(1 << 20);
	uint64_t numbers[100];

	(void)state;
	for (unsigned n = 1; n <= 3; n++)
		put(o, n, 1, false, false);
	outbox_run(o, 0);
	receive(numbers);
	reply(numbers[1], true, false);
	outbox_run(o, 0);
	close(ends[1]);
	assert_false(outbox_run(o, 0));
	assert_int_equal(outbox_descriptor(o), -1);
	assert_false(outbox_run(o, 0));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	outbox_connect(o, ends[0]);
	assert_true(outbox_run(o, 0));
	assert_string_equal(receive(numbers), "1:1 3:1");
	stop(o);
}

static void answers_that_are_none(void **state)
{
	struct outbox *o = start(1 << 20);

	(void)state;
	put(o, 1, 1, false, false);
	reply(4711, true, false);       /* nobody asked */
	assert_true(outbox_run(o, 0));
	assert_false(outbox_is_empty(o));
	assert_int_equal(write(ends[1], "this is no message at all", 25), 25);
	assert_false(outbox_run(o, 0));
	stop(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stored_reports_are_forgotten), cmocka_unit_test(newer_ones_replace_older_ones), cmocka_unit_test(a_store_without_room),
		cmocka_unit_test(a_report_that_nobody_can_store), cmocka_unit_test(a_full_queue), cmocka_unit_test(another_writer),
		cmocka_unit_test(answers_that_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

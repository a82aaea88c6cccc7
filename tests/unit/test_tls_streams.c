/* TLS: holes, captures that begin late, hostile octets, and what is no TLS. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "dissectors/certificate.h"
#include "tests/unit/tls_events.h"

/* ---- holes, and captures that begin late ---- */

/* Replaces octets [from, from + len) of a piece by a hole. */
static void punch(struct talk *t, size_t piece, size_t from, size_t len)
{
	struct piece *p = &t->pieces[piece];
	const uint8_t *octets = p->octets;
	struct piece before = { p->from, octets, from }, hole = { p->from, NULL, len };
	struct piece behind = { p->from, octets + from + len, p->len - from - len };

	memmove(p + 3, p + 1, (t->count - piece - 1) * sizeof *p);
	t->count += 2;
	p[0] = before, p[1] = hole, p[2] = behind;
}

static void holes_in_data_do_not_end_it(void **state)
{
	struct talk_how how = { .version = TLS1_2_VERSION, .rounds = 2, .answer = 30000, .close = true };

	(void)state;
	make(&how);
	for (size_t from = 0; from < 30000; from += 4999) {
		for (size_t len = 1; len < 30050 - from && len < 30000; len *= 3) {
			struct talk t = talk;

			punch(&t, talk.count - 5, from, len);
			run(&t, 1000);
			assert_string_equal(summary(), FULL DATA CLOSED);
			assert_int_equal(emit.malformed, 0);
		}
	}
}

/* A hole in the server's flight hides some of it, whatever it is; the rest is there. */
static void holes_in_a_handshake_hide_only_it(void **state)
{
	struct talk_how how = { .version = TLS1_2_VERSION, .rounds = 2, .close = true };
	size_t flight;

	(void)state;
	make(&how);
	flight = talk.pieces[1].len;
	for (size_t from = 0; from < flight; from += 3) {
		for (size_t len = 1; len <= flight - from; len = len * 2 + 1) {
			struct talk t = talk;

			punch(&t, 1, from, len);
			run(&t, 100);
			assert_string_equal(strstr(summary(), ", finished client"), ", finished client, finished server" DATA CLOSED);
		}
	}
}

static void captures_may_begin_anywhere(void **state)
{
	struct talk_how how = { .version = TLS1_2_VERSION, .rounds = 4, .close = true };
	struct piece late[300] = { { SIDE_CLIENT, NULL, 0 }, { SIDE_SERVER, NULL, 0 } };

	(void)state;
	make(&how);
	for (size_t first = 1; first + 4 < talk.count; first++) {
		for (size_t cut = 0; cut < 40; cut += 13) {
			struct talk t = { .count = 2 };

			memcpy(t.pieces, late, 2 * sizeof late[0]);
			memcpy(t.pieces + 2, talk.pieces + first, (talk.count - first) * sizeof late[0]);
			t.count += talk.count - first;
			t.pieces[2].octets = (const uint8_t *)t.pieces[2].octets + cut;
			t.pieces[2].len -= cut;
			run(&t, 0);
			assert_non_null(strstr(summary(), "alert client, alert server"));
			assert_true(first + 8 >= talk.count || strstr(summary(), "data server"));
			assert_int_equal(emit.malformed, 0);
		}
	}
}

/* ---- hostile octets ---- */

static void every_changed_octet_is_survived(void **state)
{
	static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };

	(void)state;
	for (size_t v = 0; v < COUNT(versions); v++) {
		struct talk_how how = { .version = versions[v], .sni = "a.b", .alpn = "\1x", .mutual = true, .rounds = 1, .close = true };

		make(&how);
		for (size_t p = 0; p < talk.count; p++) {
			uint8_t *octets = memory_copy(talk.pieces[p].octets, talk.pieces[p].len);
			const void *whole = talk.pieces[p].octets;

			talk.pieces[p].octets = octets;
			for (size_t i = 0; i < talk.pieces[p].len; i++) {
				octets[i] = (uint8_t)(octets[i] ^ (i % 3 ? 1 << i % 8 : 0xff));
				run(&talk, i % 7 * 100);
				assert_true(emit.count < 30);
				octets[i] = ((const uint8_t *)whole)[i];
			}
			talk.pieces[p].octets = whole;
			free(octets);
		}
	}
}

/* Every prefix gives the same events as far as it goes. */
static void every_prefix_is_survived(void **state)
{
	static const struct talk_how how = { .version = TLS1_2_VERSION, .mutual = true };
	char *whole;

	(void)state;
	make(&how);
	run(&talk, 0);
	whole = fake_print(&emit);
	for (size_t p = 0; p < talk.count; p++) {
		struct talk part = talk;

		part.count = p + 1;
		for (size_t len = 0; len < talk.pieces[p].len; len++) {
			char *got;

			part.pieces[p].len = len;
			run(&part, 0);
			got = fake_print(&emit);
			assert_memory_equal(got, whole, strlen(got));
			free(got);
		}
	}
	free(whole);
}

static struct piece flood_piece(const char *unit, size_t len, size_t total)
{
	uint8_t *octets = memory_get(total + len);

	for (size_t at = 0; at < total; at += len)
		memcpy(octets + at, unit, len);
	return (struct piece){ SIDE_CLIENT, octets, total / len * len };
}

static void floods_are_bounded(void **state)
{
	static const struct { const char *unit; size_t len, total, events; } floods[] = {
		{ "\xff", 1, 300000, 0 },                                          /* no TLS */
		{ "\x16\3\1\0", 4, 300000, 0 },
		{ "\x16\3\1\0\1\0", 6, 30000, 0 },                                 /* HelloRequests, an octet in each record */
		{ "\x16\3\1\0\1\x0b", 6, 300000, 0 },                              /* a message of 0x0b0b0b octets, an octet in each record */
		{ "\x16\3\1\0\1\1", 6, 600000, 1 },                                /* a bad hello of 0x010101 octets */
		{ "\x16\3\1\0\x0c\0\0\0\0\0\0\0\0\0\0\0\0", 17, 30000, 0 },        /* many empty messages in each record */
		{ "\x16\3\1\0\4\x0b\xff\xff\xff", 9, 30000, 0 },                   /* messages without end */
		{ "\x17\3\1\0\0", 5, 30000, 0 },                                   /* records without octets */
		{ "\x18\3\1\0\1x", 6, 30000, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(floods); i++) {
		for (size_t step = 1460; step <= 146000; step *= 100) {
			struct talk t = { .pieces = { flood_piece(floods[i].unit, floods[i].len, floods[i].total) }, .count = 1 };

			run(&t, step);
			assert_int_equal(emit.count, floods[i].events);
			talk_free(&t);
		}
	}
}

/* A certificate message of `count` records of 4096 octets: one certificate, and then an alert that begins in the last of them. */
static struct text long_message(unsigned count)
{
	static const uint8_t header[] = { 22, 3, 1, 0x10, 0x00 }, last[] = { 22, 3, 1, 0, 4, 14, 0, 0, 0, 21, 3, 1, 0, 2, 2, 40 };
	struct text octets = text_start(1 << 23);
	size_t length = count * 4096 - 4 - 100;
	char body[4096] = { 0 };

	for (unsigned i = 0; i < count; i++) {
		text_add_span(&octets, span_of(header, sizeof header));
		text_add_span(&octets, span_of(body, sizeof body));
	}
	octets.data[5] = 11;
	put_length((uint8_t *)octets.data + 6, 3, length);
	put_length((uint8_t *)octets.data + 9, 3, length - 3);
	put_length((uint8_t *)octets.data + 12, 3, length - 6);
	text_add_span(&octets, span_of(last, sizeof last));
	return octets;
}

/* 132 KiB: put together record by record. 1100 KiB: passed over. What comes behind it is read. */
static void long_messages_are_read_up_to_a_limit(void **state)
{
	struct text octets = long_message(33);
	struct talk t = { .pieces = { { SIDE_SERVER, octets.data, octets.len } }, .count = 1 };
	const struct event *e;

	(void)state;
	expect(&t, "certificate server, alert server");
	e = event_of(&tls_certificate, 0);
	assert_non_null(record_string(&event_list(e, &tls_certificates)->first->record, &certificate_sha256));
	assert_null(event_list(e, &tls_certificates)->first->next);
	assert_int_equal(emit.counted, 0);
	t.pieces[0].len = 100000;               /* what is in the making is given back */
	run(&t, 1460);
	assert_int_equal(emit.count, 0);
	text_free(&octets);
	octets = long_message(275);
	t.pieces[0] = (struct piece){ SIDE_SERVER, octets.data, octets.len };
	run(&t, 14600);
	assert_string_equal(summary(), "alert server");
	assert_int_equal(emit.counted, 1);
	text_free(&octets);
}

/* ---- recognising ---- */

static void only_what_is_surely_tls_is_recognised(void **state)
{
	static const struct talk_how how = { .version = TLS1_2_VERSION, .rounds = 1 };
	static const char new_one[] = V2("\3\1", "\0\0\x2f\1\0\x80");

	(void)state;
	make(&how);
	for (size_t i = 0; i < talk.count; i++)
		assert_true(tls_dissector.recognise(span_of(talk.pieces[i].octets, talk.pieces[i].len), TRANSPORT_TCP));
	for (size_t len = 0; len < talk.pieces[0].len; len++)
		assert_int_equal(tls_dissector.recognise(span_of(talk.pieces[0].octets, len), TRANSPORT_TCP), len >= 10);
	assert_false(tls_dissector.recognise(span_of(talk.pieces[0].octets, talk.pieces[0].len), TRANSPORT_UDP));
	assert_true(tls_dissector.recognise(span_of(new_one, sizeof new_one - 1), TRANSPORT_TCP));
	assert_true(tls_dissector.recognise(span_of("\x17\3\1\0\1x\x17\3\1\0", 10), TRANSPORT_TCP) == false);
	assert_true(tls_dissector.recognise(span_of("\x17\3\1\0\1x\x17\3\1\0\5", 11), TRANSPORT_TCP));
	assert_false(tls_dissector.recognise(span_of("\x17\3\1\0\1x\x17\3\7\0\5", 11), TRANSPORT_TCP));
	assert_false(tls_dissector.recognise(span_of("\x17\3\1\0\2x", 6), TRANSPORT_TCP));
	assert_false(tls_dissector.recognise(span_of("\x17\3\1\x48\1", 5), TRANSPORT_TCP));
	assert_false(tls_dissector.recognise(span_of("GET / HTTP/1.1", 14), TRANSPORT_TCP));
	assert_false(tls_dissector.recognise(span_of("", 0), TRANSPORT_TCP));
}

static void other_streams_are_left_alone(void **state)
{
	static char other[100000];
	struct piece piece = { SIDE_CLIENT, other, sizeof other };

	(void)state;
	memcpy(other, "SSH-2.0-x\r\n", 11);
	fake_reset(&emit);
	fake_stream(&tls_dissector, &emit, &piece, 1, 1000);
	assert_int_equal(emit.count + emit.malformed + emit.counted, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holes_in_data_do_not_end_it),
		cmocka_unit_test(holes_in_a_handshake_hide_only_it),
		cmocka_unit_test(captures_may_begin_anywhere),
		cmocka_unit_test(every_changed_octet_is_survived),
		cmocka_unit_test(every_prefix_is_survived),
		cmocka_unit_test(floods_are_bounded),
		cmocka_unit_test(long_messages_are_read_up_to_a_limit),
		cmocka_unit_test(only_what_is_surely_tls_is_recognised),
		cmocka_unit_test(other_streams_are_left_alone),
	};

	return cmocka_run_group_tests(tests, tls_set_up, tls_tear_down);
}

/* The base layer: cursor, addresses, text, time, arena and table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <locale.h>
#include <string.h>
#include <time.h>

#include "base/addr.h"
#include "base/arena.h"
#include "base/cursor.h"
#include "base/moment.h"
#include "base/table.h"
#include "base/text.h"

static void cursor_reads_in_network_order(void **state)
{
	struct cursor c = cursor_over(span_of("\x01\x02\x03\x04\x05\x06\x07", 7));

	(void)state;
	assert_int_equal(cursor_u8(&c), 1);
	assert_int_equal(cursor_be16(&c), 0x0203);
	assert_int_equal(cursor_le32(&c), 0x07060504);
	assert_int_equal(cursor_left(&c), 0);
	assert_true(cursor_ok(&c));
}

static void cursor_fails_once_and_for_all(void **state)
{
	struct cursor c = cursor_over(span_of("\xff\xff\xff", 3));

	(void)state;
	assert_int_equal(cursor_be32(&c), 0);
	assert_false(cursor_ok(&c));
	assert_int_equal(cursor_u8(&c), 0);
	assert_int_equal(cursor_take(&c, 1).len, 0);
	assert_int_equal(cursor_offset(&c), 0);
	assert_int_equal(cursor_rest(&c).len, 0);
}

static void mac_takes_every_usual_spelling(void **state)
{
	static const char *const good[] = { "00:04:f2:AA:bb:01", "00-04-F2-aa-bb-01", "0004.f2aa.bb01", "0004f2aabb01" };
	static const char *const bad[] = { "", "00:04:f2:aa:bb", "00:04:f2:aa:bb:01:02", "0:04:f2:aa:bb:01", "00:04:f2:aa:bb:0g" };
	struct mac m;
	char text[MAC_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_true(mac_parse(good[i], &m));
		assert_string_equal(mac_format(m, text), "00:04:f2:aa:bb:01");
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(mac_parse(bad[i], &m));
}

static void text_makes_octets_utf8(void **state)
{
	struct text t = text_start(100);

	(void)state;
	text_add_printable(&t, span_of("a\xc3\xa9\xff\xc0\x80\xed\xa0\x80z", 10));
	assert_string_equal(text_string(&t), "a\xc3\xa9\\xff\\xc0\\x80\\xed\\xa0\\x80z");
	text_free(&t);
}

/* In Turkish I is no i, and in Latin 1 more is a letter; protocols do not mind. Where no such locale is installed nothing is shown. */
static void letters_are_those_of_ascii(void **state)
{
	static const char *const locales[] = { "C", "tr_TR.UTF-8", "tr_TR.ISO-8859-9", "de_DE.ISO-8859-1", "de_DE" };

	(void)state;
	for (size_t i = 0; i < sizeof locales / sizeof locales[0]; i++) {
		if (!setlocale(LC_CTYPE, locales[i]))
			continue;
		assert_true(span_is_nocase(span_of("INVITE \xc4", 8), "invite \xc4"));
		assert_false(span_is_nocase(span_of("\xc4", 1), "\xe4"));
		assert_false(span_starts_nocase(span_of("INV", 3), "INVITE"));
		assert_true(ascii_lower('I') == 'i' && ascii_lower(0xc4) == 0xc4 && !ascii_is_letter_or_digit(0xe4) && ascii_is_letter_or_digit('Z'));
	}
	setlocale(LC_CTYPE, "C");
}

static void text_stops_at_its_maximum(void **state)
{
	struct text t = text_start(5);

	(void)state;
	text_add(&t, "abc");
	assert_false(t.cut);
	text_add(&t, "defg");
	assert_true(t.cut);
	assert_string_equal(text_string(&t), "abcde");
	text_free(&t);
	text_add(&t, "abc\xe2\x82\xac");
	assert_string_equal(text_string(&t), "abc");
	text_add(&t, "d");
	assert_string_equal(text_string(&t), "abc");
	text_clear(&t);
	text_add_printable(&t, span_of("\xe2\x82\xac\xc3\xa9", 5));
	text_add(&t, "x");
	assert_string_equal(text_string(&t), "\xe2\x82\xac\xc3\xa9");
	text_free(&t);
}

/* What the C library says, of every day that there is. */
static void days_are_those_of_the_calendar(void **state)
{
	enum { DAYS = 106751 };
	char out[MOMENT_TEXT], wanted[MOMENT_TEXT];
	struct tm tm;

	(void)state;
	for (int64_t day = -DAYS; day <= DAYS; day++) {
		time_t t = (time_t)(day * 86400 + (day & 0xffff));

		gmtime_r(&t, &tm);
		strftime(wanted, sizeof wanted, "%Y-%m-%dT%H:%M:%SZ", &tm);
		assert_string_equal(moment_format((int64_t)t * NS_PER_S, 0, out), wanted);
	}
	assert_string_equal(moment_format(INT64_MIN, 9, out), "1677-09-21T00:12:43.145224192Z");
	assert_string_equal(moment_format(INT64_MAX, 9, out), "2262-04-11T23:47:16.854775807Z");
}

static void moment_prints_rfc3339(void **state)
{
	char out[MOMENT_TEXT];

	(void)state;
	assert_string_equal(moment_format(INT64_C(1795386723818792300), 6, out), "2026-11-22T22:32:03.818792Z");
	assert_string_equal(moment_format(0, 0, out), "1970-01-01T00:00:00Z");
	assert_string_equal(moment_format(-1, 9, out), "1969-12-31T23:59:59.999999999Z");
}

static void arena_gives_aligned_zeroed_memory(void **state)
{
	struct arena a = { 0 };

	(void)state;
	for (size_t size = 1; size < 20000; size = size * 2 + 1) {
		unsigned char *p = arena_get(&a, size);

		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, size);
		if (size > 1000)
			arena_reset(&a);
	}
	assert_string_equal(arena_printf(&a, "%s-%d", "x", 7), "x-7");
	arena_free(&a);
}

static void count_eviction(void *user, void *entry)
{
	(void)entry;
	++*(int *)user;
}

static void table_evicts_the_least_recently_touched(void **state)
{
	int gone = 0;
	struct table *t = table_new(sizeof(uint32_t), sizeof(uint32_t), 1000, count_eviction, &gone);

	(void)state;
	for (uint32_t key = 0; key < 5000; key++) {
		uint32_t *entry = table_add(t, &key), first = 0;

		*entry = key;
		entry = table_find(t, &first);
		assert_non_null(entry);
		assert_int_equal(*entry, 0);
		table_touch(t, entry);
	}
	assert_int_equal(table_count(t), 1000);
	assert_int_equal(table_evicted(t), 4000);
	assert_int_equal(gone, 4000);
	for (uint32_t key = 4001; key < 5000; key++)
		assert_int_equal(*(uint32_t *)table_find(t, &key), key);
	table_free(t);
	assert_int_equal(gone, 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cursor_reads_in_network_order),
		cmocka_unit_test(cursor_fails_once_and_for_all),
		cmocka_unit_test(mac_takes_every_usual_spelling),
		cmocka_unit_test(text_makes_octets_utf8),
		cmocka_unit_test(letters_are_those_of_ascii),
		cmocka_unit_test(text_stops_at_its_maximum),
		cmocka_unit_test(moment_prints_rfc3339),
		cmocka_unit_test(days_are_those_of_the_calendar),
		cmocka_unit_test(arena_gives_aligned_zeroed_memory),
		cmocka_unit_test(table_evicts_the_least_recently_touched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Moments as people say them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/moment.h"
#include "command/moment_words.h"

/* Wednesday 2026-11-25 01:30:45.5 in Berlin, which is 00:30:45.5 UTC. */
#define NOW (INT64_C(1795566645) * NS_PER_S + NS_PER_S / 2)

static void zone(const char *tz)
{
	setenv("TZ", tz, 1);
	tzset();
}

static void expect(const char *words, const char *moment)
{
	char text[MOMENT_TEXT];
	int64_t ns;

	if (!moment_from_words(words, NOW, &ns))
		fail_msg("\"%s\" is not understood", words);
	moment_format(ns, ns % NS_PER_S ? 1 : 0, text);
	if (strcmp(text, moment) != 0)
		fail_msg("\"%s\" is %s, not %s", words, text, moment);
}

static void test_words(void **state)
{
	(void)state;
	zone("CET-1CEST,M3.5.0,M10.5.0/3");
	expect("now", "2026-11-25T00:30:45.5Z");
	expect("today", "2026-11-24T23:00:00Z");
	expect(" Today ", "2026-11-24T23:00:00Z");
	expect("yesterday", "2026-11-23T23:00:00Z");
	expect("yesterday 14:00", "2026-11-24T13:00:00Z");
	expect("wednesday", "2026-11-24T23:00:00Z");
	expect("mon", "2026-11-22T23:00:00Z");
	expect("Thursday 9:15", "2026-11-19T08:15:00Z");
	expect("10:30", "2026-11-25T09:30:00Z");
	expect("00:00:01", "2026-11-24T23:00:01Z");
	expect("2026-11-20", "2026-11-19T23:00:00Z");
	expect("2026-07-20", "2026-07-19T22:00:00Z");
	expect("2026-07-20 10:30", "2026-07-20T08:30:00Z");
	expect("2026-11-20T10:30:15", "2026-11-20T09:30:15Z");
	expect("2026-11-20T10:30:15Z", "2026-11-20T10:30:15Z");
	expect("2026-11-20T10:30:15.25z", "2026-11-20T10:30:15.2Z");
	expect("2026-11-20T10:30+05:30", "2026-11-20T05:00:00Z");
	expect("2026-11-20 10:30 -0800", "2026-11-20T18:30:00Z");
	expect("2026-11-20 10:30 UTC", "2026-11-20T10:30:00Z");
	expect("@1795566645", "2026-11-25T00:30:45Z");
}

static void test_ago(void **state)
{
	(void)state;
	zone("CET-1CEST,M3.5.0,M10.5.0/3");
	expect("90s", "2026-11-25T00:29:15.5Z");
	expect("30m", "2026-11-25T00:00:45.5Z");
	expect("30min", "2026-11-25T00:00:45.5Z");
	expect("2h", "2026-11-24T22:30:45.5Z");
	expect("2 hours ago", "2026-11-24T22:30:45.5Z");
	expect("1 hour", "2026-11-24T23:30:45.5Z");
	expect("3d", "2026-11-22T00:30:45.5Z");
	expect("1w", "2026-11-18T00:30:45.5Z");
	expect("2 weeks ago", "2026-11-11T00:30:45.5Z");
	expect("60 days", "2026-09-25T23:30:45.5Z");
}

static void test_nonsense(void **state)
{
	static const char *const words[] = {
		"", " ", "gestern", "tomorrow", "2h30", "h", "-2h", "2 fortnights", "25:00", "10:60", "10", "10:3", "2026", "2026-11", "2026-02-30", "2026-13-01",
		"2026-00-01", "1969-01-01", "2026-11-20x", "2026-11-20 10:30 CET", "2026-11-20T", "2026-11-20T10:30+25:00", "@", "@-5", "@12345678901", "yesterday x",
		"monday tuesday", "100000s", "ss", "todays", "2026-11-20T10:30:15.5.5", "+01:00", "10:30 ago",
	};
	int64_t ns = 7;

	(void)state;
	zone("UTC");
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (moment_from_words(words[i], NOW, &ns))
			fail_msg("\"%s\" is understood", words[i]);
	assert_int_equal(ns, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_words), cmocka_unit_test(test_ago), cmocka_unit_test(test_nonsense) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/unit/tls_events.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

struct emit emit;
struct talk talk;

const char *summary(void)
{
	static struct text t = { .max = 1 << 16 };

	text_clear(&t);
	for (size_t i = 0; i < emit.count; i++)
		text_addf(&t, "%s%s %s", i ? ", " : "", emit.events[i]->kind->name, event_string(emit.events[i], &tls_from));
	return text_string(&t);
}

const struct event *event_of(const struct kind *kind, unsigned which)
{
	for (size_t i = 0; i < emit.count; i++)
		if (emit.events[i]->kind == kind && which-- == 0)
			return emit.events[i];
	fail_msg("no such event in: %s", summary());
	return NULL;
}

void run(const struct talk *t, size_t step)
{
	fake_reset(&emit);
	fake_stream(&tls_dissector, &emit, t->pieces, t->count, step);
}

void expect(const struct talk *t, const char *expected)
{
	static const size_t steps[] = { 1, 2, 3, 5, 7, 16, 61, 200, 1460, 0 };
	char *whole, *got;

	run(t, 0);
	whole = fake_print(&emit);
	for (size_t i = 0; i < COUNT(steps); i++) {
		run(t, steps[i]);
		assert_string_equal(summary(), expected);
		assert_int_equal(emit.malformed, 0);
		got = fake_print(&emit);
		assert_string_equal(got, whole);
		free(got);
	}
	free(whole);
}

void make(const struct talk_how *how)
{
	talk_free(&talk);
	talk_make(how, &talk);
}

void put_length(uint8_t *octets, size_t len, size_t value)
{
	while (len--) {
		octets[len] = (uint8_t)value;
		value >>= 8;
	}
}

int tls_set_up(void **state)
{
	(void)state;
	talk_prepare();
	return 0;
}

int tls_tear_down(void **state)
{
	(void)state;
	fake_reset(&emit);
	talk_free(&talk);
	talk_over();
	return 0;
}

#include "tests/unit/store_versions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/moment.h"
#include "sink/sink.h"
#include "tests/unit/sample_report.h"

enum { LINES = 20, OCTETS = 600 };

static char *told(const struct phone_report *phone, const struct attempt_report *a, size_t *ret_size)
{
	const struct phone_report *const phones[] = { phone };
	const struct report report = { NULL, 0, phones, 1 };
	const struct text_style style = { .width = 100, .story = true };
	char *text;
	FILE *out = open_memstream(&text, ret_size);

	json_attempt(out, phone, a, false);
	text_report(out, &report, &style);
	pcapng_attempt(out, phone, a, NULL, 0);
	fclose(out);
	return text;
}

static void make_version(struct version *v, unsigned sign_in, unsigned number)
{
	static const uint8_t octets[OCTETS];
	struct story_line *lines = arena_get(&v->arena, LINES * number * sizeof *lines);
	struct packet_report *packets = arena_get(&v->arena, number * sizeof *packets);

	v->phone = *sample_broken()->phones[0];
	v->phone.mac.octet[5] = (uint8_t)sign_in;
	v->attempt = *v->phone.attempts[0];
	v->attempt.start_ns = (sign_in + 1) * 3600 * NS_PER_S;
	v->attempt.end_ns = v->attempt.start_ns + number * NS_PER_S;
	v->attempt.id = arena_printf(&v->arena, "sign-in %u", sign_in);
	v->attempt.events_left_out = number;
	v->attempt.steps[STEP_NAMING].detail = arena_printf(&v->arena, "version %u", number);
	for (unsigned i = 0; i < LINES * number; i++)
		lines[i] = (struct story_line){ v->attempt.start_ns + i, i + 1, STEP_DISCOVERY, "dns", "phone", arena_printf(&v->arena, "line %u of %u", i, number) };
	for (unsigned i = 0; i < number; i++)
		packets[i] = (struct packet_report){ i + 1, v->attempt.start_ns + i, 1, 6, OCTETS, span_of(octets, OCTETS - i) };
	v->attempt.story = lines;
	v->attempt.story_count = LINES * number;
	v->attempt.packets = packets;
	v->attempt.packet_count = number;
	v->attempt.finding_count = number % 2 ? 2 : 1;
	v->attempts[0] = &v->attempt;
	v->phone.attempts = v->attempts;
	v->told = told(&v->phone, &v->attempt, &v->told_size);
}

const struct version *version_of(unsigned sign_in, unsigned number)
{
	static struct version versions[SIGN_INS][VERSIONS];
	struct version *v = &versions[sign_in][number];

	if (!v->attempts[0])
		make_version(v, sign_in, number);
	return v;
}

void version_expect(const struct report *r, const struct version *v)
{
	size_t size;
	char *read = told(r->phones[0], r->phones[0]->attempts[0], &size);

	assert_int_equal(size, v->told_size);
	assert_memory_equal(read, v->told, size);
	free(read);
}

void versions_read(struct store_reader *r, unsigned ret_numbers[SIGN_INS])
{
	const struct store_entry *entries;
	struct arena arena = { 0 };
	const struct report *report;
	size_t count;

	memset(ret_numbers, 0, SIGN_INS * sizeof *ret_numbers);
	assert_true(store_read_list(r, &(struct store_filter){ 0 }, &arena, &entries, &count));
	for (size_t i = 0; i < count; i++) {
		unsigned sign_in = (unsigned)(entries[i].start_ns / NS_PER_S / 3600 - 1), number;

		assert_true(store_read_attempt(r, entries[i].id, true, &arena, &report));
		number = (unsigned)report->phones[0]->attempts[0]->events_left_out;
		assert_true(sign_in < SIGN_INS && number > 0 && number < VERSIONS);
		version_expect(report, version_of(sign_in, number));
		ret_numbers[sign_in] = number;
	}
	arena_free(&arena);
}

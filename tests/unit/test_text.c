/*
 * The report for a person against texts that somebody has read: tests/unit/text/NAME.txt. `test_text --print NAME` writes what is said now;
 * compare, read it, and only then put it in the place of the old one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "sink/page.h"
#include "tests/unit/sample_report.h"

/* Several phones, one of which tried twice. */
static const struct report *site(void)
{
	static struct phone_report twice;
	static const struct attempt_report *attempts[2];
	static const struct phone_report *phones[2];
	static struct report r;

	attempts[0] = sample_broken()->phones[0]->attempts[0];
	attempts[1] = sample_signed_in()->phones[0]->attempts[0];
	twice = *sample_signed_in()->phones[0];
	twice.attempts = attempts;
	twice.attempt_count = 2;
	phones[0] = sample_broken()->phones[0];
	phones[1] = &twice;
	r = *sample_broken();
	r.phones = phones;
	r.phone_count = 2;
	return &r;
}

static const struct sample {
	const char *name;
	const struct report *(*report)(void);
	struct text_style style;
} samples[] = {
	{ "broken", sample_broken, { .utf8 = true } },
	{ "broken-ascii", sample_broken, { .width = 72 } },
	{ "broken-colour", sample_broken, { .utf8 = true, .colour = true, .width = 100 } },
	{ "broken-story", sample_broken, { .utf8 = true, .width = 100, .story = true } },
	{ "signed-in", sample_signed_in, { .utf8 = true } },
	{ "site", site, { .utf8 = true, .width = 90 } },
	{ "hostile", sample_hostile, { .utf8 = true } },
	{ "empty", sample_empty, { .utf8 = true } },
};
enum { SAMPLES = sizeof samples / sizeof samples[0] };

static char *report_text(const struct report *r, const struct text_style *style)
{
	char *data;
	size_t size;
	FILE *out = open_memstream(&data, &size);

	text_report(out, r, style);
	fclose(out);
	assert_int_equal(strlen(data), size);
	return data;
}

static char *golden_text(const char *name)
{
	static char data[1 << 16];
	const char *top = getenv("srcdir");
	char path[512];
	FILE *in;

	snprintf(path, sizeof path, "%s/tests/unit/text/%s.txt", top ? top : "..", name);
	in = fopen(path, "r");
	if (!in)
		fail_msg("%s cannot be read", path);
	data[fread(data, 1, sizeof data - 1, in)] = '\0';
	fclose(in);
	return data;
}

static void test_golden(void **state)
{
	(void)state;
	for (const struct sample *s = samples; s < samples + SAMPLES; s++) {
		char *text = report_text(s->report(), &s->style);
		const char *golden = golden_text(s->name);
		size_t at = 0;

		while (text[at] && text[at] == golden[at])
			at++;
		if (text[at] != golden[at])
			fail_msg("%s differs at octet %zu: \"%.60s\" instead of \"%.60s\"", s->name, at, text + at, golden + at);
		free(text);
	}
}

/* Whatever packets said: no control character but newline, no line that is too wide, no blank at an end. */
static void check_lines(const char *name, const char *text, unsigned width)
{
	while (*text) {
		struct span line = span_of(text, strcspn(text, "\n"));
		unsigned columns = 0;

		for (size_t i = 0; i < line.len; i++) {
			if (line.data[i] < ' ' || line.data[i] == 0x7f)
				fail_msg("%s: control character %02x", name, line.data[i]);
			columns += (line.data[i] & 0xc0) != 0x80;
		}
		if (columns > width)
			fail_msg("%s: %u columns: %.*s", name, columns, (int)line.len, line.data);
		if (line.len && line.data[line.len - 1] == ' ')
			fail_msg("%s: ends with a blank: %.*s", name, (int)line.len, line.data);
		text += line.len + 1;
	}
}

static void test_widths(void **state)
{
	(void)state;
	for (unsigned width = 80; width <= 120; width++)
		for (const struct sample *s = samples; s < samples + SAMPLES; s++) {
			struct text_style style = { .width = width, .utf8 = width % 2, .story = true };
			char *text = report_text(s->report(), &style);

			check_lines(s->name, text, width);
			free(text);
		}
}

static void test_ascii_page(void **state)
{
	struct text_style style = { .width = 80 };
	char *text = report_text(sample_hostile(), &style);

	(void)state;
	for (const char *p = text; *p; p++)
		assert_in_range((unsigned char)*p, '\n', '~');
	assert_non_null(strstr(text, "s\\xe9rveur"));
	free(text);
}

/* Without its colours the page is the page without colours. */
static void test_colour_says_nothing(void **state)
{
	struct text_style style = { .utf8 = true, .colour = true };
	char *coloured = report_text(sample_broken(), &style), *plain, *to = coloured;

	(void)state;
	for (const char *p = coloured; *p;)
		if (*p == '\033')
			p += strcspn(p, "m") + 1;
		else
			*to++ = *p++;
	*to = '\0';
	style.colour = false;
	plain = report_text(sample_broken(), &style);
	assert_string_equal(coloured, plain);
	free(plain);
	free(coloured);
}

/* A paragraph in `width` columns with `indent`, as lines. */
static char *paragraph(unsigned width, unsigned indent, const char *text)
{
	struct text_style style = { .width = width, .utf8 = true };
	char *data;
	size_t size;
	FILE *out = open_memstream(&data, &size);
	struct page p = page_start(out, &style);

	page_paragraph(&p, indent, INK_PLAIN, text);
	page_end(&p);
	fclose(out);
	return data;
}

static void check_paragraph(const char *text, const char *lines)
{
	char *got = paragraph(40, 2, text);

	assert_string_equal(got, lines);
	free(got);
}

static void test_wrapping(void **state)
{
	(void)state;
	check_paragraph("", "\n");
	check_paragraph("one", "one\n");
	check_paragraph("1234567890123456789012345678901234567890", "1234567890123456789012345678901234567890\n");
	check_paragraph("123456789012345678901234567890123456789 1", "123456789012345678901234567890123456789\n  1\n");
	check_paragraph("12345678901234567890123456789012345678901", "1234567890123456789012345678901234567890\n  1\n");
	check_paragraph("averylongnameofaserver.averylongdomainname.example.com",
		"averylongnameofaserver.\n  averylongdomainname.example.com\n");
	check_paragraph("tab\there \xff \xe2\x80\xae", "tab\\x09here \\xff \\u202e\n");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_widths),
		cmocka_unit_test(test_ascii_page),
		cmocka_unit_test(test_colour_says_nothing),
		cmocka_unit_test(test_wrapping),
	};

	for (const struct sample *s = samples; argc == 3 && s < samples + SAMPLES; s++)
		if (strcmp(argv[1], "--print") == 0 && strcmp(argv[2], s->name) == 0) {
			text_report(stdout, s->report(), &s->style);
			return 0;
		}
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/fuzz/fuzz.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/safe.h"
#include "base/text.h"
#include "tests/unit/markup.h"

enum { DEPTH_MAX = 16 };

void fuzz_expect(bool holds, const char *promise)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz: this does not hold: %s\n", promise);
	abort();
}

static void check_utf8(struct span s)
{
	while (s.len) {
		size_t n = utf8_length(s);

		fuzz_expect(n, "text of an event is UTF-8");
		s = span_part(s, n, s.len);
	}
}

static void check_record(const struct record *r, unsigned depth)
{
	fuzz_expect(depth < DEPTH_MAX, "fields of an event nest a few times");
	for (const struct item *i = r->first; i; i = i->next) {
		fuzz_expect(!i->field || record_find(r, i->field) == i, "a record has no field twice");
		if (i->form == FORM_TEXT)
			check_utf8(span_of(i->text.data, i->text.len));
		else if (i->form == FORM_LIST || i->form == FORM_RECORD)
			check_record(&i->record, depth + 1);
	}
}

void fuzz_check_event(const struct event *e)
{
	fuzz_expect(e->kind != NULL, "an event has a kind");
	check_record(&e->fields, 0);
}

void fuzz_check_json(struct span printed)
{
	json_t *value = json_loadb((const char *)printed.data, printed.len, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, NULL);

	fuzz_expect(value != NULL, "what is printed as JSON is JSON");
	json_decref(value);
}

void fuzz_check_text(struct span printed)
{
	while (printed.len) {
		size_t n = utf8_length(printed);
		uint32_t c;

		fuzz_expect(n, "what is printed as text is UTF-8");
		c = safe_character(span_part(printed, 0, n));
		fuzz_expect(c == '\n' || safe_is_printable(c), "what is printed as text steers no terminal");
		printed = span_part(printed, n, printed.len);
	}
}

void fuzz_check_page(struct span page)
{
	const char *wrong = markup_wrong(page, NULL);

	fuzz_expect(wrong == NULL, wrong);
}

/* ---- output ---- */

static char *printed;
static size_t printed_len;
static FILE *output;

FILE *fuzz_output(void)
{
	if (!output)
		output = open_memstream(&printed, &printed_len);
	return output;
}

struct span fuzz_printed(void)
{
	fflush(output);
	return span_of(printed, printed_len);
}

void fuzz_rewind(void)
{
	fseeko(fuzz_output(), 0, SEEK_SET);
}

/* ---- instead of log.c: every line is made, none is written ---- */

void log_set_verbosity(int level)
{
	(void)level;
}

#define SAY() do { char line[2048]; va_list args; va_start(args, format); vsnprintf(line, sizeof line, format, args); va_end(args); } while (0)

static unsigned long errors;

unsigned long fuzz_errors(void)
{
	return errors;
}

void log_error(const char *format, ...) { SAY(); errors++; }
void log_warning(const char *format, ...) { SAY(); }
void log_info(const char *format, ...) { SAY(); }
void log_detail(const char *format, ...) { SAY(); }

/*
 * What packets say is shown, and nothing else: hostile text in every field of a report, through every sink. No control character, no character that turns
 * the direction of what follows, no markup, no formula and no second line comes out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/safe.h"
#include "base/text.h"
#include "command/command.h"
#include "sink/html.h"
#include "sink/sink.h"
#include "sink/store.h"
#include "verdict/finding.h"

#define COUNT(array) (sizeof array / sizeof array[0])

static const char *const payloads[] = {
	"\x1b]0;owned\x07\x1b[2J", "\xc2\x9b" "31m", "\xe2\x80\xae" "moc.live", "\xe2\x80\xa8line\xe2\x80\xa9paragraph", "\xef\xbb\xbf" "mark",
	"one\r\ntwo\ttab\x7f", "\xff\xfe\xc0\x80\xed\xa0\x80", "<script>alert(1)</script>", "'\"><img src=x onerror=alert(1)><!--", "</style><svg onload=alert(1)>",
	"=cmd|' /c calc'!A1", "+1+1", "-1-1", "@SUM(1)", "%s%n%n%n", "\\", "\"},{\"x\":\"",
};

/* ---- a report that says one thing everywhere ---- */

static struct arena arena;

static const struct event *event_saying(const char *what)
{
	static const struct kind kind = { .proto = "sip", .name = "request" };
	static const struct field field = { "uri" };
	struct event *e = arena_get(&arena, sizeof *e);

	e->kind = &kind;
	e->frame = 1;
	e->fields.arena = &arena;
	put_text(&e->fields, &field, span_of(what, strlen(what)));
	return e;
}

static const struct attempt_report *attempt_saying(const char *what)
{
	static const frame_ref frames[] = { 1 };
	static const struct frame_list list = { frames, 1 };
	struct attempt_report *a = arena_get(&arena, sizeof *a);
	struct candidate_report *candidate = arena_get(&arena, sizeof *candidate);
	struct finding_report *finding = arena_get(&arena, sizeof *finding);
	struct certificate_report *certificate = arena_get(&arena, sizeof *certificate);
	struct story_line *line = arena_get(&arena, sizeof *line);
	struct packet_report *packet = arena_get(&arena, sizeof *packet);
	const struct event **event = arena_get(&arena, sizeof *event);
	const char **text = arena_get(&arena, sizeof *text);

	*text = what;
	*event = event_saying(what);
	*candidate = (struct candidate_report){ .query = what, .server = what, .port = 5061, .matched_domain = what, .dialled = true, .frames = list };
	*finding = (struct finding_report){ .rule = rule_find("strict-name"), .severity = SEVERITY_ERROR, .step = STEP_NAMING, .subject = what,
		.message = what, .fix = what, .frames = list };
	*certificate = (struct certificate_report){ .server = what, .wanted = what, .subject = what, .issuer = what, .signature_algorithm = what, .key = what,
		.sha256 = what, .san = { text, 1 }, .frames = list };
	*line = (struct story_line){ .frame = 1, .step = STEP_NAMING, .from = "dns", .to = "phone", .text = what };
	*packet = (struct packet_report){ .frame = 1, .link_type = 1, .time_digits = 6, .wire_len = 4, .data = { (const uint8_t *)"AAAA", 4 } };
	*a = (struct attempt_report){ .id = "0004f2aabb03-19700101T000000.000000Z", .policy = "lpe-cu7", .outcome = OUTCOME_FAILED, .cause = finding,
		.candidates = candidate, .candidate_count = 1, .findings = finding, .finding_count = 1, .certificates = certificate, .certificate_count = 1,
		.story = line, .story_count = 1, .cannot_show = { text, 1 }, .events = event, .event_count = 1, .packets = packet, .packet_count = 1 };
	for (size_t i = 0; i < STEP_COUNT; i++)
		a->steps[i] = (struct step_report){ .state = STATE_FAILED, .frames = list, .detail = what };
	return a;
}

static const struct report *report_saying(const char *what)
{
	const struct attempt_report **attempt = arena_get(&arena, sizeof *attempt);
	struct phone_report *phone = arena_get(&arena, sizeof *phone);
	const struct phone_report **phones = arena_get(&arena, sizeof *phones);
	struct capture_info *capture = arena_get(&arena, sizeof *capture);
	const struct capture_info **captures = arena_get(&arena, sizeof *captures);
	struct report *r = arena_get(&arena, sizeof *r);

	*attempt = attempt_saying(what);
	*phone = (struct phone_report){ .mac = { { 0, 4, 0xf2, 0xaa, 0xbb, 3 } }, .vendor = what, .model = what, .firmware = what, .firmware_source = what,
		.sip_domain = what, .sip_domain_source = what, .attempts = attempt, .attempt_count = 1 };
	*phones = phone;
	*capture = (struct capture_info){ .file = what, .packets = 1, .bytes = 4 };
	snprintf(capture->link_type, sizeof capture->link_type, "%s", what);
	*captures = capture;
	*r = (struct report){ captures, 1, phones, 1 };
	return r;
}

/* ---- what comes out ---- */

struct output { FILE *file; char *data; size_t len; };

static struct output output_begin(void)
{
	return (struct output){ 0 };
}

static FILE *output_file(struct output *o)
{
	o->file = open_memstream(&o->data, &o->len);
	return o->file;
}

static void output_free(struct output *o)
{
	free(o->data);
	*o = (struct output){ 0 };
}

/* Every character may be shown; `allowed` are the controls that the sink itself writes. */
static void expect_harmless(const char *sink, const char *what, struct span s, const char *allowed)
{
	while (s.len) {
		size_t n = utf8_length(s);
		uint32_t c;

		if (!n)
			fail_msg("%s prints what is not UTF-8, told \"%s\"", sink, what);
		c = safe_character(span_part(s, 0, n));
		if (!safe_is_printable(c) && !(c < 0x80 && strchr(allowed, (int)c)))
			fail_msg("%s prints U+%04X, told \"%s\"", sink, (unsigned)c, what);
		s = span_part(s, n, s.len);
	}
}

/* All strings of a JSON value are there to be read: nothing was lost that can be kept. */
static void expect_json(const char *sink, const char *what, const struct output *o)
{
	json_error_t error;
	json_t *j = json_loadb(o->data, o->len, JSON_REJECT_DUPLICATES, &error);

	if (!j)
		fail_msg("%s prints no JSON, told \"%s\": %s", sink, what, error.text);
	json_decref(j);
	expect_harmless(sink, what, span_of(o->data, o->len), "\n");
}

static void json_is_safe(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(payloads); i++) {
		const struct report *r = report_saying(payloads[i]);
		struct output o = output_begin();

		json_report(output_file(&o), r);
		fclose(o.file);
		expect_json("json_report", payloads[i], &o);
		output_free(&o);
		json_attempt(output_file(&o), r->phones[0], r->phones[0]->attempts[0], false);
		fclose(o.file);
		expect_json("json_attempt", payloads[i], &o);
		output_free(&o);
		json_event(output_file(&o), r->phones[0]->attempts[0]->events[0], payloads[i], false);
		fclose(o.file);
		expect_json("json_event", payloads[i], &o);
		assert_int_equal(memchr(o.data, '\n', o.len) == o.data + o.len - 1, 1);
		output_free(&o);
	}
}

static void text_is_safe(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(payloads); i++)
		for (unsigned how = 0; how < 4; how++) {
			const struct text_style style = { .width = how & 1 ? 40 : 120, .utf8 = how & 2, .story = true };
			struct output o = output_begin();

			text_report(output_file(&o), report_saying(payloads[i]), &style);
			fclose(o.file);
			expect_harmless("text_report", payloads[i], span_of(o.data, o.len), "\n");
			output_free(&o);
			text_summary(output_file(&o), report_saying(payloads[i]), &style);
			fclose(o.file);
			expect_harmless("text_summary", payloads[i], span_of(o.data, o.len), "\n");
			output_free(&o);
		}
}

static void html_is_safe(void **state)
{
	static const char *const markup[] = { "<script", "<img", "onerror=alert(1)>", "</style><svg", "<!--", "'\"><" };
	const struct html_options options = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(payloads); i++) {
		struct output o = output_begin();

		assert_true(html_report(output_file(&o), report_saying(payloads[i]), &options));
		fclose(o.file);
		expect_harmless("html_report", payloads[i], span_of(o.data, o.len), "\n\t");
		for (size_t n = 0; n < COUNT(markup); n++)
			assert_null(strstr(o.data, markup[n]));
		output_free(&o);
	}
}

static void comments_of_packets_are_safe(void **state)
{
	(void)state;
	for (size_t i = 0; i < 7; i++) {
		struct output o = output_begin();

		assert_true(pcapng_report(output_file(&o), report_saying(payloads[i])));
		fclose(o.file);
		assert_null(memmem(o.data, o.len, payloads[i], strlen(payloads[i])));
		output_free(&o);
	}
}

/* ---- what writes to standard output or standard error by itself ---- */

static char folder[] = "/tmp/dialtone-sinks-XXXXXX";

static const char *path_of(const char *name)
{
	static char path[sizeof folder + 32];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static struct output run(int fd, int (*act)(const void *), const void *with)
{
	FILE *file = tmpfile();
	struct output o;
	pid_t child = fork();
	int status;

	if (child == 0) {
		dup2(fileno(file), fd);
		act(with);
		fflush(NULL);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	o = (struct output){ .len = (size_t)lseek(fileno(file), 0, SEEK_END) };
	o.data = memory_get(o.len + 1);
	assert_int_equal(pread(fileno(file), o.data, o.len, 0), o.len);
	fclose(file);
	return o;
}

static int list_tsv(const void *db) { return command_list(4, (char *[]){ "list", "--tsv", "--db", (char *)(uintptr_t)db, NULL }); }
static int list_text(const void *db) { return command_list(3, (char *[]){ "list", "--db", (char *)(uintptr_t)db, NULL }); }
static int list_json(const void *db) { return command_list(4, (char *[]){ "list", "--json", "--db", (char *)(uintptr_t)db, NULL }); }
static int show_text(const void *db) { return command_show(4, (char *[]){ "show", "1", "--db", (char *)(uintptr_t)db, NULL }); }
static int show_json(const void *db) { return command_show(5, (char *[]){ "show", "1", "--json", "--db", (char *)(uintptr_t)db, NULL }); }

static void store_saying(const char *db, const char *what)
{
	const struct report *r = report_saying(what);
	struct store *s;

	unlink(db);
	s = store_open(db);
	assert_non_null(s);
	assert_int_equal(store_captures(s, r->captures, 1), STORE_DONE);
	assert_int_equal(store_attempt(s, r->phones[0], r->phones[0]->attempts[0]), STORE_DONE);
	store_close(s);
}

static void expect_cells(const char *what, const struct output *o)
{
	size_t lines = 0, tabs = 0;

	expect_harmless("list --tsv", what, span_of(o->data, o->len), "\n\t");
	for (size_t i = 0; i < o->len; i++) {
		lines += o->data[i] == '\n';
		tabs += o->data[i] == '\t';
		if (i && (o->data[i - 1] == '\t' || o->data[i - 1] == '\n'))
			assert_null(strchr("=+-@", o->data[i]));
	}
	assert_int_equal(lines, 2);
	assert_int_equal(tabs % 2, 0);
}

static void what_is_stored_is_safe(void **state)
{
	const char *db = path_of("db");

	(void)state;
	for (size_t i = 0; i < COUNT(payloads); i++) {
		struct output o;

		store_saying(db, payloads[i]);
		o = run(STDOUT_FILENO, list_tsv, db);
		expect_cells(payloads[i], &o);
		output_free(&o);
		o = run(STDOUT_FILENO, list_text, db);
		expect_harmless("list", payloads[i], span_of(o.data, o.len), "\n");
		output_free(&o);
		o = run(STDOUT_FILENO, show_text, db);
		assert_true(o.len > 100);
		expect_harmless("show", payloads[i], span_of(o.data, o.len), "\n");
		output_free(&o);
		o = run(STDOUT_FILENO, list_json, db);
		expect_json("list --json", payloads[i], &o);
		output_free(&o);
		o = run(STDOUT_FILENO, show_json, db);
		expect_json("show --json", payloads[i], &o);
		output_free(&o);
	}
	unlink(db);
}

static int log_all(const void *what)
{
	log_to_stderr();
	log_set_verbosity(2);
	log_error("%s", (const char *)what);
	log_warning("%s", (const char *)what);
	log_info("%s", (const char *)what);
	log_relay(what);
	return 0;
}

static void log_lines_are_lines(void **state)
{
	(void)state;
	unsetenv("JOURNAL_STREAM");
	for (size_t i = 0; i < COUNT(payloads); i++) {
		struct output o = run(STDERR_FILENO, log_all, payloads[i]);
		size_t lines = 0;

		expect_harmless("log", payloads[i], span_of(o.data, o.len), "\n");
		for (size_t n = 0; n < o.len; n++)
			lines += o.data[n] == '\n';
		assert_int_equal(lines, 4);
		output_free(&o);
	}
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int drop_folder(void **state)
{
	(void)state;
	unlink(path_of("db"));
	unlink(path_of("db-wal"));
	unlink(path_of("db-shm"));
	rmdir(folder);
	arena_free(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_is_safe),
		cmocka_unit_test(text_is_safe),
		cmocka_unit_test(html_is_safe),
		cmocka_unit_test(comments_of_packets_are_safe),
		cmocka_unit_test(what_is_stored_is_safe),
		cmocka_unit_test(log_lines_are_lines),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}

/* The page for a browser, and what stands around it: numbers of many phones, files that are saved whole, the line of progress. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/digest.h"
#include "base/saving.h"
#include "base/text.h"
#include "command/progress.h"
#include "sink/html.h"
#include "sink/words.h"
#include "tests/unit/markup.h"
#include "tests/unit/sample_report.h"

static const char *const digests[] = { "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", NULL };

static const struct sample {
	const char *name;
	const struct report *(*report)(void);
	struct html_options options;
} samples[] = {
	{ "broken", sample_broken, { .digests = digests } },
	{ "signed-in", sample_signed_in, { .digests = digests } },
	{ "hostile", sample_hostile, { .digests = digests } },
	{ "markup", sample_markup, { .digests = digests } },
	{ "markup-summary", sample_markup, { .summary = true } },
	{ "empty", sample_empty, { 0 } },
};
enum { SAMPLES = sizeof samples / sizeof samples[0] };

static char *page_of(const struct sample *s)
{
	char *data;
	size_t size;
	FILE *out = open_memstream(&data, &size);

	assert_true(html_report(out, s->report(), &s->options));
	fclose(out);
	return data;
}

static char *page_named(const char *name)
{
	for (const struct sample *s = samples; s < samples + SAMPLES; s++)
		if (strcmp(s->name, name) == 0)
			return page_of(s);
	fail_msg("no sample %s", name);
	return NULL;
}

/* ---- what may stand on a page ---- */

static void check_form(const char *name, const char *page)
{
	size_t at;
	const char *wrong = markup_wrong(span_of(page, strlen(page)), &at);

	if (wrong)
		fail_msg("%s: octet %zu: %s", name, at, wrong);
}

static void test_form(void **state)
{
	(void)state;
	for (const struct sample *s = samples; s < samples + SAMPLES; s++) {
		char *page = page_of(s);

		check_form(s->name, page);
		free(page);
	}
}

/* What would be wrong is seen: else the tests and fuzzers that ask markup_wrong see nothing. */
static void test_wrong_form(void **state)
{
	static const struct { const char *body, *wrong; } pages[] = {
		{ "<html a=\"1\" b=\"&lt;\"><br/>text &amp; more<style>a > b</style></html>\n", NULL },
		{ "<html></html", "an element's end does not end" },
		{ "<html>", "it does not end" },
		{ "<html><b></html></b>", "an element ends that was not the last to begin" },
		{ "<html><b>", "it does not end" },
		{ "<html></html><html></html>", "something stands behind the end" },
		{ "<html></html>more", "text stands outside of the page" },
		{ "<html a=1></html>", "an attribute's value is not in quotes" },
		{ "<html a=\"1\" a=\"2\"></html>", "an attribute stands twice" },
		{ "<html a=\"<b>\"></html>", "an element begins in an attribute" },
		{ "<html a=\"1\"b=\"2\"></html>", "an element's beginning does not end" },
		{ "<html a=\"1", "an attribute does not end" },
		{ "<html>a & b</html>", "an ampersand stands for itself" },
		{ "<html>&nbsp;</html>", "an ampersand stands for itself" },
		{ "<html>a > b</html>", "a bracket closes nothing" },
		{ "<html><!-- remark --></html>", "a name is missing" },
		{ "<html>\x1b</html>", "a control stands on it" },
		{ "<html>\xc2\x9b</html>", "a control stands on it" },
		{ "<html>\xff</html>", "an octet is not UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
		char page[256];
		const char *wrong;

		snprintf(page, sizeof page, "<!DOCTYPE html>\n%s", pages[i].body);
		wrong = markup_wrong(span_of(page, strlen(page)), NULL);
		if (wrong != pages[i].wrong && (!wrong || !pages[i].wrong || strcmp(wrong, pages[i].wrong) != 0))
			fail_msg("%s: %s", pages[i].body, wrong ? wrong : "nothing is said");
	}
	assert_string_equal(markup_wrong(span_of("<html></html>", 13), NULL), "it does not say that it is HTML");
	assert_string_equal(markup_wrong(span_of("", 0), NULL), "it does not say that it is HTML");
}

/* Each of these would be markup if it stood there as it was sent. */
static void test_markup(void **state)
{
	static const char *const never[] = { "<script", "<img", "onerror=alert(1)>", "</title><", "<b onclick", "<svg/onload", "<!-- ", "]]>", "\xe2\x80\xae" };
	static const char *const names[] = { "markup", "markup-summary" };

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		char *page = page_named(names[k]);

		for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
			if (strstr(page, never[i]))
				fail_msg("%s bears %s", names[k], never[i]);
		assert_non_null(strstr(page, "a&quot;&gt;&lt;b onclick=&#39;x&#39;&gt;"));
		free(page);
	}
}

/* ---- what must stand there ---- */

static void expect(const char *name, const char *const *texts)
{
	char *page = page_named(name);

	for (; *texts; texts++)
		if (!strstr(page, *texts))
			fail_msg("%s does not bear %s", name, *texts);
	free(page);
}

static void test_broken(void **state)
{
	(void)state;
	expect("broken", (const char *const[]){
		"<html lang=\"en\">", "Sign-in failed at the check of server names</h1>", "The only server that the phone was told of, pool01.corp.contoso.local,",
		"id=\"p1s1f0-61\"", "href=\"#p1s1f0-61\"", "Here it broke: the check of server names", "What to do", "strict-name",
		"Whether the phone&#39;s own log names", "00112233445566778899aabbccddeeff", "phone.pcap", "is-failed", NULL });
}

static void test_signed_in(void **state)
{
	(void)state;
	expect("signed-in", (const char *const[]){
		"Signed in at sip.fabrikam.com</h1>", "Nothing about it is amiss.", "CN=Fabrikam Root CA", "name wanted", "sha256WithRSAEncryption",
		"from 2023-11-13 22:13:20 UTC until 2024-11-13 22:13:20 UTC", NULL });
}

static void test_others(void **state)
{
	(void)state;
	expect("empty", (const char *const[]){ "No phone's sign-in was found", "not known", NULL });
	expect("hostile", (const char *const[]){ "\\x1b]0;owned", "\\u202e", "1:7", "2:9", NULL });
	expect("markup", (const char *const[]){ "1 of 2 phones could not sign in</h1>", "href=\"#p2s1\"", "long ago", "far in the future", "2 sign-ins", NULL });
}

static void test_full(void **state)
{
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	if (!full)
		skip();
	assert_false(html_report(full, sample_broken(), &samples[0].options));
	fclose(full);
}

/* ---- many phones ---- */

static void test_tally(void **state)
{
	struct tally t = tally_of(sample_markup());

	(void)state;
	assert_int_equal(t.phones, 2);
	assert_int_equal(t.sign_ins, 3);
	assert_int_equal(t.phones_failed, 1);
	assert_int_equal(t.row_count, 2);
	assert_string_equal(words_tally(&t.rows[0]), "strict-name");
	assert_int_equal(t.rows[0].phones, 1);
	assert_int_equal(t.rows[0].sign_ins, 2);
	assert_string_equal(words_tally(&t.rows[1]), "signed in");
	assert_int_equal(t.rows[1].sign_ins, 1);
	tally_free(&t);
}

/* Of causes, those of the most phones come first; what is no failure comes last however many it has. */
static void test_rank(void **state)
{
	static const struct rule often = { .code = "often" }, rare = { .code = "rare" };
	const struct finding_report findings[] = { { .rule = &often }, { .rule = &rare } };
	const struct attempt_report good = { .outcome = OUTCOME_SIGNED_IN }, first = { .outcome = OUTCOME_FAILED, .cause = &findings[0] },
		second = { .outcome = OUTCOME_FAILED, .cause = &findings[1] };
	const struct attempt_report *ends[] = { &good, &second, &good, &first, &good, &first };
	struct tally t = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		tally_add(&t, &(struct phone_report){ .attempts = &ends[i], .attempt_count = 1 });
	tally_add(&t, &(struct phone_report){ .attempt_count = 0 });
	tally_rank(&t);
	assert_int_equal(t.phones, 6);
	assert_int_equal(t.row_count, 3);
	assert_ptr_equal(t.rows[0].cause, &often);
	assert_ptr_equal(t.rows[1].cause, &rare);
	assert_int_equal(t.rows[2].phones, 3);
	tally_free(&t);
}

/* ---- files that are saved whole ---- */

static char folder[] = "/tmp/test_html.XXXXXX";

static const char *in_folder(const char *name)
{
	static char path[256];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static char *contents(const char *path)
{
	static char text[64];
	FILE *in = fopen(path, "r");

	assert_non_null(in);
	text[fread(text, 1, sizeof text - 1, in)] = '\0';
	fclose(in);
	return text;
}

static void test_saving(void **state)
{
	struct saving s;
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_true(saving_possible(in_folder("page")));
	assert_int_equal(access(in_folder("page"), F_OK), -1);
	assert_true(saving_start(&s, in_folder("page")));
	fputs("first", s.out);
	assert_int_equal(access(in_folder("page"), F_OK), -1);
	assert_true(saving_finish(&s));
	assert_string_equal(contents(in_folder("page")), "first");
	assert_int_equal(stat(in_folder("page"), &st), 0);
	assert_int_equal(st.st_mode & 0400, 0400);
}

/* What stood there stays when the new one cannot be written whole. */
static void test_saving_fails(void **state)
{
	struct saving s;
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	assert_false(saving_possible("/no/such/folder/page"));
	if (!full)
		skip();
	assert_true(saving_start(&s, in_folder("page")));
	fclose(s.out);
	s.out = full;
	fputs("second", s.out);
	assert_false(saving_finish(&s));
	assert_string_equal(contents(in_folder("page")), "first");
	unlink(in_folder("page"));
	assert_int_equal(rmdir(folder), 0);     /* nothing else was left */
}

static void test_digest(void **state)
{
	char path[] = "/tmp/test_html.XXXXXX", hex[DIGEST_HEX], base64[DIGEST_BASE64];
	int fd = mkstemp(path);

	(void)state;
	assert_int_equal(write(fd, "abc", 3), 3);
	close(fd);
	assert_true(digest_file(path, hex));
	/* FIPS 180-4's example */
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	unlink(path);
	assert_false(digest_file(path, hex));
	assert_false(digest_file("/dev/zero", hex));
	assert_false(digest_file("/tmp", hex));
	assert_string_equal(digest_base64(span_of("abc", 3), base64), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
}

static void test_progress(void **state)
{
	char line[PROGRESS_TEXT];

	(void)state;
	assert_string_equal(progress_line(1200000000, 4800000000, 5000000, INT64_C(10000000000), line), "1.2 GB of 4.8 GB, 25 %, 500000 packets/s, 30 s left");
	assert_string_equal(progress_line(0, 0, 900, INT64_C(3000000000), line), "900 packets, 300 packets/s");
	assert_string_equal(progress_line(999, 1000, 1, 0, line), "999 octets of 1.0 kB, 99 %, 1000000000 packets/s, 0 s left");
	assert_string_equal(progress_line(10, 5, 1, INT64_C(1000000000), line), "5 octets of 5 octets, 100 %, 1 packets/s, 0 s left");
	assert_string_equal(progress_line(1, 7201, 1, INT64_C(1000000000), line), "1 octets of 7.2 kB, 0 %, 1 packets/s, 2 h 00 min left");
	progress_line(1, UINT64_MAX, UINT64_MAX, 1, line);
	assert_in_range(strlen(line), 1, PROGRESS_TEXT - 1);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_wrong_form),
		cmocka_unit_test(test_markup),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_signed_in),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_tally),
		cmocka_unit_test(test_rank),
		cmocka_unit_test(test_saving),
		cmocka_unit_test(test_saving_fails),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_progress),
	};

	for (const struct sample *s = samples; argc == 3 && s < samples + SAMPLES; s++)
		if (strcmp(argv[1], "--print") == 0 && strcmp(argv[2], s->name) == 0)
			return html_report(stdout, s->report(), &s->options) ? 0 : 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

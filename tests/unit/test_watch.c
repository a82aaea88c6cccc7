/* The views of `dialtone watch`: what they show of a board at several sizes, what keys do, lines instead of a screen, and what a rig answers. */
#include <locale.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/text.h"
#include "sample_report.h"
#include "base/safe.h"
#include "watch/plain.h"
#include "watch/rig.h"
#include "watch/view.h"

#define NS_PER_S INT64_C(1000000000)

static struct board board_of(const struct report *r)
{
	struct board b = { .about = "test", .packets = 70 };

	for (size_t i = 0; i < r->phone_count; i++)
		for (size_t k = 0; k < r->phones[i]->attempt_count; k++) {
			board_tell(&b, r->phones[i], r->phones[i]->attempts[k], NULL);
			if (r->phones[i]->attempts[k]->end_ns > b.now_ns)
				b.now_ns = r->phones[i]->attempts[k]->end_ns;
		}
	return b;
}

/* All rows, each with a line break. Free it. */
static char *picture(struct view *v, const struct board *b, unsigned rows, unsigned columns, bool utf8)
{
	struct canvas c = { 0 };
	struct text t = text_start(1 << 20);
	char *all;

	canvas_clear(&c, rows, columns, utf8);
	view_draw(v, b, &c);
	for (unsigned i = 0; i < rows; i++) {
		char *row = canvas_row(&c, i);

		text_addf(&t, "%s\n", row);
		free(row);
	}
	all = memory_copy(text_string(&t), t.len);
	text_free(&t);
	canvas_free(&c);
	return all;
}

static void shows(struct view *v, const struct board *b, unsigned rows, unsigned columns, const char *text)
{
	char *all = picture(v, b, rows, columns, true);

	if (!strstr(all, text))
		fail_msg("at %ux%u this is not shown: %s\n%s", columns, rows, text, all);
	free(all);
}

/* ---- views ---- */

static void test_verdict_is_there(void **state)
{
	static const unsigned sizes[][2] = { { 24, 80 }, { 50, 200 }, { 16, 60 } };
	struct board b = board_of(sample_broken());
	struct view v = { 0 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		shows(&v, &b, sizes[i][0], sizes[i][1], "The sign-in failed at the check of server names");
		shows(&v, &b, sizes[i][0], sizes[i][1], "70 packets, none lost");
		shows(&v, &b, sizes[i][0], sizes[i][1], "aa:bb:01");
		shows(&v, &b, sizes[i][0], sizes[i][1], "strict-name");
	}
	shows(&v, &b, 24, 80, "q quit");
	shows(&v, &b, 24, 80, "exchange");
	shows(&v, &b, 24, 80, "passed over");
	board_free(&b);
}

static void test_too_small(void **state)
{
	struct board b = board_of(sample_broken());
	struct view v = { 0 };

	(void)state;
	for (unsigned rows = 1; rows < 20; rows++)
		for (unsigned columns = 1; columns < 70; columns++)
			free(picture(&v, &b, rows, columns, true));
	shows(&v, &b, 10, 60, "needs a terminal of 60 by 16");
	board_free(&b);
}

static void check_clean(const char *all, bool utf8)
{
	size_t len = strlen(all);

	for (size_t i = 0; i < len;) {
		struct span rest = { (const uint8_t *)all + i, len - i };
		size_t octets = utf8_length(rest);

		assert_true(octets > 0);
		assert_true(all[i] == '\n' || safe_is_printable(safe_character((struct span){ rest.data, octets })));
		assert_true(utf8 || octets == 1);
		i += octets;
	}
}

static void test_hostile_text(void **state)
{
	const struct report *reports[] = { sample_hostile(), sample_markup() };
	static const enum view_mode modes[] = { VIEW_PHONES, VIEW_LADDER, VIEW_EXPLAIN, VIEW_HELP };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct board b = board_of(reports[i]);

		for (size_t m = 0; m < 4; m++)
			for (int utf8 = 0; utf8 < 2; utf8++) {
				struct view v = { .mode = modes[m] };
				char *all = picture(&v, &b, 40, 100, utf8);

				check_clean(all, utf8);
				free(all);
			}
		board_free(&b);
	}
}

/* A wide character that is cut leaves no half of itself. */
static void test_wide_characters(void **state)
{
	struct canvas c = { 0 };

	(void)state;
	for (unsigned width = 1; width < 8; width++) {
		char *row;
		unsigned wide = 0;

		canvas_clear(&c, 1, 20, true);
		canvas_put(&c, 0, 0, width, INK_PLAIN, "\u8a9e\u8a9e\u8a9e\u8a9e");
		canvas_put(&c, 0, 19, 1, INK_PLAIN, "|");
		row = canvas_row(&c, 0);
		for (const char *at = row; *at; at++)
			wide += (unsigned char)*at == 0xe8 ? 2 : (*at & 0xc0) != 0x80;
		assert_int_equal(wide, 20);
		assert_non_null(strstr(row, "\u2026"));
		free(row);
	}
	canvas_free(&c);
}

/* A text that is longer than the sheet on which it is laid out. */
static void test_long_finding(void **state)
{
	struct board b = board_of(sample_broken());
	struct view v = { .mode = VIEW_EXPLAIN, .scroll = UINT32_MAX };
	struct finding_report f = b.phones[0]->attempt.findings[0];
	char *message = memory_get(60000);

	(void)state;
	memset(message, 'x', 59999);
	f.message = message;
	b.phones[0]->attempt.findings = &f;
	b.phones[0]->attempt.finding_count = 1;
	free(picture(&v, &b, 24, 80, true));
	assert_true(v.scroll <= 200 - 20);
	free(message);
	board_free(&b);
}

static void test_trouble_is_alone(void **state)
{
	struct board b = board_of(sample_broken());
	struct view v = { 0 };
	char *all;

	(void)state;
	snprintf(b.about, sizeof b.about, "/var/lib/dialtone/dialtone.db of a year");
	snprintf(b.trouble, sizeof b.trouble, "no daemon is running");
	all = picture(&v, &b, 24, 100, true);
	assert_non_null(strstr(all, "no daemon is running "));
	assert_null(strstr(all, "of a year"));
	free(all);
	board_free(&b);
}

static void test_losses_are_visible(void **state)
{
	struct board b = board_of(sample_broken());
	struct view v = { 0 };

	(void)state;
	b.lost = 17;
	shows(&v, &b, 24, 80, "17 lost");
	for (int mode = VIEW_PHONES; mode <= VIEW_HELP; mode++) {
		v.mode = (enum view_mode)mode;
		shows(&v, &b, 24, 80, "17 lost");
	}
	board_free(&b);
}

/* ---- keys ---- */

static void press(struct view *v, const struct board *b, const char *keys)
{
	for (; *keys; keys++)
		assert_int_equal(view_press(v, b, PRESS_CHARACTER, *keys), WISH_NOTHING);
}

static void test_keys(void **state)
{
	struct board b = board_of(sample_markup());
	struct view v = { 0 };
	const struct board_phone *first = view_chosen(&v, &b);

	(void)state;
	assert_int_equal(b.count, 2);
	view_press(&v, &b, PRESS_DOWN, 0);
	assert_ptr_not_equal(view_chosen(&v, &b), first);
	view_press(&v, &b, PRESS_DOWN, 0);
	assert_ptr_not_equal(view_chosen(&v, &b), first);
	view_press(&v, &b, PRESS_UP, 0);
	assert_ptr_equal(view_chosen(&v, &b), first);
	view_press(&v, &b, PRESS_END, 0);
	assert_ptr_not_equal(view_chosen(&v, &b), first);
	view_press(&v, &b, PRESS_ENTER, 0);
	assert_int_equal(v.mode, VIEW_LADDER);
	view_press(&v, &b, PRESS_ESCAPE, 0);
	assert_int_equal(v.mode, VIEW_PHONES);
	press(&v, &b, "?");
	assert_int_equal(v.mode, VIEW_HELP);
	press(&v, &b, "?");
	assert_int_equal(v.mode, VIEW_PHONES);
	assert_int_equal(view_press(&v, &b, PRESS_CHARACTER, 'q'), WISH_QUIT);
	assert_int_equal(view_press(&v, &b, PRESS_CHARACTER, 'x'), WISH_EXPORT);
	assert_int_equal(view_press(&v, &b, PRESS_CHARACTER, 'p'), WISH_PAUSE);
	board_free(&b);
}

static void test_filter(void **state)
{
	struct board b = board_of(sample_broken());
	struct view v = { 0 };

	(void)state;
	press(&v, &b, "/strictqp");
	assert_string_equal(v.filter, "strictqp");
	assert_null(view_chosen(&v, &b));
	shows(&v, &b, 24, 80, "No phone matches");
	view_press(&v, &b, PRESS_BACKSPACE, 0);
	view_press(&v, &b, PRESS_BACKSPACE, 0);
	view_press(&v, &b, PRESS_ENTER, 0);
	assert_non_null(view_chosen(&v, &b));
	view_press(&v, &b, PRESS_ESCAPE, 0);
	assert_string_equal(v.filter, "");
	board_free(&b);
}

/* ---- the board ---- */

static void test_the_newer_sign_in_stays(void **state)
{
	const struct report *r = sample_broken();
	struct attempt_report older = *r->phones[0]->attempts[0], verdict = older;
	struct board b = board_of(r), copy;

	(void)state;
	older.id = "before";
	older.start_ns -= 1000 * NS_PER_S;
	board_tell(&b, r->phones[0], &older, NULL);
	assert_string_equal(b.phones[0]->attempt.id, r->phones[0]->attempts[0]->id);
	verdict.verdict_only = true;
	verdict.story_count = 0;
	board_tell(&b, r->phones[0], &verdict, NULL);
	assert_int_equal(b.phones[0]->attempt.story_count, r->phones[0]->attempts[0]->story_count);
	board_copy(&b, &copy);
	board_free(&b);
	assert_int_equal(copy.phones[0]->attempt.story_count, r->phones[0]->attempts[0]->story_count);
	board_free(&copy);
}

/* A store may bear findings that only another dialtone knows: what the board took over of them stays when what it was told of is gone. */
static void test_foreign_rule(void **state)
{
	struct attempt_report a = *sample_broken()->phones[0]->attempts[0];
	struct rule *rule = memory_get(sizeof *rule);
	char *code = memory_copy("of-tomorrow", 11), *source = memory_copy("a later dialtone", 16), *text = NULL;
	struct finding_report finding = a.findings[0];
	struct board b = { 0 };
	size_t len;
	FILE *out = open_memstream(&text, &len);
	struct plain *p = plain_new(out, true);

	(void)state;
	*rule = (struct rule){ .code = code, .step = STEP_NAMING, .source = source };
	finding.rule = rule;
	a.findings = a.cause = &finding;
	a.finding_count = 1;
	for (unsigned i = 0; i < 2; i++) {
		board_tell(&b, sample_broken()->phones[0], &a, NULL);
		plain_show(p, &b);
	}
	memset(code, 'x', 11);
	memset(source, 'x', 16);
	free(code);
	free(source);
	free(rule);
	assert_string_equal(b.phones[0]->attempt.cause->rule->code, "of-tomorrow");
	assert_string_equal(b.phones[0]->attempt.cause->rule->source, "a later dialtone");
	shows(&(struct view){ .mode = VIEW_EXPLAIN }, &b, 24, 80, "of-tomorrow");
	plain_free(p);
	fclose(out);
	assert_non_null(strstr(text, "(of-tomorrow)"));
	assert_null(strstr(strstr(text, "(of-tomorrow)") + 1, "(of-tomorrow)"));         /* told again, it is the same verdict */
	free(text);
	board_free(&b);
}

static void test_the_board_is_bounded(void **state)
{
	const struct report *r = sample_broken();
	struct phone_report phone = *r->phones[0];
	struct board b = { 0 };

	(void)state;
	for (unsigned i = 0; i < BOARD_PHONES_MAX + 10; i++) {
		phone.mac = (struct mac){ { 0, 4, 0xf2, 1, (uint8_t)(i >> 8), (uint8_t)i } };
		board_tell(&b, &phone, r->phones[0]->attempts[0], NULL);
	}
	assert_int_equal(b.count, BOARD_PHONES_MAX);
	assert_int_equal(b.phones[0]->phone.mac.octet[5], 10);
	board_free(&b);
}

static void test_when_it_is_decided(void **state)
{
	const struct report *r = sample_broken();
	struct attempt_report a = *r->phones[0]->attempts[0];
	struct board b = { 0 };

	(void)state;
	a.going_on = true;
	board_tell(&b, r->phones[0], &a, NULL);
	b.now_ns = a.end_ns + BOARD_FAILED_NS - 1;
	assert_false(board_is_decided(&b, b.phones[0]));
	b.now_ns++;
	assert_true(board_is_decided(&b, b.phones[0]));
	a.going_on = false;
	board_tell(&b, r->phones[0], &a, NULL);
	b.now_ns = a.end_ns;
	assert_true(board_is_decided(&b, b.phones[0]));
	board_free(&b);
}

/* ---- lines ---- */

static void test_plain(void **state)
{
	struct board b = board_of(sample_broken());
	char *text = NULL;
	size_t len = 0, before;
	FILE *out = open_memstream(&text, &len);
	struct plain *p = plain_new(out, true);

	(void)state;
	plain_show(p, &b);
	fflush(out);
	assert_non_null(strstr(text, "dns -> phone: "));
	assert_non_null(strstr(text, "step naming: failed"));
	assert_non_null(strstr(text, "verdict: The sign-in failed"));
	assert_non_null(strstr(text, "fix: "));
	before = len;
	plain_show(p, &b);
	fflush(out);
	assert_int_equal(len, before);
	plain_free(p);
	fclose(out);
	free(text);
	board_free(&b);
}

static void test_plain_without_utf8(void **state)
{
	struct board b = board_of(sample_markup());
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	struct plain *p = plain_new(out, false);

	(void)state;
	b.phones[0]->attempt.story = &(struct story_line){ .from = "phone", .to = "dns", .text = "gr\u00fc\u00dfe" };
	b.phones[0]->attempt.story_count = 1;
	plain_show(p, &b);
	plain_free(p);
	fclose(out);
	assert_non_null(strstr(text, "gr\\xfc\\xdfe"));
	check_clean(text, false);
	free(text);
	board_free(&b);
}

/* It runs for weeks: what it printed must not stay in memory. */
static void test_plain_keeps_nothing(void **state)
{
	struct board b = board_of(sample_broken());
	FILE *out = fopen("/dev/null", "w");
	struct plain *p = plain_new(out, true);
	char id[40];
	size_t before = 0;

	(void)state;
	for (unsigned i = 0; i < 2000; i++) {
		snprintf(id, sizeof id, "%u", i);
		b.phones[0]->attempt.id = id;
		b.phones[0]->change = ++b.changes;
		plain_show(p, &b);
		if (i == 100)
			before = mallinfo2().uordblks;
	}
	assert_true(mallinfo2().uordblks <= before + (64 << 10));
	plain_free(p);
	fclose(out);
	board_free(&b);
}

/* ---- rig ---- */

/* The phone signs in again and again, for weeks. */
static void test_rig_keeps_little(void **state)
{
	struct board b = board_of(sample_signed_in());
	struct rig r = { .on_verdict = "true" };
	size_t before = 0;
	char id[64];

	(void)state;
	for (unsigned i = 0; i < 40; i++) {
		snprintf(id, sizeof id, "%u", i / 2);
		b.phones[0]->attempt.id = id;
		rig_tell(&r, &b);
		if (i == 0)
			before = table_count(r.told);
	}
	assert_int_equal(before, 1);
	assert_int_equal(table_count(r.told), 1);
	rig_free(&r);
	board_free(&b);
}

static void test_rig_status(void **state)
{
	struct board broken = board_of(sample_broken()), good = board_of(sample_signed_in()), none = { 0 };

	(void)state;
	assert_int_equal(rig_status(&(struct rig){ 0 }, &broken), RIG_FAILED);
	assert_int_equal(rig_status(&(struct rig){ 0 }, &good), RIG_SIGNED_IN);
	assert_int_equal(rig_status(&(struct rig){ 0 }, &none), RIG_UNDECIDED);
	assert_int_equal(rig_status(&(struct rig){ .expect = "strict-name" }, &broken), RIG_SIGNED_IN);
	assert_int_equal(rig_status(&(struct rig){ .expect = "failed" }, &broken), RIG_SIGNED_IN);
	assert_int_equal(rig_status(&(struct rig){ .expect = "failed" }, &good), RIG_FAILED);
	assert_int_equal(rig_status(&(struct rig){ .expect = "tcp-refused" }, &broken), RIG_FAILED);
	assert_true(rig_is_done(&(struct rig){ .until = UNTIL_VERDICT }, &broken));
	assert_false(rig_is_done(&(struct rig){ .until = UNTIL_SIGNED_IN }, &broken));
	assert_true(rig_is_done(&(struct rig){ .until = UNTIL_SIGNED_IN }, &good));
	assert_false(rig_is_done(&(struct rig){ .until = UNTIL_VERDICT }, &none));
	board_free(&broken);
	board_free(&good);
}

static void test_junit(void **state)
{
	struct board b = board_of(sample_markup());
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	rig_junit(out, &(struct rig){ 0 }, &b);
	fclose(out);
	assert_non_null(strstr(text, "<testsuite name=\"dialtone watch\" tests=\"2\""));
	assert_null(strstr(text, "<script"));
	free(text);
	board_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdict_is_there),
		cmocka_unit_test(test_too_small),
		cmocka_unit_test(test_hostile_text),
		cmocka_unit_test(test_wide_characters),
		cmocka_unit_test(test_long_finding),
		cmocka_unit_test(test_trouble_is_alone),
		cmocka_unit_test(test_losses_are_visible),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_the_newer_sign_in_stays),
		cmocka_unit_test(test_foreign_rule),
		cmocka_unit_test(test_the_board_is_bounded),
		cmocka_unit_test(test_when_it_is_decided),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_plain_without_utf8),
		cmocka_unit_test(test_plain_keeps_nothing),
		cmocka_unit_test(test_rig_keeps_little),
		cmocka_unit_test(test_rig_status),
		cmocka_unit_test(test_junit),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Evidence written as pcapng: read back with the program's own reader, and block by block for the comments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "config.h"
#include "packet/link.h"
#include "sink/sink.h"
#include "tests/unit/capture.h"
#include "tests/unit/sample_report.h"

#define PACKET(file, number, ns, text) { .frame = (frame_ref)(file) << 44 | (number), .at_ns = ns, .link_type = LINK_ETHERNET, .time_digits = 6, \
	.wire_len = sizeof text - 1, .data = { (const uint8_t *)text, sizeof text - 1 } }
#define MS(n) (INT64_C(1700000000) * 1000000000 + INT64_C(1000000) * (n))

static const struct rule strict_name = { .code = "strict-name", .step = STEP_NAMING };

/* ---- writing, and what was written ---- */

struct written {
	char *data;
	size_t len;
	const char *path;
};

static struct attempt_report with_packets(const struct attempt_report *a, const struct packet_report *packets, size_t count)
{
	struct attempt_report copy = *a;

	copy.packets = packets;
	copy.packet_count = count;
	return copy;
}

static struct written write_report(const struct report *r)
{
	struct written w = { 0 };
	FILE *out = open_memstream(&w.data, &w.len);

	assert_true(pcapng_report(out, r));
	fclose(out);
	w.path = capture_save_octets("evidence.pcapng", w.data, w.len);
	return w;
}

static struct written write_attempts(const struct report *like, const struct attempt_report *a, const struct attempt_report *b)
{
	const struct attempt_report *attempts[] = { a, b };
	struct phone_report phone = *like->phones[0];
	const struct phone_report *phones[] = { &phone };
	struct report r = { like->captures, like->capture_count, phones, 1 };

	phone.attempts = attempts;
	phone.attempt_count = b ? 2 : 1;
	return write_report(&r);
}

static uint32_t word(struct cursor *c)
{
	return cursor_le32(c);
}

/* One line a block: its type, what identifies it, its options: "6 0 first {comment|comment}". */
static void tell_options(struct text *out, struct cursor c)
{
	const char *before = " {";

	while (cursor_left(&c) >= 4) {
		uint16_t code = cursor_le16(&c), len = cursor_le16(&c);
		struct span value = cursor_take(&c, len);

		assert_true(cursor_ok(&c));
		cursor_skip(&c, (4 - len % 4u) % 4);
		if (!code)
			break;
		text_addf(out, "%s%u:", before, code);
		if (code == 5 || code == 9)
			text_addf(out, "%u", value.data[0]);
		else
			text_add_printable(out, value);
		before = "|";
	}
	assert_int_equal(cursor_left(&c), 0);
	text_add(out, before[1] == '{' ? "\n" : "}\n");
}

static void tell_block(struct text *out, uint32_t type, struct cursor c)
{
	uint32_t captured;

	text_addf(out, "%x", type == 0x0a0d0d0a ? 0 : type);
	if (type == 0x0a0d0d0a) {
		assert_int_equal(word(&c), 0x1a2b3c4d);
		cursor_skip(&c, 12);
	} else if (type == 1) {
		text_addf(out, " %u", cursor_le16(&c));
		cursor_skip(&c, 2);
		text_addf(out, "/%u", word(&c));
	} else if (type == 5) {
		text_addf(out, " %u", word(&c));
		cursor_skip(&c, 8);
	} else {
		assert_int_equal(type, 6);
		text_addf(out, " %u ", word(&c));
		cursor_skip(&c, 8);
		captured = word(&c);
		cursor_skip(&c, 4);
		text_add_printable(out, cursor_take(&c, captured));
		cursor_skip(&c, (4 - captured % 4) % 4);
	}
	assert_true(cursor_ok(&c));
	tell_options(out, c);
}

static void expect_blocks(struct written w, const char *expected)
{
	struct cursor c = cursor_over(span_of(w.data, w.len));
	struct text out = text_start(1 << 22);

	while (cursor_left(&c)) {
		uint32_t type = word(&c), total = word(&c);
		struct span body = cursor_take(&c, total - 12);

		assert_int_equal(total % 4, 0);
		assert_int_equal(word(&c), total);
		assert_true(cursor_ok(&c));
		tell_block(&out, type, cursor_over(body));
	}
	assert_string_equal(text_string(&out), expected);
	text_free(&out);
	free(w.data);
}

/* ---- tests ---- */

static void verdict_and_findings_are_comments(void **state)
{
	static const struct packet_report packets[] = { PACKET(0, 60, MS(0), "one"), PACKET(0, 61, MS(1), "two2"), PACKET(0, 63, MS(2), "three"), PACKET(0, 90, MS(3), "four") };
	const struct report *r = sample_broken();
	struct attempt_report a = with_packets(r->phones[0]->attempts[0], packets, COUNT(packets));
	const struct finding_report *f = a.findings;
	struct text expected = text_start(1 << 20);

	(void)state;
	text_addf(&expected, "0 {4:%s}\n1 1/262144 {2:%s|9:6}\n", PACKAGE_STRING, r->captures[0]->file);
	text_addf(&expected, "6 0 one {1:dialtone: failed at naming: strict-name\nPhone 00:04:f2:aa:bb:01 (Polycom), sign-in %s}\n", a.id);
	text_addf(&expected, "6 0 two2 {1:strict-name (error, strong): %s\nFix: %s}\n", f[0].message, f[0].fix);
	text_addf(&expected, "6 0 three {1:strict-name (error, strong): %s\nFix: %s|1:name-skipped (warning, strong): %s}\n6 0 four\n", f[0].message, f[0].fix, f[1].message);
	expect_blocks(write_attempts(r, &a, NULL), text_string(&expected));
	text_free(&expected);
}

static void a_finding_that_no_packet_shows_is_said_on_the_first(void **state)
{
	static const struct packet_report packets[] = { PACKET(0, 7, MS(0), "one"), PACKET(0, 8, MS(1), "two") };
	static const struct finding_report finding = { .rule = &strict_name, .message = "m", .fix = "f", .grade = GRADE_STRONG };
	struct attempt_report a = { .id = "x", .outcome = OUTCOME_UNFINISHED, .going_on = true, .findings = &finding, .finding_count = 1, .packets_left_out = 9 };
	const struct phone_report phone = { .mac = { { 2 } }, .model = "CX600" };
	struct written w = { 0 };
	FILE *out = open_memstream(&w.data, &w.len);

	(void)state;
	a.packets = packets;
	a.packet_count = COUNT(packets);
	assert_true(pcapng_attempt(out, &phone, &a, NULL, 0));
	fclose(out);
	expect_blocks(w, "0 {4:" PACKAGE_STRING "}\n1 1/262144 {9:6}\n6 0 one {1:dialtone: unfinished (so far: the sign-in was still going on)\n"
		"Phone 02:00:00:00:00:00 (CX600), sign-in x\nMore of its packets were seen than are kept: 9 are not here|1:strict-name (error, strong): m\nFix: f}\n6 0 two\n");
}

/* What two phones say to each other is evidence of both, and written once; files are put together by time, each in its own order. */
static void packets_of_several_files_and_attempts(void **state)
{
	static const struct packet_report first[] = { PACKET(0, 1, MS(0), "a"), PACKET(0, 2, MS(9), "c"), PACKET(0, 3, MS(8), "d"), PACKET(1, 1, MS(5), "b") };
	static const struct packet_report second[] = { PACKET(0, 3, MS(8), "d"), PACKET(1, 2, MS(20), "e") };
	static const struct capture_info one = { .file = "/x/one.pcap", .dropped = 3, .last_ns = MS(9) }, two = { .file = "-" };
	static const struct capture_info *const captures[] = { &one, &two };
	struct attempt_report a = { .id = "a" }, b = { .id = "b" };
	const struct attempt_report *attempts[] = { &a, &b };
	struct phone_report phone = { .mac = { { 2 } }, .attempts = attempts, .attempt_count = 2 };
	const struct phone_report *phones[] = { &phone };
	const struct report r = { captures, 2, phones, 1 };

	(void)state;
	a = with_packets(&a, first, COUNT(first));
	b = with_packets(&b, second, COUNT(second));
	expect_blocks(write_report(&r), "0 {4:" PACKAGE_STRING "}\n1 1/262144 {2:one.pcap|3:/x/one.pcap|9:6}\n1 1/262144 {2:standard input|9:6}\n"
		"6 0 a {1:dialtone: unknown\nPhone 02:00:00:00:00:00, sign-in a}\n6 1 b\n6 0 c\n6 0 d {1:dialtone: unknown\nPhone 02:00:00:00:00:00, sign-in b}\n6 1 e\n"
		"5 0 {5:3}\n");
}

static void link_types_and_resolutions_have_interfaces_of_their_own(void **state)
{
	static struct packet_report packets[] = {
		PACKET(0, 1, -1, "old"), PACKET(0, 2, MS(0) + 123456789, "fine"), PACKET(0, 3, MS(0) + 123456000, "cooked"), PACKET(0, 4, MS(0) + 123456999, "usual"),
	};
	struct attempt_report a = { .id = "a", .packets = packets, .packet_count = COUNT(packets) };
	static const int64_t times[] = { -1000, MS(0) + 123456789, MS(0) + 123456000, MS(0) + 123456000 };
	static const uint16_t links[] = { LINK_ETHERNET, LINK_ETHERNET, LINK_SLL, LINK_ETHERNET };
	const struct report *like = sample_broken();
	struct written w;
	struct source *s;

	(void)state;
	packets[1].time_digits = 9;
	packets[2].link_type = LINK_SLL;
	packets[3].wire_len = 1500;
	w = write_attempts(like, &a, NULL);
	s = capture_open(w.path);
	for (size_t i = 0; i < COUNT(packets); i++) {
		struct packet p;

		assert_int_equal(source_next(s, &p), SOURCE_PACKET);
		assert_int_equal(p.at_ns, times[i]);
		assert_int_equal(p.link_type, links[i]);
		assert_int_equal(p.time_digits, i == 1 ? 9 : 6);
		assert_int_equal(p.wire_len, packets[i].wire_len);
		assert_true(span_equal(p.data, packets[i].data));
	}
	capture_expect_end(s);
	assert_string_equal(source_capture(s, 0)->link_type, "EN10MB,LINUX_SLL");
	source_close(s);
	free(w.data);
}

static bool is_valid(struct span s)
{
	while (s.len) {
		size_t n = utf8_length(s);

		if (!n || (s.data[0] < 0x20 && s.data[0] != '\n'))
			return false;
		s = span_part(s, n, s.len);
	}
	return true;
}

static void comments_are_short_enough_and_safe(void **state)
{
	static const struct packet_report packets[] = { PACKET(1, 7, MS(0), "one") };
	const struct report *r = sample_hostile();
	struct finding_report findings[2] = { r->phones[0]->attempts[0]->findings[0] };
	struct attempt_report a = with_packets(r->phones[0]->attempts[0], packets, COUNT(packets));
	char *longest = malloc(300001);
	struct written w;
	struct cursor c;

	(void)state;
	for (size_t i = 0; i < 300000; i += 3)
		memcpy(longest + i, "\xe2\x82\xac", 4);
	findings[1] = findings[0];
	findings[1].message = longest;
	a.findings = findings;
	a.finding_count = 2;
	w = write_attempts(r, &a, NULL);
	assert_int_equal(capture_read_all(w.path), 1);
	c = cursor_over(span_of(w.data, w.len));
	while (cursor_left(&c)) {
		uint32_t type = word(&c), total = word(&c);
		struct cursor body = cursor_over(cursor_take(&c, total - 12));
		unsigned count = 0;

		cursor_skip(&c, 4);
		if (type != 6)
			continue;
		cursor_skip(&body, 20 + 4);
		while (cursor_le16(&body) == 1) {
			uint16_t len = cursor_le16(&body);
			struct span value = cursor_take(&body, len);

			assert_true(is_valid(value));
			if (count++ == 2)
				assert_in_range(len, 65530, 65535);
			cursor_skip(&body, (4 - len % 4u) % 4);
		}
		assert_true(cursor_ok(&body));
		assert_int_equal(count, 3);
	}
	free(longest);
	free(w.data);
}

static void nothing_kept_is_an_empty_capture(void **state)
{
	struct written w = write_report(sample_broken());

	(void)state;
	assert_int_equal(capture_read_all(w.path), 0);
	expect_blocks(w, "0 {4:" PACKAGE_STRING "}\n");
}

static void a_full_disk_is_told(void **state)
{
	static const struct packet_report packets[] = { PACKET(0, 1, MS(0), "one") };
	struct attempt_report a = { .id = "a", .packets = packets, .packet_count = 1 };
	const struct phone_report phone = { .mac = { { 2 } } };
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	if (!full)
		skip();
	setvbuf(full, NULL, _IONBF, 0);
	assert_false(pcapng_attempt(full, &phone, &a, NULL, 0));
	fclose(full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdict_and_findings_are_comments),
		cmocka_unit_test(a_finding_that_no_packet_shows_is_said_on_the_first),
		cmocka_unit_test(packets_of_several_files_and_attempts),
		cmocka_unit_test(link_types_and_resolutions_have_interfaces_of_their_own),
		cmocka_unit_test(comments_are_short_enough_and_safe),
		cmocka_unit_test(nothing_kept_is_an_empty_capture),
		cmocka_unit_test(a_full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, capture_setup, capture_teardown);
}

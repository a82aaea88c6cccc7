/*
 * Following live ends with what `analyze` says of the same packets: every capture of pcaps/, with and without ticks between the packets.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glob.h>

#include "base/moment.h"
#include "follow.h"
#include "sink/sink.h"

enum { TOLD_MAX = 64, EVIDENCE_OCTETS = 4 << 20 };

/* The latest that was told of each attempt. */
struct told {
	size_t count;
	struct { char *id, *json, *packets; bool going_on; unsigned times; } at[TOLD_MAX];
};

static char *attempt_json(const struct phone_report *p, const struct attempt_report *a)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	json_attempt(out, p, a, false);
	fclose(out);
	return text;
}

/* Frame, length and first octet of each packet that is evidence. */
static char *attempt_packets(const struct attempt_report *a)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	for (size_t i = 0; i < a->packet_count; i++)
		fprintf(out, "%u:%zu:%02x ", (unsigned)frame_number(a->packets[i].frame), a->packets[i].data.len, a->packets[i].data.data[0]);
	fprintf(out, "-%u", (unsigned)a->packets_left_out);
	fclose(out);
	return text;
}

static void note(void *user, const struct phone_report *p, const struct attempt_report *a)
{
	struct told *t = user;
	size_t i = 0;

	while (i < t->count && strcmp(t->at[i].id, a->id) != 0)
		i++;
	assert_true(i < TOLD_MAX);
	if (i == t->count) {
		assert_false(a->verdict_only);
		t->at[t->count++].id = strdup(a->id);
	}
	free(t->at[i].json);
	t->at[i].json = attempt_json(p, a);
	if (!a->verdict_only) {
		free(t->at[i].packets);
		t->at[i].packets = attempt_packets(a);
	}
	t->at[i].going_on = a->going_on;
	t->at[i].times++;
}

static void told_free(struct told *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->at[i].id);
		free(t->at[i].json);
		free(t->at[i].packets);
	}
}

/* ---- both ways through ---- */

static struct source *open_capture(const char *path)
{
	char *file = (char *)(uintptr_t)path;   /* not written to */
	struct source *s = source_open_files(&file, 1, NULL);

	assert_non_null(s);
	return s;
}

static void follow_capture(const char *path, int64_t tick_ns, size_t memory, struct told *told)
{
	const struct follow_options options = { .memory = memory, .evidence_octets = EVIDENCE_OCTETS, .report = note, .user = told };
	struct follow *f = follow_new(&options);
	struct source *s = open_capture(path);
	const struct capture_info *info = source_capture(s, 0);
	struct packet p;
	int64_t now_ns = INT64_MIN;

	while (source_next(s, &p) == SOURCE_PACKET) {
		for (; tick_ns && now_ns != INT64_MIN && now_ns < p.at_ns; now_ns += tick_ns)
			follow_tick(f, now_ns);
		if (p.at_ns > now_ns)
			now_ns = p.at_ns;
		follow_packet(f, &p);
	}
	follow_finish(f, &info, 1);
	follow_free(f);
	source_close(s);
}

static void analyze_capture(const char *path, struct told *told)
{
	const struct judge_options options = { 0 };
	struct judge *j = judge_new(&options, NULL);
	struct trail *t = trail_new(&(struct trail_options){ .evidence_octets = EVIDENCE_OCTETS, .attempt = judge_attempt, .user = j });
	const struct flows_user user = { .user = t, .interest = trail_interest, .event = trail_event, .packet = trail_packet,
		.fragment = trail_fragment };
	struct pipeline *p = pipeline_new(&user);
	struct source *s = open_capture(path);
	const struct capture_info *info = source_capture(s, 0);
	const struct report *r;

	pipeline_run(p, s);
	pipeline_finish(p);
	trail_finish(t);
	r = judge_report(j, &info, 1);
	for (size_t i = 0; i < r->phone_count; i++)
		for (size_t k = 0; k < r->phones[i]->attempt_count; k++)
			note(told, r->phones[i], r->phones[i]->attempts[k]);
	pipeline_free(p);
	trail_free(t);
	judge_free(j);
	source_close(s);
}

static void compare(const char *path, const struct told *live, const struct told *whole)
{
	if (live->count != whole->count)
		fail_msg("%s: %zu attempts live, %zu in analyze", path, live->count, whole->count);
	for (size_t i = 0; i < whole->count; i++) {
		size_t k = 0;

		while (k < live->count && strcmp(live->at[k].id, whole->at[i].id) != 0)
			k++;
		if (k == live->count)
			fail_msg("%s: attempt %s was not told live", path, whole->at[i].id);
		if (live->at[k].going_on)
			fail_msg("%s: attempt %s was told as going on to the end", path, whole->at[i].id);
		assert_string_equal(live->at[k].json, whole->at[i].json);
		assert_string_equal(live->at[k].packets, whole->at[i].packets);
		assert_string_not_equal(live->at[k].packets, "-0");
	}
}

static void all_captures(int64_t tick_ns)
{
	glob_t found;

	assert_int_equal(glob(SOURCE_FOLDER "/pcaps/*.pcap", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct told live = { 0 }, whole = { 0 };

		follow_capture(found.gl_pathv[i], tick_ns, 0, &live);
		analyze_capture(found.gl_pathv[i], &whole);
		compare(found.gl_pathv[i], &live, &whole);
		told_free(&live);
		told_free(&whole);
	}
	globfree(&found);
}

static void ends_with_what_analyze_says(void **state)
{
	(void)state;
	all_captures(0);
}

static void ticks_change_nothing(void **state)
{
	(void)state;
	all_captures(NS_PER_S / 3);
}

/* ---- while it goes on ---- */

static void tells_before_the_end(void **state)
{
	struct told live = { 0 };

	(void)state;
	follow_capture(SOURCE_FOLDER "/pcaps/strict-name.pcap", NS_PER_S / 50, 0, &live);
	assert_int_equal(live.count, 1);
	assert_true(live.at[0].times > 3);
	told_free(&live);
}

/* Silence alone makes the verdict: no packet comes any more. */
static void silence_is_told(void **state)
{
	struct told live = { 0 };
	const struct follow_options options = { .report = note, .user = &live };
	struct follow *f = follow_new(&options);
	struct source *s = open_capture(SOURCE_FOLDER "/pcaps/strict-name.pcap");
	int64_t last_ns = 0;
	struct packet p;

	(void)state;
	while (source_next(s, &p) == SOURCE_PACKET) {
		follow_packet(f, &p);
		last_ns = p.at_ns;
	}
	for (int64_t ns = last_ns; ns < last_ns + 60 * NS_PER_S; ns += NS_PER_S / 20)
		follow_tick(f, ns);
	assert_int_equal(live.count, 1);
	assert_true(live.at[0].going_on);
	assert_non_null(strstr(live.at[0].json, "\"cause\":\"strict-name\""));
	follow_free(f);
	source_close(s);
	told_free(&live);
}

static void a_loss_is_told(void **state)
{
	struct told live = { 0 };
	const struct follow_options options = { .report = note, .user = &live };
	struct follow *f = follow_new(&options);
	struct source *s = open_capture(SOURCE_FOLDER "/pcaps/matched-names.pcap");
	const struct capture_info *info = source_capture(s, 0);
	struct packet p;
	unsigned n = 0;

	(void)state;
	while (source_next(s, &p) == SOURCE_PACKET) {
		if (++n == 10)
			follow_lost(f, p.at_ns, p.at_ns, 7);
		follow_packet(f, &p);
	}
	follow_finish(f, &info, 1);
	assert_int_equal(live.count, 1);
	assert_non_null(strstr(live.at[0].json, "capture-gap"));
	follow_free(f);
	source_close(s);
	told_free(&live);
}

/* The clock that stamps packets is set back an hour while packets are lost: what was lost before then is not forgotten. */
static void a_loss_survives_the_clock(void **state)
{
	(void)state;
	for (unsigned before = 0; before < 2; before++) {
		struct told live = { 0 };
		const struct follow_options options = { .report = note, .user = &live };
		struct follow *f = follow_new(&options);
		struct source *s = open_capture(SOURCE_FOLDER "/pcaps/matched-names.pcap");
		const struct capture_info *info = source_capture(s, 0);
		struct packet p;
		unsigned n = 0;

		while (source_next(s, &p) == SOURCE_PACKET) {
			if (++n == 10 && before)
				follow_lost(f, p.at_ns, p.at_ns, 7);
			if (n == 10)
				follow_lost(f, p.at_ns, p.at_ns - 3600 * NS_PER_S, 1);
			follow_packet(f, &p);
		}
		follow_finish(f, &info, 1);
		assert_non_null(strstr(live.at[0].json, "capture-gap"));
		follow_free(f);
		source_close(s);
		told_free(&live);
	}
}

/* However many losses come after it, the first one still lies in the attempt. */
static void many_losses_are_told(void **state)
{
	struct told live = { 0 };
	const struct follow_options options = { .report = note, .user = &live };
	struct follow *f = follow_new(&options);
	struct source *s = open_capture(SOURCE_FOLDER "/pcaps/matched-names.pcap");
	const struct capture_info *info = source_capture(s, 0);
	struct packet p;
	unsigned n = 0;

	(void)state;
	while (source_next(s, &p) == SOURCE_PACKET) {
		if (++n == 10)
			follow_lost(f, p.at_ns, p.at_ns, 7);
		follow_packet(f, &p);
	}
	for (int64_t i = 1; i <= 200; i++)
		follow_lost(f, p.at_ns + i * 3600 * NS_PER_S, p.at_ns + i * 3600 * NS_PER_S, 1);
	follow_finish(f, &info, 1);
	assert_non_null(strstr(live.at[0].json, "capture-gap"));
	follow_free(f);
	source_close(s);
	told_free(&live);
}

/* Hardly any room: attempts are forgotten, and what a phone was told before still counts. */
static void forgets_and_goes_on(void **state)
{
	glob_t found;

	(void)state;
	assert_int_equal(glob(SOURCE_FOLDER "/pcaps/*.pcap", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct told live = { 0 };

		follow_capture(found.gl_pathv[i], NS_PER_S / 3, 4096, &live);
		for (size_t k = 0; k < live.count; k++)
			if (live.at[k].going_on)
				fail_msg("%s: attempt %s was told as going on to the end", found.gl_pathv[i], live.at[k].id);
		told_free(&live);
	}
	globfree(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_with_what_analyze_says),
		cmocka_unit_test(ticks_change_nothing),
		cmocka_unit_test(tells_before_the_end),
		cmocka_unit_test(silence_is_told),
		cmocka_unit_test(a_loss_is_told),
		cmocka_unit_test(a_loss_survives_the_clock),
		cmocka_unit_test(many_losses_are_told),
		cmocka_unit_test(forgets_and_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What replay rests on beside rewriting: the schedule, how punctual it was, which frames were left out, routes, and a source that is paced. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/moment.h"
#include "packet/pace.h"
#include "packet/source_paced.h"
#include "replay/interface.h"
#include "replay/left_out.h"
#include "replay/outlet.h"
#include "replay/play.h"
#include "replay/send.h"
#include "replay/spread.h"
#include "tests/unit/capture.h"

/* ---- the schedule ---- */

static struct pace pace;

static void start(enum pace_mode mode, double rate)
{
	pace = pace_start((struct pace_options){ mode, rate });
}

static void original_timing_is_that_of_the_packets(void **state)
{
	int64_t at = INT64_C(1700000000) * NS_PER_S + 123456789;

	(void)state;
	start(PACE_ORIGINAL, 1);
	assert_int_equal(pace_due(&pace, at, 100), 0);
	assert_int_equal(pace_due(&pace, at + 1, 100), 1);
	assert_int_equal(pace_due(&pace, at + 90 * 24 * 3600 * NS_PER_S + 7, 100), 90 * 24 * 3600 * NS_PER_S + 7);
	start(PACE_ORIGINAL, 4);
	assert_int_equal(pace_due(&pace, at, 100), 0);
	assert_int_equal(pace_due(&pace, at + NS_PER_S, 100), NS_PER_S / 4);
}

static void a_packet_that_is_too_old_is_due_at_once(void **state)
{
	(void)state;
	start(PACE_ORIGINAL, 1);
	pace_due(&pace, 10 * NS_PER_S, 100);
	assert_int_equal(pace_due(&pace, 12 * NS_PER_S, 100), 2 * NS_PER_S);
	assert_int_equal(pace_due(&pace, 11 * NS_PER_S, 100), 2 * NS_PER_S);
	assert_int_equal(pace_due(&pace, 3 * NS_PER_S, 100), 2 * NS_PER_S);
	assert_int_equal(pace_due(&pace, 13 * NS_PER_S, 100), 3 * NS_PER_S);
}

/* After a million packets the schedule is where it has to be: each moment is computed by itself. */
static void errors_do_not_add_up(void **state)
{
	int64_t due = 0;

	(void)state;
	start(PACE_PACKETS, 3);
	for (unsigned n = 0; n <= 1000000; n++)
		due = pace_due(&pace, 0, 100);
	assert_true(due >= INT64_C(333333333333333) - 1 && due <= INT64_C(333333333333333) + 1);
	start(PACE_BITS, 0.8);
	assert_int_equal(pace_due(&pace, 0, 100), 0);
	assert_int_equal(pace_due(&pace, 0, 900), 1000000);
	assert_int_equal(pace_due(&pace, 0, 1), 10000000);
	start(PACE_TOP, 1);
	assert_int_equal(pace_due(&pace, 0, 100), 0);
	assert_int_equal(pace_due(&pace, NS_PER_S, 100), 0);
}

static void waiting_ends_when_it_is_due_and_not_before(void **state)
{
	(void)state;
	start(PACE_ORIGINAL, 1);
	pace_due(&pace, 0, 1);
	assert_false(pace_wait(&pace, 20 * NS_PER_MS, 5 * NS_PER_MS));
	assert_true(pace_now(&pace) >= 5 * NS_PER_MS - NS_PER_MS);
	while (!pace_wait(&pace, 20 * NS_PER_MS, 100 * NS_PER_MS))
		;
	assert_true(pace_now(&pace) >= 20 * NS_PER_MS);
	assert_true(pace_wait(&pace, 20 * NS_PER_MS, 0));
	assert_true(pace_packet_time(&pace) >= 20 * NS_PER_MS);
}

/* ---- how punctual ---- */

static void percentiles_are_right_to_a_thirtysecond(void **state)
{
	struct spread *s = memory_get(sizeof *s);

	(void)state;
	assert_int_equal(spread_at(s, 0.5), 0);
	for (uint64_t n = 1; n <= 100000; n++)
		spread_add(s, n * 10);
	assert_int_equal(s->min, 10);
	assert_int_equal(s->max, 1000000);
	for (unsigned percent = 1; percent <= 100; percent++) {
		uint64_t exact = percent * 10000, found = spread_at(s, percent / 100.0);

		assert_true(found >= exact && found <= exact + exact / 32 + 10);
	}
	assert_int_equal(spread_at(s, 1), 1000000);
	free(s);
}

static void any_value_has_its_class(void **state)
{
	struct spread *s = memory_get(sizeof *s);

	(void)state;
	spread_add(s, UINT64_MAX);
	assert_true(spread_at(s, 0.5) == UINT64_MAX);
	spread_add(s, 0);
	assert_int_equal(spread_at(s, 0.1), 0);
	for (unsigned bit = 0; bit < 64; bit++) {
		struct spread *one = memory_get(sizeof *one);
		uint64_t value = UINT64_C(1) << bit;

		spread_add(one, value);
		spread_add(one, value);
		assert_int_equal(spread_at(one, 0.5), value);
		free(one);
	}
	free(s);
}

/* ---- frames by number ---- */

static void frames_left_out_are_told_by_number(void **state)
{
	struct left_out l = { 0 };
	char text[LEFT_TEXT];

	(void)state;
	assert_string_equal(left_out_format(&l, false, text), "");
	left_out_add(&l, frame_of(0, 17));
	left_out_add(&l, frame_of(0, 20));
	left_out_add(&l, frame_of(0, 21));
	left_out_add(&l, frame_of(0, 22));
	left_out_add(&l, frame_of(1, 3));
	/* The next round. */
	left_out_add(&l, frame_of(0, 17));
	assert_int_equal(l.count, 6);
	assert_string_equal(left_out_format(&l, true, text), "1:17, 1:20-1:22, 2:3");
	for (unsigned n = 0; n < 100; n++)
		left_out_add(&l, frame_of(2, 1000 + 2 * n));
	assert_non_null(strstr(left_out_format(&l, false, text), ", 1040 and 79 more"));
}

static void the_mtu_counts_what_is_behind_the_header(void **state)
{
	static uint8_t octets[2000];
	const struct interface i = { .name = "x", .mtu = 1500 };

	(void)state;
	assert_true(sender_fits(&i, span_of(octets, 1514)));
	assert_false(sender_fits(&i, span_of(octets, 1515)));
	octets[12] = 0x81;
	assert_true(sender_fits(&i, span_of(octets, 1518)));
	assert_false(sender_fits(&i, span_of(octets, 1519)));
	octets[12] = 0x88;
	octets[13] = 0xa8;
	assert_false(sender_fits(&i, span_of(octets, 1515)));
}

/* ---- routes ---- */

static bool is_default(const char *ipv4, const char *ipv6, const char *interface)
{
	FILE *four = fmemopen((void *)ipv4, strlen(ipv4), "r"), *six = fmemopen((void *)ipv6, strlen(ipv6), "r");
	bool is = route_is_default(four, six, interface);

	fclose(four);
	fclose(six);
	return is;
}

static void default_routes_are_found(void **state)
{
	static const char ipv4[] =
		"Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
		"eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
		"eth1\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
		"tun0\t00000080\t00000000\t0001\t0\t0\t0\t00000080\t0\t0\t0\n"
		"eth2\t00000000\t00000000\t0200\t0\t0\t0\t00000000\t0\t0\t0\n";
	static const char ipv6[] =
		"fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000002 00000000 00000001     eth1\n"
		"00000000000000000000000000000000 00 00000000000000000000000000000000 00 fd000000000000000000000000000001 00000400 00000002 00000000 00000003     eth3\n"
		"00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo\n";

	(void)state;
	assert_true(is_default(ipv4, ipv6, "eth0"));
	assert_false(is_default(ipv4, ipv6, "eth1"));
	assert_false(is_default(ipv4, ipv6, "eth2"));
	assert_true(is_default(ipv4, ipv6, "eth3"));
	assert_true(is_default(ipv4, ipv6, "tun0"));
	assert_false(is_default(ipv4, ipv6, "lo"));
	assert_false(is_default(ipv4, ipv6, "eth"));
	assert_false(is_default(ipv4, ipv6, "Iface"));
	assert_false(route_is_default(NULL, NULL, "eth0"));
}

/* ---- a source that is paced ---- */

static char *path_of_three(void)
{
	capture_pcap(false, 0xa1b2c3d4, 1);
	capture_pcap_packet(100, 0, "first", 0);
	capture_pcap_packet(100, 30000, "second", 0);
	capture_pcap_packet(100, 20000, "third", 0);
	return (char *)(uintptr_t)capture_save("three.pcap");
}

static void a_paced_source_gives_the_same_packets_later(void **state)
{
	char *path = path_of_three();
	struct source *s = source_open_paced(source_open_files(&path, 1, NULL), (struct pace_options){ PACE_ORIGINAL, 1 });
	struct packet p;
	enum source_answer answer;
	unsigned packets = 0, waits = 0;
	int64_t now = 0, before = 0;

	(void)state;
	start(PACE_ORIGINAL, 1);
	pace_due(&pace, 0, 0);
	assert_false(source_paced_now(s, &now));
	while ((answer = source_next(s, &p)) != SOURCE_END) {
		int fd, timeout;

		assert_true(answer == SOURCE_PACKET || answer == SOURCE_WAIT);
		if (answer == SOURCE_PACKET) {
			assert_int_equal(frame_number(p.frame), ++packets);
			continue;
		}
		waits++;
		source_wait(s, &fd, &timeout);
		assert_int_equal(fd, -1);
		assert_true(timeout >= 0 && timeout <= 30);
		assert_true(source_paced_now(s, &now));
		assert_true(now >= before && now <= p.at_ns + 30 * NS_PER_MS);
		before = now;
	}
	assert_int_equal(packets, 3);
	/* However busy the machine is: it did not come too early. */
	assert_true(pace_now(&pace) >= 30 * NS_PER_MS);
	assert_true(waits > 0 || pace_now(&pace) > 60 * NS_PER_MS);
	assert_int_equal(source_capture(s, 0)->packets, 3);
	source_close(s);
}

/* ---- playing ---- */

static sig_atomic_t stop;

struct heard {
	uint64_t frames[64];
	int64_t times[64];
	unsigned count;
	unsigned most;                  /* takes no more than these */
};

static bool hear(void *user, const struct packet *p, int64_t due_ns)
{
	struct heard *h = user;

	(void)due_ns;
	if (h->count == h->most)
		return false;
	h->frames[h->count] = frame_number(p->frame);
	h->times[h->count++] = p->at_ns;
	return true;
}

static struct play_options options_at_topspeed(void)
{
	return (struct play_options){ .rounds = 1, .pace = { PACE_TOP, 1 }, .stop = &stop };
}

static struct play_result play_three(const struct play_options *o, struct heard *h, bool kept)
{
	char *path = path_of_three();
	struct tape *t = tape_of_files(&path, 1, NULL, kept);
	struct play *p = play_new(o, t);
	struct play_result result = play_run(p, &(struct outlet){ .user = h, .take = hear });

	play_free(p);
	tape_free(t);
	return result;
}

static void rounds_follow_each_other(void **state)
{
	for (unsigned kept = 0; kept < 2; kept++) {
		struct play_options o = options_at_topspeed();
		struct heard h = { .most = 64 };
		struct play_result result;

		(void)state;
		o.rounds = 2;
		o.new_time = true;
		o.new_start_ns = 5000 * NS_PER_S;
		result = play_three(&o, &h, kept);
		assert_int_equal(result.end, PLAY_DONE);
		assert_int_equal(result.packets, 6);
		assert_int_equal(result.rounds, 2);
		for (unsigned i = 0; i < 6; i++)
			assert_int_equal(h.frames[i], i % 3 + 1);
		assert_int_equal(h.times[0], 5000 * NS_PER_S);
		assert_int_equal(h.times[1], 5000 * NS_PER_S + 30 * NS_PER_MS);
		assert_int_equal(h.times[2], 5000 * NS_PER_S + 20 * NS_PER_MS);
		assert_int_equal(h.times[3], h.times[1]);
		assert_int_equal(h.times[4], h.times[1] + 30 * NS_PER_MS);
	}
}

static void limit_and_window_leave_packets_out(void **state)
{
	struct play_options o = options_at_topspeed();
	struct heard h = { .most = 64 };

	(void)state;
	o.rounds = 0;
	o.has_limit = true;
	o.limit = 7;
	assert_int_equal(play_three(&o, &h, false).packets, 7);
	assert_int_equal(h.frames[6], 1);
	o = options_at_topspeed();
	h = (struct heard){ .most = 64 };
	o.has_start = o.has_until = true;
	o.start_ns = 100 * NS_PER_S + 1;
	o.until_ns = 100 * NS_PER_S + 30 * NS_PER_MS;
	assert_int_equal(play_three(&o, &h, false).packets, 1);
	assert_int_equal(h.frames[0], 3);
}

static void an_endless_round_without_packets_ends(void **state)
{
	struct play_options o = options_at_topspeed();
	struct heard h = { .most = 64 };

	(void)state;
	o.rounds = 0;
	o.has_start = true;
	o.start_ns = INT64_MAX;
	assert_int_equal(play_three(&o, &h, false).rounds, 1);
}

static void playing_ends_when_it_is_told_or_refused(void **state)
{
	struct play_options o = options_at_topspeed();
	struct heard h = { .most = 2 };
	struct play_result result = play_three(&o, &h, false);

	(void)state;
	assert_int_equal(result.end, PLAY_REFUSED);
	assert_int_equal(result.packets, 2);
	stop = 1;
	h = (struct heard){ .most = 64 };
	result = play_three(&o, &h, false);
	stop = 0;
	assert_int_equal(result.end, PLAY_STOPPED);
	assert_int_equal(result.packets, 0);
}

/* ---- moments ---- */

static void moments_are_read_as_they_are_written(void **state)
{
	static const char *const bad[] = { "", "2026-11-24", "2026-11-24T13:31:05", "2026-11-24T13:31:05+1", "2026-11-24T13:31:05Zx", "12.5", "2026-13-24T13:31:05Z" };
	int64_t at = 0;
	char text[MOMENT_TEXT];

	(void)state;
	assert_true(moment_parse("2026-11-24T13:31:05.000124Z", &at));
	assert_string_equal(moment_format(at, 6, text), "2026-11-24T13:31:05.000124Z");
	assert_true(moment_parse("2026-11-24T13:31:05.5+02:30", &at));
	assert_string_equal(moment_format(at, 1, text), "2026-11-24T11:01:05.5Z");
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(moment_parse(bad[i], &at));
}

/* ---- files ---- */

static bool write_one(const char *name, const struct packet *p)
{
	struct capture_out *c = capture_out_new(name);
	struct outlet o = capture_outlet(c);
	bool good = o.take(o.user, p, 0) && capture_out_finish(c);

	capture_out_free(c);
	return good;
}

/* libpcap reads no packet of more than 262144 octets from a pcap file, and we take it for damage. */
static void what_is_written_can_be_read(void **state)
{
	static uint8_t octets[300000];
	const struct packet p = { frame_of(0, 1), NS_PER_S, 6, 1, sizeof octets, { octets, sizeof octets } };
	const char *path = capture_path("long.pcapng");

	(void)state;
	octets[sizeof octets - 1] = 7;
	assert_true(write_one(path, &p));
	assert_int_equal(capture_read_all(path), 1);
	path = capture_path("long.pcap");
	capture_listen();
	assert_false(write_one(path, &p));
	assert_non_null(strstr(capture_said(), "more than 262144 octets; give it a name that ends in .pcapng"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(original_timing_is_that_of_the_packets), cmocka_unit_test(a_packet_that_is_too_old_is_due_at_once),
		cmocka_unit_test(errors_do_not_add_up), cmocka_unit_test(waiting_ends_when_it_is_due_and_not_before),
		cmocka_unit_test(percentiles_are_right_to_a_thirtysecond), cmocka_unit_test(any_value_has_its_class),
		cmocka_unit_test(frames_left_out_are_told_by_number), cmocka_unit_test(the_mtu_counts_what_is_behind_the_header),
		cmocka_unit_test(default_routes_are_found), cmocka_unit_test(a_paced_source_gives_the_same_packets_later),
		cmocka_unit_test(rounds_follow_each_other), cmocka_unit_test(limit_and_window_leave_packets_out),
		cmocka_unit_test(an_endless_round_without_packets_ends), cmocka_unit_test(playing_ends_when_it_is_told_or_refused),
		cmocka_unit_test(moments_are_read_as_they_are_written), cmocka_unit_test(what_is_written_can_be_read),
	};

	return cmocka_run_group_tests(tests, capture_setup, capture_teardown);
}

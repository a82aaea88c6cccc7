/* The octets of a TCP connection, in order: whatever happens to the segments on their way into the capture. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/fake_flow.h"

static struct fake fake;

static void expect(const char *events)
{
	assert_string_equal(fake_finish(&fake), events);
	assert_false(fake.out_of_order);
	fake_stop(&fake);
}

static void begin(uint16_t port)
{
	fake_start(&fake, port);
	fake_handshake(&fake);
	text_clear(&fake.events);
}

/* A segment of the client's, `at` octets behind its SYN. */
static void send_at(uint32_t at, const char *text)
{
	fake_segment(&fake, SIDE_CLIENT, TCP_ACK, 1001 + at, fake.next[SIDE_SERVER], text, strlen(text));
}

static void ack_at(uint32_t at)
{
	fake_segment(&fake, SIDE_SERVER, TCP_ACK, fake.next[SIDE_SERVER], 1001 + at, NULL, 0);
}

/* ---- one thing at a time ---- */

static void what_fills_a_hole_completes_what_is_behind(void **state)
{
	(void)state;
	begin(PORT_LINE);
	send_at(0, "a\n");      /* 4 */
	send_at(4, "c\nd\n");   /* 5 */
	ack_at(2);
	send_at(2, "b\n");      /* 7 */
	send_at(8, "e\n");
	expect("4 line said {C,a}\n7 line said {C,b}\n7 line said {C,c} 5,7\n7 line said {C,d} 5,7\n8 line said {C,e}\n");
}

static void fragments_are_frames_too(void **state)
{
	(void)state;
	begin(PORT_LINE);
	fake.fragments = 3;
	fake_datagram_from(&fake, SIDE_CLIENT, "datagram");     /* 4 to 6 */
	send_at(0, "a\nb");             /* 7 to 9 */
	fake.fragments = 0;
	send_at(3, "\n");
	expect("6 line said {C,datagram} 4,5,6\n9 line said {C,a} 7,8,9\n10 line said {C,b} 7,8,9,10\n");
}

static void the_first_octets_win(void **state)
{
	(void)state;
	begin(PORT_ECHO);
	send_at(6, "GHI");              /* 4 */
	send_at(3, "defxxxjk");         /* 5: of this only "def" and "jk" are new */
	send_at(0, "ABCzzzzzzzzlm");    /* 6: and of this "ABC" and "lm" */
	send_at(0, "zzzzzzzzzzzzz");
	expect("6 echo said {C,ABC}\n6 echo said {C,def} 5,6\n6 echo said {C,GHI} 4,6\n6 echo said {C,jk} 5,6\n6 echo said {C,lm}\n");
}

static void probes_are_no_octets(void **state)
{
	(void)state;
	begin(PORT_ECHO);
	send_at(0, "abc");
	ack_at(3);
	send_at(2, "z");                /* keep-alive with the octet before */
	send_at(2, "");                 /* and without */
	ack_at(3);
	send_at(3, "d");                /* a zero-window probe bears the next octet, which is not taken ... */
	ack_at(3);
	send_at(3, "def");              /* ... and comes again */
	fake_fin(&fake, SIDE_SERVER);
	fake.next[SIDE_CLIENT] += 6;
	fake_fin(&fake, SIDE_CLIENT);
	expect("4 echo said {C,abc}\n9 echo said {C,d}\n11 echo said {C,ef}\n12 echo end {S,}\n13 echo end {C,}\n13 tcp closed {1000,server,6,0,*}\n");
}

static void acknowledged_holes_become_gaps(void **state)
{
	(void)state;
	begin(PORT_ECHO);
	fake.show_internal = true;
	send_at(0, "abc");              /* 4 */
	send_at(10, "klm");             /* 5: 3 to 9 are missing */
	ack_at(13);                     /* 6 */
	send_at(13, "n");               /* 7: a mirror may still bring them */
	assert_null(strstr(text_string(&fake.events), "klm"));
	fake_wait(&fake, 20 * NS_PER_MS);
	send_at(14, "o");               /* 8 */
	assert_non_null(strstr(text_string(&fake.events), "klm"));
	send_at(3, "defghij");          /* too late */
	assert_int_equal(flows_counters(fake.flows)->gaps, 1);
	assert_int_equal(flows_counters(fake.flows)->gap_octets, 7);
	expect("4 echo said {C,abc}\n4 tcp progress {1000,3,0,*}\n5 tcp progress {1000,13,0,*}\n5 tcp gap {1000,client,7,hole}\n5 echo gap {C,7}\n"
	       "5 echo said {C,klm}\n7 echo said {C,n}\n8 echo said {C,o}\n9 tcp progress {1000,15,0,*}\n");
}

static void other_events_wait_for_a_young_hole(void **state)
{
	(void)state;
	begin(PORT_LINE);
	send_at(0, "a\nxx");            /* 4 */
	send_at(6, "\nc\n");            /* 5 */
	fake_datagram_from(&fake, SIDE_CLIENT, "between");      /* 6 */
	assert_null(strstr(text_string(&fake.events), "between"));
	ack_at(9);
	fake_wait(&fake, 30 * NS_PER_MS);
	fake_datagram_from(&fake, SIDE_CLIENT, "behind");       /* 8 */
	expect("4 line said {C,a}\n5 line said {C,c}\n6 line said {C,between}\n8 line said {C,behind}\n");
}

static void an_old_hole_holds_nobody_up(void **state)
{
	(void)state;
	begin(PORT_LINE);
	send_at(0, "a\n");              /* 4 */
	send_at(4, "c\n");              /* 5 */
	fake_datagram_from(&fake, SIDE_CLIENT, "one");          /* 6 */
	ack_at(2);                      /* 7: the other side misses it too */
	fake_wait(&fake, 3 * NS_PER_S);
	fake_datagram_from(&fake, SIDE_CLIENT, "two");          /* 8 */
	assert_non_null(strstr(text_string(&fake.events), "two"));
	fake_wait(&fake, 3 * NS_PER_S);
	send_at(2, "b\n");              /* 9 */
	expect("4 line said {C,a}\n6 line said {C,one}\n8 line said {C,two}\n9 line said {C,b}\n9 line said {C,c} 5,9\n");
}

static void without_the_other_direction_a_hole_gets_two_seconds(void **state)
{
	(void)state;
	fake_start(&fake, PORT_ECHO);
	fake_segment(&fake, SIDE_CLIENT, TCP_SYN, 1000, 0, NULL, 0);
	send_at(0, "a");                /* 2 */
	send_at(2, "c");                /* 3 */
	fake_wait(&fake, NS_PER_S);
	send_at(3, "d");                /* 4 */
	assert_null(strstr(text_string(&fake.events), "C,c"));
	fake_wait(&fake, NS_PER_S);
	fake_datagram_from(&fake, SIDE_CLIENT, "time goes by");
	assert_non_null(strstr(text_string(&fake.events), "C,c"));
	expect("1 tcp connect {1000}\n2 echo said {C,a}\n3 echo gap {C,1}\n3 echo said {C,c}\n4 echo said {C,d}\n");
}

static void holes_end_with_the_connection(void **state)
{
	(void)state;
	begin(PORT_ECHO);
	send_at(2, "c");                /* 4 */
	fake_rst(&fake, SIDE_SERVER);
	expect("4 echo gap {C,0}\n4 echo said {C,c}\n5 tcp reset {1000,server,3,0,*}\n");

	begin(PORT_ECHO);
	send_at(2, "c");
	send_at(4, "e");
	expect("4 echo gap {C,0}\n4 echo said {C,c}\n5 echo gap {C,1}\n5 echo said {C,e}\n");
}

static void a_fin_waits_for_its_octets(void **state)
{
	(void)state;
	begin(PORT_LINE);
	fake_segment(&fake, SIDE_CLIENT, TCP_FIN | TCP_ACK, 1001 + 4, fake.next[SIDE_SERVER], NULL, 0);
	send_at(2, "b\n");
	send_at(0, "a\n");
	expect("6 line said {C,a}\n6 line said {C,b} 5,6\n4 tcp closed {1001,client,4,0,*}\n");

	begin(PORT_ECHO);
	send_at(0, "a");
	fake_segment(&fake, SIDE_CLIENT, TCP_FIN | TCP_ACK, 1001 + 3, fake.next[SIDE_SERVER], NULL, 0);
	ack_at(4);
	fake_wait(&fake, 30 * NS_PER_MS);
	ack_at(4);
	expect("4 echo said {C,a}\n5 echo gap {C,2}\n5 echo end {C,}\n5 tcp closed {1000,client,3,0,*}\n");

	begin(PORT_ECHO);               /* also where nothing came before it */
	fake_segment(&fake, SIDE_CLIENT, TCP_FIN | TCP_ACK, 1001 + 1, fake.next[SIDE_SERVER], NULL, 0);
	send_at(0, "a");
	expect("4 echo end {C,}\n5 echo said {C,a}\n4 tcp closed {1000,client,1,0,*}\n");
}

static void the_snap_length_leaves_gaps(void **state)
{
	(void)state;
	begin(PORT_ECHO);
	fake.show_internal = true;
	fake.snap = 4;
	send_at(0, "abcdefgh");
	send_at(8, "ij");
	send_at(14, "opqrst");          /* 6 */
	send_at(10, "klmn");            /* 7 */
	expect("4 echo said {C,abcd}\n4 tcp gap {1000,client,4,snap}\n4 echo gap {C,4}\n4 tcp progress {1000,8,0,*}\n5 echo said {C,ij}\n"
	       "6 tcp progress {1000,20,0,*}\n6 tcp gap {1000,client,2,snap}\n7 echo said {C,klmn}\n7 echo said {C,opqr} 6,7\n7 echo gap {C,2}\n7 tcp progress {1000,20,0,*}\n");
}

static void what_is_passed_over_may_be_missing(void **state)
{
	(void)state;
	begin(PORT_BLOCK);              /* which cannot go on behind a gap */
	send_at(0, "B00001");           /* 4 */
	send_at(6, "0abcde");           /* 5: 10 octets, 5 of them here */
	send_at(17, "B000002yy");       /* 6: the rest is missing */
	ack_at(26);
	fake_wait(&fake, 30 * NS_PER_MS);
	send_at(26, "B000000B");        /* 8 */
	send_at(34, "000000");          /* 9 */
	expect("5 block said {C,B000010} 4,5\n6 block said {C,B000002}\n8 block said {C,B000000}\n9 block said {C,B000000} 8,9\n");
}

static void a_dissector_that_minds_gaps_is_done(void **state)
{
	(void)state;
	begin(PORT_BLOCK);
	send_at(0, "B000003ab");
	send_at(12, "B000000");         /* one octet of the head is missing too */
	ack_at(19);
	fake_wait(&fake, 30 * NS_PER_MS);
	send_at(19, "B000000");
	expect("4 block said {C,B000003}\n");
}

static void sides_are_told_apart(void **state)
{
	(void)state;
	begin(PORT_LINE);
	fake_say(&fake, SIDE_CLIENT, "half of ");
	fake_say(&fake, SIDE_SERVER, "half of");
	fake_say(&fake, SIDE_CLIENT, "mine\n");
	fake_say(&fake, SIDE_SERVER, " yours\n");
	expect("6 line said {C,half of mine} 4,6\n7 line said {S,half of yours} 5,7\n");
}

/* ---- bounds ---- */

static void waiting_is_bounded(void **state)
{
	static const struct flow_limits limits = { 8, 20000, 1 << 20 };
	char text[1001];

	(void)state;
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = 0;
	fake_start_with(&fake, PORT_ECHO, &limits);
	fake_handshake(&fake);
	for (uint32_t n = 0; n < 40; n++)
		send_at(1 + n * 1000, text);
	assert_int_equal(flows_counters(fake.flows)->gaps, 1);
	assert_int_equal(flows_counters(fake.flows)->gap_octets, 1);
	fake_stop(&fake);

	fake_start_with(&fake, PORT_ECHO, &limits);     /* many small pieces, each with a hole in front */
	fake_handshake(&fake);
	for (uint32_t n = 0; n < 5000; n++)
		send_at(1 + n * 2, "y");
	assert_true(flows_counters(fake.flows)->gaps > 4500);
	fake_stop(&fake);
}

static void the_sum_over_all_connections_is_bounded(void **state)
{
	static const struct flow_limits limits = { 200, 65536, 65536 };
	char text[8001];

	(void)state;
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = 0;
	fake_start_with(&fake, PORT_LINE, &limits);
	for (uint16_t n = 0; n < 100; n++) {
		fake.client_port = (uint16_t)(50000 + n);
		fake.next[SIDE_CLIENT] = 1000;
		fake_handshake(&fake);
		send_at(0, text);       /* no line end: it waits */
		send_at(8100, text);
	}
	send_at(8000, "\n");            /* the youngest still has its octets */
	fake_finish(&fake);
	assert_non_null(strstr(text_string(&fake.events), "C,xxx"));
	assert_true(flows_counters(fake.flows)->gaps >= 90);
	fake_stop(&fake);
}

static void what_dissectors_keep_is_bounded(void **state)
{
	static const struct flow_limits limits = { 200, 65536, 65536 };

	(void)state;
	fake_start_with(&fake, PORT_KEEP, &limits);
	for (uint16_t n = 0; n < 100; n++) {
		fake.client_port = (uint16_t)(50000 + n);
		fake.next[SIDE_CLIENT] = 1000;
		fake_handshake(&fake);
		send_at(0, "x");
		assert_true(fake_kept <= limits.total_octets);
	}
	assert_true(fake_kept >= KEPT);
	fake_stop(&fake);
	assert_int_equal(fake_kept, 0);
}

/* What a dissector could no longer be kept for is missing from when it comes, and not before. */
static void a_stream_that_is_given_up_is_a_gap_once_octets_come(void **state)
{
	static const struct flow_limits limits = { 200, 65536, 2 * KEPT };

	(void)state;
	fake_start_with(&fake, PORT_KEEP, &limits);
	fake.show_internal = true;
	for (uint16_t n = 0; n < 3; n++) {
		fake.client_port = (uint16_t)(50000 + n);
		fake.next[SIDE_CLIENT] = 1000;
		fake_handshake(&fake);
		send_at(0, "x");
	}
	assert_null(strstr(text_string(&fake.events), "forgotten"));
	fake.client_port = 50000;
	send_at(1, "y");
	assert_non_null(strstr(text_string(&fake.events), "\n13 tcp gap {1003,client,0,forgotten}\n"));
	fake_finish(&fake);
	fake_stop(&fake);
}

static void a_dissector_waits_for_no_more_than_it_may(void **state)
{
	enum { STEP = 10000 };
	char text[STEP + 1];

	(void)state;
	memset(text, 'x', STEP);
	text[STEP] = 0;
	begin(PORT_LINE);
	for (uint32_t n = 0; n < 30; n++)
		send_at(n * STEP, text);
	send_at(30 * STEP, "\nnext\n");
	assert_int_equal(flows_counters(fake.flows)->counted, 1);
	expect("34 line said {C,next}\n");
}

/* ---- anything at all ---- */

static uint64_t random_state;

static uint32_t random_below(uint32_t n)
{
	random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(random_state >> 33) % n;
}

enum { STREAM_LEN = 3000, SEGMENTS_MAX = 4 * STREAM_LEN };

struct segment { uint32_t at, len; };

/* Cuts a stream into segments, some of them twice, some overlapping, and moves each up to `reach` places. Every octet is in one at least. */
static size_t cut(struct segment *ret, uint32_t reach)
{
	uint32_t at = 0;
	size_t count = 0;

	while (at < STREAM_LEN) {
		uint32_t len = 1 + random_below(random_below(4) ? 60 : 700), back = random_below(5) ? 0 : random_below(at + 1);

		if (len > STREAM_LEN - at)
			len = STREAM_LEN - at;
		ret[count++] = (struct segment){ at - back, len + back };
		if (!random_below(6))
			ret[count++] = (struct segment){ at, len };
		at += len;
	}
	for (size_t i = 0; reach && i < count; i++) {
		size_t other = i + random_below(reach);

		if (other < count) {
			struct segment s = ret[i];

			ret[i] = ret[other];
			ret[other] = s;
		}
	}
	return count;
}

/* What echo said of one side, in the order of events. */
static void said(const char *events, char side, struct text *ret)
{
	char mark[] = " echo said {X,";
	const char *at = events;

	mark[sizeof mark - 3] = side;
	while ((at = strstr(at, mark))) {
		const char *end;

		at += sizeof mark - 1;
		end = strchr(at, '}');
		text_add_span(ret, span_of(at, (size_t)(end - at)));
	}
}

static void play(uint64_t seed, uint32_t reach)
{
	static struct segment segments[2][SEGMENTS_MAX];
	char octets[2][STREAM_LEN + 1] = { { 0 } };
	struct text got = text_start(1 << 20);
	size_t count[2], at[2] = { 0, 0 };
	uint32_t start[2];

	random_state = seed;
	fake_start(&fake, PORT_ECHO);
	fake.next[SIDE_CLIENT] = random_below(2) ? 0u - random_below(STREAM_LEN) : random_below(UINT32_MAX);
	fake_handshake(&fake);
	for (int s = 0; s < 2; s++) {
		for (size_t i = 0; i < STREAM_LEN; i++)
			octets[s][i] = (char)('a' + random_below(26));
		start[s] = fake.next[s];
		count[s] = cut(segments[s], reach);
	}
	while (at[0] < count[0] || at[1] < count[1]) {
		enum side s = at[0] == count[0] ? SIDE_SERVER : at[1] == count[1] ? SIDE_CLIENT : (enum side)random_below(2);
		struct segment one = segments[s][at[s]++];

		/* The other side acknowledges what was sent up to some segments ago: what moved farther than that is late in the capture only. */
		fake_segment(&fake, s, TCP_ACK, start[s] + one.at, start[side_other(s)], octets[s] + one.at, one.len);
	}
	fake_finish(&fake);
	assert_int_equal(flows_counters(fake.flows)->gaps, 0);
	assert_false(fake.out_of_order);
	for (int s = 0; s < 2; s++) {
		text_clear(&got);
		said(text_string(&fake.events), s ? 'S' : 'C', &got);
		assert_string_equal(text_string(&got), octets[s]);
	}
	text_free(&got);
	fake_stop(&fake);
}

static void any_way_of_arriving_gives_the_same_octets(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 400; seed++)
		play(seed, (uint32_t)(seed % 4 * 7));
}

/* Some segments never come; the other side has acknowledged everything. What is there comes in order, and gaps tell the rest. */
static void play_with_loss(uint64_t seed)
{
	static struct segment segments[SEGMENTS_MAX];
	char octets[STREAM_LEN + 1] = { 0 };
	uint64_t lost = 0, told = 0, length = 0;
	struct text got = text_start(1 << 20);
	uint32_t start, high = 0;
	size_t count;

	random_state = seed;
	fake_start(&fake, PORT_ECHO);
	fake_handshake(&fake);
	start = fake.next[SIDE_CLIENT];
	for (size_t i = 0; i < STREAM_LEN; i++)
		octets[i] = (char)('a' + i % 26);
	count = cut(segments, 0);
	for (size_t i = 0; i < count; i++) {
		struct segment one = segments[i];

		if (one.at < high)
			continue;
		if (random_below(5)) {
			lost += one.at - high;
			fake_segment(&fake, SIDE_CLIENT, TCP_ACK, start + one.at, fake.next[SIDE_SERVER], octets + one.at, one.len);
			high = one.at + one.len;
			ack_at(high);
		}
		fake_wait(&fake, random_below(2) ? 0 : 25 * NS_PER_MS);
	}
	fake_finish(&fake);
	assert_false(fake.out_of_order);
	said(text_string(&fake.events), 'C', &got);
	length = strlen(text_string(&got));
	told = flows_counters(fake.flows)->gap_octets;
	assert_int_equal(told, lost);
	assert_int_equal(length + told, high);
	text_free(&got);
	fake_stop(&fake);
}

static void what_never_comes_is_told_as_a_gap(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 200; seed++)
		play_with_loss(seed);
}

/* Nonsense in every header field: nothing is promised but to survive it in bounds. */
static void any_segments_at_all_are_survived(void **state)
{
	static const struct flow_limits limits = { 4, 4096, 16384 };

	(void)state;
	random_state = 99;
	for (int round = 0; round < 200; round++) {
		fake_start_with(&fake, (uint16_t)(PORT_ECHO + round % 3), &limits);
		for (int n = 0; n < 300; n++) {
			static const char text[] = "LINE B000009 X\n aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nB000000";
			uint32_t seq = random_below(8) ? 1000 + random_below(400) : random_below(UINT32_MAX);
			uint32_t ack = random_below(8) ? random_below(400) - 16 : random_below(UINT32_MAX);

			fake.client_port = (uint16_t)(50000 + random_below(6));
			fake.snap = random_below(9) ? 0 : 3;
			fake_wait(&fake, random_below(20) ? 0 : NS_PER_S * random_below(30) - 10 * NS_PER_S);
			fake_segment(&fake, (enum side)random_below(2), (uint8_t)(random_below(3) ? TCP_ACK : random_below(32)), seq, ack,
				text + random_below(20), random_below(sizeof text - 20));
		}
		fake_finish(&fake);
		fake_stop(&fake);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_fills_a_hole_completes_what_is_behind),
		cmocka_unit_test(fragments_are_frames_too),
		cmocka_unit_test(the_first_octets_win),
		cmocka_unit_test(probes_are_no_octets),
		cmocka_unit_test(acknowledged_holes_become_gaps),
		cmocka_unit_test(other_events_wait_for_a_young_hole),
		cmocka_unit_test(an_old_hole_holds_nobody_up),
		cmocka_unit_test(without_the_other_direction_a_hole_gets_two_seconds),
		cmocka_unit_test(holes_end_with_the_connection),
		cmocka_unit_test(a_fin_waits_for_its_octets),
		cmocka_unit_test(the_snap_length_leaves_gaps),
		cmocka_unit_test(what_is_passed_over_may_be_missing),
		cmocka_unit_test(a_dissector_that_minds_gaps_is_done),
		cmocka_unit_test(sides_are_told_apart),
		cmocka_unit_test(waiting_is_bounded),
		cmocka_unit_test(the_sum_over_all_connections_is_bounded),
		cmocka_unit_test(what_dissectors_keep_is_bounded),
		cmocka_unit_test(a_stream_that_is_given_up_is_a_gap_once_octets_come), cmocka_unit_test(a_dissector_waits_for_no_more_than_it_may),
		cmocka_unit_test(any_way_of_arriving_gives_the_same_octets),
		cmocka_unit_test(what_never_comes_is_told_as_a_gap),
		cmocka_unit_test(any_segments_at_all_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

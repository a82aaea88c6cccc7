/* Flows: the events of TCP itself, which dissector gets what, bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/fake_flow.h"

static struct fake fake;

static void expect(const char *events)
{
	assert_string_equal(fake_finish(&fake), events);
	assert_false(fake.out_of_order);
	fake_stop(&fake);
}

/* ---- beginnings and ends ---- */

static void a_connection_opens_and_closes(void **state)
{
	(void)state;
	fake_start(&fake, PORT_LINE);
	fake_handshake(&fake);
	fake_say(&fake, SIDE_CLIENT, "hello\n");
	fake_say(&fake, SIDE_SERVER, "good ");
	fake_say(&fake, SIDE_SERVER, "day\nbye\n");
	fake_fin(&fake, SIDE_SERVER);
	fake_ack(&fake, SIDE_CLIENT);
	fake_fin(&fake, SIDE_CLIENT);
	fake_ack(&fake, SIDE_SERVER);
	expect("1 tcp connect {1001}\n2 tcp accepted {1001,*}\n4 line said {C,hello}\n6 line said {S,good day} 5,6\n6 line said {S,bye}\n"
	       "9 tcp closed {1001,server,6,13,*}\n");
}

static void a_syn_may_be_refused(void **state)
{
	(void)state;
	fake_start(&fake, PORT_LINE);
	fake_segment(&fake, SIDE_CLIENT, TCP_SYN, 7, 0, NULL, 0);
	fake_segment(&fake, SIDE_SERVER, TCP_RST | TCP_ACK, 0, 8, NULL, 0);
	expect("1 tcp connect {1001}\n2 tcp refused {1001,*}\n");
}

static void one_that_is_refused_may_ask_again(void **state)
{
	(void)state;
	fake_start(&fake, PORT_LINE);
	for (int n = 0; n < 3; n++) {
		fake_segment(&fake, SIDE_CLIENT, TCP_SYN, 7, 0, NULL, 0);
		if (n < 2)
			fake_segment(&fake, SIDE_SERVER, TCP_RST | TCP_ACK, 0, 8, NULL, 0);
		fake_wait(&fake, NS_PER_S / 2);
	}
	fake_segment(&fake, SIDE_SERVER, TCP_SYN | TCP_ACK, 70, 8, NULL, 0);
	fake_segment(&fake, SIDE_CLIENT, TCP_ACK, 8, 71, "a\n", 2);
	fake_segment(&fake, SIDE_SERVER, TCP_RST | TCP_ACK, 71, 10, NULL, 0);
	fake_segment(&fake, SIDE_CLIENT, TCP_SYN, 7, 0, NULL, 0);
	expect("1 tcp connect {1001}\n2 tcp refused {1001,*}\n6 tcp accepted {1001,*}\n7 line said {C,a}\n8 tcp reset {1001,server,2,0,*}\n"
	       "9 tcp connect {1001}\n");

	fake_start(&fake, PORT_LINE);
	fake_segment(&fake, SIDE_CLIENT, TCP_SYN, 7, 0, NULL, 0);
	fake_segment(&fake, SIDE_SERVER, TCP_RST | TCP_ACK, 0, 8, NULL, 0);
	fake_segment(&fake, SIDE_CLIENT, TCP_SYN, 7, 0, NULL, 0);
	fake_wait(&fake, 20 * NS_PER_S);
	fake_datagram_from(&fake, SIDE_CLIENT, "no timeout");
	fake_segment(&fake, SIDE_CLIENT, TCP_SYN, 8, 0, NULL, 0);
	expect("1 tcp connect {1001}\n2 tcp refused {1001,*}\n4 line said {C,no timeout}\n5 tcp connect {1001}\n");
}

/* RFC 9293 3.10.7.3: a reset that does not acknowledge this SYN is not heard; anybody may send one. */
static void a_refusal_must_fit_its_syn(void **state)
{
	(void)state;
	fake_start(&fake, PORT_LINE);
	fake_segment(&fake, SIDE_CLIENT, TCP_SYN, 7, 0, NULL, 0);
	fake_segment(&fake, SIDE_SERVER, TCP_RST | TCP_ACK, 0, 9, NULL, 0);
	fake_segment(&fake, SIDE_SERVER, TCP_RST, 8, 0, NULL, 0);
	fake_segment(&fake, SIDE_SERVER, TCP_SYN | TCP_ACK, 70, 8, NULL, 0);
	fake_segment(&fake, SIDE_CLIENT, TCP_ACK, 8, 71, "a\n", 2);
	expect("1 tcp connect {1001}\n4 tcp accepted {1001,*}\n5 line said {C,a}\n");
}

static void a_capture_may_begin_at_zero(void **state)
{
	(void)state;
	fake_start(&fake, PORT_LINE);
	fake.at_ns = 0;
	fake_segment(&fake, SIDE_CLIENT, TCP_SYN, 7, 0, NULL, 0);
	fake_segment(&fake, SIDE_SERVER, TCP_RST | TCP_ACK, 0, 8, NULL, 0);
	assert_true(fake.duration_s > 0.0009 && fake.duration_s < 0.0011);
	expect("1 tcp connect {1001}\n2 tcp refused {1001,*}\n");
}

/* Files that are joined may lie a century apart. */
static void a_syn_may_come_again_after_a_century(void **state)
{
	const int64_t century = INT64_C(4000000000) * NS_PER_S;

	(void)state;
	fake_start(&fake, PORT_LINE);
	fake.at_ns = 0;
	fake_segment(&fake, SIDE_CLIENT, TCP_SYN, 7, 0, NULL, 0);
	fake_segment(&fake, SIDE_SERVER, TCP_RST | TCP_ACK, 0, 8, NULL, 0);
	fake_wait(&fake, century);
	fake_segment(&fake, SIDE_CLIENT, TCP_SYN, 7, 0, NULL, 0);
	fake_wait(&fake, 2 * NS_PER_S);
	fake_datagram_from(&fake, SIDE_CLIENT, "later");
	expect("1 tcp connect {1001}\n2 tcp refused {1001,*}\n4 line said {C,later}\n");
}

static void a_syn_may_never_be_answered(void **state)
{
	(void)state;
	fake_start(&fake, PORT_LINE);
	fake_segment(&fake, SIDE_CLIENT, TCP_SYN, 7, 0, NULL, 0);
	fake_wait(&fake, 3 * NS_PER_S);
	fake_segment(&fake, SIDE_CLIENT, TCP_SYN, 7, 0, NULL, 0);
	fake_wait(&fake, 6 * NS_PER_S);
	fake_segment(&fake, SIDE_CLIENT, TCP_SYN, 7, 0, NULL, 0);
	fake_wait(&fake, 14 * NS_PER_S);
	fake_datagram_from(&fake, SIDE_CLIENT, "too early");
	assert_null(strstr(text_string(&fake.events), "timeout"));
	fake_wait(&fake, 3 * NS_PER_S);
	fake_datagram_from(&fake, SIDE_CLIENT, "late enough");
	assert_non_null(strstr(text_string(&fake.events), "timeout"));
	expect("1 tcp connect {1001}\n4 line said {C,too early}\n3 tcp timeout {1001,3,*}\n5 line said {C,late enough}\n");
}

static void a_syn_needs_time_to_be_answered(void **state)
{
	(void)state;
	fake_start(&fake, PORT_LINE);
	fake_segment(&fake, SIDE_CLIENT, TCP_SYN, 7, 0, NULL, 0);
	fake_wait(&fake, 2 * NS_PER_S);
	fake_datagram_from(&fake, SIDE_CLIENT, "the end");
	expect("1 tcp connect {1001}\n2 line said {C,the end}\n");

	fake_start(&fake, PORT_LINE);
	fake_segment(&fake, SIDE_CLIENT, TCP_SYN, 7, 0, NULL, 0);
	fake_wait(&fake, 4 * NS_PER_S);
	fake_datagram_from(&fake, SIDE_CLIENT, "the end");
	expect("1 tcp connect {1001}\n2 line said {C,the end}\n1 tcp timeout {1001,1,*}\n");
}

static void a_reset_is_none_after_a_close(void **state)
{
	(void)state;
	fake_start(&fake, PORT_LINE);
	fake_handshake(&fake);
	fake_say(&fake, SIDE_CLIENT, "x");
	fake_rst(&fake, SIDE_SERVER);
	expect("1 tcp connect {1001}\n2 tcp accepted {1001,*}\n5 tcp reset {1001,server,1,0,*}\n");

	fake_start(&fake, PORT_LINE);
	fake_handshake(&fake);
	fake_fin(&fake, SIDE_CLIENT);
	fake_fin(&fake, SIDE_SERVER);
	fake_rst(&fake, SIDE_CLIENT);
	expect("1 tcp connect {1001}\n2 tcp accepted {1001,*}\n5 tcp closed {1001,client,0,0,*}\n");

	fake_start(&fake, PORT_LINE);
	fake_handshake(&fake);
	fake_fin(&fake, SIDE_CLIENT);
	fake_rst(&fake, SIDE_SERVER);
	expect("1 tcp connect {1001}\n2 tcp accepted {1001,*}\n4 tcp closed {1001,client,0,0,*}\n");
}

static void half_a_close_is_told_in_the_end(void **state)
{
	(void)state;
	fake_start(&fake, PORT_LINE);
	fake_handshake(&fake);
	fake_fin(&fake, SIDE_CLIENT);
	fake_say(&fake, SIDE_SERVER, "still here\n");
	fake_ack(&fake, SIDE_CLIENT);
	expect("1 tcp connect {1001}\n2 tcp accepted {1001,*}\n5 line said {S,still here}\n4 tcp closed {1001,client,0,11,*}\n");
}

static void ports_are_used_again(void **state)
{
	(void)state;
	fake_start(&fake, PORT_LINE);
	fake_handshake(&fake);
	fake_say(&fake, SIDE_CLIENT, "one\n");
	fake_fin(&fake, SIDE_CLIENT);
	fake_fin(&fake, SIDE_SERVER);
	fake.next[SIDE_CLIENT] = 5;
	fake_handshake(&fake);
	fake_say(&fake, SIDE_CLIENT, "two\n");
	fake.next[SIDE_CLIENT] = 0x80000000u;   /* the first was not closed */
	fake_handshake(&fake);
	fake_say(&fake, SIDE_CLIENT, "three\n");
	assert_int_equal(flows_counters(fake.flows)->flows, 3);
	expect("1 tcp connect {1001}\n2 tcp accepted {1001,*}\n4 line said {C,one}\n6 tcp closed {1001,client,4,0,*}\n"
	       "7 tcp connect {1001}\n8 tcp accepted {1001,*}\n10 line said {C,two}\n"
	       "11 tcp connect {1001}\n12 tcp accepted {1001,*}\n14 line said {C,three}\n");
}

static void syns_and_their_answers_are_told_once(void **state)
{
	(void)state;
	fake_start(&fake, PORT_LINE);
	fake_segment(&fake, SIDE_CLIENT, TCP_SYN, 7, 0, NULL, 0);
	fake_segment(&fake, SIDE_CLIENT, TCP_SYN, 7, 0, NULL, 0);
	fake_segment(&fake, SIDE_SERVER, TCP_SYN | TCP_ACK, 70, 8, NULL, 0);
	fake_segment(&fake, SIDE_SERVER, TCP_SYN | TCP_ACK, 70, 8, NULL, 0);
	fake_segment(&fake, SIDE_CLIENT, TCP_SYN, 7, 0, NULL, 0);
	expect("1 tcp connect {1001}\n3 tcp accepted {1001,*}\n");
}

static void an_answer_must_fit_its_syn(void **state)
{
	(void)state;
	fake_start(&fake, PORT_LINE);
	fake_segment(&fake, SIDE_CLIENT, TCP_SYN, 7, 0, NULL, 0);
	fake_segment(&fake, SIDE_SERVER, TCP_SYN | TCP_ACK, 900, 1234, NULL, 0);
	fake_segment(&fake, SIDE_SERVER, TCP_SYN | TCP_ACK, 70, 8, NULL, 0);
	fake_segment(&fake, SIDE_CLIENT, TCP_ACK, 8, 71, "one\n", 4);
	fake_segment(&fake, SIDE_SERVER, TCP_ACK, 71, 12, "two\n", 4);
	assert_int_equal(flows_counters(fake.flows)->flows, 1);
	expect("1 tcp connect {1001}\n3 tcp accepted {1001,*}\n4 line said {C,one}\n5 line said {S,two}\n");
}

static void a_syn_may_bear_octets(void **state)
{
	(void)state;
	fake_start(&fake, PORT_LINE);
	fake_segment(&fake, SIDE_CLIENT, TCP_SYN, 7, 0, "fast\n", 5);
	fake_segment(&fake, SIDE_SERVER, TCP_SYN | TCP_ACK, 70, 13, NULL, 0);
	fake_segment(&fake, SIDE_CLIENT, TCP_ACK, 13, 71, "next\n", 5);
	expect("1 tcp connect {1001}\n1 line said {C,fast}\n2 tcp accepted {1001,*}\n3 line said {C,next}\n");
}

static void progress_doubles(void **state)
{
	(void)state;
	fake_start(&fake, PORT_NOBODY);
	fake.show_internal = true;
	fake_handshake(&fake);
	fake_say(&fake, SIDE_CLIENT, "1234");
	fake_say(&fake, SIDE_SERVER, "12");
	fake_say(&fake, SIDE_SERVER, "12");
	fake_wait(&fake, 6 * NS_PER_S);
	fake_say(&fake, SIDE_SERVER, "1");
	fake_segment(&fake, SIDE_SERVER, TCP_ACK, fake.next[SIDE_SERVER] - 1, fake.next[SIDE_CLIENT], "1", 1);  /* again */
	expect("1 tcp connect {40000}\n2 tcp accepted {40000,*}\n4 tcp progress {40000,4,0,*}\n6 tcp progress {40000,4,4,*}\n"
	       "7 tcp progress {40000,4,5,*}\n8 tcp progress {40000,4,5,*}\n");
}

/* ---- captures that see only a part ---- */

static void a_capture_may_begin_in_the_middle(void **state)
{
	(void)state;
	fake_start(&fake, PORT_LINE);
	fake.show_internal = true;
	fake_say(&fake, SIDE_SERVER, "rest of a line\nwhole line\n");
	fake_say(&fake, SIDE_CLIENT, "LINE begins here\n");
	expect("1 tcp gap {1001,server,0,start}\n1 line said {S,whole line}\n1 tcp progress {1001,0,26,*}\n"
	       "2 line said {C,LINE begins here}\n2 tcp progress {1001,17,26,*}\n");
}

static void one_direction_is_enough(void **state)
{
	(void)state;
	fake_start(&fake, PORT_LINE);
	fake.show_internal = true;
	fake_segment(&fake, SIDE_CLIENT, TCP_SYN, 7, 0, NULL, 0);
	fake_segment(&fake, SIDE_CLIENT, TCP_ACK, 8, 501, NULL, 0);
	fake_segment(&fake, SIDE_CLIENT, TCP_ACK, 8, 501, "one\n", 4);
	fake_segment(&fake, SIDE_CLIENT, TCP_ACK, 12, 601, "two\n", 4);
	fake_wait(&fake, NS_PER_S);
	fake_segment(&fake, SIDE_CLIENT, TCP_ACK, 16, 701, "three\n", 6);
	assert_int_equal(flows_counters(fake.flows)->one_way, 0);
	flows_finish(fake.flows);
	assert_int_equal(flows_counters(fake.flows)->one_way, 1);
	expect("1 tcp connect {1001}\n3 line said {C,one}\n3 tcp progress {1001,4,0,*}\n4 line said {C,two}\n4 tcp progress {1001,8,100,*}\n"
	       "5 line said {C,three}\n5 tcp gap {1001,server,0,one-way}\n5 tcp progress {1001,14,200,*}\n");
}

/* ---- who reads it ---- */

static void another_protocol_is_recognised_on_a_port(void **state)
{
	(void)state;
	fake_start(&fake, PORT_ECHO);           /* echo would read anything */
	fake_handshake(&fake);
	fake_say(&fake, SIDE_CLIENT, "LINE one\nLINE two\n");
	fake_say(&fake, SIDE_SERVER, "any\n");
	expect("1 tcp connect {1000}\n2 tcp accepted {1000,*}\n4 line said {C,LINE one}\n4 line said {C,LINE two}\n5 line said {S,any}\n");

	fake_start(&fake, PORT_NOBODY);
	fake_handshake(&fake);
	fake_say(&fake, SIDE_CLIENT, "LI");
	fake_say(&fake, SIDE_CLIENT, "NE one\n");
	expect("1 tcp connect {40000}\n2 tcp accepted {40000,*}\n5 line said {C,LINE one} 4,5\n");
}

static void a_dissector_that_refuses_is_replaced(void **state)
{
	(void)state;
	fake_start(&fake, PORT_BLOCK);          /* refuses at the first octet, long before "LINE " is there */
	fake_handshake(&fake);
	fake_say(&fake, SIDE_CLIENT, "L");
	fake_say(&fake, SIDE_CLIENT, "IN");
	fake_say(&fake, SIDE_CLIENT, "E one\n");
	expect("1 tcp connect {1002}\n2 tcp accepted {1002,*}\n6 line said {C,LINE one} 4,5,6\n");
}

static void the_server_may_speak_first(void **state)
{
	(void)state;
	fake_start(&fake, PORT_NOBODY);
	fake_handshake(&fake);
	fake_say(&fake, SIDE_SERVER, "hi\n");
	fake_say(&fake, SIDE_CLIENT, "LINE one\n");
	expect("1 tcp connect {40000}\n2 tcp accepted {40000,*}\n4 line said {S,hi}\n5 line said {C,LINE one}\n");
}

static void a_server_may_speak_another_protocol(void **state)
{
	(void)state;
	fake_start(&fake, PORT_BLOCK);
	fake_handshake(&fake);
	fake_say(&fake, SIDE_CLIENT, "B000000");
	fake_say(&fake, SIDE_SERVER, "LINE does not understand\n");
	fake_say(&fake, SIDE_CLIENT, "B0");
	fake_say(&fake, SIDE_CLIENT, "00000\nLINE then\n");
	expect("1 tcp connect {1002}\n2 tcp accepted {1002,*}\n4 block said {C,B000000}\n5 line said {S,LINE does not understand}\n"
	       "7 line said {C,LINE then}\n");
}

static void one_protocol_may_follow_another(void **state)
{
	(void)state;
	fake_start(&fake, PORT_LINE);
	fake_handshake(&fake);
	fake_say(&fake, SIDE_CLIENT, "one\n");
	fake_say(&fake, SIDE_CLIENT, "Xtls please\n");         /* line stops here */
	fake_say(&fake, SIDE_SERVER, "fine\n");
	fake_say(&fake, SIDE_CLIENT, "B000001");
	fake_say(&fake, SIDE_CLIENT, "a");
	fake_say(&fake, SIDE_SERVER, "B00");
	fake_say(&fake, SIDE_SERVER, "0002");
	expect("1 tcp connect {1001}\n2 tcp accepted {1001,*}\n4 line said {C,one}\n7 block said {C,B000001}\n10 block said {S,B000002} 9,10\n");

	fake_start(&fake, PORT_NOBODY);
	fake_handshake(&fake);
	fake_say(&fake, SIDE_SERVER, "220 ready\r\n");
	fake_say(&fake, SIDE_CLIENT, "STARTTLS\r\n");
	fake_say(&fake, SIDE_SERVER, "220 go ahead\r\n");
	fake_say(&fake, SIDE_CLIENT, "B000001");
	fake_say(&fake, SIDE_SERVER, "B000002");
	expect("1 tcp connect {40000}\n2 tcp accepted {40000,*}\n7 block said {C,B000001}\n8 block said {S,B000002}\n");
}

static void what_crossed_a_reset_is_read(void **state)
{
	(void)state;
	fake_start(&fake, PORT_LINE);
	fake_handshake(&fake);
	fake_say(&fake, SIDE_SERVER, "one\ntw");
	fake_rst(&fake, SIDE_CLIENT);
	fake_say(&fake, SIDE_SERVER, "o\nthree\n");
	fake_rst(&fake, SIDE_CLIENT);
	fake_wait(&fake, 10 * NS_PER_S);
	fake_datagram_from(&fake, SIDE_CLIENT, "LINE");
	fake_say(&fake, SIDE_SERVER, "too late\n");
	expect("1 tcp connect {1001}\n2 tcp accepted {1001,*}\n4 line said {S,one}\n5 tcp reset {1001,client,0,6,*}\n6 line said {S,three}\n8 line said {C,LINE}\n");
}

static void nothing_is_kept_that_nobody_recognises(void **state)
{
	(void)state;
	fake_start(&fake, PORT_NOBODY);
	fake_handshake(&fake);
	for (int i = 0; i < 40; i++)
		fake_say(&fake, SIDE_CLIENT, "?");
	fake_say(&fake, SIDE_SERVER, "LINE too late\n");
	expect("1 tcp connect {40000}\n2 tcp accepted {40000,*}\n");
}

static void datagrams_find_their_dissector(void **state)
{
	(void)state;
	fake_start(&fake, PORT_LINE);
	fake_datagram_from(&fake, SIDE_CLIENT, "by port");
	fake_datagram_from(&fake, SIDE_SERVER, "answer");
	fake.server_port = PORT_NOBODY;
	fake_datagram_from(&fake, SIDE_CLIENT, "nobody's");
	fake_datagram_from(&fake, SIDE_CLIENT, "LINE recognised");
	fake_datagram_from(&fake, SIDE_SERVER, "and so is the answer");
	fake_datagram_from(&fake, SIDE_SERVER, "bad");
	fake_ether(&fake, TYPE_LINE, "by type");
	assert_int_equal(flows_counters(fake.flows)->flows, 2);
	assert_int_equal(flows_counters(fake.flows)->malformed, 1);
	assert_int_equal(flows_malformed_of(fake.flows, 0), 1);
	assert_int_equal(flows_malformed_of(fake.flows, 7), 0);
	expect("1 line said {C,by port}\n2 line said {C,answer}\n4 line said {C,LINE recognised}\n5 line said {C,and so is the answer}\n7 line said {C,by type}\n");
}

static void an_exchange_of_datagrams_ends(void **state)
{
	(void)state;
	fake_start(&fake, PORT_LINE);
	fake_datagram_from(&fake, SIDE_CLIENT, "a");
	fake_wait(&fake, 59 * NS_PER_S);
	fake_datagram_from(&fake, SIDE_SERVER, "b");
	assert_int_equal(flows_counters(fake.flows)->flows, 1);
	fake_wait(&fake, 61 * NS_PER_S);
	fake_datagram_from(&fake, SIDE_CLIENT, "c");
	assert_int_equal(flows_counters(fake.flows)->flows, 2);
	fake_stop(&fake);
}

static void interest_decides(void **state)
{
	(void)state;
	fake_start(&fake, PORT_LINE);
	fake.interest = INTEREST_NONE;
	fake_datagram_from(&fake, SIDE_CLIENT, "x");
	fake_handshake(&fake);
	fake.interest = INTEREST_MARKERS;       /* "line" shows no markers */
	fake_datagram_from(&fake, SIDE_CLIENT, "x");
	fake_say(&fake, SIDE_CLIENT, "x\n");
	assert_int_equal(flows_counters(fake.flows)->flows, 0);
	expect("");
}

/* ---- bounds ---- */

static void too_many_flows_are_forgotten(void **state)
{
	static const struct flow_limits limits = { 8, 65536, 65536 };

	(void)state;
	fake_start_with(&fake, PORT_LINE, &limits);
	for (uint16_t n = 0; n < 20; n++) {
		fake.client_port = (uint16_t)(50000 + n);
		fake_handshake(&fake);
		fake_say(&fake, SIDE_CLIENT, "a\nb");
	}
	assert_int_equal(flows_counters(fake.flows)->evicted, 12);
	assert_int_equal(flows_counters(fake.flows)->flows, 20);
	fake_finish(&fake);
	assert_int_equal(flows_counters(fake.flows)->evicted, 12);
	fake_stop(&fake);
}

/* What is not known any more may have happened: the connection's last packet shows it, and it was open until then. */
static void a_connection_that_is_forgotten_is_a_gap(void **state)
{
	static const struct flow_limits limits = { 1, 65536, 65536 };

	(void)state;
	fake_start_with(&fake, PORT_LINE, &limits);
	fake.show_internal = true;
	fake_handshake(&fake);
	fake_say(&fake, SIDE_CLIENT, "a\n");
	fake_ack(&fake, SIDE_SERVER);
	fake.client_port++;
	fake.next[SIDE_CLIENT] = 1000;
	fake_handshake(&fake);
	fake_finish(&fake);
	assert_non_null(strstr(text_string(&fake.events), "\n5 tcp progress {1001,2,0,*}\n5 tcp gap {1001,server,0,forgotten}\n"));
	fake_stop(&fake);
}

/* Those that have ended make room before one is forgotten that is open, though nothing was heard of it for longer. */
static void connections_that_ended_make_room(void **state)
{
	static const struct flow_limits limits = { 4, 65536, 65536 };

	(void)state;
	fake_start_with(&fake, PORT_LINE, &limits);
	fake_handshake(&fake);
	for (uint16_t n = 0; n < 20; n++) {
		fake.client_port = (uint16_t)(50000 + n);
		fake.next[SIDE_CLIENT] = 1000;
		fake_handshake(&fake);
		fake_fin(&fake, SIDE_CLIENT);
		fake_fin(&fake, SIDE_SERVER);
		fake_wait(&fake, 61 * NS_PER_S);
	}
	assert_int_equal(flows_counters(fake.flows)->evicted, 0);
	fake_stop(&fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connection_opens_and_closes),
		cmocka_unit_test(a_syn_may_be_refused),
		cmocka_unit_test(one_that_is_refused_may_ask_again),
		cmocka_unit_test(a_refusal_must_fit_its_syn),
		cmocka_unit_test(a_capture_may_begin_at_zero),
		cmocka_unit_test(a_syn_may_come_again_after_a_century),
		cmocka_unit_test(a_syn_may_never_be_answered),
		cmocka_unit_test(a_syn_needs_time_to_be_answered),
		cmocka_unit_test(a_reset_is_none_after_a_close),
		cmocka_unit_test(half_a_close_is_told_in_the_end),
		cmocka_unit_test(ports_are_used_again),
		cmocka_unit_test(syns_and_their_answers_are_told_once),
		cmocka_unit_test(an_answer_must_fit_its_syn),
		cmocka_unit_test(a_syn_may_bear_octets),
		cmocka_unit_test(progress_doubles),
		cmocka_unit_test(a_capture_may_begin_in_the_middle),
		cmocka_unit_test(one_direction_is_enough),
		cmocka_unit_test(another_protocol_is_recognised_on_a_port),
		cmocka_unit_test(a_dissector_that_refuses_is_replaced),
		cmocka_unit_test(the_server_may_speak_first),
		cmocka_unit_test(a_server_may_speak_another_protocol),
		cmocka_unit_test(one_protocol_may_follow_another),
		cmocka_unit_test(what_crossed_a_reset_is_read),
		cmocka_unit_test(nothing_is_kept_that_nobody_recognises),
		cmocka_unit_test(datagrams_find_their_dissector),
		cmocka_unit_test(an_exchange_of_datagrams_ends),
		cmocka_unit_test(interest_decides),
		cmocka_unit_test(too_many_flows_are_forgotten),
		cmocka_unit_test(a_connection_that_is_forgotten_is_a_gap),
		cmocka_unit_test(connections_that_ended_make_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

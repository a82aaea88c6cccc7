/* nDPI's label, and that it brings a flow to its dissector where no port and no `recognise` does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/moment.h"
#include "flow/classify.h"
#include "flow/flow.h"

/* OpenSSL 3's client hello for sip.example.com with two cipher suites. */
static const uint8_t client_hello[] = {
	0x16, 0x03, 0x01, 0x00, 0x85, 0x01, 0x00, 0x00, 0x81, 0x03, 0x03, 0xd8, 0x9d, 0xfb, 0x92, 0x18, 0x1a, 0x19, 0x38, 0x27,
	0xb4, 0xed, 0xc0, 0x87, 0xb8, 0xa7, 0xac, 0x4a, 0x63, 0x92, 0x07, 0xd7, 0xa2, 0x1f, 0x25, 0xab, 0xab, 0xd9, 0x8b, 0x08,
	0x2d, 0x72, 0xed, 0x00, 0x00, 0x06, 0x00, 0x2f, 0x00, 0x35, 0x00, 0xff, 0x01, 0x00, 0x00, 0x52, 0x00, 0x00, 0x00, 0x14,
	0x00, 0x12, 0x00, 0x00, 0x0f, 0x73, 0x69, 0x70, 0x2e, 0x65, 0x78, 0x61, 0x6d, 0x70, 0x6c, 0x65, 0x2e, 0x63, 0x6f, 0x6d,
	0x00, 0x23, 0x00, 0x00, 0x00, 0x16, 0x00, 0x00, 0x00, 0x17, 0x00, 0x00, 0x00, 0x0d, 0x00, 0x2a, 0x00, 0x28, 0x04, 0x03,
	0x05, 0x03, 0x06, 0x03, 0x08, 0x07, 0x08, 0x08, 0x08, 0x09, 0x08, 0x0a, 0x08, 0x0b, 0x08, 0x04, 0x08, 0x05, 0x08, 0x06,
	0x04, 0x01, 0x05, 0x01, 0x06, 0x01, 0x03, 0x03, 0x03, 0x01, 0x03, 0x02, 0x04, 0x02, 0x05, 0x02, 0x06, 0x02,
};

/* A query for the A record of example.com. */
static const uint8_t dns_query[] = {
	0x12, 0x34, 0x01, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 3, 'c', 'o', 'm', 0,
	0x00, 0x01, 0x00, 0x01,
};

/* ---- dissectors that recognise nothing ---- */

static size_t streamed[2], datagrams;

static size_t read_stream(void *state, enum side from, struct span octets, struct emit *to)
{
	(void)state, (void)to;
	streamed[from] += octets.len;
	return octets.len;
}

static void read_datagram(struct span octets, struct emit *to)
{
	(void)octets, (void)to;
	datagrams++;
}

#define FAKE(n) static const struct dissector fake_##n = { .name = #n, .state_size = 1, .stream = read_stream, .datagram = read_datagram }
FAKE(tls);
FAKE(http);
FAKE(sip);
FAKE(dns);
FAKE(ldap);
FAKE(cldap);
FAKE(dhcp);
FAKE(ntp);

const struct dissector *const dissectors[] = { &fake_tls, &fake_http, &fake_sip, &fake_dns, &fake_ldap, &fake_cldap, &fake_dhcp, &fake_ntp, NULL };

/* ---- packets with an IPv4 header, for nDPI wants one ---- */

enum { IP_HEADER = 20, TCP_HEADER = 20, UDP_HEADER = 8 };

struct wire {
	uint8_t octets[1500];
	struct packet packet;
	struct layers layers;
};

static void put16(uint8_t *at, unsigned v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

static void put32(uint8_t *at, uint32_t v)
{
	put16(at, v >> 16);
	put16(at + 2, v & 0xffff);
}

static void make_ip(struct wire *w, enum side from, uint8_t protocol, uint16_t port, size_t header, const void *payload, size_t len)
{
	static const uint8_t ends[2][4] = { { 10, 0, 0, 1 }, { 10, 0, 0, 2 } };
	struct layers *l = &w->layers;
	uint8_t *transport = w->octets + IP_HEADER;
	size_t total = IP_HEADER + header + len;

	memset(w, 0, sizeof *w);
	w->octets[0] = 0x45;
	put16(w->octets + 2, (unsigned)total);
	w->octets[8] = 64;
	w->octets[9] = protocol;
	memcpy(w->octets + 12, ends[from], 4);
	memcpy(w->octets + 16, ends[1 - from], 4);
	l->src = addr_v4(ends[from]);
	l->dst = addr_v4(ends[1 - from]);
	l->src_port = from == SIDE_CLIENT ? 50000 : port;
	l->dst_port = from == SIDE_CLIENT ? port : 50000;
	put16(transport, l->src_port);
	put16(transport + 2, l->dst_port);
	memcpy(transport + header, payload, len);
	l->ip = span_of(w->octets, total);
	l->payload = span_of(transport + header, len);
	l->payload_len = (uint32_t)len;
	w->packet = (struct packet){ .frame = 1, .at_ns = NS_PER_S, .time_digits = 6, .wire_len = (uint32_t)total, .data = l->ip };
}

static void make_tcp(struct wire *w, enum side from, uint16_t port, uint8_t flags, uint32_t seq, uint32_t ack, const void *payload, size_t len)
{
	uint8_t *tcp = w->octets + IP_HEADER;

	make_ip(w, from, 6, port, TCP_HEADER, payload, len);
	put32(tcp + 4, seq);
	put32(tcp + 8, ack);
	tcp[12] = 0x50;
	tcp[13] = flags;
	put16(tcp + 14, 65535);
	w->layers.transport = TRANSPORT_TCP;
	w->layers.tcp_flags = flags;
	w->layers.tcp_seq = seq;
	w->layers.tcp_ack = ack;
}

static void make_udp(struct wire *w, enum side from, uint16_t port, const void *payload, size_t len)
{
	make_ip(w, from, 17, port, UDP_HEADER, payload, len);
	put16(w->octets + IP_HEADER + 4, (unsigned)(UDP_HEADER + len));
	w->layers.transport = TRANSPORT_UDP;
}

/* ---- labels ---- */

static void a_client_hello_is_labelled(void **state)
{
	struct classify *c = classify_new(1);
	struct classify_flow *f = classify_flow_new(c);
	struct wire w;
	const char *label;
	bool final;

	(void)state;
	assert_non_null(f);
	make_tcp(&w, SIDE_CLIENT, 40000, TCP_ACK | TCP_PSH, 1, 1, client_hello, sizeof client_hello);
	label = classify_packet(c, f, &w.packet, &w.layers, &final);
	assert_string_equal(label, "TLS");
	assert_true(final);
	assert_ptr_equal(classify_dissector(label, TRANSPORT_TCP), &fake_tls);
	classify_flow_free(c, f);
	classify_free(c);
}

/* nDPI says SIP to anything on port 5060: only what it has looked into counts. */
static void a_guess_is_no_label(void **state)
{
	static const char garbage[] = "\x01\x02garbage garbage garbage";
	struct classify *c = classify_new(1);
	struct classify_flow *f = classify_flow_new(c);
	struct wire w;
	bool final = false;
	unsigned shown = 0;

	(void)state;
	make_udp(&w, SIDE_CLIENT, 5060, garbage, sizeof garbage);
	for (; !final && shown < 1000; shown++)
		assert_null(classify_packet(c, f, &w.packet, &w.layers, &final));
	assert_true(final);
	assert_true(shown <= 32);
	classify_flow_free(c, f);
	classify_free(c);
}

static void flows_are_bounded(void **state)
{
	struct classify *c = classify_new(2);
	struct classify_flow *a = classify_flow_new(c), *b = classify_flow_new(c);

	(void)state;
	assert_non_null(a);
	assert_non_null(b);
	assert_null(classify_flow_new(c));
	classify_flow_free(c, a);
	a = classify_flow_new(c);
	assert_non_null(a);
	classify_flow_free(c, a);
	classify_flow_free(c, b);
	classify_free(c);
}

static void labels_name_dissectors(void **state)
{
	(void)state;
	assert_ptr_equal(classify_dissector("TLS", TRANSPORT_TCP), &fake_tls);
	assert_null(classify_dissector("TLS", TRANSPORT_UDP));
	assert_ptr_equal(classify_dissector("HTTP", TRANSPORT_TCP), &fake_http);
	assert_ptr_equal(classify_dissector("SIP", TRANSPORT_TCP), &fake_sip);
	assert_ptr_equal(classify_dissector("SIP", TRANSPORT_UDP), &fake_sip);
	assert_ptr_equal(classify_dissector("DNS", TRANSPORT_UDP), &fake_dns);
	assert_ptr_equal(classify_dissector("LDAP", TRANSPORT_TCP), &fake_ldap);
	assert_ptr_equal(classify_dissector("LDAP", TRANSPORT_UDP), &fake_cldap);
	assert_ptr_equal(classify_dissector("DHCP", TRANSPORT_UDP), &fake_dhcp);
	assert_ptr_equal(classify_dissector("NTP", TRANSPORT_UDP), &fake_ntp);
	assert_null(classify_dissector("RTP", TRANSPORT_UDP));
	assert_null(classify_dissector("Kerberos", TRANSPORT_TCP));     /* not in this list */
}

/* ---- flows ---- */

static enum interest on_interest(void *user, const struct layers *l)
{
	(void)l;
	return *(enum interest *)user;
}

static void on_event(void *user, const struct event *e)
{
	(void)user, (void)e;
}

static void play(enum interest interest)
{
	static const struct flow_limits limits = { 16, 65536, 65536 };
	const struct flows_user user = { .user = &interest, .interest = on_interest, .event = on_event };
	struct flows *f = flows_new(&limits, &user);
	struct wire w;

	streamed[0] = streamed[1] = datagrams = 0;
	make_tcp(&w, SIDE_CLIENT, 40000, TCP_SYN, 0, 0, "", 0);
	flows_packet(f, &w.packet, &w.layers, NULL, 0);
	make_tcp(&w, SIDE_SERVER, 40000, TCP_SYN | TCP_ACK, 100, 1, "", 0);
	flows_packet(f, &w.packet, &w.layers, NULL, 0);
	make_tcp(&w, SIDE_CLIENT, 40000, TCP_ACK | TCP_PSH, 1, 101, client_hello, sizeof client_hello);
	flows_packet(f, &w.packet, &w.layers, NULL, 0);
	make_tcp(&w, SIDE_SERVER, 40000, TCP_ACK | TCP_PSH, 101, 1 + sizeof client_hello, "any answer", 10);
	flows_packet(f, &w.packet, &w.layers, NULL, 0);
	make_udp(&w, SIDE_CLIENT, 40001, dns_query, sizeof dns_query);
	flows_packet(f, &w.packet, &w.layers, NULL, 0);
	make_udp(&w, SIDE_CLIENT, 53, dns_query, sizeof dns_query);
	flows_packet(f, &w.packet, &w.layers, NULL, 0);
	flows_finish(f);
	flows_free(f);
}

static void a_followed_flow_reaches_its_dissector_by_label(void **state)
{
	(void)state;
	play(INTEREST_FOLLOWED);
	assert_int_equal(streamed[SIDE_CLIENT], sizeof client_hello);
	assert_int_equal(streamed[SIDE_SERVER], 10);
	assert_int_equal(datagrams, 1);         /* nDPI looks for DNS on its own port only */
}

static void nobody_elses_flow_does(void **state)
{
	(void)state;
	play(INTEREST_ALL);
	assert_int_equal(streamed[SIDE_CLIENT], 0);
	assert_int_equal(datagrams, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_client_hello_is_labelled),
		cmocka_unit_test(a_guess_is_no_label),
		cmocka_unit_test(flows_are_bounded),
		cmocka_unit_test(labels_name_dissectors),
		cmocka_unit_test(a_followed_flow_reaches_its_dissector_by_label),
		cmocka_unit_test(nobody_elses_flow_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* DNS: names and their compression, records, what is malformed and what is only cut, messages in streams. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dissectors/dns.h"
#include "dissectors/dns_codes.h"
#include "dissectors/dns_name.h"
#include "tests/unit/fake_emit.h"

#define COUNT(array) (sizeof array / sizeof array[0])

static struct emit emit;

/* ---- a message in the making ---- */

struct message {
	uint8_t octets[70000];
	size_t len;
};

static struct message m;

static void add(const void *octets, size_t len)
{
	memcpy(m.octets + m.len, octets, len);
	m.len += len;
}

static void add8(unsigned n) { m.octets[m.len++] = (uint8_t)n; }
static void add16(unsigned n) { add8(n >> 8 & 255); add8(n & 255); }
static void add32(unsigned long n) { add16((unsigned)(n >> 16)); add16((unsigned)(n & 0xffff)); }

static void add_labels(const char *name)
{
	while (*name) {
		size_t len = strcspn(name, ".");

		add8((unsigned)len);
		add(name, len);
		name += len + (name[len] == '.');
	}
}

static void add_name(const char *name) { add_labels(name); add8(0); }
static void add_pointer(unsigned target) { add16(0xc000 | target); }

static void begin(unsigned flags, unsigned questions, unsigned answers, unsigned authority, unsigned additional)
{
	m.len = 0;
	add16(0x1234), add16(flags), add16(questions), add16(answers), add16(authority), add16(additional);
}

static void add_question(const char *name, unsigned type) { add_name(name); add16(type); add16(1); }
static void add_resource(unsigned type, unsigned len) { add16(type); add16(1); add32(300); add16(len); }

enum { QUESTION = 12, RESPONSE = 0x8180 };

/* A message with one record of everything, every name but one compressed. */
static void build_response(void)
{
	begin(RESPONSE, 1, 6, 2, 4);
	add_question("_sip._tls.ABC.com", 33);
	add_pointer(QUESTION), add_resource(33, 15), add16(1), add16(2), add16(5061), add_labels("lync"), add_pointer(QUESTION + 10), add8(0), add8(0);
	add_pointer(QUESTION), add_resource(5, 2), add_pointer(QUESTION + 10);
	add_pointer(QUESTION + 10), add_resource(1, 4), add32(0xc0000201);
	add_pointer(QUESTION + 10), add_resource(28, 16), add32(0x20010db8), add32(0), add32(0), add32(1);
	add_pointer(QUESTION + 10), add_resource(15, 4), add16(10), add_pointer(QUESTION + 10);
	add_pointer(QUESTION + 10), add_resource(16, 3), add("\2hi", 3);
	add_pointer(QUESTION + 10), add_resource(2, 4), add_labels("n"), add_pointer(QUESTION + 10);
	add_name(""), add_resource(6, 0);
	add_name(""), add16(41), add16(4096), add32(0), add16(0);
	add_name("x"), add_resource(12, 3), add_name("y");
	add_name("x"), add_resource(65280, 2), add16(0xbeef);
	add_name("x"), add_resource(39, 3), add_name("Z");
}

static const char response_text[] =
	"dns response {id: 4660, transport: \"udp\", qname: \"_sip._tls.abc.com\", qtype: \"SRV\", rcode: \"NOERROR\", truncated: false, answers: ["
	"{name: \"_sip._tls.abc.com\", type: \"SRV\", ttl: 300, priority: 1, weight: 2, port: 5061, target: \"lync.abc.com\"}, "
	"{name: \"_sip._tls.abc.com\", type: \"CNAME\", ttl: 300, target: \"abc.com\"}, {name: \"abc.com\", type: \"A\", ttl: 300, address: 192.0.2.1}, "
	"{name: \"abc.com\", type: \"AAAA\", ttl: 300, address: 2001:db8::1}, {name: \"abc.com\", type: \"MX\", ttl: 300, priority: 10, target: \"abc.com\"}, "
	"{name: \"abc.com\", type: \"TXT\", ttl: 300, data: \"026869\"}], "
	"authority: [{name: \"abc.com\", type: \"NS\", ttl: 300, target: \"n.abc.com\"}, {name: \".\", type: \"SOA\", ttl: 300}], "
	"additional: [{name: \"x\", type: \"PTR\", ttl: 300, target: \"y\"}, {name: \"x\", type: \"TYPE65280\", ttl: 300, data: \"beef\"}, "
	"{name: \"x\", type: \"DNAME\", ttl: 300, target: \"z\"}]}\n";

/* ---- datagrams ---- */

static void give(size_t len)
{
	fake_reset(&emit);
	emit.layers = (struct layers){ .transport = TRANSPORT_UDP, .src_port = 53, .dst_port = 40000 };
	fake_datagram(&dns_dissector, &emit, m.octets, len);
}

static void expect(const char *expected)
{
	char *got;

	give(m.len);
	got = fake_print(&emit);
	assert_string_equal(got, expected);
	free(got);
}

static void queries_have_a_question(void **state)
{
	(void)state;
	begin(0x0100, 1, 0, 0, 1);
	add_question("Sip.ABC.com", 1);
	add_name(""), add16(41), add16(4096), add32(0), add16(0);
	expect("dns query {id: 4660, transport: \"udp\", qname: \"sip.abc.com\", qtype: \"A\", truncated: false}\n");
	begin(0x0300, 3, 0, 0, 0);
	add_question("", 255), add_question("b", 28), add_question("c", 1000);
	expect("dns query {id: 4660, transport: \"udp\", qname: \".\", qtype: \"ANY\", "
		"questions: [{qname: \"b\", qtype: \"AAAA\"}, {qname: \"c\", qtype: \"TYPE1000\"}], truncated: true}\n");
	begin(0x8181, 0, 0, 0, 0);
	expect("dns response {id: 4660, transport: \"udp\", rcode: \"FORMERR\", truncated: false}\n");
	assert_int_equal(emit.malformed, 0);
}

static void responses_have_records(void **state)
{
	(void)state;
	build_response();
	expect(response_text);
	assert_int_equal(emit.malformed, 0);
}

static void odd_octets_are_escaped(void **state)
{
	(void)state;
	begin(0, 1, 0, 0, 0);
	add8(8), add("A.\\\0\xe9\xc3\xa9 ", 8), add8(1), add("\n", 1), add8(0), add16(1), add16(1);
	expect("dns query {id: 4660, transport: \"udp\", qname: \"a\\x2e\\x5c\\x00\\xe9\xc3\xa9 .\\x0a\", qtype: \"A\", truncated: false}\n");
	begin(0, 1, 0, 0, 0);
	add8(2), add("a\0", 2), add8(0), add16(1), add16(1);
	expect("dns query {id: 4660, transport: \"udp\", qname: \"a\\x00\", qtype: \"A\", truncated: false}\n");
}

static enum dns_name_answer name_at(size_t at, struct dns_name *name)
{
	struct cursor c = cursor_over(span_of(m.octets, m.len));

	cursor_skip(&c, at);
	return dns_name_read(&c, name);
}

static void pointers_lead_backwards_only(void **state)
{
	struct dns_name name;

	(void)state;
	m.len = 0;
	add_name("a"), add_pointer(3), add_pointer(6), add_name("b"), add_labels("cc"), add_pointer(10);
	assert_int_equal(name_at(3, &name), DNS_NAME_BAD);      /* to itself */
	assert_int_equal(name_at(5, &name), DNS_NAME_BAD);      /* forward, to its own second octet */
	assert_int_equal(name_at(10, &name), DNS_NAME_BAD);     /* into its own beginning */
	m.len = 0;
	add_name("a"), add_pointer(0), add_labels("b"), add_pointer(3), add8(0x80), add8(1), add8(0x40);
	assert_int_equal(name_at(5, &name), DNS_NAME_GOOD);
	assert_true(name.compressed);
	assert_int_equal(name.len, 3);
	assert_memory_equal(name.text, "b.a", 3);
	assert_int_equal(name_at(9, &name), DNS_NAME_ENDLESS);  /* forms that nobody uses */
	assert_int_equal(name_at(11, &name), DNS_NAME_ENDLESS);
	m.len = 0;
	add8(3), add("a", 1), add_pointer(0);   /* a name that would end behind where the one that points to it begins */
	assert_int_equal(name_at(2, &name), DNS_NAME_BAD);
	assert_int_equal(name_at(0, &name), DNS_NAME_CUT);
	assert_int_equal(name_at(4, &name), DNS_NAME_CUT);
}

static void names_and_chains_have_a_limit(void **state)
{
	struct dns_name name;

	(void)state;
	for (unsigned last = 61; last <= 62; last++) {
		m.len = 0;
		for (unsigned i = 0; i < 3; i++)
			add8(63), memset(m.octets + m.len, 'x', 63), m.len += 63;
		add8(last), memset(m.octets + m.len, 0, last), m.len += last;
		add8(0);
		assert_int_equal(name_at(0, &name), last == 61 ? DNS_NAME_GOOD : DNS_NAME_BAD);
	}
	m.len = 0;
	add_name("a");
	for (unsigned i = 0; i < 200; i++)
		add_pointer(i ? 3 + 2 * (i - 1) : 0);
	assert_int_equal(name_at(3 + 2 * 126, &name), DNS_NAME_GOOD);
	assert_memory_equal(name.text, "a", name.len);
	assert_int_equal(name_at(3 + 2 * 127, &name), DNS_NAME_BAD);
}

/* What comes behind a name that cannot be told is read. */
static void bad_names_hide_nothing_else(void **state)
{
	static const char bad[] = "malformed: [\"a name is too long, or its pointers lead nowhere\"]";
	char expected[400];

	(void)state;
	begin(0x0100, 1, 0, 0, 0);
	add_pointer(QUESTION), add16(28), add16(1);
	snprintf(expected, sizeof expected, "dns query {id: 4660, transport: \"udp\", qtype: \"AAAA\", truncated: false, %s}\n", bad);
	expect(expected);
	begin(RESPONSE, 1, 2, 0, 0);
	add_question("q", 1);
	add_pointer(0x3fff), add_resource(1, 4), add32(0xc0000201);
	add_name("a"), add_resource(1, 4), add32(0xc0000202);
	snprintf(expected, sizeof expected, "dns response {id: 4660, transport: \"udp\", qname: \"q\", qtype: \"A\", rcode: \"NOERROR\", truncated: false, "
		"answers: [{type: \"A\", ttl: 300, address: 192.0.2.1}, {name: \"a\", type: \"A\", ttl: 300, address: 192.0.2.2}], %s}\n", bad);
	expect(expected);
	begin(0x0100, 1, 0, 0, 0);              /* nor is it known where the name ends */
	add8(0x80), add16(28), add16(1);
	expect("");
	assert_int_equal(emit.malformed, 1);
}

static void numbers_have_names(void **state)
{
	char room[DNS_CODE_TEXT];

	(void)state;
	assert_string_equal(dns_type_name(33, room), "SRV");
	assert_string_equal(dns_type_name(257, room), "CAA");
	assert_string_equal(dns_type_name(0, room), "TYPE0");
	assert_string_equal(dns_type_name(54, room), "TYPE54");
	assert_string_equal(dns_type_name(248, room), "TYPE248");
	assert_string_equal(dns_type_name(258, room), "TYPE258");
	assert_string_equal(dns_type_name(65535, room), "TYPE65535");
	assert_string_equal(dns_type_name(11, room), "TYPE11");
	assert_string_equal(dns_rcode_name(3, room), "NXDOMAIN");
	assert_string_equal(dns_rcode_name(15, room), "RCODE15");
	assert_null(dns_opcode_name(3));
	assert_null(dns_opcode_name(15));
}

static void other_operations_are_counted(void **state)
{
	static const unsigned flags[] = { 0x2800, 0xa400, 0x1000, 0x7800 };

	(void)state;
	for (size_t i = 0; i < COUNT(flags); i++) {
		begin(flags[i], 1, 0, 0, 0);
		add_question("a", 6);
		expect("");
		assert_int_equal(emit.counted, 1);
		assert_int_equal(emit.malformed, 0);
	}
	assert_string_equal(emit.last_reason, "unknown operation");
}

static void multicast_dns_is_not_dns(void **state)
{
	static const uint16_t ports[][2] = { { 5353, 5353 }, { 50000, 5355 }, { 5355, 50000 }, { 137, 137 } };

	(void)state;
	build_response();
	for (size_t i = 0; i < COUNT(ports); i++) {
		fake_reset(&emit);
		emit.layers = (struct layers){ .transport = TRANSPORT_UDP, .src_port = ports[i][0], .dst_port = ports[i][1] };
		fake_datagram(&dns_dissector, &emit, m.octets, m.len);
		assert_int_equal(emit.count + emit.malformed + emit.counted, 0);
	}
}

/* An address of a wrong length, a target that is no name, a service record that is too short. */
static void wrong_data_is_shown_as_octets(void **state)
{
	(void)state;
	begin(RESPONSE, 0, 4, 0, 0);
	add_name("a"), add_resource(1, 3), add("\1\2\3", 3);
	add_name("a"), add_resource(5, 2), add_pointer(0x3fff);
	add_name("a"), add_resource(33, 5), add("\0\1\0\2\0", 5);
	add_name("a"), add16(1), add16(3), add32(300), add16(3), add("\1x\0", 3);
	expect("dns response {id: 4660, transport: \"udp\", rcode: \"NOERROR\", truncated: false, answers: [{name: \"a\", type: \"A\", ttl: 300, data: \"010203\"}, "
		"{name: \"a\", type: \"CNAME\", ttl: 300, data: \"ffff\"}, {name: \"a\", type: \"SRV\", ttl: 300, data: \"0001000200\"}, "
		"{name: \"a\", type: \"A\", ttl: 300, data: \"017800\"}], malformed: [\"a record's data is not what its type wants\"]}\n");
}

/* Shorter than its counts say: malformed, unless the snap length cut it. */
static void every_prefix_is_survived(void **state)
{
	size_t whole, question_end = QUESTION + 23;

	(void)state;
	build_response();
	whole = m.len;
	for (size_t len = 0; len < whole; len++) {
		emit.cut = false;
		give(len);
		assert_int_equal(emit.malformed, 1);
		assert_int_equal(emit.count, len >= question_end);
		emit.cut = true;
		give(len);
		assert_int_equal(emit.malformed, 0);
		assert_int_equal(emit.count, len >= QUESTION);
		if (emit.count)
			assert_true(emit.events[0]->cut);
	}
	emit.cut = false;
}

static void every_changed_octet_is_survived(void **state)
{
	(void)state;
	build_response();
	for (size_t i = 0; i < 8 * m.len; i++) {
		m.octets[i / 8] = (uint8_t)(m.octets[i / 8] ^ 1 << i % 8);
		give(m.len);
		assert_true(emit.count <= 1);
		dns_dissector.recognise(span_of(m.octets, m.len), TRANSPORT_UDP);
		m.octets[i / 8] = (uint8_t)(m.octets[i / 8] ^ 1 << i % 8);
	}
}

/* The most records a message can have, each with the longest name, through the longest chain of pointers. */
static void hostile_messages_end(void **state)
{
	unsigned records = 0;

	(void)state;
	begin(RESPONSE, 1, 65535, 0, 0);
	for (unsigned i = 0; i < 127; i++)
		add8(1), add("\xff", 1);
	add8(0), add16(1), add16(1);
	for (; m.len < 65500; records++)
		add_pointer(QUESTION), add_resource(16, 0);
	give(m.len);
	assert_int_equal(emit.count, 1);
	assert_int_equal(emit.malformed, 1);
}

/* ---- recognising ---- */

static bool recognised(void)
{
	return dns_dissector.recognise(span_of(m.octets, m.len), TRANSPORT_UDP);
}

static void only_what_is_surely_dns_is_recognised(void **state)
{
	(void)state;
	build_response();
	assert_true(recognised());
	while (--m.len)
		assert_false(recognised());
	begin(0x0100, 1, 0, 0, 0), add_question("sip.abc.com", 1);
	assert_true(recognised());
	add8(0);
	assert_false(recognised());             /* something behind it */
	begin(0x0110, 1, 0, 0, 0), add_question("CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 33);
	assert_false(recognised());             /* NetBIOS */
	begin(0x0100, 1, 0, 0, 0), add_name("a.local"), add16(12), add16(0x8001);
	assert_false(recognised());             /* multicast DNS */
	begin(0x0140, 1, 0, 0, 0), add_question("a", 1);
	assert_false(recognised());             /* a bit that must be zero */
	begin(0x0103, 1, 0, 0, 0), add_question("a", 1);
	assert_false(recognised());             /* a query with a response code */
	begin(0x0100, 1, 0, 0, 0), add_question("a", 3000);
	assert_false(recognised());
	begin(0x0100, 1, 0, 0, 0), add_question("a b", 1);
	assert_false(recognised());
	begin(0x0100, 2, 0, 0, 0), add_question("a", 1), add_question("b", 1);
	assert_false(recognised());
	begin(0x2800, 1, 0, 0, 0), add_question("a", 1);
	assert_false(recognised());
	m.len = 12;
	memset(m.octets, 0, sizeof m.octets);
	assert_false(recognised());
}

/* ---- streams ---- */

static struct { uint8_t octets[4096]; size_t len; } stream;

static void stream_add(void)
{
	stream.octets[stream.len++] = (uint8_t)(m.len >> 8);
	stream.octets[stream.len++] = (uint8_t)m.len;
	memcpy(stream.octets + stream.len, m.octets, m.len);
	stream.len += m.len;
}

static void build_query(const char *name)
{
	begin(0x0100, 1, 0, 0, 0);
	add_question(name, 1);
}

static void expect_stream(const char *client, size_t client_len, const char *expected)
{
	struct piece pieces[] = { { SIDE_CLIENT, client, client_len }, { SIDE_SERVER, stream.octets, stream.len } };

	for (size_t step = 0; step <= stream.len; step++) {
		char *got;

		fake_reset(&emit);
		fake_stream(&dns_dissector, &emit, pieces, COUNT(pieces), step);
		got = fake_print(&emit);
		assert_string_equal(got, expected);
		free(got);
	}
}

static void streams_hold_several_messages(void **state)
{
	static const char query[] = "\0\x13\x12\x34\1\0\0\1\0\0\0\0\0\0\1q\0\0\1\0\1";
	char expected[4000] = "dns query {id: 4660, transport: \"tcp\", qname: \"q\", qtype: \"A\", truncated: false}\n";
	char *transport;

	(void)state;
	strcat(expected, response_text);
	strcat(expected, "dns query {id: 4660, transport: \"udp\", qname: \"b\", qtype: \"A\", truncated: false}\n");
	while ((transport = strstr(expected, "\"udp\"")) != NULL)
		memcpy(transport, "\"tcp\"", 5);
	stream.len = 0;
	build_response(), stream_add();
	begin(0x2800, 1, 0, 0, 0), add_question("a", 6), stream_add();
	build_query("b"), stream_add();
	expect_stream(query, sizeof query - 1, expected);
	assert_int_equal(emit.counted, 1);
	assert_int_equal(emit.malformed, 0);
}

/* The capture began inside a message. */
static void streams_may_begin_anywhere(void **state)
{
	(void)state;
	for (size_t cut = 0; cut < 20; cut++) {
		stream.len = 0;
		build_query("a.b.c.d"), stream_add();
		memmove(stream.octets, stream.octets + cut, stream.len -= cut);
		build_query("b"), stream_add();
		build_query("c"), stream_add();
		expect_stream("", 0, cut ?
			"dns query {id: 4660, transport: \"tcp\", qname: \"b\", qtype: \"A\", truncated: false}\n"
			"dns query {id: 4660, transport: \"tcp\", qname: \"c\", qtype: \"A\", truncated: false}\n" :
			"dns query {id: 4660, transport: \"tcp\", qname: \"a.b.c.d\", qtype: \"A\", truncated: false}\n"
			"dns query {id: 4660, transport: \"tcp\", qname: \"b\", qtype: \"A\", truncated: false}\n"
			"dns query {id: 4660, transport: \"tcp\", qname: \"c\", qtype: \"A\", truncated: false}\n");
	}
}

static void streams_go_on_behind_a_hole(void **state)
{
	uint64_t memory[16] = { 0 };
	size_t used;

	(void)state;
	assert_true(dns_dissector.state_size <= sizeof memory);
	fake_reset(&emit);
	stream.len = 0;
	build_query("a"), stream_add();
	assert_int_equal(dns_dissector.stream(memory, SIDE_SERVER, span_of(stream.octets, stream.len), &emit), stream.len);
	assert_true(dns_dissector.gap(memory, SIDE_SERVER, 5, &emit));
	memcpy(stream.octets, "ood\0\0\1\0\1", 8);
	stream.len = 8;
	build_query("b"), stream_add();
	used = dns_dissector.stream(memory, SIDE_SERVER, span_of(stream.octets, stream.len), &emit);
	assert_int_equal(used, 8);
	assert_int_equal(dns_dissector.stream(memory, SIDE_SERVER, span_of(stream.octets + used, stream.len - used), &emit), stream.len - used);
	assert_int_equal(emit.count, 2);
	assert_string_equal(event_string(emit.events[1], &dns_qname), "b");
}

static void other_streams_are_left_alone(void **state)
{
	static uint8_t octets[300000];
	static const struct piece piece = { SIDE_CLIENT, octets, sizeof octets };

	(void)state;
	for (size_t step = 1400; step < sizeof octets; step *= 10) {
		memset(octets, 0xff, sizeof octets);
		fake_reset(&emit);
		fake_stream(&dns_dissector, &emit, &piece, 1, step);
		assert_int_equal(emit.count + emit.malformed + emit.counted, 0);
		memset(octets, 0, sizeof octets);
		fake_stream(&dns_dissector, &emit, &piece, 1, step);
		assert_int_equal(emit.count + emit.malformed + emit.counted, 0);
	}
	assert_false(dns_dissector.recognise(span_of(octets, 1000), TRANSPORT_TCP));
}

static void streams_are_recognised(void **state)
{
	(void)state;
	stream.len = 0;
	build_response(), stream_add();
	build_query("b"), stream_add();
	for (size_t len = 0; len <= stream.len; len++)
		assert_int_equal(dns_dissector.recognise(span_of(stream.octets, len), TRANSPORT_TCP), len >= 2 + QUESTION + 23);
	stream.octets[3] ^= 1;
	assert_true(dns_dissector.recognise(span_of(stream.octets, stream.len), TRANSPORT_TCP));
	stream.octets[4] ^= 0x08;
	assert_false(dns_dissector.recognise(span_of(stream.octets, stream.len), TRANSPORT_TCP));
}

static void every_changed_octet_of_a_stream_is_survived(void **state)
{
	struct piece piece = { SIDE_CLIENT, stream.octets, 0 };

	(void)state;
	stream.len = 0;
	build_response(), stream_add();
	build_query("b"), stream_add();
	piece.len = stream.len;
	for (size_t i = 0; i < 8 * stream.len; i++) {
		stream.octets[i / 8] = (uint8_t)(stream.octets[i / 8] ^ 1 << i % 8);
		fake_reset(&emit);
		fake_stream(&dns_dissector, &emit, &piece, 1, i % 5 * 3);
		assert_true(emit.count <= 2);
		stream.octets[i / 8] = (uint8_t)(stream.octets[i / 8] ^ 1 << i % 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(queries_have_a_question),
		cmocka_unit_test(responses_have_records),
		cmocka_unit_test(odd_octets_are_escaped),
		cmocka_unit_test(pointers_lead_backwards_only),
		cmocka_unit_test(names_and_chains_have_a_limit),
		cmocka_unit_test(bad_names_hide_nothing_else),
		cmocka_unit_test(numbers_have_names),
		cmocka_unit_test(other_operations_are_counted),
		cmocka_unit_test(multicast_dns_is_not_dns),
		cmocka_unit_test(wrong_data_is_shown_as_octets),
		cmocka_unit_test(every_prefix_is_survived),
		cmocka_unit_test(every_changed_octet_is_survived),
		cmocka_unit_test(hostile_messages_end),
		cmocka_unit_test(only_what_is_surely_dns_is_recognised),
		cmocka_unit_test(streams_hold_several_messages),
		cmocka_unit_test(streams_may_begin_anywhere),
		cmocka_unit_test(streams_go_on_behind_a_hole),
		cmocka_unit_test(other_streams_are_left_alone),
		cmocka_unit_test(streams_are_recognised),
		cmocka_unit_test(every_changed_octet_of_a_stream_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

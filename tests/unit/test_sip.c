/* SIP: where messages begin and end on streams and in datagrams, and the fields of their headers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dissectors/sip.h"
#include "tests/unit/fake_emit.h"

static struct emit emit;

#define PIECE(side, text) { SIDE_##side, text, sizeof text - 1 }
#define COUNT(array) (sizeof array / sizeof array[0])

/* The same events, whole and however it is split. */
static void expect(const struct piece *pieces, size_t count, const char *expected)
{
	static const size_t steps[] = { 0, 1, 2, 3, 5, 7, 16, 61, 200 };

	for (size_t i = 0; i < COUNT(steps); i++) {
		char *got;

		fake_reset(&emit);
		fake_stream(&sip_dissector, &emit, pieces, count, steps[i]);
		got = fake_print(&emit);
		assert_string_equal(got, expected);
		free(got);
	}
}

#define EXPECT(pieces, expected) expect(pieces, COUNT(pieces), expected)

static void expect_datagram(const char *text, const char *expected)
{
	char *got;

	fake_reset(&emit);
	fake_datagram(&sip_dissector, &emit, text, strlen(text));
	got = fake_print(&emit);
	assert_string_equal(got, expected);
	free(got);
}

#define REGISTER "REGISTER sip:abc.com SIP/2.0\r\nVia: SIP/2.0/TLS 10.0.0.5:49152\r\nMax-Forwards: 70\r\n" \
	"From: \"A <b> \\\" c\" <sip:u@abc.com>;tag=1;epid=2\r\nTo: <sip:u@abc.com>\r\nCall-ID: 77@10.0.0.5\r\nCSeq: 1   REGISTER\r\n" \
	"Contact: <sip:10.0.0.5:49152;transport=tls;ms-opaque=3>;methods=\"INVITE, BYE\";proxy=replace\r\n" \
	"User-Agent: CPE/4.0.7423.1 OCPhone/4.0.7423.1 (Microsoft Lync 2010 (Beta) Phone Edition)\r\nms-keep-alive: UAC;hop-hop=yes\r\n"
#define REGISTER_FIELDS "method: \"REGISTER\", uri: \"sip:abc.com\", from: \"sip:u@abc.com\", to: \"sip:u@abc.com\", " \
	"contact: \"sip:10.0.0.5:49152;transport=tls;ms-opaque=3\", call_id: \"77@10.0.0.5\", cseq: \"1 REGISTER\", " \
	"user_agent: \"CPE/4.0.7423.1 OCPhone/4.0.7423.1 (Microsoft Lync 2010 (Beta) Phone Edition)\", "

#define CHALLENGE "SIP/2.0 401 Unauthorized\r\nWWW-Authenticate: NTLM realm=\"SIP Communications Service\", targetname=\"fe.abc.com\", version=4\r\n" \
	"WWW-Authenticate: Kerberos realm=\"SIP, Basic x\", targetname=\"sip/fe.abc.com\", version=4\r\n" \
	"WWW-Authenticate: TLS-DSK realm=\"SIP\", targetname=\"fe.abc.com\", version=4, sts-uri=\"https://web.abc.com:443/CertProv/CertProvisioningService.svc\"\r\n" \
	"From: <sip:u@abc.com>;tag=1\r\nTo: <sip:u@abc.com>;tag=9\r\nCall-ID: 77@10.0.0.5\r\nCSeq: 1 REGISTER\r\nServer: RTC/4.0\r\n" \
	"ms-diagnostics: 1009;reason=\"No match\";source=\"fe.abc.com\"\r\nContent-Length: 0\r\n\r\n"
#define CHALLENGE_FIELDS "status: 401, reason: \"Unauthorized\", from: \"sip:u@abc.com\", to: \"sip:u@abc.com\", call_id: \"77@10.0.0.5\", " \
	"cseq: \"1 REGISTER\", server: \"RTC/4.0\", authenticate: [\"NTLM\", \"Kerberos\", \"TLS-DSK\"], " \
	"sts_uri: \"https://web.abc.com:443/CertProv/CertProvisioningService.svc\", diagnostics: 1009, "

static void phone_registers(void **state)
{
	static const struct piece pieces[] = { PIECE(CLIENT, REGISTER "Expires: 600\r\nContent-Length: 0\r\n\r\n"), PIECE(SERVER, CHALLENGE) };

	(void)state;
	EXPECT(pieces, "sip request {" REGISTER_FIELDS "expires: 600, transport: \"tcp\"}\nsip response {" CHALLENGE_FIELDS "transport: \"tcp\"}\n");
	assert_int_equal(emit.malformed, 0);
	expect_datagram(REGISTER "\r\n", "sip request {" REGISTER_FIELDS "transport: \"udp\"}\n");
	expect_datagram(CHALLENGE, "sip response {" CHALLENGE_FIELDS "transport: \"udp\"}\n");
	assert_int_equal(emit.malformed, 0);
}

static void names_are_compact_and_lines_folded(void **state)
{
	(void)state;
	expect_datagram("INVITE sip:b@x SIP/2.0\r\nf: sip:a@x;tag=1\r\nT: B\r\n <sip:b@x\r\n ;user=phone>\r\nm : *\r\nI:\r\n\t5\r\ncseq: 0009\r\n INVITE\r\n"
		"l: 3\r\n\r\nabc", "sip request {method: \"INVITE\", uri: \"sip:b@x\", from: \"sip:a@x\", to: \"sip:b@x   ;user=phone\", contact: \"*\", "
		"call_id: \"5\", cseq: \"0009 INVITE\", transport: \"udp\"}\n");
	assert_int_equal(emit.malformed, 0);
}

static void status_lines_vary(void **state)
{
	(void)state;
	expect_datagram("SIP/2.0 200\r\n\r\n", "sip response {status: 200, transport: \"udp\"}\n");
	expect_datagram("SIP/2.0 200 \r\n\r\n", "sip response {status: 200, transport: \"udp\"}\n");
	expect_datagram("sip/2.0 486 Busy here \xff\n\n", "sip response {status: 486, reason: \"Busy here \\xff\", transport: \"udp\"}\n");
	assert_int_equal(emit.malformed, 0);
	expect_datagram("SIP/2.0 200", "sip response {status: 200, transport: \"udp\", malformed: [\"no empty line behind the header\"]}\n");
	expect_datagram("SIP/2.0 20 OK\r\n\r\n", "");
	expect_datagram("SIP/2.0 2000 OK\r\n\r\n", "");
	expect_datagram("SIP/2.0\t200 OK\r\n\r\n", "");
}

static void contact_may_tell_when_it_expires(void **state)
{
	(void)state;
	expect_datagram("SIP/2.0 200 OK\r\nContact: \"x;expires=1\" <sip:a@x;expires=2>;q=0.7;Expires=\"300\", <sip:b@x>;expires=4\r\n\r\n",
		"sip response {status: 200, reason: \"OK\", contact: \"sip:a@x;expires=2\", expires: 300, transport: \"udp\"}\n");
	expect_datagram("SIP/2.0 200 OK\r\nContact: sip:a@x;expires=7\r\nContact: <sip:b@x>\r\n\r\n",
		"sip response {status: 200, reason: \"OK\", contact: \"sip:a@x\", expires: 7, transport: \"udp\"}\n");
	expect_datagram("SIP/2.0 200 OK\r\nContact: <sip:a@x>;expires=7\r\nExpires: 8\r\n\r\n",
		"sip response {status: 200, reason: \"OK\", contact: \"sip:a@x\", expires: 8, transport: \"udp\"}\n");
	expect_datagram("SIP/2.0 200 OK\r\nContact: \"x <sip:a@x>;expires=5\r\n\r\n",
		"sip response {status: 200, reason: \"OK\", contact: \"sip:a@x\", expires: 5, transport: \"udp\"}\n");
	expect_datagram("SIP/2.0 200 OK\r\nExpires: Thu, 01 Dec 1994 16:00:00 GMT\r\n\r\n", "sip response {status: 200, reason: \"OK\", transport: \"udp\"}\n");
}

static void secrets_stay_where_they_are(void **state)
{
	(void)state;
	expect_datagram("REGISTER sip:me:secret@x SIP/2.0\r\nFrom: <sips:me:secret@x:5061>\r\nTo: sip:me:secret@x;tag=1\r\nContact: <sip:[::1]:5060>\r\n"
		"Authorization: Digest username=\"me\", response=\"secret\"\r\nProxy-Authorization: NTLM gssapi-data=\"secret\"\r\n"
		"Authentication-Info: TLS-DSK gssapi-data=\"secret\", srand=\"secret\"\r\nMS-WP-Access-Token: secret\r\nContent-Length: 6\r\n\r\nsecret",
		"sip request {method: \"REGISTER\", uri: \"sip:me@x\", from: \"sips:me@x:5061\", to: \"sip:me@x\", contact: \"sip:[::1]:5060\", transport: \"udp\"}\n");
	expect_datagram("SIP/2.0 407 No\r\nProxy-Authenticate: TLS-DSK gssapi-data=\"secret\", opaque=\"secret\", realm=\"x\"\r\n\r\n",
		"sip response {status: 407, reason: \"No\", authenticate: [\"TLS-DSK\"], transport: \"udp\"}\n");
}

static void datagrams_without_messages_say_nothing(void **state)
{
	static const char *const texts[] = { "", "\r\n\r\n", "\r\n", "jaK", "OPTIONS", "OPTIONS sip:a", "OPTIONS sip:a SIP/3.0\r\n\r\n", "OPTIONS SIP/2.0\r\n\r\n",
		"GET / HTTP/1.1\r\n\r\n", "INVITE sip:a\x01 SIP/2.0\r\n\r\n", "\x16\x03\x01", " OPTIONS sip:a SIP/2.0\r\n\r\n" };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		expect_datagram(texts[i], "");
	expect_datagram("\r\n\r\nOPTIONS  sip:a b  SIP/2.0 \r\nl: 0\r\n\r\n", "sip request {method: \"OPTIONS\", uri: \"sip:a b\", transport: \"udp\"}\n");
	assert_int_equal(emit.malformed, 0);
	expect_datagram("OPTIONS sip:a SIP/2.0\r\nl: 9\r\n\r\n12345678",
		"sip request {method: \"OPTIONS\", uri: \"sip:a\", transport: \"udp\", malformed: [\"body shorter than Content-Length\"]}\n");
}

#define OPTIONS(id) "OPTIONS sip:" id " SIP/2.0\r\nContent-Length: 4\r\n\r\n\r\nSI"
#define OPTIONS_EVENT(id) "sip request {method: \"OPTIONS\", uri: \"sip:" id "\", transport: \"tcp\"}\n"

static void streams_hold_many(void **state)
{
	static const struct piece pieces[] = {
		PIECE(CLIENT, "\r\n\r\n" OPTIONS("1") OPTIONS("2") "\r\n\r\n" OPTIONS("3")),
		PIECE(SERVER, "\r\nSIP/2.0 200 OK\r\nl: 21\r\n\r\nSIP/2.0 100 No\r\nl:0\r\n\r\nSIP/2.0 200 OK\r\nl: 0\r\n\r\n\r\n"),
		PIECE(CLIENT, OPTIONS("4")),
	};

	(void)state;
	EXPECT(pieces, OPTIONS_EVENT("1") OPTIONS_EVENT("2") OPTIONS_EVENT("3") "sip response {status: 200, reason: \"OK\", transport: \"tcp\"}\n"
		"sip response {status: 200, reason: \"OK\", transport: \"tcp\"}\n" OPTIONS_EVENT("4"));
	assert_int_equal(emit.malformed, 0);
}

static void lengths_may_be_missing(void **state)
{
	static const struct piece pieces[] = {
		PIECE(CLIENT, "INVITE sip:1 SIP/2.0\r\n\r\nv=0\r\no=x\r\n" OPTIONS("2") "OPTIONS sip:3 SIP/2.0\r\nContent-Length: x\r\n\r\n" OPTIONS("4")),
		PIECE(SERVER, "SIP/2.0 100 Trying\r\n\r\nv=0SIP/2.0 200 OK\r\nl: 0\r\n\r\n"),
	};

	(void)state;
	EXPECT(pieces, "sip request {method: \"INVITE\", uri: \"sip:1\", transport: \"tcp\"}\n" OPTIONS_EVENT("2") OPTIONS_EVENT("3") OPTIONS_EVENT("4")
		"sip response {status: 100, reason: \"Trying\", transport: \"tcp\"}\nsip response {status: 200, reason: \"OK\", transport: \"tcp\"}\n");
	assert_int_equal(emit.malformed, 0);
}

static void captures_begin_anywhere(void **state)
{
	static const struct piece pieces[] = { PIECE(CLIENT, "=rest of a body\r\n: x\r\n" OPTIONS("1") "= rubbish\r\n" OPTIONS("2")) };
	static const struct piece tls[] = { PIECE(CLIENT, "\x16\x03\x01\x00\x05" OPTIONS("1")) };

	(void)state;
	EXPECT(pieces, OPTIONS_EVENT("1") OPTIONS_EVENT("2"));
	assert_int_equal(emit.malformed, 1);
	EXPECT(tls, "");
}

static void ends_come_early(void **state)
{
	static const struct piece body[] = { PIECE(CLIENT, "OPTIONS sip:1 SIP/2.0\r\nl: 9\r\n\r\n12345678") };
	static const struct piece header[] = { PIECE(CLIENT, OPTIONS("1") "OPTIONS sip:2 SIP/2.0\r\nl: 9\r\n") };

	(void)state;
	EXPECT(body, "sip request {method: \"OPTIONS\", uri: \"sip:1\", transport: \"tcp\", malformed: [\"body shorter than Content-Length\"]}\n");
	EXPECT(header, OPTIONS_EVENT("1"));
	assert_int_equal(emit.malformed, 1);
}

/* Longer than what is waited for: a body of 600000 octets is passed over, a header of 70000 refused, one of 20000 reported before its body. */
static void long_ones_are_bounded(void **state)
{
	static const struct { size_t header; size_t body; bool read; } lengths[] = { { 100, 600000, true }, { 20000, 300000, true }, { 70000, 5, false } };

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		size_t room = lengths[i].header + lengths[i].body + 100;
		char *octets = malloc(room), *got;
		int head = snprintf(octets, room, "OPTIONS sip:1 SIP/2.0\r\nl: %zu\r\nx: %0*d\r\n\r\n", lengths[i].body, (int)lengths[i].header, 0);
		struct piece pieces[] = { PIECE(CLIENT, OPTIONS("0")), { SIDE_CLIENT, octets, (size_t)head + lengths[i].body } }, *piece = &pieces[1];

		memset(octets + head, 'x', lengths[i].body);
		piece->len += (size_t)snprintf(octets + piece->len, room - piece->len, "\r\n" OPTIONS("2"));
		for (size_t step = 1000; step < 1000000; step *= 10) {
			fake_reset(&emit);
			fake_stream(&sip_dissector, &emit, pieces, 2, step);
			got = fake_print(&emit);
			assert_string_equal(got, lengths[i].read ? OPTIONS_EVENT("0") OPTIONS_EVENT("1") OPTIONS_EVENT("2") : OPTIONS_EVENT("0") OPTIONS_EVENT("2"));
			free(got);
		}
		free(octets);
	}
}

/* A body needs no line end: behind a hole, and behind a message without length, the next one may begin in the middle of a line. */
static void messages_are_found_in_lines(void **state)
{
	static const struct piece pieces[] = {
		PIECE(CLIENT, "OPTIONS sip:1 SIP/2.0\r\n\r\nv=0 INFO sip OPTIONS sip:2 SIP/2.0\r\n\r\nbodySIP/2.0 200 OK\r\n\r\n"), { SIDE_CLIENT, NULL, 9 },
		PIECE(CLIENT, "SCRIBE sip:x SIP/2.0\r\n\r\n<a>OPTIONS sip:3 SIP/2.0\r\nl: 0\r\n\r\nFOO sip:4 SIP/2.0\r\nl: 0\r\n\r\n"),
	};

	(void)state;
	EXPECT(pieces, OPTIONS_EVENT("1") OPTIONS_EVENT("2") "sip response {status: 200, reason: \"OK\", transport: \"tcp\"}\n" OPTIONS_EVENT("3")
		"sip request {method: \"FOO\", uri: \"sip:4\", transport: \"tcp\"}\n");
	assert_int_equal(emit.malformed, 0);
}

static void long_lines_are_refused(void **state)
{
	static char octets[22000];
	struct piece piece = { SIDE_CLIENT, octets, 0 };

	(void)state;
	piece.len = (size_t)snprintf(octets, sizeof octets, OPTIONS("1") "OPTIONS sip:%0*d SIP/2.0\r\nl: 0\r\n\r\n" OPTIONS("2"), 20000, 0);
	expect(&piece, 1, OPTIONS_EVENT("1") OPTIONS_EVENT("2"));
	assert_int_equal(emit.malformed, 1);
}

/* Feeds octets as the flow layer does, from stream octet `offset` on; answers where the stream goes on. */
static uint64_t feed(void *memory, uint64_t offset, const char *text)
{
	size_t len = strlen(text);
	uint64_t at = offset;

	while (at < offset + len) {
		size_t skip = (size_t)(at - offset), used;

		emit.offset = at;
		used = sip_dissector.stream(memory, SIDE_SERVER, span_of(text + skip, len - skip), &emit);
		assert_true(used != STREAM_STOP && used != STREAM_MORE);
		at += used;
	}
	return at;
}

static void holes_are_survived(void **state)
{
	static const char head[] = "SIP/2.0 200 OK\r\nl: 100\r\n\r\n";
	uint64_t memory[128] = { 0 }, body = sizeof head - 1;
	char *got;

	(void)state;
	assert_true(sip_dissector.state_size <= sizeof memory);
	fake_reset(&emit);
	/* inside the body: its end is known */
	assert_int_equal(feed(memory, 0, "SIP/2.0 200 OK\r\nl: 100\r\n\r\n0123456789"), body + 99);
	assert_true(sip_dissector.gap(memory, SIDE_SERVER, 50, &emit));
	assert_int_equal(emit.count, 1);
	assert_int_equal(feed(memory, body + 60, "0123456789012345678901234567890123456789SIP/2.0 201 A\r\nl: 0\r\n\r\n"), body + 123);
	/* up to its end exactly */
	feed(memory, 1000, head);
	assert_true(sip_dissector.gap(memory, SIDE_SERVER, 100, &emit));
	feed(memory, 1100 + body, "SIP/2.0 202 A\r\nl: 0\r\n\r\n");
	/* beyond it */
	feed(memory, 2000, head);
	assert_true(sip_dissector.gap(memory, SIDE_SERVER, 200, &emit));
	feed(memory, 2200 + body, "rest of something\r\nSIP/2.0 203 A\r\nl: 0\r\n\r\n");
	/* nobody knows how much */
	feed(memory, 3000, head);
	assert_true(sip_dissector.gap(memory, SIDE_SERVER, 0, &emit));
	feed(memory, 9000, "=0\r\nSIP/2.0 204 A\r\nl: 0\r\n\r\n");
	got = fake_print(&emit);
#define OK "sip response {status: 200, reason: \"OK\", transport: \"tcp\"}\n"
#define A(status) "sip response {status: " status ", reason: \"A\", transport: \"tcp\"}\n"
	assert_string_equal(got, OK A("201") OK A("202") OK A("203") OK A("204"));
	free(got);
	sip_dissector.close(memory);
}

static bool recognised(const char *text) { return sip_dissector.recognise(span_of(text, strlen(text)), TRANSPORT_TCP); }

static void other_ports_are_read_strictly(void **state)
{
	(void)state;
	assert_true(recognised("OPTIONS sip:a SIP/2.0\r\n"));
	assert_true(recognised("FOO bar:a SIP/2.0\r\n"));
	assert_true(recognised("SIP/2.0 200 OK\r\n"));
	assert_true(recognised("REGISTER sip:long"));
	assert_false(recognised("FOO sip:long"));
	assert_false(recognised("OPTIONS http://long"));
	assert_false(recognised("OPTIONS * HTTP/1.1\r\n"));
	assert_false(recognised("SIP/2.0 2"));
	assert_false(recognised("SIP/2.0 2x0 OK\r\n"));
	assert_false(recognised(""));
}

static const char sample[] = REGISTER "Expires: 3\r\nContent-Length: 3\r\n\r\nabc" CHALLENGE;

static void every_prefix_is_survived(void **state)
{
	struct piece piece = { SIDE_CLIENT, sample, 0 };

	(void)state;
	for (piece.len = 0; piece.len < sizeof sample; piece.len++) {
		fake_reset(&emit);
		fake_datagram(&sip_dissector, &emit, sample, piece.len);
		assert_true(emit.count <= 1);
		fake_reset(&emit);
		fake_stream(&sip_dissector, &emit, &piece, 1, piece.len % 50);
		assert_true(emit.count <= 2);
	}
}

/* Whatever one octet is changed into: nothing is read beyond the end (a sanitizer sees it), and the stream goes on or stops. */
static void every_changed_octet_is_survived(void **state)
{
	char changed[sizeof sample];
	struct piece piece = { SIDE_CLIENT, changed, sizeof sample - 1 };

	(void)state;
	for (size_t i = 0; i < 8 * (sizeof sample - 1); i++) {
		memcpy(changed, sample, sizeof sample);
		changed[i / 8] = (char)(changed[i / 8] ^ 1 << i % 8);
		fake_reset(&emit);
		fake_datagram(&sip_dissector, &emit, changed, sizeof sample - 1);
		assert_true(emit.count <= 1);
		fake_reset(&emit);
		fake_stream(&sip_dissector, &emit, &piece, 1, i % 5 * 30);
		assert_true(emit.count <= 3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(phone_registers),
		cmocka_unit_test(names_are_compact_and_lines_folded),
		cmocka_unit_test(status_lines_vary),
		cmocka_unit_test(contact_may_tell_when_it_expires),
		cmocka_unit_test(secrets_stay_where_they_are),
		cmocka_unit_test(datagrams_without_messages_say_nothing),
		cmocka_unit_test(streams_hold_many),
		cmocka_unit_test(lengths_may_be_missing),
		cmocka_unit_test(captures_begin_anywhere),
		cmocka_unit_test(ends_come_early),
		cmocka_unit_test(long_ones_are_bounded),
		cmocka_unit_test(messages_are_found_in_lines),
		cmocka_unit_test(long_lines_are_refused),
		cmocka_unit_test(holes_are_survived),
		cmocka_unit_test(other_ports_are_read_strictly),
		cmocka_unit_test(every_prefix_is_survived),
		cmocka_unit_test(every_changed_octet_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

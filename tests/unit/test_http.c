/* HTTP/1.x: where messages begin and end, the fields of their headers, what bodies hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "dissectors/http.h"
#include "dissectors/http_body.h"
#include "dissectors/http_device.h"
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
		fake_stream(&http_dissector, &emit, pieces, count, steps[i]);
		got = fake_print(&emit);
		assert_string_equal(got, expected);
		free(got);
	}
}

#define EXPECT(pieces, expected) expect(pieces, COUNT(pieces), expected)

static void fields_come_from_the_header(void **state)
{
	static const struct piece pieces[] = {
		PIECE(CLIENT, "POST /CertProv/CertProvisioningService.svc HTTP/1.1\r\nhost: Web.ABC.com:80\r\nUser-Agent:  CE/1.0 \r\n"
			"SOAPAction: \"http://x/Get Root\"\r\nContent-Type: text/xml; charset=utf-8\r\nAuthorization: NTLM TlRMTVNTUAABAAAA\r\n"
			"Cookie: secret\r\nContent-Length: 4\r\n\r\nbody"),
		PIECE(SERVER, "HTTP/1.1 401 Unauthorized\r\nServer: Microsoft-IIS/7.5\r\nWWW-Authenticate: Negotiate, NTLM\r\n"
			"www-authenticate: Digest realm=\"a, Basic b\", nonce = \"c\", qop=auth, Bearer\r\nContent-Length: 0\r\n\r\n"),
	};

	(void)state;
	EXPECT(pieces, "http request {method: \"POST\", host: \"web.abc.com:80\", target: \"/CertProv/CertProvisioningService.svc\", user_agent: \"CE/1.0\", "
		"soap_action: \"http://x/Get Root\", authorization: \"NTLM\", content_type: \"text/xml; charset=utf-8\", content_length: 4}\n"
		"http response {status: 401, server: \"Microsoft-IIS/7.5\", www_authenticate: [\"Negotiate\", \"NTLM\", \"Digest\", \"Bearer\"], content_length: 0}\n");
}

static void requests_may_be_pipelined(void **state)
{
	static const struct piece pieces[] = {
		PIECE(CLIENT, "\r\n\r\nGET /a HTTP/1.1\r\nHost: x.\r\n\r\nHEAD /b HTTP/1.1\r\n\r\nPOST /c HTTP/1.0\nContent-Length: 2\n\nhi\r\nGET /d HTTP/1.1\r\n\r\n"),
		PIECE(SERVER, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"
			"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 204 None\r\nContent-Length: 9\r\n\r\nHTTP/1.1 304 Not\r\n\r\n"),
	};

	(void)state;
	EXPECT(pieces, "http request {method: \"GET\", host: \"x\", target: \"/a\"}\nhttp request {method: \"HEAD\", target: \"/b\"}\n"
		"http request {method: \"POST\", target: \"/c\", content_length: 2}\nhttp request {method: \"GET\", target: \"/d\"}\n"
		"http response {status: 200, content_length: 3}\nhttp response {status: 200, content_length: 500}\nhttp response {status: 100}\n"
		"http response {status: 204, content_length: 9}\nhttp response {status: 304}\n");
	assert_int_equal(emit.malformed, 0);
}

static void chunks_have_trailers_and_extensions(void **state)
{
	static const struct piece pieces[] = {
		PIECE(SERVER, "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\nContent-Type: text/plain\r\n\r\n"
			"5;x=\"y\"\r\nHTTP/\r\n00A\r\n1.1 200 OK\r\n0\r\nTrailer: x\r\n\r\n"
			"HTTP/1.1 201 Made\r\nTransfer-Encoding: chunked\r\nContent-Type: image/png\r\n\r\n4\nabcd\n1\r\n0\r\n0\r\n\r\nHTTP/1.1 304 N\r\n\r\n"),
	};

	(void)state;
	EXPECT(pieces, "http response {status: 200, content_type: \"text/plain\"}\nhttp response {status: 201, content_type: \"image/png\"}\n"
		"http response {status: 304}\n");
	assert_int_equal(emit.malformed, 0);
}

static void body_without_length_ends_with_the_connection(void **state)
{
	static const struct piece pieces[] = { PIECE(SERVER, "HTTP/1.0 200 OK\r\nLocation: https://me:secret@x.y/@z\r\n\r\nanything\r\n\r\nHTTP/1.1 200 OK\r\n\r\n") };

	(void)state;
	EXPECT(pieces, "http response {status: 200, location: \"https://x.y/@z\"}\n");
}

static void tunnels_are_left_alone(void **state)
{
	static const struct piece connect[] = {
		PIECE(CLIENT, "CONNECT x:443 HTTP/1.1\r\n\r\n"), PIECE(SERVER, "HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"),
		PIECE(CLIENT, "CONNECT x:443 HTTP/1.1\r\n\r\n"), PIECE(SERVER, "HTTP/1.1 200 Connected\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
	};
	static const struct piece upgrade[] = {
		PIECE(CLIENT, "GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"), PIECE(SERVER, "HTTP/1.1 101 Switch\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"),
	};

	(void)state;
	EXPECT(connect, "http request {method: \"CONNECT\", target: \"x:443\"}\nhttp response {status: 407, content_length: 0}\n"
		"http request {method: \"CONNECT\", target: \"x:443\"}\nhttp response {status: 200}\n");
	EXPECT(upgrade, "http request {method: \"GET\", target: \"/\"}\nhttp response {status: 101}\n");
}

static void folded_lines_are_one(void **state)
{
	static const struct piece pieces[] = { PIECE(CLIENT, "GET /a b HTTP/1.1\r\nUser-Agent: one\r\n two\n\tthree\r\nno field\r\nX\r\n\r\n") };

	(void)state;
	EXPECT(pieces, "http request {method: \"GET\", target: \"/a b\", user_agent: \"one   two  three\"}\n");
}

static void start_lines_may_be_odd(void **state)
{
	static const struct piece pieces[] = {
		PIECE(CLIENT, "OPTIONS\nHost: x\n\nGET   /a  HTTP/1.1\r\n\r\n"),
		PIECE(SERVER, "HTTP/1.1 20x ok\r\nContent-Length: 1\r\n\r\naHTTP/1.\xc5 201 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1  2040\r\nContent-Length: 0\r\n\r\n"),
	};

	(void)state;
	EXPECT(pieces, "http request {method: \"OPTIONS\", host: \"x\"}\nhttp request {method: \"GET\", target: \"/a\"}\n"
		"http response {status: 20, content_length: 1}\nhttp response {status: 201, content_length: 0}\nhttp response {status: 204, content_length: 0}\n");
	assert_int_equal(emit.malformed, 0);
}

static void big_bodies_are_passed_over(void **state)
{
	static const char *const types[] = { "image/png", "text/plain" };
	size_t room = 700000;

	(void)state;
	for (size_t i = 0; i < COUNT(types); i++) {
		char *octets = malloc(room), *got;
		int head = snprintf(octets, room, "HTTP/1.1 200 OK\r\nContent-Length: 600000\r\nContent-Type: %s\r\n\r\n", types[i]);
		size_t len = (size_t)head + 600000;
		struct piece piece = { SIDE_SERVER, octets, 0 };
		char expected[200];

		memset(octets + head, 'x', 600000);
		memcpy(octets + len, "HTTP/1.1 304 N\r\n\r\n", 18);
		snprintf(expected, sizeof expected, "http response {status: 200, content_type: \"%s\", content_length: 600000}\nhttp response {status: 304}\n", types[i]);
		piece.len = len + 18;
		for (size_t step = 1000; step < 1000000; step *= 10) {
			fake_reset(&emit);
			fake_stream(&http_dissector, &emit, &piece, 1, step);
			got = fake_print(&emit);
			assert_string_equal(got, expected);
			free(got);
		}
		free(octets);
	}
}

/* 1000 chunks of 300 octets: more than is waited for, so passed over; and of 100 octets: waited for. */
static void long_chunked_bodies_are_passed_over(void **state)
{
	size_t room = 400000;
	char *octets = malloc(room), *got;
	struct piece piece = { SIDE_SERVER, octets, 0 };

	(void)state;
	for (size_t size = 100; size <= 300; size += 200) {
		piece.len = (size_t)snprintf(octets, room, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
		for (unsigned n = 0; n < 1000; n++)
			piece.len += (size_t)snprintf(octets + piece.len, room - piece.len, "%zx\r\n%0*u\r\n", size, (int)size, n);
		piece.len += (size_t)snprintf(octets + piece.len, room - piece.len, "0\r\n\r\nHTTP/1.1 304 N\r\n\r\n");
		for (size_t step = 99; step < 1000000; step *= 10) {
			fake_reset(&emit);
			fake_stream(&http_dissector, &emit, &piece, 1, step);
			got = fake_print(&emit);
			assert_string_equal(got, "http response {status: 200}\nhttp response {status: 304}\n");
			assert_int_equal(emit.malformed, 0);
			free(got);
		}
	}
	free(octets);
}

static void other_protocols_are_refused(void **state)
{
	static const struct piece tls[] = { PIECE(CLIENT, "\x16\x03\x01\x02\x00GET / HTTP/1.1\r\n\r\n") };
	static const struct piece sip[] = { PIECE(CLIENT, "OPTIONS sip:x SIP/2.0\r\n\r\nGET / HTTP/1.1\r\n\r\n") };
	static const struct piece old[] = {
		PIECE(CLIENT, "GET /\r\nA: b\r\n\r\nOPTIONS HTTP/1.1\r\n\r\nHEAD \r\n\r\n"),
		PIECE(SERVER, "inside something\r\nHTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n012345678HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n"),
	};
	static const struct piece later[] = { PIECE(CLIENT, "GET /1 HTTP/1.1\r\n\r\nrubbish\r\nGET /2 HTTP/1.1\r\n\r\n") };

	(void)state;
	EXPECT(tls, "");
	EXPECT(sip, "http request {method: \"GET\", target: \"/\"}\n");
	EXPECT(old, "http request {method: \"GET\", target: \"/\"}\nhttp request {method: \"OPTIONS\", target: \"HTTP/1.1\"}\n"
		"http request {method: \"HEAD\"}\nhttp response {status: 200, content_length: 9}\nhttp response {status: 400, content_length: 0}\n");
	EXPECT(later, "http request {method: \"GET\", target: \"/1\"}\nhttp request {method: \"GET\", target: \"/2\"}\n");
	assert_int_equal(emit.malformed, 1);
	assert_true(http_dissector.recognise(span_of("GET / HTTP/1.1\r\n", 16), TRANSPORT_TCP));
	assert_true(http_dissector.recognise(span_of("GET /long", 9), TRANSPORT_TCP));
	assert_false(http_dissector.recognise(span_of("GET x", 5), TRANSPORT_TCP));
	assert_false(http_dissector.recognise(span_of("FOO /long", 9), TRANSPORT_TCP));
	assert_false(http_dissector.recognise(span_of("HTTP/1.1 2", 10), TRANSPORT_TCP));
	assert_false(http_dissector.recognise(span_of("GET / HTTP/2.0\r\n", 16), TRANSPORT_TCP));
	assert_true(http_dissector.recognise(span_of("HTTP/1.1 200\r\n", 14), TRANSPORT_TCP));
	assert_false(http_dissector.recognise(span_of("HTTP/1.1 2000\r\n", 15), TRANSPORT_TCP));
}

static void long_headers_are_refused(void **state)
{
	size_t room = 80000;
	char *octets = malloc(room);
	struct piece piece = { SIDE_CLIENT, octets, room };

	(void)state;
	memset(octets, 'x', room);
	memcpy(octets, "GET / HTTP/1.1\r\nA: ", 19);
	memcpy(octets + room - 4, "\r\n\r\n", 4);
	fake_reset(&emit);
	fake_stream(&http_dissector, &emit, &piece, 1, 1000);
	assert_int_equal(emit.count, 0);
	free(octets);
}

static void fill(char *to, size_t len)
{
	memset(to, 'a', len);
	to[len] = '\0';
}

/* What is too long is so in whatever pieces it comes. */
static void long_lines_are_refused(void **state)
{
	static char line[20000], target[22000], chunk[22000];
	struct piece pieces[2] = { { SIDE_CLIENT, target, 0 }, { SIDE_SERVER, chunk, 0 } };

	(void)state;
	fill(line, sizeof line - 1);
	pieces[0].len = (size_t)snprintf(target, sizeof target, "GET / HTTP/1.1\r\n\r\nGET /%s HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n", line);
	fill(line, 5000);
	pieces[1].len = (size_t)snprintf(chunk, sizeof chunk, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;%s\r\nx\r\n0\r\n\r\nHTTP/1.1 204 N\r\n\r\n", line);
	EXPECT(pieces, "http request {method: \"GET\", target: \"/\"}\nhttp request {method: \"GET\", target: \"/b\"}\n"
		"http response {status: 200}\nhttp response {status: 204}\n");
	assert_int_equal(emit.malformed, 2);
}

/* Behind a hole a message may begin in the middle of a line: a body needs no line end. */
static void messages_are_found_behind_holes(void **state)
{
	static const struct piece pieces[] = {
		PIECE(CLIENT, "GET /a HTTP/1.1\r\n\r\n"), { SIDE_CLIENT, NULL, 7 },
		PIECE(CLIENT, "CRIBE /x HTTP/1.1\r\n\r\n{\"GET\": \"GET it\"}POST /b HTTP/1.1\r\nContent-Length: 2\r\n\r\nokFOO /c HTTP/1.1\r\n\r\n"),
		{ SIDE_CLIENT, NULL, 0 }, PIECE(CLIENT, "x\nFOO /d HTTP/1.1\r\n\r\n"), { SIDE_CLIENT, NULL, 0 }, PIECE(CLIENT, "yCONNECT e:1 HTTP/1.1\r\n\r\n"),
		{ SIDE_CLIENT, NULL, 0 }, PIECE(CLIENT, "GET /f HTTP/1.1\r\n\r\n"),
	};

	(void)state;
	EXPECT(pieces, "http request {method: \"GET\", target: \"/a\"}\nhttp request {method: \"POST\", target: \"/b\", content_length: 2}\n"
		"http request {method: \"FOO\", target: \"/c\"}\nhttp request {method: \"FOO\", target: \"/d\"}\n"
		"http request {method: \"CONNECT\", target: \"e:1\"}\nhttp request {method: \"GET\", target: \"/f\"}\n");
	assert_int_equal(emit.malformed, 0);
}

/* Of what is missing nobody knows how many answers were in it: the next one is no HEAD's. */
static void methods_are_forgotten_with_a_hole(void **state)
{
	static const struct piece pieces[] = {
		PIECE(CLIENT, "GET /a HTTP/1.1\r\n\r\nHEAD /b HTTP/1.1\r\n\r\nGET /c HTTP/1.1\r\n\r\n"),
		PIECE(SERVER, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n"), { SIDE_SERVER, NULL, 500 },
		PIECE(SERVER, "\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 204 N\r\n\r\n"),
	};

	(void)state;
	EXPECT(pieces, "http request {method: \"GET\", target: \"/a\"}\nhttp request {method: \"HEAD\", target: \"/b\"}\n"
		"http request {method: \"GET\", target: \"/c\"}\nhttp response {status: 200}\nhttp response {status: 200, content_length: 3}\nhttp response {status: 204}\n");
	assert_int_equal(emit.malformed, 0);
}

/* Feeds octets as the flow layer does, from stream octet `offset` on; answers where the stream goes on. */
static uint64_t feed(void *memory, uint64_t offset, const char *text, uint64_t until)
{
	size_t len = strlen(text);
	uint64_t at = offset;

	while (at < offset + len) {
		size_t skip = (size_t)(at - offset), used;

		emit.offset = at;
		used = http_dissector.stream(memory, SIDE_SERVER, span_of(text + skip, len - skip), &emit);
		assert_true(used != STREAM_STOP && used != STREAM_MORE);
		at += used;
	}
	assert_int_equal(at, until);
	return at;
}

static void holes_in_bodies_are_counted(void **state)
{
	uint64_t memory[64] = { 0 };
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 100\r\n\r\n";
	uint64_t body = sizeof head - 1;
	char *got;

	(void)state;
	assert_true(http_dissector.state_size <= sizeof memory);
	fake_reset(&emit);
	/* inside the body */
	feed(memory, 0, "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 100\r\n\r\n0123456789", body + 99);
	assert_true(http_dissector.gap(memory, SIDE_SERVER, 50, &emit));
	feed(memory, body + 60, "0123456789012345678901234567890123456789HTTP/1.1 304 N\r\n\r\n", body + 118);
	assert_int_equal(emit.count, 2);
	/* up to its end exactly */
	feed(memory, 1000, head, 1000 + body);
	assert_true(http_dissector.gap(memory, SIDE_SERVER, 100, &emit));
	feed(memory, 1100 + body, "HTTP/1.1 304 N\r\n\r\n", 1118 + body);
	assert_int_equal(emit.count, 4);
	/* beyond it */
	feed(memory, 2000, head, 2000 + body);
	assert_true(http_dissector.gap(memory, SIDE_SERVER, 200, &emit));
	feed(memory, 2200 + body, "rest of something\r\n", 2219 + body);
	assert_int_equal(emit.count, 5);
	feed(memory, 2219 + body, "HTTP/1.1 404 N\r\nContent-Length: 5\r\n\r\n", 2256 + body);
	/* nobody knows how much */
	assert_true(http_dissector.gap(memory, SIDE_SERVER, 0, &emit));
	got = fake_print(&emit);
	assert_string_equal(got, "http response {status: 200, content_type: \"image/png\", content_length: 100}\nhttp response {status: 304}\n"
		"http response {status: 200, content_type: \"image/png\", content_length: 100}\nhttp response {status: 304}\n"
		"http response {status: 200, content_type: \"image/png\", content_length: 100}\nhttp response {status: 404, content_length: 5}\n");
	free(got);
	http_dissector.close(memory);
}

static void resets_end_bodies(void **state)
{
	uint64_t memory[64] = { 0 };
	static const char head[] = "HTTP/1.0 200 OK\r\nContent-Type: image/png\r\n\r\n";
	char *got;

	(void)state;
	fake_reset(&emit);
	feed(memory, 0, head, sizeof head - 1);
	feed(memory, sizeof head - 1, "body", sizeof head + 3);
	assert_true(http_dissector.gap(memory, SIDE_SERVER, 10, &emit));
	feed(memory, sizeof head + 13, "body", sizeof head + 17);
	assert_int_equal(emit.count, 0);
	assert_true(http_dissector.gap(memory, SIDE_SERVER, 0, &emit));
	got = fake_print(&emit);
	assert_string_equal(got, "http response {status: 200, content_type: \"image/png\"}\n");
	free(got);
	http_dissector.close(memory);
}

static const char update[] = "<?xml version=\"1.0\"?><!-- <model>no</model> --><r:Request Version=\"1.0\"><Device MAC-Address='0004F2AABB01' Vendor=\"Polycom\"/>"
	"<n:Model> CX600 </n:Model><Property Name=\"SerialNumber\" Value=\"0004f2\"/><Module name=\"CPE\" version=\"4.0.7577.4363\"/></r:Request>";
#define UPDATE_FIELDS "device_model: \"CX600\", device_vendor: \"Polycom\", device_firmware: \"4.0.7577.4363\", device_mac: \"0004F2AABB01\", device_serial: \"0004f2\""

static void device_update_tells_the_firmware(void **state)
{
	char octets[2048], expected[1024];
	struct piece piece = { SIDE_CLIENT, octets, 0 };

	(void)state;
	piece.len = (size_t)snprintf(octets, sizeof octets, "POST /RequestHandler/UCDevice.upx HTTP/1.1\r\nContent-Type: text/xml\r\nContent-Length: %zu\r\n\r\n%s",
		sizeof update - 1, update);
	snprintf(expected, sizeof expected, "http request {method: \"POST\", target: \"/RequestHandler/UCDevice.upx\", content_type: \"text/xml\", "
		"content_length: %zu, " UPDATE_FIELDS "}\n", sizeof update - 1);
	expect(&piece, 1, expected);
}

static size_t compress_with(int window, const void *from, size_t len, uint8_t *to, size_t room)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)from, .avail_in = (uInt)len, .next_out = to, .avail_out = (uInt)room };

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return room - z.avail_out;
}

/* What http_body_put finds in a body of this coding. */
static char *found_in(const char *coding, const uint8_t *body, size_t len)
{
	static const struct kind kind = { .proto = "p", .name = "k" };
	char octets[200];
	struct http_header h;
	struct event *e;
	uint8_t *exact = malloc(len ? len : 1);

	memcpy(exact, body, len);
	snprintf(octets, sizeof octets, "POST /ucdevice.upx HTTP/1.1\r\nContent-Encoding: %s\r\n\r\n", coding);
	http_header_copy(span_of(octets, strlen(octets)), &h);
	fake_reset(&emit);
	e = emit_begin(&emit, &kind);
	http_body_put(&h, span_of(exact, len), &e->fields);
	emit_end(&emit, e);
	http_header_free(&h);
	free(exact);
	return fake_print(&emit);
}

static void codings_are_undone(void **state)
{
	static const struct { const char *name; int window; } codings[] = { { "gzip", MAX_WBITS + 16 }, { "X-GZIP", MAX_WBITS + 16 },
		{ "deflate", MAX_WBITS }, { "deflate", -MAX_WBITS } };
	uint8_t packed[1024];

	(void)state;
	for (size_t i = 0; i < COUNT(codings); i++) {
		size_t len = compress_with(codings[i].window, update, sizeof update - 1, packed, sizeof packed);
		char *got = found_in(codings[i].name, packed, len);

		assert_string_equal(got, "p k {" UPDATE_FIELDS "}\n");
		free(got);
		for (size_t n = 0; n < len; n++)
			free(found_in(codings[i].name, packed, n));
	}
}

static void bombs_end_at_a_mebibyte(void **state)
{
	size_t size = 64 << 20;
	char *zeros = calloc(1, size), *got;
	uint8_t *packed = malloc(1 << 20);
	size_t len;

	(void)state;
	memcpy(zeros + (2 << 20), update, sizeof update);
	len = compress_with(MAX_WBITS + 16, zeros, size, packed, 1 << 20);
	got = found_in("gzip", packed, len);
	assert_string_equal(got, "p k {}\n");
	free(got);
	free(packed);
	free(zeros);
}

static void every_prefix_of_xml_is_survived(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof update; n++)
		free(found_in("identity", (const uint8_t *)update, n));
}

static void secrets_stay_where_they_are(void **state)
{
	static const struct piece pieces[] = {
		PIECE(CLIENT, "GET http://me:secret@x/ HTTP/1.1\r\nAuthorization: secret\r\nCookie: secret\r\n\r\n"
			"GET / HTTP/1.1\r\nAuthorization: Basic secret\r\nProxy-Authorization: Basic secret\r\n\r\n"),
		PIECE(SERVER, "HTTP/1.1 200 OK\r\nSet-Cookie: secret\r\nContent-Length: 6\r\n\r\nsecret"
			"HTTP/1.1 301 N\r\nLocation: http://me\0:secret@x/\r\nContent-Length: 0\r\n\r\n"),
	};

	(void)state;
	EXPECT(pieces, "http request {method: \"GET\", target: \"http://x/\"}\nhttp request {method: \"GET\", target: \"/\", authorization: \"Basic\"}\n"
		"http response {status: 200, content_length: 6}\nhttp response {status: 301, location: \"http://x/\", content_length: 0}\n");
}

/* Whatever one octet is changed into: nothing is read beyond the end (a sanitizer sees it), and the stream goes on or stops. */
static void every_changed_octet_is_survived(void **state)
{
	static const char text[] = "POST /ucdevice.upx HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Type: text/xml\r\n\r\n"
		"1A;x\r\n<a model=\"x\"><vendor>y</a>\r\n0\r\nA: b\r\n\r\nGET / HTTP/1.0\r\nContent-Length: 3\r\nAuthorization: NTLM x\r\n\r\nabc";
	char changed[sizeof text];
	struct piece piece = { SIDE_CLIENT, changed, sizeof text - 1 };

	(void)state;
	for (size_t i = 0; i < 8 * (sizeof text - 1); i++) {
		memcpy(changed, text, sizeof text);
		changed[i / 8] = (char)(changed[i / 8] ^ 1 << i % 8);
		fake_reset(&emit);
		fake_stream(&http_dissector, &emit, &piece, 1, i % 5 * 3);
		assert_true(emit.count <= 3);
	}
}

static void bad_chunks_are_refused(void **state)
{
	static const char *const bad[] = { "x\r\n", "\r\n\r\n", "-1\r\n", "1234567890123\r\n", "0x5\r\n" };
	struct http_chunk chunk;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(http_chunk_read(span_of(bad[i], strlen(bad[i])), &(size_t){ 0 }, &chunk), HEADER_BAD);
	assert_int_equal(http_chunk_read(span_of("\r\nfF;a\r\n", 8), &(size_t){ 0 }, &chunk), HEADER_WHOLE);
	assert_int_equal(chunk.data, 255);
	assert_int_equal(chunk.head, 8);
	assert_int_equal(http_chunk_read(span_of("0\r\nA: b\r\n\r\n", 11), &(size_t){ 0 }, &chunk), HEADER_WHOLE);
	assert_true(chunk.last);
	assert_int_equal(chunk.head, 11);
	assert_int_equal(http_chunk_read(span_of("0\r\nA: b\r\n\r", 10), &(size_t){ 0 }, &chunk), HEADER_MORE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_come_from_the_header),
		cmocka_unit_test(requests_may_be_pipelined),
		cmocka_unit_test(chunks_have_trailers_and_extensions),
		cmocka_unit_test(body_without_length_ends_with_the_connection),
		cmocka_unit_test(tunnels_are_left_alone),
		cmocka_unit_test(folded_lines_are_one),
		cmocka_unit_test(start_lines_may_be_odd),
		cmocka_unit_test(big_bodies_are_passed_over),
		cmocka_unit_test(long_chunked_bodies_are_passed_over),
		cmocka_unit_test(other_protocols_are_refused),
		cmocka_unit_test(long_headers_are_refused),
		cmocka_unit_test(long_lines_are_refused),
		cmocka_unit_test(messages_are_found_behind_holes),
		cmocka_unit_test(methods_are_forgotten_with_a_hole),
		cmocka_unit_test(holes_in_bodies_are_counted),
		cmocka_unit_test(resets_end_bodies),
		cmocka_unit_test(device_update_tells_the_firmware),
		cmocka_unit_test(codings_are_undone),
		cmocka_unit_test(bombs_end_at_a_mebibyte),
		cmocka_unit_test(every_prefix_of_xml_is_survived),
		cmocka_unit_test(secrets_stay_where_they_are),
		cmocka_unit_test(every_changed_octet_is_survived),
		cmocka_unit_test(bad_chunks_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * HTTP/1.x: where messages begin and end in the two directions of a connection. What is in a header: http_header.c; in a body: http_body.c.
 * Rules: RFC 9112 6 (length of a body), 9 (connections), RFC 9110 9.3.6 (CONNECT), 7.8 (Upgrade), 15.2 (interim responses).
 *
 * An event is reported when its message is complete, in the frame that completed it. Its header is kept until then. A body that may hold
 * something is waited for, up to 256 KiB; any other is passed over but for its last octet, so that its end is seen.
 */
#include "dissectors/http.h"

#include <stdlib.h>

#include "base/memory.h"
#include "dissectors/header_way.h"
#include "dissectors/http_body.h"
#include "dissectors/http_header.h"

enum {
	WAIT_MAX = 256 * 1024,          /* what a stream may be asked to wait for (flow/dissector.h) */
	WAIT_UNTIL = WAIT_MAX - 64 * 1024,      /* of a body whose length nobody knows: one segment more may be too much */
	KEPT_MAX = 16 * 1024,           /* of a longer header the event comes before the body */
	HEADER_MAX = 64 * 1024,         /* longer headers are not read */
	METHODS_MAX = 64,               /* requests without an answer yet, whose methods are remembered */
};

enum phase { PHASE_START, PHASE_LENGTH, PHASE_CHUNKS, PHASE_CLOSE };
enum method { METHOD_OTHER, METHOD_HEAD, METHOD_CONNECT };

/* One direction. Offsets are of the stream, as emit_offset counts. */
struct way {
	enum phase phase;
	struct header_way start;        /* where the next message begins; lost: also how far into a body it is */
	bool has_header, wanted;        /* a header is kept; its body is to be looked into, and was whole so far */
	struct http_header header;
	uint64_t from, body, until;     /* where the message began, its body began, its body or present chunk ends */
	size_t joined, searched;        /* octets of what waits that are whole chunks; and of those behind them that need not be looked at again */
};

struct state {
	struct search search;
	bool over;                      /* CONNECT or Upgrade: what follows is another protocol */
	struct way ways[2];
	uint8_t methods[METHODS_MAX];   /* ring of enum method */
	unsigned first, count;
};

const struct kind http_request = { .proto = "http", .name = "request" };
const struct kind http_response = { .proto = "http", .name = "response" };

const struct field http_method = { "method" };
const struct field http_host = { "host" };
const struct field http_target = { "target" };
const struct field http_user_agent = { "user_agent" };
const struct field http_soap_action = { "soap_action" };
const struct field http_status = { "status" };
const struct field http_location = { "location" };
const struct field http_server = { "server" };
const struct field http_www_authenticate = { "www_authenticate" };
const struct field http_content_type = { "content_type" };
const struct field http_content_length = { "content_length" };
const struct field http_certificates = { "certificates" };
const struct field http_authorization = { "authorization" };
const struct field http_device_model = { "device_model" };
const struct field http_device_vendor = { "device_vendor" };
const struct field http_device_firmware = { "device_firmware" };
const struct field http_device_mac = { "device_mac" };
const struct field http_device_serial = { "device_serial" };

static const struct kind *const kinds[] = { &http_request, &http_response, NULL };
static const uint16_t tcp_ports[] = { 80, 8080, 8000, 8008, 8081, 8088, 8888, 3128, 5985, 2869, 1080 /* behind the SOCKS handshake */, 0 };

/* ---- requests wait for their responses ---- */

static void method_remember(struct state *st, struct span method)
{
	enum method m = span_is(method, "HEAD") ? METHOD_HEAD : span_is(method, "CONNECT") ? METHOD_CONNECT : METHOD_OTHER;

	if (st->count == METHODS_MAX) {
		st->first = (st->first + 1) % METHODS_MAX;
		st->count--;
	}
	st->methods[(st->first + st->count++) % METHODS_MAX] = (uint8_t)m;
}

static enum method method_answered(struct state *st)
{
	enum method m = METHOD_OTHER;

	if (st->count) {
		m = (enum method)st->methods[st->first];
		st->first = (st->first + 1) % METHODS_MAX;
		st->count--;
	}
	return m;
}

/* ---- one message ---- */

static void report(struct way *s, enum side from, struct span body, uint64_t until, struct emit *to)
{
	struct event *e = emit_begin(to, s->header.is_response ? &http_response : &http_request);

	http_header_put(&s->header, &e->fields);
	if (s->wanted)
		http_body_put(&s->header, body, &e->fields);
	emit_range(to, e, from, s->from, until);
	emit_end(to, e);
	http_header_free(&s->header);
	s->has_header = false;
}

/* The message ends at stream octet `until`; `body` is what there is of its body, empty where it was passed over. */
static void finish(struct way *s, enum side from, struct span body, uint64_t until, struct emit *to)
{
	if (s->has_header)
		report(s, from, body, until, to);
	s->phase = PHASE_START;
	s->joined = s->searched = 0;
}

/* RFC 9112 6.3, in its order. */
static enum phase body_form(struct state *st, const struct http_header *h, uint64_t *ret_length)
{
	if (h->is_response) {
		bool interim = h->status / 100 == 1;
		enum method method = interim ? METHOD_OTHER : method_answered(st);

		if (h->status == 101 || (method == METHOD_CONNECT && h->status / 100 == 2))
			st->over = true;
		if (st->over || interim || h->status == 204 || h->status == 304 || method == METHOD_HEAD)
			return PHASE_START;
	} else {
		method_remember(st, h->method);
	}
	if (http_header_lists(h, "Transfer-Encoding", "chunked"))
		return PHASE_CHUNKS;
	if (http_header_length(h, ret_length))
		return *ret_length ? PHASE_LENGTH : PHASE_START;
	return h->is_response ? PHASE_CLOSE : PHASE_START;
}

static void begin(struct state *st, enum side from, struct span header, struct emit *to)
{
	struct way *s = &st->ways[from];
	uint64_t length = 0;

	st->search.seen = true;
	s->joined = s->searched = 0;
	http_header_copy(header, &s->header);
	s->has_header = true;
	s->from = emit_offset(to);
	s->body = s->from + header.len;
	s->phase = body_form(st, &s->header, &length);
	s->wanted = s->phase != PHASE_START && http_body_is_wanted(&s->header) && length <= WAIT_MAX;
	s->until = s->body + length;
	if (s->phase == PHASE_START) {
		finish(s, from, span_of(header.data, 0), s->body, to);
	} else if (header.len > KEPT_MAX) {
		s->wanted = false;
		report(s, from, span_of(header.data, 0), s->body, to);
	}
}

/* ---- finding the start ---- */

/* Empty lines in front of a message are passed over (RFC 9112 2.2). */
static size_t blank_lines(struct span octets)
{
	size_t len = 0;

	while (len < octets.len && (octets.data[len] == '\r' || octets.data[len] == '\n'))
		len++;
	return len;
}

static const struct header_syntax syntax = { .expected = http_start_line_loose, .in_front = http_start_line, .anywhere = http_start_line_known,
	.blank = blank_lines, .max = HEADER_MAX, .strange = "no HTTP message where one should begin" };

static size_t read_start(struct state *st, enum side from, struct span octets, struct emit *to)
{
	size_t len;

	if (header_way_read(&syntax, &st->search, &st->ways[from].start, octets, to, &len) != HEADER_WHOLE)
		return len;
	begin(st, from, span_part(octets, 0, len), to);
	return st->over ? STREAM_STOP : len;
}

/* What is no chunk: where the next message begins is not known. */
static size_t refuse(struct state *st, struct way *s, struct span octets, struct emit *to)
{
	return header_way_refuse(&syntax, &st->search, &s->start, octets, to);
}

/* ---- bodies ---- */

/* To pass over what ends at stream octet `until`, all but its last octet: so the end is seen when it comes. It has not come yet. */
static size_t pass(uint64_t until, const struct emit *to)
{
	return (size_t)(until - emit_offset(to)) - 1;
}

static size_t read_length(struct way *s, enum side from, struct span octets, struct emit *to)
{
	uint64_t left = s->until - emit_offset(to);

	if (left > octets.len)
		return s->wanted ? STREAM_MORE : pass(s->until, to);
	finish(s, from, span_part(octets, 0, (size_t)left), s->until, to);
	return (size_t)left;
}

static void finish_chunks(struct way *s, enum side from, struct span octets, struct emit *to)
{
	uint8_t *room = memory_get(octets.len);
	size_t len = s->wanted ? http_chunks_join(octets, room) : 0;

	finish(s, from, span_of(room, len), emit_offset(to) + octets.len, to);
	free(room);
}

/* Chunk after chunk, none of them kept. */
static size_t pass_chunks(struct state *st, enum side from, struct span octets, struct emit *to)
{
	struct way *s = &st->ways[from];
	struct http_chunk chunk;

	if (s->wanted)
		s->searched = 0;
	s->wanted = false;
	if (s->until > emit_offset(to))
		return (size_t)(s->until - emit_offset(to));
	switch (http_chunk_read(octets, &s->searched, &chunk)) {
	case HEADER_MORE: return STREAM_MORE;
	case HEADER_BAD:
		finish_chunks(s, from, span_part(octets, 0, 0), to);
		return refuse(st, s, octets, to);
	case HEADER_WHOLE: break;
	}
	if (chunk.last) {
		finish_chunks(s, from, span_part(octets, 0, chunk.head), to);
		return chunk.head;
	}
	s->until = emit_offset(to) + chunk.head + chunk.data;
	return chunk.head + (size_t)chunk.data;
}

/* The body as a whole: nothing is consumed before its last chunk is there. */
static size_t wait_for_chunks(struct state *st, enum side from, struct span octets, struct emit *to)
{
	struct way *s = &st->ways[from];
	struct http_chunk chunk;

	for (;;) {
		size_t left = octets.len - s->joined;

		switch (http_chunk_read(span_part(octets, s->joined, left), &s->searched, &chunk)) {
		case HEADER_MORE: return octets.len > WAIT_UNTIL ? pass_chunks(st, from, octets, to) : STREAM_MORE;
		case HEADER_BAD:
			finish_chunks(s, from, span_part(octets, 0, s->joined), to);
			return refuse(st, s, octets, to);
		case HEADER_WHOLE: break;
		}
		if (s->joined + chunk.head + chunk.data > WAIT_UNTIL)
			return pass_chunks(st, from, octets, to);
		if (chunk.data > left - chunk.head)
			return STREAM_MORE;
		s->joined += chunk.head + (size_t)chunk.data;
		if (chunk.last) {
			size_t len = s->joined;

			finish_chunks(s, from, span_part(octets, 0, len), to);
			return len;
		}
	}
}

static size_t read_chunks(struct state *st, enum side from, struct span octets, struct emit *to)
{
	struct way *s = &st->ways[from];

	return s->wanted ? wait_for_chunks(st, from, octets, to) : pass_chunks(st, from, octets, to);
}

static size_t read_to_close(struct way *s, struct span octets)
{
	if (octets.len > WAIT_UNTIL)
		s->wanted = false;
	return s->wanted ? STREAM_MORE : octets.len;
}

/* Behind a hole in a body: it went on to the body's end, or beyond, or the body goes on. */
static void land(struct state *st, enum side from, struct span octets, struct emit *to)
{
	struct way *s = &st->ways[from];
	bool beyond = s->phase != PHASE_CLOSE && s->until < emit_offset(to);

	s->start.lost = beyond;
	if (beyond)
		st->count = 0;
	if (beyond || (s->phase == PHASE_LENGTH && s->until == emit_offset(to)))
		finish(s, from, span_of(octets.data, 0), s->until, to);
}

static size_t read_stream(void *state, enum side from, struct span octets, struct emit *to)
{
	struct state *st = state;
	struct way *s = &st->ways[from];

	if (s->start.lost && s->phase != PHASE_START)
		land(st, from, octets, to);
	switch (s->phase) {
	case PHASE_LENGTH: return read_length(s, from, octets, to);
	case PHASE_CHUNKS: return read_chunks(st, from, octets, to);
	case PHASE_CLOSE: return read_to_close(s, octets);
	case PHASE_START: break;
	}
	return read_start(st, from, octets, to);
}

/* ---- ends ---- */

/* A body that is passed over by its length goes on behind a hole of known size; the next call tells by its offset how much is left. One that ends
 * with the connection ends where nobody knows how much is missing: that may be a reset. */
static bool survive_gap(void *state, enum side from, uint64_t missing, struct emit *to)
{
	struct state *st = state;
	struct way *s = &st->ways[from];
	bool counted = missing && (s->phase == PHASE_LENGTH || (s->phase == PHASE_CHUNKS && !s->wanted));

	header_way_lose(&s->start);
	if (!counted && (s->phase != PHASE_CLOSE || !missing))
		finish(s, from, (struct span){ 0 }, s->body, to);
	if (s->phase == PHASE_START)
		st->count = 0;
	s->wanted = false;
	s->joined = s->searched = 0;
	return true;
}

static void end_side(void *state, enum side from, struct span rest, struct emit *to)
{
	struct state *st = state;
	struct way *s = &st->ways[from];

	if (s->phase == PHASE_CHUNKS)
		finish_chunks(s, from, rest, to);
	else if (s->phase != PHASE_START)
		finish(s, from, rest, emit_offset(to) + rest.len, to);
}

static void close_state(void *state)
{
	struct state *st = state;

	http_header_free(&st->ways[SIDE_CLIENT].header);
	http_header_free(&st->ways[SIDE_SERVER].header);
}

static size_t held_by(const void *state)
{
	const struct state *st = state;

	return http_header_held(&st->ways[SIDE_CLIENT].header) + http_header_held(&st->ways[SIDE_SERVER].header);
}

static bool recognise(struct span octets, enum transport transport)
{
	return transport == TRANSPORT_TCP && http_start_is_sure(octets);
}

const struct dissector http_dissector = {
	.name = "http",
	.standards = "RFC 9110, RFC 9112, SOAP 1.1",
	.kinds = kinds,
	.tcp_ports = tcp_ports,
	.recognise = recognise,
	.state_size = sizeof(struct state),
	.stream = read_stream,
	.gap = survive_gap,
	.end = end_side,
	.close = close_state,
	.held = held_by,
};

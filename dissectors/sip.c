/*
 * SIP over UDP and TCP: where messages begin and end. What is in a header: sip_header.c. Bodies are not looked into.
 * Rules: RFC 3261 7.5 and 18.3 (framing), RFC 5626 4.4.1 (keep-alives of empty lines).
 *
 * On a stream an event is reported when its message is complete, in the frame that completed it. Its header is kept until then, its body passed
 * over but for the last octet, so that the end is seen.
 */
#include "dissectors/sip.h"

#include "dissectors/header_way.h"
#include "dissectors/sip_header.h"

enum {
	KEPT_MAX = 16 * 1024,           /* of a longer header the event comes before the body */
	HEADER_MAX = 64 * 1024,         /* longer headers are not read */
};

/* One direction. Offsets are of the stream, as emit_offset counts. */
struct way {
	struct header_way start;        /* where the next message begins; lost: also how far into a body it is */
	bool waiting;                   /* a header is kept until its body has come */
	struct sip_header header;
	uint64_t from, until;           /* where the message began; where its body ends, 0 outside a body */
};

struct state {
	struct search search;
	struct way ways[2];
};

const struct kind sip_request = { .proto = "sip", .name = "request" };
const struct kind sip_response = { .proto = "sip", .name = "response" };

const struct field sip_method = { "method" };
const struct field sip_uri = { "uri" };
const struct field sip_status = { "status" };
const struct field sip_reason = { "reason" };
const struct field sip_from = { "from" };
const struct field sip_to = { "to" };
const struct field sip_contact = { "contact" };
const struct field sip_call_id = { "call_id" };
const struct field sip_cseq = { "cseq" };
const struct field sip_user_agent = { "user_agent" };
const struct field sip_server = { "server" };
const struct field sip_expires = { "expires" };
const struct field sip_authenticate = { "authenticate" };
const struct field sip_transport = { "transport" };
const struct field sip_diagnostics = { "diagnostics" };
const struct field sip_sts_uri = { "sts_uri" };

static const struct kind *const kinds[] = { &sip_request, &sip_response, NULL };

static const uint16_t ports[] = { 5060, 0 };

static struct event *event_of(const struct sip_header *h, const char *transport, struct emit *to)
{
	struct event *e = emit_begin(to, h->is_response ? &sip_response : &sip_request);

	sip_header_put(h, &e->fields);
	put_string(&e->fields, &sip_transport, transport);
	return e;
}

/* How many octets of no meaning `s` begins with: empty lines in front of a message are passed over (RFC 3261 7.5), and some phones keep their
 * connection alive with NULs. */
static size_t measure_blank(struct span s)
{
	size_t len = 0;

	while (len < s.len && (s.data[len] == '\r' || s.data[len] == '\n' || s.data[len] == 0))
		len++;
	return len;
}

/* ---- datagrams ---- */

/* RFC 3261 18.3: a message ends with its datagram; what is behind Content-Length is no message. */
static void read_datagram(struct span octets, struct emit *to)
{
	struct span s = span_part(octets, measure_blank(octets), octets.len);
	struct sip_header h;
	struct event *e;
	size_t header = s.len;
	uint64_t length;
	bool whole = header_measure(s, 0, &header);

	if (s.len == 0 || sip_start_line(s) == HEADER_BAD || !sip_header_copy(span_part(s, 0, header), &h))
		return;
	e = event_of(&h, "udp", to);
	if (!whole)
		emit_malformed(to, e, "no empty line behind the header");
	else if (sip_header_length(&h, &length) && length > s.len - header)
		emit_malformed(to, e, "body shorter than Content-Length");
	emit_end(to, e);
	sip_header_free(&h);
}

/* ---- streams ---- */

/* The message that waits ends at stream octet `until`. */
static void report(struct way *s, enum side from, uint64_t until, const char *malformed, struct emit *to)
{
	struct event *e = event_of(&s->header, "tcp", to);

	if (malformed)
		emit_malformed(to, e, malformed);
	emit_range(to, e, from, s->from, until);
	emit_end(to, e);
	sip_header_free(&s->header);
	s->waiting = false;
}

/* RFC 3261 18.3 demands a Content-Length on streams. Without it the next start line tells where the body ended. */
static void begin(struct state *st, enum side from, struct span header, struct emit *to)
{
	struct way *s = &st->ways[from];
	uint64_t length = 0;

	s->waiting = sip_header_copy(header, &s->header);
	if (!s->waiting)
		return;
	st->search.seen = true;
	s->from = emit_offset(to);
	if (!sip_header_length(&s->header, &length))
		header_way_lose(&s->start);
	s->until = length ? s->from + header.len + length : 0;
	if (!s->until || header.len > KEPT_MAX)
		report(s, from, s->from + header.len, NULL, to);
}

static size_t read_body(struct way *s, enum side from, struct span octets, struct emit *to)
{
	uint64_t left = s->until - emit_offset(to);

	if (left > octets.len)
		return (size_t)left - 1;
	if (s->waiting)
		report(s, from, s->until, NULL, to);
	s->until = 0;
	return (size_t)left;
}

static const struct header_syntax syntax = { .expected = sip_start_line, .in_front = sip_start_line, .anywhere = sip_start_line_known, .blank = measure_blank,
	.max = HEADER_MAX, .strange = "no SIP message where one should begin" };

static size_t read_start(struct state *st, enum side from, struct span octets, struct emit *to)
{
	size_t len;

	if (header_way_read(&syntax, &st->search, &st->ways[from].start, octets, to, &len) == HEADER_WHOLE)
		begin(st, from, span_part(octets, 0, len), to);
	return len;
}

/* Behind a hole: it lay within the body, or went to its end, or beyond. */
static void land(struct way *s, const struct emit *to)
{
	s->start.lost = s->until < emit_offset(to);
	if (s->until <= emit_offset(to))
		s->until = 0;
}

static size_t read_stream(void *state, enum side from, struct span octets, struct emit *to)
{
	struct state *st = state;
	struct way *s = &st->ways[from];

	if (s->start.lost && s->until)
		land(s, to);
	return s->until ? read_body(s, from, octets, to) : read_start(st, from, octets, to);
}

/* The header of a message whose body has a hole is whole: that is all that is read of it. */
static bool survive_gap(void *state, enum side from, uint64_t missing, struct emit *to)
{
	struct state *st = state;
	struct way *s = &st->ways[from];

	if (s->waiting)
		report(s, from, s->until, NULL, to);
	if (!missing)
		s->until = 0;
	header_way_lose(&s->start);
	return true;
}

static void end_side(void *state, enum side from, struct span rest, struct emit *to)
{
	struct state *st = state;
	struct way *s = &st->ways[from];

	if (s->waiting)
		report(s, from, emit_offset(to) + rest.len, "body shorter than Content-Length", to);
	else if (rest.len && !s->start.lost && sip_start_line(rest) == HEADER_WHOLE)
		emit_malformed(to, NULL, "no empty line behind the header");
}

static void close_state(void *state)
{
	struct state *st = state;

	sip_header_free(&st->ways[SIDE_CLIENT].header);
	sip_header_free(&st->ways[SIDE_SERVER].header);
}

static size_t held_by(const void *state)
{
	const struct state *st = state;

	return sip_header_held(&st->ways[SIDE_CLIENT].header) + sip_header_held(&st->ways[SIDE_SERVER].header);
}

static bool recognise(struct span octets, enum transport transport)
{
	(void)transport;
	return sip_start_is_sure(octets);
}

const struct dissector sip_dissector = {
	.name = "sip",
	.standards = "RFC 3261, [MS-SIPRE], [MS-SIPAE]",
	.kinds = kinds,
	.udp_ports = ports,
	.tcp_ports = ports,
	.recognise = recognise,
	.datagram = read_datagram,
	.state_size = sizeof(struct state),
	.stream = read_stream,
	.gap = survive_gap,
	.end = end_side,
	.close = close_state,
	.held = held_by,
};

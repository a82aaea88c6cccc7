#include "tests/unit/fake_flow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- dissectors ---- */

static const struct field f_text = { "text" };

static void tell(struct emit *to, const struct kind *kind, enum side from, struct span octets)
{
	struct event *e = emit_begin(to, kind);
	char text[8];

	snprintf(text, sizeof text, "%c", from == SIDE_CLIENT ? 'C' : 'S');
	put_text(&e->fields, &f_text, span_of(text, 1));
	put_text(&e->fields, &f_text, octets);
	emit_end(to, e);
}

static const struct kind echo_said = { .proto = "echo", .name = "said" }, echo_gap = { .proto = "echo", .name = "gap" };
static const struct kind echo_end = { .proto = "echo", .name = "end" };
static const struct kind *const echo_kinds[] = { &echo_said, &echo_gap, &echo_end, NULL };
static const uint16_t echo_ports[] = { PORT_ECHO, 0 };

static size_t echo_stream(void *state, enum side from, struct span octets, struct emit *to)
{
	((bool *)state)[from] = true;
	tell(to, &echo_said, from, octets);
	return octets.len;
}

static bool echo_skip(void *state, enum side from, uint64_t missing, struct emit *to)
{
	char text[24];

	if (missing || !((bool *)state)[from])  /* of its end alone it does not speak */
		tell(to, &echo_gap, from, span_of(text, (size_t)snprintf(text, sizeof text, "%llu", (unsigned long long)missing)));
	return true;
}

static void echo_ended(void *state, enum side from, struct span rest, struct emit *to)
{
	(void)state;
	tell(to, &echo_end, from, rest);
}

static const struct dissector echo = { .name = "echo", .kinds = echo_kinds, .tcp_ports = echo_ports, .state_size = 2 * sizeof(bool), .stream = echo_stream,
	.gap = echo_skip, .end = echo_ended };

static const struct kind line_said = { .proto = "line", .name = "said" };
static const struct kind *const line_kinds[] = { &line_said, NULL };
static const uint16_t line_ports[] = { PORT_LINE, 0 }, line_types[] = { TYPE_LINE, 0 };

static size_t line_stream(void *state, enum side from, struct span octets, struct emit *to)
{
	bool *lost = state;
	const uint8_t *end = memchr(octets.data, '\n', octets.len);
	size_t len = end ? (size_t)(end - octets.data) + 1 : 0;

	if (octets.data[0] == 'X')
		return STREAM_STOP;
	if (lost[from]) {
		lost[from] = !end;
		return end ? len : octets.len;
	}
	if (!end)
		return STREAM_MORE;
	tell(to, &line_said, from, span_part(octets, 0, len - 1));
	return len;
}

static bool line_skip(void *state, enum side from, uint64_t missing, struct emit *to)
{
	(void)missing, (void)to;
	((bool *)state)[from] = true;
	return true;
}

static void line_datagram(struct span octets, struct emit *to)
{
	if (span_starts(octets, "bad"))
		emit_malformed(to, NULL, "not good");
	else
		tell(to, &line_said, SIDE_CLIENT, octets);
}

static bool line_recognise(struct span octets, enum transport transport)
{
	(void)transport;
	return span_starts(octets, "LINE ");
}

static const struct dissector line = { .name = "line", .kinds = line_kinds, .tcp_ports = line_ports, .udp_ports = line_ports, .ether_types = line_types,
	.state_size = 2 * sizeof(bool), .recognise = line_recognise, .datagram = line_datagram, .stream = line_stream, .gap = line_skip };

static const struct kind block_said = { .proto = "block", .name = "said" };
static const struct kind *const block_kinds[] = { &block_said, NULL };
static const uint16_t block_ports[] = { PORT_BLOCK, 0 };
enum { BLOCK_HEAD = 7 };

static bool block_recognise(struct span octets, enum transport transport)
{
	(void)transport;
	return octets.len >= BLOCK_HEAD && octets.data[0] == 'B' && strspn((const char *)octets.data + 1, "0123456789") >= 6;
}

static size_t block_stream(void *state, enum side from, struct span octets, struct emit *to)
{
	char digits[BLOCK_HEAD] = { 0 };

	(void)state;
	if (octets.data[0] != 'B')
		return STREAM_STOP;
	if (octets.len < BLOCK_HEAD)
		return STREAM_MORE;
	memcpy(digits, octets.data + 1, BLOCK_HEAD - 1);
	tell(to, &block_said, from, span_part(octets, 0, BLOCK_HEAD));
	return BLOCK_HEAD + strtoul(digits, NULL, 10);
}

static const struct dissector block = { .name = "block", .kinds = block_kinds, .tcp_ports = block_ports, .state_size = 1,
	.recognise = block_recognise, .stream = block_stream };

static const struct kind *const keep_kinds[] = { NULL };
static const uint16_t keep_ports[] = { PORT_KEEP, 0 };

size_t fake_kept;

static size_t keep_stream(void *state, enum side from, struct span octets, struct emit *to)
{
	void **kept = state;

	(void)from, (void)to;
	if (!*kept) {
		*kept = malloc(KEPT);
		fake_kept += KEPT;
	}
	return octets.len;
}

static size_t keep_held(const void *state)
{
	return *(void *const *)state ? KEPT : 0;
}

static void keep_close(void *state)
{
	void **kept = state;

	fake_kept -= keep_held(state);
	free(*kept);
}

static const struct dissector keep = { .name = "keep", .kinds = keep_kinds, .tcp_ports = keep_ports, .state_size = sizeof(void *),
	.stream = keep_stream, .close = keep_close, .held = keep_held };

const struct dissector *const dissectors[] = { &echo, &line, &block, &keep, NULL };

/* ---- events as text ---- */

static void print_fields(struct text *t, const struct record *r)
{
	for (const struct item *i = r->first; i; i = i->next) {
		text_add(t, i == r->first ? "" : ",");
		switch (i->form) {
		case FORM_TEXT: text_add(t, i->text.data); break;
		case FORM_NUMBER: text_addf(t, "%llu", (unsigned long long)i->number); break;
		default: text_add(t, "*"); break;       /* durations: the tests count octets */
		}
	}
}

static void on_event(void *user, const struct event *e)
{
	struct fake *f = user;
	struct text *t = &f->events;

	if (strcmp(e->kind->proto, "tcp") != 0) {
		f->out_of_order |= e->frame < f->last_frame;
		f->last_frame = e->frame;
	}
	for (const struct item *i = e->fields.first; i; i = i->next)
		if (i->form == FORM_REAL)
			f->duration_s = i->real;
	if (e->kind->internal && !f->show_internal)
		return;
	text_addf(t, "%llu %s %s {", (unsigned long long)frame_number(e->frame), e->kind->proto, e->kind->name);
	print_fields(t, &e->fields);
	text_add(t, "}");
	for (unsigned i = 0; i < e->frame_count; i++)
		text_addf(t, "%s%llu", i ? "," : " ", (unsigned long long)frame_number(e->frames[i]));
	text_add(t, "\n");
}

static enum interest on_interest(void *user, const struct layers *l)
{
	(void)l;
	return ((struct fake *)user)->interest;
}

/* ---- packets ---- */

void fake_start_with(struct fake *f, uint16_t server_port, const struct flow_limits *limits)
{
	const struct flows_user user = { .user = f, .interest = on_interest, .event = on_event };

	*f = (struct fake){ .events = text_start(1 << 24), .interest = INTEREST_ALL, .client_port = 50000, .server_port = server_port,
		.next = { 1000, 0xfffffff0u }, .at_ns = 1000 * NS_PER_S };
	f->flows = flows_new(limits, &user);
}

void fake_start(struct fake *f, uint16_t server_port)
{
	static const struct flow_limits limits = { 64, 512 * 1024, 4 * 1024 * 1024 };

	fake_start_with(f, server_port, &limits);
}

const char *fake_finish(struct fake *f)
{
	flows_finish(f->flows);
	return text_string(&f->events);
}

void fake_stop(struct fake *f)
{
	flows_free(f->flows);
	text_free(&f->events);
}

static struct layers layers_of(const struct fake *f, enum side from)
{
	static const uint8_t client[4] = { 10, 0, 0, 1 }, server[4] = { 10, 0, 0, 2 };
	struct layers l = { .has_outer = true, .has_ether = true, .ether_type = 0x0800 };

	l.outer_src.octet[5] = l.ether_src.octet[5] = from == SIDE_CLIENT ? 1 : 2;
	l.outer_dst.octet[5] = l.ether_dst.octet[5] = from == SIDE_CLIENT ? 2 : 1;
	l.src = addr_v4(from == SIDE_CLIENT ? client : server);
	l.dst = addr_v4(from == SIDE_CLIENT ? server : client);
	l.src_port = from == SIDE_CLIENT ? f->client_port : f->server_port;
	l.dst_port = from == SIDE_CLIENT ? f->server_port : f->client_port;
	return l;
}

static void give(struct fake *f, struct layers *l, const void *octets, size_t len)
{
	size_t captured = f->snap && f->snap < len ? f->snap : len;
	uint8_t *exact = malloc(captured ? captured : 1);       /* of exactly this size, so that a sanitizer sees one octet too far */
	frame_ref frames[8];
	struct packet p = { .at_ns = f->at_ns, .time_digits = 6, .link_type = 1 };

	if (captured)
		memcpy(exact, octets, captured);
	l->payload = l->ether_payload = span_of(exact, captured);
	l->payload_len = (uint32_t)len;
	p.data = l->payload;
	p.wire_len = (uint32_t)len;
	for (unsigned i = 0; i < f->fragments; i++)
		frames[i] = frame_of(0, ++f->frame);
	p.frame = frame_of(0, f->fragments ? f->frame : ++f->frame);
	flows_packet(f->flows, &p, l, f->fragments ? frames : NULL, f->fragments);
	free(exact);
	f->at_ns += NS_PER_MS;
}

uint64_t fake_segment(struct fake *f, enum side from, uint8_t flags, uint32_t seq, uint32_t ack, const void *octets, size_t len)
{
	struct layers l = layers_of(f, from);

	l.transport = TRANSPORT_TCP;
	l.tcp_flags = flags;
	l.tcp_seq = seq;
	l.tcp_ack = ack;
	give(f, &l, octets, len);
	return f->frame;
}

void fake_handshake(struct fake *f)
{
	fake_segment(f, SIDE_CLIENT, TCP_SYN, f->next[SIDE_CLIENT]++, 0, NULL, 0);
	fake_segment(f, SIDE_SERVER, TCP_SYN | TCP_ACK, f->next[SIDE_SERVER]++, f->next[SIDE_CLIENT], NULL, 0);
	fake_ack(f, SIDE_CLIENT);
}

void fake_say(struct fake *f, enum side from, const char *text)
{
	fake_segment(f, from, TCP_ACK | TCP_PSH, f->next[from], f->next[side_other(from)], text, strlen(text));
	f->next[from] += (uint32_t)strlen(text);
}

void fake_ack(struct fake *f, enum side from)
{
	fake_segment(f, from, TCP_ACK, f->next[from], f->next[side_other(from)], NULL, 0);
}

void fake_fin(struct fake *f, enum side from)
{
	fake_segment(f, from, TCP_FIN | TCP_ACK, f->next[from]++, f->next[side_other(from)], NULL, 0);
}

void fake_rst(struct fake *f, enum side from)
{
	fake_segment(f, from, TCP_RST | TCP_ACK, f->next[from], f->next[side_other(from)], NULL, 0);
}

void fake_wait(struct fake *f, int64_t ns)
{
	f->at_ns += ns;
}

void fake_datagram_from(struct fake *f, enum side from, const char *text)
{
	struct layers l = layers_of(f, from);

	l.transport = TRANSPORT_UDP;
	give(f, &l, text, strlen(text));
}

void fake_ether(struct fake *f, uint16_t type, const char *text)
{
	struct layers l = { .has_outer = true, .has_ether = true, .ether_type = type };

	give(f, &l, text, strlen(text));
}

/*
 * What a span port of a voice VLAN carries beside sign-ins: calls, sessions of phones that signed in long ago, and other devices' connections. Frames
 * bear one VLAN tag, as a trunk's do. Payloads are zeros but for the headers that somebody might look at: RTP's, TLS's.
 */
#include <string.h>

#include "maker.h"

enum {
	TAGGED = 18, IP = 20, UDP = 8, TCP = 20, VOICE = 20, DATA = 30,
	FIN = 1, SYN = 2, PSH = 8, ACK = 16,
	SECOND = MICRO,
	REQUEST = 400, SEGMENT = 1460,
};

/* One of the two ends of something. */
struct end {
	uint32_t oui, device;           /* the two halves of its Ethernet address */
	uint32_t address, port;
};

static const uint32_t polycom = 0x0004f2, dell = 0xd4bed9, cisco = 0x001b54;

static struct end phone(uint32_t number, uint32_t port)
{
	return (struct end){ polycom, 1u << 23 | number, 10u << 24 | 64u << 16 | number, port };
}

static struct end computer(uint32_t number, uint32_t port)
{
	return (struct end){ dell, number, 10u << 24 | 80u << 16 | number, port };
}

/* Behind the router. */
static struct end server(uint32_t number, uint32_t port)
{
	return (struct end){ cisco, 0xaa1001, 10u << 24 | 20u << 16 | number, port };
}

static void put_mac(uint8_t *at, const struct end *e)
{
	put16(at, e->oui >> 8);
	at[2] = (uint8_t)e->oui;
	at[3] = (uint8_t)(e->device >> 16);
	put16(at + 4, e->device);
}

/* Ethernet, tag and IP header in front of `len` octets. */
static uint8_t *put_headers(uint8_t *frame, const struct end *from, const struct end *to, uint32_t vlan, uint32_t protocol, uint32_t len)
{
	uint8_t *ip = frame + TAGGED;

	memset(frame, 0, TAGGED + IP);
	put_mac(frame, to);
	put_mac(frame + 6, from);
	put16(frame + 12, 0x8100);
	put16(frame + 14, vlan);
	put16(frame + 16, 0x0800);
	ip[0] = 0x45;
	put16(ip + 2, IP + len);
	ip[8] = 64;
	ip[9] = (uint8_t)protocol;
	put32(ip + 12, from->address);
	put32(ip + 16, to->address);
	put16(ip + 10, sum_fold(sum_octets(ip, IP, 0)) ^ 0xffff);
	put16(ip + IP, from->port);
	put16(ip + IP + 2, to->port);
	return ip + IP;
}

static uint32_t checksum(const uint8_t *frame, uint32_t protocol, uint32_t len)
{
	return sum_fold(sum_octets(frame + TAGGED + 12, 8 + len, protocol + len)) ^ 0xffff;
}

/* ---- calls ---- */

struct call {
	struct stream stream;
	struct end from, to;
	uint32_t payload, source, number;
	int64_t end;
	uint32_t phones;
};

static bool call_step(struct maker *m, struct stream *s);

static void choose_ends(struct maker *m, struct call *c)
{
	uint32_t a = maker_random(m, c->phones), b = maker_random(m, c->phones);

	c->from = phone(a, 2 * (8192 + maker_random(m, 8192)));
	c->to = phone(b == a ? (a + 1) % c->phones : b, 2 * (8192 + maker_random(m, 8192)));
	c->payload = maker_random(m, 2) ? 160 : 60;     /* G.711, or a narrow codec */
	c->source = maker_random(m, UINT32_MAX);
	c->end = c->stream.at + (int64_t)(30 + maker_random(m, 90)) * SECOND;
}

static void call_frame(struct maker *m, const struct call *c)
{
	uint8_t frame[FRAME_MAX] = { 0 };
	uint32_t len = UDP + 12 + c->payload;
	uint8_t *udp = put_headers(frame, &c->from, &c->to, VOICE, 17, len);

	put16(udp + 4, len);
	udp[8] = 0x80;                  /* RFC 3550 5.1 */
	put16(udp + 10, c->number);
	put32(udp + 12, c->number * c->payload);
	put32(udp + 16, c->source);
	put16(udp + 6, checksum(frame, 17, len));
	maker_frame(m, c->stream.at, frame, TAGGED + IP + len);
}

/* Both directions, one after the other. */
static bool call_step(struct maker *m, struct stream *s)
{
	struct call *c = (struct call *)(void *)s;
	struct end from = c->from;

	call_frame(m, c);
	c->from = c->to;
	c->to = from;
	c->number++;
	s->at += SECOND / 100;
	if (s->at >= c->end)
		choose_ends(m, c);
	return true;
}

void calls_start(struct maker *m, uint32_t calls, uint32_t phones)
{
	for (uint32_t i = 0; i < calls; i++) {
		struct call *c = maker_get(sizeof *c);

		c->stream = (struct stream){ .at = maker_random(m, SECOND / 100), .step = call_step };
		c->phones = phones;
		choose_ends(m, c);
		maker_add(m, &c->stream);
	}
}

/* ---- TCP ---- */

struct connection {
	struct stream stream;
	struct end client, server;
	uint32_t vlan, sent[2], step, steps, segment;
};

/* `text` is what the payload begins with; NULL: it is TLS application data (RFC 8446 5.1). */
static void segment(struct maker *m, struct connection *c, bool from_client, uint32_t flags, uint32_t payload, const char *text)
{
	uint8_t frame[FRAME_MAX] = { 0 };
	uint32_t len = TCP + payload, me = from_client ? 0 : 1;
	uint8_t *tcp = put_headers(frame, from_client ? &c->client : &c->server, from_client ? &c->server : &c->client, c->vlan, 6, len);

	put32(tcp + 4, c->sent[me]);
	put32(tcp + 8, flags & ACK ? c->sent[!me] : 0);
	tcp[12] = 5 << 4;
	tcp[13] = (uint8_t)flags;
	put16(tcp + 14, 32768);
	if (text) {
		memcpy(tcp + TCP, text, strlen(text));
	} else if (payload >= 5) {
		memcpy(tcp + TCP, "\x17\3\1", 3);
		put16(tcp + TCP + 3, payload - 5);
	}
	put16(tcp + 16, checksum(frame, 6, len));
	c->sent[me] += payload + !!(flags & (SYN | FIN));
	len += TAGGED + IP;
	maker_frame(m, c->stream.at, frame, len < 64 ? 64 : len);
}

static void session_begin(struct maker *m, struct connection *c)
{
	c->sent[0] = maker_random(m, UINT32_MAX);
	c->sent[1] = maker_random(m, UINT32_MAX);
	c->step = 0;
}

/* A keep-alive, its answer, and the acknowledgement. */
static bool session_step(struct maker *m, struct stream *s)
{
	struct connection *c = (struct connection *)(void *)s;
	unsigned n = c->step++ % 3;

	segment(m, c, n != 1, n == 2 ? ACK : ACK | PSH, n == 2 ? 0 : 37, NULL);
	s->at += n == 2 ? 60 * SECOND : 2000;
	return true;
}

void sessions_start(struct maker *m, uint32_t phones)
{
	for (uint32_t i = 0; i < phones; i++) {
		struct connection *c = maker_get(sizeof *c);

		c->stream = (struct stream){ .at = maker_random(m, 60 * SECOND), .step = session_step };
		c->vlan = VOICE;
		c->client = phone(i, 49152 + i % 16384);
		c->server = server(30, 5061);
		session_begin(m, c);
		maker_add(m, &c->stream);
	}
}

static void background_begin(struct maker *m, struct connection *c)
{
	static const uint32_t ports[] = { 443, 443, 443, 80, 445, 8443, 1433, 3268 };

	c->client = computer(maker_random(m, 40000), 49152 + maker_random(m, 16384));
	c->server = server(256 + maker_random(m, 1024), ports[maker_random(m, 8)]);
	c->steps = 20 + maker_random(m, 40);
	c->vlan = DATA;
	session_begin(m, c);
}

static bool is_data(const struct connection *c, uint32_t n)
{
	return n > 3 && n % 3 != 2 && n + 2 < c->steps;
}

/* What HTTP begins with at this step; the answer is as long as all segments that follow. */
static const char *http(const struct connection *c, uint32_t n, char *room, size_t size)
{
	static const char header[] = "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: ";
	uint32_t segments = 0;

	for (uint32_t i = 4; i < c->steps; i++)
		segments += is_data(c, i);
	if (n == 3)
		snprintf(room, size, "GET /%0358u HTTP/1.1\r\nHost: intranet.example\r\n\r\n", c->sent[0]);
	else
		snprintf(room, size, "%s%08zu\r\n\r\n", header, segments * SEGMENT - (sizeof header - 1 + 8 + 4));
	return n == 3 || n == 4 ? room : "";
}

/* SYN, SYN/ACK, ACK, a request, two large segments and an acknowledgement again and again, FIN of both. */
static bool background_step(struct maker *m, struct stream *s)
{
	struct connection *c = (struct connection *)(void *)s;
	uint32_t n = c->step++;
	char room[512];
	const char *text = c->server.port == 80 && n > 2 ? http(c, n, room, sizeof room) : NULL;

	if (n < 2)
		segment(m, c, n == 0, n ? SYN | ACK : SYN, 0, NULL);
	else if (n + 2 >= c->steps)
		segment(m, c, n + 2 == c->steps, FIN | ACK, 0, NULL);
	else if (n == 3)
		segment(m, c, true, ACK | PSH, REQUEST, text);
	else
		segment(m, c, !is_data(c, n), ACK, is_data(c, n) ? SEGMENT : 0, is_data(c, n) ? text : NULL);
	s->at += 2000 + maker_random(m, 16000);
	if (c->step == c->steps)
		background_begin(m, c);
	return true;
}

void background_start(struct maker *m, uint32_t at_once)
{
	for (uint32_t i = 0; i < at_once; i++) {
		struct connection *c = maker_get(sizeof *c);

		c->stream = (struct stream){ .at = maker_random(m, SECOND), .step = background_step };
		background_begin(m, c);
		maker_add(m, &c->stream);
	}
}

/*
 * Makes seeds out of captures: seed FOLDER CAPTURE... writes into FOLDER/dissectors, /packets, /certificate and /messages, which must be there.
 *
 * dissectors[] of list.c is replaced here by one whose entries write down what they are given before they pass it on: so the flow layer of dialtone
 * itself takes the captures apart, through all tunnels and fragments, and each dissector gets what it would get.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "dissectors/certificate.h"
#include "flow/reporter.h"
#include "daemon/message.h"
#include "follow.h"
#include "tests/fuzz/frames.h"
#include "tests/fuzz/pieces.h"

#define dissectors real
#include "dissectors/list.c"
#undef dissectors

enum { KNOWN = 12, SEED_MAX = 6000, PACKETS_MAX_OCTETS = 24000, MESSAGES_MAX_OCTETS = 20000, CERTIFICATES_WANTED = 200 };

static struct dissector spies[KNOWN];
const struct dissector *const dissectors[] = {
	&spies[0], &spies[1], &spies[2], &spies[3], &spies[4], &spies[5], &spies[6], &spies[7], &spies[8], &spies[9], &spies[10], &spies[11], NULL,
};

_Static_assert(sizeof dissectors == sizeof real, "a spy for each dissector");

static const char *folder;
static unsigned written, certificates;

static void write_seed(const char *harness, struct span octets)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s/seed-%05u", folder, harness, written++);
	file = fopen(path, "wb");
	if (!file || fwrite(octets.data, 1, octets.len, file) != octets.len || fclose(file) != 0) {
		perror(path);
		exit(1);
	}
}

/* ---- certificates: whatever in a stream looks like DER of two octets of length and is one ---- */

static bool is_certificate(struct span der)
{
	struct arena arena = { 0 };
	struct record list = { .arena = &arena };
	bool is = certificate_put(&list, der);

	arena_free(&arena);
	return is;
}

static void find_certificates(struct span s)
{
	for (size_t at = 0; at + 4 < s.len && certificates < CERTIFICATES_WANTED; at++) {
		size_t len = 4 + ((size_t)s.data[at + 2] << 8 | s.data[at + 3]);
		struct text seed = text_start(1 << 17);

		if (s.data[at] != 0x30 || s.data[at + 1] != 0x82 || len > s.len - at || !is_certificate(span_part(s, at, len)))
			continue;
		text_add_octet(&seed, 1);
		text_add_span(&seed, span_part(s, at, len));
		write_seed("certificate", span_of(seed.data, seed.len));
		text_free(&seed);
		certificates++;
	}
}

/* ---- dissectors ---- */

struct spy_state {
	struct text seed;
	uint64_t seen[2];               /* stream offset up to which it was written down */
	void *inner;
};

static unsigned number_of(const struct emit *to)
{
	return (unsigned)(to->dissector - spies);
}

static void spy_datagram(struct span octets, struct emit *to)
{
	struct text seed = text_start(SEED_MAX);

	text_add_octet(&seed, (char)number_of(to));
	text_add_span(&seed, octets);
	if (!seed.cut)
		write_seed("dissectors", span_of(seed.data, seed.len));
	text_free(&seed);
	real[number_of(to)]->datagram(octets, to);
}

static void put_piece(struct text *seed, unsigned control, size_t len, struct span octets)
{
	const uint8_t head[3] = { (uint8_t)control, (uint8_t)(len >> 8), (uint8_t)len };

	text_add_span(seed, span_of(head, sizeof head));
	text_add_span(seed, octets);
}

static size_t spy_stream(void *state, enum side from, struct span octets, struct emit *to)
{
	struct spy_state *s = state;
	const struct dissector *d = real[number_of(to)];
	uint64_t begin = emit_offset(to), old = s->seen[from] > begin ? s->seen[from] - begin : 0;
	struct span new = span_part(octets, old < octets.len ? (size_t)old : octets.len, 0xffff);

	if (!s->inner) {
		s->inner = memory_get(d->state_size);
		s->seed = text_start(SEED_MAX);
		text_add_octet(&s->seed, (char)(number_of(to) | 0x80));
		text_add_octet(&s->seed, 6);
	}
	if (new.len) {
		put_piece(&s->seed, from == SIDE_SERVER ? PIECE_SERVER : 0, new.len, new);
		find_certificates(new);
	}
	s->seen[from] = begin + octets.len;
	return d->stream(s->inner, from, octets, to);
}

static bool spy_gap(void *state, enum side from, uint64_t missing, struct emit *to)
{
	struct spy_state *s = state;
	const struct dissector *d = real[number_of(to)];

	if (!s->inner)
		return true;
	put_piece(&s->seed, PIECE_HOLE | (from == SIDE_SERVER ? PIECE_SERVER : 0), missing < 0xffff ? (size_t)missing : 0xffff, span_of(NULL, 0));
	return d->gap && d->gap(s->inner, from, missing, to);
}

static void spy_close(void *state)
{
	struct spy_state *s = state;

	if (!s->inner)
		return;
	if (s->seed.len > 5)
		write_seed("dissectors", span_of(s->seed.data, s->seed.len));
	real[(uint8_t)s->seed.data[0] & 0x3f]->close ? real[(uint8_t)s->seed.data[0] & 0x3f]->close(s->inner) : (void)0;
	free(s->inner);
	text_free(&s->seed);
}

static void set_spies(void)
{
	for (unsigned i = 0; i < KNOWN; i++) {
		spies[i] = *real[i];
		if (real[i]->datagram)
			spies[i].datagram = spy_datagram;
		if (!real[i]->stream)
			continue;
		spies[i].stream = spy_stream;
		spies[i].gap = spy_gap;
		spies[i].end = NULL;
		spies[i].close = spy_close;
		spies[i].held = NULL;
		spies[i].state_size = sizeof(struct spy_state);
	}
}

/* ---- packets ---- */

static uint8_t time_code(int64_t by_ns)
{
	uint8_t n = 0;

	while (n < 40 && INT64_C(250) << n < by_ns)
		n++;
	return by_ns > 0 ? n : 0;
}

static void put_packet(struct text *seed, const struct packet *p, int64_t before_ns)
{
	size_t len = p->data.len < 0xffff ? p->data.len : 0xffff;
	uint8_t time = time_code(p->at_ns - before_ns) | (p->wire_len > p->data.len ? FRAME_SNAPPED : 0);
	const uint8_t head[FRAME_HEADER] = { FRAME_MARK, time, (uint8_t)(len >> 8), (uint8_t)len };

	if (!seed->len) {
		text_add_octet(seed, (char)frames_link(p->link_type));
		text_add_octet(seed, 4);
	}
	if (seed->len + FRAME_HEADER + len > seed->max) {
		seed->cut = true;
		return;
	}
	text_add_span(seed, span_of(head, sizeof head));
	text_add_span(seed, span_part(p->data, 0, len));
}

/* ---- messages: what the daemon would tell its writer ---- */

static void take_report(void *user, const struct phone_report *phone, const struct attempt_report *a)
{
	struct octets message = { 0 };

	(void)user;
	if (!a->going_on) {
		message_put_report(&message, phone, a);
		if (message.len <= MESSAGES_MAX_OCTETS)
			write_seed("messages", span_of(message.data, message.len));
		octets_free(&message);
	}
}

static void take_apart(char *name)
{
	const struct follow_options options = { .all_clients = true, .report = take_report };
	struct source *source = source_open_files(&name, 1, NULL);
	struct text seed = text_start(PACKETS_MAX_OCTETS);
	struct follow *f = follow_new(&options);
	struct packet packet;
	int64_t before_ns = 0;

	while (source && source_next(source, &packet) == SOURCE_PACKET) {
		if (!seed.cut)
			put_packet(&seed, &packet, before_ns ? before_ns : packet.at_ns);
		before_ns = packet.at_ns;
		follow_packet(f, &packet);
	}
	follow_finish(f, NULL, 0);
	follow_free(f);
	if (seed.len)
		write_seed("packets", span_of(seed.data, seed.len));
	text_free(&seed);
	source_close(source);
}

int main(int argc, char **argv)
{
	set_spies();
	folder = argc > 1 ? argv[1] : ".";
	for (int i = 2; i < argc; i++)
		take_apart(argv[i]);
	printf("%u seeds\n", written);
	return 0;
}

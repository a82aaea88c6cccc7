#include "maker.h"

#include <stdlib.h>
#include <string.h>

void maker_fail(const char *what, const char *why)
{
	fprintf(stderr, "make-capture: %s: %s\n", what, why);
	exit(2);
}

void *maker_get(size_t size)
{
	void *p = calloc(1, size);

	if (!p)
		maker_fail("memory", "there is none left");
	return p;
}

/* ---- octets ---- */

void put16(uint8_t *at, uint32_t n)
{
	at[0] = (uint8_t)(n >> 8);
	at[1] = (uint8_t)n;
}

void put32(uint8_t *at, uint32_t n)
{
	put16(at, n >> 16);
	put16(at + 2, n);
}

uint32_t get16(const uint8_t *at)
{
	return (uint32_t)at[0] << 8 | at[1];
}

uint32_t get32(const uint8_t *at)
{
	return get16(at) << 16 | get16(at + 2);
}

uint32_t sum_octets(const uint8_t *at, uint32_t len, uint32_t sum)
{
	for (; len > 1; at += 2, len -= 2)
		sum += get16(at);
	return len ? sum + ((uint32_t)at[0] << 8) : sum;
}

uint32_t sum_fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* ---- the file ---- */

static void little(uint8_t *at, uint32_t n)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(n >> 8 * i);
}

static void words(FILE *out, const uint32_t *word, unsigned count)
{
	uint8_t octets[24];

	for (unsigned i = 0; i < count; i++)
		little(octets + 4 * i, word[i]);
	fwrite(octets, 4, count, out);
}

struct maker *maker_open(const char *path, int64_t end)
{
	static const uint32_t header[] = { 0xa1b2c3d4, 4u << 16 | 2, 0, 0, 65535, 1 };
	struct maker *m = maker_get(sizeof *m);

	m->out = strcmp(path, "-") == 0 ? stdout : fopen(path, "wb");
	if (!m->out)
		maker_fail(path, "cannot be written");
	setvbuf(m->out, NULL, _IOFBF, 1 << 20);
	m->end = end;
	m->random = 88172645463325252;
	m->parts = 1;
	words(m->out, header, 6);
	return m;
}

void maker_frame(struct maker *m, int64_t at, const uint8_t *frame, uint32_t len)
{
	static const uint32_t beginning = 1735689600;      /* 1 January 2025 */
	const uint32_t header[] = { beginning + (uint32_t)(at / MICRO), (uint32_t)(at % MICRO), len, len };

	if (m->turn % m->parts != m->part)
		return;
	words(m->out, header, 4);
	fwrite(frame, 1, len, m->out);
	m->written++;
}

uint64_t maker_close(struct maker *m)
{
	uint64_t written = m->written;
	bool bad = ferror(m->out);

	if (fclose(m->out) || bad)
		maker_fail("the capture", "could not be written whole");
	free(m->heap);
	free(m);
	return written;
}

/* xorshift: any numbers will do, always the same. */
uint32_t maker_random(struct maker *m, uint32_t below)
{
	m->random ^= m->random << 13;
	m->random ^= m->random >> 7;
	m->random ^= m->random << 17;
	return (uint32_t)(m->random >> 32) % below;
}

/* ---- whose turn it is ---- */

static void sink(struct maker *m)
{
	uint32_t at = 0, child;
	struct stream *s = m->heap[0];

	while ((child = 2 * at + 1) < m->count) {
		if (child + 1 < m->count && m->heap[child + 1]->at < m->heap[child]->at)
			child++;
		if (m->heap[child]->at >= s->at)
			break;
		m->heap[at] = m->heap[child];
		at = child;
	}
	m->heap[at] = s;
}

void maker_add(struct maker *m, struct stream *s)
{
	uint32_t at = m->count++;

	if (!s->number)
		s->number = ++m->numbered;
	if (m->count > m->room) {
		m->room = m->room ? 2 * m->room : 1024;
		m->heap = realloc(m->heap, m->room * sizeof(struct stream *));
		if (!m->heap)
			maker_fail("memory", "there is none left");
	}
	for (; at && m->heap[(at - 1) / 2]->at > s->at; at = (at - 1) / 2)
		m->heap[at] = m->heap[(at - 1) / 2];
	m->heap[at] = s;
}

/* A step may add streams, but none that is due before it was itself. */
void maker_run(struct maker *m)
{
	while (m->count) {
		struct stream *s = m->heap[0];
		bool more;

		m->heap[0] = m->heap[--m->count];
		if (m->count)
			sink(m);
		m->turn = s->number;
		more = s->at < m->end && s->step(m, s);
		if (more)
			maker_add(m, s);
		else
			free(s);
	}
}

#include "packet/fragment.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/moment.h"
#include "base/table.h"

enum {
	DATAGRAMS_MAX = 4096,                   /* at once */
	OCTETS_MAX = 16 * 1024 * 1024,          /* of all of them */
	DATAGRAM_MAX = 65535,                   /* the longest payload: both lengths have 16 bits */
	UNIT = 8,                               /* offsets count these, and all fragments but the last are made of them */
	UNITS_MAX = DATAGRAM_MAX / UNIT + 1,
	IPV4_HEADER_MAX = 60, IPV6_HEADER = 40, HEADER_MAX = IPV4_HEADER_MAX,
};

/* RFC 8200 section 4.5 gives a datagram 60 seconds; RFC 791 less. */
static const int64_t datagram_life_ns = 60 * NS_PER_S;

/* How long the fragments of a datagram that is put together or given up are still known as its own: a mirror's copies come within this time. */
static const int64_t copy_life_ns = 5 * NS_PER_MS;

struct key {
	struct addr src, dst;
	uint8_t protocol;               /* 0 for IPv6, where it is not part of the key */
	uint8_t zero[1];
	uint32_t id;
};

struct datagram {
	int64_t since_ns;               /* its first fragment; when it was finished */
	bool finished;                  /* put together, or given up */
	bool end_known;
	uint8_t protocol;               /* of the first fragment: what the datagram holds */
	uint8_t header[HEADER_MAX];     /* of the first fragment */
	uint8_t header_len;
	uint32_t len;                   /* of the payload, once the end is known; until then, as far as fragments reach */
	uint32_t units;                 /* that are there */
	uint8_t *octets;                /* HEADER_MAX octets of room, then the payload */
	uint32_t room;                  /* of the payload */
	frame_ref *frames;
	uint32_t frame_count, frame_room;
	uint8_t have[(UNITS_MAX + 7) / 8];
};

/* The octets and frames of datagrams that were put together from the packet at hand: one may lie inside another. */
struct held {
	void *blocks[8];
	unsigned count;
	frame_ref frame;
};

struct fragments {
	struct table *datagrams;
	size_t octets;                  /* that all of them use */
	uint64_t dropped, waiting;      /* datagrams */
	struct held held;
};

/* ---- memory ---- */

static void datagram_clear(struct fragments *f, struct datagram *d)
{
	f->octets -= d->room + d->frame_room * sizeof *d->frames;
	free(d->octets);
	free(d->frames);
	d->octets = NULL;
	d->frames = NULL;
	d->room = d->frame_room = d->frame_count = 0;
}

static void datagram_finished(struct fragments *f, struct datagram *d, int64_t now_ns)
{
	f->waiting--;
	d->finished = true;
	d->since_ns = now_ns;
}

static void give_up(struct fragments *f, struct datagram *d, int64_t now_ns)
{
	datagram_clear(f, d);
	f->dropped++;
	datagram_finished(f, d, now_ns);
}

static void evicted(void *user, void *entry)
{
	struct fragments *f = user;
	struct datagram *d = entry;

	f->dropped += !d->finished;
	f->waiting -= !d->finished;
	datagram_clear(f, d);
}

static void held_free(struct held *h)
{
	while (h->count)
		free(h->blocks[--h->count]);
}

/* True while there is room to keep both blocks until the next packet. */
static bool held_room(const struct held *h)
{
	return h->count + 2 <= sizeof h->blocks / sizeof h->blocks[0];
}

struct fragments *fragments_new(void)
{
	struct fragments *f = memory_get(sizeof *f);

	f->datagrams = table_new(sizeof(struct key), sizeof(struct datagram), DATAGRAMS_MAX, evicted, f);
	return f;
}

void fragments_free(struct fragments *f)
{
	if (!f)
		return;
	table_free(f->datagrams);
	held_free(&f->held);
	free(f);
}

/* Older datagrams make room for this one. */
static void make_room(struct fragments *f, const struct datagram *d, size_t more)
{
	struct datagram *oldest = table_oldest(f->datagrams);

	while (f->octets + more > OCTETS_MAX && oldest && oldest != d) {
		table_remove(f->datagrams, oldest);
		oldest = table_oldest(f->datagrams);
	}
}

static void octets_room(struct fragments *f, struct datagram *d, uint32_t len)
{
	uint32_t room = d->room ? d->room : 2048;

	if (len <= d->room)
		return;
	while (room < len)
		room *= 2;
	make_room(f, d, room - d->room);
	f->octets += room - d->room;
	d->octets = memory_resize(d->octets, HEADER_MAX + (size_t)room, 1);
	d->room = room;
}

static void frames_add(struct fragments *f, struct datagram *d, frame_ref frame)
{
	if (d->frame_count == d->frame_room) {
		uint32_t room = d->frame_room ? d->frame_room * 2 : 8;

		make_room(f, d, (room - d->frame_room) * sizeof frame);
		f->octets += (room - d->frame_room) * sizeof frame;
		d->frames = memory_resize(d->frames, room, sizeof frame);
		d->frame_room = room;
	}
	d->frames[d->frame_count++] = frame;
}

/* ---- which datagram ---- */

/* Packet time may jump back, where files are joined. */
static bool is_longer_ago(const struct datagram *d, int64_t now_ns, int64_t life_ns)
{
	int64_t apart;

	return __builtin_sub_overflow(now_ns, d->since_ns, &apart) || apart > life_ns || apart < -life_ns;
}

static void expire(struct fragments *f, int64_t now_ns)
{
	struct datagram *oldest;

	while ((oldest = table_oldest(f->datagrams)) != NULL && is_longer_ago(oldest, now_ns, datagram_life_ns))
		table_remove(f->datagrams, oldest);
}

/* An identification may be used again: what is left of the datagram that had it before is older than any copy; or too old, though one that was begun before
 * it has been finished later and still stands in front of it. */
static struct datagram *datagram_of(struct fragments *f, const struct layers *l, int64_t now_ns)
{
	struct key key;
	struct datagram *d;

	memset(&key, 0, sizeof key);
	key.src = l->src;
	key.dst = l->dst;
	key.protocol = l->src.family == 4 ? l->ip_protocol : 0;
	key.id = l->fragment_id;
	d = table_find(f->datagrams, &key);
	if (d && is_longer_ago(d, now_ns, d->finished ? copy_life_ns : datagram_life_ns)) {
		table_remove(f->datagrams, d);
		d = NULL;
	}
	if (d)
		return d;
	d = table_add(f->datagrams, &key);
	f->waiting++;
	d->since_ns = now_ns;
	return d;
}

/* ---- one fragment ---- */

static bool has_unit(const struct datagram *d, uint32_t unit)
{
	return d->have[unit / 8] >> unit % 8 & 1;
}

/* The octets that count: a fragment that is not the last has whole units. Empty where it makes no sense by itself: not all of it was captured,
 * or it lies beyond the longest datagram. */
static struct span sound_part(const struct layers *l)
{
	struct span octets = l->ip_payload;

	if (octets.len != l->payload_len || l->fragment_offset + octets.len > DATAGRAM_MAX)
		return span_of(octets.data, 0);
	return span_part(octets, 0, l->more_fragments ? octets.len / UNIT * UNIT : octets.len);
}

/* Whether it agrees with the others on where the datagram ends. */
static bool is_within(const struct datagram *d, uint32_t end, bool last)
{
	if (d->end_known)
		return last ? end == d->len : end < d->len;
	return !last || end >= d->len;
}

enum overlap { OVERLAP_NONE, OVERLAP_COPY, OVERLAP_PART };

static enum overlap overlap_of(const struct datagram *d, uint32_t offset, struct span octets)
{
	uint32_t first = offset / UNIT, count = (uint32_t)(octets.len + UNIT - 1) / UNIT, common = 0;

	for (uint32_t i = 0; i < count; i++)
		common += has_unit(d, first + i);
	if (!common)
		return OVERLAP_NONE;
	if (common < count || memcmp(d->octets + HEADER_MAX + offset, octets.data, octets.len) != 0)
		return OVERLAP_PART;
	return OVERLAP_COPY;
}

/* Fills what is not there yet: the octets that came first stay. False where there was nothing to fill. */
static bool fill(struct datagram *d, uint32_t offset, struct span octets)
{
	uint32_t before = d->units;

	for (size_t at = 0; at < octets.len; at += UNIT) {
		uint32_t unit = (uint32_t)(offset + at) / UNIT;
		struct span part = span_part(octets, at, UNIT);

		if (has_unit(d, unit))
			continue;
		memcpy(d->octets + HEADER_MAX + (size_t)unit * UNIT, part.data, part.len);
		d->have[unit / 8] |= (uint8_t)(1 << unit % 8);
		d->units++;
	}
	return d->units != before;
}

/* The IP header without extension headers, for the whole datagram. */
static void keep_header(struct datagram *d, const struct layers *l)
{
	struct cursor c = cursor_over(l->ip);
	size_t len = l->src.family == 4 ? (size_t)(cursor_u8(&c) & 15) * 4 : IPV6_HEADER;
	struct span header = span_part(l->ip, 0, len < HEADER_MAX ? len : HEADER_MAX);

	if (l->fragment_offset || d->header_len)
		return;
	memcpy(d->header, header.data, header.len);
	d->header_len = (uint8_t)header.len;
	d->protocol = l->ip_protocol;
}

static bool is_whole(const struct datagram *d)
{
	return d->end_known && d->header_len && d->units == (d->len + UNIT - 1) / UNIT;
}

/* ---- the whole datagram ---- */

static void put16(uint8_t *at, uint32_t n)
{
	at[0] = (uint8_t)(n >> 8);
	at[1] = (uint8_t)n;
}

/* The header says what it would have said without fragments; its checksum is not made good. */
static struct span write_header(struct datagram *d, uint8_t family)
{
	uint8_t *at = d->octets + HEADER_MAX - d->header_len;

	memcpy(at, d->header, d->header_len);
	if (family == 4) {
		put16(at + 2, d->header_len + d->len > DATAGRAM_MAX ? 0 : d->header_len + d->len);
		put16(at + 6, 0);
	} else {
		put16(at + 4, d->len);
		at[6] = d->protocol;
	}
	return span_of(at, d->header_len + (size_t)d->len);
}

static void hand_over(struct fragments *f, struct datagram *d, int64_t now_ns, struct layers *layers, const frame_ref **ret_frames,
	unsigned *ret_count)
{
	layers->ip = write_header(d, layers->src.family);
	layers->ip_payload = span_of(d->octets + HEADER_MAX, d->len);
	layers->ip_protocol = d->protocol;
	layers->is_fragment = layers->more_fragments = false;
	layers->fragment_offset = 0;
	layers->payload_len = 0;
	*ret_frames = d->frames;
	*ret_count = d->frame_count;
	f->held.blocks[f->held.count++] = d->octets;
	f->held.blocks[f->held.count++] = d->frames;
	f->octets -= d->room + d->frame_room * sizeof *d->frames;
	d->octets = NULL;
	d->frames = NULL;
	d->room = d->frame_room = d->frame_count = 0;
	datagram_finished(f, d, now_ns);
}

/* False where the datagram cannot come to a good end. */
static bool take(struct fragments *f, struct datagram *d, const struct packet *p, const struct layers *l)
{
	struct span octets = sound_part(l);
	uint32_t end = l->fragment_offset + (uint32_t)octets.len;
	enum overlap overlap;

	if (!octets.len || !is_within(d, end, !l->more_fragments))
		return false;
	octets_room(f, d, end);
	overlap = overlap_of(d, l->fragment_offset, octets);
	if (overlap == OVERLAP_PART && l->src.family == 6)      /* RFC 5722 */
		return false;
	if (end > d->len)
		d->len = end;
	d->end_known |= !l->more_fragments;
	keep_header(d, l);
	if (overlap != OVERLAP_COPY && fill(d, l->fragment_offset, octets))
		frames_add(f, d, p->frame);
	return true;
}

bool fragments_add(struct fragments *f, const struct packet *p, struct layers *layers, const frame_ref **ret_frames, unsigned *ret_count)
{
	struct datagram *d;

	if (f->held.frame != p->frame) {
		held_free(&f->held);
		f->held.frame = p->frame;
	}
	expire(f, p->at_ns);
	d = datagram_of(f, layers, p->at_ns);
	if (d->finished)
		return false;
	if (!take(f, d, p, layers) || (is_whole(d) && !held_room(&f->held))) {
		give_up(f, d, p->at_ns);
		return false;
	}
	if (!is_whole(d))
		return false;
	hand_over(f, d, p->at_ns, layers, ret_frames, ret_count);
	return true;
}

uint64_t fragments_dropped(const struct fragments *f)
{
	return f->dropped + f->waiting;
}

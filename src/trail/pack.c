/*
 * An event: which words of the struct differ from those of an event like it, one bit each, and in the top bit which event that is; these words; the frames; its fields.
 *
 * A field: a tag (form and whether digits follow), digits, how far its constant is from the one before, the value. A tag of 0 ends a record.
 */
#include "trail/pack.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum {
	WORDS = sizeof(struct event) / sizeof(uint64_t),
	FORM = 0x3f, DIGITS = 0x40,
};

_Static_assert(sizeof(struct event) % sizeof(uint64_t) == 0 && WORDS < 31, "a bit a word");

union words {
	struct event event;
	uint64_t word[WORDS];
};

/* ---- octets ---- */

static unsigned char *room_for(struct pack *p, size_t more)
{
	if (p->room - p->len < more) {
		p->room = 2 * p->room + more + 4096;
		p->octets = memory_resize(p->octets, p->room, 1);
	}
	return p->octets + p->len;
}

static void put_raw(struct pack *p, const void *from, size_t len)
{
	memcpy(room_for(p, len), from, len);
	p->len += len;
}

static void get_raw(struct pack *p, void *to, size_t len)
{
	memcpy(to, p->octets + p->at, len);
	p->at += len;
}

static void put_octet(struct pack *p, unsigned char octet)
{
	*room_for(p, 1) = octet;
	p->len++;
}

/* Seven bits an octet, the lowest first; the top bit says that more follow. */
static void put_varying(struct pack *p, uint64_t n)
{
	unsigned char *to = room_for(p, 10), *from = to;

	for (; n > 0x7f; n >>= 7)
		*to++ = (unsigned char)(n | 0x80);
	*to++ = (unsigned char)n;
	p->len += (size_t)(to - from);
}

static uint64_t get_varying(struct pack *p)
{
	uint64_t n = 0;
	unsigned shift = 0;

	while (p->octets[p->at] & 0x80) {
		n |= (uint64_t)(p->octets[p->at++] & 0x7f) << shift;
		shift += 7;
	}
	return n | (uint64_t)p->octets[p->at++] << shift;
}

/* The sign in the lowest bit, so that what is close to 0 is short. */
static void put_signed_varying(struct pack *p, int64_t n)
{
	put_varying(p, (uint64_t)n << 1 ^ (n < 0 ? UINT64_MAX : 0));
}

static int64_t get_signed_varying(struct pack *p)
{
	uint64_t n = get_varying(p);

	return (int64_t)(n >> 1 ^ (n & 1 ? UINT64_MAX : 0));
}

static void put_place(struct pack *p, const void *constant)
{
	put_signed_varying(p, (int64_t)((uintptr_t)constant - p->place));
	p->place = (uintptr_t)constant;
}

static const void *get_place(struct pack *p)
{
	p->place += (uintptr_t)get_signed_varying(p);
	return (const void *)p->place;
}

/* ---- fields ---- */

static void pack_record(struct pack *p, const struct record *r);

static void pack_value(struct pack *p, const struct item *i)
{
	switch (i->form) {
	case FORM_NUMBER:
	case FORM_HEX:
		put_varying(p, i->number);
		break;
	case FORM_SIGNED:
	case FORM_TIME:
		put_signed_varying(p, i->integer);
		break;
	case FORM_REAL:
		put_raw(p, &i->real, sizeof i->real);
		break;
	case FORM_TRUTH:
		put_octet(p, i->truth);
		break;
	case FORM_TEXT:
		put_varying(p, i->text.len);
		put_raw(p, i->text.data, i->text.len);
		break;
	case FORM_ADDR:
		put_raw(p, &i->addr, sizeof i->addr);
		break;
	case FORM_MAC:
		put_raw(p, &i->mac, sizeof i->mac);
		break;
	case FORM_LIST:
	case FORM_RECORD:
		pack_record(p, &i->record);
		break;
	}
}

static void pack_record(struct pack *p, const struct record *r)
{
	for (const struct item *i = r->first; i; i = i->next) {
		put_octet(p, (unsigned char)(i->form + 1) | (i->digits ? DIGITS : 0));
		if (i->digits)
			put_octet(p, i->digits);
		put_place(p, i->field);
		pack_value(p, i);
	}
	put_octet(p, 0);
}

static void unpack_record(struct pack *p, struct record *r);

static void unpack_value(struct pack *p, struct item *i, struct arena *arena)
{
	size_t len;
	char *text;

	switch (i->form) {
	case FORM_NUMBER:
	case FORM_HEX:
		i->number = get_varying(p);
		break;
	case FORM_SIGNED:
	case FORM_TIME:
		i->integer = get_signed_varying(p);
		break;
	case FORM_REAL:
		get_raw(p, &i->real, sizeof i->real);
		break;
	case FORM_TRUTH:
		i->truth = p->octets[p->at++];
		break;
	case FORM_TEXT:
		len = get_varying(p);
		text = arena_copy(arena, p->octets + p->at, len);
		p->at += len;
		i->text.data = text;
		i->text.len = len;
		break;
	case FORM_ADDR:
		get_raw(p, &i->addr, sizeof i->addr);
		break;
	case FORM_MAC:
		get_raw(p, &i->mac, sizeof i->mac);
		break;
	case FORM_LIST:
	case FORM_RECORD:
		i->record = (struct record){ .arena = arena };
		unpack_record(p, &i->record);
		break;
	}
}

static void unpack_record(struct pack *p, struct record *r)
{
	struct item **link = &r->first;
	unsigned char tag;

	while ((tag = p->octets[p->at++]) != 0) {
		struct item *i = arena_get(r->arena, sizeof *i);

		i->form = (enum form)((tag & FORM) - 1);
		i->digits = tag & DIGITS ? p->octets[p->at++] : 0;
		i->field = get_place(p);
		unpack_value(p, i, r->arena);
		*link = r->last = i;
		link = &i->next;
	}
}

/* ---- events ---- */

static void note_like(struct pack *p, unsigned which, const union words *w)
{
	p->like[1] = p->like[which ^ 1];
	p->like[0] = w->event;
}

void pack_event(struct pack *p, const struct event *e)
{
	union words now, like;
	unsigned which = !mac_equal(e->mac_src, p->like[0].mac_src);
	uint32_t bits = (uint32_t)which << 31;

	now.event = *e;
	now.event.frames = NULL;
	now.event.fields = (struct record){ 0 };
	now.event.kind = NULL;
	like.event = p->like[which];
	for (unsigned i = 0; i < WORDS; i++)
		bits |= (uint32_t)(now.word[i] != like.word[i]) << i;
	put_raw(p, &bits, sizeof bits);
	for (unsigned i = 0; i < WORDS; i++)
		if (bits >> i & 1)
			put_varying(p, now.word[i] ^ like.word[i]);
	note_like(p, which, &now);
	put_place(p, e->kind);
	for (unsigned i = 0; i < e->frame_count; i++)
		put_signed_varying(p, (int64_t)(e->frame - e->frames[i]));
	pack_record(p, &e->fields);
}

static const frame_ref *unpack_frames(struct pack *p, const struct event *e, struct arena *arena)
{
	frame_ref *frames = arena_get(arena, e->frame_count * sizeof *frames);

	for (unsigned i = 0; i < e->frame_count; i++)
		frames[i] = e->frame - (frame_ref)get_signed_varying(p);
	return frames;
}

struct event *unpack_event(struct pack *p, struct arena *arena)
{
	struct event *e = arena_get(arena, sizeof *e);
	union words now;
	unsigned which;
	uint32_t bits;

	get_raw(p, &bits, sizeof bits);
	which = bits >> 31;
	now.event = p->like[which];
	for (unsigned i = 0; i < WORDS; i++)
		if (bits >> i & 1)
			now.word[i] ^= get_varying(p);
	note_like(p, which, &now);
	*e = now.event;
	e->kind = get_place(p);
	if (e->frame_count)
		e->frames = unpack_frames(p, e, arena);
	e->fields = (struct record){ .arena = arena };
	unpack_record(p, &e->fields);
	return e;
}

void pack_clear(struct pack *p)
{
	*p = (struct pack){ .octets = p->octets, .room = p->room };
}

void pack_free(struct pack *p)
{
	free(p->octets);
	*p = (struct pack){ 0 };
}

#include "trail/event.h"

#include <string.h>

#include "base/text.h"

const struct field event_malformed = { "malformed" };

static struct item *put(struct record *r, const struct field *f, enum form form)
{
	struct item *i = arena_get(r->arena, sizeof *i);

	i->field = f;
	i->form = form;
	if (r->last)
		r->last->next = i;
	else
		r->first = i;
	r->last = i;
	return i;
}

void put_number(struct record *r, const struct field *f, uint64_t n)
{
	put(r, f, FORM_NUMBER)->number = n;
}

void put_signed(struct record *r, const struct field *f, int64_t n)
{
	put(r, f, FORM_SIGNED)->integer = n;
}

void put_hex(struct record *r, const struct field *f, uint64_t n, unsigned digits)
{
	struct item *i = put(r, f, FORM_HEX);

	i->number = n;
	i->digits = (uint8_t)digits;
}

void put_real(struct record *r, const struct field *f, double v, unsigned decimals)
{
	struct item *i = put(r, f, FORM_REAL);

	i->real = v;
	i->digits = (uint8_t)decimals;
}

void put_truth(struct record *r, const struct field *f, bool v)
{
	put(r, f, FORM_TRUTH)->truth = v;
}

void put_time(struct record *r, const struct field *f, int64_t at_ns, unsigned digits)
{
	struct item *i = put(r, f, FORM_TIME);

	i->integer = at_ns;
	i->digits = (uint8_t)digits;
}

void put_addr(struct record *r, const struct field *f, struct addr a)
{
	put(r, f, FORM_ADDR)->addr = a;
}

void put_mac(struct record *r, const struct field *f, struct mac m)
{
	put(r, f, FORM_MAC)->mac = m;
}

static void put_copy(struct record *r, const struct field *f, const char *data, size_t len)
{
	struct item *i = put(r, f, FORM_TEXT);

	i->text.data = arena_copy(r->arena, data, len);
	i->text.len = len;
}

void put_string(struct record *r, const struct field *f, const char *text)
{
	put_copy(r, f, text, strlen(text));
}

static bool is_ascii(struct span s)
{
	uint8_t all = 0;

	for (size_t i = 0; i < s.len; i++)
		all |= s.data[i];
	return all < 0x80;
}

void put_text(struct record *r, const struct field *f, struct span octets)
{
	struct text t;

	if (octets.len && octets.data[octets.len - 1] == 0)
		octets.len--;
	if (is_ascii(octets)) {
		put_copy(r, f, (const char *)octets.data, octets.len);
		return;
	}
	t = text_start(4 * octets.len + 1);
	text_add_printable(&t, octets);
	put_copy(r, f, text_string(&t), t.len);
	text_free(&t);
}

void put_name(struct record *r, const struct field *f, struct span octets)
{
	struct item *i;
	char *text;

	if (octets.len && octets.data[octets.len - 1] == 0)
		octets.len--;
	if (octets.len > 1 && octets.data[octets.len - 1] == '.')
		octets.len--;
	put_text(r, f, octets);
	i = r->last;
	text = (char *)(uintptr_t)i->text.data;
	for (size_t n = 0; n < i->text.len; n++)
		text[n] = (char)ascii_lower((uint8_t)text[n]);
}

void put_octets(struct record *r, const struct field *f, struct span octets)
{
	struct text t = text_start(2 * octets.len + 1);

	text_add_hex(&t, octets);
	put_copy(r, f, text_string(&t), t.len);
	text_free(&t);
}

static struct record *put_nested(struct record *r, const struct field *f, enum form form)
{
	struct item *i = put(r, f, form);

	i->record = (struct record){ .arena = r->arena };
	return &i->record;
}

struct record *put_list(struct record *r, const struct field *f)
{
	return put_nested(r, f, FORM_LIST);
}

struct record *put_record(struct record *r, const struct field *f)
{
	return put_nested(r, f, FORM_RECORD);
}

const struct item *record_find(const struct record *r, const struct field *f)
{
	for (const struct item *i = r->first; i; i = i->next)
		if (i->field == f)
			return i;
	return NULL;
}

const struct item *event_find(const struct event *e, const struct field *f)
{
	return record_find(&e->fields, f);
}

const char *record_string(const struct record *r, const struct field *f)
{
	const struct item *i = record_find(r, f);

	return i && i->form == FORM_TEXT ? i->text.data : NULL;
}

const char *event_string(const struct event *e, const struct field *f)
{
	return record_string(&e->fields, f);
}

uint64_t record_number(const struct record *r, const struct field *f, uint64_t absent)
{
	const struct item *i = record_find(r, f);

	return i && (i->form == FORM_NUMBER || i->form == FORM_HEX) ? i->number : absent;
}

uint64_t event_number(const struct event *e, const struct field *f, uint64_t absent)
{
	return record_number(&e->fields, f, absent);
}

const struct addr *event_addr(const struct event *e, const struct field *f)
{
	const struct item *i = event_find(e, f);

	return i && i->form == FORM_ADDR && addr_is_set(&i->addr) ? &i->addr : NULL;
}

const struct mac *event_mac(const struct event *e, const struct field *f)
{
	const struct item *i = event_find(e, f);

	return i && i->form == FORM_MAC && !mac_is_zero(i->mac) ? &i->mac : NULL;
}

const struct record *record_list(const struct record *r, const struct field *f)
{
	static const struct record empty;
	const struct item *i = record_find(r, f);

	return i && (i->form == FORM_LIST || i->form == FORM_RECORD) ? &i->record : &empty;
}

const struct record *event_list(const struct event *e, const struct field *f)
{
	return record_list(&e->fields, f);
}

void put_copies(struct record *r, const struct record *from)
{
	for (const struct item *i = from->first; i; i = i->next) {
		struct item *copy = put(r, i->field, i->form);

		*copy = *i;
		copy->next = NULL;
		if (i->form == FORM_TEXT) {
			copy->text.data = arena_copy(r->arena, i->text.data, i->text.len);
		} else if (i->form == FORM_LIST || i->form == FORM_RECORD) {
			copy->record = (struct record){ .arena = r->arena };
			put_copies(&copy->record, &i->record);
		}
	}
}

struct event *event_copy(const struct event *e, struct arena *arena)
{
	struct event *copy = arena_get(arena, sizeof *copy);

	*copy = *e;
	if (e->frame_count) {
		frame_ref *frames = arena_get(arena, e->frame_count * sizeof *frames);

		memcpy(frames, e->frames, e->frame_count * sizeof *frames);
		copy->frames = frames;
	}
	copy->fields = (struct record){ .arena = arena };
	put_copies(&copy->fields, &e->fields);
	return copy;
}

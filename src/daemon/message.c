#include "daemon/message.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"

/* ---- octets ---- */

void octets_add(struct octets *o, const void *from, size_t len)
{
	if (o->room - o->len < len) {
		o->room = o->len + len > 2 * o->room ? o->len + len : 2 * o->room;
		o->data = memory_resize(o->data, o->room, 1);
	}
	if (len)
		memcpy(o->data + o->len, from, len);
	o->len += len;
}

void octets_free(struct octets *o)
{
	free(o->data);
	*o = (struct octets){ 0 };
}

/* ---- writing ---- */

size_t message_open(struct octets *o, enum message_kind kind, const void *fixed, size_t size)
{
	const struct message_head head = { .kind = (uint16_t)kind };
	size_t open = o->len;

	octets_add(o, &head, sizeof head);
	octets_add(o, fixed, size);
	return open;
}

void message_close(struct octets *o, size_t open)
{
	uint32_t size = (uint32_t)(o->len - open);

	memcpy(o->data + open + offsetof(struct message_head, size), &size, sizeof size);
}

void message_text(struct octets *o, const char *text)
{
	if (text)
		octets_add(o, text, strlen(text));
}

void message_put_counter(struct octets *o, const char *name, const char *part, uint64_t value)
{
	const struct message_counter m = { value, text_len_of(name), text_len_of(part) };
	size_t open = message_open(o, MESSAGE_COUNTER, &m, sizeof m);

	message_text(o, name);
	message_text(o, part);
	message_close(o, open);
}

void message_put_loss(struct octets *o, const char *part, int64_t from_ns, int64_t until_ns, uint64_t packets)
{
	const struct message_loss m = { .from_ns = from_ns, .until_ns = until_ns, .packets = packets, .part = text_len_of(part) };
	size_t open = message_open(o, MESSAGE_LOSS, &m, sizeof m);

	message_text(o, part);
	message_close(o, open);
}

void message_put_interface(struct octets *o, const struct capture_info *c, unsigned position, unsigned count)
{
	const struct message_interface m = {
		c->packets, c->bytes, c->malformed, c->snapped, c->backwards, c->dropped, c->first_ns, c->last_ns, position, count,
		text_len_of(c->file), text_len_of(c->link_type),
	};
	size_t open = message_open(o, MESSAGE_INTERFACE, &m, sizeof m);

	message_text(o, c->file);
	message_text(o, c->link_type);
	message_close(o, open);
}

void message_put_answer(struct octets *o, uint64_t number, bool stored, bool hopeless)
{
	const struct message_answer m = { number, stored, hopeless };

	message_close(o, message_open(o, MESSAGE_ANSWER, &m, sizeof m));
}

/* ---- reading ---- */

int message_next(struct span octets, enum message_kind *ret_kind, struct span *ret_body, size_t *ret_size)
{
	struct message_head head;

	if (octets.len < sizeof head)
		return 0;
	memcpy(&head, octets.data, sizeof head);
	if (head.size < sizeof head || head.size > MESSAGE_MAX || head.kind == 0 || head.kind >= MESSAGE_KINDS || head.zero)
		return -1;
	*ret_size = head.size;
	if (octets.len < head.size)
		return 0;
	*ret_kind = head.kind;
	*ret_body = span_part(octets, sizeof head, head.size - sizeof head);
	return 1;
}

struct body body_of(struct span octets, struct arena *arena)
{
	return (struct body){ cursor_over(octets), arena, NULL };
}

void body_check(struct body *b, bool good, const char *what)
{
	if (!good && !b->wrong)
		b->wrong = what;
}

void body_fixed(struct body *b, void *ret, size_t size)
{
	struct span s = cursor_take(&b->c, size);

	memset(ret, 0, size);
	if (s.len)
		memcpy(ret, s.data, size);
	body_check(b, cursor_ok(&b->c), "too short");
}

const void *body_array(struct body *b, uint32_t count, size_t size)
{
	struct span s;
	void *copy;

	body_check(b, count <= PARTS_MAX, "too many elements");
	if (b->wrong || count == 0)
		return NULL;
	s = cursor_take(&b->c, count * size);
	body_check(b, cursor_ok(&b->c), "an array is too short");
	if (b->wrong)
		return NULL;
	copy = arena_get(b->arena, s.len);
	memcpy(copy, s.data, s.len);
	return copy;
}

static bool is_text(struct span s)
{
	while (s.len) {
		size_t len = utf8_length(s);

		if (!len)
			return false;
		s = span_part(s, len, s.len);
	}
	return true;
}

const char *body_said(struct body *b, text_len len)
{
	struct span s = cursor_take(&b->c, len);

	body_check(b, cursor_ok(&b->c), "a text is too short");
	body_check(b, is_text(s), "a text is not UTF-8");
	return b->wrong ? "" : arena_copy(b->arena, s.data, s.len);
}

const char *body_text(struct body *b, text_len len, bool may_lack)
{
	const char *text;

	if (len == NO_TEXT) {
		body_check(b, may_lack, "a text is missing");
		return may_lack ? NULL : "";
	}
	text = body_said(b, len);
	body_check(b, b->wrong || strlen(text) == len, "a text with a NUL");
	return text;
}

const char *body_name(struct body *b, text_len len)
{
	const char *name;

	body_check(b, len > 0 && len <= NAME_MAX_LEN, "a name's length");
	if (b->wrong)
		return "";
	name = body_text(b, len, false);
	for (const char *c = name; *c; c++)
		body_check(b, *c > ' ' && *c < 0x7f, "a name's letters");
	return name;
}

bool body_end(struct body *b)
{
	body_check(b, cursor_left(&b->c) == 0, "too long");
	return !b->wrong;
}

bool message_get_counter(struct span body, struct arena *arena, const char **ret_name, const char **ret_part, uint64_t *ret_value)
{
	struct body b = body_of(body, arena);
	struct message_counter m;

	body_fixed(&b, &m, sizeof m);
	*ret_value = m.value;
	*ret_name = body_name(&b, m.name);
	*ret_part = m.part == NO_TEXT ? NULL : body_name(&b, m.part);
	body_check(&b, m.value <= INT64_MAX, "a counter's value");
	return body_end(&b);
}

bool message_get_loss(struct span body, struct arena *arena, const char **ret_part, struct message_loss *ret)
{
	struct body b = body_of(body, arena);

	body_fixed(&b, ret, sizeof *ret);
	*ret_part = body_name(&b, ret->part);
	body_check(&b, ret->packets <= INT64_MAX, "a loss");
	return body_end(&b);
}

bool message_get_interface(struct span body, struct arena *arena, struct capture_info *ret, unsigned *ret_position, unsigned *ret_count)
{
	struct body b = body_of(body, arena);
	struct message_interface m;

	body_fixed(&b, &m, sizeof m);
	*ret = (struct capture_info){
		.file = body_name(&b, m.name), .packets = m.packets, .bytes = m.bytes, .first_ns = m.first_ns, .last_ns = m.last_ns, .time_digits = 9,
		.malformed = m.malformed, .snapped = m.snapped, .backwards = m.backwards, .dropped = m.dropped,
	};
	body_check(&b, m.link_type < sizeof ret->link_type, "a link type's length");
	if (!b.wrong)
		strcpy(ret->link_type, body_text(&b, m.link_type, false));
	body_check(&b, m.packets <= INT64_MAX && m.bytes <= INT64_MAX && m.malformed <= INT64_MAX && m.snapped <= INT64_MAX && m.backwards <= INT64_MAX
		&& m.dropped <= INT64_MAX, "an interface's figures");
	*ret_position = m.position;
	*ret_count = m.count;
	return body_end(&b);
}

bool message_get_answer(struct span body, struct message_answer *ret)
{
	struct body b = body_of(body, NULL);

	body_fixed(&b, ret, sizeof *ret);
	body_check(&b, ret->stored <= 1 && ret->hopeless <= 1, "an answer");
	return body_end(&b);
}

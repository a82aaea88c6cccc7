/*
 * A span is a run of octets somebody else owns. A cursor reads a span front to back.
 *
 * The first read past the end makes the cursor fail; from then on every read gives zero or an empty span and moves nothing, so that
 * a parser checks once a record instead of once a field. Multi-octet numbers come out in host order; network order never leaves here.
 */
#ifndef BASE_CURSOR_H
#define BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
	const uint8_t *data;
	size_t len;
};

struct cursor {
	const uint8_t *begin, *at, *end;
	bool failed;
};

static inline struct span span_of(const void *data, size_t len)
{
	return (struct span){ data, len };
}

/* The part of `s` from `from`, at most `len` long; empty where `s` ends before. */
static inline struct span span_part(struct span s, size_t from, size_t len)
{
	if (from > s.len)
		from = s.len;
	if (len > s.len - from)
		len = s.len - from;
	return (struct span){ len ? s.data + from : s.data, len };
}

static inline bool span_equal(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* Whether `s` holds the text `text` (without its NUL), letter for letter. */
static inline bool span_is(struct span s, const char *text)
{
	return span_equal(s, span_of(text, strlen(text)));
}

/* Whether `s` begins with `text`, letter for letter. */
static inline bool span_starts(struct span s, const char *text)
{
	size_t len = strlen(text);

	return s.len >= len && memcmp(s.data, text, len) == 0;
}

/* Protocols know the letters of ASCII only, and those the same everywhere: not as the user's locale has them, where an I may be no i. */
static inline uint8_t ascii_lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
}

static inline bool ascii_is_letter_or_digit(uint8_t c)
{
	return (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') || (c >= '0' && c <= '9');
}

/* The same two, ASCII letters in either case. */
bool span_is_nocase(struct span s, const char *text);
bool span_starts_nocase(struct span s, const char *text);

/* Where `needle` first stands in `s`, or NULL. */
const uint8_t *span_find(struct span s, const char *needle);

/* `s` without blanks and tabs at both ends. */
struct span span_trim(struct span s);

static inline struct cursor cursor_over(struct span s)
{
	return (struct cursor){ s.data, s.data, s.len ? s.data + s.len : s.data, false };
}

static inline size_t cursor_left(const struct cursor *c)
{
	return (size_t)(c->end - c->at);
}

/* Octets read so far. */
static inline size_t cursor_offset(const struct cursor *c)
{
	return (size_t)(c->at - c->begin);
}

static inline bool cursor_ok(const struct cursor *c)
{
	return !c->failed;
}

/* The next `len` octets, passed over; an empty span and failure where there are fewer. */
static inline struct span cursor_take(struct cursor *c, size_t len)
{
	const uint8_t *at = c->at;

	if (c->failed || len > cursor_left(c)) {
		c->failed = true;
		return (struct span){ c->end, 0 };
	}
	if (len)
		c->at += len;
	return (struct span){ at, len };
}

/* All that is left, passed over. Never fails. */
static inline struct span cursor_rest(struct cursor *c)
{
	return cursor_take(c, c->failed ? 0 : cursor_left(c));
}

static inline void cursor_skip(struct cursor *c, size_t len)
{
	(void)cursor_take(c, len);
}

static inline uint64_t cursor_big(struct cursor *c, size_t len)
{
	struct span s = cursor_take(c, len);
	uint64_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n = n << 8 | s.data[i];
	return n;
}

static inline uint64_t cursor_little(struct cursor *c, size_t len)
{
	struct span s = cursor_take(c, len);
	uint64_t n = 0;

	for (size_t i = s.len; i-- > 0;)
		n = n << 8 | s.data[i];
	return n;
}

/* The usual lengths without the loop: a packet's path has dozens of them. */
static inline uint8_t cursor_u8(struct cursor *c)
{
	struct span s = cursor_take(c, 1);

	if (!s.len)
		return 0;
	return s.data[0];
}

static inline uint16_t cursor_be16(struct cursor *c)
{
	struct span s = cursor_take(c, 2);

	if (!s.len)
		return 0;
	return (uint16_t)((unsigned)s.data[0] << 8 | s.data[1]);
}

static inline uint16_t cursor_le16(struct cursor *c)
{
	struct span s = cursor_take(c, 2);

	if (!s.len)
		return 0;
	return (uint16_t)((unsigned)s.data[1] << 8 | s.data[0]);
}

static inline uint32_t cursor_be32(struct cursor *c)
{
	struct span s = cursor_take(c, 4);

	if (!s.len)
		return 0;
	return (uint32_t)s.data[0] << 24 | (uint32_t)s.data[1] << 16 | (uint32_t)s.data[2] << 8 | s.data[3];
}

static inline uint32_t cursor_le32(struct cursor *c)
{
	struct span s = cursor_take(c, 4);

	if (!s.len)
		return 0;
	return (uint32_t)s.data[3] << 24 | (uint32_t)s.data[2] << 16 | (uint32_t)s.data[1] << 8 | s.data[0];
}

static inline uint32_t cursor_be24(struct cursor *c) { return (uint32_t)cursor_big(c, 3); }
static inline uint64_t cursor_be64(struct cursor *c) { return cursor_big(c, 8); }

#endif

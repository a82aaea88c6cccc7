#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

struct text text_start(size_t max)
{
	return (struct text){ .max = max };
}

void text_free(struct text *t)
{
	free(t->data);
	*t = text_start(t->max);
}

void text_clear(struct text *t)
{
	t->len = 0;
	t->cut = false;
	if (t->data)
		t->data[0] = '\0';
}

const char *text_string(const struct text *t)
{
	return t->data ? t->data : "";
}

static void text_room(struct text *t, size_t more)
{
	size_t need = t->len + more + 1;

	if (need <= t->room)
		return;
	if (need < 2 * t->room)
		need = 2 * t->room;
	t->room = need < 64 ? 64 : need;
	t->data = memory_resize(t->data, t->room, 1);
}

void text_add_span(struct text *t, struct span s)
{
	if (t->cut)
		s.len = 0;
	if (s.len > t->max - t->len) {
		s.len = t->max - t->len;
		while (s.len && (s.data[s.len] & 0xc0) == 0x80)
			s.len--;
		t->cut = true;
	}
	text_room(t, s.len);
	if (s.len)
		memcpy(t->data + t->len, s.data, s.len);
	t->len += s.len;
	t->data[t->len] = '\0';
}

void text_add(struct text *t, const char *more)
{
	text_add_span(t, span_of(more, strlen(more)));
}

void text_add_octet(struct text *t, char c)
{
	text_add_span(t, span_of(&c, 1));
}

void text_addf(struct text *t, const char *format, ...)
{
	char small[512], *big = small;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(small, sizeof small, format, args);
	va_end(args);
	if (len < 0)
		return;
	if ((size_t)len >= sizeof small) {
		big = memory_get((size_t)len + 1);
		va_start(args, format);
		vsnprintf(big, (size_t)len + 1, format, args);
		va_end(args);
	}
	text_add_span(t, span_of(big, (size_t)len));
	if (big != small)
		free(big);
}

void text_add_hex(struct text *t, struct span s)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < s.len; i++) {
		text_add_octet(t, digits[s.data[i] >> 4]);
		text_add_octet(t, digits[s.data[i] & 15]);
	}
}

/* RFC 3629 section 4: no overlong forms, no surrogates, nothing above U+10FFFF. */
size_t utf8_length(struct span s)
{
	uint8_t first = s.len ? s.data[0] : 0xff;
	uint8_t low = 0x80, high = 0xbf;
	size_t len;

	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		len = 2;
	else if (first >= 0xe0 && first <= 0xef)
		len = 3;
	else if (first >= 0xf0 && first <= 0xf4)
		len = 4;
	else
		return 0;
	if (first == 0xe0)
		low = 0xa0;
	else if (first == 0xed)
		high = 0x9f;
	else if (first == 0xf0)
		low = 0x90;
	else if (first == 0xf4)
		high = 0x8f;
	if (s.len < len || s.data[1] < low || s.data[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++)
		if ((s.data[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

void text_add_printable(struct text *t, struct span s)
{
	while (s.len) {
		size_t n = utf8_length(s);

		if (n)
			text_add_span(t, span_part(s, 0, n));
		else
			text_addf(t, "\\x%02x", s.data[0]);
		s = span_part(s, n ? n : 1, s.len);
	}
}

bool text_starts(const char *text, const char *with)
{
	return text && strncasecmp(text, with, strlen(with)) == 0;
}

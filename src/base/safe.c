#include "base/safe.h"

#include <string.h>

uint32_t safe_character(struct span sequence)
{
	static const uint8_t mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t c = sequence.data[0] & mask[sequence.len];

	for (size_t i = 1; i < sequence.len; i++)
		c = c << 6 | (sequence.data[i] & 0x3f);
	return c;
}

bool safe_is_printable(uint32_t c)
{
	static const struct { uint32_t first, last; } hidden[] = {
		{ 0x00, 0x1f }, { 0x7f, 0x9f },
		{ 0xad, 0xad },                 /* soft hyphen */
		{ 0x61c, 0x61c },               /* Arabic letter mark */
		{ 0x200b, 0x200f },             /* zero width, direction marks */
		{ 0x2028, 0x202e },             /* separators, embeddings and overrides */
		{ 0x2060, 0x206f },             /* joiners, isolates */
		{ 0xfeff, 0xfeff }, { 0xfff9, 0xfffb }, { 0xe0000, 0xe0fff },
	};

	for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
		if (c >= hidden[i].first && c <= hidden[i].last)
			return false;
	return (c & 0xfffe) != 0xfffe && !(c >= 0xfdd0 && c <= 0xfdef);         /* noncharacters (Unicode 15, section 23.7) */
}

static void add_character(struct text *t, struct span sequence, bool utf8)
{
	uint32_t c = safe_character(sequence);

	if (safe_is_printable(c) && (utf8 || c < 0x80))
		text_add_span(t, sequence);
	else if (c < 0x100)
		text_addf(t, "\\x%02x", (unsigned)c);
	else
		text_addf(t, c < 0x10000 ? "\\u%04x" : "\\U%08x", (unsigned)c);
}

void safe_add(struct text *t, const char *text, bool utf8)
{
	struct span left = span_of(text, strlen(text));

	while (left.len) {
		size_t n = utf8_length(left);

		if (n)
			add_character(t, span_part(left, 0, n), utf8);
		else
			text_addf(t, "\\x%02x", left.data[0]);
		left = span_part(left, n ? n : 1, left.len);
	}
}

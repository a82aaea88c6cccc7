#include "base/cursor.h"

bool span_starts_nocase(struct span s, const char *text)
{
	size_t len = 0;

	while (len < s.len && text[len] && ascii_lower(s.data[len]) == ascii_lower((uint8_t)text[len]))
		len++;
	return !text[len];
}

bool span_is_nocase(struct span s, const char *text)
{
	return s.len == strlen(text) && span_starts_nocase(s, text);
}

const uint8_t *span_find(struct span s, const char *needle)
{
	return s.len ? memmem(s.data, s.len, needle, strlen(needle)) : NULL;
}

struct span span_trim(struct span s)
{
	while (s.len && (s.data[0] == ' ' || s.data[0] == '\t'))
		s = span_part(s, 1, s.len - 1);
	while (s.len && (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == '\t'))
		s.len--;
	return s;
}

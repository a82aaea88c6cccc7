/* The text headers that HTTP/1.x and SIP share. Rules: RFC 9112 2 and 5, RFC 9110 5 and 11, RFC 3261 7.3, 20.44 and 25.1. */
#include "dissectors/header.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/memory.h"

enum { DIGITS_MAX = 15 };

bool header_is_token(uint8_t c)
{
	return ascii_is_letter_or_digit(c) || (c && c < 0x80 && strchr("!#$%&'*+-.^_`|~", c));
}

size_t header_token(struct span s)
{
	size_t len = 0;

	while (len < s.len && header_is_token(s.data[len]))
		len++;
	return len;
}

bool header_line(struct span s, struct span *ret_line, size_t *ret_len)
{
	const uint8_t *end = s.len ? memchr(s.data, '\n', s.len) : NULL;

	if (!end)
		return false;
	*ret_len = (size_t)(end - s.data) + 1;
	*ret_line = span_part(s, 0, *ret_len - 1);
	if (ret_line->len && ret_line->data[ret_line->len - 1] == '\r')
		ret_line->len--;
	return true;
}

/* As far as there are octets. */
static bool agrees(struct span s, const char *text, size_t len)
{
	return memcmp(s.data, text, s.len < len ? s.len : len) == 0;
}

enum header_answer header_known_method(struct span s, const char *const *methods, bool (*goes_on)(const char *method, uint8_t next))
{
	enum header_answer best = HEADER_BAD;

	for (size_t i = 0; s.len && methods[i]; i++) {
		size_t len = strlen(methods[i]);

		if (!agrees(s, methods[i], len) || (s.len > len && s.data[len] != ' '))
			continue;
		if (s.len <= len + 1)
			best = HEADER_MORE;
		else if (goes_on(methods[i], s.data[len + 1]))
			return HEADER_WHOLE;
	}
	return best;
}

bool header_measure(struct span s, size_t searched, size_t *ret_len)
{
	size_t at = searched > 3 ? searched - 3 : 0;
	const uint8_t *lf;

	for (; (lf = at < s.len ? memchr(s.data + at, '\n', s.len - at) : NULL); at = (size_t)(lf - s.data) + 1) {
		struct span behind = span_part(s, (size_t)(lf - s.data) + 1, 2);

		if (span_starts(behind, "\n") || span_starts(behind, "\r\n")) {
			*ret_len = (size_t)(lf - s.data) + 1 + (behind.data[0] == '\n' ? 1 : 2);
			return true;
		}
	}
	return false;
}

void header_unfold(uint8_t *octets, size_t len)
{
	for (size_t i = 0; i + 1 < len; i++) {
		if (octets[i] != '\n' || (octets[i + 1] != ' ' && octets[i + 1] != '\t'))
			continue;
		octets[i] = octets[i + 1] = ' ';
		if (i && octets[i - 1] == '\r')
			octets[i - 1] = ' ';
	}
}

bool header_next(struct span *lines, struct span *ret_name, struct span *ret_value)
{
	struct span line;
	size_t len;

	while (header_line(*lines, &line, &len)) {
		const uint8_t *colon = span_find(line, ":");

		*lines = span_part(*lines, len, lines->len);
		if (!colon)
			continue;
		*ret_name = span_trim(span_of(line.data, (size_t)(colon - line.data)));
		*ret_value = span_trim(span_part(line, (size_t)(colon - line.data) + 1, line.len));
		return true;
	}
	return false;
}

struct span header_part(struct span *list, char separator)
{
	bool quoted = false, bracketed = false;
	size_t i;
	struct span part;

	for (i = 0; i < list->len && (quoted || bracketed || list->data[i] != (uint8_t)separator); i++) {
		uint8_t c = list->data[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '<' || c == '>'))
			bracketed = c == '<';
	}
	i = i < list->len ? i : list->len;
	part = span_trim(span_part(*list, 0, i));
	*list = span_part(*list, i + 1, list->len);
	return part;
}

bool header_number(struct span digits, uint64_t *ret)
{
	*ret = 0;
	for (size_t i = 0; i < digits.len; i++) {
		if (!isdigit(digits.data[i]))
			return false;
		*ret = *ret * 10 + (uint64_t)(digits.data[i] - '0');
	}
	return digits.len && digits.len <= DIGITS_MAX;
}

static struct span without_quotes(struct span s)
{
	return s.len > 1 && s.data[0] == '"' && s.data[s.len - 1] == '"' ? span_part(s, 1, s.len - 2) : s;
}

bool header_parameter(struct span list, char separator, const char *name, struct span *ret)
{
	while (list.len) {
		struct span part = header_part(&list, separator), word = span_part(part, 0, header_token(part));
		struct span behind = span_trim(span_part(part, word.len, part.len));

		if (!span_is_nocase(word, name) || behind.len == 0 || behind.data[0] != '=')
			continue;
		*ret = without_quotes(span_trim(span_part(behind, 1, behind.len)));
		return true;
	}
	return false;
}

static struct record *list_at_end(struct record *r, const struct field *f)
{
	return r->last && r->last->field == f ? &r->last->record : put_list(r, f);
}

/* A challenge begins where a word is no parameter's name. */
void header_put_schemes(struct record *r, const struct field *f, struct span list)
{
	while (list.len) {
		struct span part = header_part(&list, ','), word = span_part(part, 0, header_token(part));
		struct span behind = span_trim(span_part(part, word.len, part.len));

		if (word.len && (behind.len == 0 || behind.data[0] != '=') && (word.len == part.len || part.data[word.len] == ' '))
			put_text(list_at_end(r, f), NULL, word);
	}
}

void header_put_without(struct record *r, const struct field *f, struct span text, size_t from, size_t until)
{
	uint8_t *clean = memory_copy(text.data, text.len);

	memmove(clean + from, clean + until, text.len - until);
	put_text(r, f, span_of(clean, text.len - (until - from)));
	free(clean);
}

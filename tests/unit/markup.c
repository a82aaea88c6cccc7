#include "tests/unit/markup.h"

#include "base/text.h"

enum { DEPTH_MAX = 64, ATTRIBUTES_MAX = 32 };

struct markup {
	struct cursor at;
	struct span open[DEPTH_MAX];            /* names of the elements that are not closed yet */
	unsigned depth;
	bool ended;                             /* the outermost one was closed */
	const char *wrong;
};

static void fail(struct markup *m, const char *words)
{
	if (!m->wrong)
		m->wrong = words;
}

static bool goes_on(const struct markup *m)
{
	return !m->wrong && cursor_left(&m->at) > 0;
}

static struct span left(const struct markup *m)
{
	return span_of(m->at.at, cursor_left(&m->at));
}

static bool take(struct markup *m, const char *text)
{
	bool starts = span_starts(left(m), text);

	if (starts)
		cursor_skip(&m->at, strlen(text));
	return starts;
}

static bool is_name(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

static struct span take_name(struct markup *m)
{
	size_t len = 0;

	while (len < cursor_left(&m->at) && is_name(m->at.at[len]))
		len++;
	if (len == 0)
		fail(m, "a name is missing");
	return cursor_take(&m->at, len);
}

/* ---- text, of elements and attributes ---- */

static void reference(struct markup *m)
{
	static const char *const known[] = { "&lt;", "&gt;", "&amp;", "&quot;", "&#39;" };

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (take(m, known[i]))
			return;
	fail(m, "an ampersand stands for itself");
}

/* A style sheet says ">" for "within", and may (XML 1.0, 2.4); nothing else does. */
static bool in_style(const struct markup *m)
{
	return m->depth && span_is(m->open[m->depth - 1], "style");
}

/* One character that is no markup. */
static void character(struct markup *m)
{
	struct span s = left(m);

	if (s.data[0] == '&')
		reference(m);
	else if (s.data[0] == '>' && !in_style(m))
		fail(m, "a bracket closes nothing");
	else
		cursor_skip(&m->at, 1);
}

/* ---- elements ---- */

static void attribute(struct markup *m, struct span *seen, unsigned *count)
{
	struct span name = take_name(m);

	for (unsigned i = 0; i < *count; i++)
		if (span_equal(seen[i], name))
			fail(m, "an attribute stands twice");
	if (*count == ATTRIBUTES_MAX)
		fail(m, "attributes have no end");
	else
		seen[(*count)++] = name;
	if (!take(m, "=\""))
		fail(m, "an attribute's value is not in quotes");
	while (goes_on(m) && left(m).data[0] != '"') {
		if (left(m).data[0] == '<')
			fail(m, "an element begins in an attribute");
		character(m);
	}
	if (!take(m, "\""))
		fail(m, "an attribute does not end");
}

static void begin_element(struct markup *m)
{
	struct span seen[ATTRIBUTES_MAX], name = take_name(m);
	unsigned count = 0;

	if (m->ended)
		fail(m, "something stands behind the end");
	while (goes_on(m) && take(m, " "))
		attribute(m, seen, &count);
	if (take(m, "/>"))
		return;
	if (!take(m, ">"))
		fail(m, "an element's beginning does not end");
	if (m->depth == DEPTH_MAX)
		fail(m, "elements nest without end");
	else
		m->open[m->depth++] = name;
}

static void end_element(struct markup *m)
{
	struct span name = take_name(m);

	if (m->depth == 0 || !span_equal(m->open[m->depth - 1], name))
		fail(m, "an element ends that was not the last to begin");
	else
		m->depth--;
	if (!take(m, ">"))
		fail(m, "an element's end does not end");
	m->ended = m->depth == 0;
}

static void piece(struct markup *m)
{
	if (m->at.at[0] != '<' && m->depth)
		character(m);
	else if (take(m, "</"))
		end_element(m);
	else if (take(m, "<"))
		begin_element(m);
	else if (m->at.at[0] == '\n')
		cursor_skip(&m->at, 1);
	else
		fail(m, "text stands outside of the page");
}

/* ---- the whole ---- */

static void check_octets(struct markup *m, struct span s)
{
	while (s.len && !m->wrong) {
		size_t n = s.data[0] < 0x80 ? 1 : utf8_length(s);

		if (n == 0)
			fail(m, "an octet is not UTF-8");
		else if (s.data[0] == 0x7f || (s.data[0] < ' ' && s.data[0] != '\n') || (s.data[0] == 0xc2 && s.data[1] < 0xa0))
			fail(m, "a control stands on it");
		else
			s = span_part(s, n, s.len);
	}
	m->at = cursor_over(s);
}

const char *markup_wrong(struct span page, size_t *ret_offset)
{
	struct markup m = { 0 };

	check_octets(&m, page);
	if (!m.wrong) {
		m.at = cursor_over(page);
		if (!take(&m, "<!DOCTYPE html>\n"))
			fail(&m, "it does not say that it is HTML");
		while (goes_on(&m))
			piece(&m);
		if (!m.ended)
			fail(&m, "it does not end");
	}
	if (ret_offset)
		*ret_offset = page.len - cursor_left(&m.at);
	return m.wrong;
}

#include "watch/canvas.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/safe.h"

enum { ELLIPSIS = 0x2026, HORIZONTAL = 0x2500, VERTICAL = 0x2502 };

void canvas_clear(struct canvas *c, unsigned rows, unsigned columns, bool utf8)
{
	if (!c->cells || c->rows != rows || c->columns != columns)
		c->cells = memory_resize(c->cells, (size_t)rows * columns + 1, sizeof *c->cells);
	c->rows = rows;
	c->columns = columns;
	c->utf8 = utf8;
	for (size_t i = 0; i < (size_t)rows * columns; i++)
		c->cells[i] = (struct cell){ .character = ' ', .ink = INK_PLAIN };
}

void canvas_free(struct canvas *c)
{
	free(c->cells);
	*c = (struct canvas){ 0 };
}

const char *canvas_choose(const struct canvas *c, const char *utf8, const char *ascii)
{
	return c->utf8 ? utf8 : ascii;
}

/* ---- characters ---- */

static unsigned width_of(uint32_t character)
{
	int width = character < 0x80 ? 1 : wcwidth((wchar_t)character);

	return width < 0 ? 1 : (unsigned)width;
}

/* The next character as it is shown: itself, or an escape of several. Answers the octets read. */
static size_t read_character(const struct canvas *c, const char *text, size_t len, uint32_t shown[12], unsigned *ret_count)
{
	struct span rest = { (const uint8_t *)text, len };
	size_t octets = utf8_length(rest);
	uint32_t character = octets ? safe_character((struct span){ rest.data, octets }) : 0;
	char escape[12];

	if (octets && safe_is_printable(character) && (c->utf8 || character < 0x80) && width_of(character)) {
		shown[0] = character;
		*ret_count = 1;
		return octets;
	}
	if (!octets || character < 0x100)
		snprintf(escape, sizeof escape, "\\x%02x", octets ? (unsigned)character : (unsigned)(uint8_t)*text);
	else
		snprintf(escape, sizeof escape, "\\u%04x", (unsigned)character);
	*ret_count = 0;
	while (escape[*ret_count]) {
		shown[*ret_count] = (unsigned char)escape[*ret_count];
		++*ret_count;
	}
	return octets ? octets : 1;
}

static void put_cell(struct canvas *c, unsigned row, unsigned column, uint32_t character, enum ink ink)
{
	if (row < c->rows && column < c->columns) {
		struct cell *cell = &c->cells[(size_t)row * c->columns + column];

		cell->character = character;
		cell->ink = (uint8_t)ink;
	}
}

/* ---- text ---- */

/* In place of the last column, where it was the right half of a wide character in place of the whole. */
static void put_ellipsis(struct canvas *c, unsigned row, unsigned column, unsigned at, enum ink ink)
{
	const struct cell *last = at && row < c->rows && column + at <= c->columns ? &c->cells[(size_t)row * c->columns + column + at - 1] : NULL;

	if (last && !last->character && at > 1) {
		put_cell(c, row, column + at - 2, c->utf8 ? ELLIPSIS : '~', ink);
		put_cell(c, row, column + at - 1, ' ', ink);
	} else {
		put_cell(c, row, column + (at ? at - 1 : 0), c->utf8 ? ELLIPSIS : '~', ink);
	}
}

/* Puts octets up to `len`; answers the columns. */
static unsigned put_run(struct canvas *c, unsigned row, unsigned column, unsigned width, enum ink ink, const char *text, size_t len)
{
	unsigned at = 0;

	for (size_t i = 0; i < len;) {
		uint32_t shown[12];
		unsigned count;

		i += read_character(c, text + i, len - i, shown, &count);
		for (unsigned k = 0; k < count; k++) {
			unsigned wide = width_of(shown[k]);

			if (at + wide > width) {
				put_ellipsis(c, row, column, at, ink);
				return at;
			}
			put_cell(c, row, column + at, shown[k], ink);
			if (wide == 2)
				put_cell(c, row, column + at + 1, 0, ink);
			at += wide;
		}
	}
	return at;
}

unsigned canvas_put(struct canvas *c, unsigned row, unsigned column, unsigned width, enum ink ink, const char *text)
{
	if (row >= c->rows || column >= c->columns || !width)
		return 0;
	if (width > c->columns - column)
		width = c->columns - column;
	return put_run(c, row, column, width, ink, text, strlen(text));
}

/* How many octets of the text go into one line of `width`: to the last blank that fits, else as much as fits. */
static size_t line_length(const struct canvas *c, const char *text, unsigned width)
{
	size_t len = strlen(text), last_blank = 0, i = 0;
	unsigned at = 0;

	while (i < len) {
		uint32_t shown[12];
		unsigned count, wide = 0;
		size_t octets = read_character(c, text + i, len - i, shown, &count);

		for (unsigned k = 0; k < count; k++)
			wide += width_of(shown[k]);
		if (at + wide > width)
			return last_blank ? last_blank : i ? i : octets;
		if (text[i] == ' ')
			last_blank = i;
		at += wide;
		i += octets;
	}
	return len;
}

unsigned canvas_wrap(struct canvas *c, unsigned row, unsigned column, unsigned width, unsigned rows, enum ink ink, const char *text)
{
	unsigned used = 0;

	if (column >= c->columns || !width)
		return 0;
	if (width > c->columns - column)
		width = c->columns - column;
	while (*text && used < rows) {
		size_t len = line_length(c, text, width);
		bool last = used + 1 == rows;

		/* All the rest into the last row: what does not fit leaves its mark. */
		put_run(c, row + used, column, width, ink, text, last ? strlen(text) : len);
		used++;
		text += len;
		while (*text == ' ')
			text++;
	}
	return used;
}

/* ---- lines ---- */

void canvas_rule(struct canvas *c, unsigned row, unsigned column, unsigned width)
{
	for (unsigned i = 0; i < width; i++)
		put_cell(c, row, column + i, c->utf8 ? HORIZONTAL : '-', INK_FAINT);
}

void canvas_upright(struct canvas *c, unsigned row, unsigned column, unsigned rows)
{
	for (unsigned i = 0; i < rows; i++)
		put_cell(c, row + i, column, c->utf8 ? VERTICAL : '|', INK_FAINT);
}

void canvas_choose_row(struct canvas *c, unsigned row, unsigned column, unsigned width)
{
	for (unsigned i = column; i < column + width && i < c->columns && row < c->rows; i++)
		c->cells[(size_t)row * c->columns + i].chosen = true;
}

/* ---- for tests, and for terminals without a screen ---- */

static void add_character(struct text *t, uint32_t u)
{
	if (u < 0x80) {
		text_add_octet(t, (char)u);
	} else if (u < 0x800) {
		text_add_octet(t, (char)(0xc0 | u >> 6));
		text_add_octet(t, (char)(0x80 | (u & 0x3f)));
	} else if (u < 0x10000) {
		text_add_octet(t, (char)(0xe0 | u >> 12));
		text_add_octet(t, (char)(0x80 | (u >> 6 & 0x3f)));
		text_add_octet(t, (char)(0x80 | (u & 0x3f)));
	} else {
		text_add_octet(t, (char)(0xf0 | u >> 18));
		text_add_octet(t, (char)(0x80 | (u >> 12 & 0x3f)));
		text_add_octet(t, (char)(0x80 | (u >> 6 & 0x3f)));
		text_add_octet(t, (char)(0x80 | (u & 0x3f)));
	}
}

char *canvas_row(const struct canvas *c, unsigned row)
{
	const struct cell *cells = c->cells + (size_t)row * c->columns;
	struct text t = text_start((size_t)c->columns * 4 + 1);
	unsigned end = c->columns;
	char *copy;

	while (end && cells[end - 1].character == ' ')
		end--;
	for (unsigned i = 0; i < end; i++)
		if (cells[i].character)
			add_character(&t, cells[i].character);
	copy = memory_copy(text_string(&t), strlen(text_string(&t)) + 1);
	text_free(&t);
	return copy;
}

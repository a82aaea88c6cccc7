#include "sink/page.h"

#include <string.h>
#include <wchar.h>

#include "base/safe.h"
#include "base/text.h"

enum { WIDTH_USUAL = 80, WIDTH_LEAST = 40, GAP = 2, COLUMNS_MAX = 8 };

struct page page_start(FILE *out, const struct text_style *style)
{
	struct page p = { .out = out, .style = *style };

	if (p.style.width == 0)
		p.style.width = WIDTH_USUAL;
	if (p.style.width < WIDTH_LEAST)
		p.style.width = WIDTH_LEAST;
	return p;
}

void page_end(struct page *p)
{
	arena_free(&p->scratch);
}

const char *page_choose(const struct page *p, const char *utf8, const char *ascii)
{
	return p->style.utf8 ? utf8 : ascii;
}

/* ---- what may be shown, and how wide it is ---- */

char *page_safe(struct page *p, const char *text)
{
	struct text t = text_start(SIZE_MAX / 2);
	char *out;

	safe_add(&t, text, p->style.utf8);
	out = arena_copy(&p->scratch, text_string(&t), t.len);
	text_free(&t);
	return out;
}

/* The columns that the character at the front takes; `ret_len` its octets. Unknown to the locale: one, which is right for all but wide ones. */
static unsigned character_columns(struct span s, size_t *ret_len)
{
	int columns;

	*ret_len = utf8_length(s);
	if (*ret_len == 0)
		*ret_len = 1;
	if (*ret_len == 1)
		return 1;
	columns = wcwidth((wchar_t)safe_character(span_part(s, 0, *ret_len)));
	return columns < 0 ? 1 : (unsigned)columns;
}

static unsigned text_columns(struct span s)
{
	unsigned columns = 0;
	size_t n;

	for (; s.len; s = span_part(s, n, s.len))
		columns += character_columns(s, &n);
	return columns;
}

/* ---- wrapping ---- */

/* How many octets of `s` fit into `width` columns; at least one character. */
static size_t octets_that_fit(struct span s, unsigned width)
{
	size_t at = 0, n;
	unsigned used = 0;

	while (at < s.len) {
		unsigned more = character_columns(span_part(s, at, s.len), &n);

		if (at && used + more > width)
			break;
		used += more;
		at += n;
	}
	return at;
}

static size_t last_break(struct span s, const char *after)
{
	for (size_t i = s.len; i > 0; i--)
		if (strchr(after, s.data[i - 1]))
			return i;
	return 0;
}

/* The next line of `*left`: up to a blank; a word that is longer than a line breaks behind a dot, a stroke or a comma, or where it must. */
static struct span next_line(struct span *left, unsigned width)
{
	struct span line = *left;
	size_t fit, cut;

	while (line.len && line.data[0] == ' ')
		line = span_part(line, 1, line.len);
	fit = octets_that_fit(line, width);
	if (fit == line.len) {
		*left = span_of("", 0);
		return line;
	}
	cut = line.data[fit] == ' ' ? fit : last_break(span_part(line, 0, fit), " ");
	if (cut == 0)
		cut = last_break(span_part(line, 0, fit), "./,=-");
	if (cut == 0)
		cut = fit;
	*left = span_part(line, cut, line.len);
	line = span_part(line, 0, cut);
	while (line.len && line.data[line.len - 1] == ' ')
		line.len--;
	return line;
}

/* ---- writing ---- */

static const char *const colours[] = {
	[INK_PLAIN] = "", [INK_STRONG] = "\033[1m", [INK_GOOD] = "\033[32m", [INK_CAUTION] = "\033[33m", [INK_BAD] = "\033[1;31m", [INK_FAINT] = "\033[2m",
};

static void write_span(struct page *p, enum ink ink, struct span s)
{
	bool coloured = p->style.colour && ink != INK_PLAIN && s.len;

	if (coloured)
		fputs(colours[ink], p->out);
	fwrite(s.data, 1, s.len, p->out);
	if (coloured)
		fputs("\033[0m", p->out);
	p->column += text_columns(s);
}

void page_put(struct page *p, enum ink ink, const char *text)
{
	const char *safe = page_safe(p, text);

	write_span(p, ink, span_of(safe, strlen(safe)));
}

void page_tab(struct page *p, unsigned column)
{
	unsigned blanks = column >= p->column ? column - p->column : 1;

	for (; blanks; blanks--, p->column++)
		putc(' ', p->out);
}

void page_line(struct page *p)
{
	putc('\n', p->out);
	p->column = 0;
}

void page_paragraph(struct page *p, unsigned indent, enum ink ink, const char *text)
{
	const char *safe = page_safe(p, text);
	struct span left = span_of(safe, strlen(safe));

	do {
		unsigned room = p->style.width > p->column ? p->style.width - p->column : 1;

		write_span(p, ink, next_line(&left, room));
		page_line(p);
		if (left.len)
			page_tab(p, indent);
	} while (left.len);
}

/* As much of the line as fits; an ellipsis says if that is not all. */
static void write_brief(struct page *p, enum ink ink, struct span all, unsigned room)
{
	const char *dots = page_choose(p, "…", "...");
	unsigned taken = p->style.utf8 ? 1 : 3;
	struct span line = all;

	if (text_columns(all) > room && room > taken) {
		line = span_part(all, 0, octets_that_fit(all, room - taken));
		while (line.len && line.data[line.len - 1] == ' ')
			line.len--;
	}
	write_span(p, ink, line);
	if (line.len < all.len)
		write_span(p, ink, span_of(dots, strlen(dots)));
}

void page_brief(struct page *p, enum ink ink, const char *text)
{
	const char *safe = page_safe(p, text);

	write_brief(p, ink, span_of(safe, strlen(safe)), p->style.width > p->column ? p->style.width - p->column : 1);
	page_line(p);
}

/* ---- columns ---- */

struct grid {
	const struct page_column *columns;
	size_t column_count;
	unsigned width[COLUMNS_MAX];
};

static unsigned grid_width(const struct grid *g)
{
	unsigned all = 0;

	for (size_t c = 0; c < g->column_count; c++)
		all += g->width[c] + (c ? GAP : 0);
	return all;
}

/* Takes from the column that has most to give, one by one, until the rows fit or none can give more. */
static void grid_shrink(struct grid *g, unsigned room)
{
	while (grid_width(g) > room) {
		size_t richest = 0;
		unsigned most = 0;

		for (size_t c = 0; c < g->column_count; c++)
			if (g->columns[c].least && g->width[c] > g->columns[c].least + most) {
				most = g->width[c] - g->columns[c].least;
				richest = c;
			}
		if (most == 0)
			return;
		g->width[richest]--;
	}
}

static struct span span_or_empty(const char *text)
{
	return span_of(text ? text : "", text ? strlen(text) : 0);
}

/* One line of a row; true if there is another. `left` and `below` hold what is still to be written. */
static bool write_row_line(struct page *p, const struct grid *g, unsigned indent, const struct page_cell *row, struct span *left, struct span *below)
{
	unsigned at = indent;
	bool more = false;

	for (size_t c = 0; c < g->column_count; at += g->width[c++] + GAP) {
		bool brief = g->columns[c].brief && text_columns(left[c]) > g->width[c];
		struct span line = brief ? left[c] : next_line(&left[c], g->width[c]);

		if (brief) {
			page_tab(p, at);
			write_brief(p, row[c].ink, line, g->width[c]);
			left[c] = span_of("", 0);
		} else if (line.len) {
			page_tab(p, at + (g->columns[c].right ? g->width[c] - text_columns(line) : 0));
			write_span(p, row[c].ink, line);
		}
		if (left[c].len == 0) {
			left[c] = below[c];
			below[c] = span_of("", 0);
		}
		more = more || left[c].len;
	}
	page_line(p);
	return more;
}

static void write_row(struct page *p, const struct grid *g, unsigned indent, const struct page_cell *row)
{
	struct span left[COLUMNS_MAX], below[COLUMNS_MAX];

	for (size_t c = 0; c < g->column_count; c++) {
		left[c] = span_or_empty(row[c].text);
		below[c] = span_or_empty(row[c].below);
	}
	while (write_row_line(p, g, indent, row, left, below))
		continue;
}

static void write_titles(struct page *p, const struct grid *g, unsigned indent)
{
	struct page_cell titles[COLUMNS_MAX];
	bool any = false;

	for (size_t c = 0; c < g->column_count; c++) {
		titles[c] = (struct page_cell){ g->columns[c].title, INK_FAINT, NULL };
		any = any || g->columns[c].title;
	}
	if (any)
		write_row(p, g, indent, titles);
}

static void grid_fit(struct grid *g, size_t column, const char *text)
{
	unsigned wide = text ? text_columns(span_or_empty(text)) : 0;

	if (wide > g->width[column])
		g->width[column] = wide;
}

static struct page_cell safe_cell(struct page *p, const struct page_cell *cell)
{
	return (struct page_cell){ page_safe(p, cell->text ? cell->text : ""), cell->ink, cell->below ? page_safe(p, cell->below) : NULL };
}

void page_grid(struct page *p, unsigned indent, const struct page_column *columns, size_t column_count, const struct page_cell *cells, size_t row_count)
{
	struct grid g = { columns, column_count, { 0 } };
	struct page_cell *safe = arena_get(&p->scratch, column_count * row_count * sizeof *safe);

	for (size_t c = 0; c < column_count; c++)
		grid_fit(&g, c, columns[c].title);
	for (size_t i = 0; i < column_count * row_count; i++) {
		safe[i] = safe_cell(p, &cells[i]);
		grid_fit(&g, i % column_count, safe[i].text);
		grid_fit(&g, i % column_count, safe[i].below);
	}
	grid_shrink(&g, p->style.width - indent);
	write_titles(p, &g, indent);
	for (size_t r = 0; r < row_count; r++)
		write_row(p, &g, indent, safe + r * column_count);
}

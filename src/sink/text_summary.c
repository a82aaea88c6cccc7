/* Many phones at a glance: how many ended how, as bars, and a line for each phone. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "sink/text_parts.h"
#include "sink/words.h"
#include "verdict/tally.h"

enum { BAR_MOST = 40, BAR_LEAST = 10, BESIDE_BAR = 44 };

/* ---- bars ---- */

static enum ink row_ink(const struct tally_row *r)
{
	return r->outcome == OUTCOME_FAILED ? INK_BAD : r->outcome == OUTCOME_SIGNED_IN ? INK_GOOD : INK_CAUTION;
}

static size_t most_phones(const struct tally *t)
{
	size_t most = 0;

	for (size_t i = 0; i < t->row_count; i++)
		most = t->rows[i].phones > most ? t->rows[i].phones : most;
	return most;
}

/* In half characters, so that few phones among many still show: one at least. */
static const char *bar(struct page *p, size_t phones, size_t most)
{
	unsigned room = p->style.width > BESIDE_BAR + BAR_LEAST ? p->style.width - BESIDE_BAR : BAR_LEAST;
	size_t halves = most ? phones * 2 * (room < BAR_MOST ? room : BAR_MOST) / most : 0;
	struct text t = text_start(1024);
	const char *out;

	if (phones && halves == 0)
		halves = 1;
	for (size_t i = 0; i < halves / 2; i++)
		text_add(&t, page_choose(p, "█", "#"));
	if (halves % 2)
		text_add(&t, page_choose(p, "▌", halves == 1 ? "#" : ""));
	out = arena_copy(&p->scratch, text_string(&t), t.len);
	text_free(&t);
	return out;
}

static void bars(struct page *p, const struct tally *t)
{
	static const struct page_column columns[] = {
		{ .title = "how it ended" }, { .title = "phones", .right = true }, { .title = NULL }, { .title = "sign-ins", .right = true },
	};
	struct page_cell *cells = arena_get(&p->scratch, t->row_count * 4 * sizeof *cells);
	size_t most = most_phones(t);

	for (size_t i = 0; i < t->row_count; i++) {
		const struct tally_row *r = &t->rows[i];
		struct page_cell *row = cells + 4 * i;

		row[0] = (struct page_cell){ .text = words_tally(r), .ink = r->cause ? INK_STRONG : INK_PLAIN };
		row[1] = (struct page_cell){ .text = arena_printf(&p->scratch, "%zu", r->phones) };
		row[2] = (struct page_cell){ .text = bar(p, r->phones, most), .ink = row_ink(r) };
		row[3] = (struct page_cell){ .text = arena_printf(&p->scratch, "%zu", r->sign_ins), .ink = INK_FAINT };
	}
	page_grid(p, TEXT_INDENT, columns, 4, cells, t->row_count);
}

/* ---- phones ---- */

static const char *number(struct page *p, size_t n)
{
	return n ? arena_printf(&p->scratch, "%zu", n) : "";
}

static void phones(struct page *p, const struct report *r)
{
	static const struct page_column columns[] = {
		{ .title = "phone" }, { .title = "SIP domain", .least = 20 }, { .title = "signed in", .right = true }, { .title = "failed", .right = true },
		{ .title = "other", .right = true }, { .title = "its last sign-in", .least = 20 },
	};
	struct page_cell *cells = arena_get(&p->scratch, r->phone_count * 6 * sizeof *cells);
	size_t rows = 0;

	for (size_t i = 0; i < r->phone_count; i++) {
		const struct phone_report *phone = r->phones[i];
		struct page_cell *row = cells + 6 * rows;
		char mac[MAC_TEXT];

		phone_report_look(phone);
		if (phone->attempt_count == 0)
			continue;
		rows++;
		row[0] = (struct page_cell){ .text = arena_printf(&p->scratch, "%s", mac_format(phone->mac, mac)) };
		row[1] = (struct page_cell){ .text = phone->sip_domain ? phone->sip_domain : "unknown" };
		row[2] = (struct page_cell){ .text = number(p, words_ended(phone, OUTCOME_SIGNED_IN)) };
		row[3] = (struct page_cell){ .text = number(p, words_ended(phone, OUTCOME_FAILED)) };
		row[4] = (struct page_cell){ .text = number(p, words_ended(phone, OUTCOME_UNFINISHED) + words_ended(phone, OUTCOME_UNKNOWN)) };
		row[5] = (struct page_cell){ .text = words_end(phone->attempts[phone->attempt_count - 1]),
			.ink = text_outcome_ink(phone->attempts[phone->attempt_count - 1]) };
	}
	page_grid(p, TEXT_INDENT, columns, 6, cells, rows);
}

/* ---- the whole ---- */

static const char *read_words(struct page *p, const struct report *r)
{
	if (r->capture_count == 0)
		return "";
	return r->capture_count == 1 ? " in one capture" : arena_printf(&p->scratch, " in %zu captures, read as one timeline", r->capture_count);
}

static void headline(struct page *p, const struct report *r, const struct tally *t)
{
	page_paragraph(p, 0, t->phones_failed ? INK_BAD : INK_GOOD, words_tally_verdict(&p->scratch, t));
	page_paragraph(p, 0, INK_PLAIN, arena_printf(&p->scratch, "%zu sign-in%s%s. A phone counts where its last sign-in ended.", t->sign_ins, t->sign_ins == 1 ? "" : "s",
		read_words(p, r)));
	page_line(p);
}

void text_summary(FILE *out, const struct report *r, const struct text_style *style)
{
	struct page p = page_start(out, style);
	struct tally t = tally_of(r);

	if (t.phones == 0) {
		page_paragraph(&p, 0, INK_PLAIN, "No phone's sign-in was found in what was captured.");
	} else {
		headline(&p, r, &t);
		bars(&p, &t);
		page_line(&p);
		phones(&p, r);
	}
	tally_free(&t);
	page_end(&p);
}

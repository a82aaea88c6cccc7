/* Many phones at a glance: how many ended how, as bars, and which phones they are. */
#include <stdio.h>
#include <string.h>

#include "sink/html_parts.h"
#include "sink/words.h"
#include "verdict/tally.h"

/* Phones of a row that are shown without being asked for. */
enum { PHONES_SHOWN = 3 };

static const char *row_class(const struct tally_row *r)
{
	return r->outcome == OUTCOME_FAILED ? "is-failed" : r->outcome == OUTCOME_SIGNED_IN ? "is-ok" : "is-warning";
}

static void bar(struct html *h, size_t length, size_t of)
{
	unsigned thousandths = (unsigned)(length * 1000 / (of ? of : 1));

	html_putf(h, "<svg class=\"bar\" aria-hidden=\"true\"><rect class=\"ground\" width=\"100%%\" height=\"100%%\"/><rect class=\"length\" width=\"%u.%u%%\" height=\"100%%\"/></svg>",
		thousandths / 10, thousandths % 10);
}

static bool ended_so(const struct phone_report *p, const struct tally_row *r)
{
	const struct attempt_report *last = p->attempt_count ? p->attempts[p->attempt_count - 1] : NULL;

	return last && last->outcome == r->outcome && words_cause(last) == r->cause;
}

static void put_phones(struct html *h, const struct tally_row *r)
{
	const char *between = "";
	char mac[MAC_TEXT];

	for (size_t i = 0; i < h->report->phone_count; i++) {
		const struct phone_report *p = h->report->phones[i];

		phone_report_look(p);
		if (!ended_so(p, r))
			continue;
		if (h->options->summary)
			html_putf(h, "%s%s", between, mac_format(p->mac, mac));
		else
			html_putf(h, "%s<a href=\"#p%zu\">%s</a>", between, i + 1, mac_format(p->mac, mac));
		between = ", ";
	}
}

static size_t most_phones(const struct tally *t)
{
	size_t most = 0;

	for (size_t i = 0; i < t->row_count; i++)
		most = t->rows[i].phones > most ? t->rows[i].phones : most;
	return most;
}

static void put_meaning(struct html *h, const struct rule *cause)
{
	if (!cause || !cause->meaning)
		return;
	html_put(h, "<span class=\"below\">");
	html_text(h, arena_printf(&h->scratch, "%.*s", (int)words_first_sentence(cause->meaning), cause->meaning));
	html_put(h, "</span>");
}

static void tally_row(struct html *h, const struct tally_row *r, size_t most)
{
	const bool many = r->phones > PHONES_SHOWN;

	html_putf(h, "<tr class=\"%s\"><th scope=\"row\"><code>%s</code>", row_class(r), words_tally(r));
	put_meaning(h, r->cause);
	html_putf(h, "</th><td class=\"num\" data-label=\"phones\">%zu</td><td class=\"bars\">", r->phones);
	bar(h, r->phones, most);
	html_putf(h, "</td><td class=\"num\" data-label=\"sign-ins\">%zu</td><td class=\"frames\">", r->sign_ins);
	if (many)
		html_putf(h, "<details><summary>%zu phones</summary>", r->phones);
	put_phones(h, r);
	html_put(h, many ? "</details></td></tr>\n" : "</td></tr>\n");
}

static void by_cause(struct html *h, const struct tally *t)
{
	html_put(h, "<table class=\"stack tally\"><caption>A phone counts where its last sign-in ended; the sign-ins are all of them.</caption>"
		"<thead><tr><th scope=\"col\">how it ended</th><th scope=\"col\" class=\"num\">phones</th><th scope=\"col\" class=\"bars\"><span class=\"unseen\">as a bar</span></th>"
		"<th scope=\"col\" class=\"num\">sign-ins</th><th scope=\"col\">which phones</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < t->row_count; i++)
		tally_row(h, &t->rows[i], most_phones(t));
	html_put(h, "</tbody></table>\n");
}

/* ---- each phone ---- */

static void phone_row(struct html *h, size_t i)
{
	const struct phone_report *p = h->report->phones[i];
	const struct attempt_report *last = p->attempts[p->attempt_count - 1];
	char mac[MAC_TEXT];

	mac_format(p->mac, mac);
	html_put(h, "<tr><th scope=\"row\" class=\"name mac\">");
	if (h->options->summary)
		html_putf(h, "%s</th>", mac);
	else
		html_putf(h, "<a href=\"#p%zu\">%s</a></th>", i + 1, mac);
	html_cell(h, "SIP domain", p->sip_domain ? p->sip_domain : "unknown");
	html_putf(h, "<td class=\"num\" data-label=\"signed in\">%zu</td><td class=\"num\" data-label=\"failed\">%zu</td><td class=\"num\" data-label=\"other\">%zu</td>",
		words_ended(p, OUTCOME_SIGNED_IN), words_ended(p, OUTCOME_FAILED), words_ended(p, OUTCOME_UNFINISHED) + words_ended(p, OUTCOME_UNKNOWN));
	html_cell(h, "last", words_outcome(&h->scratch, last));
	html_cell(h, "at", words_moment(&h->scratch, last->start_ns));
	html_put(h, "</tr>\n");
}

static void by_phone(struct html *h)
{
	html_put(h, "<table class=\"stack\"><thead><tr><th scope=\"col\">phone</th><th scope=\"col\">SIP domain</th><th scope=\"col\" class=\"num\">signed in</th>"
		"<th scope=\"col\" class=\"num\">failed</th><th scope=\"col\" class=\"num\">other</th><th scope=\"col\">its last sign-in</th><th scope=\"col\">began</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < h->report->phone_count; i++) {
		phone_report_look(h->report->phones[i]);
		if (h->report->phones[i]->attempt_count)
			phone_row(h, i);
	}
	html_put(h, "</tbody></table>\n");
}

static void headline(struct html *h, const struct tally *t)
{
	const char *verdict;

	html_putf(h, "<div class=\"verdict %s\">", t->phones_failed ? "failed" : "fine");
	html_mark(h, t->phones_failed ? OUTCOME_FAILED : OUTCOME_SIGNED_IN);
	html_put(h, "<div><h1 class=\"headline\">");
	verdict = words_tally_verdict(&h->scratch, t);
	html_putf(h, "%.*s", (int)strlen(verdict) - 1, verdict);
	html_put(h, "</h1><p class=\"lead\">");
	if (t->phones_failed && t->rows[0].cause && t->rows[0].phones) {
		html_putf(h, "The most frequent cause is %s, with %zu phone%s.", t->rows[0].cause->code, t->rows[0].phones, t->rows[0].phones == 1 ? "" : "s");
	} else {
		html_putf(h, "%zu sign-in%s seen.", t->sign_ins, t->sign_ins == 1 ? " was" : "s were");
	}
	html_put(h, "</p></div></div>\n");
}

void html_index(struct html *h)
{
	struct tally t = tally_of(h->report);

	headline(h, &t);
	html_put(h, "<nav class=\"index\" aria-label=\"Phones\"><section class=\"part\"><h2>By cause</h2>\n");
	by_cause(h, &t);
	html_put(h, "</section><section class=\"part\"><h2>By phone</h2>\n");
	by_phone(h);
	html_put(h, "</section></nav>\n");
	tally_free(&t);
	arena_reset(&h->scratch);
}

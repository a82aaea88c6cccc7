/* The page as a whole: its head, its phones, and what was read to make it. */
#include "sink/html.h"

#include <inttypes.h>
#include <string.h>

#include "base/digest.h"
#include "base/moment.h"
#include "config.h"
#include "sink/html_parts.h"
#include "sink/words.h"

static const char style[] =
#include "sink/html_css.inc"
	;

/* ---- head ---- */

static bool is_index(const struct html *h)
{
	return h->options->summary || h->report->phone_count > 1;
}

static void put_title(struct html *h)
{
	const struct report *r = h->report;
	const struct attempt_report *last;
	char mac[MAC_TEXT];

	if (r->phone_count != 1 || r->phones[0]->attempt_count == 0 || is_index(h)) {
		html_putf(h, "%zu phone%s – dialtone", r->phone_count, r->phone_count == 1 ? "" : "s");
		return;
	}
	last = r->phones[0]->attempts[r->phones[0]->attempt_count - 1];
	html_putf(h, "%s %s, %s – dialtone", mac_format(r->phones[0]->mac, mac), words_outcome(&h->scratch, last), words_moment(&h->scratch, last->start_ns));
}

/* The page is well-formed XML too: what a strict reader accepts, no browser has to guess about. */
static void put_head(struct html *h)
{
	char hash[DIGEST_BASE64];

	html_put(h, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n");
	html_putf(h, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'\"/>\n",
		digest_base64(span_of(style, sizeof style - 1), hash));
	html_put(h, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<meta name=\"color-scheme\" content=\"light dark\"/>\n"
		"<meta name=\"referrer\" content=\"no-referrer\"/>\n<meta name=\"robots\" content=\"noindex\"/>\n<meta name=\"generator\" content=\"" PACKAGE_STRING "\"/>\n<title>");
	put_title(h);
	html_putf(h, "</title>\n<style>%s</style>\n</head>\n", style);
}

/* ---- phones ---- */

/* One sign-in stands alone below the page's title or its phone's; several stand below the phone's last verdict. */
static void one_attempt(struct html *h, const struct phone_report *phone, size_t i)
{
	const struct attempt_report *a = phone->attempts[i];

	attempt_report_look(a);
	h->attempt = i + 1;
	html_putf(h, "<div id=\"p%zus%zu\" class=\"%s%s\">\n", h->phone, h->attempt, phone->attempt_count > 1 ? "attempt " : "", html_tone(a));
	html_attempt(h, phone, a);
	html_put(h, "</div>\n");
}

static void attempts_list(struct html *h, const struct phone_report *phone)
{
	html_put(h, "<nav aria-label=\"Sign-ins\"><ol class=\"plain\">");
	for (size_t i = 0; i < phone->attempt_count; i++)
		html_putf(h, "<li><a href=\"#p%zus%zu\">%s</a>: %s</li>", h->phone, i + 1, words_moment(&h->scratch, phone->attempts[i]->start_ns),
			words_outcome(&h->scratch, phone->attempts[i]));
	html_put(h, "</ol></nav>\n");
}

static void several_attempts(struct html *h, const struct phone_report *phone, unsigned heading)
{
	const struct attempt_report *last = phone->attempts[phone->attempt_count - 1];
	char mac[MAC_TEXT];

	html_putf(h, "<div class=\"verdict %s\">", html_tone(last));
	html_mark(h, last->outcome);
	html_putf(h, "<div><p class=\"when\">%s · the last of %zu sign-ins, %s</p><h%u class=\"headline\">", mac_format(phone->mac, mac), phone->attempt_count,
		words_moment(&h->scratch, last->start_ns), heading);
	html_headline(h, last);
	html_putf(h, "</h%u><p class=\"lead\">", heading);
	html_lead(h, last);
	html_put(h, "</p></div></div>\n");
	attempts_list(h, phone);
	h->level = heading + 2;
	for (size_t i = 0; i < phone->attempt_count; i++)
		one_attempt(h, phone, i);
}

static void put_phone(struct html *h, const struct phone_report *phone, unsigned heading)
{
	html_putf(h, "<article id=\"p%zu\" class=\"phone\">\n", h->phone);
	h->level = heading + 1;
	if (phone->attempt_count > 1)
		several_attempts(h, phone, heading);
	else if (phone->attempt_count)
		one_attempt(h, phone, 0);
	html_put(h, "</article>\n");
	arena_reset(&h->scratch);
}

static void put_phones(struct html *h)
{
	if (h->report->phone_count == 0) {
		html_put(h, "<div class=\"verdict\"><div></div><h1 class=\"headline\">No phone's sign-in was found in what was captured</h1></div>\n");
		return;
	}
	if (is_index(h))
		html_index(h);
	for (size_t i = 0; i < h->report->phone_count && !h->options->summary; i++) {
		phone_report_look(h->report->phones[i]);
		h->phone = i + 1;
		put_phone(h, h->report->phones[i], is_index(h) ? 2 : 1);
	}
}

/* ---- captures ---- */

static void capture_row(struct html *h, size_t i)
{
	const struct capture_info *c = h->report->captures[i];
	const char *digest = h->options->digests ? h->options->digests[i] : NULL;

	html_put(h, "<tr><th scope=\"row\" class=\"name\">");
	if (h->several_files)
		html_putf(h, "%zu ", i + 1);
	html_text(h, strcmp(c->file, "-") == 0 ? "standard input" : c->file);
	html_putf(h, "</th><td class=\"num\" data-label=\"packets\">%" PRIu64 "</td>", c->packets);
	html_cell(h, "first packet", c->packets ? words_moment(&h->scratch, c->first_ns) : "none");
	html_cell(h, "took", c->packets ? words_duration(&h->scratch, moment_span(c->first_ns, c->last_ns)) : "");
	html_put(h, "<td data-label=\"SHA-256\" class=\"hash\">");
	html_text(h, digest ? digest : "not known");
	html_put(h, c->cut_short ? "<span class=\"below\">cut off at its end</span></td></tr>\n" : "</td></tr>\n");
}

static void put_footer(struct html *h)
{
	html_put(h, "<footer>\n");
	if (h->report->capture_count) {
		html_put(h, "<table class=\"stack\"><thead><tr><th scope=\"col\">capture</th><th scope=\"col\" class=\"num\">packets</th><th scope=\"col\">first packet</th>"
			"<th scope=\"col\">took</th><th scope=\"col\">SHA-256</th></tr></thead><tbody>\n");
		for (size_t i = 0; i < h->report->capture_count; i++)
			capture_row(h, i);
		html_put(h, "</tbody></table>\n");
	}
	html_put(h, "<p>Made by " PACKAGE_STRING ".");
	if (!h->options->summary)
		html_put(h, h->several_files ? " Frame numbers are those that other programs show for the file; 2:17 is frame 17 of the second one." :
			" Frame numbers are those that other programs show for the file.");
	html_put(h, "</p>\n");
	html_put(h, "</footer>\n");
}

bool html_report(FILE *out, const struct report *r, const struct html_options *options)
{
	struct html h = { .out = out, .report = r, .options = options, .several_files = r->capture_count > 1 };

	put_head(&h);
	html_put(&h, "<body>\n<a class=\"skip\" href=\"#main\">Skip to the verdict</a>\n<header class=\"masthead\"><span><b>dialtone</b> sign-in report</span><span>");
	for (size_t i = 0; i < r->capture_count && i < 3; i++) {
		html_put(&h, i ? ", " : "");
		html_text(&h, strcmp(r->captures[i]->file, "-") == 0 ? "standard input" : r->captures[i]->file);
	}
	html_put(&h, r->capture_count > 3 ? " and more</span></header>\n" : "</span></header>\n");
	html_put(&h, "<main id=\"main\" tabindex=\"-1\">\n");
	put_phones(&h);
	html_put(&h, "</main>\n");
	put_footer(&h);
	html_put(&h, "</body>\n</html>\n");
	arena_free(&h.scratch);
	return fflush(out) == 0 && !ferror(out);
}

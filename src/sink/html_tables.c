/* The tables of a sign-in: its steps, the servers that the phone was told of, the certificates that it was shown. */
#include <string.h>

#include "base/moment.h"
#include "sink/evidence.h"
#include "sink/html_parts.h"
#include "sink/words.h"

enum { FRAMES_LINKED = 6, USUAL_PORT = 5061 };

/* ---- steps ---- */

static const char *state_mark(enum step_state s)
{
	static const char *const marks[] = { [STATE_OK] = "✓", [STATE_WARNING] = "!", [STATE_FAILED] = "✗", [STATE_SKIPPED] = "–", [STATE_NOT_SEEN] = "" };

	return marks[s];
}

static const char *state_words(enum step_state s)
{
	static const char *const words[] = {
		[STATE_OK] = "ok", [STATE_WARNING] = "warning", [STATE_FAILED] = "failed", [STATE_SKIPPED] = "skipped", [STATE_NOT_SEEN] = "not seen",
	};

	return words[s];
}

/* The way in one line: how far it went. The table of steps says the same in words. */
void html_track(struct html *h, const struct attempt_report *a)
{
	html_put(h, "<ol class=\"track\" aria-hidden=\"true\">");
	for (enum step s = 0; s < STEP_COUNT; s++) {
		enum step_state state = a->steps[s].state;

		html_putf(h, "<li class=\"%s\"><i>%s</i><span>%s</span></li>", state == STATE_FAILED ? "broke" : step_state_name(state), state_mark(state), step_name(s));
	}
	html_put(h, "</ol>\n");
}

static void step_row(struct html *h, const struct attempt_report *a, enum step step)
{
	const struct step_report *s = &a->steps[step];

	html_putf(h, "<tr class=\"is-%s\"><th scope=\"row\"><span class=\"state\" aria-hidden=\"true\">%s</span>%s<span class=\"unseen\">: %s</span></th><td class=\"num\" data-label=\"after\">",
		step_state_name(s->state), state_mark(s->state), step_name(step), state_words(s->state));
	if (s->has_time)
		html_put(h, words_after(&h->scratch, a->start_ns, s->start_ns));
	html_put(h, "</td><td class=\"num\" data-label=\"took\">");
	if (s->has_time && s->end_ns > s->start_ns)
		html_put(h, words_duration(&h->scratch, moment_span(s->start_ns, s->end_ns)));
	html_put(h, "</td><td>");
	html_text(h, s->detail ? s->detail : s->state == STATE_NOT_SEEN ? "not seen" : "");
	html_put(h, "</td><td class=\"frames\">");
	html_frames(h, a, &s->frames, FRAMES_LINKED);
	html_put(h, "</td></tr>\n");
}

void html_steps(struct html *h, const struct attempt_report *a)
{
	html_put(h, "<section class=\"part\">");
	html_heading(h, "Steps");
	html_put(h, "<table class=\"stack\"><thead><tr><th scope=\"col\">step</th><th scope=\"col\" class=\"num\">after</th><th scope=\"col\" class=\"num\">took</th>"
		"<th scope=\"col\">what happened</th><th scope=\"col\">frames</th></tr></thead><tbody>\n");
	for (enum step s = 0; s < STEP_COUNT; s++)
		step_row(h, a, s);
	html_put(h, "</tbody></table></section>\n");
}

/* ---- servers ---- */

static void server_cell(struct html *h, const struct candidate_report *c)
{
	char name[ADDR_TEXT];

	html_put(h, "<th scope=\"row\" class=\"name\">");
	html_name(h, c->server ? c->server : "(no name)");
	if (c->port && c->port != USUAL_PORT)
		html_putf(h, ":%u", c->port);
	for (size_t i = 0; i < c->addresses.count; i++)
		html_putf(h, "%s%s", i ? ", " : "<span class=\"below\">", addr_format(&c->addresses.at[i], name));
	html_put(h, c->addresses.count ? "</span></th>" : "</th>");
}

static void source_cell(struct html *h, const struct candidate_report *c, const char *domain)
{
	static const char *const words[] = {
		[CANDIDATE_SRV] = "SRV record", [CANDIDATE_DHCP120] = "DHCP option 120", [CANDIDATE_HOST] = "usual host name", [CANDIDATE_REDIRECT] = "another server",
		[CANDIDATE_CACHE] = "earlier sign-in",
	};

	html_putf(h, "<td data-label=\"learned from\">%s", words[c->source]);
	if (c->source == CANDIDATE_SRV && c->query) {
		html_put(h, "<span class=\"below\">");
		html_text(h, words_service(&h->scratch, c->query, domain));
		html_put(h, "</span>");
	}
	html_put(h, "</td>");
}

static void naming_cell(struct html *h, const struct candidate_report *c)
{
	if (c->naming == NAMING_NO_MATCH) {
		html_put(h, "<td data-label=\"name check\" class=\"ask\">not trusted</td>");
		return;
	}
	html_put(h, "<td data-label=\"name check\">trusted");
	if (c->matched_domain) {
		html_put(h, "<span class=\"below\">in ");
		html_name(h, c->matched_domain);
		html_put(h, "</span>");
	}
	html_put(h, "</td>");
}

static void result_cell(struct html *h, const struct candidate_report *c)
{
	static const char *const words[] = {
		[RESULT_NOT_TRIED] = "not tried", [RESULT_SIGNED_IN] = "signed in", [RESULT_NAME_SKIPPED] = "passed over", [RESULT_UNRESOLVED] = "no address",
		[RESULT_REFUSED] = "refused", [RESULT_TIMEOUT] = "no answer", [RESULT_TLS_FAILED] = "TLS failed", [RESULT_CLOSED] = "soon closed",
	};
	const char *tone = c->result == RESULT_SIGNED_IN ? "yes" : c->result == RESULT_NOT_TRIED ? "" : "ask";

	html_putf(h, "<td data-label=\"result\" class=\"%s\">%s</td>", tone, words[c->result]);
}

void html_candidates(struct html *h, const struct phone_report *phone, const struct attempt_report *a)
{
	if (a->candidate_count == 0)
		return;
	html_put(h, "<section class=\"part\">");
	html_heading(h, "Registrars that the phone was told of");
	html_put(h, "<table class=\"stack\"><thead><tr><th scope=\"col\">server</th><th scope=\"col\">learned from</th><th scope=\"col\">name check</th>"
		"<th scope=\"col\">dialled</th><th scope=\"col\">result</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < a->candidate_count; i++) {
		html_put(h, "<tr>");
		server_cell(h, &a->candidates[i]);
		source_cell(h, &a->candidates[i], phone->sip_domain);
		naming_cell(h, &a->candidates[i]);
		html_cell(h, "dialled", a->candidates[i].dialled ? "yes" : "no");
		result_cell(h, &a->candidates[i]);
		html_put(h, "</tr>\n");
	}
	html_put(h, "</tbody></table></section>\n");
}

/* ---- certificates ---- */

enum part { PART_NAMES = 1, PART_ISSUER = 2, PART_START = 4, PART_END = 8, PART_SIGNATURE = 16, PART_KEY = 32 };

/* What the judge found wrong with a certificate, as the parts of it that are meant. */
static const struct { const char *code; unsigned parts; } faults[] = {
	{ "tls-name-mismatch", PART_NAMES }, { "tls-wildcard", PART_NAMES }, { "tls-chain-untrusted", PART_ISSUER }, { "tls-chain-changed", PART_ISSUER },
	{ "tls-intercepted", PART_ISSUER }, { "tls-cert-expired", PART_END }, { "tls-cert-not-yet-valid", PART_START },
	{ "tls-signature-algorithm", PART_SIGNATURE }, { "tls-key-type", PART_KEY }, { "exchange-name-untrusted", PART_NAMES },
	{ "exchange-ca-untrusted", PART_ISSUER }, { "exchange-cert-wildcard", PART_NAMES },
};

static unsigned parts_of(const char *code)
{
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
		if (strcmp(faults[i].code, code) == 0)
			return faults[i].parts;
	return 0;
}

static bool is_shown_in(const struct finding_report *f, const struct certificate_report *c)
{
	for (size_t i = 0; i < c->frames.count; i++)
		if (frames_have(&f->frames, c->frames.at[i]))
			return true;
	return false;
}

static unsigned wrong_parts(const struct attempt_report *a, const struct certificate_report *c)
{
	unsigned parts = 0;

	for (size_t i = 0; i < a->finding_count; i++)
		if (a->findings[i].severity != SEVERITY_INFO && is_shown_in(&a->findings[i], c))
			parts |= parts_of(a->findings[i].rule->code);
	return parts;
}

/* <dt>, and the <dd> that is left open for what it holds. */
static void start_pair(struct html *h, const char *term, bool wrong)
{
	html_putf(h, "<dt>%s</dt><dd%s>%s", term, wrong ? " class=\"wrong\"" : "", wrong ? "<span aria-hidden=\"true\">✗ </span><span class=\"unseen\">wrong: </span>" : "");
}

static void pair(struct html *h, const char *term, const char *text, bool wrong)
{
	if (!text)
		return;
	start_pair(h, term, wrong);
	html_name(h, text);
	html_put(h, "</dd>");
}

static void put_names(struct html *h, const struct certificate_report *c, bool wrong)
{
	start_pair(h, "its names", wrong && c->san.count);
	for (size_t i = 0; i < c->san.count; i++) {
		html_put(h, i ? ", " : "");
		html_name(h, c->san.at[i]);
	}
	html_put(h, c->san.count ? "</dd>" : "no subject alternative name</dd>");
}

static void put_validity(struct html *h, const struct certificate_report *c, unsigned wrong)
{
	start_pair(h, "valid", wrong & (PART_START | PART_END));
	html_put(h, "from ");
	html_put(h, c->not_before_ns == INT64_MIN ? "long ago" : words_moment(&h->scratch, c->not_before_ns));
	html_put(h, " until ");
	html_put(h, c->not_after_ns == INT64_MAX ? "far in the future" : words_moment(&h->scratch, c->not_after_ns));
	html_put(h, wrong & PART_END ? " (over when it was shown)</dd>" : wrong & PART_START ? " (not begun when it was shown)</dd>" : "</dd>");
}

static void certificate(struct html *h, const struct attempt_report *a, const struct certificate_report *c)
{
	unsigned wrong = wrong_parts(a, c);

	html_put(h, "<div class=\"certificate\"><dl>");
	pair(h, "offered by", c->server, false);
	pair(h, "name wanted", c->wanted ? c->wanted : "not known", wrong & PART_NAMES);
	pair(h, "subject", c->subject, wrong & PART_NAMES && c->san.count == 0);
	put_names(h, c, wrong & PART_NAMES);
	put_validity(h, c, wrong);
	pair(h, "issuer", c->issuer, wrong & PART_ISSUER);
	pair(h, "key", c->key, wrong & PART_KEY);
	pair(h, "signature", c->signature_algorithm, wrong & PART_SIGNATURE);
	html_put(h, "<dt>SHA-256</dt><dd class=\"hash\">");
	html_text(h, c->sha256 ? c->sha256 : "");
	html_put(h, "</dd><dt>frames</dt><dd>");
	html_frames(h, a, &c->frames, FRAMES_LINKED);
	html_put(h, "</dd></dl></div>\n");
}

void html_certificates(struct html *h, const struct attempt_report *a)
{
	if (a->certificate_count == 0)
		return;
	html_put(h, "<section class=\"part\">");
	html_heading(h, "Certificates that it was shown");
	for (size_t i = 0; i < a->certificate_count; i++)
		certificate(h, a, &a->certificates[i]);
	html_put(h, "</section>\n");
}

/* One sign-in on the page: how it ended, who it was, why, what shows it and what to do; then its tables and its ladder. */
#include <stdio.h>
#include <string.h>

#include "base/moment.h"
#include "sink/evidence.h"
#include "sink/html_parts.h"
#include "sink/words.h"
#include "verdict/policy.h"

enum { EVIDENCE_MAX = 12, FRAMES_LINKED = 12 };

/* ---- the verdict ---- */

static const char *registrar_of(const struct attempt_report *a)
{
	for (size_t i = 0; i < a->candidate_count; i++)
		if (a->candidates[i].result == RESULT_SIGNED_IN)
			return a->candidates[i].server;
	return NULL;
}

void html_headline(struct html *h, const struct attempt_report *a)
{
	switch (a->outcome) {
	case OUTCOME_FAILED:
		html_put(h, "Sign-in failed");
		if (a->cause)
			html_putf(h, " at %s", words_step(a->cause->step));
		return;
	case OUTCOME_SIGNED_IN:
		html_put(h, "Signed in");
		if (registrar_of(a)) {
			html_put(h, " at ");
			html_text(h, registrar_of(a));
		}
		return;
	case OUTCOME_UNFINISHED:
		html_put(h, a->going_on ? "The sign-in is going on" : "Sign-in not finished");
		return;
	case OUTCOME_UNKNOWN:
		break;
	}
	html_put(h, "How the sign-in ended cannot be told");
}

void html_lead(struct html *h, const struct attempt_report *a)
{
	size_t warnings = words_count(a, SEVERITY_WARNING);

	if (a->cause)
		html_text(h, arena_printf(&h->scratch, "%.*s", (int)words_first_sentence(a->cause->message), a->cause->message));
	else if (a->outcome == OUTCOME_UNFINISHED)
		html_put(h, a->going_on ? "Nothing has failed for good so far." : "The capture ended or the phone stopped before anything had failed for good.");
	else if (a->outcome == OUTCOME_UNKNOWN)
		html_put(h, "This capture does not show enough of it.");
	else if (warnings)
		html_putf(h, "%zu thing%s not as %s should be.", warnings, warnings > 1 ? "s are" : " is", warnings > 1 ? "they" : "it");
	else
		html_put(h, "Nothing about it is amiss.");
}

/* `heading` 1 to 3, and what is told above the headline. */
static void verdict(struct html *h, const struct phone_report *phone, const struct attempt_report *a, unsigned heading)
{
	char mac[MAC_TEXT];

	html_put(h, "<div class=\"verdict\">");
	html_mark(h, a->outcome);
	html_put(h, "<div><p class=\"when\">");
	if (phone->attempt_count > 1)
		html_putf(h, "Sign-in %zu of %zu · ", h->attempt, phone->attempt_count);
	html_putf(h, "%s · %s</p>", mac_format(phone->mac, mac), words_moment(&h->scratch, a->start_ns));
	html_putf(h, "<h%u class=\"headline\">", heading);
	html_headline(h, a);
	html_putf(h, "</h%u><p class=\"lead\">", heading);
	html_lead(h, a);
	html_put(h, "</p></div></div>\n");
}

/* ---- who ---- */

static void start_fact(struct html *h, const char *term)
{
	html_putf(h, "<div><dt>%s</dt><dd>", term);
}

static void end_fact(struct html *h)
{
	html_put(h, "</dd></div>");
}

static void sourced_fact(struct html *h, const char *term, const char *value, const char *source)
{
	start_fact(h, term);
	html_text(h, value ? value : "not known from this capture");
	if (value && source) {
		html_put(h, "<small>from ");
		html_text(h, source);
		html_put(h, "</small>");
	}
	end_fact(h);
}

static void address_fact(struct html *h, const struct phone_report *phone)
{
	char text[ADDR_TEXT];

	start_fact(h, "Address");
	for (size_t i = 0; i < phone->addresses.count; i++)
		html_putf(h, "%s%s", i ? ", " : "", addr_format(&phone->addresses.at[i], text));
	html_put(h, phone->addresses.count ? "" : "no IP address seen");
	for (size_t i = 0; i < phone->vlan_count; i++)
		html_putf(h, "%s%u", i ? ", " : phone->vlan_count > 1 ? "<small>VLANs " : "<small>VLAN ", (unsigned)phone->vlans[i]);
	html_put(h, phone->vlan_count ? "</small>" : "");
	end_fact(h);
}

static void phone_facts(struct html *h, const struct phone_report *phone)
{
	const char *device = words_device(&h->scratch, phone);
	char mac[MAC_TEXT];

	start_fact(h, "Phone");
	html_text(h, device ? device : "of an unknown maker");
	html_putf(h, "<small>%s</small>", mac_format(phone->mac, mac));
	end_fact(h);
	address_fact(h, phone);
	sourced_fact(h, "SIP domain", phone->sip_domain, phone->sip_domain_source);
	sourced_fact(h, "Firmware", phone->firmware, phone->firmware_source);
}

static void attempt_facts(struct html *h, const struct attempt_report *a)
{
	const struct policy *policy = a->policy ? policy_find(a->policy) : NULL;

	start_fact(h, "Sign-in");
	html_putf(h, "%s<small>%s, %s</small>", words_method(a->method), words_moment(&h->scratch, a->start_ns),
		words_duration(&h->scratch, moment_span(a->start_ns, a->end_ns)));
	end_fact(h);
	if (!policy)
		return;
	start_fact(h, "Judged as");
	html_text(h, policy->meaning);
	html_putf(h, "<small>%s</small>", words_policy_source(a));
	end_fact(h);
}

/* ---- findings ---- */

static void evidence_line(struct html *h, const struct attempt_report *a, const struct story_line *l)
{
	html_put(h, "<li><span class=\"frames\">frame ");
	html_frame_link(h, a, l->frame);
	html_putf(h, "</span><span class=\"faint\">%s, ", words_after(&h->scratch, a->start_ns, l->at_ns));
	html_text(h, l->from);
	html_put(h, "</span><span>");
	html_name(h, l->text);
	html_put(h, "</span></li>\n");
}

static void evidence(struct html *h, const struct attempt_report *a, const struct finding_report *f)
{
	const struct story_line *const *lines;
	size_t count = evidence_lines(&h->scratch, a, &f->frames, &lines), shown = count < EVIDENCE_MAX ? count : EVIDENCE_MAX;
	struct frame_list rest = evidence_untold(&h->scratch, a, &f->frames);

	if (f->frames.count == 0)
		return;
	html_put(h, "<ul class=\"evidence\" aria-label=\"Evidence\">\n");
	for (size_t i = 0; i < shown; i++)
		evidence_line(h, a, lines[i]);
	if (count > shown)
		html_putf(h, "<li class=\"rest faint\">and %zu more messages, marked in the ladder</li>\n", count - shown);
	if (rest.count) {
		html_putf(h, "<li class=\"rest faint\">%s%s ", shown ? "and " : "", rest.count > 1 ? "frames" : "frame");
		html_frames(h, a, &rest, FRAMES_LINKED);
		html_put(h, "</li>\n");
	}
	html_put(h, "</ul>\n");
}

static void fix(struct html *h, const struct finding_report *f)
{
	if (!f->fix || !*f->fix)
		return;
	html_put(h, "<div class=\"fix\"><span class=\"label\">What to do</span><p>");
	html_text(h, f->fix);
	html_put(h, "</p></div>\n");
}

static void grade(struct html *h, const struct finding_report *f)
{
	html_put(h, "<p class=\"grade\"><code>");
	html_text(h, f->rule->code);
	html_putf(h, "</code>, %s.", words_grade(f->grade));
	if (f->rule->source) {
		html_put(h, " Source: ");
		html_text(h, f->rule->source);
		html_put(h, ".");
	}
	html_put(h, "</p>\n");
}

void html_cause(struct html *h, const struct attempt_report *a)
{
	if (!a->cause)
		return;
	html_put(h, "<section class=\"part\">");
	html_heading(h, "Why");
	html_put(h, "<p>");
	html_text(h, words_why(a->cause));
	html_put(h, "</p>\n");
	fix(h, a->cause);
	evidence(h, a, a->cause);
	grade(h, a->cause);
	html_put(h, "</section>\n");
}

static void other_finding(struct html *h, const struct attempt_report *a, const struct finding_report *f)
{
	static const char *const words[] = { [SEVERITY_ERROR] = "Error", [SEVERITY_WARNING] = "Warning", [SEVERITY_INFO] = "Note" };
	size_t first = words_first_sentence(f->message);

	html_putf(h, "<details class=\"is-%s\"%s><summary><span class=\"mark-word\">%s</span> ", severity_name(f->severity), f->severity == SEVERITY_INFO || words_is_repeated(a, (size_t)(f - a->findings)) ? "" : " open=\"\"",
		words[f->severity]);
	html_text(h, arena_printf(&h->scratch, "%.*s", (int)first, f->message));
	html_put(h, "</summary><div>");
	if (f->message[first]) {
		html_put(h, "<p>");
		html_text(h, f->message + first + strspn(f->message + first, " "));
		html_put(h, "</p>");
	}
	if (f->severity != SEVERITY_INFO)
		fix(h, f);
	evidence(h, a, f);
	grade(h, f);
	html_put(h, "</div></details>\n");
}

void html_other_findings(struct html *h, const struct attempt_report *a)
{
	if (a->finding_count == (a->cause ? 1 : 0))
		return;
	html_put(h, "<section class=\"part\">");
	html_heading(h, a->cause ? "Also seen" : "Findings");
	for (size_t i = 0; i < a->finding_count; i++)
		if (&a->findings[i] != a->cause)
			other_finding(h, a, &a->findings[i]);
	html_put(h, "</section>\n");
}

static void cannot_show(struct html *h, const struct text_list *texts)
{
	if (texts->count == 0)
		return;
	html_put(h, "<section class=\"part\">");
	html_heading(h, "What this capture cannot show");
	html_put(h, "<ul class=\"plain\">");
	for (size_t i = 0; i < texts->count; i++) {
		html_put(h, "<li>");
		html_text(h, texts->at[i]);
		html_put(h, "</li>");
	}
	html_put(h, "</ul></section>\n");
}

/* ---- the whole ---- */

static void facts(struct html *h, const struct phone_report *phone, const struct attempt_report *a)
{
	html_put(h, "<dl class=\"who\">");
	if (h->attempt == 1)
		phone_facts(h, phone);
	attempt_facts(h, a);
	html_put(h, "</dl>\n");
}

void html_attempt(struct html *h, const struct phone_report *phone, const struct attempt_report *a)
{
	verdict(h, phone, a, h->level - 1);
	html_track(h, a);
	facts(h, phone, a);
	html_cause(h, a);
	html_steps(h, a);
	html_candidates(h, phone, a);
	html_certificates(h, a);
	html_other_findings(h, a);
	html_ladder(h, a);
	cannot_show(h, &a->cannot_show);
}

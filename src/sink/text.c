/*
 * The report for a person: the verdict first, then who, the steps, the servers that the phone was told of, why, what shows it and what to do.
 * What is said of a sign-in was said by the judge; here it is only laid out.
 */
#include <stdio.h>
#include <string.h>

#include "base/moment.h"
#include "base/text.h"
#include "sink/text_parts.h"
#include "sink/words.h"
#include "verdict/policy.h"

/* ---- one sentence ---- */

enum ink text_outcome_ink(const struct attempt_report *a)
{
	switch (a->outcome) {
	case OUTCOME_FAILED: return INK_BAD;
	case OUTCOME_SIGNED_IN: return words_count(a, SEVERITY_WARNING) ? INK_CAUTION : INK_GOOD;
	case OUTCOME_UNFINISHED:
	case OUTCOME_UNKNOWN: break;
	}
	return INK_CAUTION;
}

static const char *outcome_mark(const struct page *p, const struct attempt_report *a)
{
	switch (a->outcome) {
	case OUTCOME_FAILED: return page_choose(p, "✗ ", "");
	case OUTCOME_SIGNED_IN: return page_choose(p, "✓ ", "");
	case OUTCOME_UNFINISHED:
	case OUTCOME_UNKNOWN: break;
	}
	return page_choose(p, "? ", "");
}

static void verdict(struct page *p, const struct attempt_report *a)
{
	page_put(p, text_outcome_ink(a), outcome_mark(p, a));
	page_paragraph(p, p->column, text_outcome_ink(a), words_verdict(&p->scratch, a));
}

/* ---- who ---- */

static void row(struct page *p, const char *label, const char *text)
{
	text_label(p, label);
	page_paragraph(p, TEXT_GUTTER, INK_PLAIN, text);
}

static const char *with_source(struct page *p, const char *value, const char *source)
{
	if (!value)
		return "not known from this capture";
	return source ? arena_printf(&p->scratch, "%s (from %s)", value, source) : value;
}

static void add_vlans(struct text *t, const struct phone_report *phone)
{
	for (size_t i = 0; i < phone->vlan_count; i++)
		text_addf(t, i ? ", %u" : phone->vlan_count > 1 ? ", VLANs %u" : ", VLAN %u", (unsigned)phone->vlans[i]);
}

static void phone_row(struct page *p, const struct phone_report *phone)
{
	const char *device = words_device(&p->scratch, phone);
	struct text t = text_start(8192);
	char mac[MAC_TEXT];

	text_add(&t, mac_format(phone->mac, mac));
	if (device)
		text_addf(&t, ", %s", device);
	text_addf(&t, "; %s", phone->addresses.count ? text_addresses(p, &phone->addresses) : "no IP address seen");
	add_vlans(&t, phone);
	row(p, "phone", text_string(&t));
	text_free(&t);
}

static void who(struct page *p, const struct phone_report *phone)
{
	phone_row(p, phone);
	if (phone->firmware || p->style.story)
		row(p, "firmware", with_source(p, phone->firmware, phone->firmware_source));
	row(p, "SIP domain", with_source(p, phone->sip_domain, phone->sip_domain_source));
}

static void sign_in(struct page *p, const struct attempt_report *a)
{
	const struct policy *policy = a->policy ? policy_find(a->policy) : NULL;

	row(p, "sign-in", arena_printf(&p->scratch, "%s; %s, %s", words_method(a->method), words_moment(&p->scratch, a->start_ns),
		words_duration(&p->scratch, moment_span(a->start_ns, a->end_ns))));
	if (policy)
		row(p, "judged as", arena_printf(&p->scratch, "%.*s (%s)", (int)(p->style.story ? strlen(policy->meaning) : strcspn(policy->meaning, ":")),
			policy->meaning, words_policy_source(a)));
}

/* ---- findings ---- */

static void cause(struct page *p, const struct attempt_report *a, bool several_files)
{
	const struct finding_report *f = a->cause;

	page_line(p);
	row(p, "why", words_why(f));
	page_tab(p, TEXT_GUTTER);
	page_paragraph(p, TEXT_GUTTER, INK_FAINT, arena_printf(&p->scratch, "%s, %s; `dialtone explain %s` tells more", f->rule->code,
		p->style.story ? words_grade(f->grade) : grade_name(f->grade), f->rule->code));
	if (f->frames.count) {
		text_label(p, "evidence");
		text_evidence(p, a, f, several_files, !p->style.story);
	}
	if (f->fix && *f->fix) {
		text_label(p, "fix");
		page_paragraph(p, TEXT_GUTTER, INK_STRONG, f->fix);
	}
}

static const char *severity_mark(const struct page *p, enum severity s)
{
	switch (s) {
	case SEVERITY_ERROR: return page_choose(p, "✗", "error");
	case SEVERITY_WARNING: return page_choose(p, "!", "warning");
	case SEVERITY_INFO: break;
	}
	return page_choose(p, "i", "note");
}

static enum ink severity_ink(enum severity s)
{
	return s == SEVERITY_ERROR ? INK_BAD : s == SEVERITY_WARNING ? INK_CAUTION : INK_FAINT;
}

static void other_finding(struct page *p, const struct finding_report *f, bool several_files)
{
	const char *message = f->message ? f->message : "";

	page_tab(p, TEXT_INDENT);
	page_put(p, severity_ink(f->severity), arena_printf(&p->scratch, "%s %s", severity_mark(p, f->severity), f->rule->code));
	page_put(p, INK_FAINT, arena_printf(&p->scratch, "  %s", grade_name(f->grade)));
	if (f->frames.count)
		page_put(p, INK_FAINT, arena_printf(&p->scratch, ", %s %s", f->frames.count > 1 ? "frames" : "frame", text_frames(p, &f->frames, several_files)));
	page_line(p);
	page_tab(p, 2 * TEXT_INDENT);
	page_paragraph(p, 2 * TEXT_INDENT, INK_PLAIN, message);
	if (f->severity != SEVERITY_INFO && f->fix && *f->fix) {
		page_tab(p, 2 * TEXT_INDENT);
		page_paragraph(p, 2 * TEXT_INDENT, INK_PLAIN, arena_printf(&p->scratch, "Fix: %s", f->fix));
	}
}

/* What did not stop a sign-in that has failed: a line each, so that the cause stays in sight. */
static void brief_finding(struct page *p, const struct finding_report *f, unsigned column)
{
	page_tab(p, TEXT_INDENT);
	page_put(p, severity_ink(f->severity), arena_printf(&p->scratch, "%s %s", severity_mark(p, f->severity), f->rule->code));
	page_tab(p, column);
	page_brief(p, INK_PLAIN, f->message ? f->message : "");
}

/* Where messages begin behind the marks and codes. */
static unsigned findings_column(const struct page *p, const struct attempt_report *a)
{
	size_t longest = 0;

	for (size_t i = 0; i < a->finding_count; i++)
		if (&a->findings[i] != a->cause && strlen(a->findings[i].rule->code) > longest)
			longest = strlen(a->findings[i].rule->code);
	return TEXT_INDENT + (unsigned)longest + (p->style.utf8 ? 4 : 10);
}

static void brief_findings(struct page *p, const struct attempt_report *a)
{
	const unsigned column = findings_column(p, a);

	page_line(p);
	page_tab(p, TEXT_INDENT);
	page_put(p, INK_FAINT, "also seen; -v tells the evidence and what to do");
	page_line(p);
	for (size_t i = 0; i < a->finding_count; i++)
		if (&a->findings[i] != a->cause)
			brief_finding(p, &a->findings[i], column);
}

static void other_findings(struct page *p, const struct attempt_report *a, bool several_files)
{
	const unsigned column = findings_column(p, a);
	bool brief = false;

	for (size_t i = 0; i < a->finding_count; i++) {
		if (&a->findings[i] == a->cause)
			continue;
		if (brief != (!p->style.story && words_is_repeated(a, i)) || !brief)
			page_line(p);
		brief = !p->style.story && words_is_repeated(a, i);
		if (brief)
			brief_finding(p, &a->findings[i], column);
		else
			other_finding(p, &a->findings[i], several_files);
	}
}

static void cannot_show(struct page *p, const struct text_list *texts)
{
	if (texts->count)
		page_line(p);
	for (size_t i = 0; i < texts->count; i++)
		row(p, i ? "" : "not shown", texts->at[i]);
}

static void cannot_show_briefly(struct page *p, const struct text_list *texts)
{
	struct text t = text_start(4096);

	for (size_t i = 0; i < texts->count; i++)
		text_addf(&t, "%s%.*s", i ? " " : "", (int)words_first_sentence(texts->at[i]), texts->at[i]);
	if (texts->count) {
		page_line(p);
		row(p, "not shown", text_string(&t));
	}
	text_free(&t);
}

/* ---- the whole ---- */

static void body(struct page *p, const struct phone_report *phone, const struct attempt_report *a, bool several_files)
{
	bool brief = a->cause && !p->style.story;

	page_line(p);
	text_steps(p, a, several_files, brief);
	if (a->candidate_count) {
		page_line(p);
		text_candidates(p, phone, a);
	}
	if (a->cause)
		cause(p, a, several_files);
	if (brief && a->finding_count > 1)
		brief_findings(p, a);
	else if (!brief)
		other_findings(p, a, several_files);
	if (brief)
		cannot_show_briefly(p, &a->cannot_show);
	else
		cannot_show(p, &a->cannot_show);
	if (p->style.story && a->story_count) {
		page_line(p);
		text_story(p, a, several_files);
	}
}

static void one_attempt(struct page *p, const struct phone_report *phone, bool several_files)
{
	const struct attempt_report *a = phone->attempts[0];

	verdict(p, a);
	page_line(p);
	who(p, phone);
	sign_in(p, a);
	body(p, phone, a, several_files);
}

static void whole_attempt(struct page *p, const struct phone_report *phone, const struct attempt_report *a, bool several_files)
{
	page_line(p);
	verdict(p, a);
	page_line(p);
	sign_in(p, a);
	body(p, phone, a, several_files);
}

/* A later one ended for the same reason: that one is told whole. */
static bool is_repeated(const struct phone_report *phone, size_t i)
{
	const struct attempt_report *a = phone->attempts[i];

	for (size_t k = i + 1; k < phone->attempt_count; k++)
		if (phone->attempts[k]->outcome == a->outcome && words_cause(phone->attempts[k]) == words_cause(a))
			return true;
	return false;
}

static void brief_attempt(struct page *p, const struct attempt_report *a)
{
	page_put(p, INK_PLAIN, arena_printf(&p->scratch, ", %s, %s: ", words_moment(&p->scratch, a->start_ns),
		words_duration(&p->scratch, moment_span(a->start_ns, a->end_ns))));
	page_put(p, text_outcome_ink(a), words_outcome(&p->scratch, a));
	page_put(p, INK_FAINT, "; as a later one");
	page_line(p);
}

static void several_attempts(struct page *p, const struct phone_report *phone, bool several_files)
{
	const struct attempt_report *last = phone->attempts[phone->attempt_count - 1];

	page_put(p, text_outcome_ink(last), outcome_mark(p, last));
	page_paragraph(p, p->column, text_outcome_ink(last), words_phone_verdict(&p->scratch, phone));
	page_line(p);
	who(p, phone);
	for (size_t i = 0; i < phone->attempt_count; i++) {
		attempt_report_look(phone->attempts[i]);
		page_line(p);
		page_put(p, INK_STRONG, arena_printf(&p->scratch, "Sign-in %zu of %zu", i + 1, phone->attempt_count));
		if (!p->style.story && is_repeated(phone, i))
			brief_attempt(p, phone->attempts[i]);
		else
			whole_attempt(p, phone, phone->attempts[i], several_files);
	}
}

static void overview(struct page *p, const struct report *r)
{
	static const struct page_column columns[] = { { .title = "phone" }, { .title = "SIP domain", .least = 20 }, { .title = "last sign-in", .least = 30 } };
	struct page_cell *cells = arena_get(&p->scratch, r->phone_count * 3 * sizeof *cells);

	for (size_t i = 0; i < r->phone_count; i++) {
		const struct phone_report *phone = r->phones[i];
		char mac[MAC_TEXT];

		phone_report_look(phone);
		cells[3 * i] = (struct page_cell){ .text = arena_printf(&p->scratch, "%s", mac_format(phone->mac, mac)) };
		cells[3 * i + 1] = (struct page_cell){ .text = phone->sip_domain ? phone->sip_domain : "unknown" };
		cells[3 * i + 2] = (struct page_cell){ .text = phone->attempt_count ? words_outcome(&p->scratch, phone->attempts[phone->attempt_count - 1]) : "no sign-in",
			.ink = phone->attempt_count ? text_outcome_ink(phone->attempts[phone->attempt_count - 1]) : INK_PLAIN };
	}
	page_put(p, INK_STRONG, arena_printf(&p->scratch, "%zu phones", r->phone_count));
	page_line(p);
	page_line(p);
	page_grid(p, TEXT_INDENT, columns, 3, cells, r->phone_count);
}

static void ruler(struct page *p)
{
	page_line(p);
	for (unsigned i = 0; i < p->style.width; i++)
		page_put(p, INK_FAINT, page_choose(p, "─", "-"));
	page_line(p);
	page_line(p);
}

static void captures(struct page *p, const struct report *r)
{
	page_line(p);
	for (size_t i = 0; i < r->capture_count; i++) {
		const struct capture_info *c = r->captures[i];
		const char *number = r->capture_count > 1 ? arena_printf(&p->scratch, "%zu ", i + 1) : "";

		text_label(p, i ? "" : "read");
		page_paragraph(p, TEXT_GUTTER, INK_FAINT, arena_printf(&p->scratch, "%s%s: %llu packets%s%s", number, strcmp(c->file, "-") == 0 ? "standard input" : c->file,
			(unsigned long long)c->packets, c->packets ? arena_printf(&p->scratch, " in %s", words_duration(&p->scratch, moment_span(c->first_ns, c->last_ns))) : "",
			c->cut_short ? ", cut off at its end" : ""));
	}
}

void text_report(FILE *out, const struct report *r, const struct text_style *style)
{
	struct page p = page_start(out, style);
	bool several_files = r->capture_count > 1;

	if (r->phone_count == 0)
		page_paragraph(&p, 0, INK_PLAIN, arena_printf(&p.scratch, "No phone's sign-in was found in what was captured.%s%s", style->hint ? " " : "",
			style->hint ? style->hint : ""));
	if (r->phone_count > 1)
		overview(&p, r);
	for (size_t i = 0; i < r->phone_count; i++) {
		phone_report_look(r->phones[i]);
		if (i || r->phone_count > 1)
			ruler(&p);
		if (r->phones[i]->attempt_count > 1)
			several_attempts(&p, r->phones[i], several_files);
		else if (r->phones[i]->attempt_count)
			one_attempt(&p, r->phones[i], several_files);
		else
			who(&p, r->phones[i]);
	}
	captures(&p, r);
	page_end(&p);
}

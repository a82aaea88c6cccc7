/*
 * The report for a person: the verdict first, then who, the steps, the servers that the phone was told of, why, what shows it and what to do.
 * What is said of a sign-in was said by the judge; here it is only laid out.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "sink/text_parts.h"
#include "sink/words.h"
#include "verdict/policy.h"

/* ---- one sentence ---- */

static enum ink outcome_ink(const struct attempt_report *a)
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
	page_put(p, outcome_ink(a), outcome_mark(p, a));
	page_paragraph(p, p->column, outcome_ink(a), words_verdict(&p->scratch, a));
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

static const char *where_words(struct page *p, const struct phone_report *phone)
{
	struct text t = text_start(4096);
	const char *out;

	text_add(&t, phone->addresses.count ? text_addresses(p, &phone->addresses) : "no IP address seen");
	for (size_t i = 0; i < phone->vlan_count; i++)
		text_addf(&t, i ? ", %u" : phone->vlan_count > 1 ? ", VLANs %u" : ", VLAN %u", (unsigned)phone->vlans[i]);
	out = arena_copy(&p->scratch, text_string(&t), t.len);
	text_free(&t);
	return out;
}

static void who(struct page *p, const struct phone_report *phone)
{
	char mac[MAC_TEXT];

	mac_format(phone->mac, mac);
	row(p, "phone", arena_printf(&p->scratch, "%s%s%s%s", mac, phone->vendor ? ", " : "", phone->vendor ? phone->vendor : "",
		phone->model ? arena_printf(&p->scratch, " %s", phone->model) : ""));
	row(p, "address", where_words(p, phone));
	row(p, "firmware", with_source(p, phone->firmware, phone->firmware_source));
	row(p, "SIP domain", with_source(p, phone->sip_domain, phone->sip_domain_source));
}

static void sign_in(struct page *p, const struct attempt_report *a)
{
	const struct policy *policy = a->policy ? policy_find(a->policy) : NULL;

	row(p, "sign-in", arena_printf(&p->scratch, "%s; %s, %s", words_method(a->method), words_moment(&p->scratch, a->start_ns),
		words_duration(&p->scratch, a->end_ns - a->start_ns)));
	if (policy)
		row(p, "judged as", arena_printf(&p->scratch, "%s (%s)", policy->meaning, words_policy_source(a->policy_source)));
}

/* ---- findings ---- */

static void cause(struct page *p, const struct attempt_report *a, bool several_files)
{
	const struct finding_report *f = a->cause;

	page_line(p);
	row(p, "why", words_why(f));
	page_tab(p, TEXT_GUTTER);
	page_paragraph(p, TEXT_GUTTER, INK_FAINT, arena_printf(&p->scratch, "%s (%s); `dialtone explain %s` tells more", f->rule->code, words_grade(f->grade),
		f->rule->code));
	if (f->frames.count) {
		text_label(p, "evidence");
		text_evidence(p, a, f, several_files);
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

static void other_finding(struct page *p, const struct finding_report *f, bool several_files)
{
	static const enum ink inks[] = { [SEVERITY_ERROR] = INK_BAD, [SEVERITY_WARNING] = INK_CAUTION, [SEVERITY_INFO] = INK_FAINT };
	const char *message = f->message ? f->message : "";

	page_tab(p, TEXT_INDENT);
	page_put(p, inks[f->severity], arena_printf(&p->scratch, "%s %s", severity_mark(p, f->severity), f->rule->code));
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

static void other_findings(struct page *p, const struct attempt_report *a, bool several_files)
{
	bool any = false;

	for (size_t i = 0; i < a->finding_count; i++) {
		if (&a->findings[i] == a->cause)
			continue;
		page_line(p);
		if (!any && a->cause) {
			page_tab(p, TEXT_INDENT);
			page_put(p, INK_FAINT, "also seen");
			page_line(p);
		}
		any = true;
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

/* ---- the whole ---- */

static void body(struct page *p, const struct phone_report *phone, const struct attempt_report *a, bool several_files)
{
	page_line(p);
	text_steps(p, a, several_files);
	if (a->candidate_count) {
		page_line(p);
		text_candidates(p, phone, a);
	}
	if (a->cause)
		cause(p, a, several_files);
	other_findings(p, a, several_files);
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

static void several_attempts(struct page *p, const struct phone_report *phone, bool several_files)
{
	const struct attempt_report *last = phone->attempts[phone->attempt_count - 1];

	page_put(p, outcome_ink(last), outcome_mark(p, last));
	page_paragraph(p, p->column, outcome_ink(last), words_phone_verdict(&p->scratch, phone));
	page_line(p);
	who(p, phone);
	for (size_t i = 0; i < phone->attempt_count; i++) {
		page_line(p);
		page_put(p, INK_STRONG, arena_printf(&p->scratch, "Sign-in %zu of %zu", i + 1, phone->attempt_count));
		page_line(p);
		verdict(p, phone->attempts[i]);
		page_line(p);
		sign_in(p, phone->attempts[i]);
		body(p, phone, phone->attempts[i], several_files);
	}
}

static void overview(struct page *p, const struct report *r)
{
	static const struct page_column columns[] = { { .title = "phone" }, { .title = "SIP domain", .least = 20 }, { .title = "last sign-in", .least = 30 } };
	struct page_cell *cells = arena_get(&p->scratch, r->phone_count * 3 * sizeof *cells);

	for (size_t i = 0; i < r->phone_count; i++) {
		const struct phone_report *phone = r->phones[i];
		char mac[MAC_TEXT];

		cells[3 * i] = (struct page_cell){ .text = arena_printf(&p->scratch, "%s", mac_format(phone->mac, mac)) };
		cells[3 * i + 1] = (struct page_cell){ .text = phone->sip_domain ? phone->sip_domain : "unknown" };
		cells[3 * i + 2] = (struct page_cell){ .text = phone->attempt_count ? words_outcome(&p->scratch, phone->attempts[phone->attempt_count - 1]) : "no sign-in",
			.ink = phone->attempt_count ? outcome_ink(phone->attempts[phone->attempt_count - 1]) : INK_PLAIN };
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
			(unsigned long long)c->packets, c->packets ? arena_printf(&p->scratch, " in %s", words_duration(&p->scratch, c->last_ns - c->first_ns)) : "",
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

/* The tables of the report for a person: steps, servers, evidence, story. */
#include <stdio.h>
#include <string.h>

#include "base/moment.h"
#include "base/text.h"
#include "sink/evidence.h"
#include "sink/text_parts.h"
#include "sink/words.h"

/* Rows and runs that still leave the report on one screen. */
enum { EVIDENCE_MAX = 7, EVIDENCE_BRIEF = 4, STEP_RUNS = 2, FINDING_RUNS = 4, ADDRESSES_MAX = 2 };

/* Columns that a table with addresses of their own needs. */
enum { WIDE = 96 };

/* ---- values in words ---- */

const char *text_frames(struct page *p, const struct frame_list *frames, bool several_files)
{
	return words_frames(&p->scratch, frames, FINDING_RUNS, several_files);
}

const char *text_addresses(struct page *p, const struct addr_list *addresses)
{
	struct text t = text_start(4096);
	char name[ADDR_TEXT];
	const char *out;
	size_t shown = addresses->count > ADDRESSES_MAX + 1 ? ADDRESSES_MAX : addresses->count;

	for (size_t i = 0; i < shown; i++)
		text_addf(&t, "%s%s", i ? ", " : "", addr_format(&addresses->at[i], name));
	if (shown < addresses->count)
		text_addf(&t, " and %zu more", addresses->count - shown);
	out = arena_copy(&p->scratch, text_string(&t), t.len);
	text_free(&t);
	return out;
}

void text_label(struct page *p, const char *label)
{
	page_tab(p, TEXT_INDENT);
	page_put(p, INK_FAINT, label);
	page_tab(p, TEXT_GUTTER);
}

/* ---- steps ---- */

static struct page_cell state_cell(const struct page *p, enum step_state state)
{
	switch (state) {
	case STATE_OK: return (struct page_cell){ .text = page_choose(p, "✓", "ok"), .ink = INK_GOOD };
	case STATE_WARNING: return (struct page_cell){ .text = page_choose(p, "!", "warning"), .ink = INK_CAUTION };
	case STATE_FAILED: return (struct page_cell){ .text = page_choose(p, "✗", "failed"), .ink = INK_BAD };
	case STATE_SKIPPED: return (struct page_cell){ .text = page_choose(p, "–", "skipped"), .ink = INK_FAINT };
	case STATE_NOT_SEEN: break;
	}
	return (struct page_cell){ .text = "" };
}

static void step_row(struct page *p, const struct attempt_report *a, enum step step, bool several_files, struct page_cell row[6])
{
	const struct step_report *s = &a->steps[step];

	row[0] = state_cell(p, s->state);
	row[1] = (struct page_cell){ .text = step_name(step), .ink = s->state == STATE_FAILED ? INK_STRONG : INK_PLAIN };
	row[2] = (struct page_cell){ .text = s->has_time ? words_after(&p->scratch, a->start_ns, s->start_ns) : "" };
	row[3] = (struct page_cell){ .text = s->has_time && s->end_ns > s->start_ns ? words_duration(&p->scratch, moment_span(s->start_ns, s->end_ns)) : "" };
	row[4] = (struct page_cell){ .text = s->detail };
	row[5] = (struct page_cell){ .text = words_frames(&p->scratch, &s->frames, STEP_RUNS, several_files), .ink = INK_FAINT };
}

static void not_seen(struct page *p, const struct attempt_report *a)
{
	struct text t = text_start(1024);

	for (enum step s = 0; s < STEP_COUNT; s++)
		if (a->steps[s].state == STATE_NOT_SEEN)
			text_addf(&t, "%s%s", t.len ? ", " : "not seen: ", step_name(s));
	if (t.len) {
		page_tab(p, TEXT_INDENT);
		page_paragraph(p, TEXT_INDENT, INK_FAINT, text_string(&t));
	}
	text_free(&t);
}

void text_steps(struct page *p, const struct attempt_report *a, bool several_files, bool brief)
{
	const struct page_column columns[] = {
		{ .title = NULL }, { .title = "step" }, { .title = "after", .right = true }, { .title = "took", .right = true },
		{ .title = "what happened", .least = 26, .brief = brief }, { .title = "frames", .least = 9 },
	};
	struct page_cell cells[STEP_COUNT][6];
	size_t rows = 0;

	for (enum step s = 0; s < STEP_COUNT; s++)
		if (a->steps[s].state != STATE_NOT_SEEN)
			step_row(p, a, s, several_files, cells[rows++]);
	if (rows) {
		page_grid(p, TEXT_INDENT, columns, 6, &cells[0][0], rows);
		not_seen(p, a);
	}
}

/* ---- candidates ---- */

static const char *source_words(struct page *p, const struct candidate_report *c, const char *domain)
{
	switch (c->source) {
	case CANDIDATE_SRV: return c->query ? arena_printf(&p->scratch, "SRV %s", words_service(&p->scratch, c->query, domain)) : "SRV record";
	case CANDIDATE_DHCP120: return "DHCP option 120";
	case CANDIDATE_HOST: return "usual host name";
	case CANDIDATE_REDIRECT: return "another server";
	case CANDIDATE_CACHE: break;
	}
	return "earlier sign-in";
}

static struct page_cell naming_cell(struct page *p, const struct candidate_report *c)
{
	if (c->naming == NAMING_NO_MATCH)
		return (struct page_cell){ .text = "not trusted", .ink = INK_CAUTION };
	if (c->naming == NAMING_SIP_DOMAIN || !c->matched_domain)
		return (struct page_cell){ .text = "trusted" };
	return (struct page_cell){ .text = arena_printf(&p->scratch, "trusted: in %s", c->matched_domain) };
}

static struct page_cell result_cell(const struct candidate_report *c)
{
	static const struct page_cell words[] = {
		[RESULT_NOT_TRIED] = { .text = "not tried" }, [RESULT_SIGNED_IN] = { .text = "signed in", .ink = INK_GOOD },
		[RESULT_NAME_SKIPPED] = { .text = "passed over", .ink = INK_CAUTION }, [RESULT_UNRESOLVED] = { .text = "no address", .ink = INK_CAUTION },
		[RESULT_REFUSED] = { .text = "refused", .ink = INK_CAUTION }, [RESULT_TIMEOUT] = { .text = "no answer", .ink = INK_CAUTION },
		[RESULT_TLS_FAILED] = { .text = "TLS failed", .ink = INK_CAUTION }, [RESULT_CLOSED] = { .text = "soon closed", .ink = INK_CAUTION },
	};

	return words[c->result];
}

/* The port is told where it is not the usual one. */
static const char *server_words(struct page *p, const struct candidate_report *c)
{
	enum { USUAL_PORT = 5061 };
	const char *name = c->server ? c->server : "";

	return c->port && c->port != USUAL_PORT ? arena_printf(&p->scratch, "%s:%u", name, c->port) : name;
}

/* Whether it was dialled shows in the result: the phone has passed over what it did not dial, or had no address for it, or did not try.
 * A narrow page has the addresses below the names. */
void text_candidates(struct page *p, const struct phone_report *phone, const struct attempt_report *a)
{
	static const struct page_column columns[] = {
		{ .title = "server", .least = 24 }, { .title = "address", .least = 15 }, { .title = "learned from", .least = 15 },
		{ .title = "name check", .least = 11 }, { .title = "result" },
	};
	struct page_column narrow[] = { columns[0], columns[2], columns[3], columns[4] };
	const bool wide = p->style.width >= WIDE;
	const size_t count = wide ? 5 : 4;
	struct page_cell *cells = arena_get(&p->scratch, a->candidate_count * count * sizeof *cells);

	for (size_t i = 0; i < a->candidate_count; i++) {
		const struct candidate_report *c = &a->candidates[i];
		const char *addresses = c->addresses.count ? text_addresses(p, &c->addresses) : NULL;
		struct page_cell *cell = cells + count * i;

		*cell++ = (struct page_cell){ .text = server_words(p, c), .below = wide ? NULL : addresses };
		if (wide)
			*cell++ = (struct page_cell){ .text = addresses };
		*cell++ = (struct page_cell){ .text = source_words(p, c, phone->sip_domain) };
		*cell++ = naming_cell(p, c);
		*cell = result_cell(c);
	}
	if (a->candidate_count)
		page_grid(p, TEXT_INDENT, wide ? columns : narrow, count, cells, a->candidate_count);
}

/* ---- what was said ---- */

static void story_grid(struct page *p, unsigned indent, const struct page_cell *cells, size_t rows)
{
	static const struct page_column columns[] = { { .right = true }, { .right = true }, { .least = 10 }, { .least = 24 } };

	page_grid(p, indent, columns, 4, cells, rows);
}

static void story_row(struct page *p, const struct attempt_report *a, const struct story_line *l, bool several_files, struct page_cell row[4])
{
	char name[FRAME_TEXT];

	row[0] = (struct page_cell){ .text = arena_printf(&p->scratch, "frame %s", frame_format(l->frame, several_files, name)), .ink = INK_FAINT };
	row[1] = (struct page_cell){ .text = words_after(&p->scratch, a->start_ns, l->at_ns) };
	row[2] = (struct page_cell){ .text = arena_printf(&p->scratch, "%s %s %s", l->from, page_choose(p, "→", "->"), l->to) };
	row[3] = (struct page_cell){ .text = l->text };
}

void text_evidence(struct page *p, const struct attempt_report *a, const struct finding_report *f, bool several_files, bool brief)
{
	const struct story_line *const *lines;
	struct page_cell cells[EVIDENCE_MAX + 1][4];
	struct frame_list rest = evidence_untold(&p->scratch, a, &f->frames);
	size_t told = evidence_lines(&p->scratch, a, &f->frames, &lines), most = brief ? EVIDENCE_BRIEF : EVIDENCE_MAX, rows = told <= most + 1 ? told : most;

	for (size_t i = 0; i < rows; i++)
		story_row(p, a, lines[i], several_files, cells[i]);
	if (rows)
		story_grid(p, TEXT_GUTTER, &cells[0][0], rows);
	if (told > rows) {
		page_tab(p, TEXT_GUTTER);
		page_paragraph(p, TEXT_GUTTER, INK_FAINT, arena_printf(&p->scratch, "and %zu more messages", told - rows));
	}
	if (rest.count) {
		page_tab(p, TEXT_GUTTER);
		page_paragraph(p, TEXT_GUTTER, INK_FAINT, arena_printf(&p->scratch, "%s%s %s", rows ? "and " : "", rest.count > 1 ? "frames" : "frame",
			text_frames(p, &rest, several_files)));
	}
}

void text_story(struct page *p, const struct attempt_report *a, bool several_files)
{
	struct page_cell *cells = arena_get(&p->scratch, a->story_count * 4 * sizeof *cells);

	for (size_t i = 0; i < a->story_count; i++)
		story_row(p, a, &a->story[i], several_files, cells + 4 * i);
	if (a->story_count)
		story_grid(p, TEXT_INDENT, cells, a->story_count);
}

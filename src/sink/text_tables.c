/* The tables of the report for a person: steps, servers, evidence, story. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/moment.h"
#include "base/text.h"
#include "sink/text_parts.h"

/* Rows and runs that still leave the report on one screen. */
enum { EVIDENCE_MAX = 7, STEP_RUNS = 2, FINDING_RUNS = 4, ADDRESSES_MAX = 2 };

/* ---- values in words ---- */

const char *text_moment(struct page *p, int64_t at_ns)
{
	char moment[MOMENT_TEXT];

	moment_format(at_ns, 0, moment);
	return arena_printf(&p->scratch, "%.10s %.8s UTC", moment, strlen(moment) > 11 ? moment + 11 : "");
}

const char *text_duration(struct page *p, int64_t span_ns)
{
	int64_t seconds = span_ns / NS_PER_S;

	if (span_ns < NS_PER_S)
		return arena_printf(&p->scratch, "%" PRId64 " ms", (span_ns + NS_PER_MS / 2) / NS_PER_MS);
	if (seconds < 100)
		return arena_printf(&p->scratch, "%.1f s", (double)span_ns / NS_PER_S);
	if (seconds < 3600)
		return arena_printf(&p->scratch, "%" PRId64 " min %02" PRId64 " s", seconds / 60, seconds % 60);
	return arena_printf(&p->scratch, "%" PRId64 " h %02" PRId64 " min", seconds / 3600, seconds / 60 % 60);
}

/* Seconds after the sign-in began. */
static const char *text_after(struct page *p, int64_t start_ns, int64_t at_ns)
{
	return arena_printf(&p->scratch, "%.3f s", (double)(at_ns - start_ns) / NS_PER_S);
}

static size_t run_length(const struct frame_list *frames, size_t at)
{
	size_t len = 1;

	while (at + len < frames->count && frames->at[at + len] == frames->at[at] + len)
		len++;
	return len;
}

static void add_run(struct text *t, frame_ref first, size_t len, bool several_files)
{
	char name[FRAME_TEXT];

	text_addf(t, "%s%s", t->len ? ", " : "", frame_format(first, several_files, name));
	if (len == 2)
		text_addf(t, ", %s", frame_format(first + 1, several_files, name));
	else if (len > 2)
		text_addf(t, "-%" PRIu64, frame_number(first) + len - 1);
}

/* Many runs would only be noise: then the first, the last, and how many there are. */
static void add_range(struct text *t, const struct frame_list *frames, bool several_files)
{
	char first[FRAME_TEXT], last[FRAME_TEXT];

	text_addf(t, "%s-%s (%zu)", frame_format(frames->at[0], several_files, first), frame_format(frames->at[frames->count - 1], several_files, last),
		frames->count);
}

static const char *frames_words(struct page *p, const struct frame_list *frames, size_t runs_max, bool several_files)
{
	struct text t = text_start(4096);
	size_t runs = 0;
	const char *out;

	for (size_t at = 0; at < frames->count; at += run_length(frames, at))
		runs++;
	if (runs > runs_max)
		add_range(&t, frames, several_files);
	else
		for (size_t at = 0; at < frames->count; at += run_length(frames, at))
			add_run(&t, frames->at[at], run_length(frames, at), several_files);
	out = arena_copy(&p->scratch, text_string(&t), t.len);
	text_free(&t);
	return out;
}

const char *text_frames(struct page *p, const struct frame_list *frames, bool several_files)
{
	return frames_words(p, frames, FINDING_RUNS, several_files);
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
	row[2] = (struct page_cell){ .text = s->has_time ? text_after(p, a->start_ns, s->start_ns) : "" };
	row[3] = (struct page_cell){ .text = s->has_time && s->end_ns > s->start_ns ? text_duration(p, s->end_ns - s->start_ns) : "" };
	row[4] = (struct page_cell){ .text = s->detail };
	row[5] = (struct page_cell){ .text = frames_words(p, &s->frames, STEP_RUNS, several_files), .ink = INK_FAINT };
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

void text_steps(struct page *p, const struct attempt_report *a, bool several_files)
{
	static const struct page_column columns[] = {
		{ .title = NULL }, { .title = "step" }, { .title = "after", .right = true }, { .title = "took", .right = true },
		{ .title = "what happened", .least = 26 }, { .title = "frames", .least = 9 },
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

/* "_sipinternaltls": the domain behind it is the same in every row, and ._tcp goes without saying. */
static const char *service_of(struct page *p, const char *query, const char *domain)
{
	const char *tails[] = { domain, "_tcp" };
	size_t len = strlen(query);

	for (size_t i = 0; i < 2; i++) {
		size_t tail = tails[i] ? strlen(tails[i]) : 0;

		if (tail && len > tail && query[len - tail - 1] == '.' && strncasecmp(query + len - tail, tails[i], tail) == 0)
			len -= tail + 1;
	}
	return arena_printf(&p->scratch, "%.*s", (int)len, query);
}

static struct page_cell source_cell(struct page *p, const struct candidate_report *c, const char *domain)
{
	switch (c->source) {
	case CANDIDATE_SRV: return (struct page_cell){ .text = "SRV record", .below = c->query ? service_of(p, c->query, domain) : NULL };
	case CANDIDATE_DHCP120: return (struct page_cell){ .text = "DHCP", .below = "option 120" };
	case CANDIDATE_HOST: return (struct page_cell){ .text = "usual host name" };
	case CANDIDATE_REDIRECT: return (struct page_cell){ .text = "another server" };
	case CANDIDATE_CACHE: break;
	}
	return (struct page_cell){ .text = "earlier sign-in" };
}

static struct page_cell naming_cell(struct page *p, const struct candidate_report *c)
{
	if (c->naming == NAMING_NO_MATCH)
		return (struct page_cell){ .text = "not trusted", .ink = INK_CAUTION };
	if (c->naming == NAMING_SIP_DOMAIN || !c->matched_domain)
		return (struct page_cell){ .text = "trusted" };
	return (struct page_cell){ .text = "trusted:", .below = arena_printf(&p->scratch, "in %s", c->matched_domain) };
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
static struct page_cell server_cell(struct page *p, const struct candidate_report *c)
{
	enum { USUAL_PORT = 5061 };
	const char *name = c->server ? c->server : "";

	if (c->port && c->port != USUAL_PORT)
		name = arena_printf(&p->scratch, "%s:%u", name, c->port);
	return (struct page_cell){ .text = name, .below = c->addresses.count ? text_addresses(p, &c->addresses) : NULL };
}

void text_candidates(struct page *p, const struct phone_report *phone, const struct attempt_report *a)
{
	static const struct page_column columns[] = {
		{ .title = "server", .least = 24 }, { .title = "learned from", .least = 15 }, { .title = "name check", .least = 11 }, { .title = "dialled" },
		{ .title = "result" },
	};
	struct page_cell *cells = arena_get(&p->scratch, a->candidate_count * 5 * sizeof *cells);

	for (size_t i = 0; i < a->candidate_count; i++) {
		const struct candidate_report *c = &a->candidates[i];
		struct page_cell *row = cells + 5 * i;

		row[0] = server_cell(p, c);
		row[1] = source_cell(p, c, phone->sip_domain);
		row[2] = naming_cell(p, c);
		row[3] = (struct page_cell){ .text = c->dialled ? "yes" : "no" };
		row[4] = result_cell(c);
	}
	if (a->candidate_count)
		page_grid(p, TEXT_INDENT, columns, 5, cells, a->candidate_count);
}

/* ---- what was said ---- */

static const struct page_column story_columns[] = {
	{ .title = NULL, .right = true }, { .title = NULL, .right = true }, { .title = NULL, .least = 10 }, { .title = NULL, .least = 24 },
};

static void story_row(struct page *p, const struct attempt_report *a, const struct story_line *l, bool several_files, struct page_cell row[4])
{
	char name[FRAME_TEXT];

	row[0] = (struct page_cell){ .text = arena_printf(&p->scratch, "frame %s", frame_format(l->frame, several_files, name)), .ink = INK_FAINT };
	row[1] = (struct page_cell){ .text = text_after(p, a->start_ns, l->at_ns) };
	row[2] = (struct page_cell){ .text = arena_printf(&p->scratch, "%s %s %s", l->from, page_choose(p, "→", "->"), l->to) };
	row[3] = (struct page_cell){ .text = l->text };
}

static bool frames_have(const struct frame_list *frames, frame_ref f)
{
	for (size_t i = 0; i < frames->count; i++)
		if (frames->at[i] == f)
			return true;
	return false;
}

static bool story_tells(const struct attempt_report *a, frame_ref f)
{
	for (size_t i = 0; i < a->story_count; i++)
		if (a->story[i].frame == f)
			return true;
	return false;
}

/* The frames of a finding that no line of the story is about. */
static struct frame_list untold(struct page *p, const struct attempt_report *a, const struct frame_list *frames)
{
	frame_ref *at = arena_get(&p->scratch, frames->count * sizeof *at);
	size_t count = 0;

	for (size_t i = 0; i < frames->count; i++)
		if (!story_tells(a, frames->at[i]))
			at[count++] = frames->at[i];
	return (struct frame_list){ at, count };
}

/* A question whose answer is the next line: the answer tells it too. */
static bool is_answered(const struct story_line *l, const struct story_line *next)
{
	return strcmp(l->from, next->to) == 0 && strcmp(l->to, next->from) == 0;
}

/* The lines that are about frames of the finding, without questions that are answered; `ret` has room for all of the story. */
static size_t told_lines(const struct attempt_report *a, const struct frame_list *frames, const struct story_line **ret)
{
	size_t count = 0;

	for (size_t i = 0; i < a->story_count; i++) {
		const struct story_line *l = &a->story[i];

		if (!frames_have(frames, l->frame))
			continue;
		if (count && is_answered(ret[count - 1], l))
			count--;
		ret[count++] = l;
	}
	return count;
}

void text_evidence(struct page *p, const struct attempt_report *a, const struct finding_report *f, bool several_files)
{
	const struct story_line **lines = arena_get(&p->scratch, (a->story_count + 1) * sizeof *lines);
	struct page_cell cells[EVIDENCE_MAX][4];
	struct frame_list rest = untold(p, a, &f->frames);
	size_t told = told_lines(a, &f->frames, lines), rows = told < EVIDENCE_MAX ? told : EVIDENCE_MAX;

	for (size_t i = 0; i < rows; i++)
		story_row(p, a, lines[i], several_files, cells[i]);
	if (rows)
		page_grid(p, TEXT_GUTTER, story_columns, 4, &cells[0][0], rows);
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
		page_grid(p, TEXT_INDENT, story_columns, 4, cells, a->story_count);
}

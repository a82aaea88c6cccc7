#include "sink/remarks.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/safe.h"
#include "base/text.h"

/* ---- packets ---- */

void remarks_add_packets(struct remarks *r, const struct attempt_report *a)
{
	for (size_t i = 0; i < a->packet_count; i++)
		*LIST_ADD(&r->arena, &r->packets) = &a->packets[i];
}

static int by_frame(const void *a, const void *b)
{
	const struct packet_report *const *one = a, *const *two = b;

	return ((*one)->frame > (*two)->frame) - ((*one)->frame < (*two)->frame);
}

/* A packet between two phones is evidence of both. */
void remarks_order_packets(struct remarks *r)
{
	size_t kept = 0;

	if (r->packets.count)
		qsort(r->packets.at, r->packets.count, sizeof(struct packet_report *), by_frame);
	for (size_t i = 0; i < r->packets.count; i++)
		if (!kept || r->packets.at[kept - 1]->frame != r->packets.at[i]->frame)
			r->packets.at[kept++] = r->packets.at[i];
	r->packets.count = kept;
}

/* The first packet whose frame is not before this one. */
static size_t place_of_frame(const struct remarks *r, frame_ref frame)
{
	size_t low = 0, high = r->packets.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (r->packets.at[middle]->frame < frame)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool find_packet(const struct remarks *r, frame_ref frame, size_t *ret)
{
	*ret = place_of_frame(r, frame);
	return *ret < r->packets.count && r->packets.at[*ret]->frame == frame;
}

/* ---- words ---- */

static void add_safe(struct text *t, struct span character)
{
	uint32_t c = safe_character(character);

	if (safe_is_printable(c) || c == '\n')
		text_add_span(t, character);
	else
		text_addf(t, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", (unsigned)c);
}

const char *remark_text(struct arena *arena, const char *text, size_t max)
{
	struct span left = span_of(text, strlen(text));
	struct text t = text_start(SIZE_MAX / 2);
	size_t whole = 0;
	const char *out;

	while (left.len && t.len <= max) {
		size_t n = utf8_length(left);

		whole = t.len;
		if (n)
			add_safe(&t, span_part(left, 0, n));
		else
			text_addf(&t, "\\x%02x", left.data[0]);
		left = span_part(left, n ? n : 1, left.len);
	}
	out = arena_copy(arena, text_string(&t), t.len <= max ? t.len : whole);
	text_free(&t);
	return out;
}

/* "failed at naming: strict-name" */
static void add_verdict(struct text *t, const struct attempt_report *a)
{
	text_addf(t, "dialtone: %s", outcome_name(a->outcome));
	if (a->cause && step_name(a->cause->step))
		text_addf(t, " at %s", step_name(a->cause->step));
	if (a->cause)
		text_addf(t, ": %s", a->cause->rule->code);
	if (a->going_on)
		text_add(t, " (so far: the sign-in was still going on)");
}

static const char *verdict_text(struct remarks *r, const struct phone_report *p, const struct attempt_report *a)
{
	struct text t = text_start(REMARK_MAX);
	const char *name = p->model ? p->model : p->vendor, *out;
	char mac[MAC_TEXT];

	add_verdict(&t, a);
	text_addf(&t, "\nPhone %s", mac_format(p->mac, mac));
	if (name)
		text_addf(&t, " (%s)", name);
	text_addf(&t, ", sign-in %s", a->id);
	if (a->packets_left_out)
		text_addf(&t, "\nMore of its packets were seen than are kept: %" PRIu64 " are not here", a->packets_left_out);
	out = remark_text(&r->arena, text_string(&t), REMARK_MAX);
	text_free(&t);
	return out;
}

static const char *finding_text(struct remarks *r, const struct finding_report *f)
{
	struct text t = text_start(SIZE_MAX / 2);
	const char *out;

	text_addf(&t, "%s (%s, %s): ", f->rule->code, severity_name(f->severity), grade_name(f->grade));
	text_add(&t, f->message);
	if (f->fix[0])
		text_addf(&t, "\nFix: %s", f->fix);
	out = remark_text(&r->arena, text_string(&t), REMARK_MAX);
	text_free(&t);
	return out;
}

/* ---- what is said of which ---- */

static void say(struct remarks *r, size_t packet, const char *text)
{
	size_t number = r->remarks.count;

	*LIST_ADD(&r->arena, &r->remarks) = (struct remark){ packet, number, text };
}

static void say_finding(struct remarks *r, const struct finding_report *f, size_t first)
{
	const char *text = finding_text(r, f);
	bool said = false;
	size_t packet;

	for (size_t i = 0; i < f->frames.count; i++)
		if (find_packet(r, f->frames.at[i], &packet)) {
			say(r, packet, text);
			said = true;
		}
	if (!said)
		say(r, first, text);
}

void remarks_of_attempt(struct remarks *r, const struct phone_report *p, const struct attempt_report *a)
{
	size_t first;

	if (!a->packet_count || !find_packet(r, a->packets[0].frame, &first))
		return;
	say(r, first, verdict_text(r, p, a));
	for (size_t i = 0; i < a->finding_count; i++)
		say_finding(r, &a->findings[i], first);
}

static int by_packet(const void *a, const void *b)
{
	const struct remark *one = a, *two = b;

	if (one->packet != two->packet)
		return one->packet < two->packet ? -1 : 1;
	return (one->number > two->number) - (one->number < two->number);
}

void remarks_order(struct remarks *r)
{
	if (r->remarks.count)
		qsort(r->remarks.at, r->remarks.count, sizeof(struct remark), by_packet);
}

const struct remark *remarks_on(const struct remarks *r, size_t packet, size_t *ret_count)
{
	size_t low = 0, high = r->remarks.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (r->remarks.at[middle].packet < packet)
			low = middle + 1;
		else
			high = middle;
	}
	for (high = low; high < r->remarks.count && r->remarks.at[high].packet == packet;)
		high++;
	*ret_count = high - low;
	return r->remarks.at + low;
}

/* ---- in the order in which they were captured ---- */

/* The packets of one file that are still to come. */
struct run {
	size_t at, end;
};

static size_t runs_of(const struct remarks *r, struct arena *arena, struct run **ret)
{
	LIST_OF(struct run) runs = { 0 };

	for (size_t i = 0; i < r->packets.count; i++) {
		bool goes_on = i && frame_file(r->packets.at[i - 1]->frame) == frame_file(r->packets.at[i]->frame);

		if (!goes_on)
			*LIST_ADD(arena, &runs) = (struct run){ i, i };
		runs.at[runs.count - 1].end++;
	}
	*ret = runs.at;
	return runs.count;
}

static struct run *earliest(const struct remarks *r, struct run *runs, size_t count)
{
	struct run *first = NULL;

	for (size_t i = 0; i < count; i++)
		if (runs[i].at < runs[i].end && (!first || r->packets.at[runs[i].at]->at_ns < r->packets.at[first->at]->at_ns))
			first = &runs[i];
	return first;
}

void remarks_each(const struct remarks *r, void (*each)(void *user, size_t packet), void *user)
{
	struct arena arena = { 0 };
	struct run *runs, *next;
	size_t count = runs_of(r, &arena, &runs);

	while ((next = earliest(r, runs, count)) != NULL)
		each(user, next->at++);
	arena_free(&arena);
}

void remarks_free(struct remarks *r)
{
	arena_free(&r->arena);
}

#include "replay/draft.h"

static bool holds(const struct draft *d, size_t at, size_t len)
{
	return at <= d->len && len <= d->len - at;
}

/* An octet of a sum, by whether it is the first or the second of its word. */
static uint64_t weigh(uint8_t octet, size_t place)
{
	return place & 1 ? octet : (unsigned)octet << 8;
}

static void note(struct draft_sum *s, size_t at, struct span was, struct span is)
{
	for (size_t i = 0; i < is.len; i++)
		if (at + i >= s->from && at + i < s->until) {
			s->was += weigh(was.data[i], at + i - s->from);
			s->is += weigh(is.data[i], at + i - s->from);
		}
}

void draft_change(struct draft *d, size_t at, struct span with)
{
	struct span was = span_part(draft_span(d), at, with.len);

	if (!holds(d, at, with.len) || span_equal(was, with))
		return;
	for (unsigned i = 0; i < d->sum_count; i++)
		note(&d->sums[i], at, was, with);
	memcpy(d->octets + at, with.data, with.len);
	d->changed = true;
}

bool draft_open(struct draft *d, struct draft_sum sum)
{
	if (d->sum_count == DRAFT_SUMS || !holds(d, sum.field, 2))
		return false;
	d->sums[d->sum_count++] = sum;
	return true;
}

void draft_elsewhere(struct draft *d, struct span was, struct span is)
{
	struct draft_sum *s = &d->sums[d->sum_count - 1];
	struct checksum before = { 0 }, after = { 0 };

	checksum_add(&before, was);
	checksum_add(&after, is);
	s->was += before.sum;
	s->is += after.sum;
}

/* The field is none of its own words: it is taken off the list before it is written. */
static void write_field(struct draft *d, uint16_t value)
{
	const struct draft_sum s = d->sums[--d->sum_count];

	if (s.never_zero && value == 0)
		value = 0xffff;
	draft_change(d, s.field, span_of((const uint8_t[]){ (uint8_t)(value >> 8), (uint8_t)value }, 2));
}

void draft_close(struct draft *d)
{
	const struct draft_sum *s = &d->sums[d->sum_count - 1];
	struct cursor c = draft_cursor(d, s->field);
	uint16_t before = cursor_be16(&c);

	if (s->was == s->is)
		d->sum_count--;
	else
		write_field(d, checksum_follow(before, s->was, s->is));
}

void draft_close_anew(struct draft *d, struct checksum pseudo)
{
	const struct draft_sum *s = &d->sums[d->sum_count - 1];
	struct checksum sum = pseudo;
	struct span covered = span_part(draft_span(d), s->from, s->until - s->from);

	checksum_add(&sum, span_part(covered, 0, s->field - s->from));
	checksum_add(&sum, span_part(covered, s->field + 2 - s->from, covered.len));
	write_field(d, checksum_field(&sum));
}

#include "tests/unit/fake_emit.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/moment.h"
#include "base/text.h"

struct event *emit_begin(struct emit *to, const struct kind *kind)
{
	struct event *e = arena_get(&to->arena, sizeof *e);

	e->kind = kind;
	e->at_ns = to->at_ns;
	e->cut = to->cut;
	e->fields.arena = &to->arena;
	return e;
}

void emit_end(struct emit *to, struct event *e)
{
	if (to->count < sizeof to->events / sizeof to->events[0])
		to->events[to->count++] = e;
}

void emit_malformed(struct emit *to, struct event *e, const char *reason)
{
	if (to->cut) {
		if (e)
			e->cut = true;
		return;
	}
	to->malformed++;
	to->last_reason = reason;
	if (!e)
		return;
	for (struct item *i = e->fields.first; i; i = i->next)
		if (i->field == &event_malformed) {
			put_string(&i->record, NULL, reason);
			return;
		}
	put_string(put_list(&e->fields, &event_malformed), NULL, reason);
}

void emit_counted(struct emit *to, const char *what)
{
	to->counted++;
	to->last_reason = what;
}

void emit_range(struct emit *to, struct event *e, enum side side, uint64_t from, uint64_t until)
{
	(void)to, (void)e, (void)side, (void)from, (void)until;
}

uint64_t emit_offset(const struct emit *to) { return to->offset; }
int64_t emit_time_ns(const struct emit *to) { return to->at_ns; }
const struct layers *emit_layers(const struct emit *to) { return &to->layers; }
bool emit_is_cut(const struct emit *to) { return to->cut; }

void fake_reset(struct emit *to)
{
	arena_free(&to->arena);
	to->count = to->malformed = to->counted = 0;
	to->offset = 0;
	to->last_reason = NULL;
}

void fake_datagram(const struct dissector *d, struct emit *to, const void *octets, size_t len)
{
	uint8_t *exact = memory_get(len);       /* of exactly this size, so that a sanitizer sees one octet too far */

	if (len)
		memcpy(exact, octets, len);
	d->datagram(span_of(exact, len), to);
	free(exact);
}

struct fake_side { uint8_t *data; size_t len; uint64_t offset, pass; };

/* Each arrival in memory of exactly its size. */
static bool feed(const struct dissector *d, void *state, enum side from, struct fake_side *s, struct emit *to)
{
	uint8_t *exact = memory_get(s->len);
	size_t at = 0, used = 1;

	memcpy(exact, s->data, s->len);
	while (at < s->len && used != STREAM_MORE && used != STREAM_STOP) {
		size_t pass = s->pass < s->len - at ? (size_t)s->pass : s->len - at;

		at += pass;
		s->pass -= pass;
		if (pass)
			continue;
		to->offset = s->offset + at;
		used = d->stream(state, from, span_of(exact + at, s->len - at), to);
		if (used != STREAM_STOP)
			s->pass = used;
	}
	free(exact);
	memmove(s->data, s->data + at, s->len - at);
	s->len -= at;
	s->offset += at;
	return used != STREAM_STOP;
}

/* As the flow layer does it: a hole in what is passed over anyway is none. */
static bool hole(const struct dissector *d, void *state, enum side from, struct fake_side *s, uint64_t missing, struct emit *to)
{
	if (s->pass && s->pass >= missing) {
		s->pass -= missing;
		s->offset += missing;
		return true;
	}
	to->offset = s->offset;
	s->offset += s->len + missing;
	s->pass = s->len = 0;
	return d->gap && d->gap(state, from, missing, to);
}

void fake_stream(const struct dissector *d, struct emit *to, const struct piece *pieces, size_t count, size_t step)
{
	void *state = memory_get(d->state_size);
	struct fake_side sides[2] = { { 0 }, { 0 } };
	bool going = true;

	for (size_t i = 0; going && i < count; i++) {
		struct fake_side *s = &sides[pieces[i].from];
		size_t part = step ? step : pieces[i].len;

		if (!pieces[i].octets) {
			going = hole(d, state, pieces[i].from, s, pieces[i].len, to);
			continue;
		}
		for (size_t at = 0; going && at < pieces[i].len; at += part) {
			size_t n = part < pieces[i].len - at ? part : pieces[i].len - at;

			s->data = memory_resize(s->data, s->len + n, 1);
			memcpy(s->data + s->len, (const uint8_t *)pieces[i].octets + at, n);
			s->len += n;
			going = feed(d, state, pieces[i].from, s, to);
		}
	}
	for (int n = 0; going && n < 2; n++)
		if (d->end)
			d->end(state, (enum side)n, span_of(sides[n].data, sides[n].len), to);
	if (d->close)
		d->close(state);
	free(sides[0].data);
	free(sides[1].data);
	free(state);
}

static void print_record(struct text *t, const struct record *r)
{
	for (const struct item *i = r->first; i; i = i->next) {
		char text[ENDPOINT_TEXT];

		text_addf(t, "%s%s%s", i == r->first ? "" : ", ", i->field ? i->field->name : "", i->field ? ": " : "");
		switch (i->form) {
		case FORM_NUMBER: text_addf(t, "%llu", (unsigned long long)i->number); break;
		case FORM_SIGNED: text_addf(t, "%lld", (long long)i->integer); break;
		case FORM_REAL: text_addf(t, "%.*f", i->digits, i->real); break;
		case FORM_TRUTH: text_add(t, i->truth ? "true" : "false"); break;
		case FORM_HEX: text_addf(t, "0x%0*llx", i->digits, (unsigned long long)i->number); break;
		case FORM_TEXT: text_addf(t, "\"%s\"", i->text.data); break;
		case FORM_TIME: text_add(t, moment_format(i->integer, i->digits, (char[MOMENT_TEXT]){ 0 })); break;
		case FORM_ADDR: text_add(t, addr_format(&i->addr, text)); break;
		case FORM_MAC: text_add(t, mac_format(i->mac, text)); break;
		case FORM_LIST: text_add(t, "["); print_record(t, &i->record); text_add(t, "]"); break;
		case FORM_RECORD: text_add(t, "{"); print_record(t, &i->record); text_add(t, "}"); break;
		}
	}
}

char *fake_print(const struct emit *to)
{
	struct text t = text_start(1 << 20);

	for (size_t i = 0; i < to->count; i++) {
		text_addf(&t, "%s %s {", to->events[i]->kind->proto, to->events[i]->kind->name);
		print_record(&t, &to->events[i]->fields);
		text_add(&t, "}\n");
	}
	text_add(&t, "");
	return t.data;
}

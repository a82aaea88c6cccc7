/* Messages as a report. Everything lives in one arena, until the next report begins; nothing of a report is used before all of it was found good. */
#include <stdlib.h>

#include "base/memory.h"
#include "daemon/message.h"
#include "trail/event.h"

struct incoming {
	struct arena arena;
	bool open;                      /* a report has begun and has not ended */
	size_t octets;                  /* of it so far */
	uint64_t number;
	struct phone_report phone;
	struct attempt_report attempt;
	const struct attempt_report *attempts[1];
	/* What was announced, in the arena, and how much of it came. */
	struct candidate_report *candidates;
	struct finding_report *findings;
	struct certificate_report *certificates;
	struct story_line *stories;
	const char **cannot_show;
	const struct event **events;
	struct packet_report *packets;
	uint32_t cause;
	size_t came[MESSAGE_KINDS], wanted[MESSAGE_KINDS];
	const char *wrong;
};

static bool in_range(unsigned value, unsigned last)
{
	return value <= last;
}

static struct frame_list get_frames(struct body *b, uint32_t count)
{
	const frame_ref *at = body_array(b, count, sizeof *at);

	return (struct frame_list){ at, at ? count : 0 };
}

static struct addr_list get_addresses(struct body *b, uint32_t count)
{
	const struct addr *at = body_array(b, count, sizeof *at);

	for (uint32_t i = 0; at && i < count; i++)
		body_check(b, at[i].family == 0 || at[i].family == 4 || at[i].family == 6, "an address family");
	return (struct addr_list){ at, at ? count : 0 };
}

static uint8_t get_truth(struct body *b, uint8_t value)
{
	body_check(b, value <= 1, "neither true nor false");
	return value;
}

/* ---- the attempt ---- */

static void announce(struct incoming *in, const struct message_attempt *m)
{
	const size_t wanted[MESSAGE_KINDS] = {
		[MESSAGE_STEP] = STEP_COUNT, [MESSAGE_CANDIDATE] = m->candidates, [MESSAGE_FINDING] = m->findings, [MESSAGE_CERTIFICATE] = m->certificates,
		[MESSAGE_STORY] = m->stories, [MESSAGE_CANNOT_SHOW] = m->cannot_show, [MESSAGE_EVENT] = m->events, [MESSAGE_EVIDENCE] = m->packets,
	};

	memcpy(in->wanted, wanted, sizeof wanted);
	in->candidates = arena_get(&in->arena, m->candidates * sizeof *in->candidates);
	in->findings = arena_get(&in->arena, m->findings * sizeof *in->findings);
	in->certificates = arena_get(&in->arena, m->certificates * sizeof *in->certificates);
	in->stories = arena_get(&in->arena, m->stories * sizeof *in->stories);
	in->cannot_show = arena_get(&in->arena, m->cannot_show * sizeof *in->cannot_show);
	in->events = arena_get(&in->arena, m->events * sizeof *in->events);
	in->packets = arena_get(&in->arena, m->packets * sizeof *in->packets);
}

static void check_attempt(struct body *b, const struct message_attempt *m)
{
	const uint32_t counts[] = { m->candidates, m->findings, m->certificates, m->stories, m->cannot_show, m->events, m->packets };

	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		body_check(b, counts[i] <= PARTS_MAX, "too many parts");
	body_check(b, in_range(m->method, METHOD_CACHED), "the method");
	body_check(b, in_range(m->policy_source, POLICY_OPTION), "the policy's source");
	body_check(b, in_range(m->outcome, OUTCOME_UNFINISHED), "the outcome");
	body_check(b, m->cause <= m->findings, "the cause");
	body_check(b, m->events_left_out <= INT64_MAX && m->packets_left_out <= INT64_MAX, "what was left out");
}

static void get_attempt(struct incoming *in, struct body *b)
{
	struct message_attempt m;
	struct attempt_report *a = &in->attempt;
	struct phone_report *p = &in->phone;

	body_fixed(b, &m, sizeof m);
	check_attempt(b, &m);
	*p = (struct phone_report){ .mac = m.mac, .addresses = get_addresses(b, m.addresses), .attempts = in->attempts, .attempt_count = 1 };
	p->vlans = body_array(b, m.vlans, sizeof *p->vlans);
	p->vlan_count = p->vlans ? m.vlans : 0;
	*a = (struct attempt_report){
		.going_on = get_truth(b, m.going_on), .verdict_only = get_truth(b, m.verdict_only), .start_ns = m.start_ns, .end_ns = m.end_ns,
		.method = m.method, .policy_source = m.policy_source, .outcome = m.outcome, .events_left_out = m.events_left_out,
		.packets_left_out = m.packets_left_out,
	};
	a->id = body_text(b, m.id, false);
	a->policy = body_text(b, m.policy, false);
	p->vendor = body_text(b, m.vendor, true);
	p->model = body_text(b, m.model, true);
	p->firmware = body_text(b, m.firmware, true);
	p->firmware_source = body_text(b, m.firmware_source, true);
	p->sip_domain = body_text(b, m.sip_domain, true);
	p->sip_domain_source = body_text(b, m.sip_domain_source, true);
	in->attempts[0] = a;
	in->number = m.number;
	in->cause = m.cause;
	if (!b->wrong)
		announce(in, &m);
}

static void finish(struct incoming *in)
{
	struct attempt_report *a = &in->attempt;

	a->candidates = in->candidates;
	a->candidate_count = in->wanted[MESSAGE_CANDIDATE];
	a->findings = in->findings;
	a->finding_count = in->wanted[MESSAGE_FINDING];
	a->cause = in->cause ? &in->findings[in->cause - 1] : NULL;
	a->certificates = in->certificates;
	a->certificate_count = in->wanted[MESSAGE_CERTIFICATE];
	a->story = in->stories;
	a->story_count = in->wanted[MESSAGE_STORY];
	a->cannot_show = (struct text_list){ in->cannot_show, in->wanted[MESSAGE_CANNOT_SHOW] };
	a->events = in->events;
	a->event_count = in->wanted[MESSAGE_EVENT];
	a->packets = in->packets;
	a->packet_count = in->wanted[MESSAGE_EVIDENCE];
}

/* ---- its parts; `n` is the number of those of the kind before it ---- */

static void get_step(struct incoming *in, struct body *b, size_t n)
{
	struct message_step m;

	body_fixed(b, &m, sizeof m);
	body_check(b, in_range(m.state, STATE_SKIPPED), "a step's state");
	in->attempt.steps[n] = (struct step_report){
		.state = m.state, .has_time = get_truth(b, m.has_time), .start_ns = m.start_ns, .end_ns = m.end_ns, .frames = get_frames(b, m.frames),
	};
	in->attempt.steps[n].detail = body_text(b, m.detail, true);
}

static void get_candidate(struct incoming *in, struct body *b, size_t n)
{
	struct candidate_report *c = &in->candidates[n];
	struct message_candidate m;

	body_fixed(b, &m, sizeof m);
	body_check(b, in_range(m.source, CANDIDATE_CACHE) && in_range(m.naming, NAMING_BUILTIN) && in_range(m.result, RESULT_CLOSED), "a candidate");
	body_check(b, m.port <= UINT16_MAX, "a port");
	*c = (struct candidate_report){
		.source = m.source, .naming = m.naming, .dialled = get_truth(b, m.dialled), .result = m.result, .port = m.port,
		.addresses = get_addresses(b, m.addresses),
	};
	c->frames = get_frames(b, m.frames);
	c->query = body_text(b, m.query, true);
	c->server = body_text(b, m.server, true);
	c->matched_domain = body_text(b, m.matched_domain, true);
}

static void get_finding(struct incoming *in, struct body *b, size_t n)
{
	struct finding_report *f = &in->findings[n];
	struct message_finding m;

	body_fixed(b, &m, sizeof m);
	body_check(b, in_range(m.severity, SEVERITY_INFO) && in_range(m.step, STEP_NONE) && in_range(m.grade, GRADE_WEAK), "a finding");
	*f = (struct finding_report){ .severity = m.severity, .step = m.step, .grade = m.grade, .frames = get_frames(b, m.frames) };
	f->rule = rule_find(body_name(b, m.code));
	body_check(b, f->rule != NULL, "a finding's code");
	f->subject = body_text(b, m.subject, true);
	f->message = body_text(b, m.message, true);
	f->fix = body_text(b, m.fix, true);
}

static void get_san(struct body *b, const text_len *lens, uint32_t count, struct certificate_report *c)
{
	const char **names;

	if (!lens)
		return;
	names = arena_get(b->arena, count * sizeof *names);
	for (uint32_t i = 0; i < count; i++)
		names[i] = body_text(b, lens[i], false);
	c->san = (struct text_list){ names, count };
}

static void get_certificate(struct incoming *in, struct body *b, size_t n)
{
	struct certificate_report *c = &in->certificates[n];
	struct message_certificate m;
	const text_len *san;

	body_fixed(b, &m, sizeof m);
	san = body_array(b, m.san, sizeof *san);
	*c = (struct certificate_report){ .not_before_ns = m.not_before_ns, .not_after_ns = m.not_after_ns, .frames = get_frames(b, m.frames) };
	c->server = body_text(b, m.server, true);
	c->wanted = body_text(b, m.wanted, true);
	c->subject = body_text(b, m.subject, true);
	c->issuer = body_text(b, m.issuer, true);
	c->signature_algorithm = body_text(b, m.signature_algorithm, true);
	c->key = body_text(b, m.key, true);
	c->sha256 = body_text(b, m.sha256, true);
	get_san(b, san, m.san, c);
}

static void get_story(struct incoming *in, struct body *b, size_t n)
{
	struct story_line *l = &in->stories[n];
	struct message_story m;

	body_fixed(b, &m, sizeof m);
	body_check(b, in_range(m.step, STEP_NONE), "a line's step");
	*l = (struct story_line){ .at_ns = m.at_ns, .frame = m.frame, .step = m.step };
	l->from = body_text(b, m.from, true);
	l->to = body_text(b, m.to, true);
	l->text = body_text(b, m.text, true);
}

static void get_cannot_show(struct incoming *in, struct body *b, size_t n)
{
	struct message_cannot_show m;

	body_fixed(b, &m, sizeof m);
	in->cannot_show[n] = body_text(b, m.text, false);
}

static void get_evidence(struct incoming *in, struct body *b, size_t n)
{
	struct packet_report *p = &in->packets[n];
	struct message_evidence m;
	struct span s;

	body_fixed(b, &m, sizeof m);
	s = cursor_take(&b->c, m.len);
	body_check(b, cursor_ok(&b->c) && m.wire_len >= m.len, "a packet's length");
	body_check(b, m.time_digits <= 9, "digits of a second");
	*p = (struct packet_report){
		.frame = m.frame, .at_ns = m.at_ns, .link_type = m.link_type, .time_digits = m.time_digits, .wire_len = m.wire_len,
		.data = span_of(arena_copy(b->arena, s.data, s.len), s.len),
	};
}

/* ---- events ---- */

struct items {
	const struct message_item *next, *end;
};

static void get_record(struct body *b, struct items *from, struct record *r, bool is_list, uint32_t count, unsigned depth);

static const struct field *get_field(struct body *b, text_len name, bool is_list)
{
	struct field *f;

	body_check(b, is_list == (name == NO_TEXT), "an item's name");
	if (b->wrong || is_list)
		return NULL;
	f = arena_get(b->arena, sizeof *f);
	f->name = body_name(b, name);
	return f;
}

static void get_value(struct body *b, struct item *i, const struct message_item *m)
{
	switch (i->form) {
	case FORM_NUMBER:
	case FORM_HEX: i->number = m->number; break;
	case FORM_SIGNED:
	case FORM_TIME: memcpy(&i->integer, &m->number, sizeof i->integer); break;
	case FORM_REAL: memcpy(&i->real, &m->number, sizeof i->real); break;
	case FORM_TRUTH: i->truth = m->number != 0; break;
	case FORM_TEXT:
		i->text.data = body_said(b, m->text);
		i->text.len = b->wrong ? 0 : m->text;
		break;
	case FORM_ADDR:
		i->addr = m->addr;
		body_check(b, m->addr.family == 0 || m->addr.family == 4 || m->addr.family == 6, "an address family");
		break;
	case FORM_MAC: i->mac = m->mac; break;
	case FORM_LIST:
	case FORM_RECORD: break;
	}
}

static void get_item(struct body *b, struct items *from, struct record *r, bool is_list, unsigned depth)
{
	const struct message_item *m = from->next++;
	struct item *i = arena_get(b->arena, sizeof *i);

	body_check(b, in_range(m->form, FORM_RECORD) && m->digits <= 20, "an item's form");
	i->field = get_field(b, m->name, is_list);
	i->form = m->form;
	i->digits = m->digits;
	if (b->wrong)
		return;
	get_value(b, i, m);
	if (i->form == FORM_LIST || i->form == FORM_RECORD)
		get_record(b, from, &i->record, i->form == FORM_LIST, m->children, depth + 1);
	if (r->last)
		r->last->next = i;
	else
		r->first = i;
	r->last = i;
}

static void get_record(struct body *b, struct items *from, struct record *r, bool is_list, uint32_t count, unsigned depth)
{
	body_check(b, depth <= DEPTH_MAX, "items nested too deep");
	for (uint32_t n = 0; n < count && !b->wrong; n++) {
		body_check(b, from->next < from->end, "fewer items than announced");
		if (!b->wrong)
			get_item(b, from, r, is_list, depth);
	}
}

/* Items of the event itself are what is left when those inside them were read. */
static void get_items(struct body *b, const struct message_item *at, uint32_t count, struct event *e)
{
	struct items from = { at, at ? at + count : at };

	while (!b->wrong && from.next < from.end)
		get_item(b, &from, &e->fields, false, 0);
}

static void get_kind(struct body *b, const struct message_event *m, struct event *e)
{
	struct kind *k = arena_get(b->arena, sizeof *k);

	k->proto = body_name(b, m->proto);
	k->name = body_name(b, m->name);
	e->kind = k;
}

static void get_event(struct incoming *in, struct body *b, size_t n)
{
	struct event *e = arena_get(b->arena, sizeof *e);
	const struct message_item *items;
	struct message_event m;

	body_fixed(b, &m, sizeof m);
	body_check(b, m.vlan_count <= VLANS_MAX && m.time_digits <= 20, "an event");
	*e = (struct event){
		.frame = m.frame, .at_ns = m.at_ns, .flow = m.flow, .time_digits = m.time_digits, .has_ether = get_truth(b, m.has_ether),
		.has_ip = get_truth(b, m.has_ip), .cut = get_truth(b, m.cut), .vlan_count = m.vlan_count, .eth_src = m.eth_src, .eth_dst = m.eth_dst,
		.mac_src = m.mac_src, .mac_dst = m.mac_dst, .src = m.src, .dst = m.dst,
	};
	memcpy(e->vlans, m.vlans, sizeof e->vlans);
	e->frames = body_array(b, m.frames, sizeof *e->frames);
	e->frame_count = e->frames ? m.frames : 0;
	items = body_array(b, m.items, sizeof *items);
	get_kind(b, &m, e);
	get_items(b, items, items ? m.items : 0, e);
	in->events[n] = e;
}

/* ---- the stream ---- */

static void (*const getters[MESSAGE_KINDS])(struct incoming *in, struct body *b, size_t n) = {
	[MESSAGE_STEP] = get_step, [MESSAGE_CANDIDATE] = get_candidate, [MESSAGE_FINDING] = get_finding, [MESSAGE_CERTIFICATE] = get_certificate,
	[MESSAGE_STORY] = get_story, [MESSAGE_CANNOT_SHOW] = get_cannot_show, [MESSAGE_EVENT] = get_event, [MESSAGE_EVIDENCE] = get_evidence,
};

struct incoming *incoming_new(void)
{
	return memory_get(sizeof(struct incoming));
}

static enum incoming_answer violation(struct incoming *in, const char *what)
{
	in->wrong = what;
	in->open = false;
	return INCOMING_VIOLATION;
}

static void begin(struct incoming *in)
{
	struct arena arena = in->arena;

	arena_reset(&arena);
	*in = (struct incoming){ .arena = arena, .open = true };
}

/* Parts come in the order of the enum: none of a kind before all of those in front of it. */
static bool is_turn(const struct incoming *in, enum message_kind kind)
{
	for (enum message_kind before = MESSAGE_STEP; before < kind; before++)
		if (in->came[before] != in->wanted[before])
			return false;
	return kind == MESSAGE_END || in->came[kind] < in->wanted[kind];
}

enum incoming_answer incoming_message(struct incoming *in, enum message_kind kind, struct span octets)
{
	struct body b;

	if ((kind == MESSAGE_ATTEMPT) == in->open || kind > MESSAGE_END)
		return violation(in, "a message out of turn");
	if (kind == MESSAGE_ATTEMPT)
		begin(in);
	in->octets += octets.len + sizeof(struct message_head);
	if (in->octets > REPORT_MAX)
		return violation(in, "a report that is too long");
	b = body_of(octets, &in->arena);
	if (kind == MESSAGE_ATTEMPT)
		get_attempt(in, &b);
	else if (!is_turn(in, kind))
		return violation(in, "a part out of turn");
	else if (kind != MESSAGE_END)
		getters[kind](in, &b, in->came[kind]++);
	if (!body_end(&b))
		return violation(in, b.wrong);
	if (kind != MESSAGE_END)
		return INCOMING_MORE;
	finish(in);
	in->open = false;
	return INCOMING_WHOLE;
}

const struct phone_report *incoming_phone(const struct incoming *in)
{
	return &in->phone;
}

const struct attempt_report *incoming_attempt(const struct incoming *in)
{
	return &in->attempt;
}

uint64_t incoming_number(const struct incoming *in)
{
	return in->number;
}

const char *incoming_wrong(const struct incoming *in)
{
	return in->wrong;
}

void incoming_free(struct incoming *in)
{
	if (!in)
		return;
	arena_free(&in->arena);
	free(in);
}

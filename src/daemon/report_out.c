/* A report as messages. */
#include "daemon/message.h"
#include "trail/event.h"

static void put_frames(struct octets *o, const struct frame_list *f)
{
	octets_add(o, f->at, f->count * sizeof *f->at);
}

static uint32_t count32(size_t n)
{
	return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

static void put_step(struct octets *o, const struct step_report *s)
{
	const struct message_step m = {
		.start_ns = s->has_time ? s->start_ns : 0, .end_ns = s->has_time ? s->end_ns : 0, .state = (uint8_t)s->state, .has_time = s->has_time,
		.frames = count32(s->frames.count), .detail = text_len_of(s->detail),
	};
	size_t open = message_open(o, MESSAGE_STEP, &m, sizeof m);

	put_frames(o, &s->frames);
	message_text(o, s->detail);
	message_close(o, open);
}

static void put_candidate(struct octets *o, const struct candidate_report *c)
{
	const struct message_candidate m = {
		(uint8_t)c->source, (uint8_t)c->naming, c->dialled, (uint8_t)c->result, c->port, count32(c->addresses.count), count32(c->frames.count),
		text_len_of(c->query), text_len_of(c->server), text_len_of(c->matched_domain),
	};
	size_t open = message_open(o, MESSAGE_CANDIDATE, &m, sizeof m);

	octets_add(o, c->addresses.at, c->addresses.count * sizeof *c->addresses.at);
	put_frames(o, &c->frames);
	message_text(o, c->query);
	message_text(o, c->server);
	message_text(o, c->matched_domain);
	message_close(o, open);
}

static void put_finding(struct octets *o, const struct finding_report *f)
{
	const struct message_finding m = {
		(uint8_t)f->severity, (uint8_t)f->step, (uint8_t)f->grade, 0, count32(f->frames.count), text_len_of(f->rule->code), text_len_of(f->subject),
		text_len_of(f->message), text_len_of(f->fix),
	};
	size_t open = message_open(o, MESSAGE_FINDING, &m, sizeof m);

	put_frames(o, &f->frames);
	message_text(o, f->rule->code);
	message_text(o, f->subject);
	message_text(o, f->message);
	message_text(o, f->fix);
	message_close(o, open);
}

static void put_certificate(struct octets *o, const struct certificate_report *c)
{
	const struct message_certificate m = {
		.not_before_ns = c->not_before_ns, .not_after_ns = c->not_after_ns, .san = count32(c->san.count), .frames = count32(c->frames.count),
		.server = text_len_of(c->server), .wanted = text_len_of(c->wanted), .subject = text_len_of(c->subject), .issuer = text_len_of(c->issuer),
		.signature_algorithm = text_len_of(c->signature_algorithm), .key = text_len_of(c->key), .sha256 = text_len_of(c->sha256),
	};
	const char *const texts[] = { c->server, c->wanted, c->subject, c->issuer, c->signature_algorithm, c->key, c->sha256 };
	size_t open = message_open(o, MESSAGE_CERTIFICATE, &m, sizeof m);

	for (size_t i = 0; i < c->san.count; i++) {
		text_len len = text_len_of(c->san.at[i]);

		octets_add(o, &len, sizeof len);
	}
	put_frames(o, &c->frames);
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		message_text(o, texts[i]);
	for (size_t i = 0; i < c->san.count; i++)
		message_text(o, c->san.at[i]);
	message_close(o, open);
}

static void put_story(struct octets *o, const struct story_line *l)
{
	const struct message_story m = { l->at_ns, l->frame, (uint32_t)l->step, text_len_of(l->from), text_len_of(l->to), text_len_of(l->text) };
	size_t open = message_open(o, MESSAGE_STORY, &m, sizeof m);

	message_text(o, l->from);
	message_text(o, l->to);
	message_text(o, l->text);
	message_close(o, open);
}

static void put_cannot_show(struct octets *o, const char *text)
{
	const struct message_cannot_show m = { text_len_of(text) };
	size_t open = message_open(o, MESSAGE_CANNOT_SHOW, &m, sizeof m);

	message_text(o, text);
	message_close(o, open);
}

/* ---- events ---- */

static bool is_container(const struct item *i)
{
	return i->form == FORM_LIST || i->form == FORM_RECORD;
}

/* Internal fields are for the trail; no sink prints them. */
static bool is_told(const struct item *i)
{
	return !i->field || i->field->name[0] != '.';
}

static uint32_t count_children(const struct record *r)
{
	uint32_t n = 0;

	for (const struct item *i = r->first; i; i = i->next)
		n += is_told(i);
	return n;
}

static uint32_t count_items(const struct record *r)
{
	uint32_t n = 0;

	for (const struct item *i = r->first; i; i = i->next)
		if (is_told(i))
			n += 1 + (is_container(i) ? count_items(&i->record) : 0);
	return n;
}

static void put_value(struct message_item *m, const struct item *i)
{
	switch (i->form) {
	case FORM_NUMBER:
	case FORM_HEX: m->number = i->number; break;
	case FORM_SIGNED:
	case FORM_TIME: memcpy(&m->number, &i->integer, sizeof m->number); break;
	case FORM_REAL: memcpy(&m->number, &i->real, sizeof m->number); break;
	case FORM_TRUTH: m->number = i->truth; break;
	case FORM_TEXT: m->text = (text_len)i->text.len; break;
	case FORM_ADDR: m->addr = i->addr; break;
	case FORM_MAC: m->mac = i->mac; break;
	case FORM_LIST:
	case FORM_RECORD: m->children = count_children(&i->record); break;
	}
}

static void put_items(struct octets *o, const struct record *r)
{
	for (const struct item *i = r->first; i; i = i->next) {
		struct message_item m = { .form = (uint8_t)i->form, .digits = i->digits, .name = text_len_of(i->field ? i->field->name : NULL), .text = NO_TEXT };

		if (!is_told(i))
			continue;
		put_value(&m, i);
		octets_add(o, &m, sizeof m);
		if (is_container(i))
			put_items(o, &i->record);
	}
}

static void put_item_texts(struct octets *o, const struct record *r)
{
	for (const struct item *i = r->first; i; i = i->next) {
		if (!is_told(i))
			continue;
		message_text(o, i->field ? i->field->name : NULL);
		if (i->form == FORM_TEXT)
			octets_add(o, i->text.data, i->text.len);
		if (is_container(i))
			put_item_texts(o, &i->record);
	}
}

static void put_event(struct octets *o, const struct event *e)
{
	struct message_event m = {
		.frame = e->frame, .at_ns = e->at_ns, .flow = e->flow, .time_digits = e->time_digits, .has_ether = e->has_ether, .has_ip = e->has_ip,
		.cut = e->cut, .vlan_count = e->vlan_count, .eth_src = e->eth_src, .eth_dst = e->eth_dst, .mac_src = e->mac_src, .mac_dst = e->mac_dst,
		.src = e->src, .dst = e->dst, .frames = e->frames ? e->frame_count : 0, .items = count_items(&e->fields),
		.proto = text_len_of(e->kind->proto), .name = text_len_of(e->kind->name),
	};
	size_t open;

	memcpy(m.vlans, e->vlans, sizeof m.vlans);
	open = message_open(o, MESSAGE_EVENT, &m, sizeof m);
	octets_add(o, e->frames, m.frames * sizeof *e->frames);
	put_items(o, &e->fields);
	message_text(o, e->kind->proto);
	message_text(o, e->kind->name);
	put_item_texts(o, &e->fields);
	message_close(o, open);
}

static void put_evidence(struct octets *o, const struct packet_report *p)
{
	const struct message_evidence m = {
		.frame = p->frame, .at_ns = p->at_ns, .wire_len = p->wire_len, .len = count32(p->data.len), .link_type = p->link_type, .time_digits = p->time_digits,
	};
	size_t open = message_open(o, MESSAGE_EVIDENCE, &m, sizeof m);

	octets_add(o, p->data.data, p->data.len);
	message_close(o, open);
}

/* ---- the attempt ---- */

static uint32_t events_told(const struct attempt_report *a)
{
	uint32_t n = 0;

	for (size_t i = 0; i < a->event_count; i++)
		n += !a->events[i]->kind->internal;
	return n;
}

static void put_attempt(struct octets *o, const struct phone_report *p, const struct attempt_report *a)
{
	const struct message_attempt m = {
		.start_ns = a->start_ns, .end_ns = a->end_ns, .events_left_out = a->events_left_out, .packets_left_out = a->packets_left_out, .mac = p->mac,
		.going_on = a->going_on, .verdict_only = a->verdict_only, .method = (uint8_t)a->method, .policy_source = (uint8_t)a->policy_source,
		.outcome = (uint8_t)a->outcome, .cause = a->cause ? (uint32_t)(a->cause - a->findings) + 1 : 0,
		.addresses = count32(p->addresses.count), .vlans = count32(p->vlan_count), .candidates = count32(a->candidate_count),
		.findings = count32(a->finding_count), .certificates = count32(a->certificate_count), .stories = count32(a->story_count),
		.cannot_show = count32(a->cannot_show.count), .events = events_told(a), .packets = count32(a->packet_count),
		.id = text_len_of(a->id), .policy = text_len_of(a->policy), .vendor = text_len_of(p->vendor), .model = text_len_of(p->model),
		.firmware = text_len_of(p->firmware), .firmware_source = text_len_of(p->firmware_source), .sip_domain = text_len_of(p->sip_domain),
		.sip_domain_source = text_len_of(p->sip_domain_source),
	};
	const char *const texts[] = { a->id, a->policy, p->vendor, p->model, p->firmware, p->firmware_source, p->sip_domain, p->sip_domain_source };
	size_t open = message_open(o, MESSAGE_ATTEMPT, &m, sizeof m);

	octets_add(o, p->addresses.at, p->addresses.count * sizeof *p->addresses.at);
	octets_add(o, p->vlans, p->vlan_count * sizeof *p->vlans);
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		message_text(o, texts[i]);
	message_close(o, open);
}

void message_put_report(struct octets *o, const struct phone_report *phone, const struct attempt_report *a)
{
	put_attempt(o, phone, a);
	for (enum step step = 0; step < STEP_COUNT; step++)
		put_step(o, &a->steps[step]);
	for (size_t i = 0; i < a->candidate_count; i++)
		put_candidate(o, &a->candidates[i]);
	for (size_t i = 0; i < a->finding_count; i++)
		put_finding(o, &a->findings[i]);
	for (size_t i = 0; i < a->certificate_count; i++)
		put_certificate(o, &a->certificates[i]);
	for (size_t i = 0; i < a->story_count; i++)
		put_story(o, &a->story[i]);
	for (size_t i = 0; i < a->cannot_show.count; i++)
		put_cannot_show(o, a->cannot_show.at[i]);
	for (size_t i = 0; i < a->event_count; i++)
		if (!a->events[i]->kind->internal)
			put_event(o, a->events[i]);
	for (size_t i = 0; i < a->packet_count; i++)
		put_evidence(o, &a->packets[i]);
	message_close(o, message_open(o, MESSAGE_END, NULL, 0));
}

/*
 * Writes one sign-in. Each part is put as if it were new; a row that is there and the same is not written again, so that an attempt that is going on
 * costs what is new of it.
 */
#include "sink/json_parts.h"
#include "sink/store_parts.h"

/* Frames say which capture they are in where there are several. */
static bool several_files(const struct store *s)
{
	return s->capture_count > 1;
}

/* ---- lists as JSON ---- */

static void put_frames(struct row *r, const struct frame_list *frames)
{
	struct writer *w = &r->store->frames;

	writer_clear(w);
	writer_open(w, '[');
	for (size_t i = 0; i < frames->count; i++)
		json_put_frame(w, frames->at[i], several_files(r->store));
	writer_close(w, ']');
	put_json(r, w);
}

static void write_addresses(struct writer *w, const struct addr_list *addresses)
{
	writer_open(w, '[');
	for (size_t i = 0; i < addresses->count; i++)
		writer_addr(w, &addresses->at[i]);
	writer_close(w, ']');
}

static void put_addresses(struct row *r, const struct addr_list *addresses)
{
	struct writer *w = &r->store->json;

	writer_clear(w);
	write_addresses(w, addresses);
	put_json(r, w);
}

static void put_texts(struct row *r, const struct text_list *texts)
{
	struct writer *w = &r->store->json;

	writer_clear(w);
	writer_open(w, '[');
	for (size_t i = 0; i < texts->count; i++)
		writer_string(w, texts->at[i]);
	writer_close(w, ']');
	put_json(r, w);
}

/* ---- the parts ---- */

/* The first two columns of every part. */
static struct row part_start(struct store *s, enum statement which, size_t position)
{
	struct row r = row_start(s, which);

	put_integer(&r, s->attempt);
	put_integer(&r, (int64_t)position);
	return r;
}

/* Drops the rows from `count` on, which only an attempt that was there before can have. */
static void cut(struct store *s, enum statement which, size_t count)
{
	struct row r;

	if (!s->attempt_is_known)
		return;
	r = part_start(s, which, count);
	row_run(&r, NULL);
}

static void add_step(struct store *s, enum step step, const struct step_report *report)
{
	struct row r = part_start(s, SQL_PUT_STEP, step);

	put_text_value(&r, step_name(step));
	put_text_value(&r, step_state_name(report->state));
	put_integer_if(&r, report->has_time, report->start_ns);
	put_integer_if(&r, report->has_time, report->end_ns);
	put_text_value(&r, report->detail);
	put_frames(&r, &report->frames);
	row_run(&r, NULL);
}

static void add_candidate(struct store *s, size_t position, const struct candidate_report *c)
{
	struct row r = part_start(s, SQL_PUT_CANDIDATE, position);

	put_text_value(&r, candidate_source_name(c->source));
	put_text_value(&r, c->query);
	put_text_or_empty(&r, c->server);
	put_integer_if(&r, c->port, c->port);
	put_addresses(&r, &c->addresses);
	put_text_value(&r, naming_name(c->naming));
	put_text_value(&r, c->matched_domain);
	put_integer(&r, c->dialled);
	put_text_value(&r, candidate_result_name(c->result));
	put_frames(&r, &c->frames);
	row_run(&r, NULL);
}

static void add_finding(struct store *s, size_t position, const struct finding_report *f)
{
	struct row r = part_start(s, SQL_PUT_FINDING, position);

	put_text_value(&r, f->rule->code);
	put_text_value(&r, severity_name(f->severity));
	put_text_value(&r, step_name(f->step));
	put_text_or_empty(&r, f->subject);
	put_text_or_empty(&r, f->message);
	put_text_or_empty(&r, f->fix);
	put_text_value(&r, grade_name(f->grade));
	put_text_or_empty(&r, f->rule->source);
	put_frames(&r, &f->frames);
	row_run(&r, NULL);
}

static void add_certificate(struct store *s, size_t position, const struct certificate_report *c)
{
	struct row r = part_start(s, SQL_PUT_CERTIFICATE, position);

	put_text_or_empty(&r, c->server);
	put_text_value(&r, c->wanted);
	put_text_value(&r, c->subject);
	put_text_value(&r, c->issuer);
	put_texts(&r, &c->san);
	put_integer(&r, c->not_before_ns);
	put_integer(&r, c->not_after_ns);
	put_text_value(&r, c->signature_algorithm);
	put_text_value(&r, c->key);
	put_text_value(&r, c->sha256);
	put_frames(&r, &c->frames);
	row_run(&r, NULL);
}

static void add_cannot_show(struct store *s, size_t position, const char *text)
{
	struct row r = part_start(s, SQL_PUT_CANNOT_SHOW, position);

	put_text_value(&r, text);
	row_run(&r, NULL);
}

static void add_packet(struct store *s, size_t position, const struct packet_report *p)
{
	struct row r = part_start(s, SQL_PUT_PACKET, position);

	put_integer(&r, frame_file(p->frame));
	put_integer(&r, (int64_t)frame_number(p->frame));
	put_integer(&r, p->at_ns);
	put_integer(&r, p->link_type);
	put_integer(&r, p->time_digits);
	put_integer(&r, p->wire_len);
	put_octet_string(&r, p->data);
	row_run(&r, NULL);
}

/* ---- messages and story: many to a row ---- */

static void write_event(struct writer *w, const struct event *e, bool several)
{
	writer_open(w, '[');
	writer_signed(w, e->at_ns);
	writer_open(w, '[');
	for (unsigned i = 0; e->frames && i < e->frame_count; i++)
		json_put_frame(w, e->frames[i], several);
	if (!e->frames)
		json_put_frame(w, e->frame, several);
	writer_close(w, ']');
	json_put_event(w, e, NULL, several);
	writer_close(w, ']');
}

static void write_line(struct writer *w, const struct story_line *l, bool several)
{
	writer_open(w, '[');
	writer_signed(w, l->at_ns);
	writer_open(w, '[');
	json_put_frame(w, l->frame, several);
	writer_close(w, ']');
	writer_string(w, step_name(l->step));
	writer_string(w, l->from ? l->from : "");
	writer_string(w, l->to ? l->to : "");
	writer_string(w, l->text ? l->text : "");
	writer_close(w, ']');
}

/* The row that has been written into `json`, if anything has. */
static void end_part(struct store *s, enum statement which, size_t part)
{
	struct row r;

	writer_close(&s->json, ']');
	r = part_start(s, which, part);
	put_json(&r, &s->json);
	row_run(&r, NULL);
}

static void start_part(struct store *s)
{
	writer_clear(&s->json);
	writer_open(&s->json, '[');
}

static void add_events(struct store *s, const struct attempt_report *a)
{
	size_t told = 0;

	for (size_t i = 0; i < a->event_count; i++) {
		if (a->events[i]->kind->internal)
			continue;
		if (told % STORE_PART == 0)
			start_part(s);
		write_event(&s->json, a->events[i], several_files(s));
		if (++told % STORE_PART == 0)
			end_part(s, SQL_PUT_EVENTS, told / STORE_PART - 1);
	}
	if (told % STORE_PART)
		end_part(s, SQL_PUT_EVENTS, told / STORE_PART);
	cut(s, SQL_CUT_EVENTS, (told + STORE_PART - 1) / STORE_PART);
}

static void add_story(struct store *s, const struct attempt_report *a)
{
	for (size_t i = 0; i < a->story_count; i++) {
		if (i % STORE_PART == 0)
			start_part(s);
		write_line(&s->json, &a->story[i], several_files(s));
		if (i % STORE_PART == STORE_PART - 1 || i + 1 == a->story_count)
			end_part(s, SQL_PUT_STORY, i / STORE_PART);
	}
	cut(s, SQL_CUT_STORY, (a->story_count + STORE_PART - 1) / STORE_PART);
}

static void add_parts(struct store *s, const struct attempt_report *a)
{
	for (enum step step = 0; step < STEP_COUNT; step++)
		add_step(s, step, &a->steps[step]);
	for (size_t i = 0; i < a->candidate_count; i++)
		add_candidate(s, i, &a->candidates[i]);
	cut(s, SQL_CUT_CANDIDATES, a->candidate_count);
	for (size_t i = 0; i < a->finding_count; i++)
		add_finding(s, i, &a->findings[i]);
	cut(s, SQL_CUT_FINDINGS, a->finding_count);
	for (size_t i = 0; i < a->certificate_count; i++)
		add_certificate(s, i, &a->certificates[i]);
	cut(s, SQL_CUT_CERTIFICATES, a->certificate_count);
	for (size_t i = 0; i < a->cannot_show.count; i++)
		add_cannot_show(s, i, a->cannot_show.at[i]);
	cut(s, SQL_CUT_CANNOT_SHOW, a->cannot_show.count);
	if (a->verdict_only)
		return;
	for (size_t i = 0; i < a->packet_count; i++)
		add_packet(s, i, &a->packets[i]);
	cut(s, SQL_CUT_PACKETS, a->packet_count);
	add_events(s, a);
	add_story(s, a);
}

/* ---- phone and attempt ---- */

static void add_phone(struct store *s, const struct phone_report *phone, const struct attempt_report *a, const char *mac)
{
	struct row r = row_start(s, SQL_PUT_PHONE);
	char address[ADDR_TEXT];

	put_text_value(&r, mac);
	put_text_value(&r, phone->vendor);
	put_text_value(&r, phone->model);
	put_text_value(&r, phone->firmware);
	put_text_value(&r, phone->firmware_source);
	put_text_value(&r, phone->sip_domain);
	put_text_value(&r, phone->sip_domain_source);
	put_integer(&r, a->start_ns);
	put_integer(&r, a->end_ns);
	row_run(&r, NULL);
	for (size_t i = 0; i < phone->addresses.count; i++) {
		r = row_start(s, SQL_ADD_ADDRESS);
		put_text_value(&r, mac);
		put_text_value(&r, addr_format(&phone->addresses.at[i], address));
		row_run(&r, NULL);
	}
	for (size_t i = 0; i < phone->vlan_count; i++) {
		r = row_start(s, SQL_ADD_VLAN);
		put_text_value(&r, mac);
		put_integer(&r, phone->vlans[i]);
		row_run(&r, NULL);
	}
}

static void write_member(struct writer *w, const char *key, const char *text)
{
	writer_key(w, key);
	writer_string(w, text);
}

/* The phone as it was known then: years later it has another address, and other firmware. */
static void put_phone(struct row *r, const struct phone_report *phone)
{
	struct writer *w = &r->store->json;

	writer_clear(w);
	writer_open(w, '{');
	write_member(w, "vendor", phone->vendor);
	writer_key(w, "addresses");
	write_addresses(w, &phone->addresses);
	writer_key(w, "vlan");
	writer_open(w, '[');
	for (size_t i = 0; i < phone->vlan_count; i++)
		writer_number(w, phone->vlans[i]);
	writer_close(w, ']');
	write_member(w, "model", phone->model);
	write_member(w, "firmware", phone->firmware);
	write_member(w, "firmware_source", phone->firmware_source);
	write_member(w, "sip_domain", phone->sip_domain);
	write_member(w, "sip_domain_source", phone->sip_domain_source);
	writer_close(w, '}');
	put_json(r, w);
}

static void put_captures(struct row *r)
{
	struct store *s = r->store;

	writer_clear(&s->frames);
	writer_open(&s->frames, '[');
	for (size_t i = 0; i < s->capture_count; i++)
		writer_signed(&s->frames, s->captures[i]);
	writer_close(&s->frames, ']');
	put_json(r, &s->frames);
}

static void find_attempt(struct store *s, const struct attempt_report *a, const char *mac)
{
	struct row r = row_start(s, SQL_FIND_ATTEMPT);

	s->attempt = 0;
	put_text_value(&r, mac);
	put_integer(&r, a->start_ns);
	row_run(&r, &s->attempt);
	s->attempt_is_known = s->attempt != 0;
}

static int64_t change_number(struct store *s)
{
	struct row r = row_start(s, SQL_CHANGE);

	if (s->change == 0)
		row_run(&r, &s->change);
	return s->change;
}

static void add_attempt(struct store *s, const struct phone_report *phone, const struct attempt_report *a, const char *mac)
{
	int64_t change = change_number(s);
	struct row r = row_start(s, SQL_PUT_ATTEMPT);

	put_text_value(&r, mac);
	put_integer(&r, a->start_ns);
	put_text_or_empty(&r, a->id);
	put_integer(&r, a->end_ns);
	put_text_value(&r, method_name(a->method));
	put_text_or_empty(&r, a->policy);
	put_text_value(&r, policy_source_name(a->policy_source));
	put_text_value(&r, outcome_name(a->outcome));
	put_text_value(&r, a->cause ? step_name(a->cause->step) : NULL);
	put_text_value(&r, a->cause ? a->cause->rule->code : NULL);
	put_integer(&r, (int64_t)a->events_left_out);
	put_integer(&r, a->going_on);
	put_integer_if(&r, s->run, s->run);
	put_integer(&r, change);
	put_captures(&r);
	put_phone(&r, phone);
	put_integer_if(&r, a->cause, a->cause ? a->cause - a->findings : 0);
	put_integer(&r, (int64_t)a->packets_left_out);
	row_run(&r, &s->attempt);
}

enum store_result store_attempt(struct store *s, const struct phone_report *phone, const struct attempt_report *a)
{
	char mac[MAC_TEXT];

	mac_format(phone->mac, mac);
	store_enter(s);
	add_phone(s, phone, a, mac);
	find_attempt(s, a, mac);
	add_attempt(s, phone, a, mac);
	add_parts(s, a);
	return store_leave(s);
}

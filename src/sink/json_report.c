/* The report as one JSON document: contract section 3, doc/dialtone-report.schema.json. What is not known is null. */
#include "sink/json_parts.h"
#include "sink/sink.h"

static void key_string(struct writer *w, const char *key, const char *text)
{
	writer_key(w, key);
	writer_string(w, text);
}

static void key_number(struct writer *w, const char *key, uint64_t n)
{
	writer_key(w, key);
	writer_number(w, n);
}

/* Microseconds, or nanoseconds where the capture has them. */
static void key_time(struct writer *w, const char *key, bool known, int64_t at_ns)
{
	writer_key(w, key);
	if (known)
		writer_time(w, at_ns, at_ns % 1000 ? 9 : 6);
	else
		writer_null(w);
}

static void key_frames(struct writer *w, const struct frame_list *frames, bool several_files)
{
	writer_key(w, "frames");
	writer_open(w, '[');
	for (size_t i = 0; i < frames->count; i++)
		json_put_frame(w, frames->at[i], several_files);
	writer_close(w, ']');
}

static void key_addresses(struct writer *w, const struct addr_list *addresses)
{
	writer_key(w, "addresses");
	writer_open(w, '[');
	for (size_t i = 0; i < addresses->count; i++)
		writer_addr(w, &addresses->at[i]);
	writer_close(w, ']');
}

static void key_texts(struct writer *w, const char *key, const struct text_list *texts)
{
	writer_key(w, key);
	writer_open(w, '[');
	for (size_t i = 0; i < texts->count; i++)
		writer_string(w, texts->at[i]);
	writer_close(w, ']');
}

static void put_step(struct writer *w, enum step step, const struct step_report *s, bool several_files)
{
	writer_open(w, '{');
	key_string(w, "step", step_name(step));
	key_string(w, "state", step_state_name(s->state));
	key_time(w, "start", s->has_time, s->start_ns);
	key_time(w, "end", s->has_time, s->end_ns);
	key_frames(w, &s->frames, several_files);
	key_string(w, "detail", s->detail);
	writer_close(w, '}');
}

static void put_candidate(struct writer *w, const struct candidate_report *c, bool several_files)
{
	writer_open(w, '{');
	key_string(w, "source", candidate_source_name(c->source));
	key_string(w, "query", c->query);
	key_string(w, "server", c->server);
	writer_key(w, "port");
	if (c->port)
		writer_number(w, c->port);
	else
		writer_null(w);
	key_addresses(w, &c->addresses);
	key_string(w, "naming", naming_name(c->naming));
	key_string(w, "matched_domain", c->matched_domain);
	writer_key(w, "dialled");
	writer_truth(w, c->dialled);
	key_string(w, "result", candidate_result_name(c->result));
	key_frames(w, &c->frames, several_files);
	writer_close(w, '}');
}

static void put_finding(struct writer *w, const struct finding_report *f, bool several_files)
{
	writer_open(w, '{');
	key_string(w, "code", f->rule->code);
	key_string(w, "severity", severity_name(f->severity));
	key_string(w, "step", step_name(f->step));
	key_string(w, "subject", f->subject ? f->subject : "");
	key_string(w, "message", f->message);
	key_string(w, "fix", f->fix);
	key_string(w, "grade", grade_name(f->grade));
	key_frames(w, &f->frames, several_files);
	key_string(w, "source", f->rule->source);
	writer_close(w, '}');
}

static void put_certificate(struct writer *w, const struct certificate_report *c, bool several_files)
{
	writer_open(w, '{');
	key_string(w, "server", c->server);
	key_string(w, "wanted", c->wanted);
	key_string(w, "subject", c->subject);
	key_string(w, "issuer", c->issuer);
	key_texts(w, "san", &c->san);
	key_time(w, "not_before", c->not_before_ns != INT64_MIN, c->not_before_ns);
	key_time(w, "not_after", c->not_after_ns != INT64_MAX, c->not_after_ns);
	key_string(w, "signature_algorithm", c->signature_algorithm);
	key_string(w, "key", c->key);
	key_string(w, "sha256", c->sha256);
	key_frames(w, &c->frames, several_files);
	writer_close(w, '}');
}

static void put_parts(struct writer *w, const struct attempt_report *a, bool several_files)
{
	writer_key(w, "steps");
	writer_open(w, '[');
	for (enum step s = 0; s < STEP_COUNT; s++)
		put_step(w, s, &a->steps[s], several_files);
	writer_close(w, ']');
	writer_key(w, "candidates");
	writer_open(w, '[');
	for (size_t i = 0; i < a->candidate_count; i++)
		put_candidate(w, &a->candidates[i], several_files);
	writer_close(w, ']');
	writer_key(w, "findings");
	writer_open(w, '[');
	for (size_t i = 0; i < a->finding_count; i++)
		put_finding(w, &a->findings[i], several_files);
	writer_close(w, ']');
	writer_key(w, "certificates");
	writer_open(w, '[');
	for (size_t i = 0; i < a->certificate_count; i++)
		put_certificate(w, &a->certificates[i], several_files);
	writer_close(w, ']');
	key_texts(w, "cannot_show", &a->cannot_show);
}

void json_put_attempt(struct writer *w, const struct phone_report *phone, const struct attempt_report *a, bool several_files)
{
	writer_open(w, '{');
	if (phone) {
		writer_key(w, "mac");
		writer_mac(w, phone->mac);
	}
	key_string(w, "id", a->id);
	key_time(w, "start", true, a->start_ns);
	key_time(w, "end", true, a->end_ns);
	key_string(w, "method", method_name(a->method));
	key_string(w, "policy", a->policy);
	key_string(w, "policy_source", policy_source_name(a->policy_source));
	key_string(w, "outcome", outcome_name(a->outcome));
	key_string(w, "broke_at", a->cause ? step_name(a->cause->step) : NULL);
	key_string(w, "cause", a->cause ? a->cause->rule->code : NULL);
	put_parts(w, a, several_files);
	writer_close(w, '}');
}

static void put_phone(struct writer *w, const struct phone_report *p, bool several_files)
{
	writer_open(w, '{');
	writer_key(w, "mac");
	writer_mac(w, p->mac);
	key_string(w, "vendor", p->vendor);
	key_addresses(w, &p->addresses);
	writer_key(w, "vlan");
	writer_open(w, '[');
	for (size_t i = 0; i < p->vlan_count; i++)
		writer_number(w, p->vlans[i]);
	writer_close(w, ']');
	key_string(w, "model", p->model);
	key_string(w, "firmware", p->firmware);
	key_string(w, "firmware_source", p->firmware_source);
	key_string(w, "sip_domain", p->sip_domain);
	key_string(w, "sip_domain_source", p->sip_domain_source);
	writer_key(w, "attempts");
	writer_open(w, '[');
	for (size_t i = 0; i < p->attempt_count; i++) {
		attempt_report_look(p->attempts[i]);
		json_put_attempt(w, NULL, p->attempts[i], several_files);
	}
	writer_close(w, ']');
	writer_close(w, '}');
}

static void put_capture(struct writer *w, const struct capture_info *c)
{
	writer_open(w, '{');
	key_string(w, "file", c->file);
	key_string(w, "link_type", c->link_type);
	key_number(w, "packets", c->packets);
	key_number(w, "bytes", c->bytes);
	key_time(w, "first", c->packets, c->first_ns);
	key_time(w, "last", c->packets, c->last_ns);
	key_number(w, "malformed", c->malformed);
	writer_key(w, "cut_short");
	writer_truth(w, c->cut_short);
	key_number(w, "snapped", c->snapped);
	key_number(w, "backwards", c->backwards);
	writer_close(w, '}');
}

void json_report(FILE *out, const struct report *r)
{
	struct writer w = { 0 };

	writer_open(&w, '{');
	key_string(&w, "schema", "dialtone/1");
	writer_key(&w, "captures");
	writer_open(&w, '[');
	for (size_t i = 0; i < r->capture_count; i++)
		put_capture(&w, r->captures[i]);
	writer_close(&w, ']');
	writer_key(&w, "phones");
	writer_open(&w, '[');
	for (size_t i = 0; i < r->phone_count; i++) {
		phone_report_look(r->phones[i]);
		put_phone(&w, r->phones[i], r->capture_count > 1);
		writer_part(&w, out);
	}
	writer_close(&w, ']');
	writer_close(&w, '}');
	writer_line(&w, out);
	writer_free(&w);
}

void json_attempt(FILE *out, const struct phone_report *phone, const struct attempt_report *a, bool several_files)
{
	struct writer w = { 0 };

	json_put_attempt(&w, phone, a, several_files);
	writer_line(&w, out);
	writer_free(&w);
}

/* From a verdict to what is told of it: the report's values. */
#include <string.h>

#include "base/moment.h"
#include "base/spill.h"
#include "verdict/judge_parts.h"
#include "verdict/model.h"

const char *publish_id(struct arena *arena, struct mac phone, int64_t start_ns)
{
	char mac[MAC_TEXT], time[MOMENT_TEXT], plain_mac[MAC_TEXT], plain_time[MOMENT_TEXT];
	size_t m = 0, t = 0;

	mac_format(phone, mac);
	moment_format(start_ns, start_ns % 1000 ? 9 : 6, time);
	for (size_t i = 0; mac[i]; i++)
		if (mac[i] != ':')
			plain_mac[m++] = mac[i];
	for (size_t i = 0; time[i]; i++)
		if (time[i] != '-' && time[i] != ':')
			plain_time[t++] = time[i];
	plain_mac[m] = plain_time[t] = '\0';
	return arena_printf(arena, "%s-%s", plain_mac, plain_time);
}

const struct event *const *publish_copy(struct arena *arena, const struct attempt *a)
{
	const struct event **events = arena_get(arena, (a->count + 1) * sizeof *events);

	for (size_t i = 0; i < a->count; i++)
		events[i] = event_copy(a->events[i], arena);
	return events;
}

void publish_events(struct attempt_report *r, const struct event *const *events, const struct attempt *a)
{
	r->events = events;
	r->event_count = a->count;
	r->events_left_out = a->left_out;
}

static void report_candidates(struct arena *arena, struct attempt_report *r, const struct model *m)
{
	struct candidate_report *c = arena_get(arena, (m->decisions.count + 1) * sizeof *c);

	for (size_t i = 0; i < m->decisions.count; i++) {
		const struct decision *d = &m->decisions.at[i];
		frame_set frames = { 0 };

		frames_join(arena, &frames, &d->learned);
		frames_join(arena, &frames, &d->dialled_frames);
		c[i] = (struct candidate_report){ .source = d->source, .query = d->query, .server = d->server, .port = d->port, .addresses = { d->addresses.at, d->addresses.count },
			.naming = d->check.naming, .matched_domain = d->check.matched, .dialled = d->dialled, .result = d->result, .frames = { frames.at, frames.count } };
	}
	r->candidates = c;
	r->candidate_count = m->decisions.count;
}

static struct text_list text_list_of(const text_set *t)
{
	return (struct text_list){ t->at, t->count };
}

static struct certificate_report certificate_of(struct arena *arena, const struct link *l)
{
	const struct certificate *leaf = &l->connection->chain.at[0];
	char address[ENDPOINT_TEXT];

	return (struct certificate_report){ .server = arena_printf(arena, "%s", endpoint_format(&l->connection->server, address)), .wanted = l->name, .subject = leaf->subject,
		.issuer = leaf->issuer, .signature_algorithm = leaf->signature_algorithm, .key = leaf->key, .sha256 = leaf->sha256, .san = text_list_of(&leaf->san),
		.not_before_ns = leaf->not_before_ns, .not_after_ns = leaf->not_after_ns,
		.frames = { l->connection->certificate_frames.at, l->connection->certificate_frames.count } };
}

static void report_certificates(struct arena *arena, struct attempt_report *r, const struct model *m)
{
	LIST_OF(struct certificate_report) found = { 0 };

	for (size_t i = 0; i < m->links.count; i++) {
		const struct link *l = &m->links.at[i];
		bool known = !l->connection->chain.count || !l->connection->chain.at[0].subject || l->connection->certificate_from_memory;

		for (size_t k = 0; k < found.count && !known; k++)
			known = strcmp(found.at[k].sha256, l->connection->chain.at[0].sha256) == 0 && found.at[k].wanted == l->name;
		if (!known)
			*LIST_ADD(arena, &found) = certificate_of(arena, l);
	}
	r->certificates = found.at;
	r->certificate_count = found.count;
}

static void report_evaluation(struct attempt_report *r, const struct evaluation *e)
{
	r->method = e->method;
	r->outcome = e->outcome;
	r->findings = e->findings.at;
	r->finding_count = e->findings.count;
	r->cause = e->cause < e->findings.count ? &e->findings.at[e->cause] : NULL;
	r->cannot_show = text_list_of(&e->cannot_show);
	memcpy(r->steps, e->steps, sizeof r->steps);
}

void publish_verdict(struct arena *arena, struct trial *t, const struct evaluation *e)
{
	report_evaluation(t->report, e);
	report_candidates(arena, t->report, t->model);
	report_certificates(arena, t->report, t->model);
}

/* ---- the phone ---- */

void publish_identity(struct suspect *s, const char *firmware_option)
{
	struct phone_report *r = &s->report;

	r->model = s->gone.model;
	r->firmware = s->gone.firmware;
	r->firmware_source = s->gone.firmware_source;
	r->sip_domain = s->gone.domain;
	r->sip_domain_source = s->gone.domain_source;
	for (size_t i = 0; i < s->count; i++) {
		const struct trial *t = s->trials[i];
		const char *source, *firmware;

		spill_look(t);
		source = t->own_source;
		firmware = source ? t->own_firmware : client_firmware(t, &source);

		if (t->own_model)
			r->model = t->own_model;
		if (firmware) {
			r->firmware = firmware;
			r->firmware_source = source;
		}
		if (t->sip_domain) {
			r->sip_domain = t->sip_domain;
			r->sip_domain_source = t->sip_domain_source;
		}
	}
	if (firmware_option) {
		r->firmware = firmware_option;
		r->firmware_source = "option";
	}
}

/* ---- whether it is another than before ---- */

/* FNV-1a: nobody gains by two verdicts that look alike here. */
static void mix(uint64_t *d, const void *octets, size_t len)
{
	const unsigned char *at = octets;

	for (size_t i = 0; i < len; i++)
		*d = (*d ^ at[i]) * UINT64_C(0x100000001b3);
}

static void mix_text(uint64_t *d, const char *text)
{
	mix(d, text ? text : "", (text ? strlen(text) : 0) + 1);
}

static void mix_number(uint64_t *d, int64_t n)
{
	mix(d, &n, sizeof n);
}

static void mix_steps(uint64_t *d, const struct attempt_report *a)
{
	for (enum step s = 0; s < STEP_COUNT; s++) {
		mix_number(d, a->steps[s].state);
		mix_number(d, a->steps[s].end_ns);
		mix_text(d, a->steps[s].detail);
	}
}

static void mix_findings(uint64_t *d, const struct attempt_report *a)
{
	for (size_t i = 0; i < a->finding_count; i++) {
		mix_text(d, a->findings[i].rule->code);
		mix_number(d, a->findings[i].severity);
		mix_number(d, a->findings[i].grade);
		mix_text(d, a->findings[i].subject);
		mix_text(d, a->findings[i].message);
	}
	for (size_t i = 0; i < a->cannot_show.count; i++)
		mix_text(d, a->cannot_show.at[i]);
}

static void mix_candidates(uint64_t *d, const struct attempt_report *a)
{
	for (size_t i = 0; i < a->candidate_count; i++) {
		mix_text(d, a->candidates[i].server);
		mix_number(d, a->candidates[i].naming);
		mix_number(d, a->candidates[i].result);
	}
}

uint64_t publish_digest(const struct phone_report *p, const struct attempt_report *a)
{
	uint64_t d = UINT64_C(0xcbf29ce484222325);

	mix_number(&d, a->going_on);
	mix_number(&d, a->outcome);
	mix_number(&d, a->method);
	mix_text(&d, a->policy);
	mix_text(&d, p->firmware);
	mix_text(&d, p->model);
	mix_text(&d, p->sip_domain);
	mix_steps(&d, a);
	mix_findings(&d, a);
	mix_candidates(&d, a);
	return d ? d : 1;
}

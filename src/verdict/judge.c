#include "verdict/judge.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/moment.h"
#include "base/table.h"
#include "verdict/evaluate.h"
#include "verdict/gather.h"
#include "verdict/model.h"
#include "verdict/policy.h"
#include "verdict/story.h"

/* One sign-in on its way to the report. */
struct trial {
	struct suspect *phone;
	struct facts *facts;
	const struct policy *policy;
	const struct model *model;
	bool ended_by_capture;
	struct attempt_report report;
};

/* One phone. */
struct suspect {
	struct suspect *next;
	uint64_t number;
	struct phone_report report;
	LIST_OF(struct trial *) trials;
};

struct judge {
	struct arena arena;             /* the report and all that it points to */
	struct judge_options options;
	const struct policy *policy;    /* of --policy or --firmware; NULL */
	struct suspect *first, **last;
	size_t count;
	struct table *by_mac;           /* struct mac -> struct suspect *: a phone that the trail forgot and that came back */
	struct site site;
	struct report report;
};

const char *const judge_policies[] = { "ocs-strict", "ocs-suffix", "lync-desktop", "lpe-pre-cu7", "lpe-cu7", "3pip", NULL };

/* Phones that are found again by their address; beyond them one that comes back is reported twice. */
enum { PHONES_MAX = 1 << 16 };

static const char default_policy[] = "lpe-cu7";

static bool policy_by_options(struct judge *j)
{
	if (j->options.policy && !(j->policy = policy_find(j->options.policy))) {
		log_error("--policy %s: there is no such policy (ocs-strict, ocs-suffix, lync-desktop, lpe-pre-cu7, lpe-cu7, 3pip)", j->options.policy);
		return false;
	}
	if (!j->policy && j->options.firmware && !(j->policy = policy_of_firmware(j->options.firmware))) {
		log_error("--firmware %s: this is no version of a phone (like 4.0.7577.4444)", j->options.firmware);
		return false;
	}
	return true;
}

struct judge *judge_new(const struct judge_options *options)
{
	struct judge *j = memory_get(sizeof *j);

	j->options = *options;
	j->last = &j->first;
	j->by_mac = table_new(sizeof(struct mac), sizeof(struct suspect *), PHONES_MAX, NULL, NULL);
	if (!policy_by_options(j)) {
		judge_free(j);
		return NULL;
	}
	return j;
}

void judge_free(struct judge *j)
{
	table_free(j->by_mac);
	arena_free(&j->arena);
	free(j);
}

/* ---- while the capture is read ---- */

static struct suspect *suspect_of(struct judge *j, const struct phone *p)
{
	struct suspect *s = p->user, **known;

	if (s)
		return s;
	known = table_find(j->by_mac, &p->mac);
	if (known)
		return *known;
	s = arena_get(&j->arena, sizeof *s);
	known = table_add(j->by_mac, &p->mac);
	*known = s;
	s->report.mac = p->mac;
	s->report.vendor = p->vendor;
	s->number = p->number;
	*j->last = s;
	j->last = &s->next;
	j->count++;
	return s;
}

static void update_addresses(struct judge *j, struct phone_report *r, const struct phone *p)
{
	struct addr *addresses = arena_get(&j->arena, sizeof p->addresses);
	uint16_t *vlans = arena_get(&j->arena, sizeof p->vlans);

	memcpy(addresses, p->addresses, sizeof p->addresses);
	memcpy(vlans, p->vlans, sizeof p->vlans);
	r->addresses = (struct addr_list){ addresses, p->address_count };
	r->vlans = vlans;
	r->vlan_count = p->vlan_count;
}

static const char *attempt_id(struct judge *j, const struct attempt *a)
{
	char mac[MAC_TEXT], time[MOMENT_TEXT], plain_mac[MAC_TEXT], plain_time[MOMENT_TEXT];
	size_t m = 0, t = 0;

	mac_format(a->phone->mac, mac);
	moment_format(a->start_ns, a->start_ns % 1000 ? 9 : 6, time);
	for (size_t i = 0; mac[i]; i++)
		if (mac[i] != ':')
			plain_mac[m++] = mac[i];
	for (size_t i = 0; time[i]; i++)
		if (time[i] != '-' && time[i] != ':')
			plain_time[t++] = time[i];
	plain_mac[m] = plain_time[t] = '\0';
	return arena_printf(&j->arena, "%s-%s", plain_mac, plain_time);
}

static void keep_events(struct judge *j, struct attempt_report *r, const struct attempt *a)
{
	const struct event **events = arena_get(&j->arena, (a->count + 1) * sizeof *events);

	for (size_t i = 0; i < a->count; i++)
		events[i] = event_copy(a->events[i], &j->arena);
	r->events = events;
	r->event_count = a->count;
	r->events_left_out = a->left_out;
}

void judge_attempt(void *judge, const struct attempt *a)
{
	struct judge *j = judge;
	struct suspect *s = suspect_of(j, a->phone);
	struct trial *t = arena_get(&j->arena, sizeof *t);

	update_addresses(j, &s->report, a->phone);
	a->phone->user = s;
	t->phone = s;
	t->ended_by_capture = a->capture_ended;
	t->facts = facts_gather(a, &j->arena);
	t->report.id = attempt_id(j, a);
	t->report.start_ns = a->start_ns;
	t->report.end_ns = a->end_ns;
	if (j->options.tell_story)
		t->report.story = story_tell(a, &j->arena, &t->report.story_count);
	if (j->options.keep_events)
		keep_events(j, &t->report, a);
	*LIST_ADD(&j->arena, &s->trials) = t;
}

/* ---- what the whole capture tells of the site ---- */

static int64_t capture_end(const struct capture_info *const *captures, size_t count)
{
	int64_t last = INT64_MIN;

	for (size_t i = 0; i < count; i++)
		if (captures[i]->packets && captures[i]->last_ns > last)
			last = captures[i]->last_ns;
	return last;
}

static void settle(struct suspect *s, int64_t end_ns, bool cut_short, uint64_t dropped)
{
	for (size_t i = 0; i < s->trials.count; i++) {
		struct trial *t = s->trials.at[i];
		bool followed = i + 1 < s->trials.count;

		t->facts->restarted = followed && !t->ended_by_capture;
		t->facts->file_cut_short = cut_short && !followed;
		t->facts->dropped = dropped;
		facts_settle(t->facts, followed ? s->trials.at[i + 1]->report.start_ns : end_ns);
	}
}

/* Many phones are handed the same few. */
static void add_delivered(struct judge *j, const struct certificate *c)
{
	for (size_t i = 0; i < j->site.delivered.count; i++)
		if (c->sha256 && j->site.delivered.at[i].sha256 && strcmp(c->sha256, j->site.delivered.at[i].sha256) == 0)
			return;
	*LIST_ADD(&j->arena, &j->site.delivered) = *c;
}

static void add_alive(struct judge *j, const struct addr *a)
{
	for (size_t i = 0; i < j->site.alive.count; i++)
		if (addr_equal(&j->site.alive.at[i], a))
			return;
	*LIST_ADD(&j->arena, &j->site.alive) = *a;
}

static void site_of_facts(struct judge *j, const struct trial *t)
{
	const struct facts *f = t->facts;

	for (size_t i = 0; i < f->deliveries.count; i++)
		add_delivered(j, &f->deliveries.at[i].certificate);
	for (size_t i = 0; i < f->vlans.count; i++)
		if (f->vlans.at[i])
			j->site.voice_vlan = f->vlans.at[i];
	if (f->posted_versions.count)
		*LIST_ADD(&j->arena, &j->site.posted) = (struct site_version){ t->phone->report.mac, f->posted_versions.at[f->posted_versions.count - 1], f->start_ns };
	for (size_t i = 0; i < f->connections.count; i++) {
		const struct connection *c = &f->connections.at[i];

		if (c->state == CONNECTION_OPEN || c->state == CONNECTION_CLOSED || c->state == CONNECTION_RESET)
			add_alive(j, &c->server.addr);
		if (c->chain.count && c->chain.at[0].issuer)
			*LIST_ADD(&j->arena, &j->site.offers) = (struct site_offer){ c->server, c->chain.at[0].issuer, t->phone->report.mac, c->secured_ns != 0, c->start_ns };
	}
}

/* A resumed session shows no certificate: that of the last full handshake with the same server holds (RFC 5246 7.3). */
static void remember_chain(struct judge *j, struct connection *c)
{
	const struct connection *best = NULL;

	for (struct suspect *s = j->first; s; s = s->next)
		for (size_t i = 0; i < s->trials.count; i++)
			for (size_t k = 0; k < s->trials.at[i]->facts->connections.count; k++) {
				const struct connection *o = &s->trials.at[i]->facts->connections.at[k];

				if (o->chain.count && !o->certificate_from_memory && endpoint_equal(&o->server, &c->server) && o->start_ns < c->start_ns && (!best || o->start_ns > best->start_ns))
					best = o;
			}
	if (!best)
		return;
	c->chain = best->chain;
	c->certificate_from_memory = true;
}

static void for_all(struct judge *j, void (*each)(struct judge *j, struct trial *t))
{
	for (struct suspect *s = j->first; s; s = s->next)
		for (size_t i = 0; i < s->trials.count; i++)
			each(j, s->trials.at[i]);
}

static void remember(struct judge *j, struct facts *f, const struct binding *b)
{
	for (size_t i = 0; i < f->remembered.count; i++)
		if (addr_equal(&f->remembered.at[i].address, &b->address) && strcasecmp(f->remembered.at[i].name, b->name) == 0)
			return;
	if (f->remembered.count < FACTS_REMEMBERED_MAX)
		*LIST_ADD(&j->arena, &f->remembered) = *b;
}

/* What the phone learned before it may still know; the newest answers first where there are too many. */
static void remember_names(struct judge *j, struct trial *t)
{
	const struct suspect *s = t->phone;
	const struct facts *before = NULL;

	for (size_t i = 0; s->trials.at[i] != t; i++)
		before = s->trials.at[i]->facts;
	if (!before)
		return;
	for (size_t i = before->bindings.count; i-- > 0;)
		remember(j, t->facts, &before->bindings.at[i]);
	for (size_t i = 0; i < before->remembered.count; i++)
		remember(j, t->facts, &before->remembered.at[i]);
}

static void gather_site(struct judge *j, struct trial *t)
{
	site_of_facts(j, t);
	remember_names(j, t);
	for (size_t i = 0; i < t->facts->connections.count; i++)
		if (t->facts->connections.at[i].resumed && !t->facts->connections.at[i].chain.count)
			remember_chain(j, &t->facts->connections.at[i]);
}

/* ---- which client it is ---- */

/* The firmware of this attempt, else the one told before, else later: an update may lie between. */
static const char *firmware_of(const struct trial *t, const char **ret_source)
{
	const struct suspect *s = t->phone;
	const char *firmware = NULL;

	for (size_t i = 0; i < s->trials.count; i++) {
		const struct facts *f = s->trials.at[i]->facts;

		if (!f->firmware || (firmware && f->start_ns > t->facts->start_ns))
			continue;
		firmware = f->firmware;
		*ret_source = f->firmware_source;
	}
	return firmware;
}

static bool is_other_maker(const struct facts *f)
{
	static const char *const agents[] = { "PolycomVVX", "VVX", "SoundPoint", "SoundStation", "RealPresenceTrio", "AUDC", "AudioCodes", "Yealink", "snom", NULL };

	for (size_t i = 0; f->user_agent && agents[i]; i++)
		if (strcasestr(f->user_agent, agents[i]))
			return true;
	return false;
}

/* Lync Phone Edition is older than Lync's own discovery: who asks for lyncdiscover is another client, of a phone maker's or on a PC. */
static bool asks_lyncdiscover(const struct facts *f)
{
	for (size_t i = 0; i < f->lookups.count; i++)
		if (strncasecmp(f->lookups.at[i].name, "lyncdiscover", strlen("lyncdiscover")) == 0)
			return true;
	return false;
}

static bool is_desktop(const struct facts *f)
{
	static const char *const agents[] = { "UCCAPI", "Microsoft Lync 20", "Skype for Business", NULL };

	for (size_t i = 0; f->user_agent && agents[i]; i++)
		if (strcasestr(f->user_agent, agents[i]) && !strcasestr(f->user_agent, "OCPhone/"))
			return true;
	return false;
}

static const struct policy *policy_by_habit(const struct trial *t)
{
	const struct facts *f = t->facts;

	if (is_other_maker(f))
		return policy_find("3pip");
	if (is_desktop(f))
		return policy_find("lync-desktop");
	if (asks_lyncdiscover(f))
		return policy_find(t->phone->report.vendor ? "3pip" : "lync-desktop");
	return policy_find(default_policy);
}

static void choose_policy(struct judge *j, struct trial *t)
{
	const char *source = NULL, *firmware = firmware_of(t, &source);
	const struct policy *by_firmware = firmware ? policy_of_firmware(firmware) : NULL;

	if (j->policy) {
		t->policy = j->policy;
		t->report.policy_source = POLICY_OPTION;
	} else {
		t->policy = by_firmware ? by_firmware : policy_by_habit(t);
		t->report.policy_source = by_firmware ? POLICY_FIRMWARE : POLICY_ASSUMED;
	}
	t->report.policy = t->policy->name;
	if (!t->facts->firmware)
		t->facts->firmware = j->options.firmware ? j->options.firmware : firmware;
	for (size_t i = 0; t->phone->trials.at[i] != t; i++)
		if (t->phone->trials.at[i]->model->sip_domain)
			t->facts->earlier_domain = t->phone->trials.at[i]->model->sip_domain;
	t->model = model_run(t->facts, t->policy, j->options.sip_domain, &j->arena);
}

/* ---- the report of one attempt ---- */

static void report_candidates(struct judge *j, struct attempt_report *r, const struct model *m)
{
	struct candidate_report *c = arena_get(&j->arena, (m->decisions.count + 1) * sizeof *c);

	for (size_t i = 0; i < m->decisions.count; i++) {
		const struct decision *d = &m->decisions.at[i];
		frame_set frames = { 0 };

		frames_join(&j->arena, &frames, &d->learned);
		frames_join(&j->arena, &frames, &d->dialled_frames);
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

static struct certificate_report certificate_of(struct judge *j, const struct link *l)
{
	const struct certificate *leaf = &l->connection->chain.at[0];
	char address[ENDPOINT_TEXT];

	return (struct certificate_report){ .server = arena_printf(&j->arena, "%s", endpoint_format(&l->connection->server, address)), .wanted = l->name, .subject = leaf->subject,
		.issuer = leaf->issuer, .signature_algorithm = leaf->signature_algorithm, .key = leaf->key, .sha256 = leaf->sha256, .san = text_list_of(&leaf->san),
		.not_before_ns = leaf->not_before_ns, .not_after_ns = leaf->not_after_ns,
		.frames = { l->connection->certificate_frames.at, l->connection->certificate_frames.count } };
}

static void report_certificates(struct judge *j, struct attempt_report *r, const struct model *m)
{
	LIST_OF(struct certificate_report) found = { 0 };

	for (size_t i = 0; i < m->links.count; i++) {
		const struct link *l = &m->links.at[i];
		bool known = !l->connection->chain.count || !l->connection->chain.at[0].subject || l->connection->certificate_from_memory;

		for (size_t k = 0; k < found.count && !known; k++)
			known = strcmp(found.at[k].sha256, l->connection->chain.at[0].sha256) == 0 && found.at[k].wanted == l->name;
		if (!known)
			*LIST_ADD(&j->arena, &found) = certificate_of(j, l);
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

static void judge_trial(struct judge *j, struct trial *t)
{
	struct evaluation e;

	evaluate(t->model, &j->site, t->phone->report.mac, &j->arena, &e);
	report_evaluation(&t->report, &e);
}

static void gather_faults(struct judge *j, struct trial *t)
{
	for (size_t i = 0; i < t->report.finding_count; i++)
		if (t->report.findings[i].severity == SEVERITY_ERROR)
			*LIST_ADD(&j->arena, &j->site.faults) = (struct site_fault){ t->report.findings[i].rule->code, t->report.findings[i].subject,
				t->phone->report.mac, t->model->sip_domain, t->facts->dns_domain };
}

/* Once more with what the others met: a phone that works from its cache beside one that failed. */
static void judge_again(struct judge *j, struct trial *t)
{
	if (j->site.faults.count && t->report.outcome == OUTCOME_SIGNED_IN && t->report.method == METHOD_CACHED)
		judge_trial(j, t);
	report_candidates(j, &t->report, t->model);
	report_certificates(j, &t->report, t->model);
}

/* ---- the whole report ---- */

static void report_identity(struct judge *j, struct suspect *s)
{
	struct phone_report *r = &s->report;

	for (size_t i = 0; i < s->trials.count; i++) {
		const struct trial *t = s->trials.at[i];
		const char *source = t->facts->firmware_source, *firmware = source ? t->facts->firmware : firmware_of(t, &source);

		if (t->facts->model)
			r->model = t->facts->model;
		if (firmware) {
			r->firmware = firmware;
			r->firmware_source = source;
		}
		if (t->model->sip_domain) {
			r->sip_domain = t->model->sip_domain;
			r->sip_domain_source = t->model->sip_domain_source;
		}
	}
	if (j->options.firmware) {
		r->firmware = j->options.firmware;
		r->firmware_source = "option";
	}
}

static const struct phone_report *report_phone(struct judge *j, struct suspect *s)
{
	const struct attempt_report **attempts = arena_get(&j->arena, (s->trials.count + 1) * sizeof *attempts);

	for (size_t i = 0; i < s->trials.count; i++)
		attempts[i] = &s->trials.at[i]->report;
	s->report.attempts = attempts;
	s->report.attempt_count = s->trials.count;
	report_identity(j, s);
	return &s->report;
}

/* By first appearance. */
static void sort_phones(const struct suspect **s, size_t count)
{
	for (size_t i = 1; i < count; i++)
		for (size_t k = i; k && s[k - 1]->number > s[k]->number; k--) {
			const struct suspect *t = s[k];

			s[k] = s[k - 1];
			s[k - 1] = t;
		}
}

static void report_phones(struct judge *j)
{
	const struct suspect **order = arena_get(&j->arena, (j->count + 1) * sizeof *order);
	const struct phone_report **phones = arena_get(&j->arena, (j->count + 1) * sizeof *phones);
	size_t n = 0;

	for (struct suspect *s = j->first; s; s = s->next) {
		report_phone(j, s);
		order[n++] = s;
	}
	sort_phones(order, n);
	for (size_t i = 0; i < n; i++)
		phones[i] = &order[i]->report;
	j->report.phones = phones;
	j->report.phone_count = n;
}

const struct report *judge_report(struct judge *j, const struct capture_info *const *captures, size_t capture_count)
{
	bool cut_short = false;
	uint64_t dropped = 0;

	for (size_t i = 0; i < capture_count; i++) {
		cut_short |= captures[i]->cut_short;
		dropped += captures[i]->dropped;
	}
	for (struct suspect *s = j->first; s; s = s->next)
		settle(s, capture_end(captures, capture_count), cut_short, dropped);
	for_all(j, gather_site);
	for_all(j, choose_policy);
	for_all(j, judge_trial);
	for_all(j, gather_faults);
	for_all(j, judge_again);
	report_phones(j);
	j->report.captures = captures;
	j->report.capture_count = capture_count;
	return &j->report;
}

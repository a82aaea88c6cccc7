#include "verdict/report_copy.h"

#include <string.h>

static const char *text(struct arena *a, const char *from)
{
	return from ? arena_copy(a, from, strlen(from)) : NULL;
}

static void *items(struct arena *a, const void *from, size_t count, size_t size)
{
	return count ? memcpy(arena_get(a, count * size), from, count * size) : NULL;
}

static struct frame_list frames(struct arena *a, const struct frame_list *from)
{
	return (struct frame_list){ items(a, from->at, from->count, sizeof *from->at), from->count };
}

static struct addr_list addresses(struct arena *a, const struct addr_list *from)
{
	return (struct addr_list){ items(a, from->at, from->count, sizeof *from->at), from->count };
}

static struct text_list texts(struct arena *a, const struct text_list *from)
{
	const char **at = arena_get(a, (from->count + 1) * sizeof *at);

	for (size_t i = 0; i < from->count; i++)
		at[i] = text(a, from->at[i]);
	return (struct text_list){ at, from->count };
}

struct phone_report phone_report_copy(struct arena *arena, const struct phone_report *p)
{
	struct phone_report to = *p;

	to.vendor = text(arena, p->vendor);
	to.addresses = addresses(arena, &p->addresses);
	to.vlans = items(arena, p->vlans, p->vlan_count, sizeof *p->vlans);
	to.model = text(arena, p->model);
	to.firmware = text(arena, p->firmware);
	to.firmware_source = text(arena, p->firmware_source);
	to.sip_domain = text(arena, p->sip_domain);
	to.sip_domain_source = text(arena, p->sip_domain_source);
	to.attempts = NULL;
	to.attempt_count = 0;
	return to;
}

static void copy_steps(struct arena *arena, struct attempt_report *to)
{
	for (enum step s = 0; s < STEP_COUNT; s++) {
		to->steps[s].frames = frames(arena, &to->steps[s].frames);
		to->steps[s].detail = text(arena, to->steps[s].detail);
	}
}

static void copy_candidates(struct arena *arena, struct attempt_report *to)
{
	struct candidate_report *c = items(arena, to->candidates, to->candidate_count, sizeof *c);

	for (size_t i = 0; i < to->candidate_count; i++) {
		c[i].query = text(arena, c[i].query);
		c[i].server = text(arena, c[i].server);
		c[i].addresses = addresses(arena, &c[i].addresses);
		c[i].matched_domain = text(arena, c[i].matched_domain);
		c[i].frames = frames(arena, &c[i].frames);
	}
	to->candidates = c;
}

/* What the catalogue has stays where it is; what only a stored report had (of another dialtone) has to be copied too. */
static const struct rule *rule_copy(struct arena *arena, const struct rule *from)
{
	struct rule *to;

	if (rule_find(from->code) == from)
		return from;
	to = arena_get(arena, sizeof *to);
	*to = *from;
	to->code = text(arena, from->code);
	to->meaning = text(arena, from->meaning);
	to->wire = text(arena, from->wire);
	to->next = text(arena, from->next);
	to->fix = text(arena, from->fix);
	to->source = text(arena, from->source);
	return to;
}

static void copy_findings(struct arena *arena, const struct attempt_report *from, struct attempt_report *to)
{
	struct finding_report *f = items(arena, from->findings, from->finding_count, sizeof *f);

	for (size_t i = 0; i < from->finding_count; i++) {
		f[i].rule = rule_copy(arena, f[i].rule);
		f[i].subject = text(arena, f[i].subject);
		f[i].message = text(arena, f[i].message);
		f[i].fix = text(arena, f[i].fix);
		f[i].frames = frames(arena, &f[i].frames);
	}
	to->findings = f;
	to->cause = from->cause ? f + (from->cause - from->findings) : NULL;
}

static void copy_certificates(struct arena *arena, struct attempt_report *to)
{
	struct certificate_report *c = items(arena, to->certificates, to->certificate_count, sizeof *c);

	for (size_t i = 0; i < to->certificate_count; i++) {
		c[i].server = text(arena, c[i].server);
		c[i].wanted = text(arena, c[i].wanted);
		c[i].subject = text(arena, c[i].subject);
		c[i].issuer = text(arena, c[i].issuer);
		c[i].signature_algorithm = text(arena, c[i].signature_algorithm);
		c[i].key = text(arena, c[i].key);
		c[i].sha256 = text(arena, c[i].sha256);
		c[i].san = texts(arena, &c[i].san);
		c[i].frames = frames(arena, &c[i].frames);
	}
	to->certificates = c;
}

struct attempt_report attempt_report_copy(struct arena *arena, const struct attempt_report *a)
{
	struct attempt_report to = *a;

	to.id = text(arena, a->id);
	to.policy = text(arena, a->policy);
	copy_steps(arena, &to);
	copy_candidates(arena, &to);
	copy_findings(arena, a, &to);
	copy_certificates(arena, &to);
	to.cannot_show = texts(arena, &a->cannot_show);
	to.story = NULL;
	to.events = NULL;
	to.packets = NULL;
	to.story_count = to.event_count = to.packet_count = 0;
	return to;
}

void attempt_parts_copy(struct arena *arena, const struct attempt_report *from, struct attempt_report *to)
{
	struct story_line *story = items(arena, from->story, from->story_count, sizeof *story);
	struct packet_report *packets = items(arena, from->packets, from->packet_count, sizeof *packets);

	for (size_t i = 0; i < from->story_count; i++) {
		story[i].from = text(arena, story[i].from);
		story[i].to = text(arena, story[i].to);
		story[i].text = text(arena, story[i].text);
	}
	for (size_t i = 0; i < from->packet_count; i++)
		packets[i].data.data = items(arena, packets[i].data.data, packets[i].data.len, 1);
	to->story = story;
	to->story_count = from->story_count;
	to->packets = packets;
	to->packet_count = from->packet_count;
	to->packets_left_out = from->packets_left_out;
}

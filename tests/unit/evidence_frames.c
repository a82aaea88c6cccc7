/*
 * evidence_frames [--phone MAC] [--octets N] FILE...: whether each attempt in these captures, taken as one timeline, has the packets that its events came in.
 *
 * Says what is missing where nothing was left out, and packets out of order, twice, or beyond the bound. Exit status 1 if anything was said, or if anything
 * was left out though there was room. tests/check-annotate runs it over all captures of the project.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/flow.h"
#include "pipeline.h"
#include "trail/phone.h"

enum { EVIDENCE_OCTETS = 4 << 20 };       /* as analyze --annotate */

struct check {
	size_t octets;
	unsigned attempts, packets, left_out, wrong;
};

static void complain(struct check *c, const struct attempt *a, frame_ref frame, const char *why)
{
	char mac[MAC_TEXT];

	c->wrong++;
	printf("%s, sign-in with %zu events and %zu packets: frame %u:%llu %s\n", mac_format(a->phone->mac, mac), a->count, a->evidence.count, frame_file(frame) + 1,
		(unsigned long long)frame_number(frame), why);
}

static void check_event(struct check *c, const struct attempt *a, const struct event *e)
{
	char why[200];

	for (unsigned i = 0; i < (e->frame_count ? e->frame_count : 1); i++) {
		frame_ref frame = e->frame_count ? e->frames[i] : e->frame;

		if (evidence_find(&a->evidence, frame))
			continue;
		snprintf(why, sizeof why, "of %s %s is missing", e->kind->proto, e->kind->name);
		complain(c, a, frame, why);
	}
}

static void check_order(struct check *c, const struct attempt *a)
{
	size_t octets = 0;

	for (size_t i = 0; i < a->evidence.count; i++) {
		const struct packet *p = &a->evidence.at[i].packet;

		octets += p->data.len;
		if (i && frame_file(p->frame) == frame_file(p[0].frame) && a->evidence.at[i - 1].packet.frame == p->frame)
			complain(c, a, p->frame, "is there twice");
		if (i && frame_file(a->evidence.at[i - 1].packet.frame) == frame_file(p->frame) && a->evidence.at[i - 1].packet.frame > p->frame)
			complain(c, a, p->frame, "is out of order");
	}
	if (octets > c->octets)
		complain(c, a, 0, "and all others take more room than they may");
}

static void on_attempt(void *user, const struct attempt *a)
{
	struct check *c = user;

	c->attempts++;
	c->packets += (unsigned)a->evidence.count;
	c->left_out += (unsigned)a->evidence.left_out;
	for (size_t i = 0; i < a->count && !a->evidence.left_out; i++)
		check_event(c, a, a->events[i]);
	check_order(c, a);
}

int main(int argc, char **argv)
{
	struct check c = { .octets = EVIDENCE_OCTETS };
	struct trail_options options = { .attempt = on_attempt, .user = &c };
	struct mac phone;
	struct source *source;
	struct pipeline *pipeline;
	struct flows_user user;
	int at = 1;

	for (; at + 1 < argc && argv[at][0] == '-'; at += 2) {
		if (strcmp(argv[at], "--octets") == 0)
			c.octets = strtoul(argv[at + 1], NULL, 10);
		else if (mac_parse(argv[at + 1], &phone))
			options.phones = &phone, options.phone_count = 1;
	}
	source = source_open_files(argv + at, (unsigned)(argc - at), NULL);
	if (!source)
		return 2;
	options.evidence_octets = c.octets;
	user = (struct flows_user){ .interest = trail_interest, .event = trail_event, .packet = trail_packet, .fragment = trail_fragment };
	user.user = trail_new(&options);
	pipeline = pipeline_new(&user);
	pipeline_run(pipeline, source);
	pipeline_finish(pipeline);
	trail_finish(user.user);
	pipeline_free(pipeline);
	trail_free(user.user);
	source_close(source);
	printf("%u sign-ins, %u packets, %u left out, %u wrong\n", c.attempts, c.packets, c.left_out, c.wrong);
	return c.wrong || (c.left_out && c.octets >= EVIDENCE_OCTETS) ? 1 : 0;
}

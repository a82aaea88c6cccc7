#include "pipeline.h"

#include <stdlib.h>

#include "base/memory.h"
#include "packet/fragment.h"
#include "packet/mirror.h"

/* Packets between two looks at how far reading is: less than a millisecond apart. */
enum { LOOK_EVERY = 1024 };

struct pipeline {
	struct flows_user user;
	struct flows *flows;
	struct fragments *fragments;
	struct mirror *mirror;
	struct pipeline_counters counters;
	struct source *source;          /* of pipeline_run */
	void (*look)(void *user, const struct source *s);
	void *look_user;
};

struct pipeline *pipeline_new(const struct flows_user *user)
{
	static const struct flow_limits limits = { PIPELINE_FLOWS, PIPELINE_STREAM_OCTETS, PIPELINE_TOTAL_OCTETS };
	struct pipeline *p = memory_get(sizeof *p);

	p->user = *user;
	p->flows = flows_new(&limits, user);
	p->fragments = fragments_new();
	p->mirror = mirror_new();
	return p;
}

/* Puts datagrams together, also one inside a tunnel whose packets were fragments. Whether the packet at hand completes all of them. */
static bool assemble(struct pipeline *p, const struct packet *packet, struct layers *l, const frame_ref **ret_frames, unsigned *ret_count)
{
	if (l->is_fragment && p->user.fragment)
		p->user.fragment(p->user.user, packet);
	while (l->is_fragment) {
		bool whole = fragments_add(p->fragments, packet, l, ret_frames, ret_count);

		p->counters.fragments_dropped = fragments_dropped(p->fragments);
		if (!whole)
			return false;
		decap_transport(packet, l, &p->counters.decap);
	}
	return true;
}

void pipeline_packet(struct pipeline *p, const struct packet *packet)
{
	const frame_ref *frames = NULL;
	unsigned frame_count = 0;
	struct layers l;

	p->counters.packets++;
	p->counters.bytes += packet->wire_len;
	if (flows_unread(p->flows, packet))
		return;
	if (!decap_packet(packet, &l, &p->counters.decap))
		return;
	if (!assemble(p, packet, &l, &frames, &frame_count))
		return;
	if (mirror_is_copy(p->mirror, packet, &l))
		p->counters.copies++;
	else
		flows_packet(p->flows, packet, &l, frames, frame_count);
}

void pipeline_tick(struct pipeline *p, int64_t now_ns)
{
	flows_tick(p->flows, now_ns);
}

static void tell_captures(struct pipeline *p)
{
	for (unsigned n = 0; p->source && n < source_captures(p->source); n++)
		source_capture(p->source, n)->malformed = flows_malformed_of(p->flows, n);
}

void pipeline_finish(struct pipeline *p)
{
	flows_finish(p->flows);
	tell_captures(p);
}

const struct pipeline_counters *pipeline_counters(const struct pipeline *p)
{
	return &p->counters;
}

const struct flows *pipeline_flows(const struct pipeline *p)
{
	return p->flows;
}

void pipeline_free(struct pipeline *p)
{
	if (!p)
		return;
	flows_free(p->flows);
	fragments_free(p->fragments);
	mirror_free(p->mirror);
	free(p);
}

void pipeline_on_look(struct pipeline *p, void (*look)(void *user, const struct source *s), void *user)
{
	p->look = look;
	p->look_user = user;
}

int pipeline_run(struct pipeline *p, struct source *source)
{
	enum source_answer answer;
	struct packet packet;

	p->source = source;
	while ((answer = source_next(source, &packet)) == SOURCE_PACKET) {
		pipeline_packet(p, &packet);
		if (p->look && p->counters.packets % LOOK_EVERY == 0)
			p->look(p->look_user, source);
	}
	tell_captures(p);
	return answer == SOURCE_ERROR ? 2 : 0;
}

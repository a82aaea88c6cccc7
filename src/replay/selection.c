#include "replay/selection.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/memory.h"
#include "dissectors/arp.h"
#include "dissectors/dhcp.h"
#include "pipeline.h"
#include "trail/marker.h"
#include "trail/phone.h"

/* One bit for each frame number of a file. */
struct bits {
	uint8_t *octets;
	size_t room;
};

struct selection {
	struct bits *files;
	unsigned file_count;
	uint64_t count;

	/* while it is made */
	const struct mac *phones;
	size_t phone_count;
	struct trail *trail;
};

/* ---- the set ---- */

static void select_frame(struct selection *s, frame_ref f)
{
	unsigned file = frame_file(f);
	size_t octet = (size_t)(frame_number(f) / 8);
	struct bits *b;
	uint8_t bit = (uint8_t)(1 << frame_number(f) % 8);

	for (; s->file_count <= file; s->file_count++) {
		s->files = memory_resize(s->files, s->file_count + 1, sizeof *s->files);
		s->files[s->file_count] = (struct bits){ NULL, 0 };
	}
	b = &s->files[file];
	if (octet >= b->room) {
		size_t room = octet + octet / 2 + 1024;

		b->octets = memory_resize(b->octets, room, 1);
		memset(b->octets + b->room, 0, room - b->room);
		b->room = room;
	}
	s->count += !(b->octets[octet] & bit);
	b->octets[octet] |= bit;
}

bool selection_has(const struct selection *s, frame_ref f)
{
	unsigned file = frame_file(f);
	size_t octet = (size_t)(frame_number(f) / 8);

	return file < s->file_count && octet < s->files[file].room && s->files[file].octets[octet] & 1 << frame_number(f) % 8;
}

static void select_event(struct selection *s, const struct event *e)
{
	select_frame(s, e->frame);
	for (unsigned i = 0; i < e->frame_count; i++)
		select_frame(s, e->frames[i]);
}

/* ---- whose ---- */

static bool is_phone(const struct selection *s, const struct mac *m)
{
	for (size_t i = 0; m && i < s->phone_count; i++)
		if (mac_equal(*m, s->phones[i]))
			return true;
	return false;
}

/* The trail says so of a packet to that address. */
static bool has_address(struct selection *s, const struct addr *a)
{
	return a && trail_interest(s->trail, &(struct layers){ .dst = *a }) == INTEREST_FOLLOWED;
}

static bool concerns(struct selection *s, const struct event *e)
{
	if (is_dhcp(e))
		return is_phone(s, event_mac(e, &dhcp_client_mac));
	if (is_arp(e))
		return is_phone(s, event_mac(e, &arp_sender_mac)) || is_phone(s, event_mac(e, &arp_target_mac)) || has_address(s, event_addr(e, &arp_target_addr));
	return false;
}

static void on_event(void *user, const struct event *e)
{
	struct selection *s = user;

	trail_event(s->trail, e);
	if (concerns(s, e))
		select_event(s, e);
}

static enum interest on_interest(void *user, const struct layers *l)
{
	struct selection *s = user;

	return trail_interest(s->trail, l);
}

static void on_attempt(void *user, const struct attempt *a)
{
	for (size_t i = 0; i < a->count; i++)
		select_event(user, a->events[i]);
}

/* Also of copies that a mirror made and of fragments, which the pipeline does not ask about. */
static void look_at(struct selection *s, const struct packet *p, struct decap_counters *ignored)
{
	struct layers l;

	if (decap_packet(p, &l, ignored) && trail_interest(s->trail, &l) == INTEREST_FOLLOWED)
		select_frame(s, p->frame);
}

static void read_all(struct selection *s, struct tape *t, struct pipeline *pipeline)
{
	struct decap_counters ignored = { 0 };
	struct packet p;

	while (tape_next(t, &p) == SOURCE_PACKET) {
		look_at(s, &p, &ignored);
		pipeline_packet(pipeline, &p);
	}
}

struct selection *selection_make(struct tape *t, const struct mac *phones, size_t count)
{
	struct selection *s = memory_get(sizeof *s);
	const struct trail_options options = { .phones = phones, .phone_count = count, .attempt = on_attempt, .user = s };
	const struct flows_user user = { .user = s, .interest = on_interest, .event = on_event };
	struct pipeline *pipeline = pipeline_new(&user);

	s->phones = phones;
	s->phone_count = count;
	s->trail = trail_new(&options);
	read_all(s, t, pipeline);
	pipeline_finish(pipeline);
	trail_finish(s->trail);
	pipeline_free(pipeline);
	trail_free(s->trail);
	if (!s->count)
		log_warning("--phone: no packet of this device was captured");
	if (tape_rewind(t))
		return s;
	selection_free(s);
	return NULL;
}

void selection_free(struct selection *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < s->file_count; i++)
		free(s->files[i].octets);
	free(s->files);
	free(s);
}

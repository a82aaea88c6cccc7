#include "trail/device.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "dissectors/arp.h"
#include "dissectors/dhcp.h"
#include "trail/marker.h"
#include "trail/sleep.h"

#define SECONDS(n) (INT64_C(1000000000) * (n))

/* Contract section 3: silent for two minutes. */
static const int64_t SILENCE_NS = SECONDS(120);

/* TCP gives up a connection that nobody answers within about this time. */
static const int64_t WAIT_NS = SECONDS(130);

/* Of a followed phone, of a phone that showed no marker yet, of what only may become one. */
static const struct attempt_limits followed_limits = { .head = 3584, .tail = 512, .octets = 4 << 20, .evidence = 0 };
static const struct attempt_limits waiting_limits = { .head = 64, .tail = 448, .octets = 256 << 10, .evidence = 256 << 10 };
static const struct attempt_limits other_limits = { .head = 0, .tail = 32, .octets = 16 << 10, .evidence = 16 << 10 };

static const struct attempt_limits *limits_of(const struct device *d)
{
	if (!d->sessions)
		return &other_limits;
	return d->phone.followed ? &followed_limits : &waiting_limits;
}

/* ---- sleep ---- */

static void leave_awake(struct attempt *a, struct surroundings *s)
{
	if (!a->waking)
		return;
	*(a->older ? &a->older->younger : &s->oldest) = a->younger;
	*(a->younger ? &a->younger->older : &s->youngest) = a->older;
	a->older = a->younger = NULL;
	a->waking = false;
}

/* Something was added to it. */
static void stay_awake(struct attempt *a, struct surroundings *s)
{
	leave_awake(a, s);
	a->older = s->youngest;
	*(s->youngest ? &s->youngest->younger : &s->oldest) = a;
	s->youngest = a;
	a->waking = true;
}

static void wake(const struct device *d, struct attempt *a, struct surroundings *s)
{
	if (!a || !a->sleeps)
		return;
	s->asleep -= a->sleeping_octets;
	s->octets -= attempt_octets(a);
	attempt_wake(a, limits_of(d));
	s->octets += attempt_octets(a);
	stay_awake(a, s);
}

void device_wake(struct device *d, struct surroundings *s)
{
	wake(d, d->ended, s);
	wake(d, d->phone.attempt, s);
}

void devices_let_sleep(struct surroundings *s, size_t awake)
{
	while (s->oldest && s->octets - s->asleep > awake) {
		struct attempt *a = s->oldest;
		size_t octets = a->arena.used;

		leave_awake(a, s);
		if (attempt_sleep(a))
			s->asleep += octets;
	}
}

/* ---- who waits ---- */

/* Nearly always the last one: all wait equally long. */
static void join_due(struct device *d, struct surroundings *s)
{
	struct device *before = s->due_last;

	while (before && before->due_ns > d->due_ns)
		before = before->due_before;
	d->due_before = before;
	d->due_after = before ? before->due_after : s->due_first;
	*(before ? &before->due_after : &s->due_first) = d;
	*(d->due_after ? &d->due_after->due_before : &s->due_last) = d;
}

static struct attempt *take_ended(struct device *d, struct surroundings *s)
{
	struct attempt *a = d->ended;

	if (!a)
		return NULL;
	*(d->due_before ? &d->due_before->due_after : &s->due_first) = d->due_after;
	*(d->due_after ? &d->due_after->due_before : &s->due_last) = d->due_before;
	d->due_before = d->due_after = NULL;
	d->ended = NULL;
	return a;
}

/* ---- handing over ---- */

void device_discard(struct attempt *a, struct surroundings *s)
{
	if (!a)
		return;
	s->octets -= attempt_octets(a);
	s->asleep -= a->sleeping_octets;
	leave_awake(a, s);
	attempt_free(a);
}

static void give(struct device *d, struct attempt *a, struct surroundings *s)
{
	if (a && a->count && d->phone.followed) {
		wake(d, a, s);
		s->attempt(s->user, a);
	}
	device_discard(a, s);
}

void device_release(struct device *d, struct surroundings *s)
{
	give(d, take_ended(d, s), s);
}

void devices_release(struct surroundings *s, int64_t now_ns)
{
	while (s->due_first && now_ns >= s->due_first->due_ns)
		device_release(s->due_first, s);
}

void device_finish(struct device *d, struct surroundings *s)
{
	struct attempt *a;

	device_release(d, s);
	a = d->phone.attempt;
	if (a)
		a->capture_ended = true;
	give(d, a, s);
	d->phone.attempt = NULL;
	device_drop(d, s);
}

void device_drop(struct device *d, struct surroundings *s)
{
	device_discard(take_ended(d, s), s);
	device_discard(d->phone.attempt, s);
	d->phone.attempt = NULL;
	if (d->sessions)
		sessions_clear(d->sessions);
	free(d->sessions);
	d->sessions = NULL;
}

/* ---- packets ---- */

/* Where else a packet may be that an event of attempt `a` came in. */
static const struct kept_packet *find_elsewhere(const struct device *d, const struct attempt *a, frame_ref frame, const struct surroundings *s,
	struct kept_packet *room)
{
	const struct attempt *other = a == d->ended ? d->phone.attempt : d->ended;
	const struct kept_packet *found = other && other != a ? evidence_find(&other->evidence, frame) : NULL;

	if (!found && s->donor)
		found = evidence_find(s->donor, frame);
	if (!found && strays_find(s->strays, frame, room))
		found = room;
	return found ? found : links_packet(s->links, frame);
}

/* What became of a connection may be found only when it is forgotten: then an event may bear the frame that is read at that moment, another device's,
 * alone (internal ones) or behind those it came in. */
static bool is_its_own(const struct event *e, frame_ref frame)
{
	return !e->kind->internal && !(e->frame_count && frame == e->frame);
}

static void keep_packet_of(struct device *d, struct attempt *a, const struct event *e, frame_ref frame, struct surroundings *s)
{
	struct kept_packet *here = evidence_find(&a->evidence, frame), room;
	const struct kept_packet *elsewhere = here ? NULL : find_elsewhere(d, a, frame, s, &room);
	struct kept_packet copy;

	if (here) {
		here->named = true;
	} else if (elsewhere) {
		copy = *elsewhere;
		copy.named = true;
		copy.passing = false;
		copy.foreign = is_foreign_advertisement(e, d->phone.mac);
		evidence_add(&a->evidence, &copy);
	} else if (is_its_own(e, frame)) {
		evidence_miss(&a->evidence, place_of(e));
	}
}

static void bound_evidence(const struct device *d, struct attempt *a, const struct surroundings *s)
{
	size_t room = limits_of(d)->evidence, max = room && room < s->evidence_octets ? room : s->evidence_octets;

	evidence_bound(&a->evidence, max, limits_of(d)->head ? max / 2 : 0);
}

/* The packets that an event came in. */
static void keep_packets_of(struct device *d, struct attempt *a, const struct event *e, struct surroundings *s)
{
	size_t before = a->evidence.octets;

	if (!s->evidence_octets)
		return;
	for (unsigned i = 0; i < e->frame_count; i++)
		keep_packet_of(d, a, e, e->frames[i], s);
	if (!e->frame_count)
		keep_packet_of(d, a, e, e->frame, s);
	bound_evidence(d, a, s);
	s->octets = s->octets - before + a->evidence.octets;
}

static void keep(struct attempt *a, const struct packet *p, const struct seen *seen)
{
	const struct kept_packet packet = { .packet = *p, .flow = seen->flow, .passing = seen->passing };

	evidence_add(&a->evidence, &packet);
}

/* What is said late on a connection of the attempt before is that one's, as its events are. */
static struct attempt *attempt_of_packet(const struct device *d, uint64_t flow)
{
	if (d->ended && flow && attempt_has_flow(d->ended, flow) && !attempt_has_flow(d->phone.attempt, flow))
		return d->ended;
	return d->phone.attempt;
}

bool device_packet(struct device *d, const struct seen *seen, struct surroundings *s)
{
	struct attempt *a = attempt_of_packet(d, seen->flow);
	struct kept_packet fragment;
	size_t before;

	if (!a)
		return false;
	before = a->evidence.octets;
	for (unsigned i = 0; i < seen->frame_count; i++)
		if (seen->frames[i] != seen->packet->frame && strays_find(s->strays, seen->frames[i], &fragment))
			keep(a, &fragment.packet, seen);
	keep(a, seen->packet, seen);
	bound_evidence(d, a, s);
	s->octets = s->octets - before + a->evidence.octets;
	return true;
}

/* ---- beginning ---- */

static void note_change(struct attempt *a, int64_t at_ns, struct surroundings *s)
{
	a->changed = s->changed = true;
	if (at_ns > a->changed_ns)
		a->changed_ns = at_ns;
}

static void add(struct device *d, struct attempt *a, const struct event *e, struct surroundings *s)
{
	size_t before;

	note_change(a, e->at_ns, s);
	if (attempt_sleeps_on(a, e))
		return;
	wake(d, a, s);
	before = a->arena.used;
	attempt_add(a, e, limits_of(d));
	s->octets = s->octets - before + a->arena.used;
	stay_awake(a, s);
	keep_packets_of(d, a, e, s);
}

struct adoption { struct device *device; struct surroundings *surroundings; };

static void adopt(void *user, const struct event *e)
{
	const struct adoption *to = user;

	if (is_foreign_advertisement(e, to->device->phone.mac))
		add(to->device, to->device->phone.attempt, e, to->surroundings);
}

void device_gains_link(struct device *d, const struct event *at, struct surroundings *s)
{
	struct adoption to = { d, s };

	if (d->phone.attempt)
		links_each(s->links, frame_file(at->frame), at->at_ns, adopt, &to);
}

/* A new attempt begins with what the switch said when the link came up. */
static void adopt_from_own_link(struct device *d, const struct event *at, struct surroundings *s)
{
	struct mac phone;

	if (links_phone(s->links, frame_file(at->frame), &phone) && mac_equal(phone, d->phone.mac))
		device_gains_link(d, at, s);
}

void device_loses_link(struct device *d, unsigned file, struct surroundings *s)
{
	struct attempt *a = d->phone.attempt;

	if (!a)
		return;
	wake(d, a, s);
	s->octets -= attempt_octets(a);
	attempt_remove_advertisements(a, file);
	s->octets += attempt_octets(a);
}

void device_advertisement(struct device *d, const struct event *e, struct surroundings *s)
{
	if (d->phone.attempt)
		add(d, d->phone.attempt, e, s);
}

/* Connections of the old attempt may still end; they say nothing about the new one. */
static void forget_sessions(struct sessions *s)
{
	for (unsigned i = 0; i < s->count; i++) {
		s->at[i].registrar = false;
		s->at[i].seen_from_start = true;
	}
	s->over = false;
}

static void begin(struct device *d, struct place from, bool captured_from_start, struct surroundings *s)
{
	struct attempt *next;
	size_t before;

	wake(d, d->phone.attempt, s);
	before = attempt_octets(d->phone.attempt);
	next = attempt_split(d->phone.attempt, ++s->attempts, from);
	s->octets = s->octets - before + attempt_octets(d->phone.attempt) + attempt_octets(next);
	device_release(d, s);
	d->ended = d->phone.attempt;
	d->due_ns = from.at_ns + WAIT_NS;
	join_due(d, s);
	stay_awake(next, s);
	for (size_t i = 0; i < next->count; i++)
		keep_packets_of(d, next, next->events[i], s);
	note_change(d->ended, from.at_ns, s);
	note_change(next, from.at_ns, s);
	if (!d->phone.followed)
		device_discard(take_ended(d, s), s);
	d->phone.attempt = next;
	next->captured_from_start = captured_from_start;
	d->began = from;
	d->active = d->signing = d->quiet = d->has_quiet_from = d->has_boot_from = false;
	forget_sessions(d->sessions);
}

/* ---- where one begins ---- */

/* A client that has no lease, rather than one that prolongs its own (RFC 2131 table 4). */
static bool wants_lease(const struct event *e)
{
	return e->kind == &dhcp_discover || e->kind == &dhcp_offer || (e->kind == &dhcp_request && !event_addr(e, &dhcp_ciaddr));
}

static bool is_init_reboot(const struct event *e)
{
	return e->kind == &dhcp_request && !event_addr(e, &dhcp_ciaddr) && !event_addr(e, &dhcp_server_id) && event_addr(e, &dhcp_requested_ip);
}

/* While a session with a registrar stands there is no silence; only who dials a registrar again says that it fell without a word. */
static bool breaks_silence(const struct device *d, const struct event *e, enum part part)
{
	int64_t since = part == PART_REGISTER ? e->at_ns - SILENCE_NS : INT64_MIN;

	return d->signing && part > PART_LINK && e->at_ns - d->active_ns >= SILENCE_NS && !sessions_up(d->sessions, since);
}

static void note_quiet(struct device *d, const struct event *e, enum part part, int64_t file_start_ns)
{
	if (breaks_silence(d, e, part)) {
		d->quiet = true;
		d->quiet_was_captured = d->has_boot_from || e->at_ns - file_start_ns >= SILENCE_NS;
		d->has_quiet_from = d->has_boot_from;
		d->quiet_from = d->boot_from;
	} else if (part > PART_LINK) {
		d->has_boot_from = false;
	}
	if (d->quiet && !d->has_quiet_from && part >= PART_PRELUDE) {
		d->has_quiet_from = true;
		d->quiet_from = place_of(e);
	}
	if (d->signing && !d->has_boot_from && is_init_reboot(e)) {
		d->has_boot_from = true;
		d->boot_from = place_of(e);
	}
}

static void begin_where_due(struct device *d, const struct event *e, enum part part, int64_t file_start_ns, struct surroundings *s)
{
	note_quiet(d, e, part, file_start_ns);
	if (e->kind == &dhcp_discover && d->active) {
		begin(d, place_of(e), true, s);
		adopt_from_own_link(d, e, s);
	} else if (part >= PART_SIGN_IN && d->quiet) {
		begin(d, d->quiet_from, d->quiet_was_captured, s);
	} else if (part == PART_REGISTER && d->sessions->over && !sessions_up(d->sessions, INT64_MIN)) {
		begin(d, place_of(e), true, s);
	}
}

/* ---- filing ---- */

static bool is_late(const struct device *d, const struct event *e)
{
	return place_before(place_of(e), d->began);
}

/* What became of a connection belongs to the attempt that made it. */
static bool is_of_ended(struct device *d, const struct event *e, enum part part, struct surroundings *s)
{
	if (!d->ended)
		return false;
	if (is_late(d, e))
		return true;
	if (part != PART_ANSWER || !e->flow)
		return false;
	device_wake(d, s);
	return attempt_has_flow(d->ended, e->flow) && !attempt_has_flow(d->phone.attempt, e->flow);
}

static void note_activity(struct device *d, const struct event *e, enum part part, int64_t file_start_ns)
{
	if (!d->active && wants_lease(e))
		d->phone.attempt->captured_from_start = true;
	if (part >= PART_PRELUDE) {
		if (!d->active && e->at_ns - file_start_ns >= SILENCE_NS && !d->active_ns)
			d->phone.attempt->captured_from_start = true;
		d->active = true;
		d->signing = d->signing || part >= PART_SIGN_IN;
	}
	if (part > PART_LINK && e->at_ns > d->active_ns)
		d->active_ns = e->at_ns;
}

static void file_event(struct device *d, const struct event *e, bool sent, struct surroundings *s)
{
	enum part part = sessions_part(d->sessions, e, sent);
	int64_t file_start_ns = links_start(s->links, e);

	if (is_of_ended(d, e, part, s)) {
		add(d, d->ended, e, s);
	} else if (!is_late(d, e)) {
		begin_where_due(d, e, part, file_start_ns, s);
		add(d, d->phone.attempt, e, s);
		note_activity(d, e, part, file_start_ns);
	}
	sessions_event(d->sessions, e, sent);
}

void device_event(struct device *d, const struct event *e, bool sent, struct surroundings *s)
{
	if (d->ended && e->at_ns >= d->due_ns)
		device_release(d, s);
	if (!d->phone.attempt) {
		d->phone.attempt = attempt_new(&d->phone, ++s->attempts);
		adopt_from_own_link(d, e, s);
	}
	if (d->sessions)
		file_event(d, e, sent, s);
	else
		add(d, d->phone.attempt, e, s);
}

/* ---- addresses and VLANs ---- */

bool phone_has(const struct phone *p, const struct addr *a)
{
	for (unsigned i = 0; i < p->address_count; i++)
		if (addr_equal(&p->addresses[i], a))
			return true;
	return false;
}

static void add_address(struct phone *p, const struct addr *a)
{
	const unsigned max = sizeof p->addresses / sizeof p->addresses[0];
	unsigned at = 0;

	if (!a || !addr_is_set(a) || addr_is_group(a))
		return;
	while (at < p->address_count && !addr_equal(&p->addresses[at], a))
		at++;
	if (at == max)
		at = 0;
	if (at < p->address_count)
		memmove(p->addresses + at, p->addresses + at + 1, (--p->address_count - at) * sizeof *p->addresses);
	p->addresses[p->address_count++] = *a;
}

void device_addresses(struct device *d, const struct event *e, bool sent)
{
	if (e->kind == &dhcp_ack) {
		add_address(&d->phone, event_addr(e, &dhcp_yiaddr));
		add_address(&d->phone, event_addr(e, &dhcp_ciaddr));
	} else if (sent && is_arp(e)) {
		add_address(&d->phone, event_addr(e, &arp_sender_addr));
	} else if (sent && is_dhcp(e)) {
		add_address(&d->phone, event_addr(e, &dhcp_ciaddr));
	} else if (sent && e->has_ip) {
		add_address(&d->phone, &e->src.addr);
	}
}

void device_vlan(struct device *d, uint16_t vlan)
{
	struct phone *p = &d->phone;

	for (unsigned i = 0; i < p->vlan_count; i++)
		if (p->vlans[i] == vlan)
			return;
	if (vlan && p->vlan_count < sizeof p->vlans / sizeof p->vlans[0])
		p->vlans[p->vlan_count++] = vlan;
}

#include "trail/trail_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "dissectors/arp.h"
#include "dissectors/dhcp.h"
#include "dissectors/dns.h"
#include "dissectors/tls.h"
#include "trail/marker.h"

enum {
	PHONES_MAX = 4096,      /* followed */
	SILENT_MAX = 32768,     /* phones by their vendor's address that showed no marker yet: they signed in long ago */
	OTHERS_MAX = 2048,      /* what may become a phone */
	BINDINGS_MAX = 65536,
	OCTETS_MAX = 256 << 20, /* of all events that wait, unless the options say otherwise */
};

/* ---- devices ---- */

static bool is_listed(const struct trail *t, struct mac m)
{
	for (size_t i = 0; i < t->options.phone_count; i++)
		if (mac_equal(t->listed[i], m))
			return true;
	return false;
}

bool trail_is_phone(const struct trail *t, struct mac m)
{
	return t->options.phone_count ? is_listed(t, m) : phone_vendor(m) != NULL;
}

struct device *trail_device(struct table *in, struct mac m)
{
	uint64_t key = mac_number(m);

	return table_find(in, &key);
}

struct device *trail_phone(struct trail *t, struct mac m)
{
	struct device *d = trail_device(t->phones, m);

	return d ? d : trail_device(t->silent, m);
}

static struct table *table_of(const struct trail *t, const struct device *d)
{
	if (!d->sessions)
		return t->others;
	return d->phone.followed ? t->phones : t->silent;
}

static struct device *device_add(struct trail *t, struct table *to, struct mac m)
{
	uint64_t key = mac_number(m);
	struct device *d = table_add(to, &key);

	d->phone.mac = m;
	d->phone.vendor = phone_vendor(m);
	d->phone.number = ++t->numbers;
	d->phone.followed = to == t->phones;
	if (to != t->others)
		d->sessions = memory_get(sizeof *d->sessions);
	if (to == t->phones && !d->phone.vendor)
		t->odd++;
	return d;
}

/* It showed a marker. */
static struct device *device_follow(struct trail *t, struct device *silent)
{
	struct device before = *silent, *d;
	uint64_t key = mac_number(before.phone.mac);

	silent->sessions = NULL;
	silent->ended = silent->phone.attempt = NULL;
	table_remove(t->silent, silent);
	d = table_add(t->phones, &key);
	*d = before;
	d->phone.followed = true;
	if (d->phone.attempt)
		d->phone.attempt->phone = &d->phone;
	return d;
}

static void phone_leaves(void *user, void *entry)
{
	struct trail *t = user;
	struct device *d = entry;

	if (!d->phone.vendor)
		t->odd--;
	if (t->closing)
		device_drop(d, &t->surroundings);
	else
		device_finish(d, &t->surroundings);
}

static void unfollowed_leaves(void *user, void *entry)
{
	struct trail *t = user;

	device_drop(entry, &t->surroundings);
}

/* ---- whose ---- */

bool trail_owner_of(struct trail *t, const struct mac *own, const struct addr *addr, struct mac *ret)
{
	const struct mac *bound;
	const struct device *other;

	if (own && mac_is_group(*own))
		own = NULL;
	if (own && (trail_is_phone(t, *own) || (t->odd && trail_device(t->phones, *own)))) {
		*ret = *own;
		return true;
	}
	bound = addr ? bindings_owner(t->bindings, addr) : NULL;
	if (!bound && own && !t->options.phone_count) {
		other = trail_device(t->others, *own);
		bound = other && other->forwards ? NULL : own;
	}
	if (bound)
		*ret = *bound;
	return bound;
}

static bool find_mac(const struct event *e, const struct field *f, struct mac *ret)
{
	const struct mac *found = event_mac(e, f);

	if (!found || mac_is_group(*found))
		return false;
	*ret = *found;
	return true;
}

static bool sender_of(struct trail *t, const struct event *e, struct mac *ret)
{
	if (is_dhcp(e) && find_mac(e, &dhcp_client_mac, ret))
		return !is_dhcp_answer(e);
	if (is_arp(e))
		return find_mac(e, &arp_sender_mac, ret);
	return trail_owner_of(t, e->has_ether ? &e->mac_src : NULL, e->has_ip ? &e->src.addr : NULL, ret);
}

static bool receiver_of(struct trail *t, const struct event *e, struct mac *ret)
{
	if (is_dhcp(e) && find_mac(e, &dhcp_client_mac, ret))
		return is_dhcp_answer(e);
	if (is_arp(e))
		return e->kind == &arp_reply && find_mac(e, &arp_target_mac, ret);
	return trail_owner_of(t, e->has_ether ? &e->mac_dst : NULL, e->has_ip ? &e->dst.addr : NULL, ret);
}

/* ---- who is followed ---- */

/* What somebody did who shows to be a phone only later: little, for there are many of them. */
static bool waits_with_others(const struct trail *t, const struct event *e)
{
	if (is_dhcp(e) || is_advertisement(e) || strcmp(e->kind->proto, dns_query.proto) == 0)
		return true;
	return t->options.all_clients && (e->dst.port == 5061 || e->dst.port == 5060);
}

/* Somebody whose addresses nobody bound may be a router: then packets of several addresses come from it, or packets that have lost of the time
 * to live that senders give them. */
static bool is_routed(const struct trail *t, const struct event *e)
{
	if (!addr_equal(&t->last_src, &e->src.addr))
		return false;
	return t->last_ttl != 32 && t->last_ttl != 64 && t->last_ttl != 128 && t->last_ttl != 255;
}

static bool is_bound_to(struct trail *t, const struct event *e, struct mac m)
{
	const struct mac *owner = e->has_ip ? bindings_owner(t->bindings, &e->src.addr) : NULL;

	return owner && mac_equal(*owner, m);
}

static bool is_its_own(struct trail *t, struct device *d, const struct event *e)
{
	if (d->phone.vendor || is_dhcp(e) || is_bound_to(t, e, d->phone.mac)) {
		d->proven = true;
		return true;
	}
	if (is_routed(t, e))
		d->forwards = true;
	return !d->forwards;
}

static bool counts(struct trail *t, struct device *d, const struct event *e, enum marker m)
{
	if (m == MARKER_STRONG)
		return true;
	if (m == MARKER_WEAK && d->phone.vendor)
		return true;
	return m != MARKER_NONE && t->options.all_clients && !bindings_is_server(t->bindings, &e->src.addr);
}

static bool sent_by(struct trail *t, const struct event *e, struct mac m)
{
	struct mac sender;

	return sender_of(t, e, &sender) && mac_equal(sender, m);
}

/* From the many that may become phones to the few that are. */
static struct device *promote(struct trail *t, struct device *other)
{
	struct surroundings *s = &t->surroundings;
	struct device before, *d;
	struct attempt *waiting;

	device_wake(other, s);
	before = *other;
	waiting = before.phone.attempt;
	other->phone.attempt = NULL;
	table_remove(t->others, other);
	d = device_add(t, t->phones, before.phone.mac);
	d->phone = before.phone;
	d->phone.attempt = NULL;
	d->phone.followed = true;
	d->proven = before.proven;
	d->seen_at = before.seen_at;
	t->versions.everybody++;
	for (unsigned i = 0; i < before.phone.address_count; i++)
		bindings_watch(t->bindings, &before.phone.addresses[i]);
	s->donor = waiting ? &waiting->evidence : NULL;
	for (size_t i = 0; waiting && i < waiting->count; i++)
		device_event(d, waiting->events[i], sent_by(t, waiting->events[i], d->phone.mac), s);
	s->donor = NULL;
	device_discard(waiting, s);
	return d;
}

/* It was a router all the time. */
static void demote(struct trail *t, struct device *d)
{
	struct mac m = d->phone.mac;

	d->phone.followed = false;
	table_remove(t->phones, d);
	device_add(t, t->others, m)->forwards = true;
}

/* A second address without a binding, from somebody who is not surely a phone. False where it is none any more. */
static bool note_source(struct trail *t, struct device *d, const struct event *e)
{
	if (d->phone.vendor || d->proven || is_dhcp(e) || !e->has_ip || e->src.addr.family != 4 || !addr_is_set(&e->src.addr))
		return true;
	if (is_bound_to(t, e, d->phone.mac) || is_listed(t, d->phone.mac))
		return true;
	if (!addr_is_set(&d->seen_at) || addr_equal(&d->seen_at, &e->src.addr)) {
		d->seen_at = e->src.addr;
		return true;
	}
	if (d->sessions)
		demote(t, d);
	else
		d->forwards = true;
	return false;
}

static struct device *follow_where_due(struct trail *t, struct device *d, const struct event *e, enum marker m)
{
	if (m == MARKER_WEAK)
		d->phone.gave_marker = true;
	if (d->phone.followed || t->options.phone_count || !counts(t, d, e, m) || !is_its_own(t, d, e))
		return d;
	if (!d->sessions) {
		bindings_watch(t->bindings, &e->src.addr);
		return promote(t, d);
	}
	return device_follow(t, d);
}

/* ---- links ---- */

static bool is_untunnelled(const struct event *e)
{
	return e->has_ether && mac_equal(e->eth_src, e->mac_src) && mac_equal(e->eth_dst, e->mac_dst);
}

static void link_changes(struct trail *t, const struct event *e, bool had, struct mac before)
{
	unsigned file = frame_file(e->frame);
	struct device *loser = had ? trail_phone(t, before) : NULL;
	struct mac now;
	struct device *winner = links_phone(t->surroundings.links, file, &now) ? trail_phone(t, now) : NULL;

	if (loser)
		device_loses_link(loser, file, &t->surroundings);
	if (winner)
		device_gains_link(winner, e, &t->surroundings);
}

static void note_link(struct trail *t, struct device *d, const struct event *e)
{
	enum sight sight = SIGHT_BROADCAST;
	unsigned file = frame_file(e->frame);
	struct mac before;
	bool had;

	if (!d->sessions || !is_untunnelled(e) || !mac_equal(e->mac_src, d->phone.mac))
		return;
	if (e->vlan_count)
		device_vlan(d, e->vlans[e->vlan_count - 1]);
	if (is_advertisement(e))
		sight = SIGHT_ADVERTISES;
	else if (e->has_ip && !mac_is_group(e->mac_dst))
		sight = SIGHT_UNICAST;
	had = links_phone(t->surroundings.links, file, &before);
	if (links_see(t->surroundings.links, file, d->phone.mac, sight))
		link_changes(t, e, had, before);
}

/* ---- events ---- */

/* A packet in a phone's own frame says whose its address is, without a lease in the capture. */
static void note_addresses(struct trail *t, struct device *d, const struct event *e, bool sent)
{
	device_addresses(d, e, sent);
	if (sent && e->has_ether && e->has_ip && mac_equal(e->mac_src, d->phone.mac) && (d->phone.vendor || d->proven))
		bindings_set(t->bindings, &e->src.addr, d->phone.mac);
}

static struct device *device_for(struct trail *t, struct mac m, const struct event *e, bool sent, enum marker marker)
{
	struct device *d = trail_phone(t, m);

	if (!d && trail_is_phone(t, m))
		return device_add(t, t->options.phone_count ? t->phones : t->silent, m);
	if (d || t->options.phone_count)
		return d;
	d = trail_device(t->others, m);
	if (!d && sent && (waits_with_others(t, e) || marker != MARKER_NONE))
		return device_add(t, t->others, m);
	return d;
}

static void handle(struct trail *t, struct mac m, const struct event *e, bool sent)
{
	enum marker marker = sent ? marker_of(e) : MARKER_NONE;
	struct device *d = device_for(t, m, e, sent, marker);

	if (!d)
		return;
	table_touch(table_of(t, d), d);
	if (sent && !note_source(t, d, e))
		return;
	if (sent)
		d = follow_where_due(t, d, e, marker);
	if (!d->sessions && !waits_with_others(t, e))
		return;
	note_addresses(t, d, e, sent);
	device_event(d, e, sent, &t->surroundings);
	note_link(t, d, e);
}

/* Who is asked as a server asks for others in turn. */
static void note_server(struct trail *t, const struct event *e)
{
	if (t->options.all_clients && (e->kind == &dns_query || (e->kind == &tls_client_hello && e->dst.port == 5061)))
		bindings_note_server(t->bindings, &e->dst.addr);
}

/* Who sends a client's message on, with its own address in it (RFC 2131 4.1), does so with all packets. */
static void note_relay(struct trail *t, const struct event *e)
{
	struct device *relay;
	struct mac client;

	if (t->options.phone_count || !e->has_ether || !is_dhcp(e) || is_dhcp_answer(e) || !event_addr(e, &dhcp_giaddr))
		return;
	if (!find_mac(e, &dhcp_client_mac, &client) || mac_equal(client, e->mac_src) || trail_is_phone(t, e->mac_src) || trail_phone(t, e->mac_src))
		return;
	relay = trail_device(t->others, e->mac_src);
	if (!relay)
		relay = device_add(t, t->others, e->mac_src);
	relay->forwards = true;
}

static void note_advertisement(struct trail *t, const struct event *e)
{
	struct kept_packet packet;
	struct device *d;
	struct mac phone;
	bool kept;

	if (!is_advertisement(e) || !is_untunnelled(e) || trail_is_phone(t, e->mac_src) || trail_phone(t, e->mac_src))
		return;
	kept = t->surroundings.strays && strays_find(t->surroundings.strays, e->frame, &packet);
	links_keep(t->surroundings.links, e, kept ? &packet : NULL);
	d = links_phone(t->surroundings.links, frame_file(e->frame), &phone) ? trail_phone(t, phone) : NULL;
	if (d)
		device_advertisement(d, e, &t->surroundings);
}

static int64_t heard_of_ns(const struct device *d)
{
	return d && d->phone.attempt ? d->phone.attempt->changed_ns : INT64_MIN;
}

void trail_bound_octets(struct trail *t)
{
	while (t->surroundings.octets > t->options.octets && table_count(t->phones) + table_count(t->silent) > 1) {
		struct device *followed = table_oldest(t->phones), *silent = table_oldest(t->silent);
		bool drops_silent = !followed || (silent && heard_of_ns(silent) <= heard_of_ns(followed));

		table_remove(drops_silent ? t->silent : t->phones, drops_silent ? silent : followed);
	}
}

void trail_event(void *trail, const struct event *e)
{
	struct trail *t = trail;
	struct mac sender = { { 0 } }, receiver;
	bool has_sender;

	if (t->finished)
		return;
	links_start(t->surroundings.links, e);
	devices_release(&t->surroundings, e->at_ns);
	bindings_learn(t->bindings, e);
	note_server(t, e);
	note_relay(t, e);
	has_sender = sender_of(t, e, &sender);
	if (has_sender)
		handle(t, sender, e, true);
	if (receiver_of(t, e, &receiver) && !(has_sender && mac_equal(sender, receiver)))
		handle(t, receiver, e, false);
	note_advertisement(t, e);
	trail_let_sleep(t);
	trail_bound_octets(t);
}

void trail_tick(struct trail *t, int64_t now_ns)
{
	if (!t->finished)
		devices_release(&t->surroundings, now_ns);
}

const struct phone *trail_phone_of(struct trail *t, const struct event *e)
{
	struct mac m;
	struct device *d = sender_of(t, e, &m) ? trail_device(t->phones, m) : NULL;

	if (!d)
		d = receiver_of(t, e, &m) ? trail_device(t->phones, m) : NULL;
	return d ? &d->phone : NULL;
}

size_t trail_phones(const struct trail *t)
{
	return table_count(t->phones);
}

uint64_t trail_forgotten(const struct trail *t)
{
	return table_evicted(t->phones);
}

/* ---- beginning and end ---- */

static void nobody_listens(void *user, const struct attempt *a)
{
	(void)user, (void)a;
}

struct trail *trail_new(const struct trail_options *options)
{
	struct trail *t = memory_get(sizeof *t);

	t->options = *options;
	if (!t->options.octets)
		t->options.octets = OCTETS_MAX;
	t->listed = memory_copy(options->phones, options->phone_count * sizeof *options->phones);
	t->phones = table_new(sizeof(uint64_t), sizeof(struct device), PHONES_MAX, phone_leaves, t);
	t->silent = table_new(sizeof(uint64_t), sizeof(struct device), SILENT_MAX, unfollowed_leaves, t);
	t->others = table_new(sizeof(uint64_t), sizeof(struct device), OTHERS_MAX, unfollowed_leaves, t);
	t->bindings = bindings_new(BINDINGS_MAX, trail_watches, t, &t->versions);
	t->surroundings = (struct surroundings){ .attempt = options->attempt ? options->attempt : nobody_listens, .user = options->user, .links = links_new(),
		.evidence_octets = options->evidence_octets, .strays = options->evidence_octets ? strays_new() : NULL };
	t->look_ns = INT64_MAX;
	return t;
}

static int by_number(const void *a, const void *b)
{
	const struct device *const *one = a, *const *two = b;

	return ((*one)->phone.number > (*two)->phone.number) - ((*one)->phone.number < (*two)->phone.number);
}

void trail_finish(struct trail *t)
{
	struct device **all = memory_get((table_count(t->phones) + 1) * sizeof(struct device *));
	size_t count = 0;

	t->finished = true;
	for (struct device *d = table_oldest(t->phones); d; d = table_younger(t->phones, d))
		all[count++] = d;
	qsort(all, count, sizeof(struct device *), by_number);
	for (size_t i = 0; i < count; i++)
		device_finish(all[i], &t->surroundings);
	free(all);
}

void trail_free(struct trail *t)
{
	if (!t)
		return;
	t->closing = true;
	table_free(t->phones);
	table_free(t->silent);
	table_free(t->others);
	bindings_free(t->bindings);
	links_free(t->surroundings.links);
	strays_free(t->surroundings.strays);
	free(t->listed);
	free(t);
}

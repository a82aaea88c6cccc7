#include "trail/phone.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/table.h"
#include "dissectors/arp.h"
#include "dissectors/dhcp.h"
#include "dissectors/dns.h"
#include "dissectors/tls.h"
#include "trail/binding.h"
#include "trail/device.h"
#include "trail/marker.h"
#include "trail/stray.h"

enum {
	PHONES_MAX = 4096,      /* followed, or with a phone vendor's address */
	OTHERS_MAX = 2048,      /* what may become one */
	BINDINGS_MAX = 65536,
	OCTETS_MAX = 256 << 20, /* of all events that wait, unless the options say otherwise */
};

struct trail {
	struct trail_options options;
	struct mac *listed;
	struct table *phones, *others;  /* mac_number -> struct device */
	struct bindings *bindings;
	struct surroundings surroundings;
	uint64_t numbers;
	unsigned odd;                   /* followed, but without a phone vendor's address */
	int64_t due_ns;                 /* when the next waiting attempt is to be handed over */
	int64_t look_ns;                /* when the next one is to be shown, of those that trail_look saw too early */
	bool finished, closing;
	struct versions versions;       /* of what trail_interest answers */
	struct addr last_src;           /* of the packet that is being read */
	uint8_t last_ttl;
};

/* ---- devices ---- */

static bool is_listed(const struct trail *t, struct mac m)
{
	for (size_t i = 0; i < t->options.phone_count; i++)
		if (mac_equal(t->listed[i], m))
			return true;
	return false;
}

/* Whether it is a phone by its address alone. */
static bool is_phone(const struct trail *t, struct mac m)
{
	return t->options.phone_count ? is_listed(t, m) : phone_vendor(m) != NULL;
}

static struct device *device_find(struct table *in, struct mac m)
{
	uint64_t key = mac_number(m);

	return table_find(in, &key);
}

static struct device *device_add(struct trail *t, struct table *to, struct mac m)
{
	uint64_t key = mac_number(m);
	struct device *d = table_add(to, &key);

	d->phone.mac = m;
	d->phone.vendor = phone_vendor(m);
	d->phone.number = ++t->numbers;
	d->phone.followed = is_listed(t, m);
	t->versions.everybody += d->phone.followed;
	if (to == t->phones)
		d->sessions = memory_get(sizeof *d->sessions);
	if (to == t->phones && !d->phone.vendor)
		t->odd++;
	return d;
}

static void phone_leaves(void *user, void *entry)
{
	struct trail *t = user;
	struct device *d = entry;

	t->versions.everybody += d->phone.followed;
	if (!d->phone.vendor)
		t->odd--;
	if (t->closing)
		device_drop(d, &t->surroundings);
	else
		device_finish(d, &t->surroundings);
}

static void other_leaves(void *user, void *entry)
{
	struct trail *t = user;

	device_drop(entry, &t->surroundings);
}

/* ---- whose ---- */

/* Whose a packet is: a phone's own address says it, else the binding of the IP address, else who is no router's. */
static bool owner_of(struct trail *t, const struct mac *own, const struct addr *addr, struct mac *ret)
{
	const struct mac *bound;
	const struct device *other;

	if (own && mac_is_group(*own))
		own = NULL;
	if (own && (is_phone(t, *own) || (t->odd && device_find(t->phones, *own)))) {
		*ret = *own;
		return true;
	}
	bound = addr ? bindings_owner(t->bindings, addr) : NULL;
	if (!bound && own && !t->options.phone_count) {
		other = device_find(t->others, *own);
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
	return owner_of(t, e->has_ether ? &e->mac_src : NULL, e->has_ip ? &e->src.addr : NULL, ret);
}

static bool receiver_of(struct trail *t, const struct event *e, struct mac *ret)
{
	if (is_dhcp(e) && find_mac(e, &dhcp_client_mac, ret))
		return is_dhcp_answer(e);
	if (is_arp(e))
		return e->kind == &arp_reply && find_mac(e, &arp_target_mac, ret);
	return owner_of(t, e->has_ether ? &e->mac_dst : NULL, e->has_ip ? &e->dst.addr : NULL, ret);
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
	struct device before = *other, *d;
	struct attempt *waiting = before.phone.attempt;
	struct surroundings *s = &t->surroundings;

	other->phone.attempt = NULL;
	table_remove(t->others, other);
	d = device_add(t, t->phones, before.phone.mac);
	d->phone = before.phone;
	d->phone.attempt = NULL;
	d->proven = before.proven;
	d->seen_at = before.seen_at;
	d->phone.followed = true;
	t->versions.everybody++;
	for (unsigned i = 0; i < before.phone.address_count; i++)
		bindings_watch(t->bindings, &before.phone.addresses[i]);
	s->donor = waiting ? &waiting->evidence : NULL;
	for (size_t i = 0; waiting && i < waiting->count; i++)
		device_event(d, waiting->events[i], sent_by(t, waiting->events[i], d->phone.mac), s);
	if (waiting)
		s->octets -= attempt_octets(waiting);
	s->donor = NULL;
	attempt_free(waiting);
	return d;
}

/* It was a router all the time. */
static void demote(struct trail *t, struct device *d)
{
	struct mac m = d->phone.mac;

	t->versions.everybody++;
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
	d->phone.followed = true;
	t->versions.everybody++;
	return d;
}

/* ---- links ---- */

static bool is_untunnelled(const struct event *e)
{
	return e->has_ether && mac_equal(e->eth_src, e->mac_src) && mac_equal(e->eth_dst, e->mac_dst);
}

static void link_changes(struct trail *t, const struct event *e, bool had, struct mac before)
{
	unsigned file = frame_file(e->frame);
	struct device *loser = had ? device_find(t->phones, before) : NULL;
	struct mac now;
	struct device *winner = links_phone(t->surroundings.links, file, &now) ? device_find(t->phones, now) : NULL;

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
	struct device *d = device_find(t->phones, m);

	if (!d && is_phone(t, m))
		return device_add(t, t->phones, m);
	if (d || t->options.phone_count)
		return d;
	d = device_find(t->others, m);
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
	table_touch(d->sessions ? t->phones : t->others, d);
	if (sent && !note_source(t, d, e))
		return;
	if (sent)
		d = follow_where_due(t, d, e, marker);
	if (!d->sessions && !waits_with_others(t, e))
		return;
	note_addresses(t, d, e, sent);
	device_event(d, e, sent, &t->surroundings);
	note_link(t, d, e);
	if (d->ended && d->due_ns < t->due_ns)
		t->due_ns = d->due_ns;
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
	if (!find_mac(e, &dhcp_client_mac, &client) || mac_equal(client, e->mac_src) || is_phone(t, e->mac_src) || device_find(t->phones, e->mac_src))
		return;
	relay = device_find(t->others, e->mac_src);
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

	if (!is_advertisement(e) || !is_untunnelled(e) || is_phone(t, e->mac_src) || device_find(t->phones, e->mac_src))
		return;
	kept = t->surroundings.strays && strays_find(t->surroundings.strays, e->frame, &packet);
	links_keep(t->surroundings.links, e, kept ? &packet : NULL);
	d = links_phone(t->surroundings.links, frame_file(e->frame), &phone) ? device_find(t->phones, phone) : NULL;
	if (d)
		device_advertisement(d, e, &t->surroundings);
}

static void release_due(struct trail *t, int64_t now_ns)
{
	if (now_ns < t->due_ns)
		return;
	t->due_ns = INT64_MAX;
	for (struct device *d = table_oldest(t->phones); d; d = table_younger(t->phones, d)) {
		if (d->ended && now_ns >= d->due_ns)
			device_release(d, &t->surroundings);
		else if (d->ended && d->due_ns < t->due_ns)
			t->due_ns = d->due_ns;
	}
}

/* All events together are too many: the phone that was not heard of for longest gives its own away, never the last one. */
static void bound_octets(struct trail *t)
{
	while (t->surroundings.octets > t->options.octets && table_count(t->phones) > 1)
		table_remove(t->phones, table_oldest(t->phones));
}

void trail_event(void *trail, const struct event *e)
{
	struct trail *t = trail;
	struct mac sender = { { 0 } }, receiver;
	bool has_sender;

	if (t->finished)
		return;
	links_start(t->surroundings.links, e);
	release_due(t, e->at_ns);
	bindings_learn(t->bindings, e);
	note_server(t, e);
	note_relay(t, e);
	has_sender = sender_of(t, e, &sender);
	if (has_sender)
		handle(t, sender, e, true);
	if (receiver_of(t, e, &receiver) && !(has_sender && mac_equal(sender, receiver)))
		handle(t, receiver, e, false);
	note_advertisement(t, e);
	bound_octets(t);
}

void trail_tick(struct trail *t, int64_t now_ns)
{
	if (!t->finished)
		release_due(t, now_ns);
}

/* ---- while attempts are being made ---- */

struct look {
	int64_t now_ns, pause_ns, patience_ns;
	int64_t next_ns;                /* when another look is worth it */
	void (*each)(void *user, const struct attempt *a);
	void *user;
};

static void look_at(struct attempt *a, struct look *l)
{
	int64_t due_ns;

	if (!a || !a->changed || !a->count)
		return;
	due_ns = a->changed_ns + l->pause_ns;
	if (a->looked_ns + l->patience_ns < due_ns)
		due_ns = a->looked_ns + l->patience_ns;
	if (due_ns > l->now_ns) {
		if (due_ns < l->next_ns)
			l->next_ns = due_ns;
		return;
	}
	a->changed = false;
	a->looked_ns = l->now_ns;
	l->each(l->user, a);
}

void trail_look(struct trail *t, int64_t now_ns, int64_t pause_ns, int64_t patience_ns, void (*each)(void *user, const struct attempt *a), void *user)
{
	struct look l = { now_ns, pause_ns, patience_ns, INT64_MAX, each, user };

	if (t->finished || (!t->surroundings.changed && now_ns < t->look_ns))
		return;
	t->surroundings.changed = false;
	for (struct device *d = table_oldest(t->phones); d; d = table_younger(t->phones, d)) {
		if (!d->phone.followed)
			continue;
		look_at(d->ended, &l);
		look_at(d->phone.attempt, &l);
	}
	t->look_ns = l.next_ns;
}

const struct phone *trail_phone_of(struct trail *t, const struct event *e)
{
	struct mac m;
	struct device *d = sender_of(t, e, &m) ? device_find(t->phones, m) : NULL;

	if (!d || !d->phone.followed)
		d = receiver_of(t, e, &m) ? device_find(t->phones, m) : NULL;
	return d && d->phone.followed ? &d->phone : NULL;
}

size_t trail_phones(const struct trail *t)
{
	return table_count(t->phones);
}

uint64_t trail_forgotten(const struct trail *t)
{
	return table_evicted(t->phones);
}

/* ---- packets ---- */

static bool keeps(struct trail *t, const struct seen *s, const struct mac *own, const struct addr *addr, bool has_ether)
{
	struct mac m;
	struct device *d = owner_of(t, has_ether ? own : NULL, addr->family ? addr : NULL, &m) ? device_find(t->phones, m) : NULL;

	return d && device_packet(d, s, &t->surroundings);
}

/* Whose a lease, an ARP message or an advertisement is stands in it: their events tell. */
static bool is_told_by_event(const struct layers *l)
{
	return !l->src.family || (l->transport == TRANSPORT_UDP && (l->src_port == 67 || l->src_port == 68 || l->dst_port == 67 || l->dst_port == 68));
}

void trail_packet(void *trail, const struct seen *s)
{
	struct trail *t = trail;
	const struct layers *l = s->layers;
	bool kept = false;

	if (!is_told_by_event(l)) {
		kept = keeps(t, s, &l->ether_src, &l->src, l->has_ether);
		kept |= keeps(t, s, &l->ether_dst, &l->dst, l->has_ether);
	}
	if (!kept)
		strays_add(t->surroundings.strays, s->packet, s->flow);
	bound_octets(t);
}

void trail_fragment(void *trail, const struct packet *p)
{
	struct trail *t = trail;

	strays_add(t->surroundings.strays, p, 0);
}

/* ---- attention ---- */

static enum interest interest_of(struct trail *t, struct mac m)
{
	bool phone = is_phone(t, m);
	const struct device *d = phone || t->odd ? device_find(t->phones, m) : NULL;

	if (d && d->phone.followed)
		return INTEREST_FOLLOWED;
	if (phone)
		return t->options.phone_count ? INTEREST_FOLLOWED : INTEREST_ALL;
	return INTEREST_NONE;
}

static bool deserves_attention(void *trail, struct mac m)
{
	return interest_of(trail, m) != INTEREST_NONE;
}

static enum interest interest_of_end(struct trail *t, const struct mac *own, const struct addr *addr)
{
	enum interest by_mac = own && !mac_is_group(*own) ? interest_of(t, *own) : INTEREST_NONE;
	const struct mac *bound = by_mac == INTEREST_NONE && addr->family ? bindings_watched(t->bindings, addr) : NULL;

	return bound ? interest_of(t, *bound) : by_mac;
}

/* What tells who has which address, and what a switch says to a phone. */
static bool is_needed_of_all(const struct layers *l)
{
	if (l->transport == TRANSPORT_UDP)
		return l->src_port == 67 || l->src_port == 68 || l->dst_port == 67 || l->dst_port == 68;
	return !l->src.family;
}

static bool is_sip(const struct layers *l)
{
	return l->transport != TRANSPORT_NONE && (l->dst_port == 5061 || l->src_port == 5061 || l->dst_port == 5060 || l->src_port == 5060);
}

enum interest trail_interest(void *trail, const struct layers *l)
{
	struct trail *t = trail;
	enum interest src = interest_of_end(t, l->has_ether ? &l->ether_src : NULL, &l->src);
	enum interest dst = src == INTEREST_FOLLOWED ? src : interest_of_end(t, l->has_ether ? &l->ether_dst : NULL, &l->dst);
	enum interest most = src > dst ? src : dst;

	t->last_src = l->src;
	t->last_ttl = l->ttl;
	if (most != INTEREST_NONE)
		return most;
	if (t->options.phone_count)
		return is_needed_of_all(l) ? INTEREST_MARKERS : INTEREST_NONE;
	return t->options.all_clients && is_sip(l) ? INTEREST_ALL : INTEREST_MARKERS;
}

const struct versions *trail_versions(const struct trail *t)
{
	return &t->versions;
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
	t->others = table_new(sizeof(uint64_t), sizeof(struct device), OTHERS_MAX, other_leaves, t);
	t->bindings = bindings_new(BINDINGS_MAX, deserves_attention, t, &t->versions);
	t->surroundings = (struct surroundings){ .attempt = options->attempt ? options->attempt : nobody_listens, .user = options->user, .links = links_new(),
		.evidence_octets = options->evidence_octets, .strays = options->evidence_octets ? strays_new() : NULL };
	t->due_ns = t->look_ns = INT64_MAX;
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
	table_free(t->others);
	bindings_free(t->bindings);
	links_free(t->surroundings.links);
	strays_free(t->surroundings.strays);
	free(t->listed);
	free(t);
}

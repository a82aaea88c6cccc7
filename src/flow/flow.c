#include "flow/flow.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/moment.h"
#include "base/table.h"
#include "flow/choose.h"
#include "flow/classify.h"
#include "flow/quoted.h"
#include "flow/reporter.h"
#include "flow/tcp.h"
#include "flow/unread.h"

#define UDP_IDLE_NS (60 * NS_PER_S)     /* then the same ports are a new exchange */
#define ENDED_NS (60 * NS_PER_S)        /* how long one is remembered that has ended */
#define TOUCH_NS (100 * NS_PER_MS)      /* or so long after the time before */

enum {
	TYPE_ARP = 0x0806,              /* names its ends inside: read on links without Ethernet, too */
	ASKED_MAX = 8,                  /* datagrams of one flow that are shown to `recognise` */
	LABELLED_MAX = 32,              /* packets of one flow that are shown to nDPI, which looks at no more (NDPI_MAX_NUM_PKTS_PER_FLOW_TO_DISSECT) */
	LABELS_AT_ONCE = 1024,          /* flows that nDPI looks at at once: 0.7 to 3 KiB each */
	SWEPT_AT_ONCE = 4,              /* flows that are looked at for one that begins: so the table holds a third more than those that are needed */
	TOUCH_FLOWS = 256,              /* a flow that is not read is touched again when so many others were added */
};

/* Both directions are one flow: the end that sorts lower is the first. */
struct key {
	struct addr low, high;
	uint16_t low_port, high_port;
	uint8_t transport, zero[3];
};

_Static_assert(sizeof(struct key) == 2 * sizeof(struct addr) + 8, "a key has no padding of its own");

struct flow {
	uint64_t number;
	int64_t last_ns;
	int64_t touched_ns;             /* of one that is not read */
	uint64_t touched_number;        /* the last flow's then */
	bool low_is_client;             /* of TCP */
	bool settled;                   /* of UDP: `dissector` is final, NULL for none */
	uint8_t asked, labelled;        /* datagrams shown to `recognise`, packets shown to nDPI */
	const struct dissector *dissector;
	struct tcp *tcp;
	struct classify_flow *label;
};

struct flows {
	struct table *table;
	struct chooser *chooser;
	struct reporter report;
	struct tcps tcps;
	struct classify *classify;      /* made when the first flow needs it */
	struct flow_counters counters;
	uint64_t last_number;
	struct flow *swept;             /* the next one that is looked at whether it has ended; NULL: the oldest */
	struct unread *unread;          /* NULL where interest tells no versions */
	struct glance glance;           /* of the packet that is being read */
	bool has_glance;
	frame_ref glanced;
	bool removing, finishing;       /* why a flow leaves the table: not for want of room */
};

/* ---- flows come and go ---- */

static bool is_alive(const struct flows *f, const struct flow *flow)
{
	if (flow->tcp)
		return flow->tcp->phase != TCP_OVER && !flow->tcp->closed_told;
	return f->report.now_ns - flow->last_ns < UDP_IDLE_NS;
}

static void drop_label(struct flows *f, struct flow *flow)
{
	if (flow->label)
		classify_flow_free(f->classify, flow->label);
	flow->label = NULL;
}

static void forget(void *user, void *entry)
{
	struct flows *f = user;
	struct flow *flow = entry;

	bool early = !f->removing && !f->finishing && is_alive(f, flow);

	if (f->swept == flow)
		f->swept = table_younger(f->table, flow);
	f->counters.evicted += early;
	drop_label(f, flow);
	if (flow->tcp)
		tcp_forget(flow->tcp, f->finishing ? TCP_FINISH : early ? TCP_FORGOTTEN : TCP_DONE);
	flow->number = 0;               /* nobody's any more: flows_unread */
}

static void remove_flow(struct flows *f, struct flow *flow)
{
	f->removing = true;
	table_remove(f->table, flow);
	f->removing = false;
}

/* Those that have ended stay a while, for what is sent again; else a day's connections would fill the table. */
static void sweep(struct flows *f)
{
	for (unsigned i = 0; i < SWEPT_AT_ONCE; i++) {
		struct flow *at = f->swept ? f->swept : table_oldest(f->table);

		f->swept = at ? table_younger(f->table, at) : NULL;
		if (at && !is_alive(f, at) && f->report.now_ns - at->last_ns >= ENDED_NS)
			remove_flow(f, at);
	}
}

static struct flow *add_flow(struct flows *f, const struct key *key, const struct layers *l)
{
	struct flow *flow;

	sweep(f);
	flow = table_add(f->table, key);
	if (f->unread)
		unread_forget(f->unread, l);
	flow->number = ++f->last_number;
	f->counters.flows++;
	return flow;
}

struct flows *flows_new(const struct flow_limits *limits, const struct flows_user *user)
{
	struct flows *f = memory_get(sizeof *f);

	f->table = table_new(sizeof(struct key), sizeof(struct flow), limits->flows, forget, f);
	f->chooser = chooser_new();
	reporter_start(&f->report, user);
	if (user->versions)
		f->unread = unread_new();
	tcps_start(&f->tcps, &f->report, &f->counters, limits);
	return f;
}

void flows_free(struct flows *f)
{
	if (!f)
		return;
	f->removing = true;
	table_free(f->table);
	chooser_free(f->chooser);
	unread_free(f->unread);
	reporter_free(&f->report);
	classify_free(f->classify);
	free(f);
}

/* Whether the source is the lower end. */
static bool make_key(const struct layers *l, struct key *ret)
{
	int order = memcmp(&l->src, &l->dst, sizeof l->src);
	bool low = order < 0 || (order == 0 && l->src_port <= l->dst_port);

	*ret = (struct key){ .transport = (uint8_t)l->transport };
	ret->low = low ? l->src : l->dst;
	ret->high = low ? l->dst : l->src;
	ret->low_port = low ? l->src_port : l->dst_port;
	ret->high_port = low ? l->dst_port : l->src_port;
	return low;
}

/* ---- what nobody reads ---- */

static void note_unread(struct flows *f, struct flow *flow)
{
	if (f->has_glance)
		unread_add(f->unread, &f->glance, versions_of(f->report.user.versions, f->glance.addresses), flow, flow ? flow->number : 0);
}

/* Nothing would happen because of the time alone. */
static bool is_quiet(const struct flows *f, int64_t now_ns)
{
	return !f->report.first && tcps_quiet(&f->tcps, now_ns);
}

/* To find its place in the table for every packet of a call would cost more than all the rest. */
static void stay_young(struct flows *f, struct flow *flow, int64_t now_ns)
{
	flow->last_ns = now_ns;
	if (now_ns - flow->touched_ns < TOUCH_NS && f->last_number - flow->touched_number < TOUCH_FLOWS)
		return;
	flow->touched_ns = now_ns;
	flow->touched_number = f->last_number;
	table_touch(f->table, flow);
}

bool flows_unread(struct flows *f, const struct packet *p)
{
	const struct unread_place *known;

	f->has_glance = f->unread && glance_at(p, &f->glance);
	f->glanced = p->frame;
	if (!f->has_glance || !is_quiet(f, p->at_ns))
		return false;
	known = unread_find(f->unread, &f->glance, versions_of(f->report.user.versions, f->glance.addresses));
	if (!known || (known->flow && (known->flow->number != known->flow_number || p->at_ns - known->flow->last_ns > UDP_IDLE_NS)))
		return false;
	if (known->flow)
		stay_young(f, known->flow, p->at_ns);
	f->report.now = p->frame;
	f->report.now_ns = p->at_ns;
	return true;
}

/* ---- what only followed devices' flows get ---- */

/* The dissector that nDPI's label names, as soon as there is one. Shows the packet to nDPI. */
static const struct dissector *ask_label(struct flows *f, struct flow *flow, const struct packet *p, const struct layers *l)
{
	const char *label;
	bool final = false;

	if (flow->labelled == LABELLED_MAX || !l->ip.len)
		return NULL;
	if (!f->classify)
		f->classify = classify_new(LABELS_AT_ONCE);
	if (!flow->label)
		flow->label = classify_flow_new(f->classify);
	if (!flow->label)
		return NULL;
	label = classify_packet(f->classify, flow->label, p, l, &final);
	if (label || final || ++flow->labelled == LABELLED_MAX) {
		flow->labelled = LABELLED_MAX;
		drop_label(f, flow);
	}
	return label ? classify_dissector(label, l->transport) : NULL;
}

/* ---- for those who keep packets ---- */

static void tell_packet(struct flows *f, const struct packet *p, const struct layers *l, uint64_t flow, bool passing)
{
	const struct seen s = { p, l, f->report.frames, f->report.frame_count, flow, passing };

	f->report.user.packet(f->report.user.user, &s);
}

/* Beginning and end of a connection tell of it, whoever reads it. */
static void tell_segment(struct flows *f, const struct packet *p, const struct layers *l, const struct flow *flow)
{
	bool read = tcp_is_read(flow->tcp) || (l->tcp_flags & (TCP_SYN | TCP_FIN | TCP_RST)) || f->report.named;

	if (f->report.user.packet && (read || !flow->tcp->markers))
		tell_packet(f, p, l, flow->number, !read);
}

static void tell_error(struct flows *f, const struct packet *p, const struct layers *l)
{
	enum transport transport;
	uint16_t ports[2];

	if (!f->report.user.packet || !quoted_read(l, &transport, ports))
		return;
	if (transport == TRANSPORT_TCP || choose_by_port(f->chooser, transport, ports[0]) || choose_by_port(f->chooser, transport, ports[1]))
		tell_packet(f, p, l, 0, false);
}

/* ---- datagrams ---- */

static void read_datagram(struct flows *f, const struct dissector *d, struct span octets, uint64_t flow, const struct packet *p,
	const struct layers *l, bool cut, const frame_ref *frames, unsigned frame_count)
{
	struct layers room = *l;
	struct emit to = { .report = &f->report, .dissector = d, .arrival = { p->frame, p->at_ns, cut }, .time_digits = p->time_digits,
		.flow = flow, .layers = &room, .frames = frames, .frame_count = frame_count };

	if (f->report.user.packet)
		tell_packet(f, p, l, flow, false);
	d->datagram(octets, &to);
	emit_settle_datagram(&to);
}

static const struct dissector *udp_by_port(const struct flows *f, const struct layers *l)
{
	const struct dissector *d = choose_by_port(f->chooser, TRANSPORT_UDP, l->dst_port);

	return d ? d : choose_by_port(f->chooser, TRANSPORT_UDP, l->src_port);
}

/* Who reads this flow's datagrams; NULL while or because nobody does. */
static const struct dissector *udp_dissector(struct flows *f, struct flow *flow, const struct packet *p, const struct layers *l, enum interest interest)
{
	const struct dissector *d;

	if (flow->settled || !l->payload.len)
		return flow->dissector;
	d = choose_recognised(l->payload, TRANSPORT_UDP, false);
	if (!d && interest == INTEREST_FOLLOWED)
		d = ask_label(f, flow, p, l);
	flow->asked++;
	flow->dissector = d && d->datagram ? d : NULL;
	flow->settled = flow->dissector || (flow->asked >= ASKED_MAX && (interest != INTEREST_FOLLOWED || flow->labelled == LABELLED_MAX));
	return flow->dissector;
}

static void udp_packet(struct flows *f, const struct packet *p, const struct layers *l, enum interest interest, const frame_ref *frames, unsigned count)
{
	const struct dissector *d = udp_by_port(f, l);
	struct key key;
	struct flow *flow;

	if (interest == INTEREST_MARKERS && !(d && choose_shows_markers(d))) {
		note_unread(f, NULL);
		return;
	}
	make_key(l, &key);
	flow = table_find(f->table, &key);
	if (flow && p->at_ns - flow->last_ns > UDP_IDLE_NS) {
		remove_flow(f, flow);
		flow = NULL;
	}
	if (!flow) {
		flow = add_flow(f, &key, l);
		flow->dissector = d;
		flow->settled = d || interest == INTEREST_MARKERS;
	}
	table_touch(f->table, flow);
	flow->last_ns = p->at_ns;
	d = udp_dissector(f, flow, p, l, interest);
	if (d && (interest != INTEREST_MARKERS || choose_shows_markers(d)))
		read_datagram(f, d, l->payload, flow->number, p, l, l->payload.len < l->payload_len, frames, count);
	else if (!d && flow->settled)
		note_unread(f, flow);
}

static void ether_packet(struct flows *f, const struct packet *p, const struct layers *l)
{
	const struct dissector *d = choose_by_ether(l);

	if (d)
		read_datagram(f, d, l->ether_payload, 0, p, l, p->data.len < p->wire_len, NULL, 0);
}

/* ---- TCP ---- */

/* Of a device that only markers are looked for: whether this connection can show one. */
static bool tcp_shows_markers(const struct flows *f, const struct layers *l)
{
	const struct dissector *dst = choose_by_port(f->chooser, TRANSPORT_TCP, l->dst_port), *src = choose_by_port(f->chooser, TRANSPORT_TCP, l->src_port);

	return (dst && choose_shows_markers(dst)) || (src && choose_shows_markers(src));
}

static enum side sender(const struct flow *flow, bool low)
{
	return low == flow->low_is_client ? SIDE_CLIENT : SIDE_SERVER;
}

static struct flow *tcp_flow(struct flows *f, const struct layers *l, enum interest interest, bool *ret_low)
{
	struct key key;
	bool low = make_key(l, &key);
	struct flow *flow = table_find(f->table, &key);
	enum side from;

	*ret_low = low;
	if (flow && tcp_is_another(flow->tcp, sender(flow, low), l)) {
		remove_flow(f, flow);
		flow = NULL;
	}
	if (flow || !tcp_may_begin(l) || (interest == INTEREST_MARKERS && !tcp_shows_markers(f, l)))
		return flow;
	from = tcp_guess_sender(f->chooser, l);
	flow = add_flow(f, &key, l);
	flow->low_is_client = low == (from == SIDE_CLIENT);
	flow->tcp = tcp_new(&f->tcps, f->chooser, flow->number, from, l, interest == INTEREST_MARKERS);
	return flow;
}

static void tcp_segment(struct flows *f, const struct packet *p, const struct layers *l, enum interest interest)
{
	bool low;
	struct flow *flow = tcp_flow(f, l, interest, &low);
	const struct dissector *d;

	if (!flow) {
		if (interest == INTEREST_MARKERS && !tcp_shows_markers(f, l))
			note_unread(f, NULL);
		return;
	}
	table_touch(f->table, flow);
	flow->last_ns = p->at_ns;
	if (flow->tcp->markers && interest != INTEREST_MARKERS)
		tcp_lift_markers(flow->tcp);
	tcp_packet(flow->tcp, sender(flow, low), p, l);
	tell_segment(f, p, l, flow);
	if (interest == INTEREST_FOLLOWED && l->payload_len && flow->tcp->stream && stream_is_undecided(flow->tcp->stream)) {
		d = ask_label(f, flow, p, l);
		if (d)
			stream_label(flow->tcp->stream, d);
	} else {
		drop_label(f, flow);
	}
}

/* ---- from outside ---- */

void flows_packet(struct flows *f, const struct packet *p, const struct layers *l, const frame_ref *frames, unsigned frame_count)
{
	enum interest interest = f->report.user.interest(f->report.user.user, l);

	tcps_tick(&f->tcps, p->at_ns);
	f->report.now = p->frame;
	f->report.now_ns = p->at_ns;
	f->report.frames = frames;
	f->report.frame_count = frame_count;
	f->report.named = false;
	f->has_glance = f->has_glance && f->glanced == p->frame;
	if (interest == INTEREST_NONE) {
		/* nothing of it is read, but it tells the time */
		note_unread(f, NULL);
	} else if (l->transport == TRANSPORT_TCP) {
		tcp_segment(f, p, l, interest);
	} else if (l->transport == TRANSPORT_UDP) {
		udp_packet(f, p, l, interest, frames, frame_count);
	} else if (!l->src.family && (l->has_ether || l->ether_type == TYPE_ARP)) {
		ether_packet(f, p, l);
	} else if (interest != INTEREST_MARKERS) {
		tell_error(f, p, l);
	}
	reporter_release(&f->report, streams_young_hole(&f->tcps.streams, p->at_ns));
	f->report.frames = NULL;
	f->report.frame_count = 0;
	f->counters.malformed = f->report.malformed;
	f->counters.counted = f->report.counted;
}

void flows_tick(struct flows *f, int64_t now_ns)
{
	f->report.now_ns = now_ns;
	tcps_tick(&f->tcps, now_ns);
	reporter_release(&f->report, streams_young_hole(&f->tcps.streams, now_ns));
}

void flows_finish(struct flows *f)
{
	struct flow *flow;

	f->finishing = true;
	while ((flow = table_oldest(f->table))) {
		table_remove(f->table, flow);
		reporter_release(&f->report, f->report.handed); /* what comes late needs no order, and there may be much */
	}
	f->finishing = false;
	reporter_release(&f->report, UINT64_MAX);
	f->counters.malformed = f->report.malformed;
	f->counters.counted = f->report.counted;
}

const struct flow_counters *flows_counters(const struct flows *f)
{
	return &f->counters;
}

uint64_t flows_malformed_of(const struct flows *f, unsigned file)
{
	return reporter_malformed_of(&f->report, file);
}

void flows_each_oddity(const struct flows *f, void (*each)(void *user, const char *proto, const char *reason, uint64_t count), void *user)
{
	reporter_each_oddity(&f->report, each, user);
}

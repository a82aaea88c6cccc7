#include "replay/rewrite.h"

#include <stdlib.h>

#include "base/memory.h"
#include "packet/decap.h"
#include "packet/link.h"
#include "replay/rewrite_parts.h"

enum {
	MACS = 12, TAG = 4,
	TYPE_IPV4 = 0x0800, TYPE_ARP = 0x0806, TYPE_IPV6 = 0x86dd, TYPE_LLDP = 0x88cc,
	TAG_8021Q = 0x8100, TAG_8021AD = 0x88a8, TAG_9100 = 0x9100, TAG_9200 = 0x9200,
};

struct rewriter {
	const struct rules *rules;
	struct rewrite_counters counters;
	struct decap_counters ignored;
	uint8_t *octets;                /* the frame in the making */
	size_t room;
};

/* ---- VLAN tags ---- */

static bool is_tag(uint16_t type)
{
	return type == TAG_8021Q || type == TAG_8021AD || type == TAG_9100 || type == TAG_9200;
}

static uint16_t type_at(const struct draft *d, size_t at)
{
	struct cursor c = draft_cursor(d, at);

	return cursor_be16(&c);
}

/* Octets of the tags behind the addresses. */
static size_t tags_len(const struct draft *d)
{
	size_t len = 0;

	while (is_tag(type_at(d, MACS + len)) && MACS + len + TAG + 2 <= d->len)
		len += TAG;
	return len;
}

/* Addressed to whoever is at the other end of the cable: bridges do not forward it, and it has no VLAN. */
static bool stays_on_link(const struct draft *d)
{
	enum { RESERVED_LAST = 0x0f };
	static const uint8_t bridge_group[] = { 0x01, 0x80, 0xc2, 0x00, 0x00 }, cisco[] = { 0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcc };
	struct span to = span_part(draft_span(d), 0, 6);

	if (span_equal(span_part(to, 0, 5), span_of(bridge_group, sizeof bridge_group)))
		return to.len > 5 && to.data[5] <= RESERVED_LAST;
	return span_equal(to, span_of(cisco, sizeof cisco));
}

static void strip_tags(struct draft *d)
{
	size_t len = tags_len(d);

	if (!len)
		return;
	memmove(d->octets + MACS, d->octets + MACS + len, d->len - MACS - len);
	d->len -= len;
	d->changed = true;
}

/* There is room for it: rewriter_packet saw to that. */
static void push_tag(struct draft *d, uint16_t id)
{
	uint16_t protocol = is_tag(type_at(d, MACS)) ? TAG_8021AD : TAG_8021Q;
	const uint8_t tag[TAG] = { (uint8_t)(protocol >> 8), (uint8_t)protocol, (uint8_t)(id >> 8), (uint8_t)id };

	memmove(d->octets + MACS + TAG, d->octets + MACS, d->len - MACS);
	memcpy(d->octets + MACS, tag, TAG);
	d->len += TAG;
	d->changed = true;
}

/* Priority and drop eligibility stay. */
static void set_id(struct draft *d, uint16_t id)
{
	uint16_t control = (uint16_t)((type_at(d, MACS + 2) & 0xf000) | id);

	draft_change(d, MACS + 2, span_of((const uint8_t[]){ (uint8_t)(control >> 8), (uint8_t)control }, 2));
}

static void edit_tags(struct draft *d, const struct vlan_rule *rule)
{
	if (rule->what == VLAN_STRIP)
		strip_tags(d);
	else if (rule->what == VLAN_SET && tags_len(d))
		set_id(d, rule->id);
	else if (!stays_on_link(d))
		push_tag(d, rule->id);
}

/* ---- link layers ---- */

static void rewrite_type(struct rewrite *w, uint16_t type, size_t at)
{
	switch (type) {
	case TYPE_IPV4:
	case TYPE_IPV6: rewrite_ip(w, at, false); break;
	case TYPE_ARP: rewrite_arp(w, at); break;
	case TYPE_LLDP: rewrite_lldp(w, at); break;
	default: break;
	}
}

static void rewrite_ethernet(struct rewrite *w)
{
	size_t type;

	if (w->d.len < MACS + 2)
		return;
	for (size_t i = 0; i < w->rules->vlan_count; i++)
		edit_tags(&w->d, &w->rules->vlans[i]);
	rewrite_mac(w, 0);
	rewrite_mac(w, 6);
	type = MACS + tags_len(&w->d);
	rewrite_type(w, type_at(&w->d, type), type + 2);
}

/* Where IP begins behind other link headers, and where its Ethernet type stands; 0: it says itself. */
static const struct {
	uint16_t link_type, header, type_at;
} links[] = {
	{ LINK_RAW, 0, 0 }, { LINK_RAW_BSD, 0, 0 }, { LINK_RAW_OPENBSD, 0, 0 }, { LINK_IPV4, 0, 0 }, { LINK_IPV6, 0, 0 }, { LINK_NULL, 4, 0 }, { LINK_LOOP, 4, 0 },
	{ LINK_SLL, 16, 14 }, { LINK_SLL2, 20, 0 },
};

static bool rewrite_link(struct rewriter *r, struct rewrite *w, uint16_t link_type)
{
	if (link_type == LINK_ETHERNET) {
		rewrite_ethernet(w);
		return true;
	}
	r->counters.no_ether += w->rules->mac_count || w->rules->vlan_count;
	for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
		if (links[i].link_type != link_type)
			continue;
		if (link_type == LINK_SLL || link_type == LINK_SLL2)
			rewrite_type(w, type_at(&w->d, links[i].type_at), links[i].header);
		else
			rewrite_ip(w, links[i].header, false);
		return true;
	}
	return false;
}

/* ---- packets ---- */

static void note_tunnel(struct rewriter *r, const struct rewrite *w, const struct packet *p)
{
	struct layers l;

	if (!w->rules->mac_count && !w->rules->net_count)
		return;
	if (!decap_packet(p, &l, &r->ignored))
		return;
	if ((l.src.family && (!addr_equal(&l.src, &w->src) || !addr_equal(&l.dst, &w->dst)))
	    || (l.has_outer && l.has_ether && !(mac_equal(l.outer_src, l.ether_src) && mac_equal(l.outer_dst, l.ether_dst))))
		r->counters.tunnels++;
}

static void copy_in(struct rewriter *r, struct span frame)
{
	size_t most = frame.len + r->rules->vlan_count * TAG;

	if (most > r->room) {
		r->room = most;
		r->octets = memory_resize(r->octets, r->room, 1);
	}
	if (frame.len)
		memcpy(r->octets, frame.data, frame.len);
}

struct packet rewriter_packet(struct rewriter *r, const struct packet *p)
{
	struct rewrite w = { .rules = r->rules };
	struct packet changed = *p;

	copy_in(r, p->data);
	w.d.octets = r->octets;
	w.d.len = p->data.len;
	if (!rewrite_link(r, &w, p->link_type))
		r->counters.no_link++;
	note_tunnel(r, &w, p);
	if (!w.d.changed)
		return *p;
	r->counters.changed++;
	changed.data = draft_span(&w.d);
	changed.wire_len = (uint32_t)(p->wire_len + w.d.len - p->data.len);
	return changed;
}

struct rewriter *rewriter_new(const struct rules *rules)
{
	struct rewriter *r = memory_get(sizeof *r);

	r->rules = rules;
	return r;
}

const struct rewrite_counters *rewriter_counters(const struct rewriter *r)
{
	return &r->counters;
}

void rewriter_free(struct rewriter *r)
{
	if (!r)
		return;
	free(r->octets);
	free(r);
}

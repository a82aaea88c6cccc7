#include "trail/trail_parts.h"

/* ---- attention ---- */

static enum interest interest_of(struct trail *t, struct mac m)
{
	bool phone = trail_is_phone(t, m);

	if ((phone || t->odd) && trail_device(t->phones, m))
		return INTEREST_FOLLOWED;
	if (phone)
		return t->options.phone_count ? INTEREST_FOLLOWED : INTEREST_ALL;
	return INTEREST_NONE;
}

bool trail_watches(void *trail, struct mac m)
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

/* ---- packets ---- */

static bool keeps(struct trail *t, const struct seen *s, const struct mac *own, const struct addr *addr, bool has_ether)
{
	struct mac m;
	struct device *d = trail_owner_of(t, has_ether ? own : NULL, addr->family ? addr : NULL, &m) ? trail_phone(t, m) : NULL;

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
	trail_bound_octets(t);
}

void trail_fragment(void *trail, const struct packet *p)
{
	struct trail *t = trail;

	strays_add(t->surroundings.strays, p, 0);
}

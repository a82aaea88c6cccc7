#include "flow/choose.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { PORTS = 65536 };

/* By port: the dissector's place in the list plus 1, or 0. */
struct chooser {
	uint8_t udp[PORTS], tcp[PORTS];
};

/* Leases and neighbours bind addresses to devices; the rest carries vendor classes, names that only phones ask for, netlogon pings, User-Agents. */
static const char *const marker_names[] = { "arp", "lldp", "cdp", "dhcp", "dns", "cldap", "http", "sip" };

static void fill(uint8_t *by_port, const uint16_t *ports, size_t place)
{
	for (; ports && *ports; ports++)
		if (!by_port[*ports])
			by_port[*ports] = (uint8_t)(place + 1);
}

struct chooser *chooser_new(void)
{
	struct chooser *c = memory_get(sizeof *c);

	for (size_t i = 0; dissectors[i] && i < UINT8_MAX; i++) {
		if (dissectors[i]->datagram)
			fill(c->udp, dissectors[i]->udp_ports, i);
		if (dissectors[i]->stream)
			fill(c->tcp, dissectors[i]->tcp_ports, i);
	}
	return c;
}

void chooser_free(struct chooser *c)
{
	free(c);
}

const struct dissector *choose_by_port(const struct chooser *c, enum transport transport, uint16_t port)
{
	uint8_t place = transport == TRANSPORT_TCP ? c->tcp[port] : c->udp[port];

	return place ? dissectors[place - 1] : NULL;
}

bool choose_recognises(const struct dissector *d, struct span octets, enum transport transport)
{
	if (!d->recognise || (transport == TRANSPORT_TCP ? !d->stream : !d->datagram))
		return false;
	return octets.len && d->recognise(octets, transport);
}

const struct dissector *choose_recognised(struct span octets, enum transport transport, bool markers)
{
	for (const struct dissector *const *d = dissectors; *d; d++)
		if ((!markers || choose_shows_markers(*d)) && choose_recognises(*d, octets, transport))
			return *d;
	return NULL;
}

static bool names_type(const struct dissector *d, uint16_t type)
{
	for (const uint16_t *t = d->ether_types; t && *t; t++)
		if (*t == type)
			return true;
	return false;
}

/* 802.2 LLC with SNAP (IEEE 802-2014 9.3): aa aa 03, then OUI and type as one number. */
static bool read_snap(struct span payload, uint64_t *ret)
{
	struct cursor c = cursor_over(payload);
	uint32_t llc = cursor_be24(&c);

	*ret = cursor_big(&c, 5);
	return cursor_ok(&c) && llc == 0xaaaa03;
}

const struct dissector *choose_by_ether(const struct layers *l)
{
	uint64_t snap = 0;

	if (!l->ether_type && !read_snap(l->ether_payload, &snap))
		return NULL;
	for (const struct dissector *const *d = dissectors; *d; d++)
		if ((*d)->datagram && (l->ether_type ? names_type(*d, l->ether_type) : (*d)->llc_snap && (*d)->llc_snap == snap))
			return *d;
	return NULL;
}

bool choose_shows_markers(const struct dissector *d)
{
	for (size_t i = 0; i < sizeof marker_names / sizeof marker_names[0]; i++)
		if (strcmp(d->name, marker_names[i]) == 0)
			return true;
	return false;
}

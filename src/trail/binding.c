#include "trail/binding.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/table.h"
#include "dissectors/arp.h"
#include "dissectors/dhcp.h"

struct binding {
	struct mac owner;               /* zero while only known as a server */
	bool serves;
};

struct bindings {
	struct table *table;            /* struct addr -> struct binding */
	bool (*watches)(void *user, struct mac owner);
	void *user;
	struct versions *versions;
	bool closing;
	uint8_t sieve[65536 / 8];       /* by the last 16 bits of an address: somebody who is watched had such a one. Bits are never taken back. */
};

static bool is_watched(const struct bindings *b, struct mac owner)
{
	return !mac_is_zero(owner) && b->watches(b->user, owner);
}

static void leaves(void *user, void *entry)
{
	struct bindings *b = user;
	const struct binding *known = entry;

	if (!b->closing && is_watched(b, known->owner))
		versions_rise(b->versions, table_key(b->table, entry));
}

struct bindings *bindings_new(size_t max, bool (*watches)(void *, struct mac), void *user, struct versions *versions)
{
	struct bindings *b = memory_get(sizeof *b);

	b->watches = watches;
	b->user = user;
	b->versions = versions;
	b->table = table_new(sizeof(struct addr), sizeof(struct binding), max, leaves, b);
	return b;
}

void bindings_free(struct bindings *b)
{
	if (!b)
		return;
	b->closing = true;
	table_free(b->table);
	free(b);
}

/* ---- the sieve ---- */

static unsigned sieve_place(const struct addr *a)
{
	unsigned last = a->family == 4 ? 3 : 15;

	return (unsigned)a->octet[last - 1] << 8 | a->octet[last];
}

static bool passes(const struct bindings *b, const struct addr *a)
{
	unsigned at = sieve_place(a);

	return b->sieve[at / 8] >> at % 8 & 1;
}

void bindings_watch(struct bindings *b, const struct addr *a)
{
	unsigned at = sieve_place(a);

	if (passes(b, a))
		return;
	versions_rise(b->versions, a);
	b->sieve[at / 8] |= (uint8_t)(1u << at % 8);
}

const struct mac *bindings_watched(struct bindings *b, const struct addr *a)
{
	return passes(b, a) ? bindings_owner(b, a) : NULL;
}

/* ---- bindings ---- */

static struct binding *binding_get(struct bindings *b, const struct addr *a)
{
	struct binding *known = table_find(b->table, a);

	if (!known)
		return table_add(b->table, a);
	table_touch(b->table, known);
	return known;
}

bool bindings_set(struct bindings *b, const struct addr *a, struct mac owner)
{
	struct binding *known;

	if (!addr_is_set(a) || addr_is_group(a) || mac_is_group(owner) || mac_is_zero(owner))
		return false;
	known = binding_get(b, a);
	if (mac_equal(known->owner, owner) && passes(b, a))
		return false;
	if (b->watches(b->user, owner))
		bindings_watch(b, a);
	if (mac_equal(known->owner, owner))
		return false;
	if (is_watched(b, known->owner) || is_watched(b, owner))
		versions_rise(b->versions, a);
	known->owner = owner;
	return true;
}

static bool release(struct bindings *b, const struct addr *a, struct mac owner)
{
	struct binding *known = table_find(b->table, a);

	if (!known || !mac_equal(known->owner, owner))
		return false;
	if (is_watched(b, owner))
		versions_rise(b->versions, a);
	known->owner = (struct mac){ { 0 } };
	return true;
}

/* RFC 2131 table 3: yiaddr answers a REQUEST, ciaddr an INFORM; a client that renews, rebinds or informs puts its address into ciaddr. */
static bool learn_dhcp(struct bindings *b, const struct event *e)
{
	const struct mac *client = event_mac(e, &dhcp_client_mac);
	const struct addr *ciaddr = event_addr(e, &dhcp_ciaddr);

	if (!client)
		return false;
	if (e->kind == &dhcp_ack) {
		const struct addr *yiaddr = event_addr(e, &dhcp_yiaddr);

		return (yiaddr || ciaddr) && bindings_set(b, yiaddr ? yiaddr : ciaddr, *client);
	}
	if (e->kind == &dhcp_release)
		return ciaddr && release(b, ciaddr, *client);
	return ciaddr && (e->kind == &dhcp_inform || e->kind == &dhcp_request) && bindings_set(b, ciaddr, *client);
}

bool bindings_learn(struct bindings *b, const struct event *e)
{
	if (e->kind == &arp_request || e->kind == &arp_reply) {
		const struct mac *sender = event_mac(e, &arp_sender_mac);
		const struct addr *addr = event_addr(e, &arp_sender_addr);

		return sender && addr && bindings_set(b, addr, *sender);
	}
	return learn_dhcp(b, e);
}

const struct mac *bindings_owner(struct bindings *b, const struct addr *a)
{
	const struct binding *known = table_find(b->table, a);

	return known && !mac_is_zero(known->owner) ? &known->owner : NULL;
}

void bindings_note_server(struct bindings *b, const struct addr *a)
{
	if (addr_is_set(a) && !addr_is_group(a))
		binding_get(b, a)->serves = true;
}

bool bindings_is_server(struct bindings *b, const struct addr *a)
{
	const struct binding *known = table_find(b->table, a);

	return known && known->serves;
}

size_t bindings_count(const struct bindings *b)
{
	return table_count(b->table);
}

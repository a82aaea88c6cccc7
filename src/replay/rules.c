#include "replay/rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"

enum { VLAN_ID_MAX = 4094 };    /* 4095 is reserved (IEEE 802.1Q 9.6) */

/* ---- reading ---- */

/* The two sides of "A=B", the first into `left`. */
static bool split(const char *option, const char *text, char left[ADDR_TEXT + 4], const char **ret_right)
{
	const char *equals = strchr(text, '=');

	if (!equals || equals == text || !equals[1] || equals - text >= ADDR_TEXT + 4) {
		log_error("%s %s: two addresses with = between them are needed", option, text);
		return false;
	}
	memcpy(left, text, (size_t)(equals - text));
	left[equals - text] = 0;
	*ret_right = equals + 1;
	return true;
}

static bool read_mac(const char *text, struct mac *ret)
{
	if (mac_parse(text, ret))
		return true;
	log_error("--map-mac: %s is no MAC address (like 00:04:f2:aa:bb:01)", text);
	return false;
}

bool rules_map_mac(struct rules *r, const char *text)
{
	char left[ADDR_TEXT + 4];
	const char *right;
	struct mac_rule rule;

	if (!split("--map-mac", text, left, &right) || !read_mac(left, &rule.from) || !read_mac(right, &rule.to))
		return false;
	r->macs = memory_resize(r->macs, r->mac_count + 1, sizeof *r->macs);
	r->macs[r->mac_count++] = rule;
	return true;
}

static bool read_addr(const char *option, const char *text, struct addr *ret)
{
	if (addr_parse(text, ret))
		return true;
	log_error("%s: %s is no IP address", option, text);
	return false;
}

static unsigned all_bits(const struct addr *a)
{
	return a->family == 4 ? 32 : 128;
}

static bool same_family(const char *option, const char *text, const struct net_rule *rule)
{
	if (rule->from.family == rule->to.family)
		return true;
	log_error("%s %s: one is an IPv4 address and the other an IPv6 address", option, text);
	return false;
}

/* The longest prefix first, so that the first that fits is the one that says most. */
static void add_net(struct rules *r, struct net_rule rule)
{
	size_t at = r->net_count;

	r->nets = memory_resize(r->nets, r->net_count + 1, sizeof *r->nets);
	for (; at > 0 && r->nets[at - 1].bits < rule.bits; at--)
		r->nets[at] = r->nets[at - 1];
	r->nets[at] = rule;
	r->net_count++;
}

bool rules_map_ip(struct rules *r, const char *text)
{
	char left[ADDR_TEXT + 4];
	const char *right;
	struct net_rule rule;

	if (!split("--map-ip", text, left, &right) || !read_addr("--map-ip", left, &rule.from) || !read_addr("--map-ip", right, &rule.to)
	    || !same_family("--map-ip", text, &rule))
		return false;
	rule.bits = all_bits(&rule.from);
	add_net(r, rule);
	return true;
}

static bool read_net(const char *text, struct addr *ret, unsigned *ret_bits)
{
	char address[ADDR_TEXT], *end;
	const char *slash = strchr(text, '/');
	unsigned long bits;

	if (!slash || slash - text >= ADDR_TEXT) {
		log_error("--map-net: %s is no network (like 10.1.0.0/16)", text);
		return false;
	}
	memcpy(address, text, (size_t)(slash - text));
	address[slash - text] = 0;
	if (!read_addr("--map-net", address, ret))
		return false;
	bits = strtoul(slash + 1, &end, 10);
	if (slash[1] < '0' || slash[1] > '9' || *end || bits > all_bits(ret)) {
		log_error("--map-net: %s: the prefix has 0 to %u bits", text, all_bits(ret));
		return false;
	}
	*ret_bits = (unsigned)bits;
	return true;
}

/* The octet's bits that belong to the prefix. */
static uint8_t prefix_mask(unsigned bits, unsigned octet)
{
	if (bits >= 8 * (octet + 1))
		return 0xff;
	if (bits <= 8 * octet)
		return 0;
	return (uint8_t)(0xff << (8 - (bits - 8 * octet)));
}

static bool has_host_bits(const struct addr *a, unsigned bits)
{
	for (unsigned i = 0; i < all_bits(a) / 8; i++)
		if (a->octet[i] & ~prefix_mask(bits, i))
			return true;
	return false;
}

bool rules_map_net(struct rules *r, const char *text)
{
	char left[ADDR_TEXT + 4];
	const char *right;
	struct net_rule rule;
	unsigned bits;

	if (!split("--map-net", text, left, &right) || !read_net(left, &rule.from, &rule.bits) || !read_net(right, &rule.to, &bits)
	    || !same_family("--map-net", text, &rule))
		return false;
	if (bits != rule.bits) {
		log_error("--map-net %s: both prefixes must be of the same length", text);
		return false;
	}
	if (has_host_bits(&rule.from, bits) || has_host_bits(&rule.to, bits)) {
		log_error("--map-net %s: there are bits set behind the prefix", text);
		return false;
	}
	add_net(r, rule);
	return true;
}

bool rules_vlan_takes_id(const char *what)
{
	return strcmp(what, "set") == 0 || strcmp(what, "push") == 0;
}

static bool read_id(const char *what, const char *text, uint16_t *ret)
{
	char *end;
	unsigned long id = text ? strtoul(text, &end, 10) : 0;

	if (!text || *text < '0' || *text > '9' || *end || id > VLAN_ID_MAX) {
		log_error("--vlan %s %s: a VLAN id from 0 to %d is needed", what, text ? text : "", VLAN_ID_MAX);
		return false;
	}
	*ret = (uint16_t)id;
	return true;
}

bool rules_vlan(struct rules *r, const char *what, const char *id)
{
	struct vlan_rule rule = { VLAN_STRIP, 0 };

	if (strcmp(what, "set") == 0)
		rule.what = VLAN_SET;
	else if (strcmp(what, "push") == 0)
		rule.what = VLAN_PUSH;
	else if (strcmp(what, "strip") != 0) {
		log_error("--vlan %s: set N, push N or strip", what);
		return false;
	}
	if (rule.what != VLAN_STRIP && !read_id(what, id, &rule.id))
		return false;
	r->vlans = memory_resize(r->vlans, r->vlan_count + 1, sizeof *r->vlans);
	r->vlans[r->vlan_count++] = rule;
	return true;
}

bool rules_any(const struct rules *r)
{
	return r->mac_count || r->net_count || r->vlan_count || r->fix_checksums;
}

void rules_free(struct rules *r)
{
	free(r->macs);
	free(r->nets);
	free(r->vlans);
	*r = (struct rules){ 0 };
}

/* ---- using ---- */

bool rules_mac(const struct rules *r, struct mac *a)
{
	for (size_t i = 0; i < r->mac_count; i++)
		if (mac_equal(r->macs[i].from, *a)) {
			*a = r->macs[i].to;
			return true;
		}
	return false;
}

static bool within(const struct addr *a, const struct net_rule *rule)
{
	if (a->family != rule->from.family)
		return false;
	for (unsigned i = 0; i * 8 < rule->bits; i++)
		if ((a->octet[i] ^ rule->from.octet[i]) & prefix_mask(rule->bits, i))
			return false;
	return true;
}

bool rules_addr(const struct rules *r, struct addr *a)
{
	for (size_t n = 0; n < r->net_count; n++) {
		const struct net_rule *rule = &r->nets[n];

		if (!within(a, rule))
			continue;
		for (unsigned i = 0; i * 8 < rule->bits; i++) {
			uint8_t mask = prefix_mask(rule->bits, i);

			a->octet[i] = (uint8_t)((rule->to.octet[i] & mask) | (a->octet[i] & ~mask));
		}
		return true;
	}
	return false;
}

/*
 * Frames that are changed: the first octet chooses rules, the second a link type, the third how many octets of the wire were not captured. All addresses change
 * places with others, so that doing it twice gives the frame that it was; of a checksum, 0 and 0xffff are the same number (RFC 1071 section 2).
 */
#include <stdlib.h>

#include "base/memory.h"
#include "packet/link.h"
#include "replay/rewrite.h"
#include "tests/fuzz/fuzz.h"

enum { FIX = 1, SET = 2, PUSH = 4, STRIP = 8, CHOICES = 3 };

static const uint16_t link_types[] = { LINK_ETHERNET, LINK_RAW, LINK_NULL, LINK_SLL, LINK_SLL2, LINK_PPP };

/* The frame's own addresses, and both halves of all IP addresses. */
static void swap_addresses(struct rules *r, struct span frame)
{
	static struct net_rule nets[4];
	static struct mac_rule macs[2];
	struct cursor c = cursor_over(frame);
	struct span to = cursor_take(&c, 6), from = cursor_take(&c, 6);

	for (unsigned i = 0; i < 4; i++)
		nets[i] = (struct net_rule){ .from.family = i < 2 ? 4 : 6, .to.family = i < 2 ? 4 : 6, .bits = 1 };
	nets[0].from.octet[0] = nets[1].to.octet[0] = nets[2].from.octet[0] = nets[3].to.octet[0] = 0x80;
	r->nets = nets;
	r->net_count = 4;
	if (!cursor_ok(&c))
		return;
	memcpy(macs[0].from.octet, to.data, 6);
	memcpy(macs[0].to.octet, from.data, 6);
	macs[1] = (struct mac_rule){ macs[0].to, macs[0].from };
	r->macs = macs;
	r->mac_count = 2;
}

static void add_tags(struct rules *r, uint8_t choice)
{
	static struct vlan_rule vlans[3];

	r->vlans = vlans;
	if (choice & SET)
		vlans[r->vlan_count++] = (struct vlan_rule){ VLAN_SET, 20 };
	if (choice & PUSH)
		vlans[r->vlan_count++] = (struct vlan_rule){ VLAN_PUSH, 30 };
	if (choice & STRIP)
		vlans[r->vlan_count++] = (struct vlan_rule){ VLAN_STRIP, 0 };
}

static bool same_word(const uint8_t *a, const uint8_t *b)
{
	unsigned one = (unsigned)a[0] << 8 | a[1], two = (unsigned)b[0] << 8 | b[1];

	return one == two || (one == 0 && two == 0xffff) || (one == 0xffff && two == 0);
}

static bool same(struct span a, struct span b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i + 1 < a.len; i += 2)
		if (!same_word(a.data + i, b.data + i))
			return false;
	return a.len % 2 == 0 || a.data[a.len - 1] == b.data[a.len - 1];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rules rules = { 0 };
	struct rewriter *first, *second;
	struct packet p = { .frame = 1 }, once, twice;

	if (size < CHOICES)
		return 0;
	p.data = span_of(data + CHOICES, size - CHOICES);
	p.wire_len = (uint32_t)(p.data.len + data[2]);
	p.link_type = link_types[data[1] % (sizeof link_types / sizeof link_types[0])];
	rules.fix_checksums = data[0] & FIX;
	swap_addresses(&rules, p.data);
	add_tags(&rules, data[0]);
	first = rewriter_new(&rules);
	second = rewriter_new(&rules);
	once = rewriter_packet(first, &p);
	fuzz_expect(once.wire_len - once.data.len == data[2], "what was not captured stays as much");
	twice = rewriter_packet(second, &once);
	if (!rules.fix_checksums && !rules.vlan_count)
		fuzz_expect(same(p.data, twice.data), "addresses that change places twice are where they were");
	rewriter_free(first);
	rewriter_free(second);
	return 0;
}

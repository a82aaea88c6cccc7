#include "packet/mirror.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/memory.h"
#include "base/moment.h"

/* Packets that are remembered: sets of a few, the oldest of which gives way. A fast link's 5 ms; what was forgotten is not called a copy. */
enum { SETS = 2048, WAYS = 4 };

/* Octets of the transport header and what it carries that must be equal: with the transport checksum among them, as good as all. */
enum { LOOKED_AT = 64 };

static const int64_t copy_within_ns = 5 * NS_PER_MS;

struct seen {
	uint64_t digest;                /* 0: none */
	int64_t at_ns;
};

struct mirror {
	uint64_t seed, copies;
	struct seen seen[SETS][WAYS];
};

struct mirror *mirror_new(void)
{
	struct mirror *m = memory_get(sizeof *m);

	/* Without a seed the digest still works; only then could a packet be made that looks like another. */
	if (getrandom(&m->seed, sizeof m->seed, GRND_NONBLOCK) < 0)
		m->seed = (uint64_t)(uintptr_t)m;
	return m;
}

void mirror_free(struct mirror *m)
{
	free(m);
}

/* ---- what a packet is ---- */

static uint64_t mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 32;
}

static uint64_t mix_octets(uint64_t h, struct span s)
{
	const uint8_t *at = s.data;
	size_t left = s.len;
	uint64_t word;

	for (; left >= sizeof word; at += sizeof word, left -= sizeof word) {
		memcpy(&word, at, sizeof word);
		h = mix(h, word);
	}
	word = 0;
	if (left)
		memcpy(&word, at, left);
	return mix(h, word ^ (uint64_t)s.len << 56);
}

static uint64_t mix_addr(uint64_t h, const struct addr *a)
{
	return mix_octets(h, span_of(a->octet, a->family == 4 ? 4 : 16));
}

/* Identification and fragmentation of IPv4; flow label and next header of IPv6. Not what routers change: TTL, DSCP, checksum. */
static uint64_t mix_ip(uint64_t h, const struct layers *l)
{
	struct cursor c = cursor_over(l->ip);
	uint32_t first = cursor_be32(&c);

	if (l->src.family == 6)
		h = mix(h, first & 0xfffff);
	else
		h = mix(h, cursor_be32(&c));
	return mix(h, (uint64_t)l->ip_protocol << 48 | (uint64_t)l->fragment_offset << 32 | l->payload_len);
}

/* Acknowledgements and resets without identification: of two equal ones the second may well be the answer to another segment (RFC 5681 section 2,
 * RFC 9293 section 3.10.7.1). */
static bool may_repeat(const struct layers *l)
{
	struct cursor c = cursor_over(l->ip);

	cursor_skip(&c, 4);
	return l->transport == TRANSPORT_TCP && !l->payload_len && !(l->tcp_flags & (TCP_SYN | TCP_FIN)) && (l->src.family == 6 || cursor_be16(&c) == 0);
}

static uint64_t digest_of(const struct mirror *m, const struct packet *p, const struct layers *l)
{
	uint64_t h = m->seed;

	if (l->src.family) {
		h = mix_addr(mix_addr(h, &l->src), &l->dst);
		h = mix_ip(h, l);
		h = mix_octets(h, span_part(l->ip_payload, 0, LOOKED_AT));
	} else {
		h = mix_octets(mix(h, p->wire_len), p->data);
	}
	return h ? h : 1;
}

/* ---- whether it was seen ---- */

/* Mirrors put packets out of order by as much as they delay their copies. */
static bool is_recent(const struct seen *s, int64_t now_ns)
{
	int64_t apart;

	return !__builtin_sub_overflow(now_ns, s->at_ns, &apart) && apart <= copy_within_ns && apart >= -copy_within_ns;
}

static struct seen *oldest_of(struct seen *set)
{
	struct seen *oldest = &set[0];

	for (unsigned i = 1; i < WAYS; i++)
		if (set[i].at_ns < oldest->at_ns)
			oldest = &set[i];
	return oldest;
}

/* One of the same digest that is too old was a retransmission's original: the next copy would be of this packet. */
static struct seen *place_for(struct seen *set, uint64_t digest)
{
	for (unsigned i = 0; i < WAYS; i++)
		if (set[i].digest == digest)
			return &set[i];
	return oldest_of(set);
}

bool mirror_is_copy(struct mirror *m, const struct packet *p, const struct layers *l)
{
	uint64_t digest;
	struct seen *place;

	if (l->src.family ? may_repeat(l) : !l->has_ether)
		return false;
	digest = digest_of(m, p, l);
	place = place_for(m->seen[digest >> 32 & (SETS - 1)], digest);
	if (place->digest == digest && is_recent(place, p->at_ns)) {
		m->copies++;
		return true;
	}
	*place = (struct seen){ digest, p->at_ns };
	return false;
}

uint64_t mirror_copies(const struct mirror *m)
{
	return m->copies;
}

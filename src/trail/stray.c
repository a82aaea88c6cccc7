#include "trail/stray.h"

#include <stdlib.h>

#include "base/memory.h"

struct stray {
	struct packet packet;           /* its octets are in the ring */
	uint64_t flow;
	uint64_t begin;                 /* of its octets, counting all that was ever written */
};

struct strays {
	struct stray at[STRAYS_MAX];
	uint64_t count;                 /* that ever came */
	uint64_t written;
	uint8_t octets[STRAYS_OCTETS];
};

struct strays *strays_new(void)
{
	return memory_get(sizeof(struct strays));
}

void strays_free(struct strays *s)
{
	free(s);
}

void strays_add(struct strays *s, const struct packet *p, uint64_t flow)
{
	struct stray *to = &s->at[s->count % STRAYS_MAX];
	size_t at = s->written % STRAYS_OCTETS;

	if (p->data.len > STRAYS_OCTETS)
		return;
	if (p->data.len > STRAYS_OCTETS - at)           /* octets of one packet lie together */
		s->written += STRAYS_OCTETS - at;
	to->begin = s->written;
	to->flow = flow;
	to->packet = *p;
	to->packet.data.data = s->octets + s->written % STRAYS_OCTETS;
	if (p->data.len)
		memcpy(s->octets + s->written % STRAYS_OCTETS, p->data.data, p->data.len);
	s->written += p->data.len;
	s->count++;
}

bool strays_find(const struct strays *s, frame_ref frame, struct kept_packet *ret)
{
	for (uint64_t n = s->count; n && s->count - n < STRAYS_MAX; n--) {
		const struct stray *at = &s->at[(n - 1) % STRAYS_MAX];

		if (s->written - at->begin > STRAYS_OCTETS)
			return false;
		if (at->packet.frame == frame) {
			*ret = (struct kept_packet){ .packet = at->packet, .flow = at->flow };
			return true;
		}
	}
	return false;
}

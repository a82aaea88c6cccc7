#include "verdict/evidence.h"

static struct packet_report *packets_of(const struct attempt *a, struct arena *arena, struct attempt_report *r)
{
	struct packet_report *packets = arena_get(arena, (a->evidence.count + 1) * sizeof *packets);

	for (size_t i = 0; i < a->evidence.count; i++) {
		const struct packet *p = &a->evidence.at[i].packet;

		packets[i] = (struct packet_report){ p->frame, p->at_ns, p->link_type, p->time_digits, p->wire_len, p->data };
	}
	r->packets = packets;
	r->packet_count = a->evidence.count;
	r->packets_left_out = a->evidence.left_out;
	return packets;
}

void evidence_lend(const struct attempt *a, struct arena *arena, struct attempt_report *r)
{
	packets_of(a, arena, r);
}

void evidence_report(const struct attempt *a, struct arena *arena, struct attempt_report *r)
{
	struct packet_report *packets = packets_of(a, arena, r);

	for (size_t i = 0; i < r->packet_count; i++)
		packets[i].data.data = (const uint8_t *)arena_copy(arena, packets[i].data.data, packets[i].data.len);
}

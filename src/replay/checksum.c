#include "replay/checksum.h"

void checksum_add(struct checksum *c, struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		c->sum += c->odd ? s.data[i] : (unsigned)s.data[i] << 8;
		c->odd = !c->odd;
	}
}

uint16_t checksum_fold(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static uint16_t complement(uint16_t n)
{
	return (uint16_t)~n;
}

uint16_t checksum_field(const struct checksum *c)
{
	return complement(checksum_fold(c->sum));
}

uint16_t checksum_follow(uint16_t before, uint64_t was, uint64_t is)
{
	return complement(checksum_fold((uint64_t)complement(before) + complement(checksum_fold(was)) + checksum_fold(is)));
}

/*
 * libFuzzer's mutator for frames.h: what it inserts or drops would put all packets behind out of step, so one packet is changed, doubled, dropped or
 * moved as a whole, and its length is right again afterwards; now and then the octets are changed as they are.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/frames.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

struct place { size_t at, len; };       /* of one packet with its header */

static size_t places_of(const uint8_t *data, size_t size, struct place places[FRAMES_MAX])
{
	size_t count = 0;

	for (size_t at = FRAMES_START; at + FRAME_HEADER < size && count < FRAMES_MAX;) {
		size_t len = FRAME_HEADER + ((size_t)data[at + 2] << 8 | data[at + 3]);

		if (len > size - at)
			len = size - at;
		places[count++] = (struct place){ at, len };
		at += len;
	}
	return count;
}

/* Makes `len` octets of room at `at`, or takes them away. */
static size_t resize(uint8_t *data, size_t size, size_t at, size_t old, size_t new)
{
	memmove(data + at + new, data + at + old, size - at - old);
	return size - old + new;
}

static size_t change(uint8_t *data, size_t size, size_t max_size, struct place p)
{
	static uint8_t packet[1 << 17];
	size_t room = p.len - FRAME_HEADER + (max_size - size), len = p.len - FRAME_HEADER;

	room = room < sizeof packet - 1 ? room : sizeof packet - 1;
	if (!len)
		return size;
	memcpy(packet, data + p.at + FRAME_HEADER, len);
	len = LLVMFuzzerMutate(packet, len, room);
	size = resize(data, size, p.at + FRAME_HEADER, p.len - FRAME_HEADER, len);
	memcpy(data + p.at + FRAME_HEADER, packet, len);
	data[p.at + 2] = (uint8_t)(len >> 8);
	data[p.at + 3] = (uint8_t)len;
	return size;
}

static size_t put_again(uint8_t *data, size_t size, size_t max_size, struct place p, size_t before)
{
	static uint8_t packet[FRAME_HEADER + (1 << 16)];

	if (size + p.len > max_size)
		return size;
	memcpy(packet, data + p.at, p.len);
	size = resize(data, size, before, 0, p.len);
	memcpy(data + before, packet, p.len);
	return size;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	static struct place places[FRAMES_MAX];
	size_t count = size > FRAMES_START ? places_of(data, size, places) : 0;
	struct place p;

	if (!count || seed % 16 == 0)
		return LLVMFuzzerMutate(data, size, max_size);
	p = places[seed / 16 % count];
	switch (seed / 16 / count % 16) {
	case 0: return put_again(data, size, max_size, p, places[seed / 4096 % count].at);
	case 1: return count > 1 ? resize(data, size, p.at, p.len, 0) : size;
	case 2: data[p.at + 1] = (uint8_t)(seed >> 20); return size;
	case 3: data[0] = (uint8_t)(seed >> 20); return size;
	case 4: data[1] = (uint8_t)(seed >> 20); return size;
	default: return change(data, size, max_size, p);
	}
}

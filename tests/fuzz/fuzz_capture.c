/* Capture files: pcap, pcapng, packed with gzip or zstd. The octets are the file; if the first bit of the last one is set, it is read twice as two files. */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "packet/source.h"
#include "tests/fuzz/fuzz.h"

enum { PACKETS_MAX = 100000 };

static int memory_file = -1;

static void keep(const uint8_t *data, size_t size)
{
	if (memory_file < 0)
		memory_file = memfd_create("capture", MFD_CLOEXEC);
	fuzz_expect(memory_file >= 0 && ftruncate(memory_file, 0) == 0 && pwrite(memory_file, data, size, 0) == (ssize_t)size, "there is room for the file");
}

static void look_at(const struct packet *p)
{
	volatile uint8_t sum = 0;

	for (size_t i = 0; i < p->data.len; i++)
		sum = (uint8_t)(sum + p->data.data[i]);
	fuzz_expect(frame_number(p->frame) > 0, "frames count from 1");
}

static void read_all(struct source *s)
{
	struct packet packet;
	uint64_t done, total;

	for (unsigned n = 0; n < PACKETS_MAX && source_next(s, &packet) == SOURCE_PACKET; n++)
		look_at(&packet);
	source_progress(s, &done, &total);
	fuzz_expect(done <= total || !total, "no more is read than there is");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char path[64];
	char *files[] = { path, path };
	bool twice = size && data[size - 1] & 1;
	struct source *s;

	keep(data, size);
	snprintf(path, sizeof path, "/proc/self/fd/%d", memory_file);
	s = source_open_files(files, twice ? 2 : 1, NULL);
	if (s)
		read_all(s);
	source_close(s);
	return 0;
}

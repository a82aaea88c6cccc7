/* How fast packets are read and opened, beside a loop of libpcap that does nothing with them. See README.md. */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "packet/decap.h"
#include "packet/mirror.h"
#include "packet/source.h"

enum stage { STAGE_SOURCE, STAGE_DECAP, STAGE_MIRROR };

/* Of the processor, not of the wall: other programs do not count. */
static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void report(const char *what, unsigned long packets, double seconds)
{
	printf("%-16s %9lu packets %7.3f s %6.2f million a second\n", what, packets, seconds, (double)packets / seconds * 1e-6);
}

/* ---- making a capture ---- */

static void little(FILE *f, uint32_t n)
{
	for (unsigned i = 0; i < 4; i++)
		putc_unlocked((int)(n >> 8 * i & 255), f);
}

/* TCP segments without payload on a tagged Ethernet, a microsecond apart, of many connections. */
static void write_packet(FILE *f, uint32_t number)
{
	uint8_t frame[64] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x81, 0, 0, 20, 8, 0, 0x45, 0, 0, 40 };

	frame[22] = (uint8_t)(number >> 8);
	frame[23] = (uint8_t)number;
	frame[26] = 64;
	frame[27] = 6;
	memcpy(frame + 30, "\x0a\0\0\1\x0a\0\0\2\x9c\x40\1\xbb", 12);
	frame[32] = (uint8_t)(number >> 16);
	frame[50] = 0x50;
	frame[51] = 0x10;
	little(f, number / 1000000);
	little(f, number % 1000000);
	little(f, sizeof frame);
	little(f, sizeof frame);
	fwrite(frame, sizeof frame, 1, f);
}

static int generate(const char *path, unsigned long packets)
{
	FILE *f = fopen(path, "wb");

	if (!f) {
		perror(path);
		return 1;
	}
	little(f, 0xa1b2c3d4);
	little(f, 4u << 16 | 2);
	little(f, 0);
	little(f, 0);
	little(f, 65535);
	little(f, 1);
	for (uint32_t n = 0; n < packets; n++)
		write_packet(f, n);
	return fclose(f) ? 1 : 0;
}

/* ---- reading it ---- */

static int time_libpcap(const char *path)
{
	char why[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *header;
	const unsigned char *data;
	unsigned long packets = 0;
	double begin = now();
	pcap_t *p = pcap_open_offline(path, why);

	if (!p) {
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	while (pcap_next_ex(p, &header, &data) == 1)
		packets++;
	pcap_close(p);
	report("libpcap", packets, now() - begin);
	return 0;
}

static int time_stage(char *path, enum stage stage, const char *name)
{
	struct decap_counters counters = { 0 };
	struct mirror *mirror = mirror_new();
	struct packet packet;
	struct layers layers;
	unsigned long packets = 0;
	double begin = now();
	struct source *s = source_open_files(&path, 1, NULL);

	if (!s)
		return 1;
	while (source_next(s, &packet) == SOURCE_PACKET) {
		packets++;
		if (stage >= STAGE_DECAP && decap_packet(&packet, &layers, &counters) && stage >= STAGE_MIRROR)
			mirror_is_copy(mirror, &packet, &layers);
	}
	source_close(s);
	mirror_free(mirror);
	report(name, packets, now() - begin);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "generate") == 0)
		return generate(argv[2], strtoul(argv[3], NULL, 10));
	if (argc == 3 && strcmp(argv[1], "empty") == 0)
		return time_libpcap(argv[2]);
	if (argc != 2) {
		fputs("usage: pcap-loop FILE\n       pcap-loop empty FILE\n       pcap-loop generate FILE PACKETS\n", stderr);
		return 2;
	}
	return time_libpcap(argv[1]) | time_stage(argv[1], STAGE_SOURCE, "source") | time_stage(argv[1], STAGE_DECAP, "source+decap") |
		time_stage(argv[1], STAGE_MIRROR, "..+mirror");
}

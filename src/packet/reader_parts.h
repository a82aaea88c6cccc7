/* What the two file formats share inside the reader. */
#ifndef PACKET_READER_PARTS_H
#define PACKET_READER_PARTS_H

#include "packet/input.h"
#include "packet/reader.h"

enum {
	/* No packet is longer: what claims to be is damage. libpcap's bound for everything but USB and D-Bus; a snap length may ask for more, up to: */
	PACKET_MAX = 262144, SNAP_MAX = 16 * 1024 * 1024,
	LINKS_MAX = 8,          /* link types of one file that capture_info lists */
	WHY_LEN = 160,
};

/* What a format makes of the next octets. */
enum record {
	RECORD_PACKET,
	RECORD_END,             /* the input ends between two records */
	RECORD_CUT,             /* the input ends inside one */
	RECORD_DAMAGED,         /* reader.why tells */
};

/* An interface as pcapng describes it, or the one of a pcap file. */
struct port {
	uint16_t link_type;
	uint8_t time_digits;
	uint32_t snap;          /* 0: no bound */
	uint64_t units;         /* of time stamps, a second */
	uint32_t ns_per_unit;   /* 0 where that is no whole number */
	int64_t offset_ns;      /* to be added to time stamps */
	uint64_t dropped;       /* as its last statistics tell */
};

struct reader {
	struct input in;
	struct capture_info info;
	unsigned file;
	enum record (*next)(struct reader *r, struct packet *ret);
	enum source_answer ended;       /* SOURCE_PACKET while it has not */
	uint64_t number;                /* of the frame before */
	int64_t before_ns;              /* time of the packet before */
	uint16_t links[LINKS_MAX];
	unsigned link_count;
	char why[WHY_LEN];

	bool big_endian;                /* of the file, in pcapng of the section */
	struct port *ports;
	uint32_t port_count;
	size_t pcap_header;             /* octets in front of each packet of a pcap file */
	bool pcap_swapped;              /* wire length in front of captured length: before version 2.3 */
	bool pcap_unsure;               /* version 2.3: perhaps */
};

/* The format's file header; the magic number is there and right. False after RECORD_CUT or RECORD_DAMAGED, which *ret_record tells. */
bool pcap_recognise(struct span start);
enum record pcap_start(struct reader *r);
bool pcapng_recognise(struct span start);
enum record pcapng_start(struct reader *r);

/* Remembers a link type for capture_info, and says so once where packets of it are not opened. */
void reader_note_link(struct reader *r, uint16_t link_type);
enum record reader_damaged(struct reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

static inline uint32_t reader_u32(const struct reader *r, struct cursor *c)
{
	return r->big_endian ? cursor_be32(c) : cursor_le32(c);
}

static inline uint16_t reader_u16(const struct reader *r, struct cursor *c)
{
	return r->big_endian ? cursor_be16(c) : cursor_le16(c);
}

#endif

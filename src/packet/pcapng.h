/*
 * The pcapng format (draft-ietf-opsawg-pcapng), what its reader and its writers share: numbers, and the octets of blocks.
 *
 *      type | total length | body, padded to 32 bits | total length again
 *
 * A body is made in a text, whose maximum must be large enough for it, and goes out with pcapng_write_block. Little-endian whatever the machine.
 */
#ifndef PACKET_PCAPNG_H
#define PACKET_PCAPNG_H

#include <stdio.h>

#include "base/text.h"

enum pcapng_block {
	PCAPNG_INTERFACE = 1, PCAPNG_PACKET = 2, PCAPNG_SIMPLE = 3, PCAPNG_STATISTICS = 5, PCAPNG_ENHANCED = 6, PCAPNG_JOURNAL = 9, PCAPNG_CUSTOM = 0x0bad,
	PCAPNG_CUSTOM_PRIVATE = 0x40000bad, PCAPNG_SECTION = 0x0a0d0d0a,
};

/* Codes of options: of any block, of a section, of an interface, of statistics. */
enum { PCAPNG_OPTION_END = 0, PCAPNG_OPTION_COMMENT = 1 };
enum { PCAPNG_OPTION_APPLICATION = 4 };
enum { PCAPNG_OPTION_NAME = 2, PCAPNG_OPTION_DESCRIPTION = 3, PCAPNG_OPTION_TSRESOL = 9, PCAPNG_OPTION_TSOFFSET = 14 };
enum { PCAPNG_OPTION_IFDROP = 5, PCAPNG_OPTION_OSDROP = 7 };

enum {
	PCAPNG_BLOCK_HEADER = 8, PCAPNG_BLOCK_FRAME = 12,       /* octets around a body: in front of it, and with the length behind it */
	PCAPNG_ORDER_MAGIC = 0x1a2b3c4d, PCAPNG_VERSION = 1,
};

/* A number of so many octets. */
void pcapng_put(struct text *body, uint64_t n, unsigned octets);

/* A value of at most 65535 octets; padded. */
void pcapng_put_option(struct text *body, uint16_t code, struct span value);
void pcapng_put_number_option(struct text *body, uint16_t code, uint64_t n, unsigned octets);
void pcapng_end_options(struct text *body);

/* The body of a section header without its options; that of an interface without them (`snap` 0: no bound); that of an enhanced packet without them. */
void pcapng_put_section(struct text *body);
void pcapng_put_interface(struct text *body, uint16_t link_type, uint32_t snap);
void pcapng_put_packet(struct text *body, uint32_t interface, uint64_t stamp, struct span data, uint32_t wire_len);

/* The digits of a second that an interface is written with, whose packets have `digits`; and a time as its packets bear it: not negative. */
uint8_t pcapng_digits(unsigned digits);
uint64_t pcapng_stamp(uint8_t interface_digits, uint64_t ns);

/* Writes the block and empties the body. False where the file does not take it: errno tells. */
bool pcapng_write_block(FILE *out, uint32_t type, struct text *body);

#endif

/* One capture file, packet by packet: pcap or pcapng, compressed or not. What is wrong with it is logged here, once, with its name. */
#ifndef PACKET_READER_H
#define PACKET_READER_H

#include "packet/source.h"

struct reader;

/* Reads the file header. NULL where the file cannot be read at all. `file` is its index, from 0; `name` must live as long as the reader. `window`: octets
 * that are read at once. */
struct reader *reader_open(const char *name, unsigned file, size_t window);

/* The next packet; its data are good until the next call. SOURCE_END also where the file is damaged or ends in the middle: then
 * reader_capture tells cut_short. SOURCE_ERROR where the system could not read on. */
enum source_answer reader_next(struct reader *r, struct packet *ret);
struct capture_info *reader_capture(struct reader *r);
/* See source_progress; *ret_size is 0 when unknown. */
void reader_progress(const struct reader *r, uint64_t *ret_done, uint64_t *ret_size);
void reader_close(struct reader *r);

#endif

/*
 * Where packets come from. One interface for a file, several files as one timeline, and (later) an interface or a paced replay.
 *
 * A source yields packets in order of packet time within its own order: several files are merged by time, each file keeps its own order.
 */
#ifndef PACKET_SOURCE_H
#define PACKET_SOURCE_H

#include "packet/packet.h"

enum source_answer {
	SOURCE_PACKET,          /* *ret is filled; its spans are good until the next call */
	SOURCE_END,
	SOURCE_ERROR,           /* nothing more comes; what came before is good; the reason was logged */
};

/* What one input turned out to be: the `captures` of the report (contract section 3). Strings belong to the source. */
struct capture_info {
	const char *file;               /* as given; "-" for standard input */
	char link_type[64];             /* "EN10MB", several joined by ","; tcpdump's names */
	uint64_t packets, bytes;        /* bytes on the wire */
	int64_t first_ns, last_ns;      /* smallest and largest packet time; meaningless without packets */
	uint8_t time_digits;
	uint64_t malformed;             /* messages that no dissector could read whole; the pipeline counts them */
	uint64_t snapped;               /* packets cut by the snap length */
	uint64_t backwards;             /* packets older than the one before them in their file */
	uint64_t dropped;               /* packets that the capturing system says it lost (pcapng); 0 where it says nothing */
	bool cut_short;                 /* the file ends in the middle */
};

struct source;

/* Opens all `count` files ("-" is standard input) as one timeline. `filter` is a tcpdump expression that matches tagged frames as it matches
 * untagged ones, or NULL. NULL where any of them cannot be read at all or the filter is wrong: the reason was logged in one line with its name. */
struct source *source_open_files(char *const *files, unsigned count, const char *filter);
enum source_answer source_next(struct source *s, struct packet *ret);
unsigned source_captures(const struct source *s);
struct capture_info *source_capture(struct source *s, unsigned file);
/* Octets read so far of all there are to read on disk (compressed size), for progress; total 0 when unknown. */
void source_progress(const struct source *s, uint64_t *ret_done, uint64_t *ret_total);
void source_close(struct source *s);

#endif

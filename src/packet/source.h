/*
 * Where packets come from. One interface for files, for network interfaces (source_live.h), and for whatever else paces packets.
 *
 * A source yields packets in order of packet time within its own order: several inputs are merged by time, each input keeps its own order.
 */
#ifndef PACKET_SOURCE_H
#define PACKET_SOURCE_H

#include "packet/packet.h"

enum source_answer {
	SOURCE_PACKET,          /* *ret is filled; its spans are good until the next call */
	SOURCE_WAIT,            /* nothing now, perhaps later: source_wait tells when to ask again. Files never say this */
	SOURCE_END,
	SOURCE_ERROR,           /* nothing more comes; what came before is good; the reason was logged */
};

/* What one input turned out to be: the `captures` of the report (contract section 3). Strings belong to the source. */
struct capture_info {
	const char *file;               /* as given; "-" for standard input; the name of an interface */
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
/* After SOURCE_WAIT: ask again once `fd` can be read (-1: there is none), at the latest after so many milliseconds (-1: no matter how long). */
void source_wait(const struct source *s, int *ret_fd, int *ret_timeout_ms);
unsigned source_captures(const struct source *s);
struct capture_info *source_capture(struct source *s, unsigned file);
/* Octets read so far of all there are to read on disk (compressed size), for progress; total 0 when unknown. */
void source_progress(const struct source *s, uint64_t *ret_done, uint64_t *ret_total);
void source_close(struct source *s);

/* ---- for those who make a source: it begins with a struct source, and answers for it as above. `wait` and `progress` may be NULL. ---- */
struct source_type {
	enum source_answer (*next)(struct source *s, struct packet *ret);
	void (*wait)(const struct source *s, int *ret_fd, int *ret_timeout_ms);
	unsigned (*captures)(const struct source *s);
	struct capture_info *(*capture)(struct source *s, unsigned file);
	void (*progress)(const struct source *s, uint64_t *ret_done, uint64_t *ret_total);
	void (*close)(struct source *s);
};

struct source {
	const struct source_type *type;
};

#endif

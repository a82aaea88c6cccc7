/* Packets that can be played more than once: files that are opened again, or all their packets in memory. */
#ifndef REPLAY_TAPE_H
#define REPLAY_TAPE_H

#include "packet/source.h"
#include "verdict/report.h"

struct tape;

/* Opens the files as source_open_files does; with `keep` reads all their packets into memory. NULL after a logged line. */
struct tape *tape_of_files(char *const *files, unsigned count, const char *filter, bool keep);

/* Of packets that were kept, which are copied. */
struct tape *tape_of_packets(const struct packet_report *packets, size_t count);

/* As source_next; from memory, spans are good as long as the tape. */
enum source_answer tape_next(struct tape *t, struct packet *ret);

/* Begins from the front again. False after a logged line: a file cannot be opened any more. What is wrong in the files is said in the first pass only. */
bool tape_rewind(struct tape *t);

/* When the captures begin, whatever the filter passes over; false where there is no packet. */
bool tape_start(const struct tape *t, int64_t *ret_ns);

/* What the captures are, each as if it had been read to its end: reads them once, unless they are in memory, and rewinds. Good as long as the tape; `malformed`
 * stays 0. 0 and NULL of packets that were kept. False after a logged line. */
bool tape_captures(struct tape *t, struct capture_info **ret, unsigned *ret_count);

/* The source, for its captures and its progress; NULL of packets that were kept. */
struct source *tape_source(const struct tape *t);
void tape_free(struct tape *t);

#endif

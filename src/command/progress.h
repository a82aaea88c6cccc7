/*
 * How far reading has come, for whoever waits at a terminal: one line on stderr that is written anew a few times a second and is gone at the end.
 * Silent where stderr is no terminal, where stdout goes into a pipe (whatever reads it may own the terminal), and for the first second.
 */
#ifndef COMMAND_PROGRESS_H
#define COMMAND_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline.h"

/* Shows how far pipeline_run comes. With `output_flows`, stdout is written to while reading: then a terminal there keeps it silent, too. */
void progress_start(struct pipeline *p, bool output_flows);

/* Takes the line away; does nothing where there is none. Every line of base/log.h does that by itself before it is written. */
void progress_end(void);

enum { PROGRESS_TEXT = 160 };

/* The line itself: "1.2 GB of 4.8 GB, 25 %, 410000 packets/s, 12 s left"; `total` 0 where it is not known. Returns out. */
const char *progress_line(uint64_t done, uint64_t total, uint64_t packets, int64_t elapsed_ns, char out[PROGRESS_TEXT]);

#endif

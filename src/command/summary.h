/* What was passed over while reading, a line each on stderr, for those who asked with -v. */
#ifndef COMMAND_SUMMARY_H
#define COMMAND_SUMMARY_H

#include "pipeline.h"

/* After pipeline_finish: malformed messages, messages that are sealed, encapsulations that were not opened, copies of a mirror port, holes. */
void summary_log(const struct pipeline *p);

#endif

/* A list of stored sign-ins as the report that a summary is made of. */
#ifndef COMMAND_STORED_SUMMARY_H
#define COMMAND_STORED_SUMMARY_H

#include "sink/store_read.h"

/* Phones by address, each with its sign-ins in the order of the list: who, when, how it ended and why, and nothing else. In the arena. */
const struct report *stored_summary(struct arena *a, const struct store_entry *entries, size_t count);

#endif

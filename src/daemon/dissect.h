/*
 * The process that captures and dissects: it parses what strangers send and therefore owns nothing but its packet sockets and two lines to the others.
 */
#ifndef DAEMON_DISSECT_H
#define DAEMON_DISSECT_H

#include "daemon/settings.h"
#include "daemon/control.h"
#include "daemon/privilege.h"

/* The whole life of the process, after fork. `again`: it takes the place of one that broke down, so that an interface may be missing. */
int dissect_process(const struct config *config, const struct identity *who, struct shared *shared, int data, int control, bool again);

/* Octets of address space that it may take with this configuration. */
size_t dissect_memory(const struct config *config);

#endif

/*
 * The parent of the daemon's processes. It parses nothing but the configuration; it starts the two, passes on what they log, and starts them again.
 *
 *     supervisor (CAP_NET_RAW ...)
 *      ├── dissecting process: packet sockets ── messages ──▶ ┐   no files, no capability, system calls on a list
 *      └── writer: store, metrics ◀───────────────────────────┘   no packets, no capability, system calls on a list
 *
 * A dissecting process that breaks down takes the writer with it, once that has stored what it was told; both are started again. A writer that breaks
 * down is replaced alone: what it had not stored is told to the next one. A violation of the messages ends both.
 */
#ifndef DAEMON_SUPERVISOR_H
#define DAEMON_SUPERVISOR_H

#include "daemon/settings.h"

/* Runs until it is told to stop (SIGTERM, SIGINT); the program's exit status. SIGHUP reads the configuration anew, from the same arguments. Takes
 * `config` over. */
int supervise(struct config *config, int argc, char **argv);

#endif

/*
 * The process that owns the store and the metrics. It hears of packets only what the dissecting process says in checked messages (message.h).
 */
#ifndef DAEMON_WRITER_H
#define DAEMON_WRITER_H

#include "daemon/settings.h"
#include "daemon/privilege.h"

/* The whole life of the process, after fork: `data` leads to the dissecting process, `control` to the supervisor. Its exit status (control.h). */
int writer_process(const struct config *config, const struct identity *who, int data, int control);

#endif

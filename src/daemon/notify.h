/* What a service manager is told (sd_notify(3)); nothing where there is none, or the program was built without libsystemd. */
#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

#include <stdint.h>

void notify_ready(void);
void notify_reloading(void);
void notify_stopping(void);
void notify_status(uint64_t phones, uint64_t attempts);
void notify_alive(int64_t now_ns);      /* as often as anybody likes; monotonic */

#endif

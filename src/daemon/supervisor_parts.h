/* What the supervisor's files share: its state, and who does what to it. */
#ifndef DAEMON_SUPERVISOR_PARTS_H
#define DAEMON_SUPERVISOR_PARTS_H

#include "daemon/control.h"
#include "daemon/privilege.h"
#include "daemon/process.h"
#include "daemon/settings.h"

enum state {
	STATE_STARTING,                 /* the first time: who cannot start ends all */
	STATE_RUNNING,
	STATE_ENDING_PAIR,              /* one of the two has ended, or is to end; the other follows */
	STATE_WAITING,                  /* until restart_ns */
	STATE_STOPPING,
};

struct supervisor {
	struct config *config;
	int argc;
	char **argv;
	struct identity who, keeper;    /* of the process that reads packets; of the one that writes the store */
	struct shared *shared;
	struct process dissector, writer, retiring;     /* `retiring`: a writer that stores its last reports beside its successor */
	enum state state;
	bool again;                     /* not the first pair */
	unsigned changed;               /* of the configuration (enum config_change), and not yet known to the processes */
	int64_t restart_ns, writer_restart_ns, kill_ns; /* monotonic; INT64_MAX: not now */
	int signals;
	int status;
};

int64_t supervisor_now(void);           /* monotonic */
void supervisor_log(const struct config *c, bool started);

/* supervisor_pair.c. What cannot be started now, though it could before, is tried again. */
bool pair_start(struct supervisor *s);
void pair_end(struct supervisor *s, int64_t restart_ns);
void pair_start_again(struct supervisor *s);
void pair_kill(struct supervisor *s);
void writer_replace(struct supervisor *s);      /* where there is none */
void writer_retire(struct supervisor *s);       /* another one takes its place at once */
void supervisor_stop(struct supervisor *s, int status);
int64_t supervisor_backoff(unsigned failures);

/* supervisor_ended.c: the end of its processes, as the system tells of it. */
void supervisor_reap(struct supervisor *s);

/* supervisor_signals.c. From supervisor_take_signals on no signal that it knows ends it in between; they are read where it can act on them. */
bool supervisor_take_signals(struct supervisor *s);
void supervisor_read_signals(struct supervisor *s);
void supervisor_apply(struct supervisor *s);    /* what the configuration has changed, as soon as that is possible */

#endif

/* One of the supervisor's two processes, as the supervisor sees it. */
#ifndef DAEMON_PROCESS_H
#define DAEMON_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct process {
	const char *name;
	pid_t pid;                      /* 0: there is none */
	int control, log;               /* its socket, and the pipe that its lines come through; -1 without */
	bool ready;
	int64_t started_ns, alive_ns;   /* monotonic; the last sign of life */
	unsigned failures;              /* in a row */
	char line[2100];
	size_t line_len;
};

/* Forks. In the child: 0, with *ret_control, lines going to the supervisor, signals at rest, and all descriptors closed but that and `kept`. In the parent:
 * its number; -1 after a logged line. */
pid_t process_start(struct process *p, const char *name, int kept, int *ret_control, int64_t now_ns);

/* Says its lines, as far as they came. */
void process_relay(struct process *p, int64_t now_ns);

/* It has ended: says its last lines and closes what led to it. */
void process_ended(struct process *p, int64_t now_ns);

#endif

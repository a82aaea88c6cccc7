/* The two processes that do the work: started, replaced, ended. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/moment.h"
#include "daemon/dissect.h"
#include "daemon/notify.h"
#include "daemon/supervisor_parts.h"
#include "daemon/writer.h"

enum {
	BACKOFF_MS = 100, BACKOFF_MOST_MS = 30000,
	END_S = 5,                      /* for the other one of a pair to end */
	STOP_MS = 1850,
};

int64_t supervisor_backoff(unsigned failures)
{
	int64_t ms = BACKOFF_MS;

	for (unsigned i = 1; i < failures && ms < BACKOFF_MOST_MS; i++)
		ms *= 2;
	return (ms < BACKOFF_MOST_MS ? ms : BACKOFF_MOST_MS) * NS_PER_MS;
}

/* ---- starting ---- */

static bool make_line(int ret[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ret) == 0)
		return true;
	log_error("a line between the processes: %s", strerror(errno));
	return false;
}

static bool start_dissector(struct supervisor *s, int data)
{
	int control;
	pid_t pid = process_start(&s->dissector, "the dissecting process", data, &control, supervisor_now());

	if (pid == 0)
		_exit(dissect_process(s->config, &s->who, s->shared, data, control, s->again));
	return pid > 0;
}

static bool start_writer(struct supervisor *s, int data)
{
	int control;
	pid_t pid = process_start(&s->writer, "the writer", data, &control, supervisor_now());

	if (pid == 0)
		_exit(writer_process(s->config, &s->keeper, data, control));
	return pid > 0;
}

bool pair_start(struct supervisor *s)
{
	int line[2];
	bool good;

	if (!make_line(line))
		return false;
	good = start_writer(s, line[0]) && start_dissector(s, line[1]);
	close(line[0]);
	close(line[1]);
	s->state = s->again ? STATE_RUNNING : STATE_STARTING;
	s->again = true;
	s->changed = CHANGE_NONE;
	s->restart_ns = s->writer_restart_ns = s->kill_ns = INT64_MAX;
	return good;
}

/* A system that has no room for a process now may have it later. */
void pair_start_again(struct supervisor *s)
{
	if (!pair_start(s))
		pair_end(s, supervisor_now() + supervisor_backoff(++s->dissector.failures));
}

/* The dissecting process goes on; its line to the writer is another one from here. */
void writer_replace(struct supervisor *s)
{
	int line[2];
	bool good = make_line(line);

	if (good) {
		good = start_writer(s, line[0]);
		if (good && s->dissector.control >= 0)
			control_send(s->dissector.control, &(struct control){ .kind = CONTROL_WRITER }, line[1]);
		close(line[0]);
		close(line[1]);
	}
	s->writer_restart_ns = good ? INT64_MAX : supervisor_now() + supervisor_backoff(++s->writer.failures);
	if (good)
		s->changed &= ~(unsigned)CHANGE_STORE;
}

void writer_retire(struct supervisor *s)
{
	s->retiring = s->writer;
	s->writer = (struct process){ .control = -1, .log = -1 };
	writer_replace(s);
}

/* ---- ending ---- */

static void kill_process(const struct process *p)
{
	if (p->pid)
		kill(p->pid, SIGKILL);
}

void pair_kill(struct supervisor *s)
{
	kill_process(&s->dissector);
	kill_process(&s->writer);
	kill_process(&s->retiring);
}

void pair_end(struct supervisor *s, int64_t restart_ns)
{
	s->state = STATE_ENDING_PAIR;
	s->restart_ns = restart_ns;
	s->writer_restart_ns = INT64_MAX;
	s->kill_ns = supervisor_now() + END_S * NS_PER_S;
	if (s->dissector.pid && s->dissector.control >= 0)
		control_send(s->dissector.control, &(struct control){ .kind = CONTROL_STOP }, -1);
}

void supervisor_stop(struct supervisor *s, int status)
{
	if (s->state == STATE_STOPPING)
		return;
	notify_stopping();
	pair_end(s, INT64_MAX);
	s->state = STATE_STOPPING;
	s->status = status;
	s->kill_ns = supervisor_now() + STOP_MS * NS_PER_MS;
}


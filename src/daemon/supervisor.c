#include "daemon/supervisor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/moment.h"
#include "daemon/background.h"
#include "daemon/notify.h"
#include "daemon/supervisor_parts.h"

enum {
	HANG_DISSECTOR_S = 20, HANG_WRITER_S = 60, HANG_RETIRING_S = 10,        /* without a sign of life; the last one is in its successor's way */
	START_S = 30,                   /* until both must be ready, the first time */
};

int64_t supervisor_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

/* ---- what the processes say ---- */

static void heard(struct supervisor *s, struct process *p, const struct control *c)
{
	p->alive_ns = supervisor_now();
	switch (c->kind) {
	case CONTROL_READY: p->ready = true; break;
	case CONTROL_ALIVE:
		if (p == &s->dissector)
			notify_status(c->phones, c->attempts);
		break;
	case CONTROL_REOPEN:
		if (p == &s->dissector && s->state == STATE_RUNNING)
			pair_end(s, supervisor_now());
		break;
	default: break;
	}
}

static void listen_to(struct supervisor *s, struct process *p)
{
	enum control_answer answer = CONTROL_GOT;
	struct control c;
	int fd;

	process_relay(p, supervisor_now());
	while (p->control >= 0 && answer == CONTROL_GOT) {
		answer = control_receive(p->control, &c, &fd);
		if (fd >= 0)
			close(fd);
		if (answer == CONTROL_GOT)
			heard(s, p, &c);
	}
	if (answer == CONTROL_GONE) {
		close(p->control);
		p->control = -1;
	}
}

/* A process that is stuck says nothing. The abort lets it leave the packet that it is stuck with. */
static void check_life(struct process *p, int64_t at, int seconds)
{
	if (!p->pid || at - p->alive_ns < seconds * NS_PER_S)
		return;
	log_error("%s (%d) gave no sign of life for %d s: it is ended", p->name, (int)p->pid, seconds);
	kill(p->pid, SIGABRT);
	poll(NULL, 0, 100);
	kill(p->pid, SIGKILL);
	p->alive_ns = at;
}

static void check_start(struct supervisor *s, int64_t at)
{
	if (s->state != STATE_STARTING)
		return;
	if (s->dissector.ready && s->writer.ready) {
		s->state = STATE_RUNNING;
		background_ready(s->config->pid_file);
		supervisor_log(s->config, true);
		notify_ready();
		log_notice("capturing on %s%s as %s", s->config->interfaces[0], s->config->interface_count > 1 ? " and others" : "", s->who.name);
	} else if (at - s->dissector.started_ns > START_S * NS_PER_S) {
		log_error("the processes do not get ready");
		supervisor_stop(s, EXIT_CANNOT);
	}
}

static void check_deadlines(struct supervisor *s)
{
	int64_t at = supervisor_now();

	check_start(s, at);
	check_life(&s->dissector, at, HANG_DISSECTOR_S);
	check_life(&s->writer, at, HANG_WRITER_S);
	check_life(&s->retiring, at, HANG_RETIRING_S);
	if (at >= s->kill_ns) {
		pair_kill(s);
		s->kill_ns = INT64_MAX;
	}
	if (s->state == STATE_ENDING_PAIR && !s->dissector.pid && !s->writer.pid)
		s->state = STATE_WAITING;
	if (s->state == STATE_WAITING && at >= s->restart_ns) {
		s->shared->restarts++;
		pair_start_again(s);
	}
	if (s->state == STATE_RUNNING && at >= s->writer_restart_ns) {
		s->shared->restarts++;
		writer_replace(s);
	}
	supervisor_apply(s);
	notify_alive(at);
}

/* ---- the loop ---- */

static void wait_for_something(struct supervisor *s)
{
	struct pollfd fds[] = {
		{ .fd = s->signals, .events = POLLIN },
		{ .fd = s->dissector.pid ? s->dissector.control : -1, .events = POLLIN }, { .fd = s->dissector.pid ? s->dissector.log : -1, .events = POLLIN },
		{ .fd = s->writer.pid ? s->writer.control : -1, .events = POLLIN }, { .fd = s->writer.pid ? s->writer.log : -1, .events = POLLIN },
		{ .fd = s->retiring.pid ? s->retiring.log : -1, .events = POLLIN },
	};

	/* A pipe whose other end is closed stays ready until its process is reaped. */
	poll(fds, sizeof fds / sizeof fds[0], 100);
}

static void loop(struct supervisor *s)
{
	while (s->state != STATE_STOPPING || s->dissector.pid || s->writer.pid || s->retiring.pid) {
		wait_for_something(s);
		supervisor_read_signals(s);
		if (s->dissector.pid)
			listen_to(s, &s->dissector);
		if (s->writer.pid)
			listen_to(s, &s->writer);
		if (s->retiring.pid)
			listen_to(s, &s->retiring);
		supervisor_reap(s);
		check_deadlines(s);
	}
}

int supervise(struct config *config, int argc, char **argv)
{
	const struct process none = { .control = -1, .log = -1 };
	struct supervisor s = {
		.config = config, .argc = argc, .argv = argv, .dissector = none, .writer = none, .retiring = none, .restart_ns = INT64_MAX,
		.writer_restart_ns = INT64_MAX, .kill_ns = INT64_MAX, .status = EXIT_CANNOT,
	};

	if (!supervisor_take_signals(&s)) {
		log_error("signals: %s", strerror(errno));
		return EXIT_CANNOT;
	}
	if (!identity_find(config->user, &s.who) || !background_start(config->background, config->pid_file))
		return EXIT_CANNOT;
	supervisor_log(config, false);
	/* A user that was named is meant. */
	s.keeper = config->user ? s.who : identity_of_store(&s.who, config->db);
	s.shared = shared_new();
	if (!s.shared) {
		log_error("memory that the processes share: %s", strerror(errno));
		background_end(config->pid_file);
		return EXIT_CANNOT;
	}
	privilege_keep_little();
	if (!pair_start(&s))
		supervisor_stop(&s, EXIT_CANNOT);
	loop(&s);
	background_end(config->pid_file);
	close(s.signals);
	return s.status;
}

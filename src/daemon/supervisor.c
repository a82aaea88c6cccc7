#include "daemon/supervisor.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/moment.h"
#include "daemon/background.h"
#include "daemon/breakdown.h"
#include "daemon/control.h"
#include "daemon/dissect.h"
#include "daemon/notify.h"
#include "daemon/process.h"
#include "daemon/writer.h"

enum {
	BACKOFF_MS = 100, BACKOFF_MOST_MS = 30000,
	PROVEN_S = 60,                  /* who lived so long did not fail at the start */
	HANG_DISSECTOR_S = 20, HANG_WRITER_S = 60,      /* without a sign of life */
	STOP_MS = 1850,
	START_S = 30,                   /* until both must be ready, the first time */
};

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
	int64_t restart_ns, writer_restart_ns, kill_ns; /* monotonic; INT64_MAX: not now */
	int signals;
	int status;
};

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

static int64_t backoff_ns(unsigned failures)
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
	pid_t pid = process_start(&s->dissector, "the dissecting process", data, &control, now());

	if (pid == 0)
		_exit(dissect_process(s->config, &s->who, s->shared, data, control, s->again));
	return pid > 0;
}

static bool start_writer(struct supervisor *s, int data)
{
	int control;
	pid_t pid = process_start(&s->writer, "the writer", data, &control, now());

	if (pid == 0)
		_exit(writer_process(s->config, &s->keeper, data, control));
	return pid > 0;
}

static bool start_pair(struct supervisor *s)
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
	s->restart_ns = s->writer_restart_ns = s->kill_ns = INT64_MAX;
	return good;
}

/* The dissecting process goes on; its line to the writer is another one from here. */
static void replace_writer(struct supervisor *s)
{
	int line[2];

	s->writer_restart_ns = INT64_MAX;
	if (!make_line(line))
		return;
	if (start_writer(s, line[0]) && s->dissector.control >= 0)
		control_send(s->dissector.control, &(struct control){ .kind = CONTROL_WRITER }, line[1]);
	close(line[0]);
	close(line[1]);
}

/* ---- ending ---- */

static void kill_process(const struct process *p, int signal_number)
{
	if (p->pid)
		kill(p->pid, signal_number);
}

static void end_pair(struct supervisor *s, int64_t restart_ns)
{
	s->state = STATE_ENDING_PAIR;
	s->restart_ns = restart_ns;
	s->writer_restart_ns = INT64_MAX;
	s->kill_ns = now() + 5 * NS_PER_S;
	if (s->dissector.pid && s->dissector.control >= 0)
		control_send(s->dissector.control, &(struct control){ .kind = CONTROL_STOP }, -1);
}

static void stop(struct supervisor *s, int status)
{
	if (s->state == STATE_STOPPING)
		return;
	notify_stopping();
	end_pair(s, INT64_MAX);
	s->state = STATE_STOPPING;
	s->status = status;
	s->kill_ns = now() + STOP_MS * NS_PER_MS;
}

/* The file is written by a process that is the same user as the one that writes the store: the folder is theirs. */
static void save_packet(struct supervisor *s)
{
	char path[CRASH_PATH], folder[CRASH_PATH];
	const char *slash = strrchr(s->config->db, '/');
	struct timespec t;
	pid_t pid;

	if (!s->shared->crash_len) {
		log_warning("no packet was in hand when it ended");
		return;
	}
	if (s->config->crash_dir)
		snprintf(folder, sizeof folder, "%s", s->config->crash_dir);
	else
		snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - s->config->db) : 1, slash ? s->config->db : ".");
	clock_gettime(CLOCK_REALTIME, &t);
	pid = fork();
	if (pid == 0) {
		if (privilege_drop(&s->keeper, true)) {
			if (breakdown_save(s->shared, *folder ? folder : "/", (int64_t)t.tv_sec * NS_PER_S, path))
				log_warning("the packet in hand was saved as %s: please report it", path);
			else
				log_error("the packet in hand could not be saved%s%s: %s", *path ? " as " : "", path, strerror(errno));
		}
		_exit(0);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
	s->shared->crash_len = 0;
}

/* Who cannot start has said why. */
static void log_end(const struct process *p, int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_CANNOT)
		return;
	if (WIFSIGNALED(status))
		log_error("%s (%d) was ended by signal %d (%s)", p->name, (int)p->pid, WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		log_error("%s (%d) ended with status %d", p->name, (int)p->pid, WEXITSTATUS(status));
}

static void count_failure(struct process *p)
{
	p->failures = now() - p->started_ns >= PROVEN_S * NS_PER_S ? 1 : p->failures + 1;
}

/* ---- what became of a process ---- */

static void dissector_ended(struct supervisor *s, int status)
{
	bool expected = (s->state == STATE_STOPPING || s->state == STATE_ENDING_PAIR) && WIFEXITED(status) && WEXITSTATUS(status) == 0;

	if (!expected) {
		log_end(&s->dissector, status);
		count_failure(&s->dissector);
	}
	if (WIFSIGNALED(status)) {
		s->shared->crashes++;
		save_packet(s);
	}
	process_ended(&s->dissector, now());
	if (s->state == STATE_STARTING)
		stop(s, EXIT_CANNOT);
	else if (s->state == STATE_RUNNING)
		end_pair(s, now() + backoff_ns(s->dissector.failures));
	else if (s->state == STATE_ENDING_PAIR && !expected && s->restart_ns < now() + backoff_ns(s->dissector.failures))
		s->restart_ns = now() + backoff_ns(s->dissector.failures);
}

static void writer_ended(struct supervisor *s, int status)
{
	bool in_order = WIFEXITED(status) && WEXITSTATUS(status) == 0, violated = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_VIOLATION;

	if (!in_order) {
		log_end(&s->writer, status);
		count_failure(&s->writer);
	}
	process_ended(&s->writer, now());
	if (s->state == STATE_STARTING) {
		stop(s, EXIT_CANNOT);
	} else if (s->state == STATE_RUNNING && violated) {
		kill_process(&s->dissector, SIGKILL);
		end_pair(s, now() + backoff_ns(s->writer.failures));
	} else if (s->state == STATE_RUNNING) {
		s->writer_restart_ns = now() + (in_order ? 0 : backoff_ns(s->writer.failures));
	}
}

static void reap(struct supervisor *s)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == s->dissector.pid)
			dissector_ended(s, status);
		else if (pid == s->writer.pid)
			writer_ended(s, status);
		else if (pid == s->retiring.pid)
			process_ended(&s->retiring, now());
	}
}

/* ---- signals ---- */

static void restart_writer(struct supervisor *s)
{
	if (!s->writer.pid || s->retiring.pid)
		return;
	s->retiring = s->writer;
	s->writer = (struct process){ .control = -1, .log = -1 };
	replace_writer(s);
}

/* Each process has the configuration that it was started with: where that is no longer the same, another one takes its place. */
static void apply(struct supervisor *s, unsigned change)
{
	if (change & CHANGE_NEVER)
		log_warning("user, pid-file and daemon are read only at the start");
	if (s->state != STATE_RUNNING)
		return;
	if (change & CHANGE_CAPTURE) {
		end_pair(s, now());
	} else if (change & CHANGE_STORE) {
		restart_writer(s);
	}
}

static void open_log(const struct config *c, bool started)
{
	if (c->syslog || (c->background && started))
		log_to_syslog();
	else
		log_to_stderr();
	log_set_verbosity((int)c->verbosity);
}

static void reload(struct supervisor *s)
{
	struct config fresh;
	unsigned change;

	notify_reloading();
	open_log(s->config, true);
	if (config_read(s->argc, s->argv, &fresh) != 0) {
		log_error("the configuration is wrong: going on with the one before");
		config_free(&fresh);
		notify_ready();
		return;
	}
	change = config_change(s->config, &fresh);
	config_free(s->config);
	*s->config = fresh;
	open_log(s->config, true);
	log_notice("the configuration was read again: %s", change ? "it is another one" : "nothing in it is new");
	apply(s, change);
	notify_ready();
}

static void read_signals(struct supervisor *s)
{
	struct signalfd_siginfo info;

	while (read(s->signals, &info, sizeof info) == (ssize_t)sizeof info)
		switch (info.ssi_signo) {
		case SIGTERM:
		case SIGINT: stop(s, EXIT_SUCCESS); break;
		case SIGHUP: reload(s); break;
		case SIGUSR1:
			if (s->dissector.control >= 0)
				control_send(s->dissector.control, &(struct control){ .kind = CONTROL_COUNTERS }, -1);
			break;
		default: break;         /* SIGCHLD: reap is called anyway */
		}
}

static bool take_signals(struct supervisor *s)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGCHLD);
	signal(SIGPIPE, SIG_IGN);
	sigprocmask(SIG_BLOCK, &set, NULL);
	s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return s->signals >= 0;
}

/* ---- what the processes say ---- */

static void heard(struct supervisor *s, struct process *p, const struct control *c)
{
	p->alive_ns = now();
	switch (c->kind) {
	case CONTROL_READY: p->ready = true; break;
	case CONTROL_ALIVE:
		if (p == &s->dissector)
			notify_status(c->phones, c->attempts);
		break;
	case CONTROL_REOPEN:
		if (p == &s->dissector && s->state == STATE_RUNNING)
			end_pair(s, now());
		break;
	default: break;
	}
}

static void listen_to(struct supervisor *s, struct process *p)
{
	enum control_answer answer = CONTROL_GOT;
	struct control c;
	int fd;

	process_relay(p, now());
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
	kill_process(p, SIGABRT);
	poll(NULL, 0, 100);
	kill_process(p, SIGKILL);
	p->alive_ns = at;
}

static void check_start(struct supervisor *s, int64_t at)
{
	if (s->state != STATE_STARTING)
		return;
	if (s->dissector.ready && s->writer.ready) {
		s->state = STATE_RUNNING;
		background_ready(s->config->pid_file);
		open_log(s->config, true);
		notify_ready();
		log_notice("capturing on %s%s as %s", s->config->interfaces[0], s->config->interface_count > 1 ? " and others" : "", s->who.name);
	} else if (at - s->dissector.started_ns > START_S * NS_PER_S) {
		log_error("the processes do not get ready");
		stop(s, EXIT_CANNOT);
	}
}

static void check_deadlines(struct supervisor *s)
{
	int64_t at = now();

	check_start(s, at);
	check_life(&s->dissector, at, HANG_DISSECTOR_S);
	check_life(&s->writer, at, HANG_WRITER_S);
	if (at >= s->kill_ns) {
		kill_process(&s->dissector, SIGKILL);
		kill_process(&s->writer, SIGKILL);
		s->kill_ns = INT64_MAX;
	}
	if (s->state == STATE_ENDING_PAIR && !s->dissector.pid && !s->writer.pid)
		s->state = STATE_WAITING;
	if (s->state == STATE_WAITING && at >= s->restart_ns) {
		s->shared->restarts++;
		if (!start_pair(s))
			stop(s, EXIT_FAILURE);
	}
	if (s->state == STATE_RUNNING && at >= s->writer_restart_ns) {
		s->shared->restarts++;
		replace_writer(s);
	}
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
		read_signals(s);
		if (s->dissector.pid)
			listen_to(s, &s->dissector);
		if (s->writer.pid)
			listen_to(s, &s->writer);
		if (s->retiring.pid)
			listen_to(s, &s->retiring);
		reap(s);
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

	if (!identity_find(config->user, &s.who) || !background_start(config->background, config->pid_file))
		return EXIT_CANNOT;
	open_log(config, false);
	/* A user that was named is meant. */
	s.keeper = config->user ? s.who : identity_of_store(&s.who, config->db);
	s.shared = shared_new();
	if (!s.shared || !take_signals(&s)) {
		log_error("%s", strerror(errno));
		return EXIT_CANNOT;
	}
	privilege_keep_little();
	if (!start_pair(&s))
		stop(&s, EXIT_CANNOT);
	loop(&s);
	background_end(config->pid_file);
	return s.status;
}

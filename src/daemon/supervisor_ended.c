/* What became of a process, and what follows from it. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/moment.h"
#include "daemon/breakdown.h"
#include "daemon/supervisor_parts.h"

enum {
	PROVEN_S = 60,                  /* who lived so long did not fail at the start */
	WRITER_LEAST_MS = 100,          /* between the starts of two writers: one whose line leads nowhere ends at once */
};

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
	p->failures = supervisor_now() - p->started_ns >= PROVEN_S * NS_PER_S ? 1 : p->failures + 1;
}

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
	process_ended(&s->dissector, supervisor_now());
	if (s->state == STATE_STARTING)
		supervisor_stop(s, EXIT_CANNOT);
	else if (s->state == STATE_RUNNING)
		pair_end(s, supervisor_now() + supervisor_backoff(s->dissector.failures));
	else if (s->state == STATE_ENDING_PAIR && !expected && s->restart_ns < supervisor_now() + supervisor_backoff(s->dissector.failures))
		s->restart_ns = supervisor_now() + supervisor_backoff(s->dissector.failures);
}

static void writer_ended(struct supervisor *s, int status)
{
	bool in_order = WIFEXITED(status) && WEXITSTATUS(status) == 0, violated = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_VIOLATION;
	int64_t started_ns = s->writer.started_ns;

	if (!in_order) {
		log_end(&s->writer, status);
		count_failure(&s->writer);
	}
	process_ended(&s->writer, supervisor_now());
	if (s->state == STATE_STARTING) {
		supervisor_stop(s, EXIT_CANNOT);
	} else if (s->state == STATE_RUNNING && violated) {
		if (s->dissector.pid)
			kill(s->dissector.pid, SIGKILL);
		pair_end(s, supervisor_now() + supervisor_backoff(s->writer.failures));
	} else if (s->state == STATE_RUNNING) {
		s->writer_restart_ns = in_order ? started_ns + WRITER_LEAST_MS * NS_PER_MS : supervisor_now() + supervisor_backoff(s->writer.failures);
	}
}

void supervisor_reap(struct supervisor *s)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == s->dissector.pid)
			dissector_ended(s, status);
		else if (pid == s->writer.pid)
			writer_ended(s, status);
		else if (pid == s->retiring.pid)
			process_ended(&s->retiring, supervisor_now());
	}
}


#include "daemon/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/moment.h"
#include "daemon/privilege.h"

/* Lines of both processes: so many at once, and so many a second. */
enum { LINES_BURST = 200, LINES_A_SECOND = 20 };

/* ---- starting ---- */

/* Nothing of the terminal, or of who started the daemon, is kept. What a checker (privilege.h) says of a breakdown still has to come out. */
static void leave_standard_files(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; null >= 0 && fd < (PRIVILEGE_CHECKED ? 2 : 3); fd++)
		dup2(null, fd);
	if (null > 2)
		close(null);
}

static void become_child(int log, int control, int kept)
{
	static const int quiet[] = { SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGPIPE };
	const int keep[] = { log, control, kept };
	sigset_t none;

	for (size_t i = 0; i < sizeof quiet / sizeof quiet[0]; i++)
		signal(quiet[i], SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	log_to_pipe(log);
	leave_standard_files();
	privilege_close_others(keep, 3);
}

static bool make_lines(int log[2], int control[2])
{
	if (pipe2(log, O_CLOEXEC | O_NONBLOCK) < 0)
		return false;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control) == 0)
		return true;
	close(log[0]);
	close(log[1]);
	return false;
}

static void close_lines(const int log[2], const int control[2])
{
	for (int i = 0; i < 2; i++) {
		close(log[i]);
		close(control[i]);
	}
}

pid_t process_start(struct process *p, const char *name, int kept, int *ret_control, int64_t now_ns)
{
	int log[2], control[2];
	pid_t pid;

	if (!make_lines(log, control)) {
		log_error("%s: %s", name, strerror(errno));
		return -1;
	}
	pid = fork();
	if (pid < 0) {
		log_error("%s: %s", name, strerror(errno));
		close_lines(log, control);
		return -1;
	}
	if (pid == 0) {
		*ret_control = control[1];
		become_child(log[1], control[1], kept);
		return 0;
	}
	close(log[1]);
	close(control[1]);
	*p = (struct process){
		.name = name, .pid = pid, .control = control[0], .log = log[0], .started_ns = now_ns, .alive_ns = now_ns, .failures = p->failures,
	};
	return pid;
}

/* ---- lines ---- */

/* A network that is out of order would fill the log otherwise. */
static bool may_say(int64_t now_ns)
{
	static int64_t since_ns;
	static double left = LINES_BURST;
	static unsigned long held_back;

	left += (double)(now_ns - since_ns) / (double)NS_PER_S * LINES_A_SECOND;
	if (left > LINES_BURST)
		left = LINES_BURST;
	since_ns = now_ns;
	if (left < 1) {
		held_back++;
		return false;
	}
	left--;
	if (held_back)
		log_warning("%lu lines were left out: there were too many at once", held_back);
	held_back = 0;
	return true;
}

static void say_line(struct process *p, int64_t now_ns)
{
	p->line[p->line_len] = '\0';
	if (p->line_len && may_say(now_ns))
		log_relay(p->line);
	p->line_len = 0;
}

void process_relay(struct process *p, int64_t now_ns)
{
	char octets[4096];
	ssize_t n;

	while (p->log >= 0 && (n = read(p->log, octets, sizeof octets)) > 0)
		for (ssize_t i = 0; i < n; i++) {
			if (octets[i] == '\n' || p->line_len + 1 == sizeof p->line)
				say_line(p, now_ns);
			if (octets[i] != '\n' && octets[i])
				p->line[p->line_len++] = octets[i];
		}
}

void process_ended(struct process *p, int64_t now_ns)
{
	process_relay(p, now_ns);
	say_line(p, now_ns);
	if (p->log >= 0)
		close(p->log);
	if (p->control >= 0)
		close(p->control);
	p->log = p->control = -1;
	p->pid = 0;
	p->ready = false;
}

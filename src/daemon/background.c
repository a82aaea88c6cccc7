#include "daemon/background.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon/control.h"

static int ready_fd = -1, pid_fd = -1;

/* The exit status of who waits: 0 once one octet came, else that of the process that ended without. */
static void wait_until_ready(int from, pid_t child)
{
	char octet;
	int status;

	sigset_t none;

	/* Those that are for the daemon; who waits may be interrupted. */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (read(from, &octet, 1) == 1)
		_exit(EXIT_SUCCESS);
	if (waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status))
		_exit(WEXITSTATUS(status));
	_exit(EXIT_CANNOT);
}

static bool detach(void)
{
	int line[2];
	pid_t child;

	if (pipe2(line, O_CLOEXEC) < 0 || (child = fork()) < 0) {
		log_error("going into the background: %s", strerror(errno));
		return false;
	}
	if (child > 0) {
		close(line[1]);
		wait_until_ready(line[0], child);
	}
	close(line[0]);
	ready_fd = line[1];
	setsid();
	return true;
}

static bool lock_pid_file(const char *path)
{
	pid_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (pid_fd >= 0 && flock(pid_fd, LOCK_EX | LOCK_NB) == 0)
		return true;
	log_error("%s: %s", path, pid_fd >= 0 && errno == EWOULDBLOCK ? "another dialtone has it: it is running" : strerror(errno));
	if (pid_fd >= 0)
		close(pid_fd);
	pid_fd = -1;
	return false;
}

bool background_start(bool background, const char *pid_file)
{
	if (pid_file && !lock_pid_file(pid_file))
		return false;
	return !background || detach();
}

static void write_pid(const char *path)
{
	char text[32];
	int len = snprintf(text, sizeof text, "%d\n", (int)getpid());

	if (ftruncate(pid_fd, 0) < 0 || pwrite(pid_fd, text, (size_t)len, 0) != len)
		log_warning("%s: %s", path, strerror(errno));
}

/* From here on nothing is said on the terminal. */
static void leave_terminal(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; null >= 0 && fd < 3; fd++)
		dup2(null, fd);
	if (null > 2)
		close(null);
}

void background_ready(const char *pid_file)
{
	if (pid_fd >= 0)
		write_pid(pid_file);
	if (ready_fd < 0)
		return;
	leave_terminal();
	if (write(ready_fd, "", 1) != 1)
		log_warning("who started this is gone");
	close(ready_fd);
	ready_fd = -1;
}

void background_end(const char *pid_file)
{
	/* In a folder where it may do nothing any more, it leaves no number that is soon another's. */
	if (pid_fd >= 0 && unlink(pid_file) < 0)
		(void)!ftruncate(pid_fd, 0);
}

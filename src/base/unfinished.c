#include "base/unfinished.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

static const char *volatile names[UNFINISHED_MAX];
static bool watched;

/* Those that end a program and come from outside. Who takes one of them himself ends in order. */
static const int ending[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ };
enum { ENDING = sizeof ending / sizeof ending[0] };

void unfinished_remove(void)
{
	for (unsigned i = 0; i < UNFINISHED_MAX; i++)
		if (names[i])
			unlink(names[i]);
}

/* The default comes back before the handler (SA_RESETHAND), so that who waits for this program sees which signal it was. */
static void on_signal(int signal_number)
{
	unfinished_remove();
	raise(signal_number);
}

static void watch(void)
{
	const struct sigaction a = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };
	struct sigaction now;

	for (unsigned i = 0; !watched && i < ENDING; i++)
		if (sigaction(ending[i], NULL, &now) == 0 && now.sa_handler == SIG_DFL)
			sigaction(ending[i], &a, NULL);
	watched = true;
}

static void keep(const char *name)
{
	for (unsigned i = 0; i < UNFINISHED_MAX; i++)
		if (!names[i]) {
			names[i] = name;
			return;
		}
}

/* No signal comes between the file and its entry. */
int unfinished_create(char *name)
{
	sigset_t before, all;
	int fd, why;

	watch();
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	fd = mkostemp(name, O_CLOEXEC);
	why = errno;
	if (fd >= 0)
		keep(name);
	sigprocmask(SIG_SETMASK, &before, NULL);
	errno = why;
	return fd;
}

void unfinished_end(const char *name)
{
	for (unsigned i = 0; i < UNFINISHED_MAX; i++)
		if (names[i] == name)
			names[i] = NULL;
}

/* Signals are taken through a descriptor: nothing is ever interrupted by one, and two in a row are read one after the other. */
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon/notify.h"
#include "daemon/supervisor_parts.h"

/* Each process has the configuration that it was started with: where that is no longer the same, another one takes its place. One that starts just now, or
 * a writer whose predecessor is still at work, is let be until then. */
void supervisor_apply(struct supervisor *s)
{
	if (s->state != STATE_RUNNING)
		return;
	if (s->changed & CHANGE_CAPTURE)
		pair_end(s, supervisor_now());
	else if (s->changed & CHANGE_STORE && s->writer.pid && !s->retiring.pid)
		writer_retire(s);
}

void supervisor_log(const struct config *c, bool started)
{
	if (c->syslog || (c->background && started))
		log_to_syslog();
	else
		log_to_stderr();
	log_set_verbosity((int)c->verbosity);
}

/* True where it could be read. */
static bool read_again(struct supervisor *s)
{
	struct config fresh;
	unsigned change;

	if (config_read(s->argc, s->argv, &fresh) != 0) {
		log_error("the configuration is wrong: going on with the one before");
		config_free(&fresh);
		return false;
	}
	change = config_change(s->config, &fresh);
	if (change & CHANGE_NEVER)
		log_warning("user, pid-file and daemon are read only at the start");
	config_keep_start(s->config, &fresh);
	config_free(s->config);
	*s->config = fresh;
	s->changed |= change & (CHANGE_CAPTURE | CHANGE_STORE);
	supervisor_log(s->config, s->state != STATE_STARTING);
	log_notice("the configuration was read again: %s", change ? "it is another one" : "nothing in it is new");
	return true;
}

/* While it starts it is not ready, whatever was read. */
static void reload(struct supervisor *s)
{
	bool tells = s->state != STATE_STARTING;

	if (s->state == STATE_STOPPING)
		return;
	if (tells)
		notify_reloading();
	supervisor_log(s->config, s->state != STATE_STARTING);
	if (read_again(s))
		supervisor_apply(s);
	if (tells)
		notify_ready();
}

void supervisor_read_signals(struct supervisor *s)
{
	struct signalfd_siginfo info;

	while (read(s->signals, &info, sizeof info) == (ssize_t)sizeof info)
		switch (info.ssi_signo) {
		case SIGTERM:
		case SIGINT: supervisor_stop(s, EXIT_SUCCESS); break;
		case SIGHUP: reload(s); break;
		case SIGUSR1:
			if (s->dissector.control >= 0)
				control_send(s->dissector.control, &(struct control){ .kind = CONTROL_COUNTERS }, -1);
			break;
		default: break;         /* SIGCHLD: reap is called anyway */
		}
}

bool supervisor_take_signals(struct supervisor *s)
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


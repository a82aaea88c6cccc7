#include "daemon/notify.h"

#include "config.h"

#ifdef HAVE_SYSTEMD

#include <inttypes.h>
#include <systemd/sd-daemon.h>

void notify_ready(void)
{
	sd_notify(0, "READY=1");
}

void notify_reloading(void)
{
	sd_notify(0, "RELOADING=1");
}

void notify_stopping(void)
{
	sd_notify(0, "STOPPING=1");
}

void notify_status(uint64_t phones, uint64_t attempts)
{
	sd_notifyf(0, "STATUS=%" PRIu64 " phones, %" PRIu64 " sign-ins", phones, attempts);
}

/* Twice as often as the manager wants to hear it. */
void notify_alive(int64_t now_ns)
{
	static int64_t next_ns;
	uint64_t every_us = 0;

	if (now_ns < next_ns || sd_watchdog_enabled(0, &every_us) <= 0)
		return;
	next_ns = now_ns + (int64_t)every_us * 500;
	sd_notify(0, "WATCHDOG=1");
}

#else

void notify_ready(void) { }
void notify_reloading(void) { }
void notify_stopping(void) { }
void notify_status(uint64_t phones, uint64_t attempts) { (void)phones; (void)attempts; }
void notify_alive(int64_t now_ns) { (void)now_ns; }

#endif

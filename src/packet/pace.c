#include "packet/pace.h"

#include <sched.h>
#include <sys/prctl.h>
#include <time.h>

#include "base/moment.h"

#define MARGIN_MIN_NS INT64_C(5000)
#define MARGIN_MAX_NS INT64_C(200000)
#define MARGIN_START_NS INT64_C(60000)

static int64_t clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

struct pace pace_start(struct pace_options options)
{
	/* The kernel may wake others a bit later to save energy, 50 us by default. */
	prctl(PR_SET_TIMERSLACK, 1UL, 0, 0, 0);
	return (struct pace){ .options = options, .margin_ns = MARGIN_START_NS };
}

bool pace_realtime(void)
{
	const struct sched_param lowest = { .sched_priority = sched_get_priority_min(SCHED_RR) };

	return sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &lowest) == 0;
}

/* A schedule of centuries is none that anybody waits for. */
static int64_t to_ns(double ns)
{
	return ns < (double)(INT64_MAX / 4) ? (int64_t)ns : INT64_MAX / 4;
}

static int64_t scheduled(const struct pace *p, int64_t at_ns)
{
	switch (p->options.mode) {
	case PACE_ORIGINAL:
		if (at_ns < p->first_ns)
			return 0;
		return p->options.rate == 1 ? at_ns - p->first_ns : to_ns((double)(at_ns - p->first_ns) / p->options.rate);
	case PACE_PACKETS: return to_ns((double)p->packets * 1e9 / p->options.rate);
	case PACE_BITS: return to_ns((double)p->octets * 8e3 / p->options.rate);
	default: return 0;
	}
}

int64_t pace_due(struct pace *p, int64_t at_ns, uint64_t octets)
{
	int64_t due;

	if (!p->begun) {
		p->begun = true;
		p->first_ns = at_ns;
		p->start_ns = clock_ns();
	}
	due = scheduled(p, at_ns);
	p->packets++;
	p->octets += octets;
	if (due > p->due_ns)
		p->due_ns = due;
	return p->due_ns;
}

int64_t pace_now(const struct pace *p)
{
	return p->begun ? clock_ns() - p->start_ns : 0;
}

int64_t pace_packet_time(const struct pace *p)
{
	return p->options.mode == PACE_ORIGINAL ? p->first_ns + to_ns((double)pace_now(p) * p->options.rate) : p->first_ns;
}

/* Wakes up earlier where the system woke it too late, and slowly later again. */
static void learn(struct pace *p, int64_t late_ns)
{
	int64_t wanted = late_ns * 2;

	p->margin_ns = wanted > p->margin_ns ? wanted : p->margin_ns - (p->margin_ns - wanted) / 32;
	if (p->margin_ns > MARGIN_MAX_NS)
		p->margin_ns = MARGIN_MAX_NS;
	if (p->margin_ns < MARGIN_MIN_NS)
		p->margin_ns = MARGIN_MIN_NS;
}

static void sleep_until(struct pace *p, int64_t until_ns)
{
	int64_t at = p->start_ns + until_ns;
	const struct timespec t = { .tv_sec = at / NS_PER_S, .tv_nsec = at % NS_PER_S };

	if (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == 0)
		learn(p, pace_now(p) - until_ns);
}

bool pace_wait(struct pace *p, int64_t due_ns, int64_t patience_ns)
{
	int64_t now = pace_now(p), until = due_ns - p->margin_ns;
	bool early = until - now > patience_ns;

	if (now >= due_ns)
		return true;
	if (early)
		until = now + patience_ns;
	if (until > now)
		sleep_until(p, until);
	/* A signal, or nothing left to wait for now. */
	now = pace_now(p);
	if (early || now < due_ns - MARGIN_MAX_NS)
		return false;
	while (pace_now(p) < due_ns)
		;
	return true;
}

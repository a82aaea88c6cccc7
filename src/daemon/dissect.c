#include "daemon/dissect.h"

#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/moment.h"
#include "daemon/breakdown.h"
#include "daemon/counters.h"
#include "daemon/outbox.h"
#include "follow.h"

enum {
	BURST = 256, BURST_MS = 5,      /* packets, and time, between two looks at everything else */
	WATCH_MS = 100, TICK_MS = 20, SECOND_MS = 1000, STATUS_MS = 10000,
	STOP_MS = 1600,                 /* from the order to stop to the end, whatever still waits */
	LOOSE_MEMORY = 512 << 20,       /* libraries, stacks, what malloc cannot give back, the queue's copies */
};

struct dissecting {
	const struct config *config;
	struct shared *shared;
	int control;
	struct source *source;
	struct follow_options options;
	struct follow *follow;
	struct outbox *outbox;
	uint64_t dropped[LIVE_INTERFACES];      /* that were told as lost */
	int64_t looked_ns;              /* when drops were looked at: the clock that stamps packets */
	int64_t clock_ns;               /* that clock less the monotonic one */
	int64_t watch_ns, second_ns, status_ns; /* monotonic: when next */
	bool stopping, ended;
	int64_t stop_ns;
};

static int64_t clock_ns(clockid_t which)
{
	struct timespec now;

	clock_gettime(which, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* ---- reports ---- */

/* One line a sign-in that has ended; what later changes of its verdict is in the store. */
static void log_attempt(const struct phone_report *p, const struct attempt_report *a)
{
	char mac[MAC_TEXT];

	mac_format(p->mac, mac);
	if (a->cause)
		log_notice("%s: %s at %s: %s%s%s: %s", mac, outcome_name(a->outcome), step_name(a->cause->step) ? step_name(a->cause->step) : "-",
			a->cause->rule->code, *a->cause->subject ? " " : "", a->cause->subject, a->cause->message);
	else
		log_notice("%s: %s", mac, outcome_name(a->outcome));
}

static void report(void *user, const struct phone_report *phone, const struct attempt_report *a)
{
	struct dissecting *d = user;

	outbox_report(d->outbox, phone, a);
	if (!a->going_on && !a->verdict_only)
		log_attempt(phone, a);
}

/* ---- counters ---- */

static struct counted counted_of(const struct dissecting *d)
{
	return (struct counted){ d->source, d->follow, d->outbox, d->shared };
}

static void send_counter(void *user, const char *name, const char *part, uint64_t value)
{
	struct dissecting *d = user;
	struct octets *o = outbox_message(d->outbox);

	if (o)
		message_put_counter(o, name, part, value);
}

static void log_counter(void *user, const char *name, const char *part, uint64_t value)
{
	(void)user;
	log_notice("%s%s%s: %" PRIu64, part ? part : "", part ? ": " : "", name, value);
}

static void send_interfaces(struct dissecting *d)
{
	unsigned count = source_captures(d->source);
	struct octets *o;

	for (unsigned i = 0; i < count; i++) {
		struct capture_info *c = source_capture(d->source, i);

		c->malformed = flows_malformed_of(pipeline_flows(follow_pipeline(d->follow)), i);
		o = outbox_message(d->outbox);
		if (o)
			message_put_interface(o, c, i, count);
	}
}

static void log_status(const struct dissecting *d)
{
	const struct follow_counters f = follow_counters(d->follow);
	const struct outbox_counters *o = outbox_counters(d->outbox);
	uint64_t packets = 0, dropped = 0;

	for (unsigned i = 0; i < source_captures(d->source); i++) {
		packets += source_capture(d->source, i)->packets;
		dropped += source_capture(d->source, i)->dropped;
	}
	log_info("%" PRIu64 " packets, %" PRIu64 " lost; %" PRIu64 " phones, %" PRIu64 " sign-ins; %" PRIu64 " reports stored, %" PRIu64 " lost, %zu octets waiting",
		packets, dropped, f.phones, f.attempts, o->stored, o->lost, o->octets);
}

/* ---- drops and interfaces ---- */

static void tell_lost(struct dissecting *d, const char *interface, int64_t until_ns, uint64_t packets)
{
	struct octets *o = outbox_message(d->outbox);

	follow_lost(d->follow, d->looked_ns, until_ns, packets);
	if (o)
		message_put_loss(o, interface, d->looked_ns, until_ns, packets);
	log_info("%s: %" PRIu64 " packets were lost", interface, packets);
}

/* Packet time jumps with it; whoever reads the store has to know why. */
static void tell_jump(struct dissecting *d, int64_t now)
{
	int64_t offset = now - clock_ns(CLOCK_MONOTONIC), jump = offset - d->clock_ns;

	if (d->clock_ns && (jump > NS_PER_S || jump < -NS_PER_S))
		log_warning("the clock was set by %+.3f s: packets bear the new time from here", (double)jump / (double)NS_PER_S);
	d->clock_ns = offset;
}

static void watch(struct dissecting *d)
{
	int64_t now = clock_ns(CLOCK_REALTIME);

	tell_jump(d, now);

	if (source_live_watch(d->source) && d->control >= 0)
		control_send(d->control, &(struct control){ .kind = CONTROL_REOPEN }, -1);
	for (unsigned i = 0; i < source_captures(d->source); i++) {
		const struct capture_info *c = source_capture(d->source, i);

		if (c->dropped != d->dropped[i])
			tell_lost(d, c->file, now, c->dropped - d->dropped[i]);
		d->dropped[i] = c->dropped;
	}
	d->looked_ns = now;
}

/* ---- control ---- */

static void begin_to_stop(struct dissecting *d)
{
	if (d->stopping)
		return;
	d->stopping = true;
	d->stop_ns = clock_ns(CLOCK_MONOTONIC) + STOP_MS * NS_PER_MS;
	source_live_drain(d->source);
}

static void obey(struct dissecting *d, const struct control *c, int fd)
{
	const struct counted counted = counted_of(d);

	if (c->kind == CONTROL_STOP) {
		begin_to_stop(d);
	} else if (c->kind == CONTROL_COUNTERS) {
		counters_each(&counted, log_counter, NULL);
	} else if (c->kind == CONTROL_WRITER && fd >= 0) {
		outbox_connect(d->outbox, fd);
		send_interfaces(d);     /* before reports, whose frames belong to them */
		return;
	}
	if (fd >= 0)
		close(fd);
}

/* A supervisor that is gone can start nobody any more: then it is time to end, in order. */
static void read_control(struct dissecting *d)
{
	enum control_answer answer = CONTROL_GOT;
	struct control c;
	int fd;

	while (d->control >= 0 && answer == CONTROL_GOT) {
		answer = control_receive(d->control, &c, &fd);
		if (answer == CONTROL_GOT)
			obey(d, &c, fd);
	}
	if (answer == CONTROL_GONE) {
		close(d->control);
		d->control = -1;
		begin_to_stop(d);
	}
}

/* ---- the loop ---- */

static void every_second(struct dissecting *d)
{
	const struct counted counted = counted_of(d);
	const struct follow_counters f = follow_counters(d->follow);

	send_interfaces(d);
	counters_each(&counted, send_counter, d);
	if (d->control >= 0)
		control_send(d->control, &(struct control){ .kind = CONTROL_ALIVE, .phones = f.phones, .attempts = f.attempts }, -1);
}

static void now_and_then(struct dissecting *d, int64_t now)
{
	if (now >= d->watch_ns) {
		d->watch_ns = now + WATCH_MS * NS_PER_MS;
		watch(d);
		read_control(d);
	}
	if (now >= d->second_ns) {
		d->second_ns = now + SECOND_MS * NS_PER_MS;
		every_second(d);
	}
	if (now >= d->status_ns) {
		d->status_ns = now + STATUS_MS * NS_PER_MS;
		log_status(d);
	}
}

/* SOURCE_PACKET: there may be more at once. */
static enum source_answer read_packets(struct dissecting *d)
{
	int64_t until = clock_ns(CLOCK_MONOTONIC) + BURST_MS * NS_PER_MS;
	enum source_answer answer = SOURCE_PACKET;
	struct packet p;

	for (unsigned i = 0; i < BURST && (answer = source_next(d->source, &p)) == SOURCE_PACKET; i++) {
		breakdown_hold(&p);
		d->shared->numbers[frame_file(p.frame)] = frame_number(p.frame);
		follow_packet(d->follow, &p);
		breakdown_release();
		if (clock_ns(CLOCK_MONOTONIC) >= until)
			break;
	}
	return answer;
}

static void tick(struct dissecting *d)
{
	int64_t until;

	if (source_live_quiet(d->source, &until))
		follow_tick(d->follow, until);
}

static void wait_for_packets(struct dissecting *d)
{
	int source, timeout, out = outbox_descriptor(d->outbox);
	struct pollfd fds[3];

	source_wait(d->source, &source, &timeout);
	if (timeout < 0 || timeout > TICK_MS)
		timeout = TICK_MS;
	fds[0] = (struct pollfd){ .fd = source, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = d->control, .events = POLLIN };
	fds[2] = (struct pollfd){ .fd = out, .events = (short)(outbox_wants_to_send(d->outbox) ? POLLIN | POLLOUT : POLLIN) };
	if (poll(fds, 3, timeout) > 0 && fds[1].revents)
		read_control(d);
}

static void loop(struct dissecting *d)
{
	enum source_answer answer = SOURCE_WAIT;

	while (answer != SOURCE_END && answer != SOURCE_ERROR) {
		int64_t now = clock_ns(CLOCK_MONOTONIC);

		answer = read_packets(d);
		if (answer == SOURCE_WAIT)
			tick(d);
		outbox_run(d->outbox, now);
		now_and_then(d, now);
		if (answer == SOURCE_WAIT)
			wait_for_packets(d);
		if (d->stopping && now >= d->stop_ns)
			break;
	}
}

static void flush(struct dissecting *d)
{
	while (outbox_run(d->outbox, clock_ns(CLOCK_MONOTONIC)) && !outbox_is_empty(d->outbox) && clock_ns(CLOCK_MONOTONIC) < d->stop_ns) {
		struct pollfd p = { .fd = outbox_descriptor(d->outbox), .events = (short)(outbox_wants_to_send(d->outbox) ? POLLIN | POLLOUT : POLLIN) };

		poll(&p, 1, TICK_MS);
	}
}

/* What is left goes to the writer, as long as there is time; then the last figures. */
static void finish(struct dissecting *d)
{
	const struct capture_info *captures[LIVE_INTERFACES];
	unsigned count = source_captures(d->source);

	watch(d);
	for (unsigned i = 0; i < count; i++)
		captures[i] = source_capture(d->source, i);
	follow_finish(d->follow, captures, count);
	send_interfaces(d);
	flush(d);
	if (!outbox_is_empty(d->outbox))
		log_warning("the store did not take all: %zu octets of reports are lost", outbox_counters(d->outbox)->octets);
	every_second(d);
	flush(d);
}

/* ---- the process ---- */

size_t dissect_memory(const struct config *config)
{
	struct follow_options options;

	config_follow(config, &options);
	return follow_bound(&options) + config->ring * config->interface_count + 2 * config->queue + LOOSE_MEMORY;
}

static bool start(struct dissecting *d, const struct identity *who, bool again)
{
	struct live_options live;

	config_live(d->config, &live);
	config_follow(d->config, &d->options);
	d->options.user = d;
	d->options.report = report;
	live.some = again;
	memcpy(live.numbers, d->shared->numbers, sizeof live.numbers);
	d->source = source_open_live(&live);
	if (!d->source || !breakdown_watch(d->shared) || !privilege_drop(who, false))
		return false;
	d->follow = follow_new(&d->options);
	return d->follow && privilege_confine(CONFINE_DISSECTOR, dissect_memory(d->config))
		&& control_send(d->control, &(struct control){ .kind = CONTROL_READY }, -1);
}

int dissect_process(const struct config *config, const struct identity *who, struct shared *shared, int data, int control, bool again)
{
	struct dissecting d = { .config = config, .shared = shared, .control = control, .outbox = outbox_new(config->queue) };
	int status = EXIT_CANNOT;

	signal(SIGPIPE, SIG_IGN);
	setenv("TZ", "UTC0", 1);
	outbox_connect(d.outbox, data);
	if (start(&d, who, again)) {
		d.looked_ns = clock_ns(CLOCK_REALTIME);
		d.status_ns = clock_ns(CLOCK_MONOTONIC) + STATUS_MS * NS_PER_MS;
		send_interfaces(&d);
		loop(&d);
		finish(&d);
		status = EXIT_SUCCESS;
	}
	/* The end of the process closes everything; libpcap would ask for system calls that are not on the list. */
	return status;
}

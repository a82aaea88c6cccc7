/*
 * Reports are stored in batches, each a transaction, BATCH_MS apart; what comes after a pause is stored at once. A report is answered once
 * it is safe. The end of the data socket is the end of the dissecting process: what it has said whole is stored, then this process ends, too. Nothing else
 * stops it, so that nothing that was said is lost.
 */
#include "daemon/writer.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/moment.h"
#include "config.h"
#include "daemon/control.h"
#include "daemon/counters.h"
#include "daemon/message.h"
#include "daemon/metrics.h"
#include "sink/store.h"

enum {
	BATCH_MS = 50, BATCH_REPORTS = 64,
	READ_OCTETS = 256 * 1024,
	PATIENCE_MS = 2000,             /* that another writer may hold the store */
	TRIES_MAX = 5,                  /* of one report that the store cannot take, though there is room */
	TRIM_BUDGET = 8,                /* attempts that go a second */
};

struct keeper {
	const struct config *config;
	int data, control;
	struct store *store;
	struct metrics *metrics;
	struct incoming *incoming;
	struct arena arena;             /* of messages that are no report */
	struct octets in;
	struct octets out;              /* answers that did not go yet */

	bool in_batch;
	int64_t stored_ns;              /* when the one before ended */
	uint64_t batch[BATCH_REPORTS];
	unsigned batch_count;
	uint64_t failed_number;
	unsigned failed_times;
	uint64_t failures;

	struct capture_info interfaces[LIVE_INTERFACES];
	char names[LIVE_INTERFACES][NAME_MAX_LEN + 1];
	int64_t second_ns, alive_ns;
	const char *violation;
};

static int64_t clock_ns(clockid_t which)
{
	struct timespec now;

	clock_gettime(which, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* ---- the batch ---- */

static bool batch_open(struct keeper *k)
{
	if (!k->in_batch)
		k->in_batch = store_begin(k->store) == STORE_DONE;
	if (!k->in_batch)
		store_commit(k->store);         /* ends one that did not begin: what comes next is a call of its own */
	return k->in_batch;
}

/* Whether nothing will ever help: the same report alone, again and again, though there is room and nobody else writes. */
static bool is_hopeless(struct keeper *k, enum store_result result, uint64_t number)
{
	if (result != STORE_BROKEN || k->batch_count != 1)
		return false;
	k->failed_times = number == k->failed_number ? k->failed_times + 1 : 1;
	k->failed_number = number;
	return k->failed_times >= TRIES_MAX;
}

static void answer_batch(struct keeper *k, enum store_result result)
{
	for (unsigned i = 0; i < k->batch_count; i++)
		message_put_answer(&k->out, k->batch[i], result == STORE_DONE, is_hopeless(k, result, k->batch[i]));
	k->failures += result != STORE_DONE;
	k->batch_count = 0;
	k->in_batch = false;
	k->stored_ns = clock_ns(CLOCK_MONOTONIC);
}

static void batch_close(struct keeper *k)
{
	if (k->in_batch)
		answer_batch(k, store_commit(k->store));
}

static void store_report(struct keeper *k)
{
	bool open = batch_open(k);

	k->batch[k->batch_count++] = incoming_number(k->incoming);
	if (!open) {
		answer_batch(k, STORE_BUSY);
		return;
	}
	store_attempt(k->store, incoming_phone(k->incoming), incoming_attempt(k->incoming));
	if (k->batch_count == BATCH_REPORTS)
		batch_close(k);
}

/* ---- messages ---- */

static bool take_interface(struct keeper *k, struct span body)
{
	const struct capture_info *all[LIVE_INTERFACES];
	struct capture_info info;
	unsigned position, count;

	if (!message_get_interface(body, &k->arena, &info, &position, &count) || count > LIVE_INTERFACES || position >= count)
		return false;
	snprintf(k->names[position], sizeof k->names[position], "%s", info.file);
	k->interfaces[position] = info;
	k->interfaces[position].file = k->names[position];
	if (position + 1 < count)
		return true;
	for (unsigned i = 0; i < count; i++) {
		if (!k->interfaces[i].file)
			return false;
		all[i] = &k->interfaces[i];
	}
	if (batch_open(k))
		store_interfaces(k->store, all, count);
	return true;
}

static void keep_counter(struct keeper *k, const char *name, const char *part, uint64_t value)
{
	metrics_set(k->metrics, name, part, value);
	if (batch_open(k))
		store_counter(k->store, name, part, value, clock_ns(CLOCK_REALTIME));
}

static bool take_counter(struct keeper *k, struct span body)
{
	const char *name, *part;
	uint64_t value;

	if (!message_get_counter(body, &k->arena, &name, &part, &value) || !counter_find(name))
		return false;
	keep_counter(k, name, part, value);
	return true;
}

static bool take_loss(struct keeper *k, struct span body)
{
	struct message_loss loss;
	const char *part;

	if (!message_get_loss(body, &k->arena, &part, &loss))
		return false;
	if (batch_open(k))
		store_loss(k->store, part, loss.from_ns, loss.until_ns, loss.packets);
	return true;
}

static bool take_report_part(struct keeper *k, enum message_kind kind, struct span body)
{
	switch (incoming_message(k->incoming, kind, body)) {
	case INCOMING_MORE: return true;
	case INCOMING_WHOLE: store_report(k); return true;
	case INCOMING_VIOLATION: break;
	}
	k->violation = incoming_wrong(k->incoming);
	return false;
}

static bool take_message(struct keeper *k, enum message_kind kind, struct span body)
{
	arena_reset(&k->arena);
	switch (kind) {
	case MESSAGE_INTERFACE: return take_interface(k, body);
	case MESSAGE_COUNTER: return take_counter(k, body);
	case MESSAGE_LOSS: return take_loss(k, body);
	case MESSAGE_ANSWER: return false;
	default: return take_report_part(k, kind, body);
	}
}

/* Every whole message that was read. False: a violation. */
static bool take_messages(struct keeper *k)
{
	size_t used = 0, size = 0;
	enum message_kind kind;
	struct span body;
	int got;

	while ((got = message_next(span_of(k->in.data + used, k->in.len - used), &kind, &body, &size)) == 1) {
		if (!take_message(k, kind, body))
			return false;
		used += size;
	}
	memmove(k->in.data, k->in.data + used, k->in.len - used);
	k->in.len -= used;
	return got == 0;
}

/* ---- the sockets ---- */

/* 1 more may come, 0 the other end is gone, -1 a violation. */
static int read_data(struct keeper *k)
{
	ssize_t n;

	if (k->in.room - k->in.len < READ_OCTETS) {
		k->in.room = k->in.len + READ_OCTETS;
		k->in.data = memory_resize(k->in.data, k->in.room, 1);
	}
	n = recv(k->data, k->in.data + k->in.len, k->in.room - k->in.len, MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 1 : 0;
	k->in.len += (size_t)n;
	if (!take_messages(k)) {
		log_error("the dissecting process says what it must not (%s)", k->violation ? k->violation : "a message that is none");
		return -1;
	}
	return n > 0;
}

static void send_answers(struct keeper *k)
{
	ssize_t n = k->out.len ? send(k->data, k->out.data, k->out.len, MSG_NOSIGNAL | MSG_DONTWAIT) : 0;

	if (n <= 0)
		return;
	memmove(k->out.data, k->out.data + n, k->out.len - (size_t)n);
	k->out.len -= (size_t)n;
}

/* Nothing comes from the supervisor that concerns this process; that it is gone is seen at the data socket, after its child has ended. */
static void read_control(struct keeper *k)
{
	struct control c;
	int fd;

	if (k->control < 0)
		return;
	if (control_receive(k->control, &c, &fd) == CONTROL_GONE) {
		close(k->control);
		k->control = -1;
	}
	if (fd >= 0)
		close(fd);
}

/* ---- now and then ---- */

static uint64_t store_size(const struct keeper *k)
{
	struct stat s;
	char wal[4096];
	uint64_t size = 0;

	snprintf(wal, sizeof wal, "%s-wal", k->config->db);
	if (stat(k->config->db, &s) == 0)
		size += (uint64_t)s.st_size;
	if (stat(wal, &s) == 0)
		size += (uint64_t)s.st_size;
	return size;
}

static void every_second(struct keeper *k)
{
	int64_t real = clock_ns(CLOCK_REALTIME);

	keep_counter(k, "store-octets", NULL, store_size(k));
	keep_counter(k, "store-failures", NULL, k->failures);
	batch_close(k);
	if (k->config->keep_days || k->config->keep_size)
		store_trim(k->store, (int64_t)k->config->keep_days * 86400 * NS_PER_S, k->config->keep_size, real, TRIM_BUDGET, NULL);
	if (real - k->alive_ns >= 5 * NS_PER_S || real < k->alive_ns) {
		store_run_alive(k->store, real);
		k->alive_ns = real;
	}
	if (k->control >= 0)
		control_send(k->control, &(struct control){ .kind = CONTROL_ALIVE }, -1);
}

static int time_left_ms(const struct keeper *k, int64_t now)
{
	int64_t until = k->second_ns, ms;

	if (k->in_batch && k->stored_ns + BATCH_MS * NS_PER_MS < until)
		until = k->stored_ns + BATCH_MS * NS_PER_MS;
	ms = (until - now) / NS_PER_MS + 1;
	return ms < 0 ? 0 : (int)ms;
}

static void wait_for_work(struct keeper *k, int64_t now)
{
	struct pollfd fds[2 + METRICS_POLLS] = {
		{ .fd = k->data, .events = (short)(k->out.len ? POLLIN | POLLOUT : POLLIN) }, { .fd = k->control, .events = POLLIN },
	};
	unsigned count = 2 + metrics_poll(k->metrics, fds + 2);

	poll(fds, count, time_left_ms(k, now));
}

static int work(struct keeper *k)
{
	int more = 1;

	while (more == 1) {
		int64_t now = clock_ns(CLOCK_MONOTONIC);

		wait_for_work(k, now);
		more = read_data(k);
		now = clock_ns(CLOCK_MONOTONIC);
		if (k->in_batch && (more != 1 || now - k->stored_ns >= BATCH_MS * NS_PER_MS))
			batch_close(k);
		send_answers(k);
		read_control(k);
		metrics_run(k->metrics, now);
		if (now >= k->second_ns) {
			k->second_ns = now + NS_PER_S;
			every_second(k);
		}
	}
	batch_close(k);
	return more < 0 ? EXIT_VIOLATION : EXIT_SUCCESS;
}

/* ---- the process ---- */

/* The one before may still be at work on its last reports. */
static bool begin_run(struct keeper *k)
{
	enum store_result result = STORE_BUSY;

	for (unsigned tries = 0; tries < 25 && result == STORE_BUSY; tries++) {
		if (tries)
			poll(NULL, 0, 200);
		result = store_run_begin(k->store, getpid(), PACKAGE_VERSION, clock_ns(CLOCK_REALTIME));
	}
	return result == STORE_DONE;
}

/* Why the store could not be opened was said. Where that is a matter of rights, it helps to know whose. */
static void tell_who(const char *db, const struct identity *who)
{
	const char *slash = strrchr(db, '/');
	char folder[4096];

	snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - db) + 1 : 1, slash ? db : ".");
	if (access(folder, W_OK | X_OK) < 0 || (access(db, F_OK) == 0 && access(db, R_OK | W_OK) < 0))
		log_error("%s: the store is written as %s; its folder must be writable for that user", db, who->name);
}

/* Sockets are made before the list of system calls closes; files are opened by who will work on them. */
static bool start(struct keeper *k, const struct identity *who)
{
	signal(SIGPIPE, SIG_IGN);
	umask(027);
	if (!privilege_drop(who, true) || (k->metrics = metrics_new(k->config->metrics)) == NULL)
		return false;
	k->store = store_open(k->config->db);
	if (!k->store) {
		tell_who(k->config->db, who);
		return false;
	}
	store_patience(k->store, PATIENCE_MS);
	if (!begin_run(k) || !privilege_confine(CONFINE_WRITER, 0))
		return false;
	k->incoming = incoming_new();
	k->alive_ns = clock_ns(CLOCK_REALTIME);
	return control_send(k->control, &(struct control){ .kind = CONTROL_READY }, -1);
}

int writer_process(const struct config *config, const struct identity *who, int data, int control)
{
	struct keeper k = { .config = config, .data = data, .control = control };
	int status = EXIT_CANNOT;

	if (start(&k, who)) {
		status = work(&k);
		store_run_end(k.store, clock_ns(CLOCK_REALTIME));
	}
	store_close(k.store);
	metrics_free(k.metrics);
	incoming_free(k.incoming);
	arena_free(&k.arena);
	octets_free(&k.in);
	octets_free(&k.out);
	return status;
}

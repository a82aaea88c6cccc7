/*
 * Reports lie in one list by age. What goes out is copied into `sending`, a little at a time, so that a report may be given up at any moment before it
 * is sent. At most WINDOW reports are unanswered, one while the writer is in trouble.
 */
#include "daemon/outbox.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/moment.h"

enum {
	WINDOW = 32,
	SENDING_MAX = 1024 * 1024,      /* octets ready to be sent before other messages are left out */
	ANSWERS = 4096,                 /* octets read at once */
};

#define RETRY_NS NS_PER_S

struct waiting {
	struct waiting *next;
	struct mac mac;
	int64_t start_ns;
	uint64_t number;
	bool going_on, verdict_only, sent;
	struct octets octets;
};

struct outbox {
	size_t max;
	struct waiting *first, *last;
	unsigned unanswered;
	uint64_t number;                /* of the last report */
	int fd;
	struct octets sending;
	size_t sent;                    /* of `sending` */
	uint8_t answers[ANSWERS];
	size_t answer_len;
	bool trouble;                   /* the writer could not store the last one */
	int64_t retry_ns;
	uint64_t lost_said;
	struct outbox_counters counters;
};

struct outbox *outbox_new(size_t max)
{
	struct outbox *o = memory_get(sizeof *o);

	o->max = max;
	o->fd = -1;
	return o;
}

/* ---- the list ---- */

static void append(struct outbox *o, struct waiting *w)
{
	if (o->last)
		o->last->next = w;
	else
		o->first = w;
	o->last = w;
	o->counters.octets += w->octets.len;
	if (o->counters.octets > o->counters.most)
		o->counters.most = o->counters.octets;
}

static void take_out(struct outbox *o, struct waiting *before, struct waiting *w)
{
	if (before)
		before->next = w->next;
	else
		o->first = w->next;
	if (o->last == w)
		o->last = before;
	o->counters.octets -= w->octets.len;
	o->unanswered -= w->sent;
	octets_free(&w->octets);
	free(w);
}

static bool is_of(const struct waiting *w, struct mac mac, int64_t start_ns)
{
	return w->start_ns == start_ns && mac_equal(w->mac, mac);
}

/* A verdict alone replaces only a verdict alone: the events came with another report, which may still wait. */
static void take_out_older(struct outbox *o, const struct waiting *newer)
{
	struct waiting *before = NULL, *next;

	for (struct waiting *w = o->first; w; w = next) {
		next = w->next;
		if (!w->sent && is_of(w, newer->mac, newer->start_ns) && (w->verdict_only || !newer->verdict_only))
			take_out(o, before, w);
		else
			before = w;
	}
}

static struct waiting *find_before(struct outbox *o, bool (*fits)(const struct waiting *w, uint64_t number), uint64_t number, struct waiting **ret_before)
{
	*ret_before = NULL;
	for (struct waiting *w = o->first; w; w = w->next) {
		if (fits(w, number))
			return w;
		*ret_before = w;
	}
	return NULL;
}

static bool goes_on(const struct waiting *w, uint64_t number)
{
	(void)number;
	return w->going_on && !w->sent;
}

static bool is_unsent(const struct waiting *w, uint64_t number)
{
	(void)number;
	return !w->sent;
}

static bool has_number(const struct waiting *w, uint64_t number)
{
	return w->number == number;
}

static void make_room(struct outbox *o, size_t len)
{
	while (o->first && o->counters.octets + len > o->max) {
		struct waiting *before, *w = find_before(o, goes_on, 0, &before);

		if (!w)
			w = find_before(o, is_unsent, 0, &before);
		if (!w)
			return;
		o->counters.lost++;
		take_out(o, before, w);
	}
}

void outbox_report(struct outbox *o, const struct phone_report *phone, const struct attempt_report *a)
{
	struct waiting *w = memory_get(sizeof *w);

	w->mac = phone->mac;
	w->start_ns = a->start_ns;
	w->going_on = a->going_on;
	w->verdict_only = a->verdict_only;
	w->number = ++o->number;
	message_put_report(&w->octets, phone, a);
	memcpy(w->octets.data + REPORT_NUMBER_AT, &w->number, sizeof w->number);
	o->counters.reports++;
	take_out_older(o, w);
	make_room(o, w->octets.len);
	if (w->octets.len > REPORT_MAX || o->counters.octets + w->octets.len > o->max) {
		o->counters.lost++;
		octets_free(&w->octets);
		free(w);
		return;
	}
	append(o, w);
}

/* ---- the socket ---- */

static void forget_connection(struct outbox *o)
{
	if (o->fd >= 0)
		close(o->fd);
	o->fd = -1;
	o->sending.len = o->sent = o->answer_len = 0;
	o->unanswered = 0;
	for (struct waiting *w = o->first; w; w = w->next)
		w->sent = false;
}

void outbox_connect(struct outbox *o, int fd)
{
	forget_connection(o);
	o->fd = fd;
	o->trouble = false;
}

int outbox_descriptor(const struct outbox *o)
{
	return o->fd;
}

struct octets *outbox_message(struct outbox *o)
{
	return o->fd >= 0 && o->sending.len - o->sent < SENDING_MAX ? &o->sending : NULL;
}

/* The next report goes out whole or not yet: it is copied behind what is being sent. */
static void fill(struct outbox *o, int64_t now_ns)
{
	unsigned window = o->trouble ? 1 : WINDOW;

	if (o->trouble && now_ns < o->retry_ns)
		return;
	for (struct waiting *w = o->first; w && o->unanswered < window && o->sending.len - o->sent < SENDING_MAX; w = w->next) {
		if (w->sent)
			continue;
		octets_add(&o->sending, w->octets.data, w->octets.len);
		w->sent = true;
		o->unanswered++;
	}
}

static bool flush(struct outbox *o)
{
	while (o->sent < o->sending.len) {
		ssize_t n = send(o->fd, o->sending.data + o->sent, o->sending.len - o->sent, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		o->sent += (size_t)n;
	}
	o->sending.len = o->sent = 0;
	return true;
}

/* ---- answers ---- */

static bool is_superseded(const struct waiting *w)
{
	for (const struct waiting *newer = w->next; newer; newer = newer->next)
		if (is_of(newer, w->mac, w->start_ns) && (w->verdict_only || !newer->verdict_only))
			return true;
	return false;
}

static void begin_trouble(struct outbox *o, int64_t now_ns)
{
	if (!o->trouble)
		log_warning("the store takes nothing now: sign-ins wait in memory, as far as there is room");
	o->trouble = true;
	o->retry_ns = now_ns + RETRY_NS;
}

static void end_trouble(struct outbox *o)
{
	if (!o->trouble)
		return;
	o->trouble = false;
	log_warning("the store takes sign-ins again; reports that could not be kept meanwhile: %" PRIu64, o->counters.lost - o->lost_said);
	o->lost_said = o->counters.lost;
}

static void answered(struct outbox *o, const struct message_answer *m, int64_t now_ns)
{
	struct waiting *before, *w = find_before(o, has_number, m->number, &before);

	if (m->stored) {
		o->counters.stored++;
		end_trouble(o);
	} else if (!m->hopeless) {
		o->counters.refused++;
		begin_trouble(o, now_ns);
	}
	if (!w || !w->sent)
		return;
	if (m->stored || m->hopeless || is_superseded(w)) {
		o->counters.lost += m->hopeless;
		take_out(o, before, w);
		return;
	}
	w->sent = false;
	o->unanswered--;
}

/* An answer that is none is as good as a writer that is gone. */
static bool read_answers(struct outbox *o, int64_t now_ns)
{
	for (;;) {
		ssize_t n = recv(o->fd, o->answers + o->answer_len, sizeof o->answers - o->answer_len, MSG_DONTWAIT);
		size_t used = 0, size;
		enum message_kind kind;
		struct message_answer m;
		struct span body;
		int got;

		if (n <= 0)
			return n < 0 && (errno == EAGAIN || errno == EINTR);
		o->answer_len += (size_t)n;
		while ((got = message_next(span_of(o->answers + used, o->answer_len - used), &kind, &body, &size)) == 1) {
			if (kind != MESSAGE_ANSWER || !message_get_answer(body, &m))
				return false;
			answered(o, &m, now_ns);
			used += size;
		}
		if (got < 0 || (used == 0 && o->answer_len == sizeof o->answers))
			return false;
		memmove(o->answers, o->answers + used, o->answer_len - used);
		o->answer_len -= used;
	}
}

bool outbox_run(struct outbox *o, int64_t now_ns)
{
	if (o->fd < 0)
		return false;
	fill(o, now_ns);
	if (flush(o) && read_answers(o, now_ns)) {
		fill(o, now_ns);
		if (flush(o))
			return true;
	}
	forget_connection(o);
	return false;
}

bool outbox_wants_to_send(const struct outbox *o)
{
	return o->fd >= 0 && o->sent < o->sending.len;
}

bool outbox_is_empty(const struct outbox *o)
{
	return !o->first && o->sent == o->sending.len;
}

const struct outbox_counters *outbox_counters(const struct outbox *o)
{
	return &o->counters;
}

void outbox_free(struct outbox *o)
{
	if (!o)
		return;
	forget_connection(o);
	while (o->first)
		take_out(o, NULL, o->first);
	octets_free(&o->sending);
	free(o);
}

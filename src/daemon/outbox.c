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
#include "base/table.h"

enum {
	WINDOW = 256,
	REPORT_MIN = 512,               /* octets: none is shorter */
	SENDING_MAX = 1024 * 1024,      /* octets ready to be sent before reports have to wait; other messages are left out at twice as many */
	ANSWERS = 4096,                 /* octets read at once */
};

#define RETRY_NS NS_PER_S

/* Of one attempt at most one report with events, and one verdict alone, wait to be sent: `place` has them. */
struct key {
	struct mac mac;
	uint16_t zero;
	int64_t start_ns;
};

struct waiting {
	struct waiting *next, *before;
	struct key key;
	uint64_t number;
	bool going_on, verdict_only, sent;
	struct octets octets;
};

struct place {
	struct waiting *whole, *verdict;
};

struct outbox {
	size_t max;
	struct waiting *first, *last;
	struct table *places;           /* by key: of those that are not sent */
	size_t going_on;                /* of those that are not sent */
	unsigned unanswered;
	uint64_t number;                /* of the last report */
	int fd;
	struct octets made;             /* the report in the making: its memory is kept for the next one */
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
	o->places = table_new(sizeof(struct key), sizeof(struct place), max / REPORT_MIN + WINDOW, NULL, NULL);
	return o;
}

/* ---- what waits to be sent ---- */

static struct waiting **place_of(struct place *p, const struct waiting *w)
{
	return w->verdict_only ? &p->verdict : &p->whole;
}

static void enter(struct outbox *o, struct waiting *w)
{
	struct place *p = table_find(o->places, &w->key);

	if (!p)
		p = table_add(o->places, &w->key);
	*place_of(p, w) = w;
	o->going_on += w->going_on;
}

static void leave(struct outbox *o, struct waiting *w)
{
	struct place *p = table_find(o->places, &w->key);

	o->going_on -= w->going_on;
	if (p && *place_of(p, w) == w)
		*place_of(p, w) = NULL;
	if (p && !p->whole && !p->verdict)
		table_remove(o->places, p);
}

/* ---- the list ---- */

static void append(struct outbox *o, struct waiting *w)
{
	w->before = o->last;
	if (o->last)
		o->last->next = w;
	else
		o->first = w;
	o->last = w;
	enter(o, w);
	o->counters.octets += w->octets.len;
	if (o->counters.octets > o->counters.most)
		o->counters.most = o->counters.octets;
}

static void take_out(struct outbox *o, struct waiting *w)
{
	if (w->sent)
		o->unanswered--;
	else
		leave(o, w);
	if (w->before)
		w->before->next = w->next;
	else
		o->first = w->next;
	if (w->next)
		w->next->before = w->before;
	else
		o->last = w->before;
	o->counters.octets -= w->octets.len;
	octets_free(&w->octets);
	free(w);
}

/* A verdict alone replaces only a verdict alone: the events came with another report, which may still wait. */
static void take_out_older(struct outbox *o, const struct key *key, bool verdict_only)
{
	const struct place *p = table_find(o->places, key);
	struct waiting *whole = p && !verdict_only ? p->whole : NULL, *verdict = p ? p->verdict : NULL;

	if (whole)
		take_out(o, whole);
	if (verdict)
		take_out(o, verdict);
}

static struct waiting *first_unsent(const struct outbox *o, bool going_on)
{
	struct waiting *w = going_on && !o->going_on ? NULL : o->first;

	while (w && (w->sent || (going_on && !w->going_on)))
		w = w->next;
	return w;
}

static void make_room(struct outbox *o, size_t len)
{
	while (o->counters.octets + len > o->max) {
		struct waiting *w = first_unsent(o, true);

		if (!w)
			w = first_unsent(o, false);
		if (!w)
			return;
		o->counters.lost++;
		take_out(o, w);
	}
}

static struct waiting *waiting_new(const struct key *key, const struct attempt_report *a, uint64_t number, const struct octets *made)
{
	struct waiting *w = memory_get(sizeof *w);

	w->key = *key;
	w->going_on = a->going_on;
	w->verdict_only = a->verdict_only;
	w->number = number;
	w->octets = (struct octets){ memory_copy(made->data, made->len), made->len, made->len };
	memcpy(w->octets.data + REPORT_NUMBER_AT, &number, sizeof number);
	return w;
}

void outbox_report(struct outbox *o, const struct phone_report *phone, const struct attempt_report *a)
{
	const struct key key = { .mac = phone->mac, .start_ns = a->start_ns };

	o->made.len = 0;
	message_put_report(&o->made, phone, a);
	o->counters.reports++;
	take_out_older(o, &key, a->verdict_only);
	make_room(o, o->made.len);
	if (o->made.len > REPORT_MAX || o->counters.octets + o->made.len > o->max)
		o->counters.lost++;
	else
		append(o, waiting_new(&key, a, ++o->number, &o->made));
}

/* ---- the socket ---- */

static bool is_superseded(const struct waiting *w)
{
	for (const struct waiting *newer = w->next; newer; newer = newer->next)
		if (memcmp(&newer->key, &w->key, sizeof w->key) == 0 && (w->verdict_only || !newer->verdict_only))
			return true;
	return false;
}

/* It was sent and is not stored. */
static void send_again(struct outbox *o, struct waiting *w)
{
	w->sent = false;
	o->unanswered--;
	enter(o, w);
}

static void forget_connection(struct outbox *o)
{
	if (o->fd >= 0)
		close(o->fd);
	o->fd = -1;
	o->sending.len = o->sent = o->answer_len = 0;
	for (struct waiting *w = o->first; w; w = w->next)
		if (w->sent)
			send_again(o, w);
	o->unanswered = 0;
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
	return o->fd >= 0 && o->sending.len - o->sent < 2 * SENDING_MAX ? &o->sending : NULL;
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
		leave(o, w);
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
	struct waiting *w = o->first;

	while (w && w->number != m->number)
		w = w->next;

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
		take_out(o, w);
		return;
	}
	send_again(o, w);
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
		take_out(o, o->first);
	table_free(o->places);
	octets_free(&o->made);
	octets_free(&o->sending);
	free(o);
}

#include "flow/tcp.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/moment.h"
#include "flow/tcp_events.h"

#define CHECK_NS NS_PER_S
#define ANSWER_NS (3 * NS_PER_S)        /* a SYN has had time to be answered: the longest first retransmission time-out (RFC 1122 4.2.3.1) */
#define SILENCE_NS (15 * NS_PER_S)      /* no SYN comes any more; or twice the last interval, which is what back-off makes of it (RFC 6298 5.5) */
#define HALF_CLOSED_NS (60 * NS_PER_S)  /* the other FIN is not waited for any longer */
#define INTERVAL_MAX_NS (3600 * NS_PER_S)       /* no SYN is sent again after a longer time: it is another try */
#define IN_FLIGHT_NS (3 * NS_PER_S)     /* after a reset nothing is on its way any more */
#define ONE_WAY_NS (100 * NS_PER_MS)
#define PROGRESS_NS (5 * NS_PER_S)
#define AHEAD_MAX (INT64_C(1) << 30)    /* the largest window (RFC 7323 2.3): what is farther ahead is not of this connection */

/* ---- who waits for an answer ---- */

static void leave_waiting(struct tcp *t)
{
	if (!t->waiting_link)
		return;
	*t->waiting_link = t->next_waiting;
	if (t->next_waiting)
		t->next_waiting->waiting_link = t->waiting_link;
	t->waiting_link = NULL;
}

static void join_waiting(struct tcp *t)
{
	if (t->waiting_link)
		return;
	t->next_waiting = t->all->waiting;
	if (t->next_waiting)
		t->next_waiting->waiting_link = &t->next_waiting;
	t->waiting_link = &t->all->waiting;
	t->all->waiting = t;
}

/* ---- ends ---- */

static void drop_stream_if_over(void *user)
{
	struct tcp *t = user;

	if (!t->stream)
		return;
	t->was_read = t->was_read || stream_was_read(t->stream);
	if (!stream_is_over(t->stream))
		return;
	t->given_up = stream_was_given_up(t->stream);
	stream_free(t->stream);
	t->stream = NULL;
	t->no_stream = true;
}

static void abort_stream(struct tcp *t, const struct arrival *arrival)
{
	if (t->stream)
		stream_abort(t->stream, arrival);
	drop_stream_if_over(t);
	t->no_stream = true;
	if (t->phase == TCP_OVER)
		leave_waiting(t);
}

static void over(struct tcp *t)
{
	t->phase = TCP_OVER;
	leave_waiting(t);
}

static void time_out(struct tcp *t)
{
	if (!t->refused)
		tcp_report_timeout(t);
	over(t);
}

static void close_by_fin(struct tcp *t)
{
	if (t->closed_told)
		return;
	t->closed_told = true;
	tcp_report_closed(t);
	leave_waiting(t);
}

/* Whether nobody will answer the SYN any more. */
static bool syn_is_lost(const struct tcp *t, int64_t now_ns)
{
	int64_t interval = t->syn_interval_ns * 22 / 10;

	return now_ns - t->syn_ns > (interval > SILENCE_NS ? interval : SILENCE_NS);
}

static void check(struct tcp *t, int64_t now_ns)
{
	if (t->phase == TCP_ASKED && syn_is_lost(t, now_ns))
		time_out(t);
	else if (t->phase == TCP_OPEN && now_ns - t->last_ns > HALF_CLOSED_NS)
		close_by_fin(t);
	else if (t->phase == TCP_OVER && now_ns - t->last_ns > IN_FLIGHT_NS)
		abort_stream(t, &(const struct arrival){ t->last_frame, t->last_ns, false });
}

static bool is_checked(const struct tcps *ts, int64_t now_ns)
{
	return !ts->waiting || (now_ns < ts->next_check_ns && ts->next_check_ns - now_ns <= CHECK_NS);
}

bool tcps_quiet(const struct tcps *ts, int64_t now_ns)
{
	return streams_quiet(&ts->streams, now_ns) && is_checked(ts, now_ns);
}

void tcps_tick(struct tcps *ts, int64_t now_ns)
{
	streams_tick(&ts->streams, now_ns);
	if (is_checked(ts, now_ns))
		return;
	ts->next_check_ns = now_ns + CHECK_NS;
	for (struct tcp *t = ts->waiting, *next; t; t = next) {
		next = t->next_waiting;
		check(t, now_ns);
	}
}

void tcps_start(struct tcps *ts, struct reporter *report, struct flow_counters *counters, const struct flow_limits *limits)
{
	ts->report = report;
	ts->counters = counters;
	ts->streams.report = report;
	ts->streams.side_max = limits->stream_octets;
	ts->streams.budget.max = limits->total_octets;
	ts->streams.gap = tcp_report_gap;
	ts->streams.given_up = drop_stream_if_over;
	streams_start(&ts->streams);
}

struct tcp *tcp_new(struct tcps *ts, const struct chooser *c, uint64_t number, enum side from, const struct layers *l, bool markers)
{
	struct tcp *t = memory_get(sizeof *t);

	t->all = ts;
	t->markers = markers;
	t->phase = tcp_is_syn(l) && !(l->tcp_flags & TCP_ACK) ? TCP_ASKED : TCP_OPEN;
	t->path.number = number;
	t->path.transport = TRANSPORT_TCP;
	t->path.ends[from] = (struct endpoint){ l->src, l->src_port };
	t->path.ends[side_other(from)] = (struct endpoint){ l->dst, l->dst_port };
	t->by_port = choose_by_port(c, TRANSPORT_TCP, t->path.ends[SIDE_SERVER].port);
	return t;
}

/* ---- sequence numbers ---- */

/* The stream offset that a sequence number stands for; negative before the start. */
static int64_t offset_of(const struct tcp_half *h, uint32_t number)
{
	return (int64_t)h->high + (int32_t)(number - (uint32_t)(h->start + h->high));
}

static void start_at(struct tcp_half *h, uint32_t number, bool behind_syn)
{
	if (h->known)
		return;
	h->known = true;
	h->unsure = !behind_syn;
	h->start = number;
}

static void sent(struct tcp_half *h, int64_t until)
{
	if (until > (int64_t)h->high && until - (int64_t)h->high <= AHEAD_MAX)
		h->high = (uint64_t)until;
}

static void read_ack(struct tcp *t, enum side from, const struct layers *l, const struct arrival *arrival)
{
	struct tcp_half *other = &t->halves[side_other(from)];
	int64_t until;

	/* What answers a SYN, and the first ACK of a client whose server is not in the capture, stand at the other side's start. */
	start_at(other, l->tcp_ack, (l->tcp_flags & TCP_SYN) || (t->halves[from].known && !t->halves[from].unsure));
	until = offset_of(other, l->tcp_ack);
	if (other->fin && until == (int64_t)other->fin_at + 1)
		until--;
	sent(other, until);
	if (t->stream)
		stream_acked(t->stream, side_other(from), until > 0 && until <= (int64_t)other->high ? (uint64_t)until : 0, arrival);
}

/* ---- octets ---- */

static void open_stream(struct tcp *t)
{
	if (t->stream || t->no_stream)
		return;
	t->stream = stream_new(&t->all->streams, &t->path, t->markers && t->by_port && !choose_shows_markers(t->by_port) ? NULL : t->by_port, t->markers, t);
	for (int side = 0; side < 2; side++) {
		if (t->halves[side].unsure)
			stream_began_before(t->stream, (enum side)side);
		if (t->halves[side].fin)        /* it came before the octets that end with it */
			stream_fin(t->stream, (enum side)side, t->halves[side].fin_at, &(const struct arrival){ t->fin_frame, t->fin_ns, false });
	}
}

static void tell_start(struct tcp *t, enum side from, const struct arrival *arrival)
{
	if (!t->halves[from].unsure || t->told_start)
		return;
	tcp_report_gap(t, from, 0, GAP_START, arrival);
	t->told_start = true;
}

static void read_octets(struct tcp *t, enum side from, const struct layers *l, const struct arrival *arrival)
{
	struct tcp_half *h = &t->halves[from];
	uint32_t number = l->tcp_seq + (l->tcp_flags & TCP_SYN ? 1 : 0);
	int64_t at = offset_of(h, number), until = at + l->payload_len;
	uint32_t old = at < 0 ? (uint32_t)-at : 0;      /* before the start of what is known */

	if (until <= 0 || until - (int64_t)h->high > AHEAD_MAX)
		return;
	sent(h, until);
	tell_start(t, from, arrival);
	if (t->given_up)
		tcp_report_gap(t, from, 0, GAP_FORGOTTEN, arrival);
	t->given_up = false;
	open_stream(t);
	if (t->stream)
		stream_segment(t->stream, from, (uint64_t)(at + old), span_part(l->payload, old, l->payload.len), l->payload_len - old, arrival);
}

static void read_fin(struct tcp *t, enum side from, const struct layers *l, const struct arrival *arrival)
{
	struct tcp_half *h = &t->halves[from], *other = &t->halves[side_other(from)];
	int64_t at = offset_of(h, l->tcp_seq + (l->tcp_flags & TCP_SYN ? 1 : 0) + l->payload_len);

	if (h->fin || at < 0 || at - (int64_t)h->high > AHEAD_MAX)
		return;
	h->fin = true;
	h->fin_at = (uint64_t)at;
	sent(h, at);
	t->fin_frame = arrival->frame;
	t->fin_ns = arrival->at_ns;
	if (!other->fin)
		t->closer = from;
	if (t->stream)
		stream_fin(t->stream, from, h->fin_at, arrival);
	join_waiting(t);
}

/* The one side's reset crossed what the other one had sent. */
static void read_in_flight(struct tcp *t, enum side from, const struct layers *l, const struct arrival *arrival)
{
	if (t->stream && l->payload_len && !(l->tcp_flags & (TCP_RST | TCP_SYN)))
		read_octets(t, from, l, arrival);
	drop_stream_if_over(t);
}

/* ---- SYN and RST ---- */

/* Packet time may jump, in either direction. */
static int64_t interval_since(int64_t before_ns, int64_t now_ns)
{
	int64_t interval = now_ns - before_ns;

	return interval < 0 ? 0 : interval > INTERVAL_MAX_NS ? INTERVAL_MAX_NS : interval;
}

static void read_syn(struct tcp *t, enum side from, const struct layers *l, const struct arrival *arrival)
{
	struct tcp_half *h = &t->halves[from];

	if (!h->high)
		h->known = false;       /* some servers begin with another number each time they answer */
	start_at(h, l->tcp_seq + 1, true);
	if (l->tcp_flags & TCP_ACK) {
		if (from == SIDE_SERVER && !t->accepted)
			tcp_report_accepted(t, arrival);
		t->accepted = true;
		t->phase = TCP_OPEN;
		leave_waiting(t);
	} else if (from == SIDE_CLIENT) {
		if (t->syns == 0)
			tcp_report_connect(t, arrival);
		else
			t->syn_interval_ns = interval_since(t->syn_ns, arrival->at_ns);
		t->syns++;
		t->syn_ns = arrival->at_ns;
		t->syn_frame = arrival->frame;
		if (t->phase == TCP_ASKED)
			join_waiting(t);
	}
}

static void read_rst(struct tcp *t, enum side from, const struct arrival *arrival)
{
	if (t->phase == TCP_ASKED && from == SIDE_CLIENT)
		return;         /* given up; whether anybody would have answered is decided as if it had not been */
	if (t->stream)
		stream_reset(t->stream, arrival);
	drop_stream_if_over(t);
	if (t->phase == TCP_ASKED && !t->refused)
		tcp_report_refused(t, arrival);
	else if (t->halves[0].fin || t->halves[1].fin)
		close_by_fin(t);
	else if (t->phase == TCP_OPEN)
		tcp_report_reset(t, from, arrival);
	t->refused = t->phase == TCP_ASKED;
	over(t);
	if (t->stream)
		join_waiting(t);
}

/* ---- one packet ---- */

static uint64_t octets_of(const struct tcp *t)
{
	return t->halves[0].high + t->halves[1].high;
}

static void tell_progress(struct tcp *t, const struct arrival *arrival)
{
	uint64_t octets = octets_of(t);

	if (octets == t->progress_octets || t->closed_told)
		return;
	if (octets < 2 * t->progress_octets && arrival->at_ns - t->progress_ns < PROGRESS_NS)
		return;
	t->progress_octets = octets;
	t->progress_ns = arrival->at_ns;
	tcp_report_progress(t, arrival->frame, arrival->at_ns);
}

/* The other side is there, one hears of it, but none of its packets comes. */
static void look_for_one_way(struct tcp *t, enum side from, const struct arrival *arrival)
{
	enum side other = side_other(from);

	if (t->one_way_told || t->path.ways[other].seen || !t->halves[other].high)
		return;
	if (!t->one_way_ns)
		t->one_way_ns = arrival->at_ns;
	if (arrival->at_ns - t->one_way_ns < ONE_WAY_NS)
		return;
	t->one_way_told = true;
	tcp_report_gap(t, other, 0, GAP_ONE_WAY, arrival);
}

static void read_open(struct tcp *t, enum side from, const struct layers *l, const struct arrival *arrival)
{
	start_at(&t->halves[from], l->tcp_seq, false);
	if (l->tcp_flags & TCP_ACK)
		read_ack(t, from, l, arrival);
	if (l->payload_len)
		read_octets(t, from, l, arrival);
	if (l->tcp_flags & TCP_FIN)
		read_fin(t, from, l, arrival);
	drop_stream_if_over(t);
	look_for_one_way(t, from, arrival);
	tell_progress(t, arrival);
	if (t->halves[0].fin && t->halves[1].fin)
		close_by_fin(t);
}

/* A client that goes on was answered, though the capture may not have seen it; so was one whose server sends octets. */
static bool shows_open(const struct layers *l, enum side from)
{
	return !(l->tcp_flags & TCP_SYN) && (from == SIDE_CLIENT ? (l->tcp_flags & TCP_ACK) != 0 : l->payload_len > 0);
}

bool tcp_is_read(const struct tcp *t)
{
	if (t->markers)
		return t->stream != NULL;
	return t->by_port || t->was_read || !t->no_stream;
}

void tcp_lift_markers(struct tcp *t)
{
	t->markers = false;
	if (t->stream)
		stream_lift_markers(t->stream);
}

void tcp_packet(struct tcp *t, enum side from, const struct packet *p, const struct layers *l)
{
	const struct arrival arrival = { p->frame, p->at_ns, l->payload.len < l->payload_len };

	if (tcp_answers_another(t, from, l))
		return;
	path_learn(&t->path, from, p, l);
	if (!t->begun)
		t->first_ns = p->at_ns;
	t->begun = true;
	t->last_ns = p->at_ns;
	t->last_frame = p->frame;
	if (t->phase == TCP_OVER && t->refused && tcp_is_syn(l))
		t->phase = TCP_ASKED;
	if (t->phase == TCP_OVER) {
		read_in_flight(t, from, l, &arrival);
		return;
	}
	if (l->tcp_flags & TCP_RST) {
		read_rst(t, from, &arrival);
		return;
	}
	if (l->tcp_flags & TCP_SYN)
		read_syn(t, from, l, &arrival);
	if (t->phase == TCP_ASKED && shows_open(l, from)) {
		t->phase = TCP_OPEN;
		leave_waiting(t);
	}
	if (t->phase == TCP_OPEN || l->payload_len)
		read_open(t, from, l, &arrival);
}

/* ---- forgotten ---- */

static bool is_one_way(const struct tcp *t)
{
	return t->phase != TCP_ASKED && octets_of(t) && (!t->path.ways[0].seen || !t->path.ways[1].seen);
}

static void tell_end(struct tcp *t, const struct arrival *now, enum tcp_leave why)
{
	const struct arrival last = { t->last_frame, t->last_ns, false };

	if (t->phase == TCP_ASKED) {
		if (now->at_ns - t->syn_ns >= ANSWER_NS)
			time_out(t);
	} else if (t->phase == TCP_OPEN && (t->halves[0].fin || t->halves[1].fin)) {
		close_by_fin(t);
	} else if (t->phase == TCP_OPEN && why != TCP_DONE) {
		tcp_report_progress(t, t->last_frame, t->last_ns);
		if (why == TCP_FORGOTTEN)
			tcp_report_gap(t, SIDE_SERVER, 0, GAP_FORGOTTEN, &last);
	}
}

void tcp_forget(struct tcp *t, enum tcp_leave why)
{
	const struct arrival now = { t->all->report->now, t->all->report->now_ns, false };
	const struct arrival last = { t->last_frame, t->last_ns, false };       /* the packet that is being read is somebody else's */
	enum side unseen = t->path.ways[SIDE_CLIENT].seen ? SIDE_SERVER : SIDE_CLIENT;

	abort_stream(t, &last);
	if (is_one_way(t)) {
		t->all->counters->one_way++;
		if (!t->one_way_told)
			tcp_report_gap(t, unseen, 0, GAP_ONE_WAY, &last);
	}
	tell_end(t, &now, why);
	leave_waiting(t);
	stream_free(t->stream);
	free(t);
}

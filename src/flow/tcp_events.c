#include "flow/tcp_events.h"

#include "base/moment.h"

const struct kind tcp_connect = { .proto = "tcp", .name = "connect" };
const struct kind tcp_accepted = { .proto = "tcp", .name = "accepted" };
const struct kind tcp_refused = { .proto = "tcp", .name = "refused" };
const struct kind tcp_timeout = { .proto = "tcp", .name = "timeout" };
const struct kind tcp_closed = { .proto = "tcp", .name = "closed" };
const struct kind tcp_reset = { .proto = "tcp", .name = "reset" };
const struct kind tcp_progress = { .proto = "tcp", .name = "progress", .internal = true };
const struct kind tcp_gap = { .proto = "tcp", .name = "gap", .internal = true };

const struct field tcp_port = { "port" };
const struct field tcp_by = { "by" };
const struct field tcp_bytes_client = { "bytes_client" };
const struct field tcp_bytes_server = { "bytes_server" };
const struct field tcp_duration = { "duration_s" };
const struct field tcp_syns = { "syns" };
const struct field tcp_missing = { "missing" };
const struct field tcp_reason = { "reason" };

static const char *side_name(enum side s)
{
	return s == SIDE_CLIENT ? "client" : "server";
}

static struct event *begin(struct tcp *t, const struct kind *kind, frame_ref frame, int64_t at_ns)
{
	struct event *e = reporter_begin_tcp(t->all->report, kind, &t->path, frame, at_ns);

	put_number(&e->fields, &tcp_port, t->path.ends[SIDE_SERVER].port);
	return e;
}

static void put_duration(struct tcp *t, struct event *e)
{
	unsigned digits = t->path.time_digits;

	put_real(&e->fields, &tcp_duration, (double)(e->at_ns - t->first_ns) / (double)NS_PER_S, digits ? digits : 1);
}

static void put_sums(struct tcp *t, struct event *e)
{
	put_number(&e->fields, &tcp_bytes_client, t->halves[SIDE_CLIENT].high);
	put_number(&e->fields, &tcp_bytes_server, t->halves[SIDE_SERVER].high);
	put_duration(t, e);
}

void tcp_report_connect(struct tcp *t, const struct arrival *a)
{
	reporter_add_tcp(t->all->report, begin(t, &tcp_connect, a->frame, a->at_ns));
}

void tcp_report_accepted(struct tcp *t, const struct arrival *a)
{
	struct event *e = begin(t, &tcp_accepted, a->frame, a->at_ns);

	put_duration(t, e);
	reporter_add_tcp(t->all->report, e);
}

void tcp_report_refused(struct tcp *t, const struct arrival *a)
{
	struct event *e = begin(t, &tcp_refused, a->frame, a->at_ns);

	put_duration(t, e);
	reporter_add_tcp(t->all->report, e);
}

void tcp_report_timeout(struct tcp *t)
{
	struct event *e = begin(t, &tcp_timeout, t->syn_frame, t->syn_ns);

	put_number(&e->fields, &tcp_syns, t->syns);
	put_duration(t, e);
	reporter_add_tcp(t->all->report, e);
}

void tcp_report_closed(struct tcp *t)
{
	struct event *e = begin(t, &tcp_closed, t->fin_frame, t->fin_ns);

	put_string(&e->fields, &tcp_by, side_name(t->closer));
	put_sums(t, e);
	reporter_add_tcp(t->all->report, e);
}

void tcp_report_reset(struct tcp *t, enum side by, const struct arrival *a)
{
	struct event *e = begin(t, &tcp_reset, a->frame, a->at_ns);

	put_string(&e->fields, &tcp_by, side_name(by));
	put_sums(t, e);
	reporter_add_tcp(t->all->report, e);
}

void tcp_report_progress(struct tcp *t, frame_ref frame, int64_t at_ns)
{
	struct event *e = begin(t, &tcp_progress, frame, at_ns);

	put_sums(t, e);
	reporter_add_tcp(t->all->report, e);
}

void tcp_report_gap(void *user, enum side by, uint64_t missing, enum gap_reason reason, const struct arrival *a)
{
	static const char *const names[] = { [GAP_HOLE] = "hole", [GAP_SNAP] = "snap", [GAP_START] = "start", [GAP_ONE_WAY] = "one-way",
		[GAP_FORGOTTEN] = "forgotten" };
	struct tcp *t = user;
	struct event *e = begin(t, &tcp_gap, a->frame, a->at_ns);

	if (reason == GAP_HOLE) {
		t->all->counters->gaps++;
		t->all->counters->gap_octets += missing;
	}
	put_string(&e->fields, &tcp_by, side_name(by));
	put_number(&e->fields, &tcp_missing, missing);
	put_string(&e->fields, &tcp_reason, names[reason]);
	reporter_add_tcp(t->all->report, e);
}

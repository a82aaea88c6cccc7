#include "daemon/metrics.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/moment.h"
#include "base/text.h"
#include "daemon/counters.h"

enum { VALUES_MAX = 1024, TEXT_MAX = 1024 * 1024, REQUEST_MAX = 4096 };

#define FILE_EVERY_NS (5 * NS_PER_S)
#define CLIENT_NS (2 * NS_PER_S)

struct value {
	const struct counter *counter;
	char part[64];
	uint64_t value;
};

struct client {
	int fd;                         /* -1: none */
	int64_t until_ns;
	unsigned newlines;              /* at the end of what it said */
	size_t said;
	bool answering;
	struct text answer;
	size_t sent;
};

struct metrics {
	struct value values[VALUES_MAX];
	unsigned count;
	int listener;                   /* -1: none */
	struct client clients[METRICS_CLIENTS];
	char *file;
	int64_t file_ns;
	bool file_failed;
};

/* ---- where ---- */

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* 0: not an address but a file's name. -1: an address that is not this machine's own. */
static int parse_where(const char *where, union address *ret, socklen_t *ret_len)
{
	const char *colon = strrchr(where, ':');
	char host[64], *end;
	unsigned long port;

	if (strchr(where, '/') || !colon || colon == where || (size_t)(colon - where) >= sizeof host)
		return 0;
	port = strtoul(colon + 1, &end, 10);
	if (end == colon + 1 || *end)
		return 0;
	snprintf(host, sizeof host, "%.*s", (int)(colon - where), where);
	*ret = (union address){ 0 };
	if (inet_pton(AF_INET, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, &ret->v4.sin_addr) == 1) {
		ret->v4.sin_family = AF_INET;
		ret->v4.sin_port = htons((uint16_t)port);
		*ret_len = sizeof ret->v4;
		return port && port <= UINT16_MAX && ntohl(ret->v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET ? 1 : -1;
	}
	if (strcmp(host, "[::1]") == 0) {
		ret->v6.sin6_family = AF_INET6;
		ret->v6.sin6_port = htons((uint16_t)port);
		ret->v6.sin6_addr = in6addr_loopback;
		*ret_len = sizeof ret->v6;
		return port && port <= UINT16_MAX ? 1 : -1;
	}
	return -1;
}

bool metrics_check(const char *where)
{
	union address a;
	socklen_t len;

	if (parse_where(where, &a, &len) >= 0)
		return true;
	log_error("metrics %s: only a file, or a port of this machine's own (127.0.0.1:PORT)", where);
	return false;
}

static int listen_at(const char *where, const union address *a, socklen_t len)
{
	int fd = socket(a->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;

	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 && bind(fd, &a->any, len) == 0 && listen(fd, METRICS_CLIENTS) == 0)
		return fd;
	log_error("metrics %s: %s", where, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

struct metrics *metrics_new(const char *where)
{
	struct metrics *m = memory_get(sizeof *m);
	union address a;
	socklen_t len;
	int kind;

	m->listener = -1;
	for (unsigned i = 0; i < METRICS_CLIENTS; i++)
		m->clients[i].fd = -1;
	if (!where)
		return m;
	kind = parse_where(where, &a, &len);
	if (kind > 0)
		m->listener = listen_at(where, &a, len);
	else if (kind == 0)
		m->file = memory_copy(where, strlen(where));
	else
		metrics_check(where);
	if (kind < 0 || (kind > 0 && m->listener < 0)) {
		metrics_free(m);
		return NULL;
	}
	return m;
}

/* ---- values ---- */

void metrics_set(struct metrics *m, const char *name, const char *part, uint64_t value)
{
	const struct counter *c = counter_find(name);

	for (unsigned i = 0; i < m->count; i++)
		if (m->values[i].counter == c && strcmp(m->values[i].part, part ? part : "") == 0) {
			m->values[i].value = value;
			return;
		}
	if (!c || m->count == VALUES_MAX)
		return;
	m->values[m->count] = (struct value){ .counter = c, .value = value };
	snprintf(m->values[m->count++].part, sizeof m->values[0].part, "%s", part ? part : "");
}

/* A label's value: backslash, quote and line feed are escaped (the format's own rule); names of interfaces have none of them but may. */
static void add_label(struct text *t, const char *part)
{
	text_add(t, "{interface=\"");
	for (; *part; part++) {
		if (*part == '\\' || *part == '"')
			text_add_octet(t, '\\');
		text_add_octet(t, *part == '\n' ? ' ' : *part);
	}
	text_add(t, "\"}");
}

static void add_name(struct text *t, const struct counter *c)
{
	text_add(t, "dialtone_");
	for (const char *at = c->name; *at; at++)
		text_add_octet(t, *at == '-' ? '_' : *at);
	if (!c->gauge)
		text_add(t, "_total");
}

static void add_counter(struct text *t, const struct metrics *m, const struct counter *c)
{
	bool first = true;

	for (unsigned i = 0; i < m->count; i++) {
		if (m->values[i].counter != c)
			continue;
		if (first) {
			text_add(t, "# HELP ");
			add_name(t, c);
			text_addf(t, " %s\n# TYPE ", c->about);
			add_name(t, c);
			text_add(t, c->gauge ? " gauge\n" : " counter\n");
		}
		first = false;
		add_name(t, c);
		if (m->values[i].part[0])
			add_label(t, m->values[i].part);
		text_addf(t, " %" PRIu64 "\n", m->values[i].value);
	}
}

static struct text metrics_text(const struct metrics *m)
{
	struct text t = text_start(TEXT_MAX);

	for (const struct counter *c = counters; c->name; c++)
		add_counter(&t, m, c);
	return t;
}

/* ---- the file ---- */

/* Whoever reads it finds the old one or the new one, never half of one. */
static void write_file(struct metrics *m)
{
	struct text t = metrics_text(m), name = text_start(4096);
	FILE *file;
	bool good;

	text_addf(&name, "%s.new", m->file);
	file = fopen(text_string(&name), "we");
	good = file && fwrite(text_string(&t), 1, t.len, file) == t.len;
	good = (!file || fclose(file) == 0) && good && rename(text_string(&name), m->file) == 0;
	if (!good && !m->file_failed)
		log_warning("metrics %s: %s", m->file, strerror(errno));
	m->file_failed = !good;
	text_free(&t);
	text_free(&name);
}

/* ---- who asks ---- */

static void client_close(struct client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	text_free(&c->answer);
	*c = (struct client){ .fd = -1 };
}

static void client_accept(struct metrics *m, int64_t now_ns)
{
	for (unsigned i = 0; i < METRICS_CLIENTS; i++) {
		struct client *c = &m->clients[i];

		if (c->fd >= 0)
			continue;
		*c = (struct client){ .fd = accept4(m->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK), .until_ns = now_ns + CLIENT_NS };
		if (c->fd < 0)
			return;
	}
}

/* The end of a request is an empty line (RFC 9112 section 2.1); a body is not waited for. True once it came. */
static bool client_read(struct client *c)
{
	char octets[512];
	ssize_t n;

	while ((n = recv(c->fd, octets, sizeof octets, MSG_DONTWAIT)) > 0) {
		c->said += (size_t)n;
		for (ssize_t i = 0; i < n; i++) {
			if (octets[i] != '\r')
				c->newlines = octets[i] == '\n' ? c->newlines + 1 : 0;
			if (c->newlines == 2)
				return true;
		}
		if (c->said > REQUEST_MAX)
			break;
	}
	if (n == 0 || c->said > REQUEST_MAX || (n < 0 && errno != EAGAIN && errno != EINTR))
		client_close(c);
	return false;
}

static void client_answer(struct metrics *m, struct client *c)
{
	struct text body = metrics_text(m);

	c->answering = true;
	c->answer = text_start(TEXT_MAX + 1024);
	text_addf(&c->answer, "HTTP/1.0 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
		body.len);
	text_add_span(&c->answer, span_of(text_string(&body), body.len));
	text_free(&body);
}

static void client_write(struct client *c)
{
	while (c->sent < c->answer.len) {
		ssize_t n = send(c->fd, text_string(&c->answer) + c->sent, c->answer.len - c->sent, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n < 0)
			break;
		c->sent += (size_t)n;
	}
	shutdown(c->fd, SHUT_WR);
	client_close(c);
}

static void client_run(struct metrics *m, struct client *c, int64_t now_ns)
{
	if (!c->answering && client_read(c))
		client_answer(m, c);
	if (c->fd >= 0 && c->answering)
		client_write(c);
	if (c->fd >= 0 && now_ns > c->until_ns)
		client_close(c);
}

/* ---- whole ---- */

unsigned metrics_poll(const struct metrics *m, struct pollfd ret[METRICS_POLLS])
{
	unsigned count = 0, busy = 0;

	for (unsigned i = 0; i < METRICS_CLIENTS; i++)
		if (m->clients[i].fd >= 0) {
			busy++;
			ret[count++] = (struct pollfd){ .fd = m->clients[i].fd, .events = m->clients[i].answering ? POLLOUT : POLLIN };
		}
	if (m->listener >= 0 && busy < METRICS_CLIENTS)
		ret[count++] = (struct pollfd){ .fd = m->listener, .events = POLLIN };
	return count;
}

void metrics_run(struct metrics *m, int64_t now_ns)
{
	if (m->listener >= 0)
		client_accept(m, now_ns);
	for (unsigned i = 0; i < METRICS_CLIENTS; i++)
		if (m->clients[i].fd >= 0)
			client_run(m, &m->clients[i], now_ns);
	if (m->file && now_ns >= m->file_ns) {
		m->file_ns = now_ns + FILE_EVERY_NS;
		write_file(m);
	}
}

void metrics_free(struct metrics *m)
{
	if (!m)
		return;
	for (unsigned i = 0; i < METRICS_CLIENTS; i++)
		client_close(&m->clients[i]);
	if (m->listener >= 0)
		close(m->listener);
	free(m->file);
	free(m);
}

/* TCP connections of the phone and the TLS handshakes on them. */
#include <string.h>

#include "dissectors/tls.h"
#include "verdict/gather_parts.h"

static struct connection *connection_find(struct facts *f, uint64_t flow)
{
	for (size_t i = f->connections.count; i-- > 0;)
		if (f->connections.at[i].flow == flow)
			return &f->connections.at[i];
	return NULL;
}

/* The connection of the event's flow; NULL where it was made to the phone, not by it. */
static struct connection *connection_of(struct gathering *g, const struct event *e, const struct endpoint *client, const struct endpoint *server)
{
	struct connection *c = connection_find(g->facts, e->flow);

	if (!c) {
		if (phone_has(g->phone, &server->addr) && !phone_has(g->phone, &client->addr))
			return NULL;
		c = LIST_ADD(g->arena, &g->facts->connections);
		*c = (struct connection){ .flow = e->flow, .client = *client, .server = *server, .state = CONNECTION_OPEN, .start_ns = e->at_ns };
	}
	if (e->at_ns > c->last_ns)
		c->last_ns = e->at_ns;
	return c;
}

/* ---- TCP ---- */

static void end(struct connection *c, enum connection_state state, int64_t at_ns)
{
	c->state = state;
	c->end_ns = at_ns;
}

static bool by_client(const struct event *e)
{
	const char *by = event_string(e, &tcp_by);

	return by && strcmp(by, "client") == 0;
}

static void count(struct gathering *g, struct connection *c, const struct event *e)
{
	c->bytes_client = event_number(e, &tcp_bytes_client, c->bytes_client);
	c->bytes_server = event_number(e, &tcp_bytes_server, c->bytes_server);
	if (c->bytes_server)
		g->facts->heard++;
	if (c->bytes_client)
		g->facts->said++;
}

static void gap(struct gathering *g, struct connection *c, const struct event *e)
{
	const char *reason = gather_text(g, e, &tcp_reason);

	if (!reason)
		reason = "hole";
	if (strcmp(reason, "start") == 0)       /* a connection older than the capture: nothing is missing from what was watched */
		return;
	c->has_gap = true;
	c->one_way |= strcmp(reason, "one-way") == 0;
	*LIST_ADD(g->arena, &g->facts->gaps) = (struct gap){ e->at_ns, e->frame, reason, event_number(e, &tcp_missing, 0) };
}

void gather_tcp(struct gathering *g, const struct event *e)
{
	struct connection *c = connection_of(g, e, &e->src, &e->dst);

	if (!c)
		return;
	if (e->kind == &tcp_gap) {
		gap(g, c, e);
		return;
	}
	count(g, c, e);
	if (e->kind == &tcp_progress)
		return;
	gather_frames(g, e, &c->frames);
	if (e->kind == &tcp_connect) {
		if (!c->accepted)       /* a mirror may show the answer first */
			c->state = CONNECTION_TRYING;
		c->seen_from_start = true;
		g->facts->said++;
	} else if (e->kind == &tcp_accepted) {
		c->state = CONNECTION_OPEN;
		c->accepted = true;
		g->facts->heard++;
	} else if (e->kind == &tcp_refused) {
		end(c, CONNECTION_REFUSED, e->at_ns);
		g->facts->heard++;
	} else if (e->kind == &tcp_timeout) {
		end(c, CONNECTION_TIMEOUT, e->at_ns);
		c->syns = (unsigned)event_number(e, &tcp_syns, 1);
	} else if (e->kind == &tcp_closed || e->kind == &tcp_reset) {
		end(c, e->kind == &tcp_closed ? CONNECTION_CLOSED : CONNECTION_RESET, e->at_ns);
		c->ended_by_client = by_client(e);
	}
}

/* ---- TLS ---- */

static void set_text(struct gathering *g, const struct event *e, const struct field *f, const char **to)
{
	const char *text = gather_text(g, e, f);

	if (text)
		*to = text;
}

static void client_hello(struct gathering *g, struct connection *c, const struct event *e)
{
	c->hello = true;
	set_text(g, e, &tls_sni, &c->sni);
	set_text(g, e, &tls_version, &c->hello_version);
}

static bool says_resumed(const struct event *e)
{
	const struct item *resumed = event_find(e, &tls_session_resumed);

	return resumed && resumed->form == FORM_TRUTH && resumed->truth;
}

static void server_hello(struct gathering *g, struct connection *c, const struct event *e)
{
	c->server_hello = true;
	set_text(g, e, &tls_version, &c->version);
	set_text(g, e, &tls_cipher, &c->cipher);
	set_text(g, e, &tls_session_id, &c->session_id);
}

static void chain(struct gathering *g, struct connection *c, const struct event *e)
{
	c->certificate_ns = e->at_ns;
	c->chain.count = 0;
	for (const struct item *i = event_list(e, &tls_certificates)->first; i; i = i->next)
		if (i->form == FORM_RECORD)
			*LIST_ADD(g->arena, &c->chain) = gather_certificate(g, &i->record);
	gather_frames(g, e, &c->certificate_frames);
}

static void alert(struct gathering *g, struct connection *c, const struct event *e, bool from_client)
{
	const char *level = event_string(e, &tls_alert_level), *name = gather_text(g, e, &tls_alert_name);

	*LIST_ADD(g->arena, &c->alerts) = (struct tls_alert_fact){
		.from_client = from_client, .encrypted = !name, .name = name, .fatal = level && strcmp(level, "fatal") == 0, .at_ns = e->at_ns, .frame = e->frame,
	};
}

static void sealed(struct connection *c, const struct event *e, bool from_client)
{
	if (e->kind == &tls_finished)
		*(from_client ? &c->finished_client : &c->finished_server) = true;
	else
		*(from_client ? &c->data_client : &c->data_server) = true;
	if (!c->secured_ns && ((c->finished_client && c->finished_server) || (c->data_client && c->data_server)))
		c->secured_ns = e->at_ns;
}

void gather_tls(struct gathering *g, const struct event *e)
{
	const char *from = event_string(e, &tls_from);
	bool from_client = from && strcmp(from, "client") == 0;
	struct connection *c = from_client ? connection_of(g, e, &e->src, &e->dst) : connection_of(g, e, &e->dst, &e->src);

	if (!c)
		return;
	gather_frames(g, e, &c->tls_frames);
	c->resumed |= says_resumed(e);
	if (e->kind == &tls_client_hello)
		client_hello(g, c, e);
	else if (e->kind == &tls_server_hello)
		server_hello(g, c, e);
	else if (e->kind == &tls_certificate && !from_client)
		chain(g, c, e);
	else if (e->kind == &tls_alert)
		alert(g, c, e, from_client);
	else if (e->kind == &tls_finished || e->kind == &tls_data)
		sealed(c, e, from_client);
}

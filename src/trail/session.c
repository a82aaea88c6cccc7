#include "trail/session.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "dissectors/dhcp.h"
#include "dissectors/dns.h"
#include "dissectors/http.h"
#include "dissectors/ntp.h"
#include "dissectors/sip.h"
#include "dissectors/tls.h"
#include "flow/flow.h"
#include "trail/marker.h"

/* A session with a registrar that lived so long was a sign-in: a registrar that refuses ends it within seconds. */
static const int64_t SIGNED_IN_NS = INT64_C(60) * 1000000000;

enum { PORT_SIP = 5060, PORT_SIP_TLS = 5061, PORT_HTTPS = 443 };

void sessions_clear(struct sessions *s)
{
	for (unsigned i = 0; i < KNOWN_TARGETS; i++)
		free(s->targets[i]);
	free(s->at);
	free(s->addresses);
	*s = (struct sessions){ .over = false };
}

/* ---- names and addresses ---- */

static bool is_target(const struct sessions *s, const char *name)
{
	for (unsigned i = 0; name && *name && i < KNOWN_TARGETS && s->targets[i]; i++)
		if (strcasecmp(s->targets[i], name) == 0)
			return true;
	return false;
}

static enum name_use use_of_name(const struct sessions *s, const char *name)
{
	return is_target(s, name) ? NAME_REGISTRAR : name_use(name);
}

static enum name_use use_of_address(const struct sessions *s, const struct addr *a)
{
	for (unsigned i = 0; i < s->address_count; i++)
		if (addr_is_set(a) && addr_equal(&s->addresses[i].addr, a))
			return (enum name_use)s->addresses[i].use;
	return NAME_OTHER;
}

/* A later name for the same address overrides: an address shared by web server and registrar is what it was last looked up as. */
static void learn_address(struct sessions *s, const struct addr *a, enum name_use use)
{
	unsigned at = s->next_address % KNOWN_ADDRESSES;

	for (unsigned i = 0; i < s->address_count; i++)
		if (addr_equal(&s->addresses[i].addr, a)) {
			s->addresses[i].use = (uint8_t)use;
			return;
		}
	s->next_address++;
	if (at == s->address_count)
		s->addresses = memory_resize(s->addresses, ++s->address_count, sizeof *s->addresses);
	s->addresses[at] = (struct known_address){ *a, (uint8_t)use };
}

static void learn_target(struct sessions *s, const char *name)
{
	char **place = &s->targets[s->next_target % KNOWN_TARGETS];

	if (!name || is_target(s, name) || strlen(name) > TARGET_MAX)
		return;
	s->next_target++;
	free(*place);
	*place = memory_copy(name, strlen(name));
}

static void learn_records(struct sessions *s, const struct record *records, const struct event *e)
{
	enum name_use asked = use_of_name(s, event_string(e, &dns_qname));

	for (const struct item *i = records->first; i; i = i->next) {
		const struct item *address = i->form == FORM_RECORD ? record_find(&i->record, &dns_address) : NULL;
		const char *type = i->form == FORM_RECORD ? record_string(&i->record, &dns_type) : NULL;

		if (type && strcmp(type, "SRV") == 0 && asked == NAME_REGISTRAR)
			learn_target(s, record_string(&i->record, &dns_target));
		if (address && address->form == FORM_ADDR)
			learn_address(s, &address->addr, is_target(s, record_string(&i->record, &dns_name)) ? NAME_REGISTRAR : asked);
	}
}

static void learn_answer(struct sessions *s, const struct event *e)
{
	learn_records(s, event_list(e, &dns_answers), e);
	learn_records(s, event_list(e, &dns_additional), e);
}

/* ---- what a message means ---- */

static bool is_registrar(const struct sessions *s, const struct endpoint *server)
{
	if (server->port == PORT_SIP || server->port == PORT_SIP_TLS)
		return true;
	return server->port == PORT_HTTPS && use_of_address(s, &server->addr) == NAME_REGISTRAR;
}

static enum part of_connection(const struct sessions *s, const struct event *e)
{
	if (is_registrar(s, &e->dst))
		return PART_REGISTER;
	return use_of_address(s, &e->dst.addr) == NAME_UPDATE ? PART_PRELUDE : PART_SIGN_IN;
}

static enum part of_name(enum name_use use)
{
	switch (use) {
	case NAME_REGISTRAR: return PART_REGISTER;
	case NAME_UPDATE: case NAME_TIME: return PART_PRELUDE;
	case NAME_OTHER: break;
	}
	return PART_SIGN_IN;
}

static enum part of_request(const struct event *e)
{
	const char *target = event_string(e, &http_target);

	if (is_update_request(e) || (target && strncasecmp(target, "/RequestHandler", 15) == 0))
		return PART_PRELUDE;
	return target && strncasecmp(target, "/CertProv/", 10) == 0 ? PART_REGISTER : PART_SIGN_IN;
}

static bool is_of_link(const struct event *e)
{
	if (is_dhcp(e))
		return e->kind != &dhcp_inform || !is_uc_class(e);
	return is_arp(e) || is_advertisement(e);
}

/* Answers, and what the flow layer says about a connection later on. */
static bool is_answer(const struct event *e, bool sent)
{
	static const struct kind *const answers[] = {
		&dns_response, &ntp_server, &http_response, &sip_response, &tcp_accepted, &tcp_refused, &tcp_timeout, &tcp_closed, &tcp_reset, &tls_alert,
	};

	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
		if (e->kind == answers[i])
			return true;
	return !sent || e->kind->internal;
}

enum part sessions_part(const struct sessions *s, const struct event *e, bool sent)
{
	if (is_of_link(e))
		return PART_LINK;
	if (is_answer(e, sent))
		return PART_ANSWER;
	if (e->kind == &ntp_client)
		return PART_PRELUDE;
	if (e->kind == &dns_query)
		return of_name(use_of_name(s, event_string(e, &dns_qname)));
	if (e->kind == &tcp_connect || e->kind == &tls_client_hello)
		return of_connection(s, e);
	if (e->kind == &http_request)
		return of_request(e);
	if (e->kind == &dhcp_inform || marker_of(e) == MARKER_STRONG || e->kind == &sip_request)
		return PART_REGISTER;
	return strcmp(e->kind->proto, tls_client_hello.proto) == 0 ? PART_ANSWER : PART_SIGN_IN;
}

/* ---- sessions ---- */

static struct session *session_find(struct sessions *s, uint64_t flow)
{
	for (unsigned i = 0; flow && i < s->count; i++)
		if (s->at[i].flow == flow)
			return &s->at[i];
	return NULL;
}

/* A free place, else the one that was quiet for longest. */
static struct session *session_place(struct sessions *s)
{
	struct session *oldest = s->at;

	for (unsigned i = 0; i < s->count; i++) {
		if (!s->at[i].flow)
			return &s->at[i];
		if (s->at[i].last_ns < oldest->last_ns)
			oldest = &s->at[i];
	}
	if (s->count == SESSIONS_MAX)
		return oldest;
	s->at = memory_resize(s->at, s->count + 1, sizeof *s->at);
	return &s->at[s->count++];
}

static struct session *session_get(struct sessions *s, const struct event *e)
{
	struct session *at = session_find(s, e->flow);

	if (at || !e->flow)
		return at;
	at = session_place(s);
	*at = (struct session){ .flow = e->flow, .start_ns = e->at_ns, .last_ns = e->at_ns };
	return at;
}

static bool is_established(const struct session *at)
{
	bool finished = at->finished[SIDE_CLIENT] && at->finished[SIDE_SERVER];

	return at->registrar && at->data[SIDE_CLIENT] && at->data[SIDE_SERVER] && (finished || !at->seen_from_start);
}

static void begin(struct sessions *s, const struct event *e)
{
	struct session *at = session_get(s, e);
	const char *sni = event_string(e, &tls_sni);

	if (!at)
		return;
	at->seen_from_start = true;
	at->registrar = is_registrar(s, &e->dst);
	if (e->dst.port == PORT_HTTPS && sni)
		at->registrar = use_of_name(s, sni) == NAME_REGISTRAR;
}

/* The flow layer's summary: how long, how much. */
static void note_progress(struct sessions *s, const struct event *e)
{
	struct session *at = session_get(s, e);
	const struct item *duration = event_find(e, &tcp_duration);

	if (!at)
		return;
	if (!at->seen_from_start)
		at->registrar = is_registrar(s, &e->dst);
	if (duration && duration->form == FORM_REAL && e->at_ns - (int64_t)(duration->real * 1e9) < at->start_ns)
		at->start_ns = e->at_ns - (int64_t)(duration->real * 1e9);
	if (!at->seen_from_start) {
		at->data[SIDE_CLIENT] |= event_number(e, &tcp_bytes_client, 0) > 0;
		at->data[SIDE_SERVER] |= event_number(e, &tcp_bytes_server, 0) > 0;
	}
	at->last_ns = e->at_ns;
	if (e->kind == &tcp_progress)
		return;
	if (is_established(at) && at->last_ns - at->start_ns >= SIGNED_IN_NS)
		s->over = true;
	at->flow = 0;
}

static void note_tls(struct sessions *s, const struct event *e)
{
	struct session *at = session_find(s, e->flow);
	const char *from = event_string(e, &tls_from);
	enum side side = from && strcmp(from, "server") == 0 ? SIDE_SERVER : SIDE_CLIENT;

	if (!at)
		return;
	at->last_ns = e->at_ns;
	if (e->kind == &tls_finished && from)
		at->finished[side] = true;
	if (e->kind == &tls_data && from)
		at->data[side] = true;
	/* TLS 1.3 hides Finished (RFC 8446 2): data both ways says the same. */
	if (e->kind == &tls_server_hello && event_string(e, &tls_version) && strcmp(event_string(e, &tls_version), "TLS 1.3") == 0)
		at->finished[SIDE_CLIENT] = at->finished[SIDE_SERVER] = true;
}

/* Registered in the clear. */
static void note_sip(struct sessions *s, const struct event *e)
{
	struct session *at = session_find(s, e->flow);
	const char *cseq = event_string(e, &sip_cseq);

	if (at && event_number(e, &sip_status, 0) == 200 && cseq && strstr(cseq, "REGISTER")) {
		at->finished[SIDE_CLIENT] = at->finished[SIDE_SERVER] = true;
		at->data[SIDE_CLIENT] = at->data[SIDE_SERVER] = true;
		at->last_ns = e->at_ns;
	}
}

void sessions_event(struct sessions *s, const struct event *e, bool sent)
{
	bool connection = e->kind == &tcp_progress || e->kind == &tcp_closed || e->kind == &tcp_reset;

	if (e->kind == &dns_response)
		learn_answer(s, e);
	else if (sent && (e->kind == &tcp_connect || e->kind == &tls_client_hello))
		begin(s, e);
	else if (sent && connection)
		note_progress(s, e);
	else if (e->kind == &sip_response)
		note_sip(s, e);
	else
		note_tls(s, e);
}

bool sessions_up(const struct sessions *s, int64_t since_ns)
{
	for (unsigned i = 0; i < s->count; i++)
		if (s->at[i].flow && is_established(&s->at[i]) && s->at[i].last_ns >= since_ns)
			return true;
	return false;
}

/* HTTP in clear, the directory, SIP in clear. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dissectors/http.h"
#include "dissectors/ldap.h"
#include "dissectors/sip.h"
#include "verdict/gather_parts.h"

/* ---- HTTP ---- */

/* The version in "CPE/4.0.7577.4444 OCPhone/4.0.7577.4444 (Microsoft Lync Phone Edition)". */
static void from_user_agent(struct gathering *g, const char *agent, const char *source)
{
	const char *at = agent ? strcasestr(agent, "OCPhone/") : NULL;
	size_t len;

	if (!agent)
		return;
	g->facts->user_agent = agent;
	if (!at)
		return;
	at += strlen("OCPhone/");
	len = strspn(at, "0123456789.");
	if (len) {
		g->facts->firmware = arena_copy(g->arena, at, len);
		g->facts->firmware_source = source;
	}
}

static void from_device_update(struct gathering *g, const struct event *e)
{
	const char *firmware = gather_text(g, e, &http_device_firmware), *model = gather_text(g, e, &http_device_model);

	if (firmware) {
		g->facts->firmware = firmware;
		g->facts->firmware_source = "device-update request";
		*LIST_ADD(g->arena, &g->facts->posted_versions) = firmware;
	}
	if (model)
		g->facts->model = model;
}

static struct http_exchange *http_start(struct gathering *g, const struct event *e, const struct endpoint *server)
{
	struct http_exchange *h = LIST_ADD(g->arena, &g->facts->http);

	*h = (struct http_exchange){ .flow = e->flow, .server = *server, .at_ns = e->at_ns };
	return h;
}

/* HTTP answers in the order of the requests (RFC 9112 9.3.2). */
static struct http_exchange *http_waiting(struct facts *f, uint64_t flow)
{
	for (size_t i = 0; i < f->http.count; i++)
		if (f->http.at[i].flow == flow && f->http.at[i].status == 0)
			return &f->http.at[i];
	return NULL;
}

static void http_answer(struct gathering *g, const struct event *e)
{
	unsigned status = (unsigned)event_number(e, &http_status, 0);
	struct http_exchange *h;

	if (status < 200)       /* 100 Continue: the answer is still to come */
		return;
	h = http_waiting(g->facts, e->flow);
	if (!h)
		h = http_start(g, e, &e->src);
	h->status = status;
	h->location = gather_text(g, e, &http_location);
	h->certificates = gather_deliveries(g, e, &http_certificates, false);
	gather_frames(g, e, &h->frames);
}

void gather_http(struct gathering *g, const struct event *e)
{
	struct http_exchange *h;

	if (e->kind == &http_response) {
		http_answer(g, e);
		return;
	}
	h = http_start(g, e, &e->dst);
	h->method = gather_text(g, e, &http_method);
	h->host = gather_text(g, e, &http_host);
	h->target = gather_text(g, e, &http_target);
	gather_frames(g, e, &h->frames);
	from_user_agent(g, gather_text(g, e, &http_user_agent), "User-Agent of HTTP");
	from_device_update(g, e);
}

/* ---- the directory ---- */

/* The value of "(name=value)" in a filter, in either case; NULL if it is not there. */
static const char *filter_value(struct gathering *g, const char *filter, const char *name)
{
	const char *at = filter;
	size_t len = strlen(name);

	while (at && (at = strchr(at, '('))) {
		at++;
		if (strncasecmp(at, name, len) == 0 && at[len] == '=') {
			at += len + 1;
			return arena_copy(g->arena, at, strcspn(at, ")"));
		}
	}
	return NULL;
}

static struct ping *ping_open(struct facts *f, const struct addr *server)
{
	for (size_t i = f->pings.count; i-- > 0;)
		if (addr_equal(&f->pings.at[i].server, server))
			return &f->pings.at[i];
	return NULL;
}

static void ping_asked(struct gathering *g, const struct event *e)
{
	const char *filter = event_string(e, &ldap_filter), *host = filter_value(g, filter, "Host");
	struct ping *p = LIST_ADD(g->arena, &g->facts->pings);

	*p = (struct ping){ .domain = filter_value(g, filter, "DnsDomain"), .server = e->dst.addr, .at_ns = e->at_ns,
		.from_windows_ce = host && strcasecmp(host, "WindowsCE") == 0 };
	gather_frames(g, e, &p->frames);
}

static void ping_answered(struct gathering *g, const struct event *e)
{
	struct ping *p = ping_open(g->facts, &e->src.addr);

	if (!p)
		return;
	gather_frames(g, e, &p->frames);
	p->has_netlogon |= event_find(e, &ldap_netlogon) != NULL;
	p->answered |= p->has_netlogon || !e->cut;      /* of one that was cut off nobody knows what it bore */
}

static struct directory_request *request_of(struct facts *f, const struct event *e)
{
	uint64_t id = event_number(e, &ldap_message_id, 0);

	for (size_t i = f->directory.count; i-- > 0;)
		if (f->directory.at[i].flow == e->flow && f->directory.at[i].message_id == id)
			return &f->directory.at[i];
	return NULL;
}

static bool wants_certificates(const struct event *e)
{
	const char *filter = event_string(e, &ldap_filter), *base = event_string(e, &ldap_base);

	for (const struct item *i = event_list(e, &ldap_attributes)->first; i; i = i->next)
		if (i->form == FORM_TEXT && strncasecmp(i->text.data, "cACertificate", strlen("cACertificate")) == 0)
			return true;
	return (filter && strcasestr(filter, "certificationAuthority")) || (base && strcasestr(base, "CN=Certification Authorities"));
}

static void request_asked(struct gathering *g, const struct event *e)
{
	struct directory_request *r = LIST_ADD(g->arena, &g->facts->directory);

	*r = (struct directory_request){ .flow = e->flow, .message_id = event_number(e, &ldap_message_id, 0), .is_bind = e->kind == &ldap_bind_request,
		.mechanism = gather_text(g, e, &ldap_mechanism), .wants_ca = e->kind == &ldap_search_request && wants_certificates(e) };
	gather_frames(g, e, &r->frames);
}

static void request_answered(struct gathering *g, const struct event *e)
{
	struct directory_request *r = request_of(g->facts, e);
	unsigned delivered = gather_deliveries(g, e, &ldap_certificates, true);

	if (!r)
		return;
	gather_frames(g, e, &r->frames);
	r->certificates += delivered;
	if (e->kind == &ldap_search_entry) {
		r->entries++;
	} else {
		r->done = true;
		r->result = event_number(e, &ldap_result_code, 0);
	}
}

void gather_directory(struct gathering *g, const struct event *e)
{
	if (e->kind == &cldap_search_request)
		ping_asked(g, e);
	else if (e->kind == &cldap_search_entry || e->kind == &cldap_search_done)
		ping_answered(g, e);
	else if (e->kind == &ldap_bind_request || e->kind == &ldap_search_request)
		request_asked(g, e);
	else if (e->kind == &ldap_bind_response || e->kind == &ldap_search_entry || e->kind == &ldap_search_done)
		request_answered(g, e);
}

/* ---- SIP in clear ---- */

/* The host of sip:user@host:port;parameters. NULL where there is none. */
static const char *host_of(struct gathering *g, const char *uri)
{
	const char *at = uri ? strchr(uri, '@') : NULL;
	char *host;

	if (!at && uri)
		at = strchr(uri, ':');
	if (!at)
		return NULL;
	host = arena_copy(g->arena, at + 1, strcspn(at + 1, ":;>? "));
	for (char *c = host; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return host;
}

void gather_sip(struct gathering *g, const struct event *e)
{
	const char *cseq = event_string(e, &sip_cseq), *space = cseq ? strchr(cseq, ' ') : NULL;
	bool request = e->kind == &sip_request;
	unsigned status = (unsigned)event_number(e, &sip_status, 0);
	bool from_phone = (e->has_ether && mac_equal(e->mac_src, g->phone->mac)) || phone_has(g->phone, &e->src.addr);
	struct sip_message *m;

	m = LIST_ADD(g->arena, &g->facts->sip);
	*m = (struct sip_message){ .flow = e->flow, .at_ns = e->at_ns, .frame = e->frame, .server = from_phone ? e->dst : e->src, .from_phone = from_phone,
		.method = request ? gather_text(g, e, &sip_method) : space ? arena_copy(g->arena, space + 1, strlen(space + 1)) : NULL, .status = status,
		.diagnostics = gather_text(g, e, &sip_diagnostics) };
	if (m->method && strcmp(m->method, "REGISTER") == 0)
		m->domain = host_of(g, event_string(e, &sip_to));
	if (status >= 300 && status < 400)
		m->contact = host_of(g, event_string(e, &sip_contact));
	if (from_phone)
		from_user_agent(g, gather_text(g, e, &sip_user_agent), "User-Agent of SIP");
}

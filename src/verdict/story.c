#include "verdict/story.h"

#include <string.h>
#include <strings.h>

#include "base/list.h"
#include "dissectors/cdp.h"
#include "dissectors/certificate.h"
#include "dissectors/dhcp.h"
#include "dissectors/dns.h"
#include "dissectors/http.h"
#include "dissectors/ldap.h"
#include "dissectors/lldp.h"
#include "dissectors/ntp.h"
#include "dissectors/sip.h"
#include "dissectors/tls.h"
#include "flow/flow.h"

struct telling {
	const struct attempt *attempt;
	struct arena *arena;
	LIST_OF(struct story_line) lines;
};

#define WORDS(t, ...) arena_printf((t)->arena, __VA_ARGS__)

static bool is_of_phone(const struct telling *t, const struct event *e)
{
	const struct phone *p = t->attempt->phone;

	return (e->has_ether && mac_equal(e->mac_src, p->mac)) || (e->has_ip && phone_has(p, &e->src.addr));
}

/* A line between the phone and a lane, towards where the event went. */
static void tell(struct telling *t, const struct event *e, enum step step, const char *lane, const char *text)
{
	bool from_phone = is_of_phone(t, e);

	*LIST_ADD(t->arena, &t->lines) = (struct story_line){ .at_ns = e->at_ns, .frame = e->frame, .step = step, .from = from_phone ? "phone" : lane,
		.to = from_phone ? lane : "phone", .text = text };
}

static const char *text_of(const struct event *e, const struct field *f)
{
	const char *text = event_string(e, f);

	return text ? text : "";
}

static const char *addr_words(struct telling *t, const struct event *e, const struct field *f)
{
	const struct item *i = event_find(e, f);
	char text[ADDR_TEXT];

	return i && i->form == FORM_ADDR ? WORDS(t, "%s", addr_format(&i->addr, text)) : "";
}

/* ---- each protocol ---- */

static void tell_dhcp(struct telling *t, const struct event *e)
{
	bool uc = e->kind == &dhcp_inform || event_find(e, &dhcp_uc) || event_find(e, &dhcp_sip_servers);
	const char *class = event_string(e, &dhcp_vendor_class), *web = record_string(event_list(e, &dhcp_uc), &dhcp_uc_fqdn);
	const struct record *sip = event_list(e, &dhcp_sip_servers);
	const char *words;

	if (e->kind == &dhcp_ack && uc)
		words = WORDS(t, "tells web services %s, SIP server %s", web ? web : "(none)", sip->first && sip->first->form == FORM_TEXT ? sip->first->text.data : "(none)");
	else if (e->kind == &dhcp_ack || e->kind == &dhcp_offer)
		words = WORDS(t, "%s %s", e->kind == &dhcp_ack ? "leases" : "offers", addr_words(t, e, &dhcp_yiaddr));
	else if (e->kind == &dhcp_nak)
		words = "refuses the address";
	else if (e->kind == &dhcp_inform)
		words = WORDS(t, "asks for the Lync options (%s)", class ? class : "no class");
	else if (e->kind == &dhcp_discover)
		words = WORDS(t, "asks for an address%s%s", class ? ", class " : "", class ? class : "");
	else
		words = e->kind == &dhcp_request ? "asks for that address" : e->kind == &dhcp_release ? "gives the address back" : "declines the address";
	tell(t, e, uc ? STEP_UC_OPTIONS : STEP_LEASE, "dhcp", words);
}

static const char *first_answer(struct telling *t, const struct event *e)
{
	const char *words = NULL;

	for (const struct item *i = event_list(e, &dns_answers)->first; i; i = i->next) {
		const char *target = i->form == FORM_RECORD ? record_string(&i->record, &dns_target) : NULL;
		const struct item *a = i->form == FORM_RECORD ? record_find(&i->record, &dns_address) : NULL;
		uint64_t port = i->form == FORM_RECORD ? record_number(&i->record, &dns_port, 0) : 0;
		char text[ADDR_TEXT];
		const char *one = target && port ? WORDS(t, "%s port %u", target, (unsigned)port) : target ? WORDS(t, "%s", target) :
			a && a->form == FORM_ADDR ? WORDS(t, "%s", addr_format(&a->addr, text)) : NULL;

		if (one)
			words = words ? WORDS(t, "%s, %s", words, one) : one;
	}
	return words;
}

static enum step step_of_name(const char *name)
{
	static const struct { const char *prefix; enum step step; } steps[] = {
		{ "ucupdates", STEP_UPDATE }, { "_ntp._udp.", STEP_TIME }, { "time.", STEP_TIME }, { "_ldap._tcp.", STEP_ROOT_CA },
		{ "_autodiscover._tcp.", STEP_EXCHANGE }, { "autodiscover.", STEP_EXCHANGE }, { "_sip", STEP_DISCOVERY }, { "sip", STEP_DISCOVERY },
	};

	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
		if (strncasecmp(name, steps[i].prefix, strlen(steps[i].prefix)) == 0)
			return steps[i].step;
	return STEP_NONE;
}

static void tell_dns(struct telling *t, const struct event *e)
{
	const char *name = text_of(e, &dns_qname), *rcode = text_of(e, &dns_rcode), *answer;

	if (e->kind == &dns_query) {
		tell(t, e, step_of_name(name), "dns", WORDS(t, "%s %s?", name, text_of(e, &dns_qtype)));
		return;
	}
	answer = first_answer(t, e);
	if (strcmp(rcode, "NXDOMAIN") == 0)
		answer = "does not exist";
	else if (rcode[0] && strcmp(rcode, "NOERROR") != 0)
		answer = WORDS(t, "%s", rcode);
	tell(t, e, step_of_name(name), "dns", answer && strcmp(answer, "does not exist") == 0 ? WORDS(t, "%s does not exist", name) : WORDS(t, "%s: %s", name, answer ? answer : "no such record"));
}

static const char *lane_of_port(unsigned port)
{
	return port == 5060 || port == 5061 ? "sip" : port == 389 || port == 636 || port == 88 || port == 3268 ? "dc" : port == 53 ? "dns" : "web";
}

static void tell_tcp(struct telling *t, const struct event *e)
{
	const char *lane = lane_of_port(e->dst.port), *by = text_of(e, &tcp_by);
	bool by_client = strcmp(by, "client") == 0;
	enum step step = strcmp(lane, "sip") == 0 ? STEP_CONNECT : STEP_NONE;
	char where[ENDPOINT_TEXT];
	struct story_line *l;

	if (e->kind->internal)
		return;
	*LIST_ADD(t->arena, &t->lines) = (struct story_line){ .at_ns = e->at_ns, .frame = e->frame, .step = step, .from = "phone", .to = lane };
	l = &t->lines.at[t->lines.count - 1];
	endpoint_format(&e->dst, where);
	if (e->kind == &tcp_connect) {
		l->text = WORDS(t, "connects to %s", where);
	} else if (e->kind == &tcp_timeout) {
		l->text = WORDS(t, "gets no answer from %s", where);
	} else if (e->kind == &tcp_accepted || e->kind == &tcp_refused || !by_client) {
		l->from = lane;
		l->to = "phone";
		l->text = WORDS(t, "%s%s", where, e->kind == &tcp_accepted ? " accepts" : e->kind == &tcp_refused ? " refuses" : e->kind == &tcp_reset ? " resets the connection" : " closes");
	} else {
		l->text = WORDS(t, "%s the connection to %s", e->kind == &tcp_reset ? "resets" : "closes", where);
	}
}

static void tell_tls(struct telling *t, const struct event *e)
{
	bool from_client = strcmp(text_of(e, &tls_from), "client") == 0;
	const char *lane = lane_of_port(from_client ? e->dst.port : e->src.port), *sni = event_string(e, &tls_sni), *alert = event_string(e, &tls_alert_name);
	enum step step = strcmp(lane, "sip") == 0 ? STEP_TLS : STEP_NONE;
	const struct record *certificates = event_list(e, &tls_certificates);

	if (e->kind == &tls_client_hello)
		tell(t, e, step, lane, WORDS(t, "ClientHello, %s%s%s", text_of(e, &tls_version), sni ? ", for " : "", sni ? sni : ""));
	else if (e->kind == &tls_server_hello)
		tell(t, e, step, lane, WORDS(t, "ServerHello, %s, %s", text_of(e, &tls_version), text_of(e, &tls_cipher)));
	else if (e->kind == &tls_certificate && certificates->first && certificates->first->form == FORM_RECORD)
		tell(t, e, step, lane, WORDS(t, "Certificate %s", record_string(&certificates->first->record, &certificate_subject) ?
			record_string(&certificates->first->record, &certificate_subject) : "(unreadable)"));
	else if (e->kind == &tls_alert)
		tell(t, e, step, lane, WORDS(t, "alert %s", alert ? alert : "(encrypted)"));
	else if (e->kind == &tls_finished)
		tell(t, e, step, lane, "Finished");
}

static void tell_http(struct telling *t, const struct event *e)
{
	const char *target = text_of(e, &http_target), *location = event_string(e, &http_location);

	if (e->kind == &http_request)
		tell(t, e, strcasestr(target, "/CertProv") ? STEP_ROOT_CA : STEP_UPDATE, "web", WORDS(t, "%s http://%s%s", text_of(e, &http_method), text_of(e, &http_host), target));
	else
		tell(t, e, STEP_NONE, "web", WORDS(t, "HTTP %u%s%s%s", (unsigned)event_number(e, &http_status, 0), location ? " to " : "", location ? location : "",
			event_list(e, &http_certificates)->first ? ", with certificates" : ""));
}

static void tell_directory(struct telling *t, const struct event *e)
{
	const char *words;

	if (e->kind == &cldap_search_request || e->kind == &ldap_search_request)
		words = WORDS(t, "searches %s", text_of(e, &ldap_filter));
	else if (e->kind == &ldap_bind_request)
		words = WORDS(t, "binds (%s)", text_of(e, &ldap_mechanism));
	else if (e->kind == &cldap_search_entry || e->kind == &ldap_search_entry)
		words = event_find(e, &ldap_netlogon) ? WORDS(t, "netlogon answer of %s", record_string(event_list(e, &ldap_netlogon), &ldap_host) ?
			record_string(event_list(e, &ldap_netlogon), &ldap_host) : "the controller") : WORDS(t, "entry %s", text_of(e, &ldap_dn));
	else
		words = WORDS(t, "result %u", (unsigned)event_number(e, &ldap_result_code, 0));
	tell(t, e, STEP_ROOT_CA, "dc", words);
}

static void tell_ntp(struct telling *t, const struct event *e)
{
	const struct item *offset = event_find(e, &ntp_offset_s);

	tell(t, e, STEP_TIME, "ntp", e->kind == &ntp_client ? "asks for the time" :
		offset && offset->form == FORM_REAL ? WORDS(t, "tells the time, stratum %u, %.2f s off", (unsigned)event_number(e, &ntp_stratum, 0), offset->real) : "answers");
}

static void tell_sip(struct telling *t, const struct event *e)
{
	tell(t, e, STEP_REGISTER, "sip", e->kind == &sip_request ? WORDS(t, "%s %s", text_of(e, &sip_method), text_of(e, &sip_uri)) :
		WORDS(t, "%u %s", (unsigned)event_number(e, &sip_status, 0), text_of(e, &sip_reason)));
}

static void tell_neighbour(struct telling *t, const struct event *e)
{
	const struct record *policies = event_list(e, &lldp_med_policies);
	uint64_t vlan = event_number(e, &cdp_voice_vlan, 0);

	if (policies->first && policies->first->form == FORM_RECORD)
		vlan = record_number(&policies->first->record, &lldp_vlan, 0);
	tell(t, e, STEP_VLAN, "switch", vlan ? WORDS(t, "voice VLAN %u", (unsigned)vlan) : "advertises itself");
}

static const struct { const char *proto; void (*tell)(struct telling *t, const struct event *e); } tellers[] = {
	{ "dhcp", tell_dhcp }, { "dns", tell_dns }, { "tcp", tell_tcp }, { "tls", tell_tls }, { "http", tell_http }, { "ldap", tell_directory },
	{ "cldap", tell_directory }, { "ntp", tell_ntp }, { "sip", tell_sip }, { "lldp", tell_neighbour }, { "cdp", tell_neighbour },
};

struct story_line *story_tell(const struct attempt *a, struct arena *arena, size_t *ret_count)
{
	struct telling t = { .attempt = a, .arena = arena };

	for (size_t i = 0; i < a->count && t.lines.count < STORY_LINES_MAX; i++)
		for (size_t k = 0; k < sizeof tellers / sizeof tellers[0]; k++)
			if (strcmp(a->events[i]->kind->proto, tellers[k].proto) == 0)
				tellers[k].tell(&t, a->events[i]);
	*ret_count = t.lines.count;
	return t.lines.at;
}

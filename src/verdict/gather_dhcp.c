/* Leases, UC options, VLAN. */
#include <string.h>

#include "dissectors/dhcp.h"
#include "verdict/gather_parts.h"

/* Some clients give an INFORM the number of the lease before. */
static struct dhcp_exchange *exchange_of(struct gathering *g, const struct event *e, bool is_question)
{
	uint64_t xid = event_number(e, &dhcp_xid, 0);
	struct dhcp_exchange *x;

	for (size_t i = g->facts->dhcp.count; i-- > 0;) {
		x = &g->facts->dhcp.at[i];
		if (x->xid == xid && (!is_question || !x->asked.count || x->is_inform == (e->kind == &dhcp_inform)))
			return x;
	}
	x = LIST_ADD(g->arena, &g->facts->dhcp);
	*x = (struct dhcp_exchange){ .xid = xid, .first_ns = e->at_ns, .last_ns = e->at_ns };
	return x;
}

static bool asks_for_uc(const struct event *e)
{
	for (const struct item *i = event_list(e, &dhcp_param_list)->first; i; i = i->next)
		if (i->form == FORM_NUMBER && (i->number == 43 || i->number == 120))
			return true;
	return false;
}

static void question(struct gathering *g, const struct event *e)
{
	struct dhcp_exchange *x = exchange_of(g, e, true);

	if (x->asked.count == 0)
		x->first_ns = e->at_ns;
	x->last_ns = e->at_ns;
	x->is_inform = e->kind == &dhcp_inform;
	if (!x->vendor_class)
		x->vendor_class = gather_text(g, e, &dhcp_vendor_class);
	x->wants_uc |= asks_for_uc(e);
	x->vlan = e->vlan_count ? e->vlans[e->vlan_count - 1] : 0;
	if (e->kind == &dhcp_request && event_find(e, &dhcp_server_id))         /* only an OFFER can have named the server (RFC 2131 table 4) */
		g->facts->said++;
	if (e->kind == &dhcp_discover)
		x->discovers++;
	else
		x->requests++;
	gather_frames(g, e, &x->asked);
}

static struct addr addr_of(const struct event *e, const struct field *f)
{
	const struct item *i = event_find(e, f);

	return i && i->form == FORM_ADDR ? i->addr : (struct addr){ 0 };
}

static void options_of(struct gathering *g, const struct event *e, struct uc_options *uc)
{
	const struct item *encoding = event_find(e, &dhcp_sip_encoding), *record = event_find(e, &dhcp_uc);

	uc->vendor_specific = gather_text(g, e, &dhcp_vendor_specific);
	uc->has_43 = uc->vendor_specific != NULL;
	uc->vlan_id = (unsigned)event_number(e, &dhcp_vlan_id, 0);
	if (record && record->form == FORM_RECORD) {
		uc->has_uc = true;
		uc->identifier = gather_record_text(g, &record->record, &dhcp_uc_identifier);
		uc->scheme = gather_record_text(g, &record->record, &dhcp_uc_scheme);
		uc->fqdn = gather_record_text(g, &record->record, &dhcp_uc_fqdn);
		uc->path = gather_record_text(g, &record->record, &dhcp_uc_path);
		uc->port = (unsigned)record_number(&record->record, &dhcp_uc_port, 0);
	}
	gather_texts(g, event_list(e, &dhcp_sip_servers), &uc->sip_names);
	gather_addrs(g, event_list(e, &dhcp_sip_servers), &uc->sip_addresses);
	gather_texts(g, event_list(e, &event_malformed), &uc->faults);
	uc->has_120 = encoding || uc->sip_names.count || uc->sip_addresses.count;
	uc->encoding = encoding ? (unsigned)event_number(e, &dhcp_sip_encoding, 0) : 0;
	for (size_t i = 0; i < uc->faults.count; i++)
		uc->has_120 |= strncmp(uc->faults.at[i], "option 120", strlen("option 120")) == 0;
}

static bool list_begins_with(const struct event *e, const struct field *f, const struct addr *a)
{
	const struct item *i = event_list(e, f)->first;

	return i && i->form == FORM_ADDR && addr_equal(&i->addr, a);
}

static void keep_domains(struct gathering *g, const struct event *e)
{
	const char *domain = gather_text(g, e, &dhcp_domain_name);

	if (domain) {
		g->facts->dns_domain = domain;
		*LIST_ADD(g->arena, &g->facts->suffixes) = domain;
	}
	gather_texts(g, event_list(e, &dhcp_domain_search), &g->facts->suffixes);
}

static void answer(struct gathering *g, const struct event *e)
{
	struct dhcp_exchange *x = exchange_of(g, e, false);
	struct dhcp_answer *a;
	struct addr server = addr_of(e, &dhcp_server_id);

	if (server.family == 0)
		server = e->src.addr;
	for (size_t i = 0; i < x->answers.count; i++)   /* the same answer again: to a repeated question, or relayed and seen twice */
		if (x->answers.at[i].frame == e->frame)
			return;
	a = LIST_ADD(g->arena, &x->answers);
	*a = (struct dhcp_answer){
		.kind = e->kind == &dhcp_offer ? DHCP_OFFER : e->kind == &dhcp_ack ? DHCP_ACK : DHCP_NAK,
		.at_ns = e->at_ns, .frame = e->frame, .server = server, .yiaddr = addr_of(e, &dhcp_yiaddr), .cut = e->cut,
		.from_home_router = list_begins_with(e, &dhcp_routers, &server) && list_begins_with(e, &dhcp_dns_servers, &server),
	};
	g->facts->heard++;
	options_of(g, e, &a->uc);
	if (e->kind == &dhcp_ack)
		keep_domains(g, e);
}

void gather_dhcp(struct gathering *g, const struct event *e)
{
	if (e->kind == &dhcp_discover || e->kind == &dhcp_request || e->kind == &dhcp_inform)
		question(g, e);
	else if (e->kind == &dhcp_offer || e->kind == &dhcp_ack || e->kind == &dhcp_nak)
		answer(g, e);
	else if (e->kind == &dhcp_release)
		frames_add(g->arena, &g->facts->releases, e->frame);
}

#include "verdict/gather.h"

#include <string.h>

#include "base/moment.h"
#include "dissectors/cdp.h"
#include "dissectors/certificate.h"
#include "dissectors/kerberos.h"
#include "dissectors/lldp.h"
#include "dissectors/ntp.h"
#include "verdict/gather_parts.h"
#include "verdict/policy.h"

/* How long a question waits before it counts as unanswered; resolvers repeat after 1 to 4 s. */
#define SILENCE_NS (5 * NS_PER_S)
#define PATIENCE_NS (1 * NS_PER_S)
#define HURRY_NS (300 * NS_PER_MS)

/* ---- reading fields ---- */

const char *gather_text(struct gathering *g, const struct event *e, const struct field *f)
{
	return gather_record_text(g, &e->fields, f);
}

const char *gather_record_text(struct gathering *g, const struct record *r, const struct field *f)
{
	const char *text = record_string(r, f);

	return text ? arena_copy(g->arena, text, strlen(text)) : NULL;
}

void gather_texts(struct gathering *g, const struct record *list, text_set *to)
{
	for (const struct item *i = list->first; i; i = i->next)
		if (i->form == FORM_TEXT)
			*LIST_ADD(g->arena, to) = arena_copy(g->arena, i->text.data, i->text.len);
}

void gather_addrs(struct gathering *g, const struct record *list, addr_set *to)
{
	for (const struct item *i = list->first; i; i = i->next)
		if (i->form == FORM_ADDR)
			*LIST_ADD(g->arena, to) = i->addr;
}

void gather_frames(struct gathering *g, const struct event *e, frame_set *to)
{
	for (unsigned i = 0; i < e->frame_count; i++)
		frames_add(g->arena, to, e->frames[i]);
	frames_add(g->arena, to, e->frame);
}

struct certificate gather_certificate(struct gathering *g, const struct record *r)
{
	struct certificate c = {
		.subject = gather_record_text(g, r, &certificate_subject), .issuer = gather_record_text(g, r, &certificate_issuer),
		.serial = gather_record_text(g, r, &certificate_serial), .key = gather_record_text(g, r, &certificate_key),
		.signature_algorithm = gather_record_text(g, r, &certificate_signature_algorithm), .sha256 = gather_record_text(g, r, &certificate_sha256),
	};
	const struct item *is_ca = record_find(r, &certificate_is_ca);

	gather_texts(g, record_list(r, &certificate_san), &c.san);
	c.has_dates = certificate_moment(r, &certificate_not_before, &c.not_before_ns) && certificate_moment(r, &certificate_not_after, &c.not_after_ns);
	c.is_ca = is_ca && is_ca->form == FORM_TRUTH && is_ca->truth;
	return c;
}

unsigned gather_deliveries(struct gathering *g, const struct event *e, const struct field *list, bool by_ldap)
{
	unsigned count = 0;

	for (const struct item *i = event_list(e, list)->first; i; i = i->next) {
		if (i->form != FORM_RECORD || g->facts->deliveries.count == FACTS_DELIVERIES_MAX)
			continue;
		*LIST_ADD(g->arena, &g->facts->deliveries) = (struct delivery){ gather_certificate(g, &i->record), e->frame, by_ldap };
		count++;
	}
	return count;
}

/* ---- link ---- */

static void gather_lldp(struct gathering *g, const struct event *e)
{
	struct advertisement *a = LIST_ADD(g->arena, &g->facts->advertisements);
	const struct record *inventory = event_list(e, &lldp_inventory);
	struct facts *f = g->facts;

	*a = (struct advertisement){ .at_ns = e->at_ns, .frame = e->frame, .from_phone = mac_equal(e->mac_src, g->phone->mac) };
	for (const struct item *i = event_list(e, &lldp_med_policies)->first; i; i = i->next) {
		const char *application = i->form == FORM_RECORD ? record_string(&i->record, &lldp_application) : NULL;
		const struct item *tagged = application ? record_find(&i->record, &lldp_tagged) : NULL;

		if (!application || strcmp(application, "voice") != 0)
			continue;
		a->has_voice = true;
		a->vlan = (unsigned)record_number(&i->record, &lldp_vlan, 0);
		a->tagged = tagged && tagged->form == FORM_TRUTH && tagged->truth;
	}
	if (a->from_phone && inventory->first) {
		const char *told[] = { gather_record_text(g, inventory, &lldp_software), gather_record_text(g, inventory, &lldp_firmware) };

		for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
			if (told[i] && policy_of_firmware(told[i])) {   /* a boot loader or a kernel has other numbers */
				f->firmware = told[i];
				f->firmware_source = "LLDP-MED inventory";
				break;
			}
		f->model = gather_record_text(g, inventory, &lldp_model);
	}
}

static void gather_cdp(struct gathering *g, const struct event *e)
{
	uint64_t vlan = event_number(e, &cdp_voice_vlan, 0);

	*LIST_ADD(g->arena, &g->facts->advertisements) = (struct advertisement){
		.at_ns = e->at_ns, .frame = e->frame, .from_phone = mac_equal(e->mac_src, g->phone->mac), .is_cdp = true,
		.has_voice = vlan != 0, .vlan = (unsigned)vlan, .tagged = vlan != 0,
	};
}

/* ---- time ---- */

static struct time_answer *time_asked(struct facts *f, const struct addr *server)
{
	for (size_t i = f->times.count; i-- > 0;)
		if (addr_equal(&f->times.at[i].server, server))
			return &f->times.at[i];
	return NULL;
}

static void gather_ntp(struct gathering *g, const struct event *e)
{
	bool answer = e->kind == &ntp_server;
	const struct addr *server = answer ? &e->src.addr : &e->dst.addr;
	struct time_answer *t = time_asked(g->facts, server);
	const struct item *offset = event_find(e, &ntp_offset_s);

	if (!t) {
		t = LIST_ADD(g->arena, &g->facts->times);
		*t = (struct time_answer){ .server = *server, .asked_ns = e->at_ns };
	}
	gather_frames(g, e, &t->frames);
	if (!answer)
		return;
	t->answered = true;
	t->stratum = event_number(e, &ntp_stratum, 0);
	t->refid = gather_text(g, e, &ntp_refid);
	t->offset_s = offset && offset->form == FORM_REAL ? offset->real : 0;
}

/* ---- dispatch ---- */

static void gather_kerberos(struct gathering *g, const struct event *e)
{
	frames_add(g->arena, &g->facts->kerberos, e->frame);
}

static const struct { const char *proto; void (*gather)(struct gathering *g, const struct event *e); } gatherers[] = {
	{ "dhcp", gather_dhcp }, { "dns", gather_dns }, { "tcp", gather_tcp }, { "tls", gather_tls }, { "http", gather_http },
	{ "ldap", gather_directory }, { "cldap", gather_directory }, { "lldp", gather_lldp }, { "cdp", gather_cdp }, { "ntp", gather_ntp },
	{ "sip", gather_sip }, { "kerberos", gather_kerberos },
};

/* Which VLANs the phone itself speaks in. */
static void gather_vlan(struct gathering *g, const struct event *e)
{
	unsigned vlan = e->vlan_count ? e->vlans[e->vlan_count - 1] : 0;

	if (!e->has_ether || !mac_equal(e->mac_src, g->phone->mac))
		return;
	for (size_t i = 0; i < g->facts->vlans.count; i++)
		if (g->facts->vlans.at[i] == vlan)
			return;
	*LIST_ADD(g->arena, &g->facts->vlans) = vlan;
}

/* Whether both directions are in the capture. */
static void gather_direction(struct gathering *g, const struct event *e)
{
	bool own = e->has_ether && mac_equal(e->mac_src, g->phone->mac);

	g->facts->spoke += own;
	if (!e->has_ip || strcmp(e->kind->proto, "dhcp") == 0 || strcmp(e->kind->proto, "tcp") == 0)
		return;
	if (phone_has(g->phone, &e->dst.addr))
		g->facts->heard++;
	else if (own || phone_has(g->phone, &e->src.addr))
		g->facts->said++;
}

static void gather_event(struct gathering *g, const struct event *e)
{
	gather_vlan(g, e);
	gather_direction(g, e);
	g->facts->cut |= e->cut;
	for (size_t i = 0; i < sizeof gatherers / sizeof gatherers[0]; i++)
		if (strcmp(e->kind->proto, gatherers[i].proto) == 0)
			gatherers[i].gather(g, e);
}

struct facts *facts_gather(const struct attempt *a, struct arena *arena)
{
	struct facts *f = arena_get(arena, sizeof *f);
	struct gathering g = { f, arena, a->phone };

	f->start_ns = a->start_ns;
	f->end_ns = a->end_ns;
	f->restarted = !a->capture_ended;
	f->from_start = a->captured_from_start;
	for (size_t i = 0; i < a->count; i++)
		gather_event(&g, a->events[i]);
	return f;
}

/* The phone did not wait for the answer any longer: it asked for something else a while later. */
static bool was_given_up(const struct facts *f, const struct lookup *l)
{
	for (size_t i = 0; i < f->lookups.count; i++)
		if (f->lookups.at[i].first_ns - l->last_ns >= PATIENCE_NS)
			return true;
	for (size_t i = 0; l->asked > 1 && i < f->connections.count; i++)
		if (f->connections.at[i].start_ns - l->last_ns >= PATIENCE_NS)
			return true;
	return false;
}

/* A resolver waits a second and asks again (RFC 1035 4.2.1 and what resolvers do): one that goes on to another question at once, and never comes back to
 * this one, has been answered. Then the answer is what the capture lacks. */
static bool was_answered_unseen(const struct facts *f, const struct lookup *l)
{
	for (size_t i = 0; i < f->lookups.count; i++) {
		int64_t later = f->lookups.at[i].first_ns - l->last_ns;

		if (l->asked == 1 && later > 0 && later < HURRY_NS)
			return true;
	}
	return false;
}

static bool is_soon_after(int64_t at_ns, int64_t before_ns)
{
	return at_ns > before_ns && at_ns - before_ns < HURRY_NS;
}

/* The same of connections: who is not answered repeats the SYN, after a second at the least (RFC 6298 2.1); who does something else at once has been answered. */
static bool was_refused_unseen(const struct facts *f, const struct connection *c)
{
	if (c->state != CONNECTION_TIMEOUT || c->syns > 1)
		return false;
	for (size_t i = 0; i < f->lookups.count; i++)
		if (is_soon_after(f->lookups.at[i].first_ns, c->start_ns))
			return true;
	for (size_t i = 0; i < f->connections.count; i++)
		if (is_soon_after(f->connections.at[i].start_ns, c->start_ns))
			return true;
	return false;
}

void facts_settle(struct facts *f, int64_t watched_until_ns)
{
	f->watched_until_ns = watched_until_ns > f->end_ns ? watched_until_ns : f->end_ns;
	for (size_t i = 0; i < f->lookups.count; i++) {
		struct lookup *l = &f->lookups.at[i];

		if (l->state == LOOKUP_PENDING && (f->watched_until_ns - l->last_ns >= SILENCE_NS || was_given_up(f, l) ||
		    (l->asked > 1 && f->watched_until_ns - l->first_ns >= SILENCE_NS)))
			l->state = was_answered_unseen(f, l) ? LOOKUP_UNREADABLE : LOOKUP_SILENT;
	}
	for (size_t i = 0; i < f->connections.count; i++) {
		struct connection *c = &f->connections.at[i];

		if (was_refused_unseen(f, c)) {
			c->state = CONNECTION_TRYING;
			c->has_gap = true;
		}
	}
}

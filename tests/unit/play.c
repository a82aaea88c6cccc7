#include "tests/unit/play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dissectors/arp.h"
#include "dissectors/cdp.h"
#include "dissectors/dhcp.h"
#include "dissectors/dns.h"
#include "dissectors/http.h"
#include "dissectors/ldap.h"
#include "dissectors/lldp.h"
#include "dissectors/ntp.h"
#include "dissectors/sip.h"
#include "dissectors/tls.h"
#include "flow/flow.h"
#include "trail/marker.h"
#include "trail/stray.h"

/* ---- who is on the wire ---- */

struct station {
	char letter;
	const char *mac, *addr;
};

static const struct station stations[] = {
	{ 'P', "00:04:f2:00:00:01", "10.0.0.21" },      /* phones */
	{ 'Q', "00:08:5d:00:00:02", "10.0.0.22" },
	{ 'N', "3c:4a:92:00:00:03", "10.0.0.23" },      /* a phone, or a computer, with nobody's address */
	{ 'M', "3c:4a:92:00:00:04", "10.0.0.24" },
	{ 'R', "00:00:5e:00:01:01", "10.0.0.1" },       /* router */
	{ 'S', "02:00:00:00:00:10", "10.9.9.10" },      /* server */
	{ 'T', "02:00:00:00:00:11", "10.9.9.11" },      /* another one */
	{ 'W', "00:1b:d4:00:00:20", "10.0.0.2" },       /* switch */
};

static const struct station *station(char letter)
{
	for (size_t i = 0; i < COUNT(stations); i++)
		if (stations[i].letter == letter)
			return &stations[i];
	fail_msg("no station %c", letter);
	return NULL;
}

struct mac play_mac(char letter)
{
	struct mac m;

	assert_true(mac_parse(station(letter)->mac, &m));
	return m;
}

struct addr play_addr(char letter)
{
	struct addr a;

	assert_true(addr_parse(station(letter)->addr, &a));
	return a;
}

/* ---- one line ---- */

static const char *option(const struct line *l, const char *name)
{
	const char *at = l->how ? strstr(l->how, name) : NULL;

	return at ? at + strlen(name) : NULL;
}

static struct span octets(const char *text)
{
	return span_of(text, strlen(text));
}

static void put_addr_field(struct event *e, const struct field *f, char letter)
{
	put_addr(&e->fields, f, play_addr(letter));
}

static const struct kind *fill_dhcp(struct event *e, const struct line *l, const char *word, const char *rest)
{
	static const struct { const char *word; const struct kind *kind; } kinds[] = {
		{ "discover", &dhcp_discover }, { "offer", &dhcp_offer }, { "request", &dhcp_request }, { "renew", &dhcp_request },
		{ "reboot", &dhcp_request }, { "ack", &dhcp_ack }, { "informack", &dhcp_ack }, { "inform", &dhcp_inform },
		{ "release", &dhcp_release }, { "nak", &dhcp_nak },
	};
	const char *of = option(l, "of=");
	bool from_server = strcmp(word, "offer") == 0 || strcmp(word, "ack") == 0 || strcmp(word, "informack") == 0 || strcmp(word, "nak") == 0;
	char client = of ? *of : from_server ? l->who[1] : l->who[0];

	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (strcmp(kinds[i].word, word) != 0)
			continue;
		put_mac(&e->fields, &dhcp_client_mac, play_mac(client));
		if (*rest)
			put_text(&e->fields, &dhcp_vendor_class, octets(rest));
		if (option(l, "giaddr"))
			put_addr_field(e, &dhcp_giaddr, 'R');
		if (strcmp(word, "ack") == 0 || strcmp(word, "offer") == 0)
			put_addr_field(e, &dhcp_yiaddr, client);
		if (strcmp(word, "renew") == 0 || strcmp(word, "informack") == 0 || strcmp(word, "inform") == 0 || strcmp(word, "release") == 0)
			put_addr_field(e, &dhcp_ciaddr, client);
		if (strcmp(word, "request") == 0)
			put_addr_field(e, &dhcp_server_id, 'S');
		if (strcmp(word, "request") == 0 || strcmp(word, "reboot") == 0)
			put_addr_field(e, &dhcp_requested_ip, client);
		return kinds[i].kind;
	}
	return NULL;
}

static const struct kind *fill_arp(struct event *e, const struct line *l, const char *word)
{
	char owner = l->who[0];

	if (strcmp(word, "arp") != 0 && strcmp(word, "probe") != 0)
		return NULL;
	put_mac(&e->fields, &arp_sender_mac, play_mac(owner));
	if (strcmp(word, "arp") == 0)
		put_addr_field(e, &arp_sender_addr, option(l, "as=") ? *option(l, "as=") : owner);
	else
		put_addr(&e->fields, &arp_sender_addr, addr_v4((uint8_t[4]){ 0 }));
	return &arp_request;
}

/* "answer NAME [A STATION | SRV TARGET]" */
static const struct kind *fill_answer(struct event *e, const char *rest)
{
	char name[128], type[8] = "", value[128] = "";
	struct record *record;

	assert_true(sscanf(rest, "%127s %7s %127s", name, type, value) >= 1);
	put_string(&e->fields, &dns_qname, name);
	if (!*type)
		return &dns_response;
	record = put_record(put_list(&e->fields, &dns_answers), NULL);
	put_string(record, &dns_name, name);
	put_string(record, &dns_type, type);
	if (strcmp(type, "SRV") == 0)
		put_string(record, &dns_target, value);
	else
		put_addr(record, &dns_address, play_addr(*value));
	return &dns_response;
}

static void put_counts(struct event *e, const char *rest)
{
	put_number(&e->fields, &tcp_bytes_client, 4000);
	put_number(&e->fields, &tcp_bytes_server, 6000);
	put_real(&e->fields, &tcp_duration, strtod(rest, NULL), 6);
}

static const struct kind *fill_other(struct event *e, const char *word, const char *rest)
{
	static const struct { const char *word; const struct kind *kind; const struct field *field; } plain[] = {
		{ "dns", &dns_query, &dns_qname }, { "ntp", &ntp_client, NULL }, { "ntpreply", &ntp_server, NULL },
		{ "cldap", &cldap_search_request, &ldap_filter }, { "cldapreply", &cldap_search_done, NULL },
		{ "ldap", &ldap_search_request, &ldap_filter }, { "http", &http_request, &http_target }, { "agent", &http_request, &http_user_agent },
		{ "httpreply", &http_response, NULL }, { "lldp", &lldp_advertisement, NULL }, { "cdp", &cdp_advertisement, NULL },
		{ "connect", &tcp_connect, NULL }, { "accepted", &tcp_accepted, NULL }, { "refused", &tcp_refused, NULL }, { "timeout", &tcp_timeout, NULL },
		{ "hello", &tls_client_hello, NULL }, { "sni", &tls_client_hello, &tls_sni }, { "finished", &tls_finished, &tls_from },
		{ "data", &tls_data, &tls_from }, { "invite", &sip_request, &sip_user_agent }, { "sipreply", &sip_response, &sip_user_agent },
	};

	for (size_t i = 0; i < COUNT(plain); i++)
		if (strcmp(plain[i].word, word) == 0) {
			if (plain[i].field && *rest)
				put_text(&e->fields, plain[i].field, octets(rest));
			return plain[i].kind;
		}
	if (strcmp(word, "register") == 0) {
		put_string(&e->fields, &sip_method, "REGISTER");
		if (*rest)
			put_string(&e->fields, &sip_user_agent, rest);
		return &sip_request;
	}
	if (strcmp(word, "registered") == 0) {
		put_number(&e->fields, &sip_status, 200);
		put_string(&e->fields, &sip_cseq, "2 REGISTER");
		return &sip_response;
	}
	if (strcmp(word, "answer") == 0)
		return fill_answer(e, rest);
	put_counts(e, rest);
	return strcmp(word, "progress") == 0 ? &tcp_progress : strcmp(word, "closed") == 0 ? &tcp_closed : strcmp(word, "reset") == 0 ? &tcp_reset : NULL;
}

static void fill(struct event *e, const struct line *l)
{
	char word[16] = "";
	const char *rest = l->what + strcspn(l->what, " ");

	assert_in_range(rest - l->what, 1, sizeof word - 1);
	memcpy(word, l->what, (size_t)(rest - l->what));
	rest += *rest == ' ';
	e->kind = fill_dhcp(e, l, word, rest);
	if (!e->kind)
		e->kind = fill_arp(e, l, word);
	if (!e->kind)
		e->kind = fill_other(e, word, rest);
	if (!e->kind)
		fail_msg("what is %s?", l->what);
}

const struct mac play_group = { { 1, 0x80, 0xc2, 0, 0, 14 } };

static void address(struct event *e, const struct line *l)
{
	const char *via = option(l, "via="), *to = option(l, "to="), *as = option(l, "as="), *port = option(l, "port=");
	bool to_group = l->who[1] == '*', link = is_arp(e) || is_advertisement(e);

	e->has_ether = !option(l, "raw");
	if (e->has_ether) {
		e->mac_src = play_mac(via ? *via : l->who[0]);
		e->mac_dst = to_group ? play_group : play_mac(to ? *to : l->who[1]);
		e->eth_src = option(l, "tunnel") ? play_mac('R') : e->mac_src;
		e->eth_dst = option(l, "tunnel") ? play_mac('S') : e->mac_dst;
	}
	e->has_ip = !link;
	if (link)
		return;
	e->src.addr = play_addr(as ? *as : l->who[0]);
	if (is_dhcp(e) && to_group)
		e->src.addr = addr_v4((uint8_t[4]){ 0 });
	e->dst.addr = to_group ? addr_v4((uint8_t[4]){ 255, 255, 255, 255 }) : play_addr(l->who[1]);
	e->src.port = 50000;
	e->dst.port = (uint16_t)(port ? strtoul(port, NULL, 10) : 0);
}

struct event *play_make(struct play *p, const struct line *l)
{
	struct event *e = arena_get(&p->arena, sizeof *e);
	const char *flow = option(l, "#"), *file = option(l, "file="), *vlan = option(l, "vlan="), *frame = option(l, "frame=");

	p->frame++;
	e->frame = frame_of(file ? (unsigned)strtoul(file, NULL, 10) : 0, frame ? strtoul(frame, NULL, 10) : p->frame);
	e->at_ns = INT64_C(1700000000000000000) + (int64_t)(l->at * 1e9);
	e->fields.arena = &p->arena;
	e->flow = flow ? strtoul(flow, NULL, 10) : 0;
	fill(e, l);
	address(e, l);
	if (vlan) {
		e->vlan_count = 1;
		e->vlans[0] = (uint16_t)strtoul(vlan, NULL, 10);
	}
	return e;
}

/* The packet that an event comes in bears who and how, so that one sees whose it is. */
static void show_packet(struct play *p, const struct event *e, const struct layers *layers, const struct line *l)
{
	const char *text = arena_printf(&p->arena, "%s %s", l->who, l->how ? l->how : "");
	const struct packet packet = { .frame = e->frame, .at_ns = e->at_ns, .time_digits = 9, .link_type = 1, .wire_len = 100, .data = octets(text) };
	struct layers l2 = *layers;
	const struct seen seen = { .packet = &packet, .layers = &l2, .flow = e->flow };

	if (is_dhcp(e)) {
		l2.transport = TRANSPORT_UDP;
		l2.src_port = 68;
		l2.dst_port = 67;
	}
	trail_packet(p->trail, &seen);
}

/* Whatever waited for its event waits no longer: only what somebody keeps is left. */
static void forget_strays(struct play *p)
{
	for (unsigned n = 1; n <= STRAYS_MAX; n++)
		trail_fragment(p->trail, &(struct packet){ .frame = frame_of(9, n) });
}

void play_act(struct play *p, const struct line *l)
{
	const char *ttl = option(l, "ttl=");
	const struct event *e = play_make(p, l);
	struct layers layers = {
		.has_ether = e->has_ether, .ether_src = e->mac_src, .ether_dst = e->mac_dst, .src = e->src.addr, .dst = e->dst.addr,
		.ttl = (uint8_t)(ttl ? strtoul(ttl, NULL, 10) : 128),
	};

	trail_interest(p->trail, &layers);
	if (p->keeps)
		show_packet(p, e, &layers, l);
	trail_event(p->trail, e);
	if (p->forgets)
		forget_strays(p);
}

/* ---- what comes out ---- */

static char letter_of(struct mac m)
{
	for (size_t i = 0; i < COUNT(stations); i++)
		if (mac_equal(play_mac(stations[i].letter), m))
			return stations[i].letter;
	return '?';
}

static bool is_named(const struct attempt *a, frame_ref frame)
{
	for (size_t i = 0; i < a->count; i++)
		if (a->events[i]->frame == frame)
			return true;
	return false;
}

/* Each event's packet is there, and whatever is there is the phone's or advertised by a switch. */
static void check_evidence(const struct attempt *a)
{
	assert_true(a->left_out || !a->evidence.left_out);
	for (size_t i = 0; i < a->count && !a->evidence.left_out; i++)
		assert_non_null(evidence_find(&a->evidence, a->events[i]->frame));
	for (size_t i = 0; i < a->evidence.count; i++) {
		const char *text = (const char *)a->evidence.at[i].packet.data.data;

		assert_true(strchr(text, letter_of(a->phone->mac)) || a->evidence.at[i].foreign);
		assert_true(!a->evidence.at[i].foreign || is_named(a, a->evidence.at[i].packet.frame));
		assert_true(i == 0 || frame_file(a->evidence.at[i].packet.frame) != frame_file(a->evidence.at[i - 1].packet.frame)
			|| a->evidence.at[i].packet.frame > a->evidence.at[i - 1].packet.frame);
	}
}

static void told(void *user, const struct attempt *a)
{
	struct play *p = user;

	text_addf(&p->out, "%s%c%s%s:", p->out.len ? "\n" : "", letter_of(a->phone->mac), a->captured_from_start ? "" : "?", a->capture_ended ? "..." : "");
	for (size_t i = 0; i < a->count; i++)
		text_addf(&p->out, " %s-%s", a->events[i]->kind->proto, a->events[i]->kind->name);
	if (a->left_out)
		text_addf(&p->out, " +%llu", (unsigned long long)a->left_out);
	assert_true(a->phone->followed);
	check_evidence(a);
	for (size_t i = 0; i + 1 < a->count; i++)
		if (frame_file(a->events[i]->frame) == frame_file(a->events[i + 1]->frame))
			assert_true(a->events[i]->frame <= a->events[i + 1]->frame);
}

struct play *play_new(const char *phones, bool all_clients)
{
	struct play *p = calloc(1, sizeof *p);
	struct trail_options options = { .all_clients = all_clients, .evidence_octets = 1 << 20, .attempt = told, .user = p };
	struct mac listed[8];

	for (; *phones; phones++)
		listed[options.phone_count++] = play_mac(*phones);
	options.phones = listed;
	p->out = text_start(1 << 20);
	p->trail = trail_new(&options);
	p->keeps = p->forgets = true;
	return p;
}

void play_free(struct play *p)
{
	trail_free(p->trail);
	text_free(&p->out);
	arena_free(&p->arena);
	free(p);
}

void play_expect(const char *phones, bool all_clients, const struct line *lines, size_t count, const char *expected)
{
	struct play *p = play_new(phones, all_clients);

	for (size_t i = 0; i < count; i++)
		play_act(p, &lines[i]);
	trail_finish(p->trail);
	assert_string_equal(text_string(&p->out), expected);
	play_free(p);
}

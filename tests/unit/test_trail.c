/* Phones and their attempts: events in, attempts out. A play is a table of lines that say what happens on the wire, and a text of what must come out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
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
#include "trail/phone.h"

#pragma GCC diagnostic ignored "-Wmissing-field-initializers"   /* most lines of a play have no fourth column */

#define COUNT(array) (sizeof array / sizeof array[0])
#define NOBODY '-'

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

static struct mac mac(char letter)
{
	struct mac m;

	assert_true(mac_parse(station(letter)->mac, &m));
	return m;
}

static struct addr addr(char letter)
{
	struct addr a;

	assert_true(addr_parse(station(letter)->addr, &a));
	return a;
}

/* ---- one line of a play ----
 * { seconds, "PS", "dns sip.contoso.com", "#3 via=R" }: from P to S, what, and how. `*` as the second station is a group address.
 * How: #n flow, via=X the MAC address of the sender is X's, to=X that of the receiver, raw no Ethernet, tunnel, file=n, vlan=n, ttl=n, as=X the
 * sender's IP address, of=X whose chaddr, giaddr */
struct line {
	double at;
	const char *who, *what, *how;
};

struct play {
	struct trail *trail;
	struct arena arena;
	struct text out;
	uint64_t frame;
};

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
	put_addr(&e->fields, f, addr(letter));
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
		put_mac(&e->fields, &dhcp_client_mac, mac(client));
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
	put_mac(&e->fields, &arp_sender_mac, mac(owner));
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
		put_addr(record, &dns_address, addr(*value));
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

static const struct mac group = { { 1, 0x80, 0xc2, 0, 0, 14 } };

static void address(struct event *e, const struct line *l)
{
	const char *via = option(l, "via="), *to = option(l, "to="), *as = option(l, "as="), *port = option(l, "port=");
	bool to_group = l->who[1] == '*', link = strcmp(e->kind->proto, "arp") == 0 || strcmp(e->kind->proto, "lldp") == 0 || strcmp(e->kind->proto, "cdp") == 0;

	e->has_ether = !option(l, "raw");
	if (e->has_ether) {
		e->mac_src = mac(via ? *via : l->who[0]);
		e->mac_dst = to_group ? group : mac(to ? *to : l->who[1]);
		e->eth_src = option(l, "tunnel") ? mac('R') : e->mac_src;
		e->eth_dst = option(l, "tunnel") ? mac('S') : e->mac_dst;
	}
	e->has_ip = !link;
	if (link)
		return;
	e->src.addr = addr(as ? *as : l->who[0]);
	if (strcmp(e->kind->proto, "dhcp") == 0 && to_group)
		e->src.addr = addr_v4((uint8_t[4]){ 0 });
	e->dst.addr = to_group ? addr_v4((uint8_t[4]){ 255, 255, 255, 255 }) : addr(l->who[1]);
	e->src.port = 50000;
	e->dst.port = (uint16_t)(port ? strtoul(port, NULL, 10) : 0);
}

static struct event *make(struct play *p, const struct line *l)
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

/* As the flow layer does: asks for attention first, then speaks. */
static void act(struct play *p, const struct line *l)
{
	const char *ttl = option(l, "ttl=");
	const struct event *e = make(p, l);
	struct layers layers = {
		.has_ether = e->has_ether, .ether_src = e->mac_src, .ether_dst = e->mac_dst, .src = e->src.addr, .dst = e->dst.addr,
		.ttl = (uint8_t)(ttl ? strtoul(ttl, NULL, 10) : 128),
	};

	trail_interest(p->trail, &layers);
	trail_event(p->trail, e);
}

/* ---- what comes out ---- */

static char letter_of(struct mac m)
{
	for (size_t i = 0; i < COUNT(stations); i++)
		if (mac_equal(mac(stations[i].letter), m))
			return stations[i].letter;
	return '?';
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
	for (size_t i = 0; i + 1 < a->count; i++)
		if (frame_file(a->events[i]->frame) == frame_file(a->events[i + 1]->frame))
			assert_true(a->events[i]->frame <= a->events[i + 1]->frame);
}

static struct play *play_new(const char *phones, bool all_clients)
{
	struct play *p = calloc(1, sizeof *p);
	struct trail_options options = { .all_clients = all_clients, .attempt = told, .user = p };
	struct mac listed[8];

	for (; *phones; phones++)
		listed[options.phone_count++] = mac(*phones);
	options.phones = listed;
	p->out = text_start(1 << 20);
	p->trail = trail_new(&options);
	return p;
}

static void play_free(struct play *p)
{
	trail_free(p->trail);
	text_free(&p->out);
	arena_free(&p->arena);
	free(p);
}

static void run(const char *phones, bool all_clients, const struct line *lines, size_t count, const char *expected)
{
	struct play *p = play_new(phones, all_clients);

	for (size_t i = 0; i < count; i++)
		act(p, &lines[i]);
	trail_finish(p->trail);
	assert_string_equal(text_string(&p->out), expected);
	play_free(p);
}

#define EXPECT(lines, expected) run("", false, lines, COUNT(lines), expected)

/* ---- markers ---- */

static void markers_make_phones(void **state)
{
	static const struct { const char *who, *what, *how; bool alone, with_vendor; } markers[] = {
		{ "*", "discover CPE-OCPHONE", NULL, true, true },
		{ "*", "discover cpe-ocphone", NULL, true, true },
		{ "*", "discover CPE-OCPHONE2", NULL, false, false },
		{ "*", "inform MS-UC-Client", NULL, true, true },
		{ "*", "discover MSFT 5.0", NULL, false, false },
		{ "S", "cldap (&(DnsDomain=xyz.net)(Host=WindowsCE)(NtVer=\\06\\00\\00\\00))", NULL, true, true },
		{ "S", "ldap (&(dnsdomain=xyz.net)(host=windowsce))", NULL, true, true },
		{ "S", "cldap (&(DnsDomain=xyz.net)(Host=PC1)(NtVer=\\06\\00\\00\\00))", NULL, false, false },
		{ "S", "http /RequestHandler/ucdevice.upx", NULL, true, true },
		{ "S", "http /requesthandlerext/UCDEVICE.upx", NULL, true, true },
		{ "S", "http http://web.contoso.com/RequestHandler/ucdevice.upx", NULL, true, true },
		{ "S", "http /other/RequestHandler/ucdevice.upx", NULL, false, false },
		{ "S", "httpreply", NULL, false, false },
		{ "S", "agent CPE/4.0.7423.1 OCPhone/4.0.7423.1 (Microsoft Lync 2010 (Beta) Phone Edition)", NULL, true, true },
		{ "S", "agent Mozilla/5.0", NULL, false, false },
		{ "S", "register CPE/4.0.7423.1 OCPhone/4.0.7423.1", "port=5060", true, true },
		{ "S", "register UCCAPI/4.0", "port=5060", false, false },
		{ "S", "invite OCPhone/4.0", "port=5060", true, true },
		{ "S", "sipreply OCPhone/4.0", "port=5060", false, false },
		{ "S", "dns _sipinternaltls._tcp.contoso.com", NULL, false, true },
		{ "S", "dns _sip._tls.contoso.com", NULL, false, true },
		{ "S", "dns _SIPinternal._tcp.contoso.com", NULL, false, true },
		{ "S", "dns _sip._tcp.contoso.com", NULL, false, true },
		{ "S", "dns sip.contoso.com", NULL, false, true },
		{ "S", "dns sipinternal.contoso.com", NULL, false, true },
		{ "S", "dns sipexternal.contoso.com", NULL, false, true },
		{ "S", "dns ucupdates-r2.contoso.com", NULL, false, true },
		{ "S", "dns lyncdiscover.contoso.com", NULL, false, false },
		{ "S", "dns sipx.contoso.com", NULL, false, false },
		{ "S", "dns www.sip.contoso.com", NULL, false, false },
		{ "S", "hello", "port=5061", false, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(markers); i++)
		for (int vendor = 0; vendor < 2; vendor++) {
			char who[3] = { vendor ? 'P' : 'N', *markers[i].who };
			const struct line line = { 0, who, markers[i].what, markers[i].how };
			struct play *p = play_new("", false);

			act(p, &line);
			trail_finish(p->trail);
			if ((p->out.len > 0) != (vendor ? markers[i].with_vendor : markers[i].alone))
				fail_msg("%s from %c: \"%s\"", markers[i].what, *who, text_string(&p->out));
			play_free(p);
		}
}

/* What a server, a relay or a proxy passes on or answers makes it no phone. */
static void a_marker_is_its_senders(void **state)
{
	static const struct line lines[] = {
		{ 0, "SN", "informack MS-UC-Client" }, { 0.1, "SN", "offer CPE-OCPHONE" }, { 1, "SN", "httpreply" },
	};
	static const struct line proxied[] = { { 0, "SP", "invite OCPhone/4.0", "via=N port=50123" } };
	struct play *p = play_new("", false);
	struct event *e;

	(void)state;
	EXPECT(lines, "");
	e = make(p, &proxied[0]);
	e->src.port = 5061;
	trail_event(p->trail, e);
	trail_finish(p->trail);
	assert_string_equal(text_string(&p->out), "");
	play_free(p);
}

static void all_clients_are_followed_where_asked_for(void **state)
{
	static const struct line names[] = { { 0, "NS", "dns _sipinternaltls._tcp.contoso.com" }, { 0.1, "NT", "dns www.contoso.com" } };
	static const struct line hello[] = { { 0, "NS", "connect", "port=5061 #1" }, { 0.1, "NS", "hello", "port=5061 #1" } };
	static const struct line clear[] = { { 0, "NS", "register UCCAPI/15", "port=5060 #1" } };
	/* the resolver asks on, the front end connects on */
	static const struct line servers[] = {
		{ 0, "NS", "dns sip.contoso.com" }, { 0.1, "ST", "dns sip.contoso.com" }, { 1, "NT", "hello", "port=5061 #1" }, { 2, "TS", "hello", "port=5061 #2" },
	};

	(void)state;
	run("", true, names, COUNT(names), "N?...: dns-query dns-query");
	run("", true, hello, COUNT(hello), "N?...: tcp-connect tls-client-hello");
	run("", true, clear, COUNT(clear), "N?...: sip-request");
	run("", true, servers, COUNT(servers), "N?...: dns-query tls-client-hello");
	EXPECT(names, "");
	EXPECT(hello, "");
	EXPECT(clear, "");
}

/* What somebody did before it showed to be a phone. */
static void events_wait_for_the_marker(void **state)
{
	static const struct line vendor[] = {
		{ 0, "P*", "discover" }, { 1, "SP", "ack" }, { 1.2, "P*", "arp" }, { 2, "PS", "dns time.contoso.com" }, { 2.1, "PS", "connect", "port=443 #1" },
		{ 3, "PS", "dns sip.contoso.com" },
	};
	static const struct line other[] = {
		{ 0, "N*", "discover" }, { 1, "SN", "ack" }, { 1.2, "N*", "arp" }, { 2, "NS", "dns time.contoso.com" }, { 2.1, "NS", "connect", "port=443 #1" },
		{ 2.2, "NS", "answer time.contoso.com A T" }, { 2.3, "NS", "http /abs" }, { 3, "N*", "inform MS-UC-Client" }, { 4, "NS", "http /abs" },
	};

	(void)state;
	EXPECT(vendor, "P...: dhcp-discover dhcp-ack arp-request dns-query tcp-connect dns-query");
	EXPECT(other, "N...: dhcp-discover dhcp-ack dns-query dns-response dhcp-inform http-request");
}

/* ---- whose ---- */

static void a_phone_beyond_a_router_is_followed_by_its_address(void **state)
{
	static const struct line relayed[] = {
		{ 0, "RS", "discover CPE-OCPHONE", "giaddr of=P" }, { 0.1, "SR", "offer", "giaddr of=P" }, { 0.2, "RS", "request CPE-OCPHONE", "giaddr of=P" },
		{ 0.3, "SR", "ack", "giaddr of=P" }, { 1, "PS", "dns sip.contoso.com", "via=R ttl=127" }, { 1.1, "SP", "answer sip.contoso.com A T", "to=R" },
		{ 2, "MS", "dns sip.contoso.com", "via=R ttl=127" }, { 3, "PT", "connect", "via=R port=5061 #1" },
	};
	static const struct line renewed[] = {
		{ 0, "NS", "renew MS-UC-Client", "via=R" }, { 1, "NS", "dns sip.contoso.com", "via=R ttl=127" }, { 2, "MS", "dns sip.contoso.com", "via=R ttl=127" },
	};
	static const struct line raw[] = {
		{ 0, "PS", "dns sip.contoso.com", "raw" }, { 1, "SR", "ack", "raw of=P" }, { 2, "PS", "dns sip.contoso.com", "raw" },
		{ 3, "QS", "dns sip.contoso.com", "raw" },
	};

	(void)state;
	EXPECT(relayed, "P...: dhcp-discover dhcp-offer dhcp-request dhcp-ack dns-query dns-response tcp-connect");
	EXPECT(renewed, "N?...: dhcp-request dns-query");
	EXPECT(raw, "P?...: dhcp-ack dns-query");
}

static void a_router_is_no_phone(void **state)
{
	/* the time to live tells */
	static const struct line lived[] = { { 0, "NS", "http /RequestHandler/ucdevice.upx", "via=R ttl=127" } };
	/* a relay */
	static const struct line relay[] = {
		{ 0, "RS", "discover", "giaddr of=M" }, { 1, "NS", "http /RequestHandler/ucdevice.upx", "via=R" },
	};
	/* several addresses, before and after the marker */
	static const struct line before[] = {
		{ 0, "MS", "dns www.contoso.com", "via=R" }, { 0.2, "QS", "dns www.contoso.com", "via=R" },
		{ 1, "NS", "http /RequestHandler/ucdevice.upx", "via=R" }, { 2, "NS", "cldap (Host=WindowsCE)", "via=R" },
	};
	static const struct line after[] = {
		{ 1, "NS", "http /RequestHandler/ucdevice.upx", "via=R" }, { 2, "MS", "http /RequestHandler/ucdevice.upx", "via=R" },
		{ 3, "MS", "http /RequestHandler/ucdevice.upx", "via=R" }, { 4, "NS", "http /RequestHandler/ucdevice.upx", "via=R" },
	};
	/* one address, never bound, never forwarded: a phone in the middle of its life */
	static const struct line alone[] = { { 1, "NS", "http /RequestHandler/ucdevice.upx" }, { 2, "NS", "http /abs" } };
	/* a second address that ARP says is its own */
	static const struct line moved[] = {
		{ 0, "N*", "arp" }, { 1, "NS", "cldap (Host=WindowsCE)" }, { 2, "N*", "arp", "as=M" }, { 3, "NS", "http /abs", "as=M" },
	};

	(void)state;
	EXPECT(lived, "");
	EXPECT(relay, "");
	EXPECT(before, "");
	EXPECT(after, "");
	EXPECT(alone, "N?...: http-request http-request");
	EXPECT(moved, "N?...: cldap-search-request arp-request http-request");
}

static void the_latest_binding_wins(void **state)
{
	static const struct line lines[] = {
		{ 0, "SR", "ack", "giaddr of=P" }, { 1, "PS", "dns sip.contoso.com", "via=R" },
		/* the address is given to somebody else */
		{ 2, "SR", "ack", "giaddr of=Q" }, { 3, "M*", "arp", "as=P" }, { 4, "PS", "dns sip.contoso.com", "via=R" },
		/* a probe claims nothing */
		{ 5, "M*", "probe", "as=Q" }, { 6, "QS", "dns sip.contoso.com", "via=R" },
		/* a released address is nobody's */
		{ 7, "QS", "release", "via=R" }, { 8, "QS", "dns sip.contoso.com", "via=R" },
	};

	(void)state;
	EXPECT(lines, "P?...: dhcp-ack dns-query\nQ?...: dhcp-ack dns-query dhcp-release");
}

static void events_between_two_phones_are_both_phones(void **state)
{
	static const struct line lines[] = {
		{ 0, "P*", "discover CPE-OCPHONE" }, { 1, "Q*", "discover CPE-OCPHONE" }, { 2, "PQ", "connect", "port=5060 #1" }, { 3, "QP", "httpreply", "#1" },
	};

	(void)state;
	EXPECT(lines, "P...: dhcp-discover tcp-connect http-response\nQ...: dhcp-discover tcp-connect http-response");
}

static void tell_addresses(void *user, const struct attempt *a)
{
	struct play *p = user;
	char text[ADDR_TEXT];

	for (unsigned i = 0; i < a->phone->address_count; i++)
		text_addf(&p->out, "%s ", addr_format(&a->phone->addresses[i], text));
	for (unsigned i = 0; i < a->phone->vlan_count; i++)
		text_addf(&p->out, "vlan %u ", a->phone->vlans[i]);
}

static void addresses_and_vlans_are_collected(void **state)
{
	static const struct line lines[] = {
		{ 0, "P*", "discover CPE-OCPHONE" }, { 1, "SP", "ack" }, { 2, "P*", "discover CPE-OCPHONE", "vlan=20" }, { 3, "PS", "ntp", "vlan=20" },
		{ 4, "P*", "arp", "as=M" }, { 5, "PS", "ntp", "vlan=0 as=P" }, { 6, "SP", "ntpreply", "vlan=30" }, { 7, "PS", "ntp", "vlan=40 via=R" },
		{ 8, "PS", "ntp", "as=Q" },
	};
	struct play p = { .out = text_start(1000) };
	const struct trail_options options = { .attempt = tell_addresses, .user = &p };

	(void)state;
	p.trail = trail_new(&options);
	for (size_t i = 0; i < COUNT(lines); i++)
		act(&p, &lines[i]);
	trail_finish(p.trail);
	assert_string_equal(text_string(&p.out), "10.0.0.24 10.0.0.21 10.0.0.22 vlan 20 ");
	trail_free(p.trail);
	text_free(&p.out);
	arena_free(&p.arena);
}

/* ---- attempts ---- */

#define BOOT { 0, "P*", "discover CPE-OCPHONE" }, { 0.1, "SP", "offer" }, { 0.2, "P*", "request CPE-OCPHONE" }, { 0.3, "SP", "ack" }
#define BOOTED "dhcp-discover dhcp-offer dhcp-request dhcp-ack"
#define SIGNED_IN(at, flow) { at, "PS", "dns _sipinternaltls._tcp.contoso.com" }, { at, "SP", "answer _sipinternaltls._tcp.contoso.com SRV sip.contoso.com" }, \
	{ at, "PT", "connect", "port=5061 " flow }, { at, "PT", "hello", "port=5061 " flow }, { at, "PT", "finished client", flow }, \
	{ at, "TP", "finished server", flow }, { at, "PT", "data client", flow }, { at, "TP", "data server", flow }
#define SIGNED "dns-query dns-response tcp-connect tls-client-hello tls-finished tls-finished tls-data tls-data"

static void the_move_to_the_voice_vlan_is_one_boot(void **state)
{
	static const struct line lines[] = {
		BOOT, { 1, "PS", "release CPE-OCPHONE" }, { 2, "P*", "discover CPE-OCPHONE", "vlan=20" }, { 5, "P*", "discover CPE-OCPHONE", "vlan=20" },
		{ 6, "SP", "ack", "vlan=20" }, { 7, "PS", "ntp", "vlan=20" }, { 8, "PS", "dns sip.contoso.com", "vlan=20" },
	};

	(void)state;
	EXPECT(lines, "P...: " BOOTED " dhcp-release dhcp-discover dhcp-discover dhcp-ack ntp-client dns-query");
}

static void a_discover_after_activity_is_a_restart(void **state)
{
	static const struct line lines[] = {
		BOOT, { 7, "PS", "ntp" }, { 20, "P*", "discover CPE-OCPHONE" }, { 24, "P*", "discover CPE-OCPHONE" }, { 25, "PS", "dns sip.contoso.com" },
		{ 26, "P*", "discover CPE-OCPHONE" },
	};
	static const struct line inform[] = { BOOT, { 1, "P*", "inform MS-UC-Client" }, { 2, "P*", "discover CPE-OCPHONE" } };
	static const struct line other_inform[] = { BOOT, { 1, "P*", "inform MSFT 5.0" }, { 2, "P*", "discover CPE-OCPHONE" } };

	(void)state;
	EXPECT(lines, "P: " BOOTED " ntp-client\nP: dhcp-discover dhcp-discover dns-query\nP...: dhcp-discover");
	EXPECT(inform, "P: " BOOTED " dhcp-inform\nP...: dhcp-discover");
	EXPECT(other_inform, "P...: " BOOTED " dhcp-inform dhcp-discover");
}

static void silence_ends_an_attempt(void **state)
{
	static const struct line early[] = { BOOT, { 1, "PS", "dns sip.contoso.com" }, { 120.9, "PS", "dns sip.contoso.com" } };
	static const struct line late[] = { BOOT, { 1, "PS", "dns sip.contoso.com" }, { 121, "PS", "dns sip.contoso.com" } };
	/* ARP, LLDP and the renewal of a lease break no silence, the clock does */
	static const struct line link[] = {
		BOOT, { 1, "PS", "dns sip.contoso.com" }, { 60, "P*", "arp" }, { 80, "P*", "lldp" }, { 100, "PS", "renew" }, { 101, "SP", "ack" },
		{ 121, "PS", "dns sip.contoso.com" },
	};
	static const struct line clock[] = { BOOT, { 1, "PS", "dns sip.contoso.com" }, { 100, "PS", "ntp" }, { 200, "PS", "dns sip.contoso.com" } };
	/* what went before the first sign-in message is of the same attempt, however long ago */
	static const struct line waiting[] = { BOOT, { 1, "PS", "ntp" }, { 2, "PS", "dns ucupdates-r2.contoso.com" }, { 900, "PS", "dns sip.contoso.com" } };
	/* clock and update after a silence begin nothing alone, but go with what follows */
	static const struct line prelude[] = {
		BOOT, { 1, "PS", "dns sip.contoso.com" }, { 200, "PS", "ntp" }, { 202, "SP", "ntpreply" }, { 203, "PS", "dns sip.contoso.com" },
	};
	static const struct line clock_only[] = { BOOT, { 1, "PS", "dns sip.contoso.com" }, { 200, "PS", "ntp" }, { 400, "PS", "ntp" } };
	/* so does asking again for the old lease */
	static const struct line reboot[] = {
		BOOT, { 1, "PS", "dns sip.contoso.com" }, { 200, "P*", "reboot CPE-OCPHONE" }, { 201, "SP", "ack" }, { 203, "PS", "dns sip.contoso.com" },
	};
	/* a server that ends a connection after the silence */
	static const struct line closed[] = {
		BOOT, { 1, "PS", "dns sip.contoso.com" }, { 2, "PT", "connect", "port=443 #1" }, { 200, "PT", "closed 198", "#1" }, { 201, "PS", "dns sip.contoso.com" },
	};

	(void)state;
	EXPECT(early, "P...: " BOOTED " dns-query dns-query");
	EXPECT(late, "P: " BOOTED " dns-query\nP...: dns-query");
	EXPECT(link, "P: " BOOTED " dns-query arp-request lldp-advertisement dhcp-request dhcp-ack\nP...: dns-query");
	EXPECT(clock, "P...: " BOOTED " dns-query ntp-client dns-query");
	EXPECT(waiting, "P...: " BOOTED " ntp-client dns-query dns-query");
	EXPECT(prelude, "P: " BOOTED " dns-query\nP...: ntp-client ntp-server dns-query");
	EXPECT(clock_only, "P...: " BOOTED " dns-query ntp-client ntp-client");
	EXPECT(reboot, "P: " BOOTED " dns-query\nP...: dhcp-request dhcp-ack dns-query");
	EXPECT(closed, "P: " BOOTED " dns-query tcp-connect tcp-closed\nP...: dns-query");
}

static void a_standing_session_is_no_silence(void **state)
{
	static const struct line lines[] = {
		BOOT, SIGNED_IN(1, "#1"), { 300, "PS", "dns autodiscover.contoso.com" }, { 301, "PS", "connect", "port=443 #2" }, { 600, "PS", "renew" },
		{ 900, "PS", "ntp" }, { 1000, "PT", "progress 999", "#1" },
	};
	/* but who dials again has lost it without a word */
	static const struct line lost[] = { BOOT, SIGNED_IN(1, "#1"), { 300, "PS", "dns sip.contoso.com" } };
	static const struct line parallel[] = { BOOT, SIGNED_IN(1, "#1"), { 299, "PT", "progress 298", "#1" }, { 300, "PS", "dns sip.contoso.com" } };

	(void)state;
	EXPECT(lines, "P...: " BOOTED " " SIGNED " dns-query tcp-connect dhcp-request ntp-client tcp-progress");
	EXPECT(lost, "P: " BOOTED " " SIGNED "\nP...: dns-query");
	EXPECT(parallel, "P...: " BOOTED " " SIGNED " tcp-progress dns-query");
}

static void a_new_sign_in_after_a_session_is_a_new_attempt(void **state)
{
	static const struct line lines[] = {
		BOOT, SIGNED_IN(1, "#1"), { 90, "PT", "closed 89", "#1" }, { 91, "PS", "dns web.contoso.com" }, { 92, "PS", "dns sip.contoso.com" },
		{ 93, "PT", "connect", "port=5061 #2" },
	};
	static const struct line reset[] = { BOOT, SIGNED_IN(1, "#1"), { 90, "PT", "reset 89", "#1" }, { 91, "PT", "connect", "port=5061 #2" } };
	static const struct line by_pin[] = { BOOT, SIGNED_IN(1, "#1"), { 90, "PT", "reset 89", "#1" }, { 91, "P*", "inform MS-UC-Client" } };
	static const struct line brief[] = { BOOT, SIGNED_IN(1, "#1"), { 40, "PT", "closed 39", "#1" }, { 41, "PS", "dns sip.contoso.com" } };
	static const struct line unfinished[] = {
		BOOT, { 1, "PT", "connect", "port=5061 #1" }, { 90, "PT", "closed 89", "#1" }, { 91, "PS", "dns sip.contoso.com" },
	};
	static const struct line deaf[] = {
		BOOT, { 1, "PT", "connect", "port=5061 #1" }, { 1, "PT", "finished client", "#1" }, { 1, "TP", "finished server", "#1" },
		{ 1, "PT", "data client", "#1" }, { 90, "PT", "closed 89", "#1" }, { 91, "PS", "dns sip.contoso.com" },
	};
	/* the capture began while it was signed in */
	static const struct line before[] = {
		{ 1, "PT", "progress 500", "port=5061 #1" }, { 90, "PT", "closed 589", "port=5061 #1" }, { 91, "PS", "dns sip.contoso.com" },
	};
	static const struct line in_the_clear[] = {
		BOOT, { 1, "PT", "connect", "port=5060 #1" }, { 2, "PT", "register OCPhone/4", "#1 port=5060" }, { 2, "TP", "registered", "#1" },
		{ 90, "PT", "closed 89", "#1" }, { 91, "PS", "dns sip.contoso.com" },
	};

	(void)state;
	EXPECT(lines, "P: " BOOTED " " SIGNED " tcp-closed dns-query\nP...: dns-query tcp-connect");
	EXPECT(reset, "P: " BOOTED " " SIGNED " tcp-reset\nP...: tcp-connect");
	EXPECT(by_pin, "P: " BOOTED " " SIGNED " tcp-reset\nP...: dhcp-inform");
	EXPECT(brief, "P...: " BOOTED " " SIGNED " tcp-closed dns-query");
	EXPECT(unfinished, "P...: " BOOTED " tcp-connect tcp-closed dns-query");
	EXPECT(deaf, "P...: " BOOTED " tcp-connect tls-finished tls-finished tls-data tcp-closed dns-query");
	EXPECT(before, "P?: tcp-progress tcp-closed\nP...: dns-query");
	EXPECT(in_the_clear, "P: " BOOTED " tcp-connect sip-request sip-response tcp-closed\nP...: dns-query");
}

#define TLS(at, flow, how) { at, "PT", "connect", "port=443 " flow }, { at, "PT", how, "port=443 " flow }, { at, "PT", "finished client", flow }, \
	{ at, "TP", "finished server", flow }, { at, "PT", "data client", flow }, { at, "TP", "data server", flow }, { at + 89, "PT", "closed 89", flow }, \
	{ at + 90, "PS", "dns sip.contoso.com" }

static void port_443_is_a_registrars_where_its_name_was_asked_for(void **state)
{
	static const char all[] = "tcp-connect tls-client-hello tls-finished tls-finished tls-data tls-data tcp-closed";
	static const struct line web[] = { BOOT, { 1, "SP", "answer web.contoso.com A T" }, TLS(2, "#1", "hello") };
	static const struct line registrar[] = { BOOT, { 1, "SP", "answer sip.contoso.com A T" }, TLS(2, "#1", "hello") };
	static const struct line target[] = {
		BOOT, { 1, "SP", "answer _sip._tls.contoso.com SRV edge.contoso.com" }, { 1, "SP", "answer edge.contoso.com A T" }, TLS(2, "#1", "hello"),
	};
	static const struct line shared[] = {
		BOOT, { 1, "SP", "answer sip.contoso.com A T" }, { 1, "SP", "answer web.contoso.com A T" }, TLS(2, "#1", "hello"),
	};
	static const struct line told_by_sni[] = { BOOT, { 1, "SP", "answer sip.contoso.com A T" }, TLS(2, "#1", "sni web.contoso.com") };
	char expected[512];

	(void)state;
	snprintf(expected, sizeof expected, "P...: " BOOTED " dns-response %s dns-query", all);
	EXPECT(web, expected);
	EXPECT(told_by_sni, expected);
	snprintf(expected, sizeof expected, "P...: " BOOTED " dns-response dns-response %s dns-query", all);
	EXPECT(shared, expected);
	snprintf(expected, sizeof expected, "P: " BOOTED " dns-response %s\nP...: dns-query", all);
	EXPECT(registrar, expected);
	snprintf(expected, sizeof expected, "P: " BOOTED " dns-response dns-response %s\nP...: dns-query", all);
	EXPECT(target, expected);
}

/* What the flow layer says late belongs where the packets were. */
static void late_news_find_their_attempt(void **state)
{
	static const struct line lines[] = {
		BOOT, { 1, "PT", "connect", "port=5061 #1" }, { 2, "PT", "connect", "port=443 #2" }, { 20, "P*", "discover CPE-OCPHONE" },
		{ 21, "PS", "dns sip.contoso.com" }, { 4, "PT", "timeout", "frame=5 port=5061 #1" }, { 30, "PT", "reset 28", "#2" },
	};
	static const struct line too_late[] = {
		BOOT, { 1, "PT", "connect", "port=5061 #1" }, { 20, "P*", "discover CPE-OCPHONE" }, { 21, "PS", "dns sip.contoso.com" },
		{ 151, "PS", "ntp" }, { 4, "PT", "timeout", "frame=5 port=5061 #1" },
	};
	/* the end of the old session does not make the next look-up another attempt */
	static const struct line restart[] = {
		BOOT, SIGNED_IN(1, "#1"), { 90, "P*", "discover CPE-OCPHONE" }, { 100, "PT", "reset 99", "#1" }, { 101, "PS", "dns sip.contoso.com" },
	};

	(void)state;
	EXPECT(lines, "P: " BOOTED " tcp-connect tcp-timeout tcp-connect tcp-reset\nP...: dhcp-discover dns-query");
	EXPECT(too_late, "P: " BOOTED " tcp-connect\nP...: dhcp-discover dns-query ntp-client");
	EXPECT(restart, "P: " BOOTED " " SIGNED " tcp-reset\nP...: dhcp-discover dns-query");
}

static void waiting_attempts_are_handed_over_in_time(void **state)
{
	static const struct line lines[] = { BOOT, { 1, "PS", "ntp" }, { 20, "P*", "discover CPE-OCPHONE" }, { 151, "MS", "dns www.contoso.com" } };
	struct play *p = play_new("", false);

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		assert_string_equal(text_string(&p->out), "");
		act(p, &lines[i]);
	}
	assert_string_equal(text_string(&p->out), "P: " BOOTED " ntp-client");
	play_free(p);
}

/* A phone that got no address must be told of; one that only prolongs its lease after its last sign-in has no new one. */
static void attempts_without_a_sign_in(void **state)
{
	static const struct line no_lease[] = { { 0, "P*", "discover CPE-OCPHONE" }, { 4, "P*", "discover CPE-OCPHONE" } };
	static const struct line unmarked[] = { { 0, "P*", "discover" }, { 4, "P*", "discover" }, { 5, "PS", "ntp" }, { 6, "P*", "discover" } };
	static const struct line restart[] = { BOOT, { 1, "PS", "ntp" }, { 20, "P*", "discover CPE-OCPHONE" }, { 24, "P*", "discover CPE-OCPHONE" } };

	(void)state;
	EXPECT(no_lease, "P...: dhcp-discover dhcp-discover");
	EXPECT(unmarked, "");
	EXPECT(restart, "P: " BOOTED " ntp-client\nP...: dhcp-discover dhcp-discover");
}

static void a_capture_may_begin_in_the_middle(void **state)
{
	static const struct line middle[] = { { 0, "PS", "dns sip.contoso.com" } };
	static const struct line lease[] = { { 0, "P*", "request CPE-OCPHONE" }, { 1, "PS", "dns sip.contoso.com" } };
	static const struct line renewal[] = { { 0, "PS", "renew CPE-OCPHONE" }, { 1, "PS", "dns sip.contoso.com" } };
	static const struct line silent[] = { { 0, "M*", "arp" }, { 120, "PS", "dns sip.contoso.com" } };
	/* a silence between two files may be the capture's */
	static const struct line files[] = { BOOT, { 1, "PS", "dns sip.contoso.com" }, { 500, "PS", "dns sip.contoso.com", "file=1" } };
	static const struct line both[] = {
		BOOT, { 1, "PS", "dns sip.contoso.com" }, { 300, "M*", "arp", "file=1" }, { 500, "PS", "dns sip.contoso.com", "file=1" },
	};

	(void)state;
	EXPECT(middle, "P?...: dns-query");
	EXPECT(lease, "P...: dhcp-request dns-query");
	EXPECT(renewal, "P?...: dhcp-request dns-query");
	EXPECT(silent, "P...: dns-query");
	EXPECT(files, "P: " BOOTED " dns-query\nP?...: dns-query");
	EXPECT(both, "P: " BOOTED " dns-query\nP...: dns-query");
}

static void phones_are_told_of_in_order(void **state)
{
	static const struct line lines[] = {
		{ 0, "Q*", "arp" }, { 1, "PS", "dns sip.contoso.com" }, { 2, "QS", "dns sip.contoso.com" }, { 3, "PS", "dns sip.contoso.com" },
	};

	(void)state;
	EXPECT(lines, "Q?...: arp-request dns-query\nP?...: dns-query dns-query");
}

/* ---- the switch ---- */

static void the_switch_speaks_to_the_phone_of_the_link(void **state)
{
	static const struct line before[] = { { 0, "W*", "lldp" }, { 10, "P*", "discover CPE-OCPHONE" }, { 30, "W*", "lldp" }, { 31, "S*", "cdp" } };
	static const struct line stale[] = { { 0, "W*", "lldp" }, { 200, "P*", "discover CPE-OCPHONE" } };
	/* others' broadcasts reach the port too */
	static const struct line broadcasts[] = {
		{ 0, "W*", "lldp" }, { 1, "Q*", "discover CPE-OCPHONE" }, { 2, "P*", "discover CPE-OCPHONE" }, { 3, "PS", "dns sip.contoso.com" }, { 4, "W*", "lldp" },
	};
	/* a trunk */
	static const struct line several[] = {
		{ 0, "W*", "lldp" }, { 1, "PS", "dns sip.contoso.com" }, { 2, "W*", "lldp" }, { 3, "QS", "dns sip.contoso.com" }, { 4, "W*", "lldp" },
	};
	/* ... on which only one is a neighbour */
	static const struct line neighbour[] = {
		{ 0, "W*", "lldp" }, { 1, "PS", "dns sip.contoso.com" }, { 3, "QS", "dns sip.contoso.com" }, { 4, "Q*", "lldp" }, { 5, "W*", "lldp" },
	};
	/* each file is another link */
	static const struct line files[] = {
		{ 0, "W*", "lldp", "file=0" }, { 1, "PS", "dns sip.contoso.com", "file=0" }, { 2, "W*", "lldp", "file=1" }, { 3, "QS", "dns sip.contoso.com", "file=1" },
	};
	static const struct line tunnel[] = { { 0, "W*", "lldp", "tunnel" }, { 1, "PS", "dns sip.contoso.com" } };
	static const struct line far[] = { { 0, "W*", "lldp" }, { 1, "PS", "dns sip.contoso.com", "tunnel" } };
	static const struct line restart[] = {
		{ 0, "P*", "discover CPE-OCPHONE" }, { 1, "PS", "dns sip.contoso.com" }, { 2, "W*", "lldp" }, { 20, "P*", "discover CPE-OCPHONE" },
	};
	static const struct line own[] = { { 0, "N*", "lldp" }, { 0, "W*", "lldp" }, { 1, "N*", "discover CPE-OCPHONE" } };

	(void)state;
	EXPECT(before, "P...: lldp-advertisement dhcp-discover lldp-advertisement cdp-advertisement");
	EXPECT(stale, "P...: dhcp-discover");
	EXPECT(broadcasts, "Q...: dhcp-discover\nP...: lldp-advertisement dhcp-discover dns-query lldp-advertisement");
	EXPECT(several, "P?...: dns-query\nQ?...: dns-query");
	EXPECT(neighbour, "P?...: dns-query\nQ?...: lldp-advertisement dns-query lldp-advertisement lldp-advertisement");
	EXPECT(files, "P?...: lldp-advertisement dns-query\nQ?...: lldp-advertisement dns-query");
	EXPECT(tunnel, "P?...: dns-query");
	EXPECT(far, "P?...: dns-query");
	EXPECT(restart, "P: dhcp-discover dns-query lldp-advertisement\nP...: lldp-advertisement dhcp-discover");
	EXPECT(own, "N...: lldp-advertisement lldp-advertisement dhcp-discover");
}

/* ---- --phone ---- */

static void only_phones_that_were_named(void **state)
{
	static const struct line lines[] = {
		{ 0, "P*", "discover CPE-OCPHONE" }, { 1, "N*", "arp" }, { 2, "NS", "dns www.contoso.com" }, { 3, "QS", "dns sip.contoso.com" },
		{ 4, "RS", "renew", "of=N" }, { 5, "NS", "ntp", "via=R" }, { 6, "MS", "ntp", "via=R" },
	};
	static const struct line relayed[] = { { 0, "SR", "ack", "giaddr of=N" }, { 5, "NS", "ntp", "via=R ttl=126" }, { 6, "PS", "ntp", "via=R" } };

	(void)state;
	run("N", false, lines, COUNT(lines), "N?...: arp-request dns-query dhcp-request ntp-client");
	run("N", false, relayed, COUNT(relayed), "N?...: dhcp-ack ntp-client");
	run("PQ", false, lines, COUNT(lines), "P...: dhcp-discover\nQ?...: dns-query");
	run("M", false, relayed, COUNT(relayed), "");
}

/* ---- attention ---- */

struct packet_line {
	const char *who;        /* from, to, MAC addresses of; as in a play, '-' without */
	const char *kind;       /* "udp 53", "tcp 443", "arp", "lldp" */
	enum interest all, named, clients;      /* without options, with --phone P, with --all-clients */
};

static struct layers layers_of(const struct packet_line *l)
{
	struct layers layers = { .has_ether = l->who[2] != NOBODY, .ttl = 128 };

	if (layers.has_ether) {
		layers.ether_src = mac(l->who[2]);
		layers.ether_dst = l->who[3] == '*' ? group : mac(l->who[3]);
	}
	if (strcmp(l->kind, "arp") == 0 || strcmp(l->kind, "lldp") == 0)
		return layers;
	layers.src = addr(l->who[0]);
	layers.dst = l->who[1] == '*' ? addr_v4((uint8_t[4]){ 255, 255, 255, 255 }) : addr(l->who[1]);
	layers.transport = strncmp(l->kind, "tcp", 3) == 0 ? TRANSPORT_TCP : TRANSPORT_UDP;
	layers.src_port = 50000;
	layers.dst_port = (uint16_t)strtoul(l->kind + 4, NULL, 10);
	return layers;
}

static void attention_follows_the_phones(void **state)
{
	/* P is followed, its address known, R its router; Q has a vendor's address; N is followed by its markers; M is anybody */
	static const struct line before[] = {
		{ 0, "P*", "discover CPE-OCPHONE" }, { 0, "SP", "ack" }, { 0, "Q*", "arp" }, { 0, "N*", "discover CPE-OCPHONE" }, { 0, "SN", "ack" },
		{ 0, "M*", "arp" },
	};
	static const struct packet_line packets[] = {
		{ "PSPS", "tcp 443", INTEREST_FOLLOWED, INTEREST_FOLLOWED, INTEREST_FOLLOWED },
		{ "SPSP", "tcp 443", INTEREST_FOLLOWED, INTEREST_FOLLOWED, INTEREST_FOLLOWED },
		{ "PSRS", "tcp 443", INTEREST_FOLLOWED, INTEREST_FOLLOWED, INTEREST_FOLLOWED },
		{ "SPSR", "tcp 443", INTEREST_FOLLOWED, INTEREST_FOLLOWED, INTEREST_FOLLOWED },
		{ "PS--", "tcp 443", INTEREST_FOLLOWED, INTEREST_FOLLOWED, INTEREST_FOLLOWED },
		{ "SP--", "udp 53", INTEREST_FOLLOWED, INTEREST_FOLLOWED, INTEREST_FOLLOWED },
		{ "NSNS", "tcp 443", INTEREST_FOLLOWED, INTEREST_NONE, INTEREST_FOLLOWED },
		{ "NSRS", "tcp 443", INTEREST_FOLLOWED, INTEREST_NONE, INTEREST_FOLLOWED },
		{ "QSQS", "tcp 443", INTEREST_ALL, INTEREST_NONE, INTEREST_ALL },
		{ "SQRR", "tcp 443", INTEREST_ALL, INTEREST_NONE, INTEREST_ALL },
		{ "MSMS", "tcp 443", INTEREST_MARKERS, INTEREST_NONE, INTEREST_MARKERS },
		{ "MSMS", "tcp 5061", INTEREST_MARKERS, INTEREST_NONE, INTEREST_ALL },
		{ "MS--", "tcp 443", INTEREST_MARKERS, INTEREST_NONE, INTEREST_MARKERS },
		{ "MSMS", "udp 53", INTEREST_MARKERS, INTEREST_NONE, INTEREST_MARKERS },
		{ "MSMS", "udp 67", INTEREST_MARKERS, INTEREST_MARKERS, INTEREST_MARKERS },
		{ "SM--", "udp 68", INTEREST_MARKERS, INTEREST_MARKERS, INTEREST_MARKERS },
		{ "--M*", "arp", INTEREST_MARKERS, INTEREST_MARKERS, INTEREST_MARKERS },
		{ "--W*", "lldp", INTEREST_MARKERS, INTEREST_MARKERS, INTEREST_MARKERS },
		{ "--P*", "lldp", INTEREST_FOLLOWED, INTEREST_FOLLOWED, INTEREST_FOLLOWED },
	};

	(void)state;
	for (int way = 0; way < 3; way++) {
		struct play *p = play_new(way == 1 ? "P" : "", way == 2);

		for (size_t i = 0; i < COUNT(before); i++)
			act(p, &before[i]);
		for (int again = 0; again < 2; again++)
			for (size_t i = 0; i < COUNT(packets); i++) {
				const struct packet_line *l = &packets[i];
				const struct layers layers = layers_of(l);
				enum interest expected = way == 0 ? l->all : way == 1 ? l->named : l->clients;

				if (trail_interest(p->trail, &layers) != expected)
					fail_msg("%s %s, way %d: %d", l->who, l->kind, way, trail_interest(p->trail, &layers));
			}
		play_free(p);
	}
}

static void attention_changes_with_what_is_learned(void **state)
{
	static const struct packet_line far = { "PSRS", "tcp 443", INTEREST_NONE, INTEREST_NONE, INTEREST_NONE };
	static const struct line lease = { 0, "SR", "ack", "giaddr of=P" }, marker = { 1, "PS", "dns sip.contoso.com", "via=R" };
	static const struct line moved = { 2, "SR", "ack", "giaddr of=M" }, taken = { 3, "M*", "arp", "as=P" };
	const struct layers layers = layers_of(&far);
	struct play *p = play_new("", false);

	(void)state;
	assert_int_equal(trail_interest(p->trail, &layers), INTEREST_MARKERS);
	act(p, &lease);
	assert_int_equal(trail_interest(p->trail, &layers), INTEREST_ALL);
	act(p, &marker);
	assert_int_equal(trail_interest(p->trail, &layers), INTEREST_FOLLOWED);
	act(p, &moved);
	assert_int_equal(trail_interest(p->trail, &layers), INTEREST_FOLLOWED);
	act(p, &taken);
	assert_int_equal(trail_interest(p->trail, &layers), INTEREST_MARKERS);
	play_free(p);
}

/* ---- bounds ---- */

struct tally { size_t attempts, events, phones; uint64_t left_out; const struct kind *last; size_t octets; uint64_t numbers[3]; };

static void count(void *user, const struct attempt *a)
{
	struct tally *n = user;

	if (n->attempts < COUNT(n->numbers))
		n->numbers[n->attempts] = a->phone->number;
	n->attempts++;
	n->events += a->count;
	n->left_out += a->left_out;
	n->last = a->events[a->count - 1]->kind;
	n->octets += a->arena.used;
	assert_true(a->events[0]->kind == &dhcp_discover);
}

static struct play *tally_new(struct tally *n)
{
	struct trail_options options = { .attempt = count, .user = n };
	struct play *p = calloc(1, sizeof *p);

	p->out = text_start(1);
	p->trail = trail_new(&options);
	return p;
}

/* Sends one event and forgets how it was made. */
static void act_once(struct play *p, struct line l)
{
	act(p, &l);
	arena_reset(&p->arena);
}

static void a_long_attempt_keeps_its_beginning_and_its_end(void **state)
{
	struct tally n = { 0 };
	struct play *p = tally_new(&n);

	(void)state;
	act_once(p, (struct line){ 0, "P*", "discover CPE-OCPHONE", NULL });
	for (int i = 0; i < 20000; i++)
		act_once(p, (struct line){ i, "PS", "dns sip.contoso.com", NULL });
	act_once(p, (struct line){ 20000, "PT", "closed 100", "#1" });
	trail_finish(p->trail);
	assert_int_equal(n.attempts, 1);
	assert_int_equal(n.events, 4096);
	assert_int_equal(n.left_out, 20002 - 4096);
	assert_ptr_equal(n.last, &tcp_closed);
	assert_in_range(n.octets, 1, 4 << 20);
	play_free(p);
}

static void a_session_of_months_needs_no_more_memory(void **state)
{
	struct tally n = { 0 };
	struct play *p = tally_new(&n);

	(void)state;
	act_once(p, (struct line){ 0, "P*", "discover CPE-OCPHONE", NULL });
	act_once(p, (struct line){ 1, "PT", "connect", "port=5061 #1" });
	act_once(p, (struct line){ 1, "PT", "connect", "port=443 #2" });
	for (int i = 2; i < 100000; i++)
		act_once(p, (struct line){ 5.0 * i, "PT", "progress 5", i % 2 ? "#1" : "#2" });
	trail_finish(p->trail);
	assert_int_equal(n.attempts, 1);
	assert_int_equal(n.events, 5);
	assert_int_equal(n.left_out, 0);
	assert_in_range(n.octets, 1, 8192);
	play_free(p);
}

static void huge_events_are_bounded_too(void **state)
{
	static char name[60000];
	struct tally n = { 0 };
	struct play *p = tally_new(&n);

	(void)state;
	snprintf(name, sizeof name, "http /%058000d", 0);
	act_once(p, (struct line){ 0, "P*", "discover CPE-OCPHONE", NULL });
	for (int i = 0; i < 1000; i++)
		act_once(p, (struct line){ i, "PS", name, NULL });
	trail_finish(p->trail);
	assert_int_equal(n.attempts, 1);
	assert_int_equal(n.events + n.left_out, 1001);
	assert_in_range(n.octets, 1 << 20, 4 << 20);
	play_free(p);
}

static void vendor_event(struct play *p, const struct kind *kind, uint32_t number, uint32_t vendor)
{
	struct event *e = arena_get(&p->arena, sizeof *e);

	e->kind = kind;
	e->frame = frame_of(0, ++p->frame);
	e->at_ns = (int64_t)p->frame * 1000;
	e->fields.arena = &p->arena;
	e->mac_src = (struct mac){ { (uint8_t)(vendor >> 16), (uint8_t)(vendor >> 8), (uint8_t)vendor, (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number } };
	put_mac(&e->fields, &dhcp_client_mac, e->mac_src);
	put_string(&e->fields, &dhcp_vendor_class, "CPE-OCPHONE");
	trail_event(p->trail, e);
	arena_reset(&p->arena);
}

static void phones_that_do_not_fit_are_told_of_first(void **state)
{
	struct tally n = { 0 };
	struct play *p = tally_new(&n);

	(void)state;
	for (uint32_t i = 0; i < 5000; i++)
		vendor_event(p, &dhcp_discover, i, i % 2 ? 0x0004f2 : 0x3c4a92);
	assert_int_equal(n.attempts, 5000 - 4096);
	trail_finish(p->trail);
	assert_int_equal(n.attempts, 5000);
	assert_true(n.numbers[0] < n.numbers[1] && n.numbers[1] < n.numbers[2]);
	play_free(p);
}

/* Anybody may make many names and addresses up. */
static void others_do_not_push_phones_out(void **state)
{
	struct tally n = { 0 };
	struct play *p = tally_new(&n);

	(void)state;
	act_once(p, (struct line){ 0, "P*", "discover CPE-OCPHONE", NULL });
	for (uint32_t i = 0; i < 10000; i++)
		vendor_event(p, &dhcp_ack, i, 0x3c4a92);
	trail_finish(p->trail);
	assert_int_equal(n.attempts, 1);
	assert_int_equal(n.numbers[0], 1);
	play_free(p);
}

static void vendors_are_known_by_address(void **state)
{
	struct mac m;

	(void)state;
	assert_string_equal(phone_vendor(mac('P')), "Polycom");
	assert_string_equal(phone_vendor(mac('Q')), "Aastra");
	assert_null(phone_vendor(mac('N')));
	assert_true(mac_parse("64-16-7F-01-02-03", &m));
	assert_string_equal(phone_vendor(m), "Polycom");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markers_make_phones),
		cmocka_unit_test(a_marker_is_its_senders),
		cmocka_unit_test(all_clients_are_followed_where_asked_for),
		cmocka_unit_test(events_wait_for_the_marker),
		cmocka_unit_test(a_phone_beyond_a_router_is_followed_by_its_address),
		cmocka_unit_test(a_router_is_no_phone),
		cmocka_unit_test(the_latest_binding_wins),
		cmocka_unit_test(events_between_two_phones_are_both_phones),
		cmocka_unit_test(addresses_and_vlans_are_collected),
		cmocka_unit_test(the_move_to_the_voice_vlan_is_one_boot),
		cmocka_unit_test(a_discover_after_activity_is_a_restart),
		cmocka_unit_test(silence_ends_an_attempt),
		cmocka_unit_test(a_standing_session_is_no_silence),
		cmocka_unit_test(a_new_sign_in_after_a_session_is_a_new_attempt),
		cmocka_unit_test(port_443_is_a_registrars_where_its_name_was_asked_for),
		cmocka_unit_test(late_news_find_their_attempt),
		cmocka_unit_test(waiting_attempts_are_handed_over_in_time),
		cmocka_unit_test(attempts_without_a_sign_in),
		cmocka_unit_test(a_capture_may_begin_in_the_middle),
		cmocka_unit_test(phones_are_told_of_in_order),
		cmocka_unit_test(the_switch_speaks_to_the_phone_of_the_link),
		cmocka_unit_test(only_phones_that_were_named),
		cmocka_unit_test(attention_follows_the_phones),
		cmocka_unit_test(attention_changes_with_what_is_learned),
		cmocka_unit_test(a_long_attempt_keeps_its_beginning_and_its_end),
		cmocka_unit_test(a_session_of_months_needs_no_more_memory),
		cmocka_unit_test(huge_events_are_bounded_too),
		cmocka_unit_test(phones_that_do_not_fit_are_told_of_first),
		cmocka_unit_test(others_do_not_push_phones_out),
		cmocka_unit_test(vendors_are_known_by_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

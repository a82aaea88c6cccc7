/* Which devices are phones, whose events are theirs, and how much attention their packets get. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/play.h"

#define NOBODY '-'

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

			play_act(p, &line);
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
	e = play_make(p, &proxied[0]);
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
	play_expect("", true, names, COUNT(names), "N?...: dns-query dns-query");
	play_expect("", true, hello, COUNT(hello), "N?...: tcp-connect tls-client-hello");
	play_expect("", true, clear, COUNT(clear), "N?...: sip-request");
	play_expect("", true, servers, COUNT(servers), "N?...: dns-query tls-client-hello");
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
	static const struct line cooked[] = { { 0, "P*", "arp", "raw" }, { 1, "PS", "dns sip.contoso.com", "raw" } };

	(void)state;
	EXPECT(relayed, "P...: dhcp-discover dhcp-offer dhcp-request dhcp-ack dns-query dns-response tcp-connect");
	EXPECT(renewed, "N?...: dhcp-request dns-query");
	EXPECT(raw, "P?...: dhcp-ack dns-query");
	EXPECT(cooked, "P?...: arp-request dns-query");
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
	/* before it showed to be a phone */
	static const struct line late[] = { { 0, "SN", "ack", "giaddr to=R" }, { 1, "N*", "discover" }, { 2, "NS", "cldap (Host=WindowsCE)", "via=R" } };
	struct play p = { .out = text_start(1000) };
	const struct trail_options options = { .attempt = tell_addresses, .user = &p };

	(void)state;
	p.trail = trail_new(&options);
	for (size_t i = 0; i < COUNT(lines); i++)
		play_act(&p, &lines[i]);
	for (size_t i = 0; i < COUNT(late); i++)
		play_act(&p, &late[i]);
	trail_finish(p.trail);
	assert_string_equal(text_string(&p.out), "10.0.0.24 10.0.0.21 10.0.0.22 vlan 20 10.0.0.23 ");
	trail_free(p.trail);
	text_free(&p.out);
	arena_free(&p.arena);
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
	play_expect("N", false, lines, COUNT(lines), "N?...: arp-request dns-query dhcp-request ntp-client");
	play_expect("N", false, relayed, COUNT(relayed), "N?...: dhcp-ack ntp-client");
	play_expect("PQ", false, lines, COUNT(lines), "P...: dhcp-discover\nQ?...: dns-query");
	play_expect("M", false, relayed, COUNT(relayed), "");
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
		layers.ether_src = play_mac(l->who[2]);
		layers.ether_dst = l->who[3] == '*' ? play_group : play_mac(l->who[3]);
	}
	if (strcmp(l->kind, "arp") == 0 || strcmp(l->kind, "lldp") == 0)
		return layers;
	layers.src = play_addr(l->who[0]);
	layers.dst = l->who[1] == '*' ? addr_v4((uint8_t[4]){ 255, 255, 255, 255 }) : play_addr(l->who[1]);
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
		{ "----", "arp", INTEREST_MARKERS, INTEREST_MARKERS, INTEREST_MARKERS },
		{ "--W*", "lldp", INTEREST_MARKERS, INTEREST_MARKERS, INTEREST_MARKERS },
		{ "--P*", "lldp", INTEREST_FOLLOWED, INTEREST_FOLLOWED, INTEREST_FOLLOWED },
	};

	(void)state;
	for (int way = 0; way < 3; way++) {
		struct play *p = play_new(way == 1 ? "P" : "", way == 2);

		for (size_t i = 0; i < COUNT(before); i++)
			play_act(p, &before[i]);
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
	static const struct packet_line other = { "NSRS", "tcp 443" };
	static const struct line other_lease = { 0, "SN", "ack", "giaddr to=R" }, other_marker = { 1, "NS", "cldap (Host=WindowsCE)", "via=R" };
	const struct layers other_layers = layers_of(&other);
	static const struct line moved = { 2, "SR", "ack", "giaddr of=M" }, taken = { 3, "M*", "arp", "as=P" };
	const struct layers layers = layers_of(&far);
	struct play *p = play_new("", false);

	(void)state;
	assert_int_equal(trail_interest(p->trail, &layers), INTEREST_MARKERS);
	play_act(p, &lease);
	assert_int_equal(trail_interest(p->trail, &layers), INTEREST_ALL);
	play_act(p, &marker);
	assert_int_equal(trail_interest(p->trail, &layers), INTEREST_FOLLOWED);
	play_act(p, &moved);
	assert_int_equal(trail_interest(p->trail, &layers), INTEREST_FOLLOWED);
	play_act(p, &taken);
	assert_int_equal(trail_interest(p->trail, &layers), INTEREST_MARKERS);
	play_act(p, &other_lease);
	assert_int_equal(trail_interest(p->trail, &other_layers), INTEREST_MARKERS);
	play_act(p, &other_marker);
	assert_int_equal(trail_interest(p->trail, &other_layers), INTEREST_FOLLOWED);
	play_free(p);
}

/* A large site: many phones that signed in long ago speak while one signs in. Nobody of them pushes it out. */
static void silent_phones_push_nobody_out(void **state)
{
	enum { SILENT = 40000 };
	static const struct line first = { 0, "P*", "discover CPE-OCPHONE" }, later = { 50, "PS", "dns sip.contoso.com" }, silent = { 1, "QS", "hello", "port=5061" };
	struct play *p = play_new("", false);

	(void)state;
	play_act(p, &first);
	for (uint32_t n = 0; n < SILENT; n++) {
		struct event *e = play_make(p, &silent);

		e->mac_src.octet[3] = e->eth_src.octet[3] = (uint8_t)(n >> 16 | 0x80);
		e->mac_src.octet[4] = e->eth_src.octet[4] = (uint8_t)(n >> 8);
		e->mac_src.octet[5] = e->eth_src.octet[5] = (uint8_t)n;
		trail_event(p->trail, e);
		arena_reset(&p->arena);
	}
	assert_int_equal(trail_phones(p->trail), 1);
	play_act(p, &later);
	trail_finish(p->trail);
	assert_string_equal(text_string(&p->out), "P...: dhcp-discover dns-query");
	play_free(p);
}

static void vendors_are_known_by_address(void **state)
{
	struct mac m;

	(void)state;
	assert_string_equal(phone_vendor(play_mac('P')), "Polycom");
	assert_string_equal(phone_vendor(play_mac('Q')), "Aastra");
	assert_null(phone_vendor(play_mac('N')));
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
		cmocka_unit_test(the_switch_speaks_to_the_phone_of_the_link),
		cmocka_unit_test(only_phones_that_were_named),
		cmocka_unit_test(attention_follows_the_phones),
		cmocka_unit_test(attention_changes_with_what_is_learned),
		cmocka_unit_test(silent_phones_push_nobody_out), cmocka_unit_test(vendors_are_known_by_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

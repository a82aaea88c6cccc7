/* DHCP: the header, the walk over the options, and what Lync puts into options 43, 60 and 120. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dissectors/dhcp.h"
#include "tests/unit/fake_emit.h"

/* ---- building messages ---- */

enum { REQUEST = 1, REPLY = 2, DISCOVER = 1, OFFER = 2, ACK = 5, INFORM = 8 };
enum { AT_CIADDR = 12, AT_GIADDR = 24, AT_CHADDR = 28, AT_SNAME = 44, AT_FILE = 108, AT_OPTIONS = 240 };

struct message { uint8_t data[4096]; size_t len; };

static struct emit emit;

static void add(struct message *m, const void *octets, size_t len)
{
	memcpy(m->data + m->len, octets, len);
	m->len += len;
}

static void option(struct message *m, uint8_t code, const void *value, size_t len)
{
	add(m, (uint8_t[]){ code, (uint8_t)len }, 2);
	add(m, value, len);
}

#define OPTION(m, code, text) option(m, code, text, sizeof(text) - 1)

static struct message bootp(uint8_t op)
{
	struct message m = { .len = AT_OPTIONS };

	memcpy(m.data, (uint8_t[]){ op, 1, 6, 0, 0x12, 0x34, 0x56, 0x78 }, 8);
	memcpy(m.data + AT_CHADDR, "\x00\x04\xf2\xaa\xbb\x01", 6);
	memcpy(m.data + 236, "\x63\x82\x53\x63", 4);
	return m;
}

static struct message start(uint8_t op, uint8_t type)
{
	struct message m = bootp(op);

	option(&m, 53, &type, 1);
	return m;
}

static void read_message(const struct message *m)
{
	fake_reset(&emit);
	fake_datagram(&dhcp_dissector, &emit, m->data, m->len);
}

#define HEAD "xid: 0x12345678, client_mac: 00:04:f2:aa:bb:01"

static void assert_prints(const struct message *m, const char *expected)
{
	char *text;

	read_message(m);
	text = fake_print(&emit);
	assert_string_equal(text, expected);
	free(text);
}

/* The one option `code` in an ACK prints as `expected`, which begins behind the MAC address. */
static void assert_option(uint8_t code, const void *value, size_t len, const char *expected)
{
	struct message m = start(REPLY, ACK);
	char line[4096];

	option(&m, code, value, len);
	snprintf(line, sizeof line, "dhcp ack {" HEAD "%s}\n", expected);
	assert_prints(&m, line);
}

#define ASSERT_OPTION(code, value, expected) assert_option(code, value, sizeof(value) - 1, expected)

/* The reasons alone, for options whose fields are tested elsewhere. */
static void assert_reasons(const struct message *m, const char *expected)
{
	char *text, *reasons;

	read_message(m);
	assert_int_equal(emit.count, 1);
	text = fake_print(&emit);
	reasons = strstr(text, "malformed: ");
	if (reasons)
		*strchr(reasons, ']') = '\0';
	assert_string_equal(reasons ? reasons + strlen("malformed: [") : "", expected);
	free(text);
}

static void assert_43(const void *value, size_t len, const char *expected)
{
	struct message m = start(REPLY, ACK);

	option(&m, 43, value, len);
	assert_reasons(&m, expected);
}

#define ASSERT_43(value, expected) assert_43(value, sizeof(value) - 1, expected)

#define ID "\x01\x0cMS-UC-Client"
#define SCHEME "\x02\x05https"
#define FQDN "\x03\x0clync.abc.com"
#define PORT "\x04\x03" "443"
#define PATH "\x05\x25/CertProv/CertProvisioningService.svc"

/* ---- the message ---- */

static void a_discover_of_the_phone(void **state)
{
	struct message m = start(REQUEST, DISCOVER);

	(void)state;
	OPTION(&m, 60, "CPE-OCPHONE\0");
	OPTION(&m, 61, "\x01\x00\x04\xf2\xaa\xbb\x01");
	OPTION(&m, 55, "\x01\x03\x06\x0f\x2b\x78");
	OPTION(&m, 12, "Ph\xffne");
	OPTION(&m, 50, "\x0a\x00\x00\x17");
	add(&m, "\xff", 1);
	assert_prints(&m, "dhcp discover {" HEAD ", requested_ip: 10.0.0.23, hostname: \"Ph\\xffne\", vendor_class: \"CPE-OCPHONE\", "
		"client_id: \"010004f2aabb01\", param_list: [1, 3, 6, 15, 43, 120]}\n");
}

static void an_ack_with_everything(void **state)
{
	struct message m = start(REPLY, ACK);

	(void)state;
	memcpy(m.data + AT_CIADDR, "\x0a\x00\x00\x15\x0a\x00\x00\x15", 8);
	memcpy(m.data + AT_GIADDR, "\x0a\x00\x00\x01", 4);
	OPTION(&m, 54, "\x0a\x00\x00\x02");
	OPTION(&m, 51, "\x00\x01\x51\x80");
	OPTION(&m, 1, "\xff\xff\xff\x00");
	OPTION(&m, 3, "\x0a\x00\x00\x01");
	add(&m, "\0\0\0", 3);
	OPTION(&m, 6, "\x0a\x00\x00\x02\x0a\x00\x00\x03");
	OPTION(&m, 15, "ABC.com.\0");
	OPTION(&m, 42, "\x0a\x00\x00\x04");
	OPTION(&m, 82, "\x01\x02\x00\x07");
	OPTION(&m, 119, "\x03" "eng\x05" "Apple\x03" "com\x00\x09marketing\xc0\x04");
	OPTION(&m, 43, ID SCHEME FQDN PORT PATH);
	OPTION(&m, 120, "\x00\x03sip\x03" "abc\x03" "com\x00");
	add(&m, "\xff\x0c\x03" "end", 6);
	assert_prints(&m, "dhcp ack {" HEAD ", ciaddr: 10.0.0.21, yiaddr: 10.0.0.21, giaddr: 10.0.0.1, server_id: 10.0.0.2, lease_time: 86400, "
		"subnet_mask: 255.255.255.0, relay_agent: \"01020007\", domain_name: \"abc.com\", domain_search: [\"eng.apple.com\", \"marketing.apple.com\"], "
		"dns_servers: [10.0.0.2, 10.0.0.3], ntp_servers: [10.0.0.4], routers: [10.0.0.1], "
		"vendor_specific: \"010c4d532d55432d436c69656e7402056874747073030c6c796e632e6162632e636f6d040334343305252f4365727450726f762f43657274"
		"50726f766973696f6e696e67536572766963652e737663\", uc: {identifier: \"MS-UC-Client\", scheme: \"https\", fqdn: \"lync.abc.com\", port: 443, "
		"path: \"/CertProv/CertProvisioningService.svc\"}, sip_encoding: 0, sip_servers: [\"sip.abc.com\"]}\n");
	assert_int_equal(emit.malformed, 0);
}

static void each_message_type_has_its_kind(void **state)
{
	static const struct kind *const expected[] = { &dhcp_discover, &dhcp_offer, &dhcp_request, &dhcp_decline, &dhcp_ack, &dhcp_nak, &dhcp_release, &dhcp_inform };

	(void)state;
	for (uint8_t type = 1; type <= 8; type++) {
		struct message m = start(REQUEST, type);

		read_message(&m);
		assert_int_equal(emit.count, 1);
		assert_ptr_equal(emit.events[0]->kind, expected[type - 1]);
	}
}

static void what_is_no_event(void **state)
{
	struct message m = bootp(REPLY);

	(void)state;
	read_message(&m);
	assert_int_equal(emit.count + emit.malformed + emit.counted, 0);
	m.data[236] = 0;                /* BOOTP of before RFC 1497: no cookie */
	read_message(&m);
	assert_int_equal(emit.count + emit.malformed + emit.counted, 0);
	m = start(REQUEST, 10);         /* DHCPLEASEQUERY */
	read_message(&m);
	assert_int_equal(emit.count + emit.malformed, 0);
	assert_int_equal(emit.counted, 1);
	m = bootp(REQUEST);
	OPTION(&m, 53, "\x01\x01");
	read_message(&m);
	assert_int_equal(emit.count, 0);
	assert_int_equal(emit.malformed, 1);
}

static void a_mac_has_six_octets(void **state)
{
	struct message m = start(REQUEST, INFORM);

	(void)state;
	m.data[1] = 8;
	assert_prints(&m, "dhcp inform {" HEAD "}\n");
	m.data[2] = 16;
	assert_prints(&m, "dhcp inform {xid: 0x12345678}\n");
}

static void options_in_file_and_sname(void **state)
{
	struct message m = start(REPLY, OFFER);

	(void)state;
	OPTION(&m, 52, "\x03");
	OPTION(&m, 15, "a.");
	memcpy(m.data + AT_FILE, "\x0f\x02" "b.\xff\x0f\x01x", 8);
	memcpy(m.data + AT_SNAME, "\x0f\x03" "com\x34\x01\x00", 8);
	assert_prints(&m, "dhcp offer {" HEAD ", domain_name: \"a.b.com\"}\n");
	m.data[AT_OPTIONS + 5] = 1;     /* file only */
	assert_prints(&m, "dhcp offer {" HEAD ", domain_name: \"a.b\"}\n");
}

static void long_options_are_joined(void **state)
{
	struct message m = start(REPLY, ACK);
	uint8_t value[400] = { 0 };
	const struct item *hex;

	(void)state;
	memcpy(value, ID SCHEME FQDN, 35);
	memcpy(value + 320, PATH, 39);
	option(&m, 43, value, 20);
	OPTION(&m, 15, "abc.com");
	option(&m, 43, value + 20, 200);
	option(&m, 43, value + 220, 180);
	read_message(&m);
	assert_int_equal(emit.malformed, 0);
	hex = event_find(emit.events[0], &dhcp_vendor_specific);
	assert_int_equal(hex->text.len, 800);
	assert_string_equal(record_string(event_list(emit.events[0], &dhcp_uc), &dhcp_uc_fqdn), "lync.abc.com");
	assert_string_equal(record_string(event_list(emit.events[0], &dhcp_uc), &dhcp_uc_path), "/CertProv/CertProvisioningService.svc");
}

static void microsoft_continues_in_option_250(void **state)
{
	struct message m = start(REPLY, ACK);
	uint8_t value[600] = { 0 };

	(void)state;
	memcpy(value, ID SCHEME FQDN, 35);
	memcpy(value + 530, PATH, 39);
	option(&m, 43, value, 255);
	option(&m, 250, value + 255, 255);
	option(&m, 250, value + 510, 90);
	read_message(&m);
	assert_int_equal(emit.malformed, 0);
	assert_int_equal(event_find(emit.events[0], &dhcp_vendor_specific)->text.len, 1200);
	assert_string_equal(record_string(event_list(emit.events[0], &dhcp_uc), &dhcp_uc_path), "/CertProv/CertProvisioningService.svc");

	m = start(REPLY, ACK);          /* 250 behind an option that is not full is a site's own */
	OPTION(&m, 43, "\xdc\x00");
	OPTION(&m, 250, "own");
	read_message(&m);
	assert_string_equal(event_string(emit.events[0], &dhcp_vendor_specific), "dc00");
}

static void wrong_lengths(void **state)
{
	(void)state;
	ASSERT_OPTION(51, "\x00\x01\x51", ", malformed: [\"option 51: bad length\"]");
	ASSERT_OPTION(54, "", ", malformed: [\"option 54: bad length\"]");
	ASSERT_OPTION(6, "\x0a\x00\x00\x02\x0a", ", dns_servers: [10.0.0.2], malformed: [\"option 6: bad length\"]");
	ASSERT_OPTION(3, "abc", ", malformed: [\"option 3: bad length\"]");
	ASSERT_OPTION(12, "", ", malformed: [\"option 12: bad length\"]");
	ASSERT_OPTION(55, "", ", malformed: [\"option 55: bad length\"]");
}

static void option_past_the_end(void **state)
{
	struct message m = start(REPLY, ACK);

	(void)state;
	OPTION(&m, 15, "abc.com");
	add(&m, "\x06\x04\x0a\x00", 4);
	assert_prints(&m, "dhcp ack {" HEAD ", domain_name: \"abc.com\", malformed: [\"option 6: runs past the end\"]}\n");
	emit.cut = true;
	assert_prints(&m, "dhcp ack {" HEAD ", domain_name: \"abc.com\"}\n");
	assert_true(emit.events[0]->cut);
	emit.cut = false;
}

static void fixed_options_count_once(void **state)
{
	struct message m = start(REPLY, ACK);

	(void)state;
	OPTION(&m, 51, "\x00\x00\x00\x05");
	OPTION(&m, 51, "\x00\x00\x00\x06");
	assert_prints(&m, "dhcp ack {" HEAD ", lease_time: 5}\n");
}

/* ---- option 119 ---- */

static void search_list_guards(void **state)
{
	(void)state;
	ASSERT_OPTION(119, "\xc0\x00", ", malformed: [\"option 119: bad pointer\"]");
	ASSERT_OPTION(119, "\x03" "abc\xc0\x00", ", malformed: [\"option 119: bad pointer\"]");
	ASSERT_OPTION(119, "\x03" "abc\x00\xc0\x40", ", domain_search: [\"abc\"], malformed: [\"option 119: bad pointer\"]");
	ASSERT_OPTION(119, "\x03" "abc\x00\xc0", ", domain_search: [\"abc\"], malformed: [\"option 119: runs past the end\"]");
	ASSERT_OPTION(119, "\x03" "abc\x03" "com", ", malformed: [\"option 119: no final zero\"]");
	ASSERT_OPTION(119, "\x04" "abc", ", malformed: [\"option 119: runs past the end\"]");
	ASSERT_OPTION(119, "\x40" "abc", ", malformed: [\"option 119: label too long\"]");
	ASSERT_OPTION(119, "", ", malformed: [\"option 119: empty\"]");
}

static void search_list_cannot_explode(void **state)
{
	struct message m = start(REPLY, ACK);
	uint8_t value[2000];

	(void)state;
	memset(value, 1, 200);
	value[200] = 0;
	for (size_t i = 201; i + 1 < sizeof value; i += 2)
		value[i] = 0xc0, value[i + 1] = 0;
	for (size_t i = 0; i < sizeof value; i += 250)
		option(&m, 119, value + i, 250);
	assert_reasons(&m, "\"option 119: too many names\"");
}

static void names_end_at_255_octets(void **state)
{
	uint8_t value[260];

	(void)state;
	for (size_t i = 0; i < sizeof value; i++)
		value[i] = i % 2 ? 'a' : 1;
	for (size_t len = 251; len <= 257; len += 2) {
		struct message m = start(REPLY, ACK);
		const struct item *i;

		value[len - 1] = 0;
		option(&m, 119, value, 200);
		option(&m, 119, value + 200, len - 200);
		read_message(&m);
		i = event_list(emit.events[0], &dhcp_domain_search)->first;
		assert_int_equal(i != NULL, len <= 255);
		if (i)
			assert_int_equal(i->text.len, len - 2);
		else
			assert_string_equal(emit.last_reason, "option 119: name too long");
		value[len - 1] = 1;
	}
}

/* Of labels of one octet none has an even length. */
static void a_name_of_256_octets_is_too_long(void **state)
{
	uint8_t value[256];
	struct message m = start(REPLY, ACK);

	(void)state;
	for (size_t i = 0; i < 252; i++)
		value[i] = i % 2 ? 'a' : 1;
	memcpy(value + 252, "\x02" "aa", 4);
	option(&m, 119, value, 200);
	option(&m, 119, value + 200, sizeof value - 200);
	read_message(&m);
	assert_null(event_list(emit.events[0], &dhcp_domain_search)->first);
	assert_string_equal(emit.last_reason, "option 119: name too long");
}

/* ---- option 43 ---- */

static void uc_by_content_without_class(void **state)
{
	(void)state;
	ASSERT_43(ID SCHEME FQDN PORT PATH, "");
	ASSERT_43(ID SCHEME FQDN PATH, "");     /* DHCPUtil can leave the port out */
	ASSERT_43("\x00" ID "\x00\x00" SCHEME FQDN PORT PATH "\xff\x01", "");
}

static void uc_that_is_wrong(void **state)
{
	(void)state;
	ASSERT_43(ID SCHEME PORT PATH, "\"option 43: sub-option 3 missing\"");
	ASSERT_43(ID FQDN PORT, "\"option 43: sub-option 2 missing\", \"option 43: sub-option 5 missing\"");
	ASSERT_43(SCHEME FQDN PORT PATH, "\"option 43: sub-option 1 missing\"");
	ASSERT_43("\x01\x0cms-uc-client" SCHEME FQDN PORT PATH, "\"option 43: sub-option 1 is not MS-UC-Client\"");
	ASSERT_43("\x01\x05Other" SCHEME FQDN PORT PATH, "\"option 43: sub-option 1 is not MS-UC-Client\"");
	ASSERT_43(ID "\x02\x03" "ftp" FQDN PORT PATH, "\"option 43: scheme is not http or https\"");
	ASSERT_43(ID SCHEME "\x03\x08" "10.0.0.5" PORT PATH, "\"option 43: sub-option 3 is an address\"");
	ASSERT_43(ID SCHEME "\x03\x0bhttps://abc" PORT PATH, "\"option 43: sub-option 3 is not a host name\"");
	ASSERT_43(ID SCHEME FQDN "\x04\x02\x01\xbb" PATH, "\"option 43: sub-option 4 is binary\"");
	ASSERT_43(ID SCHEME FQDN "\x04\x02" "no" PATH, "\"option 43: sub-option 4 is not a port\"");
	ASSERT_43(ID SCHEME FQDN "\x04\x05" "65536" PATH, "\"option 43: sub-option 4 is not a port\"");
	ASSERT_43(ID SCHEME FQDN "\x04\x00" PATH, "\"option 43: sub-option 4 is not a port\"");
	ASSERT_43(ID SCHEME FQDN PORT "\x05\x09/CertProv", "\"option 43: sub-option 5 is not the CertProv path\"");
	ASSERT_43(ID SCHEME FQDN PORT "\x05\x24" "CertProv/CertProvisioningService.svc", "\"option 43: sub-option 5 is not the CertProv path\"");
	ASSERT_43(ID SCHEME FQDN FQDN PATH, "\"option 43: sub-option 3 twice\"");
}

static void uc_that_is_truncated(void **state)
{
	(void)state;
	ASSERT_43(ID SCHEME "\x03\x1clync.abc.com", "\"option 43: truncated at sub-option 3\"");
	ASSERT_43(ID SCHEME FQDN PORT "\x05\x26/CertProv/CertProvisioningService.svc", "\"option 43: truncated at sub-option 5\"");
	ASSERT_43(ID SCHEME "\x03", "\"option 43: truncated at sub-option 3\"");
	ASSERT_43("\x01\x20MS-UC-Client", "\"option 43: truncated at sub-option 1\"");
}

static void uc_bad_values_are_not_invented(void **state)
{
	struct message m = start(REPLY, ACK);
	const struct record *uc;

	(void)state;
	OPTION(&m, 43, ID SCHEME "\x03\x0dLync.ABC.com." "\x04\x02\x01\xbb\x05\x26/CertProv");
	read_message(&m);
	uc = event_list(emit.events[0], &dhcp_uc);
	assert_string_equal(record_string(uc, &dhcp_uc_fqdn), "lync.abc.com");
	assert_null(record_find(uc, &dhcp_uc_port));
	assert_null(record_find(uc, &dhcp_uc_path));
}

static void no_list_at_all(void **state)
{
	struct message m = start(REPLY, ACK);

	(void)state;
	ASSERT_43("https://lync.abc.com:443/CertProv/CertProvisioningService.svc", "\"option 43: not a TLV list\"");
	OPTION(&m, 60, "MS-UC-Client");
	OPTION(&m, 43, "lync.abc.com");
	assert_reasons(&m, "\"option 43: not a TLV list\"");
}

static void other_vendors_are_left_alone(void **state)
{
	(void)state;
	ASSERT_43("\x02\x04\xc0\xa8\x64\x01", "");              /* an access point's controller */
	ASSERT_43("\xf1\x08\x0a\x00\x00\x01\x0a\x00\x00\x02", "");
	ASSERT_43("01http://10.100.29.53:8282 admin admin", ""); /* TR-069 */
	ASSERT_43("\x01\x04\x00\x00\x00\x00\x06\x01\x08\xff", ""); /* PXE */
	ASSERT_43("\x5e\x00", "");
	ASSERT_43("miwifi-R1D-2.10.14", "");
	ASSERT_43("\x02", "");
	read_message(&(struct message){ .len = 0 });
	assert_int_equal(emit.count, 0);
}

static uint64_t vlan_of(const char *class, const void *value, size_t len)
{
	struct message m = start(REPLY, ACK);

	if (class)
		option(&m, 60, class, strlen(class));
	option(&m, 43, value, len);
	read_message(&m);
	return event_number(emit.events[0], &dhcp_vlan_id, 0);
}

#define VLAN_OF(class, value) vlan_of(class, value, sizeof(value) - 1)

static void vlan_in_every_encoding(void **state)
{
	(void)state;
	assert_int_equal(VLAN_OF(NULL, "\x0a\x02\x00\x14"), 20);
	assert_int_equal(VLAN_OF(NULL, "\x0a\x04\x00\x00\x00\x14"), 20);
	assert_int_equal(VLAN_OF(NULL, "\x0a\x02" "20"), 20);
	assert_int_equal(VLAN_OF(NULL, "\x0a\x04" "4094\xff"), 4094);
	assert_int_equal(VLAN_OF(NULL, "\x0a\x01\x14"), 20);
	assert_int_equal(VLAN_OF("CPE-OCPhone", "\x01\x01x\x0a\x02\x00\x14"), 20);
	assert_int_equal(VLAN_OF(NULL, ID SCHEME FQDN PORT PATH "\x0a\x02\x00\x14"), 20);
	assert_int_equal(emit.malformed, 0);
	assert_int_equal(VLAN_OF(NULL, "\x01\x01x\x0a\x02\x00\x14"), 0);
	assert_int_equal(VLAN_OF(NULL, "\x0a\x02\x0f\xff"), 0);
	assert_int_equal(VLAN_OF(NULL, "\x0a\x00"), 0);
	assert_int_equal(emit.malformed, 0);
	assert_int_equal(VLAN_OF("CPE-OCPHONE", "\x0a\x02\x00\x00"), 0);
	assert_string_equal(emit.last_reason, "option 43: sub-option 10 is not a VLAN id");
}

/* ---- option 120 ---- */

static void sip_servers_that_are_right(void **state)
{
	(void)state;
	ASSERT_OPTION(120, "\x00\x03sip\x03" "abc\x03" "com\x00", ", sip_encoding: 0, sip_servers: [\"sip.abc.com\"]");
	ASSERT_OPTION(120, "\x00\x03SIP\x03" "abc\x03" "com\x00\x03sip\x03" "def\x03net\x00", ", sip_encoding: 0, sip_servers: [\"sip.abc.com\", \"sip.def.net\"]");
	ASSERT_OPTION(120, "\x01\x0a\x00\x00\x05\x0a\x00\x00\x06", ", sip_encoding: 1, sip_servers: [10.0.0.5, 10.0.0.6]");
}

static void sip_servers_that_are_wrong(void **state)
{
	(void)state;
	ASSERT_OPTION(120, "", ", malformed: [\"option 120: no encoding octet\"]");
	ASSERT_OPTION(120, "sip.abc.com", ", sip_encoding: 115, malformed: [\"option 120: no encoding octet\"]");
	ASSERT_OPTION(120, "\x03sip\x03" "abc\x03" "com\x00", ", sip_encoding: 3, malformed: [\"option 120: no encoding octet\"]");
	ASSERT_OPTION(120, "\x02\x0a\x00\x00\x05", ", sip_encoding: 2, malformed: [\"option 120: encoding 2\"]");
	ASSERT_OPTION(120, "\x00sip.abc.com", ", sip_encoding: 0, malformed: [\"option 120: label too long\"]");
	ASSERT_OPTION(120, "\x00\x03sip\x04" "com", ", sip_encoding: 0, malformed: [\"option 120: runs past the end\"]");
	ASSERT_OPTION(120, "\x00\x03sip\x03" "com", ", sip_encoding: 0, malformed: [\"option 120: no final zero\"]");
	ASSERT_OPTION(120, "\x00\x03sip\x00\x03" "abc\xc0\x01", ", sip_encoding: 0, sip_servers: [\"sip\"], malformed: [\"option 120: compressed\"]");
	ASSERT_OPTION(120, "\x00\x0bsip.abc.com\x00", ", sip_encoding: 0, malformed: [\"option 120: dot in a label\"]");
	ASSERT_OPTION(120, "\x00", ", sip_encoding: 0, malformed: [\"option 120: empty\"]");
	ASSERT_OPTION(120, "\x00\x00", ", sip_encoding: 0, malformed: [\"option 120: empty\"]");
	ASSERT_OPTION(120, "\x01", ", sip_encoding: 1, malformed: [\"option 120: empty\"]");
	ASSERT_OPTION(120, "\x01\x0a\x00\x00\x05\x0a", ", sip_encoding: 1, sip_servers: [10.0.0.5], malformed: [\"option 120: bad length\"]");
}

/* ---- anything ---- */

/* A prefix says nothing that the whole message does not say, but for one list that ends early or one reason. */
static void every_prefix(void **state)
{
	struct message m = start(REPLY, ACK);

	(void)state;
	OPTION(&m, 52, "\x03");
	memcpy(m.data + AT_FILE, "\x0f\x07" "abc.com\xff", 10);
	OPTION(&m, 43, ID SCHEME FQDN PORT PATH);
	OPTION(&m, 120, "\x00\x03sip\x03" "abc\x03" "com\x00");
	OPTION(&m, 119, "\x03" "eng\x05" "apple\x03" "com\x00\x09marketing\xc0\x04");
	OPTION(&m, 6, "\x0a\x00\x00\x02\x0a\x00\x00\x03");
	for (size_t len = 0; len <= m.len; len++) {
		struct message part = m;
		const struct event *e;

		part.len = len;
		read_message(&part);
		assert_int_equal(emit.count, len >= AT_OPTIONS + 3);
		if (emit.count == 0)
			continue;
		e = emit.events[0];
		if (event_find(e, &dhcp_uc))
			assert_string_equal(record_string(event_list(e, &dhcp_uc), &dhcp_uc_path), "/CertProv/CertProvisioningService.svc");
		if (event_find(e, &dhcp_sip_servers))
			assert_string_equal(event_list(e, &dhcp_sip_servers)->first->text.data, "sip.abc.com");
		assert_int_equal(event_find(e, &dhcp_dns_servers) != NULL, len == m.len);
		assert_true(emit.malformed <= 1);
	}
	assert_int_equal(emit.malformed, 0);
}

/* Any octet anywhere may be anything: only the sanitizers can object. */
static void every_octet_changed(void **state)
{
	struct message m = start(REPLY, ACK);

	(void)state;
	OPTION(&m, 43, ID SCHEME FQDN PORT PATH);
	OPTION(&m, 120, "\x00\x03sip\x03" "abc\x03" "com\x00");
	OPTION(&m, 119, "\x03" "eng\x05" "apple\x03" "com\x00\x09marketing\xc0\x04");
	for (size_t at = AT_OPTIONS; at < m.len; at++)
		for (unsigned value = 0; value < 256; value += 5) {
			struct message changed = m;

			changed.data[at] = (uint8_t)value;
			read_message(&changed);
			assert_true(emit.count <= 1);
		}
}

static int release(void **state)
{
	(void)state;
	fake_reset(&emit);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_discover_of_the_phone),
		cmocka_unit_test(an_ack_with_everything),
		cmocka_unit_test(each_message_type_has_its_kind),
		cmocka_unit_test(what_is_no_event),
		cmocka_unit_test(a_mac_has_six_octets),
		cmocka_unit_test(options_in_file_and_sname),
		cmocka_unit_test(long_options_are_joined),
		cmocka_unit_test(microsoft_continues_in_option_250),
		cmocka_unit_test(wrong_lengths),
		cmocka_unit_test(option_past_the_end),
		cmocka_unit_test(fixed_options_count_once),
		cmocka_unit_test(search_list_guards),
		cmocka_unit_test(search_list_cannot_explode),
		cmocka_unit_test(names_end_at_255_octets),
		cmocka_unit_test(a_name_of_256_octets_is_too_long),
		cmocka_unit_test(uc_by_content_without_class),
		cmocka_unit_test(uc_that_is_wrong),
		cmocka_unit_test(uc_that_is_truncated),
		cmocka_unit_test(uc_bad_values_are_not_invented),
		cmocka_unit_test(no_list_at_all),
		cmocka_unit_test(other_vendors_are_left_alone),
		cmocka_unit_test(vlan_in_every_encoding),
		cmocka_unit_test(sip_servers_that_are_right),
		cmocka_unit_test(sip_servers_that_are_wrong),
		cmocka_unit_test(every_prefix),
		cmocka_unit_test(every_octet_changed),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}

/* LDAP and connectionless LDAP: messages, filters, the Netlogon attribute, the SASL layer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dissectors/ber.h"
#include "dissectors/ldap.h"
#include "dissectors/ldap_filter.h"
#include "dissectors/netlogon.h"
#include "tests/unit/fake_emit.h"

static struct emit emit;

/* Octets from hex digits with blanks anywhere. */
static size_t from_hex(const char *hex, uint8_t *to, size_t room)
{
	size_t digits = 0;

	for (; *hex; hex++) {
		unsigned v = *hex >= '0' && *hex <= '9' ? (unsigned)(*hex - '0') : (unsigned)((*hex | 32) - 'a' + 10);

		if (*hex == ' ')
			continue;
		assert_true(v < 16 && digits / 2 < room);
		to[digits / 2] = (uint8_t)(digits % 2 ? to[digits / 2] | v : v << 4);
		digits++;
	}
	assert_int_equal(digits % 2, 0);
	return digits / 2;
}

static void expect_datagram(const char *hex, const char *expected)
{
	uint8_t octets[2048];
	char *got;

	fake_reset(&emit);
	fake_datagram(&cldap_dissector, &emit, octets, from_hex(hex, octets, sizeof octets));
	got = fake_print(&emit);
	assert_string_equal(got, expected);
	free(got);
}

static const char flat_short[] = "30 5c 02 01 01 63 57 04 00 0a 01 00 0a 01 00 02 01 00 02 01 01 01 01 00"
	" a0 38 a3 14 04 09 446e73446f6d61696e 04 07 78797a2e6e6574 a3 11 04 04 486f7374 04 09 57696e646f77734345"
	" a3 0d 04 05 4e74566572 04 04 06000000 30 0a 04 08 4e65746c6f676f6e";
static const char flat_long[] = "30 84 00000074 02 01 01 63 84 0000006b 04 00 0a 01 00 0a 01 00 02 01 00 02 01 01 01 01 00"
	" a0 84 00000044 a3 84 00000014 04 09 446e73446f6d61696e 04 07 78797a2e6e6574"
	" a3 84 00000011 04 04 486f7374 04 09 57696e646f77734345 a3 84 0000000d 04 05 4e74566572 04 04 06000000"
	" 30 84 0000000a 04 08 4e65746c6f676f6e";
static const char nested[] = "30 5e 02 01 01 63 59 04 00 0a 01 00 0a 01 00 02 01 00 02 01 01 01 01 00"
	" a0 3a a0 29 a3 14 04 09 446e73446f6d61696e 04 07 78797a2e6e6574 a3 11 04 04 486f7374 04 09 57696e646f77734345"
	" a3 0d 04 05 4e74566572 04 04 06000000 30 0a 04 08 4e65746c6f676f6e";

#define REQUEST(filter) "cldap search-request {message_id: 1, base: \"\", scope: \"base\", filter: \"" filter "\", attributes: [\"Netlogon\"]}\n"

static void ping_is_read_with_every_kind_of_length(void **state)
{
	(void)state;
	expect_datagram(flat_short, REQUEST("(&(DnsDomain=xyz.net)(Host=WindowsCE)(NtVer=\\06\\00\\00\\00))"));
	expect_datagram(flat_long, REQUEST("(&(DnsDomain=xyz.net)(Host=WindowsCE)(NtVer=\\06\\00\\00\\00))"));
	expect_datagram(nested, REQUEST("(&(&(DnsDomain=xyz.net)(Host=WindowsCE))(NtVer=\\06\\00\\00\\00))"));
	assert_int_equal(emit.malformed, 0);
}

#define EX_HEAD "1700 0000 fdf10000 33221100554477668899aabbccddeeff"
#define EX_NAMES "0378797a036e657400 c018 03646331c018 0358595a00 0344433100 00" \
	"17 44656661756c742d46697273742d536974652d4e616d65 00 c034"
#define TAIL5 "05000000ffffffff"
#define ENTRY "30 70 02 01 01 64 6b 04 00 30 67 30 65 04 08 6e65746c6f676f6e 31 59 04 57"
#define DONE "30 0c 02 01 01 65 07 0a 01 00 04 00 04 00"
#define EX_FIELDS "opcode: 23, flags: 0x0000f1fd, forest: \"xyz.net\", domain: \"xyz.net\", host: \"dc1.xyz.net\", " \
	"netbios_domain: \"XYZ\", netbios_host: \"DC1\", dc_site: \"Default-First-Site-Name\", client_site: \"Default-First-Site-Name\", nt_version: 0x00000005"

static void answer_gives_two_events(void **state)
{
	(void)state;
	expect_datagram(ENTRY EX_HEAD EX_NAMES TAIL5 DONE, "cldap search-entry {message_id: 1, dn: \"\", attributes: [\"netlogon\"], netlogon: {" EX_FIELDS "}}\n"
		"cldap search-done {message_id: 1, result_code: 0}\n");
	expect_datagram("30 09 02 01 01 64 04 04 00 30 00" DONE, "cldap search-entry {message_id: 1, dn: \"\"}\n"
		"cldap search-done {message_id: 1, result_code: 0}\n");
	expect_datagram(DONE, "cldap search-done {message_id: 1, result_code: 0}\n");
	assert_int_equal(emit.malformed, 0);
}

/* The fields of a Netlogon value as text; `ret_whole` what netlogon_put answered. */
static char *print_netlogon(const uint8_t *value, size_t len, bool *ret_whole)
{
	static const struct kind kind = { .proto = "p", .name = "k" };
	uint8_t *exact = malloc(len ? len : 1);
	struct event *e;
	char *text;

	memcpy(exact, value, len);
	fake_reset(&emit);
	e = emit_begin(&emit, &kind);
	*ret_whole = netlogon_put(&e->fields, span_of(exact, len));
	emit_end(&emit, e);
	text = fake_print(&emit);
	free(exact);
	return text;
}

static void expect_netlogon(const char *hex, bool whole, const char *fields)
{
	uint8_t value[2048];
	char expected[1024], *got;
	bool got_whole;

	got = print_netlogon(value, from_hex(hex, value, sizeof value), &got_whole);
	snprintf(expected, sizeof expected, "p k {%s}\n", fields);
	assert_string_equal(got, expected);
	assert_int_equal(got_whole, whole);
	free(got);
}

#define RESPONSE "1300 5c005c004400430031000000 0000 580059005a000000 33221100554477668899aabbccddeeff 00000000000000000000000000000000" \
	"0378797a036e657400 c038 03646331c038 0100000a fd010000 03000000ffffffff"
#define NT40 "1300 5c005c004400430031000000 0000 580059005a000000 01000000ffffffff"

static void netlogon_has_three_layouts(void **state)
{
	(void)state;
	expect_netlogon(EX_HEAD EX_NAMES TAIL5, true, EX_FIELDS);
	expect_netlogon(EX_HEAD EX_NAMES "10 02000000 0a000001 0000000000000000 0d000000ffffffff", true,
		"opcode: 23, flags: 0x0000f1fd, forest: \"xyz.net\", domain: \"xyz.net\", host: \"dc1.xyz.net\", netbios_domain: \"XYZ\", netbios_host: \"DC1\", "
		"dc_site: \"Default-First-Site-Name\", client_site: \"Default-First-Site-Name\", nt_version: 0x0000000d");
	expect_netlogon(RESPONSE, true, "opcode: 19, netbios_host: \"\\\\DC1\", netbios_domain: \"XYZ\", forest: \"xyz.net\", domain: \"xyz.net\", "
		"host: \"dc1.xyz.net\", flags: 0x000001fd, nt_version: 0x00000003");
	expect_netlogon(NT40, true, "opcode: 19, netbios_host: \"\\\\DC1\", netbios_domain: \"XYZ\", nt_version: 0x00000001");
	expect_netlogon("1400 5c005c003dd800de0000 0000 0000 01000000ffffffff", true, "opcode: 20, netbios_host: \"\\\\\xf0\x9f\x98\x80\", nt_version: 0x00000001");
}

static void hostile_names_end(void **state)
{
	static const char *const bad[] = {
		EX_HEAD "c018" TAIL5,                           /* points at itself */
		EX_HEAD "0161c018" TAIL5,                       /* loops through a label */
		EX_HEAD "c0ff" TAIL5, EX_HEAD "c01a0000" TAIL5, /* forward */
		EX_HEAD "40" TAIL5, EX_HEAD "80" TAIL5,         /* reserved kinds of label */
		EX_HEAD "3f61" TAIL5, EX_HEAD "03787970" TAIL5, EX_HEAD "c0" TAIL5,
		EX_HEAD TAIL5,
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		expect_netlogon(bad[i], false, "opcode: 23, flags: 0x0000f1fd, nt_version: 0x00000005");
	expect_netlogon("6300" TAIL5, false, "opcode: 99, nt_version: 0x00000005");
	expect_netlogon("17", false, "");
}

/* Eight names of 61 octets, each pointing at the one before: the fifth would be longer than 255. */
static void long_names_are_refused(void **state)
{
	uint8_t value[600] = { 23 };
	size_t at = 24;
	bool whole;
	char *got;

	(void)state;
	for (unsigned n = 0; n < 8; n++) {
		value[at] = 60;
		memset(value + at + 1, 'a', 60);
		value[at + 61] = n ? 0xc0 : 0;
		value[at + 62] = (uint8_t)(at - 63 + (n == 1));
		at += n ? 63 : 62;
	}
	memset(value + at, 0xff, 8);
	got = print_netlogon(value, at + 8, &whole);
	assert_false(whole);
	assert_non_null(strstr(got, "host: "));
	assert_null(strstr(got, "netbios_host: "));
	free(got);
}

static void every_prefix_is_survived(void **state)
{
	static const char *const whole[] = { flat_short, flat_long, nested, ENTRY EX_HEAD EX_NAMES TAIL5 DONE };
	uint8_t octets[1024];
	bool answer;

	(void)state;
	for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
		size_t len = from_hex(whole[i], octets, sizeof octets);

		for (size_t n = 0; n < len; n++) {
			fake_reset(&emit);
			emit.cut = n % 2;
			fake_datagram(&cldap_dissector, &emit, octets, n);
			assert_true(emit.count <= 2);
			assert_true(n % 2 == 0 || emit.malformed == 0);
		}
	}
	emit.cut = false;
	for (size_t n = from_hex(RESPONSE, octets, sizeof octets); n-- > 0;) {
		free(print_netlogon(octets, n, &answer));
		assert_false(answer);
	}
}

/* Whatever one octet is changed into: nothing is read beyond the end (a sanitizer sees it). */
static void every_changed_octet_is_survived(void **state)
{
	static const char *const whole[] = { flat_long, nested, ENTRY EX_HEAD EX_NAMES TAIL5 DONE };
	uint8_t octets[1024];

	(void)state;
	for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
		size_t len = from_hex(whole[i], octets, sizeof octets);

		for (size_t bit = 0; bit < 8 * len; bit++) {
			octets[bit / 8] = (uint8_t)(octets[bit / 8] ^ 1 << bit % 8);
			fake_reset(&emit);
			fake_datagram(&cldap_dissector, &emit, octets, len);
			assert_true(emit.count <= 3);
			octets[bit / 8] = (uint8_t)(octets[bit / 8] ^ 1 << bit % 8);
		}
	}
}

static void cut_search_keeps_what_came(void **state)
{
	uint8_t octets[256];
	char *got;

	(void)state;
	from_hex(flat_short, octets, sizeof octets);
	fake_reset(&emit);
	emit.cut = true;
	fake_datagram(&cldap_dissector, &emit, octets, 60);
	got = fake_print(&emit);
	assert_string_equal(got, "cldap search-request {message_id: 1, base: \"\", scope: \"base\"}\n");
	assert_true(emit.events[0]->cut);
	emit.cut = false;
	free(got);
}

static void expect_filter(const char *hex, const char *expected)
{
	uint8_t octets[1024];
	size_t len = from_hex(hex, octets, sizeof octets);
	struct cursor c = cursor_over(span_of(octets, len));
	struct text text = text_start(4 * len);

	if (expected) {
		assert_true(ldap_filter_read(&c, &text));
		assert_string_equal(text_string(&text), expected);
	} else {
		assert_false(ldap_filter_read(&c, &text));
	}
	text_free(&text);
}

static void filters_are_rfc4515_text(void **state)
{
	(void)state;
	expect_filter("87 0b 6f626a656374436c617373", "(objectClass=*)");
	expect_filter("a2 05 87 03 666f6f", "(!(foo=*))");
	expect_filter("a1 0a 87 03 666f6f 87 03 626172", "(|(foo=*)(bar=*))");
	expect_filter("a0 00", "(&)");
	expect_filter("a5 08 04 01 61 04 03 313030", "(a>=100)");
	expect_filter("a6 08 04 01 61 04 03 313030", "(a<=100)");
	expect_filter("a8 08 04 01 61 04 03 313030", "(a~=100)");
	expect_filter("a3 0a 04 01 61 04 05 2a28295c7a", "(a=\\2a\\28\\29\\5cz)");
	expect_filter("a3 09 04 01 61 04 04 61626300", "(a=\\61\\62\\63\\00)");
	expect_filter("a3 07 04 01 61 04 02 c3a9", "(a=\xc3\xa9)");
	expect_filter("a3 05 04 01 61 04 00", "(a=)");
	expect_filter("a4 08 04 01 61 30 03 80 01 78", "(a=x*)");
	expect_filter("a4 08 04 01 61 30 03 82 01 78", "(a=*x)");
	expect_filter("a4 08 04 01 61 30 03 81 01 78", "(a=*x*)");
	expect_filter("a4 11 04 01 61 30 0c 80 01 78 81 01 79 81 01 7a 82 01 77", "(a=x*y*z*w)");
	expect_filter("a9 0a 82 01 61 83 01 31 84 01 ff", NULL);
	expect_filter("a9 09 82 01 61 83 01 31 84 01 ff", "(a:dn:=1)");
	expect_filter("a9 0b 81 03 322e35 82 01 61 83 01 31", "(a:2.5:=1)");
	expect_filter("a9 08 81 03 322e35 83 01 31", "(:2.5:=1)");
	expect_filter("aa 00", NULL);
	expect_filter("bf 00", NULL);
}

static void nesting_has_a_limit(void **state)
{
	uint8_t octets[1024];
	size_t at = sizeof octets;

	(void)state;
	for (unsigned depth = 1; depth <= 70; depth++) {
		struct text text = text_start(4096);
		struct cursor c;
		size_t content = sizeof octets - at;

		octets[--at] = (uint8_t)content;
		octets[--at] = (uint8_t)(content >> 8);
		octets[--at] = 0x82;
		octets[--at] = 0xa0;
		c = cursor_over(span_of(octets + at, sizeof octets - at));
		assert_int_equal(ldap_filter_read(&c, &text), depth <= LDAP_FILTER_DEPTH_MAX);
		text_free(&text);
	}
}

static void lengths_are_bounded(void **state)
{
	static const struct { const char *hex; enum ber_answer answer; uint64_t total; } cases[] = {
		{ "30 05", BER_WHOLE, 7 }, { "30 81 80", BER_WHOLE, 131 }, { "30 84 00 00 00 05", BER_WHOLE, 11 }, { "30 84 ff ff ff ff", BER_WHOLE, 0x100000005 },
		{ "", BER_MORE, 0 }, { "30", BER_MORE, 0 }, { "30 84 00 00 00", BER_MORE, 0 },
		{ "30 80", BER_BAD, 0 }, { "30 85 00 00 00 00 05", BER_BAD, 0 }, { "3f 05", BER_BAD, 0 }, { "30 ff", BER_BAD, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint8_t octets[16];
		size_t header, len = from_hex(cases[i].hex, octets, sizeof octets);
		uint64_t total = 0;

		assert_int_equal(ber_measure(span_of(octets, len), &header, &total), cases[i].answer);
		if (cases[i].answer == BER_WHOLE)
			assert_true(total == cases[i].total);
	}
}

static void expect_stream(const char *client, const char *server, const char *expected)
{
	uint8_t octets[2][2048];
	struct piece pieces[] = { { SIDE_CLIENT, octets[0], from_hex(client, octets[0], sizeof octets[0]) },
		{ SIDE_SERVER, octets[1], from_hex(server, octets[1], sizeof octets[1]) } };

	for (size_t step = 0; step < 40; step++) {
		char *got;

		fake_reset(&emit);
		fake_stream(&ldap_dissector, &emit, pieces, 2, step);
		got = fake_print(&emit);
		assert_string_equal(got, expected);
		free(got);
	}
}

#define BIND_SIMPLE "30 16 02 01 01 60 11 02 01 03 04 04 636e3d61 80 06 736563726574"
#define BIND_SPNEGO "30 1b 02 01 02 60 16 02 01 03 04 00 a3 0f 04 0a 4753532d53504e45474f 04 01 60"
#define BOUND_OK "30 0c 02 01 02 61 07 0a 01 00 04 00 04 00"
#define UNBIND "30 05 02 01 03 42 00"
#define SEARCH "30 1c 02 01 05 63 17 04 01 64 0a 01 02 0a 01 00 02 01 00 02 01 00 01 01 00 87 01 61 30 00"
#define SEARCH_TEXT "ldap search-request {message_id: 5, base: \"d\", scope: \"sub\", filter: \"(a=*)\"}\n"

static void binds_show_no_name_and_no_secret(void **state)
{
	(void)state;
	expect_stream(BIND_SIMPLE BIND_SPNEGO "30 0e 02 01 04 60 09 02 01 03 04 00 8a 02 4e54" UNBIND, BOUND_OK "30 0c 02 01 04 61 07 0a 01 31 04 00 04 00",
		"ldap bind-request {message_id: 1, mechanism: \"simple\"}\n"
		"ldap bind-request {message_id: 2, mechanism: \"GSS-SPNEGO\"}\n"
		"ldap bind-request {message_id: 4, mechanism: \"sicily\"}\n"
		"ldap bind-response {message_id: 2, result_code: 0}\n"
		"ldap bind-response {message_id: 4, result_code: 49}\n");
}

static void signed_messages_are_read(void **state)
{
	static const char *const tokens[] = {
		/* RFC 4121: rotated by the checksum's 4 octets; not rotated; RC4-HMAC of RFC 1964 with padding; NTLM; DIGEST-MD5, of which a checksum may begin
		 * with any octet */
		"00000032 0504 05 ff 0004 0004 0000000000000001 aabbccdd " SEARCH,
		"00000032 0504 01 ff 0004 0000 0000000000000001 " SEARCH "aabbccdd",
		"0000004c 60 4a 0609 2a864886f712010202 0201 1100 ffff ffff 1122334455667788 99aabbccddeeff00 0102030405060708 " SEARCH "01",
		"0000002e 01000000 1122334455667788 00000000 " SEARCH,
		"0000002e " SEARCH "112233445566778899aa000100000000",
		"0000002e " SEARCH "302233445566778899aa000100000000",
	};

	(void)state;
	for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
		char client[1024], expected[512];

		snprintf(client, sizeof client, "%s%s", BIND_SPNEGO, tokens[i]);
		snprintf(expected, sizeof expected, "%s%s", "ldap bind-request {message_id: 2, mechanism: \"GSS-SPNEGO\"}\n", SEARCH_TEXT);
		expect_stream(client, "", expected);
		assert_int_equal(emit.counted, 0);
		assert_int_equal(emit.malformed, 0);
	}
}

static void sealed_messages_are_counted(void **state)
{
	static const char *const tokens[] = {
		"00000034 0504 07 ff 0004 0004 0000000000000001 aabbccdd 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
		"0000004c 60 4a 0609 2a864886f712010202 0201 1100 1000 ffff 1122334455667788 99aabbccddeeff00 0102030405060708 " SEARCH "01",
		"00000034 01000000 1122334455667788 00000000 aabbccdd 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
		"00000014 0504 00 ff ffff ffff 0000000000000001 aabbccdd",
		"00000010 0504 00 ff 0000 0000 0000000000000001",
	};

	(void)state;
	for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
		char client[1024];

		snprintf(client, sizeof client, "%s%s%s", BIND_SPNEGO, tokens[i], SEARCH);
		expect_stream(client, "", "ldap bind-request {message_id: 2, mechanism: \"GSS-SPNEGO\"}\n" SEARCH_TEXT);
		assert_int_equal(emit.counted, 1);
		assert_string_equal(emit.last_reason, "SASL-sealed");
	}
}

static void other_operations_are_walked_over(void **state)
{
	(void)state;
	expect_stream("30 0d 02 01 01 68 08 04 02 6f75 30 02 3000 " SEARCH "30 06 02 01 07 50 01 05 " SEARCH, "30 0c 02 01 01 69 07 0a 01 00 04 00 04 00" DONE,
		SEARCH_TEXT SEARCH_TEXT "ldap search-done {message_id: 1, result_code: 0}\n");
	assert_int_equal(emit.malformed, 0);
}

static void rubbish_between_messages_is_passed(void **state)
{
	(void)state;
	expect_stream(SEARCH "ff30300201 00112233" SEARCH, "", SEARCH_TEXT SEARCH_TEXT);
	assert_int_equal(emit.malformed, 1);
	expect_stream(SEARCH "1603010005 0100000100" SEARCH, "", SEARCH_TEXT);  /* StartTLS */
	expect_stream("1603010005 0100000100" SEARCH, "", "");
}

static void patience_has_an_end(void **state)
{
	size_t len = 70000;
	uint8_t *octets = calloc(1, len + 100);
	struct piece piece = { SIDE_CLIENT, octets, 0 };

	(void)state;
	memset(octets, 0x2f, len);
	piece.len = len + from_hex(SEARCH, octets + len, 100);
	fake_reset(&emit);
	fake_stream(&ldap_dissector, &emit, &piece, 1, 1000);
	assert_int_equal(emit.count, 0);
	piece.octets = octets + 10000;
	piece.len -= 10000;
	fake_stream(&ldap_dissector, &emit, &piece, 1, 1000);
	assert_int_equal(emit.count, 1);
	assert_int_equal(emit.malformed, 0);
	free(octets);
}

static void it_goes_on_behind_a_hole(void **state)
{
	uint64_t memory[16] = { 0 };
	uint8_t octets[256];
	size_t len = from_hex("6e6f6e65 30 05 02 01 " SEARCH, octets, sizeof octets), used = 0;
	char *got;

	(void)state;
	assert_true(ldap_dissector.state_size <= sizeof memory);
	fake_reset(&emit);
	assert_true(ldap_dissector.gap(memory, SIDE_CLIENT, 0, &emit));
	while (used < len) {
		size_t n = ldap_dissector.stream(memory, SIDE_CLIENT, span_of(octets + used, len - used), &emit);

		assert_true(n != STREAM_STOP && n != STREAM_MORE);
		used += n;
	}
	got = fake_print(&emit);
	assert_string_equal(got, SEARCH_TEXT);
	free(got);
}

enum { LONG_VALUE = 300000, LONG_ENTRY = LONG_VALUE + 47, LONG_PLAIN = LONG_ENTRY + 14 };
#define DONE_TEXT "ldap search-done {message_id: 1, result_code: 0}\n"
#define LONG_TEXT DONE_TEXT "ldap search-entry {message_id: 1, dn: \"ou\"}\n" DONE_TEXT

/* Id 1, dn "ou", attribute "ou" with one value of zeros. */
static void add_long_entry(uint8_t *to)
{
	char hex[200];

	snprintf(hex, sizeof hex, "3084%08x 020101 6484%08x 04026f75 3084%08x 3084%08x 04026f75 3184%08x 0484%08x", LONG_VALUE + 41, LONG_VALUE + 32,
		LONG_VALUE + 22, LONG_VALUE + 16, LONG_VALUE + 6, LONG_VALUE);
	from_hex(hex, to, LONG_ENTRY);
}

/* Behind a message in clear, the long entry and what ends it, in a token of which `before` is the beginning and `behind` the end. */
static void expect_long(const char *before, const char *behind)
{
	uint8_t *octets = calloc(1, LONG_ENTRY + 1000);
	size_t at = from_hex(DONE, octets, 100);
	struct piece piece = { SIDE_SERVER, octets, 0 };

	at += from_hex(before, octets + at, 200);
	add_long_entry(octets + at);
	at += LONG_ENTRY;
	at += from_hex(DONE, octets + at, 100);
	at += from_hex(behind, octets + at, 100);
	piece.len = at + from_hex(SEARCH, octets + at, 100);
	for (size_t step = 999; step < 1000000; step *= 10) {
		char *got;

		fake_reset(&emit);
		fake_stream(&ldap_dissector, &emit, &piece, 1, step);
		got = fake_print(&emit);
		assert_string_equal(got, LONG_TEXT SEARCH_TEXT);
		assert_int_equal(emit.malformed, 0);
		free(got);
	}
	free(octets);
}

static void long_entries_are_read_from_their_beginning(void **state)
{
	char before[200];

	(void)state;
	expect_long("", "");
	/* RFC 4121: rotated, and not; RFC 1964 with padding; NTLM; DIGEST-MD5 */
	snprintf(before, sizeof before, "%08x 050405ff 000c000c 0000000000000001 202122232425262728292a2b", 28 + LONG_PLAIN);
	expect_long(before, "");
	snprintf(before, sizeof before, "%08x 050401ff 000c0000 0000000000000001", 28 + LONG_PLAIN);
	expect_long(before, "202122232425262728292a2b");
	snprintf(before, sizeof before, "%08x 6084%08x 06092a864886f712010202 02011100ffffffff 1122334455667788 99aabbccddeeff00 0102030405060708",
		6 + 43 + LONG_PLAIN + 1, 43 + LONG_PLAIN + 1);
	expect_long(before, "01");
	snprintf(before, sizeof before, "%08x 01000000 1122334455667788 00000000", 16 + LONG_PLAIN);
	expect_long(before, "");
	snprintf(before, sizeof before, "%08x", 16 + LONG_PLAIN);
	expect_long(before, "112233445566778899aa000100000000");
}

static void long_tokens_that_are_sealed_are_passed_over(void **state)
{
	char before[200];
	uint8_t *octets = calloc(1, LONG_ENTRY + 1000);
	struct piece piece = { SIDE_SERVER, octets, 0 };

	(void)state;
	snprintf(before, sizeof before, DONE "%08x 050407ff 000c000c 0000000000000001 202122232425262728292a2b", 28 + LONG_PLAIN);
	piece.len = from_hex(before, octets, 200) + LONG_PLAIN;
	piece.len += from_hex(SEARCH, octets + piece.len, 100);
	for (size_t step = 999; step < 1000000; step *= 10) {
		char *got;

		fake_reset(&emit);
		fake_stream(&ldap_dissector, &emit, &piece, 1, step);
		got = fake_print(&emit);
		assert_string_equal(got, DONE_TEXT SEARCH_TEXT);
		assert_int_equal(emit.counted, 1);
		free(got);
	}
	free(octets);
}

static void holes_in_long_entries_are_survived(void **state)
{
	uint64_t memory[16] = { 0 };
	uint8_t *octets = calloc(1, LONG_ENTRY);
	char *got;

	(void)state;
	fake_reset(&emit);
	add_long_entry(octets);
	assert_int_equal(ldap_dissector.stream(memory, SIDE_SERVER, span_of(octets, 20000), &emit), 16384);
	emit.offset = 16384;
	assert_int_equal(ldap_dissector.stream(memory, SIDE_SERVER, span_of(octets, 3616), &emit), LONG_ENTRY - 16384 - 1);
	assert_true(ldap_dissector.gap(memory, SIDE_SERVER, 5000, &emit));
	got = fake_print(&emit);
	assert_string_equal(got, "ldap search-entry {message_id: 1, dn: \"ou\"}\n");
	free(got);
	emit.offset = 0;
	assert_int_equal(ldap_dissector.stream(memory, SIDE_CLIENT, span_of(octets, 20000), &emit), 16384);
	ldap_dissector.close(memory);
	free(octets);
}

/* The flow layer bounds the sum of what dissectors keep: it has to know of it. */
static void what_is_kept_is_told(void **state)
{
	uint64_t memory[16] = { 0 };
	uint8_t *octets = calloc(1, LONG_ENTRY);

	(void)state;
	fake_reset(&emit);
	add_long_entry(octets);
	assert_non_null(ldap_dissector.held);
	assert_int_equal(ldap_dissector.held(memory), 0);
	assert_int_equal(ldap_dissector.stream(memory, SIDE_SERVER, span_of(octets, 20000), &emit), 16384);
	assert_int_equal(ldap_dissector.held(memory), 16384);
	assert_int_equal(ldap_dissector.stream(memory, SIDE_CLIENT, span_of(octets, 20000), &emit), 16384);
	assert_int_equal(ldap_dissector.held(memory), 2 * 16384);
	assert_true(ldap_dissector.gap(memory, SIDE_SERVER, 0, &emit));
	assert_int_equal(ldap_dissector.held(memory), 16384);
	ldap_dissector.close(memory);
	free(octets);
}

static void recognises_only_ldap(void **state)
{
	static const char *const others[] = { "", "30", "30 26 02 01 01 04 06 7075626c6963", "30 3a 02 01 03 30 0f", "474554202f", "160301", "30 05 02 01 03 44 00" };
	uint8_t octets[256];

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		assert_false(ldap_dissector.recognise(span_of(octets, from_hex(others[i], octets, sizeof octets)), TRANSPORT_TCP));
	assert_true(ldap_dissector.recognise(span_of(octets, from_hex(SEARCH, octets, sizeof octets)), TRANSPORT_TCP));
	assert_true(cldap_dissector.recognise(span_of(octets, from_hex(SEARCH, octets, sizeof octets)), TRANSPORT_UDP));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ping_is_read_with_every_kind_of_length),
		cmocka_unit_test(answer_gives_two_events),
		cmocka_unit_test(netlogon_has_three_layouts),
		cmocka_unit_test(hostile_names_end),
		cmocka_unit_test(long_names_are_refused),
		cmocka_unit_test(every_prefix_is_survived),
		cmocka_unit_test(every_changed_octet_is_survived),
		cmocka_unit_test(cut_search_keeps_what_came),
		cmocka_unit_test(filters_are_rfc4515_text),
		cmocka_unit_test(nesting_has_a_limit),
		cmocka_unit_test(lengths_are_bounded),
		cmocka_unit_test(binds_show_no_name_and_no_secret),
		cmocka_unit_test(signed_messages_are_read),
		cmocka_unit_test(sealed_messages_are_counted),
		cmocka_unit_test(other_operations_are_walked_over),
		cmocka_unit_test(rubbish_between_messages_is_passed),
		cmocka_unit_test(patience_has_an_end),
		cmocka_unit_test(it_goes_on_behind_a_hole),
		cmocka_unit_test(long_entries_are_read_from_their_beginning),
		cmocka_unit_test(long_tokens_that_are_sealed_are_passed_over),
		cmocka_unit_test(holes_in_long_entries_are_survived),
		cmocka_unit_test(what_is_kept_is_told),
		cmocka_unit_test(recognises_only_ldap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

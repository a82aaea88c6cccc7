/* LLDP, CDP and ARP: what the neighbours on the wire tell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "dissectors/arp.h"
#include "dissectors/cdp.h"
#include "dissectors/lldp.h"
#include "tests/unit/fake_emit.h"

static struct emit emit;

/* A message in octets, its length without the NUL. */
#define MESSAGE(text) text, sizeof text - 1

static void expect(const struct dissector *d, const void *octets, size_t len, const char *expected)
{
	char *got;

	fake_reset(&emit);
	fake_datagram(d, &emit, octets, len);
	got = fake_print(&emit);
	assert_string_equal(got, expected);
	free(got);
}

/* Nothing is read beyond the end (a sanitizer sees it), whatever is cut off or changed, and there is one event at most. */
static void maul(const struct dissector *d, const char *octets, size_t len)
{
	uint8_t changed[512];

	assert_true(len <= sizeof changed);
	for (size_t n = 0; n <= len; n++) {
		fake_reset(&emit);
		fake_datagram(d, &emit, octets, n);
		assert_true(emit.count <= 1);
	}
	for (size_t i = 0; i < 8 * len; i++) {
		memcpy(changed, octets, len);
		changed[i / 8] = (uint8_t)(changed[i / 8] ^ 1 << i % 8);
		fake_reset(&emit);
		fake_datagram(d, &emit, changed, len);
		assert_true(emit.count <= 1);
	}
}

/* ---- LLDP ---- */

#define CHASSIS "\x02\x07\x04\x00\x04\xf2\xaa\xbb\x01"
#define PORT "\x04\x08\x05" "Gi1/0/5"
#define TTL "\x06\x02\x00\x78"
#define NAME "\x0a\x08" "sw.a.com"
#define TIA "\x00\x12\xbb"
#define VOICE "\xfe\x08" TIA "\x02\x01\x40\x65\x6e"      /* tagged, VLAN 50, priority 5, DSCP 46 */
#define END "\x00\x00"

static const char from_switch[] = CHASSIS PORT TTL NAME
	"\xfe\x08" TIA "\x02\x02\x00\x01\x40"                   /* voice-signaling, untagged, VLAN 0, priority 5 */
	VOICE
	"\xfe\x0c" "\x00\x80\xc2\x01\x00\x32" "??????"          /* 802.1 */
	"\xfe\x05" TIA "\x0a" "M"
	"\xfe\x07" TIA "\x06" "1.2" END "padding";

static void lldp_of_a_switch(void **state)
{
	(void)state;
	expect(&lldp_dissector, MESSAGE(from_switch), "lldp advertisement {chassis_id: 00:04:f2:aa:bb:01, port_id: \"Gi1/0/5\", ttl: 120, "
		"system_name: \"sw.a.com\", med_policies: [{application: \"voice-signaling\", vlan: 0, tagged: false, priority: 5, dscp: 0}, "
		"{application: \"voice\", vlan: 50, tagged: true, priority: 5, dscp: 46}], inventory: {model: \"M\", firmware: \"1.2\"}}\n");
	assert_int_equal(emit.malformed, 0);
}

static void lldp_of_a_phone(void **state)
{
	(void)state;
	expect(&lldp_dissector, MESSAGE("\x02\x06\x05\x01\x0a\x00\x00\x05" "\x04\x07\x03\x00\x04\xf2\xaa\xbb\x01" "\x06\x02\x00\xb4"
		"\xfe\x0e" TIA "\x07" "4.0.7577.4" "\xfe\x0b" TIA "\x09" "Polycom" "\xfe\x09" TIA "\x0a" "CX600" "\xfe\x08" TIA "\x08" "0004"
		"\xfe\x08" TIA "\x02\x01\x80\x00\x00" END),
		"lldp advertisement {chassis_id: 10.0.0.5, port_id: 00:04:f2:aa:bb:01, ttl: 180, inventory: {software: \"4.0.7577.4\", "
		"manufacturer: \"Polycom\", model: \"CX600\", serial: \"0004\"}, med_policies: [{application: \"voice\", vlan: 0, tagged: false, priority: 0, dscp: 0}]}\n");
	expect(&lldp_dissector, MESSAGE("\x02\x12\x05\x02\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\x01" "\x04\x03\x07\xff" "a" "\x06\x02\0\0"),
		"lldp advertisement {chassis_id: fe80::1, port_id: \"\\xffa\", ttl: 0}\n");
	assert_int_equal(emit.malformed, 0);
}

static void lldp_in_any_order(void **state)
{
	(void)state;
	expect(&lldp_dissector, MESSAGE(VOICE TTL PORT CHASSIS), "lldp advertisement {med_policies: [{application: \"voice\", vlan: 50, tagged: true, "
		"priority: 5, dscp: 46}], ttl: 120, port_id: \"Gi1/0/5\", chassis_id: 00:04:f2:aa:bb:01}\n");
	expect(&lldp_dissector, MESSAGE(""), "lldp advertisement {}\n");
	assert_int_equal(emit.malformed, 0);
}

static void lldp_lengths_are_named(void **state)
{
	static const struct { const char *octets; size_t len; const char *reason; } bad[] = {
		{ MESSAGE(CHASSIS "\x04\x28\x05" "x"), "TLV runs past the end" },
		{ MESSAGE(CHASSIS "\x04"), "TLV runs past the end" },
		{ MESSAGE("\x02\x06\x04\x00\x04\xf2\xaa\xbb"), "MAC address of another length" },
		{ MESSAGE("\x02\x05\x05\x01\x0a\x00\x00"), "network address of another length" },
		{ MESSAGE("\x02\x06\x05\x02\x0a\x00\x00\x05"), "network address of another length" },
		{ MESSAGE("\x02\x01\x04"), "empty id" },
		{ MESSAGE("\x04\x00"), "empty id" },
		{ MESSAGE(CHASSIS CHASSIS), "the same id twice" },
		{ MESSAGE("\x06\x01\x00"), "time to live too short" },
		{ MESSAGE("\xfe\x03" TIA), "organisation's TLV too short" },
		{ MESSAGE("\xfe\x07" TIA "\x02\x01\x40\x65"), "network policy too short" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		fake_reset(&emit);
		fake_datagram(&lldp_dissector, &emit, bad[i].octets, bad[i].len);
		assert_int_equal(emit.malformed, 1);
		assert_int_equal(emit.count, 1);
		assert_string_equal(emit.last_reason, bad[i].reason);
		assert_non_null(event_find(emit.events[0], &event_malformed));
	}
}

static void lldp_applications_have_names(void **state)
{
	static const char *const names[] = { "0", "voice", "voice-signaling", "guest-voice", "guest-voice-signaling", "softphone-voice", "video-conferencing",
		"streaming-video", "video-signaling", "9" };
	char octets[] = "\xfe\x08" TIA "\x02?\x40\x65\x6e";

	(void)state;
	for (char n = 0; n <= 9; n++) {
		const struct record *policy;

		octets[6] = n;
		fake_reset(&emit);
		fake_datagram(&lldp_dissector, &emit, octets, sizeof octets - 1);
		policy = &event_list(emit.events[0], &lldp_med_policies)->first->record;
		assert_string_equal(record_string(policy, &lldp_application), names[(int)n]);
	}
}

static void lldp_survives(void **state)
{
	(void)state;
	maul(&lldp_dissector, MESSAGE(from_switch));
}

/* ---- CDP ---- */

#define SNAP "\xaa\xaa\x03\x00\x00\x0c\x20\x00"

static const char cdp[] = SNAP "\x02\xb4\xff\xff" "\x00\x01\x00\x06" "sw" "\x00\x03\x00\x09" "Fa0/1" "\x00\x0e\x00\x07\x01\x00\x64"
	"\x00\x05\x00\x07" "IOS" "\x00\x06\x00\x09" "c2950" "\x00\x0b\x00\x05\x01";

static void cdp_tells_the_voice_vlan(void **state)
{
	static const char expected[] = "cdp advertisement {device_id: \"sw\", port_id: \"Fa0/1\", voice_vlan: 100, software: \"IOS\", platform: \"c2950\"}\n";

	(void)state;
	expect(&cdp_dissector, MESSAGE(cdp), expected);
	expect(&cdp_dissector, cdp + 8, sizeof cdp - 9, expected);
	assert_int_equal(emit.malformed, 0);
}

static void cdp_lengths_are_named(void **state)
{
	(void)state;
	expect(&cdp_dissector, MESSAGE("\x01\xb4\0\0" "\x00\x01\x00\x03" "x"), "cdp advertisement {malformed: [\"TLV shorter than its head\"]}\n");
	expect(&cdp_dissector, MESSAGE("\x01\xb4\0\0" "\x00\x01\x00\x06" "x"), "cdp advertisement {malformed: [\"TLV runs past the end\"]}\n");
	expect(&cdp_dissector, MESSAGE("\x01\xb4\0\0" "\x00\x0e\x00\x06\x01\x00"), "cdp advertisement {malformed: [\"VoIP VLAN reply too short\"]}\n");
	expect(&cdp_dissector, MESSAGE("\x03\xb4\0\0"), "");
	assert_int_equal(emit.malformed, 1);
	expect(&cdp_dissector, MESSAGE("\x01\xb4\0"), "");
	assert_int_equal(emit.malformed, 1);
}

static void cdp_survives(void **state)
{
	(void)state;
	maul(&cdp_dissector, MESSAGE(cdp));
}

/* ---- ARP ---- */

#define FORM "\x00\x01\x08\x00\x06\x04"
#define PHONE "\x00\x04\xf2\xaa\xbb\x01"

static void arp_tells_who_has_what(void **state)
{
	(void)state;
	expect(&arp_dissector, MESSAGE(FORM "\x00\x01" PHONE "\x0a\x00\x00\x05" "\0\0\0\0\0\0" "\x0a\x00\x00\x01" "padding"),
		"arp request {sender_mac: 00:04:f2:aa:bb:01, sender_addr: 10.0.0.5, target_mac: 00:00:00:00:00:00, target_addr: 10.0.0.1}\n");
	expect(&arp_dissector, MESSAGE(FORM "\x00\x02" PHONE "\x0a\x00\x00\x05" "\x00\x1b\x2c\x01\x02\x03" "\x0a\x00\x00\x01"),
		"arp reply {sender_mac: 00:04:f2:aa:bb:01, sender_addr: 10.0.0.5, target_mac: 00:1b:2c:01:02:03, target_addr: 10.0.0.1}\n");
	expect(&arp_dissector, MESSAGE(FORM "\x00\x01" PHONE "\0\0\0\0" "\0\0\0\0\0\0" "\x0a\x00\x00\x05"),
		"arp request {sender_mac: 00:04:f2:aa:bb:01, sender_addr: 0.0.0.0, target_mac: 00:00:00:00:00:00, target_addr: 10.0.0.5}\n");
	assert_int_equal(emit.malformed, 0);
}

static void arp_of_others_is_passed_over(void **state)
{
	(void)state;
	expect(&arp_dissector, MESSAGE(FORM "\x00\x03" PHONE "\x0a\x00\x00\x05" PHONE "\x0a\x00\x00\x01"), "");
	expect(&arp_dissector, MESSAGE("\x00\x01\x86\xdd\x06\x10\x00\x01" PHONE PHONE PHONE PHONE PHONE PHONE PHONE), "");
	expect(&arp_dissector, MESSAGE("\x00\x0f\x08\x00\x02\x04\x00\x01" PHONE PHONE PHONE), "");
	expect(&arp_dissector, MESSAGE(FORM "\x00"), "");
	assert_int_equal(emit.malformed, 0);
	expect(&arp_dissector, MESSAGE(FORM "\x00\x01" PHONE "\x0a\x00\x00\x05" "\0\0\0\0\0\0" "\x0a\x00\x00"),
		"arp request {sender_mac: 00:04:f2:aa:bb:01, sender_addr: 10.0.0.5, malformed: [\"shorter than its addresses\"]}\n");
	assert_int_equal(emit.malformed, 1);
}

static void arp_survives(void **state)
{
	(void)state;
	maul(&arp_dissector, MESSAGE(FORM "\x00\x02" PHONE "\x0a\x00\x00\x05" PHONE "\x0a\x00\x00\x01"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lldp_of_a_switch),
		cmocka_unit_test(lldp_of_a_phone),
		cmocka_unit_test(lldp_in_any_order),
		cmocka_unit_test(lldp_lengths_are_named),
		cmocka_unit_test(lldp_applications_have_names),
		cmocka_unit_test(lldp_survives),
		cmocka_unit_test(cdp_tells_the_voice_vlan),
		cmocka_unit_test(cdp_lengths_are_named),
		cmocka_unit_test(cdp_survives),
		cmocka_unit_test(arp_tells_who_has_what),
		cmocka_unit_test(arp_of_others_is_passed_over),
		cmocka_unit_test(arp_survives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

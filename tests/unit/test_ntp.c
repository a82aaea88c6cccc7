/* NTP: what times say, in which era, and who gives them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "dissectors/ntp.h"
#include "tests/unit/fake_emit.h"

static struct emit emit;

enum { MESSAGE_LEN = 48, AT_REFID = 12, AT_TRANSMIT = 40 };

struct message { uint8_t octets[MESSAGE_LEN + 68]; };

static struct message message(unsigned version, unsigned mode, uint8_t stratum, const char refid[4], uint64_t transmit)
{
	struct message m = { { (uint8_t)(version << 3 | mode), stratum } };

	memcpy(m.octets + AT_REFID, refid, 4);
	for (unsigned i = 0; i < 8; i++)
		m.octets[AT_TRANSMIT + i] = (uint8_t)(transmit >> (56 - 8 * i));
	return m;
}

static void expect(struct message m, size_t len, const char *expected)
{
	char *got;

	fake_reset(&emit);
	fake_datagram(&ntp_dissector, &emit, m.octets, len);
	got = fake_print(&emit);
	assert_string_equal(got, expected);
	free(got);
}

/* 2021-03-01T06:00:00Z is second 3823567200 since 1900. */
#define IN_2021 (UINT64_C(3823567200) << 32)

static void server_tells_time(void **state)
{
	(void)state;
	emit.at_ns = INT64_C(1614578400) * NS_PER_S - 250 * NS_PER_MS;
	expect(message(4, 4, 2, "\xc1\xcc\x72\xe9", IN_2021 | 0x80000000), MESSAGE_LEN, "ntp server {version: 4, stratum: 2, "
		"transmit_time: 2021-03-01T06:00:00.500000000Z, offset_s: 0.750000, refid: 193.204.114.233}\n");
	expect(message(3, 4, 1, "GPS\0", IN_2021), MESSAGE_LEN + 20, "ntp server {version: 3, stratum: 1, "
		"transmit_time: 2021-03-01T06:00:00.000000000Z, offset_s: 0.250000, refid: \"GPS\"}\n");
	expect(message(1, 4, 1, "\x7f\0\0\x01", IN_2021), MESSAGE_LEN + 68, "ntp server {version: 1, stratum: 1, "
		"transmit_time: 2021-03-01T06:00:00.000000000Z, offset_s: 0.250000, refid: 127.0.0.1}\n");
	expect(message(4, 4, 0, "RATE", 0), MESSAGE_LEN, "ntp server {version: 4, stratum: 0, refid: \"RATE\"}\n");
	expect(message(4, 4, 3, "\0\0\0\0", 0), MESSAGE_LEN, "ntp server {version: 4, stratum: 3}\n");
	emit.at_ns = 0;
}

static void client_tells_what_it_knows(void **state)
{
	(void)state;
	expect(message(3, 3, 0, "\0\0\0\0", 0), MESSAGE_LEN, "ntp client {version: 3}\n");
	expect(message(4, 3, 0, "INIT", IN_2021), MESSAGE_LEN, "ntp client {version: 4, transmit_time: 2021-03-01T06:00:00.000000000Z, refid: \"INIT\"}\n");
	expect(message(4, 3, 2, "\x0a\0\0\x01", 0), MESSAGE_LEN, "ntp client {version: 4, stratum: 2, refid: 10.0.0.1}\n");
}

/* RFC 4330 3: the first bit is set from 1968 to 2036-02-07T06:28:16Z, then not till 2104. */
static void eras_follow_each_other(void **state)
{
	(void)state;
	expect(message(4, 3, 0, "\0\0\0\0", UINT64_MAX), MESSAGE_LEN, "ntp client {version: 4, transmit_time: 2036-02-07T06:28:15.999999999Z}\n");
	expect(message(4, 3, 0, "\0\0\0\0", 1), MESSAGE_LEN, "ntp client {version: 4, transmit_time: 2036-02-07T06:28:16.000000000Z}\n");
	expect(message(4, 3, 0, "\0\0\0\0", UINT64_C(1) << 63), MESSAGE_LEN, "ntp client {version: 4, transmit_time: 1968-01-20T03:14:08.000000000Z}\n");
	expect(message(4, 3, 0, "\0\0\0\0", ~(UINT64_C(1) << 63)), MESSAGE_LEN, "ntp client {version: 4, transmit_time: 2104-02-26T09:42:23.999999999Z}\n");
}

static void other_modes_are_left_out(void **state)
{
	(void)state;
	for (unsigned first = 0; first < 64; first++) {
		unsigned version = first >> 3, mode = first & 7;
		struct message m = message(version, mode, 2, "\0\0\0\0", 0);

		fake_reset(&emit);
		fake_datagram(&ntp_dissector, &emit, m.octets, MESSAGE_LEN);
		assert_int_equal(emit.count, (mode == 3 || mode == 4) && version >= 1 && version <= 4);
		assert_int_equal(emit.malformed, 0);
	}
}

static void every_prefix_and_change_is_survived(void **state)
{
	struct message m = message(4, 4, 1, "GPS\0", IN_2021);

	(void)state;
	for (size_t n = 0; n <= sizeof m.octets; n++) {
		fake_reset(&emit);
		fake_datagram(&ntp_dissector, &emit, m.octets, n);
		assert_int_equal(emit.count, n >= MESSAGE_LEN);
		assert_int_equal(emit.malformed, n > 0 && n < MESSAGE_LEN);
	}
	for (size_t i = 0; i < 8 * MESSAGE_LEN; i++) {
		struct message changed = m;

		changed.octets[i / 8] = (uint8_t)(changed.octets[i / 8] ^ 1 << i % 8);
		fake_reset(&emit);
		fake_datagram(&ntp_dissector, &emit, changed.octets, MESSAGE_LEN);
		assert_true(emit.count <= 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(server_tells_time),
		cmocka_unit_test(client_tells_what_it_knows),
		cmocka_unit_test(eras_follow_each_other),
		cmocka_unit_test(other_modes_are_left_out),
		cmocka_unit_test(every_prefix_and_change_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

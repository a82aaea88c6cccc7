/* Kerberos: realms and errors, never who. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "dissectors/kerberos.h"
#include "tests/unit/fake_emit.h"

static struct emit emit;

struct message { uint8_t octets[256]; size_t len; };

/* An element: tag, length of one octet, content. */
static struct message wrap(uint8_t tag, const void *content, size_t len)
{
	struct message m = { { tag, (uint8_t)len }, len + 2 };

	memcpy(m.octets + 2, content, len);
	return m;
}

static struct message join(const struct message *parts, size_t count)
{
	struct message m = { { 0 }, 0 };

	for (size_t i = 0; i < count; i++) {
		memcpy(m.octets + m.len, parts[i].octets, parts[i].len);
		m.len += parts[i].len;
	}
	return m;
}

static struct message number(uint8_t context, uint8_t n)
{
	struct message m = { { context, 3, 2, 1, n }, 5 };

	return m;
}

static struct message realm(uint8_t context)
{
	struct message text = wrap(0x1b, "ABC.COM", 7);

	return wrap(context, text.octets, text.len);
}

static struct message user(uint8_t context)
{
	struct message text = wrap(0x1b, "secret", 6), list = wrap(0x30, text.octets, text.len), parts[2] = { number(0xa0, 1), wrap(0xa1, list.octets, list.len) };
	struct message name = join(parts, 2), sequence = wrap(0x30, name.octets, name.len);

	return wrap(context, sequence.octets, sequence.len);
}

static struct message sequence(uint8_t tag, const struct message *parts, size_t count)
{
	struct message content = join(parts, count), inner = wrap(0x30, content.octets, content.len);

	return wrap(tag, inner.octets, inner.len);
}

static struct message request(uint8_t tag, uint8_t type)
{
	const struct message fields[] = { number(0xa0, 0), user(0xa1), realm(0xa2) }, body = sequence(0xa4, fields, 3);
	const struct message parts[] = { number(0xa1, 5), number(0xa2, type), body };

	return sequence(tag, parts, 3);
}

static struct message reply(uint8_t tag, uint8_t type)
{
	const struct message parts[] = { number(0xa0, 5), number(0xa1, type), realm(0xa3), user(0xa4) };

	return sequence(tag, parts, 4);
}

static struct message error(uint8_t code)
{
	const struct message parts[] = { number(0xa0, 5), number(0xa1, 30), number(0xa5, 1), number(0xa6, code), user(0xa8), realm(0xa9), user(0xaa) };

	return sequence(0x7e, parts, 7);
}

static void expect(struct message m, const char *expected)
{
	char *got;

	fake_reset(&emit);
	fake_datagram(&kerberos_dissector, &emit, m.octets, m.len);
	got = fake_print(&emit);
	assert_string_equal(got, expected);
	assert_null(strstr(got, "secret"));
	free(got);
}

static void messages_tell_their_realm(void **state)
{
	(void)state;
	expect(request(0x6a, 10), "kerberos as-request {realm: \"ABC.COM\"}\n");
	expect(reply(0x6b, 11), "kerberos as-reply {realm: \"ABC.COM\"}\n");
	expect(request(0x6c, 12), "kerberos tgs-request {realm: \"ABC.COM\"}\n");
	expect(reply(0x6d, 13), "kerberos tgs-reply {realm: \"ABC.COM\"}\n");
	expect(error(24), "kerberos error {realm: \"ABC.COM\", error_code: 24}\n");
	expect(request(0x6e, 14), "");
	assert_int_equal(emit.malformed, 0);
}

static struct message on_a_stream(struct message m)
{
	struct message head = { { 0, 0, 0, (uint8_t)m.len }, 4 }, parts[2] = { head, m };

	return join(parts, 2);
}

static void streams_hold_many(void **state)
{
	struct message first = on_a_stream(request(0x6a, 10)), second = on_a_stream(request(0x6c, 12)), answer = on_a_stream(error(25));
	struct message both[2] = { first, second }, client = join(both, 2);
	const struct piece pieces[] = { { SIDE_CLIENT, client.octets, client.len }, { SIDE_SERVER, answer.octets, answer.len } };

	(void)state;
	for (size_t step = 0; step < 70; step++) {
		char *got;

		fake_reset(&emit);
		fake_stream(&kerberos_dissector, &emit, pieces, 2, step);
		got = fake_print(&emit);
		assert_string_equal(got, "kerberos as-request {realm: \"ABC.COM\"}\nkerberos tgs-request {realm: \"ABC.COM\"}\n"
			"kerberos error {realm: \"ABC.COM\", error_code: 25}\n");
		free(got);
	}
}

static size_t read_stream(const void *octets, size_t len)
{
	uint8_t memory[16] = { 0 };

	fake_reset(&emit);
	return kerberos_dissector.stream(memory, SIDE_CLIENT, span_of(octets, len), &emit);
}

static void long_messages_are_passed_over(void **state)
{
	(void)state;
	assert_true(read_stream("\x00\x10\x00\x00\x6a", 5) == 4 + 0x100000);
	assert_true(read_stream("\x80\x00\x00\x05\x6a", 5) == STREAM_STOP);
	assert_true(read_stream("\x00\x00\x00", 3) == STREAM_MORE);
	assert_true(read_stream("\x00\x01\x00\x00\x6a", 5) == STREAM_MORE);
	assert_true(read_stream("\x00\x00\x00\x00", 4) == 4);
	assert_int_equal(emit.count, 0);
}

static void every_prefix_and_change_is_survived(void **state)
{
	const struct message samples[] = { request(0x6a, 10), reply(0x6b, 11), error(24) };

	(void)state;
	for (size_t s = 0; s < 3; s++) {
		for (size_t n = 0; n < samples[s].len; n++) {
			fake_reset(&emit);
			fake_datagram(&kerberos_dissector, &emit, samples[s].octets, n);
			assert_int_equal(emit.count, n > 0);
			assert_int_equal(emit.malformed, n > 0);
		}
		for (size_t i = 0; i < 8 * samples[s].len; i++) {
			struct message m = samples[s];

			m.octets[i / 8] = (uint8_t)(m.octets[i / 8] ^ 1 << i % 8);
			fake_reset(&emit);
			fake_datagram(&kerberos_dissector, &emit, m.octets, m.len);
			assert_true(emit.count <= 1);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_tell_their_realm),
		cmocka_unit_test(streams_hold_many),
		cmocka_unit_test(long_messages_are_passed_over),
		cmocka_unit_test(every_prefix_and_change_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

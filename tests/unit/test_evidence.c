/* The packets of an attempt: in order, bounded, shared out; the ring of those who are nobody's yet; what ICMP errors are about. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "flow/quoted.h"
#include "tests/unit/play.h"
#include "trail/stray.h"

enum { SIZE = 1000 };

static const uint8_t octets[70000];

/* ---- one attempt's ---- */

static struct kept_packet packet(unsigned file, uint64_t number, size_t len)
{
	return (struct kept_packet){ .packet = { .frame = frame_of(file, number), .at_ns = (int64_t)number * 1000, .data = { octets, len } } };
}

static void add(struct evidence *e, uint64_t number, bool named)
{
	struct kept_packet p = packet(0, number, SIZE - sizeof p);

	p.named = named;
	evidence_add(e, &p);
}

static void add_passing(struct evidence *e, uint64_t number, uint64_t flow)
{
	struct kept_packet p = packet(0, number, SIZE - sizeof p);

	p.passing = true;
	p.flow = flow;
	evidence_add(e, &p);
}

/* "1 2 4": the frames that are there; then how many are left out. */
static void expect(struct evidence *e, const char *expected)
{
	struct text out = text_start(1 << 16);
	size_t sum = 0;

	for (size_t i = 0; i < e->count; i++) {
		text_addf(&out, i ? " %u" : "%u", (unsigned)frame_number(e->at[i].packet.frame));
		sum += sizeof e->at[i] + e->at[i].packet.data.len;
	}
	if (e->left_out)
		text_addf(&out, " -%u", (unsigned)e->left_out);
	assert_string_equal(text_string(&out), expected);
	assert_int_equal(e->octets, sum);
	text_free(&out);
}

static void packets_are_in_order_and_once(void **state)
{
	struct evidence e = { 0 };

	(void)state;
	add(&e, 5, false);
	add(&e, 9, false);
	add(&e, 7, false);
	add(&e, 5, false);
	add(&e, 1, false);
	expect(&e, "1 5 7 9");
	assert_non_null(evidence_find(&e, 7));
	assert_null(evidence_find(&e, 6));
	assert_null(evidence_find(&e, frame_of(1, 7)));
	evidence_take_out(&e, evidence_find(&e, 7));
	expect(&e, "1 5 9");
	evidence_free(&e);
	expect(&e, "");
}

static void of_what_nobody_reads_only_the_latest_and_the_named_stay(void **state)
{
	struct evidence e = { 0 };

	(void)state;
	add_passing(&e, 1, 7);
	add_passing(&e, 2, 8);
	add_passing(&e, 3, 7);
	expect(&e, "2 3");
	evidence_find(&e, 3)->named = true;
	add_passing(&e, 4, 7);
	add_passing(&e, 5, 7);
	add(&e, 6, false);
	expect(&e, "2 3 5 6");
	evidence_free(&e);
}

static void the_beginning_the_named_and_the_latest_stay(void **state)
{
	struct evidence e = { 0 };

	(void)state;
	for (unsigned n = 1; n <= 16; n++)
		add(&e, n, n % 2);
	evidence_bound(&e, 16 * SIZE, 4 * SIZE);
	expect(&e, "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16");
	add(&e, 17, true);
	evidence_bound(&e, 16 * SIZE, 4 * SIZE);
	expect(&e, "1 2 3 4 5 7 9 11 12 13 14 15 16 17 -3");            /* even ones behind the beginning go, the oldest first, to seven eighths */
	for (unsigned n = 18; n <= 22; n++)
		add(&e, n, true);
	evidence_bound(&e, 16 * SIZE, 4 * SIZE);
	expect(&e, "1 2 3 4 9 11 13 15 17 18 19 20 21 22 -8");
	evidence_free(&e);
}

static void no_bound_is_too_small(void **state)
{
	struct evidence e = { 0 };
	struct kept_packet p = packet(0, 3, 70000);

	(void)state;
	add(&e, 1, true);
	add(&e, 2, true);
	evidence_bound(&e, SIZE, SIZE / 2);
	expect(&e, " -2");
	evidence_add(&e, &p);
	evidence_bound(&e, 60000, 30000);
	expect(&e, " -3");
	evidence_free(&e);
}

static void a_split_moves_what_is_later(void **state)
{
	struct evidence e = { 0 }, rest = { 0 };

	(void)state;
	for (unsigned n = 1; n <= 5; n++)
		add(&e, n, false);
	evidence_miss(&e, (struct place){ 2, 2000 });
	evidence_split(&e, (struct place){ 4, 4000 }, &rest);
	expect(&e, "1 2 3 -1");
	expect(&rest, "4 5");
	evidence_free(&rest);
	evidence_miss(&e, (struct place){ 3, 3000 });
	evidence_split(&e, (struct place){ 3, 3000 }, &rest);
	expect(&e, "1 2 -2");
	expect(&rest, "3 -2");          /* which of the two it lacks is not known any more */
	evidence_free(&e);
	evidence_free(&rest);
}

static void advertisements_go_by_file(void **state)
{
	struct evidence e = { 0 };
	struct kept_packet p = packet(0, 2, 60), q = packet(1, 3, 60);

	(void)state;
	p.foreign = q.foreign = true;
	add(&e, 1, false);
	evidence_add(&e, &p);
	evidence_add(&e, &q);
	evidence_remove_foreign(&e, 0);
	assert_int_equal(e.count, 2);
	assert_int_equal(e.at[1].packet.frame, frame_of(1, 3));
	evidence_free(&e);
}

/* ---- nobody's yet ---- */

static void strays_are_the_latest(void **state)
{
	struct strays *s = strays_new();
	struct kept_packet found;
	uint8_t text[100];

	(void)state;
	assert_false(strays_find(s, 1, &found));
	for (unsigned n = 1; n <= 3 * STRAYS_MAX; n++) {
		memset(text, (int)(n & 0xff), sizeof text);
		strays_add(s, &(struct packet){ .frame = n, .data = { text, n % sizeof text } }, n);
	}
	assert_false(strays_find(s, 2 * STRAYS_MAX, &found));
	for (unsigned n = 2 * STRAYS_MAX + 1; n <= 3 * STRAYS_MAX; n++) {
		assert_true(strays_find(s, n, &found));
		assert_int_equal(found.flow, n);
		assert_int_equal(found.packet.data.len, n % sizeof text);
		for (size_t i = 0; i < found.packet.data.len; i++)
			assert_int_equal(found.packet.data.data[i], n & 0xff);
	}
	strays_free(s);
}

static void long_strays_push_others_out(void **state)
{
	struct strays *s = strays_new();
	struct kept_packet found;
	unsigned first = 0;

	(void)state;
	for (unsigned n = 1; n <= 100; n++)
		strays_add(s, &(struct packet){ .frame = n, .data = { octets, 60000 } }, 0);
	for (unsigned n = 1; n <= 100; n++)
		if (!first && strays_find(s, n, &found))
			first = n;
	assert_in_range(first, 100 - STRAYS_OCTETS / 60000 + 1, 100 - STRAYS_OCTETS / 60000 + 2);
	strays_free(s);
}

/* ---- through the trail ---- */

struct sum {
	unsigned attempts;
	size_t most, packets;
	uint64_t left_out;
};

static void add_up(void *user, const struct attempt *a)
{
	struct sum *s = user;

	s->attempts++;
	s->packets += a->evidence.count;
	s->left_out += a->evidence.left_out;
	if (a->evidence.octets > s->most)
		s->most = a->evidence.octets;
	assert_true(!a->evidence.count || evidence_find(&a->evidence, a->events[0]->frame));
	assert_true(!a->evidence.count || evidence_find(&a->evidence, a->events[a->count - 1]->frame));
}

static struct sum play_long(size_t evidence_octets)
{
	struct sum s = { 0 };
	struct trail_options options = { .evidence_octets = evidence_octets, .attempt = add_up, .user = &s };
	struct play *p = calloc(1, sizeof *p);

	p->trail = trail_new(&options);
	p->keeps = evidence_octets > 0;
	play_act(p, &(struct line){ 0, "P*", "discover CPE-OCPHONE", NULL });
	for (int i = 0; i < 3000; i++) {
		play_act(p, &(struct line){ i, "PS", "dns sip.contoso.com", NULL });
		arena_reset(&p->arena);
	}
	trail_finish(p->trail);
	play_free(p);
	return s;
}

static void an_attempt_keeps_to_its_octets(void **state)
{
	struct sum all = play_long(4 << 20), some = play_long(20000), none = play_long(0);

	(void)state;
	assert_int_equal(all.packets, 3001);
	assert_int_equal(all.left_out, 0);
	assert_in_range(some.most, 20000 * 3 / 4, 20000);
	assert_int_equal(some.packets + some.left_out, 3001);
	assert_int_equal(none.packets + none.left_out, 0);
	assert_int_equal(none.attempts, 1);
}

/* ---- ICMP errors ---- */

static const uint8_t unreachable[] = {
	3, 3, 0, 0, 0, 0, 0, 0, 0x46, 0, 0, 60, 0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 1, 1, 1, 1, 0x12, 0x34, 0, 53, 0, 40, 0, 0,
};
static const uint8_t exceeded6[8 + 40 + 8] = { 3, 0, [8] = 0x60, [14] = 6, [48] = 0x13, 0xc5, 0xc0, 1 };

static void errors_quote_a_packet(void **state)
{
	struct layers l = { .src = { .family = 4 }, .ip_protocol = 1, .ip_payload = { unreachable, sizeof unreachable } };
	enum transport transport;
	uint16_t ports[2];

	(void)state;
	assert_true(quoted_read(&l, &transport, ports));
	assert_int_equal(transport, TRANSPORT_UDP);
	assert_int_equal(ports[0], 0x1234);
	assert_int_equal(ports[1], 53);
	for (size_t len = 0; len < 36; len++) {
		l.ip_payload.len = len;
		assert_false(quoted_read(&l, &transport, ports));
	}
	l = (struct layers){ .src = { .family = 6 }, .ip_protocol = 58, .ip_payload = { exceeded6, sizeof exceeded6 } };
	assert_true(quoted_read(&l, &transport, ports));
	assert_int_equal(transport, TRANSPORT_TCP);
	assert_int_equal(ports[0], 5061);
	assert_int_equal(ports[1], 0xc001);
	l.ip_protocol = 1;
	assert_false(quoted_read(&l, &transport, ports));
}

static void an_echo_quotes_nothing(void **state)
{
	uint8_t echo[sizeof unreachable];
	struct layers l = { .src = { .family = 4 }, .ip_protocol = 1, .ip_payload = { echo, sizeof echo } };
	enum transport transport;
	uint16_t ports[2];

	(void)state;
	memcpy(echo, unreachable, sizeof echo);
	echo[0] = 8;
	assert_false(quoted_read(&l, &transport, ports));
	echo[0] = 3;
	echo[8 + 9] = 47;
	assert_false(quoted_read(&l, &transport, ports));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_are_in_order_and_once),
		cmocka_unit_test(of_what_nobody_reads_only_the_latest_and_the_named_stay),
		cmocka_unit_test(the_beginning_the_named_and_the_latest_stay),
		cmocka_unit_test(no_bound_is_too_small),
		cmocka_unit_test(a_split_moves_what_is_later),
		cmocka_unit_test(advertisements_go_by_file),
		cmocka_unit_test(strays_are_the_latest),
		cmocka_unit_test(long_strays_push_others_out),
		cmocka_unit_test(an_attempt_keeps_to_its_octets),
		cmocka_unit_test(errors_quote_a_packet),
		cmocka_unit_test(an_echo_quotes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

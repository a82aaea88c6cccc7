/* Attempts that sleep: events come out of the file as they went in, and nothing is told otherwise than if all had stayed awake. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/spill.h"
#include "dissectors/dhcp.h"
#include "dissectors/dns.h"
#include "flow/flow.h"
#include "sink/sink.h"
#include "trail/pack.h"
#include "trail/trail_parts.h"

/* All that can be seen of an event, what is internal included. */
static void print_record(FILE *out, const struct record *r)
{
	for (const struct item *i = r->first; i; i = i->next) {
		fprintf(out, " %p %d %d ", (const void *)i->field, (int)i->form, i->digits);
		if (i->form == FORM_TEXT)
			fprintf(out, "%zu:%s", i->text.len, i->text.data);
		else if (i->form == FORM_LIST || i->form == FORM_RECORD)
			print_record(out, &i->record);
		else if (i->form == FORM_ADDR)
			fprintf(out, "%d %d.%d", i->addr.family, i->addr.octet[0], i->addr.octet[15]);
		else if (i->form == FORM_MAC)
			fprintf(out, "%d:%d", i->mac.octet[0], i->mac.octet[5]);
		else if (i->form == FORM_TRUTH)
			fprintf(out, "%d", i->truth);
		else
			fprintf(out, "%llx", (unsigned long long)i->number);
		assert_ptr_equal(i->next ? NULL : i, i->next ? NULL : r->last);
	}
	fprintf(out, ";");
}

static void print_event(FILE *out, const struct event *e)
{
	char mac[4][MAC_TEXT], addr[2][ADDR_TEXT];

	fprintf(out, "%p %llx %lld %u %d%d%d %llx ", (const void *)e->kind, (unsigned long long)e->frame, (long long)e->at_ns, e->time_digits, e->has_ether, e->has_ip,
		e->cut, (unsigned long long)e->flow);
	fprintf(out, "%s %s %s %s ", mac_format(e->eth_src, mac[0]), mac_format(e->eth_dst, mac[1]), mac_format(e->mac_src, mac[2]), mac_format(e->mac_dst, mac[3]));
	fprintf(out, "%s %u %s %u", addr_format(&e->src.addr, addr[0]), e->src.port, addr_format(&e->dst.addr, addr[1]), e->dst.port);
	for (unsigned i = 0; i < e->vlan_count; i++)
		fprintf(out, " vlan %u", e->vlans[i]);
	for (unsigned i = 0; i < e->frame_count; i++)
		fprintf(out, " %llx", (unsigned long long)e->frames[i]);
	print_record(out, &e->fields);
	json_event(out, e, "file", true);
}

static char *text_of(struct event *const *events, size_t count)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	for (size_t i = 0; i < count; i++)
		print_event(out, events[i]);
	fclose(out);
	return text;
}

/* ---- packing ---- */

static const struct field fields[] = { { "number" }, { "signed" }, { "hex" }, { "real" }, { "truth" }, { "time" }, { "address" }, { "mac" }, { "text" }, { "list" } };
static const struct kind kinds[] = { { .proto = "one", .name = "a" }, { .proto = "two", .name = "b", .internal = true } };

static void put_every_form(struct record *r, unsigned n)
{
	static const uint64_t numbers[] = { 0, 1, 127, 128, 300, UINT32_MAX, UINT64_MAX, UINT64_MAX - 1, UINT64_C(1) << 63 };
	uint64_t number = numbers[n % (sizeof numbers / sizeof numbers[0])];
	char text[300] = "";
	struct record *list;

	memset(text, 'x', n % 299);
	put_number(r, &fields[0], number);
	put_signed(r, &fields[1], (int64_t)number);
	put_hex(r, &fields[2], number, n % 18);
	put_real(r, &fields[3], -1.5 * n, n % 10);
	put_truth(r, &fields[4], n % 2);
	put_time(r, &fields[5], (int64_t)(number / 2) - 5, 9);
	put_addr(r, &fields[6], addr_v4((uint8_t[4]){ 10, 0, 0, (uint8_t)n }));
	put_mac(r, &fields[7], (struct mac){ { 1, 2, 3, 4, 5, (uint8_t)n } });
	put_string(r, &fields[8], text);
	put_text(r, &fields[8], span_of("a\0b\xff", 4));
	list = put_list(r, &fields[9]);
	for (unsigned i = 0; i < n % 4; i++) {
		put_string(list, NULL, "item");
		put_number(put_record(list, NULL), &fields[0], i);
	}
	put_list(put_list(r, &fields[9]), NULL);
}

static struct event *make(struct arena *arena, unsigned n)
{
	struct event *e = arena_get(arena, sizeof *e);
	frame_ref *frames = arena_get(arena, 10 * sizeof *frames);

	e->kind = &kinds[n % 2];
	e->frame = frame_of(n % 3, 1000 + n);
	e->frame_count = n % 5 ? 0 : n % 10;
	for (unsigned i = 0; i < e->frame_count; i++)
		frames[i] = frame_of(n % 3, 1000 + n - i);
	e->frames = e->frame_count ? frames : NULL;
	e->at_ns = INT64_C(1700000000000000000) + n * INT64_C(123456789);
	e->time_digits = 9;
	e->has_ether = e->has_ip = n % 7;
	e->mac_src = e->eth_src = (struct mac){ { 0, 4, 0xf2, 0, 0, (uint8_t)(n % 2) } };
	e->src = (struct endpoint){ .addr = addr_v4((uint8_t[4]){ 10, 0, 0, (uint8_t)n }), .port = (uint16_t)n };
	e->flow = n / 4;
	e->cut = n % 11 == 0;
	e->fields.arena = arena;
	if (n % 6)
		put_every_form(&e->fields, n);
	return e;
}

static void events_are_packed_and_come_out_the_same(void **state)
{
	enum { COUNT = 400 };
	struct event *in[COUNT], *out[COUNT];
	struct arena before = { 0 }, after = { 0 };
	struct pack pack = { 0 }, read;
	char *expected, *got;

	(void)state;
	for (unsigned round = 0; round < 2; round++) {
		pack_clear(&pack);
		for (unsigned i = 0; i < COUNT; i++)
			pack_event(&pack, in[i] = make(&before, i));
		read = (struct pack){ .octets = pack.octets, .len = pack.len };
		for (unsigned i = 0; i < COUNT; i++)
			out[i] = unpack_event(&read, &after);
		assert_int_equal(read.at, pack.len);
		expected = text_of(in, COUNT);
		got = text_of(out, COUNT);
		assert_string_equal(got, expected);
		assert_true(pack.len < before.used / 2);
		/* what came out may be added to */
		put_number(&out[1]->fields, &fields[0], 5);
		assert_ptr_equal(out[1]->fields.last->field, &fields[0]);
		free(expected);
		free(got);
		arena_free(&before);
		arena_free(&after);
	}
	pack_free(&pack);
}

/* ---- many phones ---- */

enum { PHONES = 1500, ROUNDS = 60 };

struct told {
	uint64_t digest;
	size_t attempts, events, most_asleep, most_awake;
};

static void tell(void *user, const struct attempt *a)
{
	struct told *t = user;
	char *text;

	assert_false(a->sleeps);
	text = text_of(a->events, a->count);
	for (size_t i = 0; text[i]; i++)
		t->digest = (t->digest ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
	t->digest = (t->digest ^ (uint64_t)a->start_ns) * UINT64_C(0x100000001b3) ^ (uint64_t)a->end_ns;
	t->attempts++;
	t->events += a->count;
	free(text);
}

/* Not what a dissector makes of it, but what it comes from. */
static struct event *event_of(struct arena *arena, unsigned phone, unsigned round, int64_t at_ns)
{
	static uint64_t frame;
	struct event *e = make(arena, round);
	const struct mac own = { { 0, 4, 0xf2, 0, (uint8_t)(phone >> 8), (uint8_t)phone } };

	frame = round || phone ? frame + 1 : 1;
	e->frame = frame_of(0, frame);
	e->frame_count = 0;
	e->frames = NULL;
	e->at_ns = at_ns;
	e->has_ether = e->has_ip = true;
	e->mac_src = e->eth_src = own;
	e->src.addr = addr_v4((uint8_t[4]){ 10, 1, (uint8_t)(phone >> 8), (uint8_t)phone });
	e->flow = 0;
	if (round == 0 || (round == 40 && phone % 3 == 0)) {
		e->kind = &dhcp_discover;
		put_mac(&e->fields, &dhcp_client_mac, own);
		put_string(&e->fields, &dhcp_vendor_class, "CPE-OCPHONE");
	} else if (round % 3 == 0) {
		e->kind = &tcp_progress;
		e->flow = phone * 4 + round % 2 + 1;
		e->fields = (struct record){ .arena = arena };
		put_number(&e->fields, &fields[0], round);
	} else {
		e->kind = &dns_query;
		put_string(&e->fields, &dns_name, "sip.contoso.com");
	}
	return e;
}

/* Some are silent for long, some wake again and again, some have a boot in the middle. */
static bool is_silent(unsigned phone, unsigned round)
{
	return round && phone % 5 == 1 && round < 50;
}

static void play(struct told *told)
{
	struct trail_options options = { .attempt = tell, .user = told };
	struct trail *t = trail_new(&options);
	struct arena arena = { 0 };
	int64_t at_ns = INT64_C(1700000000000000000);

	for (unsigned round = 0; round < ROUNDS; round++)
		for (unsigned phone = 0; phone < PHONES; phone++) {
			size_t awake;

			if (is_silent(phone, round))
				continue;
			at_ns += 20 * INT64_C(1000000);
			trail_event(t, event_of(&arena, phone, round, at_ns));
			arena_reset(&arena);
			awake = t->surroundings.octets - t->surroundings.asleep;
			if (t->surroundings.asleep > told->most_asleep)
				told->most_asleep = t->surroundings.asleep;
			if (awake > told->most_awake)
				told->most_awake = awake;
		}
	trail_finish(t);
	assert_int_equal(t->surroundings.octets, 0);
	assert_int_equal(t->surroundings.asleep, 0);
	trail_free(t);
	arena_free(&arena);
}

static void who_sleeps_loses_nothing(void **state)
{
	struct told awake = { 0 }, asleep = { 0 };

	(void)state;
	play(&awake);
	assert_int_equal(awake.most_asleep, 0);
	assert_true(awake.most_awake > 24 << 20);
	spill_allow();
	play(&asleep);
	spill_end();
	assert_int_equal(asleep.attempts, awake.attempts);
	assert_int_equal(asleep.events, awake.events);
	assert_true(asleep.digest == awake.digest);
	assert_true(asleep.most_asleep > 16 << 20);
	assert_true(asleep.most_awake < 10 << 20);
}

/* But for those that are worth no place in a file. */
static void without_a_file_all_stay_awake(void **state)
{
	struct told awake = { 0 }, told = { 0 };

	(void)state;
	play(&awake);
	setenv("TMPDIR", "/dev/null/nowhere", 1);
	spill_allow();
	play(&told);
	spill_end();
	unsetenv("TMPDIR");
	assert_true(told.most_asleep < 1 << 20);
	assert_true(told.most_awake > 24 << 20);
	assert_true(told.digest == awake.digest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_are_packed_and_come_out_the_same),
		cmocka_unit_test(who_sleeps_loses_nothing),
		cmocka_unit_test(without_a_file_all_stay_awake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

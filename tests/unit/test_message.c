/* Messages between the daemon's processes: what goes in comes out, and nothing that is wrong comes through. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glob.h>

#include "base/memory.h"
#include "daemon/message.h"
#include "follow.h"
#include "sink/sink.h"
#include "tests/unit/sample_report.h"
#include "trail/event.h"

static const struct kind response = { "dns", "response", false }, gap = { "tcp", "gap", true };
static const struct field qname = { "qname" }, ttl = { "ttl" }, list = { "answers" }, hidden = { ".session" }, when = { "time" }, who = { "mac" }, rate = { "rate" };

/* One event with every form of field, and lists in records in lists. */
static const struct event *make_event(struct arena *a)
{
	static const frame_ref frames[] = { 61, 63 };
	struct event *e = arena_get(a, sizeof *e);
	struct record *l, *r;

	*e = (struct event){ .kind = &response, .frame = 63, .frames = frames, .frame_count = 2, .at_ns = 5, .time_digits = 9, .has_ether = true, .has_ip = true,
		.vlan_count = 1, .vlans = { 20 }, .src = { { 4, { 10, 0, 0, 1 } }, 53 }, .dst = { { 4, { 10, 0, 0, 2 } }, 1024 } };
	e->fields.arena = a;
	put_string(&e->fields, &qname, "sip.contoso.com");
	put_text(&e->fields, &qname, span_of("a\0b\xff", 4));
	put_string(&e->fields, &hidden, "not for sinks");
	put_hex(&e->fields, &ttl, 0xabc, 8);
	put_signed(&e->fields, &ttl, -7);
	put_real(&e->fields, &rate, 0.125, 3);
	put_truth(&e->fields, &ttl, true);
	put_time(&e->fields, &when, INT64_C(1700000000000000000), 6);
	put_mac(&e->fields, &who, (struct mac){ { 0, 4, 0xf2, 1, 2, 3 } });
	l = put_list(&e->fields, &list);
	for (unsigned i = 0; i < 3; i++) {
		r = put_record(l, NULL);
		put_number(r, &ttl, i);
		put_addr(r, &who, (struct addr){ 4, { 10, 0, 0, 1 } });
		put_list(r, &list);
	}
	return e;
}

/* The broken sample with events, evidence, and what else it has not. */
static const struct attempt_report *make_attempt(struct arena *a)
{
	static const struct packet_report packets[] = {
		{ 61, 5, 1, 9, 60, { (const uint8_t *)"octets\0of a packet", 18 } }, { 63, 6, 1, 9, 2000, { (const uint8_t *)"\xff\xfe", 2 } }, { 64, 7, 1, 9, 0, { NULL, 0 } },
	};
	static const struct event internal = { .kind = &gap };
	static const char *const cannot[] = { "what was before it" };
	struct attempt_report *copy = arena_get(a, sizeof *copy);
	const struct event **events = arena_get(a, 3 * sizeof *events);

	*copy = *sample_broken()->phones[0]->attempts[0];
	events[0] = make_event(a);
	events[1] = &internal;
	events[2] = make_event(a);
	copy->events = events;
	copy->event_count = 3;
	copy->packets = packets;
	copy->packet_count = 3;
	copy->packets_left_out = 4;
	copy->going_on = true;
	copy->cannot_show = (struct text_list){ cannot, 1 };
	return copy;
}

static enum incoming_answer feed(struct incoming *in, struct span octets)
{
	enum incoming_answer answer = INCOMING_MORE;
	enum message_kind kind;
	struct span body;
	size_t size;
	int got = 1;

	while (octets.len && answer == INCOMING_MORE && (got = message_next(octets, &kind, &body, &size)) == 1) {
		answer = incoming_message(in, kind, body);
		octets = span_part(octets, size, octets.len);
	}
	return got < 0 ? INCOMING_VIOLATION : answer;
}

static void expect_same(const struct phone_report *phone, const struct attempt_report *a)
{
	struct incoming *in = incoming_new();
	struct octets first = { 0 }, second = { 0 };
	uint64_t number = 77;

	message_put_report(&first, phone, a);
	memcpy(first.data + REPORT_NUMBER_AT, &number, sizeof number);
	assert_int_equal(feed(in, span_of(first.data, first.len)), INCOMING_WHOLE);
	assert_int_equal(incoming_number(in), 77);
	message_put_report(&second, incoming_phone(in), incoming_attempt(in));
	memcpy(second.data + REPORT_NUMBER_AT, &number, sizeof number);
	assert_int_equal(first.len, second.len);
	assert_memory_equal(first.data, second.data, first.len);
	octets_free(&first);
	octets_free(&second);
	incoming_free(in);
}

static void reports_come_out_as_they_went_in(void **state)
{
	struct arena a = { 0 };

	(void)state;
	expect_same(sample_broken()->phones[0], make_attempt(&a));
	expect_same(sample_signed_in()->phones[0], sample_signed_in()->phones[0]->attempts[0]);
	arena_free(&a);
}

/* ---- every capture that there is ---- */

static char *attempt_json(const struct phone_report *p, const struct attempt_report *a)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	json_attempt(out, p, a, false);
	for (size_t i = 0; i < a->event_count; i++)
		if (!a->events[i]->kind->internal)
			json_event(out, a->events[i], NULL, false);
	fclose(out);
	return text;
}

static void pass_through(void *user, const struct phone_report *phone, const struct attempt_report *a)
{
	struct incoming *in = incoming_new();
	struct octets o = { 0 };
	char *sent, *got;

	message_put_report(&o, phone, a);
	assert_int_equal(feed(in, span_of(o.data, o.len)), INCOMING_WHOLE);
	sent = attempt_json(phone, a);
	got = attempt_json(incoming_phone(in), incoming_attempt(in));
	assert_string_equal(sent, got);
	free(sent);
	free(got);
	octets_free(&o);
	incoming_free(in);
	expect_same(phone, a);
	++*(unsigned *)user;
}

static void pass_capture(char *path, unsigned *count)
{
	const struct follow_options options = {
		.report = pass_through, .user = count, .judge = { .keep_events = true, .tell_story = true }, .evidence_octets = 1 << 20,
	};
	struct source *s = source_open_files(&path, 1, NULL);
	struct follow *f = follow_new(&options);
	const struct capture_info *info = source_capture(s, 0);
	struct packet p;

	while (source_next(s, &p) == SOURCE_PACKET)
		follow_packet(f, &p);
	follow_finish(f, &info, 1);
	follow_free(f);
	source_close(s);
}

static void reports_of_captures(void **state)
{
	unsigned count = 0;
	glob_t files;

	(void)state;
	assert_int_equal(glob(SOURCE_FOLDER "/pcaps/*.pcap", 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i += 3)
		pass_capture(files.gl_pathv[i], &count);
	assert_true(count > files.gl_pathc / 3);
	globfree(&files);
}

/* Reports promise valid UTF-8; who says something else is not to be believed. */
static void text_that_is_none(void **state)
{
	const struct phone_report *phone = sample_hostile()->phones[0];
	struct incoming *in = incoming_new();
	struct octets o = { 0 };

	(void)state;
	message_put_report(&o, phone, phone->attempts[0]);
	assert_int_equal(feed(in, span_of(o.data, o.len)), INCOMING_VIOLATION);
	octets_free(&o);
	incoming_free(in);
}

static void values_are_those_that_were_sent(void **state)
{
	struct incoming *in = incoming_new();
	struct octets o = { 0 };
	struct arena a = { 0 };
	const struct attempt_report *sent = make_attempt(&a), *got;

	(void)state;
	message_put_report(&o, sample_broken()->phones[0], sent);
	assert_int_equal(feed(in, span_of(o.data, o.len)), INCOMING_WHOLE);
	got = incoming_attempt(in);
	assert_true(mac_equal(incoming_phone(in)->mac, sample_broken()->phones[0]->mac));
	assert_string_equal(got->id, sent->id);
	assert_true(got->going_on);
	assert_ptr_equal(got->cause, &got->findings[0]);
	assert_string_equal(got->cause->rule->code, "strict-name");
	assert_int_equal(got->event_count, 2);          /* the internal one stays at home */
	assert_string_equal(got->events[0]->fields.first->text.data, "sip.contoso.com");
	assert_int_equal(got->packet_count, 3);
	assert_int_equal(got->packets[0].data.len, 18);
	assert_memory_equal(got->packets[0].data.data, "octets\0of a packet", 18);
	octets_free(&o);
	arena_free(&a);
	incoming_free(in);
}

/* Whatever octet is changed, to whatever: nothing but an answer. */
static void changed_octets(void **state)
{
	static const uint8_t changes[] = { 0x01, 0x80, 0xff };
	struct incoming *in = incoming_new();
	struct octets o = { 0 };
	struct arena a = { 0 };
	size_t whole = 0;

	(void)state;
	message_put_report(&o, sample_broken()->phones[0], make_attempt(&a));
	for (size_t at = 0; at < o.len; at++)
		for (size_t i = 0; i < sizeof changes; i++) {
			uint8_t *copy = memory_copy(o.data, o.len);

			copy[at] ^= changes[i];
			if (feed(in, span_of(copy, o.len)) == INCOMING_WHOLE)
				whole++;
			else    /* what was begun has to be forgotten */
				incoming_message(in, MESSAGE_END, span_of(NULL, 0));
			free(copy);
		}
	assert_in_range(whole, 1, 3 * o.len);
	octets_free(&o);
	arena_free(&a);
	incoming_free(in);
}

static void cut_anywhere(void **state)
{
	struct octets o = { 0 };
	struct arena a = { 0 };

	(void)state;
	message_put_report(&o, sample_broken()->phones[0], make_attempt(&a));
	for (size_t len = 0; len < o.len; len++) {
		struct incoming *in = incoming_new();

		assert_int_equal(feed(in, span_of(o.data, len)), INCOMING_MORE);
		incoming_free(in);
	}
	octets_free(&o);
	arena_free(&a);
}

/* Bodies that are too short or too long by any number of octets. */
static void sizes_must_add_up(void **state)
{
	struct octets o = { 0 };
	struct arena a = { 0 };
	enum message_kind kind;
	struct span all, body;
	size_t size;

	(void)state;
	message_put_report(&o, sample_broken()->phones[0], make_attempt(&a));
	octets_add(&o, "and what follows", 16);
	all = span_of(o.data, o.len);
	for (size_t at = 0; message_next(span_part(all, at, all.len), &kind, &body, &size) == 1; at += size)
		for (size_t len = 0; len <= body.len + 1; len++) {
			struct incoming *in = incoming_new();

			assert_int_equal(feed(in, span_of(o.data, at)), INCOMING_MORE);
			if (len != body.len)
				assert_int_equal(incoming_message(in, kind, span_of(body.data, len)), INCOMING_VIOLATION);
			incoming_free(in);
		}
	octets_free(&o);
	arena_free(&a);
}

static void order_matters(void **state)
{
	struct octets o = { 0 };
	struct arena a = { 0 };
	enum message_kind kind;
	struct span body, all;
	size_t size;

	(void)state;
	message_put_report(&o, sample_broken()->phones[0], make_attempt(&a));
	all = span_of(o.data, o.len);
	for (size_t at = 0; message_next(span_part(all, at, all.len), &kind, &body, &size) == 1; at += size) {
		struct incoming *in = incoming_new();
		struct span before = span_part(all, 0, at), after = span_part(all, at + size, all.len);

		/* One is missing, or an attempt begins inside another. */
		if (before.len)
			assert_int_equal(feed(in, before), INCOMING_MORE);
		if (after.len)
			assert_int_equal(feed(in, after), INCOMING_VIOLATION);
		incoming_free(in);
		in = incoming_new();
		assert_int_equal(incoming_message(in, kind == MESSAGE_ATTEMPT ? MESSAGE_STEP : kind, body), INCOMING_VIOLATION);
		incoming_free(in);
	}
	octets_free(&o);
	arena_free(&a);
}

static void heads(void **state)
{
	struct message_head h = { sizeof h, MESSAGE_END, 0 };
	enum message_kind kind;
	struct span body;
	size_t size;

	(void)state;
	assert_int_equal(message_next(span_of(&h, sizeof h), &kind, &body, &size), 1);
	assert_int_equal(message_next(span_of(&h, sizeof h - 1), &kind, &body, &size), 0);
	h.size = sizeof h - 1;
	assert_int_equal(message_next(span_of(&h, sizeof h), &kind, &body, &size), -1);
	h.size = MESSAGE_MAX + 1;
	assert_int_equal(message_next(span_of(&h, sizeof h), &kind, &body, &size), -1);
	h = (struct message_head){ sizeof h, MESSAGE_KINDS, 0 };
	assert_int_equal(message_next(span_of(&h, sizeof h), &kind, &body, &size), -1);
	h = (struct message_head){ sizeof h, 0, 0 };
	assert_int_equal(message_next(span_of(&h, sizeof h), &kind, &body, &size), -1);
}

static struct span only_body(const struct octets *o)
{
	enum message_kind kind;
	struct span body;
	size_t size;

	assert_int_equal(message_next(span_of(o->data, o->len), &kind, &body, &size), 1);
	return body;
}

static void small_messages(void **state)
{
	const struct capture_info info = { .file = "eth1", .link_type = "EN10MB", .packets = 5, .bytes = 6, .first_ns = 7, .last_ns = 8, .dropped = 9 };
	struct capture_info got;
	struct octets o = { 0 };
	struct arena a = { 0 };
	struct message_loss loss;
	struct message_answer answered;
	const char *name, *part;
	unsigned position, count;
	uint64_t value;

	(void)state;
	message_put_counter(&o, "packets", "eth1", 12);
	assert_true(message_get_counter(only_body(&o), &a, &name, &part, &value));
	assert_string_equal(name, "packets");
	assert_string_equal(part, "eth1");
	assert_int_equal(value, 12);
	o.len = 0;
	message_put_counter(&o, "a b", NULL, 12);
	assert_false(message_get_counter(only_body(&o), &a, &name, &part, &value));
	o.len = 0;
	message_put_loss(&o, "eth1", 1, 2, 3);
	assert_true(message_get_loss(only_body(&o), &a, &part, &loss));
	assert_int_equal(loss.until_ns, 2);
	o.len = 0;
	message_put_interface(&o, &info, 1, 2);
	assert_true(message_get_interface(only_body(&o), &a, &got, &position, &count));
	assert_string_equal(got.file, "eth1");
	assert_string_equal(got.link_type, "EN10MB");
	assert_int_equal(got.dropped, 9);
	o.len = 0;
	message_put_answer(&o, 9, true, false);
	assert_true(message_get_answer(only_body(&o), &answered));
	assert_int_equal(answered.number, 9);
	octets_free(&o);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports_come_out_as_they_went_in), cmocka_unit_test(values_are_those_that_were_sent), cmocka_unit_test(text_that_is_none), cmocka_unit_test(reports_of_captures), cmocka_unit_test(changed_octets),
		cmocka_unit_test(cut_anywhere), cmocka_unit_test(sizes_must_add_up), cmocka_unit_test(order_matters), cmocka_unit_test(heads),
		cmocka_unit_test(small_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Events as JSON lines: every form, every character, and a reader (jansson) that is strict about it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>

#include "sink/json_parts.h"
#include "sink/sink.h"

static const struct kind kind = { .proto = "dns", .name = "response" };
static const struct field number = { "number" }, negative = { "negative" }, real = { "real" }, truth = { "truth" }, hex = { "hex" };
static const struct field text = { "text" }, when = { "when" }, address = { "address" }, mac = { "mac" }, list = { "list" }, record = { "record" };

static struct arena arena;

static struct event event_of(void)
{
	struct event e = { .kind = &kind, .frame = frame_of(1, 17), .at_ns = INT64_C(1700000000123456000), .time_digits = 6 };

	e.has_ether = e.has_ip = true;
	e.eth_src = (struct mac){ { 0, 4, 0xf2, 1, 2, 3 } };
	e.mac_src = (struct mac){ { 0, 4, 0xf2, 9, 9, 9 } };
	e.src = (struct endpoint){ addr_v4((const uint8_t[]){ 10, 0, 200, 3 }), 53 };
	e.dst.addr = addr_v6((const uint8_t[16]){ 0xfe, 0x80, [15] = 1 });
	e.dst.port = 65535;
	e.fields.arena = &arena;
	return e;
}

static char *line_of(const struct event *e, const char *file, bool several)
{
	char *data;
	size_t size;
	FILE *out = open_memstream(&data, &size);

	json_event(out, e, file, several);
	fclose(out);
	assert_int_equal(strlen(data), size);
	return data;
}

static json_t *read_back(const struct event *e, const char *file, bool several)
{
	char *line = line_of(e, file, several);
	json_error_t error;
	json_t *j = json_loads(line, JSON_REJECT_DUPLICATES, &error);

	if (!j)
		fail_msg("%s: %s", error.text, line);
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
	free(line);
	return j;
}

static void test_whole_line(void **state)
{
	struct event e = event_of();
	char *line;

	(void)state;
	e.vlan_count = 2;
	e.vlans[0] = 100;
	e.vlans[1] = 0;
	put_number(&e.fields, &number, UINT64_MAX);
	line = line_of(&e, NULL, false);
	assert_string_equal(line, "{\"frame\":17,\"time\":\"2023-11-14T22:13:20.123456Z\",\"src\":\"10.0.200.3:53\",\"dst\":\"[fe80::1]:65535\","
		"\"eth_src\":\"00:04:f2:01:02:03\",\"eth_dst\":\"00:00:00:00:00:00\",\"vlan\":[100,0],\"proto\":\"dns\",\"kind\":\"response\","
		"\"number\":18446744073709551615}\n");
	free(line);
}

/* A field whose name begins with a dot is for the trail. */
static void test_internal_fields_stay_inside(void **state)
{
	static const struct field internal = { ".internal" };
	struct event e = event_of();
	char *line;

	(void)state;
	put_string(&e.fields, &internal, "x");
	put_string(put_record(put_list(&e.fields, &list), NULL), &internal, "y");
	put_truth(&e.fields, &truth, true);
	line = line_of(&e, NULL, false);
	assert_null(strstr(line, "internal"));
	assert_string_equal(strstr(line, "\"list\""), "\"list\":[{}],\"truth\":true}\n");
	free(line);
}

static void test_several_files(void **state)
{
	struct event e = event_of();
	const frame_ref frames[] = { frame_of(0, 16), frame_of(1, 17) };
	json_t *j;

	(void)state;
	e.frames = frames;
	e.frame_count = 2;
	j = read_back(&e, "a \"b\".pcap", true);
	assert_string_equal(json_string_value(json_object_get(j, "file")), "a \"b\".pcap");
	assert_int_equal(json_integer_value(json_object_get(j, "frame")), 17);
	assert_string_equal(json_string_value(json_array_get(json_object_get(j, "frames"), 0)), "1:16");
	assert_string_equal(json_string_value(json_array_get(json_object_get(j, "frames"), 1)), "2:17");
	json_decref(j);
	j = read_back(&e, NULL, false);
	assert_null(json_object_get(j, "file"));
	assert_int_equal(json_integer_value(json_array_get(json_object_get(j, "frames"), 0)), 16);
	json_decref(j);
}

static void test_ends_without_ip_and_ether(void **state)
{
	struct event e = event_of();
	json_t *j;

	(void)state;
	e.has_ip = false;
	j = read_back(&e, NULL, false);
	assert_string_equal(json_string_value(json_object_get(j, "src")), "00:04:f2:09:09:09");
	assert_string_equal(json_string_value(json_object_get(j, "eth_src")), "00:04:f2:01:02:03");
	json_decref(j);
	e.has_ether = false;
	j = read_back(&e, NULL, false);
	assert_null(json_object_get(j, "src"));
	assert_null(json_object_get(j, "eth_src"));
	assert_int_equal(json_array_size(json_object_get(j, "vlan")), 0);
	json_decref(j);
}

static void test_every_form(void **state)
{
	struct event e = event_of();
	struct record *r, *l;
	char *line;

	(void)state;
	put_signed(&e.fields, &negative, INT64_MIN);
	put_real(&e.fields, &real, -12.5, 3);
	put_real(&e.fields, &real, (double)NAN, 3);
	put_truth(&e.fields, &truth, true);
	put_hex(&e.fields, &hex, 42, 8);
	put_time(&e.fields, &when, -1, 9);
	put_addr(&e.fields, &address, addr_v4((const uint8_t[]){ 255, 0, 10, 1 }));
	put_mac(&e.fields, &mac, e.eth_src);
	l = put_list(&e.fields, &list);
	put_number(l, NULL, 1);
	r = put_record(l, NULL);
	put_string(r, &text, "x");
	put_list(r, &list);
	put_record(&e.fields, &record);
	line = line_of(&e, NULL, false);
	assert_string_equal(strstr(line, "\"negative\""), "\"negative\":-9223372036854775808,\"real\":-12.500,\"truth\":true,\"hex\":\"0x0000002a\","
		"\"when\":\"1969-12-31T23:59:59.999999999Z\",\"address\":\"255.0.10.1\",\"mac\":\"00:04:f2:01:02:03\","
		"\"list\":[1,{\"text\":\"x\",\"list\":[]}],\"record\":{}}\n");
	free(line);
}

/* Every character comes back as it was; what could steer a terminal is not in the line itself. */
static void test_every_character(void **state)
{
	(void)state;
	for (uint32_t c = 1; c <= 0x10ffff; c += c < 0x3000 ? 1 : 257) {
		struct writer w = { 0 };
		char utf8[5] = { 0 };
		json_t *j;

		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		if (c < 0x80) {
			utf8[0] = (char)c;
		} else if (c < 0x800) {
			utf8[0] = (char)(0xc0 | c >> 6);
			utf8[1] = (char)(0x80 | (c & 63));
		} else if (c < 0x10000) {
			utf8[0] = (char)(0xe0 | c >> 12);
			utf8[1] = (char)(0x80 | (c >> 6 & 63));
			utf8[2] = (char)(0x80 | (c & 63));
		} else {
			utf8[0] = (char)(0xf0 | c >> 18);
			utf8[1] = (char)(0x80 | (c >> 12 & 63));
			utf8[2] = (char)(0x80 | (c >> 6 & 63));
			utf8[3] = (char)(0x80 | (c & 63));
		}
		writer_string(&w, utf8);
		j = json_loads(writer_result(&w), JSON_DECODE_ANY, NULL);
		assert_non_null(j);
		assert_string_equal(json_string_value(j), utf8);
		if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x202e || c == 0x2066)
			assert_null(strstr(writer_result(&w), utf8));
		json_decref(j);
		writer_free(&w);
	}
}

static void test_octets_that_are_no_text(void **state)
{
	struct writer w = { 0 };

	(void)state;
	writer_text(&w, "a\0\xff\xc0\x80z", 6);
	assert_string_equal(writer_result(&w), "\"a\\u0000\\\\xff\\\\xc0\\\\x80z\"");
	writer_free(&w);
}

static int free_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_line),
		cmocka_unit_test(test_internal_fields_stay_inside),
		cmocka_unit_test(test_several_files),
		cmocka_unit_test(test_ends_without_ip_and_ether),
		cmocka_unit_test(test_every_form),
		cmocka_unit_test(test_every_character),
		cmocka_unit_test(test_octets_that_are_no_text),
	};

	return cmocka_run_group_tests(tests, NULL, free_arena);
}

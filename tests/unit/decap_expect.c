#include "tests/unit/decap_expect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packet/link.h"

struct frame frame;
struct decap_counters counters;

/* ---- what was found, as text ---- */

static size_t print_vlans(const struct layers *l, char *out, size_t room)
{
	size_t used = 0;

	for (unsigned i = 0; i < l->vlan_count; i++)
		used += (size_t)snprintf(out + used, room - used, "vlan %u ", l->vlans[i]);
	return used;
}

static size_t print_ether(const struct layers *l, char *out, size_t room)
{
	char a[MAC_TEXT], b[MAC_TEXT];
	size_t used = 0;

	if (l->has_outer)
		used += (size_t)snprintf(out + used, room - used, "%s ", mac_format(l->outer_src, a));
	if (l->has_ether && !mac_equal(l->outer_src, l->ether_src))
		used += (size_t)snprintf(out + used, room - used, "%s>%s ", mac_format(l->ether_src, a), mac_format(l->ether_dst, b));
	return used + print_vlans(l, out + used, room - used);
}

static size_t print_transport(const struct layers *l, char *out, size_t room)
{
	struct endpoint src = { l->src, l->src_port }, dst = { l->dst, l->dst_port };
	char a[ENDPOINT_TEXT], b[ENDPOINT_TEXT];
	const char *transport = l->transport == TRANSPORT_TCP ? "tcp" : "udp";
	size_t used = (size_t)snprintf(out, room, "%s>%s %s %.*s", endpoint_format(&src, a), endpoint_format(&dst, b), transport, (int)l->payload.len,
		(const char *)l->payload.data);

	if (l->payload_len != l->payload.len)
		used += (size_t)snprintf(out + used, room - used, " of %u", l->payload_len);
	return used;
}

const char *decap_print(const struct layers *l)
{
	static char out[400];
	char a[ADDR_TEXT], b[ADDR_TEXT];
	size_t used = print_ether(l, out, sizeof out);

	if (!l->src.family)
		snprintf(out + used, sizeof out - used, "type %04x %zu octets", l->ether_type, l->ether_payload.len);
	else if (l->is_fragment)
		snprintf(out + used, sizeof out - used, "%s>%s fragment %x of %u at %u%s", addr_format(&l->src, a), addr_format(&l->dst, b), l->fragment_id,
			l->ip_protocol, l->fragment_offset, l->more_fragments ? " and more" : "");
	else if (l->transport == TRANSPORT_NONE)
		snprintf(out + used, sizeof out - used, "%s>%s protocol %u", addr_format(&l->src, a), addr_format(&l->dst, b), l->ip_protocol);
	else
		print_transport(l, out + used, sizeof out - used);
	return out;
}

/* ---- every part of a frame ---- */

static bool is_inside(struct span part, struct span whole)
{
	return !part.len || (part.data >= whole.data && part.data + part.len <= whole.data + whole.len);
}

static struct layers decap_copy(const struct packet *p, struct decap_counters *ret)
{
	uint8_t *copy = malloc(p->data.len + 1);
	struct packet exact = *p;
	struct layers l;

	memcpy(copy, p->data.data, p->data.len);
	copy = realloc(copy, p->data.len ? p->data.len : 1);
	exact.data.data = copy;
	*ret = (struct decap_counters){ 0 };
	decap_packet(&exact, &l, ret);
	assert_true(is_inside(l.ip, exact.data));
	assert_true(is_inside(l.ip_payload, exact.data));
	assert_true(is_inside(l.payload, exact.data));
	assert_true(is_inside(l.ether_payload, exact.data));
	free(copy);
	return l;
}

void decap_every_prefix(const struct packet *whole)
{
	for (size_t len = 0; len < whole->data.len; len++) {
		struct packet p = *whole;
		struct decap_counters c;
		struct layers l;

		p.data.len = len;
		l = decap_copy(&p, &c);
		assert_int_equal(c.malformed, 0);
		assert_true(l.payload.len <= l.payload_len);
		p.wire_len = (uint32_t)len;
		decap_copy(&p, &c);
	}
}

/* Whatever any octet says instead. */
static void every_octet_changed(const struct packet *whole)
{
	static const uint8_t changes[] = { 0x01, 0x0f, 0x40, 0x80, 0xff };

	for (size_t at = 0; at < whole->data.len; at++)
		for (size_t i = 0; i < sizeof changes; i++) {
			struct decap_counters c;

			frame.octets[at] ^= changes[i];
			decap_copy(whole, &c);
			frame.octets[at] ^= changes[i];
		}
}

void decap_expect_link(uint16_t link_type, const char *expected)
{
	struct packet p = frame_packet(&frame);
	struct layers l;

	p.link_type = link_type;
	counters = (struct decap_counters){ 0 };
	assert_true(decap_packet(&p, &l, &counters));
	assert_string_equal(decap_print(&l), expected);
	assert_int_equal(counters.malformed, 0);
	decap_every_prefix(&p);
	every_octet_changed(&p);
}

void decap_expect(const char *expected)
{
	decap_expect_link(LINK_ETHERNET, expected);
}

void decap_expect_skipped(const char *name)
{
	struct packet p = frame_packet(&frame);
	struct layers l;

	counters = (struct decap_counters){ 0 };
	decap_packet(&p, &l, &counters);
	assert_int_equal(counters.skipped, 1);
	assert_string_equal(counters.skipped_what, name);
	decap_every_prefix(&p);
}

void decap_expect_malformed(void)
{
	struct packet p = frame_packet(&frame);
	struct layers l;

	counters = (struct decap_counters){ 0 };
	decap_packet(&p, &l, &counters);
	assert_int_equal(counters.malformed, 1);
	every_octet_changed(&p);
}

/* ---- frames that many tests begin or end with ---- */

void frame_inner(void)
{
	frame_inner_ethernet(&frame, 0x0800);
	frame_inner_ipv4(&frame, UDP);
	frame_udp(&frame, 1000, 53);
	frame_text(&frame, "inside");
}

void frame_inner_ip(void)
{
	frame_inner_ipv4(&frame, UDP);
	frame_udp(&frame, 1000, 53);
	frame_text(&frame, "inside");
}

void frame_outer(unsigned protocol)
{
	frame_start(&frame);
	frame_ethernet(&frame, 0x0800);
	frame_ipv4(&frame, protocol);
}

/*
 * Cisco Discovery Protocol, versions 1 and 2: the voice VLAN that a Cisco switch gives a port. There is no standard; the form is as Wireshark's
 * packet-cdp.c and tcpdump's print-cdp.c agree on it.
 *
 *      802.2 and SNAP (8): aa aa 03 00 00 0c 20 00 | version | time to live | checksum (2) | TLVs
 *      TLV: type (2) length (2, of the whole TLV) value
 *      VoIP VLAN reply: appliance (1) VLAN (2)
 */
#include "dissectors/cdp.h"

enum { TLV_DEVICE_ID = 1, TLV_PORT_ID = 3, TLV_SOFTWARE = 5, TLV_PLATFORM = 6, TLV_VOICE_VLAN = 0x0e };
enum { SNAP_LEN = 8, TLV_HEAD = 4, VERSION_MAX = 2 };

static const uint8_t snap[SNAP_LEN] = { 0xaa, 0xaa, 0x03, 0x00, 0x00, 0x0c, 0x20, 0x00 };

const struct kind cdp_advertisement = { .proto = "cdp", .name = "advertisement", .internal = true };

const struct field cdp_device_id = { "device_id" };
const struct field cdp_port_id = { "port_id" };
const struct field cdp_voice_vlan = { "voice_vlan" };
const struct field cdp_platform = { "platform" };
const struct field cdp_software = { "software" };

static const struct kind *const kinds[] = { &cdp_advertisement, NULL };

static void read_voice_vlan(struct emit *to, struct event *e, struct span value)
{
	struct cursor c = cursor_over(value);
	uint16_t vlan;

	cursor_skip(&c, 1);
	vlan = cursor_be16(&c);
	if (cursor_ok(&c))
		put_number(&e->fields, &cdp_voice_vlan, vlan);
	else
		emit_malformed(to, e, "VoIP VLAN reply too short");
}

static void read_tlv(struct emit *to, struct event *e, uint16_t type, struct span value)
{
	switch (type) {
	case TLV_DEVICE_ID: put_text(&e->fields, &cdp_device_id, value); break;
	case TLV_PORT_ID: put_text(&e->fields, &cdp_port_id, value); break;
	case TLV_SOFTWARE: put_text(&e->fields, &cdp_software, value); break;
	case TLV_PLATFORM: put_text(&e->fields, &cdp_platform, value); break;
	case TLV_VOICE_VLAN: read_voice_vlan(to, e, value); break;
	default: break;
	}
}

static void read_tlvs(struct emit *to, struct event *e, struct cursor *c)
{
	while (cursor_left(c)) {
		uint16_t type = cursor_be16(c), length = cursor_be16(c);
		struct span value;

		if (cursor_ok(c) && length < TLV_HEAD) {
			emit_malformed(to, e, "TLV shorter than its head");
			return;
		}
		value = cursor_take(c, length - (size_t)TLV_HEAD);
		if (!cursor_ok(c)) {
			emit_malformed(to, e, "TLV runs past the end");
			return;
		}
		read_tlv(to, e, type, value);
	}
}

/* The octets begin with the 802.2 header, or behind it. */
static void read_packet(struct span octets, struct emit *to)
{
	struct span s = span_equal(span_part(octets, 0, SNAP_LEN), span_of(snap, SNAP_LEN)) ? span_part(octets, SNAP_LEN, octets.len) : octets;
	struct cursor c = cursor_over(s);
	uint8_t version = cursor_u8(&c);
	struct event *e;

	cursor_skip(&c, 3);
	if (!cursor_ok(&c) || version == 0 || version > VERSION_MAX) {
		emit_malformed(to, NULL, "no CDP header");
		return;
	}
	e = emit_begin(to, &cdp_advertisement);
	read_tlvs(to, e, &c);
	emit_end(to, e);
}

const struct dissector cdp_dissector = {
	.name = "cdp",
	.standards = "Cisco Discovery Protocol version 2 as Wireshark packet-cdp.c reads it",
	.kinds = kinds,
	.llc_snap = 0x00000c2000,
	.datagram = read_packet,
};

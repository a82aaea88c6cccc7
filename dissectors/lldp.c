/*
 * LLDP and LLDP-MED: what a switch port tells a phone, above all its voice VLAN, and what a phone tells of itself.
 * IEEE 802.1AB-2016 8 (TLVs, subtypes of the ids), ANSI/TIA-1057 10.2 (MED).
 *
 *      TLV:             type (7 bits) length (9 bits) value
 *      of a standard's: type 127, OUI (3) subtype (1) value
 *      network policy:  application (8) | unknown tagged reserved (3 bits) VLAN (12) priority (3) DSCP (6)
 *
 * The order of TLVs that 802.1AB demands is not insisted on, and the one that ends the message may be missing.
 */
#include "dissectors/lldp.h"

#include <stdio.h>

enum { TLV_END = 0, TLV_CHASSIS_ID = 1, TLV_PORT_ID = 2, TLV_TTL = 3, TLV_SYSTEM_NAME = 5, TLV_ORGANISATION = 127 };
enum { CHASSIS_MAC = 4, CHASSIS_ADDRESS = 5, PORT_MAC = 3, PORT_ADDRESS = 4 };
enum { OUI_LEN = 3, OUI_TIA = 0x0012bb };
enum { MED_POLICY = 2, MED_FIRMWARE = 6, MED_SOFTWARE = 7, MED_SERIAL = 8, MED_MANUFACTURER = 9, MED_MODEL = 10 };
enum { MAC_LEN = 6, LENGTH_BITS = 9, LENGTH_MASK = 0x1ff };

const struct kind lldp_advertisement = { .proto = "lldp", .name = "advertisement" };

const struct field lldp_chassis_id = { "chassis_id" };
const struct field lldp_port_id = { "port_id" };
const struct field lldp_ttl = { "ttl" };
const struct field lldp_system_name = { "system_name" };
const struct field lldp_med_policies = { "med_policies" };
const struct field lldp_application = { "application" };
const struct field lldp_vlan = { "vlan" };
const struct field lldp_tagged = { "tagged" };
const struct field lldp_priority = { "priority" };
const struct field lldp_dscp = { "dscp" };
const struct field lldp_inventory = { "inventory" };
const struct field lldp_firmware = { "firmware" };
const struct field lldp_software = { "software" };
const struct field lldp_manufacturer = { "manufacturer" };
const struct field lldp_model = { "model" };
const struct field lldp_serial = { "serial" };

static const struct kind *const kinds[] = { &lldp_advertisement, NULL };
static const uint16_t ether_types[] = { 0x88cc, 0 };

struct tlv {
	uint8_t type;
	struct span value;
};

static bool tlv_next(struct cursor *c, struct tlv *ret)
{
	uint16_t head = cursor_be16(c);

	ret->type = (uint8_t)(head >> LENGTH_BITS);
	ret->value = cursor_take(c, head & LENGTH_MASK);
	return cursor_ok(c) && ret->type != TLV_END;
}

/* The record or list `f` of an event, made when it is first needed. */
static struct record *nested(struct event *e, const struct field *f, struct record *(*make)(struct record *, const struct field *))
{
	for (struct item *i = e->fields.first; i; i = i->next)
		if (i->field == f)
			return &i->record;
	return make(&e->fields, f);
}

/* ---- ids ---- */

static void put_id_mac(struct emit *to, struct event *e, const struct field *f, struct span id)
{
	struct mac m;

	if (id.len != MAC_LEN) {
		emit_malformed(to, e, "MAC address of another length");
		put_octets(&e->fields, f, id);
		return;
	}
	memcpy(m.octet, id.data, MAC_LEN);
	put_mac(&e->fields, f, m);
}

/* 802.1AB 8.5.2.3: an IANA address family in front of the address; 1 is IPv4, 2 is IPv6, which the lengths tell too. */
static void put_id_address(struct emit *to, struct event *e, const struct field *f, struct span id)
{
	struct addr a = addr_from(span_part(id, 1, id.len));

	if (a.family && id.data[0] == (a.family == 4 ? 1 : 2)) {
		put_addr(&e->fields, f, a);
		return;
	}
	if (id.data[0] == 1 || id.data[0] == 2)
		emit_malformed(to, e, "network address of another length");
	put_octets(&e->fields, f, id);
}

static void put_id(struct emit *to, struct event *e, const struct field *f, struct span value, uint8_t mac, uint8_t address)
{
	struct span id = span_part(value, 1, value.len);

	if (event_find(e, f))
		emit_malformed(to, e, "the same id twice");
	else if (id.len == 0)
		emit_malformed(to, e, "empty id");
	else if (value.data[0] == mac)
		put_id_mac(to, e, f, id);
	else if (value.data[0] == address)
		put_id_address(to, e, f, id);
	else
		put_text(&e->fields, f, id);
}

/* ---- MED ---- */

static void put_application(struct record *r, uint8_t application)
{
	static const char *const names[] = { NULL, "voice", "voice-signaling", "guest-voice", "guest-voice-signaling", "softphone-voice", "video-conferencing",
		"streaming-video", "video-signaling" };

	char number[sizeof "255"];

	snprintf(number, sizeof number, "%u", application);
	put_string(r, &lldp_application, application && application < sizeof names / sizeof names[0] ? names[application] : number);
}

/* TIA-1057 10.2.3. An unknown policy (a phone that asks) is shown as it was sent: untagged, VLAN 0. */
static void read_policy(struct emit *to, struct event *e, struct span value)
{
	struct cursor c = cursor_over(value);
	uint8_t application = cursor_u8(&c);
	uint32_t bits = cursor_be24(&c);
	struct record *policy;

	if (!cursor_ok(&c)) {
		emit_malformed(to, e, "network policy too short");
		return;
	}
	policy = put_record(nested(e, &lldp_med_policies, put_list), NULL);
	put_application(policy, application);
	put_number(policy, &lldp_vlan, bits >> 9 & 0xfff);
	put_truth(policy, &lldp_tagged, bits >> 22 & 1);
	put_number(policy, &lldp_priority, bits >> 6 & 7);
	put_number(policy, &lldp_dscp, bits & 0x3f);
}

static void put_inventory(struct event *e, uint8_t subtype, struct span value)
{
	static const struct { uint8_t subtype; const struct field *field; } known[] = { { MED_FIRMWARE, &lldp_firmware }, { MED_SOFTWARE, &lldp_software },
		{ MED_SERIAL, &lldp_serial }, { MED_MANUFACTURER, &lldp_manufacturer }, { MED_MODEL, &lldp_model } };

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		struct record *inventory;

		if (known[i].subtype != subtype || !value.len)
			continue;
		inventory = nested(e, &lldp_inventory, put_record);
		if (!record_find(inventory, known[i].field))
			put_text(inventory, known[i].field, value);
	}
}

static void read_organisation(struct emit *to, struct event *e, struct span value)
{
	struct cursor c = cursor_over(value);
	uint32_t oui = cursor_be24(&c);
	uint8_t subtype = cursor_u8(&c);
	struct span rest = cursor_rest(&c);

	if (!cursor_ok(&c))
		emit_malformed(to, e, "organisation's TLV too short");
	else if (oui == OUI_TIA && subtype == MED_POLICY)
		read_policy(to, e, rest);
	else if (oui == OUI_TIA)
		put_inventory(e, subtype, rest);
}

/* ---- the whole ---- */

static void read_ttl(struct emit *to, struct event *e, struct span value)
{
	struct cursor c = cursor_over(value);
	uint16_t ttl = cursor_be16(&c);

	if (!cursor_ok(&c))
		emit_malformed(to, e, "time to live too short");
	else if (!event_find(e, &lldp_ttl))
		put_number(&e->fields, &lldp_ttl, ttl);
}

static void read_tlv(struct emit *to, struct event *e, const struct tlv *t)
{
	switch (t->type) {
	case TLV_CHASSIS_ID: put_id(to, e, &lldp_chassis_id, t->value, CHASSIS_MAC, CHASSIS_ADDRESS); break;
	case TLV_PORT_ID: put_id(to, e, &lldp_port_id, t->value, PORT_MAC, PORT_ADDRESS); break;
	case TLV_TTL: read_ttl(to, e, t->value); break;
	case TLV_ORGANISATION: read_organisation(to, e, t->value); break;
	case TLV_SYSTEM_NAME:
		if (t->value.len && !event_find(e, &lldp_system_name))
			put_text(&e->fields, &lldp_system_name, t->value);
		break;
	default: break;
	}
}

static void read_packet(struct span octets, struct emit *to)
{
	struct cursor c = cursor_over(octets);
	struct event *e = emit_begin(to, &lldp_advertisement);
	struct tlv t;

	while (cursor_left(&c) && tlv_next(&c, &t))
		read_tlv(to, e, &t);
	if (!cursor_ok(&c))
		emit_malformed(to, e, "TLV runs past the end");
	emit_end(to, e);
}

const struct dissector lldp_dissector = {
	.name = "lldp",
	.standards = "IEEE 802.1AB-2016, ANSI/TIA-1057",
	.kinds = kinds,
	.ether_types = ether_types,
	.datagram = read_packet,
};

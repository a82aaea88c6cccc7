/*
 * Data frames of IEEE 802.11-2020 section 9.3.2, as access points tunnel them to their controllers and as radios in monitor mode give them:
 *
 *      frame control (16) | duration (16) | address 1 | address 2 | address 3 | sequence (16) | address 4 | QoS (16) | HT (32) | LLC ...
 *
 * What is encrypted is counted. Of frames that are put together from several (A-MSDU) the first is read.
 */
#include "packet/decap_parts.h"

enum { KIND_MASK = 0x0f, KIND_DATA = 0x08, SUBTYPE_NULL = 0x40, SUBTYPE_QOS = 0x80 };     /* first octet: version, type, subtype */

enum { TO_DS = 0x01, FROM_DS = 0x02, PROTECTED = 0x40, ORDER = 0x80 };                  /* second octet */

enum { QOS_AMSDU = 0x0080, QOS_MESH = 0x0100 };         /* of the two octets as a little-endian number */

/* Source and destination of the frame by where it goes (table 9-30): to and from the distribution system. */
static void addresses(struct layers *l, uint8_t flags, const struct mac address[4])
{
	l->has_ether = true;
	l->ether_dst = address[flags & TO_DS ? 2 : 0];
	l->ether_src = address[!(flags & FROM_DS) ? 1 : flags & TO_DS ? 3 : 2];
}

static enum header frame_body(struct walk *w)
{
	w->l->ether_type = 0;
	w->l->ether_payload = span_of(w->c.at, cursor_left(&w->c));
	return HEADER_LLC;
}

/* Destination, source, length, LLC. */
static enum header first_of_several(struct walk *w)
{
	struct mac dst = walk_mac(&w->c), src = walk_mac(&w->c);
	uint16_t len = cursor_be16(&w->c);

	if (!cursor_ok(&w->c))
		return walk_short(w);
	w->l->ether_dst = dst;
	w->l->ether_src = src;
	walk_limit(w, len);
	return frame_body(w);
}

/* Flags, time to live, sequence (32), and addresses of six octets, as many as the flags say (section 9.2.4.7.3). */
static void skip_mesh_control(struct walk *w)
{
	uint8_t flags = cursor_u8(&w->c);

	cursor_skip(&w->c, 5 + (flags & 3u) * 6);
}

static enum header data_frame(struct walk *w, uint8_t kind, uint8_t flags)
{
	struct mac address[4] = { { { 0 } } };
	const uint8_t *begin = w->c.at;
	uint16_t qos = 0;

	cursor_skip(&w->c, 2);
	for (unsigned i = 0; i < 3; i++)
		address[i] = walk_mac(&w->c);
	cursor_skip(&w->c, 2);
	if ((flags & TO_DS) && (flags & FROM_DS))
		address[3] = walk_mac(&w->c);
	if (kind & SUBTYPE_QOS) {
		qos = cursor_le16(&w->c);
		cursor_skip(&w->c, flags & ORDER ? 4 : 0);
	}
	if (w->padded)
		cursor_skip(&w->c, (size_t)(2 - (w->c.at - begin)) & 3);
	if (cursor_ok(&w->c) && (flags & PROTECTED))
		return walk_skipped(w, "encrypted 802.11");
	if ((flags & TO_DS) && (flags & FROM_DS) && (qos & QOS_MESH))
		skip_mesh_control(w);
	if (!cursor_ok(&w->c))
		return walk_short(w);
	addresses(w->l, flags, address);
	return qos & QOS_AMSDU ? first_of_several(w) : frame_body(w);
}

static enum header read_frame(struct walk *w, uint8_t kind, uint8_t flags)
{
	if (!cursor_ok(&w->c))
		return walk_short(w);
	if ((kind & KIND_MASK) != KIND_DATA || (kind & SUBTYPE_NULL))
		return HEADER_NONE;
	return data_frame(w, kind, flags);
}

enum header read_wlan(struct walk *w)
{
	uint8_t kind = cursor_u8(&w->c), flags = cursor_u8(&w->c);

	return read_frame(w, kind, flags);
}

/* Some access points send the octets of frame control the other way round. */
enum header read_wlan_swapped(struct walk *w)
{
	uint8_t flags = cursor_u8(&w->c), kind = cursor_u8(&w->c);

	return read_frame(w, kind, flags);
}

/*
 * radiotap.org, little-endian: version, pad (8 bits each), the length of all of it (16), which fields are present (32; the highest bit: another such
 * word follows), the fields. The second of them, behind 64 bits of time if there are, has a flag for frames whose header is filled up to 32 bits.
 */
static bool is_padded(struct cursor c)
{
	enum { TIME = 1, FLAGS = 2, PADDED = 0x20 };
	uint32_t present, more;
	size_t at;

	cursor_skip(&c, 4);
	present = more = cursor_le32(&c);
	while (more >> 31)
		more = cursor_le32(&c);
	at = cursor_offset(&c);
	if (present & TIME)
		cursor_skip(&c, (at + 7) / 8 * 8 + 8 - at);
	return (present & FLAGS) && (cursor_u8(&c) & PADDED);
}

enum header read_radiotap(struct walk *w)
{
	enum { FIXED = 4 };
	struct cursor whole = cursor_over(span_of(w->c.at, cursor_left(&w->c)));
	uint16_t len;

	cursor_skip(&w->c, 2);
	len = cursor_le16(&w->c);
	if (cursor_ok(&w->c) && len < FIXED)
		return walk_malformed(w);
	if (!walk_skip(w, (size_t)len - FIXED))
		return walk_short(w);
	w->padded = is_padded(cursor_over(span_of(whole.at, len)));
	return HEADER_WLAN;
}

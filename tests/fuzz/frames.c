#include "tests/fuzz/frames.h"

#include "base/moment.h"
#include "packet/link.h"

static const uint16_t links[] = {
	LINK_ETHERNET, LINK_SLL, LINK_SLL2, LINK_RAW, LINK_NULL, LINK_LOOP, LINK_PPP, LINK_PPP_HDLC, LINK_PPP_ETHER, LINK_C_HDLC, LINK_IEEE802_11, LINK_RADIOTAP,
	LINK_PPP_PPPD, LINK_PPI, LINK_PPP_WITH_DIR, LINK_MPLS, LINK_IPV4, LINK_IPV6, LINK_NFLOG, LINK_PKTAP, LINK_MPACKET, LINK_RAW_BSD, LINK_RAW_OPENBSD, 299,
};

enum { LINKS = sizeof links / sizeof links[0] };

unsigned frames_link(uint16_t link_type)
{
	unsigned n = 0;

	while (n < LINKS && links[n] != link_type)
		n++;
	return n;
}

void frames_begin(struct frames *f, struct span octets)
{
	f->at = cursor_over(octets);
	f->packet = (struct packet){ .at_ns = INT64_C(1700000000000000000), .time_digits = 6, .link_type = links[cursor_u8(&f->at) % LINKS] };
	f->options = cursor_u8(&f->at);
}

static int64_t later(uint8_t time)
{
	unsigned n = time & FRAME_TIME;
	int64_t by = n ? INT64_C(250) << (n < 40 ? n : 40) : 0;

	return time & FRAME_BACKWARDS ? -by : by;
}

bool frames_next(struct frames *f)
{
	uint8_t time;
	size_t len, left;

	if (cursor_left(&f->at) <= FRAME_HEADER || frame_number(f->packet.frame) >= FRAMES_MAX)
		return false;
	cursor_skip(&f->at, 1);
	time = cursor_u8(&f->at);
	len = cursor_be16(&f->at);
	left = cursor_left(&f->at);
	f->packet.frame++;
	f->packet.at_ns += later(time);
	f->packet.data = cursor_take(&f->at, len < left ? len : left);
	f->packet.wire_len = (uint32_t)f->packet.data.len + (time & FRAME_SNAPPED ? 64 : 0);
	return true;
}

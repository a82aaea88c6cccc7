/*
 * Packets that are evidence, as a capture that Wireshark opens, with what dialtone has to say as comments (draft-ietf-opsawg-pcapng).
 *
 *      section header, an interface for each file and link type, the packets, what interfaces lost
 *
 * Little-endian whatever the machine, so that the same report gives the same octets everywhere.
 */
#include "sink/sink.h"

#include "base/text.h"
#include "config.h"
#include "sink/remarks.h"

enum { BLOCK_INTERFACE = 1, BLOCK_STATISTICS = 5, BLOCK_ENHANCED = 6, BLOCK_SECTION = 0x0a0d0d0a };
enum { OPTION_END = 0, OPTION_COMMENT = 1 };                                    /* of any block */
enum { OPTION_APPLICATION = 4 };                                                /* of a section */
enum { OPTION_NAME = 2, OPTION_DESCRIPTION = 3, OPTION_RESOLUTION = 9, OPTION_OFFSET = 14 };      /* of an interface */
enum { OPTION_DROPPED = 5 };                                                    /* of statistics: isb_ifdrop */
enum { BLOCK_AROUND = 12, SNAP_USUAL = 262144, DIGITS_USUAL = 6, DIGITS_FINE = 9 };

static const uint32_t order_magic = 0x1a2b3c4d;
static const uint16_t major = 1, minor = 0;

/* Packets of one file have one link type and one resolution of time on one interface. */
struct interface {
	unsigned file;
	uint16_t link_type;
	uint8_t digits;
	uint32_t longest;
	int64_t earliest_ns;
};

struct writer {
	FILE *out;
	struct remarks remarks;
	const struct capture_info *const *captures;
	size_t capture_count;
	LIST_OF(struct interface) interfaces;
	struct text block;              /* the body of the one in the making */
};

/* ---- numbers and blocks ---- */

static void put(struct text *t, uint64_t n, unsigned octets)
{
	for (; octets; octets--, n >>= 8)
		text_add_octet(t, (char)(n & 0xff));
}

static void pad(struct text *t)
{
	while (t->len % 4)
		text_add_octet(t, 0);
}

static void put_option(struct writer *w, uint16_t code, struct span value)
{
	put(&w->block, code, 2);
	put(&w->block, value.len, 2);
	text_add_span(&w->block, value);
	pad(&w->block);
}

static void put_text_option(struct writer *w, uint16_t code, const char *text)
{
	const char *safe = remark_text(&w->remarks.arena, text, REMARK_MAX);

	put_option(w, code, span_of(safe, strlen(safe)));
}

static void put_number_option(struct writer *w, uint16_t code, uint64_t n, unsigned octets)
{
	struct text value = text_start(sizeof n);

	put(&value, n, octets);
	put_option(w, code, span_of(value.data, value.len));
	text_free(&value);
}

static void end_options(struct writer *w)
{
	put(&w->block, OPTION_END, 2);
	put(&w->block, 0, 2);
}

/* The body goes out with its type and its length, twice. */
static void write_block(struct writer *w, uint32_t type)
{
	struct text around = text_start(BLOCK_AROUND);

	put(&around, type, 4);
	put(&around, w->block.len + BLOCK_AROUND, 4);
	fwrite(around.data, 1, around.len, w->out);
	fwrite(w->block.data, 1, w->block.len, w->out);
	fwrite(around.data + 4, 1, 4, w->out);
	text_free(&around);
	text_clear(&w->block);
}

/* ---- section and interfaces ---- */

static void write_section(struct writer *w)
{
	put(&w->block, order_magic, 4);
	put(&w->block, major, 2);
	put(&w->block, minor, 2);
	put(&w->block, UINT64_MAX, 8);          /* how long it is does not stand here */
	put_text_option(w, OPTION_APPLICATION, PACKAGE_STRING);
	end_options(w);
	write_block(w, BLOCK_SECTION);
}

static uint8_t digits_of(const struct packet_report *p)
{
	return p->time_digits > DIGITS_USUAL ? DIGITS_FINE : DIGITS_USUAL;
}

static size_t interface_of(struct writer *w, const struct packet_report *p)
{
	size_t n = 0;

	while (n < w->interfaces.count && (w->interfaces.at[n].file != frame_file(p->frame) || w->interfaces.at[n].link_type != p->link_type
			|| w->interfaces.at[n].digits != digits_of(p)))
		n++;
	if (n == w->interfaces.count)
		*LIST_ADD(&w->remarks.arena, &w->interfaces) = (struct interface){ frame_file(p->frame), p->link_type, digits_of(p), 0, p->at_ns };
	return n;
}

static void find_interfaces(struct writer *w)
{
	for (size_t i = 0; i < w->remarks.packets.count; i++) {
		const struct packet_report *p = w->remarks.packets.at[i];
		size_t n = interface_of(w, p);
		struct interface *at = &w->interfaces.at[n];

		if (p->data.len > at->longest)
			at->longest = (uint32_t)p->data.len;
		if (p->at_ns < at->earliest_ns)
			at->earliest_ns = p->at_ns;
	}
}

/* Time stamps have no sign: where packets are older than 1970, all of the interface count from before them. */
static int64_t offset_s(const struct interface *at)
{
	return at->earliest_ns < 0 ? at->earliest_ns / INT64_C(1000000000) - 1 : 0;
}

static uint64_t stamp(const struct interface *at, int64_t at_ns)
{
	uint64_t ns = (uint64_t)at_ns - (uint64_t)offset_s(at) * UINT64_C(1000000000);

	return at->digits == DIGITS_FINE ? ns : ns / 1000;
}

static const struct capture_info *capture_of(const struct writer *w, const struct interface *at)
{
	return at->file < w->capture_count ? w->captures[at->file] : NULL;
}

/* The name as Wireshark shows it beside a packet, and where the file was. */
static void put_names(struct writer *w, const char *file)
{
	const char *slash = strrchr(file, '/');

	if (strcmp(file, "-") == 0)
		file = "standard input";
	put_text_option(w, OPTION_NAME, slash && slash[1] ? slash + 1 : file);
	if (slash)
		put_text_option(w, OPTION_DESCRIPTION, file);
}

static void write_interface(struct writer *w, const struct interface *at)
{
	const struct capture_info *c = capture_of(w, at);

	put(&w->block, at->link_type, 2);
	put(&w->block, 0, 2);
	put(&w->block, at->longest > SNAP_USUAL ? at->longest : SNAP_USUAL, 4);
	if (c && c->file)
		put_names(w, c->file);
	put_number_option(w, OPTION_RESOLUTION, at->digits, 1);
	if (offset_s(at))
		put_number_option(w, OPTION_OFFSET, (uint64_t)offset_s(at), 8);
	end_options(w);
	write_block(w, BLOCK_INTERFACE);
}

/* Once a file: what was lost was lost to all its interfaces. */
static bool tells_losses(const struct writer *w, size_t interface)
{
	const struct interface *at = &w->interfaces.at[interface];
	const struct capture_info *c = capture_of(w, at);

	return c && c->dropped && (interface == 0 || w->interfaces.at[interface - 1].file != at->file);
}

static void write_losses(struct writer *w, size_t interface)
{
	const struct interface *at = &w->interfaces.at[interface];
	const struct capture_info *c = capture_of(w, at);
	uint64_t last = stamp(at, c->last_ns);

	put(&w->block, interface, 4);
	put(&w->block, last >> 32, 4);
	put(&w->block, last, 4);
	put_number_option(w, OPTION_DROPPED, c->dropped, 8);
	end_options(w);
	write_block(w, BLOCK_STATISTICS);
}

/* ---- packets ---- */

static void write_packet(void *user, size_t packet)
{
	struct writer *w = user;
	const struct packet_report *p = w->remarks.packets.at[packet];
	size_t interface = interface_of(w, p), count;
	const struct remark *remarks = remarks_on(&w->remarks, packet, &count);
	uint64_t at = stamp(&w->interfaces.at[interface], p->at_ns);

	put(&w->block, interface, 4);
	put(&w->block, at >> 32, 4);
	put(&w->block, at, 4);
	put(&w->block, p->data.len, 4);
	put(&w->block, p->wire_len, 4);
	text_add_span(&w->block, p->data);
	pad(&w->block);
	for (size_t i = 0; i < count; i++)
		put_option(w, OPTION_COMMENT, span_of(remarks[i].text, strlen(remarks[i].text)));
	if (count)
		end_options(w);
	write_block(w, BLOCK_ENHANCED);
}

/* All packets and remarks are there. */
static bool write_all(struct writer *w)
{
	w->block = text_start(UINT32_MAX - BLOCK_AROUND);
	find_interfaces(w);
	write_section(w);
	for (size_t i = 0; i < w->interfaces.count; i++)
		write_interface(w, &w->interfaces.at[i]);
	remarks_each(&w->remarks, write_packet, w);
	for (size_t i = 0; i < w->interfaces.count; i++)
		if (tells_losses(w, i))
			write_losses(w, i);
	text_free(&w->block);
	remarks_free(&w->remarks);
	return !ferror(w->out);
}

bool pcapng_report(FILE *out, const struct report *r)
{
	struct writer w = { .out = out, .captures = r->captures, .capture_count = r->capture_count };

	for (size_t p = 0; p < r->phone_count; p++)
		for (size_t i = 0; i < r->phones[p]->attempt_count; i++)
			remarks_add_packets(&w.remarks, r->phones[p]->attempts[i]);
	remarks_order_packets(&w.remarks);
	for (size_t p = 0; p < r->phone_count; p++)
		for (size_t i = 0; i < r->phones[p]->attempt_count; i++)
			remarks_of_attempt(&w.remarks, r->phones[p], r->phones[p]->attempts[i]);
	remarks_order(&w.remarks);
	return write_all(&w);
}

bool pcapng_attempt(FILE *out, const struct phone_report *phone, const struct attempt_report *a, const struct capture_info *const *captures,
	size_t capture_count)
{
	struct writer w = { .out = out, .captures = captures, .capture_count = capture_count };

	remarks_add_packets(&w.remarks, a);
	remarks_order_packets(&w.remarks);
	remarks_of_attempt(&w.remarks, phone, a);
	remarks_order(&w.remarks);
	return write_all(&w);
}

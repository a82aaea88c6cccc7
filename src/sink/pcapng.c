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
#include "packet/pcapng.h"
#include "sink/remarks.h"

enum { SNAP_USUAL = 262144 };

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

static void put_text_option(struct writer *w, uint16_t code, const char *text)
{
	const char *safe = remark_text(&w->remarks.arena, text, REMARK_MAX);

	pcapng_put_option(&w->block, code, span_of(safe, strlen(safe)));
}

/* That the file took everything is asked at the end. */
static void write_block(struct writer *w, uint32_t type)
{
	pcapng_write_block(w->out, type, &w->block);
}

/* ---- section and interfaces ---- */

static void write_section(struct writer *w)
{
	pcapng_put_section(&w->block);
	put_text_option(w, PCAPNG_OPTION_APPLICATION, PACKAGE_STRING);
	pcapng_end_options(&w->block);
	write_block(w, PCAPNG_SECTION);
}

static size_t interface_of(struct writer *w, const struct packet_report *p)
{
	size_t n = 0;

	while (n < w->interfaces.count && (w->interfaces.at[n].file != frame_file(p->frame) || w->interfaces.at[n].link_type != p->link_type
			|| w->interfaces.at[n].digits != pcapng_digits(p->time_digits)))
		n++;
	if (n == w->interfaces.count)
		*LIST_ADD(&w->remarks.arena, &w->interfaces) = (struct interface){ frame_file(p->frame), p->link_type, pcapng_digits(p->time_digits), 0, p->at_ns };
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

	return pcapng_stamp(at->digits, ns);
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
	put_text_option(w, PCAPNG_OPTION_NAME, slash && slash[1] ? slash + 1 : file);
	if (slash)
		put_text_option(w, PCAPNG_OPTION_DESCRIPTION, file);
}

static void write_interface(struct writer *w, const struct interface *at)
{
	const struct capture_info *c = capture_of(w, at);

	pcapng_put_interface(&w->block, at->link_type, at->longest > SNAP_USUAL ? at->longest : SNAP_USUAL);
	if (c && c->file)
		put_names(w, c->file);
	pcapng_put_number_option(&w->block, PCAPNG_OPTION_TSRESOL, at->digits, 1);
	if (offset_s(at))
		pcapng_put_number_option(&w->block, PCAPNG_OPTION_TSOFFSET, (uint64_t)offset_s(at), 8);
	pcapng_end_options(&w->block);
	write_block(w, PCAPNG_INTERFACE);
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

	pcapng_put(&w->block, interface, 4);
	pcapng_put(&w->block, last >> 32, 4);
	pcapng_put(&w->block, last, 4);
	pcapng_put_number_option(&w->block, PCAPNG_OPTION_IFDROP, c->dropped, 8);
	pcapng_end_options(&w->block);
	write_block(w, PCAPNG_STATISTICS);
}

/* ---- packets ---- */

static void write_packet(void *user, size_t packet)
{
	struct writer *w = user;
	const struct packet_report *p = w->remarks.packets.at[packet];
	size_t interface = interface_of(w, p), count;
	const struct remark *remarks = remarks_on(&w->remarks, packet, &count);

	pcapng_put_packet(&w->block, (uint32_t)interface, stamp(&w->interfaces.at[interface], p->at_ns), p->data, p->wire_len);
	for (size_t i = 0; i < count; i++)
		pcapng_put_option(&w->block, PCAPNG_OPTION_COMMENT, span_of(remarks[i].text, strlen(remarks[i].text)));
	if (count)
		pcapng_end_options(&w->block);
	write_block(w, PCAPNG_ENHANCED);
}

/* All packets and remarks are there. */
static bool write_all(struct writer *w)
{
	w->block = text_start(UINT32_MAX - PCAPNG_BLOCK_FRAME);
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
		for (size_t i = 0; i < r->phones[p]->attempt_count; i++) {
			attempt_report_look(r->phones[p]->attempts[i]);
			remarks_of_attempt(&w.remarks, r->phones[p], r->phones[p]->attempts[i]);
		}
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

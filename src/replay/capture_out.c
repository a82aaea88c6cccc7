/*
 * Capture files, written as packets come.
 *
 *      pcap     magic for nanoseconds, 2.4, 0, 0, snap length, link type; a packet: seconds, nanoseconds, captured, on the wire
 *      pcapng   section header; an interface (link type, resolution of time) before its first packet; enhanced packets (packet/pcapng.h)
 *
 * Little-endian whatever the machine.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/moment.h"
#include "base/saving.h"
#include "base/text.h"
#include "config.h"
#include "packet/link.h"
#include "packet/pcapng.h"
#include "replay/outlet.h"

enum { PCAP_MAGIC_NS = (int)0xa1b23c4d, PCAP_SNAP = 262144 /* of a pcap file nobody reads longer packets */, INTERFACES_MAX = 1024 };

struct interface_out {
	uint16_t link_type;
	uint8_t digits;
};

struct capture_out {
	const char *name;
	struct saving saving;
	FILE *out;                      /* that of `saving`, or stdout */
	bool is_saving, pcapng, begun, failed;
	struct interface_out *interfaces;
	size_t interface_count;
	uint64_t packets;
	struct text block;              /* in the making */
};

static bool fail(struct capture_out *c, const char *why)
{
	if (!c->failed)
		log_error("%s: %s", c->name, why);
	c->failed = true;
	return false;
}

static bool fail_to_write(struct capture_out *c)
{
	if (!c->failed && c->is_saving)
		log_error("%s: cannot write it: %s", c->name, strerror(errno));
	else if (!c->failed)
		log_error("cannot write the output: %s", strerror(errno));
	c->failed = true;
	return false;
}

static bool write_out(struct capture_out *c)
{
	bool good = fwrite(c->block.data, 1, c->block.len, c->out) == c->block.len;

	text_clear(&c->block);
	return good || fail_to_write(c);
}

/* ---- pcap ---- */

static bool pcap_begin(struct capture_out *c, uint16_t link_type)
{
	c->interfaces = memory_get(sizeof *c->interfaces);
	c->interfaces[0].link_type = link_type;
	pcapng_put(&c->block, (uint32_t)PCAP_MAGIC_NS, 4);
	pcapng_put(&c->block, 2, 2);
	pcapng_put(&c->block, 4, 2);
	pcapng_put(&c->block, 0, 8);
	pcapng_put(&c->block, PCAP_SNAP, 4);
	pcapng_put(&c->block, link_type, 4);
	return write_out(c);
}

static bool pcap_packet(struct capture_out *c, const struct packet *p)
{
	if (!c->begun && !pcap_begin(c, p->link_type))
		return false;
	if (p->link_type != c->interfaces[0].link_type)
		return fail(c, "a pcap file has packets of one link type only; give it a name that ends in .pcapng");
	if (p->data.len > PCAP_SNAP)
		return fail(c, "a pcap file has no packets of more than 262144 octets; give it a name that ends in .pcapng");
	if (p->at_ns < 0 || p->at_ns / NS_PER_S > UINT32_MAX)
		return fail(c, "a pcap file cannot tell such a time; give it a name that ends in .pcapng");
	pcapng_put(&c->block, (uint64_t)(p->at_ns / NS_PER_S), 4);
	pcapng_put(&c->block, (uint64_t)(p->at_ns % NS_PER_S), 4);
	pcapng_put(&c->block, p->data.len, 4);
	pcapng_put(&c->block, p->wire_len, 4);
	text_add_span(&c->block, p->data);
	return write_out(c);
}

/* ---- pcapng ---- */

static bool write_block(struct capture_out *c, uint32_t type)
{
	return pcapng_write_block(c->out, type, &c->block) || fail_to_write(c);
}

static bool pcapng_begin(struct capture_out *c)
{
	pcapng_put_section(&c->block);
	pcapng_put_option(&c->block, PCAPNG_OPTION_APPLICATION, span_of(PACKAGE_STRING, sizeof PACKAGE_STRING - 1));
	pcapng_end_options(&c->block);
	return write_block(c, PCAPNG_SECTION);
}

static bool write_interface(struct capture_out *c, const struct interface_out *i)
{
	pcapng_put_interface(&c->block, i->link_type, 0);
	pcapng_put_number_option(&c->block, PCAPNG_OPTION_TSRESOL, i->digits, 1);
	pcapng_end_options(&c->block);
	return write_block(c, PCAPNG_INTERFACE);
}

/* What the packet says of its interface: other files may have another link type and other digits of a second. */
static bool find_interface(struct capture_out *c, const struct packet *p, uint32_t *ret)
{
	const struct interface_out wanted = { p->link_type, pcapng_digits(p->time_digits) };

	for (*ret = 0; *ret < c->interface_count; ++*ret)
		if (c->interfaces[*ret].link_type == wanted.link_type && c->interfaces[*ret].digits == wanted.digits)
			return true;
	if (c->interface_count == INTERFACES_MAX)
		return fail(c, "more link types than anybody has");
	c->interfaces = memory_resize(c->interfaces, c->interface_count + 1, sizeof *c->interfaces);
	c->interfaces[c->interface_count++] = wanted;
	return write_interface(c, &wanted);
}

static bool pcapng_packet(struct capture_out *c, const struct packet *p)
{
	uint32_t interface;

	if ((!c->begun && !pcapng_begin(c)) || !find_interface(c, p, &interface))
		return false;
	if (p->at_ns < 0)
		return fail(c, "packets from before 1970 can be written with --new-time only");
	pcapng_put_packet(&c->block, interface, pcapng_stamp(c->interfaces[interface].digits, (uint64_t)p->at_ns), p->data, p->wire_len);
	return write_block(c, PCAPNG_ENHANCED);
}

/* ---- the outlet ---- */

static bool take(void *user, const struct packet *p, int64_t due_ns)
{
	struct capture_out *c = user;
	bool good = c->pcapng ? pcapng_packet(c, p) : pcap_packet(c, p);

	(void)due_ns;
	c->begun = true;
	c->packets++;
	return good;
}

struct outlet capture_outlet(struct capture_out *c)
{
	return (struct outlet){ .user = c, .take = take };
}

static bool ends_in(const char *name, const char *end)
{
	size_t len = strlen(name), end_len = strlen(end);

	return len >= end_len && strcmp(name + len - end_len, end) == 0;
}

struct capture_out *capture_out_new(const char *name)
{
	struct capture_out *c = memory_get(sizeof *c);

	c->name = name;
	c->pcapng = !ends_in(name, ".pcap");
	c->block = text_start(SIZE_MAX / 2);
	c->is_saving = strcmp(name, "-") != 0;
	if (c->is_saving && !saving_start(&c->saving, name)) {
		c->is_saving = false;
		capture_out_free(c);
		return NULL;
	}
	c->out = c->is_saving ? c->saving.out : stdout;
	return c;
}

/* An empty capture is one, too. */
static bool begin_empty(struct capture_out *c)
{
	return c->begun || (c->pcapng ? pcapng_begin(c) : pcap_begin(c, LINK_ETHERNET));
}

bool capture_out_finish(struct capture_out *c)
{
	if (c->failed || !begin_empty(c))
		return false;
	if (!c->is_saving)
		return (fflush(c->out) == 0 && !ferror(c->out)) || fail_to_write(c);
	c->is_saving = false;
	return saving_finish(&c->saving);
}

void capture_out_free(struct capture_out *c)
{
	if (!c)
		return;
	if (c->is_saving)
		saving_abandon(&c->saving);
	free(c->interfaces);
	text_free(&c->block);
	free(c);
}

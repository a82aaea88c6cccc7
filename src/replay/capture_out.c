/*
 * Capture files, written as packets come.
 *
 *      pcap     magic for nanoseconds, 2.4, 0, 0, snap length, link type; a packet: seconds, nanoseconds, captured, on the wire
 *      pcapng   section header; an interface (link type, resolution of time) before its first packet; enhanced packets (draft-ietf-opsawg-pcapng)
 *
 * Little-endian whatever the machine.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/moment.h"
#include "base/text.h"
#include "config.h"
#include "packet/link.h"
#include "replay/outlet.h"

enum { SNAP = 262144, PCAP_MAGIC_NS = (int)0xa1b23c4d };
enum { BLOCK_INTERFACE = 1, BLOCK_ENHANCED = 6, BLOCK_SECTION = 0x0a0d0d0a, BLOCK_AROUND = 12, ORDER_MAGIC = 0x1a2b3c4d };
enum { OPTION_END = 0, OPTION_APPLICATION = 4, OPTION_RESOLUTION = 9 };
enum { DIGITS_USUAL = 6, DIGITS_FINE = 9, INTERFACES_MAX = 1024 };

struct interface_out {
	uint16_t link_type;
	uint8_t digits;
};

struct capture_out {
	const char *name;
	char *temporary;                /* its name until it is whole; NULL where it has no other name */
	FILE *out;
	bool pcapng, begun, failed;
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

/* ---- octets ---- */

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

static void put_option(struct text *t, unsigned code, struct span value)
{
	put(t, code, 2);
	put(t, value.len, 2);
	text_add_span(t, value);
	pad(t);
}

static bool write_out(struct capture_out *c)
{
	bool good = fwrite(c->block.data, 1, c->block.len, c->out) == c->block.len;

	text_clear(&c->block);
	return good || fail(c, strerror(errno));
}

/* ---- pcap ---- */

static bool pcap_begin(struct capture_out *c, uint16_t link_type)
{
	c->interfaces = memory_get(sizeof *c->interfaces);
	c->interfaces[0].link_type = link_type;
	put(&c->block, (uint32_t)PCAP_MAGIC_NS, 4);
	put(&c->block, 2, 2);
	put(&c->block, 4, 2);
	put(&c->block, 0, 8);
	put(&c->block, SNAP, 4);
	put(&c->block, link_type, 4);
	return write_out(c);
}

static bool pcap_packet(struct capture_out *c, const struct packet *p)
{
	if (!c->begun && !pcap_begin(c, p->link_type))
		return false;
	if (p->link_type != c->interfaces[0].link_type)
		return fail(c, "a pcap file has packets of one link type only; give it a name that ends in .pcapng");
	if (p->at_ns < 0 || p->at_ns / NS_PER_S > UINT32_MAX)
		return fail(c, "a pcap file cannot tell such a time; give it a name that ends in .pcapng");
	put(&c->block, (uint64_t)(p->at_ns / NS_PER_S), 4);
	put(&c->block, (uint64_t)(p->at_ns % NS_PER_S), 4);
	put(&c->block, p->data.len, 4);
	put(&c->block, p->wire_len, 4);
	text_add_span(&c->block, p->data);
	return write_out(c);
}

/* ---- pcapng ---- */

/* The body goes out with its type and its length, twice. */
static bool write_block(struct capture_out *c, uint32_t type)
{
	struct text around = text_start(BLOCK_AROUND);
	bool good;

	put(&around, type, 4);
	put(&around, c->block.len + BLOCK_AROUND, 4);
	good = fwrite(around.data, 1, 8, c->out) == 8 && write_out(c) && fwrite(around.data + 4, 1, 4, c->out) == 4;
	text_free(&around);
	return good || fail(c, strerror(errno));
}

static bool pcapng_begin(struct capture_out *c)
{
	put(&c->block, ORDER_MAGIC, 4);
	put(&c->block, 1, 2);
	put(&c->block, 0, 2);
	put(&c->block, UINT64_MAX, 8);          /* how long it is does not stand here */
	put_option(&c->block, OPTION_APPLICATION, span_of(PACKAGE_STRING, sizeof PACKAGE_STRING - 1));
	put(&c->block, OPTION_END, 4);
	return write_block(c, BLOCK_SECTION);
}

static bool write_interface(struct capture_out *c, const struct interface_out *i)
{
	put(&c->block, i->link_type, 2);
	put(&c->block, 0, 2);
	put(&c->block, SNAP, 4);
	put_option(&c->block, OPTION_RESOLUTION, span_of(&i->digits, 1));
	put(&c->block, OPTION_END, 4);
	return write_block(c, BLOCK_INTERFACE);
}

/* What the packet says of its interface: other files may have another link type and other digits of a second. */
static bool find_interface(struct capture_out *c, const struct packet *p, size_t *ret)
{
	const struct interface_out wanted = { p->link_type, p->time_digits > DIGITS_USUAL ? DIGITS_FINE : DIGITS_USUAL };

	for (size_t i = 0; i < c->interface_count; i++)
		if (c->interfaces[i].link_type == wanted.link_type && c->interfaces[i].digits == wanted.digits) {
			*ret = i;
			return true;
		}
	if (c->interface_count == INTERFACES_MAX)
		return fail(c, "more link types than anybody has");
	c->interfaces = memory_resize(c->interfaces, c->interface_count + 1, sizeof *c->interfaces);
	*ret = c->interface_count++;
	c->interfaces[*ret] = wanted;
	return write_interface(c, &wanted);
}

static bool pcapng_packet(struct capture_out *c, const struct packet *p)
{
	size_t interface;
	uint64_t stamp;

	if ((!c->begun && !pcapng_begin(c)) || !find_interface(c, p, &interface))
		return false;
	if (p->at_ns < 0)
		return fail(c, "packets from before 1970 can be written with --new-time only");
	stamp = (uint64_t)p->at_ns / (c->interfaces[interface].digits == DIGITS_FINE ? 1 : 1000);
	put(&c->block, interface, 4);
	put(&c->block, stamp >> 32, 4);
	put(&c->block, stamp, 4);
	put(&c->block, p->data.len, 4);
	put(&c->block, p->wire_len, 4);
	text_add_span(&c->block, p->data);
	pad(&c->block);
	return write_block(c, BLOCK_ENHANCED);
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

/* A device or a pipe is written to, and never replaced. */
static bool is_special(const char *name)
{
	struct stat s;

	return stat(name, &s) == 0 && !S_ISREG(s.st_mode);
}

static bool open_file(struct capture_out *c)
{
	struct text name;

	if (is_special(c->name)) {
		c->out = fopen(c->name, "wbe");
		return c->out || fail(c, strerror(errno));
	}
	name = text_start(strlen(c->name) + 32);
	text_addf(&name, "%s.%ld.part", c->name, (long)getpid());
	c->temporary = memory_copy(text_string(&name), strlen(text_string(&name)));
	text_free(&name);
	c->out = fopen(c->temporary, "wbxe");
	return c->out || fail(c, strerror(errno));
}

struct capture_out *capture_out_new(const char *name)
{
	struct capture_out *c = memory_get(sizeof *c);

	c->name = name;
	c->pcapng = !ends_in(name, ".pcap");
	c->block = text_start(SIZE_MAX / 2);
	if (strcmp(name, "-") == 0)
		c->out = stdout;
	else if (!open_file(c)) {
		capture_out_free(c);
		return NULL;
	}
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
	if (fflush(c->out) != 0 || ferror(c->out))
		return fail(c, strerror(errno));
	if (!c->temporary)
		return true;
	if (rename(c->temporary, c->name) != 0)
		return fail(c, strerror(errno));
	free(c->temporary);
	c->temporary = NULL;
	return true;
}

void capture_out_free(struct capture_out *c)
{
	if (!c)
		return;
	if (c->out && c->out != stdout)
		fclose(c->out);
	if (c->temporary)
		unlink(c->temporary);
	free(c->temporary);
	free(c->interfaces);
	text_free(&c->block);
	free(c);
}

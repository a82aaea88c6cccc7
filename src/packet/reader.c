#include "packet/reader_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "packet/decap.h"
#include "packet/link.h"

static const struct {
	bool (*recognise)(struct span start);
	enum record (*start)(struct reader *r);
} formats[] = {
	{ pcap_recognise, pcap_start },
	{ pcapng_recognise, pcapng_start },
};

/* Files that people mistake for captures of the formats that are read. */
static const struct {
	const char *start;
	size_t len;
	const char *what;
} strangers[] = {
	{ "GMBU", 4, "a Network Monitor capture (editcap converts it)" },
	{ "RTSS", 4, "a Network Monitor 1 capture (editcap converts it)" },
	{ "snoop\0\0\0", 8, "a snoop capture (editcap converts it)" },
	{ "TRSNIFF data", 12, "a Sniffer capture (editcap converts it)" },
	{ "XCP\0", 4, "a NetXray capture (editcap converts it)" },
	{ "\xfd" "7zXZ\0", 6, "compressed with xz (unxz it first)" },
	{ "BZh", 3, "compressed with bzip2 (bunzip2 it first)" },
	{ "\x04\x22\x4d\x18", 4, "compressed with lz4 (unlz4 it first)" },
	{ "PK\x03\x04", 4, "a zip archive (unzip it first)" },
	{ "SQLite format 3", 15, "an SQLite database" },
};

enum { MAGIC = 4, START = 16 };

enum record reader_damaged(struct reader *r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(r->why, sizeof r->why, format, args);
	va_end(args);
	return RECORD_DAMAGED;
}

static bool noted(const struct reader *r, uint16_t link_type)
{
	for (unsigned i = 0; i < r->link_count; i++)
		if (r->links[i] == link_type)
			return true;
	return r->link_count == LINKS_MAX;
}

void reader_note_link(struct reader *r, uint16_t link_type)
{
	char name[LINK_NAME];
	size_t used = strlen(r->info.link_type);

	if (noted(r, link_type))
		return;
	r->links[r->link_count++] = link_type;
	link_name(link_type, name);
	snprintf(r->info.link_type + used, sizeof r->info.link_type - used, "%s%s", used ? "," : "", name);
	if (!decap_opens(link_type))
		log_warning("%s: packets of link type %s are counted but not read", r->info.file, name);
}

/* ---- opening ---- */

static const char *stranger(struct span start)
{
	for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++)
		if (span_equal(span_part(start, 0, strangers[i].len), span_of(strangers[i].start, strangers[i].len)))
			return strangers[i].what;
	return NULL;
}

static const char *packed_how(const struct reader *r)
{
	return r->in.format ? r->in.format->name : "";
}

static void say_not_packed_right(const struct reader *r)
{
	log_error("%s: its %s compression is %s before the first packet", r->info.file, packed_how(r), r->in.ending == INPUT_CUT ? "cut off" : "damaged");
}

static void say_no_capture(const struct reader *r, struct span start)
{
	const char *what = stranger(start);

	if (r->in.ending == INPUT_FAILED)
		log_error("%s: %s", r->info.file, strerror(r->in.error));
	else if (r->in.ending == INPUT_CUT || r->in.ending == INPUT_DAMAGED)
		say_not_packed_right(r);
	else if (start.len == 0)
		log_error("%s: is empty", r->info.file);
	else if (what)
		log_error("%s: is no pcap or pcapng capture but %s", r->info.file, what);
	else
		log_error("%s: is no capture: neither pcap nor pcapng", r->info.file);
}

static bool read_header(struct reader *r, enum record (*start)(struct reader *r))
{
	switch (start(r)) {
	case RECORD_CUT:
		if (r->in.ending == INPUT_END)
			log_error("%s: is cut off within its file header", r->info.file);
		else
			say_no_capture(r, span_of(r->in.at, input_there(&r->in)));
		return false;
	case RECORD_DAMAGED:
		log_error("%s: cannot be read: %s", r->info.file, r->why);
		return false;
	default:
		return true;
	}
}

/* What is looked at first is only as much as the formats need: a pipe may give no more for a while. */
static bool find_format(struct reader *r)
{
	struct span start;

	input_want(&r->in, MAGIC);
	start = span_of(r->in.at, input_there(&r->in));
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
		if (formats[i].recognise(start))
			return read_header(r, formats[i].start);
	input_want(&r->in, START);
	say_no_capture(r, span_of(r->in.at, input_there(&r->in)));
	return false;
}

struct reader *reader_open(const char *name, unsigned file, size_t window)
{
	struct reader *r = memory_get(sizeof *r);
	const char *why;

	r->info.file = name;
	r->file = file;
	if (!input_open(&r->in, name, window, &why)) {
		log_error("%s: %s", name, why);
		free(r);
		return NULL;
	}
	if (find_format(r))
		return r;
	reader_close(r);
	return NULL;
}

/* ---- reading ---- */

static void say_cut(const struct reader *r)
{
	unsigned long long next = r->number + 1;

	if (r->in.ending == INPUT_DAMAGED)
		log_warning("%s: its %s compression is damaged in frame %llu; what came before is read", r->info.file, packed_how(r), next);
	else
		log_warning("%s: is cut off in frame %llu; what came before is read", r->info.file, next);
}

static enum source_answer finish(struct reader *r, enum record how)
{
	r->ended = SOURCE_END;
	if (r->in.ending == INPUT_FAILED && how != RECORD_DAMAGED) {
		log_error("%s: %s in frame %llu", r->info.file, strerror(r->in.error), (unsigned long long)r->number + 1);
		r->info.cut_short = true;
		return r->ended = SOURCE_ERROR;
	}
	r->info.cut_short = how != RECORD_END || r->in.ending != INPUT_END;
	if (how == RECORD_DAMAGED)
		log_warning("%s: is damaged at frame %llu: %s; what came before is read", r->info.file, (unsigned long long)r->number + 1, r->why);
	else if (r->info.cut_short)
		say_cut(r);
	else if (!r->info.packets)
		log_warning("%s: holds no packets", r->info.file);
	if (r->info.dropped)
		log_warning("%s: the capturing system lost %llu packets", r->info.file, (unsigned long long)r->info.dropped);
	return r->ended;
}

static void account(struct reader *r, const struct packet *p)
{
	struct capture_info *i = &r->info;

	if (!i->packets++) {
		i->first_ns = i->last_ns = r->before_ns = p->at_ns;
	} else {
		i->backwards += p->at_ns < r->before_ns;
		r->before_ns = p->at_ns;
	}
	if (p->at_ns < i->first_ns)
		i->first_ns = p->at_ns;
	if (p->at_ns > i->last_ns)
		i->last_ns = p->at_ns;
	if (p->time_digits > i->time_digits)
		i->time_digits = p->time_digits;
	i->bytes += p->wire_len;
	i->snapped += p->wire_len > p->data.len;
}

enum source_answer reader_next(struct reader *r, struct packet *ret)
{
	enum record answer;

	if (r->ended != SOURCE_PACKET)
		return r->ended;
	answer = r->next(r, ret);
	if (answer != RECORD_PACKET)
		return finish(r, answer);
	account(r, ret);
	ret->frame = frame_of(r->file, ++r->number);
	return SOURCE_PACKET;
}

struct capture_info *reader_capture(struct reader *r)
{
	return &r->info;
}

void reader_progress(const struct reader *r, uint64_t *ret_done, uint64_t *ret_size)
{
	*ret_done = r->in.disk_done;
	*ret_size = r->in.disk_size;
}

void reader_close(struct reader *r)
{
	if (!r)
		return;
	input_close(&r->in);
	free(r->ports);
	free(r);
}

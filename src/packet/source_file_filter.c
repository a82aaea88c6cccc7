/* What libpcap is asked for: to compile and run filter expressions (pcap-filter(7)), and for the names of link types. */
#include "packet/filter.h"

#include <ctype.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "packet/link.h"

enum { SNAP = 262144, MACS = 12 };

enum { TPID_8021Q = 0x8100, TPID_8021AD = 0x88a8, TPID_QINQ = 0x9100 };

/* The expression for one link type. */
struct program {
	uint16_t link_type;
	bool usable;
	struct bpf_program code;
};

struct filter {
	char *expression;
	bool sees_tags;                 /* it says `vlan` */
	struct program *programs;
	size_t count, last;             /* `last`: the one used last */
	uint8_t *untagged;              /* a copy of the frame */
	size_t untagged_room;
};

/* ---- link types ---- */

/* libpcap's DLT_ numbers differ from the LINKTYPE_ numbers of files where systems never agreed. */
static int dlt_of(uint16_t link_type)
{
	switch (link_type) {
	case LINK_RAW:
	case LINK_RAW_BSD:
	case LINK_RAW_OPENBSD: return DLT_RAW;
	case 100: return DLT_ATM_RFC1483;
	case 102: return DLT_SLIP_BSDOS;
	case 103: return DLT_PPP_BSDOS;
	case 106: return DLT_ATM_CLIP;
	default: return link_type;
	}
}

const char *link_name(uint16_t link_type, char out[LINK_NAME])
{
	const char *name = pcap_datalink_val_to_name(dlt_of(link_type));

	if (name)
		snprintf(out, LINK_NAME, "%s", name);
	else
		snprintf(out, LINK_NAME, "LINKTYPE %u", link_type);
	return out;
}

/* ---- the expression ---- */

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

bool filter_sees_tags(const char *expression)
{
	for (const char *at = strstr(expression, "vlan"); at; at = strstr(at + 1, "vlan"))
		if ((at == expression || !is_word(at[-1])) && !is_word(at[4]))
			return true;
	return false;
}

/* An empty expression matches everything, as in tcpdump. */
static const char *compile(const char *expression, uint16_t link_type, struct bpf_program *ret, char *why, size_t why_len)
{
	pcap_t *pcap = pcap_open_dead(dlt_of(link_type), SNAP);
	bool good;

	if (!pcap)
		return "out of memory";
	good = pcap_compile(pcap, ret, expression, 1, PCAP_NETMASK_UNKNOWN) == 0;
	snprintf(why, why_len, "%s", pcap_geterr(pcap));
	pcap_close(pcap);
	return good ? NULL : why;
}

/* Whatever Ethernet and the plainest other link type both refuse is wrong in itself. */
struct filter *filter_new(const char *expression)
{
	struct filter *f;
	struct bpf_program code;
	char why[PCAP_ERRBUF_SIZE], why_raw[PCAP_ERRBUF_SIZE];

	if (compile(expression, LINK_ETHERNET, &code, why, sizeof why) && compile(expression, LINK_RAW, &code, why_raw, sizeof why_raw)) {
		log_error("filter \"%s\": %s", expression, why);
		return NULL;
	}
	pcap_freecode(&code);
	f = memory_get(sizeof *f);
	f->expression = memory_copy(expression, strlen(expression));
	f->sees_tags = filter_sees_tags(expression);
	return f;
}

static struct program *program_find(struct filter *f, uint16_t link_type)
{
	if (f->last < f->count && f->programs[f->last].link_type == link_type)
		return &f->programs[f->last];
	for (size_t i = 0; i < f->count; i++)
		if (f->programs[i].link_type == link_type) {
			f->last = i;
			return &f->programs[i];
		}
	return NULL;
}

/* There are no more link types than fit into 16 bits, and no file with more than a few. */
bool filter_prepare(struct filter *f, uint16_t link_type)
{
	struct program *p = program_find(f, link_type);
	char why[PCAP_ERRBUF_SIZE], name[LINK_NAME];
	const char *wrong;

	if (p)
		return p->usable;
	f->programs = memory_resize(f->programs, f->count + 1, sizeof *f->programs);
	p = &f->programs[f->count++];
	p->link_type = link_type;
	wrong = compile(f->expression, link_type, &p->code, why, sizeof why);
	p->usable = !wrong;
	if (wrong)
		log_warning("filter \"%s\" fits no packet of link type %s: %s", f->expression, link_name(link_type, name), wrong);
	return p->usable;
}

/* ---- frames without their tags ---- */

static bool is_tag(uint16_t type)
{
	return type == TPID_8021Q || type == TPID_8021AD || type == TPID_QINQ;
}

/* Where the type of the payload lies in the link header, and how long that header is: the tags stand behind it, a type at the end of each. */
static bool header_shape(uint16_t link_type, size_t *ret_type_at, size_t *ret_len)
{
	switch (link_type) {
	case LINK_ETHERNET: *ret_type_at = MACS; *ret_len = MACS + 2; return true;
	case LINK_SLL: *ret_type_at = 14; *ret_len = 16; return true;
	case LINK_SLL2: *ret_type_at = 0; *ret_len = 20; return true;
	default: return false;
	}
}

/* The octets of tags behind the header, and the type behind the last of them. */
static size_t tags_len(const struct packet *p, size_t type_at, size_t header, struct span *ret_type)
{
	struct cursor c = cursor_over(span_part(p->data, header, p->data.len));
	struct cursor type = cursor_over(span_part(p->data, type_at, 2));

	*ret_type = span_part(p->data, type_at, 2);
	while (is_tag(cursor_be16(&type))) {
		struct span next;

		cursor_skip(&c, 2);
		next = cursor_take(&c, 2);
		if (!cursor_ok(&c))
			break;
		*ret_type = next;
		type = cursor_over(next);
	}
	return cursor_offset(&c) & ~(size_t)3;
}

static struct span without_tags(struct filter *f, const struct packet *p)
{
	size_t type_at, header, tags;
	struct span type, rest;

	if (f->sees_tags || !header_shape(p->link_type, &type_at, &header))
		return p->data;
	tags = tags_len(p, type_at, header, &type);
	if (!tags)
		return p->data;
	if (f->untagged_room < p->data.len) {
		f->untagged_room = p->data.len;
		f->untagged = memory_resize(f->untagged, f->untagged_room, 1);
	}
	rest = span_part(p->data, header + tags, p->data.len);
	memcpy(f->untagged, p->data.data, header);
	memcpy(f->untagged + type_at, type.data, type.len);
	memcpy(f->untagged + header, rest.data, rest.len);
	return span_of(f->untagged, header + rest.len);
}

bool filter_matches(struct filter *f, const struct packet *p)
{
	struct program *program = program_find(f, p->link_type);
	struct span frame;

	if (!program) {
		filter_prepare(f, p->link_type);
		program = program_find(f, p->link_type);
	}
	if (!program->usable)
		return false;
	frame = without_tags(f, p);
	return pcap_offline_filter(&program->code, &(struct pcap_pkthdr){ .caplen = (bpf_u_int32)frame.len, .len = p->wire_len }, frame.data) != 0;
}

void filter_free(struct filter *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->count; i++)
		if (f->programs[i].usable)
			pcap_freecode(&f->programs[i].code);
	free(f->programs);
	free(f->untagged);
	free(f->expression);
	free(f);
}

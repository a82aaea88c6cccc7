/*
 * The kernel's filter, assembled by hand (bpf(4) of BSD): pcap-filter(7) cannot say "behind however many tags". X is how far the header in question
 * lies behind where it would be without tags; programs only jump forward, so a block is made first and the jump over it patched.
 */
#include "packet/source_live_filter.h"

#include <pcap/pcap.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/memory.h"
#include "packet/decap_parts.h"
#include "packet/filter.h"
#include "packet/link.h"

enum {
	KEEP = 262144,          /* octets of a frame that is kept */
	INSTRUCTIONS = 4096,    /* of a program, the kernel's maximum (BPF_MAXINSNS) */
	AT_TYPE = 12, AT_HEADER = 14, /* of an untagged Ethernet frame */
	PRIVILEGED = 1024,      /* first port that is none */
	EPHEMERAL = 32768,      /* Linux's first one; Windows since Vista and RFC 6335 begin at 49152. Phones dial from below, and no service listens above */
};

struct live_filter {
	struct bpf_insn *code;
	unsigned count;
	bool full;
};

/* ---- assembling ---- */

static unsigned put(struct live_filter *f, unsigned code, uint32_t k)
{
	if (f->count == INSTRUCTIONS) {
		f->full = true;
		return 0;
	}
	f->code[f->count] = (struct bpf_insn){ .code = (unsigned short)code, .k = k };
	return f->count++;
}

/* A jump over what follows, up to jump_here, where the comparison is false. */
static unsigned put_unless(struct live_filter *f, unsigned comparison, uint32_t k)
{
	return put(f, BPF_JMP | comparison | BPF_K, k);
}

static void jump_here(struct live_filter *f, unsigned jump)
{
	struct bpf_insn *i = &f->code[jump];

	if (BPF_OP(i->code) == BPF_JA)
		i->k = f->count - jump - 1;
	else if (f->count - jump - 1 <= UINT8_MAX)
		i->jf = (unsigned char)(f->count - jump - 1);
	else
		f->full = true;
}

static void put_answer(struct live_filter *f, bool keep)
{
	put(f, BPF_RET | BPF_K, keep ? KEEP : 0);
}

static void answer_if(struct live_filter *f, unsigned comparison, uint32_t k, bool keep)
{
	unsigned jump = put_unless(f, comparison, k);

	put_answer(f, keep);
	jump_here(f, jump);
}

static void answer_if_any(struct live_filter *f, const uint16_t *values, bool keep)
{
	for (; *values; values++)
		answer_if(f, BPF_JEQ, *values, keep);
}

/* A := 16 bits at `at` behind X. */
static void load_half(struct live_filter *f, uint32_t at)
{
	put(f, BPF_LD | BPF_H | BPF_IND, at);
}

static void load_octet(struct live_filter *f, uint32_t at)
{
	put(f, BPF_LD | BPF_B | BPF_IND, at);
}

/* ---- transport: X is the offset of its header less AT_HEADER ---- */

enum { AT_SRC_PORT = AT_HEADER, AT_DST_PORT = AT_HEADER + 2 };

static const uint16_t tunnel_ports[] = { 1701, 2152, 3544, 4500, 4754, 4789, 4790, 5247, 6081, 6635, 8472, 37008, 0 };  /* decap_udp.c */
static const uint16_t quic_ports[] = { 80, 443, 0 };
static const uint16_t sip_ports[] = { 5060, 5061, 0 };

static void put_udp(struct live_filter *f)
{
	for (uint32_t at = AT_SRC_PORT; at <= AT_DST_PORT; at += 2) {
		load_half(f, at);
		answer_if_any(f, tunnel_ports, true);
	}
	for (uint32_t at = AT_SRC_PORT; at <= AT_DST_PORT; at += 2) {
		load_half(f, at);
		answer_if_any(f, quic_ports, false);
	}
	for (uint32_t at = AT_SRC_PORT; at <= AT_DST_PORT; at += 2) {
		unsigned jump;

		load_half(f, at);
		answer_if_any(f, sip_ports, true);
		jump = put(f, BPF_JMP | BPF_JGE | BPF_K, PRIVILEGED);
		f->code[jump].jt = 1;
		put_answer(f, true);
	}
	put_answer(f, false);
}

/* Files, terminals, printers, mail: below 1024 no client dials from there, above only what dials from an ephemeral port is surely not a phone. */
static const uint16_t bulk_ports[] = { 20, 21, 22, 25, 110, 119, 139, 143, 445, 515, 548, 587, 631, 873, 0 };
static const uint16_t high_bulk_ports[] = { 1433, 2049, 3260, 3306, 3389, 5432, 5900, 9100, 0 };

static void put_tcp(struct live_filter *f)
{
	for (uint32_t at = AT_SRC_PORT; at <= AT_DST_PORT; at += 2) {
		load_half(f, at);
		answer_if_any(f, bulk_ports, false);
	}
	for (uint32_t at = AT_SRC_PORT; at <= AT_DST_PORT; at += 2) {
		unsigned low;

		load_half(f, at == AT_SRC_PORT ? AT_DST_PORT : AT_SRC_PORT);
		low = put_unless(f, BPF_JGE, EPHEMERAL);
		load_half(f, at);
		answer_if_any(f, high_bulk_ports, false);
		jump_here(f, low);
	}
	put_answer(f, true);
}

/* IPv6 extension headers are not walked: what bears one is kept. */
static const uint16_t opened[] = {
	PROTOCOL_IPV4, PROTOCOL_IPV6, PROTOCOL_GRE, PROTOCOL_AH, PROTOCOL_ETHERIP, PROTOCOL_MPLS, PROTOCOL_ETHERNET, PROTOCOL_ROUTING, PROTOCOL_FRAGMENT,
	PROTOCOL_DESTINATION, PROTOCOL_MOBILITY, 0,
};

/* A is the protocol. */
static void put_transport(struct live_filter *f)
{
	unsigned jump;

	answer_if(f, BPF_JEQ, PROTOCOL_HOPOPT, true);
	answer_if_any(f, opened, true);
	jump = put_unless(f, BPF_JEQ, PROTOCOL_UDP);
	put_udp(f);
	jump_here(f, jump);
	jump = put_unless(f, BPF_JEQ, PROTOCOL_TCP);
	put_tcp(f);
	jump_here(f, jump);
	put_answer(f, false);
}

/* ---- IP: X is the octets of tags ---- */

/* RFC 791 section 3.1. */
static void put_ipv4(struct live_filter *f)
{
	enum { AT_FRAGMENT = AT_HEADER + 6, AT_PROTOCOL = AT_HEADER + 9, IS_FRAGMENT = 0x3fff };

	load_half(f, AT_FRAGMENT);
	answer_if(f, BPF_JSET, IS_FRAGMENT, true);
	load_octet(f, AT_PROTOCOL);
	put(f, BPF_ST, 0);
	load_octet(f, AT_HEADER);
	put(f, BPF_ALU | BPF_AND | BPF_K, 0xf);
	put(f, BPF_ALU | BPF_LSH | BPF_K, 2);
	put(f, BPF_ALU | BPF_ADD | BPF_X, 0);
	put(f, BPF_MISC | BPF_TAX, 0);
	put(f, BPF_LD | BPF_MEM, 0);
	put_transport(f);
}

/* RFC 8200 section 3. */
static void put_ipv6(struct live_filter *f)
{
	enum { AT_NEXT = AT_HEADER + 6, HEADER_LEN = 40 };

	load_octet(f, AT_NEXT);
	put(f, BPF_ST, 0);
	put(f, BPF_MISC | BPF_TXA, 0);
	put(f, BPF_ALU | BPF_ADD | BPF_K, HEADER_LEN);
	put(f, BPF_MISC | BPF_TAX, 0);
	put(f, BPF_LD | BPF_MEM, 0);
	put_transport(f);
}

/* ---- Ethernet ---- */

static const uint16_t tag_types[] = { TYPE_VLAN, TYPE_VLAN_AD, TYPE_VLAN_9100, TYPE_VLAN_9200, 0 };
static const uint16_t kept_types[] = {
	TYPE_ARP, TYPE_LLDP, TYPE_MPLS, TYPE_MPLS_MULTICAST, TYPE_PPPOE, TYPE_PPP, TYPE_ETHERNET, TYPE_NSH, TYPE_VNTAG, TYPE_ETAG, TYPE_CISCO_META, TYPE_ITAG, 0,
};

/* X := the octets of tags. A jump over the rest of the tags, for each tag that is none. */
static void put_tags(struct live_filter *f)
{
	unsigned last[VLANS_MAX];

	put(f, BPF_LDX | BPF_IMM, 0);
	for (unsigned tag = 0; tag < VLANS_MAX; tag++) {
		unsigned types = 0;

		load_half(f, AT_TYPE);
		for (; tag_types[types]; types++)
			put(f, BPF_JMP | BPF_JEQ | BPF_K, tag_types[types]);
		for (unsigned i = 0; i < types; i++)
			f->code[f->count - types + i].jt = (unsigned char)(types - i);
		last[tag] = put(f, BPF_JMP | BPF_JA, 0);
		put(f, BPF_MISC | BPF_TXA, 0);
		put(f, BPF_ALU | BPF_ADD | BPF_K, 4);
		put(f, BPF_MISC | BPF_TAX, 0);
	}
	for (unsigned tag = 0; tag < VLANS_MAX; tag++)
		jump_here(f, last[tag]);
}

/* A is the Ethernet type. The block is too long for a conditional jump over it. */
static void put_if_type(struct live_filter *f, uint16_t type, void (*block)(struct live_filter *))
{
	unsigned other = put(f, BPF_JMP | BPF_JEQ | BPF_K, type), jump;

	f->code[other].jt = 1;
	jump = put(f, BPF_JMP | BPF_JA, 0);
	block(f);
	jump_here(f, jump);
}

static void put_ethernet(struct live_filter *f)
{
	unsigned jump;

	put_tags(f);
	load_half(f, AT_TYPE);
	put_if_type(f, TYPE_IPV4, put_ipv4);
	put_if_type(f, TYPE_IPV6, put_ipv6);
	answer_if_any(f, kept_types, true);
	answer_if_any(f, tag_types, true);
	jump = put(f, BPF_JMP | BPF_JGE | BPF_K, TYPE_MIN);
	f->code[jump].jt = 1;
	put_answer(f, true);
	put_answer(f, false);
}

/* ---- the user's expression ---- */

/* Jumps over the expression where the frame bears a tag inside: its offsets would be wrong there. */
static unsigned put_tag_check(struct live_filter *f, unsigned ret_jumps[4])
{
	unsigned types = 0;

	put(f, BPF_LD | BPF_H | BPF_ABS, AT_TYPE);
	for (; tag_types[types]; types++) {
		unsigned jump = put(f, BPF_JMP | BPF_JEQ | BPF_K, tag_types[types]);

		f->code[jump].jf = 1;
		ret_jumps[types] = put(f, BPF_JMP | BPF_JA, 0);
	}
	return types;
}

/* The expression's program, with a jump behind it for each of its answers that keep. */
static void put_program(struct live_filter *f, const struct bpf_program *p)
{
	unsigned start = f->count;

	for (unsigned i = 0; i < p->bf_len; i++) {
		struct bpf_insn insn = p->bf_insns[i];

		if (BPF_CLASS(insn.code) == BPF_RET && insn.k)
			insn = (struct bpf_insn){ .code = BPF_JMP | BPF_JA, .k = p->bf_len - i - 1 };
		if (f->count < INSTRUCTIONS)
			f->code[f->count++] = insn;
	}
	f->full |= f->count != start + p->bf_len;
}

static bool put_expression(struct live_filter *f, struct pcap *pcap, const char *expression, bool ethernet)
{
	pcap_t *made = pcap ? NULL : pcap_open_dead(DLT_EN10MB, KEEP);
	unsigned jumps[4], count = 0;
	struct bpf_program program;
	bool good = pcap_compile(pcap ? pcap : made, &program, expression, 1, PCAP_NETMASK_UNKNOWN) == 0;

	if (!good)
		log_error("filter \"%s\": %s", expression, pcap_geterr(pcap ? pcap : made));
	if (good) {
		if (ethernet && !filter_sees_tags(expression))
			count = put_tag_check(f, jumps);
		put_program(f, &program);
		for (unsigned i = 0; i < count; i++)
			jump_here(f, jumps[i]);
		pcap_freecode(&program);
	}
	if (made)
		pcap_close(made);
	return good;
}

/* ---- whole ---- */

struct live_filter *live_filter_new(struct pcap *pcap, uint16_t link_type, const char *expression)
{
	struct live_filter *f = memory_get(sizeof *f);
	bool ethernet = link_type == LINK_ETHERNET;

	f->code = memory_get(INSTRUCTIONS * sizeof *f->code);
	if (expression && !put_expression(f, pcap, expression, ethernet)) {
		live_filter_free(f);
		return NULL;
	}
	if (ethernet)
		put_ethernet(f);
	else
		put_answer(f, true);
	if (f->full) {
		log_error("filter \"%s\": too long for the kernel", expression ? expression : "");
		live_filter_free(f);
		return NULL;
	}
	return f;
}

bool live_filter_install(const struct live_filter *f, struct pcap *pcap, const char *interface)
{
	struct bpf_program program = { .bf_len = f->count, .bf_insns = f->code };

	if (pcap_setfilter(pcap, &program) == 0)
		return true;
	log_error("%s: the kernel's filter: %s", interface, pcap_geterr(pcap));
	return false;
}

bool live_filter_keeps(const struct live_filter *f, struct span frame)
{
	struct bpf_program program = { .bf_len = f->count, .bf_insns = f->code };

	return pcap_offline_filter(&program, &(struct pcap_pkthdr){ .caplen = (bpf_u_int32)frame.len, .len = (bpf_u_int32)frame.len }, frame.data) != 0;
}

void live_filter_free(struct live_filter *f)
{
	if (!f)
		return;
	free(f->code);
	free(f);
}

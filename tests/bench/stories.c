/*
 * Sign-ins that were captured, told again by other phones: the phone's Ethernet address, its IP address and those of the servers are others, in the
 * headers and in what ARP, DHCP and DNS say of them; the host names and texts that hold the Ethernet address follow. Phones that tell the same story
 * share their servers: they are one site. What is encrypted or signed stays, and so do the lengths.
 */
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#include "maker.h"

enum {
	SITES = 512, SITE_ADDRESSES = 64, ETHER = 14, TYPE_IPV4 = 0x0800, TYPE_ARP = 0x0806, TYPE_VLAN = 0x8100, TYPE_VLAN_AD = 0x88a8, UDP = 17, TCP = 6,
	DHCP_CLIENT_MAC = 28, DHCP_YIADDR = 16,
};

struct frame {
	int64_t at;             /* since the story's beginning */
	uint32_t len, type;     /* Ethernet type behind the tags */
	uint32_t net, end;      /* where IP or ARP begins, and ends */
	uint8_t *octets;
};

struct story {
	struct frame *frames;
	uint32_t count, room;
	bool has_phone;
	uint8_t phone[6];
	uint32_t phone_address;         /* 0 while unknown */
	uint32_t known[SITE_ADDRESSES]; /* the servers' addresses, as they were captured */
	uint32_t known_count;
};

struct stories {
	struct story *at;
	unsigned count;
};

/* ---- reading what was captured ---- */

static bool is_private(uint32_t a)
{
	return a >> 24 == 10 || a >> 20 == (172u << 4 | 1) || a >> 16 == (192u << 8 | 168);
}

static void find_net(struct frame *f)
{
	f->net = ETHER;
	f->type = get16(f->octets + 12);
	while ((f->type == TYPE_VLAN || f->type == TYPE_VLAN_AD) && f->net + 4 <= f->len) {
		f->type = get16(f->octets + f->net + 2);
		f->net += 4;
	}
	f->end = f->len;
}

static bool fits_ip(struct frame *f)
{
	const uint8_t *ip = f->octets + f->net;
	uint32_t header = (uint32_t)(ip[0] & 15) * 4;

	if (f->len < f->net + 28 || ip[0] >> 4 != 4 || (get16(ip + 6) & 0x3fff))
		return false;
	f->end = f->net + get16(ip + 2);
	return f->end <= f->len && header >= 20 && f->net + header + (ip[9] == TCP ? 20 : 8) <= f->end && (ip[9] == UDP || ip[9] == TCP);
}

/* Whether every octet of the frame is understood well enough to be changed. */
static bool fits(struct frame *f, const struct pcap_pkthdr *h)
{
	if (h->caplen != h->len || h->len < ETHER || h->len > FRAME_MAX)
		return false;
	find_net(f);
	if (f->type == TYPE_ARP)
		return f->len >= f->net + 28;
	return f->type == TYPE_IPV4 ? fits_ip(f) : f->type == 0x88cc || f->type < 0x600;
}

static uint32_t ports_at(const struct frame *f)
{
	return f->net + (uint32_t)(f->octets[f->net] & 15) * 4;
}

static bool has_port(const struct frame *f, uint32_t port)
{
	const uint8_t *p = f->octets + ports_at(f);

	return get16(p) == port || get16(p + 2) == port;
}

/* DHCP tells whose story it is. */
static void learn_phone(struct story *s, const struct frame *f)
{
	const uint8_t *dhcp = f->octets + ports_at(f) + 8;

	if (f->octets[f->net + 9] != UDP || !(has_port(f, 67) || has_port(f, 68)) || f->end < ports_at(f) + 8 + 240)
		return;
	if (!s->has_phone)
		memcpy(s->phone, dhcp + DHCP_CLIENT_MAC, 6);
	s->has_phone = true;
	if (get32(dhcp + DHCP_YIADDR) && memcmp(s->phone, dhcp + DHCP_CLIENT_MAC, 6) == 0)
		s->phone_address = get32(dhcp + DHCP_YIADDR);
}

static void learn_address(struct story *s, uint32_t a)
{
	for (uint32_t i = 0; i < s->known_count; i++)
		if (s->known[i] == a)
			return;
	if (is_private(a) && s->known_count < SITE_ADDRESSES)
		s->known[s->known_count++] = a;
}

static void learn(struct story *s, const struct frame *f)
{
	if (f->type != TYPE_IPV4)
		return;
	learn_phone(s, f);
	learn_address(s, get32(f->octets + f->net + 12));
	learn_address(s, get32(f->octets + f->net + 16));
}

static void keep(struct story *s, const struct frame *f)
{
	struct frame *copy;

	if (s->count == s->room) {
		s->room = s->room ? 2 * s->room : 128;
		s->frames = realloc(s->frames, s->room * sizeof *s->frames);
		if (!s->frames)
			maker_fail("memory", "there is none left");
	}
	copy = &s->frames[s->count++];
	*copy = *f;
	copy->octets = maker_get(f->len);
	memcpy(copy->octets, f->octets, f->len);
}

static bool load(struct story *s, const char *file)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_open_offline(file, why);
	struct pcap_pkthdr *h;
	const u_char *octets;
	int64_t begin = 0, at;
	bool good = p && pcap_datalink(p) == DLT_EN10MB;

	while (good && pcap_next_ex(p, &h, &octets) == 1) {
		struct frame f = { .len = h->len, .octets = (uint8_t *)(uintptr_t)octets };

		good = fits(&f, h);
		at = (int64_t)h->ts.tv_sec * MICRO + h->ts.tv_usec;
		if (!s->count)
			begin = at;
		f.at = at - begin;
		good = good && f.at >= (s->count ? s->frames[s->count - 1].at : 0);
		if (good) {
			learn(s, &f);
			keep(s, &f);
		}
	}
	if (p)
		pcap_close(p);
	return good && s->count && s->has_phone && s->phone_address;
}

struct stories *stories_load(char *const *files, int count)
{
	struct stories *all = maker_get(sizeof *all);

	all->at = maker_get((size_t)count * sizeof *all->at);
	for (int i = 0; i < count; i++) {
		struct story s = { 0 };

		if (load(&s, files[i]))
			all->at[all->count++] = s;
	}
	if (!all->count)
		maker_fail("captures", "none can be told again");
	return all;
}

unsigned stories_count(const struct stories *all)
{
	return all->count;
}

/* ---- telling it again ---- */

struct teller {
	struct stream stream;
	const struct story *story;
	int64_t begin;
	uint32_t site, phone, next;
};

static uint32_t address_of(const struct teller *t, uint32_t a)
{
	if (a == t->story->phone_address)
		return 10u << 24 | 1u << 23 | t->phone;
	for (uint32_t i = 0; i < t->story->known_count; i++)
		if (t->story->known[i] == a)
			return 10u << 24 | t->site << 8 | (i + 1);
	return a;
}

static void mac_of(const struct teller *t, uint8_t mac[6])
{
	memcpy(mac, t->story->phone, 3);
	mac[3] = (uint8_t)(t->phone >> 16);
	mac[4] = (uint8_t)(t->phone >> 8);
	mac[5] = (uint8_t)t->phone;
}

static void change_addresses(const struct teller *t, uint8_t *at, uint32_t len)
{
	for (uint32_t i = 0; i + 4 <= len;) {
		uint32_t old = get32(at + i), new = is_private(old) ? address_of(t, old) : old;

		if (new != old)
			put32(at + i, new);
		i += new != old ? 4 : 1;
	}
}

static void change_octets(uint8_t *at, uint32_t len, const void *old, const void *new, uint32_t size)
{
	for (uint8_t *found, *end = at + len; (found = memmem(at, (size_t)(end - at), old, size)) != NULL; at = found + size)
		memcpy(found, new, size);
}

/* An Ethernet address as octets and as text. */
static void change_mac(const struct teller *t, uint8_t *at, uint32_t len)
{
	static const char *const forms[] = {
		"%02x%02x%02x%02x%02x%02x", "%02X%02X%02X%02X%02X%02X", "%02x:%02x:%02x:%02x:%02x:%02x", "%02X-%02X-%02X-%02X-%02X-%02X",
	};
	const uint8_t *o = t->story->phone;
	uint8_t n[6];

	mac_of(t, n);
	change_octets(at, len, o, n, sizeof n);
	for (unsigned i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		char old[20], new[20];

		snprintf(old, sizeof old, forms[i], o[0], o[1], o[2], o[3], o[4], o[5]);
		snprintf(new, sizeof new, forms[i], n[0], n[1], n[2], n[3], n[4], n[5]);
		change_octets(at, len, old, new, (uint32_t)strlen(old));
	}
}

/* As if the checksum had been right or wrong before, it is afterwards (RFC 1624). */
static void mend(uint8_t *checksum, uint32_t before, uint32_t after)
{
	uint32_t sum = sum_fold((get16(checksum) ^ 0xffff) + (sum_fold(before) ^ 0xffff) + sum_fold(after));

	put16(checksum, sum ^ 0xffff);
}

static void change_ip(const struct teller *t, const struct frame *f, uint8_t *frame)
{
	uint8_t *ip = frame + f->net, *ports = frame + ports_at(f), *end = frame + f->end;
	bool udp = ip[9] == UDP;
	uint32_t header = (uint32_t)(ports - ip), len = (uint32_t)(end - ports), of_addresses = sum_octets(ip + 12, 8, 0), of_header = sum_octets(ip, header, 0);
	uint32_t before = sum_octets(ports, len, of_addresses), after;
	uint8_t *checksum = ports + (udp ? 6 : 16);

	put32(ip + 12, address_of(t, get32(ip + 12)));
	put32(ip + 16, address_of(t, get32(ip + 16)));
	mend(ip + 10, of_header, sum_octets(ip, header, 0));
	if (udp && (has_port(f, 53) || has_port(f, 67) || has_port(f, 68)))
		change_addresses(t, ports + 8, len - 8);
	change_mac(t, ports + (udp ? 8 : 20), len - (udp ? 8 : 20));
	after = sum_octets(ports, len, sum_octets(ip + 12, 8, 0));
	if (!udp || get16(checksum))
		mend(checksum, before, after);
	if (udp && !get16(checksum) && get16(ports + 6) != get16(f->octets + ports_at(f) + 6))
		put16(checksum, 0xffff);        /* 0 would say that there is none (RFC 768) */
}

static void tell(struct maker *m, const struct teller *t, const struct frame *f)
{
	uint8_t frame[FRAME_MAX];

	memcpy(frame, f->octets, f->len);
	change_mac(t, frame, f->type == TYPE_IPV4 ? f->net : f->len);
	if (f->type == TYPE_ARP)
		change_addresses(t, frame + f->net, 28);
	else if (f->type == TYPE_IPV4)
		change_ip(t, f, frame);
	maker_frame(m, t->stream.at, frame, f->len);
}

static bool tell_next(struct maker *m, struct stream *s)
{
	struct teller *t = (struct teller *)(void *)s;

	tell(m, t, &t->story->frames[t->next++]);
	if (t->next == t->story->count)
		return false;
	s->at = t->begin + t->story->frames[t->next].at;
	return true;
}

/* ---- one after the other ---- */

struct starter {
	struct stream stream;
	const struct stories *all;
	uint32_t next, phones, from_number;
	int64_t gap;
};

static bool start_next(struct maker *m, struct stream *s)
{
	struct starter *from = (struct starter *)(void *)s;
	struct teller *t = maker_get(sizeof *t);

	t->site = from->next % from->all->count;
	t->story = &from->all->at[t->site];
	t->site += (from->from_number >> 16) * SITES;   /* what such a capture is played beside has servers of its own */
	t->phone = from->from_number + ++from->next;
	t->begin = t->stream.at = s->at;
	t->stream.step = tell_next;
	maker_add(m, &t->stream);
	s->at += from->gap;
	return from->next < from->phones;
}

void stories_start(struct maker *m, const struct stories *all, uint32_t phones, int64_t gap, uint32_t from)
{
	struct starter *s = maker_get(sizeof *s);

	s->stream.step = start_next;
	s->all = all;
	s->phones = phones;
	s->gap = gap;
	s->from_number = from;
	maker_add(m, &s->stream);
}

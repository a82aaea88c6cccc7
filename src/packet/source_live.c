/*
 * A packet is given out once every other interface has shown a later one, or was found empty LIVE_HOLD_MS behind it: the blocks of a ring are closed
 * after LIVE_BLOCK_MS, so that nothing older can appear then. Where the clock that stamps packets was set back, the monotonic one ends the waiting.
 *
 * Kernel counters are read from the socket itself, which zeroes them: libpcap's own 32-bit sums run over, and its way of reading an interface's
 * counters opens files, which the sandbox forbids.
 */
#include "packet/source_live.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/moment.h"
#include "packet/decap.h"
#include "packet/filter.h"
#include "packet/link.h"
#include "packet/source_live_filter.h"

enum {
	DRAIN_MS = 500,
	EMPTY_MS = 1,           /* of several interfaces one that was found empty is not asked again before */
	REFUSED_MAX = 256,      /* packets that the filter refuses before the caller gets a turn */
	STATISTICS = 2,
};

struct port {
	pcap_t *pcap;                   /* NULL where it is missing from the start */
	const char *name;
	int index, hardware;            /* what it was bound to; its hardware type (ARPHRD_) */
	bool gone, any;
	struct packet next;
	bool has_next;
	int64_t next_at;                /* monotonic: when `next` was found */
	int64_t empty_at, empty_ns;     /* when it was last found empty: monotonic, and by the clock that stamps packets */
	uint64_t number;                /* of the last frame */
	int statistics[STATISTICS];     /* files of the kernel, or -1 */
	uint64_t statistics_before;
	struct capture_info info;
	struct live_counters counters;
};

struct live {
	struct source source;
	struct port *ports;
	unsigned count;
	struct filter *filter;
	bool promiscuous;
	int epoll, probe;               /* `probe`: a socket to ask for interfaces with */
	bool draining;
	int64_t drain_from, drain_until_ns;     /* monotonic; packet time */
	bool busy;                      /* more may be there at once */
	bool quiet;
	int64_t quiet_ns;
};

static int64_t clock_ns(clockid_t which)
{
	struct timespec now;

	clock_gettime(which, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* ---- one interface ---- */

static int interface_ask(const struct live *l, const struct port *p, unsigned long request, struct ifreq *ret)
{
	*ret = (struct ifreq){ 0 };
	snprintf(ret->ifr_name, sizeof ret->ifr_name, "%s", p->name);
	return ioctl(l->probe, request, ret);
}

/* 0 where there is no such interface. */
static int interface_index(const struct live *l, const struct port *p)
{
	struct ifreq r;

	return interface_ask(l, p, SIOCGIFINDEX, &r) == 0 ? r.ifr_ifindex : 0;
}

static int interface_hardware(const struct live *l, const struct port *p)
{
	struct ifreq r;

	return interface_ask(l, p, SIOCGIFHWADDR, &r) == 0 ? r.ifr_hwaddr.sa_family : -1;
}

static void port_lose(struct port *p, const char *why)
{
	if (!p->gone)
		log_warning("%s: the interface is gone (%s); waiting for it to come back", p->name, why);
	p->gone = true;
	p->counters.gone++;
}

static void put_packet(struct port *p, unsigned file, const struct pcap_pkthdr *h, const u_char *data)
{
	struct capture_info *i = &p->info;

	p->next = (struct packet){
		.frame = frame_of(file, ++p->number), .at_ns = (int64_t)h->ts.tv_sec * NS_PER_S + h->ts.tv_usec, .time_digits = 9,
		.link_type = (uint16_t)pcap_datalink(p->pcap), .wire_len = h->len, .data = span_of(data, h->caplen),
	};
	i->backwards += i->packets && p->next.at_ns < i->last_ns;
	i->first_ns = !i->packets || p->next.at_ns < i->first_ns ? p->next.at_ns : i->first_ns;
	i->last_ns = !i->packets || p->next.at_ns > i->last_ns ? p->next.at_ns : i->last_ns;
	i->packets++;
	i->bytes += h->len;
	i->snapped += h->caplen < h->len;
}

/* An interface that is away still gives what lies in its ring. */
static void port_fill(struct live *l, unsigned file, int64_t now, int64_t real)
{
	struct port *p = &l->ports[file];
	struct pcap_pkthdr *header;
	const u_char *data;

	if (!p->pcap || p->has_next || (l->count > 1 && now - p->empty_at < EMPTY_MS * NS_PER_MS))
		return;
	for (unsigned refused = 0; !p->has_next; refused++) {
		int answer;

		if (refused == REFUSED_MAX) {
			l->busy = true;
			return;
		}
		answer = pcap_next_ex(p->pcap, &header, &data);
		if (answer == PCAP_ERROR && !p->gone)
			port_lose(p, pcap_geterr(p->pcap));
		if (answer != 1) {
			p->empty_at = now;
			p->empty_ns = real;
			return;
		}
		put_packet(p, file, header, data);
		p->has_next = !l->filter || filter_matches(l->filter, &p->next);
		p->next_at = now;
	}
}

/* ---- giving packets ---- */

static struct port *port_earliest(struct live *l)
{
	struct port *first = NULL;

	for (unsigned i = 0; i < l->count; i++)
		if (l->ports[i].has_next && (!first || l->ports[i].next.at_ns < first->next.at_ns))
			first = &l->ports[i];
	return first;
}

/* Whether no interface can still show a packet from before it. */
static bool may_give(const struct live *l, const struct port *p)
{
	for (unsigned i = 0; i < l->count; i++) {
		const struct port *other = &l->ports[i];

		if (!other->has_next && other->pcap && !other->gone && other->empty_ns < p->next.at_ns + LIVE_HOLD_MS * NS_PER_MS
		    && other->empty_at < p->next_at + LIVE_HOLD_MS * NS_PER_MS)
			return false;
	}
	return true;
}

/* A port that has nothing, or nothing from before the end, has had its time. */
static bool drained(const struct live *l, int64_t now)
{
	if (!l->draining)
		return false;
	if (now - l->drain_from >= DRAIN_MS * NS_PER_MS)
		return true;
	for (unsigned i = 0; i < l->count; i++)
		if (l->ports[i].has_next ? l->ports[i].next.at_ns <= l->drain_until_ns : now - l->drain_from < LIVE_HOLD_MS * NS_PER_MS)
			return false;
	return true;
}

static enum source_answer live_next(struct source *source, struct packet *ret)
{
	struct live *l = (struct live *)source;
	int64_t now = clock_ns(CLOCK_MONOTONIC), real = clock_ns(CLOCK_REALTIME);
	struct port *p;

	l->busy = false;
	for (unsigned i = 0; i < l->count; i++)
		port_fill(l, i, now, real);
	if (drained(l, now))
		return SOURCE_END;
	p = port_earliest(l);
	l->quiet = !p && !l->busy;
	l->quiet_ns = real - LIVE_HOLD_MS * NS_PER_MS;
	if (!p || !may_give(l, p))
		return SOURCE_WAIT;
	*ret = p->next;
	p->has_next = false;
	return SOURCE_PACKET;
}

static void live_wait(const struct source *source, int *ret_fd, int *ret_timeout_ms)
{
	const struct live *l = (const struct live *)source;

	/* While one waits for another, its socket stays readable: only time helps. */
	*ret_fd = l->quiet && !l->draining ? l->epoll : -1;
	*ret_timeout_ms = l->busy ? 0 : l->quiet && !l->draining ? 20 : 2;
}

bool source_live_quiet(const struct source *s, int64_t *ret_until_ns)
{
	const struct live *l = (const struct live *)s;

	*ret_until_ns = l->quiet_ns;
	return l->quiet;
}

void source_live_drain(struct source *s)
{
	struct live *l = (struct live *)s;

	if (l->draining)
		return;
	l->draining = true;
	l->drain_from = clock_ns(CLOCK_MONOTONIC);
	l->drain_until_ns = clock_ns(CLOCK_REALTIME);
}

/* ---- counters ---- */

static uint64_t statistics_read(const struct port *p)
{
	uint64_t sum = 0;
	char text[32];

	for (unsigned i = 0; i < STATISTICS; i++) {
		ssize_t len = p->statistics[i] >= 0 ? pread(p->statistics[i], text, sizeof text - 1, 0) : 0;

		text[len > 0 ? len : 0] = '\0';
		sum += strtoull(text, NULL, 10);
	}
	return sum;
}

static void count_drops(struct port *p)
{
	struct tpacket_stats_v3 stats;
	socklen_t len = sizeof stats;
	uint64_t missed = statistics_read(p);

	if (getsockopt(pcap_fileno(p->pcap), SOL_PACKET, PACKET_STATISTICS, &stats, &len) == 0) {
		p->counters.kernel_packets += stats.tp_packets;
		p->counters.kernel_dropped += stats.tp_drops;
	}
	/* A new interface of the same name begins at 0; the file of the old one says nothing more. */
	if (missed > p->statistics_before)
		p->counters.interface_dropped += missed - p->statistics_before;
	p->statistics_before = missed;
	p->info.dropped = p->counters.kernel_dropped + p->counters.interface_dropped;
}

const struct live_counters *source_live_counters(const struct source *s, unsigned interface)
{
	return &((const struct live *)s)->ports[interface].counters;
}

static unsigned live_captures(const struct source *s)
{
	return ((const struct live *)s)->count;
}

static struct capture_info *live_capture(struct source *s, unsigned interface)
{
	return &((struct live *)s)->ports[interface].info;
}

/* ---- interfaces that come and go ---- */

static bool listen_to_all(const struct port *p)
{
	struct packet_mreq all = { .mr_ifindex = p->index, .mr_type = PACKET_MR_PROMISC };

	return setsockopt(pcap_fileno(p->pcap), SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof all) == 0;
}

/* The socket outlives its interface; bound to the new one it goes on with the same ring and filter, and binding takes no privilege. */
static void port_bind_again(struct live *l, struct port *p, int index)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = index };

	if (interface_hardware(l, p) != p->hardware) {
		log_warning("%s: the interface that came is of another kind; it is not captured", p->name);
		p->index = index;
		return;
	}
	if (bind(pcap_fileno(p->pcap), (struct sockaddr *)&to, sizeof to) < 0)
		return;
	p->index = index;
	p->gone = false;
	if (l->promiscuous && !listen_to_all(p))
		log_warning("%s: not promiscuous: %s", p->name, strerror(errno));
	log_warning("%s: the interface is there again", p->name);
}

static void port_watch(struct live *l, struct port *p)
{
	int index = p->any ? p->index : interface_index(l, p);

	count_drops(p);
	if (index == p->index && p->gone && !p->any && interface_hardware(l, p) == p->hardware)
		port_bind_again(l, p, index);
	else if (index != p->index && !p->gone)
		port_lose(p, index ? "another one has its name" : "it was removed");
	if (index && index != p->index)
		port_bind_again(l, p, index);
}

bool source_live_watch(struct source *s)
{
	struct live *l = (struct live *)s;
	bool more = false;

	for (unsigned i = 0; i < l->count; i++)
		if (l->ports[i].pcap)
			port_watch(l, &l->ports[i]);
		else
			more |= interface_index(l, &l->ports[i]) != 0;
	return more;
}

/* ---- opening ---- */

/* libpcap's words for what it cannot do are its status; pcap_geterr adds to some of them. */
static bool refuse(struct port *p, int status)
{
	const char *more = pcap_geterr(p->pcap);
	const char *hint = status == PCAP_ERROR_PERM_DENIED || status == PCAP_ERROR_PROMISC_PERM_DENIED ? ": it takes root, or the capability CAP_NET_RAW" : "";

	if (status == PCAP_ERROR || !*hint)
		log_error("%s: %s", p->name, status == PCAP_ERROR && *more ? more : pcap_statustostr(status));
	else
		log_error("%s: capturing is not permitted%s", p->name, hint);
	pcap_close(p->pcap);
	p->pcap = NULL;
	return false;
}

static void open_statistics(struct port *p)
{
	static const char *const files[STATISTICS] = { "rx_missed_errors", "rx_fifo_errors" };
	char path[128];

	for (unsigned i = 0; i < STATISTICS; i++) {
		snprintf(path, sizeof path, "/sys/class/net/%s/statistics/%s", p->name, files[i]);
		p->statistics[i] = open(path, O_RDONLY | O_CLOEXEC);
	}
	p->statistics_before = statistics_read(p);
}

static bool port_set_up(struct port *p, const struct live_options *options)
{
	int status;

	pcap_set_snaplen(p->pcap, (int)options->snap);
	pcap_set_promisc(p->pcap, options->promiscuous);
	pcap_set_timeout(p->pcap, LIVE_BLOCK_MS);
	pcap_set_buffer_size(p->pcap, (int)options->ring);
	pcap_set_tstamp_precision(p->pcap, PCAP_TSTAMP_PRECISION_NANO);
	status = pcap_activate(p->pcap);
	if (status < 0)
		return refuse(p, status);
	if (status > 0 && status != PCAP_WARNING_PROMISC_NOTSUP)
		log_warning("%s: %s", p->name, pcap_geterr(p->pcap));
	return true;
}

static bool port_filter(struct live *l, struct port *p, const char *expression)
{
	uint16_t link_type = (uint16_t)pcap_datalink(p->pcap);
	struct live_filter *f = live_filter_new(p->pcap, link_type, expression);
	bool good = f && live_filter_install(f, p->pcap, p->name);

	live_filter_free(f);
	return good && (!l->filter || filter_prepare(l->filter, link_type));
}

static bool port_open(struct live *l, struct port *p, const struct live_options *options)
{
	char why[PCAP_ERRBUF_SIZE], link[LINK_NAME];
	struct epoll_event event = { .events = EPOLLIN };

	p->any = strcmp(p->name, "any") == 0;
	p->index = p->any ? 0 : interface_index(l, p);
	if (options->some && !p->any && !p->index) {
		log_warning("%s: there is no such interface now; waiting for it", p->name);
		return true;
	}
	p->pcap = pcap_create(p->name, why);
	if (!p->pcap) {
		log_error("%s: %s", p->name, why);
		return false;
	}
	if (!port_set_up(p, options) || !port_filter(l, p, options->filter))
		return false;
	if (pcap_setnonblock(p->pcap, 1, why) < 0) {
		log_error("%s: %s", p->name, why);
		return false;
	}
	p->hardware = interface_hardware(l, p);
	open_statistics(p);
	snprintf(p->info.link_type, sizeof p->info.link_type, "%s", link_name((uint16_t)pcap_datalink(p->pcap), link));
	if (!decap_opens((uint16_t)pcap_datalink(p->pcap)))
		log_warning("%s: packets of link type %s are not opened", p->name, p->info.link_type);
	return epoll_ctl(l->epoll, EPOLL_CTL_ADD, pcap_get_selectable_fd(p->pcap), &event) == 0;
}

static bool open_all(struct live *l, const struct live_options *options)
{
	bool good = true, any = false;

	for (unsigned i = 0; i < options->count; i++, l->count++) {
		struct port *p = &l->ports[i];

		p->name = p->info.file = options->interfaces[i];
		p->info.time_digits = 9;
		p->number = options->numbers[i];
		p->empty_at = -NS_PER_S;
		for (unsigned n = 0; n < STATISTICS; n++)
			p->statistics[n] = -1;
		good = port_open(l, p, options) && good;
		any |= p->pcap != NULL;
	}
	if (good && !any)
		log_error("none of the interfaces is there");
	return good && any;
}

static void live_close(struct source *s)
{
	struct live *l = (struct live *)s;

	for (unsigned i = 0; i < l->count; i++) {
		if (l->ports[i].pcap)
			pcap_close(l->ports[i].pcap);
		for (unsigned n = 0; n < STATISTICS; n++)
			if (l->ports[i].statistics[n] >= 0)
				close(l->ports[i].statistics[n]);
	}
	if (l->epoll >= 0)
		close(l->epoll);
	if (l->probe >= 0)
		close(l->probe);
	filter_free(l->filter);
	free(l->ports);
	free(l);
}

struct source *source_open_live(const struct live_options *options)
{
	static const struct source_type type = {
		.next = live_next, .wait = live_wait, .captures = live_captures, .capture = live_capture, .close = live_close,
	};
	struct live *l = memory_get(sizeof *l);

	l->source.type = &type;
	l->promiscuous = options->promiscuous;
	l->ports = memory_get(options->count * sizeof *l->ports);
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	l->probe = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (options->filter)
		l->filter = filter_new(options->filter);
	if ((l->filter || !options->filter) && open_all(l, options))
		return &l->source;
	live_close(&l->source);
	return NULL;
}

/* The command line of `dialtone replay`. What would do nothing is refused: whoever wrote it expects something of it. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "command/replay_parts.h"
#include "sink/store.h"

static const char help[] =
	"usage: dialtone replay [options] FILE... -i INTERFACE | -w FILE | --into DB\n"
	"       dialtone replay [options] --attempt ID -i INTERFACE | -w FILE\n\n"
	"Puts captures (- is standard input; several files are one timeline) back on a wire, with their own timing; or writes them into another capture; or\n"
	"follows the phones in them as if they were live.\n\n"
	"where to\n"
	"  -i INTERFACE      send the frames there (needs CAP_NET_RAW)\n"
	"  --yes-really      also where the interface carries the default route\n"
	"  --send-cut        also frames that the snap length cut, as far as they are there\n"
	"  -w FILE           write a capture instead: pcapng, or pcap where it ends in .pcap; - is standard output\n"
	"  --into DB         follow the phones and store their sign-ins there, as analyze --db does, while time goes on\n"
	"  --all-clients     with --into: follow desktop clients too\n"
	"  --sip-domain D    with --into: the users' SIP domain, where the capture does not tell\n"
	"  --firmware V      with --into: the phones' firmware, where the capture does not tell\n"
	"  --keep-packets    with --into: store the packets that show it, too, as the daemon does\n"
	"  --policy NAME     with --into: judge by the rules of this client, as analyze does\n"
	"when\n"
	"  --speed N         N times as fast as captured (1)\n"
	"  --pps N           N packets a second\n"
	"  --mbps N          N million bits a second\n"
	"  --topspeed        without waiting\n"
	"  --realtime        with -i: be punctual on a busy machine too, before everybody else (needs CAP_SYS_NICE)\n"
	"  --loop N          N times; 0 without end\n"
	"  --limit N         at most N packets\n"
	"  --start-at T      from this time on: seconds from the start, or a time like 2026-11-24T13:31:05Z\n"
	"  --until T         only before this time\n"
	"  --preload         read everything into memory first\n"
	"  --new-time        with -w and --into: the first packet has the present time\n"
	"  --stats           tell how punctual it was\n"
	"what\n"
	"  --attempt ID      the packets that are stored of this sign-in: its number in `dialtone list`, its name, a phone's MAC address, or last\n"
	"  --db FILE         the database that it is in (" STORE_PATH ")\n"
	"  --filter BPF      only packets that this tcpdump expression matches\n"
	"  --phone MAC       only what this device sent or received; with --into, follow it whatever it does; repeat for more\n"
	"  --map-mac A=B     change an Ethernet address, also inside ARP, DHCP, LLDP and neighbour discovery\n"
	"  --map-ip A=B      change an IP address, also inside ARP, DHCP, ICMP and neighbour discovery\n"
	"  --map-net A/N=B/N the same for a whole network\n"
	"  --vlan WHAT       set N, push N, or strip; repeat for more\n"
	"  --fix-checksums   compute checksums anew instead of correcting them for what was changed\n"
	"  -v                tell more\n"
	"  --help            this text\n\n"
	"Exit status: 0 all was sent, 1 some frames could not be, 2 wrong usage, or it had to end.\n";

enum { KEPT_OCTETS = 1 << 20 }; /* of one sign-in: what the daemon keeps unless told */

static bool refuse(const char *why)
{
	log_error("replay: %s", why);
	return false;
}

/* ---- what fits together ---- */

static bool source_fits_together(const struct replay *r, bool files)
{
	if (r->attempt && files)
		return refuse("files and --attempt cannot be played together");
	if (r->attempt && (r->into || r->filter || r->preload))
		return refuse("--into, --filter and --preload are for files, not for --attempt");
	if (r->db && !r->attempt)
		return refuse("--db is for --attempt");
	return true;
}

static bool judges(const struct replay *r)
{
	return r->follow.all_clients || r->follow.evidence_octets || r->follow.judge.sip_domain || r->follow.judge.firmware || r->follow.judge.policy;
}

static bool fits_together(const struct replay *r)
{
	if (!!r->interface + !!r->write + !!r->into != 1)
		return refuse("one of -i INTERFACE, -w FILE and --into DB is needed");
	if (!r->into && judges(r))
		return refuse("--all-clients, --keep-packets, --sip-domain, --firmware and --policy are for --into");
	if (!r->interface && (r->yes_really || r->send_cut || r->realtime || r->stats))
		return refuse("--yes-really, --send-cut, --realtime and --stats are for -i");
	if (r->realtime && r->play.pace.mode == PACE_TOP)
		return refuse("--realtime with --topspeed would leave nothing to others");
	if (r->write && r->paced)
		return refuse("-w waits for nothing: --speed, --pps, --mbps and --topspeed are for -i and --into");
	if (r->interface && r->play.new_time)
		return refuse("--new-time is for -w and --into: a frame on a wire bears no time");
	if (!r->interface && r->play.rounds != 1 && !r->play.new_time)
		return refuse("--loop without -i needs --new-time: else all rounds would have the same times");
	return true;
}

/* ---- the command line ---- */

enum {
	OPT_YES_REALLY = 256, OPT_SEND_CUT, OPT_SPEED, OPT_PPS, OPT_MBPS, OPT_TOPSPEED, OPT_REALTIME, OPT_LOOP, OPT_LIMIT, OPT_START_AT, OPT_UNTIL, OPT_PRELOAD, OPT_NEW_TIME,
	OPT_ATTEMPT, OPT_DB, OPT_INTO, OPT_ALL_CLIENTS, OPT_KEEP_PACKETS, OPT_SIP_DOMAIN, OPT_FIRMWARE, OPT_POLICY, OPT_STATS, OPT_FILTER, OPT_PHONE, OPT_MAP_MAC, OPT_MAP_IP, OPT_MAP_NET, OPT_VLAN, OPT_FIX_CHECKSUMS,
};

static const struct option options[] = {
	{ "yes-really", no_argument, NULL, OPT_YES_REALLY },
	{ "send-cut", no_argument, NULL, OPT_SEND_CUT },
	{ "attempt", required_argument, NULL, OPT_ATTEMPT },
	{ "db", required_argument, NULL, OPT_DB },
	{ "keep-packets", no_argument, NULL, OPT_KEEP_PACKETS },
	{ "into", required_argument, NULL, OPT_INTO },
	{ "all-clients", no_argument, NULL, OPT_ALL_CLIENTS },
	{ "sip-domain", required_argument, NULL, OPT_SIP_DOMAIN },
	{ "firmware", required_argument, NULL, OPT_FIRMWARE },
	{ "policy", required_argument, NULL, OPT_POLICY },
	{ "speed", required_argument, NULL, OPT_SPEED },
	{ "pps", required_argument, NULL, OPT_PPS },
	{ "mbps", required_argument, NULL, OPT_MBPS },
	{ "topspeed", no_argument, NULL, OPT_TOPSPEED },
	{ "realtime", no_argument, NULL, OPT_REALTIME },
	{ "loop", required_argument, NULL, OPT_LOOP },
	{ "limit", required_argument, NULL, OPT_LIMIT },
	{ "start-at", required_argument, NULL, OPT_START_AT },
	{ "until", required_argument, NULL, OPT_UNTIL },
	{ "preload", no_argument, NULL, OPT_PRELOAD },
	{ "new-time", no_argument, NULL, OPT_NEW_TIME },
	{ "stats", no_argument, NULL, OPT_STATS },
	{ "filter", required_argument, NULL, OPT_FILTER },
	{ "phone", required_argument, NULL, OPT_PHONE },
	{ "map-mac", required_argument, NULL, OPT_MAP_MAC },
	{ "map-ip", required_argument, NULL, OPT_MAP_IP },
	{ "map-net", required_argument, NULL, OPT_MAP_NET },
	{ "vlan", required_argument, NULL, OPT_VLAN },
	{ "fix-checksums", no_argument, NULL, OPT_FIX_CHECKSUMS },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static bool read_pace(struct replay *r, const char *option, enum pace_mode mode, const char *text)
{
	char *end = NULL;
	double rate = text ? strtod(text, &end) : 1;

	if (r->paced)
		return refuse("only one of --speed, --pps, --mbps and --topspeed can be given");
	if (text && (end == text || *end || !(rate >= 1e-6 && rate <= 1e9))) {
		log_error("--%s %s: a number above 0 is needed", option, text);
		return false;
	}
	r->paced = true;
	r->play.pace = (struct pace_options){ mode, rate };
	return true;
}

static bool read_count(const char *option, const char *text, uint64_t *ret)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 10);

	if (*text < '0' || *text > '9' || *end) {
		log_error("--%s %s: a whole number is needed", option, text);
		return false;
	}
	*ret = n;
	return true;
}

/* "set" and "push" have their number behind them, as the next word. */
static bool read_vlan(struct replay *r, int argc, char **argv)
{
	const char *what = optarg, *id = NULL;

	if (rules_vlan_takes_id(what) && optind < argc)
		id = argv[optind++];
	return rules_vlan(&r->play.rules, what, id);
}

static bool read_when(struct replay *r, int o)
{
	switch (o) {
	case OPT_SPEED: return read_pace(r, "speed", PACE_ORIGINAL, optarg);
	case OPT_PPS: return read_pace(r, "pps", PACE_PACKETS, optarg);
	case OPT_MBPS: return read_pace(r, "mbps", PACE_BITS, optarg);
	case OPT_TOPSPEED: return read_pace(r, "topspeed", PACE_TOP, NULL);
	case OPT_LOOP: return read_count("loop", optarg, &r->play.rounds);
	case OPT_LIMIT: r->play.has_limit = true; return read_count("limit", optarg, &r->play.limit);
	case OPT_START_AT: r->start_at = optarg; return true;
	case OPT_UNTIL: r->until = optarg; return true;
	case OPT_REALTIME: r->realtime = true; return true;
	case OPT_PRELOAD: r->preload = true; return true;
	case OPT_NEW_TIME: r->play.new_time = true; return true;
	default: return false;
	}
}

static bool read_what(struct replay *r, int o, int argc, char **argv)
{
	switch (o) {
	case OPT_FILTER: r->filter = optarg; return true;
	case OPT_PHONE: return phone_list_add(&r->phones, optarg);
	case OPT_MAP_MAC: return rules_map_mac(&r->play.rules, optarg);
	case OPT_MAP_IP: return rules_map_ip(&r->play.rules, optarg);
	case OPT_MAP_NET: return rules_map_net(&r->play.rules, optarg);
	case OPT_VLAN: return read_vlan(r, argc, argv);
	case OPT_FIX_CHECKSUMS: r->play.rules.fix_checksums = true; return true;
	default: return read_when(r, o);
	}
}

static bool read_option(struct replay *r, int o, int argc, char **argv)
{
	switch (o) {
	case 'i': r->interface = optarg; return true;
	case 'w': r->write = optarg; return true;
	case OPT_ATTEMPT: r->attempt = optarg; return true;
	case OPT_DB: r->db = optarg; return true;
	case OPT_KEEP_PACKETS: r->follow.evidence_octets = KEPT_OCTETS; return true;
	case OPT_INTO: r->into = optarg; return true;
	case OPT_ALL_CLIENTS: r->follow.all_clients = true; return true;
	case OPT_SIP_DOMAIN: r->follow.judge.sip_domain = optarg; return true;
	case OPT_FIRMWARE: r->follow.judge.firmware = optarg; return true;
	case OPT_POLICY: r->follow.judge.policy = optarg; return true;
	case OPT_YES_REALLY: r->yes_really = true; return true;
	case OPT_SEND_CUT: r->send_cut = true; return true;
	case OPT_STATS: r->stats = true; return true;
	default: return read_what(r, o, argc, argv);
	}
}

int replay_options(int argc, char **argv, struct replay *r)
{
	int o, verbosity = 0;

	while ((o = options_next(argc, argv, ":i:w:vh", options)) != -1) {
		if (o == 'h') {
			fputs(help, stdout);
			return 1;
		}
		if (o == 'v')
			log_set_verbosity(++verbosity);
		else if (!read_option(r, o, argc, argv))
			return -1;
	}
	return source_fits_together(r, optind < argc) && fits_together(r) ? 0 : -1;
}

/* dialtone events: every protocol message that a dissector understood, one JSON object a line, in packet order. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/table.h"
#include "command/command.h"
#include "command/options.h"
#include "command/output.h"
#include "command/progress.h"
#include "command/summary.h"
#include "dissectors/arp.h"
#include "dissectors/dhcp.h"
#include "pipeline.h"
#include "sink/sink.h"

/* Addresses of the phones asked for; a phone has one or two at a time. */
enum { ADDRESSES_MAX = 4096 };

struct selection {
	struct phone_list phones;       /* none: everybody */
	struct table *addresses;        /* struct addr, by DHCP or ARP a phone's: the entry is empty, being there is all */
	const char *protocols;          /* --proto, or NULL */
};

struct events {
	struct selection selection;
	struct source *source;
	bool several_files;
};

static const char help[] =
	"usage: dialtone events [options] FILE...\n\n"
	"Prints every protocol message in the captures (- is standard input) as one JSON object a line.\n\n"
	"  --phone MAC       only what this device sent or received; repeat for more\n"
	"  --proto LIST      only these protocols: dns,tls (`dialtone list-dissectors` names them, and tcp)\n"
	"  --filter BPF      only packets that this tcpdump expression matches\n"
	"  -v                tell on stderr what could not be read\n"
	"  --help            this text\n";

/* ---- which events ---- */

static bool word_in_list(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (;;) {
		size_t one = strcspn(list, ",");

		if (one == len && strncmp(list, word, len) == 0)
			return true;
		if (!list[one])
			return false;
		list += one + 1;
	}
}

static void bind(struct selection *s, const struct addr *a, struct mac owner)
{
	void *entry = table_find(s->addresses, a);

	if (!addr_is_set(a))
		return;
	if (!phone_list_has(&s->phones, owner)) {
		if (entry)
			table_remove(s->addresses, entry);
	} else if (entry) {
		table_touch(s->addresses, entry);
	} else {
		table_add(s->addresses, a);
	}
}

static const struct item *find_form(const struct event *e, const struct field *f, enum form form)
{
	const struct item *i = event_find(e, f);

	return i && i->form == form ? i : NULL;
}

/* Learns from a lease and from ARP who has which address. */
static void learn(struct selection *s, const struct event *e)
{
	const struct item *mac = find_form(e, &dhcp_client_mac, FORM_MAC);
	const struct item *addr = find_form(e, &dhcp_yiaddr, FORM_ADDR);

	if (e->kind == &dhcp_ack && mac) {
		if (!addr)
			addr = find_form(e, &dhcp_ciaddr, FORM_ADDR);
		if (addr)
			bind(s, &addr->addr, mac->mac);
	} else if (e->kind == &arp_request || e->kind == &arp_reply) {
		mac = find_form(e, &arp_sender_mac, FORM_MAC);
		addr = find_form(e, &arp_sender_addr, FORM_ADDR);
		if (mac && addr)
			bind(s, &addr->addr, mac->mac);
	}
}

static bool of_phone(const struct selection *s, const struct event *e)
{
	const struct item *client = find_form(e, &dhcp_client_mac, FORM_MAC);

	if (e->has_ether && (phone_list_has(&s->phones, e->mac_src) || phone_list_has(&s->phones, e->mac_dst)))
		return true;
	if (client && phone_list_has(&s->phones, client->mac))
		return true;
	return e->has_ip && (table_find(s->addresses, &e->src.addr) || table_find(s->addresses, &e->dst.addr));
}

static bool wanted(struct selection *s, const struct event *e)
{
	if (s->phones.count)
		learn(s, e);
	if (e->kind->internal)
		return false;
	if (s->protocols && !word_in_list(s->protocols, e->kind->proto))
		return false;
	return !s->phones.count || of_phone(s, e);
}

/* ---- the pipeline's user ---- */

static enum interest everything(void *user, const struct layers *l)
{
	(void)user;
	(void)l;
	return INTEREST_ALL;
}

static void print(void *user, const struct event *e)
{
	struct events *ev = user;

	if (!wanted(&ev->selection, e))
		return;
	json_event(stdout, e, ev->several_files ? source_capture(ev->source, frame_file(e->frame))->file : NULL, ev->several_files);
	output_check();
}

static int run(struct events *ev)
{
	const struct flows_user user = { .user = ev, .interest = everything, .event = print };
	struct pipeline *p = pipeline_new(&user);
	int status;

	progress_start(p, true);
	status = pipeline_run(p, ev->source);
	progress_end();
	pipeline_finish(p);
	output_finish();
	summary_log(p);
	pipeline_free(p);
	return status;
}

/* ---- the command line ---- */

/* A protocol name that nobody knows, or of which nothing is printed, would silently select nothing. */
static bool protocols_known(const char *list)
{
	do {
		size_t len = strcspn(list, ",");
		bool known = len == 3 && strncmp(list, "tcp", 3) == 0;

		for (const struct dissector *const *d = dissectors; *d && !known; d++)
			known = strlen((*d)->name) == len && strncmp((*d)->name, list, len) == 0 && dissector_is_printed(*d);
		if (!known) {
			log_error("--proto %.*s: no such protocol, or nothing is printed of it; `dialtone list-dissectors` lists them", (int)len, list);
			return false;
		}
		list += len + (list[len] == ',');
	} while (*list);
	return true;
}

enum { OPT_PHONE = 256, OPT_PROTO, OPT_FILTER, OPT_HELP };

static const struct option options[] = {
	{ "phone", required_argument, NULL, OPT_PHONE },
	{ "proto", required_argument, NULL, OPT_PROTO },
	{ "filter", required_argument, NULL, OPT_FILTER },
	{ "help", no_argument, NULL, OPT_HELP },
	{ 0 },
};

/* 0 to go on, 1 help was given, -1 wrong usage. */
static int read_options(int argc, char **argv, struct selection *s, const char **ret_filter)
{
	int o, verbosity = 0;

	while ((o = options_next(argc, argv, ":vh", options)) != -1) {
		switch (o) {
		case OPT_PHONE:
			if (!phone_list_add(&s->phones, optarg))
				return -1;
			break;
		case OPT_PROTO:
			if (!protocols_known(optarg))
				return -1;
			s->protocols = optarg;
			break;
		case OPT_FILTER:
			*ret_filter = optarg;
			break;
		case 'v':
			log_set_verbosity(++verbosity);
			break;
		case 'h':
		case OPT_HELP:
			fputs(help, stdout);
			return 1;
		default:
			return -1;
		}
	}
	return 0;
}

int command_events(int argc, char **argv)
{
	struct events ev = { 0 };
	const char *filter = NULL;
	char **files;
	unsigned count;
	int status = STATUS_TROUBLE, go = read_options(argc, argv, &ev.selection, &filter);

	output_start();
	if (go == 1) {
		output_finish();
		status = EXIT_SUCCESS;
	} else if (go == 0 && options_files(argc, argv, &files, &count) && (ev.source = source_open_files(files, count, filter))) {
		ev.several_files = count > 1;
		ev.selection.addresses = table_new(sizeof(struct addr), 1, ADDRESSES_MAX, NULL, NULL);
		status = run(&ev);
		table_free(ev.selection.addresses);
		source_close(ev.source);
	}
	phone_list_free(&ev.selection.phones);
	return status;
}

/*
 * dialtone analyze: each phone's sign-in, told and judged. The pipeline's events go to the trail, the trail's attempts to the judge, the judge's
 * report to text, JSON and the store.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/saving.h"
#include "base/spill.h"
#include "command/command.h"
#include "command/options.h"
#include "command/output.h"
#include "command/page_file.h"
#include "command/progress.h"
#include "command/style.h"
#include "command/summary.h"
#include "pipeline.h"
#include "sink/sink.h"
#include "sink/store.h"
#include "trail/phone.h"
#include "verdict/judge.h"

static const char help[] =
	"usage: dialtone analyze [options] FILE...\n\n"
	"Reads captures (- is standard input; several files are one timeline), follows every phone in them and tells where its sign-in broke.\n\n"
	"  --phone MAC       follow this device, whatever it does; repeat for more\n"
	"  --all-clients     follow desktop clients too\n"
	"  --sip-domain D    the users' SIP domain, where the capture does not tell\n"
	"  --firmware V      the phones' firmware, where the capture does not tell (4.0.7577.4444)\n"
	"  --policy NAME     judge by the rules of this client: lpe-cu7, lpe-pre-cu7, ocs-strict, ocs-suffix, lync-desktop, 3pip\n"
	"  --filter BPF      only packets that this tcpdump expression matches\n"
	"  --summary         tell only how many phones ended how, by cause\n"
	"  --json            print one JSON document\n"
	"  --html FILE       write the report as one page for a browser, too\n"
	"  --annotate FILE   write the packets of the sign-ins to this pcapng file, verdicts and findings as comments on them\n"
	"  --db FILE         store what is found in this SQLite database too\n"
	"  --color WHEN      auto (on a terminal), always or never\n"
	"  -v                tell the sign-in message by message; on stderr, what could not be read\n"
	"  --help            this text\n\n"
	"Exit status: 0 no sign-in has failed, 1 one has, 2 wrong usage or nothing could be read.\n";

/* Of the packets of one sign-in: some ten times what the longest ones that were met take. */
enum { EVIDENCE_OCTETS = 4 << 20 };

/* Sign-ins in one transaction: half the time of one each (tests/bench/store-rate), and nobody else who writes waits for long. */
enum { STORE_AT_ONCE = 50 };

struct analysis {
	struct phone_list phones;
	bool all_clients, json, story, summary;
	int verbosity;
	const char *filter, *db, *html, *annotate;
	enum when colour;
	struct judge_options judge_options;
	struct source *source;
	struct store *store;
	struct judge *judge;
};

/* ---- the report ---- */

static bool attempt_has_error(const struct attempt_report *a)
{
	attempt_report_look(a);
	for (size_t f = 0; f < a->finding_count; f++)
		if (a->findings[f].severity == SEVERITY_ERROR)
			return true;
	return false;
}

static bool has_error(const struct report *r)
{
	for (size_t p = 0; p < r->phone_count; p++) {
		phone_report_look(r->phones[p]);
		for (size_t i = 0; i < r->phones[p]->attempt_count; i++)
			if (attempt_has_error(r->phones[p]->attempts[i]))
				return true;
	}
	return false;
}

/* The next in the transaction at hand, or in a new one. */
static bool store_next(struct store *s, const struct phone_report *p, const struct attempt_report *a, unsigned *count)
{
	bool full = *count == STORE_AT_ONCE;

	if (full && store_commit(s) != STORE_DONE)
		return false;
	if ((full || !*count) && store_begin(s) != STORE_DONE)
		return false;
	*count = full ? 1 : *count + 1;
	return store_attempt(s, p, a) == STORE_DONE;
}

static bool store_report(struct store *s, const struct report *r)
{
	unsigned count = 0;

	if (store_captures(s, r->captures, r->capture_count) != STORE_DONE)
		return false;
	for (size_t p = 0; p < r->phone_count; p++) {
		phone_report_look(r->phones[p]);
		for (size_t i = 0; i < r->phones[p]->attempt_count; i++) {
			attempt_report_look(r->phones[p]->attempts[i]);
			if (!store_next(s, r->phones[p], r->phones[p]->attempts[i], &count))
				return false;
		}
	}
	return !count || store_commit(s) == STORE_DONE;
}

static bool save_annotated(const struct analysis *a, const struct report *r)
{
	struct saving saving;

	if (!saving_start(&saving, a->annotate))
		return false;
	pcapng_report(saving.out, r);
	return saving_finish(&saving);
}

static void print_report(const struct analysis *a, const struct report *r)
{
	struct text_style style;

	if (a->json) {
		json_report(stdout, r);
	} else {
		style = style_of_output(a->colour);
		style.story = a->story;
		style.hint = a->phones.count ? NULL : "Name a device with --phone MAC to follow it whatever it does, or follow desktop clients too with --all-clients.";
		if (a->summary)
			text_summary(stdout, r, &style);
		else
			text_report(stdout, r, &style);
	}
	output_finish();
}

/* A MAC address typed wrong would silently find nothing. */
static void tell_missing(const struct phone_list *phones, const struct report *r)
{
	for (size_t i = 0; i < phones->count; i++) {
		char mac[MAC_TEXT];
		bool found = false;

		for (size_t p = 0; p < r->phone_count; p++) {
			phone_report_look(r->phones[p]);
			found = found || mac_equal(r->phones[p]->mac, phones->at[i]);
		}
		if (!found)
			log_warning("--phone %s: nothing of a sign-in by this device was captured", mac_format(phones->at[i], mac));
	}
}

/* ---- the pipeline ---- */

/* Reads everything; the status so far. */
static int read_packets(struct analysis *a)
{
	const struct trail_options options = { .phones = a->phones.at, .phone_count = a->phones.count, .all_clients = a->all_clients,
		.evidence_octets = a->annotate ? EVIDENCE_OCTETS : 0, .attempt = judge_attempt, .user = a->judge };
	struct trail *trail = trail_new(&options);
	const struct flows_user user = { .user = trail, .interest = trail_interest, .event = trail_event, .packet = a->annotate ? trail_packet : NULL,
		.fragment = a->annotate ? trail_fragment : NULL, .versions = trail_versions(trail) };
	struct pipeline *p = pipeline_new(&user);
	int status;

	progress_start(p, false);
	status = pipeline_run(p, a->source);
	progress_end();
	pipeline_finish(p);
	trail_finish(trail);
	summary_log(p);
	pipeline_free(p);
	trail_free(trail);
	return status;
}

static int run(struct analysis *a)
{
	unsigned count = source_captures(a->source);
	const struct capture_info **captures = memory_get(count * sizeof *captures);
	int status = read_packets(a);
	const struct report *r;

	for (unsigned i = 0; i < count; i++)
		captures[i] = source_capture(a->source, i);
	r = judge_report(a->judge, captures, count);
	tell_missing(&a->phones, r);
	/* Before it is printed: a reader that goes away ends the program. */
	if (a->store && !store_report(a->store, r))
		status = STATUS_TROUBLE;
	if (a->html && !page_file(a->html, r, a->summary ? PAGE_SUMMARY : PAGE_CAPTURES))
		status = STATUS_TROUBLE;
	if (a->annotate && !save_annotated(a, r))
		status = STATUS_TROUBLE;
	print_report(a, r);
	if (status == EXIT_SUCCESS && has_error(r))
		status = EXIT_FAILURE;
	free(captures);
	return status;
}

/* ---- the command line ---- */

enum {
	OPT_PHONE = 256, OPT_ALL_CLIENTS, OPT_SIP_DOMAIN, OPT_FIRMWARE, OPT_POLICY, OPT_FILTER, OPT_JSON, OPT_HTML, OPT_ANNOTATE, OPT_SUMMARY, OPT_DB, OPT_COLOR,
};

static const struct option options[] = {
	{ "phone", required_argument, NULL, OPT_PHONE },
	{ "all-clients", no_argument, NULL, OPT_ALL_CLIENTS },
	{ "sip-domain", required_argument, NULL, OPT_SIP_DOMAIN },
	{ "firmware", required_argument, NULL, OPT_FIRMWARE },
	{ "policy", required_argument, NULL, OPT_POLICY },
	{ "filter", required_argument, NULL, OPT_FILTER },
	{ "summary", no_argument, NULL, OPT_SUMMARY },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "html", required_argument, NULL, OPT_HTML },
	{ "annotate", required_argument, NULL, OPT_ANNOTATE },
	{ "db", required_argument, NULL, OPT_DB },
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static bool read_option(void *user, int o)
{
	struct analysis *a = user;

	switch (o) {
	case 'v': log_set_verbosity(++a->verbosity); a->story = true; return true;
	case OPT_PHONE: return phone_list_add(&a->phones, optarg);
	case OPT_ALL_CLIENTS: a->all_clients = true; return true;
	case OPT_SIP_DOMAIN: a->judge_options.sip_domain = optarg; return true;
	case OPT_FIRMWARE: a->judge_options.firmware = optarg; return true;
	case OPT_POLICY: a->judge_options.policy = optarg; return true;
	case OPT_FILTER: a->filter = optarg; return true;
	case OPT_SUMMARY: a->summary = true; return true;
	case OPT_JSON: a->json = true; return true;
	case OPT_HTML: a->html = optarg; return true;
	case OPT_ANNOTATE: a->annotate = optarg; return true;
	case OPT_DB: a->db = optarg; a->judge_options.keep_events = true; return true;
	case OPT_COLOR: return style_parse_when(optarg, &a->colour);
	default: return false;
	}
}

/* Never over what is read, nor over what else is written. */
static bool may_save(const struct analysis *a, const char *option, const char *path, char *const *files, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (!saving_is_apart(option, path, files[i]))
			return false;
	if ((a->db && !saving_is_apart(option, path, a->db)) || (path == a->annotate && a->html && !saving_is_apart(option, path, a->html)))
		return false;
	return saving_possible(path);
}

/* What may be refused is opened before hours of packets are read. */
static bool open_all(int argc, char **argv, struct analysis *a)
{
	char **files;
	unsigned count;

	if (a->json && a->summary) {
		log_error("analyze: --summary is for a person, --json for a program: not both");
		return false;
	}
	a->judge_options.tell_story = !a->json || a->db || a->html;
	return options_files(argc, argv, &files, &count) && (a->judge = judge_new(&a->judge_options, NULL)) != NULL
		&& (!a->html || may_save(a, "--html", a->html, files, count)) && (!a->annotate || may_save(a, "--annotate", a->annotate, files, count))
		&& (!a->db || (a->store = store_open(a->db)) != NULL) && (a->source = source_open_files(files, count, a->filter)) != NULL;
}

static void close_all(struct analysis *a)
{
	if (a->source)
		source_close(a->source);
	if (a->judge)
		judge_free(a->judge);
	store_close(a->store);
	phone_list_free(&a->phones);
}

int command_analyze(int argc, char **argv)
{
	struct analysis a = { 0 };
	int status = STATUS_TROUBLE, go = options_read(argc, argv, ":vh", options, help, read_option, &a);

	output_start();
	spill_allow();
	if (go == 1) {
		output_finish();
		status = EXIT_SUCCESS;
	} else if (go == 0 && open_all(argc, argv, &a)) {
		status = run(&a);
	}
	close_all(&a);
	spill_end();
	return status;
}

/* dialtone export: the packets of one stored sign-in as a capture, with what is to be said of them as comments. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/saving.h"
#include "command/command.h"
#include "command/options.h"
#include "command/output.h"
#include "command/stored.h"
#include "sink/sink.h"

static const char help[] =
	"usage: dialtone export [options] ID\n\n"
	"Writes the packets that are kept of one stored sign-in as pcapng, which Wireshark opens; the verdict and the findings are comments on them.\n"
	"ID is its number in `dialtone list`, its name or the beginning of it, a phone's MAC address (its last sign-in) or the word last.\n\n"
	"  --db FILE         the database (/var/lib/dialtone/dialtone.db)\n"
	"  -w FILE           write this file; without it, or with -, standard output, unless that is a terminal\n"
	"  --help            this text\n\n"
	"Exit status: 0, or 2 for wrong usage, what cannot be read or written, or a sign-in of which no packets are kept.\n";

struct exporting {
	const char *db, *words, *file;
};

static bool write_report(FILE *out, const struct report *report)
{
	return pcapng_attempt(out, report->phones[0], report->phones[0]->attempts[0], report->captures, report->capture_count);
}

static bool write_file(const char *name, const struct report *report)
{
	struct saving s;

	if (!saving_start(&s, name))
		return false;
	write_report(s.out, report);
	return saving_finish(&s);
}

static bool write_output(const struct exporting *e, const struct report *report)
{
	if (e->file)
		return write_file(e->file, report);
	write_report(stdout, report);
	output_finish();
	return true;
}

static bool has_packets(const struct exporting *e, const struct report *report)
{
	if (!report)
		log_error("%s: has just been deleted", e->words);
	else if (report->phones[0]->attempts[0]->packet_count == 0)
		log_error("%s: no packets are kept of this sign-in; dialtone capture keeps them, analyze --db does not", e->words);
	return report && report->phones[0]->attempts[0]->packet_count;
}

static int run(const struct exporting *e)
{
	struct store_reader *r = stored_open(e->db);
	const struct report *report;
	struct arena arena = { 0 };
	int64_t id;
	bool good = r && store_read_find(r, e->words, &id) && store_read_attempt(r, id, true, &arena, &report) && has_packets(e, report)
		&& write_output(e, report);

	arena_free(&arena);
	store_reader_close(r);
	return good ? EXIT_SUCCESS : STATUS_TROUBLE;
}

enum { OPT_DB = 256 };

static const struct option options[] = {
	{ "db", required_argument, NULL, OPT_DB },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

int command_export(int argc, char **argv)
{
	struct exporting e = { 0 };
	int o;

	output_start();
	while ((o = options_next(argc, argv, ":w:h", options)) != -1) {
		if (o == 'h') {
			fputs(help, stdout);
			output_finish();
			return EXIT_SUCCESS;
		}
		if (o == 'w')
			e.file = strcmp(optarg, "-") == 0 ? NULL : optarg;
		else if (o == OPT_DB)
			e.db = optarg;
		else
			return STATUS_TROUBLE;
	}
	if (stored_argument(argc, argv, &e.words) != 0 || !stored_may_write(e.db, "-w", e.file))
		return STATUS_TROUBLE;
	if (!e.file && isatty(STDOUT_FILENO)) {
		log_error("export: this is a capture, nothing for a terminal; -w FILE writes it to a file");
		return STATUS_TROUBLE;
	}
	return run(&e);
}

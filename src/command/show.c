/* dialtone show: one stored sign-in, told as analyze tells it. */
#include <stdlib.h>

#include "base/log.h"
#include "command/command.h"
#include "command/options.h"
#include "command/output.h"
#include "command/page_file.h"
#include "command/stored.h"
#include "command/style.h"

static const char help[] =
	"usage: dialtone show [options] ID\n\n"
	"Tells one stored sign-in as dialtone analyze does. ID is its number in `dialtone list`, its name or the beginning of it, a phone's MAC address\n"
	"(its last sign-in) or the word last.\n\n"
	"  --db FILE         the database (/var/lib/dialtone/dialtone.db)\n"
	"  --json            print it as JSON\n"
	"  --html FILE       write it as one page for a browser, too\n"
	"  --color WHEN      auto (on a terminal), always or never\n"
	"  -v                tell the sign-in message by message\n"
	"  --help            this text\n\n"
	"Exit status: 0, or 2 for wrong usage or what cannot be read.\n";

struct showing {
	const char *db, *words, *html;
	enum when colour;
	bool json, story;
};

static void print(const struct showing *show, const struct report *report)
{
	struct text_style style;

	if (show->json) {
		json_attempt(stdout, report->phones[0], report->phones[0]->attempts[0], report->capture_count > 1);
	} else {
		style = style_of_output(show->colour);
		style.story = show->story;
		text_report(stdout, report, &style);
	}
}

static int run(const struct showing *show)
{
	struct store_reader *r = stored_open(show->db);
	const struct report *report = NULL;
	struct arena arena = { 0 };
	int64_t id;
	bool good = r && store_read_find(r, show->words, &id) && store_read_attempt(r, id, false, &arena, &report);

	if (good && report && show->html)
		good = page_file(show->html, report, PAGE_STORED);
	if (good && report)
		print(show, report);
	else if (good)
		log_error("%s: has just been deleted", show->words);
	output_finish();
	arena_free(&arena);
	store_reader_close(r);
	return good && report ? EXIT_SUCCESS : STATUS_TROUBLE;
}

enum { OPT_DB = 256, OPT_JSON, OPT_HTML, OPT_COLOR };

static const struct option options[] = {
	{ "db", required_argument, NULL, OPT_DB },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "html", required_argument, NULL, OPT_HTML },
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static bool read_option(void *user, int o)
{
	struct showing *show = user;

	switch (o) {
	case OPT_DB: show->db = optarg; return true;
	case OPT_JSON: show->json = true; return true;
	case OPT_HTML: show->html = optarg; return true;
	case OPT_COLOR: return style_parse_when(optarg, &show->colour);
	case 'v': show->story = true; return true;
	default: return false;
	}
}

int command_show(int argc, char **argv)
{
	struct showing show = { 0 };
	int go;

	output_start();
	go = options_read(argc, argv, ":vh", options, help, read_option, &show);
	if (go == 1) {
		output_finish();
		return EXIT_SUCCESS;
	}
	return go == 0 && stored_argument(argc, argv, &show.words) == 0 && stored_may_write(show.db, "--html", show.html) ? run(&show) : STATUS_TROUBLE;
}

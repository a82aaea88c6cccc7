#include "command/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/moment.h"
#include "base/text.h"

enum { QUIET_MS = 1000, EVERY_MS = 200, WIDTH_USUAL = 80 };

/* There is one terminal, and one line on it. */
static struct {
	const struct pipeline *pipeline;
	int64_t start_ns, drawn_ns;
	bool drawn;
} shown;

static int64_t clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

/* ---- the words ---- */

static void add_octets(struct text *t, uint64_t n)
{
	static const char *const units[] = { "octets", "kB", "MB", "GB", "TB", "PB", "EB" };
	double v = (double)n;
	size_t unit = 0;

	while (v >= 1000 && unit < sizeof units / sizeof units[0] - 1) {
		v /= 1000;
		unit++;
	}
	text_addf(t, unit ? "%.1f %s" : "%.0f %s", v, units[unit]);
}

static void add_left(struct text *t, int64_t left_s)
{
	if (left_s >= 3600)
		text_addf(t, ", %" PRId64 " h %02" PRId64 " min left", left_s / 3600, left_s / 60 % 60);
	else if (left_s >= 60)
		text_addf(t, ", %" PRId64 " min %02" PRId64 " s left", left_s / 60, left_s % 60);
	else
		text_addf(t, ", %" PRId64 " s left", left_s);
}

const char *progress_line(uint64_t done, uint64_t total, uint64_t packets, int64_t elapsed_ns, char out[PROGRESS_TEXT])
{
	struct text t = text_start(PROGRESS_TEXT - 1);
	double seconds = (double)(elapsed_ns > 0 ? elapsed_ns : 1) / (double)NS_PER_S;

	if (total) {
		done = done < total ? done : total;
		add_octets(&t, done);
		text_add(&t, " of ");
		add_octets(&t, total);
		text_addf(&t, ", %" PRIu64 " %%", (uint64_t)((double)done * 100 / (double)total));
	} else {
		text_addf(&t, "%" PRIu64 " packets", packets);
	}
	text_addf(&t, ", %.0f packets/s", (double)packets / seconds);
	if (total && done)
		add_left(&t, (int64_t)(seconds * ((double)total / (double)done - 1) + 0.5));
	snprintf(out, PROGRESS_TEXT, "%s", text_string(&t));
	text_free(&t);
	return out;
}

/* ---- the terminal ---- */

static int terminal_width(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : WIDTH_USUAL;
}

/* One column stays free: a full line would scroll. */
static void look(void *user, const struct source *s)
{
	int64_t now_ns = clock_ns();
	uint64_t done, total;
	char line[PROGRESS_TEXT];

	(void)user;
	if (now_ns - shown.start_ns < QUIET_MS * NS_PER_MS || now_ns - shown.drawn_ns < EVERY_MS * NS_PER_MS)
		return;
	shown.drawn_ns = now_ns;
	shown.drawn = true;
	source_progress(s, &done, &total);
	progress_line(done, total, pipeline_counters(shown.pipeline)->packets, now_ns - shown.start_ns, line);
	fprintf(stderr, "\r%.*s\033[K", terminal_width() - 1, line);
	fflush(stderr);
}

static bool somebody_looks(bool output_flows)
{
	struct stat s;

	if (!isatty(STDERR_FILENO) || fstat(STDOUT_FILENO, &s) != 0 || S_ISFIFO(s.st_mode) || S_ISSOCK(s.st_mode))
		return false;
	return !output_flows || !isatty(STDOUT_FILENO);
}

void progress_start(struct pipeline *p, bool output_flows)
{
	if (!somebody_looks(output_flows))
		return;
	shown.pipeline = p;
	shown.start_ns = clock_ns();
	pipeline_on_look(p, look, NULL);
	log_set_before(progress_end);
}

void progress_end(void)
{
	if (!shown.drawn)
		return;
	shown.drawn = false;
	fputs("\r\033[K", stderr);
	fflush(stderr);
}

#include "replay/left_out.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "verdict/report.h"

/* A capture that is played again and again leaves the same frames out each time. */
static bool is_named(const struct left_out *l, frame_ref f)
{
	for (unsigned i = 0; i < l->run_count; i++)
		if (f >= l->runs[i].first && f <= l->runs[i].last)
			return true;
	return false;
}

void left_out_add(struct left_out *l, frame_ref f)
{
	l->count++;
	if (is_named(l, f))
		return;
	if (l->run_count && l->runs[l->run_count - 1].last + 1 == f) {
		l->runs[l->run_count - 1].last = f;
	} else if (l->run_count < LEFT_RUNS) {
		l->runs[l->run_count].first = l->runs[l->run_count].last = f;
		l->run_count++;
	} else {
		l->unnamed++;
	}
}

const char *left_out_format(const struct left_out *l, bool several_files, char out[LEFT_TEXT])
{
	char first[FRAME_TEXT], last[FRAME_TEXT];
	size_t used = 0;

	*out = 0;
	for (unsigned i = 0; i < l->run_count && used < LEFT_TEXT; i++) {
		frame_format(l->runs[i].first, several_files, first);
		frame_format(l->runs[i].last, several_files, last);
		used += (size_t)snprintf(out + used, LEFT_TEXT - used, l->runs[i].first == l->runs[i].last ? "%s%s" : "%s%s-%s", i ? ", " : "", first, last);
	}
	if (l->unnamed && used < LEFT_TEXT)
		snprintf(out + used, LEFT_TEXT - used, " and %" PRIu64 " more", l->unnamed);
	return out;
}

/*
 * make-capture dense|mix [--length N] OUT CAPTURE...
 *
 * Makes the large captures that tests/bench/run measures with; README.md says what is in them. CAPTURE... are sign-ins to be told again.
 */
#include <stdlib.h>
#include <string.h>

#include "maker.h"

/* dense: two sign-ins begin each second. mix: one; the rest fills the 160 seconds with 4.2 million frames. */
enum { PHONES = 20000, DENSE_GAP = MICRO / 2, MIX_GAP = MICRO, MIX_SECONDS = 160, CALLS = 200, AT_ONCE = 60 };

static int usage(void)
{
	fputs("usage: make-capture dense|mix [--length N] OUT CAPTURE...\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	bool mix = argc > 1 && strcmp(argv[1], "mix") == 0;
	long length = argc > 3 && strcmp(argv[2], "--length") == 0 ? strtol(argv[3], NULL, 10) : 1;
	int first = argc > 3 && strcmp(argv[2], "--length") == 0 ? 4 : 2;
	struct stories *all;
	struct maker *m;
	uint64_t written;

	if (argc < first + 2 || length < 1 || length > 100 || (!mix && strcmp(argv[1], "dense") != 0))
		return usage();
	all = stories_load(argv + first + 1, argc - first - 1);
	m = maker_open(argv[first], mix ? length * MIX_SECONDS * MICRO : INT64_MAX);
	if (mix) {
		sessions_start(m, PHONES);
		calls_start(m, CALLS, PHONES);
		background_start(m, AT_ONCE);
	}
	stories_start(m, all, mix ? (uint32_t)length * MIX_SECONDS : (uint32_t)length * PHONES, mix ? MIX_GAP : DENSE_GAP);
	maker_run(m);
	written = maker_close(m);
	fprintf(stderr, "%s: %llu frames, %u stories\n", argv[first], (unsigned long long)written, stories_count(all));
	return 0;
}

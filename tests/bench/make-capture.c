/*
 * make-capture dense|mix|live|signins [--length N] [--part K/N] OUT CAPTURE...
 *
 * Makes the large captures that tests/bench/run measures with; README.md says what is in them. OUT may be - for standard output. CAPTURE... are sign-ins
 * to be told again. --part 0/2 and 1/2 together are the whole: each has all frames of half of the conversations.
 */
#include <stdlib.h>
#include <string.h>

#include "maker.h"

enum { PHONES = 20000 };

/* What --length multiplies is the time of a kind that has an end, else the number of sign-ins. */
static const struct kind {
	const char *name;
	int64_t seconds;                /* 0: until the last sign-in is over */
	uint32_t signins;               /* at most, where there is an end */
	int64_t gap;                    /* between two of them */
	uint32_t calls, at_once, sessions;
	uint32_t phones_from;           /* number of the phone that signs in first, less 1 */
} kinds[] = {
	{ "dense", 0, PHONES, MICRO / 2, 0, 0, 0, 0 },             /* 2.2 million frames */
	{ "mix", 160, 160, MICRO, 200, 60, PHONES, 0 },            /* 4.3 million: 27,000 a second */
	{ "live", 10, 10, MICRO, 4000, 1000, PHONES, 0 },          /* 5 million: 500,000 a second */
	{ "signins", 0, 80, 2 * MICRO, 0, 0, 0, 1 << 16 },      /* not the phones of the others: may be played beside them */
};

static int usage(void)
{
	fputs("usage: make-capture dense|mix|live|signins [--length N] [--part K/N] OUT CAPTURE...\n", stderr);
	return 2;
}

static const struct kind *kind_of(const char *name)
{
	for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

/* What is wanted of it. */
struct order {
	const struct kind *kind;
	uint32_t length, part, parts;
	const char *path;
};

static uint64_t make(const struct order *o, const struct stories *all)
{
	const struct kind *k = o->kind;
	struct maker *m = maker_open(o->path, k->seconds ? o->length * k->seconds * MICRO : INT64_MAX);

	m->part = o->part;
	m->parts = o->parts;
	if (k->sessions)
		sessions_start(m, k->sessions);
	if (k->calls)
		calls_start(m, k->calls, PHONES);
	if (k->at_once)
		background_start(m, k->at_once);
	stories_start(m, all, o->length * k->signins, k->gap, k->phones_from);
	maker_run(m);
	return maker_close(m);
}

/* How many words the options are, in order; -1: they are wrong. */
static int read_options(char **argv, struct order *o)
{
	int n = 0;

	o->length = o->parts = 1;
	if (argv[n] && strcmp(argv[n], "--length") == 0 && argv[n + 1]) {
		o->length = (uint32_t)strtoul(argv[n + 1], NULL, 10);
		n += 2;
	}
	if (argv[n] && strcmp(argv[n], "--part") == 0 && argv[n + 1]) {
		if (sscanf(argv[n + 1], "%u/%u", &o->part, &o->parts) != 2)
			return -1;
		n += 2;
	}
	return o->length >= 1 && o->length <= 100 && o->parts && o->part < o->parts ? n : -1;
}

int main(int argc, char **argv)
{
	struct order o = { .kind = argc > 1 ? kind_of(argv[1]) : NULL };
	int first = o.kind ? read_options(argv + 2, &o) + 2 : 0;
	struct stories *all;

	if (first < 2 || argc < first + 2)
		return usage();
	o.path = argv[first];
	all = stories_load(argv + first + 1, argc - first - 1);
	fprintf(stderr, "%s: %llu frames, %u stories\n", o.path, (unsigned long long)make(&o, all), stories_count(all));
	return 0;
}

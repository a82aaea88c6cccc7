/*
 * How fast sign-ins are stored: store-rate DATABASE COUNT [EACH] CAPTURE...
 *
 * The captures are analysed once; then COUNT attempts are stored, those of the captures again and again, each as another phone's, EACH (200) in one
 * transaction. Then one attempt is stored a hundred times as it grows message by message, as the daemon does with one that is going on.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "pipeline.h"
#include "sink/store.h"
#include "trail/phone.h"
#include "verdict/judge.h"

static double seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static const struct report *analyse(struct judge *judge, struct source *source)
{
	const struct trail_options options = { .attempt = judge_attempt, .user = judge };
	struct trail *trail = trail_new(&options);
	const struct flows_user user = { .user = trail, .interest = trail_interest, .event = trail_event };
	struct pipeline *p = pipeline_new(&user);

	pipeline_run(p, source);
	pipeline_finish(p);
	trail_finish(trail);
	pipeline_free(p);
	trail_free(trail);
	return judge_report(judge, NULL, 0);
}

/* Which attempt of the report comes next. */
struct turn {
	size_t phone, attempt;
};

static void turn_next(const struct report *r, struct turn *t)
{
	t->attempt++;
	while (t->attempt >= r->phones[t->phone]->attempt_count) {
		t->attempt = 0;
		t->phone = (t->phone + 1) % r->phone_count;
	}
}

/* As another phone's than any before. */
static enum store_result store_turn(struct store *s, const struct report *r, const struct turn *t, unsigned long n)
{
	struct phone_report copy = *r->phones[t->phone];

	for (unsigned i = 0; i < 4; i++)
		copy.mac.octet[2 + i] = (uint8_t)(n >> (24 - 8 * i));
	return store_attempt(s, &copy, copy.attempts[t->attempt]);
}

static void store_many(struct store *s, const struct report *r, unsigned long count, unsigned long each)
{
	double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	struct turn turn = { 0 };

	for (unsigned long i = 0; i < count; i++) {
		turn_next(r, &turn);
		if (i % each == 0)
			store_begin(s);
		if (store_turn(s, r, &turn, i) != STORE_DONE)
			exit(2);
		if (i % each == each - 1 || i + 1 == count)
			store_commit(s);
	}
	wall = seconds(CLOCK_MONOTONIC) - wall;
	cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	printf("%lu attempts, %lu a transaction: %.0f a second, %.0f a second of processor time\n", count, each, (double)count / wall, (double)count / cpu);
}

static void store_growing(struct store *s, const struct report *r)
{
	struct attempt_report a = *r->phones[0]->attempts[0];
	size_t events = a.event_count, lines = a.story_count;
	double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);

	a.start_ns++;
	for (size_t i = 1; i <= 100; i++) {
		a.going_on = i < 100;
		a.event_count = events * i / 100;
		a.story_count = lines * i / 100;
		if (store_attempt(s, r->phones[0], &a) != STORE_DONE)
			exit(2);
	}
	wall = seconds(CLOCK_MONOTONIC) - wall;
	cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	printf("one that grows to %zu messages, a transaction each time: %.3f ms, %.3f ms of processor time\n", events, wall * 10, cpu * 10);
}

int main(int argc, char **argv)
{
	struct judge_options options = { .keep_events = true, .tell_story = true };
	unsigned long count = argc > 3 ? strtoul(argv[2], NULL, 10) : 0, each = argc > 4 ? strtoul(argv[3], NULL, 10) : 0;
	int first = each ? 4 : 3;
	struct store *store = count ? store_open(argv[1]) : NULL;
	struct source *source = store ? source_open_files(argv + first, (unsigned)(argc - first), NULL) : NULL;
	struct judge *judge = judge_new(&options, NULL);
	const struct report *r = source ? analyse(judge, source) : NULL;

	if (r && r->phone_count && r->phones[0]->attempt_count) {
		store_many(store, r, count, each ? each : 200);
		store_growing(store, r);
	} else {
		fputs("usage: store-rate DATABASE COUNT [EACH] CAPTURE...\n", stderr);
	}
	if (source)
		source_close(source);
	judge_free(judge);
	store_close(store);
	return r ? EXIT_SUCCESS : 2;
}

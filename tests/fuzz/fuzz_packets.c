/*
 * From the link layer to what is printed: packets (frames.h) go through the whole of `dialtone events` and `dialtone analyze`. What is printed must be
 * one line of JSON an event, one JSON document, and a text that steers no terminal.
 */
#include <stdlib.h>
#include <string.h>

#include "flow/classify.h"
#include "pipeline.h"
#include "sink/sink.h"
#include "tests/fuzz/frames.h"
#include "tests/fuzz/fuzz.h"
#include "trail/phone.h"
#include "verdict/judge.h"

/* Bits of the second octet; the two below choose the policy. */
enum { ANY_CLIENT = 4, NAMED_PHONE = 8, TOLD_DOMAIN = 16, SEVERAL_FILES = 32 };

static bool several_files;
static struct trail *trail;

/* ---- nDPI takes longer to start than all the rest of a run: one start serves all (the linker's --wrap) ---- */

struct classify *__real_classify_new(size_t max_flows);
struct classify *__wrap_classify_new(size_t max_flows);
void __wrap_classify_free(struct classify *c);

struct classify *__wrap_classify_new(size_t max_flows)
{
	static struct classify *one;

	if (!one)
		one = __real_classify_new(max_flows);
	return one;
}

void __wrap_classify_free(struct classify *c)
{
	(void)c;
}

/* ---- what is printed ---- */

static void take_event(void *user, const struct event *e)
{
	(void)user;
	fuzz_check_event(e);
	if (!e->kind->internal) {
		fuzz_rewind();
		json_event(fuzz_output(), e, several_files ? "a capture" : NULL, several_files);
		fuzz_check_json(fuzz_printed());
	}
	trail_event(trail, e);
}

static void print(const struct report *r)
{
	const struct text_style style = { .colour = false, .width = 80, .utf8 = true, .story = true };

	fuzz_rewind();
	json_report(fuzz_output(), r);
	fuzz_check_json(fuzz_printed());
	fuzz_rewind();
	text_report(fuzz_output(), r, &style);
	fuzz_check_text(fuzz_printed());
}

static void judge_packets(struct frames *f, struct judge *j)
{
	static const struct mac phone = { { 0x00, 0x04, 0xf2, 0x11, 0x22, 0x33 } };
	const struct trail_options options = { &phone, f->options & NAMED_PHONE ? 1 : 0, f->options & ANY_CLIENT, judge_attempt, j };
	const struct flows_user user = { NULL, NULL, take_event };
	struct flows_user with_trail = user;
	struct pipeline *p;

	trail = trail_new(&options);
	with_trail.user = trail;
	with_trail.interest = trail_interest;
	p = pipeline_new(&with_trail);
	while (frames_next(f))
		pipeline_packet(p, &f->packet);
	pipeline_finish(p);
	trail_finish(trail);
	pipeline_free(p);
	trail_free(trail);
}

static struct judge *judge_for(uint8_t options)
{
	const struct judge_options judge = {
		.policy = options & 3 ? judge_policies[options & 3] : NULL,
		.sip_domain = options & TOLD_DOMAIN ? "contoso.com" : NULL,
		.tell_story = true,
	};

	return judge_new(&judge);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct capture_info capture = { .file = "a capture", .link_type = "EN10MB", .time_digits = 6 };
	const struct capture_info *captures[] = { &capture, &capture };
	struct frames f;
	struct judge *j;

	if (size < FRAMES_START)
		return 0;
	frames_begin(&f, span_of(data, size));
	several_files = f.options & SEVERAL_FILES;
	j = judge_for(f.options);
	judge_packets(&f, j);
	capture.packets = frame_number(f.packet.frame);
	print(judge_report(j, captures, several_files ? 2 : 1));
	judge_free(j);
	return 0;
}

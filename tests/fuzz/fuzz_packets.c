/*
 * From the link layer to what is printed: packets (frames.h) go through the whole of `dialtone events` and `dialtone analyze`, or through what
 * `dialtone capture` follows phones with. What is printed must be one line of JSON an event, one JSON document, a text that steers no
 * terminal, and a page that is well-formed.
 */
#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "flow/classify.h"
#include "follow.h"
#include "sink/html.h"
#include "sink/sink.h"
#include "tests/fuzz/frames.h"
#include "tests/fuzz/fuzz.h"
#include "trail/phone.h"
#include "verdict/judge.h"

/* Bits of the second octet; the two below choose the policy. */
enum { ANY_CLIENT = 4, NAMED_PHONE = 8, TOLD_DOMAIN = 16, SEVERAL_FILES = 32, LIVE = 64 };

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
	fuzz_rewind();
	html_report(fuzz_output(), r, &(struct html_options){ .summary = false });
	fuzz_check_page(fuzz_printed());
}

static const struct mac named_phone = { { 0x00, 0x04, 0xf2, 0x11, 0x22, 0x33 } };

static struct judge_options judge_options(uint8_t options)
{
	return (struct judge_options){
		.policy = options & 3 ? judge_policies[options & 3] : NULL,
		.sip_domain = options & TOLD_DOMAIN ? "contoso.com" : NULL,
		.tell_story = true,
	};
}

/* ---- as `analyze` does it ---- */

static void judge_packets(struct frames *f, struct judge *j)
{
	const struct trail_options options = {
		.phones = &named_phone, .phone_count = f->options & NAMED_PHONE ? 1 : 0, .all_clients = f->options & ANY_CLIENT, .attempt = judge_attempt, .user = j,
	};
	struct flows_user user = { .interest = trail_interest, .event = take_event };
	struct pipeline *p;

	user.user = trail = trail_new(&options);
	p = pipeline_new(&user);
	while (frames_next(f))
		pipeline_packet(p, &f->packet);
	pipeline_finish(p);
	trail_finish(trail);
	pipeline_free(p);
	trail_free(trail);
}

static void analyze(struct frames *f)
{
	const struct judge_options options = judge_options(f->options);
	struct capture_info capture = { .file = "a capture", .link_type = "EN10MB", .time_digits = 6 };
	const struct capture_info *captures[] = { &capture, &capture };
	struct judge *j = judge_new(&options, NULL);

	judge_packets(f, j);
	capture.packets = frame_number(f->packet.frame);
	print(judge_report(j, captures, several_files ? 2 : 1));
	judge_free(j);
}

/* ---- as `capture` does it ---- */

static void take_attempt(void *user, const struct phone_report *phone, const struct attempt_report *a)
{
	(void)user;
	fuzz_rewind();
	json_attempt(fuzz_output(), phone, a, several_files);
	fuzz_check_json(fuzz_printed());
}

static void take_live_event(void *user, const struct phone *phone, const struct event *e)
{
	(void)user;
	fuzz_expect(phone->followed, "events are told of phones that are followed");
	fuzz_check_event(e);
}

static void follow(struct frames *f)
{
	const struct follow_options options = {
		.phones = &named_phone, .phone_count = f->options & NAMED_PHONE ? 1 : 0, .all_clients = f->options & ANY_CLIENT, .judge = judge_options(f->options),
		.evidence_octets = f->options & SEVERAL_FILES ? 1 << 16 : 0, .report = take_attempt, .event = take_live_event,
	};
	struct follow *live = follow_new(&options);
	int64_t now_ns;

	while (frames_next(f)) {
		follow_packet(live, &f->packet);
		if (frame_number(f->packet.frame) % 4 == 0)
			follow_tick(live, f->packet.at_ns + NS_PER_S / 50);
	}
	now_ns = f->packet.at_ns;
	follow_lost(live, now_ns - NS_PER_S, now_ns, 1);
	follow_tick(live, now_ns + 200 * NS_PER_S);
	follow_finish(live, NULL, 0);
	follow_free(live);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct frames f;

	if (size < FRAMES_START)
		return 0;
	frames_begin(&f, span_of(data, size));
	several_files = f.options & SEVERAL_FILES;
	if (f.options & LIVE)
		follow(&f);
	else
		analyze(&f);
	return 0;
}

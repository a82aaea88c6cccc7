/*
 * What the writer believes of a dissecting process that was taken over: a stream of messages (daemon/message.h). Reports that are whole can be said again,
 * and then they are whole once more.
 */
#include "daemon/message.h"
#include "tests/fuzz/fuzz.h"

static enum incoming_answer hear(struct incoming *in, enum message_kind kind, struct span body)
{
	struct arena arena = { 0 };
	struct capture_info capture;
	struct message_answer answer;
	struct message_loss loss;
	const char *name, *part;
	unsigned position, count;
	uint64_t value;
	enum incoming_answer said = INCOMING_MORE;

	switch (kind) {
	case MESSAGE_COUNTER: message_get_counter(body, &arena, &name, &part, &value); break;
	case MESSAGE_LOSS: message_get_loss(body, &arena, &part, &loss); break;
	case MESSAGE_INTERFACE: message_get_interface(body, &arena, &capture, &position, &count); break;
	case MESSAGE_ANSWER: message_get_answer(body, &answer); break;
	default: said = incoming_message(in, kind, body); break;
	}
	arena_free(&arena);
	return said;
}

/* All messages of `octets` up to the first whole report, or a violation. */
static enum incoming_answer hear_all(struct incoming *in, struct span octets)
{
	enum incoming_answer answer = INCOMING_MORE;
	enum message_kind kind;
	struct span body;
	size_t size;

	while (octets.len && answer == INCOMING_MORE && message_next(octets, &kind, &body, &size) == 1) {
		answer = hear(in, kind, body);
		octets = span_part(octets, size, octets.len);
	}
	return answer;
}

static void say_again(const struct incoming *in)
{
	struct incoming *second = incoming_new();
	struct octets said = { 0 };

	for (size_t i = 0; i < incoming_attempt(in)->event_count; i++)
		fuzz_check_event(incoming_attempt(in)->events[i]);
	message_put_report(&said, incoming_phone(in), incoming_attempt(in));
	fuzz_expect(hear_all(second, span_of(said.data, said.len)) == INCOMING_WHOLE, "a report that came in whole can be said again");
	octets_free(&said);
	incoming_free(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct incoming *in = incoming_new();

	switch (hear_all(in, span_of(data, size))) {
	case INCOMING_WHOLE: say_again(in); break;
	case INCOMING_VIOLATION: fuzz_expect(incoming_wrong(in) != NULL, "a violation is named"); break;
	case INCOMING_MORE: break;
	}
	incoming_free(in);
	return 0;
}

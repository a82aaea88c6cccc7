/*
 * Which packet decides a sign-in: decided SPEED CAPTURE
 *
 * Follows the capture in packet time alone, SPEED times as fast, and prints for each phone: how many sign-ins, the last one's verdict (outcome and cause), its
 * last frame before that verdict was told, and how many milliseconds of packet time that took: more than a moment where something was waited for.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "follow.h"
#include "packet/source.h"

enum { PHONES = 4096, TICK = NS_PER_S / 50 };

struct device {
	struct mac mac;
	int64_t start_ns;               /* of its last sign-in */
	unsigned attempts;
	enum outcome outcome;
	const char *cause;              /* NULL: none */
	int64_t last_ns, wait_ns;
	uint64_t last_frame, frame;     /* 0: none of its own */
};

struct deciding {
	struct device at[PHONES];
	unsigned count;
	double speed;
	int64_t first_ns, now_ns;
};

static struct device *device_of(struct deciding *d, struct mac mac, bool may_add)
{
	for (unsigned i = 0; i < d->count; i++)
		if (mac_equal(d->at[i].mac, mac))
			return &d->at[i];
	if (!may_add || d->count == PHONES)
		return NULL;
	d->at[d->count] = (struct device){ .mac = mac, .start_ns = INT64_MIN };
	return &d->at[d->count++];
}

static void report(void *user, const struct phone_report *phone, const struct attempt_report *a)
{
	struct deciding *d = user;
	struct device *it = device_of(d, phone->mac, true);
	const char *cause = a->cause ? a->cause->rule->code : NULL;

	if (!it || a->start_ns < it->start_ns || (a->start_ns == it->start_ns && a->outcome == it->outcome && cause == it->cause))
		return;
	it->attempts += a->start_ns > it->start_ns;
	it->start_ns = a->start_ns;
	it->outcome = a->outcome;
	it->cause = cause;
	it->frame = it->last_frame;
	it->wait_ns = d->now_ns - it->last_ns;
}

/* ---- the packets ---- */

static bool next_packet(struct deciding *d, struct source *s, struct packet *ret)
{
	if (source_next(s, ret) != SOURCE_PACKET)
		return false;
	if (!d->first_ns)
		d->first_ns = ret->at_ns;
	ret->at_ns = d->first_ns + (int64_t)((double)(ret->at_ns - d->first_ns) / d->speed);
	return true;
}

static struct mac mac_at(const struct packet *p, size_t at)
{
	struct mac mac = { 0 };

	if (p->data.len >= at + sizeof mac.octet)
		memcpy(mac.octet, p->data.data + at, sizeof mac.octet);
	return mac;
}

/* Of the phones that are known by now. */
static void note_packet(struct deciding *d, const struct packet *p)
{
	for (unsigned n = 0; n < 2; n++) {
		struct device *it = device_of(d, mac_at(p, 6 * n), false);

		if (it) {
			it->last_ns = p->at_ns;
			it->last_frame = frame_number(p->frame);
		}
	}
}

static void pass_time(struct deciding *d, struct follow *f, int64_t until)
{
	while (d->now_ns + TICK < until) {
		d->now_ns += TICK;
		follow_tick(f, d->now_ns);
	}
	d->now_ns = until;
	follow_tick(f, until);          /* what silence alone tells, before the packet that ends it */
}

/* As a daemon would see it: time goes on between the packets, too. */
static bool follow_all(struct deciding *d, char *path)
{
	const struct follow_options options = { .judge = { .keep_events = true, .tell_story = true }, .user = d, .report = report };
	struct source *s = source_open_files(&path, 1, NULL);
	struct follow *f = follow_new(&options);
	struct packet p;

	while (s && f && next_packet(d, s, &p)) {
		if (!d->now_ns)
			d->now_ns = d->first_ns;
		pass_time(d, f, p.at_ns);
		note_packet(d, &p);
		follow_packet(f, &p);
	}
	if (s && f) {
		pass_time(d, f, d->now_ns + 60 * NS_PER_S);
		follow_finish(f, NULL, 0);
	}
	follow_free(f);
	if (s)
		source_close(s);
	return s != NULL;
}

static void print(const struct device *it)
{
	char mac[MAC_TEXT];

	printf("%s\t%u\t%s\t%s\t%" PRIu64 "\t%" PRId64 "\n", mac_format(it->mac, mac), it->attempts, outcome_name(it->outcome), it->cause ? it->cause : "-",
		it->frame, it->wait_ns / NS_PER_MS);
}

/* Whose packets are to be noted is only known at the end. */
static void begin_again(struct deciding *d)
{
	for (unsigned i = 0; i < d->count; i++)
		d->at[i] = (struct device){ .mac = d->at[i].mac, .start_ns = INT64_MIN };
	d->now_ns = 0;
}

int main(int argc, char **argv)
{
	static struct deciding d;

	d.speed = argc == 3 ? strtod(argv[1], NULL) : 0;
	if (d.speed <= 0) {
		fputs("usage: decided SPEED CAPTURE\n", stderr);
		return 2;
	}
	if (!follow_all(&d, argv[2]))
		return 2;
	begin_again(&d);
	follow_all(&d, argv[2]);
	for (unsigned i = 0; i < d.count; i++)
		print(&d.at[i]);
	return 0;
}

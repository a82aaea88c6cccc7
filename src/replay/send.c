#include "replay/send.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"

enum {
	BATCH = 64,                     /* frames in one call: more gains nothing */
	HEADER = 14, TAG = 4, TAG_8021Q = 0x8100,
	FULL_NS = 50000, FULL_TIMES = 20000,    /* a queue that stays full for a second does not send any more */
};

struct slot {
	size_t at, len;
	int64_t due_ns;
	frame_ref frame;
};

struct sender {
	struct interface interface;
	bool send_cut, gone;
	const volatile sig_atomic_t *stop;
	int socket;
	int64_t (*now)(void *user);
	void *user;
	struct slot slots[BATCH];
	struct mmsghdr messages[BATCH];
	struct iovec pieces[BATCH];
	unsigned count;
	uint8_t *octets;                /* of the frames in the slots */
	size_t len, room;
	struct sender_counters counters;
};

/* ---- beginning ---- */

static bool say(const char *name, const char *why)
{
	log_error("%s: %s", name, why);
	return false;
}

static bool open_socket(struct sender *s)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_ifindex = s->interface.index };

	/* Protocol 0: nothing is received here. */
	s->socket = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (s->socket < 0 && (errno == EPERM || errno == EACCES))
		return say(s->interface.name, "to send frames the right CAP_NET_RAW is needed: be root, or setcap cap_net_raw+ep on the program");
	if (s->socket < 0 || bind(s->socket, (struct sockaddr *)&to, sizeof to) < 0)
		return say(s->interface.name, strerror(errno));
	return true;
}

static bool usable(const struct interface *i)
{
	if (!i->ethernet)
		return say(i->name, "takes no Ethernet frames");
	if (!i->up)
		return say(i->name, "is down");
	return true;
}

struct sender *sender_new(const struct interface *i, bool send_cut, const volatile sig_atomic_t *stop)
{
	struct sender *s = memory_get(sizeof *s);

	s->interface = *i;
	s->send_cut = send_cut;
	s->stop = stop;
	s->socket = -1;
	if (usable(i) && open_socket(s))
		return s;
	sender_free(s);
	return NULL;
}

void sender_clock(struct sender *s, int64_t (*now)(void *user), void *user)
{
	s->now = now;
	s->user = user;
}

/* ---- sending ---- */

/* The octets moved while frames were added: the messages are made only now. */
static void make_messages(struct sender *s)
{
	for (unsigned i = 0; i < s->count; i++) {
		s->pieces[i] = (struct iovec){ s->octets + s->slots[i].at, s->slots[i].len };
		s->messages[i] = (struct mmsghdr){ .msg_hdr = { .msg_iov = &s->pieces[i], .msg_iovlen = 1 } };
	}
}

static bool is_gone(int error)
{
	return error == ENETDOWN || error == ENODEV || error == ENXIO;
}

static void note_sent(struct sender *s, unsigned from, unsigned count)
{
	for (unsigned i = from; i < from + count; i++)
		s->counters.octets += s->slots[i].len;
	s->counters.packets += count;
}

/* One frame that the system refuses, for a reason that may not hold for the next. */
static void note_refused(struct sender *s, unsigned at, int error)
{
	struct left_out *failed = &s->counters.left_out[LEFT_FAILED];

	if (error == EMSGSIZE) {
		left_out_add(&s->counters.left_out[LEFT_TOO_LONG], s->slots[at].frame);
		return;
	}
	if (!failed->count)
		log_warning("%s: a frame could not be sent: %s", s->interface.name, strerror(error));
	left_out_add(failed, s->slots[at].frame);
}

/* Whether the same frame is worth another try. */
static bool wait_for_room(struct sender *s, int error, unsigned *tries)
{
	const struct timespec pause = { .tv_nsec = FULL_NS };

	if (error == EINTR)
		return true;
	if ((error != ENOBUFS && error != EAGAIN && error != ENOMEM) || ++*tries > FULL_TIMES)
		return false;
	s->counters.full++;
	nanosleep(&pause, NULL);
	return true;
}

static void measure(struct sender *s)
{
	int64_t now = s->now && s->count ? s->now(s->user) : 0;

	for (unsigned i = 0; s->now && i < s->count; i++)
		spread_add(&s->counters.late, now > s->slots[i].due_ns ? (uint64_t)(now - s->slots[i].due_ns) : 0);
}

bool sender_flush(struct sender *s)
{
	unsigned at = 0, tries = 0;

	measure(s);
	make_messages(s);
	while (at < s->count && !s->gone && !(*s->stop && tries)) {
		int sent = sendmmsg(s->socket, s->messages + at, s->count - at, 0), error = errno;

		if (sent > 0) {
			note_sent(s, at, (unsigned)sent);
			at += (unsigned)sent;
			tries = 0;
		} else if (is_gone(error)) {
			s->gone = true;
			say(s->interface.name, error == ENETDOWN ? "went down" : "is not there any more");
		} else if (!wait_for_room(s, error, &tries)) {
			note_refused(s, at++, error);
			tries = 0;
		}
	}
	s->count = 0;
	s->len = 0;
	return !s->gone;
}

/* ---- taking ---- */

bool sender_fits(const struct interface *i, struct span frame)
{
	struct cursor c = cursor_over(frame);
	size_t most = (size_t)i->mtu + HEADER;

	cursor_skip(&c, HEADER - 2);
	if (cursor_be16(&c) == TAG_8021Q)
		most += TAG;
	return frame.len <= most;
}

static bool refuse(struct sender *s, const struct packet *p, enum left_out_why *ret)
{
	if (p->data.len < p->wire_len && !s->send_cut)
		*ret = LEFT_CUT;
	else if (p->data.len < HEADER)
		*ret = LEFT_TOO_SHORT;
	else if (!sender_fits(&s->interface, p->data))
		*ret = LEFT_TOO_LONG;
	else
		return false;
	return true;
}

static void add(struct sender *s, const struct packet *p, int64_t due_ns)
{
	if (s->len + p->data.len > s->room) {
		s->room = 2 * s->room + p->data.len;
		s->octets = memory_resize(s->octets, s->room, 1);
	}
	memcpy(s->octets + s->len, p->data.data, p->data.len);
	s->slots[s->count++] = (struct slot){ s->len, p->data.len, due_ns, p->frame };
	s->len += p->data.len;
}

bool sender_take(struct sender *s, const struct packet *p, int64_t due_ns)
{
	enum left_out_why why;

	if (refuse(s, p, &why)) {
		left_out_add(&s->counters.left_out[why], p->frame);
		return !s->gone;
	}
	add(s, p, due_ns);
	return s->count < BATCH || sender_flush(s);
}

const struct sender_counters *sender_counters(const struct sender *s)
{
	return &s->counters;
}

void sender_free(struct sender *s)
{
	if (!s)
		return;
	if (s->socket >= 0)
		close(s->socket);
	free(s->octets);
	free(s);
}

/* Whether a packet begins a connection, belongs to one, or is of another with the same ends: what SYNs and their answers tell (RFC 9293 3.10.7). */
#include "flow/tcp.h"

enum { SYN_OCTETS_MAX = 65535 };        /* octets that a SYN may bear */

bool tcp_is_syn(const struct layers *l)
{
	return (l->tcp_flags & (TCP_SYN | TCP_RST)) == TCP_SYN;
}

bool tcp_may_begin(const struct layers *l)
{
	return !(l->tcp_flags & TCP_RST);
}

/* Whether a SYN is this client's, or a SYN/ACK answers it: that may acknowledge octets, too, which came with the SYN (RFC 7413). */
static bool fits(const struct tcp_half *client, const struct layers *l)
{
	uint32_t beyond = l->tcp_ack - client->start;

	return l->tcp_flags & TCP_ACK ? beyond <= client->high && beyond <= SYN_OCTETS_MAX : l->tcp_seq + 1 == client->start;
}

bool tcp_is_another(const struct tcp *t, enum side from, const struct layers *l)
{
	enum side client = l->tcp_flags & TCP_ACK ? side_other(from) : from;
	const struct tcp_half *h = &t->halves[client];

	if (!tcp_is_syn(l))
		return false;
	if (client != SIDE_CLIENT)              /* the sides were guessed wrong, or both ends connect at once */
		return t->phase != TCP_ASKED;
	if (t->phase == TCP_ASKED && (l->tcp_flags & TCP_ACK))
		return false;
	if (t->refused && fits(h, l))   /* Windows asks three times, however often it is refused */
		return false;
	return t->phase == TCP_OVER || t->closed_told || !h->known || h->unsure || !fits(h, l);
}

enum side tcp_guess_sender(const struct chooser *c, const struct layers *l)
{
	bool src_known = choose_by_port(c, TRANSPORT_TCP, l->src_port), dst_known = choose_by_port(c, TRANSPORT_TCP, l->dst_port);

	if (tcp_is_syn(l))
		return l->tcp_flags & TCP_ACK ? SIDE_SERVER : SIDE_CLIENT;
	if (src_known != dst_known)
		return src_known ? SIDE_SERVER : SIDE_CLIENT;
	return l->src_port < l->dst_port ? SIDE_SERVER : SIDE_CLIENT;
}

bool tcp_answers_another(const struct tcp *t, enum side from, const struct layers *l)
{
	if (t->phase != TCP_ASKED || from != SIDE_SERVER)
		return false;
	if (l->tcp_flags & TCP_RST)
		return !(l->tcp_flags & TCP_ACK) || !fits(&t->halves[SIDE_CLIENT], l);
	return tcp_is_syn(l) && (l->tcp_flags & TCP_ACK) && !fits(&t->halves[SIDE_CLIENT], l);
}

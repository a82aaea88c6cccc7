/* TCP to the registrar, and what becomes of a session that stands. */
#include <string.h>

#include "verdict/model_parts.h"
#include "verdict/rules.h"

/* ---- connect ---- */

static bool blocks_here(const struct judging *j)
{
	return j->gave_up && !j->model->signed_in;
}

static struct draft *unreached(struct judging *j, const struct link *l, bool refused)
{
	const char *code = refused ? "tcp-refused" : "tcp-timeout", *where;
	char address[ENDPOINT_TEXT];
	struct draft *d;

	endpoint_format(&l->connection->server, address);
	where = PRINT(j, "%s port %u", l->name ? l->name : address, (unsigned)l->connection->server.port);
	for (size_t i = 0; i < j->drafts.count; i++)
		if (strcmp(j->drafts.at[i].rule->code, code) == 0 && strcmp(j->drafts.at[i].subject, where) == 0)
			return &j->drafts.at[i];
	d = say(j, code, refused ? GRADE_PROVEN : GRADE_STRONG, where);
	d->rests_on_absence = !refused;
	d->blocks = blocks_here(j);
	d->message = refused ? PRINT(j, "%s (%s) refuses the connection: nothing listens there, or a firewall rejects it.", l->name ? l->name : "The registrar", address) :
		PRINT(j, "Nothing comes back from %s (%s): %u SYN%s without an answer.", l->name ? l->name : "the registrar", address, l->connection->syns, l->connection->syns == 1 ? "" : "s");
	d->fix = refused ? PRINT(j, "Start the front-end service behind %s, or correct the port (5061) in its service record.", address) :
		PRINT(j, "Let the voice VLAN reach %s over TCP (firewall, route, ACL), and see that the server is up.", address);
	return d;
}

static void connect_failures(struct judging *j)
{
	for (size_t i = 0; i < j->model->links.count; i++) {
		const struct link *l = &j->model->links.at[i];
		bool refused = l->session == SESSION_REFUSED;

		if (l->role == ROLE_REGISTRAR && (refused || l->session == SESSION_TIMEOUT))
			show(j, unreached(j, l, refused), &l->connection->frames);
	}
}

/* ---- register ---- */

static void rejected_in_clear(struct judging *j)
{
	for (size_t i = 0; i < j->facts->sip.count; i++) {
		const struct sip_message *s = &j->facts->sip.at[i];
		struct draft *d;

		if (s->from_phone || !s->method || strcmp(s->method, "REGISTER") != 0 || s->status < 400 || s->status == 401 || s->status == 407 || said(j, "sip-rejected"))
			continue;
		d = say(j, "sip-rejected", GRADE_PROVEN, PRINT(j, "%u", s->status));
		d->blocks = !j->model->signed_in && is_stuck_since(j, s->at_ns);
		d->message = PRINT(j, "The registrar answers REGISTER with %u%s%s.", s->status, s->diagnostics ? ", ms-diagnostics " : "", s->diagnostics ? s->diagnostics : "");
		d->fix = "Look the status and ms-diagnostics up in the front end's log; check that the user is enabled and homed there.";
		show_one(j, d, s->frame);
	}
}

/* A session that was secured and over at once, again and again: what was said in it cannot be read. */
static void rejected_in_tls(struct judging *j)
{
	frame_set frames = { 0 };
	const struct link *last = NULL;
	unsigned times = 0;
	struct draft *d;

	for (size_t i = 0; i < j->model->links.count; i++) {
		const struct link *l = &j->model->links.at[i];

		if (l->role != ROLE_REGISTRAR || l->session != SESSION_CLOSED)
			continue;
		times++;
		last = l;
		frames_join(j->arena, &frames, &l->connection->frames);
	}
	if (!times || j->model->signed_in || said(j, "redirect-target-untrusted") || said(j, "sip-rejected"))
		return;
	d = say(j, "sip-rejected", GRADE_WEAK, last->name);
	d->blocks = j->gave_up || (times > 1 && j->facts->restarted);
	d->message = PRINT(j, "TLS with %s was set up %u time%s and ended at once: the registrar refused the sign-in inside (certificate authentication disabled, user not enabled or homed elsewhere). "
		"What it said cannot be read in TLS.", last->name, times, times == 1 ? "" : "s");
	d->fix = PRINT(j, "Look into the front end's log for this phone's address and time (ms-diagnostics); check that certificate authentication is allowed (UseCertificateForClientToProxyAuth in Get-CsProxyConfiguration) and that the user is enabled for %s.", domain_words(j));
	show(j, d, &frames);
}

void rules_connect(struct judging *j)
{
	connect_failures(j);
	rejected_in_clear(j);
	rejected_in_tls(j);
}

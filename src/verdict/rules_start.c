/* Device update and time. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/moment.h"
#include "base/text.h"
#include "verdict/model_parts.h"
#include "verdict/rules.h"

/* A clock that is off by hours is a time-zone matter (reference, scenario 14b); by a day it breaks certificates. */
#define WRONG_S (24.0 * 3600)

static const char update_name[] = "ucupdates";

/* ---- device update ---- */

static void update_dns(struct judging *j)
{
	const struct lookup *missing = NULL;

	for (size_t i = 0; i < j->facts->lookups.count; i++) {
		const struct lookup *l = &j->facts->lookups.at[i];

		if (!text_starts(l->name, update_name))
			continue;
		if (l->state == LOOKUP_FOUND)
			return;
		if (l->state == LOOKUP_NONE && !missing)
			missing = l;
	}
	if (missing) {
		struct draft *d = say(j, "update-dns-missing", GRADE_PROVEN, missing->name);

		d->message = PRINT(j, "%s does not exist: the phone cannot look for new firmware before somebody has signed in. The sign-in goes on without it.", missing->name);
		d->fix = PRINT(j, "Add an A record %s with the address of the pool's web services, and put the name into their certificate.", missing->name);
		show(j, d, &missing->frames);
	}
}

static void update_tls(struct judging *j)
{
	for (size_t i = 0; i < j->model->links.count; i++) {
		const struct link *l = &j->model->links.at[i];
		struct certificate_faults faults;
		struct draft *d;

		if (l->role != ROLE_UPDATE || l->session != SESSION_TLS_FAILED || said(j, "update-tls"))
			continue;
		faults = certificate_check(j, l->connection, l->name);
		if (faults.root_delivered && !faults.name && !faults.wildcard && !faults.expired)       /* a reset phone asks before it has the root */
			continue;
		d = say(j, "update-tls", GRADE_PROVEN, l->name);
		d->message = faults.name ? PRINT(j, "The update server's certificate does not bear %s (it bears %s), and the phone broke the handshake off.", l->name,
			certificate_names_words(j, faults.leaf)) : PRINT(j, "The TLS handshake with the update server %s was broken off: no new firmware comes from there.", l->name);
		d->fix = PRINT(j, "Put %s into the certificate of the web services, and let the phone have the root of its chain.", l->name);
		show(j, d, &l->connection->tls_frames);
	}
}

static bool is_image(const struct http_exchange *h)
{
	return h->target && strcasestr(h->target, "/RequestHandler") && strcasestr(h->target, "/Files/") && h->status / 100 == 2;
}

/* An image was fetched, the phone started again, and tells the same version as before. */
static void update_loop(struct judging *j)
{
	const struct facts *f = j->facts;
	const char *before = f->posted_before;
	unsigned images = 0;
	struct draft *d;

	for (size_t i = 0; i < f->http.count; i++)
		images += is_image(&f->http.at[i]);
	if (!(images && before && f->posted_versions.count && strcasecmp(before, f->posted_versions.at[0]) == 0) && images < 2)
		return;
	d = say(j, "update-loop", GRADE_STRONG, f->firmware);
	d->message = PRINT(j, "The phone fetches a firmware image again and still tells version %s: the update does not take.", f->firmware ? f->firmware : "(unknown)");
	d->fix = "Check that the image on the server is for this model and signed; look at Last Update Status on the phone (0x2: the signature was refused).";
	for (size_t i = 0; i < f->http.count; i++)
		if (is_image(&f->http.at[i]))
			show(j, d, &f->http.at[i].frames);
}

static bool has_role(const struct judging *j, enum role role, enum session session)
{
	for (size_t i = 0; i < j->model->links.count; i++)
		if (j->model->links.at[i].role == role && j->model->links.at[i].session == session)
			return true;
	return false;
}

/* Firmware of OCS 2007 R2 cannot sign in to Lync Server 2013 (Schertz, "Updating Lync Phone Edition"): the registrar answers 401 for ever. */
static void firmware_too_old(struct judging *j)
{
	struct draft *d;

	if (!j->facts->firmware || !firmware_is_before(j->facts->firmware, 0) || j->facts->firmware[0] == '4')
		return;
	d = say(j, "firmware-too-old", GRADE_STRONG, j->facts->firmware);
	d->blocks = !j->model->signed_in && has_role(j, ROLE_REGISTRAR, SESSION_CLOSED);
	d->message = PRINT(j, "The phone runs firmware %s of Office Communications Server: Lync Server 2013 refuses its sign-in every time.", j->facts->firmware);
	d->fix = "Update in two steps: first to the Lync 2010 release 4.0.7577.x that the device update of an older pool offers, then to the current one.";
	for (size_t i = 0; i < j->facts->http.count; i++)
		if (j->facts->http.at[i].target && strcasestr(j->facts->http.at[i].target, "ucdevice.upx"))
			show(j, d, &j->facts->http.at[i].frames);
}

/* ---- time ---- */

static bool answered_well(const struct time_answer *t)
{
	return t->answered && t->stratum >= 1 && t->stratum <= 15;
}

static const struct time_answer *good_time(const struct facts *f)
{
	const struct time_answer *good = NULL;

	for (size_t i = 0; i < f->times.count; i++)
		if (answered_well(&f->times.at[i]))
			good = &f->times.at[i];
	return good;
}

/* What the phone asked for on its way to a time server. */
struct time_search {
	frame_set frames;
	bool found, missing, unanswered;        /* a name led to a server; there is no such name; DNS did not say */
	bool to_the_end;                /* it asked for the last name, too */
};

static struct time_search search_for_time(struct judging *j)
{
	const struct facts *f = j->facts;
	struct time_search s = { .found = f->times.count > 0 };

	for (size_t i = 0; i < f->times.count; i++)
		frames_join(j->arena, &s.frames, &f->times.at[i].frames);
	for (size_t i = 0; i < f->lookups.count; i++) {
		const struct lookup *l = &f->lookups.at[i];

		if (!text_starts(l->name, "_ntp._udp.") && !text_starts(l->name, "time.windows.com"))
			continue;
		s.found |= l->state == LOOKUP_FOUND || l->state == LOOKUP_UNREADABLE || l->state == LOOKUP_PENDING;
		s.missing |= l->state == LOOKUP_NONE;
		s.unanswered |= l->state == LOOKUP_SILENT || l->state == LOOKUP_ERROR;
		s.to_the_end |= text_starts(l->name, "time.windows.com");
		frames_join(j->arena, &s.frames, &l->frames);
	}
	return s;
}

static int64_t last_asked(const struct facts *f)
{
	int64_t last = f->start_ns;

	for (size_t i = 0; i < f->times.count; i++)
		if (f->times.at[i].asked_ns > last)
			last = f->times.at[i].asked_ns;
	return last;
}

static bool has_useless_answer(const struct facts *f)
{
	for (size_t i = 0; i < f->times.count; i++)
		if (f->times.at[i].answered)
			return true;
	return false;
}

static const char *not_set_words(const struct judging *j, const struct time_search *s)
{
	if (j->facts->times.count)
		return "The phone asked for the time and got no usable answer: its clock stays wrong, and it may call good certificates expired or not yet valid.";
	if (!s->to_the_end)
		return "The phone found no _ntp._udp record, and is not seen to ask for another time server: if it has none, its clock stays wrong, and it may call good certificates expired or not yet valid.";
	if (s->unanswered)
		return "DNS did not tell the phone a time server: its clock stays wrong, and it may call good certificates expired or not yet valid.";
	return "The phone found no time server (no _ntp._udp record, no time.windows.com): its clock stays wrong, and it may call good certificates expired or not yet valid.";
}

/* A time server that was found and, as far as is seen, not asked: its packets are what the capture lacks. */
static void time_not_set(struct judging *j)
{
	struct time_search s = search_for_time(j);
	bool asked = j->facts->times.count > 0, absent = asked || s.unanswered || !s.to_the_end;
	struct draft *d;

	if ((!asked && (s.found || !(s.missing || s.unanswered))) || !(has_useless_answer(j->facts) || is_past(j, last_asked(j->facts))))
		return;
	d = say(j, "time-not-set", absent ? GRADE_STRONG : GRADE_PROVEN, "");
	d->rests_on_absence = absent;
	d->message = not_set_words(j, &s);
	d->fix = PRINT(j, "Add an SRV record _ntp._udp.%s to a time server on port 123, and let UDP 123 through from the voice VLAN.", domain_words(j));
	show(j, d, &s.frames);
}

static void time_wrong(struct judging *j, const struct time_answer *t)
{
	char address[ADDR_TEXT];
	struct draft *d;

	if (fabs(t->offset_s) < WRONG_S || !certificate_time_is_likely(j->facts->start_ns))
		return;
	d = say(j, "time-wrong", GRADE_PROVEN, PRINT(j, "%s", addr_format(&t->server, address)));
	d->message = PRINT(j, "The time server %s is %.0f day%s %s of the capture's clock: by that time a phone may call good certificates %s.", address, fabs(t->offset_s) / 86400,
		fabs(t->offset_s) < 1.5 * WRONG_S ? "" : "s", t->offset_s > 0 ? "ahead" : "behind", t->offset_s > 0 ? "expired" : "not yet valid");
	d->fix = PRINT(j, "Set the clock of %s, or point _ntp._udp.%s to a server that is right. (Compared with the clock of the machine that captured.)", address, domain_words(j));
	show(j, d, &t->frames);
}

void rules_start(struct judging *j)
{
	const struct time_answer *t = good_time(j->facts);

	update_dns(j);
	update_tls(j);
	update_loop(j);
	firmware_too_old(j);
	if (t)
		time_wrong(j, t);
	else
		time_not_set(j);
}

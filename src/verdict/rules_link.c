/* VLAN and lease. */
#include <string.h>
#include <strings.h>

#include "verdict/rules.h"

static const char phone_class[] = "CPE-OCPHONE";

static bool has_answer(const struct dhcp_exchange *x, enum dhcp_answer_kind kind)
{
	for (size_t i = 0; i < x->answers.count; i++)
		if (x->answers.at[i].kind == kind)
			return true;
	return false;
}

static bool is_lease(const struct dhcp_exchange *x)
{
	return !x->is_inform && x->asked.count;
}

static bool has_lease(const struct facts *f)
{
	for (size_t i = 0; i < f->dhcp.count; i++)
		if (is_lease(&f->dhcp.at[i]) && has_answer(&f->dhcp.at[i], DHCP_ACK))
			return true;
	return false;
}

/* The VLAN that DHCP gave the phone; 0 none. */
static unsigned vlan_by_dhcp(const struct facts *f, int64_t *ret_ns, frame_ref *ret_frame)
{
	for (size_t i = 0; i < f->dhcp.count; i++)
		for (size_t k = 0; k < f->dhcp.at[i].answers.count; k++) {
			const struct dhcp_answer *a = &f->dhcp.at[i].answers.at[k];

			if (a->kind == DHCP_ACK && a->uc.vlan_id) {
				*ret_ns = a->at_ns;
				*ret_frame = a->frame;
				return a->uc.vlan_id;
			}
		}
	return 0;
}

static unsigned vlan_by_neighbour(const struct facts *f, int64_t *ret_ns, frame_ref *ret_frame)
{
	for (size_t i = 0; i < f->advertisements.count; i++) {
		const struct advertisement *a = &f->advertisements.at[i];

		if (!a->from_phone && a->has_voice && a->tagged && a->vlan) {
			*ret_ns = a->at_ns;
			*ret_frame = a->frame;
			return a->vlan;
		}
	}
	return 0;
}

/* ---- the lease ---- */

struct asked {
	unsigned questions, offers, naks, acks;
	int64_t first_ns, last_ns;
	frame_set frames, refusals;
};

/* What was asked for a lease after `since_ns`, and how it was answered. */
static struct asked asked_since(struct judging *j, int64_t since_ns)
{
	struct asked a = { 0 };

	for (size_t i = 0; i < j->facts->dhcp.count; i++) {
		const struct dhcp_exchange *x = &j->facts->dhcp.at[i];

		if (!is_lease(x) || x->last_ns < since_ns)
			continue;
		if (!a.questions)
			a.first_ns = x->first_ns;
		a.last_ns = x->last_ns;
		a.questions += x->discovers + x->requests;
		frames_join(j->arena, &a.frames, &x->asked);
		for (size_t k = 0; k < x->answers.count; k++) {
			a.offers += x->answers.at[k].kind == DHCP_OFFER;
			a.acks += x->answers.at[k].kind == DHCP_ACK;
			a.naks += x->answers.at[k].kind == DHCP_NAK;
			if (x->answers.at[k].kind == DHCP_NAK)
				frames_add(j->arena, &a.refusals, x->answers.at[k].frame);
		}
	}
	return a;
}

/* A phone that goes on has an address, wherever it got it from. */
static bool has_no_address(const struct judging *j, int64_t since_ns)
{
	for (size_t i = 0; i < j->facts->lookups.count; i++)
		if (j->facts->lookups.at[i].last_ns > since_ns)
			return false;
	for (size_t i = 0; i < j->facts->connections.count; i++)
		if (j->facts->connections.at[i].last_ns > since_ns)
			return false;
	return true;
}

static void no_lease_in_vlan(struct judging *j, unsigned vlan, const struct asked *a, frame_ref assigned)
{
	struct draft *d = say(j, "vlan-no-dhcp", GRADE_STRONG, PRINT(j, "VLAN %u", vlan));

	d->blocks = d->rests_on_absence = true;
	d->message = PRINT(j, "The phone was sent to VLAN %u and got no lease there: %u question%s, no answer.", vlan, a->questions, a->questions == 1 ? "" : "s");
	d->fix = PRINT(j, "Carry VLAN %u tagged to this port, and give it a DHCP scope or a relay (ip helper-address) to the DHCP server; or send the phone to the right VLAN.", vlan);
	show_one(j, d, assigned);
	show(j, d, &a->frames);
}

static void no_lease(struct judging *j, const struct asked *a)
{
	struct draft *d = say(j, "lease-none", GRADE_STRONG, "");

	d->blocks = d->rests_on_absence = true;
	d->message = a->offers ? PRINT(j, "The phone was offered an address and asked for it, and no DHCP server confirmed it (%u questions).", a->questions) :
		PRINT(j, "No DHCP server answered: the phone asked %u time%s and has no address.", a->questions, a->questions == 1 ? "" : "s");
	d->fix = "Check the DHCP scope of this VLAN (free addresses, active), the relay (ip helper-address) and DHCP snooping on the switch.";
	show(j, d, &a->frames);
}

static void refused_lease(struct judging *j, const struct asked *a)
{
	struct draft *d = say(j, "lease-refused", GRADE_PROVEN, "");

	d->blocks = true;
	d->message = PRINT(j, "The DHCP server refuses the address the phone asks for (%u NAK%s), and the phone gets no other.", a->naks, a->naks == 1 ? "" : "s");
	d->fix = "Look into the DHCP server's log for this MAC: a reservation in another scope, a conflict, or a second DHCP server that disagrees.";
	show(j, d, &a->refusals);
}

static void lease(struct judging *j)
{
	int64_t since_ns = INT64_MIN;
	frame_ref assigned = 0;
	unsigned vlan = vlan_by_dhcp(j->facts, &since_ns, &assigned);
	struct asked a;

	if (!vlan)
		vlan = vlan_by_neighbour(j->facts, &since_ns, &assigned);
	a = asked_since(j, vlan ? since_ns + 1 : INT64_MIN);
	if (!a.questions || a.acks || !(a.naks > 1 ? is_stuck_after_failure(j, a.last_ns) : is_unanswered(j, a.questions, a.first_ns)) || !has_no_address(j, a.last_ns))
		return;
	if (a.naks)
		refused_lease(j, &a);
	else if (vlan && !a.offers)
		no_lease_in_vlan(j, vlan, &a, assigned);
	else
		no_lease(j, &a);
}

/* ---- the VLAN ---- */

static const struct dhcp_exchange *asked_as_phone(const struct facts *f)
{
	for (size_t i = 0; i < f->dhcp.count; i++) {
		const char *class = f->dhcp.at[i].vendor_class;

		if (class && strncasecmp(class, phone_class, strlen(phone_class)) == 0 && has_answer(&f->dhcp.at[i], DHCP_ACK))
			return &f->dhcp.at[i];
	}
	return NULL;
}

static bool speaks_tagged(const struct facts *f)
{
	for (size_t i = 0; i < f->vlans.count; i++)
		if (f->vlans.at[i])
			return true;
	return false;
}

/* Neither LLDP nor DHCP names a voice VLAN, and the phone stays where it is. That is a fault only where there is such a VLAN. */
static void vlan(struct judging *j)
{
	const struct dhcp_exchange *x = asked_as_phone(j->facts);
	int64_t at_ns;
	frame_ref frame;
	struct draft *d;

	if (!x || vlan_by_dhcp(j->facts, &at_ns, &frame) || vlan_by_neighbour(j->facts, &at_ns, &frame) || speaks_tagged(j->facts))
		return;
	d = say(j, "vlan-not-assigned", GRADE_STRONG, "");
	d->is_info = !j->site->voice_vlan;
	d->message = j->site->voice_vlan ?
		PRINT(j, "Neither LLDP nor DHCP tells this phone a VLAN, and it stays untagged; other phones of this capture speak in VLAN %u.", j->site->voice_vlan) :
		"Neither LLDP nor DHCP tells the phone a VLAN, and it stays in the port's own. Right where voice has no VLAN of its own.";
	d->fix = PRINT(j, "Where there is a voice VLAN: an LLDP-MED voice policy on the port, or DHCP option 43 for vendor class CPE-OCPHONE with sub-option 10 "
		"(VLAN %u as a word: 0a02%04x).", j->site->voice_vlan ? j->site->voice_vlan : 20, j->site->voice_vlan ? j->site->voice_vlan : 20);
	show(j, d, &x->asked);
	for (size_t i = 0; i < x->answers.count; i++)
		show_one(j, d, x->answers.at[i].frame);
}

void rules_link(struct judging *j)
{
	vlan(j);
	if (!has_lease(j->facts) || vlan_by_dhcp(j->facts, &(int64_t){ 0 }, &(frame_ref){ 0 }))
		lease(j);
}

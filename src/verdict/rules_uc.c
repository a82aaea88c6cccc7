/* DHCP options 43 and 120: what Lync wants there, and what was there. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/moment.h"
#include "verdict/model_parts.h"
#include "verdict/rules.h"

/* A user with credentials does not need the options, and needs a while to type. */
#define TYPING_NS (40 * NS_PER_S)

static const char uc_class[] = "MS-UC-Client", phone_class[] = "CPE-OCPHONE";
static const char *const sub_names[] = { "", "1 (identifier MS-UC-Client)", "2 (scheme)", "3 (web services name)", "4 (port)", "5 (path)" };

static bool has_class(const struct dhcp_exchange *x, const char *class)
{
	return x->vendor_class && strncasecmp(x->vendor_class, class, strlen(class)) == 0;
}

/* The question for the UC options: INFORM of the class, or a lease asked for under it, as other makers' phones do. */
static bool asks_uc(const struct dhcp_exchange *x)
{
	return x->asked.count && (has_class(x, uc_class) || (x->is_inform && !x->vendor_class && x->wants_uc));
}

struct uc_view {
	frame_set asked;
	unsigned questions, answers;
	int64_t first_ns, last_ns;
	bool with_43, with_uc, with_120;
	bool cut;                       /* of an answer only the beginning is known */
	const char *web, *sip;          /* the first names told */
	bool stuck;                     /* the phone got no further */
};

static bool goes_on(const struct judging *j, int64_t since_ns)
{
	return went_to_web(j, since_ns) || went_to_registrar(j, since_ns);
}

static struct uc_view view(struct judging *j)
{
	struct uc_view v = { 0 };

	for (size_t i = 0; i < j->facts->dhcp.count; i++) {
		const struct dhcp_exchange *x = &j->facts->dhcp.at[i];

		if (!asks_uc(x))
			continue;
		if (!v.questions)
			v.first_ns = x->first_ns;
		v.last_ns = x->last_ns;
		v.questions += x->requests + x->discovers;
		frames_join(j->arena, &v.asked, &x->asked);
		for (size_t k = 0; k < x->answers.count; k++) {
			const struct uc_options *uc = &x->answers.at[k].uc;

			if (x->answers.at[k].kind != DHCP_ACK)
				continue;
			v.answers++;
			v.cut |= x->answers.at[k].cut;
			v.with_43 |= uc->has_43;
			v.with_uc |= uc->has_uc;
			v.with_120 |= uc->has_120;
			if (!v.web)
				v.web = uc->fqdn;
			if (!v.sip && uc->sip_names.count)
				v.sip = uc->sip_names.at[0];
		}
	}
	v.stuck = v.questions && !j->model->signed_in && !goes_on(j, v.first_ns) &&
		(v.answers ? is_stuck_after_failure(j, v.last_ns) : j->facts->restarted || j->facts->watched_until_ns - v.last_ns >= TYPING_NS);
	return v;
}

static const char *web_words(struct judging *j, const struct uc_view *v)
{
	return v->web ? v->web : j->model->web_name ? j->model->web_name : PRINT(j, "lyncweb.%s", domain_words(j));
}

/* The option as it should be, byte by byte. */
static const char *option43_fix(struct judging *j, const struct uc_view *v)
{
	const char *web = web_words(j, v);

	return PRINT(j, "Set option 43 for vendor class MS-UC-Client (case matters) to %s, which names %s; DHCPUtil of Lync Server writes it.", option43_hex(j, web), web);
}

static const char *option120_fix(struct judging *j, const struct uc_view *v)
{
	const char *name = v->sip ? v->sip : PRINT(j, "sip.%s", domain_words(j));

	if (j->model->sip_domain && policy_check_name(j->model->policy, j->model->sip_domain, name).naming == NAMING_NO_MATCH)
		name = PRINT(j, "sip.%s", j->model->sip_domain);
	return PRINT(j, "Set option 120 to %s: encoding 0, then the one name %s in label form.", option120_hex(j, name), name);
}

static void no_reply(struct judging *j, const struct uc_view *v)
{
	struct draft *d = say(j, "uc-no-reply", GRADE_STRONG, "");

	d->rests_on_absence = true;
	d->blocks = v->stuck;
	d->message = PRINT(j, "The phone asked %u time%s for the Lync options (DHCPINFORM, class MS-UC-Client) and nobody answered. A sign-in by PIN cannot go on without them.",
		v->questions, v->questions == 1 ? "" : "s");
	d->fix = "Let the relay pass DHCPINFORM to a server that knows the options (DHCPUtil sets them up), or enable the Registrar's own responder "
		"(Set-CsRegistrarConfiguration -EnableDHCPServer $true) within reach of the voice VLAN.";
	show(j, d, &v->asked);
}

/* ---- what an answer has or lacks ---- */

static void show_answers(struct judging *j, struct draft *d)
{
	for (size_t i = 0; i < j->facts->dhcp.count; i++)
		for (size_t k = 0; k < j->facts->dhcp.at[i].answers.count && asks_uc(&j->facts->dhcp.at[i]); k++)
			show_one(j, d, j->facts->dhcp.at[i].answers.at[k].frame);
}

/* An option 43 that is the text of a host name or URL: typed into a router that takes text. */
static bool is_name_as_text(const char *hex)
{
	bool has_dot = false;

	for (; hex && hex[0] && hex[1]; hex += 2) {
		unsigned octet;

		if (sscanf(hex, "%2x", &octet) != 1 || octet < 0x21 || octet > 0x7e)
			return false;
		has_dot |= octet == '.';
	}
	return has_dot;
}

static void absent_43(struct judging *j, const struct uc_view *v)
{
	struct draft *d;

	if (v->with_120) {
		d = say(j, "uc43-class-mismatch", GRADE_STRONG, uc_class);
		d->message = PRINT(j, "Option 120 came, option 43 of the class MS-UC-Client did not%s: the server does not match the phone's vendor class, which it compares letter by letter.",
			v->with_43 ? " (what came is another class's)" : "");
	} else {
		d = say(j, "uc43-missing", GRADE_PROVEN, "option 43");
		d->message = v->with_43 ? "The answer's option 43 is not Lync's: no name of a web service is in it." : "The answer has neither option 43 nor option 120: nothing tells the phone where the certificate web service is.";
	}
	d->blocks = v->stuck;
	d->fix = option43_fix(j, v);
	show_answers(j, d);
}

static bool fault_is(const char *fault, const char *with)
{
	return strncmp(fault, with, strlen(with)) == 0;
}

static bool has_fault(const struct uc_options *uc, const char *with)
{
	for (size_t i = 0; i < uc->faults.count; i++)
		if (fault_is(uc->faults.at[i], with))
			return true;
	return false;
}

static struct draft *fault_43(struct judging *j, const struct uc_view *v, const struct dhcp_answer *a, const char *code, const char *subject)
{
	struct draft *d = said(j, code);

	if (!d || strcmp(d->subject, subject) != 0) {
		d = say(j, code, GRADE_PROVEN, subject);
		d->blocks = v->stuck;
		d->fix = option43_fix(j, v);
	}
	show_one(j, d, a->frame);
	return d;
}

static void sub_option(struct judging *j, const struct uc_view *v, const struct dhcp_answer *a, const char *fault)
{
	unsigned sub = 0;
	char how[64] = "";
	const char *name;

	if (sscanf(fault, "option 43: sub-option %u %63[^\n]", &sub, how) != 2 || sub == 0 || sub > 5 || strcmp(how, "twice") == 0)
		return;
	name = sub_names[sub];
	if (sub == 4 && strcmp(how, "is binary") == 0)
		fault_43(j, v, a, "uc43-port-binary", "sub-option 4")->message = "The port in option 43 (sub-option 4) is two octets; the phone reads digits: 34 34 33 for 443.";
	else if (strcmp(how, "missing") == 0)
		fault_43(j, v, a, "uc43-missing", PRINT(j, "sub-option %u", sub))->message = PRINT(j, "Option 43 lacks sub-option %s: the phone cannot make the address of the certificate web service.", name);
	else
		fault_43(j, v, a, "uc43-missing", PRINT(j, "sub-option %u", sub))->message = PRINT(j, "Sub-option %s of option 43 is of no use to the phone: it %s.", name, how);
}

static void faults_43(struct judging *j, const struct uc_view *v, const struct dhcp_answer *a)
{
	unsigned sub;

	if (has_fault(&a->uc, "option 43: not a TLV list") || is_name_as_text(a->uc.vendor_specific))
		fault_43(j, v, a, "uc43-not-tlv", "option 43")->message = "Option 43 is plain text, not a list of sub-options: the phone cannot read it.";
	for (size_t i = 0; i < a->uc.faults.count; i++) {
		const char *fault = a->uc.faults.at[i];

		if (sscanf(fault, "option 43: truncated at sub-option %u", &sub) == 1)
			fault_43(j, v, a, "uc43-truncated", PRINT(j, "sub-option %u", sub))->message =
				PRINT(j, "The length of sub-option %u runs past the end of option 43: what stands from there on is lost to the phone.", sub);
		else if (fault_is(fault, "option 43: scheme"))
			fault_43(j, v, a, "uc43-missing", "sub-option 2")->message = "Sub-option 2 (scheme) of option 43 is neither http nor https.";
		else
			sub_option(j, v, a, fault);
	}
}

static struct draft *fault_120(struct judging *j, const struct uc_view *v, const struct dhcp_answer *a, const char *code, const char *subject)
{
	struct draft *d = said(j, code);

	if (!d) {
		d = say(j, code, GRADE_PROVEN, subject);
		d->fix = option120_fix(j, v);
	}
	show_one(j, d, a->frame);
	return d;
}

static void faults_120(struct judging *j, const struct uc_view *v, const struct dhcp_answer *a)
{
	const struct uc_options *uc = &a->uc;

	if (!uc->has_120)
		return;
	if (has_fault(uc, "option 120: no encoding octet"))
		fault_120(j, v, a, "uc120-no-encoding", "option 120")->message = "Option 120 is bare text: the encoding octet (0) and the label lengths are missing, and the phone reads no name.";
	else if (uc->sip_addresses.count)
		fault_120(j, v, a, "uc120-is-address", address_words(j, &uc->sip_addresses, ""))->message =
			PRINT(j, "Option 120 holds addresses (%s): TLS needs a name, so the phone cannot use it.", address_words(j, &uc->sip_addresses, ""));
	else if (has_fault(uc, "option 120"))
		fault_120(j, v, a, "uc120-malformed", "option 120")->message = "The names in option 120 are malformed: the phone cannot read them.";
	if (uc->sip_names.count > 1)
		fault_120(j, v, a, "uc120-several", uc->sip_names.at[1])->message =
			PRINT(j, "Option 120 holds %zu names (%s); the phone is known to use only the first.", uc->sip_names.count, texts_words(j, &uc->sip_names));
}

/* ---- several answers, wrong class ---- */

static bool differ(const char *a, const char *b)
{
	return a && b && !same_name(a, b);
}

static const char *first_sip(const struct uc_options *uc)
{
	return uc->sip_names.count ? uc->sip_names.at[0] : NULL;
}

static void conflict(struct judging *j, const struct dhcp_exchange *x)
{
	for (size_t k = 1; k < x->answers.count; k++) {
		const struct dhcp_answer *a = &x->answers.at[0], *b = &x->answers.at[k];
		char one[ADDR_TEXT], other[ADDR_TEXT];
		struct draft *d;

		if (b->kind != DHCP_ACK || (!differ(a->uc.fqdn, b->uc.fqdn) && !differ(first_sip(&a->uc), first_sip(&b->uc))) || said(j, "uc-conflict"))
			continue;
		d = say(j, "uc-conflict", GRADE_PROVEN, "");
		d->message = PRINT(j, "Two servers answer with different Lync options: %s names %s and %s, %s names %s and %s. The first answer with a name wins, which may change from day to day.",
			addr_format(&a->server, one), a->uc.fqdn ? a->uc.fqdn : "no web service", first_sip(&a->uc) ? first_sip(&a->uc) : "no SIP server",
			addr_format(&b->server, other), b->uc.fqdn ? b->uc.fqdn : "no web service", first_sip(&b->uc) ? first_sip(&b->uc) : "no SIP server");
		d->fix = PRINT(j, "Make %s and %s say the same, or switch one off (the Registrar's responder: Set-CsRegistrarConfiguration -EnableDHCPServer $false).", one, other);
		show_one(j, d, a->frame);
		show_one(j, d, b->frame);
	}
}

static void mixup(struct judging *j, const struct dhcp_exchange *x)
{
	for (size_t k = 0; k < x->answers.count; k++) {
		const struct dhcp_answer *a = &x->answers.at[k];
		bool vlan_for_uc = has_class(x, uc_class) && a->uc.vlan_id, uc_for_phone = has_class(x, phone_class) && a->uc.has_uc;
		struct draft *d;

		if ((!vlan_for_uc && !uc_for_phone) || said(j, "uc-class-mixup"))
			continue;
		d = say(j, "uc-class-mixup", GRADE_PROVEN, vlan_for_uc ? uc_class : phone_class);
		d->message = vlan_for_uc ? "The answer to MS-UC-Client carries the VLAN sub-option (10) of the other class, CPE-OCPHONE." :
			"The answer to CPE-OCPHONE carries the web service of the other class, MS-UC-Client.";
		d->fix = "Define two vendor classes on the DHCP server: MS-UC-Client with sub-options 1 to 5, CPE-OCPHONE with sub-option 10.";
		show_one(j, d, a->frame);
	}
}

void rules_uc(struct judging *j)
{
	struct uc_view v = view(j);
	bool torn = false;

	for (size_t i = 0; i < j->facts->dhcp.count; i++) {
		const struct dhcp_exchange *x = &j->facts->dhcp.at[i];

		mixup(j, x);
		if (!asks_uc(x))
			continue;
		conflict(j, x);
		for (size_t k = 0; k < x->answers.count; k++) {
			if (x->answers.at[k].kind != DHCP_ACK || x->answers.at[k].cut)
				continue;
			faults_43(j, &v, &x->answers.at[k]);
			faults_120(j, &v, &x->answers.at[k]);
			torn |= has_fault(&x->answers.at[k].uc, "option 43") || is_name_as_text(x->answers.at[k].uc.vendor_specific);
		}
	}
	if (v.questions && !v.answers && is_unanswered(j, v.questions, v.first_ns))
		no_reply(j, &v);
	else if (v.answers && !v.with_uc && !v.cut && !torn)
		absent_43(j, &v);
}

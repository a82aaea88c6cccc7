/* Which client it is, and so by which rules it is judged: by its firmware, else by what only some clients do. */
#include <string.h>
#include <strings.h>

#include "base/spill.h"
#include "verdict/judge_parts.h"
#include "verdict/policy.h"

static const char default_policy[] = "lpe-cu7";

/* An update may lie between: what was told later counts only where nothing else does. */
const char *client_firmware(const struct trial *t, const char **ret_source)
{
	const struct suspect *s = t->phone;
	const char *firmware = s->gone.firmware;

	if (firmware)
		*ret_source = s->gone.firmware_source;
	for (size_t i = 0; s->told_firmware && i < s->count; i++) {
		const struct trial *o = s->trials[i];

		spill_look(o);
		if (!o->own_firmware || (firmware && o->began_ns > t->began_ns))
			continue;
		firmware = o->own_firmware;
		*ret_source = o->own_source;
	}
	return firmware;
}

/* By what it says of itself in requests, LLDP or DHCP (option 60). */
static bool is_other_maker(const struct facts *f)
{
	static const char *const makes[] = { "VVX", "SoundPoint", "SoundStation", "RealPresenceTrio", "AUDC", "AudioCodes", "Yealink", "snom", NULL };
	const char *told[] = { f->user_agent, f->model };

	for (size_t i = 0; makes[i]; i++) {
		for (size_t k = 0; k < sizeof told / sizeof told[0]; k++)
			if (told[k] && strcasestr(told[k], makes[i]))
				return true;
		for (size_t k = 0; k < f->dhcp.count; k++)
			if (f->dhcp.at[k].vendor_class && strcasestr(f->dhcp.at[k].vendor_class, makes[i]))
				return true;
	}
	return false;
}

/* Lync Phone Edition is older than Lync's own discovery: who asks for lyncdiscover is another client, of a phone maker's or on a PC. */
static bool asks_lyncdiscover(const struct facts *f)
{
	for (size_t i = 0; i < f->lookups.count; i++)
		if (strncasecmp(f->lookups.at[i].name, "lyncdiscover", strlen("lyncdiscover")) == 0)
			return true;
	return false;
}

static bool is_desktop(const struct facts *f)
{
	static const char *const agents[] = { "UCCAPI", "Microsoft Lync 20", "Skype for Business", NULL };

	for (size_t i = 0; f->user_agent && agents[i]; i++)
		if (strcasestr(f->user_agent, agents[i]) && !strcasestr(f->user_agent, "OCPhone/"))
			return true;
	return false;
}

static const struct policy *policy_by_habit(const struct trial *t)
{
	const struct facts *f = t->facts;

	if (is_other_maker(f))
		return policy_find("3pip");
	if (is_desktop(f))
		return policy_find("lync-desktop");
	if (asks_lyncdiscover(f))
		return policy_find(t->phone->report.vendor ? "3pip" : "lync-desktop");
	return policy_find(default_policy);
}

void client_choose(struct trial *t, const struct policy *by_option, const char *firmware_option)
{
	const char *source = NULL, *firmware = client_firmware(t, &source);
	const struct policy *by_firmware = firmware ? policy_of_firmware(firmware) : NULL;

	if (by_option) {
		t->policy = by_option;
		t->report->policy_source = POLICY_OPTION;
	} else {
		t->policy = by_firmware ? by_firmware : policy_by_habit(t);
		t->report->policy_source = by_firmware ? POLICY_FIRMWARE : POLICY_ASSUMED;
	}
	t->report->policy = t->policy->name;
	t->facts->firmware = t->own_firmware ? t->own_firmware : firmware_option ? firmware_option : firmware;
}

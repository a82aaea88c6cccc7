#include "verdict/policy.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "verdict/naming.h"

static const char *const office365[] = { "outlook.com", "lync.com", NULL };
static const char *const desktop_builtin[] = { "lync.com", "outlook.com", "lync.glbdns.microsoft.com", "microsoftonline.com", NULL };
static const char *const ocs_srv[] = { "_sipinternaltls._tcp", "_sip._tls", "_sipinternal._tcp", NULL };
static const char *const lync_srv[] = { "_sipinternaltls._tcp", "_sipinternal._tcp", "_sip._tls", "_sip._tcp", NULL };
static const char *const hosts[] = { "sipinternal", "sip", "sipexternal", NULL };

static const enum candidate_source dns_only[] = { CANDIDATE_CACHE, CANDIDATE_SRV, CANDIDATE_HOST };
static const enum candidate_source dns_and_dhcp[] = { CANDIDATE_CACHE, CANDIDATE_SRV, CANDIDATE_DHCP120, CANDIDATE_HOST };

#define DNS_ONLY .sources = dns_only, .source_count = sizeof dns_only / sizeof dns_only[0]
#define DNS_AND_DHCP .sources = dns_and_dhcp, .source_count = sizeof dns_and_dhcp / sizeof dns_and_dhcp[0]

const struct policy policies[] = {
	{ .name = "ocs-strict", .meaning = "Communicator of OCS 2007, strict domain name matching (its default)", .rule = NAME_STRICT,
	  .on_mismatch = MISMATCH_SKIP, DNS_ONLY, .srv = ocs_srv, .hosts = hosts, .takes_wildcard = true, .takes_ec_keys = true, .tls_max = TLS_1_2 },
	{ .name = "ocs-suffix", .meaning = "Communicator of OCS 2007 with DisableStrictDNSNaming: names anywhere under the SIP domain", .rule = NAME_SUFFIX,
	  .on_mismatch = MISMATCH_SKIP, DNS_ONLY, .srv = ocs_srv, .hosts = hosts, .takes_wildcard = true, .takes_ec_keys = true, .tls_max = TLS_1_2 },
	{ .name = "lync-desktop", .meaning = "Lync or Skype for Business on a PC: asks the user about a foreign name", .rule = NAME_SUFFIX,
	  .on_mismatch = MISMATCH_ASK, .builtin = desktop_builtin, DNS_AND_DHCP, .srv = lync_srv, .hosts = hosts, .takes_wildcard = true,
	  .takes_ec_keys = true, .tls_max = TLS_1_2 },
	{ .name = "lpe-pre-cu7", .meaning = "Lync Phone Edition before 4.0.7577.4363: no name check", .rule = NAME_ANY,
	  .on_mismatch = MISMATCH_DIAL, .builtin = office365, DNS_AND_DHCP, .srv = lync_srv, .hosts = hosts, .rsa_max = 4096, .tls_max = TLS_1_0,
	  .needs_delivered_root = true },
	{ .name = "lpe-cu7", .meaning = "Lync Phone Edition since CU7 (4.0.7577.4363): foreign names are passed over without a packet", .rule = NAME_SUFFIX,
	  .on_mismatch = MISMATCH_SKIP, .builtin = office365, DNS_AND_DHCP, .srv = lync_srv, .hosts = hosts, .rsa_max = 4096, .tls_max = TLS_1_0,
	  .needs_delivered_root = true },
	{ .name = "3pip", .meaning = "phones of other makers for Lync (VVX, AudioCodes, Yealink): only the certificate limits", .rule = NAME_ANY,
	  .on_mismatch = MISMATCH_DIAL, DNS_AND_DHCP, .srv = lync_srv, .hosts = hosts, .takes_wildcard = true, .takes_ec_keys = true, .tls_max = TLS_1_2 },
	{ .name = NULL },
};

const struct policy *policy_find(const char *name)
{
	for (const struct policy *p = policies; p->name; p++)
		if (strcasecmp(p->name, name) == 0)
			return p;
	return NULL;
}

/* ---- firmware ---- */

struct version {
	unsigned part[4];
};

/* The first four numbers with dots between them. */
static bool version_parse(const char *text, struct version *ret)
{
	for (; text && *text; text++)
		if (sscanf(text, "%5u.%5u.%5u.%5u", &ret->part[0], &ret->part[1], &ret->part[2], &ret->part[3]) == 4)
			return true;
	return false;
}

enum { CU7_BUILD = 4363, LYNC_RELEASE = 7577, LYNC_BETA = 7000 };

bool firmware_is_before(const char *firmware, unsigned build)
{
	struct version v;

	if (!version_parse(firmware, &v) || v.part[0] != 4)
		return version_parse(firmware, &v) && v.part[0] < 4;
	return v.part[2] < LYNC_RELEASE || (v.part[2] == LYNC_RELEASE && v.part[3] < build);
}

const struct policy *policy_of_firmware(const char *firmware)
{
	struct version v;

	if (!version_parse(firmware, &v))
		return NULL;
	if ((v.part[0] == 1 || v.part[0] == 2) && v.part[1] == 0)
		return policy_find("ocs-strict");
	if (v.part[0] == 3 && v.part[1] == 5)
		return policy_find("ocs-strict");
	if (v.part[0] != 4 || v.part[1] != 0 || v.part[2] < LYNC_BETA)   /* a SoundPoint's 3.3.1.0769, a VVX's 4.1.4.7465 */
		return NULL;
	return policy_find(firmware_is_before(firmware, CU7_BUILD) ? "lpe-pre-cu7" : "lpe-cu7");
}

/* ---- the name check ---- */

struct name_check policy_check_name(const struct policy *p, const char *sip_domain, const char *server)
{
	bool match = sip_domain && (p->rule == NAME_STRICT ? naming_match_strict(sip_domain, server) : naming_match(sip_domain, server));

	if (match)
		return (struct name_check){ NAMING_SIP_DOMAIN, sip_domain };
	for (const char *const *d = p->builtin; d && *d; d++)
		if (naming_match(*d, server))
			return (struct name_check){ NAMING_BUILTIN, *d };
	return (struct name_check){ NAMING_NO_MATCH, NULL };
}

bool policy_uses(const struct policy *p, enum candidate_source source)
{
	for (unsigned i = 0; i < p->source_count; i++)
		if (p->sources[i] == source)
			return true;
	return source == CANDIDATE_REDIRECT;    /* the server's doing, not the client's */
}

/* Whether the name begins with one of these, and goes on with a dot. */
static bool begins_with_any(const char *name, const char *const *list)
{
	for (; list && *list; list++) {
		size_t len = strlen(*list);

		if (strncasecmp(name, *list, len) == 0 && name[len] == '.' && name[len + 1])
			return true;
	}
	return false;
}

bool policy_asks_service(const struct policy *p, const char *name)
{
	return begins_with_any(name, p->srv);
}

bool policy_tries_host(const struct policy *p, const char *name)
{
	return begins_with_any(name, p->hosts);
}

bool policy_dials(const struct policy *p, const struct name_check *c)
{
	return c->naming != NAMING_NO_MATCH || p->on_mismatch != MISMATCH_SKIP;
}

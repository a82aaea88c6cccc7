/* The catalogue of findings, step by step in the .def files beside this one, and the names of steps and grades. */
#include "verdict/finding.h"

#include <ctype.h>
#include <string.h>

/* Where the rules come from. "Field report" is a reader's comment below the article. */
#define TECHNET(id, title) "Microsoft TechNet " id " (" title ")"
#define LYNC_DOC(on) "Microsoft, Lync Server 2010 documentation on " on
#define SCHERTZ(title, year) "J. Schertz, \"" title "\" (blog.schertz.name, " year ")"
#define STRICT_ARTICLE SCHERTZ("Lync Phone Edition Strict Domain Naming", "2013, updated 2014")
#define STRICT_REPORT "field report below " STRICT_ARTICLE
#define KB_STRICT "Microsoft KB 2933146"
#define HTTP_ARTICLE SCHERTZ("How HTTP is Utilized in Lync Server", "2012")
#define OPTION43_ARTICLE SCHERTZ("Understanding DHCP Option 43", "2012")
#define TROUBLE_ARTICLE SCHERTZ("Troubleshooting Lync Phone Edition Issues", "2012")
#define DHCPUTIL TECHNET("gg412828", "DHCPUtil values")
#define DHCPINFORM_DOC LYNC_DOC("how a phone finds web services and registrar by DHCPINFORM")
#define CHAIN_DOC LYNC_DOC("downloading the certificate chain")
#define AUTH_DOC TECHNET("gg413090", "Authentication process")

const struct rule rules[] = {
#include "verdict/finding_network.def"
#include "verdict/finding_certificates.def"
#include "verdict/finding_registrar.def"
#include "verdict/finding_after.def"
	{ .code = NULL },
};

/* '-' and '_' are the same character, and so are both cases of a letter. */
static bool code_equal(const char *a, const char *b)
{
	for (; *a && *b; a++, b++) {
		int x = *a == '_' ? '-' : tolower((unsigned char)*a);
		int y = *b == '_' ? '-' : tolower((unsigned char)*b);

		if (x != y)
			return false;
	}
	return *a == *b;
}

const struct rule *rule_find(const char *code)
{
	for (const struct rule *r = rules; r->code; r++)
		if (code_equal(r->code, code))
			return r;
	return NULL;
}

const char *step_name(enum step s)
{
	static const char *const names[STEP_COUNT] = {
		[STEP_VLAN] = "vlan", [STEP_LEASE] = "lease", [STEP_UPDATE] = "update", [STEP_TIME] = "time", [STEP_UC_OPTIONS] = "uc-options",
		[STEP_ROOT_CA] = "root-ca", [STEP_PROVISIONING] = "provisioning", [STEP_DISCOVERY] = "discovery", [STEP_NAMING] = "naming",
		[STEP_CONNECT] = "connect", [STEP_TLS] = "tls", [STEP_REGISTER] = "register", [STEP_EXCHANGE] = "exchange",
	};

	return s < STEP_COUNT ? names[s] : NULL;
}

const char *severity_name(enum severity s)
{
	static const char *const names[] = { [SEVERITY_ERROR] = "error", [SEVERITY_WARNING] = "warning", [SEVERITY_INFO] = "info" };

	return names[s];
}

const char *grade_name(enum grade g)
{
	static const char *const names[] = { [GRADE_PROVEN] = "proven", [GRADE_STRONG] = "strong", [GRADE_WEAK] = "weak" };

	return names[g];
}

/* The one list of dissectors. Adding a protocol: its file, and its line here (HACKING.md). The first that fits wins. */
#include "dissectors/arp.h"
#include "dissectors/lldp.h"
#include "dissectors/cdp.h"
#include "dissectors/dhcp.h"
#include "dissectors/dns.h"
#include "dissectors/ntp.h"
#include "dissectors/ldap.h"
#include "dissectors/http.h"
#include "dissectors/tls.h"
#include "dissectors/sip.h"
#include "dissectors/kerberos.h"

const struct dissector *const dissectors[] = {
	&arp_dissector,
	&lldp_dissector,
	&cdp_dissector,
	&dhcp_dissector,
	&dns_dissector,
	&ntp_dissector,
	&cldap_dissector,
	&ldap_dissector,
	&http_dissector,
	&tls_dissector,
	&sip_dissector,
	&kerberos_dissector,
	NULL,
};

bool dissector_is_printed(const struct dissector *d)
{
	for (const struct kind *const *k = d->kinds; *k; k++)
		if (!(*k)->internal)
			return true;
	return false;
}

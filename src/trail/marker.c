#include "trail/marker.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "dissectors/arp.h"
#include "dissectors/cdp.h"
#include "dissectors/dhcp.h"
#include "dissectors/dns.h"
#include "dissectors/http.h"
#include "dissectors/ldap.h"
#include "dissectors/lldp.h"
#include "dissectors/sip.h"
#include "dissectors/tls.h"

static bool has(const char *text, const char *part)
{
	for (; text && *text; text++)
		if (text_starts(text, part))
			return true;
	return false;
}

enum name_use name_use(const char *name)
{
	static const struct { const char *start; enum name_use use; } starting[] = {
		{ "_sipinternaltls._tcp.", NAME_REGISTRAR }, { "_sip._tls.", NAME_REGISTRAR }, { "_sipinternal._tcp.", NAME_REGISTRAR },
		{ "_sip._tcp.", NAME_REGISTRAR }, { "sipinternal.", NAME_REGISTRAR }, { "sip.", NAME_REGISTRAR },
		{ "sipexternal.", NAME_REGISTRAR }, { "ucupdates-r2.", NAME_UPDATE }, { "_ntp._udp.", NAME_TIME },
		{ "time.windows.com", NAME_TIME },
	};

	for (size_t i = 0; name && i < sizeof starting / sizeof starting[0]; i++)
		if (text_starts(name, starting[i].start))
			return starting[i].use;
	return NAME_OTHER;
}

bool is_uc_class(const struct event *e)
{
	const char *class = event_string(e, &dhcp_vendor_class);

	return class && strcasecmp(class, "MS-UC-Client") == 0;
}

bool is_arp(const struct event *e)
{
	return e->kind == &arp_request || e->kind == &arp_reply;
}

bool is_advertisement(const struct event *e)
{
	return e->kind == &lldp_advertisement || e->kind == &cdp_advertisement;
}

bool is_dhcp(const struct event *e)
{
	return strcmp(e->kind->proto, dhcp_ack.proto) == 0;
}

bool is_dhcp_answer(const struct event *e)
{
	return e->kind == &dhcp_offer || e->kind == &dhcp_ack || e->kind == &dhcp_nak;
}

static enum marker of_dhcp(const struct event *e)
{
	const char *class = event_string(e, &dhcp_vendor_class);

	if (!is_dhcp(e) || is_dhcp_answer(e) || !class)
		return MARKER_NONE;
	return is_uc_class(e) || strcasecmp(class, "CPE-OCPHONE") == 0 ? MARKER_STRONG : MARKER_NONE;
}

/* A request to a proxy bears the whole URI (RFC 9112 3.2.2). */
static const char *path_of(const char *target)
{
	const char *authority = target ? strstr(target, "://") : NULL;

	return authority ? strchr(authority + 3, '/') : target;
}

bool is_update_request(const struct event *e)
{
	const char *path = e->kind == &http_request ? path_of(event_string(e, &http_target)) : NULL;

	return path && (text_starts(path, "/RequestHandler/ucdevice.upx") || text_starts(path, "/RequestHandlerExt/ucdevice.upx"));
}

static enum marker of_http(const struct event *e)
{
	return is_update_request(e) || has(event_string(e, &http_user_agent), "OCPhone/") ? MARKER_STRONG : MARKER_NONE;
}

/* A proxy passes requests on as their sender wrote them, User-Agent and all, but on a connection that others opened to its own port; a
 * REGISTER it does not pass on. */
static enum marker of_sip(const struct event *e)
{
	const char *method = event_string(e, &sip_method);
	bool registers = method && strcmp(method, "REGISTER") == 0;

	if (has(event_string(e, &sip_user_agent), "OCPhone/") && (registers || (e->src.port != 5060 && e->src.port != 5061)))
		return MARKER_STRONG;
	return registers ? MARKER_CLIENT : MARKER_NONE;
}

static enum marker of_query(const struct event *e)
{
	enum name_use use = name_use(event_string(e, &dns_qname));

	return use == NAME_REGISTRAR || use == NAME_UPDATE ? MARKER_WEAK : MARKER_NONE;
}

enum marker marker_of(const struct event *e)
{
	if (e->kind == &dns_query)
		return of_query(e);
	if (e->kind == &cldap_search_request || e->kind == &ldap_search_request)
		return has(event_string(e, &ldap_filter), "(Host=WindowsCE)") ? MARKER_STRONG : MARKER_NONE;
	if (e->kind == &http_request)
		return of_http(e);
	if (e->kind == &sip_request)
		return of_sip(e);
	if (e->kind == &tls_client_hello)
		return e->dst.port == 5061 ? MARKER_CLIENT : MARKER_NONE;
	return of_dhcp(e);
}

/*
 * A policy is the rules of one client as data: which server names it trusts, where it looks for servers, which certificates it takes.
 * Nothing here acts; the model (model.h) reads it.
 */
#ifndef VERDICT_POLICY_H
#define VERDICT_POLICY_H

#include <stdbool.h>

#include "verdict/report.h"

enum name_rule {
	NAME_ANY,               /* no check */
	NAME_STRICT,            /* the domain itself and names one label under it */
	NAME_SUFFIX,            /* names anywhere under the domain */
};

enum on_mismatch {
	MISMATCH_DIAL,          /* nothing is checked, or only by the certificate */
	MISMATCH_SKIP,          /* passed over without a packet */
	MISMATCH_ASK,           /* the user is asked; a desktop client */
};

enum { TLS_1_0 = 0x0301, TLS_1_1 = 0x0302, TLS_1_2 = 0x0303 };

struct policy {
	const char *name;               /* "lpe-cu7" */
	const char *meaning;            /* who it is, for --help and `dialtone naming --all` */
	enum name_rule rule;
	enum on_mismatch on_mismatch;
	const char *const *builtin;     /* domains trusted for every user; NULL-terminated, or NULL */
	const enum candidate_source *sources;   /* where servers are looked for, in this order; no verdict rests on the order */
	unsigned source_count;
	const char *const *srv;         /* SRV services asked for: "_sipinternaltls._tcp" ...; NULL-terminated */
	const char *const *hosts;       /* host names tried under the SIP domain; NULL-terminated */
	bool takes_wildcard;            /* a certificate for *.domain is good */
	bool takes_ec_keys;
	unsigned rsa_max;               /* largest RSA key, bits; 0 without a limit */
	unsigned tls_max;               /* highest version: 0x0301 is TLS 1.0 */
	bool needs_delivered_root;      /* trusts a private CA only after it was delivered (HTTP chain, directory); false: the system's store */
};

extern const struct policy policies[];  /* ends with a name of NULL */

const struct policy *policy_find(const char *name);     /* NULL if there is none */

/* The policy of a phone with this firmware: "4.0.7577.4444", with or without words around it; NULL or not understood: NULL.
 * 4.0.7577.4363 is the lowest build of CU7 (Schertz, "Updating LPE Devices for Lync 2013"), 4.0.74xx was the beta; 3.5, 2.0 and 1.0 are OCS firmware. Phones of
 * other makers have versions like these, and none of them (SIP firmware 3.3.1.0769, 4.1.4.7465). */
const struct policy *policy_of_firmware(const char *firmware);

/* Whether firmware text is older than build `build` of 4.0.7577; false where it is not understood. */
bool firmware_is_before(const char *firmware, unsigned build);

struct name_check {
	enum naming naming;
	const char *matched;            /* the domain that matched; NULL without a match */
};

/* What the policy says of `server` for a user of `sip_domain` (may be NULL: then only built-in domains can match). A policy that checks nothing
 * still tells what a checking one would find: whether that matters says `on_mismatch`. */
struct name_check policy_check_name(const struct policy *p, const char *sip_domain, const char *server);

/* Whether the client looks for servers there at all. */
bool policy_uses(const struct policy *p, enum candidate_source source);

/* Whether it asks for this service record: "_sip._tls.contoso.com"; and whether it tries this host name without one: "sip.contoso.com". */
bool policy_asks_service(const struct policy *p, const char *name);
bool policy_tries_host(const struct policy *p, const char *name);

/* Whether the client connects to a server with that result of the check. */
bool policy_dials(const struct policy *p, const struct name_check *c);

#endif

/*
 * The strict-naming check of Lync Phone Edition: whether a server's name lies under a domain, and which domain makes it trusted.
 *
 * Documented: the check exists since CU7 (4.0.7577.4363, KB 2933146) and compares a server's name with the user's SIP domain, then with
 * the built-in domains outlook.com and lync.com (log lines DoesDomainMatchServer and LookupTrustModel, hr=0x80ee0058).
 * Inferred: that the comparison is a suffix at a label boundary, without regard to case, and that the domain itself counts.
 */
#ifndef VERDICT_NAMING_H
#define VERDICT_NAMING_H

#include <stdbool.h>
#include <stddef.h>

/* Whether `server` is `domain` or a name under it, label by label, ASCII letters in either case, one trailing dot ignored on both. An address, an
 * empty name or an empty domain never matches. */
bool naming_match(const char *domain, const char *server);

/* Whether `server` is a name under `domain`, not below its sub-domains: what OCS called strict. */
bool naming_match_strict(const char *domain, const char *server);

/* Which of the two lines the phone logs for a domain that does not match: true for "ret=0, (domain, server)", where a dot stands before the last
 * strlen(domain) characters of the server's name, false for "no match(domain, server)". Inferred from logs in a field report. */
bool naming_is_near_miss(const char *domain, const char *server);

/* Whether the text is an IPv4 or IPv6 address, with or without brackets. */
bool naming_is_address(const char *text);

#endif

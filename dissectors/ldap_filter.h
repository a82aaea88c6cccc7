/* A search filter in the text of RFC 4515. */
#ifndef DISSECTORS_LDAP_FILTER_H
#define DISSECTORS_LDAP_FILTER_H

#include "base/cursor.h"
#include "base/text.h"

/* Filters nested deeper than this are not read. */
enum { LDAP_FILTER_DEPTH_MAX = 64 };

/* Reads one Filter (RFC 4511 4.5.1) and adds its text. A value with octets that are no text (a SID, a GUID, NtVer) is escaped whole, \hh an
 * octet; else only what RFC 4515 3 wants escaped is. False, and the cursor fails, where there is no whole filter. */
bool ldap_filter_read(struct cursor *c, struct text *to);

#endif

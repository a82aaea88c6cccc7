/* The Netlogon attribute: what a domain controller answers to the LDAP ping. */
#ifndef DISSECTORS_NETLOGON_H
#define DISSECTORS_NETLOGON_H

#include "trail/event.h"

/* Puts what one value of the attribute says into `r` (fields of dissectors/ldap.h). Empty names are left out. False where the value is none of the
 * three layouts of [MS-ADTS] 6.3.1.7 to 6.3.1.9 or ends early; what could be read is put nevertheless. */
bool netlogon_put(struct record *r, struct span value);

#endif

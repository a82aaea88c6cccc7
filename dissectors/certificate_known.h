/*
 * Certificates that were read before: the same few chains come again and again, and to read one costs more than all the rest of a sign-in. What the same
 * octets gave is kept, and given again as it was. Bounded in number and size; octets are compared whole.
 */
#ifndef DISSECTORS_CERTIFICATE_KNOWN_H
#define DISSECTORS_CERTIFICATE_KNOWN_H

#include "trail/event.h"

/* What the octets were read as. */
enum certificate_reading { READ_AS_ONE, READ_AS_SEVERAL };

struct known_certificates {
	struct record list;             /* what they gave */
	unsigned count;                 /* certificates among it */
	bool complete;                  /* `list` and `count` are there */
	/* private */
	struct arena arena;
	struct span der;
	size_t counted;                 /* octets, of all that are kept */
};

/* What is known of these octets. An entry that is not complete is new and empty: its `list` is to be filled, and then given to certificates_keep. NULL
 * where they are too long or too short to be kept. Good until the next call. */
struct known_certificates *certificates_known(enum certificate_reading as, struct span der);
void certificates_keep(struct known_certificates *k, unsigned count);

#endif

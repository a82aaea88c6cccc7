/* What the parts of gather.c share. */
#ifndef VERDICT_GATHER_PARTS_H
#define VERDICT_GATHER_PARTS_H

#include "verdict/gather.h"

struct gathering {
	struct facts *facts;
	struct arena *arena;
	const struct phone *phone;
};

void gather_dhcp(struct gathering *g, const struct event *e);
void gather_dns(struct gathering *g, const struct event *e);
void gather_directory(struct gathering *g, const struct event *e);
void gather_http(struct gathering *g, const struct event *e);
void gather_tcp(struct gathering *g, const struct event *e);
void gather_tls(struct gathering *g, const struct event *e);
void gather_sip(struct gathering *g, const struct event *e);

/* A text field, copied; NULL if it is not there. */
const char *gather_text(struct gathering *g, const struct event *e, const struct field *f);
const char *gather_record_text(struct gathering *g, const struct record *r, const struct field *f);

/* All texts of a list. */
void gather_texts(struct gathering *g, const struct record *list, text_set *to);

/* All addresses of a list. */
void gather_addrs(struct gathering *g, const struct record *list, addr_set *to);

/* The frames of the event. */
void gather_frames(struct gathering *g, const struct event *e, frame_set *to);

/* A certificate from a record of dissectors/certificate.h. */
struct certificate gather_certificate(struct gathering *g, const struct record *r);

/* Certificates that came to the phone in clear. */
unsigned gather_deliveries(struct gathering *g, const struct event *e, const struct field *list, bool by_ldap);

#endif

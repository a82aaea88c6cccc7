/*
 * Lays what the model decided beside what the packets show, and says what is wrong: pure, no I/O, no clock, the same facts give the same findings.
 * Where they differ the packets win, and the difference is said. Grades and the order of blame: reference 3.9 and contract section 3.
 */
#ifndef VERDICT_EVALUATE_H
#define VERDICT_EVALUATE_H

#include "verdict/model.h"
#include "verdict/report.h"

/* What the rest of the capture told of the same site: by other phones, and by this one before. */
struct site_offer {                     /* a certificate that a server showed */
	struct endpoint server;
	const char *issuer;             /* of the leaf */
	struct mac phone;
	bool accepted;                  /* the handshake finished */
	int64_t at_ns;
};

struct site_fault {                     /* an error finding */
	const char *code, *subject;
	struct mac phone;
	const char *sip_domain, *dns_domain;    /* of the attempt; NULL unknown */
};

struct site_version {                   /* firmware told in a device-update request */
	struct mac phone;
	const char *firmware;
	int64_t at_ns;
};

struct site {
	certificate_set delivered;         /* CA certificates handed out in clear */
	LIST_OF(struct site_offer) offers;
	LIST_OF(struct site_fault) faults;
	LIST_OF(struct site_version) posted;
	addr_set alive;                    /* hosts that accepted a connection on any port */
	unsigned voice_vlan;            /* a tag that phones speak in; 0 none */
};

struct evaluation {
	enum method method;
	enum outcome outcome;
	LIST_OF(struct finding_report) findings;        /* errors first, then by step */
	size_t cause;                   /* index of the finding that explains a failure; findings.count: none */
	struct step_report steps[STEP_COUNT];
	text_set cannot_show;
};

/* `phone` tells its own faults from those of others. All memory from `arena`. */
void evaluate(const struct model *m, const struct site *site, struct mac phone, struct arena *arena, struct evaluation *ret);

/* How the phone proved who its user is, by its fingerprints (reference 1.1). */
enum method evaluate_method(const struct model *m);

#endif

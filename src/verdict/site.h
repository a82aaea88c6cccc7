/*
 * What the captures told of one site by all phones together: CA certificates that were handed out, certificates that servers showed, faults that
 * stopped a phone. One phone's verdict may rest on what another met.
 *
 * Bounded: what is told a thousand times is kept once, and of each list SITE_MAX items; then the older half goes (site_tidy), or nothing is added.
 */
#ifndef VERDICT_SITE_H
#define VERDICT_SITE_H

#include "verdict/facts.h"

enum { SITE_MAX = 4096, SITE_CHAINS_MAX = 256 };

/* A server that showed certificates of an issuer, to phones that accepted them. */
struct site_offer {
	struct endpoint server;
	const char *issuer;             /* of the leaf */
	int64_t first_ns;
	struct mac phone;               /* the last one, and when it was offered to that phone last */
	int64_t last_ns;
	bool has_other;                 /* another phone was offered it as well: its last time */
	int64_t other_ns;
};

struct site_fault {                     /* an error finding; of many alike, two phones' are kept */
	const char *code, *subject;
	struct mac phone;
	const char *sip_domain, *dns_domain;    /* of the attempt; NULL unknown */
};

/* The certificates that a server showed in a full handshake. */
struct site_chain {
	struct endpoint server;
	int64_t at_ns;
	certificate_set chain;
};

struct site {
	struct arena arena;
	certificate_set delivered;         /* CA certificates handed out in clear */
	LIST_OF(struct site_offer) offers;
	LIST_OF(struct site_fault) faults;
	LIST_OF(struct site_chain) chains;
	addr_set alive;                    /* hosts that accepted a connection on any port */
	unsigned voice_vlan;            /* a tag that phones speak in; 0 none */
	uint64_t changes;               /* rises whenever something new was learned that another verdict may rest on */
};

/* Takes over what is new. All text is copied. */
void site_learn(struct site *s, const struct facts *f, struct mac phone);
void site_fault(struct site *s, const struct site_fault *fault);

/* A resumed session shows no certificate: that of the last full handshake with the same server before it holds (RFC 5246 7.3). NULL without one. */
const struct site_chain *site_chain_before(const struct site *s, const struct endpoint *server, int64_t before_ns);

/* Whether another phone than this one accepted a certificate of another issuer from the server, at `since_ns` or later. */
bool site_others_accept(const struct site *s, const struct endpoint *server, const char *issuer, struct mac phone, int64_t since_ns);

/* Another issuer whose certificate was accepted from the server before; NULL without one. */
const char *site_former_issuer(const struct site *s, const struct endpoint *server, const char *issuer, int64_t before_ns);

/* Makes room where a list is full. Nothing that points into the site may be used afterwards. */
void site_tidy(struct site *s);
void site_free(struct site *s);

#endif

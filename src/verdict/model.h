/*
 * The phone as a pure function: facts + policy -> the decisions it would take, candidate by candidate; and beside each decision what the packets
 * show. No I/O, no clock; the same facts may be run under another policy.
 */
#ifndef VERDICT_MODEL_H
#define VERDICT_MODEL_H

#include "verdict/facts.h"
#include "verdict/policy.h"

/* What a connection of the phone was for. */
enum role { ROLE_OTHER, ROLE_REGISTRAR, ROLE_WEB, ROLE_UPDATE, ROLE_EXCHANGE, ROLE_DIRECTORY };

/* What a look at a connection tells. */
enum session {
	SESSION_NONE,           /* never accepted, or still being tried */
	SESSION_REFUSED,
	SESSION_TIMEOUT,
	SESSION_BARE,           /* accepted, no TLS seen on it */
	SESSION_TLS_FAILED,     /* the handshake began and did not finish */
	SESSION_TLS_PENDING,    /* the handshake was going on when the capture ended */
	SESSION_CLOSED,         /* secured, and over at once */
	SESSION_STANDING,       /* secured, data both ways, and it lasted or is still up */
	SESSION_UNSEEN,         /* too much of it is missing to tell */
};

struct link {
	const struct connection *connection;
	enum role role;
	const char *name;       /* the name it was dialled by: SNI, else a name of its address; NULL unknown */
	bool name_by_sni;
	enum session session;
};

/* One server that the phone could register with. */
struct decision {
	enum candidate_source source;
	const char *query;      /* the name asked, or "DHCP option 120" */
	const char *server;
	unsigned port;          /* 0 unknown */
	int64_t learned_ns;
	frame_set learned;         /* where it was learned */
	addr_set addresses;
	bool resolved;
	bool asked;             /* the phone asked for its address */
	enum lookup_state lookup;       /* of its address, if asked */
	const struct lookup *lookup_of; /* NULL if not asked */
	const char *cname;      /* its address came through a CNAME; NULL */
	struct name_check check;
	bool would_dial;        /* by the policy, were it resolved */
	bool dialled;
	frame_set dialled_frames;
	enum candidate_result result;
};

struct model {
	const struct facts *facts;
	const struct policy *policy;
	const char *sip_domain, *sip_domain_source;     /* NULL unknown */
	const char *web_name;           /* web services FQDN of option 43, else the host that CertProv was asked of; NULL */
	LIST_OF(struct link) links;     /* one a connection, in their order */
	LIST_OF(struct decision) decisions;     /* in the order they were learned */
	bool signed_in;
	const struct link *standing;    /* the session that signed in; NULL (also for clear SIP) */
	int64_t signed_in_ns;
	bool past_list;                 /* the phone went through its candidates: asked for the last host, or began anew */
};

/* `sip_domain` as the user gave it, or NULL. */
struct model *model_run(const struct facts *f, const struct policy *p, const char *sip_domain, struct arena *arena);

/* Whether the name of a look-up belongs to the search for a registrar, and of which domain: "_sipinternaltls._tcp.contoso.com" -> "contoso.com".
 * NULL if not. */
const char *model_registrar_domain(const char *name);

/* Whether a look-up belongs to the search for the user's registrar, also with a DNS suffix behind its name. */
bool model_is_search(const struct model *m, const struct lookup *l);

/* Whether it is the name of a host that is tried without a service record: sip., sipinternal., sipexternal. */
bool model_is_host_name(const char *name);

/* Whether the phone looked for a registrar at all: names, or a connection. */
bool model_reached_discovery(const struct model *m);

/* The first alert in clear of one side; NULL. */
const struct tls_alert_fact *model_clear_alert(const struct connection *c, bool from_client);

/* Whether the phone was the one that ended the handshake after it had seen the certificate. */
bool model_phone_refused_certificate(const struct connection *c);

#endif

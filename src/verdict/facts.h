/*
 * What the network told one phone during one sign-in, and what the phone did with it: typed, without a word of judgement.
 *
 * events -> (gather) -> facts -> (model) -> decisions -> (evaluate) -> findings. Facts are plain data: a test may write them by hand. All memory belongs to
 * an arena that outlives them; names are lower case without the trailing dot; times are packet time in nanoseconds.
 */
#ifndef VERDICT_FACTS_H
#define VERDICT_FACTS_H

#include "base/addr.h"
#include "base/list.h"
#include "packet/packet.h"

typedef LIST_OF(frame_ref) frame_set;
typedef LIST_OF(const char *) text_set;
typedef LIST_OF(struct addr) addr_set;

/* ---- link and lease ---- */

/* LLDP or CDP, of the switch or of the phone itself. */
struct advertisement {
	int64_t at_ns;
	frame_ref frame;
	bool from_phone, is_cdp;
	bool has_voice;                 /* a voice policy; its VLAN may be 0 (untagged) */
	unsigned vlan;
	bool tagged;
};

/* Options 43 and 120 of one answer. */
struct uc_options {
	bool has_43, has_uc;            /* option 43 is there; it is of class MS-UC-Client */
	const char *vendor_specific;    /* hex of option 43 */
	const char *identifier, *scheme, *fqdn, *path;          /* NULL: not there */
	unsigned port;                  /* 0: not there or unreadable */
	bool has_120;
	unsigned encoding;              /* first octet of option 120 */
	text_set sip_names;
	addr_set sip_addresses;
	unsigned vlan_id;               /* sub-option 10, class CPE-OCPHONE; 0: not there */
	text_set faults;                   /* the dissector's reasons, "option 43: sub-option 4 is binary" ... */
};

enum dhcp_answer_kind { DHCP_OFFER, DHCP_ACK, DHCP_NAK };

struct dhcp_answer {
	enum dhcp_answer_kind kind;
	int64_t at_ns;
	frame_ref frame;
	struct addr server, yiaddr;
	bool cut;                       /* the capture holds only its beginning */
	bool from_home_router;          /* DHCP server, router and DNS server are one */
	struct uc_options uc;
};

/* One transaction: what was asked under one xid, and every answer to it. */
struct dhcp_exchange {
	uint64_t xid;
	bool is_inform;
	const char *vendor_class;       /* as asked; NULL */
	bool wants_uc;                  /* option 55 asks for 43 or 120 */
	unsigned vlan;                  /* outermost tag of the question; 0 untagged */
	unsigned discovers, requests;   /* sent, informs counted as requests */
	int64_t first_ns, last_ns;      /* first and last question */
	frame_set asked;
	LIST_OF(struct dhcp_answer) answers;
};

/* ---- names ---- */

enum lookup_state {
	LOOKUP_PENDING,                 /* asked, and the capture ends (or the phone restarts) too soon to call it silence */
	LOOKUP_FOUND,                   /* records of the type asked for */
	LOOKUP_NONE,                    /* NXDOMAIN, or no such record (NODATA) */
	LOOKUP_ERROR,                   /* SERVFAIL, REFUSED ... */
	LOOKUP_SILENT,                  /* no answer */
	LOOKUP_UNREADABLE,              /* answered, but the capture does not hold the answer, or not the whole of it */
};

struct srv_record {
	const char *target;
	unsigned port, priority, weight;
};

/* One question, with its repetitions until an answer came. */
struct lookup {
	const char *name, *type;        /* "A", "SRV" */
	uint64_t id;
	struct addr server;
	int64_t first_ns, last_ns;      /* first and last time it was asked; an answer without a seen question: its own time */
	unsigned asked;
	enum lookup_state state;
	const char *rcode;              /* NULL without an answer */
	int64_t answered_ns;
	frame_set frames;                  /* questions and answer */
	LIST_OF(struct srv_record) srv;
	addr_set addresses;                /* of A and AAAA */
	const char *cname;              /* the last name of its chain; NULL without CNAME */
};

/* A name that was found to have an address. */
struct binding {
	const char *name;
	struct addr address;
	int64_t at_ns;
	frame_ref frame;
};

/* ---- time, directory, web ---- */

struct time_answer {
	struct addr server;
	int64_t asked_ns;
	frame_set frames;
	bool answered;
	uint64_t stratum;
	const char *refid;              /* NULL */
	double offset_s;                /* server's clock less capture time */
};

/* A CLDAP ping for the netlogon attribute. */
struct ping {
	const char *domain;             /* the AD domain asked for; NULL */
	struct addr server;
	int64_t at_ns;
	frame_set frames;
	bool from_windows_ce;           /* Host=WindowsCE */
	bool answered, has_netlogon;
};

/* One LDAP operation over TCP: a bind, or a search. */
struct directory_request {
	uint64_t flow, message_id;
	bool is_bind;
	const char *mechanism;          /* of a bind; NULL */
	bool wants_ca;                  /* a search for certification authorities */
	frame_set frames;
	bool done;
	uint64_t result;
	unsigned entries, certificates;
};

struct certificate {
	const char *subject, *issuer, *serial, *signature_algorithm, *key, *sha256;     /* all but sha256 NULL where it could not be read */
	text_set san;
	bool has_dates;
	int64_t not_before_ns, not_after_ns;
	bool is_ca;
};

typedef LIST_OF(struct certificate) certificate_set;

struct http_exchange {
	uint64_t flow;
	struct endpoint server;
	int64_t at_ns;
	frame_set frames;
	const char *method, *host, *target;             /* NULL where the request was not seen */
	unsigned status;                /* 0: no answer seen */
	const char *location;
	unsigned certificates;          /* in the answer's body */
};

/* A CA certificate that was handed to the phone in clear. */
struct delivery {
	struct certificate certificate;
	frame_ref frame;
	bool by_ldap;                   /* else by HTTP */
};

/* ---- connections ---- */

enum connection_state { CONNECTION_TRYING, CONNECTION_OPEN, CONNECTION_REFUSED, CONNECTION_TIMEOUT, CONNECTION_CLOSED, CONNECTION_RESET };

struct tls_alert_fact {
	bool from_client;
	bool encrypted;
	const char *name;               /* NULL when encrypted */
	bool fatal;
	int64_t at_ns;
	frame_ref frame;
};

struct connection {
	uint64_t flow;
	struct endpoint client, server;
	enum connection_state state;
	bool seen_from_start;           /* its SYN is in the capture */
	bool accepted;                  /* the answer to it is */
	bool has_gap, one_way;          /* octets are missing; one direction is missing altogether */
	int64_t start_ns, last_ns, end_ns;      /* last_ns: newest sign of life; end_ns: of CLOSED, RESET, REFUSED, TIMEOUT */
	bool ended_by_client;
	uint64_t bytes_client, bytes_server;
	unsigned syns;
	frame_set frames;                  /* of connect, accepted, refused, timeout, closed, reset */

	bool hello, server_hello, resumed;
	bool finished_client, finished_server, data_client, data_server;
	const char *sni, *version, *cipher, *hello_version, *session_id;
	int64_t certificate_ns, secured_ns;     /* of the server's Certificate; of the later Finished (or data); 0 while not */
	certificate_set chain;             /* the server's; empty if none was seen */
	bool certificate_from_memory;   /* resumed: the chain is that of an earlier full handshake with this server */
	LIST_OF(struct tls_alert_fact) alerts;
	frame_set tls_frames, certificate_frames;
};

struct sip_message {
	uint64_t flow;
	int64_t at_ns;
	frame_ref frame;
	struct endpoint server;
	bool from_phone;
	const char *method;             /* of a request; of a response: its CSeq's */
	unsigned status;                /* of a response */
	const char *domain;             /* of the user: of To of a REGISTER; NULL */
	const char *contact;            /* of a 3xx: host to go to; NULL */
	const char *diagnostics;
};

/* A place where the capture does not hold what was sent. */
struct gap {
	int64_t at_ns;
	frame_ref frame;
	const char *reason;             /* "hole", "one-way", "snap", "forgotten" */
	uint64_t missing;
};

/* ---- all of it ---- */

struct facts {
	int64_t start_ns, end_ns;       /* first and last event of the attempt */
	int64_t watched_until_ns;       /* how long the capture went on looking: absence before that moment can be told */
	bool restarted;                 /* the phone began again afterwards: it had given this up */
	bool from_start;                /* seen from its boot, or after silence */
	unsigned heard, spoke, said;    /* messages to the phone; its own; those of its own that only somebody with answers sends (behind DHCP) */
	bool cut;                       /* messages were cut by the snap length */
	bool file_cut_short;            /* the capture file ends in the middle */
	uint64_t dropped;               /* packets that the capturing system says it lost, of any device */
	LIST_OF(struct gap) gaps;

	LIST_OF(struct advertisement) advertisements;
	LIST_OF(unsigned) vlans;        /* tags of the phone's own frame_set */
	LIST_OF(struct dhcp_exchange) dhcp;
	frame_set releases;
	const char *dns_domain;         /* option 15 of the latest ACK */
	text_set suffixes;                 /* options 15 and 119 */

	LIST_OF(struct lookup) lookups;
	LIST_OF(struct binding) bindings;
	LIST_OF(struct binding) remembered;     /* those of the phone's earlier attempts, newest first */
	LIST_OF(struct time_answer) times;
	LIST_OF(struct ping) pings;
	LIST_OF(struct directory_request) directory;
	LIST_OF(struct http_exchange) http;
	LIST_OF(struct delivery) deliveries;
	LIST_OF(struct connection) connections;
	LIST_OF(struct sip_message) sip;
	frame_set kerberos;

	const char *earlier_domain;     /* the user's SIP domain in an earlier attempt; NULL */
	const char *posted_before;      /* the firmware of the last device-update request of an earlier attempt; NULL */
	const char *model, *firmware, *firmware_source, *user_agent;
	LIST_OF(const char *) posted_versions;  /* firmware in each device-update request, in order */
};

/* What is kept of one attempt at most; what comes after is left out. No phone comes near, but a capture may hold anything. */
enum { FACTS_RECORDS_MAX = 64 /* of one answer */, FACTS_BINDINGS_MAX = 4096, FACTS_REMEMBERED_MAX = 512, FACTS_DELIVERIES_MAX = 256 };

/* ---- questions that several rooms ask ---- */

/* Frames into a list, ascending, none twice. */
void frames_add(struct arena *a, frame_set *to, frame_ref f);
void frames_join(struct arena *a, frame_set *to, const frame_set *more);

bool texts_have(const text_set *t, const char *text);      /* in either case */

/* The best that was learned of a name: FOUND before NONE before ERROR before SILENT before PENDING. `type` "A" asks for A and AAAA together.
 * *ret (may be NULL) is the lookup that says so. False where it was never asked. */
bool facts_name_state(const struct facts *f, const char *name, const char *type, enum lookup_state *ret, const struct lookup **ret_lookup);

/* Whether the name was bound to the address before `before_ns`; *ret_ns (may be NULL) is when last. */
bool facts_is_bound(const struct facts *f, const char *name, const struct addr *a, int64_t before_ns, int64_t *ret_ns);

/* All addresses of a name. */
void facts_addresses(const struct facts *f, struct arena *arena, const char *name, addr_set *to);

#endif

/* nDPI 4.2: what it gets wrong and how it wants to be called is in its own headers; the order of calls below matters. */
#include "flow/classify.h"

#include <ndpi_api.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/moment.h"

_Static_assert(NDPI_MAJOR == 4 && NDPI_MINOR == 2, "written for nDPI 4.2; its interface changes with every release");

struct classify {
	struct ndpi_detection_module_struct *module;    /* NULL where the library is not the one that was built with */
	size_t flows, max_flows;
};

struct classify_flow {
	struct ndpi_flow_struct ndpi;
};

static struct ndpi_detection_module_struct *module_new(void)
{
	struct ndpi_detection_module_struct *m;
	NDPI_PROTOCOL_BITMASK all;

	if (ndpi_get_api_version() != NDPI_API_VERSION || ndpi_detection_get_sizeof_ndpi_flow_struct() != sizeof(struct ndpi_flow_struct)) {
		log_warning("libndpi is another one than at build time: protocols on unusual ports are recognised without it");
		return NULL;
	}
	/* nDPI does not look at what it is given: without this a lack of memory is a crash within it. */
	set_ndpi_malloc(memory_lend);
	set_ndpi_free(free);
	m = ndpi_init_detection_module(ndpi_no_prefs);
	if (!m)
		return NULL;
	NDPI_BITMASK_SET_ALL(all);
	ndpi_set_protocol_detection_bitmask2(m, &all);
	ndpi_finalize_initialization(m);
	return m;
}

struct classify *classify_new(size_t max_flows)
{
	struct classify *c = memory_get(sizeof *c);

	c->module = module_new();
	c->max_flows = c->module ? max_flows : 0;
	return c;
}

void classify_free(struct classify *c)
{
	if (!c)
		return;
	if (c->module)
		ndpi_exit_detection_module(c->module);
	free(c);
}

struct classify_flow *classify_flow_new(struct classify *c)
{
	if (c->flows >= c->max_flows)
		return NULL;
	c->flows++;
	return memory_get(sizeof(struct classify_flow));
}

void classify_flow_free(struct classify *c, struct classify_flow *f)
{
	if (!f)
		return;
	ndpi_free_flow_data(&f->ndpi);
	free(f);
	c->flows--;
}

const char *classify_packet(struct classify *c, struct classify_flow *f, const struct packet *p, const struct layers *l, bool *ret_final)
{
	unsigned short len = l->ip.len > USHRT_MAX ? USHRT_MAX : (unsigned short)l->ip.len;
	ndpi_protocol label = ndpi_detection_process_packet(c->module, &f->ndpi, l->ip.data, len, (uint64_t)(p->at_ns / NS_PER_MS));
	uint16_t id = label.master_protocol != NDPI_PROTOCOL_UNKNOWN ? label.master_protocol : label.app_protocol;
	bool known = id != NDPI_PROTOCOL_UNKNOWN && f->ndpi.confidence == NDPI_CONFIDENCE_DPI;

	*ret_final = known || f->ndpi.num_processed_pkts >= NDPI_MAX_NUM_PKTS_PER_FLOW_TO_DISSECT;
	return known ? ndpi_get_proto_name(c->module, id) : NULL;
}

const struct dissector *classify_dissector(const char *label, enum transport transport)
{
	static const struct { const char *label, *over_udp, *over_tcp; } names[] = {
		{ "TLS", NULL, "tls" }, { "HTTP", NULL, "http" }, { "SIP", "sip", "sip" }, { "DNS", "dns", "dns" }, { "LDAP", "cldap", "ldap" },
		{ "DHCP", "dhcp", NULL }, { "NTP", "ntp", NULL }, { "Kerberos", "kerberos", "kerberos" },
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *name = transport == TRANSPORT_TCP ? names[i].over_tcp : names[i].over_udp;

		for (const struct dissector *const *d = dissectors; *d && name && strcmp(names[i].label, label) == 0; d++)
			if (strcmp((*d)->name, name) == 0)
				return *d;
	}
	return NULL;
}

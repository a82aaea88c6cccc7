#include "command/summary.h"

#include <inttypes.h>

#include "base/log.h"

static void log_oddity(void *user, const char *proto, const char *reason, uint64_t count)
{
	(void)user;
	log_info("%s: %s: %" PRIu64 "", proto, reason, count);
}

static void log_pipeline(const struct pipeline_counters *c)
{
	log_info("%" PRIu64 " packets read, %" PRIu64 " octets", c->packets, c->bytes);
	if (c->copies)
		log_info("%" PRIu64 " packets were copies that a mirror port made", c->copies);
	if (c->fragments_dropped)
		log_info("%" PRIu64 " datagrams in fragments could not be put together", c->fragments_dropped);
	if (c->decap.malformed)
		log_info("%" PRIu64 " packets with a malformed header", c->decap.malformed);
	if (c->decap.skipped)
		log_info("%" PRIu64 " packets in encapsulations that are not opened: %s", c->decap.skipped, c->decap.skipped_what);
}

static void log_flows(const struct flow_counters *c)
{
	if (c->gaps)
		log_info("%" PRIu64 " holes in TCP streams (%" PRIu64 " octets that were not captured)", c->gaps, c->gap_octets);
	if (c->one_way)
		log_info("%" PRIu64 " TCP connections of which only one direction was captured", c->one_way);
	if (c->evicted)
		log_info("%" PRIu64 " of %" PRIu64 " flows were forgotten early because there were too many at once", c->evicted, c->flows);
}

void summary_log(const struct pipeline *p)
{
	log_pipeline(pipeline_counters(p));
	log_flows(flows_counters(pipeline_flows(p)));
	flows_each_oddity(pipeline_flows(p), log_oddity, NULL);
}

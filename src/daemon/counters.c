#include "daemon/counters.h"

#include <string.h>

const struct counter counters[] = {
	{ "packets", "Packets that were read.", false, true },
	{ "octets", "Octets of them on the wire.", false, true },
	{ "kernel-packets", "Packets that the kernel's filter let through, lost ones among them.", false, true },
	{ "kernel-drops", "Packets lost because the ring was full.", false, true },
	{ "interface-drops", "Packets that the interface had no room for.", false, true },
	{ "interface-gone", "Times that the interface went away.", false, true },
	{ "snapped", "Packets cut by the snap length.", false, true },
	{ "copies", "Packets dropped as copies that a mirror port made.", false, false },
	{ "malformed-headers", "Packets with a malformed header.", false, false },
	{ "malformed-messages", "Messages that no dissector could read whole.", false, false },
	{ "fragments-dropped", "Datagrams whose fragments could not be put together.", false, false },
	{ "flows", "Connections and exchanges seen.", false, false },
	{ "flows-evicted", "Flows forgotten because there were too many at once.", false, false },
	{ "stream-gaps", "Holes in TCP streams.", false, false },
	{ "phones", "Phones that are followed.", true, false },
	{ "phones-forgotten", "Phones forgotten for want of room.", false, false },
	{ "attempts", "Sign-ins followed.", false, false },
	{ "attempts-forgotten", "Sign-ins forgotten for want of room.", false, false },
	{ "reports", "Reports of sign-ins made for the store.", false, false },
	{ "reports-stored", "Reports stored.", false, false },
	{ "reports-lost", "Reports that could not be stored and had to go.", false, false },
	{ "queue-octets", "Octets of reports that wait for the store.", true, false },
	{ "crashes", "Times that the dissecting process broke down.", false, false },
	{ "restarts", "Times that a process had to be started anew.", false, false },
	/* the writer's own */
	{ "store-octets", "Octets of the database and its log.", true, false },
	{ "store-failures", "Transactions that could not be stored.", false, false },
	{ NULL, NULL, false, false },
};

const struct counter *counter_find(const char *name)
{
	for (const struct counter *c = counters; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

static void each_interface(const struct counted *from, counter_user *each, void *user)
{
	for (unsigned i = 0; i < source_captures(from->source); i++) {
		const struct capture_info *info = source_capture(from->source, i);
		const struct live_counters *live = source_live_counters(from->source, i);

		each(user, "packets", info->file, info->packets);
		each(user, "octets", info->file, info->bytes);
		each(user, "kernel-packets", info->file, live->kernel_packets);
		each(user, "kernel-drops", info->file, live->kernel_dropped);
		each(user, "interface-drops", info->file, live->interface_dropped);
		each(user, "interface-gone", info->file, live->gone);
		each(user, "snapped", info->file, info->snapped);
	}
}

static void each_stage(const struct counted *from, counter_user *each, void *user)
{
	const struct pipeline_counters *p = pipeline_counters(follow_pipeline(from->follow));
	const struct flow_counters *flows = flows_counters(pipeline_flows(follow_pipeline(from->follow)));
	const struct follow_counters f = follow_counters(from->follow);

	each(user, "copies", NULL, p->copies);
	each(user, "malformed-headers", NULL, p->decap.malformed);
	each(user, "malformed-messages", NULL, flows->malformed);
	each(user, "fragments-dropped", NULL, p->fragments_dropped);
	each(user, "flows", NULL, flows->flows);
	each(user, "flows-evicted", NULL, flows->evicted);
	each(user, "stream-gaps", NULL, flows->gaps);
	each(user, "phones", NULL, f.phones);
	each(user, "phones-forgotten", NULL, f.phones_forgotten);
	each(user, "attempts", NULL, f.attempts);
	each(user, "attempts-forgotten", NULL, f.attempts_forgotten);
}

void counters_each(const struct counted *from, counter_user *each, void *user)
{
	const struct outbox_counters *o = outbox_counters(from->outbox);

	each_interface(from, each, user);
	each_stage(from, each, user);
	each(user, "reports", NULL, o->reports);
	each(user, "reports-stored", NULL, o->stored);
	each(user, "reports-lost", NULL, o->lost);
	each(user, "queue-octets", NULL, o->octets);
	each(user, "crashes", NULL, from->shared->crashes);
	each(user, "restarts", NULL, from->shared->restarts);
}

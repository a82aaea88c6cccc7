/*
 * The one pipeline: source -> decap -> fragment -> mirror copies -> flow -> dissectors -> events. `analyze`, `events`, and everything that reads
 * packets is this, with another source in front and another receiver of events behind.
 */
#ifndef PIPELINE_H
#define PIPELINE_H

#include "flow/flow.h"
#include "packet/decap.h"
#include "packet/source.h"

/*
 * Bounds, whatever is captured. The flow table and what is known of each connection take 32 MB at most, half a KB each; the octets of connections that
 * wait, the frames they came in and what dissectors keep of them 32 MB, a KB for one that is idle; events that wait for their order 4 MB; nDPI, which
 * is there only once a device is followed, 8 MB and 3 MB for its flows.
 */
enum {
	PIPELINE_FLOWS = 65536,
	PIPELINE_STREAM_OCTETS = 512 * 1024,
	PIPELINE_TOTAL_OCTETS = 32 * 1024 * 1024,
};

struct pipeline_counters {
	uint64_t packets, bytes;
	uint64_t copies;                /* dropped as a mirror's, of what is read */
	uint64_t fragments_dropped;
	struct decap_counters decap;
};

struct pipeline;

struct pipeline *pipeline_new(const struct flows_user *user);
void pipeline_packet(struct pipeline *p, const struct packet *packet);
void pipeline_tick(struct pipeline *p, int64_t now_ns);  /* as flows_tick */
void pipeline_finish(struct pipeline *p);
const struct pipeline_counters *pipeline_counters(const struct pipeline *p);
const struct flows *pipeline_flows(const struct pipeline *p);
void pipeline_free(struct pipeline *p);

/* `look` is called by pipeline_run, once in some thousands of packets: to tell how far it is. */
void pipeline_on_look(struct pipeline *p, void (*look)(void *user, const struct source *s), void *user);

/* Reads `source` to its end. Exit status so far: 0, or 2 where the source broke off with an error after packets (they were all handled). */
int pipeline_run(struct pipeline *p, struct source *source);

#endif

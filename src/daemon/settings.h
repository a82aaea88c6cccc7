/*
 * What the daemon is told: options of the command line, and the same names in a file (dialtone.conf(5)). The command line wins; a list given there
 * (interfaces, phones) takes the place of the file's.
 */
#ifndef DAEMON_SETTINGS_H
#define DAEMON_SETTINGS_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "follow.h"
#include "packet/source_live.h"

#define CONFIG_PATH "/etc/dialtone.conf"

enum { CONFIG_PHONES = 4096 };

struct config {
	char *interfaces[LIVE_INTERFACES];
	unsigned interface_count;
	bool promiscuous;
	char *filter;                   /* NULL: none */
	uint64_t ring, snap;            /* octets */

	struct mac *phones;
	size_t phone_count;
	bool all_clients;
	char *sip_domain, *firmware, *policy;   /* NULL: not given */
	uint64_t memory, evidence, queue;       /* octets */

	char *db;
	uint64_t keep_days, keep_size;  /* 0: without end; octets */
	char *metrics;                  /* a file, or 127.0.0.1:PORT; NULL */
	char *crash_dir;                /* NULL: beside the database */

	char *user;                     /* NULL: dialtone, or who there is */
	char *pid_file;
	bool background, syslog;
	uint64_t verbosity;
	char *file;                     /* the configuration that was read, or NULL */
};

/* Which of the daemon's processes have to start anew where two configurations differ. */
enum config_change { CHANGE_NONE = 0, CHANGE_CAPTURE = 1, CHANGE_STORE = 2, CHANGE_LOG = 4, CHANGE_NEVER = 8 /* only a new start helps */ };

/* Reads the command line and the file that it names, else CONFIG_PATH if there is one. The options behind argv[0]; what is said of them is one line each
 * on stderr. 0 good, 1 help was asked for, -1 wrong. */
int config_read(int argc, char **argv, struct config *ret);
unsigned config_change(const struct config *a, const struct config *b);
/* What is read only at the start stays in `fresh` as it was in `old`. */
void config_keep_start(struct config *old, struct config *fresh);
void config_free(struct config *c);

void config_follow(const struct config *c, struct follow_options *ret);
void config_live(const struct config *c, struct live_options *ret);

/* The lines that explain the options, for --help. */
extern const char config_help[];

#endif

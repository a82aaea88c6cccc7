/*
 * One table of settings serves the command line, the file and the comparison of two configurations. The file: a line `name = value`, # begins a comment,
 * a name that takes several values may come several times, a switch is `yes` or `no`.
 */
#include "daemon/settings.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "command/options.h"
#include "sink/store.h"
#include "verdict/policy.h"

enum value { VALUE_STRING, VALUE_SWITCH, VALUE_OFF /* given as --no-NAME */, VALUE_SIZE, VALUE_COUNT, VALUE_INTERFACE, VALUE_PHONE };

struct setting {
	const char *name;
	char letter;                    /* of the short option, or 0 */
	enum value form;
	size_t at;                      /* in struct config */
	uint64_t least, most;
	unsigned change;
};

#define AT(member) offsetof(struct config, member)
#define MIB (UINT64_C(1) << 20)

static const struct setting settings[] = {
	{ "interface", 'i', VALUE_INTERFACE, 0, 0, 0, CHANGE_CAPTURE },
	{ "promisc", 0, VALUE_OFF, AT(promiscuous), 0, 0, CHANGE_CAPTURE },
	{ "filter", 0, VALUE_STRING, AT(filter), 0, 0, CHANGE_CAPTURE },
	{ "ring-size", 0, VALUE_SIZE, AT(ring), MIB, 2047 * MIB, CHANGE_CAPTURE },
	{ "snaplen", 0, VALUE_COUNT, AT(snap), 64, LIVE_SNAP_MAX, CHANGE_CAPTURE },
	{ "phone", 0, VALUE_PHONE, 0, 0, 0, CHANGE_CAPTURE },
	{ "all-clients", 0, VALUE_SWITCH, AT(all_clients), 0, 0, CHANGE_CAPTURE },
	{ "sip-domain", 0, VALUE_STRING, AT(sip_domain), 0, 0, CHANGE_CAPTURE },
	{ "firmware", 0, VALUE_STRING, AT(firmware), 0, 0, CHANGE_CAPTURE },
	{ "policy", 0, VALUE_STRING, AT(policy), 0, 0, CHANGE_CAPTURE },
	{ "memory", 0, VALUE_SIZE, AT(memory), 4 * MIB, 65536 * MIB, CHANGE_CAPTURE },
	{ "evidence-size", 0, VALUE_SIZE, AT(evidence), 0, 8 * MIB, CHANGE_CAPTURE },
	{ "queue-size", 0, VALUE_SIZE, AT(queue), MIB, 4096 * MIB, CHANGE_CAPTURE },
	{ "db", 0, VALUE_STRING, AT(db), 0, 0, CHANGE_STORE },
	{ "keep-days", 0, VALUE_COUNT, AT(keep_days), 0, 36500, CHANGE_STORE },
	{ "keep-size", 0, VALUE_SIZE, AT(keep_size), 0, UINT64_C(1) << 50, CHANGE_STORE },
	{ "metrics", 0, VALUE_STRING, AT(metrics), 0, 0, CHANGE_STORE },
	{ "crash-dir", 0, VALUE_STRING, AT(crash_dir), 0, 0, CHANGE_LOG },
	{ "user", 0, VALUE_STRING, AT(user), 0, 0, CHANGE_NEVER },
	{ "pid-file", 0, VALUE_STRING, AT(pid_file), 0, 0, CHANGE_NEVER },
	{ "daemon", 0, VALUE_SWITCH, AT(background), 0, 0, CHANGE_NEVER },
	{ "syslog", 0, VALUE_SWITCH, AT(syslog), 0, 0, CHANGE_LOG },
	{ "verbose", 0, VALUE_COUNT, AT(verbosity), 0, 9, CHANGE_CAPTURE | CHANGE_STORE | CHANGE_LOG },
};

enum { SETTINGS = sizeof settings / sizeof settings[0] };

const char config_help[] =
	"  -i, --interface NAME  capture on this interface; repeat for more\n"
	"  --no-promisc          only what is for this machine\n"
	"  --filter BPF          only packets that this tcpdump expression matches\n"
	"  --ring-size SIZE      of the kernel's ring of each interface (32M)\n"
	"  --snaplen N           octets kept of a packet (262144)\n"
	"  --phone MAC           follow this device, whatever it does; repeat for more\n"
	"  --all-clients         follow desktop clients too\n"
	"  --sip-domain D, --firmware V, --policy NAME\n"
	"                        as for `dialtone analyze`\n"
	"  --memory SIZE         that sign-ins in the making may take (32M)\n"
	"  --evidence-size SIZE  of packets kept of one sign-in (1M; 0: none)\n"
	"  --queue-size SIZE     of what may wait for a slow or full disk (32M)\n"
	"  --db FILE             the store (" STORE_PATH ")\n"
	"  --keep-days N         forget sign-ins after so many days\n"
	"  --keep-size SIZE      forget the oldest where the store gets larger\n"
	"  --metrics WHERE       counters for Prometheus: a file, or 127.0.0.1:PORT\n"
	"  --crash-dir FOLDER    for packets that the program could not bear (beside the store)\n"
	"  --user NAME           whom the processes that read and write run as (dialtone)\n"
	"  --daemon              in the background\n"
	"  --pid-file FILE       write the process's number there\n"
	"  --syslog              log to syslog; else to stderr\n"
	"  --config FILE         read this configuration (" CONFIG_PATH ", if there is one)\n"
	"  -v                    a line with counters every 10 s\n";

/* ---- values ---- */

/* Where a complaint points: "dialtone.conf:12: " or "capture: --". */
struct origin {
	const char *file;
	unsigned line;
};

static bool complain(const struct origin *p, const char *name, const char *value, const char *why)
{
	if (p->file)
		log_error("%s:%u: %s = %s: %s", p->file, p->line, name, value, why);
	else
		log_error("--%s %s: %s", name, value, why);
	return false;
}

static void set_string(char **at, const char *value)
{
	free(*at);
	*at = memory_copy(value, strlen(value));
}

static bool parse_count(const char *text, uint64_t *ret, const char **ret_end)
{
	char *end;

	errno = 0;
	*ret = strtoull(text, &end, 10);
	*ret_end = end;
	return isdigit((unsigned char)*text) && !errno;
}

/* 64M: binary multiples, as everywhere with memory. */
static bool parse_size(const char *text, uint64_t *ret)
{
	static const char units[] = "KMGT";
	const char *end, *unit;
	unsigned shift = 0;

	if (!parse_count(text, ret, &end))
		return false;
	if (*end && (unit = strchr(units, toupper((unsigned char)*end))) != NULL) {
		shift = 10 * (unsigned)(unit - units + 1);
		end++;
	}
	if (*end || *ret > UINT64_MAX >> shift)
		return false;
	*ret <<= shift;
	return true;
}

static bool set_number(struct config *c, const struct setting *s, const char *value, const struct origin *p)
{
	uint64_t n;
	const char *end = "";
	char why[80];

	if (s->form == VALUE_SIZE ? !parse_size(value, &n) : !parse_count(value, &n, &end) || *end)
		return complain(p, s->name, value, s->form == VALUE_SIZE ? "this is no size (like 64M)" : "this is no number");
	if (n < s->least || n > s->most) {
		snprintf(why, sizeof why, "from %" PRIu64 " to %" PRIu64, s->least, s->most);
		return complain(p, s->name, value, why);
	}
	memcpy((char *)c + s->at, &n, sizeof n);
	return true;
}

static bool set_switch(struct config *c, const struct setting *s, const char *value, const struct origin *p)
{
	bool on = strcmp(value, "yes") == 0;

	if (!on && strcmp(value, "no") != 0)
		return complain(p, s->name, value, "yes or no");
	memcpy((char *)c + s->at, &on, sizeof on);
	return true;
}

static bool add_interface(struct config *c, const char *value, const struct origin *p)
{
	if (c->interface_count == LIVE_INTERFACES)
		return complain(p, "interface", value, "there are too many");
	for (unsigned i = 0; i < c->interface_count; i++)
		if (strcmp(c->interfaces[i], value) == 0)
			return complain(p, "interface", value, "named twice");
	c->interfaces[c->interface_count++] = memory_copy(value, strlen(value));
	return true;
}

static bool add_phone(struct config *c, const char *value, const struct origin *p)
{
	struct mac m;

	if (!mac_parse(value, &m))
		return complain(p, "phone", value, "this is no MAC address (like 00:04:f2:aa:bb:01)");
	if (c->phone_count == CONFIG_PHONES)
		return complain(p, "phone", value, "there are too many");
	c->phones = memory_resize(c->phones, c->phone_count + 1, sizeof *c->phones);
	c->phones[c->phone_count++] = m;
	return true;
}

static bool set(struct config *c, const struct setting *s, const char *value, const struct origin *p)
{
	if (!*value)
		return complain(p, s->name, value, "a value is missing");
	switch (s->form) {
	case VALUE_STRING: set_string((char **)(void *)((char *)c + s->at), value); return true;
	case VALUE_SWITCH:
	case VALUE_OFF: return set_switch(c, s, value, p);
	case VALUE_SIZE:
	case VALUE_COUNT: return set_number(c, s, value, p);
	case VALUE_INTERFACE: return add_interface(c, value, p);
	case VALUE_PHONE: return add_phone(c, value, p);
	}
	return false;
}

/* ---- the file ---- */

static char *trim(char *text)
{
	char *end = text + strlen(text);

	while (end > text && isspace((unsigned char)end[-1]))
		*--end = '\0';
	while (isspace((unsigned char)*text))
		text++;
	return text;
}

static const struct setting *find_setting(const char *name)
{
	for (unsigned i = 0; i < SETTINGS; i++)
		if (strcmp(settings[i].name, name) == 0)
			return &settings[i];
	return NULL;
}

static bool read_line(struct config *c, char *line, const struct origin *p)
{
	char *name = trim(line), *value = strchr(name, '=');
	const struct setting *s;

	if (!*name || *name == '#')
		return true;
	if (!value) {
		log_error("%s:%u: %s: this is no line like `name = value`", p->file, p->line, name);
		return false;
	}
	*value++ = '\0';
	name = trim(name);
	s = find_setting(name);
	if (!s) {
		log_error("%s:%u: %s: there is no such setting", p->file, p->line, name);
		return false;
	}
	return set(c, s, trim(value), p);
}

/* Tells everything that is wrong, not only the first. */
static bool read_file(struct config *c, const char *path, bool must_exist)
{
	FILE *file = fopen(path, "re");
	struct origin p = { path, 0 };
	char line[4096];
	bool good = true;

	if (!file && errno == ENOENT && !must_exist)
		return true;
	if (!file) {
		log_error("%s: %s", path, strerror(errno));
		return false;
	}
	while (fgets(line, sizeof line, file)) {
		p.line++;
		good = read_line(c, line, &p) && good;
	}
	if (ferror(file)) {
		log_error("%s: %s", path, strerror(errno));
		good = false;
	}
	fclose(file);
	set_string(&c->file, path);
	return good;
}

/* ---- the command line ---- */

enum { OPT_CONFIG = 1000, OPT_FIRST };

static void make_options(struct option ret[SETTINGS + 3], char names[SETTINGS][24])
{
	for (unsigned i = 0; i < SETTINGS; i++) {
		const struct setting *s = &settings[i];

		snprintf(names[i], sizeof names[i], "%s%s", s->form == VALUE_OFF ? "no-" : "", s->name);
		ret[i] = (struct option){ names[i], s->form == VALUE_SWITCH || s->form == VALUE_OFF ? no_argument : required_argument, NULL, OPT_FIRST + (int)i };
	}
	ret[SETTINGS] = (struct option){ "config", required_argument, NULL, OPT_CONFIG };
	ret[SETTINGS + 1] = (struct option){ "help", no_argument, NULL, 'h' };
	ret[SETTINGS + 2] = (struct option){ 0 };
}

static void drop_list(struct config *c, enum value form)
{
	if (form == VALUE_PHONE)
		c->phone_count = 0;
	for (; form == VALUE_INTERFACE && c->interface_count; c->interface_count--)
		free(c->interfaces[c->interface_count - 1]);
}

static bool read_option(struct config *c, unsigned n, bool given[SETTINGS])
{
	const struct setting *s = &settings[n];
	const char *value = s->form == VALUE_SWITCH ? "yes" : s->form == VALUE_OFF ? "no" : optarg;

	if (!given[n])
		drop_list(c, s->form);
	given[n] = true;
	return set(c, s, value, &(struct origin){ NULL, 0 });
}

/* The file that is named: it comes first, wherever it is named. */
static int find_config(int argc, char **argv, const struct option *options, const char **ret)
{
	int o;

	optind = 0;
	while ((o = options_next(argc, argv, ":i:vh", options)) != -1) {
		if (o == 'h')
			return 1;
		if (o == '?')
			return -1;
		if (o == OPT_CONFIG)
			*ret = optarg;
	}
	if (optind < argc) {
		log_error("%s: %s: no arguments are taken; `dialtone %s --help` tells more", argv[0], argv[optind], argv[0]);
		return -1;
	}
	return 0;
}

static bool read_options(int argc, char **argv, const struct option *options, struct config *c)
{
	bool given[SETTINGS] = { false }, good = true;
	int o;

	optind = 0;
	while ((o = options_next(argc, argv, ":i:vh", options)) != -1) {
		if (o == 'i')
			good = read_option(c, 0, given) && good;
		else if (o == 'v')
			c->verbosity++;
		else if (o >= OPT_FIRST)
			good = read_option(c, (unsigned)(o - OPT_FIRST), given) && good;
	}
	return good;
}

/* ---- whole ---- */

static bool policy_exists(const char *name)
{
	for (unsigned i = 0; judge_policies[i]; i++)
		if (strcmp(judge_policies[i], name) == 0)
			return true;
	log_error("policy %s: there is no such policy", name);
	return false;
}

static bool is_complete(const struct config *c, const char *verb)
{
	if (!c->interface_count) {
		log_error("%s: no interface: name one with -i, or as `interface` in the configuration", verb);
		return false;
	}
	return !c->policy || policy_exists(c->policy);
}

static void set_defaults(struct config *c)
{
	*c = (struct config){
		.promiscuous = true, .ring = 32 * MIB, .snap = LIVE_SNAP_MAX, .memory = FOLLOW_MEMORY, .evidence = MIB, .queue = 32 * MIB,
	};
	set_string(&c->db, STORE_PATH);
}

int config_read(int argc, char **argv, struct config *ret)
{
	struct option options[SETTINGS + 3];
	char names[SETTINGS][24];
	const char *path = NULL;
	int answer;

	set_defaults(ret);
	make_options(options, names);
	answer = find_config(argc, argv, options, &path);
	if (answer != 0)
		return answer;
	if (!read_file(ret, path ? path : CONFIG_PATH, path != NULL))
		return -1;
	return read_options(argc, argv, options, ret) && is_complete(ret, argv[0]) ? 0 : -1;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_interfaces(const struct config *a, const struct config *b)
{
	for (unsigned i = 0; i < a->interface_count && i < b->interface_count; i++)
		if (strcmp(a->interfaces[i], b->interfaces[i]) != 0)
			return false;
	return a->interface_count == b->interface_count;
}

static bool same_phones(const struct config *a, const struct config *b)
{
	return a->phone_count == b->phone_count && (!a->phone_count || memcmp(a->phones, b->phones, a->phone_count * sizeof *a->phones) == 0);
}

static bool same(const struct config *a, const struct config *b, const struct setting *s)
{
	const char *at = (const char *)a + s->at, *bt = (const char *)b + s->at;

	switch (s->form) {
	case VALUE_STRING: return same_text(*(char *const *)(const void *)at, *(char *const *)(const void *)bt);
	case VALUE_SWITCH:
	case VALUE_OFF: return memcmp(at, bt, sizeof(bool)) == 0;
	case VALUE_SIZE:
	case VALUE_COUNT: return memcmp(at, bt, sizeof(uint64_t)) == 0;
	case VALUE_INTERFACE: return same_interfaces(a, b);
	case VALUE_PHONE: return same_phones(a, b);
	}
	return true;
}

unsigned config_change(const struct config *a, const struct config *b)
{
	unsigned change = CHANGE_NONE;

	for (unsigned i = 0; i < SETTINGS; i++)
		if (!same(a, b, &settings[i]))
			change |= settings[i].change;
	return change;
}

void config_keep_start(struct config *old, struct config *fresh)
{
	struct config other = *fresh;

	fresh->user = old->user;
	fresh->pid_file = old->pid_file;
	fresh->background = old->background;
	old->user = other.user;
	old->pid_file = other.pid_file;
}

void config_free(struct config *c)
{
	for (unsigned i = 0; i < SETTINGS; i++)
		if (settings[i].form == VALUE_STRING)
			free(*(char **)(void *)((char *)c + settings[i].at));
	drop_list(c, VALUE_INTERFACE);
	free(c->phones);
	free(c->file);
	*c = (struct config){ 0 };
}

void config_follow(const struct config *c, struct follow_options *ret)
{
	*ret = (struct follow_options){
		.phones = c->phones, .phone_count = c->phone_count, .all_clients = c->all_clients, .evidence_octets = c->evidence, .memory = c->memory,
		.judge = { .policy = c->policy, .firmware = c->firmware, .sip_domain = c->sip_domain, .keep_events = true, .tell_story = true },
	};
}

void config_live(const struct config *c, struct live_options *ret)
{
	*ret = (struct live_options){
		.interfaces = c->interfaces, .count = c->interface_count, .filter = c->filter, .promiscuous = c->promiscuous, .ring = c->ring,
		.snap = (unsigned)c->snap,
	};
}

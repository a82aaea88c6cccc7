/*
 * Giving privileges away. All of it happens in the processes themselves, after they have opened what takes privileges, and none of it can be undone.
 */
#ifndef DAEMON_PRIVILEGE_H
#define DAEMON_PRIVILEGE_H

#include <stdbool.h>
#include <sys/types.h>

#define DAEMON_USER "dialtone"

/* Address and memory checkers need calls and address space of their own: with them what is not on the list fails instead of ending the process. */
#if defined(__SANITIZE_ADDRESS__)
enum { PRIVILEGE_CHECKED = 1 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { PRIVILEGE_CHECKED = 1 };
#else
enum { PRIVILEGE_CHECKED = 0 };
#endif
#else
enum { PRIVILEGE_CHECKED = 0 };
#endif

/* Whom the processes run as. */
struct identity {
	char name[64];
	uid_t uid;
	gid_t gid;
	bool changes;                   /* we are root and may become that user */
};

/* `user` NULL: dialtone, else nobody, which is said. Who is not root stays who he is. False after a logged line. */
bool identity_find(const char *user, struct identity *ret);

/* Who writes the store at `path`: `who`, if that user may; else, where we are root, whoever the store or its folder belongs to, which is said. What reads
 * packets is never that user, and who writes has no capability either. */
struct identity identity_of_store(const struct identity *who, const char *path);

/* Of root's capabilities the supervisor keeps those it works with: opening interfaces, becoming another user, signals to its own processes. */
void privilege_keep_little(void);

/* Becomes that user, without any capability, and never gets one again; without `files` in an empty root folder (where we are root). The order of the
 * steps matters. False after a logged line. */
bool privilege_drop(const struct identity *who, bool files);

/* System calls that are not on the list end the process (SIGSYS). RLIMITs: no core, no new processes, `memory` octets of address space (0: no limit). */
enum confinement { CONFINE_DISSECTOR, CONFINE_WRITER };
bool privilege_confine(enum confinement which, size_t memory);

/* Closes all descriptors from 3 on, but for these. */
void privilege_close_others(const int *keep, unsigned count);

#endif

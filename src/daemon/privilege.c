#include "daemon/privilege.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <linux/close_range.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <pwd.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <linux/if_packet.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"

enum { FILTER_ROOM = MEMORY_KEPT / 16 };         /* octets: several times what a list takes */

/* ---- who ---- */

static bool find_user(const char *name, struct identity *ret)
{
	const struct passwd *p = getpwnam(name);

	if (!p)
		return false;
	*ret = (struct identity){ .uid = p->pw_uid, .gid = p->pw_gid, .changes = true };
	snprintf(ret->name, sizeof ret->name, "%s", p->pw_name);
	return true;
}

bool identity_find(const char *user, struct identity *ret)
{
	if (geteuid() != 0) {
		*ret = (struct identity){ .uid = geteuid(), .gid = getegid() };
		snprintf(ret->name, sizeof ret->name, "user %u", (unsigned)geteuid());
		if (user)
			log_warning("--user %s: only root can become another user; going on as %s", user, ret->name);
		return true;
	}
	if (find_user(user ? user : DAEMON_USER, ret))
		return true;
	if (user) {
		log_error("--user %s: there is no such user", user);
		return false;
	}
	if (!find_user("nobody", ret)) {
		log_error("there is neither a user " DAEMON_USER " nor a user nobody; name one with --user");
		return false;
	}
	log_warning("there is no user " DAEMON_USER ": running as nobody (systemd-sysusers makes it, or name another one with --user)");
	return true;
}

/* Tried by somebody who is that user: folders above may be closed, too. */
static bool may_write(const struct identity *who, const char *file, const char *folder)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		bool may = privilege_drop(who, true) && access(folder, W_OK | X_OK) == 0 && (access(file, F_OK) < 0 || access(file, R_OK | W_OK) == 0);

		_exit(may ? 0 : 1);
	}
	return pid < 0 || waitpid(pid, &status, 0) < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

struct identity identity_of_store(const struct identity *who, const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX];
	struct identity owner = { .changes = true };
	struct stat st;

	snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
	if (!who->changes || may_write(who, path, folder) || (stat(path, &st) < 0 && stat(folder, &st) < 0))
		return *who;
	owner.uid = st.st_uid;
	owner.gid = st.st_gid;
	snprintf(owner.name, sizeof owner.name, "user %u", (unsigned)owner.uid);
	log_warning("%s may not write %s: the store is written as %s, whose it is, without capabilities", who->name, path, owner.name);
	return owner;
}

/* ---- capabilities ---- */

void privilege_keep_little(void)
{
	static const unsigned kept[] = { CAP_NET_RAW, CAP_NET_ADMIN, CAP_SETUID, CAP_SETGID, CAP_SYS_CHROOT, CAP_KILL };
	bool had[sizeof kept / sizeof kept[0]];

	capng_get_caps_process();
	for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
		had[i] = capng_have_capability(CAPNG_PERMITTED, kept[i]);
	capng_clear(CAPNG_SELECT_CAPS);
	for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
		if (had[i])
			capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, kept[i]);
	if (capng_apply(CAPNG_SELECT_CAPS) != 0)
		log_warning("capabilities could not be given up");
}

static bool refuse(const char *what)
{
	log_error("cannot give up privileges: %s: %s", what, strerror(errno));
	return false;
}

/* An empty folder that has no name any more: nothing can be found in it and nothing be made. */
static bool enter_nowhere(void)
{
	char path[] = "/tmp/dialtone-XXXXXX";

	if (!mkdtemp(path))
		return refuse("an empty folder in /tmp");
	if (chdir(path) < 0)
		return refuse(path);
	if (rmdir(path) < 0 || chroot(".") < 0)
		return refuse("chroot");
	return true;
}

static bool may_chroot(void)
{
	capng_get_caps_process();
	return capng_have_capability(CAPNG_EFFECTIVE, CAP_SYS_CHROOT);
}

bool privilege_drop(const struct identity *who, bool files)
{
	if (!files && may_chroot() && !enter_nowhere())
		return false;
	if (who->changes && (setgroups(0, NULL) < 0 || setresgid(who->gid, who->gid, who->gid) < 0 || setresuid(who->uid, who->uid, who->uid) < 0))
		return refuse(who->name);
	capng_clear(CAPNG_SELECT_BOTH);
	if (capng_apply(CAPNG_SELECT_CAPS) != 0)
		return refuse("capabilities");
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return refuse("ambient capabilities");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return refuse("no_new_privs");
	return true;
}

/* ---- limits ---- */

static bool limit(int which, rlim_t to)
{
	const struct rlimit l = { to, to };

	return setrlimit((__rlimit_resource_t)which, &l) == 0 || refuse("setrlimit");
}

static bool set_limits(enum confinement which, size_t memory)
{
	if (!limit(RLIMIT_CORE, 0) || !limit(RLIMIT_NPROC, 0) || (which == CONFINE_DISSECTOR && !limit(RLIMIT_FSIZE, 0)))
		return false;
	return PRIVILEGE_CHECKED || !memory || limit(RLIMIT_AS, memory);
}

/* ---- system calls ---- */

/* Memory, time, sockets that are open, the end. */
static const int common[] = {
	SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(close), SCMP_SYS(pread64),
	SCMP_SYS(sendto), SCMP_SYS(sendmsg), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(getsockname),
	SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait),
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(futex),
	SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(restart_syscall),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction), SCMP_SYS(sigaltstack), SCMP_SYS(getpid), SCMP_SYS(gettid),
	SCMP_SYS(getrandom), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(sched_yield),
};

/* SQLite's files, metrics, and who asks for metrics. */
static const int files[] = {
	SCMP_SYS(openat), SCMP_SYS(open), SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(fstatfs),
	SCMP_SYS(statfs), SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd),
	SCMP_SYS(lseek), SCMP_SYS(pwrite64), SCMP_SYS(ftruncate), SCMP_SYS(fallocate), SCMP_SYS(fsync), SCMP_SYS(fdatasync), SCMP_SYS(fcntl),
	SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(fchmod), SCMP_SYS(fchown),
	SCMP_SYS(umask), SCMP_SYS(geteuid), SCMP_SYS(getuid), SCMP_SYS(uname), SCMP_SYS(getdents64), SCMP_SYS(accept4), SCMP_SYS(shutdown),
};

/* Libraries look for files when they are first used (time zones, their configuration): they find none. */
static const int looks[] = {
	SCMP_SYS(openat), SCMP_SYS(open), SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(access), SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
};

static bool deny_looks(scmp_filter_ctx filter)
{
	for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++)
		if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), looks[i], 0) != 0)
			return false;
	return true;
}

static bool allow_list(scmp_filter_ctx filter, const int *calls, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) != 0)
			return false;
	return true;
}

/* The two processes are the same user: neither may end the other, only itself. */
static bool allow_abort(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0)) == 0;
}

/* Memory that can be run is never asked for. */
static bool allow_memory(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0
		&& seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
}

/* An interface that came back is bound to the packet socket that is there: no new one is made. */
static bool allow_interfaces(scmp_filter_ctx filter)
{
	static const unsigned long asked[] = { SIOCGIFINDEX, SIOCGIFHWADDR, SIOCGIFFLAGS };

	for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
		if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, asked[i], 0)) != 0)
			return false;
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(bind), 1, SCMP_A2(SCMP_CMP_EQ, sizeof(struct sockaddr_ll), 0)) == 0
		&& seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(getsockopt), 2, SCMP_A1(SCMP_CMP_EQ, SOL_PACKET, 0),
			SCMP_A2(SCMP_CMP_EQ, PACKET_STATISTICS, 0)) == 0
		&& seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(getsockopt), 2, SCMP_A1(SCMP_CMP_EQ, SOL_SOCKET, 0), SCMP_A2(SCMP_CMP_EQ, SO_ERROR, 0)) == 0
		&& seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(setsockopt), 2, SCMP_A1(SCMP_CMP_EQ, SOL_PACKET, 0),
			SCMP_A2(SCMP_CMP_EQ, PACKET_ADD_MEMBERSHIP, 0)) == 0;
}

static bool load(scmp_filter_ctx filter, enum confinement which)
{
	bool good = allow_list(filter, common, sizeof common / sizeof common[0]) && allow_memory(filter) && allow_abort(filter);

	if (which == CONFINE_WRITER)
		good = good && allow_list(filter, files, sizeof files / sizeof files[0]);
	else
		good = good && allow_interfaces(filter) && deny_looks(filter);
	return good && seccomp_load(filter) == 0;
}

/* libseccomp does not bear a lack of memory: it breaks down, or makes another list than was asked for. What was given back is there for it (base/memory.h). */
static void find_memory(void)
{
	free(memory_get(FILTER_ROOM));
}

bool privilege_confine(enum confinement which, size_t memory)
{
	scmp_filter_ctx filter;
	bool good;

	if (!set_limits(which, memory))
		return false;
	find_memory();
	filter = seccomp_init(PRIVILEGE_CHECKED ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_KILL_PROCESS);
	good = filter && load(filter, which);
	if (filter)
		seccomp_release(filter);
	if (!good)
		log_error("the kernel takes no list of system calls (seccomp)");
	return good;
}

/* ---- descriptors ---- */

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

void privilege_close_others(const int *keep, unsigned count)
{
	int sorted[16];
	unsigned from = 3;

	if (count > sizeof sorted / sizeof sorted[0])
		count = sizeof sorted / sizeof sorted[0];
	memcpy(sorted, keep, count * sizeof *keep);
	qsort(sorted, count, sizeof sorted[0], by_number);
	for (unsigned i = 0; i < count; i++) {
		if (sorted[i] > (int)from)
			close_range(from, (unsigned)sorted[i] - 1, 0);
		if (sorted[i] >= (int)from)
			from = (unsigned)sorted[i] + 1;
	}
	close_range(from, ~0U, 0);
}

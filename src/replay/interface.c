#include "replay/interface.h"

#include <dirent.h>
#include <errno.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"

enum { ROUTE_UP = 0x1, ROUTE_REJECT = 0x200 };          /* linux/route.h */
enum { UPPERS_DEPTH = 8 };

/* ---- the interface ---- */

static bool ask(int s, unsigned long what, const char *name, struct ifreq *ret)
{
	memset(ret, 0, sizeof *ret);
	memcpy(ret->ifr_name, name, strlen(name) + 1);
	return ioctl(s, what, ret) == 0;
}

static bool describe(int s, const char *name, struct interface *ret)
{
	struct ifreq r;

	*ret = (struct interface){ .name = name };
	if (!ask(s, SIOCGIFINDEX, name, &r))
		return false;
	ret->index = r.ifr_ifindex;
	if (!ask(s, SIOCGIFMTU, name, &r))
		return false;
	ret->mtu = (unsigned)r.ifr_mtu;
	if (!ask(s, SIOCGIFFLAGS, name, &r))
		return false;
	ret->up = r.ifr_flags & IFF_UP;
	if (!ask(s, SIOCGIFHWADDR, name, &r))
		return false;
	ret->ethernet = r.ifr_hwaddr.sa_family == ARPHRD_ETHER || r.ifr_hwaddr.sa_family == ARPHRD_LOOPBACK;
	return true;
}

bool interface_find(const char *name, struct interface *ret)
{
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), error;
	bool found = s >= 0 && strlen(name) < IFNAMSIZ && describe(s, name, ret);

	error = s >= 0 ? ENODEV : errno;
	if (s >= 0)
		close(s);
	if (!found)
		log_error("%s: %s", name, error == ENODEV ? "there is no such interface" : strerror(error));
	return found;
}

/* ---- routes ---- */

static bool usable(unsigned flags)
{
	return (flags & (ROUTE_UP | ROUTE_REJECT)) == ROUTE_UP;
}

/* Iface Destination Gateway Flags RefCnt Use Metric Mask ..., numbers in hexadecimal, addresses in the host's order of the network's octets. */
static bool ipv4_is_default(const char *line, const char *interface)
{
	char name[IFNAMSIZ + 1];
	unsigned destination, flags, mask;

	if (sscanf(line, "%16s %x %*x %x %*u %*u %*u %x", name, &destination, &flags, &mask) != 4 || strcmp(name, interface) != 0)
		return false;
	return usable(flags) && (mask == 0 || mask == 0x80 || mask == 0x80000000);
}

/* Destination, prefix length, source, prefix length, gateway, metric, references, use, flags, interface. */
static bool ipv6_is_default(const char *line, const char *interface)
{
	char name[IFNAMSIZ + 1];
	unsigned bits, flags;

	if (sscanf(line, "%*32s %2x %*32s %*2x %*32s %*x %*x %*x %x %16s", &bits, &flags, name) != 3 || strcmp(name, interface) != 0)
		return false;
	return usable(flags) && bits <= 1;
}

static bool any_line(FILE *table, bool (*is)(const char *line, const char *interface), const char *interface)
{
	char line[512];
	bool found = false;

	while (table && !found && fgets(line, sizeof line, table))
		found = is(line, interface);
	return found;
}

bool route_is_default(FILE *ipv4, FILE *ipv6, const char *interface)
{
	return any_line(ipv4, ipv4_is_default, interface) || any_line(ipv6, ipv6_is_default, interface);
}

static bool has_default_route_itself(const char *name)
{
	FILE *ipv4 = fopen("/proc/net/route", "re"), *ipv6 = fopen("/proc/net/ipv6_route", "re");
	bool is = route_is_default(ipv4, ipv6, name);

	if (ipv4)
		fclose(ipv4);
	if (ipv6)
		fclose(ipv6);
	return is;
}

/* What is made of an interface stands in its folder as upper_NAME. */
static bool has_default_route(const char *name, unsigned depth)
{
	static const char upper[] = "upper_";
	char path[sizeof "/sys/class/net/" + IFNAMSIZ];
	struct dirent *entry;
	bool found = has_default_route_itself(name);
	DIR *folder;

	if (found || depth == 0 || strlen(name) >= IFNAMSIZ || strchr(name, '/'))
		return found;
	snprintf(path, sizeof path, "/sys/class/net/%s", name);
	folder = opendir(path);
	while (folder && !found && (entry = readdir(folder)))
		if (strncmp(entry->d_name, upper, sizeof upper - 1) == 0)
			found = has_default_route(entry->d_name + sizeof upper - 1, depth - 1);
	if (folder)
		closedir(folder);
	return found;
}

bool interface_has_default_route(const char *name)
{
	return has_default_route(name, UPPERS_DEPTH);
}

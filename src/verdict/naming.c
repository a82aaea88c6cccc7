#include "verdict/naming.h"

#include <string.h>
#include <strings.h>

#include "base/addr.h"

/* Length without one trailing dot. */
static size_t name_length(const char *name)
{
	size_t len = strlen(name);

	return len && name[len - 1] == '.' ? len - 1 : len;
}

bool naming_is_address(const char *text)
{
	char plain[ADDR_TEXT + 2];
	size_t len = strlen(text);
	struct addr a;

	if (len >= sizeof plain)
		return false;
	memcpy(plain, text, len + 1);
	if (len > 2 && plain[0] == '[' && plain[len - 1] == ']') {
		plain[len - 1] = '\0';
		memmove(plain, plain + 1, len - 1);
	}
	return addr_parse(plain, &a);
}

bool naming_is_near_miss(const char *domain, const char *server)
{
	size_t d = name_length(domain), s = name_length(server);

	return d && s > d + 1 && server[s - d - 1] == '.';
}

bool naming_match(const char *domain, const char *server)
{
	size_t d = name_length(domain), s = name_length(server);

	if (d == 0 || naming_is_address(server))
		return false;
	if (s == d)
		return strncasecmp(server, domain, d) == 0;
	return naming_is_near_miss(domain, server) && strncasecmp(server + s - d, domain, d) == 0;
}

bool naming_match_strict(const char *domain, const char *server)
{
	size_t d = name_length(domain), s = name_length(server);

	if (!naming_match(domain, server))
		return false;
	return s == d || memchr(server, '.', s - d - 1) == NULL;
}

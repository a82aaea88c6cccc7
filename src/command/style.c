#include "command/style.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/log.h"

/* Lines longer than this are hard to follow. */
enum { WIDTH_MOST = 120 };

bool style_parse_when(const char *text, enum when *ret)
{
	static const char *const words[] = { [WHEN_AUTO] = "auto", [WHEN_ALWAYS] = "always", [WHEN_NEVER] = "never" };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(text, words[i]) == 0) {
			*ret = (enum when)i;
			return true;
		}
	log_error("--color %s: auto, always or never", text);
	return false;
}

static bool terminal_has_colour(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

static unsigned terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return 0;
	return size.ws_col < WIDTH_MOST ? size.ws_col : WIDTH_MOST;
}

/* Asked of the user's locale without taking it: in some the letters of a name compare otherwise than they do in DNS. */
static bool locale_is_utf8(void)
{
	locale_t users = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	bool is = users && strcmp(nl_langinfo_l(CODESET, users), "UTF-8") == 0;

	if (users)
		freelocale(users);
	return is;
}

struct text_style style_of_output(enum when colour)
{
	return (struct text_style){
		.colour = colour == WHEN_ALWAYS || (colour == WHEN_AUTO && terminal_has_colour()),
		.width = terminal_width(),
		.utf8 = locale_is_utf8(),
	};
}

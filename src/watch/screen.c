#include "watch/screen.h"

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_open;
static int real_stderr = -1;
static FILE *kept;                      /* what was written on stderr meanwhile */

/* ---- beginning and end ---- */

/* A line on stderr would tear the picture. */
static void keep_stderr(void)
{
	kept = tmpfile();
	if (!kept)
		return;
	fflush(stderr);
	real_stderr = dup(STDERR_FILENO);
	dup2(fileno(kept), STDERR_FILENO);
}

static void give_stderr_back(void)
{
	char line[512];

	if (!kept)
		return;
	fflush(stderr);
	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	rewind(kept);
	while (fgets(line, sizeof line, kept))
		fputs(line, stderr);
	fclose(kept);
	kept = NULL;
}

static void start_colours(void)
{
	if (!has_colors())
		return;
	start_color();
	use_default_colors();
	/* Blue and orange are told apart by nearly everybody; where a terminal has but eight colours, by their marks and words. */
	init_pair(INK_GOOD, COLORS >= 256 ? 39 : COLOR_CYAN, -1);
	init_pair(INK_CAUTION, COLORS >= 256 ? 220 : COLOR_YELLOW, -1);
	init_pair(INK_BAD, COLORS >= 256 ? 208 : COLOR_RED, -1);
	init_pair(INK_FAINT, COLORS >= 256 ? 245 : -1, -1);
}

/* Of the user's locale the terminal needs the coding only; its letters may compare otherwise than they do in DNS. */
static void take_locale(void)
{
	setlocale(LC_CTYPE, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0)
		setlocale(LC_CTYPE, "C.UTF-8");
}

bool screen_open(void)
{
	const char *term = getenv("TERM");

	if (!isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO) || !term || !*term || strcmp(term, "dumb") == 0)
		return false;
	take_locale();
	if (!newterm(NULL, stdout, stdin))
		return false;
	is_open = true;
	atexit(screen_close);
	keep_stderr();
	cbreak();
	noecho();
	nonl();
	curs_set(0);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(25);
	start_colours();
	return true;
}

void screen_close(void)
{
	if (!is_open)
		return;
	is_open = false;
	endwin();
	give_stderr_back();
}

void screen_size(unsigned *ret_rows, unsigned *ret_columns)
{
	*ret_rows = (unsigned)LINES;
	*ret_columns = (unsigned)COLS;
}

bool screen_has_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* ---- showing ---- */

static attr_t attributes(const struct cell *cell, bool colour)
{
	attr_t a = cell->chosen ? A_REVERSE : 0;

	if (cell->ink == INK_STRONG || cell->ink == INK_BAD)
		a |= A_BOLD;
	if (cell->ink == INK_FAINT && !(colour && COLORS >= 256))
		a |= A_DIM;
	return a;
}

static void show_cell(const struct canvas *c, unsigned row, unsigned column, bool colour)
{
	const struct cell *cell = &c->cells[(size_t)row * c->columns + column];
	wchar_t text[2] = { (wchar_t)cell->character, L'\0' };
	short pair = colour && !cell->chosen && cell->ink > INK_STRONG ? (short)cell->ink : 0;
	cchar_t shown;

	if (!cell->character)
		return;
	setcchar(&shown, text, attributes(cell, colour), pair, NULL);
	mvadd_wch((int)row, (int)column, &shown);
}

void screen_show(const struct canvas *c, bool colour)
{
	for (unsigned row = 0; row < c->rows; row++)
		for (unsigned column = 0; column < c->columns; column++)
			show_cell(c, row, column, colour && has_colors());
	refresh();
}

/* ---- keys ---- */

enum press screen_key(char *ret_character)
{
	int key = getch();

	switch (key) {
	case ERR: return PRESS_NONE;
	case KEY_UP: return PRESS_UP;
	case KEY_DOWN: return PRESS_DOWN;
	case KEY_PPAGE: return PRESS_PAGE_UP;
	case KEY_NPAGE: return PRESS_PAGE_DOWN;
	case KEY_HOME: return PRESS_HOME;
	case KEY_END: return PRESS_END;
	case KEY_RESIZE: return PRESS_RESIZE;
	case KEY_ENTER: case '\r': case '\n': return PRESS_ENTER;
	case KEY_BACKSPACE: case 127: case '\b': return PRESS_BACKSPACE;
	case KEY_LEFT: case 27: return PRESS_ESCAPE;
	case 'L' & 0x1f:
		clearok(stdscr, TRUE);
		return PRESS_RESIZE;
	default: break;
	}
	if (key < ' ' || key > '~')
		return PRESS_RESIZE;
	*ret_character = (char)key;
	return PRESS_CHARACTER;
}

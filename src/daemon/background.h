/* Running in the background, and the file that says which process it is. */
#ifndef DAEMON_BACKGROUND_H
#define DAEMON_BACKGROUND_H

#include <stdbool.h>

/* With `background` the caller goes on as a process of its own; who started it waits until background_ready, or the end. The pid file, where there is
 * one, is locked: false after a logged line where another one has it. */
bool background_start(bool background, const char *pid_file);
void background_ready(const char *pid_file);
void background_end(const char *pid_file);

#endif

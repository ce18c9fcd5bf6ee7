/* SPDX-License-Identifier: Apache-2.0 */
/* Questions on a terminal: termios(3), general terminal interface. */
#include "ask.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <termios.h>
#include <unistd.h>

#include "cli.h"
#include "secrets.h"

enum { LINE = 64 * 1024 };

bool can_ask(void)
{
	return isatty(STDIN_FILENO) == 1;
}

/* Waits with pselect(2), because read(2) goes on after a signal. Signals are
 * blocked elsewhere, so that a signal just before the call ends it, too. */
static bool wait_for_line(const sigset_t *open)
{
	fd_set in;
	int rc;

	do {
		if (was_interrupted())
			return false;
		FD_ZERO(&in);
		FD_SET(STDIN_FILENO, &in);
		rc = pselect(STDIN_FILENO + 1, &in, NULL, NULL, NULL, open);
	} while (rc < 0 && errno == EINTR);
	return rc > 0 && !was_interrupted();
}

/* Reads to the end of the line, which may come in pieces. */
static size_t read_line(char *line, const sigset_t *open)
{
	size_t used = 0;

	while (used < LINE && wait_for_line(open)) {
		ssize_t got = read(STDIN_FILENO, line + used, LINE - used);

		if (got <= 0)
			break;
		used += (size_t)got;
		if (line[used - 1] == '\n')
			break;
	}
	return used;
}

/* Blocks the signals that end the program. */
static void block(sigset_t *before)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, before);
}

/* Turns the echo off; false if the terminal does not allow that. */
static bool hide(struct termios *before)
{
	struct termios now;

	if (tcgetattr(STDIN_FILENO, before) != 0)
		return false;
	now = *before;
	now.c_lflag &= ~(tcflag_t)ECHO;
	return tcsetattr(STDIN_FILENO, TCSAFLUSH, &now) == 0;
}

char *ask(const char *prompt, bool echo)
{
	char *line = calloc(1, LINE + 1);
	struct termios before;
	sigset_t open;
	size_t size;

	guard_secrets();
	if (!line) {
		say_no_memory();
		return NULL;
	}
	block(&open);
	/* The echo is off before the user can see the prompt. */
	if (!echo && !hide(&before)) {
		say(stderr,
		    "oci-pack: the terminal cannot hide what is typed: "
		    "--password-stdin reads the password from a pipe\n");
		pthread_sigmask(SIG_SETMASK, &open, NULL);
		free(line);
		return NULL;
	}
	say(stderr, "%s", prompt);
	fflush(stderr);
	size = read_line(line, &open);
	if (!echo) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		say(stderr, "\n");
	}
	pthread_sigmask(SIG_SETMASK, &open, NULL);
	line[size] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	if (*line && !was_interrupted())
		return line;
	if (was_interrupted())
		say(stderr, "oci-pack: interrupted\n");
	else
		say(stderr, "oci-pack: nothing was typed\n");
	free(line);
	return NULL;
}

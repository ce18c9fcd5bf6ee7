/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack: the list of commands, and calling one. */
#include "words.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "progress.h"
#include "topics.h"

static const struct command *const commands[] = {
	&command_init,	&command_convert,    &command_build,
	&command_push,	&command_pull,	     &command_copy,
	&command_index, &command_tags,	     &command_inspect,
	&command_ls,	&command_cat,	     &command_extract,
	&command_diff,	&command_report,     &command_verify,
	&command_lint,	&command_lock,	     &command_cache,
	&command_login, &command_completion,
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

_Static_assert((int)COMMANDS <= (int)COMMANDS_MAX, "words.c has room for all");

const struct command *const *all_commands(size_t *count)
{
	*count = COMMANDS;
	return commands;
}

const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static int run(int argc, char **argv)
{
	const struct command *command = find_command(argv[1]);

	if (command)
		return command->run(argc - 1, argv + 1);
	if (is_unknown_word(argv[1]))
		return say_unknown_command(argv[1]);
	/* 'oci-pack SPEC' is short for 'oci-pack build SPEC': argv[0] stands
	 * for the command. */
	return command_build.run(argc, argv);
}

/* oci-pack help [--mdoc] [COMMAND | TOPIC] */
static int run_help(int argc, char **argv)
{
	bool mdoc = argc > 2 && strcmp(argv[2], "--mdoc") == 0;
	const char *name = argc > 2 + mdoc ? argv[2 + mdoc] : NULL;
	const struct command *command = name ? find_command(name) : NULL;
	const struct topic *near, *topic = name ? find_topic(name) : NULL;

	if (!name)
		return mdoc ? print_manual(stdout) : print_help(stdout);
	if (argc == 3 && topic)
		return print_topic(stdout, topic);
	near = argc == 3 + mdoc && !command ? find_near_topic(name) : NULL;
	if (near) {
		say(stderr,
		    "oci-pack: unknown command or topic '%s' (did you "
		    "mean '%s'?)\n",
		    name, near->name);
		return EXIT_USAGE;
	}
	if (argc == 3 + mdoc && !command)
		return say_unknown_command(name);
	if (argc == 3 + mdoc)
		return mdoc ? print_command_manual(stdout, command)
			    : print_command_help(stdout, command);
	say(stderr, "oci-pack: help is for one command or topic, such as "
		    "'oci-pack help push'\n");
	return EXIT_USAGE;
}

/* A standard stream that is closed would be the next file that is opened, and
 * messages would go into an archive. It gets a file that cannot be used the
 * way the stream is, so that its use fails as if it were closed. */
static int fill_standard_streams(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null",
			 (fd == 0 ? O_WRONLY : O_RDONLY) | O_CLOEXEC) != fd)
			return -1;
	return 0;
}

int main(int argc, char **argv)
{
	int status;

	if (fill_standard_streams())
		return EXIT_FAILED;
	/* Lines of several threads do not mix. */
	setvbuf(stderr, NULL, _IOLBF, 0);
	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)
		status = say(stdout, "oci-pack %s\n", oci_version());
	else if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		status = print_help(stdout);
	else if (strcmp(argv[1], "help") == 0)
		status = run_help(argc, argv);
	else
		status = run(argc, argv);
	progress_end(false);
	/* Buffered output fails only here if the disk is full. */
	if (fflush(stdout) != 0 || ferror(stdout)) {
		if (errno != EPIPE) /* nobody reads it any more */
			say(stderr, "oci-pack: standard output: %s\n",
			    strerror(errno));
		status = status ? status : EXIT_FAILED;
	}
	/* A run that was complete when the signal came has succeeded. */
	if (status == EXIT_FAILED)
		end_interrupted();
	return status;
}

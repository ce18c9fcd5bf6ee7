/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack: which command, and what is said without one. */
#include "words.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
	"Packs OCI container images from a declarative spec, without a\n"
	"daemon and without running anything of the target platform.\n"
	"\n"
	"  oci-pack SPEC -o FILE.tar   an archive for docker load\n"
	"  oci-pack SPEC -o DIR        an OCI layout\n"
	"  oci-pack SPEC --push        to a registry\n"
	"  oci-pack push IMAGE REF     an image to a registry\n"
	"  oci-pack pull REF -o IMAGE  an image from a registry\n"
	"  oci-pack copy IMAGE IMAGE   from anywhere to anywhere\n"
	"  oci-pack index create REF IMAGE...\n"
	"                              one image of many platforms\n"
	"  oci-pack inspect IMAGE      what an image holds\n"
	"  oci-pack verify IMAGE       whether all of it is right\n"
	"  oci-pack lock SPEC          pins the images that it starts from\n"
	"  oci-pack cache info|prune   what is kept of them\n"
	"  oci-pack lint IMAGE         whether it can run, without running it\n"
	"  oci-pack login HOST         keeps a registry's credentials\n"
	"\n"
	"IMAGE is FILE.tar, DIR, oci:DIR[:TAG] or docker://REF; what is read\n"
	"may also be FILE.tar:NAME or dir:DIR, and be saved by others. An\n"
	"archive, or a spec, that is read may be -, standard input.\n"
	"'oci-pack COMMAND --help' tells the options, which come after the\n"
	"command; 'oci-pack SPEC' is short for 'oci-pack build SPEC'. The\n"
	"spec language is in docs/spec.md.\n"
	"\n"
	"Exit status: 0 done, 1 failed, 2 wrong usage, 3 verify or lint\n"
	"found something.\n";

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "build", command_build },
	{ "inspect", command_inspect },
	{ "verify", command_verify },
	{ "copy", command_copy },
	{ "index", command_index },
	{ "login", command_login },
	{ "push", command_push },
	{ "pull", command_pull },
	{ "lock", command_lock },
	{ "lint", command_lint },
	{ "cache", command_cache },
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

const char *const *command_names(size_t *count)
{
	static const char *names[COMMANDS];

	for (size_t i = 0; i < COMMANDS; i++)
		names[i] = commands[i].name;
	*count = COMMANDS;
	return names;
}

static int run(int argc, char **argv)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	if (is_unknown_word(argv[1]))
		return say_unknown_command(argv[1]);
	/* A spec, or an option of build's: its name stands for the word. */
	return command_build(argc, argv);
}

/* help, or help COMMAND, which is COMMAND --help. */
static int run_help(int argc, char **argv)
{
	char option[] = "--help", *words[] = { argv[0], argv[2], option, NULL };

	if (argc == 2)
		return say_help(stdout, help);
	if (argc == 3 && is_command(argv[2]))
		return run(3, words);
	if (argc == 3)
		return say_unknown_command(argv[2]);
	say(stderr, "oci-pack: help is for one command, such as 'oci-pack help "
		    "push'\n");
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
	/* A line is written at once, also where threads log. */
	setvbuf(stderr, NULL, _IOLBF, 0);
	if (argc < 2) {
		say_help(stderr, help);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)
		status = say(stdout, "oci-pack %s\n", oci_version());
	else if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		status = say_help(stdout, help);
	else if (strcmp(argv[1], "help") == 0)
		status = run_help(argc, argv);
	else
		status = run(argc, argv);
	/* A full disk under stdout shows only here. */
	if (fflush(stdout) != 0 || ferror(stdout)) {
		say(stderr, "oci-pack: standard output: %s\n",
		    strerror(errno));
		status = status ? status : EXIT_FAILED;
	}
	/* A run that was complete before the signal came is not undone. */
	if (status == EXIT_FAILED)
		end_interrupted();
	return status;
}

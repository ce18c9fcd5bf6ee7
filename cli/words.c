/* SPDX-License-Identifier: Apache-2.0 */
/* Unknown commands and options: which one was probably meant. */
#include "words.h"

#include <getopt.h>
#include <string.h>
#include <sys/stat.h>

#include "command.h"

/* A word of other tools, and what to do here instead. */
struct foreign {
	const char *word;
	const char *hint;
};

static const struct foreign foreign_commands[] = {
	{ "version", "'oci-pack --version' tells it" },
	{ "logout", "'docker logout HOST' removes what login keeps" },
	{ "run", "it runs no images: 'docker load -i FILE.tar' and 'docker "
		 "run' do" },
	{ "exec", "it runs no images: 'docker exec' does" },
	{ "tag", "'oci-pack copy IMAGE IMAGE' gives an image another name" },
	{ "images", "'oci-pack inspect IMAGE' tells of one image" },
	{ "ls", "'oci-pack inspect IMAGE' tells of one image" },
	{ "list-tags", "'oci-pack inspect REF' tells of one image" },
	{ "manifest", "'oci-pack inspect --raw' prints a manifest, 'oci-pack "
		      "index' joins several" },
	{ "digest", "'oci-pack inspect IMAGE' prints the digest" },
	{ "config", "'oci-pack inspect IMAGE' prints the config" },
	{ "save", "'oci-pack pull REF -o FILE.tar' writes an archive" },
	{ "load", "'oci-pack copy FILE.tar docker-daemon:' loads into Docker, "
		  "'... podman:' into Podman; build has --load" },
	{ "import", "a spec with 'archive: FILE.tar' packs a tar of files" },
	{ "export", "'oci-pack copy IMAGE FILE.tar' writes an archive" },
	{ "rm", "'oci-pack index remove' takes a platform out of an index" },
	{ "rmi", "'oci-pack cache prune' removes what it keeps" },
	{ "delete", "'oci-pack index remove' takes a platform out of an "
		    "index" },
	{ "pack", "'oci-pack SPEC -o OUTPUT' packs an image" },
	{ "buildx", "'oci-pack SPEC -o OUTPUT' packs an image" },
	{ "init", "'docs/spec.md' and 'examples' have specs to start from" },
	{ "validate", "'oci-pack verify IMAGE' checks an image" },
	{ "check", "'oci-pack verify IMAGE' checks the bytes, 'oci-pack lint "
		   "IMAGE' whether it can run" },
};

static const struct foreign foreign_options[] = {
	{ "file", "the spec is named without an option: oci-pack SPEC" },
	{ "load", "'oci-pack copy IMAGE docker-daemon:' loads into Docker, "
		  "'... podman:' into Podman" },
	{ "build-arg", "--set NAME=VALUE sets a variable of the spec" },
	{ "label", "labels are in the spec, under 'config'" },
	{ "tls-verify", "--insecure skips the check of certificates, "
			"--plain-http is for http" },
	{ "src-tls-verify", "--src-insecure skips the check of certificates, "
			    "--src-plain-http is for http" },
	{ "dest-tls-verify", "--dest-insecure skips the check of certificates, "
			     "--dest-plain-http is for http" },
	{ "cert-dir", "--ca-file FILE names a certificate" },
	{ "creds",
	  "--username NAME and --password-stdin, or 'oci-pack login'" },
	{ "password", "other users see the command line: --password-stdin "
		      "reads the password" },
	{ "all", "all platforms are taken, unless --platform says which" },
	{ "arch", "--platform OS/ARCHITECTURE" },
	{ "override-arch", "--platform OS/ARCHITECTURE" },
	{ "os", "--platform OS/ARCHITECTURE" },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *find_hint(const struct foreign *table, size_t count,
			     const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(table[i].word, word) == 0)
			return table[i].hint;
	return NULL;
}

bool is_unknown_word(const char *word)
{
	struct stat st;

	return word[0] && word[0] != '-' && !strpbrk(word, "./:") &&
	       stat(word, &st) != 0;
}

int say_unknown_command(const char *word)
{
	size_t count;
	const struct command *const *commands = all_commands(&count);
	const char *hint =
		find_hint(foreign_commands, COUNT(foreign_commands), word);
	const char *names[COMMANDS_MAX], *near;

	for (size_t i = 0; i < count; i++)
		names[i] = commands[i]->name;
	near = oci_text_nearest(names, count, word);

	if (hint)
		say(stderr, "oci-pack: unknown command '%s': %s", word, hint);
	else if (near)
		say(stderr,
		    "oci-pack: unknown command '%s' (did you mean "
		    "'%s'?)",
		    word, near);
	else
		say(stderr,
		    "oci-pack: unknown command '%s', and no spec has "
		    "that name",
		    word);
	say(stderr, "; 'oci-pack --help' tells the commands\n");
	return EXIT_USAGE;
}

/* The option with that val, or NULL. */
static const struct option *find_value(const struct option *options, int value)
{
	for (; options->name; options++)
		if (options->val == value)
			return options;
	return NULL;
}

static const struct option *find_name(const struct option *options,
				      const char *name)
{
	for (; options->name; options++)
		if (strcmp(options->name, name) == 0)
			return options;
	return NULL;
}

/* Says which commands have the option, such as "-o" or "--output", if any has
 * it; otherwise returns -1. */
static int say_others(const char *command, const char *option)
{
	size_t count, size = 0;
	const struct command *const *commands = all_commands(&count);
	const struct option_group *group;
	char others[128] = "";

	for (size_t i = 0; i < count && size < sizeof(others); i++) {
		if (!options_find(commands[i], option, &group))
			continue;
		if (group->users)
			return say_usage(command, "option '%s' is for %s",
					 option, group->users);
		size += (size_t)snprintf(others + size, sizeof(others) - size,
					 "%s%s", size ? ", " : "",
					 commands[i]->name);
	}
	return size ? say_usage(command, "option '%s' is for %s", option,
				others)
		    : -1;
}

static int say_near(const char *command, const struct option *options,
		    const char *name)
{
	const char *hint =
		find_hint(foreign_options, COUNT(foreign_options), name);
	const char *names[OPTIONS_MAX] = { NULL }, *near;
	size_t count = 0;
	char option[72];
	int status;

	snprintf(option, sizeof(option), "--%s", name);
	status = hint ? -1 : say_others(command, option);

	if (status >= 0)
		return status;
	for (; options->name && count < OPTIONS_MAX; options++)
		names[count++] = options->name;
	near = oci_text_nearest(names, count, name);
	if (hint)
		return say_usage(command, "unknown option '--%s': %s", name,
				 hint);
	if (near)
		return say_usage(command,
				 "unknown option '--%s' (did you mean "
				 "'--%s'?)",
				 name, near);
	return say_usage(command, "unknown option '--%s'", name);
}

static int say_long(const char *command, const struct option *options,
		    const char *word)
{
	char name[64];
	size_t size = strcspn(word + 2, "=");
	const struct option *known;

	if (size >= sizeof(name))
		return say_usage(command, "unknown option '%s'", word);
	memcpy(name, word + 2, size);
	name[size] = '\0';
	known = find_name(options, name);
	/* getopt_long accepts the beginning of a name. */
	if (!known && optopt)
		known = find_value(options, optopt);
	if (!known)
		return say_near(command, options, name);
	if (word[2 + size] == '=')
		return say_usage(command, "option '--%s' takes no value",
				 known->name);
	return say_usage(command, "option '--%s' lacks its value", known->name);
}

static int say_short(const char *command, const struct option *options,
		     int letter)
{
	char option[] = "-?";
	int status;

	if (find_value(options, letter))
		return say_usage(command, "option '-%c' lacks its value",
				 letter);
	if (letter == 'p')
		return say_usage(command,
				 "unknown option '-p': other users "
				 "see the command line: --password-stdin reads "
				 "the password");
	if (letter == 'f')
		return say_usage(command, "unknown option '-f': the spec or "
					  "image is named without an option");
	option[1] = (char)letter;
	status = say_others(command, option);
	return status >= 0 ? status
			   : say_usage(command, "unknown option '%s'", option);
}

int say_unknown_option(const char *command, const struct option *options,
		       char **argv)
{
	const char *word = argv[optind - 1];

	/* In a word of several letters, optind is still at that word. */
	if (optopt > ' ' && optopt < 127 &&
	    (strncmp(word, "--", 2) != 0 || !find_value(options, optopt)))
		return say_short(command, options, optopt);
	if (strncmp(word, "--", 2) == 0)
		return say_long(command, options, word);
	return say_usage(command, "unknown option '%s'", word);
}

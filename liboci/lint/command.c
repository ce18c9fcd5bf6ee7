/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the command and finds programs. */
#include "lint/command.h"

#include <stdio.h>
#include <string.h>

/* The PATH that engines set if a config has none (moby, oci/defaults). */
const char oci_command_usual_path[] =
	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const char *oci_command_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The options of an init, as its getopt(3) declares them. */
struct init_options {
	const char *names;	 /* base names of the init, "|a|b|" */
	const char *valued;	 /* letters of options with a value */
	const char *valued_long; /* long options with a value, "|a|b|" */
};

static const struct init_options inits[] = {
	/* krallin/tini, src/tini.c; docker-init is tini. */
	{ "|tini|tini-static|docker-init|", "pe", "" },
	/* Yelp/dumb-init, dumb-init.c */
	{ "|dumb-init|", "r", "|rewrite|" },
	/* openSUSE/catatonit, catatonit.c */
	{ "|catatonit|", "", "" },
};

static bool lists(const char *list, const char *word, size_t size)
{
	for (const char *at = list; (at = strstr(at, "|")) && at[1]; at++)
		if (strncmp(at + 1, word, size) == 0 && at[1 + size] == '|')
			return true;
	return false;
}

static const struct init_options *find_init(const char *word)
{
	const char *name = oci_command_name(word);

	for (size_t i = 0; i < sizeof(inits) / sizeof(inits[0]); i++)
		if (lists(inits[i].names, name, strlen(name)))
			return &inits[i];
	return NULL;
}

/* Returns whether the next word is the value of an option, or of the last
 * option of a cluster: "-p SIGTERM", "-sp SIGTERM", "--rewrite 15:3". */
static bool takes_next(const struct init_options *init, const char *option)
{
	if (strncmp(option, "--", 2) == 0)
		return lists(init->valued_long, option + 2, strlen(option + 2));
	for (option++; *option; option++)
		if (strchr(init->valued, *option))
			return !option[1];
	return false;
}

/* Finds the program after the init's options, or after "--". */
static size_t find_payload(const struct oci_command *command)
{
	const struct init_options *init =
		command->count ? find_init(command->words[0]) : NULL;
	size_t i = 1;

	if (!init)
		return 0;
	while (i < command->count && command->words[i][0] == '-') {
		const char *option = command->words[i++];

		if (strcmp(option, "--") == 0)
			break;
		i += takes_next(init, option);
	}
	return i < command->count ? i : 0;
}

static void add(struct oci_command *out, const struct oci_strings *list)
{
	for (size_t i = 0; i < list->count && out->count < OCI_COMMAND_WORDS;
	     i++)
		out->words[out->count++] = list->items[i];
}

void oci_command_read(struct oci_command *out, const struct oci_config *config)
{
	out->count = 0;
	add(out, &config->entrypoint);
	add(out, &config->cmd);
	out->payload = find_payload(out);
}

const char *oci_command_path(const struct oci_config *config)
{
	for (size_t i = 0; i < config->env.count; i++)
		if (strncmp(config->env.items[i], "PATH=", 5) == 0)
			return config->env.items[i] + 5;
	return oci_command_usual_path;
}

static const struct oci_rootfs_entry *try(const struct oci_lint *lint,
					  const char *folder, size_t size,
					  const char *name)
{
	const char *start = lint->subject->config->working_dir;
	char path[OCI_PATH_MAX];
	int n;

	/* Relative paths start at the working directory. */
	n = snprintf(path, sizeof(path), "%s/%.*s/%s",
		     folder[0] == '/' || !start ? "" : start, (int)size,
		     folder, name);
	if (n < 0 || (size_t)n >= sizeof(path))
		return NULL;
	return oci_lint_find(lint, path);
}

const struct oci_rootfs_entry *oci_command_find(const struct oci_lint *lint,
						const char *name)
{
	const char *path = oci_command_path(lint->subject->config);
	const struct oci_rootfs_entry *unfit = NULL;

	if (strchr(name, '/'))
		return try(lint, name[0] == '/' ? "/" : "", 0, name);
	while (*path) {
		size_t size = strcspn(path, ":");
		const struct oci_rootfs_entry *e = try(lint, path, size, name);

		/* execvp skips a file that is not executable. */
		if (e && e->type == OCI_ENTRY_FILE && (e->mode & 0111))
			return e;
		unfit = unfit ? unfit : e;
		path += size + (path[size] == ':');
	}
	return unfit;
}

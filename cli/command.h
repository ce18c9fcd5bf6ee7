/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A command of oci-pack as data: its words, its options, and the function that
 * runs it. Parsing, --help and the suggestions for wrong options read the same
 * table, so that an option is written down once.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum {
	COMMANDS_MAX = 32,
	OPTIONS_MAX = 64,
	OPTION_GROUPS_MAX = 14,
	EXAMPLES_MAX = 4
};

struct topic; /* topics.h */

/* The command line, for the functions that take a value. */
struct parse {
	const char *command;	/* for messages: "push", "index create" */
	char **argv;
};

/*
 * One option. Its target is the member at offset in the struct of its group.
 * If take is NULL, the target is a bool, which an option without a value sets,
 * or a const char *, which points to the value in argv.
 */
struct cli_option {
	const char *name;	/* without "--"; NULL ends a list */
	char letter;		/* of the short form; 0: none */
	const char *value;	/* its name in --help, such as "FILE"; in
				 * brackets if it may be absent; NULL: none */
	const char *help;	/* NULL: --help does not list the option */
	size_t offset;
	/* Takes the value, NULL if there is none. Returns -1 to go on, or an
	 * exit status after a message. */
	int (*take)(void *target, const struct parse *parse,
		    const char *value);
};

/* Options that fill one struct, under one title of --help. */
struct option_group {
	const char *title; /* NULL: the first block of --help */
	const char *users; /* "commands that upload", for the message about an
			    * option that another command has; or NULL */
	const struct cli_option *options;
};

struct command {
	const char *name;
	const char *summary;	/* its line of 'oci-pack --help' */
	const char *usage;	/* words behind "oci-pack"; a form a line */
	const char *about;	/* paragraphs; --help breaks the lines */
	const char *notes;	/* paragraphs behind the options; or NULL */
	/* A line of shell each, which the tests run:
	 * tests/registry/help_test.py. */
	struct {
		const char *what; /* what it does */
		const char *line;
	} examples[EXAMPLES_MAX];
	struct {
		const struct option_group *group;
		size_t offset;	/* of the group's struct in the target */
	} groups[OPTION_GROUPS_MAX];
	int (*run)(int argc, char **argv);
};

extern const struct command command_build, command_push, command_pull,
	command_copy, command_index, command_inspect, command_ls, command_cat,
	command_extract, command_diff, command_report, command_tags,
	command_verify, command_lock, command_lint, command_cache,
	command_login, command_completion, command_init, command_convert;

/* main.c: all commands, in the order of --help. */
const struct command *const *all_commands(size_t *count);
/* The command of that name, or NULL. */
const struct command *find_command(const char *name);

/*
 * Reads the options of argv into target; optind is the first other word then.
 * name is the command in messages. Returns -1 to go on, or an exit status after
 * a message or --help. Not for threads: getopt_long keeps its state in globals.
 */
int options_parse(const struct command *command, const char *name, void *target,
		  int argc, char **argv);

/* Calls each for every option that --help lists, in its order. */
void options_each(const struct command *command,
		  void (*each)(void *data, const struct option_group *group,
			       const struct cli_option *option),
		  void *data);
/* The option "--NAME" or "-N" of the command, or NULL; *group gets its group.
 */
const struct cli_option *options_find(const struct command *command,
				      const char *option,
				      const struct option_group **group);

/* help.c: what 'oci-pack --help' and 'oci-pack COMMAND --help' print. Return
 * EXIT_DONE. */
int print_help(FILE *out);
int print_command_help(FILE *out, const struct command *command);
int print_topic(FILE *out, const struct topic *topic);
/* manual.c: the manual pages, in mdoc(7). Return EXIT_DONE. */
int print_manual(FILE *out);
int print_command_manual(FILE *out, const struct command *command);
/* help.c: a paragraph that --help and the manual have in common. */
extern const char about_oci_pack[];

#endif

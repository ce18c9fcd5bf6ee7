/* SPDX-License-Identifier: Apache-2.0 */
/* The options of a command, read by getopt_long(3) as its table says. */
#include <getopt.h>
#include <string.h>

#include "cli.h"
#include "command.h"
#include "words.h"

/* The table of a command as getopt_long takes it. */
struct table {
	struct option options[OPTIONS_MAX + 1];
	const struct cli_option *rows[OPTIONS_MAX];
	char *targets[OPTIONS_MAX];
	char letters[2 * OPTIONS_MAX + 1];
	size_t count;
};

static const struct cli_option help_option[] = {
	{ "help", 'h', NULL, "print this text", 0, NULL },
	{ 0 },
};

static const struct option_group help_group = { NULL, NULL, help_option };

/* Whether value is in brackets, such as "[REF]". */
static bool is_optional(const char *value)
{
	return value[0] == '[' && value[strlen(value) - 1] == ']';
}

static void add_option(struct table *table, const struct cli_option *row,
		       char *target)
{
	size_t i = table->count, n = strlen(table->letters);

	if (i == OPTIONS_MAX)
		return;
	table->rows[i] = row;
	table->targets[i] = target + row->offset;
	table->options[i] = (struct option){
		row->name,
		!row->value		  ? no_argument
		: is_optional(row->value) ? optional_argument
					  : required_argument,
		NULL,
		row->letter ? row->letter : 256 + (int)i,
	};
	table->count++;
	if (!row->letter)
		return;
	table->letters[n] = row->letter;
	table->letters[n + 1] = row->value ? ':' : '\0';
}

static void fill_table(struct table *table, const struct command *command,
		       void *target)
{
	*table = (struct table){ 0 };
	for (size_t i = 0; command->groups[i].group; i++)
		for (const struct cli_option *row =
			     command->groups[i].group->options;
		     row->name; row++)
			add_option(table, row,
				   (char *)target + command->groups[i].offset);
	add_option(table, help_option, target);
}

static int take(const struct table *table, int found, const struct parse *parse)
{
	const struct cli_option *row;
	size_t i = 0;

	while (table->options[i].val != found)
		i++;
	row = table->rows[i];
	if (row->take)
		return row->take(table->targets[i], parse, optarg);
	if (row->value)
		*(const char **)table->targets[i] = optarg;
	else
		*(bool *)table->targets[i] = true;
	return -1;
}

int options_parse(const struct command *command, const char *name, void *target,
		  int argc, char **argv)
{
	struct parse parse = { name, argv };
	struct table table;
	int found, status = -1;

	fill_table(&table, command, target);
	opterr = 0;
	while (status < 0 && (found = getopt_long(argc, argv, table.letters,
						  table.options, NULL)) != -1) {
		if (found == '?')
			status = say_unknown_option(name, table.options, argv);
		else if (found == 'h')
			status = print_command_help(stdout, command);
		else
			status = take(&table, found, &parse);
	}
	return status;
}

void options_each(const struct command *command,
		  void (*each)(void *data, const struct option_group *group,
			       const struct cli_option *option),
		  void *data)
{
	bool titled = false;

	for (size_t i = 0; i <= OPTION_GROUPS_MAX; i++) {
		const struct option_group *group =
			i < OPTION_GROUPS_MAX ? command->groups[i].group : NULL;

		/* --help is the last option without a title. */
		if (!titled && (!group || group->title)) {
			titled = true;
			each(data, &help_group, help_option);
		}
		if (!group)
			return;
		for (const struct cli_option *o = group->options; o->name; o++)
			if (o->help)
				each(data, group, o);
	}
}

const struct cli_option *options_find(const struct command *command,
				      const char *option,
				      const struct option_group **group)
{
	bool is_long = option[1] == '-';

	for (size_t i = 0; command->groups[i].group; i++) {
		*group = command->groups[i].group;
		for (const struct cli_option *o = (*group)->options; o->name;
		     o++)
			if (o->help && (is_long ? !strcmp(o->name, option + 2)
						: o->letter == option[1]))
				return o;
	}
	return NULL;
}

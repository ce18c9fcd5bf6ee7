/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of --help, made from the table of commands. */
#include <string.h>

#include "cli.h"
#include "command.h"
#include "topics.h"

/* Columns: of a terminal, and where the help of an option starts. */
enum { WIDTH = 79, INDENT = 27 };

/* Prints text from the given column on, in lines of at most WIDTH columns that
 * start at indent. A line end stays one. Ends the last line. */
static void print_wrapped(FILE *out, const char *text, int column, int indent)
{
	while (*text) {
		int size = (int)strcspn(text, " \n");

		if (column > indent && column + 1 + size > WIDTH) {
			say(out, "\n%*s", indent, "");
			column = indent;
		}
		say(out, "%s%.*s", column > indent ? " " : "", size, text);
		column += size + (column > indent);
		text += size;
		if (*text == '\n') {
			say(out, "\n%*s", text[1] == '\n' ? 0 : indent, "");
			column = indent;
		}
		text += *text != '\0';
	}
	say(out, "\n");
}

/* A term, and beside it what it is; below it, if the term is long. */
static void print_row(FILE *out, const char *term, const char *what)
{
	int size = (int)strlen(term) + 2;

	say(out, "  %s", term);
	if (size > INDENT - 2)
		say(out, "\n");
	say(out, "%*s", size > INDENT - 2 ? INDENT : INDENT - size, "");
	print_wrapped(out, what, INDENT, INDENT);
}

struct printer {
	FILE *out;
	const char *title;
};

static void print_option(void *data, const struct option_group *group,
			 const struct cli_option *option)
{
	struct printer *p = data;
	char left[80], letter[5] = "    ";

	if (group->title && group->title != p->title)
		say(p->out, "\n%s:\n", group->title);
	p->title = group->title;
	if (option->letter)
		snprintf(letter, sizeof(letter), "-%c, ", option->letter);
	snprintf(left, sizeof(left), "%s--%s%s%s", letter, option->name,
		 option->value ? " " : "", option->value ? option->value : "");
	print_row(p->out, left, option->help);
}

int print_command_help(FILE *out, const struct command *command)
{
	struct printer printer = { .out = out };
	const char *usage = command->usage;

	for (size_t n = 0; *usage; usage += n + (usage[n] != '\0')) {
		say(out, "%s oci-pack ",
		    usage == command->usage ? "Usage:" : "      ");
		n = strcspn(usage, "\n");
		say(out, "%.*s\n", (int)n, usage);
	}
	say(out, "\n");
	print_wrapped(out, command->about, 0, 0);
	say(out, "\n");
	options_each(command, print_option, &printer);
	if (command->notes) {
		say(out, "\n");
		print_wrapped(out, command->notes, 0, 0);
	}
	say(out, "\nExamples:\n");
	for (size_t i = 0; i < EXAMPLES_MAX && command->examples[i].what; i++) {
		say(out, i ? "\n  # %s\n" : "  # %s\n",
		    command->examples[i].what);
		say(out, "  %s\n", command->examples[i].line);
	}
	return EXIT_DONE;
}

int print_topic(FILE *out, const struct topic *topic)
{
	say(out, "%s: %s\n\n", topic->name, topic->summary);
	if (*topic->about) {
		print_wrapped(out, topic->about, 0, 0);
		say(out, "\n");
	}
	for (size_t i = 0; i < TOPIC_ROWS_MAX && topic->rows[i].term; i++)
		print_row(out, topic->rows[i].term, topic->rows[i].what);
	return EXIT_DONE;
}

const char about_oci_pack[] =
	"Packs OCI container images from a declarative spec, without a daemon "
	"and without running anything of the target platform.";

int print_help(FILE *out)
{
	size_t count, topics;
	const struct command *const *commands = all_commands(&count);
	const struct topic *topic = all_topics(&topics);

	print_wrapped(out, about_oci_pack, 0, 0);
	say(out, "\n"
		 "  oci-pack SPEC -o FILE.tar   write an archive for docker "
		 "load\n"
		 "  oci-pack SPEC -o DIR        write an OCI layout\n"
		 "  oci-pack SPEC --push        push to a registry\n\n"
		 "Commands ('oci-pack SPEC' is short for 'oci-pack build "
		 "SPEC'):\n");
	for (size_t i = 0; i < count; i++)
		say(out, "  %-11s %s\n", commands[i]->name,
		    commands[i]->summary);
	say(out, "\nTopics ('oci-pack help TOPIC'):\n");
	for (size_t i = 0; i < topics; i++)
		say(out, "  %-11s %s\n", topic[i].name, topic[i].summary);
	say(out, "\n'oci-pack COMMAND --help' lists the options of a command, "
		 "with examples;\noptions come after the command's name.\n");
	return EXIT_DONE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of --help, made from the table of commands. */
#include <string.h>

#include "cli.h"
#include "command.h"

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

struct printer {
	FILE *out;
	const char *title;
};

static void print_option(void *data, const struct option_group *group,
			 const struct cli_option *option)
{
	struct printer *p = data;
	char left[80], letter[5] = "    ";
	int size;

	if (group->title && group->title != p->title)
		say(p->out, "\n%s:\n", group->title);
	p->title = group->title;
	if (option->letter)
		snprintf(letter, sizeof(letter), "-%c, ", option->letter);
	size = snprintf(left, sizeof(left), "  %s--%s%s%s", letter,
			option->name, option->value ? " " : "",
			option->value ? option->value : "");
	say(p->out, "%s", left);
	if (size > INDENT - 2)
		say(p->out, "\n");
	say(p->out, "%*s", size > INDENT - 2 ? INDENT : INDENT - size, "");
	print_wrapped(p->out, option->help, INDENT, INDENT);
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

const char about_oci_pack[] =
	"Packs OCI container images from a declarative spec, without a daemon "
	"and without running anything of the target platform.";

const char about_images[] =
	"IMAGE is FILE.tar, DIR, oci:DIR[:TAG] or docker://REF. Commands that "
	"read an image also take FILE.tar:NAME, dir:DIR, archives that other "
	"programs saved, and - for an archive or a spec on standard input.";

int print_help(FILE *out)
{
	size_t count;
	const struct command *const *commands = all_commands(&count);

	print_wrapped(out, about_oci_pack, 0, 0);
	say(out, "\n"
		 "  oci-pack SPEC -o FILE.tar   write an archive for docker "
		 "load\n"
		 "  oci-pack SPEC -o DIR        write an OCI layout\n"
		 "  oci-pack SPEC --push        push to a registry\n\n"
		 "Commands ('oci-pack SPEC' is short for 'oci-pack build "
		 "SPEC'):\n");
	for (size_t i = 0; i < count; i++)
		say(out, "  %-10s %s\n", commands[i]->name,
		    commands[i]->summary);
	say(out, "\n'oci-pack COMMAND --help' lists the options of a command, "
		 "which come after\nits name. docs/spec.md describes the spec "
		 "language.\n\n");
	print_wrapped(out, about_images, 0, 0);
	say(out, "\nExit status: 0 done, 1 failed, 2 wrong usage, 3 verify or "
		 "lint found\nsomething, diff a difference, or convert left "
		 "something out.\n");
	return EXIT_DONE;
}

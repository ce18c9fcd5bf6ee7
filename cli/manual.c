/* SPDX-License-Identifier: Apache-2.0 */
/* Manual pages in mdoc(7), made from the tables of commands. */
#include <string.h>

#include "cli.h"
#include "command.h"
#include "topics.h"

/* A word of a text that has its own line in mdoc would be a macro: lines that
 * start with a dot or a quote, and backslashes, are escaped. */
static void say_line(FILE *out, const char *text, size_t size)
{
	for (size_t i = 0, column = 0; i < size; i++, column++) {
		size_t word = strcspn(text + i + 1, " ");

		if (text[i] == ' ' && column + word > 72) {
			say(out, "\n");
			column = 0;
			i++;
		}
		if (!column && (text[i] == '.' || text[i] == '\''))
			say(out, "\\&");
		if (text[i] == '\\')
			say(out, "\\e");
		else if (text[i] == '-' && i + 1 < size && text[i + 1] == '-')
			say(out, "\\-");
		else
			say(out, "%c", text[i]);
	}
	say(out, "\n");
}

/* Where the sentence ends that starts at text: mdoc has each on a line. */
static size_t sentence(const char *text)
{
	size_t size = 0;

	while (text[size] && text[size] != '\n') {
		size += strcspn(text + size, ".\n");
		if (text[size] != '.')
			break;
		size++;
		if (text[size] == ' ' && text[size + 1] >= 'A' &&
		    text[size + 1] <= 'Z')
			break;
	}
	return size;
}

static void say_text(FILE *out, const char *text)
{
	while (*text) {
		size_t size = sentence(text);

		say_line(out, text, size);
		text += size;
		if (strncmp(text, "\n\n", 2) == 0)
			say(out, ".Pp\n");
		text += strspn(text, " \n");
	}
}

/* An argument of a macro, in quotes, because it may have blanks and may be the
 * name of a macro. */
static void say_argument(FILE *out, const char *text, size_t size)
{
	say(out, "\"");
	for (size_t i = 0; i < size; i++) {
		if (text[i] == '"')
			say(out, "\\(dq");
		else if (text[i] == '\\')
			say(out, "\\e");
		else
			say(out, "%c", text[i]);
	}
	say(out, "\"");
}

struct printer {
	FILE *out;
	const char *title;
	bool open; /* a list */
};

static void say_option(void *data, const struct option_group *group,
		       const struct cli_option *option)
{
	struct printer *p = data;

	if (!p->open || (group->title && group->title != p->title)) {
		if (p->open)
			say(p->out, ".El\n");
		if (group->title)
			say(p->out, ".Ss %s\n", group->title);
		say(p->out, ".Bl -tag -width Ds\n");
		p->open = true;
	}
	p->title = group->title;
	say(p->out, ".It ");
	if (option->letter)
		say(p->out, "Fl %c , ", option->letter);
	say(p->out, "Fl \\-%s", option->name);
	if (option->value) {
		say(p->out, " Ar ");
		say_argument(p->out, option->value, strlen(option->value));
	}
	say(p->out, "\n");
	say_text(p->out, option->help);
}

static void say_options(FILE *out, const struct command *command)
{
	struct printer printer = { .out = out };

	say(out, ".Sh OPTIONS\n");
	options_each(command, say_option, &printer);
	if (printer.open)
		say(out, ".El\n");
}

static void say_synopsis(FILE *out, const struct command *command)
{
	const char *usage = command->usage;

	say(out, ".Sh SYNOPSIS\n");
	for (size_t n = 0; *usage; usage += n + (usage[n] != '\0')) {
		n = strcspn(usage, "\n");
		say(out, ".Nm oci-pack\n.Ar ");
		say_argument(out, usage, n);
		say(out, "\n");
	}
}

static void say_examples(FILE *out, const struct command *command)
{
	say(out, ".Sh EXAMPLES\n");
	for (size_t i = 0; i < EXAMPLES_MAX && command->examples[i].what; i++) {
		const char *line = command->examples[i].line;

		if (i)
			say(out, ".Pp\n");
		say_line(out, command->examples[i].what,
			 strlen(command->examples[i].what));
		say(out, ".Dl ");
		say_argument(out, line, strlen(line));
		say(out, "\n");
	}
}

static void say_head(FILE *out, const char *title, const char *summary)
{
	say(out, ".\\\" SPDX-License-Identifier: Apache-2.0\n.Dd %s\n.Dt ",
	    OCI_VERSION_DATE);
	for (const char *p = title; *p; p++)
		say(out, "%c", *p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p);
	say(out, " 1\n.Os\n.Sh NAME\n.Nm %s\n.Nd %s\n", title, summary);
}

static void say_rows(FILE *out, const struct topic *topic)
{
	say(out, ".Bl -tag -width Ds\n");
	for (size_t i = 0; i < TOPIC_ROWS_MAX && topic->rows[i].term; i++) {
		const char *term = topic->rows[i].term;

		say(out, ".It ");
		say_argument(out, term, strlen(term));
		say(out, "\n");
		say_text(out, topic->rows[i].what);
	}
	say(out, ".El\n");
}

static void say_topic(FILE *out, const struct topic *topic)
{
	say(out, ".Sh ");
	for (const char *p = topic->name; *p; p++)
		say(out, "%c", *p == '-' ? ' ' : *p - 'a' + 'A');
	say(out, "\n");
	say_text(out, topic->about);
	say_rows(out, topic);
}

static void say_see_also(FILE *out, bool command)
{
	say(out, ".Sh SEE ALSO\n");
	if (command)
		say(out, ".Xr oci-pack 1 ,\n");
	say(out, ".Xr liboci 3 ,\n.Xr oci-pack-spec 5\n");
}

int print_command_manual(FILE *out, const struct command *command)
{
	char title[64];

	snprintf(title, sizeof(title), "oci-pack-%s", command->name);
	say_head(out, title, command->summary);
	say_synopsis(out, command);
	say(out, ".Sh DESCRIPTION\n");
	say_text(out, command->about);
	if (command->notes) {
		say(out, ".Pp\n");
		say_text(out, command->notes);
	}
	say_options(out, command);
	if (!command->notes || !strstr(command->notes, "Exit status"))
		say_topic(out, find_topic("exit-status"));
	say_examples(out, command);
	say_see_also(out, true);
	return EXIT_DONE;
}

int print_manual(FILE *out)
{
	size_t count, topics;
	const struct command *const *commands = all_commands(&count);
	const struct topic *topic = all_topics(&topics);

	say_head(out, "oci-pack",
		 "pack, push and check container images without a daemon");
	say(out, ".Sh SYNOPSIS\n.Nm\n.Ar SPEC\n.Fl o Ar FILE.tar\n"
		 ".Nm\n.Ar SPEC\n.Fl \\-push Op Ar REF\n"
		 ".Nm\n.Ar COMMAND\n.Op Ar options\n"
		 ".Sh DESCRIPTION\n");
	say_text(out, about_oci_pack);
	say(out, ".Pp\n.Bl -tag -width completion -compact\n");
	for (size_t i = 0; i < count; i++) {
		say(out, ".It Xr oci-pack-%s 1\n", commands[i]->name);
		say_text(out, commands[i]->summary);
	}
	say(out, ".El\n");
	for (size_t i = 0; i < topics; i++)
		say_topic(out, &topic[i]);
	say_see_also(out, false);
	return EXIT_DONE;
}

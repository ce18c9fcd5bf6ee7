/* SPDX-License-Identifier: Apache-2.0 */
/* oci-pack completion: scripts that let shells complete the command line, made
 * from the tables of options. */
#include <getopt.h>
#include <string.h>

#include "cli.h"
#include "command.h"

/* Writes the script of one shell; option writes the part about an option. */
struct script {
	FILE *out;
	const struct command *command;
	void (*option)(struct script *script, const struct cli_option *option);
};

static void on_option(void *data, const struct option_group *group,
		      const struct cli_option *option)
{
	struct script *script = data;

	(void)group;
	script->option(script, option);
}

static void each_command(struct script *script,
			 void (*print)(struct script *script))
{
	size_t count;
	const struct command *const *commands = all_commands(&count);

	for (size_t i = 0; i < count; i++) {
		script->command = commands[i];
		print(script);
	}
}

/* Whether a value is one of several words, such as "auto|bar". */
static bool has_words(const char *value)
{
	return value && strchr(value, '|') && *value >= 'a' && *value <= 'z';
}

/* "auto|bar" as "auto bar". */
static void say_words(FILE *out, const char *value)
{
	for (; *value; value++)
		say(out, "%c", *value == '|' ? ' ' : *value);
}

/* A verb, or several with bars between them. */
static void say_verb(FILE *out, const char *verb, size_t size)
{
	say(out, " ");
	for (size_t i = 0; i < size; i++)
		say(out, "%c", verb[i] == '|' ? ' ' : verb[i]);
}

/* The words that may follow the name of a command, such as create of index:
 * the second words of its usage, with a blank before each. */
static void say_verbs(FILE *out, const struct command *command)
{
	size_t size = strlen(command->name);
	const char *line = command->usage;

	for (; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *verb = line + size + 1;

		if (strncmp(line, command->name, size) == 0 &&
		    line[size] == ' ' && *verb >= 'a' && *verb <= 'z')
			say_verb(out, verb, strcspn(verb, " \n"));
	}
}

/* Text in single quotes; the characters of special get a backslash. */
static void say_quoted(FILE *out, const char *text, const char *special)
{
	for (; *text; text++) {
		if (*text == '\'')
			say(out, "'\\'");
		else if (strchr(special, *text))
			say(out, "\\");
		say(out, "%c", *text);
	}
}

static void bash_option(struct script *script, const struct cli_option *option)
{
	say(script->out, " --%s", option->name);
	if (option->letter)
		say(script->out, " -%c", option->letter);
}

static void bash_command(struct script *script)
{
	say(script->out, "\t%s)\n\t\toptions='", script->command->name);
	options_each(script->command, on_option, script);
	say(script->out, "'\n\t\tverbs='");
	say_verbs(script->out, script->command);
	say(script->out, "' ;;\n");
}

static void bash_value(struct script *script, const struct cli_option *option)
{
	if (!has_words(option->value))
		return;
	say(script->out, "\t%s:--%s) words='", script->command->name,
	    option->name);
	say_words(script->out, option->value);
	say(script->out, "' ;;\n");
}

static void bash_values(struct script *script)
{
	options_each(script->command, on_option, script);
}

static void name_command(struct script *script)
{
	say(script->out, " %s", script->command->name);
}

/* bash splits words at colons too, so the words are taken from the line. */
static void write_bash(struct script *script)
{
	say(script->out,
	    "# bash completion of oci-pack: oci-pack completion bash\n"
	    "_oci_pack() {\n"
	    "\tlocal line=${COMP_LINE:0:COMP_POINT} commands command=build\n"
	    "\tlocal cur prev options verbs words='' word list before=''\n"
	    "\tread -ra list <<<\"$line\"\n"
	    "\t[[ $line != *[[:space:]] ]] || list+=('')\n"
	    "\tcur=${list[-1]} prev=${list[-2]}\n"
	    "\tcommands='");
	each_command(script, name_command);
	say(script->out,
	    "'\n"
	    "\tfor word in \"${list[@]:1:${#list[@]}-2}\"; do\n"
	    "\t\t[[ \" $commands \" != *\" $word \"* ]] || command=$word\n"
	    "\tdone\n"
	    "\tcase $command in\n");
	script->option = bash_option;
	each_command(script, bash_command);
	say(script->out, "\tesac\n\tcase $command:$prev in\n");
	script->option = bash_value;
	each_command(script, bash_values);
	say(script->out,
	    "\t*) case $cur in\n"
	    "\t\t-*) words=$options ;;\n"
	    "\t\toci:*:* | *.tar:*)\n"
	    "\t\t\tcase $cur in\n"
	    "\t\t\toci:*) before=${cur#oci:} before=oci:${before%%%%:*} ;;\n"
	    "\t\t\t*) before=${cur%%%%.tar:*}.tar ;;\n"
	    "\t\t\tesac\n"
	    "\t\t\twords=$(oci-pack tags \"$before\" 2>/dev/null |\n"
	    "\t\t\t\tgrep -x '[A-Za-z0-9._/:@-]*')\n"
	    "\t\t\tbefore+=: ;;\n"
	    "\t\t*)\n"
	    "\t\t\t[ ${#list[@]} -ne 2 ] || words=$commands\n"
	    "\t\t\t[ \"$prev\" != \"$command\" ] || words+=$verbs\n"
	    "\t\tesac ;;\n"
	    "\tesac\n"
	    "\tread -rd '' -a list <<<\"$words\"\n"
	    "\tCOMPREPLY=()\n"
	    "\tfor word in \"${list[@]}\"; do\n"
	    "\t\t[[ $before != oci:* ]] || word=${word##*:}\n"
	    "\t\tword=$before$word\n"
	    "\t\t[[ $word != \"$cur\"* ]] ||\n"
	    "\t\t\tCOMPREPLY+=(\"${word#\"${cur%%\"${cur##*:}\"}\"}\")\n"
	    "\tdone\n"
	    "}\n"
	    "complete -o default -F _oci_pack oci-pack\n");
}

static void zsh_name(struct script *script)
{
	say(script->out, "\t\t'%s:", script->command->name);
	say_quoted(script->out, script->command->summary, ":");
	say(script->out, "'\n");
}

static void zsh_option(struct script *script, const struct cli_option *option)
{
	FILE *out = script->out;

	if (option->letter)
		say(out, " \\\n\t\t\t'*'{-%c,--%s}", option->letter,
		    option->name);
	else
		say(out, " \\\n\t\t\t'*--%s'", option->name);
	say(out, "'[");
	say_quoted(out, option->help, "[]:");
	say(out, "]");
	if (has_words(option->value)) {
		say(out, ":value:(");
		say_words(out, option->value);
		say(out, ")");
	} else if (option->value && *option->value != '[') {
		say(out, ":");
		say_quoted(out, option->value, "[]:");
		say(out, ":_files");
	}
	say(out, "'");
}

static void zsh_command(struct script *script)
{
	say(script->out, "\t%s)\n\t\t_arguments -s", script->command->name);
	options_each(script->command, on_option, script);
	say(script->out, " \\\n\t\t\t'*:file or image:_oci_pack_images");
	say_verbs(script->out, script->command);
	say(script->out, "' ;;\n");
}

static void write_zsh(struct script *script)
{
	say(script->out, "#compdef oci-pack\n"
			 "# zsh completion of oci-pack: oci-pack completion "
			 "zsh\n"
			 "_oci_pack_images() {\n"
			 "\tlocal image=${PREFIX%%:*}\n"
			 "\t[[ $# -eq 0 ]] || compadd -- $argv\n"
			 "\tif [[ $PREFIX == (oci:*:*|*.tar:*) ]]; then\n"
			 "\t\tlocal -a names=(${(f)\"$(oci-pack tags "
			 "$image 2>/dev/null)\"})\n"
			 "\t\t[[ $PREFIX != oci:* ]] || "
			 "names=(${names##*:})\n"
			 "\t\tcompadd -- $image:${^names}\n"
			 "\t\treturn\n"
			 "\tfi\n"
			 "\t_files\n"
			 "}\n"
			 "_oci_pack() {\n"
			 "\tlocal command=$words[2]\n"
			 "\tlocal -a commands=(\n");
	each_command(script, zsh_name);
	say(script->out, "\t)\n"
			 "\tif (( CURRENT == 2 )) && [[ $command != -* ]]; "
			 "then\n"
			 "\t\t_describe command commands\n"
			 "\t\t_files\n"
			 "\t\treturn\n"
			 "\tfi\n"
			 "\tif [[ -n ${commands[(r)$command:*]} ]]; then\n"
			 "\t\tshift words\n"
			 "\t\t(( CURRENT-- ))\n"
			 "\telse\n"
			 "\t\tcommand=build\n"
			 "\tfi\n"
			 "\tcase $command in\n");
	script->option = zsh_option;
	each_command(script, zsh_command);
	say(script->out, "\tesac\n"
			 "}\n"
			 "# As a file in $fpath, or sourced.\n"
			 "if [[ ${funcstack[1]} == _oci-pack ]]; then\n"
			 "\t_oci_pack \"$@\"\n"
			 "else\n"
			 "\tcompdef _oci_pack oci-pack\n"
			 "fi\n");
}

static void fish_option(struct script *script, const struct cli_option *option)
{
	FILE *out = script->out;

	say(out, "complete -c oci-pack -n '__fish_seen_subcommand_from %s' "
		 "-l %s",
	    script->command->name, option->name);
	if (option->letter)
		say(out, " -s %c", option->letter);
	if (has_words(option->value)) {
		say(out, " -x -a '");
		say_words(out, option->value);
		say(out, "'");
	} else if (option->value && *option->value != '[') {
		say(out, " -r -F");
	}
	say(out, " -d '");
	say_quoted(out, option->help, "\\");
	say(out, "'\n");
}

static void fish_command(struct script *script)
{
	say(script->out,
	    "complete -c oci-pack -n __fish_use_subcommand -a %s -d '",
	    script->command->name);
	say_quoted(script->out, script->command->summary, "\\");
	say(script->out, "'\n"
			 "complete -c oci-pack -n '__fish_seen_subcommand_from "
			 "%s' -a '",
	    script->command->name);
	say_verbs(script->out, script->command);
	say(script->out, "'\n");
	options_each(script->command, on_option, script);
}

static void write_fish(struct script *script)
{
	say(script->out,
	    "# fish completion of oci-pack: oci-pack completion fish\n"
	    "function __oci_pack_tags\n"
	    "\tset -l image (string match -r '^(oci:.*|.*\\.tar)(?=:[^:]*$)' "
	    "-- (commandline -ct))[1]\n"
	    "\ttest -n \"$image\"; and oci-pack tags $image 2>/dev/null |\n"
	    "\t\tstring replace -r (string match -q 'oci:*' -- $image; "
	    "and echo '^.*:|^'; or echo '^') \"$image:\"\n"
	    "end\n"
	    "complete -c oci-pack -a '(__oci_pack_tags)'\n");
	script->option = fish_option;
	each_command(script, fish_command);
}

static int run_completion(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*print)(struct script *script);
	} shells[] = {
		{ "bash", write_bash },
		{ "zsh", write_zsh },
		{ "fish", write_fish },
	};
	struct script script = { .out = stdout };
	int status = options_parse(&command_completion, "completion", NULL,
				   argc, argv);

	if (status >= 0)
		return status;
	for (size_t i = 0; optind + 1 == argc && i < 3; i++) {
		if (strcmp(argv[optind], shells[i].name) != 0)
			continue;
		shells[i].print(&script);
		return EXIT_DONE;
	}
	return say_usage("completion", "bash, zsh or fish is needed");
}

const struct command command_completion = {
	.name = "completion",
	.summary = "print a script with which a shell completes commands",
	.usage = "completion bash|zsh|fish",
	.about = "Prints a script for bash, zsh or fish. 'make install' and "
		 "packages install all three; with them, this command is not "
		 "needed.",
	.examples = {
		{ "for this bash",
		  "source <(oci-pack completion bash)" },
		{ "for each fish of this user",
		  "oci-pack completion fish >~/.config/fish/completions/"
		  "oci-pack.fish" },
		{ "for each zsh: a folder of $fpath",
		  "oci-pack completion zsh >_oci-pack" },
	},
	.run = run_completion,
};

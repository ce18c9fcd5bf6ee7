# SPDX-License-Identifier: Apache-2.0
# Calls that may not be made, one cleanup label, O_CLOEXEC.

function ban(list, rule,    n, words, i) {
	n = split(list, words)
	for (i = 1; i <= n; i++)
		rules[words[i]] = rules[words[i]] " " rule
}
function calls(name, line) {
	return line ~ ("(^|[^A-Za-z0-9_])" name "[ \t]*\\(")
}
BEGIN {
	ban(banned, "everywhere")
	ban(in_library, "library")
	ban(numbers, "number")
	ban(in_command, "command")
}
FNR == 1 {
	inside = 0
	library = FILENAME ~ /^liboci\//
}
{
	line = strip($0)
	for (name in rules) {
		if (!index(line, name) || !calls(name, line))
			continue
		if (index(rules[name], "everywhere") &&
		    !(name == "setlocale" && FILENAME ~ /^tests\//))
			say("banned", name)
		if (library && index(rules[name], "library"))
			say("banned in the library", name)
		if (FILENAME ~ /^cli\// && FILENAME != "cli/say.c" &&
		    index(rules[name], "command"))
			say("banned in the command", name \
			    ": what is written passes through cli/say.c")
		if (index(rules[name], "number") && FILENAME != number_file &&
		    FILENAME !~ /^tests\//)
			say("banned", name ": numbers are read by " number_file)
	}
	if (library && line ~ /(^|[^A-Za-z0-9_])(stdout|stderr|stdin)([^A-Za-z0-9_]|$)/)
		say("banned in the library", "standard streams")
	if (line ~ /(^|[^A-Za-z0-9_])goto[ \t]+/ && line !~ /goto[ \t]+out;/)
		say("goto", "the only label is out")
	check_open(line)
}
# A call may go over several lines: it ends where its semicolon or brace is.
function check_open(line) {
	if (!opening && line ~ /(^|[^A-Za-z0-9_.>])(open|openat|mkostemp)\(/ &&
	    line !~ /^[a-z]/ && FILENAME !~ /^tests\//) {
		opening = FNR
		call = ""
	}
	if (!opening)
		return
	call = call line
	if (line !~ /[;{]/)
		return
	if (call !~ /O_CLOEXEC|O_FLAGS|[a-z]*flags/)
		say("descriptor", "opened without O_CLOEXEC")
	opening = 0
}

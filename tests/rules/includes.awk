# SPDX-License-Identifier: Apache-2.0
# Who includes what: the modules, public headers, third parties.

function rank_of(name) {
	return (name in rank) ? rank[name] : 0
}
function own_include(name,    part, folder) {
	folder = FILENAME
	sub(/\/[^\/]*$/, "", folder)
	if (name ~ /\.c$/)
		return say("include", "a .c file is included: " name)
	if (module) {
		part = name
		sub(/\/.*/, "", part)
		if (!rank_of(part))
			say("modules", "\"" name "\" is of no module")
		else if (rank_of(part) > rank_of(module))
			say("modules", module " must not know " part \
				": \"" name "\"")
	} else if (public) {
		say("public", "a public header includes \"" name "\"")
	} else if (FILENAME ~ /^cli\//) {
		if (name ~ /\// && name !~ /^cli\//)
			say("modules", "the command includes \"" name \
				"\", expected <oci/...>")
	}
}
function public_include(name,    part) {
	part = name
	sub(/\.h$/, "", part)
	if (part == "oci") {
		if (module)
			say("modules", "the library includes <oci/oci.h>")
		return
	}
	if (!(part in home))
		return say("modules", "<oci/" name "> has no module: name it " \
			"in tests/lint")
	if (module && rank_of(home[part]) > rank_of(module))
		say("modules", module " must not know " home[part] \
			": <oci/" name ">")
}
function other_include(name,    i, known, good) {
	for (i = 1; i <= parties; i++) {
		if (index(name, party[i]) != 1)
			continue
		known = 1
		if (index(FILENAME, place[i]) == 1)
			good = 1
	}
	if (known && !good && FILENAME !~ /^tests\/unit\//)
		say("third party", "<" name "> does not belong here")
	else if (public && name !~ /^std(bool|def|int|arg)\.h$/)
		say("public", "a public header includes <" name ">")
	else if (!known && name ~ /\// && name !~ /^(arpa|netinet|sys|linux)\//)
		say("third party", "<" name "> belongs nowhere")
	else if (!known && name ~ /^(curl|expat|gelf|libelf|lzma|bzlib)/)
		say("third party", "<" name "> belongs nowhere")
}
BEGIN {
	count = split(modules, words)
	for (i = 1; i <= count; i++)
		rank[words[i]] = i
	count = split(homes, lines, "\n")
	for (i = 1; i <= count; i++) {
		n = split(lines[i], words, "[: ]+")
		for (j = 2; j <= n; j++)
			home[words[j]] = words[1]
	}
	count = split(third_parties, lines, "\n")
	for (i = 1; i <= count; i++)
		if (split(lines[i], words) == 2) {
			party[++parties] = words[1]
			place[parties] = words[2]
		}
}
FNR == 1 {
	inside = 0
	split(FILENAME, parts, "/")
	public = FILENAME ~ /^liboci\/include\//
	module = parts[1] == "liboci" && !public ? parts[2] : ""
	if (module && !rank_of(module))
		say("modules", "\"" module "\" is no module of the Makefile")
}
{
	line = strip($0)
	if (line !~ /^[ \t]*#[ \t]*include/)
		next
	name = line
	gsub(/^[^<"]*[<"]|[>"].*$/, "", name)
	if (line ~ /include[ \t]*"/)
		own_include(name)
	else if (name ~ /^oci\//)
		public_include(substr(name, 5))
	else
		other_include(name)
}

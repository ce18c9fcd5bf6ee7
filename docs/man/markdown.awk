# SPDX-License-Identifier: Apache-2.0
#
# Turns a page of docs/ into a manual page:
#
#   awk -v date='January 1, 2026' -v title=oci-pack-spec -v summary='...'
#       -f text.awk -f markdown.awk PAGE.md

function inline(text,    out, code) {
	text = quote(text)
	gsub(/\*\*/, "", text)
	while (match(text, /\[[^][]*\]\([^()]*\)/)) {
		code = substr(text, RSTART + 1, RLENGTH - 1)
		sub(/\]\(.*/, "", code)
		text = substr(text, 1, RSTART - 1) code \
			substr(text, RSTART + RLENGTH)
	}
	out = ""
	while (match(text, /`[^`]*`/)) {
		out = out substr(text, 1, RSTART - 1) "\\fB" \
			substr(text, RSTART + 1, RLENGTH - 2) "\\fR"
		text = substr(text, RSTART + RLENGTH)
	}
	return out text
}

# Ends the paragraph or list item.
function flush() {
	if (text == "")
		return
	if (between && !in_list)
		print ".Pp"
	put_text(inline(text))
	text = ""
	between = 1
}

function end_list() {
	flush()
	if (in_list)
		print ".El"
	in_list = 0
}

function heading(macro, name) {
	end_list()
	print macro " " quote(name)
	between = 0
}

# A row: the first cell is the tag. Tables of more columns stay as they are.
function row(line,    cells, n, i, rest) {
	sub(/^\| */, "", line)
	sub(/ *\|$/, "", line)
	n = split(line, cells, / *\| */)
	print ".It \"" inline(cells[1]) "\""
	rest = ""
	for (i = 2; i <= n; i++)
		if (cells[i] != "")
			rest = rest (rest == "" ? "" : "; ") cells[i]
	put_text(inline(rest))
}

function end_table() {
	if (in_table)
		print (in_table == 1 ? ".El" : ".Ed")
	in_table = 0
}

BEGIN {
	put_head(title, 5, title, summary)
	print ".Sh DESCRIPTION"
}

/^```/ {
	end_list()
	in_code = !in_code
	print (in_code ? ".Bd -literal -offset indent" : ".Ed")
	between = 1
	next
}
in_code {
	$0 = quote($0)
	print ($0 ~ /^[.']/ ? "\\&" : "") $0
	next
}
/^\|/ {
	flush()
	if (/^\|[-| ]*$/)
		next
	if (!in_table) {
		end_list()
		in_table = gsub(/\|/, "|") > 4 ? 2 : 1
		print (in_table == 1 ? ".Bl -tag -width Ds" : \
		       ".Bd -literal -offset indent")
		if (in_table == 1)
			next
	}
	if (in_table == 1)
		row($0)
	else
		print inline($0)
	between = 1
	next
}
{ end_table() }
/^# / { next }
/^## / { heading(".Sh", substr($0, 4)); next }
/^### / { heading(".Ss", substr($0, 5)); next }
/^(- |[0-9]+\. )/ {
	flush()
	if (!in_list)
		print ".Bl -bullet"
	in_list = 1
	print ".It"
	sub(/^(- |[0-9]+\. )/, "")
	text = $0
	next
}
/^$/ {
	flush()
	blank = 1
	next
}
{
	if (blank && in_list && $0 !~ /^ /)
		end_list()
	blank = 0
	text = text " " $0
}
END {
	end_list()
	end_table()
	print ".Sh SEE ALSO"
	print ".Xr oci-pack 1"
}

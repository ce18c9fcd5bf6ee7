# SPDX-License-Identifier: Apache-2.0
#
# Turns a public header into a manual page: comments become text, declarations
# stay as they are.
#
#   awk -v date='January 1, 2026' -v header=oci/store.h
#       -f text.awk -f header.awk store.h

# The first sentence is the summary.
function first_sentence(text,    end) {
	gsub(/[ \n]+/, " ", text)
	sub(/^ /, "", text)
	end = index(text, ". ")
	text = end ? substr(text, 1, end - 1) : text
	sub(/[.:]( .*)?$/, "", text)
	return text
}

function flush_text() {
	if (text != "") {
		if (!headed)
			head()
		else
			print ".Pp"
		put_text(quote(text))
	}
	text = ""
}

function head() {
	name = header
	gsub(/[\/]/, "_", name)
	sub(/\.h$/, "", name)
	put_head(name, 3, name, quote(first_sentence(text)))
	print ".Sh LIBRARY"
	print "liboci, \\-loci"
	print ".Sh SYNOPSIS"
	print ".In " header
	print ".Sh DESCRIPTION"
	headed = 1
}

function flush_code() {
	if (code != "") {
		print ".Bd -literal"
		printf "%s", code
		print ".Ed"
	}
	code = ""
}

function add_code(line) {
	line = quote(line)
	gsub(/\t/, "        ", line)
	# Continued lines stand below what follows OCI_API.
	if (sub(/^OCI_API /, "", line))
		moved = 1
	else if (moved)
		sub(/^        /, "", line)
	if (line ~ /;$/)
		moved = 0
	if (line ~ /^[.']/)
		line = "\\&" line
	code = code line "\n"
}

/SPDX-License-Identifier/ { next }
/^#ifndef OCI_[A-Z_]*_H$/ || /^#define OCI_[A-Z_]*_H$/ { next }
/^#include/ || /^#ifdef __cplusplus/ { skip = /cplusplus/; next }
skip { skip = !/^#endif/; next }
/^#endif$/ && !in_code { next }

# A comment at the start of a line is text.
/^\/\*/ && !depth { flush_code(); in_comment = 1; sub(/^\/\*+ */, "") }
in_comment {
	last = /\*\//
	sub(/ *\*\/.*$/, "")
	sub(/^ \*( |$)/, "")
	if ($0 == "") {
		if (!headed && text != "")
			head_text = text
		flush_text()
	} else if (/^ *[-0-9]/ && text != "" && /^ *(- |[0-9]+\. )/) {
		flush_text()
		text = $0
	} else {
		text = text " " $0
	}
	if (last) {
		flush_text()
		in_comment = 0
	}
	next
}
/^$/ && !depth { flush_code(); in_code = 0; next }
{
	in_code = /^#if/ || (in_code && !/^#endif/)
	depth += gsub(/{/, "{") - gsub(/}/, "}")
	add_code($0)
}

# The program of examples/link that the table of examples names for the header.
function put_example(    name, program, line) {
	name = header
	gsub(/^.*\/|\.h$/, "", name)
	while ((getline line < "docs/man/examples") > 0)
		if (line ~ "^" name " ")
			program = "examples/link/" substr(line, length(name) + 2) ".c"
	print ".Sh EXAMPLES"
	print program ":"
	print ".Bd -literal"
	while ((getline line < program) > 0)
		if (line !~ /SPDX-License/) {
			gsub(/\t/, "        ", line)
			line = quote(line)
			print (line ~ /^[.']/ ? "\\&" : "") line
		}
	print ".Ed"
}

END {
	flush_code()
	put_example()
	print ".Sh SEE ALSO"
	print ".Xr liboci 3"
}

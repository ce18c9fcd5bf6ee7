# SPDX-License-Identifier: Apache-2.0
#
# Functions for texts in mdoc(7), which the other awk programs of this folder
# include by a second -f.

function quote(text) {
	gsub(/\\/, "\\e", text)
	return text
}

# A line of text, at most 72 columns where it has blanks.
function put_line(text,    at, line) {
	while (text != "") {
		if (length(text) <= 72) {
			at = length(text) + 1
		} else {
			for (at = 73; at > 1 && substr(text, at, 1) != " "; at--)
				;
			if (at == 1 && !(at = index(text, " ")))
				at = length(text) + 1
		}
		line = substr(text, 1, at - 1)
		text = substr(text, at + 1)
		sub(/ +$/, "", line)
		if (line ~ /^[.']/)
			line = "\\&" line
		print line
	}
}

# A paragraph: each sentence begins a line, as mdoc wants it.
function put_text(text,    end) {
	gsub(/[ \t\n]+/, " ", text)
	sub(/^ /, "", text)
	sub(/ $/, "", text)
	while (match(text, /[.!?][)"]* +[A-Z"'`(\\]/)) {
		end = RSTART + RLENGTH - 1
		put_line(substr(text, 1, end - 1))
		text = substr(text, end)
	}
	put_line(text)
}

function put_head(title, section, name, summary) {
	print ".\\\" SPDX-License-Identifier: Apache-2.0"
	print ".Dd " date
	print ".Dt " toupper(title) " " section
	print ".Os"
	print ".Sh NAME"
	print ".Nm " name
	print ".Nd " summary
}

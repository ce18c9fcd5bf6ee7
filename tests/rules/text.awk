# SPDX-License-Identifier: Apache-2.0
# Lengths, widths, whitespace, and what has no place in any file.

function columns(line,    i, n, width) {
	n = length(line)
	for (i = 1; i <= n; i++) {
		if (substr(line, i, 1) == "\t")
			width += 8 - width % 8
		else if (substr(line, i, 1) !~ /[\200-\277]/)
			width++
	}
	return width
}
FNR == 1 {
	is_c = FILENAME ~ /\.[ch]$/
	is_page = FILENAME ~ /^cli\/report\//
	start = 0
}
/[ \t]$/ && FILENAME !~ /\.md$/ { say("whitespace", "at the end of a line") }
/\r$/ { say("whitespace", "a carriage return") }
/(^|[^A-Za-z])(TO[D]O|FIX[M]E)([^A-Za-z]|$)/ {
	say("unfinished", "an open issue says it better")
}
$0 ~ hosts { say("host", "of a package registry") }
is_page && /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/ {
	say("page", "texts of images may become markup or a script")
}
is_page && /https?:/ { say("page", "fetches nothing") }
!is_c && !is_page { next }
length($0) > 40 && columns($0) > most_columns {
	say("width", columns($0) " columns, at most " most_columns)
}
FNR == most_file_lines + 1 {
	say("length", "a file of more than " most_file_lines " lines")
}
/^\{/ || (is_page && /^function .*\{$/) { start = FNR }
/^\}/ {
	if (start && FNR - start - 1 > most_function_lines)
		say("length", "a function of " FNR - start - 1 \
			" lines, at most " most_function_lines)
	start = 0
}

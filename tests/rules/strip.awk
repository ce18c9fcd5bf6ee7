# SPDX-License-Identifier: Apache-2.0
# C without comments and with empty strings; includes stay as they are.

function strip(line,    out, c, i, n) {
	if (!inside && line ~ /^[ \t]*#[ \t]*include/)
		return line
	# Most lines have nothing to take out, or nothing to leave.
	if (inside ? !index(line, "*/") : line !~ /["\047]|\/[*\/]/)
		return inside ? "" : line
	n = length(line)
	out = ""
	for (i = 1; i <= n; i++) {
		c = substr(line, i, 1)
		if (inside) {
			if (substr(line, i, 2) == "*/") {
				inside = 0
				i++
			}
		} else if (substr(line, i, 2) == "/*") {
			inside = 1
			i++
		} else if (substr(line, i, 2) == "//") {
			break
		} else if (c == "\"" || c == "\047") {
			out = out c
			for (i++; i <= n && substr(line, i, 1) != c; i++)
				if (substr(line, i, 1) == "\\")
					i++
			out = out c
		} else {
			out = out c
		}
	}
	return out
}
function say(rule, text) {
	printf "%s:%d: %s: %s\n", FILENAME, FNR, rule, text
}

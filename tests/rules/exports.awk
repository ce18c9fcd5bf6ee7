# SPDX-License-Identifier: Apache-2.0
# "NAME FILE:LINE" of everything that the public headers export.

FNR == 1 { inside = 0; text = "" }
{
	line = strip($0)
	if (line ~ /^#/)
		next
	if (line ~ /OCI_API/) {
		text = ""
		where = FILENAME ":" FNR
	} else if (!where) {
		next
	}
	text = text " " line
	if (text !~ /[;(]/)
		next
	sub(/[ \t]*[;(].*/, "", text)
	sub(/.*[ \t*]/, "", text)
	print text, where
	where = ""
}

# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Our compressor beside libdeflate.
# shellcheck disable=SC2154

# The most that each level may take, and become, of libdeflate's.
deflate_targets='1 0.75 1.02
2 1.00 1.000
6 1.05 1.000
9 1.30 1.000'

bench_deflate() {
	local folder tar=$work/deflate.tar level time bytes speed most least

	for folder in small large; do
		tar -C "$work/$folder" -cf "$tar" .
		build/release/deflate "$tar" "$runs" >"$work/deflate"
		rm "$tar"
		say '' "### Levels beside libdeflate's: $(size_of $folder)" '' \
			'| level | time | bytes | MB/s |' '|---|---|---|---|'
		while read -r level time bytes speed; do
			say "| $level | $time | $bytes | $speed |"
			read -r most least < <(
				sed -n "s/^$level //p" <<<"$deflate_targets")
			target "level $level, $folder, time" at_most "$most" \
				'' "$time"
			target "level $level, $folder, bytes" at_most \
				"$least" '' "$bytes"
		done <"$work/deflate"
	done
}

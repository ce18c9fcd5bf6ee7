# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The model of the limit: what the cores have to do at least, by what one of
# them does in a second, over all of them. docs/performance.md explains it.
# shellcheck disable=SC2154

declare -A rate	# MB/s of one core, as FOLDER/WORK
declare -A made_of	# bytes that the work makes of the tar

# rates_of FOLDER: of its tar.
rates_of() {
	local name one all out tar=$work/model.tar

	tar -C "$work/$1" -cf "$tar" .
	build/release/rates "$tar" "$work/scratch" "$runs" >"$work/rates"
	rm "$tar"
	say '' "### What a core does: $(size_of "$1")" '' \
		'| work | alone | all at it | becomes |' '|---|---|---|---|'
	while read -r name one all out; do
		rate[$1/$name]=$one
		made_of[$1/$name]=$out
		say "| $name | $one MB/s | $all MB/s |\
 $(count "$out / ${made_of[$1/read]}") |"
	done <"$work/rates"
}

# limit FOLDER WORK BLOB WALL: the table, what binds, and $useful.
limit() {
	local tar=${made_of[$1/read]}

	say '' "### The limit, $2: $(size_of "$1")" '' \
		'| work | bytes | core seconds | share |' '|---|---|---|---|'
	useful=$(awk -v tar="$tar" -v blob="$3" -v wall="$4" \
		-v cores="$(nproc)" -v read="${rate[$1/read]}" \
		-v sha="${rate[$1/sha256]}" -v pack="${rate[$1/$2]}" \
		-v write="${rate[$1/write]}" '
	function part(name, bytes, rate) {
		n++; names[n] = name; sizes[n] = bytes / 1e6
		took[n] = sizes[n] / rate; sum += took[n]
		if (took[n] > took[most]) most = n
	}
	BEGIN {
		part("read", tar, read); part("sha256 of the tar", tar, sha)
		part("compress", tar, pack)
		part("sha256 of the blob", blob, sha)
		part("write", blob, write)
		for (i = 1; i <= n; i++)
			printf "| %s | %.1f MB | %.3f | %.2f |\n", names[i],
				sizes[i], took[i], took[i] / sum >"/dev/stderr"
		printf "\nOver %d cores %.3f s; we take %.3f s: useful work " \
			"%.2f. What binds is: %s.\n", cores, sum / cores, wall,
			sum / cores / wall, names[most] >"/dev/stderr"
		printf "%.3f", sum / cores / wall
	}' 2>"$work/limit")
	cat "$work/limit"
}

bench_model() {
	local folder useful wall blob

	for folder in small large; do
		no_cases
		add oci-pack "$cold" "$(ours $folder)" "layer_bytes $work/out"
		timed "model-$folder"
		measured "model-$folder"
		wall=${seconds[model-$folder/oci-pack]}
		blob=${bytes[model-$folder/oci-pack]}
		rates_of $folder
		limit $folder default "$blob" "$wall"
		target "useful work of the cores, $folder, default" \
			at_least 0.92 '' "$useful"
	done
}

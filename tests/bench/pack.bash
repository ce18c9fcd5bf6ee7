# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Packing: anew, again, many files, one large one, and how it grows.
# shellcheck disable=SC2034,SC2154

# ours SPEC [OPTION...]: packs to $work/out.
ours() {
	say "$pack $work/$1.spec -q --lint off -o $work/out ${*:2}"
}

# buildah_command FOLDER: an image of it, in storage of its own.
buildah_command() {
	local storage=$PWD/$work/buildah

	say "b() { buildah --root $storage/root --runroot $storage/run \
--storage-driver vfs \"\$@\"; }; c=\$(b from scratch) && \
b copy -q \$c $1 / && b commit -q --disable-compression=false \$c \
oci:$storage/out:t"
}

# What each does with the folder $1, anew.
add_packers() {
	local folder=$work/$1 level

	no_cases
	for level in gzip gzip:6 zstd:3; do
		add "oci-pack $level" "$cold" \
			"$(ours "$1" --compression "$level")" \
			"layer_bytes $work/out"
	done
	names[0]=oci-pack
	commands[0]=$(ours "$1")	# what the default is, it knows itself
	if has umoci; then
		add umoci "rm -rf $work/umoci; umoci init --layout \
$work/umoci; umoci new --image $work/umoci:t" \
			"umoci insert --image $work/umoci:t $folder /" \
			"layer_bytes $work/umoci"
	fi
	if has buildah; then
		add buildah "rm -rf $work/buildah; mkdir -p $work/buildah" \
			"$(buildah_command "$folder")" \
			"layer_bytes $work/buildah/out"
	fi
	if has crane; then
		add 'tar, crane' "rm -f $work/*.tar" \
			"tar -C $folder -cf $work/c.tar . && crane append \
-f $work/c.tar -t bench -o $work/crane.tar" "file_bytes $work/crane.tar"
	fi
	if has pigz; then
		add 'tar, pigz, sha256sum' "rm -f $work/p.gz" \
			"tar -C $folder -cf - . | tee >(sha256sum >$work/d) | \
pigz | tee $work/p.gz | sha256sum >$work/e" "file_bytes $work/p.gz"
	fi
}

# pack_table FOLDER: to umoci.
pack_table() {
	local name at

	say '' "### Packing: $(size_of "$1")" '' \
		'| | median | to umoci | layer | to it | memory |' \
		'|---|---|---|---|---|---|'
	for name in "${names[@]}"; do
		at=$1/$name
		say "| $name | $(count "${seconds[$at]:-}") s |\
 $(ratio "$1" "$name" "$1" umoci) |\
 $(count "${bytes[$at]:-} / 1e6" %.1f) MB |\
 $(count "${bytes[$at]:-} / ${bytes[$1/umoci]:-}") |\
 ${memory[$at]:-} MiB |"
	done
}

# pack_targets FOLDER NAME TIME BYTES
pack_targets() {
	local row=${2#oci-pack}

	row="cold pack, $1,${row:- default}"
	target "$row: time to umoci's" at_most "$3" '' \
		"$(ratio "$1" "$2" "$1" umoci)"
	target "$row: bytes to umoci's" at_most "$4" '' \
		"$(count "${bytes[$1/$2]:-} / ${bytes[$1/umoci]:-}")"
}

bench_pack() {
	local folder

	for folder in small large; do
		add_packers $folder
		timed $folder
		measured $folder
		pack_table $folder
		pack_targets $folder oci-pack 0.66 0.985
		pack_targets $folder 'oci-pack gzip:6' 1.1 0.95
		pack_targets $folder 'oci-pack zstd:3' 0.42 0.92
	done
}

# --- again --------------------------------------------------------------------

# Files of about 10 KiB: the first, the one in the middle and the last.
find_edited() {
	find "$work/large" -type f -size -21 -size +18 | LC_ALL=C sort \
		>"$work/edited.all"
	{
		head -n 1 "$work/edited.all"
		sed -n "$(($(wc -l <"$work/edited.all") / 2))p" \
			"$work/edited.all"
		tail -n 1 "$work/edited.all"
	} >"$work/edited"
}

# edit LINE: changes one byte of that file to another one each time.
write_edit() {
	cat >"$work/edit" <<TEXT
rm -rf $work/out
n=\$((\$(cat $work/n) % 251 + 1))
echo \$n >$work/n
printf "\\\\\$(printf %o \$n)" | dd of="\$(sed -n \$1p $work/edited)" \
	bs=1 seek=5000 conv=notrunc status=none
TEXT
}

bench_again() {
	local folder i place=(first middle last) names_of

	for folder in small large; do
		no_cases
		bash -c "$cold"
		sleep 2.1
		bash -c "$(ours $folder)" >/dev/null
		add "nothing changed, $folder" true "$(ours $folder)"
		timed "again-$folder" 5
		table "again-$folder" "Packing again: $(size_of $folder)" ''
		target "nothing changed, $folder" at_most 20 ' ms' \
			"$(count "${seconds[again-$folder/${names[0]}]:-} \
* 1000" %.1f)"
	done
	find_edited
	write_edit
	echo 0 >"$work/n"
	mapfile -t names_of <"$work/edited"
	no_cases
	for i in 0 1 2; do
		cp -p "${names_of[i]}" "$work/edited.$i"
		add "one byte changed, ${place[i]} file" \
			"bash $work/edit $((i + 1))" "$(ours large)"
	done
	timed edit
	for i in 0 1 2; do
		cat "$work/edited.$i" >"${names_of[i]}"
		rm "$work/edited.$i"
	done
	bench_cold edit
	table edit 'One byte changed in a file of 10 KiB' cold
	for i in 1 0 2; do
		target "one byte changed, ${place[i]} 10 KiB file, to cold" \
			at_most 0.25 '' "$(ratio edit \
			"one byte changed, ${place[i]} file" edit cold)"
	done
}

# bench_cold LABEL: a cold pack of the large case, beside what LABEL has.
bench_cold() {
	local kept=("${names[@]}")

	no_cases
	add cold "$cold" "$(ours large)"
	timed "$1-cold"
	seconds[$1/cold]=${seconds[$1-cold/cold]}
	names=("${kept[@]}" cold)
}

# --- many files, memory, growth -----------------------------------------------

bench_many() {
	no_cases
	add oci-pack "$cold" "$(ours many)"
	if has umoci; then
		add umoci "rm -rf $work/umoci; umoci init --layout \
$work/umoci; umoci new --image $work/umoci:t" \
			"umoci insert --image $work/umoci:t $work/many /"
	fi
	add 'tar to nothing' true "tar -C $work/many -cf - . | cat >/dev/null"
	timed many
	table many '100,000 files of 1 KiB' umoci
	target "100,000 files of 1 KiB: time to umoci's" at_most 0.3 '' \
		"$(ratio many oci-pack many umoci)"
}

bench_memory() {
	local folder most

	say '' '### Memory, and a large file' '' '| | once | peak |' \
		'|---|---|---|'
	for folder in small huge; do
		bash -c "$cold"
		most=$(peak "$(ours $folder)")
		say "| $(size_of $folder) | ${most% *} s | ${most#* } MiB |"
		target "peak memory, $folder" at_most 32 ' MiB' "${most#* }"
	done
}

bench_growth() {
	no_cases
	add 'a core' "$cold" "$(ours large --jobs 1)"
	add 'each core' "$cold" "$(ours large)"
	add 'eight layers' "$cold" "$(ours parts)"
	add 'two platforms' "$cold" "$(ours two)"
	timed growth
	table growth "How it grows: $(size_of large)" 'each core'
}

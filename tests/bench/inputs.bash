# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What is packed: the same bytes on each machine. Folders appear in build/bench
# by rename, so that what is there is whole.
# shellcheck disable=SC2154

# Beside the Debian of the BuildKit example, many small files.
packages='libpython3.13-stdlib perl-modules-5.40 vim-runtime tzdata locales
	python3-setuptools python3-pkg-resources'

# made NAME COMMAND...: the folder NAME, which COMMAND fills as $work/new.
made() {
	[ ! -e "$work/$1" ] || return 0
	rm -rf "$work/new"
	mkdir -p "$work/new"
	"${@:2}"
	mv "$work/new" "$work/$1"
}

# Two Go programs.
make_small() {
	mkdir -p "$work/new/usr/bin"
	cp examples/buildkit/inputs/riscv64/bin/* "$work/new/usr/bin/"
}

# A Debian with them.
make_large() {
	local inputs=examples/buildkit/inputs/riscv64 deb

	# shellcheck disable=SC2086
	examples/fetch-debs --arch riscv64 --no-deps --into "$work/debs" \
		$packages >&2
	for deb in "$inputs"/debs/*.deb "$work"/debs/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" |
			tar -x -C "$work/new" --keep-directory-symlink
	done
	cp "$inputs"/bin/* "$work/new/usr/bin/"
}

# The files of the large case in eight folders of like size, by their names.
make_parts() {
	local i

	(cd "$work/large" && find . ! -type d -printf '%s %p\n') |
		LC_ALL=C sort -k 2 |
		awk -v out="$work/new/" '{
			size[NR] = $1; sum += $1
			sub(/^[0-9]* /, ""); name[NR] = $0
		} END {
			for (i = 1; i <= NR; i++) {
				part = int(at * 8 / sum)
				if (part > 7) part = 7
				print name[i] >(out part ".list")
				at += size[i]
			}
		}'
	for i in 0 1 2 3 4 5 6 7; do
		mkdir "$work/new/$i"
		[ -e "$work/new/$i.list" ] || continue
		# shellcheck disable=SC2016
		xargs -d '\n' -a "$work/new/$i.list" sh -c '
			to=$1; shift; cd "$2"; shift 2
			cp -a --parents -t "$to" "$@"' sh \
			"$PWD/$work/new/$i" -- "$work/large"
	done
}

# 100,000 files of 1 KiB, words that are not all alike.
make_many() {
	python3 - "$work/new" <<'TEXT'
import os, random, sys
chance = random.Random(1)
words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=length))
         for length in range(2, 12) for _ in range(200)]
for folder in range(100):
    path = "%s/%02d" % (sys.argv[1], folder)
    os.makedirs(path)
    for file in range(1000):
        with open("%s/%03d" % (path, file), "w") as out:
            out.write(" ".join(chance.choices(words, k=200))[:1023] + "\n")
TEXT
}

# A file of 2 GiB: the small case over and over, each time turned further.
make_huge() {
	python3 - "$work"/small/usr/bin/* "$work/new/huge" <<'TEXT'
import sys
data = b"".join(open(name, "rb").read() for name in sorted(sys.argv[1:-1]))
left = 2 << 30
with open(sys.argv[-1], "wb") as out:
    turn = 0
    while left:
        part = (data[turn:] + data[:turn])[:left]
        out.write(part)
        left -= len(part)
        turn += 4099 * 257
TEXT
}

make_one() {
	echo x >"$work/new/x"
}

make_inputs() {
	examples/buildkit/get-inputs >&2
	made small make_small
	made large make_large
	made parts make_parts
	made many make_many
	made huge make_huge
	made one make_one
	rm -f "$work"/parts/*.list
	sleep 2.1	# what is younger is never trusted
}

# specs: an image of each folder, and of the parts as eight layers.
specs() {
	local name i

	for name in small large many huge one; do
		printf '%s\n' 'version: 1' "image: bench/$name" 'layers:' \
			"  - entries: [{path: /, from: $name, mode: keep}]" \
			>"$work/$name.spec"
	done
	{
		printf '%s\n' 'version: 1' 'image: bench/parts' 'layers:'
		for i in 0 1 2 3 4 5 6 7; do
			say "  - entries:" \
				"      - {path: /, from: parts/$i, mode: keep}"
		done
	} >"$work/parts.spec"
	sed '2a platforms: [linux/riscv64, linux/arm64]' "$work/large.spec" \
		>"$work/two.spec"
}

# size_of FOLDER: for titles.
size_of() {
	find "$work/$1" -type f -printf '%s\n' |
		awk '{ sum += $1 } END { printf "%.0f MB, %d files",
			sum / 1e6, NR }'
}

#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What of the cache, and of a layout, is believed when a layer is kept.

load ../helpers

setup() {
	work_in_folder
	spec a.spec 'image: example.com/a' \
		'layers: [{entries: [{path: /in, from: in}]}]'
	head -c 300000 /dev/urandom >in
}

# What is younger than two seconds is never trusted.
settle() {
	sleep 2.1
}

pack() {
	"$OCI_PACK" a.spec -q --lint off "$@"
}

# layer LAYOUT: the file of its only layer.
layer() {
	local digest

	digest=$("$OCI_PACK" inspect --json "$1" |
		jq -r '.document.layers[0].digest')
	echo "$1/blobs/sha256/${digest#sha256:}"
}

# spoil FILE: other bytes, of the same size.
spoil() {
	printf 'other bytes' | dd of="$1" bs=1 seek=1000 conv=notrunc status=none
}

@test "faults F: a layer of the layout that was damaged is written again" {
	settle
	pack -o out
	"$OCI_PACK" verify out
	spoil "$(layer out)"
	run "$OCI_PACK" verify out
	equal 3 "$status"
	pack -o out
	"$OCI_PACK" verify out
	# The cache has the same file under another name: it was damaged, too.
	pack -o other
	"$OCI_PACK" verify other
}

@test "faults F: a damaged copy of a layout is not taken for the layout" {
	settle
	pack -o out
	cp -r out copy
	spoil "$(layer copy)"
	touch -r "$(layer out)" "$(layer copy)"
	pack -o copy
	"$OCI_PACK" verify copy
	cmp "$(layer out)" "$(layer copy)"
}

@test "faults F: a damaged blob is not what a copy leaves out" {
	pack -o a.tar
	"$OCI_PACK" copy -q a.tar oci:out:a
	spoil "$(layer out)"
	"$OCI_PACK" copy -q a.tar oci:out:a
	"$OCI_PACK" verify out
}

@test "faults F: of several outputs, a damaged layout is mended" {
	settle
	pack -o out
	spoil "$(layer out)"
	touch -d @1000000000 "$(layer out)"
	pack -o out -t example.com/b:2
	"$OCI_PACK" verify out
}

# same_crc FILE OFFSET: other bytes, with the same CRC-32.
same_crc() {
	python3 - "$@" <<-'end'
		import sys, zlib
		bits = f"{0x104c11db7:033b}"	# the polynomial, as bits are sent
		mask = int(bits[::-1], 2).to_bytes(5, "little")
		data = bytearray(open(sys.argv[1], "rb").read())
		before, at = zlib.crc32(data), int(sys.argv[2])
		data[at:at + 5] = (a ^ b for a, b in zip(data[at:at + 5], mask))
		assert zlib.crc32(data) == before
		open(sys.argv[1], "r+b").write(data)
	end
}

@test "faults 1, faults F: a cached layer changed without changing its CRC-32" {
	local digest offset

	head -c 3000000 /dev/urandom >in
	mkdir more
	mv in more/one
	cp more/one more/two
	mv more in
	settle
	pack -o a.tar
	mv "$XDG_CACHE_HOME" cache
	# The first block, which is copied; one in the middle, which a file in
	# front moves; and the last one.
	for edited in two new; do
		echo "$edited" >"in/$edited"
		settle
		digest=$(pack --no-cache -o right.tar)
		for offset in 1000 3000500 5500000; do
			rm -rf "$XDG_CACHE_HOME"
			cp -rp cache "$XDG_CACHE_HOME"
			same_crc "$(find "$XDG_CACHE_HOME/oci-pack/blobs" \
				-size +4M)" "$offset"
			equal "$digest" "$(pack -o a.tar)"
			cmp a.tar right.tar
		done
	done
}

@test "faults F: the cache shares no file that others may write to" {
	umask 002
	pack -o out
	equal '' "$(find out/blobs -type f -perm /022)"
	chmod 0664 "$(layer out)"
	rm -r "$XDG_CACHE_HOME"
	echo x >>in
	pack -o out
	equal '' "$(find "$XDG_CACHE_HOME" -type f -perm /022)"
}

@test "faults 1: forged records make no other image and no crash" {
	python3 "$root/tests/cli/records.py" 1 "${RECORDS:-90}"
}

@test "faults 1: a cache that is another user's is not used, and told" {
	need_root
	mkdir -p "$XDG_CACHE_HOME/oci-pack"
	chown 65534 "$XDG_CACHE_HOME/oci-pack"
	run --separate-stderr "$OCI_PACK" a.spec -q --lint off -o a.tar
	equal 0 "$status"
	matches "cache '.*' belongs to another user \(65534\): .*not used" \
		"$stderr"
	equal '' "$(ls -A "$XDG_CACHE_HOME/oci-pack")"
	run --separate-stderr "$OCI_PACK" cache info
	equal 1 "$status"
}

@test "faults 1: a cache that others may write to is not used, and told" {
	settle
	pack -o a.tar
	chmod 0777 "$XDG_CACHE_HOME/oci-pack/layers"
	run --separate-stderr "$OCI_PACK" a.spec -v --lint off -o a.tar
	equal 0 "$status"
	matches "other users may write to cache '.*/layers'" "$stderr"
	run ! grep -q '^kept' <<<"$stderr"
	chmod 0755 "$XDG_CACHE_HOME/oci-pack/layers"
	run --separate-stderr "$OCI_PACK" a.spec -v --lint off -o a.tar
	matches '^kept|'$'\n''kept' "$stderr"
}

@test "faults 1: the folders of a cache are its user's alone, so is its key" {
	umask 000
	pack -o a.tar
	equal '' "$(find "$XDG_CACHE_HOME" -type d ! -perm 0700)"
	equal 600 "$(stat -c %a "$XDG_CACHE_HOME/oci-pack/key")"
}

@test "what a killed run left in the cache goes, what a process holds stays" {
	local cache=$XDG_CACHE_HOME/oci-pack held

	pack -o a.tar
	: >"$cache/blobs/sha256/.blob.1-0.tmp"
	: >"$cache/layers/.record.1-0.tmp"
	: >"$cache/.key.1-0.tmp"
	: >"$cache/blobs/sha256/.blob.1-1.tmp"
	exec {held}<"$cache/blobs/sha256/.blob.1-1.tmp"
	flock "$held"
	pack -o a.tar
	equal "$cache/blobs/sha256/.blob.1-1.tmp" \
		"$(find "$cache" -name '.*.tmp')"
	exec {held}<&-
	"$OCI_PACK" cache prune --keep 1GiB
	equal '' "$(find "$cache" -name '.*.tmp')"
}

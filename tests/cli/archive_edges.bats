#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Archives that say a name, an attribute or a link in an unusual way; they are
# made by fixtures/archives/edges.py.

load ../helpers

setup_file() {
	python3 "$BATS_TEST_DIRNAME/../../fixtures/archives/edges.py" \
		"$BATS_FILE_TMPDIR"
}

setup() {
	work_in_folder
}

# packed FILE: the archive as the one layer of out.
packed() {
	rm -rf out
	spec archive.spec 'layers:' '  - entries:' \
		"      - {path: /, archive: $BATS_FILE_TMPDIR/$1}"
	"$OCI_PACK" archive.spec -q --lint off --platform linux/amd64 \
		--compression none -o out >digest
}

# layer: the tar that packed wrote.
layer() {
	echo out/blobs/sha256/"$("$OCI_PACK" inspect --json out |
		jq -r '.document.layers[-1].digest | ltrimstr("sha256:")')"
}

# names FILE: what the archive has become, as JSON strings of ASCII.
names() {
	packed "$1" || return
	python3 -c 'import json, sys, tarfile
print(*(json.dumps(n) for n in sorted(tarfile.open(sys.argv[1]).getnames())))
' "$(layer)"
}

# stopped FILE PATTERN: packing FILE fails with a sentence that matches.
stopped() {
	run packed "$1"
	equal 1 "$status"
	matches "archive '.*$1': $2" "$output"
}

@test "zip: a Unicode Path is the name, byte for byte" {
	local long

	long=$(printf 'short-%.0s' {1..40})
	equal "\"cafe\\u0301\" \"e\\u0301\" \"last\" \"${long}cafe\\u0301\"" \
		"$(names unicode-path.zip)"
	equal cafe "$(tar -xOf "$(layer)" $'cafe\u0301')"
	equal s "$(tar -xOf "$(layer)" "$long"$'cafe\u0301')"
}

@test "zip: a Unicode Path of another name does not count" {
	equal '"cafe\u0301" "crc" "empty" "l\u0301" "ncafe\u0301" "version"' \
		"$(names unicode-path-other.zip)"
}

@test "zip: names behind a program that unpacks the archive" {
	equal '"cafe\u0301" "caf\u00e9" "ucafe\u0301"' \
		"$(names unpacks-itself.zip)"
	equal $'cafe\u0301' "$(tar -xOf "$(layer)" $'cafe\u0301')"
	equal '"cafe\u0301"' "$(names unpacks-itself-adjusted.zip)"
}

# has FILE PATH: whether an image with the layer FILE has that.
has() {
	rm -rf image out
	PYTHONPATH=$root/fixtures/hostile python3 -c 'import pathlib, sys
from make import Layout
Layout("image").image(pathlib.Path(sys.argv[1]).read_bytes())' \
		"$BATS_FILE_TMPDIR/$1"
	spec has.spec 'platforms: [linux/amd64]' 'base: oci:image' \
		"layers: [{entries: [{path: $2, remove: true}]}]"
	"$OCI_PACK" has.spec -q --lint off -o out
}

@test "tar: names in large extended headers, and behind them" {
	equal '"cafe\u0301"' "$(names extended-most.tar)"
	equal '"a" "cafe\u0301"' "$(names extended-nameless.tar)"
	equal '"cafe\u0301"' "$(names extended-zeros.tar)"
	stopped extended-full.tar 'the extended header of a member, which has'
	stopped extended-more.tar 'the extended header .* more than 1048576 '
}

@test "tar: names of a layer behind a malformed extended header" {
	has layer-malformed.tar /a
	has layer-malformed.tar '"/cafe\u0301"'
}

@test "tar: headers that readers of tars read differently" {
	stopped extended-twice.tar 'corrupt: a member has two extended headers'
	stopped extended-size.tar 'corrupt: the extended header .* not a number'
	stopped size.tar 'corrupt: the header .* a size that is not a number'
}

# attributes MEMBER: the records of a member's attributes in the layer.
attributes() {
	python3 -c 'import json, sys, tarfile
member = tarfile.open(sys.argv[1]).getmember(sys.argv[2])
for key, value in sorted(member.pax_headers.items()):
    if "xattr" in key:
        print(json.dumps([key.removeprefix("SCHILY.xattr."), value]))' \
		"$(layer)" "$1" | paste -sd ' '
}

@test "attributes: names are bytes, also in the layer" {
	local long digest

	long=$(printf 'long/%.0s' {1..30})name
	packed attributes.tar
	digest=$(<digest)
	equal '["user.100%25", ""] ["user.a%b", "1\n\u0000"] ["user.caf\u00e9 x\ny", "2"] ["user.p%q", "4"] ["user.plain", "3"]' \
		"$(attributes "$long")"
	equal bytes "$(tar -xOf "$(layer)" "$long")"
	tar -tf "$(layer)" | grep -qx b
	"$root/tests/layers" out --check
	# Packed again from what the cache has, and without it.
	packed attributes.tar
	equal "$digest" "$(<digest)"
}

@test "attributes: a name with = is refused, and names the member" {
	stopped attribute-equals.tar \
		"member 'member' has the extended attribute 'user.a=b', and"
}

@test "attributes: a lower directory keeps names that engines read" {
	has attributes-layer.tar /srv/a
	equal '["user.a%b", "1"]' "$(attributes srv)"
}

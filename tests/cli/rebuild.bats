#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# verify --rebuild: whether an image is what a spec gives.

load ../helpers

setup() {
	work_in_folder
	echo one >input
	spec a.spec 'image: example.com/a' 'platforms: [linux/riscv64]' \
		'vars: {greeting: hello}' 'layers:' '- entries:' \
		'  - {path: /a, from: input}' \
		'  - {path: /b, content: "${greeting}"}'
	"$OCI_PACK" a.spec --lint off -o a.tar -q
}

@test "the image of a spec is proven, also in a layout and by its tag" {
	run --separate-stderr "$OCI_PACK" verify a.tar --rebuild a.spec
	equal 0 "$status"
	equal 'a.spec gives the same image' "${lines[1]}"
	"$OCI_PACK" copy a.tar oci:dir:x -q
	"$OCI_PACK" verify -q oci:dir:x --rebuild a.spec
	[ -z "$(ls -A tmp)" ]
}

@test "another input, variable or date is found" {
	run --separate-stderr "$OCI_PACK" verify a.tar --rebuild a.spec \
		--set greeting=bye
	equal 3 "$status"
	matches '^a\.spec gives sha256:.*, the image is sha256:' "${lines[0]}"
	equal 'A is what a.spec gives, B is the image: 1 file differs' \
		"${lines[1]}"
	equal '~ /b: content 3 bytes -> 5 bytes' "${lines[2]}"
	# Layers of the cache would hide an input whose time and size are as
	# before.
	before=$(stat -c %y input)
	printf 'two\n' >input
	touch -d "$before" input
	run --separate-stderr "$OCI_PACK" verify a.tar --rebuild a.spec
	equal 3 "$status"
	equal '~ /a: content 4 bytes -> 4 bytes' "${lines[2]}"
	printf 'one\n' >input
	touch -d "$before" input
	SOURCE_DATE_EPOCH=1000000000 run --separate-stderr "$OCI_PACK" \
		verify a.tar --rebuild a.spec
	equal 3 "$status"
	[ -z "$(ls -A tmp)" ]
}

@test "other compression is told as such" {
	"$OCI_PACK" a.spec --lint off -o z.tar -q --compression zstd
	run --separate-stderr "$OCI_PACK" verify z.tar --rebuild a.spec
	equal 3 "$status"
	matches 'the same tars in other compression' "${lines[1]}"
	"$OCI_PACK" verify -q z.tar --rebuild a.spec --compression zstd
}

@test "an index is compared as a whole, and platform by platform" {
	"$OCI_PACK" a.spec --lint off -o i.tar -q \
		--platform linux/riscv64,linux/arm64
	"$OCI_PACK" verify -q i.tar --rebuild a.spec \
		--platform linux/riscv64,linux/arm64
	run --separate-stderr "$OCI_PACK" verify i.tar --rebuild a.spec --set greeting=bye \
		--platform linux/riscv64,linux/arm64
	equal 3 "$status"
	equal 2 "$(grep -c '^~ /b: ' <<<"$output")"
	run --separate-stderr "$OCI_PACK" verify i.tar --rebuild a.spec \
		--platform linux/riscv64
	equal 3 "$status"
	equal 'the manifests are the same: only the index around them differs' \
		"${lines[1]}"
	run --separate-stderr "$OCI_PACK" verify a.tar --rebuild a.spec \
		--platform linux/riscv64,linux/arm64
	equal 3 "$status"
	matches 'linux/arm64' "$stderr"
}

@test "as JSON it is one more finding" {
	"$OCI_PACK" verify --json a.tar --rebuild a.spec >got.json
	equal 0 "$(jq '.findings | length' got.json)"
	run --separate-stderr "$OCI_PACK" verify --json a.tar --rebuild a.spec \
		--set greeting=bye
	equal 3 "$status"
	equal 1 "$(jq '.findings | length' <<<"$output")"
	"$root/tests/cli/json_page.py" verify <<<"$output"
}

@test "what cannot be rebuilt" {
	refused 2 'are for --rebuild' verify a.tar --set a=b
	refused 1 'none\.spec' verify a.tar --rebuild none.spec
	"$OCI_PACK" copy a.tar oci:two:x -q
	"$OCI_PACK" a.spec --lint off -q -o oci:two:y --set greeting=bye
	refused 1 'x.*y' verify oci:two --rebuild a.spec
	printf 'layers: [{entries: [{path: /a}]}]\n' >bad.spec
	refused 1 'bad\.spec' verify a.tar --rebuild bad.spec
}

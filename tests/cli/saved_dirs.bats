#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# dir:DIR, as skopeo and podman write it; made by fixtures/saved/dirs.py.

load ../helpers

setup_file() {
	export saved=$BATS_FILE_TMPDIR/saved
	python3 "$BATS_TEST_DIRNAME/../../fixtures/saved/dirs.py" "$saved"
}

setup() {
	work_in_folder
}

# good NAME: it is right, and copied it is the same.
good() {
	local digest

	"$OCI_PACK" verify "dir:$saved/$1"
	digest=$("$OCI_PACK" copy -q "dir:$saved/$1" "$1")
	equal "sha256:$(digest_of "$saved/$1/manifest.json")" "$digest"
	"$OCI_PACK" verify "$1"
	"$OCI_PACK" inspect --raw "dir:$saved/$1" |
		cmp - "$saved/$1/manifest.json"
}

# bad NAME PATTERN
bad() {
	refused 1 "^oci-pack: '$saved/$1': .*$2" inspect "dir:$saved/$1"
	refused 1 "^oci-pack: '$saved/$1': .*$2" copy "dir:$saved/$1" fresh
}

@test "images with the types of OCI, of Docker, and without" {
	good oci
	good docker
	good untyped
	"$OCI_PACK" inspect "dir:$saved/docker" | grep -q linux/riscv64
}

@test "indexes, and one platform of them" {
	local kind

	for kind in index untyped-index docker-index; do
		good "$kind"
		"$OCI_PACK" inspect "dir:$saved/$kind" | grep -q linux/amd64
		"$OCI_PACK" copy -q --platform linux/amd64 "dir:$saved/$kind" \
			"one-$kind"
		"$OCI_PACK" verify "one-$kind"
	done
}

@test "a folder without a version, and one with signatures" {
	good no-version
	good signed
}

@test "a name that is relative, or has a colon" {
	cp -r "$saved/oci" a:b
	"$OCI_PACK" verify dir:a:b
	mkdir 5000
	cp -r "$saved/oci" 5000/x
	"$OCI_PACK" verify dir:5000/x
}

@test "a base in such a folder" {
	cp -r "$saved/index" base
	spec a.spec 'base: dir:base' 'platforms: [linux/riscv64, linux/amd64]' \
		'layers: [{entries: [{path: /a, content: "${arch}"}]}]'
	"$OCI_PACK" a.spec -q -o out
	"$OCI_PACK" verify out
	mkdir other
	mv a.spec base other
	"$OCI_PACK" other/a.spec -q -o again
	cmp out/index.json again/index.json
}

@test "nothing is written there" {
	cp -r "$saved/oci" a
	refused 1 'dir:DIR is for images to read' copy dir:a dir:b
	make_earlier
	refused 2 'dir:DIR is for images to read' earlier.spec -o dir:b
}

@test "folders that are none, and documents that are none" {
	refused 1 "'none/manifest\.json'" inspect dir:none
	bad no-manifest "dir: it has no manifest\.json"
	bad other-version "'version' does not say"
	bad schema-1 "schema 1.*skopeo copy --format oci"
	bad no-json 'manifest\.json: not JSON'
	bad array 'manifest\.json: not a JSON object'
	bad nothing 'neither a manifest nor an index'
	bad other-type "media type 'text/plain' is not that of an image"
	bad number "'mediaType' is not"
	bad huge '4194304'
}

# broken NAME PATTERN: verify finds it, copy fails.
broken() {
	local found code=0

	found=$("$OCI_PACK" verify "dir:$saved/$1" 2>/dev/null) || code=$?
	equal 3 "$code"
	matches "$2" "$found"
	refused 1 '.' copy "dir:$saved/$1" fresh
}

@test "blobs that are missing or others" {
	broken no-layer 'has no blob|is missing|no blob'
	broken no-config 'has no blob|is missing|no blob'
	broken no-child 'has no blob|is missing|no blob'
	broken wrong-layer 'has the digest'
	broken short-layer 'ends after'
	broken path-for-digest 'digest'
}

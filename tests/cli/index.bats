#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# oci-pack index without a registry: archives and layouts.

load ../helpers

setup() {
	work_in_folder
	spec a.spec 'image: a' 'layers: [{entries: [{path: /a, content: a}]}]'
	for arch in amd64 riscv64; do
		"$OCI_PACK" a.spec -q -o "$arch.tar" --platform "linux/$arch"
	done >/dev/null
}

platforms() {
	"$OCI_PACK" inspect --json "$1" | jq -r '.images[].platform' | xargs
}

@test "an archive, a layout, and an archive on stdout alone" {
	"$OCI_PACK" index create -q -o both.tar {amd64,riscv64}.tar >digest
	"$OCI_PACK" index create -q -o both {amd64,riscv64}.tar | cmp digest -
	"$OCI_PACK" index create -o - {amd64,riscv64}.tar >stdout.tar 2>said
	cmp both.tar stdout.tar
	equal "- $(cat digest)" "$(cat said)"
	"$OCI_PACK" verify both.tar
	equal 'linux/amd64 linux/riscv64' "$(platforms both.tar)"
	equal 'linux/amd64 linux/riscv64' "$(platforms both)"
}

@test "copy, too, says its result on stderr where stdout is the archive" {
	"$OCI_PACK" copy amd64.tar - >stdout.tar
	"$OCI_PACK" copy amd64.tar file.tar
	cmp file.tar stdout.tar
}

@test "an index grows and shrinks in a layout" {
	"$OCI_PACK" index create -o oci:lay:1 amd64.tar
	"$OCI_PACK" index append oci:lay:1 riscv64.tar
	equal 'linux/amd64 linux/riscv64' "$(platforms oci:lay:1)"
	"$OCI_PACK" index remove oci:lay:1 linux/amd64
	equal linux/riscv64 "$(platforms oci:lay:1)"
	"$OCI_PACK" verify lay
}

@test "the same members make the same bytes" {
	"$OCI_PACK" index create -o one.tar {amd64,riscv64}.tar
	"$OCI_PACK" index create -o lay amd64.tar
	"$OCI_PACK" index append lay riscv64.tar
	equal "$("$OCI_PACK" inspect --raw one.tar)" \
		"$("$OCI_PACK" inspect --raw lay)"
}

@test "what cannot be joined leaves nothing and changes nothing" {
	"$OCI_PACK" index create -o oci:lay:1 {amd64,riscv64}.tar
	cp amd64.tar again.tar
	"$OCI_PACK" a.spec -q --platform linux/amd64 -o other.tar \
		--compression none
	refused 1 "'amd64.tar' and 'other.tar' both have an image for" \
		index create -o out amd64.tar other.tar
	refused 1 'none.tar' index create -o out amd64.tar none.tar
	refused 1 'linux/s390x; it has linux/amd64, linux/riscv64' \
		index remove oci:lay:1 linux/s390x
	refused 1 'would have no image' \
		index remove oci:lay:1 linux/amd64 linux/riscv64
	refused 1 "index create' makes an index" \
		index append oci:lay:2 amd64.tar
	refused 1 'is an archive' index append amd64.tar riscv64.tar
	refused 2 'create, append or remove' index amd64.tar
	refused 2 'images are needed' index create -o out
}

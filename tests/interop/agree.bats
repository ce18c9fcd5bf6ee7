#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# ls, extract and diff against crane, umoci, skopeo and diff(1): the image of
# BuildKit, a Debian, one with whiteouts and opaque folders, one of 120 layers.
# buildx.bats has one of docker buildx.

load ../helpers
load debian
load peers
load agree

setup_file() {
	build_peers crane umoci
}

setup() {
	need_root
	need_peer skopeo
	find_peers
	work_in_folder
	serve a
}

teardown() {
	stop_serving
}

# changed NAME ENTRY...: NAME-new is the image NAME with a layer of entries.
changed() {
	local name=$1 entry

	shift
	spec changed.spec 'platforms: [linux/riscv64]' \
		"base: docker://$name" 'layers:' '- entries:'
	for entry; do
		echo "  - $entry" >>changed.spec
	done
	"$OCI_PACK" changed.spec -q --no-cache --lint off --push "$name-new"
}

@test "the image of BuildKit" {
	local image=$host/x/buildkit:1

	"$root/examples/buildkit/get-inputs" 2>why ||
		lack "$(tail -n 1 why)"
	"$OCI_PACK" "$root/examples/buildkit/buildkit.spec" -q --push "$image"
	changed "$image" '{path: /etc/new/file, content: "new"}' \
		'{path: /usr/bin/buildctl, remove: true}' \
		'{path: /etc/os-release, content: "other"}'
	differ_as_files "$image" "$image-new"
}

@test "a Debian that umoci packed" {
	local image=$host/x/debian:1

	make_rootfs --no-deps base-files libc6 libc-bin dash tini
	push_rootfs "$image"
	changed "$image" '{path: /etc/debian_version, content: "0"}' \
		'{path: /usr/share/doc, remove: true}' \
		'{path: /usr/bin/sh, symlink: tini}' \
		'{path: /opt/a/b/c, content: "x"}'
	differ_as_files "$image" "$image-new"
}

@test "whiteouts and opaque folders" {
	local number=0 layers

	# Another tool's: layers that hide files in every way.
	for layers in 'd usr 0755|f usr/a one|f usr/b two|d etc 0755|f etc/x 1
d etc/deep 0700|f etc/deep/y 2|l link usr/a|f gone 3' \
		'd usr 0755|f usr/.wh.a |f .wh.gone |d etc 0755|d etc/deep 0711
f etc/deep/.wh..wh..opq |f etc/deep/z 4' \
		'd usr 0750|f usr/a three|f .wh.link |d link 0755|f link/in 5'; do
		number=$((number + 1))
		{
			[ "$number" -eq 1 ] || cat lines
			echo layer
			tr '|' '\n' <<<"$layers"
		} >all
		mv all lines
		python3 "$root/tests/foreign.py" "image$number" <lines
		"$OCI_PACK" push "image$number" "$host/x/hidden:$number" -q
	done
	agrees "$host/x/hidden:1"
	differ_as_files "$host/x/hidden:1" "$host/x/hidden:2" umoci
	differ_as_files "$host/x/hidden:2" "$host/x/hidden:3" umoci
}

@test "120 layers" {
	local i

	for ((i = 1; i <= 120; i++)); do
		printf '%s\n' layer 'd all 0755' "f all/$i layer $i" \
			"f last $i"
		[ $((i % 7)) -ne 0 ] || echo "f all/.wh.$((i - 3)) "
	done >lines
	python3 "$root/tests/foreign.py" image <lines
	"$OCI_PACK" push image "$host/x/layers:1" -q
	changed "$host/x/layers:1" '{path: /all/120, content: "other"}' \
		'{path: /all/1, remove: true}'
	differ_as_files "$host/x/layers:1" "$host/x/layers:1-new"
}

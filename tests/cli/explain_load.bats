#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# lint --explain-load: what programs will see in an archive. That they do see
# it, tests/interop shows.

load ../helpers

setup() {
	work_in_folder
	spec a.spec 'image: example.org/team/a' 'tags: [one, two]' \
		'layers: [{entries: [{path: /x, content: x}]}]'
	"$OCI_PACK" a.spec -q -o a.tar
	mkdir a
	tar -xf a.tar -C a
}

# again: the folder as an archive.
again() {
	tar -cf again.tar -C a .
}

# sees PROGRAM LINE...: it sees that and nothing else.
sees() {
	local program=$1

	shift
	printf '%s\n' "$@" >wanted
	"$OCI_PACK" lint --explain-load "${archive:-again.tar}" >all
	sed -n "s|^$program  *||p" all | diff wanted -
}

rules() {
	"$OCI_PACK" lint --explain-load --json again.tar |
		jq -r '[.findings[].rule] | unique | join(" ")'
}

@test "an archive of ours: every name, everywhere" {
	archive=a.tar
	sees 'docker load, classic store' example.org/team/a:one \
		example.org/team/a:two
	sees 'docker load, containerd store' example.org/team/a:one \
		example.org/team/a:two
	sees 'podman load' example.org/team/a:one example.org/team/a:two
	sees 'ctr image import' example.org/team/a:one example.org/team/a:two
	sees skopeo oci-archive:FILE:one oci-archive:FILE:two \
		docker-archive:FILE:example.org/team/a:one \
		docker-archive:FILE:example.org/team/a:two
	mv a.tar again.tar
	equal '' "$(rules)"
}

@test "without manifest.json" {
	rm a/manifest.json
	again
	equal 'load-docker load-podman' "$(rules)"
	"$OCI_PACK" lint --explain-load again.tar >all
	grep -q '^podman load  *nothing: index.json has 2 descriptors' all
}

@test "without oci-layout: docker's side alone" {
	rm a/oci-layout a/index.json
	again
	equal '' "$(rules)"
	sees 'docker load, containerd store' example.org/team/a:one \
		example.org/team/a:two
}

@test "names that are tags alone, platforms, versions" {
	jq '.manifests |= map(.annotations |= del(
		."io.containerd.image.name"))' a/index.json >new
	mv new a/index.json
	again
	equal load-containerd "$(rules)"
	jq '.manifests |= map(.platform = {os: "linux", architecture:
		"riscv64"})' a/index.json >new
	mv new a/index.json
	again
	equal 'load-containerd load-ctr' "$(rules)"
	jq '.manifests |= map(del(.annotations))' a/index.json >new
	mv new a/index.json
	again
	equal 'load-containerd load-ctr load-skopeo' "$(rules)"
	echo '{"imageLayoutVersion":"2.0.0"}' >a/oci-layout
	again
	equal 'load-containerd load-ctr load-skopeo' "$(rules)"
}

@test "a manifest.json that leads nowhere" {
	jq '.[0].Layers[0] = "missing"' a/manifest.json >new
	mv new a/manifest.json
	again
	"$OCI_PACK" lint --explain-load again.tar >all
	grep -q "the layer 'missing' is missing" all
	jq '.[0].Layers = [] | .[0].Config = "missing"' a/manifest.json >new
	mv new a/manifest.json
	again
	"$OCI_PACK" lint --explain-load again.tar >all
	grep -q "the config 'missing' is missing" all
	jq '.[0].RepoTags = ["x@sha256:0"]' a/manifest.json >new
	mv new a/manifest.json
	again
	equal load-docker "$(rules)"
}

@test "what is no archive" {
	echo nonsense >no.tar
	refused 1 'no.tar' lint --explain-load no.tar
	refused 1 'missing.tar' lint --explain-load missing.tar
}

@test "faults 14: artifacts are nothing that engines load" {
	local tool

	echo text >file
	spec a.spec 'image: a' 'artifact: application/x' 'files: [{from: file}]'
	"$OCI_PACK" a.spec -q -o a.tar
	run "$OCI_PACK" lint --explain-load a.tar
	equal 0 "$status"
	for tool in 'docker load, classic store' 'docker load, containerd store' \
		'podman load' 'ctr image import'; do
		matches "$tool +nothing" "$output"
	done
	matches 'it is an artifact, not an image' "$output"
}

@test "faults 14: layers in zstd are not for old engines" {
	spec a.spec 'image: a' 'platforms: [linux/amd64]' \
		'layers: [{entries: [{path: /a, content: a}]}]'
	"$OCI_PACK" a.spec -q --lint off --compression zstd -o a.tar
	run "$OCI_PACK" lint --explain-load a.tar
	matches 'classic store +an error, on engines before 23\.0: .*zstd' \
		"$output"
	"$OCI_PACK" a.spec -q --lint off -o b.tar
	run ! grep zstd <("$OCI_PACK" lint --explain-load b.tar)
}

@test "faults 17: --explain-load refuses a platform" {
	refused 2 '--platform has no use with --explain-load' lint \
		--explain-load --platform linux/riscv64 a.tar
}

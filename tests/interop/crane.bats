#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# crane with what was pushed, and what crane pushes.

load ../helpers
load peers

# Each test is a subshell of its own, and host is its own.
# shellcheck disable=SC2030,SC2031

setup_file() {
	build_peers crane referrers
}

setup() {
	find_peers
	work_in_folder
}

teardown() {
	stop_serving
}

# pushed: the spec with one of everything, as $image; its digest is $digest.
pushed() {
	[ -e rich.spec ] || { serve a && make_rich; }
	digest=$("$OCI_PACK" rich.spec -q --push "$host/x/rich" "$@")
	image=$host/x/rich:one
}

several() {
	spec several.spec 'image: several' 'tags: [latest]' \
		'platforms: [linux/riscv64, linux/amd64, linux/arm/v7]' \
		'layers:' \
		'  - entries: [{path: /a, content: "${platform}"}]' \
		'  - entries: [{path: /b, content: "the same everywhere"}]'
}

@test "crane reads what was pushed: tags, digest, manifest, config" {
	pushed
	equal 'one two' "$(crane ls "$host/x/rich" | sort | xargs)"
	equal "$digest" "$(crane digest "$image")"
	crane manifest "$image" | cmp - <("$OCI_PACK" inspect --raw "$image")
	equal '["/usr/bin/greet","--"]' \
		"$(crane config "$image" | jq -c .config.Entrypoint)"
}

# It takes every layer for gzip: of the others, only the documents.
@test "crane validates what was pushed, in every compression" {
	pushed --compression gzip:9
	crane validate --remote "$image"
	pushed --compression none
	crane validate --fast --remote "$image"
	pushed --compression zstd
	crane validate --fast --remote "$image"
}

@test "crane exports every compression" {
	local kind

	for kind in gzip:1 zstd none; do
		pushed --compression "$kind"
		crane export "$image" exported.tar
		"$root/tests/interop/rootfs" exported.tar >"$kind.txt"
	done
	diff gzip:1.txt zstd.txt
	diff gzip:1.txt none.txt
}

@test "crane pulls a layout: the same image, which verifies" {
	pushed
	crane pull --format=oci "$image" layout
	same_graph "$image" layout
	"$OCI_PACK" verify layout
}

@test "crane pulls a tarball, and it is pushed again" {
	pushed
	crane pull "$image" pulled.tar
	crane validate --tarball pulled.tar
	crane push pulled.tar "$host/x/again:one"
	equal "$(crane config "$image")" "$(crane config "$host/x/again:one")"
	"$OCI_PACK" verify "$host/x/again:one"
}

@test "crane exports what the spec asked for, entry by entry" {
	pushed
	crane export "$image" exported.tar
	"$root/tests/interop/rootfs" entries.txt >wanted
	"$root/tests/interop/rootfs" exported.tar >got
	diff wanted got
	"$OCI_PACK" ls -R --json "$image" | as_list >got
	diff <(sed 's/ = .*//' wanted) got
	"$OCI_PACK" cat "$image" /opt/app/share/noise |
		cmp - <(tar -xOf exported.tar opt/app/share/noise)
	"$OCI_PACK" extract "$image" -o - >extracted.tar
	diff wanted <("$root/tests/interop/rootfs" extracted.tar)
	equal "$(crane ls "${image%:*}")" "$("$OCI_PACK" tags "$image")"
}

@test "crane pulls and validates all platforms of an index" {
	serve a
	several
	digest=$("$OCI_PACK" several.spec -q --push "$host/x/several")
	equal "$digest" "$(crane digest "$host/x/several:latest")"
	crane validate --remote "$host/x/several:latest"
	crane pull --format=oci "$host/x/several:latest" layout
	"$OCI_PACK" verify layout
	same_graph "$host/x/several:latest" layout
	equal linux/arm/v7 "$(crane export --platform linux/arm/v7 \
		"$host/x/several:latest" - | tar -xO a)"
}

@test "crane copies what was pushed; pushed once more, nothing is sent" {
	pushed
	from=$image
	serve b
	crane copy "$from" "$host/x/rich:one"
	same_graph "$from" "$host/x/rich:one"
	run --separate-stderr "$OCI_PACK" rich.spec --push "$host/x/rich"
	matches '^0 blobs uploaded' "$stderr"
}

@test "what crane appended to an image is pulled, verified and copied" {
	pushed
	mkdir more
	echo more >more/file
	tar -cf more.tar more
	crane append -b "$image" -f more.tar -t "$host/x/more:1"
	digest=$(crane digest "$host/x/more:1")
	equal "$digest" "$("$OCI_PACK" pull "$host/x/more:1" -q -o back.tar)"
	"$OCI_PACK" verify back.tar
	"$OCI_PACK" verify "$host/x/more:1"
	equal 4 "$("$OCI_PACK" inspect --raw back.tar | jq '.layers | length')"
	"$OCI_PACK" copy "$host/x/more:1" "$host/y/more:2"
	same_graph "$host/x/more:1" "$host/y/more:2" back.tar
	crane validate --remote "$host/y/more:2"
}

# Its config names no platform, which is one thing to find.
@test "what crane appended to nothing, in Docker's media types" {
	serve a
	tar -cf some.tar "$BATS_TEST_FILENAME" 2>/dev/null
	crane append -f some.tar -t "$host/x/bare:1"
	run --separate-stderr "$OCI_PACK" verify "$host/x/bare:1"
	equal 3 "$status"
	matches '^[^'$'\n'']*: its config has no os or architecture$' "$output"
	crane mutate "$host/x/bare:1" --set-platform linux/riscv64 \
		-t "$host/x/some:1"
	matches 'docker\.distribution' "$(crane manifest "$host/x/some:1")"
	"$OCI_PACK" pull "$host/x/some:1" -o layout
	"$OCI_PACK" verify layout
	"$OCI_PACK" push layout "$host/y/some:1"
	"$OCI_PACK" pull "$host/y/some:1" -o some.oci.tar
	same_graph "$host/x/some:1" "$host/y/some:1" layout some.oci.tar
}

@test "crane pushes a layout and an archive's layout that were packed" {
	serve a
	several
	digest=$("$OCI_PACK" several.spec -q -o layout)
	crane push layout "$host/x/several:1"
	equal "$digest" "$(crane digest "$host/x/several:1")"
	"$OCI_PACK" several.spec -q -o several.tar
	mkdir unpacked
	tar -xf several.tar -C unpacked
	crane push unpacked "$host/x/several:2"
	equal "$digest" "$(crane digest "$host/x/several:2")"
	"$OCI_PACK" verify "$host/x/several:2"
}

@test "an index that crane made of what was pushed goes everywhere" {
	pushed
	several
	"$OCI_PACK" several.spec -q --push "$host/x/several"
	crane index append -m "$image" -m "$host/x/several:latest" \
		-t "$host/x/index:1"
	equal 4 "$(crane manifest "$host/x/index:1" | jq '.manifests | length')"
	from=$host/x/index:1
	serve b
	"$OCI_PACK" copy "$from" "$host/y/index:1"
	"$OCI_PACK" copy "$from" oci:layout:1
	"$OCI_PACK" copy "$from" index.tar
	same_graph "$from" "$host/y/index:1" layout index.tar
	"$OCI_PACK" verify layout
	"$OCI_PACK" verify index.tar
	crane validate --remote "$host/y/index:1"
}

@test "what crane changed keeps its annotations and labels" {
	pushed
	crane mutate "$image" -a org.example.more=yes -l org.example.less=no \
		-t "$host/x/changed:1"
	"$OCI_PACK" pull "$host/x/changed:1" -q -o changed.tar
	"$OCI_PACK" verify changed.tar
	"$OCI_PACK" inspect changed.tar >told
	grep -q 'org.example.more' told
	grep -q 'org.example.less' told
}

@test "crane's registry: push, nothing the second time, pull, mount" {
	serve_referrers
	several
	digest=$("$OCI_PACK" several.spec -q --push "$host/x/several")
	run --separate-stderr "$OCI_PACK" several.spec --push "$host/x/several"
	matches '^0 blobs uploaded .* 7 there already' "$stderr"
	equal "$digest" "$("$OCI_PACK" pull "$host/x/several:latest" -q -o back)"
	"$OCI_PACK" verify back
	crane validate --remote "$host/x/several:latest"
	run --separate-stderr "$OCI_PACK" several.spec --push "$host/y/several" \
		--mount-from x/several
	matches '^0 blobs uploaded' "$stderr"
	same_graph "$host/x/several:latest" "$host/y/several:latest" back
}

#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# One index of images that were pushed apart: Docker runs it for each of its
# platforms, and skopeo, crane and buildx read it.

load ../helpers
load engine
load peers

# Each test is a subshell of its own, and host is its own.
# shellcheck disable=SC2030,SC2031

setup_file() {
	build_peers crane docker-buildx
}

teardown_file() {
	stop_engine
}

setup() {
	work_in_folder
	find_peers
	serve a
	spec small.spec 'platforms: [linux/riscv64]' 'layers:' \
		'  - entries: [{path: /arch, content: "${arch}"}]' \
		'  - entries: [{path: /large, from: large}]'
	head -c 300000 /dev/urandom >large
}

teardown() {
	stop_serving
}

# pushed NAME PLATFORM: as a machine of that kind does it.
pushed() {
	"$OCI_PACK" small.spec -q --push "$host/$1" --platform "$2"
}

# joined ARGUMENT...: no layer comes here, and none goes out again.
joined() {
	local layers line name

	"$OCI_PACK" index "$1" -v "${@:2}" >said 2>log
	layers=$(for name in "$host"/{x,y}/{amd,riscv}:1; do
		crane manifest "$name" 2>/dev/null | jq -r '.layers[].digest'
	done)
	[ -n "$layers" ] || fail 'no layers to look for'
	for line in $layers; do
		! grep "GET .*/blobs/$line" log || fail 'a layer was fetched'
	done
	! grep -E '^(PUT|PATCH) .*/blobs/' log || fail 'a blob was uploaded'
}

platforms() {
	skopeo inspect --raw --tls-verify=false "docker://$1" |
		jq -r '.manifests[].platform | .os + "/" + .architecture'
}

@test "one repository: skopeo, crane and buildx read the index" {
	pushed x/amd:1 linux/amd64 >amd
	pushed x/riscv:1 linux/riscv64 >riscv
	joined create "$host/x/app:1" "$host/x/amd:1" "$host/x/riscv:1"
	equal "$host/x/app:1 $(crane digest "$host/x/app:1")" "$(cat said)"
	equal $'linux/amd64\nlinux/riscv64' "$(platforms "$host/x/app:1")"
	crane manifest "$host/x/app:1" | jq -r '.manifests[].digest' |
		diff <(cat amd riscv) -
	crane validate --remote "$host/x/app:1"
	equal riscv64 "$(crane export --platform linux/riscv64 \
		"$host/x/app:1" - | tar -xO arch)"
	"$OCI_PACK" verify "$host/x/app:1"
	skopeo copy -q --all --src-tls-verify=false "docker://$host/x/app:1" \
		oci:copied:1
	"$OCI_PACK" verify copied
	mkdir -p docker/cli-plugins
	ln -s "$root/build/peers/docker-buildx" docker/cli-plugins/
	DOCKER_CONFIG=$PWD/docker docker buildx imagetools inspect \
		"$host/x/app:1" >seen
	grep 'Platform: *linux/riscv64' seen
	grep 'Platform: *linux/amd64' seen
}

@test "by digest, in the repository that they were pushed to" {
	local amd riscv

	amd=$(pushed x/amd:1 linux/amd64)
	riscv=$("$OCI_PACK" small.spec -q --push "$host/x/amd:two")
	joined create "$host/x/amd:both" "$host/x/amd@$amd" \
		"$host/x/amd@$riscv"
	! grep -E '^(POST|PATCH) ' log || fail 'something went up'
	equal 2 "$(grep -c '^PUT ' log)"
	crane validate --remote "$host/x/amd:both"
}

@test "append and remove, and what an index says beside its members" {
	pushed x/amd:1 linux/amd64
	pushed y/riscv:1 linux/riscv64
	joined create "$host/x/app:1" --annotation org.example.note=yes \
		--annotation 'manifest-descriptor[linux/amd64]:org.example.a=b' \
		"$host/x/amd:1"
	joined append "$host/x/app:1" "$host/y/riscv:1"
	equal $'linux/amd64\nlinux/riscv64' "$(platforms "$host/x/app:1")"
	crane manifest "$host/x/app:1" | jq -e '
		.annotations["org.example.note"] == "yes" and
		.manifests[0].annotations["org.example.a"] == "b"'
	crane validate --remote "$host/x/app:1"
	"$OCI_PACK" index remove "$host/x/app:1" linux/amd64
	equal linux/riscv64 "$(platforms "$host/x/app:1")"
	crane validate --remote "$host/x/app:1"
}

@test "what crane joined is taken apart and joined again" {
	pushed x/amd:1 linux/amd64
	pushed x/riscv:1 linux/riscv64
	crane index append -t "$host/x/theirs:1" -m "$host/x/amd:1" \
		-m "$host/x/riscv:1"
	joined create "$host/x/app:1" --platform linux/riscv64 \
		"$host/x/theirs:1"
	equal linux/riscv64 "$(platforms "$host/x/app:1")"
	joined append "$host/x/theirs:1" "$host/x/app:1"
	equal 2 "$(crane manifest "$host/x/theirs:1" |
		jq '.manifests | length')"
}

@test "docker run --platform, for both of an index" {
	local arch

	start_engine || true
	need_emulation
	for arch in riscv64 amd64; do
		"$root/examples/tini/get-inputs" --arch "$arch" >&2 ||
			lack 'the inputs of tini cannot be had here'
		"$OCI_PACK" "$root/examples/tini/tini.spec" -q \
			--platform "linux/$arch" --push "$host/x/$arch:1"
	done
	"$OCI_PACK" index create "$host/x/tini:1" "$host"/x/{amd64,riscv64}:1
	for arch in riscv64 amd64; do
		docker run --rm --network none --platform "linux/$arch" \
			"$host/x/tini:1" uname -m >"$arch"
	done
	equal riscv64 "$(cat riscv64)"
	equal x86_64 "$(cat amd64)"
}

@test "faults C: index append by many to one tag, no member is lost" {
	local platform pids i round
	local kinds=(amd64 arm64 riscv64 s390x ppc64le 386 loong64)

	spec one.spec 'layers: [{entries: [{path: /a, content: a}]}]'
	for platform in "${kinds[@]}"; do
		"$OCI_PACK" one.spec -q --lint off -o "$platform.tar" \
			--platform "linux/$platform"
	done
	for round in 1 2 3; do
		"$OCI_PACK" index create -q "$host/x/all:$round" amd64.tar
		pids=()
		for platform in "${kinds[@]:1}"; do
			"$OCI_PACK" index append -q "$host/x/all:$round" \
				"$platform.tar" 2>"$platform.log" &
			pids+=($!)
		done
		for i in "${pids[@]}"; do
			wait "$i" || fail "$(cat ./*.log)"
		done
		equal "${#kinds[@]}" "$(platforms "$host/x/all:$round" |
			sort -u | wc -l)"
	done
}

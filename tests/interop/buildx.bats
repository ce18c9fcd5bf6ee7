#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# docker buildx, with the BuildKit that the example packs: what it builds is
# copied with its attestations, and it takes what was pushed.

load ../helpers
load engine
load peers

# Each test is a subshell of its own, and host is its own.
# shellcheck disable=SC2030,SC2031

both=linux/riscv64,linux/amd64
builder=peer

setup_file() {
	build_peers crane docker-buildx oras referrers
	[ ! -e "$BATS_FILE_TMPDIR/lack" ] || return 0
	start_engine || return 0
	"$root/examples/buildkit/get-inputs" 2>"$BATS_FILE_TMPDIR/lack" ||
		return 0
	start_builder
	rm "$BATS_FILE_TMPDIR/lack"
}

# A builder for all tests, with a registry of its own that has the image.
start_builder() {
	local dir=$BATS_FILE_TMPDIR host

	serve builder
	"$OCI_PACK" "$root/examples/buildkit/buildkit.spec" -q \
		--push "$host/buildkit" >"$dir/buildkit.digest"
	use_buildx
	{
		create_builder "$builder" "$host/buildkit:latest" &&
			boot "$builder"
	} >"$dir/builder.log" 2>&1 || {
		cat "$dir/builder.log" >&2
		return 1
	}
}

teardown_file() {
	local dir=$BATS_FILE_TMPDIR

	remove_containers
	stop_engine
	stop_serving
}

setup() {
	need_emulation
	find_peers
	work_in_folder
	serve a
}

teardown() {
	stop_serving
}

# context: a folder to build, which needs nothing but itself.
context() {
	mkdir context
	printf '%s\n' 'FROM scratch' 'ARG TARGETARCH' \
		'COPY $TARGETARCH /etc/arch' 'COPY noise /var/' \
		'LABEL org.example.label=${TARGETARCH}' \
		'ENTRYPOINT ["/etc/arch"]' >context/Dockerfile
	echo riscv64 >context/riscv64
	echo amd64 >context/amd64
	head -c 400000 /dev/urandom >context/noise
}

# built OPTION...: what buildx makes of it, for two platforms. The layers of a
# base keep their times.
built() {
	[ -d context ] || context
	env -u SOURCE_DATE_EPOCH docker buildx build -q --builder "$builder" \
		--platform "$both" "$@" context
}

provenance() {
	docker buildx imagetools inspect --builder "$builder" "$1" \
		--format '{{json .Provenance}}' >provenance
	jq -S . provenance
}

# copied NAME: to another registry, through a layout and through an archive.
# All of it is in all of them, and verifies.
copied() {
	local from=$1 second

	serve b
	second=$host
	"$OCI_PACK" copy "$from" "$second/y/direct:1"
	"$OCI_PACK" copy "$from" oci:layout:1
	"$OCI_PACK" push layout "$second/y/layout:1"
	"$OCI_PACK" copy "$from" archive.tar
	"$OCI_PACK" push archive.tar "$second/y/archive:1"
	"$OCI_PACK" copy layout between.tar
	"$OCI_PACK" copy archive.tar oci:between:1
	same_graph "$from" layout archive.tar between.tar between \
		"$second"/y/{direct,layout,archive}:1
	for from in "$from" layout archive.tar "$second/y/archive:1"; do
		"$OCI_PACK" verify "$from"
	done
	copy=$second/y/archive:1
}

@test "attested images of two platforms: every digest, wherever copied" {
	local type

	built --provenance mode=max --push -t "$host/x/built:1"
	# Two images, and what attests to each.
	equal 4 "$(crane manifest "$host/x/built:1" | jq '.manifests | length')"
	equal 2 "$(graph "$host/x/built:1" | grep -c in-toto)"
	from=$host/x/built:1
	copied "$from"
	for type in direct layout archive; do
		crane manifest "$from" | cmp - \
			<(crane manifest "${copy%/*}/$type:1")
		equal "$(crane digest "$from")" \
			"$(crane digest "${copy%/*}/$type:1")"
	done
	provenance "$from" >wanted
	grep -q '"linux/riscv64"' wanted
	grep -q '"linux/amd64"' wanted
	provenance "$copy" | diff wanted -
}

@test "crane validates the images of what was copied" {
	local arch

	built --provenance mode=max --push -t "$host/x/built:1"
	copied "$host/x/built:1"
	for arch in riscv64 amd64; do
		crane validate --platform "linux/$arch" --remote "$copy"
		equal "$arch" "$(crane export --platform "linux/$arch" \
			"$copy" - | tar -xO etc/arch)"
	done
}

@test "attestations are found as referrers, by the API and by the tag" {
	local image

	built --provenance mode=max --push -t "$host/x/built:1"
	from=$host/x/built:1
	image=$(crane digest --platform linux/riscv64 "$from")
	crane manifest "$from" | jq -r --arg image "$image" '.manifests[] |
		select(.annotations["vnd.docker.reference.digest"] == $image) |
		.digest' >wanted
	equal 1 "$(wc -l <wanted)"
	# The index names them: tags for them are left where it is asked for.
	serve b
	"$OCI_PACK" copy "$from" "$host/y/built:1"
	equal 1 "$(crane ls "$host/y/built")"
	"$OCI_PACK" copy --referrers "$from" "$host/y/built:1"
	referrers_of "$host/y/built@$image" | diff wanted -
	equal 3 "$(crane ls "$host/y/built" | wc -l)"
	serve_referrers
	"$OCI_PACK" copy "$from" "$host/y/built:1"
	referrers_of "$host/y/built@$image" | diff wanted -
	equal 1 "$(crane ls "$host/y/built")"
	same_graph "$from" "$host/y/built:1"
}

referrers_of() {
	oras discover --format json --depth 1 "$1" |
		jq -r '(.referrers // .manifests)[].digest'
}

@test "attestations as images of an unknown platform, layers in zstd" {
	built --provenance mode=min --output "type=registry,name=$host/x/z:1,\
oci-artifact=false,compression=zstd,force-compression=true"
	equal 2 "$(crane manifest "$host/x/z:1" | jq '[.manifests[] |
		select(.platform.architecture == "unknown")] | length')"
	graph "$host/x/z:1" | grep -q zstd
	copied "$host/x/z:1"
}

@test "built apart, joined with what attests to them, and built again" {
	local arch app=$host/x/app:1

	context
	for arch in riscv64 amd64; do
		both=linux/$arch built --provenance mode=max --push \
			-t "$host/x/$arch:1"
	done
	"$OCI_PACK" index create "$app" "$host"/x/{riscv64,amd64}:1
	equal 4 "$(crane manifest "$app" | jq '.manifests | length')"
	provenance "$app" >wanted
	grep -q '"linux/riscv64"' wanted
	grep -q '"linux/amd64"' wanted
	echo again >>context/riscv64
	both=linux/riscv64 built --provenance mode=max --push \
		-t "$host/x/riscv64:2"
	"$OCI_PACK" index append "$app" "$host/x/riscv64:2"
	equal 4 "$(crane manifest "$app" | jq '.manifests | length')"
	equal "$(crane digest --platform linux/riscv64 "$host/x/riscv64:2")" \
		"$(crane digest --platform linux/riscv64 "$app")"
	for arch in riscv64 amd64; do
		crane validate --platform "linux/$arch" --remote "$app"
	done
	"$OCI_PACK" verify "$app"
	"$OCI_PACK" index remove "$app" linux/amd64
	equal 2 "$(crane manifest "$app" | jq '.manifests | length')"
	"$OCI_PACK" index create --no-attestations "$app" \
		"$host"/x/{riscv64,amd64}:1
	equal 2 "$(crane manifest "$app" | jq '.manifests | length')"
}

@test "Docker's list of manifests, without attestations" {
	built --provenance false --output \
		"type=registry,name=$host/x/d:1,oci-mediatypes=false"
	matches 'manifest\.list\.v2' "$(crane manifest "$host/x/d:1")"
	copied "$host/x/d:1"
	crane validate --remote "$copy"
}

@test "one platform of an attested index, loaded by docker" {
	built --provenance mode=max --push -t "$host/x/built:1"
	"$OCI_PACK" copy --platform linux/riscv64 "$host/x/built:1" one.tar
	"$OCI_PACK" verify one.tar
	equal linux/riscv64 \
		"$("$OCI_PACK" inspect --json one.tar | jq -r '.images[].platform')"
	docker load -i one.tar >loaded
	matches 'Loaded image' "$(cat loaded)"
}

@test "its archive and its folder of type oci: inspected, verified, pushed" {
	local image

	built --provenance mode=max --output type=oci,dest=built.tar
	built --provenance mode=max --output type=oci,dest=built,tar=false
	for image in built.tar built; do
		"$OCI_PACK" verify "$image"
		equal 'linux/amd64 linux/riscv64' "$("$OCI_PACK" inspect \
			--json "$image" | jq -r '.images[].platform // empty' |
			sort | xargs)"
		"$OCI_PACK" push "$image" "$host/x/pushed:1"
		same_graph "$image" "$host/x/pushed:1"
		provenance "$host/x/pushed:1" | grep -q '"linux/riscv64"'
	done
}

@test "its archive of type docker: inspected, verified, pushed" {
	both=linux/riscv64 built --provenance false -t example.org/x:y \
		--output type=docker,dest=built.tar
	"$OCI_PACK" verify built.tar
	equal '["/etc/arch"]' "$("$OCI_PACK" inspect --json built.tar |
		jq -c '.images[0].config.config.Entrypoint')"
	"$OCI_PACK" push built.tar "$host/x/built:1"
	same_graph built.tar "$host/x/built:1"
	crane validate --remote "$host/x/built:1"
}

@test "a build's cache between registries" {
	built --cache-to "type=registry,ref=$host/x/cache:1,mode=max"
	"$OCI_PACK" copy "$host/x/cache:1" cache.tar
	"$OCI_PACK" verify cache.tar
	from=$host/x/cache:1
	serve b
	"$OCI_PACK" push cache.tar "$host/y/cache:1"
	same_graph "$from" cache.tar "$host/y/cache:1"
}

@test "imagetools inspects an index that was pushed, and adds to it" {
	spec several.spec 'image: several' 'tags: [latest]' \
		'platforms: [linux/riscv64, linux/amd64, linux/arm/v7]' \
		'layers: [{entries: [{path: /a, content: "${platform}"}]}]'
	digest=$("$OCI_PACK" several.spec -q --push "$host/x/several")
	docker buildx imagetools inspect --builder "$builder" \
		"$host/x/several:latest" >told
	matches "Digest: +$digest" "$(cat told)"
	equal 'linux/riscv64 linux/amd64 linux/arm/v7' \
		"$(sed -n 's/^ *Platform: *//p' told | xargs)"
	built --provenance mode=max --push -t "$host/x/built:1"
	docker buildx imagetools create --builder "$builder" \
		-t "$host/x/more:1" "$host/x/several:latest" "$host/x/built:1"
	copied "$host/x/more:1"
}

# BuildKit unpacks the layers, for what it writes as one tar in the end.
@test "a build from what was pushed has what the spec asked for" {
	make_rich
	"$OCI_PACK" rich.spec -q --push "$host/x/rich"
	mkdir context
	printf '%s\n' "FROM $host/x/rich:one" 'COPY more /more' \
		>context/Dockerfile
	echo more >context/more
	both=linux/riscv64 built --provenance mode=max \
		--push -t "$host/x/from:1"
	crane export --platform linux/riscv64 "$host/x/from:1" exported.tar
	"$interop/rootfs" entries.txt >wanted
	"$interop/rootfs" exported.tar | grep -v ' more$' | diff wanted -
	copied "$host/x/from:1"
	both=linux/riscv64 built --output type=tar,dest=unpacked.tar
	"$interop/rootfs" unpacked.tar | without_folder_times |
		grep -v ' more$' >got
	without_folder_times <wanted | diff - got
}

without_folder_times() {
	sed -E 's/^(d [0-9]+ [0-9:]+) [0-9]+ /\1 - /'
}

@test "a spec on an image of two platforms that buildx attested" {
	built --provenance mode=max --push -t "$host/x/base:1"
	spec on.spec 'image: example.org/on' 'tags: [1]' \
		'platforms: [linux/riscv64, linux/amd64]' \
		"base: docker://$host/x/base:1" 'layers:' \
		'  - entries: [{path: /var/own, content: "${arch}"}]' \
		'config: {env: {OWN: "1"}}'
	# The entrypoint of the test is no program.
	digest=$("$OCI_PACK" on.spec -q --lint off --push "$host/x/on:1")
	equal "$digest" "$(crane digest "$host/x/on:1")"
	equal 'linux/amd64 linux/riscv64' "$(crane manifest "$host/x/on:1" |
		jq -r '.manifests[].platform | .os + "/" + .architecture' |
		sort | xargs)"
	for arch in riscv64 amd64; do
		crane export --platform "linux/$arch" "$host/x/on:1" fs.tar
		equal "$arch" "$(tar -xOf fs.tar etc/arch)"
		equal "$arch" "$(tar -xOf fs.tar var/own)"
		equal "$arch" "$(crane config --platform "linux/$arch" \
			"$host/x/on:1" |
			jq -r '.config.Labels["org.example.label"]')"
	done
	crane validate --remote "$host/x/on:1"
}

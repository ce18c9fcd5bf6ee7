#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What docker, podman, skopeo, umoci and crane save, in every format they
# have: it is read, verified, copied and pushed, and is still the same image.

load ../helpers
load engine
load peers

# Each test is a subshell of its own, and host is its own.
# shellcheck disable=SC2030,SC2031

setup_file() {
	export top=$BATS_FILE_TMPDIR
	build_peers crane
	[ ! -e "$top/lack" ] || mv "$top/lack" "$top/no-crane"
	start_engine || true
	mkdir "$top/images"
	cd "$top/images" || return 1
	make_images
}

teardown_file() {
	stop_engine
	[ ! -d "$BATS_FILE_TMPDIR/podman" ] ||
		podman_here rmi -af >/dev/null 2>&1 || true
	rm -rf "$BATS_FILE_TMPDIR/podman"
}

setup() {
	work_in_folder
	find_peers
	images=$top/images
}

teardown() {
	stop_serving
}

# One of everything; layers that are equal; several platforms.
make_images() {
	make_rich
	spec twice.spec 'image: twice' 'tags: [latest]' \
		'platforms: [linux/riscv64]' 'layers:' \
		'  - entries: [{path: /a, content: a}]' \
		'  - entries: [{path: /b, content: b}]' \
		'  - entries: [{path: /a, content: a}]'
	spec several.spec 'image: several' 'tags: [latest]' \
		'platforms: [linux/riscv64, linux/amd64]' 'layers:' \
		'  - entries: [{path: /a, content: "${platform}"}]' \
		'  - entries: [{path: /b, content: "the same everywhere"}]'
	for name in rich twice several; do
		"$OCI_PACK" "$name.spec" -q -o "$name.tar" >"$name.digest"
		"$OCI_PACK" "$name.spec" -q -o "$name" >"$name.digest"
		layers "$name" --diff-ids >"$name.diff-ids"
		layers "$name" --config >"$name.config"
	done
}

same_layers() {
	layers "$1" --diff-ids | diff "$images/$2.diff-ids" -
}

same_image() {
	same_layers "$1" "$2"
	layers "$1" --config | cmp - "$images/$2.config"
}

# read_well SOURCE: it verifies, goes to a layout, to a registry, and skopeo
# gets it back from there, as it is. They are the layouts copied and back.
read_well() {
	local digest

	[ -n "${host:-}" ] || serve a
	rm -rf copied back back.dir
	"$OCI_PACK" verify "$1"
	"$OCI_PACK" inspect "$1" | grep -q linux/riscv64
	digest=$("$OCI_PACK" copy -q "$1" copied)
	"$OCI_PACK" verify copied
	equal "$digest" "$("$OCI_PACK" push -q "$1" "$host/x/image:1")"
	equal "$digest" "$("$OCI_PACK" push -q "$1" "$host/x/again:1")"
	skopeo copy -q --all --src-tls-verify=false \
		"docker://$host/x/again:1" dir:back.dir
	"$OCI_PACK" verify dir:back.dir
	equal "$digest" "$("$OCI_PACK" copy -q dir:back.dir back)"
}

# taken SOURCE NAME: that is done, and it is the image NAME all along.
taken() {
	read_well "$1"
	same_image copied "$2"
	same_image back "$2"
}

# based NAME SOURCE...: each is a base, and its layers are those of NAME.
based() {
	local name=$1 count

	count=$(wc -l <"$images/$name.diff-ids")
	for source in "${@:2}"; do
		spec on.spec "base: $source" 'layers:' \
			'  - entries: [{path: /based, content: on it}]'
		rm -rf on
		"$OCI_PACK" on.spec -q -o on --lint off
		"$OCI_PACK" verify on
		layers on --diff-ids | head -n "$count" |
			diff "$images/$name.diff-ids" -
	done
}

need_docker() {
	need_engine
	need_peer skopeo
}

need_crane() {
	[ ! -e "$top/no-crane" ] || lack "$(tail -n 1 "$top/no-crane")"
	need_peer skopeo
}

# A store of the test's own: images of the machine's user stay untouched.
podman_here() {
	podman --root "$top/podman/root" --runroot "$top/podman/run" \
		--storage-driver vfs --events-backend file "$@"
}

need_podman() {
	need_root
	need_peer podman skopeo
	podman_here info >podman.log 2>&1 ||
		lack "podman does not work here: $(tail -n 1 podman.log)"
}

rich=registry.example:5000/tests/rich

@test "docker save" {
	need_docker
	docker load -q -i "$images/rich.tar"
	docker save -o saved.tar "$rich:one"
	taken saved.tar rich
	equal "$rich:one" "$(jq -r '.manifests[0].annotations[
		"io.containerd.image.name"]' copied/index.json)"
}

@test "docker save, compressed" {
	need_docker
	docker load -q -i "$images/rich.tar"
	docker save "$rich:one" | gzip -1 >saved.tar.gz
	taken saved.tar.gz rich
}

@test "docker save by id: the image has no name" {
	need_docker
	docker load -q -i "$images/rich.tar"
	docker save "$(docker image inspect "$rich:one" | jq -r '.[0].Id')" \
		>saved.tar
	taken saved.tar rich
	equal null "$(jq -r '.manifests[0].annotations' copied/index.json)"
}

@test "docker save of equal layers, which are links" {
	need_docker
	docker load -q -i "$images/twice.tar"
	docker save twice:latest -o saved.tar
	taken saved.tar twice
}

@test "docker save of several images" {
	need_docker
	docker load -q -i "$images/rich.tar"
	docker load -q -i "$images/twice.tar"
	docker save "$rich:one" "$rich:two" twice -o saved.tar
	"$OCI_PACK" verify saved.tar
	run --separate-stderr "$OCI_PACK" inspect saved.tar
	equal 1 "$status"
	matches "several images: name one of .*rich:one" "$stderr"
	taken "saved.tar:$rich:one" rich
	# What was named, and not the other name of the same image.
	equal 1 "$(jq '.manifests | length' copied/index.json)"
	taken "saved.tar:$rich:two" rich
	taken saved.tar:twice:latest twice
}

@test "what docker saved is a base" {
	need_docker
	docker load -q -i "$images/twice.tar"
	docker save twice:latest -o saved.tar
	spec a.spec 'base: saved.tar' 'platforms: [linux/riscv64]' \
		'layers: [{entries: [{path: /c, content: c}]}]'
	"$OCI_PACK" a.spec -q -o out
	"$OCI_PACK" verify out
	layers out --diff-ids | head -n 3 | diff "$images/twice.diff-ids" -
}

@test "what podman and skopeo saved is a base, in each of their formats" {
	local kind

	need_podman
	podman_here load -q -i "$images/rich.tar"
	for kind in docker-archive oci-archive docker-dir oci-dir; do
		podman_here save -q --format $kind -o $kind "$rich:one"
	done
	based rich docker-archive oci-archive dir:docker-dir oci:oci-dir
	for kind in docker-archive:d.tar oci-archive:o.tar:one \
		oci:layout:one dir:plain; do
		skopeo copy -q --override-arch riscv64 \
			"oci-archive:$images/rich.tar:one" $kind
	done
	skopeo copy -q --override-arch riscv64 --format v2s2 \
		"oci-archive:$images/rich.tar:one" dir:docker
	based rich d.tar o.tar o.tar:one oci:layout:one dir:plain dir:docker
}

@test "podman save, in each of its formats" {
	local kind

	need_podman
	podman_here load -q -i "$images/rich.tar"
	for kind in docker-archive oci-archive docker-dir oci-dir; do
		podman_here save -q --format $kind -o $kind "$rich:one"
	done
	taken docker-archive rich
	# Podman 4 calls layers gzip that it did not compress: verify tells.
	"$OCI_PACK" copy -q dir:docker-dir copied-dir
	same_image copied-dir rich
	# OCI's formats get a config of podman's, without a healthcheck.
	for kind in oci-archive oci:oci-dir; do
		read_well $kind
		same_layers copied rich
		same_layers back rich
	done
}

@test "podman save, compressed folders and archives" {
	need_podman
	podman_here load -q -i "$images/rich.tar"
	podman_here save -q --compress --format docker-dir -o dir "$rich:one"
	taken dir:dir rich
	podman_here save -q "$rich:one" | xz -0 >saved.tar.xz
	taken saved.tar.xz rich
}

@test "podman save of several images, and of equal layers" {
	need_podman
	podman_here load -q -i "$images/rich.tar"
	podman_here load -q -i "$images/twice.tar"
	podman_here save -q --multi-image-archive -o saved.tar "$rich:one" \
		twice
	taken "saved.tar:$rich:one" rich
	taken saved.tar:latest twice
}

@test "skopeo: docker-archive" {
	local name

	need_peer skopeo
	for name in rich:one twice:latest; do
		rm -f saved.tar
		skopeo copy -q "oci:$images/$name" \
			docker-archive:saved.tar:x/y:1
		taken saved.tar "${name%:*}"
	done
	skopeo copy -q "oci:$images/rich:two" \
		docker-archive:several.tar:x/rich:1
	skopeo copy -q --additional-tag x/y:2 "oci:$images/rich:two" \
		docker-archive:named.tar:x/rich:1
	taken several.tar:x/rich:1 rich
	taken named.tar:x/y:2 rich
}

@test "skopeo: oci-archive and oci" {
	need_peer skopeo
	skopeo copy -q "oci:$images/rich:one" oci-archive:saved.tar:x
	taken saved.tar rich
	skopeo copy -q "oci:$images/rich:one" oci:layout:x
	taken oci:layout:x rich
	skopeo copy -q "oci:$images/rich:one" oci-archive:unnamed.tar
	taken unnamed.tar rich
}

@test "skopeo: dir, in each format, compressed or not" {
	local kind

	need_peer skopeo
	for kind in v2s2 oci; do
		skopeo copy -q --format $kind "oci:$images/rich:one" "dir:$kind"
		taken "dir:$kind" rich
		"$OCI_PACK" inspect --raw "dir:$kind" |
			cmp - "$kind/manifest.json"
		"$OCI_PACK" inspect --raw copied | cmp - "$kind/manifest.json"
	done
	skopeo copy -q --dest-decompress "oci:$images/rich:one" dir:plain
	taken dir:plain rich
	skopeo copy -q --dest-compress dir:plain dir:gzip
	taken dir:gzip rich
	skopeo copy -q --dest-compress --dest-compress-format zstd \
		dir:plain dir:zstd
	taken dir:zstd rich
}

@test "skopeo: dir in Docker's schema 1 is refused" {
	need_peer skopeo
	skopeo copy -q --format v2s1 "oci:$images/twice:latest" dir:old ||
		skip 'this skopeo does not write schema 1'
	refused 1 'schema 1.*skopeo copy --format oci' inspect dir:old
}

@test "skopeo: every platform, in each of its formats" {
	local from

	need_peer skopeo
	skopeo copy -q --all "oci:$images/several:latest" dir:dir
	skopeo copy -q --all --format v2s2 "oci:$images/several:latest" \
		dir:docker
	skopeo copy -q --all "oci:$images/several:latest" oci:layout:x
	skopeo copy -q --all "oci:$images/several:latest" oci-archive:x.tar:x
	for from in dir:dir dir:docker layout x.tar; do
		taken "$from" several
		"$OCI_PACK" inspect "$from" | grep -q linux/amd64
		"$OCI_PACK" copy -q --platform linux/amd64 "$from" one.tar
		"$OCI_PACK" verify one.tar
		"$OCI_PACK" inspect one.tar | grep -q linux/amd64
	done
}

@test "umoci: a layout it tagged, and one it changed" {
	need_peer umoci skopeo
	cp -r "$images/rich" layout
	umoci tag --image layout:one new
	taken oci:layout:new rich
	umoci config --image layout:one --tag other --config.user 12:34
	printf 'new\n' >file
	umoci insert --image layout:other file /etc/new
	read_well oci:layout:other
	layers back --diff-ids | head -n 3 | diff "$images/rich.diff-ids" -
	equal 12:34 "$(layers back --config | jq -r .config.User)"
}

@test "umoci unpacks what docker saved as what it was" {
	need_docker
	need_root
	need_peer umoci
	docker load -q -i "$images/rich.tar"
	docker save -o saved.tar "$rich:one"
	"$OCI_PACK" copy -q saved.tar oci:layout:x
	umoci unpack --image layout:x bundle
	"$root/tests/interop/rootfs" "$images/entries.txt" >wanted
	"$root/tests/interop/rootfs" bundle/rootfs | diff wanted -
}

@test "crane pull, in each of its formats" {
	local kind

	need_crane
	serve a
	"$OCI_PACK" push -q "$images/rich.tar" "$host/x/rich"
	for kind in tarball legacy oci; do
		crane pull --format $kind "$host/x/rich:one" $kind.tar
		taken $kind.tar rich
	done
}

@test "crane pull of several images, and of equal layers" {
	need_crane
	serve a
	"$OCI_PACK" push -q "$images/rich.tar" "$host/x/rich"
	"$OCI_PACK" push -q "$images/twice.tar" "$host/x/twice:1"
	crane pull "$host/x/rich:one" "$host/x/twice:1" saved.tar
	taken "./saved.tar:$host/x/rich:one" rich
	taken "./saved.tar:$host/x/twice:1" twice
}

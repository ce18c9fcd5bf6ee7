#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What podman, skopeo, umoci and oci-image-tool make of an image: they take
# it, and unpacked it is entry by entry what the spec asked for.

load ../helpers

setup_file() {
	export store=$BATS_FILE_TMPDIR/podman
}

setup() {
	work_in_folder
	make_rich
}

teardown_file() {
	[ ! -d "$store" ] || podman_here rmi -af >/dev/null 2>&1 || true
	rm -rf "$store"
}

# A store of the test's own: images of the machine's user stay untouched.
podman_here() {
	podman --root "$store/root" --runroot "$store/run" \
		--storage-driver vfs --events-backend file "$@"
}

need_podman() {
	need_root
	need_peer podman
	podman_here info >podman.log 2>&1 ||
		lack "podman does not work here: $(tail -n 1 podman.log)"
}

# The image as podman has it: config and diff_ids are ours.
holds_ours() {
	podman_here inspect "$1" >inspected
	equal "$(jq -r .config.digest manifest | cut -d : -f 2)" \
		"$(jq -r '.[0].Id' inspected)"
	equal riscv64 "$(jq -r '.[0].Architecture' inspected)"
	equal "$(layers out.tar --diff-ids)" \
		"$(jq -r '.[0].RootFS.Layers[]' inspected)"
	equal '["/usr/bin/greet","--"]' \
		"$(jq -c '.[0].Config.Entrypoint' inspected)"
}

@test "podman loads the archive, with both its tags" {
	need_podman
	"$OCI_PACK" rich.spec -q -o out.tar
	"$OCI_PACK" inspect --raw out.tar >manifest
	podman_here load -i out.tar >loaded
	grep -q 'registry\.example:5000/tests/rich:one' loaded
	grep -q 'registry\.example:5000/tests/rich:two' loaded
	holds_ours registry.example:5000/tests/rich:one
	holds_ours registry.example:5000/tests/rich:two
}

@test "podman loads every compression" {
	local kind

	need_podman
	for kind in gzip:9 zstd none; do
		podman_here rmi -af >/dev/null
		"$OCI_PACK" rich.spec -q --compression "$kind" -o out.tar
		"$OCI_PACK" inspect --raw out.tar >manifest
		podman_here load -i out.tar
		holds_ours registry.example:5000/tests/rich:one
	done
}

@test "podman pulls a layout" {
	need_podman
	"$OCI_PACK" rich.spec -q -o out
	podman_here pull -q oci:out:one
}

@test "podman exports what the spec asked for" {
	local id

	need_podman
	"$OCI_PACK" rich.spec -q -o out.tar
	podman_here load -q -i out.tar
	id=$(podman_here create registry.example:5000/tests/rich:one)
	podman_here export "$id" >exported.tar
	podman_here rm -f "$id" >/dev/null
	# Making a container touches folders, and adds some of the engine's.
	"$root/tests/interop/rootfs" entries.txt | without_folder_times >wanted
	"$root/tests/interop/rootfs" exported.tar | without_folder_times |
		grep -Fxf wanted >got
	diff wanted got
}

without_folder_times() {
	sed -E 's/^(d [0-9]+ [0-9:]+) [0-9]+ /\1 - /'
}

@test "skopeo inspects the archive by each of its tags" {
	local tag

	need_peer skopeo
	"$OCI_PACK" rich.spec -q -o out.tar >digest
	for tag in one two; do
		skopeo inspect "oci-archive:out.tar:$tag" >inspected
		equal "$(cat digest)" "$(jq -r .Digest inspected)"
		equal riscv64 "$(jq -r .Architecture inspected)"
		equal 3 "$(jq '.Layers | length' inspected)"
		equal riscv64 \
			"$(jq -r '.Labels["org.example.label"]' inspected)"
	done
}

@test "skopeo reads the archive as docker-archive, too" {
	need_peer skopeo
	"$OCI_PACK" rich.spec -q -o out.tar
	skopeo inspect --config docker-archive:out.tar >config
	equal '["one","two words"]' "$(jq -c .config.Cmd config)"
	skopeo copy -q docker-archive:out.tar oci:copy:one
	"$OCI_PACK" verify copy
}

@test "skopeo copies every compression, bit for bit" {
	local kind

	need_peer skopeo
	for kind in gzip zstd none; do
		rm -rf dir
		"$OCI_PACK" rich.spec -q --compression "$kind" -o "oci:$kind:x"
		skopeo copy -q "oci:$kind:x" dir:dir
		"$OCI_PACK" inspect --raw "$kind" | cmp - dir/manifest.json
	done
}

@test "skopeo chooses a platform of an index" {
	local arch

	need_peer skopeo
	spec a.spec 'image: a' 'tags: [latest]' \
		'platforms: [linux/riscv64, linux/amd64, linux/arm/v7]' \
		'layers: [{entries: [{path: /a, content: "${platform}"}]}]'
	"$OCI_PACK" a.spec -q -o out.tar >digest
	"$OCI_PACK" a.spec -q -o out
	for arch in riscv64 amd64 arm; do
		skopeo --override-os linux --override-arch "$arch" inspect \
			--config oci:out:latest >config
		equal "$arch" "$(jq -r .architecture config)"
		skopeo --override-os linux --override-arch "$arch" inspect \
			--config oci-archive:out.tar:latest >config
		equal "$arch" "$(jq -r .architecture config)"
	done
	skopeo inspect --raw oci-archive:out.tar:latest |
		sha256sum | cut -d ' ' -f 1 >raw
	equal "$(cut -d : -f 2 digest)" "$(cat raw)"
	skopeo copy -q --all oci-archive:out.tar:latest oci:all:latest
	"$OCI_PACK" verify all
}

@test "umoci unpacks what the spec asked for, entry by entry" {
	need_root
	need_peer umoci
	"$OCI_PACK" rich.spec -q -o out
	umoci unpack --image out:one bundle
	"$root/tests/interop/rootfs" entries.txt >wanted
	"$root/tests/interop/rootfs" bundle/rootfs >got
	diff wanted got
	equal bye "$(cat bundle/rootfs/etc/motd)"
	equal utf-8 "$(cat 'bundle/rootfs/opt/café/naïve ☃.txt')"
	cmp bundle/rootfs/usr/share/noise bundle/rootfs/opt/zip/noise
	cmp inputs/tool bundle/rootfs/bin/twin
}

@test "umoci unpacks layers without compression" {
	need_root
	need_peer umoci
	"$OCI_PACK" rich.spec -q --compression none -o out
	umoci unpack --image out:two bundle
	diff <("$root/tests/interop/rootfs" entries.txt) \
		<("$root/tests/interop/rootfs" bundle/rootfs)
}

@test "umoci tells of the layers as the spec names them" {
	need_peer umoci
	"$OCI_PACK" rich.spec -q -o out
	umoci stat --image out:one --json >told
	equal 3 "$(jq '[.history[] | select(.empty_layer | not)] | length' told)"
	grep -q archives told
}

@test "oci-image-tool validates the layout" {
	local tag

	need_peer oci-image-tool
	"$OCI_PACK" rich.spec -q -o out
	for tag in one two; do
		oci-image-tool validate --type image --ref "name=$tag" out
	done
}

@test "GNU tar unpacks the layers" {
	local layer

	need_root
	"$OCI_PACK" rich.spec -q -o out.tar
	mkdir rootfs
	tar -xf out.tar
	for layer in $(jq -r '.[0].Layers[:2][]' manifest.json); do
		tar -xzpf "$layer" --numeric-owner -C rootfs
	done
	grep -v '^3 ' entries.txt >lower.txt
	"$root/tests/interop/rootfs" lower.txt | without_folder_times >wanted
	"$root/tests/interop/rootfs" rootfs | without_folder_times >got
	diff wanted got
}

#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Images on a base: a usr-merged Debian for riscv64, packed by umoci and pushed
# by skopeo to a real registry. What is built on it runs with Docker and
# Podman, and unpacks with umoci.

load ../helpers
load debian
load engine
load peers

setup_file() {
	export dir=$BATS_FILE_TMPDIR
	start_engine || return 0
	make_rootfs --no-deps base-files libc6 libc-bin dash tini
	serve registry
	export host base=$host/base/debian:trixie
	push_rootfs "$base" --config.env PATH=/usr/bin:/bin \
		--config.env LANG=C.UTF-8 --config.volume /data \
		--config.entrypoint /bin/sh --config.cmd -c \
		--config.label org.example.base=yes
}

teardown_file() {
	dir=$BATS_FILE_TMPDIR stop_serving
	stop_engine
}

setup() {
	need_emulation
	dir=$BATS_FILE_TMPDIR
	work_in_folder
	export HOME=$PWD/home
	mkdir "$HOME"
}

init_spec() {
	spec app.spec 'image: example.org/app' 'tags: [t]' \
		"base: ${1:-docker://$base}" 'layers:' \
		'  - name: init' '    entries:' \
		'      - {path: /sbin/docker-init, symlink: /usr/bin/tini}' \
		'      - {path: /etc/motd, content: "hello"}' \
		'config:' '  env: {LANG: C, APP: "1"}' \
		'  entrypoint: [/sbin/docker-init, --]'
}

@test "a file under a link of the base leaves the link alone" {
	init_spec
	"$OCI_PACK" app.spec -q -o app.tar
	"$root/tests/layers" app.tar | grep '^2 ' >own
	grep -q ' usr/sbin/docker-init -> /usr/bin/tini$' own
	run ! grep -E ' (s?bin|lib)($|/| )' own
	docker load -q -i app.tar
	matches '^ldconfig .*GLIBC' "$(run_image --entrypoint /sbin/ldconfig \
		example.org/app:t --version)"
	matches '^tini version' "$(run_image --entrypoint /sbin/docker-init \
		example.org/app:t --version)"
	matches '^hello' "$(run_image example.org/app:t /bin/sh -c \
		'while read -r l || [ "$l" ]; do echo "$l"; done </etc/motd')"
}

@test "the config starts from the base's" {
	init_spec
	"$OCI_PACK" app.spec -q -o layout
	"$OCI_PACK" inspect --json layout >info.json
	jq -e '.images[0].config.config | .Env == ["PATH=/usr/bin:/bin",
		"LANG=C", "APP=1"] and .Entrypoint == ["/sbin/docker-init",
		"--"] and .Cmd == null and .Labels["org.example.base"] == "yes"
		and (.Volumes | keys) == ["/data"]' info.json
	equal "$(skopeo inspect --tls-verify=false --override-arch riscv64 \
		--raw "docker://$base" | jq -c '[.layers[].digest]')" \
		"$("$OCI_PACK" inspect --raw layout |
			jq -c '[.layers[:-1][].digest]')"
	"$OCI_PACK" verify layout
}

@test "Docker and oci-pack pull the same from a registry" {
	init_spec
	digest=$("$OCI_PACK" app.spec -q --push "$host/x/app:t")
	equal "$digest" "$("$OCI_PACK" pull "$host/x/app:t" -q -o back)"
	docker pull -q --platform linux/riscv64 "$host/x/app:t"
	equal "$host/x/app@$digest" "$(docker image inspect \
		--format '{{index .RepoDigests 0}}' "$host/x/app:t")"
	docker image inspect "$host/x/app:t" |
		jq -c '.[0].RootFS.Layers' >theirs
	"$OCI_PACK" inspect --json back |
		jq -c '.images[0].config.rootfs.diff_ids' | cmp - theirs
	matches '^ldconfig' "$(run_image --entrypoint /sbin/ldconfig \
		"$host/x/app:t" --version)"
}

@test "layers of the base are mounted, not sent" {
	init_spec
	run --separate-stderr "$OCI_PACK" app.spec --push "$host/other/app:t"
	equal 0 "$status"
	matches '^2 blobs uploaded .* 1 mounted, 0 there already' "$stderr"
}

@test "locked, and the registry gone: the same from the cache" {
	init_spec
	"$OCI_PACK" lock app.spec
	equal "docker://$base" "$(jq -r '.bases | keys[0]' app.spec.lock)"
	"$OCI_PACK" app.spec -q -o one.tar >digest
	cat >unplugged <<-EOF
		#!/bin/sh
		exec "$OCI_PACK" "\$@"
	EOF
	chmod +x unplugged
	unshare --net ./unplugged app.spec -q -o two.tar
	cmp one.tar two.tar
	run unshare --net ./unplugged app.spec -q -o three.tar --no-cache
	equal 1 "$status"
	[ ! -e three.tar ]
}

@test "Podman loads it, umoci unpacks it" {
	init_spec
	"$OCI_PACK" app.spec -q -o app.tar
	"$OCI_PACK" app.spec -q -o oci:layout:t
	umoci unpack --image layout:t bundle
	[ -L bundle/rootfs/sbin ]
	equal /usr/bin/tini "$(readlink bundle/rootfs/usr/sbin/docker-init)"
	[ -x bundle/rootfs/usr/sbin/ldconfig ]
	podman --root "$PWD/podman" --runroot "$PWD/run" --storage-driver vfs \
		load -q -i app.tar
	equal '["/sbin/docker-init","--"]' "$(podman --root "$PWD/podman" \
		--runroot "$PWD/run" --storage-driver vfs image inspect \
		example.org/app:t | jq -c '.[0].Config.Entrypoint')"
	podman --root "$PWD/podman" --runroot "$PWD/run" \
		--storage-driver vfs rmi -a -f >/dev/null
}

@test "two specs, one on the other, are one image on the base" {
	spec middle.spec "base: docker://$base" 'layers:' \
		'  - entries: [{path: /lib/middle, content: "m"}]' \
		'config: {env: {MIDDLE: "1"}}'
	init_spec middle.spec
	"$OCI_PACK" app.spec -q -o app.tar
	"$root/tests/layers" app.tar >list
	grep -q '^2 f .* usr/lib/middle$' list
	grep -q '^3 l .* usr/sbin/docker-init ' list
	docker load -q -i app.tar
	matches '^ldconfig' "$(run_image --entrypoint /sbin/ldconfig \
		example.org/app:t --version)"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# docker load and docker run, with an engine of the test's own: the examples
# for linux/riscv64 run, under emulation where the machine is another.

load ../helpers
load engine

setup_file() {
	export dir=$BATS_FILE_TMPDIR
	start_engine || true
}

teardown_file() {
	stop_engine
}

setup() {
	need_engine
	work_in_folder
}

# example NAME: $archive is that example, packed once.
example() {
	local status=0 folder=$root/examples/$1

	archive=$dir/$1.tar
	[ ! -e "$archive" ] || return 0
	"$folder/get-inputs" >&2 || status=$?
	[ "$status" -ne 3 ] || skip "$1: its inputs cannot be had here"
	[ "$status" -eq 0 ] || lack "$1: its inputs cannot be had here"
	"$OCI_PACK" "$folder/$1.spec" -q -o "$archive" >"$dir/$1.digest"
}

# loaded NAME: an example, loaded; $image is its name.
loaded() {
	example "$1"
	image=$(sed -n 's/^image: *//p' "$root/examples/$1/$1.spec")
	docker load -q -i "$archive"
}

# buildkit PATTERN PROGRAM ARGUMENT...: a program of the image says that.
buildkit() {
	local pattern=$1 program=$2

	shift 2
	need_emulation
	loaded buildkit
	run run_image --entrypoint "$program" "$image" "$@"
	equal 0 "$status"
	matches "$pattern" "$output"
}

@test "tini: docker loads it and runs it" {
	need_emulation
	loaded tini
	equal riscv64 "$(run_image "$image" uname -m)"
	run run_image --entrypoint /sbin/docker-init "$image" --version
	matches '^tini version' "$output"
	equal 3 "$(run_image "$image" sh -c 'exit 3' || echo $?)"
}

@test "tini: what is in the container is what the spec says" {
	need_emulation
	loaded tini
	equal '0 0 1777 /tmp
0 0 700 /root
0 0 755 /bin/busybox' "$(run_image "$image" stat -c '%u %g %a %n' \
		/tmp /root /bin/busybox)"
	equal 'root:x:0:0:root:/root:/bin/sh' \
		"$(run_image "$image" cat /etc/passwd)"
}

@test "buildkit: buildkitd --version, by the image's entrypoint" {
	need_emulation
	loaded buildkit
	run run_image "$image" --version
	equal 0 "$status"
	matches 'buildkitd github\.com/moby/buildkit v[0-9]' "$output"
}

@test "buildkit: docker-init --version is tini's" {
	buildkit '^tini version' /sbin/docker-init --version
}

@test "buildkit: buildctl --version" {
	buildkit 'buildctl github\.com/moby/buildkit v[0-9]' buildctl --version
}

@test "buildkit: git" {
	buildkit '^git version [0-9]' git --version
}

@test "buildkit: ssh" {
	buildkit '^OpenSSH_' ssh -V
}

@test "buildkit: runc" {
	buildkit '^runc version' runc --version
}

# The nft variant wants a netlink that emulation does not have.
@test "buildkit: iptables" {
	buildkit 'legacy' iptables-legacy --version
	buildkit '^iptables-nft$' readlink /usr/sbin/iptables
	buildkit '^xtables-nft-multi$' readlink /usr/sbin/iptables-nft
}

@test "buildkit: pigz, xz, fuse-overlayfs, certificates, users" {
	buildkit '^pigz' pigz --version
	buildkit '^xz' xz --version
	buildkit 'fuse-overlayfs' fuse-overlayfs --version
	buildkit 'root:x:0:0' cat /etc/passwd
	buildkit 'BEGIN CERTIFICATE' head -n 1 /etc/ssl/certs/ca-certificates.crt
	buildkit '0 0 711' stat -c '%u %g %a' /var/lib/buildkit
}

@test "buildkit: both tags are loaded" {
	loaded buildkit
	docker image inspect "$image:latest" >one
	docker image inspect "$image:v0.32.2-riscv64" >two
	cmp one two
}

@test "docker image inspect shows the config" {
	make_rich
	"$OCI_PACK" rich.spec -q -o out.tar
	docker load -q -i out.tar
	docker image inspect registry.example:5000/tests/rich:two >inspected
	jq '.[0] | {Architecture, Os, Created, User: .Config.User,
		Env: .Config.Env, Cmd: .Config.Cmd,
		Entrypoint: .Config.Entrypoint, Labels: .Config.Labels,
		Ports: .Config.ExposedPorts, Volumes: .Config.Volumes,
		Dir: .Config.WorkingDir, Stop: .Config.StopSignal,
		Health: .Config.Healthcheck.Test}' inspected >got
	jq . >wanted <<'END'
{"Architecture": "riscv64", "Os": "linux", "Created": "2023-11-14T22:13:20Z",
 "User": "1000:1000", "Env": ["PATH=/usr/bin:/bin", "GREETING=hello ${world}"],
 "Cmd": ["one", "two words"], "Entrypoint": ["/usr/bin/greet", "--"],
 "Labels": {"org.example.label": "riscv64"},
 "Ports": {"1234/tcp": {}, "53/udp": {}},
 "Volumes": {"/var/lib/state": {}}, "Dir": "/var/lib/state", "Stop": "SIGINT",
 "Health": ["CMD", "greet"]}
END
	diff wanted got
	equal "$("$OCI_PACK" inspect --raw out.tar | jq -r .config.digest)" \
		"$(jq -r '.[0].Id' inspected)"
	layers out.tar --diff-ids >diff-ids
	jq -r '.[0].RootFS.Layers[]' inspected | diff diff-ids -
}

# exported IMAGE: the file system of a container, as exported.tar.
exported() {
	local id

	id=$(docker create --platform linux/riscv64 "$1" none)
	docker export "$id" >exported.tar
	docker rm "$id" >/dev/null
}

@test "docker exports what the spec asked for, entry by entry" {
	make_rich
	"$OCI_PACK" rich.spec -q -o out.tar
	docker load -q -i out.tar
	exported registry.example:5000/tests/rich:one
	# Making a container touches folders, and adds files of the engine's.
	"$interop/rootfs" entries.txt |
		sed -E 's/^(d [0-9]+ [0-9:]+) [0-9]+ /\1 - /' >wanted
	"$interop/rootfs" exported.tar |
		sed -E 's/^(d [0-9]+ [0-9:]+) [0-9]+ /\1 - /' |
		grep -Fxf wanted >got
	diff wanted got
}

@test "a folder keeps mode and owner when a later layer adds to it" {
	spec a.spec 'image: folders' 'layers:' \
		'- entries:' '  - {path: /tmp, dir: {}, mode: 01777}' \
		'  - {path: /home/user, dir: {}, mode: 0700, owner: "5:6"}' \
		'- entries:' '  - {path: /tmp/file, content: x}' \
		'  - {path: /home/user/.config/file, content: x, owner: "5:6"}'
	"$OCI_PACK" a.spec -q -o out.tar
	docker load -q -i out.tar
	exported folders
	"$interop/rootfs" exported.tar | grep -E ' (tmp|home/user)$' |
		cut -d ' ' -f 2,3,6 >got
	printf '%s\n' '0700 5:6 home/user' '1777 0:0 tmp' | diff - got
}

@test "docker save gives back the layers" {
	make_rich
	"$OCI_PACK" rich.spec -q -o out.tar
	docker load -q -i out.tar
	docker save registry.example:5000/tests/rich:one >saved.tar
	mkdir saved
	tar -xf saved.tar -C saved
	for layer in $(jq -r '.[0].Layers[]' saved/manifest.json); do
		echo "sha256:$(digest_of "saved/$layer")"
	done >got
	layers out.tar --diff-ids | diff - got
}

@test "docker loads every compression" {
	local kind

	make_rich
	for kind in gzip:9 zstd none; do
		"$OCI_PACK" rich.spec -q --compression "$kind" -t "rich:x" \
			-o out.tar
		docker load -q -i out.tar
		layers out.tar --diff-ids >wanted
		docker image inspect rich:x | jq -r '.[0].RootFS.Layers[]' |
			diff wanted -
		docker rmi rich:x >/dev/null
	done
}

@test "docker loads the first platform of an index" {
	spec a.spec 'image: several' 'platforms: [linux/riscv64, linux/amd64]' \
		'layers: [{entries: [{path: /a, content: "${arch}"}]}]'
	"$OCI_PACK" a.spec -q -o out.tar
	docker load -q -i out.tar
	equal riscv64 \
		"$(docker image inspect several | jq -r '.[0].Architecture')"
}

@test "docker refuses a layer with two members of one name, as lint tells" {
	printf 'layer\nf a x\nf ./a y\n' |
		"$root/tests/foreign.py" twice platform=linux/amd64
	"$OCI_PACK" copy oci:twice:t twice.tar -q
	run docker load -q -i twice.tar
	equal 1 "$status"
	matches 'duplicates of file paths not supported' "$output"
	run "$OCI_PACK" lint twice.tar
	matches "duplicate-path: layer 1 has '/a' twice" "$output"
	# An image that has one layer twice is loaded.
	printf 'layer\nf a x\nlayer\nf a x\n' |
		"$root/tests/foreign.py" same platform=linux/amd64
	"$OCI_PACK" copy oci:same:t -t same:t same.tar -q
	docker load -q -i same.tar
	equal 2 "$(docker image inspect same:t | jq '.[0].RootFS.Layers |
		length')"
	equal '' "$(tar -tf same.tar | sort | uniq -d)"
}

@test "docker loads from a pipe" {
	"$OCI_PACK" "$root/fixtures/golden/small.spec" -o - --lint off |
		docker load -q
	docker image inspect golden/small >/dev/null
}

@test "tini: docker pulls from a registry and runs what was pushed there" {
	local host status=0

	need_emulation
	example tini
	host=$("$root/tests/registry/distribution" start "$dir/registry" 3>&-) ||
		status=$?
	[ "$status" -ne 3 ] || lack 'docker-registry is missing'
	"$OCI_PACK" push "$archive" "$host/x/tini:1"
	equal riscv64 "$(run_image "$host/x/tini:1" uname -m)"
	equal "$(cat "$dir/tini.digest")" "$(docker images --digests --format \
		'{{.Digest}}' "$host/x/tini")"
	docker tag "$host/x/tini:1" "$host/x/again:1"
	docker push -q "$host/x/again:1"
	"$OCI_PACK" pull "$host/x/again:1" -q -o back
	"$OCI_PACK" verify back
	"$root/tests/registry/distribution" stop "$dir/registry"
}

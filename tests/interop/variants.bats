#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The other specs of examples/buildkit, but for buildkit-mtls.spec, which
# end_to_end.bats has: what they share with buildkit.spec, what lint says of
# them, and that they start. What emulation cannot do, such
# as containers inside of a container, is done with the same specs packed for
# this machine. With ALL_PLATFORMS, buildkit-multi.spec is packed for all of
# its own; else for riscv64 and this machine, as BuildKit takes minutes to
# build.

load ../helpers
load debian
load engine
load peers

# What a test sets is its own.
# shellcheck disable=SC2030,SC2031

example=$root/examples/buildkit
case $(uname -m) in
x86_64) native=amd64 ;;
aarch64) native=arm64 ;;
*) native=$(uname -m) ;;
esac

setup_file() {
	local dir=$BATS_FILE_TMPDIR arch
	local archs=(riscv64 "$native")

	build_peers crane docker-buildx oras
	[ ! -e "$dir/lack" ] || return 0
	start_engine || return 0
	use_buildx
	[ -z "${ALL_PLATFORMS:-}" ] || archs=(riscv64 amd64 arm64)
	for arch in "${archs[@]}"; do
		"$example/get-inputs" --arch "$arch" --with rootless \
			--with frontend >"$dir/lack" 2>&1 || return 0
	done
	rm "$dir/lack"
	serve registry
	export host
	platforms=$(printf 'linux/%s\n' "${archs[@]}" | uniq | paste -sd,)
	export platforms
	"$OCI_PACK" "$example/buildkit.spec" -q --push "$host/main:1"
}

teardown_file() {
	remove_containers
	dir=$BATS_FILE_TMPDIR stop_serving
	stop_engine
}

setup() {
	need_emulation
	find_peers
	work_in_folder
}

teardown() {
	remove_containers
}

# packed NAME OPTION...: $image is that spec in a registry, and its archive
# $archive. Lint finds nothing that would keep it from running.
packed() {
	local name=$1 made=$BATS_FILE_TMPDIR/${*//[^a-z0-9]/-}

	shift
	archive=$made.tar
	if [ ! -e "$made" ]; then
		"$OCI_PACK" "$example/$name.spec" -q -o "$archive" \
			--push "$host/$name:1" "$@" >"$made.digest"
		"$OCI_PACK" lint "$archive" --json |
			jq -e '.errors == 0 and .warnings == 0'
		mv "$made.digest" "$made"
	fi
	image=$host/$name@$(cat "$made")
}

# of ARCH: the image of that platform in the index $image. Docker keeps one
# image for a digest.
of() {
	echo "${image%@*}@$(crane digest --platform "linux/$1" "$image")"
}

layers_of() {
	crane manifest --platform linux/riscv64 "$host/$1:1" |
		jq -r '.layers[].digest'
}

# shares NAME COUNT: the layers of buildkit.spec, and COUNT of its own.
shares() {
	layers_of main >shared
	layers_of "$1" >own
	head -n "$(wc -l <shared)" own | diff shared -
	equal "$2" $(($(wc -l <own) - $(wc -l <shared)))
}

# emulated PROGRAM ARGUMENT...: what a program of the image says.
emulated() {
	local program=$1

	shift
	run --separate-stderr run_image --entrypoint "$program" "$image" "$@"
	[ "$status" -eq 0 ]
}

# context: a folder to build, which runs a program; $1 comes first in it.
context() {
	local arch tini=$root/examples/tini

	mkdir context
	for arch in riscv64 "$native"; do
		"$tini/get-inputs" --arch "$arch" >&2
		mkdir -p "context/$arch"
		cp "$tini/inputs/$arch/bin/busybox" "context/$arch/"
	done
	printf '%s\n' "$@" 'FROM scratch' 'ARG TARGETARCH' \
		'COPY $TARGETARCH/busybox /bin/' \
		'RUN ["/bin/busybox", "sh", "-c", "echo $(busybox uname -m) >/made"]' \
		>context/Dockerfile
}

@test "every spec is of the version that go.mod pins" {
	local file version

	version=$(awk '$1 == "github.com/moby/buildkit" { print $2 }' \
		"$example/go/go.mod")
	for file in "$example"/*.spec; do
		equal "$version" "$(sed -n 's/^  VERSION: //p' "$file")"
	done
}

@test "buildkit-tcp: listens without an argument, and builds" {
	packed buildkit-tcp
	shares buildkit-tcp 1
	start_buildkit tcp --privileged --platform linux/riscv64 "$image"
	docker buildx create --name tcp --driver remote tcp://127.0.0.1:1234
	within tcp docker buildx inspect --bootstrap tcp >told
	builds_riscv64 told
	printf '%s\n' 'FROM scratch' 'COPY told /' >Dockerfile
	within tcp docker buildx build --builder tcp \
		--platform linux/riscv64 --output type=local,dest=out .
	cmp told out/told
	docker buildx rm tcp
}

# rootlesskit makes namespaces, which emulation does not.
@test "buildkit-rootless: its programs start, as user 1000" {
	packed buildkit-rootless
	shares buildkit-rootless 1
	emulated id
	matches '^uid=1000\(user\) gid=1000\(user\)' "$output"
	emulated rootlesskit --version
	matches '^rootlesskit version [0-9]' "$output"
	emulated slirp4netns --version
	matches '^slirp4netns version [0-9]' "$output"
	emulated buildkitd --version
	emulated getsubids user
	matches 'user 100000 65536' "$output"
	emulated stat -c '%a %u %n' /home/user /run/user/1000 \
		/usr/bin/newuidmap /usr/bin/newgidmap
	equal '700 1000 /home/user
700 1000 /run/user/1000
755 0 /usr/bin/newuidmap
755 0 /usr/bin/newgidmap' "$output"
	run run_image "$image"
	matches 'rootlesskit:parent\] error: .*invalid argument' "$output"
}

@test "buildkit-rootless: builds without root, on this machine" {
	packed buildkit-rootless --platform "linux/$native"
	start_buildkit rootless --security-opt seccomp=unconfined \
		--security-opt apparmor=unconfined \
		--security-opt systempaths=unconfined \
		--platform "linux/$native" "$image" \
		--oci-worker-no-process-sandbox
	docker top rootless -eo uid,pid,args >processes
	grep buildkitd processes
	equal 0 "$(awk '$1 == 0' processes | wc -l)"
	docker buildx create --name rootless --driver remote \
		docker-container://rootless
	context
	docker buildx build --builder rootless \
		--output type=local,dest=out context
	equal "$(uname -m)" "$(cat out/made)"
	docker buildx rm rootless
}

# As debian:trixie-slim has them; dpkg -x runs no scripts, and base-passwd's
# is what makes passwd and group.
@test "buildkit-on-debian: on a whole Debian, which stays what it is" {
	local dir=$BATS_FILE_TMPDIR base=$host/debian:trixie-slim

	make_rootfs apt base-files base-passwd bash bsdutils coreutils dash \
		debian-archive-keyring debianutils diffutils dpkg findutils \
		grep gzip hostname init-system-helpers libc-bin login mawk \
		mount ncurses-base ncurses-bin passwd perl-base sed \
		sysvinit-utils tar tzdata util-linux
	for name in passwd group; do
		cp "$dir/rootfs/usr/share/base-passwd/$name.master" \
			"$dir/rootfs/etc/$name"
	done
	push_rootfs "$base" --config.cmd bash
	packed buildkit-on-debian --set "BASE=docker://$base"
	equal "$(crane manifest "$base" | jq -r '.layers[].digest')" \
		"$(layers_of buildkit-on-debian | head -n 1)"
	equal 4 "$(layers_of buildkit-on-debian | wc -l)"
	start_buildkit debian --privileged --platform linux/riscv64 "$image"
	docker exec debian git --version
	docker exec debian runc --version
	docker exec debian ssh -V
	docker exec debian apt-get --version
	docker exec debian bash -c '[ -L /sbin ] && [ -L /bin ]'
	matches '^tini version' \
		"$(docker exec debian /sbin/docker-init --version)"
}

@test "buildkit-multi: one index, and each image in it starts" {
	local arch

	packed buildkit-multi --platform "$platforms"
	equal "$platforms" "$("$OCI_PACK" inspect --json "$archive" |
		jq -r '.images[].platform' | paste -sd,)"
	layers_of main >shared
	layers_of buildkit-multi | diff shared -
	for arch in riscv64 "$native"; do
		run docker run --rm --network none --platform "linux/$arch" \
			"$(of "$arch")" --version
		matches 'buildkitd github.com/moby/buildkit v[0-9]' "$output"
	done
	[ -z "${ALL_PLATFORMS:-}" ] ||
		equal "$platforms" "$(sed -n 's/^platforms: \[\(.*\)\]/\1/p' \
			"$example/buildkit-multi.spec" | tr -d ' ')"
}

# BuildKit runs a frontend in a container: this machine's BuildKit does.
@test "frontend: has BuildKit's labels, starts, and builds by # syntax=" {
	local arch

	packed frontend
	emulated /bin/dockerfile-frontend -version
	matches '^/bin/dockerfile-frontend github.com/moby/buildkit/' "$output"
	packed buildkit-multi --platform "$platforms"
	create_builder native "$(of "$native")" --bootstrap
	packed frontend --platform "$platforms"
	crane config --platform "linux/$native" "$image" |
		jq -e '.config.Labels |
		.["moby.buildkit.frontend.network.none"] == "true" and
		(.["moby.buildkit.frontend.caps"] | split(",") | sort ==
		["moby.buildkit.frontend.contexts",
		"moby.buildkit.frontend.inputs",
		"moby.buildkit.frontend.subrequests"])'
	context "# syntax=$image"
	docker buildx build --builder native --progress plain \
		--platform "$(printf 'linux/%s\n' riscv64 "$native" | uniq |
		paste -sd,)" --output type=local,dest=out,platform-split=true \
		context 2>&1 | tee log
	grep -q "resolve $image" log
	for arch in riscv64 "$native"; do
		cat "out/linux_$arch/made"
	done >made
	printf '%s\n' riscv64 "$(uname -m)" | diff - made
	docker buildx rm native
}

@test "binaries: an artifact that oras pulls, with what was built" {
	packed binaries
	oras pull --no-tty -o pulled "$host/binaries:1"
	equal 'VERSION.txt binaries.txt buildctl buildkitd' \
		"$(find pulled -mindepth 1 -printf '%f\n' | LC_ALL=C sort |
			xargs)"
	(cd pulled && grep -v '^#' binaries.txt | sha256sum --check --strict)
	cmp "$example/inputs/riscv64/bin/buildkitd" pulled/buildkitd
	matches '^v[0-9]' "$(cat pulled/VERSION.txt)"
	chmod +x pulled/buildctl
	matches 'buildctl github.com/moby/buildkit v[0-9]' \
		"$(pulled/buildctl --version)"
}

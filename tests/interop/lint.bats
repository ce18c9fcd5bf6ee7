#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The linter's verdicts and reality: what it refuses does not start with
# Docker under emulation, what it passes does. Real programs of Debian.

load ../helpers
load engine

fetch() {
	"$root/examples/fetch-debs" "$@" >&2
}

setup_file() {
	export dir=$BATS_FILE_TMPDIR
	start_engine || return 0
	fetch --arch riscv64 --into "$dir/riscv64" --no-deps base-files libc6 \
		tini bash libtinfo6 dash musl || echo 'no packages' >"$dir/lack"
	fetch --arch amd64 --into "$dir/amd64" --no-deps tini ||
		echo 'no packages' >"$dir/lack"
	for arch in riscv64 amd64; do
		mkdir -p "$dir/$arch.root"
		dpkg-deb -x "$dir/$arch"/tini_*.deb "$dir/$arch.root"
	done
}

teardown_file() {
	stop_engine
}

setup() {
	dir=$BATS_FILE_TMPDIR
	need_emulation
	[ ! -e "$dir/lack" ] || lack "$(cat "$dir/lack")"
	work_in_folder
	debs=$dir/riscv64
	tini=$dir/riscv64.root/usr/bin/tini
}

# image LINE...
image() {
	spec a.spec 'image: example.org/lint' 'tags: [t]' "$@"
}

# It cannot be started, by whatever name.
fails_to_start() {
	"$OCI_PACK" a.spec -q --lint off -o off.tar >/dev/null
	docker load -q -i off.tar
	! run_image example.org/lint:t "${arguments[@]}" ||
		fail 'it starts' || return 1
	docker rmi -f example.org/lint:t >/dev/null
}

# starts PATTERN ARGUMENT...: it passes, and says that.
starts() {
	local pattern=$1

	shift
	"$OCI_PACK" a.spec -q -o good.tar >/dev/null
	"$OCI_PACK" lint good.tar
	docker load -q -i good.tar
	run run_image example.org/lint:t "$@"
	docker rmi -f example.org/lint:t >/dev/null
	equal 0 "$status"
	matches "$pattern" "$output"
}

# refuses RULE PATTERN: build ends with 3, writes nothing, and says which rule
# is broken, where, why it matters and what to do.
refuses() {
	run --separate-stderr "$OCI_PACK" a.spec -o bad.tar
	equal 3 "$status"
	equal '' "$output"
	[ ! -e bad.tar ]
	matches "error: $1: .*$2" "$stderr"
	equal 2 "$(grep -A 2 "^error: $1: " <<<"$stderr" | grep -c '^    ')"
}

@test "buildkitd for amd64 in an image for riscv64" {
	arguments=()
	cp "$dir/amd64.root/usr/bin/tini-static" buildkitd
	image 'layers: [{entries: [{path: /usr/bin/, from: buildkitd}]}]' \
		'config: {entrypoint: [/usr/bin/buildkitd, -s, --, /usr/bin/buildkitd, -h]}'
	refuses elf-machine '/usr/bin/buildkitd .*it is for amd64'
	[ "$(uname -m)" = x86_64 ] || fails_to_start
}

@test "a dynamic tini on scratch" {
	arguments=(--version)
	image "layers: [{entries: [{path: /usr/bin/tini, from: $tini}]}]" \
		'config: {entrypoint: [/usr/bin/tini]}'
	refuses elf-interpreter "/usr/bin/tini .*ld-linux-riscv64-lp64d.so.1"
	fails_to_start
	image "layers: [{entries: [{path: /usr/bin/tini, from: $tini-static}]}]" \
		'config: {entrypoint: [/usr/bin/tini]}'
	starts '^tini version' --version
}

@test "a tini that lacks libc" {
	arguments=(--version)
	image 'layers:' \
		"  - debs: ['$debs/base-files_*.deb', '$debs/libc6_*.deb', '$debs/tini_*.deb']" \
		'  - entries: [{path: /usr/lib/riscv64-linux-gnu/libc.so.6, remove: true}]' \
		'config: {entrypoint: [/usr/bin/tini]}'
	refuses elf-needed '/usr/bin/tini .*libc.so.6'
	fails_to_start
	sed -i '/remove: true/d' a.spec
	starts '^tini version' --version
}

@test "a script for bash, without bash" {
	arguments=()
	image 'layers:' \
		"  - debs: ['$debs/base-files_*.deb', '$debs/libc6_*.deb']" \
		'  - entries: [{path: /run.sh, content: "#!/bin/bash\necho it runs\n", mode: 0755}]' \
		'config: {entrypoint: [/run.sh]}'
	refuses shebang-missing "/run.sh .*'/bin/bash' is not in the image"
	fails_to_start
	image 'layers:' \
		"  - debs: ['$debs/base-files_*.deb', '$debs/libc6_*.deb', '$debs/bash_*.deb', '$debs/libtinfo6_*.deb']" \
		'  - entries: [{path: /run.sh, content: "#!/bin/bash\necho it runs\n", mode: 0755}]' \
		'config: {entrypoint: [/run.sh]}'
	starts '^it runs$'
}

@test "a script that does not say for whom" {
	arguments=()
	image 'layers:' \
		"  - debs: ['$debs/base-files_*.deb', '$debs/libc6_*.deb', '$debs/dash_*.deb']" \
		'  - entries: [{path: /script, content: "echo it runs\n", mode: 0755}]' \
		'config: {entrypoint: [/script]}'
	refuses entrypoint-format 'the entrypoint is neither'
	fails_to_start
	sed -i 's/echo it/#!\/bin\/sh\\necho it/' a.spec
	starts '^it runs$'
}

@test "a user that is not there" {
	arguments=(--version)
	image "layers: [{entries: [{path: /tini, from: $tini-static}]}]" \
		'config: {entrypoint: [/tini], user: app}'
	refuses user-missing "'app' is not in /etc/passwd"
	fails_to_start
	image 'layers:' '  - entries:' \
		"      - {path: /tini, from: $tini-static}" \
		'      - {path: /etc/passwd, content: "app:x:7:7::/:/\n"}' \
		'config: {entrypoint: [/tini], user: app}'
	starts '^tini version' --version
}

@test "an entrypoint that buildx cannot use" {
	image 'layers:' '  - entries:' \
		"      - {path: /usr/bin/tini, from: $tini-static}" \
		"      - {path: /usr/bin/buildkitd, from: $tini-static}" \
		"      - {path: /usr/bin/buildctl, from: $tini-static}" \
		"      - {path: /usr/bin/runc, from: $tini-static}" \
		'config: {entrypoint: [/usr/bin/tini, --], cmd: [buildkitd, --addr, "unix:///x"]}'
	refuses buildkit-entrypoint 'does not end in buildkitd'
	"$OCI_PACK" a.spec -q --lint off -o off.tar
	docker load -q -i off.tar
	run ! run_image example.org/lint:t --allow-insecure-entitlement=network.host
	sed -i 's/entrypoint: .*cmd: .*/entrypoint: [\/usr\/bin\/tini, --, buildkitd]}/' \
		a.spec
	starts '^tini version' --version
}

@test "permissions: a user that may not execute, one that may" {
	arguments=(--version)
	image "layers: [{entries: [{path: /bin/tini, from: $tini-static, mode: 0750}]}]" \
		'config: {entrypoint: [/bin/tini], user: "7:7"}'
	refuses entrypoint-not-executable '/bin/tini .*0750'
	fails_to_start
	sed -i 's/7:7/7:0/' a.spec
	starts '^tini version' --version
	image 'layers:' '  - entries:' \
		"      - {path: /opt/tini, from: $tini-static}" \
		'      - {path: /opt, dir: {}, mode: 0700}' \
		'config: {entrypoint: [/opt/tini], user: "7:7"}'
	refuses entrypoint-not-executable '/opt .*may not enter'
	fails_to_start
	image 'layers:' '  - entries:' \
		"      - {path: /bin/tini, from: $tini-static, mode: 0750, owner: '0:50'}" \
		'      - {path: /etc/passwd, content: "app:x:7:7::/:/\n"}' \
		'      - {path: /etc/group, content: "staff:x:50:app\n"}' \
		'config: {entrypoint: [/bin/tini], user: app}'
	starts '^tini version' --version
}

@test "a carriage return in a script" {
	arguments=()
	image 'layers:' \
		"  - debs: ['$debs/base-files_*.deb', '$debs/libc6_*.deb', '$debs/dash_*.deb']" \
		'  - entries: [{path: /script, content: "#!/bin/sh\r\necho it runs\n", mode: 0755}]' \
		'config: {entrypoint: [/script]}'
	refuses shebang-missing 'carriage return'
	fails_to_start
	sed -i 's/\\r//' a.spec
	starts '^it runs$'
}

@test "musl: its own libc as a program" {
	arguments=(--version)
	image 'layers:' '  - entries:' \
		"      - {path: /usr/bin/tini, from: $tini-static}" \
		"  - debs: ['$debs/base-files_*.deb', '$debs/musl_*.deb']" \
		'config: {entrypoint: [/usr/bin/tini]}'
	starts '^tini version' --version
}

@test "the BuildKit example has no errors" {
	local status=0

	"$root/examples/buildkit/get-inputs" >&2 || status=$?
	[ "$status" -eq 0 ] || skip "its inputs cannot be had here"
	"$OCI_PACK" "$root/examples/buildkit/buildkit.spec" -q -o bk.tar
	"$OCI_PACK" lint bk.tar --json |
		jq -e '.errors == 0 and .warnings == 0'
}

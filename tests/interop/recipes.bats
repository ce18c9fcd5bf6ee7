#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The pages of docs/recipes: `recipe` runs their commands as they stand there,
# and compares what they print; then real engines and registries look at the
# result.

load ../helpers
load engine
load peers

# Each test is a subshell of its own, and host is its own.
# shellcheck disable=SC2030,SC2031

pages=$root/docs/recipes

# What cannot be had without a network or a second machine. This is all that
# differs from the pages, besides `liboci`, a link to this repository.
substitutions() {
	# Engines of the tests give containers no network of their own, and
	# the port has to be free.
	echo "-p 8080:8080=--network host"
	echo "8080=$port"
	echo "driver-opt image=driver-opt network=host,image"
	# A registry on loopback is every registry: Python's image, there, is
	# Debian's Python.
	echo "ghcr.io=$host"
	echo "docker://python:=docker://$host/library/python:"
	# The board is this machine, and its emulator of riscv64.
	echo "ssh board=env"
	echo "/media/usb=$PWD/usb"
}

setup_file() {
	build_peers crane oras actionlint docker-buildx
	start_engine || return 0
	make_python
}

# Debian's Python for two platforms, in the place of Python's image.
make_python() {
	local arch top=$BATS_FILE_TMPDIR/python

	mkdir "$top"
	for arch in amd64 riscv64; do
		"$root/examples/fetch-debs" --arch $arch \
			--into "$top/debs/$arch" python3 base-files \
			2>>"$top/log" || return 0
	done
	spec "$top/python.spec" 'platforms: [linux/amd64, linux/riscv64]' \
		'layers: [{debs: ["debs/${arch}/*.deb"]}]' \
		'config: {env: {PATH: "/usr/local/bin:/usr/bin:/bin"}}'
	XDG_CACHE_HOME=/dev/null "$OCI_PACK" "$top/python.spec" -q \
		--lint off -o "$top/python" >/dev/null
}

teardown_file() {
	stop_engine
}

setup() {
	need_emulation
	need_peer go curl
	# Go's caches are the user's, whatever HOME is for the page.
	GOMODCACHE=$(go env GOMODCACHE) GOCACHE=$(go env GOCACHE)
	export GOMODCACHE GOCACHE
	find_peers
	work_in_folder
	serve a
	port=$(python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')
	mkdir bin page page/usb
	ln -s "$OCI_PACK" bin/oci-pack
	ln -s "$root/examples/fetch-debs" bin/
	ln -s "$root" page/liboci
	PATH=$PWD/bin:$PATH
	cd page || return 1
	mapfile -t pairs < <(substitutions)
	export DOCKER_CONFIG=$PWD/docker
}

teardown() {
	remove_containers
	stop_serving
}

# page NAME: its commands, all of which print what the page says.
page() {
	timeout 250 "$root/tests/interop/recipe" run "$pages/$1.md" \
		"${pairs[@]}"
}

platforms_of() {
	crane manifest "$1" | jq -r '.manifests[].platform |
		.os + "/" + .architecture' | sort | xargs
}

# is_joined IMAGE: an index of two platforms, of which riscv64's says hello.
is_joined() {
	equal 'linux/amd64 linux/riscv64' "$(platforms_of "$1")"
	equal hello "$(run_image "$1")"
}

# served IMAGE: what the image for riscv64 answers to a request.
served() {
	docker pull -q --platform linux/riscv64 "$1"
	docker run -d --network host --platform linux/riscv64 "$1"
	curl -sS --retry 60 --retry-all-errors --retry-delay 1 \
		"localhost:$port" 2>curl.log
}

# gcc of the machine of each platform, by $ARCH.
native_gcc() {
	cat >../bin/gcc <<-'GCC'
	#!/bin/sh
	[ "$ARCH" != riscv64 ] || exec riscv64-linux-gnu-gcc "$@"
	exec /usr/bin/gcc "$@"
	GCC
	chmod +x ../bin/gcc
}

@test "every page has a test here and a line in the index" {
	local file name

	for file in "$pages"/*.md; do
		name=$(basename "$file" .md)
		[ "$name" != README ] || continue
		grep -q "^	page $name\b" "$BATS_TEST_FILENAME" ||
			fail "no test runs $name.md"
		grep -q "($name.md) |\$" "$pages/README.md" ||
			fail "README.md lacks $name.md"
		[ "$(wc -l <"$file")" -le 120 ] || fail "$name.md is long"
		grep -q '^To ' "$file" || fail "$name.md has no task"
		grep -qx '## What can go wrong' "$file" ||
			fail "$name.md does not say what can go wrong"
	done
	for file in "$pages"/*.md "$root"/docs/*.md "$root/README.md"; do
		"$root/tests/interop/recipe" links "$file"
	done
}

# wrong PATTERN LINE...: a page of these lines is refused; a fence is ===.
wrong() {
	local pattern=$1 told

	shift
	printf '%s\n' "$@" | sed 's/^===/```/' >page.md
	! told=$("$root/tests/interop/recipe" run page.md 2>&1) ||
		fail "it is taken: $*"
	matches "$pattern" "$told"
}

@test "a page that does not say what its commands do is refused" {
	wrong 'it has no command' 'text' '===console' 'a' '==='
	wrong 'page.md:1: status 1' '===sh' 'false' 'true' '==='
	wrong 'page.md:1: status 1' '===sh fails' 'true' '==='
	wrong 'page.md:4: status 3' '===sh' 'true' '===' '===sh' '(exit 3)' \
		'==='
	wrong 'has not: b' '===sh' 'echo a' '===' '===console' 'b' '==='
	wrong 'has not: the end' '===sh' 'echo a; echo b' '===' '===console' \
		'a' '==='
	wrong 'has not: a' '===sh' 'echo b; echo c' '===' '===console' \
		'...' 'a' '==='
	wrong 'does not end' '===sh' 'true'
	printf '%s\n' '```sh' 'echo a 1; echo b; echo c' '```' '```sh fails' \
		'echo d' 'false' 'echo e' '```' '```console' 'd' '```' \
		'```console' '$ none' '```' >page.md
	"$root/tests/interop/recipe" run page.md
}

@test "the README's image" {
	need_peer riscv64-linux-gnu-gcc
	timeout 250 "$root/tests/interop/recipe" run "$root/README.md" \
		"localhost:5000=$host" \
		'make install-deps && make && sudo make install=true'
	is_joined "$host/me/hello"
}

@test "go-service" {
	page go-service
	equal 'linux/amd64 linux/arm64 linux/riscv64' \
		"$(platforms_of "$host/me/hello:1.0.0")"
	matches 'hello from riscv64, user 65532$' \
		"$(served "$host/me/hello:1.0.0")"
}

@test "python-app" {
	[ -d "$BATS_FILE_TMPDIR/python/python" ] ||
		lack "$(tail -n 1 "$BATS_FILE_TMPDIR/python/log")"
	"$OCI_PACK" push "$BATS_FILE_TMPDIR/python/python" -q \
		"$host/library/python:3.13-slim"
	page python-app
	matches '&lt;hello&gt; from riscv64, markupsafe._speedups$' \
		"$(served "$host/me/greeter")"
}

@test "nginx" {
	page nginx
	equal 'linux/amd64 linux/riscv64' "$(platforms_of "$host/me/web")"
	matches '<h1>hello</h1>$' "$(served "$host/me/web")"
}

@test "static-binary" {
	need_peer riscv64-linux-gnu-gcc
	page static-binary
	equal 'usr/bin/app usr/bin/tini-static' \
		"$(docker create --platform linux/riscv64 "$host/me/app" |
			xargs docker export | tar -t |
			grep '^usr/bin/.' | xargs)"
}

@test "artifact" {
	page artifact
	equal application/vnd.example.firmware "$(crane manifest \
		"$host/you/firmware:1.4.0" | jq -r .artifactType)"
	equal 'the firmware of the board' "$(cat got/firmware.bin)"
}

@test "locked-base" {
	local base=$host/library/python:3.13-slim arch

	[ -d "$BATS_FILE_TMPDIR/python/python" ] ||
		lack "$(tail -n 1 "$BATS_FILE_TMPDIR/python/log")"
	"$OCI_PACK" push "$BATS_FILE_TMPDIR/python/python" -q "$base"
	page locked-base
	for arch in amd64 riscv64; do
		equal "$(crane manifest --platform "linux/$arch" "$base" |
			jq -c '[.layers[].digest]')" \
			"$(crane manifest --platform "linux/$arch" \
				"$host/me/report" |
				jq -c '[.layers[:-1][].digest]')"
	done
	equal "$(crane digest "$base")" "$(crane manifest "$host/me/report" |
		jq -r '.annotations["org.opencontainers.image.base.digest"]')"
}

@test "ci-github" {
	local workflow=$PWD/.github/workflows/image.yml

	need_peer riscv64-linux-gnu-gcc
	page ci-github
	mkdir -p .github/workflows
	"$root/tests/interop/recipe" block "$pages/ci-github.md" yaml \
		>"$workflow"
	actionlint "$workflow"
	"$root/tests/interop/recipe" block "$pages/ci-github.md" yaml \
		"${pairs[@]}" >"$workflow"
	rm -r bin
	native_gcc
	python3 "$root/tests/interop/steps" "$workflow"
	is_joined "$host/me/app:latest"
}

@test "ci-gitlab" {
	need_peer riscv64-linux-gnu-gcc
	page ci-gitlab
	"$root/tests/interop/recipe" block "$pages/ci-gitlab.md" yaml \
		>.gitlab-ci.yml
	rm -r bin
	native_gcc
	"$root/tests/interop/gitlab" .gitlab-ci.yml "CI_REGISTRY=$host" \
		"CI_REGISTRY_IMAGE=$host/group/app" CI_COMMIT_SHA=0123 \
		CI_REGISTRY_USER=user CI_REGISTRY_PASSWORD=password
	is_joined "$host/group/app:latest"
}

@test "offline-board" {
	need_peer riscv64-linux-gnu-gcc
	page offline-board
	equal riscv64 "$(docker image inspect example.org/board/app:1.0.1 |
		jq -r '.[0].Architecture')"
}

@test "docker-init-riscv64" {
	need_peer file
	"$root/examples/buildkit/get-inputs" 2>inputs.log ||
		lack "$(tail -n 1 inputs.log)"
	use_buildx
	page docker-init-riscv64 >page.log 2>&1 || {
		grep -qF '> [internal] booting buildkit' page.log ||
			fail "$(cat page.log)"
		echo '# the daemon did not answer, and is started again' >&3
		docker buildx rm -f riscv
		rm -r hello
		page docker-init-riscv64
	}
	equal hello.txt "$(tar -xOf hello.tar "$(tar -tf hello.tar | grep blobs/ |
		while read -r blob; do
			! tar -xOf hello.tar "$blob" | tar -tz >/dev/null \
				2>&1 || echo "$blob"
		done)" | tar -tz)"
}

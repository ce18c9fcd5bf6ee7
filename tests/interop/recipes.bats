#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The pages of docs/recipes and docs/faq.md: `recipe` runs their commands as
# they stand there, and compares what they print; then real engines and
# registries look at the result.

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
	for file in "$pages"/*.md "$root/docs/faq.md" "$root/README.md"; do
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

@test "go-service" {
	need_peer go
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
	equal 'linux/amd64 linux/riscv64' \
		"$(platforms_of "$host/me/app:latest")"
	equal hello "$(run_image "$host/me/app:latest")"
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
	equal 'linux/amd64 linux/riscv64' \
		"$(platforms_of "$host/group/app:latest")"
	equal hello "$(run_image "$host/group/app:latest")"
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
	page docker-init-riscv64 || {
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

# made NAME LINE...: an image that the checks would refuse, as $host/NAME.
made() {
	local name=$1

	shift
	spec "$name.spec" 'platforms: [linux/amd64]' "$@"
	"$OCI_PACK" "$name.spec" -q --lint off --push "$host/$name:latest"
}

# says MESSAGE COMMAND...: the command fails and prints it, and the page has it
# as a heading.
says() {
	local message=$1 told

	shift
	grep -qxF "### \`$message\`" "$root/docs/faq.md" ||
		fail "docs/faq.md has no heading '$message'"
	! told=$(timeout 60 "$@" 2>&1) || fail "it does not fail: $*"
	[[ $told == *"$message"* ]] || fail "$told"
}

@test "faq: the engine says what the headings say" {
	local file='{entries: [{path: /app, from: program, mode: 0755}]}'
	local start='config: {entrypoint: [/app]}'
	local run_it=(docker run --rm --network none)

	need_peer riscv64-linux-gnu-gcc
	printf '\x7fELF\x02\x01\x01' >program
	made format "layers: [$file]" "$start"
	says 'exec /app: exec format error' "${run_it[@]}" "$host/format"
	cp /bin/true program
	made loader "layers: [$file]" "$start"
	says 'exec /app: no such file or directory' "${run_it[@]}" "$host/loader"
	made path "layers: [$file]" 'config: {entrypoint: [app]}'
	says 'exec: "app": executable file not found in $PATH' \
		"${run_it[@]}" "$host/path"
	made mode 'layers: [{entries: [{path: /app, content: a}]}]' "$start"
	says 'exec: "/app": permission denied' "${run_it[@]}" "$host/mode"
	made user "layers: [$file]" "$start"
	sed 's/config: {/config: {user: app, /' user.spec >named.spec
	"$OCI_PACK" named.spec -q --lint off --push "$host/user:latest"
	says 'unable to find user app: no matching entries in passwd file' \
		"${run_it[@]}" "$host/user"
	made command "layers: [$file]"
	says 'No command specified' "${run_it[@]}" "$host/command"
	sed 's/linux.amd64/linux\/amd64, linux\/arm64/' mode.spec >two.spec
	"$OCI_PACK" two.spec -q --lint off --push "$host/two:latest"
	says 'no matching manifest for linux/riscv64 in the manifest list entries' \
		"${run_it[@]}" --platform linux/riscv64 "$host/two"
	says 'manifest unknown' docker pull "$host/two:none"
	printf '%s\n' 'version: 1' 'artifact: application/vnd.example' \
		'files: [{name: a, content: a}]' >files.spec
	"$OCI_PACK" files.spec -q --push "$host/files:latest"
	says 'unsupported media type application/vnd.oci.empty.v1+json' \
		docker pull "$host/files"
	head -c 100000 /dev/urandom >junk.tar
	says 'archive/tar: invalid tar header' docker load -i junk.tar
	says 'http: server gave HTTP response to HTTPS client' \
		env -u DOCKER_CONFIG podman --root "$PWD/p" --runroot "$PWD/r" \
		--storage-driver vfs pull "$host/two"
}

@test "faq: the engine refuses a config of other layers" {
	spec a.spec 'platforms: [linux/amd64]' \
		'layers: [{entries: [{path: /a, content: a}]}]'
	"$OCI_PACK" a.spec -q -o oci:lay:1
	python3 - <<-'PY'
	import hashlib, json
	def path(digest):
	    return "lay/blobs/sha256/" + digest[7:]
	def write(value):
	    data = json.dumps(value).encode()
	    digest = "sha256:" + hashlib.sha256(data).hexdigest()
	    open(path(digest), "wb").write(data)
	    return {"digest": digest, "size": len(data)}
	index = json.load(open("lay/index.json"))
	manifest = json.load(open(path(index["manifests"][0]["digest"])))
	config = json.load(open(path(manifest["config"]["digest"])))
	config["rootfs"]["diff_ids"] = ["sha256:" + "0" * 64]
	manifest["config"].update(write(config))
	index["manifests"][0].update(write(manifest))
	json.dump(index, open("lay/index.json", "w"))
	PY
	oras copy --no-tty --from-oci-layout lay:1 "$host/wrong:1"
	says "layers from manifest don't match image configuration" \
		docker pull "$host/wrong:1"
	run "$OCI_PACK" verify lay
	equal 3 "$status"
	matches 'has the diff_id' "$output"
}

@test "faq: a program without authorities says what the heading says" {
	need_peer go
	serve b tls
	printf '%s\n' 'package main' 'import ("fmt"; "net/http"; "os")' \
		'func main() { _, err := http.Get(os.Args[1])' \
		'fmt.Println(err); os.Exit(1) }' >get.go
	CGO_ENABLED=0 go build -trimpath -o get get.go
	tls=$host
	serve a
	made get 'layers: [{entries: [{path: /get, from: get}]}]' \
		'config: {entrypoint: [/get]}'
	says 'x509: certificate signed by unknown authority' docker run --rm \
		--network host "$host/get" "https://$tls/v2/"
}

@test "faq: oci-pack's messages are what their commands print" {
	local plain=$host ca=/etc/ssl/certs/ca-certificates.crt

	serve b tls
	run timeout 120 "$root/tests/interop/recipe" messages \
		"$root/docs/faq.md" "ghcr.io/me/no-such=$plain/me/no-such" \
		"tags registry.example=tags --ca-file $ca $host" \
		"registry.example=$host"
	equal 0 "$status" || fail "$output"
	equal "$(sed -n '/^## Messages of oci-pack/,$p' "$root/docs/faq.md" |
		grep -c '^### ')" "$output"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The messages that docs/faq.md has as headings: those of engines are made with
# real ones, those of oci-pack by the command below each.

load ../helpers
load engine
load peers

# Each test is a subshell of its own, and host is its own.
# shellcheck disable=SC2030,SC2031

setup_file() {
	build_peers oras
	start_engine || true
}

teardown_file() {
	stop_engine
}

setup() {
	need_emulation
	need_peer go
	# Go's caches are the user's, whatever HOME is.
	GOMODCACHE=$(go env GOMODCACHE) GOCACHE=$(go env GOCACHE)
	export GOMODCACHE GOCACHE
	find_peers
	work_in_folder
	serve a
	mkdir bin
	ln -s "$OCI_PACK" bin/oci-pack
	PATH=$PWD/bin:$PATH
	export DOCKER_CONFIG=$PWD/docker
}

teardown() {
	stop_serving
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

@test "the engine says what the headings say" {
	local file='{entries: [{path: /app, from: program, mode: 0755}]}'
	local start='config: {entrypoint: [/app]}'
	local run_it=(docker run --rm --network none)

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

@test "the engine refuses a config of other layers" {
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

@test "a program without authorities says what the heading says" {
	local tls

	tls=$(serve b tls && echo "$host")
	printf '%s\n' 'package main' 'import ("fmt"; "net/http"; "os")' \
		'func main() { _, err := http.Get(os.Args[1])' \
		'fmt.Println(err); os.Exit(1) }' >get.go
	CGO_ENABLED=0 go build -trimpath -o get get.go
	made get 'layers: [{entries: [{path: /get, from: get}]}]' \
		'config: {entrypoint: [/get]}'
	says 'x509: certificate signed by unknown authority' docker run --rm \
		--network host "$host/get" "https://$tls/v2/"
}

@test "oci-pack's messages are what their commands print" {
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

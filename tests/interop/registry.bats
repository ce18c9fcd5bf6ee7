#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Push, pull and copy with a real registry (distribution), and what others
# make of it: skopeo, Docker.

load ../helpers
load peers

# Each test is a subshell of its own, and host is its own.
# shellcheck disable=SC2030,SC2031

setup_file() {
	build_peers
}

setup() {
	find_peers
	work_in_folder
	spec a.spec 'image: example.org/a' 'tags: [one, two]' 'layers:' \
		'  - {name: x, entries: [{path: /x, content: "hello\n"}]}' \
		'  - {name: y, entries: [{path: /y, from: large}]}'
	head -c 3000000 /dev/urandom >large
}

teardown() {
	stop_serving
}

# receives NAME PID: that registry has a part of a large blob, or the push,
# which is that process, is over.
receives() {
	while [ -z "$(find "$dir/$1/data" -path '*/_uploads/*/data' \
		-size +1M 2>/dev/null)" ] && kill -0 "$2" 2>/dev/null; do
		sleep 0.01
	done
}

tags() {
	skopeo list-tags --tls-verify=false "docker://$1" | jq -c .Tags
}

@test "push of a build: every tag, and nothing the second time" {
	serve a
	run --separate-stderr "$OCI_PACK" a.spec --push "$host/x/a"
	equal 0 "$status"
	matches '3 blobs uploaded' "$stderr"
	equal '["one","two"]' "$(tags "$host/x/a")"
	run --separate-stderr "$OCI_PACK" a.spec --push "$host/x/a"
	matches '^0 blobs uploaded .* 3 there already' "$stderr"
}

@test "one build to an archive, a layout's tag and two repositories" {
	serve a
	"$OCI_PACK" a.spec -q -o a.tar >digest
	run --separate-stderr "$OCI_PACK" a.spec -o b.tar \
		--push "$host/x/b:tag" --push "$host/x/c" -q
	equal 0 "$status"
	equal "$(cat digest)" "$output"
	cmp a.tar b.tar
	equal '["tag"]' "$(tags "$host/x/b")"
	equal '["one","two"]' "$(tags "$host/x/c")"
}

@test "skopeo pulls what was pushed, digest by digest" {
	serve a
	"$OCI_PACK" a.spec -q --push "$host/x/a" >digest
	skopeo copy -q --src-tls-verify=false --override-arch riscv64 \
		"docker://$host/x/a:one" dir:out
	equal "$(cat digest)" "sha256:$(sha256sum <out/manifest.json |
		cut -d' ' -f1)"
}

@test "what skopeo pushed is pulled, inspected and verified" {
	serve a
	"$OCI_PACK" a.spec -q -o a.tar >digest
	skopeo copy -q --dest-tls-verify=false --override-arch riscv64 \
		oci-archive:a.tar:one "docker://$host/x/s:one"
	equal "$(cat digest)" "$("$OCI_PACK" pull "$host/x/s:one" -q -o out)"
	"$OCI_PACK" verify out
	"$OCI_PACK" verify "$host/x/s:one"
	equal "$("$OCI_PACK" inspect --raw a.tar)" \
		"$("$OCI_PACK" inspect --raw "$host/x/s:one")"
}

@test "an index between registries, through a layout and an archive" {
	spec m.spec 'image: example.org/m' \
		'platforms: [linux/riscv64, linux/amd64]' 'layers:' \
		'  - entries: [{path: "/${arch}", content: "x"}]'
	serve a
	first=$host
	serve b
	"$OCI_PACK" m.spec -q --push "$first/m:1" >digest
	"$OCI_PACK" copy "$first/m:1" "$host/m:1"
	"$OCI_PACK" copy "$first/m:1" oci:layout:x
	"$OCI_PACK" copy oci:layout:x a.tar
	"$OCI_PACK" push a.tar "$host/n:1"
	for name in "$host/m:1" "$host/n:1"; do
		equal "$(cat digest)" "$("$OCI_PACK" inspect --json "$name" |
			jq -r .digest)"
	done
	equal linux/amd64 "$("$OCI_PACK" copy --platform linux/amd64 \
		"$first/m:1" amd.tar >/dev/null &&
		"$OCI_PACK" inspect --json amd.tar |
		jq -r '.images[].platform')"
	"$OCI_PACK" verify a.tar
	"$OCI_PACK" verify amd.tar
}

@test "blobs are mounted from another repository" {
	serve a
	"$OCI_PACK" a.spec -q --push "$host/x/a"
	run --separate-stderr "$OCI_PACK" a.spec --push "$host/x/b" \
		--mount-from x/a
	matches '0 blobs uploaded .* 3 mounted' "$stderr"
}

@test "TLS and htpasswd: login, push, and refusals without it" {
	serve t tls
	trust=(--ca-file "$dir/t/cert.pem" --retries 0)
	run --separate-stderr "$OCI_PACK" a.spec --push "$host/x/a" --retries 0
	equal 1 "$status"
	run --separate-stderr "$OCI_PACK" a.spec --push "$host/x/a" "${trust[@]}"
	equal 1 "$status"
	matches "401.*log in" "$stderr"
	printf 's3cret:pass\n' | "$OCI_PACK" login "$host" --username user \
		--password-stdin "${trust[@]}"
	"$OCI_PACK" a.spec -q --push "$host/x/a" "${trust[@]}" >digest
	equal "$(cat digest)" "$("$OCI_PACK" pull "$host/x/a:one" -q -o out \
		"${trust[@]}")"
}

@test "tokens that are really signed: login, push, anonymous pull" {
	serve t token
	run --separate-stderr "$OCI_PACK" a.spec --push "$host/x/a"
	equal 1 "$status"
	matches '401' "$stderr"
	printf 'wrong\n' | run --separate-stderr "$OCI_PACK" login "$host" \
		--username user --password-stdin
	[ ! -e "$HOME/.docker/config.json" ]
	printf 's3cret:pass\n' | "$OCI_PACK" login "$host" --username user \
		--password-stdin
	equal 600 "$(stat -c %a "$HOME/.docker/config.json")"
	run --separate-stderr "$OCI_PACK" a.spec --push "$host/x/a" -v
	equal 0 "$status"
	[[ $stderr$output != *s3cret* ]]
	rm "$HOME/.docker/config.json"
	"$OCI_PACK" pull "$host/x/a:one" -o out
	"$OCI_PACK" verify out
}

@test "the registry dies in mid-push and comes back: a complete push" {
	serve a
	head -c 60000000 /dev/urandom >large
	"$OCI_PACK" a.spec --push "$host/x/a" --retries 20 >out 2>err &
	pid=$!
	receives a "$pid"
	"$registry" stop "$dir/a"
	sleep 1
	serve a
	wait "$pid" || fail "$(cat err)"
	"$OCI_PACK" pull "$host/x/a:two" -q -o back
	"$OCI_PACK" verify back
}

@test "the registry dies and stays away: exit 1, one line, no tag" {
	serve a
	"$registry" stop "$dir/a"
	run --separate-stderr "$OCI_PACK" a.spec --push "$host/x/a" --retries 1
	equal 1 "$status"
	equal 1 "${#stderr_lines[@]}"
	serve a
	run "$OCI_PACK" inspect "$host/x/a:one"
	equal 1 "$status"
}

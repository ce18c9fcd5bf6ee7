#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# From the archive that `make demo` writes to images of two platforms that
# docker buildx built with it: `make check-buildx`. Each test is a step, and
# needs those before it.

load ../helpers
load engine
load peers

# What a step leaves for the next ones is in files of the first folder.
# shellcheck disable=SC2030,SC2031

both=linux/riscv64,linux/amd64
archive=$root/build/demo/buildkit.tar
loaded=ghcr.io/gounthar/buildkit-riscv64:latest

setup_file() {
	local dir=$BATS_FILE_TMPDIR

	build_peers crane docker-buildx
	[ ! -e "$dir/lack" ] || return 0
	start_engine || return 0
	use_buildx
	make_inputs >"$dir/lack" 2>&1 || return 0
	rm "$dir/lack"
	serve registry
	export host
}

# The image, and a static program for each platform to build another from.
make_inputs() {
	local arch tini=$root/examples/tini

	"$root/examples/demo" "$OCI_PACK"
	for arch in riscv64 amd64; do
		"$tini/get-inputs" --arch "$arch"
		mkdir -p "$BATS_FILE_TMPDIR/context/$arch"
		cp "$tini/inputs/$arch/bin/busybox" \
			"$BATS_FILE_TMPDIR/context/$arch/"
	done
	printf '%s\n' 'FROM scratch' 'ARG TARGETARCH' \
		'COPY $TARGETARCH/busybox /bin/' \
		'ENTRYPOINT ["/bin/busybox"]' 'CMD ["uname", "-m"]' \
		>"$BATS_FILE_TMPDIR/context/Dockerfile"
	[ -e "$archive" ]
}

teardown_file() {
	remove_containers
	dir=$BATS_FILE_TMPDIR stop_serving
	stop_engine
}

setup() {
	need_emulation
	find_peers
	top=$BATS_FILE_TMPDIR
	image=$host/buildkit:from-archive
	app=$host/x/app:1
	work_in_folder
}

say() {
	printf '# %s\n' "$*" >&3
}

@test "docker load, of the archive that make demo wrote" {
	"$OCI_PACK" verify "$archive"
	docker load -i "$archive" | tee loaded
	grep -qx "Loaded image: $loaded" loaded
	# No registry has it by this name, so nothing else can be pulled.
	docker tag "$loaded" "$image"
	equal riscv64 "$(field "$image" .Architecture)"
}

@test "the image in a registry and the loaded one are the same" {
	local digest

	digest=$("$OCI_PACK" inspect --json "$archive" | jq -r .digest)
	equal "$digest" "$("$OCI_PACK" push -q "$archive" "$host/pushed:1")"
	equal "$digest" "$(crane digest "$host/pushed:1")"
	equal "$(field "$loaded" .Id)" \
		"$(crane manifest "$host/pushed:1" | jq -r .config.digest)"
	docker pull -q --platform linux/riscv64 "$host/pushed:1"
	equal "$(field "$loaded" .Id)" "$(field "$host/pushed:1" .Id)"
	equal "$host/pushed@$digest" \
		"$(field "$host/pushed:1" 'index .RepoDigests 0')"
	say "manifest $digest"
	say "image    $(field "$loaded" .Id)"
}

@test "docker buildx create --driver docker-container --driver-opt image=..." {
	create_builder whole "$image"
	docker buildx ls | grep -q whole
}

@test "docker buildx inspect --bootstrap: linux/riscv64 among the platforms" {
	boot whole >told
	grep -qx 'Status: *running' told
	grep -qE '^BuildKit version: +v[0-9]+\.[0-9]+\.[0-9]+$' told
	builds_riscv64 told
	equal "$(field "$image" .Id)" \
		"$(field buildx_buildkit_whole0 .Image)"
	say "$(grep '^BuildKit version:' told)"
	say "$(grep '^Platforms:' told)"
}

@test "docker buildx build --platform $both --push" {
	docker buildx build --builder whole --platform "$both" --push \
		-t "$app" "$top/context"
	crane validate --platform linux/riscv64 --remote "$app"
	crane validate --platform linux/amd64 --remote "$app"
}

@test "docker buildx imagetools inspect: both platforms" {
	docker buildx imagetools inspect --builder whole "$app" >told
	cat told
	grep -q "^Digest: *$(crane digest "$app")$" told
	equal 'linux/amd64 linux/riscv64' "$(sed -n \
		's/^ *Platform: *\(linux.*\)/\1/p' told | sort | xargs)"
}

@test "docker run: both platforms say what they are" {
	local arch

	for arch in riscv64 amd64; do
		docker run --rm --network none --platform "linux/$arch" \
			"$app" >"$arch"
	done
	equal riscv64 "$(cat riscv64)"
	equal x86_64 "$(cat amd64)"
}

# total: what du or prune says at its end.
total() {
	sed -n 's/^Total:[[:space:]]*//p' "$1"
}

@test "docker buildx du and prune" {
	docker buildx du --builder whole >before
	run ! grep -qx 0B <(total before)
	docker buildx prune --builder whole -af >pruned
	equal "$(total before)" "$(total pruned)"
	docker buildx du --builder whole >after
	equal 0B "$(total after)"
	say "pruned $(total pruned)"
}

@test "docker buildx rm: neither container nor volume is left" {
	docker volume inspect buildx_buildkit_whole0_state
	docker buildx rm whole
	run ! docker inspect buildx_buildkit_whole0
	run ! docker volume inspect buildx_buildkit_whole0_state
	run ! docker buildx inspect whole
}

# An exit of 137 would be SIGKILL's, after docker stop's patience; of 143,
# that of a process that knows no SIGTERM. buildkitd ends by itself, with 1.
@test "docker stop: buildkitd ends through tini within two seconds" {
	local before after

	start_buildkit signals --privileged "$image"
	equal tini "$(docker exec signals cat /proc/1/comm)"
	before=${EPOCHREALTIME/./}
	docker stop --time 60 signals
	after=${EPOCHREALTIME/./}
	docker logs signals 2>&1 | tail -n 3
	equal 'exited 1 false' "$(docker inspect --format \
		'{{.State.Status}} {{.State.ExitCode}} {{.State.OOMKilled}}' \
		signals)"
	[ $((after - before)) -lt 2000000 ] ||
		fail "it took $((after - before)) microseconds"
	say "docker stop took $(((after - before) / 1000)) ms"
}

# orphan NAME: leaves a process alone in a container, and ends it; $pid is
# its number there.
orphan() {
	pid=$(docker exec "$1" sh -c 'sleep 600 >/dev/null 2>&1 & echo $!')
	equal 1 "$(docker exec "$1" cut -d ' ' -f 4 "/proc/$pid/stat")"
	docker exec "$1" sh -c "kill $pid"
}

# buildkitd as the first process shows that it is tini's work.
@test "orphans that end are reaped by tini, and by buildkitd they are not" {
	local i

	docker start signals
	orphan signals
	for ((i = 0; i < 50; i++)); do
		docker exec signals test -e "/proc/$pid" || break
		sleep 0.1
	done
	run ! docker exec signals test -e "/proc/$pid"
	start_buildkit bare --privileged --entrypoint buildkitd "$image"
	orphan bare
	sleep 1
	equal Z "$(docker exec bare cut -d ' ' -f 3 "/proc/$pid/stat")"
	docker rm -f signals bare
}

# By the system's clock, as the programs in containers go.
sign() {
	env -u LD_PRELOAD openssl "$@" 2>/dev/null
}

# certificate NAME AUTHORITY: NAME.pem and NAME.key, for this machine.
certificate() {
	sign req -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$1.key" \
		-out "$1.csr"
	sign x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" \
		-CAcreateserial -days 7300 -out "$1.pem" -extfile \
		<(echo 'subjectAltName=DNS:localhost,IP:127.0.0.1')
}

authority() {
	sign req -x509 -newkey rsa:2048 -nodes -days 7300 -subj "/CN=$1" \
		-keyout "$1.key" -out "$1.pem"
}

layers_of() {
	"$OCI_PACK" inspect --raw "$1" | jq -r '.layers[].digest'
}

# workers OPTION...: what a client is told over TCP.
workers() {
	docker exec mtls buildctl --addr tcp://localhost:1234 \
		--tlscacert /clients/ca.pem "$@" debug workers
}

@test "a remote builder over TCP, with mutual TLS" {
	authority ca
	certificate server ca
	certificate client ca
	mkdir tls
	cp ca.pem tls/ca.pem
	cp server.pem tls/cert.pem
	cp server.key tls/key.pem
	"$OCI_PACK" "$root/examples/buildkit/buildkit-mtls.spec" -q \
		-t mtls:test -o mtls.tar
	"$OCI_PACK" lint mtls.tar --json |
		jq -e '.errors == 0 and .warnings == 0'
	layers_of "$archive" >shared
	layers_of mtls.tar | sed '$d' | diff shared -
	docker load -q -i mtls.tar
	start_buildkit mtls --privileged -v "$PWD:/clients:ro" \
		-v "$PWD/tls:/etc/buildkit/tls:ro" mtls:test
	docker buildx create --name remote --driver remote --driver-opt \
		"cacert=$PWD/ca.pem,cert=$PWD/client.pem,key=$PWD/client.key" \
		tcp://127.0.0.1:1234
	within mtls docker buildx inspect --bootstrap remote >told
	builds_riscv64 told
	within mtls docker buildx build --builder remote --platform "$both" \
		--output type=local,dest=out "$top/context"
	cmp "$top/context/riscv64/busybox" out/linux_riscv64/bin/busybox
	cmp "$top/context/amd64/busybox" out/linux_amd64/bin/busybox
	docker buildx rm remote
	say "$(grep '^BuildKit version:' told), over tcp://127.0.0.1:1234"
}

# refusal OPTION...: how the server ends a handshake.
refusal() {
	within mtls timeout 20 openssl s_client -connect localhost:1234 -ign_eof \
		-CAfile ca.pem "$@" </dev/null 2>&1
}

@test "a client without a certificate, or with another's, is refused" {
	authority other
	certificate stranger other
	docker cp mtls:/clients/ca.pem .
	docker cp stranger.pem mtls:/root/
	docker cp stranger.key mtls:/root/
	workers --tlscert /clients/client.pem --tlskey /clients/client.key
	run ! workers
	run ! workers --tlscert /root/stranger.pem --tlskey /root/stranger.key
	run refusal
	matches 'alert certificate required' "$output"
	run refusal -cert stranger.pem -key stranger.key
	matches 'alert unknown ca' "$output"
	docker rm -fv mtls
}

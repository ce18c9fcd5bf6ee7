#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# --load, docker-daemon: and podman: with engines of the test's own, at a
# socket, with TLS, and by a context: what was loaded runs.

load ../helpers
load engine

setup_file() {
	export store=$BATS_FILE_TMPDIR/podman
	make_certificates
	ENGINE_HOST=tcp://127.0.0.1:$(free_port)
	export ENGINE_HOST ENGINE_TLS=$BATS_FILE_TMPDIR/tls
	start_engine || true
	cat >"$BATS_FILE_TMPDIR/hello.c" <<-'END'
	#include <stdio.h>
	int main(void) { return puts("hello from " WHERE) < 0; }
	END
	cc -static -DWHERE='"the image"' -o "$BATS_FILE_TMPDIR/hello" \
		"$BATS_FILE_TMPDIR/hello.c"
	start_podman
}

teardown_file() {
	stop_engine
	[ ! -s "$store/pid" ] || kill "$(cat "$store/pid")" || true
	[ ! -d "$store/root" ] || podman_here rmi -af >/dev/null 2>&1 || true
	rm -rf "$store"
}

setup() {
	need_root
	work_in_folder
	cp "$BATS_FILE_TMPDIR/hello" .
	export DOCKER_CONFIG=$PWD/config HOME=$PWD
	spec a.spec "image: example.org/hello" 'tags: [one, two]' \
		"platforms: [linux/$(architecture)]" 'config: {cmd: [/hello]}' \
		'layers: [{entries: [{path: /hello, from: hello, mode: 0755}]}]'
	spec two.spec 'image: example.org/several' \
		"platforms: [linux/s390x, linux/$(architecture)]" \
		'layers: [{entries: [{path: /a, content: "${platform}"}]}]'
}

architecture() {
	case $(uname -m) in
	x86_64) echo amd64 ;;
	aarch64) echo arm64 ;;
	*) uname -m ;;
	esac
}

free_port() {
	python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

# tls/ for the engine, certs/ for its clients.
make_certificates() {
	local tls=$BATS_FILE_TMPDIR/tls certs=$BATS_FILE_TMPDIR/certs name

	mkdir "$tls" "$certs"
	openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj '/CN=test CA' \
		-keyout "$tls/ca-key.pem" -out "$tls/ca.pem"
	for name in server client; do
		openssl req -newkey rsa:2048 -nodes -subj "/CN=$name" \
			-keyout "$tls/$name-key.pem" -out "$tls/$name.csr"
		openssl x509 -req -in "$tls/$name.csr" -days 3650 \
			-CA "$tls/ca.pem" -CAkey "$tls/ca-key.pem" \
			-CAcreateserial -out "$tls/$name.pem" -extfile <(
			echo 'subjectAltName=IP:127.0.0.1'
			echo 'extendedKeyUsage=serverAuth,clientAuth'
		)
	done
	cp "$tls/server-key.pem" "$tls/key.pem"
	cp "$tls/ca.pem" "$certs/ca.pem"
	cp "$tls/client.pem" "$certs/cert.pem"
	cp "$tls/client-key.pem" "$certs/key.pem"
}

# With CONTAINER_HOST podman would be a client of the service.
podman_here() {
	env -u CONTAINER_HOST podman --root "$store/root" --runroot "$store/run" \
		--storage-driver vfs --events-backend file "$@"
}

# The service of Podman at $store/podman.sock; $store/log says why there is
# none.
start_podman() {
	local i

	mkdir "$store"
	if [ "$(id -u)" -ne 0 ] || ! command -v podman >/dev/null; then
		return
	fi
	# Of a function in the background, $! would be a shell.
	env -u CONTAINER_HOST podman \
		--root "$store/root" --runroot "$store/run" \
		--storage-driver vfs --events-backend file \
		system service -t 0 "unix://$store/podman.sock" \
		</dev/null >"$store/log" 2>&1 3>&- 4>&- &
	echo $! >"$store/pid"
	for ((i = 0; i < 200; i++)); do
		if [ -S "$store/podman.sock" ] ||
			! kill -0 "$(cat "$store/pid")"; then
			break
		fi
		sleep 0.1
	done
}

need_podman() {
	need_peer podman
	[ -S "$store/podman.sock" ] ||
		lack "podman does not work here: $(tail -n 1 "$store/log")"
	export CONTAINER_HOST=unix://$store/podman.sock
}

# runs NAME: the image, loaded, says hello; then it is removed.
runs() {
	equal 'hello from the image' \
		"$(timeout 60 docker run --rm --network none "$1")"
}

# podman_runs NAME: the image says hello. Podman would raise limits of its own.
podman_runs() {
	equal 'hello from the image' "$(timeout 60 \
		env -u CONTAINER_HOST -u DOCKER_CONFIG podman \
		--root "$store/root" --runroot "$store/run" \
		--storage-driver vfs --events-backend file \
		--cgroup-manager cgroupfs run --rm --network none \
		--ulimit nofile=1024:1024 --ulimit nproc=1024:1024 "$1")"
}

# loads_several ARCHITECTURE ARGUMENT...: the platform that Podman has of it.
loads_several() {
	run --separate-stderr "$OCI_PACK" two.spec --load=podman "${@:2}"
	equal 0 "$status"
	matches "Podman keeps one platform .* has linux/$1:" "$stderr"
	equal "$1" "$(podman_here inspect example.org/several:latest |
		jq -r '.[0].Architecture')"
}

remove_images() {
	docker images -aq | sort -u | xargs -r docker rmi -f >/dev/null
}

@test "build --load: docker runs it, by each of its names" {
	need_engine
	remove_images
	run --separate-stderr "$OCI_PACK" a.spec --load
	equal 0 "$status"
	equal 'loaded example.org/hello:one into Docker
loaded example.org/hello:two into Docker' "$stderr"
	runs example.org/hello:one
	runs example.org/hello:two
	equal "$("$OCI_PACK" a.spec -q -o out.tar)" "$("$OCI_PACK" a.spec -q --load)"
}

@test "build --load, without a name: docker runs it by its ID" {
	need_engine
	sed -i '/^image:/d; /^tags:/d' a.spec
	run --separate-stderr "$OCI_PACK" a.spec --load --iidfile id \
		--metadata-file metadata.json
	equal 0 "$status"
	matches '^loaded sha256:[0-9a-f]* into Docker$' "$stderr"
	runs "$(cut -d ' ' -f 2 <<<"$stderr")"
	# As after docker buildx build --load.
	runs "$(cat id)"
	runs "$(jq -r '."containerimage.config.digest"' metadata.json)"
}

@test "build --load over TCP with TLS, and not without certificates" {
	need_engine
	remove_images
	DOCKER_HOST=$ENGINE_HOST DOCKER_TLS_VERIFY=1 \
		DOCKER_CERT_PATH=$BATS_FILE_TMPDIR/certs "$OCI_PACK" a.spec --load
	runs example.org/hello:one
	DOCKER_HOST=$ENGINE_HOST refused 1 'HTTP request to an HTTPS server' \
		a.spec --load
	mkdir -p config
	DOCKER_HOST=$ENGINE_HOST DOCKER_TLS_VERIFY=1 \
		refused 1 'ca\.pem in the folder' a.spec --load
	cp "$BATS_FILE_TMPDIR/certs/ca.pem" config
	DOCKER_HOST=$ENGINE_HOST DOCKER_TLS_VERIFY=1 \
		refused 1 'certificate' a.spec --load
}

@test "build --load by a context of docker's, with TLS" {
	local certs=$BATS_FILE_TMPDIR/certs

	need_engine
	remove_images
	docker context create far --docker "host=$ENGINE_HOST,ca=$certs/ca.pem,\
cert=$certs/cert.pem,key=$certs/key.pem"
	DOCKER_HOST='' DOCKER_CONTEXT=far "$OCI_PACK" a.spec --load
	runs example.org/hello:one
	remove_images
	DOCKER_HOST='' docker context use far
	DOCKER_HOST='' "$OCI_PACK" a.spec --load
	runs example.org/hello:one
}

@test "docker: of several platforms, a classic store has the engine's own" {
	need_engine
	run --separate-stderr "$OCI_PACK" two.spec --load
	equal 0 "$status"
	matches "Docker keeps one platform .* has linux/$(architecture):" \
		"$stderr"
	equal "$(architecture)" \
		"$(docker image inspect example.org/several |
			jq -r '.[0].Architecture')"
	"$OCI_PACK" two.spec -q --load --platform linux/s390x
	equal s390x "$(docker image inspect example.org/several |
		jq -r '.[0].Architecture')"
}

@test "copy to docker-daemon:NAME: docker runs it" {
	need_engine
	"$OCI_PACK" a.spec -q -o out.tar
	"$OCI_PACK" copy out.tar docker-daemon:other:3
	runs other:3
}

@test "docker: a build that fails loads nothing" {
	need_engine
	remove_images
	sed -i 's|/hello]|/missing]|' a.spec
	run "$OCI_PACK" a.spec --load
	equal 3 "$status"
	equal '' "$(docker images -aq)"
	head -c 9000 /dev/urandom >bad.tar
	spec b.spec 'image: example.org/bad' 'layers:' \
		'- entries: [{path: /hello, from: hello}]' \
		'- entries: [{path: /, archive: bad.tar}]'
	run "$OCI_PACK" b.spec --load
	equal 1 "$status"
	equal '' "$(docker images -aq)"
}

@test "podman: build --load=podman and copy to podman:NAME" {
	need_podman
	run --separate-stderr "$OCI_PACK" a.spec --load=podman
	equal 0 "$status"
	equal 'loaded example.org/hello:one into Podman
loaded example.org/hello:two into Podman' "$stderr"
	podman_runs example.org/hello:one
	podman_runs example.org/hello:two
	"$OCI_PACK" a.spec -q -o out.tar
	"$OCI_PACK" copy out.tar podman:other:3
	podman_runs docker.io/library/other:3
	DOCKER_HOST=$CONTAINER_HOST "$OCI_PACK" copy out.tar docker-daemon:a/b:4
	podman_runs docker.io/a/b:4
}

@test "podman: of several platforms it has its own, or the first" {
	need_podman
	loads_several "$(architecture)"
	loads_several s390x --platform linux/s390x,linux/ppc64le
}

# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What the tests share that need a Docker engine of their own, which runs
# riscv64 as well. ../helpers.bash comes before it.
# shellcheck disable=SC2154

interop=$root/tests/interop

# start_engine: for setup_file. False where there is none; need_engine says so.
start_engine() {
	local top=$BATS_FILE_TMPDIR status=0

	DOCKER_HOST=$("$interop/engine" start "$top/engine" \
		2>"$top/no-engine") || status=$?
	# Never the machine's own engine.
	export DOCKER_HOST=${DOCKER_HOST:-unix://$top/engine/docker.sock}
	[ "$status" -eq 3 ] || [ "$status" -eq 0 ] || cat "$top/no-engine" >&2
	[ "$status" -eq 0 ] || return 1
	rm "$top/no-engine"
	! "$interop/binfmt" 2>"$top/no-emulation" || rm "$top/no-emulation"
}

# stop_engine: for teardown_file.
stop_engine() {
	"$interop/engine" stop "$BATS_FILE_TMPDIR/engine"
}

# remove_containers: all there are, with their volumes.
remove_containers() {
	local socket=$BATS_FILE_TMPDIR/engine/docker.sock

	[ -S "$socket" ] || return 0
	docker --host "unix://$socket" ps -aq |
		xargs -r docker --host "unix://$socket" rm -fv >/dev/null
}

need_engine() {
	[ ! -e "$BATS_FILE_TMPDIR/no-engine" ] ||
		lack "$(tail -n 1 "$BATS_FILE_TMPDIR/no-engine")"
}

need_emulation() {
	need_engine
	[ ! -e "$BATS_FILE_TMPDIR/no-emulation" ] ||
		lack "$(cat "$BATS_FILE_TMPDIR/no-emulation")"
}

# run_image ARGUMENT...: docker run, for riscv64. The emulator sometimes stops at
# the start of a Go program: such a run is repeated, once, and that is said.
run_image() {
	local status=0

	timeout -k 5 60 docker run --rm --network none \
		--platform linux/riscv64 "$@" || status=$?
	[ "$status" -eq 124 ] || [ "$status" -eq 137 ] || return "$status"
	echo "# the program did not end, and is started again" >&3
	timeout -k 5 60 docker run --rm --network none \
		--platform linux/riscv64 "$@"
}

# use_buildx: docker buildx is the peer, with settings of the test's own.
use_buildx() {
	export DOCKER_CONFIG=$BATS_FILE_TMPDIR/docker
	mkdir -p "$DOCKER_CONFIG/cli-plugins"
	ln -sf "$root/build/peers/docker-buildx" "$DOCKER_CONFIG/cli-plugins/"
}

# create_builder NAME IMAGE [OPTION...]: a BuildKit in a container, for buildx.
create_builder() {
	docker buildx create --name "$1" --driver docker-container \
		--driver-opt "network=host,image=$2" "${@:3}"
}

# boot BUILDER: buildx waits 20 seconds for a daemon. One that the emulator
# holds up is started anew, once, and that is said.
boot() {
	docker buildx inspect --bootstrap "$1" && return
	echo "# the daemon did not answer, and is started again" >&3
	docker logs --tail 5 "buildx_buildkit_${1}0" >&2
	docker rm -f "buildx_buildkit_${1}0" >&2
	docker buildx inspect --bootstrap "$1"
}

# field NAME PATH: of a container or an image, as docker inspect has it.
field() {
	docker inspect --format "{{$2}}" "$1"
}

# answers NAME: whether the daemon in a container comes to answer.
answers() {
	local i

	for ((i = 0; i < 300; i++)); do
		! timeout 20 docker exec "$1" buildctl debug workers \
			>/dev/null 2>&1 || return 0
		[ "$(field "$1" .State.Running)" = true ] || break
		sleep 0.1
	done
	docker logs --tail 5 "$1" >&2
	return 1
}

# start_buildkit NAME ARGUMENT...: one of its own, in a network of its own,
# until it answers. One that the emulator holds up is started anew, as in boot.
start_buildkit() {
	local name=$1

	shift
	docker run -d --name "$name" --network none "$@"
	answers "$name" && return
	echo "# the daemon did not answer, and is started again" >&3
	docker rm -f "$name" >&2
	docker run -d --name "$name" --network none "$@"
	answers "$name"
}

# within NAME COMMAND...: where the ports of that container are.
within() {
	local name=$1

	shift
	nsenter --target "$(field "$name" .State.Pid)" --net "$@"
}

# builds_riscv64 FILE: what buildx inspect says, with the platform in it.
builds_riscv64() {
	cat "$1"
	grep -qE '^Platforms: +(.*, )?linux/riscv64\*?(,|$)' "$1"
}

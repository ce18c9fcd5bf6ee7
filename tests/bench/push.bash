# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Pushing to a registry on loopback: what is packed, while it is packed, and
# what is there already.
# shellcheck disable=SC2154

start_registry() {
	has docker-registry || { say '' 'No docker-registry.'; return 1; }
	mkdir -p "$work/registry"
	host=$("$distribution" start "$PWD/$work/registry" plain)
	trap stop_servers EXIT
	# A repository that is new each time: nothing is there, or mounted.
	fresh="echo \$((\$(cat $work/n) + 1)) >$work/n; \
rm -rf $work/registry/data/*; $cold"
	echo 0 >"$work/n"
}

stop_servers() {
	"$distribution" stop "$PWD/$work/registry"
	[ -z "${DOCKER_HOST:-}" ] || tests/interop/engine stop "$work/engine"
}

# add_pushers LAYOUT REPOSITORY PREPARE: ours and those of the peers.
add_pushers() {
	local layout=$1 to=$host/$2:1

	no_cases
	add oci-pack "$3" "$pack push -q $layout $to"
	if has skopeo; then
		add skopeo "$3" "skopeo copy -q --dest-tls-verify=false \
oci:$layout:1 docker://$to"
	fi
	! has crane || add crane "$3" "crane push $layout $to"
	! has oras || add oras "$3" \
		"oras cp --from-oci-layout $layout:1 --to-plain-http $to"
}

# layout NAME: the image of the spec NAME in $work/push-NAME.
layout() {
	rm -rf "$work/push-$1"
	"$pack" "$work/$1.spec" -q --lint off -o "oci:$work/push-$1:1" \
		>/dev/null
}

# push_new LAYOUT TITLE [LIMIT]
push_new() {
	local peers

	add_pushers "$work/push-$1" "b/\$(cat $work/n)" "$fresh"
	timed "push-$1"
	peers=$(best "push-$1" skopeo crane oras)
	table "push-$1" "$2" "$peers"
	[ $# -eq 2 ] || target "$2, to the best peer" at_most "$3" '' \
		"$(count "${seconds[push-$1/oci-pack]:-} / $peers")"
}

push_again() {
	local repository

	add_pushers "$work/push-large" b/again true
	for repository in "${commands[@]}"; do
		$repository >/dev/null 2>&1
	done
	timed push-again 5
	table push-again 'Push again, nothing changed' oras
	target "push again, nothing changed, to oras" at_most 1 '' \
		"$(ratio push-again oci-pack push-again oras)"
}

# Packing and pushing at once, and either alone.
push_while_packing() {
	local to="$host/b/\$(cat $work/n):1" slower

	no_cases
	add 'pack and push' "$fresh" \
		"$pack $work/large.spec -q --lint off --push $to"
	add 'pack alone' "$cold" "$(ours large)"
	add 'push alone' "$fresh" "$pack push -q $work/push-large $to"
	if start_engine; then
		add 'docker build' "$docker_fresh" "$docker_build"
		add 'docker build, docker push' "$docker_fresh" \
			"$docker_build && docker push -q $host/docker:1"
	fi
	timed both
	slower=$(printf '%s\n' "${seconds[both/pack alone]}" \
		"${seconds[both/push alone]}" | sort -g | tail -n 1)
	table both "Pack and push: $(size_of large)" 'pack and push'
	target 'pack and push, to the slower of the two alone' at_most 1.1 '' \
		"$(count "${seconds[both/pack and push]:-} / $slower")"
	target "pack and push, to docker build and push" at_most 0.2 '' \
		"$(ratio both 'pack and push' both \
		'docker build, docker push')"
}

# An engine of our own, where one can run. Its builder is buildx, where it is
# there.
start_engine() {
	local plugins=$HOME/.docker/cli-plugins builder='DOCKER_BUILDKIT=0 '

	has docker && has dockerd || return 1
	DOCKER_HOST=$(tests/interop/engine start "$work/engine") || return 1
	export DOCKER_HOST
	say 'FROM scratch' 'COPY . /' >"$work/Dockerfile"
	if [ -x build/peers/docker-buildx ]; then
		mkdir -p "$plugins"
		cp build/peers/docker-buildx "$plugins/"
		builder=
	fi
	docker_fresh="$fresh; docker image prune -af >/dev/null; \
docker builder prune -af >/dev/null 2>&1 || true"
	docker_build="${builder}docker build -q --no-cache \
-f $work/Dockerfile -t $host/docker:1 $work/large >&2"
}

bench_push() {
	start_registry || return 0
	layout large
	layout parts
	layout one
	push_while_packing
	push_new large 'Push of a layout of one layer' 1
	push_new parts 'Push of a layout of eight layers' 0.8
	push_new one 'Push of a layout of one small file'
	push_again
}

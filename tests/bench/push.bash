# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Pushing to a registry on loopback: what is packed, while it is packed, and
# what is there already.
# shellcheck disable=SC2154

# Of the two that the tests know, the one that people run today.
start_registry() {
	if [ -x build/peers/registry ]; then
		export DISTRIBUTION=${DISTRIBUTION:-3}
	fi
	mkdir -p "$work/registry"
	host=$("$distribution" start "$PWD/$work/registry" plain) || {
		say '' 'No registry.'
		return 1
	}
	trap stop_servers EXIT
	say '' "The registry is distribution ${DISTRIBUTION:-2}."
	# A repository that is new each time: nothing is there, or mounted.
	fresh="echo \$((\$(cat $work/n) + 1)) >$work/n; \
rm -rf $work/registry/data/*; $cold"
	echo 0 >"$work/n"
}

# start_line: $far is the registry, at the other end of a line.
start_line() {
	local i

	rm -f "$work/line"
	tests/bench/line "127.0.0.1:${host##*:}" 10 20000000 "$work/line" &
	line=$!
	for ((i = 0; i < 100; i++)); do
		[ ! -e "$work/line" ] || break
		sleep 0.05
	done
	far=$(cat "$work/line")
}

stop_servers() {
	[ -z "${line:-}" ] || kill "$line"
	"$distribution" stop "$PWD/$work/registry"
	[ -z "${DOCKER_HOST:-}" ] || tests/interop/engine stop "$work/engine"
}

# sending LAYOUT REPOSITORY: a push by a client that does nothing else.
sending() {
	local layout=$1 image type blobs

	image=$(jq -r '.manifests[0].digest' "$layout/index.json")
	image=$layout/blobs/${image/:/\/}
	type=$(jq -r .mediaType "$image")
	blobs=$(jq -r --arg at "$layout/blobs/sha256/" '[.config, .layers[]] |
		sort_by(-.size)[].digest | . + " " + $at + .[7:]' "$image")
	say "build/release/floor 127.0.0.1 ${host##*:} $2 $type $image" \
		"$blobs" | tr '\n' ' '
}

# add_pushers LAYOUT REPOSITORY PREPARE [HOST]: ours and those of the peers.
add_pushers() {
	local layout=$1 to=${4:-$host}/$2:1

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
	local peers best

	add_pushers "$work/push-$1" "b/\$(cat $work/n)" "$fresh"
	[ ! -x build/release/floor ] || add 'sending alone' "$fresh" \
		"$(sending "$work/push-$1" "b/\$(cat $work/n)")"
	timed "push-$1"
	peers=$(best "push-$1" skopeo crane oras)
	table "push-$1" "$2" "$peers"
	best=${seconds[push-$1/sending alone]:-}
	[ -z "$best" ] || say '' "A client that only sends what it knows takes\
 $(count "$best / $peers") of the best peer: what is left is the registry."
	[ $# -eq 2 ] || target "$2, to the best peer" at_most "$3" '' \
		"$(count "${seconds[push-$1/oci-pack]:-} / $peers")"
}

# Where the registry is elsewhere, and its work with it.
push_far() {
	local peers to="$far/b/\$(cat $work/n):1"

	add_pushers "$work/push-parts" "b/\$(cat $work/n)" "$fresh" "$far"
	timed far
	peers=$(best far skopeo crane oras)
	table far 'Push of a layout of eight layers over a line' "$peers"
	no_cases
	add 'pack and push' "$fresh" \
		"$pack $work/large.spec -q --lint off --push $to"
	add 'pack alone' "$cold" "$(ours large)"
	add 'push alone' "$fresh" "$pack push -q $work/push-large $to"
	timed far-both
	table far-both 'Pack and push over a line' 'pack and push'
	say '' "Pack and push takes $(to_slower far-both) of the slower of the two\
 alone."
}

# to_slower LABEL: packing and pushing at once, to the slower of them.
to_slower() {
	local slower

	slower=$(printf '%s\n' "${seconds[$1/pack alone]:-}" \
		"${seconds[$1/push alone]:-}" | sort -g | tail -n 1)
	count "${seconds[$1/pack and push]:-} / $slower"
}

# core_seconds PREPARE COMMAND: medians of its own, and of the registry's.
core_seconds() {
	python3 -c '
import os, resource, statistics, subprocess, sys
def registry():
    with open("/proc/%s/stat" % sys.argv[4]) as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
def own():
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime
def run(command):
    before = own(), registry()
    subprocess.run(["bash", "-c", command], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return own() - before[0], registry() - before[1]
took = []
for _ in range(int(sys.argv[3])):
    run(sys.argv[1] + "; sync")
    took.append(run(sys.argv[2]))
print("%.3f %.3f" % tuple(map(statistics.median, zip(*took))))
' "$1" "$2" "$runs" "$(cat "$work/registry/pid")"
}

# What the cores have to do for both, if none of them ever rests.
least_of_both() {
	local packing sending least

	[ -x build/release/floor ] || return 0
	packing=$(core_seconds "$cold" "$(ours large)")
	sending=$(core_seconds "$fresh" "$(sending "$work/push-large" \
		"b/\$(cat $work/n)")")
	least=$(awk -v packing="${packing% *}" -v sending="$sending" \
		-v cores="$(nproc)" 'BEGIN {
			split(sending, parts)
			printf "%.3f", (packing + parts[1] + parts[2]) / cores
		}')
	say '' "Packing takes ${packing% *} core seconds, the registry\
 ${sending#* }, sending ${sending% *}: over $(nproc) cores $least s, which is\
 $(count "$least / ${seconds[both/pack alone]:-}") of packing alone."
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
	local to="$host/b/\$(cat $work/n):1"

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
	table both "Pack and push: $(size_of large)" 'pack and push'
	target 'pack and push, to the slower of the two alone' at_most 1.1 '' \
		"$(to_slower both)"
	least_of_both
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
	start_line
	push_far
}

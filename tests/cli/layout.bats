#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Layouts that several runs write to, and runs that fail at their end: no name
# and no blob is lost, and the exit status tells what became of the output.

load ../helpers

setup_file() {
	cc -O1 -shared -fPIC -o "$BATS_FILE_TMPDIR/fail.so" \
		"$root/tests/cli/fail.c" -ldl
}

setup() {
	work_in_folder
	without_cache
	export ROUNDS=${ROUNDS:-12}
}

# image NAME TAG CONTENT: a spec of two layers; the first one is always equal.
image() {
	spec "$1" 'image: example.com/a' "tags: [\"$2\"]" 'layers:' \
		'  - entries: [{path: /shared, content: the same}]' \
		"  - entries: [{path: /own, content: \"$3\"}]"
}

pack() {
	"$OCI_PACK" "$@" -q --lint off
}

# tags LAYOUT: the tags in its index.json, one a line.
tags() {
	jq -r '.manifests[].annotations["org.opencontainers.image.ref.name"]' \
		"$1/index.json" | sort
}

# ends STATUS PID
ends() {
	local status=0

	wait "$2" || status=$?
	equal "$1" "$status"
}

# failing_with WHAT COMMAND...: the command on a system that fails.
failing_with() {
	local what=$1

	shift
	case $OCI_PACK in
	*/sanitize/*) skip 'the sanitizer comes before any other library' ;;
	esac
	FAIL=$what LD_PRELOAD=$BATS_FILE_TMPDIR/fail.so "$@"
}

@test "faults A: a build that fails takes nothing from one that succeeded" {
	local round pid

	image good.spec good 1
	image bad.spec bad 2
	printf '%s\n' 'config: {entrypoint: [/none]}' >>bad.spec
	for ((round = 0; round < ROUNDS * 4; round++)); do
		rm -rf out
		"$OCI_PACK" bad.spec -q -o out >/dev/null 2>&1 &
		pid=$!
		pack good.spec -o out >/dev/null
		ends 3 "$pid"
		"$OCI_PACK" verify out
		equal good "$(tags out)"
		equal '' "$(find out -name '.*.tmp')"
	done
}

@test "faults A: a run that is ended takes nothing from one that committed" {
	local round pid i

	image good.spec good 1
	image slow.spec slow 2
	dd if=/dev/urandom of=large bs=1M count=64 status=none
	printf '%s\n' '  - entries: [{path: /, from: large}]' >>slow.spec
	for ((round = 0; round < 6; round++)); do
		rm -rf out
		"$OCI_PACK" slow.spec -q --lint off -o out >/dev/null 2>&1 &
		pid=$!
		for ((i = 0; i < 200; i++)); do
			[ -z "$(find out -name '.blob-1*')" ] || break
			sleep 0.01
		done
		pack good.spec -o out >/dev/null
		kill -TERM "$pid"
		! ends 0 "$pid" 2>/dev/null
		"$OCI_PACK" verify out
		equal good "$(tags out)"
		equal '' "$(find out -name '.*.tmp')"
	done
}

@test "faults B: what fails after the rename of index.json is no failure" {
	image a.spec a 1
	image b.spec b 2
	pack a.spec -o out
	failing_with folder-open pack b.spec -o out
	"$OCI_PACK" verify out
	equal 'a b' "$(tags out | xargs)"
	failing_with folder-open pack b.spec -o b.tar
	"$OCI_PACK" verify b.tar
	# Before the rename, it is one, and changes nothing.
	rm -rf out
	pack a.spec -o out
	run failing_with folder-sync pack b.spec -o out
	equal 1 "$status"
	"$OCI_PACK" verify out
	equal a "$(tags out)"
	failing_with folder-sync pack b.spec -o c.tar
	"$OCI_PACK" verify c.tar
}

@test "faults B: a folder that cannot be read gets its archive, exit 0" {
	need_root
	image a.spec a 1
	mkdir closed
	chown 65534 closed tmp
	chmod 0333 closed
	setpriv --reuid 65534 --clear-groups "$OCI_PACK" a.spec -q \
		--lint off -o closed/a.tar
	"$OCI_PACK" verify closed/a.tar
	mkdir -m 0333 closed/layout
	chown 65534 closed/layout
	run setpriv --reuid 65534 --clear-groups "$OCI_PACK" a.spec -q \
		--lint off -o closed/layout
	[ "$status" -eq 0 ] || equal '' "$(ls -A closed/layout)"
}

@test "faults B: a new layout that cannot be written leaves nothing" {
	need_root
	image a.spec a 1
	mkdir small
	mount -t tmpfs -o size=64k tmpfs small || skip 'no mounts here'
	head -c 45000 /dev/zero >small/full
	run pack a.spec -o small/out
	umount_after=$(ls -A small)
	umount small
	equal 1 "$status"
	equal full "$umount_after"
}

# parallel COUNT ROUNDS: so many builds into one layout at once.
parallel() {
	local round i pids

	for ((i = 0; i < $1; i++)); do
		image "$i.spec" "t$i" "$i"
	done
	for ((round = 0; round < $2; round++)); do
		rm -rf out
		pids=()
		for ((i = 0; i < $1; i++)); do
			pack "$i.spec" -o out >/dev/null 2>"$i.log" &
			pids+=($!)
		done
		for i in "${!pids[@]}"; do
			wait "${pids[i]}" || fail "$i: $(cat "$i.log")"
		done
		equal "$1" "$(tags out | wc -l)"
		"$OCI_PACK" verify out
	done
}

@test "faults C: two builds into one new layout, both tags are there" {
	parallel 2 $((ROUNDS * 5))
}

@test "faults C: twenty builds into one new layout, all tags are there" {
	parallel 20 "$ROUNDS"
}

@test "faults C: the later one of two that give one tag has it" {
	local i pids=() digest

	for i in 1 2 3 4 5 6 7 8; do
		image "$i.spec" same "$i"
		pack "$i.spec" -o out >"$i" &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
	equal same "$(tags out)"
	digest=$(jq -r '.manifests[0].digest' out/index.json)
	grep -qx "$digest" 1 2 3 4 5 6 7 8
	"$OCI_PACK" verify out
}

@test "faults C: index append by many, each platform is there" {
	local platform pids i round
	local platforms=(amd64 arm64 riscv64 s390x ppc64le 386 loong64)

	spec a.spec 'layers: [{entries: [{path: /a, content: a}]}]'
	for platform in "${platforms[@]}"; do
		pack a.spec --platform "linux/$platform" -o "$platform.tar"
	done
	for ((round = 0; round < ROUNDS; round++)); do
		rm -rf out
		"$OCI_PACK" index create -q -o oci:out:all amd64.tar
		pids=()
		for platform in "${platforms[@]:1}"; do
			"$OCI_PACK" index append -q oci:out:all \
				"$platform.tar" 2>"$platform.log" &
			pids+=($!)
		done
		for i in "${!pids[@]}"; do
			wait "${pids[i]}" || fail "$(cat ./*.log)"
		done
		equal "${#platforms[@]}" "$("$OCI_PACK" inspect --raw \
			oci:out:all | jq '.manifests | length')"
		"$OCI_PACK" verify out
	done
}

@test "faults C: index append keeps the names that another run gives meanwhile" {
	local appending lock

	spec a.spec 'layers: [{entries: [{path: /a, content: a}]}]'
	pack a.spec --platform linux/amd64 -o amd64.tar
	pack a.spec --platform linux/arm64 -o arm64.tar
	"$OCI_PACK" index create -q -o oci:out:one amd64.tar
	exec {lock}<out/oci-layout
	flock "$lock"
	"$OCI_PACK" index append -q out arm64.tar {lock}<&- &
	appending=$!
	# Once its blobs are written, the run waits for the lock.
	for _ in {1..100}; do
		[ -z "$(find out -name '.blob-2*')" ] || break
		sleep 0.02
	done
	sleep 0.2
	jq '.manifests += [.manifests[0] | .annotations = {
		"org.opencontainers.image.ref.name": "two"}]' \
		out/index.json >new
	mv new out/index.json
	exec {lock}<&-
	wait "$appending"
	equal 'one two' "$(tags out | xargs)"
	"$OCI_PACK" verify out
}

@test "faults C: a layout that another run holds for long is told" {
	image a.spec a 1
	pack a.spec -o out
	# flock(1) locks the file that runs lock; the run waits for it.
	flock out/oci-layout sleep 1 &
	sleep 0.2
	image b.spec b 2
	pack b.spec -o out
	wait
	equal 'a b' "$(tags out | xargs)"
}

@test "faults D: a tag is one entry, however it was written" {
	local v1 v2

	image v1.spec one 1
	image v2.spec one 2
	v1=$(pack v1.spec -o v1.tar)
	v2=$(pack v2.spec -o v2.tar)
	"$OCI_PACK" copy -q v1.tar oci:l:new
	"$OCI_PACK" copy -q v1.tar oci:l:new
	"$OCI_PACK" copy -q v1.tar oci:l:new
	"$OCI_PACK" copy -q v2.tar oci:l:new
	equal "$v2" "$(jq -r '.manifests[].digest' l/index.json)"
	# A full name and a tag alone are one name, in both orders.
	rm -r l
	pack v1.spec -o l
	pack v2.spec -o oci:l:one
	equal "$v2" "$(jq -r '.manifests[].digest' l/index.json)"
	pack v1.spec -o l
	equal "$v1" "$(jq -r '.manifests[].digest' l/index.json)"
	# Two full names are two.
	pack v2.spec -t example.com/b:one -o l
	equal "$v1 $v2" "$(jq -r '.manifests[].digest' l/index.json | xargs)"
	"$OCI_PACK" verify l
}

@test "faults D: skopeo reads the image that has the tag now" {
	need_peer skopeo
	image v1.spec one 1
	image v2.spec one 2
	pack v1.spec -o v1.tar
	pack v2.spec -o v2.tar
	skopeo copy -q oci-archive:v1.tar:one oci:l:new
	"$OCI_PACK" copy -q v1.tar oci:l:new
	"$OCI_PACK" copy -q v2.tar oci:l:new
	equal "$(pack v2.spec -o v2.tar)" "$(skopeo inspect oci:l:new |
		jq -r .Digest)"
}

@test "faults D: verify reports a name that two images have" {
	image v1.spec one 1
	image v2.spec two 2
	pack v1.spec -o oci:l:one
	pack v2.spec -o oci:l:two
	sed -i s/two/one/ l/index.json
	run "$OCI_PACK" verify l
	equal 3 "$status"
	matches "'one' names both sha256:[0-9a-f]+ and sha256:[0-9a-f]+" "$output"
	pack v2.spec -o oci:l:one
	"$OCI_PACK" verify l
}

@test "faults D: a full name of another tag is no name, as umoci leaves it" {
	image v1.spec one 1
	image v2.spec two 2
	pack v1.spec -o l
	pack v2.spec -o l
	sed -i 's|example.com/a:two|example.com/a:one|' l/index.json
	"$OCI_PACK" verify l
	pack v1.spec -o l
	equal 'one two' "$(tags l | xargs)"
}

@test "faults E: closed standard streams are no files of the output" {
	# A library that opens files before main would have them.
	unset LD_PRELOAD
	image a.spec a 1
	"$OCI_PACK" a.spec -v --lint off -o a.tar 2>&-
	"$OCI_PACK" verify a.tar
	"$OCI_PACK" a.spec --lint off -o - <&- >b.tar
	cmp a.tar b.tar
	run bash -c '"$OCI_PACK" a.spec --lint off -o - >&-'
	equal 1 "$status"
	matches 'standard output: .*Bad file descriptor' "$output"
	run bash -c '"$OCI_PACK" a.spec --lint off -q -o c.tar <&- >&- 2>&-'
	equal 1 "$status"
	cmp a.tar c.tar
}

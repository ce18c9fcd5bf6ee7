#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Signals while the command works on what takes it long: it cleans up, says
# that it was interrupted, blames nothing, and ends by the signal.

load ../helpers

setup_file() {
	local make=$BATS_TEST_DIRNAME/../../fixtures/hostile/make.py

	cd "$BATS_FILE_TMPDIR" || return 1
	python3 "$make" slow slow
	python3 "$make" huge huge
}

setup() {
	work_in_folder
	slow=$BATS_FILE_TMPDIR/slow
}

# interrupted SIGNAL ARGUMENT...: nothing is left of it.
interrupted() {
	local before after

	before=$(listing)
	run python3 "$BATS_TEST_DIRNAME/interrupt.py" "$1" "$OCI_PACK" "${@:2}"
	after=$(listing)
	[ "$status" -eq 0 ] || fail "$output" || return 1
	equal 'oci-pack: interrupted' "$output"
	equal "$before" "$after"
	equal '' "$(find tmp -mindepth 1)"
}

@test "faults 9: lint, verify, inspect and report look while they work" {
	interrupted INT lint "oci:$slow"
	interrupted TERM lint "$slow.tar.gz"
	interrupted TERM verify "oci:$slow"
	interrupted HUP verify "$slow.tar.gz"
	interrupted INT inspect "$slow.tar.gz"
	interrupted TERM extract "oci:$slow" -o out
	interrupted INT report "oci:$slow" -o page.html
	interrupted TERM report "oci:$slow" "$slow.tar.gz" -o page.html
}

@test "faults 9: unpacking an archive, a package and a base" {
	spec archive.spec 'image: x' 'layers:' \
		"  - entries: [{path: /, archive: $slow.tar.gz}]"
	interrupted INT archive.spec -o out
	interrupted TERM archive.spec -o out.tar
	spec deb.spec 'image: x' 'platforms: [linux/amd64]' \
		"layers: [{debs: [$slow.deb]}]"
	interrupted INT deb.spec -o out
	spec base.spec 'image: x' 'platforms: [linux/amd64]' \
		"base: oci:$slow" 'layers: [{entries: [{path: /a, content: a}]}]'
	interrupted HUP base.spec -o out.tar
	make_earlier
	interrupted INT base.spec -o earlier.tar
	interrupted INT archive.spec -o earlier
}

@test "faults 9: copying a large blob, or a file of an artifact" {
	truncate -s 8G "$BATS_TEST_TMPDIR/large"
	spec artifact.spec 'image: x' 'artifact: application/x' \
		"files: [{from: $BATS_TEST_TMPDIR/large}]"
	interrupted INT artifact.spec -o out
	interrupted INT copy "oci:$BATS_FILE_TMPDIR/huge" out
	interrupted TERM copy "oci:$BATS_FILE_TMPDIR/huge" out.tar
	interrupted TERM verify "oci:$BATS_FILE_TMPDIR/huge"
}

@test "faults 9: what was committed is done, whenever a signal comes" {
	spec a.spec 'image: a' 'layers: [{entries: [{path: /a, content: a}]}]'
	run python3 "$BATS_TEST_DIRNAME/interrupt.py" committed out.tar "$OCI_PACK" \
		a.spec -o out.tar
	[ "$status" -eq 0 ] || fail "$output"
	matches 'sha256:' "$output"
	"$OCI_PACK" verify out.tar
}

# waiting COMMAND...: it waits for the lock of out, is interrupted, and leaves
# nothing.
waiting() {
	local before lock pid status=0

	before=$(listing)
	exec {lock}<out/oci-layout
	flock "$lock"
	# A job that a shell runs in the background has SIGINT ignored.
	"$@" >said 2>&1 {lock}<&- &
	pid=$!
	for _ in {1..250}; do
		[ -z "$(find out -name '.blob-*')" ] || break
		sleep 0.02
	done
	sleep 0.2
	kill -TERM "$pid"
	SECONDS=0
	wait "$pid" || status=$?
	exec {lock}<&-
	equal 143 "$status"
	[ "$SECONDS" -lt 10 ] || fail "it went on for $SECONDS seconds"
	equal 'oci-pack: interrupted' "$(<said)"
	rm said
	equal "$before" "$(listing)"
}

@test "faults 9: a run that waits for the lock of a layout ends, and commits nothing" {
	spec a.spec 'image: a' 'layers: [{entries: [{path: /a, content: a}]}]'
	spec b.spec 'image: b' 'layers: [{entries: [{path: /b, content: b}]}]'
	"$OCI_PACK" a.spec -q --lint off --platform linux/amd64 -o out
	"$OCI_PACK" b.spec -q --lint off --platform linux/arm64 -o b.tar
	waiting "$OCI_PACK" b.spec --lint off -o out
	waiting "$OCI_PACK" copy b.tar oci:out:b
	waiting "$OCI_PACK" index create -o oci:out:c b.tar
}

#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The sandbox: a parser that was taken over while it reads an image, an archive
# or a base can neither open the user's other files, nor connect, nor start a
# program.

load ../helpers

setup_file() {
	cc -O1 -shared -fPIC -o "$BATS_FILE_TMPDIR/hostile.so" \
		"$root/tests/cli/hostile.c" -ldl
}

setup() {
	work_in_folder
	case $OCI_PACK in
	*/sanitize/*) skip 'the sanitizer comes before any other library' ;;
	esac
	export HOME=$BATS_TEST_TMPDIR/home TMPDIR=$PWD/temp
	export XDG_CACHE_HOME=$PWD/cache
	mkdir -p "$HOME/.ssh" "$HOME/.docker" temp
	echo '{}' >"$HOME/.docker/config.json"
	echo key >"$HOME/.ssh/id_test"
	echo content >file
	tar -cf inputs.tar file
	spec a.spec 'image: example.com/a' \
		'layers: [{entries: [{path: /x, archive: inputs.tar}]}]'
	spec b.spec 'image: example.com/b' 'base: a.tar' \
		'layers: [{entries: [{path: /b, content: b}]}]'
	"$OCI_PACK" a.spec -q --sandbox off -o a.tar
	"$OCI_PACK" a.spec -q --sandbox off -o oci:layout
	"$OCI_PACK" verify -q a.tar --sandbox require ||
		skip 'this system has no Landlock, or no seccomp'
}

# attacked ARGUMENT...: what the parser tried is in `tried`. Returns the status
# of the command.
attacked() {
	local status=0

	LD_PRELOAD=$BATS_FILE_TMPDIR/hostile.so "$OCI_PACK" "$@" \
		>output 2>messages || status=$?
	grep '^hostile: ' messages >tried
	return "$status"
}

# not_done FILE: all attempts are in it, and none succeeded. Modes are set by
# extract alone.
not_done() {
	equal 19 "$(wc -l <"$1")"
	if [[ $command == extract* ]]; then
		equal 2 "$(grep -c 'hostile: change .* mode.*: done$' "$1")"
		equal 2 "$(grep -c ': done$' "$1")"
	else
		run ! grep ': done$' "$1"
	fi
	run ! grep -v ': Operation not permitted$\|: Permission denied$\|: done$' \
		"$1"
}

@test "no command lets a parser out" {
	local command

	while read -r command; do
		# shellcheck disable=SC2086
		attacked $command
		not_done tried
		[ ! -e "$HOME/written" ]
	done <<-'EOF'
		verify a.tar
		verify layout
		lint a.tar
		inspect a.tar
		ls layout
		cat a.tar /x/file
		extract a.tar -o new
		diff a.tar layout
		report a.tar -o page.html
		copy a.tar oci:copied
		tags a.tar
		index create -o joined a.tar
		a.spec -q -o new.tar
		b.spec -q --no-cache -o new.tar
	EOF
}

@test "without the sandbox, the same parser gets what it wants" {
	attacked verify a.tar --sandbox off
	equal 19 "$(grep -c ': done$' tried)"
	[ -e "$HOME/written" ]
}

@test "what comes out is the same, inside and outside" {
	local mode

	for mode in off require; do
		"$OCI_PACK" b.spec -q --no-cache --sandbox $mode -o $mode.tar
		"$OCI_PACK" a.spec -q --sandbox $mode -o oci:$mode
		"$OCI_PACK" extract a.tar --sandbox $mode -o files-$mode
	done
	cmp off.tar require.tar
	diff -r off require
	diff -r files-off files-require
	[ -n "$(find cache -name 'layers')" ]
}

@test "an output may be a link to a folder that is elsewhere" {
	mkdir "$HOME/layout"
	ln -s "$HOME/layout" linked
	"$OCI_PACK" a.spec -q --sandbox require -o linked
	"$OCI_PACK" b.spec -q --no-cache --sandbox require -o oci:linked:two
	equal 2 "$(jq '.manifests | length' "$HOME/layout/index.json")"
	"$OCI_PACK" verify linked --sandbox require
}

@test "engines and devices are outside, and require says so" {
	run --separate-stderr "$OCI_PACK" copy a.tar docker-daemon: \
		--sandbox require
	equal 1 "$status"
	matches 'there is no sandbox for engines' "$stderr"
	run --separate-stderr "$OCI_PACK" a.spec --load --sandbox require
	equal 1 "$status"
	matches 'there is no sandbox for engines' "$stderr"
	run --separate-stderr "$OCI_PACK" verify /dev/fd/5 --sandbox require \
		5<a.tar
	equal 1 "$status"
	matches 'there is no sandbox for engines' "$stderr"
	run --separate-stderr "$OCI_PACK" verify a.tar --sandbox most
	equal 2 "$status"
}

@test "a name that does not exist does not turn the sandbox off" {
	local command=diff

	run ! attacked diff a.tar none.tar
	not_done tried
	matches "'none.tar'.*No such file" "$(cat messages)"
}

@test "a cache in folders that do not exist is made" {
	"$OCI_PACK" a.spec -q -o new.tar --sandbox require \
		--cache-dir "$HOME/a/b/c"
	[ -n "$(ls "$HOME/a/b/c/layers")" ]
}

@test "a file that the sandbox hides is told as such" {
	cp -r layout far
	digest=$(jq -r '.manifests[0].digest' layout/index.json)
	mv "far/blobs/sha256/${digest#*:}" "$HOME/blob"
	ln -s "$HOME/blob" "far/blobs/sha256/${digest#*:}"
	run --separate-stderr "$OCI_PACK" ls far --sandbox require
	equal 1 "$status"
	matches '--sandbox off' "$stderr"
	"$OCI_PACK" ls far --sandbox off
	spec c.spec 'image: example.com/c' 'base: oci:far' \
		'layers: [{entries: [{path: /b, content: b}]}]'
	run --separate-stderr "$OCI_PACK" c.spec -q -o c.tar --sandbox require
	equal 1 "$status"
	matches '--sandbox off' "$stderr"
}

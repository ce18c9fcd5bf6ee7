#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What goes wrong on the way: a disk that fills up, files that cannot be read
# or that change, and an end by a signal. No output is left, an earlier one
# is whole, and nothing else is left over.

load ../helpers

setup() {
	work_in_folder
	without_cache
}

teardown() {
	[ ! -s pid ] || kill -KILL "$(cat pid)" 2>/dev/null || true
	mountpoint -q full && umount full
	[ -z "${other:-}" ] || rm -rf "$other"
}

# A disk of a size, as the folder `full`.
mount_disk() {
	need_root
	mkdir full
	mount -t tmpfs -o "size=$1" tmpfs full 2>/dev/null ||
		skip 'this machine mounts nothing'
}

noise() {
	head -c "$1" /dev/urandom
}

# one_file NAME: a spec, NAME.spec, that packs the file NAME.
one_file() {
	spec "$1.spec" 'image: x' 'tags: [latest]' 'layers:' '- entries:' \
		"  - {path: /opt/file, from: $1}"
}

@test "full disk: archive" {
	noise 3M >big
	one_file big
	mount_disk 1m
	refused 1 'full/out\.tar.*No space left' big.spec -o full/out.tar
	[ -z "$(ls -A full)" ]
}

@test "full disk: layout" {
	noise 3M >big
	one_file big
	mount_disk 1m
	refused 1 'full/out.*No space left' big.spec -o full/out
	[ -z "$(ls -A full)" ]
}

@test "full disk: the earlier archive stays" {
	noise 3M >big
	one_file big
	make_earlier
	mount_disk 1m
	cp earlier.tar full/out.tar
	refused 1 'full/out\.tar.*No space left' big.spec -o full/out.tar
	equal 'out.tar' "$(ls -A full)"
	cmp earlier.tar full/out.tar
}

@test "full disk: the earlier layout stays, without new blobs" {
	noise 3M >big
	one_file big
	make_earlier
	mount_disk 1m
	cp -r earlier full/out
	refused 1 'full/out.*No space left' big.spec -o full/out
	diff -r earlier full/out
}

@test "full disk: the temporary folder" {
	mkdir app
	noise 3M >app/big
	tar -cf app.tar app
	spec a.spec 'layers:' '- entries:' '  - {path: /a, archive: app.tar}'
	mount_disk 1m
	TMPDIR=$PWD/full refused 1 '^a\.spec:4:5: .*No space left' a.spec \
		-o out.tar
	[ -z "$(ls -A full)" ]
}

@test "full disk: standard output" {
	[ -c /dev/full ] || skip 'no /dev/full'
	noise 100000 >big
	one_file big
	run "$OCI_PACK" big.spec -o - >/dev/null
	[ "$status" -eq 0 ]
	run --separate-stderr bash -c '"$OCI_PACK" big.spec -o - >/dev/full'
	[ "$status" -eq 1 ]
	matches 'No space left' "$stderr"
	[ -z "$(ls -A tmp)" ]
}

@test "reader of the standard output goes away" {
	noise 3M >big
	one_file big
	run --separate-stderr bash -c '
		set -o pipefail
		"$OCI_PACK" big.spec -o - | head -c 1000 >/dev/null'
	[ "$status" -ne 0 ]
	[ -z "$(ls -A tmp)" ]
}

@test "temporary folder that is not there" {
	tar -cf app.tar --files-from /dev/null
	mkdir app
	touch app/a
	tar -cf app.tar app
	spec a.spec 'layers:' '- entries:' '  - {path: /a, archive: app.tar}'
	TMPDIR=$PWD/none refused 1 'none.*No such file' a.spec -o out.tar
}

# as_nobody: a folder that everyone can enter, with the command and a spec.
as_nobody() {
	need_root
	command -v setpriv >/dev/null || skip 'no setpriv'
	other=$(mktemp -d -p /tmp)
	chmod 0777 "$other"
	cp "$OCI_PACK" "$other/oci-pack"
	cd "$other" || return 1
	mkdir -m 0777 tmp
	export TMPDIR=$other/tmp OCI_PACK=$other/nobody
	cat >nobody <<'END'
#!/bin/sh
exec setpriv --reuid 65534 --regid 65534 --clear-groups "${0%/*}/oci-pack" "$@"
END
	chmod 0755 nobody
}

@test "unreadable file" {
	as_nobody
	echo secret >app
	chmod 0600 app
	cp "$root/fixtures/bad/file.spec" .
	refused 1 "^file\.spec:4:32: .*app.*Permission denied, expected a readable" \
		file.spec -o out.tar
}

@test "unreadable file in a folder" {
	as_nobody
	mkdir app
	echo secret >app/key
	chmod 0600 app/key
	cp "$root/fixtures/bad/folder.spec" .
	refused 1 '^folder\.spec:4:9: .*app/key.*Permission denied' \
		folder.spec -o out.tar
}

@test "unreadable folder in a folder" {
	as_nobody
	mkdir -p app/keys
	chmod 0700 app/keys
	cp "$root/fixtures/bad/folder.spec" .
	refused 1 '^folder\.spec:4:9: .*app/keys.*Permission denied' \
		folder.spec -o out.tar
}

@test "unreadable folder on the way of a glob" {
	as_nobody
	mkdir -p app/keys
	chmod 0700 app/keys
	spec a.spec 'layers:' '- entries:' '  - {path: /a/, from: "app/**"}'
	refused 1 '^a\.spec:4:23: .*app/keys.*Permission denied' \
		a.spec -o out.tar
}

@test "unreadable spec" {
	as_nobody
	spec a.spec 'layers: [{entries: [{path: /a, content: a}]}]'
	chmod 0600 a.spec
	refused 1 "^oci-pack: .*'a\.spec'.*Permission denied" a.spec -o out.tar
}

@test "output folder that may not be written" {
	as_nobody
	spec a.spec 'layers: [{entries: [{path: /a, content: a}]}]'
	mkdir -m 0755 out
	refused 1 'out.*Permission denied' a.spec -o out/out.tar
	refused 1 'out.*Permission denied' a.spec -o out/image
}

# position PID FILE: how far the process has read the file; nothing when it
# has not opened it.
position() {
	local link

	for link in /proc/"$1"/fd/*; do
		[ "$(readlink "$link")" = "$2" ] || continue
		sed -n 's/^pos:[[:space:]]*//p' \
			"/proc/$1/fdinfo/${link##*/}"
		return
	done
}

# while_reading FILE COMMAND...: pack FILE, stop the process when it has read
# a part of it, run the command, and let it go on. Sets $ended.
while_reading() {
	local file=$PWD/$1 at='' size pid

	shift
	size=$(stat -c %s "$file")
	"$OCI_PACK" "${file##*/}.spec" --jobs 1 --progress none -o out.tar >out 2>err 3>&- &
	pid=$!
	echo "$pid" >pid
	while kill -0 "$pid" 2>/dev/null; do
		at=$(position "$pid" "$file" 2>/dev/null) || true
		[ "${at:-0}" -eq 0 ] || break
	done
	kill -STOP "$pid" || fail "it ended too soon: $(cat err)"
	at=$(position "$pid" "$file")
	[ "$at" -lt "$size" ] || fail "it has read all of it"
	"$@"
	kill -CONT "$pid"
	ended=0
	wait "$pid" || ended=$?
	: >pid
}

changed() {
	equal 1 "$ended"
	matches "^changing\.spec:6:5: .*changing.*$1" "$(cat err)"
	equal 1 "$(wc -l <err)"
	[ ! -s out ]
	[ ! -e out.tar ]
	[ -z "$(ls -A tmp)" ]
}

@test "file that becomes shorter while it is read" {
	truncate -s 2G changing
	one_file changing
	while_reading changing truncate -s 1M changing
	changed 'shorter'
}

@test "file that becomes longer while it is read" {
	truncate -s 2G changing
	one_file changing
	while_reading changing truncate -s 3G changing
	changed 'changed'
}

@test "file that is written to while it is read" {
	truncate -s 2G changing
	one_file changing
	while_reading changing \
		dd if=/dev/urandom of=changing bs=4k count=1 conv=notrunc \
		status=none
	changed 'changed'
}

@test "file that is taken away while it is read is packed as it was" {
	truncate -s 1G changing
	one_file changing
	while_reading changing mv changing moved
	# Its ctime has changed, and with it whatever else may have.
	changed 'changed'
}

@test "termination leaves the earlier archive, and nothing else" {
	truncate -s 2G changing
	one_file changing
	make_earlier
	cp earlier.tar out.tar
	ls -A >tmp/before
	mv tmp/before names
	while_reading changing sh -c 'kill -TERM "$(cat pid)"'
	[ "$ended" -ne 0 ]
	cmp earlier.tar out.tar
	mv names "$BATS_TEST_TMPDIR"
	equal "$(cat "$BATS_TEST_TMPDIR/names")" \
		"$(ls -A -I out -I err -I pid)"
	[ -z "$(ls -A tmp)" ]
}

# What keeps a run from going on is named, with the limit or the folder.
@test "a full folder for temporary files is named" {
	noise 3M >big
	tar -cf big.tar big
	spec a.spec 'image: x' 'layers: [{entries: [{path: /, archive: big.tar}]}]'
	"$OCI_PACK" a.spec -q --lint off -o whole.tar
	mount_disk 1m
	TMPDIR=$PWD/full refused 1 "$PWD/full'.*No space left" a.spec -o out.tar
	run --separate-stderr env "TMPDIR=$PWD/full" \
		bash -c 'cat whole.tar | "$OCI_PACK" verify -'
	equal 1 "$status"
	matches "$PWD/full'.*No space left" "$stderr"
	[ ! -e out.tar ]
}

@test "limits of the process are named, and not a library that is there" {
	case $OCI_PACK in
	*/sanitize/*) skip 'the sanitizer needs terabytes of addresses' ;;
	esac
	local limit

	tar -cf a.tar --files-from /dev/null
	spec a.spec 'image: x' 'layers: [{entries: [{path: /, archive: a.tar}]}]'
	for limit in '-n 4' '-v 20000'; do
		run --separate-stderr bash -c "ulimit $limit && \"$OCI_PACK\" \
			a.spec -q -o out.tar 3>&- 4>&-"
		equal 1 "$status"
		matches "libarchive.*\(ulimit ${limit% *}\)" "$stderr"
		! matches 'install' "$stderr"
		[ ! -e out.tar ]
	done
}

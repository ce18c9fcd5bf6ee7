#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# A spec that is wrong gets one line with its place and what was expected,
# exit 1, and changes nothing. What is wrong with archives and packages is in
# bad_archives.bats, what goes wrong on the way in failures.bats.

load ../helpers

setup() {
	work_in_folder
}

# fixture NAME: a spec out of fixtures/spec/bad; its one line is beside it.
fixture() {
	local from=$root/fixtures/spec/bad

	cp "$from/$1.spec" .
	[ "$(wc -l <"$from/$1.err")" -eq 1 ]
	spoiled . "$1.spec" || return 1
	equal "$(cat "$from/$1.err")" "$stderr"
}

# packing NAME PATTERN: a spec out of fixtures/bad, wrong only as a whole.
packing() {
	cp "$root/fixtures/bad/$1.spec" .
	spoiled "^$1\.spec:$2" "$1.spec"
}

@test "unknown key, with the one that was meant" {
	fixture unknown-key
	matches "did you mean 'platforms'" "$stderr"
}

@test "unknown key of an entry" {
	fixture entry-unknown-key
}

@test "wrong type: a text for a list" {
	fixture tags-is-a-text
}

@test "wrong type: a list for a text" {
	fixture content-is-a-list
}

@test "wrong type: a mode that is no number" {
	fixture mode-invalid
}

@test "missing file" {
	fixture from-missing
}

@test "missing archive" {
	fixture archive-missing
}

@test "glob without a match" {
	fixture from-glob-without-match
}

@test "glob of packages without a match" {
	fixture debs-glob-without-match
}

@test "undefined variable" {
	fixture variable-undefined
}

@test "required variable that is not set" {
	fixture variable-required
}

@test "path with .." {
	fixture path-with-dots
}

@test "input with .." {
	fixture from-leaves-folder
}

@test "input that leaves the folder through a link" {
	mkdir folder outside
	echo secret >outside/key
	ln -s ../outside/key folder/key
	spec folder/a.spec 'layers:' '- entries:' \
		'  - {path: /key, from: key}'
	spoiled '^folder/a\.spec:4:24: .*leaves the folder' folder/a.spec
}

@test "two sources for one path" {
	packing two-sources "5:9: two sources for '/etc/motd'.*replace: true"
	matches 'two-sources\.spec:4:9' "$stderr"
}

@test "two sources for one path, one of them through a link" {
	packing two-sources-through-a-link \
		"[56]:9: two sources for '/usr/lib/a'"
}

@test "file in the place of a lower layer's directory" {
	packing file-over-lower-directory "6:9: '/etc/app' .*lower layer"
}

@test "entry under a file" {
	packing under-a-file "5:9: '/etc/motd' lies under '/etc'"
}

@test "hard link to nothing" {
	packing hardlink-to-nothing "5:9: .*/nowhere"
}

@test "hard link to a directory" {
	packing hardlink-to-directory "5:9: .*'/a', which is not a file of this layer"
}

@test "hard links to each other" {
	packing hardlink-circle "[45]:9: "
}

@test "links that lead in a circle" {
	packing links-in-a-circle "[456]:9: .*links"
}

@test "removal of what is not there" {
	packing remove-nothing "6:9: remove '/etc/issue'"
}

@test "spec that is not UTF-8" {
	fixture not-utf8
}

@test "name in the spec's folder that is not UTF-8" {
	mkdir app
	touch app/$'caf\xe9'
	cp "$root/fixtures/bad/folder.spec" .
	spoiled '^folder\.spec:4:9: .*UTF-8' folder.spec
}

@test "name found by a glob that is not UTF-8" {
	touch $'caf\xe9.txt'
	spec a.spec 'layers:' '- entries:' '  - {path: /a/, from: "*.txt"}'
	spoiled '^a\.spec:4:23: .*UTF-8' a.spec
}

@test "link whose target is not UTF-8" {
	mkdir app
	ln -s $'caf\xe9' app/link
	cp "$root/fixtures/bad/folder.spec" .
	spoiled '^folder\.spec:4:9: .*UTF-8' folder.spec
}

@test "name of a whiteout in a folder" {
	mkdir app
	touch app/.wh.passwd
	cp "$root/fixtures/bad/folder.spec" .
	spoiled '^folder\.spec:4:9: .*\.wh\.' folder.spec
}

@test "socket in a folder" {
	mkdir app
	python3 -c 'import socket
socket.socket(socket.AF_UNIX).bind("app/socket")'
	cp "$root/fixtures/bad/folder.spec" .
	spoiled '^folder\.spec:4:9: .*socket' folder.spec
}

@test "fifo as a file does not hang" {
	mkfifo app
	cp "$root/fixtures/bad/file.spec" .
	spoiled '^file\.spec:4:32: .*neither a file nor a folder' file.spec
}

@test "invalid tag" {
	fixture tag-invalid
}

@test "invalid digest" {
	fixture image-bad-digest
}

@test "invalid platform" {
	fixture platform-invalid
}

@test "invalid reference" {
	fixture image-invalid
}

@test "spec of 10 MB" {
	{
		echo 'version: 1'
		yes '# a comment that goes on and on' | head -c 10000000
	} >large.spec
	spoiled '^large\.spec:1:1: .*more than 1048576 bytes, expected' \
		large.spec
}

@test "anchors that expand without end" {
	fixture alias-bomb
}

@test "anchor inside itself" {
	fixture alias-recursive
}

@test "YAML that is none" {
	fixture syntax
}

@test "spec that is not there" {
	refused 1 "^oci-pack: .*'none\.spec'.*No such file" none.spec -o x.tar
}

@test "spec that is a folder" {
	mkdir folder.spec
	refused 1 "^oci-pack: .*'folder\.spec'.*directory" folder.spec -o x.tar
}

@test "output that is the spec" {
	spec a.spec 'layers: [{entries: [{path: /a, content: a}]}]'
	refused 1 "a\.spec.*input" a.spec -o a.spec
	refused 1 "a\.spec.*input" a.spec -o ./a.spec
	ln -s a.spec link.tar
	refused 1 "input" a.spec -o link.tar
}

@test "output that is an input" {
	tar -cf app.tar --files-from /dev/null
	spec a.spec 'layers:' '- entries:' '  - {path: /a, from: app.tar}'
	refused 1 "app\.tar.*input" a.spec -o app.tar
	refused 1 "app\.tar.*input" a.spec -o ../"${PWD##*/}"/app.tar
	ln app.tar other-name.tar
	refused 1 "input" a.spec -o other-name.tar
}

@test "output inside a folder that is packed" {
	mkdir app
	echo a >app/a
	cp "$root/fixtures/bad/folder.spec" .
	refused 1 "input" folder.spec -o app/out.tar
	refused 1 "input" folder.spec -o oci:app/out
}

@test "output below a folder that is not there" {
	spec a.spec 'image: x' 'layers: [{entries: [{path: /a, content: a}]}]'
	refused 1 "none.*No such file" a.spec -o none/out.tar
}

@test "output folder with something else in it" {
	mkdir out
	echo mine >out/file
	spec a.spec 'image: x' 'layers: [{entries: [{path: /a, content: a}]}]'
	refused 1 "out.*(empty|layout)" a.spec -o out
	refused 1 "out.*(empty|layout)" a.spec -o oci:out:tag
}

@test "all errors of a spec at once, in the order of the file" {
	cp "$root"/fixtures/spec/bad/several-errors.* .
	run --separate-stderr "$OCI_PACK" several-errors.spec -o out.tar
	[ "$status" -eq 1 ]
	equal "$(cat several-errors.err)" "$stderr"
	[ ! -e out.tar ]
}

@test "every wrong spec there is says what is beside it" {
	local spec name count=0

	cp -r "$root/fixtures/spec/bad" folder
	cd folder
	for spec in *.spec; do
		name=${spec%.spec}
		run --separate-stderr "$OCI_PACK" "$spec" -o ../out.tar
		[ "$status" -eq 1 ] || fail "$name: exit $status"
		[ -z "$output" ] || fail "$name: $output"
		equal "$(cat "$name.err")" "$stderr"
		[ ! -e ../out.tar ] || fail "$name: an archive"
		count=$((count + 1))
	done
	[ "$count" -gt 100 ]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The page of `oci-pack report`: its data, and how it is written. What a browser
# shows of it is tested in interop/report.bats.

load ../helpers

setup() {
	work_in_folder
}

# report ARGUMENT...: the page is page.html, and its data is data.json.
report() {
	"$OCI_PACK" report "$@" -o page.html || return 1
	"$root/tests/cli/report_page.py" page.html >data.json
}

# data FILTER: what jq finds in the data.
data() {
	jq -c "$1" data.json
}

# three_layers NAME [SED EXPRESSION...]: NAME.tar. The second layer replaces
# /d/two and the third removes /d/three; two files have the same bytes.
three_layers() {
	local name=$1

	shift
	printf '%s\n' 'version: 1' 'image: a' 'platforms: [linux/riscv64]' \
		'layers:' \
		'- name: first' '  entries:' \
		'  - {path: /d/one, content: "11111"}' \
		'  - {path: /d/two, content: "22"}' \
		'  - {path: /d/three, content: "333"}' \
		'  - {path: /hard, hardlink: /d/one}' \
		'  - {path: /link, symlink: d/one}' \
		'- name: second' '  entries:' \
		'  - {path: /d/two, content: "22222222", replace: true}' \
		'  - {path: /e/copy, content: "11111"}' \
		'- name: third' '  entries:' \
		'  - {path: /d/three, remove: true}' \
		'  - {path: /f, content: "6"}' \
		'config: {user: "1", labels: {x: y}}' |
		sed "${@:-}" >"$name.spec"
	"$OCI_PACK" "$name.spec" -q -o "$name.tar" --lint off >/dev/null
}

@test "sizes, layers and folders" {
	three_layers a
	report a.tar
	equal '"a.tar"' "$(data '.images[0].name')"
	equal '"linux/riscv64"' "$(data '.images[0].platform')"
	equal "$(sha256sum <(tar -xOf a.tar index.json |
		jq -r '.manifests[0].digest'))" \
		"$(sha256sum <(data '.images[0].digest' | tr -d '"'))"
	# one, two, copy, f; a hard link has no bytes of its own.
	equal '[4,19]' "$(data '[.images[0] | .files, .bytes]')"
	equal '[[3,10,5],[2,13,0],[1,1,0]]' \
		"$(data '[.images[0].layers[] | [.files, .bytes, .hidden]]')"
	equal '["",[["d",[],["one",5,"three",-3,"two",-2]]],[]]' \
		"$(data '.images[0].trees[0]')"
	equal '["",[["d",[],["two",8]],["e",[],["copy",5]]],[]]' \
		"$(data '.images[0].trees[1]')"
	equal '["",[],["f",1]]' "$(data '.images[0].trees[2]')"
}

@test "bytes in vain" {
	three_layers a
	report a.tar
	equal '[["/d/three",1,3,0],["/d/two",1,2,2]]' \
		"$(data '.images[0].hidden')"
	equal '[2,5]' "$(data '.images[0] | [.hiddenCount, .hiddenBytes]')"
	equal '[[5,2,[1,"/d/one",2,"/e/copy"]]]' \
		"$(data '.images[0].duplicates')"
	equal '[1,5]' "$(data '.images[0] | [.duplicateCount, .duplicateBytes]')"
}

@test "a hard link is what is left of a file" {
	three_layers a -e 's,/d/three\, remove,/d/one\, remove,'
	report a.tar
	equal '["",[["d",[],["three",3,"two",-2]]],["hard",5]]' \
		"$(data '.images[0].trees[0]')"
}

@test "the documents are those of the image" {
	three_layers a
	report a.tar
	"$OCI_PACK" inspect --json a.tar >inspected
	equal "$(jq -c '.images[0].manifest' inspected)" \
		"$(data '.images[0].manifest | fromjson')"
	equal "$(jq -c '.images[0].config' inspected)" \
		"$(data '.images[0].config | fromjson')"
	equal '["sha256","sha256"]' \
		"$(data '[.images[0] | .digest, .configDigest | .[:6]]')"
}

@test "packages of dpkg and apk" {
	printf '%s\n' 'Package: a' 'Status: install ok installed' \
		'Architecture: riscv64' 'Installed-Size: 3' 'Version: 1.0-1' \
		'Description: x' ' Version: 9' '' 'Package: gone' \
		'Status: deinstall ok config-files' 'Version: 2' '' \
		'Package: last' 'Status: install ok installed' \
		'Version: 3' >status
	printf '%s\n' 'Package: b' 'Version: 2' 'Installed-Size: x' >b
	printf '%s\n' 'C:Q1' 'P:musl' 'V:1.2-r0' 'A:riscv64' 'S:9' 'I:4096' \
		'F:lib' 'R:x' '' >installed
	spec a.spec 'image: a' 'layers:' '- entries:' \
		'  - {path: /var/lib/dpkg/status, from: status}' \
		'  - {path: /var/lib/dpkg/status.d/b, from: b}' \
		'  - {path: /var/lib/dpkg/status.d/b.md5sums, from: b}' \
		'  - {path: /lib/apk/db/installed, from: installed}'
	"$OCI_PACK" a.spec -q -o a.tar --lint off
	report a.tar
	equal "$(printf '%s' '[["a","1.0-1","riscv64",3072,"dpkg"],' \
		'["b","2","",0,"dpkg"],["last","3","",0,"dpkg"],' \
		'["musl","1.2-r0","riscv64",4096,"apk"]]')" \
		"$(data '.images[0].packages')"
}

@test "findings are those of lint" {
	three_layers a -e 's/user: "1"/user: nobody/'
	"$OCI_PACK" lint --json a.tar >found.json || equal 3 $?
	report a.tar
	equal "$(jq -c '[.findings[] | [.level, .rule, .message]]' found.json)" \
		"$(data '[.images[0].findings[] | [.level, .rule, .message]]')"
	[ "$(data '.images[0].findings | length')" -gt 0 ]
}

@test "what differs between two images is what diff tells" {
	three_layers a
	three_layers b -e 's/user: "1"/user: "2"/' -e 's/"6"/"66"/'
	"$OCI_PACK" diff --json a.tar b.tar >diff.json || equal 3 $?
	report a.tar b.tar
	equal "$(jq .summary diff.json)" "$(data .diff.summary)"
	equal "$(jq -c '[.a, .b]' diff.json)" "$(data '[.images[].digest]')"
	equal '[["user","1","2"]]' "$(data .diff.fields)"
	equal "$(jq -c '[.files[] | [.path, .a.size, .b.size]]' diff.json)" \
		"$(data '[.diff.files[] | [.[0], .[2][4], .[3][4]]]')"
	equal '[1,["file","0644","0:0",0,1,3,""],["file","0644","0:0",0,2,3,""]]' \
		"$(data '[.diff.fileCount] + .diff.files[0][2:]')"
	report a.tar a.tar
	equal '[true,0,[]]' "$(data '.diff | [.same, .fileCount, .files]')"
}

@test "the same images give the same page" {
	three_layers a
	report a.tar
	mv page.html first.html
	report a.tar
	cmp first.html page.html
	"$OCI_PACK" report a.tar -o - | cmp first.html -
	mkfifo pipe
	"$OCI_PACK" report a.tar -o pipe &
	cmp first.html pipe
	wait $!
}

@test "the page is written whole or not at all" {
	three_layers a
	echo earlier >page.html
	refused 1 'no such|No such|not found' report none.tar -o page.html
	printf X | dd conv=notrunc status=none bs=1 seek=2000 of=a.tar
	refused 1 '.' report a.tar -o page.html
	refused 1 '.' report a.tar a.tar -o new.html
	equal earlier "$(cat page.html)"
	three_layers a
	mkdir folder
	refused 1 "'folder' is a folder" report a.tar -o folder
	refused 1 'none' report a.tar -o none/page.html
	refused 1 'No space left' report a.tar -o /dev/full
	run --separate-stderr bash -c '"$1" report a.tar -o - >/dev/full' - \
		"$OCI_PACK"
	equal 1 "$status"
	matches 'No space left' "$stderr"
}

@test "wrong usage" {
	three_layers a
	refused 2 'one or two images' report -o page.html
	refused 2 'one or two images' report a.tar a.tar a.tar -o page.html
	refused 2 '-o is needed' report a.tar
}

@test "a platform of an index" {
	three_layers a -e 's,linux/riscv64,linux/riscv64\, linux/amd64,'
	refused 1 'choose one with --platform' report a.tar -o page.html
	report --platform linux/amd64 a.tar
	equal '"linux/amd64"' "$(data '.images[0].platform')"
	report --platform linux/riscv64 a.tar a.tar
	equal 'true' "$(data .diff.same)"
}

@test "names and texts of an image stay data" {
	python3 "$root/fixtures/report/make.py" hostile image
	report image
	equal '"</script><script>window.broken = 1; alert(1)</script>"' \
		"$(data '.images[0].config | fromjson | .config.User')"
	data '[.images[0].trees[0][1][] | select(.[0] == "d") | .[2][]]' |
		grep -qF '<!--<script>'
	# Bytes that are not UTF-8.
	equal $'"\xef\xbf\xbd\xef\xbf\xbd<\xef\xbf\xbd"' "$(data '.images[0].trees[0][1][] |
		select(.[0] == "bytes") | .[2][0]')"
	[ "$(data '.images[0].packages | length')" -gt 10 ]
	report image image
	cp -r image 'image <script>alert(1)<!-- "'
	report 'image <script>alert(1)<!-- "'
	equal '"image <script>alert(1)<!-- \""' "$(data '.images[0].name')"
}

@test "20,000 files" {
	python3 "$root/fixtures/report/make.py" many image
	timeout 60 "$OCI_PACK" report image -o page.html
	"$root/tests/cli/report_page.py" page.html >data.json
	equal 20000 "$(data '.images[0].files')"
	[ "$(stat -c %s page.html)" -lt 1500000 ]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What differs between two images.

load ../helpers

setup() {
	work_in_folder
	printf '%s\n' 'version: 1' 'image: a' 'platforms: [linux/riscv64]' \
		'layers:' '- entries:' \
		'  - {path: /a, content: "one"}' \
		'  - {path: /b, content: "two", mode: 0755, owner: "1:2"}' \
		'  - {path: /c, symlink: a}' \
		'  - {path: /d/e, content: "x"}' \
		'  - {path: /dev/x, device: "c 1:2"}' \
		'  - {path: /h, hardlink: /a}' \
		'config: {user: "1", env: {A: b}, labels: {x: y, z: w}}' >base.spec
}

# packed NAME [SED EXPRESSION...]: NAME.spec, which is base.spec changed so, and
# NAME.tar.
packed() {
	local name=$1

	shift
	sed "${@:-}" base.spec >"$name.spec"
	"$OCI_PACK" "$name.spec" -q -o "$name.tar" --lint off >/dev/null
}

# differ STATUS A B: what diff prints, as $output.
differ() {
	run "$OCI_PACK" diff "$2" "$3"
	equal "$1" "$status"
}

@test "the same image" {
	packed a
	packed b
	differ 0 a.tar b.tar
	equal 'the images are the same' "$output"
}

@test "each aspect of a file is told" {
	packed a
	packed b -e 's/"one"/"ONE"/' -e 's/0755/0700/' -e 's/"1:2"/"1:3"/' \
		-e 's/symlink: a/symlink: b/' -e 's,/d/e,/d/f,' \
		-e 's/c 1:2/c 1:3/'
	differ 3 a.tar b.tar
	equal '5 files differ, 1 file is only in B, 1 file is only in A
~ /a: content 3 bytes -> 3 bytes
~ /b: mode 0755 -> 0700, owner 1:2 -> 1:3
~ /c: target a -> b
- /d/e: file, 1 bytes
+ /d/f: file, 1 bytes
~ /dev/x: device 1,2 -> 1,3
~ /h: content 3 bytes -> 3 bytes' "$output"
	packed c -e 's,{path: /a[^}]*},{path: /a\, symlink: b},' -e '/hardlink/d'
	differ 3 a.tar c.tar
	matches '~ /a: type file -> symlink, mode 0644 -> 0777' "$output"
	matches '- /h: file, 3 bytes' "$output"
}

@test "a hard link, and a copy of the file" {
	packed a
	packed b -e 's,hardlink: /a,content: "one",'
	differ 3 a.tar b.tar
	equal '1 file differs
~ /h: hardlink /a -> none' "$output"
	"$OCI_PACK" diff --json a.tar b.tar >got || equal 3 $?
	"$root/tests/cli/json_page.py" diff <got
	equal '["/a",null]' "$(jq -c '[.files[0] | .a.hardlink, .b.hardlink]' got)"
}

@test "extended attributes" {
	packed a -e 's/mode: 0755,/& capabilities: cap_net_raw=ep,/' \
		-e 's/"one"/&, xattrs: {user.same: x, user.old: "a\tb", user.n: 1}/'
	packed b -e 's/mode: 0755,/& capabilities: cap_chown=ep,/' \
		-e 's/"one"/&, xattrs: {user.same: x, user.n: 2", user.hex: "0x41"}/' \
		-e 's,/d/e,/d/f,'
	differ 3 a.tar b.tar
	equal '3 files differ, 1 file is only in B, 1 file is only in A
~ /a: xattr user.hex none -> A, xattr user.n 1 -> 2", xattr user.old 0x610962 -> none
~ /b: xattr security.capability 0x0100000200200000000000000000000000000000 -> 0x0100000201000000000000000000000000000000
- /d/e: file, 1 bytes
+ /d/f: file, 1 bytes
~ /h: xattr user.hex none -> A, xattr user.n 1 -> 2", xattr user.old 0x610962 -> none' "$output"
	"$OCI_PACK" diff --json a.tar b.tar >got || equal 3 $?
	"$root/tests/cli/json_page.py" diff <got
	equal '{"path":"/a","differs":["xattrs"],"xattrs":{"user.hex":"A","user.n":"2\"","user.same":"x"}}' \
		"$(jq -c '.files[0] | {path, differs, xattrs: .b.xattrs}' got)"
}

# The attributes of one archive in the notations of bsdtar and of GNU tar.
@test "notations of extended attributes" {
	need_root
	mkdir in
	echo x >in/f
	setfattr -n user.a -v b in/f || skip "no extended attributes here"
	setfattr -n 'user.a b' -v c in/f
	touch -d @5 in/f in
	for kind in bsd gnu; do
		if [ "$kind" = bsd ]; then
			bsdtar --xattrs --format pax -cf layer in
		else
			tar --xattrs --format pax -cf layer in
		fi
		python3 - "$kind" "$root" <<-'END'
			import pathlib, sys
			sys.path.insert(0, sys.argv[2] + "/tests")
			import foreign
			foreign.Image([pathlib.Path("layer").read_bytes()]).write(
			    pathlib.Path(sys.argv[1]))
		END
	done
	run "$OCI_PACK" diff bsd gnu
	equal 3 "$status"
	[[ $output != *xattr* ]]
}

# paragraphs NAME [PACKAGE VERSION]...: the status of dpkg in the file NAME.
paragraphs() {
	local name=$1

	shift
	printf 'Package: %s\nStatus: install ok installed\nArchitecture: riscv64\nVersion: %s\n\n' \
		"$@" >"$name"
}

@test "packages of Debian" {
	printf '  - {path: /var/lib/dpkg/status, from: status}\n' >>base.spec
	sed -i '/^config/{h;d};${G}' base.spec
	paragraphs status tini 0.19.0-3 bar 3 libc6 2.41-1
	packed a
	paragraphs status libc6 2.41-1 foo 1.2 tini 0.20.0-1
	packed b
	differ 3 a.tar b.tar
	equal '1 file differs; 3 packages differ
- package bar: 3
+ package foo: 1.2
~ package tini: 0.19.0-3 -> 0.20.0-1
~ /var/lib/dpkg/status: content 243 bytes -> 245 bytes' "$output"
	# In another folder, for another architecture, with several versions.
	paragraphs tini tini 0.20.0-1
	paragraphs foo foo 1.2
	{
		sed s/riscv64/amd64/ tini
		sed s/1.2/1.3/ foo
	} >>status
	packed c -e 's,status,status.d/x,' -e 's,from: [^}]*,from: status,'
	differ 3 b.tar c.tar
	matches '; 2 packages differ
[+] package foo: 1.3
[+] package tini: 0.20.0-1
- /var/lib/dpkg/status: file' "$output"
	sed -i s/riscv64/amd64/ foo
	cp foo status
	packed d -e 's,status,status.d/x,' -e 's,from: [^}]*,from: status,'
	differ 3 b.tar d.tar
	matches '~ package foo: 1.2 [(]riscv64[)] -> 1.2 [(]amd64[)]' "$output"
	"$OCI_PACK" diff --json a.tar b.tar >got || equal 3 $?
	"$root/tests/cli/json_page.py" diff <got
	equal '[{"package":"bar","database":"dpkg","a":{"version":"3","architecture":"riscv64"}},{"package":"foo","database":"dpkg","b":{"version":"1.2","architecture":"riscv64"}}]' \
		"$(jq -c '.packages[:2]' got)"
}

@test "packages of Alpine, in layers of which one hides the other" {
	printf 'P:busybox\nV:1.37.0-r9\nA:riscv64\nI:952\n\nP:musl\nV:1\n' >one
	sed s/r9/r10/ one >two
	printf 'P:old\nV:1\n' >old
	packed a -e '/path: .b/i\  - {path: /lib/apk/db/installed, from: one}'
	packed b -e '/path: .b/i\  - {path: /lib/apk/db/installed, from: old}' \
		-e '/path: .h,/a- entries:\n  - {path: /lib/apk/db/installed, from: two}'
	differ 3 a.tar b.tar
	matches '; 1 package differs
.*
~ package busybox: 1.37.0-r9 -> 1.37.0-r10
~ /lib/apk/db/installed' "$output"
}

@test "config, labels and annotations" {
	packed a
	packed b -e 's/user: "1"/user: "2"/' -e 's/z: w/q: w/' -e 's/A: b/A: c/'
	differ 3 a.tar b.tar
	equal 'the same layers; 4 fields of the config or manifest differ
~ user: 1 -> 2
~ env: ["A=b"] -> ["A=c"]
+ label q: w
- label z: w' "$output"
}

@test "the history" {
	for name in none one two comment; do
		case $name in
		one) history='[{"created_by": "x", "comment": "1"}]' ;;
		comment) history='[{"created_by": "x", "comment": "2"}]' ;;
		two) history='[{"created_by": "x", "comment": "1"}, {"empty_layer": true}]' ;;
		*) history= ;;
		esac
		python3 - "$name" "$root" "$history" <<-'END'
			import json, pathlib, sys
			sys.path.insert(0, sys.argv[2] + "/tests")
			import foreign
			document = {"history": json.loads(sys.argv[3])} if sys.argv[3] else {}
			foreign.Image([foreign.tar([("f", "a", "b")])], history="no",
			              document=document).write(pathlib.Path(sys.argv[1]))
		END
	done
	differ 3 none one
	equal 'the same layers; 1 field of the config or manifest differs
+ history: 1 entry; entry 1: created_by x' "$output"
	differ 3 one comment
	matches '~ history: 1 entry; entry 1: comment 1 -> 1 entry; entry 1: comment 2' "$output"
	differ 3 one two
	matches '~ history: 1 entry -> 2 entries; entry 2: created_by none' "$output"
}

@test "other times, another compression, other layers" {
	packed a
	cp a.tar first.tar
	SOURCE_DATE_EPOCH=5 packed a
	differ 3 first.tar a.tar
	matches '^the same files; 8 files have only another time; ' "$output"
	matches '~ created: 1970' "$output"
	"$OCI_PACK" a.spec -q -o none.tar --compression none --lint off
	differ 3 first.tar none.tar
	equal 'the same tars in other compression' "$output"
	packed one -e '/hardlink/d'
	packed two -e '/hardlink/d' -e 's,^  - {path: /b,- entries:\n&,'
	differ 3 one.tar two.tar
	equal 'the same files in other layers; 1 field of the config or manifest differs
~ history: 1 entry -> 2 entries; entry 2: created_by oci-pack layer' "$output"
}

@test "two tags of one layout" {
	packed a
	packed b -e 's/"one"/"ONE"/'
	"$OCI_PACK" a.spec -q -o layout -t a:1 --lint off
	"$OCI_PACK" b.spec -q -o layout -t a:2 --lint off
	differ 3 oci:layout:1 oci:layout:2
	matches '^2 files differ' "$output"
}

@test "JSON is as docs/json.md says" {
	packed a
	packed b -e 's/"one"/"ONE"/' -e 's/user: "1"/user: "2"/' -e 's,/d/e,/f,'
	"$OCI_PACK" diff --json a.tar b.tar >got || equal 3 $?
	"$root/tests/cli/json_page.py" diff <got
	equal '["/a","/d","/d/e","/f","/h"]' "$(jq -c '[.files[].path]' got)"
	equal '{"field":"user","a":"1","b":"2"}' "$(jq -c '.fields[0]' got)"
	"$OCI_PACK" diff --json a.tar a.tar | "$root/tests/cli/json_page.py" diff
}

# index NAME SPEC=PLATFORM...: NAME.tar with an image for each.
index() {
	local name=$1 pair
	local -a images=()

	shift
	for pair in "$@"; do
		sed "s,linux/riscv64,${pair#*=}," "${pair%%=*}.spec" >one.spec
		"$OCI_PACK" one.spec -q --lint off -o "${pair//\//-}.tar" >/dev/null
		images+=("${pair//\//-}.tar")
	done
	"$OCI_PACK" index create -q -o "$name.tar" "${images[@]}" >/dev/null
}

@test "all platforms of two indexes" {
	packed a
	packed b -e 's/"one"/"ONE"/'
	index x a=linux/amd64 a=linux/riscv64 a=linux/arm64
	index y a=linux/s390x a=linux/amd64 b=linux/riscv64
	index z b=linux/riscv64
	differ 0 x.tar x.tar
	equal 'the images are the same' "$output"
	differ 3 x.tar y.tar
	equal 'linux/amd64: the images are the same
linux/riscv64: 2 files differ
~ /a: content 3 bytes -> 3 bytes
~ /h: content 3 bytes -> 3 bytes
linux/arm64: only A has this platform
linux/s390x: only B has this platform' "$output"
	differ 3 z.tar x.tar
	matches 'linux/riscv64: 2 files differ.*linux/arm64: only B' "$output"
	"$OCI_PACK" diff --json x.tar y.tar >got || equal 3 $?
	"$root/tests/cli/json_page.py" diff <got
	equal '["linux/amd64",null,true] ["linux/riscv64",null,false] ["linux/arm64","a",null] ["linux/s390x","b",null]' \
		"$(jq -c '.platforms[] | [.platform, .only, .diff.same]' got | paste -sd ' ')"
	run "$OCI_PACK" diff --platform linux/amd64 x.tar y.tar
	equal 0 "$status"
	equal 'the images are the same' "$output"
	"$OCI_PACK" index create -q --annotation a=b -o named.tar x.tar >/dev/null
	differ 3 x.tar named.tar
	matches '^the same images; the indexes differ' "$output"
	# Another image cannot be compared with several.
	differ 1 x.tar a.tar
	matches 'choose one with --platform' "$output"
}

@test "an image of an index that cannot be read" {
	packed a
	packed b -e 's/"one"/"ONE"/'
	for name in a b; do
		index $name $name=linux/amd64 $name=linux/riscv64
		mkdir $name
		tar -xf $name.tar -C $name
	done
	for layer in b/blobs/sha256/*; do
		gzip -t "$layer" 2>/dev/null && rm "$layer"
	done
	run --separate-stderr "$OCI_PACK" diff --json a b
	equal 1 "$status"
	equal '' "$output"
}

@test "the lines that differ, with --text" {
	printf '%s\n' {1..9} "a	tab" >text
	printf 'x\0y' >binary
	cp text big
	truncate -s 262145 zeros
	tr '\0' x <zeros >big
	printf '  - {path: /%s, from: %s}\n' text text binary binary big big >>base.spec
	sed -i '/^config/{h;d};${G}' base.spec
	packed a
	sed -i 's/^9$/nine\x1b/' text
	printf z >>binary
	printf z >>big
	packed b -e 's/"one"/"ONE"/' -e 's/symlink: a/content: "new"/'
	run "$OCI_PACK" diff --text a.tar b.tar
	equal 3 "$status"
	equal '6 files differ
~ /a: content 3 bytes -> 3 bytes
--- a/a
+++ b/a
@@ -1 +1 @@
-one
\ No newline at end of file
+ONE
\ No newline at end of file
~ /big: content 262145 bytes -> 262146 bytes
~ /binary: content 3 bytes -> 4 bytes
~ /c: type symlink -> file, mode 0777 -> 0644
~ /h: content 3 bytes -> 3 bytes
--- a/h
+++ b/h
@@ -1 +1 @@
-one
\ No newline at end of file
+ONE
\ No newline at end of file
~ /text: content 24 bytes -> 28 bytes
--- a/text
+++ b/text
@@ -6,5 +6,5 @@
 6
 7
 8
-9
+nine\x1b
 a	tab' "$output"
	differ 3 a.tar b.tar
	equal 7 "${#lines[@]}"
	"$OCI_PACK" diff --json --text a.tar b.tar >got || equal 3 $?
	"$root/tests/cli/json_page.py" diff <got
	equal '["/a","/h","/text"]' "$(jq -c '[.files[] | select(.text) | .path]' got)"
}

@test "patches turn one text into the other, and are as short as those of diff(1)" {
	mkdir a b
	"$root/tests/cli/diff_texts.py" write a b
	for name in a b; do
		printf '%s\n' 'version: 1' "image: $name" \
			'platforms: [linux/riscv64]' 'layers:' '- entries:' \
			"  - {path: /, from: $name}" >$name.spec
		"$OCI_PACK" $name.spec -q -o $name.tar --lint off >/dev/null
	done
	"$OCI_PACK" diff --json --text a.tar b.tar >got || equal 3 $?
	"$root/tests/cli/diff_texts.py" check a b <got
}

@test "what cannot be read is no difference" {
	packed a
	differ 1 a.tar none.tar
	printf X | dd conv=notrunc status=none bs=1 seek=2000 of=a.tar
	packed b -e 's/"one"/"ONE"/'
	differ 1 a.tar b.tar
	run "$OCI_PACK" diff a.tar
	equal 2 "$status"
}

@test "the files of two images, as diff(1) sees them unpacked" {
	need_root
	make_rich
	"$OCI_PACK" rich.spec -q -o one >/dev/null
	sed -i -e 's/"bye/"BYE/' -e '/second-layer/d' rich.spec
	"$OCI_PACK" rich.spec -q -o two >/dev/null
	"$OCI_PACK" diff --json one two >got || equal 3 $?
	"$OCI_PACK" extract one -o a
	"$OCI_PACK" extract two -o b
	diff <("$root/tests/interop/rootfs" a) <("$root/tests/interop/rootfs" b) |
		sed -n 's/^[<>] .* [0-9]* \([^ ]*\)$/\1/p' | sort -u >wanted
	echo etc/motd >>wanted
	diff <(sort -u wanted) <(jq -r '.files[].path[1:]' got | sort)
}

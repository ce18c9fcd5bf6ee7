#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What is inside an image: ls, cat, extract and tags.

load ../helpers

setup() {
	work_in_folder
	make_rich
	"$OCI_PACK" rich.spec -q -o image >/dev/null
}

@test "ls -R lists what the layers give together" {
	"$OCI_PACK" ls -R --json image | as_list >got
	"$root/tests/interop/rootfs" entries.txt | sed 's/ = .*//' >wanted
	diff wanted got
	"$OCI_PACK" ls -R image | wc -l >lines
	equal "$(wc -l <wanted)" "$(cat lines)"
}

@test "ls of a directory, a file, and links" {
	run "$OCI_PACK" ls image /bin
	equal 0 "$status"
	equal "\
-rwsr-xr-x 0:0                 5 2023-11-14 22:13   1 /bin/suid
-rwxr-xr-x 0:0                 5 2023-11-14 22:13   1 /bin/tool
-rwxr-xr-x 0:0                 5 2023-11-14 22:13   1 /bin/twin" "$output"
	run "$OCI_PACK" ls image /dev
	equal "\
crw-rw-rw- 0:0            10,229 2023-11-14 22:13   1 /dev/fuse
brw-rw---- 0:6               8,0 2023-11-14 22:13   1 /dev/sda" "$output"
	run "$OCI_PACK" ls image /etc/motd
	equal "\
-rw-r--r-- 0:0                 4 2023-11-14 22:13   3 /etc/motd" "$output"
	run "$OCI_PACK" ls image lib
	matches 'lrwxrwxrwx .* /lib -> usr/lib$' "$output"
	run "$OCI_PACK" ls image /lib/
	matches '/usr/lib/second-layer.so' "$output"
	run "$OCI_PACK" ls image /var
	matches 'drwxrwxrwt .* /var/tmp$' "$output"
	run "$OCI_PACK" ls image /opt/app/none
	equal 1 "$status"
	matches "the image has no '/opt/app/none'" "$output"
}

@test "cat prints the bytes of the file that a container sees" {
	equal "$(printf 'bye\n' | sha256sum)" \
		"$("$OCI_PACK" cat image /etc/motd | sha256sum)"
	equal "$(printf '2\n')" "$("$OCI_PACK" cat image lib/second-layer.so)"
	# A hard link, a symlink, an empty file.
	cmp inputs/tool <("$OCI_PACK" cat image /bin/twin)
	"$OCI_PACK" cat image /opt/app/bin/alias | cmp - \
		<("$OCI_PACK" cat image /opt/app/bin/app)
	[ -z "$("$OCI_PACK" cat image /empty)" ]
	run "$OCI_PACK" cat image /etc/remove-me
	equal 1 "$status"
	run "$OCI_PACK" cat image /etc
	matches "'/etc' is not a regular file" "$output"
	run "$OCI_PACK" cat image
	equal 2 "$status"
}

@test "ls and cat end quietly when their reader goes away" {
	run --separate-stderr bash -c '"$OCI_PACK" ls -R image | head -n 1'
	[ -z "$stderr" ]
	run --separate-stderr bash -c \
		'"$OCI_PACK" cat image /opt/app/share/noise | head -c 1'
	[ -z "$stderr" ]
}

@test "an image for several platforms needs --platform" {
	printf '%s\n' 'version: 1' 'image: a' \
		'platforms: [linux/amd64, linux/riscv64]' 'layers:' \
		'- entries:' '  - {path: /a, content: "${arch}"}' >two.spec
	"$OCI_PACK" two.spec -q -o two.tar --lint off
	run "$OCI_PACK" ls two.tar
	equal 1 "$status"
	matches '--platform: linux/amd64, linux/riscv64' "$output"
	equal riscv64 "$("$OCI_PACK" cat two.tar /a --platform linux/riscv64)"
}

@test "names in an image do not control the terminal" {
	printf '%s\n' 'version: 1' 'image: a' 'platforms: [linux/riscv64]' \
		'layers:' '- entries:' '  - {path: "/a\e[31m", content: ""}' \
		'  - {path: /b, symlink: "\e]0;x\a"}' >odd.spec
	"$OCI_PACK" odd.spec -q -o odd.tar --lint off
	run "$OCI_PACK" ls odd.tar
	[[ $output != *$'\e'* ]]
	"$OCI_PACK" ls --json odd.tar >list
	run ! grep -q $'\e' list
	equal $'/a\e[31m' "$(jq -r '.[0].path' list)"
}

@test "tags lists the names of a layout" {
	equal 'registry.example:5000/tests/rich:one
registry.example:5000/tests/rich:two' "$("$OCI_PACK" tags image)"
	equal 2 "$("$OCI_PACK" tags --json image | jq length)"
	run "$OCI_PACK" tags none
	equal 1 "$status"
}

@test "JSON is as docs/json.md says" {
	page=$root/tests/cli/json_page.py
	"$OCI_PACK" ls -R --json image | "$page" ls
	"$OCI_PACK" tags --json image | "$page" tags
	"$OCI_PACK" inspect --json image | "$page" inspect
	"$OCI_PACK" lint --json image | "$page" lint
	run ! "$page" ls <<<'[{"path": "/a"}]'
}

@test "extract writes what the layers give together" {
	"$root/tests/interop/rootfs" entries.txt >wanted
	"$OCI_PACK" extract image -o - >got.tar
	"$root/tests/interop/rootfs" got.tar >got
	diff wanted got
	need_root
	"$OCI_PACK" extract image -o folder
	"$root/tests/interop/rootfs" folder >got
	diff wanted got
	cmp inputs/tool folder/bin/twin
	equal 755 "$(stat -c %a folder)"
}

@test "extract refuses what it cannot replace, at once" {
	mkdir empty
	ln -s empty link
	for to in . .. empty/. empty/./ link link/ / ''; do
		refused 1 'is no name for a new folder' extract image -o "$to"
	done
	"$OCI_PACK" extract image /bin/ -o empty
	[ -e empty/tool ]
}

@test "--max-inflated is for a single layer, too" {
	"$OCI_PACK" extract image --layer 1 -o - | tar -t >/dev/null
	run --separate-stderr bash -c '
		"$OCI_PACK" extract image --layer 1 -o - --max-inflated 1K |
			wc -c >size'
	matches 'inflates to more than' "$stderr"
}

@test "a reader that ends early gets no message" {
	run --separate-stderr bash -c '
		set -o pipefail
		"$OCI_PACK" extract image -o - | head -c 10 >/dev/null'
	[ "$status" -ne 0 ]
	equal '' "$stderr"
	# Other errors are told.
	run --separate-stderr bash -c '"$OCI_PACK" extract image -o - >/dev/full'
	equal 1 "$status"
	matches 'No space left' "$stderr"
}

@test "extract of a directory, of a file, and of a layer" {
	"$OCI_PACK" extract image /bin/ -o bin
	equal 'suid
tool
twin' "$(ls bin)"
	cmp inputs/tool bin/tool
	"$OCI_PACK" extract image lib -o lib
	equal 2 "$(cat lib/second-layer.so)"
	mkdir there
	"$OCI_PACK" extract image /etc/motd -o there/
	equal bye "$(cat there/motd)"
	"$OCI_PACK" extract image --layer 3 -o - | tar -t >names
	grep -q '^etc/.wh.remove-me$' names
	run "$OCI_PACK" extract image --layer 4 -o -
	equal 1 "$status"
	matches 'no layer 4: the image has 3' "$output"
}

@test "extract changes nothing when it fails" {
	local before

	mkdir full
	touch full/a
	before=$(ls -A)
	run "$OCI_PACK" extract image -o full
	equal 1 "$status"
	matches "'full' is not empty" "$output"
	run "$OCI_PACK" extract image /none -o new
	equal 1 "$status"
	run "$OCI_PACK" extract image -o none/new
	equal 1 "$status"
	printf X | dd conv=notrunc status=none bs=1 seek=100 \
		of="$(find image/blobs -size +50k | head -n 1)"
	run "$OCI_PACK" extract image -o new
	equal 1 "$status"
	equal "$before" "$(ls -A)"
	run "$OCI_PACK" extract image
	equal 1 "$status"
	matches '-o is needed' "$output"
}

@test "extract leaves nothing of a deep folder when it fails" {
	local part deep before

	part=$(printf '%0250d' 0)
	deep=$(printf "$part/%.0s" {1..16})
	# A part of a name in an image may be longer than one on disk.
	printf '%s\n' layer "f $deep/file 1" "f $part$part 2" |
		"$root/tests/foreign.py" deep
	before=$(ls -A)
	run "$OCI_PACK" extract deep -o "${part:50}"
	equal 1 "$status"
	matches 'File name too long' "$output"
	equal "$before" "$(ls -A)"
}

# The folder of a run that was killed.
litter() {
	mkdir -p ".$1.unpack.1-0.tmp/a/b/c"
	echo text >".$1.unpack.1-0.tmp/a/b/c/file"
}

@test "extract removes what a killed run left" {
	local calls at seen=0

	# Leaks cannot be looked for in a process that is traced.
	export ASAN_OPTIONS=detect_leaks=0
	cc -O1 -o kill_at "$root/tests/crash/kill_at.c"
	./kill_at 0 true 2>tmp/calls || lack 'processes cannot be traced'
	./kill_at 0 "$OCI_PACK" extract image -o out 2>tmp/calls
	calls=$(sed -n 's/^calls //p' tmp/calls)
	for ((at = 1; at <= calls; at += 11)); do
		rm -rf out
		run ./kill_at "$at" "$OCI_PACK" extract image -o out
		equal 137 "$status"
		[ ! -e out ] || continue
		[ -z "$(find . -maxdepth 1 -name '.out*')" ] || seen=1
		"$OCI_PACK" extract image -o out
		equal '' "$(find . -maxdepth 1 -name '.out*')"
	done
	equal 1 "$seen"
}

@test "extract removes the folders of killed runs for this name, and no other" {
	local before

	mkdir outside .new.12-3.tmp
	echo text >outside/file
	echo text >.new.12-3.tmp/file
	litter other
	litter held
	before=$(listing)
	litter new
	ln -s "$PWD/outside" .new.unpack.1-0.tmp/a/b/link
	ln -s ../outside .new.unpack.1-0.tmp/link
	chmod 0 .new.unpack.1-0.tmp/a/b/c .new.unpack.1-0.tmp/a/b
	"$OCI_PACK" extract image /bin -o new
	rm -r new
	equal "$before" "$(listing)"
	flock .held.unpack.1-0.tmp "$OCI_PACK" extract image /bin -o held
	rm -r held
	equal "$before" "$(listing)"
	# Other users could have given a folder of this user that name.
	chmod 0777 .
	"$OCI_PACK" extract image /bin -o held
	chmod 0755 .
	rm -r held
	equal "$before" "$(listing)"
	"$OCI_PACK" extract image /bin -o held
	[ ! -e .held.unpack.1-0.tmp ]
}

# The folder other is another user's.
need_another() {
	command -v setpriv >/dev/null || skip 'no setpriv'
	need_root
	chmod -R a+rX . "$BATS_TEST_TMPDIR"
	install -d -o 65534 -g 65534 other
	cp "$OCI_PACK" other/oci-pack
}

as_another() {
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

@test "extract without root removes folders that nobody may enter" {
	need_another
	as_another bash -c 'cd other && umask 022 &&
		mkdir -p .out.unpack.1-0.tmp/{0/1,a/b/c/d} &&
		touch .out.unpack.1-0.tmp/a/b/c/d/file &&
		chmod 0 .out.unpack.1-0.tmp/a/b/c .out.unpack.1-0.tmp/a/b &&
		chmod 0 .out.unpack.1-0.tmp/a .out.unpack.1-0.tmp/0'
	as_another other/oci-pack extract image /bin -o other/out
	equal $'oci-pack\nout' "$(ls -A other)"
}

@test "extract without root: modes are kept, devices left out" {
	need_another
	run as_another other/oci-pack extract image -o other/out
	equal 0 "$status"
	matches '2 devices were left out' "$output"
	equal '755
711
1777' "$(stat -c %a other/out/bin/suid other/out/var/lib/state \
		other/out/var/tmp)"
}

@test "extract does not leave its folder" {
	local member

	mkdir outside
	printf '%s\n' layer 'l a ../outside' 'l b /tmp' 'l dir ..' 'f dir/up 1' \
		layer 'f a/file 2' 'f /b/abs 3' |
		"$root/tests/foreign.py" hostile
	"$OCI_PACK" extract hostile -o out
	equal '' "$(ls -A outside)"
	equal 2 "$(cat out/a/file)"
	equal 3 "$(cat out/b/abs)"
	[ ! -e up ]
	[ ! -e /tmp/abs ]
	for member in 'h a ../outside/file' 'f ../file 1' 'f a/../../file 1'; do
		printf '%s\n' layer "$member" | "$root/tests/foreign.py" bad
		run "$OCI_PACK" extract bad -o out2
		equal 1 "$status"
		matches "'\.\.' part" "$output"
		[ ! -e out2 ]
		rm -r bad
	done
}

@test "extract of a folder that nobody may enter keeps its mode" {
	need_another
	spec closed.spec 'image: x' 'layers:' \
		'  - entries: [{path: /no, dir: {}, mode: 0000}]'
	"$OCI_PACK" closed.spec -q -o closed.tar
	as_another other/oci-pack extract closed.tar /no -o other/closed
	equal 0 "$(stat -c %a other/closed)"
}

@test "extract as a root that may make no devices leaves them out" {
	need_another
	run setpriv --bounding-set -mknod --inh-caps -mknod \
		"$OCI_PACK" extract image /dev -o devices
	equal 0 "$status"
	matches '2 devices' "$output"
}

@test "lack of rights is not blamed on the sandbox" {
	need_another
	cp -r image other/secret
	chmod 000 other/secret
	run --separate-stderr as_another other/oci-pack ls other/secret
	equal 1 "$status"
	matches 'Permission denied' "$stderr"
	run ! grep sandbox <<<"$stderr"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Images and archives that other tools write, and users fed to it:
# fixtures/images.

load ../helpers

setup() {
	work_in_folder
	images=$BATS_TEST_DIRNAME/../../fixtures/images
}

# layout NAME: the image oci:NAME:t.
layout() {
	tar -xzf "$images/$1.tgz"
}

# on NAME PLATFORM [LINE...]: packs a layer over it, as out.
on() {
	local name=$1 platform=$2

	shift 2
	rm -rf out
	spec on.spec 'image: on' "platforms: [$platform]" "base: oci:$name:t" \
		"$@" 'layers: [{entries: [{path: /added, content: a}]}]'
	"$OCI_PACK" on.spec -q --lint off -o out
}

# config FILTER: of the image in out.
config() {
	"$OCI_PACK" inspect --json out | jq -c ".images[0].config | $1"
}

# files LAYOUT: what its last layer has.
files() {
	local digest

	digest=$("$OCI_PACK" inspect --json "$1" |
		jq -r '.document.layers[-1].digest')
	tar -tf "$1/blobs/sha256/${digest#sha256:}"
}

@test "faults 11: a file that a layer writes through its own link" {
	local name

	for name in q-srv same-link-then-file hl-via-link2; do
		layout "$name"
		run "$OCI_PACK" lint "oci:$name:t"
		equal "oci:$name:t: 0 errors, 0 warnings, 0 notes" "$output"
	done
	spec a.spec 'image: a' 'platforms: [linux/riscv64]' \
		'base: oci:q-srv:t' \
		'layers: [{entries: [{path: /srv/cur/new, content: n}]}]'
	"$OCI_PACK" a.spec -q -o out
	equal 'srv/ srv/v1/ srv/v1/new' "$(files out | xargs)"
}

# layered FOLDER MEMBER...: an image of one layer, in a layout. A member is
# "PATH/", "PATH" or "PATH>TARGET" in the order of the tar.
layered() {
	PYTHONPATH=$root/fixtures/hostile python3 - "$@" <<-'end'
		import io, sys, tarfile
		from make import Layout
		data = io.BytesIO()
		with tarfile.open(fileobj=data, mode="w") as tar:
		    for word in sys.argv[2:]:
		        name, link, target = word.partition(">")
		        member = tarfile.TarInfo(name.rstrip("/"))
		        member.mode = 0o755
		        member.type = (tarfile.SYMTYPE if link else tarfile.DIRTYPE
		                       if name.endswith("/") else tarfile.REGTYPE)
		        member.linkname = target
		        tar.addfile(member)
		Layout(sys.argv[1]).image(data.getvalue())
	end
}

# has IMAGE PATH: whether the union of its layers has it.
has() {
	spec has.spec 'platforms: [linux/amd64]' "base: oci:$1" \
		"layers: [{entries: [{path: $2, remove: true}]}]"
	rm -rf has
	"$OCI_PACK" has.spec -q --lint off -o has 2>has.log
}

@test "faults 11: the order of the tar decides, as it does for engines" {
	local path

	layered image v1/ v1/in 'cur>v1' cur/a 'v1>other' v1/b other/.wh.in \
		'up>../../other' up/c/d
	# The second link took the place of a folder and of what was in it.
	for path in cur v1 other/b other/c/d up; do
		has image "/$path" || fail "$path: $(<has.log)"
	done
	for path in other/in other/a; do
		run ! has image "/$path"
	done
}

# members FILE: the names in a tar, as JSON strings of ASCII.
members() {
	python3 -c 'import json, sys, tarfile
for name in sorted(tarfile.open(sys.argv[1]).getnames()):
    print(json.dumps(name))' "$1"
}

# unpacked FILE [LINE]: what an entry for the archive FILE has become.
unpacked() {
	rm -rf out
	spec archive.spec 'layers:' '  - entries:' \
		"      - {path: /, archive: $images/$1${2:+, $2}}"
	"$OCI_PACK" archive.spec -q --lint off --platform linux/amd64 \
		--compression none -o out >digest || return
	members out/blobs/sha256/"$("$OCI_PACK" inspect --json out |
		jq -r '.document.layers[0].digest | ltrimstr("sha256:")')"
}

@test "faults 12: names of archives are bytes, not characters" {
	equal '"cafe\u0301" "h" "l"' "$(unpacked nfd-pax.tar | paste -sd ' ')"
	equal '"l"' "$(unpacked nfd-pax.tar 'exclude: ["cafe\u0301", h]')"
	equal '"cafe\u0301" "caf\u00e9"' "$(unpacked nfc-nfd.tar |
		paste -sd ' ')"
	equal '"cafe\u0301"' "$(unpacked nfd.zip)"
	equal '' "$(unpacked nfd.zip 'exclude: ["cafe\u0301"]')"
}

@test "faults 12: a name of a lower layer is removed as it is there" {
	layered image $'cafe\u0301' $'caf\u00e9'
	has image '"/cafe\u0301"'
	has image '"/caf\u00e9"'
	equal $'.wh.caf\u00e9' "$(tar --quoting-style=literal -tf \
		"has/blobs/sha256/$("$OCI_PACK" inspect --json has |
		jq -r '.document.layers[-1].digest | ltrimstr("sha256:")')")"
}

@test "faults 12: every kind of tar that GNU tar writes keeps its names" {
	local long option

	long=$(printf 'a%.0s' {1..120})
	mkdir -p in/$'cafe\u0301' "in/$long"$'e\u0301'
	echo one >in/$'cafe\u0301'/1
	ln in/$'cafe\u0301'/1 in/$'li\u0301nk'
	ln -s $'cafe\u0301' in/$'sy\u0301m'
	echo long >"in/$long"$'e\u0301'/"$long"
	truncate -s 3M in/$'e\u0301sparse'
	for i in {1..60}; do
		printf x | dd of=in/$'e\u0301sparse' bs=1 status=none \
			seek=$((i * 40000)) conv=notrunc
	done
	for option in '--format=gnu' '--format=gnu -S' '--format=pax' \
		'--format=pax -S --sparse-version=0.0' \
		'--format=pax -S --sparse-version=0.1' \
		'--format=pax -S --sparse-version=1.0'; do
		# shellcheck disable=SC2086
		tar $option -cf t.tar -C in .
		images=. unpacked t.tar >names
		rm -rf back
		mkdir back
		tar -C back -xf out/blobs/sha256/"$("$OCI_PACK" inspect \
			--json out | jq -r '.document.layers[0].digest |
			ltrimstr("sha256:")')"
		diff -r in back
		cmp <(cd in && find . | sort) <(cd back && find . | sort)
	done
}

@test "faults 13: no higher variant stands in for a lower one" {
	layout rva-two
	layout rva-23only
	on rva-two linux/riscv64
	equal '["riscv64","rva20u64"]' "$(config '[.architecture, .variant]')"
	on rva-two linux/riscv64/rva20u64
	equal '["riscv64","rva20u64"]' "$(config '[.architecture, .variant]')"
	# A lower one may.
	on rva-two linux/riscv64/rva22u64
	equal '["riscv64","rva22u64"]' "$(config '[.architecture, .variant]')"
	on rva-23only linux/riscv64/rva23u64
	run on rva-23only linux/riscv64
	matches 'no image for linux/riscv64; it has linux/riscv64/rva23u64' \
		"$output"
	run "$OCI_PACK" copy oci:rva-23only:t x.tar --platform linux/riscv64
	matches 'no image for linux/riscv64; it has' "$output"
	run on rva-two linux/riscv64/v1
	matches "variants such as rva20u64.*, no 'v1'" "$output"
}

@test "faults 13: the variant that an index tells counts, where a config has none" {
	layout idx-arm-config-novariant
	on idx-arm-config-novariant linux/arm/v6
	equal '["arm","v6"]' "$(config '[.architecture, .variant]')"
	# armv7 runs it, too; armv5 does not.
	on idx-arm-config-novariant linux/arm/v7
	equal '["arm","v7"]' "$(config '[.architecture, .variant]')"
	run on idx-arm-config-novariant linux/arm/v5
	matches 'no image for linux/arm/v5; it has linux/arm/v6' "$output"
}

@test "faults 16: inspect and lint find the images of nested indexes" {
	layout nest2
	equal '["linux/amd64","linux/riscv64"]' "$("$OCI_PACK" inspect --json \
		oci:nest2:t | jq -c '[.images[].platform]')"
	equal '["linux/riscv64"]' "$("$OCI_PACK" inspect --json --platform \
		linux/riscv64 oci:nest2:t | jq -c '[.images[].platform]')"
	"$OCI_PACK" lint --platform linux/amd64 oci:nest2:t
	on nest2 linux/riscv64
}

@test "faults 16: an index that was saved without some of its images" {
	local tar=$images/idx-partial.tar

	equal '[["linux/amd64",true],["linux/riscv64",null]]' "$("$OCI_PACK" \
		inspect --json "$tar" | jq -c '[.images[] | [.platform, .absent]]')"
	matches 'Content: *not here' "$("$OCI_PACK" inspect "$tar")"
	run "$OCI_PACK" lint "$tar"
	equal 0 "$status"
	matches 'linux/amd64 .*is not checked.*not here' "$output"
	equal "$tar: 0 errors, 0 warnings, 0 notes" \
		"$("$OCI_PACK" lint --platform linux/riscv64 "$tar" 2>&1)"
	run ! "$OCI_PACK" lint --platform linux/amd64 "$tar"
	refused 1 'no blob sha256:5c0c.*--platform' copy "$tar" out
	"$OCI_PACK" copy -q --platform linux/riscv64 "$tar" out
}

@test "faults 16: an index without platforms: the configs tell" {
	layout idx-noplat
	on idx-noplat linux/riscv64
	"$OCI_PACK" copy -q oci:idx-noplat:t whole.tar
	"$OCI_PACK" copy -q --platform linux/amd64 oci:idx-noplat:t one.tar
	equal '["linux/amd64"]' "$("$OCI_PACK" inspect --json one.tar |
		jq -c '[.images[].platform]')"
}

@test "faults 17: a platform that an image does not have is an error" {
	local command has='is for linux/riscv64, not for linux/s390x'

	layout docker-zstd
	for command in inspect 'inspect --raw' 'inspect --json' lint; do
		# shellcheck disable=SC2086
		refused 1 "$has" $command --platform linux/s390x \
			oci:docker-zstd:t
	done
	refused 1 "$has" copy --platform linux/s390x oci:docker-zstd:t x.tar
	layout nest2
	for command in inspect 'inspect --raw' lint; do
		# shellcheck disable=SC2086
		refused 1 'no image for linux/s390x; it has linux/amd64, linux' \
			$command --platform linux/s390x oci:nest2:t
	done
	equal "$("$OCI_PACK" inspect --json --platform linux/riscv64 \
		oci:nest2:t | jq -r '.images[0].digest')" \
		"sha256:$("$OCI_PACK" inspect --raw --platform linux/riscv64 \
		oci:nest2:t | sha256sum | cut -d' ' -f1)"
	spec a.spec 'layers: [{entries: [{path: /a, content: a}]}]'
	refused 2 "no architecture is called 'risc64'; expected one of .*riscv64" \
		a.spec --platform linux/risc64 -o x
	refused 2 "no system is called 'linus'; expected one of .*linux" \
		a.spec --platform linus/riscv64 -o x
}

@test "faults 19: Docker's type for layers in zstd becomes OCI's" {
	layout docker-zstd
	on docker-zstd linux/riscv64
	equal application/vnd.oci.image.layer.v1.tar+zstd \
		"$("$OCI_PACK" inspect --json out |
			jq -r '.document.layers[0].mediaType')"
	"$OCI_PACK" verify out
}

# unpacked_file FILE NAME: what a member of the layer of unpacked has.
unpacked_file() {
	unpacked "$1" >names || return
	tar -xOf out/blobs/sha256/"$("$OCI_PACK" inspect --json out |
		jq -r '.document.layers[0].digest | ltrimstr("sha256:")')" "$2"
}

@test "faults 20: sparse files that are one hole, and zeros behind gzip" {
	local name

	for name in sp-allhole-formatgnu sp-allhole-formatposixsparseversion10
	do
		unpacked_file "$name.tar" allhole | cmp - <(head -c 3M /dev/zero)
	done
	equal "$(tar -xOzf "$images/trailzero.tar.gz" a/f)" \
		"$(unpacked_file trailzero.tar.gz a/f)"
	# Anything but zeros is no padding.
	cp "$images/trailzero.tar.gz" bad.tar.gz
	chmod u+w bad.tar.gz
	printf x >>bad.tar.gz
	images=. run unpacked bad.tar.gz
	matches 'gzip stream' "$output"
}

@test "faults 20: hard links to links, through links, and names that are there twice" {
	local long

	long=$(unpacked hl-sym.tar && tar -tvf "$(find out/blobs -type f \
		-exec sh -c 'tar -tf "$1" >/dev/null 2>&1' _ {} \; -print)")
	matches 'l -> real' "$long"
	matches 'm -> real' "$long"
	equal x "$(unpacked_file hl-via-link.tar m)"
	equal "$(tar -xOf "$images/dup.tar" f | tail -c 3)" \
		"$(unpacked_file dup.tar f)"
}

@test "faults 20: a hard link to a fifo, or to a device" {
	need_root
	mkdir in
	mkfifo in/a
	ln in/a in/b
	mknod in/c c 1 3
	ln in/c in/d
	tar -C in -cf t.tar a b c d
	images=. unpacked t.tar
	equal 'p p c c' "$(tar -tvf "$(find out/blobs -type f -exec sh -c \
		'tar -tf "$1" >/dev/null 2>&1' _ {} \; -print)" |
		cut -c1 | xargs)"
}

@test "faults 20: owners that are no number of an image" {
	python3 - <<-'end'
		import tarfile
		with tarfile.open("t.tar", "w", format=tarfile.PAX_FORMAT) as tar:
		    member = tarfile.TarInfo("file")
		    member.uid = 1 << 40
		    tar.addfile(member)
	end
	images=. run unpacked t.tar
	matches "member 'file' has the owner 1099511627776:0, .*'owner'" "$output"
	images=. unpacked t.tar 'owner: 0:0'
}

@test "faults 20: packages as dpkg takes them, with the digests of their files" {
	local deb name

	for deb in lowfields:foo upname:MyApp; do
		name=${deb#*:}
		rm -rf out
		spec deb.spec 'platforms: [linux/riscv64]' \
			"layers: [{debs: [$images/${deb%:*}.deb]}]"
		"$OCI_PACK" deb.spec -q --lint off -o out
		files out | grep -x "var/lib/dpkg/status.d/$name"
	done
	mkdir -p p/DEBIAN p/usr/bin
	echo tool >p/usr/bin/tool
	printf '%s\n' 'Package: x' 'Version: 1' 'Architecture: all' \
		'Maintainer: n <n@example.org>' 'Description: x' >p/DEBIAN/control
	(cd p && md5sum usr/bin/tool >DEBIAN/md5sums)
	dpkg-deb -b p x.deb >tool.log
	rm -rf out
	spec deb.spec 'platforms: [linux/riscv64]' 'layers: [{debs: [x.deb]}]'
	"$OCI_PACK" deb.spec -q --lint off --compression none -o out
	equal "$(cat p/DEBIAN/md5sums)" "$(tar -xOf \
		"out/blobs/sha256/$("$OCI_PACK" inspect --json out | jq -r \
		'.document.layers[0].digest | ltrimstr("sha256:")')" \
		var/lib/dpkg/status.d/x.md5sums)"
}

@test "faults 19: a base's variables count once, and what Docker adds is kept" {
	layout onbuild
	on onbuild linux/riscv64 'config: {env: {A: "3"}}'
	equal '["PATH=/bin","A=3","EMPTY=","NOEQ","=x"]' "$(config .config.Env)"
	equal '[["RUN x"],["/bin/bash","-c"],30]' \
		"$(config '.config | [.OnBuild, .Shell, .StopTimeout]')"
	# What is not set stays, of a name that is there twice the last one.
	on onbuild linux/riscv64 'config: {env: {B: "1"}}'
	equal '["PATH=/bin","A=2","EMPTY=","NOEQ","=x","B=1"]' \
		"$(config .config.Env)"
}

@test "faults 19: a health check that Podman passes over is told" {
	spec a.spec 'image: a' 'platforms: [linux/riscv64]' \
		'layers: [{entries: [{path: /a, content: a}]}]' \
		'config: {healthcheck: {test: [CMD, /a]}}'
	"$OCI_PACK" a.spec -q --lint off -o a.tar
	matches 'note: healthcheck-ignored: .*Podman does not' \
		"$("$OCI_PACK" lint a.tar)"
	# An image in Docker's format keeps it.
	printf '%s\n' layer 'f a x' | "$root/tests/foreign.py" docker \
		media=docker 'config={"Healthcheck":{"Test":["CMD","/a"]}}'
	run ! grep healthcheck <("$OCI_PACK" lint oci:docker:t)
}

@test "faults 18: capabilities of files on disk are kept with mode: keep" {
	need_root
	cp /bin/true tool
	setcap cap_net_raw+ep tool
	spec a.spec 'platforms: [linux/amd64]' 'layers:' '  - entries:' \
		'      - {path: /kept, from: tool, mode: keep}' \
		'      - {path: /not, from: tool}'
	"$OCI_PACK" a.spec -q --lint off --compression none -o out
	equal 'kept:0100000200200000000000000000000000000000 not:' \
		"$(python3 - "$(find out/blobs -size +9k)" <<-'end'
			import sys, tarfile
			key = "SCHILY.xattr.security.capability"
			print(*(m.name + ":" + m.pax_headers.get(key, "").encode(
			    "utf-8", "surrogateescape").hex()
			    for m in tarfile.open(sys.argv[1])))
		end
	)"
}

@test "faults 21: attributes of a lower directory survive when it is written again" {
	python3 - <<-'end'
		import tarfile
		with tarfile.open("t.tar", "w", format=tarfile.PAX_FORMAT) as tar:
		    member = tarfile.TarInfo("srv")
		    member.type, member.mode = tarfile.DIRTYPE, 0o711
		    member.pax_headers = {"SCHILY.xattr.user.kind": "data"}
		    tar.addfile(member)
	end
	spec a.spec 'platforms: [linux/amd64]' 'layers:' \
		'  - entries: [{path: /, archive: t.tar}]' \
		'  - entries: [{path: /srv/file, content: x}]'
	"$OCI_PACK" a.spec -q --lint off --compression none -o out
	# On a base, too.
	spec b.spec 'platforms: [linux/amd64]' 'base: oci:out' \
		'layers: [{entries: [{path: /srv/more, content: x}]}]'
	"$OCI_PACK" b.spec -q --lint off --compression none -o on
	equal 'data data data' "$(find on/blobs -type f -exec python3 -c '
import sys, tarfile
try:
    tar = tarfile.open(sys.argv[1])
except tarfile.ReadError:
    sys.exit()
print(tar.getmember("srv").pax_headers["SCHILY.xattr.user.kind"])' {} \; |
		paste -sd ' ')"
}

@test "faults 20: a copy in an archive has a whole name, or is told to lack one" {
	layout docker-zstd
	run "$OCI_PACK" copy oci:docker-zstd:t x.tar
	equal 0 "$status"
	matches "no name but the tag 't'.*-t example.com/app:1" "$output"
	run "$OCI_PACK" lint --explain-load x.tar
	matches 'oci-pack copy -t NAME' "$output"
	run "$OCI_PACK" copy -t me/app -t example.com/b:2 oci:docker-zstd:t y.tar
	equal 0 "$status"
	run ! grep 'docker load' <<<"$output"
	equal '["docker.io/me/app:latest","example.com/b:2"]' \
		"$("$OCI_PACK" inspect --json y.tar:example.com/b:2 |
			jq -c .names)"
	run "$OCI_PACK" lint --explain-load y.tar
	run ! grep 'without a name' <<<"$output"
	refused 1 'has a name of its own: -t is for' copy -t a oci:docker-zstd:t \
		oci:out:x
	refused 1 'has a name of its own: -t is for' copy -t a oci:docker-zstd:t \
		localhost:1/a:1
	refused 2 'has a digest' copy -t "a@sha256:$(printf '%064d' 0)" \
		oci:docker-zstd:t z.tar
	refused 2 "'-t' is for commands that write a file" push -t a oci:docker-zstd:t localhost:1/a:1
}

@test "faults 20: an encrypted zip says that it is one" {
	# Made by Info-ZIP's zip -P: one member, s.txt.
	base64 -d >e.zip <<-'end'
		UEsDBAoACQAAAEYHfF3U0R6lDgAAAAIAAAAFABwAcy50eHRVVAkAAzInCmsyJwprdXgLAAEEAAAA
		AAQAAAAAohE4TgUi2E/pyhPsYgtQSwcI1NEepQ4AAAACAAAAUEsBAh4DCgAJAAAARgd8XdTRHqUO
		AAAAAgAAAAUAGAAAAAAAAQAAAKSBAAAAAHMudHh0VVQFAAMyJwprdXgLAAEEAAAAAAQAAAAAUEsF
		BgAAAAABAAEASwAAAF0AAAAAAA==
	end
	images=. run unpacked e.zip
	matches 'its members are encrypted: unpack it' "$output"
}

@test "faults 18: an entry gives capabilities and extended attributes" {
	local text

	need_root
	# What the kernel keeps of it, by setcap.
	for text in cap_net_bind_service=ep 'cap_net_raw,cap_sys_admin+ep' \
		'cap_chown=p cap_kill+ip' cap_setfcap=i; do
		cp /bin/true tool
		setcap "$text" tool
		spec a.spec 'platforms: [linux/amd64]' 'layers:' '  - entries:' \
			"      - {path: /a, content: a, capabilities: \"$text\"}"
		rm -rf out back
		"$OCI_PACK" a.spec -q --lint off --compression none -o out
		equal "$(getfattr -n security.capability -e hex tool |
			sed -n s/^security.capability=//p)" \
			"0x$(python3 - "out/blobs/sha256/$("$OCI_PACK" inspect \
			--json out | jq -r '.document.layers[0].digest |
			ltrimstr("sha256:")')" <<-'end'
				import sys, tarfile
				key = "SCHILY.xattr.security.capability"
				print(tarfile.open(sys.argv[1]).getmember("a").pax_headers[key]
				      .encode("utf-8", "surrogateescape").hex())
			end
		)"
	done
	for text in 'capabilities: cap_net_raw=x' 'capabilities: cap_no=ep' \
		'capabilities: "cap_chown=ep cap_kill=p"' 'capabilities: cap_kill=' \
		'capabilities: " "' 'xattrs: {security.capability: abc}' \
		'xattrs: {"user.a b": a}' 'xattrs: {user.: a}' \
		'xattrs: {trusted.x: a}' 'xattrs: {user.x: "0x1"}' \
		'xattrs: {user.x: "0s***"}'; do
		spec b.spec 'platforms: [linux/amd64]' \
			"layers: [{entries: [{path: /a, content: a, $text}]}]"
		refused 1 'b\.spec:3:[0-9]+: .*expected' b.spec -o x
	done
	spec b.spec 'platforms: [linux/amd64]' \
		'layers: [{entries: [{path: /a, symlink: b, xattrs: {user.a: b}}]}]'
	refused 1 "'xattrs' is used with 'symlink', but is valid only with" b.spec -o x
	# It is the entry's, and seen where it changes.
	spec c.spec 'platforms: [linux/amd64]' \
		'layers: [{entries: [{path: /a, dir: {}, xattrs: {user.a: one}}]}]'
	"$OCI_PACK" c.spec -q --lint off -o c.tar >first
	sed -i s/one/two/ c.spec
	"$OCI_PACK" c.spec -q --lint off -o c.tar >second
	run ! cmp -s first second
}

@test "faults 20: two packages with one file: advice that can be followed" {
	local name

	for name in one two; do
		mkdir -p "$name/DEBIAN" "$name/usr/bin"
		echo "$name" >"$name/usr/bin/tool"
		printf '%s\n' "Package: $name" 'Version: 1' 'Architecture: all' \
			'Maintainer: n <n@example.org>' 'Description: x' \
			>"$name/DEBIAN/control"
		dpkg-deb -b "$name" "$name.deb" >tool.log
	done
	spec a.spec 'platforms: [linux/amd64]' 'layers: [{debs: [one.deb, two.deb]}]'
	refused 1 "two sources for '/usr/bin/tool'.*into another layer" a.spec -o x
	spec a.spec 'platforms: [linux/amd64]' 'layers:' '  - debs: [one.deb]' \
		'  - debs: [two.deb]'
	"$OCI_PACK" a.spec -q --lint off -o out
	# What an entry brings may say it.
	echo three >tool
	spec a.spec 'platforms: [linux/amd64]' 'layers:' '  - debs: [one.deb]' \
		'    entries: [{path: /usr/bin/tool, from: tool, replace: true}]'
	"$OCI_PACK" a.spec -q --lint off -o out
}

@test "faults 20: a link keeps the bytes of a file that has another one's place by now" {
	local name

	mkdir hl
	echo v1 >hl/a
	ln hl/a hl/b
	ln hl/a hl/c
	tar -cf t.tar -C hl a b c
	echo v2 >hl/n
	mv hl/n hl/a
	tar -rf t.tar -C hl a
	images=. unpacked t.tar
	mkdir back
	tar -C back -xf "$(layer_of out)"
	equal 'v2 v1 v1' "$(cd back && cat a b c | xargs)"
	[ back/b -ef back/c ]
	# An entry in its place is the same.
	spec a.spec 'platforms: [linux/amd64]' 'layers:' '  - entries:' \
		'      - {path: /, archive: t.tar}' \
		'      - {path: /a, content: new, replace: true}'
	rm -rf out back
	"$OCI_PACK" a.spec -q --lint off --compression none -o out
	mkdir back
	tar -C back -xf "$(layer_of out)"
	equal 'newv1 v1' "$(cd back && cat a b c | xargs)"
	# The last of two folders counts, too.
	mkdir d
	tar -cf d.tar d
	chmod 700 d
	tar -rf d.tar d
	images=. unpacked d.tar
	tar -tvf "$(layer_of out)" | grep -q '^drwx------ .* d/$'
}

# layer_of LAYOUT: the file of its first layer.
layer_of() {
	echo "$1/blobs/sha256/$("$OCI_PACK" inspect --json "$1" | jq -r \
		'.document.layers[0].digest | ltrimstr("sha256:")')"
}

# odd NAME: a tar with what readers read differently: t.tar.
odd() {
	python3 - "$1" <<-'end'
		import io, struct, sys, tarfile
		def header(name, kind, size, magic=b"ustar\x0000"):
		    data = bytearray(512)
		    data[:len(name)] = name
		    data[100:108] = b"0000644\0"
		    data[108:124] = b"0000000\0" * 2
		    data[124:136] = b"%011o\0" % size
		    data[136:148] = b"00000000000\0"
		    data[156:157] = kind
		    data[257:265] = magic
		    data[148:156] = b" " * 8
		    total = sum(b - 256 if b > 127 and sys.argv[1] == "signed"
		                else b for b in data)
		    data[148:156] = b"%06o\0 " % total
		    return bytes(data)
		def record(text):
		    n = len(text) + 3
		    while len(f"{n} {text}\n".encode()) != n:
		        n += 1
		    return f"{n} {text}\n".encode()
		def block(data):
		    return data + bytes(-len(data) % 512)
		def extended(text, kind=b"x"):
		    data = record(text)
		    return header(b"x", kind, len(data)) + block(data)
		nfd = "path=cafe\u0301"
		body = header(b"in", b"0", 1) + block(b"x")
		file = header(b"a", b"0", len(body)) + body
		parts = {
		    "size": [extended("size=1024"), header(b"d/", b"5", 0), file],
		    "global": [extended("uid=7", b"g"), file],
		    "comment": [extended("comment=x", b"g"), extended(nfd), file],
		    "dir": [header(b"d/", b"5", 1024), extended(nfd), file],
		    "signed": [header("\u00e9".encode(), b"0", 0), extended(nfd), file],
		}[sys.argv[1]]
		open("t.tar", "wb").write(b"".join(parts) + bytes(1024))
	end
}

@test "faults 12: what readers of tars read differently is read as GNU tar does" {
	local name

	local images=.
	for name in comment dir signed; do
		odd "$name"
		unpacked t.tar >names
		equal "$(members t.tar)" "$(<names)"
		grep -q 'cafe\\u0301' names
	done
	odd size
	run unpacked t.tar
	matches 'corrupt: .*directory or device has a size' "$output"
	odd global
	run unpacked t.tar
	matches "its global header sets 'uid'" "$output"
}

@test "faults 13: one that says just that platform needs no other one to be read" {
	layered image a
	python3 - <<-'end'
		import json
		index = json.load(open("image/index.json"))
		old = index["manifests"][0]
		gone = {"mediaType": old["mediaType"], "size": 10}
		index["manifests"] = [
		    {"mediaType": "application/vnd.oci.image.index.v1+json", "size": 9,
		     "digest": "sha256:" + 64 * "e"}] + [
		    dict(gone, digest=f"sha256:{i:064x}") for i in range(11000)] + [
		    dict(old, platform={"os": "linux", "architecture": "x86_64"}),
		    dict(old, platform={"os": "linux", "architecture": "amd64"})]
		data = json.dumps(dict(index, mediaType=
		    "application/vnd.oci.image.index.v1+json")).encode()
		import hashlib
		name = hashlib.sha256(data).hexdigest()
		open("image/blobs/sha256/" + name, "wb").write(data)
		json.dump({"schemaVersion": 2, "manifests": [{
		    "mediaType": "application/vnd.oci.image.index.v1+json",
		    "digest": "sha256:" + name, "size": len(data)}]},
		    open("image/index.json", "w"))
	end
	"$OCI_PACK" inspect --platform linux/amd64 image >told
	has image /a
	"$OCI_PACK" copy -q --platform linux/amd64 image x.tar
}

#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Every rule of `oci-pack lint`, broken and nearly so: with small ELF files
# (tests/elf.py), and with images as others make them (tests/foreign.py).

load ../helpers

setup() {
	work_in_folder
	ld=/lib/ld-linux-riscv64-lp64d.so.1
}

elf() {
	"$root/tests/elf.py" "$@"
}

# look IMAGE: what is found in it, in found.json.
look() {
	local status=0

	"$OCI_PACK" lint "$@" --json >found.json || status=$?
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ] || fail "exit $status"
	equal "$status" "$(jq 'if .errors > 0 then 3 else 0 end' found.json)"
}

# image LINE...: what is found in a spec with these lines, and the folder in
# as its files.
image() {
	mkdir -p in
	spec a.spec 'image: a' 'layers:' \
		'  - entries: [{path: /, from: in, mode: keep}]' "$@"
	"$OCI_PACK" a.spec -q --lint off -o a.tar >/dev/null
	look a.tar
}

# foreign <LINES
foreign() {
	rm -rf other
	"$root/tests/foreign.py" other
	look oci:other:t
}

# finds RULE LEVEL PATH PATTERN; path - is the image itself.
finds() {
	jq -r --arg rule "$1" --arg level "$2" --arg path "$3" '.findings[] |
		select(.rule == $rule and .level == $level and
		(.path // "-") == $path) | .message' found.json >message
	[ -s message ] || fail "no $1 at $3:" "$(jq -c '.findings[] |
		[.rule, .level, .path, .message]' found.json)" || return 1
	matches "$4" "$(cat message)"
}

# lacks RULE [PATH]
lacks() {
	run jq -c --arg rule "$1" --arg path "${2:-}" '.findings[] |
		select(.rule == $rule and ($path == "" or .path == $path))' \
		found.json
	equal '' "$output"
}

script() {
	mkdir -p "$(dirname "$1")"
	printf '%b' "$2" >"$1"
	chmod "${3:-0755}" "$1"
}

@test "elf-machine: another machine, class or order of bytes" {
	elf in/bin/good
	elf in/bin/amd64 machine=amd64
	elf in/bin/narrow bits=32
	elf in/bin/big endian=big
	elf in/bin/odd machine=9999
	elf in/bin/object machine=amd64 type=rel
	elf in/lib/libx.so.1 machine=arm64
	chmod 644 in/lib/libx.so.1
	image
	finds elf-machine error /bin/amd64 'it is for amd64.*linux/riscv64'
	finds elf-machine error /bin/narrow 'it is for riscv32'
	finds elf-machine error /bin/big '64 bits, big endian'
	finds elf-machine error /bin/odd 'machine 9999'
	finds elf-machine error /lib/libx.so.1 'it is for arm64'
	lacks elf-machine /bin/good
	lacks elf-machine /bin/object
}

@test "elf-machine: the smaller machine of the same kernel" {
	elf in/bin/p machine=386
	image 'platforms: [linux/amd64]'
	lacks elf-machine
	elf in/bin/p machine=arm
	image 'platforms: [linux/arm64]'
	lacks elf-machine
	image 'platforms: [linux/amd64]'
	finds elf-machine error /bin/p 'it is for arm,'
}

@test "elf-machine: RISC-V's floating point, and its extensions" {
	elf in/lib/libsoft.so flags=1 soname=libsoft.so
	elf in/lib/libdouble.so flags=5 soname=libdouble.so
	elf in/bin/static flags=1
	elf in/bin/vector arch=rv64i2p1_m2p0_a2p1_f2p2_d2p2_c2p0_v1p0
	elf in/bin/plain arch=rv64i2p1_m2p0_a2p1_f2p2_d2p2_c2p0_zicsr2p0
	image
	finds elf-machine error /lib/libsoft.so 'floating-point ABI is soft'
	finds elf-machine warning /bin/vector 'the extension v,'
	lacks elf-machine /lib/libdouble.so
	lacks elf-machine /bin/static
	lacks elf-machine /bin/plain
}

@test "elf-machine: nothing is known of other systems and platforms" {
	elf in/bin/p machine=amd64
	image 'platforms: [windows/arm64]'
	lacks elf-machine
	image 'platforms: [linux/sparc64]'
	lacks elf-machine
}

@test "elf-truncated: cut short, or damaged" {
	elf whole interp="$ld" needed=libc.so.6 soname=x wants=libc.so.6:A
	mkdir -p in/bin in/usr/lib/debug
	head -c 40 whole >in/bin/head
	head -c 300 whole >in/bin/half
	elf in/bin/entries phentsize=8
	elf in/bin/sections shnum=65000
	head -c 300 whole >in/usr/lib/debug/x.debug
	printf '\177EL' >in/bin/three
	chmod -R 755 in
	image
	finds elf-truncated error /bin/head 'header'
	finds elf-truncated error /bin/half 'ends'
	finds elf-truncated error /bin/entries '8 bytes each'
	lacks elf-truncated /bin/sections
	lacks elf-truncated /bin/three
	lacks elf-truncated /usr/lib/debug/x.debug
}

@test "elf-interpreter: missing, for another machine, not executable" {
	elf in/bin/p interp="$ld"
	image
	finds elf-interpreter error /bin/p "$ld' is not in the image"
	elf "in$ld" machine=amd64
	image
	finds elf-interpreter error /bin/p 'for another machine'
	elf "in$ld"
	chmod 644 "in$ld"
	image
	finds elf-interpreter error /bin/p 'may not be executed'
	echo text >"in$ld"
	chmod 755 "in$ld"
	image
	finds elf-interpreter error /bin/p 'is not a valid ELF file'
	rm "in$ld"
	elf in/lib/real
	ln -s real "in$ld"
	image
	lacks elf-interpreter
	chmod 644 in/bin/p
	rm "in$ld"
	image
	lacks elf-interpreter
}

# program KEY=VALUE...: /bin/p needs liba.so, with what else is said.
program() {
	elf "in$ld"
	elf in/bin/p "interp=$ld" needed=liba.so "$@"
}

@test "elf-needed: missing, and who needs it" {
	program
	image
	finds elf-needed error /bin/p 'needs liba.so, which is in no folder'
	elf in/usr/lib/liba.so soname=liba.so needed=libb.so
	image
	finds elf-needed error /usr/lib/liba.so \
		'needs libb.so.* loaded for /bin/p$'
	elf in/bin/second interp="$ld" needed=liba.so
	image
	equal 1 "$(jq '[.findings[] | select(.rule == "elf-needed")] |
		length' found.json)"
	elf in/usr/lib/libb.so soname=libb.so needed=liba.so
	image
	lacks elf-needed
}

@test "elf-needed: what is loaded already has its name" {
	program runpath=/opt/a
	elf in/bin/p interp="$ld" needed=liba.so,libb.so runpath=/opt/a
	elf in/opt/a/liba.so soname=libown.so
	elf in/opt/a/libb.so soname=libb.so needed=liba.so,libown.so
	image
	lacks elf-needed
	elf in/opt/a/libb.so soname=libb.so needed=libother.so
	image
	finds elf-needed error /opt/a/libb.so 'libother.so'
}

@test "elf-needed: the usual folders, of each machine" {
	local at

	program
	for at in lib usr/lib lib/riscv64-linux-gnu \
		usr/lib/riscv64-linux-gnu usr/lib64/lp64d; do
		elf "in/$at/liba.so"
		image
		lacks elf-needed
		rm "in/$at/liba.so"
	done
	for at in lib/x86_64-linux-gnu usr/local/lib opt; do
		elf "in/$at/liba.so"
		image
		finds elf-needed error /bin/p liba.so
		rm "in/$at/liba.so"
	done
}

@test "elf-needed: a library for another machine is passed over" {
	program
	elf in/lib/liba.so machine=amd64
	image
	finds elf-needed error /bin/p liba.so
	elf in/usr/lib/liba.so
	image
	lacks elf-needed
}

@test "elf-needed: RPATH and RUNPATH, \$ORIGIN and \$LIB" {
	elf in/opt/lib/liba.so
	# shellcheck disable=SC2016
	for path in /opt/lib '$ORIGIN/../opt/lib' '${ORIGIN}/../opt/lib' \
		'/no:/opt/lib' '$ORIGIN/../opt/./lib//'; do
		program "rpath=$path"
		image
		lacks elf-needed
		program "runpath=$path"
		image
		lacks elf-needed
	done
	program 'runpath=$ORIGINAL/lib' rpath=/opt/lib
	image
	finds elf-needed error /bin/p liba.so
	mkdir -p in/opt/lib/riscv64-linux-gnu
	mv in/opt/lib/liba.so in/opt/lib/riscv64-linux-gnu
	program 'runpath=/opt/$LIB'
	image
	lacks elf-needed
}

@test "elf-needed: semicolons split LD_LIBRARY_PATH of glibc only" {
	elf in/opt/lib/liba.so
	program
	image 'config: {env: {LD_LIBRARY_PATH: "/no;/opt/lib"}}'
	lacks elf-needed
	for key in rpath runpath; do
		program "$key=/no;/opt/lib"
		image
		finds elf-needed error /bin/p liba.so
	done
	elf in/lib/ld-musl-riscv64.so.1
	elf in/bin/p interp=/lib/ld-musl-riscv64.so.1 needed=liba.so
	image 'config: {env: {LD_LIBRARY_PATH: "/no;/opt/lib"}}'
	finds elf-needed error /bin/p liba.so
	image 'config: {env: {LD_LIBRARY_PATH: "/no:/opt/lib"}}'
	lacks elf-needed
}

@test "elf-needed: an empty folder is the working directory for glibc only" {
	elf in/work/liba.so
	program
	for list in /no: :/no /no::/no; do
		image "config: {working-dir: /work, env: {LD_LIBRARY_PATH: \"$list\"}}"
		lacks elf-needed
	done
	image 'config: {working-dir: /work, env: {LD_LIBRARY_PATH: "/no"}}'
	finds elf-needed error /bin/p liba.so
	elf in/lib/ld-musl-riscv64.so.1
	elf in/bin/p interp=/lib/ld-musl-riscv64.so.1 needed=liba.so
	image 'config: {working-dir: /work, env: {LD_LIBRARY_PATH: ":/no"}}'
	finds elf-needed error /bin/p liba.so
	image 'config: {working-dir: /work, env: {LD_LIBRARY_PATH: ".:/no"}}'
	lacks elf-needed
}

@test "elf-needed: RPATH counts for what is loaded later, RUNPATH not" {
	elf in/opt/lib/liba.so needed=libb.so
	elf in/opt/lib/libb.so
	program rpath=/opt/lib
	image
	lacks elf-needed
	program runpath=/opt/lib
	image
	finds elf-needed error /opt/lib/liba.so libb.so
}

@test "elf-needed: \$ORIGIN is where the links lead" {
	elf in/opt/app/liba.so
	# shellcheck disable=SC2016
	elf in/opt/app/p interp="$ld" needed=liba.so 'runpath=$ORIGIN'
	elf "in$ld"
	mkdir -p in/bin
	ln -s ../opt/app/p in/bin/p
	image
	lacks elf-needed
}

@test "elf-needed: LD_LIBRARY_PATH, but for setuid programs" {
	program
	elf in/opt/liba.so
	image 'config: {env: {LD_LIBRARY_PATH: "/no:/opt"}}'
	lacks elf-needed
	chmod 4755 in/bin/p
	image 'config: {env: {LD_LIBRARY_PATH: "/no:/opt"}}'
	finds elf-needed error /bin/p liba.so
}

@test "elf-needed: ld.so.conf counts with its cache, includes too" {
	program
	elf in/opt/deep/liba.so
	mkdir -p in/etc/ld.so.conf.d
	echo 'include /etc/ld.so.conf.d/*.conf' >in/etc/ld.so.conf
	printf '# a comment\n/opt/deep # another\n' \
		>in/etc/ld.so.conf.d/a.conf
	image
	finds elf-needed error /bin/p liba.so
	echo cache >in/etc/ld.so.cache
	image
	lacks elf-needed
	echo 'include ld.so.conf.d/b.conf ld.so.conf.d/*.conf' \
		>in/etc/ld.so.conf
	image
	lacks elf-needed
	mv in/etc/ld.so.conf.d/a.conf in/etc/ld.so.conf.d/a.off
	image
	finds elf-needed error /bin/p liba.so
}

@test "elf-needed: an ld.so.conf that includes itself ends" {
	program
	mkdir -p in/etc
	yes 'include /etc/ld.so.con*' | head -n 20000 >in/etc/ld.so.conf
	echo cache >in/etc/ld.so.cache
	image
	finds elf-needed error /bin/p liba.so
}

@test "elf-needed: versions of symbols" {
	program wants=liba.so:V1+V2
	elf in/lib/liba.so soname=liba.so has=V1,V2
	image
	lacks elf-needed
	elf in/lib/liba.so soname=liba.so has=V1
	image
	finds elf-needed error /bin/p 'V2 of liba.so.*/lib/liba.so'
	elf in/lib/liba.so soname=liba.so
	image
	lacks elf-needed
}

@test "elf-needed: libraries that need each other, and a program itself" {
	program
	elf in/lib/liba.so soname=liba.so needed=libb.so,liba.so
	elf in/lib/libb.so soname=libb.so needed=liba.so,libb.so
	image
	lacks elf-needed
}

@test "elf-needed: musl's rules" {
	local musl=/lib/ld-musl-riscv64.so.1

	elf "in$musl"
	elf in/bin/p interp="$musl" \
		needed=libc.so,libc.musl-riscv64.so.1,libpthread.so.0,liba.so
	image
	finds elf-needed error /bin/p 'liba.so'
	lacks elf-needed in/bin/libc.so
	elf in/usr/local/lib/liba.so soname=liba.so has=V
	image
	lacks elf-needed
	elf in/bin/p interp="$musl" needed=liba.so wants=liba.so:NOT
	image
	lacks elf-needed
	mkdir -p in/etc
	printf '/usr/lib\n/opt/musl\n' >in/etc/ld-musl-riscv64.path
	image
	finds elf-needed error /bin/p liba.so
	elf in/opt/musl/liba.so
	image
	lacks elf-needed
	mv in/etc/ld-musl-riscv64.path in/etc/ld-musl-aarch64.path
	rm in/usr/local/lib/liba.so
	image
	finds elf-needed error /bin/p liba.so
	elf in/lib/riscv64-linux-gnu/liba.so
	image
	finds elf-needed error /bin/p liba.so
}

@test "entrypoint-format: neither a program nor a script" {
	elf in/bin/sh
	script in/bin/app 'echo hello\n'
	image 'config: {entrypoint: [/bin/app]}'
	finds entrypoint-format error /bin/app 'the entrypoint is neither'
	image 'config: {cmd: [app], env: {PATH: /bin}}'
	finds entrypoint-format error /bin/app 'the command is neither'
	script in/bin/app '#!\n/bin/sh\n'
	image 'config: {entrypoint: [/bin/app]}'
	finds entrypoint-format error /bin/app 'the entrypoint is neither'
	script in/bin/app ''
	image 'config: {entrypoint: [/bin/app]}'
	finds entrypoint-format error /bin/app 'the entrypoint is neither'
	script in/bin/app '\357\273\277#!/bin/sh\n'
	image 'config: {entrypoint: [/bin/app]}'
	finds entrypoint-format error /bin/app 'the entrypoint is neither'
	script in/bin/app '#!/bin/sh\n'
	image 'config: {entrypoint: [/bin/app]}'
	lacks entrypoint-format
	script in/bin/other '#!/bin/app\n'
	image 'config: {entrypoint: [/bin/other]}'
	lacks entrypoint-format
	script in/bin/app 'echo hello\n'
	image 'config: {entrypoint: [/bin/other]}'
	finds entrypoint-format error /bin/app 'its interpreter is neither'
	image 'config: {entrypoint: [/bin/sh, /bin/app]}'
	lacks entrypoint-format
	elf in/bin/tini
	image 'config: {entrypoint: [/bin/tini, --, app]}'
	finds entrypoint-format error /bin/app 'what the init starts, is'
}

@test "entrypoint-missing: paths, PATH, links, whiteouts" {
	script in/opt/tool '#!/opt/tool\n'
	elf in/opt/app
	image 'config: {entrypoint: [/bin/app]}'
	finds entrypoint-missing error - "entrypoint '/bin/app' is not in"
	image 'config: {cmd: [app]}'
	finds entrypoint-missing error - "the command 'app' is not on PATH"
	image 'config: {entrypoint: [app], env: {PATH: "/bin:/opt"}}'
	lacks entrypoint-missing
	image 'config: {entrypoint: [./app], working-dir: /opt}'
	lacks entrypoint-missing
	mkdir in/bin
	ln -s ../opt in/bin/l
	image 'config: {entrypoint: [/bin/l/app]}'
	lacks entrypoint-missing
	image 'config: {entrypoint: [/bin/l]}'
	finds entrypoint-missing error /opt 'is not a file'
	ln -s gone in/bin/dangling
	image 'config: {entrypoint: [/bin/dangling]}'
	finds entrypoint-missing error - 'not in the image'
	image '  - entries: [{path: /opt/app, remove: true}]' \
		'config: {entrypoint: [/opt/app]}'
	finds entrypoint-missing error - '/opt/app'
	image 'config: {entrypoint: [/opt/app]}'
	lacks entrypoint-missing
	image
	lacks entrypoint-missing
}

@test "entrypoint-missing: what an init starts" {
	elf in/bin/tini
	image 'config: {entrypoint: [/bin/tini, -p, SIGTERM, --, app]}'
	finds entrypoint-missing error - "init starts, 'app' is not on PATH"
	elf in/bin/app
	image 'config: {entrypoint: [/bin/tini, -p, SIGTERM, --, app]}'
	lacks entrypoint-missing
	image 'config: {entrypoint: [/bin/tini, -g], cmd: [app]}'
	lacks entrypoint-missing
	image 'config: {entrypoint: [/bin/tini, --]}'
	lacks entrypoint-missing
}

@test "entrypoint-not-executable: modes, users, groups, folders" {
	elf in/bin/app
	chmod 644 in/bin/app
	image 'config: {entrypoint: [/bin/app]}'
	finds entrypoint-not-executable error /bin/app 'mode 0644'
	chmod 750 in/bin/app
	image 'config: {entrypoint: [/bin/app]}'
	lacks entrypoint-not-executable
	image 'config: {entrypoint: [/bin/app], user: "1000:7"}'
	finds entrypoint-not-executable error /bin/app 'owner 0:0'
	image 'config: {entrypoint: [/bin/app], user: "1000:0"}'
	lacks entrypoint-not-executable
	mkdir in/etc
	echo 'app:x:1000:1000::/:' >in/etc/passwd
	printf 'other:x:0:\n' >in/etc/group
	image 'config: {entrypoint: [/bin/app], user: app}'
	finds entrypoint-not-executable error /bin/app 'owner 0:0'
	printf 'other:x:0:root,app\n' >in/etc/group
	image 'config: {entrypoint: [/bin/app], user: app}'
	lacks entrypoint-not-executable
	image 'config: {entrypoint: [/bin/app], user: "app:7"}'
	finds entrypoint-not-executable error /bin/app 'owner 0:0'
	chmod 755 in/bin/app
	chmod 700 in/bin
	image 'config: {entrypoint: [/bin/app], user: "7"}'
	finds entrypoint-not-executable error /bin 'may not enter'
	chmod 711 in/bin
	image 'config: {entrypoint: [/bin/app], user: "7"}'
	lacks entrypoint-not-executable
}

@test "shebang-missing: the interpreter, what env finds, loops" {
	script in/bin/app '#! /bin/bash -e\n'
	image 'config: {entrypoint: [/bin/app]}'
	finds shebang-missing error /bin/app "'/bin/bash' is not in the image"
	elf in/bin/bash
	image 'config: {entrypoint: [/bin/app]}'
	lacks shebang-missing
	script in/bin/app '#!/bin/bash\r\n'
	image 'config: {entrypoint: [/bin/app]}'
	finds shebang-missing error /bin/app 'carriage return'
	script in/bin/app '#!/bin/env python3\n'
	elf in/bin/env
	image 'config: {entrypoint: [/bin/app]}'
	finds shebang-missing error /bin/app "'python3', which env"
	script in/bin/app '#!/bin/env -S A=1 python3 -u\n'
	image 'config: {entrypoint: [/bin/app]}'
	finds shebang-missing error /bin/app "'python3', which env"
	elf in/bin/python3
	image 'config: {entrypoint: [/bin/app]}'
	lacks shebang-missing
	script in/bin/app '#!/bin/app\n'
	image 'config: {entrypoint: [/bin/app]}'
	lacks shebang-missing
}

@test "user-missing and group-missing: names, numbers, broken lines" {
	image 'config: {user: app}'
	finds user-missing error - "'app' is not in /etc/passwd"
	image 'config: {user: "7:8"}'
	lacks user-missing
	lacks group-missing
	mkdir in/etc
	printf 'root:x:0:0::/:\napp:x\nb:x:what:0::\nc:x:9:9::/:\n' \
		>in/etc/passwd
	printf 'root:x:0:\nstaff:x:9:\n' >in/etc/group
	image 'config: {user: app}'
	finds user-missing error /etc/passwd "'app'"
	image 'config: {user: b}'
	finds user-missing error /etc/passwd "'b'"
	image 'config: {user: "c:staff"}'
	lacks user-missing
	lacks group-missing
	image 'config: {user: "c:wheel"}'
	lacks user-missing
	finds group-missing error /etc/group "'wheel'"
}

@test "init-missing and buildkit-entrypoint" {
	for name in buildkitd buildctl runc; do
		elf "in/bin/$name"
	done
	image 'config: {entrypoint: [buildkitd]}'
	finds init-missing warning - 'neither /sbin/docker-init nor tini'
	elf in/usr/bin/tini
	image 'config: {entrypoint: [/usr/bin/tini, --, buildkitd]}'
	equal '[0,0]' "$(jq -c '[.errors, .warnings]' found.json)"
	image 'config: {entrypoint: [/usr/bin/tini, --], cmd: [buildkitd, -D]}'
	finds buildkit-entrypoint error - 'does not end in buildkitd'
	image 'config: {cmd: [buildkitd]}'
	lacks buildkit-entrypoint
	rm in/bin/buildctl in/bin/runc
	image 'config: {entrypoint: [/usr/bin/tini, --, buildkitd]}'
	finds buildkit-entrypoint error - 'buildctl is not on PATH'
	finds buildkit-entrypoint error - 'neither runc nor crun'
	rm -r in/usr
	image 'config: {entrypoint: [/bin/other]}'
	lacks init-missing
}

@test "workdir-missing and volume-is-file" {
	image 'config: {working-dir: /work, volumes: [/data]}'
	finds workdir-missing warning - "'/work' is not in the image"
	lacks volume-is-file
	echo x >in/work
	echo x >in/data
	image 'config: {working-dir: /work, volumes: [/data]}'
	finds workdir-missing warning /work 'not a directory'
	finds volume-is-file error /data 'not a directory'
	rm in/work in/data
	mkdir in/work in/data
	image 'config: {working-dir: /work, volumes: [/data]}'
	lacks workdir-missing
	lacks volume-is-file
}

@test "symlink-dangling and symlink-escapes" {
	mkdir -p in/bin in/etc in/usr/lib
	ln -s gone in/bin/awk
	ln -s libx.so.1 in/usr/lib/libx.so
	ln -s gone in/etc/later
	ln -s /run/tool in/bin/tool
	ln -s ../../../up in/bin/up
	ln -s ../bin/sh in/bin/level
	echo x >in/bin/sh
	image
	finds symlink-dangling warning /bin/awk "'gone' is not in the image"
	finds symlink-dangling warning /usr/lib/libx.so libx.so.1
	lacks symlink-dangling /etc/later
	lacks symlink-dangling /bin/tool
	lacks symlink-dangling /bin/level
	finds symlink-escapes warning /bin/up 'above the root'
	lacks symlink-escapes /bin/level
	lacks symlink-escapes /bin/tool
}

@test "usrmerge-shadowed: a folder over the link, and nothing else" {
	foreign <<-'LINES'
		layer
		d usr/bin 0755
		l bin usr/bin
		l opt/link usr
		layer
		d bin 0755
		f bin/own x
		d opt/link 0755
	LINES
	finds usrmerge-shadowed error /bin 'replaces a link'
	lacks usrmerge-shadowed /opt/link
	foreign <<-'LINES'
		layer
		d usr/bin 0755
		l bin usr/bin
		layer
		f .wh.bin x
		d bin 0755
		layer
		f bin/own x
	LINES
	lacks usrmerge-shadowed
	foreign <<-'LINES'
		layer
		d usr/bin 0755
		l bin usr/bin
		layer
		d bin 0755
		layer
		l bin usr/bin
	LINES
	lacks usrmerge-shadowed
}

@test "case-collision: names of one folder" {
	mkdir -p in/a in/A in/b
	touch in/a/file in/A/FILE in/b/One in/b/one in/b/two
	image
	finds case-collision note /a "'/A'"
	finds case-collision note /b/one "'/b/One'"
	lacks case-collision /b/two
	lacks case-collision /a/file
}

@test "setuid, world-writable, device-node" {
	script in/bin/su x 4755
	script in/bin/write x 2755
	script in/bin/off x 4644
	script in/etc/conf x 666
	script in/etc/good x 644
	mkdir in/tmp in/open in/group
	chmod 1777 in/tmp
	chmod 777 in/open
	chmod 2775 in/group
	image '  - entries: [{path: /dev/x, device: "c 1:3", mode: 0666}]'
	finds setuid note /bin/su 'mode 4755, owner 0:0.* its owner'
	finds setuid note /bin/write 'its group'
	lacks setuid /bin/off
	lacks setuid /group
	finds world-writable warning /etc/conf 'mode 0666'
	finds world-writable warning /open 'mode 0777'
	lacks world-writable /tmp
	lacks world-writable /etc/good
	finds device-node note /dev/x 'a device'
}

@test "secret-file: names and keys" {
	script in/root/.netrc x 600
	script in/app/.env x 644
	script in/app/.environment x 644
	script in/etc/key.pem '-----BEGIN EC PRIVATE KEY-----\n' 600
	script in/etc/cert.pem '-----BEGIN CERTIFICATE-----\n' 644
	mkdir in/app/.git
	image
	finds secret-file warning /root/.netrc passwords
	finds secret-file warning /app/.env passwords
	finds secret-file warning /app/.git history
	finds secret-file warning /etc/key.pem 'private key'
	lacks secret-file /app/.environment
	lacks secret-file /etc/cert.pem
}

@test "ca-certificates-missing and tzdata-missing" {
	elf in/lib/libssl.so.3
	image 'config: {env: {TZ: Europe/Berlin}}'
	finds ca-certificates-missing warning /lib/libssl.so.3 'no list of'
	finds tzdata-missing note - 'TZ=Europe/Berlin'
	image 'config: {env: {TZ: UTC, SSL_CERT_FILE: /x}}'
	lacks ca-certificates-missing
	lacks tzdata-missing
	mkdir -p in/etc/ssl/certs in/usr/share/zoneinfo
	echo x >in/etc/ssl/certs/ca-certificates.crt
	image 'config: {env: {TZ: Europe/Berlin}}'
	lacks ca-certificates-missing
	lacks tzdata-missing
}

@test "layer-count: 127 layers are taken, one more is not" {
	local i

	for ((i = 0; i < 127; i++)); do
		printf 'layer\nf f%d x\n' $i
	done >lines
	foreign <lines
	lacks layer-count
	printf 'layer\nf more x\n' >>lines
	foreign <lines
	finds layer-count error - '128 layers'
}

@test "duplicate-bytes: from a mebibyte on" {
	head -c 700000 /dev/zero | tr '\0' x >text
	for more in 0 1; do
		{
			echo layer
			printf 'f a %s\nf b %s\n' "$(cat text)" "$(cat text)"
			echo layer
			echo 'f .wh.a x'
			[ $more -eq 0 ] || echo 'f b x'
		} >lines
		foreign <lines
		[ $more -eq 1 ] || lacks duplicate-bytes
	done
	finds duplicate-bytes note - '^1400000 bytes'
}

@test "duplicate-path: members and whiteouts, by the names that tar-split compares" {
	foreign <<-'end'
		layer
		d a 755
		f a/1 x
		f gone x
		f twice x
		layer
		f a/1 x
		f ./a/1 y
		f .wh.gone x
		f .wh.gone x
		f b x
		layer
		d d 755
		d ./d/ 755
		h d d
	end
	finds duplicate-path warning - \
		"^layer 2 has '/a/1' and 1 other name twice
layer 3 has '/d' twice$"
	# One name in two layers, a name through a link, an absolute name, and
	# a file in the place of what its layer removes.
	foreign <<-'end'
		layer
		f a/1 x
		layer
		f a/1 x
		l k a
		f k/1 x
		f b x
		f /b x
		f .wh.b x
	end
	lacks duplicate-path
	# A layer of ours has each name once.
	printf 'from ' >one
	tar -cf in.tar one
	tar -rf in.tar one
	spec a.spec 'image: a' \
		'layers: [{entries: [{path: /, archive: in.tar}]}]'
	"$OCI_PACK" a.spec -q --lint off -o a.tar >/dev/null
	look a.tar
	lacks duplicate-path
	# It is told of a base, too.
	foreign <<-'end'
		layer
		f a x
		f a y
	end
	spec b.spec 'image: b' 'base: oci:other:t' 'platforms: [linux/riscv64]' \
		'layers: [{entries: [{path: /b, content: b}]}]'
	run "$OCI_PACK" b.spec -o b.tar
	equal 0 "$status"
	matches "duplicate-path: layer 1 has '/a' twice" "$output"
}

@test "hostile: the same names over and over" {
	local names

	names=$(seq -f 'lib%.0f.so' -s , 1 4000)
	program "needed=$names"
	image
	equal 4000 "$(jq .errors found.json)"
	program "needed=$names,$names"
	image
	finds elf-truncated error /bin/p 'too many names'
}

@test "the layer that has it is named" {
	elf in/bin/app
	image '  - entries: [{path: /bin/bad, content: x, mode: 0777}]'
	equal "$("$OCI_PACK" inspect --raw a.tar | jq -c \
		'[2, .layers[1].digest]')" \
		"$(jq -c '.findings[0] | [.layer, .digest]' found.json)"
}

@test "a hundred thousand entries, two thousand of them programs" {
	program
	elf in/lib/liba.so needed=libb.so
	elf in/lib/libb.so
	mkdir -p in/many
	python3 - <<-'CODE'
		import os
		for i in range(2000):
		    os.link("in/bin/p", f"in/many/p{i}")
		for i in range(980):
		    os.makedirs(f"in/usr/share/{i}")
		    for j in range(100):
		        open(f"in/usr/share/{i}/{j}", "w").close()
	CODE
	image
	equal '[0,0,0]' "$(jq -c '[.errors, .warnings, .notes]' found.json)"
}

@test "amd64 programs of this machine in an image for riscv64" {
	[ "$(uname -m)" = x86_64 ] || skip 'another machine'
	mkdir -p in/bin
	cp /bin/true in/bin/
	image
	finds elf-machine error /bin/true 'it is for amd64'
	image 'platforms: [linux/amd64]'
	finds elf-interpreter error /bin/true ld-linux-x86-64
	lacks elf-machine
	mkdir in/lib64
	cp -L /lib64/ld-linux-x86-64.so.2 in/lib64/
	image 'platforms: [linux/amd64]'
	finds elf-needed error /bin/true libc.so.6
	mkdir in/lib
	cp -L "$(ldd /bin/true | awk '$1 == "libc.so.6" { print $3 }')" in/lib/
	image 'platforms: [linux/amd64]'
	equal 0 "$(jq .errors found.json)"
	head -c 20000 /bin/true >in/bin/true
	image 'platforms: [linux/amd64]'
	finds elf-truncated error /bin/true 'end'
}

@test "faults 14: users and groups in files behind links, or hard links" {
	local passwd='root:x:0:0::/:/bin/sh' config='config={"User":"root:root"}'
	local kind

	for kind in l h; do
		rm -rf other
		printf '%s\n' layer "f nix/store/hash-passwd $passwd" \
			'f nix/store/hash-group root:x:0:' 'd etc 755' \
			"$kind etc/passwd ${kind/[lh]/}$([ $kind = l ] &&
				echo /)nix/store/hash-passwd" \
			"$kind etc/group $([ $kind = l ] &&
				echo /)nix/store/hash-group" |
			"$root/tests/foreign.py" other "$config"
		look oci:other:t
		lacks user-missing
		lacks group-missing
		look oci:other:t --ignore user-missing
	done
	# A file that was not read is not said to lack anybody.
	rm -rf other
	printf '%s\n' layer "f store/users $passwd" 'd etc 755' \
		'l etc/passwd /store/users' 'f store/groups root:x:0:' \
		'h etc/group store/groups' |
		"$root/tests/foreign.py" other "$config"
	look oci:other:t
	lacks user-missing
	lacks group-missing
	# One that was read still is.
	rm -rf other
	printf '%s\n' layer "f store/passwd $passwd" 'd etc 755' \
		'l etc/passwd /store/passwd' |
		"$root/tests/foreign.py" other 'config={"User":"app"}'
	look oci:other:t
	finds user-missing error /store/passwd "'app'"
}

@test "faults 14: options of inits, and what the init starts" {
	local words

	for name in dumb-init tini catatonit app; do
		elf "in/bin/$name"
	done
	for words in 'dumb-init, -r, "15:3", app' 'dumb-init, --rewrite, "15:3", app' \
		'dumb-init, --rewrite=15:3, app' 'dumb-init, -cvr, "15:3", --, app' \
		'dumb-init, "-r15:3", app' 'tini, -s, -g, -p, SIGTERM, app' \
		'tini, -sgp, SIGTERM, --, app' 'tini, -e, "143", -w, app' \
		'tini, -pSIGTERM, app' 'catatonit, -g, --, app'; do
		image "config: {entrypoint: [$words]}"
		equal "$words: 0" "$words: $(jq .errors found.json)"
	done
	for words in 'tini, -s, gone' 'dumb-init, -r, "15:3", gone' \
		'tini, -sgp, SIGTERM, gone'; do
		image "config: {entrypoint: [$words]}"
		finds entrypoint-missing error - "'gone' is not on PATH"
	done
}

@test "faults 14: an image of BuildKit without an init is no error" {
	for name in buildkitd buildctl runc; do
		elf "in/bin/$name"
	done
	image 'config: {entrypoint: [buildkitd]}'
	equal 0 "$(jq .errors found.json)"
	finds init-missing warning - 'docker-init is not static'
}

@test "faults 15: the remedy fits the image, and a cause is told once" {
	local i

	# Certificates whose package is there, as debs leave it.
	mkdir -p in/usr/share/ca-certificates/mozilla in/usr/lib
	echo x >in/usr/share/ca-certificates/mozilla/a.crt
	elf in/usr/lib/libssl.so.3
	image
	finds ca-certificates-missing warning /usr/lib/libssl.so.3 'no list'
	matches 'is in the image, but its script.*not run. Add the list itself' \
		"$(jq -r '.findings[] |
			select(.rule == "ca-certificates-missing").remedy' \
			found.json)"
	rm -r in/usr/share
	image
	matches 'Add the package ca-certificates' "$(jq -r '.findings[] |
		select(.rule == "ca-certificates-missing").remedy' found.json)"
	# A merged /usr without its links: 20 programs, one cause.
	for i in {1..20}; do
		elf "in/usr/bin/p$i" "interp=$ld"
	done
	mkdir -p in/usr/lib
	elf "in/usr$ld"
	image
	equal 20 "$(jq .errors found.json)"
	run "$OCI_PACK" lint a.tar
	equal 1 "$(grep -c '^error: elf-interpreter' <<<"$output")"
	matches "'$ld' is not in the image, but '/usr$ld'" "$output"
	matches 'The same is true of /usr/bin/p10, .* and 15 others' "$output"
	matches 'add the package base-files' "$output"
	run ! grep 'libc6' <<<"$output"
}

@test "files that the container is not known to use are warnings" {
	local start='config: {entrypoint: [/bin/app], cmd: [/srv/tool]}'

	elf in/bin/app
	elf in/opt/prebuilds/linux-arm64/tool machine=arm64
	elf in/opt/testdata/cut && truncate -s -9 in/opt/testdata/cut
	elf "in$ld"
	elf in/opt/plugins/p "interp=$ld" needed=libgone.so
	image "$start"
	equal 0 "$(jq .errors found.json)"
	finds elf-machine warning /opt/prebuilds/linux-arm64/tool 'is for arm64'
	finds elf-truncated warning /opt/testdata/cut 'is broken'
	finds elf-needed warning /opt/plugins/p 'libgone.so'
	# On PATH, where the loader looks, or named by the command: errors.
	elf in/usr/local/bin/tool machine=arm64
	elf in/usr/lib/riscv64-linux-gnu/libx.so machine=arm64
	elf in/srv/tool machine=arm64
	ln -s /opt/plugins/p in/usr/local/bin/plugin
	image "$start"
	finds elf-machine error /usr/local/bin/tool 'is for arm64'
	finds elf-machine error /usr/lib/riscv64-linux-gnu/libx.so 'for arm64'
	finds elf-machine error /srv/tool 'is for arm64'
	finds elf-needed error /opt/plugins/p 'libgone.so'
	# An image without a command may be used for any of its programs.
	image
	finds elf-machine error /opt/prebuilds/linux-arm64/tool 'is for arm64'
}

@test "a library that a used program loads is used, wherever it is" {
	elf "in$ld"
	elf in/bin/app "interp=$ld" runpath=/opt/lib needed=liba.so
	elf in/opt/lib/liba.so soname=liba.so
	truncate -s -1 in/opt/lib/liba.so
	elf in/opt/lib/libb.so soname=libb.so
	truncate -s -1 in/opt/lib/libb.so
	image 'config: {entrypoint: [/bin/app]}'
	finds elf-truncated error /opt/lib/liba.so 'is broken'
	finds elf-truncated warning /opt/lib/libb.so 'is broken'
	# It is loaded, and not started: glibc's libc.so.6 is such a library.
	elf in/opt/lib/liba.so soname=liba.so interp=/lib/gone.so
	rm in/opt/lib/libb.so
	image 'config: {entrypoint: [/bin/app]}'
	equal 0 "$(jq .errors found.json)"
}

@test "what runs: a script whose first line ends in blanks" {
	elf in/bin/sh
	elf in/usr/bin/env
	script in/app '#!/usr/bin/env sh \t \necho hello\n'
	image 'config: {entrypoint: [/app]}'
	lacks shebang-missing
	script in/app '#!/bin/sh \t\n'
	image 'config: {entrypoint: [/app]}'
	lacks shebang-missing
}

@test "what runs: a script whose first line sets PATH" {
	elf in/opt/bin/dish
	elf in/usr/bin/env
	script in/app '#!/usr/bin/env -S PATH=/opt/bin dish\n'
	image 'config: {entrypoint: [/app]}'
	lacks shebang-missing
	script in/app '#!/usr/bin/env -S WAY=/opt/bin dish\n'
	image 'config: {entrypoint: [/app]}'
	finds shebang-missing error /app "'dish'"
}

@test "what runs: an init of glibc hands a script without #! to /bin/sh" {
	elf "in$ld"
	elf in/bin/tini "interp=$ld"
	script in/app 'echo hello\n'
	image 'config: {entrypoint: [tini, --, /app]}'
	finds entrypoint-missing error - "its shell '/bin/sh' is not in"
	elf in/bin/sh
	image 'config: {entrypoint: [tini, --, /app]}'
	lacks entrypoint-format
	image 'config: {entrypoint: [/app]}'
	finds entrypoint-format error /app 'the entrypoint is neither'
	# One that is static has glibc's note.
	elf in/bin/tini
	image 'config: {entrypoint: [tini, --, /app]}'
	finds entrypoint-format error /app 'what the init starts, is neither'
	printf '\4\0\0\0\20\0\0\0\1\0\0\0GNU\0' >>in/bin/tini
	image 'config: {entrypoint: [tini, --, /app]}'
	lacks entrypoint-format
	elf in/lib/ld-musl-riscv64.so.1
	elf in/bin/tini interp=/lib/ld-musl-riscv64.so.1
	image 'config: {entrypoint: [tini, --, /app]}'
	finds entrypoint-format error /app 'what the init starts, is neither'
}

@test "what runs: libraries of LD_PRELOAD, and of relative folders" {
	elf "in$ld"
	elf in/bin/app "interp=$ld" needed=liba.so
	elf in/opt/lib/liba.so soname=liba.so
	image 'config: {entrypoint: [app]}'
	finds elf-needed error /bin/app liba.so
	image 'config: {entrypoint: [app], env: {LD_PRELOAD: /opt/lib/liba.so}}'
	lacks elf-needed
	image 'config:' \
		'  {entrypoint: [app], env: {LD_LIBRARY_PATH: lib}, working-dir: /opt}'
	lacks elf-needed
	image 'config: {entrypoint: [app], env: {LD_PRELOAD: /opt/lib/gone.so}}'
	finds elf-needed error /bin/app liba.so
	lacks elf-needed /opt/lib/gone.so
}

#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# fetch-debs, with a mirror on loopback that is in step, and with one whose
# index is not the one that it signed. All of it is made here, its key too: no
# mirror's state on a given day decides.

# What is sourced reads what is set here.
# shellcheck disable=SC1091,SC2030,SC2031,SC2034

load ../helpers

setup_file() {
	local dir=$BATS_FILE_TMPDIR

	command -v gpg >/dev/null || { echo "'gpg' is missing" >"$dir/lack"
		return 0; }
	# A mirror on loopback is reached without the machine's proxy.
	printf 'Acquire::http::Proxy::127.0.0.1 "DIRECT";\n' >"$dir/direct"
	export APT_CONFIG=$dir/direct
	make_package 1 >"$dir/stanza"
	make_mirror
	serve_mirror
}

teardown_file() {
	local pid=$BATS_FILE_TMPDIR/pid

	[ ! -e "$pid" ] || kill "$(cat "$pid")"
}

# make_package VERSION: the package greet in a pool, and its stanza on stdout.
make_package() {
	local file=pool/greet_$1_riscv64.deb

	mkdir -p "$dir/greet/DEBIAN" "$dir/pool"
	printf '%s\n' 'Package: greet' "Version: $1" 'Architecture: riscv64' \
		'Maintainer: none' 'Description: says nothing' \
		>"$dir/greet/DEBIAN/control"
	dpkg-deb --root-owner-group -b "$dir/greet" "$dir/$file" >/dev/null
	printf '%s\n' 'Package: greet' "Version: $1" 'Architecture: riscv64' \
		"Filename: $file" "Size: $(stat -c %s "$dir/$file")" \
		"SHA256: $(digest_of "$dir/$file")"
}

# make_mirror: dists/trixie with the newer greet, signed by a key of its own.
make_mirror() {
	local suite=$dir/dists/trixie index=main/binary-riscv64/Packages

	mkdir -p "$suite/${index%/*}/by-hash/SHA256"
	make_package 2 >"$suite/$index"
	cp "$suite/$index" "$suite/${index%/*}/by-hash/SHA256/$(digest_of \
		"$suite/$index")"
	printf '%s\n' 'Origin: Debian' 'Suite: stable' 'Codename: trixie' \
		"Date: $(date -u -R)" 'Acquire-By-Hash: yes' \
		'Architectures: riscv64' 'Components: main' 'SHA256:' \
		" $(digest_of "$suite/$index") $(stat -c %s \
			"$suite/$index") $index" >"$suite/Release"
	mkdir -m 700 "$dir/gnupg"
	{
		gpg --homedir "$dir/gnupg" --batch --passphrase '' \
			--quick-gen-key 'A mirror' rsa2048 sign never
		gpg --homedir "$dir/gnupg" --batch --export >"$dir/keys.gpg"
		gpg --homedir "$dir/gnupg" --batch --clearsign \
			-o "$suite/InRelease" "$suite/Release"
		gpgconf --homedir "$dir/gnupg" --kill all
	} 2>"$dir/gpg.log"
	export DEBIAN_KEYRING=$dir/keys.gpg
}

# serve_mirror: what is asked for is told in $dir/asked. While there is a file
# out-of-step, the index is another one, under each of its names.
serve_mirror() {
	local i

	python3 - "$dir" 2>"$dir/asked" 3>&- <<-'CODE' &
	import http.server, os, sys

	class Mirror(http.server.SimpleHTTPRequestHandler):
	    protocol_version = "HTTP/1.1"

	    def do_GET(self):
	        self.path = self.path.removeprefix("/debian")
	        index = "/binary-" in self.path
	        if not index or not os.path.exists("out-of-step"):
	            return super().do_GET()
	        self.send_response(200)
	        self.send_header("Content-Length", "6")
	        self.end_headers()
	        self.wfile.write(b"older\n")

	os.chdir(sys.argv[1])
	server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
	with open("port.new", "w") as out:
	    print(server.server_port, file=out)
	os.rename("port.new", "port")
	server.serve_forever()
	CODE
	echo $! >"$dir/pid"
	for ((i = 0; i < 100; i++)); do
		[ ! -e "$dir/port" ] || break
		sleep 0.05
	done
	DEBIAN_MIRROR=http://127.0.0.1:$(cat "$dir/port")/debian
	export DEBIAN_MIRROR
}

# A copy of fetch-debs, with a pinned index of one package.
setup() {
	dir=$BATS_FILE_TMPDIR
	[ ! -e "$dir/lack" ] || lack "$(cat "$dir/lack")"
	work_in_folder
	cp "$root/examples/fetch-debs" .
	mkdir debian-index
	pin "$(cat "$dir/stanza")"
	: >"$dir/asked"
	: >"$dir/out-of-step"
}

in_step() {
	rm "$dir/out-of-step"
}

# pin STANZA
pin() {
	printf '%s\n' '# Release: a day in May' '' "$1" \
		>debian-index/trixie-riscv64
}

fetch() {
	run --separate-stderr ./fetch-debs --arch riscv64 --into debs "$@"
}

# fails PATTERN: nothing is left behind.
fails() {
	equal 1 "$status"
	matches "$1" "$stderr"
	equal '' "$(find . -name 'debs*')"
}

asked() {
	grep -c "GET /debian/dists/[a-z]*/InRelease" "$dir/asked"
}

@test "an index in step: the mirror's own, and not the pinned one" {
	in_step
	fetch greet
	equal 0 "$status"
	equal 1 "$(asked)"
	matches '/by-hash/SHA256/' "$(cat "$dir/asked")"
	equal "greet 2 $(digest_of "$dir/pool/greet_2_riscv64.deb")" \
		"$(sed -n 2p debs.txt | cut -d ' ' -f 1-3)"
}

@test "an index out of step: asked twice, then the pinned one" {
	local hash

	hash=$(sed -n 's/^SHA256: //p' "$dir/stanza")
	fetch greet
	equal 0 "$status"
	equal 2 "$(asked)"
	matches "pinned index of a day in May" "$stderr"
	equal "# trixie riscv64 deps=yes greet
# pinned index of a day in May
greet 1 $hash greet_1_riscv64.deb" "$(cat debs.txt)"
	equal "$hash" "$(digest_of debs/greet_1_riscv64.deb)"
	fetch greet
	equal 0 "$status"
	matches 'debs is complete' "$stderr"
	equal 2 "$(asked)"
}

@test "a file in the pool that is another one is refused" {
	head -c -1 "$dir/pool/greet_1_riscv64.deb" >"$dir/pool/changed.deb"
	printf x >>"$dir/pool/changed.deb"
	pin "$(sed 's/greet_1_riscv64/changed/' "$dir/stanza")"
	fetch greet
	fails 'Hash Sum mismatch'
	matches 'cannot fetch the packages .* debian-index/make' "$stderr"
	pin "$(grep -v ^SHA256 "$dir/stanza")"
	fetch --no-deps greet
	fails 'Insufficient information'
}

@test "a file that left the pool, a package that is not pinned: what to do" {
	pin "$(sed 's/greet_1/greet_0/' "$dir/stanza")"
	fetch greet
	fails '404 '
	matches 'cannot fetch the packages .* debian-index/make' "$stderr"
	fetch greet other
	fails 'Unable to locate package other'
	matches 'cannot resolve greet other .* debian-index/make' "$stderr"
	fetch --without other greet
	fails 'no such package .* debian-index/make'
}

@test "no pinned index of that suite and architecture: an error" {
	rm -r debian-index
	fetch greet
	equal 2 "$(asked)"
	fails "unexpected size.*cannot read 'trixie' for riscv64 from"
}

@test "newer packages are not those of the pinned index" {
	fetch --update greet
	fails "unexpected size.*cannot read 'trixie' for riscv64 from"
}

@test "another failure is an error at once" {
	cp debian-index/trixie-riscv64 debian-index/nonesuch-riscv64
	fetch --suite nonesuch greet
	fails "cannot read 'nonesuch' for riscv64 from"
	equal 1 "$(asked)"
	in_step
	: >keys
	: >"$dir/asked"
	DEBIAN_KEYRING=$PWD/keys fetch greet
	fails 'fetch-debs: (cannot read|.* lacks the keys)'
	equal 1 "$(asked)"
}

# has_all NAME...: as apt resolves them, with nothing but the pinned index.
has_all() (
	. "$root/examples/fetch-debs"
	suite=trixie arch=riscv64 deps=yes update=no packages=("$@")
	pinned=$root/examples/debian-index/$suite-$arch
	work=$PWD/apt mirror=http://127.0.0.1 keyring=none
	mkdir -p "$work"
	write_configuration
	echo 'Mirror sync in progress?' >"$work/log"
	use_pinned
	declare_installed
	resolve
)

@test "the pinned index of the repository has what is fetched" {
	local name packages without rootless_packages

	eval "$(sed -n '/^packages=(/,/^)/p; /^without=(/,/^)/p
		/^rootless_packages=/p' "$root/examples/buildkit/get-inputs")"
	has_all "${packages[@]}" >names
	grep -qx libc6 names
	run ! grep -qx perl names
	has_all "${rootless_packages[@]}" >names
	grep -qx uidmap names
	packages=$(. "$root/tests/bench/inputs.bash" && echo "$packages")
	for name in $packages tini busybox-static; do
		grep -qx "Package: $name" \
			"$root/examples/debian-index/trixie-riscv64"
	done
}

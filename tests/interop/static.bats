#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# `make static`: what it makes runs in a root that has no library, and gives the
# bytes of the other build. With LONG=1 also for amd64 and arm64.

load ../helpers
load peers

architectures=(riscv64)
[ -z "${LONG:-}" ] || architectures+=(amd64 arm64)

setup_file() {
	local status=0

	cd "$root" || return 1
	packaging/static "${architectures[@]}" >"$BATS_FILE_TMPDIR/log" 2>&1 ||
		status=$?
	case $status in
	0) ;;
	3) echo 'the mirror is out of step' >"$BATS_FILE_TMPDIR/skip" ;;
	*) cat "$BATS_FILE_TMPDIR/log" >&2; return 1 ;;
	esac
}

setup() {
	[ ! -e "$BATS_FILE_TMPDIR/skip" ] ||
		skip "$(cat "$BATS_FILE_TMPDIR/skip")"
	need_root
	work_in_folder
	dir=$BATS_TEST_TMPDIR
}

# make_bare ARCH: $bare is a root with the command and nothing else, besides an
# emulator for another architecture. ${command[@]} runs the command in it.
make_bare() {
	local machine

	bare=$dir/bare-$1
	mkdir -p "$bare/tmp" "$bare/var/tmp" "$bare/etc"
	cp "$root/build/static/oci-pack-linux-$1" "$bare/oci-pack"
	command=(env -i "PATH=$PATH" chroot "$bare")
	case $1 in
	"$(dpkg --print-architecture)") ;;
	*)
		machine=$1
		[ "$1" != arm64 ] || machine=aarch64
		need_peer "qemu-$machine-static"
		cp "$(command -v "qemu-$machine-static")" "$bare/emulator"
		command+=(/emulator)
		;;
	esac
	command+=(/oci-pack)
}

inputs() {
	mkdir -p in
	printf 'text' >in/café
	(cd in && python3 -m zipfile -c a.zip café &&
		tar --format=pax -cJf a.tar.xz café && rm café)
	cp "$root/build/static/oci-pack-linux-riscv64" in/program
	spec in/app.spec 'image: registry.example/x/app' \
		'platforms: [linux/riscv64]' 'layers:' '  - entries:' \
		'      - {path: /zip, archive: a.zip}' \
		'      - {path: /tar, archive: a.tar.xz}' \
		'      - {path: /bin/program, from: program, mode: 0755}' \
		'config: {entrypoint: [/bin/program, --version]}'
}

@test "it is one file, and the list beside it has the releases in it" {
	local arch name
	for arch in "${architectures[@]}"; do
		run readelf -ld "$root/build/static/oci-pack-linux-$arch"
		[[ $output != *NEEDED* && $output != *INTERP* ]] ||
			fail "$output"
		for name in curl gcc-.. glibc libarchive openssl zlib; do
			grep -q "^$name [0-9]" \
				"$root/build/static/oci-pack-linux-$arch.txt" ||
				fail "no release of $name"
		done
	done
}

@test "the same tree elsewhere gives the same bytes" {
	# shellcheck source=/dev/null
	. "$root/tests/roots.bash"
	(cd "$root" && copy_tree "$dir/other/place")
	mkdir -p "$dir/other/place/src/build/static"
	cp -al "$root"/build/static/{tools,riscv64}.root{,.packages} \
		"$root/build/static/src" "$dir/other/place/src/build/static/"
	"$dir/other/place/src/packaging/static" riscv64
	cmp "$dir/other/place/src/build/static/oci-pack-linux-riscv64" \
		"$root/build/static/oci-pack-linux-riscv64"
}

@test "in a root without any library: archives, checks, the same digests" {
	local name
	inputs
	"$OCI_PACK" in/app.spec -q -o wanted.tar
	for name in "${architectures[@]}"; do
		make_bare "$name"
		cp -r in "$bare/in"
		"${command[@]}" /in/app.spec -q -o /out.tar
		cmp wanted.tar "$bare/out.tar"
		"${command[@]}" verify /out.tar
		"${command[@]}" lint /out.tar
		equal text "$("${command[@]}" cat /out.tar /tar/café)"
	done
}

# In a network of its own, which has a name server, and a registry with TLS.
# shellcheck disable=SC2317
in_network() {
	local bare=$1 dns

	shift
	ip link set lo up
	dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv \
		--no-hosts --user=root --pid-file= --listen-address=127.0.0.1 \
		--bind-interfaces --address=/registry.example/127.0.0.1 3>&- &
	dns=$!
	# shellcheck disable=SC2064
	trap "kill $dns; $registry stop registry" EXIT
	"$registry" start registry tls 3>&-
	"$@" login -u user --password-stdin --authfile /tmp/auth \
		registry.example:5000 <<<s3cret:pass
	"$@" /in/app.spec --authfile /tmp/auth -q \
		--push registry.example:5000/x/app:1
	"$@" inspect --authfile /tmp/auth registry.example:5000/x/app:1
	rm "$bare/etc/pki/tls/certs/ca-bundle.crt"
	! "$@" inspect --authfile /tmp/auth registry.example:5000/x/app:1 \
		2>refused
	grep -q certificate refused
}

@test "it looks up a name, and pushes over TLS to a registry that the root trusts" {
	local name
	need_peer dnsmasq docker-registry openssl ip
	inputs
	mkdir registry
	printf 'user:s3cret:pass\n' >registry/user
	printf '5000\n' >registry/port
	openssl req -x509 -newkey rsa:2048 -nodes -days 7300 \
		-subj /CN=registry.example -addext \
		subjectAltName=DNS:registry.example \
		-keyout registry/key.pem -out registry/cert.pem 2>/dev/null
	export -f in_network
	export registry
	for name in "${architectures[@]}"; do
		make_bare "$name"
		cp -r in "$bare/in"
		# The path of Fedora.
		mkdir -p "$bare/etc/pki/tls/certs"
		cp registry/cert.pem "$bare/etc/pki/tls/certs/ca-bundle.crt"
		echo 'nameserver 127.0.0.1' >"$bare/etc/resolv.conf"
		echo 'hosts: mymachines dns' >"$bare/etc/nsswitch.conf"
		unshare -n bash -euo pipefail -c 'in_network "$@"' - \
			"$bare" "${command[@]}" >told 2>&1 || fail "$(cat told)"
		grep -q linux/riscv64 told
	done
}

@test "the image of oci-pack" {
	local platforms
	platforms=$(printf ',linux/%s' "${architectures[@]}")
	"$OCI_PACK" "$root/build/static/image.spec" --set VERSION=1 \
		--platform "${platforms#,}" -t oci-pack:test -o image.tar
	"$OCI_PACK" cat --platform linux/riscv64 image.tar /usr/bin/oci-pack |
		cmp - "$root/build/static/oci-pack-linux-riscv64"
	run "$OCI_PACK" lint image.tar
	equal 0 "$status"
	[[ $output = *' 0 warnings'* ]] || fail "$output"
}

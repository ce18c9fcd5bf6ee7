#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The .deb and the .rpm of examples/buildkit/packages, read and installed by
# dpkg and rpm.

load ../helpers
load peers

interop=$BATS_TEST_DIRNAME
example=$root/examples/buildkit

setup_file() {
	build_peers nfpm
	[ ! -e "$BATS_FILE_TMPDIR/lack" ] || return 0
	"$example/get-inputs" 2>"$BATS_FILE_TMPDIR/lack" || return 0
	PATH=$root/build/peers:$PATH "$example/packages/build" \
		"$BATS_FILE_TMPDIR/made"
	rm "$BATS_FILE_TMPDIR/lack"
}

setup() {
	find_peers
	work_in_folder
	need_root
	version=$(awk '$1 == "github.com/moby/buildkit" {
		print substr($2, 2) }' "$example/go/go.mod")
	deb=$BATS_FILE_TMPDIR/made/buildkit_$version-1_riscv64.deb
	rpm=$BATS_FILE_TMPDIR/made/buildkit-$version-1.riscv64.rpm
}

# installed DIR: the programs are those of the image, and run.
installed() {
	local name

	for name in buildkitd buildctl; do
		cmp "$example/inputs/riscv64/bin/$name" "$1/usr/bin/$name"
	done
	"$interop/binfmt"
	matches " v$version" "$("$1/usr/bin/buildctl" --version)"
	[ -f "$1/usr/lib/systemd/system/buildkit.service" ]
}

@test "the deb: its control, files, and what it depends on" {
	local name

	dpkg --info "$deb" >info
	grep -qx ' Package: buildkit' info
	grep -qx " Version: $version-1" info
	grep -qx ' Architecture: riscv64' info
	dpkg-deb -c "$deb" | awk '!/\/$/ { print $1, $2, $6 }' >files
	diff - files <<-'TEXT'
	-rw-r--r-- root/root ./etc/buildkit/buildkitd.toml
	-rwxr-xr-x root/root ./usr/bin/buildctl
	-rwxr-xr-x root/root ./usr/bin/buildkitd
	-rw-r--r-- root/root ./usr/lib/systemd/system/buildkit.service
	TEXT
	equal /etc/buildkit/buildkitd.toml "$(dpkg-deb -I "$deb" conffiles)"
	equal 'runc, git, iptables, ca-certificates' \
		"$(dpkg-deb -f "$deb" Depends)"
	# Debian has them for riscv64: the image has them from there.
	for name in $(dpkg-deb -f "$deb" Depends Recommends |
		sed 's/.*: //; s/,//g'); do
		grep -q "^$name " "$example/inputs/riscv64/packages.txt"
	done
}

@test "the deb is installed into a root of its own, and removed" {
	mkdir -p root/var/lib/dpkg/{info,updates}
	touch root/var/lib/dpkg/status
	dpkg --root=root --add-architecture riscv64
	dpkg --root=root --force-depends -i "$deb"
	equal 'install ok installed' "$(dpkg-query --root=root -W \
		-f '${Status}' buildkit:riscv64)"
	equal '' "$(dpkg --root=root --verify buildkit:riscv64)"
	installed root
	dpkg --root=root --purge buildkit:riscv64
	[ ! -e root/usr/bin/buildkitd ] && [ ! -e root/etc/buildkit ]
}

@test "the rpm: its header and files, installed and verified" {
	need_peer rpm
	rpm -K --nosignature "$rpm"
	equal "buildkit $version 1 riscv64 linux localhost" "$(rpm -qp --qf \
		'%{NAME} %{VERSION} %{RELEASE} %{ARCH} %{OS} %{BUILDHOST}' \
		"$rpm")"
	rpm -qpl "$rpm" | diff - <(dpkg-deb -c "$deb" |
		awk '!/\/$/ { print substr($6, 2) }')
	equal /etc/buildkit/buildkitd.toml "$(rpm -qpc "$rpm")"
	matches $'(^|\n)runc($|\n)' "$(rpm -qp --requires "$rpm")"
	mkdir root
	rpm --root="$PWD/root" --ignorearch --nodeps -i "$rpm"
	rpm --root="$PWD/root" --nodeps -V buildkit
	installed root
}

@test "the same inputs give the same packages" {
	SOURCE_DATE_EPOCH='' "$example/packages/build" again
	cmp "$deb" "again/${deb##*/}"
	cmp "$rpm" "again/${rpm##*/}"
	VERSION=v9.8.7 RELEASE=2 SOURCE_DATE_EPOCH=1700000000 \
		"$example/packages/build" other
	equal 9.8.7-2 "$(dpkg-deb -f other/*.deb Version)"
	equal 1700000000 "$(rpm -qp --qf '%{BUILDTIME}' other/*.rpm)"
}

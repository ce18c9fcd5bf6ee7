# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# A Debian for riscv64 to start images from: usr-merged, packed by umoci and
# pushed by skopeo. ../helpers.bash comes before it, and tests set $dir.
# shellcheck disable=SC2154

# make_rootfs [OPTION OF FETCH-DEBS...] PACKAGE...: $dir/rootfs, as dpkg
# unpacks them: /bin, /lib and /sbin are links.
make_rootfs() {
	local deb

	"$root/examples/fetch-debs" --arch riscv64 --into "$dir/debs" "$@" >&2
	mkdir -p "$dir/rootfs"
	dpkg-deb -x "$dir"/debs/base-files_*.deb "$dir/rootfs"
	for deb in "$dir"/debs/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" |
			tar -x -C "$dir/rootfs" --keep-directory-symlink
	done
	[ -L "$dir/rootfs/sbin" ]
}

# push_rootfs NAME [OPTION OF UMOCI CONFIG...]: what umoci makes of it, in a
# registry.
push_rootfs() {
	local name=$1

	shift
	umoci init --layout "$dir/umoci"
	umoci new --image "$dir/umoci:deb"
	umoci insert --image "$dir/umoci:deb" "$dir/rootfs" /
	umoci config --image "$dir/umoci:deb" --architecture riscv64 "$@"
	skopeo copy -q --dest-tls-verify=false --override-arch riscv64 \
		"oci:$dir/umoci:deb" "docker://$name"
}

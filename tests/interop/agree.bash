# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Whether ls, extract and diff see in an image what other tools do. helpers and
# peers come before it.
# shellcheck disable=SC2154

# listed ROOTFS: a line an entry below the root; a file system has one mode for
# all symlinks.
listed() {
	"$root/tests/interop/rootfs" "$1" | grep -v ' $' |
		sed 's/^l [0-7]* /l 0777 /'
}

# agrees NAME [umoci]: ls and extract of an image in a registry give what crane
# exports and what umoci unpacks of skopeo's copy. The files are in
# agree/rootfs. "umoci" leaves crane out: its export ignores opaque folders (OCI
# Image Specification, layer.md, "Opaque Whiteout").
agrees() {
	local name=$1 platform=linux/riscv64

	rm -rf agree
	mkdir agree
	skopeo copy -q --src-tls-verify=false \
		--override-arch "${platform#*/}" "docker://$name" \
		oci:agree/layout:t
	umoci unpack --image agree/layout:t agree/bundle
	mv agree/bundle/rootfs agree/rootfs
	listed agree/rootfs >agree/wanted
	[ -s agree/wanted ]
	[ "${2:-}" = umoci ] || {
		crane export --platform "$platform" "$name" agree/exported.tar
		listed agree/exported.tar | diff agree/wanted -
	}
	"$OCI_PACK" extract --platform "$platform" "$name" -o - >agree/ours.tar
	listed agree/ours.tar | diff agree/wanted -
	"$OCI_PACK" ls -R --json --platform "$platform" "$name" | as_list |
		sed 's/^l [0-7]* /l 0777 /' |
		diff <(sed 's/ = .*//' agree/wanted) -
	"$OCI_PACK" extract --platform "$platform" "$name" -o agree/folder
	listed agree/folder | diff agree/wanted -
}

# differences A B: of two folders, by find(1) and diff(1): a line for each file
# that only one has, and for each whose bytes, link or type differ.
differences() {
	local line

	diff <(cd "$1" && find . -mindepth 1 | sort) \
		<(cd "$2" && find . -mindepth 1 | sort) |
		sed -n 's,^< \.,- ,p; s,^> \.,+ ,p'
	diff -rq --no-dereference "$1" "$2" | while read -r line; do
		case $line in
		'Only in '*) ;;
		*) sed -E "s,^(Files|Symbolic links|File) $1(/.*) (and|is) .*,~ \2," \
			<<<"$line" | sed -E 's, is a .*,,' ;;
		esac
	done
}

# differ_as_files A B [umoci]: diff of two images in a registry tells the files
# that diff(1) finds in what umoci unpacks.
differ_as_files() {
	agrees "$1" "${3:-}"
	mv agree agree-a
	agrees "$2" "${3:-}"
	differences agree-a/rootfs agree/rootfs | sort >wanted
	[ -s wanted ]
	run "$OCI_PACK" diff --json "$1" "$2"
	equal 3 "$status"
	jq -r '.files[] |
		if .differs == [] then (if .a then "- " else "+ " end) + .path
		elif .differs | any(. == ("type", "content", "target", "device"))
		then "~ " + .path else empty end' <<<"$output" | sort |
		diff wanted -
	rm -rf agree-a
}

#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Memory that runs out, at one allocation after the other: each run tells, and
# no document comes out with a piece missing.

load ../helpers

setup_file() {
	cc -O1 -shared -fPIC -o "$BATS_FILE_TMPDIR/fail.so" \
		"$root/tests/cli/fail.c" -ldl
}

setup() {
	work_in_folder
	without_cache
	case $OCI_PACK in
	*/sanitize/*) skip 'the sanitizer has an allocator of its own' ;;
	esac
	spec a.spec 'image: example.com/a' 'tags: [one]' \
		'layers: [{entries: [{path: /a, content: "1"},' \
		'    {path: /l, symlink: a}]}]' \
		'config: {env: {A: b}}'
	"$OCI_PACK" a.spec -q --lint off -o a.tar
}

# oom ARGUMENT...: every third allocation; OOM_EVERY=1 tries them all.
oom() {
	python3 "$root/tests/cli/oom.py" "$BATS_FILE_TMPDIR/fail.so" \
		"${OOM_EVERY:-3}" "$@"
}

@test "faults G: a build into a layout that runs out of memory" {
	oom a.spec -q --lint off -o out
}

@test "faults G: a build into an archive that runs out of memory" {
	oom a.spec -q -o out.tar -t a.example/b:c --platform linux/riscv64
}

@test "faults G: a build on a base that runs out of memory" {
	spec b.spec 'base: a.tar' 'image: example.com/b' \
		'layers: [{entries: [{path: /b, content: b}]}]'
	oom b.spec -q --lint off -o out.tar
}

@test "faults G: a spec with an error, and no memory to tell it" {
	run "$OCI_PACK" none.spec -o out.tar
	equal 1 "$status"
	[ -n "$output" ]
}

@test "faults G: verify and inspect that run out blame no image" {
	oom verify a.tar
	oom inspect a.tar
	oom lint a.tar
}

@test "faults G: a copy that runs out of memory" {
	oom copy a.tar oci:out:x
}

@test "faults G: a report, or a diff, that runs out of memory" {
	oom report a.tar -o -
	oom report a.tar a.tar -o -
	oom diff --json a.tar a.tar
}

@test "faults G: a diff of texts, packages, attributes and indexes that runs out" {
	paragraph='Package: x\nVersion: 1\n'
	for name in b c; do
		spec $name.spec "image: example.com/$name" \
			'layers: [{entries: [' \
			"  {path: /a, content: $name, xattrs: {user.a: $name}}," \
			"  {path: /var/lib/dpkg/status, content: \"$paragraph\"}]}]"
		"$OCI_PACK" $name.spec -q --lint off -o $name.tar \
			--platform linux/riscv64,linux/amd64
		paragraph=${paragraph/1/2}
	done
	oom diff --text --platform linux/riscv64 b.tar c.tar
	oom diff --json --text b.tar c.tar
}

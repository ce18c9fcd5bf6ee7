#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The bytes of gzip layers: the same on each architecture and from each
# compiler, and one member that programs read which stop after the first.

load ../helpers

setup() {
	work_in_folder
}

# same RUN COMPILER...: what the compressor writes is right if RUN runs it.
same() {
	local run=$1

	shift
	# shellcheck disable=SC2086
	need_peer "$1" $run
	"$@" -std=c11 -I"$root/liboci" -I"$root/tests/unit" -o golden \
		"$root/tests/interop/deflate_golden.c" "$root"/liboci/deflate/*.c
	# shellcheck disable=SC2086
	$run ./golden
}

@test "the same bytes without optimization, and with all of it" {
	same '' cc -O0
	same '' cc -O3
}

@test "the same bytes from clang" {
	command -v clang >/dev/null || skip 'no clang'
	same '' clang -O2
}

@test "the same bytes on riscv64" {
	same qemu-riscv64-static riscv64-linux-gnu-gcc -O2 -static
}

@test "the same bytes on arm64" {
	same qemu-aarch64-static aarch64-linux-gnu-gcc -O2 -static
}

@test "the same bytes on s390x, whose numbers have the high byte first" {
	same qemu-s390x-static s390x-linux-gnu-gcc -O2 -static
}

# layer LEVEL: a layer of several blocks, as layer.gz, and as layer.tar.
layer() {
	spec a.spec 'layers: [{entries: [{path: /b, from: tree}]}]'
	rm -rf layout layer.tar layer.gz
	"$OCI_PACK" a.spec -q --compression "gzip:$1" -o layout --lint off
	"$OCI_PACK" a.spec -q --compression none -o plain --lint off
	find layout/blobs -size +1M -exec mv {} layer.gz \;
	find plain/blobs -size +1M -exec mv {} layer.tar \;
	[ -s layer.gz ] && [ -s layer.tar ]
}

@test "a layer is one member" {
	local level program

	mkdir tree
	cp "$OCI_PACK" tree/program
	head -c 3000000 /dev/urandom >tree/noise
	head -c 3000000 /dev/zero >tree/zeros
	for level in 1 2 6 9; do
		layer $level
		for program in gzip pigz busybox; do
			command -v $program >/dev/null || continue
			case $program in
			busybox) busybox gunzip -c <layer.gz ;;
			*) $program -dc layer.gz ;;
			esac | cmp - layer.tar
		done
		python3 -c '
import sys, zlib
data = open("layer.gz", "rb").read()
one = zlib.decompressobj(31)
tar = one.decompress(data)
assert one.eof and not one.unused_data, "there is more than one member"
assert tar == open("layer.tar", "rb").read(), "it is not the layer"'
	done
}

#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What the compiler and the linker add to the command and the library: an error
# in memory ends the process and is not exploited.

load ../helpers

setup() {
	case $OCI_PACK in
	*/release/oci-pack) ;;
	*) skip 'a build for tests has other flags' ;;
	esac
	work_in_folder
	library=$root/build/release/liboci.so
}

@test "the command is position independent" {
	readelf -hW "$OCI_PACK" | grep -q 'Type: *DYN'
	readelf -dW "$OCI_PACK" | grep -q 'FLAGS_1.* PIE'
}

@test "no stack is executable, and no segment is writable and executable" {
	for file in "$OCI_PACK" "$library"; do
		readelf -lW "$file" | grep -q 'GNU_STACK .* RW '
		! readelf -lW "$file" | grep 'LOAD .* RWE'
	done
}

@test "relocations are read-only from the start" {
	for file in "$OCI_PACK" "$library"; do
		readelf -lW "$file" | grep -q GNU_RELRO
		readelf -dW "$file" | grep -q 'FLAGS.*NOW'
		! readelf -dW "$file" | grep TEXTREL
	done
}

@test "buffers on the stack are guarded, and libc checks sizes" {
	for file in "$OCI_PACK" "$library"; do
		readelf --dyn-syms -W "$file" | grep -q __stack_chk_fail
		readelf --dyn-syms -W "$file" | grep -q '__[a-z]*_chk'
	done
}

@test "pages of the stack are touched in order, and branches land on marks" {
	case $(uname -m) in
	x86_64) ;;
	*) skip 'its instructions are those of amd64' ;;
	esac
	objdump -d "$OCI_PACK" --section=.text >code
	grep -q 'or[ql] *\$0x0,' code
	[ "$(grep -c endbr64 code)" -gt 500 ]
}

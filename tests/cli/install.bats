#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What make install puts in place is enough to build on, by pkg-config alone.

load ../helpers

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	make --no-print-directory -s install PREFIX=/opt/test \
		LIBDIR=/opt/test/libraries "DESTDIR=$BATS_FILE_TMPDIR/to"
	export PKG_CONFIG_SYSROOT_DIR=$BATS_FILE_TMPDIR/to
	export PKG_CONFIG_PATH=$BATS_FILE_TMPDIR/to/opt/test/libraries/pkgconfig
}

setup() {
	work_in_folder
	to=$BATS_FILE_TMPDIR/to/opt/test
	export LD_LIBRARY_PATH=$to/libraries
}

@test "every file is where it belongs" {
	local file

	for file in bin/oci-pack libraries/liboci.a libraries/liboci.so \
		libraries/liboci.so.0 libraries/pkgconfig/liboci.pc \
		include/oci/oci.h; do
		[ -e "$to/$file" ] || fail "no $file"
	done
	equal "$(cd "$root/liboci/include" && find oci -name '*.h' | sort)" \
		"$(cd "$to/include" && find . -type f | sed 's|^\./||' | sort)"
	equal 'liboci.so.0' "$(readlink "$to/libraries/liboci.so")"
}

@test "the library is called liboci.so.0" {
	readelf -d "$to/libraries/liboci.so" |
		grep -q 'SONAME.*\[liboci\.so\.0\]'
}

@test "the library exports oci_ symbols, and nothing else" {
	nm -D --defined-only "$to/libraries/liboci.so" |
		awk '$2 != "A" { print $3 }' >symbols
	[ "$(wc -l <symbols)" -gt 50 ]
	! grep -v '^oci_' symbols || fail 'other symbols'
}

@test "the command that is installed runs" {
	spec a.spec 'image: a' 'layers: [{entries: [{path: /a, content: a}]}]'
	"$to/bin/oci-pack" a.spec -q -o a.tar
	"$to/bin/oci-pack" verify -q a.tar
}

# pack_with PROGRAM: runs the example, and looks at what it packed.
pack_with() {
	mkdir -p folder/sub
	echo text >folder/sub/file
	"$1" folder /opt/app example.org/app:1 out.tar
	"$OCI_PACK" verify -q out.tar
	layers out.tar | grep -q ' opt/app/sub/file$'
}

# The example starts with the C standard that a user's compiler has.
@test "examples/link builds by pkg-config alone, and runs" {
	local flags

	read -ra flags < <(pkg-config --cflags --libs liboci)
	cc "$root"/examples/link/*.c "${flags[@]}" -o program
	pack_with ./program
}

@test "examples/link builds with the static library" {
	local flags libraries packages

	read -ra flags < <(pkg-config --cflags liboci)
	mapfile -t packages < <(pkg-config --print-requires-private liboci)
	unset PKG_CONFIG_SYSROOT_DIR
	read -ra libraries < <(pkg-config --libs "${packages[@]}")
	cc "$root"/examples/link/*.c "${flags[@]}" "$to/libraries/liboci.a" \
		"${libraries[@]}" -pthread -o program
	! ldd program | grep -q liboci || fail 'it wants the shared library'
	pack_with ./program
}

@test "every public header stands alone, as C and as C++" {
	local header name

	for header in "$to"/include/oci/*.h; do
		name=oci/${header##*/}
		echo "#include <$name>" >alone.c
		cc -std=c11 -Wall -Wextra -Wpedantic -Wstrict-prototypes -Werror \
			-I"$to/include" -fsyntax-only alone.c ||
			fail "$name as C11"
		c++ -std=c++11 -x c++ -Wall -Wextra -Wpedantic -Werror \
			-I"$to/include" -fsyntax-only alone.c ||
			fail "$name as C++"
	done
}

@test "a C++ program links" {
	local flags

	read -ra flags < <(pkg-config --cflags --libs liboci)
	cat >program.cc <<'END'
#include <oci/oci.h>
#include <cstdio>
#include <cstring>
int main()
{
	std::puts(oci_version());
	return std::strcmp(oci_version(), OCI_VERSION) != 0;
}
END
	c++ program.cc "${flags[@]}" -o program
	equal "$(pkg-config --modversion liboci)" "$(./program)"
}

@test "liboci.pc tells where the files are" {
	equal "-L$BATS_FILE_TMPDIR/to/opt/test/libraries -loci" \
		"$(pkg-config --libs liboci | sed 's/ *$//')"
	matches "^-I$BATS_FILE_TMPDIR/to/opt/test/include( |\$)" \
		"$(pkg-config --cflags liboci)"
}

@test "uninstall takes away all that install put there" {
	cp -a "$BATS_FILE_TMPDIR/to" copy
	make --no-print-directory -s -C "$root" uninstall PREFIX=/opt/test \
		LIBDIR=/opt/test/libraries "DESTDIR=$PWD/copy"
	! find copy ! -type d | grep . || fail 'files are left'
}

@test "faults 32: a program of the README starts after make install" {
	need_root
	printf '#!/bin/sh\necho told >>"%s/told"\n' "$PWD" >ldconfig
	chmod +x ldconfig
	unset LD_LIBRARY_PATH PKG_CONFIG_SYSROOT_DIR
	make --no-print-directory -s -C "$root" install PREFIX="$PWD/own" \
		LDCONFIG="$PWD/ldconfig"
	equal told "$(cat told)"
	# A package is not installed here yet.
	make --no-print-directory -s -C "$root" install PREFIX="$PWD/own" \
		LDCONFIG="$PWD/ldconfig" DESTDIR="$PWD/to"
	equal told "$(cat told)"
	export PKG_CONFIG_PATH=$PWD/own/lib/pkgconfig
	# shellcheck disable=SC2046
	cc "$root/examples/link/pack-folder.c" \
		$(pkg-config --cflags --libs liboci) -o program \
		-Wl,-rpath,"$(pkg-config --variable=libdir liboci)"
	pack_with ./program
}

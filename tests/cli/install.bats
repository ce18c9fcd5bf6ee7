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

@test "libraries that are loaded later are in the library's notes" {
	readelf -SW "$to/libraries/liboci.so" | grep -q '\.note\.dlopen *NOTE'
	[ "$(LC_ALL=C readelf -nW "$to/libraries/liboci.so" 2>&1 |
		grep -o 0x407c0c0a | wc -l)" -eq 2 ]
	objcopy -O binary --only-section=.note.dlopen \
		"$to/libraries/liboci.so" notes
	# One JSON text a note; each of the libraries, once.
	tr '\0' '\n' <notes | grep -ao '\[{.*}\]' | jq -r '.[].soname[]' |
		sort >found
	equal $'libarchive.so.13\nlibcurl.so.4' "$(cat found)"
	strings "$to/libraries/liboci.so" | grep -oE '^lib[a-z]+\.so\.[0-9]+$' |
		sort -u | while read -r name; do
		readelf -d "$to/libraries/liboci.so" | grep -q "\[$name\]" ||
			grep -qx "$name" found || fail "no note of $name"
	done
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
	cc "$root/examples/link/pack-folder.c" "${flags[@]}" -o program
	pack_with ./program
}

# compile_examples NAME...: by pkg-config alone; sets flags.
compile_examples() {
	local example

	read -ra flags < <(pkg-config --cflags --libs liboci)
	for example; do
		cc -Wall -Wextra -Werror "$root/examples/link/$example.c" \
			"${flags[@]}" -o "$example"
		[ "$(wc -l <"$root/examples/link/$example.c")" -lt 100 ] ||
			fail "$example is long"
	done
}

@test "the examples that read an image, and one with a sink of its own" {
	local flags
	compile_examples pack-folder list-files lint-image measure-folder \
		unpack-image
	pack_with ./pack-folder
	matches '^-0644 0:0 +5 layer 1 /opt/app/sub/file$' \
		"$(./list-files out.tar linux/riscv64 | tail -n 1)"
	run ./list-files out.tar linux/s390x
	equal 1 "$status"
	matches 'linux/s390x' "$output"
	./unpack-image out.tar linux/riscv64 unpacked
	diff -r folder unpacked/opt/app
	run ./unpack-image out.tar linux/riscv64 unpacked
	equal 1 "$status"
	matches 'is not empty' "$output"
	equal '1 images, 0 errors' "$(./lint-image out.tar | tail -n 1)"
	spec bad.spec 'image: a' 'config: {entrypoint: [/none]}' \
		'layers: [{entries: [{path: /a, content: text}]}]'
	"$OCI_PACK" bad.spec -q -o bad.tar --lint off
	run ./lint-image bad.tar
	equal 1 "$status"
	matches '^error entrypoint[a-z-]*: linux/riscv64: .*/none' "$output"
	./measure-folder folder >measured
	matches '^gzip:1 +[0-9]+ bytes' "$(cat measured)"
	cc -DLIMIT=100ull "$root/examples/link/measure-folder.c" "${flags[@]}" \
		-o measure-folder
	run ./measure-folder folder
	equal 1 "$status"
	matches 'gzip:1: it has more than 100 bytes' "$output"
}

@test "the examples with a spec, and with two images" {
	compile_examples pack-spec compare-images join-images show-image
	spec a.spec 'image: x/app' 'tags: [one]' 'layers:' \
		'  - entries: [{path: /a, content: text}]'
	sed 's/text/other/' a.spec >b.spec
	printf 'platforms: [linux/amd64]\n' >>b.spec
	matches '^sha256:[0-9a-f]{64}$' "$(./pack-spec a.spec a cache)"
	./pack-spec b.spec b cache
	run ./compare-images a b
	equal 1 "$status"
	matches $'\n~ /a \\(content\\)\n0 added, 0 removed, 1 changed$' "$output"
	run ./compare-images a a
	equal 0 "$status"
	./join-images x/app:2 joined a b
	equal 'linux/amd64 linux/riscv64' "$("$OCI_PACK" inspect --json joined |
		grep -oE 'linux/(amd64|riscv64)' | sort -u | xargs)"
	"$OCI_PACK" copy a a.tar -q
	matches $'^layer 1: sha256:.*\nplatform: linux/riscv64\nuser: root' \
		"$(./show-image a.tar)"
	run ./show-image a.tar "sha256:$(printf '%064d' 0)"
	equal 1 "$status"
	echo nonsense >a.spec
	run ./pack-spec a.spec a cache
	equal 1 "$status"
	matches '^a.spec:1:1: ' "$output"
}

# Declarations alone are read: the standard headers are left out.
@test "a Python program reads an image through cffi" {
	mkdir none
	touch none/stddef.h none/stdint.h none/stdbool.h none/stdarg.h
	read -ra flags < <(pkg-config --cflags liboci)
	cc -E -P -nostdinc -Inone "${flags[@]}" -D'__attribute__(x)=' \
		"$to/include/oci/oci.h" >oci.txt
	spec a.spec 'image: a' 'layers: [{entries: [{path: /a, content: text}]}]'
	"$OCI_PACK" a.spec -q -o a.tar --lint off
	equal 'a 4' "$(python3 - "$to/libraries/liboci.so" <<-'end'
		import sys
		import cffi

		ffi = cffi.FFI()
		ffi.cdef(open("oci.txt").read())
		oci = ffi.dlopen(sys.argv[1])
		err = ffi.new("struct oci_error *")
		store = ffi.new("struct oci_store **")
		index = ffi.new("struct oci_descriptor *")
		image = ffi.new("struct oci_image_documents *")
		rootfs = ffi.new("struct oci_rootfs **")

		def done(rc):
		    if rc:
		        sys.exit(ffi.string(err.message).decode())

		@ffi.callback("oci_entry_fn")
		def visit(data, entry, err):
		    print(ffi.string(entry.path).decode(), entry.size)
		    return 0

		done(oci.oci_archive_open(store, b"a.tar", ffi.NULL, err))
		done(oci.oci_store_resolve(index, store[0], ffi.NULL, err))
		done(oci.oci_image_open(image, store[0], index, ffi.NULL, err))
		done(oci.oci_image_rootfs(rootfs, store[0], image, ffi.NULL, err))
		done(oci.oci_rootfs_each(rootfs[0], b"/", True, visit, ffi.NULL, err))
		oci.oci_rootfs_free(rootfs[0])
		oci.oci_image_documents_release(image)
		oci.oci_descriptor_release(index)
		oci.oci_store_free(store[0])
	end
	)"
}

@test "examples/link builds with the static library" {
	local flags libraries packages

	read -ra flags < <(pkg-config --cflags liboci)
	mapfile -t packages < <(pkg-config --print-requires-private liboci)
	unset PKG_CONFIG_SYSROOT_DIR
	read -ra libraries < <(pkg-config --libs "${packages[@]}")
	cc "$root/examples/link/pack-folder.c" "${flags[@]}" "$to/libraries/liboci.a" \
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

@test "a C++ program packs and reads an image" {
	local flags

	read -ra flags < <(pkg-config --cflags --libs liboci)
	cat >program.cc <<'END'
#include <oci/oci.h>
#include <cstdio>
#include <cstdlib>
#include <string>

static oci_error error;

static void done(int rc)
{
	if (!rc)
		return;
	std::fprintf(stderr, "%s\n", error.message);
	std::exit(1);
}

static int visit(void *data, const oci_entry *entry, oci_error *)
{
	*static_cast<std::string *>(data) += entry->path;
	return 0;
}

int main()
{
	oci_image_documents documents = {};
	oci_descriptor manifest = {};
	oci_platform platform;
	oci_rootfs *rootfs;
	oci_image *image;
	oci_store *store;
	oci_tree *tree;
	std::string paths;

	done(oci_platform_parse(&platform, "linux/riscv64", &error));
	done(oci_tree_new(&tree, nullptr, &error));
	done(oci_tree_add_content(tree, "/a", "x", 1, nullptr, &error));
	done(oci_tree_settle(tree, nullptr, &error));
	done(oci_layout_create(&store, "out", &error));
	done(oci_image_new(&image, &platform, 0, &error));
	done(oci_image_add_layer(image, store, tree, nullptr, &error));
	done(oci_image_write(&manifest, image, store, &error));
	done(oci_store_tag(store, nullptr, &manifest, &error));
	done(oci_store_commit(store, &error));
	done(oci_image_open(&documents, store, &manifest, &platform, &error));
	done(oci_image_rootfs(&rootfs, store, &documents, nullptr, &error));
	done(oci_rootfs_each(rootfs, "/", true, visit, &paths, &error));
	std::printf("%s %s\n", oci_version(), paths.c_str());
	oci_rootfs_free(rootfs);
	oci_image_documents_release(&documents);
	oci_descriptor_release(&manifest);
	oci_image_free(image);
	oci_tree_free(tree);
	oci_store_free(store);
}
END
	c++ -Wall -Wextra -Werror program.cc "${flags[@]}" -o program
	equal "$(pkg-config --modversion liboci) a" "$(./program)"
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

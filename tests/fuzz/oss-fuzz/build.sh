#!/bin/bash -eu
# SPDX-License-Identifier: Apache-2.0
# Builds the fuzz targets as OSS-Fuzz does: with its CC, CXX, CFLAGS, CXXFLAGS
# and LIB_FUZZING_ENGINE, from SRC/liboci to OUT. The libraries are copied to
# OUT/lib, because targets run where none is installed.

cd "$SRC/liboci"
targets=()
for file in tests/fuzz/*.c; do
	[ "$file" = tests/fuzz/replay.c ] ||
		targets+=("$(basename "$file" .c)")
done
# shellcheck disable=SC2016
make -j"$(nproc)" BUILD="$WORK/liboci" CC="$CC" CFLAGS="$CFLAGS" HARDEN= \
	FUZZ_ENGINE="$LIB_FUZZING_ENGINE" FUZZ_LINK="$CXX ${CXXFLAGS:-}" \
	LDFLAGS='-Wl,-rpath,\$$ORIGIN/lib' fuzzers

mkdir -p "$OUT/lib"
for target in "${targets[@]}"; do
	cp "$WORK/liboci/fuzz/$target" "$OUT/"
	zip -qj "$OUT/${target}_seed_corpus.zip" "fixtures/fuzz/$target"/*
done

# What a file needs, except the C library and its parts.
needs() {
	ldd "$@" | awk '$3 ~ "^/" { print $3 }' | sort -u |
		grep -vE '/(libc|libm|libdl|libpthread|librt|libresolv)\.so'
}

# The library loads these two by name, when they are needed.
for library in libarchive libcurl; do
	path=$(pkg-config --variable=libdir "$library")/$library.so
	soname=$(objdump -p "$path" | awk '$1 == "SONAME" { print $2 }')
	cp -L "$path" "$OUT/lib/$soname"
done
for file in $(needs "$OUT/${targets[0]}" "$OUT"/lib/*); do
	cp -L "$file" "$OUT/lib/"
done

#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# tests/lint finds a breach of each of its rules, in a copy of the sources.

load ../helpers

# What is found in the sources as they are is no finding of a test.
setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	mkdir copy
	(cd "$root" && tar -cf - --exclude=inputs --exclude=build \
		--exclude=.git Makefile liboci cli tests pkgconfig) |
		tar -xf - -C copy
	cd copy || return 1
	read_modules
	tests/lint "${modules[@]}" | sort >../before || true
}

setup() {
	work_in_folder
	cp -r "$BATS_FILE_TMPDIR"/{copy,before} .
	cd copy || return 1
	read_modules
}

read_modules() {
	read -ra modules < <(sed -n 's/^MODULES := //p' Makefile)
}

# finds PATTERN: what was done to the copy is a finding, with exit 1.
finds() {
	run tests/lint "${modules[@]}"
	equal 1 "$status"
	comm -13 ../before <(printf '%s\n' "$output" | sort) >../new
	matches "$1" "$(cat ../new)"
}

# line FILE TEXT: appends it.
line() {
	printf '%s\n' "$2" >>"$1"
}

@test "the order of the modules comes from the command line" {
	run tests/lint
	equal 2 "$status"
	run tests/lint spec image store layer document io base
	equal 1 "$status"
	matches 'modules: spec must not know base' "$output"
}

@test "header of a module to the right" {
	line liboci/base/hex.c '#include "layer/node.h"'
	finds 'liboci/base/hex\.c:[0-9]+: modules: base must not know layer'
}

@test "public header of a module to the right" {
	line liboci/io/file.c '#include <oci/tree.h>'
	finds 'liboci/io/file\.c:[0-9]+: modules: io must not know layer'
}

@test "the command includes a header of the library's own" {
	line cli/main.c '#include "base/buf.h"'
	finds 'cli/main\.c:[0-9]+: modules: '
}

@test "third-party header in the wrong place" {
	line liboci/store/layout.c '#include <jansson.h>'
	line liboci/spec/spec.c '#include <yaml.h>'
	line cli/main.c '#include <archive.h>'
	finds 'liboci/store/layout\.c:[0-9]+: third party: <jansson\.h>'
	matches 'liboci/spec/spec\.c:[0-9]+: third party: <yaml\.h>' "$output"
	matches 'cli/main\.c:[0-9]+: third party: <archive\.h>' "$output"
}

@test "public header that includes more than it may" {
	line liboci/include/oci/tree.h '#include <stdio.h>'
	line liboci/include/oci/layer.h '#include "base/buf.h"'
	finds 'oci/tree\.h:[0-9]+: public: '
	matches 'oci/layer\.h:[0-9]+: public: ' "$output"
}

@test "banned calls" {
	line cli/main.c 'void f(char *a) { strcpy(a, "b"); }'
	line liboci/base/hex.c 'int g(const char *a) { return atoi(a); }'
	finds 'cli/main\.c:[0-9]+: banned: strcpy'
	matches 'liboci/base/hex\.c:[0-9]+: banned: atoi' "$output"
}

@test "calls that the library may not make" {
	line liboci/base/hex.c 'void g(void) { printf("a"); exit(1); }'
	finds 'hex\.c:[0-9]+: banned in the library: printf'
	matches 'hex\.c:[0-9]+: banned in the library: exit' "$output"
}

@test "a banned word in a comment or a text is none" {
	line cli/main.c '/* strcpy(a, b) is not for us */'
	line cli/main.c 'const char *const word = "strcpy(a, b)";'
	run tests/lint "${modules[@]}"
	comm -13 ../before <(printf '%s\n' "$output" | sort) | grep banned &&
		fail 'a finding'
	true
}

@test "descriptor without O_CLOEXEC" {
	line liboci/base/hex.c 'int g(void)
{
	return open("a", O_RDONLY);
}'
	finds 'hex\.c:[0-9]+: descriptor'
}

@test "label that is not out" {
	line liboci/base/hex.c 'int g(void)
{
	goto fail;
}'
	finds 'hex\.c:[0-9]+: goto'
}

@test "export that is not in the map, and the other way round" {
	sed -i '/oci_version;/d' liboci/liboci.map
	sed -i 's/oci_tree_new;/oci_tree_new; oci_nothing;/' liboci/liboci.map
	finds 'version\.h:[0-9]+: exports: oci_version is not in'
	matches 'liboci\.map:[0-9]+: exports: oci_nothing is in no public header' \
		"$output"
}

@test "public header without a module" {
	printf '/* SPDX-License-Identifier: Apache-2.0 */\n' \
		>liboci/include/oci/new.h
	line liboci/base/hex.c '#include <oci/new.h>'
	finds '<oci/new\.h> has no module'
}

@test "long file, long function, wide line" {
	{
		echo '/* SPDX-License-Identifier: Apache-2.0 */'
		printf 'int f(void)\n{\n'
		yes '	;' | head -n 61
		echo '}'
		yes '' | head -n 400
		printf '\t\tint x_%070d;\n' 1
	} >liboci/base/long.c
	finds 'long\.c:[0-9]+: length: a function of 61 lines'
	matches 'long\.c:401: length: a file of more than 400 lines' "$output"
	matches 'long\.c:[0-9]+: width: ' "$output"
}

@test "whitespace, unfinished work, licence, hosts" {
	printf 'x \n' >>Makefile
	line cli/main.c "/* $(printf 'TO%s' DO): later */"
	printf '#!/bin/sh\ntrue\n' >tests/bare
	line Makefile "# https://$(printf 'deb.%s.org' debian)/"
	finds 'Makefile:[0-9]+: whitespace'
	matches 'cli/main\.c:[0-9]+: unfinished' "$output"
	matches 'tests/bare:1: licence' "$output"
	matches 'Makefile:[0-9]+: host' "$output"
}

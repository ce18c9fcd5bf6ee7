#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Programs that were compiled with a release with the same soname still run: the
# facts of fixtures/abi, which tests/rules/abi.py wrote, hold. The other tests
# change a copy of the headers, and each change is noticed.

load ../helpers

# The facts are those of 64-bit platforms.
setup() {
	[ "$(getconf LONG_BIT)" -eq 64 ] || skip 'not a 64-bit platform'
	work_in_folder
	cp -r "$root/liboci/include" headers
	library=$root/build/release/liboci.so
}

abi() {
	python3 "$root/tests/rules/abi.py" headers "$library" "$@"
}

# change FILE SED: of the copy; it has to change something.
change() {
	sed -i.before "$2" "headers/oci/$1"
	! cmp -s "headers/oci/$1" "headers/oci/$1.before" ||
		fail "$1 is as it was"
}

# breaks REGEX: a fault that is found.
breaks() {
	run abi "$root/fixtures/abi/0.2.0.txt"
	equal 1 "$status"
	matches "$1" "$output"
}

@test "what earlier releases promised holds" {
	run abi "$root"/fixtures/abi/*.txt
	equal '' "$output"
	equal 0 "$status"
}

@test "every exported function is in the facts" {
	nm -D --defined-only "$library" |
		sed -n 's/.* T \(oci_[a-z_0-9]*\)@.*/\1/p' |
		LC_ALL=C sort >exported
	equal "$(abi | sed -n 's/^function \(.*\): .*/\1/p')" \
		"$(cat exported)"
}

@test "a function that is gone is noticed" {
	change version.h '/^OCI_API/d'
	breaks '^[^ ]*: function oci_version is gone'
}

@test "a parameter of another type is noticed" {
	change lint.h 's/oci_lint_rules(size_t \*count)/oci_lint_rules(int *count)/'
	breaks "function oci_lint_rules was '.*size_t \*.*and is '.*int \*"
}

@test "a member that is gone, and a size that is smaller, are noticed" {
	change lint.h '/size_t absent;/,/\*\/$/d'
	breaks 'member oci_lint_result\.absent is gone'
	breaks 'size of struct oci_lint_result was 48 fixed, and is 40'
}

@test "a member that has moved is noticed" {
	change lint.h 's/^\tvoid \*data;$/\tvoid *other;\n&/'
	breaks "member oci_lint_options\.data was '16 void \*', and is '24"
}

@test "a member of another type is noticed" {
	change layer.h 's/^\tstruct oci_digest diff_id;/\tchar *diff_id;/'
	breaks "member oci_layer\.diff_id was '0 struct oci_digest'"
}

@test "a value of an enumeration that has moved is noticed" {
	change lint.h 's/^\tOCI_LINT_OFF,$/&\n\tOCI_LINT_HINT,/'
	breaks "value OCI_LINT_NOTE was '1', and is '2'"
}

@test "a callback of another type is noticed" {
	change lint.h 's/oci_lint_fn(void \*data,/oci_lint_fn(int data,/'
	breaks "type oci_lint_fn was "
}

@test "options may grow at their end" {
	change layer.h '/^struct oci_layer_options {/,/^}/s/^};/\tvoid *more;\n};/'
	abi "$root/fixtures/abi/0.2.0.txt"
}

@test "what callers make themselves may not grow" {
	change error.h '/^struct oci_error {/,/^}/s/^};/\tvoid *more;\n};/'
	breaks 'size of struct oci_error was 2056 fixed, and is 2064'
}

@test "a new member in the padding of options is noticed" {
	change tree.h '/^struct oci_attributes {/,/^}/s/^\tbool replace;.*/&\n\tbool more;/'
	breaks 'member oci_attributes\.more is new, and not at the end'
}

# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What the tests in roots of other Debian releases share.

# copy_tree ROOT: the tree as it is becomes ROOT/src. What was built there
# stays; other files that the tree no longer has go.
copy_tree() {
	mkdir -p "$1/src"
	find "$1/src" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
	find . \( -name .git -o -path ./build -o -path './examples/*/inputs' \) \
		-prune -o \
		-type f -print0 |
		tar --null -cf - -T - | tar -xf - -C "$1/src"
}

# is_out_of_step LOG: the mirror was being changed when it was read. That is
# no fault of this tree.
is_out_of_step() {
	grep -qE 'sync in progress|Hash Sum mismatch' "$1"
}

# find_mirror_and_keyring: prints both, a line each; nothing if one is missing.
find_mirror_and_keyring() (
	# shellcheck source=/dev/null
	. examples/fetch-debs
	find_mirror
	find_keyring
	# shellcheck disable=SC2154
	printf '%s\n%s\n' "$mirror" "$keyring"
)

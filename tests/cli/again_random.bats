#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Packing again after edits by chance, with a cache that is damaged by chance.

load ../helpers

setup() {
	work_in_folder
}

@test "after any edits: the image that is packed without a cache" {
	python3 "$root/tests/cli/again_random.py" 2 8 3
}

#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# oci-pack completion: what bash offers, and names that shells must not run.

load ../helpers

setup() {
	work_in_folder
	mkdir bin
	ln -s "$OCI_PACK" bin/oci-pack
	PATH=$PWD/bin:$PATH
	spec a.spec 'image: x' 'tags: [run]' 'platforms: [linux/riscv64]' \
		'layers:' '- entries:' '  - {path: /a, content: "one"}'
}

# offers LINE: what bash offers at the end of LINE, separated by blanks.
offers() {
	oci-pack completion bash >script
	LINE=$1 timeout 20 bash -c 'source ./script
		COMP_LINE=$LINE COMP_POINT=${#LINE}
		_oci_pack
		echo "${COMPREPLY[*]}"'
}

@test "bash: commands, verbs, options, values and tags" {
	equal build "$(offers 'oci-pack bui')"
	equal 'append' "$(offers 'oci-pack index ap')"
	equal --iidfile "$(offers 'oci-pack push a.tar b --ii')"
	equal 'bar plain json none' \
		"$(offers 'oci-pack push --progress ' | cut -d ' ' -f 2-)"
	oci-pack a.spec --lint off -o a.tar -q -t x:run
	equal docker.io/library/x:run "$(offers 'oci-pack ls a.tar:')"
	equal run "$(offers 'oci-pack ls a.tar:docker.io/library/x:r')"
	oci-pack a.spec --lint off -o oci:dir -q -t x:run
	oci-pack copy oci:dir oci:dir:two -q
	equal two "$(offers 'oci-pack ls oci:dir:tw')"
}

@test "bash: names with characters that sed and shells know" {
	for name in 'a,b&c' './x,e;#' '$(touch${IFS}bad)' '`touch${IFS}bad`' \
		'a\1|b'; do
		oci-pack a.spec --lint off -o "$name.tar" -q -t x:run

		equal docker.io/library/x:run \
			"$(offers "oci-pack ls $name.tar:" 2>&1)"
	done
	[ ! -e bad ]
}

@test "zsh and fish can read their scripts" {
	for shell in zsh fish; do
		oci-pack completion "$shell" >script
		! command -v "$shell" || HOME=$PWD timeout 60 "$shell" -n script
	done
}

#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What commands tell the next program: --json, --metadata-file, --iidfile.

load ../helpers

setup() {
	work_in_folder
	page=$root/tests/cli/json_page.py
	spec a.spec 'image: example.com/a' 'tags: [one, two]' \
		'platforms: [linux/riscv64]' 'layers:' '- entries:' \
		'  - {path: /a, content: "one"}'
}

# valid NAME FILE: FILE is as docs/json.md says under the title.
valid() {
	"$page" "$1" <"$2"
}

results='Results of build, push, pull, copy and index'

@test "build: JSON, metadata, ID" {
	"$OCI_PACK" a.spec --lint off -o a.tar -t example.com/b:1 --json \
		--metadata-file m.json --iidfile id >got.json
	valid "$results" got.json
	valid metadata-file m.json
	"$OCI_PACK" inspect --json a.tar >inspected
	digest=$(jq -r .digest inspected)
	config=$(jq -r .document.config.digest inspected)
	equal "$digest" "$(jq -r .digest got.json)"
	equal "$config" "$(jq -r .config got.json)"
	equal "$config" "$(cat id)"
	equal '["example.com/b:1"]' "$(jq -c '.destinations[0].names' got.json)"
	equal a.tar "$(jq -r '.destinations[0].destination' got.json)"
	equal "$digest" "$(jq -r '."containerimage.digest"' m.json)"
	equal "$config" "$(jq -r '."containerimage.config.digest"' m.json)"
	equal "$digest" "$(jq -r '."containerimage.descriptor".digest' m.json)"
	equal example.com/b:1 "$(jq -r '."image.name"' m.json)"
	equal 644 "$(stat -c %a m.json)"
	"$OCI_PACK" a.spec --lint off -o oci:dir -q --metadata-file m.json
	equal example.com/a:one,example.com/a:two \
		"$(jq -r '."image.name"' m.json)"
}

@test "several platforms have an index and no config" {
	"$OCI_PACK" a.spec --lint off -o a.tar --json --metadata-file m.json \
		--iidfile id --platform linux/riscv64,linux/arm64 >got.json
	valid "$results" got.json
	valid metadata-file m.json
	equal null "$(jq .config got.json)"
	equal "$(jq -r .digest got.json)" "$(cat id)"
}

@test "copy and index: several destinations" {
	"$OCI_PACK" a.spec --lint off -o a.tar -q
	"$OCI_PACK" copy a.tar b.tar oci:dir:x --json --metadata-file m.json \
		>got.json
	valid "$results" got.json
	equal '["b.tar","oci:dir:x"]' \
		"$(jq -c '[.destinations[].destination]' got.json)"
	equal '[["example.com/a:one","example.com/a:two"],["x"]]' \
		"$(jq -c '[.destinations[].names]' got.json)"
	equal example.com/a:one,example.com/a:two,x \
		"$(jq -r '."image.name"' m.json)"
	"$OCI_PACK" index create -o oci:index:y a.tar --json --iidfile id \
		>got.json
	valid "$results" got.json
	equal "$(jq -r .digest got.json)" "$(cat id)"
	equal '["y"]' "$(jq -c '.destinations[0].names' got.json)"
}

@test "JSON goes to stderr if an archive goes to stdout" {
	"$OCI_PACK" a.spec --lint off -o - --json >a.tar 2>got.json
	valid "$results" got.json
	"$OCI_PACK" verify -q a.tar
	"$OCI_PACK" copy a.tar - --json >b.tar 2>got.json
	valid "$results" got.json
}

@test "a command that fails leaves the files as they were" {
	echo old >m.json
	refused 1 "'none': No such" a.spec --lint off -o a.tar --metadata-file \
		m.json --iidfile none/id
	equal old "$(cat m.json)"
	refused 1 . copy a.tar b.tar --metadata-file m.json
	refused 2 '--dry-run has no results' a.spec --push \
		registry.example/a:1 --dry-run --json
	equal old "$(cat m.json)"
}

@test "a file of results that is also the output, or has no name" {
	ln -s . here
	for option in --metadata-file --iidfile; do
		refused 2 "$option names a file that another option writes" \
			a.spec --lint off -o a.tar "$option" here/a.tar
		refused 2 "$option needs the name of a file" a.spec \
			--lint off -o a.tar "$option" ''
	done
	refused 2 "--iidfile names a file" a.spec --lint off -o a.tar \
		--metadata-file m --iidfile ./m
	[ ! -e a.tar ] && [ ! -e m ]
	"$OCI_PACK" a.spec --lint off -o a.tar -q --metadata-file /dev/null \
		--iidfile /dev/null
	refused 2 "--iidfile names a file" copy a.tar b.tar --iidfile b.tar
	refused 2 "--iidfile names a file" index create -o b.tar a.tar \
		--iidfile "$PWD/b.tar"
	[ ! -e b.tar ]
}

@test "results go to a pipe as well" {
	equal true "$("$OCI_PACK" a.spec --lint off -o a.tar -q --iidfile \
		/dev/stderr 2>&1 >/dev/null | jq -R 'test("^sha256:")')"
	[ -e /dev/stderr ]
}

# The name of a descriptor is not replaced by a file, even if it is one.
@test "results and archives go to descriptors that are files" {
	"$OCI_PACK" a.spec --lint off -o a.tar --iidfile id -q >/dev/null
	{
		echo before
		"$OCI_PACK" a.spec --lint off -o b.tar -q --iidfile \
			/proc/self/fd/1
		echo
	} >out
	equal before "$(head -n 1 out)"
	grep -q "^$(cat id)sha256:" out
	"$OCI_PACK" a.spec --lint off -o /dev/fd/3 -q 3>c.tar
	cmp a.tar c.tar
}

@test "verify, lock and cache" {
	"$OCI_PACK" a.spec --lint off -o oci:dir -q
	"$OCI_PACK" verify --json oci:dir >got.json
	valid verify got.json
	equal 0 "$(jq '.findings | length' got.json)"
	blob=$(find dir/blobs/sha256 -type f -printf '%s %p\n' | sort -n |
		sed -n '1s/.* //p')
	echo >>"$blob"
	run --separate-stderr "$OCI_PACK" verify --json oci:dir
	equal 3 "$status"
	valid verify <(echo "$output")
	[ "$(jq '.findings | length' <<<"$output")" -gt 0 ]
	"$OCI_PACK" cache info --json >got.json
	valid cache got.json
	"$OCI_PACK" cache prune --json >got.json
	valid cache got.json
	equal 0 "$("$OCI_PACK" cache info --json | jq .blobs)"
	"$OCI_PACK" lock --json a.spec >got.json
	valid lock got.json
	equal 0 "$(jq '.bases | length' got.json)"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# How the command is called: help, wrong usage, and what it prints.

load ../helpers

setup() {
	work_in_folder
	spec a.spec 'image: example/a' 'tags: [latest, "1"]' \
		'layers: [{entries: [{path: /a, content: a}]}]'
}

# misused PATTERN ARGUMENT...: wrong usage, with exit 2 and no trace.
misused() {
	refused 2 "$@"
	matches '(usage|--help)' "$stderr"
}

@test "help goes to stdout" {
	run --separate-stderr "$OCI_PACK" --help
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	matches 'oci-pack.*SPEC' "$output"
	matches 'inspect' "$output"
	matches 'verify' "$output"
	equal "$output" "$("$OCI_PACK" -h)"
}

# each_command: the names of all commands, as the help lists them.
each_command() {
	"$OCI_PACK" --help | sed -n '/^Commands/,/^$/s/^  \([a-z]\{2,\}\)  *[a-z].*/\1/p'
}

@test "every command has help" {
	local command

	[ "$(each_command | wc -l)" -ge 11 ]
	for command in $(each_command); do
		run --separate-stderr "$OCI_PACK" "$command" --help
		[ "$status" -eq 0 ]
		matches "^Usage: oci-pack \\[?$command" "$output"
		[ -z "$(awk 'length > 80' <<<"$output")" ] ||
			fail "lines of more than 80 columns: $command"
	done
}

# listed COMMAND: each option of its help, with what it calls the value.
listed() {
	"$OCI_PACK" "$1" --help |
		sed -n 's/^  \(-., \|    \)\(--[a-z-]*\)\( [^ ]*\)\?.*/\1\2\3/p'
}

@test "every option in the help of a command is taken, in both forms" {
	local command line letter name value count=0

	for command in $(each_command); do
		while read -r line; do
			letter=''
			[[ $line != -?,* ]] || letter=${line%%,*}
			read -r name value <<<"${line#-?, }"
			# --help prints the help: what comes before was taken.
			for option in $name $letter; do
				run "$OCI_PACK" "$command" "$option" \
					${value:+linux/amd64} --help
				[[ $output != *"nknown option"* &&
					$output != *"' is for "* &&
					$output != *lacks* ]] ||
					fail "$command $option: $output"
			done
			# A flag and no more: a value is refused.
			[ -n "$value" ] || refused 2 'takes no value' \
				"$command" "$name=1"
			[[ -z $value || $value == \[*\] ]] || refused 2 \
				"'$name' lacks its value" "$command" "$name"
			count=$((count + 1))
		done < <(listed "$command")
	done
	[ "$count" -ge 150 ] || fail "only $count options"
}

@test "an option of other commands is told as such" {
	misused "'--push' is for build" copy --push a.tar b.tar
	misused "'-o' is for commands that write" push -o x a.tar b.tar
	misused "'--mount-from' is for commands that upload" cache \
		--mount-from a
	misused "'--authfile' is for commands that use" cache --authfile=x
	misused "'--keep' is for cache" verify --keep 1 a.tar
}

@test "version" {
	run --separate-stderr "$OCI_PACK" --version
	[ "$status" -eq 0 ]
	matches '^oci-pack [0-9]+\.[0-9]+\.[0-9]+' "$output"
}

@test "nothing at all" {
	misused .
}

@test "unknown option" {
	misused "'?--frobnicate" a.spec --frobnicate
	misused "'?-Z" a.spec -Z
}

@test "option without its value" {
	misused '-o' a.spec -o
	misused '--set' a.spec -o x.tar --set
}

@test "two specs" {
	misused 'b\.spec' a.spec b.spec -o x.tar
}

@test "build without a spec" {
	misused 'SPEC|spec' build
}

@test "--set without =" {
	misused 'NAME=VALUE' a.spec -o x.tar --set VERSION
	misused 'NAME=VALUE' a.spec -o x.tar --set =1
}

@test "--set of a variable that the spec does not have" {
	run --separate-stderr "$OCI_PACK" a.spec -o x.tar --set NONE=1
	[ "$status" -ne 0 ]
	matches NONE "$stderr"
	[ ! -e x.tar ]
}

@test "--platform that is none" {
	misused 'linux riscv64' a.spec -o x.tar --platform 'linux riscv64'
	misused 'platform' a.spec -o x.tar --platform ''
	misused 'linux' a.spec -o x.tar --platform linux,linux/amd64
}

@test "--platform twice the same" {
	misused 'riscv64' a.spec -o x.tar --platform linux/riscv64,linux/riscv64
}

@test "--compression that is none" {
	misused 'lzma' a.spec -o x.tar --compression lzma
	misused 'gzip:99' a.spec -o x.tar --compression gzip:99
	misused 'none:1' a.spec -o x.tar --compression none:1
	misused 'zstd' a.spec -o x.tar --compression zstd:
}

@test "--jobs that is none" {
	misused 'many' a.spec -o x.tar --jobs many
	misused '0' a.spec -o x.tar --jobs 0
	misused '-1' a.spec -o x.tar --jobs -1
}

@test "-t that is no name" {
	misused 'UPPER' a.spec -o x.tar -t UPPER
	misused 'a:b:c' a.spec -o x.tar -t a:b:c
	misused 'sha256' a.spec -o x.tar \
		-t "a@sha256:$(printf '%064d' 0)"
}

@test "-o oci: with a tag that is none" {
	misused 'a b' a.spec -o 'oci:x:a b'
}

@test "two outputs" {
	misused '-o' a.spec -o a.tar -o b.tar
}

@test "SOURCE_DATE_EPOCH that is no number" {
	SOURCE_DATE_EPOCH=yesterday refused 2 'SOURCE_DATE_EPOCH.*yesterday' \
		a.spec -o x.tar
	SOURCE_DATE_EPOCH=-1 refused 2 'SOURCE_DATE_EPOCH' a.spec -o x.tar
}

@test "unknown command is taken for a spec, and named" {
	run --separate-stderr "$OCI_PACK" frobnicate -o x.tar
	[ "$status" -ne 0 ]
	matches frobnicate "$stderr"
}

@test "inspect and verify without an image" {
	misused 'IMAGE|image' inspect
	misused 'IMAGE|image' verify
}

@test "inspect of what is not there" {
	refused 1 "none\.tar.*No such file" inspect none.tar
	refused 1 "none.*No such file" verify oci:none
}

@test "inspect of what is no image" {
	echo text >text.tar
	mkdir folder
	refused 1 'text\.tar' inspect text.tar
	refused 1 'folder' inspect folder
	refused 1 'text\.tar' verify text.tar
}

@test "-q prints the digest alone" {
	run --separate-stderr "$OCI_PACK" a.spec -q -o a.tar
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	matches '^sha256:[0-9a-f]{64}$' "$output"
}

@test "-q prints the digest that index.json has" {
	local wanted

	wanted=$("$OCI_PACK" a.spec -q -o a)
	equal "$wanted" "$(jq -r '.manifests[0].digest' a/index.json)"
	equal "${wanted#sha256:}" \
		"$(digest_of "a/blobs/sha256/${wanted#sha256:}")"
}

@test "the result names the image and its digest" {
	run --separate-stderr "$OCI_PACK" a.spec -o a.tar
	[ "$status" -eq 0 ]
	matches 'example/a:latest.*sha256:[0-9a-f]{64}' "$output"
	matches 'example/a:1.*sha256:[0-9a-f]{64}' "$output"
}

@test "build is what SPEC alone does" {
	equal "$("$OCI_PACK" a.spec -q -o a.tar)" \
		"$("$OCI_PACK" build a.spec -q -o b.tar)"
	cmp a.tar b.tar
}

@test "options may stand before the spec" {
	run "$OCI_PACK" -q -o a.tar a.spec
	[ "$status" -eq 0 ]
	[ -s a.tar ]
	run "$OCI_PACK" -q -o b.tar -- a.spec
	[ "$status" -eq 0 ]
}

@test "-o - writes the archive, and only it, to stdout" {
	"$OCI_PACK" a.spec -q -o a.tar
	"$OCI_PACK" a.spec -o - >b.tar 2>err
	cmp a.tar b.tar
	[ -z "$(ls -A tmp)" ]
}

@test "-q with -o - keeps the digest off stdout" {
	"$OCI_PACK" a.spec -q -o a.tar
	"$OCI_PACK" a.spec -q -o - >b.tar
	cmp a.tar b.tar
}

@test "-o - to a pipe" {
	"$OCI_PACK" a.spec -q -o a.tar
	"$OCI_PACK" a.spec -o - 2>/dev/null | cat >b.tar
	cmp a.tar b.tar
}

@test "archive and layout hold the same image" {
	"$OCI_PACK" a.spec -q -o a.tar
	"$OCI_PACK" a.spec -q -o oci:a
	equal "$(layers a.tar)" "$(layers a)"
	equal "$(tar -xOf a.tar index.json | jq -r '.manifests[0].digest')" \
		"$(jq -r '.manifests[0].digest' a/index.json)"
}

@test "-C says where inputs start, not where the spec is" {
	mkdir inputs
	echo b >inputs/b
	spec b.spec 'image: b' 'layers:' '- entries:' '  - {path: /b, from: b}'
	refused 1 '^b\.spec:5:22: ' b.spec -o b.tar
	"$OCI_PACK" b.spec -q -C inputs -o b.tar
	equal b "$(layers b.tar --cat 1 b)"
}

@test "a spec in another folder finds its inputs beside it" {
	mkdir folder
	echo b >folder/b
	spec folder/b.spec 'image: b' 'layers:' '- entries:' \
		'  - {path: /b, from: b}'
	"$OCI_PACK" folder/b.spec -q -o b.tar
	equal b "$(layers b.tar --cat 1 b)"
}

@test "-v says more, on stderr alone" {
	"$OCI_PACK" a.spec -o a.tar >plain 2>quiet
	"$OCI_PACK" a.spec -v -o b.tar >plain 2>loud
	[ "$(wc -c <loud)" -gt "$(wc -c <quiet)" ]
	cmp a.tar b.tar
}

@test "an archive is as readable as any new file" {
	umask 022
	"$OCI_PACK" a.spec -q -o a.tar
	equal 644 "$(stat -c %a a.tar)"
	umask 077
	"$OCI_PACK" a.spec -q -o b.tar
	equal 600 "$(stat -c %a b.tar)"
	umask 022
	"$OCI_PACK" a.spec -q -o a
	equal 755 "$(stat -c %a a)"
	equal 644 "$(stat -c %a a/index.json)"
	find a/blobs -type f ! -perm 644 | grep . && fail 'a blob'
	find a -type d ! -perm 755 | grep . && fail 'a folder'
	true
}

@test "faults 6: a file of credentials that is named has to be there" {
	for option in --authfile --src-authfile --dest-authfile; do
		refused 1 "oci-pack: $option 'no.json': No such file" \
			copy "$option" no.json localhost:1/a localhost:1/b
	done
}

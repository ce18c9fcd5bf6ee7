#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Standard input as an archive or a spec.

load ../helpers

setup() {
	work_in_folder
	spec a.spec 'image: example/a' 'tags: ["1"]' \
		'layers: [{entries: [{path: /f, from: file}]}]'
	echo text >file
	"$OCI_PACK" a.spec -q -o a.tar >digest
	gzip -k a.tar
	spec b.spec 'layers: [{entries: [{path: /b, content: b}]}]'
}

# What a command says of the archive by its name, but for the name.
told() {
	"$OCI_PACK" "$@" 2>&1 | sed 's/a\.tar[.gz]*/-/'
}

@test "faults 31: inspect, verify and lint read -" {
	local command

	for command in inspect 'inspect --json' 'inspect --raw' verify lint \
		'lint --explain-load'; do
		# shellcheck disable=SC2086
		set -- $command
		for file in a.tar a.tar.gz; do
			equal "$(told "$@" "$file")" "$(told "$@" - <"$file")"
			# shellcheck disable=SC2002
			equal "$(told "$@" "$file")" \
				"$(cat "$file" | told "$@" -)"
		done
	done
	equal '' "$(ls tmp)"
}

@test "faults 31: copy and the spec read -" {
	"$OCI_PACK" copy -q - b.tar <a.tar
	cmp a.tar b.tar
	"$OCI_PACK" - -q -o c.tar <a.spec
	cmp a.tar c.tar
	# shellcheck disable=SC2002
	cat a.spec | "$OCI_PACK" build - -q -o - 2>digest2 | cmp a.tar -
	cmp digest digest2
	(cd / && "$OCI_PACK" - -C "$OLDPWD" -q -o "$OLDPWD/d.tar" \
		<"$OLDPWD/a.spec")
	cmp a.tar d.tar
}

@test "faults 31: what is wrong with standard input is said" {
	run --separate-stderr "$OCI_PACK" inspect - </dev/null
	equal 1 "$status"
	equal "oci-pack: '-': standard input is empty" "$stderr"
	run --separate-stderr "$OCI_PACK" inspect - <file
	equal 1 "$status"
	matches "^oci-pack: '-': not an archive that can be read" "$stderr"
	run --separate-stderr bash -c 'head -c 2M /dev/zero |
		"$OCI_PACK" verify --max-inflated 1MiB -'
	equal 1 "$status"
	matches 'standard input has more than 1048576 bytes.*--max-inflated' \
		"$stderr"
	run --separate-stderr "$OCI_PACK" - -o x.tar <<<'version: 2'
	equal 1 "$status"
	matches '^-:1:10: ' "$stderr"
	[ ! -e x.tar ]
	run --separate-stderr "$OCI_PACK" lock - <a.spec
	equal 2 "$status"
	run --separate-stderr "$OCI_PACK" - --push ghcr.io/me/app \
		--username me --password-stdin <a.spec
	equal 2 "$status"
	matches 'oci-pack login' "$stderr"
	equal '' "$(ls tmp)"
}

@test "faults 31: a signal ends reading" {
	local pid status=0

	mkfifo pipe
	exec 5<>pipe
	"$OCI_PACK" inspect - <pipe 5>&- 2>said &
	pid=$!
	# It waits in poll once it has caught signals.
	until [ "$(readlink "/proc/$pid/exe")" = "$(realpath "$OCI_PACK")" ] &&
		grep -q '^SigCgt:.*[4-7c-f]...$' "/proc/$pid/status"; do
		sleep 0.1
	done
	kill -TERM "$pid"
	wait "$pid" || status=$?
	equal 143 "$status"
	equal 'oci-pack: interrupted' "$(cat said)"
	equal '' "$(ls tmp)"
	exec 5>&-
}

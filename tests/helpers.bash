# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What the tests of the command share. OCI_PACK names the command to test.

bats_require_minimum_version 1.5.0

root=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
export OCI_PACK=${OCI_PACK:-$root/build/release/oci-pack}
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
unset SOURCE_DATE_EPOCH

# A folder of the test's own, in which temporary files show as well. The cache
# is the test's own, too, and elsewhere.
work_in_folder() {
	mkdir -p "$BATS_TEST_TMPDIR/work/tmp"
	cd "$BATS_TEST_TMPDIR/work" || return 1
	export TMPDIR=$PWD/tmp XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache
}

# What is packed twice is made twice.
without_cache() {
	export XDG_CACHE_HOME=/dev/null
}

# spec NAME LINE...: writes a spec of version 1.
spec() {
	local name=$1

	shift
	printf '%s\n' 'version: 1' "$@" >"$name"
}

fail() {
	printf '%s\n' "$@" >&2
	return 1
}

equal() {
	[ "$1" = "$2" ] || fail "wanted: $1" "got:    $2"
}

# In the C locale, so that what is not UTF-8 can be looked at.
matches() {
	local LC_ALL=C

	[[ $2 =~ $1 ]] || fail "wanted: $1" "got:    $2"
}

# Every file and folder below the current one, with what is in them.
listing() {
	find . -type f -printf '%p %m %T@\n' -o -printf '%p %y %l\n' | sort
	find . -type f -exec sha256sum {} + | sort
}

# refused STATUS PATTERN ARGUMENT...: the command ends with STATUS and one
# line that matches PATTERN; it leaves nothing behind and changes nothing.
refused() {
	local wanted=$1 pattern=$2 before after

	shift 2
	before=$(listing)
	run --separate-stderr "$OCI_PACK" "$@"
	after=$(listing)
	# shellcheck disable=SC2154
	[ "$status" -eq "$wanted" ] ||
		fail "exit $status, wanted $wanted: $stderr" || return 1
	matches "$pattern" "$stderr" || return 1
	[ "$wanted" -eq 2 ] || [[ $stderr != *$'\n'* ]] ||
		fail "more than one line: $stderr" || return 1
	[ -z "$output" ] || fail "on stdout: $output" || return 1
	[ "$before" = "$after" ] ||
		fail "files changed:" "$(diff <(echo "$before") \
			<(echo "$after"))"
}

# What a message says beyond what is wrong.
hint='expected|did you mean|again|exclude|remove|choose|rename|check|fetch'
hint+='|such as|is not [0-9]|packages are for'

# spoiled PATTERN SPEC ARGUMENT...: a spec that cannot be packed; nothing is
# left where nothing was, and what was there stays, archive or layout. The
# message has a hint.
spoiled() {
	local pattern=$1

	shift
	refused 1 "$pattern" "$@" -o fresh.tar || return 1
	matches "$hint" "${stderr#*: }" || return 1
	refused 1 "$pattern" "$@" -o fresh || return 1
	[ -e earlier.tar ] || make_earlier || return 1
	refused 1 "$pattern" "$@" -o earlier.tar || return 1
	refused 1 "$pattern" "$@" -o oci:earlier:latest
}

make_earlier() {
	spec earlier.spec 'image: earlier' 'tags: [latest]' \
		'layers: [{entries: [{path: /a, content: a}]}]'
	"$OCI_PACK" earlier.spec -q -o earlier.tar >/dev/null
	"$OCI_PACK" earlier.spec -q -o earlier >/dev/null
}

layers() {
	python3 "$root/tests/layers" "$@"
}

digest_of() {
	sha256sum "$1" | cut -d ' ' -f 1
}

# need_peer PROGRAM...: without it the test is skipped, where CI does not
# insist on it.
need_peer() {
	local program

	for program; do
		command -v "$program" >/dev/null || lack "'$program' is missing"
	done
}

lack() {
	[ "${CI:-}" != true ] || fail "$1" || exit 1
	skip "$1"
}

# Times of files are the kernel's, which faketime does not move.
need_one_clock() {
	[ -z "${FAKETIME:-}" ] || skip 'the clock is not that of the files'
}

need_root() {
	[ "$(id -u)" -eq 0 ] || skip "only root can do this"
}

# The spec with one of everything, its inputs, and what its layers hold then.
# as_list <OUTPUT: what 'ls -R --json' printed in the form of
# tests/interop/rootfs, without its marks of hard links.
as_list() {
	jq -r '.[] | {file: "f", directory: "d", symlink: "l", fifo: "p",
		"character-device": "c", "block-device": "b"}[.type] as $kind |
		"\($kind) \(.mode) \(.uid):\(.gid) \(.mtime) \(.size // 0) " +
		.path[1:] + (if .target then " -> \(.target)"
			elif has("major") then " -> \(.major):\(.minor)"
			else "" end)'
}

make_rich() {
	cp "$root/fixtures/rich/rich.spec" .
	"$root/fixtures/rich/make-inputs" .
	export SOURCE_DATE_EPOCH=1700000000
	sed -e "s/ E / $SOURCE_DATE_EPOCH /" \
		-e "s/ USER / $(id -u):$(id -g) /" \
		"$root/fixtures/rich/entries.txt" >entries.txt
}

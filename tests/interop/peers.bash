# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What the tests share that talk to registries with peers that `peer` builds.
# ../helpers.bash comes before it, and tests use $host.
# shellcheck disable=SC2034,SC2154

registry=$root/tests/registry/distribution

# build_peers NAME...: for setup_file; and what serve starts, if it is built.
build_peers() {
	local status=0

	[ "${DISTRIBUTION:-2}" = 2 ] || set -- registry "$@"
	[ $# -gt 0 ] || return 0
	"$root/tests/interop/peer" "$@" 2>"$BATS_FILE_TMPDIR/lack" ||
		status=$?
	[ "$status" -eq 3 ] || [ "$status" -eq 0 ] ||
		cat "$BATS_FILE_TMPDIR/lack" >&2
	[ "$status" -ne 0 ] || rm "$BATS_FILE_TMPDIR/lack"
}

# For setup: the built peers come first in PATH, and know no credentials.
find_peers() {
	[ ! -e "$BATS_FILE_TMPDIR/lack" ] ||
		lack "$(tail -n 1 "$BATS_FILE_TMPDIR/lack")"
	PATH=$root/build/peers:$PATH
	dir=$BATS_TEST_TMPDIR
	export HOME=$dir
}

# serve NAME [KIND]: a registry in $dir/NAME; $host is its HOST:PORT. With
# DISTRIBUTION=3 it is that version.
serve() {
	local status=0

	mkdir -p "$dir/$1"
	printf 'user:s3cret:pass\n' >"$dir/$1/user"
	host=$("$registry" start "$dir/$1" "${2:-plain}" 3>&- \
		2>"$dir/$1/why") || status=$?
	[ "$status" -ne 3 ] || lack "$(cat "$dir/$1/why")"
	[ "$status" -eq 0 ] || fail "$(cat "$dir/$1"/{why,log})"
}

# serve_referrers: a registry that lists referrers itself; $host as above.
serve_referrers() {
	local i

	referrers "$dir/referrers.name" 2>"$dir/referrers.log" 3>&- &
	printf '%s\n' $! >"$dir/referrers.pid"
	for ((i = 0; i < 100; i++)); do
		[ ! -e "$dir/referrers.name" ] || break
		sleep 0.05
	done
	host=localhost:$(cut -d : -f 2 "$dir/referrers.name")
}

stop_serving() {
	local pid stopping=()

	[ ! -e "$dir/referrers.pid" ] || kill "$(cat "$dir/referrers.pid")"
	for pid in "$dir"/*/pid; do
		[ -e "$pid" ] || continue
		"$registry" stop "${pid%/pid}" 3>&- &
		stopping+=($!)
	done
	[ ${#stopping[@]} -eq 0 ] || wait "${stopping[@]}"
}

graph() {
	python3 "$root/tests/interop/graph" "$@"
}

# same_graph NAME OTHER...: everything in one place is in the others.
same_graph() {
	local name

	graph "$1" >"$dir/graph"
	shift
	for name; do
		graph "$name" | diff "$dir/graph" -
	done
}

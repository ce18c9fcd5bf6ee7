# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What scripts that write TAP and make roots of Debian share. The caller sets
# failed=0, and exits with it.

# report GOOD NAME [LOG]: a line of TAP.
report() {
	if [ "$1" = good ]; then
		echo "ok $2"
		return
	fi
	echo "not ok $2"
	[ $# -lt 3 ] || sed 's/^/# /' "$3"
	# shellcheck disable=SC2034
	failed=1
}

# lack NAME REASON: it cannot be done here.
lack() {
	if [ "${CI:-}" = true ]; then
		report bad "$1: $2"
	else
		echo "ok $1 # skip $2"
	fi
}

# need_root_and NAME PROGRAM...: ends the script unless it can make roots.
need_root_and() {
	local name=$1 program

	shift
	if [ "$(id -u)" -ne 0 ] || ! unshare -m true 2>/dev/null; then
		lack "$name" 'only root, who may mount, can do this'
		exit "$failed"
	fi
	for program; do
		if ! command -v "$program" >/dev/null; then
			lack "$name" "'$program' is missing"
			exit "$failed"
		fi
	done
}

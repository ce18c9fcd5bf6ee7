#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The page of `oci-pack report` in a browser: Chromium, without a window.

load ../helpers

interop=$BATS_TEST_DIRNAME

setup_file() {
	"$BATS_TEST_DIRNAME/page/get-axe" 2>"$BATS_FILE_TMPDIR/lack" ||
		echo "$?" >"$BATS_FILE_TMPDIR/without-axe"
	cd "$BATS_FILE_TMPDIR" || return 1
	make_pages
}

# What setup_file makes: pages of an image with three layers, of two images, of
# a hostile image, and of one with 20,000 files.
make_pages() {
	local make=$root/fixtures/report/make.py

	mkdir -p big
	seq 1 300000 >big/numbers
	seq 1 90000 >big/others
	cp -r "$root/cli" big/docs
	spec a.spec 'image: a' 'platforms: [linux/riscv64]' 'layers:' \
		'- name: base' '  entries:' \
		'  - {path: /usr/share/doc, from: big/docs}' \
		'  - {path: /usr/bin/numbers, from: big/numbers}' \
		'- name: app' '  entries:' \
		'  - {path: /opt/app/bin, from: big}' \
		'- name: last' '  entries:' \
		'  - {path: /usr/bin/numbers, from: big/others, replace: true}'
	sed 's/from: big}/from: big\/docs}/' a.spec >b.spec
	"$OCI_PACK" a.spec -q -o a.tar --lint off >/dev/null
	"$OCI_PACK" b.spec -q -o b.tar --lint off >/dev/null
	python3 "$make" hostile hostile
	python3 "$make" many many
	"$OCI_PACK" report a.tar -o one.html
	"$OCI_PACK" report a.tar b.tar -o two.html
	"$OCI_PACK" report hostile -o hostile.html
	"$OCI_PACK" report hostile a.tar -o hostile-two.html
	"$OCI_PACK" report many -o many.html
}

setup() {
	need_peer chromium
	cd "$BATS_FILE_TMPDIR" || return 1
}

# check NAME PAGE...: nothing is wrong.
check() {
	timeout 120 python3 "$interop/page/check.py" "$@"
}

@test "nothing is wider than the window, fails or is fetched" {
	check shown one.html two.html hostile.html
}

@test "axe-core finds no barrier" {
	[ ! -e without-axe ] || lack "$(cat lack)"
	AXE=$root/build/peers/page/node_modules/axe-core/axe.min.js \
		check barriers one.html two.html
}

@test "the treemap with the keyboard alone" {
	check keyboard one.html many.html
}

@test "a hostile image runs no script" {
	check harmless hostile.html hostile-two.html
}

@test "the page's policy stops a script that gets into the page" {
	sed 's|<div id="page">|<img src="x.png" onerror="window.broken = 1">'`
		`'<script>window.broken = 1</script>&|' one.html >spoiled.html
	run check harmless spoiled.html
	equal 1 "$status"
	! grep -q 'window.broken: ' <<<"$output" || fail "it ran: $output"
	grep -q 'ContentSecurityPolicyIssue' <<<"$output"
	grep -q 'elements: ' <<<"$output"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Archives and Debian packages that are broken or hostile; they are made by
# fixtures/archives/make.py. Each gets one line with its place in the spec.

load ../helpers

setup_file() {
	python3 "$BATS_TEST_DIRNAME/../../fixtures/archives/make.py" \
		"$BATS_FILE_TMPDIR"
}

setup() {
	work_in_folder
	cp "$root"/fixtures/bad/{archive,deb}.spec .
}

# archive NAME PATTERN
archive() {
	cp "$BATS_FILE_TMPDIR/$1" .
	spoiled "^archive\.spec:5:9: .*$1.*$2" archive.spec --set "ARCHIVE=$1"
}

# deb NAME PATTERN
deb() {
	cp "$BATS_FILE_TMPDIR/$1" .
	spoiled "^deb\.spec:5:12: .*$1.*$2" deb.spec --set "DEB=$1"
}

@test "tar that is cut in a file" {
	archive truncated.tar 'cut short|[Tt]runcated'
}

@test "tar that is cut between two members" {
	archive no-end.tar 'cut short'
}

@test "tar with a wrong header" {
	archive flipped.tar 'not an archive|corrupt'
}

@test "tar.gz with a flipped byte" {
	archive flipped.tar.gz 'corrupt|inflate|deflate|gzip'
}

@test "tar.gz that is cut" {
	archive truncated.tar.gz 'cut short|[Tt]runcated'
}

@test "tar.xz that is cut" {
	archive truncated.tar.xz 'cut short|[Tt]runcated'
}

@test "tar.zst that is cut" {
	zstd -q "$BATS_FILE_TMPDIR/good.tar" -o whole.tar.zst
	head -c 100000 whole.tar.zst >"$BATS_FILE_TMPDIR/truncated.tar.zst"
	archive truncated.tar.zst 'cut short|[Tt]runcated'
}

@test "zip with a wrong checksum" {
	archive bad-crc.zip 'corrupt|CRC'
}

@test "zip that is cut" {
	archive truncated.zip 'cut short|[Tt]runcated|corrupt'
}

@test "archive that is none" {
	archive not-an-archive.tar 'not an archive'
}

@test "archive without a byte" {
	archive empty.tar 'not an archive|empty|cut short'
}

@test "archive with an absolute member" {
	archive absolute.tar '/etc/passwd.*absolute'
}

@test "zip with an absolute member" {
	archive absolute.zip '/etc/passwd.*absolute'
}

@test "archive with a member that starts with .." {
	archive parent.tar '\.\./evil'
}

@test "archive with a member that has .. inside" {
	archive parent-inside.tar '\.\./evil'
}

@test "zip with a member that starts with .." {
	archive parent.zip '\.\./evil'
}

@test "archive with a member behind a link that leads outside" {
	archive through-link.tar 'x.*(link|outside|leads)'
}

@test "archive with a member behind a relative link that leads outside" {
	archive through-relative-link.tar 'x.*(link|outside|leads)'
}

@test "archive with a hard link to nothing" {
	archive hardlink-nothing.tar 'hard link.*nowhere'
}

@test "archive with a hard link to an absolute path" {
	archive hardlink-absolute.tar '/etc/passwd'
}

@test "archive with a hard link that leads outside" {
	archive hardlink-parent.tar '\.\.'
}

@test "archive with a whiteout's name" {
	archive whiteout.tar '\.wh\.'
}

@test "archive with the name of an opaque whiteout" {
	archive opaque.tar '\.wh\.'
}

@test "archive with a name that is not UTF-8" {
	archive not-utf8.tar 'UTF-8'
}

@test "archive without what include asks for" {
	cp "$BATS_FILE_TMPDIR/good.tar" .
	spec a.spec 'layers:' '- entries:' \
		'  - {path: /a, archive: good.tar, include: ["none/**"]}'
	spoiled '^a\.spec:4:5: .*include' a.spec
}

@test "archive's file where another entry has one" {
	cp "$BATS_FILE_TMPDIR/good.tar" .
	spec a.spec 'layers:' '- entries:' \
		'  - {path: /a/app-1.0/bin/app, content: mine}' \
		'  - {path: /a, archive: good.tar}'
	spoiled "^a\.spec:5:5: .*two sources for '/a/app-1\.0/bin/app'" a.spec
}

@test "package that is cut" {
	deb truncated.deb 'cut short|[Tt]runcated'
}

@test "package that is cut between two members" {
	deb cut-between.deb 'cut short'
}

@test "package with a flipped byte" {
	deb flipped.deb 'corrupt'
}

@test "package without a control file" {
	deb no-control.deb 'control'
}

@test "package of another architecture" {
	deb other-arch.deb 'amd64.*riscv64'
}

@test "package with a name that leads elsewhere" {
	deb bad-name.deb 'Package'
}

@test "tar that is no package" {
	cp "$BATS_FILE_TMPDIR/good.tar" "$BATS_FILE_TMPDIR/tar.deb"
	deb tar.deb 'not an archive|not a Debian package'
}

@test "package for a platform that Debian does not know" {
	cp "$BATS_FILE_TMPDIR/good.deb" .
	spoiled '^deb\.spec:5:12: .*Debian' deb.spec --set DEB=good.deb \
		--platform linux/wasm
}

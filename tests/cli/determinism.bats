#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The same spec and inputs give the same digest and the same archive, byte by
# byte, wherever and however they are packed.

load ../helpers

setup() {
	work_in_folder
	without_cache
	make_rich
	# What keep takes from the inputs is an input.
	sed -i '/srv-keep/d' rich.spec
	"$OCI_PACK" rich.spec -q -o first.tar >digest
}

teardown() {
	[ -z "${other:-}" ] || rm -rf "$other"
}

# same COMMAND...: packs again, the same way as the first time.
same() {
	rm -f again.tar
	"$@" -q -o "$PWD/again.tar" >again
	diff digest again
	cmp first.tar again.tar
	rm again.tar
}

@test "again" {
	same "$OCI_PACK" rich.spec
}

@test "any number of threads" {
	local jobs

	for jobs in 1 2 3 7 16; do
		same "$OCI_PACK" rich.spec --jobs "$jobs"
	done
}

@test "any number of threads, with layers of many blocks" {
	python3 -c 'import random
r = random.Random(1)
out = open("inputs/large", "wb")
for i in range(400):
    out.write(r.randbytes(30000) + bytes(r.randrange(90000)))'
	spec large.spec 'image: large' 'layers: [{entries: [{path: /a, from: inputs/large}]}]'
	local kind jobs

	for kind in gzip gzip:9 zstd; do
		"$OCI_PACK" large.spec --compression "$kind" --jobs 1 -q \
			-o first.tar >digest
		for jobs in 2 3 7; do
			same "$OCI_PACK" large.spec --compression "$kind" \
				--jobs "$jobs"
		done
	done
}

@test "any umask" {
	umask 077
	same "$OCI_PACK" rich.spec
	umask 0
	same "$OCI_PACK" rich.spec
}

@test "any locale" {
	local locale

	command -v localedef >/dev/null || lack "'localedef' is missing"
	mkdir locales
	localedef -i tr_TR -f ISO-8859-9 locales/tr_TR.ISO-8859-9 || true
	localedef -i ja_JP -f EUC-JP locales/ja_JP.EUC-JP || true
	for locale in C POSIX C.UTF-8 none tr_TR.ISO-8859-9 ja_JP.EUC-JP; do
		same env "LOCPATH=$PWD/locales" "LC_ALL=$locale" \
			"LANG=$locale" "$OCI_PACK" rich.spec
	done
}

@test "any time zone" {
	local zone

	for zone in UTC Asia/Kathmandu America/St_Johns XYZ-13:45; do
		same env "TZ=$zone" "$OCI_PACK" rich.spec
	done
}

@test "any working folder" {
	mkdir elsewhere
	cd elsewhere
	mv ../digest ../first.tar .
	same "$OCI_PACK" ../rich.spec
	same "$OCI_PACK" "$(dirname "$PWD")/rich.spec"
	same "$OCI_PACK" -C .. ../rich.spec
}

@test "another folder, another name of the spec" {
	mkdir -p "elsewhere/with a space"
	cp -a rich.spec inputs "elsewhere/with a space"
	mv "elsewhere/with a space/rich.spec" "elsewhere/with a space/x.yaml"
	same "$OCI_PACK" "elsewhere/with a space/x.yaml"
}

@test "another order of inodes" {
	mkdir elsewhere
	find inputs -depth -name '*' ! -type d | sort -r |
		while IFS= read -r file; do
			mkdir -p "elsewhere/${file%/*}"
			cp -a "$file" "elsewhere/$file"
		done
	mkdir -p elsewhere/inputs/tree/void
	same "$OCI_PACK" -C elsewhere rich.spec
}

@test "touch on all the inputs" {
	find inputs -exec touch -h -d '2001-02-03 04:05:06.789' {} +
	same "$OCI_PACK" rich.spec
	find . -name again -prune -o -type f -exec touch {} +
	same "$OCI_PACK" rich.spec
}

@test "other permissions of the inputs, but who may execute" {
	find inputs -type f ! -perm -100 -exec chmod 0664 {} +
	find inputs -type f -perm -100 -exec chmod 0775 {} +
	find inputs -type d -exec chmod 0775 {} +
	same "$OCI_PACK" rich.spec
}

@test "another user" {
	need_root
	other=$(mktemp -d -p /tmp)
	cp -r rich.spec inputs "$OCI_PACK" "$other"
	chown -R 4321:8765 "$other"
	mkdir "$other/tmp"
	chmod 1777 "$other/tmp"
	( cd "$other" && TMPDIR=$other/tmp HOME=/nonexistent setpriv \
		--reuid 4321 --regid 8765 --clear-groups \
		./oci-pack rich.spec -q -o again.tar >again )
	diff digest "$other/again"
	cmp first.tar "$other/again.tar"
}

@test "an environment without anything" {
	same env -i "SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH" \
		"$OCI_PACK" rich.spec
}

@test "the clock" {
	spec a.spec 'layers: [{entries: [{path: /a, content: a}]}]' 'image: a'
	unset SOURCE_DATE_EPOCH
	"$OCI_PACK" a.spec -q -o first.tar >digest
	! tar --full-time -tvf first.tar | grep -v 1970-01-01 || fail 'a date'
	sleep 1.1
	same "$OCI_PACK" a.spec
}

@test "a layout holds the same bytes" {
	"$OCI_PACK" rich.spec -q -o one >again
	diff digest again
	"$OCI_PACK" rich.spec -q -o two --jobs 1
	diff -r one two
}

@test "standard output holds the same bytes" {
	"$OCI_PACK" rich.spec -q -o - | cmp - first.tar
}

# Digests that were right once stay the same: a change of them is a change of
# output, which belongs into CHANGELOG.md. GOLDEN=write writes them anew. zstd
# is not among them: its bytes are those of the machine's libzstd.
golden() {
	local name=$root/fixtures/golden/$1 platform

	shift
	cp "$name.spec" golden.spec
	unset SOURCE_DATE_EPOCH
	{
		"$OCI_PACK" golden.spec -q -o gzip.tar --lint off
		"$OCI_PACK" golden.spec -q --compression none -o none.tar \
			--lint off
		for platform; do
			echo "$platform"
			layers gzip.tar "$platform" --diff-ids
		done
		sha256sum gzip.tar none.tar
	} >got
	[ "${GOLDEN:-}" != write ] || cp got "$name.txt"
	diff "$name.txt" got
}

@test "golden: a small image" {
	golden small linux/riscv64
}

@test "golden: several layers, links and a whiteout" {
	golden layers linux/riscv64
}

@test "golden: several platforms" {
	golden platforms linux/riscv64 linux/amd64 linux/arm/v7
}

@test "holes are packed as zeros, wherever they are" {
	local at name

	truncate -s 5000001 sparse
	for at in 70000 1048576 1048577 3000000; do
		printf x | dd of=sparse bs=1 seek=$at conv=notrunc status=none
	done
	printf x >ends
	truncate -s 200000 ends
	truncate -s 1M empty
	for at in sparse ends empty; do
		cp --sparse=never $at dense-$at
		for name in $at dense-$at; do
			spec a.spec 'image: example/a' 'layers:' \
				"  - entries: [{path: /f, from: $name, mtime: 0}]"
			"$OCI_PACK" a.spec -q --lint off --no-cache -o "$name.tar"
		done
		[ $(($(stat -c %b $at) * 512)) -lt "$(stat -c %s $at)" ] ||
			skip 'this file system knows no holes'
		cmp $at.tar dense-$at.tar
		layers $at.tar --cat 1 f | cmp - $at
	done
}

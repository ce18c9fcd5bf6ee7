#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Packing again: what is known is kept, what changed is packed, and the image
# is always the one that is packed without a cache.

load ../helpers

setup() {
	work_in_folder
	mkdir -p app/sub lower
	echo one >app/one
	echo two >app/sub/two
	ln -s one app/link
	mkdir lower/usr
	ln -s usr/bin lower/bin
	tar -cf lower.tar --owner 0 --group 0 -C lower .
	spec a.spec 'image: example/a' 'vars: {WORD: word}' 'layers:' \
		'  - name: lower' \
		'    entries: [{path: /, archive: lower.tar}]' \
		'  - name: app' \
		'    entries:' \
		'      - {path: /bin, from: app, exclude: [skipped]}' \
		'      - {path: /word, content: "${WORD}"}'
}

# What is younger than two seconds is never trusted.
settle() {
	sleep 2.1
}

# packed ARGUMENT...: again.tar, the same as without a cache. *kept is how many
# layers were.
packed() {
	"$OCI_PACK" a.spec -v -o again.tar "$@" >digest 2>told
	kept=$(grep -c '^kept ' told || true)
	"$OCI_PACK" a.spec -q -o anew.tar --no-cache "$@" >/dev/null
	cmp again.tar anew.tar
}

@test "nothing changed: every layer is kept" {
	settle
	packed
	equal 0 "$kept"
	packed
	equal 2 "$kept"
	"$OCI_PACK" a.spec -q -o oci:layout
	"$OCI_PACK" verify layout
	"$OCI_PACK" verify again.tar
}

@test "an input that is younger than two seconds is read again" {
	need_one_clock
	settle
	echo new >app/one
	packed
	packed
	equal 1 "$kept"
	settle
	packed
	packed
	equal 2 "$kept"
}

@test "edited in place at once, size and mtime as before: seen" {
	packed
	for text in abc def ghi jkl; do
		touch -r app/one stamp
		printf %s "$text" | dd of=app/one conv=notrunc status=none
		touch -r stamp app/one
		packed
		matches "^$text" "$(layers again.tar --cat 2 usr/bin/one)"
	done
}

@test "edited in place later, size and mtime as before: seen" {
	settle
	packed
	touch -r app/one stamp
	printf abc | dd of=app/one conv=notrunc status=none
	touch -r stamp app/one
	packed
	equal 1 "$kept"
	matches '^abc' "$(layers again.tar --cat 2 usr/bin/one)"
}

@test "a file of tomorrow is never trusted" {
	touch -d tomorrow app/one
	settle
	packed
	packed
	equal 1 "$kept"
}

@test "whatever else changes is seen" {
	need_one_clock
	local change

	settle
	packed
	for change in 'chmod 700 app/one' 'mv app/one app/three' \
		'ln -sfn two app/link' 'mkdir app/empty' 'rmdir app/empty' \
		'rm app/link' 'touch app/none' 'chmod 711 app/sub' \
		'mkfifo app/fifo' 'cp app/three app/copy' \
		'sed -i s/word/world/ a.spec' \
		'sed -i s/skipped/none/ a.spec' \
		'sed -i s#/word,#/other,# a.spec' \
		'sed -i s/app},/app,\ mode:\ 0700},/ a.spec'; do
		eval "$change"
		packed
		[ "$kept" -lt 2 ] || fail "not seen: $change"
	done
}

@test "what the filter leaves out does not count" {
	settle
	packed
	echo more >app/skipped
	packed
	equal 2 "$kept"
}

@test "options and variables that change the bytes are seen" {
	settle
	packed
	packed --set WORD=other
	equal 1 "$kept"
	packed --compression zstd
	equal 0 "$kept"
	packed --compression gzip:6
	equal 0 "$kept"
	packed --platform linux/arm64
	equal 0 "$kept"
	SOURCE_DATE_EPOCH=5 packed
	equal 0 "$kept"
	packed --jobs 1
	packed --jobs 3
	equal 2 "$kept"
}

@test "a layer below changes: those above are packed again" {
	settle
	packed
	rm lower/bin
	mkdir lower/bin
	tar -cf lower.tar --owner 0 --group 0 -C lower .
	packed
	equal 0 "$kept"
	layers again.tar | grep -q ' bin/one'
}

@test "a layer above changes: those below are kept, and laid out" {
	settle
	packed
	echo more >app/more
	packed
	equal 1 "$kept"
	layers again.tar | grep -q ' usr/bin/more'
	settle
	rm -r "$XDG_CACHE_HOME"/oci-pack/blobs
	"$OCI_PACK" a.spec -q -o oci:layout
	echo most >app/most
	packed
	layers again.tar | grep -q ' usr/bin/most'
}

@test "a cache that is damaged, or gone, costs time alone" {
	local file

	settle
	packed
	find "$XDG_CACHE_HOME/oci-pack" -type f >files
	while read -r file; do
		cp "$file" saved
		printf x | dd of="$file" bs=1 seek=40 conv=notrunc status=none
		packed
		truncate -s 30 "$file"
		packed
		rm -f "$file"
		packed
		rm -f "$file"
		mkdir "$file"
		packed
		rm -rf "$file"
		cp saved "$file"
	done <files
	packed
	equal 2 "$kept"
}

@test "a cache that cannot be written is done without" {
	XDG_CACHE_HOME=/dev/null packed
	XDG_CACHE_HOME=/proc packed
	mkdir "$XDG_CACHE_HOME"
	echo file >"$XDG_CACHE_HOME/oci-pack"
	packed
	equal 0 "$kept"
}

@test "many at a time share a cache" {
	local i pids=()

	settle
	for i in 1 2 3 4 5 6; do
		"$OCI_PACK" a.spec -q -o "$i.tar" &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
	for i in 2 3 4 5 6; do
		cmp 1.tar "$i.tar"
	done
	packed
	equal 2 "$kept"
}

@test "what was found wrong is told again, and refused again" {
	local i

	spec bad.spec 'layers: [{entries: [{path: /sh, content: "#!/no"}]}]' \
		'config: {entrypoint: [/sh]}'
	"$OCI_PACK" bad.spec -q --lint off -o bad.tar
	for i in 1 2; do
		run --separate-stderr "$OCI_PACK" bad.spec -o refused.tar
		equal 3 "$status"
		matches 'entrypoint-not-executable' "$stderr"
		run --separate-stderr "$OCI_PACK" bad.spec --lint warn -o bad.tar
		equal 0 "$status"
		matches 'entrypoint-not-executable' "$stderr"
	done
	[ ! -e refused.tar ]
}

@test "checks that passed are done again where the rules are others" {
	spec small.spec 'layers: [{entries: [{path: /a, content: a}]}]'
	"$OCI_PACK" small.spec -q -o a.tar
	"$OCI_PACK" small.spec -q -o a.tar
	echo 'lint: {size-budget: 10B}' >>small.spec
	run --separate-stderr "$OCI_PACK" small.spec -q -o a.tar
	[ "$status" -ne 0 ] || matches size-budget "$stderr"
}

@test "the cache tells of it, and gives it back" {
	settle
	packed
	matches ': 2 blobs' "$("$OCI_PACK" cache info)"
	"$OCI_PACK" cache prune
	[ -z "$(find "$XDG_CACHE_HOME/oci-pack" -type f)" ]
	packed
	equal 0 "$kept"
}

# loads ARGUMENT...: whether a run loads libarchive; glibc's loader says it.
loads() {
	LD_DEBUG=libs "$OCI_PACK" "$@" >/dev/null 2>loaded ||
		fail "$(tail -n 3 loaded)"
	grep -q 'find library=libarchive' loaded
}

@test "libarchive is loaded for archives alone" {
	spec folder.spec 'image: example/folder' 'layers:' \
		'  - entries: [{path: /bin, from: app}]' \
		'  - entries: [{path: /word, content: word}]'
	settle
	! loads folder.spec -q -o out.tar || fail 'packed anew'
	! loads folder.spec -q -o out.tar || fail 'from the cache'
	! loads folder.spec -q -o out.tar --no-cache || fail 'without one'
	loads a.spec -q -o out.tar
	loads a.spec -q -o out.tar
}

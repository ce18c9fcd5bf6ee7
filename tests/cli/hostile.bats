#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Inputs of a few kB that cost much where nothing bounds them. Each runs under
# bounded.py, which watches memory, disk and the processor.

load ../helpers

hostile=$root/fixtures/hostile

setup() {
	work_in_folder
}

teardown() {
	[ -z "${server:-}" ] || kill "$server" 2>/dev/null || :
}

make() {
	python3 "$hostile/make.py" "$@"
}

# unpack NAME: one of the layouts, as a folder of that name.
unpack() {
	mkdir "$1"
	tar -xzf "$hostile/$1.tgz" -C "$1"
}

# bounded STATUS PATTERN ARGUMENT...: what the command says matches PATTERN.
bounded() {
	local wanted=$1 pattern=$2

	shift 2
	run timeout "${MOST_SECONDS:-60}" python3 \
		"$BATS_TEST_DIRNAME/bounded.py" "$OCI_PACK" "$@"
	[ "$status" -eq "$wanted" ] ||
		fail "exit $status, wanted $wanted: $output" || return 1
	matches "$pattern" "$output"
}

# archive FILE: a spec that unpacks it.
archive() {
	spec archive.spec 'image: x' 'layers:' \
		"  - entries: [{path: /, archive: $1}]"
}

# base LAYOUT [PLATFORM]: a spec that starts from it.
base() {
	spec base.spec 'image: x' "platforms: [${2:-linux/amd64}]" \
		"base: oci:$1" 'layers: [{entries: [{path: /a, content: a}]}]'
}

@test "faults 8: indexes within indexes, each of them many times" {
	unpack nested-indexes
	bounded 0 '0 errors' lint oci:nested-indexes
	bounded 0 'are right' verify oci:nested-indexes
	bounded 0 'Digest' inspect oci:nested-indexes
	bounded 0 'sha256' copy oci:nested-indexes oci:copy
	bounded 1 'not an image' index create localhost:1/x oci:nested-indexes
	base nested-indexes
	bounded 1 'no image' base.spec -o out
}

@test "faults 8: one large manifest many times" {
	unpack large-manifests
	bounded 0 'Listed: +300 times' inspect oci:large-manifests
	bounded 0 '"images":\[\{' inspect --json oci:large-manifests
	bounded 0 '0 errors' lint oci:large-manifests
	bounded 0 'are right' verify oci:large-manifests
	bounded 0 'sha256' copy oci:large-manifests oci:copy
}

@test "faults 8: many large manifests with one large config" {
	make manifests many
	bounded 1 'more than 64 MiB' inspect oci:many
	bounded 1 'more than 64 MiB' lint oci:many
	bounded 0 'are right' verify oci:many
}

@test "faults 8: documents that are small and have many values" {
	local number=0 value

	for value in '{}' '[]' 0; do
		make values "$((++number))" "$value"
		bounded 1 'more than 300000 objects and lists' \
			inspect "oci:$number"
		bounded 1 'or 600000 values' lint "oci:$number"
		bounded 3 'or 600000 values' verify "oci:$number"
	done
}

@test "faults 8: programs that are holes take no room" {
	unpack sparse-elf
	unpack elf-4gib
	bounded 3 'its loader' lint oci:sparse-elf
	bounded 3 'elf-truncated' lint oci:elf-4gib
	bounded 0 'are right' verify oci:sparse-elf
	base sparse-elf linux/riscv64
	bounded 3 'its loader' base.spec -o out
}

@test "faults 8: an archive that is a hole of 20 GiB" {
	make sparse sparse.tar
	archive sparse.tar
	bounded 1 'more than 8 GiB' archive.spec -o out
	[ ! -e out ]
}

@test "faults 8: what is compressed is compressed once" {
	cp "$hostile/xz-in-xz.tar.xz.xz" .
	bounded 1 'compressed more than once' inspect xz-in-xz.tar.xz.xz
	bounded 1 'compressed more than once' lint --explain-load \
		xz-in-xz.tar.xz.xz
	archive xz-in-xz.tar.xz.xz
	bounded 1 '^archive.spec:.*compressed more than once' archive.spec \
		-o out
}

@test "faults 8: globs of ld.so.conf" {
	unpack ld-so-conf
	bounded 1 'globs of ./etc/ld.so.conf. take more than 50000000 steps' lint oci:ld-so-conf
}

@test "faults 8: folders that names imply" {
	cp "$hostile/deep-folders.tar.xz" .
	archive deep-folders.tar.xz
	bounded 1 'more than 64 MiB' archive.spec -o out
	spec some.spec 'image: x' 'layers:' '  - entries:' \
		'      - {path: /, archive: deep-folders.tar.xz, include: ["**"]}'
	bounded 1 'more than 64 MiB' some.spec -o out
	make deb deep.deb
	spec deb.spec 'image: x' 'platforms: [linux/amd64]' \
		'layers: [{debs: [deep.deb]}]'
	bounded 1 'more than 64 MiB' deb.spec -o out
	make deep deep
	bounded 1 'more than 64 MiB' lint oci:deep
	base deep
	bounded 1 'more than 64 MiB' base.spec -o out
	[ ! -e out ]
}

@test "faults 8: many annotations and labels in descending order" {
	make annotations annotations
	bounded 0 'k000001' inspect oci:annotations
	bounded 0 'are right' verify oci:annotations
	base annotations
	bounded 0 'sha256' base.spec --lint off -o out
}

@test "faults 8: zeros pass, and --max-inflated decides" {
	make zeros zeros
	base zeros
	bounded 0 '0 errors' lint oci:zeros
	bounded 0 'are right' verify oci:zeros
	bounded 0 'sha256' base.spec --lint off -o out
	bounded 0 '0 errors' lint --max-inflated 200MiB oci:zeros
	bounded 1 'limit of 1048576 bytes.*--max-inflated' \
		lint --max-inflated 1MiB oci:zeros
	bounded 1 "blob sha256:.* limit of 1048576 bytes.*--max-inflated" \
		verify --max-inflated 1MiB oci:zeros
	bounded 1 'limit of 1048576 bytes' base.spec --max-inflated 1MiB \
		--no-cache -o other
	tar -C zeros -czf zeros.tar.gz .
	bounded 0 'Digest' inspect zeros.tar.gz
	bounded 1 'limit of 1024 bytes' inspect --max-inflated 1KiB zeros.tar.gz
	bounded 2 'not a size' inspect --max-inflated much zeros.tar.gz
}

@test "faults 8: one layer a thousand times, and one that claims to be large" {
	make layers layers
	bounded 1 '1001 layers, the most that are read is 1000' \
		lint oci:layers
	make larger larger
	bounded 1 'ends after .* of 1152921504606846976' lint oci:larger
	bounded 3 'ends after .* of 1152921504606846976' verify oci:larger
}

# plain ARGUMENT...: all that the command writes is harmless.
plain() {
	"$OCI_PACK" "$@" >said 2>&1 || :
	python3 "$BATS_TEST_DIRNAME/plain.py" <said || fail "of: $*"
}

@test "faults 3: texts of a config in every format of lint" {
	unpack github-platform
	mv github-platform/17-github l
	plain lint --format github oci:l
	matches '\[linux%0A::stop-commands::x/riscv64\]' "$(<said)"
	make texts texts
	for format in text json sarif github; do
		plain lint --format $format oci:l
		plain lint --format $format oci:texts
		case $format in json | sarif) python3 -m json.tool <said >/dev/null ;; esac
	done
	matches 'x\\x1b\[2J\\u009b1m\\u202e\\u2028y' \
		"$("$OCI_PACK" lint oci:texts)"
}

@test "faults 3: texts of an image in what is said of it" {
	make texts texts
	plain inspect oci:texts
	matches 'x\\x1b\[2J\\u009b1m\\u202e\\u2028y' "$(<said)"
	plain inspect --json oci:texts
	python3 -c 'import json; d = json.load(open("said"))
assert d["images"][0]["config"]["author"] == \
	"x\x1b[2J\x9b1m\u202e\u2028y"'
	plain verify oci:texts
	plain copy oci:texts copy.tar
	plain verify copy.tar
	plain inspect oci:texts:other
	matches 'it has no image .other.; it has x\\x1b' "$(<said)"
	plain inspect $'oci:x\x1b\x9b\u202e'
	plain index create localhost:1/x oci:texts
	base texts
	plain base.spec -o out
}

@test "faults 3: names of members, of files and of options" {
	local name=$'a\x1b[2J\x9b\u202eb'

	mkdir folder
	echo x >"folder/$name"
	tar -cf "$name.tar" -C / --absolute-names "$PWD/folder/$name"
	archive '"a\e[2J\x9B\u202Eb.tar"'
	plain archive.spec -o out
	cp "$name.tar" x.tar
	archive x.tar
	plain archive.spec -o out
	plain inspect "$name.tar"
	plain lint "$name.tar"
	plain verify "$name"
	plain lint --format "$name" x
	plain lint --ignore "$name" x
	plain inspect --platform "$name" x
	plain "--$name"
	spec bad.spec "$(printf '"x\\e\\u202e": 1')"
	plain bad.spec -o out
	spec raw.spec "$name: 1"
	plain raw.spec -o out
}

@test "faults 3: what a registry says" {
	python3 - 3>port <<'END' &
import http.server
import os

class Registry(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = ('{"errors":[{"code":"\\u001b[2J","message":'
                '"x\u009b1m\\u202e\u2028y"}]}').encode() + b'\xff'
        self.send_response(403, 'x\x1b[2J')
        self.send_header('Content-Type', 'application/json')
        self.send_header('Warning', '299 - "x\x1b[2J\x9b"')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Registry)
os.write(3, b'%d\n' % server.server_port)
os.close(3)
server.serve_forever()
END
	server=$!
	until [ -s port ]; do sleep 0.1; done
	plain inspect -v --retries 0 "docker://127.0.0.1:$(<port)/x:y"
	matches '403|denied|x' "$(<said)"
}

@test "faults 2: programs that claim 4 GiB and more, on any host" {
	local manifest size

	unpack elf-4gib
	cd elf-4gib
	# shellcheck disable=SC2013
	for manifest in $(grep -l '"layers": \[{' blobs/sha256/*); do
		size=$(stat -c %s "$manifest")
		printf '{"schemaVersion":2,"manifests":[{"mediaType":"%s",%s}]}' \
			application/vnd.oci.image.manifest.v1+json \
			"\"digest\":\"sha256:${manifest##*/}\",\"size\":$size" \
			>index.json
		bounded 3 'elf-truncated|its loader' lint oci:.
	done
	[ -n "$size" ]
}

@test "faults 8: a report about a file of gigabytes, and about many documents" {
	unpack elf-4gib
	bounded 0 '^$' report oci:elf-4gib -o page.html
	unpack nested-indexes
	bounded 1 'no image' report oci:nested-indexes -o none.html
	[ ! -e none.html ]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What a spec asks for is what the layers hold, entry by entry. The layers
# are read by tests/layers, which shares no code with the command.

load ../helpers

setup() {
	work_in_folder
}

# packed ARGUMENT...: packs and verifies out.tar.
packed() {
	"$OCI_PACK" "$@" -q -o out.tar >digest
	"$OCI_PACK" verify -q out.tar
	layers out.tar --check
	layers out.tar --blobs
}

# holds LINE...: out.tar has these entries and no others.
holds() {
	printf '%s\n' "$@" >wanted
	layers out.tar >got
	diff wanted got
}

# lay LINE...: packs a spec with these lines under `layers`.
lay() {
	spec a.spec 'image: a' 'layers:' "$@"
	packed a.spec
}

@test "one of everything: every entry of every layer" {
	make_rich
	packed rich.spec
	layers out.tar >got
	diff <(sort entries.txt) <(sort got)
}

@test "one of everything: contents" {
	make_rich
	packed rich.spec
	equal hello "$(layers out.tar --cat 1 etc/motd)"
	equal bye "$(layers out.tar --cat 3 etc/motd)"
	equal utf-8 "$(layers out.tar --cat 1 'opt/café/naïve ☃.txt')"
	equal data "$(layers out.tar --cat 1 usr/lib/under-link.so)"
	equal 'Package: greet' \
		"$(layers out.tar --cat 2 var/lib/dpkg/status.d/greet | head -n 1)"
	equal coffee "$(layers out.tar --cat 2 opt/app/share/café.txt)"
	layers out.tar --cat 2 opt/app/share/noise >noise
	python3 -c 'import random, sys
sys.exit(open("noise", "rb").read() != random.Random(7).randbytes(200000))'
}

@test "one of everything: diff_ids are those of the tars" {
	make_rich
	packed rich.spec
	layers out.tar --diff-ids >diff-ids
	equal 3 "$(wc -l <diff-ids)"
}

@test "one of everything: config" {
	make_rich
	packed rich.spec
	"$OCI_PACK" inspect --json out.tar >image.json
	jq -S '.images[0].config | del(.rootfs, .history)' image.json >got
	jq -S . >wanted <<'END'
{"created": "2023-11-14T22:13:20Z", "architecture": "riscv64", "os": "linux",
 "config": {
  "User": "1000:1000",
  "ExposedPorts": {"1234/tcp": {}, "53/udp": {}},
  "Env": ["PATH=/usr/bin:/bin", "GREETING=hello ${world}"],
  "Entrypoint": ["/usr/bin/greet", "--"],
  "Cmd": ["one", "two words"],
  "Volumes": {"/var/lib/state": {}},
  "WorkingDir": "/var/lib/state",
  "Labels": {"org.example.label": "riscv64"},
  "StopSignal": "SIGINT",
  "Healthcheck": {"Test": ["CMD", "greet"], "Interval": 30000000000,
   "Timeout": 5000000000, "Retries": 3}}}
END
	diff wanted got
	equal 3 "$(jq '.images[0].config.history | length' image.json)"
	equal '{"org.opencontainers.image.title":"Rich ☃"}' \
		"$(jq -c '.images[0].manifest.annotations' image.json)"
}

@test "one of everything: names in index.json and manifest.json" {
	make_rich
	packed rich.spec
	tar -xf out.tar index.json
	equal 'registry.example:5000/tests/rich:one one
registry.example:5000/tests/rich:two two' \
		"$(jq -r '.manifests[].annotations |
			.["io.containerd.image.name"] + " " +
			.["org.opencontainers.image.ref.name"]' index.json)"
	equal '[["registry.example:5000/tests/rich:one","registry.example:5000/tests/rich:two"]]' \
		"$(tar -xOf out.tar manifest.json | jq -c '[.[].RepoTags]')"
	equal 3 "$(tar -xOf out.tar manifest.json | jq '.[0].Layers | length')"
	equal 'null' "$(jq -c '.manifests[0].platform' index.json)"
	equal '{"imageLayoutVersion":"1.0.0"}' \
		"$(tar -xOf out.tar oci-layout | jq -c .)"
}

@test "defaults: owner, modes and times of nobody's machine" {
	mkdir -m 0700 app
	echo a >app/plain
	echo b >app/program
	chmod 0666 app/plain
	chmod 0711 app/program
	lay '- entries:' '  - {path: /app, from: app}'
	holds '1 d 0755 0:0 0 0 app' '1 f 0644 0:0 0 2 app/plain' \
		'1 f 0755 0:0 0 2 app/program'
}

@test "SOURCE_DATE_EPOCH dates entries and image" {
	export SOURCE_DATE_EPOCH=1234567890
	lay '- entries:' '  - {path: /a, content: a}'
	holds '1 f 0644 0:0 1234567890 1 a'
	equal '2009-02-13T23:31:30Z' \
		"$("$OCI_PACK" inspect --json out.tar |
			jq -r '.images[0].config.created')"
	equal '1234567890' "$(python3 -c 'import tarfile
print(*{m.mtime for m in tarfile.open("out.tar")})')"
}

@test "mtime: keep is clamped and truncated" {
	echo a >a
	echo b >b
	touch -d @1999999999.9 a
	touch -d @1000000000.9 b
	SOURCE_DATE_EPOCH=1500000000 lay '- entries:' \
		'  - {path: /, from: "[ab]", mtime: keep}'
	holds '1 f 0644 0:0 1500000000 2 a' '1 f 0644 0:0 1000000000 2 b'
}

@test "mode of a folder's files gives folders the search bit" {
	mkdir -p app/sub
	touch app/sub/file
	lay '- entries:' '  - {path: /app, from: app, mode: 0640}'
	holds '1 d 0755 0:0 0 0 app' '1 d 0750 0:0 0 0 app/sub' \
		'1 f 0640 0:0 0 0 app/sub/file'
}

@test "file under a path with a slash keeps its name" {
	echo a >a
	lay '- entries:' '  - {path: /to/, from: a}' '  - {path: /to/b, from: a}'
	holds '1 d 0755 0:0 0 0 to' '1 f 0644 0:0 0 2 to/a' \
		'1 f 0644 0:0 0 2 to/b'
}

@test "entry under a link of the same layer, whichever comes first" {
	lay '- entries:' '  - {path: /sbin/docker-init, symlink: /usr/bin/tini}' \
		'  - {path: /usr/sbin/, dir: {}}' '  - {path: /sbin, symlink: usr/sbin}'
	holds '1 l 0777 0:0 0 0 sbin -> usr/sbin' '1 d 0755 0:0 0 0 usr' \
		'1 d 0755 0:0 0 0 usr/sbin' \
		'1 l 0777 0:0 0 0 usr/sbin/docker-init -> /usr/bin/tini'
}

@test "entry under a link of a lower layer" {
	lay '- entries:' '  - {path: /sbin, symlink: usr/sbin}' \
		'  - {path: /usr/sbin, dir: {}, mode: 0711}' \
		'- entries:' '  - {path: /sbin/docker-init, symlink: /usr/bin/tini}'
	holds '1 l 0777 0:0 0 0 sbin -> usr/sbin' '1 d 0755 0:0 0 0 usr' \
		'1 d 0711 0:0 0 0 usr/sbin' '2 d 0755 0:0 0 0 usr' \
		'2 d 0711 0:0 0 0 usr/sbin' \
		'2 l 0777 0:0 0 0 usr/sbin/docker-init -> /usr/bin/tini'
}

@test "entry under links of links, absolute and with .." {
	lay '- entries:' '  - {path: /a, symlink: /b/../c}' \
		'  - {path: /b, dir: {}}' '  - {path: /c, symlink: b/d}' \
		'  - {path: /a/file, content: x}'
	holds '1 l 0777 0:0 0 0 a -> /b/../c' '1 d 0755 0:0 0 0 b' \
		'1 d 0755 0:0 0 0 b/d' '1 f 0644 0:0 0 1 b/d/file' \
		'1 l 0777 0:0 0 0 c -> b/d'
}

@test "link that leads above the root stays inside" {
	lay '- entries:' '  - {path: /a, symlink: ../../../etc}' \
		'  - {path: /a/file, content: x}'
	holds '1 l 0777 0:0 0 0 a -> ../../../etc' '1 d 0755 0:0 0 0 etc' \
		'1 f 0644 0:0 0 1 etc/file'
}

@test "folder in the place of a link goes to where it leads" {
	mkdir -p app/lib
	echo x >app/lib/x
	lay '- entries:' '  - {path: /lib, symlink: usr/lib}' \
		'  - {path: /usr/lib/y, content: y}' \
		'- entries:' '  - {path: /, from: app}'
	holds '1 l 0777 0:0 0 0 lib -> usr/lib' '1 d 0755 0:0 0 0 usr' \
		'1 d 0755 0:0 0 0 usr/lib' '1 f 0644 0:0 0 1 usr/lib/y' \
		'2 d 0755 0:0 0 0 usr' '2 d 0755 0:0 0 0 usr/lib' \
		'2 f 0644 0:0 0 2 usr/lib/x'
}

@test "archive's member behind a link of the archive" {
	python3 "$root/fixtures/archives/make.py" archives
	lay '- entries:' '  - {path: /opt, archive: archives/inner-link.tar}'
	layers out.tar | grep -q ' opt/lib/x\.so$'
	layers out.tar | grep -q ' opt/lib64 -> lib$'
}

@test "devices and fifos of an archive" {
	python3 "$root/fixtures/archives/make.py" archives
	lay '- entries:' '  - {path: /, archive: archives/device.tar}'
	holds '1 d 0755 0:0 1600000000 0 dev' \
		'1 c 0666 0:0 1600000000 0 dev/null -> 1:3' \
		'1 p 0644 0:0 1600000000 0 dev/pipe'
}

@test "every compression of an archive gives the same layer" {
	local digest name

	python3 "$root/fixtures/archives/make.py" archives
	zstd -q archives/good.tar -o archives/good.tar.zst
	cp archives/good.tar archives/good.unknown
	for name in tar tar.gz tar.xz tar.bz2 tar.zst unknown; do
		lay '- entries:' "  - {path: /a, archive: archives/good.$name}"
		equal "${digest:=$(cat digest)}" "$(cat digest)"
	done
}

@test "parent directories are made, or written as a lower layer has them" {
	lay '- entries:' '  - {path: /a, dir: {}, mode: 0700, owner: "5:5"}' \
		'- entries:' '  - {path: /a/b/c, content: x}'
	holds '1 d 0700 5:5 0 0 a' '2 d 0700 5:5 0 0 a' \
		'2 d 0755 0:0 0 0 a/b' \
		'2 f 0644 0:0 0 1 a/b/c'
}

@test "directory named again changes the lower layer's" {
	lay '- entries:' '  - {path: /a, dir: {}, mode: 0700}' \
		'- entries:' '  - {path: /a, dir: {}, mode: 0711}'
	holds '1 d 0700 0:0 0 0 a' '2 d 0711 0:0 0 0 a'
}

@test "identical sources are no conflict" {
	lay '- entries:' '  - {path: /a, content: x}' '  - {path: /a, content: x}'
	holds '1 f 0644 0:0 0 1 a'
}

@test "replace: true takes the place" {
	lay '- entries:' '  - {path: /a, content: x}' \
		'  - {path: /a, content: yy, replace: true}'
	holds '1 f 0644 0:0 0 2 a'
	lay '- entries:' '  - {path: /a/b, content: x}' \
		'- entries:' '  - {path: /a, content: yy, replace: true}'
	holds '1 d 0755 0:0 0 0 a' '1 f 0644 0:0 0 1 a/b' \
		'2 f 0644 0:0 0 2 a'
}

@test "order is that of the bytes" {
	lay '- entries:' '  - {path: /b/x, content: ""}' \
		'  - {path: "/b x", content: ""}' '  - {path: /é, content: ""}' \
		'  - {path: /Z, content: ""}' '  - {path: /b-x, content: ""}'
	equal 'Z,b,b x,b-x,b/x,é' \
		"$(layers out.tar | cut -d ' ' -f 7- | paste -s -d ,)"
}

# The image specification, layer.md, under "Opaque Whiteout".
@test "whiteouts stand before their siblings" {
	lay '- entries:' '  - {path: /a/x, content: ""}' \
		'  - {path: /a/y, content: ""}' \
		'- entries:' '  - {path: /a/b, content: ""}' \
		'  - {path: /a/x, remove: true}' '  - {path: /a/z, content: ""}'
	equal '2 a/.wh.x,2 a/b,2 a/z' "$(layers out.tar | grep '^2 . ' |
		grep -v '^2 d' | cut -d ' ' -f 1,7- | paste -s -d ,)"
}

@test "long names, large owners and late times" {
	local name part='this-is-a-long-part-of-a-path/'

	name=/$(printf "$part%.0s" 1 2 3 4 5 6 7 8 9 10)file
	lay '- entries:' \
		"  - {path: $name, content: x, owner: '4294967294:3000000', mtime: 9000000000}" \
		"  - {path: /link, symlink: $name}"
	layers out.tar | grep -qF \
		"1 f 0644 4294967294:3000000 9000000000 1 ${name#/}"
	layers out.tar | grep -qF "link -> $name"
}

@test "several platforms: an index, each with its own files" {
	mkdir -p bin/amd64 bin/riscv64
	echo amd64 >bin/amd64/program
	echo riscv64 >bin/riscv64/program
	spec a.spec 'image: a' 'tags: [latest]' \
		'platforms: [linux/riscv64, linux/amd64]' 'layers:' \
		'- entries:' '  - {path: /bin/, from: "bin/${arch}/*"}' \
		'annotations: {org.example.a: "1"}'
	packed a.spec
	equal riscv64 "$(layers out.tar linux/riscv64 --cat 1 bin/program)"
	equal amd64 "$(layers out.tar linux/amd64 --cat 1 bin/program)"
	tar -xf out.tar
	equal 1 "$(jq '.manifests | length' index.json)"
	equal application/vnd.oci.image.index.v1+json \
		"$(jq -r '.manifests[0].mediaType' index.json)"
	equal "$(jq -r '.manifests[0].digest' index.json)" "$(cat digest)"
	jq -c '[.manifests[].platform]' \
		"blobs/sha256/$(cut -d : -f 2 digest)" >platforms
	equal '[{"architecture":"riscv64","os":"linux"},{"architecture":"amd64","os":"linux"}]' \
		"$(cat platforms)"
	equal riscv64 "$(jq -r '.[0].Config' manifest.json | xargs jq -r .architecture)"
}

@test "--platform packs what it says" {
	spec a.spec 'image: a' 'platforms: [linux/riscv64, linux/amd64]' \
		'layers:' '- entries:' '  - {path: /a, content: "${platform}"}'
	packed a.spec --platform linux/arm64
	equal linux/arm64 "$(layers out.tar --cat 1 a)"
	packed a.spec --platform linux/amd64,linux/arm/v7
	equal linux/arm/v7 "$(layers out.tar linux/arm/v7 --cat 1 a)"
}

@test "equal layers are one blob" {
	lay '- entries: [{path: /a, content: x}]' \
		'- entries: [{path: /a, content: x}]'
	equal 2 "$(layers out.tar --diff-ids | wc -l)"
	equal 3 "$(tar -tf out.tar | grep -c '^blobs/sha256/.')"
}

@test "every compression of a layer holds the same" {
	local kind

	make_rich
	packed rich.spec --compression none
	layers out.tar --diff-ids >wanted
	for kind in gzip gzip:1 gzip:9 zstd zstd:19; do
		packed rich.spec --compression "$kind"
		layers out.tar --diff-ids >got
		diff wanted got
		"$OCI_PACK" inspect --raw out.tar |
			jq -r '.layers[].mediaType' | sort -u >types
		equal "application/vnd.oci.image.layer.v1.tar+${kind%:*}" \
			"$(cat types)"
	done
}

@test "--set changes a variable" {
	make_rich
	packed rich.spec --set GREETING='good day' --set SECOND=other
	equal 'good day' "$(layers out.tar --cat 1 etc/motd)"
	tar -xOf out.tar index.json | grep -q rich:other
}

@test "-t names the image; without a tag, it gets the spec's tags" {
	make_rich
	packed rich.spec -t example.org/mine:1 -t mine
	equal 'example.org/mine:1 docker.io/library/mine:one docker.io/library/mine:two' \
		"$(tar -xOf out.tar index.json | jq -r '[.manifests[].annotations |
			.["io.containerd.image.name"]] | join(" ")')"
	equal 'example.org/mine:1 mine:one mine:two' \
		"$(tar -xOf out.tar manifest.json |
			jq -r '.[0].RepoTags | join(" ")')"
}

@test "a layout keeps the images it has" {
	spec a.spec 'image: a' 'layers: [{entries: [{path: /a, content: a}]}]'
	spec b.spec 'image: b' 'layers: [{entries: [{path: /b, content: b}]}]'
	"$OCI_PACK" a.spec -q -o oci:out:a
	"$OCI_PACK" b.spec -q -o oci:out:b
	equal 'a b' "$(jq -r '[.manifests[].annotations |
		.["org.opencontainers.image.ref.name"]] | sort | join(" ")' \
		out/index.json)"
	"$OCI_PACK" verify out
	"$OCI_PACK" b.spec -q -o oci:out:a
	equal 2 "$(jq '.manifests | length' out/index.json)"
	"$OCI_PACK" inspect oci:out:a --raw | cmp - \
		<("$OCI_PACK" inspect oci:out:b --raw)
}

@test "faults 21: a mode is octal: a bare decimal is an error" {
	local mode

	for mode in 0755 '"755"' '"0755"' 0o755; do
		spec m.spec "layers: [{entries: [{path: /a, content: a,
			mode: $mode}]}]"
		"$OCI_PACK" m.spec -q --no-cache -o "m.tar"
		matches '1 f 0755 .* a$' "$(layers m.tar)"
	done
	for mode in 420 755 1777; do
		printf '{"version": 1, "layers": [{"entries":
			[{"path": "/a", "content": "a", "mode": %s}]}]}' \
			"$mode" >m.spec
		refused 1 "'mode' is the decimal number $mode, expected octal" \
			m.spec -o x.tar
	done
}

@test "faults 21: ./ and // in patterns work, ! and .. are errors" {
	local pattern

	mkdir -p tree/sub
	touch tree/a.o tree/sub/b.o tree/keep 'tree/!x'
	for pattern in a.o ./a.o .//a.o './/./a.o'; do
		spec p.spec "layers: [{entries: [{path: /t/, from: tree,
			exclude: ['$pattern', ./sub//b.o, '\\!x']}]}]"
		run --separate-stderr "$OCI_PACK" p.spec -q --no-cache -o p.tar
		equal 0 "$status"
		equal '' "$stderr"
		run layers p.tar
		matches 't/keep' "$output"
		run ! grep -E 'a\.o|b\.o|!x' <<<"$output"
	done
	for pattern in '!keep' '../tree' 'a/../b' . ./ ''; do
		spec p.spec "layers: [{entries: [{path: /t/, from: tree,
			exclude: ['$pattern']}]}]"
		refused 1 "^p\\.spec:[0-9]+:[0-9]+: 'exclude' has .*expected" \
			p.spec -o x.tar
		spec p.spec "layers: [{entries: [{path: /t/, from: tree,
			include: ['$pattern']}]}]"
		refused 1 "^p\\.spec:[0-9]+:[0-9]+: 'include' has .*expected" \
			p.spec -o x.tar
	done
}

@test "faults 21: an exclude that matches nothing is a note" {
	mkdir -p tree/sub
	touch tree/.env tree/sub/b.o
	tar -cf tree.tar -C tree .
	spec n.spec 'platforms: [linux/amd64, linux/riscv64]' \
		'layers:' '  - entries:' \
		'      - {path: /t/, from: tree, exclude: [.evn, "*.pyc", "**/*.o"]}' \
		'      - {path: /u/, archive: tree.tar, exclude: [no, .env]}'
	for _ in once again; do
		run --separate-stderr "$OCI_PACK" n.spec -o n.tar
		equal 0 "$status"
		matches "n\\.spec:5:9: note: 'exclude' has '\\.evn', which matches nothing, did you mean '\\.env'\\?" "$stderr"
		matches "n\\.spec:5:9: note: 'exclude' has '\\*\\.pyc', which matches nothing" "$stderr"
		run ! grep -F '*.o' <<<"$stderr"
		equal 1 "$(grep -c pyc <<<"$stderr")"
	done
	run --separate-stderr "$OCI_PACK" n.spec --no-cache -o n.tar
	matches "n\\.spec:6:9: note: 'exclude' has 'no', which" "$stderr"
	run ! grep -F "'.env', which" <<<"$stderr"
	run --separate-stderr "$OCI_PACK" n.spec -q -o n.tar
	equal '' "$stderr"
}

# xattrs_of IMAGE PATH: the attributes of a path, of each layer that has it.
xattrs_of() {
	python3 - "$@" <<-'EOF'
		import gzip, io, json, sys, tarfile

		image = tarfile.open(sys.argv[1])
		def load(digest):
		    name = "blobs/" + digest.replace(":", "/")
		    return image.extractfile(name).read()
		index = json.load(image.extractfile("index.json"))
		manifest = json.loads(load(index["manifests"][0]["digest"]))
		for number, layer in enumerate(manifest["layers"], 1):
		    blob = io.BytesIO(gzip.decompress(load(layer["digest"])))
		    for member in tarfile.open(fileobj=blob):
		        if member.name != sys.argv[2]:
		            continue
		        names = sorted(
		            f"{k.split('.', 2)[2]}={v}"
		            for k, v in member.pax_headers.items()
		            if k.startswith("SCHILY.xattr."))
		        print(number, oct(member.mode), *names)
	EOF
}

@test "faults 21: attributes of a lower directory survive when it is written again" {
	python3 - <<-'EOF'
		import tarfile

		with tarfile.open("low.tar", "w") as tar:
		    for name in ("srv", "opt"):
		        folder = tarfile.TarInfo(name)
		        folder.type, folder.mode = tarfile.DIRTYPE, 0o750
		        folder.pax_headers = {
		            "SCHILY.xattr.user.b": "two",
		            "SCHILY.xattr.user.a": "one"}
		        tar.addfile(folder)
	EOF
	spec low.spec 'image: low' 'tags: [t]' 'layers:' \
		'  - entries: [{path: /, archive: low.tar}]' \
		'  - entries: [{path: /srv/new, content: a}]' \
		'  - entries: [{path: /opt, dir: {}, mode: 0700}]'
	spec high.spec 'base: low.image.tar' 'layers:' \
		'  - entries: [{path: /srv/more, content: a}]'
	"$OCI_PACK" low.spec -q -o low.image.tar
	equal $'1 0o750 user.a=one user.b=two\n2 0o750 user.a=one user.b=two' \
		"$(xattrs_of low.image.tar srv)"
	equal $'1 0o750 user.a=one user.b=two\n3 0o700 user.a=one user.b=two' \
		"$(xattrs_of low.image.tar opt)"
	for _ in once again; do
		"$OCI_PACK" high.spec -q -o high.tar
		matches '4 0o750 user.a=one user.b=two' "$(xattrs_of high.tar srv)"
	done
}

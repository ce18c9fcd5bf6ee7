#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Archives with Docker's manifest.json, as the tools save them, and broken
# and hostile ones; they are made by fixtures/saved/make.py.

load ../helpers

setup_file() {
	export saved=$BATS_FILE_TMPDIR/saved
	python3 "$BATS_TEST_DIRNAME/../../fixtures/saved/make.py" "$saved"
}

setup() {
	work_in_folder
}

# The layers and the config of an image, as they are in the archive.
same_bytes() {
	python3 - "$@" <<'PYTHON'
import hashlib, json, pathlib, sys, tarfile
archive, layout = tarfile.open(sys.argv[1]), pathlib.Path(sys.argv[2])
image = json.load(archive.extractfile("manifest.json"))[int(sys.argv[3])]
blob = lambda d: (layout / "blobs/sha256" / d["digest"][7:]).read_bytes()
index = json.loads((layout / "index.json").read_text())
manifest = json.loads(blob(index["manifests"][0]))
assert manifest["mediaType"].endswith("manifest.v1+json"), manifest
for name, d in zip([image["Config"], *image["Layers"]],
                   [manifest["config"], *manifest["layers"]], strict=True):
    data = archive.extractfile(name).read()
    assert data == blob(d) and len(data) == d["size"], (name, d)
    if name != image["Config"]:
        wanted = "+gzip" if data[:2] == b"\x1f\x8b" else "layer.v1.tar"
        assert d["mediaType"].endswith(wanted), d
PYTHON
}

# good NAME: it is right, and copied it is the same; $digest is its digest.
good() {
	"$OCI_PACK" verify "$saved/$1"
	digest=$("$OCI_PACK" copy -q "$saved/$1" "$1.layout")
	equal "$digest" "$("$OCI_PACK" copy -q "$saved/$1" "$1.again.tar")"
	"$OCI_PACK" verify "$1.layout"
	"$OCI_PACK" verify "$1.again.tar"
	same_bytes "$saved/$1" "$1.layout" 0
}

names_of() {
	jq -r '.manifests[].annotations | "\(.["io.containerd.image.name"])" +
		" \(.["org.opencontainers.image.ref.name"])"' "$1/index.json"
}

# bad NAME PATTERN: it is refused in one line.
bad() {
	local command

	for command in inspect verify; do
		refused 1 "^oci-pack: '$saved/$1': .*$2" "$command" "$saved/$1"
	done
	refused 1 "$2" copy "$saved/$1" fresh
}

@test "docker save of the classic store: links for equal layers" {
	good classic.tar
	equal 3 "$("$OCI_PACK" inspect --raw classic.tar.layout |
		jq '.layers | length')"
	equal 2 "$("$OCI_PACK" inspect --raw classic.tar.layout |
		jq '.layers | unique | length')"
	equal 'docker.io/library/saved:1 1' "$(names_of classic.tar.layout)"
}

@test "podman and skopeo: layers named by digest" {
	good hexes.tar
	equal 'localhost/saved:1 1' "$(names_of hexes.tar.layout)"
}

@test "crane: compressed layers, a config called sha256:HEX" {
	good crane.tar
	equal 'ghcr.io/saved/image:1 1' "$(names_of crane.tar.layout)"
}

@test "a manifest is the same every time, and on every machine" {
	local wanted=sha256:af65925498247a1e0c947e3bb7e8defe
	wanted+=eaeff7567f8413761beb378ee7a197ca

	good classic.tar
	equal "$wanted" "$digest"
}

@test "the whole archive compressed" {
	local kind

	good classic.tar
	gzip -c "$saved/classic.tar" >c.tar.gz
	xz -c "$saved/classic.tar" >c.tar.xz
	zstd -q "$saved/classic.tar" -o c.tar.zst
	for kind in gz xz zst; do
		equal "$digest" "$("$OCI_PACK" copy -q c.tar.$kind $kind)"
	done
	[ -z "$(ls tmp)" ]
}

@test "an OCI layout in the archive is what counts" {
	"$OCI_PACK" verify "$saved/hybrid.tar"
	equal 1 "$("$OCI_PACK" inspect --raw "$saved/hybrid.tar" |
		jq '.layers | length')"
}

@test "no names, no layers, empty layers, hard links, ./ before names" {
	good untagged.tar
	equal 'null null' "$(names_of untagged.tar.layout)"
	good no-layers.tar
	good empty-layer.tar
	good hardlinks.tar
	"$OCI_PACK" verify "$saved/dots.tar"
}

@test "several images in one archive: each by any of its names" {
	local name one two

	"$OCI_PACK" verify "$saved/several.tar"
	refused 1 "several images: name one of docker\.io/library/x:1, \
docker\.io/library/x:2, localhost:5000/y:1, docker\.io/library/one:1$" \
		inspect "$saved/several.tar"
	two=$("$OCI_PACK" copy -q "$saved/several.tar:x:1" two)
	equal 'docker.io/library/x:1 1' "$(names_of two)"
	same_bytes "$saved/several.tar" two 0
	for name in x:2 localhost:5000/y:1 docker.io/library/x:1 "$two"; do
		equal "$two" "$("$OCI_PACK" copy -q "$saved/several.tar:$name" \
			a.tar)"
		"$OCI_PACK" verify "$saved/several.tar:$name"
	done
	one=$("$OCI_PACK" copy -q "$saved/several.tar:one:1" one)
	same_bytes "$saved/several.tar" one 1
	[ "$one" != "$two" ]
	cp "$saved/several.tar" .
	"$OCI_PACK" inspect several.tar:one:1 | grep -q linux/riscv64
	refused 1 "it has no image 'three'; it has docker" inspect several.tar:three
	refused 1 "several images" inspect several.tar:1
}

@test "one image twice in one archive" {
	good same-twice.tar
	equal 'docker.io/library/x:1 1
docker.io/library/x:2 2' "$(names_of same-twice.tar.layout)"
}

@test "an archive's name with an image's is no place to write to" {
	cp "$saved/several.tar" .
	refused 1 'FILE\.tar:NAME is for images to read' \
		copy several.tar:one:1 several.tar:x:3
	make_earlier
	refused 2 'FILE\.tar:NAME is for images to read' \
		earlier.spec -o several.tar:x
}

@test "a base in an archive that docker saved" {
	cp "$saved/classic.tar" .
	spec a.spec 'base: classic.tar' 'platforms: [linux/riscv64]' \
		'layers: [{entries: [{path: /a, content: a}]}]'
	"$OCI_PACK" a.spec -q -o out --lint off
	"$OCI_PACK" verify out
	equal 4 "$("$OCI_PACK" inspect --raw out | jq '.layers | length')"
}

@test "a layer that is not what the config says" {
	bad wrong-diff-id.tar "layer 1, '1\.tar': its digest is .*diff_id"
	bad wrong-size.tar "layer 2, '2\.tar': .*diff_id.*saved again"
	# Of compressed ones, verify tells.
	run --separate-stderr "$OCI_PACK" verify "$saved/wrong-compressed.tar"
	equal 3 "$status"
	matches 'has the diff_id' "$output"
}

@test "layers and diff_ids that differ in number" {
	bad few-layers.tar "1 layers, its config 'c\.json' has 2 diff_ids"
	bad many-layers.tar "3 layers, its config 'c\.json' has 2 diff_ids"
}

@test "members that are not there" {
	bad no-config.tar "image 1: config 'other\.json': the archive has no"
	bad no-layer.tar "layer 2, '2\.tar': the archive has no '2\.tar'"
	bad config-is-folder.tar "config 'd': the archive has no 'd'"
	bad neither.tar 'no oci-layout and no manifest\.json'
}

@test "configs that are none" {
	bad bad-config.tar "config 'c\.json': .*JSON"
	bad config-no-object.tar "config 'c\.json': .*object"
	bad bad-diff-id.tar "config 'c\.json': .*digest '\.\./x'"
	bad huge-config.tar "'c\.json' has 41[0-9]* bytes, the most is 4194304"
}

@test "names that lead elsewhere" {
	bad parent-layer.tar "'\.\./2\.tar' has a '\.\.' part"
	bad parent-member.tar "member: .*'\.\./evil' has a '\.\.' part"
	bad absolute-member.tar "'/etc/evil' has an absolute name"
}

@test "links that lead elsewhere, nowhere or in circles" {
	bad absolute-link.tar "'2\.tar' to '/etc/passwd': leads out of the"
	bad parent-link.tar "'\.\./\.\./etc/passwd': leads out of the archive"
	bad absolute-hardlink.tar "'/etc/passwd': leads out of the archive"
	bad link-to-nothing.tar "no 'x/none', to which '2\.tar' is a link"
	bad link-to-itself.tar "'2\.tar' leads through too many links"
	bad link-loop.tar "'2\.tar' leads through too many links"
	bad link-chain.tar "'2\.tar' leads through too many links"
}

@test "two members of one name" {
	bad duplicate.tar "two members called '2\.tar'"
	bad duplicate-link.tar "two members called '2\.tar'"
}

@test "manifest.json that is none" {
	bad null.tar 'manifest\.json: not a JSON array'
	bad object.tar 'manifest\.json: not a JSON array'
	bad no-json.tar 'manifest\.json: not a JSON array'
	bad deep.tar 'manifest\.json: .*depth'
	bad numbers.tar 'manifest\.json: an image is not an object'
	bad config-is-null.tar 'manifest\.json: an image has no Config'
	bad layers-are-text.tar "manifest\.json: .*'Layers' is not an array"
	bad huge.tar "'manifest\.json' has 4194306 bytes, the most is 4194304"
	bad many-images.tar 'manifest\.json: more than 1000 images'
	refused 1 'has no image' inspect "$saved/no-image.tar"
}

@test "names of images that are none, or are another's" {
	bad bad-name.tar "RepoTags 'Not A Name:1': "
	bad name-without-tag.tar "RepoTags 'x': not a name with a tag"
	bad name-with-digest.tar 'not a name with a tag'
	bad name-twice.tar "image 2: .*another image has the name .*save each"
}

@test "archives that are cut, and members that are not as long as they say" {
	bad cut-layer.tar 'cut short'
	bad cut-end.tar 'cut short'
	bad cut.tar.gz 'gzip stream is cut short'
	bad long-member.tar 'cut short'
	bad sparse.tar "'2\.tar' is sparse"
}

@test "a layer in a compression that OCI does not have" {
	bad bzip2-layer.tar "'2\.tar': .*neither by gzip nor by zstd"
}

# 1 GiB of one line in some MB (zeros would take no room), where there is room for 32 MiB.
@test "a compressed archive that would fill the disk" {
	need_root
	unshare -m true 2>/dev/null || skip 'no file system can be mounted'
	yes | head -c 1G | gzip -1 >bomb.tar.gz
	run --separate-stderr unshare -m sh -c \
		'mount -t tmpfs -o size=32m none tmp &&
		 exec "$OCI_PACK" verify bomb.tar.gz'
	equal 1 "$status"
	matches 'No space left' "$stderr"
}

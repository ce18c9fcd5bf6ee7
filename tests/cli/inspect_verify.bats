#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Looking at images: inspect tells what is there, verify finds what is wrong.

load ../helpers

setup() {
	work_in_folder
	make_rich
	"$OCI_PACK" rich.spec -q -o image >digest
	"$OCI_PACK" rich.spec -q -o image.tar
}

# found PATTERN: verify says so, in a layout, with exit 3.
found() {
	run --separate-stderr "$OCI_PACK" verify image
	equal 3 "$status"
	matches "$1" "$output$stderr"
}

blob() {
	echo "image/blobs/sha256/${1#sha256:}"
}

manifest() {
	blob "$(cat digest)"
}

# The number of a layer, or config.
part() {
	blob "$(jq -r "$1.digest" "$(manifest)")"
}

# reseal: the manifest was changed: give it its right name in index.json.
reseal() {
	local data=$1 digest size

	digest=$(digest_of "$data")
	size=$(stat -c %s "$data")
	mv "$data" "image/blobs/sha256/$digest"
	jq -c --arg digest "sha256:$digest" --argjson size "$size" \
		'.manifests[] |= (.digest = $digest | .size = $size)' \
		image/index.json >index
	mv index image/index.json
}

@test "inspect is readable and names everything" {
	local word

	run --separate-stderr "$OCI_PACK" inspect image.tar
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	for word in registry.example:5000/tests/rich:one linux/riscv64 \
		"$(cat digest)" base archives changes '1234/tcp' \
		org.example.label 'Rich ☃' /usr/bin/greet 1000:1000; do
		[[ $output == *"$word"* ]] || fail "no $word in" "$output"
	done
}

@test "inspect says the same of archive and layout" {
	diff <("$OCI_PACK" inspect image.tar) <("$OCI_PACK" inspect image)
	diff <("$OCI_PACK" inspect image.tar) \
		<("$OCI_PACK" inspect oci:image:two)
}

@test "inspect --json is JSON with the digest" {
	equal "$(cat digest)" "$("$OCI_PACK" inspect --json image.tar |
		jq -r .digest)"
}

@test "inspect --raw is the exact document" {
	"$OCI_PACK" inspect --raw image.tar | cmp - "$(manifest)"
	equal "$(cat digest)" \
		"sha256:$("$OCI_PACK" inspect --raw image | sha256sum |
			cut -d ' ' -f 1)"
}

@test "inspect of an index tells of every platform" {
	spec a.spec 'image: a' 'platforms: [linux/riscv64, linux/arm/v7]' \
		'layers: [{entries: [{path: /a, content: "${arch}"}]}]'
	"$OCI_PACK" a.spec -q -o a.tar
	run "$OCI_PACK" inspect a.tar
	[ "$status" -eq 0 ]
	matches linux/riscv64 "$output"
	matches linux/arm/v7 "$output"
	equal 2 "$("$OCI_PACK" inspect --json a.tar | jq '.images | length')"
}

@test "inspect of a tag that is not there names those that are" {
	run --separate-stderr "$OCI_PACK" inspect oci:image:none
	[ "$status" -eq 1 ]
	matches none "$stderr"
	matches 'one' "$stderr"
	matches 'two' "$stderr"
}

@test "inspect makes control characters harmless" {
	spec a.spec 'image: a' 'layers: [{entries: [{path: /a, content: a}]}]' \
		'annotations: {a: "x\e[31my\nz"}'
	"$OCI_PACK" a.spec -q -o a.tar
	"$OCI_PACK" inspect a.tar >text
	! grep -q "$(printf '\033')" text || fail 'an escape sequence'
}

@test "verify of an archive and a layout that are right" {
	run --separate-stderr "$OCI_PACK" verify image.tar
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	run "$OCI_PACK" verify image
	[ "$status" -eq 0 ]
	run "$OCI_PACK" verify oci:image:two
	[ "$status" -eq 0 ]
	run "$OCI_PACK" verify -q image
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "verify finds a flipped byte in any blob" {
	local file

	cp -r image whole
	for file in whole/blobs/sha256/*; do
		rm -rf image
		cp -r whole image
		python3 - "image/${file#whole/}" <<'END'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[len(data) // 2] ^= 1
open(sys.argv[1], "wb").write(data)
END
		found "${file##*/}"
	done
}

@test "verify finds a flipped byte in an archive" {
	python3 - <<'END'
data = bytearray(open("image.tar", "rb").read())
data[len(data) // 2] ^= 1
open("image.tar", "wb").write(data)
END
	run --separate-stderr "$OCI_PACK" verify image.tar
	[ "$status" -eq 3 ]
}

@test "verify finds a missing layer" {
	local file

	file=$(part '.layers[1]')
	rm "$file"
	found "${file##*/}"
}

@test "verify finds a missing config and a missing manifest" {
	local file

	file=$(part .config)
	mv "$file" kept
	found "${file##*/}"
	mv kept "$file"
	rm "$(manifest)"
	found "$(cut -d : -f 2 digest)"
}

@test "verify finds a blob that is longer" {
	local file

	file=$(part '.layers[0]')
	echo more >>"$file"
	found "${file##*/}"
}

@test "verify finds a wrong size in the manifest" {
	jq -c '.layers[0].size += 1' "$(manifest)" >changed
	reseal changed
	found 'size|bytes'
}

@test "verify finds layers in another order: diff_ids" {
	jq -c '.layers |= reverse' "$(manifest)" >changed
	reseal changed
	found 'diff_id'
}

@test "verify finds a layer that the config does not know" {
	jq -c '.layers += [.layers[0]]' "$(manifest)" >changed
	reseal changed
	found 'diff_id|layers'
}

@test "verify finds a manifest that is an index, too" {
	jq -c '.manifests = []' "$(manifest)" >changed
	reseal changed
	found 'manifests'
}

@test "verify finds a layer in another compression than it says" {
	jq -c '.layers[0].mediaType = "application/vnd.oci.image.layer.v1.tar+zstd"' \
		"$(manifest)" >changed
	reseal changed
	found .
}

@test "verify finds a manifest that is no JSON" {
	echo 'this is no JSON' >changed
	reseal changed
	found .
}

@test "verify does not take a digest for a path" {
	echo secret >outside
	jq -c '.manifests[0].digest = "sha256:../../../outside"' \
		image/index.json >index
	mv index image/index.json
	run --separate-stderr "$OCI_PACK" verify image
	[ "$status" -eq 1 ] || [ "$status" -eq 3 ]
	matches 'digest' "$output$stderr"
}

@test "verify refuses an archive with a member that leads outside" {
	python3 - <<'END'
import io, tarfile
out = tarfile.open("bad.tar", "w")
for name in ("oci-layout", "../../etc/evil", "/etc/evil"):
    out.addfile(tarfile.TarInfo(name), io.BytesIO())
out.close()
END
	run --separate-stderr "$OCI_PACK" verify bad.tar
	[ "$status" -ne 0 ]
	[ -z "$(find / -xdev -maxdepth 2 -name evil 2>/dev/null)" ]
}

@test "verify of a truncated archive" {
	head -c 100000 image.tar >short.tar
	run --separate-stderr "$OCI_PACK" verify short.tar
	[ "$status" -eq 1 ] || [ "$status" -eq 3 ]
	[ -n "$output$stderr" ]
}

@test "verify and inspect of images that others made" {
	need_peer skopeo
	skopeo copy -q oci:image:one oci-archive:other.tar:tag
	"$OCI_PACK" verify other.tar
	"$OCI_PACK" inspect other.tar | grep -q linux/riscv64
	skopeo copy -q oci:image:one oci:other:tag
	"$OCI_PACK" verify other
}

# changed LAYOUT PYTHON: a layout whose documents a program changes; it has
# blob(DATA), which returns digest and size, and the manifest m and config c.
changed() {
	python3 - "$@" <<-'end'
		import hashlib, json, sys
		from pathlib import Path
		root = Path(sys.argv[1])
		def path(digest):
		    return root / "blobs" / digest.replace(":", "/")
		def blob(data, algorithm="sha256"):
		    digest = algorithm + ":" + hashlib.new(algorithm, data).hexdigest()
		    path(digest).parent.mkdir(exist_ok=True)
		    path(digest).write_bytes(data)
		    return {"digest": digest, "size": len(data)}
		def dump(value):
		    return blob(json.dumps(value).encode())
		index = json.loads((root / "index.json").read_text())
		old = [path(index["manifests"][0]["digest"])]
		m = json.loads(old[0].read_text())
		old.append(path(m["config"]["digest"]))
		c = json.loads(old[1].read_text())
		layer = path(m["layers"][0]["digest"]).read_bytes()
		exec(sys.argv[2])
		m["config"].update(dump(c))
		index["manifests"][0].update(dump(m))
		(root / "index.json").write_text(json.dumps(index))
		for file in old:
		    file.unlink(missing_ok=True)
	end
}

@test "faults 14: verify finds nothing wrong with what others may write" {
	spec a.spec 'image: a' 'platforms: [linux/amd64]' \
		'layers: [{entries: [{path: /a, content: a}]}]'
	"$OCI_PACK" a.spec -q --lint off -o right
	# diff_ids by sha512
	cp -r right out
	changed out 'import gzip
c["rootfs"]["diff_ids"] = ["sha512:" + hashlib.sha512(gzip.decompress(
    layer)).hexdigest()]'
	"$OCI_PACK" verify out
	changed out 'c["rootfs"]["diff_ids"] = ["sha512:" + 128 * "a"]'
	run "$OCI_PACK" verify out
	equal 3 "$status"
	# A layer that is encrypted is no tar.
	rm -r out
	cp -r right out
	changed out 'path(m["layers"][0]["digest"]).unlink()
m["layers"][0].update(blob(b"not to be read"))
m["layers"][0]["mediaType"] += "+encrypted"'
	"$OCI_PACK" verify out
	# An index of layers, as BuildKit keeps its cache.
	rm -r out
	cp -r right out
	changed out 'kind = "application/vnd.oci.image.index.v1+json"
cache = dump({"schemaVersion": 2, "mediaType": kind, "manifests": [
    m["layers"][0], {"mediaType": "application/vnd.buildkit.cacheconfig.v0",
                     **blob(b"{}")}]})
index["manifests"][0].update(mediaType=kind, **cache)
(root / "index.json").write_text(json.dumps(index))
for file in old:
    file.unlink()
sys.exit()'
	"$OCI_PACK" verify out
}

#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Artifacts: files as they are, each under its name, and no image.

load ../helpers

setup() {
	work_in_folder
	mkdir in
	head -c 3000000 /dev/zero | tr '\0' x >in/large
	printf 'text\n' >in/small
	spec a.spec 'image: example.org/a' 'tags: [one, two]' \
		'artifact: application/vnd.example.a+json' 'files:' \
		'  - {from: "in/*"}' \
		'  - {name: small.txt, from: in/small, type: text/plain}' \
		'  - {name: empty, content: ""}' \
		'annotations: {org.example.a: b}'
}

# Where a layout keeps a blob.
blob() {
	echo "$1/blobs/sha256/${2#sha256:}"
}

@test "the manifest is the one that OCI's guidelines ask for" {
	digest=$("$OCI_PACK" a.spec -q -o layout)
	jq -S . "$(blob layout "$digest")" >got
	jq -S . >wanted <<END
{"schemaVersion": 2,
 "mediaType": "application/vnd.oci.image.manifest.v1+json",
 "artifactType": "application/vnd.example.a+json",
 "config": {"mediaType": "application/vnd.oci.empty.v1+json",
  "digest": "sha256:$(printf '{}' | sha256sum | cut -d ' ' -f 1)", "size": 2},
 "layers": [
  {"mediaType": "application/octet-stream", "size": 3000000,
   "digest": "sha256:$(digest_of in/large)",
   "annotations": {"org.opencontainers.image.title": "large"}},
  {"mediaType": "application/octet-stream", "size": 5,
   "digest": "sha256:$(digest_of in/small)",
   "annotations": {"org.opencontainers.image.title": "small"}},
  {"mediaType": "text/plain", "size": 5,
   "digest": "sha256:$(digest_of in/small)",
   "annotations": {"org.opencontainers.image.title": "small.txt"}},
  {"mediaType": "application/octet-stream", "size": 0,
   "digest": "sha256:$(digest_of /dev/null)",
   "annotations": {"org.opencontainers.image.title": "empty"}}],
 "annotations": {"org.example.a": "b"}}
END
	diff wanted got
	cmp in/large "$(blob layout "$(digest_of in/large)")"
	jq -e '.manifests | length == 2 and all(.artifactType ==
		"application/vnd.example.a+json" and .platform == null)' \
		layout/index.json
}

@test "what only an image has is not looked for in an artifact" {
	local verb

	"$OCI_PACK" a.spec -q -o layout
	for verb in 'ls layout' 'cat layout /small' \
		'extract layout / -o out'; do
		# The words of a command.
		# shellcheck disable=SC2086
		refused 1 "is not an image: .*'oras pull' gets the files" $verb
	done
}

@test "a name that a terminal or a file system would not take is refused" {
	local long name
	printf -v long '%256s' ''
	long=${long// /x}
	for name in '"a\tb"' "$long" "${long#x}"; do
		spec b.spec 'image: example.org/b' \
			'artifact: application/vnd.example.b' 'files:' \
			"  - {name: $name, content: x}"
		run "$OCI_PACK" b.spec -q -o b
		if [ "$name" = "${long#x}" ]; then
			equal 0 "$status"
		else
			equal 1 "$status"
			[[ $output == *"control characters, or more than 255"* ]]
		fi
	done
	touch $'in/new\nline'
	run "$OCI_PACK" a.spec -q -o a
	equal 1 "$status"
	[[ $output == *"control characters"* ]]
}

@test "an archive and a layout verify, and nobody finds an image to run" {
	digest=$("$OCI_PACK" a.spec -q -o a.tar)
	equal "$digest" "$("$OCI_PACK" a.spec -q -o a)"
	equal "$digest" "$("$OCI_PACK" a.spec -q -o again --compression zstd)"
	"$OCI_PACK" verify a.tar
	"$OCI_PACK" verify a
	"$OCI_PACK" lint a.tar
	equal '[]' "$(tar -xOf a.tar manifest.json)"
	equal "$digest" "$("$OCI_PACK" copy -q oci:a:two back)"
	matches 'Artifact type: application/vnd\.example\.a\+json' \
		"$("$OCI_PACK" inspect a.tar)"
	equal 'large small small.txt empty' "$("$OCI_PACK" inspect a.tar |
		sed -n 's/.*  sha256:[0-9a-f]*  //p' | xargs)"
}

@test "the bytes are the same each time, and an input that is gone is told" {
	"$OCI_PACK" a.spec -q -o a.tar
	"$OCI_PACK" a.spec -q -o b.tar --jobs 1
	cmp a.tar b.tar
	rm in/small
	refused 1 "^a\.spec:7:29: 'from' names 'in/small', which does not exist" \
		a.spec -o c.tar
}

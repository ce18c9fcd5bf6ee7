#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# oras with what was pushed; artifacts and referrers that oras pushes.

load ../helpers
load peers

# Each test is a subshell of its own, and host is its own.
# shellcheck disable=SC2030,SC2031

setup_file() {
	build_peers oras referrers
}

setup() {
	find_peers
	work_in_folder
}

teardown() {
	stop_serving
}

# pushed: the spec with one of everything, as $image; its digest is $digest.
pushed() {
	make_rich
	digest=$("$OCI_PACK" rich.spec -q --push "$host/x/rich")
	image=$host/x/rich:one
}

# attached: besides, an artifact that refers to it; its digest is $referrer.
attached() {
	pushed
	echo "a list of what is in it" >list.txt
	referrer=$(oras attach --artifact-type application/vnd.example.list \
		--annotation org.example.key=value --format json \
		"$image" list.txt:text/plain | jq -r .digest)
}

# referrers_of NAME: their digests, artifact types and annotations.
referrers_of() {
	oras discover --format json --depth 1 "$1" |
		jq -c '(.referrers // .manifests)[] | [.digest, .artifactType,
			.annotations["org.example.key"]]'
}

@test "oras reads what was pushed: tags, digest, manifest, config, blobs" {
	local layer

	serve a
	pushed
	equal 'one two' "$(oras repo tags "$host/x/rich" | sort | xargs)"
	equal "$digest" "$(oras resolve "$image")"
	"$OCI_PACK" inspect --raw "$image" >raw
	cmp raw <(oras manifest fetch "$image")
	equal '["one","two words"]' \
		"$(oras manifest fetch-config "$image" | jq -c .config.Cmd)"
	for layer in $(jq -r '.layers[].digest' raw); do
		oras blob fetch --no-tty -o blob "$host/x/rich@$layer"
		equal "$layer" "sha256:$(digest_of blob)"
	done
}

@test "oras copies what was pushed to a layout and another registry" {
	serve a
	pushed
	from=$image
	serve b
	oras copy --no-tty --to-oci-layout "$from" layout:one
	oras copy --no-tty --from-oci-layout layout:one "$host/y/rich:one"
	same_graph "$from" layout "$host/y/rich:one"
	"$OCI_PACK" verify layout
	"$OCI_PACK" verify "$host/y/rich:one"
}

@test "oras makes an index of what was pushed, and it is copied whole" {
	local arch

	serve a
	for arch in riscv64 amd64; do
		spec $arch.spec 'image: a' "platforms: [linux/$arch]" \
			'layers: [{entries: [{path: "/${arch}", content: x}]}]'
		"$OCI_PACK" $arch.spec -q --push "$host/x/a:$arch"
	done
	oras manifest index create "$host/x/a:all" riscv64 amd64
	"$OCI_PACK" copy "$host/x/a:all" all.tar
	"$OCI_PACK" push all.tar "$host/y/a:all"
	same_graph "$host/x/a:all" all.tar "$host/y/a:all"
	"$OCI_PACK" verify all.tar
	equal linux/amd64 "$("$OCI_PACK" inspect --json \
		--platform linux/amd64 "$host/y/a:all" |
		jq -r '.images[].platform')"
}

@test "an artifact of oras: pulled, inspected, verified, copied" {
	local name

	serve a
	from=$host
	head -c 300000 /dev/urandom >noise
	echo '{"a": 1}' >a.json
	oras push --no-tty --artifact-type application/vnd.example.thing \
		--annotation org.example.key=value "$host/x/thing:1" \
		noise:application/octet-stream a.json:application/json
	"$OCI_PACK" verify "$host/x/thing:1"
	"$OCI_PACK" inspect "$host/x/thing:1" >told
	grep -qx 'Artifact type: application/vnd.example.thing' told
	"$OCI_PACK" pull "$host/x/thing:1" -q -o thing.tar
	serve b
	"$OCI_PACK" copy "$from/x/thing:1" "$host/y/thing:1"
	"$OCI_PACK" push thing.tar "$host/y/thing:2"
	"$OCI_PACK" copy thing.tar oci:layout:3
	same_graph "$from/x/thing:1" thing.tar "$host/y/thing:1" \
		"$host/y/thing:2" layout
	for name in thing.tar layout "$host/y/thing:1"; do
		"$OCI_PACK" verify "$name"
	done
	mkdir back
	oras pull --no-tty -o back "$host/y/thing:2"
	cmp noise back/noise
	cmp a.json back/a.json
	oras pull --no-tty --oci-layout -o back layout:3
}

@test "an artifact without files, its config the empty one" {
	serve a
	oras push --no-tty --artifact-type application/vnd.example.empty \
		--annotation org.example.key=value "$host/x/empty:1"
	"$OCI_PACK" copy "$host/x/empty:1" empty.tar
	"$OCI_PACK" push empty.tar "$host/y/empty:1"
	same_graph "$host/x/empty:1" empty.tar "$host/y/empty:1"
	"$OCI_PACK" verify empty.tar
}

@test "an artifact with a config of its own type" {
	serve a
	echo '{"of": "its own"}' >config.json
	echo data >data
	oras push --no-tty --config config.json:application/vnd.example.config \
		"$host/x/own:1" data:application/vnd.example.data
	"$OCI_PACK" copy "$host/x/own:1" own.tar
	"$OCI_PACK" push own.tar "$host/y/own:1"
	same_graph "$host/x/own:1" own.tar "$host/y/own:1"
	"$OCI_PACK" verify own.tar
}

@test "a referrer that is copied refers: by the tag, without the API" {
	serve a
	attached
	from=$host
	"$OCI_PACK" verify "$host/x/rich@$referrer"
	serve b
	"$OCI_PACK" copy "$from/x/rich:one" "$host/y/rich:one"
	"$OCI_PACK" copy "$from/x/rich@$referrer" "$host/y/rich:list"
	equal "$referrer" "$(oras resolve "$host/y/rich:list")"
	equal "[\"$referrer\",\"application/vnd.example.list\",\"value\"]" \
		"$(referrers_of "$host/y/rich:one")"
	equal "$(referrers_of "$from/x/rich:one")" \
		"$(referrers_of "$host/y/rich:one")"
	oras repo tags "$host/y/rich" | grep -qx "${digest/:/-}"
	"$OCI_PACK" verify "$host/y/rich:${digest/:/-}"
}

@test "a referrer that is copied refers: by the API, without the tag" {
	serve a
	attached
	from=$host
	serve_referrers
	"$OCI_PACK" copy "$from/x/rich:one" "$host/y/rich:one"
	"$OCI_PACK" copy "$from/x/rich@$referrer" "$host/y/rich:list"
	equal "$referrer" \
		"$(referrers_of "$host/y/rich:one" | jq -r '.[0]')"
	equal 'list one' "$(oras repo tags "$host/y/rich" | sort | xargs)"
}

@test "referrers of oras and of the copy stand side by side" {
	serve a
	attached
	echo more >more.txt
	"$OCI_PACK" pull "$host/x/rich@$referrer" -q -o list.tar
	"$OCI_PACK" copy "$host/x/rich:one" "$host/y/rich:one"
	oras attach --no-tty --artifact-type application/vnd.example.more \
		"$host/y/rich:one" more.txt
	"$OCI_PACK" push list.tar "$host/y/rich:list"
	"$OCI_PACK" push list.tar "$host/y/rich:list"
	equal 2 "$(referrers_of "$host/y/rich:one" | wc -l)"
	oras attach --no-tty --artifact-type application/vnd.example.third \
		"$host/y/rich:one" more.txt
	equal 3 "$(referrers_of "$host/y/rich:one" | wc -l)"
}

@test "the index of referrers is copied, and what refers with it" {
	serve a
	attached
	from=$host/x/rich
	serve b
	"$OCI_PACK" copy "$from:one" "$host/y/rich:one"
	"$OCI_PACK" copy "$from:${digest/:/-}" refers.tar
	"$OCI_PACK" push refers.tar "$host/y/rich:${digest/:/-}"
	"$OCI_PACK" verify refers.tar
	equal "$(referrers_of "$from:one")" "$(referrers_of "$host/y/rich:one")"
}

# signed NAME DIGEST SUFFIX: what cosign stores beside an image, under the tag
# of its digest (sigstore/cosign, specs/SIGNATURE_SPEC.md): the signature of
# key.pem, for example.org/signed.
signed() {
	local type=application/vnd.dev.cosign.simplesigning.v1+json

	jq -cn --arg digest "$2" '{critical: {
		identity: {"docker-reference": "example.org/signed"},
		image: {"docker-manifest-digest": $digest},
		type: "cosign container image signature"}, optional: null}' \
		>payload.json
	jq -n --arg signature "$(openssl dgst -sha256 -sign key.pem \
		payload.json | base64 -w 0)" '{"payload.json":
		{"dev.cosignproject.cosign/signature": $signature}}' >notes.json
	printf '{"architecture": "", "created": "0001-01-01T00:00:00Z",
		"history": [{"created": "0001-01-01T00:00:00Z"}], "os": "",
		"rootfs": {"type": "layers", "diff_ids": ["sha256:%s"]},
		"config": {}}' "$(digest_of payload.json)" >config
	oras push --no-tty --annotation-file notes.json \
		--config config:application/vnd.oci.image.config.v1+json \
		"$1:${2/:/-}.$3" "payload.json:$type"
}

# accepts NAME DIGEST SUFFIX: as a verifier does it, which asks for the tag.
# Debian's skopeo comes without that.
accepts() {
	local layer

	oras manifest fetch "$1:${2/:/-}.$3" >signature.json
	layer=$(jq -r '.layers[0].digest' signature.json)
	oras blob fetch --no-tty -o fetched.json "$1@$layer"
	jq -r '.layers[0].annotations["dev.cosignproject.cosign/signature"]' \
		signature.json | base64 -d >signature
	openssl dgst -sha256 -verify public.pem -signature signature \
		fetched.json
	equal "$2" "$(jq -r '.critical.image["docker-manifest-digest"]' \
		fetched.json)"
}

@test "faults 4: copy --referrers takes along what cosign's tags hold" {
	local tags member name

	serve a
	from=$host/x/signed
	openssl ecparam -name prime256v1 -genkey -noout -out key.pem
	openssl ec -in key.pem -pubout -out public.pem
	spec signed.spec 'platforms: [linux/amd64, linux/riscv64]' 'layers:' \
		'  - {entries: [{path: /a, content: a}]}'
	digest=$("$OCI_PACK" signed.spec -q --push "$from:one")
	signed "$from" "$digest" sig
	signed "$from" "$digest" att
	for member in $(oras manifest fetch "$from:one" |
		jq -r '.manifests[].digest'); do
		signed "$from" "$member" sig
		signed "$from" "$member" sbom
	done
	tags=$(oras repo tags "$from" | sort)
	equal 7 "$(wc -l <<<"$tags")"
	"$OCI_PACK" copy -q --referrers "$from:one" oci:layout:one
	"$OCI_PACK" verify layout
	serve b
	"$OCI_PACK" copy -q --referrers "$from:one" "$host/y/signed:one"
	"$OCI_PACK" push -q --referrers oci:layout:one "$host/z/signed:one"
	for name in "$host"/{y,z}/signed; do
		equal "$tags" "$(oras repo tags "$name" | sort)"
		for member in "$digest" $(oras manifest fetch "$name:one" |
			jq -r '.manifests[].digest'); do
			accepts "$name" "$member" sig
		done
	done
	serve_referrers
	"$OCI_PACK" copy -q --referrers "$from:one" "$host/y/signed:one"
	equal "$tags" "$(oras repo tags "$host/y/signed" | sort)"
	"$OCI_PACK" pull -q --referrers "$host/y/signed:one" -o oci:two:one
	equal "$(jq -S .manifests layout/index.json)" \
		"$(jq -S .manifests two/index.json)"
}

@test "faults C: referrers that many copy at once are listed, or it is told" {
	local i pids=() made=() refused=()

	serve a
	pushed
	from=$host/x/rich
	for i in 1 2 3 4 5 6; do
		echo "$i" >note
		made+=("$(oras attach --artifact-type application/vnd.example \
			--format json "$image" note:text/plain | jq -r .digest)")
	done
	serve b
	"$OCI_PACK" copy -q "$from:one" "$host/y/rich:one"
	for i in "${!made[@]}"; do
		"$OCI_PACK" copy -q "$from@${made[i]}" "$host/y/rich:n$i" &
		pids+=($!)
	done
	# The registry may refuse what two send in the same moment.
	for i in "${!made[@]}"; do
		wait "${pids[i]}" || refused+=("$i")
	done
	for i in "${refused[@]}"; do
		"$OCI_PACK" copy -q "$from@${made[i]}" "$host/y/rich:n$i"
	done
	equal "$(printf '"%s"\n' "${made[@]}" | sort)" \
		"$(referrers_of "$host/y/rich:one" | jq -c '.[0]' | sort)"
}

# blob FILE: moves it into ./layout; $blob is its descriptor, but for a type.
blob() {
	local digest

	digest=$(digest_of "$1")
	blob="\"digest\": \"sha256:$digest\", \"size\": $(wc -c <"$1")"
	mv "$1" "layout/blobs/sha256/$digest"
}

# refers FILE SUBJECT: an artifact in ./layout that refers to a descriptor.
refers() {
	local type=application/vnd.oci.empty.v1+json empty

	mkdir -p layout/blobs/sha256
	printf '{}' >empty
	blob empty
	empty="{\"mediaType\": \"$type\", $blob}"
	printf '{"schemaVersion": 2, "mediaType": "%s", "artifactType": "%s",
		"config": %s, "layers": [%s], "subject": %s}' \
		application/vnd.oci.image.manifest.v1+json \
		application/vnd.example.refers "$empty" "$empty" "$2" >"$1"
}

# layout_of TYPE FILE: ./layout holds that document as its image.
layout_of() {
	blob "$2"
	printf '{"imageLayoutVersion": "1.0.0"}' >layout/oci-layout
	printf '{"schemaVersion": 2, "manifests": [{"mediaType": "%s", %s}]}' \
		"$1" "$blob" >layout/index.json
}

@test "an index with a subject refers, too" {
	local subject type=application/vnd.oci.image.index.v1+json

	serve a
	pushed
	subject=$(oras manifest fetch --descriptor "$image" |
		jq -c '{mediaType, digest, size}')
	mkdir -p layout/blobs/sha256
	printf '{"schemaVersion": 2, "mediaType": "%s", "artifactType": "%s",
		"annotations": {"org.example.key": "value"},
		"manifests": [], "subject": %s}' "$type" \
		application/vnd.example.index "$subject" >index
	layout_of "$type" index
	digest=$("$OCI_PACK" push -q layout "$host/x/rich:index")
	equal "[\"$digest\",\"application/vnd.example.index\",\"value\"]" \
		"$(referrers_of "$image")"
}

@test "the tag for referrers has 64 digits at most: a subject in SHA-512" {
	local subject

	serve a
	subject=$(echo nothing | sha512sum | cut -d ' ' -f 1)
	refers manifest "{\"digest\": \"sha512:$subject\", \"size\": 8,
		\"mediaType\": \"application/vnd.oci.image.manifest.v1+json\"}"
	layout_of application/vnd.oci.image.manifest.v1+json manifest
	digest=$("$OCI_PACK" push -q layout "$host/x/rich:refers")
	equal "$digest" "$(oras manifest fetch \
		"$host/x/rich:sha512-${subject:0:64}" |
		jq -r '.manifests[].digest')"
}

@test "copy --referrers takes along what oras attached" {
	serve a
	attached
	from=$host
	serve b
	"$OCI_PACK" copy --referrers "$from/x/rich:one" "$host/y/rich:one"
	equal "$(referrers_of "$from/x/rich:one")" \
		"$(referrers_of "$host/y/rich:one")"
	equal "$referrer" "$(referrers_of "$host/y/rich:one" | jq -r '.[0]')"
}

@test "oras pulls the files of an artifact, from a registry and a layout" {
	serve a
	printf 'one\n' >one
	head -c 100000 /dev/urandom >two
	spec artifact.spec 'image: example.org/files' 'tags: [v1]' \
		'artifact: application/vnd.example.files' 'files:' \
		'  - {from: two}' \
		'  - {name: uno.txt, from: one, type: text/plain}'
	digest=$("$OCI_PACK" artifact.spec -q --push "$host/x/files")
	"$OCI_PACK" artifact.spec -q -o layout
	equal "$digest" "$(oras resolve "$host/x/files:v1")"
	oras pull --no-tty -o pulled "$host/x/files:v1"
	oras pull --no-tty --oci-layout -o unpacked layout:v1
	for folder in pulled unpacked; do
		equal 'two uno.txt' "$(find "$folder" -mindepth 1 -printf \
			'%f\n' | sort | xargs)"
		cmp one "$folder/uno.txt"
		cmp two "$folder/two"
	done
	# oras makes the same of the same files, but for the order of members.
	oras push --no-tty --disable-path-validation --artifact-type \
		application/vnd.example.files "$host/x/theirs:v1" \
		two:application/octet-stream
	oras manifest fetch "$host/x/theirs:v1" | jq -S 'del(.annotations,
		.config.data) | .layers |= .[:1]' >theirs
	oras manifest fetch "$host/x/files:v1" | jq -S 'del(.annotations) |
		.layers |= .[:1]' | diff theirs -
}

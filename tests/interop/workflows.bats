#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The workflows of examples/buildkit, run step by step as they stand in their
# files, against a registry on loopback; `gh` beside this file answers for
# GitHub. A release is the pinned one. For master, the name alone is ours:
# Go is told that it is a release next to the pinned one, whose sources and
# dependencies it fetches, compares and builds.

load ../helpers
load peers

interop=$BATS_TEST_DIRNAME
example=$root/examples/buildkit
master_is=v0.32.1
peers='crane actionlint'

setup_file() {
	# Read by the function below.
	# shellcheck disable=SC2086
	build_peers $peers
	[ ! -e "$BATS_FILE_TMPDIR/lack" ] || return 0
	"$example/get-inputs" 2>"$BATS_FILE_TMPDIR/lack" || return 0
	rm "$BATS_FILE_TMPDIR/lack"
	make_repository
	make_proxy
}

# What a maintainer copies, as the README says. The inputs are large, and are
# only ever replaced: links to them do for the tests. Other tests get inputs of
# theirs meanwhile: the lock of get-inputs keeps what is copied whole.
make_repository() {
	local repository=$BATS_FILE_TMPDIR/repository

	mkdir "$repository" "$BATS_FILE_TMPDIR/inputs"
	tar -C "$example" -cf - --exclude=./inputs --exclude=./dist \
		--exclude=./dist-tini . | tar -xf - -C "$repository"
	cp -r "$root"/examples/{fetch-debs,debian-index} "$repository/"
	flock "$example/inputs/riscv64/lock" \
		cp -r "$example/inputs/riscv64" "$BATS_FILE_TMPDIR/inputs/"
}

# A module proxy that knows what two branches are, and nothing else.
make_proxy() {
	local versions=$BATS_FILE_TMPDIR/proxy/github.com/moby/buildkit/@v

	mkdir -p "$versions"
	printf '{"Version": "%s"}\n' "$master_is" >"$versions/master.info"
	printf '{"Version": "%s"}\n' "$(pinned)" >"$versions/topic.info"
}

pinned() {
	awk '$1 == "github.com/moby/buildkit" { print $2 }' \
		"$example/go/go.mod"
}

setup() {
	# Go's caches are the user's, whatever HOME is for the peers.
	GOMODCACHE=$(go env GOMODCACHE) GOCACHE=$(go env GOCACHE)
	GOPROXY=file://$BATS_FILE_TMPDIR/proxy,$(go env GOPROXY)
	export GOMODCACHE GOCACHE GOPROXY
	need_peer go
	find_peers
	unset GOFLAGS GOTOOLCHAIN
	work_in_folder
	mkdir bin state
	ln -s "$interop/gh" bin/
	export GH_STATE=$PWD/state PATH=$PWD/bin:$PATH
	export GH_WORKFLOWS=$BATS_FILE_TMPDIR/repository/.github/workflows
}

teardown() {
	stop_serving
}

# steps NAME ARGUMENT...: a workflow, in a fresh copy of the repository.
steps() {
	local workflow=.github/workflows/$1.yml

	shift
	rm -rf repository
	cp -r "$BATS_FILE_TMPDIR/repository" repository
	cp -rl "$BATS_FILE_TMPDIR/inputs" repository/
	(cd repository && python3 "$interop/steps" "$workflow" "$@") \
		>steps.log 2>&1 || { cat steps.log; return 1; }
}

build() {
	steps buildkit-weekly-build "var.REGISTRY=$host" "$@"
}

tags() {
	crane ls "$host/owner/buildkit-riscv64" | sort | xargs
}

# asked PATTERN: how often gh was asked for what matches.
asked() {
	touch state/calls
	grep -cE "^$1" state/calls || true
}

# same_programs DIR TAG: what a release has is what its image has.
same_programs() {
	local name

	mkdir -p image
	crane export "$host/owner/buildkit-riscv64:$2" - |
		tar -xf - -C image usr/bin/buildctl usr/bin/buildkitd
	for name in buildctl buildkitd; do
		cmp "image/usr/bin/$name" "$1/$name"
	done
}

label_of() {
	crane config "$host/owner/buildkit-riscv64:$1" |
		jq -r ".config.Labels[\"org.opencontainers.image.$2\"]"
}

# run_here PROGRAM ARGUMENT...: one for riscv64.
run_here() {
	"$interop/binfmt"
	chmod +x "$1"
	"$@"
}

@test "actionlint finds nothing in the workflows" {
	run actionlint "$example"/.github/workflows/*.yml \
		"$root"/.github/workflows/*.yml
	equal 0 "$status"
	equal '' "$output"
}

@test "actionlint knows the action, as docs/command.md uses it" {
	local use=repo/.github/workflows/use.yml

	mkdir -p repo/.git repo/.github/workflows
	cp "$root/action.yml" repo/
	{
		printf '%s\n' 'on: push' 'jobs:' '  pack:' \
			'    runs-on: ubuntu-latest' '    steps:'
		awk '/^```/ { inside = 0 } inside { print "      " $0 }
			/^```yaml/ { inside = 1 }' "$root/docs/command.md" |
			sed -n '/- uses:/,$p' |
			sed 's|uses: [^ ]*/liboci@main|uses: ./|'
	} >"$use"
	grep -q 'uses: \./' "$use"
	(cd repo && actionlint)
	sed -i -e s/args:/arguments:/ -e s/outputs.digest/outputs.sum/ "$use"
	run actionlint "$use"
	[ "$status" -ne 0 ]
	matches '"arguments" is not defined' "$output"
	matches '"sum" is not defined' "$output"
}

@test "the action installs oci-pack, runs it, and tells the digest" {
	spec app.spec 'image: app' 'tags: [latest]' \
		'layers: [{entries: [{path: /a, content: a}]}]'
	cat >use.yml <<-'YAML'
	permissions: {}
	jobs:
	  pack:
	    runs-on: ubuntu-latest
	    permissions: {}
	    steps:
	      - uses: example/liboci@main
	        id: pack
	        with:
	          args: |
	            app.spec
	            -o
	            an image.tar
	      - run: echo "$DIGEST" >digest
	        env:
	          DIGEST: ${{ steps.pack.outputs.digest }}
	      - run: command -v oci-pack >where
	YAML
	python3 "$interop/steps" use.yml
	equal "$("$OCI_PACK" app.spec -q -o again.tar)" "$(cat digest)"
	cmp again.tar 'an image.tar'
	matches '/oci-pack/bin/oci-pack$' "$(cat where)"
	sed -i s/app.spec/none.spec/ use.yml
	run python3 "$interop/steps" use.yml
	[ "$status" -ne 0 ]
}

@test "a release: found, tracked, built, pushed, published, closed" {
	local ref release assets

	serve a
	pinned >state/latest
	steps track-buildkit-releases
	equal 1 "$(asked 'issue create')"
	equal open "$(jq -r '.[].state' state/issues.json)"
	ref=$(sed -n 's/^workflow run buildkit-weekly-build.yml -f ref=//p' \
		state/calls)
	equal "$(pinned)" "$ref"
	# A second run neither opens another one nor builds again.
	steps track-buildkit-releases
	equal 1 "$(asked 'issue create')"
	equal 1 "$(asked 'workflow run')"

	build "input.ref=$ref"
	equal "$ref-riscv64" "$(tags)"
	release=buildkit-$ref-riscv64
	assets=state/releases/$release
	equal 1 "$(asked "release create $release ")"
	equal 0 "$(asked 'release create .*--prerelease')"
	equal 'SHA256SUMS VERSION.txt buildctl buildkitd' \
		"$(find "$assets" -type f -printf '%f\n' | sort | xargs)"
	(cd "$assets" && sha256sum -c SHA256SUMS)
	equal 3 "$(wc -l <"$assets/SHA256SUMS")"
	matches "buildkit: $ref"$'\n'"ref: $ref"$'\n' \
		"$(cat "$assets/VERSION.txt")"
	same_programs "$assets" "$ref-riscv64"
	matches " $ref" "$(run_here "$assets/buildctl" --version)"
	equal "$ref" "$(label_of "$ref-riscv64" version)"
	equal https://github.com/Owner/buildkit-riscv64 \
		"$(label_of "$ref-riscv64" source)"
	equal closed "$(jq -r '.[].state' state/issues.json)"

	# The same again: the same image, and the release is replaced, also
	# where a run that was killed left it a draft.
	mkdir "$assets/.draft"
	crane digest "$host/owner/buildkit-riscv64:$ref-riscv64" >wanted
	build "input.ref=$ref"
	equal "$(cat wanted)" \
		"$(crane digest "$host/owner/buildkit-riscv64:$ref-riscv64")"
	equal 1 "$(asked 'release create')"
	equal 1 "$(asked "release upload $release ")"
	[ ! -e "$assets/.draft" ]
	equal 1 "$(asked 'issue close')"
	# What is built is not tracked.
	steps track-buildkit-releases
	equal 1 "$(asked 'issue create')"
}

@test "master, as every Sunday: latest and a dated tag, a prerelease" {
	local date release assets

	serve a
	build
	date=$(sed -n 's/^date: //p' repository/dist/VERSION.txt)
	matches '^20[0-9]{6}$' "$date"
	equal "latest master-$date" "$(tags)"
	equal "$(crane digest "$host/owner/buildkit-riscv64:latest")" \
		"$(crane digest "$host/owner/buildkit-riscv64:master-$date")"
	release=buildkit-v$date-dev
	assets=state/releases/$release
	equal 1 "$(asked "release create $release .*--prerelease")"
	(cd "$assets" && sha256sum -c SHA256SUMS)
	matches "buildkit: $master_is"$'\n'"ref: master"$'\n' \
		"$(cat "$assets/VERSION.txt")"
	same_programs "$assets" latest
	matches " $master_is" "$(run_here "$assets/buildctl" --version)"
	equal "$master_is" "$(label_of latest version)"
	equal 0 "$(asked issue)"
}

@test "another branch: a dated tag alone, latest and releases stay" {
	serve a
	build input.ref=topic input.runner=native
	matches '^runs on .*self-hosted.*riscv64' "$(head -n 1 steps.log)"
	matches '^topic-20[0-9]{6}$' "$(tags)"
	equal 0 "$(asked release)"
}

@test "a ref that does not exist: told, and nothing is pushed" {
	serve a
	run build input.ref=no-such-branch
	[ "$status" -ne 0 ]
	matches "Go finds no 'no-such-branch' of github.com/moby/buildkit" \
		"$output"
	[ ! -e state/calls ]
	run crane ls "$host/owner/buildkit-riscv64"
	[ "$status" -ne 0 ]
	run build 'input.ref=$(touch x)'
	[ "$status" -ne 0 ]
	matches 'is no release, branch or commit' "$output"
	[ ! -e repository/x ]
}

@test "what is not what was built is not published" {
	serve a
	mkdir repository
	cp -r "$BATS_FILE_TMPDIR"/repository/{ci,buildkit.spec} repository/
	mkdir repository/dist
	printf '%s\n' 'buildkit: v1.2.3' 'ref: v1.2.3' 'date: 20260101' \
		>repository/dist/VERSION.txt
	(cd repository/dist && sha256sum VERSION.txt >SHA256SUMS &&
		echo more >>VERSION.txt)
	run env GITHUB_REPOSITORY=a/b REGISTRY="$host" \
		repository/ci/publish
	equal 1 "$status"
	matches "dist/ is not what 'build' made" "$output"
	[ ! -e state/calls ]
}

@test "the tracker: one issue a release, whatever became of it" {
	echo v7.1.0 >state/latest
	steps track-buildkit-releases
	equal 1 "$(asked 'issue create')"
	jq '.[0].state = "closed"' state/issues.json >closed
	cp closed state/issues.json
	steps track-buildkit-releases
	equal 1 "$(asked 'issue create')"
	echo v7.1.1 >state/latest
	steps track-buildkit-releases
	steps track-buildkit-releases
	equal 2 "$(asked 'issue create')"
	equal 2 "$(asked 'workflow run')"
	equal 'closed open' "$(jq -r '.[].state' state/issues.json | xargs)"
	# No answer is not the answer that there is nothing.
	echo v7.1.2 >state/latest
	for call in 'release list' 'api --paginate' 'workflow run'; do
		echo "$call" >state/broken
		run steps track-buildkit-releases
		[ "$status" -ne 0 ]
		matches 'HTTP 502' "$output"
		equal 2 "$(asked 'issue create')"
	done
	rm state/broken
	steps track-buildkit-releases
	equal 3 "$(asked 'issue create')"
	echo nightly >state/latest
	run steps track-buildkit-releases
	[ "$status" -ne 0 ]
	matches "'nightly'.* is not vX.Y.Z" "$output"
}

@test "the tracker without one of its permissions fails" {
	local workflow=$BATS_FILE_TMPDIR/repository/.github/workflows

	echo v7.1.0 >state/latest
	mkdir repository
	cp -r "$BATS_FILE_TMPDIR/repository/ci" repository/
	for permission in issues actions; do
		rm -rf state/issues.json
		sed "/^ *$permission: write/d" \
			"$workflow/track-buildkit-releases.yml" >less.yml
		run env -C repository python3 "$interop/steps" ../less.yml
		[ "$status" -ne 0 ]
		matches 'HTTP 403' "$output"
	done
}

@test "tini: static, for riscv64, the same bytes each time, published" {
	local version assets

	need_peer riscv64-linux-gnu-gcc
	version=$(sed -n 's/^TINI=//p' "$example/ci/pins")
	assets=state/releases/tini-$version-riscv64
	steps build-tini
	equal 1 "$(asked "release create tini-$version-riscv64 ")"
	equal 'LICENSE-tini SHA256SUMS VERSION.txt tini-static' \
		"$(find "$assets" -type f -printf '%f\n' | sort | xargs)"
	(cd "$assets" && sha256sum -c SHA256SUMS)
	equal "tini version ${version#v}" \
		"$(run_here "$assets/tini-static" --version)"
	# The emulator knows no subreapers, so without -s.
	run run_here "$assets/tini-static" -- sh -c 'exit 7'
	equal 7 "$status"
	readelf -l "$assets/tini-static" >headers
	run ! grep -q INTERP headers
	cp "$assets/SHA256SUMS" first
	steps build-tini "input.version=$version"
	cmp first "$assets/SHA256SUMS"
	equal 1 "$(asked 'release upload')"
}

@test "moving the module: the pinned ref gives go.mod as it is" {
	cp -r "$example/go" "$example/ci" .
	equal "$(pinned)" "$(ci/set-ref "$(pinned)")"
	diff -r "$example/go" go
	equal "$master_is" "$(ci/set-ref master)"
	grep -q "moby/buildkit $master_is " go/go.mod
	cp -r go once
	run ci/set-ref v0.0.99
	equal 1 "$status"
	diff -r once go
	# Back again: nothing is left of where it was.
	ci/set-ref topic
	cmp go/go.mod "$example/go/go.mod"
}

# What updatecli would do, without the releases that it would look up.
@test "updatecli's manifest: what it changes is there, once, and moves" {
	local manifest=$example/updatecli.d/pins.yaml command

	cp -r "$example"/{go,ci,buildkit.spec} .
	cp "$interop/pins.py" .
	python3 pins.py "$manifest" go=1.99.1 tini=v0.99.0
	equal 'GO=go1.99.1 TINI=v0.99.0' "$(grep -v '^#' ci/pins | xargs)"
	cp "$example/ci/pins" ci/
	command=$(python3 -c 'import sys, yaml
print(yaml.safe_load(open(sys.argv[1]))["targets"]["buildkit"]["spec"][
"command"])' "$manifest")
	equal '' "$(DRY_RUN=false $command "$(pinned)")"
	equal "$master_is" "$(DRY_RUN=true $command "$master_is")"
	cmp go/go.mod "$example/go/go.mod"
	equal "$master_is" "$(DRY_RUN=false $command "$master_is")"
	grep -q "moby/buildkit $master_is " go/go.mod
	grep -qx "  VERSION: $master_is" buildkit.spec
	equal '' "$(DRY_RUN=false $command "$master_is")"
}

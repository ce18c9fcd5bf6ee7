#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What a new user gets wrong: commands, options, keys, paths, names, logins,
# platforms and file types. Each message names the mistake and what to do. The
# list was written before the code was read for it.

load ../helpers

setup() {
	work_in_folder
	export HOME=$BATS_TEST_TMPDIR/home
	unset DOCKER_CONFIG REGISTRY_AUTH_FILE XDG_RUNTIME_DIR
	mkdir "$HOME"
	spec app.spec 'image: registry.example/team/app' \
		'layers: [{entries: [{path: /a, content: a}]}]'
	"$OCI_PACK" app.spec -q -o app.tar >/dev/null
	mkdir bin context
	printf '\177ELF\2\1\1' >bin/app
	printf '# base\nFROM debian\nRUN apt update\n' >Dockerfile
	tar -cf rootfs.tar bin
}

# mistakes: of each line of standard input, STATUS | ARGUMENTS | WORDS: the
# command ends with STATUS, says one line that has each of WORDS (with "_" for
# a blank), and changes nothing.
mistakes() {
	local status_wanted arguments words word count=0
	local -a list

	while IFS='|' read -r status_wanted arguments words; do
		[ -n "$arguments" ] || continue
		read -ra list <<<"$arguments"
		refused "${status_wanted// /}" . "${list[@]}" </dev/null ||
			fail "in: $arguments" || return 1
		[ "$(wc -l <<<"$stderr")" -eq 1 ] ||
			fail "several lines of: $arguments" "$stderr" ||
			return 1
		for word in $words; do
			[[ $stderr == *"${word//_/ }"* ]] ||
				fail "no '$word' of: $arguments" "$stderr" ||
				return 1
		done
		count=$((count + 1))
	done
	[ "$count" -ge "$1" ] || fail "$count cases, fewer than $1"
}

# wrong_spec: of each line, TEXT | WORDS: a spec with TEXT, in which ";" ends a
# line, is refused with each of WORDS.
wrong_spec() {
	local text words word count=0

	while IFS='|' read -r text words; do
		[ -n "$words" ] || continue
		printf 'version: 1\n%b' "${text//;/\\n}" >wrong.spec
		run --separate-stderr "$OCI_PACK" wrong.spec -o out.tar
		[ "$status" -eq 1 ] || fail "exit $status: $text" || return 1
		matches '^wrong\.spec:[0-9]+:[0-9]+: ' "$stderr" || return 1
		for word in $words; do
			[[ $stderr == *"${word//_/ }"* ]] ||
				fail "no '$word' of: $text" "$stderr" ||
				return 1
		done
		count=$((count + 1))
	done
	[ "$count" -ge "$1" ] || fail "$count cases, fewer than $1"
}

@test "faults 30: wrong commands" {
	mistakes 14 <<-'EOF'
	2 | pusj app.tar ghcr.io/me/app:1 | unknown_command 'pusj' 'push'
	2 | version | unknown_command 'version' --version
	2 | logout ghcr.io | unknown_command docker_logout
	2 | logout --help | unknown_command docker_logout
	2 | help pusj | unknown_command 'pusj' 'push'
	2 | run app.tar | unknown_command docker_load docker_run
	2 | tag app.tar other | unknown_command copy
	2 | images | unknown_command inspect
	2 | frobnicate | unknown_command no_spec
	2 | -v push app.tar ghcr.io/me/app:1 | 'push'_is_a_command before_its_options
	2 | push app.tar | where_it_goes ghcr.io/
	2 | pull ghcr.io/me/app:1 | -o_OUTPUT
	2 | cache clear | 'clear' info prune
	2 | index join | 'join' create,_append_or_remove
	2 | app.spec other.spec -o x.tar | 'other.spec' one_spec_too_many
	EOF
}

@test "faults 30: help of a command, by either word" {
	equal "$("$OCI_PACK" push --help)" "$("$OCI_PACK" help push)"
	equal "$("$OCI_PACK" --help)" "$("$OCI_PACK" help)"
}

@test "faults 30: a spec may have the name of a word" {
	cp app.spec version
	"$OCI_PACK" version -q -o x.tar
	cp app.spec pusj
	"$OCI_PACK" pusj -q -o x.tar
}

@test "faults 30: wrong options" {
	mistakes 17 <<-'EOF'
	2 | app.spec --ouput x.tar | unknown_option '--ouput' '--output'
	2 | app.spec --platforms linux/amd64 -o x.tar | '--platforms' '--platform'
	2 | app.spec -f Dockerfile -o x.tar | '-f' without_an_option
	2 | app.spec --build-arg A=1 -o x.tar | '--build-arg' --set
	2 | app.spec -o x.tar --set VERSION | NAME=VALUE
	2 | app.spec -o | '-o'_lacks_its_value
	2 | push app.tar ghcr.io/me/app --retries | '--retries'_lacks_its_value
	2 | push --quiet=yes app.tar ghcr.io/me/app | '--quiet'_takes_no_value
	2 | app.spec -o x.tar --compression gz | 'gz' gzip zstd none
	2 | inspect --tls-verify=false app.tar | '--tls-verify' --insecure --plain-http
	2 | copy --src-tls-verify=false app.tar x.tar | '--src-tls-verify' --src-insecure
	2 | inspect --creds=me:pw app.tar | '--creds' --username --password-stdin
	2 | verify -Z app.tar | unknown_option '-Z'
	2 | lint --format txt app.tar | 'txt' text json sarif github
	2 | pull ghcr.io/me/app -o x.tar --mount-from a/b | --mount-from upload
	2 | inspect app.tar --chunk-size 4MiB | --chunk-size upload
	2 | pull ghcr.io/me/app -o x.tar --max-inflated 1GiB | --max-inflated
	2 | cache prune --kep 1MiB | '--kep' '--keep'
	EOF
}

@test "faults 30: wrong outputs" {
	mistakes 13 <<-'EOF'
	2 | app.spec | -o --push
	2 | app.spec -t me/app:1 | -o --push
	2 | app.spec -o x.tar.gz | 'x.tar.gz' FILE.tar --compression
	2 | app.spec -o x.tgz | 'x.tgz' FILE.tar
	2 | app.spec -o docker://ghcr.io/me/app | 'docker://ghcr.io/me/app' --push
	2 | app.spec -o oci-archive:x.tar | 'oci-archive:x.tar' FILE.tar
	2 | app.spec -o docker-archive:x.tar | FILE.tar
	2 | app.spec -o ghcr.io/me/app:1 | name_in_a_registry --push
	1 | copy app.tar containers-storage:me/app:1 | podman:NAME
	2 | app.spec -o docker-daemon:me/app:1 | --load
	2 | app.spec --load=rkt | --load=rkt docker_or_podman
	2 | load app.tar | unknown_command docker-daemon: --load
	1 | copy app.tar x.tar.gz | 'x.tar.gz' FILE.tar
	EOF
}

@test "faults 30: wrong names" {
	mistakes 14 <<-'EOF'
	2 | app.spec --push me/app | 'me/app' host docker.io/me/app
	2 | app.spec --push=me/app | 'me/app' host docker.io/me/app
	2 | app.spec --push --dry-run me/app | 'me/app' host docker.io/me/app
	2 | app.spec --push --insecure ghcr.io/me/app | follow_--push_directly --push_ghcr.io/me/app
	2 | app.spec --push https://ghcr.io/me/app | no_scheme 'ghcr.io/me/app'
	2 | app.spec --push ghcr.io/Me/App | 'ghcr.io/Me/App' write_'ghcr.io/me/app'
	1 | push app.tar me/app | 'me/app' host docker.io/me/app
	1 | push app.tar ghcr.io/me/app:1:2 | 'ghcr.io/me/app:1:2'
	1 | pull me/app -o x.tar | 'me/app' host docker.io/me/app
	1 | pull https://ghcr.io/me/app -o x.tar | 'ghcr.io/me/app'
	1 | pull ghcr.io/Me/App -o x.tar | 'ghcr.io/Me/App' write_'ghcr.io/me/app'
	1 | inspect nginx | docker.io/nginx
	1 | inspect oci-archive:app.tar | 'app.tar'
	1 | inspect docker-daemon:me/app | docker_save
	1 | inspect ap.tar | 'ap.tar' 'app.tar'
	EOF
}

@test "faults 30: wrong files" {
	mistakes 14 <<-'EOF'
	1 | app.yml -o x.tar | 'app.yml' 'app.spec'
	1 | ap.spec -o x.tar | 'ap.spec' 'app.spec'
	1 | . -o x.tar | '.' directory spec
	1 | Dockerfile -o x.tar | Dockerfile spec nothing_is_run
	1 | app.tar -o x.tar | archive spec
	1 | bin/app -o x.tar | program spec
	1 | lock app.tar | archive spec
	1 | push app.spec ghcr.io/me/app | 'app.spec'_is_a_spec --push
	1 | verify app.spec | 'app.spec'_is_a_spec -o
	1 | lint app.spec | 'app.spec'_is_a_spec
	1 | inspect app.spec | 'app.spec'_is_a_spec
	1 | copy app.spec x.tar | 'app.spec'_is_a_spec
	1 | inspect bin/app | program 'from'
	1 | push rootfs.tar ghcr.io/me/app | not_an_image_archive 'archive:_FILE'
	1 | inspect context | 'context' 'from:_context'
	1 | inspect Dockerfile | Dockerfile docker_build
	EOF
}

@test "faults 30: wrong logins" {
	mistakes 8 <<-'EOF'
	2 | login | HOST ghcr.io
	2 | login ghcr.io docker.io | one_HOST 'docker.io'
	2 | login ghcr.io | no_terminal --username --password-stdin
	2 | login ghcr.io -u me | no_terminal --password-stdin
	2 | login ghcr.io -u me -p secret | other_users --password-stdin
	2 | login ghcr.io --username me --password secret | other_users --password-stdin
	2 | login ghcr.io --password-stdin | --username
	2 | login ghcr.io/me/app -u me --password-stdin | repository 'ghcr.io'
	EOF
	run ! grep -q secret <<<"$stderr"
}

@test "faults 30: wrong platforms" {
	mistakes 2 <<-'EOF'
	2 | app.spec -o x.tar --platform riscv64 | 'riscv64' OS/ARCHITECTURE linux/riscv64
	2 | app.spec -o x.tar --platform linux/amd64,linux/amd64 | twice
	EOF
}

@test "faults 30: wrong keys" {
	local plain='layers: [{entries: [{path: /a, content: a}]}]'

	wrong_spec 28 <<-EOF
	run: apt update;$plain | 'run' nothing_is_run 'debs'
	copy: [a, b];$plain | 'copy' path: from:
	ADD: [a, b];$plain | 'ADD' path: from:
	workdir: /app;$plain | 'workdir' 'working-dir' 'config'
	ports: [80];$plain | 'ports' 'exposed-ports' 'config'
	expose: [80];$plain | 'expose' 'exposed-ports' 'config'
	cmd: [a];$plain | 'cmd' 'config'
	entrypoint: [a];$plain | 'entrypoint' 'config'
	from: debian;$plain | 'from' 'base' docker://
	name: app;$plain | 'name' 'image'
	platform: linux/amd64;$plain | 'platform' 'platforms'
	services: {web: {image: nginx}} | 'services' Compose
	config: {workdir: /app};$plain | 'workdir' 'working-dir'
	config: {ports: [80]};$plain | 'ports' 'exposed-ports'
	config: {entrypoint: /bin/app};$plain | 'entrypoint' list
	tags: 1.0;$plain | 'tags' list
	image: app:1;$plain | 'app:1' 'tags'
	layers: [{run: apt update}] | 'run' nothing_is_run
	layers: [{path: /a, content: a}] | 'path' entries:
	layers: [{files: [a]}] | 'files' 'entries'
	layers: [{entries: [{src: bin/app, dest: /a}]}] | 'src' 'from' 'dest' 'path'
	layers: [{entries: [{path: /a, content: a, chmod: 755}]}] | 'chmod' 'mode'
	layers: [{entries: [{path: /a, content: a, user: 1}]}] | 'user' 'owner'
	layers: [{entries: [{path: /a, content: a, mode: 755}]}] | 755 0755
	layers: [{entries: [{path: /a, content: a, mode: u+x}]}] | 'u+x' 0755
	layers: [{entries: [{path: /a, content: a, owner: root}]}] | 'root' UID:GID
	layers:;\t- entries: [] | tab blanks
	layers: [{debs: [curl]}] | 'curl' packages_are_fetched
	base: debian:trixie;$plain | 'debian:trixie' docker://debian:trixie
	base: ap.tar;$plain | 'ap.tar' 'app.tar'
	EOF
}

@test "faults 30: wrong paths" {
	wrong_spec 5 <<-'EOF'
	layers: [{entries: [{path: /a, from: bin/ap}]}] | 'bin/ap' 'bin/app'
	layers: [{entries: [{path: usr/bin/app, from: bin/app}]}] | 'usr/bin/app' /usr/bin/app
	layers: [{entries: [{path: /a, from: "~/app"}]}] | '~'
	layers: [{entries: [{path: /a, from: ../app}]}] | '..' absolute
	layers: [{entries: [{path: /a, from: bin/*.so}]}] | 'bin/*.so' matches_nothing
	EOF
}

@test "faults 30: login asks on a terminal, without echo" {
	python3 "$BATS_TEST_DIRNAME/ask.py" "$OCI_PACK"
}

@test "faults 30: one of a kind is no plural" {
	mkdir -p "$BATS_TEST_TMPDIR/kept"
	spec bad.spec 'layers: [{entries: [{path: /a, content: a}]}]' \
		'config: {entrypoint: [/no]}'
	"$OCI_PACK" bad.spec -q --lint off -o bad.tar
	run --separate-stderr "$OCI_PACK" lint bad.tar
	equal 3 "$status"
	matches 'bad\.tar: 1 error, 0 warnings, 0 notes$' "$output"
	run "$OCI_PACK" cache info
	matches '1 blob,' "$output"
}

@test "faults 30: help has no option that the command ignores" {
	local command

	for command in login pull lock inspect verify lint; do
		run "$OCI_PACK" "$command" --help
		[[ $output != *--mount-from* && $output != *--chunk-size* ]] ||
			fail "$command"
	done
	for command in login pull lock; do
		run "$OCI_PACK" "$command" --help
		[[ $output != *--max-inflated* ]] || fail "$command"
	done
	for command in build push copy 'index create'; do
		# shellcheck disable=SC2086
		run "$OCI_PACK" $command --help
		[[ $output == *--mount-from* && $output == *--chunk-size* &&
			$output == *--max-inflated* ]] || fail "$command"
	done
	# It was unknown to push, whose help had it.
	run --separate-stderr "$OCI_PACK" push --max-inflated 1KiB app.spec \
		127.0.0.1:1/a/b:1
	matches 'is a spec' "$stderr"
}

# action ARGS: what the action of the repository gives to the command.
action() {
	mkdir -p oci-pack/bin
	printf '#!/bin/sh\nprintf "[%%s]" "$@"\n' >oci-pack/bin/oci-pack
	chmod +x oci-pack/bin/oci-pack
	python3 -c 'import sys, yaml
print(yaml.safe_load(open(sys.argv[1]))["runs"]["steps"][1]["run"])' \
		"$root/action.yml" >step
	RUNNER_TEMP=$PWD GITHUB_OUTPUT=/dev/null ARGS=$1 \
		bash --noprofile --norc -eo pipefail step
}

@test "faults 30: the action takes arguments on one line, too" {
	equal '[app.spec][--push][ghcr.io/me/app]' \
		"$(action 'app.spec --push ghcr.io/me/app')"
	equal '[app.spec][--set][A=b c]' "$(action 'app.spec --set "A=b c"')"
	equal '[my app.spec][--push][ghcr.io/me/app]' \
		"$(action $'my app.spec\n--push\nghcr.io/me/app\n')"
	equal '[app.spec][--push][ghcr.io/me/app]' \
		"$(action $'app.spec\n--push ghcr.io/me/app')"
	equal '[app.spec][--set][A=b c]' \
		"$(action $'app.spec\n--set A=b c\n')"
}

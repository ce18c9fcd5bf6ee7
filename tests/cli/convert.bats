#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# oci-pack convert: Dockerfiles in the shapes that are common.

load ../helpers

setup() {
	work_in_folder
	mkdir -p src bin/riscv64
	touch a.py b.py requirements.txt src/m.py bin/riscv64/tool package.json
	tar -cf vendor.tar a.py
	spec base.spec 'layers: [{entries: [{path: /etc/os, content: x}]}]'
	"$OCI_PACK" base.spec -q -o base.tar --lint off >/dev/null
}

# converts STATUS DOCKERFILE LINE...: what convert makes of it has these lines,
# and packs with another base.
converts() {
	local wanted=$1 line

	printf '%s\n' "$2" >Dockerfile
	shift 2
	run --separate-stderr "$OCI_PACK" convert Dockerfile
	equal "$wanted" "$status"
	echo "$output" >../spec
	for line in "$@"; do
		grep -qxF -- "$line" <(sed 's/^ *//' ../spec) ||
			fail "no line: $line" "$output"
	done
	[ "$wanted" -ne 0 ] || ! grep '# Dockerfile' <<<"$output"
	sed 's,^base: .*,base: base.tar,' ../spec >made.spec
	"$OCI_PACK" made.spec -q -o ../made --lint off --no-cache \
		--set VERSION=1 >/dev/null 2>err ||
		"$OCI_PACK" made.spec -q -o ../made --lint off --no-cache \
			>/dev/null 2>err || fail "$(cat err)" "$output"
	rm -rf ../made
}

@test "bases: scratch, an image, a digest, a variable, a platform" {
	converts 0 $'FROM scratch\nCOPY a.py /a.py' \
		'- {path: "/a.py", from: "a.py"}'
	run ! grep -q '^base:' made.spec
	converts 0 'FROM debian:trixie-slim' 'base: "docker://debian:trixie-slim"'
	converts 0 $'ARG TAG=3.13\nFROM python:${TAG}-slim' \
		'base: "docker://python:${TAG}-slim"' 'TAG: "3.13"'
	converts 0 $'ARG TAG=3.13\nFROM python:$TAG' \
		'base: "docker://python:${TAG}"'
	converts 0 'FROM --platform=$BUILDPLATFORM alpine:3 AS x' \
		'base: "docker://alpine:3"'
}

@test "COPY: files, folders, patterns, lists, owners and modes" {
	converts 0 $'FROM scratch\nCOPY a.py b.py /app/' \
		'- {path: "/app/", from: "a.py"}' '- {path: "/app/", from: "b.py"}'
	converts 0 $'FROM scratch\nCOPY src /app' '- {path: "/app/", from: "src/"}'
	converts 0 $'FROM scratch\nCOPY ./src/ /app/' \
		'- {path: "/app/", from: "src/"}'
	converts 0 $'FROM scratch\nCOPY *.py /app/' '- {path: "/app/", from: "*.py"}'
	converts 0 $'FROM scratch\nCOPY ["a.py", "/app/x y.py"]' \
		'- {path: "/app/x y.py", from: "a.py"}'
	converts 0 $'FROM scratch\nCOPY --chown=1000 --chmod=0755 a.py /a' \
		'- {path: "/a", from: "a.py", mode: "0755", owner: "1000:1000"}'
	converts 0 $'FROM scratch\nCOPY --link --chown=1:2 a.py /a' \
		'- {path: "/a", from: "a.py", owner: "1:2"}'
	converts 0 $'FROM scratch\nCOPY bin/$TARGETARCH/tool /usr/bin/' \
		'- {path: "/usr/bin/", from: "bin/${arch}/tool"}'
	converts 0 $'FROM scratch\nADD vendor.tar /opt' \
		'- {path: "/opt/", archive: "vendor.tar"}'
	printf '%s\n' '# what is not copied' src 'bin/**' '!bin/x' >.dockerignore
	converts 0 $'FROM scratch\nCOPY . /app' \
		'- {path: "/app/", from: "./", exclude: ["src", "bin/**"]}'
}

@test "WORKDIR: relative ones, and destinations below them" {
	converts 0 $'FROM scratch\nWORKDIR /app\nWORKDIR lib\nCOPY a.py .\nCOPY b.py ./x/' \
		'- {path: "/app/lib/", from: "a.py"}' \
		'- {path: "/app/lib/x/", from: "b.py"}' 'working-dir: "/app/lib"'
}

@test "commands: exec and shell form, SHELL, an entrypoint resets the command" {
	converts 0 $'FROM debian\nENTRYPOINT ["a", "b c"]\nCMD ["--x", "${y}"]' \
		'entrypoint: ["a", "b c"]' 'cmd: ["--x", "$${y}"]'
	converts 0 $'FROM debian\nCMD python a.py "$HOME"' \
		'cmd: ["/bin/sh", "-c", "python a.py \"$HOME\""]'
	converts 0 $'FROM debian\nSHELL ["/bin/bash", "-ec"]\nCMD x' \
		'cmd: ["/bin/bash", "-ec", "x"]'
	converts 0 $'FROM debian AS a\nCMD ["x"]\nFROM a\nENTRYPOINT ["y"]' \
		'entrypoint: ["y"]'
	run ! grep -q 'cmd:' made.spec
}

@test "ENV, ARG and LABEL: both forms, quotes, values of each other" {
	converts 0 $'FROM debian\nENV A=1 B="x y" C=\'$A\'\nENV D one two\nENV E=$A/$B' \
		'"A": "1"' '"B": "x y"' '"C": "$A"' '"D": "one two"' '"E": "1/x y"'
	converts 0 $'FROM debian\nARG V=1\nENV A=$V B=${V:-2} C=${N:-3} D=${V:+4}' \
		'"A": "${V}"' '"B": "${V}"' '"C": "3"' '"D": "4"' 'V: "1"'
	converts 0 $'FROM debian\nARG VERSION\nLABEL v=$VERSION w="a=b"' \
		'"v": "${VERSION}"' '"w": "a=b"' 'VERSION: null # required'
	converts 0 $'FROM debian\nMAINTAINER A <a@example.com>' \
		'"maintainer": "A <a@example.com>"'
}

@test "the rest of the config" {
	converts 0 $'FROM debian\nUSER 1000:1000\nEXPOSE 80 53/udp 9000-9001\nVOLUME ["/a", "/b"]\nVOLUME /c /d\nSTOPSIGNAL SIGINT' \
		'user: "1000:1000"' 'volumes: ["/a", "/b", "/c", "/d"]' \
		'exposed-ports: ["80/tcp", "53/udp", "9000/tcp", "9001/tcp"]' \
		'stop-signal: "SIGINT"'
	converts 0 $'FROM debian\nHEALTHCHECK --interval=30s --retries=3 CMD ["curl", "x"]' \
		'test: ["CMD", "curl", "x"]' 'interval: 30s' 'retries: 3'
	converts 0 $'FROM debian\nHEALTHCHECK CMD curl x || exit 1' \
		'test: ["CMD-SHELL", "curl x || exit 1"]'
	converts 0 $'FROM debian\nHEALTHCHECK NONE' 'test: ["NONE"]'
}

@test "lines: comments, continuations, escape, here-documents, line ends" {
	converts 0 $'# syntax=docker/dockerfile:1\n# escape=`\nFROM debian\nENV A=1 `\n  # no\n\n  B=2' \
		'"A": "1"' '"B": "2"'
	converts 0 $'FROM debian\r\nENV A=1 \\\r\n B=2\r' '"A": "1"' '"B": "2"'
	converts 0 $'FROM debian\nARG V=1\nCOPY --chmod=755 <<EOF /e.sh\nexec "$V" \\$@\nEOF\nUSER 1' \
		'- {path: "/e.sh", content: "exec \"${V}\" $@\u000a", mode: "755"}' \
		'user: "1"'
	converts 0 $'FROM debian\nCOPY <<-"EOF" /e\n\tx ${y}\n\tEOF' \
		'- {path: "/e", content: "x $${y}\u000a"}'
}

@test "stages: the last one, and those that it starts from" {
	converts 3 $'FROM golang AS build\nRUN go build\nFROM scratch\nCOPY --from=build /app /app\nENTRYPOINT ["/app"]' \
		'# Dockerfile:4 is left out: files of another stage or image are not at hand: build them first, and add an entry with from' \
		'entrypoint: ["/app"]'
	run ! grep -q 'go build' made.spec
	converts 0 $'FROM debian AS base\nENV A=1\nFROM base AS dev\nENV B=2\nFROM BASE\nENV C=3' \
		'"A": "1"' '"C": "3"' 'base: "docker://debian"'
	run ! grep -q '"B"' made.spec
}

@test "what is left out is told, line by line" {
	converts 3 $'FROM debian\nRUN apt-get update && \\\n  apt-get install -y x\nCOPY a.py /' \
		'# Dockerfile:2 is left out: nothing is run when packing; debs takes Debian packages' \
		'#   RUN apt-get update &&   apt-get install -y x' \
		'- {path: "/", from: "a.py"}'
	converts 3 $'FROM debian\nRUN <<EOF\nset -e\nEOF\nUSER 1' 'user: "1"'
	converts 3 $'FROM debian\nENV A=1 PATH=/x:$PATH' '"A": "1"' \
		'# Dockerfile:2 is left out: PATH alone, because the value of PATH is not known here'
	run ! grep -q '"PATH"' made.spec
	converts 3 $'FROM debian\nCOPY --chown=app:app a.py /a\nONBUILD RUN x\nADD https://example.com/x /x' \
		'# Dockerfile:2 is left out: the owner is no number, and names are only known in the image' \
		'# Dockerfile:3 is left out: it has no counterpart' \
		'# Dockerfile:4 is left out: packing fetches nothing: fetch the file, and name it'
	matches '3 instructions were left out' "$stderr"
}

@test "Dockerfiles that are wrong, and outputs" {
	printf 'COPY a b\n' >Dockerfile
	refused 1 'line 1: COPY comes before FROM' convert Dockerfile
	printf 'FROM x\nCOPY <<EOF /a\n' >Dockerfile
	refused 1 'line 2: a here-document has no end' convert Dockerfile
	: >Dockerfile
	refused 1 'it has no FROM' convert Dockerfile
	refused 1 "none.*No such file" convert none
	refused 2 'one DOCKERFILE' convert
	printf 'FROM scratch\nCOPY a.py /\n' >src/Dockerfile
	touch src/a.py
	"$OCI_PACK" convert src/Dockerfile --image example.com/b -o src/b.spec
	"$OCI_PACK" src/b.spec -q -o made --lint off
	equal latest "$("$OCI_PACK" tags made | sed 's/.*://')"
	"$OCI_PACK" convert - <src/Dockerfile | grep -q '^version: 1$'
}

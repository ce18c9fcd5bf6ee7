#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Specs on a base: what the layers of others hold decides where entries go,
# which parents are written, and what a config starts from.

load ../helpers

setup() {
	work_in_folder
	export HOME=$PWD/home
}

# base [KEY=VALUE...] <LINES: a layout called base, by tests/foreign.py.
base() {
	rm -rf base
	"$root/tests/foreign.py" base "$@"
}

# on LINE...: packs a spec on that base, with these lines; what its own layer
# holds is in own.
on() {
	spec a.spec 'image: a' 'base: oci:base:t' "$@"
	"$OCI_PACK" a.spec -q -o out.tar --lint off >digest
	"$OCI_PACK" verify -q out.tar
	layers out.tar >all
	last=$(tail -n 1 all | cut -d ' ' -f 1)
	grep "^$last " all | cut -d ' ' -f 2- >own
}

own() {
	printf '%s\n' "$@" | diff - own
}

config() {
	"$OCI_PACK" inspect --json out.tar | jq -c ".images[0].config$1"
}

@test "layers are passed on byte for byte, in every compression" {
	local kind

	for kind in gzip zstd none; do
		base compression="$kind" <<-'EOF'
			layer
			d usr 0755
			f usr/a text
			layer
			f usr/b text
		EOF
		on 'layers: [{entries: [{path: /c, content: c}]}]'
		equal "$("$OCI_PACK" inspect --raw oci:base:t |
			jq -c '.layers')" "$("$OCI_PACK" inspect --raw out.tar |
			jq -c '.layers[:2]')"
	done
}

@test "Docker's media types become OCI's" {
	base media=docker <<-'EOF'
		layer
		f a text
	EOF
	on 'layers: [{entries: [{path: /c, content: c}]}]'
	"$OCI_PACK" inspect --raw out.tar >raw
	run ! grep -q docker raw
	equal 2 "$(grep -o 'layer.v1.tar+gzip' raw | wc -l)"
}

@test "links of the base are followed, parents keep what they have" {
	base <<-'EOF'
		layer
		d ./usr/ 0755
		d ./usr/sbin/ 0755
		l ./sbin usr/sbin
		l ./lib /usr/lib
		d ./tmp/ 1777
		layer
		d usr/lib 0711
	EOF
	on 'layers:' '  - entries:' \
		'      - {path: /sbin/init, content: x}' \
		'      - {path: /lib/so, content: x}' \
		'      - {path: /tmp/deep/file, content: x}'
	own 'd 1777 0:0 0 0 tmp' 'd 0755 0:0 0 0 tmp/deep' \
		'f 0644 0:0 0 1 tmp/deep/file' 'd 0755 0:0 0 0 usr' \
		'd 0711 0:0 0 0 usr/lib' 'f 0644 0:0 0 1 usr/lib/so' \
		'd 0755 0:0 0 0 usr/sbin' 'f 0644 0:0 0 1 usr/sbin/init'
}

@test "a layer that replaces a link by a folder hides the link" {
	base <<-'EOF'
		layer
		d usr/sbin 0755
		l sbin usr/sbin
		layer
		f sbin/own text
	EOF
	on 'layers: [{entries: [{path: /sbin/init, content: x}]}]'
	own 'd 0755 0:0 0 0 sbin' 'f 0644 0:0 0 1 sbin/init'
}

@test "whiteouts and opaque folders of the base take paths away" {
	base <<-'EOF'
		layer
		d etc 0750
		d etc/a 0700
		l etc/b a
		d opt 0700
		d opt/old 0700
		layer
		f etc/.wh.b x
		f opt/.wh..wh..opq x
		d opt/new 0711
		f opt/.wh..wh.plnk x
	EOF
	on 'layers:' '  - entries:' \
		'      - {path: /etc/b/file, content: x}' \
		'      - {path: /opt/old/file, content: x}' \
		'      - {path: /opt/new/file, content: x}'
	own 'd 0750 0:0 0 0 etc' 'd 0755 0:0 0 0 etc/b' \
		'f 0644 0:0 0 1 etc/b/file' 'd 0700 0:0 0 0 opt' \
		'd 0711 0:0 0 0 opt/new' 'f 0644 0:0 0 1 opt/new/file' \
		'd 0755 0:0 0 0 opt/old' 'f 0644 0:0 0 1 opt/old/file'
}

@test "an opaque folder keeps what its own layer put there before it" {
	base <<-'EOF'
		layer
		d opt/old 0700
		layer
		d opt/new 0711
		f opt/.wh..wh..opq x
		f .wh.gone x
		layer
		f .wh..wh..opq x
		d late 0711
	EOF
	on 'layers:' '  - entries:' \
		'      - {path: /opt/new/file, content: x}' \
		'      - {path: /late/file, content: x}'
	own 'd 0711 0:0 0 0 late' 'f 0644 0:0 0 1 late/file' \
		'd 0755 0:0 0 0 opt' 'd 0755 0:0 0 0 opt/new' \
		'f 0644 0:0 0 1 opt/new/file'
}

@test "what a spec removes has to be in the base" {
	base <<-'EOF'
		layer
		f etc/motd text
	EOF
	on 'layers: [{entries: [{path: /etc/motd, remove: true}]}]'
	own 'd 0755 0:0 0 0 etc' 'w 0644 0:0 0 0 etc/.wh.motd'
	spec b.spec 'image: a' 'base: oci:base:t' \
		'layers: [{entries: [{path: /etc/other, remove: true}]}]'
	refused 1 'b.spec:4:.*/etc/other' b.spec -o bad.tar
}

@test "a hard link cannot lead into the base" {
	base <<-'EOF'
		layer
		f bin/a text
		h bin/b bin/a
	EOF
	spec b.spec 'image: a' 'base: oci:base:t' \
		'layers: [{entries: [{path: /c, hardlink: /bin/b}]}]'
	refused 1 'in a lower layer' b.spec -o bad.tar
}

@test "a config starts from the base's, as FROM does" {
	base config='{"Env": ["A=1", "B=2"], "Entrypoint": ["/e"], "Cmd":
		["c"], "User": "7", "WorkingDir": "/w", "Labels": {"a": "1",
		"b": "2"}, "ExposedPorts": {"1/tcp": {}}, "Volumes": {"/v":
		{}}, "StopSignal": "SIGINT", "Healthcheck": {"Test": ["CMD",
		"x"], "Interval": 5}}' <<-'EOF'
		layer
		f a text
	EOF
	on 'config:' '  env: {B: 3, C: 4}' '  labels: {b: "3"}' \
		'  exposed-ports: [1/tcp, 2/tcp]'
	equal '["A=1","B=3","C=4"]' "$(config .config.Env)"
	equal '[["/e"],["c"],"7","/w","SIGINT",["CMD","x"]]' "$(config \
		'.config | [.Entrypoint, .Cmd, .User, .WorkingDir,
		.StopSignal, .Healthcheck.Test]')"
	equal '[{"a":"1","b":"3"},["1/tcp","2/tcp"],["/v"]]' "$(config \
		'.config | [.Labels, (.ExposedPorts | keys),
		(.Volumes | keys)]')"
	on 'config: {entrypoint: [/new]}'
	equal '[["/new"],null]' "$(config '.config | [.Entrypoint, .Cmd]')"
	on 'config: {cmd: [d]}'
	equal '[["/e"],["d"]]' "$(config '.config | [.Entrypoint, .Cmd]')"
	on 'config: {entrypoint: []}'
	equal '[null,null]' "$(config '.config | [.Entrypoint, .Cmd]')"
}

@test "history is kept, and made up where there is none" {
	base <<-'EOF'
		layer
		f a text
	EOF
	on 'layers: [{name: mine, entries: [{path: /c, content: c}]}]'
	equal '["layer 0","oci-pack layer mine"]' \
		"$(config '.history | [.[].created_by]')"
	base history=no <<-'EOF'
		layer
		f a text
		layer
		f b text
	EOF
	on 'layers: [{name: mine, entries: [{path: /c, content: c}]}]'
	equal '["base image","base image","oci-pack layer mine"]' \
		"$(config '.history | [.[].created_by]')"
}

@test "what it is based on is noted" {
	base <<-'EOF'
		layer
		f a text
	EOF
	on 'config: {user: "1"}'
	equal "$("$OCI_PACK" inspect --json oci:base:t | jq -r .digest)" \
		"$("$OCI_PACK" inspect --raw out.tar | jq -r \
		'.annotations["org.opencontainers.image.base.digest"]')"
}

@test "the base's platform is chosen, and has to be there" {
	base platform=linux/arm64/v8 <<-'EOF'
		layer
		f a text
	EOF
	spec b.spec 'image: a' 'base: oci:base:t' 'platforms: [linux/arm64]' \
		'config: {user: "1"}'
	"$OCI_PACK" b.spec -q -o out.tar
	spec c.spec 'image: a' 'base: oci:base:t' 'config: {user: "1"}'
	refused 1 'c.spec:3:7: .*linux/arm64.*, not for linux/riscv64' \
		c.spec -o bad.tar
	spec m.spec 'image: m' 'platforms: [linux/riscv64, linux/amd64]' \
		'layers: [{entries: [{path: /a, content: "${arch}"}]}]'
	"$OCI_PACK" m.spec -q -o m.tar
	spec d.spec 'image: a' 'base: m.tar' 'config: {user: "1"}' \
		'platforms: [linux/amd64, linux/riscv64]'
	"$OCI_PACK" d.spec -q -o d.tar
	"$OCI_PACK" verify -q d.tar
	equal amd64 "$(layers d.tar linux/amd64 --cat 1 a)"
	refused 1 'has no image for linux/arm/v7; it has linux/riscv64, linux' \
		d.spec -o bad.tar --platform linux/arm/v7
}

@test "a spec on a spec: its variables, its platform, its errors" {
	spec low.spec 'vars: {WHO: low, OTHER: x}' \
		'layers: [{entries: [{path: "/${WHO}-${arch}", content: x}]}]' \
		'config: {env: {LOW: "1"}, cmd: [low]}'
	mkdir folder
	mv low.spec folder
	spec top.spec 'image: top' 'vars: {WHO: top}' \
		'base: folder/low.spec' 'platforms: [linux/amd64]' \
		'layers: [{entries: [{path: "/${WHO}", content: x}]}]' \
		'config: {env: {TOP: "1"}}'
	"$OCI_PACK" top.spec -q -o out.tar --set WHO=both --lint off
	equal 'both-amd64 both' "$(layers out.tar | awk '{ print $NF }' |
		xargs)"
	equal '["LOW=1","TOP=1"]' "$(config .config.Env)"
	equal '["low"]' "$(config .config.Cmd)"
	echo 'nonsense: 1' >>folder/low.spec
	refused 1 '^folder/low.spec:5:1: ' top.spec -o bad.tar
}

@test "a hundred thousand entries of a base: memory" {
	case $OCI_PACK in
	*/thread/*) skip 'the thread sanitizer needs memory of its own' ;;
	esac
	awk 'BEGIN {
		print "layer"
		for (i = 0; i < 100000; i++)
			print "f usr/share/folder-" int(i / 100) "/file-" i " x"
	}' | base compression=none
	spec b.spec 'image: a' 'base: oci:base:t' \
		'layers: [{entries: [{path: /usr/share/folder-7/mine, content: x}]}]'
	# shellcheck disable=SC2016
	peak=$(python3 -c '
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' \
		"$OCI_PACK" b.spec -o out.tar -q)
	[ "$peak" -lt 100000 ] || fail "$peak KiB"
}

@test "a hard link to itself changes nothing" {
	base <<-'EOF'
		layer
		d etc 0755
		d usr/sbin 0755
		l sbin usr/sbin
		h sbin sbin
	EOF
	spec b.spec 'image: a' 'base: oci:base:t' \
		'layers: [{entries: [{path: /sbin/a, content: x}]}]'
	"$OCI_PACK" b.spec -q -o out.tar --lint warn
	layers out.tar | grep -q ' usr/sbin/a$'
}

# stays LINES MODE: of a/b, that a lower layer has, LINES leave a/b/new alone.
stays() {
	{
		printf 'layer\nd a 0711\nd a/b 0711\nf a/b/old x\n'
		printf 'layer\n%s\n' "$1" | tr '|' '\n'
	} | base
	on 'layers: [{entries: [{path: /a/b/mine, content: x},' \
		'{path: /a/b/new, remove: true}]}]'
	own "d $2 0:0 0 0 a" 'd 0755 0:0 0 0 a/b' \
		'w 0644 0:0 0 0 a/b/.wh.new' 'f 0644 0:0 0 1 a/b/mine'
	spec b.spec 'image: a' 'base: oci:base:t' \
		'layers: [{entries: [{path: /a/b/old, remove: true}]}]'
	refused 1 /a/b/old b.spec -o bad.tar
	on 'layers: [{entries: [{path: /a/b, remove: true}]}]'
	own "d $2 0:0 0 0 a" 'w 0644 0:0 0 0 a/.wh.b'
}

@test "what a layer has itself stays, before and behind its whiteouts" {
	stays 'f .wh.a |f a/b/new x' 0755
	stays 'f a/b/new x|f .wh.a ' 0755
	stays 'f a/.wh.b |f a/b/new x' 0711
	stays 'f a/b/new x|f a/.wh.b ' 0711
	stays 'f a/b/new x|f a/.wh..wh..opq ' 0711
}

@test "names that grow out of little are limited" {
	awk 'BEGIN {
		print "layer"
		while (n++ < 2040)
			deep = deep "a/"
		for (i = 0; i < 150; i++)
			print "f " i "/" deep "f"
	}' | base
	spec b.spec 'image: a' 'base: oci:base:t' \
		'layers: [{entries: [{path: /mine, content: x}]}]'
	refused 1 'the layers do not name have names of more than 64 MiB' \
		b.spec -o bad.tar
	awk 'BEGIN {
		print "layer"
		while (n++ < 4000)
			target = target "a"
		for (i = 0; i < 140000; i++)
			print "l a " target
	}' | base compression=zstd
	refused 1 'the names in the layers have more than 512 MiB' b.spec \
		-o bad.tar
}

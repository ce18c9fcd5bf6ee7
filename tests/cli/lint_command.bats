#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# `oci-pack lint` and the lint of `build`: formats, exit statuses, exceptions,
# platforms, and what is left alone.

load ../helpers

setup() {
	work_in_folder
	mkdir -p in/bin
	"$root/tests/elf.py" in/bin/app interp=/lib/ld.so
	printf x >in/open
	chmod 666 in/open
}

# app LINE...: a spec that breaks elf-interpreter and world-writable.
app() {
	spec a.spec 'image: a' 'layers:' \
		'  - entries: [{path: /, from: in, mode: keep}]' "$@"
}

# Blobs that are there already may be written once more.
files() {
	find . -type f -exec sha256sum {} + | sort
	find . | sort
}

packed() {
	app
	"$OCI_PACK" a.spec -q --lint off -o a.tar >digest
}

@test "text: where, which layer, the rule, why, what to do" {
	packed
	run --separate-stderr "$OCI_PACK" lint a.tar
	equal 3 "$status"
	equal '' "$stderr"
	equal "error: elf-interpreter: /bin/app (layer 1): its loader '/lib/ld.so' is not in the image: starting it ends with \"no such file or directory\" [linux/riscv64]" "${lines[0]}"
	matches '^    The kernel starts' "${lines[1]}"
	matches "^    Put the loader's package" "${lines[2]}"
	equal 'a.tar: 1 error, 1 warning, 0 notes' "${lines[6]}"
}

@test "exit 0 without errors, 1 without an image, 2 for wrong usage" {
	rm in/bin/app
	packed
	run "$OCI_PACK" lint a.tar
	equal 0 "$status"
	refused 1 'none.tar' lint none.tar
	echo junk >junk.tar
	refused 1 'junk.tar' lint junk.tar
	refused 2 'one IMAGE' lint
	refused 2 'one IMAGE' lint a.tar a.tar
	refused 2 "'yaml' is not text, json" lint a.tar --format yaml
	refused 2 "'what' is no rule" lint a.tar --ignore what
	refused 2 "'fatal' is not error, warn" a.spec --lint fatal
}

@test "a layer that is not what its digest says is no image to check" {
	packed
	"$OCI_PACK" a.spec -q --lint off -o dir >/dev/null
	layer=$("$OCI_PACK" inspect --raw dir | jq -r '.layers[0].digest')
	printf 'x' >>"dir/blobs/${layer/://}"
	run --separate-stderr "$OCI_PACK" lint dir
	equal 1 "$status"
	matches "${layer#sha256:}" "$stderr"
}

@test "json" {
	packed
	"$OCI_PACK" lint a.tar --json >out.json || [ $? -eq 3 ]
	jq -e '.errors == 1 and .warnings == 1 and .notes == 0 and
		.ignored == 0 and (.findings | length) == 2' out.json
	jq -e '.findings[0] | .rule == "elf-interpreter" and
		.level == "error" and .platform == "linux/riscv64" and
		.path == "/bin/app" and .layer == 1 and
		(.digest | startswith("sha256:")) and
		([.message, .why, .remedy] | all(length > 10))' out.json
	"$OCI_PACK" lint a.tar --format json | cmp - out.json
}

@test "sarif: what code scanning asks for" {
	mv in/open 'in/o pen'
	packed
	mv a.tar 'a b.tar'
	"$OCI_PACK" lint 'a b.tar' --format sarif >out.sarif || [ $? -eq 3 ]
	jq -e '.version == "2.1.0" and (.["$schema"] | test("sarif-2.1.0"))
		and (.runs | length) == 1' out.sarif
	jq -e '.runs[0] | .tool.driver as $driver | $driver.name == "oci-pack"
		and ($driver.rules | map(.id)) as $ids |
		(.results | length) == 2 and all(.results[];
			(.ruleId as $r | $ids | index($r) != null) and
			(.level | IN("error", "warning", "note")) and
			(.message.text | length) > 0 and
			.locations[0].physicalLocation.artifactLocation.uri ==
				"a%20b.tar" and
			.locations[0].physicalLocation.region.startLine == 1)
		' out.sarif
	jq -e '.runs[0].results[1].locations[0].logicalLocations[0]
		.fullyQualifiedName == "/o pen"' out.sarif
	jq -e --argjson rules "$("$OCI_PACK" lint --rules |
		grep -c '^[a-z]')" '(.runs[0].tool.driver.rules | length) ==
		$rules and all(.runs[0].tool.driver.rules[];
		.shortDescription.text and .help.text and
		.defaultConfiguration.level)' out.sarif
}

@test "github: annotations, in which nothing of the image is a command" {
	mv in/open $'in/o%pen\n::error::x'
	rm in/bin/app
	packed
	"$OCI_PACK" lint a.tar --format github >out
	equal 1 "$(wc -l <out)"
	matches '^::warning file=a.tar,title=world-writable::/o%25pen%0A::error::x: mode 0666' "$(cat out)"
	mv a.tar 'a:b,c.tar'
	"$OCI_PACK" lint 'a:b,c.tar' --format github >out
	matches '^::warning file=a%3Ab%2Cc.tar,' "$(cat out)"
}

@test "thirty thousand findings: the first are told, all are counted" {
	python3 - <<-'CODE'
		import tarfile
		with tarfile.open("layer.tar", "w") as t:
		    for i in range(30000):
		        info = tarfile.TarInfo(f"f{i}")
		        info.mode = 0o666
		        t.addfile(info)
	CODE
	python3 -c "
import sys
sys.path.insert(0, '$root/tests')
import foreign
foreign.Image([open('layer.tar', 'rb').read()]).write('other')"
	"$OCI_PACK" lint oci:other:t >out
	equal 'oci:other:t: 0 errors, 30000 warnings, 0 notes; the first 25000 are told' "$(tail -n 1 out)"
	"$OCI_PACK" lint oci:other:t --json |
		jq -e '.warnings == 30000 and (.findings | length) == 25000'
}

@test "names that are not UTF-8 leave json and text whole" {
	python3 - <<-'CODE'
		import tarfile
		with tarfile.open("layer.tar", "w", format=tarfile.GNU_FORMAT,
		                  encoding="latin-1") as t:
		    info = tarfile.TarInfo("caf\xe9\x1b[31m")
		    info.mode = 0o666
		    t.addfile(info)
	CODE
	python3 -c "
import sys
sys.path.insert(0, '$root/tests')
import foreign
foreign.Image([open('layer.tar', 'rb').read()]).write('other')"
	"$OCI_PACK" lint oci:other:t --json | jq -e '.findings[0].path ==
		"/caf\ufffd\u001b[31m"'
	run "$OCI_PACK" lint oci:other:t
	[[ $output != *$'\e'* ]]
}

@test "--ignore: a rule, or its paths" {
	packed
	run "$OCI_PACK" lint a.tar --ignore elf-interpreter
	equal 0 "$status"
	matches '0 errors, 1 warning, 0 notes, 1 passed over' "$output"
	run "$OCI_PACK" lint a.tar --ignore 'elf-interpreter:/bin/*' \
		--ignore world-writable
	equal 0 "$status"
	matches '0 errors, 0 warnings, 0 notes, 2 passed over' "$output"
	run "$OCI_PACK" lint a.tar --ignore 'elf-interpreter:/sbin/*'
	equal 3 "$status"
}

@test "build fails before anything is written or named" {
	app
	echo earlier >a.tar
	mkdir layout
	"$OCI_PACK" a.spec -q --lint off -o oci:layout:old >/dev/null
	before=$(files)
	run --separate-stderr "$OCI_PACK" a.spec -o a.tar
	equal 3 "$status"
	equal '' "$output"
	matches 'elf-interpreter: /bin/app' "$stderr"
	matches 'the image was not written' "$stderr"
	run --separate-stderr "$OCI_PACK" a.spec -q -o new.tar
	equal 3 "$status"
	run --separate-stderr "$OCI_PACK" a.spec -o oci:layout:new
	equal 3 "$status"
	run --separate-stderr "$OCI_PACK" a.spec -o fresh
	equal 3 "$status"
	equal "$before" "$(files)"
}

@test "--lint warn and off write what error refuses, the same bytes" {
	app
	run --separate-stderr "$OCI_PACK" a.spec --lint warn -o warn.tar
	equal 0 "$status"
	matches 'elf-interpreter: /bin/app' "$stderr"
	run --separate-stderr "$OCI_PACK" a.spec --lint off -o off.tar
	equal 0 "$status"
	[[ $stderr != *elf-interpreter* ]]
	cmp warn.tar off.tar
	rm in/bin/app
	"$OCI_PACK" a.spec -q -o on.tar
	"$OCI_PACK" a.spec -q --lint off -o off.tar
	cmp on.tar off.tar
}

@test "build and lint find the same, whatever the inputs are" {
	local how

	tar -C in -cf in.tar .
	mkdir -p deb/DEBIAN deb/bin
	cp in/bin/app deb/bin/other
	printf '%s\n' 'Package: foo' 'Version: 1' 'Architecture: all' \
		'Maintainer: n <n@example.org>' 'Description: x' \
		>deb/DEBIAN/control
	dpkg-deb -b deb foo.deb >/dev/null
	spec b.spec 'image: b' 'layers:' \
		'  - entries: [{path: /x/, archive: in.tar}]' \
		'  - debs: [foo.deb]' \
		'  - entries: [{path: /y/, from: in, mode: keep}]' \
		'  - entries: [{path: /z, content: "#!/no", mode: 0755}]' \
		'config: {entrypoint: [/z]}'
	run --separate-stderr "$OCI_PACK" b.spec -o b.tar
	equal 3 "$status"
	grep -E '^(error|warning|note)' <<<"$stderr" | sort >built
	for how in gzip zstd none; do
		"$OCI_PACK" b.spec -q --lint off --compression $how -o b.tar
		"$OCI_PACK" lint b.tar | grep -E '^(error|warning|note)' |
			sort | diff built -
	done
	# Programs that are neither on PATH nor started are warnings.
	equal 2 "$(grep -c ^error built)"
	equal 'error warning warning' "$("$OCI_PACK" lint b.tar --json |
		jq -r '[.findings[] | select(.rule == "elf-interpreter") |
			.level] | sort | join(" ")')"
	equal 2 "$("$OCI_PACK" lint b.tar --json | jq .errors)"
}

@test "a spec passes over rules, or gives them another level" {
	app 'lint:' '  ignore:' \
		'    - {rule: elf-interpreter, path: "/bin/*", reason: mounted}' \
		'    - {rule: world-writable, level: note, reason: meant}'
	"$OCI_PACK" a.spec -q -o a.tar 2>err
	equal '' "$(cat err)"
	app 'lint:' '  ignore:' \
		'    - {rule: elf-interpreter, level: warning, reason: soon}' \
		'    - {rule: world-writable, level: error, reason: never}'
	run --separate-stderr "$OCI_PACK" a.spec -o b.tar
	equal 3 "$status"
	matches '(^|'$'\n'')warning: elf-interpreter' "$stderr"
	matches '(^|'$'\n'')error: world-writable' "$stderr"
}

@test "the first exception that fits counts" {
	app 'lint:' '  ignore:' \
		'    - {rule: elf-interpreter, path: /bin/app, level: note, reason: a}' \
		'    - {rule: elf-interpreter, reason: b}'
	run --separate-stderr "$OCI_PACK" a.spec -o a.tar
	equal 0 "$status"
	matches 'note: elf-interpreter' "$stderr"
}

@test "a rule of a spec that does not exist is an error with its place" {
	app 'lint: {ignore: [{rule: elf-machin, reason: x}]}'
	refused 1 "^a.spec:5:17: 'elf-machin' is no rule" a.spec -o b.tar
}

@test "size-budget: bytes of all layers, in units" {
	rm in/bin/app in/open
	head -c 3000 /dev/urandom >in/noise
	app 'lint: {size-budget: 3kB}'
	run --separate-stderr "$OCI_PACK" a.spec -o b.tar
	equal 3 "$status"
	matches 'size-budget: its layers have 3[0-9]{3} bytes, [0-9]+ more' \
		"$stderr"
	app 'lint: {size-budget: 4KiB}'
	"$OCI_PACK" a.spec -q -o b.tar
}

@test "every platform of an index is looked at" {
	rm in/open
	"$root/tests/elf.py" in/bin/app
	app 'platforms: [linux/riscv64, linux/amd64, linux/arm64]'
	"$OCI_PACK" a.spec -q --lint off -o a.tar
	"$OCI_PACK" lint a.tar --json >out.json || [ $? -eq 3 ]
	equal '["linux/amd64","linux/arm64"]' \
		"$(jq -c '[.findings[].platform] | sort' out.json)"
	run --separate-stderr "$OCI_PACK" a.spec -o b.tar
	equal 3 "$status"
	"$OCI_PACK" a.spec -q -o b.tar --platform linux/riscv64
	"$OCI_PACK" lint a.tar --platform linux/riscv64
	run "$OCI_PACK" lint a.tar --platform linux/amd64
	equal 3 "$status"
	run -1 "$OCI_PACK" lint a.tar --platform linux/s390x
}

@test "attestations and artifacts are not to run" {
	packed
	python3 - "$root" <<-'CODE'
		import json, sys
		sys.path.insert(0, sys.argv[1] + "/tests")
		import foreign
		image = foreign.Image([foreign.tar([("f", "a", "x")])])
		empty = image.add("application/vnd.oci.empty.v1+json", b"{}")
		data = image.add("application/vnd.in-toto+json", b"{}")
		other = {"schemaVersion": 2, "mediaType":
		         "application/vnd.oci.image.manifest.v1+json",
		         "artifactType": "application/vnd.example", "config":
		         empty, "layers": [data]}
		artifact = image.add(other["mediaType"],
		                     json.dumps(other).encode())
		unknown = dict(artifact, platform={"os": "unknown",
		                                   "architecture": "unknown"})
		index = {"schemaVersion": 2, "mediaType":
		         "application/vnd.oci.image.index.v1+json",
		         "manifests": [dict(image.manifest, platform={
		             "os": "linux", "architecture": "riscv64"}),
		             artifact, unknown]}
		image.manifest = image.add(index["mediaType"],
		                           json.dumps(index).encode())
		image.write("other")
	CODE
	run "$OCI_PACK" lint oci:other:t
	equal 0 "$status"
	equal 'oci:other:t: 0 errors, 0 warnings, 0 notes' "$output"
}

@test "a rule and its section in docs/lint.md" {
	"$OCI_PACK" lint --rules | sed -n 's/^\([a-z-]*\) (.*/\1/p' >rules
	sed -n 's/^### \([a-z-]*\)$/\1/p' "$root/docs/lint.md" >sections
	diff rules sections
	sort -c rules
}

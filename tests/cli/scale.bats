#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Large files and many files: memory does not grow with them.

load ../helpers

setup() {
	work_in_folder
	without_cache
}

# measured COMMAND...: runs it; $peak is its most memory in KiB.
measured() {
	python3 - "$@" >peak <<'END'
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=open("digest", "w"))
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
END
	peak=$(cat peak)
	echo "peak: $peak KiB"
}

# 2 GiB, most of it holes, the rest in many places noise and text.
make_large() {
	truncate -s 2G large
	python3 - <<'END'
import random
r = random.Random(3)
with open("large", "r+b") as out:
    for i in range(512):
        out.seek(r.randrange(2**31 - 2**18))
        out.write(r.randbytes(2**16))
        out.write(b"the same words again and again\n" * 4000)
END
}

@test "a file of 2 GiB packs in less than 48 MiB of memory" {
	make_large
	spec a.spec 'image: a' 'layers: [{entries: [{path: /large, from: large}]}]'
	measured "$OCI_PACK" a.spec -q -o a.tar
	[ "$peak" -lt $((48 * 1024)) ]
	measured "$OCI_PACK" verify -q a.tar
	[ "$peak" -lt $((48 * 1024)) ]
	# The tar, read by others, ends in the file as it is.
	digest=$(tar -xOf a.tar manifest.json | jq -r '.[0].Layers[0]')
	tar -xOf a.tar "$digest" | gzip -dc | tar -xOf - large | cmp - large
}

@test "a file of 2 GiB in an archive, too" {
	make_large
	tar -cf large.tar large
	rm large
	spec a.spec 'image: a' \
		'layers: [{entries: [{path: /, archive: large.tar}]}]'
	measured "$OCI_PACK" a.spec -q --compression zstd -o a
	[ "$peak" -lt $((48 * 1024)) ]
	[ -z "$(ls -A tmp)" ]
}

@test "100,000 small files pack in one layer" {
	python3 - <<'END'
import os
for d in range(100):
    os.makedirs(f"many/{d:02}")
    for f in range(1000):
        with open(f"many/{d:02}/{f:03}", "w") as out:
            out.write(f"{d} {f}\n")
END
	spec a.spec 'image: a' 'layers: [{entries: [{path: /many, from: many}]}]'
	measured "$OCI_PACK" a.spec -q -o a.tar
	# Names take memory, contents do not.
	[ "$peak" -lt $((128 * 1024)) ]
	layers a.tar >got
	equal 100101 "$(wc -l <got)"
	equal 100000 "$(grep -c '^1 f 0644 0:0 0 ' got)"
	equal '99 999' "$(layers a.tar --cat 1 many/99/999)"
}

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the parts of an image archive, as parts.h reads them.

    seed_parts.py FIRST ARCHIVE >SEED

FIRST is the first byte, in hexadecimal. Digests and sizes become references to
parts: "@a" is the digest of the first one, "#a" its size, "%a" the digest of
its inflated bytes.
"""

import gzip
import hashlib
import re
import sys
import tarfile

KINDS = {"index.json": 2, "manifest.json": 3}


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def order(blobs):
    """Layers, then configs, then what names them."""
    names = {name: name.rpartition("/")[2].encode() for name in blobs}
    done, rest = [], sorted(blobs)
    while rest:
        for name in rest:
            if not any(names[other] in blobs[name]
                       for other in rest if other != name):
                break
        done.append(name)
        rest.remove(name)
    return done


def main():
    first, archive = int(sys.argv[1], 16), sys.argv[2]
    with tarfile.open(archive) as tar:
        blobs = {m.name: tar.extractfile(m).read() for m in tar
                 if m.isfile() and m.name != "oci-layout"}
    words, out = [], bytes([first])
    for number, name in enumerate(order(blobs)):
        data, letter = blobs[name], b"%c" % (ord("a") + number)
        size, digest = len(data), sha256(data).encode()
        is_tar = data[257:262] == b"ustar"
        if not is_tar:
            for pattern, word in words:
                data = re.sub(pattern, word, data)
        words += [(rb'"size":%d,"digest":"sha256:%s' % (size, digest),
                   b'"size":#%s,"digest":"sha256:@%s' % (letter, letter)),
                  (rb'"digest":"sha256:%s","size":%d' % (digest, size),
                   b'"digest":"sha256:@%s","size":#%s' % (letter, letter)),
                  (digest, b"@" + letter)]
        if data[:2] == b"\x1f\x8b":
            inflated = sha256(gzip.decompress(data)).encode()
            words.append((inflated, b"%" + letter))
        if number:
            out += b"\xff\xfe\xfd" + bytes([KINDS.get(name, int(is_tar))])
        out += data
    sys.stdout.buffer.write(out)


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Small ELF files, right or wrong, as tests want them.

    elf.py FILE [KEY=VALUE...]

Keys: machine (riscv64, amd64, arm64, arm, 386, s390x, or a number), bits,
endian (little, big), flags, type (exec, dyn, rel, core), interp, soname,
rpath, runpath, needed (a,b), wants (lib:V1+V2,lib:V3), has (V1,V2), arch (of
RISC-V's attributes), phentsize, shnum.
"""
import os
import struct
import sys

MACHINES = {"riscv64": (243, 64, "little", 5), "amd64": (62, 64, "little", 0),
            "arm64": (183, 64, "little", 0), "arm": (40, 32, "little", 0x400),
            "386": (3, 32, "little", 0), "s390x": (22, 64, "big", 0)}
TYPES = {"rel": 1, "exec": 2, "dyn": 3, "core": 4}
LOAD, DYNAMIC, INTERP, ATTRIBUTES = 1, 2, 3, 0x70000003
TAGS = {"needed": 1, "soname": 14, "rpath": 15, "runpath": 29}


class Strings:
    def __init__(self):
        self.data = b"\0"

    def add(self, text):
        at = len(self.data)
        self.data += text.encode() + b"\0"
        return at


def split(text, by=","):
    return [word for word in text.split(by) if word]


def wanted(pack, strings, text):
    """DT_VERNEED: files, each with its versions."""
    out, files = b"", split(text)
    for i, word in enumerate(files):
        name, versions = word.split(":")
        versions = split(versions, "+")
        end = 16 + 16 * len(versions)
        out += pack("HHIII", 1, len(versions), strings.add(name), 16,
                    end if i + 1 < len(files) else 0)
        for j, version in enumerate(versions):
            out += pack("IHHII", 0, 0, j + 2, strings.add(version),
                        16 if j + 1 < len(versions) else 0)
    return out, len(files)


def defined(pack, strings, text):
    """DT_VERDEF."""
    out, versions = b"", split(text)
    for i, version in enumerate(versions):
        out += pack("HHHHIII", 1, 0, i + 1, 1, 0, 20,
                    28 if i + 1 < len(versions) else 0)
        out += pack("II", strings.add(version), 0)
    return out, len(versions)


def attributes(pack, arch):
    tags = b"\5" + arch.encode() + b"\0"
    body = b"riscv\0" + b"\1" + pack("I", len(tags) + 5) + tags
    return b"A" + pack("I", len(body) + 4) + body


def build(options):
    """The bytes of a file, all of which are one loaded segment."""
    machine, bits, endian, flags = MACHINES.get(
        options.get("machine", "riscv64"), (0, 64, "little", 0))
    machine = machine or int(options["machine"])
    bits = int(options.get("bits", bits))
    endian = options.get("endian", endian)
    wide = "Q" if bits == 64 else "I"

    def pack(layout, *values):
        return struct.pack((">" if endian == "big" else "<") +
                           layout.replace("W", wide), *values)

    head, phdr = (64, 56) if bits == 64 else (52, 32)
    strings = Strings()
    entries = [(TAGS[key], strings.add(name)) for key in TAGS
               for name in ([options[key]] if key != "needed" and
                            key in options else
                            split(options.get(key, "")))]
    wants = wanted(pack, strings, options.get("wants", ""))
    has = defined(pack, strings, options.get("has", ""))
    parts = {"strings": strings.data, "wants": wants[0], "has": has[0],
             "interp": options.get("interp", "").encode() + b"\0",
             "arch": attributes(pack, options["arch"])
             if "arch" in options else b""}
    start, at, body = head + 4 * phdr, {}, b""
    for name, data in parts.items():
        body += b"\0" * (-len(body) % 8)
        at[name] = start + len(body)
        body += data
    body += b"\0" * (-len(body) % 8)
    at["dynamic"] = start + len(body)
    entries += [(5, at["strings"]), (10, len(strings.data))]
    if wants[1]:
        entries += [(0x6ffffffe, at["wants"]), (0x6fffffff, wants[1])]
    if has[1]:
        entries += [(0x6ffffffc, at["has"]), (0x6ffffffd, has[1])]
    dynamic = b"".join(pack("WW", *e) for e in entries + [(0, 0)])
    body += dynamic
    end = start + len(body)
    segments = [(LOAD, 0, end)]
    if "interp" in options:
        segments.append((INTERP, at["interp"], len(parts["interp"])))
    if len(entries) > 2:
        segments.append((DYNAMIC, at["dynamic"], len(dynamic)))
    if parts["arch"]:
        segments.append((ATTRIBUTES, at["arch"], len(parts["arch"])))
    if options.get("type") == "rel":
        segments = []
    ident = b"\x7fELF" + bytes([bits // 32, 2 if endian == "big" else 1, 1])
    out = ident.ljust(16, b"\0") + pack(
        "HHIWWWIHHHHHH", TYPES[options.get("type", "dyn")], machine, 1, 0,
        head, 0, int(str(options.get("flags", flags)), 0), head,
        int(options.get("phentsize", phdr)), len(segments), 64,
        int(options.get("shnum", 0)), 0)
    for kind, offset, size in segments:
        out += pack("IIQQQQQQ", kind, 4, offset, offset, offset, size, size,
                    8) if bits == 64 else pack("IIIIIIII", kind, offset,
                                               offset, offset, size, size, 4,
                                               8)
    return out.ljust(start, b"\0") + body


def main():
    options = dict(word.split("=", 1) for word in sys.argv[2:])
    os.makedirs(os.path.dirname(sys.argv[1]) or ".", exist_ok=True)
    with open(sys.argv[1], "wb") as out:
        out.write(build(options))
    os.chmod(sys.argv[1], 0o755)


if __name__ == "__main__":
    main()

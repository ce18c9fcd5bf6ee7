#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whether programs that were compiled with an earlier release still run.

    abi.py HEADERS LIBRARY                prints the facts below
    abi.py HEADERS LIBRARY RECORD...      compares with the facts of releases

HEADERS is the folder that has oci/oci.h. The facts are those of a 64-bit
platform, one on each line: the type of each exported function, the offset and
type of each member of a public struct, the size of each struct, the values of
enumerations, and types of callbacks. An earlier fact has to hold, with one
exception: a struct may have grown at its end, if the library never reads behind
the size that the caller has set in it, or if only the library makes it.

Exit status: 0 all facts hold, 1 one does not, 2 wrong usage or no library.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

import cffi

# Callbacks get pointers to these; callers never make one.
MADE_BY_LIBRARY = {"oci_lint_finding", "oci_progress", "oci_push_step",
                   "oci_visit"}
STANDARD = ("stddef.h", "stdint.h", "stdbool.h", "stdarg.h")


def declarations(headers):
    """The text of all public headers without that of the standard headers."""
    with tempfile.TemporaryDirectory() as folder:
        for name in STANDARD:
            pathlib.Path(folder, name).touch()
        return subprocess.run(
            [os.environ.get("CC", "cc"), "-E", "-P", "-nostdinc", "-I", folder,
             "-I", headers, "-D__attribute__(x)=",
             str(pathlib.Path(headers, "oci/oci.h"))],
            check=True, stdout=subprocess.PIPE, text=True).stdout


def struct_facts(ffi, name):
    struct = ffi.typeof(f"struct {name}")
    if struct.fields is None:       # its members are private
        return {}
    facts = {f"member {name}.{member}": f"{field.offset} {field.type.cname}"
             for member, field in struct.fields}
    first, field = struct.fields[0]
    grows = name in MADE_BY_LIBRARY or (
        first == "size" and field.type is ffi.typeof("size_t"))
    facts[f"struct {name}"] = (f"{ffi.sizeof(struct)} "
                               f"{'may grow' if grows else 'fixed'}")
    return facts


def enum_facts(ffi, text):
    for word in sorted(set(text.split("enum ")[1:])):
        name = word.split()[0].strip(";,){(*")
        for label, value in ffi.typeof(f"enum {name}").relements.items():
            yield f"value {label}", str(value)


def facts_of(headers, library):
    text = declarations(headers)
    ffi = cffi.FFI()
    ffi.cdef(text)
    shared = ffi.dlopen(library)
    typedefs, structs, _ = ffi.list_types()
    facts = dict(enum_facts(ffi, text))
    for name in structs:
        facts.update(struct_facts(ffi, name))
    for name in typedefs:
        if name.startswith("oci_"):
            facts[f"type {name}"] = ffi.typeof(f"{name} *").cname
    for name in dir(shared):
        if name in facts or f"value {name}" in facts:
            continue
        try:
            facts[f"function {name}"] = ffi.typeof(getattr(shared, name)).cname
        except AttributeError:      # declared, and not exported
            continue
    return facts


def size_holds(earlier, now):
    size, _, kind = earlier.partition(" ")
    more = int(now.split(" ")[0]) - int(size)
    return more == 0 or (more > 0 and kind == "may grow")


def faults(record, facts):
    """Facts of an earlier release that do not hold any more."""
    for name, earlier in record.items():
        now = facts.get(name)
        if now is None:
            yield f"{name} is gone, it was '{earlier}'"
        elif name.startswith("struct "):
            if not size_holds(earlier, now):
                yield f"the size of {name} was {earlier}, and is {now}"
        elif now != earlier:
            yield f"{name} was '{earlier}', and is '{now}'"
    # What an earlier caller has in padding is not set.
    for name in sorted(facts.keys() - record.keys()):
        struct = record.get("struct " + name[7:].partition(".")[0])
        if name.startswith("member ") and struct and \
                int(facts[name].split(" ")[0]) < int(struct.split(" ")[0]):
            yield f"{name} is new, and not at the end of its struct"


def compare(facts, path):
    record = dict(line.split(": ", 1) for line in
                  pathlib.Path(path).read_text().splitlines())
    found = list(faults(record, facts))
    for fault in found:
        print(f"{path}: {fault}")
    return not found


def main(arguments):
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        facts = facts_of(*arguments[:2])
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"abi.py: {error}", file=sys.stderr)
        return 2
    if len(arguments) == 2:
        print("\n".join(f"{name}: {facts[name]}" for name in sorted(facts)))
        return 0
    return 0 if all([compare(facts, record) for record in arguments[2:]]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks docs/oci-pack.schema.json against the fixtures of the parser.

Every spec under fixtures/spec/good and examples has to pass, and every one
under fixtures/spec/bad has to fail, but for those that parser-only.txt there
lists: a schema cannot tell them from good ones. Prints TAP.
"""
import json
import pathlib
import re
import sys

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
BAD = ROOT / "fixtures" / "spec" / "bad"


class Loader(yaml.SafeLoader):
    """Types as an editor sees them: those of JSON, and texts."""


Loader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(?:true|false)$", list("tf")),
    ("int", r"^(?:0|-?[1-9][0-9]*)$", list("-0123456789")),
    ("float", r"^-?(?:0|[1-9][0-9]*)\.[0-9]+$", list("-0123456789")),
):
    Loader.add_implicit_resolver("tag:yaml.org,2002:" + tag,
                                 re.compile(pattern), first)


def problem(validator, path):
    """What the schema has against a spec, or None."""
    spec = yaml.load(path.read_bytes(), Loader)
    error = jsonschema.exceptions.best_match(validator.iter_errors(spec))
    if error is None:
        return None
    return f"{error.json_path}: {error.message}"


def cases(validator):
    """Pairs of a name and what is wrong, None where all is well."""
    yield "the schema is one", None
    good = sorted((ROOT / "fixtures/spec/good").glob("*.spec"))
    for path in good + sorted([*ROOT.glob("examples/*/*.spec"),
                               *ROOT.glob("cli/init/*.spec")]):
        yield (f"{path.relative_to(ROOT)} passes",
               problem(validator, path))
    lines = (BAD / "parser-only.txt").read_text().split("\n")
    skip = {line for line in lines if line and line[0] != "#"}
    for path in sorted(BAD.glob("*.spec")):
        if path.stem in skip:
            skip.remove(path.stem)
            continue
        found = problem(validator, path)
        yield (f"{path.relative_to(ROOT)} fails",
               None if found else "the schema takes it")
    yield ("parser-only.txt lists specs that are there",
           f"not there: {', '.join(sorted(skip))}" if skip else None)
    yield "there are specs", None if good else "none found"


def main():
    schema = json.loads((ROOT / "docs/oci-pack.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failed = 0
    count = 0
    for name, wrong in cases(validator):
        count += 1
        print(f"{'not ok' if wrong else 'ok'} {count} - {name}")
        if wrong:
            print(f"# {wrong}"[:400])
            failed += 1
    print(f"1..{count}")
    return 1 if failed else 0


sys.exit(main())

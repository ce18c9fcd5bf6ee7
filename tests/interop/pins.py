# SPDX-License-Identifier: Apache-2.0
"""Applies the file targets of an updatecli manifest, in the current folder:

    pins.py MANIFEST SOURCE=VALUE...

Each resource has the keys and one of the kinds that updatecli's documentation
names, each reference leads somewhere, and each pattern is in its file once."""

import re
import sys

import yaml

KINDS = {
    "githubrelease": {"owner", "repository", "token", "username",
                      "versionfilter"},
    "golang": {"versionfilter"},
    "file": {"file", "matchpattern", "replacepattern"},
    "shell": {"command", "environments"},
}


def check(name, resource):
    unknown = set(resource) - {"name", "kind", "spec", "scmid", "sourceid"}
    unknown |= set(resource["spec"]) - KINDS[resource["kind"]]
    if unknown:
        sys.exit("%s: unknown keys %s" % (name, unknown))


def apply(spec, value):
    with open(spec["file"], encoding="utf-8") as file:
        text = file.read()
    # The template is updatecli's, and stands for the source's value.
    new = re.sub(r"\{\{ source \"\w+\" \}\}", value, spec["replacepattern"])
    text, count = re.subn(spec["matchpattern"], new, text)
    if count != 1:
        sys.exit("%s: %d matches" % (spec["matchpattern"], count))
    with open(spec["file"], "w", encoding="utf-8") as file:
        file.write(text)


def main():
    values = dict(argument.split("=", 1) for argument in sys.argv[2:])
    with open(sys.argv[1], encoding="utf-8") as file:
        manifest = yaml.safe_load(file)
    if set(manifest) != {"name", "scms", "sources", "targets", "actions"}:
        sys.exit("unknown sections")
    for name, source in manifest["sources"].items():
        check(name, source)
    for name, target in manifest["targets"].items():
        check(name, target)
        if target["sourceid"] not in manifest["sources"] or \
                target["scmid"] not in manifest["scms"]:
            sys.exit(name + ": refers to nothing")
        if target["kind"] == "file":
            apply(target["spec"], values[target["sourceid"]])


main()

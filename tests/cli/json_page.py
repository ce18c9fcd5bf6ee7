#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Validates standard input against the schema of a command in docs/json.md.

    json_page.py COMMAND <OUTPUT
"""
import json
import pathlib
import re
import sys

import jsonschema

page = (pathlib.Path(__file__).resolve().parents[2] /
        "docs/json.md").read_text()
schema = json.loads(re.search(
    rf"^## {re.escape(sys.argv[1])}\n.*?^```json\n(.*?)^```",
    page, re.M | re.S).group(1))
jsonschema.Draft202012Validator.check_schema(schema)
jsonschema.Draft202012Validator(schema).validate(json.load(sys.stdin))

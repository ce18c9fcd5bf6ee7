#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""report_page.py PAGE: checks what encloses the data of a page of `oci-pack
report`, and prints the data as JSON."""

import base64
import hashlib
import html.parser
import json
import sys


class Page(html.parser.HTMLParser):
    """The elements with text that a browser does not read as markup."""

    def __init__(self):
        super().__init__()
        self.texts = []  # [tag, attributes, text]
        self.policy = None
        self.tags = []
        self.inside = False

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        attributes = dict(attrs)
        if attributes.get("http-equiv") == "Content-Security-Policy":
            self.policy = attributes["content"]
        for name in attributes:
            assert not name.startswith("on") and name not in (
                "src", "href", "style"), f"<{tag} {name}>"
        self.inside = tag in ("script", "style")
        if self.inside:
            self.texts.append([tag, attributes, ""])

    def handle_endtag(self, tag):
        if tag in ("script", "style"):
            self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.texts[-1][2] += data


def hash_of(text):
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def main():
    raw = open(sys.argv[1], "rb").read()
    page = Page()
    page.feed(raw.decode("utf-8"))
    assert page.tags == ["html", "head", "meta", "meta", "meta", "meta",
                         "title", "style", "body", "noscript", "p", "div",
                         "script", "script"], page.tags
    style, data, script = page.texts
    assert data[1] == {"type": "application/json", "id": "data"}, data[1]
    assert style[1] == script[1] == {}
    assert page.policy == (
        f"default-src 'none'; style-src {hash_of(style[2])}; "
        f"script-src {hash_of(script[2])}; base-uri 'none'; "
        "form-action 'none'"), page.policy
    for text in ("<", ">", "&", "\u2028", "\u2029", "\u202e", "\x1b"):
        assert text not in data[2], repr(text)
    assert json.loads(data[2])["version"] == 1
    sys.stdout.write(data[2])


main()

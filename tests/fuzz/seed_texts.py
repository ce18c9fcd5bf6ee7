#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes seeds that are texts to the folders of their targets.

    seed_texts.py FOLDER

The first byte chooses the reader: see the target.
"""

import sys
from pathlib import Path

DIGEST = "sha256:" + "e3b0c44298fc1c149afbf4c8996fb924" \
    "27ae41e4649b934ca495991b7852b855"

PART = "\xff\xfe\xfd"
ANSWER = PART + "\x02"
MEDIA = "application/vnd.oci.image."
CONFIG = PART + '\0{"architecture":"riscv64","os":"linux","config":{},' \
    '"rootfs":{"type":"layers","diff_ids":["sha256:%a"]}}'
MANIFEST = PART + '\0{"schemaVersion":2,"mediaType":"' + MEDIA + \
    'manifest.v1+json","config":{"mediaType":"' + MEDIA + \
    'config.v1+json","digest":"sha256:@b","size":#b},"layers":[' \
    '{"mediaType":"' + MEDIA + 'layer.v1.tar","digest":"sha256:@a",' \
    '"size":#a}]}'
REFERRER = '\0{"schemaVersion":2,"mediaType":"' + MEDIA + \
    'manifest.v1+json","artifactType":"a/b","config":{"mediaType":"a/b",' \
    '"digest":"sha256:@b","size":#b},"layers":[],"subject":{"mediaType":' \
    '"' + MEDIA + 'manifest.v1+json","digest":"sha256:@c","size":#c}}'
LIST = '\0{"schemaVersion":2,"mediaType":"' + MEDIA + \
    'index.v1+json","manifests":[{"mediaType":"' + MEDIA + \
    'manifest.v1+json","digest":"sha256:@d","size":#d}]}'


def answer(status, *headers, body="", size=None):
    """An answer of the scripted registry."""
    size = len(body) if size is None else size
    lines = ["HTTP/1.1 " + status, *headers, f"Content-Length: {size}"]
    return ANSWER + "\r\n".join(lines) + "\r\n\r\n" + body


CHALLENGE = answer("401 Unauthorized", 'WWW-Authenticate: Bearer realm='
                   '"http://127.0.0.1:$P/token",service="r"')
TOKEN = answer("200 OK", body='{"token":"t","expires_in":300}')
FOUND = answer("200 OK", f"Content-Type: {MEDIA}manifest.v1+json",
               "Docker-Content-Digest: sha256:@c", body="&c", size="#c")
LAYER_BLOB = answer("200 OK", body="&a", size="#a")
BLOBS = answer("200 OK", body="&b", size="#b") + LAYER_BLOB
STARTED = answer("202 Accepted", "Location: /v2/a/b/blobs/uploads/1?s=2",
                 "Range: 0-0", "OCI-Chunk-Min-Length: 10")
CREATED = answer("201 Created", "Docker-Content-Digest: sha256:@a",
                 'Warning: 299 - "full"')
ABSENT = answer("404 Not Found", body='{"errors":[{"code":"X"}]}')

SEEDS = {
    "registry": [
        "\0" + CONFIG + MANIFEST + FOUND + BLOBS,
        "\x08" + CONFIG + MANIFEST + CHALLENGE + TOKEN + FOUND + BLOBS,
        "\0" + CONFIG + MANIFEST + FOUND + answer(
            "307 Moved", "Location: http://127.0.0.1:$P/x") + BLOBS,
        "\0" + CONFIG + MANIFEST + FOUND + answer(
            "200 OK", body="{", size="#b") + answer(
            "206 Partial", "Content-Range: bytes 1-9/#b", body="&b"),
        "\x10" + CONFIG + MANIFEST + PART + REFERRER + PART + LIST + FOUND +
        answer("200 OK", f"Content-Type: {MEDIA}index.v1+json",
               body="&e", size="#e") + answer(
            "200 OK", f"Content-Type: {MEDIA}manifest.v1+json",
            body="&d", size="#d") + ABSENT * 8 + LAYER_BLOB +
        BLOBS,
        "\x01blob" + ABSENT + STARTED + CREATED + ABSENT + CREATED * 2,
        "\x09blob" + CHALLENGE + TOKEN + ABSENT + STARTED + CREATED,
        "\x05" + "blob" * 60 + ABSENT + STARTED * 4 + CREATED * 3,
        "\x01blob" + ABSENT + STARTED + answer(
            "413 Too Large") + STARTED * 2 + CREATED * 3,
        "\x02" + answer("200 OK", 'Link: </v2/a/b/tags/list?last=b>; '
                       'rel="next"', body='{"tags":["a","b"]}') +
        answer("200 OK", body='{"tags":["c"]}'),
        "\x03" + answer("200 OK", body="{}"),
        "\x0b" + CHALLENGE + TOKEN + answer("200 OK", body="{}"),
        "\x0b" + answer("401 No", 'WWW-Authenticate: Basic realm="x"') +
        answer("200 OK"),
        "\x02" + answer("429 Slow", "Retry-After: 1"),
    ],
    "answers": [
        '\0Bearer realm="https://auth.example/token",service="r",'
        'scope="repository:a/b:pull"\nBasic realm="x"',
        "\0Negotiate abc==, Digest a=b, Basic realm=\"a\\\"b\"",
        '\1</v2/a/tags/list?n=2&last=b>; rel="next"; title="a, b"',
        '\1<a>; rel=prev, <b>;REL="x next"',
        "\2bytes=0-1023", "\x020-5", "\2Wed, 21 Oct 2037 07:28:00 GMT",
        "\x02120", "\2secondary rate limit",
        "\3/v2/a/blobs/uploads/1?state=x%2Fy",
        "\3http://[::1]:5000/a\n//user:pw@h.example:443/b?c#d",
        "\3https://a.example:443/x/y\n../z/./w",
        '\4{"token":"t","access_token":"u","expires_in":60}',
        '\4{"name":"a/b","tags":["1","latest"]}',
        '\4{"schemaVersion":2,"mediaType":'
        '"application/vnd.oci.image.index.v1+json","manifests":[]}',
        '\5{"errors":[{"code":"DENIED","message":"no","detail":{"a":1}}]}',
        '\5{"details":"x"}', '\5{"message":"y"}', "\5<html>no</html>",
    ],
    "credentials": [
        '\0{"auths":{"registry.example":{"auth":"dTpw"},'
        '"registry.example/a/b":{"identitytoken":"t"}}}',
        '\1{"auths":{"https://index.docker.io/v1/":{"username":"u",'
        '"password":"p"}},"credsStore":"pass"}',
        '\2{"credHelpers":{"localhost:5000":"x"},"auths":{}}',
        '\3{"auths":{"[::1]:5000":{"registrytoken":"t"}}}',
        '\0{"ServerURL":"a","Username":"u","Secret":"s"}',
        '\0{"Username":"<token>","Secret":"s"}',
    ],
    "lock": [
        '{"version":1,"bases":{"docker://a:1":{"mediaType":'
        '"application/vnd.oci.image.index.v1+json","digest":"%s",'
        '"size":12},"docker://b":{"digest":"%s","size":1}}}'
        % (DIGEST, DIGEST),
    ],
}


def main():
    for target, texts in SEEDS.items():
        folder = Path(sys.argv[1], target)
        folder.mkdir(parents=True, exist_ok=True)
        for number, text in enumerate(texts):
            (folder / str(number)).write_bytes(text.encode("latin-1"))


main()

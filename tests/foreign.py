#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Images as others make them, with Python's tarfile.

    foreign.py DIR [KEY=VALUE...] <LINES

writes an OCI layout with one image, tagged t. Lines start a layer ("layer"),
or are a member of it, in order:

    d PATH MODE | f PATH TEXT | l PATH TARGET | h PATH TARGET

Keys: platform (linux/riscv64), compression (gzip, zstd, none), media (oci,
docker), history (yes, no), config (JSON of the member "config").
"""
import gzip
import hashlib
import io
import json
import pathlib
import subprocess
import sys
import tarfile

OCI = "application/vnd.oci.image."
DOCKER = "application/vnd.docker."
TYPES = {
    "oci": {"manifest": OCI + "manifest.v1+json",
            "config": OCI + "config.v1+json",
            "none": OCI + "layer.v1.tar",
            "gzip": OCI + "layer.v1.tar+gzip",
            "zstd": OCI + "layer.v1.tar+zstd"},
    "docker": {"manifest": DOCKER + "distribution.manifest.v2+json",
               "config": DOCKER + "container.image.v1+json",
               "none": DOCKER + "image.rootfs.diff.tar",
               "gzip": DOCKER + "image.rootfs.diff.tar.gzip"},
}


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def tar(members, **options):
    """(KIND, PATH, VALUE) as above."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", **options) as archive:
        for kind, path, value in members:
            info = tarfile.TarInfo(path)
            if kind == "d":
                info.type, info.mode = tarfile.DIRTYPE, int(value, 8)
            elif kind in "lh":
                info.type = tarfile.SYMTYPE if kind == "l" else \
                    tarfile.LNKTYPE
                info.linkname = value
            data = value.encode() if kind == "f" else b""
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def compress(data, kind):
    if kind == "gzip":
        return gzip.compress(data, mtime=0)
    if kind == "zstd":
        return subprocess.run(["zstd", "-cq"], input=data, check=True,
                              stdout=subprocess.PIPE).stdout
    return data


class Image:
    """Blobs by digest, and the manifest's descriptor."""

    def __init__(self, tars, platform="linux/riscv64", compression="gzip",
                 media="oci", history="yes", config="{}", **wrong):
        types = TYPES[media]
        self.blobs = {}
        layers = [self.add(types[compression], compress(t, compression))
                  for t in tars]
        os, architecture, *variant = platform.split("/")
        document = {"architecture": architecture, "os": os,
                    "config": json.loads(config),
                    "rootfs": {"type": "layers",
                               "diff_ids": [digest_of(t) for t in tars]}}
        if variant:
            document["variant"] = variant[0]
        if history == "yes":
            document["history"] = [{"created_by": f"layer {i}"}
                                   for i in range(len(tars))]
        document.update(wrong.get("document", {}))
        config = self.add(types["config"], json.dumps(document).encode())
        manifest = {"schemaVersion": 2, "mediaType": types["manifest"],
                    "config": config, "layers": layers}
        manifest.update(wrong.get("manifest", {}))
        self.manifest = self.add(types["manifest"],
                                 json.dumps(manifest).encode())

    def add(self, kind, data):
        digest = digest_of(data)
        self.blobs[digest] = data
        return {"mediaType": kind, "digest": digest, "size": len(data)}

    def write(self, folder):
        folder = pathlib.Path(folder)
        (folder / "blobs/sha256").mkdir(parents=True)
        for digest, data in self.blobs.items():
            (folder / "blobs" / digest.replace(":", "/")).write_bytes(data)
        (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
        (folder / "index.json").write_text(json.dumps({
            "schemaVersion": 2, "manifests": [{
                **self.manifest, "annotations": {
                    "org.opencontainers.image.ref.name": "t"}}]}))


def read_layers(lines):
    layers = []
    for line in lines:
        words = line.rstrip("\n").split(" ", 2)
        if words[0] == "layer":
            layers.append([])
        elif words[0]:
            layers[-1].append(tuple(words + [""])[:3])
    return layers


def main():
    options = dict(word.split("=", 1) for word in sys.argv[2:])
    tars = [tar(layer) for layer in read_layers(sys.stdin)]
    Image(tars, **options).write(sys.argv[1])


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""The registry of GitHub, as its documentation and reports of its users have
it, with a storage of its own: ghcr.io behind a proxy.

Packages are private until they are said to be public; each has blobs of its
own. Tokens are for everything, also to pull what is public. Blobs come from
another host, at addresses that are signed and end.
"""
import base64
import json
import re
import urllib.parse

from fake import Registry, Token, digest_of

NAME = "ghcr.io"
STORAGE = "pkg-containers.githubusercontent.com"
PIECE_MOST = 4 << 20
INDEXES = ("application/vnd.oci.image.index.v1+json",
           "application/vnd.docker.distribution.manifest.list.v2+json")


class Account:
    """writes: packages that it may write, None for all; denial: what is said
    of others. Tokens that are expired or fine-grained are not taken."""

    def __init__(self, secret, taken=True, writes=None,
                 denial="permission_denied: write_package"):
        self.secret, self.taken = secret, taken
        self.writes, self.denial = writes, denial


class GhcrToken(Token):
    """ghcr.io/token; it knows an account by its secret alone."""

    def __init__(self, registry):
        super().__init__(registry)
        self.realm = f"https://{NAME}/token"
        self.accounts = []
        self.pairs = []         # NAME:PASSWORD, None: nobody

    def challenge_for(self, request):
        # The endpoint that is nobody's has a placeholder for a scope.
        m = re.match(r"/v2/(.+)/(blobs|manifests|referrers)/", request.path)
        return (f'Bearer realm="{self.realm}",service="{NAME}",scope='
                f'"repository:{m[1] if m else "user/image"}:pull"')

    @staticmethod
    def pair_of(request):
        given = request.headers.get("Authorization")
        return given and base64.b64decode(
            given.removeprefix("Basic ")).decode()

    def account_of(self, request):
        secret = self.pair_of(request).partition(":")[2]
        for account in self.accounts:
            if secret == account.secret:
                return account
        return None

    def answer(self, request):
        scopes = request.args.get("scope", [])
        self.scopes_seen.append(scopes)
        if request.args.get("service") != [NAME]:
            return request.error(400, "BAD_REQUEST", "whose service?")
        account = None
        self.pairs.append(self.pair_of(request))
        if "Authorization" in request.headers:
            account = self.account_of(request)
            # Also for what is public: who shows one has to be someone.
            if not account or not account.taken:
                return request.error(403, "DENIED", "denied")
        allowed = [s for s in scopes if self.allows(s, account)]
        if scopes and not allowed:
            return request.error(401, "UNAUTHORIZED",
                                 "authentication required")
        return self.grant_to(request, allowed, account)

    def allows(self, scope, account):
        name = scope.split(":")[1]
        return account is not None or name in self.registry.public

    def grant_to(self, request, scopes, account):
        place = NAME.replace(".", "-")
        name = f"s3cret-token-{place}-{len(self.given) + 1}"
        self.given.append(name)
        self.issued[name] = (scopes, account)
        return request.reply(200, body=json.dumps({"token": name}))

    def find(self, request):
        given = request.headers.get("Authorization", "")
        return self.issued.get(given.removeprefix("Bearer "))


class Package:
    def __init__(self):
        self.blobs, self.manifests = {}, {}


class Ghcr(Registry):
    def __init__(self, storage, **options):
        super().__init__(**options)
        self.storage = storage
        storage.registry = self
        self.token = GhcrToken(self)
        self.subject = False
        self.public = set()
        self.packages = {}
        self.late = 0           # commits that say 404, the blob stored

    def package(self, name):
        with self.lock:
            return self.packages.setdefault(name, Package())

    def tags(self, name):
        return sorted(t for t in self.package(name).manifests
                      if not t.startswith("sha256:"))

    # --- who may what --------------------------------------------------------

    def answer(self, request):
        if request.headers.get("Host") != NAME:
            return request.error(421, "UNSUPPORTED", "which host?")
        if request.path == "/token":
            return self.token.answer(request)
        found = self.token.find(request)
        m = re.match(r"/v2/(.+)/(blobs|manifests|referrers)/(.*)$",
                     request.path)
        if found is None or (m and not self.covers(found, m[1], request)):
            request.body()
            return request.error(401, "UNAUTHORIZED",
                                 "authentication required",
                                 {"WWW-Authenticate":
                                  self.token.challenge_for(request)})
        if request.path == "/v2/":
            return request.reply(200)
        if not m or m[2] == "referrers":
            return request.reply(404, {"Content-Type": "text/plain"},
                                 "404 page not found\n")
        why = self.denial(found[1], m[1], request)
        if why:
            request.body()
            return request.error(403, "DENIED", why)
        if m[2] == "manifests":
            return self.manifest(request, self.package(m[1]), m[3])
        return self.blob(request, m[1], m[3])

    @staticmethod
    def is_write(request):
        return request.method in ("PUT", "POST", "PATCH", "DELETE")

    def covers(self, found, name, request):
        wanted = f"repository:{name}:" + (
            "pull,push" if self.is_write(request) else "pull")
        return any(s.startswith(wanted) for s in found[0])

    def denial(self, account, name, request):
        if not self.is_write(request):
            return None
        if account is None:
            return "unauthenticated: user cannot be authenticated with the "\
                   "token provided."
        if account.writes is not None and name not in account.writes:
            return account.denial
        return None

    # --- blobs ---------------------------------------------------------------

    def blob(self, request, name, rest):
        package = self.package(name)
        if rest == "uploads/" and request.method == "POST":
            return self.begin(request, name)
        if rest.startswith("upload/"):
            return self.session(request, package, rest[7:])
        if rest not in package.blobs:
            return request.error(404, "BLOB_UNKNOWN", "blob unknown to "
                                 "registry")
        if request.method == "HEAD":
            return request.reply(200, {"Docker-Content-Digest": rest},
                                 length=len(package.blobs[rest]))
        return request.reply(307, {"Location": self.storage.sign(rest)})

    def begin(self, request, name):
        request.body()
        mount, source = (request.args.get(k, [""])[0] for k in
                         ("mount", "from"))
        scopes = self.token.find(request)[0]
        if (mount in self.package(source).blobs and
                f"repository:{source}:pull" in scopes):
            self.package(name).blobs[mount] = self.package(source).blobs[mount]
            return request.reply(201, {"Location":
                                       f"/v2/{name}/blobs/{mount}"})
        with self.lock:
            self.count += 1
            session = f"0b2f-{self.count}"
            self.uploads[session] = bytearray()
        return request.reply(202, {"Location":
                                   f"/v2/{name}/blobs/upload/{session}",
                                   "Range": "0-0"})

    def session(self, request, package, session):
        if session not in self.uploads:
            request.body()
            return request.error(404, "BLOB_UPLOAD_UNKNOWN",
                                 "blob upload unknown to registry")
        data = self.uploads[session]
        here = {"Location": request.path, "Range": self.range_of(session)}
        if request.method == "GET":
            return request.reply(204, here)
        if request.method == "DELETE":
            del self.uploads[session]
            return request.reply(204)
        if request.method == "PATCH" and request.length > PIECE_MOST:
            request.body()
            return request.error(416, "BLOB_UPLOAD_INVALID",
                                 "chunk exceeds the maximum of 4.00MiB")
        body = request.body()
        if request.method == "PATCH":
            start = int(request.headers["Content-Range"].split("-")[0])
            if start != len(data):
                return request.reply(416, here)
            data += body
            here["Range"] = self.range_of(session)
            return request.reply(202, here)
        del self.uploads[session]
        data += body
        return self.store(request, package, bytes(data))

    def store(self, request, package, data):
        digest = request.args.get("digest", [""])[0]
        if digest_of(data) != digest:
            return request.error(400, "DIGEST_INVALID",
                                 "provided digest did not match")
        package.blobs[digest] = data
        with self.lock:
            late, self.late = self.late > 0, self.late - 1
        if late:
            return request.error(404, "BLOB_UPLOAD_UNKNOWN",
                                 "blob upload unknown to registry")
        return request.reply(201, {"Docker-Content-Digest": digest})

    # --- manifests -----------------------------------------------------------

    def manifest(self, request, package, reference):
        if request.method == "PUT":
            body = request.body()
            digest = digest_of(body)
            # An index whose children are not here is taken.
            package.manifests[reference] = package.manifests[digest] = (
                request.headers["Content-Type"], body)
            return request.reply(201, {"Docker-Content-Digest": digest})
        kind, body = package.manifests.get(reference, (None, b""))
        accept = request.headers.get("Accept", "")
        if kind is None:
            return request.error(404, "MANIFEST_UNKNOWN", "manifest unknown")
        if kind in INDEXES and kind not in accept:
            return request.error(404, "MANIFEST_UNKNOWN",
                                 "OCI index found, but Accept header does "
                                 "not support OCI indexes")
        return request.reply(200, {"Content-Type": kind,
                                   "Docker-Content-Digest": digest_of(body)},
                             body)


class Storage(Registry):
    """What blobs are redirected to."""

    def __init__(self, **options):
        super().__init__(**options)
        self.signs = True
        self.signed = {}        # signature: whether it still is good
        self.registry = None

    def sign(self, digest):
        with self.lock:
            name = f"s3cret-signature-{len(self.signed) + 1}"
            self.signed[name] = True
        return (f"https://{STORAGE}/ghcr1/blobs/{digest}?se=2026-01-01T00%3A"
                f"00%3A00Z&sig={urllib.parse.quote(name)}&sp=r")

    def expire(self):
        with self.lock:
            self.signed = dict.fromkeys(self.signed, False)

    def answer(self, request):
        # As Azure does: an address that is signed takes no other proof.
        if "Authorization" in request.headers:
            return request.reply(403, {"Content-Type": "application/xml"},
                                 "<Error><Code>AuthenticationFailed</Code>"
                                 "</Error>")
        if not self.signed.get(request.args.get("sig", [""])[0]):
            return request.reply(403, {"Content-Type": "application/xml"},
                                 "<Error><Code>AuthenticationFailed</Code>"
                                 "<Message>Signed expiry time has passed"
                                 "</Message></Error>")
        digest = request.path.rsplit("/", 1)[1]
        blobs = {d: b for p in self.registry.packages.values()
                 for d, b in p.blobs.items()}
        return self.get(request, blobs.get(digest), "BLOB_UNKNOWN")

"""The token endpoint of a service account: a signed assertion in, a bearer token out, over loopback HTTP."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"  # RFC 7523
GOOGLES_ENDPOINT = (
    "https://oauth2.googleapis.com/token"  # google-auth names it whatever the file's token_uri says
)
# Its paths on Google's hosts: oauth2.googleapis.com/token, www.googleapis.com/oauth2/v4/token (and v3), and
# accounts.google.com/o/oauth2/token, which Google's SDK for Python uses for refresh tokens.
PATHS = frozenset({"/token", "/oauth2/v3/token", "/oauth2/v4/token", "/o/oauth2/token"})
LIFE = 3600
# What else the server answers: HTTP method, path with query, headers and body → status, headers, body.
Beside = Callable[[str, str, dict[str, str], bytes], tuple[int, dict[str, str], bytes]]
SCOPE = "https://www.googleapis.com/auth/adwords"
DATA_MANAGER_SCOPE = "https://www.googleapis.com/auth/datamanager"
LETTERS = {"a": SCOPE, "d": DATA_MANAGER_SCOPE}  # how a token carries its scopes
PERSONAL = "p"  # and that it is a person's
# A service account may sign its token itself, naming an API in place of scopes: google.aip.dev/auth/4111.
AUDIENCES = {
    "https://googleads.googleapis.com/": SCOPE,
    "https://datamanager.googleapis.com/": DATA_MANAGER_SCOPE,
}
EMAIL = "sandbox@kampanya-sandbox.iam.gserviceaccount.com"
PERSON = "person@sandbox.example"  # who has consented, and who edits in the interface


class TokenRefused(ValueError):
    """The assertion is not acceptable; the text says why, without repeating it."""


class Tokens:
    """Issues tokens that any later run of the same sandbox still accepts: each carries its end and a seal.

    Tokens live by the machine's clock, as the clients that cache them do.
    """

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self._public = key.public_key()
        der = key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self._secret = hashlib.sha256(b"tokens" + der).digest()

    def issue(self, life: float = LIFE, letters: str = "a") -> str:
        carried = f"sandbox-{letters}.{int(time.time() + life)}"
        return f"ya29.{carried}.{self._seal(carried)}"

    def check(self, token: str) -> str:
        """ "" for a valid token, otherwise the AuthenticationError it deserves."""
        parts = token.split(".")
        if len(parts) == 3:
            return self._check_signed(token)
        if len(parts) != 4 or not hmac.compare_digest(parts[3], self._seal(f"{parts[1]}.{parts[2]}")):
            return "OAUTH_TOKEN_INVALID"
        return "OAUTH_TOKEN_EXPIRED" if int(parts[2]) < time.time() else ""

    def scopes(self, token: str) -> set[str]:
        """What a valid token is good for."""
        if token.count(".") == 2:
            claims = self._verify(token)
            asked = str(claims.get("scope", "")).split() or [AUDIENCES.get(str(claims.get("aud")), "")]
            return set(asked) & set(LETTERS.values())
        return {LETTERS[one] for one in _letters(token) if one in LETTERS}

    def owner(self, token: str) -> str:
        """The address of whoever a valid token was issued to."""
        return PERSON if token.count(".") == 3 and PERSONAL in _letters(token) else EMAIL

    def _check_signed(self, token: str) -> str:
        try:
            claims = self._verify(token)
        except TokenRefused:
            return "OAUTH_TOKEN_INVALID"
        if claims.get("iss") != EMAIL or claims.get("sub") != EMAIL:
            return "OAUTH_TOKEN_INVALID"
        return "OAUTH_TOKEN_EXPIRED" if float(claims.get("exp", 0)) < time.time() else ""

    def user(self) -> dict[str, str]:
        """What a person who has consented is known by: the file that `gcloud` writes of one."""
        return {
            "type": "authorized_user",
            "client_id": "sandbox.apps.googleusercontent.com",
            "client_secret": f"GOCSPX-{self._seal('client')}",
            "refresh_token": f"1//{self._seal('refresh')}",
        }

    def refresh(self, given: dict[str, str]) -> dict[str, Any]:
        """The answer to a refresh token grant (RFC 6749, section 6); raises TokenRefused."""
        for name in ("client_id", "client_secret", "refresh_token"):
            if not hmac.compare_digest(given.get(name, "").encode(), self.user()[name].encode()):
                raise TokenRefused(f"the {name} is not this sandbox's")
        scopes = " ".join(LETTERS.values())
        token = self.issue(letters="".join(LETTERS) + PERSONAL)
        return {"access_token": token, "expires_in": LIFE, "scope": scopes, "token_type": "Bearer"}

    def exchange(self, assertion: str, audience: str) -> dict[str, Any]:
        """The answer to a JWT bearer grant; raises TokenRefused."""
        claims = self._verify(assertion)
        if claims.get("iss") != EMAIL:
            raise TokenRefused("the assertion's issuer is not this sandbox's service account")
        if claims.get("aud") not in (audience, GOOGLES_ENDPOINT):
            raise TokenRefused("the assertion is for another token endpoint")
        asked = str(claims.get("scope", "")).split()
        letters = "".join(letter for letter, scope in LETTERS.items() if scope in asked)
        if not letters:
            raise TokenRefused(f"the assertion asks for none of the scopes {', '.join(LETTERS.values())}")
        if float(claims.get("exp", 0)) < time.time():
            raise TokenRefused("the assertion has expired")
        return {"access_token": self.issue(letters=letters), "expires_in": LIFE, "token_type": "Bearer"}

    def _verify(self, assertion: str) -> dict[str, Any]:
        try:
            head, body, signature = assertion.split(".")
            if json.loads(_decode(head)).get("alg") != "RS256":
                raise TokenRefused("the assertion is not signed with RS256")
            self._public.verify(
                _decode(signature), f"{head}.{body}".encode(), padding.PKCS1v15(), hashes.SHA256()
            )
            claims: dict[str, Any] = json.loads(_decode(body))
            return claims
        except (InvalidSignature, ValueError) as error:
            if isinstance(error, TokenRefused):
                raise
            raise TokenRefused("the assertion's signature is not valid") from None

    def _seal(self, carried: str) -> str:
        return hmac.new(self._secret, carried.encode(), hashlib.sha256).hexdigest()[:32]


def _letters(token: str) -> str:
    return token.split(".")[1].removeprefix("sandbox-")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class TokenServer:
    """A loopback HTTP server on its own thread: the token endpoint, and beside it what else is HTTP."""

    def __init__(self, tokens: Tokens, port: int, beside: Beside | None = None) -> None:
        outer = self

        class Exchange(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if beside is not None and self.path.split("?")[0] not in PATHS:
                    status, headers, body = beside(self.command, self.path, dict(self.headers.items()), sent)
                else:
                    status, answer = outer.answer(self.path, sent.decode("ascii", "replace"))
                    headers, body = {"Content-Type": "application/json"}, json.dumps(answer).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST

            def log_message(self, format: str, *args: object) -> None:
                """Assertions never reach a log."""

        self.tokens = tokens
        self._server = ThreadingHTTPServer(("127.0.0.1", port), Exchange)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.base}/token"

    def answer(self, path: str, body: str) -> tuple[int, dict[str, Any]]:
        form = parse_qs(body)
        if path.split("?")[0] not in PATHS:
            return 404, {"error": "not_found"}
        try:
            if form.get("grant_type") == ["refresh_token"]:
                return 200, self.tokens.refresh({name: values[0] for name, values in form.items()})
            if form.get("grant_type") != [GRANT]:
                return 400, {"error": "unsupported_grant_type"}
            return 200, self.tokens.exchange(form.get("assertion", [""])[0], self.url)
        except TokenRefused as refused:
            return 400, {"error": "invalid_grant", "error_description": str(refused)}

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

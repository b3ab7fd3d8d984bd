"""A site that says who somebody is: by OpenID Connect, and as Discord's API does."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "matchpoint", "the-client's-secret"


class IdentityProvider:
    """Everybody who comes is `person`, who agrees at once; `wrong` are claims that are not true.

    It holds its clients to PKCE, to their secret and to codes that count once.
    """

    def __init__(self) -> None:
        self.person: dict[str, Any] = {"sub": "s-1", "preferred_username": "Ann"}
        self.wrong: dict[str, Any] = {}
        self.key = RSAKey.generate_key(parameters={"kid": "one", "alg": "RS256", "use": "sig"})
        self.signs_with = self.key
        self.grants: dict[str, dict[str, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.provider = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever)

    @property
    def url(self) -> str:
        """The issuer."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def metadata(self) -> dict[str, Any]:
        """Where everything is."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }

    def agree(self, query: dict[str, str]) -> str:
        """The address that the person is sent back to, with a code for what the client asked."""
        code = secrets.token_urlsafe()
        self.grants[code] = query
        answer = urlencode({"code": code, "state": query["state"]})
        return f"{query['redirect_uri']}?{answer}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """What a code is exchanged for; None if anything about it is wrong."""
        asked = self.grants.pop(form.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            asked is None
            or authorization != f"Basic {basic}"
            or asked.get("code_challenge") != challenge
            or asked["redirect_uri"] != form.get("redirect_uri")
        ):
            return None
        answer: dict[str, Any] = {"access_token": "bearer-of-it", "token_type": "Bearer"}
        if "openid" in asked["scope"].split():
            answer["id_token"] = self._id_token(asked["nonce"])
        return answer

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": nonce}
        claims |= {"sub": self.person["sub"]} | self.wrong
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.signs_with)


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    @property
    def _provider(self) -> IdentityProvider:
        provider: IdentityProvider = self.server.provider  # type: ignore[attr-defined]
        return provider

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        provider = self._provider
        if address.path.endswith("/authorize"):
            query = {name: values[0] for name, values in parse_qs(address.query).items()}
            self.send_response(302)
            self.send_header("Location", provider.agree(query))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        answers = {
            "/.well-known/openid-configuration": provider.metadata(),
            "/jwks": {"keys": [provider.key.as_dict(private=False)]},
            "/userinfo": provider.person,
            "/api/users/@me": provider.person,
        }
        is_known = self.headers.get("Authorization") == "Bearer bearer-of-it"
        needs_token = address.path in {"/userinfo", "/api/users/@me"}
        self._json(401 if needs_token and not is_known else 200, answers[address.path])

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = dict(parse_qsl(body))
        token = self._provider.token(form, self.headers.get("Authorization", ""))
        self._json(200 if token else 400, token or {"error": "invalid_grant"})

    def _json(self, status: int, answer: Any) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

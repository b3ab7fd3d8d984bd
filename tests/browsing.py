"""A browser without pages: forms sent with cookies and a CSRF token, as a person's browser does."""

import http.client
import re
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from .clients import Reply
from .server import host_and_port

_CSRF = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


class Browser:
    """One browser at one process of a site; it follows no redirect."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._cookies: dict[str, str] = {}

    @property
    def headers(self) -> dict[str, str]:
        """What it sends with each request and each socket."""
        return {"Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())}

    def at(self, url: str) -> "Browser":
        """The same browser, whose next requests another process serves."""
        other = Browser(url)
        other._cookies = self._cookies
        return other

    def get(self, path: str) -> Reply:
        """Open a page."""
        return self._send("GET", path, None)

    def submit(self, path: str, *, page: str = "", **fields: str) -> Reply:
        """Fill in the form of a page, of the same address if none is given, and send it."""
        found = _CSRF.search(self.get(page or path).body)
        assert found is not None, f"{page or path} has no form"
        token = {"csrfmiddlewaretoken": found[1].decode()}
        return self._send("POST", path, urlencode(fields | token).encode())

    def _send(self, method: str, path: str, body: bytes | None) -> Reply:
        host, port = host_and_port(self.url)
        connection = http.client.HTTPConnection(host, port, timeout=30)
        form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        try:
            connection.request(method, path, body, {"Origin": self.url} | form | self.headers)
            answer = connection.getresponse()
            for line in answer.headers.get_all("Set-Cookie", []):
                cookies = SimpleCookie(line)
                self._cookies.update({name: one.value for name, one in cookies.items()})
            names = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, names, answer.read())
        finally:
            connection.close()

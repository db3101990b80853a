"""What every request must pass before a page sees it, and what every answer carries.

A page of another site may make this browser send requests here. So: the Host header must be ours (a foreign name that
points at 127.0.0.1 is refused), the cookie is only sent by our own pages, a form carries a token that only our pages
know, and nothing larger than a page expects is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assetmap.app.state import Session, State

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""Content policy of our pages: nothing inline, nothing from another host."""

HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "cache-control": "no-store",
}

LARGEST_FORM: Final = 4 * 2**20
LARGEST_LISTS: Final = 200 * 2**20
LARGEST_FILES: Final = 4 * 2**30
"""Bytes that a request may have: an ordinary form, lists, and official files."""

OPEN_PATHS: Final = ("/static/", "/enter", "/login", "/control/", "/favicon.ico")
"""Beginnings of the addresses that need no session. Each guards itself."""


class TooLargeError(Exception):
    """A request has more bytes than its page takes."""


class Gate:
    """The middleware around the whole app."""

    def __init__(self, app: ASGIApp, state: State) -> None:
        self.app = app
        self.state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        limit = largest(scope["path"])
        counted = _Counted(receive, limit)
        sender = _Sender(send)
        refusal = self._refusal(scope, limit)
        if refusal is not None:
            await refusal(scope, receive, sender)
            return
        try:
            await self.app(scope, counted, sender)
        except TooLargeError:
            if sender.begun:
                raise
            await _too_large(limit)(scope, receive, sender)

    def _refusal(self, scope: Scope, limit: int) -> ASGIApp | None:
        """Return the answer to a request that is not let in, else None; let in, it has a session."""
        headers = Headers(scope=scope)
        if headers.getlist("host")[1:] or headers.get("host", "").lower() not in self.state.hosts:
            return PlainTextResponse("This address is not one of this app.", status_code=421)
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return PlainTextResponse("This method is not used here.", status_code=405)
        if scope["method"] == "POST" and not self._from_here(headers, scope):
            return PlainTextResponse(
                "This form was sent by another page, so it was not used.", status_code=403
            )
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit() and len(length) < 19) or int(length) > limit:
            return _too_large(limit)
        session = self._session(headers)
        scope["state"] = {**scope.get("state", {}), "session": session}
        if session is None and not scope["path"].startswith(OPEN_PATHS):
            return RedirectResponse("/login", status_code=303)
        return None

    def _from_here(self, headers: Headers, scope: Scope) -> bool:
        """Return whether a form comes from a page of ours, as far as the browser says where it comes from."""
        origin = headers.get("origin")
        expected = f"{scope['scheme']}://{headers['host'].lower()}"
        if origin is not None and origin.lower() != expected:
            return False
        return headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")

    def _session(self, headers: Headers) -> Session | None:
        value = read_cookies(headers).get(self.state.cookie)
        return self.state.sessions.find(value) if value else None


class _Counted:
    """A source of the body of a request that stops at a limit."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self.receive, self.limit, self.taken = receive, limit, 0

    async def __call__(self) -> Message:
        message = await self.receive()
        self.taken += len(message.get("body", b""))
        if self.taken > self.limit:
            raise TooLargeError
        return message


class _Sender:
    """Sends an answer with the headers of every answer, where the answer has not set its own."""

    def __init__(self, send: Send) -> None:
        self.send, self.begun = send, False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await self.send(message)


def largest(path: str) -> int:
    """Return how many bytes a request to an address may have."""
    if path.endswith("/files"):
        return LARGEST_FILES
    return LARGEST_LISTS if "/lists" in path or "/groups" in path else LARGEST_FORM


def read_cookies(headers: Headers) -> Mapping[str, str]:
    """Return the cookies of a request; none where they cannot be read."""
    try:
        jar: SimpleCookie = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


def cookie_words(state: State) -> dict[str, Any]:
    """Return how the cookie of a session is set: for our own pages alone, and for no script."""
    return {"key": state.cookie, "httponly": True, "samesite": "strict", "secure": state.secure, "path": "/"}


def _too_large(limit: int) -> ASGIApp:
    words = f"This is larger than {limit // 2**20:,} MB, so it was not read. Send less at once."
    return PlainTextResponse(words, status_code=413, headers={"connection": "close"})

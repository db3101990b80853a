"""What the running app knows: its folder of projects, who is signed in, and the work in progress."""

from __future__ import annotations

import getpass
import hashlib
import hmac
import secrets
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from assetmap.app.jobs import Jobs
    from assetmap.app.users import Users
    from assetmap.project.store import Store

VIEWER: Final = "viewer"
EDITOR: Final = "editor"
OWNER: Final = "owner"
ROLES: Final = (VIEWER, EDITOR, OWNER)
"""Each role may do what the ones before it may."""

SESSION_SECONDS: Final = 12 * 3600
"""A session ends this long after its last request."""


@dataclass
class Session:
    """A browser that was let in."""

    name: str
    role: str
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    seen: float = field(default_factory=time.monotonic)

    def may(self, role: str) -> bool:
        """Return whether this person may do what a role may."""
        return ROLES.index(self.role) >= ROLES.index(role)


@dataclass
class Sessions:
    """The browsers that were let in, by the hash of their cookie, and the one-time tokens that let more in."""

    _known: dict[str, Session] = field(default_factory=dict)
    _tokens: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def new_token(self) -> str:
        """Return a token that lets one browser in, once."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._tokens.add(_hashed(token))
        return token

    def spend(self, token: str) -> bool:
        """Return whether a token is good; it is not good a second time."""
        with self._lock:
            if _hashed(token) in self._tokens:
                self._tokens.remove(_hashed(token))
                return True
        return False

    def begin(self, name: str, role: str) -> tuple[str, Session]:
        """Begin a session: the value of its cookie, and the session."""
        cookie, session = secrets.token_urlsafe(32), Session(name, role)
        with self._lock:
            self._known[_hashed(cookie)] = session
        return cookie, session

    def find(self, cookie: str) -> Session | None:
        """Return the session of a cookie, if there is one that has not ended."""
        with self._lock:
            session = self._known.get(_hashed(cookie))
            if session is not None and time.monotonic() - session.seen > SESSION_SECONDS:
                del self._known[_hashed(cookie)]
                return None
        if session is not None:
            session.seen = time.monotonic()
        return session

    def end(self, cookie: str) -> None:
        """End a session."""
        with self._lock:
            self._known.pop(_hashed(cookie), None)


@dataclass
class Stores:
    """The stores of the projects that are open, each opened once and announced for as long as the app runs."""

    _open: dict[Path, Store] = field(default_factory=dict)
    _left: ExitStack = field(default_factory=ExitStack)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self, folder: Path, address: str) -> Store:
        """Return the store of a project.

        Raises
        ------
        InputError
            If it cannot be opened, or an app on another computer has it open.
        """
        from assetmap.project.store import announce_app, open_store

        folder = folder.resolve()
        with self._lock:
            if folder not in self._open:
                store = open_store(folder)
                try:
                    if not store.read_only:
                        self._left.enter_context(announce_app(folder, address))
                except BaseException:
                    store.close()
                    raise
                self._open[folder] = store
            return self._open[folder]

    def close(self) -> None:
        """Close every store."""
        with self._lock:
            for store in self._open.values():
                store.close()
            self._open.clear()
            self._left.close()


@dataclass
class State:
    """Everything that the pages share.

    home : folder of the projects.
    hosts : values of the Host header that are answered, with the port.
    scratch : folder for answers that can be worked out again; it goes when the app ends.
    control : secret that a second ``assetmap app`` of the same person knows.
    users : named users; None where only this computer's user can get in.
    opened : projects outside the home folder, by their key.
    stores : the stores that are open.
    grounds : outlines of the projects that were shown, so that they are read once.
    """

    home: Path
    hosts: frozenset[str]
    scratch: Path
    jobs: Jobs
    secure: bool = False
    users: Users | None = None
    control: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    sessions: Sessions = field(default_factory=Sessions)
    stores: Stores = field(default_factory=Stores)
    grounds: dict[str, Any] = field(default_factory=dict)
    opened: dict[str, Path] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Return the address of the app."""
        return f"{'https' if self.secure else 'http'}://{sorted(self.hosts)[0]}"

    @property
    def cookie(self) -> str:
        """Return the name of the cookie: cookies know no ports, and two apps may run."""
        port = sorted(self.hosts)[0].rpartition(":")[2]
        return f"assetmap_{port}" if port.isascii() and port.isdigit() else "assetmap"


def own_name() -> str:
    """Return the name of this computer's user, as the history shows it."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "me"


def same(one: str, other: str) -> bool:
    """Return whether two secrets are equal, in a time that says nothing about them."""
    return hmac.compare_digest(one.encode(), other.encode())


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

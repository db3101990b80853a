"""Named users of an app that others on the network can reach: passwords as argon2 hashes, roles, and slow guessing."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from assetmap.app.state import ROLES
from assetmap.errors import InputError
from assetmap.project import write_file

USERS_NAME: Final = "users.json"
SHORTEST: Final = 10
"""Characters of a password."""

FREE_TRIES: Final = 3
FIRST_WAIT: Final = 2.0
LONGEST_WAIT: Final = 900.0
"""Seconds to wait after too many wrong passwords: doubled with each, up to the longest."""


@dataclass
class Users:
    """The users in a file, and the wrong passwords of the last while."""

    file: Path
    _wrong: dict[str, tuple[int, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def roles(self) -> dict[str, str]:
        """Return the role of each user."""
        return {name: str(entry["role"]) for name, entry in self._read().items()}

    def add(self, name: str, role: str, password: str) -> None:
        """Add a user, or give one a new password and role.

        Raises
        ------
        InputError
            If the role is unknown, the name is empty or the password is short.
        """
        from argon2 import PasswordHasher

        name = " ".join(name.split())
        if role not in ROLES:
            raise InputError(f"'{role}' is not a role. Use one of: {', '.join(ROLES)}.")
        if not name:
            raise InputError("Give the user a name.")
        if len(password) < SHORTEST:
            raise InputError(f"The password has fewer than {SHORTEST} characters. Use a longer one.")
        users = self._read() | {name: {"role": role, "hash": PasswordHasher().hash(password)}}
        text = json.dumps(users, indent=2, ensure_ascii=False) + "\n"

        def write(path: Path) -> None:
            path.touch(mode=0o600)
            path.write_text(text, encoding="utf-8")

        write_file(self.file, write)

    def check(self, name: str, password: str) -> str | None:
        """Return the role of a user whose password is right, else None. Each wrong one makes the next wait longer.

        Raises
        ------
        InputError
            If too many passwords were wrong; the message says how long to wait.
        """
        from argon2 import PasswordHasher
        from argon2.exceptions import Argon2Error, InvalidHashError

        self._refuse_fast(name)
        entry = self._read().get(name)
        hasher = PasswordHasher()
        try:
            hasher.verify(str(entry["hash"]) if entry else _nobody(hasher), password)
            right = entry is not None
        except (Argon2Error, InvalidHashError):
            right = False
        with self._lock:
            if right:
                self._wrong.pop(name, None)
            else:
                count = self._wrong.get(name, (0, 0.0))[0] + 1
                self._wrong[name] = (count, time.monotonic())
        return str(entry["role"]) if right and entry else None

    def _refuse_fast(self, name: str) -> None:
        with self._lock:
            count, last = self._wrong.get(name, (0, 0.0))
        if count < FREE_TRIES:
            return
        wait = min(FIRST_WAIT * 2 ** (count - FREE_TRIES), LONGEST_WAIT) - (time.monotonic() - last)
        if wait > 0:
            raise InputError(f"Too many wrong passwords. Wait {wait:.0f} seconds and try again.")

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            users: dict[str, dict[str, str]] = json.loads(self.file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise InputError(
                f"'{self.file}' cannot be read: {error}. Restore it, or remove it and add the users again."
            ) from error
        return users


_NOBODY: list[str] = []


def _nobody(hasher: object) -> str:
    """Return a hash that no password has, so that an unknown name takes as long as a known one."""
    from argon2 import PasswordHasher

    if not _NOBODY:
        assert isinstance(hasher, PasswordHasher)
        _NOBODY.append(hasher.hash("no user has this password"))
    return _NOBODY[0]

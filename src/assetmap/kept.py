"""What took long to work out is kept in the user's cache folder, by the hash of everything that it was worked out from.

The hash holds the inputs and the code of the room that works on them: a changed file, setting or version is a new question. A cache that cannot be
read or written is passed over, and what was used least recently goes first.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assetmap.schema import cache_folder

if TYPE_CHECKING:
    from numpy.typing import NDArray

WORTH_SECONDS: Final = 2.0
"""What took less is not kept."""

MOST_BYTES: Final = 1_000_000_000
"""Of all answers of one kind together."""


def kept_arrays(
    kind: str, room: str, parts: Iterable[Any], make: Callable[[], Mapping[str, NDArray[Any]]]
) -> Mapping[str, NDArray[Any]]:
    """Return arrays that were worked out before from the same, or work them out.

    Parameters
    ----------
    kind
        Name of the folder in the cache.
    room
        Folder of the package whose code works them out, for instance ``access``.
    parts
        Everything that the answer depends on: arrays, texts, and what JSON can hold.
    make
        Works them out: names and arrays without objects.

    Returns
    -------
    Mapping
        The arrays, the same in both cases.
    """
    path = cache_folder() / kind / f"{_digest(room, parts)}.npz"
    found = _load(path)
    if found is not None:
        return found
    start = time.perf_counter()
    made = make()
    if time.perf_counter() - start >= WORTH_SECONDS:
        _save(path, made)
    return made


def _digest(room: str, parts: Iterable[Any]) -> str:
    digest = hashlib.sha256(_code_of(room))
    for part in parts:
        if hasattr(part, "tobytes") and hasattr(part, "dtype"):
            digest.update(f"{part.dtype}{part.shape}".encode())
            digest.update(part.tobytes())
        else:
            digest.update(json.dumps(part, sort_keys=True, default=str).encode())
        digest.update(b"\x00")
    return digest.hexdigest()


@functools.cache
def _code_of(room: str) -> bytes:
    """Return the hash of the code of a room."""
    digest = hashlib.sha256()
    for file in sorted((Path(__file__).parent / room).rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.digest()


def _load(path: Path) -> Mapping[str, NDArray[Any]] | None:
    if not path.is_file():
        return None
    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as stored:
            found = {name: stored[name] for name in stored.files}
        path.touch()
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile):
        return None
    return found


def _save(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write beside the final name first, so that half a file is never found; then make room."""
    import numpy as np

    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            content: dict[str, Any] = dict(arrays)
            np.savez(file, **content)
        Path(file.name).replace(path)
        files = sorted(path.parent.glob("*.npz"), key=lambda each: each.stat().st_mtime, reverse=True)
        size = 0
        for each in files:
            size += each.stat().st_size
            if size > MOST_BYTES and each != path:
                each.unlink()

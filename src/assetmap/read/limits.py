"""How much of the machine the reading of one file may use: time, memory and cells.

The limits grow with the size of the file, so that a small file cannot exhaust the machine and a national one passes.
Three environment variables set the most that any file may use; more than usual gives smaller files more in proportion.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final

from assetmap.errors import InputError


@dataclass(frozen=True)
class Limits:
    """What the reading of one file may use.

    seconds : of time on the clock.
    memory_mb : megabytes of memory, beside what the reading program itself needs.
    cells : cells of a table, empty ones included, and fields of a map layer.
    """

    seconds: float
    memory_mb: float
    cells: int


SMALL_FILE: Final = Limits(seconds=15, memory_mb=450, cells=5_000_000)
"""For a file of no size."""

PER_MB: Final = Limits(seconds=2, memory_mb=40, cells=2_000_000)
"""What each megabyte of the file adds. A list of cells in memory takes about 25 times its size on disk."""

MOST: Final = Limits(seconds=900, memory_mb=8_000, cells=100_000_000)
"""For a file of any size, unless the environment says otherwise."""

NAMES: Final = ("ASSETMAP_READ_SECONDS", "ASSETMAP_READ_MEMORY_MB", "ASSETMAP_READ_CELLS")
"""Environment variables that replace the three values of `MOST`."""


def limits_for(size: int) -> Limits:
    """Return the limits for a file.

    Parameters
    ----------
    size
        Its bytes on disk.

    Raises
    ------
    InputError
        If an environment variable is not a number above 0.

    Examples
    --------
    >>> limits_for(0).memory_mb, limits_for(10_000_000).memory_mb, limits_for(10**12).memory_mb
    (450.0, 850.0, 8000.0)
    """
    seconds, memory_mb, cells = (
        min((base + each * size / 1e6) * max(1.0, _most(name, most) / most), _most(name, most))
        for base, each, name, most in zip(
            *((one.seconds, one.memory_mb, one.cells) for one in (SMALL_FILE, PER_MB)),
            NAMES,
            (MOST.seconds, MOST.memory_mb, MOST.cells),
            strict=True,
        )
    )
    return Limits(float(seconds), float(memory_mb), int(cells))


def _most(name: str, otherwise: float) -> float:
    written = os.environ.get(name, "")
    if not written:
        return otherwise
    try:
        most = float(written)
    except ValueError:
        most = 0.0
    if not most > 0:
        raise InputError(f"The environment variable {name} is '{written}'. It must be a number above 0.")
    return most

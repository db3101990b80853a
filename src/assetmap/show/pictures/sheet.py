"""A sheet of paper for a map: portrait or landscape, and where the map, its key and the sources go."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assetmap.schema import InputError

PAPERS_MM: Final = {"a5": (148, 210), "a4": (210, 297), "a3": (297, 420), "a2": (420, 594)}
MARGIN_MM: Final = 12.0
KEY_MM: Final = 66.0
"""Width of the key beside a wide map, or its height below a tall one, on A4; other sizes in proportion."""
NOTE_PT: Final = 6.0
NOTE_SPACING: Final = 1.35
MOST_NOTE_LINES: Final = 12
MM: Final = 72 / 25.4


@dataclass(frozen=True)
class Sheet:
    """A sheet of paper: sizes in points, ``frame`` and ``key`` as fractions, ``limits`` in metres, ``foot`` in lines."""

    width: float
    height: float
    frame: tuple[float, float, float, float]
    key: tuple[float, float, float, float]
    limits: tuple[float, float, float, float]
    scale: float
    foot: tuple[str, ...] = ()

    @property
    def metres_per_point(self) -> float:
        """How many metres on the ground one point on the sheet shows."""
        return (self.limits[2] - self.limits[0]) / (self.frame[2] * self.width)


def lay_out(bounds: npt.NDArray[np.float64], size: str, note: str) -> Sheet:
    """Lay out the paper in portrait and landscape; return the one that shows the bounds larger."""
    if size not in PAPERS_MM:
        raise InputError(f"There is no paper size '{size}'. Use one of: {', '.join(PAPERS_MM)}.")
    short, long = PAPERS_MM[size]
    return min(
        (_laid_out(bounds, long, short, note), _laid_out(bounds, short, long, note)),
        key=lambda sheet: sheet.metres_per_point,
    )


def _laid_out(bounds: npt.NDArray[np.float64], width: float, height: float, note: str) -> Sheet:
    """Divide the sheet (mm): heading above, note below, and the key beside or below the map."""
    scale = math.sqrt(min(width, height) / PAPERS_MM["a4"][0])
    margin, key = MARGIN_MM * scale, KEY_MM * scale
    left, right, top = margin, width - margin, height - margin - 13 * scale
    across = int((right - left) / scale * MM / (NOTE_PT * 0.56))
    foot = tuple(textwrap.wrap(note, width=across, max_lines=MOST_NOTE_LINES, placeholder=" …"))
    bottom = margin + (len(foot) * NOTE_PT * NOTE_SPACING / MM + 3) * scale
    if width > height:
        legend = (left / width, bottom / height, key / width, (top - bottom) / height)
        left += key
    else:
        legend = (left / width, bottom / height, (right - left) / width, key / height)
        bottom += key + 3 * scale
    frame = (left / width, bottom / height, (right - left) / width, (top - bottom) / height)
    limits = fill_frame(bounds, (right - left) / (top - bottom))
    return Sheet(width * MM, height * MM, frame, legend, limits, scale, foot)


def fill_frame(bounds: npt.NDArray[np.float64], ratio: float) -> tuple[float, float, float, float]:
    """Widen bounds to a frame with this ratio of width to height, with a margin."""
    west, south, east, north = (float(edge) for edge in bounds)
    width, height = max(east - west, 100.0) * 1.05, max(north - south, 100.0) * 1.05
    width, height = max(width, height * ratio), max(height, width / ratio)
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    return middle_x - width / 2, middle_y - height / 2, middle_x + width / 2, middle_y + height / 2

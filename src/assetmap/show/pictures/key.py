"""The key of a picture, in columns: classes with areas and people, what is not known, and the symbols."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from assetmap.show.pictures.figures import INK, MUTED, PAPER, RULE, bare_axes
from assetmap.show.words import counted, decimals, people, plain, whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HATCH_UNKNOWN: Final = "/////"
HATCH_UNRELIABLE: Final = "\\\\\\\\\\"


@dataclass(frozen=True)
class KeyRow:
    """One line of the key: a colour sample (``colour``, ``hatch``) or a symbol (``marker``), and its text."""

    words: str
    colour: str = PAPER
    hatch: str = ""
    marker: str = ""


def draw_key(
    figure: Figure,
    place: tuple[float, float, float, float],
    scale: float,
    record: dict[str, Any],
    marks: list[KeyRow],
) -> Pen:
    """Write the key from the top: the layer, its classes, then the symbols.

    Parameters
    ----------
    figure
        Matplotlib figure to write on, inside `quiet_style`.
    place
        Left, bottom, width and height as fractions of the picture. A key that is wider than high has two columns.
    scale
        Size of the text relative to an A4 sheet.
    record
        The layer, from `encode_layer`.
    marks
        Rows for the assets drawn.

    Returns
    -------
    Pen
        For writing below the key.
    """
    axes = bare_axes(figure, place)
    across, up = (float(side) * 72 / scale for side in figure.get_size_inches())
    width, height = place[2] * across, place[3] * up
    axes.set_xlim(0, width)
    axes.set_ylim(-height, 0)
    columns = 2 if width > height else 1
    pen = Pen(axes, scale, (width - 20 * (columns - 1)) / columns, height)
    pen.write(plain(record["label"]), size=10, weight="bold")
    pen.write(plain(record["direction"]), size=8, colour=MUTED)
    pen.skip(4)
    if record["kind"] == "bivariate":
        _draw_squares(pen, record)
    else:
        for row in _class_rows(record):
            pen.row(row)
    for row in _unknown_rows(record):
        pen.row(row)
    if columns == 2 and pen.left == 0:
        pen.next_column()
    for row in marks:
        pen.row(row)
    return pen


def class_codes(record: dict[str, Any]) -> npt.NDArray[np.int64]:
    """Return the class of each area, -1 if not known (`encode_layer` writes one letter per area)."""
    return np.array([-1 if letter == "." else ord(letter) - 97 for letter in record["codes"]], dtype=np.int64)


class Pen:
    """Writes down a column; ``down`` is the next free height in points of an A4 sheet."""

    def __init__(self, axes: Axes, scale: float, width: float, height: float) -> None:
        self.axes, self.scale, self.width, self.height = axes, scale, width, height
        self.left, self.down = 0.0, 0.0

    def skip(self, points: float) -> None:
        """Leave this many points free."""
        self.down -= points

    def next_column(self) -> None:
        """Move to the top of the next column on the right."""
        self.left += self.width + 20
        self.down = 0.0

    def write(
        self, words: str, *, size: float, colour: str = INK, weight: str = "normal", left: float = 0
    ) -> None:
        """Write text, wrapped to the width of the column."""
        for line in textwrap.wrap(words, width=int((self.width - left) / (0.56 * size))):
            self.axes.text(
                self.left + left,
                self.down,
                line,
                va="top",
                fontsize=size * self.scale,
                color=colour,
                weight=weight,
            )
            self.down -= size * 1.35

    def row(self, row: KeyRow) -> None:
        """Draw a colour sample or a symbol with its text, in the next column if this one is full."""
        if self.down - 14 < -self.height:
            self.next_column()
        middle = self.down - 4.8
        if row.marker:
            self.axes.scatter(
                [self.left + 8], [middle], marker=row.marker, s=22 * self.scale**2, color=INK, edgecolor=PAPER
            )
        else:
            self.swatch(self.left, self.down - 9.5, 16, row.colour, row.hatch)
        self.write(row.words, size=8, left=22)
        self.skip(3)

    def swatch(self, left: float, bottom: float, width: float, colour: str, hatch: str = "") -> None:
        """Draw a colour sample 10 points high if it is 16 wide, otherwise a square."""
        from matplotlib.patches import Rectangle

        style: dict[str, Any] = {
            "facecolor": colour,
            "edgecolor": PAPER if hatch == HATCH_UNRELIABLE else MUTED if hatch else RULE,
            "linewidth": 0.4,
            "hatch": hatch or None,
        }
        self.axes.add_patch(Rectangle((left, bottom), width, 10 if width == 16 else width, **style))


def _class_rows(record: dict[str, Any]) -> list[KeyRow]:
    """Return one row per class, numbers from high to low; an estimate has the interval of a typical area."""
    codes = class_codes(record)
    rows = [
        KeyRow(f"{plain(one['label'])} · {_of(one)}{_typical_interval(record, codes == code)}", colour)
        for code, (one, colour) in enumerate(zip(record["classes"], record["colours"], strict=True))
    ]
    return rows[::-1] if record["kind"] == "number" else rows


def _typical_interval(record: dict[str, Any], inside: npt.NDArray[np.bool_]) -> str:
    """Return the medians of both ends of the interval within a class, or "" if there is no interval."""
    if "low" not in record or "high" not in record:
        return ""
    shown = []
    for name in ("low", "high"):
        ends = [end for end, here in zip(record[name], inside, strict=True) if here and end is not None]
        if not ends:
            return ""
        shown.append(decimals(float(np.median(ends)) / 10.0 ** record["decimals"], record["decimals"]))
    return f" · typical interval {shown[0]} to {shown[1]}"


def _unknown_rows(record: dict[str, Any]) -> list[KeyRow]:
    rows = []
    if record["unknown"]["areas"]:
        rows.append(KeyRow(f"not known · {_of(record['unknown'])}", hatch=HATCH_UNKNOWN))
    if "1" in record.get("unreliable", ""):
        rows.append(KeyRow("unreliable (white stripes)", MUTED, HATCH_UNRELIABLE))
    return rows


def _of(one: dict[str, Any]) -> str:
    return f"{counted(one['areas'], 'area')}, {people(one['people'])}"


def _draw_squares(pen: Pen, record: dict[str, Any]) -> None:
    """Draw the nine classes of need and access: need rises upwards, access falls to the right."""
    side = 26.0
    for number, colour in enumerate(record["colours"]):
        row, column = divmod(number, 3)
        left, bottom = pen.left + 14 + column * side, pen.down - side * (3 - row)
        pen.swatch(left, bottom, side, colour)
        pen.axes.text(
            left + side / 2, bottom + side / 2, whole(record["classes"][number]["areas"]),
            ha="center", va="center_baseline", fontsize=8 * pen.scale, color=_ink_on(colour),
        )  # fmt: skip
    style: dict[str, Any] = {"fontsize": 7.5 * pen.scale, "color": MUTED}
    pen.axes.text(
        pen.left + 6, pen.down - 1.5 * side, "more need →", rotation=90, va="center", ha="center", **style
    )
    pen.skip(3 * side + 3)
    pen.axes.text(pen.left + 14 + 1.5 * side, pen.down, "less access →", va="top", ha="center", **style)
    pen.skip(14)
    pen.write("The numbers count small areas.", size=7.5, colour=MUTED)
    pen.skip(4)
    worst = record["classes"][-1]
    pen.row(KeyRow(f"{plain(worst['label'])} · {_of(worst)}", record["colours"][-1]))


def _ink_on(colour: str) -> str:
    """Return black or white, whichever is easier to read on this colour (WCAG relative luminance)."""
    from matplotlib.colors import to_rgb

    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    luminance = float(np.dot(linear, (0.2126, 0.7152, 0.0722)))
    return INK if luminance > 0.25 else PAPER

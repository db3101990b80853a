"""What every matplotlib picture shares: a quiet style, text that is only text, and the same bytes every time.

Figures are made without pyplot, so there is no global state and no window, and the user's own style does not change
them. Text from outside is never read as mathematics (``$x$``).
"""

from __future__ import annotations

import base64
import contextlib
import io
import re
import warnings
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

from assetmap.schema import InputError

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

INK: Final = "#1f2933"
MUTED: Final = "#52606d"
RULE: Final = "#cbd2d9"
BLUE: Final = "#225ea8"
ORANGE: Final = "#b8460e"
PAPER: Final = "#ffffff"

MOST_VERTICES: Final = 30_000
"""A picture with more vertices is embedded in a page as PNG instead of SVG."""
PAGE_DPI: Final = 160

FORMATS: Final = ("png", "svg", "pdf")
_NO_DATES: Final[dict[str, dict[str, Any]]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None, "Format": None, "Type": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
_STYLE: Final[dict[str, Any]] = {
    "axes.edgecolor": RULE,
    "axes.labelcolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.facecolor": PAPER,
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "hatch.linewidth": 0.5,
    "legend.frameon": False,
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "assetmap",
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
}
_HALO: Final = "halo-"
_SVG_RULE: Final = "*{stroke-linejoin: round; stroke-linecap: butt}"
_SVG_HALO: Final = f"g[id^={_HALO}] text{{paint-order: stroke; stroke: {PAPER}; stroke-width: 2px}}"
_FONT: Final = "'DejaVu Sans'"
# The text is measured in DejaVu Sans, which comes with matplotlib. These fonts are narrower, so nothing overflows.
_SCREEN_FONTS: Final = "'Helvetica Neue', Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"

_KEPT: Final[ContextVar[dict[str, bytes] | None]] = ContextVar("kept", default=None)
PAPER_DPI: Final = 200


@contextlib.contextmanager
def keep_pixels() -> Iterator[dict[str, bytes]]:
    """Keep every picture that is drawn as SVG as PNG too, for a paper: yields a table that fills, SVG text -> PNG."""
    kept: dict[str, bytes] = {}
    token = _KEPT.set(kept)
    try:
        yield kept
    finally:
        _KEPT.reset(token)


@contextlib.contextmanager
def quiet_style() -> Iterator[None]:
    """Draw and save in the style of assetmap, whatever style the user has set.

    A character that the font does not have is drawn as an empty box. The warning about it is hidden, because a
    name in another script is not a mistake.
    """
    import matplotlib

    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph \d+ .*missing from", category=UserWarning)
        warnings.filterwarnings(
            "ignore", message="Matplotlib currently does not support", category=UserWarning
        )
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(cast("Any", _STYLE))
        yield


def new_figure(width_pt: float, height_pt: float) -> Figure:
    """Return an empty matplotlib figure of this size in points; call it inside `quiet_style`."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width_pt / 72, height_pt / 72))


def save_picture(figure: Figure, path: str | Path, *, dpi: int = 200) -> Path:
    """Save a matplotlib figure as PNG, SVG or PDF; the same figure gives the same bytes.

    Parameters
    ----------
    figure
        From `draw_map` or a chart function.
    path
        File to write; its ending sets the format.
    dpi
        Pixels per inch of a PNG.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    InputError
        If the ending is not ``.png``, ``.svg`` or ``.pdf``.

    Examples
    --------
    >>> figure = am.show.draw_map(areas, "need", title="Need in Cornwall")
    >>> am.show.save_picture(figure, "need.svg").name
    'need.svg'
    """
    path = Path(path)
    kind = path.suffix.lower().removeprefix(".")
    if kind not in FORMATS:
        raise InputError(f"'{path.name}' must end in .{', .'.join(FORMATS[:-1])} or .{FORMATS[-1]}.")
    if kind == "svg":
        path.write_text(svg_text(figure), encoding="utf-8", newline="\n")
        return path
    with quiet_style():
        figure.savefig(path, format=kind, dpi=dpi, metadata=_NO_DATES[kind])
    return path


def svg_text(figure: Figure) -> str:
    """Return a matplotlib figure as SVG text: no date, fixed ids, coordinates to a hundredth of a point.

    Labels with a halo (`add_halo`) stay text, which can be searched and takes a tenth of the space.
    """
    written = io.StringIO()
    haloes = {text: text.get_path_effects() for text in figure.findobj(_has_halo)}
    with quiet_style():
        for text in haloes:
            text.set_path_effects([])
        figure.savefig(written, format="svg", metadata=_NO_DATES["svg"])
        for text, effects in haloes.items():
            text.set_path_effects(effects)
    svg = written.getvalue().replace(_FONT, _SCREEN_FONTS).replace(_SVG_RULE, _SVG_RULE + _SVG_HALO, 1)
    # only inside path data: labels are text, in which `<` is escaped
    svg = re.sub(r'(<path\b[^<>"]*\bd=")([^"<>]*)(")', _shorter_path, svg)
    kept = _KEPT.get()
    if kept is not None:
        kept[svg] = png_bytes(figure, dpi=PAPER_DPI)
    return svg


def png_bytes(figure: Figure, *, dpi: int) -> bytes:
    """Return a matplotlib figure as PNG; the same figure gives the same bytes."""
    written = io.BytesIO()
    with quiet_style():
        figure.savefig(written, format="png", dpi=dpi, metadata=_NO_DATES["png"])
    return written.getvalue()


def add_halo(text: Text, width: float) -> None:
    """Put a white outline of this width (points) around a label on the map."""
    from matplotlib.patheffects import withStroke

    text.set_gid(f"{_HALO}{text.get_zorder():g}-{len(text.get_text())}")
    text.set_path_effects([withStroke(linewidth=width, foreground=PAPER)])


def image_address(picture: Figure | str) -> str:
    """Return a picture as a ``data:`` address for ``<img>``, where a browser runs and fetches nothing.

    The picture is embedded as SVG, or as PNG if it has more than `MOST_VERTICES`, because PNG is then smaller and
    faster to show.
    """
    if isinstance(picture, str):
        return _data_uri("image/svg+xml", picture.encode())
    if _vertices(picture) <= MOST_VERTICES:
        return _data_uri("image/svg+xml", svg_text(picture).encode())
    return _data_uri("image/png", png_bytes(picture, dpi=PAGE_DPI))


def bare_axes(figure: Figure, place: tuple[float, float, float, float]) -> Axes:
    """Add axes without frame or ticks at ``(left, bottom, width, height)``, as fractions of the whole picture."""
    axes = figure.add_axes(place)
    axes.set_axis_off()
    return axes


def _has_halo(artist: Artist) -> bool:
    return str(artist.get_gid()).startswith(_HALO)


def _data_uri(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _vertices(figure: Figure) -> int:
    """Return how many points a matplotlib figure draws: vertices of outlines and markers of collections."""
    from matplotlib.collections import PathCollection
    from matplotlib.patches import PathPatch

    drawn = 0
    for artist in figure.findobj():
        if isinstance(artist, PathPatch):
            drawn += np.shape(artist.get_path().vertices)[0]
        elif isinstance(artist, PathCollection):
            drawn += np.shape(artist.get_offsets())[0]
    return drawn


def _shorter_path(found: re.Match[str]) -> str:
    shorter = re.sub(
        r"-?\d+\.\d+", lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), found[2]
    )
    return found[1] + re.sub(r" *\n", "", shorter) + found[3]

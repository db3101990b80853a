"""The pictures of a page as Word can show them: PNG, with the size that they have on the page.

A chart or map that matplotlib draws is kept as PNG while the page is made (`keep_pixels`). The small maps of sites and the
locators of areas are SVG of our own with four kinds of elements, which are drawn again here.
"""

from __future__ import annotations

import base64
import re
import struct
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from assetmap.show.pictures.figures import PAGE_DPI, new_figure, png_bytes, quiet_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SVG_START: Final = "data:image/svg+xml;base64,"
PNG_START: Final = "data:image/png;base64,"
MAP_DPI: Final = 130
"""Pixels per inch of the small maps of sites: there may be hundreds of them."""
PX: Final = 0.75
"""Points in a CSS pixel."""
CELL_HEIGHT: Final = 32.0
CELL_WIDTH: Final = 44.0
"""Points that a picture in a table has: a row is no taller for its sake than three lines."""
_STEP: Final = re.compile(r"([MLhZ])([^MLhZ]*)")


@dataclass(frozen=True)
class Pixels:
    """A picture: PNG, and its size on the page in points."""

    content: bytes
    width: float
    height: float


def pixels_of(address: str, kept: Mapping[str, bytes]) -> Pixels:
    """Return the picture at a ``data:`` address as PNG.

    Parameters
    ----------
    address
        Of an ``<img>`` of a page.
    kept
        What `keep_pixels` kept while the page was made.
    """
    if address.startswith(PNG_START):
        content = base64.b64decode(address.removeprefix(PNG_START))
        width, height = struct.unpack(">II", content[16:24])
        return Pixels(content, width * 72 / PAGE_DPI, height * 72 / PAGE_DPI)
    svg = base64.b64decode(address.removeprefix(SVG_START)).decode()
    root = ET.fromstring(svg)
    width, height = (_points(root.get(side, "")) for side in ("width", "height"))
    return Pixels(kept[svg] if svg in kept else _drawn_again(root), width, height)


def fitted(picture: Pixels) -> tuple[float, float]:
    """Return the width of a picture in a cell of a table in points, and its scale."""
    scale = min(1.0, CELL_HEIGHT / picture.height, CELL_WIDTH / picture.width)
    return picture.width * scale, scale


def _points(length: str) -> float:
    return float(length.removesuffix("pt")) if length.endswith("pt") else float(length) * PX


def _drawn_again(root: ET.Element) -> bytes:
    width, height = float(root.get("width", "")), float(root.get("height", ""))
    left, top, across, down = (float(side) for side in root.get("viewBox", f"0 0 {width} {height}").split())
    with quiet_style():
        figure = new_figure(width * PX, height * PX)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_xlim(left, left + across)
        axes.set_ylim(top + down, top)
        axes.set_axis_off()
        _draw(axes, root, {"points": str(PX * width / across)})
    return png_bytes(figure, dpi=MAP_DPI)


def _draw(axes: Axes, element: ET.Element, inherited: dict[str, str]) -> None:
    style = inherited | dict(element.attrib)
    tag = element.tag.rpartition("}")[2]
    _DRAWN[tag](axes, element, style)
    if tag in ("svg", "g"):
        kept: dict[str, str] = {
            name: style[name] for name in ("points", "stroke", "stroke-width", "font-size") if name in style
        }
        for child in element:
            _draw(axes, child, kept)


def _group(axes: Axes, element: ET.Element, style: dict[str, str]) -> None:
    """Draw nothing: the elements inside are drawn one by one."""


def _rect(axes: Axes, element: ET.Element, style: dict[str, str]) -> None:
    from matplotlib.patches import Rectangle

    size = float(style["width"]), float(style["height"])
    axes.add_artist(Rectangle((0, 0), *size, facecolor=style["fill"], edgecolor="none", zorder=0))


def _path(axes: Axes, element: ET.Element, style: dict[str, str]) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Outline

    points: list[tuple[float, float]] = []
    codes: list[int] = []
    for step, words in _STEP.findall(style["d"]):
        numbers = [float(number) for number in words.split()]
        if step == "Z":
            points.append((0, 0))
            codes.append(int(Outline.CLOSEPOLY))
            continue
        points.append(
            (points[-1][0] + numbers[0], points[-1][1]) if step == "h" else (numbers[0], numbers[1])
        )
        codes.append(int(Outline.MOVETO if step == "M" else Outline.LINETO))
    if points:
        line: dict[str, Any] = {"edgecolor": style.get("stroke", "none")}
        line["linewidth"] = float(style.get("stroke-width", 1)) * float(style["points"])
        fill = style.get("fill", "none")
        axes.add_artist(PathPatch(Outline(points, codes), facecolor=fill, zorder=1, **line))


def _circle(axes: Axes, element: ET.Element, style: dict[str, str]) -> None:
    unit = float(style["points"])
    edge: dict[str, Any] = {"edgecolor": style["stroke"], "linewidth": float(style["stroke-width"]) * unit}
    size = (2 * float(style["r"]) * unit) ** 2
    axes.scatter([float(style["cx"])], [float(style["cy"])], s=size, c=style["fill"], zorder=3, **edge)


def _text(axes: Axes, element: ET.Element, style: dict[str, str]) -> None:
    from matplotlib.patheffects import withStroke

    label = axes.text(
        float(style["x"]),
        float(style["y"]),
        element.text or "",
        fontsize=float(style["font-size"]) * float(style["points"]),
        fontweight=style.get("font-weight", "normal"),
        color=style["fill"],
        ha="right" if style.get("text-anchor") == "end" else "left",
        va="baseline",
        zorder=4,
    )
    if "paint-order" in style:
        label.set_path_effects([withStroke(linewidth=2.2, foreground=style["stroke"])])


_DRAWN: Final = {"svg": _group, "g": _group, "rect": _rect, "path": _path, "circle": _circle, "text": _text}

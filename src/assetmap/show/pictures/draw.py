"""A map on paper: any layer as PNG, SVG or PDF, drawn by matplotlib without a browser.

The picture shows what the map in the browser shows, from the same layer table: the same classes, colours and
words. Areas that are not known are hatched, never pale. The key counts areas and people in each class; a scale bar and
the sources follow. Small areas are drawn in the working CRS (EPSG:27700), so distances on paper are true.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from assetmap.schema import InputError, Results, check_areas, check_assets, reached_by_distance, within_border
from assetmap.show.map.geometry import simplify_areas
from assetmap.show.map.layers import Layer, check_layers, map_layers
from assetmap.show.map.payload import encode_layer, for_audience
from assetmap.show.pictures.figures import (
    INK,
    MUTED,
    PAPER,
    add_halo,
    bare_axes,
    new_figure,
    quiet_style,
    save_picture,
)
from assetmap.show.pictures.key import HATCH_UNKNOWN, HATCH_UNRELIABLE, KeyRow, class_codes, draw_key
from assetmap.show.pictures.sheet import MARGIN_MM, MM, NOTE_PT, NOTE_SPACING, Sheet, fill_frame, lay_out
from assetmap.show.words import asset_type_label, date_words, plain, whole

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.path import Path as Outline


PANEL_PT: Final = 390.0
"""Width of a panel: 520 CSS pixels, so that a phone shows its text at two thirds of its size or more."""
PANEL_KEY_PT: Final = 195.0
PANEL_SCALE: Final = 1.3


_KIND_ORDER: Final = {"city": 0, "town": 1}
_SEA: Final = "#eef3f7"
_LAND: Final = "#dfe4e8"
_MARKERS: Final = ("o", "s", "^", "D", "v", "P")
_MOST_EDGES: Final = 3_000  # with more areas, outlines would hide the colours of small urban areas


def draw_map(
    areas: gpd.GeoDataFrame,
    layer: str | Layer,
    *,
    title: str,
    assets: gpd.GeoDataFrame | None = None,
    places: gpd.GeoDataFrame | None = None,
    land: gpd.GeoDataFrame | None = None,
    note: str = "",
    size: str = "a4",
) -> Figure:
    """Draw one layer of the small areas on a sheet of paper.

    Parameters
    ----------
    areas
        Small areas with measured columns. A missing value is hatched and labelled "not known".
    layer
        Name of a layer (see `find_layer`), or your own `Layer`.
    title
        Heading of the sheet.
    assets
        Points to draw, with one symbol per ``asset_type``. Assets without a point are left out. Assets
        marked ``sensitive`` are never drawn.
    places
        Towns to label, largest ``population`` first, where there is room.
    land
        Neighbouring land in EPSG:27700, drawn in a pale colour below the areas.
    note
        Sources and date, printed at the bottom.
    size
        One of `PAPERS_MM`. The sheet is portrait or landscape, whichever shows the areas larger.

    Returns
    -------
    matplotlib.figure.Figure
        A matplotlib figure the size of the sheet, for `save_picture`. It opens no window.

    Raises
    ------
    InputError
        If the paper size or the layer is unknown, or the layer is text that cannot be drawn.
    SchemaError
        If the areas are not in EPSG:27700.

    Examples
    --------
    >>> figure = am.show.draw_map(areas, "need", title="Need in Cornwall")
    >>> type(figure).__name__
    'Figure'
    """
    check_areas(areas)
    sheet = lay_out(areas.total_bounds, size, plain(note))
    with quiet_style():
        figure = new_figure(sheet.width, sheet.height)
        record, marks = _draw(figure, sheet, areas, find_layer(areas, layer), assets, places, land)
        pen = draw_key(figure, sheet.key, sheet.scale, record, marks)
        pen.skip(4)
        pen.write(plain(record["description"]), size=7.5, colour=MUTED)
        if record["scheme"]:
            pen.write(f"Classes: {record['scheme']}.", size=7.5, colour=MUTED)
        _write_heading(figure, sheet, title)
    return figure


def draw_panel(
    areas: gpd.GeoDataFrame,
    layer: str | Layer,
    *,
    assets: gpd.GeoDataFrame | None = None,
    places: gpd.GeoDataFrame | None = None,
    land: gpd.GeoDataFrame | None = None,
) -> Figure:
    """Draw a layer for use in a page: `PANEL_PT` wide, with the key below and no heading.

    Parameters
    ----------
    areas, layer, assets, places, land
        As in `draw_map`.
    """
    check_areas(areas)
    west, south, east, north = areas.total_bounds
    tall = PANEL_PT * float(np.clip((north - south) / max(east - west, 1.0), 0.5, 1.3))
    height, key = tall + PANEL_KEY_PT, PANEL_KEY_PT / (tall + PANEL_KEY_PT)
    limits = fill_frame(areas.total_bounds, PANEL_PT / tall)
    sheet = Sheet(PANEL_PT, height, (0, key, 1, 1 - key), (0, 0, 1, key * 0.97), limits, PANEL_SCALE)
    with quiet_style():
        figure = new_figure(sheet.width, sheet.height)
        record, marks = _draw(figure, sheet, areas, find_layer(areas, layer), assets, places, land)
        draw_key(figure, sheet.key, sheet.scale, record, marks)
    return figure


def write_picture(results: Results, layer: str, path: str | Path, *, size: str = "a4") -> Path:
    """Draw a layer of a build into a file, with open assets, place names, neighbouring land and sources.

    Parameters
    ----------
    results
        All tables of a build. The picture shows the open assets of the type that distances lead to, except those
        beyond the border.
    layer, size
        As in `draw_map`.
    path
        File to write; its ending (``.png``, ``.svg`` or ``.pdf``) sets the format.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    InputError, SchemaError
        As `draw_map` and `save_picture`.

    Examples
    --------
    >>> am.write_picture(results, "need", "need.png", size="a5").name
    'need.png'
    """
    found = find_layer(results.areas, layer)
    asset_type = results.settings.get("access", {}).get("asset_type", "library")
    assets = within_border(results.assets)
    chosen = reached_by_distance(assets, asset_type)
    figure = draw_map(
        results.areas,
        found,
        title=f"{results.area_name}: {found.label}",
        assets=assets[chosen],
        places=results.places,
        land=results.land,
        note=_note(results.sources),
        size=size,
    )
    return save_picture(figure, path)


def find_layer(areas: pd.DataFrame, layer: str | Layer) -> Layer:
    """Return the layer with this name.

    Parameters
    ----------
    areas
        Small areas with measured columns.
    layer
        Key of ``data/tables/map_layers.csv`` (``"gap"``), a column of the areas (``"distance_m"``), or a
        group (``"gaps"``: its first layer).

    Raises
    ------
    InputError
        If there is no such layer, or if it is text that cannot be drawn; the message lists the layers.
    """
    if isinstance(layer, Layer):
        check_layers([layer], areas)
        return layer
    drawn = [known for known in map_layers(areas) if known.kind != "fact"]
    for wanted in (
        [known for known in drawn if known.key == layer],
        [known for known in drawn if known.values.name == layer],
        [known for known in drawn if known.group == layer],
    ):
        if wanted:
            return wanted[0]
    names = ", ".join(known.key for known in drawn)
    raise InputError(f"There is no layer '{layer}' to draw. Use one of: {names or '(there are none)'}.")


def _note(sources: pd.DataFrame) -> str:
    """Return the sources with their dates, then each attribution statement once."""
    dated = [f"{plain(row['title'])} ({date_words(row['date'])})" for _, row in sources.iterrows()]
    attribution = dict.fromkeys(plain(text) for text in sources["attribution"] if plain(text))
    return f"Sources: {'; '.join(dated)}. {' '.join(attribution)}"


def _draw(
    figure: Figure,
    sheet: Sheet,
    areas: gpd.GeoDataFrame,
    layer: Layer,
    assets: gpd.GeoDataFrame | None,
    places: gpd.GeoDataFrame | None,
    land: gpd.GeoDataFrame | None,
) -> tuple[dict[str, Any], list[KeyRow]]:
    """Draw the map on any sheet; return the layer record (`encode_layer`) and the rows of the key for the assets."""
    record = encode_layer(layer, areas["population"])
    axes = _draw_ground(figure, sheet, land)
    _draw_areas(axes, areas, record)
    marks = _draw_assets(axes, assets, sheet.scale)
    _name_places(axes, places, sheet)
    _draw_scale(axes, sheet)
    return record, marks


def _draw_ground(figure: Figure, sheet: Sheet, land: gpd.GeoDataFrame | None) -> Axes:
    from matplotlib.patches import PathPatch

    axes = bare_axes(figure, sheet.frame)
    west, south, east, north = sheet.limits
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    if land is not None:
        axes.axhspan(south, north, color=_SEA, zorder=0)
        nearby = shapely.clip_by_rect(land.geometry.to_numpy(), *sheet.limits)
        axes.add_artist(PathPatch(_outline(nearby), facecolor=_LAND, edgecolor="none", zorder=1))
    return axes


def _draw_areas(axes: Axes, areas: gpd.GeoDataFrame, record: dict[str, Any]) -> None:
    """Draw one outline per class, so that a picture of many areas stays small.

    ``add_artist`` is used because ``add_patch`` would measure every vertex to set limits that are already set.
    """
    from matplotlib.patches import PathPatch

    shapes = simplify_areas(areas.geometry).to_numpy()
    codes = class_codes(record)
    fine = len(areas) <= _MOST_EDGES
    for code, colour in [(-1, PAPER), *enumerate(record["colours"])]:
        inside = codes == code
        if not inside.any():
            continue
        edge = {"edgecolor": MUTED if code == -1 else PAPER if fine else colour, "linewidth": 0.2}
        hatch = HATCH_UNKNOWN if code == -1 else None
        axes.add_artist(PathPatch(_outline(shapes[inside]), facecolor=colour, hatch=hatch, zorder=2, **edge))
    if "unreliable" in record:
        doubtful = np.array([flag == "1" for flag in record["unreliable"]]) & (codes >= 0)
        patch = PathPatch(
            _outline(shapes[doubtful]),
            fill=False,
            hatch=HATCH_UNRELIABLE,
            edgecolor=PAPER,
            linewidth=0,
            zorder=3,
        )
        axes.add_artist(patch)


def _outline(shapes: npt.NDArray[np.object_]) -> Outline:
    """Join polygons into one outline. Holes run the other way round, so they stay holes."""
    from matplotlib.path import Path as Outline

    parts = shapely.get_parts(shapes[~shapely.is_missing(shapes)])
    turned = shapely.orient_polygons(parts[shapely.get_dimensions(parts) == 2])
    vertices, ring = shapely.get_coordinates(shapely.get_rings(turned), return_index=True)
    codes = np.full(len(vertices), Outline.LINETO, dtype=Outline.code_type)
    turn = np.flatnonzero(np.diff(ring, prepend=-1))
    codes[turn] = Outline.MOVETO
    codes[np.append(turn[1:], len(ring))[: len(turn)] - 1] = Outline.CLOSEPOLY
    return Outline(vertices, codes)


def _draw_assets(axes: Axes, assets: gpd.GeoDataFrame | None, scale: float) -> list[KeyRow]:
    """Draw one symbol per type and return the rows of the key. The least frequent types share the last symbol."""
    if assets is None:
        return []
    check_assets(assets)
    shown = for_audience(assets, "public")
    shown = shown[shown.geometry.notna()]
    rows = []
    types = shown["asset_type"].map(asset_type_label)
    order = sorted(types.unique(), key=lambda name: (-int((types == name).sum()), name))
    if len(order) > len(_MARKERS):
        order = [*order[: len(_MARKERS) - 1], "Others"]
    kinds = types.where(types.isin(order), "Others")
    for marker, kind in zip(_MARKERS, order, strict=False):
        points = shown.geometry[kinds == kind]
        if len(points):
            axes.scatter(
                points.x, points.y, marker=marker, s=17 * scale**2, color=INK,
                edgecolor=PAPER, linewidth=0.6 * scale, zorder=5,
            )  # fmt: skip
            rows.append(KeyRow(f"{plain(kind, most=60)} ({whole(len(points))})", marker=marker))
    return rows


def _name_places(axes: Axes, places: gpd.GeoDataFrame | None, sheet: Sheet) -> None:
    """Label cities, then towns, then other places, largest first, wherever no other label is in the way."""
    if places is None:
        return
    west, south, east, north = sheet.limits
    size, per_point = 7.0 * sheet.scale, sheet.metres_per_point
    known = places[places.geometry.notna()]
    people = known["population"].fillna(0) if "population" in known else pd.Series(0.0, index=known.index)
    taken: list[tuple[float, float, float, float]] = []
    kind = known["kind"].map(_KIND_ORDER) if "kind" in known else pd.Series(np.nan, index=known.index)
    for row in np.lexsort((-people.to_numpy(), kind.fillna(len(_KIND_ORDER)).to_numpy())):
        name, point = plain(known["name"].iloc[row], most=40), known.geometry.iloc[row]
        width, height = 0.6 * size * len(name) * per_point, 1.25 * size * per_point
        gap, drop = 4 * sheet.scale * per_point, 1.05 * height
        for across, east_m, north_m in (
            ("left", gap, 0.0),
            ("right", -gap, 0.0),
            ("center", 0.0, -drop),
            ("center", 0.0, drop),
        ):
            x, y = point.x + east_m, point.y + north_m
            left = x - {"left": 0.0, "center": 0.5, "right": 1.0}[across] * width
            box = (left, y - height / 2, left + width, y + height / 2)
            inside = west < box[0] and box[2] < east and south < box[1] and box[3] < north
            if inside and not any(_overlap(box, other) for other in taken):
                text = axes.text(x, y, name, ha=across, va="center", fontsize=size, color=INK, zorder=6)
                add_halo(text, 1.6 * sheet.scale)
                taken.append(box)
                break


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _draw_scale(axes: Axes, sheet: Sheet) -> None:
    """Draw a scale bar at the bottom right: a round length of at most a fifth of the frame."""
    west, south, east, north = sheet.limits
    longest = (east - west) / 5
    power = 10.0 ** math.floor(math.log10(longest))
    length = max(step * power for step in (1, 2, 5) if step * power <= longest)
    right, low = east - (east - west) * 0.015, south + (north - south) * 0.02
    style: dict[str, Any] = {"color": INK, "zorder": 7}
    axes.plot(
        [right - length, right], [low, low], linewidth=1.6 * sheet.scale, solid_capstyle="butt", **style
    )
    words = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    lift = 3 * sheet.scale * sheet.metres_per_point
    text = axes.text(
        right - length / 2, low + lift, words, ha="center", va="bottom", fontsize=7.5 * sheet.scale, **style
    )
    add_halo(text, 1.6 * sheet.scale)


def _write_heading(figure: Figure, sheet: Sheet, title: str) -> None:
    """Write the title at the top and the note at the bottom, inside the margins."""
    left = MARGIN_MM * sheet.scale * MM / sheet.width
    edge = MARGIN_MM * sheet.scale * MM / sheet.height
    figure.text(left, 1 - edge, plain(title, most=90), va="top", fontsize=15 * sheet.scale, weight="bold")
    figure.text(
        left, edge, "\n".join(sheet.foot), va="bottom", fontsize=NOTE_PT * sheet.scale, color=MUTED,
        linespacing=NOTE_SPACING,
    )  # fmt: skip

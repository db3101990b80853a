"""Before and after: how far it is to the nearest site, as it is today and under an option."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from assetmap.show.pictures.figures import INK, MUTED, ORANGE, PAPER, add_halo, new_figure, quiet_style
from assetmap.show.pictures.sheet import fill_frame
from assetmap.show.words import plain, stated_limit

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.path import Path as Outline

WIDTH_PT: Final = 330.0
HEIGHT_PT: Final = 265.0
_FOOT: Final = 0.13
COLOURS: Final = ("#ffffcc", "#a1dab4", "#41b6c4", "#225ea8")
"""ColorBrewer YlGnBu: the darker, the further."""
UNKNOWN: Final = "#d8d8d8"
MOST_NAMED: Final = 8


def option_map(
    areas: gpd.GeoDataFrame,
    table: pd.DataFrame,
    sites: gpd.GeoDataFrame,
    *,
    when: str,
    limits: Sequence[float],
    changed: Sequence[str] = (),
    land: gpd.GeoDataFrame | None = None,
) -> Figure:
    """Draw how far it is to the nearest site from every area.

    Parameters
    ----------
    areas
        Polygons, index ``area_code``.
    table
        ``Scenario.areas``.
    sites
        The sites as they are (``before``) or after the changes.
    when
        ``before`` or ``after``; after, areas further from a site have an orange edge.
    limits
        Three costs that divide the colours.
    changed
        Ids of the sites that the option changes; they are named.
    land
        Land next to the areas.

    Returns
    -------
    matplotlib.figure.Figure
        With a key. Open sites are dots, those that close are crosses.
    """
    unit = str(table["unit"].iloc[0])
    with quiet_style():
        figure = new_figure(WIDTH_PT, HEIGHT_PT)
        axes = figure.add_axes((0, _FOOT, 1, 1 - _FOOT))
        west, south, east, north = fill_frame(areas.total_bounds, WIDTH_PT / (HEIGHT_PT * (1 - _FOOT)))
        axes.set_xlim(west, east)
        axes.set_ylim(south, north)
        axes.set_axis_off()
        axes.add_patch(_frame(west, south, east, north))
        step = (east - west) / WIDTH_PT * 0.4
        if land is not None:
            _fill(axes, land.geometry.cx[west:east, south:north].simplify(step), "#f6f6f4", edge="none")
        shapes = areas.geometry.simplify(step)
        cost = table[f"cost_{when}"].reindex(areas.index)
        measured = table["cost_change"].reindex(areas.index).notna().to_numpy()
        depth = np.searchsorted(list(limits)[:3], cost.fillna(np.inf).to_numpy(dtype=float))
        _fill(axes, shapes[~measured], UNKNOWN)
        for level, colour in enumerate(COLOURS):
            _fill(axes, shapes[measured & (depth == level)], colour)
        if when == "after":
            further = (table["cost_change"] >= 1).reindex(areas.index, fill_value=False)
            _fill(axes, shapes[further.to_numpy()], "none", edge=ORANGE, width=0.9)
        _mark_sites(axes, sites, set(changed))
        _key(figure, limits, unit, when)
    return figure


def _frame(west: float, south: float, east: float, north: float) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((west, south), east - west, north - south, facecolor="#e9eff4", edgecolor="none")


def _fill(axes: Axes, shapes: pd.Series, colour: str, *, edge: str = PAPER, width: float = 0.3) -> None:
    from matplotlib.patches import PathPatch

    outline = _outline(shapes)
    if outline is not None:
        axes.add_patch(PathPatch(outline, facecolor=colour, edgecolor=edge, linewidth=width))


def _outline(shapes: pd.Series) -> Outline | None:
    """Return all rings of some polygons as one outline."""
    import shapely
    from matplotlib.path import Path as Outline

    rings = shapely.get_rings(shapely.get_parts(shapes.to_numpy()))
    rings = rings[~shapely.is_empty(rings)]
    if not len(rings):
        return None
    points, of = shapely.get_coordinates(rings, return_index=True)
    codes = np.full(len(points), Outline.LINETO, dtype=np.uint8)
    codes[np.flatnonzero(np.diff(of, prepend=-1))] = Outline.MOVETO
    codes[np.flatnonzero(np.diff(of, append=-1))] = Outline.CLOSEPOLY
    return Outline(points, codes)


def _mark_sites(axes: Axes, sites: gpd.GeoDataFrame, changed: set[str]) -> None:
    placed = sites[sites.geometry.notna()]
    opened = (placed["status"] == "open").to_numpy()
    touched = placed.index.isin(list(changed))
    for chosen, marker, colour, size in (
        (opened & ~touched, "o", INK, 11),
        (opened & touched, "o", ORANGE, 30),
        (~opened & touched, "X", ORANGE, 42),
    ):
        points = placed[chosen].geometry
        axes.scatter(
            points.x, points.y, s=size, marker=marker, color=colour, edgecolor=PAPER, linewidth=0.7, zorder=3
        )
    west, east = axes.get_xlim()
    for _, site in placed[touched].head(MOST_NAMED).iterrows():
        town = site.get("town")
        name = plain(town if isinstance(town, str) and town else site["name"], most=26)
        right = site.geometry.x < west + (east - west) * 0.7
        label = axes.annotate(
            name,
            (site.geometry.x, site.geometry.y),
            xytext=(6 if right else -6, 0),
            textcoords="offset points",
            ha="left" if right else "right",
            va="center",
            fontsize=9,
            fontweight="bold",
            zorder=5,
        )
        add_halo(label, 2)


def _key(figure: Figure, limits: Sequence[float], unit: str, when: str) -> None:
    cuts = [stated_limit(limit, unit) for limit in list(limits)[:3]]
    words = [f"to {cuts[0]}", f"to {cuts[1]}", f"to {cuts[2]}", "further"]
    axes = figure.add_axes((0, 0, 1, _FOOT))
    axes.set_xlim(0, WIDTH_PT)
    axes.set_ylim(0, HEIGHT_PT * _FOOT)
    axes.set_axis_off()
    from matplotlib.patches import Rectangle

    for number, (colour, text) in enumerate(zip(COLOURS, words, strict=True)):
        left = 4 + number * 80
        axes.add_patch(Rectangle((left, 19), 11, 9, facecolor=colour, edgecolor=MUTED, linewidth=0.5))
        axes.text(left + 15, 23.5, text, fontsize=8.5, va="center", color=INK)
    note = "• open · × closes · orange edge: further away" if when == "after" else "• open"
    axes.text(4, 7, note, fontsize=8.5, va="center", color=MUTED)

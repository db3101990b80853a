"""Pictures of a devolution review: impact and readiness, closures, and a small map of each site."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from markupsafe import Markup

from assetmap.schema import rows_of
from assetmap.show.pictures.figures import BLUE, INK, MUTED, ORANGE, PAPER, RULE, new_figure, quiet_style
from assetmap.show.words import counted, decimals, people, plain, stated_limit, travel_cost

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HALF: Final = 0.5
WIDE_PT: Final = 470.0
QUADRANT_CORNERS: Final = (
    (0.985, 0.03, "right", "ready to pass on"),
    (0.985, 0.965, "right", "worth supporting first"),
    (0.015, 0.965, "left", "do not touch"),
    (0.015, 0.03, "left", "build up a receiver first"),
)
DEPTHS: Final = ("#ffffcc", "#a1dab4", "#41b6c4", "#225ea8")
"""ColorBrewer YlGnBu: the darker, the further away the next nearest site."""

MAP_WIDTH: Final = 480
MAP_HEIGHT: Final = 340
_LEAST_SIDE_M: Final = 6_000.0


def impact_chart(sites: pd.DataFrame) -> Figure:
    """Draw impact and readiness: one symbol per site, with a line for the range that unknown answers leave open.

    Parameters
    ----------
    sites
        ``DevolutionReview.sites``.

    Returns
    -------
    matplotlib.figure.Figure
        Sites without a score are left out; the chart says how many.
    """
    known = sites[sites["impact"].notna() & sites["readiness"].notna()]
    with quiet_style():
        figure = new_figure(WIDE_PT, 440)
        axes = figure.add_axes((0.085, 0.115, 0.9, 0.845))
        axes.set_xlim(-0.02, 1.02)
        axes.set_ylim(-0.02, 1.02)
        for x, y, side, words in QUADRANT_CORNERS:
            axes.text(
                x,
                y,
                words,
                transform=axes.transAxes,
                ha=side,
                va="center",
                color=MUTED,
                fontsize=9.5,
                fontweight="bold",
            )
        axes.axhline(HALF, color=RULE, linewidth=1)
        axes.axvline(HALF, color=RULE, linewidth=1)
        axes.hlines(
            known["impact"], known["readiness_low"], known["readiness_high"], color=RULE, linewidth=1.2
        )
        for passed, marker, colour in ((False, "o", ORANGE), (True, "s", BLUE)):
            for sure in (False, True):
                some = known[((known["devolved"] == "yes") == passed) & (known["quadrant_sure"] == sure)]
                marks: dict[str, Any] = {"edgecolor": colour, "facecolor": colour if sure else PAPER}
                axes.scatter(
                    some["readiness"], some["impact"], s=38, marker=marker, linewidth=1.2, zorder=3, **marks
                )
        _name_marks(axes, known)
        axes.set_xlabel(
            "readiness of a community to take it on (0 to 1)\n● not devolved   ■ devolved   ○ □ answers could change it",
            fontsize=9,
        )
        axes.set_ylabel("impact on people if it closed (0 to 1)", fontsize=9)
        missing = len(sites) - len(known)
        if missing:
            axes.set_title(
                f"{counted(missing, 'site is', 'sites are')} not drawn: too little is known",
                fontsize=9,
                loc="left",
                color=MUTED,
            )
    return figure


def closures_chart(closures: pd.DataFrame, front: pd.DataFrame, *, saved: str = "hours_saved") -> Figure:
    """Draw what closures save and the harm they do; the line joins the combinations that no other combination beats.

    Parameters
    ----------
    closures
        ``DevolutionReview.closures``; single closures are drawn as dots.
    front
        ``DevolutionReview.closures_front``.
    saved
        ``hours_saved`` or ``cost_saved_gbp``.
    """
    single = closures[(closures["closures"] == 1) & closures[saved].notna()]
    unit = "hours a week" if saved == "hours_saved" else "pounds a year"
    harm = "person-km" if closures["unit"].eq("m").all() else "person-hours"
    with quiet_style():
        figure = new_figure(WIDE_PT, 300)
        axes = figure.add_axes((0.11, 0.13, 0.87, 0.78))
        if len(front):
            line: dict[str, Any] = {"color": BLUE, "linewidth": 1.6, "marker": "o", "markersize": 3.5}
            axes.plot(front[saved], front["harm"] / 1000, drawstyle="steps-pre", **line)
        axes.scatter(
            single[saved], single["harm"] / 1000, s=20, color=ORANGE, edgecolor=PAPER, linewidth=0.5, zorder=3
        )
        axes.set_xlim(left=0)
        axes.set_ylim(bottom=0)
        axes.set_xlabel(f"saved, {unit}", fontsize=9)
        axes.set_title(
            f"harm: thousand extra {harm} one way, weighted by need", fontsize=9, loc="left", color=MUTED
        )
        axes.text(0.02, 0.95, "● one closure", transform=axes.transAxes, color=ORANGE, fontsize=9, va="top")
        axes.text(
            0.02,
            0.87,
            "— least harm for the saving",
            transform=axes.transAxes,
            color=BLUE,
            fontsize=9,
            va="top",
        )
    return figure


def site_map(
    areas: gpd.GeoDataFrame,
    small_areas: pd.DataFrame,
    sites: gpd.GeoDataFrame,
    asset_id: str,
    *,
    limits: Sequence[float],
    land: gpd.GeoDataFrame | None = None,
) -> str:
    """Draw a site, the areas for which it is the nearest, and the sites around it, as SVG.

    Parameters
    ----------
    areas
        Polygons, index ``area_code``.
    small_areas
        ``DevolutionReview.small_areas``.
    sites
        ``DevolutionReview.sites``.
    asset_id
        The site.
    limits
        Three travel costs that divide the cost to the next nearest site into four classes.
    land
        Land next to the areas.

    Returns
    -------
    str
        SVG text without scripts or links.
    """
    import shapely

    mine = small_areas.index[small_areas["nearest_asset_id"] == asset_id]
    west, south, east, north = _frame(areas, mine, sites.geometry[asset_id])
    scale = MAP_WIDTH / (east - west)
    further = small_areas["cost_if_closed"].to_dict()
    shapes: list[Markup] = []
    for shape in land.geometry.cx[west:east, south:north] if land is not None else ():
        path = _path(shapely.clip_by_rect(shape, west, south, east, north), west, north, scale)
        shapes.append(Markup('<path d="{}" fill="#f6f6f4"/>').format(path))
    for code, shape in areas.geometry.cx[west:east, south:north].items():
        cut = shapely.clip_by_rect(shape, west, south, east, north)
        depth = int(np.searchsorted(list(limits)[:3], further[code])) if code in mine else None
        fill = "#eef1f4" if depth is None else DEPTHS[min(depth, 3)]
        path = _path(cut, west, north, scale)
        if path:
            shapes.append(Markup('<path d="{}" fill="{}"/>').format(path, fill))
    marks = [
        _mark(point, _short_name(row), other == asset_id, west, north, scale)
        for (other, row), point in zip(sites.iterrows(), sites.geometry.to_numpy(), strict=True)
        if other == asset_id or _has_room((point.x - west) * scale, (north - point.y) * scale)
    ]
    marks.sort(key=lambda mark: "#b8460e" in mark)
    return str(
        Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}" '
            'font-family="Arial, sans-serif" font-size="12"><rect width="{w}" height="{h}" fill="#dfe8ef"/>'
            '<g stroke="#ffffff" stroke-width="0.7">{shapes}</g>{marks}{bar}</svg>'
        ).format(
            w=MAP_WIDTH,
            h=MAP_HEIGHT,
            shapes=Markup("").join(shapes),
            marks=Markup("").join(marks),
            bar=_scale_bar(scale),
        )
    )


def map_words(small_areas: pd.DataFrame, sites: pd.DataFrame, asset_id: str) -> str:
    """Describe in words what the small map of a site shows."""
    mine = small_areas[small_areas["nearest_asset_id"] == asset_id]
    name = plain(sites.at[asset_id, "name"])
    if mine.empty:
        return f"Map of {name}. It is not the nearest site for any small area."
    furthest = travel_cost(mine["cost_if_closed"].max(), str(sites["unit"].iloc[0]))
    return (
        f"Map of {name} and the {counted(len(mine), 'small area')} ({people(mine['population'].sum())}) for which it is the "
        f"nearest site. If it closed, the next site would be up to {furthest} away."
    )


def _name_marks(axes: Axes, known: pd.DataFrame) -> None:
    """Label the symbols where there is room; the table has the names that do not fit."""
    width, height = 470 * 0.9, 440 * 0.845
    taken = [
        (x * width - 4, y * height - 4, x * width + 4, y * height + 4)
        for x, y in known[["readiness", "impact"]].to_numpy()
    ]
    taken += [(0, height * 0.945, width, height), (0, 0, width, height * 0.055)]
    names = {asset_id: _short_name(row) for asset_id, row in known.iterrows()}
    for row in rows_of(known.sort_values("impact", ascending=False)):
        words = names[row.Index]
        x, y, wide = row.readiness * width, row.impact * height, 4.3 * len(words)
        for left, low in (
            (x - wide / 2, y + 6),
            (x - wide / 2, y - 14),
            (x + 6, y - 4),
            (x - 6 - wide, y - 4),
        ):
            box = (left, low, left + wide, low + 8)
            if box[0] >= 0 and box[2] <= width and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                axes.text(
                    left / width,
                    low / height,
                    words,
                    fontsize=7.8,
                    color=INK,
                    va="bottom",
                    ha="left",
                    zorder=4,
                )
                break


def _short_name(site: pd.Series) -> str:
    town = site.get("town")
    return plain(town if isinstance(town, str) and town else site["name"], most=24)


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _frame(areas: gpd.GeoDataFrame, mine: pd.Index, point: Any) -> tuple[float, float, float, float]:
    """Return the bounds of the map in its proportions, with a margin around the areas and the site."""
    west, south, east, north = (point.x, point.y, point.x, point.y)
    if len(mine):
        low_x, low_y, high_x, high_y = areas.loc[mine].total_bounds
        west, south, east, north = min(west, low_x), min(south, low_y), max(east, high_x), max(north, high_y)
    width = max(east - west, _LEAST_SIDE_M, (north - south) * MAP_WIDTH / MAP_HEIGHT) * 1.16
    height = width * MAP_HEIGHT / MAP_WIDTH
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    return middle_x - width / 2, middle_y - height / 2, middle_x + width / 2, middle_y + height / 2


def _path(shape: Any, west: float, north: float, scale: float) -> str:
    import shapely

    rings = []
    for polygon in shapely.get_parts(shape):
        if polygon.geom_type != "Polygon":
            continue
        for ring in (polygon.exterior, *polygon.interiors):
            points = shapely.get_coordinates(ring)
            steps = np.column_stack([(points[:, 0] - west) * scale, (north - points[:, 1]) * scale]).round(1)
            rings.append("M" + "L".join(f"{x:g} {y:g}" for x, y in steps[:-1]) + "Z")
    return "".join(rings)


def _mark(point: Any, name: str, chosen: bool, west: float, north: float, scale: float) -> Markup:
    x, y = (point.x - west) * scale, (north - point.y) * scale
    left = x < MAP_WIDTH * 0.66
    return Markup(
        '<circle cx="{x}" cy="{y}" r="{r}" fill="{fill}" stroke="#ffffff" stroke-width="1.5"/>'
        '<text x="{tx}" y="{ty}" text-anchor="{anchor}" fill="#1f2933" stroke="#ffffff" stroke-width="3" '
        'paint-order="stroke"{weight}>{name}</text>'
    ).format(
        x=decimals(x, 1),
        y=decimals(y, 1),
        r=7 if chosen else 4,
        fill="#b8460e" if chosen else "#52606d",
        tx=decimals(x + 10 if left else x - 10, 1),
        ty=decimals(y + 4, 1),
        anchor="start" if left else "end",
        weight=Markup(' font-weight="bold"') if chosen else "",
        name=name,
    )


def _has_room(x: float, y: float) -> bool:
    """Say whether a symbol with its name fits on the map without covering the scale bar or the edge."""
    inside = 8 <= x <= MAP_WIDTH - 8 and 10 <= y <= MAP_HEIGHT - 10
    return inside and not (x < MAP_WIDTH / 3 + 20 and y > MAP_HEIGHT - 42)


def _scale_bar(scale: float) -> Markup:
    metres = next(
        step for step in (20_000, 10_000, 5_000, 2_000, 1_000, 500, 0) if step * scale <= MAP_WIDTH / 3
    )
    length = metres * scale
    return Markup(
        '<path d="M12 {y}h{length}" stroke="#1f2933" stroke-width="2"/><text x="12" y="{ty}" fill="#1f2933">{words}</text>'
    ).format(y=MAP_HEIGHT - 12, ty=MAP_HEIGHT - 18, length=decimals(length, 1), words=stated_limit(metres))

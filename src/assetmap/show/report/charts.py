"""Charts of the report, one for each question, drawn by matplotlib (`figures.svg_text` writes them).

They are narrow, so that a phone shows them at nearly full size, use black and one colour, and label the marks with
their values. The report prints the same numbers as a table.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from assetmap.schema import SchemaError, first_few
from assetmap.show.counts import FAR_M
from assetmap.show.pictures.figures import BLUE, INK, MUTED, ORANGE, PAPER, RULE, new_figure, quiet_style
from assetmap.show.words import NOT_KNOWN, counted, estimated, plain, stated_limit, step_of, whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_PT: Final = 330.0
"""Width of every chart: 440 CSS pixels."""

FOREST_COLUMNS: Final = ("label", "estimate", "low", "high", "level", "kind")


def forest_plot(methods: pd.DataFrame) -> Figure:
    """Draw estimates of one number side by side, each with its interval.

    Parameters
    ----------
    methods
        One row per method or published rate: ``label``, ``estimate``, ``low``, ``high`` (groups), ``level``
        (0-1; missing for a published range) and ``kind``. Rows whose ``kind`` is ``published`` are drawn
        hollow, because they use a different definition.

    Returns
    -------
    matplotlib.figure.Figure
        One row per method, in the order given; the axis starts at 0.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    missing = [column for column in FOREST_COLUMNS if column not in methods.columns]
    if missing:
        raise SchemaError(f"The table for the forest plot is missing {first_few(missing)}.")
    rows = methods.reset_index(drop=True)
    with quiet_style():
        figure = new_figure(WIDTH_PT, 34 + 44 * len(rows))
        axes = _axes(figure, left=10, right=14, bottom=34, top=2)
        highest = float(np.nanmax([*rows["high"], *rows["estimate"], 1.0]))
        axes.set_xlim(0, highest * 1.04)
        axes.set_ylim(len(rows) - 0.35, -0.65)
        for row in range(len(rows)):
            _forest_row(axes, row, rows.iloc[row])
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        _count_axis(axes, "groups")
    return figure


def need_access_scatter(
    areas: pd.DataFrame, *, noun: str = "asset", far_m: float = FAR_M, high_need: pd.Series | None = None
) -> Figure:
    """Draw need and the distance to the nearest open asset: one dot per small area.

    Parameters
    ----------
    areas
        Columns ``need`` (0-1, 1 = most need) and ``distance_m`` (metres). Areas without one of them are left
        out and counted in the chart.
    noun
        What the distance leads to, for example ``"library"``.
    far_m
        Distance (metres) beyond which an area with high need is marked.
    high_need
        True for areas with high need, on the index of ``areas``; the third with most need by default.
    """
    known = areas[["need", "distance_m"]].notna().all(axis=1)
    need, km = areas.loc[known, "need"], areas.loc[known, "distance_m"] / 1000
    high = need.rank(pct=True) > 2 / 3 if high_need is None else high_need[known].fillna(False).astype(bool)
    marked = (high & (km > far_m / 1000)).to_numpy(dtype=bool)
    with quiet_style():
        figure = new_figure(WIDTH_PT, 272)
        axes = _axes(figure, left=38, right=10, bottom=38, top=20)
        dots: dict[str, Any] = {"edgecolor": PAPER, "linewidth": 0.4}
        axes.scatter(km[~marked], need[~marked], s=13, color="#8b98a5", **dots)
        axes.scatter(km[marked], need[marked], s=24, color=ORANGE, marker="D", **dots)
        axes.set_xlim(0, max(float(km.max()) * 1.04, 1.0) if len(km) else 1.0)
        axes.set_ylim(-0.02, 1.04)
        axes.axvline(far_m / 1000, color=MUTED, linewidth=0.7, dashes=(4, 3))
        axes.set_xlabel(f"km to the nearest open {plain(noun, most=24)}")
        axes.set_title("need (1 = most)", fontsize=9, color=MUTED, loc="left", x=-0.1)
        words = f"◆ {whole(int(marked.sum()))} with high need and over {stated_limit(far_m)}"
        axes.text(1, 1.02, words, transform=axes.transAxes, ha="right", va="bottom", color=ORANGE, fontsize=9)
        _outside(axes, len(areas) - int(known.sum()))
    return figure


def people_by_distance(people: pd.Series, *, noun: str = "asset") -> Figure:
    """Draw how many people live at each distance from the nearest open asset.

    Parameters
    ----------
    people
        Residents, indexed by distance band in words (``"1 to 2 km"``), nearest first.
    noun
        What the distance leads to.
    """
    return _bars(people, title=f"people, by distance to the nearest open {plain(noun, most=24)}", colour=BLUE)


def assets_by_type(counts: pd.Series, *, most: int = 12) -> Figure:
    """Draw how many assets of each type are listed, most frequent first. The rest share the last bar.

    Parameters
    ----------
    counts
        Assets, indexed by type in words.
    most
        How many bars to draw.
    """
    ordered = counts.sort_values(ascending=False, kind="stable")
    shown = ordered.iloc[:most].copy()
    if len(ordered) > most:
        rest = ordered.iloc[most - 1 :]
        shown = ordered.iloc[: most - 1].copy()
        shown[counted(len(rest), "other type")] = rest.sum()
    return _bars(shown, title="assets on the lists, by type", colour=BLUE)


def concentration(curve: pd.DataFrame) -> Figure:
    """Draw the share of the money that people received, most need first, against equal shares.

    Parameters
    ----------
    curve
        ``GrantsReview.curve``: ``people_share``, ``gbp`` and ``gbp_registered`` (0-1, running totals).
    """
    from matplotlib.ticker import MultipleLocator, PercentFormatter

    with quiet_style():
        figure = new_figure(WIDTH_PT, 272)
        axes = _axes(figure, left=40, right=12, bottom=38, top=20)
        axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8, dashes=(4, 3))
        axes.plot(
            curve["people_share"], curve["gbp_registered"], color=ORANGE, linewidth=1.4, dashes=(2, 1.2)
        )
        axes.plot(curve["people_share"], curve["gbp"], color=BLUE, linewidth=2)
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1.01)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MultipleLocator(0.2))
            axis.set_major_formatter(PercentFormatter(1, decimals=0))
        axes.set_xlabel("people, those with most need first")
        axes.set_title("share of the money", fontsize=9, color=MUTED, loc="left", x=-0.1)
        axes.text(0.97, 0.22, "where it works", color=BLUE, fontsize=9, ha="right")
        axes.text(0.97, 0.14, "by address of the recipient", color=ORANGE, fontsize=9, ha="right")
        axes.text(0.97, 0.06, "everybody the same", color=MUTED, fontsize=9, ha="right")
    return figure


def _bars(values: pd.Series, *, title: str, colour: str) -> Figure:
    """Draw horizontal bars, each with its label on the left and its value at the end."""
    with quiet_style():
        figure = new_figure(WIDTH_PT, 26 + 24 * max(len(values), 1))
        axes = _axes(figure, left=118, right=52, bottom=4, top=20)
        rows = np.arange(len(values))
        numbers = values.fillna(0).to_numpy(dtype=float)
        axes.barh(rows, numbers, height=0.62, color=colour)
        for row, (label, value) in enumerate(values.items()):
            axes.annotate(
                NOT_KNOWN if pd.isna(value) else whole(value),
                (numbers[row], row), xytext=(4, 0), textcoords="offset points", va="center", fontsize=9,
            )  # fmt: skip
            axes.annotate(
                plain(label, most=26), (0, row), xytext=(-5, 0), textcoords="offset points",
                ha="right", va="center", fontsize=8.5,
            )  # fmt: skip
        axes.set_xlim(0, max(float(numbers.max(initial=0)), 1.0))
        axes.set_ylim(max(len(values), 1) - 0.5, -0.5)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines["bottom"].set_visible(False)
        figure.text(2 / WIDTH_PT, 1, title, va="top", fontsize=9, color=MUTED)
    return figure


def _forest_row(axes: Axes, row: int, method: pd.Series) -> None:
    published = method["kind"] == "published"
    colour = MUTED if published else BLUE
    step = step_of(method["estimate"])
    axes.plot([method["low"], method["high"]], [row, row], color=colour, linewidth=2, solid_capstyle="butt")
    for end in ("low", "high"):
        axes.plot([method[end]] * 2, [row - 0.09, row + 0.09], color=colour, linewidth=1.4)
    axes.plot(
        method["estimate"], row, marker="D" if published else "o", markersize=6.5,
        markerfacecolor=PAPER if published else colour, markeredgecolor=colour,
    )  # fmt: skip
    label = textwrap.shorten(plain(method["label"]), width=58, placeholder=" …")
    axes.text(0, row - 0.42, label, fontsize=9, va="center")
    span = f"{estimated(method['low'], step=step)} to {estimated(method['high'], step=step)}"
    words = estimated(method["estimate"], step=step)
    if method["low"] < method["high"]:
        words += f" ({span})"
    beyond = method["high"] > axes.get_xlim()[1] * 0.62
    axes.annotate(
        words, (method["low"] if beyond else method["high"], row), xytext=(-6 if beyond else 6, 0),
        textcoords="offset points", ha="right" if beyond else "left", va="center", fontsize=8.5, color=INK,
    )  # fmt: skip


def _axes(figure: Figure, *, left: float, right: float, bottom: float, top: float) -> Axes:
    """Add axes with margins in points."""
    width, height = (float(side) * 72 for side in figure.get_size_inches())
    place = (left / width, bottom / height, (width - left - right) / width, (height - bottom - top) / height)
    axes = figure.add_axes(place)
    axes.tick_params(length=3, labelsize=8.5, color=RULE)
    return axes


def _count_axis(axes: Axes, name: str) -> None:
    from matplotlib.ticker import MaxNLocator, StrMethodFormatter

    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.set_xlabel(name)


def _outside(axes: Axes, missing: int) -> None:
    if missing:
        words = f"{counted(missing, 'area')} not drawn: not known"
        axes.text(1, 0.02, words, transform=axes.transAxes, ha="right", fontsize=8, color=MUTED)

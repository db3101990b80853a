"""The options side by side, and each of them with its maps, what must be true and what is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from assetmap.show.html import bullets, joined, paragraph, picture, table
from assetmap.show.pictures.figures import svg_text
from assetmap.show.review.money import hours, pound_range
from assetmap.show.review.option_maps import option_map
from assetmap.show.words import NOT_KNOWN, people, plain, stated_limit, travel_cost, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import geopandas as gpd
    from matplotlib.figure import Figure

    from assetmap.schema import OptionResult, OptionsReview

TODAY = "today"
_CHANGES = {
    "close": "Closes",
    "devolve": "Passes on",
    "move": "Moves",
    "hours": "Changes hours",
    "open": "Opens",
}


def side_by_side(options: OptionsReview) -> Markup:
    """Return one table with a column for today and for each option."""
    names = list(options.figures.index)
    headings = ("", *("Today" if name == TODAY else plain(name) for name in names))
    rows = [(label, *cells) for label, cells in summary_rows(options)]
    return joined(
        (
            table(
                "The options side by side",
                ("What is compared", *headings[1:]),
                rows,
                numbers=range(1, len(headings)),
                stacked=True,
            ),
            paragraph(
                "Further: the nearest would be a metre or a minute further, or more. Fewer opening hours to share: because there are "
                "fewer of them, or because more people share them. Savings are a range where it is not settled how much the council "
                "would still pay.",
                kind="note",
            ),
        )
    )


def summary_rows(options: OptionsReview) -> list[tuple[str, tuple[str, ...]]]:
    """Return the rows of the summary in words: a label, and a cell for today and each option.

    Parameters
    ----------
    options
        The options side by side.

    Returns
    -------
    list of tuple
        Every page and paper prints these rows, so that all have the same words and digits.

    Examples
    --------
    >>> review = am.sites.review_devolution(areas, assets)
    >>> sites = am.sites.sites_of_type(assets)
    >>> close = am.schema.Option("A", "Close one", {"close": ("St Ives",)})
    >>> options = am.sites.compare_options([close], areas, sites, review=review, postcodes=postcodes)
    >>> am.show.summary_rows(options)[0]
    ('People further from a library', ('', '10,326'))
    """
    figures, unit = options.figures, options.unit
    limit = stated_limit(options.limit, unit)
    rows: list[tuple[str, tuple[str, ...]]] = []

    def add(
        label: str, column: str, words: Callable[[Any], object] = whole, *, only_known: bool = False
    ) -> None:
        if column not in figures.columns or (only_known and figures[column].isna().all()):
            return
        cells = tuple(
            "" if name == TODAY and pd.isna(value) else str(words(value))
            for name, value in figures[column].items()
        )
        rows.append((label, cells))

    def cost(value: float) -> str:
        return travel_cost(value, unit)

    word = options.kind["word"]
    add(f"People further from a {word}", "people_further")
    add("Of them, children aged 0 to 15", "children_further", only_known=True)
    add("Of them, people aged 60 and over", "older_further", only_known=True)
    add("In the tenth of areas with most need", "most_need_further")
    add("Households without a car further away", "no_car_further", only_known=True)
    add(f"People left without a {word} within {limit}", "people_left_without")
    add(f"People nearer to a {word}", "people_nearer")
    add("People with fewer opening hours to share", "people_less_access")
    add("People with more opening hours to share", "people_more_access")
    add(f"On average to the nearest {word}", "mean_cost", cost)
    add(f"Furthest from a {word}", "furthest_cost", cost)
    add(f"People without a {word} within {limit}", "people_without")
    add(f"Open {options.kind['words']}", "sites_open")
    add("Run by a local council or community body", "sites_local")
    add("Hours a week saved", "hours_saved", hours)
    for label, low, high in (
        ("Saved in a year", "saving_low", "saving_high"),
        ("Saved once (repairs that are due)", "one_off_low", "one_off_high"),
    ):
        if low in figures.columns:
            cells = tuple(
                "" if name == TODAY else pound_range(row[low], row[high]) for name, row in figures.iterrows()
            )
            rows.append((label, cells))
    return rows


def option_sections(
    options: OptionsReview,
    areas: gpd.GeoDataFrame,
    *,
    limits: Sequence[float],
    land: gpd.GeoDataFrame | None = None,
) -> Markup:
    """Return each option: its changes, a map before and after, what must be true, and what is not known."""
    parts = []
    before = None
    for each in options.options:
        if before is None:
            drawn = option_map(
                areas, each.scenario.areas, options.before, when="before", limits=limits, land=land
            )
            before = svg_text(drawn)
        parts.append(_option(each, options, areas, before, limits, land))
    return joined(parts)


def option_figure(
    each: OptionResult,
    options: OptionsReview,
    areas: gpd.GeoDataFrame,
    *,
    limits: Sequence[float],
    land: gpd.GeoDataFrame | None = None,
) -> tuple[Figure, str]:
    """Return the map after an option as a figure, with its alternative text.

    Examples
    --------
    >>> review, options = am.project.evaluate_options(village)
    >>> figure, words = am.show.option_figure(options.options[0], options, quillford.areas, limits=(1_000, 2_000, 4_000))
    >>> type(figure).__name__
    'Figure'
    """
    figure = option_map(
        areas,
        each.scenario.areas,
        each.after,
        when="after",
        limits=limits,
        changed=list(each.changes["asset_id"]),
        land=land,
    )
    return figure, map_words(each, options)


def map_words(each: OptionResult, options: OptionsReview) -> str:
    """Describe in words what the map of an option shows."""
    further: Any = options.figures.at[each.option.name, "people_further"]
    count = int((each.scenario.areas["cost_change"] >= 1).sum())
    if not count:
        return f"Map under {plain(each.option.name)}. No area is further from a site."
    return f"Map under {plain(each.option.name)}. {people(further)} in {count} areas would be further from a site."


def _option(
    each: OptionResult,
    options: OptionsReview,
    areas: gpd.GeoDataFrame,
    before: str,
    limits: Sequence[float],
    land: gpd.GeoDataFrame | None,
) -> Markup:
    after, words = option_figure(each, options, areas, limits=limits, land=land)
    name, title = plain(each.option.name), plain(each.option.title)
    heading = name if name == title else f"{name}: {title}"
    return joined(
        (
            Markup("<h3>{}</h3>").format(heading),
            paragraph(each.sentence),
            _changes(each),
            paragraph(each.break_even, kind="note") if each.break_even else None,
            Markup('<div class="pair">{}{}</div>').format(
                picture(
                    before, alt="Map of how far it is to the nearest site today.", caption="Today", kind="map"
                ),
                picture(svg_text(after), alt=words, caption=f"Under {name}", kind="map"),
            ),
            Markup('<div class="pair"><div>{}{}</div><div>{}{}</div></div>').format(
                Markup("<h4>What must be true</h4>"),
                bullets(each.must_be_true),
                Markup("<h4>What is not known</h4>"),
                bullets(each.not_known),
            ),
        )
    )


def _changes(each: OptionResult) -> Markup:
    rows = [
        (
            plain(row["name"]),
            _CHANGES[row["kind"]] + _to(row),
            hours(row["hours_saved"]),
            pound_range(row["saving_low"], row["saving_high"]),
        )
        for _, row in each.changes.iterrows()
    ]
    headings = ("Site", "Change", "Hours a week saved", "Saved in a year")
    return table(f"{plain(each.option.name)}: the changes", headings, rows, numbers=(2, 3), stacked=True)


def _to(row: pd.Series) -> str:
    if row["kind"] == "devolve":
        return f" to {plain(row['receiver']) or NOT_KNOWN}"
    if row["kind"] == "hours":
        return f" to {row['weekly_hours']:g} a week"
    return f" to {plain(row['postcode'])}" if row["kind"] == "move" else ""

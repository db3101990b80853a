"""The section of one site in the devolution review: its small map, every reason, and what is still to be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd
from markupsafe import Markup

from assetmap.schema import DevolutionReview, reference_table
from assetmap.show.html import figure, joined, paragraph, table, terms
from assetmap.show.review.charts import map_words, site_map
from assetmap.show.words import (
    NOT_KNOWN,
    counted,
    decimals,
    estimated,
    interval,
    plain,
    stated_limit,
    step_of,
    travel_cost,
    whole,
)

if TYPE_CHECKING:
    import geopandas as gpd

LIMITS: Final = {"m": (2_000.0, 5_000.0, 8_000.0), "min": (15.0, 30.0, 45.0)}
_COSTS: Final = ("extra_cost_per_person",)
_SHARES: Final = ("young_old_share",)
_WHOLE: Final = ("people_nearest", "people_left_without", "venues_near", "weekly_hours")
_WORDS: Final = ("receiver_present", "interest")


def site_section(
    review: DevolutionReview,
    areas: gpd.GeoDataFrame,
    asset_id: str,
    number: int,
    *,
    land: gpd.GeoDataFrame | None = None,
) -> Markup:
    """Return the section of one site.

    Parameters
    ----------
    review
        From `review_devolution`.
    areas
        The small areas, for the map.
    asset_id
        The site.
    number
        Makes its anchor, ``site-<number>``.
    land
        Land next to the areas.
    """
    site = review.sites.loc[asset_id]
    unit = review.settings["unit"]
    limits = tuple(review.settings["beyond"])[:3]
    if len(limits) < 3:
        limits = LIMITS[unit]
    picture = site_map(areas, review.small_areas, review.sites, asset_id, limits=limits, land=land)
    scale, words = (1000, "km") if unit == "m" else (1, "minutes")
    cuts = ", ".join(f"{limit / scale:g}" for limit in limits)
    return joined(
        (
            Markup('<h3 id="site-{}">{}</h3>').format(number, plain(site["name"])),
            paragraph(_standing(site)),
            paragraph(_reading(site)),
            figure(
                picture,
                alt=map_words(review.small_areas, review.sites, asset_id),
                caption=f"Coloured: areas for which it is the nearest. The darker, the further the next one (cut at {cuts} {words}).",
                kind="map",
            ),
            terms(_reasons(site, review)),
            _scores(review, asset_id),
        )
    )


def interval_words(value: float, low: float, high: float) -> str:
    """Return a score with what unknown answers leave open: ``0.71 (0.44 to 0.82)``."""
    if pd.isna(value):
        return f"{NOT_KNOWN} ({low:.2f} to {high:.2f})"
    return f"{value:.2f} ({low:.2f} to {high:.2f})"


def _standing(site: pd.Series) -> str:
    operator = plain(site["operator"]) or "an operator that is not known"
    hours = site["weekly_hours"]
    words = f"Run by {operator} ({_control(site['control'], site['control_label'])})"
    if pd.notna(site.get("devolved_year")) and site["devolved"] == "yes":
        words += f" since {float(site['devolved_year']):.0f}"
    return words + (f"; open {decimals(hours, 0)} hours a week." if pd.notna(hours) else "; hours not known.")


def _reading(site: pd.Series) -> str:
    readiness = interval_words(site["readiness"], site["readiness_low"], site["readiness_high"])
    sure = "" if site["quadrant_sure"] else " The unknown answers could change this."
    return f"Impact {decimals(site['impact'], 2)}, readiness {readiness}: {site['quadrant']}.{sure}"


def _reasons(site: pd.Series, review: DevolutionReview) -> list[tuple[str, str]]:
    unit = review.settings["unit"]
    catchment = stated_limit(review.settings["limit"], unit)
    near = stated_limit(review.settings["near_m"], "m")
    extra = travel_cost(site["extra_cost_per_person"], unit)
    ages = f"{whole(site['children_nearest'])} children, {whole(site['older_nearest'])} aged 60 and over"
    beyond = "; ".join(
        f"{whole(site[column])} within {column.removeprefix('people_beyond_').replace('_', '.').replace('km', ' km').replace('min', ' minutes')}"
        for column in review.sites.columns
        if column.startswith("people_beyond_")
    )
    return [
        (
            "Use and need",
            f"The nearest for {whole(site['people_nearest'])} people ({ages}); average need {decimals(site['need_mean'], 2)} "
            f"of 1.",
        ),
        (
            "Isolation",
            f"Without it {extra} further per person, most of them to {plain(site['next_site']) or 'no other site'}; "
            f"{whole(site['people_left_without'])} people would have none left within {catchment}. People who would lose their only site: {beyond}.",
        ),
        ("Community nearby", _community(site, near)),
        ("Receiver", _receiver(site)),
        ("Conditions for social action", _conditions(site)),
        (
            "Who is in control",
            _control_words(site),
        ),
    ]


def _community(site: pd.Series, near: str) -> str:
    words = (
        f"Within {near}: {counted(site['groups_listed_near'], 'listed group', 'listed groups')} "
        f"({decimals(site['groups_listed_per_1000'], 1)} per 1,000 people), "
        f"{whole(site['groups_registered_near'])} of them on a register"
    )
    by_town = site["groups_by_town_only"]
    words += f"; {whole(by_town)} known only to the town. " if by_town else ". "
    if pd.notna(site["unregistered_near"]):
        level = site.get("unregistered_near_level", float("nan"))
        about = estimated(site["unregistered_near"], step=step_of(site["unregistered_near_high"]))
        span = interval(site["unregistered_near_low"], site["unregistered_near_high"], level)
        words += f"Estimated unregistered groups, a share by population: about {about} ({span}). "
    venues = counted(site["venues_near"], "other place", "other places")
    return (
        words
        + f"{venues} that could house it"
        + (f": {plain(site['venue_names'])}." if site["venue_names"] else ".")
    )


def _receiver(site: pd.Series) -> str:
    if site["devolved"] == "yes":
        return f"Devolved already: {plain(site['operator']) or NOT_KNOWN} runs it."
    present = {"yes": "There is one", "no": "There is none", "unknown": "Not known whether there is one"}
    interest = {
        "yes": "it is interested",
        "no": "it is not interested",
        "unknown": "its interest is not known",
    }
    name = f" ({plain(site['receiver'])})" if isinstance(site["receiver"], str) and site["receiver"] else ""
    return f"{present[site['receiver_present']]}{name}; {interest[site['interest']]}."


def _control_words(site: pd.Series) -> str:
    words = f"Today: {_control(site['control'], site['control_label'])}."
    if site["devolved"] == "yes":
        return words
    return (
        f"{words} Under the proposal: {_control(site['control_proposed'], site['control_proposed_label'])}."
    )


def _conditions(site: pd.Series) -> str:
    words = (
        f"{site['conditions_yes']} yes, {site['conditions_no']} no, {site['conditions_unknown']} not known."
    )
    if site["conditions_missing"]:
        words += f" Missing: {site['conditions_missing']}."
    if site["conditions_to_ask"]:
        words += f" Still to ask: {site['conditions_to_ask']}."
    return words


def _scores(review: DevolutionReview, asset_id: str) -> Markup:
    rows = [
        (
            row["label"],
            row["score"],
            _value(review, asset_id, str(criterion), row["column"]),
            decimals(review.scores.at[asset_id, criterion], 2),
            f"{row['weight']:g}",
        )
        for criterion, row in review.criteria.iterrows()
    ]
    caption = f"{plain(review.sites.at[asset_id, 'name'])}: every criterion"
    return table(caption, ("criterion", "score", "measured", "0 to 1", "weight"), rows, numbers=(2, 3, 4))


def _value(review: DevolutionReview, asset_id: str, criterion: str, column: str) -> str:
    parts = reference_table("conditions_checklist")["part"]
    if criterion in set(parts):
        replies = review.answers.loc[asset_id, parts.index[parts == criterion]]
        return f"{(replies == 'yes').sum()} yes, {(replies == 'no').sum()} no, {(replies == 'unknown').sum()} not known"
    value = review.sites.at[asset_id, column]
    if column in _WORDS:
        return NOT_KNOWN if value == "unknown" else str(value)
    if column in _COSTS:
        return travel_cost(value, str(review.sites.at[asset_id, "unit"]))
    if column in _SHARES:
        return NOT_KNOWN if pd.isna(value) else f"{value:.0%}"
    return whole(value) if column in _WHOLE else decimals(value, 2)


def _control(level: float, label: str) -> str:
    return NOT_KNOWN if pd.isna(level) else f"{plain(label)}, {level:.0f} of 5"

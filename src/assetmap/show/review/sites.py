"""The section of one site in the devolution review: a small map, every reason, and questions that are still open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from markupsafe import Markup

from assetmap.schema import DevolutionReview, reference_table
from assetmap.show.html import joined, paragraph, picture, table, terms
from assetmap.show.review.charts import map_words, site_map
from assetmap.show.review.money import facts_of
from assetmap.show.words import (
    NOT_KNOWN,
    counted,
    decimals,
    estimated,
    interval,
    listing,
    people,
    percent,
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
        Number of the section; its anchor is ``site-<number>``.
    land
        Land next to the areas.
    """
    site: Any = review.sites.loc[asset_id]
    unit = review.settings["unit"]
    limits = tuple(review.settings["beyond"])[:3]
    if len(limits) < 3:
        limits = LIMITS[unit]
    drawn = site_map(areas, review.small_areas, review.sites, asset_id, limits=limits, land=land)
    cuts = listing([stated_limit(limit, unit) for limit in limits])
    return joined(
        (
            Markup('<h3 id="site-{}">{}</h3>').format(number, plain(site["name"])),
            paragraph(_standing(site)),
            paragraph(plain(site["address_note"]), kind="note") if _text(site, "address_note") else None,
            paragraph(_reading(site)),
            picture(
                drawn,
                alt=map_words(review.small_areas, review.sites, asset_id),
                caption=f"Coloured: areas for which it is the nearest site. Darker: the next nearest site is further away "
                f"(classes divided at {cuts}).",
                kind="map",
            ),
            terms(_reasons(site, review)),
            _scores(review, asset_id) if asset_id in review.scores.index else None,
        )
    )


def interval_words(value: float, low: float, high: float) -> str:
    """Return a score with the range that unknown answers leave open: ``0.71 (0.44 to 0.82)``."""
    if pd.isna(value):
        return f"{NOT_KNOWN} ({low:.2f} to {high:.2f})"
    return f"{value:.2f} ({low:.2f} to {high:.2f})"


def _standing(site: pd.Series) -> str:
    operator = plain(site["operator"]) or "an unknown operator"
    hours = site["weekly_hours"]
    words = f"Run by {operator} ({_control(site['control'], site['control_label'])})"
    if pd.notna(site.get("devolved_year")) and site["devolved"] == "yes":
        words += f" since {float(site['devolved_year']):.0f}"
    opening = f"open {counted(hours, 'hour')} a week" if pd.notna(hours) else "hours not known"
    return f"{words}; {opening}."


def _text(site: pd.Series, column: str) -> bool:
    return isinstance(site.get(column), str) and site[column].strip() != ""


def _reading(site: pd.Series) -> str:
    if not site["candidate"]:
        return (
            "Not a candidate: a local council or a community body runs it already."
            if site["quadrant"]
            else "Not a candidate."
        )
    readiness = interval_words(site["readiness"], site["readiness_low"], site["readiness_high"])
    sure = "" if site["quadrant_sure"] else " Unknown answers could change this."
    return f"Impact {decimals(site['impact'], 2)}, readiness {readiness}: “{site['quadrant']}”.{sure}"


def _reasons(site: pd.Series, review: DevolutionReview) -> list[tuple[str, str]]:
    unit = review.settings["unit"]
    catchment = stated_limit(review.settings["limit"], unit)
    near = stated_limit(review.settings["near_m"])
    extra = travel_cost(site["extra_cost_per_person"], unit)
    ages = (
        f"{counted(site['children_nearest'], 'child', 'children')} and "
        f"{counted(site['older_nearest'], 'person aged 60 or over', 'people aged 60 or over')}"
    )
    beyond = [
        f"{whole(site[column])} within {column.removeprefix('people_beyond_').replace('_', '.').replace('km', ' km').replace('min', ' minutes')}"
        for column in review.sites.columns
        if column.startswith("people_beyond_")
    ]
    return [
        (
            "Use and need",
            f"It is the nearest site for {people(site['people_nearest'])}, including {ages}. Their average need is "
            f"{decimals(site['need_mean'], 2)} (1 is most).",
        ),
        (
            "Isolation",
            f"If it closed, people would travel {extra} further on average. {_next_words(site)} {people(site['people_left_without'])} would have no site within "
            f"{catchment}."
            + (f" People who would lose their only site: {listing(beyond)}." if beyond else ""),
        ),
        ("Community nearby", _community(site, near)),
        ("Receiver", _receiver(site)),
        ("Conditions for social action", _conditions(site)),
        ("Who is in control", _control_words(site)),
        *facts_of(site),
        *([("Break-even", plain(site["break_even"]))] if _text(site, "break_even") else []),
    ]


def _next_words(site: pd.Series) -> str:
    """Say which site would be the next for most people: of many, that need not be more than half of them."""
    if not _text(site, "next_site"):
        return "They can reach no other site."
    return (
        f"{plain(site['next_site'])} would be the next site for at least as many of them as any other site."
    )


def _community(site: pd.Series, near: str) -> str:
    words = (
        f"Within {near}: {counted(site['groups_listed_near'], 'listed group')} "
        f"({decimals(site['groups_listed_per_1000'], 1)} per 1,000 people); "
        f"{counted(site['groups_registered_near'], 'is', 'are')} on a register"
    )
    by_town = site["groups_by_town_only"]
    words += f"; for {counted(by_town, 'other', 'others')} only the town is known. " if by_town else ". "
    if pd.notna(site["unregistered_near"]):
        level = site.get("unregistered_near_level", float("nan"))
        about = estimated(site["unregistered_near"], step=step_of(site["unregistered_near_high"]))
        span = interval(site["unregistered_near_low"], site["unregistered_near_high"], level)
        words += f"Estimated unregistered groups (a share by population; the methods say what is counted): about {about} ({span}). "
    venues = counted(site["venues_near"], "other place")
    return f"{words}{venues} could house it" + (
        f": {plain(site['venue_names'])}." if site["venue_names"] else "."
    )


def _receiver(site: pd.Series) -> str:
    if site["devolved"] == "yes":
        return f"Already devolved: {plain(site['operator']) or 'an unknown operator'} runs it."
    if site["open_question"]:
        return f"{plain(site['open_question'])}."
    name = f" ({plain(site['receiver'])})" if isinstance(site["receiver"], str) and site["receiver"] else ""
    present = {
        "yes": f"There is a body that could take it{name}",
        "no": "There is no body that could take it",
        "unknown": f"It is not known whether a body could take it{name}",
    }
    interest = {
        "yes": "it is interested",
        "no": "it is not interested",
        "unknown": "its interest is not known",
    }
    if site["receiver_present"] == "no" and site["interest"] == "unknown":
        return f"{present['no']}."
    return f"{present[site['receiver_present']]}; {interest[site['interest']]}."


def _control_words(site: pd.Series) -> str:
    words = f"Now: {_control(site['control'], site['control_label'])}."
    if site["devolved"] == "yes":
        return words
    return (
        f"{words} Under the proposal: {_control(site['control_proposed'], site['control_proposed_label'])}."
    )


def _conditions(site: pd.Series) -> str:
    words = f"{_replies(site['conditions_yes'], site['conditions_no'], site['conditions_unknown'])}."
    if site["conditions_missing"]:
        words += f" Missing: {site['conditions_missing']}."
    if site["conditions_to_ask"]:
        words += f" Still to ask: {site['conditions_to_ask']}."
    return words


def _replies(yes: int, no: int, unknown: int) -> str:
    return f"{yes} yes, {no} no, {unknown} not known"


def _scores(review: DevolutionReview, asset_id: str) -> Markup:
    scores: Any = review.scores.loc[asset_id]
    rows = [
        (
            row["label"],
            row["score"],
            _value(review, asset_id, str(criterion), row["column"]),
            decimals(scores[criterion], 2),
            f"{row['weight']:g}",
        )
        for criterion, row in review.criteria.iterrows()
    ]
    caption = f"{plain(review.sites.at[asset_id, 'name'])}: every criterion"
    headings = ("Criterion", "Score", "Measured", "0 to 1", "Weight")
    return table(caption, headings, rows, numbers=(2, 3, 4))


def _value(review: DevolutionReview, asset_id: str, criterion: str, column: str) -> str:
    parts = reference_table("conditions_checklist")["part"]
    if criterion in set(parts):
        replies: Any = review.answers[list(parts.index[parts == criterion])].loc[asset_id]
        return _replies(*(int((replies == reply).sum()) for reply in ("yes", "no", "unknown")))
    value: Any = review.sites.at[asset_id, column]
    if column in _WORDS:
        return NOT_KNOWN if value == "unknown" else str(value)
    if column in _COSTS:
        return travel_cost(value, str(review.sites.at[asset_id, "unit"]))
    if column in _SHARES:
        return percent(value)
    return whole(value) if column in _WHOLE else decimals(value, 2)


def _control(level: float, label: str) -> str:
    return NOT_KNOWN if pd.isna(level) else f"{plain(label)}, {level:.0f} of 5"

"""Options side by side: what each does to people, hours and money, what must be true, and what is not known.

An option is a set of changes to sites. All are measured against the same sites as they are today, with the same costs, so
that their numbers can be compared and are those of `compare_scenario`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.costs import METRES
from assetmap.schema import Option, OptionResult, Scenario, reference_table
from assetmap.sites.area_people import need_deciles, people_of
from assetmap.sites.candidates import LOCAL
from assetmap.sites.changes import Change, apply_changes, parse_changes
from assetmap.sites.gains import SAME_WITHIN
from assetmap.sites.kinds import SiteKind
from assetmap.sites.money import measure_savings, total_savings
from assetmap.sites.scenario import compare_scenario, costs_after
from assetmap.sites.sites import limit_of, operator_type_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from assetmap.access.travel import Travel
    from assetmap.schema import Costs, DevolutionReview
    from assetmap.sites.review import DevolutionSettings

TODAY: Final = "today"
PROPOSAL: Final = Option("Your proposal", "Your proposal")


def evaluate_option(
    option: Option,
    areas: gpd.GeoDataFrame,
    before: gpd.GeoDataFrame,
    *,
    people: gpd.GeoDataFrame,
    costs: Costs,
    review: DevolutionReview,
    settings: DevolutionSettings,
    kind: SiteKind,
    travel: Travel,
    postcodes: pd.DataFrame | None = None,
) -> OptionResult:
    """Measure one option.

    Parameters
    ----------
    option
        Its changes in words.
    areas
        Small areas with ``population``; ages and ``need`` where known.
    before
        The sites as they are, open and closed ones, those beyond the border too.
    people
        The areas and, where sites beyond the border count, squares of people there (`with_people_beyond`).
    costs
        From `people` to `before`.
    review
        Of the same sites: what is known of receivers, and who depends on one site.
    settings, kind, travel
        What was asked for, the kind of site, and how people travel.
    postcodes
        For moves and new sites.

    Returns
    -------
    OptionResult
        Its scenario is that of `compare_scenario` for the same changes.

    Raises
    ------
    InputError
        If a change cannot be made; the message names the option.

    Examples
    --------
    >>> sites = am.sites.sites_of_type(assets)
    >>> option = am.schema.Option("A", "Close one", {"close": ("St Ives",)})
    >>> result = am.sites.evaluate_option(
    ...     option,
    ...     areas,
    ...     sites,
    ...     people=areas,
    ...     costs=am.access.straight_costs(areas, sites, only_open=False),
    ...     review=am.sites.review_devolution(areas, assets),
    ...     settings=am.sites.DevolutionSettings(),
    ...     kind=am.sites.site_kind("library"),
    ...     travel=am.access.Travel(),
    ... )
    >>> result.changes["kind"].tolist()
    ['close']
    """
    changes = parse_changes(option.edits, before, postcodes=postcodes, asset_type=settings.asset_type)
    after = apply_changes(before, changes)
    scenario = compare_scenario(
        areas,
        before,
        after,
        limit_m=settings.limit_m,
        limit_minutes=settings.limit_minutes,
        beyond_m=settings.beyond_m,
        beyond_minutes=settings.beyond_minutes,
        costs=(costs, costs_after(people, before, after, costs, travel=travel)),
        people=people if len(people) > len(areas) else None,
    )
    table = measure_savings(before, after, changes)
    limit = limit_of(costs.unit, limit_m=settings.limit_m, limit_minutes=settings.limit_minutes)
    return OptionResult(
        option=option,
        changes=table,
        after=after,
        scenario=scenario,
        sentence=describe_option(option, changes, scenario, limit=limit, word=kind.word),
        must_be_true=_must_be_true(changes, scenario, review, kind),
        not_known=_not_known(table, changes, review, scenario),
    )


def option_figures(
    options: Sequence[OptionResult],
    areas: pd.DataFrame,
    before: gpd.GeoDataFrame,
    today: Scenario,
    *,
    limit: float,
) -> pd.DataFrame:
    """Return the numbers of all options, one row each, today first.

    Parameters
    ----------
    options
        From `evaluate_option`.
    areas
        The small areas, with ``households_no_car`` where that is known.
    before
        The sites as they are.
    today
        A scenario without changes.
    limit
        How far people travel, in the unit of the costs.

    Returns
    -------
    pandas.DataFrame
        As ``OptionsReview.figures``.
    """
    rows: dict[str, dict[str, float | str]] = {}
    rows[TODAY] = {"title": "As it is today", **_state(today.areas, "before", before, limit)}
    for each in options:
        rows[each.option.name] = {
            "title": each.option.title,
            **_state(each.scenario.areas, "after", each.after, limit),
            **_losses(each.scenario, areas, limit),
            **total_savings(each.changes),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("option")


def describe_option(
    option: Option, changes: Sequence[Change], scenario: Scenario, *, limit: float, word: str = "site"
) -> str:
    """Say in plain words what an option does to people.

    Parameters
    ----------
    option, changes, scenario
        What is proposed and what it does.
    limit
        How far people travel, in the unit of the costs.
    word
        What a site is called.
    """
    table = scenario.areas
    unit = str(table["unit"].iloc[0])
    done = _what_it_does(changes)
    further = (table["cost_change"] >= SAME_WITHIN).to_numpy()
    people = people_of(table)
    lost = people[further].sum()
    if lost <= 0:
        nearer = people[(table["cost_change"] <= -SAME_WITHIN).to_numpy()].sum()
        gain = f"; {counted_people(nearer)} would be nearer to one" if nearer > 0 else ""
        return f"{option.name} {done}. Nobody would live further from a {word}{gain}."
    means = [
        float((table.loc[further, f"cost_{when}"] * people[further]).sum(skipna=False) / lost)
        for when in ("before", "after")
    ]
    far = (
        f"; for them the way to the nearest would be {_cost(means[1], unit)} on average, not {_cost(means[0], unit)}"
        if not any(pd.isna(mean) for mean in means)
        else ""
    )
    without = people[left_without(table, limit)].sum()
    left = (
        f", and {counted_people(without)} would have none within {_cost(limit, unit)}" if without > 0 else ""
    )
    return f"{option.name} {done}. {counted_people(lost)} would live further from a {word}{far}{left}."


def left_without(table: pd.DataFrame, limit: float) -> pd.Series:
    """Say which areas have a site within the limit today and none after."""
    return (table["cost_before"] <= limit) & ~(table["cost_after"] <= limit)


def counted_people(number: float) -> str:
    """Return a number of people in words: ``10,326 people``."""
    return f"{round(number):,} {'person' if round(number) == 1 else 'people'}"


def _state(table: pd.DataFrame, when: str, sites: gpd.GeoDataFrame, limit: float) -> dict[str, float | str]:
    people = people_of(table)
    cost = table[f"cost_{when}"]
    known = cost.notna().to_numpy()
    here = sites[(sites["status"] == "open") & ~_beyond(sites)]
    total = people[known].sum()
    return {
        "people": people.sum(),
        "mean_cost": float((cost[known] * people[known]).sum() / total) if total > 0 else float("nan"),
        "furthest_cost": float(cost[people > 0].max()),
        "people_without": people[~(cost <= limit).to_numpy()].sum(),
        "sites_open": float(len(here)),
        "sites_local": float((here["control"] >= LOCAL).sum()),
    }


def _losses(scenario: Scenario, areas: pd.DataFrame, limit: float) -> dict[str, float]:
    table = scenario.areas
    moved = {
        (str(group), str(column)): float(number)
        for column in ("people_further", "people_nearer", "people_less_access", "people_more_access")
        for group, number in scenario.people[column].items()
    }
    further = (table["cost_change"] >= SAME_WITHIN).to_numpy()
    most_need = need_deciles(areas.loc[table.index]) == 1
    people = people_of(table)
    cars = (
        pd.to_numeric(areas.loc[table.index, "households_no_car"], errors="coerce").to_numpy(dtype=float)
        if "households_no_car" in areas.columns
        else np.full(len(table), np.nan)
    )
    return {
        "people_further": moved["everyone", "people_further"],
        "children_further": moved["children 0-15", "people_further"],
        "older_further": moved["60 and over", "people_further"],
        "most_need_further": float(people[further & most_need].sum()),
        "no_car_further": float(np.nansum(cars[further])) if np.isfinite(cars).any() else float("nan"),
        "people_nearer": moved["everyone", "people_nearer"],
        "people_less_access": moved["everyone", "people_less_access"],
        "people_more_access": moved["everyone", "people_more_access"],
        "people_left_without": float(people[left_without(table, limit)].sum()),
    }


def _what_it_does(changes: Sequence[Change]) -> str:
    verbs = {
        "close": "closes",
        "devolve": "passes on",
        "move": "moves",
        "hours": "changes the hours of",
        "open": "opens",
    }
    parts = []
    for kind, verb in verbs.items():
        named = [_named(change) for change in changes if change.kind == kind]
        if named:
            parts.append(f"{verb} {_listing(named)}")
    return _listing(parts)


def _named(change: Change) -> str:
    if change.kind == "devolve":
        return f"{change.name} to {change.receiver}"
    if change.kind == "move":
        return f"{change.name} to {change.postcode}"
    if change.kind == "hours":
        return f"{change.name} to {change.weekly_hours:g} a week"
    return f"a {change.name[:1].lower()}{change.name[1:]}" if change.point is not None else change.name


def _must_be_true(
    changes: Sequence[Change], scenario: Scenario, review: DevolutionReview, kind: SiteKind
) -> tuple[str, ...]:
    words = []
    before = scenario.sites["people_nearest_before"]
    more = (scenario.sites["people_nearest_after"] - before).sort_values(ascending=False)
    if any(change.kind == "close" for change in changes) and len(more) and more.iloc[0] >= 1:
        name = str(scenario.sites["name"][more.index[0]])
        words.append(
            f"{name} can serve {counted_people(more.iloc[0])} more, for whom it would become the nearest."
        )
    for change in changes:
        if change.kind == "devolve":
            words.append(_of_receiver(change, review))
        if change.kind in ("move", "open") and change.postcode:
            words.append(f"There is a building at {change.postcode} that can be used, and money to open it.")
        if change.kind == "hours":
            words.append(
                f"The {change.weekly_hours:g} hours a week at {change.name} are those when people come."
            )
    words.append(kind.duty)
    return tuple(words)


def _of_receiver(change: Change, review: DevolutionReview) -> str:
    alone = review.dependence["people_only_here"].get(change.asset_id, 0.0)
    interest = _stated(review, change, "interest")
    said = {
        "yes": f"{change.receiver} is interested, and can run {change.name} for years",
        "no": f"{change.receiver} changes its mind: it has said that it is not interested in {change.name}",
    }.get(interest, f"{change.receiver} wants to run {change.name} and can do so for years")
    if alone >= 1:
        return f"{said}: {counted_people(alone)} have no other site within the limit if it stops."
    return f"{said}."


def _stated(review: DevolutionReview, change: Change, column: str) -> str:
    """Return an answer about a site, if it was given about the receiver of the change."""
    if change.asset_id not in review.answers.index:
        return "unknown"
    row = review.answers.loc[[change.asset_id]].iloc[0]
    return str(row[column]) if row["receiver"] == change.receiver else "unknown"


def _not_known(
    table: pd.DataFrame, changes: Sequence[Change], review: DevolutionReview, scenario: Scenario
) -> tuple[str, ...]:
    words = []
    questions = len(reference_table("conditions_checklist"))
    for change in changes:
        if change.kind != "devolve":
            continue
        if _stated(review, change, "interest") == "unknown":
            words.append(f"Whether {change.receiver} is interested in {change.name}.")
        if operator_type_of(change.receiver or "") == "unknown":
            words.append(f"What kind of body {change.receiver} is.")
        unknown = review.sites["conditions_unknown"].get(change.asset_id, questions)
        if unknown:
            words.append(f"{unknown} of the {questions} conditions for social action around {change.name}.")
    for column, what in (
        ("saving_high", "What it costs or saves in a year"),
        ("one_off_high", "What it costs or saves once, such as repairs that are due"),
        ("hours_saved", "The opening hours"),
    ):
        lost = list(dict.fromkeys(table.loc[table[column].isna(), "name"]))
        if lost:
            words.append(f"{what}: {_listing(lost)}.")
    if any(note.code == "NEED_UNKNOWN" for note in scenario.notes):
        words.append("The need of some areas.")
    words.append("How many people use each site, and who they are.")
    return tuple(words)


def _beyond(sites: pd.DataFrame) -> pd.Series:
    from assetmap.schema import beyond_border

    return beyond_border(sites)


def _cost(cost: float, unit: str) -> str:
    if unit == METRES and cost % 1000 == 0:
        return f"{cost / 1000:,.0f} km"
    return f"{cost / 1000:,.1f} km" if unit == METRES else f"{cost:,.0f} minutes"


def _listing(items: Sequence[str]) -> str:
    return (
        items[0]
        if len(items) == 1
        else ", ".join(items[:-1]) + " and " + items[-1]
        if items
        else "changes nothing"
    )

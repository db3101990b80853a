"""Devolution review: what each site means to people, who could take it, and what is not known.

*Impact* says what people would lose if the site failed: how many, how much need, how far the next one is.
*Readiness* says how ready a community is to take it on: groups and places nearby, a receiver, the conditions for
social action. They are never added up: a site that matters much is not the better candidate for it. Measures become
scores by their rank among the sites under review, so a score compares these sites with each other and is no
absolute grade. Criteria and weights are in ``data/tables/devolution_criteria.csv``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final

import pandas as pd

from assetmap.access.costs import LIMIT_M, LIMIT_MINUTES, METRES, STRAIGHT, least_costs, select_costs
from assetmap.schema import (
    Costs,
    Estimate,
    InputError,
    Note,
    Scenario,
    first_few,
    reference_table,
    within_border,
)
from assetmap.schema import DevolutionReview as DevolutionReview  # noqa: PLC0414 (the room exports it)
from assetmap.sites.catchment_population import (
    measure_catchment_population,
    nearest_two,
    people_by_decile,
)
from assetmap.sites.changes import find_site
from assetmap.sites.closures import MOST_CLOSURES, largest_size, pareto_front, rank_closures
from assetmap.sites.community import measure_community
from assetmap.sites.dependence import find_single_points
from assetmap.sites.scenario import BEYOND_M, BEYOND_MINUTES
from assetmap.sites.sites import (
    DEFAULT_TYPE,
    check_costs,
    control_of,
    limit_of,
    measured_areas,
    on_all_areas,
    open_sites,
    operator_type_of,
    sites_as_of,
    unreachable_note,
)
from assetmap.sites.weighting import (
    DRAWS,
    FIRST,
    SEED,
    check_weights,
    percentile_scores,
    rank_sensitivity,
    weighted_scores,
)

if TYPE_CHECKING:
    import geopandas as gpd

NEAR_M: Final = 2_000.0
"""How far from a site its community is looked for."""

HALF: Final = 0.5
"""From here on a score counts as high, and enough is known; `data/tables/devolution_quadrants.csv` says what both scores mean together."""
KEPT_COLUMNS: Final = (
    *("name", "town", "postcode", "area_code", "operator", "operator_type", "control", "control_label"),
    *("devolved", "devolved_year", "weekly_hours", "annual_cost_gbp", "status", "geometry"),
)
"""What a review takes over from the register."""


@dataclass(frozen=True)
class DevolutionSettings:
    """What a review is about and how its criteria weigh.

    ``distance`` is the mode of travel: ``straight``, ``overland`` or ``own``. ``as_of`` goes back to an earlier year;
    ``programme`` is the yes/no column of the sites under review then. ``limit_m`` (``limit_minutes`` where costs are minutes)
    is how far people travel, ``beyond_m`` (``beyond_minutes``) the limits for which people left without are counted,
    ``near_m`` how far from a site to look for its community; up to ``closures`` sites are closed at once. ``weights``
    replaces weights of ``data/tables/devolution_criteria.csv``. The sensitivity of ranks is tested with ``draws`` random
    weightings, seeded by ``seed``.
    """

    asset_type: str = DEFAULT_TYPE
    distance: str = STRAIGHT
    as_of: int | None = None
    programme: str | None = None
    limit_m: float = LIMIT_M
    limit_minutes: float = LIMIT_MINUTES
    beyond_m: tuple[float, ...] = BEYOND_M
    beyond_minutes: tuple[float, ...] = BEYOND_MINUTES
    near_m: float = NEAR_M
    weights: Mapping[str, float] = field(default_factory=dict)
    closures: int = MOST_CLOSURES
    first: int = FIRST
    draws: int = DRAWS
    seed: int = SEED


def review_devolution(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    *,
    estimate: Estimate | None = None,
    answers: pd.DataFrame | None = None,
    costs: Costs | None = None,
    settings: DevolutionSettings | None = None,
) -> DevolutionReview:
    """Review every site of a type for devolution.

    Parameters
    ----------
    areas
        Small areas with ``population``; ages and ``need`` where known.
    assets
        The register: the sites, and the groups and places around them. What lies beyond the border is left out.
    estimate
        Of unregistered groups, for all areas together.
    answers
        From `read_answers`: index ``site``; ``receiver``, ``receiver_present``, ``interest`` and the questions
        of ``data/tables/conditions_checklist.csv``. Sites that are not there are not known.
    costs
        From areas to sites by the mode of `settings` (`site_costs`); straight lines without.
    settings
        The defaults of `DevolutionSettings` when not given.

    Returns
    -------
    DevolutionReview
        People over sites add up to the population.

    Raises
    ------
    InputError, SchemaError
        If sites, answers, weights or costs cannot be used.
    """
    settings = settings or DevolutionSettings()
    assets = within_border(assets)
    sites = _sites(assets, settings)
    everywhere, costs = areas, check_costs(costs, areas, sites)
    areas, cost_notes = measured_areas(areas, costs)
    costs = select_costs(costs, areas=areas.index)
    limits = {"limit_m": settings.limit_m, "limit_minutes": settings.limit_minutes}
    limit = limit_of(costs.unit, **limits)
    beyond = settings.beyond_m if costs.unit == METRES else settings.beyond_minutes
    criteria = reference_table("devolution_criteria")
    criteria["weight"] = check_weights(settings.weights, criteria)
    known_answers = _match_answers(sites, assets, answers)
    sites = sites[_kept_columns(sites)].join(
        measure_catchment_population(areas, sites, costs, limit=limit, beyond=beyond)
    )
    sites = sites.join(measure_community(areas, assets, sites, near_m=settings.near_m, estimate=estimate))
    sites = sites.join(_receivers(sites, known_answers)).join(_conditions(known_answers))
    items, criterion_of = _items(sites, known_answers, criteria)
    for score in ("impact", "readiness"):
        sites = sites.join(_scored(items, criterion_of, criteria, score, settings))
    sites = sites.join(_quadrants(sites))
    closures, closure_notes = _closures(areas, sites, costs, settings)
    dependence, within = find_single_points(areas, sites, costs=costs, **limits)
    small_areas = nearest_two(areas, sites, costs).join(within.drop(columns=["area_name", "population"]))
    cost_notes += unreachable_note(areas, least_costs(costs, most=1)[1][:, 0], costs)
    return DevolutionReview(
        sites=sites,
        people_by_decile=people_by_decile(areas, sites, costs),
        small_areas=on_all_areas(small_areas, everywhere),
        dependence=dependence,
        criteria=criteria,
        scores=items.T.groupby(pd.Series(criterion_of), sort=False).mean().T[list(criteria.index)],
        answers=known_answers[list(reference_table("conditions_checklist").index)],
        closures=closures,
        closures_front=pareto_front(closures),
        settings=asdict(settings) | {"unit": costs.unit, "limit": limit, "beyond": beyond},
        notes=(*_notes(areas, sites, settings), *closure_notes, *cost_notes),
    )


def evidence_tables(review: DevolutionReview, scenario: Scenario | None = None) -> dict[str, pd.DataFrame]:
    """Return the tables that an inquiry asks for, by name, numbers rounded to six decimals.

    Parameters
    ----------
    review
        From `review_devolution`.
    scenario
        From `compare_scenario`, where something is proposed.

    Returns
    -------
    dict
        ``sites``, ``small_areas``, ``people_by_decile``, ``dependence``, ``criteria``, ``scores``, ``answers``,
        ``closures``, ``closures_front`` and, with a scenario, ``scenario_areas``, ``scenario_people``,
        ``scenario_sites``, ``scenario_most_affected``.
    """
    names = ("sites", "small_areas", "people_by_decile", "dependence", "criteria", "scores", "answers")
    tables = {name: getattr(review, name) for name in (*names, "closures", "closures_front")}
    if scenario is not None:
        parts = ("areas", "people", "sites", "most_affected")
        tables |= {f"scenario_{part}": getattr(scenario, part) for part in parts}
    return {name: _rounded(table) for name, table in tables.items()}


def blank_answers(sites: pd.DataFrame) -> pd.DataFrame:
    """Return a sheet to fill in: one row per site, every answer ``unknown``.

    Returns
    -------
    pandas.DataFrame
        Index ``site`` (names); ``receiver`` (empty), ``receiver_present``, ``interest``, the thirteen questions,
        ``source`` (empty).
    """
    questions = list(reference_table("conditions_checklist").index)
    index = pd.Index(sites["name"].astype(str), name="site")
    sheet = pd.DataFrame("unknown", index=index, columns=["receiver_present", "interest", *questions])
    sheet.insert(0, "receiver", "")
    sheet["source"] = ""
    return sheet


def _sites(assets: gpd.GeoDataFrame, settings: DevolutionSettings) -> gpd.GeoDataFrame:
    if settings.as_of is None:
        if settings.programme is not None:
            raise InputError("'programme' marks the sites of an earlier year: give 'as_of' with it.")
        return open_sites(assets, asset_type=settings.asset_type)
    return sites_as_of(
        assets, year=settings.as_of, asset_type=settings.asset_type, programme=settings.programme
    )


def _closures(
    areas: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, costs: Costs, settings: DevolutionSettings
) -> tuple[pd.DataFrame, tuple[Note, ...]]:
    most = largest_size(len(sites), settings.closures)
    limits = {"limit_m": settings.limit_m, "limit_minutes": settings.limit_minutes}
    table = rank_closures(areas, sites, most=most, costs=costs, **limits)
    if most == min(settings.closures, len(sites) - 1):
        return table, ()
    sentence = (
        f"{len(sites)} sites: combinations of up to {most} closures were ranked, not {settings.closures}."
    )
    return table, (Note("CLOSURES_LIMITED", sentence),)


def _rounded(table: pd.DataFrame) -> pd.DataFrame:
    rounded = table.copy()
    for column in rounded.columns:
        if pd.api.types.is_float_dtype(rounded[column]):
            rounded[column] = rounded[column].round(6)
    return rounded


def _kept_columns(sites: pd.DataFrame) -> list[str]:
    return [column for column in KEPT_COLUMNS if column in sites.columns]


def _match_answers(
    sites: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, answers: pd.DataFrame | None
) -> pd.DataFrame:
    """Bring the answers onto the sites; answers about sites that are not under review are left aside."""
    questions = list(reference_table("conditions_checklist").index)
    known = pd.DataFrame("unknown", index=sites.index, columns=["receiver_present", "interest", *questions])
    known.insert(0, "receiver", pd.Series([None] * len(sites), index=sites.index, dtype=object))
    of_type = assets[assets["asset_type"].isin(sites["asset_type"])]
    problems, seen = [], set()
    for words, row in answers.iterrows() if answers is not None else ():
        try:
            asset_id = find_site(of_type, str(words))
        except InputError as error:
            problems.append(str(error))
            continue
        if asset_id in seen:
            problems.append(f"'{words}' is answered twice.")
        seen.add(asset_id)
        if asset_id not in sites.index:
            continue
        for column in known.columns.intersection(row.index):
            known.at[asset_id, column] = row[column]
    if problems:
        raise InputError(f"The answers about sites do not fit the review: {' '.join(problems[:10])}")
    return known


def _receivers(sites: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Say who could take each site and where it would stand; a devolved one has its receiver already."""
    devolved = sites["devolved"] == "yes"
    table = answers[["receiver", "receiver_present", "interest"]].copy()
    table.loc[devolved & table["receiver"].isna(), "receiver"] = sites["operator"]
    for column in ("receiver_present", "interest"):
        table.loc[devolved & (table[column] == "unknown"), column] = "yes"
    kinds = [operator_type_of(name) if isinstance(name, str) else "unknown" for name in table["receiver"]]
    kinds = [
        own if kind == "unknown" and passed else kind
        for kind, own, passed in zip(kinds, sites["operator_type"], devolved, strict=True)
    ]
    standing = [control_of(kind) for kind in kinds]
    table["control_proposed"] = [level for level, _ in standing]
    table["control_proposed_label"] = [label for _, label in standing]
    return table


def _conditions(answers: pd.DataFrame) -> pd.DataFrame:
    questions = reference_table("conditions_checklist")
    replies = answers[list(questions.index)]
    table = pd.DataFrame(
        {
            "conditions_yes": (replies == "yes").sum(axis=1),
            "conditions_no": (replies == "no").sum(axis=1),
            "conditions_unknown": (replies == "unknown").sum(axis=1),
        }
    )
    for word, column in (("no", "conditions_missing"), ("unknown", "conditions_to_ask")):
        table[column] = [
            "; ".join(questions.loc[row.index[row == word], "label"]) for _, row in replies.iterrows()
        ]
    return table


def _items(
    sites: pd.DataFrame, answers: pd.DataFrame, criteria: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return 0-1 scores of all items, and the criterion of each: a part of the checklist has several items."""
    parts = reference_table("conditions_checklist")["part"]
    words = {"yes": 1.0, "no": 0.0}
    items, criterion_of = {}, {}
    for criterion, row in criteria.iterrows():
        name = str(criterion)
        if name in set(parts):
            for question in parts.index[parts == name]:
                items[question] = answers[question].map(words).astype(float)
                criterion_of[question] = name
            continue
        values = sites[row["column"]]
        yes_no = row["column"] in ("receiver_present", "interest")
        items[name] = values.map(words).astype(float) if yes_no else percentile_scores(values.astype(float))
        criterion_of[name] = name
    return pd.DataFrame(items, index=sites.index), criterion_of


def _scored(
    items: pd.DataFrame,
    criterion_of: dict[str, str],
    criteria: pd.DataFrame,
    score: str,
    settings: DevolutionSettings,
) -> pd.DataFrame:
    mine = [item for item in items.columns if criteria.at[criterion_of[item], "score"] == score]
    sizes = pd.Series(criterion_of)[mine].value_counts()
    weight_of = criteria["weight"].astype(float)
    weights = pd.Series({item: weight_of[criterion_of[item]] / sizes[criterion_of[item]] for item in mine})
    table = weighted_scores(items[mine], weights)
    table = table.rename(columns={"score": score}).rename(
        columns=lambda name: f"{score}_{name}" if name != score else name
    )
    table[f"{score}_rank"] = table[score].rank(ascending=False, method="min")
    stability = rank_sensitivity(
        items[mine], criterion_of, first=settings.first, draws=settings.draws, seed=settings.seed
    )
    return table.join(stability.add_prefix(f"{score}_"))


def _quadrants(sites: pd.DataFrame) -> pd.DataFrame:
    """Say what impact and readiness together mean, and whether what is not known could change it."""
    table = reference_table("devolution_quadrants")
    named = {(row["impact"], row["readiness"]): str(name) for name, row in table.iterrows()}
    level = {True: "high", False: "low"}
    sure = (sites["readiness_low"] >= HALF) == (sites["readiness_high"] >= HALF)
    guess = ~sure & (sites["readiness_known_share"] < HALF)
    unknown = sites["impact"].isna() | sites["readiness"].isna() | guess
    quadrants = [
        named["", ""] if blank else named[level[impact >= HALF], level[readiness >= HALF]]
        for impact, readiness, blank in zip(sites["impact"], sites["readiness"], unknown, strict=True)
    ]
    return pd.DataFrame({"quadrant": quadrants, "quadrant_sure": sure & ~unknown}, index=sites.index)


def _notes(areas: pd.DataFrame, sites: pd.DataFrame, settings: DevolutionSettings) -> tuple[Note, ...]:
    notes = []
    if settings.as_of is not None:
        notes.append(
            Note(
                "AS_OF",
                f"Sites and operators are those of {settings.as_of}; addresses, hours, people and need are "
                "today's, because the register keeps no others.",
            )
        )
    if "need" not in areas.columns or areas["need"].isna().any():
        unknown = areas.index if "need" not in areas.columns else areas.index[areas["need"].isna()]
        notes.append(
            Note("NEED_UNKNOWN", f"Need is not known for {len(unknown)} areas, first {first_few(unknown)}.")
        )
    hours = sites["weekly_hours"].isna()
    if hours.any():
        notes.append(
            Note(
                "HOURS_UNKNOWN",
                f"Weekly hours are not known for {int(hours.sum())} sites: {first_few(sites.loc[hours, 'name'])}.",
            )
        )
    unsure = ~sites["quadrant_sure"].astype(bool)
    if unsure.any():
        notes.append(
            Note(
                "ANSWERS_UNKNOWN",
                f"For {int(unsure.sum())} of {len(sites)} sites the unknown answers could change where they stand.",
            )
        )
    return tuple(notes)

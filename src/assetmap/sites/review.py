"""Devolution review: what each site means to people, who could take it, and what is not known.

*Impact* says what people would lose if the site failed: how many, how much need, how far the next one is.
*Readiness* says how ready a community is to take it on: groups and places nearby, a receiver, the conditions for
social action. They are never added up: a site that matters much is not the better candidate for it. Measures become
scores by their rank among the candidates, so a score compares these with each other and is no
absolute grade. Only candidates are scored and compared in combinations; sites whose running has passed on are listed with
what depends on them. Criteria and weights are in ``data/tables/devolution_criteria.csv``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final

import pandas as pd

from assetmap.access.costs import LIMIT_M, LIMIT_MINUTES, METRES, STRAIGHT, least_costs, select_costs
from assetmap.rounding import rounded
from assetmap.schema import (
    Costs,
    Estimate,
    InputError,
    Note,
    counted,
    first_few,
    reference_table,
    within_border,
)
from assetmap.schema import DevolutionReview as DevolutionReview  # noqa: PLC0414
from assetmap.sites.answers import blank_answers as blank_answers  # noqa: PLC0414 (the room exports it)
from assetmap.sites.answers import conditions, match_answers, receivers
from assetmap.sites.area_people import measured_areas, on_all_areas, unreachable_note
from assetmap.sites.candidates import find_candidates, find_fragility, passed_on
from assetmap.sites.catchment_population import (
    measure_catchment_population,
    nearest_two,
    people_by_decile,
)
from assetmap.sites.closures import MOST_CLOSURES, largest_size, pareto_front, rank_closures
from assetmap.sites.community import measure_community
from assetmap.sites.dependence import find_single_points
from assetmap.sites.gains import BEYOND_M, BEYOND_MINUTES
from assetmap.sites.kinds import site_kind
from assetmap.sites.scores import PASSED_ON, first_places, score_items, scored
from assetmap.sites.sites import (
    DEFAULT_TYPE,
    check_costs,
    limit_of,
    open_sites,
    place_note,
    sites_as_of,
    status_note,
)
from assetmap.sites.weighting import DRAWS, FIRST, SEED, check_weights

if TYPE_CHECKING:
    import geopandas as gpd

NEAR_M: Final = 2_000.0
"""How far from a site its community is looked for."""

KEPT_COLUMNS: Final = (
    *(
        "name",
        "asset_type",
        "town",
        "postcode",
        "area_code",
        "operator",
        "operator_type",
        "control",
        "control_label",
    ),
    *("devolved", "devolved_year", "weekly_hours", "address_note", "status", "geometry"),
)
"""What a review takes over from the register."""


@dataclass(frozen=True)
class DevolutionSettings:
    """What a review is about and how its criteria weigh.

    ``distance`` is the mode of travel: ``straight``, ``overland`` or ``own``. ``as_of`` goes back to an earlier year;
    ``programme`` is the yes/no column of the sites under review then. ``sites`` and ``run_by`` say which sites are candidates
    (`find_candidates`). ``limit_m`` (``limit_minutes`` where costs are minutes)
    is how far people travel, ``beyond_m`` (``beyond_minutes``) the limits for which people left without are counted,
    ``near_m`` how far from a site to look for its community; up to ``closures`` sites are closed at once. ``weights``
    replaces weights of ``data/tables/devolution_criteria.csv``. The sensitivity of ranks is tested with ``draws`` random
    weightings, seeded by ``seed``.
    """

    asset_type: str = DEFAULT_TYPE
    distance: str = STRAIGHT
    as_of: int | None = None
    programme: str | None = None
    sites: tuple[str, ...] = ()
    run_by: str | None = None
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

    Examples
    --------
    >>> review = am.sites.review_devolution(areas, assets)
    >>> int(review.sites["candidate"].sum())
    4
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
    criteria = _criteria(settings)
    answered, answer_notes = match_answers(sites, assets, answers, as_of=settings.as_of)
    candidate = find_candidates(sites, names=settings.sites, run_by=settings.run_by)
    sites = sites[_kept_columns(sites)].join(
        measure_catchment_population(areas, sites, costs, limit=limit, beyond=beyond)
    )
    sites.insert(0, "candidate", candidate)
    sites = sites.join(measure_community(areas, assets, sites, near_m=settings.near_m, estimate=estimate))
    sites = sites.join(receivers(sites, answered)).join(conditions(answered))
    judged = sites[sites["candidate"]]
    items, criterion_of = score_items(judged, answered.loc[judged.index], criteria)
    sites = sites.join(scored(items, criterion_of, criteria, settings))
    passed = ~sites["candidate"]
    others = passed_on(sites).map({True: PASSED_ON, False: ""})
    sites["quadrant"] = (
        sites["quadrant"].astype("str").mask(passed, others)
    )  # no candidate: a column of no texts
    sites["quadrant_sure"] = sites["quadrant_sure"].eq(True)
    closures, closure_notes = _closures(areas, sites, costs, settings)
    dependence, within = find_single_points(areas, sites, costs=costs, **limits)
    small_areas = nearest_two(areas, sites, costs).join(within.drop(columns=["area_name", "population"]))
    cost_notes += unreachable_note(areas, least_costs(costs, most=1)[1][:, 0], costs)
    about_lists = (*status_note(assets, settings.asset_type), *place_note(assets, settings.asset_type))
    notes = (*about_lists, *_notes(areas, sites, settings), *answer_notes)
    asked = asdict(settings) | {"unit": costs.unit, "limit": limit, "beyond": beyond}
    return DevolutionReview(
        sites=sites,
        people_by_decile=people_by_decile(areas, sites, costs),
        small_areas=on_all_areas(small_areas, everywhere),
        dependence=dependence,
        fragility=find_fragility(sites, dependence),
        criteria=criteria,
        scores=items.T.groupby(pd.Series(criterion_of), sort=False).mean().T[list(criteria.index)],
        answers=answered,
        closures=closures,
        closures_front=pareto_front(closures),
        settings=asked | {"first": first_places(len(judged), settings.first)},
        notes=(*notes, *closure_notes, *cost_notes),
    )


def evidence_tables(review: DevolutionReview) -> dict[str, pd.DataFrame]:
    """Return the tables that an inquiry asks for, by name, numbers rounded to six decimals.

    Parameters
    ----------
    review
        From `review_devolution`.

    Returns
    -------
    dict
        ``sites``, ``small_areas``, ``people_by_decile``, ``dependence``, ``criteria``, ``scores``, ``answers``,
        ``fragility``, ``closures``, ``closures_front``.

    Examples
    --------
    >>> review = am.sites.review_devolution(areas, assets)
    >>> sorted(am.sites.evidence_tables(review))[:3]
    ['answers', 'closures', 'closures_front']
    """
    names = ("sites", "small_areas", "people_by_decile", "dependence", "criteria", "scores", "answers")
    return {
        name: rounded(getattr(review, name)) for name in (*names, "fragility", "closures", "closures_front")
    }


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
    among = sites.index[sites["candidate"]]
    wanted = min(settings.closures, len(among), len(sites) - 1)
    most = largest_size(len(among) + (len(among) < len(sites)), wanted)
    limits = {"limit_m": settings.limit_m, "limit_minutes": settings.limit_minutes}
    table = rank_closures(areas, sites, most=most, costs=costs, among=among, **limits)
    if most == wanted:
        return table, ()
    sentence = f"{len(among)} candidates: combinations of up to {most} closures were ranked, not {settings.closures}."
    return table, (Note("CLOSURES_LIMITED", sentence),)


def _kept_columns(sites: pd.DataFrame) -> list[str]:
    facts = list(reference_table("site_facts").index)
    return [column for column in (*KEPT_COLUMNS[:-1], *facts, "geometry") if column in sites.columns]


def _criteria(settings: DevolutionSettings) -> pd.DataFrame:
    """Return the criteria that say something about this kind of site, with their weights."""
    criteria = reference_table("devolution_criteria")
    criteria = criteria.drop(index=list(site_kind(settings.asset_type).left_out))
    criteria["weight"] = check_weights(settings.weights, criteria)
    return criteria


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
    if "address_note" in sites.columns:
        flagged = sites["address_note"].astype("str").str.strip().ne("") & sites["address_note"].notna()
        if flagged.any():
            sentence = (
                f"The address of {counted(int(flagged.sum()), 'site')} is known to be old, or wrong in a source: "
                f"{first_few(sites.loc[flagged, 'name'])}. The section of each says what is known."
            )
            notes.append(Note("ADDRESS_DOUBTFUL", sentence))
    candidates = sites[sites["candidate"]]
    unsure = ~candidates["quadrant_sure"]
    if candidates.empty:
        sentence = "Every site is run by a local council or a community body already, so there are no candidates. Name some to compare them: --sites NAME."
        notes.append(Note("NO_CANDIDATES", sentence))
    if unsure.any():
        notes.append(
            Note(
                "ANSWERS_UNKNOWN",
                f"For {int(unsure.sum())} of {len(candidates)} candidates the unknown answers could change the result.",
            )
        )
    return tuple(notes)

"""Several options against the same sites, people and costs: one record that every page and paper takes its numbers from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from assetmap.access.travel import Travel
from assetmap.schema import Note, Option, OptionResult, OptionsReview, Scenario, check_areas
from assetmap.sites.equality import group_counts, measure_equality, single_closures, without_data
from assetmap.sites.gains import SAME_WITHIN
from assetmap.sites.kinds import site_kind
from assetmap.sites.options import evaluate_option, option_figures
from assetmap.sites.review import DevolutionSettings
from assetmap.sites.risks import begin_risks
from assetmap.sites.scenario import compare_scenario
from assetmap.sites.sites import check_costs, limit_of, site_costs

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from assetmap.schema import Costs, DevolutionReview


def compare_options(
    options: Sequence[Option],
    areas: gpd.GeoDataFrame,
    before: gpd.GeoDataFrame,
    *,
    review: DevolutionReview,
    settings: DevolutionSettings | None = None,
    people: gpd.GeoDataFrame | None = None,
    costs: Costs | None = None,
    travel: Travel | None = None,
    postcodes: pd.DataFrame | None = None,
    census: pd.DataFrame | None = None,
) -> OptionsReview:
    """Measure options and put them side by side.

    Parameters
    ----------
    options
        What is proposed; none gives the figures of today.
    areas
        Small areas with ``population``; ages and ``need`` where known.
    before
        The sites as they are, from `sites_of_type` or `sites_as_of`; those beyond the border count too.
    review
        From `review_devolution`, of the same sites.
    settings
        Those of the review.
    people
        The areas and, below them, squares of people beyond the border (`with_people_beyond`); the areas where not given.
    costs
        From `people` to `before` (`site_costs`); straight lines without.
    travel
        How people travel to new and moved sites; straight lines without.
    postcodes
        For moves and new sites.
    census
        On ``areas.index``: groups of people and households, from `read_census` and `match_counts`.

    Returns
    -------
    OptionsReview
        Without responses to a consultation; its register of risks is begun and not filled in.

    Raises
    ------
    InputError
        If a change cannot be made.

    Examples
    --------
    >>> review = am.sites.review_devolution(areas, assets)
    >>> sites = am.sites.sites_of_type(assets)
    >>> close = am.schema.Option("A", "Close one", {"close": ("St Ives",)})
    >>> options = am.sites.compare_options([close], areas, sites, review=review, postcodes=postcodes)
    >>> options.figures.index.tolist()
    ['today', 'A']
    """
    check_areas(areas)
    settings, travel = settings or DevolutionSettings(), travel or Travel()
    people = areas if people is None else people
    costs = costs or site_costs(people, before, travel=travel)
    kind = site_kind(settings.asset_type)
    counts = group_counts(areas, census)
    if "no_car" in counts.columns:
        areas = areas.assign(households_no_car=counts["no_car"])
    done = tuple(
        evaluate_option(
            option,
            areas,
            before,
            people=people,
            costs=costs,
            review=review,
            settings=settings,
            kind=kind,
            travel=travel,
            postcodes=postcodes,
        )
        for option in options
    )
    today = done[0].scenario if done else _today(areas, before, people, costs, settings)
    limit = limit_of(costs.unit, limit_m=settings.limit_m, limit_minutes=settings.limit_minutes)
    by_group = {each.option.name: each.scenario.people for each in done}
    return OptionsReview(
        options=done,
        before=before,
        figures=option_figures(done, areas, before, today, limit=limit),
        people=pd.concat(by_group, names=["option", "group"]) if by_group else pd.DataFrame(),
        equality=_equality(done, areas, before, counts, costs, review),
        not_available=without_data(counts),
        responses=pd.DataFrame(),
        responses_areas=pd.DataFrame(),
        response_notes=(),
        risks=begin_risks(done, review),
        kind={"word": kind.word, "words": kind.words, "duty": kind.duty, "duty_source": kind.duty_source},
        unit=costs.unit,
        limit=limit,
        mode=settings.distance,
        notes=_notes([today, *(each.scenario for each in done)]),
    )


def _today(
    areas: gpd.GeoDataFrame,
    before: gpd.GeoDataFrame,
    people: gpd.GeoDataFrame,
    costs: Costs,
    settings: DevolutionSettings,
) -> Scenario:
    return compare_scenario(
        areas,
        before,
        before,
        limit_m=settings.limit_m,
        limit_minutes=settings.limit_minutes,
        beyond_m=settings.beyond_m,
        beyond_minutes=settings.beyond_minutes,
        costs=(costs, costs),
        people=people if len(people) > len(areas) else None,
    )


def _equality(
    done: Sequence[OptionResult],
    areas: gpd.GeoDataFrame,
    before: gpd.GeoDataFrame,
    counts: pd.DataFrame,
    costs: Costs,
    review: DevolutionReview,
) -> pd.DataFrame:
    losing = {
        each.option.name: (each.scenario.areas["cost_change"] >= SAME_WITHIN).to_numpy() for each in done
    }
    closed = {
        each.option.name: tuple(each.changes.loc[each.changes["kind"] == "close", "asset_id"])
        if set(each.changes["kind"]) == {"close"}
        else ()
        for each in done
    }
    to_open = check_costs(costs, areas, before[before["status"] == "open"])
    alone = single_closures(to_open, review.sites.index[review.sites["candidate"]])
    return measure_equality(counts, losing, alone, closed=closed)


def _notes(scenarios: Sequence[Scenario]) -> tuple[Note, ...]:
    """Return the notes of all scenarios, each once."""
    notes: dict[str, Note] = {}
    for scenario in scenarios:
        for note in scenario.notes:
            notes.setdefault(note.sentence, note)
    return tuple(notes.values())

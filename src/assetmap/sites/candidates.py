"""Which sites a review is about: the candidates, and those whose running has passed on and how fragile that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from assetmap.schema import InputError, first_few, reference_table
from assetmap.sites.names import find_site

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

ANYONE: Final = "anyone"
LOCAL: Final = 3
"""From this step of control on a site is run by a local council or a community body."""


def find_candidates(
    sites: gpd.GeoDataFrame, *, names: Sequence[str] = (), run_by: str | None = None
) -> pd.Series:
    """Say which of the sites are candidates.

    Parameters
    ----------
    sites
        The open sites of a review, with ``operator_type`` and ``devolved``.
    names
        Names, towns or ids of the candidates (`find_site`).
    run_by
        A sector (``council``, ``town_or_parish_council``, ``community``, ``public``, ``private``) or a type of
        ``data/tables/operator_types.csv``: its sites are candidates; ``anyone`` makes all of them candidates.

    Returns
    -------
    pandas.Series
        True or false on ``sites.index``. Without names and `run_by`: the sites that have not passed on (`passed_on`).

    Raises
    ------
    InputError
        With every name that is no site; if nobody of that kind runs a site.

    Examples
    --------
    >>> sites = am.sites.sites_of_type(assets)
    >>> int(am.sites.find_candidates(sites).sum())
    10
    """
    chosen = pd.Series(True, index=sites.index)
    if names:
        found, problems = [], []
        for words in names:
            try:
                found.append(find_site(sites, words))
            except InputError as error:
                problems.append(str(error))
        if problems:
            raise InputError(f"The candidates cannot be found: {' '.join(problems)}")
        chosen &= sites.index.isin(found)
    if run_by is None or run_by == ANYONE:
        return chosen if names or run_by else ~passed_on(sites)
    kinds = reference_table("operator_types")
    known = [*dict.fromkeys(kinds["sector"]), ANYONE]
    if run_by not in {*known, *kinds.index}:
        raise InputError(
            f"'{run_by}' is not who can run a site. Use {first_few(known, most=len(known))}, or a type of operator."
        )
    sector = sites["operator_type"].map(kinds["sector"])
    chosen &= (sector == run_by) | (sites["operator_type"] == run_by)
    if not chosen.any():
        raise InputError(
            f"None of the {len(sites)} sites is run by '{run_by}'{' and named' if names else ''}."
        )
    return chosen


def passed_on(sites: pd.DataFrame) -> pd.Series:
    """Say which sites a local council or a community body runs: devolved ones, and those of which only that is known."""
    return (sites["devolved"] == "yes") | ((sites["devolved"] == "unknown") & (sites["control"] >= LOCAL))


def find_fragility(sites: pd.DataFrame, dependence: pd.DataFrame) -> pd.DataFrame:
    """Say how much depends on each site whose running has passed on.

    Parameters
    ----------
    sites
        ``DevolutionReview.sites``.
    dependence
        From `find_single_points`.

    Returns
    -------
    pandas.DataFrame
        Index ``asset_id``, those on whom most people depend first: ``name``, ``operator``, ``control_label``,
        ``devolved_year``, ``people_nearest``, ``people_only_here`` (who have no other site within the limit),
        ``older_only_here``, ``next_site``, ``extra_cost_per_person``, ``next_devolved`` (whether the next site has passed on
        too: ``yes``, ``no``, empty where there is none), ``weekly_hours``.

    Examples
    --------
    >>> review = am.sites.review_devolution(areas, assets)
    >>> am.sites.find_fragility(review.sites, review.dependence)["name"].iloc[0]
    'Truro Community Library'
    """
    kept = ["name", "operator", "control_label", "devolved_year", "people_nearest", "next_site"]
    kept += ["extra_cost_per_person", "weekly_hours"]
    passed = sites[passed_on(sites)]
    table = pd.DataFrame(passed[kept]).join(dependence[["people_only_here", "older_only_here"]])
    also = passed_on(sites).map({True: "yes", False: "no"})
    by_name = pd.Series(also.to_numpy(), index=sites["name"].astype(str))
    by_name = by_name[~by_name.index.duplicated()]
    table["next_devolved"] = table["next_site"].map(by_name).fillna("")
    return table.sort_values(["people_only_here", "people_nearest"], ascending=False, kind="stable")

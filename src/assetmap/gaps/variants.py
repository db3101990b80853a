"""Sensitivity analysis on one page: what changes in the gaps when one choice is made differently.

Each row of the table makes exactly one choice differently from the base. Somebody will ask "would it be the same
overland, within 2 km, on other boundaries?"; this is the answer in numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.costs import count_of, straight_costs, within_limit
from assetmap.access.travel import MODES, Travel, known_costs
from assetmap.gaps.score import LOW_ACCESS_BEYOND_M, MORE_IS_BETTER, WIDEST, find_gaps
from assetmap.need.match import match_need
from assetmap.rounding import residents
from assetmap.schema import InputError, SchemaError, first_few

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

WORST: Final = 0.1
LIMITS_M: Final = (2_000.0, 5_000.0)
"""Limits within which a build counts assets as an alternative to measuring the cost to the nearest."""


def compare_gaps(
    areas: pd.DataFrame, base: pd.DataFrame, variants: Mapping[str, pd.DataFrame], *, worst: float = WORST
) -> pd.DataFrame:
    """Compare gaps found with other choices with those of the base.

    Parameters
    ----------
    areas
        Small areas with ``area_name`` and ``population``.
    base
        What `find_gaps` returned with the choices in use.
    variants
        A name in words for each other choice and what `find_gaps` returned with it, on the same index. Gaps
        found on other boundaries come first onto these with `convert_gaps`.
    worst
        Share of the areas that count as worst.

    Returns
    -------
    pandas.DataFrame
        Index ``choice`` (``base`` first); ``rank_correlation`` with the base (Spearman, 1 = same order),
        ``worst_kept_share`` (share of the worst tenth of the base that stays there), ``entered`` and
        ``left`` (codes of areas that come into or go out of the worst tenth), ``high_gap_areas`` and
        ``high_gap_people`` (class ``3-1``), ``compared`` (areas known in both).

    Raises
    ------
    InputError
        If `worst` does not lie between 0 and 1.
    SchemaError
        If a variant is on another index.

    Examples
    --------
    >>> near = find_gaps(areas, access="count_within", access_direction="more is better")
    >>> sheet = compare_gaps(areas, find_gaps(areas), {"number within 2 km": near})
    >>> sheet["worst_kept_share"].round(2).to_dict()
    {'base': 1.0, 'number within 2 km': 0.91}
    """
    if not 0 < worst < 1:
        raise InputError(f"worst must lie between 0 and 1, not {worst!r}.")
    strangers = [name for name, gaps in variants.items() if not gaps.index.equals(areas.index)]
    if strangers or not base.index.equals(areas.index):
        raise SchemaError(
            f"The gaps {first_few(strangers or ['base'])} are not on the index of the areas: convert_gaps brings "
            "gaps of other boundaries onto it."
        )
    last = max(1, round(worst * int(base["gap_score"].notna().sum())))
    base_worst = set(base["gap_score"].nlargest(last).index)
    rows = {}
    for name, gaps in {"base": base, **variants}.items():
        both = base["gap_score"].notna() & gaps["gap_score"].notna()
        now_worst = set(gaps["gap_score"].nlargest(last).index)
        widest = gaps["gap_class"] == WIDEST if "gap_class" in gaps else None
        rows[name] = {
            "rank_correlation": _rank_correlation(base.loc[both, "gap_score"], gaps.loc[both, "gap_score"]),
            "worst_kept_share": len(base_worst & now_worst) / last,
            "entered": ", ".join(sorted(now_worst - base_worst)),
            "left": ", ".join(sorted(base_worst - now_worst)),
            "high_gap_areas": None if widest is None else int(widest.sum()),
            "high_gap_people": None if widest is None else residents(areas.loc[widest]),
            "compared": int(both.sum()),
        }
    sheet = pd.DataFrame.from_dict(rows, orient="index").rename_axis("choice")
    return sheet.astype({"high_gap_areas": "Float64", "high_gap_people": "Float64"})


def find_variants(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    *,
    asset_type: str | Sequence[str] | None = "library",
    need: str = "need",
    travel: Travel | None = None,
    low_access_beyond_m: float = LOW_ACCESS_BEYOND_M,
) -> dict[str, pd.DataFrame]:
    """Find the gaps again with each of the choices that a build compares made differently.

    Parameters
    ----------
    areas
        Small areas with `need` and the columns of `measure_access`.
    assets, asset_type
        As for `straight_costs`.
    need
        Column of need in use.
    travel
        The available modes of travel, and which decides; straight lines where you do not give it.
    low_access_beyond_m
        As for `find_gaps`.

    Returns
    -------
    dict of str to pandas.DataFrame
        A name in words and what `find_gaps` returned, for `compare_gaps`: each other mode that was measured, the
        number within 2 and within 5 km, natural breaks instead of quantiles.

    Examples
    --------
    >>> sorted(find_variants(areas, assets))
    ['classes by natural breaks instead of quantiles', 'number within 2 km in a straight line instead of straight-line distance', 'number within 5 km in a straight line instead of straight-line distance']
    """
    travel = travel or Travel()
    variants = {}
    for name, mode in MODES.items():
        if name != travel.mode and mode.cost in areas.columns:
            costs = areas.assign(**{mode.cost: known_costs(areas, travel, mode=name)})
            words = f"{mode.words} instead of {MODES[travel.mode].words}"
            variants[words] = find_gaps(
                costs, need=need, access=mode.cost, low_access_beyond_m=low_access_beyond_m
            )
    counted = straight_costs(areas, assets, asset_type=asset_type, limit_m=max(LIMITS_M))
    for limit_m in LIMITS_M:
        words = (
            f"number within {limit_m / 1000:g} km in a straight line instead of {MODES[travel.mode].words}"
        )
        variants[words] = find_gaps(
            areas.assign(count_within=count_of(within_limit(counted, limit_m))),
            need=need,
            access="count_within",
            access_direction=MORE_IS_BETTER,
        )
    costs = areas.assign(**{travel.cost: known_costs(areas, travel)})
    words = "classes by natural breaks instead of quantiles"
    variants[words] = find_gaps(
        costs,
        need=need,
        access=travel.cost,
        classification="natural breaks",
        low_access_beyond_m=low_access_beyond_m,
    )
    return variants


def convert_gaps(
    areas: gpd.GeoDataFrame, other: pd.DataFrame, *, lookup: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Bring gap scores found on another vintage of boundaries onto these areas.

    Parameters
    ----------
    areas
        Small areas.
    other
        Small areas of the other vintage joined with what `find_gaps` returned: ``population``, ``gap_score``.
    lookup
        Official changes, as for `match_need`.

    Returns
    -------
    pandas.DataFrame
        ``gap_score`` on ``areas.index``: means weighted by population where areas changed.

    Examples
    --------
    >>> am.gaps.convert_gaps(areas, areas[["population", "gap_score"]])["gap_score"].equals(areas["gap_score"])
    True
    """
    scores = pd.DataFrame({"need": other["gap_score"], "population": other["population"]})
    matched = match_need(areas, scores.rename_axis("area_code"), lookup=lookup)
    return pd.DataFrame({"gap_score": matched["need"]})


def describe_sensitivity(sheet: pd.DataFrame) -> str:
    """Describe the table of `compare_gaps` in words.

    Examples
    --------
    >>> near = am.gaps.find_gaps(areas, access="count_within", access_direction="more is better")
    >>> sheet = am.gaps.compare_gaps(areas, am.gaps.find_gaps(areas), {"number within 2 km": near})
    >>> am.gaps.describe_sensitivity(sheet)
    "The gaps are most sensitive to 'number within 2 km'. number within 2 km: 91% of the worst tenth stay."
    """
    variants = sheet.drop(index="base", errors="ignore")
    if variants.empty:
        return "No other choice was compared."
    kept = variants["worst_kept_share"].round(2)  # as it is printed
    least = "' and '".join(str(name) for name in variants.index[kept == kept.min()])
    changes = "; ".join(
        f"{name}: {row['worst_kept_share']:.0%} of the worst tenth stay" for name, row in variants.iterrows()
    )
    return f"The gaps are most sensitive to '{least}'. {changes}."


def _rank_correlation(one: pd.Series, other: pd.Series) -> float:
    """Return Spearman's correlation; asking pandas for it would import scipy.stats for one number."""
    if one.nunique() < 2 or other.nunique() < 2:
        return float("nan")
    return float(np.corrcoef(one.rank(), other.rank())[0, 1])

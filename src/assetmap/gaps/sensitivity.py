"""How sure a gap is: what stays when the choices behind it change.

A gap score rests on choices nobody can prove: how much need weighs against access, which themes make up need,
which catchment, decay and kind of distance stand for access, ranks or scores. Many plausible choices are drawn at
random (seeded), the gaps are found again, and what is counted is how often an area is among the worst tenth.

Limits: this is about choices, not about errors in the data. An area that is stable under all choices
can still be wrong if a list of assets is incomplete.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.catchment import enhanced_two_step, gaussian_decay, two_step
from assetmap.access.modes import Ways, count_in_reach, reach_by, with_people_beyond
from assetmap.access.nearest import distance_to_nearest
from assetmap.gaps.score import (
    CLASSIFICATIONS,
    FAR_IS_WORSE,
    MORE_IS_BETTER,
    SCALES,
    WIDEST,
    class_thirds,
    mix_gaps,
    put_on_scale,
)
from assetmap.schema import InputError, SchemaError, first_few

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

DRAWS: Final = 1_000
WORST: Final = 0.1
TIMES: Final = (0.4, 1.0, 1.6)
"""Times the catchment: 2, 5 and 8 km of 5 km."""

_HIGH: Final = 3
_BLOCK: Final = 2_000
NEED_WEIGHTS: Final = (0.3, 0.7)
"""Least and greatest weight of need that is drawn."""


def access_choices(
    areas: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    *,
    asset_type: str | Sequence[str] | None = "library",
    ways: Ways | None = None,
) -> pd.DataFrame:
    """Measure access in several plausible ways, to draw from in `gap_stability`.

    Parameters
    ----------
    areas, assets, asset_type
        As for `distance_to_nearest`.
    ways
        How people get there, and which way decides; straight lines of 5 km when not given. Its catchment is
        taken times 0.4, 1 and 1.6.

    Returns
    -------
    pandas.DataFrame
        On ``areas.index``: ``distance_m`` and, for each catchment (metres or minutes), ``count_within_<limit>``,
        ``two_step_<limit>``, ``enhanced_<limit>`` (Luo & Qi's steps) and ``gaussian_<limit>`` (E2SFCA with a
        Gaussian of a third of it).
    """
    ways = ways or Ways()
    choices = {"distance_m": distance_to_nearest(areas, assets, asset_type=asset_type)["distance_m"]}
    everyone = with_people_beyond(areas, assets, ways, asset_type=asset_type, times=max(TIMES))
    for times in TIMES:
        reach = reach_by(everyone, assets, ways, asset_type=asset_type, times=times)
        label = f"{reach.limit:g}"
        choices[f"count_within_{label}"] = count_in_reach(reach)
        choices[f"two_step_{label}"] = two_step(everyone, assets, reach)
        choices[f"enhanced_{label}"] = enhanced_two_step(everyone, assets, reach)
        gauss = gaussian_decay(reach.limit / 3)
        choices[f"gaussian_{label}"] = enhanced_two_step(everyone, assets, reach, decay=gauss)
    return pd.DataFrame(choices).reindex(areas.index)


def gap_stability(
    areas: gpd.GeoDataFrame,
    choices: pd.DataFrame,
    *,
    needs: Sequence[str] = ("need",),
    directions: Mapping[str, str] | None = None,
    draws: int = DRAWS,
    worst: float = WORST,
    seed: int,
) -> pd.DataFrame:
    """Count how often each area stays among the worst tenth under plausible choices.

    Each draw takes a weight of need (uniform from 0.3 to 0.7), random weights of the columns `needs` (uniform
    over all mixtures), one column of `choices`, ranks or scores, and quantiles or natural breaks.

    Parameters
    ----------
    areas
        Small areas with the columns `needs`.
    choices
        Columns of access on the same index, from `access_choices` or one's own (``overland_m``,
        ``travel_minutes`` ...).
    needs
        Columns of need from 0 to 1; several are mixed.
    directions
        ``"far is worse"`` or ``"more is better"`` of each column of `choices`; what is not named is told by its
        name (``*_m`` and ``*_minutes`` are far, the rest more).
    draws
        Number of draws.
    worst
        Share of the areas that count as worst.
    seed
        Seed of the random numbers.

    Returns
    -------
    pandas.DataFrame
        On ``areas.index``: ``gap_stability`` (0-1, share of draws in which the area stays what its ``gap_class`` says:
        in class ``3-1`` or out of it; only where the areas have a class), ``stay_worst_share`` (0-1, share of draws among the worst tenth),
        ``high_gap_share`` (share in class ``3-1``), ``rank_low`` and ``rank_high`` (between them the rank lies
        in 90% of the draws), ``gap_certainty`` in words. Missing where a column is not known.

    Examples
    --------
    >>> gap_stability(areas, access_choices(areas, assets), seed=1)  # doctest: +SKIP
    """
    _check(areas, choices, needs, draws, worst)
    known = areas[list(needs)].notna().all(axis=1) & choices.notna().all(axis=1)
    given = areas.loc[known, "gap_class"] if "gap_class" in areas.columns else None
    lacks = {
        name: choices.loc[known, name].to_numpy(dtype=float)
        * (1 if _direction(name, directions or {}) == FAR_IS_WORSE else -1)
        for name in choices.columns
    }
    ranks, widest = _draw(areas.loc[known, list(needs)].to_numpy(dtype=float), lacks, draws, seed)
    summary = _summary(ranks, widest.mean(axis=0), areas.index[known], worst)
    if given is not None:
        same = widest == (given == WIDEST).to_numpy()
        summary.insert(0, "gap_stability", same.mean(axis=0))
    return summary.reindex(areas.index)


def _draw(
    themes: NDArray[np.float64], lacks: Mapping[str, NDArray[np.float64]], draws: int, seed: int
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return the rank of each area and whether its gap is of the widest class, one row per draw."""
    generator = np.random.default_rng(seed)
    names = list(lacks)
    lack_classes = {(name, how): class_thirds(lacks[name], how) for name in names for how in CLASSIFICATIONS}
    placed = {(name, scale): put_on_scale(lacks[name], scale) for name in names for scale in SCALES}

    # one column of need is drawn over and over: a country's need is ranked and classed once
    @functools.lru_cache(maxsize=2 * len(SCALES))
    def need_placed(mix: bytes, scale: str) -> NDArray[np.float64]:
        return put_on_scale(themes @ np.frombuffer(mix), scale)

    @functools.lru_cache(maxsize=2 * len(CLASSIFICATIONS))
    def need_is_high(mix: bytes, how: str) -> NDArray[np.bool_]:
        return np.equal(class_thirds(themes @ np.frombuffer(mix), how), _HIGH)

    ranks = np.empty((draws, len(themes)), dtype=np.float32)  # holds halves exactly up to 8 million areas
    widest = np.empty((draws, len(themes)), dtype=bool)
    for draw in range(draws):
        name = names[generator.integers(len(names))]
        mix = generator.dirichlet(np.ones(themes.shape[1])).tobytes()
        weight = generator.uniform(*NEED_WEIGHTS)
        scale = SCALES[generator.integers(len(SCALES))]
        how = CLASSIFICATIONS[generator.integers(len(CLASSIFICATIONS))]
        score = mix_gaps(need_placed(mix, scale), placed[name, scale], weight)
        ranks[draw] = pd.Series(-score.round(12)).rank()
        widest[draw] = need_is_high(mix, how) & (lack_classes[name, how] == _HIGH)
    return ranks, widest


def _summary(
    ranks: NDArray[np.float32], widest: NDArray[np.float64], codes: pd.Index, worst: float
) -> pd.DataFrame:
    last = max(1, round(worst * len(codes)))
    stay = (ranks <= last).mean(axis=0)
    ends = [np.quantile(block, [0.05, 0.95], axis=0, method="inverted_cdf") for block in _blocks(ranks)]
    low, high = np.concatenate(ends, axis=1).astype(float)
    summary = pd.DataFrame(
        {"stay_worst_share": stay, "high_gap_share": widest, "rank_low": low, "rank_high": high}, index=codes
    )
    summary[["rank_low", "rank_high"]] = summary[["rank_low", "rank_high"]].round().astype("Int64")
    summary["gap_certainty"] = [
        f"{_how_often(share)} among the worst {last} of {len(codes)} ({share:.0%} of {len(ranks):,} choices); "
        f"rank {first:.0f} to {final:.0f}: differences within that span are noise."
        for share, first, final in zip(stay, low, high, strict=True)
    ]
    return summary


def _blocks(ranks: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """Cut the columns into parts, so that what `numpy.quantile` copies stays small."""
    return np.array_split(ranks, max(1, ranks.shape[1] // _BLOCK), axis=1)


def _how_often(share: float) -> str:
    if share >= 0.9:
        return "Almost always"
    if share >= 0.5:
        return "Mostly"
    if share > 0.1:
        return "Sometimes"
    return "Hardly ever" if share > 0 else "Never"


def _direction(name: str, given: Mapping[str, str]) -> str:
    told = name.endswith(("_m", "_minutes"))
    return given.get(name, FAR_IS_WORSE if told else MORE_IS_BETTER)


def _check(
    areas: gpd.GeoDataFrame, choices: pd.DataFrame, needs: Sequence[str], draws: int, worst: float
) -> None:
    missing = [name for name in needs if name not in areas.columns]
    if missing or not len(needs):
        raise SchemaError(f"The areas lack the need columns {first_few(missing) or '(none named)'}.")
    if not choices.index.equals(areas.index) or choices.empty:
        raise SchemaError(
            "The access choices must have the index of the areas, in the same order, and a column."
        )
    if draws < 1 or not 0 < worst < 1:
        raise InputError(f"draws must be 1 or more and worst between 0 and 1, not {draws!r} and {worst!r}.")

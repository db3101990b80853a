"""Sensitivity analysis: which gaps stay when the choices behind them change.

A gap score depends on choices that nobody can prove: how much need weighs against access, which themes make up need,
which limit, decay and mode of travel stand for access, ranks or scores. Many plausible choices are drawn at random
(seeded), the gaps are found again, and the results are counted: how often is an area among the worst tenth?

Limits: this is about choices, not about errors in the data. An area that stays the same under all choices can still be
wrong if a list of assets is incomplete.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.gaps.hotspots import (
    DISCOVERY_RATE,
    PERMUTATIONS,
    REPEATS,
    smallest_p,
)
from assetmap.gaps.ranks import ranks_together
from assetmap.gaps.score import (
    CLASSIFICATIONS,
    FAR_IS_WORSE,
    LOW_ACCESS_BEYOND_M,
    MORE_IS_BETTER,
    SCALES,
    WIDEST,
    access_classes,
    class_thirds,
    lack_of,
    mix_gaps,
    put_on_scale,
)
from assetmap.schema import InputError, Note, SchemaError, first_few

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

DRAWS: Final = 1_000
TOP: Final = 20
"""The ranks of so many areas are bounded together."""

WORST: Final = 0.1

SEED: Final = 1
"""The seed of a build: the same inputs give the same bytes."""

MOST_OVERLAND: Final = 5_000
"""Distances overland take work in proportion to areas and land. They are left out beyond this many areas (London: 4,994)."""

_HIGH: Final = 3
_BLOCK: Final = 2_000
NEED_WEIGHTS: Final = (0.3, 0.7)
"""Least and greatest weight of need that is drawn."""


def gap_sensitivity(
    areas: gpd.GeoDataFrame,
    choices: pd.DataFrame,
    *,
    needs: Sequence[str] = ("need",),
    directions: Mapping[str, str] | None = None,
    low_access_beyond_m: float = LOW_ACCESS_BEYOND_M,
    draws: int = DRAWS,
    worst: float = WORST,
    top: int = TOP,
    seed: int,
) -> pd.DataFrame:
    """Count how often each area is among the worst tenth under plausible choices.

    Each draw takes a weight of need (uniform from 0.3 to 0.7), random weights of the columns `needs` (uniform
    over all mixtures), one column of `choices`, ranks or scores, and quantiles or natural breaks.

    Parameters
    ----------
    areas
        Small areas with the columns `needs`.
    choices
        Columns of access on the same index, from `access_choices` or your own (``overland_m``,
        ``travel_minutes`` ...).
    needs
        Columns of need from 0 to 1; several are mixed.
    directions
        ``"far is worse"`` or ``"more is better"`` of each column of `choices`; without an entry the
        name decides (``*_m`` and ``*_minutes`` are far, the rest more).
    low_access_beyond_m
        As for `find_gaps`; for the columns that end in ``_m``.
    draws
        Number of draws.
    worst
        Share of the areas that count as worst.
    top
        How many of the widest gaps have their ranks bounded together.
    seed
        Seed of the random numbers.

    Returns
    -------
    pandas.DataFrame
        On ``areas.index``: ``class_kept_share`` (0-1, share of draws in which the area stays what its ``gap_class`` says:
        in class ``3-1`` or out of it; only where the areas have a class), ``stay_worst_share`` (0-1, share of draws among the worst tenth),
        ``high_gap_share`` (share in class ``3-1``), ``rank_low`` and ``rank_high`` (between them the rank lies
        in 90% of the draws), ``gap_sensitivity`` in words and, where the areas have ``gap_rank``, ``before_next_share``
        (0-1: share of draws in which the area comes before the one with the next rank) and, for the `top` areas of it,
        ``rank_together_low`` and ``rank_together_high``: in at least 90% of the draws the ranks of all of them lie between
        these at the same time (`ranks_together`). Missing where a column is not known.

    Examples
    --------
    >>> shares = gap_sensitivity(areas, am.gaps.access_choices(areas, assets), draws=100, seed=1)
    >>> int((shares["stay_worst_share"] > 0.9).sum())
    10
    """
    _check(areas, choices, needs, draws, worst)
    known = areas[list(needs)].notna().all(axis=1) & choices.notna().all(axis=1)
    if not known.any():
        return pd.DataFrame(
            dict.fromkeys(("stay_worst_share", "high_gap_share", "rank_low", "rank_high"), np.nan)
            | {"gap_sensitivity": None},
            index=areas.index,
        )
    given = areas.loc[known, "gap_class"] if "gap_class" in areas.columns else None
    given_ranks = areas.loc[known, "gap_rank"] if "gap_rank" in areas.columns else None
    lacks = [
        _Lack(
            choices.loc[known, name].to_numpy(dtype=float),
            _direction(name, directions or {}),
            low_access_beyond_m if name.endswith("_m") else 0.0,
        )
        for name in choices.columns
    ]
    ranks, widest = _draw(areas.loc[known, list(needs)].to_numpy(dtype=float), lacks, draws, seed)
    summary = _summary(ranks, widest.mean(axis=0), areas.index[known], worst)
    if given_ranks is not None:
        summary["before_next_share"] = _before_next(ranks, given_ranks)
        summary[["rank_together_low", "rank_together_high"]] = _together(ranks, given_ranks, top)
    if given is not None:
        same = widest == (given == WIDEST).to_numpy()
        summary.insert(0, "class_kept_share", same.mean(axis=0))
    return summary.reindex(areas.index)


def sensitivity_notes(areas: pd.DataFrame) -> tuple[Note, ...]:
    """Return a note on each thing that a build leaves out, or cannot tell, for this many areas.

    Examples
    --------
    >>> sensitivity_notes(pd.DataFrame(index=range(300)))
    ()
    """
    if len(areas) <= MOST_OVERLAND:
        least, needed = smallest_p(PERMUTATIONS, repeats=REPEATS), DISCOVERY_RATE / max(len(areas), 1)
    else:
        least, needed = smallest_p(PERMUTATIONS, repeats=1), DISCOVERY_RATE / len(areas)
    notes = []
    if least > needed:
        notes.append(
            Note(
                "HOTSPOT_RESOLUTION",
                f"The smallest p-value of the test for clusters of need is {least:.1e}. With {len(areas):,} areas a single area "
                f"would need {needed:.1e}, so only clusters of several areas can be found.",
            )
        )
    if len(areas) > MOST_OVERLAND:
        notes.append(
            Note(
                "OVERLAND_LEFT_OUT",
                f"Overland distances were not measured: there are {len(areas):,} areas, and the most is {MOST_OVERLAND:,}. Distances are "
                "straight lines, even across water. To have both, build a single authority.",
            )
        )
    return tuple(notes)


@dataclass(frozen=True)
class _Lack:
    """One measure of access that may be drawn."""

    reached: NDArray[np.float64]
    direction: str
    low_access_beyond: float

    def is_low(self, classification: str) -> NDArray[np.bool_]:
        classes = access_classes(
            self.reached, self.direction, classification, low_access_beyond=self.low_access_beyond
        )
        return np.equal(classes, 1)

    def on_scale(self, scale: str) -> NDArray[np.float64]:
        return put_on_scale(lack_of(self.reached, self.direction), scale)


def _before_next(ranks: NDArray[np.float32], given: pd.Series) -> NDArray[np.float64]:
    """Return the share of the draws in which each area comes before the area with the next rank; missing for the last."""
    order = np.argsort(given.to_numpy(dtype=float), kind="stable")
    shares = np.full(len(order), np.nan)
    shares[order[:-1]] = (ranks[:, order[:-1]] < ranks[:, order[1:]]).mean(axis=0)
    return shares


def _together(ranks: NDArray[np.float32], given: pd.Series, top: int) -> pd.DataFrame:
    """Return between which ranks the `top` areas lie, all at the same time, in 90% of the draws; missing for the others."""
    first = np.flatnonzero((given.rank(method="first") <= top).to_numpy())
    bounds = pd.DataFrame({name: pd.array([pd.NA] * len(given), dtype="Int64") for name in ("low", "high")})
    if len(first) > 1 and len(ranks) > 1:
        found = ranks_together(ranks[:, first])
        bounds.loc[first, "low"] = np.floor(found["low"]).to_numpy()  # equal areas share a half rank
        bounds.loc[first, "high"] = np.ceil(found["high"]).to_numpy()
    return bounds.set_axis(given.index)


def _draw(
    themes: NDArray[np.float64], lacks: Sequence[_Lack], draws: int, seed: int
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return the rank of each area and whether its gap is of the widest class, one row per draw."""
    generator = np.random.default_rng(seed)
    low = {(at, how): lack.is_low(how) for at, lack in enumerate(lacks) for how in CLASSIFICATIONS}
    placed = {(at, scale): lack.on_scale(scale) for at, lack in enumerate(lacks) for scale in SCALES}

    # one column of need is drawn over and over: a country's need is ranked and classed once
    @functools.lru_cache(maxsize=2 * len(SCALES))
    def need_placed(mix: bytes, scale: str) -> NDArray[np.float64]:
        return put_on_scale(themes @ np.frombuffer(mix), scale)

    @functools.lru_cache(maxsize=2 * len(CLASSIFICATIONS))
    def need_is_high(mix: bytes, how: str) -> NDArray[np.bool_]:
        return np.equal(class_thirds(themes @ np.frombuffer(mix), how), _HIGH)

    scores = np.empty((draws, len(themes)))
    widest = np.empty((draws, len(themes)), dtype=bool)
    for draw in range(draws):
        at = int(generator.integers(len(lacks)))
        mix = generator.dirichlet(np.ones(themes.shape[1])).tobytes()
        weight = generator.uniform(*NEED_WEIGHTS)
        scale = SCALES[generator.integers(len(SCALES))]
        how = CLASSIFICATIONS[generator.integers(len(CLASSIFICATIONS))]
        scores[draw] = mix_gaps(need_placed(mix, scale), placed[at, scale], weight)
        widest[draw] = need_is_high(mix, how) & low[at, how]
    ranks = pd.DataFrame(-scores.round(12)).rank(axis="columns")
    return ranks.to_numpy(dtype=np.float32), widest  # holds halves exactly up to 8 million areas


def _summary(
    ranks: NDArray[np.float32], widest: NDArray[np.float64], codes: pd.Index, worst: float
) -> pd.DataFrame:
    last = max(1, round(worst * len(codes)))
    stay = (ranks <= last).mean(axis=0)
    ends = [np.quantile(block, [0.05, 0.95], axis=0, method="inverted_cdf") for block in _blocks(ranks)]
    low, high = np.concatenate(ends, axis=1).astype(float)
    low, high = np.floor(low), np.ceil(high)  # equal areas share a half rank
    summary = pd.DataFrame(
        {"stay_worst_share": stay, "high_gap_share": widest, "rank_low": low, "rank_high": high}, index=codes
    )
    summary[["rank_low", "rank_high"]] = summary[["rank_low", "rank_high"]].astype("Int64")
    summary["gap_sensitivity"] = [
        f"{_how_often(share)} among the worst {last} of {len(codes)} ({share:.0%} of {len(ranks):,} choices); "
        f"rank {first:.0f} to {final:.0f} in nine of ten of them."
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

"""Gaps: where need is high and access is low.

Need and access are put on one 0-1 scale each, by default the share of areas that an area exceeds, so that one
very remote area does not decide the scale. The gap score is their weighted geometric mean:
it is high only where *both* need and lack of access are high, whereas an arithmetic mean would let a rich
remote area outrank a poor one that reaches little. Classes are 3 x 3: ``3-1`` is high need, low access.

Scores and classes are relative: they compare the areas with each other. Two things are not. An area nearer to an asset than
`LOW_ACCESS_BEYOND_M` is never in low access, however near the others are; an area that can reach nothing always is.

Limits: a score compares the areas it was computed with, and only them. It holds no more than the
chosen need and the chosen access; `gap_sensitivity` shows how far other choices would change it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.costs import just_beyond
from assetmap.schema import InputError, SchemaError, check_areas, first_few

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

FAR_IS_WORSE: Final = "far is worse"
MORE_IS_BETTER: Final = "more is better"
DIRECTIONS: Final = (FAR_IS_WORSE, MORE_IS_BETTER)
SCALES: Final = ("rank", "score")
CLASSIFICATIONS: Final = ("quantiles", "natural breaks")
WIDEST: Final = "3-1"
"""The class of high need and low access."""

LOW_ACCESS_BEYOND_M: Final = 1_000.0
"""Areas nearer than this to an asset are never in low access: 15 minutes' walk at 5 km/h with a detour of 1.2 (1,042 m)."""

_SAMPLE: Final = 1_000
_NEED_WORDS: Final = {3: "High need", 2: "Middling need", 1: "Low need"}
_ACCESS_WORDS: Final = {3: "good access", 2: "middling access", 1: "low access"}
_NAMES: Final = {
    **{"distance_m": "nearest_name", "overland_m": "overland_name", "travel_minutes": "travel_name"},
    **{f"{mode}_minutes": f"{mode}_name" for mode in ("walk", "drive", "bus")},
}
_THEMES: Final = {
    "need_older_60_plus": "share of people aged 60 and over",
    "need_children_0_15": "share of children under 16",
}
_PEOPLE: Final = {"gap_people": "population", "gap_children": "children_0_15", "gap_older": "older_60_plus"}


def find_gaps(
    areas: gpd.GeoDataFrame,
    *,
    need: str = "need",
    access: str = "distance_m",
    access_direction: str = FAR_IS_WORSE,
    need_weight: float = 0.5,
    scale: str = "rank",
    classification: str = "quantiles",
    low_access_beyond_m: float = LOW_ACCESS_BEYOND_M,
) -> pd.DataFrame:
    """Score, class and rank the gap between need and access of each area.

    Parameters
    ----------
    areas
        Small areas with the columns `need` (1 = most need) and `access`.
    need
        ``need`` or a theme such as ``need_older_people``.
    access
        Any measured column (of counts and scores, 0 means that nothing can be reached): ``distance_m``, ``count_within``, ``access_per_1000``, ``travel_minutes`` ... An infinite
        distance or time means that none can be reached: such areas lack most, whatever the scale.
    access_direction
        ``"far is worse"`` for distances and times, ``"more is better"`` for counts and scores.
    need_weight
        Weight of need in the geometric mean, 0 to 1; access has the rest.
    scale
        ``"rank"``: share of the areas that an area exceeds. ``"score"``: from the least to the greatest
        value, which keeps distances between areas but lets extremes decide.
    classification
        ``"quantiles"`` (thirds of the areas) or ``"natural breaks"`` (Fisher-Jenks), for the classes.
    low_access_beyond_m
        An area nearer than this (metres) is never in the class of low access. It applies where `access` is a distance in
        metres. 0: classes are relative only.

    Returns
    -------
    pandas.DataFrame
        On ``areas.index``: ``gap_score`` (0-1, 1 = widest), ``gap_class`` (need then access, 1-3 each;
        ``3-1`` is high need and low access), ``gap_rank`` (1 = act first; of equal scores the area with
        more people first, then by code), ``gap_reason`` (in words), ``gap_people`` and, where the areas
        have them, ``gap_children`` and ``gap_older``: residents of an area in class ``3-1``, 0 in others.
        All are missing where need or access is not known; the reason then says which.

    Raises
    ------
    SchemaError
        If a column is missing or holds no numbers.
    InputError
        If an option is not among those allowed.

    Examples
    --------
    >>> gaps = find_gaps(areas, need="need_health", access="distance_m")
    >>> areas["area_name"][gaps["gap_rank"] == 1].item()
    'Roche & Goss Moor (Cornwall 024D)'
    """
    check_areas(areas, columns=tuple(name for name in (need, access) if name not in areas.columns))
    _check_options(need_weight, access_direction, scale, classification, low_access_beyond_m)
    wanted, reached = _numbers(areas, need), _numbers(areas, access)
    known = wanted.notna() & reached.notna()
    need_known, reached_known = wanted[known].to_numpy(), reached[known].to_numpy()
    lack_known = lack_of(reached_known, access_direction)
    gaps = pd.DataFrame({"gap_score": np.nan, "gap_class": None}, index=areas.index)
    gaps["gap_class"] = gaps["gap_class"].astype(object)
    gaps.loc[known, "gap_score"] = score_gaps(need_known, lack_known, need_weight=need_weight, scale=scale)
    need_class = class_thirds(need_known, classification)
    floor = low_access_beyond_m if access.endswith("_m") else 0.0
    access_class = access_classes(reached_known, access_direction, classification, low_access_beyond=floor)
    gaps.loc[known, "gap_class"] = [
        f"{wants}-{has}" for wants, has in zip(need_class, access_class, strict=True)
    ]
    gaps["gap_rank"] = _ranks(gaps["gap_score"], areas["population"])
    gaps["gap_reason"] = _reasons(areas, need, access, areas[known], (need_class, access_class), lack_known)
    for name, column in _PEOPLE.items():
        if column in areas.columns:
            residents = areas[column].where(gaps["gap_class"] == WIDEST, 0).astype(float)
            gaps[name] = residents.where(known)
    return gaps


def summarise_gaps(areas: pd.DataFrame) -> pd.DataFrame:
    """Count areas and people in each of the nine classes, widest gap first.

    Parameters
    ----------
    areas
        Small areas joined with what `find_gaps` returns.

    Returns
    -------
    pandas.DataFrame
        Index ``gap_class`` (the nine classes, and ``not known`` where there are such areas); ``areas``,
        ``population`` and, where known, ``children_0_15`` and ``older_60_plus``; a count that is not known for
        an area is left out of the sum.

    Examples
    --------
    >>> int(am.gaps.summarise_gaps(areas).loc["3-1", "areas"])
    36
    """
    counts = [name for name in _PEOPLE.values() if name in areas.columns]
    classes = areas["gap_class"].fillna("not known")
    order = [f"{need}-{access}" for need in (3, 2, 1) for access in (1, 2, 3)]
    order += ["not known"] if (classes == "not known").any() else []
    summary = areas[counts].groupby(classes).sum().reindex(order, fill_value=0)
    summary.insert(0, "areas", classes.value_counts().reindex(order, fill_value=0))
    summary.index.name = "gap_class"
    return summary


def score_gaps(
    need: NDArray[np.float64], lack: NDArray[np.float64], *, need_weight: float, scale: str
) -> NDArray[np.float64]:
    """Return the gap score of `find_gaps` for need and lack of access (both: more is worse), none missing."""
    return mix_gaps(put_on_scale(need, scale), put_on_scale(lack, scale), need_weight)


def mix_gaps(need: NDArray[np.float64], lack: NDArray[np.float64], need_weight: float) -> NDArray[np.float64]:
    """Return the gap score of need and lack that `put_on_scale` has put on 0-1."""
    score: NDArray[np.float64] = need**need_weight * lack ** (1 - need_weight)
    return score


def put_on_scale(values: NDArray[np.float64], scale: str) -> NDArray[np.float64]:
    """Put values on 0-1, by their rank or as they are; all equal gives 0.5."""
    placed = pd.Series(values).rank().to_numpy() if scale == "rank" else values
    low, width = (1.0, len(values) - 1.0) if scale == "rank" else (values.min(initial=np.inf), np.ptp(values))
    scaled: NDArray[np.float64] = (placed - low) / width if width > 0 else np.full(len(values), 0.5)
    return scaled


def lack_of(reached: NDArray[np.float64], direction: str) -> NDArray[np.float64]:
    """Return lack of access (more is worse) from a measure of access; what cannot be reached lacks most."""
    lack = just_beyond(reached)
    return -lack if direction == MORE_IS_BETTER else lack


def access_classes(
    reached: NDArray[np.float64], direction: str, classification: str, *, low_access_beyond: float
) -> NDArray[np.intp]:
    """Return the class of access: 1 low, 2 middling, 3 good.

    Parameters
    ----------
    reached
        A measure of access, none missing.
    direction, classification
        As for `find_gaps`.
    low_access_beyond
        A cost below this is never low access; 0: classes are relative only.

    Examples
    --------
    >>> metres = np.array([100.0, 200.0, 300.0, 400.0, 900.0, 2_000.0, np.inf])
    >>> access_classes(metres, FAR_IS_WORSE, "quantiles", low_access_beyond=1_000.0)
    array([3, 3, 3, 2, 2, 1, 1])
    """
    classes = 4 - class_thirds(lack_of(reached, direction), classification)
    near = (reached < low_access_beyond) if direction == FAR_IS_WORSE else np.zeros(len(reached), dtype=bool)
    classes[near & (classes == 1)] = 2
    classes[np.isinf(reached) if direction == FAR_IS_WORSE else reached == 0] = 1
    return classes


def class_thirds(values: NDArray[np.float64], classification: str) -> NDArray[np.intp]:
    """Return class 1, 2 or 3 of each value from low to high; equal values always share a class."""
    different, place = np.unique(values, return_inverse=True)
    if len(different) <= 3:
        spread = np.array([[2, 2, 2], [1, 3, 3], [1, 2, 3]][max(len(different) - 1, 0)], dtype=np.intp)
        return spread[place]
    upper = np.quantile(values, [1 / 3, 2 / 3]) if classification == "quantiles" else natural_breaks(values)
    return np.searchsorted(upper, values, side="left") + 1


def natural_breaks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the upper bounds of the two lower of three natural classes (Fisher-Jenks, exact).

    The classes have the least sum of squared deviations from their means. Beyond 1,000 values an even
    sample of the sorted values is classified, which keeps the work small.

    Examples
    --------
    >>> natural_breaks(np.array([1.0, 2.0, 10.0, 11.0, 50.0, 52.0]))
    array([ 2., 11.])
    """
    ordered = np.sort(values)
    if len(ordered) > _SAMPLE:
        ordered = ordered[np.linspace(0, len(ordered) - 1, _SAMPLE).round().astype(int)]
    shift = ordered.mean()
    sums = np.cumsum(ordered - shift)[:-1]  # of the first 1, 2, ... n - 1 values; all of them add up to 0
    count = np.arange(1, len(ordered))
    # least squares within = greatest sum over classes of (sum ** 2 / size); rows: first cut, columns: second cut
    middle = (sums - sums[:, None]) ** 2 / np.maximum(count - count[:, None], 1)
    between = middle + (sums**2 / count)[:, None] + sums**2 / (len(ordered) - count)
    between[np.tri(len(count), dtype=bool)] = -np.inf
    first, second = np.unravel_index(between.argmax(), between.shape)
    upper: NDArray[np.float64] = ordered[[first, second]]
    return upper


def _check_options(
    need_weight: float, direction: str, scale: str, classification: str, low_access_beyond_m: float
) -> None:
    problems = [
        f"{name} must be one of {first_few(allowed)}, not {value!r}"
        for name, value, allowed in (
            ("access_direction", direction, DIRECTIONS),
            ("scale", scale, SCALES),
            ("classification", classification, CLASSIFICATIONS),
        )
        if value not in allowed
    ]
    if not low_access_beyond_m >= 0:
        problems.append(f"low_access_beyond_m must be 0 or more, not {low_access_beyond_m!r}")
    if not 0 <= need_weight <= 1:
        problems.append(f"need_weight must lie between 0 and 1, not {need_weight!r}")
    if problems:
        raise InputError("The gaps cannot be found: " + "; ".join(problems) + ".")


def _numbers(areas: pd.DataFrame, column: str) -> pd.Series:
    if not pd.api.types.is_numeric_dtype(areas[column]):
        raise SchemaError(f"Column '{column}' of the areas must hold numbers, not {areas[column].dtype}.")
    return areas[column].astype(float)


def _ranks(score: pd.Series, population: pd.Series) -> pd.Series:
    known = pd.DataFrame(
        {"score": -score.round(12), "people": -population.astype(float), "code": score.index}
    )
    known = known[known["score"].notna()].sort_values(["score", "people", "code"])
    ranks = pd.Series(np.arange(1, len(known) + 1), index=known.index, dtype="Int64")
    return ranks.reindex(score.index)


def _reasons(
    areas: pd.DataFrame,
    need: str,
    access: str,
    known: pd.DataFrame,
    classes: tuple[NDArray[np.intp], NDArray[np.intp]],
    lack: NDArray[np.float64],
) -> pd.Series:
    reasons = pd.Series("", index=areas.index, dtype=object)
    words = _in_words(access, known)
    theme = "" if need == "need" else " by " + _THEMES.get(need, need.removeprefix("need_").replace("_", " "))
    more, worse = _exceeded(known[need].to_numpy()), _worse_than(access, lack, words)
    rows = zip(*classes, more, words, worse, strict=True)
    told = [
        f"{_NEED_WORDS[wants]}{theme} (more than {share}% of the areas), {_ACCESS_WORDS[has]}: {measured} ({place})."
        for wants, has, share, measured, place in rows
    ]
    reasons.loc[known.index] = pd.Series(told, index=known.index, dtype=object)
    for column in (need, access):
        unknown = areas[column].isna()
        reasons[unknown] = reasons[unknown] + f"Not known: no value of {column}. "
    return reasons.str.strip()


def _exceeded(values: NDArray[np.float64]) -> NDArray[np.intp]:
    """Percentage of the areas that lie strictly below each, rounded down: an area never exceeds itself."""
    below: NDArray[np.intp] = (
        np.searchsorted(np.sort(values), values, side="left") * 100 // max(len(values), 1)
    )
    return below


def _worse_than(access: str, lack: NDArray[np.float64], words: list[str]) -> list[str]:
    """Describe how each area compares in lack of access.

    Only one that is worse than all others is called the worst, and only where no other is printed with the same number.
    """
    printed = [word.split(" to the nearest")[0] for word in words]
    alone = len(lack) > 1 and printed.count(printed[int(np.argmax(lack))]) == 1
    last = "the farthest of all" if access.endswith("_m") else "the worst of all"
    return [
        last if alone and value == lack.max() else f"worse than {share}%"
        for value, share in zip(lack, _exceeded(lack), strict=True)
    ]


def _in_words(access: str, areas: pd.DataFrame) -> list[str]:
    values = areas[access].tolist()
    if access.endswith(("_m", "_minutes")):
        name = _NAMES.get(access)
        names = areas[name].tolist() if name in areas.columns else [None] * len(areas)
        return [_cost_in_words(access, value, to) for value, to in zip(values, names, strict=True)]
    if access.startswith("count_within"):
        return [f"{value:.0f} within the limit" for value in values]
    if access.endswith("_per_1000"):
        return [f"{value:.2f} per 1,000 people within the limit" for value in values]
    return [f"{access} {value:.3g}" for value in values]


def _cost_in_words(access: str, value: float, name: str | None) -> str:
    if np.isinf(value):
        return "none can be reached"
    how = f"{value:.0f} minutes" if access.endswith("_minutes") else f"{value / 1000:.1f} km"
    over = " overland" if access == "overland_m" else ""
    return f"{how}{over} to the nearest" + (f", {name}" if isinstance(name, str) else "")

"""Need on your areas: join a published index to areas and convert its vintage where necessary.

A published index uses the areas of its own year. Where they differ from your areas, the official change lookup says
which area became which, and

- values from 0 to 1 become means weighted by population,
- counts are divided or added up in whole numbers, and keep their totals,
- published ranks, deciles and scores are left missing, because nobody published them for these areas.

Limits: all parts of an area that was split get the same value, because the lookup says nothing about differences
within it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.need.vintages import divide_whole, pair_codes
from assetmap.schema import InputError, Note, VintageError, check_areas, check_need, first_few

if TYPE_CHECKING:
    import geopandas as gpd

COUNTS: Final = re.compile(r"^(population|households|people_.*|children_.*|older_.*)$")
"""Columns that are counts and add up when areas are merged (``population_year`` is not a count)."""

BY_WEIGHTS: Final = "by weights"
EQUAL_SHARES: Final = "equal shares"


def match_need(
    areas: gpd.GeoDataFrame,
    need: pd.DataFrame,
    *,
    lookup: pd.DataFrame | None = None,
    weights: pd.Series | None = None,
) -> gpd.GeoDataFrame:
    """Join need to areas, converting between LSOA 2011 and LSOA 2021 where they differ.

    Parameters
    ----------
    areas
        Small areas (docs/tables.md). ``population`` may be missing.
    need
        As `read_need` returns it: index ``area_code`` in its own vintage, ``need`` and ``need_<theme>`` 0-1
        (1 = most need), counts (``population``, ``children_*``, ``older_*``, ``people_*``,
        ``households``), and published columns such as ``imd_rank``.
    lookup
        Official changes: ``lsoa11_code``, ``lsoa21_code``, ``change_code`` (U, S, M, X). The changed pairs
        are enough. Without it, a table of another vintage is refused.
    weights
        How to divide a count where one published area became several, for example by the number of live
        postcodes: a number for each area code. Without it, in equal shares.

    Returns
    -------
    geopandas.GeoDataFrame
        A copy of `areas` with the columns of `need`. Counts that the areas already have stay as they are.
        ``need_conversion`` says what happened to the area between 2011 and 2021: ``unchanged``, ``split``,
        ``merged`` or ``redrawn`` (missing where there is no need). ``counts_divided`` is ``equal shares``
        or ``by weights`` where a published count was divided between several areas, otherwise empty. An area
        without a row is missing (not known), never 0.

    Raises
    ------
    VintageError
        If the vintages differ and there is no lookup, one table mixes vintages, or fewer than 95% of
        the areas are found. Then nothing is joined.
    InputError
        If `weights` are missing for an area that needs one, or negative.

    Examples
    --------
    >>> need = am.read_need(project.folder / "iod2025.csv")
    >>> lookup = am.read.read_lookup(project.folder / "lsoa11_lsoa21_changes.csv")
    >>> matched = am.need.match_need(areas[["area_name", "population", "geometry"]], need, lookup=lookup)
    >>> matched["need_conversion"].value_counts().to_dict()
    {'unchanged': 314, 'split': 10, 'merged': 2}
    """
    check_areas(areas if "population" in areas.columns else areas.assign(population=np.nan))
    check_need(need)
    pairs = pair_codes(areas.index, need.index, lookup)
    pairs["share"] = _shares(pairs, weights)
    converted = _convert(need, pairs, areas.index)
    published = pairs[pairs["source"].isin(need.index)].drop_duplicates("target")
    converted["need_conversion"] = published.set_index("target")["change"]
    several = pairs.loc[pairs.duplicated("source", keep=False), "target"]
    divided = pd.Series("", index=areas.index, dtype=object)
    divided[divided.index.isin(several)] = EQUAL_SHARES if weights is None else BY_WEIGHTS
    converted["counts_divided"] = divided
    return _join(areas, converted)


def match_counts(
    areas: pd.Index,
    counts: pd.DataFrame,
    *,
    lookup: pd.DataFrame | None = None,
    what: str = "table of counts",
) -> pd.DataFrame:
    """Bring counts of small areas of one vintage onto areas of another; totals stay.

    Parameters
    ----------
    areas
        Codes of your areas.
    counts
        Index ``area_code`` in its own vintage; every column is a count.
    lookup
        Official changes, as for `match_need`.
    what
        What the counts are, for messages.

    Returns
    -------
    pandas.DataFrame
        The counts on `areas`; missing for an area that is not there.

    Raises
    ------
    VintageError
        As for `match_need`.

    Examples
    --------
    >>> changes = pd.DataFrame(
    ...     {"lsoa11_code": ["E01000001"], "lsoa21_code": ["E01099001"], "change_code": ["M"]}
    ... )
    >>> counts = pd.DataFrame({"people": [7]}, index=pd.Index(["E01099001"], name="area_code"))
    >>> match_counts(pd.Index(["E01000001"]), counts, lookup=changes)["people"].tolist()
    [7.0]
    """
    try:
        pairs = pair_codes(areas, counts.index, lookup)
    except VintageError as error:
        raise VintageError(str(error).replace("need table", what)) from None
    pairs["share"] = _shares(pairs, None)
    found = {}
    for column in counts.columns:
        found[column] = _divided(pairs["source"].map(counts[column].astype(float)), pairs)
    return pd.DataFrame(found).reindex(areas).rename_axis("area_code")


def describe_conversion(areas: pd.DataFrame) -> Note:
    """Say in one sentence which areas were converted from another vintage, and how.

    Parameters
    ----------
    areas
        As `match_need` returns them.

    Returns
    -------
    Note
        Code ``NEED_CONVERTED`` or, where every area is as published, ``NEED_AS_PUBLISHED``.

    Examples
    --------
    >>> am.need.describe_conversion(areas).code
    'NEED_CONVERTED'
    """
    changes = areas["need_conversion"].value_counts()
    missing = int(areas["need"].isna().sum())
    unknown = f" Need is not known for {missing} of {len(areas)} areas." if missing else ""
    converted = {word: int(changes.get(word, 0)) for word in ("split", "merged", "redrawn")}
    if not sum(converted.values()):
        return Note(
            "NEED_AS_PUBLISHED",
            f"Need is as published for {len(areas) - missing} of {len(areas)} areas." + unknown,
        )
    kinds = ", ".join(f"{count} {word}" for word, count in converted.items() if count)
    sentence = (
        f"{sum(converted.values())} of {len(areas)} areas were converted from another vintage with the official "
        f"lookup (changed between 2011 and 2021: {kinds}; {int(changes.get('unchanged', 0))} unchanged). Need is "
        "weighted by population there, counts keep their totals, published ranks are left out."
    )
    divided = areas.loc[areas["counts_divided"] != "", "counts_divided"]
    if len(divided):
        how = "in equal shares" if divided.iloc[0] == EQUAL_SHARES else "by weights"
        sentence += f" Where one area became several, counts were divided {how} ({len(divided)} areas)."
    return Note("NEED_CONVERTED", sentence + unknown)


def _shares(pairs: pd.DataFrame, weights: pd.Series | None) -> pd.Series:
    """Return the share of each source that goes to the target of the row. Shares of a source add up to 1."""
    size = pairs.groupby("source")["target"].transform("size")
    equal = 1.0 / size
    if weights is None:
        return equal
    needed = pairs.loc[size > 1, "target"]
    given = weights.reindex(needed.unique())
    wrong = given[~(given >= 0)]
    if len(wrong):
        raise InputError(
            f"Weights are missing or negative for areas between which a count must be divided ({len(wrong)}): "
            f"{first_few(wrong.index)}. Give each a number of 0 or more, or leave weights out for equal shares."
        )
    weight = pairs["target"].map(weights).where(size > 1, 1.0).astype(float)
    total = weight.groupby(pairs["source"]).transform("sum")
    return (weight / total.where(total > 0)).fillna(equal)


def _convert(need: pd.DataFrame, pairs: pd.DataFrame, targets: pd.Index) -> pd.DataFrame:
    alone = pairs.loc[pairs["change"] == "unchanged", "target"]
    changed = pairs[pairs["change"] != "unchanged"]
    converted = need.reindex(targets)
    converted.loc[~targets.isin(alone), :] = np.nan
    if changed.empty:
        return converted
    for column in need.columns:
        values = changed["source"].map(need[column])
        if column == "need" or column.startswith("need_"):
            found = _weighted_mean(values, changed, need)
        elif COUNTS.match(column) and column != "population_year":
            found = _divided(values, changed)
        else:
            continue
        found = found.reindex(targets[targets.isin(changed["target"])])
        converted.loc[found.index, column] = found
    return converted


def _weighted_mean(values: pd.Series, pairs: pd.DataFrame, need: pd.DataFrame) -> pd.Series:
    """Return the mean of the sources of each target, weighted by population, missing where one of them is."""
    target = pairs["target"]
    people = pairs["share"] * (pairs["source"].map(need["population"]) if "population" in need else 1.0)
    total = people.groupby(target).transform("sum")
    unusable = people.isna().groupby(target).transform("any") | (total == 0)
    people = people.where(~unusable, pairs["share"])
    mean = (values * people).groupby(target).sum() / people.groupby(target).sum()
    single = values.groupby(target).first().where(target.groupby(target).size() == 1)
    return single.fillna(mean).where(~values.isna().groupby(target).any())


def _divided(counts: pd.Series, pairs: pd.DataFrame) -> pd.Series:
    """Divide each source between its targets in whole numbers, and add up the parts of each target."""
    parts = pd.Series(np.nan, index=pairs.index)
    for rows in pairs.groupby("source", sort=False).groups.values():
        parts[rows] = divide_whole(float(counts[rows[0]]), pairs.loc[rows, "share"].to_numpy())
    target = pairs["target"]
    return parts.groupby(target).sum().where(~parts.isna().groupby(target).any())


def _join(areas: gpd.GeoDataFrame, converted: pd.DataFrame) -> gpd.GeoDataFrame:
    """Add the columns to a copy of the areas, which keep their own counts and lose an earlier need."""
    stale = [column for column in areas.columns if column == "need" or column.startswith("need_")]
    joined = areas.drop(columns=stale)
    own = {"area_name", "geometry", "population_year"} & set(joined.columns)
    own |= {name for name in joined.columns if COUNTS.match(name) and joined[name].notna().any()}
    for column in converted.columns:
        if column in own:
            continue
        values = converted[column]
        whole = COUNTS.match(column) and values.notna().all() and (values == values.round()).all()
        joined[column] = values.astype("int64") if whole else values
    return joined

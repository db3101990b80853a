"""Vintages of small areas: which edition codes belong to, and which old area became which new one.

LSOA codes do not show their year. Two things tell them apart: the official change lookup, and the numbers of the
codes, because the last code of LSOA 2011 is E01033768 in England and W01001958 in Wales, and every area made in 2021
has a higher number. Codes that did not change belong to both vintages. Limits: without a lookup, only new codes can
be recognised, not codes that ended in 2021.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from assetmap.rounding import largest_remainder
from assetmap.schema import SchemaError, VintageError, first_few

LAST_LSOA11: Final = {"E01": "E01033768", "W01": "W01001958"}
"""Highest LSOA 2011 codes, from the ONS lookup of LSOA 2011 to LSOA 2021."""

LOOKUP_COLUMNS: Final = ("lsoa11_code", "lsoa21_code", "change_code")

CHANGES: Final = {"U": "unchanged", "S": "split", "M": "merged", "X": "redrawn"}
"""What happened between 2011 and 2021, by letter in the official lookup."""

LEAST_MATCHED: Final = 0.95
"""Share of areas that must be found in a table before anything is joined."""

_KINDS: Final = {
    "E00": "output areas",
    "W00": "output areas",
    "E02": "MSOA",
    "W02": "MSOA",
    "E04": "parishes",
    "E05": "wards",
    "W05": "wards",
    "E06": "local authorities",
    "E07": "local authorities",
    "E08": "local authorities",
    "E09": "local authorities",
    "W06": "local authorities",
}


def new_in_2021(codes: pd.Index) -> pd.Index:
    """Return the codes that exist only in LSOA 2021, judged by their numbers.

    Examples
    --------
    >>> list(new_in_2021(pd.Index(["E01018750", "E01034851", "E05013325"])))
    ['E01034851']
    """
    return codes[[str(code) > LAST_LSOA11.get(str(code)[:3], "~") for code in codes]]


def name_vintage(codes: pd.Index) -> str:
    """Say in words what kind of area the codes look like.

    Examples
    --------
    >>> name_vintage(pd.Index(["E01018750", "E01034851"]))
    'LSOA 2021'
    >>> name_vintage(pd.Index(["E05013325"]))
    'wards'
    """
    if not len(codes):
        return "nothing (the table is empty)"
    prefixes = pd.Series([str(code)[:3] for code in codes]).value_counts()
    commonest = str(prefixes.index[0])
    if commonest in LAST_LSOA11:
        return "LSOA 2021" if len(new_in_2021(codes)) else "LSOA 2011"
    return _KINDS.get(commonest, "areas of an unknown kind")


def pair_codes(targets: pd.Index, sources: pd.Index, lookup: pd.DataFrame | None = None) -> pd.DataFrame:
    """Pair each target area with the source areas it is made of.

    Parameters
    ----------
    targets, sources
        Codes of your areas, and of the areas in a published table.
    lookup
        Official changes of LSOA: columns ``lsoa11_code``, ``lsoa21_code``, ``change_code`` (U, S, M, X).
        The changed pairs are enough: a code that is not listed did not change.

    Returns
    -------
    pandas.DataFrame
        Columns ``source``, ``target`` and ``change`` (``unchanged``, ``split``, ``merged``,
        ``redrawn``), one row per pair. Other targets are included where they share a source.

    Raises
    ------
    VintageError
        If the vintages differ and there is no lookup, a table mixes vintages, or fewer than
        95% of the targets are found.
    """
    if lookup is None:
        _refuse_without_lookup(targets, sources)
        changed = pd.DataFrame(columns=["source", "target", "change"], dtype=object)
    else:
        changed = _changed_pairs(targets, sources, lookup)
    same = targets[targets.isin(sources) & ~targets.isin(changed["target"])]
    unchanged = pd.DataFrame({"source": same, "target": same, "change": "unchanged"}, dtype=object)
    pairs = pd.concat([unchanged, changed], ignore_index=True)
    refuse_poor_match(targets, sources, pairs.loc[pairs["source"].isin(sources), "target"])
    return pairs


def refuse_poor_match(targets: pd.Index, sources: pd.Index, matched: pd.Series) -> None:
    """Raise an error if a join finds fewer than 95% of the areas (one missing area is always allowed)."""
    missing = targets[~targets.isin(matched)]
    allowed = max(1, int((1 - LEAST_MATCHED) * len(targets) + 1e-9))
    if len(missing) < len(targets) and len(missing) <= allowed:
        return
    raise VintageError(
        f"{len(missing)} of {len(targets)} areas are not in the need table, first {first_few(missing)}. The "
        f"areas look like {name_vintage(targets)}, the need table like {name_vintage(sources)} "
        f"({len(sources)} rows, first {first_few(sources, most=3)}). Nothing was joined. Use a need table for "
        "these areas, or convert it first."
    )


def _refuse_without_lookup(targets: pd.Index, sources: pd.Index) -> None:
    missing = targets[~targets.isin(sources)]
    target_new, source_new = new_in_2021(targets), new_in_2021(sources)
    lost_new = target_new[~target_new.isin(sources)]
    if missing.empty or not (len(lost_new) or (len(source_new) and not len(target_new))):
        return
    if len(lost_new) and len(source_new):
        cause = (
            f"The need table looks like a mixture of LSOA 2011 and LSOA 2021: it has {len(source_new)} codes "
            f"that have existed only since 2021 (first {first_few(source_new, most=3)}), but not {len(lost_new)} "
            "others that the areas have"
        )
    elif len(lost_new):
        cause = (
            f"The areas look like LSOA 2021 ({len(target_new)} of their codes have existed only since 2021), and the "
            "need table like LSOA 2011 (none of its codes is that new)"
        )
    else:
        cause = (
            f"The areas look like LSOA 2011 (no code is newer), and the need table like LSOA 2021 "
            f"({len(source_new)} new codes, first {first_few(source_new, most=3)})"
        )
    raise VintageError(
        f"{len(missing)} of {len(targets)} areas are not in the need table, first {first_few(missing)}. {cause}. "
        "Nothing was joined. Add the official change lookup (columns lsoa11_code, lsoa21_code, change_code) "
        "to convert it, or use need and areas of the same vintage."
    )


def _changed_pairs(targets: pd.Index, sources: pd.Index, lookup: pd.DataFrame) -> pd.DataFrame:
    changes = _official_changes(lookup)
    editions = {
        name: (codes[codes.isin(changes["lsoa11_code"])], codes[codes.isin(changes["lsoa21_code"])])
        for name, codes in (("areas", targets), ("need table", sources))
    }
    mixed = [
        f"the {name} ({len(old)} codes of LSOA 2011 only, first {first_few(old, most=3)}; {len(new)} of LSOA 2021 "
        f"only, first {first_few(new, most=3)})"
        for name, (old, new) in editions.items()
        if len(old) and len(new)
    ]
    if mixed:
        raise VintageError(
            "Mixed vintages: people would be counted twice or not at all. This concerns "
            + " and ".join(mixed)
            + ". Nothing was joined. Use rows of one vintage only."
        )
    target_old, target_new = editions["areas"]
    source_old, source_new = editions["need table"]
    if len(target_old) and len(source_new):
        columns = {"lsoa21_code": "source", "lsoa11_code": "target"}
    elif len(target_new) and len(source_old):
        columns = {"lsoa11_code": "source", "lsoa21_code": "target"}
    else:
        return pd.DataFrame(columns=["source", "target", "change"], dtype=object)
    pairs = changes.rename(columns=columns)
    touched = pairs["target"].isin(targets)
    touched |= pairs["source"].isin(pairs.loc[touched, "source"])
    pairs["change"] = pairs["change_code"].map(CHANGES)
    return pairs.loc[touched, ["source", "target", "change"]].reset_index(drop=True)


def _official_changes(lookup: pd.DataFrame) -> pd.DataFrame:
    missing = [column for column in LOOKUP_COLUMNS if column not in lookup.columns]
    if missing:
        raise SchemaError(
            f"The change lookup has no column {first_few(missing)}. Its columns are "
            f"{first_few(lookup.columns, most=12)}."
        )
    unknown = lookup[~lookup["change_code"].isin(list(CHANGES))]
    if len(unknown):
        raise SchemaError(
            f"The change lookup has {len(unknown)} rows with a change_code that is not U, S, M or X, "
            f"first {unknown['change_code'].iloc[0]!r} for {unknown['lsoa11_code'].iloc[0]!r}."
        )
    changed = lookup.loc[lookup["change_code"] != "U", list(LOOKUP_COLUMNS)]
    return changed.drop_duplicates().reset_index(drop=True)


def divide_whole(total: float, shares: np.ndarray) -> np.ndarray:
    """Divide a count by shares into whole numbers that add up to it (largest remainder).

    A total that is not a whole number is divided exactly. A missing total stays missing. Of equal remainders, the
    first in order is rounded up.

    Parameters
    ----------
    total
        The count, 0 or more.
    shares
        Shares that add up to 1.

    Returns
    -------
    numpy.ndarray
        One part per share. They add up to `total`.

    Examples
    --------
    >>> divide_whole(10, np.array([0.5, 0.25, 0.25]))
    array([5., 3., 2.])
    """
    if np.isnan(total) or total != round(total):
        return total * shares
    parts: np.ndarray = largest_remainder(pd.Series(shares), round(total)).to_numpy(dtype=float)
    return parts

"""What counts for access: which types and kinds of asset, and which assets are left out because their place is not known well enough.

``data/tables/access_types.csv`` has a row for each type of asset, with what it counts as, whether it does, and why. A van that
stops for ten minutes, a library behind the gate of a prison and a store are of no use to the people who live beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from assetmap.access.stops import BY_HOURS
from assetmap.schema import (
    COUNTS_AS,
    DISTANCE_PRECISIONS,
    InputError,
    Note,
    counted,
    counts_as,
    first_few,
    reference_table,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

NOT_COUNTED: Final = "NOT_COUNTED"
"""Code of the note on kinds of an asset type that do not count."""

LEFT_OUT_OF_DISTANCES: Final = "LEFT_OUT_OF_DISTANCES"
"""Code of the note on assets whose place is not known well enough."""

NEVER: Final = "never"
"""Value of ``counts`` in the table of types for what no setting can make count."""

MOST_NAMED: Final = 100
"""Assets that a note names; a longer list is in ``assets.csv``."""

PLACED_BY: Final = {"postcode_district": "postcode district", "area_only": "whole area"}


def count_types(counts: Mapping[str, bool | str]) -> dict[str, str]:
    """Return which types count as another type.

    Parameters
    ----------
    counts
        What the settings change (``[access] counts``): type -> true (it counts as the type of the table), false (it does not), or the type that it counts as.

    Returns
    -------
    dict
        Type -> the type that it counts as, without those that count as themselves.

    Raises
    ------
    InputError
        If there is no such type, or it counts as itself anyway.

    Examples
    --------
    >>> count_types({"mobile_stop": True})
    {'mobile_stop': 'library'}
    """
    table = reference_table("access_types")
    never = [
        name
        for name, as_ in counts.items()
        if as_ and name in table.index and table.at[name, "counts"] == NEVER
    ]
    if never:
        reason = str(table.at[never[0], "reason"])
        raise InputError(f"'{never[0]}' cannot count as another type. {reason}.")
    unknown = [name for name in counts if name not in table.index]
    unknown += [name for name in counts.values() if isinstance(name, str) and name not in table.index]
    if unknown:
        raise InputError(
            f"There is no asset type {first_few(unknown)}. The types are listed in data/tables/asset_types.csv."
        )
    plain = [name for name, as_ in counts.items() if as_ is True and table.at[name, "counts_as"] == name]
    if plain:
        kinds = table.index[table["counts_as"] != table.index]
        raise InputError(
            f"{first_few(plain)} counts as itself already. Name the type it counts as, or use one of {first_few(kinds, most=len(kinds))}."
        )
    said = {name: table.at[name, "counts_as"] for name in table.index if table.at[name, "counts"] == "yes"}
    for name, as_ in counts.items():
        said[name] = name if as_ is False else str(table.at[name, "counts_as"]) if as_ is True else as_
    return {str(name): str(as_) for name, as_ in said.items() if as_ != name}


def with_counts_as(assets: gpd.GeoDataFrame, counts: Mapping[str, bool | str]) -> gpd.GeoDataFrame:
    """Return the register with a column ``counts_as``, if the settings or the table count something as another type.

    Parameters
    ----------
    assets
        The register.
    counts
        As for `count_types`.

    Examples
    --------
    >>> counted = am.access.with_counts_as(assets, {"micro_library": "library"})
    >>> len(am.access.open_assets(counted, "library"))
    29
    """
    types = count_types(counts)
    if not assets["asset_type"].isin(list(types)).any():
        return assets
    return assets.assign(**{COUNTS_AS: assets["asset_type"].map(types).fillna("").astype("str")})


def count_table(assets: pd.DataFrame, counts: Mapping[str, bool | str] | None = None) -> pd.DataFrame:
    """Say which types of a register count when access is measured, and why.

    Parameters
    ----------
    assets
        The register.
    counts
        As for `count_types`.

    Returns
    -------
    pandas.DataFrame
        Index ``asset_type``, one row for each type of the register, in the order of ``data/tables/asset_types.csv``: ``label``, ``assets`` (all of
        them) and ``open_assets`` of this type, ``counts_as`` (the type that distances lead to it as; ``""`` where it counts as no other and not as the
        type that the table names), ``counts`` (``yes``, ``no``, ``hours``, ``never``) and ``reason``.

    Examples
    --------
    >>> am.access.count_table(assets).loc["library", ["counts_as", "counts"]].tolist()
    ['library', 'yes']
    """
    table, types = reference_table("access_types"), reference_table("asset_types")
    changed = count_types(counts or {})
    found = table.loc[
        table.index.isin(assets["asset_type"].unique()), ["counts_as", "counts", "reason"]
    ].copy()
    for name, as_ in (counts or {}).items():
        if name in found.index:
            found.loc[name, "counts_as"] = changed.get(name, name)
            found.loc[name, "counts"] = "no" if as_ is False else "yes"
            found.loc[name, "reason"] = "The settings of the project say so"
    found.loc[found["counts"].isin(["no", NEVER]), "counts_as"] = ""
    every = assets["asset_type"].value_counts()
    opened = assets.loc[assets["status"].eq("open"), "asset_type"].value_counts()
    found.insert(0, "label", types["label"].reindex(found.index).astype("str"))
    found.insert(1, "assets", every.reindex(found.index).fillna(0).astype("int64"))
    found.insert(2, "open_assets", opened.reindex(found.index).fillna(0).astype("int64"))
    return found.rename_axis("asset_type")


def note_not_counted(assets: gpd.GeoDataFrame, asset_type: str) -> tuple[Note, ...]:
    """Say which open assets of the register do not count as a type although they are a kind of it, and why.

    Returns
    -------
    tuple of Note
        Empty where there are none, else ``NOT_COUNTED``.

    Examples
    --------
    >>> [note.code for note in am.access.note_not_counted(assets, "library")]
    ['NOT_COUNTED']
    """
    table, types = reference_table("access_types"), reference_table("asset_types")
    by_hours = table["counts"] == BY_HOURS  # `note_stops` speaks of these
    kinds = table.index[(table["counts_as"] == asset_type) & (table.index != asset_type) & ~by_hours]
    opened = assets[~assets["status"].isin(["closed", "proposed"]) & ~counts_as(assets, asset_type)]
    said = []
    for kind in kinds:
        count = int((opened["asset_type"] == kind).sum())
        if count:
            label = str(types.at[kind, "label" if count == 1 else "label_plural"])
            words, reason = label[:1].lower() + label[1:], str(table.at[kind, "reason"])
            said.append(f"{count:,} {words.partition(' (')[0]} ({reason[:1].lower()}{reason[1:]})")
    if not said:
        return ()
    what = str(types.at[asset_type, "label_plural"]).lower() if asset_type in types.index else asset_type
    return (
        Note(
            NOT_COUNTED,
            f"Not counted among the {what} that distances lead to: {'; '.join(said)}. To change this, use counts in [access].",
        ),
    )


def note_left_out(assets: gpd.GeoDataFrame, asset_type: str | Sequence[str]) -> tuple[Note, ...]:
    """Name the open assets of a type that are left out of distances and counts, because their location is not known well enough.

    Parameters
    ----------
    assets
        The register. A guarded place is counted and never named.
    asset_type
        One type or several.

    Returns
    -------
    tuple of Note
        Empty where there are none, else ``LEFT_OUT_OF_DISTANCES``.

    Examples
    --------
    >>> [note.code for note in am.access.note_left_out(assets, "library")]
    []
    """
    left = left_out(assets, asset_type)
    if left.empty:
        return ()
    hidden = left["sensitive"].eq(True) if "sensitive" in left else left["name"].isna()
    named = left[~hidden]
    names = [
        f"{name} ({PLACED_BY.get(precision, 'location not known')})"
        for name, precision in zip(named["name"], named["location_precision"], strict=True)
    ][:MOST_NAMED]
    more = len(left) - len(names)
    said = ", ".join(names) + (f"{' and ' if names else ''}{more:,} more" if more else "")
    be = "is" if len(left) == 1 else "are"
    return (
        Note(
            LEFT_OUT_OF_DISTANCES,
            f"{counted(len(left), 'open asset')} of this type {be} left out of distances and counts, because the location is not known well "
            f"enough: {said}. Give the postcode or coordinates.",
        ),
    )


def left_out(assets: gpd.GeoDataFrame, asset_type: str | Sequence[str]) -> pd.DataFrame:
    """Return the open assets of a type whose place is not good enough for a distance."""
    placed = assets["location_precision"].isin(DISTANCE_PRECISIONS) & assets.geometry.notna()
    return assets[assets["status"].eq("open") & counts_as(assets, asset_type) & ~placed]

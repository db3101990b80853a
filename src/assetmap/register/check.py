"""What was understood of some lists, what was not, and why: the report to read before anything is built."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import Final

import geopandas as gpd
import pandas as pd

from assetmap.register.build import build_register
from assetmap.register.guard import lists_without_type
from assetmap.register.review import review_table
from assetmap.schema import LINKERS, OUTCOMES, AssetList, reference_table
from assetmap.schema import CheckReport as CheckReport  # noqa: PLC0414 (public here)

PARTICULARS: Final = re.compile(r"'[^']*'|\([^)]*\)|\b[A-Z]{1,2}\d[A-Z\d]?(?: \d[A-Z]{2})?\b|[\d.,]*\d")
"""Words of a sentence that belong to one row: quotations, postcodes, numbers."""


def check_lists(
    lists: Sequence[AssetList | pd.DataFrame],
    *,
    postcodes: pd.DataFrame | None = None,
    places: gpd.GeoDataFrame | None = None,
    areas: gpd.GeoDataFrame | None = None,
    area_name: str = "",
    review: pd.DataFrame | None = None,
    as_of: datetime.date | None = None,
    linker: str = LINKERS[0],
) -> CheckReport:
    """Check lists without keeping a register.

    Parameters
    ----------
    lists, postcodes, places, areas, area_name, review, as_of, linker
        As for `build_register`.

    Returns
    -------
    CheckReport
        Counts per list that add up to the rows read, how the headings were understood, every row with its
        outcome and reason, the kinds of remarks with their counts, and the pairs to decide.

    Examples
    --------
    >>> report = am.check_lists([am.read_assets(town.folder / "directory.csv")])
    >>> report.counts.loc["directory", ["rows", "accepted"]].tolist()
    [67, 67]
    """
    register = build_register(
        lists,
        postcodes=postcodes,
        places=places,
        areas=areas,
        area_name=area_name,
        review=review,
        audience="internal",
        as_of=as_of,
        linker=linker,
    )
    log = register.log
    counts = pd.crosstab(log["source"], log["outcome"]).reindex(columns=list(OUTCOMES), fill_value=0)
    counts.insert(0, "rows", counts.sum(axis=1))
    counts.columns.name = None
    shapes = {each.source: each.shape for each in lists if isinstance(each, AssetList)}
    counts["shape"] = [shapes.get(source, "") for source in counts.index]
    return CheckReport(
        register=register,
        counts=counts,
        headings=pd.concat([_headings(each) for each in lists], ignore_index=True),
        remarks=_kinds(log),
        review=review_table(log),
        unchecked=(
            *_unchecked(postcodes, places, areas),
            *_left_out(lists),
            *lists_without_type(list(lists)),
        ),
    )


def _headings(listed: AssetList | pd.DataFrame) -> pd.DataFrame:
    """Return which column each heading became, empty where the register has no such column, and what its cells look like."""
    if isinstance(listed, AssetList):
        table = listed.headings.reindex(columns=["heading", "column", "samples", "guess"], fill_value="")
        source = listed.source
    else:
        heading = pd.Series(listed.columns, dtype="str")
        table = pd.DataFrame({"heading": heading, "column": heading, "samples": "", "guess": ""})
        source = str(listed["source"].iloc[0])
    known = table["column"].isin(
        [*reference_table("column_names").index, *reference_table("site_facts").index]
    )
    return table.assign(column=table["column"].where(known, "")).assign(source=source)[
        ["source", "heading", "column", "samples", "guess"]
    ]


def _kinds(log: pd.DataFrame) -> pd.DataFrame:
    """Count the kinds of remarks: equal but for what belongs to one row. Each is shown in the words of its first row."""
    said = log[log["reason"] != ""]
    text = said["reason"].str.replace(r"^Row \d+: ", "", regex=True)
    kinds = text.str.replace(PARTICULARS, "…", regex=True)
    table = pd.DataFrame({"kind": kinds, "remark": text, "outcome": said["outcome"]})
    table["example"] = (
        said["source"].reindex(kinds.index) + ", row " + said["row"].reindex(kinds.index).astype("str")
    )
    grouped = table.groupby(["outcome", "kind"], sort=False)
    counted = grouped.agg(
        remark=("remark", "first"), rows=("example", "size"), example=("example", "first")
    ).reset_index()
    order = counted["outcome"].map({"rejected": 0, "review": 1, "merged": 2, "accepted": 3})
    counted = counted.assign(order=order).sort_values(
        ["order", "rows"], ascending=[True, False], kind="stable"
    )
    return counted[["outcome", "remark", "rows", "example"]].reset_index(drop=True)


def _left_out(lists: Sequence[AssetList | pd.DataFrame]) -> list[str]:
    """Return a sentence for each sheet or layer that was not read."""
    return [sentence for each in lists if isinstance(each, AssetList) for sentence in each.left_out]


def _unchecked(
    postcodes: pd.DataFrame | None, places: gpd.GeoDataFrame | None, areas: gpd.GeoDataFrame | None
) -> list[str]:
    missing = []
    if postcodes is None:
        missing.append("No postcode file was given, so only the form of postcodes was checked.")
    if places is None:
        missing.append("No places were given, so names of towns were not checked.")
    if areas is None:
        missing.append("No areas were given, so nothing counts as outside.")
    return missing

"""OS Open Names: towns, villages and hamlets, as Ordnance Survey publishes them."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

import geopandas as gpd
import pandas as pd

from assetmap.read.files import members_of, open_bytes, open_member, reader, whole_members
from assetmap.read.official.columns import OPEN_NAMES, headings_of_headerless
from assetmap.read.rows import stream_rows
from assetmap.schema import WORKING_CRS, InputError, first_few

NEEDED: Final = ("ID", "NAME1", "TYPE", "LOCAL_TYPE", "GEOMETRY_X", "GEOMETRY_Y")


@reader
def read_open_names(path: str | Path, *, within: gpd.GeoDataFrame | None = None) -> gpd.GeoDataFrame:
    """Read the populated places of OS Open Names.

    Parameters
    ----------
    path
        The zip as downloaded (many CSVs without header rows), one of its CSVs, or an extract with a
        header row.
    within
        Keep only places in the rectangle around these areas (EPSG:27700).

    Returns
    -------
    geopandas.GeoDataFrame
        Index ``place_id`` (0, 1, ... by name and id); ``name`` (English where the first name is Welsh),
        ``kind`` (city, town, village ...), ``population`` (missing: not in the source) and a point in
        EPSG:27700.

    Raises
    ------
    InputError
        If the file is not OS Open Names.
    """
    path = Path(path)
    try:
        rows = pd.DataFrame(_populated(path), dtype="str")
    except (UnicodeError, csv.Error) as error:
        raise InputError(f"'{path}' could not be read as OS Open Names: {error}") from error
    if not len(rows):
        raise InputError(f"'{path}' has no populated places. Use the zip of CSV files from Ordnance Survey.")
    across, up = pd.to_numeric(rows["GEOMETRY_X"]), pd.to_numeric(rows["GEOMETRY_Y"])
    if within is not None:
        west, south, east, north = within.total_bounds
        inside = across.between(west, east) & up.between(south, north)
        rows, across, up = rows[inside], across[inside], up[inside]
    welsh = rows.get("NAME1_LANG", pd.Series("", index=rows.index)) == "cym"
    second = rows.get("NAME2", pd.Series("", index=rows.index)).fillna("")
    places = gpd.GeoDataFrame(
        {
            "name": second.where(welsh & (second != ""), rows["NAME1"]).str.strip(),
            "kind": rows["LOCAL_TYPE"].str.strip().str.lower(),
            "population": float("nan"),
            "id": rows["ID"],
        },
        geometry=gpd.points_from_xy(across, up, crs=WORKING_CRS),
    )
    places = places.sort_values(["name", "id"]).drop(columns="id")
    return places.set_index(pd.RangeIndex(len(places), name="place_id"))


def _populated(path: Path) -> Iterator[dict[str, str]]:
    """Yield the populated places of the CSVs in a zip, or of one CSV."""
    if path.suffix.lower() != ".zip":
        with open_bytes(path) as stream:
            yield from _of_one(stream, path)
        return
    for member in sorted(whole_members(members_of(path)), key=lambda member: member.filename):
        if re.search(r"(^|/)data/.*\.csv$", member.filename, re.I):
            with open_member(path, member) as stream:
                yield from _of_one(stream, path)


def _of_one(stream: IO[bytes], path: Path) -> Iterator[dict[str, str]]:
    rows = stream_rows(stream)
    header = next(rows, [])
    known = headings_of_headerless(header)
    columns = list(known) or header
    missing = [column for column in NEEDED if column not in columns]
    if missing:
        raise InputError(
            f"'{path}' is not OS Open Names: it has no column {first_few(missing)}; "
            f"it has {first_few(columns, most=12)}."
        )
    kind, kept = columns.index("TYPE"), [k for k, column in enumerate(columns) if column in OPEN_NAMES]
    for row in itertools.chain([header], rows) if known else rows:
        if len(row) > kind and row[kind] == "populatedPlace":
            yield {columns[k]: row[k] if k < len(row) else "" for k in kept}

"""OS Open Names: towns, villages and hamlets, as Ordnance Survey publishes them."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from assetmap.read.look import OPEN_NAMES
from assetmap.schema import WORKING_CRS, InputError, first_few

NEEDED: Final = ("ID", "NAME1", "TYPE", "LOCAL_TYPE", "GEOMETRY_X", "GEOMETRY_Y")


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
    if not path.is_file():
        raise InputError(f"There is no file '{path}'. Check the name and the folder.")
    try:
        parts = list(_tables(path))
    except (zipfile.BadZipFile, OSError, EOFError, ValueError) as error:
        raise InputError(f"'{path}' could not be read as OS Open Names: {error}") from error
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=NEEDED)
    rows = rows[rows["TYPE"] == "populatedPlace"]
    if not len(rows):
        raise InputError(
            f"'{path}' names no populated place: the zip of CSVs from Ordnance Survey is needed."
        )
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


def _tables(path: Path) -> Any:
    if path.suffix.lower() != ".zip":
        yield _table(path.read_bytes(), path)
        return
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            if re.search(r"(^|/)data/.*\.csv$", name, re.I):
                yield _table(archive.read(name), path)


def _table(content: bytes, path: Path) -> pd.DataFrame:
    headerless = content.lstrip(b'\xef\xbb\xbf"')[:4].lower() == b"osgb"
    options: dict[str, Any] = {"names": OPEN_NAMES, "usecols": range(len(OPEN_NAMES))} if headerless else {}
    rows = pd.read_csv(
        io.BytesIO(content),
        dtype=str,
        keep_default_na=False,
        encoding="utf-8-sig",
        header=None if headerless else 0,
        **options,
    )
    missing = [column for column in NEEDED if column not in rows.columns]
    if missing:
        raise InputError(
            f"'{path}' is not OS Open Names: it has no column {first_few(missing)}; "
            f"it has {first_few(rows.columns, most=12)}."
        )
    return rows[[column for column in OPEN_NAMES if column in rows.columns]]

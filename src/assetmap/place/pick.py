"""Choose the official files that fit together: boundaries, need and population of the same year."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from assetmap.place.choice import POSTCODE, Choice, SeveralPlacesError, choose_areas
from assetmap.place.councils import COUNCIL, COUNTY, PARISH, REGION, WARD
from assetmap.place.sections import rows_of
from assetmap.read.areas import read_areas
from assetmap.read.inputs import InputsReport
from assetmap.read.official.columns import canonical_columns, vintage_of
from assetmap.read.official.lookups import read_area_lookup, read_lookup
from assetmap.read.official.postcode_files import read_postcode_file
from assetmap.read.steps import NO_POINTS
from assetmap.read.tables import read_published
from assetmap.schema import InputError, reference_table

BOUNDARY_COLUMN: Final = re.compile(
    r"^(lad|ltla|utla|cauth|rgn|cty|wd|par|parncp)(\d\d)?_?(cd|nm|code|name)(_active)?$", re.IGNORECASE
)
"""Columns of a boundary file that say what its areas belong to: ``LADCD_ACTIVE``, ``UTLACD``, ``LAD25NM``."""

WORDS: Final = {
    "ltla": "lad",
    "rgn": "region",
    "cty": "county",
    "wd": "ward",
    "par": "parish",
    "parncp": "parish",
}
LARGER: Final = {"ward": WARD, "lad": COUNCIL, "pari": PARISH, "utla": COUNTY, "coun": COUNTY, "regi": REGION}


@dataclass(frozen=True)
class Picked:
    """The files that fit together, the small areas chosen from them, and the ward of each small area if known."""

    small: gpd.GeoDataFrame
    choice: Choice
    boundary: dict[str, Any]
    need: dict[str, Any]
    lookup: dict[str, Any] | None
    population: dict[str, Any] | None
    wards: pd.Series | None = None


def pick_files(report: InputsReport, area: str | Path) -> Picked:
    """Choose boundaries, need and population of the same year: the newest that fit together.

    Raises
    ------
    InputError
        If no boundaries fit the need file, or the place is not found or not clear (see `choose_areas`).
    """
    ready = [row | {"path": report.folder / row["file"]} for row in rows_of(report.files)]
    ready = [row for row in ready if row["state"] == "ready"]
    boundaries = [
        row for row in ready if row["kind"] == "boundary" and row["vintage"][:4] in ("lsoa", "msoa", "")
    ]
    needs = sorted(
        (row for row in ready if row["kind"] == "need"), key=lambda row: row["vintage"], reverse=True
    )
    lookup = next((row for row in ready if row["source_id"] == "ons_lsoa11_lsoa21_lookup"), None)
    pairs = []
    for need in needs:
        exact = [b for b in boundaries if b["vintage"][:6] == need["vintage"][:6]]
        others = [b for b in boundaries if b not in exact and b["vintage"][:4] == "lsoa"]
        pairs += [(b, need) for b in [*exact, *_joined(exact), *(others if lookup is not None else [])]]
    problems: dict[str, str] = {}
    best: Picked | None = None
    files = _Places(ready)
    for boundary, need in pairs:
        if best is not None and need is not best.need:
            break
        small = _small_areas(boundary, report.folder)
        try:
            choice, wards = files.choose(small, area, boundary["vintage"])
        except SeveralPlacesError:
            raise
        except InputError as error:
            problems.setdefault(str(error), boundary["file"])
            continue
        if best is None or (len(choice.codes), -len(small)) > (len(best.choice.codes), -len(best.small)):
            converted = lookup if boundary["vintage"][:6] != need["vintage"][:6] else None
            best = Picked(small, choice, boundary, need, converted, _population(ready, boundary), wards)
    if best is None:
        lines = [text if len(problems) == 1 else f"{file}: {text}" for text, file in problems.items()]
        raise InputError("\n".join(lines) or f"No boundaries in '{report.folder}' fit the need file.")
    return best


def small_areas(report: InputsReport) -> gpd.GeoDataFrame:
    """Return all small areas of the newest boundaries in a folder."""
    rows = [row for row in rows_of(report.files) if row["state"] == "ready" and row["kind"] == "boundary"]
    rows = [row for row in rows if row["vintage"][:4] in ("lsoa", "msoa", "")]
    newest = max(rows, key=lambda row: (row["vintage"][:4] == "lsoa", row["vintage"]))
    same = [row for row in rows if row["vintage"][:6] == newest["vintage"][:6]]
    return _small_areas((_joined(same) or same)[0], report.folder)


def _joined(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return several boundary files of one kind as one: a county may come as a file for each of its districts."""
    return [rows[0] | {"parts": [row["file"] for row in rows]}] if len(rows) > 1 else []


def _small_areas(boundary: dict[str, Any], folder: Path) -> gpd.GeoDataFrame:
    """Read the small areas of a boundary file, or of several that are joined; an area that two files have is one."""
    tables = [read_areas(folder / file) for file in boundary.get("parts", [boundary["file"]])]
    if len(tables) == 1:
        return tables[0]
    small = gpd.GeoDataFrame(pd.concat(tables), crs=tables[0].crs)
    return small[~small.index.duplicated()]


def is_names(row: dict[str, Any]) -> bool:
    """Return whether a file has names that people know for middle layer areas."""
    return bool(reference_table("sources").loc[row["source_id"], "reader"] == "read_known_names")


class _Places:
    """What the files of a folder say about places, each file read once."""

    def __init__(self, ready: list[dict[str, Any]]) -> None:
        self.changes = [
            read_lookup(row["path"]) for row in ready if row["source_id"] == "ons_lsoa11_lsoa21_lookup"
        ]
        self.tables: list[tuple[str, pd.DataFrame]] = []
        self.larger: list[gpd.GeoDataFrame] = []
        self.postcode_file: Path | None = None
        for row in ready:
            if row["kind"] in ("need", "lookup") and not is_names(row):
                self.tables.append((row["vintage"][:6], self._table(row)))
            elif row["kind"] == "boundary" and row["vintage"][:4] in LARGER:
                self.larger.append(read_areas(row["path"]).assign(kind=LARGER[row["vintage"][:4]]))
            elif row["kind"] == "postcodes" and row["source_id"] not in NO_POINTS:
                self.postcode_file = self.postcode_file or row["path"]

    def choose(
        self, small: gpd.GeoDataFrame, area: str | Path, vintage: str
    ) -> tuple[Choice, pd.Series | None]:
        """Return the small areas of a place, and the ward of each if it is known."""
        memberships = [_belongs_to(small)]
        for other, table in self.tables:
            same = other == vintage[:6]
            memberships.append(table if same else _brought_over(table, other, self.changes))
        postcodes = None
        if self.postcode_file is not None and POSTCODE.match(str(area).strip()):
            postcodes = read_postcode_file(self.postcode_file)
        choice = choose_areas(area, small, memberships=memberships, larger=self.larger, postcodes=postcodes)
        return choice, _wards(small.loc[list(choice.codes)], memberships, self.larger)

    @staticmethod
    def _table(row: dict[str, Any]) -> pd.DataFrame:
        if row["kind"] == "need":
            return membership_in(row["path"])
        if row["source_id"] == "ons_lsoa11_lsoa21_lookup":
            return _of_changes(row["path"])
        return read_area_lookup(row["path"])


def _belongs_to(small: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return what a boundary file itself says its areas belong to."""
    found: dict[str, pd.Series] = {}
    for column in small.columns:
        match = BOUNDARY_COLUMN.fullmatch(str(column))
        if match:
            geography = WORDS.get(match[1].casefold(), match[1].casefold())
            ending = "code" if match[3].casefold() in ("cd", "code") else "name"
            found.setdefault(f"{geography}{match[2] or ''}_{ending}", small[column])
    return pd.DataFrame(found, index=small.index)


def _of_changes(path: Path) -> pd.DataFrame:
    """Return the councils that the lookup between LSOA 2011 and 2021 gives to the newer areas."""
    table = need_table(path)
    columns = canonical_columns(table.columns)
    kept = {name: column for name, column in columns.items() if name.startswith("lad")}
    codes = pd.Index(table[columns["lsoa21_code"]].str.strip(), name="area_code")
    found = pd.DataFrame(
        {name: table[column].str.strip().to_numpy() for name, column in kept.items()}, index=codes
    )
    return found[~found.index.duplicated()]


def _wards(
    areas: gpd.GeoDataFrame, memberships: list[pd.DataFrame], larger: list[gpd.GeoDataFrame]
) -> pd.Series | None:
    """Return the name of the ward of each area: from a lookup, else from the ward that its middle is in."""
    for table in memberships:
        for column in table.columns:
            if re.fullmatch(r"ward\d\d_name", str(column)) and table.index.isin(areas.index).any():
                return table[column].reindex(areas.index)
    for shapes in larger:
        if len(shapes) and shapes["kind"].iloc[0] == WARD:
            points = gpd.GeoDataFrame(geometry=areas.geometry.representative_point(), crs=areas.crs)
            joined = points.sjoin(shapes[["area_name", "geometry"]], predicate="within")
            names = joined["area_name"][~joined.index.duplicated()].reindex(areas.index)
            if names.notna().any():
                return names
    return None


def _brought_over(table: pd.DataFrame, vintage: str, changes: list[pd.DataFrame]) -> pd.DataFrame:
    """Return a membership table on the codes of the other year; empty without the official changes."""
    if not changes or vintage not in ("lsoa11", "lsoa21"):
        return table.iloc[:0]
    here, there = f"{vintage}_code", "lsoa11_code" if vintage == "lsoa21" else "lsoa21_code"
    pairs = changes[0].drop_duplicates(there).set_index(here)[there]
    same = table.index[~table.index.isin(changes[0][here])]
    moved = table.join(pd.concat([pairs, pd.Series(same, index=same, name=there)]), how="inner")
    return moved.set_index(pd.Index(moved.pop(there), name="area_code"))


def membership_in(path: Path) -> pd.DataFrame:
    """Return the councils that a need file gives for its small areas."""
    table = need_table(path)
    columns = canonical_columns(table.columns)
    vintage = vintage_of(columns.values())
    codes = table[columns[f"{vintage}_code"]] if vintage else pd.Series(dtype=str)
    found = pd.DataFrame({name: table[column].str.strip() for name, column in columns.items()})
    return found.set_index(pd.Index(codes.str.strip(), name="area_code"))


def _population(ready: list[dict[str, Any]], boundary: dict[str, Any]) -> dict[str, Any] | None:
    """Return the newest population file with the codes of the boundaries."""
    fits = [
        row
        for row in ready
        if row["kind"] == "population"
        and "cars" not in row["source_id"]
        and row["vintage"][: len(boundary["vintage"])] in (boundary["vintage"], boundary["vintage"][:4])
    ]
    return max(fits, key=lambda row: str(row["vintage"])[-4:], default=None)


def need_table(path: Path) -> pd.DataFrame:
    """Read a file of need; of a workbook, the sheet that has codes of small areas."""
    return read_published(path, wanted=lambda row: vintage_of(row) is not None).table

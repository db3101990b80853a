"""Choose the official files that fit together: boundaries, need and population of the same year."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from assetmap.place.choice import Choice, choose_areas
from assetmap.place.sections import rows_of
from assetmap.read.areas import read_areas
from assetmap.read.inputs import InputsReport
from assetmap.read.official.columns import canonical_columns, vintage_of
from assetmap.read.official.lookups import read_area_lookup, read_lookup
from assetmap.read.official.postcode_files import read_postcode_file
from assetmap.read.tables import read_published
from assetmap.schema import InputError


@dataclass(frozen=True)
class Picked:
    """The files that fit together, and the small areas chosen from them."""

    small: gpd.GeoDataFrame
    choice: Choice
    boundary: dict[str, Any]
    need: dict[str, Any]
    lookup: dict[str, Any] | None
    population: dict[str, Any] | None


def pick_files(report: InputsReport, area: str | Path) -> Picked:
    """Choose boundaries, need and population of the same year: the newest that fit together."""
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
        pairs += [(b, need) for b in [*exact, *(others if lookup is not None else [])]]
    problems: list[str] = []
    best: Picked | None = None
    for boundary, need in pairs:
        if best is not None and need is not best.need:
            break
        small = read_areas(report.folder / boundary["file"])
        try:
            choice = _choice(ready, small, area, boundary["vintage"])
        except InputError as error:
            problems.append(f"{boundary['file']}: {error}")
            continue
        if best is None or (len(choice.codes), -len(small)) > (len(best.choice.codes), -len(best.small)):
            converted = lookup if boundary["vintage"][:6] != need["vintage"][:6] else None
            best = Picked(small, choice, boundary, need, converted, _population(ready, boundary))
    if best is None:
        raise InputError(
            "\n".join(dict.fromkeys(problems)) or f"No boundaries in '{report.folder}' fit the need file."
        )
    return best


def _choice(ready: list[dict[str, Any]], small: gpd.GeoDataFrame, area: str | Path, vintage: str) -> Choice:
    memberships, larger, postcodes = [], [], None
    changes = [read_lookup(row["path"]) for row in ready if row["source_id"] == "ons_lsoa11_lsoa21_lookup"]
    for row in ready:
        if row["kind"] in ("need", "lookup") and row["source_id"] != "ons_lsoa11_lsoa21_lookup":
            table = membership_in(row["path"]) if row["kind"] == "need" else read_area_lookup(row["path"])
            if row["vintage"][:6] != vintage[:6]:
                table = _brought_over(table, row["vintage"][:6], changes)
            memberships.append(table)
        elif row["kind"] == "boundary" and row["vintage"][:4] in ("ward", "lad2", "lad1", "pari"):
            larger.append(read_areas(row["path"]))
        elif row["kind"] == "postcodes" and postcodes is None and row["source_id"] != "ons_postcode_lookup":
            postcodes = read_postcode_file(row["path"])
    return choose_areas(area, small, memberships=memberships, larger=larger, postcodes=postcodes)


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

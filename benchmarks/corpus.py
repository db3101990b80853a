"""How many rows of lists are understood at first try, without ``--column``: name, type and place.

Two sets: the shapes of ``list_shapes.py`` (invented content, judged with the example area), and every list among the official files
beside the project, judged with the postcodes of Great Britain. A row is right if the register has it under its name, with one of the
types that are right for it, and near its place. A row whose file says nothing usable of its place is left out.

Run ``python benchmarks/corpus.py`` to print the table of docs/your_lists.md, ``--lost`` to print each row that is lost and why.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

import assetmap as am
from assetmap.read.places import read_places
from assetmap.register.words import plain_text
from assetmap.schema import data_folder

sys.path.insert(0, str(Path(__file__).parent))
from list_shapes import Row, write_shapes
from register import gb_postcodes, official

KNOWN_M: Final = 1_000.0
"""How near an official row must be to its own coordinates or postcode."""


@dataclass(frozen=True)
class Understood:
    """How one list was understood: rows with a place, those that are right, and a sentence for each that is not."""

    name: str
    rows: int
    name_right: int
    type_right: int
    place_right: int
    right: int
    lost: tuple[str, ...]


def judge(name: str, file: Path, rows: tuple[Row, ...], known: dict[str, Any]) -> Understood:
    """Read a list at first try and compare its rows with what they are."""
    try:
        register = am.build_register(am.read_assets(file), audience="internal", **known)
    except am.AssetmapError as error:
        return Understood(name, len(rows), 0, 0, 0, 0, (f"the whole file: {error}",))
    return compare(name, register.log, register.assets, rows)


def compare(name: str, log: pd.DataFrame, assets: pd.DataFrame, rows: tuple[Row, ...]) -> Understood:
    """Compare what a register says of the rows of a list with what they are."""
    found = log.groupby(log["name"].map(lambda said: " ".join(plain_text(str(said)).split()).casefold()))
    order: dict[str, int] = {}
    counts = np.zeros(4, dtype=int)
    lost = []
    for row in rows:
        key = " ".join(row.name.split()).casefold()
        part = found.get_group(key) if key in found.groups else log.iloc[:0]
        at = order[key] = order.get(key, -1) + 1
        entry = part.iloc[at] if at < len(part) else None
        asset = (
            assets.loc[entry["asset_id"]] if entry is not None and entry["asset_id"] in assets.index else None
        )
        point = None if asset is None or asset.geometry is None else asset.geometry
        near = point is not None and np.hypot(point.x - row.x, point.y - row.y) <= row.within_m
        said = (entry is not None, asset is not None and asset["asset_type"] in row.types, bool(near))
        counts += [*said, all(said)]
        if not all(said):
            what = (
                "name"
                if not said[0]
                else ""
                if asset is not None
                else f"not in the register ({entry['reason']})"
            )
            if not what:
                what = ", ".join(
                    word
                    for word, right in ((f"type {asset['asset_type']}", said[1]), ("place", said[2]))
                    if not right
                )
            lost.append(f"{row.name} ({'|'.join(row.types)}): {what}")
    return Understood(name, len(rows), *(int(count) for count in counts), tuple(lost))


def judge_shapes(folder: Path) -> Iterator[Understood]:
    """Judge every shape with the example area."""
    where = data_folder() / "cornwall"
    known = {
        "postcodes": am.read_postcodes(where / "postcodes.csv.gz"),
        "places": read_places(where / "places.csv"),
        "areas": am.read_areas(where / "areas.gpkg"),
        "area_name": "Cornwall",
    }
    for each in write_shapes(folder):
        yield judge(each.name, each.file, each.rows, known)


Types = Callable[[pd.Series], tuple[str, ...]]


def judge_official(folder: Path) -> Iterator[Understood]:
    """Judge every list among the official files."""
    postcodes = gb_postcodes(folder)
    points = {
        code.replace(" ", ""): (code, east, north)
        for code, east, north in postcodes[["easting", "northing"]].dropna().itertuples(name=None)
    }
    for file, name, types in OFFICIAL:
        path = folder / file
        table = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
        rows = tuple(_rows(table, name, types, points))
        yield judge(path.name, path, rows, {"postcodes": postcodes})


def _rows(
    table: pd.DataFrame, name: str, types: Types, points: dict[str, tuple[str, float, float]]
) -> Iterator[Row]:
    """Return the rows of an official list that can be placed, with where they are."""
    headings = {column.casefold(): column for column in table.columns}
    for _, row in table.iterrows():
        written = row[headings["postcode"]].upper().replace(" ", "") if "postcode" in headings else ""
        code, east, north = points.get(written, ("", np.nan, np.nan))
        if not code and "easting" in headings and row[headings["easting"]]:
            east, north = float(row[headings["easting"]]), float(row[headings["northing"]])
        if np.isfinite(east):
            yield Row(row[name], types(row), "", code, east, north, "", KNOWN_M)


def _library(row: pd.Series) -> tuple[str, ...]:
    """Return what a row of a list of libraries is, by its kind and its name."""
    said = " ".join(
        str(row.get(c, ""))
        for c in ("type", "Type", "name", "Name", "Library name", "Type of library", "library", "kind")
    )
    said = said.casefold()
    name = str(row.get("name", row.get("Name", ""))).strip().casefold()
    if "prison" in said or "hmp" in said:
        return ("prison_library",)
    if "mobile" in said or re.search(r"home library service|book ?bus", said):
        # Some branches are called mobile by mistake.
        return (
            ("mobile_library", "library")
            if re.search(r"library( &|$)", name) and "mobile" not in name
            else ("mobile_library",)
        )
    if "support unit" in said:
        return ("library_depot",)
    if "micro" in said:
        return ("micro_library",)
    if "local history" in said or "archive" in said:
        return ("archive", "library")
    return ("library",)


def _school(row: pd.Series) -> tuple[str, ...]:
    said = f"{row['establishment_type']} {row['establishment_name']}"
    if "Higher" in said:
        return ("university",)
    if "Further" in said or "16 to 19" in said:
        return ("college",)
    return ("playgroup", "school") if "nursery" in said.casefold() else ("school",)


OFFICIAL: Final[tuple[tuple[str, str, Types], ...]] = (
    ("libraries/libraries_england_2023.csv", "name", _library),
    ("places/libraries_2023_enhanced.csv", "Name", _library),
    ("libraries/taskforce_2016_geocoded_libraries.csv", "name", _library),
    ("libraries/schema_cornwall_council_2025-04.csv", "Library name", _library),
    ("libraries/cornwall_libraries_devolution.csv", "library", _library),
    ("places/gias_schools_cornwall_2025-05.csv", "establishment_name", _school),
    ("../facts/cornwall_libraries.csv", "name", _library),
    ("../facts/cornwall_groups.csv", "name", lambda row: (row["asset_type"],)),
)
"""Official lists with coordinates or postcodes: file, column of names, and what each row is."""


WITHOUT_PLACES: Final = (
    "service_list_test",
    "service_full",
    "service_full_Default",
    "service_full_Fail",
    "service_full_Warn",
)
"""Samples of Open Referral UK: none says a place in England (a sample service lies at 100, 101), so only names can be judged."""


def named_services(folder: Path) -> list[tuple[str, int, int]]:
    """Return for each sample of Open Referral UK its services, and how many the log of a register names."""
    found = []
    for name in WITHOUT_PLACES:
        path = folder / "oruk" / f"{name}.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        names = [service["name"] for service in content.get("contents", [content])]
        log = am.build_register(am.read_assets(path), audience="internal").log
        found.append((path.name, len(names), sum(a == b for a, b in zip(names, log["name"], strict=False))))
    return found


def table_of_lists(understood: list[Understood]) -> str:
    """Return the table of the docs: rows right in name, type, place and in all three, for each list and together."""
    lines = ["| list | rows | name | type | place | all three |", "|---|---|---|---|---|---|"]
    for each in understood:
        lines.append(
            f"| {each.name} | {each.rows} | {each.name_right} | {each.type_right} | {each.place_right} | {each.right} |"
        )
    rows, right = sum(e.rows for e in understood), sum(e.right for e in understood)
    lines.append(f"| together | {rows} | | | | {right} = {right / rows:.1%} |")
    return "\n".join(lines)


def main() -> None:
    """Print both tables, and with ``--lost`` each row that is lost."""
    with tempfile.TemporaryDirectory() as folder:
        sets = [list(judge_shapes(Path(folder)))]
    if "--shapes" not in sys.argv[1:]:
        sets.append(list(judge_official(official())))
        for name, services, named in named_services(official()):
            print(f"{name}: {named} of {services} services are in the log under their names")
    for understood in sets:
        print(table_of_lists(understood))
        if "--lost" in sys.argv[1:]:
            for each in understood:
                for sentence in each.lost:
                    print(f"  {each.name}: {sentence}")


if __name__ == "__main__":
    main()

"""What an inputs folder holds: what each file is, how old it is, whether it can be used, and what is missing.

A file is recognised by its column names, never by its own name; ``data/tables/sources.csv`` says which columns
make which source. A recognised file is then read as a build would read it, so that "ready" means ready.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from assetmap.read.action.conditions import read_conditions
from assetmap.read.action.grants import read_grants
from assetmap.read.action.recognise import OWN, PUBLISHED_GRANTS, describe_action, kind_of
from assetmap.read.areas import read_areas
from assetmap.read.lists.assets import WHERE, read_assets
from assetmap.read.lists.headings import column_meanings
from assetmap.read.lists.json_text import RECORDS
from assetmap.read.look import SIDECARS, TABLES, Look, Part, look_into
from assetmap.read.maps import is_map
from assetmap.read.official.columns import canonical_columns, canonical_name, vintage_of
from assetmap.read.official.known_names import read_known_names
from assetmap.read.official.lookups import read_area_lookup, read_lookup
from assetmap.read.official.need import read_need
from assetmap.read.official.open_names import read_open_names
from assetmap.read.official.population import read_population
from assetmap.read.official.postcode_files import read_postcode_file
from assetmap.read.official.postcodes import read_postcodes
from assetmap.read.outcomes.counts import read_counts
from assetmap.read.outcomes.outcomes import read_outcomes
from assetmap.read.places import read_places
from assetmap.read.steps import OPTIONAL, steps_of
from assetmap.read.tables import SPREADSHEETS, heading_key
from assetmap.read.transport.recognise import describe_transport
from assetmap.read.transport.roads import read_roads
from assetmap.read.transport.timetable import read_timetable
from assetmap.schema import InputError, reference_table

COLUMNS: Final = (
    "file",
    "state",
    "kind",
    "source_id",
    "title",
    "vintage",
    "rows",
    "reason",
    "use",
    "counts_people",
    "covers",
)
LIST: Final = "assets_list"
"""The row of ``sources.csv`` for a list of one's own."""

NOWHERE: Final = "it has names, but nothing in it says where they are"

OWN_FILES: Final = ("sources.json", "assetmap.toml", "made.json")
MONTH: Final = re.compile(
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-_ ]?(?:20)?\d\d(?!\d)|20\d\d[-_]\d\d(?!\d)",
    re.I,
)
"""How publishers write the month of an edition into a file name."""

LARGEST_GUESSED: Final = 20 * 2**20
"""Bytes; a larger file that is no known source is read through only if its headings are those of a list."""

LARGEST_CHECKED: Final = 300 * 2**20
"""Bytes; a larger file is recognised but not read through."""


@dataclass(frozen=True)
class InputsReport:
    """What an inputs folder holds.

    ``files``: one row per file: ``file`` (relative), ``state`` (``ready``, ``broken``, ``not used``), ``kind``,
    ``source_id``, ``title``, ``vintage``, ``rows`` (missing where not counted), ``reason`` (what is wrong), ``use``
    (the steps that it is for), ``counts_people`` (whether it has a population), ``covers`` (how much of a place roads and
    timetables cover; empty until a place is known, see `assetmap.place.inspect_place`).
    ``steps``: one row per step of a build: ``step``, ``ready`` (true or false), ``files``, ``missing`` (what to
    add and where to get it; empty where ready).
    """

    folder: Path
    files: pd.DataFrame
    steps: pd.DataFrame

    @property
    def lacking(self) -> pd.DataFrame:
        """Return the rows of ``steps`` without which no project can be made."""
        return self.steps[~self.steps["ready"] & ~self.steps["step"].isin(OPTIONAL)]


def inspect_inputs(folder: str | Path) -> InputsReport:
    """Report what every file in a folder is, and what each step of a build still needs.

    Parameters
    ----------
    folder
        A folder of official files and lists, as downloaded; folders inside it are included.

    Returns
    -------
    InputsReport
        One row per file and one per step.

    Raises
    ------
    InputError
        If there is no such folder.

    Examples
    --------
    >>> "libraries.csv" in set(am.read.inspect_inputs(town.folder).files["file"])
    True
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f"There is no folder '{folder}'. Give the folder that holds the files.")
    rows = [inspect_file(path, folder=folder) for path in _files(folder)]
    files = pd.DataFrame(rows, columns=list(COLUMNS))
    files["rows"] = files["rows"].astype("Int64")
    return report_of(folder, files)


def report_of(folder: Path, files: pd.DataFrame) -> InputsReport:
    """Return the report on a folder whose files were inspected: which step each is for, and what is missing."""
    files = files.copy()
    steps = steps_of(files)
    files["use"] = [
        ", ".join(step for step, names in zip(steps["step"], steps["each"], strict=True) if file in names)
        for file in files["file"]
    ]
    return InputsReport(folder, files, steps.drop(columns="each"))


def inspect_file(path: Path, *, folder: Path) -> dict[str, Any]:
    """Report what one file is and whether it can be used: a row of ``InputsReport.files``."""
    row: dict[str, Any] = dict.fromkeys(COLUMNS, "")
    row |= {
        "file": path.relative_to(folder).as_posix(),
        "state": "not used",
        "rows": None,
        "counts_people": False,
    }
    transport = describe_transport(path, whole=path.stat().st_size <= LARGEST_CHECKED)
    if transport is not None:
        return row | transport
    look = look_into(path)
    found = None if look.problem else recognise(look)
    if found is None or found[0]["kind"] in ("assets", *OWN):
        kind = _action_kind(path, look, found)
        return row | (describe_action(path, kind) if kind else _as_list(path, look, found))
    source, part = found
    row |= _named(source) | {"vintage": _vintage(source["kind"], part, path), "rows": part.rows}
    try:
        row["counts_people"] = _read_through(path, source, part)
    except InputError as error:
        return row | {"state": "broken", "reason": str(error)}
    return row


def action_kind(path: Path) -> str:
    """Return which file about social action or outcomes a file is (`READERS`); empty for a list and any other file."""
    if path.suffix.lower() not in (*TABLES, *SPREADSHEETS):
        return ""
    look = look_into(path)
    found = None if look.problem else recognise(look)
    return "" if found and found[0]["kind"] not in ("assets", *OWN) else _action_kind(path, look, found)


def _action_kind(path: Path, look: Look, found: tuple[dict[str, str], Part] | None) -> str:
    """Return the kind; empty for published grants, which are a list of the groups that received them as well."""
    if found is not None and found[0]["source_id"] in PUBLISHED_GRANTS:
        return ""
    return kind_of(path, look)


def _named(source: dict[str, str]) -> dict[str, Any]:
    return {
        "state": "ready",
        "kind": source["kind"],
        "source_id": source["source_id"],
        "title": source["title"],
    }


def _as_list(path: Path, look: Look, found: tuple[dict[str, str], Part] | None) -> dict[str, Any]:
    """Say whether a file is a list, by reading it as a register reads it; ``found`` is the published list that it is."""
    suffix = path.suffix.lower()
    unread: dict[str, Any] = {"reason": "it is not a table"}
    if look.problem:
        unread = {"state": "broken", "reason": look.problem}
    elif look.parts:
        counted = look.parts[0].rows if len(look.parts) == 1 else None
        unread = {
            "reason": "its columns are not those of any source in data/tables/sources.csv",
            "rows": counted,
        }
    damaged = bool(look.problem) and suffix == ".zip"
    if damaged or (suffix not in (*TABLES, *SPREADSHEETS, *RECORDS, ".zip") and not is_map(path)):
        return unread
    if path.stat().st_size > LARGEST_CHECKED:
        return _named(found[0]) | {"rows": found[1].rows} if found else unread
    if found is None and path.stat().st_size > LARGEST_GUESSED and not any(map(_promises, look.parts)):
        return unread
    try:
        listed = read_assets(path)
    except InputError as error:
        return {"state": "broken", "reason": str(error)} if found and not look.problem else unread
    if found is None and not (
        isinstance(listed.table, gpd.GeoDataFrame) or set(WHERE) & set(listed.table.columns)
    ):
        return unread if look.problem else unread | {"reason": NOWHERE, "rows": len(listed.table)}
    sources = reference_table("sources")
    name = found[0]["source_id"] if found else listed.shape if listed.shape in sources.index else LIST
    source = {"source_id": name, **{str(key): str(value) for key, value in sources.loc[name].items()}}
    vintage = _vintage("assets", found[1], path) if found else ""
    return _named(source) | {"vintage": vintage, "rows": len(listed.table)}


def _promises(part: Part) -> bool:
    """Say whether the headings of a table are those of a list."""
    meanings = set(column_meanings(list(part.headings)).values())
    return "name" in meanings and (part.geometry or bool(set(WHERE) & meanings))


def recognise(look: Look) -> tuple[dict[str, str], Part] | None:
    """Return the row of ``sources.csv`` and the part of a file that fit best, or None where none fits.

    Every column that a row names must be there; of several rows the one that names most wins, of equal
    ones the first.
    """
    best, most = None, 0
    table = reference_table("sources").reset_index()
    for part in look.parts:
        words = _words(part.headings)
        for source in table.to_dict("records"):
            if part.geometry != (source["kind"] == "boundary") and source["kind"] != "assets":
                continue
            tokens = [token for token in str(source["recognised_by"]).split("|") if token]
            if len(tokens) > most and all(_is_there(token, words) for token in tokens):
                best, most = ({str(name): str(value) for name, value in source.items()}, part), len(tokens)
    return best


def _files(folder: Path) -> list[Path]:
    found = []
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)
        sidecar = path.suffix.lower() in SIDECARS and path.with_suffix(".shp").is_file()
        if path.is_file() and not hidden and not sidecar and path.name not in OWN_FILES:
            found.append(path)
    return found


def _words(headings: tuple[str, ...]) -> set[str]:
    words = {" ".join(heading.replace("\ufeff", "").casefold().split()) for heading in headings}
    words |= {heading_key(heading) for heading in headings}
    return words | {name for heading in headings if (name := canonical_name(heading))}


def _is_there(token: str, words: set[str]) -> bool:
    if "#" not in token and "*" not in token:
        return token in words
    pattern = re.compile(re.escape(token).replace(r"\#\#", r"\d\d").replace(r"\*", ".*"))
    return any(pattern.fullmatch(word) for word in words)


def _vintage(kind: str, part: Part, path: Path) -> str:
    if kind == "lookup":
        geographies = [
            name.removesuffix("_code") for name in canonical_columns(part.headings) if name.endswith("_code")
        ]
        return ", ".join(name for name in geographies if name != "change")
    if kind in ("boundary", "need", "population"):
        dates = [
            value
            for heading, value in zip(part.headings, part.first, strict=False)
            if "date" in heading.casefold()
        ]
        mids = " ".join(heading for heading in part.headings if "mid" in heading.casefold())
        years = [_year(text) for text in (*dates, mids, part.name, path.stem)]
        year = next((year for year in years if year), "") if kind == "population" else ""
        codes = {"E01": "lsoa", "E02": "msoa"}
        from_codes = next((codes[v[:3]] for v in part.first if re.fullmatch(r"E0[12]\d{6}", v)), "")
        return ", ".join(text for text in (vintage_of(part.headings) or from_codes, year) if text)
    found = MONTH.search(path.stem)
    return found[0].replace("_", " ") if found else ""


def _year(text: str) -> str:
    found = re.search(r"(?:mid|^|[^\d])[- _]?(20[012]\d)(?!\d)", text.casefold())
    return found[1] if found else ""


def _read_through(path: Path, source: dict[str, str], part: Part) -> bool:
    """Read a file as a build would, and return whether it has a population.

    Raises
    ------
    InputError
        If it cannot be used; a population file also if it has no population.
    """
    kind = source["kind"]
    reader = _reader(source)
    if reader is None or path.stat().st_size > LARGEST_CHECKED:
        named = any("population" in heading.casefold() for heading in part.headings)
        return kind == "population" or (kind == "need" and named)
    found = reader(path)
    if kind not in ("population", "need") or "cars" in source["source_id"]:
        return False
    if not isinstance(found, pd.DataFrame):
        return False
    people = found["population"] if "population" in found.columns else pd.Series(dtype=float)
    counts = bool(pd.to_numeric(people, errors="coerce").sum() > 0)
    if kind == "population" and not counts:
        raise InputError("it has no population: every cell is empty or 0")
    return counts


def _reader(source: dict[str, str]) -> Callable[[Path], object] | None:
    if source["reader"] == "read_need":
        families = reference_table("need_indices")["family"].unique()
        family = next(name for name in families if source["source_id"].startswith(name))
        return lambda path: read_need(path, index=family)
    readers: dict[str, Callable[[Path], object]] = {
        "read_areas": read_areas,
        "read_population": read_population,
        "read_lookup": read_lookup,
        "read_area_lookup": read_area_lookup,
        "read_known_names": read_known_names,
        "read_postcode_file": read_postcode_file,
        "read_postcodes": read_postcodes,
        "read_open_names": read_open_names,
        "read_places": read_places,
        "read_assets": read_assets,
        "read_roads": read_roads,
        "read_timetable": read_timetable,
        "read_conditions": read_conditions,
        "read_grants": read_grants,
        "read_counts": read_counts,
        "read_outcomes": read_outcomes,
    }
    return readers.get(source["reader"])

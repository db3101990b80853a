"""Lists in a published format become the columns of the register.

A format is recognised by columns that only it has; its name is its row in ``data/tables/sources.csv``. What it
does not say is left empty, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

import pandas as pd

from assetmap.read.lists.stops import ARRIVES, LEAVES, OFTEN, STOP, stop_columns
from assetmap.read.tables import heading_key
from assetmap.schema import reference_table

PRISON: Final = re.compile(
    r"\b(?:hmp|hmyoi|hm prison|prison|yoi|young offenders?|immigration removal|detention)\b"
)
"""Names of libraries that the public cannot enter: they are listed, and count for nobody's way to a library."""

VAN: Final = re.compile(r"\b(?:super)?mobile\b|\bbook ?bus\b|\bhome library service\b")
STORE: Final = re.compile(r"\blibrary (?:support|headquarters|hq|store|depot)\b")
"""Names of vans, and of offices and stores of a library service."""

Reader = Callable[[pd.DataFrame], pd.DataFrame]

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SPAN: Final = re.compile(r"(\d{1,2})[:.]?(\d\d)?\s*(?:-|–|to)\s*(\d{1,2})[:.]?(\d\d)?")


def known_shape(headings: list[str]) -> str:
    """Return the name of the published shape that a list with these headings has, ``""`` for none."""
    keys = {heading_key(heading) for heading in headings}
    for name, (columns, _) in SHAPES.items():
        if all(any(re.fullmatch(column, key) for key in keys) for column in columns):
            return name
    return ""


def in_own_columns(table: pd.DataFrame, shape: str) -> pd.DataFrame:
    """Return a list of a published shape with columns of the register where the shape has them.

    Parameters
    ----------
    table
        Text cells under the published headings; ``row`` is kept.
    shape
        As `known_shape` returned it.

    Returns
    -------
    pandas.DataFrame
        The same rows; derived columns are added to those of the file.
    """
    return SHAPES[shape][1](table)


def _ace_libraries(table: pd.DataFrame) -> pd.DataFrame:
    """Read the basic dataset for libraries of Arts Council England and DCMS.

    The latest ``operation_`` column says who runs it and whether it is open; where that is not known, hours
    of opening say it is open. Micro-libraries are recognised by their names.
    """
    cell = _cells(table)
    latest = max(key for key in cell if re.fullmatch(r"operation \d\d", key))
    statutory = cell.get(f"statutory {latest[-2:]}", cell[latest].where(cell[latest] == "", ""))
    return _with(
        table, _ace_columns(cell, latest, hours=cell["hours"]) | {"statutory": statutory.str.casefold()}
    )


def _ace_libraries_enhanced(table: pd.DataFrame) -> pd.DataFrame:
    """Read the basic dataset for libraries in the edition with coordinates and full headings ("Operation in 2023").

    As `_ace_libraries`; a library with a year of closing is closed.
    """
    cell = _cells(table)
    latest = max(key for key in cell if re.fullmatch(r"operation in 20\d\d", key))
    statutory = cell.get(f"statutory in {latest[-4:]}", cell[latest].where(cell[latest] == "", ""))
    hours = cell.get("hours open per week", pd.Series("", index=table.index))
    columns = _ace_columns(cell, latest, hours=hours)
    closed = pd.to_numeric(cell["year closed"], errors="coerce").notna()
    columns["status"] = columns["status"].where(~closed, "closed")
    columns["operator_type"] = columns["operator_type"].where(~closed, "")
    return _with(
        table,
        columns
        | {
            "authority": cell["upper tier local authority"],
            "weekly_hours": hours,
            "closed_year": cell["year closed"],
            "statutory": statutory.str.casefold(),
        },
    )


def _ace_columns(cell: dict[str, pd.Series], latest: str, *, hours: pd.Series) -> dict[str, pd.Series]:
    """Return type, status and operator of libraries from their latest operation column."""
    code = _library_codes(cell[latest])
    status = _status(code["open"])
    status = status.where(_codes(cell[latest]) != "NOT_OPEN", "proposed")
    status = status.mask((status == "unknown") & (pd.to_numeric(hours, errors="coerce") > 0), "open")
    operator = cell["operating organisation"]
    return {
        "asset_type": _library_types(cell["type"], cell["name"]),
        "status": status,
        "operator_type": code["operator_type"],
        "operator": operator.where(operator != "-", ""),
    }


def _librarieshacked(table: pd.DataFrame) -> pd.DataFrame:
    """Read the library schema of LibrariesHacked: a code per library, hours per day, years of opening."""
    cell = _cells(table)
    code = _library_codes(cell["type of library"])
    closed = pd.to_numeric(cell["year closed"], errors="coerce").notna()
    status = _status(code["open"])
    hours = sum(
        (cell[key].map(_hours) for key in cell if key.split(" ")[0] in DAYS and key.endswith("hours")),
        start=pd.Series(0.0, index=table.index),
    )
    return _with(
        table,
        {
            "asset_type": _library_types(cell["type of library"], cell["library name"]),
            "status": status.where(~closed, "closed"),
            "operator_type": code["operator_type"].where(~closed, ""),
            "weekly_hours": pd.Series([f"{h:g}" if h > 0 else "" for h in hours], index=table.index),
            "statutory": cell["statutory"].str.casefold(),
        },
    )


def _mobile_stops(table: pd.DataFrame) -> pd.DataFrame:
    """Read a timetable of mobile library stops: every stop is a place of its own, with its hours."""
    return _with(table, stop_columns(_cells(table)))


def _taskforce_2016(table: pd.DataFrame) -> pd.DataFrame:
    """Read the list of the Libraries Taskforce of 2016."""
    cell = _cells(table)
    code = _library_codes(cell["type"])
    closed = (cell["closed"] != "") | (cell["type"] == "") & (cell["closed year"] != "")
    return _with(
        table,
        {
            "asset_type": _library_types(cell["type"], cell["name"]),
            "status": pd.Series("open", index=table.index).where(~closed, "closed"),
            "operator_type": code["operator_type"].where(~closed, ""),
            "closed_year": cell["closed year"],
            "statutory": cell["statutory2016"].replace({"t": "yes", "f": "no"}),
        },
    )


def _charity_commission(table: pd.DataFrame) -> pd.DataFrame:
    """Read the public extract of the Charity Commission: one row per charity, linked ones with their number."""
    cell = _cells(table)
    linked = cell.get("linked charity number", pd.Series("0", index=table.index))
    number = cell["registered charity number"]
    kind = cell.get("charity type", pd.Series("", index=table.index)).str.casefold()
    removed = cell["charity registration status"].str.casefold() == "removed"
    return _with(
        table,
        {
            "registration_number": number.where(linked.isin(("", "0")), number + "-" + linked),
            "register": pd.Series("charity", index=table.index).where(~kind.isin(("cio",)), "cio"),
            "registered": pd.Series("yes", index=table.index).where(~removed, "no"),
            "status": pd.Series("open", index=table.index).where(~removed, "closed"),
            "closed_year": cell["date of removal"].str[:4] if "date of removal" in cell else "",
        },
    )


def _threesixtygiving(table: pd.DataFrame) -> pd.DataFrame:
    """Read grants in the 360Giving standard: one row per grant, named by who received it.

    A recipient with a charity number is on a register; one with a company number only, or with none, is not
    known to be.
    """
    cell = _cells(table)
    empty = pd.Series("", index=table.index)

    def any_of(*names: str) -> pd.Series:
        found = empty
        for name in names:
            found = found.where(found != "", cell.get(name, empty))
        return found

    org = any_of("recipient org identifier", "recipient org 0 identifier")
    charity = any_of("recipient org charity number", "recipient org 0 charity number")
    company = any_of("recipient org company number", "recipient org 0 company number")
    charity = charity.where(
        charity != "", org.str.extract(r"^GB-(?:CHC|SC|NIC)-(.+)$", expand=False).fillna("")
    )
    company = company.where(company != "", org.str.extract(r"^GB-COH-(.+)$", expand=False).fillna(""))
    register = empty.where(charity == "", "charity").where((charity != "") | (company == ""), "company")
    return _with(
        table,
        {
            "name": any_of("recipient org name", "recipient org 0 name"),
            "postcode": any_of(
                "recipient org postal code", "recipient org 0 postal code", "recipient org postcode"
            ),
            "town": any_of(
                "recipient org city",
                "recipient org 0 address locality",
                "beneficiary location name",
                "beneficiary location 0 name",
            ),
            "registration_number": charity.where(charity != "", company),
            "register": register,
            "registered": pd.Series("yes", index=table.index).where(charity != "", "unknown"),
            "checked_date": any_of("award date").str[:10],
            "note": any_of("title"),
        },
    )


def _openstreetmap(table: pd.DataFrame) -> pd.DataFrame:
    """Read an export of OpenStreetMap: the tags of data/tables/asset_types.csv say the type."""
    cell = _cells(table)
    empty = pd.Series("", index=table.index)
    types, best = empty.copy(), pd.Series(-1, index=table.index)
    for code, tags in reference_table("asset_types")["osm_tags"].items():
        for tag in filter(None, str(tags).split("|")):
            key, _, value = tag.partition("=")
            # A tag for whom a place is says more than what it is; amenity alone says least.
            rank = 3 if ":" in key else 2 if key in ("social_facility", "community_centre", "club") else 1
            rank = 0 if value == "social_facility" else rank
            match = (cell.get(heading_key(key), empty) == value) & (best < rank)
            types, best = types.mask(match, str(code)), best.mask(match, rank)
    ended = pd.Series(False, index=table.index)
    for column, cells in cell.items():
        # "disused:amenity=pub" says what it was.
        if (
            column.split(" ")[0] in ("disused", "abandoned", "was", "demolished", "closed")
            and len(column.split(" ")) > 1
        ):
            ended |= (cells != "") & ~cells.isin(("no",)) & (types == "")
    status = cell.get("status", empty)
    words = cell.get("amenity", empty)
    for key in ("community centre", "social facility", "leisure", "building", "shop"):
        words = words.where(words != "", cell.get(key, empty))
    street = (cell.get("addr housenumber", empty) + " " + cell.get("addr street", empty)).str.strip()
    return _with(
        table,
        {
            "asset_type": types.where(types != "", words),
            "status": status.mask(ended & (status == ""), "closed"),
            "address": street,
            "website": cell.get("website", empty).where(
                cell.get("website", empty) != "", cell.get("contact website", empty)
            ),
        },
    )


SHAPES: Final[dict[str, tuple[tuple[str, ...], Reader]]] = {
    "ace_libraries": (
        ("reporting", "name", "authority", "postcode", "type", r"operation \d\d", "hours", "operating organisation"),
        _ace_libraries,
    ),
    "ace_libraries_enhanced": (
        ("reporting service", "name", "upper tier local authority", "postcode", "type", r"operation in 20\d\d", "year closed",
         "operating organisation"),
        _ace_libraries_enhanced,
    ),
    "librarieshacked_schema": (("local authority", "library name", "type of library", "year closed", "statutory"), _librarieshacked),
    "mobile_library_stops": ((STOP, "day( of (the )?week)?", ARRIVES, LEAVES, OFTEN), _mobile_stops),
    "libraries_taskforce": (("authority id", "statutory2010", "statutory2016", "closed year", "type"), _taskforce_2016),
    "charity_commission": (("registered charity number", "charity name", "charity registration status"), _charity_commission),
    "threesixtygiving": (("amount awarded", "award date", r"recipient org( 0)? name"), _threesixtygiving),
    "openstreetmap": ((r"(osm )?id|osm type", r"amenity|community centre|social facility|leisure|club|shop"), _openstreetmap),
}  # fmt: skip
"""Name -> headings that only it has (patterns of `heading_key`), and its reader."""


def _cells(table: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the trimmed columns by the key of their heading."""
    columns = [column for column in table.columns if column not in ("row", "geometry", "reading_problem")]
    return {
        heading_key(str(column)): table[column].fillna("").astype("str").str.strip() for column in columns
    }


def _with(table: pd.DataFrame, derived: Mapping[str, pd.Series | str]) -> pd.DataFrame:
    """Put derived columns in; a column of the file with the same meaning by its own name steps back."""
    shown = table.copy()
    for column, values in derived.items():
        for old in [c for c in shown.columns if str(c) == column]:
            shown = shown.rename(columns={old: f"{old} as published"})
        shown[column] = values if isinstance(values, str) else values.fillna("").astype("str")
    return shown


def _library_code(text: str) -> str:
    table = reference_table("library_types")
    word = text.strip().casefold()
    for code, aliases in table["aliases"].items():
        if word == str(code).casefold() or word in [alias.strip().casefold() for alias in aliases.split("|")]:
            return str(code)
    return ""


def _codes(column: pd.Series) -> pd.Series:
    return column.map({text: _library_code(text) for text in column.unique()})


def _library_codes(column: pd.Series) -> pd.DataFrame:
    """Return what each code of a library says: ``open`` (yes, no, ""), ``operator_type``."""
    table = reference_table("library_types")
    said = table.reindex(_codes(column))[["open", "operator_type"]].set_index(column.index).fillna("")
    return said.where(said != "unknown", "")


def _status(is_open: pd.Series) -> pd.Series:
    words = {"yes": "open", "no": "closed"}
    return pd.Series([words.get(word, "unknown") for word in is_open], index=is_open.index, dtype="str")


def _library_types(typed: pd.Series, names: pd.Series) -> pd.Series:
    """Tell mobile libraries, archives, micro-libraries, stores and the libraries of prisons from libraries."""
    kinds = pd.Series("library", index=typed.index)
    words = typed.str.casefold()
    kinds = kinds.mask(words.str.contains("archive|local history", regex=True), "archive")
    named = names.str.casefold()
    locked = named.str.contains(PRISON) | words.str.contains(r"\bprison\b", regex=True)
    kinds = kinds.mask(locked, "prison_library")
    # A list calls some branches mobile by mistake: their names say "Library".
    mobile = words.str.contains("mobile") & ~named.str.contains(
        r"\blibrary (?:&|and)|\blibrary\s*$", regex=True
    )
    kinds = kinds.mask(mobile | named.str.contains(VAN), "mobile_library")
    kinds = kinds.mask(named.str.contains(STORE), "library_depot")
    return kinds.mask(named.str.contains(r"\bmicro\b", regex=True), "micro_library")


def _hours(cell: str) -> float:
    """Return the hours of a day written as ``09:00-12:30, 14:00-17:00``."""
    total = 0.0
    for start, start_minutes, end, end_minutes in SPAN.findall(cell):
        begun = int(start) + int(start_minutes or 0) / 60
        ended = int(end) + int(end_minutes or 0) / 60
        total += max(ended - begun, 0)
    return total

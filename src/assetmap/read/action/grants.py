"""Grants: 360Giving files (spreadsheet, CSV or JSON), or a council's own list.

The columns of the 360Giving standard are known by their headings. A list of your own needs the amount and who received it; of
the rest it has what it has: ``area`` (where the money works: a code or a name, ``;`` between several), ``postcode`` (the address of who
received it), ``date``, ``paid staff``, ``user led`` and ``reach`` (local, regional or national). Every row is kept; one that cannot
be counted says why.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

import pandas as pd

from assetmap.read.action.grant_columns import FIELDS, PERSON, PLACE, fields_of
from assetmap.read.answers import NOT_KNOWN
from assetmap.read.files import existing_file, reader
from assetmap.read.tables import heading_key, read_published
from assetmap.schema import InputError, counted, first_few, yes_no

REACHES: Final = ("local", "regional", "national")
POUNDS: Final = ("", "gbp", "£", "pounds")

_POSTCODE: Final = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2})\b", re.I)
_TOTAL: Final = re.compile(
    r"(?:grand |overall |sub ?-?)?totals?:?(?: (?:awarded|grants?|amount|paid))?", re.I
)
_SHORT_YEAR: Final = r"(?i)(?:\d[/.-]|[a-z]{3,9}[ '’/-]+)(\d\d)$"
"""The year in ``12/06/23`` and ``Jun-23``."""


@reader
def read_grants(path: str | Path) -> pd.DataFrame:
    """Read a list of grants.

    Parameters
    ----------
    path
        CSV, spreadsheet, or JSON in the 360Giving standard.

    Returns
    -------
    pandas.DataFrame
        Index ``row`` in file order (in a spreadsheet 2 is the first below the headings): ``grant_id``, ``recipient``,
        ``recipient_id``, ``amount_gbp``, ``award_date`` (as written), ``year``, ``purpose``, ``funder``, ``programme``, ``works_in`` (codes,
        postcodes, points as ``latitude,longitude`` or names of places with ``;`` between them; empty where the list does not say), ``office``
        (code or postcode of who received it), ``paid_staff``, ``user_led`` (``yes``, ``no``, ``unknown``), ``reach`` (``local``, ``regional``,
        ``national``, ``unknown``), ``why_not`` (why the row cannot be counted; empty where it can), then any other column as text.

    Raises
    ------
    InputError
        If the file has no amounts or recipients, or a column of yes and no, or of reach, holds something else.

    Examples
    --------
    >>> len(am.read.read_grants(town.folder / "grants.csv"))
    17
    """
    path = existing_file(path)
    table = _json_table(path) if path.suffix.lower() == ".json" else _sheet(path)
    headings = fields_of(table.columns)
    named = {field: headings.get(field) for field in FIELDS}
    problems = [
        *(
            f"column '{named[field]}' allows {words}; {_odd(table, named[field], known)}"
            for field, words, known in (
                ("paid_staff", "yes, no, unknown or how many", _is_staff),
                ("user_led", "yes, no, unknown", _is_yes_no),
                ("reach", "local, regional, national, unknown", _is_reach),
            )
            if _odd(table, named[field], known)
        )
    ]
    if problems:
        raise InputError(f"'{path}' cannot be used as a list of grants: {'; '.join(problems)}.")
    text = {field: _cells(table, column) for field, column in named.items()}
    people = table[[c for c in table.columns if PERSON.fullmatch(heading_key(str(c)))]]
    grants = pd.DataFrame(index=table.index)
    for field in ("grant_id", "recipient", "recipient_id"):
        grants[field] = text[field]
    grants["amount_gbp"] = _amounts(text["amount"])
    grants["award_date"] = text["award_date"]
    grants["year"] = _years(text["award_date"])
    for field in ("purpose", "funder", "programme"):
        grants[field] = text[field]
    grants["works_in"] = _works_in(table, text)
    in_address = (
        text["address"].str.extract(_POSTCODE.pattern, flags=_POSTCODE.flags, expand=False).fillna("")
    )
    postcode = text["postcode"].where(text["postcode"] != "", in_address).str.upper()
    grants["office"] = text["office_area"].where(text["office_area"] != "", postcode)
    for field, read in (("paid_staff", _has_staff), ("user_led", yes_no)):
        grants[field] = text[field].map(read)
    grants["reach"] = text["reach"].str.casefold().where(lambda words: words.isin(REACHES), "unknown")
    total = table.apply(
        lambda column: column.str.strip().str.fullmatch(_TOTAL.pattern, flags=_TOTAL.flags)
    ).any(axis=1)
    person = (people.apply(lambda c: c.str.strip()) != "").any(axis=1)
    grants["why_not"] = _why_not(grants, text, person, total)
    used = {*filter(None, named.values()), *people.columns, *_places(table)}
    others = table[[column for column in table.columns if column not in used]]
    grants = grants.join(
        others.rename(columns={c: f"{c} as published" for c in others.columns if c in grants.columns})
    )
    return grants.set_index(pd.RangeIndex(2, len(grants) + 2, name="row"))


def _sheet(path: Path) -> pd.DataFrame:
    """Return the sheet of grants: below the row that names an amount and who received it."""

    def is_head(cells: list[str]) -> bool:
        return {"amount", "recipient"} <= set(fields_of(filter(None, cells)))

    table = read_published(path, wanted=is_head).table
    if not is_head(list(table.columns)):
        raise InputError(
            f"'{path}' needs a column with the amount ('Amount Awarded', 'amount_gbp') and one with who received it ('Recipient Org:Name', "
            f"'recipient'); it has {first_few(table.columns, most=20)}."
        )
    return table


def _json_table(path: Path) -> pd.DataFrame:
    from assetmap.read.worker import ask

    records = json.loads(ask("grants", path).parts[0])
    return pd.DataFrame(records).fillna("").astype("str")


def _cells(table: pd.DataFrame, column: str | None) -> pd.Series:
    if column is None:
        return pd.Series("", index=table.index, dtype="str")
    return table[column].str.strip()


def _is_yes_no(word: str) -> bool:
    return word in NOT_KNOWN or yes_no(word) != "unknown"


def _is_staff(word: str) -> bool:
    return _is_yes_no(word) or word.replace(".", "", 1).isdigit()


def _has_staff(cell: str) -> str:
    """Return whether a group has paid staff, also where the cell says how many."""
    plain = cell.strip()
    if plain.replace(".", "", 1).isdigit():
        return "yes" if float(plain) > 0 else "no"
    return yes_no(plain)


def _years(cells: pd.Series) -> pd.Series:
    """Return the year of each date as written; of ``2023/24`` the first, missing where there is none."""
    whole = cells.str.extract(r"(?<!\d)((?:19|20)\d\d)", expand=False)
    short = "20" + cells.str.extract(_SHORT_YEAR, expand=False)
    return pd.to_numeric(whole.fillna(short)).astype("Int64")


def _is_reach(word: str) -> bool:
    return word in NOT_KNOWN or word in REACHES


def _odd(table: pd.DataFrame, column: str | None, known: object) -> str:
    """Say how many cells of a column are not understood; empty where all are."""
    if column is None or not callable(known):
        return ""
    cells = table[column].str.strip().str.casefold()
    odd = table.loc[~cells.map(known).astype(bool), column]
    if odd.empty:
        return ""
    return f"{counted(len(odd), 'cell has', 'cells have')} something else, first '{odd.iloc[0]}' (row {odd.index[0] + 2})"


def _amounts(cells: pd.Series) -> pd.Series:
    """Return sums as people write them: ``£1,500``, ``1500.00``, ``GBP 1,500``, ``£15k``, ``£1.2m``, ``1,500/-``."""
    plain = cells.str.replace(r"(?i)£|gbp|,|\s|/-$|pounds?$|p\.?a\.?$", "", regex=True).str.casefold()
    times = plain.str.extract(r"\d(k|m)$", expand=False).map({"k": 1e3, "m": 1e6}).fillna(1.0)
    bare = plain.str.replace(r"(?<=\d)[km]$", "", regex=True)
    return pd.to_numeric(bare.where(bare != ""), errors="coerce").astype(float) * times


def _places(table: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Return each column about where a grant works: its place in the order of places, and what it says."""
    found = {str(column): PLACE.fullmatch(heading_key(str(column))) for column in table.columns}
    return {column: (match[1] or "0", match[2]) for column, match in found.items() if match}


def _works_in(table: pd.DataFrame, text: dict[str, pd.Series]) -> pd.Series:
    """Return where each grant works: of every place its code, else its postcode, else its point, else its name."""
    by_place: dict[str, dict[str, str]] = {}
    for column, (number, kind) in _places(table).items():
        by_place.setdefault(number, {})[kind] = column
    parts = []
    for columns in by_place.values():
        cell = {kind: _cells(table, column) for kind, column in columns.items()}
        empty = _cells(table, None)
        latitude, longitude = (cell.get(axis, empty) for axis in ("latitude", "longitude"))
        point = (latitude + "," + longitude).where((latitude != "") & (longitude != ""), "")
        place = cell.get("geographic code", empty)
        for other in (cell.get("postal code", empty), point, cell.get("name", empty)):
            place = place.where(place != "", other)
        parts.append(place)
    own = text["works_area"].where(text["works_area"] != "", text["works_postcode"])
    said = pd.concat([own, *parts], axis=1)
    return pd.Series(
        ["; ".join(dict.fromkeys(filter(None, row))) for row in said.itertuples(index=False)],
        index=table.index,
    )


def _why_not(
    grants: pd.DataFrame, text: dict[str, pd.Series], person: pd.Series, total: pd.Series
) -> pd.Series:
    """Return why a row cannot be counted."""
    amount, cell = grants["amount_gbp"], text["amount"]
    why = pd.Series("", index=grants.index, dtype="str")
    first = grants.index.to_series().groupby(grants["grant_id"]).transform("first")
    again = (grants["grant_id"] != "") & (first != grants.index)
    reasons = (
        (again, "the same grant as row " + (first + 2).astype(str)),
        (total, "a total of other rows"),
        (person, "given to a person, not to a group"),
        (~text["currency"].str.casefold().isin(POUNDS), "in " + text["currency"] + ", not in pounds"),
        (cell == "", "no amount"),
        ((cell != "") & amount.isna(), "the amount '" + cell + "' is not a number"),
        (amount <= 0, "the amount is not more than 0"),
    )
    for where, reason in reasons:
        why = why.where((why != "") | ~where, reason)
    return why

"""The tables of a build as one workbook: a first sheet that explains, then a sheet for each table."""

from __future__ import annotations

import io
import math
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from assetmap.cells import storable
from assetmap.public import AUDIENCE_WORDS
from assetmap.schema import Results
from assetmap.show.tables import ACCESS_COLUMNS, GAP_COLUMNS, REJECTED_COLUMNS, plain_table

if TYPE_CHECKING:
    from openpyxl import Workbook

WORKBOOK_NAME: Final = "tables.xlsx"

MOST_ROWS: Final = 100_000
"""Rows of a sheet; a longer table is in its CSV file alone, and the first sheet says so."""

LONGEST_CELL: Final = 32_767
"""Characters that Excel takes in a cell."""

FIXED_DATE: Final = (2000, 1, 1, 0, 0, 0)
"""The date in a workbook; fixed, so that the same tables give the same bytes."""

ABOUT: Final = {
    "areas": "Every small area with everything that was measured. One row for each area.",
    "gaps": "Where need is high and access is low, widest gap first.",
    "assets": "The register: every group and place that was found in the lists.",
    "rejected": "Rows of the lists that could not be used, or that a person should check, with the reason.",
    "robustness": "How the ranking changes if other choices are made.",
    "deserts": "People in areas with high need and nothing within reach.",
    "new_sites": "Places where one more site would help most.",
    "sharing": "Who could lend what to whom.",
    "conditions": "What people say about the conditions for social action, one row for each area and question.",
    "grants": "Every grant of the list: where it was placed, or why it was not counted.",
    "grants_by_need": "What each fifth of the people received, by need of their areas.",
    "grants_curve": "The concentration curve: running shares of people, most need first, and of pounds.",
    "forms": "Groups and places by form of social action, in the published order, and by who runs them.",
    "operator_steps": "Groups and places by our own five steps of who runs them.",
    "gap_groups": "Groups of areas side by side with wide gaps.",
    "gap_tests": "Whether wide gaps lie together more than by chance.",
    "bus_trips": "Trips by bus there and back while a site is open.",
    "bus_people": "People with no way there and back by bus on any day, by group.",
    "bus_deserts": "The same people by age and need, in the columns of deserts.",
    "bus_openings": "Which one more opening would give most people a way there and back, or one more day.",
    "break_even": "How many people services and sites must keep out of costlier services for their spending to pay.",
    "prevention": "Areas with high need and little near that helps before a need is acute.",
    "priorities": "What serves each priority, and how many people have nothing within reach.",
    "priority_areas": "The same by area.",
    "priority_outcomes": "The same by outcome: what serves each, and who has nothing within reach for it.",
    "group_counts": "What groups counted, by month: totals, and how many groups gave them.",
}


def write_workbook(results: Results, path: str | Path) -> Path:
    """Write the tables of a build into one workbook for Excel or LibreOffice.

    Parameters
    ----------
    results
        All tables of a build.
    path
        File to write, ``.xlsx``.

    Returns
    -------
    pathlib.Path
        The file. Its first sheet says what each sheet is, from which sources, and who may see it. Every text is a text:
        nothing in a cell is a formula. The same tables give the same bytes.

    Examples
    --------
    >>> am.show.write_workbook(results, "tables.xlsx").name
    'tables.xlsx'
    """
    from openpyxl import Workbook

    path = Path(path)
    tables = _tables(results)
    book = Workbook(write_only=True)
    _write_about(book, results, tables)
    for name, table in tables.items():
        if len(table) <= MOST_ROWS:
            _write_sheet(book, name, table)
    _write_sheet(book, "sources", results.sources.reset_index().drop(columns=["sha256"], errors="ignore"))
    made = io.BytesIO()
    book.save(made)
    path.write_bytes(_without_dates(made.getvalue()))
    return path


def _tables(results: Results) -> dict[str, pd.DataFrame]:
    areas = plain_table(results.areas).reset_index()
    columns = [name for name in ("area_code", *GAP_COLUMNS, *ACCESS_COLUMNS) if name in areas.columns]
    gaps = (
        areas[columns].sort_values("gap_rank", kind="stable", na_position="last")
        if "gap_rank" in areas
        else areas[columns]
    )
    log = results.log
    rejected = log.loc[log["outcome"].isin(("rejected", "review")), list(REJECTED_COLUMNS)]
    tables = {
        "gaps": gaps,
        "areas": areas,
        "assets": plain_table(results.assets).reset_index(),
        "rejected": rejected,
    }
    return tables | {name: table.reset_index() for name, table in sorted(results.details.items())}


def _write_about(book: Workbook, results: Results, tables: dict[str, pd.DataFrame]) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    sheet = book.create_sheet("read me")
    sheet.column_dimensions["A"].width = 18
    sheet.column_dimensions["B"].width = 12
    sheet.column_dimensions["C"].width = 100

    def row(*words: Any, bold: bool = False) -> None:
        cells = []
        for value in words:
            cell = WriteOnlyCell(sheet, _value(value))
            cell.font = Font(bold=bold)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cells.append(cell)
        sheet.append(cells)

    audience = results.settings.get("project", {}).get("audience", "public")
    row(results.title, bold=True)
    row(AUDIENCE_WORDS.get(audience, ""))
    row("")
    row("Sheet", "Rows", "What it shows", bold=True)
    for name, table in tables.items():
        words = ABOUT.get(name, "")
        if len(table) > MOST_ROWS:
            words += f" It is too long for a sheet: see {name}.csv."
        row(name, len(table), words)
    row("sources", len(results.sources), "Where the figures come from, with dates and licences.")
    row("")
    row("Estimate", "", results.estimate.text)
    row("")
    row("Notes", bold=True)
    for note in results.notes:
        if note.sentence:
            row("", "", note.sentence)


def _write_sheet(book: Workbook, name: str, table: pd.DataFrame) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    headings = []
    for column in table.columns:
        cell = WriteOnlyCell(sheet, _value(str(column)))
        cell.font = Font(bold=True)
        cell.data_type = "s"
        headings.append(cell)
    sheet.append(headings)
    for row in table.itertuples(index=False, name=None):
        sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet: Any, value: Any) -> Any:
    """Return a value for a sheet; a text that looks like a formula stays a text."""
    from openpyxl.cell import WriteOnlyCell

    plain = _value(value)
    if isinstance(plain, str) and plain[:1] in ("=", "+", "-", "@", "\t", "\r"):
        cell = WriteOnlyCell(sheet, plain)
        cell.data_type = "s"
        cell.quotePrefix = True
        return cell
    return plain


def _value(value: Any) -> Any:
    if hasattr(value, "item") and not isinstance(value, str):
        value = value.item()
    if value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, (bool, int, float)):
        return value
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    return ILLEGAL_CHARACTERS_RE.sub(" ", storable(str(value)))[:LONGEST_CELL]


def _without_dates(content: bytes) -> bytes:
    """Return a workbook whose parts all have the same date."""
    import re

    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            part = old.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2000-01-01T00:00:00Z", part)
            entry = zipfile.ZipInfo(name, FIXED_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, part)
    return made.getvalue()

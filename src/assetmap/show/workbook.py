"""The tables of a build as one workbook: a first sheet that explains, then a sheet for each table."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pandas as pd

from assetmap.public import AUDIENCE_WORDS
from assetmap.schema import Results
from assetmap.show.sheets import BOLD, BOLD_WRAPPED, WRAPPED, Sheet, workbook_bytes
from assetmap.show.tables import ACCESS_COLUMNS, GAP_COLUMNS, REJECTED_COLUMNS, plain_table

WORKBOOK_NAME: Final = "tables.xlsx"

MOST_ROWS: Final = 100_000
"""Rows of a sheet; a longer table is in its CSV file alone, and the first sheet says so."""

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
    "gap_tests": "Whether wide gaps lie together more often than by chance.",
    "bus_trips": "Trips by bus there and back while a site is open.",
    "bus_people": "People with no way there and back by bus on any day, by group.",
    "bus_deserts": "The same people by age and need, in the columns of deserts.",
    "bus_openings": "Which one more opening would give most people a way there and back, or one more day.",
    "break_even": "How many people services and sites must keep out of costlier services for their spending to pay.",
    "prevention": "Areas with high need and little nearby that helps before a need is acute.",
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
    path = Path(path)
    tables = _tables(results)
    sheets = [_about(results, tables)]
    sheets += [_sheet(name, table) for name, table in tables.items() if len(table) <= MOST_ROWS]
    sheets.append(_sheet("sources", results.sources.reset_index().drop(columns=["sha256"], errors="ignore")))
    path.write_bytes(workbook_bytes(sheets))
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


def _about(results: Results, tables: dict[str, pd.DataFrame]) -> Sheet:
    audience = results.settings.get("project", {}).get("audience", "public")
    rows: list[tuple[Any, ...]] = [
        (results.title,),
        (AUDIENCE_WORDS.get(audience, ""),),
        (),
        ("Sheet", "Rows", "What it shows"),
    ]
    headings = {0, 3}
    for name, table in tables.items():
        words = ABOUT.get(name, "")
        if len(table) > MOST_ROWS:
            words += f" It is too long for a sheet: see {name}.csv."
        rows.append((name, len(table), words))
    rows += [
        ("sources", len(results.sources), "Where the figures come from, with dates and licences."),
        (),
        ("Estimate", "", results.estimate.text),
        (),
    ]
    headings.add(len(rows))
    rows.append(("Notes",))
    rows += [("", "", note.sentence) for note in results.notes if note.sentence]
    formats = [BOLD_WRAPPED if at in headings else WRAPPED for at in range(len(rows))]
    return Sheet("read me", rows, formats=formats, widths=(18, 12, 100))


def _sheet(name: str, table: pd.DataFrame) -> Sheet:
    columns = [table.iloc[:, at].tolist() for at in range(table.shape[1])]
    rows = [tuple(str(column) for column in table.columns), *zip(*columns, strict=True)]
    return Sheet(name, rows, formats=(BOLD,), frozen=True)

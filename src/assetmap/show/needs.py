"""What a person has to do about some lists, the most urgent first: how many rows, and the shortest way to fix it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from assetmap.schema import CheckReport, counted, rows_of

NOT_READ: Final = " was not read: "
OF_FILE: Final = ("'", "Sheet '")
"""How a sentence on what a file holds and could not be read as it is begins: with its name."""

"""In every sentence on a sheet, a layer or a file that was left out."""

OUTSIDE: Final = r"lies outside|is not a district of"
"""In every reason for a row that is not in the area."""

LARGER_SHARE, LARGER_ROWS = 0.5, 10
"""From this share and number of rows outside on a list is of a larger place."""

MOST_NAMED: Final = 3
"""Kinds of problems, columns or sheets that a line names."""

RELEASABLE: Final = ("type", "name", "column")


@dataclass(frozen=True)
class Need:
    """One thing to do.

    what : what is wrong, with how many columns, rows or pairs.
    fix : the shortest way to put it right.
    rows : how many rows it is about.
    details : the first few of them, each a sentence.
    type_this : what to type, where a command does it; empty otherwise.
    """

    what: str
    fix: str
    rows: int
    details: tuple[str, ...] = ()
    type_this: str = ""


def needs_of(report: CheckReport) -> tuple[Need, ...]:
    """Return what a person has to do, in the order of how much it costs not to do it.

    Parameters
    ----------
    report
        As `check_lists` made it.

    Returns
    -------
    tuple of Need
        None where every column was understood and every row is in the register.
    """
    found = [
        _columns(report),
        _left_out(report),
        _of_files(report),
        _rejected(report),
        _guarded(report),
        _pairs(report),
        _to_check(report),
        _elsewhere(report),
    ]
    return tuple(need for need in found if need is not None)


def _columns(report: CheckReport) -> Need | None:
    unknown = report.headings[(report.headings["column"] == "") & (report.headings["samples"] != "")]
    if unknown.empty:
        return None
    rows = report.counts["rows"].reindex(unknown["source"].unique()).sum()
    details = [
        f"'{row.heading}' of {row.source}: {row.samples}"
        + (f" (looks like {row.guess})" if row.guess else "")
        for row in rows_of(unknown)
    ]
    first = unknown["heading"].iloc[0]
    return Need(
        f"{counted(len(unknown), 'column was', 'columns were')} not understood",
        "Nothing is lost: the cells are kept under their own heading. If one of them is a name, a place or a type, say which.",
        int(rows),
        tuple(details),
        f'--column FIELD="{first}"',
    )


def _left_out(report: CheckReport) -> Need | None:
    sentences = [sentence for sentence in report.unchecked if NOT_READ in sentence]
    if not sentences:
        return None
    return Need(
        f"{counted(len(sentences), 'sheet, layer or file was', 'sheets, layers or files were')} not read",
        "If one of them is a list, name it.",
        0,
        tuple(sentences),
    )


def not_checked(report: CheckReport) -> list[str]:
    """Return the sentences on what could not be checked; what was not read of the files is among the needs."""
    return [one for one in report.unchecked if NOT_READ not in one and not one.startswith(OF_FILE)]


def _of_files(report: CheckReport) -> Need | None:
    sentences = [one for one in report.unchecked if NOT_READ not in one and one.startswith(OF_FILE)]
    if not sentences:
        return None
    return Need(
        f"{counted(len(sentences), 'remark')} on the files themselves",
        "Each says what was not read as it is written, or left aside, and how to fix it.",
        0,
        tuple(sentences),
    )


def _rejected(report: CheckReport) -> Need | None:
    log = report.register.log
    remarks = report.remarks[report.remarks["outcome"] == "rejected"]
    elsewhere = _of_larger_places(log)
    rows = int((log["outcome"] == "rejected").sum() - elsewhere.sum())
    if not rows:
        return None
    if elsewhere.any():
        remarks = remarks[~remarks["remark"].str.contains(OUTSIDE)]
    return Need(
        f"{counted(rows, 'row is', 'rows are')} not in the register",
        "Correct your own list; each reason says how.",
        rows,
        _kinds(remarks, log),
    )


def _of_larger_places(log: pd.DataFrame) -> pd.Series:
    """Say which rows lie outside because their list is of a larger place: most of its rows do."""
    outside = (log["outcome"] == "rejected") & log["reason"].str.contains(OUTSIDE)
    share = outside.groupby(log["source"]).transform("mean")
    many = outside.groupby(log["source"]).transform("sum")
    return outside & (share >= LARGER_SHARE) & (many >= LARGER_ROWS)


def _elsewhere(report: CheckReport) -> Need | None:
    log = report.register.log
    rows = _of_larger_places(log)
    if not rows.any():
        return None
    counts = log.loc[rows, "source"].value_counts()
    return Need(
        f"{counted(int(rows.sum()), 'row lies', 'rows lie')} outside your area, in a list of a larger place",
        "There is nothing to correct. assetmap project cuts such a list to the place.",
        int(rows.sum()),
        tuple(
            f"{name}: {number:,} of {int((log['source'] == name).sum()):,} rows"
            for name, number in counts.items()
        ),
    )


def _guarded(report: CheckReport) -> Need | None:
    log = report.register.log
    guarded = log[log["guarded"].fillna("") != ""] if "guarded" in log else log.iloc[:0]
    if guarded.empty:
        return None
    releasable = int(guarded["guarded"].isin(RELEASABLE).sum())
    fix = "Your list says so. There is nothing to do."
    if releasable:
        fix = f"A word in the type or name guards {releasable:,} of {len(guarded):,}. If such a place may be shown, write publish beside it in review.csv."
    return Need(
        f"{counted(len(guarded), 'guarded place stays', 'guarded places stay')} secret in a public version",
        fix,
        len(guarded),
    )


def _pairs(report: CheckReport) -> Need | None:
    pairs = report.review[report.review["other_id"].notna()]
    doubtful = pairs[pairs["outcome"] == "review"]
    if doubtful.empty:
        return None
    details = tuple(
        f"{row.name} ({row.source}, row {row.row}) and {row.other_name} ({row.other_source}, row {row.other_row})"
        for row in doubtful.itertuples(index=False)
    )
    return Need(
        f"{counted(len(doubtful), 'pair of rows', 'pairs of rows')} may be one thing",
        "Write same or different beside each in review.csv, and give it back.",
        len(doubtful),
        details,
        "--review review.csv",
    )


def _to_check(report: CheckReport) -> Need | None:
    """Return the rows that are in the register and should be looked at, apart from pairs."""
    log = report.register.log
    rows = log[(log["outcome"] == "review") & log["other_id"].isna()]
    if rows.empty:
        return None
    remarks = report.remarks[
        (report.remarks["outcome"] == "review") & ~report.remarks["remark"].str.contains("may be the same")
    ]
    return Need(
        f"{counted(len(rows), 'row is', 'rows are')} in the register, but should be checked",
        "Postcodes, exchanged coordinates and dates can be corrected for you.",
        len(rows),
        _kinds(remarks, log),
        "assetmap fix LIST --output FIXED",
    )


def _kinds(remarks: pd.DataFrame, log: pd.DataFrame) -> tuple[str, ...]:
    """Return each kind of remark with its rows; one that is about a single row in its own words."""
    at = log["source"].astype("str") + ", row " + log["row"].astype("str")
    said = dict(zip(at, log["reason"].str.replace(r"^Row \d+: ", "", regex=True), strict=True))
    return tuple(
        f"{row.example}: {said[row.example]}"
        if row.rows == 1 and row.example in said
        else f"{row.rows:,} rows: {row.remark} (first: {row.example})"
        for row in rows_of(remarks)
    )

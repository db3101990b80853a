"""What each row says about itself, in the terms of the register, and what is wrong with it."""

from __future__ import annotations

import datetime
from typing import Final

import pandas as pd

from assetmap.register.findings import Finding, finding
from assetmap.register.guard import judge_guards
from assetmap.register.resources import read_said
from assetmap.register.types import known_types
from assetmap.register.words import column_or_empty, name_keys, status_words, without_nothing, yes_no
from assetmap.schema import reference_table

STALE_MONTHS: Final = 24
"""A record that nobody has checked for this many months may describe a group that has ended."""

FIRST_YEAR: Final = 1950
"""A closing year before it is a placeholder (1900), not a date."""

KEPT: Final = ("source", "row", "point_x", "point_y", "reading_problem", "sensitive")
"""Columns that stay as they were read: ``-`` and ``n/a`` say nothing elsewhere, but are not a no under ``sensitive``."""


def clean_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with trimmed cells, empty where they say nothing (``-``, ``N/A``), and ``name_key``."""
    cleaned = rows.copy()
    for column in cleaned.columns.difference(list(KEPT)):
        cleaned[column] = without_nothing(cleaned[column])
    return cleaned.assign(name_key=name_keys(cleaned["name"]))


def judge_rows(
    rows: pd.DataFrame, *, as_of: datetime.date | None = None
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read what each row says, apart from its place.

    Parameters
    ----------
    rows
        As `clean_rows` returns them, on a 0, 1, ... index.
    as_of
        The day on which staleness is judged; the newest ``checked_date`` of the rows when not given, so
        that equal files give equal results on every day.

    Returns
    -------
    tuple
        A table on the same index with ``asset_type``, ``status``, ``registered``, ``register``,
        ``registration_number``, ``operator_type``, ``control``, ``devolved``, ``opened_year``, ``closed_year``,
        ``weekly_hours``, ``sensitive``, ``checked_date`` in their final form, ``guarded`` and ``guarded_word``
        (`judge_guards`), where the rows say something of it what `read_said` returns; and what was found.
    """
    findings = [finding(column_or_empty(rows, "name") == "", "rejected", "It has no name. Give it one.")]
    if "reading_problem" in rows:
        problem = rows["reading_problem"].fillna("").astype("str")
        findings.append(finding(problem != "", "review", problem.str[:1].str.upper(), problem.str[1:], "."))
    types, more = known_types(column_or_empty(rows, "asset_type"), rows["name_key"])
    findings += more
    stated = pd.DataFrame({"asset_type": types}, index=rows.index)
    findings += _judge_dates(rows, stated, as_of)
    findings += _judge_status(rows, stated)
    _judge_registration(rows, stated)
    stated["operator_type"] = _operator_types(rows)
    control = pd.to_numeric(reference_table("operator_types")["control"], errors="coerce")
    stated["control"] = stated["operator_type"].map(control).astype("float64")
    stated["devolved"] = yes_no(column_or_empty(rows, "devolved"))
    numbers = pd.to_numeric(
        column_or_empty(rows, "weekly_hours").where(lambda cell: cell != ""), errors="coerce"
    )
    stated["weekly_hours"] = numbers.astype("float64").where(numbers.between(0, 168))
    said, more = read_said(rows)
    return stated.join(judge_guards(rows, types)).join(said), [*findings, *more]


def _judge_dates(rows: pd.DataFrame, stated: pd.DataFrame, as_of: datetime.date | None) -> list[Finding]:
    findings = []
    checked = _dates(column_or_empty(rows, "checked_date"))
    stated["checked_date"] = checked
    day = pd.Timestamp(as_of) if as_of is not None else checked.max()
    stale = checked < day - pd.DateOffset(months=STALE_MONTHS) if pd.notna(day) else checked.notna() & False
    shown = checked.dt.strftime("%d %B %Y").fillna("").astype("str")
    findings.append(
        finding(
            stale,
            "accepted",
            "It was last checked on ",
            shown,
            f", over {STALE_MONTHS} months ago. Check it again.",
        )
    )
    for column, what in (("opened_year", "opening"), ("closed_year", "closing")):
        text = column_or_empty(rows, column)
        years = pd.to_numeric(text.str.extract(r"\b(\d{4})\b", expand=False), errors="coerce").astype(
            "float64"
        )
        placeholder = (years < FIRST_YEAR) & (column == "closed_year") | (years == 1900)
        odd = (text != "") & years.isna()
        stated[column] = years.where(~placeholder)
        findings.append(
            finding(placeholder, "accepted", f"The {what} year ", text, " is a placeholder and was left out.")
        )
        findings.append(
            finding(odd, "accepted", f"The {what} year '", text, "' is not a year and was left out.")
        )
    return findings


def _judge_status(rows: pd.DataFrame, stated: pd.DataFrame) -> list[Finding]:
    typed = column_or_empty(rows, "status")
    status = status_words(typed)
    strange = (typed != "") & (status == "unknown") & ~typed.str.casefold().isin(("unknown", "not known"))
    closed = stated["closed_year"].notna()
    contradicts = closed & (status == "open")
    stated["status"] = status.where(~(closed & (status != "open")), "closed")
    years = stated["closed_year"].astype("Int64").astype("str").fillna("")
    return [
        finding(strange, "review", "The status '", typed, "' is not open, closed or proposed. Correct it."),
        finding(
            contradicts,
            "review",
            "It says open but gives a closing year, ",
            years,
            ". Correct one of them.",
        ),
    ]


def _judge_registration(rows: pd.DataFrame, stated: pd.DataFrame) -> None:
    said = yes_no(column_or_empty(rows, "registered"))
    number = column_or_empty(rows, "registration_number")
    both = column_or_empty(rows, "registration").str.extract(
        r"(?i)\b(?P<register>charity|cio|cic|mutual|casc|company)\b\D*(?P<number>[A-Z]{0,2}\d{3,8}[A-Z]?)?"
    )
    register = column_or_empty(rows, "register").str.casefold()
    register = register.where(register != "", both["register"].fillna("").str.casefold().astype("str"))
    number = (
        number.where(number != "", both["number"].fillna("").astype("str")).str.upper().str.replace(" ", "")
    )
    bare = (register == "") & number.str.fullmatch(r"(?:SC|NI)?\d{6,7}(?:-\d+)?")
    stated["register"] = register.where(~bare, "charity")
    stated["registration_number"] = number
    # A company is not on a register of groups, unless it is a community interest company.
    interest = (register == "company") & rows["name"].str.contains(
        r"(?i)\b(?:cic|c\.i\.c|community interest company)\b", regex=True
    )
    stated["register"] = stated["register"].mask(interest, "cic")
    on_register = ((number != "") | (register != "")) & ((register != "company") | interest)
    stated["registered"] = said.where((said != "unknown") | ~on_register, "yes")


def _operator_types(rows: pd.DataFrame) -> pd.Series:
    """Return the operator type: as given, or taken from the operator's name."""
    table = reference_table("operator_types")
    known: dict[str, str] = {}
    for code, label, aliases in zip(table.index, table["label"], table["aliases"], strict=True):
        for word in (code, code.replace("_", " "), label, *aliases.split("|")):
            known.setdefault(word.strip().casefold(), code)
    typed = column_or_empty(rows, "operator_type")
    named = typed.str.strip().str.casefold().map(known)
    ending = column_or_empty(rows, "operator").str.extract(
        r"(?i)\b(town council|city council|parish council|community interest company|cic|cio)\b", expand=False
    )
    ended = ending.str.casefold().map({word: code for word, code in known.items() if word != "city council"})
    return named.where(named.notna(), ended.where(typed == "")).fillna("").astype("str")


def _dates(column: pd.Series) -> pd.Series:
    """Read dates as 2024-05-31, 31/05/2024 (day first) or a year; missing where the text is not a date."""
    text = column.str.strip().str[:10]
    dates = pd.to_datetime(
        text.where(text.str.fullmatch(r"\d{4}-\d\d-\d\d")), format="%Y-%m-%d", errors="coerce"
    )
    british = text.where(text.str.fullmatch(r"\d{1,2}/\d{1,2}/\d{4}"))
    dates = dates.fillna(pd.to_datetime(british, format="%d/%m/%Y", errors="coerce"))
    year = text.where(text.str.fullmatch(r"(?:19|20)\d\d"))
    dates = dates.fillna(pd.to_datetime(year, format="%Y", errors="coerce"))
    return dates.astype("datetime64[s]")

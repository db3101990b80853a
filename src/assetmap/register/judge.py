"""What each row says about itself, in the terms of the register, and what is wrong with it."""

from __future__ import annotations

import datetime
import re
from typing import Final

import pandas as pd

from assetmap.marked.headings import asks
from assetmap.public import WITH_LINKS
from assetmap.register.findings import Finding, finding
from assetmap.register.guard import judge_guards
from assetmap.register.registration import judge_registration
from assetmap.register.resources import read_said
from assetmap.register.typed import (
    AS_WRITTEN,
    keep_text,
    kept_as_written,
    months_before,
    read_dates,
    read_devolved,
    read_hours,
    read_links,
    read_years,
)
from assetmap.register.types import known_types
from assetmap.register.words import (
    FOR_A_TIME,
    LONGEST_COMPARED,
    MOVED,
    STATUS_WORDS,
    closed_by_name,
    column_or_empty,
    name_keys,
    status_words,
    without_closed,
    without_nothing,
    yes_no,
)
from assetmap.schema import reference_table

STALE_MONTHS: Final = 24
"""A record that nobody has checked for this many months may describe a group that has ended."""

FIRST_YEAR: Final = 1950
"""A closing year before it is a placeholder (1900), not a date."""

ENDED: Final = re.compile(
    r"(?i)\b(?:(?:permanently|has|have|now) closed|closed (?:down|permanently|in (?:\w+ )?(?:19|20)\d\d)|(?:has |have |was |group |club )(?:been )?(?:disbanded|folded|"
    r"dissolved|wound up)|(?:group|club|hall|library|branch|centre) (?:is |has |was )?(?:now )?closed|no longer (?:runs?|running|meets?|meeting|exists?|operating))\b"
)
"""A remark that says that the thing itself has ended, not its door on a day."""

UPRN: Final = r"\d{1,12}"
"""A UPRN; "1.0003E+10" is what a spreadsheet leaves of one, and is the same for many."""

KEPT: Final = (
    "source",
    "row",
    "point_x",
    "point_y",
    "reading_problem",
    "reading_note",
    "list_title",
    "list_date",
    "row_key",
    "sensitive",
)
"""Columns that stay as they were read: ``-`` and ``n/a`` say nothing elsewhere, but are not a no under ``sensitive``."""


def clean_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with trimmed cells, empty where they say nothing (``-``, ``N/A``), and ``name_key``."""
    cleaned = rows.copy()
    for column in cleaned.columns.difference(list(KEPT)):
        if asks(str(column)) in ("hide", "show"):  # "not given" and "?" are answers there
            continue
        cells = cleaned[column]
        said = without_nothing(cells, links=column in WITH_LINKS)
        if said is not cells:
            cleaned[column] = said
    return cleaned.assign(name_key=name_keys(without_closed(cleaned["name"])))


def judge_rows(
    rows: pd.DataFrame,
    *,
    as_of: datetime.date | None = None,
    quote: bool = True,
    ticks: frozenset[str] | None = None,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read what each row says, apart from its place.

    Parameters
    ----------
    rows
        As `clean_rows` returns them, on a 0, 1, ... index.
    as_of
        The day on which staleness is judged; the newest ``checked_date`` of the rows when not given, so
        that equal files give equal results on every day.
    quote
        Whether a remark on a cell that could not be read quotes it.
    ticks
        Columns that hold yes and no for a resource, where more rows than these decide that (`tick_columns`).

    Returns
    -------
    tuple
        A table on the same index with ``asset_type``, ``status``, ``registered``, ``register``,
        ``registration_number``, ``operator_type``, ``control``, ``devolved``, ``opened_year``, ``closed_year``,
        ``weekly_hours``, ``sensitive``, ``checked_date`` in their final form, ``guarded`` and ``guarded_word``
        (`judge_guards`), where the rows say something
        of it what `read_said` returns; and what was found. A column ``<name>_as_written`` keeps the cells of a
        column that could not be read.
    """
    findings = [finding(column_or_empty(rows, "name") == "", "rejected", "It has no name. Give it one.")]
    length = column_or_empty(rows, "name").str.len()
    findings.append(
        finding(
            length > LONGEST_COMPARED,
            "accepted",
            "Its name has ",
            length.astype("int64"),
            f" characters; only the first {LONGEST_COMPARED} are compared with other names. Shorten it.",
        )
    )
    if "reading_problem" in rows:
        problem = rows["reading_problem"].fillna("").astype("str")
        findings.append(finding(problem != "", "review", problem.str[:1].str.upper(), problem.str[1:], "."))
    if "reading_note" in rows:
        note = rows["reading_note"].fillna("").astype("str")
        findings.append(finding(note != "", "accepted", note))
    types, more = known_types(column_or_empty(rows, "asset_type"), rows["name_key"], rows.get("list_title"))
    findings += more
    stated = pd.DataFrame({"asset_type": types}, index=rows.index)
    findings += _judge_dates(rows, stated, as_of, quote=quote)
    findings += _judge_status(rows, stated)
    findings += judge_registration(rows, stated, quote=quote)
    if "uprn" in rows:
        typed = rows["uprn"]
        stated["uprn"] = typed.str.replace(r"(?i)^\W*uprn\W*|[ ,]|\.0+$", "", regex=True).where(
            lambda code: code.str.fullmatch(UPRN), ""
        )
        findings.append(
            kept_as_written(rows, stated, "uprn", stated["uprn"] == "", "property number (UPRN)", quote=quote)
        )
    stated["operator_type"] = _operator_types(rows)
    control = pd.to_numeric(reference_table("operator_types")["control"], errors="coerce")
    stated["control"] = stated["operator_type"].map(control).astype("float64")
    findings += _judge_words(rows, stated, quote=quote)
    said, more = read_said(rows, ticks)
    return stated.join(judge_guards(rows, types)).join(said), [*findings, *more]


def _judge_words(rows: pd.DataFrame, stated: pd.DataFrame, *, quote: bool) -> list[Finding]:
    """Read hours and handing over, and keep what is written there or under the type in other words."""
    if "step_free" in rows:
        answer = yes_no(rows["step_free"])
        stated["step_free"] = answer.where(answer != "unknown", rows["step_free"])
    stories: list[Finding] = []
    if "story" in rows:
        stated["story"] = read_links(rows["story"])
        unread = (stated["story"] == "") & (rows["story"] != "")
        stories = [kept_as_written(rows, stated, "story", unread, "web address of a story", quote=quote)]
    hours, devolved = column_or_empty(rows, "weekly_hours"), column_or_empty(rows, "devolved")
    stated["weekly_hours"] = read_hours(hours)
    stated["devolved"] = read_devolved(devolved)
    keep_text(stated, "devolved", devolved.where(yes_no(devolved) == "unknown", ""))
    typed = column_or_empty(rows, "asset_type")
    plainly = name_keys(typed.str.replace("_", " ")) == name_keys(stated["asset_type"].str.replace("_", " "))
    keep_text(stated, "asset_type", typed.where(~plainly, ""))
    operators = column_or_empty(rows, "operator_type")
    unsaid = ~operators.str.casefold().isin(("unknown", "not known"))
    strange = (stated["devolved"] == "unknown") & ~devolved.str.casefold().isin(("unknown", "not known"))
    findings = [
        *stories,
        kept_as_written(
            rows, stated, "weekly_hours", stated["weekly_hours"].isna(), "number of weekly hours", quote=quote
        ),
        kept_as_written(
            rows,
            stated,
            "operator_type",
            (stated["operator_type"] == "") & unsaid,
            "kind of operator",
            quote=quote,
        ),
    ]
    kept = stated.get(f"devolved{AS_WRITTEN}")
    findings.append(kept_as_written(rows, stated, "devolved", strange, "handing over", quote=quote))
    if kept is not None:
        stated[f"devolved{AS_WRITTEN}"] = kept
    return findings


def _judge_dates(
    rows: pd.DataFrame, stated: pd.DataFrame, as_of: datetime.date | None, *, quote: bool
) -> list[Finding]:
    checked = read_dates(column_or_empty(rows, "checked_date"))
    stated["checked_date"] = checked
    day = pd.Timestamp(as_of) if as_of is not None else checked.max()
    stale = checked < months_before(day, STALE_MONTHS) if pd.notna(day) else checked.notna() & False
    shown = checked.dt.strftime("%d %B %Y").fillna("").astype("str")
    findings = [
        finding(
            stale,
            "accepted",
            "It was last checked on ",
            shown,
            f", over {STALE_MONTHS} months ago. Check it again.",
        ),
        kept_as_written(rows, stated, "checked_date", checked.isna(), "date of the last check", quote=quote),
    ]
    for column, what in (
        ("opened_year", "opening"),
        ("closed_year", "closing"),
        ("devolved_year", "handing-over"),
    ):
        text = column_or_empty(rows, column)
        years = read_years(text)
        placeholder = (years < FIRST_YEAR) & (column == "closed_year") | (years == 1900)
        # Yes or no under "Closed" is a status; "no" says nothing of a year.
        odd = (text != "") & years.isna() & (yes_no(text) == "unknown")
        stated[column] = years.where(~placeholder)
        findings.append(
            finding(placeholder, "accepted", f"The {what} year ", text, " is a placeholder and was left out.")
        )
        findings.append(kept_as_written(rows, stated, column, odd, f"{what} year", quote=quote))
        # "2019-20" says more than the year that was read.
        wordy = years.notna() & ~placeholder & ~text.str.fullmatch(r"\d{4}(?:\.0|-\d\d-\d\d.*)?")
        keep_text(stated, column, text.where(wordy | odd, ""))
    return findings


def _judge_status(rows: pd.DataFrame, stated: pd.DataFrame) -> list[Finding]:
    typed = column_or_empty(rows, "status")
    status = status_words(typed)
    by_name = (status == "unknown") & closed_by_name(rows["name"])
    status = status.mask(by_name, "closed")
    # "Permanently closed March 2024" says when, too.
    since = read_years(typed.where(status == "closed", "")).fillna(
        read_years(rows["name"].where(by_name, ""))
    )
    stated["closed_year"] = stated["closed_year"].fillna(since)
    plainly = typed.str.casefold().isin(
        {*"|".join(STATUS_WORDS.values()).split("|"), "", "unknown", "not known"}
    )
    keep_text(stated, "status", typed.where(~plainly, ""))
    strange = (typed != "") & (status == "unknown") & ~typed.str.casefold().isin(("unknown", "not known"))
    closed = stated["closed_year"].notna() | (yes_no(column_or_empty(rows, "closed_year")) == "yes")
    contradicts = closed & (status == "open")
    stated["status"] = status.where(~(closed & (status != "open")), "closed")
    both = typed.where(stated["status"] == "closed", "") + " " + rows["name"].where(by_name, "")
    ended = (stated["status"] != "closed") & ~contradicts & column_or_empty(rows, "note").str.contains(ENDED)
    for_a_time, moved = both.str.contains(FOR_A_TIME), both.str.contains(MOVED)
    years = stated["closed_year"].astype("Int64").astype("str").fillna("")
    return [
        finding(by_name, "accepted", "Its name says that it is closed."),
        finding(
            for_a_time & ~moved,
            "accepted",
            "It is closed for a time, so it counts as closed until a list says that it is open.",
        ),
        finding(
            moved,
            "accepted",
            "It has moved, so it counts as closed here. Give the new place a row of its own, if no list has it.",
        ),
        finding(
            ended,
            "review",
            "Its remark says that it has ended. Write closed as its status, or correct the remark.",
        ),
        finding(strange, "review", "The status '", typed, "' is not open, closed or proposed. Correct it."),
        finding(
            contradicts,
            "review",
            "It says open but gives a closing year, ",
            years,
            ". Correct one of them.",
        ),
    ]


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

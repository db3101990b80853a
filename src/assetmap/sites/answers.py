"""Answers about sites, brought onto the sites under review: receivers, interest, and the conditions for social action.

What was not known in the year of the review is not known: in a review of an earlier year only answers with a date of that
year or before count. A receiver that is said to be there, or to be interested, and has no name is an open question and counts
as not known. Answers that contradict each other are refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pandas as pd

from assetmap.schema import InputError, Note, counted, first_few, reference_table
from assetmap.sites.names import NoSuchSiteError, find_site
from assetmap.sites.sites import control_of, operator_type_of

if TYPE_CHECKING:
    import geopandas as gpd

STATED: Final = ("receiver_present", "interest")
NO_NAME: Final = (
    "Which body is it? The answers say that there is a receiver or that it is interested, but give no name"
)


def blank_answers(sites: pd.DataFrame, answers: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return a sheet to fill in: one row per site, with what is known already; every other answer is ``unknown``.

    Parameters
    ----------
    sites
        The sites under review.
    answers
        ``DevolutionReview.answers``: what is known of them. Without it, every answer is ``unknown``.

    Returns
    -------
    pandas.DataFrame
        Index ``site`` (names); ``receiver``, ``receiver_present``, ``interest``, the thirteen questions, ``date`` and
        ``source``.

    Examples
    --------
    >>> sites = am.sites.sites_of_type(assets)
    >>> list(am.sites.blank_answers(sites).columns)[:3]
    ['receiver', 'receiver_present', 'interest']
    """
    columns = [*STATED, *reference_table("conditions_checklist").index]
    sheet = pd.DataFrame("unknown", index=sites.index, columns=columns, dtype=object)
    sheet.insert(0, "receiver", "")
    sheet[["date", "source"]] = ""
    if answers is not None:
        known = answers.reindex(index=sites.index, columns=sheet.columns)
        sheet = known.where(known.notna(), sheet)
    return sheet.set_index(pd.Index(sites["name"].astype(str), name="site"))


def match_answers(
    sites: gpd.GeoDataFrame,
    assets: gpd.GeoDataFrame,
    answers: pd.DataFrame | None,
    *,
    as_of: int | None = None,
) -> tuple[pd.DataFrame, tuple[Note, ...]]:
    """Bring the answers onto the sites.

    Parameters
    ----------
    sites
        The sites under review.
    assets
        The register. An answer about another site of it, closed or of another type, is left aside.
    answers
        From `read_answers`.
    as_of
        The year of the review; answers of a later date, or without one, are left aside then.

    Returns
    -------
    tuple
        On ``sites.index``: ``receiver``, ``receiver_present``, ``interest``, every question, ``date``, ``source`` and
        ``open_question`` (text); and notes on what was left aside.

    Raises
    ------
    InputError
        With every name that is no site, every duplicate and every contradiction.
    """
    questions = list(reference_table("conditions_checklist").index)
    known = pd.DataFrame("unknown", index=sites.index, columns=[*STATED, *questions], dtype=object)
    known.insert(0, "receiver", pd.Series([None] * len(sites), index=sites.index, dtype=object))
    known[["date", "source", "open_question"]] = ""
    if answers is None:
        return known, ()
    problems: list[str] = []
    elsewhere: list[str] = []
    later: list[str] = []
    seen: set[str] = set()
    of_type = assets[assets["asset_type"].isin(sites["asset_type"])]
    for words, row in answers.iterrows():
        asset_id = _site_of(str(words), of_type, assets, problems)
        if asset_id is None:
            continue
        if asset_id in seen:
            problems.append(f"'{words}' is answered twice.")
        seen.add(asset_id)
        if asset_id not in sites.index:
            elsewhere.append(str(words))
            continue
        problems += _contradictions(str(words), row)
        if as_of is not None and not _known_by(row.get("date"), as_of):
            later.append(str(words))
            continue
        for column in known.columns.intersection(row.index):
            known.at[asset_id, column] = row[column] if pd.notna(row[column]) else None
    if problems:
        raise InputError(f"The answers about sites do not fit the review: {' '.join(problems[:10])}")
    return _with_open_questions(known, sites), _notes(elsewhere, later, as_of, answers, known)


def receivers(sites: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Say who could take each site and where it would stand; a devolved one has its receiver already."""
    devolved = sites["devolved"] == "yes"
    table = answers[["receiver", *STATED, "open_question"]].copy()
    table.loc[devolved & table["receiver"].isna(), "receiver"] = sites["operator"]
    for column in STATED:
        table.loc[devolved & (table[column] == "unknown"), column] = "yes"
    kinds = [operator_type_of(name) if isinstance(name, str) else "unknown" for name in table["receiver"]]
    kinds = [
        own if kind == "unknown" and passed else kind
        for kind, own, passed in zip(kinds, sites["operator_type"], devolved, strict=True)
    ]
    standing = [control_of(kind) for kind in kinds]
    table["control_proposed"] = [level for level, _ in standing]
    table["control_proposed_label"] = [label for _, label in standing]
    return table


def conditions(answers: pd.DataFrame) -> pd.DataFrame:
    """Count the answers to the thirteen questions, and name what is missing and what is still to be asked."""
    questions = reference_table("conditions_checklist")
    replies = answers[list(questions.index)]
    table = pd.DataFrame(
        {
            "conditions_yes": (replies == "yes").sum(axis=1),
            "conditions_no": (replies == "no").sum(axis=1),
            "conditions_unknown": (replies == "unknown").sum(axis=1),
        }
    )
    for word, column in (("no", "conditions_missing"), ("unknown", "conditions_to_ask")):
        table[column] = [
            "; ".join(questions.loc[row.index[row == word], "label"]) for _, row in replies.iterrows()
        ]
    return table


def _site_of(
    words: str, of_type: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, problems: list[str]
) -> str | None:
    """Return the site that an answer is about: one of the kind under review first, else any other asset."""
    try:
        return find_site(of_type, words)
    except NoSuchSiteError as error:
        try:
            return find_site(assets, words)
        except NoSuchSiteError:
            problems.append(str(error))
        except InputError:
            return "another"
    except InputError as error:
        problems.append(str(error))
    return None


def _contradictions(words: str, row: pd.Series) -> list[str]:
    receiver = row.get("receiver")
    present, interest = (str(row.get(column, "unknown")) for column in STATED)
    named = isinstance(receiver, str) and receiver.strip() != ""
    if present == "no" and named:
        return [
            f"'{words}' names the receiver '{receiver}' and says that there is none (receiver_present = no)."
        ]
    if present == "no" and interest == "yes":
        return [f"'{words}' says that there is no receiver and that it is interested."]
    return []


def _with_open_questions(known: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    """Take back what is said of a receiver without a name; the operator of a devolved site is its name."""
    nameless = (
        known["receiver"].isna() & (known[list(STATED)] == "yes").any(axis=1) & (sites["devolved"] != "yes")
    )
    checked = known.copy()
    for column in STATED:
        checked.loc[nameless & (known[column] == "yes"), column] = "unknown"
    checked.loc[nameless, "open_question"] = NO_NAME
    return checked


def _known_by(date: object, year: int) -> bool:
    found = re.search(r"(?<!\d)(\d{4})(?!\d)", str(date))
    return found is not None and int(found[1]) <= year


def _notes(
    elsewhere: list[str], later: list[str], as_of: int | None, answers: pd.DataFrame, known: pd.DataFrame
) -> tuple[Note, ...]:
    notes = []
    if elsewhere:
        sentence = (
            f"{counted(len(elsewhere), 'row of answers is', 'rows of answers are')} about sites that are not under review "
            f"({first_few(elsewhere, most=3)}) and not used."
        )
        notes.append(Note("ANSWERS_ELSEWHERE", sentence))
    if later:
        sentence = (
            f"{counted(len(later), 'row of answers has', 'rows of answers have')} a date after {as_of} or none, so they are not "
            "used: the review counts only what was known then."
        )
        notes.append(Note("ANSWERS_LATER", sentence))
    more = [str(column) for column in answers.columns if column not in known.columns]
    if more:
        sentence = f"The answers have columns that the review does not use: {first_few(more, most=5)}."
        notes.append(Note("ANSWER_COLUMNS", sentence))
    return tuple(notes)

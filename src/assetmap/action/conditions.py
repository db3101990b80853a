"""The conditions for social action in each area: what people who know it say is there, missing, disputed or not known.

The thirteen questions are those of the conditions checklist of the Enabling Social Action toolkit (tool E1, 2016), in our words, by
their published numbers, asked of a locality. They are never added up: an area has no score, only its answers. Where people
disagree, both answers stand. Beside them is what the lists know, which may say something else: a hall on a list need not be one
that people can get into.

References
----------
New Economics Foundation and Office for Civil Society (2016), Enabling Social Action, tool E1.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pandas as pd

from assetmap.access.costs import LIMIT_M
from assetmap.access.counts import count_within
from assetmap.schema import AreaConditions as AreaConditions  # noqa: PLC0414 (a public name of this room)
from assetmap.schema import (
    InputError,
    Note,
    counted,
    first_few,
    reference_table,
)

if TYPE_CHECKING:
    import geopandas as gpd

DISAGREE: Final = "people disagree"
ANSWERS: Final = ("yes", "no", DISAGREE, "unknown")
VENUES: Final = ("community_centre", "village_hall", "community_hub", "library")
"""Types of place with rooms that people can usually get into."""

NONE: Final = "none"
COLUMNS: Final = {
    "yes": "conditions_there",
    "no": "conditions_missing",
    DISAGREE: "conditions_disputed",
    "unknown": "conditions_not_known",
}
"""Answer -> the column of the areas that lists the conditions with it."""


def match_conditions(areas: pd.DataFrame, answers: pd.DataFrame) -> AreaConditions:
    """Bring answers of people onto the areas.

    Parameters
    ----------
    areas
        Small areas, index ``area_code``, with ``area_name``.
    answers
        From `read_conditions`. A row may be about several areas. Of several rows by one person about one area the latest date
        counts.

    Returns
    -------
    AreaConditions
        ``answers``: one row per area that was asked about and question. ``areas``: on exactly ``areas.index``, missing where nobody
        was asked.

    Raises
    ------
    InputError
        With every name that is no area, or that several areas have.

    Examples
    --------
    >>> answers = am.read.read_conditions(town.folder / "conditions.csv")
    >>> found = am.action.match_conditions(quillford.areas, answers)
    >>> found.answers["answer"].value_counts().to_dict()
    {'unknown': 41, 'yes': 37, 'no': 11, 'people disagree': 2}
    """
    by_area, problems = _spread(areas, answers)
    if problems:
        raise InputError(f"The answers about areas do not fit: {'; '.join(problems[:10])}.")
    kept, replaced = _latest(by_area)
    questions = reference_table("conditions_checklist")
    long = _each_answer(kept, areas, questions)
    return AreaConditions(long, _on_areas(areas, kept, long), _notes(answers, replaced, questions))


def conditions_nearby(
    areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, *, limit_m: float = LIMIT_M
) -> pd.DataFrame:
    """Count what the lists know beside the answers: open groups, venues and volunteer centres near each area.

    Parameters
    ----------
    areas, assets
        Tables of docs/tables.md.
    limit_m
        Metres in a straight line from where the people of an area live.

    Returns
    -------
    pandas.DataFrame
        On ``areas.index``: ``groups_near``, ``venues_near`` (`VENUES`), ``volunteer_centres_near``; missing where no list has
        anything of the kind: nobody knows then.

    Examples
    --------
    >>> list(conditions_nearby(areas, assets))
    ['groups_near', 'venues_near', 'volunteer_centres_near']
    """
    types = reference_table("asset_types")
    wanted = {
        "groups_near": list(types.index[types["group"] == "yes"].difference(list(VENUES))),
        "venues_near": list(VENUES),
        "volunteer_centres_near": ["volunteer_centre"],
    }
    there = set(assets["asset_type"])
    listed = {name: sorted(there.intersection(kinds)) for name, kinds in wanted.items()}
    return pd.DataFrame(
        {
            name: count_within(areas, assets, asset_type=kinds, limit_m=limit_m) if kinds else float("nan")
            for name, kinds in listed.items()
        },
        index=areas.index,
    )


def blank_conditions(areas: pd.DataFrame) -> pd.DataFrame:
    """Return a sheet to fill in: one row per area, the thirteen questions in full as headings, every answer empty.

    Parameters
    ----------
    areas
        Small areas, index ``area_code``, with ``area_name``.

    Returns
    -------
    pandas.DataFrame
        Index ``area`` (codes); ``area_name``, ``who``, ``date``, one column per question ("11 Do the public sector ...").
        `read_conditions` reads it back; rows that nobody fills in are to be deleted.

    Examples
    --------
    >>> sheet = am.action.blank_conditions(quillford.areas)
    >>> sheet.shape, sheet.columns[2]
    ((12, 16), 'date')
    """
    questions = reference_table("conditions_checklist")
    headings = [f"{row['number']} {row['ask_of_area']}" for _, row in questions.iterrows()]
    sheet = pd.DataFrame(
        "", index=pd.Index(areas.index.astype(str), name="area"), columns=["who", "date", *headings]
    )
    sheet.insert(0, "area_name", areas["area_name"].astype(str).to_numpy())
    return sheet


def _spread(areas: pd.DataFrame, answers: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return one row per area of each row of answers, and the names that fit no area."""
    check = areas["area_name"].astype(str).str.casefold().str.strip()
    problems, rows = [], []
    for row, words in answers["area"].items():
        for word in filter(None, (part.strip() for part in re.split(r"[;\n]", str(words)))):
            if word in areas.index:
                rows.append((row, word))
                continue
            same = check.index[check == word.casefold()]
            if len(same) == 1:
                rows.append((row, same[0]))
            elif len(same):
                problems.append(
                    f"'{word}' (row {row}) is the name of {len(same)} areas: give the code of one of {first_few(same)}"
                )
            else:
                problems.append(f"'{word}' (row {row}) is not the code or the name of an area")
    spread = answers.loc[[row for row, _ in rows]].rename_axis("row").reset_index()
    spread.insert(0, "area_code", [code for _, code in rows])
    return spread, problems


def _latest(by_area: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Keep the latest answers of each person about each area; return how many rows they replace."""
    when = by_area["date"].map(_sortable)
    ordered = by_area.assign(_when=when, _who=by_area["who"].str.casefold())
    ordered = ordered.sort_values(["_when", "row"], kind="stable")
    kept = ordered.drop_duplicates(["area_code", "_who"], keep="last").sort_values(["area_code", "row"])
    return kept.drop(columns="_who"), len(ordered) - len(kept)


_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _sortable(date: object) -> str:
    """Return a date as ``2026-03-01``, or as much of it as is known; a British day comes before its month."""
    text = str(date)
    iso = re.search(r"(?<!\d)((?:19|20)\d\d)(?:-(\d\d)(?:-(\d\d))?)?", text)
    british = re.search(r"(?<!\d)(\d{1,2})[/.](\d{1,2})[/.]((?:19|20)\d\d)(?!\d)", text)
    named = re.search(
        rf"(?:(\d{{1,2}})(?:st|nd|rd|th)?\s+)?\b({'|'.join(_MONTHS)})[a-z]*\.?,?[\s-]+((?:19|20)\d\d)",
        text,
        re.IGNORECASE,
    )
    if named:
        month = _MONTHS.index(named[2].casefold()) + 1
        return f"{named[3]}-{month:02d}" + (f"-{int(named[1]):02d}" if named[1] else "")
    if british:
        return f"{british[3]}-{int(british[2]):02d}-{int(british[1]):02d}"
    return "-".join(part for part in iso.groups() if part) if iso else text


def _each_answer(kept: pd.DataFrame, areas: pd.DataFrame, questions: pd.DataFrame) -> pd.DataFrame:
    """Return one row per area and question with the answers of all people together."""
    rows = []
    for code, people in kept.groupby("area_code", sort=False):
        for question, about in questions.iterrows():
            said = people[str(question)].value_counts()
            yes, no, unknown = (int(said.get(word, 0)) for word in ("yes", "no", "unknown"))
            answer = DISAGREE if yes and no else "yes" if yes else "no" if no else "unknown"
            rows.append(
                (code, areas.at[code, "area_name"], int(about["number"]), question, about["part"], about["label"], about["published_topic"],
                 answer, yes, no, unknown, max(people["_when"]), "; ".join(dict.fromkeys(people["who"])))
            )  # fmt: skip
    columns = [
        "area_code",
        "area_name",
        "number",
        "question",
        "part",
        "label",
        "published_topic",
        "answer",
        "said_yes",
        "said_no",
        "said_not_known",
        "latest",
        "who",
    ]
    return pd.DataFrame(rows, columns=columns, index=pd.RangeIndex(1, len(rows) + 1, name="line"))


def _on_areas(areas: pd.DataFrame, kept: pd.DataFrame, long: pd.DataFrame) -> pd.DataFrame:
    """Return what is said of each area in words, and each answer in a column of its own."""
    table = pd.DataFrame(index=areas.index)
    by_area = long.groupby("area_code", sort=False)
    people = kept.groupby("area_code")["who"].size()
    table["conditions_people"] = people.reindex(areas.index).astype("Int64")
    table["conditions_latest"] = by_area["latest"].max().reindex(areas.index)
    table["conditions_gap"] = (
        by_area[["answer", "part"]].apply(_gap).reindex(areas.index) if len(long) else None
    )
    for answer, column in COLUMNS.items():
        labels = long[long["answer"] == answer].groupby("area_code")["label"].agg("; ".join)
        asked = pd.Series(NONE, index=people.index, dtype="str")
        table[column] = labels.combine_first(asked).reindex(areas.index)
    wide = long.pivot(index="area_code", columns="question", values="answer").reindex(areas.index)
    for question in reference_table("conditions_checklist").index:
        table[f"condition_{question}"] = (
            wide[question].replace("unknown", "not known") if question in wide else None
        )
    return table


def _gap(answers: pd.DataFrame) -> str:
    """Say in which part of the checklist something is said to be missing."""
    parts = list(dict.fromkeys(answers.loc[answers["answer"] == "no", "part"]))
    if len(parts) > 1:
        return "missing in several parts"
    if parts:
        return f"missing in {parts[0]}"
    if (answers["answer"] == "unknown").all():
        return "not known"
    return "nothing said to be missing"


def _notes(answers: pd.DataFrame, replaced: int, questions: pd.DataFrame) -> tuple[Note, ...]:
    notes = []
    if replaced:
        words = counted(replaced, "set of answers was", "sets of answers were")
        notes.append(Note("CONDITIONS_REPLACED", f"{words} replaced by later answers from the same people."))
    others = [
        c for c in answers.columns if c not in ("area", "who", "date", "area_name", "note", *questions.index)
    ]
    if others:
        sentence = f"The answers about areas have columns that are not used: {first_few(others, most=5)}."
        notes.append(Note("CONDITION_COLUMNS", sentence))
    return tuple(notes)

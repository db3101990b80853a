"""Which rows are guarded: what the list says, else their type and name, until a person decides."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import pandas as pd

from assetmap.guarded.together import guarded_kinds, rows_guarded_together
from assetmap.guarded.words import (
    guarded_kind,
    guarded_word,
    guarded_words,
    is_ordinary,
    looked_at,
)
from assetmap.marked.answers import hides, is_yes, says_sensitive
from assetmap.marked.cells import (
    SCREEN_OF_NAMES,
    SHORT,
    TITLE,
    may_say_secret,
    name_says_secret,
    plain,
    says_secret,
)
from assetmap.marked.headings import asks, asks_permission, means_sensitive
from assetmap.register.findings import Finding, finding
from assetmap.register.review import read_guards
from assetmap.register.types import OTHER
from assetmap.register.words import column_or_empty
from assetmap.schema import AssetList, InputError, reference_table

GUARD_COLUMNS: Final = ("guarded", "guarded_word")
"""Why a row is guarded (``list``, ``type``, ``name``, ``column``, ``together``, ``""``), and what says so."""

SAYS_KIND: Final = frozenset(
    [
        "type",
        "types",
        "subtype",
        "category",
        "categories",
        "subcategory",
        "kind",
        "class",
        "classification",
        "tag",
        "tags",
        "keyword",
        "keywords",
    ]
)
"""Words of a heading whose cells say what a place is."""

SAYS_FOR_WHOM: Final = frozenset(
    [
        "description",
        "service",
        "services",
        "client",
        "clients",
        "user",
        "users",
        "beneficiaries",
        "purpose",
        "aim",
        "aims",
        "for",
        "remit",
        "provides",
        "about",
        "summary",
        "support",
    ]
)
"""Words of a heading whose cells say what is done there and for whom."""

SOFT: Final = frozenset(
    [
        *(
            "welcome",
            "welcomes",
            "friendly",
            "training",
            "trained",
            "policy",
            "aware",
            "awareness",
            "champion",
            "lead",
            "advice",
            "support",
        ),
        *(
            "supports",
            "supported",
            "signposting",
            "referral",
            "referrals",
            "refer",
            "information",
            "leaflets",
            "pathway",
            "checked",
            "near",
        ),
        *(
            "distance",
            "nearest",
            "number",
            "count",
            "percent",
            "rate",
            "score",
            "people",
            "clients",
            "users",
            "for",
            "with",
            "to",
        ),
    ]
)
"""Words of a heading that has guarded words and asks of something else than what the place is."""

LOOKED_FOR: Final = ("abuse", "honour", "trafficking", "sexual_violence")
"""Kinds of guarded words that guard in a short remark too: somebody looks for the people there."""

ABOUT_OTHERS: Final = re.compile(
    r"(?i)\b(?:rais(?:es?|ed|ing) (?:\w+ )?(?:funds?|money)|fund-?rais\w+|awareness|train(?:ing|ed)|refer(?:s|red)? (?:people|clients|women|anyone|others|on|you|families|them)?\s?(?:on )?to|referrals? to|signpost\w*|"
    r"donat\w+|collect(?:s|ing|ions?) (?:\w+ )?for|in aid of|proceeds|leaflets?|posters?|information (?:about|on)|formerly|former|used to be|was once|next to|opposite|near)\b"
)
"""What a remark says of another place: it gives to it, sends people there, was it once or is near it."""

NOT_LOOKED_AT: Final = frozenset(
    [
        *("name", "asset_type", "sensitive", "source", "row", "row_key", "point_x", "point_y", "name_key"),
        *("reading_problem", "reading_note", "list_date"),
    ]
)
"""Columns that are judged by themselves, and those that reading adds; ``sheet`` and ``list_title`` are the words of the list."""

NOT_ALL: Final = re.compile(
    r"(?i)\b(?:no|not|never|don'?t|with?held|withhold|private|confidential|except|without|hidden|hide|anonymous\w*)\b"
)
"""Words in an answer to whether a place may be published that refuse plainly."""

HOW: Final = "write 'no' in a column 'sensitive', or 'publish' in review.csv"


def judge_guards(rows: pd.DataFrame, types: pd.Series) -> pd.DataFrame:
    """Say which rows are guarded and why.

    Parameters
    ----------
    rows
        As `clean_rows` returns them; ``sensitive`` as it was typed.
    types
        The asset type of each row.

    Returns
    -------
    pandas.DataFrame
        On the same index: ``sensitive`` (bool), ``guarded`` and ``guarded_word`` (`GUARD_COLUMNS`).
    """
    typed, names = column_or_empty(rows, "asset_type"), column_or_empty(rows, "name")
    said, cell = _said_by_list(rows)
    by_code = types.isin(guarded_kinds())
    ordinary = [typed[by_code].map(is_ordinary).astype(bool), names[by_code].map(is_ordinary).astype(bool)]
    by_code[by_code] = ~(ordinary[0] | ordinary[1])
    of_type, of_name = looked_at(typed), looked_at(names)
    type_word = of_type["word"]
    type_word = type_word.where(type_word != "", types.where(by_code, ""))
    name_word = of_name["word"]
    column_word = _said_by_cells(rows, typed == "")
    open_ = said == ""
    both_word = pd.Series("", index=rows.index, dtype="str")
    alone = open_ & (type_word == "") & (name_word == "") & (column_word == "")
    if alone.any():
        both_word[alone] = _said_together(rows[alone], types[alone], (of_name[alone], of_type[alone]))
    choices = [
        said.isin(("yes", "unclear")),
        open_ & (type_word != ""),
        open_ & (name_word != ""),
        open_ & (column_word != ""),
        both_word != "",
    ]
    reasons = ["list", "type", "name", "column", "together"]
    guarded = pd.Series(np.select(choices, reasons, ""), index=rows.index, dtype="str")
    words = [cell.where(said == "unclear", ""), type_word, name_word, column_word, both_word]
    word = np.select(choices, words, "")
    return pd.DataFrame(
        {
            "sensitive": guarded != "",
            "guarded": guarded,
            "guarded_word": pd.Series(word, index=rows.index, dtype="str"),
        }
    )


def decide_guards(rows: pd.DataFrame, review: pd.DataFrame | None) -> tuple[pd.DataFrame, list[Finding]]:
    """Apply the decisions of a person to the guards, and say of each guarded row why it is.

    Parameters
    ----------
    rows
        With ``row_id``, ``asset_type`` and the columns of `judge_guards`.
    review
        A filled-in `review_table`: ``publish`` releases a row that is guarded by its type, its name or a column that was
        not understood; ``guard`` guards any row.

    Returns
    -------
    tuple
        The rows with the decisions applied, and what was found.
    """
    decided = rows.copy()
    if review is not None:
        release, keep = read_guards(review)
        key = column_or_empty(decided, "row_key")
        released, kept = (decided["row_id"].isin(ids) | key.isin(ids) for ids in (release, keep))
        released &= decided["guarded"] != "list"
        decided["guarded"] = decided["guarded"].mask(released, "").mask(kept, "list")
        decided["guarded_word"] = decided["guarded_word"].mask(released | kept, "")
        decided["sensitive"] = decided["guarded"] != ""
    by, word = decided["guarded"], decided["guarded_word"]
    kind = (by == "type") & (word == decided["asset_type"])
    plainly = (by == "type") & (kind | word.isin(reference_table("asset_types").index))
    so = "so its location is not published"
    return decided, [
        finding((by == "list") & (word != ""), "accepted", "The value '", word, f"' under 'sensitive' is not plainly no, {so}. "
                "Write yes or no."),
        finding(plainly, "accepted", "Its type is guarded (", word, f"), {so}. If it may be published, {HOW}."),
        finding((by == "type") & ~plainly, "review", "Its type has the guarded words '", word, f"', {so} until you decide: {HOW}."),
        finding(by == "name", "review", "Its name has the guarded words '", word, f"', {so} until you decide: {HOW}."),
        finding(by == "together", "review", "Its name, its type and what else it says have together the guarded words '", word,
                f"', {so} until you decide: {HOW}."),
        finding(by == "column", "review", "Another of its cells has the guarded words '", word,
                f"', {so} until you decide: {HOW}."),
    ]  # fmt: skip


BY_READING: Final = (
    *("source", "row", "row_key", "sheet", "geometry", "reading_problem", "reading_note"),
    *("list_title", "list_date", "point_x", "point_y", "name_key"),
)
"""Columns that reading adds to a list."""


def lists_without_type(lists: list[AssetList | pd.DataFrame]) -> list[str]:
    """Return a sentence for each list of which no column was understood as the type."""
    said = []
    for each in lists:
        table = each.table if isinstance(each, AssetList) else each
        if "asset_type" in table.columns or "source" not in table.columns or not len(table):
            continue
        known = {*reference_table("column_names").index, *BY_READING}
        others = [str(column) for column in table.columns if column not in known]
        unknown = f" (not understood: {', '.join(others[:8])})" if others else ""
        said.append(
            f"The list '{table['source'].iloc[0]}' has no column that says what kind of place each row is{unknown}. Refuges and "
            "other places that must stay secret are recognised only by the words in their names and short cells. Before you "
            "publish, name the column of types (--column asset_type=HEADING, or columns in assetmap.toml), or write yes or no "
            "in a column 'sensitive'."
        )
    return said


def check_publish(publish: tuple[str, ...], rows: pd.DataFrame) -> None:
    """Refuse columns to publish that no list has."""
    missing = [column for column in publish if column not in rows.columns]
    if missing:
        raise InputError(
            f"No list has the column {', '.join(repr(column) for column in missing)} that 'publish' names. The lists have "
            f"{', '.join(sorted(map(str, rows.columns.difference(['source', 'row', 'row_key', 'point_x', 'point_y']))))}."
        )


def _said_by_list(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return ``yes``, ``no``, ``unclear`` or ``""`` for each row, and the cell that says so; yes wins, then unclear."""
    said = pd.Series("", index=rows.index, dtype="str")
    cells = said.copy()
    known = reference_table("column_names").index
    rank = {"": 0, "no": 1, "unclear": 2, "yes": 3}
    for column in rows.columns:
        name = str(column)
        ours = name == "sensitive"
        permits = not ours and name not in known and asks_permission(name)
        if not ours and not permits and (name in known or not means_sensitive(name)):
            continue
        typed = rows[column].fillna("").astype("str")
        said_by = says_sensitive if ours else _permitted if permits else _sensitivity
        found = typed.map({cell: said_by(cell) for cell in typed.unique()}).astype("str")
        stronger = found.map(rank) > said.map(rank)
        said, cells = said.mask(stronger, found), cells.mask(stronger, typed.str.strip())
    return said, cells


def _permitted(cell: str) -> str:
    """Return what `says_sensitive` would of an answer to whether a place may be published: only a refusal says anything."""
    if not hides("show", "publish", plain(cell)):
        return ""
    return "yes" if says_sensitive(cell) == "no" else "unclear" if NOT_ALL.search(cell) else ""


def _sensitivity(cell: str) -> str:
    """Return `says_sensitive` of a cell under another heading, which may have levels: a low one says nothing."""
    said = says_sensitive(cell)
    return said if said != "unclear" or hides("hide", "sensitivity", plain(cell)) else ""


def _said_together(
    rows: pd.DataFrame, types: pd.Series, looks: tuple[pd.DataFrame, pd.DataFrame]
) -> pd.Series:
    """Return the words of name, type, operator and short remarks that guard a row only together, or ``""``."""
    typed, operator = column_or_empty(rows, "asset_type"), column_or_empty(rows, "operator")
    known = set(reference_table("column_names").index)
    remark = pd.Series("", index=rows.index, dtype="str")
    for column in rows.columns:
        name = str(column)
        if name in NOT_LOOKED_AT or not pd.api.types.is_string_dtype(rows[column]):
            continue
        if name in ("note", "offers") or (name not in known and set(name.split("_")) & SAYS_FOR_WHOM):
            said = rows[column].fillna("").astype("str")
            remark = remark + " " + said.where(said.str.len() <= SHORT, "")
    plainly = (typed != "") & (types != OTHER)
    cells = {
        "name": column_or_empty(rows, "name"),
        "kind": typed,
        "operator": operator.where(operator.str.len() <= SHORT, ""),
        "remark": remark.str.strip(),
    }
    return rows_guarded_together(pd.DataFrame(cells), looks=looks, plainly=plainly)


def _said_by_cells(rows: pd.DataFrame, untyped: pd.Series) -> pd.Series:
    """Return the words of a row, outside ``sensitive``, type and name, that guard it, or ``""``."""
    found = pd.Series("", index=rows.index, dtype="str")
    known = set(reference_table("column_names").index)
    for column in ("name", "asset_type"):
        typed = column_or_empty(rows, column)
        texts = may_say_secret(typed.unique().tolist(), SCREEN_OF_NAMES)
        marks = {cell: name_says_secret(cell, whole=column == "asset_type") for cell in texts}
        if any(marks.values()):
            found = found.where(found != "", typed.map(marks).fillna("").astype("str"))
    for column in rows.columns:
        name = str(column)
        if name in NOT_LOOKED_AT or not pd.api.types.is_string_dtype(rows[column]):
            continue
        cells, understood = rows[column].fillna("").astype("str"), name in known
        texts = cells.unique().tolist()
        if not any(texts):
            continue
        asked = name == "status" or (not understood and asks(name) != "")
        said = dict.fromkeys(texts, "") | {
            cell: says_secret(name, cell, understood=understood)
            for cell in (texts if asked else may_say_secret(texts))
        }
        if any(said.values()):
            found = found.where(found != "", cells.map(said).astype("str"))
        words = _kind_in_cells(name, cells, untyped, understood=understood)
        if words is not None:
            found = found.where(found != "", words)
        if not understood and (kind := _kind_in_heading(name)):
            ticked = cells.map({cell: is_yes(cell) for cell in texts}).astype(bool)
            found = found.mask(ticked & (found == "") & (untyped | (guarded_kind(kind) in LOOKED_FOR)), kind)
    return found


def _kind_in_heading(heading: str) -> str:
    """Return the guarded words of a heading that is one kind of place, to be ticked: ``Women's refuge``, not ``Refugees welcome``."""
    words = heading.split("_")
    return "" if SOFT & set(words) else guarded_word(" ".join(words))


def _kind_in_cells(
    heading: str, cells: pd.Series, untyped: pd.Series, *, understood: bool
) -> pd.Series | None:
    """Return the guarded words of cells that say what a place is or who runs it; None where a column says neither."""
    words = set(heading.split("_"))
    if heading == TITLE:  # "heading|sheet or layer|file": what a sheet is called is the kind of all its rows
        return guarded_words(cells.str.extract(r"^[^|]*\|([^|]*)", expand=False).where(~untyped, cells))
    short = cells.str.len() <= SHORT
    if heading in ("operator", "sheet") or (not understood and words & SAYS_KIND):
        return guarded_words(cells.where(short, ""))
    remark = heading in ("note", "offers") or (not understood and bool(words & SAYS_FOR_WHOM))
    if not remark:
        return guarded_words(cells.where(short & untyped, "")) if not understood and untyped.any() else None
    said = guarded_words(cells.where(short & ~cells.str.contains(ABOUT_OTHERS), ""))
    kinds = said.map({words: guarded_kind(words) for words in said.unique()})
    bare = untyped & (not understood)
    return said.where(bare | kinds.isin(LOOKED_FOR), "")

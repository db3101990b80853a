"""Which rows are guarded: what the list says, else their type and name, until a person decides."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import pandas as pd

from assetmap.guarded import guarded_kind, guarded_kinds, guarded_words, is_ordinary, says_sensitive
from assetmap.marked import SHORT, TITLE, may_say_secret, says_secret
from assetmap.register.findings import Finding, finding
from assetmap.register.review import read_guards
from assetmap.register.words import column_or_empty
from assetmap.schema import AssetList, InputError, reference_table

GUARD_COLUMNS: Final = ("guarded", "guarded_word")
"""Why a row is guarded (``list``, ``type``, ``name``, ``column``, ``""``), and what says so."""

SAYS_SECRET: Final = re.compile(
    r"(?:^|_)(?:confidential|confidentiality|sensitive|sensitivity|secret|undisclosed|withheld|withhold)(?:_|$)|"
    r"do_not_publish|not_for_publication|"
    r"(?:private|restricted|hidden|protected)_(?:address|location|place|site)|"
    r"(?:address|location|place|site)_(?:is_)?(?:private|restricted|hidden|protected)"
)
"""Headings that the register does not know and that say what ``sensitive`` says."""

SAYS_PUBLIC: Final = re.compile(
    r"(?:ok|okay|can|may|permission|consent|happy|agree[sd]?)?_?(?:to|we|be|for)?_?(?:we_|be_|you_|i_|this_|it_)*"
    r"(?:publish|published|publication|publishable|show_on_(?:the_)?map|public_(?:listing|display)|(?:make|made)_(?:this_|it_)?public|"
    r"shared?_(?:this_|it_|details_|address_)*(?:publicly|online|on_(?:the|our)_website))(?:_.*)?"
)
"""Headings that ask for permission: there a no guards."""

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

LOOKED_FOR: Final = ("abuse", "honour", "trafficking", "sexual_violence")
"""Kinds of guarded words that guard in a short remark too: somebody looks for the people there."""

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
"""Words in an answer to such a heading that are no plain yes."""

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
    said_of_it = typed.where(typed != "", names)[by_code]
    by_code[by_code] = ~said_of_it.map(is_ordinary).astype(bool)
    type_word = guarded_words(typed)
    type_word = type_word.where(type_word != "", types.where(by_code, ""))
    name_word = guarded_words(names)
    column_word = _said_by_cells(rows, typed == "")
    open_ = said == ""
    choices = [
        said.isin(("yes", "unclear")),
        open_ & (type_word != ""),
        open_ & (name_word != ""),
        open_ & (column_word != ""),
    ]
    guarded = pd.Series(
        np.select(choices, ["list", "type", "name", "column"], ""), index=rows.index, dtype="str"
    )
    word = np.select(choices, [cell.where(said == "unclear", ""), type_word, name_word, column_word], "")
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
        asks = name != "sensitive" and name not in known and bool(SAYS_PUBLIC.fullmatch(name))
        if name != "sensitive" and not asks and (name in known or not SAYS_SECRET.search(name)):
            continue
        typed = rows[column].fillna("").astype("str")
        found = typed.map({cell: says_sensitive(cell) for cell in typed.unique()}).astype("str")
        if asks:
            refused = found.map({"no": "yes"}).fillna("").astype("str")
            found = refused.mask((found == "unclear") & typed.str.contains(NOT_ALL), "unclear")
        stronger = found.map(rank) > said.map(rank)
        said, cells = said.mask(stronger, found), cells.mask(stronger, typed.str.strip())
    return said, cells


def _said_by_cells(rows: pd.DataFrame, untyped: pd.Series) -> pd.Series:
    """Return the words of a row, outside ``sensitive``, type and name, that guard it, or ``""``."""
    found = pd.Series("", index=rows.index, dtype="str")
    known = set(reference_table("column_names").index)
    for column in rows.columns:
        name = str(column)
        if name in NOT_LOOKED_AT or not pd.api.types.is_string_dtype(rows[column]):
            continue
        cells, understood = rows[column].fillna("").astype("str"), name in known
        texts = cells.unique().tolist()
        if not any(texts):
            continue
        if may_say_secret(name, texts, understood=understood):
            said = {cell: says_secret(name, cell, understood=understood) for cell in texts}
            if any(said.values()):
                found = found.where(found != "", cells.map(said).astype("str"))
        words = _kind_in_cells(name, cells, untyped, understood=understood)
        if words is not None:
            found = found.where(found != "", words)
    return found


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
    said = guarded_words(cells.where(short, ""))
    kinds = said.map({words: guarded_kind(words) for words in said.unique()})
    bare = untyped & (not understood)
    return said.where(bare | kinds.isin(LOOKED_FOR), "")

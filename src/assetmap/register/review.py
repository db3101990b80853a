"""Pairs for a person to decide, as a table to edit, and the decisions that come back."""

from __future__ import annotations

from typing import Final

import pandas as pd

from assetmap.schema import InputError, counted, first_few

SAME: Final = ("same", "yes", "y", "s")
DIFFERENT: Final = ("different", "no", "n", "d")
LATER: Final = ("later",)
PUBLISH: Final = ("publish", "release")
GUARD: Final = ("guard", "keep")
RELEASABLE: Final = ("type", "name", "column", "together")
"""Why a row is guarded that a person may release here; what the list itself says is changed in the list."""


def review_table(log: pd.DataFrame) -> pd.DataFrame:
    """Return what a person has to decide: pairs that were merged or may be the same, and places that are guarded.

    Parameters
    ----------
    log
        The validation log of a `Register`.

    Returns
    -------
    pandas.DataFrame
        One row per pair, doubtful ones first: ``decision`` (empty: write ``same`` or ``different``),
        ``outcome``, ``score``, ``name``, ``other_name``, ``source``, ``row``, ``other_source``,
        ``other_row``, ``reason``, ``row_id``, ``other_id``. Pass it to `build_register` as ``review``:
        it joins what is the same, and undoes the merge of what is different. A row without ``other_id`` is a place that
        is guarded by its type or name: write ``publish`` to release it, ``guard`` to keep it guarded.

    Examples
    --------
    >>> lists = [am.read_assets(town.folder / name) for name in ("directory.csv", "hall_bookings.csv")]
    >>> len(am.register.review_table(am.build_register(lists).log))
    23
    """
    pairs = log[log["other_id"].notna()]
    guarded = log[log["guarded"].isin(RELEASABLE)] if "guarded" in log else log.iloc[:0]
    alone = guarded.assign(other_id=pd.Series(pd.NA, index=guarded.index, dtype="str"), score=float("nan"))
    pairs = pairs.sort_values(["outcome", "score"], ascending=[False, True], kind="stable")
    table = pd.concat([pairs, alone], ignore_index=True) if len(alone) else pairs.reset_index(drop=True)
    other = log.drop_duplicates("row_id").set_index("row_id")
    for column in ("name", "source", "row"):
        table[f"other_{column}"] = other[column].reindex(table["other_id"]).to_numpy()
    table["other_row"] = table["other_row"].astype("Int64")
    table["decision"] = ""
    pair = ["name", "other_name", "source", "row", "other_source", "other_row"]
    return table[["decision", "outcome", "score", *pair, "reason", "row_id", "other_id"]]


def read_decisions(review: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return decided pairs as places in ``rows``; pairs whose rows are gone are left out.

    A row is named by its ``row_id``, or by the ``row_key`` that its list gives it.
    """
    word, pairs = _decided(review)
    review, word = review[pairs & ~word.isin(LATER)], word[pairs & ~word.isin(LATER)]
    places = pd.Series(rows.index, index=rows["row_id"])
    if "row_key" in rows:
        keyed = rows[rows["row_key"] != ""]
        places = pd.concat([places, pd.Series(keyed.index, index=keyed["row_key"])])
    first = places.reindex(review["row_id"]).to_numpy()
    second = places.reindex(review["other_id"]).to_numpy()
    decided = pd.DataFrame({"first": first, "second": second, "same": word.isin(SAME).to_numpy()})
    decided = decided[(word != "").to_numpy()].dropna()
    return decided.astype({"first": int, "second": int})


def read_guards(review: pd.DataFrame) -> tuple[set[str], set[str]]:
    """Return the ``row_id`` of places that a person released, and of those that stay guarded."""
    word, pairs = _decided(review)
    ids = review["row_id"].astype("str")
    return set(ids[~pairs & word.isin(PUBLISH)]), set(ids[~pairs & word.isin(GUARD)])


def _decided(review: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the decision of each row in small letters, and which rows are pairs; refuse other words."""
    missing = [column for column in ("decision", "row_id", "other_id") if column not in review.columns]
    if missing:
        raise InputError(
            f"The review cannot be used: missing column {first_few(missing)}. Edit only the column 'decision'."
        )
    word = review["decision"].fillna("").astype("str").str.strip().str.casefold()
    pairs = review["other_id"].fillna("").astype("str").str.strip() != ""
    for of_kind, words, said in (
        (pairs, (*SAME, *DIFFERENT, *LATER), "'same' nor 'different'"),
        (~pairs, (*PUBLISH, *GUARD), "'publish' nor 'guard' (the row is a guarded place, not a pair)"),
    ):
        strange = review[of_kind & (word != "") & ~word.isin(words)]
        if len(strange):
            raise InputError(
                f"{counted(len(strange), 'decision is', 'decisions are')} neither {said}, first "
                f"{first_few(strange['decision'])} (row {int(strange.index[0]) + 2}). Correct them or leave them empty."
            )
    return word, pairs

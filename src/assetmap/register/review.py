"""Pairs for a person to decide, as a table to edit, and the decisions that come back."""

from __future__ import annotations

from typing import Final

import pandas as pd

from assetmap.schema import InputError, counted, first_few

SAME: Final = ("same", "yes", "y", "s")
DIFFERENT: Final = ("different", "no", "n", "d")


def review_table(log: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs that were merged or may be the same, for a person to decide.

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
        it joins what is the same, and undoes the merge of what is different.
    """
    pairs = log[log["other_id"].notna()].copy()
    other = log.drop_duplicates("row_id").set_index("row_id")
    for column in ("name", "source", "row"):
        pairs[f"other_{column}"] = other[column].reindex(pairs["other_id"]).to_numpy()
    pairs["decision"] = ""
    order = [
        "decision",
        "outcome",
        "score",
        "name",
        "other_name",
        "source",
        "row",
        "other_source",
        "other_row",
    ]
    pairs = pairs.sort_values(["outcome", "score"], ascending=[False, True], kind="stable")
    return pairs[[*order, "reason", "row_id", "other_id"]].reset_index(drop=True)


def read_decisions(review: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return decided pairs as places in ``rows``; pairs whose rows are gone are left out."""
    missing = [column for column in ("decision", "row_id", "other_id") if column not in review.columns]
    if missing:
        raise InputError(
            f"The review cannot be used: missing column {first_few(missing)}. Edit only the column 'decision'."
        )
    word = review["decision"].fillna("").astype("str").str.strip().str.casefold()
    strange = review[(word != "") & ~word.isin([*SAME, *DIFFERENT])]
    if len(strange):
        raise InputError(
            f"{counted(len(strange), 'decision is', 'decisions are')} neither 'same' nor 'different', first "
            f"{first_few(strange['decision'])} (row {int(strange.index[0]) + 2}). Correct them or leave them empty."
        )
    places = pd.Series(rows.index, index=rows["row_id"])
    first = places.reindex(review["row_id"]).to_numpy()
    second = places.reindex(review["other_id"]).to_numpy()
    decided = pd.DataFrame({"first": first, "second": second, "same": word.isin(SAME).to_numpy()})
    decided = decided[(word != "").to_numpy()].dropna()
    return decided.astype({"first": int, "second": int})

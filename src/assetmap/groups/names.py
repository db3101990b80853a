"""Lists that hold names and nothing else, linked by name for an estimate.

Names that are equal, or nearly so, link two lists. A name that occurs twice in a list, or says only what kind of
group it is ("Youth Club"), may belong to several groups: such pairs are not linked but go to review, like names that
are alike but not nearly equal. Limits: without a place, a type or a register number nobody can tell two groups of
one name apart, or see that a group goes by two names.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

import numpy as np
import pandas as pd

from assetmap.schema import InputError, first_few, reference_table

LINKED: Final = "merged"
DOUBTFUL: Final = "review"

REVIEW_SCORE: Final = 80
"""Similarity of two names (0-100) from which a person should look at them."""

LONG_WORD: Final = 5
"""Words of this many letters may differ by one letter and still be nearly equal, of twice as many by two."""

KIND_WORDS: Final = frozenset([
    "adult", "adults", "after", "art", "arts", "baby", "bands", "bell", "bells", "bingo", "book", "books",
    "bowls", "brass", "brownies", "carers", "chess", "children", "childrens", "choir", "coffee", "craft",
    "crafts", "cricket", "cubs", "cycling", "dance", "dancing", "drama", "evening", "family", "film",
    "fit", "folk", "football", "friday", "gardening", "girls", "guides", "history", "keep", "knit",
    "knitting", "ladies", "language", "lunch", "luncheon", "men", "mens", "monday", "morning", "mothers",
    "mums", "music", "natter", "netball", "nursery", "older", "over", "painting", "parent", "parents",
    "peer", "photography", "pilates", "playgroup", "quilters", "quilting", "reading", "running",
    "saturday", "scouts", "seniors", "sewing", "singers", "singing", "social", "stay", "sunday", "support",
    "swimming", "table", "tea", "tennis", "theatre", "thursday", "toddler", "toddlers", "tuesday", "under",
    "walkers", "walking", "wednesday", "weekly", "women", "womens", "writers", "writing", "yoga", "young",
    "youth",
])  # fmt: skip
"""Words that say what a group does, for whom or when, not which group it is."""

CHUNK: Final = 1_000

PAIR_COLUMNS: Final = (
    "decision", "outcome", "score", "name", "other_name", "source", "row", "other_source", "other_row", "reason",
    "row_id", "other_id",
)  # fmt: skip


def link_names(
    rows: pd.DataFrame, *, common_words: Collection[str] = (), review: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Link the rows of several lists by name.

    Parameters
    ----------
    rows
        One row per row of a list: ``source``, ``row``, ``name``, ``row_id`` and ``key`` (the name in the form in
        which names are compared).
    common_words
        Words that many names share, such as "club": a name of these and of words for kinds of group is only a type.
    review
        The pairs that a person decided: ``row_id``, ``other_id`` and ``decision`` (``same`` or ``different``).

    Returns
    -------
    tuple of pandas.DataFrame
        The table for `estimate_from_lists` (index ``group_id``, one true/false column per list, ``link_reviewed``
        and ``link_doubtful``), and every pair that was linked or should be reviewed, doubtful ones first, in the
        form of `review_table`.

    Examples
    --------
    >>> rows = pd.DataFrame({"source": ["a", "b"], "row": [2, 2], "row_id": ["a-2", "b-2"]})
    >>> rows = rows.assign(name="Truro Lantern Makers", key="truro lantern makers")
    >>> groups, pairs = am.groups.link_names(rows)
    >>> groups[["a", "b"]].values.tolist()
    [[True, True]]
    """
    rows = rows.reset_index(drop=True)
    kinds = KIND_WORDS | _label_words() | set(common_words)
    rows["particular"] = [
        any(word not in kinds and word.isalpha() for word in key.split()) for key in rows["key"]
    ]
    repeated = rows.duplicated(["source", "key"], keep=False).to_numpy()
    pairs = _pairs(rows, repeated)
    same, different = _decided(rows, review)
    kept = [pair not in different for pair in _places(pairs)]
    pairs = pairs[pd.Series(kept, index=pairs.index, dtype=bool)]
    linked = _one_to_one(rows, pairs, same)
    pairs = pairs.assign(outcome=[LINKED if pair in linked else DOUBTFUL for pair in _places(pairs)])
    group = _groups(len(rows), linked)
    return _membership(rows, group, linked, same, pairs), _review_rows(rows, pairs, same)


def _places(pairs: pd.DataFrame) -> list[tuple[int, int]]:
    return list(zip(pairs["one"].tolist(), pairs["other"].tolist(), strict=True))


def _label_words() -> set[str]:
    """Return the words of the labels of all asset types."""
    types = reference_table("asset_types")
    labels = " ".join([*types["label"], *types["label_plural"]]).casefold()
    return set(re.findall(r"[a-z]+", labels))


def _pairs(rows: pd.DataFrame, repeated: np.ndarray) -> pd.DataFrame:
    """Return pairs of alike names: positions, score, whether they are sure, and why."""
    from rapidfuzz import fuzz, process

    keys = rows["key"].tolist()
    particular, sources = rows["particular"].to_numpy(dtype=bool), rows["source"].to_numpy()
    found = []
    for start in range(0, len(keys), CHUNK):
        scores = process.cdist(
            keys[start : start + CHUNK], keys, scorer=fuzz.ratio, score_cutoff=REVIEW_SCORE
        )
        for here, other in zip(*np.nonzero(scores), strict=True):
            one = start + int(here)
            if one >= other or (sources[one] == sources[other] and keys[one] != keys[other]):
                continue
            equal = keys[one] == keys[other]
            near = equal or _nearly_equal(keys[one], keys[other])
            if sources[one] == sources[other] or repeated[one] or repeated[other]:
                why, sure = "The name occurs more than once in a list.", False
            elif not (particular[one] and particular[other]):
                why, sure = "The name says only what kind of group it is.", False
            elif equal:
                why, sure = "The names are equal.", True
            else:
                why, sure = ("The names are nearly equal.", True) if near else ("The names are alike.", False)
            found.append((one, int(other), float(scores[here, other]), sure, why))
    return pd.DataFrame(found, columns=["one", "other", "score", "sure", "reason"])


def _nearly_equal(one: str, other: str) -> bool:
    """Whether two names have the same words but for single letters of long words, or of one gap between words."""
    from rapidfuzz.distance import OSA

    first, second = one.split(), other.split()
    digits = [
        [word for word in words if any(letter.isdigit() for letter in word)] for words in (first, second)
    ]
    if digits[0] != digits[1]:
        return False
    if len(first) != len(second):
        return one.replace(" ", "") == other.replace(" ", "")
    changed = [(a, b) for a, b in zip(first, second, strict=True) if a != b]
    short = [(a, b) for a, b in changed if max(len(a), len(b)) < LONG_WORD]
    # Looe is not Lowe; but one short word may lack a letter
    return len(short) <= 1 and all(
        OSA.distance(a, b) == 1 and len(a) != len(b)
        if (a, b) in short
        else OSA.distance(a, b) <= min(2, max(len(a), len(b)) // LONG_WORD)
        for a, b in changed
    )


def _decided(
    rows: pd.DataFrame, review: pd.DataFrame | None
) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Return pairs of positions that a person called the same, and different."""
    if review is None:
        return set(), set()
    missing = [name for name in ("decision", "row_id", "other_id") if name not in review.columns]
    if missing:
        raise InputError(f"The review has no column {first_few(missing)}. Edit only the column 'decision'.")
    place = {row_id: position for position, row_id in enumerate(rows["row_id"])}
    answers: dict[str, set[tuple[int, int]]] = {"same": set(), "different": set()}
    words = review["decision"].fillna("").astype(str).str.strip().str.casefold()
    wrong = words[~words.isin(["", "same", "different"])]
    if len(wrong):
        raise InputError(
            f"Decisions must be 'same' or 'different' or empty, not {first_few(wrong)} (first at row {int(wrong.index[0]) + 2})."
        )
    for word, one, other in zip(words, review["row_id"], review["other_id"], strict=True):
        if word and one in place and other in place:
            first, second = sorted((place[one], place[other]))
            answers[word].add((first, second))
    return answers["same"], answers["different"]


def _one_to_one(rows: pd.DataFrame, pairs: pd.DataFrame, same: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Choose the links: what a person decided, then sure pairs, best first, at most one row per list in a group."""
    sources = rows["source"].tolist()
    group = {position: {position} for position in range(len(rows))}
    chosen: set[tuple[int, int]] = set()

    def join(one: int, other: int) -> None:
        together = group[one] | group[other]
        for member in together:
            group[member] = together
        chosen.add((one, other))

    for one, other in sorted(same):
        join(one, other)
    sure = pairs[pairs["sure"].astype(bool)].sort_values("score", ascending=False, kind="stable")
    for one, other in zip(sure["one"], sure["other"], strict=True):
        lists = [sources[member] for member in group[one] | group[other]]
        if other in group[one] or len(set(lists)) == len(lists):
            join(one, other)
    return chosen


def _groups(rows: int, linked: set[tuple[int, int]]) -> np.ndarray:
    """Return the first row of the group of each row."""
    first = np.arange(rows)
    changed = True
    while changed:
        changed = False
        for one, other in linked:
            least = min(first[one], first[other])
            if first[one] != least or first[other] != least:
                first[one] = first[other] = least
                changed = True
    return first


def _membership(
    rows: pd.DataFrame,
    group: np.ndarray,
    linked: set[tuple[int, int]],
    same: set[tuple[int, int]],
    pairs: pd.DataFrame,
) -> pd.DataFrame:
    ids = rows["row_id"].to_numpy()
    members = pd.Series(ids[group], name="group_id")
    crossed = pd.crosstab(members, rows["source"]) > 0
    on = pd.DataFrame(
        {str(source): crossed[source] for source in rows["source"].unique()},
        index=pd.Index(members.unique(), name="group_id"),
    )
    open_links = {group[one] for one, other in linked - same}
    waiting = pairs[pairs["outcome"] == DOUBTFUL]
    doubtful = {group[position] for position in (*waiting["one"], *waiting["other"])}
    on["link_reviewed"] = ~on.index.isin(ids[sorted(open_links)])
    on["link_doubtful"] = on.index.isin(ids[sorted(doubtful)])
    return on


def _review_rows(rows: pd.DataFrame, pairs: pd.DataFrame, same: set[tuple[int, int]]) -> pd.DataFrame:
    table = pairs.sort_values(["outcome", "score"], ascending=[False, True], kind="stable")
    one, other = table["one"].to_numpy(dtype=int), table["other"].to_numpy(dtype=int)
    made = {
        "decision": ["same" if pair in same else "" for pair in _places(table)],
        "outcome": table["outcome"].to_numpy(),
        "score": table["score"].astype(float).round(1).to_numpy(),
        "reason": table["reason"].to_numpy(),
    }
    for name in ("name", "source", "row", "row_id"):
        values = rows[name].to_numpy()
        made[name] = values[one]
        made["other_id" if name == "row_id" else f"other_{name}"] = values[other]
    return pd.DataFrame(made, columns=list(PAIR_COLUMNS))

"""Pairs of rows that may be the same thing, few enough to compare each of them."""

from __future__ import annotations

from collections import Counter
from typing import Final

import numpy as np
import pandas as pd

CELL_M: Final = 500.0
MOST_IN_POSTCODE: Final = 150
MOST_IN_BLOCK: Final = 50
"""A block with more rows than this is skipped: its key is too common to mean anything."""

LETTERS: Final = 4
"""Letters of a word that must agree for two names to be compared."""

BELOW: Final = 2**42

RARE_WORDS: Final = 3
"""How many of its words, the rarest first, bring a name together with others."""


def candidate_pairs(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of rows worth comparing.

    Parameters
    ----------
    rows
        As for `link_rows`.

    Returns
    -------
    pandas.DataFrame
        ``first``, ``second``: places in ``rows``, first < second, each pair once.
    """
    count = max(len(rows), 1)
    source = pd.factorize(rows["source"])[0]
    found = [np.empty(0, dtype=np.int64)]
    for column in ("registration_number", "uprn", "postcode"):
        if column not in rows:
            continue
        places = np.flatnonzero((rows[column] != "").to_numpy())
        keys = pd.factorize(rows[column].iloc[places])[0]
        found.append(_pairs_in_blocks(keys, places, count, MOST_IN_POSTCODE))
    # A duplicate within one list has one name; only other lists call it something else.
    everywhere = np.arange(len(rows))
    near = rows["postcode"].where(rows["postcode"] != "", rows["town_key"])
    found.append(
        _pairs_in_blocks(pd.factorize(rows["name_key"] + "|" + near)[0], everywhere, count, MOST_IN_BLOCK)
    )
    if len(np.unique(source)) > 1:
        found += [_between(pairs, source, count) for pairs in _pairs_of_lists(rows, count)]
    codes = np.unique(np.concatenate(found))
    return pd.DataFrame({"first": codes // count, "second": codes % count})


def rarest_words(keys: pd.Series) -> pd.Series:
    """Return the beginning of the rarest word of each key; equally rare ones by the alphabet.

    Examples
    --------
    >>> rarest_words(pd.Series(["looe", "looe choir", ""])).tolist()
    ['looe', 'choi', '']
    """
    beginnings = [sorted({word[:LETTERS] for word in key.split()}) for key in keys.tolist()]
    times = Counter(word for words in beginnings for word in words)
    found = [min(words, key=lambda word: (times[word], word)) if words else "" for words in beginnings]
    return pd.Series(found, index=keys.index, dtype="str")


def _pairs_of_lists(rows: pd.DataFrame, count: int) -> list[np.ndarray]:
    """Pair rows by their whole name, and by a word of it in one town or in adjoining squares of 500 m."""
    names = pd.factorize(rows["name_key"])[0]
    words, of = _rare_words(rows["core_key"])
    towns = pd.factorize(rows["town_key"])[0]
    with_town = (rows["town_key"] != "").to_numpy()[of]
    in_town = _joined(words, towns[of])[with_town]
    return [
        _pairs_in_blocks(names, np.arange(len(rows)), count, MOST_IN_BLOCK),
        _pairs_in_blocks(in_town, of[with_town], count, MOST_IN_BLOCK),
        *_pairs_of_neighbours(rows, words, of, count),
    ]


def _pairs_of_neighbours(
    rows: pd.DataFrame, words: np.ndarray, of: np.ndarray, count: int
) -> list[np.ndarray]:
    x, y = rows["x"].to_numpy()[of], rows["y"].to_numpy()[of]
    precise = rows["location_precision"].isin(("point", "postcode")).to_numpy()[of] & np.isfinite(x)
    words, of = words[precise], of[precise]
    column, row = (x[precise] // CELL_M).astype(np.int64), (y[precise] // CELL_M).astype(np.int64)
    own = _joined(words, _square(column, row))
    found = [_pairs_in_blocks(own, of, count, MOST_IN_BLOCK)]
    for east, north in ((1, 0), (0, 1), (1, 1), (1, -1)):
        next_to = _joined(words, _square(column + east, row + north))
        found.append(_pairs_between(next_to, own, of, count))
    return found


def _rare_words(keys: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return the beginnings of the rarest words of each key as numbers, and whose they are."""
    codes, texts = pd.factorize(keys)
    beginnings: dict[str, int] = {}
    numbers = [
        [beginnings.setdefault(word, len(beginnings)) for word in {w[:LETTERS] for w in text.split()}]
        for text in texts.tolist()
    ]
    times = np.bincount(
        np.fromiter((k for n in numbers for k in n), dtype=np.int64), minlength=len(beginnings)
    )
    # Among equally rare words the first in the alphabet, so that the order of rows is irrelevant.
    spelled = list(beginnings)
    numbers = [sorted(n, key=lambda k: (times[k], spelled[k]))[:RARE_WORDS] for n in numbers]
    counts = np.fromiter((len(n) for n in numbers), dtype=np.int64, count=len(numbers))
    flat = np.fromiter((k for n in numbers for k in n), dtype=np.int64, count=int(counts.sum()))
    starts = np.cumsum(counts) - counts
    of = np.repeat(np.arange(len(codes)), counts[codes])
    within = np.arange(len(of)) - np.repeat(np.cumsum(counts[codes]) - counts[codes], counts[codes])
    return flat[starts[codes][of] + within], of


def _between(pairs: np.ndarray, source: np.ndarray, count: int) -> np.ndarray:
    """Keep pairs of two lists."""
    return np.asarray(pairs[source[pairs // count] != source[pairs % count]])


def _joined(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return one number for two, the second of them below `BELOW`: equal numbers mean equal inputs."""
    joined: np.ndarray = np.asarray(first, dtype=np.int64) * np.int64(BELOW) + np.asarray(
        second, dtype=np.int64
    )
    return joined


def _square(column: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Return one number below `BELOW` for a square, also west or south of the grid."""
    return np.asarray((column + 2**20) * np.int64(2**21) + (row + 2**20))


def _pairs_in_blocks(keys: np.ndarray, places: np.ndarray, count: int, most: int) -> np.ndarray:
    """Return every pair of places with equal keys, as first * count + second."""
    if not len(keys):
        return np.empty(0, dtype=np.int64)
    order = np.argsort(keys, kind="stable")
    sorted_keys, sorted_places = keys[order], places[order]
    starts = np.flatnonzero(np.concatenate([[True], sorted_keys[1:] != sorted_keys[:-1]]))
    sizes = np.diff(np.append(starts, len(keys))).astype(np.int64)
    found = []
    for size in np.unique(sizes[(sizes > 1) & (sizes <= most)]):
        members = sorted_places[starts[sizes == size][:, None] + np.arange(size)]
        a, b = np.triu_indices(size, 1)
        found.append(_coded(members[:, a].ravel(), members[:, b].ravel(), count))
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)


def _pairs_between(asked: np.ndarray, keys: np.ndarray, places: np.ndarray, count: int) -> np.ndarray:
    """Return every pair of a place whose asked key is the key of another, in blocks that are not too common."""
    order = np.argsort(keys, kind="stable")
    sorted_keys, sorted_places = keys[order], places[order]
    low = np.searchsorted(sorted_keys, asked, side="left")
    size = np.searchsorted(sorted_keys, asked, side="right") - low
    size = np.where(size > MOST_IN_BLOCK, 0, size)
    first = np.repeat(places, size)
    within = np.arange(len(first)) - np.repeat(np.cumsum(size) - size, size)
    return _coded(first, sorted_places[np.repeat(low, size) + within], count)


def _coded(a: np.ndarray, b: np.ndarray, count: int) -> np.ndarray:
    different = a != b
    low, high = np.minimum(a, b)[different], np.maximum(a, b)[different]
    return np.asarray(low.astype(np.int64) * count + high)

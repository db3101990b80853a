"""Which rows are compared with a row: the blocks of `candidate_pairs`, kept so that one row can change.

`candidate_pairs` makes the pairs of all rows at once. Here the same keys are kept by row. When rows change, only those are
paired again whose pairs can differ: the rows themselves, the rows whose rarest words are others now that some words are
rarer or more common, and the rows of a block that has become too large or small enough to be compared. A test compares
both after every kind of change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from assetmap.register.pairs import CELL_M, LETTERS, MOST_IN_BLOCK, MOST_IN_POSTCODE, RARE_WORDS

NEIGHBOURS: Final = ((1, 0), (0, 1), (1, 1), (1, -1))
"""The squares that `candidate_pairs` looks into from a square; from the others it is looked into."""

WHOLE: Final = ("number", "uprn", "postcode")
"""Kinds of blocks that may be larger."""

Key = tuple[Any, ...]
"""Kind of block, then what its rows have in common."""


@dataclass(eq=False)
class Blocks:
    """The keys of rows by which they are compared.

    number, uprn, postcode, named, name, town, source : one text per row.
    east, north : square of 500 m; only where ``precise``.
    words : the beginnings of the rarest words of each name, ``""`` where there are fewer.
    core : the text that the words are of; ``times``: in how many different ones a beginning is; ``having``: in which; ``as_rare``: the beginnings
        that are in so many.
    kept : which rows are compared at all.
    several : whether they are rows of several lists.
    cores : how many rows have each text.
    """

    number: np.ndarray
    uprn: np.ndarray
    postcode: np.ndarray
    named: np.ndarray
    name: np.ndarray
    town: np.ndarray
    source: np.ndarray
    core: np.ndarray
    east: np.ndarray
    north: np.ndarray
    precise: np.ndarray
    words: np.ndarray
    kept: np.ndarray
    several: bool = False
    cores: Counter[str] = field(default_factory=Counter)
    times: Counter[str] = field(default_factory=Counter)
    having: dict[str, set[str]] = field(default_factory=dict)
    as_rare: dict[int, set[str]] = field(default_factory=dict)


def make_blocks(rows: pd.DataFrame, kept: np.ndarray) -> Blocks:
    """Return the keys of rows (as for `link_rows`), of which only some are compared."""
    count = len(rows)

    def texts() -> np.ndarray:
        return np.full(count, "", dtype=object)

    blocks = Blocks(
        number=texts(),
        uprn=texts(),
        postcode=texts(),
        named=texts(),
        name=texts(),
        town=texts(),
        source=texts(),
        core=texts(),
        east=np.zeros(count, dtype=np.int64),
        north=np.zeros(count, dtype=np.int64),
        precise=np.zeros(count, dtype=bool),
        words=np.full((count, RARE_WORDS), "", dtype=object),
        kept=np.zeros(count, dtype=bool),
    )
    every = np.arange(count)
    _write(blocks, every, rows, kept)
    for place in np.flatnonzero(kept):
        _count(blocks, blocks.core[place], 1)
    rare = {core: rarest(blocks, core) for core in blocks.cores}
    for place in np.flatnonzero(kept):
        blocks.words[place] = rare[blocks.core[place]]
    blocks.several = _several(blocks)
    return blocks


def change_blocks(blocks: Blocks, places: np.ndarray, rows: pd.DataFrame, kept: np.ndarray) -> set[int]:
    """Give rows other keys.

    Parameters
    ----------
    blocks
        Is changed.
    places
        Which rows.
    rows, kept
        Their new content, in the same order.

    Returns
    -------
    set
        Places of all rows that have to be paired again (`partners_of`).
    """
    several, own = blocks.several, set(places.tolist())
    cores = rows["core_key"].to_numpy(dtype=object)
    old = {place: _keys_of(blocks, place) for place in own}
    leaving = [blocks.core[place] for place in places.tolist() if blocks.kept[place]]
    coming = [core for core, stays in zip(cores, kept, strict=True) if stays]
    other = _recount(blocks, leaving, coming)
    moved = [
        place
        for place in _rows_of(blocks, other)
        if place not in own and tuple(blocks.words[place]) != other[blocks.core[place]]
    ]
    old |= {place: _keys_of(blocks, place) for place in moved}
    for place in moved:
        blocks.words[place] = other[blocks.core[place]]
    _write(blocks, places, rows, kept)
    for place in own:
        blocks.words[place] = rarest(blocks, blocks.core[place]) if blocks.kept[place] else ("",) * RARE_WORDS
    again = own | set(moved)
    touched = set().union(*old.values(), *(_keys_of(blocks, place) for place in again))
    for key in touched:
        now = set(members(blocks, key).tolist())
        before = (now - old.keys()) | {place for place, keys in old.items() if key in keys}
        if (len(before) > _most(key)) != (len(now) > _most(key)):
            again |= before | now
    blocks.several = _several(blocks)
    if several != blocks.several:
        again |= set(np.flatnonzero(blocks.kept).tolist())
    return again


def grow_blocks(blocks: Blocks, count: int) -> None:
    """Make room for further rows, which are not compared until `change_blocks` gives them keys."""
    more = count - len(blocks.kept)
    for name in ("number", "uprn", "postcode", "named", "name", "town", "source", "core"):
        setattr(blocks, name, np.append(getattr(blocks, name), np.full(more, "", dtype=object)))
    for name in ("east", "north"):
        setattr(blocks, name, np.append(getattr(blocks, name), np.zeros(more, dtype=np.int64)))
    for name in ("precise", "kept"):
        setattr(blocks, name, np.append(getattr(blocks, name), np.zeros(more, dtype=bool)))
    blocks.words = np.vstack([blocks.words, np.full((more, RARE_WORDS), "", dtype=object)])


def partners_of(blocks: Blocks, place: int) -> set[int]:
    """Return the rows that a row is compared with."""
    found: set[int] = set()
    if not blocks.kept[place]:
        return found
    for kind in (*WHOLE, "named", "name"):
        value = getattr(blocks, kind)[place]
        if (value or kind not in WHOLE) and (kind != "name" or blocks.several):
            block = members(blocks, (kind, value))
            if len(block) <= _most((kind,)):
                found |= set((block if kind != "name" else _elsewhere(blocks, place, block)).tolist())
    if not blocks.several:
        return found - {place}
    words = [word for word in blocks.words[place] if word]
    if blocks.town[place]:
        there = np.flatnonzero((blocks.town == blocks.town[place]) & blocks.kept)
        for word in words:
            block = there[(blocks.words[there] == word).any(axis=1)]
            if len(block) <= MOST_IN_BLOCK:
                found |= set(_elsewhere(blocks, place, block).tolist())
    if blocks.precise[place]:
        found |= _near(blocks, place, words)
    return found - {place}


def members(blocks: Blocks, key: Key) -> np.ndarray:
    """Return the rows of a block."""
    kind = key[0]
    if kind in ("number", "uprn", "postcode", "named", "name"):
        mask = getattr(blocks, kind) == key[1]
    else:
        mask = blocks.town == key[2] if kind == "town" else (blocks.east == key[2]) & (blocks.north == key[3])
        if kind == "cell":
            mask = mask & blocks.precise
        some = np.flatnonzero(mask)
        return np.asarray(some[(blocks.words[some] == key[1]).any(axis=1) & blocks.kept[some]])
    return np.asarray(np.flatnonzero(mask & blocks.kept))


def rarest(blocks: Blocks, core: str) -> tuple[str, ...]:
    """Return the beginnings of the rarest words of a name, the first in the alphabet among equals."""
    words = sorted({word[:LETTERS] for word in core.split()}, key=lambda word: (blocks.times[word], word))
    return (*words[:RARE_WORDS], *("",) * (RARE_WORDS - len(words)))


def _near(blocks: Blocks, place: int, words: Iterable[str]) -> set[int]:
    """Return the rows of its own square and the eight around that have a word; a square that is looked into must not be too full."""
    right, up = blocks.east - blocks.east[place], blocks.north - blocks.north[place]
    around = np.flatnonzero((np.abs(right) <= 1) & (np.abs(up) <= 1) & blocks.precise & blocks.kept)
    found: set[int] = set()
    for word in words:
        having = around[(blocks.words[around] == word).any(axis=1)]
        squares: dict[tuple[int, int], list[int]] = {}
        for other in having.tolist():
            squares.setdefault((int(right[other]), int(up[other])), []).append(other)
        own = squares.pop((0, 0), [])
        alone = len(own) <= MOST_IN_BLOCK
        chosen = own if alone else []
        for square, rows in squares.items():
            if len(rows) <= MOST_IN_BLOCK if square in NEIGHBOURS else alone:
                chosen = [*chosen, *rows]
        found |= set(_elsewhere(blocks, place, np.array(chosen, dtype=np.int64)).tolist())
    return found


def _elsewhere(blocks: Blocks, place: int, rows: np.ndarray) -> np.ndarray:
    """Keep the rows of other lists."""
    return np.asarray(rows[blocks.source[rows] != blocks.source[place]])


def _write(blocks: Blocks, places: np.ndarray, rows: pd.DataFrame, kept: np.ndarray) -> None:
    texts = {
        name: rows[name].to_numpy(dtype=object) for name in ("source", "name_key", "core_key", "town_key")
    }
    blocks.number[places] = rows["registration_number"].str.lstrip("0").to_numpy(dtype=object)
    blocks.uprn[places] = rows["uprn"].to_numpy(dtype=object) if "uprn" in rows else ""
    blocks.postcode[places] = rows["postcode"].to_numpy(dtype=object)
    near = rows["postcode"].where(rows["postcode"] != "", rows["town_key"])
    blocks.named[places] = (rows["name_key"] + "|" + near).to_numpy(dtype=object)
    blocks.name[places], blocks.town[places] = texts["name_key"], texts["town_key"]
    blocks.source[places], blocks.core[places] = texts["source"], texts["core_key"]
    x, y = rows["x"].to_numpy(dtype=float), rows["y"].to_numpy(dtype=float)
    precise = rows["location_precision"].isin(("point", "postcode")).to_numpy() & np.isfinite(x)
    blocks.precise[places] = precise
    blocks.east[places] = np.where(precise, np.nan_to_num(x) // CELL_M, 0).astype(np.int64)
    blocks.north[places] = np.where(precise, np.nan_to_num(y) // CELL_M, 0).astype(np.int64)
    blocks.kept[places] = kept


def _beginnings(core: str) -> set[str]:
    return {word[:LETTERS] for word in core.split()}


def _count(blocks: Blocks, core: str, by: int) -> None:
    """Count a name in or out. Equal names count once."""
    blocks.cores[core] += by
    if blocks.cores[core] != (1 if by > 0 else 0):
        return
    for word in _beginnings(core):
        blocks.as_rare.get(blocks.times[word], set()).discard(word)
        blocks.times[word] += by
        blocks.as_rare.setdefault(blocks.times[word], set()).add(word)
        having = blocks.having.setdefault(word, set())
        if by > 0:
            having.add(core)
        else:
            having.discard(core)
    if not blocks.cores[core]:
        del blocks.cores[core]


def _recount(blocks: Blocks, leaving: Iterable[str], coming: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Count names out and in; return the names whose rarest words are others now, with these words.

    Two words of a name change places only if one of them is as rare now, or was, as the other is or was.
    """
    leaving, coming = list(leaving), list(coming)
    words = {word for core in {*leaving, *coming} for word in _beginnings(core)}
    before = {word: blocks.times[word] for word in words}
    for core in leaving:
        _count(blocks, core, -1)
    for core in coming:
        _count(blocks, core, 1)
    changed = {word: {was, blocks.times[word]} for word, was in before.items() if was != blocks.times[word]}
    asked: set[str] = set()
    for word, times in changed.items():
        having = blocks.having.get(word, set())
        like = {other for other, counts in changed.items() if counts & times}
        like = like.union(*(blocks.as_rare.get(count, set()) for count in times)) - {word}
        if len(having) < len(like):
            asked |= {core for core in having if not like.isdisjoint(_beginnings(core))}
            continue
        for other in like:
            asked |= having & blocks.having.get(other, set())
    return {core: rarest(blocks, core) for core in asked}


def _rows_of(blocks: Blocks, cores: Mapping[str, object]) -> list[int]:
    if not cores:
        return []
    return [place for place in np.flatnonzero(blocks.kept).tolist() if blocks.core[place] in cores]


def _most(key: Key) -> int:
    return MOST_IN_POSTCODE if key[0] in WHOLE else MOST_IN_BLOCK


def _several(blocks: Blocks) -> bool:
    return len(set(blocks.source[blocks.kept])) > 1


def _keys_of(blocks: Blocks, place: int) -> set[Key]:
    """Return the blocks that a row is in."""
    if not blocks.kept[place]:
        return set()
    found: set[Key] = {(kind, value) for kind in WHOLE if (value := getattr(blocks, kind)[place])}
    found |= {("named", blocks.named[place]), ("name", blocks.name[place])}
    for word in filter(None, blocks.words[place]):
        if blocks.town[place]:
            found.add(("town", word, blocks.town[place]))
        if blocks.precise[place]:
            found.add(("cell", word, int(blocks.east[place]), int(blocks.north[place])))
    return found

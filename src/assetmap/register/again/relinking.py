"""Links between rows that were judged, and what changes when a few of them are judged again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.register.again.blocks import partners_of
from assetmap.register.candidates import CROWD
from assetmap.register.clusters import LISTED_ON, Partner, merged_into
from assetmap.register.link import judge_pairs, with_decisions
from assetmap.register.review import read_decisions
from assetmap.schema import BEYOND

if TYPE_CHECKING:
    from assetmap.register.again.judgement import Judgement

TEXTS: Final = (
    "source", "row_key", "name", "name_key", "core_key", "asset_type", "register", "status", "registration_number",
    "postcode", "town_key", "address", "uprn", "location_precision", "row_id", "alike", "guarded",
)  # fmt: skip
"""What is kept of each row as text: what links need, and what people are shown."""


def mates(judgement: Judgement, said: Mapping[str, np.ndarray], places: Iterable[int]) -> set[int]:
    """Return the rows that share an identity, or a crowded point, with some rows."""
    found: set[int] = set()
    for place in places:
        alike = said["alike"][place]
        found |= set(np.flatnonzero(judgement.said["alike"] == alike).tolist()) if alike else set()
        x, y = said["typed_x"][place], said["typed_y"][place]
        if np.isfinite(x):
            there = np.flatnonzero((judgement.said["typed_x"] == x) & (judgement.said["typed_y"] == y))
            found |= set(there.tolist()) if len(there) >= CROWD - 1 else set()
    return found


def rows_at(judgement: Judgement, places: np.ndarray) -> pd.DataFrame:
    """Return some rows as `link_rows` and `merged_into` need them."""
    said = judgement.said
    table = pd.DataFrame({name: said[name][places] for name in TEXTS}, dtype="str")
    table["registration_number"] = table["registration_number"].str.lstrip("0")
    table["x"], table["y"] = said["x"][places], said["y"][places]
    table[LISTED_ON] = said["listed"][places]
    return table.assign(**{BEYOND: said["beyond"][places], "filled": said["filled"][places]})


def add_links(judgement: Judgement, table: pd.DataFrame, places: np.ndarray) -> None:
    """Add the links of a table, whose rows are at these places of the judgement."""
    columns = ["first", "second", "score", "at", "verdict", "why"]
    for first, second, score, at, verdict, why in table[columns].itertuples(index=False, name=None):
        a, b = int(places[first]), int(places[second])
        judgement.links[a, b] = (float(score), bool(at), str(verdict), str(why))
        judgement.partners.setdefault(a, set()).add(b)
        judgement.partners.setdefault(b, set()).add(a)


def drop_links(judgement: Judgement, place: int) -> None:
    """Take away every link of a row."""
    for other in judgement.partners.pop(place, set()):
        judgement.links.pop((min(place, other), max(place, other)), None)
        judgement.partners.get(other, set()).discard(place)


def joined_by_people(judgement: Judgement, review: pd.DataFrame | None) -> dict[int, set[int]]:
    """Return the rows that decisions join, by row."""
    if review is None or not len(review):
        return {}
    keys = pd.DataFrame({"row_id": judgement.said["row_id"], "row_key": judgement.said["row_key"]})
    decisions = read_decisions(review, keys)
    found: dict[int, set[int]] = {}
    for first, second in decisions[["first", "second"]].itertuples(index=False, name=None):
        found.setdefault(int(first), set()).add(int(second))
        found.setdefault(int(second), set()).add(int(first))
    return found


def together(judgement: Judgement, start: set[int], more: Mapping[int, set[int]]) -> set[int]:
    """Return every row that a chain of pairs leads to."""
    found, left = set(start), list(start)
    while left:
        place = left.pop()
        new = (judgement.partners.get(place, set()) | more.get(place, set())) - found
        found |= new
        left += new
    return found


def relink(judgement: Judgement, again: set[int], told: set[int], before: pd.DataFrame | None) -> set[int]:
    """Pair some rows again and join what their pairs make; return the rows of which something else is said now."""
    around = together(judgement, again, joined_by_people(judgement, before))
    for place in again:
        drop_links(judgement, place)
    pairs = {
        (min(place, other), max(place, other))
        for place in again
        for other in partners_of(judgement.blocks, place)
    }
    if pairs:
        order = np.array(sorted({place for pair in pairs for place in pair}), dtype=np.int64)
        table = pd.DataFrame(np.searchsorted(order, np.array(sorted(pairs))), columns=["first", "second"])
        add_links(judgement, judge_pairs(rows_at(judgement, order), table), order)
    around = together(judgement, around, joined_by_people(judgement, judgement.review))
    was = {place: _standing(judgement, place) for place in around}
    kept = np.array(
        sorted(place for place in around if judgement.outcome[place] != "rejected"), dtype=np.int64
    )
    for place in around:
        judgement.merges.pop(place, None)
        judgement.doubts.pop(place, None)
        judgement.survivor[place] = place
    if len(kept):
        rows = rows_at(judgement, kept)
        local = {int(place): k for k, place in enumerate(kept)}
        links = sorted(
            pair
            for place in local
            for other in judgement.partners.get(place, ())
            if (pair := (place, other)) and place < other
        )
        table = pd.DataFrame(
            [(local[a], local[b], *judgement.links[a, b]) for a, b in links],
            columns=["first", "second", "score", "at", "verdict", "why"],
        ).astype({"first": int, "second": int, "score": float, "at": bool})
        review = judgement.review
        decisions = None if review is None else read_decisions(review, rows)
        join_rows(judgement, kept, *merged_into(rows, with_decisions(rows, table, decisions)))
    return {
        place for place in around if was[place] != (now := _standing(judgement, place)) or told & set(now[:3])
    }


def alone(judgement: Judgement, place: int) -> tuple[object, ...]:
    """Return what is said of a row alone, and its id."""
    return judgement.outcome[place], judgement.reason[place], judgement.said["row_id"][place]


def _standing(judgement: Judgement, place: int) -> tuple[int, int, int, float, str]:
    """Return the asset of a row and the other row that is named with it, with score and why."""
    merged, doubted = judgement.merges.get(place), judgement.doubts.get(place)
    other = merged or doubted or (-1, 0.0, "")
    return (
        int(judgement.survivor[place]),
        merged[0] if merged else -1,
        doubted[0] if doubted else -1,
        other[1],
        other[2],
    )


def join_rows(
    judgement: Judgement,
    places: np.ndarray,
    survivor: np.ndarray,
    merges: Mapping[int, Partner],
    doubts: Mapping[int, Partner],
) -> None:
    """Write down what `merged_into` made of some rows."""
    judgement.survivor[places] = places[survivor]
    for kept, found in ((judgement.merges, merges), (judgement.doubts, doubts)):
        for place, (other, score, why) in found.items():
            kept[int(places[place])] = (int(places[other]), float(score), why)

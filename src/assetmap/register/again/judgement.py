"""A register that can change row by row: every row judged and linked as `build_register` does, and kept.

`judge_all` judges everything. `judge_again` takes some rows with other cells, or new ones, and judges only what can differ:
those rows, rows that share a point or an identity with them, the pairs that they are part of, and the things that these
pairs make. It calls the very functions that `build_register` calls; a test compares both after many random changes. What
concerns every row (the day on which staleness is judged, a column of ticks) leads to a new judgement of all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from assetmap.register.again.blocks import Blocks, change_blocks, grow_blocks, make_blocks, partners_of
from assetmap.register.build import DECIDE, MAY_BE_SAME_AS, SAME_AS, judge_stacked, reason_with_link
from assetmap.register.candidates import CROWD
from assetmap.register.clusters import LISTED_ON, Partner, absences, filled_cells, merged_into
from assetmap.register.coordinates import points_of_rows
from assetmap.register.judge import clean_rows
from assetmap.register.link import judge_pairs, link_rows, with_decisions
from assetmap.register.pairs import candidate_pairs
from assetmap.register.resources import named_like_resources, tick_columns
from assetmap.register.review import read_decisions
from assetmap.schema import BEYOND, LINKERS

TEXTS: Final = (
    "source", "row_key", "name", "name_key", "core_key", "asset_type", "register", "status", "registration_number",
    "postcode", "town_key", "address", "uprn", "location_precision", "row_id", "alike", "guarded",
)  # fmt: skip
"""What is kept of each row as text: what links need, and what people are shown."""

COORDINATES: Final = ("latitude", "easting", "grid_reference", "coordinates", "point_x")

Pair = tuple[int, int]


@dataclass(eq=False)
class Judgement:
    """Every row as it is judged, by its place among the rows that were given.

    known : what the rows are judged by: ``postcodes``, ``places``, ``areas``, ``area_name``, ``buffer_m``.
    linker, review : as for `build_register`; rows are named by their ``row_key``.
    raw : the rows as `stack_lists` returns them.
    said : column -> one value per row: `TEXTS`, ``x``, ``y``, ``beyond``, ``filled``, the days ``checked`` and ``listed``, and the point as typed.
    outcome, reason : of each row alone.
    blocks : the keys by which rows are compared.
    links : pair of places -> score, at one place, verdict, why; ``partners``: the same by row.
    survivor : for each row the one that represents its thing.
    merges, doubts : row -> the other row, score and why.
    absent : row -> the remark that a newer list of its type leaves it out.
    listings : what `absent` was found from.
    """

    known: Mapping[str, Any]
    linker: str
    review: pd.DataFrame | None
    raw: pd.DataFrame
    said: dict[str, np.ndarray]
    outcome: np.ndarray
    reason: np.ndarray
    ticks: frozenset[str]
    blocks: Blocks
    survivor: np.ndarray
    links: dict[Pair, tuple[float, bool, str, str]] = field(default_factory=dict)
    partners: dict[int, set[int]] = field(default_factory=dict)
    merges: dict[int, Partner] = field(default_factory=dict)
    doubts: dict[int, Partner] = field(default_factory=dict)
    absent: dict[int, str] = field(default_factory=dict)
    listings: tuple[np.ndarray, ...] = ()


def judge_all(
    raw: pd.DataFrame,
    *,
    known: Mapping[str, Any],
    review: pd.DataFrame | None = None,
    linker: str = LINKERS[0],
) -> Judgement:
    """Judge and link every row.

    Parameters
    ----------
    raw
        From `stack_lists`, with a column ``row_key``: a name of the row that its cells do not change.
    known
        ``postcodes``, ``places``, ``areas``, ``area_name`` and ``buffer_m``, as for `build_register`.
    review
        Decisions as for `build_register`, with row keys as ``row_id`` and ``other_id``.
    linker
        As for `build_register`.

    Returns
    -------
    Judgement
        The same outcomes, reasons and assets as `build_register` gives an ``internal`` audience.
    """
    rows, outcome, reasons = judge_stacked(raw, **known, review=review)
    kept = outcome != "rejected"
    count = len(rows)
    judgement = Judgement(
        known=known,
        linker=linker,
        review=review,
        raw=raw,
        said=_empty(count),
        outcome=np.empty(count, dtype=object),
        reason=np.empty(count, dtype=object),
        ticks=tick_columns(clean_rows(raw)),
        blocks=make_blocks(rows, kept),
        survivor=np.arange(count),
    )
    _write(judgement, np.arange(count), rows, outcome, reasons)
    places = np.flatnonzero(kept)
    candidates = rows.iloc[places].reset_index(drop=True).assign(filled=judgement.said["filled"][places])
    decisions = None if review is None else read_decisions(review, candidates)
    if linker == LINKERS[0]:
        numbered = candidates.assign(registration_number=candidates["registration_number"].str.lstrip("0"))
        table = judge_pairs(numbered, candidate_pairs(numbered))
        _add_links(judgement, table, places)
        table = with_decisions(numbered, table, decisions)
    else:
        table = link_rows(candidates, decisions, linker=linker)
    _join(judgement, places, *merged_into(candidates, table))
    _find_absences(judgement)
    return judgement


def judge_again(
    judgement: Judgement,
    changed: pd.DataFrame,
    *,
    review: pd.DataFrame | None = None,
    decided: Iterable[int] = (),
) -> tuple[Judgement, set[int]]:
    """Judge what differs after a change.

    Parameters
    ----------
    judgement
        As it was; it is changed, unless everything had to be judged again.
    changed
        Rows with their new cells, as `stack_lists` returns them; the index is their place, and the numbers after the last
        one for new rows.
    review
        All decisions as they are now.
    decided
        Places of rows about which something else was decided than before.

    Returns
    -------
    tuple
        The judgement, and the places of the rows that are judged, joined or described otherwise than before.
    """
    raw = _with_rows(judgement.raw, changed)
    places = {int(place) for place in (*changed.index, *decided)}
    if judgement.linker != LINKERS[0] or _ticks_differ(judgement, raw, changed):
        return _anew(judgement, raw, review)
    _grow(judgement, len(raw))
    asked = places | _mates(judgement, judgement.said, sorted(places))
    while True:
        order = np.array(sorted(asked), dtype=np.int64)
        part = raw.iloc[order].reset_index(drop=True)
        rows, outcome, reasons = judge_stacked(
            part,
            **judgement.known,
            review=review,
            as_of=_day(judgement.said["checked"]),
            ticks=judgement.ticks,
        )
        new = _said(rows, part)
        more = asked | _mates(judgement, new, range(len(order)))
        if more == asked:
            break
        asked = more
    checked = judgement.said["checked"].copy()
    checked[order] = new["checked"]
    if _day(checked) != _day(judgement.said["checked"]):
        return _anew(judgement, raw, review)
    before = judgement.review
    judgement.raw, judgement.review = raw, review
    old = {place: _alone(judgement, place) for place in asked if place < len(judgement.raw)}
    _write(judgement, order, rows, outcome, reasons, new)
    again = change_blocks(judgement.blocks, order, rows, outcome != "rejected") | places
    told = places | {place for place, was in old.items() if was != _alone(judgement, place)}
    return judgement, _relink(judgement, again | told, told, before) | told | _find_absences(judgement)


def described(judgement: Judgement, place: int) -> tuple[str, str]:
    """Return the outcome and the reason of a row, with what is said of it and another row, as in the validation log."""
    outcome, reason = str(judgement.outcome[place]), str(judgement.reason[place])
    for partners, words, end in (
        (judgement.merges, SAME_AS, "."),
        (judgement.doubts, MAY_BE_SAME_AS, DECIDE),
    ):
        if place in partners:
            match, _, why = partners[place]
            outcome = "merged" if words == SAME_AS else "review"
            row = judgement.raw.iloc[match][["row", "source", "name"]]
            where = f"row {row['row']} of '{row['source']}' ({row['name']})"
            number = judgement.raw["row"].iloc[place]
            reason = reason_with_link(reason, number, words.format(where=where) + why + end)
    if place in judgement.absent:
        reason = reason_with_link(reason, judgement.raw["row"].iloc[place], judgement.absent[place])
    return outcome, reason


def _find_absences(judgement: Judgement) -> set[int]:
    """Find the rows that a newer list leaves out; return those of which that is now said otherwise."""
    said, before = judgement.said, judgement.absent
    kept = np.flatnonzero((judgement.outcome != "rejected") & ~np.isnat(said["listed"]))
    columns = ("source", "status", "asset_type", "listed")
    listings = (kept, judgement.survivor[kept], *(said[name][kept] for name in columns))
    if len(listings) == len(judgement.listings) and all(map(np.array_equal, listings, judgement.listings)):
        return set()
    judgement.absent, judgement.listings = {}, listings
    if len(set(said["source"][kept])) > 1:
        rows = pd.DataFrame({name: said[name][kept] for name in columns[:3]}, dtype="object")
        rows[LISTED_ON] = said["listed"][kept]
        found = absences(rows, judgement.survivor[kept])
        judgement.absent = {int(kept[place]): sentence for place, sentence in found.items()}
    return {
        place for place in {*before, *judgement.absent} if before.get(place) != judgement.absent.get(place)
    }


def _anew(judgement: Judgement, raw: pd.DataFrame, review: pd.DataFrame | None) -> tuple[Judgement, set[int]]:
    fresh = judge_all(raw, known=judgement.known, review=review, linker=judgement.linker)
    return fresh, set(range(len(raw)))


def _empty(count: int) -> dict[str, np.ndarray]:
    said: dict[str, np.ndarray] = {name: np.full(count, "", dtype=object) for name in TEXTS}
    said |= {name: np.full(count, np.nan) for name in ("x", "y", "typed_x", "typed_y")}
    said |= {"beyond": np.zeros(count, dtype=bool), "filled": np.zeros(count, dtype=np.int64)}
    return said | {
        name: np.full(count, np.datetime64("NaT"), dtype="datetime64[s]") for name in ("checked", "listed")
    }


def _said(rows: pd.DataFrame, raw: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return what is kept of some rows."""
    said = _empty(len(rows))
    for name in TEXTS:
        if name in rows:
            said[name] = rows[name].to_numpy(dtype=object)
    said["x"], said["y"] = rows["x"].to_numpy(dtype=float), rows["y"].to_numpy(dtype=float)
    said["beyond"] = rows[BEYOND].to_numpy(dtype=bool)
    said["filled"] = filled_cells(rows)
    said["checked"] = rows["checked_date"].to_numpy(dtype="datetime64[s]")
    said["listed"] = rows[LISTED_ON].to_numpy(dtype="datetime64[s]")
    if any(column in raw and (raw[column].astype("str") != "").any() for column in COORDINATES):
        typed = points_of_rows(clean_rows(raw))
        said["typed_x"], said["typed_y"] = typed["x"].to_numpy(), typed["y"].to_numpy()
    return said


def _write(
    judgement: Judgement,
    order: np.ndarray,
    rows: pd.DataFrame,
    outcome: np.ndarray,
    reasons: list[str],
    said: Mapping[str, np.ndarray] | None = None,
) -> None:
    for name, values in (said or _said(rows, judgement.raw.iloc[order].reset_index(drop=True))).items():
        judgement.said[name][order] = values
    judgement.outcome[order] = outcome
    judgement.reason[order] = np.array(reasons, dtype=object)


def _grow(judgement: Judgement, count: int) -> None:
    more = count - len(judgement.outcome)
    if not more:
        return
    empty = _empty(more)
    judgement.said = {name: np.append(values, empty[name]) for name, values in judgement.said.items()}
    judgement.outcome = np.append(judgement.outcome, np.full(more, "rejected", dtype=object))
    judgement.reason = np.append(judgement.reason, np.full(more, "", dtype=object))
    judgement.survivor = np.append(judgement.survivor, np.arange(count - more, count))
    grow_blocks(judgement.blocks, count)


def _with_rows(raw: pd.DataFrame, changed: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with some of them changed and new ones after them; a column that is new is empty elsewhere."""
    for column in changed.columns.difference(raw.columns, sort=False):
        raw = raw.assign(**{str(column): np.nan if column in ("point_x", "point_y") else ""})
        raw[column] = raw[column].astype("float64" if column in ("point_x", "point_y") else "str")
    complete = changed.reindex(columns=raw.columns)
    texts = complete.columns.difference(["row", "point_x", "point_y"])
    said = complete[texts].astype("object")
    complete[texts] = said.where(said.notna(), "").astype("str")
    old, new = complete[complete.index < len(raw)], complete[complete.index >= len(raw)]
    if len(old):
        was, raw = raw.iloc[old.index].to_numpy(dtype=object), raw.copy()
        differs = (was != old[raw.columns].to_numpy(dtype=object)).any(axis=0)
        for column in raw.columns[differs]:
            raw.loc[old.index, column] = old[column]
    if len(new):
        raw = pd.concat([raw, new.astype(raw.dtypes.to_dict())]).reset_index(drop=True)
    return raw


def _ticks_differ(judgement: Judgement, raw: pd.DataFrame, changed: pd.DataFrame) -> bool:
    """Say whether a column has become one of ticks, or is none any more."""
    named = [column for column in named_like_resources(changed) if column in raw]
    return bool(named) and tick_columns(clean_rows(raw[[*named, "name"]])) != judgement.ticks & set(named)


def _mates(judgement: Judgement, said: Mapping[str, np.ndarray], places: Iterable[int]) -> set[int]:
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


def _day(checked: np.ndarray) -> Any:
    days = pd.Series(checked).max()
    return None if pd.isna(days) else days.date()


def _rows(judgement: Judgement, places: np.ndarray) -> pd.DataFrame:
    """Return some rows as `link_rows` and `merged_into` need them."""
    said = judgement.said
    table = pd.DataFrame({name: said[name][places] for name in TEXTS}, dtype="str")
    table["registration_number"] = table["registration_number"].str.lstrip("0")
    table["x"], table["y"] = said["x"][places], said["y"][places]
    table[LISTED_ON] = said["listed"][places]
    return table.assign(**{BEYOND: said["beyond"][places], "filled": said["filled"][places]})


def _add_links(judgement: Judgement, table: pd.DataFrame, places: np.ndarray) -> None:
    columns = ["first", "second", "score", "at", "verdict", "why"]
    for first, second, score, at, verdict, why in table[columns].itertuples(index=False, name=None):
        a, b = int(places[first]), int(places[second])
        judgement.links[a, b] = (float(score), bool(at), str(verdict), str(why))
        judgement.partners.setdefault(a, set()).add(b)
        judgement.partners.setdefault(b, set()).add(a)


def _drop_links(judgement: Judgement, place: int) -> None:
    for other in judgement.partners.pop(place, set()):
        judgement.links.pop((min(place, other), max(place, other)), None)
        judgement.partners.get(other, set()).discard(place)


def _joined_by_people(judgement: Judgement, review: pd.DataFrame | None) -> dict[int, set[int]]:
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


def _together(judgement: Judgement, start: set[int], more: Mapping[int, set[int]]) -> set[int]:
    """Return every row that a chain of pairs leads to."""
    found, left = set(start), list(start)
    while left:
        place = left.pop()
        new = (judgement.partners.get(place, set()) | more.get(place, set())) - found
        found |= new
        left += new
    return found


def _relink(judgement: Judgement, again: set[int], told: set[int], before: pd.DataFrame | None) -> set[int]:
    """Pair some rows again and join what their pairs make; return the rows of which something else is said now."""
    around = _together(judgement, again, _joined_by_people(judgement, before))
    for place in again:
        _drop_links(judgement, place)
    pairs = {
        (min(place, other), max(place, other))
        for place in again
        for other in partners_of(judgement.blocks, place)
    }
    if pairs:
        order = np.array(sorted({place for pair in pairs for place in pair}), dtype=np.int64)
        table = pd.DataFrame(np.searchsorted(order, np.array(sorted(pairs))), columns=["first", "second"])
        _add_links(judgement, judge_pairs(_rows(judgement, order), table), order)
    around = _together(judgement, around, _joined_by_people(judgement, judgement.review))
    was = {place: _standing(judgement, place) for place in around}
    kept = np.array(
        sorted(place for place in around if judgement.outcome[place] != "rejected"), dtype=np.int64
    )
    for place in around:
        judgement.merges.pop(place, None)
        judgement.doubts.pop(place, None)
        judgement.survivor[place] = place
    if len(kept):
        rows = _rows(judgement, kept)
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
        _join(judgement, kept, *merged_into(rows, with_decisions(rows, table, decisions)))
    return {
        place for place in around if was[place] != (now := _standing(judgement, place)) or told & set(now[:3])
    }


def _alone(judgement: Judgement, place: int) -> tuple[object, ...]:
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


def _join(
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

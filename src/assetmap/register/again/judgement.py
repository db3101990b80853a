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

from assetmap.register.again.blocks import Blocks, change_blocks, grow_blocks, make_blocks
from assetmap.register.again.relinking import TEXTS, add_links, alone, join_rows, mates, relink
from assetmap.register.build import DECIDE, MAY_BE_SAME_AS, SAME_AS, judge_stacked, reason_with_link
from assetmap.register.clusters import LISTED_ON, Partner, absences, filled_cells, merged_into
from assetmap.register.coordinates import points_of_rows
from assetmap.register.judge import clean_rows
from assetmap.register.link import judge_pairs, link_rows, with_decisions
from assetmap.register.pairs import candidate_pairs
from assetmap.register.resources import named_like_resources, tick_columns
from assetmap.register.review import read_decisions
from assetmap.schema import BEYOND, LINKERS

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
        add_links(judgement, table, places)
        table = with_decisions(numbered, table, decisions)
    else:
        table = link_rows(candidates, decisions, linker=linker)
    join_rows(judgement, places, *merged_into(candidates, table))
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
    asked = places | mates(judgement, judgement.said, sorted(places))
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
        more = asked | mates(judgement, new, range(len(order)))
        if more == asked:
            break
        asked = more
    checked = judgement.said["checked"].copy()
    checked[order] = new["checked"]
    if _day(checked) != _day(judgement.said["checked"]):
        return _anew(judgement, raw, review)
    before = judgement.review
    judgement.raw, judgement.review = raw, review
    old = {place: alone(judgement, place) for place in asked if place < len(judgement.raw)}
    _write(judgement, order, rows, outcome, reasons, new)
    again = change_blocks(judgement.blocks, order, rows, outcome != "rejected") | places
    told = places | {place for place, was in old.items() if was != alone(judgement, place)}
    return judgement, relink(judgement, again | told, told, before) | told | _find_absences(judgement)


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
    return said | {name: np.full(count, np.datetime64("NaT", "s")) for name in ("checked", "listed")}


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


def _day(checked: np.ndarray) -> Any:
    days = pd.Series(checked).max()
    return None if pd.isna(days) else days.date()

"""What the store says: lists; rows as the library judges them, in pages; pairs to decide; the register."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
from sqlalchemy import select

from assetmap.errors import InputError, first_few
from assetmap.project.store import tables
from assetmap.project.store.contents import column_of, review_of
from assetmap.project.store.contents import decided as decided_pairs
from assetmap.project.store.database import Store, as_time, by_key, reading
from assetmap.project.store.imports import lists_of
from assetmap.project.store.judging import State, judged, listed
from assetmap.project.store.records import Change, ListInfo, Pair, PairPage, Row, RowPage, Saved, Suggestion
from assetmap.public import check_audience
from assetmap.records import CheckReport, Register
from assetmap.register.areas import assign_areas
from assetmap.register.build import build_register
from assetmap.register.check import check_lists
from assetmap.register.corrections.fixes import suggest_fixes
from assetmap.schema import LINKERS, OUTCOMES, WORKING_CRS, AssetList

PAGE: Final = 50
NOT_SHOWN: Final = ("source", "row", "row_key", "geometry", "list_title", "list_date")


def lists(store: Store) -> tuple[ListInfo, ...]:
    """Return the lists of the store, in the order in which they came."""
    return lists_of(store)


def rows(
    store: Store,
    *,
    list_name: str = "",
    outcome: str = "",
    search: str = "",
    where: Mapping[str, str] | None = None,
    edited: bool = False,
    offset: int = 0,
    limit: int = PAGE,
) -> RowPage:
    """Return rows of the lists, in file order.

    Parameters
    ----------
    list_name, outcome
        Only rows of this list, with this outcome.
    search
        Only rows with this text in a cell or in the reason, whatever its capitals.
    where
        Only rows with these cells: column -> text; ``""`` finds empty cells.
    edited
        Only rows with an edit.
    offset, limit
        The first row of the page, and how many.

    Returns
    -------
    RowPage
        The rows, how many there are on all pages, and how many of each outcome.

    Raises
    ------
    InputError
        If the outcome is none.
    """
    if outcome and outcome not in OUTCOMES:
        raise InputError(f"'{outcome}' is not an outcome: use {first_few(OUTCOMES)}.")
    with store.shared.lock:
        state, _ = judged(store)
        places = _fitting(state, list_name, search, where or {}, edited)
        counts = Counter(state.outcome[places].tolist())
        if outcome:
            places = places[state.outcome[places] == outcome]
        page = places[max(offset, 0) : max(offset, 0) + max(limit, 0)]
        found = _rows(store, state, page.tolist())
    return RowPage(tuple(found), len(places), {each: counts.get(each, 0) for each in OUTCOMES})


def row(store: Store, key: int) -> Row:
    """Return one row.

    Raises
    ------
    InputError
        If there is no such row, or its list no longer has it.
    """
    with store.shared.lock:
        state, _ = judged(store)
        if key not in state.places:
            raise InputError(f"There is no row {key}, or its list no longer has it.")
        return _rows(store, state, [state.places[key]])[0]


def row_of_asset(store: Store, asset_id: str) -> int:
    """Return the key of the row that represents an asset of `current_register` (``internal``).

    Raises
    ------
    InputError
        If there is no such asset.
    """
    with store.shared.lock:
        state, _ = judged(store)
        if state.judgement is not None:
            found = np.flatnonzero(state.judgement.said["row_id"] == asset_id)
            found = found[state.judgement.outcome[found] != "rejected"]
            if len(found):
                return state.keys[int(state.judgement.survivor[found[0]])]
    raise InputError(f"There is no asset '{asset_id}'.")


def values(store: Store, column: str, *, list_name: str = "") -> Mapping[str, int]:
    """Return the values of a column with how many rows have each, most first: the choices of a filter."""
    with store.shared.lock:
        state, _ = judged(store)
        places = _fitting(state, list_name, "", {}, False)
        if state.judgement is None or column not in state.judgement.raw:
            return {}
        return dict(Counter(_texts(state.judgement.raw[column].iloc[places])).most_common())


def pairs(
    store: Store,
    *,
    list_name: str = "",
    decided: bool | None = False,
    offset: int = 0,
    limit: int = PAGE,
) -> PairPage:
    """Return pairs of rows that may be the same thing, doubtful ones first.

    Parameters
    ----------
    list_name
        Only pairs with a row of this list.
    decided
        False: only pairs to decide, those that were put off (``later``) last; True: only decided ones; None: all, also those
        that the library joined by itself.
    offset, limit
        The first pair of the page, and how many.
    """
    with store.shared.lock:
        state, _ = judged(store)
        every = _pairs(store, state)
        if list_name:
            every = [p for p in every if list_name in (_source(state, p.row), _source(state, p.other))]
        if decided is not None:
            every = [
                p
                for p in every
                if (p.decision in ("same", "different")) == decided and (decided or p.outcome == "review")
            ]
        rank = {"review": 0, "merged": 1, "apart": 2}
        every.sort(
            key=lambda p: (
                rank[p.outcome],
                p.decision == "later",
                p.score if p.score is not None else 101.0,
                p.row,
                p.other,
            )
        )
        page = every[max(offset, 0) : max(offset, 0) + max(limit, 0)]
        keys = sorted({key for pair in page for key in (pair.row, pair.other)})
        found = {each.key: each for each in _rows(store, state, [state.places[key] for key in keys])}
    return PairPage(tuple(page), found, len(every))


def current_register(store: Store, *, audience: str = "internal") -> Register:
    """Return the register of the store now, as `build_register` makes it."""
    check_audience(audience)
    with store.shared.lock:
        state, _ = judged(store)
        if audience not in state.registers:
            with reading(store) as connection:
                review = review_of(decided_pairs(connection))
            publish = _columns_to_publish(state)
            state.registers[audience] = build_register(
                listed(state),
                **state.known,
                review=review,
                audience=audience,
                linker=_linker(state),
                publish_columns=publish,
            )
        found: Register = state.registers[audience]
    return replace(found, assets=found.assets.copy(), log=found.log.copy())


def check_store(store: Store) -> CheckReport:
    """Return the report on the lists of the store, as `check_lists` makes it."""
    with store.shared.lock:
        state, _ = judged(store)
        with reading(store) as connection:
            review = review_of(decided_pairs(connection))
        known = {name: value for name, value in state.known.items() if name != "buffer_m"}
        return check_lists(listed(state), **known, review=review, linker=_linker(state))


def after_save(store: Store, change: Change | None, key: int | None) -> Saved:
    """Judge what a save touched, and return its row with the others."""
    with store.shared.lock:
        state, touched = judged(store)
        found = None
        if key is not None and key in state.places:
            found = _rows(store, state, [state.places[key]])[0]
    if change is not None:
        from assetmap.project.store.log import told

        change = told(store, change)
    return Saved(change, found, tuple(sorted(touched - {key})))


def _linker(state: State) -> str:
    return state.project.settings.project.linker if state.project else LINKERS[0]


def _columns_to_publish(state: State) -> tuple[str, ...]:
    from assetmap.project.pipeline import columns_to_publish

    return columns_to_publish(state.project.settings) if state.project else ()


def _source(state: State, key: int) -> str:
    assert state.judgement is not None
    return str(state.judgement.said["source"][state.places[key]])


def _fitting(state: State, list_name: str, search: str, where: Mapping[str, str], edited: bool) -> np.ndarray:
    """Return the places of the rows that fit a question."""
    if state.judgement is None:
        return np.empty(0, dtype=np.int64)
    raw = state.judgement.raw
    mask = np.ones(len(raw), dtype=bool)
    if list_name:
        mask &= state.judgement.said["source"] == list_name
    for column, value in where.items():
        cells = _texts(raw[column]) if column in raw else [""] * len(raw)
        mask &= np.array(cells, dtype=object) == value
    if edited:
        mask &= np.fromiter((key in state.edited for key in state.keys), dtype=bool, count=len(raw))
    places = np.flatnonzero(mask)
    if search:
        _make_searchable(state, places)
        text = search.casefold()
        fits = [
            text in state.searched[place] or text in state.reason[place].casefold()
            for place in places.tolist()
        ]
        places = places[np.array(fits, dtype=bool)]
    return places


def _texts(column: pd.Series) -> list[str]:
    """Return the cells of a column as text, a missing one as ``""``."""
    return ["" if pd.isna(cell) else str(cell) for cell in column.tolist()]


def _make_searchable(state: State, places: np.ndarray) -> None:
    assert state.judgement is not None
    missing = [place for place in places.tolist() if place not in state.searched]
    if not missing:
        return
    raw = state.judgement.raw.iloc[missing]
    columns = [_texts(raw[c]) for c in raw.columns if c not in NOT_SHOWN]
    for place, cells in zip(missing, zip(*columns, strict=True), strict=True):
        state.searched[place] = "\n".join(filter(None, cells)).casefold()


def _rows(store: Store, state: State, places: list[int]) -> list[Row]:
    """Return the rows at some places."""
    if not places or state.judgement is None:
        return []
    judgement, said = state.judgement, state.judgement.said
    keys = [state.keys[place] for place in places]
    with reading(store) as connection:
        query = select(tables.rows.c.id, tables.rows.c.version).where(tables.rows.c.id.in_(keys))
        versions = by_key(connection.execute(query))
        query_places = select(tables.decisions).where(
            tables.decisions.c.row_id == tables.decisions.c.other_id, tables.decisions.c.row_id.in_(keys)
        )
        of_places = {each.row_id: each for each in connection.execute(query_places)}
    areas = _areas(state, places)
    by_row: dict[int, list[Pair]] = {}
    for pair in _pairs(store, state, places):
        by_row.setdefault(pair.row, []).append(pair)
        by_row.setdefault(pair.other, []).append(pair)
    raw = judgement.raw.iloc[places]
    suggestions = _suggestions(state, places)
    texts = {str(c): _texts(raw[c]) for c in raw.columns if c not in NOT_SHOWN}
    found = []
    for k, (place, key) in enumerate(zip(places, keys, strict=True)):
        name = str(said["source"][place])
        content = state.lists[name]
        own = {
            *content.originals.columns,
            *(column_of(content.headings, f) for f in state.edited.get(key, {})),
        }
        cells = {c: cell[k] for c, cell in texts.items() if c in own}
        originals = {
            column: _original(content, key, column)
            for column in (column_of(content.headings, f) for f in state.edited.get(key, {}))
        }
        place_decision = of_places.get(key)
        x, y = float(said["x"][place]), float(said["y"][place])
        placed = np.isfinite(x)
        understood = {c: str(said[c][place]) for c in ("asset_type", "status", "postcode")}
        rejected = judgement.outcome[place] == "rejected"
        survivor = int(judgement.survivor[place])
        precision = str(said["location_precision"][place])
        found.append(
            Row(
                key=key,
                list_name=name,
                part=str(content.parts.loc[key]),
                number=int(raw["row"].iloc[k]),
                version=versions[key],
                name=cells.get("name", ""),
                outcome=str(state.outcome[place]),
                reason=str(state.reason[place]),
                asset_id="" if rejected else str(said["row_id"][survivor]),
                asset=None if rejected else state.keys[survivor],
                cells=cells,
                originals=originals,
                asset_type=understood["asset_type"],
                status=understood["status"],
                postcode=understood["postcode"],
                town=cells.get("town", ""),
                easting=x if placed else None,
                northing=y if placed else None,
                location_precision=precision,
                area_code=areas[k],
                guarded=str(said["guarded"][place]),
                place_decision=place_decision.decision if place_decision is not None else "",
                place_version=place_decision.version if place_decision is not None else 0,
                suggestions=suggestions[place],
                pairs=tuple(by_row.get(key, ())),
            )
        )
    return found


def _suggestions(state: State, places: list[int]) -> dict[int, tuple[Suggestion, ...]]:
    """Return what would put some rows right, as `suggest_fixes` suggests it for their lists."""
    missing = [place for place in places if place not in state.suggested]
    if missing:
        found = _new_suggestions(state, missing)
        state.suggested |= {place: tuple(found.get(place, ())) for place in missing}
    return {place: state.suggested[place] for place in places}


def _new_suggestions(state: State, places: list[int]) -> dict[int, list[Suggestion]]:
    assert state.judgement is not None
    known = {name: state.known.get(name) for name in ("postcodes", "places", "areas")}
    found: dict[int, list[Suggestion]] = {}
    sources = state.judgement.said["source"]
    for name in dict.fromkeys(sources[places].tolist()):
        here = [place for place in places if sources[place] == name]
        rows = state.judgement.raw.iloc[here].assign(row=here)
        columns = [str(column) for column in rows.columns if column not in NOT_SHOWN]
        headings = pd.DataFrame({"heading": columns, "column": columns, "understood": True})
        fixes = suggest_fixes(AssetList(name, rows, headings, state.lists[name].reading.shape), **known)
        columns = ["row", "column", "after", "reason", "sure"]
        for place, column, after, why, sure in fixes[columns].values.tolist():
            found.setdefault(int(place), []).append(Suggestion(column, after, why, bool(sure)))
    return found


def _original(content: Any, key: int, column: str) -> str:
    if column not in content.originals.columns:
        return ""
    value = content.originals.loc[key, column]
    return "" if pd.isna(value) else str(value)


def _areas(state: State, places: list[int]) -> list[str]:
    """Return the small area of each row, as the register assigns it."""
    assert state.judgement is not None
    said, known = state.judgement.said, state.known
    located = [place for place in places if said["location_precision"][place]]
    if known.get("areas") is None or not located:
        return [""] * len(places)
    x, y = said["x"][located], said["y"][located]
    points = gpd.GeoSeries(gpd.points_from_xy(x, y, crs=WORKING_CRS)).where(np.isfinite(x), None)
    table = gpd.GeoDataFrame(
        {
            name: said[name][located].astype(str)
            for name in ("name", "asset_type", "status", "postcode", "location_precision")
        },
        geometry=points.to_numpy(),
        crs=WORKING_CRS,
    )
    table.index = table.index.astype("str").rename("asset_id")
    codes = assign_areas(table, known["areas"], known.get("postcodes"))["area_code"].fillna("")
    inside = {
        place: str(code) for place, code in zip(located, codes, strict=True) if not said["beyond"][place]
    }
    return [inside.get(place, "") for place in places]


def _pairs(store: Store, state: State, places: Iterable[int] | None = None) -> list[Pair]:
    """Return the pairs that were joined, may be one, or were decided; all, or those of some rows."""
    judgement = state.judgement
    if judgement is None:
        return []
    wanted = None if places is None else set(places)
    with reading(store) as connection:
        query = select(tables.decisions, tables.changes.c.who, tables.changes.c.time).join(
            tables.changes, tables.changes.c.id == tables.decisions.c.change_id
        )
        if wanted is not None:
            keys = [state.keys[place] for place in wanted]
            query = query.where(tables.decisions.c.row_id.in_(keys) | tables.decisions.c.other_id.in_(keys))
        said = {
            (each.row_id, each.other_id): each
            for each in connection.execute(query)
            if each.row_id != each.other_id
        }
    found: dict[tuple[int, int], Pair] = {}
    for outcome, partners in (("merged", judgement.merges), ("review", judgement.doubts)):
        for place, (other, score, why) in partners.items():
            if wanted is None or place in wanted or other in wanted:
                pair = _ordered(state.keys[place], state.keys[other])
                found.setdefault(pair, Pair(*pair, outcome, score, why))
    for pair, each in said.items():
        if pair[0] not in state.places or pair[1] not in state.places:
            continue
        known = found.get(pair)
        if known is None:
            outcome = "merged" if each.decision == "same" else "apart"
            known = Pair(
                *pair, outcome, None, "a person decided so" if each.decision in ("same", "different") else ""
            )
        found[pair] = replace(
            known, decision=each.decision, who=each.who if each.decision else "",
            when=as_time(each.time) if each.decision else None, version=each.version,
        )  # fmt: skip
    return [pair for pair in found.values() if pair.outcome != "apart" or pair.decision]


def _ordered(first: int, second: int) -> tuple[int, int]:
    return (first, second) if first < second else (second, first)

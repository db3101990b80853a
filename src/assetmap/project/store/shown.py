"""Rows and pairs as people are shown them: cells, outcome, place, what would put them right, and what they may be twins of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
from sqlalchemy import select

from assetmap.project.store import tables
from assetmap.project.store.contents import column_of
from assetmap.project.store.database import as_time, by_key
from assetmap.project.store.judging import State
from assetmap.project.store.records import Pair, Row, Suggestion
from assetmap.register.areas import assign_areas
from assetmap.register.corrections.fixes import suggest_fixes
from assetmap.schema import WORKING_CRS, AssetList

if TYPE_CHECKING:
    from sqlalchemy import Connection

AREA_FROM: Final = ("x", "y", "location_precision", "postcode")
"""What decides the small area of a row."""

NOT_SHOWN: Final = ("source", "row", "row_key", "geometry", "list_title", "list_date")


def texts_of(column: pd.Series) -> list[str]:
    """Return the cells of a column as text, a missing one as ``""``."""
    return ["" if pd.isna(cell) else str(cell) for cell in column.tolist()]


def rows_at(connection: Connection, state: State, places: list[int]) -> list[Row]:
    """Return the rows at some places."""
    if not places or state.judgement is None:
        return []
    judgement, said = state.judgement, state.judgement.said
    keys = [state.keys[place] for place in places]
    query = select(tables.rows.c.id, tables.rows.c.version).where(tables.rows.c.id.in_(keys))
    versions = by_key(connection.execute(query))
    query_places = select(tables.decisions).where(
        tables.decisions.c.row_id == tables.decisions.c.other_id, tables.decisions.c.row_id.in_(keys)
    )
    of_places = {each.row_id: each for each in connection.execute(query_places)}
    areas = _areas(state, places)
    by_row: dict[int, list[Pair]] = {}
    for pair in pairs_of(connection, state, places):
        by_row.setdefault(pair.row, []).append(pair)
        by_row.setdefault(pair.other, []).append(pair)
    raw = judgement.raw.iloc[places]
    suggestions = _suggestions(state, places)
    grid = raw.to_numpy(dtype=object)
    texts = {
        str(c): ["" if pd.isna(cell) else str(cell) for cell in grid[:, k].tolist()]
        for k, c in enumerate(raw.columns)
        if c not in NOT_SHOWN
    }
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
    located = [place for place in places if said["location_precision"][place] and not said["beyond"][place]]
    if known.get("areas") is None or not located:
        return [""] * len(places)
    where = {place: tuple(said[name][place] for name in AREA_FROM) for place in located}
    missing = [place for place in located if where[place] not in state.area_at]
    if missing:
        state.area_at |= dict(
            zip([where[place] for place in missing], _new_areas(state, missing), strict=True)
        )
    return [state.area_at[where[place]] if place in where else "" for place in places]


def _new_areas(state: State, places: list[int]) -> list[str]:
    assert state.judgement is not None
    said, known = state.judgement.said, state.known
    x, y = said["x"][places], said["y"][places]
    points = gpd.GeoSeries(gpd.points_from_xy(x, y, crs=WORKING_CRS)).where(np.isfinite(x), None)
    table = gpd.GeoDataFrame(
        {
            name: said[name][places].astype(str)
            for name in ("name", "asset_type", "status", "postcode", "location_precision")
        },
        geometry=points.to_numpy(),
        crs=WORKING_CRS,
    )
    table.index = table.index.astype("str").rename("asset_id")
    codes = assign_areas(table, known["areas"], known.get("postcodes"))["area_code"]
    return [str(code) for code in codes.fillna("")]


def pairs_of(connection: Connection, state: State, places: Iterable[int] | None = None) -> list[Pair]:
    """Return the pairs that were joined, may be one, or were decided; all, or those of some rows."""
    judgement = state.judgement
    if judgement is None:
        return []
    wanted = None if places is None else set(places)
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

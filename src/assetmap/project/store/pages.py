"""What the store says: lists; rows as the library judges them, in pages; pairs to decide; the register."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from assetmap.errors import InputError, first_few
from assetmap.project.store.about_lists import lists_of
from assetmap.project.store.contents import decided as decided_pairs
from assetmap.project.store.contents import review_of
from assetmap.project.store.database import Store
from assetmap.project.store.judging import State, judging, listed
from assetmap.project.store.records import Change, ListInfo, PairPage, Row, RowPage, Saved
from assetmap.project.store.shown import NOT_SHOWN, pairs_of, rows_at, texts_of
from assetmap.public import check_audience
from assetmap.records.registers import CheckReport, Register
from assetmap.register.build import build_register
from assetmap.register.check import check_lists
from assetmap.schema import LINKERS, OUTCOMES

PAGE: Final = 50


def lists(store: Store) -> tuple[ListInfo, ...]:
    """Return the lists of the store, in the order in which they came.

    Examples
    --------
    >>> [(each.name, each.rows) for each in st.lists(store)]
    [('clubs', 4), ('halls', 1)]
    """
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

    Examples
    --------
    >>> page = st.rows(store, search="truro", limit=2)
    >>> page.total, [row.name for row in page.rows]
    (3, ['Truro Choir', 'Truro Village Hall'])
    """
    if outcome and outcome not in OUTCOMES:
        raise InputError(f"'{outcome}' is not an outcome: use {first_few(OUTCOMES)}.")
    with judging(store) as (state, connection, _):
        places = _fitting(state, list_name, search, where or {}, edited)
        counts = Counter(state.outcome[places].tolist())
        if outcome:
            places = places[state.outcome[places] == outcome]
        page = places[max(offset, 0) : max(offset, 0) + max(limit, 0)]
        found = rows_at(connection, state, page.tolist())
    return RowPage(tuple(found), len(places), {each: counts.get(each, 0) for each in OUTCOMES})


def row(store: Store, key: int) -> Row:
    """Return one row.

    Raises
    ------
    InputError
        If there is no such row, or its list no longer has it.

    Examples
    --------
    >>> first = st.rows(store).rows[0]
    >>> st.row(store, first.key).name == first.name
    True
    """
    with judging(store) as (state, connection, _):
        if key not in state.places:
            raise InputError(f"There is no row {key}, or its list no longer has it.")
        return rows_at(connection, state, [state.places[key]])[0]


def row_of_asset(store: Store, asset_id: str) -> int:
    """Return the key of the row that represents an asset of `current_register` (``internal``).

    Raises
    ------
    InputError
        If there is no such asset.

    Examples
    --------
    >>> asset_id = st.current_register(store).assets.index[0]
    >>> st.row(store, st.row_of_asset(store, asset_id)).outcome
    'accepted'
    """
    with judging(store) as (state, _, _):
        if state.judgement is not None:
            found = np.flatnonzero(state.judgement.said["row_id"] == asset_id)
            found = found[state.judgement.outcome[found] != "rejected"]
            if len(found):
                return state.keys[int(state.judgement.survivor[found[0]])]
    raise InputError(f"There is no asset '{asset_id}'.")


def values(store: Store, column: str, *, list_name: str = "") -> Mapping[str, int]:
    """Return the values of a column with how many rows have each, most first: the choices of a filter.

    Examples
    --------
    >>> dict(st.values(store, "town"))
    {'Truro': 3, 'Bude': 1, 'Falmouth': 1}
    """
    with judging(store) as (state, _, _):
        places = _fitting(state, list_name, "", {}, False)
        if state.judgement is None or column not in state.judgement.raw:
            return {}
        return dict(Counter(texts_of(state.judgement.raw[column].iloc[places])).most_common())


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

    Examples
    --------
    >>> page = st.pairs(store, decided=None)
    >>> [(pair.outcome, pair.why) for pair in page.pairs]
    [('merged', 'the same place and a similar name')]
    """
    with judging(store) as (state, connection, _):
        every = pairs_of(connection, state)
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
        found = {each.key: each for each in rows_at(connection, state, [state.places[key] for key in keys])}
    return PairPage(tuple(page), found, len(every))


def current_register(store: Store, *, audience: str = "internal") -> Register:
    """Return the register of the store now, as `build_register` makes it.

    Examples
    --------
    >>> sorted(st.current_register(store).assets["asset_type"])
    ['arts_culture', 'refuge', 'sports_club', 'village_hall']
    """
    check_audience(audience)
    with judging(store) as (state, connection, _):
        if audience not in state.registers:
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
    """Return the report on the lists of the store, as `check_lists` makes it.

    Examples
    --------
    >>> st.check_store(store).counts["rows"].tolist()
    [4, 1]
    """
    with judging(store) as (state, connection, _):
        review = review_of(decided_pairs(connection))
        known = {name: value for name, value in state.known.items() if name != "buffer_m"}
        return check_lists(listed(state), **known, review=review, linker=_linker(state))


def after_save(store: Store, change: Change | None, key: int | None) -> Saved:
    """Judge what a save touched, and return its row with the others."""
    with judging(store) as (state, connection, touched):
        found = None
        if key is not None and key in state.places:
            found = rows_at(connection, state, [state.places[key]])[0]
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
        cells = texts_of(raw[column]) if column in raw else [""] * len(raw)
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


def _make_searchable(state: State, places: np.ndarray) -> None:
    assert state.judgement is not None
    missing = [place for place in places.tolist() if place not in state.searched]
    if not missing:
        return
    raw = state.judgement.raw.iloc[missing]
    columns = [texts_of(raw[c]) for c in raw.columns if c not in NOT_SHOWN]
    for place, cells in zip(missing, zip(*columns, strict=True), strict=True):
        state.searched[place] = "\n".join(filter(None, cells)).casefold()

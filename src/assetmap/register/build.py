"""Many lists become one register, with every input row accounted for."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from assetmap.public import PUBLIC, check_audience
from assetmap.register.areas import assign_areas
from assetmap.register.audience import publish
from assetmap.register.clusters import (
    LIST_DATE,
    LISTED_ON,
    absences,
    dates_of_rows,
    merged_into,
)
from assetmap.register.filled import assets_of
from assetmap.register.findings import outcomes_and_reasons
from assetmap.register.guard import check_publish, decide_guards, lists_without_type
from assetmap.register.judge import clean_rows, judge_rows
from assetmap.register.link import describe_linking, link_rows
from assetmap.register.place import place_rows
from assetmap.register.review import read_decisions, read_guards
from assetmap.register.words import core_keys, each_distinct, place_keys, slug
from assetmap.schema import (
    BEYOND,
    LINKERS,
    WORKING_CRS,
    AssetList,
    InputError,
    Note,
    Register,
    check_areas,
    check_postcodes,
    first_few,
)

LOG_COLUMNS = (
    "source",
    "row",
    "name",
    "outcome",
    "reason",
    "asset_id",
    "row_id",
    "other_id",
    "score",
    "guarded",
)

USED_UP = (
    "latitude",
    "longitude",
    "easting",
    "northing",
    "grid_reference",
    "coordinates",
    "postcode_district",
    "registration",
)
"""Columns of the lists that were turned into other columns."""


SAME_AS: Final = "It is the same as {where}: "
MAY_BE_SAME_AS: Final = "It may be the same as {where}: "
DECIDE: Final = ". Decide in review.csv."
"""What is said of a row and another one."""

TYPES_NOT_KNOWN: Final = "TYPES_NOT_KNOWN"
"""Code of the note on a list whose types are not known."""

NOT_READ: Final = "NOT_READ"
"""Code of the note on a sheet, a layer or a file of a zip that was not read."""


def build_register(  # noqa: PLR0913 (what a register is made of, each with a default)
    lists: Sequence[AssetList | pd.DataFrame] | AssetList | pd.DataFrame,
    *,
    postcodes: pd.DataFrame | None = None,
    places: gpd.GeoDataFrame | None = None,
    areas: gpd.GeoDataFrame | None = None,
    area_name: str = "",
    review: pd.DataFrame | None = None,
    audience: str = "public",
    as_of: datetime.date | None = None,
    buffer_m: float = 0.0,
    linker: str = LINKERS[0],
    publish_columns: Sequence[str] = (),
) -> Register:
    """Make one register out of many lists.

    Parameters
    ----------
    lists
        Lists as `read_assets` returns them, or tables with the columns ``source``, ``row`` and ``name``. Rows of different lists that are the same thing become one
        asset; the order of the lists is irrelevant.
    postcodes
        Index ``postcode`` (docs/tables.md). Without it a postcode is checked for its form only, and what
        is known by its postcode has no point.
    places
        Index ``place_id`` with ``name`` and a point: for rows that name only a town.
    areas
        Index ``area_code``: what lies outside all of them is rejected (but see `buffer_m`). Without areas nothing
        is outside.
    area_name
        Name of the whole area in messages; rows whose ``covers`` names it belong to the whole area.
    review
        A `review.csv` that a person filled in (`review_table`): pairs with ``decision`` ``same`` or
        ``different``, guarded places with ``publish`` or ``guard``.
    audience
        ``public`` or ``internal``: `publish` says what a public register leaves out.
    as_of
        Day on which staleness is judged; the newest ``checked_date`` when not given.
    buffer_m
        What lies outside all areas, but no more metres than this, is kept: it counts for access, and in no
        area and no total. It has no ``area_code``, and a column ``beyond_border`` (only there where something lies
        beyond) is true.
    linker
        ``builtin``, or ``splink`` where the extra ``link`` is installed: what decides which rows of different
        lists are one thing (docs/register.md says which is better when). It is never chosen automatically, so the
        same lists give the same register on every machine.
    publish_columns
        Further columns of the lists that a public register shows, contacts taken out of their text; guarded places never show them.

    Returns
    -------
    Register
        ``assets`` (docs/tables.md), the validation log ``log``: one row per input row with ``outcome``
        ``accepted``, ``merged``, ``review`` (it is in the register and a person should look) or
        ``rejected`` (it is not), and the reason; ``linking``, which says what linked the rows; and ``notes`` where a
        public register is made of a list whose types are not known.

    Raises
    ------
    InputError
        If a list cannot be used, two lists have the same name, there is no such linker, or `buffer_m` is below 0.

    Examples
    --------
    >>> lists = [am.read_assets(town.folder / name) for name in ("directory.csv", "hall_bookings.csv")]
    >>> am.build_register(lists).log["outcome"].value_counts().to_dict()
    {'accepted': 102, 'merged': 22, 'review': 1}
    """
    if not (np.isfinite(buffer_m) and buffer_m >= 0):
        raise InputError(f"buffer_m must be a number of metres of 0 or more, not {buffer_m!r}.")
    if areas is not None:
        check_areas(areas)
    if postcodes is not None:
        check_postcodes(postcodes)
    check_audience(audience)
    lists = [lists] if isinstance(lists, (AssetList, pd.DataFrame)) else list(lists)
    raw = stack_lists(lists)
    check_publish(tuple(publish_columns), raw)
    rows, outcome, reasons = judge_stacked(
        raw,
        postcodes=postcodes,
        places=places,
        areas=areas,
        area_name=area_name,
        review=review,
        as_of=as_of,
        buffer_m=buffer_m,
        quote=audience == "internal",
    )
    kept = np.flatnonzero(outcome != "rejected")
    candidates = rows.iloc[kept].reset_index(drop=True)
    decisions = None if review is None else read_decisions(review, candidates)
    links = link_rows(candidates, decisions, linker=linker)
    survivor, merges, doubts = merged_into(candidates, links)
    log = _log(raw, rows, outcome, reasons, (kept, survivor, merges, doubts))
    _remark(log, {int(kept[place]): sentence for place, sentence in absences(candidates, survivor).items()})
    assets = assets_of(candidates, survivor)
    if areas is not None:
        assets = assign_areas(assets, areas, postcodes)
    assets = _across_the_border(assets)
    linking = describe_linking(len(candidates), candidates["source"].nunique(), linker=linker)
    notes = tuple(
        Note(TYPES_NOT_KNOWN, sentence) for sentence in lists_without_type(lists) if audience == PUBLIC
    )
    notes += tuple(
        Note(NOT_READ, sentence)
        for each in lists
        if isinstance(each, AssetList)
        for sentence in each.left_out
    )
    released = () if review is None else read_guards(review)[0]
    return publish(
        Register(assets, log, linking, notes),
        audience=audience,
        publish_columns=publish_columns,
        released=released,
    )


def judge_stacked(
    raw: pd.DataFrame,
    *,
    postcodes: pd.DataFrame | None = None,
    places: gpd.GeoDataFrame | None = None,
    areas: gpd.GeoDataFrame | None = None,
    area_name: str = "",
    review: pd.DataFrame | None = None,
    as_of: datetime.date | None = None,
    buffer_m: float = 0.0,
    quote: bool = True,
    ticks: frozenset[str] | None = None,
) -> tuple[pd.DataFrame, np.ndarray, list[str]]:
    """Judge every row by itself, before rows are linked.

    Parameters
    ----------
    raw
        From `stack_lists`.
    postcodes, places, areas, area_name, review, as_of, buffer_m
        As for `build_register`.
    quote, ticks
        As for `judge_rows`.

    Returns
    -------
    tuple
        The rows with their keys, places and ``row_id``; the outcome of each; and the reasons.
    """
    rows = clean_rows(raw)
    said, findings = judge_rows(rows, as_of=as_of, quote=quote, ticks=ticks)
    placed, more = place_rows(
        rows, postcodes=postcodes, places=places, areas=areas, area_name=area_name, buffer_m=buffer_m
    )
    said[LISTED_ON] = dates_of_rows(rows, said["checked_date"])
    rows, guards = decide_guards(_with_keys(rows, said, placed), review)
    outcome, reasons = outcomes_and_reasons([*findings, *more, *guards], rows["row"])
    return rows, outcome, reasons


def _across_the_border(assets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Clear the area of what lies beyond the border, however near; drop the column where nothing does."""
    beyond = assets[BEYOND]
    assets = assets.drop(columns=BEYOND)
    if not beyond.any():
        return assets
    if "area_from" in assets:
        assets["area_from"] = assets["area_from"].mask(beyond, "")
    return assets.assign(area_code=assets["area_code"].mask(beyond), **{BEYOND: beyond})


def stack_lists(lists: Sequence[AssetList | pd.DataFrame]) -> pd.DataFrame:
    """Put the lists under each other on one 0, 1, ... index; shapes become ``point_x``, ``point_y``."""
    if not lists:
        raise InputError("There is no list to make a register from. Give at least one file.")
    problems, tables = [], []
    for k, each in enumerate(lists):
        table = each.table if isinstance(each, AssetList) else each
        missing = [column for column in ("source", "row", "name") if column not in table.columns]
        if missing:
            problems.append(f"list {k + 1} has no column {first_few(missing)}: read it with read_assets")
            continue
        plain = pd.DataFrame(table.drop(columns="geometry", errors="ignore"))
        if isinstance(each, AssetList) and each.date:
            of_sheets = plain.get(LIST_DATE, pd.Series("", index=plain.index, dtype="str"))
            plain[LIST_DATE] = of_sheets.where(of_sheets != "", each.date)
        if isinstance(table, gpd.GeoDataFrame):
            metres = table.geometry.to_crs(WORKING_CRS)
            plain = plain.assign(point_x=metres.x.to_numpy(), point_y=metres.y.to_numpy())
        tables.append(plain)
    names = pd.Series([str(table["source"].iloc[0]) for table in tables if len(table)], dtype="str")
    twice = names[names.duplicated()].unique()
    if len(twice):
        problems.append(f"two lists are called {first_few(twice)}: give each its own name with source=")
    if problems:
        raise InputError("The lists cannot be used: " + "; ".join(problems) + ".")
    stacked = pd.concat(tables, ignore_index=True)
    text = stacked.columns.difference(["row", "point_x", "point_y"])
    return stacked.assign(**{column: stacked[column].fillna("").astype("str") for column in text})


def _with_keys(rows: pd.DataFrame, said: pd.DataFrame, placed: pd.DataFrame) -> pd.DataFrame:
    """Join what was said and where it is, and make every row a name of its own."""
    drop = rows.columns.intersection([*said.columns, *placed.columns, *USED_UP, "point_x", "point_y"])
    joined = pd.concat([rows.drop(columns=drop), said, placed], axis=1)
    joined["town_key"] = place_keys(joined["town"] if "town" in joined else pd.Series("", index=joined.index))
    joined["core_key"] = core_keys(joined["name_key"], joined["town_key"])
    parts = ["source", "name_key", "asset_type", "postcode", "town_key", "registration_number"]
    identity = joined[parts[0]].str.cat(joined[parts[1:]], sep="|")
    # Rows that agree in every part differ in their other cells, or else in their order.
    twin = identity.duplicated(keep=False)
    alike = identity
    if twin.any():
        strings: pd.DataFrame = joined.select_dtypes("str")
        texts = strings.columns.difference([*parts, "core_key", "row_key"])
        # Only what a row says itself: a column that another list has must not change its id.
        cells = joined.loc[twin, texts]
        told = [cells[column].where(cells[column] == "", f"|{column}=" + cells[column]) for column in texts]
        more = told[0].str.cat(told[1:], na_rep="")
        identity = identity.mask(twin, identity + "|" + more.reindex(identity.index).fillna("").astype("str"))
        times = identity.groupby(identity).cumcount()
        identity = identity.where(times == 0, identity + "|" + times.astype("str"))
    hashes = [hashlib.blake2b(text.encode(), digest_size=4).hexdigest()[:7] for text in identity.tolist()]
    slugs = each_distinct(joined["name"], slug)
    ids = slugs.where(slugs != "", "unnamed") + "-" + pd.Series(hashes, index=joined.index, dtype="str")
    again = ids.groupby(ids).cumcount()
    joined["row_id"] = ids.where(again == 0, ids + "-" + again.astype("str"))
    joined["alike"] = alike
    return joined


def _log(
    raw: pd.DataFrame,
    rows: pd.DataFrame,
    outcome: np.ndarray,
    reasons: list[str],
    linked: tuple[
        np.ndarray, np.ndarray, Mapping[int, tuple[int, float, str]], Mapping[int, tuple[int, float, str]]
    ],
) -> pd.DataFrame:
    """Give every input row its outcome; `linked` speaks in places among the rows that were kept."""
    kept, survivor, merges, doubts = linked
    ids = rows["row_id"].to_numpy(dtype=object)
    asset, other = np.full(len(rows), None, dtype=object), np.full(len(rows), None, dtype=object)
    score = np.full(len(rows), np.nan)
    asset[kept] = ids[kept[survivor]]
    reason = np.array(reasons, dtype=object)
    names, sources, numbers = (raw[column].to_numpy(dtype=object) for column in ("name", "source", "row"))

    def say(place: int, with_place: int, text: str) -> None:
        row, match = kept[place], kept[with_place]
        where = f"row {numbers[match]} of '{sources[match]}' ({names[match]})"
        reason[row] = reason_with_link(reason[row], numbers[row], text.format(where=where))
        other[row] = ids[match]

    for place, (match, points, why) in merges.items():
        outcome[kept[place]] = "merged"
        score[kept[place]] = points
        say(place, match, SAME_AS + why + ".")
    for place, (match, points, why) in doubts.items():
        outcome[kept[place]] = "review" if outcome[kept[place]] != "merged" else "merged"
        score[kept[place]] = points
        say(place, match, MAY_BE_SAME_AS + why + DECIDE)
    log = pd.DataFrame({"source": raw["source"], "row": raw["row"], "name": raw["name"], "outcome": outcome})
    log["reason"] = pd.Series(reason, dtype="str")
    log["asset_id"] = pd.Series(asset, dtype="str")
    log["row_id"] = pd.Series(ids, dtype="str")
    log["other_id"] = pd.Series(other, dtype="str")
    log["score"] = score
    log["guarded"] = rows["guarded"]
    return log[list(LOG_COLUMNS)]


def _remark(log: pd.DataFrame, said: Mapping[int, str]) -> None:
    """Add sentences to the reasons of some rows; the outcome stays."""
    places = list(said)
    begun = [
        reason_with_link(reason, number, said[place])
        for place, reason, number in zip(
            places, log["reason"].iloc[places], log["row"].iloc[places], strict=True
        )
    ]
    log.loc[places, "reason"] = begun


def reason_with_link(reason: str, number: int, sentence: str) -> str:
    """Return what is said of a row, and then what is said of it and another one."""
    return f"{reason} {sentence}" if reason else f"Row {number}: {sentence}"

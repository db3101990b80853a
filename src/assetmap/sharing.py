"""Who could lend what to whom: each thing that is asked for, with the nearest assets that offer it.

An asset asks for and offers the resources of ``data/tables/resources.csv`` that the register has found in its
list. Distances are straight lines in metres; by road it is farther. An offer on a list is not a promise that the thing is free
to lend: the table is for the person who then picks up the telephone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from assetmap.schema import (
    DISTANCE_PRECISIONS,
    LENDING_M,
    SchemaError,
    check_assets,
    first_few,
    reference_table,
)

if TYPE_CHECKING:
    import geopandas as gpd

MOST: Final = 5
"""Offers named for each ask."""

TIE_M: Final = 0.002
"""Distances that agree to the millimetre are the same."""

OVER: Final = ("closed", "proposed")
COLUMNS: Final = (
    "resource", "kind", "asked_by", "asked_by_name", "offered_by", "offered_by_name", "distance_m", "offer_rank",
    "asked_by_status", "offered_by_status", "sentence",
)  # fmt: skip


def match_resources(
    assets: gpd.GeoDataFrame, *, within_m: float = LENDING_M, most: int = MOST
) -> pd.DataFrame:
    """Find for each thing that an asset asks for the nearest assets that offer it.

    Closed and proposed assets neither ask nor offer; those whose status is not known do, as in `near`, and the
    sentence says so. Nobody is matched with themselves. An asset known only to a postcode district, or only to the
    whole area, is too vague for a distance: it is counted in the sentence and never named as near.

    Parameters
    ----------
    assets
        The register (docs/tables.md); ``offers`` and ``asks`` hold codes joined by ``;``, as `build_register` makes
        them. Without one of the columns nobody offers, or nobody asks.
    within_m
        Metres in a straight line that are still worth going.
    most
        The most offers named for one ask, nearest first.

    Returns
    -------
    pandas.DataFrame
        Index ``line`` (1, 2, ...), one row per ask and offer, in order of resource, name of who asks, and distance:
        ``resource`` (code), ``kind``, ``asked_by`` and ``offered_by`` (``asset_id``) with their names and status,
        ``distance_m``, ``offer_rank`` (1 = nearest) and a sentence. An ask that nobody within that distance can meet has one
        row with ``offered_by`` and ``distance_m`` missing. Of offers at one distance the first name is first.

    Raises
    ------
    SchemaError
        If the register does not have its shape, or holds words that are not codes of the table.

    Examples
    --------
    >>> len(match_resources(assets, within_m=5_000))
    0
    """
    check_assets(assets)
    alive = assets[~assets["status"].isin(OVER)].sort_index()
    _check_codes(alive)
    asks, offers = _said(alive, "asks"), _said(alive, "offers")
    known = _people(alive)
    rows = []
    for resource in reference_table("resources").index.intersection(list(asks.unique()), sort=False):
        askers = known.loc[asks.index[asks == resource]].sort_values("name", kind="stable")
        rows += _match_one(str(resource), askers, known.loc[offers.index[offers == resource]], within_m, most)
    table = pd.DataFrame(rows, columns=list(COLUMNS), index=pd.RangeIndex(1, len(rows) + 1, name="line"))
    return table.astype({"distance_m": "float64", "offer_rank": "Int64"})


def describe_matches(matches: pd.DataFrame, *, within_m: float = LENDING_M) -> str:
    """Describe in one sentence how many asks there are and how many somebody nearby could meet.

    Parameters
    ----------
    matches
        From `match_resources`.
    within_m
        As given there.

    Examples
    --------
    >>> am.describe_matches(am.match_resources(assets))
    'Nobody asks for anything.'
    """
    if matches.empty:
        return "Nobody asks for anything."
    asks = matches.groupby(["resource", "asked_by"])["offered_by"].count()
    met, groups = int((asks > 0).sum()), matches["asked_by"].nunique()
    return (
        f"{groups:,} {'asks' if groups == 1 else 'ask'} for {len(asks):,} {'thing' if len(asks) == 1 else 'things'}; "
        f"for {met:,} of them somebody within {within_m / 1000:g} km offers it."
    )


def _said(assets: gpd.GeoDataFrame, column: str) -> pd.Series:
    """Return every code of a column on the id of its asset."""
    if column not in assets:
        return pd.Series([], index=assets.index[:0], dtype="str")
    codes = assets[column].fillna("").astype("str").str.split(r"\s*;\s*", regex=True).explode()
    return codes[codes != ""]


def _people(assets: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return ``name``, ``status`` and ``x``, ``y`` (metres; missing where the place is vague)."""
    placed = assets["location_precision"].isin(DISTANCE_PRECISIONS) & assets.geometry.notna()
    x, y = assets.geometry.x.where(placed), assets.geometry.y.where(placed)
    return pd.DataFrame({"name": assets["name"], "status": assets["status"], "x": x, "y": y})


def _match_one(
    resource: str, askers: pd.DataFrame, offerers: pd.DataFrame, within_m: float, most: int
) -> list[tuple[object, ...]]:
    """Return the lines of one resource."""
    row = reference_table("resources").loc[resource]
    placed = offerers[offerers["x"].notna()]
    vague = set(offerers.index[offerers["x"].isna()])
    offers = list(placed.itertuples())
    lines: list[tuple[object, ...]] = []
    for asker, near in zip(askers.itertuples(), _nearest(askers, placed, within_m, most), strict=True):
        first = (resource, row["kind"], asker.Index, asker.name)
        within = [(metres, offers[other]) for metres, other in near if metres <= within_m]
        for rank, (metres, offer) in enumerate(within, 1):
            words = _met(str(row["label"]), asker, offer, metres)
            lines.append((*first, offer.Index, offer.name, metres, rank, asker.status, offer.status, words))
        if not within:
            roughly = len(vague) - (asker.Index in vague)
            words = _unmet(str(row["label"]), asker, [(m, offers[k]) for m, k in near[:1]], roughly, within_m)
            lines.append((*first, None, None, np.nan, None, asker.status, None, words))
    return lines


def _nearest(
    askers: pd.DataFrame, placed: pd.DataFrame, within_m: float, most: int
) -> list[list[tuple[float, int]]]:
    """Return for each asker the nearest offers (metres, place among the placed), and always the very nearest.

    Many assets share one postcode, so that distances tie: every offer as near as the last one wanted is looked at,
    and names decide.
    """
    from scipy.spatial import cKDTree

    found: list[list[tuple[float, int]]] = [[] for _ in range(len(askers))]
    known = np.flatnonzero(askers["x"].notna())
    if placed.empty or not len(known):
        return found
    points = placed[["x", "y"]].to_numpy(dtype=float)
    origins = askers[["x", "y"]].to_numpy(dtype=float)
    tree = cKDTree(points)
    wanted = min(most + 1, len(placed))  # an asker that offers the same is found too
    last = np.asarray(tree.query(origins[known], k=np.arange(1, wanted + 1))[0])
    second = last[:, min(1, wanted - 1)]
    radius = np.maximum(np.minimum(last[:, -1], within_m), second) + TIE_M
    names, ids, own = placed["name"].tolist(), placed.index.tolist(), askers.index.tolist()
    for place, others in zip(known.tolist(), tree.query_ball_point(origins[known], radius), strict=True):
        metres = np.hypot(*(points[others] - origins[place]).T)
        pairs = [pair for pair in zip(metres.tolist(), others, strict=True) if ids[pair[1]] != own[place]]
        pairs.sort(key=lambda pair: (round(pair[0], 3), names[pair[1]], ids[pair[1]]))
        found[place] = pairs[:most]
    return found


def _met(label: str, asker: Any, offer: Any, metres: float) -> str:
    doubt = " Whether it is open is not known." if offer.status == "unknown" else ""
    return f"{asker.name} asks for: {label}. {offer.name} offers it, {_distance(metres)} away.{doubt}"


def _unmet(label: str, asker: Any, nearest: list[tuple[float, Any]], roughly: int, within_m: float) -> str:
    begun = f"{asker.name} asks for: {label}. "
    if np.isnan(asker.x):
        return begun + "Its own location is not known well enough to say who is near."
    said = f"Nobody within {within_m / 1000:g} km offers it"
    said += f"; none is nearer than {nearest[0][1].name}, {_distance(nearest[0][0])} away" if nearest else ""
    said += (
        f"; {roughly} whose place is known only roughly {'does' if roughly == 1 else 'do'}" if roughly else ""
    )
    return begun + said + "."


def _distance(metres: float) -> str:
    return f"{metres:.0f} m" if metres < 950 else f"{metres / 1000:.1f} km"


def _check_codes(assets: gpd.GeoDataFrame) -> None:
    """Refuse words that are not codes: they would be matched with nothing, and nobody would know."""
    known = set(reference_table("resources").index)
    problems = []
    for column in ("offers", "asks"):
        said = _said(assets, column)
        strange = said[~said.isin(known)]
        if len(strange):
            problems.append(
                f"'{column}' of {strange.index.nunique()} assets holds words that are not codes of data/tables/resources.csv, "
                f"first {first_few(strange.unique())}"
            )
    if problems:
        raise SchemaError(
            "; ".join(problems) + ". Make the register with build_register: it finds the codes."
        )

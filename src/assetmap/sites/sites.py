"""Sites of one kind: which were open when, who ran them, and how far every small area is from each.

A *site* is an asset of one type that somebody operates; what lies beyond the border is none. The tables here are the common ground of the review
(`devolution`), the what-if (`scenarios`), the combinations and the placements. Distances are straight lines
from where an area's people live (``centre_easting``, ``centre_northing``; a point inside the polygon where
that is not known); a matrix of distances around water or of travel times can be used in their place
everywhere.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.nearest import centre_points
from assetmap.schema import (
    InputError,
    SchemaError,
    check_areas,
    check_assets,
    first_few,
    reference_table,
    within_border,
    yes_no,
)

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DEFAULT_TYPE: Final = "library"
BEFORE_DEVOLUTION: Final = "principal_authority"
"""Who ran a site before its running passed to a local council or community body."""


def sites_of_type(assets: gpd.GeoDataFrame, *, asset_type: str = DEFAULT_TYPE) -> gpd.GeoDataFrame:
    """Return the sites of a type that are open, and the others that have a place and could open again.

    Parameters
    ----------
    assets
        The register, index ``asset_id``, EPSG:27700.
    asset_type
        A row of ``data/tables/asset_types.csv``.

    Returns
    -------
    geopandas.GeoDataFrame
        As `open_sites`, with every ``status``.

    Raises
    ------
    InputError
        If there is none, or an open one has no place.
    """
    check_assets(assets)
    assets = within_border(assets)
    of_type = assets["asset_type"] == asset_type
    found = assets[of_type & ((assets["status"] == "open") | assets.geometry.notna())]
    return _described(found, f"assets of type '{asset_type}'")


def open_sites(assets: gpd.GeoDataFrame, *, asset_type: str = DEFAULT_TYPE) -> gpd.GeoDataFrame:
    """Return the sites of a type that are open today.

    Parameters
    ----------
    assets
        The register, index ``asset_id``, EPSG:27700.
    asset_type
        A row of ``data/tables/asset_types.csv``.

    Returns
    -------
    geopandas.GeoDataFrame
        In register order, with ``operator``, ``operator_type``, ``control`` (1 = run by professionals, 5 =
        owned and run by its members; missing where not known), ``control_label``, ``devolved`` and
        ``weekly_hours`` (missing where not known) beside the columns of the register.

    Raises
    ------
    SchemaError
        If the register lacks columns.
    InputError
        If there is no open site of the type, or one has no place.
    """
    check_assets(assets)
    assets = within_border(assets)
    of_type = assets[assets["asset_type"] == asset_type]
    if len(of_type) and not of_type["status"].eq("open").any():
        counts = ", ".join(f"{count} {status}" for status, count in of_type["status"].value_counts().items())
        raise InputError(
            f"None of the {len(of_type)} assets of type '{asset_type}' is known to be open ({counts}). "
            "Write 'open' in the column 'status' of those that are."
        )
    return _described(of_type[of_type["status"] == "open"], f"open assets of type '{asset_type}'")


def sites_as_of(
    assets: gpd.GeoDataFrame,
    *,
    year: int,
    asset_type: str = DEFAULT_TYPE,
    programme: str | None = None,
) -> gpd.GeoDataFrame:
    """Return the sites of a type as they stood in an earlier year.

    A site counts as open when it is open today or was closed after that year, unless it is known to have opened
    later. Its operator is the column
    ``operator_<year>`` where the register has one; else today's where it was never devolved; else the
    principal authority where it was devolved later; else not known. Hours and places are today's: the
    register keeps no others.

    Parameters
    ----------
    assets
        The register.
    year
        The year to go back to.
    asset_type
        A row of ``data/tables/asset_types.csv``.
    programme
        A yes/no column that marks the sites under review (``"programme_2016"``); without it a site that
        moved since then is there with its old and its new building.

    Returns
    -------
    geopandas.GeoDataFrame
        As `open_sites`; ``status`` is ``open`` for all.

    Raises
    ------
    InputError
        If no site is left, a site has no place, or there is no column ``programme``.
    """
    check_assets(assets)
    assets = within_border(assets)
    was_open = (assets["status"] == "open") | (_number(assets, "closed_year") > year)
    chosen = (assets["asset_type"] == asset_type) & was_open
    if programme is not None:
        if programme not in assets.columns:
            raise InputError(
                f"The register has no column '{programme}' to mark the sites of a programme. "
                f"Its columns are {first_few(assets.columns, most=40)}."
            )
        chosen &= assets[programme].astype(str).str.casefold().isin(("yes", "true"))
    found = assets[chosen].copy()
    if programme is None:
        found = found[~(_number(found, "opened_year") > year)].copy()
    found["status"] = "open"
    past = [_operator_then(row, year) for _, row in found.iterrows()]
    found["operator_type"] = [kind for kind, _ in past]
    found["operator"] = [name for _, name in past]
    found["devolved"] = [_devolved_by(kind) for kind, _ in past]
    return _described(found, f"sites of type '{asset_type}' as of {year}")


def operator_type_of(name: str) -> str:
    """Return the row of ``data/tables/operator_types.csv`` that a body's name points to, or ``unknown``.

    >>> operator_type_of("Bodmin Town Council"), operator_type_of("Real Ideas Organisation CIC")
    ('town_council', 'community_interest_company')
    """
    kinds = reference_table("operator_types")
    text = f" {_letters(name)} "
    best, length = "unknown", 0
    for kind, aliases in kinds["aliases"].items():
        for alias in (str(kind).replace("_", " "), *aliases.split("|")):
            words = _letters(alias)
            if words and f" {words} " in text and len(words) > length:
                best, length = str(kind), len(words)
    return best


def control_of(operator_type: str) -> tuple[float, str]:
    """Return where an operator type stands, 1 (professional) to 5 (community control), with its label."""
    kinds = reference_table("operator_types")
    level = kinds["control"].get(operator_type, "")
    if not level:
        return float("nan"), "not known"
    return float(level), str(kinds.loc[operator_type, "control_label"])


def site_distances(areas: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> pd.DataFrame:
    """Measure the straight line from where each area's people live to each site.

    Parameters
    ----------
    areas
        Small areas; ``centre_easting`` and ``centre_northing`` where known, else a point inside the polygon.
    sites
        Sites with a point, EPSG:27700.

    Returns
    -------
    pandas.DataFrame
        Metres; rows on ``areas.index``, columns on ``sites.index``.
    """
    check_areas(areas)
    centres = centre_points(areas)
    places = np.column_stack([sites.geometry.x, sites.geometry.y])
    metres = np.hypot(*(centres[:, None, :] - places[None, :, :]).transpose(2, 0, 1))
    return pd.DataFrame(metres, index=areas.index, columns=sites.index)


def check_distances(
    distances: pd.DataFrame | None, areas: gpd.GeoDataFrame, sites: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Return the straight lines, or the given matrix in the order of areas and sites.

    Parameters
    ----------
    distances
        Rows ``area_code``, columns ``asset_id``, in any order and with more of both; any unit, lower is
        nearer; missing = no way. None for straight lines.
    areas, sites
        What the matrix must cover.

    Raises
    ------
    SchemaError
        Naming the areas and sites that the matrix lacks, and areas from which no site can be reached.
    """
    if distances is None:
        return site_distances(areas, sites)
    lacking = areas.index.difference(distances.index, sort=False)
    without = sites.index.difference(distances.columns, sort=False)
    problems = [f"{len(lacking)} areas, first {first_few(lacking)}"] if len(lacking) else []
    problems += [f"{len(without)} sites, first {first_few(without)}"] if len(without) else []
    if problems:
        raise SchemaError(
            f"The matrix of distances lacks {' and '.join(problems)}. Its rows must be area codes and its "
            "columns asset ids; add them, or leave the matrix out to use straight lines."
        )
    matrix = distances.loc[areas.index, sites.index].astype(float)
    nowhere = matrix.index[matrix.isna().all(axis=1)]
    if len(nowhere):
        raise SchemaError(
            f"From {len(nowhere)} areas the matrix leads to no open site, first {first_few(nowhere)}."
        )
    if (matrix < 0).any(axis=None):
        raise SchemaError("The matrix of distances holds negative values. A distance is 0 or more.")
    return matrix


def sorted_sites(distances: pd.DataFrame, *, most: int) -> tuple[NDArray[np.intp], Floats]:
    """Sort the nearest sites of every area.

    Parameters
    ----------
    distances
        Areas by sites; missing = no way.
    most
        How many sites to keep.

    Returns
    -------
    tuple of numpy.ndarray
        Positions of the sites, nearest first (areas x most; a tie goes to the site that stands first), and
        their distances; infinite where there is no way or no further site.
    """
    matrix = distances.to_numpy(dtype=float, na_value=np.inf)
    matrix = np.where(np.isnan(matrix), np.inf, matrix)
    order = np.argsort(matrix, axis=1, kind="stable")[:, :most]
    near = np.take_along_axis(matrix, order, axis=1)
    short = most - near.shape[1]
    if short > 0:
        near = np.pad(near, ((0, 0), (0, short)), constant_values=np.inf)
        order = np.pad(order, ((0, 0), (0, short)), constant_values=-1)
    return order, near


def people_of(areas: pd.DataFrame, column: str = "population") -> Floats:
    """Return people per area; all missing where the column is not there.

    Raises
    ------
    SchemaError
        If the population of an area is missing: missing people are not no people.
    """
    people = _number(areas, column)
    if column == "population" and people.isna().any():
        unknown = areas.index[people.isna()]
        raise SchemaError(
            f"{len(unknown)} areas have no population, first {first_few(unknown)}. "
            "Give the people of every area (0 where nobody lives)."
        )
    counts: Floats = people.to_numpy(dtype=float)
    return counts


def need_weights(areas: pd.DataFrame) -> Floats:
    """Return what a person of each area counts when harm is weighted by need: 1 on average over all people.

    Proportional to ``need``; where need is not known a person counts 1. Without any need all count 1.
    """
    need = _number(areas, "need").to_numpy(dtype=float)
    people = people_of(areas)
    known = ~np.isnan(need)
    total = float((need[known] * people[known]).sum())
    if total <= 0:
        return np.ones(len(areas))
    mean = total / float(people[known].sum())
    weights: Floats = np.where(known, need / mean, 1.0)
    return weights


def need_deciles(areas: pd.DataFrame) -> Floats:
    """Return the need decile of each area: 1 where ``need`` is 0.9 to 1 (most need), 10 where it is below 0.1.

    For an index of ranks this is the published decile, and it is there for areas that were converted too.
    Without ``need`` it is ``imd_decile``; missing where neither is known.
    """
    need = _number(areas, "need")
    deciles = np.clip(np.floor((1 - need) * 10 + 1e-9) + 1, 1, 10)
    known: Floats = deciles.fillna(_number(areas, "imd_decile")).to_numpy(dtype=float)
    return known


def _described(found: gpd.GeoDataFrame, what: str) -> gpd.GeoDataFrame:
    if found.empty:
        raise InputError(f"There are no {what}. Choose another type, or check the column 'status'.")
    nowhere = found[found.geometry.isna()]
    if len(nowhere):
        raise InputError(
            f"{len(nowhere)} of the {what} have no place, so nobody's way to them can be measured: "
            f"{first_few(nowhere['name'])}. Give them a postcode."
        )
    hidden = found[found["sensitive"].eq(True)] if "sensitive" in found.columns else found.iloc[:0]
    if len(hidden):
        raise InputError(
            f"{len(hidden)} of the {what} are sensitive: their places are never published, so they cannot be "
            "reviewed or drawn. Choose another type."
        )
    sites = found.copy()
    for column, missing in (("operator", None), ("operator_type", "unknown"), ("devolved", "unknown")):
        if column not in sites.columns:
            sites[column] = missing
    sites["operator_type"] = sites["operator_type"].replace("", "unknown").fillna("unknown")
    sites["devolved"] = sites["devolved"].map(yes_no)
    standing = [control_of(kind) for kind in sites["operator_type"]]
    sites["control"] = [level for level, _ in standing]
    sites["control_label"] = [label for _, label in standing]
    for column in ("weekly_hours", "devolved_year"):
        sites[column] = _number(sites, column)
    return sites


def _operator_then(row: pd.Series, year: int) -> tuple[str, str | None]:
    then = row.get(f"operator_{year}")
    if isinstance(then, str) and then.strip():
        return operator_type_of(then), then
    devolved = yes_no(row.get("devolved"))
    if devolved == "no":
        return str(row.get("operator_type") or "unknown"), row.get("operator")
    since = pd.to_numeric(row.get("devolved_year"), errors="coerce")
    if devolved == "yes" and since > year:
        return BEFORE_DEVOLUTION, None
    return "unknown", None


def _devolved_by(operator_type: str) -> str:
    level = control_of(operator_type)[0]
    return "unknown" if np.isnan(level) else ("yes" if level >= 3 else "no")


def _number(table: pd.DataFrame, column: str) -> pd.Series:
    if column not in table.columns:
        return pd.Series(np.nan, index=table.index, dtype=float)
    return pd.to_numeric(table[column], errors="coerce").astype(float)


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.casefold()).strip()

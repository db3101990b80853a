"""Sites of one kind: which were open when, who ran them, and what it costs to get to each from every small area.

A *site* is an asset of one type that somebody operates, within the border. The review, the scenarios and the rankings of
closures start from the tables here. Costs are straight lines from the population-weighted centroid of an area
(``centre_easting``, ``centre_northing``; a point inside the polygon where that is not known), or any other `Costs`.
"""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.access.costs import METRES, select_costs
from assetmap.access.travel import Travel, travel_costs
from assetmap.schema import (
    Costs,
    InputError,
    Note,
    beyond_border,
    check_areas,
    check_assets,
    counted,
    first_few,
    reference_table,
    within_border,
    yes_no,
)
from assetmap.sites.facts import with_site_facts
from assetmap.sites.kinds import site_kind

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DEFAULT_TYPE: Final = "library"
FIRST_YEAR: Final = 1850
BEFORE_DEVOLUTION: Final = "principal_authority"
"""Who ran a site before its running passed to a local council or community body."""


def sites_of_type(
    assets: gpd.GeoDataFrame, *, asset_type: str = DEFAULT_TYPE, beyond: bool = False
) -> gpd.GeoDataFrame:
    """Return the sites of a type that are open, and the others that have a location and could open again.

    Parameters
    ----------
    assets
        The register, index ``asset_id``, EPSG:27700.
    asset_type
        A kind of site (`site_kind`): a row of ``data/tables/site_types.csv`` or ``asset_types.csv``.
    beyond
        Also return the sites beyond the border, where people inside may go.

    Returns
    -------
    geopandas.GeoDataFrame
        As `open_sites`, with every ``status``.

    Raises
    ------
    InputError
        If there is none, or none has a location. One without a location is left out (`place_note`).

    Examples
    --------
    >>> len(am.sites.sites_of_type(assets))
    33
    """
    check_assets(assets)
    assets = assets if beyond else within_border(assets)
    of_type = _of_kind(assets, asset_type)
    found = of_type[(of_type["status"] == "open") | of_type.geometry.notna()]
    return _described(found, f"assets of type '{asset_type}'")


def open_sites(assets: gpd.GeoDataFrame, *, asset_type: str = DEFAULT_TYPE) -> gpd.GeoDataFrame:
    """Return the sites of a type that are open today.

    Parameters
    ----------
    assets
        The register, index ``asset_id``, EPSG:27700.
    asset_type
        A kind of site (`site_kind`): a row of ``data/tables/site_types.csv`` or ``asset_types.csv``.

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
        If there is no open site of the type, or none has a location. One without a location is left out (`place_note`).

    Examples
    --------
    >>> len(am.sites.open_sites(assets))
    27
    """
    check_assets(assets)
    assets = within_border(assets)
    of_type = _of_kind(assets, asset_type)
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
    beyond: bool = False,
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
        A kind of site (`site_kind`): a row of ``data/tables/site_types.csv`` or ``asset_types.csv``.
    programme
        A yes/no column that marks the sites under review (``"programme_2016"``); without it a site that
        moved since then is there with its old and its new building.
    beyond
        Also return the sites beyond the border, whatever the programme.

    Returns
    -------
    geopandas.GeoDataFrame
        As `open_sites`; ``status`` is ``open`` for all.

    Raises
    ------
    InputError
        If no site is left, a site has no location, or there is no column ``programme``.

    Examples
    --------
    >>> then = am.sites.sites_as_of(assets, year=2016, programme="programme_2016")
    >>> len(then)
    29
    """
    check_assets(assets)
    assets = assets if beyond else within_border(assets)
    _check_year(year)
    assets = _of_kind(assets, asset_type)
    chosen = (assets["status"] == "open") | (numbers_of(assets, "closed_year") > year)
    if programme is not None:
        if programme not in assets.columns:
            raise InputError(
                f"The register has no column '{programme}' to mark the sites of a programme. "
                f"Its columns are {first_few(assets.columns, most=40)}."
            )
        marked = assets[programme].astype(str).str.casefold().isin(("yes", "true"))
        chosen &= marked | beyond_border(assets)
    found = assets[chosen].copy()
    if programme is None:
        found = found[~(numbers_of(found, "opened_year") > year)].copy()
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


def site_costs(areas: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, *, travel: Travel | None = None) -> Costs:
    """Measure the costs from each area to each site, open or not, without a limit.

    Parameters
    ----------
    areas
        Small areas.
    sites
        Sites with a point, EPSG:27700.
    travel
        How people travel; straight lines where you do not give it.

    Returns
    -------
    Costs
        For `review_devolution`, `compare_scenario`, `rank_closures` and `find_single_points`.

    Examples
    --------
    >>> sites = am.sites.open_sites(assets)
    >>> am.sites.site_costs(areas, sites).unit
    'm'
    """
    return travel_costs(areas, sites, travel or Travel(), limit=np.inf, only_open=False)


def check_costs(costs: Costs | None, areas: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> Costs:
    """Return the given costs in the order of areas and sites, or those of straight lines.

    Raises
    ------
    SchemaError
        If the costs lack areas or sites, with the number and the first of each.
    """
    if costs is None:
        check_areas(areas)
        return site_costs(areas, sites)
    return select_costs(costs, areas=areas.index, assets=sites.index)


def limit_of(unit: str, *, limit_m: float, limit_minutes: float) -> float:
    """Return how far people travel in the unit of costs."""
    return limit_m if unit == METRES else limit_minutes


def limit_name(limit: float, unit: str) -> str:
    """Return a limit as it is written in a column name: ``2km``, ``1_5km``, ``20min``."""
    name = f"{limit / 1000:g}km" if unit == METRES else f"{limit:g}min"
    return name.replace(".", "_")


def _of_kind(assets: gpd.GeoDataFrame, asset_type: str) -> gpd.GeoDataFrame:
    """Return the assets of a kind of site. Where the list says of none of them whether it is open, all are taken as open."""
    found = assets[assets["asset_type"].isin(site_kind(asset_type).types)]
    if len(found) and found["status"].eq("unknown").all():
        return found.assign(status="open")
    return found


def status_note(assets: gpd.GeoDataFrame, asset_type: str) -> tuple[Note, ...]:
    """Return a note where the list says of none of the sites whether it is open, so that all count as open."""
    found = within_border(assets)
    found = found[found["asset_type"].isin(site_kind(asset_type).types)]
    if found.empty or not found["status"].eq("unknown").all():
        return ()
    sentence = (
        f"The list does not say which of the {len(found)} sites are open, so all of them count as open. Add a column 'status' "
        "with open or closed."
    )
    return (Note("STATUS_UNKNOWN", sentence),)


def place_note(assets: gpd.GeoDataFrame, asset_type: str) -> tuple[Note, ...]:
    """Return a note on sites that are not known to be closed and have no location, so that they cannot be reviewed."""
    found = within_border(assets)
    found = found[found["asset_type"].isin(site_kind(asset_type).types)]
    nowhere = found[found.geometry.isna() & found["status"].isin(("open", "unknown"))]
    if nowhere.empty:
        return ()
    sentence = (
        f"{counted(len(nowhere), 'site has', 'sites have')} no location that could be found and {'is' if len(nowhere) == 1 else 'are'} not in this "
        f"review, so people near {'it' if len(nowhere) == 1 else 'them'} seem further from a site than they are: {first_few(nowhere['name'])}. Give a "
        "postcode that is in the postcode file, or coordinates."
    )
    return (Note("SITES_NOT_PLACED", sentence),)


def _check_year(year: int) -> None:
    today = datetime.date.today().year
    if not FIRST_YEAR <= year <= today:
        raise InputError(
            f"The sites cannot be shown as of {year}: give a year from {FIRST_YEAR} to {today}, or leave it out for today."
        )


def _described(found: gpd.GeoDataFrame, what: str) -> gpd.GeoDataFrame:
    if found.empty:
        raise InputError(f"There are no {what}. Choose another type, or check the column 'status'.")
    nowhere = found[found.geometry.isna()]
    found = found[found.geometry.notna()]
    if found.empty:
        raise InputError(
            f"None of the {len(nowhere)} {what} has a location, so distances cannot be calculated: "
            f"{first_few(nowhere['name'])}. Give them a postcode."
        )
    hidden = found[found["sensitive"].eq(True)] if "sensitive" in found.columns else found.iloc[:0]
    if len(hidden):
        raise InputError(
            f"{len(hidden)} of the {what} are sensitive. Their locations are never published, so they cannot be "
            "reviewed or drawn. Choose another type."
        )
    sites = with_site_facts(found)
    for column, missing in (("operator", None), ("operator_type", "unknown"), ("devolved", "unknown")):
        if column not in sites.columns:
            sites[column] = missing
    kinds = sites["operator_type"].replace("", "unknown").fillna("unknown")
    sites["operator_type"] = [
        operator_type_of(name) if kind == "unknown" and isinstance(name, str) else kind
        for kind, name in zip(kinds, sites["operator"], strict=True)
    ]
    sites["devolved"] = sites["devolved"].map(yes_no)
    standing = [control_of(kind) for kind in sites["operator_type"]]
    sites["control"] = [level for level, _ in standing]
    sites["control_label"] = [label for _, label in standing]
    for column in ("weekly_hours", "devolved_year"):
        sites[column] = numbers_of(sites, column)
    return sites


def _operator_then(row: pd.Series, year: int) -> tuple[str, str | None]:
    then = row.get(f"operator_{year}")
    if isinstance(then, str) and then.strip():
        return operator_type_of(then), then
    devolved = yes_no(row.get("devolved"))
    if devolved == "no":
        return str(row.get("operator_type") or "unknown"), row.get("operator")
    since = float(pd.to_numeric(pd.Series([row.get("devolved_year")]), errors="coerce").iloc[0])
    if devolved == "yes" and since > year:
        return BEFORE_DEVOLUTION, None
    return "unknown", None


def _devolved_by(operator_type: str) -> str:
    level = control_of(operator_type)[0]
    return "unknown" if np.isnan(level) else ("yes" if level >= 3 else "no")


def numbers_of(table: pd.DataFrame, column: str) -> pd.Series:
    """Return a column as numbers; missing where the table has no such column."""
    if column not in table.columns:
        return pd.Series(np.nan, index=table.index, dtype=float)
    return pd.to_numeric(table[column], errors="coerce").astype(float)


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.casefold()).strip()

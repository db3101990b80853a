"""Changes to sites, from words such as ``--close "St Ives"`` to records, and what the sites are after them.

A name must be the name, the town or the id of one site; one that is nearly right is never guessed, but
answered with the nearest names. All problems of a scenario are reported at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pandas as pd

from assetmap.schema import InputError, SchemaError, check_assets, check_postcodes, reference_table
from assetmap.sites.kinds import site_kind
from assetmap.sites.names import NEAREST_NAMES, find_site, letters
from assetmap.sites.sites import BEFORE_DEVOLUTION, DEFAULT_TYPE, control_of, operator_type_of

if TYPE_CHECKING:
    from shapely.geometry import Point

KINDS: Final = ("close", "devolve", "move", "hours", "open")
HOURS_IN_A_WEEK: Final = 168
SAME_PLACE_M: Final = 1.0
_NO_RECEIVERS: Final = (BEFORE_DEVOLUTION, "combined_authority")


@dataclass(frozen=True)
class Change:
    """One edit of a scenario.

    ``asset_id`` is the site it is about (a new id for a new site); ``receiver`` who takes it over;
    ``point`` the new location (EPSG:27700) of ``postcode``, in the area ``area_code``; ``weekly_hours`` the new hours.
    ``words`` is the edit as it was typed.
    """

    kind: str
    asset_id: str
    name: str
    words: str
    receiver: str | None = None
    postcode: str | None = None
    point: Point | None = None
    weekly_hours: float | None = None
    area_code: str | None = None


def parse_changes(
    edits: Mapping[str, Sequence[str]],
    assets: gpd.GeoDataFrame,
    *,
    postcodes: pd.DataFrame | None = None,
    asset_type: str = DEFAULT_TYPE,
) -> tuple[Change, ...]:
    """Turn the words of a scenario into changes.

    Parameters
    ----------
    edits
        Kind -> words: ``{"close": ["St Ives"], "devolve": ["Bodmin:Bodmin Town Council"],
        "move": ["Redruth:TR15 2AT"], "hours": ["Looe:10"], "open": ["PL26 7YE", "PL26 7YE:12", "Fowey"]}``.
        ``open`` takes a postcode or the name of a closed site, with weekly hours after a colon, if known.
    assets
        The register, or sites of it; open and closed ones.
    postcodes
        Index ``postcode``; needed to move or to open by postcode.
    asset_type
        The kind of site (`site_kind`) that the names are looked for in.

    Returns
    -------
    tuple of Change
        In the order close, devolve, move, hours, open.

    Raises
    ------
    InputError
        With every problem at once, each with what to type instead.

    Examples
    --------
    >>> (change,) = am.sites.parse_changes({"close": ["St Ives"]}, assets)
    >>> change.kind, change.name
    ('close', 'St. Ives Library & Information Service')
    """
    check_assets(assets)
    if postcodes is not None:
        check_postcodes(postcodes)
    unknown = [kind for kind in edits if kind not in KINDS]
    if unknown:
        raise InputError(f"There is no change '{unknown[0]}'. The changes are {', '.join(KINDS)}.")
    known = assets[assets["asset_type"].isin(site_kind(asset_type).types)]
    changes, problems = [], []
    for kind in KINDS:
        for words in edits.get(kind, ()):
            try:
                changes.append(_parse(kind, words, known, postcodes))
            except InputError as error:
                problems.append(str(error))
    problems += _contradictions(changes)
    if len(problems) == 1:
        raise InputError(problems[0])
    if problems:
        raise InputError(
            "\n".join([f"{len(problems)} changes cannot be made:", *(f"  - {p}" for p in problems)])
        )
    return tuple(changes)


def apply_changes(sites: gpd.GeoDataFrame, changes: Iterable[Change]) -> gpd.GeoDataFrame:
    """Return the sites as they stand after the changes; the sites given are not touched.

    Parameters
    ----------
    sites
        From `sites_of_type` (open and closed ones), `open_sites` or `sites_as_of`.
    changes
        From `parse_changes`.

    Returns
    -------
    geopandas.GeoDataFrame
        The same sites with ``status``, operator, place and hours as changed, new ones last; a new site
        without hours has the median of the hours that are known.

    Raises
    ------
    SchemaError
        If a change is about a site that is not there.

    Examples
    --------
    >>> sites = am.sites.open_sites(assets)
    >>> changes = am.sites.parse_changes({"close": ["St Ives"]}, assets)
    >>> len(sites), len(am.sites.open_sites(am.sites.apply_changes(sites, changes)))
    (27, 26)
    """
    after = sites.copy()
    for change in changes:
        if change.kind == "open" and change.asset_id not in after.index:
            after = _with_new(after, change)
            continue
        if change.asset_id not in after.index:
            raise SchemaError(
                f"The site '{change.asset_id}' of the change '{change.words}' is not among the sites."
            )
        if change.kind in ("close", "open"):
            after.loc[change.asset_id, "status"] = "closed" if change.kind == "close" else "open"
        if change.kind == "devolve":
            kind = operator_type_of(change.receiver or "")
            level, label = control_of(kind)
            after.loc[change.asset_id, ["operator", "operator_type", "devolved"]] = [
                change.receiver,
                kind,
                "yes",
            ]
            after.loc[change.asset_id, "control"] = level
            after.loc[change.asset_id, "control_label"] = label
        if change.point is not None:
            after.loc[[change.asset_id], "geometry"] = gpd.GeoSeries(
                [change.point], index=[change.asset_id], crs=after.crs
            )
            after.loc[change.asset_id, "postcode"] = change.postcode
            after.loc[change.asset_id, "area_code"] = change.area_code
        if change.weekly_hours is not None:
            after.loc[change.asset_id, "weekly_hours"] = change.weekly_hours
    return after


def _parse(kind: str, words: str, sites: gpd.GeoDataFrame, postcodes: pd.DataFrame | None) -> Change:
    name, colon, rest = words.partition(":")
    name, rest = name.strip(), rest.strip()
    if not name:
        raise InputError(f"--{kind} '{words}' does not name a site.")
    if kind == "open" and re.search(r"\d", name) and name not in sites.index:
        return _new_site(words, name, rest, postcodes)
    asset_id = find_site(sites, name)
    facts: dict[str, Any] = {"kind": kind, "asset_id": asset_id, "words": words}
    facts["name"] = str(sites.at[asset_id, "name"])
    _refuse_wrong_state(kind, facts["name"], sites.loc[[asset_id]].iloc[0])
    if kind == "close" and colon:
        raise InputError(f"--close '{words}' says more than a site. Write: --close \"{name}\".")
    if kind == "devolve":
        if not re.search(r"[A-Za-z]", rest):
            raise InputError(
                f"--devolve '{words}' does not name a receiver. Write: --devolve \"{name}:Name of the council or body\"."
            )
        _refuse_receiver(facts["name"], rest, sites.loc[[asset_id]].iloc[0])
        return Change(**facts, receiver=rest)
    if kind == "move":
        location = _location(rest, postcodes, f'--move "{name}:TR1 1EP"')
        if sites.geometry[asset_id].distance(location["point"]) < SAME_PLACE_M:
            raise InputError(
                f"'{facts['name']}' is at {location['postcode']} already. Give the postcode it would move to."
            )
        return Change(**facts, **location)
    if kind == "hours":
        return Change(**facts, weekly_hours=_hours(rest, f'--hours "{name}:10"'))
    if kind == "open" and rest:
        return Change(**facts, weekly_hours=_hours(rest, f'--open "{name}:10"'))
    return Change(**facts)


def _new_site(words: str, name: str, rest: str, postcodes: pd.DataFrame | None) -> Change:
    location = _location(name, postcodes, '--open "PL26 7YE"')
    postcode = location["postcode"]
    return Change(
        kind="open",
        asset_id=f"new-{postcode.replace(' ', '').lower()}",
        name=f"New site at {postcode}",
        words=words,
        **location,
        weekly_hours=_hours(rest, f'--open "{postcode}:10"') if rest else None,
    )


def _refuse_receiver(name: str, receiver: str, site: pd.Series) -> None:
    """Refuse a receiver that is no devolution: who runs the site already, a principal council, a business."""
    if letters(receiver) == letters(site.get("operator")):
        raise InputError(f"'{name}' is run by '{receiver}' already, so nothing would pass on.")
    kinds = reference_table("operator_types")
    kind = operator_type_of(receiver)
    if kind == "unknown" or (kinds.at[kind, "sector"] != "private" and kind not in _NO_RECEIVERS):
        return
    label = str(kinds.at[kind, "label"])
    hint = " If it is a town or parish council, write that in its name." if kind == BEFORE_DEVOLUTION else ""
    raise InputError(
        f"'{name}' cannot be devolved to '{receiver}': that reads as '{label}'. A site is devolved to a town or "
        f"parish council or a community body.{hint}"
    )


def _refuse_wrong_state(kind: str, name: str, site: pd.Series) -> None:
    if kind == "open":
        if site["status"] == "open":
            raise InputError(f"'{name}' is already open. To open another site, give a postcode.")
        if site.geometry is None:
            raise InputError(f"'{name}' has no location, so it cannot open again. Give a postcode instead.")
    elif site["status"] != "open":
        year = pd.to_numeric(pd.Series([site.get("closed_year")]), errors="coerce").iloc[0]
        since = "" if pd.isna(year) else f" (since {year:.0f})"
        what = (
            "already closed" if site["status"] == "closed" else f"not open: its status is '{site['status']}'"
        )
        raise InputError(f"'{name}' is {what}{since}. Only an open site can be changed by --{kind}.")


def _location(words: str, postcodes: pd.DataFrame | None, example: str) -> dict[str, Any]:
    from shapely.geometry import Point

    if not words:
        raise InputError(f"There is no postcode. For example: {example}.")
    letters = re.sub(r"[^A-Z0-9]", "", words.upper())
    postcode = f"{letters[:-3]} {letters[-3:]}"
    if postcodes is None:
        raise InputError(f"The postcode '{words}' cannot be located: the project has no [postcodes] table.")
    if postcode not in postcodes.index:
        near = _nearest_postcodes(postcode, postcodes)
        raise InputError(f"The postcode '{words}' is not in the table of postcodes. {near}")
    easting, northing = postcodes.loc[[postcode], ["easting", "northing"]].to_numpy(dtype=float)[0]
    if pd.isna(easting) or pd.isna(northing):
        raise InputError(f"The postcode '{postcode}' has no coordinates. Use a postcode nearby.")
    area = postcodes["area_code"].get(postcode)
    return {
        "postcode": postcode,
        "point": Point(easting, northing),
        "area_code": area if isinstance(area, str) else None,
    }


def _hours(words: str, example: str) -> float:
    try:
        hours = float(words)
    except ValueError:
        raise InputError(f"'{words}' is not a number of hours a week. For example: {example}.") from None
    if not 0 < hours <= HOURS_IN_A_WEEK:
        raise InputError(
            f"{words} hours a week is not possible: give more than 0 and at most {HOURS_IN_A_WEEK}, or close the site."
        )
    return hours


def _contradictions(changes: list[Change]) -> list[str]:
    problems = []
    for asset_id in dict.fromkeys(change.asset_id for change in changes):
        same = [change for change in changes if change.asset_id == asset_id]
        kinds = [change.kind for change in same]
        twice = next((kind for kind in kinds if kinds.count(kind) > 1), None)
        if twice:
            problems.append(f"'{same[0].name}' is given twice under --{twice}. Keep one.")
        elif "close" in kinds and len(kinds) > 1:
            other = next(kind for kind in kinds if kind != "close")
            problems.append(f"'{same[0].name}' cannot be closed and changed by --{other} at once. Keep one.")
    return problems


def _with_new(sites: gpd.GeoDataFrame, change: Change) -> gpd.GeoDataFrame:
    if change.point is None:
        raise SchemaError(f"'{change.name}' cannot open: it is not among the sites and has no location.")
    # hours that nobody gave stay unknown unless the open sites say what is typical (`typical_hours`)
    hours = change.weekly_hours
    if hours is None:
        hours = sites.loc[sites["status"].eq("open"), "weekly_hours"].median()
    row: dict[str, Any] = dict.fromkeys(sites.columns)
    row |= {
        "name": change.name,
        "asset_type": sites["asset_type"].iloc[0],
        "status": "open",
        "registered": "unknown",
        "location_precision": "postcode",
        "operator_type": "unknown",
        "devolved": "unknown",
        "control": float("nan"),
        "control_label": "not known",
        "weekly_hours": hours,
        "postcode": change.postcode,
        "area_code": change.area_code,
        "geometry": change.point,
    }
    index = pd.Index([*sites.index, change.asset_id], name="asset_id", dtype=object)
    columns = {
        column: pd.Series([*sites[column], row.get(column)], index=index)
        for column in sites.columns
        if column != "geometry"
    }
    return gpd.GeoDataFrame(columns, geometry=[*sites.geometry, change.point], crs=sites.crs, index=index)


def _nearest_postcodes(postcode: str, postcodes: pd.DataFrame) -> str:
    from rapidfuzz import process
    from rapidfuzz.distance import Levenshtein

    sector = [code for code in postcodes.index if code.startswith(postcode[:-2])]
    choices = sector or list(postcodes.index)
    found = process.extract(postcode, choices, scorer=Levenshtein.distance, limit=NEAREST_NAMES)
    return "The nearest in it are: " + ", ".join(sorted(code for code, _, _ in found)) + "."

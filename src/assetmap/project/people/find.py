"""Find groups and places for one person: near enough, open on the day, affordable, without steps, and whom to ask."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from assetmap.access.bus_times import bus_minutes
from assetmap.access.roads import NO_ROADS_M, road_minutes, snap
from assetmap.access.trip_walks import TripRules
from assetmap.guarded.together import is_guarded
from assetmap.project.known import known_places, project_lists
from assetmap.project.output import write_file
from assetmap.project.people.facts import days_in_words, text_of, with_facts
from assetmap.project.pipeline import AROUND_M
from assetmap.read.places import read_places
from assetmap.read.transport.kept import read_roads_once, read_timetable_once
from assetmap.register.build import build_register
from assetmap.register.nearby import WITHIN_KM, near
from assetmap.schema import InputError, reference_table

if TYPE_CHECKING:
    from assetmap.project.folder import Project
    from assetmap.project.people.request import Request

NO_WARD: Final = "not known"
_LAYER: Final = re.compile(r"([A-Z][\w&,.' -]*? \d{3})[A-Z]\)?$")
"""Name of a small area that ends with that of its middle layer area: ``Shropshire 038B``."""


@dataclass(frozen=True, eq=False)
class Found:
    """What was found for one person.

    request : how the words were read.
    table : index ``asset_id``, best first: ``fits`` (yes; perhaps, where something is not known), ``not_known`` (what), ``distance_km``,
        ``walk_minutes`` and ``bus_minutes`` (missing where not known), ``name``, ``kind``, ``on_days`` and what the register says of days, cost,
        steps, booking, address, and, in a project for internal use, contacts.
    points : the points of the table, EPSG:27700.
    ward : where the person lives, no finer than a ward.
    ways : which ways of getting there were measured.
    left_out : how many of the right kind are near but not on the day, too dear, up steps or too far without a car.
    audience, area_name : of the project.
    outline, places : for a small map.
    """

    request: Request
    table: pd.DataFrame
    points: gpd.GeoSeries
    ward: str
    ways: tuple[str, ...]
    left_out: int
    audience: str
    area_name: str
    outline: gpd.GeoSeries
    places: gpd.GeoDataFrame | None


def find_for_person(
    project: Project, postcode: str, request: Request, *, within_km: float = WITHIN_KM
) -> Found:
    """Find what fits a need near a postcode.

    Parameters
    ----------
    project
        From `open_project`. Its audience decides whether contacts are shown.
    postcode
        Where the person lives, as typed. It is used for the search and kept nowhere.
    request
        From `read_request`.
    within_km
        Straight-line kilometres. Who has no car also needs a way on foot or by bus within ``limit_minutes`` of ``[access]``, where
        roads or timetables are there to measure it.

    Returns
    -------
    Found
        Guarded places are left out, also for an internal audience. What fits, best first: all that is asked for is known, then by the order of the types, then by distance.

    Raises
    ------
    InputError
        If the postcode is not known or the request asks for nothing.

    Examples
    --------
    >>> request = am.project.read_request("food, Tuesday")
    >>> am.project.find_for_person(town, "QF5 1AG", request).table["name"].head(1).tolist()
    ['Quillford Food Bank']
    """
    if not request.asset_types:
        raise InputError(
            "The words name nothing that can be searched for"
            + (f" (not known: {', '.join(request.unknown)})" if request.unknown else "")
            + ". Name a theme: "
            + ", ".join(reference_table("need_themes").index)
            + "."
        )
    known = known_places(project)
    if known["postcodes"] is None:
        raise InputError(
            "The project has no [postcodes] file, so postcodes cannot be located. Add one to assetmap.toml."
        )
    lists = project_lists(project)
    settings = project.settings
    assets = build_register(
        lists.lists,
        **known,
        review=lists.review,
        audience=settings.project.audience,
        publish_columns=settings.project.publish,
        linker=settings.project.linker,
    ).assets
    # a sheet that is taken home must never say where a guarded place is
    assets = assets[~is_guarded(assets).to_numpy()]
    table = near(assets, postcode, postcodes=known["postcodes"], within_km=within_km)
    table = table[table["asset_type"].isin(request.asset_types)]
    said = assets.loc[table.index]
    table = table.join(with_facts(said))
    for column in ("operator", "days", "cost", "step_free", "booking", "opening_times"):
        table[column] = text_of(said, column)
    types = reference_table("asset_types")["label"]
    table["kind"] = [str(types.get(kind, kind)) for kind in table["asset_type"]]
    table["days_shown"] = table["on_days"].map(days_in_words)
    home = _home(known["postcodes"], postcode)
    ways = _times(project, known["areas"], said, home, table)
    kept = _judged(table, request, ways, settings.access.limit_minutes)
    places = known["places"]
    if places is None and settings.labels:
        places = read_places(project.folder / settings.labels.file)
    return Found(
        request=request,
        table=kept,
        points=gpd.GeoSeries(assets.geometry.loc[kept.index]),
        ward=_ward(known["postcodes"].loc[home.name], known["areas"]),
        ways=ways,
        left_out=len(table) - len(kept),
        audience=settings.project.audience,
        area_name=settings.project.area_name,
        outline=gpd.GeoSeries(known["areas"].geometry),
        places=places,
    )


def write_referral(found: Found, path: str | Path) -> Path:
    """Write a sheet for the person to take home: the best two places in large print, with a small map.

    Parameters
    ----------
    found
        From `find_for_person`.
    path
        File ending in ``.html`` or ``.docx``.

    Returns
    -------
    pathlib.Path
        The file. It holds nothing of the person.

    Raises
    ------
    InputError
        If the ending is another one or the file cannot be written.

    Examples
    --------
    >>> found = am.project.find_for_person(town, "QF5 1AG", am.project.read_request("food"))
    >>> am.project.write_referral(found, "sheet.html").name
    'sheet.html'
    """
    from assetmap.show.referral.sheet import referral_html, write_referral_docx

    path = Path(path)
    if path.suffix == ".docx":
        return write_file(path, lambda file: write_referral_docx(found, file))
    if path.suffix != ".html":
        raise InputError(f"'{path}' must end in .html or .docx.")
    return write_file(
        path, lambda file: file.write_text(referral_html(found), encoding="utf-8", newline="\n")
    )


def _home(postcodes: pd.DataFrame, postcode: str) -> pd.Series:
    from assetmap.register.postcodes import tidy_postcodes

    tidy = tidy_postcodes(pd.Series([postcode]), known=postcodes.index)["postcode"].iloc[0]
    home: pd.Series = postcodes.loc[tidy]
    return home


def _times(
    project: Project, areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, home: pd.Series, table: pd.DataFrame
) -> tuple[str, ...]:
    """Add the minutes on foot and by bus from the postcode, where roads and timetables are there."""
    settings, folder = project.settings, project.folder
    points = np.column_stack([assets.geometry.x, assets.geometry.y]) if len(assets) else np.empty((0, 2))
    start = np.array([[float(home["easting"]), float(home["northing"])]])
    table["walk_minutes"] = np.nan
    table["bus_minutes"] = np.nan
    ways = []
    roads = read_roads_once(folder / settings.roads.file).walk if settings.roads and len(assets) else None
    if roads is not None:
        sites, homes = snap(points, roads), snap(start, roads)
        if homes.metres[0] <= NO_ROADS_M:
            minutes = road_minutes(roads, homes, sites)[0]
            table["walk_minutes"] = np.where(sites.metres <= NO_ROADS_M, minutes, np.nan)
            ways.append("on foot along the roads")
    if settings.timetable and len(assets):
        west, south, east, north = areas.total_bounds
        timetable = read_timetable_once(
            [folder / file for file in settings.timetable.files],
            week=settings.timetable.week,
            bounds=(west - AROUND_M, south - AROUND_M, east + AROUND_M, north + AROUND_M),
        )
        table["bus_minutes"] = bus_minutes(timetable, start, points, TripRules(), roads)[0]
        ways.append("by bus, including waiting, on a weekday from 9:00 to 17:00")
    return tuple(ways)


def _judged(
    table: pd.DataFrame, request: Request, ways: tuple[str, ...], limit_minutes: float
) -> pd.DataFrame:
    """Keep what fits or may fit, and say what is not known."""
    out = pd.Series(False, index=table.index)
    doubts: dict[object, list[str]] = {asset: [] for asset in table.index}

    def ask(words: str, known: pd.Series, fits: pd.Series) -> None:
        nonlocal out
        out |= known & ~fits
        for asset in table.index[~known]:
            doubts[asset].append(words)

    if request.days:
        days = table["on_days"]
        ask("days", days.map(len) > 0, days.map(lambda on: bool(set(on) & set(request.days))))
    if request.free:
        ask("cost", table["cost_kind"] != "", table["cost_kind"].isin(("free", "donation")))
    if request.step_free:
        ask("steps", table["step_free_kind"] != "", table["step_free_kind"] == "yes")
    if request.drop_in:
        ask("booking", table["booking_kind"] != "", table["booking_kind"] == "no")
    if request.no_car and ways:
        quickest = table[["walk_minutes", "bus_minutes"]].min(axis=1)
        ask("how to get there", quickest.notna(), quickest <= limit_minutes)
    ask("whether it is open", table["status"] == "open", pd.Series(True, index=table.index))
    kept = table[~out].copy()
    kept["not_known"] = [", ".join(doubts[asset]) for asset in kept.index]
    kept["fits"] = np.where(kept["not_known"] == "", "yes", "perhaps")
    rank = {kind: at for at, kind in enumerate(request.asset_types)}
    order = kept.assign(doubt=kept["fits"] != "yes", rank=kept["asset_type"].map(rank))
    return kept.loc[order.sort_values(["doubt", "rank", "distance_km", "name"], kind="stable").index]


def _ward(home: pd.Series, areas: gpd.GeoDataFrame) -> str:
    """Return the ward of a postcode, else its middle layer area: nothing finer is ever kept."""
    for column in home.index:
        if (
            re.fullmatch(r"ward(?:\d\d)?_(?:name|code)", str(column))
            and isinstance(home[column], str)
            and home[column]
        ):
            return str(home[column])
    code = home.get("area_code")
    name = str(areas.at[code, "area_name"]) if isinstance(code, str) and code in areas.index else ""
    layer = _LAYER.search(name)
    return layer.group(1) if layer else NO_WARD

"""The public directory of a project: every open group and place, as a page and as open data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pandas as pd

from assetmap.project.folder import Progress, Project
from assetmap.project.inputs import project_files
from assetmap.project.known import known_places, with_stored_lists
from assetmap.project.output import write_whole
from assetmap.project.people.facts import days_in_words, text_of, with_facts
from assetmap.project.pipeline import make_register
from assetmap.public import PUBLIC, PUBLIC_COLUMNS
from assetmap.read.lists.opening_times import DAYS, opening_times
from assetmap.read.places import read_places
from assetmap.redaction.persons import REMOVED
from assetmap.schema import MAP_CRS, Note, reference_table

if TYPE_CHECKING:
    from collections.abc import Mapping

FILES: Final = ("directory.html", "directory.json", "directory.geojson", "directory.csv")

COLUMNS: Final = (
    "name", "asset_type", "status", "registered", "register", "registration_number", "operator", "operator_type", "owner",
    "devolved", "weekly_hours", "town", "address", "postcode", "covers", "checked_date", "social_action", "offers", "asks",
    "step_free", "days", "cost", "booking", "opening_times", *DAYS, "benefit_people", "benefit_community", "benefit_services", "story",
)  # fmt: skip
"""Public columns of the register that a directory carries, and gives back when it is read (docs/directory.md)."""

SOURCE_COLUMNS: Final = ("title", "publisher", "date", "licence", "attribution")

EXACT: Final = ("point", "postcode")
"""Precision of a location that a directory puts on its map."""


@dataclass(frozen=True, eq=False)
class Directory:
    """What a public directory shows.

    title, area_name : of the project.
    entries : index ``asset_id``: the columns of `COLUMNS`, those that the owner publishes, and what can be filtered by.
    times : when they are open: ``asset_id``, ``day`` (0 is Monday), ``opens`` and ``closes`` in minutes after midnight.
    outline : the areas as one shape, EPSG:27700.
    places : names of towns and villages with a point.
    published : further columns that the owner publishes.
    sources : title, publisher, date, licence and attribution of each list.
    notes : what was left out, and why.
    """

    title: str
    area_name: str
    entries: gpd.GeoDataFrame
    times: pd.DataFrame
    outline: gpd.GeoSeries
    places: gpd.GeoDataFrame | None
    published: tuple[str, ...]
    sources: pd.DataFrame
    notes: tuple[Note, ...]


def make_directory(project: Project, *, progress: Progress | None = None) -> Directory:
    """Choose what the public directory of a project shows.

    It is always for the public, also where the project is for internal use: no contacts but those that ``publish`` names, and
    guarded places with their kind alone. Places that are closed or proposed, or whose status is not known, are left out.

    Parameters
    ----------
    project
        From `open_project`.
    progress
        Called with a few words before each step.

    Returns
    -------
    Directory
        For `write_directory`, or for a page of your own.

    Raises
    ------
    InputError, SchemaError
        If an input cannot be used.

    Examples
    --------
    >>> found = make_directory(am.example_project("town"))
    >>> len(found.entries), [note.code for note in found.notes]
    (29, ['DIRECTORY_LEFT_OUT'])
    """
    say = progress or (lambda step: None)
    say("Reading areas, postcodes and lists")
    settings = project.settings.changed(project={"audience": PUBLIC})
    known = known_places(project)
    areas: gpd.GeoDataFrame = known["areas"]
    register = make_register(replace(project, settings=settings), areas, known["postcodes"])
    assets = register.assets
    is_open = (assets["status"] == "open").to_numpy()
    left_out = assets.loc[~is_open, "status"].value_counts().sort_index()
    notes: tuple[Note, ...] = ()
    if len(left_out):
        counts = ", ".join(
            f"{count:,} {'of unknown status' if status == 'unknown' else status}"
            for status, count in left_out.items()
        )
        notes = (
            Note(
                "DIRECTORY_LEFT_OUT",
                f"The directory leaves out {len(assets) - is_open.sum():,} of {len(assets):,} groups and places that are not known to be "
                f"open: {counts}.",
            ),
        )
    published = tuple(
        column for column in settings.project.publish if column in assets and column not in PUBLIC_COLUMNS
    )
    say("Choosing what the directory shows")
    places = known["places"]
    if places is None and settings.labels:
        places = read_places(project.folder / settings.labels.file)
    entries = _entries(assets[is_open], published, places)
    return Directory(
        title=settings.project.title,
        area_name=settings.project.area_name,
        entries=entries,
        times=_times(entries),
        outline=gpd.GeoSeries([areas.geometry.union_all()], crs=areas.crs),
        places=places,
        published=published,
        sources=_sources(project),
        notes=notes,
    )


def write_directory(
    project: Project, output: str | Path | None = None, *, progress: Progress | None = None
) -> tuple[Directory, list[Path]]:
    """Write the public directory of a project: a page, Open Referral UK 3.0, GeoJSON and CSV.

    Parameters
    ----------
    project, progress
        As for `make_directory`.
    output
        Folder for the files of `FILES` (default: ``directory`` in the folder of the project).

    Returns
    -------
    tuple
        The `Directory`, and the files that were written.

    Raises
    ------
    InputError, SchemaError
        If an input cannot be used or a file cannot be written.

    Examples
    --------
    >>> made, files = am.project.write_directory(town, "public")
    >>> sorted(file.name for file in files)
    ['directory.csv', 'directory.geojson', 'directory.html', 'directory.json']
    """
    from assetmap.show.directory.open_data import geojson_text, referral_text
    from assetmap.show.directory.page import directory_html
    from assetmap.show.tables import write_csv

    made = make_directory(project, progress=progress)
    say = progress or (lambda step: None)
    say("Writing the directory")
    texts: Mapping[str, Any] = {
        "directory.html": lambda: directory_html(made),
        "directory.json": lambda: referral_text(made.entries, made.times, published=made.published),
        "directory.geojson": lambda: geojson_text(made.entries, columns=(*COLUMNS, *made.published)),
    }

    def write(folder: Path) -> None:
        for name, text in texts.items():
            (folder / name).write_text(text(), encoding="utf-8", newline="\n")
        shown = [column for column in (*COLUMNS, *made.published) if column in made.entries]
        table = made.entries[["uuid", *shown, "latitude", "longitude"]]
        write_csv(pd.DataFrame(table), folder / "directory.csv")

    where = Path(output) if output is not None else project.folder / "directory"
    return made, write_whole(where, write, owned=FILES, keep=project_files(project))


def _entries(
    assets: gpd.GeoDataFrame, published: tuple[str, ...], places: gpd.GeoDataFrame | None
) -> gpd.GeoDataFrame:
    """Return the open assets with what can be filtered by, in order of their names."""
    from assetmap.show.directory.open_data import service_id

    shown = [column for column in (*COLUMNS, *published) if column in assets]
    entries = assets[[*shown, "sensitive", "location_precision", "geometry"]].copy()
    for column in shown:
        if pd.api.types.is_string_dtype(entries[column]) or pd.api.types.is_object_dtype(entries[column]):
            # a cell that was a contact alone says nothing when it is taken out
            entries[column] = text_of(entries, column).where(lambda cells: cells != REMOVED, "")
    entries = entries.join(with_facts(entries))
    types = reference_table("asset_types")["label"]
    entries["kind"] = [str(types.get(kind, kind)) for kind in entries["asset_type"]]
    entries["days_shown"] = entries["on_days"].map(days_in_words)
    resources = reference_table("resources")["label"]
    for column in ("offers", "asks"):
        entries[f"{column}_shown"] = [
            ", ".join(str(resources.get(code, code)) for code in cell.split("; ") if code)
            for cell in text_of(entries, column)
        ]
    entries["uuid"] = [service_id(str(asset)) for asset in entries.index]
    exact = entries["location_precision"].isin(EXACT) & entries.geometry.notna()
    entries["geometry"] = entries.geometry.where(exact)
    points = entries.geometry.to_crs(MAP_CRS)
    entries["latitude"], entries["longitude"] = points.y.round(5), points.x.round(5)
    entries["place"] = _place_names(entries, places)
    order = sorted(entries.index, key=lambda asset: (str(entries.at[asset, "name"]).casefold(), asset))
    return entries.loc[order]


def _place_names(entries: gpd.GeoDataFrame, places: gpd.GeoDataFrame | None) -> list[str]:
    """Return the town that a list names, else the nearest town or village of the places; empty where neither is known."""
    names = text_of(entries, "town")
    if places is None or places.empty:
        return names.tolist()
    missing = (names == "") & entries.geometry.notna()
    if missing.any():
        nearest = places.sindex.nearest(entries.geometry[missing], return_all=False)[1]
        names = names.where(~missing, "")
        names.loc[missing] = places["name"].iloc[nearest].to_numpy()
    return names.tolist()


def _times(entries: gpd.GeoDataFrame) -> pd.DataFrame:
    return opening_times(
        pd.DataFrame({column: text_of(entries, column) for column in ("opening_times", *DAYS)})
    ).times


def _sources(project: Project) -> pd.DataFrame:
    rows = [
        {column: str(getattr(each, column)) for column in SOURCE_COLUMNS}
        for each in with_stored_lists(project).settings.assets
    ]
    return pd.DataFrame(rows, columns=list(SOURCE_COLUMNS))

"""The steps from the files of a project to its tables. Each is a public function; here they are called in order."""

from __future__ import annotations

import copy
import json
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import geopandas as gpd
import pandas as pd

from assetmap.access.border import describe_border
from assetmap.access.counted import note_left_out, note_not_counted
from assetmap.access.hours import describe_hours
from assetmap.access.nearest import open_assets
from assetmap.access.stops import note_stops
from assetmap.gaps.sensitivity import sensitivity_notes
from assetmap.need.interpolate import describe_interpolation
from assetmap.need.match import describe_conversion
from assetmap.project.action.measure import measure_action
from assetmap.project.folder import Progress, Project
from assetmap.project.inputs import hash_inputs, refuse_changed
from assetmap.project.known import fixed
from assetmap.project.outcomes.steps import detail_outcomes
from assetmap.project.own_areas import interpolate_own_areas
from assetmap.project.pipeline import (
    cluster_gaps,
    columns_to_publish,
    complete_areas,
    detail_gaps,
    detail_sharing,
    find_travel,
    make_register,
    measure_areas,
    reached_assets,
    read_areas_with_need,
    travel_notes,
)
from assetmap.project.remembered import remembered
from assetmap.project.trips import measure_trips
from assetmap.public import PUBLIC, public_notes, without_contacts
from assetmap.read.maps import read_map
from assetmap.read.official.postcodes import read_postcodes
from assetmap.read.places import read_places
from assetmap.read.transport.background import read_background
from assetmap.schema import (
    AreaConditions,
    GrantsReview,
    Note,
    Register,
    Results,
    within_border,
)

if TYPE_CHECKING:
    from collections.abc import Hashable

    from assetmap.access.travel import Travel
    from assetmap.project.settings.keys import Settings

Record = TypeVar("Record", AreaConditions | None, GrantsReview | None)

WITHHELD: Final = "not published: the list has guarded places"
"""In place of the checksum of such a list."""

MOST_KEPT_AREAS: Final = 2_000
"""Results of more small areas are not kept in memory for a second question."""

MOST_KEPT_ROWS: Final = 20_000
"""Nor is a register of more rows."""


def measure_project(
    project: Project, *, sensitivity: bool | None = None, progress: Progress | None = None
) -> Results:
    """Run every step from the inputs of a project to its tables, without writing any file.

    Parameters
    ----------
    project
        From `open_project`.
    sensitivity
        Whether to test how sensitive each gap is, which takes a few seconds longer (default: as in the
        settings).
    progress
        Called with a short text before each step.

    Returns
    -------
    Results
        All tables (docs/tables.md).

    Raises
    ------
    InputError, SchemaError, VintageError
        If an input cannot be used, or changed while it was read.

    Examples
    --------
    >>> found = am.measure_project(village, sensitivity=False)
    >>> int(found.areas["population"].sum()), found.areas.loc[found.areas["gap_rank"] == 1, "area_name"].item()
    (17440, 'Quillford 003C')
    """
    project = fixed(project)
    hashes = hash_inputs(project)
    if sensitivity is None:
        sensitivity = project.settings.gaps.sensitivity
    key = (project.folder, project.settings.model_dump_json(), sensitivity, tuple(hashes.items()))
    steps: list[str] = []

    def say(step: str) -> None:
        steps.append(step)
        if progress is not None:
            progress(step)

    results, said = remembered(
        "measured",
        key,
        lambda: (_measure(project, hashes, sensitivity=sensitivity, say=say), tuple(steps)),
        keep=lambda answer: len(answer[0].areas) <= MOST_KEPT_AREAS,
    )
    for step in said[len(steps) :]:
        say(step)
    return _own_copy(results)


def _own_copy(results: Results) -> Results:
    """Return the results with frames of their own, which share their values until one of them is changed."""
    return replace(
        results,
        areas=results.areas.copy(deep=False),
        assets=results.assets.copy(deep=False),
        log=results.log.copy(deep=False),
        sources=results.sources.copy(deep=False),
        settings=copy.deepcopy(results.settings),
        details={name: table.copy(deep=False) for name, table in results.details.items()},
        conditions=_own_tables(results.conditions),
        grants=_own_tables(results.grants),
    )


def _own_tables(record: Record) -> Record:
    """Return a record with frames of its own, as `_own_copy` does."""
    if record is None:
        return record
    frames = {
        each.name: getattr(record, each.name).copy(deep=False)
        for each in fields(record)
        if isinstance(getattr(record, each.name), pd.DataFrame)
    }
    return replace(record, **frames)


def _key_of_inputs(project: Project, hashes: dict[str, str]) -> tuple[Hashable, ...]:
    """Return what areas and register depend on: the files and the settings, without those of the measures."""
    settings = project.settings.model_dump(
        mode="json", exclude={"access", "gaps", "estimate", "devolution", "break_even"}
    )
    need = {key: value for key, value in settings["need"].items() if key not in ("weights", "method")}
    return (project.folder, json.dumps(settings | {"need": need}, sort_keys=True), tuple(hashes.items()))


def _read_ground(
    project: Project,
) -> tuple[gpd.GeoDataFrame, pd.DataFrame | None, gpd.GeoDataFrame | None]:
    """Read the areas with need, the postcodes and the land around."""
    settings, folder = project.settings, project.folder
    postcodes = read_postcodes(folder / settings.postcodes.file) if settings.postcodes else None
    areas = read_areas_with_need(project, postcodes)
    land = read_map(folder / settings.land.file) if settings.land else None
    if settings.own_areas:
        areas, postcodes, land = interpolate_own_areas(project, areas, postcodes, land)
    return areas, postcodes, land


def _known_ground(
    project: Project, inputs: tuple[Hashable, ...]
) -> tuple[gpd.GeoDataFrame, pd.DataFrame | None, gpd.GeoDataFrame | None]:
    """Return the areas with need, the postcodes and the land around, read again only if an input changed."""
    areas, postcodes, land = remembered(
        "ground", inputs, lambda: _read_ground(project), keep=lambda read: len(read[0]) <= MOST_KEPT_AREAS
    )
    postcodes = None if postcodes is None else postcodes.copy(deep=False)
    land = None if land is None else land.copy(deep=False)
    return complete_areas(areas, project.settings, postcodes), postcodes, land


def _known_register(
    project: Project,
    areas: gpd.GeoDataFrame,
    postcodes: pd.DataFrame | None,
    inputs: tuple[Hashable, ...],
) -> Register:
    """Return the register, made again only if an input changed."""
    access = project.settings.access
    register = remembered(
        "register",
        (inputs, access.limit_m, str(access.counts), columns_to_publish(project.settings)),
        lambda: make_register(project, areas, postcodes),
        keep=lambda made: len(made.log) <= MOST_KEPT_ROWS,
    )
    return replace(register, assets=register.assets.copy(deep=False), log=register.log.copy(deep=False))


def _access_notes(
    areas: gpd.GeoDataFrame, reached: gpd.GeoDataFrame, settings: Settings, travel: Travel
) -> tuple[Note, ...]:
    """Return what a reader of access must know: what was not counted, the border, hours and how need was made."""
    asset_type = settings.access.asset_type
    notes = (
        *note_left_out(reached, asset_type),
        *note_not_counted(reached, asset_type),
        *note_stops(reached, asset_type),
        *describe_border(areas, reached, asset_type=asset_type, travel=travel),
        *describe_hours(reached, asset_type=asset_type, areas=areas),
    )
    if "composite" in areas.columns:
        notes += (Note("NEED_COMPOSITE", f"Need is made of several themes: {areas['composite'].iloc[0]}."),)
    return notes


def _measure(project: Project, hashes: dict[str, str], *, sensitivity: bool, say: Progress) -> Results:
    """Run the steps one after the other."""
    settings, inputs = project.settings, _key_of_inputs(project, hashes)
    say("Reading areas, need and postcodes")
    areas, postcodes, land = _known_ground(project, inputs)
    say("Reading lists and building the register")
    register = _known_register(project, areas, postcodes, inputs)
    assets = register.assets
    for note in register.notes:
        say(f"Before you publish: {note.sentence}")
    say("Estimating, measuring access and finding gaps")
    travel = find_travel(project, areas, postcodes=postcodes, land=land, overland=sensitivity)
    areas, estimate = measure_areas(
        areas, assets, settings, travel=travel, postcodes=postcodes, sensitivity=sensitivity
    )
    reached = reached_assets(assets, settings)
    for note in note_left_out(reached, settings.access.asset_type):
        say(note.sentence)
    limits = sensitivity_notes(areas) if sensitivity else ()
    limits += _access_notes(areas, reached, settings, travel)
    limits += travel_notes(areas, open_assets(assets, settings.access.asset_type), travel)
    areas, details, notes = measure_trips(project, areas, reached, register.log, travel=travel)
    limits += notes
    if sensitivity:
        more, notes = detail_gaps(areas, assets, settings, travel=travel)
        details |= more
        limits += notes
        areas, clusters = cluster_gaps(areas, settings, travel=travel)
        details |= clusters
    areas, action = measure_action(project, areas, assets, postcodes)
    details |= action.tables
    limits += action.notes
    areas, assets, more, notes = detail_outcomes(project, areas, assets, travel=travel, land=land)
    details |= more
    limits += notes
    labels = settings.labels or settings.places
    results = Results(
        title=settings.project.title,
        area_name=settings.project.area_name,
        areas=areas,
        assets=assets,
        log=register.log,
        estimate=estimate,
        sources=_sources(
            project,
            hashes,
            {"areas": len(areas)}
            | {str(name): rows for name, rows in register.log["source"].value_counts().items()},
            guarded=_lists_with_guarded(register, settings.project.audience),
        ),
        places=read_places(project.folder / labels.file) if labels else None,
        postcodes=postcodes,
        land=land,
        background=_background(project),
        settings=without_contacts(settings.model_dump(mode="json"), audience=settings.project.audience),
        notes=public_notes(
            (
                describe_interpolation(areas) if settings.own_areas else describe_conversion(areas),
                *register.notes,
                *estimate.warnings,
                *limits,
            ),
            audience=settings.project.audience,
        ),
        details=details | detail_sharing(within_border(assets)),
        conditions=action.conditions,
        grants=action.grants,
    )
    refuse_changed(project, hashes)
    return results


def _background(project: Project) -> gpd.GeoDataFrame | None:
    """Return the roads and rivers to draw under the map, from every file that the settings name."""
    tables = [read_background(project.folder / each.file) for each in project.settings.background]
    return gpd.GeoDataFrame(pd.concat(tables, ignore_index=True)) if tables else None


def _lists_with_guarded(register: Register, audience: str) -> set[str]:
    """Return the lists with a guarded place, for a public build.

    Who knows the rest of such a file could try every postcode until its checksum is right.
    """
    if audience != PUBLIC:
        return set()
    held = register.log["guarded"] != ""
    secret = register.assets.index[register.assets["sensitive"].to_numpy(dtype=bool)]
    return set(register.log.loc[held | register.log["asset_id"].isin(secret), "source"])


def _sources(
    project: Project, hashes: dict[str, str], rows: dict[str, int], *, guarded: set[str]
) -> pd.DataFrame:
    table = pd.DataFrame.from_dict(
        {
            name: {
                "title": each.title,
                "publisher": each.publisher,
                "date": each.date,
                "licence": each.licence,
                "attribution": each.attribution,
                "url": each.url,
                "file": without_contacts({"file": each.file}, audience=project.settings.project.audience)[
                    "file"
                ],
                "sha256": WITHHELD if name in guarded else hashes[Path(each.file).as_posix()],
                "rows": rows.get(name),
            }
            for name, each in project.settings.inputs().items()
        },
        orient="index",
    )
    table.index.name = "source_id"
    table["rows"] = table["rows"].astype("Int64")
    return table

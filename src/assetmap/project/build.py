"""The steps from the files of a project to its map, report and tables.

Each step is a public function; this module only calls them in order. Results are written to a temporary folder
and moved into place when all of them are there, so a build that fails leaves the last good one as it was.
"""

from __future__ import annotations

import copy
import importlib.metadata
import json
import platform
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import geopandas as gpd
import pandas as pd

import assetmap
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
from assetmap.project.output import finish_writing, write_whole
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
    InputError,
    Note,
    Register,
    Results,
    reached_by_distance,
    within_border,
)
from assetmap.show.claims import figures
from assetmap.show.counts import open_beyond
from assetmap.show.map import make_map
from assetmap.show.map.built import built_layers
from assetmap.show.map.overview import for_overview
from assetmap.show.report.page import write_report
from assetmap.show.tables import DETAILS, write_tables
from assetmap.show.words import groups_estimated
from assetmap.show.workbook import WORKBOOK_NAME, write_workbook

if TYPE_CHECKING:
    from collections.abc import Hashable

    import geopandas as gpd

Record = TypeVar("Record", AreaConditions | None, GrantsReview | None)

WITHHELD: Final = "not published: the list has guarded places"
"""In place of the checksum of such a list."""

RUN_NAME: Final = "run.json"

MOST_KEPT_AREAS: Final = 2_000
"""Results of more small areas are not kept in memory for a second question."""

MOST_KEPT_ROWS: Final = 20_000
"""Nor is a register of more rows."""

VERSIONS_OF: Final = ("folium", "geopandas", "mapclassify", "numpy", "pandas", "pyogrio", "scipy", "shapely")


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


def _measure(project: Project, hashes: dict[str, str], *, sensitivity: bool, say: Progress) -> Results:
    """Run the steps one after the other."""
    settings = project.settings
    say("Reading areas, need and postcodes")
    inputs = _key_of_inputs(project, hashes)
    areas, postcodes, land = remembered(
        "ground", inputs, lambda: _read_ground(project), keep=lambda read: len(read[0]) <= MOST_KEPT_AREAS
    )
    postcodes = None if postcodes is None else postcodes.copy(deep=False)
    land = None if land is None else land.copy(deep=False)
    areas = complete_areas(areas, settings, postcodes)
    say("Reading lists and building the register")
    access = settings.access
    key = (inputs, access.limit_m, str(access.counts), columns_to_publish(settings))
    register = remembered(
        "register",
        key,
        lambda: make_register(project, areas, postcodes),
        keep=lambda made: len(made.log) <= MOST_KEPT_ROWS,
    )
    register = replace(register, assets=register.assets.copy(deep=False), log=register.log.copy(deep=False))
    assets = register.assets
    for note in register.notes:
        say(f"Before you publish: {note.sentence}")
    say("Estimating, measuring access and finding gaps")
    travel = find_travel(project, areas, postcodes=postcodes, land=land, overland=sensitivity)
    areas, estimate = measure_areas(
        areas, assets, settings, travel=travel, postcodes=postcodes, sensitivity=sensitivity
    )
    limits = sensitivity_notes(areas) if sensitivity else ()
    reached = reached_assets(assets, settings)
    for note in note_left_out(reached, settings.access.asset_type):
        say(note.sentence)
    limits += (
        *note_left_out(reached, settings.access.asset_type),
        *note_not_counted(reached, settings.access.asset_type),
        *note_stops(reached, settings.access.asset_type),
        *describe_border(areas, reached, asset_type=settings.access.asset_type, travel=travel),
        *describe_hours(reached, asset_type=settings.access.asset_type, areas=areas),
    )
    if "composite" in areas.columns:
        limits += (Note("NEED_COMPOSITE", f"Need is made of several themes: {areas['composite'].iloc[0]}."),)
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


def build(project: Project, output: str | Path, *, progress: Progress | None = None) -> Results:
    """Build the map, the report and the tables of a project.

    Parameters
    ----------
    project
        From `open_project`.
    output
        Folder for ``map.html``, ``report.html``, ``areas.csv``, ``assets.csv``, ``gaps.csv``,
        ``rejected.csv``, ``tables.xlsx``, ``assetmap.gpkg`` and ``run.json``, with ``sensitivity`` also ``robustness.csv``,
        ``deserts.csv`` and ``new_sites.csv``, and ``sharing.csv`` if a list says what its groups ask for.
        Files of an earlier build are replaced or removed as a whole (`write_whole`); other files stay.
        The same inputs give the same bytes.
    progress
        Called with a short text before each step.

    Returns
    -------
    Results
        All tables, as from `measure_project`.

    Raises
    ------
    InputError
        Also if the folder has files but no earlier build; nothing in it is changed.

    Examples
    --------
    >>> made = am.build(village, "quillford")  # doctest: +SKIP
    >>> sorted(path.name for path in Path("quillford").glob("*.html"))  # doctest: +SKIP
    ['map.html', 'report.html']
    """
    output = Path(output)
    finish_writing(output)
    _refuse_foreign(output)
    say = progress or (lambda step: None)
    results = measure_project(project, progress=progress)

    def write(folder: Path) -> None:
        say("Writing tables")
        write_tables(results, folder)
        write_workbook(results, folder / WORKBOOK_NAME)
        say("Drawing the map")
        save_map(results, folder / "map.html")
        say("Writing the report")
        write_report(results, folder / "report.html")
        (folder / RUN_NAME).write_text(_as_json(run_record(results)), encoding="utf-8")

    write_whole(output, write, owned=[f"{name}.csv" for name in DETAILS])
    return results


def save_map(results: Results, path: Path) -> None:
    """Write the map of a build to one file; a map of a whole country leaves out some layers (`for_overview`)."""
    settings = results.settings
    assets, postcodes, left_out = for_overview(
        results.assets,
        results.postcodes,
        asset_type=settings["access"]["asset_type"],
        areas=len(results.areas),
    )
    make_map(
        results.areas,
        assets,
        layers=built_layers(results),
        title=results.title,
        area_name=results.area_name,
        places=results.places,
        postcodes=postcodes,
        land=results.land,
        sources=results.sources,
        notes=(*results.notes, *left_out),
        audience=settings["project"]["audience"],
        tiles=settings["map"]["tiles"],
        sea=bool((settings.get("land") or {}).get("sea")),
        background=results.background,
    ).save(str(path))


def summarise(results: Results) -> dict[str, Any]:
    """Return the key figures of a build, as ``--json`` prints them.

    Returns
    -------
    dict
        Counts of areas, people, assets and outcomes, the estimate with its interval, the first gaps, and every claim
        (``figures``) that the outputs share; where
        some assets lie beyond the border their number is ``beyond_border``, and no other count has them.

    Examples
    --------
    >>> am.summarise(results)["areas"]
    326
    """
    areas, assets, estimate = results.areas, within_border(results.assets), results.estimate
    beyond = len(results.assets) - len(assets)
    asset_type = results.settings["access"]["asset_type"]
    open_ones = assets[reached_by_distance(assets, asset_type)]
    top = results.settings["gaps"]["top"]
    first = areas[areas["gap_rank"].notna()].sort_values("gap_rank").head(top)
    return {
        "area_name": results.area_name,
        "areas": len(areas),
        "population": int(areas["population"].sum()),
        "areas_without_need": int(areas["need"].isna().sum()),
        "areas_without_population": int(areas["population"].isna().sum()),
        "areas_converted": areas["need_conversion"].value_counts().sort_index().to_dict(),
        "rows": results.log["outcome"].value_counts().sort_index().to_dict(),
        "assets": len(assets),
        **({"beyond_border": beyond} if beyond else {}),
        "open_of_type": {asset_type: len(open_ones)},
        **({"open_beyond_border": open_there} if (open_there := len(open_beyond(results))) else {}),
        "operators_of_type": open_ones["operator_type"].value_counts().sort_index().to_dict()
        if "operator_type" in open_ones
        else {},
        "unregistered_groups": {
            "estimate": round(estimate.estimate),
            "low": round(estimate.low),
            "high": round(estimate.high),
            "level": estimate.level,
            "definition": groups_estimated(estimate),
            "warnings": [warning.code for warning in estimate.warnings],
        },
        "figures": figures(results),
        "widest_gaps": [
            {
                "rank": rank,
                "area_code": code,
                "area_name": name,
                "reason": reason,
            }
            for code, rank, name, reason in zip(
                first.index,
                first["gap_rank"].astype(int),
                first["area_name"],
                first["gap_reason"],
                strict=True,
            )
        ],
    }


def run_record(results: Results) -> dict[str, Any]:
    """Return the content of ``run.json``: inputs with sha256, sources and licences, versions, settings, counts."""
    return {
        "assetmap": assetmap.__version__,
        "python": platform.python_version(),
        "packages": {name: importlib.metadata.version(name) for name in VERSIONS_OF},
        "settings": results.settings,
        "inputs": json.loads(results.sources.to_json(orient="index", force_ascii=False)),
        "results": summarise(results),
    }


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


def _refuse_foreign(output: Path) -> None:
    if output.is_file():
        raise InputError(f"'{output}' is a file. Choose a folder for the results.")
    if output.is_dir() and any(output.iterdir()) and not (output / RUN_NAME).is_file():
        raise InputError(
            f"'{output}' has files in it that are not results of assetmap. Choose a new or empty folder with --output."
        )


def _as_json(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, indent=2, sort_keys=True) + "\n"

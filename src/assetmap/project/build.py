"""The steps from the files of a project to its map, report and tables.

Each step is a public function; this module only calls them in order. Results are written to a temporary folder
and moved into place when all of them are there, so a build that fails leaves the last good one as it was.
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd

import assetmap
from assetmap.access.border import describe_border
from assetmap.access.hours import describe_hours
from assetmap.access.nearest import open_assets
from assetmap.gaps.sensitivity import sensitivity_notes
from assetmap.need.interpolate import describe_interpolation
from assetmap.need.match import describe_conversion
from assetmap.project.folder import Progress, Project
from assetmap.project.inputs import hash_inputs, refuse_changed
from assetmap.project.output import finish_writing, write_whole
from assetmap.project.own_areas import interpolate_own_areas
from assetmap.project.pipeline import (
    cluster_gaps,
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
from assetmap.project.trips import measure_trips
from assetmap.public import PUBLIC
from assetmap.read.background import read_background
from assetmap.read.maps import read_map
from assetmap.read.official.postcodes import read_postcodes
from assetmap.read.places import read_places
from assetmap.schema import InputError, Note, Register, Results, within_border
from assetmap.show.claims import figures
from assetmap.show.map import make_map
from assetmap.show.map.overview import for_overview
from assetmap.show.report.page import write_report
from assetmap.show.tables import DETAILS, write_tables

WITHHELD: Final = "not published: the list has guarded places"
"""In place of the checksum of such a list."""

RUN_NAME: Final = "run.json"
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
    """
    say = progress or (lambda step: None)
    settings, folder = project.settings, project.folder
    hashes = hash_inputs(project)
    if sensitivity is None:
        sensitivity = settings.gaps.sensitivity
    say("Reading areas, need and postcodes")
    postcodes = read_postcodes(folder / settings.postcodes.file) if settings.postcodes else None
    areas = read_areas_with_need(project, postcodes)
    land = read_map(folder / settings.land.file) if settings.land else None
    if settings.own_areas:
        areas, postcodes, land = interpolate_own_areas(project, areas, postcodes, land)
    areas = complete_areas(areas, settings, postcodes)
    say("Reading lists and building the register")
    register = make_register(project, areas, postcodes)
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
    limits += describe_border(areas, reached, asset_type=settings.access.asset_type, travel=travel)
    limits += describe_hours(reached, asset_type=settings.access.asset_type, areas=areas)
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
        places=read_places(folder / labels.file) if labels else None,
        postcodes=postcodes,
        land=land,
        background=_background(project),
        settings=settings.model_dump(mode="json"),
        notes=(
            describe_interpolation(areas) if settings.own_areas else describe_conversion(areas),
            *register.notes,
            *estimate.warnings,
            *limits,
        ),
        details=details | detail_sharing(within_border(assets)),
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
        ``rejected.csv``, ``assetmap.gpkg`` and ``run.json``, with ``sensitivity`` also ``robustness.csv``,
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
    """
    output = Path(output)
    finish_writing(output)
    _refuse_foreign(output)
    say = progress or (lambda step: None)
    results = measure_project(project, progress=progress)

    def write(folder: Path) -> None:
        say("Writing tables")
        write_tables(results, folder)
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
        results.assets, results.postcodes, asset_type=settings["access"]["asset_type"]
    )
    make_map(
        results.areas,
        assets,
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
    """
    areas, assets, estimate = results.areas, within_border(results.assets), results.estimate
    beyond = len(results.assets) - len(assets)
    asset_type = results.settings["access"]["asset_type"]
    open_ones = assets[(assets["asset_type"] == asset_type) & (assets["status"] == "open")]
    top = results.settings["gaps"]["top"]
    first = areas[areas["gap_rank"].notna()].sort_values("gap_rank").head(top)
    return {
        "area_name": results.area_name,
        "areas": len(areas),
        "population": int(areas["population"].sum()),
        "areas_without_need": int(areas["need"].isna().sum()),
        "areas_converted": areas["need_conversion"].value_counts().sort_index().to_dict(),
        "rows": results.log["outcome"].value_counts().sort_index().to_dict(),
        "assets": len(assets),
        **({"beyond_border": beyond} if beyond else {}),
        "open_of_type": {asset_type: len(open_ones)},
        "operators_of_type": open_ones["operator_type"].value_counts().sort_index().to_dict()
        if "operator_type" in open_ones
        else {},
        "unregistered_groups": {
            "estimate": round(estimate.estimate),
            "low": round(estimate.low),
            "high": round(estimate.high),
            "level": estimate.level,
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
                "file": each.file,
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

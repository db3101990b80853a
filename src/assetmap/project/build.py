"""Write the map, the report and the tables of a project, and say what is in them.

Results are written to a temporary folder
and moved into place when all of them are there, so a build that fails leaves the last good one as it was.
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
from pathlib import Path
from typing import Any, Final

import assetmap
from assetmap.project.folder import Progress, Project
from assetmap.project.inputs import project_files
from assetmap.project.measuring import measure_project
from assetmap.project.output import finish_writing, write_whole
from assetmap.schema import (
    InputError,
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

RUN_NAME: Final = "run.json"
VERSIONS_OF: Final = ("folium", "geopandas", "mapclassify", "numpy", "pandas", "pyogrio", "scipy", "shapely")


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

    write_whole(output, write, owned=[f"{name}.csv" for name in DETAILS], keep=project_files(project))
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


def _refuse_foreign(output: Path) -> None:
    if output.is_file():
        raise InputError(f"'{output}' is a file. Choose a folder for the results.")
    if output.is_dir() and any(output.iterdir()) and not (output / RUN_NAME).is_file():
        raise InputError(
            f"'{output}' has files in it that are not results of assetmap. Choose a new or empty folder with --output."
        )


def _as_json(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, indent=2, sort_keys=True) + "\n"

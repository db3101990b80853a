"""What a planner does with a project: review its sites, try changes, and have the evidence checked by somebody else."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd

import assetmap
from assetmap.access.border import with_people_beyond
from assetmap.access.travel import Travel
from assetmap.project.build import VERSIONS_OF, measure_project
from assetmap.project.folder import Progress, Project
from assetmap.project.pipeline import find_travel
from assetmap.read.answers import read_answers
from assetmap.read.evidence import read_evidence
from assetmap.schema import DevolutionReview, InputError, Results, Scenario, first_few
from assetmap.show.map import make_map, map_layers
from assetmap.show.review.evidence import compare_tables, table_bytes, write_evidence
from assetmap.show.review.layers import devolution_layers
from assetmap.show.review.page import methods_of, write_devolution, write_scenario
from assetmap.show.tables import write_csv
from assetmap.sites.changes import apply_changes, parse_changes
from assetmap.sites.review import (
    DevolutionSettings,
    blank_answers,
    evidence_tables,
    review_devolution,
)
from assetmap.sites.scenario import compare_scenario, costs_after
from assetmap.sites.sites import site_costs, sites_as_of, sites_of_type

ANSWERS_NAME: Final = "site_answers.csv"
EVIDENCE_NAME: Final = "evidence.zip"
MAP_NAME: Final = "devolution_map.html"

Edits = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Verification:
    """Whether a pack was made from these inputs: ``inputs`` and ``tables``, each with ``same`` and ``difference``."""

    same: bool
    inputs: pd.DataFrame
    tables: pd.DataFrame


def devolution_settings(
    project: Project,
    *,
    asset_type: str | None = None,
    distance: str | None = None,
    as_of: int | None = None,
    programme: str | None = None,
) -> DevolutionSettings:
    """Return the ``[devolution]`` table of a project; what is named here wins over it.

    Parameters
    ----------
    project
        From `open_project`.
    asset_type, distance, as_of, programme
        As in `DevolutionSettings`.

    Returns
    -------
    DevolutionSettings
        For `review_project` and `what_if`.
    """
    table = project.settings.devolution
    return DevolutionSettings(
        asset_type=asset_type or table.asset_type,
        distance=distance or table.distance,
        as_of=as_of if as_of is not None else table.as_of,
        programme=programme if as_of is not None else table.programme,
        limit_m=table.limit_m,
        limit_minutes=table.limit_minutes,
        near_m=table.near_m,
        beyond_m=table.beyond_m,
        beyond_minutes=table.beyond_minutes,
        weights=table.weights,
        closures=table.closures,
        first=table.first,
        draws=table.draws,
        seed=table.seed,
    )


def review_project(
    project: Project,
    output: str | Path,
    *,
    settings: DevolutionSettings | None = None,
    edits: Edits | None = None,
    progress: Progress | None = None,
) -> tuple[DevolutionReview, Scenario | None]:
    """Review the sites of a project and write the page, the tables and the evidence pack.

    Parameters
    ----------
    project
        From `open_project`. Answers about sites are read from ``site_answers.csv`` in its folder, if it is there.
    output
        Folder for ``devolution.csv``, ``devolution.html``, charts as SVG, ``devolution_map.html``, ``site_answers_blank.csv`` (to be filled in),
        ``evidence.zip`` and, with ``edits``, the tables of the scenario. Files of these names are replaced.
    settings
        What is reviewed and how criteria weigh.
    edits
        Changes to propose, as for `parse_changes`.
    progress
        Called with a few words before each step.

    Returns
    -------
    tuple
        The review, and the scenario if there are edits.

    Raises
    ------
    InputError, SchemaError
        If an input, an answer or a change cannot be used; nothing is written then.
    """
    settings = settings or devolution_settings(project)
    say = progress or (lambda step: None)
    results = measure_project(project, sensitivity=False, progress=progress)
    say("Reviewing the sites")
    review, scenario = _measured(project, results, settings, edits)
    folder = Path(output)
    folder.mkdir(parents=True, exist_ok=True)
    say("Writing the review and its evidence")
    title = f"{results.area_name}: {settings.asset_type.replace('_', ' ')} sites under review"
    write_devolution(
        review,
        results.areas,
        folder,
        title=title,
        land=results.land,
        estimate=results.estimate,
        sources=results.sources,
        audience=results.settings["project"]["audience"],
    )
    _save_map(results, review, scenario, title, folder / MAP_NAME)
    write_csv(blank_answers(review.sites), folder / "site_answers_blank.csv")
    if scenario is not None:
        write_scenario(scenario, folder)
    write_evidence(
        folder / EVIDENCE_NAME,
        evidence_tables(review, scenario),
        sources=_sources(project, results),
        settings={"project": results.settings, "devolution": asdict(settings), "edits": _plain(edits)},
        versions=_versions(),
        methods=[*methods_of(review), results.estimate.text],
    )
    return review, scenario


def what_if(
    project: Project,
    edits: Edits,
    *,
    output: str | Path | None = None,
    settings: DevolutionSettings | None = None,
    progress: Progress | None = None,
) -> Scenario:
    """Measure what changes to the sites of a project would do to people.

    Parameters
    ----------
    project
        From `open_project`.
    edits
        Changes, as for `parse_changes`.
    output
        Folder for the tables of the scenario; nothing is written without it.
    settings
        Type of site, distances, and the year to go back to; those of the project when not given.
    progress
        Called with a few words before each step.

    Returns
    -------
    Scenario
        Before and after by area, age and need, and the areas most affected.

    Raises
    ------
    InputError
        If there is no change, or one cannot be made.
    """
    if not any(edits.values()):
        raise InputError('There is no change to measure. Name one, for instance: --close "St Ives".')
    results = measure_project(project, sensitivity=False, progress=progress)
    settings = settings or devolution_settings(project)
    scenario = _scenario(results, settings, edits, _travel(project, results, settings))
    if output is not None:
        folder = Path(output)
        folder.mkdir(parents=True, exist_ok=True)
        write_scenario(scenario, folder)
    return scenario


def verify_evidence(path: str | Path, project: Project, *, progress: Progress | None = None) -> Verification:
    """Rebuild every table of an evidence pack from a project's inputs, and say whether it is the same.

    Parameters
    ----------
    path
        ``evidence.zip``.
    project
        The project with the inputs of the pack; the settings and changes are those of the pack.
    progress
        Called with a few words before each step.

    Returns
    -------
    Verification
        ``same`` only if every input and every table is.

    Raises
    ------
    InputError
        If the pack cannot be read, was changed after it was written, or holds no review.
    """
    pack = read_evidence(path)
    try:
        asked = dict(pack.manifest["settings"]["devolution"])
        asked |= {name: tuple(asked[name]) for name in ("beyond_m", "beyond_minutes")}
        settings = DevolutionSettings(**asked)
        edits = pack.manifest["settings"]["edits"]
        then = dict(pack.manifest["inputs"])
    except (KeyError, TypeError) as error:
        raise InputError(
            f"'{path}' holds no settings of a review, so nothing can be rebuilt: {error}."
        ) from error
    results = measure_project(project, sensitivity=False, progress=progress)
    review, scenario = _measured(project, results, settings, edits)
    tables = compare_tables(pack.tables, table_bytes(evidence_tables(review, scenario)))
    inputs = _compare_inputs(then, _sources(project, results))
    return Verification(bool(tables["same"].all() and inputs["same"].all()), inputs, tables)


def describe_verification(found: Verification) -> list[str]:
    """Say in sentences what a verification found.

    Returns
    -------
    list of str
        First whether all is the same, then one sentence for each input and table that is not.
    """
    changed = found.inputs[~found.inputs["same"]]
    tables = found.tables[~found.tables["same"]]
    if found.same:
        return [
            f"All {len(found.tables)} tables are the same, made from the same {len(found.inputs)} inputs."
        ]
    lines = [
        f"{len(tables)} of {len(found.tables)} tables differ; {len(changed)} of {len(found.inputs)} inputs differ."
    ]
    lines += [f"input {name}: {words}." for name, words in changed["difference"].items()]
    lines += [f"{name}: {words}." for name, words in tables["difference"].items()]
    if tables.empty:
        lines.append(f"Every table is the same although {first_few(changed.index)} is not.")
    return lines


def _measured(
    project: Project, results: Results, settings: DevolutionSettings, edits: Edits | None
) -> tuple[DevolutionReview, Scenario | None]:
    file = project.folder / ANSWERS_NAME
    travel = _travel(project, results, settings)
    costs = site_costs(results.areas, _all_sites(results.assets, settings), travel=travel)
    review = review_devolution(
        results.areas,
        results.assets,
        estimate=results.estimate,
        answers=read_answers(file) if file.is_file() else None,
        costs=costs,
        settings=settings,
    )
    changed = edits is not None and any(edits.values())
    return review, _scenario(results, settings, edits, travel) if edits and changed else None


def _scenario(results: Results, settings: DevolutionSettings, edits: Edits, travel: Travel) -> Scenario:
    """Measure changes with the sites beyond the border, and the people there who share the sites, as the map does."""
    before = _all_sites(results.assets, settings, beyond=True)
    changes = parse_changes(edits, before, postcodes=results.postcodes, asset_type=settings.asset_type)
    people = with_people_beyond(results.areas, before, travel, asset_type=settings.asset_type)
    costs = site_costs(people, before, travel=travel)
    after = apply_changes(before, changes)
    return compare_scenario(
        results.areas,
        before,
        after,
        limit_m=settings.limit_m,
        limit_minutes=settings.limit_minutes,
        beyond_m=settings.beyond_m,
        beyond_minutes=settings.beyond_minutes,
        costs=(costs, costs_after(people, before, after, costs, travel=travel)),
        people=people if len(people) > len(results.areas) else None,
    )


def _travel(project: Project, results: Results, settings: DevolutionSettings) -> Travel:
    """Return how people travel to the sites under review: by the mode and limits of the review, without a detour factor."""
    travel = find_travel(
        project, results.areas, postcodes=results.postcodes, land=results.land, mode=settings.distance
    )
    return replace(travel, detour=1.0, limit_m=settings.limit_m, limit_minutes=settings.limit_minutes)


def _all_sites(
    assets: gpd.GeoDataFrame, settings: DevolutionSettings, *, beyond: bool = False
) -> gpd.GeoDataFrame:
    if settings.as_of is None:
        return sites_of_type(assets, asset_type=settings.asset_type, beyond=beyond)
    return sites_as_of(
        assets,
        year=settings.as_of,
        asset_type=settings.asset_type,
        programme=settings.programme,
        beyond=beyond,
    )


def _save_map(
    results: Results, review: DevolutionReview, scenario: Scenario | None, title: str, path: Path
) -> None:
    """Draw the layers of the review, with need, over the sites under review."""
    need = [layer for layer in map_layers(results.areas) if layer.key == "need"]
    page = make_map(
        results.areas,
        results.assets.loc[results.assets.index.intersection(review.sites.index, sort=False)],
        layers=[*devolution_layers(review, scenario), *need],
        title=title,
        area_name=results.area_name,
        places=results.places,
        postcodes=results.postcodes,
        land=results.land,
        sources=results.sources,
        notes=review.notes,
        audience=results.settings["project"]["audience"],
    )
    page.save(str(path))


def _sources(project: Project, results: Results) -> pd.DataFrame:
    """Return the sources of the build and, where there are any, the answers about sites."""
    file = project.folder / ANSWERS_NAME
    if not file.is_file():
        return results.sources
    digest = sha256(file.read_bytes()).hexdigest()
    row = {"title": "Answers about the sites", "file": ANSWERS_NAME, "sha256": digest}
    answers = pd.DataFrame([row], index=pd.Index(["site_answers"], name="source_id"))
    return pd.concat([results.sources.astype(object), answers.reindex(columns=results.sources.columns)])


def _compare_inputs(then: dict[str, Any], now: pd.DataFrame) -> pd.DataFrame:
    names = sorted({*then, *now.index})
    differences = []
    for name in names:
        if name not in now.index:
            differences.append("named in the pack, but not in this project")
        elif name not in then:
            differences.append("not named in the pack")
        else:
            same = then[name].get("sha256") == now.at[name, "sha256"]
            differences.append(
                "" if same else f"'{now['file'].at[name]!s}' is not the file the pack was made from"
            )
    index = pd.Index(names, name="source_id", dtype=object)
    return pd.DataFrame(
        {"same": [not words for words in differences], "difference": differences}, index=index
    )


def _plain(edits: Edits | None) -> dict[str, list[str]]:
    return {kind: list(words) for kind, words in (edits or {}).items() if words}


def _versions() -> dict[str, str]:
    return {"assetmap": assetmap.__version__} | {
        name: importlib.metadata.version(name) for name in VERSIONS_OF
    }

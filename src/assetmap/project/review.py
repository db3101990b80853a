"""What a planner does with a project: review its sites and try changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import geopandas as gpd

from assetmap.access.border import with_people_beyond
from assetmap.access.travel import Travel
from assetmap.project.build import measure_project
from assetmap.project.evidence import EVIDENCE_NAME, SIGNED_NAME, review_members
from assetmap.project.folder import Progress, Project
from assetmap.project.inputs import ANSWERS_NAME, hash_inputs, refuse_changed
from assetmap.project.known import fixed
from assetmap.project.output import write_whole
from assetmap.project.pipeline import find_travel
from assetmap.project.signature import read_private_key, signature_of
from assetmap.read.answers import read_answers
from assetmap.schema import DevolutionReview, InputError, Results, Scenario
from assetmap.show.map import make_map, map_layers
from assetmap.show.review.evidence import write_evidence
from assetmap.show.review.layers import devolution_layers
from assetmap.show.review.page import SCENARIO_PARTS, write_devolution, write_scenario
from assetmap.show.tables import write_csv
from assetmap.sites.changes import apply_changes, parse_changes
from assetmap.sites.review import DevolutionSettings, blank_answers, review_devolution
from assetmap.sites.scenario import compare_scenario, costs_after
from assetmap.sites.sites import site_costs, sites_as_of, sites_of_type

MAP_NAME: Final = "devolution_map.html"
OWNED: Final = (*(f"scenario_{part}.csv" for part in SCENARIO_PARTS), "devolution_closures.svg", SIGNED_NAME)
"""Files that a review writes only if it has something to put in them."""

Edits = Mapping[str, Sequence[str]]


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
    sign_key: str | Path | None = None,
    progress: Progress | None = None,
) -> tuple[DevolutionReview, Scenario | None]:
    """Review the sites of a project and write the page, the tables and the evidence pack.

    Parameters
    ----------
    project
        From `open_project`. Answers about sites are read from ``site_answers.csv`` in its folder, if it is there.
    output
        Folder for ``devolution.csv``, ``devolution.html``, charts as SVG, ``devolution_map.html``, ``site_answers_blank.csv`` (to be filled in),
        ``evidence.zip`` and, with ``edits``, the tables of the scenario. The files of an earlier review are replaced or
        removed as a whole (`write_whole`); other files stay.
    settings
        What is reviewed and how criteria weigh.
    edits
        Changes to propose, as for `parse_changes`.
    sign_key
        An Ed25519 private key in a PEM file; the signature of the evidence pack becomes ``evidence.zip.sig``.
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
    key = None if sign_key is None else read_private_key(sign_key)
    say = progress or (lambda step: None)
    project = fixed(project)
    hashes = hash_inputs(project)
    results = measure_project(project, sensitivity=False, progress=progress)
    say("Reviewing the sites")
    review, scenario = measure_review(project, results, settings, edits)
    refuse_changed(project, hashes)
    say("Writing the review and its evidence")
    title = f"{results.area_name}: {settings.asset_type.replace('_', ' ')} sites under review"
    members = review_members(results, review, scenario, settings=settings, edits=edits, hashes=hashes)

    def write(folder: Path) -> None:
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
        pack = write_evidence(folder / EVIDENCE_NAME, members)
        if key is not None:
            (folder / SIGNED_NAME).write_bytes(signature_of(pack.read_bytes(), key))

    write_whole(output, write, owned=OWNED)
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
        write_whole(output, lambda folder: write_scenario(scenario, folder))
    return scenario


def measure_review(
    project: Project, results: Results, settings: DevolutionSettings, edits: Edits | None
) -> tuple[DevolutionReview, Scenario | None]:
    """Review the sites of a build and, if there are changes, measure them.

    Parameters
    ----------
    project
        From `open_project`; it says how people travel and has the answers about sites.
    results
        From `measure_project`.
    settings, edits
        As in `review_project`.

    Returns
    -------
    tuple
        The review, and the scenario if there are changes.
    """
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

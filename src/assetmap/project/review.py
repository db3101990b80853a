"""What a planner does with a project: review its sites and try changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from assetmap.access.costs import select_costs
from assetmap.access.travel import Travel
from assetmap.project.evidence import EVIDENCE_NAME, SIGNED_NAME, review_members, review_sources
from assetmap.project.folder import Progress, Project
from assetmap.project.inputs import ANSWERS_NAME, hash_inputs, project_files, refuse_changed
from assetmap.project.known import fixed
from assetmap.project.measuring import measure_project
from assetmap.project.options import choose_options, make_ground, measure_options
from assetmap.project.outcomes.paying import break_even_terms
from assetmap.project.output import write_whole
from assetmap.project.pipeline import find_travel
from assetmap.project.signature import read_private_key, signature_of
from assetmap.read.answers import read_answers
from assetmap.schema import (
    DevolutionReview,
    InputError,
    Option,
    OptionsReview,
    Results,
    Scenario,
    beyond_border,
)
from assetmap.show.review.evidence import write_evidence
from assetmap.show.review.page import write_devolution
from assetmap.show.review.residents import RESIDENTS_NAME, write_residents
from assetmap.show.review.site_map import save_review_map
from assetmap.show.review.tables import OPTION_TABLES, write_options, write_scenario
from assetmap.show.tables import write_csv
from assetmap.sites.break_even import review_break_even
from assetmap.sites.changes import apply_changes, parse_changes
from assetmap.sites.review import DevolutionSettings, blank_answers, review_devolution
from assetmap.sites.risks import begin_risks
from assetmap.sites.scenario import compare_scenario, costs_after

MAP_NAME: Final = "devolution_map.html"
RISKS_BLANK: Final = "option_risks_blank.csv"
OWNED: Final = (*OPTION_TABLES, "devolution_closures.svg", SIGNED_NAME, RESIDENTS_NAME, RISKS_BLANK)
"""Files that a review writes only if it has something to put in them."""

Edits = Mapping[str, Sequence[str]]


def devolution_settings(
    project: Project,
    *,
    asset_type: str | None = None,
    distance: str | None = None,
    as_of: int | None = None,
    programme: str | None = None,
    sites: Sequence[str] | None = None,
    run_by: str | None = None,
) -> DevolutionSettings:
    """Return the ``[devolution]`` table of a project; what is named here wins over it.

    Parameters
    ----------
    project
        From `open_project`.
    asset_type, distance, as_of, programme, sites, run_by
        As in `DevolutionSettings`.

    Returns
    -------
    DevolutionSettings
        For `review_project` and `what_if`.

    Examples
    --------
    >>> am.project.devolution_settings(town).asset_type
    'hall'
    """
    table = project.settings.devolution
    return DevolutionSettings(
        asset_type=asset_type or table.asset_type,
        distance=distance or table.distance,
        as_of=as_of if as_of is not None else table.as_of,
        programme=programme if as_of is not None else table.programme,
        sites=tuple(table.sites if sites is None else sites),
        run_by=run_by or table.run_by,
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
    options: Sequence[str] = (),
    sign_key: str | Path | None = None,
    progress: Progress | None = None,
) -> tuple[DevolutionReview, OptionsReview]:
    """Review the sites of a project and its options, and write the pages, the tables and the evidence pack.

    Parameters
    ----------
    project
        From `open_project`. Answers about sites are read from ``site_answers.csv`` in its folder, steps and risks from
        ``option_risks.csv``, if they are there.
    output
        Folder for ``devolution.html`` (the review), ``option.html`` (for residents, with options only), ``devolution.csv``,
        charts as SVG, ``devolution_map.html``, ``site_answers_blank.csv`` and ``option_risks_blank.csv`` (to be filled in),
        ``evidence.zip`` and, with options, their tables. The files of an earlier review are replaced or removed as a whole
        (`write_whole`); other files stay.
    settings
        What is reviewed and how criteria weigh.
    edits
        Changes that make an option of their own, "Your proposal", as for `parse_changes`.
    options
        Names of options of ``assetmap.toml``. Without names and `edits`, all of them.
    sign_key
        An Ed25519 private key in a PEM file; the signature of the evidence pack becomes ``evidence.zip.sig``.
    progress
        Called with a few words before each step.

    Returns
    -------
    tuple
        The review of the sites, and the options side by side (`OptionsReview`; without options it has today only).

    Raises
    ------
    InputError, SchemaError
        If an input, an answer or a change cannot be used; nothing is written then.

    Examples
    --------
    >>> review, options = am.review_project(village, "review", options=["A"])  # doctest: +SKIP
    >>> options.figures.index.tolist()  # doctest: +SKIP
    ['today', 'A']
    """
    settings = settings or devolution_settings(project)
    chosen = choose_options(project, names=options, edits=edits)
    key = None if sign_key is None else read_private_key(sign_key)
    say = progress or (lambda step: None)
    project = fixed(project)
    hashes = hash_inputs(project)
    results = measure_project(project, sensitivity=False, progress=progress)
    say("Reviewing the sites")
    review, compared = measure_review(project, results, settings, chosen)
    refuse_changed(project, hashes)
    say("Writing the review and its evidence")
    title = review_title(results, compared)
    sources = review_sources(results.sources, project, hashes)
    members = review_members(
        results, review, compared, settings=settings, sources=sources, options=chosen, hashes=hashes
    )

    def write(folder: Path) -> None:
        write_devolution(
            review,
            results.areas,
            folder,
            title=title,
            options=compared,
            land=results.land,
            estimate=results.estimate,
            sources=sources,
            audience=results.settings["project"]["audience"],
        )
        if compared.options:
            write_residents(
                compared,
                results.areas,
                folder,
                title=f"{results.area_name}: what would change for you?",
                postcodes=results.postcodes,
                places=results.places,
                audience=results.settings["project"]["audience"],
            )
        save_review_map(results, review, compared, title, folder / MAP_NAME)
        write_csv(blank_answers(review.sites, review.answers), folder / "site_answers_blank.csv")
        if compared.options:
            write_csv(begin_risks(compared.options, review).set_index("option"), folder / RISKS_BLANK)
            write_options(compared, folder)
        pack = write_evidence(folder / EVIDENCE_NAME, members)
        if key is not None:
            (folder / SIGNED_NAME).write_bytes(signature_of(pack.read_bytes(), key))

    write_whole(output, write, owned=OWNED, keep=project_files(project))
    return review, compared


def evaluate_options(
    project: Project,
    *,
    names: Sequence[str] = (),
    edits: Edits | None = None,
    settings: DevolutionSettings | None = None,
    progress: Progress | None = None,
) -> tuple[DevolutionReview, OptionsReview]:
    """Measure the options of a project and write nothing.

    Parameters
    ----------
    project
        From `open_project`.
    names, edits
        As for `choose_options`.
    settings
        What is under review; the ``[devolution]`` table of the project when not given.
    progress
        Called with a few words before each step.

    Returns
    -------
    tuple
        The review of the sites, and the options side by side: every number of a summary of them.

    Raises
    ------
    InputError, SchemaError
        If an input or a change cannot be used.

    Examples
    --------
    >>> _, options = am.project.evaluate_options(village)
    >>> options.figures.index.tolist()
    ['today', 'A', 'B', 'C']
    """
    settings = settings or devolution_settings(project)
    chosen = choose_options(project, names=names, edits=edits)
    results = measure_project(project, sensitivity=False, progress=progress)
    return measure_review(project, results, settings, chosen)


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
        Changes, as for `parse_changes`; those of an option are ``option.edits``.
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

    Examples
    --------
    >>> scenario = am.what_if(village, {"close": ["Quillford Guildhall"]})
    >>> int(scenario.people.loc["everyone", "people_further"])
    3680
    """
    if not any(edits.values()):
        raise InputError('There is no change to measure. Name one, for instance: --close "St Ives".')
    results = measure_project(project, sensitivity=False, progress=progress)
    settings = settings or devolution_settings(project)
    ground = make_ground(results, settings, _travel(project, results, settings))
    changes = parse_changes(edits, ground.before, postcodes=results.postcodes, asset_type=settings.asset_type)
    after = apply_changes(ground.before, changes)
    scenario = compare_scenario(
        results.areas,
        ground.before,
        after,
        limit_m=settings.limit_m,
        limit_minutes=settings.limit_minutes,
        beyond_m=settings.beyond_m,
        beyond_minutes=settings.beyond_minutes,
        costs=(
            ground.costs,
            costs_after(ground.people, ground.before, after, ground.costs, travel=ground.travel),
        ),
        people=ground.people if len(ground.people) > len(results.areas) else None,
    )
    if output is not None:
        write_whole(output, lambda folder: write_scenario(scenario, folder), keep=project_files(project))
    return scenario


def measure_review(
    project: Project, results: Results, settings: DevolutionSettings, options: Sequence[Option]
) -> tuple[DevolutionReview, OptionsReview]:
    """Review the sites of a build and measure the options.

    Parameters
    ----------
    project
        From `open_project`; it says how people travel and has the answers about sites.
    results
        From `measure_project`.
    settings
        As in `review_project`.
    options
        From `choose_options`.

    Returns
    -------
    tuple
        The review, and the options side by side.
    """
    file = project.folder / ANSWERS_NAME
    ground = make_ground(results, settings, _travel(project, results, settings))
    review = review_devolution(
        results.areas,
        results.assets,
        estimate=results.estimate,
        answers=read_answers(file) if file.is_file() else None,
        costs=select_costs(
            ground.costs,
            areas=results.areas.index,
            assets=ground.before.index[~beyond_border(ground.before)],
        ),
        settings=settings,
    )
    compared = measure_options(project, results, settings, options, review, ground)
    terms = break_even_terms(project.settings)
    return (review, compared) if terms is None else review_break_even(review, compared, terms)


def review_title(results: Results, options: OptionsReview) -> str:
    """Return the title of a review: the area and the kind of site."""
    return f"{results.area_name}: {options.kind['words']} under review"


def _travel(project: Project, results: Results, settings: DevolutionSettings) -> Travel:
    """Return how people travel to the sites under review: by the mode and limits of the review, without a detour factor."""
    travel = find_travel(
        project, results.areas, postcodes=results.postcodes, land=results.land, mode=settings.distance
    )
    return replace(travel, detour=1.0, limit_m=settings.limit_m, limit_minutes=settings.limit_minutes)

"""The options of a project: read from ``assetmap.toml``, written into it with its comments kept, and measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from assetmap.access.border import with_people_beyond
from assetmap.project.consultation import add_up_responses
from assetmap.project.folder import Project, settings_document, write_settings
from assetmap.project.inputs import RISKS_NAME
from assetmap.project.known import read_census_tables
from assetmap.project.settings.reading import CONFIG_NAME
from assetmap.read.responses import read_responses
from assetmap.read.risks import read_risks
from assetmap.schema import InputError, Option, OptionResult, OptionsReview, first_few
from assetmap.sites.changes import KINDS
from assetmap.sites.compare import compare_options
from assetmap.sites.options import PROPOSAL
from assetmap.sites.sites import site_costs, sites_as_of, sites_of_type

if TYPE_CHECKING:
    import geopandas as gpd

    from assetmap.access.travel import Travel
    from assetmap.schema import Costs, DevolutionReview, Results
    from assetmap.sites.review import DevolutionSettings

Edits = Mapping[str, Sequence[str]]
TABLE: Final = "option"


def read_options(project: Project) -> tuple[Option, ...]:
    """Return the options of a project, in the order of its ``assetmap.toml``.

    Parameters
    ----------
    project
        From `open_project`.

    Examples
    --------
    >>> [option.name for option in am.project.read_options(town)]
    ['A', 'B', 'C']
    """
    return tuple(
        Option(each.name, each.title, {kind: getattr(each, kind) for kind in KINDS if getattr(each, kind)})
        for each in project.settings.option
    )


def write_option(project: Project, option: Option) -> Project:
    """Add an option to ``assetmap.toml``, or replace the one of that name; comments and everything else stay.

    Parameters
    ----------
    project
        From `open_project`.
    option
        What to write. Its changes are checked against the sites when the options are measured.

    Returns
    -------
    Project
        The project as it is now.

    Raises
    ------
    InputError
        If the settings would not be valid with it; nothing is written then.

    Examples
    --------
    >>> mine = am.open_project(am.new_project("my-area"))
    >>> option = am.schema.Option("A", "Close one", {"close": ("St Ives",)})
    >>> [each.name for each in am.project.read_options(am.project.write_option(mine, option))]
    ['A']
    """
    import tomlkit

    document, tables = _document(project)
    there = next(
        (each for each in tables if str(each.get("name", "")).casefold() == option.name.casefold()), None
    )
    table = tomlkit.table() if there is None else there
    values: dict[str, Any] = {"name": option.name, "title": option.title}
    values |= {kind: list(option.edits[kind]) for kind in KINDS if option.edits.get(kind)}
    for key in [str(key) for key in table if str(key) not in values]:
        table.remove(key)
    for key, value in values.items():
        if key not in table or table[key] != value:
            table[key] = value
    if there is None:
        table.add(tomlkit.nl())
        tables.append(table)
    return _write(project, document, tables)


def remove_option(project: Project, name: str) -> Project:
    """Take an option out of ``assetmap.toml``; everything else stays.

    Returns
    -------
    Project
        The project as it is now.

    Raises
    ------
    InputError
        If there is no option of that name.

    Examples
    --------
    >>> mine = am.open_project(am.new_project("my-area", example="town"))
    >>> [option.name for option in am.project.read_options(am.project.remove_option(mine, "B"))]
    ['A', 'C']
    """
    document, tables = _document(project)
    left = [each for each in tables if str(each.get("name", "")).casefold() != name.casefold()]
    if len(left) == len(tables):
        raise InputError(_no_option([name], read_options(project)))
    while len(tables):
        tables.pop()
    for each in left:
        tables.append(each)
    return _write(project, document, tables)


def choose_options(
    project: Project, *, names: Sequence[str] = (), edits: Edits | None = None
) -> tuple[Option, ...]:
    """Return the options to measure.

    Parameters
    ----------
    project
        From `open_project`.
    names
        Names of options of the project.
    edits
        Changes that make one option of their own, "Your proposal".

    Returns
    -------
    tuple of Option
        Those named, and the proposal. Without names and changes: all options of the project.

    Raises
    ------
    InputError
        If there is no option of a name.

    Examples
    --------
    >>> [option.title for option in am.project.choose_options(town, names=["A"])]
    ['Close the Guildhall']
    """
    known = read_options(project)
    by_name = {each.name.casefold(): each for each in known}
    lost = [name for name in names if name.casefold() not in by_name]
    if lost:
        raise InputError(_no_option(lost, known))
    own = {kind: tuple(words) for kind, words in (edits or {}).items() if words}
    chosen = tuple(dict.fromkeys(name.casefold() for name in names))
    if not chosen and not own:
        return known
    proposal = (Option(PROPOSAL.name, PROPOSAL.title, own),) if own else ()
    return tuple(by_name[name] for name in chosen) + proposal


@dataclass(frozen=True, eq=False)
class Ground:
    """What all options of a review are measured against: the sites as they are, and the costs to them."""

    before: gpd.GeoDataFrame
    people: gpd.GeoDataFrame
    costs: Costs
    travel: Travel


def make_ground(results: Results, settings: DevolutionSettings, travel: Travel) -> Ground:
    """Return the sites as they are, with those beyond the border and the people there who share them, as the map counts them."""
    if settings.as_of is None:
        before = sites_of_type(results.assets, asset_type=settings.asset_type, beyond=True)
    else:
        before = sites_as_of(
            results.assets,
            year=settings.as_of,
            asset_type=settings.asset_type,
            programme=settings.programme,
            beyond=True,
        )
    people = with_people_beyond(results.areas, before, travel, asset_type=list(before["asset_type"].unique()))
    return Ground(before, people, site_costs(people, before, travel=travel), travel)


def measure_options(
    project: Project,
    results: Results,
    settings: DevolutionSettings,
    options: Sequence[Option],
    review: DevolutionReview,
    ground: Ground,
) -> OptionsReview:
    """Measure options against each other.

    Parameters
    ----------
    project
        From `open_project`: the census tables, the responses and the register of risks are read from its folder.
    results
        From `measure_project`.
    settings
        What is under review.
    options
        From `choose_options`.
    review
        Of the same sites.
    ground
        From `make_ground`.

    Returns
    -------
    OptionsReview
        Every number that a summary may show.

    Raises
    ------
    InputError, VintageError
        If a change cannot be made, or a file cannot be used.
    """
    compared = compare_options(
        options,
        results.areas,
        ground.before,
        review=review,
        settings=settings,
        people=ground.people,
        costs=ground.costs,
        travel=ground.travel,
        postcodes=results.postcodes,
        census=read_census_tables(project, results.areas.index),
    )
    responses, by_area, response_notes = _responses(project, results, compared.options, review)
    risks = _risks(project, options)
    return replace(
        compared,
        responses=responses,
        responses_areas=by_area,
        response_notes=response_notes,
        risks=compared.risks if risks is None else risks,
    )


def _responses(
    project: Project, results: Results, done: Sequence[OptionResult], review: DevolutionReview
) -> tuple[pd.DataFrame, pd.DataFrame, tuple[str, ...]]:
    named = project.settings.consultation
    if named is None:
        return pd.DataFrame(), pd.DataFrame(), ()
    if results.postcodes is None:
        raise InputError(
            "Responses to a consultation need the table [postcodes], to say which area each comes from."
        )
    counts = read_responses(project.folder / named.file, postcodes=results.postcodes)
    return add_up_responses(counts, results.areas, done, review.sites)


def _risks(project: Project, options: Sequence[Option]) -> pd.DataFrame | None:
    file = project.folder / RISKS_NAME
    if not file.is_file():
        return None
    table = read_risks(file)
    known = {each.name.casefold(): each.name for each in (*read_options(project), *options)}
    lost = table.loc[~table["option"].str.casefold().isin(known), "option"].unique()
    if len(lost):
        raise InputError(
            f"'{file}' names options that do not exist: {first_few(lost)}. The options are {first_few(known.values())}."
        )
    table["option"] = table["option"].str.casefold().map(known)
    return table[table["option"].isin([each.name for each in options])].reset_index(drop=True)


def _no_option(lost: Sequence[str], known: Sequence[Option]) -> str:
    if not known:
        return f"There is no option '{lost[0]}': {CONFIG_NAME} has no [[option]]."
    return f"There is no option {first_few(lost)}. The options are {first_few([each.name for each in known], most=len(known))}."


def _document(project: Project) -> tuple[Any, Any]:
    import tomlkit

    document = settings_document(project)
    tables = document.get(TABLE)
    return document, tomlkit.aot() if tables is None else tables


def _write(project: Project, document: Any, tables: Any) -> Project:
    if TABLE not in document and len(tables):
        document.append(TABLE, tables)
    elif TABLE in document and not len(tables):
        document.remove(TABLE)
    return write_settings(project, document)

"""What the lists of a project are judged by, and the lists themselves: from its store if it has one, else from its files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from assetmap.need.match import match_counts
from assetmap.project.checksums import hash_files
from assetmap.project.remembered import remembered
from assetmap.project.store.folders import STORE_NAME, has_store
from assetmap.read.areas import read_areas
from assetmap.read.lists.assets import read_assets
from assetmap.read.official.census import read_census
from assetmap.read.official.lookups import read_lookup
from assetmap.read.official.postcodes import read_postcodes
from assetmap.read.places import read_places
from assetmap.read.tables import read_table
from assetmap.schema import AssetList, InputError, first_few

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assetmap.project.folder import Project
    from assetmap.project.settings.keys import AssetsInput


@dataclass(frozen=True, eq=False)
class Lists:
    """The lists of a project at one moment.

    lists : as `read_assets` returns them; those of a store with their edits in, and a column ``row_key``.
    review : what people decided, as `build_register` takes it; None where nobody decided anything.
    inputs : what is said of each list beside its figures.
    digests : SHA-256 by the name of the file, of what is in the store; empty for a project of files alone.
    """

    lists: tuple[AssetList, ...]
    review: pd.DataFrame | None
    inputs: tuple[AssetsInput, ...]
    digests: Mapping[str, str]


def known_places(project: Project | None) -> dict[str, Any]:
    """Return ``postcodes``, ``places``, ``areas`` and ``area_name`` of a project, as `build_register` takes them."""
    if project is None:
        return {}
    settings, folder = project.settings, project.folder
    where = settings.areas
    named = [where.file, *(each.file for each in (settings.postcodes, settings.places) if each)]

    def read() -> dict[str, Any]:
        return {
            "postcodes": read_postcodes(folder / settings.postcodes.file) if settings.postcodes else None,
            "places": read_places(folder / settings.places.file) if settings.places else None,
            "areas": read_areas(folder / where.file, code=where.code, name=where.name, layer=where.layer),
            "area_name": settings.project.area_name,
        }

    key = (
        folder,
        settings.project.area_name,
        where.model_dump_json(),
        tuple(hash_files(folder, named).items()),
    )
    known = remembered("places", key, read)
    return {
        name: table.copy(deep=False) if isinstance(table, pd.DataFrame) else table
        for name, table in known.items()
    }


def fixed(project: Project) -> Project:
    """Return a project whose lists stay as they are now, whatever others save meanwhile.

    A project without a store comes back as it is: its files are compared when the work is done (`refuse_changed`).
    """
    if project.lists is not None or not has_store(project.folder):
        return project
    found = project_lists(project)
    return replace(project, lists=found, settings=project.settings.changed(assets=found.inputs))


def with_stored_lists(project: Project) -> Project:
    """Return a project whose settings name the lists of its store, if it has one."""
    if not has_store(project.folder):
        return project
    from assetmap.project.store.contents import stored_inputs

    return replace(project, settings=project.settings.changed(assets=stored_inputs(project)))


def project_lists(project: Project) -> Lists:
    """Return the lists of a project and what people decided about them.

    A project with a store has the lists of the store, and those of its ``assetmap.toml`` that were never in it.
    """
    if project.lists is not None:
        return project.lists
    if not has_store(project.folder):
        return _of_files(project)
    from assetmap.project.store.contents import stored_lists

    return stored_lists(project)


def read_list(project: Project, each: AssetsInput) -> AssetList:
    """Return one list of a project: that of its store, or of the file that ``assetmap.toml`` names."""
    if in_store(each):
        return next(found for found in project_lists(project).lists if found.source == each.id)
    return read_assets(
        project.folder / each.file,
        source=each.id,
        asset_type=each.asset_type,
        columns=each.columns,
        sheet=each.sheet,
        layer=each.layer,
        date=each.date,
    )


def read_census_tables(project: Project, areas: pd.Index) -> pd.DataFrame | None:
    """Read the census tables of a project onto its areas.

    Parameters
    ----------
    project
        Its settings name the tables in ``[[census]]``.
    areas
        Codes of its small areas.

    Returns
    -------
    pandas.DataFrame or None
        ``<group>`` and ``<group>_of`` for each group, on `areas`; None where the project has no table.

    Raises
    ------
    InputError, VintageError
        If a table cannot be used, or two count the same group.
    """
    tables = []
    lookup = None
    if project.settings.need.lookup and project.settings.census:
        lookup = read_lookup(project.folder / project.settings.need.lookup)
    for each in project.settings.census:
        counts = read_census(project.folder / each.file)
        tables.append(match_counts(areas, counts, lookup=lookup, what=f"census table '{each.file}'"))
    if not tables:
        return None
    joined = pd.concat(tables, axis=1)
    twice = joined.columns[joined.columns.duplicated()].unique()
    if len(twice):
        raise InputError(
            f"Two tables of [[census]] count the same group: {first_few(twice)}. Keep one of them."
        )
    return joined


def read_review(project: Project) -> pd.DataFrame | None:
    """Read the decisions of ``assetmap.toml``, where it names any."""
    name = project.settings.project.review
    return read_table(project.folder / name) if name else None


def in_store(each: AssetsInput) -> bool:
    """Say whether a list is in the store of its project."""
    return each.file.startswith(f"{STORE_NAME}/")


def store_file(name: str) -> str:
    """Return what stands for the file of a list that is in the store."""
    return f"{STORE_NAME}/{name}"


def _of_files(project: Project) -> Lists:
    lists = tuple(read_list(project, each) for each in project.settings.assets)
    return Lists(lists, read_review(project), project.settings.assets, {})

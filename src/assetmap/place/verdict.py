"""A new project read as a build reads it, so that what cannot be built is refused when the project is made."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from assetmap.project.folder import open_project
from assetmap.project.pipeline import make_register, read_areas_with_need
from assetmap.read.official.postcodes import read_postcodes
from assetmap.schema import InputError, reference_table

LIBRARY: Final = "library"
OTHER: Final = "other"


def access_type_of(folder: Path, notes: list[str]) -> str:
    """Read the files of a new project, and return the type that access is measured to.

    Parameters
    ----------
    folder
        With an ``assetmap.toml`` and its files.
    notes
        A sentence is added where the lists have no library.

    Returns
    -------
    str
        ``library`` where the lists have one, else the type that most places have.

    Raises
    ------
    InputError
        If need and areas do not fit, or no row of the lists can be used.
    """
    project = open_project(folder)
    settings = project.settings
    postcodes = read_postcodes(folder / settings.postcodes.file) if settings.postcodes else None
    areas = read_areas_with_need(project, postcodes)
    if not settings.assets:
        raise InputError(
            f"No list has a row in {settings.project.area_name} or near it. Add a list of its groups or places to the folder of files."
        )
    register = make_register(project, areas, postcodes)
    types = register.assets["asset_type"]
    if types.empty:
        first = register.log["reason"].iloc[0] if len(register.log) else ""
        raise InputError(
            f"No row of the lists can be used in {settings.project.area_name}: {len(register.log):,} are rejected. The first: {first}"
        )
    if types.eq(LIBRARY).any():
        return LIBRARY
    known = types[types != OTHER]
    counts = (known if len(known) else types).value_counts()
    most = str(sorted(counts.index[counts == counts.max()])[0])
    label = str(reference_table("asset_types").loc[most, "label"]).casefold()
    notes.append(
        f"No list has a library, so access is measured to what they have most of: {label}. Change asset_type in [access] for another."
    )
    return most

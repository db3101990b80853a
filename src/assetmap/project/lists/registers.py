"""Check files of lists, make a register of them, compare two, and match what their groups offer and ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from assetmap.project.action.telling import refuse_others
from assetmap.project.folder import Project
from assetmap.project.known import known_places, project_lists
from assetmap.read.lists.assets import read_assets
from assetmap.read.tables import read_table
from assetmap.register.again.changes import compare
from assetmap.register.build import build_register
from assetmap.register.check import check_lists
from assetmap.schema import (
    LENDING_M,
    LINKERS,
    AssetList,
    CheckReport,
    InputError,
    Register,
)
from assetmap.sharing import match_resources


def check_files(
    files: Sequence[str | Path] = (),
    *,
    project: Project | None = None,
    columns: Mapping[str, str] | None = None,
    review: str | Path | None = None,
    linker: str = LINKERS[0],
    sheet: str | None = None,
    layer: str | None = None,
) -> CheckReport:
    """Check every row of some files without keeping a register.

    Parameters
    ----------
    files
        Lists, as `read_assets` reads them; the lists of the project (those of its store, if it has one) when none is given.
    project
        Its postcodes, places and areas are used to check the rows; without it only their form is checked.
    columns
        Column of the register -> heading of the files, where a heading is not understood by itself.
    review
        The links that a person decided, as `review_table` writes them; those of the project when no file is given.
    linker
        ``builtin`` or ``splink``: what decides which rows of different lists are one thing.
    sheet, layer
        The only sheet or layer to read, as for `read_assets`.

    Returns
    -------
    CheckReport
        Counts that add up to the rows read, and every row with its outcome and reason.

    Raises
    ------
    InputError
        If a file cannot be read.
    NotListsError
        If files are no lists but answers on conditions, grants, priorities or counts; it has the verdict on each.

    Examples
    --------
    >>> report = am.check_files([town.folder / "directory.csv"], project=town)
    >>> report.counts.loc["directory", ["rows", "accepted"]].tolist()
    [67, 67]
    """
    lists, decided = _lists_of(files, project, columns, sheet=sheet, layer=layer)
    decided = decided if review is None else decisions_of(review)
    return check_lists(lists, **known_places(project), review=decided, linker=linker)


def register_files(
    files: Sequence[str | Path] = (),
    *,
    project: Project | None = None,
    columns: Mapping[str, str] | None = None,
    review: str | Path | None = None,
    audience: str = "public",
    linker: str = LINKERS[0],
    sheet: str | None = None,
    layer: str | None = None,
) -> Register:
    """Make one register from some files.

    Parameters
    ----------
    files, project, columns, review, linker, sheet, layer
        As for `check_files`.
    audience
        ``"public"`` leaves out contacts and the exact place of sensitive assets; ``"internal"`` nothing.

    Returns
    -------
    Register
        As `build_register` returns it.

    Raises
    ------
    InputError
        If a file cannot be read.

    Examples
    --------
    >>> am.register_files([town.folder / "directory.csv"], project=town).assets["asset_type"].nunique()
    5
    """
    lists, decided = _lists_of(files, project, columns, sheet=sheet, layer=layer)
    decided = decided if review is None else decisions_of(review)
    return build_register(lists, **known_places(project), review=decided, audience=audience, linker=linker)


def compare_files(old: str | Path, new: str | Path) -> pd.DataFrame:
    """List what changed from one register file to the next, as `compare` returns it.

    Examples
    --------
    >>> changes = am.compare_files(town.folder / "directory.csv", town.folder / "hall_bookings.csv")
    >>> changes["change"].value_counts().to_dict()
    {'left_out': 45, 'opened': 36, 'renamed': 6}
    """
    before, after = (build_register(read_assets(file), audience="internal").assets for file in (old, new))
    return compare(before, after)


def match_files(
    files: Sequence[str | Path] = (),
    *,
    project: Project | None = None,
    columns: Mapping[str, str] | None = None,
    within_km: float = LENDING_M / 1000,
    audience: str = "public",
) -> pd.DataFrame:
    r"""List who could lend what to whom, from lists or from the lists of a project.

    Parameters
    ----------
    files
        Lists or a register, as `read_assets` reads them; the lists of the project when none is given.
    project
        Whose postcodes and places say where the rows are.
    columns
        As for `check_files`.
    within_km
        Straight-line kilometres that people would travel.
    audience
        As for `register_files`: ``"public"`` leaves out sensitive assets.

    Returns
    -------
    pandas.DataFrame
        As `match_resources` returns it.

    Raises
    ------
    InputError
        If there is nothing to read, no row says what it offers or asks for, or none has a location.

    Examples
    --------
    >>> listed = "name,postcode,offers,asks\nThe hall,QF5 1AB,minibus,\nThe choir,QF8 1AF,,minibus\n"
    >>> Path("lists.csv").write_text(listed) > 0
    True
    >>> am.match_files(["lists.csv"], project=town)["offered_by_name"].tolist()
    ['The hall']
    """
    lists, review = _lists_of(files, project, columns)
    assets = build_register(lists, **known_places(project), review=review, audience=audience).assets
    said = [column for column in ("offers", "asks") if column in assets and (assets[column] != "").any()]
    if not said:
        raise InputError(
            "No row offers or asks for anything that is understood. A list needs columns such as "
            "'offers' (Can lend, Facilities, Resources available) and 'asks' (Wanted, Needs, Looking for), with words "
            "of data/tables/resources.csv; 'assetmap check' shows how the cells were read."
        )
    if assets.geometry.isna().all():
        raise InputError(
            "No row has a location, so distances cannot be calculated. Postcodes and towns can only be located with the "
            "files of a project: give its folder with --project."
        )
    return match_resources(assets, within_m=within_km * 1000)


def _lists_of(
    files: Sequence[str | Path],
    project: Project | None,
    columns: Mapping[str, str] | None,
    *,
    sheet: str | None = None,
    layer: str | None = None,
) -> tuple[Sequence[AssetList], pd.DataFrame | None]:
    """Read the files; without any, return the lists of the project and what was decided about them."""
    if files:
        if not (columns or sheet or layer):
            refuse_others(files)
        return [read_assets(file, columns=columns, sheet=sheet, layer=layer) for file in files], None
    if project is None:
        raise InputError("There is no list to read. Give files, or a project with --project.")
    if columns or sheet or layer:
        raise InputError("Columns, sheets and layers can only be named for files. Name the files.")
    found = project_lists(project)
    return found.lists, found.review


def decisions_of(review: str | Path | None) -> pd.DataFrame | None:
    """Read the links that a person decided, where there is a file of them."""
    return None if review is None else read_table(review)

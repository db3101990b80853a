"""A list given back with its corrections, in its own format."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pandas as pd

from assetmap.project.folder import Project
from assetmap.project.known import known_places
from assetmap.read.fixed.write import fixed_suffix, headings_in, write_changes
from assetmap.read.lists.assets import read_assets
from assetmap.register.corrections.fixes import suggest_fixes
from assetmap.schema import AssetList, FixedFile, InputError, first_few

CHANGES: Final = ("row", "column", "value")


def fixes_of_file(
    file: str | Path,
    *,
    project: Project | None = None,
    columns: Mapping[str, str] | None = None,
    sheet: str | None = None,
) -> pd.DataFrame:
    """Suggest corrections of the cells of a file, as `suggest_fixes` returns them.

    Parameters
    ----------
    file, project, columns, sheet
        As for `fix_file`.

    Examples
    --------
    >>> listed = pd.DataFrame({"name": ["Helston Shed"], "type": ["mens shed"], "postcode": ["tr138ag"]})
    >>> listed.to_csv("list.csv", index=False)
    >>> am.project.fixes_of_file("list.csv", project=project)["after"].tolist()
    ['TR13 8AG']
    """
    fixed_suffix(file)
    known = known_places(project)
    fixes = suggest_fixes(
        read_assets(file, columns=columns, sheet=sheet),
        **{name: known.get(name) for name in ("postcodes", "places", "areas")},
    )
    there = {name: headings_in(file, name, columns=columns) for name in fixes["sheet"].unique()}
    in_file = [heading in there[name] for name, heading in zip(fixes["sheet"], fixes["heading"], strict=True)]
    return fixes[pd.Series(in_file, index=fixes.index, dtype="bool")].reset_index(drop=True)


def fix_file(
    file: str | Path,
    changes: pd.DataFrame | None = None,
    *,
    project: Project | None = None,
    columns: Mapping[str, str] | None = None,
    sheet: str | None = None,
) -> FixedFile:
    """Give a list back in its own format with changes put in, and a column that says what was changed.

    Parameters
    ----------
    file
        A delimited text (also gzipped), a spreadsheet (xlsx, xlsm, ods; xls and xlsb become xlsx), a map file (it becomes GeoJSON) or a
        list in JSON. It is not changed itself.
    changes
        One row per cell: ``row`` (its number in the file), ``column`` (a heading of the file, or a column of the register such as
        ``postcode``) and ``value`` (the new text, ``""`` to empty the cell); ``sheet`` where the file has several lists, and ``reason``
        where there is one. When not given, the suggestions that are sure (`suggest_fixes`).
    project
        Its postcodes, places and areas find more to correct.
    columns
        Column of the register -> heading of the file, where a heading is not understood by itself.
    sheet
        The only sheet to read, as for `read_assets`.

    Returns
    -------
    FixedFile
        The whole file as bytes, the end of its name, every change with whether it was made, and what could not be kept. Reading it
        with `read_assets` gives the same rows with the changes.

    Raises
    ------
    InputError
        If the file cannot be read, or a change names a sheet, a row or a column that it does not have.

    Examples
    --------
    >>> listed = pd.DataFrame({"name": ["Helston Shed"], "type": ["mens shed"], "postcode": ["tr138ag"]})
    >>> listed.to_csv("list.csv", index=False)
    >>> fixed = am.project.fix_file("list.csv", project=project)
    >>> fixed.changes["after"].tolist()
    ['TR13 8AG']
    """
    fixed_suffix(file)
    if changes is None:
        fixes = fixes_of_file(file, project=project, columns=columns, sheet=sheet)
        wanted = fixes[fixes["sure"]]
    else:
        wanted = _with_headings(changes, read_assets(file, columns=columns, sheet=sheet))
    return write_changes(file, wanted, columns=columns)


def _with_headings(changes: pd.DataFrame, listed: AssetList) -> pd.DataFrame:
    """Return changes with the headings of the file in place of columns of the register."""
    missing = [column for column in CHANGES if column not in changes]
    if missing:
        raise InputError(f"The changes have no column {first_few(missing)}. They need {', '.join(CHANGES)}.")
    headings = set(listed.headings["heading"])
    told = listed.headings.drop_duplicates("column")
    meant = dict(zip(told["column"], told["heading"], strict=True))
    named = [name if name in headings else meant.get(name, name) for name in changes["column"].astype("str")]
    only = listed.parts[0] if len(listed.parts) == 1 else ""
    given = (
        changes["sheet"].fillna("").astype("str")
        if "sheet" in changes
        else pd.Series("", index=changes.index)
    )
    unclear = (given == "") & (len(listed.parts) > 1)
    if unclear.any():
        raise InputError(
            f"The file has the lists {first_few(listed.parts)}. Name one in the column sheet of each change."
        )
    return changes.assign(
        heading=pd.Series(named, index=changes.index, dtype="str"),
        after=changes["value"],
        sheet=given.where(given != "", only),
    )

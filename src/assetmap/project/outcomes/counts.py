"""Counts that groups give: a form to print or fill in, the files that come back, and totals that say what is not known.

A group of three can say how many people it helped in a month, how many sessions it held and how many volunteers took part. Only totals
by month are shown, with the number of groups that gave them. Groups are never ranked, nothing is added over months (the same people come
again), and a total of fewer than three groups is not shown, because it would be the count of one of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from assetmap.project.folder import Project, settings_document, write_settings
from assetmap.project.inputs import project_files
from assetmap.project.lists.registers import register_files
from assetmap.project.output import write_file, write_whole
from assetmap.public import name_to_quote
from assetmap.read.outcomes.counts import COLUMNS, MEASURES, read_counts
from assetmap.register.words import name_keys
from assetmap.schema import Note, counted, first_few, reference_table, within_border
from assetmap.show.outcomes.form import write_form
from assetmap.show.tables import write_csv

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

COUNTS_NAME: Final = "counts.csv"
FORM_NAME: Final = "counts_form.html"
BLANK_NAME: Final = "counts_blank.csv"
LEAST_GROUPS: Final = 3
"""A total of fewer groups is not shown."""


def countable_groups(assets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the groups that could give counts: of a type that counts as a group, not known to be closed, within the border, not guarded."""
    types = reference_table("asset_types")
    here = within_border(assets)
    kept = here["asset_type"].isin(types.index[types["group"] == "yes"]) & here["status"].isin(
        ("open", "unknown")
    )
    if "sensitive" in here:
        kept &= ~here["sensitive"].eq(True)
    return here[kept]


def add_up_counts(counts: pd.DataFrame, assets: gpd.GeoDataFrame) -> tuple[pd.DataFrame, tuple[Note, ...]]:
    """Add up by month what groups counted.

    Parameters
    ----------
    counts
        From `read_counts`.
    assets
        The register; a group is known by its ``asset_id`` or its name.

    Returns
    -------
    tuple
        Index ``month``, the first first: ``groups`` that could have counted, and for each of ``people_helped``, ``sessions`` and
        ``volunteers`` the total of those that gave it, and ``<name>_groups``, how many gave it. The total is missing where fewer than
        three did. And a note on rows that belong to no group of the lists, which are in no total.

    Examples
    --------
    >>> counts = am.read.read_counts(town.folder / "counts.csv")
    >>> totals, notes = am.project.add_up_counts(counts, quillford.assets)
    >>> int(totals["people_helped"].iloc[-1]), int(totals["people_helped_groups"].iloc[-1])
    (366, 4)
    """
    groups = countable_groups(assets)
    known = _known(counts, groups)
    lost = counts.loc[known.isna(), ["group", "asset_id"]]
    notes: tuple[Note, ...] = ()
    if len(lost):
        names = [name_to_quote(str(row.group or row.asset_id)) for row in lost.itertuples()]
        sentence = (
            f"Counts: {counted(len(lost), 'row belongs', 'rows belong')} to no group on the lists, or to several of the same name, and "
            f"{'is' if len(lost) == 1 else 'are'} in no total: {first_few(dict.fromkeys(names))}."
        )
        notes = (Note("COUNTS_NOT_MATCHED", sentence),)
    counts = counts.assign(known=known)[known.notna()]
    counts = counts.drop_duplicates(["known", "month"], keep="last")
    rows = {}
    for month, given in counts.groupby("month"):
        row: dict[str, float] = {"groups": len(groups)}
        for name in MEASURES:
            answers = given[name].dropna()
            row[name] = float(answers.sum()) if len(answers) >= LEAST_GROUPS else float("nan")
            row[f"{name}_groups"] = len(answers)
        rows[str(month)] = row
    columns = ["groups", *(column for name in MEASURES for column in (name, f"{name}_groups"))]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("month")
    whole = ["groups", *(f"{name}_groups" for name in MEASURES)]
    return table.astype(dict.fromkeys(whole, "int64")), notes


def detail_counts(
    project: Project, assets: gpd.GeoDataFrame
) -> tuple[dict[str, pd.DataFrame], tuple[Note, ...]]:
    """Return the table ``group_counts`` of a build; nothing without ``[counts]``."""
    named = project.settings.counts
    if named is None:
        return {}, ()
    table, notes = add_up_counts(read_counts(project.folder / named.file), assets)
    return ({"group_counts": table} if len(table) else {}), notes


def group_counts(project: Project) -> tuple[pd.DataFrame, tuple[Note, ...]]:
    """Return the totals of a project (`add_up_counts`); an empty table without ``[counts]``.

    Examples
    --------
    >>> totals, notes = am.project.group_counts(village)
    >>> totals.columns[:2].tolist()
    ['groups', 'people_helped']
    """
    named = project.settings.counts
    counts = read_counts(project.folder / named.file) if named else pd.DataFrame(columns=list(COLUMNS))
    return add_up_counts(counts, register_files(project=project).assets)


def write_counts_form(project: Project, output: str | Path) -> list[Path]:
    """Write the form for groups, and an empty table for whoever types the answers in.

    Parameters
    ----------
    project
        From `open_project`.
    output
        Folder for ``counts_form.html`` (one page to print, or to fill in and save as CSV) and ``counts_blank.csv`` (a row for each group).

    Returns
    -------
    list of pathlib.Path
        Both files.

    Examples
    --------
    >>> [path.name for path in am.project.write_counts_form(village, "forms")]
    ['counts_blank.csv', 'counts_form.html']
    """
    groups = countable_groups(register_files(project=project).assets).sort_values("name", kind="stable")
    names = groups["name"].astype(str).unique()
    blank = pd.DataFrame({"asset_id": groups.index, "group": groups["name"].to_numpy()})
    blank = blank.reindex(columns=list(COLUMNS), fill_value="")

    def write(folder: Path) -> None:
        write_form(
            folder / FORM_NAME,
            place=project.settings.project.area_name,
            groups=names,
        )
        write_csv(blank, folder / BLANK_NAME, index=False)

    return write_whole(output, write, keep=project_files(project))


def add_counts(project: Project, files: Sequence[str | Path]) -> tuple[Project, int, int]:
    r"""Add files that groups sent back to the counts of a project.

    Parameters
    ----------
    project
        From `open_project`. Without ``[counts]`` the file ``counts.csv`` is begun and the table is written into ``assetmap.toml``.
    files
        CSV files or spreadsheets as `read_counts` takes them. A row for a group and month that is there already replaces it.

    Returns
    -------
    tuple
        The project as it is now, how many rows were added, and how many of them replaced others.

    Raises
    ------
    InputError
        If a file cannot be used; nothing is written then.

    Examples
    --------
    >>> mine = am.open_project(am.new_project("quillford", example="town"))
    >>> Path("cafe.csv").write_text("group,month,people_helped\nSaltmarsh Memory Cafe,2026-09,12\n") > 0
    True
    >>> mine, added, replaced = am.project.add_counts(mine, ["cafe.csv"])
    >>> added, replaced
    (1, 0)
    """
    named = project.settings.counts
    path = project.folder / (named.file if named else COUNTS_NAME)
    before = read_counts(path) if path.is_file() else pd.DataFrame(columns=list(COLUMNS))
    new = pd.concat([read_counts(file) for file in files], ignore_index=True)
    keys = [_keys(table) for table in (before, new)]
    replaced = int(keys[0].isin(set(keys[1])).sum())
    parts = [
        before[~keys[0].isin(set(keys[1])).to_numpy(dtype=bool)],
        new[~keys[1].duplicated(keep="last").to_numpy()],
    ]
    joined = pd.concat([part for part in parts if len(part)], ignore_index=True)
    joined = joined.sort_values(["month", "group", "asset_id"], kind="stable")
    if path.suffix.casefold() == ".csv":
        write_file(path, lambda file: write_csv(joined, file, index=False))
    else:
        path = write_file(path.with_suffix(".csv"), lambda file: write_csv(joined, file, index=False))
    return _name_file(project, path.name, str(joined["month"].max())), len(parts[1]), replaced


def _name_file(project: Project, name: str, month: str) -> Project:
    """Write ``[counts]`` into the settings, or the month up to which it goes; comments stay."""
    import tomlkit

    document = settings_document(project)
    table = document.get("counts")
    if table is None:
        table = tomlkit.table()
        table["file"], table["title"] = name, "Counts that groups give"
        table["date"], table["licence"] = month, "not stated"
        document["counts"] = table
    else:
        table["file"], table["date"] = name, month
    return write_settings(project, document)


def _keys(table: pd.DataFrame) -> pd.Series:
    who = table["asset_id"].where(table["asset_id"] != "", table["group"].astype(str).str.casefold())
    return who.astype(str) + "|" + table["month"].astype(str)


def _known(counts: pd.DataFrame, groups: gpd.GeoDataFrame) -> pd.Series:
    """Return the group of each row; missing where there is none, or several of the same name."""
    names = pd.Series(groups.index, index=name_keys(groups["name"].astype("str")).to_numpy())
    alone = names[~names.index.duplicated(keep=False)]
    by_name = name_keys(counts["group"].astype("str")).map(alone) if len(counts) else pd.Series(dtype=object)
    by_id = counts["asset_id"].where(counts["asset_id"].isin(groups.index))
    return by_id.where(by_id.notna(), by_name)

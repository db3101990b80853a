"""A newer list in the place of an older one: what changed, and the decisions that stay good."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pandas as pd

from assetmap.project.folder import Project
from assetmap.project.inputs import ANSWERS_NAME
from assetmap.project.known import in_store, known_places, read_list
from assetmap.project.settings.keys import AssetsInput
from assetmap.read.lists.assets import read_assets
from assetmap.read.tables import find_column, read_table
from assetmap.register.again.changes import compare, pair_assets
from assetmap.register.build import build_register
from assetmap.register.words import name_keys
from assetmap.schema import AssetList, InputError, Register, counted, first_few
from assetmap.show.tables import write_csv

FITS: Final = 0.3
"""A new list fits an old one where it shares this share of the names of the shorter of them."""

IDS: Final = ("row_id", "other_id")


@dataclass(frozen=True, eq=False)
class Replacement:
    """What a newer list changes.

    ``input_id``: the list it replaces. ``changes``: as `compare` returns them, between the two lists alone. ``rows``: outcome -> rows
    of the new list. ``renamed_ids``: old -> new id of what stayed the same thing. ``notes``: what a person should know.
    """

    input_id: str
    changes: pd.DataFrame
    rows: dict[str, int]
    renamed_ids: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def list_to_replace(project: Project, file: str | Path, *, input_id: str | None = None) -> AssetsInput:
    """Return the list of a project that a newer file replaces.

    Parameters
    ----------
    project
        From `open_project`.
    file
        The newer list.
    input_id
        Its ``id`` in ``[[assets]]``; when not given, the one list that shares enough names with the file.

    Raises
    ------
    InputError
        If there is no such list, or none or several fit; the message lists them.
    """
    lists = {each.id: each for each in project.settings.assets}
    if not lists:
        raise InputError(f"'{project.folder}' has no list yet. Add this one with --add.")
    if input_id is not None:
        if input_id not in lists:
            raise InputError(
                f"There is no list '{input_id}'. The lists are {first_few(list(lists), most=20)}."
            )
        return lists[input_id]
    shares = {name: _shared(project, each, Path(file)) for name, each in lists.items()}
    fitting = [name for name, share in shares.items() if share >= FITS]
    if len(fitting) == 1:
        return lists[fitting[0]]
    said = "; ".join(f"{name} ({shares[name]:.0%} of the names)" for name in fitting or lists)
    reason = "fits several lists" if fitting else "looks like none of the lists"
    raise InputError(
        f"'{file}' {reason} of the project: {said}. Add it as a further list with --add, or name the one that it replaces, "
        f"for example --input {(fitting or list(lists))[0]}."
    )


def _shared(project: Project, each: AssetsInput, file: Path) -> float:
    """Return the share of names that the new file has in common with a list, of the shorter of them."""
    old = set(name_keys(read_list(project, each).table["name"]))
    try:
        new = set(name_keys(_as(each, file).table["name"]))
    except InputError:
        new = set(name_keys(read_assets(file).table["name"]))
    return len((old & new) - {""}) / max(min(len(old), len(new)), 1)


def _as(each: AssetsInput, file: Path) -> AssetList:
    return read_assets(
        file,
        source=each.id,
        asset_type=each.asset_type,
        columns=each.columns,
        sheet=each.sheet,
        layer=each.layer,
    )


def compare_lists(project: Project, each: AssetsInput, file: str | Path) -> Replacement:
    """Compare a newer list with the one it replaces; nothing is written.

    Raises
    ------
    InputError
        If the newer list cannot be read with the settings of the older one.
    """
    known = known_places(project) | {"buffer_m": project.settings.access.limit_m, "audience": "internal"}
    if known.get("areas") is None:
        known.pop("buffer_m")
    old = build_register(read_list(project, each), **known)
    new = build_register(_as(each, Path(file)), **known)
    pairs = pair_assets(old.assets, new.assets).dropna()
    renamed = {was: now for was, now in zip(pairs["old_id"], pairs["new_id"], strict=True) if was != now}
    rows = {str(name): int(count) for name, count in new.log["outcome"].value_counts().sort_index().items()}
    return Replacement(each.id, compare(old.assets, new.assets), rows, renamed, tuple(_notes(each, old, new)))


def _notes(each: AssetsInput, old: Register, new: Register) -> list[str]:
    notes = [note.sentence for note in new.notes]
    rejected = int((new.log["outcome"] == "rejected").sum())
    if rejected:
        notes.append(
            f"{counted(rejected, 'row')} of the new list cannot be used. 'assetmap check' says why, and how to fix each."
        )
    if len(new.assets) < len(old.assets) / 2:
        notes.append(
            f"The new list has {len(new.assets):,} places or groups, the old one had {len(old.assets):,}. Check that it is whole."
        )
    if not in_store(each):
        notes.append(
            f"assetmap.toml gives the date '{each.date}' for '{each.id}'. Change it if the new list is of another date."
        )
    return notes


def keep_decisions(project: Project, new: Path, replacement: Replacement) -> list[str]:
    """Write the decisions of a person with the new ids of what stayed the same thing.

    Parameters
    ----------
    project
        From `open_project`.
    new
        Folder to write ``review.csv`` and ``site_answers.csv`` into, where they change.
    replacement
        From `compare_lists`.

    Returns
    -------
    list of str
        A sentence on each file.
    """
    notes = []
    review = project.settings.project.review
    ids = replacement.renamed_ids
    if review and (project.folder / review).is_file():
        table = read_table(project.folder / review)
        changed = _renamed(table, [column for column in IDS if column in table], ids)
        decided = table["decision"].str.strip() != "" if "decision" in table else pd.Series(dtype="bool")
        moved = int((decided & (changed != table).any(axis=1)).sum()) if len(table) else 0
        if not changed.equals(table):
            write_csv(changed, new / review, index=False)
        notes.append(
            f"{counted(int(decided.sum()), 'decision')} in {review} kept"
            + (f", {moved} of them for places or groups that moved or have a new name." if moved else ".")
        )
    answers = project.folder / ANSWERS_NAME
    if answers.is_file():
        table = read_table(answers)
        site = find_column(table, ["site", "name", "asset id", "library"])
        named = replacement.changes[replacement.changes["change"] == "renamed"]
        names = dict(zip(named["before"], named["after"], strict=True))
        changed = _renamed(table, [site] if site else [], {**names, **ids})
        if not changed.equals(table):
            write_csv(changed, new / ANSWERS_NAME, index=False)
            notes.append(f"{ANSWERS_NAME} follows the new names of its sites.")
    return notes


def _renamed(table: pd.DataFrame, columns: list[str], names: dict[Any, Any]) -> pd.DataFrame:
    """Return a table with other words in some columns."""
    return table.assign(**{column: table[column].replace(names).astype("str") for column in columns})

"""Tell lists of groups and places from the other files of a project: one verdict for every command and the app."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from assetmap.read.action.recognise import PUBLISHED_GRANTS, describe_action
from assetmap.read.inputs import action_kind, inspect_file
from assetmap.schema import InputError, counted

NAMES: Final = {
    "conditions": "answers on the conditions for social action",
    "grants": "a list of grants",
    "outcomes": "a table of priorities and outcomes",
    "counts": "counts that groups give",
}
"""Kind of such a file, in words."""


def kind_of_file(path: Path, *, also_published: bool = False) -> str:
    """Return which table of ``assetmap.toml`` a file is for: ``conditions``, ``grants``, ``outcomes`` or ``counts``; empty for a list and any other file.

    Parameters
    ----------
    path
        The file.
    also_published
        Take a 360Giving file as grants; it is a list of the groups that received them as well.
    """
    if also_published and inspect_file(path, folder=path.parent)["source_id"] in PUBLISHED_GRANTS:
        return "grants"
    return action_kind(path)


class NotListsError(InputError):
    """Files are no lists of groups or places, but others that a project has a place for.

    ``lists``: the files that are lists. ``verdicts``: a sentence for each other one: what it is, and how to use it. ``usable``: whether
    each of them can be read.
    """

    def __init__(self, lists: tuple[str | Path, ...], verdicts: tuple[str, ...], *, usable: bool) -> None:
        super().__init__(" ".join(verdicts))
        self.lists, self.verdicts, self.usable = lists, verdicts, usable


def refuse_others(files: Sequence[str | Path]) -> None:
    """Check that files are lists of groups or places, as far as their headings tell.

    Raises
    ------
    NotListsError
        If some are answers on conditions, grants, priorities or counts. Each of them is read through.
    """
    lists: list[str | Path] = []
    verdicts, usable = [], True
    for file in files:
        path = Path(file)
        kind = action_kind(path) if path.is_file() else ""
        if not kind:
            lists.append(file)
            continue
        found = describe_action(path, kind)
        what = f"'{path.name}' is not a list of groups or places but {NAMES[kind]}"
        if found["state"] == "ready":
            rows = counted(int(found["rows"]), "row")
            verdicts.append(
                f"{what}, and can be used: {rows}. To add it to a project: assetmap update PROJECT {path.name}."
                + (
                    " To take those who received grants as groups, say which column has their names."
                    if kind == "grants"
                    else ""
                )
            )
        else:
            usable = False
            verdicts.append(f"{what}, and it cannot be used as it is. {found['reason']}")
    if verdicts:
        raise NotListsError(tuple(lists), tuple(verdicts), usable=usable)

"""What a public build of a project will show of its lists, and what it will leave out: to read before anything is published."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from assetmap.guarded.together import is_guarded
from assetmap.project.folder import Progress, Project
from assetmap.project.pipeline import columns_to_publish, make_register, read_areas_with_need
from assetmap.public import public_view
from assetmap.read.official.postcodes import read_postcodes
from assetmap.register.audience import guard_doubles
from assetmap.schema import Note


@dataclass(frozen=True)
class Preview:
    """What the public will see of a register, and what was left out.

    audience : of the project: ``public`` or ``internal``; an internal build leaves nothing out.
    assets : how many assets there are.
    shown : index ``asset_id``: the assets as the public would see them.
    guarded : what must stay secret, for the officer alone: ``name``, ``asset_type``, ``source``, ``shown_as`` (its name
        for the public).
    columns : index ``column``: ``cells``, how many filled cells of a column are left out.
    changed : how many names have a contact or an address taken out.
    notes : what a person must know before publishing.
    """

    audience: str
    assets: int
    shown: pd.DataFrame
    guarded: pd.DataFrame
    columns: pd.DataFrame
    changed: int
    notes: tuple[Note, ...]


def preview_public(project: Project, *, progress: Progress | None = None) -> Preview:
    """Compare the register of a project with what the public would see of it.

    Parameters
    ----------
    project
        From `open_project`.
    progress
        Called with a few words before each step.

    Returns
    -------
    Preview
        With the names of guarded places: it is for the people who keep the lists, never for the public.

    Raises
    ------
    InputError, SchemaError
        If an input cannot be used.

    Examples
    --------
    >>> found = preview_public(am.example_project())
    >>> found.assets == len(found.shown)
    True
    """
    say = progress or (lambda step: None)
    settings, folder = project.settings, project.folder
    say("Reading areas and postcodes")
    postcodes = read_postcodes(folder / settings.postcodes.file) if settings.postcodes else None
    areas = read_areas_with_need(project, postcodes)
    say("Reading the lists and judging every row")
    everything = replace(project, settings=settings.changed(project={"audience": "internal"}))
    assets = guard_doubles(make_register(everything, areas, postcodes).assets)
    notes = make_register(project, areas, postcodes).notes
    say("Taking out what the public may not see")
    shown, ids = public_view(assets, publish=columns_to_publish(settings))
    hidden = is_guarded(assets)
    secret = assets[hidden.to_numpy()]
    names = {asset: str(shown.at[ids.get(asset, asset), "name"]) for asset in assets.index}
    gone = [column for column in assets.columns if column not in shown.columns]
    cells = {str(column): int(_filled(assets[column]).sum()) for column in gone}
    columns = pd.DataFrame({"cells": pd.Series(cells, dtype="int64")})
    columns = columns[columns["cells"] > 0].sort_values("cells", ascending=False, kind="stable")
    columns.index.name = "column"
    guarded = pd.DataFrame(
        {
            "name": secret["name"].astype("str"),
            "asset_type": secret["asset_type"].astype("str"),
            "source": secret["source"].astype("str") if "source" in secret else "",
            "shown_as": [names[asset] for asset in secret.index],
        }
    )
    own = assets["name"].astype("str")[~hidden.to_numpy()]
    changed = sum(name != names[asset] for asset, name in own.items())
    return Preview(
        audience=settings.project.audience,
        assets=len(assets),
        shown=pd.DataFrame(shown.drop(columns=shown.geometry.name)),
        guarded=guarded,
        columns=columns,
        changed=changed,
        notes=notes,
    )


def _filled(column: pd.Series) -> pd.Series:
    return column.notna() & (column.astype("str").str.strip() != "")

"""Which lists each thing stands on: what estimates from overlapping lists begin with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from assetmap.register.build import build_register


def link_lists(lists: Sequence[pd.DataFrame], **settings: Any) -> pd.DataFrame:
    """Say for each group on which of the lists it stands.

    Parameters
    ----------
    lists
        Tables as `read_assets` returns them, at least two.
    **settings
        ``postcodes``, ``places``, ``areas``, ``area_name``, ``review``: as for `build_register`.

    Returns
    -------
    pandas.DataFrame
        Index ``group_id``, one row per thing: a boolean column for each list, named by its ``source``, in
        the order of the names; ``asset_type``, ``registered``; ``link_reviewed``, false where a row of the
        thing may be the same as another thing and nobody has decided. Rejected rows stand in no group.
    """
    assets, judged = build_register(lists, **{**settings, "audience": "internal"})
    kept = judged[judged["asset_id"].notna()]
    members = pd.crosstab(kept["asset_id"], kept["source"]) > 0
    members = members.reindex(assets.index, fill_value=False).sort_index(axis=1)
    members.columns.name = None
    doubtful = kept[(kept["outcome"] == "review") & kept["other_id"].notna()]
    thing = kept.set_index("row_id")["asset_id"]
    open_yet = set(doubtful["asset_id"]) | set(thing.reindex(doubtful["other_id"]))
    table = members.assign(asset_type=assets["asset_type"], registered=assets["registered"])
    table["link_reviewed"] = ~table.index.isin(open_yet)
    return table.rename_axis("group_id")

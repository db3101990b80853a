"""Prevention beside acute need, as a step of a build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assetmap.gaps.prevention import acute_need, measure_prevention, thin_prevention
from assetmap.schema import Note

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from assetmap.project.settings.keys import Settings


def detail_prevention(
    areas: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, settings: Settings
) -> tuple[gpd.GeoDataFrame, dict[str, pd.DataFrame], tuple[Note, ...]]:
    """Join what prevents near each area to the areas, and list where need is high and prevention thin.

    Parameters
    ----------
    areas, assets
        Of the build.
    settings
        ``[prevention]`` says which need is acute and how far people go.

    Returns
    -------
    tuple
        The areas with the columns of `measure_prevention`; the table ``prevention``, if it has rows; and a note where nothing that
        prevents is on the lists.
    """
    wanted = settings.prevention
    need = wanted.need or acute_need(areas)
    measured = areas.join(measure_prevention(areas, assets, need=need, limit_m=wanted.limit_m))
    if measured["prevention_within"].isna().all():
        sentence = "Prevention is not known: the lists have no group or place of a type that prevents (data/tables/asset_types.csv)."
        return measured, {}, (Note("PREVENTION_UNKNOWN", sentence),)
    table = thin_prevention(measured, need=need)
    return measured, {"prevention": table} if len(table) else {}, ()

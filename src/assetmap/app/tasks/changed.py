"""What changed in the register between two days, on a map."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd

import assetmap as am
from assetmap.app.tasks.answers import opened
from assetmap.app.worker import Step
from assetmap.project.known import known_places
from assetmap.schema import WORKING_CRS

TITLE: Final = "Changes in the register"


def changed_map(words: dict[str, Any], step: Step) -> dict[str, Any]:
    """Draw the changes that have a point, with a symbol for each kind, over how many there are in each area."""
    project = opened(words)
    step("Drawing the map")
    areas = known_places(project)["areas"]
    found = pd.DataFrame(words["points"], columns=["name", "asset_type", "area_code", "x", "y"])
    counts = found["area_code"].value_counts().reindex(areas.index, fill_value=0)
    assets = gpd.GeoDataFrame(
        found[["name", "asset_type"]].assign(status="open", location_precision="point"),
        geometry=gpd.points_from_xy(found["x"], found["y"], crs=WORKING_CRS),
    )
    assets.index = assets.index.astype("str").rename("asset_id")
    layer = am.Layer("changes", TITLE, counts.astype("float64"), unit="changes", decimals=0)
    figure = am.show.draw_map(areas, layer, title=words["title"], assets=assets, size="a5")
    path = Path(words["scratch"]) / f"{words['name']}.svg"
    am.show.save_picture(figure, path)
    return {
        "picture": {"file": path.name, "alt": f"Map. {words['title']}. The table says the same in words."}
    }

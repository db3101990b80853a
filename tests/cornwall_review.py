"""The example area as the devolution tests need it, made once."""

from __future__ import annotations

import functools
from typing import NamedTuple

import geopandas as gpd
import pandas as pd

from assetmap.access.nearest import population_centres
from assetmap.need.match import match_need
from assetmap.read.areas import read_areas
from assetmap.read.lists.assets import read_assets
from assetmap.read.official.lookups import read_lookup
from assetmap.read.official.need import read_need
from assetmap.read.official.postcodes import read_postcodes
from assetmap.read.places import read_places
from assetmap.register.build import build_register
from assetmap.schema import data_folder

FOLDER = data_folder() / "cornwall"


class Cornwall(NamedTuple):
    """Tables of the example area."""

    areas: gpd.GeoDataFrame
    assets: gpd.GeoDataFrame
    postcodes: pd.DataFrame
    land: gpd.GeoDataFrame


@functools.cache
def cornwall() -> Cornwall:
    """Read the example area and build its register."""
    need = read_need(FOLDER / "iod2025.csv", index="iod2025")
    areas = match_need(
        read_areas(FOLDER / "areas.gpkg"), need, lookup=read_lookup(FOLDER / "lsoa11_lsoa21_changes.csv")
    )
    postcodes = read_postcodes(FOLDER / "postcodes.csv.gz")
    areas = areas.join(population_centres(areas, postcodes))
    lists = [read_assets(FOLDER / f"{name}.csv", source=name) for name in ("libraries", "groups")]
    assets = build_register(
        lists,
        postcodes=postcodes,
        places=read_places(FOLDER / "group_places.csv"),
        areas=areas,
        area_name="Cornwall",
    ).assets
    return Cornwall(areas, assets, postcodes, gpd.read_file(FOLDER / "neighbours.gpkg"))

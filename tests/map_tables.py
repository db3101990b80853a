"""The measured tables of Cornwall from the shipped example, put together without the project file.

The register is read in the simplest way that is right for this example: a postcode gives point and small area, a
named place gives a point only.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from assetmap.measure.counts import count_groups, count_per_1000
from assetmap.measure.distances import distance_to_nearest, population_centres
from assetmap.measure.estimates import estimate_unregistered
from assetmap.measure.gaps import find_gaps
from assetmap.measure.need import match_need
from assetmap.measure.small_areas import spread_estimate
from assetmap.read.areas import read_areas
from assetmap.read.lookups import read_lookup
from assetmap.read.need import read_need
from assetmap.read.places import read_places
from assetmap.read.postcodes import read_postcodes
from assetmap.schema import Note, data_folder

FOLDER = data_folder() / "cornwall"


@dataclass(frozen=True)
class Tables:
    areas: gpd.GeoDataFrame
    assets: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    postcodes: pd.DataFrame
    land: gpd.GeoDataFrame
    sources: pd.DataFrame
    notes: tuple[Note, ...]


@functools.cache
def cornwall_tables() -> Tables:
    areas = read_areas(FOLDER / "areas.gpkg")
    lookup = read_lookup(FOLDER / "lsoa11_lsoa21_changes.csv")
    areas = match_need(areas, read_need(FOLDER / "iod2025.csv"), lookup=lookup)
    areas["population_year"] = 2022
    postcodes = read_postcodes(FOLDER / "postcodes.csv.gz")
    areas = areas.join(population_centres(areas, postcodes))
    assets = read_register(postcodes)
    estimate = estimate_unregistered(float(areas["population"].sum()))
    areas = areas.join(spread_estimate(areas, estimate))
    areas = areas.join(count_groups(areas, assets))
    areas = areas.join(distance_to_nearest(areas, assets))
    areas = areas.join(count_per_1000(areas, assets, asset_type="library", catchment_m=5_000))
    areas = areas.join(find_gaps(areas))
    return Tables(
        areas,
        assets,
        read_places(FOLDER / "places.csv"),
        postcodes,
        gpd.read_file(FOLDER / "neighbours.gpkg"),
        sources_table(),
        estimate.warnings,
    )


def read_register(postcodes: pd.DataFrame) -> gpd.GeoDataFrame:
    text = {"dtype": str, "keep_default_na": False}
    libraries = pd.read_csv(FOLDER / "libraries.csv", **text).assign(source="libraries", registered="unknown")
    groups = pd.read_csv(FOLDER / "groups.csv", **text).assign(source="groups", status="open")
    rows = pd.concat([libraries, groups], ignore_index=True).replace("", np.nan)
    places = read_places(FOLDER / "group_places.csv").drop_duplicates("name").set_index("name")
    found = postcodes.reindex(rows["postcode"])
    by_postcode = found["easting"].notna().to_numpy()
    points = gpd.points_from_xy(found["easting"].fillna(0), found["northing"].fillna(0), crs="EPSG:27700")
    by_place = places.geometry.reindex(rows["town"])
    geometry = gpd.GeoSeries(np.where(by_postcode, points, by_place), crs="EPSG:27700")
    precision = np.where(by_postcode, "postcode", np.where(geometry.notna(), "place", "area_only"))
    wanted = [
        "name",
        "asset_type",
        "status",
        "registered",
        "operator",
        "operator_type",
        "devolved",
        "devolved_year",
    ]
    wanted += ["weekly_hours", "town", "address", "postcode", "website", "note", "source"]
    return gpd.GeoDataFrame(
        rows[wanted].assign(
            location_precision=precision,
            area_code=found["area_code"].to_numpy(),
            registered=rows["registered"].fillna("unknown"),
        ),
        geometry=geometry.to_numpy(),
        crs="EPSG:27700",
    ).set_index(pd.Index([f"a{number:04d}" for number in range(len(rows))], name="asset_id", dtype=object))


def sources_table() -> pd.DataFrame:
    ogl = "Open Government Licence v3.0"
    rows = {
        "need": (
            "English Indices of Deprivation 2025",
            "MHCLG",
            "October 2025",
            ogl,
            "Contains public sector information licensed under the Open Government Licence v3.0.",
        ),
        "libraries": (
            "Libraries of Cornwall",
            "Arts Council England / DCMS and council pages",
            "end of 2023",
            ogl,
            "",
        ),
        "groups": ("Community groups named on public pages", "compiled", "2009-2025", "facts only", ""),
        "postcodes": (
            "Code-Point Open and ONS postcode lookup",
            "Ordnance Survey, ONS",
            "April 2025, May 2022",
            ogl,
            "Contains OS data © Crown copyright and database right 2025. Contains Royal Mail data © Royal Mail copyright and database right 2025.",
        ),
        "areas": (
            "LSOA (December 2011) boundaries",
            "ONS",
            "2011",
            ogl,
            "Source: Office for National Statistics licensed under the Open Government Licence v.3.0.",
        ),
    }
    columns = ["title", "publisher", "date", "licence", "attribution"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("source_id")

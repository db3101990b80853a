"""Lists of a larger place are cut down to the place, whatever their shape; the place's own lists stay as they are."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point, box

from assetmap.place.asset_lists import cut_list
from assetmap.place.choice import Choice

ROWS = 30
"""Of these the first 4 are in the place, the fifth is near it, the others are elsewhere."""


@pytest.fixture(scope="module")
def where() -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    table = pd.DataFrame({"area_name": ["One"], "population": [100.0]}, index=["E01000001"])
    areas = gpd.GeoDataFrame(
        table.rename_axis("area_code"), geometry=[box(300_000, 200_000, 310_000, 210_000)], crs=27700
    )
    east = [301_000.0, 303_000.0, 305_000.0, 307_000.0, 312_000.0]
    codes = [f"AB1 {k + 1}AA" for k in range(4)] + ["AB2 1AA"]
    postcodes = pd.DataFrame(
        {"easting": east, "northing": 205_000.0, "area_code": ["E01000001"] * 4 + [None], "live": True},
        index=codes,
    )
    return areas, postcodes.rename_axis("postcode")


def national(postcodes: pd.DataFrame) -> pd.DataFrame:
    """Make a list in no shape that we know: its last row names the council and nothing of its place."""
    codes = [*postcodes.index, *(f"LS{k} 1AA" for k in range(1, ROWS - 5)), ""]
    east = [*postcodes["easting"], *([430_000.0 + k for k in range(ROWS - 6)]), 500_000.0]
    return pd.DataFrame(
        {
            "Place": [f"Hall {k}" for k in range(ROWS)],
            "Postal code": codes,
            "Council": ["Elsewhere"] * (ROWS - 1) + ["Shire Council"],
            "x": east,
        }
    )


def choice() -> Choice:
    return Choice(codes=("E01000001",), name="Shire", how="", councils=("Shire",))


@pytest.mark.parametrize("shape", ["csv", "xlsx_with_title", "geojson"])
def test_a_list_of_the_country_is_cut_to_the_place(
    tmp_path: Path, where: tuple[gpd.GeoDataFrame, pd.DataFrame], shape: str
) -> None:
    areas, postcodes = where
    table = national(postcodes).rename(columns={"Place": "Name"})
    if shape == "csv":
        path = tmp_path / "halls.csv"
        table.drop(columns="x").to_csv(path, index=False)
    elif shape == "xlsx_with_title":
        path = tmp_path / "halls.xlsx"
        table.drop(columns="x").to_excel(path, index=False, startrow=3)
    else:
        path = tmp_path / "halls.geojson"
        points = [Point(x, 205_000) for x in table["x"]]
        gpd.GeoDataFrame(table[["Name", "Council"]], geometry=points, crs=27700).to_crs(4326).to_file(path)
    cut, here, near = cut_list(path, choice(), areas, postcodes, 5_000)
    assert cut is not None
    names = next(column for column in cut.columns if column.casefold() == "name")
    assert cut.loc[here, names].tolist() == ["Hall 0", "Hall 1", "Hall 2", "Hall 3", f"Hall {ROWS - 1}"]
    assert cut.loc[near, names].tolist() == ["Hall 4"]


def test_a_list_of_the_place_stays_as_it_is(
    tmp_path: Path, where: tuple[gpd.GeoDataFrame, pd.DataFrame]
) -> None:
    areas, postcodes = where
    path = tmp_path / "halls.csv"
    national(postcodes).rename(columns={"Place": "Name"}).head(9).to_csv(path, index=False)
    assert cut_list(path, choice(), areas, postcodes, 5_000)[0] is None

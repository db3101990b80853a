"""Names that people know for small areas: where each comes from, and that the official one always follows."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point

import assetmap as am
from assetmap.place.make import make_project
from assetmap.read.official.area_names import LIBRARY, NEAREST, WARDS, name_areas
from assetmap.read.official.known_names import read_known_names
from conftest import ORIGIN
from test_place import CODES, fill, small_areas


def places(*points: tuple[str, float, float]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"name": [name for name, _, _ in points]},
        geometry=[Point(ORIGIN[0] + x, ORIGIN[1] + y) for _, x, y in points],
        crs="EPSG:27700",
    )


def test_the_first_source_that_has_a_name_gives_it() -> None:
    areas = small_areas()
    library = pd.Series({"Westshire 000": "Castle & Quay", "Westshire 001": " "})
    wards = pd.Series({CODES[0]: "Not used", CODES[1]: "Market", CODES[4]: None})
    named = name_areas(
        areas, library=library, wards=wards, places=places(("Lowtown", 200, 1500), ("Far", 90_000, 0))
    )
    assert named["area_name"].head(2).tolist() == [
        "Castle & Quay (Westshire 000A)",
        "Market (Westshire 001A)",
    ]
    assert named.loc[CODES[4], "area_name"] == "Lowtown (Westshire 004A)"
    assert named["name_source"].loc[[CODES[0], CODES[1], CODES[4]]].tolist() == [LIBRARY, WARDS, NEAREST]
    assert named.index.equals(areas.index)


def test_without_any_source_the_official_name_stays() -> None:
    areas = small_areas()
    named = name_areas(areas)
    assert named["area_name"].tolist() == areas["area_name"].tolist()
    assert (named["name_source"] == "").all()
    far = name_areas(areas, places=places(("Far", 90_000, 0)))
    assert far["area_name"].tolist() == areas["area_name"].tolist()


def test_a_project_carries_the_names_and_their_source(tmp_path: Path) -> None:
    inputs = fill(tmp_path / "inputs")
    rows = "".join(f"E0200000{n},Westshire 00{n},Quarter {n}\n" for n in (0, 1, 4))
    (inputs / "names.csv").write_text("MSOA21CD,MSOANM,MSOAHCLNM\n" + rows, encoding="utf-8")
    made = make_project(tmp_path / "west", area="Westshire", inputs=inputs)
    areas = am.read_areas(tmp_path / "west" / "areas.gpkg")
    assert areas["area_name"].tolist() == [
        "Quarter 0 (Westshire 000A)", "Quarter 1 (Westshire 001A)", "Quarter 4 (Westshire 004A)", "Westshire 005A",
    ]  # fmt: skip
    section = am.open_project(tmp_path / "west").settings.areas
    assert "names: Names of middle layer super output areas" in section.title
    assert "Open Parliament Licence" in section.attribution
    assert "Names of the 4 small areas: 3 after the House of Commons Library." in made.notes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("MSOA21CD,MSOANM\nE02000001,A 001\n", "no column with the known names"),
        ("MSOAHCLNM\nCastle\n", "no column with the official names"),
        ("msoa21nm,msoa21hclnm\nA 001,Castle\nA 001,Quay\n", "more than one known name for 'A 001'"),
    ],
)
def test_a_file_of_names_that_cannot_be_used(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "names.csv").write_text(text, encoding="utf-8")
    with pytest.raises(am.InputError, match=words):
        read_known_names(tmp_path / "names.csv")

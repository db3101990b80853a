"""The two openers: whatever the ending and the encoding, the same rows and the same shapes."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import geopandas as gpd
import pytest

import assetmap as am
from assetmap.read.files import members_of, read_bytes
from assetmap.read.maps import open_map, read_map
from assetmap.read.tables import open_table, read_published, read_table
from assetmap.schema import InputError, counted, yes_no
from conftest import make_grid


def published() -> gpd.GeoDataFrame:
    grid = make_grid(2, 1).reset_index()
    return grid.rename(columns={"area_code": "LSOA21CD", "area_name": "LSOA21NM"})[
        ["LSOA21CD", "LSOA21NM", "geometry"]
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", list(",;\t|"))
def test_encodings_and_delimiters(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = f"area name{delimiter}value\nPorthmeor é{delimiter}1\nSt Ives{delimiter}2\n"
    (tmp_path / "t.csv").write_bytes(text.encode(encoding))
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(text.encode(encoding)))
    for name in ("t.csv", "t.csv.gz"):
        table = read_table(tmp_path / name)
        assert table.to_dict("list") == {"area name": ["Porthmeor é", "St Ives"], "value": ["1", "2"]}


def test_a_comma_in_the_cells_is_not_the_delimiter(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("code;share\nE1;1,5\nE2;2,5\nE3;3,5\n", encoding="utf-8")
    assert read_table(file)["share"].tolist() == ["1,5", "2,5", "3,5"]


def test_rows_without_content_go_and_cells_without_a_heading_are_an_error(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("code,name\nE1,A\n,\nE2\nE3,C,,\n", encoding="utf-8")
    assert read_table(file).to_dict("list") == {"code": ["E1", "E2", "E3"], "name": ["A", "", "C"]}
    assert len(open_table(file).rows) == 5
    file.write_text("code,name\nE1,A\nE2,B,x\n", encoding="utf-8")
    with pytest.raises(InputError, match="1 row has more cells than its 2 column names, first row 3"):
        read_table(file)


def test_a_title_may_come_above_the_headings_of_an_official_csv(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("Residents by area\n\nLSOA21CD,population\nE01000001,10\n", encoding="utf-8")
    assert am.read_population(file)["population"].to_dict() == {"E01000001": 10}
    found = read_published(file, wanted=lambda row: "LSOA21CD" in row)
    assert (found.sheet, found.table.columns.tolist()) == ("", ["LSOA21CD", "population"])


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "fgb", "gml", "mif", "shp"])
def test_map_files_are_read_alike_plain_and_zipped(tmp_path: Path, ending: str) -> None:
    raw = published().to_crs("EPSG:4326") if ending == "geojson" else published()
    folder = tmp_path / "in"
    folder.mkdir()
    options = {"driver": "MapInfo File"} if ending == "mif" else {"driver": "GML"} if ending == "gml" else {}
    raw.to_file(folder / f"a.{ending}", **options)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for part in folder.iterdir():
            archive.write(part, part.name)
    for file in (folder / f"a.{ending}", tmp_path / "a.zip"):
        areas = am.read_areas(file).sort_index()
        assert areas.index.tolist() == ["A00", "A01"]
        assert areas.area.tolist() == pytest.approx([1e6] * 2, rel=1e-3)


def test_a_feature_that_cannot_be_read_is_named_in_a_list_and_refuses_boundaries(tmp_path: Path) -> None:
    file = tmp_path / "a.geojson"
    line = '{"type": "Feature", "properties": {"name": "%s"}, "geometry": %s}'
    square = '{"type": "Polygon", "coordinates": [[[-5, 50], [-5, 50.1], [-5.1, 50.1], [-5, 50]]]}'
    torn = '{"type": "LineString", "coordinates": [[-5, 50]]}'
    features = ",".join((line % ("Hall", square), line % ("Torn", torn)))
    file.write_text(f'{{"type": "FeatureCollection", "features": [{features}]}}', encoding="utf-8")
    found = open_map(file)
    assert len(found.table) == 2
    assert am.read_assets(file).table["name"].tolist() == ["Hall", "Torn"]
    assert [bool(said) for said in found.problems] == [False, True]
    with pytest.raises(InputError, match="1 feature that cannot be read. feature 2"):
        read_map(file)


def test_what_cannot_be_opened_is_one_message(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file"):
        read_bytes(tmp_path / "none.csv")
    with pytest.raises(InputError, match="is a folder"):
        open_map(tmp_path)
    (tmp_path / "a.zip").write_bytes(b"PK\x05\x06" + bytes(18))
    assert members_of(tmp_path / "a.zip") == []
    with pytest.raises(InputError, match="holds no map file"):
        am.read_areas(tmp_path / "a.zip")
    (tmp_path / "virtual.gpkg").write_text("<OGRVRTDataSource/>", encoding="utf-8")
    with pytest.raises(InputError, match="is not a GPKG file"):
        read_map(tmp_path / "virtual.gpkg")


def test_yes_no_and_counts() -> None:
    assert [yes_no(cell) for cell in ("Y", "TRUE", 1, "no", "0", "", "maybe", None)] == [
        "yes", "yes", "yes", "no", "no", "unknown", "unknown", "unknown",
    ]  # fmt: skip
    assert counted(1, "row") == "1 row"
    assert counted(0, "row") == "0 rows"

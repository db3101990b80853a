"""Formats that hold lists within: archives, maps of the web, shapefiles without an encoding, nested JSON."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point

import assetmap as am
from assetmap.public import PUBLIC_COLUMNS
from assetmap.read.inputs import inspect_file

KML = (
    '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>Neuadd Tŷ</name>'
    "<Point><coordinates>-5.051,50.263,0</coordinates></Point></Placemark></Document></kml>"
)
CSV = "Name,Postcode\nOld hall,TR1 1EP\nBarn,TR1 2AA\n"


def packed(path: Path, files: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def ready(path: Path) -> bool:
    return bool(inspect_file(path, folder=path.parent)["state"] == "ready")


def test_a_kmz_is_a_packed_kml(tmp_path: Path) -> None:
    path = packed(tmp_path / "places.kmz", {"doc.kml": KML, "images/icon.png": b"\x89PNG"})
    listed = am.read_assets(path)
    assert listed.table["name"].tolist() == ["Neuadd Tŷ"]
    assert listed.table.geometry.iloc[0].x == pytest.approx(182_400, abs=500)
    assert ready(path)


@pytest.mark.slow
def test_every_list_in_a_zip_is_read_and_the_rest_is_named(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("Group,Post Code\nChoir,TR1 1EP\n", encoding="utf-8")
    path = packed(
        tmp_path / "all.zip",
        {
            "halls/list.csv": CSV,
            "groups/list.csv": "Group,Post Code\nChoir,TR1 1EP\n",
            "places.kml": KML,
            "budget.csv": "Year,Pounds\n2024,5\n",
            "copy.csv": CSV,
            "README.txt": "How this was made",
            "photo.jpg": b"\xff\xd8\xff",
        },
    )
    listed = am.read_assets(path)
    assert sorted(listed.table["name"]) == ["Barn", "Choir", "Neuadd Tŷ", "Old hall"]
    assert set(listed.table["sheet"]) == {"list.csv", "groups_list.csv", "places.kml"}
    left_out = " ".join(listed.left_out)
    for name in ("budget.csv", "copy.csv", "README.txt", "photo.jpg"):
        assert f"'{name}' of 'all.zip' was not read" in left_out
    only = am.read_assets(path, layer="groups_list.csv")
    assert only.table["name"].tolist() == ["Choir"]
    assert ready(path)
    report = am.check_lists([listed])
    assert report.counts["rows"].tolist() == [4]
    assert "photo.jpg" in " ".join(report.unchecked)


def test_a_zip_without_a_list_says_what_it_holds(tmp_path: Path) -> None:
    path = packed(tmp_path / "none.zip", {"photo.jpg": b"\xff\xd8\xff"})
    with pytest.raises(am.InputError, match=r"no file that may be a list, only photo\.jpg"):
        am.read_assets(path)


def test_a_umap_has_its_layers(tmp_path: Path) -> None:
    def feature(name: str, kind: str, coordinates: object) -> dict[str, object]:
        return {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {"type": kind, "coordinates": coordinates},
        }

    square = [[[-5.0, 50.2], [-5.2, 50.2], [-5.2, 50.4], [-5.0, 50.4]]]
    tree = {
        "type": "umap",
        "properties": {"name": "Ours"},
        "layers": [
            {
                "type": "FeatureCollection",
                "features": [feature("Hall", "Point", [-5.051, 50.263])],
                "_umap_options": {"name": "Halls"},
            },
            {
                "type": "FeatureCollection",
                "features": [feature("Park", "Polygon", square)],
                "_storage": {"name": "Green"},
            },
        ],
    }
    path = tmp_path / "ours.umap"
    path.write_text(json.dumps(tree), encoding="utf-8")
    table = am.read_assets(path).table
    assert table["name"].tolist() == ["Hall", "Park"]
    assert table["layer"].tolist() == ["Halls", "Green"]
    assert table["latitude"].astype(float).tolist() == pytest.approx([50.263, 50.3])
    assert ready(path)


@pytest.mark.parametrize("zipped", [False, True])
def test_a_shapefile_without_an_encoding_is_utf_8_where_its_letters_are(tmp_path: Path, zipped: bool) -> None:
    names = ["Tŷ Gwyn", "Neuadd Dŵr", "Plain"]
    table = gpd.GeoDataFrame(
        {"Name": names}, geometry=[Point(182_000 + k, 44_000) for k in range(3)], crs="EPSG:27700"
    )
    table.to_file(tmp_path / "halls.shp", encoding="UTF-8")
    (tmp_path / "halls.cpg").unlink()
    path = tmp_path / "halls.shp"
    if zipped:
        parts = {name.name: name.read_bytes() for name in tmp_path.iterdir()}
        path = packed(tmp_path / "halls.zip", parts)
    assert am.read_assets(path).table["name"].tolist() == names


def test_an_old_shapefile_stays_latin_1(tmp_path: Path) -> None:
    table = gpd.GeoDataFrame({"Name": ["Café"]}, geometry=[Point(182_000, 44_000)], crs="EPSG:27700")
    table.to_file(tmp_path / "halls.shp", encoding="ISO-8859-1")
    (tmp_path / "halls.cpg").unlink(missing_ok=True)
    assert am.read_assets(tmp_path / "halls.shp").table["name"].tolist() == ["Café"]


def test_nothing_of_a_long_list_within_a_record_is_lost(tmp_path: Path) -> None:
    records = [
        {
            "name": "Hall",
            "postcode": "TR1 1EP",
            "contacts": [{"role": f"role{k}", "who": f"person{k}"} for k in range(6)],
        },
        {"name": "Barn", "postcode": "TR1 2AA", "contacts": []},
    ]
    path = tmp_path / "list.json"
    path.write_text(json.dumps(records), encoding="utf-8")
    register = am.build_register(am.read_assets(path), audience="internal")
    cells = " ".join(map(str, register.assets.drop(columns="geometry").to_numpy().ravel()))
    for k in range(6):
        assert f"person{k}" in cells


def test_two_coordinates_with_thousands_in_one_cell(tmp_path: Path) -> None:
    cells = ["182287 44469", "182,287 44,469", "182,287, 44,469", "(182287, 44469)", "182 287; 44 469"]
    table = pd.DataFrame({"source": "list", "row": range(2, 7), "name": list("ABCDE"), "coordinates": cells})
    points = am.build_register(table).assets.geometry
    assert points.x.tolist() == [182_287.0] * 5
    assert points.y.tolist() == [44_469.0] * 5


def test_access_days_cost_and_booking_are_columns_of_their_own_and_public(tmp_path: Path) -> None:
    path = tmp_path / "groups.csv"
    path.write_text(
        "Group,Postcode,Wheelchair accessible,Meeting day,Cost per session,Booking required\n"
        "Choir,TR1 1EP,Y,Tuesdays,£3,Ring 01872 123456 first\nBand,TR1 2AA,Ramp at the side,Daily,Free,No\n",
        encoding="utf-8",
    )
    listed = am.read_assets(path)
    register = am.build_register(listed)
    assets = register.assets.set_index("name")
    assert assets.loc["Choir", ["step_free", "days", "cost"]].tolist() == ["yes", "Tuesdays", "£3"]
    assert assets.loc["Band", ["step_free", "cost", "booking"]].tolist() == ["Ramp at the side", "Free", "No"]
    assert "01872" not in assets.loc["Choir", "booking"]
    assert "offers" not in assets or not assets["offers"].str.contains("step_free").any()


def test_every_column_of_a_list_is_in_the_docs() -> None:
    page = (Path(__file__).parents[1] / "docs" / "tables.md").read_text(encoding="utf-8")
    named = {word for part in page.split("`")[1::2] for word in part.split()}
    days = {"tuesday", "wednesday", "thursday", "friday", "saturday"}  # "monday to sunday"
    columns = {*am.reference_table("column_names").index, *PUBLIC_COLUMNS} - days
    assert columns - named == set()


def test_what_was_not_read_is_a_note_of_the_register(tmp_path: Path) -> None:
    path = packed(tmp_path / "all.zip", {"halls.csv": CSV, "photo.jpg": b"\xff\xd8\xff"})
    register = am.build_register(am.read_assets(path))
    assert [note.code for note in register.notes if "photo.jpg" in note.sentence] == ["NOT_READ"]


FIELDS = (
    "<Document><Folder><name>Food banks</name><Placemark><name>Ash</name><ExtendedData><Data name='Opening hours'><value>Wed 10-1</value>"
    "</Data></ExtendedData><MultiGeometry><Point><coordinates>-5.051, 50.263, 0</coordinates></Point></MultiGeometry></Placemark>"
    "<Folder><name>North</name><Placemark><name>Elm</name><address>1 Fore Street, TR1 1EP</address></Placemark></Folder></Folder></Document>"
)


def test_kml_has_every_field_folder_and_placemark(tmp_path: Path) -> None:
    file = tmp_path / "map.kml"
    file.write_text(f'<kml xmlns="http://www.opengis.net/kml/2.2">{FIELDS}</kml>')
    read = am.read_assets(file)
    assert read.parts == ("Food banks", "Food banks - North")
    table = read.table.set_index("name")
    assert table.loc["Ash", "opening_times"] == "Wed 10-1"
    assert table.loc["Ash"].geometry is not None
    assert table.loc["Elm", "address"] == "1 Fore Street, TR1 1EP"
    file.write_text(f"<kml>{FIELDS[:-20]}")
    with pytest.raises(am.InputError, match="damaged"):
        am.read_assets(file)
    file.write_text("<kml>" + FIELDS.replace("-5.051, 50.263", "east") + "</kml>")
    assert "its shape could not be read" in am.read_assets(file).table["reading_problem"].iloc[0]


@pytest.mark.parametrize(
    ("ending", "content"),
    [
        (".jsonl", '{"name": "Ash", "postcode": "TR1 1EP"}\n{"name": "Elm", "postcode": "TR1 2JA"}\n'),
        (".json", '{"result": {"fields": [{"id": "x"}], "records": [{"name": "Ash"}, {"name": "Elm"}]}}'),
        (".json", '{"fields": [{"x": 1}], "features": [{"attributes": {"NAME": "Ash"}, "geometry": {"x": 182000, "y": 44000}},'
         ' {"attributes": {"NAME": "Elm"}, "geometry": {"x": 182000, "y": 44000}}]}'),
        (".json", '[{"name": "Trust", "services": [{"name": "Ash", "status": "active"}, {"name": "Elm", "fees": "free"}]}]'),
    ],
)  # fmt: skip
def test_records_however_an_answer_packs_them(tmp_path: Path, ending: str, content: str) -> None:
    file = tmp_path / f"answer{ending}"
    file.write_text(content)
    assert am.read_assets(file).table["name"].tolist() == ["Ash", "Elm"]

"""What a file holds beside the rows that are read is named or refused, and cells that no list holds cost little."""

from __future__ import annotations

import gzip
import json
import sqlite3
import struct
import time
import zipfile
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from openpyxl.comments import Comment
from shapely.geometry import MultiPoint, Point

import assetmap as am
from assetmap.read import child, drivers
from assetmap.read.drivers import refuse_wrong_content
from assetmap.read.lists.json_text import one_of_each, parse_json
from assetmap.read.lists.parts import MOST_PARTS
from assetmap.read.tables import open_table, read_table
from assetmap.read.texts.long import FOR_NAMES, LONGEST_HEADING, LONGEST_TEXT, MOST_WIDE_CELLS
from assetmap.read.texts.packed import ROWS_AT_ONCE
from assetmap.schema import InputError

ROW = "Hall,TR1 1EP\n"
POINT = {"type": "Point", "coordinates": [-5.05, 50.26]}


def listed(folder: Path, name: str, content: str | bytes) -> am.schema.AssetList:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return am.read_assets(path)


# Texts


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"name,postcode\n" + ROW.encode() * 400 + b"Ha\x07ll\x1e,TR1 1EP\n", "control characters in 1 row (first row 402)"),
        ("name,postcode\nCafé,TR1 1EP\nÉlan,TR1 1EP\n".encode() + b"Caf\xe9,TR1 1EP\n", "1 byte outside UTF-8"),
        (b"\xff\xfe" + ("name,postcode\n" + ROW).encode("utf-16-le") + b"\x00\xd8a\x00", "could not be read in 1 row (first row 3)"),
        (f"name,postcode\n{ROW}{'long ' * 9_000},TR1 1EP\n", "1 cell longer than a list needs (first in row 3, at most 45,000 characters)"),
        (f"name,postcode,{'heading ' * 100}\nHall,TR1 1EP,x\n", f"1 heading of {LONGEST_HEADING} characters or more"),
    ],
    ids=["control", "mixed", "utf-16", "cell", "heading"],
)  # fmt: skip
def test_what_could_not_be_read_as_it_is_is_counted(tmp_path: Path, content: bytes | str, said: str) -> None:
    found = listed(tmp_path, "a.csv", content)
    assert any(said in sentence for sentence in found.left_out), found.left_out
    assert said in " ".join(am.check_files([tmp_path / "a.csv"]).unchecked)
    assert found.table["name"].str.len().max() <= LONGEST_TEXT
    if "heading" not in said:  # a table of figures is not read with such cells
        with pytest.raises(InputError, match="cannot be used as it is"):
            read_table(tmp_path / "a.csv")


def test_nul_characters_anywhere_in_a_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds 512 NUL characters, first in line 402"):
        listed(tmp_path, "a.csv", b"name,postcode\n" + ROW.encode() * 400 + b"\0" * 512 + ROW.encode())


def test_the_sign_with_which_old_programs_end_a_text_is_no_part_of_it(tmp_path: Path) -> None:
    found = listed(tmp_path, "a.csv", f"name,postcode\n{ROW}".encode() + b"\x1a")
    assert len(found.table) == 1 and found.left_out == ()
    assert len(read_table(tmp_path / "a.csv")) == 1


def test_a_mixed_text_has_every_letter(tmp_path: Path) -> None:
    found = listed(tmp_path, "a.csv", "name,postcode\nCafé,TR1 1EP\n".encode() + b"Caf\xe9,TR1 1EP\n")
    assert found.table["name"].tolist() == ["Café", "Café"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
def test_rows_are_the_same_in_every_encoding_and_beyond_one_part(tmp_path: Path, encoding: str) -> None:
    rows = [["name", "note"], *([f"Café {k}", f"'=1\n{k}"] for k in range(ROWS_AT_ONCE + 5))]
    pd.DataFrame(rows).to_csv(tmp_path / "a.csv", index=False, header=False, encoding=encoding)
    found = open_table(tmp_path / "a.csv")
    assert found.rows == [["name", "note"], *([f"Café {k}", f"=1\n{k}"] for k in range(ROWS_AT_ONCE + 5))]
    assert found.remarks == ()


# Sizes


def test_many_long_names_are_cut_and_long_shapes_are_not(tmp_path: Path) -> None:
    ring = ", ".join(f"-5.0{k % 10} 50.{k:05}" for k in range(9_000)) + ", -5.00 50.00000"
    rows = [f'{k} {"name " * 200},"POLYGON (({ring}))",{"note " * 300}\n' for k in range(700)]
    found = listed(
        tmp_path,
        "a.csv",
        "name,wkt,note\n" + "".join(rows[:2]) + "".join(f"{row.split(',')[0]},,\n" for row in rows[2:]),
    )
    lengths = found.table["name"].str.len()
    assert (lengths[0], lengths.iloc[-1]) == (1_002, FOR_NAMES.short)
    assert found.table["coordinates"].str.len().max() == len(ring) + len("POLYGON (())")
    assert found.table["note"].str.len().max() >= 1_499
    assert [
        sentence for sentence in found.left_out if "column 'name'" in sentence and "at most 1,00" in sentence
    ]


def test_hundreds_of_full_columns_are_refused_and_empty_ones_are_not(tmp_path: Path) -> None:
    heading = "name,postcode," + ",".join(f"c{k}" for k in range(500)) + "\n"
    rows = MOST_WIDE_CELLS // 500 + 50
    with pytest.raises(InputError, match=r"has 502 columns with more than 3,000,000 filled cells"):
        listed(tmp_path, "a.csv", heading + ("A,TR1 1EP" + ",xy" * 500 + "\n") * rows)


# JSON


def test_of_a_name_that_comes_twice_both_values_are_kept(tmp_path: Path) -> None:
    found = listed(tmp_path, "a.json", '[{"name":"A","name":"B","postcode":"TR1 1EP","a b":1,"a":{"b":2}}]')
    assert set(found.table.iloc[0]) >= {"A", "B", "1", "2"}
    (tmp_path / "b.json").write_text('{"a":1,"a":1,"a":2}', encoding="utf-8")
    assert parse_json(tmp_path / "b.json") == {"a": 1, "a 2": 2}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"sheds": [{"name": "B"}]}, r"further lists, which were not read: 'sheds \(1 record\)'"),
        ({"total": 60}, "only a part of an answer: it holds 1 record of 60"),
        ({"exceededTransferLimit": True}, "only a part of an answer"),
        ({"remark": "runtime error: Query timed out"}, "says 'remark': runtime error"),
        ({"district": "Kerrier"}, "further things of all its records, which were not read: 'district'"),
        ({"total": 1, "success": True, "status": "ok", "links": {"next": ""}}, ""),
    ],
)
def test_what_json_holds_beside_its_records_is_named(
    tmp_path: Path, more: dict[str, object], said: str
) -> None:
    records = listed(tmp_path, "a.json", json.dumps({"data": [{"name": "A", "postcode": "TR1 1EP"}], **more}))
    feature = {"type": "Feature", "properties": {"name": "A"}, "geometry": POINT}
    shapes = listed(
        tmp_path, "a.geojson", json.dumps({"type": "FeatureCollection", "features": [feature], **more})
    )
    for found in (records, shapes):
        assert len(found.table) == 1
        assert bool(found.left_out) == bool(said)
        assert not said or pd.Series(found.left_out).str.contains(said).any(), found.left_out


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jsonl", '{"name":"A"}\n{"name":\n{"name":"C"}', "line 2 is not a record"),
        ("a.jsonl", '{"name":"A"}\n[1]', "line 2 is not a record"),
        ("a.json", '[{"name":"A"},null]', "item 2 is null and no record"),
        ("a.geojson", '{"type":"FeatureCollection","features":[],"features":[]}', "two lists of features"),
        ("a.geojson", json.dumps(POINT), "without any column"),
    ],
)
def test_json_that_is_no_list_of_records_says_where(
    tmp_path: Path, name: str, content: str, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        listed(tmp_path, name, content)


def test_one_record_in_a_file_of_lines_is_a_list(tmp_path: Path) -> None:
    assert len(listed(tmp_path, "a.jsonl", '{"name":"A","postcode":"TR1 1EP"}').table) == 1


# Maps


def test_fields_shapes_and_values_of_geojson_that_are_not_read_are_counted(tmp_path: Path) -> None:
    bad = {"type": "Point", "coordinates": ["x", 50.2]}
    several = {"type": "MultiPoint", "coordinates": [[-5.05, 50.26], [-5.5, 50.1]]}
    features = [
        {"type": "Feature", "properties": {"name": str(k)}, "geometry": shape, "owner": "x"}
        for k, shape in enumerate([POINT, None, bad, several])
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    found = listed(tmp_path, "a.geojson", text.replace('{"name": "0"}', '{"name": "0", "name": "again"}'))
    said = " ".join(found.left_out)
    assert "'owner' (in 4 features)" in said
    assert "1 shape could not be read" in said
    assert "'name' (1 time)" in said
    assert found.table["reading_note"].str.contains("2 shapes").tolist() == [False, False, False, True]


def test_deleted_records_of_a_shapefile_are_counted(tmp_path: Path) -> None:
    table = gpd.GeoDataFrame({"name": ["A", "B", "C"]}, geometry=[Point(180_000, 45_000)] * 3, crs=27700)
    table.to_file(tmp_path / "a.shp")
    raw = bytearray((tmp_path / "a.dbf").read_bytes())
    header, width = struct.unpack_from("<HH", raw, 8)
    raw[header + width] = ord("*")
    (tmp_path / "a.dbf").write_bytes(raw)
    found = am.read_assets(tmp_path / "a.shp")
    assert found.table["name"].tolist() == ["A", "C"]
    assert "1 record is marked as deleted" in found.left_out[0]


def test_parts_of_a_map_in_capitals_and_small_letters_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in ("a.shp", "a.dbf", "A.DBF"):
            archive.writestr(name, "x")
    with pytest.raises(InputError, match=r"more than once, in capitals .*'a\.dbf', 'A\.DBF'"):
        am.read_assets(tmp_path / "a.zip")


def test_kml_is_read_with_all_values_shapes_and_words_of_folders(tmp_path: Path) -> None:
    point = "<Point><coordinates>-5.05,50.26</coordinates></Point>"
    found = listed(
        tmp_path,
        "a.kml",
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Folder><name>F</name><description>Closed since May</description>'
        f"<Placemark><name>A</name>{point}{point.replace('50.26', '50.2')}<ExtendedData><Data name='colour'><value>tea</value>"
        "<value>talk</value></Data></ExtendedData></Placemark><Placemark><name>T</name><Track><coord>-5 50.2 0</coord></Track></Placemark>"
        "<GroundOverlay/></Folder></kml>",
    )
    assert found.table["colour"].tolist() == ["tea; talk", ""]
    assert found.table.geometry.notna().all()
    assert "2 shapes" in found.table["reading_note"][0]
    assert "1 picture on the map" in found.left_out[0]
    assert "'Closed since May'" in found.left_out[1]


def test_a_namespace_alone_includes_nothing(tmp_path: Path) -> None:
    name = 'xmlns:i="http://www.w3.org/2001/XInclude"'
    (tmp_path / "a.gml").write_text(f"<a {name}/>", encoding="utf-8")
    refuse_wrong_content(tmp_path / "a.gml")
    (tmp_path / "a.gml").write_text(f"<a {name}><i:include href='/private'/></a>", encoding="utf-8")
    with pytest.raises(InputError, match="points to other files"):
        refuse_wrong_content(tmp_path / "a.gml")


def test_repeated_elements_of_gml_are_words_and_not_code(tmp_path: Path) -> None:
    shape = '<a:g><gml:Point srsName="EPSG:27700"><gml:coordinates>180000,45000</gml:coordinates></gml:Point></a:g>'
    found = listed(
        tmp_path,
        "a.gml",
        '<?xml version="1.0"?><a:FeatureCollection xmlns:a="http://a/" xmlns:gml="http://www.opengis.net/gml">'
        f"<gml:featureMember><a:p>{shape}<a:name>H</a:name><a:name>I</a:name></a:p></gml:featureMember></a:FeatureCollection>",
    )
    assert found.table["name"].tolist() == ["H; I"]


@pytest.mark.parametrize(
    "view",
    [
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT n.i AS fid, geom, name FROM n, a",
        "SELECT p.fid, p.geom, p.name FROM a p, a q, a r, a s, a t, a u, a v, a w",
    ],
    ids=["recursive", "joins"],
)
def test_a_view_without_an_end_is_refused_in_a_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, view: str
) -> None:
    points = [Point(180_000, 45_000)] * 60
    gpd.GeoDataFrame({"name": ["A"] * 60}, geometry=points, crs=27700).to_file(tmp_path / "a.gpkg", layer="a")
    monkeypatch.setattr(drivers, "VIEW_SECONDS", 0.1)
    monkeypatch.setattr(drivers, "VIEW_ROWS", 100_000)
    for name, made in (("honest", "SELECT fid, geom, name FROM a"), ("endless", view)):
        with closing(sqlite3.connect(tmp_path / "a.gpkg")) as database:
            database.execute(f"CREATE VIEW {name} AS {made}")
            database.execute(
                f"INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('{name}', 'features', '{name}', 27700)"
            )
            database.commit()
        if name == "honest":
            refuse_wrong_content(tmp_path / "a.gpkg")
    began = time.process_time()
    with pytest.raises(InputError, match="has a view, 'endless', whose rows"):
        refuse_wrong_content(tmp_path / "a.gpkg")
    assert time.process_time() - began < 5


def test_several_points_of_a_place_are_said(tmp_path: Path) -> None:
    shapes = [MultiPoint([(180_000, 45_000), (190_000, 45_000)]), Point(180_000, 45_000, 7)]
    gpd.GeoDataFrame({"name": ["A", "B"]}, geometry=shapes, crs=27700).to_file(tmp_path / "a.gpkg")
    assert am.read_assets(tmp_path / "a.gpkg").table["reading_note"].str.contains("2 shapes").tolist() == [
        True,
        False,
    ]


# Workbooks


def test_comments_errors_results_and_hidden_rows_of_a_workbook_are_counted(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["name", "postcode", "n"], ["A", "TR1 1EP", "=1+1"], ["B", "TR1 1EP", "#REF!"]):
        book.active.append(row)
    book.active["A2"].comment = Comment("closed in 2020", "me")
    book.active.row_dimensions[3].hidden = True
    book.save(tmp_path / "a.xlsx")
    for sheet in (None, "Sheet"):
        said = " ".join(am.read_assets(tmp_path / "a.xlsx", sheet=sheet).left_out)
        assert all(
            part in said
            for part in ("1 comment", "1 cell with an error", "1 formula without a result", "1 hidden row")
        )
    assert len(read_table(tmp_path / "a.xlsx")) == 2


def test_rows_are_unpacked_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "UNPACKED_AT_ONCE", 2)
    for rows in ([["a", "bé"], [""], ["", "c"], [""]], [[""]], [["x"]]):
        assert child.unpack_rows(child.pack_rows(rows)) == rows


def test_a_small_file_that_unfolds_to_hundreds_of_thousands_of_rows_is_refused(tmp_path: Path) -> None:
    text = ("name,postcode\n" + "Hall,TR1 1EP\n" * 60_000).encode()
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(text))
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", text)
    for name in ("a.csv.gz", "a.zip"):
        with pytest.raises(InputError, match=r"unfolds to more than 50,\d\d\d rows, too many for its size"):
            am.read_assets(tmp_path / name)
    assert len(open_table(tmp_path / "a.csv.gz").rows) == 60_001


# More that a text holds


def test_a_quotation_that_never_closes_is_refused_and_one_in_the_wrong_place_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="quotation mark in row 3 that is never closed"):
        listed(tmp_path, "a.csv", f'name,postcode\n{ROW}"Hall,TR1 1EP\n{ROW}{ROW}')
    swallowed = (
        'name,postcode,type,note\nA,TR1 1EP,hall,"x\nB,TR1 1EP,hall,y\nC,TR1 1EP,hall,z"\nD,TR1 1EP,hall,\n'
    )
    assert (
        "2 lines inside cells that look like rows (first in row 2)"
        in listed(tmp_path, "b.csv", swallowed).left_out[0]
    )
    honest = 'name,postcode,width\n"A\nhall",TR1 1EP,5" pipe\n'
    assert listed(tmp_path, "c.csv", honest).left_out == ()


def test_titles_above_the_headings_are_named(tmp_path: Path) -> None:
    found = listed(tmp_path, "a.csv", "Closed halls of Kerrier\n\nname,postcode\nHall,TR1 1EP\n")
    assert found.left_out == (
        "What stands above the headings of 'a.csv' is in no row: 'Closed halls of Kerrier'.",
    )


def test_second_recipients_addresses_and_tags_are_kept(tmp_path: Path) -> None:
    grant = {"id": "1", "amountAwarded": 1, "recipientOrganization": [{"name": "A"}, {"name": "Second"}]}
    service = {"name": "S", "organization": {"name": "O"}, "service_at_locations": [
        {"location": {"addresses": [{"postal_code": "TR1 1EP"}, {"postal_code": "TR2 2EP"}]}}]}  # fmt: skip
    element = {"type": "node", "id": 1, "lat": 50.2, "lon": -5, "tags": {"name": "A", "id": "Z9"}}
    for tree, kept in (
        ({"grants": [grant]}, "Second"),
        ({"contents": [service]}, "TR2 2EP"),
        ({"elements": [element]}, "Z9"),
    ):
        table = listed(tmp_path, "a.json", json.dumps(tree)).table
        assert any(kept in str(cell) for cell in table.iloc[0]), table.columns


@pytest.mark.parametrize("ending", [".geojson", ".gpkg", ".parquet", ".json"])
def test_long_texts_of_every_format_are_cut_for_a_list_and_whole_for_a_copy(
    tmp_path: Path, ending: str
) -> None:
    table = gpd.GeoDataFrame(
        {"name": ["A"], "note": ["x y " * 20_000]}, geometry=[Point(-5.05, 50.26)], crs=4326
    )
    path = tmp_path / f"a{ending}"
    if ending == ".json":
        path.write_text(json.dumps([{"name": "A", "postcode": "TR1 1EP", "note": "x y " * 20_000}]), "utf-8")
    else:
        table.to_parquet(path) if ending == ".parquet" else table.to_file(path)
    found = am.read_assets(path)
    assert found.table["note"].str.len().tolist() == [LONGEST_TEXT]
    assert "1 cell in column 'note' longer than a list needs" in found.left_out[0]
    change = pd.DataFrame([{"sheet": "", "row": 1, "heading": "name", "after": "B", "reason": ""}])
    assert b"x y " * 20_000 in am.read.write_changes(path, change).content


def test_hundreds_of_sheets_or_folders_are_refused_and_twenty_are_read(tmp_path: Path) -> None:
    for count in (20, MOST_PARTS + 1):
        folders = "".join(
            f"<Folder><name>F{k}</name><Placemark><name>A{k}</name><Point><coordinates>-5,50.2</coordinates></Point></Placemark></Folder>"
            for k in range(count)
        )
        (tmp_path / f"{count}.kml").write_text(f"<kml><Document>{folders}</Document></kml>", encoding="utf-8")
    assert len(am.read_assets(tmp_path / "20.kml").table) == 20
    with pytest.raises(InputError, match=r"has 201 layers, more than are looked at as lists\. Name the one"):
        am.read_assets(tmp_path / "201.kml")


def test_a_field_that_comes_thousands_of_times_is_read_once_through(tmp_path: Path) -> None:
    began = time.process_time()
    assert len(one_of_each([("k", k) for k in range(50_000)])) == 50_000
    assert time.process_time() - began < 5

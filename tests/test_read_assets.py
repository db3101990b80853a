"""Lists in every format come back row by row; what is broken is told in one sentence."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box

from assetmap.read.lists.assets import read_assets
from assetmap.read.lists.headings import column_meanings
from assetmap.schema import InputError

TEXT = "Group name,Type,Post code\nTruro Choir,choir,TR1 1EP\nCafé Zoë,memory cafe,TR1 1AA\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_text_of_any_encoding_and_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(TEXT.replace(",", delimiter).encode(encoding))
    table = read_assets(file).table
    assert table[["source", "row", "name", "asset_type", "postcode"]].to_numpy().tolist() == [
        ["list", 2, "Truro Choir", "choir", "TR1 1EP"],
        ["list", 3, "Café Zoë", "memory cafe", "TR1 1AA"],
    ]


def test_a_gzipped_list(tmp_path: Path) -> None:
    file = tmp_path / "list.csv.gz"
    file.write_bytes(gzip.compress(TEXT.encode()))
    assert read_assets(file).table["name"].tolist() == ["Truro Choir", "Café Zoë"]


def test_row_numbers_are_those_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(
        "Groups of Truro\n\nUpdated May 2024,,\nName,Postcode\nA,TR1 1AA\n\n,\nB,TR1 1AB\n", encoding="utf-8"
    )
    table = read_assets(file).table
    assert table[["row", "name"]].to_numpy().tolist() == [[5, "A"], [8, "B"]]


def test_a_ragged_row_is_kept_and_told(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("name,postcode\nA, B and C,TR1 1AA\nD\nE,TR1 1AB,,\n", encoding="utf-8")
    table = read_assets(file).table
    assert table["row"].tolist() == [2, 3, 4]
    assert table["reading_problem"].str.contains("3 cells but there are 2 headings").tolist() == [
        True,
        False,
        False,
    ]
    assert table["postcode"].tolist() == [" B and C", "", "TR1 1AB"]


def test_a_cell_may_hold_a_line_break(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text('name,address\nA,"1 High Street\nTruro"\nB,\n', encoding="utf-8")
    assert read_assets(file).table["row"].tolist() == [2, 3]


@pytest.mark.parametrize("ending", [".xlsx", ".ods"])
def test_a_spreadsheet_with_a_title_and_merged_cells(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"list{ending}"
    if ending == ".xlsx":
        book = openpyxl.Workbook()
        sheet = book.active
        for row in (["Groups", None, None], [], ["Name", "Postcode", "Checked date"], ["A", "TR1 1AA", 2024]):
            sheet.append(row)
        sheet.append(["B", "=1+1", None])
        sheet.merge_cells("A1:C1")
        book.create_sheet("Second").append(["Organisation"])
        book["Second"].append(["C"])
        book.save(file)
        assert read_assets(file, sheet="Second").table["name"].tolist() == ["C"]
    else:
        write_ods(file, [["Groups"], [], ["Name", "Postcode"], ["A", "TR1 1AA"], ["B", ""]])
    table = read_assets(file).table
    assert table[["row", "name"]].to_numpy().tolist() == [[4, "A"], [5, "B"]]
    assert table["postcode"].tolist() == ["TR1 1AA", ""]


@pytest.mark.parametrize("ending", ["xls", "xlsb", "ods"])
def test_other_workbooks_are_read_alike(ending: str) -> None:
    file = Path(__file__).parent / "samples" / f"groups.{ending}"
    listed = read_assets(file)
    assert listed.table["sheet"].tolist() == ["Groups"] * 3 + ["Second"]
    table = read_assets(file, sheet="Groups").table
    assert table[
        ["row", "name", "postcode", "checked_date", "asset_type", "members"]
    ].to_numpy().tolist() == [
        [4, "Town Repair Café", "TR1 1AA", "2024-05-31", "Community centre", "12"],
        [5, "Hill Singers", "TR1 1AB", "2024-06-01", "choir", ""],
        [7, "Broken Club", "TR1 1", "", "Sports club", "3.5"],
    ]
    assert read_assets(file, sheet="Second").table["name"].tolist() == ["Second Choir"]
    with pytest.raises(InputError, match="has no sheet 'Third'. It has 'Groups', 'Second'"):
        read_assets(file, sheet="Third")


def test_an_unknown_sheet_names_those_there_are(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Name"])
    book.save(tmp_path / "list.xlsx")
    with pytest.raises(InputError, match="has no sheet 'Groups'. It has 'Sheet'"):
        read_assets(tmp_path / "list.xlsx", sheet="Groups")


VECTOR = gpd.GeoDataFrame(
    {"Group name": ["A", "B"], "number": [1, 2], "when": pd.to_datetime(["2024-05-31", None])},
    geometry=[Point(182500, 44900), box(182000, 44000, 182200, 44200)],
    crs="EPSG:27700",
)


@pytest.mark.parametrize("ending", [".gpkg", ".geojson", ".fgb", ".zip", ".parquet", ".kml", ".json"])
def test_a_vector_file_becomes_points(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"list{ending}"
    if ending == ".parquet":
        VECTOR.to_parquet(file)
    elif ending == ".zip":
        VECTOR.iloc[:1].rename(columns={"Group name": "name"}).drop(columns="when").to_file(
            tmp_path / "list.shp"
        )
        with zipfile.ZipFile(file, "w") as archive:
            for part in sorted(tmp_path.glob("list.*")):
                if part != file:
                    archive.write(part, part.name)
    elif ending == ".kml":
        VECTOR[["Group name", "geometry"]].rename(columns={"Group name": "Name"}).to_crs(4326).to_file(
            file, driver="KML"
        )
    elif ending in (".geojson", ".json"):
        VECTOR.to_crs(4326).to_file(file, driver="GeoJSON")
    else:
        VECTOR.to_file(file)
    table = read_assets(file).table
    assert isinstance(table, gpd.GeoDataFrame)
    assert table.crs.to_epsg() == 27700
    assert table["name"].tolist() == ["A", "B"][: len(table)]
    assert table["row"].tolist() == [1, 2][: len(table)]
    assert table.geometry.iloc[0].distance(Point(182500, 44900)) < 0.1
    if len(table) == 2:
        assert table.geometry.iloc[1].distance(Point(182100, 44100)) < 150
        assert table.geometry.iloc[1].geom_type == "Point"
    if "when" in table:
        assert table["number"].tolist() == ["1", "2"]
        assert [cell[:10] for cell in table["when"]] == ["2024-05-31", ""]


def test_one_bad_feature_is_a_row_and_not_a_lost_file(tmp_path: Path) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"name": "A"},
            "geometry": {"type": "Point", "coordinates": [-5.05, 50.26]},
        },
        {
            "type": "Feature",
            "properties": {"name": "B"},
            "geometry": {"type": "LineString", "coordinates": [[-5, 50]]},
        },
        {"type": "Feature", "properties": {"name": "C"}, "geometry": None},
    ]
    file = tmp_path / "list.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    table = read_assets(file).table
    assert table["name"].tolist() == ["A", "B", "C"]
    assert table.geometry.isna().tolist() == [False, True, True]
    assert table["reading_problem"].str.contains("its shape could not be read").tolist() == [
        False,
        True,
        False,
    ]


def test_a_file_that_points_elsewhere_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.geojson"
    VECTOR.to_crs(4326).to_file(secret, driver="GeoJSON")
    file = tmp_path / "list.geojson"
    file.write_text(
        f"<OGRVRTDataSource><OGRVRTLayer name='secret'><SrcDataSource>{secret}</SrcDataSource></OGRVRTLayer>"
        "</OGRVRTDataSource>",
        encoding="utf-8",
    )
    with pytest.raises(InputError, match="is not a GeoJSON file, whatever its ending says"):
        read_assets(file)


def test_headings_are_found_by_meaning() -> None:
    found = column_meanings(
        ["Organisation", "Type of group", "POST CODE", "Lat", "Lng", "Address line 1", "Street", "Colour"]
    )
    assert found == {
        "Organisation": "name",
        "Type of group": "asset_type",
        "POST CODE": "postcode",
        "Lat": "latitude",
        "Lng": "longitude",
        "Address line 1": "address",
        "Street": "address",
        "Colour": "colour",
    }


def test_the_user_has_the_last_word_on_headings(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("Name,Wer,source,row\nx,Truro Choir,a,9\n", encoding="utf-8")
    told = read_assets(file, columns={"name": "wer"}, source="mine", asset_type="arts_culture")
    assert told.source == "mine"
    assert told.table.drop(columns="list_title").iloc[0].to_dict() == {
        "source": "mine", "row": 2, "name": "Truro Choir", "asset_type": "arts_culture",
        "name_2": "x", "source_2": "a", "row_2": "9",
    }  # fmt: skip
    assert told.headings["heading"].tolist() == ["Name", "Wer", "source", "row 2"]
    assert told.headings["understood"].tolist() == [False, True, False, False]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"nam": "Wer"}, "the register has no column 'nam'; it has name, asset_type"),
        ({"name": "Who"}, "there is no heading 'Who'; the file has 'Wer'"),
    ],
)
def test_columns_that_do_not_fit_are_told(tmp_path: Path, columns: dict[str, str], message: str) -> None:
    file = tmp_path / "list.csv"
    file.write_text("Wer\nTruro Choir\n", encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_assets(file, columns=columns)


def zip_bomb(file: Path) -> None:
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/sheet.xml", "w") as part,
    ):
        for _ in range(60):
            part.write(b"0" * 1_000_000)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.csv", b"", "is empty"),
        ("blank.csv", b" \n \n", "is empty"),
        ("commas.csv", b",,\n,,\n", "is empty in its first 20 rows"),
        ("head.csv", b"name,postcode\n", "has headings but no rows below them"),
        ("binary.csv", bytes(range(256)) * 20, "is not a text file"),
        ("sheet.csv", b"PK\x03\x04rest", "is not a text file but a zip file or a spreadsheet"),
        ("paper.csv", b"%PDF-1.4", "is not a text file but a PDF"),
        ("page.txt", b"<!DOCTYPE html><html><table></table></html>", "is not a table but a web page"),
        ("page.xls", b"<html><body><table></table></body></html>", "not a spreadsheet.* but a web page"),
        ("text.xls", b"Name,Postcode\nAsh,TR1 1EP\n", "not a spreadsheet but text"),
        ("list.txt", b"<list><item><name>Ash</name></item></list>", "is not a table but XML"),
        ("paper.docx", b"PK\x03\x04rest", "a document"),
        ("nameless.csv", b"a,b\n1,2\n", "no column looks like a name. It has 'a', 'b'. Say which one it is"),
        ("wide.csv", b",".join(b"c%d" % k for k in range(10_000)) + b"\n" + b"x," * 9_999 + b"x\n", "has 10,000 columns"),
        ("broken.xlsx", b"not a spreadsheet", "is damaged or not what its ending says"),
        ("broken.xls", b"not a spreadsheet", "could not be read as a spreadsheet"),
        ("broken.gpkg", b"not a database", "is not a GPKG file"),
        ("broken.gpkg", b"SQLite format 3\0 nothing", "could not be read as GPKG"),
        ("broken.geojson", b'{"type": "FeatureCollection", "features": [', "could not be read as GeoJSON"),
        ("broken.json", b"{", "is not JSON"),
        ("other.json", b'{"a": 1}', "is not a list of records"),
        ("broken.csv.gz", b"not packed", "could not be read or unpacked"),
        ("broken.parquet", b"PAR1 nothing PAR1", "could not be read as Parquet"),
        ("long.csv", b'name\n"' + b"x" * 2_000_000 + b'"\n', "is not a regular table"),
    ],
)  # fmt: skip
def test_broken_input_is_one_clear_message(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read_assets(file)
    assert name in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_zip_bomb_is_not_opened(tmp_path: Path) -> None:
    zip_bomb(tmp_path / "bomb.xlsx")
    with pytest.raises(InputError, match=r"has 0\.1 MB and would unpack to 60 MB, so it was not opened"):
        read_assets(tmp_path / "bomb.xlsx")


def test_a_zip_that_points_outside_is_not_opened(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "out.zip", "w") as archive:
        archive.writestr("../../list.shp", b"x")
    with pytest.raises(InputError, match="holds files that point outside it"):
        read_assets(tmp_path / "out.zip")


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file"):
        read_assets(tmp_path / "none.csv")
    with pytest.raises(InputError, match="is a folder"):
        read_assets(tmp_path)
    with pytest.raises(InputError, match="There is no asset type 'libary'"):
        (tmp_path / "a.csv").write_text("name\nA\n")
        read_assets(tmp_path / "a.csv", asset_type="libary")


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=400),
    ending=st.sampled_from([".csv", ".xlsx", ".json", ".geojson", ".kml", ".zip", ".gz"]),
)
def test_any_bytes_are_a_table_or_one_message(tmp_path: Path, content: bytes, ending: str) -> None:
    file = tmp_path / f"fuzz{ending}"
    file.write_bytes(content)
    try:
        table = read_assets(file).table
    except InputError as error:
        assert str(file) in str(error)
    else:
        assert len(table) > 0


CELLS = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=12)


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8))
def test_every_row_with_content_comes_back(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    file = tmp_path / "list.csv"
    pd.DataFrame([("Name", "Postcode"), *rows]).to_csv(
        file, index=False, header=False, encoding="utf-8", quoting=1
    )
    filled = [k + 2 for k, row in enumerate(rows) if any(cell.strip() for cell in row)]
    if not filled:
        with pytest.raises(InputError):
            read_assets(file)
        return
    assert read_assets(file).table["row"].tolist() == filled


def write_ods(file: Path, rows: list[list[str]]) -> None:
    """Write a small OpenDocument sheet by hand."""
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    content = (
        '<?xml version="1.0"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="Sheet1">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        "</manifest:manifest>"
    )
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)

"""Lists given back with their corrections: what is not changed survives, and reading the result gives the same rows."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import re
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Font
from pandas import DataFrame
from pandas.testing import assert_frame_equal
from typer.testing import CliRunner

import assetmap as am
from assetmap.cli import app
from assetmap.project.known import known_places
from assetmap.read.fixed.write import CHANGED_HEADING, write_changes

SAMPLES = Path(__file__).parent / "samples"
OWN = ["changed_before", "list_title"]


def changes(*cells: tuple[object, ...], sheet: str = "") -> DataFrame:
    table = DataFrame(list(cells), columns=["row", "heading", "after"])
    return table.assign(sheet=sheet, reason="made up")


def rows_of(path: Path, **words: str) -> DataFrame:
    return DataFrame(am.read_assets(path, source="list", **words).table).drop(columns=OWN, errors="ignore")


def saved(folder: Path, fixed: am.schema.FixedFile) -> Path:
    path = folder / f"fixed{fixed.suffix}"
    path.write_bytes(fixed.content)
    return path


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook with everything that a library would lose: results of formulas, a chart, macros, formats."""
    path = tmp_path_factory.mktemp("book") / "halls.xlsm"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Halls & rooms"
    for row in (
        ["Halls of the parish"],
        ["Name", "Post Code", "Latitude", "Town", "Seats"],
        ["Old hall", "tr1 1ep", 50.263, "Truro", 40],
        ["New hall", None, 50.264, "Truro", 60],
        ["Barn", "TR1 1EP", 50.265, "Truro", 80],
    ):
        sheet.append(row)
    sheet["B3"].font = Font(bold=True, color="FF0000")
    sheet["C3"].number_format = "0.0"
    sheet["G4"] = "a stray remark"
    sheet["F2"] = "Twice"
    for row in (3, 4, 5):
        sheet[f"F{row}"] = f"=E{row}*2"
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=5, min_row=2, max_row=5), titles_from_data=True)
    sheet.add_chart(chart, "I2")
    book.create_sheet("Read me")["A1"] = "How this list is kept"
    plain = io.BytesIO()
    book.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            content = old.read(member)
            if member.filename == "xl/worksheets/sheet1.xml":
                # Results of formulas, as Excel keeps them.
                content = re.sub(
                    rb"<f>E(\d)\*2</f><v ?(?:/>|></v>)",
                    lambda found: b"<f>E%s*2</f><v>%d</v>" % (found[1], int(found[1]) * 40 - 40),
                    content,
                )
                assert b"*2</f><v>80</v>" in content
            content = content.replace(b' fullCalcOnLoad="1"', b"")
            new.writestr(member, content)
        new.writestr("xl/vbaProject.bin", b"macros")
    return path


def test_a_workbook_keeps_everything_that_is_not_changed(workbook: Path, tmp_path: Path) -> None:
    fixed = write_changes(
        workbook,
        changes(
            (3, "Post Code", "TR1 1EP"),
            (4, "Post Code", "TR1 2AA"),
            (3, "Latitude", "50.5"),
            sheet="Halls & rooms",
        ),
    )
    path = saved(tmp_path, fixed)
    assert path.suffix == ".xlsm"
    assert fixed.changes["made"].all()
    with zipfile.ZipFile(workbook) as old, zipfile.ZipFile(path) as new:
        assert old.namelist() == new.namelist()
        changed = {name for name in old.namelist() if old.read(name) != new.read(name)}
    assert changed == {"xl/worksheets/sheet1.xml", "xl/workbook.xml"}
    book = openpyxl.load_workbook(path)
    sheet = book["Halls & rooms"]
    assert (sheet["B3"].value, sheet["B4"].value, sheet["C3"].value) == ("TR1 1EP", "TR1 2AA", 50.5)
    assert sheet["B3"].font.bold
    assert sheet["C3"].number_format == "0.0"
    assert sheet["F3"].value == "=E3*2"
    assert sheet["H2"].value == CHANGED_HEADING  # beyond the stray remark in G
    assert "Post Code was 'tr1 1ep' (made up)" in sheet["H3"].value
    assert sheet["H5"].value is None
    assert book.calculation.fullCalcOnLoad
    assert sheet._charts
    before, after = rows_of(workbook), rows_of(path)
    before.loc[[0, 1], "postcode"], before.loc[0, "latitude"] = ["TR1 1EP", "TR1 2AA"], "50.5"
    assert_frame_equal(before, after)
    assert after["twice"].tolist() == ["80", "120", "160"]
    assert "column G" in after.loc[1, "reading_problem"]


def test_a_formula_is_named_and_not_changed(workbook: Path, tmp_path: Path) -> None:
    fixed = write_changes(workbook, changes((3, "Twice", "9"), (4, "Town", "Bude"), sheet="Halls & rooms"))
    assert fixed.changes["made"].tolist() == [False, True]
    sheet = openpyxl.load_workbook(saved(tmp_path, fixed))["Halls & rooms"]
    assert sheet["F3"].value == "=E3*2"
    assert sheet["D4"].value == "Bude"
    assert "it should be '9'" in sheet["H3"].value


def test_a_second_fix_adds_to_the_first(workbook: Path, tmp_path: Path) -> None:
    once = saved(tmp_path, write_changes(workbook, changes((3, "Town", "Bude"), sheet="Halls & rooms")))
    again = write_changes(
        once, changes((3, "Name", "Older hall"), (5, "Town", "Looe"), sheet="Halls & rooms")
    )
    path = tmp_path / "again.xlsm"
    path.write_bytes(again.content)
    sheet = openpyxl.load_workbook(path)["Halls & rooms"]
    assert sheet["H3"].value == "Town was 'Truro' (made up); Name was 'Old hall' (made up)"
    assert sheet["I2"].value is None
    assert rows_of(path)["name"].tolist() == ["Older hall", "New hall", "Barn"]


@pytest.mark.parametrize("kind", ["ods", "xls", "xlsb"])
def test_other_spreadsheets_read_back_as_they_were(kind: str, tmp_path: Path) -> None:
    path = SAMPLES / f"groups.{kind}"
    before = rows_of(path)
    first = before.index[before["sheet"] == "Groups"][1]
    fixed = write_changes(
        path, changes((before.loc[first, "row"], "Kind", "Choir & band\n(made up)"), sheet="Groups")
    )
    result = saved(tmp_path, fixed)
    before.loc[first, "asset_type"] = "Choir & band\n(made up)"
    assert_frame_equal(before, rows_of(result))
    assert result.suffix == (".ods" if kind == "ods" else ".xlsx")
    assert any("values" in note for note in fixed.notes) == (kind != "ods")


def test_repeated_rows_and_cells_of_ods_are_parted(tmp_path: Path) -> None:
    head = 'office:value-type="string"'
    cell = f"<table:table-cell {head}><text:p>{{}}</text:p></table:table-cell>".format
    rows = (
        f"<table:table-row>{cell('Name')}{cell('Postcode')}{cell('Town')}</table:table-row>"
        f'<table:table-row table:number-rows-repeated="4">{cell("Hall")}'
        f'<table:table-cell table:number-columns-repeated="2" {head}><text:p>x</text:p></table:table-cell></table:table-row>'
    )
    path = made_ods(tmp_path / "list.ods", rows)
    fixed = write_changes(path, changes((4, "Postcode", "TR1 1EP"), (3, "Town", "Bude"), sheet="List"))
    table = rows_of(saved(tmp_path, fixed))
    assert table["row"].tolist() == [2, 3, 4, 5]
    assert table["postcode"].tolist() == ["x", "x", "TR1 1EP", "x"]
    assert table["town"].tolist() == ["x", "Bude", "x", "x"]


def made_ods(path: Path, rows: str) -> Path:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="List">{rows}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return path


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize(("delimiter", "end"), [(",", "\r\n"), (";", "\n"), ("\t", "\r")])
def test_a_text_keeps_encoding_delimiter_and_every_other_byte(
    encoding: str, delimiter: str, end: str, tmp_path: Path
) -> None:
    lines = [
        "A title",
        "Name,Postcode,Note",
        '"The ""Old"" Hall",tr1 1ep,café',
        'Barn,TR1 1EP,"a,b"',
        "",
        "Shed,,x,more",
    ]
    text = end.join(line.replace(",", delimiter) for line in lines) + end
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode(encoding))
    fixed = write_changes(path, changes((3, "Postcode", "TR1 1EP")))
    wanted = text.replace("tr1 1ep", "TR1 1EP").split(end)
    wanted[1] += delimiter + CHANGED_HEADING
    wanted[2] += delimiter + "Postcode was 'tr1 1ep' (made up)"
    wanted[3] += delimiter
    wanted[5] = delimiter.join(["Shed", "", "x", "", "more"])
    assert fixed.content == end.join(wanted).encode(encoding)
    after = rows_of(saved(tmp_path, fixed))
    before = rows_of(path)
    before.loc[0, "postcode"] = "TR1 1EP"
    assert_frame_equal(before, after)
    assert "4 cells" in after.loc[2, "reading_problem"]


def test_letters_that_the_encoding_lacks_make_it_utf_8_and_say_so(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("Name,Postcode\ncafé,TR1 1EP\n".encode("cp1252"))
    fixed = write_changes(path, changes((2, "Name", "Caffi'r Dŵr")))
    assert "UTF-8" in fixed.notes[0]
    assert rows_of(saved(tmp_path, fixed))["name"].tolist() == ["Caffi'r Dŵr"]


def test_a_packed_text_stays_packed_and_a_new_cell_runs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "list.csv.gz"
    path.write_bytes(gzip.compress(b"Name,Postcode\nHall,TR1 1EP\n"))
    fixed = write_changes(path, changes((2, "Name", "=1+1")))
    assert fixed.suffix == ".csv.gz"
    assert b"\n'=1+1,TR1 1EP," in gzip.decompress(fixed.content)
    assert rows_of(saved(tmp_path, fixed))["name"].tolist() == ["=1+1"]


CELLS = st.text(st.sampled_from("ab\"',\n\r =é"), max_size=6)


@pytest.mark.slow
@settings(max_examples=25)
@given(
    rows=st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=5),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    text=CELLS,
)
def test_any_text_reads_back_with_its_changes(
    rows: list[list[str]], quoting: csv.QuotingType, text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    path = folder / "list.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=quoting)
        writer.writerows([["Name", "Postcode"], ["Hall", "TR1 1EP"], *rows])
    try:
        before = rows_of(path)
    except am.InputError:  # not every such text is a list
        return
    wanted = write_changes(path, changes((2, "Name", text)))
    after = rows_of(saved(folder, wanted))
    before.loc[before["row"] == 2, "name"] = text
    assert_frame_equal(before, after)


def damaged(path: Path, folder: Path, member: str, rng: random.Random) -> Path:
    """Return a copy with a piece of its content lost, repeated or changed, in a zip that is whole."""
    bad = folder / path.name
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(bad, "w") as new:
        for each in old.infolist():
            content = bytearray(old.read(each))
            if each.filename == member:
                place = rng.randrange(len(content))
                piece = content[place : place + rng.choice([1, 5, 40])]
                kind = rng.randrange(3)
                content[place : place + len(piece)] = [
                    b"",
                    piece * 2,
                    bytes(rng.randrange(256) for _ in piece),
                ][kind]
            new.writestr(each, bytes(content))
    return bad


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "member"),
    [
        ("halls.xlsm", "xl/worksheets/sheet1.xml"),
        ("halls.xlsm", "xl/workbook.xml"),
        ("groups.ods", "content.xml"),
    ],
)
def test_a_damaged_file_is_one_message_or_a_readable_result(
    name: str, member: str, workbook: Path, tmp_path: Path
) -> None:
    path = workbook if name == workbook.name else SAMPLES / name
    wanted = (
        changes((3, "Town", "Bude"), sheet="Halls & rooms")
        if path == workbook
        else changes((5, "Kind", "x"), sheet="Groups")
    )
    outcomes = set()
    for seed in range(40):
        bad = damaged(path, tmp_path, member, random.Random(f"{name} {member} {seed}"))
        try:
            fixed = write_changes(bad, wanted)
        except am.InputError:
            outcomes.add("refused")
            continue
        rows_of(saved(tmp_path, fixed))
        outcomes.add("written")
    assert outcomes == {"refused", "written"}


def test_what_does_not_fit_is_refused(tmp_path: Path, workbook: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Name,Postcode\nHall,TR1 1EP\n")
    with pytest.raises(am.InputError, match="no heading 'Colour'.*no row '9'"):
        write_changes(path, changes((2, "Colour", "red"), (9, "Name", "x")))
    with pytest.raises(am.InputError, match="two changes of one cell"):
        write_changes(path, changes((2, "Name", "a"), (2, "Name", "b")))
    with pytest.raises(am.InputError, match="no sheet 'Other'"):
        write_changes(workbook, changes((3, "Name", "x"), sheet="Other"))
    mapped = map_file(tmp_path / "map.geojson")
    with pytest.raises(am.InputError, match="no heading 'Colour'.*no row '9'"):
        write_changes(mapped, changes((2, "Colour", "red"), (9, "Name", "x")))
    with pytest.raises(am.InputError, match="no layer 'Other'"):
        write_changes(mapped, changes((2, "Name", "x"), sheet="Other"))
    with pytest.raises(am.InputError, match="PDF"):
        am.read.fixed_suffix("halls.pdf")


@pytest.fixture(scope="module")
def county() -> dict[str, Any]:
    known = known_places(am.example_project())
    return {name: known[name] for name in ("postcodes", "places", "areas")}


def map_file(path: Path) -> Path:
    """A map file with an outline, exchanged axes, a feature without a shape and a number."""
    outline = [[[-5.05, 50.26], [-5.04, 50.26], [-5.04, 50.27], [-5.05, 50.26]]]
    features = [
        {"type": "Feature", "properties": properties, "geometry": geometry}
        for properties, geometry in (
            (
                {"Name": "Old hall", "Postcode": "tr1 1ep", "Keys held by": 40},
                {"type": "Polygon", "coordinates": outline},
            ),
            (
                {"Name": "The Men&#39;s Room", "Postcode": "", "Keys held by": None},
                {"type": "Point", "coordinates": [50.263, -5.051]},
            ),
            ({"Name": "Barn", "Postcode": "TR1 1EP", "Keys held by": 80}, None),
        )
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_a_map_file_becomes_geojson_with_its_shapes(tmp_path: Path) -> None:
    path = map_file(tmp_path / "halls.geojson")
    fixed = am.project.fix_file(path)
    assert fixed.changes[["row", "heading", "after"]].to_numpy().tolist() == [
        [1, "Postcode", "TR1 1EP"],
        [2, "Name", "The Men's Room"],
        [2, "shape", "POINT (-5.051 50.263)"],
    ]
    assert fixed.suffix == ".geojson"
    first, second, third = json.loads(fixed.content)["features"]
    assert first["geometry"] == json.loads(path.read_text())["features"][0]["geometry"]
    assert first["properties"] == {
        "Name": "Old hall",
        "Postcode": "TR1 1EP",
        "Keys held by": 40,
        CHANGED_HEADING: "Postcode was 'tr1 1ep' (written as usual)",
    }
    assert second["geometry"]["coordinates"] == [-5.051, 50.263]
    assert "assetmap swapped them" in second["properties"][CHANGED_HEADING]
    assert (third["geometry"], third["properties"][CHANGED_HEADING]) == (None, "")
    result = saved(tmp_path, fixed)
    before, after = rows_of(path), rows_of(result)
    assert after["name"].tolist() == ["Old hall", "The Men's Room", "Barn"]
    assert after["postcode"].tolist() == ["TR1 1EP", "", "TR1 1EP"]
    assert after["keys_held_by"].tolist() == before["keys_held_by"].tolist() == ["40", "", "80"]
    points = [am.read_assets(file).table.geometry for file in (path, result)]
    assert points[0].iloc[:2].geom_equals_exact(points[1].iloc[:2], 0.05).all()
    again = am.project.fix_file(result)
    assert again.changes.empty
    assert json.loads(again.content) == json.loads(fixed.content)


def test_layers_become_one_and_say_which(tmp_path: Path) -> None:
    path = tmp_path / "places.gpkg"
    for layer, name in (("halls", "Old hall"), ("clubs", "Chess club")):
        table = {"Name": [name], "Postcode": ["tr1 1ep"]}
        points = gpd.GeoDataFrame(table, geometry=gpd.points_from_xy([182_500], [44_900]), crs=27700)
        points.to_file(path, layer=layer)
    fixed = am.project.fix_file(path)
    found = [each["properties"] for each in json.loads(fixed.content)["features"]]
    assert sorted((each["Name"], each["Postcode"], each["layer"]) for each in found) == [
        ("Chess club", "TR1 1EP", "clubs"),
        ("Old hall", "TR1 1EP", "halls"),
    ]
    assert "'layer'" in " ".join(fixed.notes)
    assert len(rows_of(saved(tmp_path, fixed))) == 2


def test_json_comes_back_as_records(tmp_path: Path) -> None:
    path = tmp_path / "halls.json"
    records = [
        {"name": "Old hall", "type": "Village hall", "where": {"postcode": "tr1 1ep", "town": "Truro"}},
        {"name": "Chess &amp; go", "type": "Village hall", "where": {"postcode": "TR1 1EP"}},
    ]
    path.write_text(json.dumps({"halls": records}))
    assert am.project.fixes_of_file(path)["heading"].tolist() == ["where postcode", "name"]
    result = tmp_path / "fixed.json"
    said = CliRunner().invoke(app, ["fix", str(path), "--output", str(result)])
    assert said.exit_code == 0, said.exception
    assert "2 cells in 2 rows" in said.stdout
    before, after = rows_of(path), rows_of(result)
    assert after["name"].tolist() == ["Old hall", "Chess & go"]
    assert after["postcode"].tolist() == ["TR1 1EP", "TR1 1EP"]
    same = ["source", "row", "asset_type", "town"]
    assert_frame_equal(before[same], after[same])
    assert am.project.fix_file(result).changes.empty


LIST = """Name,Type,Postcode,Town,Latitude,Longitude,Last checked,Closed
The Men&#39;s Room,Librarry,tr1 1ep,Turo,,,12/24/2025,1900
Old hall,Village hall,,Truro,-5.051,50.263,46085,
New hall,Village hall,,Truro,50.263,5.051,,2020
"""


@pytest.mark.slow
def test_suggestions_are_what_the_register_reads(county: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LIST)
    found = am.register.suggest_fixes(am.read_assets(path), **county)
    by_cell = found.set_index(["row", "column"])
    sure, doubtful = by_cell[by_cell["sure"]]["after"], by_cell[~by_cell["sure"]]["after"]
    assert sure.to_dict() == {
        (2, "postcode"): "TR1 1EP",
        (2, "name"): "The Men's Room",
        (2, "checked_date"): "2025-12-24",
        (2, "closed_year"): "",
        (3, "latitude"): "50.263",
        (3, "longitude"): "-5.051",
        (3, "checked_date"): "2026-03-04",
    }
    assert doubtful.to_dict() == {
        (2, "asset_type"): "Library",
        (2, "town"): "Truro",
        (4, "longitude"): "-5.051",
    }
    result = saved(tmp_path, write_changes(path, found[found["sure"]]))
    before, after = (
        am.build_register(am.read_assets(file), **county, audience="internal").assets
        for file in (path, result)
    )
    same = ["name", "asset_type", "postcode", "checked_date", "closed_year", "status"]
    assert_frame_equal(before[same].reset_index(drop=True), after[same].reset_index(drop=True))
    assert before.geometry.geom_equals_exact(after.geometry.set_axis(before.index), 0.01).all()
    assert not am.register.suggest_fixes(am.read_assets(result), **county)["sure"].any()


def test_changes_may_name_a_column_of_the_register(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LIST)
    edits = DataFrame({"row": [2, 3], "column": ["asset_type", "Town"], "value": ["Library", "Bude"]})
    table = rows_of(saved(tmp_path, am.project.fix_file(path, edits)))
    assert table["asset_type"].tolist() == ["Library", "Village hall", "Village hall"]
    assert table["town"].tolist() == ["Turo", "Bude", "Truro"]


def test_command(tmp_path: Path) -> None:
    path, result = tmp_path / "list.csv", tmp_path / "fixed.csv"
    path.write_text(LIST)
    said = CliRunner().invoke(app, ["fix", str(path), "--output", str(result)])
    assert said.exit_code == 0, said.exception
    assert "7 cells in 2 rows" in said.stdout
    assert "'46085' is now '2026-03-04'" in said.stdout
    assert result.read_text().splitlines()[0].endswith(CHANGED_HEADING)
    for wrong, why in ((path, "the list itself"), (tmp_path / "fixed.xlsx", "must end in .csv")):
        failed = CliRunner().invoke(app, ["fix", str(path), "--output", str(wrong)])
        assert isinstance(failed.exception, am.InputError)
        assert why in str(failed.exception)
    assert path.read_text() == LIST

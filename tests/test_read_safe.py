"""Files that are hostile or damaged: nothing else is read, the machine is not exhausted, nothing is lost, one message."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import re
import sqlite3
import subprocess
import sys
import threading
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import IO

import geopandas as gpd
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import assetmap as am
import fuzz
from assetmap.place.many import read_jobs
from assetmap.read import child, worker
from assetmap.read.child import pack_rows, unpack_rows
from assetmap.read.drivers import AT_ONCE, DRIVERS, GDAL_SETTINGS, OWN_SQL, refuse_wrong_content
from assetmap.read.inputs import inspect_inputs
from assetmap.read.limits import limits_for
from assetmap.read.lists.archives import unpacked_lists
from assetmap.read.maps import open_map, read_map
from assetmap.read.tables import open_table, read_table
from assetmap.schema import InputError

VIRTUAL = '<OGRVRTDataSource><OGRVRTLayer name="l"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'


@pytest.mark.parametrize("place", ["areas", "land", "list", "--areas"])
def test_a_build_follows_no_virtual_dataset_wherever_it_is_named(
    tmp_path: Path, private: Path, place: str
) -> None:
    (tmp_path / "town").mkdir()
    town = fuzz.make_project(tmp_path / "town")
    trap = town / "trap.geojson"
    trap.write_text(VIRTUAL.format(private), encoding="utf-8")
    settings = (town / "assetmap.toml").read_text(encoding="utf-8")
    words = ["build", str(town), "--output", str(tmp_path / "out")]
    if place == "areas":
        settings = settings.replace("areas.gpkg", trap.name)
    elif place == "land":
        settings += f'[land]\nfile = "{trap.name}"\ntitle = "Land"\ndate = "2024"\nlicence = "ours"\n'
    elif place == "list":
        settings = settings.replace("list.csv", trap.name)
    else:
        words = ["build", "--areas", str(trap), "--output", str(tmp_path / "out")]
    (town / "assetmap.toml").write_text(settings, encoding="utf-8")
    code, said, bug = fuzz.run(words)
    assert (code, bug) == (2, ""), said
    assert not any(b"Secret" in file.read_bytes() for file in tmp_path.glob("out/**/*") if file.is_file())


@pytest.fixture
def private(tmp_path: Path) -> Path:
    """A GeoPackage that no list may read."""
    table = fuzz.places().assign(name="Secret")
    table.to_file(tmp_path / "private.gpkg", layer="l")
    return tmp_path / "private.gpkg"


def sample(folder: Path, name: str) -> Path:
    table = fuzz.places()[["name", "status", "geometry"]]
    table.to_file(folder / name, layer="l" if name.endswith("gpkg") else None)
    return folder / name


# A list must not read other files


@pytest.mark.slow
@pytest.mark.parametrize("ending", [*DRIVERS, ".json", ".zip"])
@pytest.mark.parametrize(
    "start", ["", '{"type":"FeatureCollection","features":[]}\n', "<kml>", "Version 300\n", "!table\n"]
)
def test_a_virtual_dataset_is_never_followed(tmp_path: Path, private: Path, ending: str, start: str) -> None:
    file, content = tmp_path / f"a{ending}", start + VIRTUAL.format(private)
    if ending == ".zip":
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("a.geojson", content)
    else:
        file.write_text(content, encoding="utf-8")
    for read in (am.read_assets, am.read_areas, read_map):
        with pytest.raises(InputError) as raised:
            read(file)
        assert "Secret" not in str(raised.value)


def test_text_after_the_end_of_json_is_refused(tmp_path: Path) -> None:
    for name in ("a.geojson", "a.json"):
        file = tmp_path / name
        file.write_text('{"type":"FeatureCollection","features":[]}\n<x/>', encoding="utf-8")
        with pytest.raises(InputError, match=r"more text after the end of its JSON \(line 2\)"):
            am.read_assets(file)


@pytest.mark.slow
def test_the_child_knows_no_driver_but_ours() -> None:
    code = (
        "import json, pyogrio, fiona; from fiona.env import Env\n"
        "with Env() as env: print(json.dumps([list(pyogrio.list_drivers()), list(env.drivers())]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **GDAL_SETTINGS},
        capture_output=True,
        text=True,
        check=True,
    )
    ours = {driver for driver, _ in DRIVERS.values()}
    harmless = {"GPX", "SVG", "UK .NTF"}  # GDAL does not let go of these; they hold only their own content
    for drivers in json.loads(done.stdout):
        assert set(drivers) <= ours | harmless


@pytest.mark.parametrize(
    "name",
    [
        "ESRIJSON:http://127.0.0.1:9/a",
        "PG:dbname=x",
        "/vsicurl/http://127.0.0.1:9/a.geojson",
        "WFS:http://127.0.0.1:9",
    ],
)
def test_the_name_of_a_file_is_never_an_address(name: str) -> None:
    for read in (am.read_assets, am.read_areas, open_map, open_table):
        with pytest.raises(InputError, match="There is no file"):
            read(name)


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A server that notes what it is asked."""
    asked: list[str] = []

    class Note(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with HTTPServer(("127.0.0.1", 0), Note) as made:
        thread = threading.Thread(target=made.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{made.server_port}", asked
        made.shutdown()
        thread.join()


def test_a_schema_or_a_link_in_a_file_asks_no_server(tmp_path: Path, server: tuple[str, list[str]]) -> None:
    address, asked = server
    gml = sample(tmp_path, "a.gml")
    text = gml.read_text(encoding="utf-8")
    where = text.index("schemaLocation=")
    gml.write_text(
        text[:where]
        + f'schemaLocation="http://x {address}/a.xsd" old'
        + text[where:].replace("schemaLocation", "old"),
        encoding="utf-8",
    )
    for side in tmp_path.glob("a.xsd"):
        side.unlink()
    kml = tmp_path / "a.kml"
    kml.write_text(
        f"<kml><Document><NetworkLink><Link><href>{address}/b.kml</href></Link></NetworkLink></Document></kml>",
        encoding="utf-8",
    )
    for file in (gml, kml):
        with contextlib.suppress(InputError):
            am.read_assets(file)
    with pytest.raises(InputError, match="points to other files or servers"):
        am.read_assets(kml)
    assert asked == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.gml", '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
        ("a.kml", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><kml>&b;</kml>'),
        ("a.gpx", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><gpx>&b;</gpx>'),
        ("a.tab", '!table\n!version 100\nDefinition Table\n "\\IsSeamless" = "TRUE"\nOpen Table "b.tab"'),
        ("a.tab", '!table\n!version 100\nOpen Table "b"\nCreate View a As Select * From b'),
    ],
)
def test_links_inside_files_are_refused(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="points to other files or servers"):
        open_map(tmp_path / name)


def test_a_geopackage_with_a_table_outside_itself_is_refused(tmp_path: Path, private: Path) -> None:
    file = sample(tmp_path, "a.gpkg")
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA writable_schema = 1")
        made = f"CREATE VIRTUAL TABLE stolen USING VirtualOGR('{private}')"
        database.execute("INSERT INTO sqlite_master VALUES ('table', 'stolen', 'stolen', 0, ?)", (made,))
        database.commit()
    with pytest.raises(InputError, match="stolen"):
        open_map(file)


@pytest.mark.parametrize(
    "made",
    [
        "CREATE VIRTUAL TABLE t USING VirtualOGR('/private.gpkg', ' using rtree')",
        "CREATE VIRTUAL TABLE t/**/USING/**/VirtualOGR('/private.gpkg',\n' using rtree')",
        "CREATE/**/VIRTUAL/**/TABLE t USING VirtualOGR('/private.gpkg')",
        "-- a\nCREATE VIRTUAL TABLE t USING VirtualOGR('/private.gpkg')",
        """CREATE VIRTUAL TABLE "a using rtree(" USING VirtualOGR('/private.gpkg')""",
        "CREATE VIRTUAL TABLE t USING rtreeful(a)",
    ],
)
def test_what_is_made_in_a_geopackage_is_known_by_how_its_text_begins(made: str) -> None:
    assert not OWN_SQL.match(made)


def test_indexes_views_and_triggers_of_a_geopackage_are_its_own(tmp_path: Path) -> None:
    file = sample(tmp_path, "a.gpkg")
    with closing(sqlite3.connect(file)) as database:
        for made in (
            "CREATE VIEW v AS SELECT * FROM a",
            "CREATE TRIGGER t AFTER DELETE ON gpkg_contents BEGIN SELECT 1; END",
            "CREATE UNIQUE INDEX i ON gpkg_contents (table_name)",
            "CREATE VIRTUAL TABLE [words of a] USING fts5(name)",
            "CREATE VIRTUAL TABLE IF NOT EXISTS `places` USING rtree(id, a, b)",
        ):
            database.execute(made)
        database.commit()
    assert len(open_map(file, layer="l").table) == fuzz.PLACES


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.kml", "<kml><k:NetworkLink/></kml>"),
        ("a.kml", f"<kml><!--{'x' * AT_ONCE}--><NetworkLink/></kml>"),
        ("a.gml", f"<!--{'x' * (AT_ONCE - 14)}--><!DOCTYPE a><a/>"),
        ("a.gml", '<a><y:include xmlns:y="http://www.w3.org/2001/XInclude" href="/private"/></a>'),
        ("a.tab", "!table\n  Create \t View a As Select * From b"),
    ],
    ids=["prefix", "far", "across", "namespace", "blanks"],
)
def test_links_are_found_wherever_and_however_they_are_written(
    tmp_path: Path, name: str, content: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="points to other files or servers"):
        refuse_wrong_content(tmp_path / name)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["a.csv", "a.csv"], "same name more than once"),
        (["C:a.csv"], "point outside"),
        (["c:\\a.csv"], "point outside"),
    ],
)
def test_names_in_a_zip_neither_meet_nor_lead_out(tmp_path: Path, names: list[str], said: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in names:
            archive.writestr(name, "name,postcode\nHall,TR1 1EP\n")
    with pytest.raises(InputError, match=said):
        am.read_assets(tmp_path / "a.zip")


def test_lists_of_one_name_in_a_zip_are_all_read(tmp_path: Path) -> None:
    names = ["a.csv", "x_y/a.csv", "x/y/a.csv", "x/y_a.csv"]
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in names:
            archive.writestr(name, f"name,postcode\nHall in {name},TR1 1EP\n")
    with unpacked_lists(tmp_path / "a.zip") as (files, others):
        assert sorted(
            file.read_text(encoding="utf-8").split("in ")[1].split(",")[0] for file in files
        ) == sorted(names)
        assert others == []


# Small files must not exhaust the machine


def far_cell(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["name", "postcode"])
    book.active["XFD1048576"] = "far"
    book.save(path)


def repeated(path: Path) -> None:
    fuzz._write_ods(pd.DataFrame({"name": ["A"]}), path)
    with zipfile.ZipFile(path) as archive:
        content = archive.read("content.xml").replace(
            b"<table:table-row>", b'<table:table-row table:number-rows-repeated="100000000">'
        )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)


def shared_text(path: Path) -> None:
    """A text of 100 kB in each of 12,000 cells: 1.2 GB, from one shared text."""
    book = openpyxl.Workbook()
    for _ in range(12_000):
        book.active.append(["x"])
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {member.filename: archive.read(member) for member in archive.infolist()}
    main = "http://schemas.openxmlformats.org"
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = re.sub(rb't="inlineStr"><is><t>x</t></is>', rb't="s"><v>0</v>', parts[sheet])
    text = f'<sst xmlns="{main}/spreadsheetml/2006/main"><si><t>{"A" * 100_000}</t></si></sst>'
    parts["xl/sharedStrings.xml"] = text.encode()
    link = f'<Relationship Id="s" Type="{main}/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    rels = "xl/_rels/workbook.xml.rels"
    parts[rels] = parts[rels].replace(b"</Relationships>", link.encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "write", "said"),
    [
        ("far.xlsx", far_cell, "1,048,576 rows and 16,384 columns"),
        ("rep.ods", repeated, "200,000,000 rows"),
        ("text.xlsx", shared_text, "memory"),
        pytest.param(
            "bomb.csv.gz",
            lambda path: path.write_bytes(gzip.compress(b"a,b\n" + b"\n" * 60_000_000, 1)),
            "cells|memory|seconds",
            marks=pytest.mark.long,
        ),
        (
            "deep.json",
            lambda path: path.write_text("[" * 100_000, encoding="utf-8"),
            "nested too deeply|not JSON",
        ),
        (
            "deep.geojson",
            lambda path: path.write_text('{"a":' * 100_000, encoding="utf-8"),
            "nested too deeply|not JSON",
        ),
    ],
)
def test_small_files_unfold_to_one_message(tmp_path: Path, name: str, write: object, said: str) -> None:
    write(tmp_path / name)  # type: ignore[operator]
    worker.end_child()
    with pytest.raises(InputError, match=said):
        am.read_assets(tmp_path / name)
    assert fuzz.memory_mb(before=float("inf")) < fuzz.MOST_MB
    report = inspect_inputs(tmp_path)
    assert report.files["state"].tolist() in (["broken"], ["not used"])


def test_a_honest_sheet_with_empty_rows_and_columns_far_down_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["name", "postcode"])
    book.active.append(["Hall", "TR1 1EP"])
    book.active["XFD1048576"].font = openpyxl.styles.Font(bold=True)
    book.save(tmp_path / "a.xlsx")
    assert am.read_assets(tmp_path / "a.xlsx").table["name"].tolist() == ["Hall"]
    fuzz._write_ods(pd.DataFrame({"name": ["A"], "postcode": ["TR1 1EP"]}), tmp_path / "a.ods")
    with zipfile.ZipFile(tmp_path / "a.ods") as archive:
        content = archive.read("content.xml")
    end = b'<table:table-row table:number-rows-repeated="1048574"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>'
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content.replace(b"</table:table>", end))
    assert am.read_assets(tmp_path / "a.ods").table["name"].tolist() == ["A"]


def large(folder: Path) -> Path:
    (folder / "large.csv").write_text("name,postcode\n" + "Hall,TR1 1EP\n" * 400_000, encoding="utf-8")
    return folder / "large.csv"


@pytest.mark.slow
def test_a_crash_is_one_message_and_the_next_file_has_a_new_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = large(tmp_path)
    open_table(fuzz.SAMPLES / "groups.ods")
    first, send = worker._CURRENT[0].process, worker.write_part

    def send_and_kill(stream: IO[bytes], part: bytes) -> None:
        send(stream, part)
        stream.flush()
        first.kill()

    monkeypatch.setattr(worker, "write_part", send_and_kill)
    with pytest.raises(InputError, match="could not be read: it is damaged, or needs more memory"):
        open_table(file)
    monkeypatch.undo()
    assert len(open_table(fuzz.SAMPLES / "groups.ods").rows) == 7
    assert worker._CURRENT[0].process.pid != first.pid


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_a_system_that_refuses_a_limit_is_only_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    import resource

    def refuse(kind: int, limits: tuple[int, int]) -> None:
        raise ValueError("current limit exceeds maximum limit")

    monkeypatch.setattr(resource, "setrlimit", refuse)
    child._limit(450, 15)
    child._limit(None, None)


@pytest.mark.slow
def test_limits_of_time_and_memory_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = large(tmp_path)
    monkeypatch.setenv("ASSETMAP_READ_SECONDS", "0.01")
    with monkeypatch.context() as patch, pytest.raises(InputError, match="within 0 seconds"):
        patch.setattr(worker, "write_part", lambda stream, part: None)  # a child that never answers
        open_table(file)
    monkeypatch.setenv(
        "ASSETMAP_READ_SECONDS", "1800"
    )  # twice the most: small files have twice their time too
    assert (limits_for(0).seconds, limits_for(10**12).seconds, limits_for(0).memory_mb) == (30, 1800, 450)
    monkeypatch.delenv("ASSETMAP_READ_SECONDS")
    monkeypatch.setenv("ASSETMAP_READ_CELLS", "1000")
    with pytest.raises(InputError, match="more than 1,000 cells"):
        open_table(file)
    monkeypatch.setenv("ASSETMAP_READ_CELLS", "many")
    with pytest.raises(InputError, match="ASSETMAP_READ_CELLS is 'many'"):
        open_table(file)
    monkeypatch.undo()
    assert len(open_table(file).rows) == 400_001
    assert limits_for(10**12).memory_mb == 8_000


@pytest.mark.slow
def test_a_command_has_one_child_and_our_own_files_have_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker.end_child()
    started = []
    real = worker._Child.__init__
    monkeypatch.setattr(
        worker._Child, "__init__", lambda self, **words: (started.append(1), real(self, **words))[1]
    )
    am.read_areas(am.example_project().folder / "areas.gpkg")
    assert started == []
    for file in fuzz.write_samples(tmp_path)[:8]:
        am.read_assets(file)
    assert started == [1]


@pytest.mark.slow
def test_twenty_thousand_unknown_types_get_a_few_suggestions(monkeypatch: pytest.MonkeyPatch) -> None:
    from assetmap.register import types

    asked = []
    monkeypatch.setattr(types, "_nearest", lambda typed: asked.append(typed) or "")
    typed = pd.Series([f"kind {k} of thing" for k in range(20_000)])
    codes, _ = types.known_types(typed, pd.Series("", index=typed.index))
    assert (codes == "other").all()
    assert len(asked) <= types.MOST_SUGGESTIONS + 2


# Nothing is lost without a word


def test_a_stale_count_of_a_geopackage_loses_nothing(tmp_path: Path) -> None:
    file = sample(tmp_path, "a.gpkg")
    with closing(sqlite3.connect(file)) as database:
        database.execute("UPDATE gpkg_ogr_contents SET feature_count = 5")
        database.commit()
    assert len(am.read_assets(file).table) == 60
    with closing(sqlite3.connect(file)) as database:
        database.execute("UPDATE gpkg_ogr_contents SET feature_count = 90")
        database.commit()
    with pytest.raises(InputError, match="holds 90 features, but 60 could be read"):
        am.read_assets(file)


def test_a_flatgeobuf_that_holds_other_than_it_says_is_refused(tmp_path: Path) -> None:
    content = sample(tmp_path, "a.fgb").read_bytes()
    at = content.index((60).to_bytes(8, "little"))
    (tmp_path / "b.fgb").write_bytes(content[:at] + (5).to_bytes(8, "little") + content[at + 8 :])
    (tmp_path / "c.fgb").write_bytes(content[: len(content) - 40])
    for name in ("b.fgb", "c.fgb"):
        with pytest.raises(InputError, match="damaged"):
            am.read_assets(tmp_path / name)
    assert len(am.read_assets(tmp_path / "a.fgb").table) == 60


def test_places_of_maps_with_several_layers_are_counted(tmp_path: Path) -> None:
    """GDAL leaves out a member without a feature, which is an error; a placemark without a point is a row."""
    point = "<Point><coordinates>-5.05,50.26</coordinates></Point>"
    for name, second, rows in (("whole", point, 3), ("lost", "", 0)):
        kml = tmp_path / f"{name}.kml"
        kml.write_text(
            '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><!-- <Placemark> -->'
            f"<Folder><name>A</name><Placemark><name>1</name>{point}</Placemark><Placemark><name>2</name>{second}</Placemark></Folder>"
            f"<Folder><name>B</name><Placemark><name>3</name>{point}</Placemark></Folder></Document></kml>",
            encoding="utf-8",
        )
        gml = tmp_path / f"{name}.gml"
        shape = '<a:g><gml:Point srsName="EPSG:4326"><gml:coordinates>-5.05,50.26</gml:coordinates></gml:Point></a:g>'
        members = [
            f"<gml:featureMember><a:{layer}>{shape}<a:name>H {layer}</a:name></a:{layer}></gml:featureMember>"
            for layer in "pq"
        ]
        members += ["<gml:featureMember></gml:featureMember>" if not second else members[0]]
        gml.write_text(
            '<?xml version="1.0"?><a:FeatureCollection xmlns:a="http://a/" xmlns:gml="http://www.opengis.net/gml">'
            f"{''.join(members)}</a:FeatureCollection>",
            encoding="utf-8",
        )
        for path in (kml, gml):
            if rows or path == kml:
                assert len(am.read_assets(path).table) == 3, path.name
            else:
                with pytest.raises(InputError, match="holds 3 places, but only 2"):
                    am.read_assets(path)


def test_a_shapefile_whose_parts_disagree_is_refused_zipped_too(tmp_path: Path) -> None:
    sample(tmp_path, "a.shp")
    index = tmp_path / "a.shx"
    index.write_bytes(index.read_bytes()[: 100 + 8])
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for ending in ("shp", "shx", "dbf", "prj"):
            archive.write(tmp_path / f"a.{ending}", f"a.{ending}")
    for name in ("a.shp", "a.zip"):
        with pytest.raises(InputError, match=r"do not fit together: 1 in \.shx, 60 in \.dbf"):
            am.read_assets(tmp_path / name)


@pytest.mark.parametrize("ending", [".mif", ".tab"])
def test_a_mapinfo_file_whose_table_is_cut_is_refused(tmp_path: Path, ending: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MapInfo has short names
        fuzz.places()[["name", "note", "geometry"]].to_file(tmp_path / f"a{ending}", driver="MapInfo File")
    path, table = tmp_path / f"a{ending}", tmp_path / ("a.mid" if ending == ".mif" else "a.dat")
    assert len(open_map(path).table) == fuzz.PLACES
    whole = table.read_bytes()
    half = whole[: len(whole) // 2]
    table.write_bytes(half[: half.rindex(b"\n") + 1] if ending == ".mif" else half)
    with pytest.raises(InputError, match="60") as said:
        open_map(path)
    assert str(path) in str(said.value)


def test_damage_in_a_zip_is_found(tmp_path: Path) -> None:
    sample(tmp_path, "a.shp")
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_STORED) as archive:
        for ending in ("shp", "shx", "dbf", "prj"):
            archive.write(tmp_path / f"a.{ending}", f"a.{ending}")
    raw = bytearray((tmp_path / "a.zip").read_bytes())
    raw[raw.index(b"Hall number 30")] ^= 1
    (tmp_path / "a.zip").write_bytes(raw)
    with pytest.raises(InputError, match="could not be unpacked"):
        am.read_assets(tmp_path / "a.zip")


def test_an_ods_whose_xml_breaks_off_is_refused(tmp_path: Path) -> None:
    fuzz._write_ods(pd.DataFrame({"name": ["A", "B", "C"], "postcode": "TR1 1EP"}), tmp_path / "a.ods")
    with zipfile.ZipFile(tmp_path / "a.ods") as archive:
        parts = {member.filename: archive.read(member) for member in archive.infolist()}
    parts["content.xml"] = parts["content.xml"].replace(b"<text:p>B<", b"<text:p><<B<")
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    with pytest.raises(InputError, match="damaged"):
        am.read_assets(tmp_path / "a.ods")


# No traceback


@pytest.mark.parametrize(
    "content",
    [
        '{"elements":[null]}',
        '{"grants":[{"recipientOrganization":{"name":"A"}}]}',
        '{"elements":[{"type":"way","tags":{"name":"A"},"geometry":[null]}]}',
    ],
)
def test_json_of_another_shape_is_one_message(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="records are not built as"):
        am.read_assets(tmp_path / "a.json")


def test_half_a_character_becomes_a_replacement(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('[{"name": "A\\ud800", "\\udfff": "x"}]', encoding="utf-8")
    table = am.read_assets(tmp_path / "a.json").table
    assert table["name"].tolist() == ["A\ufffd"]


def test_text_of_parquet_that_is_not_utf8_is_one_message(tmp_path: Path) -> None:
    raw = pa.array([b"A\xff"], type=pa.binary())
    text = pa.StringArray.from_buffers(1, raw.buffers()[1], raw.buffers()[2])
    pq.write_table(pa.table({"name": text}), tmp_path / "a.parquet")
    with pytest.raises(InputError, match="could not be read"):
        am.read_assets(tmp_path / "a.parquet")


def test_one_damaged_file_leaves_the_others_of_a_folder(tmp_path: Path) -> None:
    pd.DataFrame({"name": ["A"], "postcode": ["TR1 1EP"]}).to_csv(tmp_path / "good.csv", index=False)
    whole = gzip.compress(b"name,postcode\n" + os.urandom(400).hex().encode())
    (tmp_path / "bad.csv.gz").write_bytes(whole[:60] + b"\xff" * 40 + whole[100:])
    (tmp_path / "cut.csv.gz").write_bytes(whole[:-20])
    (tmp_path / "shape.json").write_text('{"elements":[null]}', encoding="utf-8")
    states = inspect_inputs(tmp_path).files.set_index("file")["state"]
    assert states["good.csv"] == "ready"
    assert {states["bad.csv.gz"], states["cut.csv.gz"]} == {"broken"}


def test_a_list_of_places_with_a_comma_too_many_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "councils.csv").write_text(
        "area,note\nTruro\nBath, and North East Somerset,x\n", encoding="utf-8"
    )
    with pytest.raises(InputError, match="row has more cells than its 2 column names, first row 3"):
        read_jobs(tmp_path / "councils.csv", tmp_path / "out", inputs=tmp_path)


def test_dates_of_year_one_and_9999_are_read(tmp_path: Path) -> None:
    (tmp_path / "years.csv").write_text(
        "name,postcode,checked date,opened year\nA,TR1 1EP,0001-01-01,-1\nB,TR1 1EP,9999-99-99,99999\n",
        encoding="utf-8",
    )
    assert len(am.check_files([tmp_path / "years.csv"]).register.log) == 2


def test_every_reader_has_the_boundary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a reader raises is an InputError with the name of the file."""
    from assetmap.read import tables

    def breaks(*_: object, **__: object) -> None:
        raise KeyError("inside")

    monkeypatch.setattr(tables, "open_table", breaks)
    (tmp_path / "a.csv").write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.csv' could not be read.*inside"):
        read_table(tmp_path / "a.csv")


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), min_size=1, max_size=4),
        max_size=6,
    )
)
def test_rows_cross_the_pipe_unchanged(rows: list[list[str]]) -> None:
    assert unpack_rows(pack_rows(rows)) == rows


def test_fields_of_map_files_come_back_as_before(tmp_path: Path) -> None:
    table = fuzz.places().assign(
        whole=range(60),
        half=[k / 2 for k in range(60)],
        yes=[k % 2 == 0 for k in range(60)],
        day=pd.Timestamp("2024-05-31 10:00"),
    )
    table.loc[3, ["note", "whole"]] = None
    table.to_file(tmp_path / "a.gpkg")
    found, expected = open_map(tmp_path / "a.gpkg").table, gpd.read_file(tmp_path / "a.gpkg")
    pd.testing.assert_frame_equal(pd.DataFrame(found), pd.DataFrame(expected), check_dtype=False)
    assert found.crs == expected.crs


@pytest.mark.slow
def test_damaged_files_of_every_format(tmp_path: Path) -> None:
    tally = fuzz.fuzz(20, seed=20_260, folder=tmp_path, builds=False)
    assert tally.files == 20
    assert tally.faults == []


def test_a_file_that_passes_a_limit_is_waited_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command looks at a file before it reads it: both together must not take twice the time."""
    monkeypatch.setenv("ASSETMAP_READ_SECONDS", "0.01")
    asked: list[str] = []

    def waits(self: worker._Child, request: dict[str, object], limits: object) -> object:
        asked.append(str(request["task"]))
        raise InputError("not within 0 seconds")

    monkeypatch.setattr(worker._Child, "_answer", waits)
    file = tmp_path / "a.csv"
    file.write_text("name\nHall\n", encoding="utf-8")
    for task in ("look", "rows"):
        with pytest.raises(InputError, match="not within 0 seconds"):
            worker.ask(task, file)
    assert asked == ["look"]
    file.write_text("name\nHalls\n", encoding="utf-8")  # it was changed, so it is tried again
    with pytest.raises(InputError, match="not within 0 seconds"):
        worker.ask("rows", file)
    assert asked == ["look", "rows"]


def test_maps_with_thousands_of_fields_and_parquet_without_shapes_are_one_message(tmp_path: Path) -> None:
    fields = "".join(f"<Data name='f{k}'><value>1</value></Data>" for k in range(1_001))
    (tmp_path / "a.kml").write_text(
        f"<kml><Placemark><ExtendedData>{fields}</ExtendedData></Placemark></kml>", encoding="utf-8"
    )
    with pytest.raises(InputError, match=r"1,003 fields; a list has at most 1,000"):
        open_map(tmp_path / "a.kml")
    pq.write_table(pa.table({"name": ["A"]}), tmp_path / "a.parquet")
    with pytest.raises(InputError, match="without shapes.*CSV"):
        open_map(tmp_path / "a.parquet")


def test_nothing_is_written_beside_a_list(tmp_path: Path) -> None:
    gml = sample(tmp_path, "a.gml")
    (tmp_path / "a.xsd").unlink()
    assert len(am.read_assets(gml).table) == fuzz.PLACES
    assert [file.name for file in tmp_path.iterdir()] == ["a.gml"]

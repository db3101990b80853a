"""Roads, timetables and cars for a place: taken into a project where they cover it, and said where they do not."""

from __future__ import annotations

import shutil
import tomllib
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from pyproj import Transformer

import assetmap as am
from assetmap.errors import FetchError
from assetmap.fetch.sources import read_sources
from assetmap.place.council import Councils
from assetmap.place.councils import council_table
from assetmap.place.looked import inspect_place
from assetmap.place.make import make_project
from assetmap.place.official import _for_part
from assetmap.place.record import read_made, write_made
from assetmap.place.transport import timetable_cover
from assetmap.place.update import update_project
from assetmap.project.settings.reading import read_settings
from assetmap.read.inputs import inspect_inputs
from conftest import ORIGIN
from test_place import CODES, fill
from transport_feeds import FEED, TOWN, feed

TO_DEGREES = Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)
CARS = "date,geography,geography code,Number of cars or vans: Total: All households,Number of cars or vans: No cars or vans in household\n"


def degrees(x: float, y: float) -> tuple[float, float]:
    """Turn metres from the corner of the made-up place into longitude and latitude."""
    return TO_DEGREES.transform(ORIGIN[0] + x, ORIGIN[1] + y)


def roads(path: Path, *, x: float = 0.0) -> Path:
    """Write two streets that cross the place from corner to corner, or beside it."""
    corners = [degrees(x + 100, 100), degrees(x + 3_900, 100), degrees(x + 3_900, 1_900)]
    nodes = "".join(
        f'<node id="{number}" version="1" lat="{lat:.7f}" lon="{lon:.7f}"/>'
        for number, (lon, lat) in enumerate(corners)
    )
    way = "".join(f'<nd ref="{number}"/>' for number in range(3))
    path.write_text(
        f'<osm version="0.6">{nodes}<way id="1" version="1">{way}<tag k="highway" v="residential"/></way></osm>',
        "utf-8",
    )
    return path


def buses(path: Path, *, x: float = 0.0) -> Path:
    stops = "stop_id,stop_name,stop_lat,stop_lon\n"
    for number, name in enumerate("abcd"):
        lon, lat = degrees(x + 500 + 900 * number, 500)
        stops += f"{name},{name},{lat:.6f},{lon:.6f}\n"
    made = feed(path.parent, stops=stops)
    made.rename(path)
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory):
    """A project of a place with roads, two timetables (one of elsewhere) and cars, made once."""
    root = tmp_path_factory.mktemp("transport")
    inputs = fill(root / "inputs")
    roads(inputs / "westshire.osm")
    roads(inputs / "far.osm", x=40_000)
    buses(inputs / "region_gtfs.zip")
    buses(inputs / "other_gtfs.zip", x=90_000)
    rows = "".join(f"2021,x,{code},{500 + place},{100 + place}\n" for place, code in enumerate(CODES))
    (inputs / "ts045.csv").write_text(CARS + rows, "utf-8")
    return make_project(root / "west", area="Westshire", inputs=inputs, limit_m=1000), inputs


@pytest.mark.slow
def test_what_covers_the_place_is_in_its_settings(made) -> None:
    project, inputs = made
    settings = read_settings(project.config)
    assert settings.roads.file == "westshire.osm" and settings.roads.licence.startswith("Open Database")
    assert "OpenStreetMap contributors" in settings.roads.attribution
    assert settings.timetable.files == ("region_gtfs.zip",)
    assert settings.timetable.date == "2026-01-05 to 2026-03-27"
    notes = " ".join(project.notes)
    assert "'far.osm' is not used" in notes and "'other_gtfs.zip' is not used" in notes
    assert "roads of the whole of the place" in notes
    cars = pd.read_csv(project.config.parent / settings.census[0].file, index_col="lsoa21_code")
    assert cars["households_without_a_car"].to_dict() == {CODES[at]: 100 + at for at in (0, 1, 4, 5)}
    assert settings.census[0].title.startswith("Census 2021 TS045")
    steps = inspect_inputs(inputs).steps.set_index("step")
    assert steps.loc[["roads", "bus timetable", "cars"], "ready"].all()
    assert "westshire.osm" in steps.at["roads", "files"]


@pytest.mark.slow
def test_inputs_gives_the_verdict_of_the_project_on_the_same_files(made, tmp_path) -> None:
    project, inputs = made
    for area in ("Westshire", None):
        report = inspect_place(inputs, area=area)
        files = report.files.set_index("file")
        steps = report.steps.set_index("step")["files"]
        assert (steps["roads"], steps["bus timetable"]) == ("westshire.osm", "region_gtfs.zip")
        assert files.at["far.osm", "state"] == files.at["other_gtfs.zip", "state"] == "not used"
        place = "Westshire" if area else "the boundaries in this folder"
        assert files.at["far.osm", "reason"] == f"its roads do not reach {place}"
        assert "none of its buses stops in" in files.at["other_gtfs.zip", "reason"]
        covers = f"it has the roads of the whole of {place}"
        assert covers in files.at["westshire.osm", "covers"]
        assert "bus stops in or beside" in files.at["region_gtfs.zip", "covers"]
    said = {note for note in project.notes if "far.osm" in note or "westshire.osm" in note}
    assert said == {
        "'far.osm' is not used: its roads do not reach the place.",
        "'westshire.osm': it has the roads of the whole of the place.",
    }
    steps = inspect_place(inputs, area="Westshore").steps.set_index("step")
    assert not steps.at["choice of the area", "ready"]
    assert "Did you mean 'Westshire'" in steps.at["choice of the area", "missing"]
    # the folder of a project needs no --area
    shutil.copytree(inputs, tmp_path / "west" / "inputs")
    write_made(tmp_path / "west", replace(read_made(project.config.parent), inputs="inputs"), files={})
    files = inspect_place(tmp_path / "west" / "inputs").files.set_index("file")
    assert files.at["westshire.osm", "covers"] == "it has the roads of the whole of Westshire"


@pytest.mark.slow
def test_an_update_writes_each_table_once(made, tmp_path) -> None:
    project, _ = made
    shutil.copytree(project.config.parent.parent, tmp_path / "copy")
    again = make_project(tmp_path / "copy" / "west", inputs=tmp_path / "copy" / "inputs")
    raw = tomllib.loads(again.config.read_text("utf-8"))
    assert len(raw["census"]) == 1 and raw["timetable"]["files"] == ["region_gtfs.zip"]
    assert again.config.read_text("utf-8") == project.config.read_text("utf-8")


@pytest.mark.slow
def test_one_file_is_added_to_any_project(tmp_path) -> None:
    shutil.copytree(TOWN, tmp_path / "town")
    config = tmp_path / "town" / "assetmap.toml"
    text = config.read_text("utf-8")
    before, after = text.index("[roads]"), text.index("[access]")
    config.write_text(text[:before] + text[after:].replace('distance = "bus"', ""), "utf-8")
    (tmp_path / "town" / "roads.osm").unlink()
    for name, table in (("roads.osm", "roads"), ("buses_gtfs.zip", "timetable")):
        done = update_project(tmp_path / "town", TOWN / name)
        assert done.input_id == table and name in done.said[0]
    settings = read_settings(config)
    assert settings.roads.file == "roads.osm" and settings.timetable.files == ("buses_gtfs.zip",)
    assert settings.timetable.date == "2026-01-04 to 2026-12-19"
    second = tmp_path / "second_gtfs.zip"
    shutil.copy(TOWN / "buses_gtfs.zip", second)
    done = update_project(tmp_path / "town", second)
    assert "2 timetables now: 'buses_gtfs.zip', 'second_gtfs.zip'" in done.said[-1]
    # the same name: replaced, not added
    assert len(update_project(tmp_path / "town", second).said) == 3
    assert len(read_settings(config).timetable.files) == 2


@pytest.mark.slow
def test_what_does_not_cover_the_place_or_cannot_be_read_changes_nothing(tmp_path) -> None:
    shutil.copytree(TOWN, tmp_path / "town")
    before = {path.name: path.read_bytes() for path in (tmp_path / "town").iterdir()}
    (tmp_path / "cut.osm.pbf").write_bytes(b"\x00\x00\x00\x0d\x0a\x09OSMHeader")
    bad = [roads(tmp_path / "far.osm"), buses(tmp_path / "far_gtfs.zip"), tmp_path / "cut.osm.pbf"]
    for path, words in zip(bad, ("do not reach", "none of its buses stops", "cannot be used"), strict=True):
        with pytest.raises(am.InputError, match=words):
            update_project(tmp_path / "town", path)
    by_hand = (
        (tmp_path / "town" / "assetmap.toml")
        .read_text("utf-8")
        .replace('["buses_gtfs.zip"]', '[\n "buses_gtfs.zip",\n]')
    )
    (tmp_path / "town" / "assetmap.toml").write_text(by_hand, "utf-8")
    shutil.copy(TOWN / "buses_gtfs.zip", tmp_path / "more_gtfs.zip")
    with pytest.raises(am.InputError, match="Name 'more_gtfs.zip' in it yourself"):
        update_project(tmp_path / "town", tmp_path / "more_gtfs.zip")
    after = {path.name: path.read_bytes() for path in (tmp_path / "town").iterdir()}
    assert after == before | {"assetmap.toml": by_hand.encode()}


def test_a_damaged_timetable_is_its_own_message(tmp_path) -> None:
    path = feed(tmp_path, without=("stops",))
    assert set(FEED) > {"stops.txt"}
    with pytest.raises(am.InputError, match=r"stops\.txt is missing"):
        timetable_cover(path, am.read_areas(TOWN / "areas.gpkg"))


@pytest.mark.parametrize(("name", "roads_of", "buses_of"), [
    ("Shropshire", "england/shropshire-latest", "gtfs-file/west_midlands/"),
    ("Cornwall", "england/cornwall-latest", "gtfs-file/south_west/"),
    ("Stafford", "england/staffordshire-latest", "gtfs-file/west_midlands/"),
    ("Wigan", "england/greater-manchester-latest", "gtfs-file/north_west/"),
    ("Camden", "england/greater-london-latest", "gtfs-file/london/"),
])  # fmt: skip
def test_the_part_that_serves_a_council(name, roads_of, buses_of) -> None:
    table = council_table()
    code = str(table.index[table["name"] == name][0])
    for source, part in (("osm_extract", roads_of), ("bods_timetable", buses_of)):
        found = _for_part(read_sources()[source], Councils((code,), name, name, None))
        assert part in found.address and "{" not in found.address


def test_every_council_has_one_part_or_a_message() -> None:
    parts = am.reference_table("download_areas").reset_index()
    councils = council_table().to_dict("records")
    for source in ("osm_extract", "bods_timetable"):
        pairs = parts.loc[parts["source_id"] == source, ["column", "place"]].itertuples(
            index=False, name=None
        )
        known = set(pairs)
        counts = {
            row["name"]: sum(
                (column, row[column]) in known
                for column in ("name", "county", "combined_authority", "region")
            )
            for row in councils
        }
        # Stockton lies on both banks of the Tees: in two counties of the extracts
        without = ["Stockton-on-Tees"] if source == "osm_extract" else []
        assert [name for name, count in counts.items() if count != 1] == without
    with pytest.raises(FetchError, match="'Stockton-on-Tees'.*Save it by hand from https://"):
        _for_part(read_sources()["osm_extract"], Councils(("E06000004",), "Stockton", "Stockton", None))
    both = Councils(("E06000051", "E06000019"), "Shropshire and Herefordshire", "x", None)
    with pytest.raises(FetchError, match="'shropshire', 'herefordshire'"):
        _for_part(read_sources()["osm_extract"], both)
    given = replace(read_sources()["osm_extract"], address="https://example.org/a.osm.pbf")
    assert _for_part(given, both) is given

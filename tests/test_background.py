"""Roads and rivers under the map: which lines are kept, from which files, and how small they are on the page."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, Point

from assetmap.read.transport.background import read_background
from assetmap.schema import InputError
from assetmap.show.map.lines import MOST_VERTICES, encode_lines

OSM = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6">
  <node id="1" lat="50.26" lon="-5.05"/><node id="2" lat="50.27" lon="-5.04"/><node id="3" lat="50.28" lon="-5.05"/>
  <way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/><tag k="ref" v="A30;A39"/></way>
  <way id="2"><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/></way>
  <way id="3"><nd ref="1"/><nd ref="3"/><tag k="waterway" v="river"/><tag k="name" v="River Fal"/></way>
  <way id="4"><nd ref="1"/><nd ref="3"/><tag k="waterway" v="ditch"/></way>
  <way id="5"><nd ref="1"/><nd ref="3"/><tag k="waterway" v="river"/><tag k="tunnel" v="culvert"/></way>
</osm>
"""


def written(path: Path, column: str, kinds: list[str]) -> Path:
    lines = [
        LineString([(180_000, 45_000 + 100 * at), (181_000, 45_000 + 100 * at)]) for at in range(len(kinds))
    ]
    gpd.GeoDataFrame({column: kinds}, geometry=lines, crs="EPSG:27700").to_file(path)
    return path


@pytest.mark.parametrize(
    ("column", "kinds", "kept"),
    [
        ("roadClassification", ["A Road", "B Road", "Motorway", "Unclassified"], ["roads", "roads"]),
        ("form", ["inlandRiver", "canal", "tidalRiver"], ["rivers", "rivers"]),
        ("kind", ["roads", "river", "path"], ["roads", "rivers"]),
    ],
)
def test_main_roads_and_rivers_are_kept(
    tmp_path: Path, column: str, kinds: list[str], kept: list[str]
) -> None:
    found = read_background(written(tmp_path / "lines.gpkg", column, kinds))
    assert found["kind"].tolist() == kept
    assert found.crs.to_epsg() == 27700


def test_an_openstreetmap_extract_gives_roads_and_rivers(tmp_path: Path) -> None:
    pytest.importorskip("osmium")
    path = tmp_path / "town.osm"
    path.write_text(OSM, encoding="utf-8")
    found = read_background(path)
    assert found["kind"].tolist() == ["roads", "rivers"]
    assert found["name"].tolist() == ["A30", "River Fal"]
    assert found.to_crs("EPSG:4326").geometry.iloc[0].coords[0] == pytest.approx((-5.05, 50.26), abs=1e-6)
    path.write_text(OSM.replace("primary", "track").replace("river", "ditch"), encoding="utf-8")
    with pytest.raises(InputError, match="no main road and no river"):
        read_background(path)
    path.write_bytes(b"\0" * 50)
    with pytest.raises(InputError, match="could not be read as an OpenStreetMap extract"):
        read_background(path)


def test_lines_that_do_not_say_what_they_are_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="column 'kind' with 'roads' or 'rivers'.*It has 'colour'"):
        read_background(written(tmp_path / "lines.gpkg", "colour", ["red"]))
    with pytest.raises(InputError, match="no main road and no river"):
        read_background(written(tmp_path / "lanes.gpkg", "kind", ["lane"]))


@pytest.mark.slow
def test_lines_come_back_and_a_long_list_is_cut() -> None:
    roads = [
        LineString([(180_000, 45_000), (181_000, 45_000)]),
        LineString([(181_000, 45_000), (181_000, 47_000)]),
    ]
    table = gpd.GeoDataFrame({"kind": "roads"}, geometry=roads, crs="EPSG:27700", index=[0, 1])
    packed = encode_lines(table)
    assert set(packed) == {"roads"}
    assert packed["roads"]["lengths"] == [3]  # joined where they meet
    x = np.cumsum(packed["roads"]["x"]) / 1e4
    assert x[0] == pytest.approx(
        gpd.GeoSeries([Point(180_000, 45_000)], crs=table.crs).to_crs(4326).x[0], abs=1e-4
    )
    named = table.assign(name=["A30", ""])
    names = encode_lines(named)["names"]
    assert (names["names"], names["kinds"]) == (["A30"], ["roads"])
    middle = gpd.GeoSeries([Point(180_500, 45_000)], crs=table.crs).to_crs(4326)
    assert (names["points"]["x"][0] / 1e4, names["points"]["y"][0] / 1e4) == pytest.approx(
        (middle.x[0], middle.y[0]), abs=1e-4
    )
    rng = np.random.default_rng(1)
    many = shapely.linestrings(rng.uniform(0, 400_000, (20_000, 2, 2)))
    crowd = encode_lines(
        gpd.GeoDataFrame({"kind": "rivers"}, geometry=many, crs="EPSG:27700", index=range(20_000))
    )
    assert sum(crowd["rivers"]["lengths"]) <= MOST_VERTICES


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("noise.osm.pbf", bytes(range(256)) * 20),
        ("half.osm", b"<osm version='0.6'><node id='1'"),
        ("huge_block.osm.pbf", b"\x7f\xff\xff\xff" + b"\x00" * 100),
    ],
)
def test_a_hostile_extract_is_one_message_and_is_opened_elsewhere(tmp_path, name, content) -> None:
    pytest.importorskip("osmium")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=name) as caught:
        read_background(tmp_path / name)
    assert "\n" not in str(caught.value).strip()

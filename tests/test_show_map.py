"""The map as a file: classes, shapes, colours, what an audience may see, one file with fixed bytes."""

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import branca
import folium
import geopandas as gpd
import mapclassify
import numpy as np
import pandas as pd
import pytest
import shapely
from folium.plugins import Draw, MarkerCluster
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, Polygon, box

from assetmap import show
from assetmap.schema import InputError, Note, SchemaError, data_folder, reference_table
from assetmap.show.map import Layer, geometry, make_map, map_layers
from assetmap.show.map.classes import SCHEMES, class_words, cut
from assetmap.show.map.geometry import encode_points, encode_polygons, simplify_areas
from assetmap.show.map.layers import GROUPS, KINDS
from assetmap.show.map.overview import for_overview
from assetmap.show.map.page import STATIC, joined_modules, our_script
from assetmap.show.map.palettes import BIVARIATE, CATEGORIES, colours
from assetmap.show.map.payload import encode_layer
from assetmap.show.map.scripts import join_modules
from assetmap.show.map.texts import code_sentences, shared_beginnings
from assetmap.show.map.trial import encode_trial
from conftest import make_assets, make_grid
from map_tables import cornwall_tables

VALUES = st.lists(
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3)), min_size=6, max_size=60
).filter(lambda values: len(set(values)) > 5)


def island(html: str) -> dict[str, Any]:
    """Return the data of a page as the browser unpacks them."""
    packed = re.search(r'<script type="text/plain" id="am-data">([A-Za-z0-9+/=]+)</script>', html)
    assert packed is not None
    unpacked: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(packed.group(1))))
    return unpacked


def page_of(page: folium.Map) -> str:
    return str(page.get_root().render())


@pytest.fixture
def simple(town: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]) -> folium.Map:
    return make_map(*town, title="Town")


# classes


@pytest.mark.filterwarnings("ignore:Numba not installed", "ignore:Not enough unique values")
@given(VALUES, st.integers(2, 6))
@settings(max_examples=40, deadline=None)
def test_quick_schemes_are_those_of_mapclassify(values: list[float], classes: int) -> None:
    numbers = np.array(values)
    if len(np.unique(numbers)) <= classes:
        return
    theirs = mapclassify.Quantiles(numbers, k=classes)
    codes, upper = cut(numbers, scheme="Quantiles", classes=classes)
    assert np.unique(np.round(upper, 6)).tolist() == np.unique(theirs.bins.round(6)).tolist()
    bounds = np.quantile(numbers, [0.2, 0.7]).tolist()
    theirs = mapclassify.UserDefined(numbers, bounds)
    codes, upper = cut(numbers, scheme="UserDefined", bounds=bounds)
    assert codes.tolist() == np.searchsorted(np.unique(theirs.bins), numbers).tolist()
    assert upper == pytest.approx(np.unique(theirs.bins).tolist())


@pytest.mark.slow
@pytest.mark.parametrize("scheme", [one for one in SCHEMES if one != "UserDefined"])
def test_every_scheme_puts_every_value_into_its_class(scheme: str) -> None:
    numbers = np.append(np.random.default_rng(1).exponential(10, 200), np.nan)
    codes, upper = cut(numbers, scheme=scheme, classes=5)
    assert codes[-1] == -1
    assert (np.diff(upper) > 0).all()
    known = codes >= 0
    assert known.sum() == 200
    assert (numbers[known] <= np.array(upper)[codes[known]] + 1e-9).all()
    lower = np.array([-np.inf, *upper])[codes[known]]
    assert (numbers[known] > lower).all()


def test_classes_by_hand() -> None:
    codes, upper = cut(np.array([0.0, 1.0, 1.5, 9.0, np.nan]), scheme="UserDefined", bounds=(1, 2, 5))
    assert (codes.tolist(), upper) == ([0, 0, 1, 3, -1], [1, 2, 5, 9])
    words = class_words(np.array([0.0, 1.0, 1.5, 9.0, np.nan]), codes, upper, decimals=1, unit="km")
    assert words == ["up to 1.0 km", "1.0 to 2.0 km", "2.0 to 5.0 km", "more than 5.0 km"]
    codes, upper = cut(np.array([3.0, 3.0, 3.0]), scheme="Quantiles")
    assert (codes.tolist(), upper) == ([0, 0, 0], [3.0])
    assert cut(np.array([np.nan]), scheme="Quantiles")[1] == []


def test_unknown_scheme_and_missing_bounds_are_refused() -> None:
    with pytest.raises(InputError, match="'Jenks' .*Choose one of Quantiles"):
        cut(np.zeros(3), scheme="Jenks")
    with pytest.raises(InputError, match=r"UserDefined.*bounds=\("):
        cut(np.zeros(3), scheme="UserDefined")


# shapes


def decode(packed: dict[str, Any]) -> list[list[np.ndarray]]:
    scale = 10 ** packed["decimals"]
    x, y = np.cumsum(packed["x"]) / scale, np.cumsum(packed["y"]) / scale
    vertices = np.column_stack([x, y])
    rings = np.split(vertices, np.cumsum(packed["lengths"])[:-1])
    shapes, at = [], 0
    for count in packed["rings"]:
        shapes.append(rings[at : at + count])
        at += count
    return shapes


def test_shapes_come_back_to_a_metre() -> None:
    hole = box(180_200, 45_200, 180_400, 45_400).exterior.coords
    ring = Polygon(box(180_000, 45_000, 181_000, 46_000).exterior.coords, [hole])
    series = gpd.GeoSeries(
        [ring, MultiPolygon([box(0, 0, 9, 9), box(50, 50, 90, 90)]), None], crs="EPSG:27700"
    )
    packed = encode_polygons(series)
    assert packed["rings"] == [2, 2, 0]
    assert packed["lengths"] == [4, 4, 4, 4]
    shapes = decode(packed)
    back = gpd.GeoSeries([Polygon(shapes[0][0], [shapes[0][1]])], crs="EPSG:4326").to_crs("EPSG:27700")
    assert back.area.iloc[0] == pytest.approx(ring.area, rel=0.003)
    assert shapely.hausdorff_distance(back.iloc[0], ring) < 1.5


def test_tiny_area_does_not_vanish() -> None:
    series = gpd.GeoSeries([box(0, 0, 0.05, 0.05), box(0, 0, 10, 10)], crs="EPSG:27700")
    packed = encode_polygons(series)
    assert packed["rings"] == [1, 1]
    assert packed["lengths"][0] >= 1


@pytest.mark.slow
def test_cornwall_is_simplified_without_gaps_or_loss() -> None:
    areas = cornwall_tables().areas.geometry
    dense = gpd.GeoSeries(shapely.segmentize(areas.to_numpy(), 20), index=areas.index, crs=areas.crs)
    simplified = simplify_areas(dense)
    assert int(shapely.get_num_coordinates(simplified.to_numpy()).sum()) <= 30_000
    assert simplified.index.equals(areas.index)
    assert simplified.is_valid.all()
    assert not simplified.is_empty.any()
    assert simplified.area.sum() == pytest.approx(areas.area.sum(), rel=0.001)
    assert simplified.union_all().area == pytest.approx(areas.union_all().area, rel=0.001)


@pytest.mark.slow
def test_a_country_skips_tolerances_that_are_too_fine_and_looks_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    areas = cornwall_tables().areas.geometry
    dense = gpd.GeoSeries(shapely.segmentize(areas.to_numpy(), 20), index=areas.index, crs=areas.crs)
    tried: list[float] = []
    whole = shapely.coverage_simplify

    def counted(shapes: Any, tolerance: float) -> Any:
        if len(shapes) == len(areas):
            tried.append(tolerance)
        return whole(shapes, tolerance)

    monkeypatch.setattr(shapely, "coverage_simplify", counted)
    monkeypatch.setattr(geometry, "MANY_VERTICES", 12_000)
    monkeypatch.setattr(geometry, "VERTICES_PER_AREA", 10)
    expected = simplify_areas(dense)
    every = tried.copy()
    tried.clear()
    monkeypatch.setattr(geometry, "MANY_AREAS", 100)
    assert simplify_areas(dense).geom_equals_exact(expected, 0).all()
    assert tried == every[-1:]
    assert len(every) > 1


@pytest.mark.parametrize("many", [998, 1_000])
def test_sentences_that_differ_in_numbers_come_back(many: int) -> None:
    texts = (
        [f"Rank {k:,} to {k + 0.5} of 9." for k in range(many - 2)]
        + ["Not known"] * 2
        + ["None of 3, really"]
    )
    stored = code_sentences(pd.Series([*texts, None]))
    assert ("numbers" in stored) == (many == 1_000)
    words = [stored["words"][code] if code >= 0 else "" for code in stored["codes"]]
    if many == 1_000:
        assert set(stored["words"]) == {"Rank \x01 to \x01 of \x01.", "Not known", "None of \x01, really"}
        for row in range(len(words)):
            for column in stored["numbers"]:
                words[row] = words[row].replace("\x01", column[row], 1)
    assert words == [*texts, ""]


def test_points_with_gaps_come_back() -> None:
    points = gpd.GeoSeries([Point(180_000, 45_000), None, Point(181_000, 46_000)], crs="EPSG:27700")
    packed = encode_points(points)
    assert packed["x"][1] is None
    known = points[points.notna()].to_crs("EPSG:4326")
    x = np.cumsum([step for step in packed["x"] if step is not None]) / 1e5
    assert x == pytest.approx(known.x.to_numpy(), abs=1e-5)


# layers and colours


def test_every_row_of_the_layer_table_can_be_drawn() -> None:
    table = reference_table("map_layers")
    areas = make_grid()
    for row in table.itertuples():
        if row.kind in {"number", "fact"} and row.column not in {
            "gap_reason",
            "gap_sensitivity",
            "nearest_name",
            "only_site",
            "bus_summary",
        }:
            areas[row.column] = np.arange(16.0) / (1 if row.column == "population" else 16)
        else:
            areas[row.column] = "3-1"
        for extra in (row.low, row.high, row.unreliable):
            if extra:
                areas[extra] = 0.4
    layers = map_layers(areas)
    assert [layer.key for layer in layers] == list(table.index)
    assert {layer.group for layer in layers} <= set(GROUPS)
    data = island(page_of(make_map(areas)))
    for layer in data["layers"]:
        if layer["kind"] == "fact":
            continue
        assert sum(one["areas"] for one in layer["classes"]) == 16
        assert sum(one["people"] for one in layer["classes"]) == areas["population"].sum()
        assert len(layer["colours"]) == len(layer["classes"])
        assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in layer["colours"])
    assert all(layer["unreliable"] == "1" * 16 for layer in data["layers"] if layer["key"] == "gap")


def test_layer_of_ones_own(grid: gpd.GeoDataFrame) -> None:
    values = pd.Series(np.append(np.arange(15.0), np.nan), index=grid.index)
    doubt = values > 10
    own = Layer(
        "mine",
        "My layer",
        values,
        unit="cups",
        decimals=0,
        classes=3,
        unreliable=doubt,
        direction="More is more",
    )
    layer = island(page_of(make_map(grid, layers=[own])))["layers"][0]
    assert layer["codes"] == "aaaaabbbbbccccc."
    assert [one["label"] for one in layer["classes"]] == ["up to 4 cups", "5 to 9 cups", "10 or more cups"]
    assert layer["unknown"] == {"areas": 1, "people": 1000}
    assert layer["values"][:2] == [0, 1]
    assert layer["values"][-1] is None
    assert layer["unreliable"] == "0" * 11 + "1" * 4 + "0"


def test_residents_that_are_not_known_are_not_nobody(grid: gpd.GeoDataFrame) -> None:
    grid["population"] = np.where(np.arange(16) < 8, np.nan, 100.0)
    halves = pd.Series(np.where(np.arange(16) < 8, "first", "second"), index=grid.index)
    layer = island(page_of(make_map(grid, layers=[Layer("half", "Half", halves, kind="category")])))[
        "layers"
    ][0]
    assert [(one["areas"], one["people"]) for one in layer["classes"]] == [(8, None), (8, 800)]
    assert layer["unknown"] == {"areas": 0, "people": 0}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "pie"}, "'pie'.*number, category, bivariate, fact"),
        ({"values": pd.Series([1.0], index=["x"])}, "layer .a. .1 rows. .*16 areas.*reindex"),
        ({"values": pd.Series(["a"] * 16, index=make_grid().index)}, "layer .a. are str, not numbers"),
        ({"palette": "Rainbow"}, "'Rainbow'.*Try 'YlGnBu'"),
    ],
)
def test_layers_that_cannot_be_drawn_are_refused(
    grid: gpd.GeoDataFrame, change: dict[str, Any], message: str
) -> None:
    good: dict[str, Any] = {"key": "a", "label": "A", "values": pd.Series(1.0, index=grid.index)}
    with pytest.raises(InputError, match=message):
        make_map(grid, layers=[Layer(**(good | change))])


def test_nothing_to_draw_is_refused(grid: gpd.GeoDataFrame) -> None:
    with pytest.raises(InputError, match=r"column.*map_layers\.csv.*layers=\[Layer"):
        make_map(grid, layers=[])
    with pytest.raises(SchemaError, match="EPSG:27700"):
        make_map(grid.to_crs("EPSG:4326"))
    with pytest.raises(InputError, match="'everyone'.*Use public or internal"):
        make_map(grid, audience="everyone")


SIMULATED = ["deuteranomaly", "protanomaly", "tritanomaly"]


def as_seen(hexes: list[str], kind: str) -> np.ndarray:
    from colorspacious import cspace_convert

    rgb = np.array([[int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)] for colour in hexes])
    seen = cspace_convert(rgb, {"name": "sRGB1+CVD", "cvd_type": kind, "severity": 100}, "sRGB1")
    return np.asarray(cspace_convert(np.clip(seen, 0, 1), "sRGB1", "CAM02-UCS"))


def least_distance(seen: np.ndarray) -> float:
    apart = np.linalg.norm(seen[:, None] - seen[None], axis=2)
    return float(apart[~np.eye(len(seen), dtype=bool)].min())


@pytest.mark.parametrize("kind", SIMULATED)
@pytest.mark.parametrize(
    "palette", sorted(set(reference_table("map_layers").query("kind == 'number'")["palette"]))
)
def test_colours_can_be_told_apart_without_full_colour_vision(palette: str, kind: str) -> None:
    seen = as_seen(colours(palette, list("abcde")), kind)
    assert least_distance(seen) > 7
    lightness = seen[:, 0]
    assert (np.diff(lightness) < 0).all() or (np.diff(lightness) > 0).all()


@pytest.mark.parametrize("kind", SIMULATED)
def test_nine_classes_and_categories_can_be_told_apart(kind: str) -> None:
    seen = as_seen(list(BIVARIATE), kind)
    assert least_distance(seen) > 6
    assert seen[8, 0] == seen[:, 0].min()  # high need, low access is the darkest
    assert least_distance(as_seen(list(CATEGORIES[:6]), kind)) > 6
    row = reference_table("map_layers").loc["hotspot"]
    words = [pair.split("=")[0] for pair in row["palette"].split(";")]
    assert (
        least_distance(as_seen(colours(row["palette"], [*words, "not significant"], kind="category"), kind))
        > 6
    )


# one file


def test_page_asks_nobody_and_allows_only_its_own_scripts(simple: folium.Map) -> None:
    html = page_of(simple)
    assert isinstance(simple, folium.Map)
    without_scripts = re.sub(r"<script>.*?</script>", "", html, flags=re.S)
    assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", without_scripts)
    assert not re.search(r"url\(\s*[\"']?(?!data:|#)", without_scripts)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy is not None
    assert "unsafe" not in policy.group(1)
    assert "default-src 'none'" in policy.group(1)
    scripts = re.findall(r"<script>(.*?)</script>", html, re.S)
    for text in scripts:
        wanted = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{wanted}'" in policy.group(1)
    assert len(re.findall("'sha256-", policy.group(1).split("style-src")[0])) == len(scripts)


def test_equal_tables_give_equal_bytes(
    town: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame], tmp_path: Path
) -> None:
    first, again = make_map(*town), make_map(*town)
    for page in (first, again):
        folium.CircleMarker([50.26, -5.05]).add_to(page)
    first.save(str(tmp_path / "a.html"))
    first.save(str(tmp_path / "b.html"))
    again.save(str(tmp_path / "c.html"))
    one, two, three = ((tmp_path / f"{name}.html").read_bytes() for name in "abc")
    assert one == two == three
    assert first.get_name().encode() in one


def test_tables_are_not_changed(town: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]) -> None:
    areas, assets = town
    assets["email"], assets["sensitive"] = "a@example.org", True
    copies = areas.copy(), assets.copy()
    page_of(make_map(areas, assets))
    pd.testing.assert_frame_equal(areas, copies[0])
    pd.testing.assert_frame_equal(assets, copies[1])


@pytest.mark.slow
def test_cornwall_is_small() -> None:
    tables = cornwall_tables()
    page = make_map(
        tables.areas, tables.assets, places=tables.places, postcodes=tables.postcodes, land=tables.land
    )
    assert len(page_of(page).encode()) <= 800_000


def test_the_page_ranks_as_if_its_values_were_not_rounded() -> None:
    """The page counts how many areas are higher, and among those that round to the same value is told how many."""
    areas = cornwall_tables().areas
    told = 0
    for layer in map_layers(areas):
        if layer.kind == "number":
            record = encode_layer(layer, areas["population"])
            shown = pd.Series(record["values"], dtype=float)
            ranks = shown.rank(method="min", ascending=False) + pd.Series(
                record.get("within", 0), shown.index
            )
            exact = layer.values.astype(float).round(12).rank(method="min", ascending=False)
            wanted = areas["gap_rank"] if layer.key == "gap_score" else exact
            np.testing.assert_array_equal(ranks, wanted.astype(float), err_msg=layer.key)
            told += shown.round().duplicated().any() and "within" in record
    assert told > 10


def test_the_layer_table_has_every_cell_in_its_column() -> None:
    text = (data_folder() / "tables" / "map_layers.csv").read_text(encoding="utf-8")
    head, *rows = csv.reader(text.splitlines())
    for row in rows:
        assert len(row) == len(head), row[0]
        cells = dict(zip(head, row, strict=True))
        assert cells["kind"] in KINDS, row[0]
        assert cells["group"] in GROUPS, row[0]
        assert cells["ranks"] in {"yes", "no"}, row[0]
        assert set(cells["sources"].split(";")) <= {
            "",
            "need",
            "nearest",
            "postcodes",
            "lists",
            "outcomes",
            "roads",
            "timetable",
            "conditions",
            "grants",
        }, row[0]
        for bound in ("unreliable_over", "unreliable_under"):
            assert not cells[bound] or 0 <= float(cells[bound]) <= 1, row[0]


def test_the_room_has_what_is_not_at_the_top() -> None:
    assert show.map_layers is map_layers
    assert {"write_check", "draw_map", "write_scenario"} <= set(dir(show))
    assert not {"make_map", "Layer", "write_report"} & set(show.__all__)
    for name in show.__all__:
        assert getattr(show, name).__doc__, name


def test_scripts_are_valid_short_and_never_parse_data(tmp_path: Path) -> None:
    files = sorted((STATIC / "js").glob("*.js"))
    assert len(files) > 15
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert len(text.splitlines()) < 400, file.name
        for word in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            "bindPopup",
            "bindTooltip",
        ):
            assert word not in text, (file.name, word)
    joined = tmp_path / "joined.js"
    joined.write_text(our_script("map_1"), encoding="utf-8")
    if node := shutil.which("node"):
        subprocess.run([node, "--check", str(joined)], check=True, capture_output=True)


def test_the_script_of_the_page_holds_every_module_behind_what_it_imports() -> None:
    joined = joined_modules()
    for file in (STATIC / "js").glob("*.js"):
        first = file.read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith("// "), file.name
        assert joined.count(first) == 1, file.name
    assert joined.index("function sumPeople(") < joined.index("function measureAgain(")
    assert not re.search(r"^(import|export)\b", joined, re.M)


def join(**modules: str) -> str:
    return join_modules("a.js", lambda name: modules[name.removesuffix(".js")])


def test_modules_are_joined_in_the_order_of_their_imports() -> None:
    joined = join(
        a='import { two } from "./b.js";\nimport {\n  one,\n} from "./c.js";\nexport const sum = one + two();\n',
        b='import { one } from "./c.js";\nexport function two() { return one + one; }\n',
        c="export const one = 1;\n",
    )
    assert joined == ("const one = 1;\n\nfunction two() { return one + one; }\n\nconst sum = one + two();\n")


def test_modules_may_import_each_other() -> None:
    joined = join(
        a='import { odd } from "./b.js";\nexport const even = (n) => n === 0 || odd(n - 1);\n',
        b='import { even } from "./a.js";\nexport const odd = (n) => n !== 0 && even(n - 1);\n',
    )
    assert joined.splitlines() == [
        "const odd = (n) => n !== 0 && even(n - 1);",
        "",
        "const even = (n) => n === 0 || odd(n - 1);",
    ]


@pytest.mark.parametrize(
    "line",
    [
        'import * as b from "./b.js";',
        'import b from "./b.js";',
        'import "./b.js";',
        "import { one } from './b.js';",
        'import { one } from "./b.js"',
        "export default 1;",
        "export { one };",
        'export * from "./b.js";',
        'const b = import("./b.js");',
        "const here = import.meta.url;",
        "await 1;",
        "const { one } = two;",
        "export const [one] = two;",
    ],
)
def test_other_forms_of_modules_are_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"a\.js cannot be joined"):
        join(a=line + "\n", b="export const one = 1;\n")


@pytest.mark.parametrize(
    "modules",
    [
        {"a": 'import { one } from "./b.js";\n', "b": "const one = 1;\n"},
        {"a": 'import { one as uno } from "./b.js";\n', "b": "export const one = 1;\n"},
        {"a": 'import { one } from "./b.js";\nconst one = 2;\n', "b": "export const one = 1;\n"},
        {
            "a": 'import { one } from "./b.js";\nclass two {}\n',
            "b": "export const one = 1;\nfunction two() {}\n",
        },
    ],
    ids=["not exported", "renamed", "own name", "same name"],
)
def test_names_that_would_mean_something_else_are_refused(modules: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"does not export|both declare"):
        join(**modules)


def test_vendored_files_are_those_of_their_packages() -> None:
    record = json.loads((STATIC / "vendor" / "vendor.json").read_text(encoding="utf-8"))
    for name, entry in record.items():
        assert hashlib.sha256((STATIC / "vendor" / name).read_bytes()).hexdigest() == entry["sha256"]
        package = entry["package"].split("@")[0]
        assert (STATIC / "vendor" / f"LICENSE-{package}.txt").is_file()


# audience

SECRETS = {
    "email": "secret.person@example.org",
    "phone": "01872 555 0199",
    "website": "https://private.example.org",
    "note": "ask Mrs Penhaligon",
}


def sensitive_tables() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    areas = make_grid()
    areas["need"] = np.linspace(0, 1, 16)
    assets = make_assets({"Refuge": (0.123, 0.456), "Hall": (2.5, 2.5)}, asset_type="advice_support")
    assets = assets.assign(**SECRETS, address="7 Hidden Lane", postcode=["TR9 9ZZ", "TR1 1AA"], town="Truro")
    assets["sensitive"] = [True, False]
    assets["area_code"] = ["A00", "A22"]
    return areas, assets


def test_public_map_holds_no_contact_and_no_exact_place_of_sensitive_assets() -> None:
    html = page_of(make_map(*sensitive_tables(), notes=[Note("N", "A note.")]))
    everything = html + json.dumps(island(html))
    for secret in [*SECRETS.values(), "TR9 9ZZ"]:
        assert secret not in everything
    assets = island(html)["assets"]
    assert assets["names"] == ["Hall", "Refuge"]  # guarded places come last, wherever the list has them
    assert assets["areas"] == [10, 0]
    assert assets["points"]["x"][0] is not None
    assert assets["points"]["x"][1] is None
    assert assets["address"]["codes"] == [0, -1]
    assert assets["postcode"]["words"] == ["TR1 1AA"]
    degrees = gpd.GeoSeries([Point(180_123, 45_456)], crs="EPSG:27700").to_crs("EPSG:4326").iloc[0]
    for part in (degrees.x, degrees.y):
        assert f"{abs(part):.4f}".replace(".", "") not in everything
    assert "180123" not in everything


def test_internal_map_holds_them() -> None:
    data = island(page_of(make_map(*sensitive_tables(), audience="internal")))
    assert data["assets"]["email"]["words"] == [SECRETS["email"]]
    assert data["assets"]["points"]["x"][0] is not None


def test_public_trial_does_not_give_a_sensitive_place_away() -> None:
    areas, assets = sensitive_tables()
    areas["centre_easting"], areas["centre_northing"] = areas.centroid.x, areas.centroid.y
    areas["distance_m"] = np.hypot(areas["centre_easting"] - 180_123, areas["centre_northing"] - 45_456)
    areas["nearest_asset_id"] = "refuge"
    trial = island(page_of(make_map(areas, assets)))["trial"]
    assert list(trial) == ["why_not"]
    assert "are not on it" in trial["why_not"]


# trial


def test_trial_is_offered_only_where_it_measures_the_published_distances() -> None:
    areas, assets = make_grid(), make_assets({"West": (0.5, 0.5), "East": (3.5, 0.5)})
    assert "has no distances" in encode_trial(areas, assets)["why_not"]
    areas["centre_easting"], areas["centre_northing"] = areas.centroid.x, areas.centroid.y
    apart = [
        np.hypot(areas["centre_easting"] - point.x, areas["centre_northing"] - point.y)
        for point in assets.geometry
    ]
    areas["distance_m"] = np.minimum(*apart)
    areas["nearest_asset_id"] = np.where(apart[0] <= apart[1], "west", "east")
    areas["gap_class"] = np.where(
        areas["distance_m"] > 2000, "3-1", np.where(areas["distance_m"] > 1000, "3-2", "3-3")
    )
    trial = encode_trial(areas, assets)
    assert trial["type"] == "library"
    assert trial["assets"]["rows"] == [0, 1]
    assert trial["access_upper"] == [1000, 2000]
    assert trial["metres"][:4] == [0, 1000, 1000, 0]
    areas["distance_m"] += 5
    assert "cannot be measured again" in encode_trial(areas, assets)["why_not"]


# folium as always


def test_layers_of_folium_can_be_added_and_load_nothing(simple: folium.Map) -> None:
    group = MarkerCluster().add_to(simple)
    folium.Marker([50.26, -5.05], popup=folium.Popup("Here")).add_to(group)
    html = page_of(simple)
    assert "L.markerClusterGroup" in html
    assert not re.search(r"""<(?:script|link)[^>]+(?:src|href)\s*=""", html)


def test_what_would_load_something_is_refused(simple: folium.Map) -> None:
    Draw().add_to(simple)
    with pytest.raises(InputError, match=r"leaflet.draw.*my_map.vendored\[address\]"):
        page_of(simple)
    simple.vendored.update(
        {url: "/* read from a file */" for _, url in [*Draw.default_js, *Draw.default_css]}
    )
    assert page_of(simple).count("/* read from a file */") >= 2


def test_icon_fonts_are_refused(simple: folium.Map) -> None:
    folium.Marker([50.26, -5.05], icon=folium.Icon(color="red")).add_to(simple)
    with pytest.raises(InputError, match=r"folium\.Icon.*folium\.CircleMarker"):
        page_of(simple)


def test_tiles_are_named_in_the_policy(town: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]) -> None:
    html = page_of(make_map(*town, tiles="osm"))
    assert re.search(r"img-src data: https://tile\.openstreetmap\.org;", html)
    html = page_of(
        make_map(*town, tiles=folium.TileLayer("https://{s}.example.org/{z}/{x}/{y}.png", attr="x"))
    )
    assert "img-src data: https://*.example.org;" in html
    with pytest.raises(InputError, match="not a plain http"):
        page_of(make_map(*town, tiles=folium.TileLayer("https://a';script-src *//{z}", attr="x")))


def test_page_shows_itself_in_a_notebook(simple: folium.Map) -> None:
    shown = simple._repr_html_()
    assert shown.startswith("<iframe srcdoc=")
    assert shown == simple._repr_html_()


def test_nothing_of_the_data_meets_a_template(grid: gpd.GeoDataFrame, tmp_path: Path) -> None:
    spoiled = tmp_path / "spoiled"
    command = f"{{{{ ''.__class__.__mro__[1].__subclasses__() }}}}{{% set x = '{spoiled}' %}} 50% {{% off {{# 3 {{{{ 7*7 }}}}"
    areas = grid.assign(area_name=command, need=0.5)
    assets = make_assets({"A": (0.5, 0.5)}).assign(name=command, operator=command)
    html = page_of(make_map(areas, assets, title=command, area_name=command))
    data = island(html)
    assert data["assets"]["names"] == [command]
    assert data["areas"]["names"][0] == command
    assert "50% &#123;% off" in html
    assert branca.element.ENV is not None


@given(st.lists(st.text("AB1 2", max_size=12)))
def test_shared_beginnings_are_read_back(words: list[str]) -> None:
    before, read = "", []
    for word in shared_beginnings(words):
        before = before[: int(word[0])] + word[1:]
        read.append(before)
    assert read == words


def test_shared_beginnings_share_all_they_can() -> None:
    assert shared_beginnings(["PL26 7YE", "PL26 7YF", "PL26 7YF", "PL2"]) == ["0PL26 7YE", "7F", "8", "3"]
    assert shared_beginnings([]) == []


def test_an_overview_leaves_out_what_a_page_cannot_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    assets = make_assets({"West": (0.5, 0.5), "Choir": (1, 1), "East": (2, 2)})
    assets["asset_type"] = ["library", "choir", "library"]
    postcodes = gpd.GeoDataFrame({"live": [True, True, False]}, index=["A", "B", "C"])
    assert for_overview(assets, postcodes, asset_type="library", areas=3) == (assets, postcodes, ())
    monkeypatch.setattr("assetmap.show.map.overview.MOST_ASSETS", 2)
    monkeypatch.setattr("assetmap.show.map.overview.MOST_POSTCODES", 1)
    monkeypatch.setattr("assetmap.show.map.overview.MOST_RANKED", 2)
    kept, searched, notes = for_overview(assets, postcodes, asset_type="library", areas=3)
    assert kept["asset_type"].tolist() == ["library", "library"]
    assert searched is None
    assert [note.code for note in notes] == ["ASSETS_LEFT_OUT", "POSTCODES_LEFT_OUT", "RANKS_SHARED"]
    assert "2 of 3 assets" in notes[0].sentence
    assert "2 are too many" in notes[1].sentence
    assert "3 neighbourhoods" in notes[2].sentence


@pytest.mark.parametrize(
    ("group", "first", "ordered"), [("gaps", False, True), ("need", True, True), ("need", False, False)]
)
def test_in_a_country_only_the_main_layers_order_what_rounds_to_the_same(
    grid: gpd.GeoDataFrame, monkeypatch: pytest.MonkeyPatch, group: str, first: bool, ordered: bool
) -> None:
    monkeypatch.setattr("assetmap.show.map.payload.MOST_RANKED", 15)
    values = pd.Series(np.linspace(0, 1, 16), index=grid.index)
    layer = Layer("own", "Own", values, group=group, first=first, decimals=0)
    assert ("within" in encode_layer(layer, grid["population"])) == ordered

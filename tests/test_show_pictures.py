"""Pictures of the map and charts: what is drawn where, against the town; equal bytes; hostile text."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch
from shapely.geometry import Point, Polygon, box

from assetmap.schema import InputError, SchemaError
from assetmap.show.map.layers import Layer, map_layers
from assetmap.show.map.payload import encode_layer
from assetmap.show.pictures import draw as pictures
from assetmap.show.pictures.draw import draw_map, draw_panel, find_layer, write_picture
from assetmap.show.pictures.figures import MOST_VERTICES, image_address, save_picture, svg_text
from assetmap.show.report.charts import assets_by_type, forest_plot, need_access_scatter, people_by_distance
from conftest import make_grid
from report_tables import (
    NASTY,
    nasty_results,
    town_areas,
    town_assets,
    town_estimate,
    town_places,
    town_results,
)


def words_of(figure) -> list[str]:
    return [
        text.get_text()
        for text in figure.findobj(lambda artist: hasattr(artist, "get_text"))
        if text.get_text()
    ]


def patches_of(figure) -> list[PathPatch]:
    return [patch for patch in figure.axes[0].patches if isinstance(patch, PathPatch)]


def area_of(path) -> float:
    """Signed area enclosed: holes count against what they are cut from."""
    total = 0.0
    for ring in path.to_polygons(closed_only=True):
        x, y = ring[:, 0], ring[:, 1]
        total += 0.5 * float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))
    return total


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "short", "long"), [("a5", 148, 210), ("a4", 210, 297), ("a3", 297, 420), ("a2", 420, 594)]
)
def test_sheet_has_the_size_of_the_paper(size, short, long):
    wide = draw_map(make_grid(8, 3).assign(need=0.5), "need", title="T", size=size)
    tall = draw_map(make_grid(3, 8).assign(need=0.5), "need", title="T", size=size)
    assert wide.get_size_inches() * 25.4 == pytest.approx([long, short])
    assert tall.get_size_inches() * 25.4 == pytest.approx([short, long])


def test_colours_and_counts_are_those_of_the_map_in_the_browser():
    areas = town_areas()
    layer = find_layer(areas, "need")
    record = encode_layer(layer, areas["population"])
    figure = draw_map(areas, "need", title="T")
    assert [to_hex(patch.get_facecolor()) for patch in patches_of(figure)] == record["colours"]
    assert [area_of(patch.get_path()) / 1e6 for patch in patches_of(figure)] == pytest.approx(
        [one["areas"] for one in record["classes"]]
    )
    words = " ".join(words_of(figure))
    assert "4 areas, 4,000 people" in words
    assert "3 areas, 3,000 people" in words


def test_gap_key_counts_the_areas_of_each_class():
    figure = draw_map(town_areas(), "gap", title="T")
    numbers = [word for word in words_of(figure) if word.isdigit()]
    assert numbers == ["12", "0", "0", "0", "0", "0", "0", "0", "4"]
    assert "high need, low access · 4 areas, 4,000 people" in " ".join(words_of(figure)).lower()


def test_unknown_areas_are_hatched_and_counted():
    areas = town_areas()
    areas.loc[["A00", "A01"], "distance_m"] = np.nan
    figure = draw_map(areas, "distance_m", title="T")
    unknown = [patch for patch in patches_of(figure) if patch.get_hatch()]
    assert [area_of(patch.get_path()) / 1e6 for patch in unknown] == pytest.approx([2.0])
    assert "not known · 2 areas, 2,000 people" in words_of(figure)
    whole = draw_map(town_areas(), "distance_m", title="T")
    assert not [patch for patch in patches_of(whole) if patch.get_hatch()]
    assert not [word for word in words_of(whole) if "not known" in word]


def test_an_estimate_is_not_drawn_without_its_interval():
    areas = town_areas()
    areas.loc["A00", ["unregistered_low", "unregistered_high"]] = (1.0, 9.0)
    ends = {"low": areas["unregistered_low"], "high": areas["unregistered_high"]}
    own = Layer("own", "Own", areas["unregistered_estimate"], decimals=0, **ends)
    words = " ".join(words_of(draw_map(areas, own, title="T")))
    assert "typical interval 2 to 6" in " ".join(words.split())
    assert "interval" not in " ".join(words_of(draw_map(areas, "need", title="T")))


def test_the_share_by_population_is_a_fact_and_is_not_drawn_in_classes():
    areas = town_areas()
    with pytest.raises(InputError, match="no layer 'unregistered'"):
        draw_map(areas, "unregistered", title="T")
    (share,) = [layer for layer in map_layers(areas) if layer.key == "unregistered"]
    record = encode_layer(share, areas["population"])
    assert "classes" not in record and "colours" not in record
    assert not record["ranks"]
    first = [record[name][0] for name in ("values", "low", "high")]
    assert first == [4, 2, 6]


def test_unreliable_areas_are_striped_in_white():
    areas = town_areas()
    doubtful = pd.Series([True] * 3 + [False] * 13, index=areas.index)
    layer = Layer("own", "Own", areas["need"], unreliable=doubtful)
    figure = draw_map(areas, layer, title="T")
    striped = [patch for patch in patches_of(figure) if patch.get_hatch()]
    assert [area_of(patch.get_path()) / 1e6 for patch in striped] == pytest.approx([3.0])
    assert any("unreliable" in word for word in words_of(figure))


def test_holes_stay_holes():
    ring = Polygon(box(0, 0, 10, 10).exterior.coords, [box(4, 4, 6, 6).exterior.coords])
    turned = Polygon(list(ring.exterior.coords)[::-1], [ring.interiors[0].coords])
    for shape in (ring, turned):
        outline = pictures._outline(gpd.GeoSeries([shape, box(20, 0, 21, 1), None]).to_numpy())
        assert area_of(outline) == pytest.approx(97.0)


def test_a_hole_is_not_painted():
    areas = make_grid(1, 1).assign(need=0.5)
    west, south, *_ = areas.total_bounds
    hole = box(west + 400, south + 400, west + 600, south + 600)
    figure = draw_map(areas.set_geometry(areas.difference(hole)), "need", title="T")
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())
    painted = to_hex(patches_of(figure)[0].get_facecolor())
    for east_m, north_m, colour in ((500, 500, "#ffffff"), (200, 200, painted)):
        x, y = figure.axes[0].transData.transform((west + east_m, south + north_m))
        assert to_hex(pixels[len(pixels) - 1 - round(y), round(x)] / 255) == colour


def test_land_is_cut_to_the_sheet():
    land = gpd.GeoDataFrame(geometry=[box(0, 0, 10_000_000, 10_000_000)], crs="EPSG:27700")
    figure = draw_map(town_areas(), "need", title="T", land=land)
    ground = patches_of(figure)[0].get_path().get_extents()
    (west, east), (south, north) = figure.axes[0].get_xlim(), figure.axes[0].get_ylim()
    assert [ground.x0, ground.y0, ground.x1, ground.y1] == pytest.approx([west, south, east, north])


@pytest.mark.parametrize(("columns", "said", "metres"), [(4, "500 m", 500), (12, "2 km", 2_000)])
def test_scale_bar_is_as_long_as_it_says(columns, said, metres):
    figure = draw_map(make_grid(columns, 4).assign(need=0.5), "need", title="T")
    bar = figure.axes[0].lines[0].get_xdata()
    assert said in words_of(figure)
    assert bar[1] - bar[0] == pytest.approx(metres)


def test_a_kilometre_is_as_long_across_as_up():
    figure = draw_map(make_grid(9, 2).assign(need=0.5), "need", title="T")
    axes = figure.axes[0]
    place, (width, height) = axes.get_position(), figure.get_size_inches()
    across = place.width * width / np.diff(axes.get_xlim())[0]
    up = place.height * height / np.diff(axes.get_ylim())[0]
    assert across == pytest.approx(up, rel=1e-9)


def test_assets_have_a_mark_per_type_and_sensitive_ones_none():
    assets = town_assets()
    assets["sensitive"] = assets["name"] == "Shed"
    figure = draw_map(town_areas(), "need", title="T", assets=assets)
    drawn = [len(marks.get_offsets()) for marks in figure.axes[0].collections]
    assert drawn == [3, 2]
    assert {"Library (3)", "Arts and culture group (2)"} <= set(words_of(figure))


def test_many_types_share_the_last_mark():
    kinds = ["library", "village_hall", "food_bank", "mens_shed", "memory_cafe", "allotment", "park"]
    assets = pd.concat([town_assets().iloc[[0]].assign(asset_type=kind) for kind in kinds])
    assets.index = pd.Index([f"x{number}" for number in range(7)], name="asset_id", dtype=object)
    figure = draw_map(town_areas(), "need", title="T", assets=gpd.GeoDataFrame(assets))
    assert [len(marks.get_offsets()) for marks in figure.axes[0].collections] == [1, 1, 1, 1, 1, 2]
    assert "Others (2)" in words_of(figure)


def test_names_do_not_cover_each_other_and_the_largest_wins():
    places = gpd.GeoDataFrame(
        {"name": ["Small", "Large"], "kind": "town", "population": [10, 1000]},
        geometry=[Point(181_000, 46_000), Point(181_001, 46_000)],
        crs="EPSG:27700",
    )
    more = [places.iloc[[0]].assign(name=name) for name in ("Third", "Fourth", "Fifth")]
    places = gpd.GeoDataFrame(pd.concat([places, *more], ignore_index=True))
    figure = draw_map(town_areas(), "need", title="T", places=places)
    texts = {text.get_text(): text for text in figure.axes[0].texts if not text.get_text().endswith(" m")}
    # right of its point, left of it, below, above; then there is no room
    assert list(texts) == ["Large", "Small", "Third", "Fourth"]
    boxes = [text.get_window_extent() for text in texts.values()]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))


def test_layers_are_found_by_key_column_or_group():
    areas = town_areas()
    assert find_layer(areas, "gap").key == "gap"
    assert find_layer(areas, "gaps").key == "gap"
    assert find_layer(areas, "distance_m").key == "distance"
    drawn = [layer.key for layer in map_layers(areas) if layer.kind != "fact"]
    with pytest.raises(InputError, match="no layer 'gip' to draw.*: " + ", ".join(drawn)):
        find_layer(areas, "gip")
    with pytest.raises(InputError, match="no layer 'nearest'"):
        find_layer(areas, "nearest")


def test_wrong_paper_ending_and_crs_are_refused(tmp_path):
    areas = town_areas()
    with pytest.raises(InputError, match="no paper size 'letter'.*: a5, a4, a3, a2"):
        draw_map(areas, "need", title="T", size="letter")
    with pytest.raises(SchemaError, match="CRS must be EPSG:27700"):
        draw_map(areas.to_crs(4326), "need", title="T")
    with pytest.raises(InputError, match=r"must end in \.png, \.svg or \.pdf"):
        save_picture(draw_map(areas, "need", title="T"), tmp_path / "map.jpg")


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_same_layer_gives_the_same_bytes_and_no_date(tmp_path, ending):
    import matplotlib

    first = write_picture(town_results(), "gap", tmp_path / f"one.{ending}").read_bytes()
    with matplotlib.rc_context({"svg.hashsalt": "other", "font.size": 22, "text.color": "red"}):
        second = write_picture(town_results(), "gap", tmp_path / f"two.{ending}").read_bytes()
    assert first == second
    for mark in (b"CreationDate", b"<dc:date>", b"tIME", b"matplotlib.org"):
        assert mark not in first


def test_saving_as_svg_leaves_the_figure_as_it_was(tmp_path):
    figure = draw_map(town_areas(), "need", title="T", places=town_places())
    before = save_picture(figure, tmp_path / "a.png").read_bytes()
    svg_text(figure)
    assert save_picture(figure, tmp_path / "b.png").read_bytes() == before


def test_sources_title_and_open_assets_stand_on_the_sheet(tmp_path):
    results = town_results(land=gpd.GeoDataFrame(geometry=[box(0, 0, 1e6, 1e6)], crs="EPSG:27700"))
    picture = ET.parse(write_picture(results, "gap", tmp_path / "map.svg", size="a3"))
    words = " ".join("".join(picture.getroot().itertext()).split())
    assert "Gridtown: Need and access" in words
    assert "Sources: Index of the town (October 2025); Libraries of the town (31 December 2023)." in words
    assert words.count("Contains made-up data.") == 1
    assert "Library (2)" in words
    assert "Bigton" in words


def test_every_attribution_is_printed_however_many_there_are():
    note = " ".join(f"Attribution number {number} of a source that has to be named." for number in range(25))
    for size in ("a5", "a4", "a3"):
        figure = draw_map(town_areas(), "need", title="T", note=note, size=size)
        foot = next(text for text in figure.texts if "Attribution" in text.get_text())
        assert foot.get_text().replace("\n", " ") == note
        box = foot.get_window_extent()
        assert 0 < box.x0 < box.x1 < figure.bbox.x1
        assert box.y1 < figure.axes[0].get_window_extent().y0
        assert box.y1 < figure.axes[1].get_window_extent().y0


@pytest.mark.slow
def test_hostile_and_endless_names_are_only_text(tmp_path):
    results = nasty_results()
    long = results.places.copy()
    long["name"] = ["x$\\frac{1}{0}$" * 700, "مدرسة 日本 🎈"]
    for figure in (
        draw_map(results.areas, "gap", title=NASTY, assets=results.assets, places=results.places),
        draw_panel(results.areas, "gap", places=results.places),
        draw_map(results.areas, "need", title="$" + "y" * 10_000, places=long, note=NASTY * 50),
    ):
        svg = svg_text(figure)
        assert {element.tag.split("}")[1] for element in ET.fromstring(svg).iter()}.isdisjoint(
            ("script", "image", "img")
        )
        assert max(len(word) for word in words_of(figure)) < 2_500
        save_picture(figure, tmp_path / "x.pdf")
        save_picture(figure, tmp_path / "x.png", dpi=40)
    assert "{{ 7*7 }}" in svg_text(draw_panel(results.areas, "gap", places=results.places))


def test_inputs_are_left_as_they_were():
    areas, assets = town_areas(), town_assets()
    draw_map(areas, "need", title="T", assets=assets)
    pd.testing.assert_frame_equal(areas, town_areas())
    pd.testing.assert_frame_equal(assets, town_assets())


@pytest.mark.slow
def test_a_page_carries_a_picture_of_very_many_points_as_png():
    few, many = (
        pd.DataFrame({"need": np.linspace(0, 1, number), "distance_m": np.linspace(0, 9_000, number)})
        for number in (MOST_VERTICES - 100, MOST_VERTICES + 1)
    )
    assert image_address(need_access_scatter(few)).startswith("data:image/svg+xml;base64,")
    first = image_address(need_access_scatter(many))
    assert first.startswith("data:image/png;base64,iVBOR")
    assert len(first) < 300_000
    assert image_address(need_access_scatter(many)) == first


def test_forest_draws_each_estimate_in_its_interval():
    table = town_estimate().details["forest"]
    axes = forest_plot(table).axes[0]
    assert axes.get_xlim()[0] == 0
    points = [line.get_xdata()[0] for line in axes.lines if line.get_marker() in ("o", "D")]
    assert points == [58.56, 93.0]
    spans = [tuple(line.get_xdata()) for line in axes.lines if line.get_linewidth() == 2]
    assert spans == [(31.2, 89.9), (93.0, 93.0)]
    assert words_of(axes)[0:2] == ["Rate times population", "59 (31 to 90)"]
    with pytest.raises(SchemaError, match="missing 'low', 'high'"):
        forest_plot(table.drop(columns=["low", "high"]))


def test_scatter_marks_high_need_far_away_and_counts_the_unknown():
    areas = town_areas()
    high = areas["gap_class"] == "3-1"
    axes = need_access_scatter(areas, noun="library", far_m=2_500, high_need=high).axes[0]
    plain, marked = (dots.get_offsets() for dots in axes.collections)
    assert (len(plain), len(marked)) == (12, 4)
    assert sorted(float(km) for km, _ in marked) == pytest.approx([3.0, 3.0, 3.1623, 3.1623], abs=1e-4)
    areas.loc["A33", "need"] = np.nan
    axes = need_access_scatter(areas, noun="library", far_m=2_500, high_need=high).axes[0]
    assert len(axes.collections[1].get_offsets()) == 3
    assert "1 area not drawn: not known" in words_of(axes)


def test_bars_are_as_long_as_their_numbers():
    axes = people_by_distance(pd.Series({"under 1 km": 2_000, "over 1 km": 14_000}), noun="library").axes[0]
    assert [bar.get_width() for bar in axes.patches] == [2_000, 14_000]
    assert {"2,000", "14,000"} <= set(words_of(axes))


def test_types_beyond_the_last_bar_are_summed():
    counts = pd.Series({f"type {number}": number for number in range(1, 16)})
    axes = assets_by_type(counts, most=5).axes[0]
    assert [bar.get_width() for bar in axes.patches] == [15, 14, 13, 12, sum(range(1, 12))]
    assert "11 other types" in words_of(axes)
    assert [bar.get_width() for bar in assets_by_type(counts, most=15).axes[0].patches] == list(
        range(15, 0, -1)
    )


def test_charts_of_nothing_are_drawn():
    nothing = town_areas().iloc[:0]
    for figure in (
        need_access_scatter(nothing),
        people_by_distance(pd.Series(dtype=float)),
        assets_by_type(pd.Series(dtype=float)),
    ):
        ET.fromstring(svg_text(figure))

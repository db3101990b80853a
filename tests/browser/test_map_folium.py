"""The map stays a folium map: layers of a user, tiles, the notebook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import pytest
from folium.plugins import HeatMap, MarkerCluster

from assetmap.show.map import make_map


@pytest.fixture
def town_map(town: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]) -> folium.Map:
    return make_map(*town, title="Town")


def test_layers_of_folium_work_beside_ours(
    open_page: Callable[..., Any], town_map: folium.Map, tmp_path: Path
) -> None:
    north, east = town_map.location
    group = folium.FeatureGroup("Mine").add_to(town_map)
    folium.Marker([north, east], popup=folium.Popup("A popup"), tooltip="A tip").add_to(group)
    folium.CircleMarker([north + 0.005, east], radius=9).add_to(town_map)
    folium.GeoJson({"type": "Point", "coordinates": [east + 0.005, north]}).add_to(town_map)
    cluster = MarkerCluster().add_to(town_map)
    for shift in range(5):
        folium.Marker([north - 0.005, east + shift / 1e5]).add_to(cluster)
    folium.LayerControl().add_to(town_map)
    town_map.save(str(tmp_path / "map.html"))
    page = open_page(tmp_path / "map.html")
    assert page.locator(".leaflet-marker-pane img.leaflet-marker-icon").count() >= 2
    assert page.locator(".marker-cluster").count() >= 1
    assert page.locator(".leaflet-control-layers").count() == 1
    page.locator("img.leaflet-marker-icon").first.click()
    assert page.locator(".leaflet-popup-content").inner_text() == "A popup"
    assert page.locator("h1").inner_text() == "Town"
    assert page.evaluate(f"window['{town_map.get_name()}'] instanceof L.Map")


def test_plugin_with_its_text_put_in(
    open_page: Callable[..., Any], town_map: folium.Map, tmp_path: Path
) -> None:
    HeatMap([town_map.location]).add_to(town_map)
    stand_in = "L.heatLayer = (points) => { window.heated = points.length; return L.layerGroup(); };"
    town_map.vendored.update({url: stand_in for _, url in HeatMap.default_js})
    town_map.save(str(tmp_path / "map.html"))
    assert open_page(tmp_path / "map.html").evaluate("window.heated") == 1


def test_tiles_ask_only_their_host_and_the_page_says_so(
    open_page: Callable[..., Any], town: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame], tmp_path: Path
) -> None:
    make_map(*town, tiles="osm").save(str(tmp_path / "map.html"))
    page = open_page(tmp_path / "map.html")
    page.evaluate("document.getElementById('am-about').open = true")
    assert "from tile.openstreetmap.org" in page.locator("#am-about-body").inner_text()
    assert "OpenStreetMap" in page.locator(".leaflet-control-attribution").inner_text()
    asked = [problem for problem in page.problems if problem.startswith("http")]
    assert asked
    assert all(address.startswith("https://tile.openstreetmap.org/") for address in asked)
    page.problems.clear()
    page.context.close()


def test_without_tiles_the_page_says_that_it_asks_nobody(
    open_page: Callable[..., Any], cornwall_page: Path
) -> None:
    page = open_page(cornwall_page)
    page.evaluate("document.getElementById('am-about').open = true")
    words = page.locator("#am-about-body").inner_text()
    assert "downloads nothing and sends nothing" in words
    assert "no contact details and does not give the exact location of sensitive assets" in words
    assert "English Indices of Deprivation 2025" in words


def test_map_in_a_notebook(open_page: Callable[..., Any], town_map: folium.Map, tmp_path: Path) -> None:
    path = tmp_path / "notebook.html"
    path.write_text(
        f"<!DOCTYPE html><meta charset=utf-8><body>{town_map._repr_html_()}</body>", encoding="utf-8"
    )
    page = open_page(path, wait=False)
    frame = page.frame_locator("iframe")
    frame.locator("body[data-painted]").wait_for(timeout=20_000)
    assert frame.locator("h1").inner_text() == "Town"
    frame.locator("#am-layer-list input").last.check()
    assert frame.locator("#am-legend-title").inner_text() == "Population"


def test_damaged_file_says_so(open_page: Callable[..., Any], town_map: folium.Map, tmp_path: Path) -> None:
    html = town_map.get_root().render()
    at = html.index('id="am-data">') + 400
    path = tmp_path / "map.html"
    path.write_text(html[:at] + "AAAA" + html[at + 4 :], encoding="utf-8")
    page = open_page(path, wait=False)
    page.get_by_text("This map could not be opened").wait_for()
    assert "have the same figures" in page.locator("#am-sentence").inner_text()
    page.wait_for_timeout(100)
    page.problems.clear()

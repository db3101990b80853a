"""What lies beyond the border is a class of its own on the map: in the legend, the filter, the card and the table."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from assetmap.access.border import describe_border
from assetmap.access.nearest import population_centres
from assetmap.access.travel import Travel
from assetmap.gaps.measure import measure_gaps
from assetmap.show.map import make_map
from conftest import make_assets
from test_border import border_town

MAP = "Object.values(window).find((one) => one && one.assetmap)"


@pytest.fixture(scope="module")
def border_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town with two libraries of its own, one of them closed, and one beyond the border."""
    areas, assets, postcodes = border_town()
    closed = make_assets({"Old Library": (1.5, 2.5)}).assign(
        status="closed", area_code="A21", beyond_border=False
    )
    assets = gpd.GeoDataFrame(pd.concat([assets, closed]), crs=assets.crs)
    assets["operator_type"] = ["town_council", "county_council", "town_council"]
    areas = areas.assign(need=np.linspace(0, 1, 16)).join(population_centres(areas, postcodes))
    travel = Travel(limit_m=1_500, postcodes=postcodes)
    measured = measure_gaps(areas, assets, need="need", travel=travel)
    path = tmp_path_factory.mktemp("border") / "map.html"
    notes = describe_border(areas, assets, travel=travel)
    make_map(measured, assets, title="Town at a border", area_name="Town", notes=notes).save(str(path))
    return path


def line(page: Any, where: str) -> Any:
    return page.locator(where, has_text=re.compile("Beyond the border"))


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_legend_and_filter_name_the_class(
    open_page: Callable[..., Any], border_page: Path, size: tuple[int, int]
) -> None:
    page = open_page(border_page, size=size)
    assert page.locator("#am-filter-count").inner_text() == "2 of 3"
    assert line(page, ".am-marks li").locator(".am-count").all_text_contents() == ["1"]
    page.evaluate("document.getElementById('am-filter').open = true")
    box = line(page, "#am-filter-list label")
    assert box.locator(".am-count").all_text_contents() == ["1"]
    box.locator("input").evaluate("(box) => box.click()")
    assert page.locator("#am-filter-count").inner_text() == "1 of 3"
    assert line(page, ".am-marks li").count() == 0
    drawn = f"{MAP}.assetmap.app.marks.clusters.flatMap((one) => one.rows)"
    assert page.evaluate(drawn) == [0]


def test_card_and_table_say_so_and_the_trial_still_measures(
    open_page: Callable[..., Any], border_page: Path
) -> None:
    page = open_page(border_page)
    page.evaluate(f"{MAP}.assetmap.setState({{ asset: 1 }})")
    card = page.locator("#am-card").inner_text()
    assert "Over Library" in card
    assert "Beyond the border" in card
    assert (
        "outside Town. It counts towards distances and access, but not towards any neighbourhood or total."
        in card
    )
    page.get_by_role("button", name="What if it closed?").click()
    assert "further from an open" in page.locator("#am-trial-words").text_content()
    trial = page.evaluate(f"{MAP}.assetmap.app.trial.metres[3]")
    assert page.evaluate(f"{MAP}.assetmap.app.data.trial.metres[3]") == 1_500
    assert trial == 3_000
    page.evaluate(f"{MAP}.assetmap.setState({{ asset: 0 }})")
    assert "beyond the border" not in page.locator("#am-card").inner_text().lower()
    page.click("#am-show-table")
    page.click("#am-table-assets")
    row = page.locator(".am-table tbody tr", has_text="Over Library").inner_text()
    assert "beyond the border" in row
    page.evaluate("document.getElementById('am-about').open = true")
    assert (
        "The lists name 1 asset beyond the border, up to 1.5 km from it."
        in page.locator("#am-about").inner_text()
    )


def test_every_class_has_a_shape_and_a_colour_of_its_own() -> None:
    script = resources.files("assetmap.show") / "map" / "static" / "js" / "symbols.js"
    classes = re.findall(r'shape: "(\w+)", colour: "(#\w+)"', script.read_text(encoding="utf-8"))
    assert len(classes) == 7
    for values in zip(*classes, strict=True):
        assert len(set(values)) == 7

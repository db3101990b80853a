"""Text from strangers, in every place where text goes: nothing runs, nothing breaks, it is shown as written."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from assetmap.schema import Note
from assetmap.show.map import Layer, make_map

HOSTILE = {
    "jinja": "{{ 7*7 }} {{ this.__init__.__globals__ }} {%print(1)%}",
    "jinja-open": "50% {% off {# Room {# 3",
    "markup": "<img src=x onerror=alert(1)><svg onload=alert(1)></svg></title><h1>x</h1>&lt;b&gt; &amp; &#60;",
    "script": "</script><script>alert(1)</script>",
    "comment": "<!-- <script> --> ]]>",
    "template": "${alert(1)} `${alert(2)}` ` \\` \\${1} \\u003cscript\\u003e \\",
    "quotes": "\"' onmouseover=alert(1) x='\"",
    "separators": "one\u2028two\u2029three\x00four\x1bfive",
    "bidi": "\u202egnp.exe\u202c \u2066x\u2069 \u200f \U0001f4da\U0001f468\u200d\U0001f469",
    "long": "L" * 10_000,
    "link": "javascript:alert(1)",
    "formula": '=HYPERLINK("http://x","y")',
}


def hostile_tables(grid: gpd.GeoDataFrame, text: str) -> dict[str, Any]:
    areas = grid.copy()
    areas["area_name"] = [f"{text}{number}" for number in range(len(areas))]
    areas["need"] = np.linspace(0, 1, len(areas))
    areas["centre_easting"], areas["centre_northing"] = areas.centroid.x, areas.centroid.y
    middle = areas.geometry.centroid
    assets = gpd.GeoDataFrame(
        {
            "name": [text, f"{text}2"],
            "asset_type": "library",
            "status": "open",
            "registered": "unknown",
            "operator": text,
            "operator_type": "charity",
            "owner": text,
            "register": text,
            "town": text,
            "address": text,
            "postcode": text,
            "email": text,
            "website": text,
            "note": text,
            "location_precision": "point",
            "area_code": areas.index[:2],
        },
        index=pd.Index([text, "b"], name="asset_id"),
        geometry=middle.iloc[:2].to_numpy(),
        crs=areas.crs,
    )
    distance = np.hypot(
        areas["centre_easting"] - assets.geometry.x.iloc[0],
        areas["centre_northing"] - assets.geometry.y.iloc[0],
    )
    other = np.hypot(
        areas["centre_easting"] - assets.geometry.x.iloc[1],
        areas["centre_northing"] - assets.geometry.y.iloc[1],
    )
    areas["distance_m"] = np.minimum(distance, other)
    areas["nearest_asset_id"] = text
    areas["nearest_name"] = text
    areas["gap_reason"] = text
    category = pd.Series([text, "other"] * 8, index=areas.index)
    layers = [
        Layer(
            "own",
            text,
            category,
            group=text,
            kind="category",
            description=text,
            direction=text,
            sources=("s",),
        ),
        Layer("number", f"{text}!", areas["need"], unit=text, low=areas["need"], high=areas["need"]),
        Layer("distance", "Distance", areas["distance_m"], group="access", unit="km", factor=0.001),
        Layer("gap_reason", text, areas["gap_reason"], group="gaps", kind="fact"),
    ]
    places = gpd.GeoDataFrame(
        {"name": [text], "kind": ["town"], "population": [1.0]},
        geometry=middle.iloc[5:6].to_numpy(),
        crs=areas.crs,
    )
    sources = pd.DataFrame(
        {"title": [text], "publisher": [text], "date": [text], "licence": [text], "attribution": [text]},
        index=pd.Index(["s"], name="source_id"),
    )
    return {
        "areas": areas,
        "assets": assets,
        "layers": layers,
        "places": places,
        "sources": sources,
        "title": text,
        "area_name": text,
        "notes": [Note("X", text)],
        "audience": "internal",
    }


@pytest.fixture
def hostile_page(grid: gpd.GeoDataFrame, tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "hostile.html"
        make_map(**hostile_tables(grid, text)).save(str(path))
        return path

    return write


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_text_is_shown_as_written_everywhere(
    open_page: Callable[..., Any], hostile_page: Callable[[str], Path], kind: str
) -> None:
    text = HOSTILE[kind]
    page = open_page(hostile_page(text))

    def shows(selector: str, wanted: str = text) -> None:
        found = page.locator(selector).evaluate_all("all => all.map((one) => one.textContent)")
        same = page.evaluate(
            "([found, wanted]) => found.some((one) => one === wanted || one.includes(wanted))",
            [found, wanted],
        )
        assert same, (selector, [one[:80] for one in found])

    shows("h1")
    shows("#am-legend-title")
    shows("#am-legend-body .am-key th")
    shows("#am-legend-body .am-direction")
    shows("#am-legend-body .am-notes p")
    shows("#am-legend-body .am-notes li")
    shows("#am-layer-list legend")
    shows("#am-layer-list label")
    shows("#am-about-body .am-warnings li")
    shows("#am-about-body small")
    shows("#am-sentence")
    page.locator("#am-layer-list input").nth(1).check()
    shows("#am-legend-title", f"{text}!")
    page.evaluate("document.getElementById('am-trial').open = true")
    shows("#am-trial label")
    page.locator("#am-trial label input").first.uncheck()
    shows("#am-trial-words", text[:120])
    page.fill("#am-search", text[:40].strip() if kind != "separators" else "one")
    if page.locator("#am-found li").count():
        shows("#am-found li", text[:200])
        page.keyboard.press("Enter")
    find = "(test) => { const map = Object.values(window).find((one) => one && one.assetmap); const A = map.assetmap; A.setState(test); }"
    page.evaluate(find, {"area": 0, "asset": -1})
    shows("#am-card h2", f"{text}0")
    shows("#am-card td")
    shows("#am-card p")
    shows("#am-card .am-list button")
    page.evaluate(find, {"asset": 0})
    shows("#am-card h2")
    assert (
        page.locator("#am-card td").evaluate_all(
            "(all, text) => all.filter((one) => one.textContent.includes(text)).length", text
        )
        >= 4
    )
    page.mouse.move(700, 400)
    page.click("#am-show-table")
    shows("#am-tableview tbody th", f"{text}0")
    page.click("#am-table-assets")
    shows("#am-tableview tbody th")
    shows("#am-tableview tbody td")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    shows("#am-printed")
    assert page.locator("img, svg, iframe, script[src], body h1 ~ h1").count() == 0
    assert (
        page.title() == " ".join(text.replace("\x00", " ").replace("\x1b", " ").split())
        or kind == "separators"
    )


@pytest.mark.parametrize("text", ["=1+1", "+44 1872", "-2+3", "@SUM(A1)", "\t=1", 'a"b,c\nd'])
def test_csv_cells_are_no_formulas(
    open_page: Callable[..., Any], hostile_page: Callable[[str], Path], text: str
) -> None:
    page = open_page(hostile_page(text))
    page.click("#am-show-table")
    page.click("#am-table-assets")
    with page.expect_download() as saving:
        page.click("#am-table-save")
    rows = list(
        csv.reader(io.StringIO(Path(saving.value.path()).read_bytes().decode("utf-8-sig"), newline=""))
    )
    assert rows[1][0] == (text if text.startswith("a") else f"'{text}")
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for row in rows for cell in row)


def test_policy_stops_what_was_not_shipped(open_page: Callable[..., Any], cornwall_page: Path) -> None:
    page = open_page(cornwall_page)
    page.evaluate(
        "const script = document.createElement('script'); script.textContent = 'window.ran = 1';"
        "document.body.append(script); document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran=2\">')"
    )
    page.wait_for_timeout(200)
    assert page.evaluate("window.ran") is None
    assert len(page.problems) >= 2
    assert all(
        "Content Security Policy" in problem or "ERR_FILE_NOT_FOUND" in problem for problem in page.problems
    )
    page.problems.clear()

"""For everyone: axe finds nothing, everything works by keyboard, at every size, with less motion."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assetmap.schema import Results
from assetmap.show.map import Layer, make_map
from browser.conftest import DESKTOP, PHONE, wait_until_still

MAP = "Object.values(window).find((one) => one && one.assetmap)"


def run_axe(page: Any, axe: str) -> list[str]:
    page.evaluate(f"() => {{ {axe} }}" if "axe" not in page.evaluate("Object.keys(window)") else "0")
    assert page.evaluate("window.axe.version").startswith("4.")
    found = page.evaluate(
        "async () => (await window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }))"
        ".violations.map((one) => one.id + ': ' + one.help + ' ' + one.nodes.map((node) => node.html.slice(0, 160)).join(' | '))"
    )
    return list(found)


FEW_ROWS = "const rows = document.getElementById('am-table-search'); rows.value = '{}'; rows.dispatchEvent(new Event('input'));"
"""All rows are alike: axe need not look at 326."""
STATES = {
    "map": "",
    "menu": "if (getComputedStyle(document.getElementById('am-menu')).display !== 'none') document.getElementById('am-menu').click();",
    "card": "A.setState({ area: 5, asset: -1 });",
    "asset card": "A.setState({ asset: 1 });",
    "filter": "document.querySelectorAll('.am-side details').forEach((one) => { one.open = true; });",
    "search": "const box = document.getElementById('am-search'); box.focus(); box.value = 'tru'; box.dispatchEvent(new Event('input'));",
    "table": "document.getElementById('am-show-table').click();" + FEW_ROWS.format("13"),
    "assets": "document.getElementById('am-show-table').click(); document.getElementById('am-table-assets').click();"
    + FEW_ROWS.format("tru"),
    "trial": "A.trySwitch([...A.app.trial.rows.keys()].find(A.isOpen), false); document.getElementById('am-trial').open = true;",
    "people": "A.setState({ people: true, layer: 4 });",
    "nine": "A.setState({ nine: true });",
    "answer": "const box = document.getElementById('am-search'); box.focus(); box.value = 'qqqqqq'; box.dispatchEvent(new Event('input'));",
}


ON_A_PHONE = ("map", "menu", "card", "filter", "table", "answer")
TABLET = (1024, 768)
ON_A_TABLET = ("map", "card", "nine")


@pytest.mark.parametrize(
    ("state", "size"),
    [(state, DESKTOP) for state in sorted(STATES) if state != "menu"]
    + [(state, PHONE) for state in ON_A_PHONE]
    + [(state, TABLET) for state in ON_A_TABLET],
)
def test_axe_finds_nothing(
    open_page: Callable[..., Any], cornwall_page: Path, axe: str, state: str, size: tuple[int, int]
) -> None:
    page = open_page(cornwall_page, size=size)
    page.evaluate(f"() => {{ const A = {MAP}.assetmap; {STATES[state]} }}")
    wait_until_still(page)
    assert run_axe(page, axe) == []


@pytest.mark.parametrize("size", [(320, 640), (640, 400), (390, 844)], ids=["320px", "200%", "phone"])
def test_nothing_scrolls_sideways(
    open_page: Callable[..., Any], cornwall_page: Path, size: tuple[int, int]
) -> None:
    page = open_page(cornwall_page, size=size)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert page.locator(".am-map").bounding_box()["height"] >= 200
    page.evaluate(f"{MAP}.assetmap.setState({{ area: 3 }})")
    page.click("#am-show-table")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_areas_by_keyboard(open_page: Callable[..., Any], cornwall_page: Path, cornwall: Results) -> None:
    page = open_page(cornwall_page)
    page.locator(".am-map").focus()
    page.keyboard.press("ArrowRight")
    first = page.evaluate(f"{MAP}.assetmap.app.cursor")
    page.keyboard.press("ArrowRight")
    second = page.evaluate(f"{MAP}.assetmap.app.cursor")
    name = cornwall.areas["area_name"].iloc[second]
    assert second != first
    east = cornwall.areas["centre_easting"].to_numpy()
    assert east[second] > east[first]
    said = page.locator("#am-say").inner_text()
    assert said.startswith(name)
    assert "Need and access" in said
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "am-card-title"
    assert page.locator("#am-card-title").inner_text() == name
    page.keyboard.press("Escape")
    assert not page.locator("#am-card").is_visible()
    assert page.evaluate("document.activeElement.classList.contains('am-map')")


def test_every_area_can_be_reached_by_arrows(open_page: Callable[..., Any], cornwall_page: Path) -> None:
    page = open_page(cornwall_page)
    reached = page.evaluate(
        f"""() => {{
          const A = {MAP}.assetmap;
          const {{ middles, count }} = A.app.areas;
          const seen = new Set([0]);
          const open = [0];
          while (open.length) {{
            const from = open.pop();
            for (const direction of [[0, -1], [0, 1], [-1, 0], [1, 0]]) {{
              const next = A.nextInDirection(middles.x[from], middles.y[from], direction, middles, Array(count).keys());
              if (next >= 0 && !seen.has(next)) {{ seen.add(next); open.push(next); }}
            }}
          }}
          return seen.size;
        }}"""
    )
    assert reached == 326


def test_assets_by_keyboard(open_page: Callable[..., Any], cornwall_page: Path, cornwall: Results) -> None:
    page = open_page(cornwall_page)
    page.locator(".am-map").focus()
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "am-assetstop":
            break
    assert page.evaluate("document.activeElement.className") == "am-assetstop"
    assert page.locator(".am-assetstop").bounding_box()["width"] > 100
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    row = page.evaluate(f"{MAP}.assetmap.app.assetCursor")
    name = cornwall.assets["name"].iloc[row]
    assert page.locator("#am-say").inner_text().startswith(name)
    page.keyboard.press("Enter")
    assert page.locator("#am-card-title").inner_text() == name
    assert page.evaluate("document.activeElement.id") == "am-card-title"


def test_skip_link_leads_to_the_table(open_page: Callable[..., Any], cornwall_page: Path) -> None:
    page = open_page(cornwall_page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "am-skip"
    page.keyboard.press("Enter")
    assert page.locator("#am-tableview").is_visible()
    assert page.evaluate("document.activeElement.id") == "am-tableview"


def test_changes_are_said(open_page: Callable[..., Any], cornwall_page: Path) -> None:
    page = open_page(cornwall_page)
    page.locator("#am-layer-list input").nth(3).check()
    assert page.locator("#am-say").inner_text().startswith(page.locator("#am-legend-title").inner_text())
    page.evaluate("document.getElementById('am-filter').open = true")
    page.locator("#am-filter-list label", has_text=re.compile("^Youth")).locator("input").uncheck()
    assert re.fullmatch(r"\d+ assets shown\.", page.locator("#am-say").inner_text())


def test_menu_on_a_phone(open_page: Callable[..., Any], cornwall_page: Path) -> None:
    page = open_page(cornwall_page, size=PHONE)
    assert page.locator("#am-legend").get_attribute("open") is None
    assert not page.locator("#am-side").is_visible()
    page.click("#am-menu")
    assert page.evaluate("document.activeElement.id") == "am-menu-close"
    page.keyboard.press("Escape")
    assert not page.locator("#am-side").is_visible()
    assert page.evaluate("document.activeElement.id") == "am-menu"


def test_targets_are_large_enough(open_page: Callable[..., Any], cornwall_page: Path) -> None:
    page = open_page(cornwall_page, size=PHONE)
    page.click("#am-menu")
    page.evaluate("document.querySelectorAll('.am-side details').forEach((one) => { one.open = true; })")
    small = page.evaluate(
        "[...document.querySelectorAll('button:not(.am-assetstop), label.am-radio, label.am-check, select')].filter((one) => one.offsetParent)"
        ".map((one) => [one.textContent.slice(0, 30), one.getBoundingClientRect()]).filter(([, box]) => box.height < 24 || box.width < 24)"
        ".map(([text]) => text)"
    )
    assert small == []


def test_less_motion(open_page: Callable[..., Any], cornwall_page: Path) -> None:
    page = open_page(cornwall_page, reduced_motion="reduce")
    assert page.evaluate(f"{MAP}.assetmap.mayMove()") is False
    page.fill("#am-search", "Bude")
    page.keyboard.press("Enter")
    assert page.evaluate(f"{MAP}.getZoom()") > 10.5  # there at once


def test_small_areas_keep_their_colour_at_low_zoom(
    open_page: Callable[..., Any], cornwall: Results, tmp_path: Path
) -> None:
    """At zoom 6 most areas of a town are smaller than a pixel: they must be neither holes nor pale."""
    same = pd.Series("one", index=cornwall.areas.index)
    path = tmp_path / "map.html"
    make_map(cornwall.areas, layers=[Layer("one", "One colour", same, kind="category")]).save(str(path))
    page = open_page(path)
    painted = int(page.evaluate("document.body.dataset.painted"))
    page.evaluate(f"{MAP}.setView([50.3, -4.9], 6, {{ animate: false }})")
    page.wait_for_selector(f"body:not([data-painted='{painted}'])", timeout=60_000)
    wait_until_still(page)
    pixels = page.evaluate(
        f"""() => {{
          const A = {MAP}.assetmap; const frame = A.app.land._frame; const pen = A.app.land._canvas.getContext('2d');
          return [...Array(A.app.areas.count).keys()].map((area) => {{
            const middle = A.middleOf(A.app.areas.shapes, area);
            return [...pen.getImageData(Math.floor(middle.x * frame.scale - frame.left), Math.floor(middle.y * frame.scale - frame.top), 1, 1).data];
          }});
        }}"""
    )
    blue = np.array([0x00, 0x72, 0xB2, 255])
    off = np.abs(np.array(pixels) - blue).max(axis=1)
    small = (cornwall.areas.geometry.area < 1_000_000).to_numpy()
    assert small.sum() > 100
    assert (off[small] <= 8).mean() > 0.97

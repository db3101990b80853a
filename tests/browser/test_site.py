"""The site of the documents in a browser, as `make docs-check` built it: search, accessibility, no request to another host."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SITE = Path(os.environ.get("ASSETMAP_SITE", ""))
if not os.environ.get("ASSETMAP_SITE"):
    pytest.skip("The site is built and tested by `make docs-check`.", allow_module_level=True)

TEMPLATES = {
    "front page": "index.html",
    "section": "howto.html",
    "page": "sites.html",
    "tutorial": "tutorial_officer.html",
    "gallery": "gallery.html",
    "functions": "api/need.html",
    "commands": "commands.html",
    "reference table": "tables/road_speeds.html",
    "search": "search.html",
    "index": "genindex.html",
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", TEMPLATES.values(), ids=TEMPLATES)
def test_axe_finds_nothing(open_page: Callable[..., Any], axe: str, name: str, theme: str) -> None:
    page = open_page(SITE.resolve() / name, wait=False, color_scheme=theme, reduced_motion="reduce")
    page.evaluate(axe)
    found = page.evaluate("axe.run({ preload: false }).then((result) => result.violations)")
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []


def test_search_works_from_a_file(open_page: Callable[..., Any]) -> None:
    page = open_page(SITE.resolve() / "index.html", wait=False)
    page.locator("button.search-button").first.click()
    page.locator("#pst-search-dialog input[type=search]").fill("rank_closures")
    page.keyboard.press("Enter")
    page.wait_for_selector("ul.search li a")
    links = page.eval_on_selector_all("ul.search li a", "all => all.map((one) => one.getAttribute('href'))")
    assert any("api/sites.html#assetmap.sites.rank_closures" in link for link in links)


@pytest.mark.parametrize("name", ["index.html", "sites.html", "api/access.html", "tables/type_words.html"])
def test_a_phone_needs_no_sideways_scrolling(open_page: Callable[..., Any], name: str) -> None:
    page = open_page(SITE.resolve() / name, size=(390, 844), wait=False)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_names_in_a_text_lead_to_the_reference(open_page: Callable[..., Any]) -> None:
    page = open_page(SITE.resolve() / "sites.html", wait=False)
    assert page.locator("article a[href='api/project.html#assetmap.project.read_options']").count() >= 1
    assert page.locator("article a[href='tables/site_types.html']").count() >= 1

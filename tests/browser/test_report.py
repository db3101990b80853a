"""The report in a browser: readable by everyone, at every width, on paper; nothing from outside runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assetmap.schema import Results
from assetmap.show.report.page import write_report
from report_tables import NASTY, nasty_results, town_estimate, town_log, town_results

SIZES = [(1280, 800), (640, 800), (390, 844), (320, 640)]
"""Desktop, desktop at 200% zoom, phone, and the width WCAG asks for."""


@pytest.fixture(scope="module")
def report(cornwall: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = {"access": {"asset_type": "library", "limit_m": 5000.0}, "gaps": {"need": "need", "top": 20}}
    results = Results(
        "Assets of Cornwall", "Cornwall", cornwall.areas, cornwall.assets, town_log(), town_estimate(),
        cornwall.sources.assign(url="https://example.org/", file="file.csv", sha256="ab" * 32, rows=1),
        places=cornwall.places, land=cornwall.land, settings=settings,
    )  # fmt: skip
    return write_report(results, tmp_path_factory.mktemp("report") / "report.html")


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    results = nasty_results()
    endless = results.log.assign(name="x" * 10_000, reason="{{ 7*7 }}" * 1_000, source="y" * 300)
    results = replace(results, log=endless)
    return write_report(results, tmp_path_factory.mktemp("nasty") / "report.html")


@pytest.fixture(params=["report", "nasty"])
def page_file(request: pytest.FixtureRequest) -> Path:
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("size", SIZES)
def test_no_accessibility_violation(
    open_page: Callable[..., Any], page_file: Path, axe: str, size: tuple[int, int]
):
    page = open_page(page_file, size=size, wait=False)
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
    assert len(found["passes"]) > 25


@pytest.mark.parametrize("size", SIZES)
def test_page_is_never_wider_than_the_screen(
    open_page: Callable[..., Any], page_file: Path, size: tuple[int, int]
):
    page = open_page(page_file, size=size, wait=False)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_pictures_and_style_pass_the_policy(open_page: Callable[..., Any], report: Path):
    page = open_page(report, wait=False)
    widths = page.evaluate(
        "Promise.all([...document.querySelectorAll('figure img')].map(i => i.decode().then(() => i.naturalWidth)))"
    )
    assert len(widths) == 5
    assert min(widths) > 300
    small = page.evaluate(
        "Promise.all([...document.querySelectorAll('img.locator')].map(i => i.decode().then(() => [i.naturalWidth, i.alt])))"
    )
    assert len(small) == 20
    assert all(20 < width < 100 for width, _ in small)
    assert all(re.fullmatch(r"Where .+ lies in Cornwall", words) for _, words in small)
    assert page.evaluate("getComputedStyle(document.body).maxWidth") != "none"


def test_nothing_from_outside_runs(open_page: Callable[..., Any], nasty: Path):
    page = open_page(nasty, wait=False)
    page.wait_for_load_state("load")
    shown = " ".join(NASTY.replace("\u2028", " ").replace("\x00\x1b", " ").split())
    assert " ".join(page.locator("h1").text_content().split()) == shown
    assert page.title() == shown
    assert page.locator("script, iframe, object, embed, link").count() == 0
    assert page.locator("img").evaluate_all(
        "all => all.every(i => i.src.startsWith('data:image/svg+xml;base64,'))"
    )


def test_keyboard_reaches_the_answer_first(open_page: Callable[..., Any], report: Path):
    page = open_page(report, wait=False)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the answer"
    box = page.locator(".skip").bounding_box()
    assert box["x"] >= 0
    page.keyboard.press("Enter")
    assert page.url.endswith("#answer")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#map"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_table_of_gaps_stays_a_table(open_page: Callable[..., Any], report: Path, size: tuple[int, int]):
    page = open_page(report, size=size, wait=False)
    table = page.get_by_role("table", name=re.compile("The 20 widest gaps of 326 small areas"))
    assert table.get_by_role("rowheader").count() == 20
    assert table.get_by_role("columnheader").count() == 7
    first = table.get_by_role("row").nth(1).get_by_role("cell").all_text_contents()
    assert len(first) == 6
    assert re.fullmatch(r".+ \(Cornwall \d{3}[A-Z]\) E010\d{5}", first[0])


def test_it_prints_on_a4(open_page: Callable[..., Any], report: Path):
    page = open_page(report, wait=False)
    printed = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {(595, 842)}
    assert 5 <= len(boxes) <= 12
    page.evaluate("document.querySelector('div.annexes').remove()")
    answer = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/MediaBox", answer)) == 4  # four pages answer, annexes prove


def test_the_contents_follow_on_a_wide_screen(open_page: Callable[..., Any], report: Path):
    page = open_page(report, size=(1500, 900), wait=False)
    page.evaluate("document.getElementById('sources').scrollIntoView()")
    box = page.locator("nav").bounding_box()
    assert 0 <= box["y"] < 100
    assert box["x"] + box["width"] <= page.locator("#sources").bounding_box()["x"]


def test_figures_on_screen_are_those_of_the_tables(
    open_page: Callable[..., Any], report: Path, cornwall: Any
):
    page = open_page(report, wait=False)
    figures = page.locator("dl.numbers > div").all_text_contents()
    areas = cornwall.areas
    far = (areas["gap_class"] == "3-1") | areas["gap_class"].str.startswith("3").fillna(False)
    far &= areas["distance_m"] > 5_000
    assert figures[0] == f"people{areas['population'].sum():,.0f}in 326 small areas"
    assert figures[1] == "open libraries2723 run by local councils or community bodies"
    assert figures[4].startswith(f"small areas with high need, over 5\xa0km from an open library{far.sum()}")


def test_town_without_settings_is_drawn(open_page: Callable[..., Any], tmp_path: Path):
    page = open_page(write_report(town_results(settings={}), tmp_path / "report.html"), wait=False)
    assert "over 5\xa0km" in page.locator("#answer").text_content()

"""What is offered and asked for on the map: cards, the one filter, search, table and link; nothing new without it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from assetmap.access.nearest import distance_to_nearest
from assetmap.gaps.score import find_gaps
from assetmap.schema import Results
from assetmap.sharing import match_resources
from assetmap.show.map import make_map
from assetmap.show.map.payload import encode_assets
from assetmap.show.report.page import write_report
from browser.conftest import DESKTOP, PHONE
from browser.test_map_access import MAP, run_axe
from report_tables import town_results
from sharing_town import sharing_areas, sharing_assets

FILTER = "#am-filter-list"


def measured(assets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    areas = sharing_areas()
    areas = areas.join(distance_to_nearest(areas, assets, asset_type="library"))
    return areas.join(find_gaps(areas))


@pytest.fixture(scope="module")
def assets() -> gpd.GeoDataFrame:
    return sharing_assets()


@pytest.fixture(scope="module")
def town_page(assets: gpd.GeoDataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sharing") / "map.html"
    make_map(measured(assets), assets, title="Lending in a made-up town", area_name="Town").save(str(path))
    return path


def open_filter(page: Any, heading: str) -> None:
    if page.locator("#am-menu").is_visible():
        page.click("#am-menu")
    page.locator("#am-filter > summary").click()
    page.locator("#am-filter .am-said > summary", has_text=heading).click()


def libraries_alone(page: Any) -> None:
    """Switch every other place off: the first thing chosen then shows every kind again."""
    page.click("#am-kind-others")
    assert shown(page) == ["West Library", "East Library"]


def box(page: Any, column: str, code: str) -> Any:
    return page.locator(f"{FILTER} input[data-filter={column}][value={code}]")


def shown(page: Any) -> list[str]:
    names = page.evaluate(
        f"() => {{ const A = {MAP}.assetmap; return A.app.data.assets.names.filter((name, row) => A.app.marks.shown[row]); }}"
    )
    return list(names)


def test_a_map_without_offers_has_nothing_new(
    open_page: Callable[..., Any], cornwall_page: Path, cornwall: Results
) -> None:
    table, _ = encode_assets(cornwall.assets, cornwall.areas, "public")
    assert not {"offers", "asks", "social_action"} & set(table)
    assert set(table["labels"]) == {"asset_types", "asset_type_plurals", "operator_types"}
    page = open_page(cornwall_page)
    assert page.locator(".am-said").count() == 0
    assert page.locator(f"{FILTER} fieldset").count() == 3
    assert page.locator("label[for=am-search]").inner_text() == "Find a place, postcode or library"
    page.evaluate(f"{MAP}.assetmap.setState({{ asset: 1 }})")
    assert page.locator("#am-card th", has_text="Offers").count() == 0
    page.click("#am-show-table")
    page.click("#am-table-assets")
    headings = page.locator("#am-tableview thead").inner_text()
    assert "Offers" not in headings
    assert "Asks for" not in headings
    assert "offers=" not in page.url


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_filter_finds_who_has_a_minibus(
    open_page: Callable[..., Any], town_page: Path, size: tuple[int, int]
) -> None:
    page = open_page(town_page, size=size)
    assert len(shown(page)) == 8  # all but the closed one
    libraries_alone(page)
    open_filter(page, "What they offer")
    box(page, "offers", "minibus").check()
    assert shown(page) == ["Moor Rowing Club"]
    assert page.locator("#am-say").inner_text() == "1 asset shown. All types are now shown."
    assert page.locator("#am-filter-count").inner_text() == "1 of 9"
    assert page.locator("#am-chosen-offers").inner_text() == ": Minibus"
    box(page, "offers", "tools").check()
    assert shown(page) == ["Moor Rowing Club", "Time Bank & Tool Library"]
    open_asks = page.locator("#am-filter .am-said > summary", has_text="What they ask for")
    open_asks.click()
    box(page, "asks", "storage").check()
    assert shown(page) == ["Moor Rowing Club", "Time Bank & Tool Library"]
    box(page, "asks", "driver").check()
    box(page, "asks", "storage").uncheck()
    assert shown(page) == []
    for clear in page.locator(f"{FILTER} .am-said[open] button").all():
        clear.click()
    assert shown(page) == ["West Library", "East Library"]
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_kinds_chosen_meanwhile_stay(open_page: Callable[..., Any], town_page: Path) -> None:
    page = open_page(town_page)
    libraries_alone(page)
    open_filter(page, "What they offer")
    box(page, "offers", "gazebo").check()
    box(page, "types", "time_bank").uncheck()
    assert shown(page) == ["<img src=x onerror=alert(1)> Club"]
    box(page, "offers", "gazebo").uncheck()
    assert "Time Bank & Tool Library" not in shown(page)
    assert "Newtown Memory Cafe" in shown(page)


def test_the_filter_by_keyboard(open_page: Callable[..., Any], town_page: Path) -> None:
    page = open_page(town_page)
    libraries_alone(page)
    page.locator("#am-filter > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "What they offer"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Clear"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.value") == "hall"
    page.keyboard.press("Space")
    assert shown(page) == ["St Piran Village Hall"]
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert shown(page) == ["West Library", "East Library"]


def test_boxes_stand_under_their_kind(open_page: Callable[..., Any], town_page: Path) -> None:
    page = open_page(town_page)
    open_filter(page, "What they offer")
    lines = page.locator(f"{FILTER} .am-said fieldset").first.inner_text().splitlines()
    words = [line for line in lines if line.strip() and not line.strip().isdigit()]
    assert words[words.index("Spaces") :] == [
        "Spaces", "Hall or large room", "Kitchen", "Meeting room", "Parking",
        "Equipment", "Computers or tablets", "Garden machines and tools", "Internet", "Marquee or gazebo",
        "Tables and chairs", "Tools", "Vehicles", "Boat", "Minibus", "Skills and time", "Drivers",
    ]  # fmt: skip


def test_cards_say_it_and_a_guarded_place_says_nothing(
    open_page: Callable[..., Any], town_page: Path, assets: gpd.GeoDataFrame
) -> None:
    page = open_page(town_page)
    page.evaluate(f"{MAP}.assetmap.setState({{ asset: 4 }})")
    card = page.locator("#am-card .am-facts")
    assert card.locator("tr", has_text="Offers").inner_text().split("\t") == ["Offers", "Minibus, Boat"]
    assert card.locator("tr", has_text="Asks for").inner_text().split("\t") == ["Asks for", "Storage"]
    assert page.locator("#am-say").inner_text().endswith("Offers: Minibus, Boat. Asks for: Storage.")
    page.evaluate(f"{MAP}.assetmap.setState({{ asset: 0 }})")
    together = card.locator("tr", has_text="What people do together")
    assert together.inner_text().split("\t")[1] == "Formal volunteering"
    page.evaluate(f"{MAP}.assetmap.setState({{ asset: 8 }})")
    assert "Refuge" in page.locator("#am-card-title").inner_text()
    assert card.locator("tr", has_text="Offers").count() == 0
    table, _ = encode_assets(assets, measured(assets), "public")
    assert "van" not in table["offers"]["words"]
    assert table["offers"]["lists"][8] == table["asks"]["lists"][8] == []
    table, _ = encode_assets(assets, measured(assets), "internal")
    assert "van" in table["offers"]["words"]


def test_the_card_of_an_area_adds_it_up(open_page: Callable[..., Any], town_page: Path) -> None:
    page = open_page(town_page)
    page.evaluate(
        f"() => {{ const A = {MAP}.assetmap; A.setState({{ types: new Set(A.app.data.assets.asset_type.words) }}); A.setState({{ area: 10 }}); }}"
    )
    words = page.locator("#am-card").inner_text()
    assert "Offered here: Marquee or gazebo" in words
    assert "Asked for here: Drivers" in words
    assert "<img src=x onerror=alert(1)> Club" in words


def test_search_answers_with_who_offers(open_page: Callable[..., Any], town_page: Path) -> None:
    page = open_page(town_page)
    libraries_alone(page)
    assert page.locator("label[for=am-search]").inner_text().endswith("or thing to borrow")
    page.fill("#am-search", "minib")
    found = page.locator("#am-found li").all_inner_texts()
    assert [" ".join(one.split()) for one in found] == ["Minibus offered by 1", "Minibus asked for by 1"]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator("#am-card-title").inner_text() == "Minibus: offered by 1"
    assert page.locator("#am-card li").all_inner_texts() == ["Moor Rowing Club"]
    assert shown(page) == ["Moor Rowing Club"]
    page.fill("#am-search", "minib")
    page.locator("#am-found li").nth(1).dispatch_event("mousedown")
    assert shown(page) == ["Newtown Memory Cafe"]
    page.locator("#am-card button", has_text="Show all again").click()
    assert shown(page) == ["West Library", "East Library"]
    assert not page.locator("#am-card").is_visible()


def test_the_table_and_its_file_say_the_same(
    open_page: Callable[..., Any], town_page: Path, tmp_path: Path
) -> None:
    page = open_page(town_page)
    open_filter(page, "What they offer")
    box(page, "offers", "gazebo").check()
    page.click("#am-show-table")
    assert "All assets that offer marquee or gazebo" in page.locator("#am-tableview").inner_text()
    page.click("#am-table-assets")
    with page.expect_download() as download:
        page.click("#am-table-save")
    file = tmp_path / "assets.csv"
    download.value.save_as(file)
    table = pd.read_csv(file, encoding="utf-8-sig").set_index("Name")
    assert table["Offers"].to_dict() == {
        "<img src=x onerror=alert(1)> Club": "Marquee or gazebo",
        "Time Bank & Tool Library": "Tools, Garden machines and tools, Marquee or gazebo",
    }
    assert table["Asks for"].tolist() == ["Storage", "Drivers"]


def test_a_link_brings_the_filter_back(open_page: Callable[..., Any], town_page: Path) -> None:
    page = open_page(town_page)
    open_filter(page, "What they offer")
    box(page, "offers", "minibus").check()
    box(page, "offers", "hall").check()
    page.wait_for_function("window.location.hash.includes('offers=')")
    fragment = page.evaluate("window.location.hash")
    again = open_page(town_page, fragment=fragment)
    assert shown(again) == shown(page) == ["St Piran Village Hall", "Moor Rowing Club"]
    hostile = open_page(town_page, fragment="#layer=gap&offers=<img src=x>~minibus&types=*")
    assert shown(hostile) == ["Moor Rowing Club"]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing(
    open_page: Callable[..., Any], town_page: Path, axe: str, size: tuple[int, int]
) -> None:
    page = open_page(town_page, size=size)
    open_filter(page, "What they offer")
    box(page, "offers", "minibus").check()
    assert run_axe(page, axe) == []
    page.fill("#am-search", "minibus")
    page.press("#am-search", "Enter")
    assert run_axe(page, axe) == []


def test_free_text_that_no_register_read_stays_text(open_page: Callable[..., Any], tmp_path: Path) -> None:
    assets = sharing_assets()
    hostile = '<img src=x onerror=alert(1)>; {{ 7*7 }}; =cmd|"/c calc"; __proto__; constructor'
    page_file = tmp_path / "hostile.html"
    make_map(measured(assets), assets.assign(offers=hostile, asks="")).save(str(page_file))
    page = open_page(page_file)
    open_filter(page, "What they offer")
    page.evaluate(f"{MAP}.assetmap.setState({{ asset: 1 }})")
    words = page.locator("#am-card .am-facts tr", has_text="Offers").inner_text()
    assert "{{ 7*7 }}" in words
    assert "<img src=x onerror=alert(1)>" in words
    page.locator(f"{FILTER} input[data-filter=offers]").first.check()
    assert len(shown(page)) == 7  # neither the closed one nor the refuge, whose offers are not in the page


@pytest.mark.parametrize("size", [DESKTOP, PHONE, (320, 640)], ids=["desktop", "phone", "320px"])
def test_the_section_of_the_report_is_for_everyone(
    open_page: Callable[..., Any],
    assets: gpd.GeoDataFrame,
    axe: str,
    tmp_path: Path,
    size: tuple[int, int],
) -> None:
    results = replace(town_results(), assets=assets, details={"sharing": match_resources(assets)})
    page = open_page(write_report(results, tmp_path / "report.html"), size=size, wait=False)
    assert page.locator("#sharing table").count() == 3
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [one["id"] for one in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_the_filter_knows_what_people_do_together(open_page: Callable[..., Any], town_page: Path) -> None:
    page = open_page(town_page)
    open_filter(page, "What people do together")
    first = page.locator(f"{FILTER} input[data-filter=forms]").first
    code = first.get_attribute("value")
    first.check()
    only = shown(page)
    assert only
    assert len(only) < 8
    assert f"forms={code}" in page.url
    words = page.evaluate(f"() => {MAP}.assetmap.app.data.assets.social_action.words")
    assert [
        one.get_attribute("value") for one in page.locator(f"{FILTER} input[data-filter=forms]").all()
    ] == words

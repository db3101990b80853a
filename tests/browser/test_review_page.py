"""The devolution page in a real browser: on a desk and on a phone, by keyboard, against axe."""

from __future__ import annotations

import re

import pytest

from assetmap.schema import Option
from assetmap.show.review.page import write_devolution
from assetmap.show.review.residents import write_residents
from assetmap.sites.compare import compare_options
from assetmap.sites.review import DevolutionSettings, review_devolution
from assetmap.sites.sites import sites_of_type
from cornwall_review import cornwall as tables_of_cornwall
from devolution_town import make_town

PHONE = (390, 844)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = (
    Option("A", "Close two", {"close": ("St Ives", "Lostwithiel")}),
    Option("B", "Pass two on", {"devolve": ("Bodmin:Bodmin Town Council", "Penzance:Penzance Town Council")}),
    Option("C", "Close one, shorten one", {"close": ("Callington",), "hours": ("Helston:10",)}),
)
MOST_PAGES = 12


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("devolution")
    areas, assets = make_town()
    review = review_devolution(
        areas, assets, settings=DevolutionSettings(near_m=500, limit_m=1500, draws=100)
    )
    write_devolution(review, areas, folder, title="Town")
    return folder / "devolution.html"


def test_it_passes_axe_and_shows_its_pictures(open_page, page_file, axe):
    page = open_page(page_file, wait=False)
    page.evaluate(axe)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("tags => axe.run({runOnly: tags})", tags)
    assert [problem["id"] for problem in found["violations"]] == []
    widths = page.evaluate("Array.from(document.images, image => image.naturalWidth)")
    assert len(widths) == 7
    assert min(widths) > 100


def test_nothing_is_wider_than_a_phone(open_page, page_file):
    page = open_page(page_file, size=PHONE, wait=False)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]


def test_a_site_is_reached_by_keyboard(open_page, page_file):
    page = open_page(page_file, wait=False)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the answer"
    link = page.get_by_role("link", name="West Library")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash.startsWith('#site-')")
    top = page.evaluate("document.querySelector(location.hash).getBoundingClientRect().top")
    assert -5 <= top <= 900


# A review of 27 sites with three options


@pytest.fixture(scope="module")
def committee(tmp_path_factory):
    """The review of Cornwall with three options, and the page for residents."""
    folder = tmp_path_factory.mktemp("committee")
    areas, assets, postcodes, land = tables_of_cornwall()
    settings = DevolutionSettings(draws=100)
    review = review_devolution(areas, assets, settings=settings)
    options = compare_options(OPTIONS, areas, sites_of_type(assets), review=review, settings=settings)
    write_devolution(review, areas, folder, title="Cornwall", options=options, land=land)
    places = sites_of_type(assets)[["town", "geometry"]].rename(columns={"town": "name"})
    write_residents(options, areas, folder, title="What would change?", postcodes=postcodes, places=places)
    return folder


@pytest.mark.journey
def test_a_committee_prints_at_most_twelve_pages_before_the_annexes(open_page, committee):
    page = open_page(committee / "devolution.html", wait=False)
    whole = page.pdf(format="A4", prefer_css_page_size=True)
    page.evaluate("document.querySelectorAll('section[id^=annex-]').forEach(part => part.remove())")
    main = page.pdf(format="A4", prefer_css_page_size=True)
    pages = [len(re.findall(rb"/Type\s*/Page\b", pdf)) for pdf in (main, whole)]
    assert 3 < pages[0] <= MOST_PAGES
    assert pages[1] > pages[0]


def test_the_review_with_options_passes_axe_and_fits_a_phone(open_page, committee, axe):
    page = open_page(committee / "devolution.html", wait=False)
    # the annexes are those of the page of the town, and axe takes long over twenty-seven sections
    page.evaluate("document.querySelectorAll('section[id^=annex-], nav').forEach(part => part.remove())")
    page.evaluate("document.querySelectorAll('main a').forEach(link => link.removeAttribute('href'))")
    page.evaluate(axe)
    found = page.evaluate("tags => axe.run({runOnly: tags})", TAGS)
    assert [problem["id"] for problem in found["violations"]] == []
    assert page.locator("section#options table tbody tr").count() >= 14
    phone = open_page(committee / "devolution.html", size=PHONE, wait=False)
    assert phone.evaluate("document.documentElement.scrollWidth") == PHONE[0]


def test_a_resident_finds_the_nearest_by_postcode_and_by_town(open_page, committee, axe):
    page = open_page(committee / "option.html", size=PHONE, wait=False)
    page.get_by_label("Your postcode or town or village").fill("tr26 1ab")
    page.get_by_role("button", name="Show me").click()
    cards = page.locator(".card")
    assert cards.count() == 4
    assert "St. Ives Library" in cards.nth(0).inner_text()
    assert "Hayle Library" in cards.nth(1).inner_text()
    assert re.search(r"5\.\d km further than today", cards.nth(1).inner_text())
    assert "No change for you." in cards.nth(2).inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    page.evaluate(axe)
    found = page.evaluate("tags => axe.run({runOnly: tags})", TAGS)
    assert [problem["id"] for problem in found["violations"]] == []
    page.get_by_label("Your postcode or town or village").fill("Bodmin")
    page.keyboard.press("Enter")
    assert "For Bodmin" in page.locator("#answer").inner_text()
    assert "It would be run by someone else." in cards.nth(2).inner_text()
    page.get_by_label("Your postcode or town or village").fill("ZZ1 1ZZ")
    page.keyboard.press("Enter")
    assert "We do not know the postcode ZZ1 1ZZ" in page.locator("#answer").inner_text()
    assert page.evaluate(
        "[localStorage.length, sessionStorage.length, document.cookie, location.search]"
    ) == [0, 0, "", ""]

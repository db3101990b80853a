"""The devolution page in a real browser: on a desk and on a phone, by keyboard, against axe."""

from __future__ import annotations

import pytest

from assetmap.show.review.page import write_devolution
from assetmap.sites.review import DevolutionSettings, review_devolution
from devolution_town import make_town

PHONE = (390, 844)


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

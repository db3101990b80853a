# ruff: noqa: F811 - a fixture has the name of what uses it
"""Lists that once failed and files that mean harm, dropped into the app."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

import assetmap as am
from test_app import Browser, browser, state, summary  # noqa: F401 - fixtures

SHARES = [12, pytest.param(1, marks=pytest.mark.long)]
"""Every run drops each twelfth file; `make long` drops all."""


@pytest.mark.journey
@pytest.mark.parametrize("share", SHARES)
def test_lists_that_once_failed_are_read_with_every_loss_named(
    browser: Browser, official: Path, share: int
) -> None:
    """What a list loses is said on its page: the sheets that were left out, and the columns that were not understood."""
    folder = official.parent / "cases" / "lists"
    paths = sorted(path for path in folder.iterdir() if path.name != "cases.csv")[::share]
    assert paths
    for path in paths:
        page = browser.fill("/p/quillford/lists", files=[("files", (path.name, path.read_bytes()))])
        assert "problem with assetmap" not in page.text, path.name
        if page.status_code == 422:
            assert path.name in html.unescape(summary(page)), path.name
            continue
        listed = am.read_assets(path)
        said = html.unescape(page.text)
        for sentence in listed.left_out:
            assert sentence in said, path.name
        for heading in listed.headings.loc[~listed.headings["understood"], "heading"]:
            assert heading in said, (path.name, heading)
        total = browser.get(page.url.path)
        assert re.search(rf">All <span>{len(listed.table):,}</span>", total.text), path.name
        fixed = browser.get(f"{page.url.path}/fixed")
        assert fixed.status_code == 200, path.name
        assert len(fixed.content) > 20, path.name
    assert browser.get("/p/quillford/lists").status_code == 200


@pytest.mark.journey
@pytest.mark.parametrize("share", SHARES)
def test_hostile_files_are_one_sentence_each_and_the_app_lives_on(
    browser: Browser, official: Path, share: int
) -> None:
    folder = official.parent / "cases" / "safe"
    paths = sorted(path for path in folder.iterdir() if path.is_file() and path.stat().st_size < 5_000_000)[
        ::share
    ]
    assert paths
    for path in paths:
        page = browser.fill("/p/quillford/lists", files=[("files", (path.name, path.read_bytes()))])
        assert page.status_code in (200, 422), path.name
        assert "problem with assetmap" not in page.text, path.name
        assert not re.search(r"<script>|onerror=", page.text), path.name
    assert browser.get("/p/quillford/lists").status_code == 200

"""The page of a check on a phone: no word breaks inside, nothing is wider than the screen, and a row is a block."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import assetmap as am
from assetmap.show.check import check_page

WORDS = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), broken = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    for (const found of node.data.matchAll(/[A-Za-z]{3,}/g)) {
      const range = document.createRange();
      range.setStart(node, found.index);
      range.setEnd(node, found.index + found[0].length);
      if (new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size > 1) broken.push(found[0]);
    }
  }
  return broken;
}"""


def test_the_page_on_a_phone(open_page: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "groups of the county.csv"
    path.write_text(
        "Name,Type,Postcode,A heading that nobody understands\n,Village hall,TR1 1EP,red\nBarn,zzzz,TR1 2AB,blue\n",
        encoding="utf-8",
    )
    page_file = tmp_path / "check.html"
    page_file.write_text(check_page(am.check_lists([am.read_assets(path)])), encoding="utf-8")
    page = open_page(page_file, size=(390, 844), wait=False)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate(WORDS) == []
    row = page.locator(".rows tr.rejected")
    assert row.inner_text().split("\n")[0].startswith("Not in the register")
    boxes = [row.locator("td").nth(place).bounding_box() for place in range(3)]
    assert boxes[2]["y"] - boxes[0]["y"] < 30

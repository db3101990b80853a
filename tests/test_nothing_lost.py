"""Nothing that was in a list is absent from both the register and the log: kept as it was, or read."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

import assetmap as am
from assetmap.read.tables import open_table

FOLDER = Path(__file__).parent / "samples" / "lists"
FILES = sorted(path for path in FOLDER.iterdir() if path.suffix in (".csv", ".tsv", ".txt"))

READ: dict[str, str] = {
    **dict.fromkeys(
        ("latitude", "longitude", "easting", "northing", "grid_reference", "coordinates"), "geometry"
    ),
    **dict.fromkeys(("registered", "registration"), "registered"),
    **{
        name: name
        for name in ("asset_type", "checked_date", "status", "closed_year", "weekly_hours", "sensitive")
    },
}
"""Column of the list -> column of the register that has what was read of its cell."""


def letters(text: object) -> str:
    plain = re.sub(r"<[^>]*>", " ", html.unescape(html.unescape(str(text))))
    return re.sub(r"[^a-z0-9]", "", plain.casefold())


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_every_cell_is_in_the_register_or_the_log(path: Path) -> None:
    listed = am.read_assets(path)
    register = am.build_register(listed, audience="internal")
    assets = register.assets.set_index("source_row")
    meanings = dict(zip(listed.headings["heading"], listed.headings["column"], strict=True))
    rows = open_table(path).rows
    headings = next(row for row in rows if {cell.strip() for cell in row} & set(meanings))
    kept = register.log[register.log["outcome"].isin(("accepted", "review"))].set_index("row")["reason"]
    for number, reason in kept.items():
        told = " ".join(letters(cell) for cell in [*assets.drop(columns="geometry").loc[number], reason])
        for heading, cell in zip(headings, rows[int(number) - 1], strict=False):
            read = READ.get(meanings.get(heading.strip(), ""))
            value = assets.loc[number, read] if read in assets else None
            was_read = value is not None and not (isinstance(value, float) and value != value) and value != ""
            assert letters(cell) in told or was_read, (number, heading, cell)


def test_a_list_of_casc_clubs_says_so_of_every_row(tmp_path: Path) -> None:
    path = tmp_path / "hmrc casc list 2026.csv"
    path.write_text("Name of club,Postcode\nBarn Bowls,TR1 1EP\nTruro Rovers,TR1 2AA\n", encoding="utf-8")
    assets = am.build_register(am.read_assets(path)).assets
    assert assets["register"].tolist() == ["casc", "casc"]
    assert assets["registered"].tolist() == ["yes", "yes"]

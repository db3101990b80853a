"""Tables that leave: safe in a spreadsheet, the same text when read back, equal bytes."""

from __future__ import annotations

import csv
import errno
import io
import math
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetmap import cells
from assetmap.show.sheets import BOLD, LONGEST_CELL, Sheet, workbook_bytes
from assetmap.show.tables import write_csv, write_geopackage
from conftest import make_assets, make_grid

INVISIBLE = (
    "",
    " ",
    "\u00a0",
    "\u200b",
    "\u200d",
    "\ufeff",
    "\u2060",
    "\u3000",
    "\u202e",
    "\x00",
    "\x0b",
    "\u00ad",
    " \u200b ",
    *("\u034f", "\u3164", "\u2800", "\ufe0f", "\u0300", "\U000e0020"),
)
STARTS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe66", "\ufe62", "\ufe63", "\ufe6b")
RUNS = [f"{before}{start}1+1|cmd" for before in INVISIBLE for start in STARTS]
RUNS += ["\tTab", "\r=1+1", "\n@SUM(A1)", "+44 1872", "-5 Club", "=HYPERLINK(1)"]
FINE = [
    "Fine",
    'Caffè, "quoted"\nline',
    "B\r=1+1",
    "'Tis",
    "O'Neill",
    "3-5 Club",
    "(=1)",
    "",
    "-5.0512",
    "-3",
    "-1.5e-07",
]


def test_javascript_that_writes_csv_skips_the_same_signs() -> None:
    """The map is tried with these signs in tests/js; the form for counts has a script of its own."""
    shown = Path(cells.__file__).parent / "show"
    scripts = [shown / "map/static/js/format.js", shown / "outcomes/static/form.js"]
    for path in scripts:
        text = path.read_text(encoding="utf-8")
        assert r"\s\p{C}\p{Z}\p{M}\u115f\u1160\u2800\u3164\uffa0]+/u" in text
        assert '.replace(UNSEEN, "").slice(0, 2).normalize("NFKC")' in text
    others = [path for path in shown.rglob("*.js") if "text/csv" in path.read_text(encoding="utf-8")]
    assert {path.name for path in others} == {"table.js", "form.js"}


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_what_would_run_gets_an_apostrophe_and_nothing_else_does(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"name": RUNS + FINE, "minus": -1.5}, index=pd.RangeIndex(len(RUNS + FINE), name="asset_id")
    )
    path = write_csv(table, tmp_path / "a.csv")
    names = [row[1] for row in rows_of(path)[1:]]
    assert names == ["'" + name for name in RUNS] + FINE
    assert path.read_bytes().startswith(b"\xef\xbb\xbfasset_id,name,minus\n")
    assert pd.read_csv(path)["minus"].tolist() == [-1.5] * len(table)
    assert table["name"].tolist() == RUNS + FINE
    assert [cells.as_written(name) for name in names] == RUNS + FINE


@pytest.mark.parametrize("name", ["B\r=1+1", "A\r\n=1+1", "A\n=1+1", "\r", 'say "\r"'])
def test_a_line_break_never_splits_a_row(tmp_path: Path, name: str) -> None:
    path = write_csv(pd.DataFrame({"name": [name], "people": [1]}), tmp_path / "a.csv", index=False)
    assert [[cells.as_written(cell) for cell in row] for row in rows_of(path)] == [
        ["name", "people"],
        [name, "1"],
    ]
    # a program that takes every carriage return for the end of a row sees quotes there
    assert pd.read_csv(path)["people"].tolist() == [1]


def test_headings_of_strangers_are_defused_too(tmp_path: Path) -> None:
    table = pd.DataFrame({"name": ["Club"], "=cmd|calc": [1], "\r@x": ["y"]}).rename_axis("+id")
    assert rows_of(write_csv(table, tmp_path / "a.csv"))[0] == ["'+id", "name", "'=cmd|calc", "'\r@x"]


def test_half_a_character_does_not_stop_a_table(tmp_path: Path) -> None:
    path = write_csv(
        pd.DataFrame({"name": ["Caf\ud800 \udfff"]}, dtype=object), tmp_path / "a.csv", index=False
    )
    assert rows_of(path)[1] == ["Caf\ufffd \ufffd"]


@pytest.mark.slow
@settings(max_examples=300)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_comes_back(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    assert cells.as_written(cells.defuse(text)) == text
    assert not cells.runs(cells.defuse(text))
    path = tmp_path_factory.getbasetemp() / "text.csv"
    write_csv(pd.DataFrame({"a": [text], "b": ["x"]}), path, index=False)
    assert [cells.as_written(cell) for cell in rows_of(path)[1]] == [text, "x"]


@given(st.text())
def test_a_terminal_is_shown_no_control_character(text: str) -> None:
    shown = cells.printable(text)
    # a soft hyphen only says where a word may break
    assert all(sign.isprintable() or sign.isspace() or sign == "\xad" or ord(sign) > 0xFF for sign in shown)
    assert not set(shown) & {"\x1b", "\x9b", "\x07", "\r", "\n", "\x08", "\u202e", "\u2066"}
    assert cells.printable(shown) == shown


def test_points_become_metres_and_shapes_are_left_out(tmp_path: Path) -> None:
    back = pd.read_csv(write_csv(make_assets({"A": (1, 2)}), tmp_path / "a.csv"))
    assert back[["easting", "northing"]].to_numpy().tolist() == [[181000, 47000]]
    back = pd.read_csv(write_csv(make_grid(), tmp_path / "b.csv"))
    assert list(back.columns) == ["area_code", "area_name", "population", "population_year"]


def test_geopackage_is_the_same_to_the_byte(tmp_path: Path) -> None:
    layers = {"areas": make_grid(), "assets": make_assets({"A": (1, 2)})}
    first = write_geopackage(layers, tmp_path / "a.gpkg").read_bytes()
    second = write_geopackage(layers, tmp_path / "b.gpkg").read_bytes()
    assert first == second
    back = gpd.read_file(tmp_path / "a.gpkg", layer="areas").set_index("area_code")
    assert back["population"].sum() == 16_000
    assert back.crs.to_epsg() == 27700
    assert back.area.sum() == pytest.approx(16e6)


@pytest.mark.parametrize(("free", "code"), [(10, errno.ENOSPC), (10**9, errno.EIO)])
def test_a_geopackage_that_cannot_be_written_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, code: int
) -> None:
    import pyogrio

    def fail(*_: object, **__: object) -> None:
        raise pyogrio.errors.DataSourceError("sqlite3_exec failed")

    monkeypatch.setattr(pyogrio, "write_dataframe", fail)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=free))
    with pytest.raises(OSError, match="sqlite3_exec failed") as caught:
        write_geopackage({"areas": make_grid()}, tmp_path / "a.gpkg")
    assert caught.value.errno == code
    assert caught.value.filename == str(tmp_path / "a.gpkg")


def test_a_workbook_gives_back_every_value_and_runs_none() -> None:
    odd = [
        "<a> & \"b\" 'c'",
        "one\rtwo\nthree  ",
        "x" * (LONGEST_CELL + 5),
        "\ud800",
        "_x0041_",
        "caff\u00e8 \U0001f600",
    ]
    texts = RUNS + FINE + odd
    numbers = [1.5, -1e300, np.int64(7), 2**53, np.float32(0.5), True, np.bool_(False)]
    nothing = [None, float("nan"), math.inf, pd.NA, pd.NaT, ""]
    sheets = [
        Sheet("texts", [("text",), *((text,) for text in texts)], formats=(BOLD,), widths=(20,), frozen=True),
        Sheet("a & <b>", [tuple(numbers), tuple(nothing), tuple(range(800))]),
    ]
    made = workbook_bytes(sheets)
    assert made == workbook_bytes(sheets)
    book = openpyxl.load_workbook(io.BytesIO(made))
    assert book.sheetnames == ["texts", "a & <b>"]
    found = [cell for (cell,) in book["texts"].iter_rows(min_row=2)]
    allowed = str.maketrans(
        dict.fromkeys([*range(9), 11, 12, *range(14, 32)], " ") | {"\ud800": "\ufffd", "\r": "\n"}
    )
    assert [cell.value or "" for cell in found] == [text[:LONGEST_CELL].translate(allowed) for text in texts]
    assert {cell.data_type for cell in found if cell.value} == {"s"}
    assert {cell.value for cell in found if cell.quotePrefix} == {
        text for text in (text.translate(allowed) for text in texts) if text[:1] in set("=+-@\t\n")
    }
    assert book["texts"]["A1"].font.b and not book["texts"]["A2"].font.b
    assert book["texts"].freeze_panes == "A2"
    assert int(book["texts"].column_dimensions["A"].width) == 20
    values, empty, many = book["a & <b>"].iter_rows(values_only=True)
    assert list(values[: len(numbers)]) == [1.5, -1e300, 7, 2**53, 0.5, True, False]
    assert values[5] is True
    assert set(values[len(numbers) :]) == {None}
    assert set(empty) == {None}
    assert list(many) == list(range(800))
    assert book["a & <b>"]["ADT3"].value == 799

"""Need: read in the right direction, on one scale, or refused."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import assetmap as am

INDICES = am.reference_table("need_indices")
RANKS = INDICES[(INDICES["kind"] == "rank") & (INDICES["known_worst"] != "")]


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_rank_one_is_most_need(tmp_path: Path) -> None:
    file = write(
        tmp_path / "iod.csv", "lsoa21_code,imd_rank\nE01000001,1\nE01000002,33755\nE01000003,16878\n"
    )
    need = am.read_need(file)
    assert need["need"].tolist() == [1.0, 0.0, 0.5]
    assert need["imd_rank"].tolist() == [1, 33755, 16878]
    assert need.index.name == "area_code"


def test_an_empty_cell_is_not_known(tmp_path: Path) -> None:
    file = write(tmp_path / "iod.csv", "lsoa21_code,imd_rank,income_rank\nE01000001,1,\nE01000002,,1\n")
    need = am.read_need(file)
    assert need["need"].isna().tolist() == [False, True]
    assert need["need_income"].isna().tolist() == [True, False]


def test_published_headings_and_counts(tmp_path: Path) -> None:
    head = (
        "LSOA code (2011),Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived),"
        "Total population: mid 2015 (excluding prisoners)\n"
    )
    file = write(tmp_path / "f7.csv", head + 'E01000001,32844,"1,296"\n')
    need = am.read_need(file, index="iod2019")
    assert need.loc["E01000001", ["need", "population"]].tolist() == [0.0, 1296.0]


@pytest.mark.parametrize(("most_need", "expected"), [("high", [0, 0.5, 1]), ("low", [1, 0.5, 0])])
def test_a_column_of_ones_own(tmp_path: Path, most_need: str, expected: list[float]) -> None:
    file = write(tmp_path / "own.csv", "area_code;fuel poverty\nA;3\nB;5\nC;40\n")
    need = am.read_need(file, column="fuel poverty", most_need=most_need)
    assert need["need"].tolist() == expected


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("lsoa21_code,imd_rank\nE1,1\nE1,2\n", {}, "1 duplicate area code, first 'E1'"),
        ("lsoa21_code,imd_rank\nE1,first\n", {}, r"1 cell is not a number, first 'first' \(row 2\)"),
        ("lsoa21_code,imd_rank\nE1,1\nE2,40000\n", {}, r"outside 1 to 33755, first 40000 \(row 3\)"),
        ("lsoa21_code,rank\nE1,1\n", {}, "no overall rank of 'iod2025'"),
        ("lsoa21_code,imd_rank\nE1,1\n", {"index": "iod2030"}, "are: iod2019, iod2025"),
        ("place,imd_rank\nE1,1\n", {}, "no column looks like an area code"),
        ("lsoa21_code,x\nE1,1\n", {"column": "x"}, 'most_need = "high" or "low"'),
        ("", {}, "is empty"),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, text: str, options: dict[str, str], message: str) -> None:
    with pytest.raises(am.InputError, match=message):
        am.read_need(write(tmp_path / "bad.csv", text), **options)


@pytest.mark.slow
@pytest.mark.parametrize("family", sorted(set(RANKS["family"])))
def test_direction_on_the_known_worst_area(family: str, official: Path) -> None:
    files = {"iod2025": "iod2025_england_lsoa21.csv", "iod2019": "iod2019_england_lsoa11.csv"}
    need = am.read_need(official / "deprivation" / files[family], index=family)
    for row in RANKS[RANKS["family"] == family].itertuples():
        theme = "need" if row.theme == "overall" else f"need_{row.theme}"
        assert need[theme].idxmax() == row.known_worst, row.Index
        assert need[theme].max() == 1.0, row.Index
        assert need[theme].min() == pytest.approx(0.0, abs=1e-3), row.Index


def test_spreadsheet_and_csv_give_the_same(tmp_path: Path) -> None:
    table = pd.DataFrame({"LSOA21CD": ["E01000001", "E01000002"], "IMD rank": [7, 9]})
    table.to_excel(tmp_path / "iod.xlsx", index=False)
    table.to_csv(tmp_path / "iod.csv", index=False)
    pd.testing.assert_frame_equal(am.read_need(tmp_path / "iod.xlsx"), am.read_need(tmp_path / "iod.csv"))

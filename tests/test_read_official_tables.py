"""Need and lookups in their published shapes."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import assetmap as am
from assetmap.read.official.lookups import read_area_lookup
from assetmap.read.tables import read_published

SAMPLES = Path(__file__).parent / "samples" / "official"
RANK = "Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)"


def test_file_7_of_2025_with_its_56_columns() -> None:
    header = pd.read_csv(SAMPLES / "File_7_IoD2025.csv", nrows=0).columns
    assert len(header) == 56
    assert sum("," in column for column in header) == 3
    assert "Children and Young People Sub-domain Decile (where 1 is most deprived 10% of LSO" in header
    need = am.read_need(SAMPLES / "File_7_IoD2025.csv")
    assert need.loc["E01018751", "need"] == 0.0
    assert need.loc["E01018750", "need"] == pytest.approx((33_755 - 12_000) / 33_754)
    assert need["population"].tolist() == [1630, 1540]
    assert need["children_0_15"].tolist() == [326, 308]
    assert need["older_60_plus"].tolist() == [543, 513]
    themes = ("income", "employment", "education", "health", "crime", "barriers", "environment", "children")
    assert all(need.loc["E01018751", f"need_{theme}"] == 0.0 for theme in themes)


def test_an_index_in_a_workbook_below_its_notes(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    book.active.append(["The Indices of Deprivation", "relate to small areas"])
    sheet = book.create_sheet("IMD2019")
    sheet.append(["LSOA code (2011)", "LSOA name (2011)", RANK])
    sheet.append(["E01018750", "Cornwall 013A", 32_844])
    book.save(tmp_path / "File_1.xlsx")
    assert am.read_need(tmp_path / "File_1.xlsx", index="iod2019")["need"].to_dict() == {"E01018750": 0.0}
    with pytest.raises(am.InputError, match="Its sheets are 'Notes', 'IMD2019'"):
        read_published(tmp_path / "File_1.xlsx", wanted=lambda row: "MSOA" in row)


def test_lookups_speak_the_words_of_assetmap() -> None:
    lookup = read_area_lookup(SAMPLES / "lookup_lsoa21_ward24.csv")
    assert lookup.loc["E01018750"].to_dict() == {
        "lsoa21_name": "Cornwall 013A",
        "ward24_code": "E05013325",
        "ward24_name": "Gunnislake & Calstock",
        "lad24_code": "E06000052",
        "lad24_name": "Cornwall",
    }
    names = read_area_lookup(SAMPLES / "msoa_names.csv")
    assert names["msoa21_hcl_name"].to_dict() == {
        "E02003892": "Gunnislake & Calstock",
        "E02003893": "St Neot & St Cleer",
    }


def test_output_areas_are_folded_into_theirs(tmp_path: Path) -> None:
    file = tmp_path / "oa.csv"
    file.write_text("OA21CD,LSOA21CD,MSOA21CD\nE001,E01,E02\nE002,E01,E02\nE003,E03,\n", encoding="utf-8")
    lookup = read_area_lookup(file)
    assert lookup["msoa21_code"].iloc[0] == "E02"
    assert lookup.index.tolist() == ["E01", "E03"]
    assert lookup["msoa21_code"].isna().tolist() == [False, True]


def test_lookups_that_cannot_be_used(tmp_path: Path) -> None:
    file = tmp_path / "l.csv"
    file.write_text("LSOA21CD,WD24CD\nE01,E05\nE01,E06\n", encoding="utf-8")
    with pytest.raises(am.InputError, match="1 duplicate area of lsoa21 with different entries, first 'E01'"):
        read_area_lookup(file)
    file.write_text("LSOA21CD,shops\nE01,E05\n", encoding="utf-8")
    with pytest.raises(am.InputError, match="cannot be used as a lookup"):
        read_area_lookup(file)


@pytest.mark.slow
def test_the_official_lookups(official: Path) -> None:
    wards = read_area_lookup(official / "lookups" / "lookup_lsoa21_ward24_ltla24.csv")
    cornwall = wards[wards["lad24_name"] == "Cornwall"]
    assert (len(wards), len(cornwall), cornwall["ward24_code"].nunique()) == (35_672, 336, 87)
    rural = read_area_lookup(official / "lookups" / "ruc21_lsoa21.csv")
    assert rural.loc[cornwall.index, "ruc21_code"].notna().all()
    names = read_area_lookup(official / "lookups" / "msoa_names_cornwall.csv")
    assert len(names) == 73

"""Population: every published shape gives the same counts, and nothing is guessed about ages."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import assetmap as am
from assetmap.read.official.population import add_up_ages, age_span, read_population

SAMPLES = Path(__file__).parent / "samples" / "official"


def workbook(path: Path) -> Path:
    """Write the ONS small-area workbook: notes, a title above the header, a sheet per year."""
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    book.active.append(["These estimates are supporting information"])
    for year, people in (("Mid-2022", 3), ("Mid-2024", 5)):
        sheet = book.create_sheet(f"{year} LSOA 2021")
        sheet.append([f"{year}: Lower layer Super Output Area population estimates"])
        sheet.append(["This worksheet contains one table"])
        sheet.append([])
        ages = [f"{sex}{age}" for sex in "FM" for age in range(91)]
        sheet.append(["LAD 2023 Code", "LAD 2023 Name", "LSOA 2021 Code", "LSOA 2021 Name", "Total", *ages])
        for code in ("E01000001", "E01000002"):
            sheet.append(["E09000001", "City of London", code, "City", people * 182, *[people] * 182])
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("label", "span"),
    [
        ("Age: Aged 4 years and under", (0, 4)),
        ("Aged 5 to 9 years", (5, 9)),
        ("Aged 85 years and over", (85, 120)),
        ("Aged under 1 year", (0, 0)),
        ("Age: Aged 10 to 15 years; measures: Value", (10, 15)),
        ("F0 to 15", (0, 15)),
        ("M65 and over", (65, 120)),
        ("F90", (90, 120)),
        ("M17", (17, 17)),
        ("65+", (65, 120)),
        ("0-15", (0, 15)),
        ("Total", None),
        ("Aged 9 to 5 years", None),
        ("Number of cars", None),
    ],
)
def test_age_spans(label: str, span: tuple[int, int] | None) -> None:
    assert age_span(label) == span


def test_bands_are_added_only_where_they_tile_the_group() -> None:
    one = pd.Series([1, 2])
    assert add_up_ages({"0-4": one, "5-9": one, "10-15": one, "16-19": one}, (0, 15)).tolist() == [3, 6]
    assert add_up_ages({"0-4": one, "5-9": one, "10-14": one, "15-19": one}, (0, 15)) is None
    assert add_up_ages({"0-4": one, "10-15": one}, (0, 15)) is None
    assert add_up_ages({"0-15": one, "5-9": one}, (0, 15)) is None
    assert add_up_ages({"F0 to 15": one, "M0 to 15": one}, (0, 15)).tolist() == [2, 4]
    assert add_up_ages({"F0 to 15": one}, (0, 15)) is None


def test_the_newest_sheet_of_the_workbook(tmp_path: Path) -> None:
    counts = read_population(workbook(tmp_path / "sapelsoasyoa20222024.xlsx"))
    assert counts.loc["E01000001"].to_dict() == {
        "population": 910.0,
        "population_year": 2024.0,
        "children_0_15": 5 * 2 * 16,
        "older_60_plus": 5 * 2 * 31,
    }
    older = read_population(workbook(tmp_path / "sape.xlsx"), year=2022)
    assert older["population"].tolist() == [546, 546]
    assert older["population_year"].tolist() == [2022, 2022]


def test_nomis_as_its_interface_sends_it() -> None:
    counts = read_population(SAMPLES / "nomis_ts001.csv")
    assert counts["population"].to_dict() == {"E01018750": 1612.0, "E01018751": 1523.0}
    assert counts["population_year"].tolist() == [2021, 2021]


def test_nomis_ages_give_the_groups_that_they_tile() -> None:
    counts = read_population(SAMPLES / "nomis_ts007a.csv")
    assert counts["population"].to_dict() == {"E01018750": 180.0, "E01018751": 36.0}
    assert counts["older_60_plus"].to_dict() == {"E01018750": 60.0, "E01018751": 12.0}
    assert "children_0_15" not in counts


def test_bulk_file_of_cars_counts_households() -> None:
    counts = read_population(SAMPLES / "census2021-ts045-lsoa.csv")
    assert counts.loc["E01018750", ["households", "households_no_car"]].tolist() == [700, 90]
    assert counts["population"].isna().all()


def test_denominators_of_2019_with_thousands_commas_and_a_bom() -> None:
    counts = read_population(SAMPLES / "File_6_-_IoD2019_Population_Denominators.csv")
    assert counts.loc["E01018750"].to_dict() == {
        "population": 1612.0,
        "population_year": 2015.0,
        "children_0_15": 290.0,
        "older_60_plus": 1023.0,
    }


def test_what_cannot_be_used_is_said(tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    file.write_text("lsoa21_code,shops\nE01000001,3\n", encoding="utf-8")
    with pytest.raises(
        am.InputError, match="has no counts of people or households: .* it has 'lsoa21_code', 'shops'"
    ):
        read_population(file)
    file.write_text("place,population\nTruro,3\n", encoding="utf-8")
    with pytest.raises(am.InputError, match="no column looks like an area code"):
        read_population(file)
    file.write_text("lsoa21_code,population\nE01000001,3\nE01000001,4\n", encoding="utf-8")
    with pytest.raises(am.InputError, match="1 duplicate area code, first 'E01000001'"):
        read_population(file)
    file.write_text("GEOGRAPHY_CODE,OBS_VALUE\nE01000001,3\nE01000001,4\n", encoding="utf-8")
    with pytest.raises(am.InputError, match="fetch one date, one sex and one measure only"):
        read_population(file)


@pytest.mark.slow
def test_cornwall_as_published(official: Path) -> None:
    codes = am.read_areas(official / "boundaries" / "cornwall_lsoa21_bgc.geojson").index
    counts = read_population(official / "population" / "lsoa21_population_mid2022.csv").loc[codes]
    assert (len(counts), counts["population"].sum()) == (336, 575_413)
    assert (counts["population_year"] == 2022).all()
    census = read_population(official / "population" / "census2021_age_lsoa21.csv", year=2021).loc[codes]
    assert census["population"].sum() == 570_307
    older = read_population(official / "population" / "lsoa11_population_mid2020_agebands.csv")
    lsoa11 = am.read_areas(official / "boundaries" / "cornwall_lsoa11_bgc.geojson").index
    assert older.loc[lsoa11, "population"].sum() == 573_299

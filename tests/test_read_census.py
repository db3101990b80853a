"""Census tables in the shape of the bulk files, made up; and the same people on areas of another vintage."""

from __future__ import annotations

import pandas as pd
import pytest

from assetmap.need.match import match_counts
from assetmap.read.official.census import read_census
from assetmap.schema import InputError, VintageError, reference_table

TABLES = {
    "ts007a": (
        "Age: Total,Age: Aged 4 years and under,Age: Aged 5 to 74 years,Age: Aged 75 to 79 years,"
        "Age: Aged 80 to 84 years,Age: Aged 85 years and over",
        [(100, 10, 60, 10, 10, 10), (50, 5, 40, 3, 1, 1)],
        {"aged_75_plus": [30, 5], "aged_75_plus_of": [100, 50]},
    ),
    "ts021": (
        'Ethnic group: Total: All usual residents,"Ethnic group: Asian, Asian British or Asian Welsh",'
        '"Ethnic group: Asian, Asian British or Asian Welsh: Indian",'
        '"Ethnic group: Black, Black British, Black Welsh, Caribbean or African",'
        "Ethnic group: Mixed or Multiple ethnic groups,Ethnic group: White,Ethnic group: Other ethnic group",
        [(100, 4, 2, 3, 2, 90, 1), (50, 0, 0, 0, 0, 50, 0)],
        {"other_than_white": [10, 0], "other_than_white_of": [100, 50]},
    ),
    "ts037": (
        "General health: Total: All usual residents,General health: Very good health,General health: Good health,"
        "General health: Fair health,General health: Bad health,General health: Very bad health",
        [(100, 50, 30, 10, 7, 3), (50, 30, 15, 5, 0, 0)],
        {"bad_health": [10, 0], "bad_health_of": [100, 50]},
    ),
    "ts038": (
        "Disability: Total: All usual residents,Disability: Disabled under the Equality Act,"
        "Disability: Disabled under the Equality Act: Day-to-day activities limited a lot,"
        "Disability: Not disabled under the Equality Act",
        [(100, 20, 8, 80), (50, 5, 1, 45)],
        {"disabled": [20, 5], "disabled_of": [100, 50]},
    ),
    "ts045": (
        "Number of cars or vans: Total: All households,Number of cars or vans: No cars or vans in household,"
        "Number of cars or vans: 1 car or van in household",
        [(40, 10, 30), (20, 1, 19)],
        {"no_car": [10, 1], "no_car_of": [40, 20]},
    ),
}
CODES = ("E01034851", "E01018750")


def write(path, headings, rows, *, codes=CODES):
    lines = [f"date,geography,geography code,{headings}"]
    lines += [
        f"2021,Somewhere,{code},{','.join(map(str, row))}" for code, row in zip(codes, rows, strict=True)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("name", TABLES)
def test_each_table_is_read_as_it_is_downloaded(tmp_path, name):
    headings, rows, expected = TABLES[name]
    counts = read_census(write(tmp_path / f"census2021-{name}-lsoa.csv", headings, rows))
    assert counts.index.tolist() == list(CODES)
    assert counts.to_dict("list") == expected


def test_the_measure_that_nomis_adds_to_headings_does_not_matter(tmp_path):
    headings = "; measures: Value,".join(TABLES["ts038"][0].split(",")) + "; measures: Value"
    assert read_census(write(tmp_path / "t.csv", headings, TABLES["ts038"][1]))["disabled"].tolist() == [
        20,
        5,
    ]


def test_what_is_none_of_the_tables_is_refused(tmp_path):
    with pytest.raises(InputError, match="not one of the census tables that are read"):
        read_census(write(tmp_path / "t.csv", "Religion: Total: All usual residents", [(1,), (2,)]))
    with pytest.raises(InputError, match="duplicate"):
        read_census(write(tmp_path / "t.csv", *TABLES["ts045"][:2], codes=("E01034851", "E01034851")))
    with pytest.raises(InputError, match="cell is not a number"):
        read_census(write(tmp_path / "t.csv", TABLES["ts045"][0], [("x", 1, 1), (20, 1, 19)]))


def test_counts_keep_their_totals_on_areas_of_the_other_vintage():
    counts = pd.DataFrame({"disabled": [21.0, 4, 6]}, index=pd.Index(["E01034851", "E01034852", "E01018750"]))
    lookup = pd.DataFrame(
        {
            "lsoa11_code": ["E01000001", "E01000001", "E01018750"],
            "lsoa21_code": ["E01034851", "E01034852", "E01018750"],
            "change_code": ["S", "S", "U"],
        }
    )
    found = match_counts(pd.Index(["E01000001", "E01018750"]), counts, lookup=lookup)
    assert found["disabled"].tolist() == [25, 6]
    with pytest.raises(VintageError, match="census table 'cars.csv'"):
        match_counts(pd.Index(["E01000001", "E01018750"]), counts, what="census table 'cars.csv'")


def test_ages_in_six_bands_have_no_total_and_are_refused_with_what_is_read(official):
    path = official / "population" / "census2021_age_lsoa21.csv"
    with pytest.raises(
        InputError, match="not one of the census tables that are read.*Aged 15 years and under"
    ):
        read_census(path)


def test_every_heading_of_the_table_of_groups_is_one_that_the_made_up_files_have(tmp_path):
    groups = reference_table("equality_groups")
    read = groups.index[groups["table"].str.startswith("TS")]
    found = set()
    for name, (headings, rows, _) in TABLES.items():
        found |= set(read_census(write(tmp_path / f"{name}.csv", headings, rows)).columns)
    assert found == {*read, *(f"{group}_of" for group in read)}

"""Published column names, in every style met so far."""

from __future__ import annotations

import pytest

from assetmap.read.official.columns import canonical_columns, canonical_name, vintage_of


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("LSOA21CD", "lsoa21_code"),
        ("\ufeffLSOA21CD", "lsoa21_code"),
        ("F_LSOA11CD", "lsoa11_code"),
        ("lsoa21_name", "lsoa21_name"),
        ("LSOA code (2021)", "lsoa21_code"),
        ("LSOA  name (2011)", "lsoa11_name"),
        ("LSOA 2021 Code", "lsoa21_code"),
        ("LAD 2023 Name", "lad23_name"),
        ("Local Authority District code (2024)", "lad24_code"),
        ("ltla24_code", "lad24_code"),
        ("WD24NM", "ward24_name"),
        ("PARNCP24CD", "parish24_code"),
        ("msoa21hclnm", "msoa21_hcl_name"),
        ("RUC21CD", "ruc21_code"),
        ("CHGIND", "change_code"),
        ("CHNGIND", "change_code"),
        ("LSOA21NMW", None),
        ("LADCD_ACTIVE", None),
        ("Postcode", None),
        ("", None),
    ],
)
def test_each_style(heading: str, expected: str | None) -> None:
    assert canonical_name(heading) == expected


def test_the_first_column_of_a_name_wins() -> None:
    assert canonical_columns(["LSOA21CD", "lsoa21_code", "x"]) == {"lsoa21_code": "LSOA21CD"}


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (["LAD24CD", "WD24CD", "LSOA21CD"], "lsoa21"),
        (["lsoa11_code", "lsoa21_code"], "lsoa21"),
        (["WD25CD", "LAD25CD"], "ward25"),
        (["LSOA21NM", "x"], None),
    ],
)
def test_the_smallest_geography_is_the_vintage(headings: list[str], expected: str | None) -> None:
    assert vintage_of(headings) == expected

"""Postcodes, places and lookups: read as they are, refused with the reason."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

import assetmap as am

POSTCODES = (
    "postcode,easting,northing,area_code,live\nTR1 1EP,182500,44800,A1,yes\nPL1 1AE,247700,54500,,yes\n"
    "TR1 9ZZ,,,A1,no\n"
)


def test_postcodes(tmp_path: Path) -> None:
    file = tmp_path / "p.csv.gz"
    file.write_bytes(gzip.compress(POSTCODES.encode()))
    postcodes = am.read_postcodes(file)
    assert postcodes.index.tolist() == ["TR1 1EP", "PL1 1AE", "TR1 9ZZ"]
    assert postcodes["live"].tolist() == [True, True, False]
    assert postcodes["area_code"].isna().tolist() == [False, True, False]
    assert postcodes["easting"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (POSTCODES + "TR1 1EP,1,1,A1,yes\n", "1 duplicate postcode, first 'TR1 1EP'"),
        (
            POSTCODES.replace("182500", "west"),
            r"column 'easting': 1 cell is not a number, first 'west' \(row 2\)",
        ),
        ("postcode,lat,lon\nTR1 1EP,50,-5\n", "missing column 'easting', 'northing', 'area_code', 'live'"),
    ],
)
def test_bad_postcodes(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "p.csv").write_text(text, encoding="utf-8")
    with pytest.raises(am.InputError, match=message):
        am.read_postcodes(tmp_path / "p.csv")


def test_what_is_no_gzip_file(tmp_path: Path) -> None:
    (tmp_path / "p.csv.gz").write_text("plain", encoding="utf-8")
    with pytest.raises(am.InputError, match="could not be read or unpacked"):
        am.read_postcodes(tmp_path / "p.csv.gz")


def test_places_in_degrees_and_in_metres_are_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "name,kind,lat,lon,population\nTruro,City,50.263,-5.051,23060\n", encoding="utf-8"
    )
    (tmp_path / "b.csv").write_text("name;easting;northing\nTruro;182647;44790\n", encoding="utf-8")
    degrees, metres = am.read.read_places(tmp_path / "a.csv"), am.read.read_places(tmp_path / "b.csv")
    assert degrees.crs == metres.crs
    assert degrees.geometry.iloc[0].distance(metres.geometry.iloc[0]) < 1
    assert degrees[["kind", "population"]].iloc[0].tolist() == ["city", 23060]
    assert metres["population"].isna().all()


def test_a_place_needs_a_point(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name,county\nTruro,Cornwall\n", encoding="utf-8")
    with pytest.raises(am.InputError, match="needs columns 'name' and 'lat', 'lon'"):
        am.read.read_places(tmp_path / "a.csv")


def test_lookup(tmp_path: Path) -> None:
    file = tmp_path / "l.csv"
    file.write_text("LSOA11CD,LSOA21CD,CHGIND\nE1,E1,U\nE2,E8,S\nE2,E9,S\n", encoding="utf-8")
    lookup = am.read.read_lookup(file)
    assert list(lookup.columns) == ["lsoa11_code", "lsoa21_code", "change_code"]
    assert lookup["change_code"].tolist() == ["U", "S", "S"]
    file.write_text("LSOA11CD,LSOA21CD,CHGIND\nE1,E1,U\nE2,E8,?\n", encoding="utf-8")
    with pytest.raises(am.InputError, match=r"not one of U, S, M, X, first '\?' \(row 3\)"):
        am.read.read_lookup(file)
    file.write_text("LSOA11CD,LSOA21CD\nE1,E1\n", encoding="utf-8")
    with pytest.raises(am.InputError, match="no column for 'change_code'"):
        am.read.read_lookup(file)


def test_the_official_lookup(official: Path) -> None:
    lookup = am.read.read_lookup(official / "lookups" / "lookup_lsoa11_lsoa21_ltla22.csv")
    assert len(lookup) == 35_795
    assert set(lookup["change_code"]) == {"U", "S", "M", "X"}

"""Postcode files as downloaded: the same postcodes out of every shape, and the right small area for each."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import assetmap as am
from assetmap.read.official.postcode_areas import assign_postcodes, compare_postcode_areas, lookup_column
from assetmap.read.official.postcode_files import find_postcodes, headings_of_postcodes, read_postcode_file
from assetmap.read.official.postcode_tables import JoinedMembers
from conftest import ORIGIN, make_grid

EAST, NORTH = int(ORIGIN[0]), int(ORIGIN[1])

ONSPD = (
    "pcd,pcd2,pcds,dointr,doterm,oscty,ced,oslaua,osward,parish,usertype,oseast1m,osnrth1m,osgrdind,"
    "lsoa11,msoa11,lat,long,lsoa21\n"
    f'"TR1 1AA","TR1  1AA","TR1 1AA","198001","","E99","E99","E06000052","E05013325","E04011425","0",'
    f'"{EAST + 500}","{NORTH + 500:07d}","1","A00","M1","50.1","-5.1","A00"\n'
    f'"TR1 1AB","TR1  1AB","TR1 1AB","198001","199606","E99","E99","E06000052","E05013325","E04011425","0",'
    f'"{EAST + 1500}","{NORTH + 500:07d}","1","A01","M1","50.1","-5.1","A01"\n'
    '"TR1 1AD","TR1  1AD","TR1 1AD","202001","","E99","E99","E06000052","E05013325","E04011425","0",'
    '"","","9","A10","M1","99.999999","0.000000","A10"\n'
)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSETMAP_CACHE", str(tmp_path / "cache"))


def code_point_zip(path: Path) -> Path:
    rows = {
        "tr": [
            f'"TR1 1AA",10,{EAST + 500},{NORTH + 500},"E92000001","","","","E06000052","E05013325"',
            f'"TR113QA",10,{EAST + 1500},{NORTH + 500},"E92000001","","","","E06000052","E05013326"',
            '"TR1 1ZZ",90,0,0,"E92000001","","","","E06000052",""',
        ],
        "n": [f'"N1  1AA",10,{EAST + 9500},{NORTH + 500},"E92000001","","","","E09000019","E05013700"'],
    }
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Doc/Code-Point_Open_Column_Headers.csv", "PC,PQ,EA,NO,CY,RH,LH,CC,DC,WC\n")
        for area, lines in rows.items():
            archive.writestr(f"Data/CSV/{area}.csv", "\n".join(lines) + "\n")
    return path


def test_code_point_open_without_header_rows(tmp_path: Path) -> None:
    postcodes = read_postcode_file(code_point_zip(tmp_path / "codepo_gb.zip"))
    assert postcodes.index.tolist() == ["N1 1AA", "TR1 1AA", "TR1 1ZZ", "TR11 3QA"]
    assert postcodes.loc["TR11 3QA", ["easting", "northing"]].tolist() == [EAST + 1500, NORTH + 500]
    assert postcodes.loc["TR1 1ZZ", ["easting", "northing"]].isna().all()
    assert postcodes["live"].all()
    assert postcodes.loc["N1 1AA", "lad_code"] == "E09000019"
    assert pd.isna(postcodes.loc["TR1 1ZZ", "ward_code"])


@pytest.mark.parametrize("size", [1, 7, 100, 10_000])
def test_files_of_a_zip_are_read_as_one(tmp_path: Path, size: int) -> None:
    path = code_point_zip(tmp_path / "codepo_gb.zip")
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        whole = b"".join(archive.read(member) for member in members)
    joined, parts = JoinedMembers(path, members), []
    while part := joined.read(size):
        parts.append(part)
    assert b"".join(parts) == whole
    assert {len(part) for part in parts[:-1]} <= {size}
    assert JoinedMembers(path, members).read() == whole


def test_metres_with_decimals_stay(tmp_path: Path) -> None:
    file = tmp_path / "onspd.csv"
    file.write_text(
        "pcds,doterm,oseast1m,osnrth1m\nTR1 1AB,,180000.25,45000\nTR1 1AA,199606,180001,45000.5\n"
    )
    found = read_postcode_file(file, cache=False)
    assert found.index.tolist() == ["TR1 1AA", "TR1 1AB"]
    assert found[["easting", "northing"]].to_numpy().tolist() == [[180001.0, 45000.5], [180000.25, 45000.0]]
    assert found["live"].tolist() == [False, True]


def test_one_area_of_code_point_open(tmp_path: Path) -> None:
    with zipfile.ZipFile(code_point_zip(tmp_path / "c.zip")) as archive:
        archive.extract("Data/CSV/tr.csv", tmp_path)
    assert len(read_postcode_file(tmp_path / "Data" / "CSV" / "tr.csv")) == 3


@pytest.mark.parametrize("zipped", [False, True])
def test_onspd_keeps_the_terminated(tmp_path: Path, zipped: bool) -> None:
    file = tmp_path / "ONSPD_MAY_2025_UK.csv"
    file.write_text(ONSPD, encoding="utf-8-sig")
    if zipped:
        with zipfile.ZipFile(tmp_path / "ONSPD_MAY_2025.zip", "w") as archive:
            archive.writestr("Documents/LAD names.csv", "LAD24CD,LAD24NM\nE06000052,Cornwall\n")
            archive.write(file, "Data/ONSPD_MAY_2025_UK.csv")
            archive.writestr("Data/multi_csv/ONSPD_MAY_2025_UK_TR.csv", ONSPD)
        file = tmp_path / "ONSPD_MAY_2025.zip"
    postcodes = read_postcode_file(file)
    assert postcodes["live"].to_dict() == {"TR1 1AA": True, "TR1 1AB": False, "TR1 1AD": True}
    assert postcodes.loc["TR1 1AA", ["easting", "northing"]].tolist() == [EAST + 500, NORTH + 500]
    assert postcodes.loc["TR1 1AD", "easting":"northing"].isna().all()
    assert postcodes["lsoa21_code"].tolist() == ["A00", "A01", "A10"]
    assert postcodes.loc["TR1 1AA", ["lad_code", "ward_code", "parish_code"]].tolist() == [
        "E06000052",
        "E05013325",
        "E04011425",
    ]


def test_headings_of_every_edition() -> None:
    new = "pcd7,pcd8,pcds,dointr,doterm,usrtypind,east1m,north1m,gridind,oa21cd,lad26cd,wd26cd,lsoa21cd"
    found = headings_of_postcodes(new.split(","))
    assert found == {
        "postcode": "pcds",
        "terminated": "doterm",
        "easting": "east1m",
        "northing": "north1m",
        "quality": "gridind",
        "oa21_code": "oa21cd",
        "lad_code": "lad26cd",
        "ward_code": "wd26cd",
        "lsoa21_code": "lsoa21cd",
    }


def test_the_second_reading_comes_from_the_cache_and_a_new_file_does_not(tmp_path: Path) -> None:
    file = code_point_zip(tmp_path / "codepo_gb.zip")
    first = read_postcode_file(file)
    kept = list((tmp_path / "cache" / "postcodes").glob("*.arrow"))
    assert len(kept) == 1
    pd.testing.assert_frame_equal(read_postcode_file(file), first)
    kept[0].write_bytes(b"damaged")
    pd.testing.assert_frame_equal(read_postcode_file(file), first)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("Data/CSV/ab.csv", f'"AB101AB",10,{EAST},{NORTH},"","","","","S12000033",""\n')
    os.utime(file, ns=(1, 1))
    assert len(read_postcode_file(file)) == 5


def test_a_cache_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plain").write_text("a file, not a folder", encoding="utf-8")
    monkeypatch.setenv("ASSETMAP_CACHE", str(tmp_path / "plain"))
    file = code_point_zip(tmp_path / "codepo_gb.zip")
    with pytest.warns(UserWarning, match="Set ASSETMAP_CACHE to a folder"):
        assert len(read_postcode_file(file)) == 4


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.zip", b"not a zip", "could not be read: it is damaged"),
        ("a.parquet", b"not parquet", "could not be read"),
        ("a.csv", b"name,shop\nx,y\n", "is not a known kind of postcode file"),
        ("a.csv", b"", "is not a known kind of postcode file"),
        ("a.csv", b"pcds,doterm\n,\n", "holds no postcodes"),
        ("a.csv", b"pcds,doterm\nTR1 1AA,\nTR11AA,\n", "1 duplicate postcode, first 'TR1 1AA'"),
        ("a.csv", b"pcds,doterm\nTR1 1AA,,,\n", "could not be read"),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(am.InputError, match=message):
        read_postcode_file(tmp_path / name)
    with pytest.raises(am.InputError, match="There is no file"):
        read_postcode_file(tmp_path / "none.zip")


def test_written_postcodes_are_found_however_they_are_written() -> None:
    table = pd.DataFrame({"easting": [1.0, 2.0]}, index=pd.Index(["TR1 1AA", "TR11 3QA"], name="postcode"))
    written = ["tr113qa", " TR1  1AA.", "TR1 1AB", "", None, float("nan"), "TR11-3QA"]
    assert find_postcodes(written, table).tolist() == [1, 0, -1, -1, -1, -1, 1]


@given(rows=st.lists(st.tuples(st.booleans(), st.integers(0, 3), st.sampled_from([" ", "", "  ", "."]))))
@settings(max_examples=50, deadline=None)
def test_writing_style_never_changes_the_row(rows: list[tuple[bool, int, str]]) -> None:
    known = ["AB10 1AB", "N1 1AA", "TR1 1AA", "TR11 3QA"]
    table = pd.DataFrame(index=pd.Index(known, name="postcode"))
    written = [known[row].replace(" ", gap).lower() if low else known[row] for low, row, gap in rows]
    assert find_postcodes(written, table).tolist() == [row for _, row, _ in rows]


def test_by_point_where_the_file_names_no_small_area(tmp_path: Path) -> None:
    grid = make_grid()
    found = am.read_postcodes(code_point_zip(tmp_path / "codepo_gb.zip"), areas=grid)
    assert found["area_code"].to_dict() == {"TR1 1AA": "A00", "TR11 3QA": "A01"}
    near = assign_postcodes(read_postcode_file(tmp_path / "codepo_gb.zip"), grid, buffer_m=6000)
    assert near.index.tolist() == ["N1 1AA", "TR1 1AA", "TR11 3QA"]
    assert pd.isna(near.loc["N1 1AA", "area_code"])


def test_the_lookup_wins_over_the_point_and_the_difference_is_listed(tmp_path: Path) -> None:
    grid = make_grid(2, 1)
    file = tmp_path / "onspd.csv"
    text = ONSPD.replace('"A00","M1","50.1","-5.1","A00"', '"A01","M1","50.1","-5.1","A01"')
    file.write_text(text.replace('"A10"', '"A00"'), encoding="utf-8")
    found = am.read_postcodes(file, areas=grid)
    assert found["area_code"].to_dict() == {"TR1 1AA": "A01", "TR1 1AB": "A01", "TR1 1AD": "A00"}
    compared = compare_postcode_areas(found, grid)
    assert len(compared) == 1
    assert compared.loc["TR1 1AA"].tolist() == ["A01", "A00", False, 500.0]


def test_a_point_on_a_shared_edge_is_in_one_area() -> None:
    grid = make_grid()
    edge = pd.DataFrame(
        {"easting": [EAST + 1000.0], "northing": [NORTH + 1000.0], "live": [True]},
        index=pd.Index(["TR1 1AA"], name="postcode"),
    )
    assert assign_postcodes(edge, grid)["area_code"].tolist() == ["A00"]
    assert assign_postcodes(edge, grid.iloc[::-1])["area_code"].tolist() == ["A00"]


def test_a_prepared_file_is_read_as_before_and_an_official_one_needs_areas(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(
        "postcode,easting,northing,area_code,live\nTR1 1AA,1,2,A00,yes\n", encoding="utf-8"
    )
    for areas in (None, make_grid()):
        assert am.read_postcodes(tmp_path / "p.csv", areas=areas)["area_code"].tolist() == ["A00"]
    (tmp_path / "o.csv").write_text(ONSPD, encoding="utf-8")
    with pytest.raises(am.InputError, match="An official file as downloaded needs areas as well"):
        am.read_postcodes(tmp_path / "o.csv")


@pytest.mark.slow
def test_cornwall_by_lookup_and_by_point(official: Path) -> None:
    areas = am.read_areas(official / "boundaries" / "cornwall_lsoa11_bgc.geojson")
    lookup = read_postcode_file(official / "postcodes" / "pcd_oa_lsoa11_msoa11_may22_cornwall.csv")
    assert (len(lookup), int(lookup["live"].sum())) == (26_990, 21_803)
    assert lookup_column(lookup, areas.index) == "lsoa11_code"
    points = read_postcode_file(official / "postcodes" / "codepoint_open_gb_2025-05.parquet")
    assert (len(points), int(points["easting"].isna().sum())) == (1_743_449, 811)
    both = lookup.drop(columns=["easting", "northing"]).join(points[["easting", "northing"]])
    found = assign_postcodes(both, areas)
    assert found["area_code"].nunique() == 326
    compared = compare_postcode_areas(found, areas)
    assert len(compared) == 21_558
    listed = compared[~compared["agrees"]]
    assert len(listed) == 140
    assert compared["agrees"].mean() > 0.99
    assert (compared.loc[compared["agrees"], "distance_m"] == 0).all()
    assert np.isfinite(listed["distance_m"]).all()

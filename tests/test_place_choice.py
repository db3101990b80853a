"""Which small areas a place is: any name that an officer would type, and never a guess."""

from __future__ import annotations

import re
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

import assetmap as am
from assetmap.place.choice import choose_areas
from assetmap.place.councils import council_table, current_code, place_key, same_council, split_kind
from assetmap.place.pick import _belongs_to
from assetmap.read.areas import read_areas
from assetmap.read.official.lookups import read_area_lookup
from conftest import ORIGIN

COUNCIL_CODE = re.compile(r"^E0[6789]\d{6}$")


def country(*councils: str) -> gpd.GeoDataFrame:
    """Return one small area for each council, in a row, with the names that official boundaries give."""
    table = council_table()
    codes = [code for code in table.index if not councils or table.loc[code, "name"] in councils]
    names = [f"{table.loc[code, 'name']} 00{number % 9 + 1}A" for number, code in enumerate(codes)]
    shapes = [
        box(ORIGIN[0] + 1000 * n, ORIGIN[1], ORIGIN[0] + 1000 * (n + 1), ORIGIN[1] + 1000)
        for n in range(len(codes))
    ]
    index = pd.Index([f"E01{number:06d}" for number in range(len(codes))], name="area_code")
    return gpd.GeoDataFrame(
        {"area_name": names, "LADCD_ACTIVE": codes}, geometry=shapes, crs="EPSG:27700", index=index
    )


@pytest.fixture(scope="module")
def england() -> gpd.GeoDataFrame:
    return country()


def councils_in(wanted: str, small: gpd.GeoDataFrame, **more: object) -> set[str]:
    choice = choose_areas(wanted, small, memberships=[_belongs_to(small)], **more)
    return set(small.loc[list(choice.codes), "area_name"].str[:-5])


@pytest.mark.parametrize(
    ("wanted", "count", "some"),
    [
        ("Staffordshire", 8, {"Cannock Chase", "South Staffordshire", "Tamworth"}),
        ("Surrey", 11, {"Woking"}),
        ("Surrey County Council", 11, {"Woking"}),
        ("Shropshire Council", 1, {"Shropshire"}),
        ("shropshire", 1, {"Shropshire"}),
        ("West Midlands region", 30, {"Shropshire", "Birmingham", "Stafford"}),
        ("West Midlands Combined Authority", 7, {"Birmingham", "Coventry"}),
        ("South Yorkshire", 4, {"Barnsley", "Sheffield"}),
        ("Stafford + Cannock Chase", 2, {"Stafford", "Cannock Chase"}),
        ("Staffordshire + Stoke-on-Trent", 9, {"Stoke-on-Trent", "Stafford"}),
        ("E06000051, E06000020", 2, {"Shropshire", "Telford and Wrekin"}),
        ("London", 33, {"Islington", "City of London"}),
        ("Greater London", 33, {"Islington"}),
        ("City of London", 1, {"City of London"}),
        ("City of York", 1, {"York"}),
        ("Durham County Council", 1, {"County Durham"}),
        ("Bristol", 1, {"Bristol, City of"}),
        ("Herefordshire", 1, {"Herefordshire, County of"}),
        ("Royal Borough of Windsor and Maidenhead", 1, {"Windsor and Maidenhead"}),
        ("London Borough of Hammersmith & Fulham", 1, {"Hammersmith and Fulham"}),
        ("St Helens", 1, {"St. Helens"}),
        ("E08000039", 1, {"Sheffield"}),
        ("E08000019", 1, {"Sheffield"}),
    ],
)
def test_a_place_as_people_call_it(
    england: gpd.GeoDataFrame, wanted: str, count: int, some: set[str]
) -> None:
    found = councils_in(wanted, england)
    assert len(found) == count
    assert some <= found


def test_a_name_of_two_kinds_is_listed_never_guessed(england: gpd.GeoDataFrame) -> None:
    for small in (england, country("Shropshire")):
        with pytest.raises(am.InputError, match="2 places have the name 'West Midlands'") as caught:
            councils_in("West Midlands", small)
        assert 'the region West Midlands (30 councils): --area "West Midlands region"' in str(caught.value)
        assert '--area "West Midlands combined authority"' in str(caught.value)


def test_several_wards_of_one_name_are_listed_with_their_councils(england: gpd.GeoDataFrame) -> None:
    wards = pd.DataFrame(
        {
            "ward24_code": ["E05009000", "E05014387", "E05014388", "E05000777"],
            "ward24_name": ["Wellington", "Wellington", "Other", "Sutton"],
        },
        index=england.index[
            england["area_name"].str[:-5].isin(["Rushmoor", "Somerset", "Shropshire", "Telford and Wrekin"])
        ],
    )
    tables = [_belongs_to(england), wards]
    with pytest.raises(am.InputError, match="2 places have the name 'Wellington'") as caught:
        choose_areas("Wellington", england, memberships=tables)
    for council in ("Rushmoor", "Somerset", "Shropshire", "Telford and Wrekin"):
        named = re.search(rf"the ward Wellington \({council}\): --area E05\d{{6}}", str(caught.value))
        assert bool(named) == (council in list(england.loc[wards.index[:2], "area_name"].str[:-5]))
    # a council and a ward of one name are two kinds of place too; with its kind, each is found
    with pytest.raises(am.InputError, match="2 places have the name 'Sutton'"):
        choose_areas("Sutton", england, memberships=tables)
    assert choose_areas("Sutton Council", england, memberships=tables).how == "as the council E09000029"
    assert choose_areas("Sutton ward", england, memberships=tables).how == "as the ward E05000777"
    assert choose_areas("E05000777", england, memberships=tables).name == "Sutton"


def test_one_ward_in_a_lookup_and_in_boundaries_is_one_place(england: gpd.GeoDataFrame) -> None:
    at = england.index[5:6]
    lookup = pd.DataFrame({"ward24_code": ["E05000001"], "ward24_name": ["Abbey"]}, index=at)
    shapes = gpd.GeoDataFrame(
        {"area_name": ["Abbey"], "kind": ["ward"]}, geometry=list(england.loc[at].geometry), crs=england.crs,
        index=pd.Index(["E05999999"], name="area_code"),
    )  # fmt: skip
    choice = choose_areas("Abbey", england, memberships=[_belongs_to(england), lookup], larger=[shapes])
    assert choice.codes == tuple(at)


def test_boundaries_that_lack_a_part_are_refused() -> None:
    with pytest.raises(
        am.InputError, match="no small areas of 6 councils in Staffordshire: 'East Staffordshire'"
    ):
        councils_in("Staffordshire", country("Stafford", "Cannock Chase"))
    with pytest.raises(am.InputError, match=r"no small area in 'Surrey' \(county, 11 councils\)"):
        councils_in("Surrey", country("Stafford"))
    with pytest.raises(am.InputError, match=r"no small area in 'Stafford' \(council\)"):
        councils_in("Stafford", country("Woking"))


def test_a_parish_needs_a_file_of_the_user(england: gpd.GeoDataFrame) -> None:
    for wanted in ("Wem parish", "Wem Town Council", "Wem"):
        with pytest.raises(am.InputError, match="parish boundaries .*geoportal.statistics.gov.uk"):
            councils_in(wanted, england)
    at = england.index[england["area_name"].str.startswith("Shropshire")]
    parish = gpd.GeoDataFrame(
        {"area_name": ["Wem Urban"], "kind": ["parish"]}, geometry=list(england.loc[at].geometry), crs=england.crs,
        index=pd.Index(["E04011380"], name="area_code"),
    )  # fmt: skip
    for wanted in ("Wem Urban", "Wem Urban parish", "Parish of Wem Urban", "E04011380"):
        assert councils_in(wanted, england, larger=[parish]) == {"Shropshire"}
    with pytest.raises(am.InputError, match="There is no parish 'Ely parish'"):
        councils_in("Ely parish", england, larger=[parish])


def test_a_postcode_that_is_not_in_the_file(england: gpd.GeoDataFrame) -> None:
    shropshire = england.index.get_indexer(england.index[england["area_name"].str.startswith("Shropshire")])[
        0
    ]
    middle = england.geometry.iloc[shropshire].centroid
    postcodes = pd.DataFrame(
        {"easting": [middle.x, 0.0], "northing": [middle.y, 0.0], "lad_code": ["E06000051", None]},
        index=pd.Index(["SY1 1AA", "ZZ1 1ZZ"], name="postcode"),
    )
    assert councils_in("sy11aa", england, postcodes=postcodes) == {"Shropshire"}
    with pytest.raises(
        am.InputError, match="'SY1 1ZZ' is not in the postcode file.*begin with 'SY1 1' are in 'Shropshire'"
    ):
        councils_in("SY1 1ZZ", england, postcodes=postcodes)
    with pytest.raises(am.InputError, match="'ZZ1 1ZZ' is in none of the small areas"):
        councils_in("ZZ1 1ZZ", england, postcodes=postcodes)
    # a file without councils: the small area around the point says which it is
    assert councils_in("SY1 1AA", england, postcodes=postcodes.drop(columns="lad_code")) == {"Shropshire"}


def test_a_former_council_says_what_it_became(england: gpd.GeoDataFrame) -> None:
    for wanted in ("Mendip", "E07000187"):
        with pytest.raises(am.InputError, match=r"Mendip became part of Somerset \(E06000066\) in 2023"):
            councils_in(wanted, england)


def test_similar_names_are_suggested(england: gpd.GeoDataFrame) -> None:
    with pytest.raises(am.InputError, match="Did you mean 'Shropshire'"):
        councils_in("Shropshir", england)
    with pytest.raises(am.InputError, match="'West Northamptonshire', 'North Northamptonshire'"):
        councils_in("Northamptonshire", england)
    # a part of a longer name
    with pytest.raises(am.InputError, match="Did you mean .*'Cheshire West and Chester'"):
        councils_in("Chester", england)


@pytest.mark.parametrize(
    "name", ["County", "", " + ", "+", "(", "Council", "region", "E0", "%", "a" * 5_000, "\ud800"]
)
def test_what_is_no_place_is_one_message(england: gpd.GeoDataFrame, name: str) -> None:
    with pytest.raises(am.InputError):
        councils_in(name, england)


def test_every_council_is_found_by_name_and_by_each_of_its_codes(england: gpd.GeoDataFrame) -> None:
    table, others = council_table(), am.reference_table("council_codes")
    assert len(table) == 296
    assert not table["key"].duplicated().any()
    assert set(others["lad24_code"]) <= set(table.index)
    assert not set(others.index) & set(table.index)
    for code, name in table["name"].items():
        assert place_key(name) == split_kind(f"{name} Council")[0] or name.startswith(
            ("City", "County", "Isles")
        )
        assert current_code(code) == same_council(code) == code
    for other, row in others.iterrows():
        assert current_code(other) == row["lad24_code"]
        assert row["changed_year"].isdigit()
    assert councils_in("E08000020", england) == {"Gateshead"}


@pytest.mark.journey
def test_every_council_code_of_the_official_files_is_known(official: Path) -> None:
    seen: dict[str, str] = {}
    files = [
        *official.glob("lookups/*.csv"), *official.glob("boundaries/*.*"), *official.glob("deprivation/*.csv"),
        *official.glob("places/*.csv"), *official.glob("places/*.parquet"), *official.glob("places/areas/*.geojson"),
    ]  # fmt: skip
    for path in files:
        if path.suffix == ".csv":
            table = pd.read_csv(path, dtype=str)
        elif path.suffix == ".parquet":
            table = pd.read_parquet(path)
        else:
            table = gpd.read_file(path, ignore_geometry=True)
        for column in table.columns:
            if table[column].map(type).eq(str).any():
                values = table[column].dropna().unique()
                seen |= dict.fromkeys((each for each in values if COUNCIL_CODE.match(str(each))), path.name)
    assert len(seen) > 300
    unknown = {code: file for code, file in seen.items() if current_code(code) not in council_table().index}
    assert unknown == {}


@pytest.mark.journey
def test_places_of_the_official_files(official: Path) -> None:
    small = read_areas(official / "places" / "england_lsoa21_simplified_40m.parquet")
    tables = [_belongs_to(small), read_area_lookup(official / "lookups" / "lookup_lsoa21_ward24_ltla24.csv")]
    counts = {
        wanted: len(choose_areas(wanted, small, memberships=tables).codes)
        for wanted in (
            "Staffordshire",
            "Surrey",
            "Shropshire Council",
            "West Midlands region",
            "Stafford + Cannock Chase",
        )
    }
    assert counts == {
        "Staffordshire": 534,
        "Surrey": 719,
        "Shropshire Council": 198,
        "West Midlands region": 3574,
        "Stafford + Cannock Chase": 142,
    }
    with pytest.raises(am.InputError, match=r"the ward Wellington \(Rushmoor\)"):
        choose_areas("Wellington", small, memberships=tables)
